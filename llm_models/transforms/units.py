"""Units: the prices of lists that state them for one token or one use, as ours. Checks for `Take`, see `specs`.

Digits are moved in `Decimal`, so that 0.00000045 a token is 0.45 a million and not 0.44999999999999996.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from llm_models.normalize import Drop
from llm_models.transforms.specs import price

if TYPE_CHECKING:
    from llm_models.transforms.specs import Note


def scaled(times: int, value: Any, note: Note, per: int = 1) -> float:
    """A price, as a number or as a number in text, `times` as much divided by `per`, in `Decimal`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Drop("expected a price as a number")
    try:
        exact = Decimal(str(value)) * times
    except (ArithmeticError, ValueError):  # a number beyond what Decimal or int holds
        raise Drop("expected a price as a number") from None
    if exact == -times:
        raise Drop("-1 means unknown")
    exact = exact if per == 1 else exact / per
    if not exact.is_finite():
        raise Drop("expected a price as a number")
    if not 0 <= exact <= 1_000_000:  # before it becomes an int, which 1e999999 would fill memory with
        raise Drop("a price below 0" if exact < 0 else "a price above 1,000,000")
    made = price(int(exact) if exact == exact.to_integral_value() else float(exact), note)
    if exact and not made:
        raise Drop("a price too small to be one")
    return made


per_token = partial(scaled, 1_000_000)
"""USD per token -> USD per million tokens."""

per_use = partial(scaled, 1_000)
"""USD per use -> USD per 1,000 uses."""

per_million = partial(scaled, 1)
"""USD per million tokens in text -> the same as a number."""

per_hour = partial(scaled, 1, per=60)
"""USD per hour -> USD per minute."""


def minutes_of(start: str, end: str) -> set[int]:
    """The minutes of the day from `start` to before `end`, which may lie after midnight; times are `HH:MM`.

    >>> len(minutes_of("16:30", "00:30")), min(minutes_of("23:59", "24:00"))
    (480, 1439)
    """
    first, last = (int(time[:2]) * 60 + int(time[3:]) for time in (start, end))
    return {minute % 1440 for minute in range(first, last if first < last else last + 1440)}
