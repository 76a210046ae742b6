"""OpenRouter's prices that are not plain: those of long requests, and of some hours. Counts are of 2026-08-17.

`pricing.overrides` (59 models, 64 entries) is a list of entries with conditions and prices. An entry applies where all
of its conditions hold; of the entries that apply, the later one wins for each price; the base price holds for the rest.
The conditions are `min_prompt_tokens`, and a window `utc_start` to `utc_end` (as 1630 for 16:30, the end excluded) on
`utc_days`, which no entry states yet. https://openrouter.ai/docs/client-sdks/python/components/pricingoverride
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from glom import SKIP

from llm_models.normalize import Drop
from llm_models.transforms.specs import is_count
from llm_models.transforms.units import minutes_of, per_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llm_models.transforms.specs import Note

PRICES = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
    "input_cache_write_1h": "cache_write_1h",
    "internal_reasoning": "reasoning",
    "audio": "input_audio",
    "audio_output": "output_audio",
    "input_audio_cache": "cache_read_audio",
}
"""Their price, USD per token in text -> our class, USD per million tokens."""

BELOW = 1
"""`min_prompt_tokens` is the first size of a tier, and our `context_over` the last size before it. (OpenRouter's client
libraries describe it as the size that must be exceeded; the difference is one token.)"""

DAYS = {
    "monday": "mon",
    "tuesday": "tue",
    "wednesday": "wed",
    "thursday": "thu",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
}
CONDITIONS = ("min_prompt_tokens", "utc_start", "utc_end", "utc_days")

MOST = 100
"""The most entries that are read; the file has at most 2."""


class Window(NamedTuple):
    """Two times of a day, and days; no days are all days."""

    utc: tuple[str, str]
    days: tuple[str, ...]


class Entry(NamedTuple):
    """What an entry states: from which size of input on (0: any), when (None: always), and our prices."""

    size: int
    window: Window | None
    prices: dict[str, float]


def tiers(value: Any, note: Note) -> Any:
    """Those of any hour."""
    return _tiers(_entries(value, note), None) or SKIP


def hours(value: Any, note: Note) -> Any:
    """Windows with the prices that hold inside, of any size and of larger ones."""
    try:
        entries = _entries(value, _unheard)
    except Drop:
        return SKIP  # `tiers` notes the same
    found: list[tuple[Window, dict[str, Any]]] = []
    for window in dict.fromkeys(entry.window for entry in entries if entry.window is not None):
        if any(_overlap(window, earlier) for earlier, _ in found):
            note("windows that overlap", "utc_start", "dropped")
            continue
        prices: dict[str, Any] = {**_prices(entries, window, 0)}
        if larger := _tiers(entries, window):
            prices["tiers"] = larger
        days = {"days": list(window.days)} if window.days else {}
        found.append((window, {"utc": list(window.utc), **days, **prices}))
    return [item for _, item in found] or SKIP


def overrides_in_full(value: Any, _note: Note) -> Any:
    """The whole list, where it states more than our tiers and windows hold."""
    if not isinstance(value, list):
        return SKIP
    known = {*PRICES, *CONDITIONS}
    return value if any(isinstance(entry, dict) and set(entry) - known for entry in value) else SKIP


def _unheard(*_: str) -> None:
    """`tiers` notes the same."""


def _tiers(entries: Sequence[Entry], window: Window | None) -> list[dict[str, Any]]:
    sizes = sorted({entry.size for entry in entries if entry.size and entry.window in (None, window)})
    found = [{"context_over": size - BELOW, **_prices(entries, window, size)} for size in sizes if size > BELOW]
    return [tier for tier in found if len(tier) > 1]


def _prices(entries: Sequence[Entry], window: Window | None, size: int) -> dict[str, float]:
    """What holds at a size, in a window or outside of any: of the entries that apply, a later one wins."""
    found: dict[str, float] = {}
    for entry in entries:
        if entry.size <= size and entry.window in (None, window):
            found.update(entry.prices)
    return found


def _entries(value: Any, note: Note) -> list[Entry]:
    if not isinstance(value, list):
        raise Drop("expected a list")
    if len(value) > MOST:
        raise Drop(f"more than {MOST} entries")
    return list(_read(value, note))


def _read(value: list[Any], note: Note) -> Iterator[Entry]:
    """The entries whose conditions are understood. Any other one would hold where it must not."""
    for item in value:
        try:
            size, window = _size(item), _window(item)
        except Drop as why:
            note(str(why), "", "dropped")
            continue
        prices: dict[str, float] = {}
        for key, ours in PRICES.items():
            try:
                prices |= {ours: per_token(item[key], note)} if item.get(key) is not None else {}
            except Drop as why:
                note(str(why), key, "dropped")
        yield Entry(size, window, prices)


def _size(item: Any) -> int:
    if not isinstance(item, dict):
        raise Drop("an entry that is no object")
    if not any(item.get(condition) is not None for condition in CONDITIONS):
        raise Drop("an entry without a known condition")
    size = item.get("min_prompt_tokens")
    if size is None:
        return 0
    if not is_count(size, 1):
        raise Drop("an entry of unknown size")
    return int(size)


def _window(item: dict[str, Any]) -> Window | None:
    start, stop, days = (item.get(name) for name in ("utc_start", "utc_end", "utc_days"))
    if start is None and stop is None and days is None:
        return None
    if days is not None and (not isinstance(days, list) or not days or not all(_is_day(day) for day in days)):
        raise Drop("an entry of unknown days")
    if (start is None) != (stop is None):
        raise Drop("an entry with half a window")
    listed = tuple(dict.fromkeys(DAYS[day] for day in days or ()))
    if start is None:
        return Window(("00:00", "24:00"), listed)
    times = _clock(start), _clock(stop)
    if times[0] in (times[1], "24:00"):
        raise Drop("an entry with an empty window")
    return Window(times, listed)


def _is_day(day: Any) -> bool:
    return isinstance(day, str) and day in DAYS


def _clock(value: Any) -> str:
    """A time of the day as one number: 1630 is 16:30."""
    if is_count(value, 0) and value <= 2400 and value % 100 < 60:
        return f"{value // 100:02}:{value % 100:02}"
    raise Drop("an entry of unknown hours")


def _overlap(one: Window, other: Window) -> bool:
    if one.days and other.days and not {*one.days} & {*other.days}:
        return False
    return bool(minutes_of(*one.utc) & minutes_of(*other.utc))
