"""LiteLLM: prices, limits and flags of our records for `litellm.register_model`; imports litellm when it is used.

LiteLLM reads a missing price as 0, and merges what is registered into its own entries. So a model is registered only
where LiteLLM then reports the same as our record; `register` lists these models.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from glom import SKIP, Coalesce, T, glom

from llm_models import store
from llm_models.errors import LLMModelsError, printable
from llm_models.integrations import client_library
from llm_models.integrations.facts import facts
from llm_models.modelspec import fold_provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec

__all__ = ["ENTRY", "PROVIDERS", "TIERED", "NotRegisteredError", "register"]

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


def per_token(usd_per_million: float) -> float:
    """A price in USD per token, as in LiteLLM, from USD per million tokens, as in our records."""
    return usd_per_million / 1_000_000


def _known(*specs: Any) -> Any:
    """The first of `specs` that finds a value; without one, the key is left out."""
    return Coalesce(*specs, default=SKIP)


_IN = T["modalities"]["input"]
_OUT = T["modalities"]["output"]
_CAN = T["capabilities"]
_COST = T["cost"]

ENTRY = {
    "max_tokens": _known("limits.output"),
    "max_input_tokens": _known("limits.input", "limits.context"),
    "max_output_tokens": _known("limits.output"),
    "input_cost_per_token": _known((_COST["input"], per_token)),
    "output_cost_per_token": _known((_COST["output"], per_token)),
    "cache_read_input_token_cost": _known((_COST["cache_read"], per_token)),
    "cache_creation_input_token_cost": _known((_COST["cache_write"], per_token)),
    "output_cost_per_reasoning_token": _known((_COST["reasoning"], per_token)),
    "input_cost_per_audio_token": _known((_COST["input_audio"], per_token)),
    "output_cost_per_audio_token": _known((_COST["output_audio"], per_token)),
    "output_cost_per_image": _known(_COST["image"]),
    "supports_function_calling": _known(_CAN["tools"]["enabled"]),
    "supports_parallel_function_calling": _known(_CAN["tools"]["parallel"]),
    "supports_response_schema": _known(_CAN["json"]["schema"]),
    "supports_native_streaming": _known(_CAN["streaming"]["text"]),
    "supports_reasoning": _known(_CAN["reasoning"]["enabled"]),
    "reasoning_effort_levels": _known((_CAN["reasoning"]["efforts"], list)),
    "supports_vision": _known((_IN.count("image"), bool)),
    "supports_audio_input": _known((_IN.count("audio"), bool)),
    "supports_video_input": _known((_IN.count("video"), bool)),
    "supports_pdf_input": _known((_IN.count("pdf"), bool)),
    "supports_audio_output": _known((_OUT.count("audio"), bool)),
}
"""The facts of a model (`facts`) -> LiteLLM's entry. Its prices are USD per token, its limits tokens."""

TIERED = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
}
"""Price of our record -> LiteLLM's, for the prices that LiteLLM can state again for long requests."""

_NO_RANGES = {"tiered_pricing": [], "off_peak_pricing": {"hours_utc": [], "windows": []}}
"""The fields of LiteLLM's own entries that would override a record's prices -> their empty values."""


class NotRegisteredError(LLMModelsError, ValueError):
    """LiteLLM cannot represent a requested model. `spec` names it."""

    spec: str


def register(
    models: Iterable[Spec] | None = None,
    *,
    providers: Mapping[str, str] | None = None,
    snapshot: Snapshot | None = None,
) -> dict[str, str]:
    """Pass models to `litellm.register_model`. Returns those that were registered: spec -> LiteLLM's name.

    Without `models`, all that LiteLLM can represent; a requested one that it cannot is a `NotRegisteredError`.
    `providers` extends `PROVIDERS` (`{"my-gateway": "hosted_vllm"}`); `snapshot` replaces the published one.

    For each registered model, `litellm.get_model_info` and `completion_cost` then give what the record states, for
    each class of tokens, and their old answers for the rest. Not registered: models that neither chat nor embed,
    models that LiteLLM does not know and whose price is unknown (it would report 0), and models whose name LiteLLM
    reads as another model. Raises as `resolve`, and `ImportError` where litellm is not installed.
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    litellm = client_library("litellm", "litellm")
    table = {**PROVIDERS, **{fold_provider(ours): theirs for ours, theirs in (providers or {}).items()}}
    if models is None:
        shown = [provider for provider in snapshot.list_providers() if provider in table]
        named = [model for provider in shown for model in snapshot.list_models(provider)]
    else:
        named = [snapshot.resolve(spec) for spec in ((models,) if isinstance(models, str) else models)]
    entries: dict[str, dict[str, Any]] = {}
    taken: dict[str, str] = {}
    for model in named:
        try:
            name = _name(model, table)
            entry = _entry(litellm, name, model, facts(snapshot, model))
            if name in entries and taken.get(model.spec) != name:
                raise _refused(model, f"another model is '{name}' in LiteLLM")
        except NotRegisteredError:
            if models is not None:
                raise
            continue
        entries[name] = entry
        taken[model.spec] = name
    # Longer names first: LiteLLM reads `gpt-4o-2024-05-13` as `gpt-4o`, once it knows that, and would overwrite it.
    litellm.register_model(dict(sorted(entries.items(), reverse=True)))
    return taken


def _refused(model: Model, why: str) -> NotRegisteredError:
    return NotRegisteredError(f"{printable(model.spec)}: {why}", spec=model.spec)


def _name(model: Model, table: Mapping[str, str]) -> str:
    provider = table.get(model.provider)
    if provider is None:
        raise _refused(model, "LiteLLM has no provider for it; name one with providers=")
    if provider == "azure" and model.provider_model_id.startswith("mistral-"):
        raise _refused(model, "LiteLLM sends its requests to OpenAI")
    return f"{provider}/{model.provider_model_id}"


def _entry(litellm: Any, name: str, model: Model, known: Mapping[str, Any]) -> dict[str, Any]:
    """LiteLLM's entry for a model. Raises `NotRegisteredError` with the reason where there can be none."""
    if not (model.capabilities.chat or model.capabilities.embeddings):
        raise _refused(model, "it neither chats nor embeds")
    entry: dict[str, Any] = glom(known, ENTRY)
    own = _own_entry(litellm, name, model)
    if own is None:
        if model.cost.input is None or (model.capabilities.chat and model.cost.output is None):
            raise _refused(model, "its price is unknown, and LiteLLM would report 0")
        mode = "chat" if model.capabilities.chat else "embedding"
        # Without a cache price LiteLLM logs a long warning for each model, unless there is a list of ranges.
        entry.update(litellm_provider=name.partition("/")[0], mode=mode, tiered_pricing=[])
        own = _inherited(litellm, name)
    return {**entry, **_tier_prices(model, own)}


def _own_entry(litellm: Any, name: str, model: Model) -> Mapping[str, Any] | None:
    """LiteLLM's own entry for a model, None where it has none."""
    try:
        own: Mapping[str, Any] = litellm.get_model_info(name)
    except Exception:  # it raises plain Exception for a model that it does not know
        return None
    if own["key"] not in litellm.model_cost:
        return None  # LiteLLM guesses from the name, without a price
    provider, _, bare = name.partition("/")
    key = own["key"].lower()
    if key == name.lower() or (key == bare.lower() and str(own.get("litellm_provider")).startswith(provider)):
        return own
    raise _refused(model, f"LiteLLM reads it as '{printable(own['key'])}'")


def _inherited(litellm: Any, name: str) -> dict[str, Any]:
    """The values that LiteLLM adds to a new entry: cache prices of the same model at its vendor."""
    segments = name.split("/")
    names = ["/".join(segments[start:]) for start in range(1, len(segments))]
    return {key: value for each in names for key, value in litellm.model_cost.get(each, {}).items()}


def _tier_prices(model: Model, own: Mapping[str, Any]) -> dict[str, Any]:
    """The prices of long requests, for each class of tokens that has a price in the record.

    A tier states all prices above its threshold, because otherwise LiteLLM would use the next lower tier instead of
    our base price. Thresholds that only LiteLLM has get the price that applies there.
    """
    prices: dict[str, Any] = {}
    for ours, theirs in TIERED.items():
        base = getattr(model.cost, ours)
        tiers = {tier.context_over: getattr(tier, ours) for tier in model.cost.tiers}
        for threshold in sorted({*tiers, *_thresholds(own, theirs)}):
            below = max((start for start in tiers if start <= threshold), default=None)
            price = base if below is None or tiers[below] is None else tiers[below]
            if price is not None:
                size = f"{threshold // 1000}k" if threshold % 1000 == 0 else threshold
                prices[f"{theirs}_above_{size}_tokens"] = per_token(price)
    if model.cost.input is not None:
        prices.update({key: nothing for key, nothing in _NO_RANGES.items() if own.get(key)})
    return prices


def _thresholds(own: Mapping[str, Any], price: str) -> list[int]:
    """The sizes in tokens above which LiteLLM's own entry has another standard price."""
    pattern = re.compile(rf"{price}_above_(\d+)(k?)_tokens")
    matches = [pattern.fullmatch(key) for key, value in own.items() if value is not None]
    return [int(match[1]) * (1000 if match[2] else 1) for match in matches if match]
