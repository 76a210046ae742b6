"""Days: calendar days as text, `YYYY-MM-DD`, which sorts in order of time, and today; standard library only."""

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


def is_day(text: object) -> bool:
    """Whether this is a day, `YYYY-MM-DD`."""
    try:
        return isinstance(text, str) and day_of(text) == text
    except ValueError:
        return False


def later_than_tomorrow(text: str, day: str) -> bool:
    """Whether a date lies after the day after `day`: where it is still that day, it can be the next one elsewhere.

    A date is a day, or `YYYY-MM`, which stands for the first day of that month.

    >>> [later_than_tomorrow(text, "2026-11-26") for text in ("2026-11-27", "2026-11-28", "2026-12")]
    [False, True, True]
    """
    return _days_between(day, text) > 1


def days_since(text: str) -> int:
    """How many days ago a date was; 0 for a date in the future, because then the clock is behind, or the date wrong."""
    return max(_days_between(text, today()), 0)


def _days_between(first: str, last: str) -> int:
    from datetime import date

    start, end = (date.fromisoformat(text if len(text) > len("YYYY-MM") else f"{text}-01") for text in (first, last))
    return (end - start).days
