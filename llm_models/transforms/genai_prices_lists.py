"""The price lists of genai-prices as ours: tiers, days, hours and modes. Counts are of version 0.2.3.

`prices` is a price list, or (233 models) a list of `{"constraint", "prices"}`, of which the last one holds whose
constraint does. A constraint is a day from which on prices hold, or hours of every day. `price_variants` (111 models)
are other prices for requests of a kind, `when`, also with a constraint; of several, the first counts for each price.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from glom import SKIP

from llm_models.current_prices import LAST, of_day
from llm_models.normalize import Drop, kind_of
from llm_models.transforms.specs import date, is_count, page
from llm_models.transforms.units import minutes_of, per_hour, per_million

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from llm_models.transforms.specs import Note

TOKENS = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_reasoning_mtok": "reasoning",
    "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio",
    "input_image_mtok": "input_image",
    "input_video_mtok": "input_video",
    "output_image_mtok": "output_image",
    "output_video_mtok": "output_video",
    "cache_audio_read_mtok": "cache_read_audio",
    "cache_image_read_mtok": "cache_read_image",
    "output_citation_mtok": "output_citation",
}
"""Their price, USD per million tokens -> our class. A price is a number, or one with tiers."""

FEES = {
    "requests_kcount": "request",
    "web_searches_kcount": "web_search",
    "storage_searches_kcount": "file_search",
    "code_executions_kcount": "code_execution",
}
"""Their price, USD per 1,000 uses -> our fee."""

LENGTHS = ("audio_hours", "input_audio_hours")
"""Their prices of an hour of audio, of which the first one is taken as our `audio`, USD per minute."""

MODES = {
    ("processing", "batch"): "batch",
    ("service_tier", "flex"): "flex",
    ("service_tier", "priority"): "priority",
    ("service_tier", "fast"): "fast",
    ("speed", "fast"): "fast",
}
"""What a request is or states -> our mode. Others (a route of OpenRouter, a type of search) stay in `extra`; the 28 for
`service_tier` `default` state no price."""

MOST = 100
"""The most entries, variants, and tiers of a price that are read; the file has at most 5, 5 and 2."""


class Part(NamedTuple):
    """Prices with the day from which on they hold ("" for always), the hours, and the mode, if they are of one."""

    start: str
    utc: tuple[str, str] | None
    mode: str | None
    prices: dict[str, Any]


def cost(value: Any, note: Note) -> Any:
    """One list for each day on which something changes: the last is the record, the others are `dated`.

    `current_prices` makes that of a day the record, for who knows the day of the document.
    """
    if not isinstance(value, dict):
        raise Drop(f"expected an object, found {kind_of(value)}")
    parts = [*_entries(value.get("prices", {}), note), *_variants(value.get("price_variants", []), note)]
    source = _source(value, note)
    lists: list[dict[str, Any]] = []
    before: dict[str, Any] = {}
    heard: set[tuple[str, ...]] = set()

    def once(*what: str) -> None:
        if what not in heard:
            heard.add(what)
            note(*what)

    for day in sorted({"", *(part.start for part in parts)}):
        prices = _at(day, parts, once)
        if prices and prices != before:
            lists.append({**prices, **({"valid_from": day} if day else {}), **source})
        before = prices
    return of_day({**lists[0], "dated": lists[1:]}, LAST) if lists else SKIP


def in_full(value: Any, _note: Note) -> Any:
    """The prices that our fields do not hold, where they were."""
    if not isinstance(value, dict):
        return SKIP
    left: dict[str, Any] = {}
    prices, variants = value.get("prices"), value.get("price_variants")
    held = {*TOKENS, *FEES, *LENGTHS}
    if isinstance(prices, dict) and (rest := _rest(prices, held)):
        left["prices"] = rest
    if isinstance(prices, list) and any(_rest(_prices_of(entry), held) for entry in prices):
        left["prices"] = prices
    if isinstance(variants, list) and (others := [variant for variant in variants if _is_other(variant)]):
        left["price_variants"] = others
    return left or SKIP


def _is_other(variant: Any) -> bool:
    """Whether a variant states prices that no mode of ours holds."""
    prices = _prices_of(variant)
    try:
        return bool(prices) and (_mode(variant) == "" or bool(_rest(prices, {*TOKENS, *FEES})))
    except Drop:
        return False


def _rest(prices: Any, held: set[str]) -> dict[str, Any]:
    return {key: price for key, price in prices.items() if key not in held} if isinstance(prices, dict) else {}


def _prices_of(entry: Any) -> Any:
    return entry.get("prices") if isinstance(entry, dict) else None


def _source(value: dict[str, Any], note: Note) -> dict[str, str]:
    try:
        return {"source": page(value["source"], note)} if "source" in value else {}
    except Drop as why:
        note(str(why), "source", "dropped")
        return {}


def _entries(value: Any, note: Note) -> list[Part]:
    if isinstance(value, dict):
        return [Part("", None, None, _prices(value, note, "prices"))]
    if not isinstance(value, list):
        raise Drop(f"expected an object or a list, found {kind_of(value)}")
    if len(value) > MOST:
        raise Drop(f"more than {MOST} price lists")
    return _read(value, note, "prices", lambda _entry: None)


def _variants(value: Any, note: Note) -> list[Part]:
    if not isinstance(value, list) or len(value) > MOST:
        note("expected a list" if not isinstance(value, list) else f"more than {MOST}", "price_variants", "dropped")
        return []
    return [part for part in _read(value, note, "price_variants", _mode) if part.mode]


def _read(value: list[Any], note: Note, where: str, mode_of: Callable[[Any], str | None]) -> list[Part]:
    """The entries whose constraint is understood. Any other one would hold where it must not."""
    parts = []
    for entry in value:
        try:
            start, utc = _constraint(entry)
            mode = mode_of(entry)
            if mode is not None and utc is not None:
                raise Drop("a mode at some hours")
            if not isinstance(entry.get("prices"), dict):
                raise Drop("an entry without prices")
        except Drop as why:
            note(str(why), where, "dropped")
            continue
        parts.append(Part(start, utc, mode, _prices(entry["prices"], note, where)))
    return parts


def _mode(entry: Any) -> str:
    """The mode of a variant; "" for a kind of request that is none of ours."""
    when = entry.get("when") if isinstance(entry, dict) else None
    if not isinstance(when, dict) or not when or not all(isinstance(value, str) for value in when.values()):
        raise Drop("a variant for unknown requests")
    (item, *more) = when.items()
    return "" if more else MODES.get(item, "")


def _constraint(entry: Any) -> tuple[str, tuple[str, str] | None]:
    if not isinstance(entry, dict):
        raise Drop("an entry that is no object")
    match entry.get("constraint"):
        case None:
            return "", None
        case {"start_date": start, **more} if not more:
            day = date(start, lambda *_: None)
            if len(day) < len("YYYY-MM-DD"):
                raise Drop("a month, expected a day")
            return day, None
        case {"start_time": start, "end_time": end, **more} if not more:
            utc = _clock(start), _clock(end)
            if utc[0] == utc[1]:
                raise Drop("an entry with an empty window")
            return "", utc
        case _:
            raise Drop("a constraint of unknown form")


def _clock(value: Any) -> str:
    """A time of the day in UTC, as HH:MM; without a zone it is UTC."""
    try:
        time = datetime.time.fromisoformat(value)
        moment = datetime.datetime.combine(datetime.date(2000, 1, 2), time)
        moment = moment.replace(tzinfo=time.tzinfo or datetime.UTC).astimezone(datetime.UTC)
    except (TypeError, ValueError, OverflowError):
        raise Drop("an entry of unknown hours") from None
    if moment.second or moment.microsecond:
        raise Drop("hours that are not whole minutes")
    return f"{moment:%H:%M}"


def _at(day: str, parts: Sequence[Part], note: Note) -> dict[str, Any]:
    """The price list of a day. Hours count where they come after the prices that hold, as the last entry wins."""
    holding = [part for part in parts if part.start <= day]
    usual = [at for at, part in enumerate(holding) if part.mode is None and part.utc is None]
    if not usual:
        return {}
    prices = _list(holding[usual[-1]].prices)
    found: list[tuple[set[int], dict[str, Any]]] = []
    for part in holding[usual[-1] + 1 :]:
        if part.utc is None:
            continue
        minutes = minutes_of(*part.utc)
        if any(minutes & taken for taken, _ in found):
            note("windows that overlap", "prices", "dropped")
        elif window := _list(part.prices, "fees", "audio"):
            found.append((minutes, {"utc": list(part.utc), **window}))
    if found:
        prices["hours"] = [window for _, window in found]
    modes: dict[str, dict[str, Any]] = {}
    for part in holding:
        if part.mode is not None:
            modes[part.mode] = {**part.prices, **modes.get(part.mode, {})}
    if named := {name: one for name, mode in modes.items() if (one := _list(mode, "audio"))}:
        prices["modes"] = named
    return prices


def _prices(value: Mapping[str, Any], note: Note, where: str) -> dict[str, Any]:
    """Our class, `fees.` and a fee, or `audio` -> the price: a number, or a list of (context_over, price) from 0 on."""
    found: dict[str, Any] = {}

    def add(key: str, to: str, check: Callable[[Any, Note], Any]) -> None:
        try:
            found[to] = check(value[key], note)
        except Drop as why:
            note(str(why), f"{where}.{key}", "dropped")

    for key, name in TOKENS.items():
        if value.get(key) is not None:
            add(key, name, _tiered)
    for key, name in FEES.items():
        if value.get(key) is not None:
            add(key, f"fees.{name}", per_million)
    for key in LENGTHS:
        if value.get(key) is not None and "audio" not in found:
            add(key, "audio", per_hour)
    return found


def _tiered(value: Any, note: Note) -> Any:
    """A price, or steps of it: `{"base": 5, "tiers": [{"start": 200000, "price": 10}]}` holds 10 above 200,000."""
    if not isinstance(value, dict):
        return per_million(value, note)
    match value:
        case {"base": base, "tiers": [*steps], **more} if not more and len(steps) <= MOST:
            found = {0: per_million(base, note)}
        case _:
            raise Drop("tiers of unknown form")
    for step in steps:
        match step:
            case {"start": start, "price": price, **more} if not more and is_count(start, 1) and start not in found:
                found[start] = per_million(price, note)
            case _:
                raise Drop("a tier of unknown form")
    return sorted(found.items())


def _list(prices: Mapping[str, Any], *without: str) -> dict[str, Any]:
    """A price list in our shape. Each tier states all prices that have tiers, also those of a lower start."""
    found: dict[str, Any] = {}
    stepped = {name: price for name, price in prices.items() if isinstance(price, list)}
    for name, price in prices.items():
        group, _, fee = name.partition(".")
        if group in without:
            continue
        if fee:
            found.setdefault(group, {})[fee] = price
        else:
            found[name] = price[0][1] if isinstance(price, list) else price
    starts = sorted({start for price in stepped.values() for start, _ in price if start})
    tiers = [{"context_over": start, **_step(stepped, start)} for start in starts]
    return {**found, "tiers": tiers} if tiers else found


def _step(stepped: Mapping[str, Iterable[tuple[int, float]]], size: int) -> dict[str, float]:
    return {name: [price for start, price in steps if start <= size][-1] for name, steps in stepped.items()}
