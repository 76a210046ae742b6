"""Odd prices: which stated prices are probably in another unit, or mistyped; standard library only.

A price is compared with the one that it replaces. Without one, only a price that is too small for any model is odd.
Free (0) is never odd, and nothing that replaces it is. A cost that states its `source` confirms its prices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llm_models.document import DocumentPath
    from llm_models.errors import Severity

SMALLEST = 0.0001
"""USD per million tokens. No price of a catalogue is below it; the smallest of 2026-09-30 is 0.0014."""

STEPS: tuple[tuple[float, Severity], ...] = ((1000, "error"), (10, "warning"))
"""How many times a price differs from the one that it replaces, and how bad that is; the worst first."""

UNITS = {
    "image": "USD per image",
    "audio": "USD per minute",
    "cache_storage": "USD per million tokens and hour",
    "fees": "USD per 1,000 uses",
}
"""The units of the prices that are not in `PER_MILLION`; of a table, those of all prices in it."""
PER_MILLION = "USD per million tokens"

MISTAKES = (
    ("a price per token", 1_000_000),
    ("a price per thousand tokens", 1000),
    ("in cents", 0.01),
    ("in thousandths of a USD", 0.001),
    ("in millionths of a USD", 0.000001),
)
"""What people state by mistake, and what they must multiply it by."""

SOURCE = "source"
"""The field of a cost that states where its prices can be read."""

_EXACT = 1e-9
"""Prices are binary fractions: 0.175 is ten times below 1.75."""


class Odd(NamedTuple):
    """An odd price: the `field` of the cost, the price that it replaces (None: none), how bad it is, and the text.

    `what` has no text about the replaced price, so it can be said of many models.
    """

    path: DocumentPath
    replaced: float | None
    severity: Severity
    what: str
    hint: str

    def text(self) -> str:
        """The message for one model."""
        return self.what if self.replaced is None else f"{self.what} (it replaces {number(self.replaced)})"


def odd_prices(cost: Mapping[str, Any], replaced: Mapping[str, Any]) -> Iterator[Odd]:
    """The odd prices of a cost that replaces another one, both as plain data. A tier replaces the one of its size.

    Where the cost states its source, an error is a warning, and a warning is none.
    """
    for odd in _all(cost, replaced):
        if SOURCE not in cost:
            yield odd._replace(hint=f"{odd.hint} {_CONFIRM}") if odd.severity == "error" else odd
        elif odd.severity == "error":
            yield odd._replace(severity="warning")


def _all(cost: Any, replaced: Any, above: DocumentPath = ()) -> Iterator[Odd]:
    """Those of a price list and of the lists inside it. An item of a list replaces the one with the same marks."""
    for field, value in cost.items():
        path = (*above, field)
        before = replaced.get(field) if isinstance(replaced, dict) else None
        if isinstance(value, dict):
            if field != "request":
                yield from _all(value, before or {}, path)
        elif isinstance(value, list):
            marks = MARKS.get(field, ())
            old = {_mark(item, marks): item for item in before or ()} if marks else {}
            for index, item in enumerate(value if marks else ()):
                yield from _all(item, old.get(_mark(item, marks), {}), (*path, index))
        elif field not in ("context_over", SOURCE) and not isinstance(value, str):
            yield from _odd(path, value, before)


MARKS = {"tiers": ("context_over",), "hours": ("utc", "days"), "dated": ("valid_from",)}
"""The lists in a price list, and the fields by which an item of another list is the same one."""


def _mark(item: Mapping[str, Any], marks: tuple[str, ...]) -> str:
    return repr([item.get(mark) for mark in marks])


def _odd(path: DocumentPath, value: Any, replaced: Any) -> Iterator[Odd]:
    if not value:
        return
    unit = UNITS.get("fees" if "fees" in path[-2:-1] else str(path[-1]), PER_MILLION)
    times = max(value / replaced, replaced / value) if replaced else 1
    step = next((step for step in STEPS if times >= step[0] * (1 - _EXACT)), None)
    if unit == PER_MILLION and value < SMALLEST:
        what = f"{number(value)} is too small for a price in {unit}"
        yield Odd(path, replaced or None, "error", what, _hint(unit, value, replaced))
    elif step is not None:
        least, severity = step
        what = f"{number(value)} is {least:,.0f} times or more {'above' if value > replaced else 'below'} the old price"
        yield Odd(path, replaced, severity, what, _hint(unit, value, replaced))


_CONFIRM = f"To confirm it, state cost.{SOURCE}, where it can be read."


def _hint(unit: str, value: float, replaced: float | None) -> str:
    """The next step: the price in our unit, where a known mistake explains it."""
    for mistake, factor in MISTAKES if unit == PER_MILLION else ():
        meant = value * factor
        fits = meant >= SMALLEST if not replaced else 1 / 3 < meant / replaced < 3
        if fits:
            return f"If it is {mistake}, write {number(meant)}."
    return f"Prices are in {unit}."


def number(value: float) -> str:
    """A price for people.

    >>> number(1.75e-06 * 1_000_000), number(1.4e-05)
    ('1.75', '1.4e-05')
    """
    return f"{value:.10g}"
