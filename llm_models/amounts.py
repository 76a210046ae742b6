"""Amounts: numbers as people write them, with a unit, separators or a letter for thousands; standard library only."""

from __future__ import annotations

import re
from decimal import Decimal

_FORM = (
    r"(?:US)?\$?\s*"
    r"(\d+(?:_\d+)*(?:\.\d+)?(?:e[+-]?\d{1,2})?|\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?|\.\d+)"
    r"\s*(k|m|million|thousand)?\s*(?:tokens?|toks?|usd|\$)?"
)
_LETTERS = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_LONGEST = 40


def amount(text: str) -> int | float | None:
    """The number that a text states; None for a text that states none.

    >>> amount("128k"), amount("128_000 tokens"), amount("1M"), amount("128,000"), amount("$1.75"), amount("many")
    (128000, 128000, 1000000, 128000, 1.75, None)
    """
    found = re.fullmatch(_FORM, text.strip(), re.IGNORECASE | re.ASCII) if len(text) <= _LONGEST else None
    if found is None:
        return None
    number = Decimal(re.sub(r"[_,' ]", "", found[1])) * _LETTERS.get((found[2] or "").lower(), 1)
    return int(number) if number == number.to_integral_value() else float(number)
