"""LiteLLM's view of our models as plain data: entries of its price map, and deployments of its router.

It imports no client library, so `llm-models export` needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glom import SKIP, Check, Coalesce, T, glom

from llm_models.errors import LLMModelsError, printable
from llm_models.integrations.facts import asked, facts
from llm_models.integrations.litellm_fields import fields_of
from llm_models.kinds import is_moving
from llm_models.modelspec import fold_provider
from llm_models.origins import OF_BASE
from llm_models.origins import fields_of as origins_at
from llm_models.price_origins import COPIED, origins_of
from llm_models.trust import UntrustedEndpointError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.integrations.litellm_fields import Fields
    from llm_models.origins import Tail
    from llm_models.price_origins import Origins
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot

__all__ = ["ENTRY", "MODES", "OWN_KEYS", "PROVIDERS", "LeftOutError", "NotRegisteredError", "Source"]

_SAME_NAME = (
    "anthropic", "azure", "baseten", "cerebras", "chutes", "cortecs", "databricks", "deepinfra", "deepseek",
    "fireworks_ai", "groq", "inception", "minimax", "mistral", "morph", "nebius", "openai", "openrouter", "ovhcloud",
    "perplexity", "poe", "scaleway", "synthetic", "v0", "wandb", "xai", "zai",
)  # fmt: skip
PROVIDERS = {
    **{name: name for name in _SAME_NAME},
    "amazon_bedrock": "bedrock",
    "cloudflare_workers_ai": "cloudflare",
    "cohere": "cohere_chat",
    "friendli": "friendliai",
    "google": "gemini",
    "google_vertex": "vertex_ai",
    "llama": "meta_llama",
    "moonshotai": "moonshot",
    "nano_gpt": "nano-gpt",
    "nova": "amazon_nova",
    "novita_ai": "novita",
    "nvidia": "nvidia_nim",
    "togetherai": "together_ai",
    "vercel": "vercel_ai_gateway",
    "xiaomi": "xiaomi_mimo",
}
"""Our provider -> LiteLLM's name of it. Providers are left out whose models LiteLLM looks up online, or not by id."""

OWN_KEYS = frozenset({"bedrock", "vertex_ai"})
"""LiteLLM's providers whose requests it signs with credentials that it finds itself: no variable holds one key."""

COMPATIBLE = "hosted_vllm"
"""LiteLLM's provider for an address that accepts OpenAI's requests. Not `openai`: where the variable of the key is not
set, that one sends `OPENAI_API_KEY` to the address."""

MODES = {"chat": "chat", "embedding": "embedding", "image": "image_generation", "transcription": "audio_transcription",
         "speech": "audio_speech", "rerank": "rerank", "completion": "completion", "realtime": "realtime"}  # fmt: skip
"""Our kind of a model -> LiteLLM's mode. A chat model that only the Responses API serves has the mode `responses`."""


def _known(*specs: Any) -> Any:
    """The first of `specs` that finds a value; without one, the key is left out."""
    return Coalesce(*specs, default=SKIP)


def _yes(spec: Any) -> Any:
    """True, or nothing: a list that lacks a word does not deny it."""
    return _known((spec, Check(validate=bool), bool))


_IN = T["modalities"]["input"]
_OUT = T["modalities"]["output"]
_CAN = T["capabilities"]

LIMITS = {
    "max_tokens": _known("limits.output"),
    "max_input_tokens": _known("limits.input", "limits.context"),
    "max_output_tokens": _known("limits.output"),
}
FLAGS = {
    "supports_function_calling": _known(_CAN["tools"]["enabled"]),
    "supports_parallel_function_calling": _known(_CAN["tools"]["parallel"]),
    "supports_response_schema": _known(_CAN["json"]["schema"]),
    "supports_native_streaming": _known(_CAN["streaming"]["text"]),
    "supports_reasoning": _known(_CAN["reasoning"]["enabled"]),
    "supports_vision": _known((_IN.count("image"), bool)),
    "supports_audio_input": _yes(_IN.count("audio")),
    "supports_video_input": _yes(_IN.count("video")),
    "supports_pdf_input": _yes(_IN.count("pdf")),
    "supports_audio_output": _yes(_OUT.count("audio")),
}
ENTRY = {
    **LIMITS,
    **FLAGS,
    "reasoning_effort_levels": _known((_CAN["reasoning"]["efforts"], list)),
    "output_vector_size": _known("dimensions"),
}
"""The facts of a model -> LiteLLM's, without prices. Limits are in tokens. A flag is False only where a source states
exactly that; for modalities, only of images, which every source lists."""


class NotRegisteredError(LLMModelsError, ValueError):
    """LiteLLM cannot represent a model. `spec` names it, `reason` states why."""

    spec: str
    reason: str


class LeftOutError(Exception):
    """Why a model that LiteLLM could represent is left out."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Source:
    """A catalogue as LiteLLM sees it. `providers` extends `PROVIDERS`.

    `known_day` is that of the list of LiteLLM's whose prices the catalogue replaces; `is_newer`: it is newer than the
    catalogue, `date`.
    """

    def __init__(
        self, snapshot: Snapshot, providers: Mapping[str, str] | None = None, known_day: str | None = None
    ) -> None:
        self.snapshot = snapshot
        self.date = snapshot.file.header.get("date")
        self.is_newer = bool(self.date and known_day and self.date < known_day)
        self.table = {**PROVIDERS, **{fold_provider(ours): theirs for ours, theirs in (providers or {}).items()}}
        self._tail: Tail = snapshot.file.tail()

    def provider(self, model: Model) -> str:
        """LiteLLM's name of a model's provider. Raises `NotRegisteredError` where it has none."""
        theirs = self.table.get(model.provider)
        if theirs is None:
            raise never(model, "LiteLLM has no provider for it")
        return theirs

    def origins(self, model: Model) -> Origins:
        """Who states the prices of a model."""
        return origins_of(self._tail, f"{model.provider}:{model.id}", model.cost.to_dict())

    def fields(self, model: Model, own: Mapping[str, Any]) -> Fields:
        """The prices to write over those of LiteLLM's own row of a model. Raises `LeftOutError` for a moving name.

        What such a name means today is not known from its own record, nor from one that is older than LiteLLM's list:
        LiteLLM may know it better.
        """
        origins = self.origins(model)
        if not _states_prices(origins):
            if model.resolves_to is None and is_moving(model.id):
                raise LeftOutError("what it means changes, and no source states what it means today")
            if model.resolves_to is not None and self.is_newer and not self._is_own(model.spec, "resolves_to"):
                why = "what it means changes, and LiteLLM's list is newer than the catalogue"
                raise LeftOutError(f"{why}, of {self.date}")
        return fields_of(model.cost.to_dict(), origins, self.table.get(model.provider, ""), own)

    def facts(self, model: Model, wanted: Mapping[str, Any] = ENTRY) -> dict[str, Any]:
        """The limits and flags of a model in LiteLLM's fields, those of `ENTRY` that are `wanted`."""
        found: dict[str, Any] = glom(facts(self.snapshot, model), wanted)
        denied = {name: FLAGS[name] for name, value in found.items() if value is False}
        if denied:
            block = self.snapshot.file.block(model.provider)
            line = block.model(block.rows[model.id])
            stated = glom({name: value for name, value in line.items() if name != "derived"}, denied)
            found = {name: value for name, value in found.items() if value is not False or stated.get(name) is False}
        return found

    def mode(self, model: Model) -> str | None:
        """LiteLLM's mode of a model, where it has one."""
        only_responses = "responses" in model.apis and "chat" not in model.apis
        return "responses" if model.kind == "chat" and only_responses else MODES.get(model.kind or "")

    def model_id(self, model: Model) -> str:
        """The id to send. LiteLLM has addresses and keys of its own, so only that is asked for."""
        try:
            return self.snapshot.endpoint(model, base_url="https://api.invalid", with_key=True).model_id
        except UntrustedEndpointError as error:
            raise LeftOutError(error.problem) from None

    def is_own_address(self, model: Model) -> bool:
        """Whether the application states where requests to a model go."""
        own = any(self._is_own(model.provider, name) for name in ("base_url", "openai_base_url"))
        return own or "provider" in model.extra

    def _is_own(self, name: str, field: str) -> bool:
        """Whether the application states a field of a provider or of a model."""
        origin = origins_at(self._tail, name).get((field,))
        return origin is not None and not origin["layer"].startswith((*OF_BASE, *COPIED))


def never(model: Model, why: str) -> NotRegisteredError:
    """The error about a model that LiteLLM cannot represent."""
    return NotRegisteredError(f"{printable(asked(model))}: {why}", spec=asked(model), reason=why)


def _states_prices(origins: Origins) -> bool:
    return any(value is not None for value in origins.own.values())
