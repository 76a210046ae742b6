"""Days: calendar days as text, `YYYY-MM-DD`, which sorts in order of time; standard library only.

`YYYY-MM` stands for the first day of that month. Days are those of UTC. `datetime` is imported where a day is read:
importing it takes longer than a selection, which only compares days.
"""

from __future__ import annotations

from time import gmtime, strftime

from llm_models.errors import InvalidArgumentError, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    Day = str | date
    """A day as text, `YYYY-MM-DD`, or as a date."""


def today() -> str:
    """The day on which this runs."""
    return strftime("%Y-%m-%d", gmtime())


def is_day(text: object) -> bool:
    """Whether this is a day of the calendar, `YYYY-MM-DD`."""
    from datetime import date

    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def moment_in_utc(text: str) -> str | None:
    """A day with a time as `YYYY-MM-DDThh:mm:ssZ`; without a zone it is UTC. None for any other text.

    >>> moment_in_utc("2026-12-01T00:30+05:00"), moment_in_utc("2026-12-01 12:30"), moment_in_utc("2026-12-01")
    ('2026-11-30T19:30:00Z', '2026-12-01T12:30:00Z', None)
    """
    from datetime import UTC, datetime

    if len(text) <= len("YYYY-MM-DD"):
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def day_of(day: Day) -> str:
    """A day as text. Raises `InvalidArgumentError` for a text that is not a day, `YYYY-MM-DD`."""
    iso = getattr(day, "isoformat", None)  # an argument of a program may have any type
    text = str(iso())[: len("YYYY-MM-DD")] if iso else day
    if isinstance(text, str) and is_day(text):
        return text
    raise InvalidArgumentError(f"not a day: {quoted(text)} (expected YYYY-MM-DD)")


def has_come(day: str | None, at: Day | None = None) -> bool:
    """Whether a day, None for never, is `at` or before it; `at` is today by default.

    >>> has_come("2026-11-30", at="2026-11-29"), has_come("2026-11-30", at="2026-11-30"), has_come(None)
    (False, True, False)
    """
    return day is not None and day <= (today() if at is None else day_of(at))


def later_than_tomorrow(text: str, day: str) -> bool:
    """Whether a date lies after the day after `day`. Where it is still that day, it can already be the next elsewhere.

    >>> [later_than_tomorrow(text, "2026-11-26") for text in ("2026-11-27", "2026-11-28", "2026-12")]
    [False, True, True]
    """
    return text > day and days_between(day, text) > 1


def days_since(text: str) -> int:
    """How many days ago a date was; 0 for a date in the future, because then the clock is behind, or the date wrong."""
    return max(days_between(text, today()), 0)


def days_between(early: str, late: str) -> int:
    """How many days `late` is after `early`.

    >>> days_between("2026-02-28", "2026-03-01")
    1
    """
    from datetime import date

    first, second = (date.fromisoformat(text if len(text) > len("YYYY-MM") else f"{text}-01") for text in (early, late))
    return (second - first).days
