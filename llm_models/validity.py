"""Validity: which of the price lists of a record holds at a moment; of earlier times than the catalogue, the history.

Documented lists come first: those with `valid_from`, the latest one that is not after the moment. Where none of them
holds, and the catalogue is younger than the moment, the history states which prices the source listed on that day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.errors import InvalidArgumentError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from llm_models.listings import Listing
    from llm_models.origins import Path
    from llm_models.view import View

    Moment = str | date | datetime | None


class TimedList(NamedTuple):
    """A price list: its prices, since when they hold and how that is known, and its place in the record.

    `since` is None for the list of a record without `valid_from`. A list of the history has the place `("history",)`.
    """

    prices: Mapping[str, Any]
    since: datetime | None
    valid_from: str | None
    basis: str | None
    path: Path


class Valid(NamedTuple):
    """The price list that holds. Where it is not `certain`, the prices may have `changed_between` two days."""

    prices: TimedList
    certain: bool = True
    changed_between: tuple[str, str] | None = None


HISTORY: Path = ("history",)
NOTHING = TimedList({}, None, None, None, ())
"""The list of a moment before the first list: nothing has a price."""
_FIRST = datetime.min.replace(tzinfo=UTC)


def moment_of(at: Moment) -> datetime:
    """A moment in UTC: that of a datetime (without a zone it is UTC), the start of a day, or now.

    Raises `InvalidArgumentError`.

    >>> moment_of("2026-07-30").isoformat(), moment_of("2026-07-30T02:00+02:00").isoformat()
    ('2026-07-30T00:00:00+00:00', '2026-07-30T00:00:00+00:00')
    """
    if at is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        if isinstance(moment, datetime):
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if isinstance(moment, date):
            return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    found = quoted(at) if isinstance(at, str) else type(at).__name__
    raise InvalidArgumentError(f"at: not a moment (found {found}, expected YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ)")


def lists_of(cost: Mapping[str, Any]) -> list[TimedList]:
    """The price lists of a record, oldest first; the prices of each as plain data."""
    flat = {name: value for name, value in cost.items() if name != "dated"}
    lists = [_list(flat, ()), *(_list(one, ("dated",)) for one in cost.get("dated", ()))]
    return sorted(lists, key=lambda one: one.since or _FIRST)


def _list(prices: Mapping[str, Any], path: Path) -> TimedList:
    since = prices.get("valid_from")
    return TimedList(prices, moment_of(since) if since else None, since, prices.get("valid_from_basis"), path)


def documented(lists: Sequence[TimedList], moment: datetime) -> TimedList:
    """The list of a record that holds at a moment; an empty one where none holds yet."""
    return next((one for one in reversed(lists) if one.since is None or one.since <= moment), NOTHING)


def listed(history: Listing | None, day: str, otherwise: TimedList) -> Valid:
    """The price list of a day before the catalogue, by the history; `otherwise` is that of the record.

    While the source listed the prices of today, the record's list holds: it has more than the source listed. Where the
    history knows no price of that day, the record's list is the only one, and not certain.
    """
    if history is None:  # a model of the application's own
        return Valid(otherwise)
    from llm_models.listings import price_on  # few questions are about the past

    answer = price_on(history.days, history.entry, day)
    if answer.dated is None or answer.price is None:
        return Valid(otherwise, certain=False)
    begins = answer.dated
    basis = "first_seen" if not begins.exact and begins.changed_between is None else "source_change"
    valid = TimedList(answer.price, moment_of(begins.valid_from), begins.valid_from, basis, HISTORY)
    if begins.valid_until is None and otherwise is not NOTHING:
        valid = valid._replace(prices=otherwise.prices, path=otherwise.path)
    between = answer.changed_between
    known = (between[0], between[1]) if between and between[0] and between[1] else None
    return Valid(valid, answer.exact, known)


def first_history(view: View, keys: Iterable[tuple[str, str]]) -> Listing | None:
    """The history of the first of the models with these keys that has one."""
    from llm_models.chronicle import listing_of  # few questions are about the past

    return next((found for key in keys if (found := listing_of(view, key)) is not None), None)
