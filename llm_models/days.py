"""Days: calendar days as text, `YYYY-MM-DD`, which sorts in order of time; standard library only."""

from __future__ import annotations

from llm_models.errors import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    Day = str | date
    """A day as text, `YYYY-MM-DD`, or as a date."""


def today() -> str:
    """The current day in UTC."""
    import time  # not `datetime`, which takes longer to import than a selection takes

    return time.strftime("%Y-%m-%d", time.gmtime())


def day_of(day: Day) -> str:
    """A day as text. Raises `ValueError` for a text that is not a day, `YYYY-MM-DD`."""
    from datetime import date

    text = day if isinstance(day, str) else date.isoformat(day)[:10]
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise ValueError(f"not a day: {quoted(text)} (expected YYYY-MM-DD)")


def has_come(day: str | None, at: Day | None = None) -> bool:
    """Whether a day, None for never, is `at` or before it; `at` is today by default.

    >>> has_come("2026-11-30", at="2026-11-29"), has_come("2026-11-30", at="2026-11-30"), has_come(None)
    (False, True, False)
    """
    return day is not None and day <= (today() if at is None else day_of(at))
