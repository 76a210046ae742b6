"""LiteLLM: prices, limits and flags of our records for `litellm.register_model`; litellm is imported when needed.

LiteLLM reads a missing price as 0, and merges a registered entry into its own. So `register` leaves out each model for
which LiteLLM would report values that differ from our record.
"""

from __future__ import annotations

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

PROVIDERS = {
    "amazon_bedrock": "bedrock",
    "anthropic": "anthropic",
    "azure": "azure",
    "baseten": "baseten",
    "cerebras": "cerebras",
    "chutes": "chutes",
    "cloudflare_workers_ai": "cloudflare",
    "cohere": "cohere_chat",
    "cortecs": "cortecs",
    "databricks": "databricks",
    "deepinfra": "deepinfra",
    "deepseek": "deepseek",
    "fireworks_ai": "fireworks_ai",
    "friendli": "friendliai",
    "google": "gemini",
    "google_vertex": "vertex_ai",
    "groq": "groq",
    "inception": "inception",
    "llama": "meta_llama",
    "minimax": "minimax",
    "mistral": "mistral",
    "moonshotai": "moonshot",
    "morph": "morph",
    "nano_gpt": "nano-gpt",
    "nebius": "nebius",
    "nova": "amazon_nova",
    "novita_ai": "novita",
    "nvidia": "nvidia_nim",
    "openai": "openai",
    "openrouter": "openrouter",
    "ovhcloud": "ovhcloud",
    "perplexity": "perplexity",
    "poe": "poe",
    "scaleway": "scaleway",
    "synthetic": "synthetic",
    "togetherai": "together_ai",
    "v0": "v0",
    "vercel": "vercel_ai_gateway",
    "wandb": "wandb",
    "xai": "xai",
    "xiaomi": "xiaomi_mimo",
    "zai": "zai",
}
"""Our provider -> LiteLLM's name of it, without those whose models LiteLLM looks up online, or not by id."""


def per_token(usd_per_million: float) -> float:
    """LiteLLM's unit of a price, USD per token, from ours, USD per million tokens."""
    return usd_per_million / 1_000_000


def _first(*specs: Any) -> Any:
    """The value of the first of `specs` that finds one; otherwise the key is left out."""
    return Coalesce(*specs, default=SKIP)


_IN = T["modalities"]["input"]
_OUT = T["modalities"]["output"]
_CAN = T["capabilities"]
_COST = T["cost"]

ENTRY = {
    "max_tokens": _first("limits.output"),
    "max_input_tokens": _first("limits.input", "limits.context"),
    "max_output_tokens": _first("limits.output"),
    "input_cost_per_token": _first((_COST["input"], per_token)),
    "output_cost_per_token": _first((_COST["output"], per_token)),
    "cache_read_input_token_cost": _first((_COST["cache_read"], per_token)),
    "cache_creation_input_token_cost": _first((_COST["cache_write"], per_token)),
    "output_cost_per_reasoning_token": _first((_COST["reasoning"], per_token)),
    "input_cost_per_audio_token": _first((_COST["input_audio"], per_token)),
    "output_cost_per_audio_token": _first((_COST["output_audio"], per_token)),
    "output_cost_per_image": _first(_COST["image"]),
    "supports_function_calling": _first(_CAN["tools"]["enabled"]),
    "supports_parallel_function_calling": _first(_CAN["tools"]["parallel"]),
    "supports_response_schema": _first(_CAN["json"]["schema"]),
    "supports_native_streaming": _first(_CAN["streaming"]["text"]),
    "supports_reasoning": _first(_CAN["reasoning"]["enabled"]),
    "reasoning_effort_levels": _first((_CAN["reasoning"]["efforts"], list)),
    "supports_vision": _first((_IN.count("image"), bool)),
    "supports_audio_input": _first((_IN.count("audio"), bool)),
    "supports_video_input": _first((_IN.count("video"), bool)),
    "supports_pdf_input": _first((_IN.count("pdf"), bool)),
    "supports_audio_output": _first((_OUT.count("audio"), bool)),
}
"""The facts of a model (`facts`) -> LiteLLM's entry. Prices are USD per token there, limits tokens."""

TIERED = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
}
"""Our price -> LiteLLM's, of those for which LiteLLM has a second price for long requests."""

_EMPTY = {"tiered_pricing": [], "off_peak_pricing": {"hours_utc": [], "windows": []}}
"""LiteLLM's keys whose prices would replace those of a record -> a value without prices."""


class NotRegisteredError(LLMModelsError, ValueError):
    """LiteLLM cannot represent a requested model. `spec` names it."""

    spec: str


def register(
    models: Iterable[Spec] | None = None,
    *,
    providers: Mapping[str, str] | None = None,
    snapshot: Snapshot | None = None,
) -> dict[str, str]:
    """Pass models to `litellm.register_model`; returns the registered ones, spec -> LiteLLM's name of the model.

    Without `models` it registers all that LiteLLM can represent; a named model that it cannot represent is a
    `NotRegisteredError`. `providers` adds to `PROVIDERS` (`{"my-gateway": "hosted_vllm"}`), `snapshot` replaces the
    published one.

    For each registered model, `litellm.get_model_info` and `completion_cost` then report what the record states for
    each class of tokens, and what they reported before where the record states nothing. Left out are models without
    chat and embeddings, models that LiteLLM does not know and whose price is unknown (it would report 0), and models
    whose name it reads as another model. Raises the errors of `resolve`, and `ImportError` if litellm is not installed.
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    litellm = client_library("litellm", "litellm")
    table = {**PROVIDERS, **{fold_provider(ours): theirs for ours, theirs in (providers or {}).items()}}
    if models is None:
        named = [
            model
            for provider in table
            if provider in snapshot.list_providers()
            for model in snapshot.list_models(provider)
        ]
    else:
        named = [snapshot.resolve(spec) for spec in ((models,) if isinstance(models, str) else models)]
    entries: dict[str, dict[str, Any]] = {}
    registered: dict[str, str] = {}
    for model in named:
        try:
            name = _name(model, table)
            entry = _entry(litellm, name, model, facts(snapshot, model))
            if name in entries and registered.get(model.spec) != name:
                raise NotRegisteredError(
                    f"{printable(model.spec)}: another model is '{name}' in LiteLLM", spec=model.spec
                )
        except NotRegisteredError:
            if models is not None:
                raise
            continue
        entries[name] = entry
        registered[model.spec] = name
    # Longer names first: once LiteLLM knows `gpt-4o`, it reads `gpt-4o-2024-05-13` as that and overwrites it.
    litellm.register_model(dict(sorted(entries.items(), reverse=True)))
    return registered


def _name(model: Model, table: Mapping[str, str]) -> str:
    provider = table.get(model.provider)
    if provider is None:
        raise NotRegisteredError(
            f"{printable(model.spec)}: LiteLLM has no such provider; name one with providers=", spec=model.spec
        )
    if provider == "azure" and model.provider_model_id.startswith("mistral-"):
        raise NotRegisteredError(f"{printable(model.spec)}: LiteLLM sends it to OpenAI", spec=model.spec)
    return f"{provider}/{model.provider_model_id}"


def _entry(litellm: Any, name: str, model: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """LiteLLM's entry of a model with these facts. Raises `NotRegisteredError` with the reason if there is none."""
    if not (model.capabilities.chat or model.capabilities.embeddings):
        raise NotRegisteredError(f"{printable(model.spec)} supports neither chat nor embeddings", spec=model.spec)
    entry: dict[str, Any] = glom(values, ENTRY)
    own = _own_entry(litellm, name, model)
    if own is None:
        if model.cost.input is None or (model.capabilities.chat and model.cost.output is None):
            raise NotRegisteredError(
                f"{printable(model.spec)}: its price is unknown, and LiteLLM would report 0", spec=model.spec
            )
        entry["litellm_provider"] = name.partition("/")[0]
        entry["mode"] = "chat" if model.capabilities.chat else "embedding"
        # Without a cache price LiteLLM prints a long warning for each model, unless there is a list of tiers.
        entry["tiered_pricing"] = []
        own = _inherited(litellm, name)
    return {**entry, **_tier_prices(model, own)}


def _own_entry(litellm: Any, name: str, model: Model) -> Mapping[str, Any] | None:
    """LiteLLM's entry of a model so far, None if it has none."""
    try:
        own: Mapping[str, Any] = litellm.get_model_info(name)
    except Exception:  # it raises a plain Exception for an unknown model
        return None
    if own["key"] not in litellm.model_cost:
        return None  # guessed from the name, without a price
    provider, _, bare = name.partition("/")
    key = own["key"].lower()
    if key == name.lower() or (key == bare.lower() and str(own.get("litellm_provider")).startswith(provider)):
        return own
    raise NotRegisteredError(f"{printable(model.spec)}: LiteLLM reads it as '{printable(own['key'])}'", spec=model.spec)


def _inherited(litellm: Any, name: str) -> dict[str, Any]:
    """The values with which LiteLLM fills a new entry: cache prices of the same model at the vendor in its name."""
    segments = name.split("/")
    names = ["/".join(segments[start:]) for start in range(1, len(segments))]
    return {key: value for each in names for key, value in litellm.model_cost.get(each, {}).items()}


def _tier_prices(model: Model, own: Mapping[str, Any]) -> dict[str, Any]:
    """The prices of long requests, for each class of tokens that has a price in the record.

    Each threshold gets all prices above it, because LiteLLM would otherwise use the next lower tier where our base
    price applies. A threshold that only LiteLLM has gets the price that applies there.
    """
    prices: dict[str, Any] = {}
    for ours, theirs in TIERED.items():
        base = getattr(model.cost, ours)
        tiers = {tier.context_over: getattr(tier, ours) for tier in model.cost.tiers}
        if base is None and not any(price is not None for price in tiers.values()):
            continue
        for threshold in sorted({*tiers, *_thresholds(own, theirs)}):
            below = max((start for start in tiers if start <= threshold), default=None)
            price = base if below is None or tiers[below] is None else tiers[below]
            if price is not None:
                prices[f"{theirs}_above_{_thousands(threshold)}_tokens"] = per_token(price)
    if model.cost.input is not None:
        prices.update({key: empty for key, empty in _EMPTY.items() if own.get(key)})
    return prices


def _thresholds(own: Mapping[str, Any], price: str) -> list[int]:
    """The sizes in tokens above which LiteLLM's own entry has another standard price."""
    sizes = []
    for key, value in own.items():
        if value is not None and key.startswith(f"{price}_above_") and key.endswith("_tokens"):
            size = key[len(price) + len("_above_") : -len("_tokens")]
            if size.removesuffix("k").isdigit():
                sizes.append(int(size.removesuffix("k")) * (1000 if size.endswith("k") else 1))
    return sizes


def _thousands(tokens: int) -> str:
    return f"{tokens // 1000}k" if tokens % 1000 == 0 else str(tokens)
