"""What llm_models and its peers answer to worked examples: `python cost_peers.py EXAMPLES` prints it as JSON.

`costs.py` runs it in the environment of the peers. Each library gets the same prices and the same usage, in the way
that it has for them: `ANSWERS` has one function for each.

- The object of the provider is read by the library, where it has a reader for it. Otherwise the library gets the counts
  that the example states as the right ones, so that only its prices are compared.
- A price for which the library has no place is left out. If the bill needs it, the function raises `CannotStateError`.
- The mode that the response states is passed on, if the library leaves that to its caller.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from datetime import datetime, time
from importlib import import_module
from typing import Any

from cost_examples import CannotStateError, Example, exact, lists_of, modes_of, moment, plain_counts, prices_of, served

from llm_models.integrations.litellm_fields import CLASSES as LITELLM_KEYS
from llm_models.transforms.genai_prices_lists import FEES, TOKENS


def llm_models(one: Example) -> Any:
    """`cost`, with a model that has these prices."""
    library = import_module("llm_models")
    provider, _, model_id = one["model"].partition(":")
    around = one["usage"].get("response")
    payload = {**around, "usage": one["usage"]["payload"]} if around else one["usage"]["payload"]
    model = library.Model.from_dict({"provider": provider, "id": model_id, "cost": prices_of(one)})
    try:
        usage = library.usage(payload, one["usage"]["protocol"])
        return library.cost(model, usage, at=one.get("at"), mode=one.get("mode")).total
    except (library.UsageError, library.UnknownModeError):
        return None


# genai-prices

READERS = {
    "anthropic": ("anthropic", "default"),
    "bedrock": ("aws", "default"),
    "gemini": ("google", "default"),
    "openai_chat": ("openai", "chat"),
    "openai_responses": ("openai", "responses"),
    "xai_chat": ("x-ai", "chat"),
}
"""Protocol -> the provider and the flavor of genai-prices that read it."""


def genai_prices(one: Example) -> Any:
    """`calc_price` of a model that has these prices, with its modes as variants."""
    types = import_module("genai_prices.types")
    lists = [types.ConditionalPrice(_since(stated), prices=_price(stated)) for stated in lists_of(one)]
    for window in prices_of(one).get("hours", ()):
        constraint = types.TimeOfDateConstraint(*map(time.fromisoformat, window["utc"]))
        lists.append(types.ConditionalPrice(constraint, prices=_price(window)))
    variants = [
        types.PriceVariant(when=_context(word), prices=_price(stated)) for word, stated in modes_of(one).items()
    ]
    model = types.ModelInfo("m", types.ClauseEquals("m"), prices=lists, price_variants=variants)
    provider = types.Provider("made", "made", "", models=[model])
    word = served(one)
    context = _context(word) if word else None
    try:
        usage = _genai_usage(one)
        found = model.calc_price(usage, provider, genai_request_timestamp=moment(one), price_context=context)
    except ValueError:
        return None
    return found.total_price


def _price(stated: dict[str, Any]) -> Any:
    types = import_module("genai_prices.types")
    found: dict[str, Any] = {}
    for key, name in TOKENS.items():
        if name in stated:
            long = [
                types.Tier(tier["context_over"], exact(tier[name])) for tier in stated.get("tiers", ()) if name in tier
            ]
            base = exact(stated[name])
            found[key] = types.TieredPrices(base, long) if long else base
    fees = {key: exact(stated["fees"][name]) for key, name in FEES.items() if name in stated.get("fees", ())}
    return types.ModelPrice(**found, **fees)


def _since(stated: dict[str, Any]) -> Any:
    if "valid_from" not in stated:
        return None
    day = datetime.fromisoformat(stated["valid_from"]).date()
    return import_module("genai_prices.types").StartDateConstraint(day)


def _context(word: str) -> dict[str, str]:
    return {"processing": word} if word == "batch" else {"service_tier": word}


def _genai_usage(one: Example) -> Any:
    library = import_module("genai_prices")
    payload, protocol = one["usage"]["payload"], one["usage"]["protocol"]
    if protocol in READERS:
        provider, flavor = READERS[protocol]
        response = {"usage": payload, "usageMetadata": payload}
        return library.extract_usage(response, provider_id=provider, api_flavor=flavor).usage
    if protocol == "pydantic_ai":  # its usage has the names of genai-prices
        return library.Usage.from_raw(payload)
    names = {f"{key.removesuffix('_mtok')}_tokens": ours for key, ours in TOKENS.items()}
    names["web_searches"] = "web_search"
    used = one["normalized"]
    return library.Usage(**{theirs: used[ours] for theirs, ours in names.items() if ours in used})


# model-prices


def model_prices(one: Example) -> Any:
    """`cost` by a snapshot with one model, which is in its cache as if it had been downloaded."""
    library = import_module("model_prices")
    counts = plain_counts(one, {"cache_read", "cache_write", "cache_write_1h"})
    prices = prices_of(one)
    classes = {name: prices[name] for name in LITELLM_KEYS if name in prices}
    timelines = {
        "standard": [_interval(stated, is_first=at == 0) for at, stated in enumerate(lists_of(one))],
        # A mode is a whole list there, so it is completed, as a publisher of prices would do it.
        **{word: [_interval({**classes, **stated}, is_first=True)] for word, stated in modes_of(one).items()},
    }
    day = "2100-01-01T00:00:00Z"  # it must be newer than the prices of the package
    snapshot = {
        "schema": library.SCHEMA,
        "updated_at": day,
        "models_dev": {"commit": "made", "committed_at": day},
        "aliases": {"models": {}, "providers": {}},
        "bases": {},
        "plans": [],
        "prices": {"made": {"m": timelines}},
        "schedules": {"schedule": [_schedule(prices, window) for window in prices.get("hours", ())]},
    }
    text = json.dumps(snapshot)
    digest = hashlib.sha256(text.encode()).hexdigest()
    latest = json.dumps({"sha256": digest, "published_at": day, "fetched_at": day})
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MODEL_PRICES_CACHE"] = folder
        os.mkdir(os.path.join(folder, f"v{library.SCHEMA}"))
        for name, content in ((digest, text), ("latest", latest)):
            with open(os.path.join(folder, f"v{library.SCHEMA}", f"{name}.json"), "w", encoding="utf-8") as file:
                file.write(content)
        library.refresh(max_age=None)
    return library.cost(
        "m",
        provider="made",
        at=moment(one),
        mode=served(one),
        input_tokens=counts["fresh"],
        output_tokens=counts["output"],
        cache_read_tokens=counts["cache_read"],
        cache_write_tokens=counts["cache_write"] - counts["cache_write_1h"],
        cache_write_1h_tokens=counts["cache_write_1h"],
    )


def _interval(stated: dict[str, Any], *, is_first: bool) -> dict[str, Any]:
    since = stated.get("valid_from", "2000-01-01T00:00:00Z")
    start = None if is_first else since
    if not {"input", "output"} <= stated.keys():
        return {"start": start, "rates": None}
    names = [name for name in ("input", "output", "cache_read", "cache_write") if name in stated]
    rates: dict[str, Any] = {"valid_from": since, "source": "", **{name: stated[name] for name in names}}
    if "cache_write_1h" in stated:
        rates["cache_write_1h_multiple"] = float(exact(stated["cache_write_1h"]) / exact(stated["input"]))
    rates["tiers"] = [
        {"above": tier["context_over"], **{name: tier[name] for name in names if name in tier}}
        for tier in stated.get("tiers", ())
    ]
    return {"start": start, "rates": rates}


def _schedule(prices: dict[str, Any], window: dict[str, Any]) -> dict[str, Any]:
    """A window of hours; there, it is one factor on all prices."""
    factors = {exact(window[name]) / exact(prices[name]) for name in window if name != "utc"}
    if len(factors) > 1:
        raise CannotStateError
    hours = {"off_peak_hours_utc": [window["utc"]], "off_peak_multiplier": {"m": float(factors.pop())}}
    return {"provider": "made", "valid_from": "2000-01-01T00:00:00Z", **hours}


# litellm

LITELLM_PROVIDERS = {"alibaba": "dashscope", "amazon_bedrock": "bedrock", "google": "gemini", "made": "openai"}
"""Our provider -> LiteLLM's, if it has another name there."""
LITELLM_MODES = {"batch": "_batches", "flex": "_flex", "priority": "_priority"}
"""The word for a mode -> how the keys of its prices end."""
SEARCHES = tuple(f"search_context_size_{size}" for size in ("low", "medium", "high"))


def litellm(one: Example) -> Any:
    """`completion_cost` of a response, with the prices in `register_model`."""
    library = import_module("litellm")
    prices, ours = prices_of(one), one["model"].partition(":")[0]
    fees = prices.get("fees", {})
    if "dated" in prices or "request" in fees or "thinking" in (served(one) or ""):
        raise CannotStateError
    provider = LITELLM_PROVIDERS.get(ours, ours)
    name = f"{provider}/{one['model'].partition(':')[2]}"
    row: dict[str, Any] = {"litellm_provider": provider, "mode": "chat", **_keys(prices, "", ours)}
    for word, stated in modes_of(one).items():
        if word in LITELLM_MODES:
            row |= _keys(stated, LITELLM_MODES[word], ours)
    if "web_search" in fees:
        row["search_context_cost_per_query"] = dict.fromkeys(SEARCHES, float(exact(fees["web_search"]).scaleb(-3)))
    for window in prices.get("hours", ()):
        row["off_peak_pricing"] = {"hours_utc": "-".join(window["utc"]), **_keys(window, "", ours)}
    library.model_cost.clear()  # a row of its own list would fill what the example does not state
    library.register_model({name: row})
    response = library.ModelResponse(
        **{"model": name, **one["usage"].get("response", {}), "usage": _litellm_usage(one, library)}
    )
    with import_module("litellm._internal_context").pinned_billing_time(moment(one)):
        return library.completion_cost(
            response,
            model=name,
            custom_llm_provider=provider,
            custom_pricing=True,
            call_type="retrieve_batch" if one.get("mode") == "batch" else "completion",
            optional_params={"service_tier": one.get("mode")},
        )


def _keys(stated: dict[str, Any], end: str, provider: str) -> dict[str, float]:
    """The prices of a list, in USD for one token. For xAI, LiteLLM's long price begins at the size, not above it."""
    found = {f"{key}{end}": _per_token(stated[name]) for name, key in LITELLM_KEYS.items() if name in stated}
    for tier in stated.get("tiers", ()):
        size = tier["context_over"] + (provider == "xai")
        long = {f"{key}_above_{size}_tokens{end}": name for name, key in LITELLM_KEYS.items() if name in tier}
        found |= {key: _per_token(tier[name]) for key, name in long.items()}
    return found


def _per_token(price: Any) -> float:
    return float(exact(price).scaleb(-6))


def _litellm_usage(one: Example, library: Any) -> Any:
    payload, protocol = one["usage"]["payload"], one["usage"]["protocol"]
    if protocol == "anthropic":
        return library.AnthropicConfig().calculate_usage(usage_object=payload, reasoning_content=None)
    if protocol == "gemini":
        return library.VertexGeminiConfig.calculate_usage({"usageMetadata": payload})
    if protocol == "bedrock":
        return library.AmazonConverseConfig().transform_usage(payload)
    if protocol == "openai_responses":
        reader = import_module("litellm.responses.utils").ResponseAPILoggingUtils
        return reader.transform_response_api_usage_to_chat_usage(payload)
    if protocol in ("openai_chat", "xai_chat"):
        return library.Usage(**payload)
    used = one["normalized"]
    split = {"ephemeral_1h_input_tokens": used.get("cache_write_1h")}
    split["ephemeral_5m_input_tokens"] = used.get("cache_write", 0) - used.get("cache_write_1h", 0)
    prompt = {
        "cached_tokens": used.get("cache_read"),
        "cached_tokens_details": {"image_tokens": used.get("cache_read_image")},
        "cache_creation_tokens": used.get("cache_write"),
        "cache_creation_token_details": split if "cache_write_1h" in used else None,
        "image_tokens": used.get("input_image"),
        "text_tokens": used["input"] - used["input_image"] if "input_image" in used else None,
        "web_search_requests": used.get("web_search"),
    }
    completion = {"reasoning_tokens": used.get("reasoning"), "image_tokens": used.get("output_image")}
    return library.Usage(
        prompt_tokens=used.get("input", 0),
        completion_tokens=used.get("output", 0),
        prompt_tokens_details={key: value for key, value in prompt.items() if value is not None},
        completion_tokens_details={key: value for key, value in completion.items() if value is not None},
    )


# tokencost

KINDS = {"input": ("input", "fresh"), "output": ("output", "output"), "cached": ("cache_read", "cache_read")}
"""A kind of tokens of tokencost -> our class of its price, and its count."""


def tokencost(one: Example) -> Any:
    """The sum of `calculate_cost_by_tokens` over its kinds of tokens, with the prices in `TOKEN_COSTS`."""
    library = import_module("tokencost")
    prices, counts = prices_of(one), plain_counts(one, {"cache_read"})
    is_long = any(one["normalized"]["input"] > tier["context_over"] for tier in prices.get("tiers", ()))
    if is_long or served(one) is not None or "dated" in prices:
        raise CannotStateError
    classes = [name for name, _ in KINDS.values() if name in prices]
    library.TOKEN_COSTS["m"] = {LITELLM_KEYS[name]: _per_token(prices[name]) for name in classes}
    used = {kind: counts[count] for kind, (_, count) in KINDS.items() if counts[count]}
    try:
        return sum(library.calculate_cost_by_tokens(number, "m", kind) for kind, number in used.items())
    except KeyError:
        return None


ANSWERS = {
    "llm_models": llm_models,
    "genai-prices": genai_prices,
    "model-prices": model_prices,
    "litellm": litellm,
    "tokencost": tokencost,
}
"""Library -> what answers for it: a number, or None where the library gives no figure."""


def answer(library: str, one: Example) -> str | None:
    """The figure of a library as text, `cannot state`, or None where it gives no figure."""
    try:
        figure = ANSWERS[library](one)
    except CannotStateError:
        return "cannot state"
    return None if figure is None else str(figure)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as examples:
        print(json.dumps({one["id"]: {name: answer(name, one) for name in ANSWERS} for one in json.load(examples)}))
