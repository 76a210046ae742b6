"""The prices of LiteLLM's map: one key for each class, size of the request and mode, in USD per token.

`input_cost_per_token_above_200k_tokens_priority` is the price of input in the mode priority above 200,000 tokens.
Counts are of the map of LiteLLM 1.110.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from glom import SKIP

from llm_models.normalize import Drop, kind_of
from llm_models.transforms.specs import text
from llm_models.transforms.units import per_million, per_token, per_use, scaled

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.transforms.specs import Note

    Unit = Callable[[Any, Note], float]
    Sizes = dict[int, dict[str, float]]


class Prices(NamedTuple):
    """What an entry states about prices, with our id of its provider and LiteLLM's mode, which decide what it means."""

    provider: str
    mode: Any
    keys: dict[str, Any]


CLASSES = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "cache_creation_input_token_cost_above_12hr": "cache_write_12h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "input_audio",
    "output_cost_per_audio_token": "output_audio",
    "input_cost_per_image_token": "input_image",
    "output_cost_per_image_token": "output_image",
    "input_cost_per_video_token": "input_video",
    "output_cost_per_video_token": "output_video",
    "cache_read_input_audio_token_cost": "cache_read_audio",
    "cache_read_input_image_token_cost": "cache_read_image",
    "citation_cost_per_token": "output_citation",
}
"""LiteLLM's key -> our class of tokens."""

MODES = {
    "batches": "batch",
    "flex": "flex",
    "priority": "priority",
    "ultrafast": "ultrafast",
    "balanced": "balanced",
}
"""The end of LiteLLM's key -> our mode. (`_decisions` is the price of an endpoint.)"""


def per_second(value: Any, note: Note) -> float:
    """USD per second -> USD per minute. What was a price per minute is rounded in the source."""
    return round(scaled(60, value, note), 9)


OTHERS: dict[str, tuple[str, Unit, frozenset[str]]] = {
    "output_cost_per_image": ("image", per_million, frozenset({"image_generation", "image_edit"})),
    "input_cost_per_second": ("audio", per_second, frozenset({"audio_transcription", "realtime"})),
}
"""LiteLLM's key -> our price of something else than tokens, its unit, and the modes in which the key means that.

Of chat models, the first is a price of tokens (`gemini-3.1-pro-preview`) or of a song, the second one of a commitment.
"""

FEES: dict[str, tuple[str, Unit]] = {
    "google_maps_grounding_cost_per_query": ("maps", per_use),
    "input_cost_per_request": ("request", per_use),
    "file_search_cost_per_1k_calls": ("file_search", per_million),
}
SEARCH = "search_context_cost_per_query"
SIZES = ("low", "medium", "high")
BY_REQUEST = frozenset({"perplexity"})
"""The providers that bill a request by the size of its search context; elsewhere each search has such a price."""

RANGES, HOURS, SOURCE = "tiered_pricing", "off_peak_pricing", "source"
INCLUSIVE = frozenset({"xai"})
"""The providers whose long requests begin at N x 1,000 tokens, not above it."""
THINKING = frozenset({"alibaba"})
"""The providers where the price of reasoning is that of all output in thinking mode."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_KEY = re.compile(rf"({'|'.join(CLASSES)})(?:_above_([1-9][0-9]{{0,4}})k_tokens)?(?:_({'|'.join(MODES)}))?")
_WINDOW = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")

# Values that contradict each other inside an entry: the price of the first class is not believed. (0 can be free.)
AT_MOST = (("cache_read", "input"), ("cache_read_audio", "input_audio"))
AT_LEAST = (("cache_write", "input"), ("cache_write_1h", "cache_write"), ("cache_write_12h", "cache_write_1h"))
CHEAPER = frozenset({"batch", "flex"})
ROUNDED = "nearly the same share of the standard price as that of input, so it is rounded"
DEARER = frozenset({"priority", "ultrafast"})


def is_price(key: str) -> bool:
    """Whether a key of an entry is read here."""
    return key in OTHERS or key in FEES or key in {SEARCH, RANGES, HOURS, SOURCE} or bool(_KEY.fullmatch(key))


def price_list(prices: Prices, note: Note) -> Any:
    """Our `cost`. An address is the source of prices only where there are any: many entries have one and no price."""
    lists = _of_tokens(prices, note)
    _leave_out_contradictions(lists, note)
    if prices.provider in THINKING:
        for size, classes in lists[""].items():
            if "reasoning" in classes:
                lists.setdefault("thinking", {})[size] = {"output": classes.pop("reasoning")}
    cost = _in_one(lists.pop(""))
    for key, (name, unit, modes) in OTHERS.items():
        if key in prices.keys and isinstance(prices.mode, str) and prices.mode in modes:
            cost |= _read(name, unit, prices.keys, key, note)
    groups = {
        "fees": _fees(prices, note),
        "hours": _hours(prices.keys[HOURS], note) if HOURS in prices.keys else [],
        "modes": {mode: priced for mode, sizes in lists.items() if (priced := _in_one(sizes))},
    }
    cost |= {name: group for name, group in groups.items() if group}
    return {**cost, **_source(prices.keys, note)} if cost else SKIP


def _read(name: str, unit: Unit, keys: dict[str, Any], key: str, note: Note) -> dict[str, float]:
    """The price under a key, by our name; nothing where it is refused."""
    try:
        return {name: unit(keys[key], note)}
    except Drop as why:
        note(str(why), key, "dropped")
        return {}


def _of_tokens(prices: Prices, note: Note) -> dict[str, Sizes]:
    """Our mode ("" for the list itself) -> the size above which it holds -> class -> price."""
    lists: dict[str, Sizes] = {"": _ranges(prices.keys[RANGES], note) if RANGES in prices.keys else {}}
    for key in prices.keys:
        if (match := _KEY.fullmatch(key)) and (read := _read(CLASSES[match[1]], per_token, prices.keys, key, note)):
            size = int(match[2] or 0) * 1000
            size -= 1 if size and prices.provider in INCLUSIVE else 0
            lists.setdefault(MODES.get(match[3], ""), {}).setdefault(size, {}).update(read)
    return lists


def _in_one(sizes: Sizes) -> dict[str, Any]:
    """The classes of a list, with its tiers."""
    tiers = [{"context_over": size, **sizes[size]} for size in sorted(sizes) if size and sizes[size]]
    return {**sizes.get(0, {}), **({"tiers": tiers} if tiers else {})}


def _leave_out_contradictions(lists: dict[str, Sizes], note: Note) -> None:
    for mode, sizes in lists.items():
        place = f"{mode}." if mode else ""
        base = sizes.get(0, {})
        for size, classes in sizes.items():
            plain = lists[""].get(size, {}) if mode else {}
            for name, amount in [*classes.items()]:
                why = None
                if size and amount < base.get(name, 0):
                    why = "a price of long requests below that of short ones"
                elif mode in CHEAPER and amount > plain.get(name, amount):
                    why = "a price of a cheaper mode above that of the standard one"
                elif mode in DEARER and amount < plain.get(name, amount):
                    why = "a price of a faster mode below that of the standard one"
                elif any(name == one and amount > {**base, **classes}.get(than, amount) for one, than in AT_MOST):
                    why = "a price of cached input above that of input"
                elif amount and any(
                    name == one and amount < {**base, **classes}.get(than, 0) for one, than in AT_LEAST
                ):
                    why = "a price of writing to a cache below that of input, or of a shorter lifetime"
                elif mode in CHEAPER and _is_rounded(amount, name, classes, plain):
                    why = ROUNDED
                if why:
                    note(why, f"{place}{name}", "dropped")
                    classes.pop(name, None)
                    if why == ROUNDED and name == "output":  # it is not known which of the two is rounded
                        classes.clear()


def _is_rounded(amount: float, name: str, classes: dict[str, float], plain: dict[str, float]) -> bool:
    """Whether a price of a mode is off the mode's share of the standard prices by less than 5 %: 0.13 for 0.125."""
    if not plain.get("input") or name not in plain or "input" not in classes:
        return False
    exact = plain[name] * classes["input"] / plain["input"]
    return 1e-9 * exact < abs(amount - exact) < 0.05 * exact


def _ranges(value: Any, note: Note) -> Sizes:
    """`tiered_pricing`, a list of {"range": [from, to], ...prices}, as the sizes of one list; the first begins at 0."""
    sizes: Sizes = {}
    for item in value if isinstance(value, list) else []:
        match item:
            case {"range": [int() | float() as start, int() | float() as end]} if (
                start not in sizes and start < end and start == int(start) and (start > 0 if sizes else start == 0)
            ):
                keys = {CLASSES[key]: key for key in item if key in CLASSES}
                read = [_read(name, per_token, item, key, note) for name, key in keys.items()]
                sizes[int(start)] = {name: amount for one in read for name, amount in one.items()}
            case _:
                note("a range of unknown size", RANGES, "dropped")
                return {}
    if not sizes:
        note("expected a list of ranges", RANGES, "dropped")
    return sizes


def _fees(prices: Prices, note: Note) -> dict[str, float]:
    """USD per 1,000 uses. Three equal prices by size of the search context are one."""
    fees: dict[str, float] = {}
    for key, (name, unit) in FEES.items():
        if key in prices.keys:
            fees |= _read(name, unit, prices.keys, key, note)
    if SEARCH in prices.keys:
        value = prices.keys[SEARCH]
        keys = {size: f"search_context_size_{size}" for size in SIZES}
        if not isinstance(value, dict):
            note(f"expected an object, found {kind_of(value)}", SEARCH, "dropped")
            value = {}
        sizes: dict[str, float] = {}
        for size, key in keys.items():
            if key in value:
                sizes |= _read(size, per_use, value, key, note)
        if len(sizes) == len(SIZES) and len({*sizes.values()}) == 1:
            fees["web_search"] = sizes["low"]
        else:
            name = "request" if prices.provider in BY_REQUEST else "web_search"
            fees |= {f"{name}_{size}": fee for size, fee in sizes.items()}
    return fees


def _hours(value: Any, note: Note) -> list[dict[str, Any]]:
    """`off_peak_pricing`: prices and a list of windows {"hours_utc": "HH:MM-HH:MM" or a list, "weekdays": [1, ...]}."""
    if not isinstance(value, dict) or not isinstance(value.get("windows"), list):
        note("expected an object with windows", HOURS, "dropped")
        return []
    if value.get("weekday_timezone", "UTC") != "UTC":  # 2 entries
        note("days of another time zone than UTC", HOURS, "dropped")
        return []
    prices: dict[str, float] = {}
    for key, name in CLASSES.items():
        if key in value:
            prices |= _read(name, per_token, value, key, note)
    windows: list[dict[str, Any]] = []
    for window in value["windows"] if prices else []:
        try:
            windows += [{**one, **prices} for one in _windows(window)]
        except Drop as why:  # a window that is missing would have the price of the others
            note(str(why), HOURS, "dropped")
            return []
    return windows


def _windows(window: Any) -> list[dict[str, Any]]:
    if not isinstance(window, dict) or {*window} - {"hours_utc", "weekdays"}:
        raise Drop("a window of unknown shape")
    hours, days = window.get("hours_utc"), window.get("weekdays", [*range(1, 8)])
    texts = hours if isinstance(hours, list) else [hours]
    matches = [_WINDOW.fullmatch(one) if isinstance(one, str) else None for one in texts]
    if not matches or not all(matches):
        raise Drop("a window without hours")
    if not isinstance(days, list) or not days or any(type(day) is not int or not 1 <= day <= 7 for day in days):
        raise Drop("a window with unknown days")
    named = [DAYS[day - 1] for day in sorted({*days})]
    only = {} if len(named) == len(DAYS) else {"days": named}
    return [{"utc": [f"{m[1]}:{m[2]}", _end(f"{m[3]}:{m[4]}")], **only} for m in matches if m]


def _end(time: str) -> str:
    """Midnight at the end of a window is that of the same day."""
    return "24:00" if time == "00:00" else time


def _source(keys: dict[str, Any], note: Note) -> dict[str, str]:
    value = keys.get(SOURCE)
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        return {}  # one entry has a sentence there
    try:
        return {"source": text(value, note)}
    except Drop as why:
        note(str(why), SOURCE, "dropped")
        return {}
