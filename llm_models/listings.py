"""Listings: what it means that a source listed a name on some days; the answers of the history; standard library only.

Two laws. The answers are *as listed*: the last day on which a model was listed is not the day on which it stopped
answering. What changed between two days on which the source was seen is answered as such, never as a day of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.days import day_of, days_between
from llm_models.frozen import FrozenDict, freeze
from llm_models.listing_parts import Answer, DatedPrice, Interval, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date as Date
    from types import EllipsisType

    from llm_models.listing_parts import Successor
    from llm_models.spellings import Rename

    Price = FrozenDict | EllipsisType | None
    """A price list; None where the name was listed but its prices are not known; or `ELSEWHERE`."""

STILL = -1
"""In place of a last day: still listed on the last day on which the source was seen."""
ELSEWHERE = ...
"""In place of a price: the history leaves it out, because the record of the snapshot has it."""
SHORT = 3
"""A model that was seen for at most so many days after its first one was withdrawn: most are typos of the source."""
SURE = 14
"""How many days may lie between the days around such a listing. With more, it is not known how long it was listed."""


class Entry(NamedTuple):
    """What is stored of one id; its days are numbers, the positions in a list of days.

    `spans` are the first and the last day of each time that it was listed, `prices` are pairs: the day on which a price
    was first seen, and the price.
    """

    spans: tuple[tuple[int, int], ...]
    prices: tuple[tuple[int, Price], ...]

    @property
    def living(self) -> bool:
        """Whether the id is still listed."""
        return self.spans[-1][1] == STILL

    def listed(self, day: int) -> bool:
        """Whether the id was listed on that day."""
        return self.listed_before(day + 1, -1) == day

    def listed_before(self, end: int, otherwise: int) -> int:
        """The last day before `end` on which the id was listed, or `otherwise` where there is none."""
        days = (end - 1 if last == STILL else min(last, end - 1) for first, last in reversed(self.spans) if first < end)
        return next(days, otherwise)

    def price(self, day: int) -> Price:
        """The price of a day that is not before the first one."""
        return self.prices[self.number(day)][1]

    def number(self, day: int) -> int:
        """The position in `prices` of the price of a day."""
        return bisect_right([first for first, _ in self.prices], day) - 1


class Listing(NamedTuple):
    """The days of a history and its entry of the model `spec`, with the current price: what answers on prices need."""

    days: Sequence[str]
    entry: Entry
    spec: str

    def __repr__(self) -> str:
        return f"<{len(self.days)} days to {self.days[-1]}>"


class ModelHistory(NamedTuple):
    """When a model was listed, at which prices, and what follows it, as its source listed it.

    It may have answered after its last day listed.
    """

    provider: str
    """The id of the provider."""
    id: str
    """The id of the model there."""
    intervals: tuple[Interval, ...]
    """The times during which the model was listed, with gaps between them, oldest first."""
    prices: tuple[DatedPrice, ...]
    """Its prices, oldest first."""
    successor: Successor | None
    """What follows it, where a source or a page states that."""
    rename: Rename | None
    """Where it is gone: the same name in another spelling, under which the provider lists the model now, such as
    `claude-opus-4-1` for `claude-opus-4.1`."""
    twin: Rename | None
    """Where it is gone: another spelling that the provider listed beside it for more than four weeks. So it was
    not renamed to that, but both may be the same model."""
    withdrawn: bool
    """Whether it was listed for three days or less and is gone; mostly it was a typo of the source."""
    date: str
    """The last day of the history."""
    listing: Listing
    """Internal: the stored form from which `price_on` answers. Programs do not read it."""

    @property
    def spec(self) -> str:
        """The model spec, `provider:id`."""
        return f"{self.provider}:{self.id}"

    @property
    def listed(self) -> bool:
        """Whether the model is still listed on `date`."""
        return self.intervals[-1].last is None

    @property
    def last(self) -> str:
        """The last day on which the model was listed."""
        return self.intervals[-1].last or self.date

    def price_on(self, day: str | Date) -> Answer:
        """The price on a day (`YYYY-MM-DD`, or a date), as listed; `ValueError` for a text that is not a day.

        A day between two days on which the source was seen, with different prices, has the older price, `exact` is
        False, `changed_between` has the two days, and `prices` both prices. No day of the change is invented.
        """
        return price_on(self.listing.days, self.listing.entry, day_of(day))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        data = plain(self._replace(listing=None))  # type: ignore[arg-type]
        del data["listing"]
        return {"spec": self.spec, **data, "listed": self.listed, "last": self.last}


class ProviderHistory(NamedTuple):
    """When a provider was listed."""

    id: str
    """The id of the provider."""
    intervals: tuple[Interval, ...]
    """The times during which it was listed, oldest first."""
    since: str
    """The first day of the history."""
    date: str
    """The last day of the history."""

    @property
    def listed(self) -> bool:
        """Whether the provider is still listed on `date`."""
        return self.intervals[-1].last is None

    @property
    def last(self) -> str:
        """The last day on which the provider was listed."""
        return self.intervals[-1].last or self.date

    def listed_on(self, day: str | Date) -> bool | None:
        """Whether the provider was listed on a day; None where it is not known, as in an `Answer`."""
        wanted = day_of(day)
        if not self.since <= wanted <= self.date:
            return None
        for one in self.intervals:
            if one.first <= wanted <= (one.last or self.date):
                return True
            if around(one, wanted):
                return None
        return False

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**plain(self), "listed": self.listed, "last": self.last}


def around(one: Interval, day: str) -> str:
    """How a name is known on a day just before or after an interval, in words; empty for another day."""
    if one.not_listed_on is not None and one.not_listed_on < day < one.first:
        return f"not listed on {one.not_listed_on}, first seen {one.first}"
    if one.last is not None and one.gone_by is not None and one.last < day < one.gone_by:
        return f"last seen {one.last}, gone by {one.gone_by}"
    return ""


def completed(entry: Entry, current: Any) -> Entry:
    """The entry with the current price, plain data or None, where the history leaves that out."""
    *before, (first, price) = entry.prices
    if price is not ELSEWHERE:
        return entry
    return Entry(entry.spans, (*before, (first, None if current is None else freeze(current))))


def intervals(days: Sequence[str], spans: Iterable[tuple[int, int]]) -> tuple[Interval, ...]:
    """The times during which a name was listed, in days."""
    last_day = len(days) - 1
    return tuple(
        [
            Interval(
                first=days[first],
                last=None if last == STILL else days[last],
                not_listed_on=days[first - 1] if first else None,
                gone_by=None if last == STILL else days[min(last + 1, last_day)],
            )
            for first, last in spans
        ]
    )


def is_withdrawn(times: Sequence[Interval]) -> bool:
    """Whether a name is gone that was seen for three days or less, and that was missing at most two weeks apart."""
    first, last = times[0], times[-1]
    if first.not_listed_on is None or last.last is None or last.gone_by is None:
        return False
    return days_between(first.first, last.last) <= SHORT and days_between(first.not_listed_on, last.gone_by) <= SURE


def dated_price(days: Sequence[str], entry: Entry, number: int) -> DatedPrice:
    """One of the prices of a completed entry, by its position."""
    first, price = entry.prices[number]
    end = entry.prices[number + 1][0] if number + 1 < len(entry.prices) else len(days)
    before = entry.listed_before(first, first - 1)
    between = (days[before], days[first]) if first else None
    exact = between is not None and days_between(*between) == 1
    is_current = entry.living and end == len(days)
    until = None if is_current else days[max(first, entry.listed_before(end, first))]
    known = price if isinstance(price, FrozenDict) else None
    return DatedPrice(known, days[first], until, exact, None if exact else between)


def price_on(days: Sequence[str], entry: Entry, day: str) -> Answer:
    """The price of a completed entry on a day.

    Between two days with different prices it is the older price. The first price counts back to the day after the last
    one on which the model was not listed, and the last price counts on to the day on which it was gone. None of these
    three answers is exact.
    """
    at = bisect_right(days, day) - 1
    after = at if at >= 0 and days[at] == day else at + 1
    inside = at >= 0 and after < len(days)
    listed = entry.listed(at) if inside and entry.listed(at) == entry.listed(after) else None
    if listed is False:
        return Answer(day, listed, None, exact=True)
    # The nearest days on both sides on which the model was not listed, or its price is known.
    low, high = at, after
    while low >= 0 and entry.listed(low) and entry.price(low) is None:
        low -= 1
    while high < len(days) and entry.listed(high) and entry.price(high) is None:
        high += 1
    older = _known(entry, low) if low >= 0 else None
    newer = _known(entry, high) if high < len(days) else None
    known = low >= 0 and (older is not None or newer is not None)
    dated = dated_price(days, entry, entry.number(high if older is None else low)) if known else None
    if older is not None and older == newer:
        return Answer(day, listed, dated, exact=True)
    sides = days[low] if low >= 0 else None, days[high] if high < len(days) else None
    return Answer(day, listed, dated, exact=False, changed_between=sides, prices=(older, newer))


def _known(entry: Entry, day: int) -> FrozenDict | None:
    """The price on a day, None where the id was not listed."""
    price = entry.price(day) if entry.listed(day) else None
    return price if isinstance(price, FrozenDict) else None
