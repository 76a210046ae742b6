"""Types of usage: the types in which logs have counts and moments, with values that are no counts."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from random import Random

TYPES: dict[str, type] = {"output": float, "cache_read": Decimal, "web_search": float, "maps": str, "images": Decimal}
"""The counts that are no integers by their type; libraries make floats of integers where some are missing."""
ODD: dict[type, Sequence[Any]] = {
    float: (1.5, 0.000001, 299_999.5, float("nan"), float("inf"), -float("inf"), 1e30, -1e300),
    Decimal: (Decimal("10.5"), Decimal("10.49"), Decimal("0.000000001"), Decimal(10**28), Decimal(-(10**22))),
    str: ("", "abc", "1.5", "nan", "1e30", "true", "0x10", "1,000"),
}
PARIS = timezone(timedelta(hours=2))


def stored(rng: Random, counts: Mapping[str, int | None]) -> tuple[bool, dict[str, Any]]:
    """The counts in the types of a log, and whether one of them is now no count."""
    found: dict[str, Any] = {}
    for name, number in counts.items():
        found[name] = number if number is None else TYPES.get(name, int)(number)
        if number is not None and TYPES.get(name) is str and rng.random() < 0.3:
            found[name] = f" {number}.0 "
    typed = [name for name in found if name in TYPES and found[name] is not None]
    if not typed or rng.random() > 0.01:
        return False, found
    name = rng.choice(typed)
    return True, {**found, name: rng.choice(ODD[TYPES[name]])}


def whole(value: Any) -> int | None:
    """The count that a value means; None where it is none."""
    if isinstance(value, int):
        return value
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
        return int(number) if number.is_finite() and abs(number) < 10**20 and number == int(number) else None
    except ArithmeticError:  # such as a text that is no number
        return None


def moments(kind: str, found: Sequence[datetime | None]) -> Any:
    """A column of moments: without a zone, with one, or as texts, some of which state one."""
    import pyarrow as arrow

    if kind == "text":
        return arrow.array([one and _text(at, one) for at, one in enumerate(found)], arrow.string())
    return arrow.array(found, arrow.timestamp("us", tz="UTC" if kind == "zoned" else None))


def _text(at: int, moment: datetime) -> str:
    zoned = moment.replace(tzinfo=UTC)
    texts = (f"{moment}", f"{moment.isoformat()}Z", f"{zoned.astimezone(PARIS)}", zoned.isoformat())
    return texts[at % len(texts)]
