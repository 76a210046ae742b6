"""Days: today, and how a date lies to it; standard library only.

A date is `YYYY-MM-DD`, or `YYYY-MM`, which stands for the first day of that month. Days are those of UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def today() -> str:
    """The day on which this runs."""
    return datetime.now(tz=UTC).date().isoformat()


def is_day(text: object) -> bool:
    """Whether this is a day of the calendar, `YYYY-MM-DD`."""
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def later_than_tomorrow(text: str, day: str) -> bool:
    """Whether a date lies after the day after `day`. Where it is still that day, it can already be the next elsewhere.

    >>> [later_than_tomorrow(text, "2026-11-26") for text in ("2026-11-27", "2026-11-28", "2026-12")]
    [False, True, True]
    """
    return _first_day(text) - date.fromisoformat(day) > timedelta(days=1)


def days_since(text: str) -> int:
    """How many days ago a date was; 0 for a date in the future, because then the clock is behind, or the date wrong."""
    return max((date.fromisoformat(today()) - _first_day(text)).days, 0)


def _first_day(text: str) -> date:
    return date.fromisoformat(text if len(text) > len("YYYY-MM") else f"{text}-01")
