"""pydantic-ai: a model object for every provider that speaks OpenAI's protocol; imports pydantic-ai when it is used.

There is no `provider_factory`: pydantic-ai's `infer_model` chooses the class of a model by the name of its provider,
such as `GroqModel` with Groq's own SDK, and a provider that speaks OpenAI's protocol would not fit it. For costs see
`genai_prices`, which pydantic-ai asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glom import SKIP, Check, Coalesce, T, glom

from llm_models import store
from llm_models.integrations import client_library
from llm_models.integrations.facts import facts
from llm_models.integrations.genai_prices import PROVIDERS
from llm_models.integrations.openai_sdk import client_options

if TYPE_CHECKING:
    from pydantic_ai.models.openai import (  # type: ignore[import-not-found, unused-ignore]
        OpenAIChatModel,
        OpenAIResponsesModel,
    )

    from llm_models.snapshot import Snapshot, Spec

__all__ = ["PROFILE", "model", "profile"]


def _known(*specs: Any) -> Any:
    """The first of `specs` that finds a value; without one, the key is left out."""
    return Coalesce(*specs, default=SKIP)


_IN = T["modalities"]["input"]
_OUT = T["modalities"]["output"]
_CAN = T["capabilities"]
_IS = Check(equal_to=True)
"""That a list does not have something is no statement: its source may not know this kind at all."""

PROFILE = {
    "supports_tools": _known(_CAN["tools"]["enabled"]),
    "supports_json_schema_output": _known(_CAN["json"]["schema"]),
    "supports_json_object_output": _known(_CAN["json"]["native"]),
    # Every source that lists modalities knows text and images.
    "supports_text_output": _known((_OUT.count("text"), bool)),
    "supports_image_input": _known((_IN.count("image"), bool)),
    "supports_image_output": _known((_OUT.count("image"), bool)),
    "supports_document_input": _known((_IN.count("pdf"), bool, _IS)),
    "supports_audio_file_input": _known((_IN.count("audio"), bool, _IS)),
    "supports_video_input": _known((_IN.count("video"), bool, _IS)),
    "supports_thinking": _known(_CAN["reasoning"]["enabled"]),
    "context_window": _known("limits.context"),
}
"""The facts of a model (`facts`) -> pydantic-ai's profile. The limit is tokens on both sides."""


def profile(spec: Spec, *, snapshot: Snapshot | None = None) -> dict[str, Any]:
    """The keys of pydantic-ai's `ModelProfile` that a source states; any other key keeps pydantic-ai's own value.

    `snapshot` replaces the published catalogue. Raises as `resolve`. It does not need pydantic-ai.

    >>> ours = profile("openai:gpt-5.4-mini")
    >>> ours["supports_tools"], ours["context_window"], "supports_video_input" in ours
    (True, 400000, False)
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    found: dict[str, Any] = glom(facts(snapshot, snapshot.resolve(spec)), PROFILE)
    return found


def model(
    spec: Spec, *, base_url: str | None = None, api_key: str | None = None, snapshot: Snapshot | None = None
) -> OpenAIChatModel | OpenAIResponsesModel:
    """pydantic-ai's model object for a model: `Agent(model("groq:openai/gpt-oss-20b"))`.

    It is an `OpenAIResponsesModel` for a model that supports the Responses API and not chat completions, else an
    `OpenAIChatModel`, with the `profile` that the catalogue states. The name of its provider is the one under which
    genai-prices finds prices. The arguments and errors are those of `client_options`, and `ImportError` where
    pydantic-ai is not installed.

    >>> groq = model("groq:openai/gpt-oss-20b", api_key="gsk-example")
    >>> groq.model_name, groq.system, groq.base_url
    ('openai/gpt-oss-20b', 'groq', 'https://api.groq.com/openai/v1/')
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    options = client_options(spec, base_url=base_url, api_key=api_key, snapshot=snapshot)
    record = snapshot.resolve(spec)
    models = client_library("pydantic_ai.models.openai", "pydantic-ai")
    if record.provider == "openai":
        provider = client_library("pydantic_ai.providers.openai", "pydantic-ai").OpenAIProvider(**options.client)
    else:
        made = client_library("pydantic_ai.providers.openai_compatible", "pydantic-ai").OpenAICompatibleProvider
        provider = made(PROVIDERS.get(record.provider, record.provider), **options.client)
    only_responses = "responses" in record.apis and "chat" not in record.apis
    chosen = models.OpenAIResponsesModel if only_responses else models.OpenAIChatModel
    made_model: OpenAIChatModel | OpenAIResponsesModel = chosen(
        options.model, provider=provider, profile=profile(record, snapshot=snapshot)
    )
    return made_model
