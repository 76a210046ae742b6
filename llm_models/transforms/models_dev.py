"""How a record of models.dev becomes ours: tables and small named functions, nothing else.

`*_SHAPE` checks what upstream may hold, `*_SPECS` are the glom specs that place it (see `normalize`). Counts
in comments are of the file of 2026-07-02.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from glom import T

from llm_models.modelspec import fold_provider
from llm_models.normalize import Drop, Parts

if TYPE_CHECKING:
    from collections.abc import Callable

    Note = Callable[..., None]

NAME = "models_dev"
MODELS = "models"

# Checks: the value as it should be, or Drop(reason); note(reason) says what was mended, and
# note(reason, part, "dropped") which part of it was left out.


def text(value: Any, note: Note) -> str:
    if not isinstance(value, str):
        raise Drop("expected text")
    trimmed = value.strip()
    if not trimmed:
        raise Drop("empty text")
    if len(trimmed) > 1000:
        raise Drop("text of more than 1,000 characters")
    if trimmed != value:
        note("spaces at the edges trimmed")
    return trimmed


def identity(value: Any, _note: Note) -> str:
    """Kept to the letter: whether it can be an id is for the schema to say."""
    return str(value)


def flag(value: Any, _note: Note) -> bool:
    if not isinstance(value, bool):
        raise Drop("expected true or false")
    return value


def address(value: Any, note: Note) -> str:
    """Taken as it stands, `${NAME}` parts and all; what no URL can hold would reach a client's request."""
    trimmed = text(value, note)
    if _NO_ADDRESS.search(trimmed):
        raise Drop("white space or control characters inside an address")
    return trimmed


_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f]")


def words(value: Any, note: Note) -> list[str]:
    if not isinstance(value, list):
        raise Drop("expected a list of texts")
    kept = [item.strip() for item in value if isinstance(item, str) and 0 < len(item.strip()) <= 300]
    if len(kept) != len(value):
        note("items that are no text left out", "", "dropped")
    elif kept != value:
        note("spaces at the edges trimmed")
    once = list(dict.fromkeys(kept))
    if len(once) != len(kept):
        note("repeated items left out")
    return once


def tokens(value: Any, note: Note) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Drop("expected a number of tokens")
    if value == 0:
        raise Drop("0 means unknown")
    if value < 1 or value != int(value):
        raise Drop("no whole number of tokens")
    if isinstance(value, float):
        note("a whole number written with a point")
    return int(value)


def price(value: Any, _note: Note) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Drop("expected a price as a number")
    if value < 0:
        raise Drop("a price below 0")
    if value > 1_000_000:
        raise Drop("a price above 1,000,000")
    return value


_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?")


def date(value: Any, note: Note) -> str:
    if not isinstance(value, str):
        raise Drop("expected a date as text")
    match = _DATE.fullmatch(value.strip())
    if match is None:
        raise Drop("not a date")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if not _is_date(year, month, day):
        raise Drop("a date that does not exist")
    if (year, month, day) == (1970, 1, 1):
        raise Drop("1970-01-01 means unknown")
    normal = f"{year:04}-{month:02}" if day is None else f"{year:04}-{month:02}-{day:02}"
    if normal != value:
        note("another spelling of a date")
    return normal


def _is_date(year: int, month: int | None, day: int | None) -> bool:
    from calendar import monthrange

    return month is not None and 1 <= month <= 12 and year >= 1 and 1 <= (day or 1) <= monthrange(year, month)[1]


PRICES = {
    "input": price,
    "output": price,
    "cache_read": price,
    "cache_write": price,
    "reasoning": price,
    "input_audio": price,
    "output_audio": price,
}


def cost(value: Any, note: Note) -> Parts:
    """Prices, with tiers as we write them; what they say beyond ours stays whole as `rest`."""
    if not isinstance(value, dict):
        raise Drop("expected an object")
    made: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, item in value.items():
        if key in PRICES:
            _put_price(made, key, item, note)
        elif key not in {"tiers", "context_over_200k"}:
            rest[key] = item
    tiers, odd = _tiers(value.get("tiers", []), note)
    if odd:
        rest["tiers"] = value["tiers"]
    old = value.get("context_over_200k")
    if isinstance(old, dict) and not tiers and not odd:
        tiers, odd = _tiers([{**old, "tier": {"type": "context", "size": 200_000}}], note)
        if odd:
            rest["context_over_200k"] = old
    elif "context_over_200k" in value and old not in [
        {key: item for key, item in tier.items() if key != "context_over"} for tier in tiers
    ]:
        rest["context_over_200k"] = old  # it repeats a tier whatever its size (184 times); kept where it does not
    if tiers:
        made["tiers"] = tiers
    return Parts(prices=made, rest=rest) if rest else Parts(prices=made)


def _put_price(made: dict[str, Any], key: str, item: Any, note: Note, part: str = "") -> None:
    try:
        made[key] = price(item, note)
    except Drop as why:
        note(str(why), part + key, "dropped")


def _tiers(value: Any, note: Note) -> tuple[list[dict[str, Any]], bool]:
    """Our tiers, ascending, and whether the source's say anything that ours cannot hold."""
    if not isinstance(value, list):
        note("expected a list", "tiers", "dropped")
        return [], True
    made: dict[int, dict[str, Any]] = {}
    odd = False
    for item in value:
        size = _tier_size(item)
        if size is None or size in made:
            note("a tier of unknown size" if size is None else "a tier's size said twice", "tiers", "dropped")
            odd = True
            continue
        odd = odd or not set(item) <= {"tier", *PRICES}
        tier: dict[str, Any] = {"context_over": size}
        for key in PRICES:
            if key in item:
                _put_price(tier, key, item[key], note, "tiers.")
        made[size] = tier
    ours = [made[size] for size in sorted(made)]
    return ours, odd or [tier["context_over"] for tier in ours] != [_tier_size(item) for item in value]


def _tier_size(item: Any) -> int | None:
    tier = item.get("tier") if isinstance(item, dict) else None
    if not isinstance(tier, dict) or set(tier) != {"type", "size"} or tier["type"] != "context":
        return None
    size = tier["size"]
    return size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else None


def reasoning_options(value: Any, _note: Note) -> Parts:
    """Toggle, efforts and budgets; the list itself stays as `rest` where ours do not say all that it says."""
    if not isinstance(value, list):
        raise Drop("expected a list")
    made = Parts(toggle={"type": "toggle"} in value)
    for option in value:
        kind = option.get("type") if isinstance(option, dict) else None
        if kind == "effort" and isinstance(option.get("values"), list):
            efforts = list(dict.fromkeys([word for word in option["values"] if isinstance(word, str) and word]))
            if efforts:
                made["efforts"] = efforts
        elif kind == "budget_tokens":
            if _is_count(option.get("max"), 1):
                made["token_budget"] = option["max"]
            if _is_count(option.get("min"), 0):
                made["token_budget_min"] = option["min"]
    said = [{"type": "toggle"}] if made["toggle"] else []
    if "efforts" in made:
        said.append({"type": "effort", "values": made["efforts"]})
    budget = {ours: made[name] for ours, name in (("min", "token_budget_min"), ("max", "token_budget")) if name in made}
    if budget:
        said.append({"type": "budget_tokens", **budget})
    if said != value:
        made["rest"] = value
    return made


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


MODALITIES = {"input": words, "output": words}

MODEL_SHAPE = {
    "id": identity,
    "name": text,
    "family": text,
    "attachment": flag,
    "reasoning": flag,
    "tool_call": flag,
    "structured_output": flag,
    "temperature": flag,
    "release_date": date,
    "last_updated": date,
    "knowledge": date,
    "status": text,
    "modalities": MODALITIES,
    "open_weights": flag,
    "limit": {"context": tokens, "input": tokens, "output": tokens},
    "cost": cost,
    "reasoning_options": reasoning_options,
}

# Source key (`key.part` where a check tells several things) -> {our path: glom spec over the checked record}.
# Plain values are taken with itemgetter: over 5,276 records `T[...]` costs four times as much in glom.
MODEL_SPECS: dict[str, dict[str, Any]] = {
    "id": {"id": itemgetter("id")},
    "name": {"name": itemgetter("name")},
    "family": {"family": itemgetter("family")},
    "release_date": {"release_date": itemgetter("release_date")},
    "last_updated": {"last_updated": itemgetter("last_updated")},
    "knowledge": {"knowledge": itemgetter("knowledge")},
    "status": {"status": itemgetter("status")},
    "limit": {"limits": itemgetter("limit")},
    "cost.prices": {"cost": itemgetter("cost.prices")},
    "cost.rest": {"extra.cost": itemgetter("cost.rest")},
    "modalities": {"modalities": itemgetter("modalities")},
    "attachment": {"capabilities.attachments": itemgetter("attachment")},
    "temperature": {"capabilities.temperature": itemgetter("temperature")},
    "reasoning": {"capabilities.reasoning.enabled": itemgetter("reasoning")},
    "reasoning_options.toggle": {"capabilities.reasoning.toggle": itemgetter("reasoning_options.toggle")},
    "reasoning_options.efforts": {"capabilities.reasoning.efforts": itemgetter("reasoning_options.efforts")},
    "reasoning_options.token_budget": {
        "capabilities.reasoning.token_budget": itemgetter("reasoning_options.token_budget")
    },
    "reasoning_options.token_budget_min": {
        "capabilities.reasoning.token_budget_min": itemgetter("reasoning_options.token_budget_min")
    },
    "reasoning_options.rest": {"extra.reasoning_options": itemgetter("reasoning_options.rest")},
    "tool_call": {"capabilities.tools.enabled": itemgetter("tool_call")},
    "structured_output": {
        "capabilities.json.native": itemgetter("structured_output"),
        "capabilities.json.schema": itemgetter("structured_output"),
    },
    "open_weights": {"open_weights": itemgetter("open_weights")},
}

PROVIDER_SHAPE = {"id": identity, "name": text, "api": address, "env": words, "doc": text}

PROVIDER_SPECS: dict[str, dict[str, Any]] = {
    "id": {"id": (T["id"], fold_provider), "extra.source_id": itemgetter("id")},
    "name": {"name": itemgetter("name")},
    "api": {"base_url": itemgetter("api")},
    "env": {"env": itemgetter("env")},
    "doc": {"doc": itemgetter("doc")},
}
