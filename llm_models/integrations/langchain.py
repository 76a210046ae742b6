"""LangChain: a model's record as the `ModelProfile` of langchain-core, which is imported when it is used.

`image_url_inputs`, `image_tool_message`, `pdf_tool_message`, `tool_choice`, `reasoning_effort_default`,
`mid_conversation_system_messages` and `mid_conversation_tools` have no counterpart in our record. They are left out,
which means unknown to LangChain.
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


def _known(*specs: Any) -> Any:
    """The first of `specs` that finds a value; without one, the key is left out."""
    return Coalesce(*specs, default=SKIP)


_IN = T["modalities"]["input"]
_OUT = T["modalities"]["output"]
_CAN = T["capabilities"]

PROFILE = {
    "name": _known("name"),
    # A model may be both in beta and deprecated. That it is deprecated matters more.
    "status": _known((T["deprecated"], Check(equal_to=True), Val("deprecated")), "status"),
    "release_date": _known("release_date"),
    "last_updated": _known("last_updated"),
    "open_weights": _known("open_weights"),
    # The context window includes the answer, so the limit of the input comes first where it is stated.
    "max_input_tokens": _known("limits.input", "limits.context"),
    "max_output_tokens": _known("limits.output"),
    **{f"{kind}_inputs": _known((_IN.count(kind), bool)) for kind in ("text", "image", "audio", "video", "pdf")},
    **{f"{kind}_outputs": _known((_OUT.count(kind), bool)) for kind in ("text", "image", "audio", "video")},
    "reasoning_output": _known(_CAN["reasoning"]["enabled"]),
    "reasoning_effort_levels": _known((_CAN["reasoning"]["efforts"], list)),
    "tool_calling": _known(_CAN["tools"]["enabled"]),
    "tool_call_streaming": _known(_CAN["streaming"]["tool_calls"]),
    "structured_output": _known(_CAN["json"]["schema"]),
    "attachment": _known(_CAN["attachments"]),
    "temperature": _known(_CAN["temperature"]),
}
"""The facts of a model (`facts`) -> LangChain's profile. Limits are tokens on both sides."""


def profile(spec: Spec, *, snapshot: Snapshot | None = None) -> ModelProfile:
    """LangChain's profile of a chat model: every key that we can fill and that the installed langchain-core has.

    A key whose value is not stated is left out. `snapshot` replaces the published one. Raises as `resolve`, and
    `ImportError` where langchain-core is not installed.

    >>> gpt = profile("openai:gpt-5.4-mini")
    >>> gpt["max_input_tokens"], gpt["tool_calling"], gpt["image_inputs"]
    (272000, True, True)
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    declared = client_library("langchain_core.language_models", "langchain").ModelProfile.__annotations__
    wanted = {key: part for key, part in PROFILE.items() if key in declared}
    return cast("ModelProfile", glom(facts(snapshot, snapshot.resolve(spec)), wanted))
