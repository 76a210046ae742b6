"""Price lists: what is wrong in the prices of an entry although the schema accepts them, as a table of checks.

A price list is the cost of an entry, and each list in its `dated`. Tiers and hours are also inside modes and hours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from llm_models.canonical import repeated
from llm_models.classes import NAME, mode_fault
from llm_models.document import Fault
from llm_models.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from llm_models.document import DocumentPath

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "24:00"
"""The end of a day, as the end of a window."""

_MERGE = "Merge the two."


def price_faults(path: DocumentPath, cost: Mapping[str, Any]) -> Iterator[Fault]:
    """Every fault in the cost at `path`."""
    yield from _same_moment(path, cost)
    lists = [(path, cost), *(((*path, "dated", at), one) for at, one in enumerate(cost.get("dated", ())))]
    for where, prices in lists:
        yield from _names(where, prices)
        modes = prices.get("modes", {}).items()
        layers = [(where, prices), *(((*where, "modes", name), mode) for name, mode in modes)]
        for place, layer in layers:
            for check in CHECKS:
                yield from check(place, layer)
            for at, window in enumerate(layer.get("hours", ())):
                yield from _tiers((*place, "hours", at), window)


def moment(text: str) -> str:
    """A `valid_from` as a timestamp; a day begins at 00:00 UTC.

    >>> moment("2026-10-01")
    '2026-10-01T00:00:00Z'
    """
    return text if "T" in text else f"{text}T00:00:00Z"


def _same_moment(path: DocumentPath, cost: Mapping[str, Any]) -> Iterator[Fault]:
    """Two lists that hold from the same moment."""
    moments = [moment(one["valid_from"]) for one in cost.get("dated", ())]
    again = {at for at, _ in repeated(moments)}
    for at, when in enumerate(moments):
        where = (*path, "dated", at, "valid_from")
        if "valid_from" in cost and when == moment(cost["valid_from"]):
            text = f"the prices outside of dated hold from {cost['valid_from']}, too"
            yield Fault(where, text, "Keep one of the two lists.")
        elif at in again:
            yield Fault(where, f"duplicate price list from {cost['dated'][at]['valid_from']}", _MERGE)


def _names(path: DocumentPath, prices: Mapping[str, Any]) -> Iterator[Fault]:
    """A mode by whose name nobody can ask for it, and a fee whose name is no word."""
    for name in prices.get("modes", ()):
        if (why := mode_fault(name)) is not None:
            yield Fault((*path, "modes"), f"'{printable(name)}' cannot be a mode: {why}", "", name)
    layers = [(path, prices), *(((*path, "modes", name), mode) for name, mode in prices.get("modes", {}).items())]
    for where, layer in layers:
        for name in layer.get("fees", ()):
            if re.fullmatch(NAME, name) is None:
                text = f"'{printable(name)}' cannot be a fee: a name has letters, digits and '_'"
                yield Fault((*where, "fees"), text, "", name)


def _tiers(path: DocumentPath, layer: Mapping[str, Any]) -> Iterator[Fault]:
    """Two tiers that start at the same size."""
    sizes = [tier["context_over"] for tier in layer.get("tiers", ())]
    for at, _ in repeated(sizes):
        yield Fault((*path, "tiers", at, "context_over"), f"duplicate tier over {sizes[at]} tokens", _MERGE)


def _windows(path: DocumentPath, layer: Mapping[str, Any]) -> Iterator[Fault]:
    """A window without a length, and one that overlaps an earlier one: a request has one price."""
    hours = layer.get("hours", ())
    for at, window in enumerate(hours):
        start, end = window["utc"]
        where = (*path, "hours", at, "utc")
        if start == MIDNIGHT:
            yield Fault((*where, 0), f"a window cannot start at {MIDNIGHT}", 'Write "00:00".')
        elif start == end:
            hint = f'For the whole day write utc = ["00:00", "{MIDNIGHT}"].'
            yield Fault(where, f"the window ends when it starts (found {start})", hint)
        else:
            earlier = next((row for row in range(at) if _overlap(hours[row], window)), None)
            if earlier is not None:
                yield Fault(where, f"overlaps hours[{earlier}]", "A request must be in one of them only.")


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if not {*one.get("days", DAYS)} & {*other.get("days", DAYS)}:
        return False
    return any(a < d and c < b for a, b in spans(*one["utc"]) for c, d in spans(*other["utc"]))


def spans(start: str, end: str) -> list[tuple[int, int]]:
    """The minutes of the day in a window, as pairs of the first one and the one after the last.

    >>> spans("16:30", "00:30")
    [(990, 1440), (0, 30)]
    """
    first, last = (int(time[:2]) * 60 + int(time[3:]) for time in (start, end))
    pairs = [(first, last)] if first < last else [(first, 24 * 60), (0, last)]
    return [(begin, until) for begin, until in pairs if begin < until]


CHECKS: tuple[Callable[[DocumentPath, Mapping[str, Any]], Iterator[Fault]], ...] = (_tiers, _windows)
"""What is checked in a price list and in each of its modes."""
