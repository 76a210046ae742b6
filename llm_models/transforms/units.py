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


def scaled(times: int, value: Any, note: Note) -> float:
    """A price, as a number or as a number in text, `times` as much, in `Decimal`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Drop("expected a price as a number")
    try:
        exact = Decimal(str(value)) * times
    except (ArithmeticError, ValueError):  # a number beyond what Decimal or int holds
        raise Drop("expected a price as a number") from None
    if exact == -times:
        raise Drop("-1 means unknown")
    if not exact.is_finite():
        raise Drop("expected a price as a number")
    return price(int(exact) if exact == exact.to_integral_value() else float(exact), note)


per_token = partial(scaled, 1_000_000)
"""USD per token -> USD per million tokens."""

per_use = partial(scaled, 1_000)
"""USD per use -> USD per 1,000 uses."""

per_million = partial(scaled, 1)
"""USD per million tokens in text -> the same as a number."""
