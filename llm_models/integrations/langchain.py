"""LangChain: a model's record as the `ModelProfile` of langchain-core, which is imported when needed.

`image_url_inputs`, `image_tool_message`, `pdf_tool_message`, `tool_choice`, `reasoning_effort_default`,
`mid_conversation_system_messages` and `mid_conversation_tools` are not in our record. They stay absent, which means
unknown to LangChain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from glom import SKIP, Check, Coalesce, T, Val, glom

from llm_models import store
from llm_models.integrations import client_library
from llm_models.integrations.facts import facts

if TYPE_CHECKING:
    from langchain_core.language_models import ModelProfile  # type: ignore[import-not-found, unused-ignore]

    from llm_models.snapshot import Snapshot, Spec

__all__ = ["PROFILE", "profile"]


def _first(*specs: Any) -> Any:
    """The value of the first of `specs` that finds one; otherwise the key is left out."""
    return Coalesce(*specs, default=SKIP)


_IN = T["modalities"]["input"]
_OUT = T["modalities"]["output"]
_CAN = T["capabilities"]

PROFILE = {
    "name": _first("name"),
    # A model may be both in beta and deprecated; deprecated is what users need to see.
    "status": _first((T["deprecated"], Check(equal_to=True), Val("deprecated")), "status"),
    "release_date": _first("release_date"),
    "last_updated": _first("last_updated"),
    "open_weights": _first("open_weights"),
    # A stated input limit is exact; the context window also includes the output.
    "max_input_tokens": _first("limits.input", "limits.context"),
    "max_output_tokens": _first("limits.output"),
    "text_inputs": _first((_IN.count("text"), bool)),
    "image_inputs": _first((_IN.count("image"), bool)),
    "audio_inputs": _first((_IN.count("audio"), bool)),
    "video_inputs": _first((_IN.count("video"), bool)),
    "pdf_inputs": _first((_IN.count("pdf"), bool)),
    "text_outputs": _first((_OUT.count("text"), bool)),
    "image_outputs": _first((_OUT.count("image"), bool)),
    "audio_outputs": _first((_OUT.count("audio"), bool)),
    "video_outputs": _first((_OUT.count("video"), bool)),
    "reasoning_output": _first(_CAN["reasoning"]["enabled"]),
    "reasoning_effort_levels": _first((_CAN["reasoning"]["efforts"], list)),
    "tool_calling": _first(_CAN["tools"]["enabled"]),
    "tool_call_streaming": _first(_CAN["streaming"]["tool_calls"]),
    "structured_output": _first(_CAN["json"]["schema"]),
    "attachment": _first(_CAN["attachments"]),
    "temperature": _first(_CAN["temperature"]),
}
"""The facts of a model (`facts`) -> LangChain's profile. Limits are tokens on both sides."""


def profile(spec: Spec, *, snapshot: Snapshot | None = None) -> ModelProfile:
    """LangChain's profile of a chat model, with the keys that the installed langchain-core declares.

    A key whose value is not stated is absent. `snapshot` replaces the published one. Raises the errors of `resolve`,
    and `ImportError` if langchain-core is not installed.

    >>> values = profile("openai:gpt-4o-mini")
    >>> values["max_input_tokens"], values["tool_calling"], values["image_inputs"]
    (128000, True, True)
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    declared = client_library("langchain_core.language_models", "langchain").ModelProfile.__annotations__
    wanted = {key: part for key, part in PROFILE.items() if key in declared}
    return cast("ModelProfile", glom(facts(snapshot, snapshot.resolve(spec)), wanted))
