"""LiteLLM: the prices of our records in its price list; imports litellm when it is used.

`register` changes prices and nothing else: no request goes elsewhere, and LiteLLM's flags and limits stay. A model is
registered only where LiteLLM then answers with the price of our record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glom import SKIP, Coalesce, T, glom

from llm_models import store
from llm_models.errors import LLMModelsError, printable
from llm_models.frozen import FrozenDict
from llm_models.integrations import client_library, litellm_prices
from llm_models.integrations.facts import asked, facts
from llm_models.integrations.litellm_prices import Bill, Row
from llm_models.modelspec import fold_provider
from llm_models.trust import UntrustedEndpointError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec

__all__ = ["ENTRY", "PRICES", "PROVIDERS", "TIERED", "NotRegisteredError", "Registered", "register", "unregister"]

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

PRICES = {
    "input_cost_per_token": _known((_COST["input"], per_token)),
    "output_cost_per_token": _known((_COST["output"], per_token)),
    "cache_read_input_token_cost": _known((_COST["cache_read"], per_token)),
    "cache_creation_input_token_cost": _known((_COST["cache_write"], per_token)),
    "output_cost_per_reasoning_token": _known((_COST["reasoning"], per_token)),
    "input_cost_per_audio_token": _known((_COST["input_audio"], per_token)),
    "output_cost_per_audio_token": _known((_COST["output_audio"], per_token)),
    "output_cost_per_image": _known(_COST["image"]),
}
"""The prices of a model (`facts`) -> LiteLLM's, in USD per token."""

ENTRY = {
    "max_tokens": _known("limits.output"),
    "max_input_tokens": _known("limits.input", "limits.context"),
    "max_output_tokens": _known("limits.output"),
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
"""The other facts of a model -> LiteLLM's, for an entry that LiteLLM does not have. Limits are in tokens."""

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
    """LiteLLM cannot represent any requested model. `spec` names the first, `reason` states why."""

    spec: str
    reason: str


class _LeftOutError(Exception):
    """Why a model that LiteLLM could represent is not registered."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, eq=False)
class Registered(Mapping[str, str]):
    """What `register` did, as a mapping: the spec of each registered model -> LiteLLM's name, sorted.

    `left_out` has the other models that were considered, sorted: spec -> why LiteLLM keeps its own answer.
    """

    names: Mapping[str, str]
    left_out: Mapping[str, str]

    def __getitem__(self, spec: str) -> str:
        return self.names[spec]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A model, LiteLLM's name of it, the key of the row that LiteLLM reads for this name, and what to write there."""

    model: Model
    name: str
    key: str
    row: Row


def register(
    models: Iterable[Spec] | None = None,
    *,
    add_missing: bool = False,
    providers: Mapping[str, str] | None = None,
    snapshot: Snapshot | None = None,
) -> Registered:
    """Write the prices of our records into LiteLLM's own entries of these models. Changes prices and nothing else.

    Without `models`, all of the catalogue, also by served ids. `add_missing` adds an entry with limits and flags for a
    model that LiteLLM does not have. `providers` extends `PROVIDERS` (`{"my-gateway": "hosted_vllm"}`); `snapshot`
    replaces the published one.

    For each registered model, `litellm.get_model_info` and `completion_cost` then give the prices that the record
    states, and their old answers for the rest. Everything is checked afterwards. An entry is put back if a name has
    another route (`litellm.get_llm_provider`), or if LiteLLM does not answer with our price. `left_out` of the result
    states why. Calls add up; a call with the same arguments changes nothing. `unregister` undoes all.

    Raises as `resolve`, `ImportError` where litellm is not installed, and `NotRegisteredError` where LiteLLM cannot
    represent any of `models`: no provider, neither chat nor embeddings, or a price that is unknown on both sides.
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    litellm = client_library("litellm", "litellm")
    table = {**PROVIDERS, **{fold_provider(ours): theirs for ours, theirs in (providers or {}).items()}}
    if models is None:
        shown = [one for one in snapshot.list_models() if one.provider in table]
        chosen = [snapshot.get_model(one.provider, name) for one in shown for name in (one.id, *one.served_as)]
    else:
        chosen = [snapshot.resolve(spec) for spec in ((models,) if isinstance(models, str) else models)]
    named = {asked(model): model for model in chosen}
    plans: dict[object, _Plan] = {}
    left_out: dict[str, str] = {}
    never: list[NotRegisteredError] = []
    with litellm_prices.work_on(litellm):
        for spec, model in named.items():
            try:
                plan = _plan(litellm, snapshot, model, table, add_missing)
            except NotRegisteredError as error:
                never.append(error)
                left_out[spec] = error.reason
            except _LeftOutError as error:
                left_out[spec] = error.reason
            else:
                row = litellm.model_cost.get(plan.key)  # an alias of LiteLLM and its model share one row
                other = plans.setdefault(plan.key if row is None else id(row), plan)
                if other is not plan:
                    left_out[spec] = f"LiteLLM has the same entry for {printable(asked(other.model))}"
        if models is not None and never and len(never) == len(named):
            raise never[0]
        registered = _write(litellm, list(plans.values()), left_out)
    return Registered(FrozenDict(sorted(registered.items())), FrozenDict(sorted(left_out.items())))


def unregister() -> list[str]:
    """Restore LiteLLM's price list as it was before `register`, after any number of calls.

    A value that LiteLLM or the application wrote over ours stays. Returns the entries in which this is so, sorted.
    A list that LiteLLM loaded again has nothing of ours, and is not touched.
    """
    litellm = client_library("litellm", "litellm")
    with litellm_prices.work_on(litellm):
        return litellm_prices.restore_rows(litellm)


def _write(litellm: Any, plans: list[_Plan], left_out: dict[str, str]) -> dict[str, str]:
    """Write what was planned, and check it. Returns spec -> LiteLLM's name; adds what is put back to `left_out`."""
    for key, name in litellm_prices.change_rows(litellm, {plan.key: plan.row for plan in plans}).items():
        left_out.update(
            (asked(plan.model), f"LiteLLM would send requests for '{printable(name)}' elsewhere")
            for plan in plans
            if plan.key == key
        )
    registered: dict[str, str] = {}
    wrong: list[str] = []
    for plan in plans:
        spec = asked(plan.model)
        if spec not in left_out:
            why = litellm_prices.wrong_answer(litellm, plan.name, plan.key, plan.row.prices, _bills(plan.model))
            if why is None:
                registered[spec] = plan.name
            else:
                left_out[spec] = why
                wrong.append(plan.key)
    if wrong:
        litellm_prices.restore_rows(litellm, wrong)
    return registered


def _plan(litellm: Any, snapshot: Snapshot, model: Model, table: Mapping[str, str], add_missing: bool) -> _Plan:
    """What to write for a model. Raises `NotRegisteredError` or `_LeftOutError` with the reason to write nothing."""
    provider = table.get(model.provider)
    if provider is None:
        raise _never(model, "LiteLLM has no provider for it; name one with providers=")
    if provider in litellm_prices.signs_in():
        raise _never(model, "LiteLLM would ask the user to sign in")
    if not (model.capabilities.chat or model.capabilities.embeddings):
        raise _never(model, "it neither chats nor embeds")
    try:  # LiteLLM has addresses and keys of its own, so only the id to send is asked for
        model_id = snapshot.endpoint(model, base_url=provider, with_key=True).model_id
    except UntrustedEndpointError as error:
        raise _LeftOutError(str(error)) from None
    name = f"{provider}/{model_id}"
    key, own = litellm_prices.own_row(litellm, name)
    if key is None:
        if model.cost.input is None or (model.capabilities.chat and model.cost.output is None):
            raise _never(model, "its price is unknown, and LiteLLM would report 0")
        if not add_missing and name not in litellm.model_cost:
            raise _LeftOutError("LiteLLM has no entry for it; add_missing=True adds one")
        known = facts(snapshot, model)
        mode = "chat" if model.capabilities.chat else "embedding"
        fields = {**glom(known, ENTRY), "litellm_provider": provider, "mode": mode}
        return _Plan(model, name, name, Row(_prices(model, known, own), guessed=own, fields=fields))
    same_provider = str(own.get("litellm_provider", provider)).startswith(provider)
    if key.lower() != name.lower() and not (key.lower() == model_id.lower() and same_provider):
        raise _never(model, f"LiteLLM reads it as '{printable(key)}'")
    prices = _prices(model, facts(snapshot, model), own)
    if not prices:
        raise _LeftOutError("its record states no price")
    return _Plan(model, name, key, Row(prices))


def _never(model: Model, why: str) -> NotRegisteredError:
    return NotRegisteredError(f"{printable(asked(model))}: {why}", spec=asked(model), reason=why)


def _bills(model: Model) -> list[Bill]:
    """A request with caches for the base price and each tier, as far as the record has prices."""
    bills = []
    for prompt in (1000, *(tier.context_over + 1 for tier in model.cost.tiers)):
        price = {name: _price(model, name, prompt) for name in TIERED}
        if price["input"] is not None:
            tokens = {name: 0 if price[name] is None else 100 for name in ("cache_read", "cache_write", "output")}
            tokens["input"] = prompt - tokens["cache_read"] - tokens["cache_write"]
            usd = sum(per_token(count * (price[name] or 0)) for name, count in tokens.items())
            bills.append(Bill(prompt, tokens["cache_read"], tokens["cache_write"], tokens["output"], usd))
    return bills


def _price(model: Model, name: str, prompt: int) -> float | None:
    """The record's price of a class of tokens for a prompt of a size, in USD per million."""
    tiers = [tier for tier in model.cost.tiers if tier.context_over < prompt]
    tiered = getattr(max(tiers, key=lambda tier: tier.context_over), name) if tiers else None
    base: float | None = getattr(model.cost, name)
    return base if tiered is None else tiered


def _prices(model: Model, known: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The prices to write over LiteLLM's own values, with those of long requests.

    A tier states all prices above its threshold, because otherwise LiteLLM would use the next lower tier instead of
    our base price. Thresholds that only LiteLLM has get the price that applies there.
    """
    prices: dict[str, Any] = glom(known, PRICES)
    for theirs in sorted(prices.keys() - TIERED.values()):
        prices.update(dict.fromkeys(_thresholds(own, theirs).values(), prices[theirs]))
    for ours, theirs in TIERED.items():
        for threshold in sorted({*(tier.context_over for tier in model.cost.tiers), *_thresholds(own, theirs)}):
            if (price := _price(model, ours, threshold + 1)) is not None:
                size = f"{threshold // 1000}k" if threshold % 1000 == 0 else threshold
                prices[f"{theirs}_above_{size}_tokens"] = per_token(price)
    if model.cost.input is not None:
        prices.update({key: nothing for key, nothing in _NO_RANGES.items() if own.get(key)})
    return prices


def _thresholds(own: Mapping[str, Any], price: str) -> dict[int, str]:
    """The sizes in tokens above which LiteLLM's own entry has another standard price, with its name."""
    pattern = re.compile(rf"{price}_above_(\d+)(k?)_tokens")
    matches = [pattern.fullmatch(key) for key, value in own.items() if value is not None]
    return {int(match[1]) * (1000 if match[2] else 1): match[0] for match in matches if match}
