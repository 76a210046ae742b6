"""Timeline folding: observations are folded into a history, one day after the other; two histories become one.

Folding observations in the order of their days, from nothing, gives the packaged history; `timeline_update` folds what
an application activates onto that.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from llm_models.errors import SourceError
from llm_models.frozen import FrozenDict
from llm_models.listings import ELSEWHERE, STILL, Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from llm_models.listing_parts import Successor
    from llm_models.listings import Price
    from llm_models.timeline import History

    Spans = tuple[tuple[int, int], ...]


class Observation(NamedTuple):
    """What a source listed on a day: provider id -> model id -> price, or None where its price is not known.

    `unseen` are the parts of prices that this observation could not have: they stay what they were.
    """

    day: str
    listed: Mapping[str, Mapping[str, FrozenDict | None]]
    unseen: Collection[str] = ()


class Part(NamedTuple):
    """The history of one provider: the days on which it was seen, its ids, and what follows them."""

    seen: Spans
    ids: Mapping[str, Entry]
    successors: Mapping[str, Successor]


class Folded(NamedTuple):
    """A history in memory, as observations made it: see `History`."""

    source: str
    days: tuple[str, ...]
    providers: Mapping[str, Part]
    aliases: Mapping[str, str] = FrozenDict()


def nothing(source: str) -> Folded:
    """The history of a source before its first observation."""
    return Folded(source, (), {})


def folded(
    history: History, providers: Iterable[str] | None = None, wanted: Callable[[str], bool] | None = None
) -> Folded:
    """A history file in memory: all of it, or only these providers and those of their models whose id is `wanted`.

    Raises `SnapshotError` where the file is damaged.
    """
    parts = {}
    for provider in history.providers if providers is None else providers:
        line = history.line(provider)
        if line is None:
            continue
        names = line.ids if wanted is None else filter(wanted, line.ids)
        ids = {model_id: entry for model_id in names if (entry := history.entry(provider, model_id))}
        parts[provider] = Part(line.seen, ids, line.successors)
    return Folded(history.source, tuple(history.days), parts, history.aliases)


def with_prices(history: Folded, last: Observation) -> Folded:
    """The history with the current prices that it leaves out, from what was seen on its last day."""

    def price(provider: str, model_id: str, now: Price) -> Price:
        return last.listed.get(provider, {}).get(model_id) if now is ELSEWHERE else now

    return with_current(history, price)


def without_prices(history: Folded) -> Folded:
    """The history without the current prices of the models that are still listed, as it is packaged."""
    return with_current(history, lambda *_: ELSEWHERE)


def with_current(history: Folded, price: Callable[[str, str, Price], Price]) -> Folded:
    """The history with other current prices; `price` takes the provider, the id and the price that it had."""

    def changed(provider: str, model_id: str, entry: Entry) -> Entry:
        first, now = entry.prices[-1]
        return Entry(entry.spans, (*entry.prices[:-1], (first, price(provider, model_id, now))))

    parts = {
        provider: part._replace(
            ids={name: changed(provider, name, one) if one.living else one for name, one in part.ids.items()}
        )
        for provider, part in history.providers.items()
    }
    return history._replace(providers=parts)


def with_successors(history: Folded, successors: Mapping[tuple[str, str], Successor]) -> Folded:
    """The history with these successors of (provider, id), instead of those that it had; other keys are left out."""
    parts = {
        provider: part._replace(
            successors={name: successors[provider, name] for name in part.ids if (provider, name) in successors}
        )
        for provider, part in history.providers.items()
    }
    return history._replace(providers=parts)


def with_aliases(history: Folded, aliases: Mapping[str, str]) -> Folded:
    """The history with these other names of its providers, folded, instead of those that it had.

    A name that is itself a provider of the history, or is one of no provider of it, is left out.
    """
    known = history.providers
    kept = {alias: provider for alias, provider in sorted(aliases.items()) if provider in known and alias not in known}
    return history._replace(aliases=kept)


def extended(history: Folded, seen: Observation) -> Folded:
    """The history with one more observation. Nothing that it had is lost.

    A second observation of its last day adds what it lists to that day, and its prices replace those of that day.
    Raises `SourceError` for an observation of an earlier day, and `ValueError` for a history `without_prices`.
    """
    days = history.days
    if days and seen.day < days[-1]:
        raise SourceError(
            f"history: the data of {seen.day} is older than the last that was recorded, of {days[-1]} "
            "(expected that day or a later one)"
        )
    again = bool(days) and seen.day == days[-1]
    if not again:
        days = (*days, seen.day)
    today = len(days) - 1
    parts = {}
    for provider in history.providers.keys() | seen.listed.keys():
        part = history.providers.get(provider, Part((), {}, {}))
        now = seen.listed.get(provider)
        ids = dict(part.ids)
        for model_id in part.ids.keys() - (now or {}).keys():
            ids[model_id] = _ended(ids[model_id], today, again=again)
        for model_id, price in (now or {}).items():
            ids[model_id] = _listed(ids.get(model_id), price, today, seen.unseen)
        spans = _closed(part.seen, today, again=again) if now is None else _opened(part.seen, today)
        parts[provider] = Part(spans, ids, part.successors)
    return history._replace(days=days, providers=parts)


def _closed(spans: Spans, today: int, *, again: bool) -> Spans:
    """The spans of what is not listed today; with `again`, it was listed earlier today."""
    first, last = spans[-1]
    return (*spans[:-1], (first, today if again else today - 1)) if last == STILL else spans


def _opened(spans: Spans, today: int) -> Spans:
    """The spans of what is listed today."""
    if not spans:
        return ((today, STILL),)
    first, last = spans[-1]
    if last == today:
        return (*spans[:-1], (first, STILL))
    return spans if last == STILL else (*spans, (today, STILL))


def _ended(entry: Entry, today: int, *, again: bool) -> Entry:
    _refuse_incomplete(entry)
    return Entry(_closed(entry.spans, today, again=again), entry.prices)


def _listed(entry: Entry | None, price: FrozenDict | None, today: int, unseen: Collection[str]) -> Entry:
    """The entry of an id that is listed today at a price, or at one that is not known."""
    if entry is None:
        return Entry(((today, STILL),), ((today, price),))
    _refuse_incomplete(entry)
    if price is not None and unseen:
        before = next((known for _, known in reversed(entry.prices) if isinstance(known, FrozenDict)), FrozenDict())
        price = FrozenDict({**price, **{name: before[name] for name in unseen if name in before}})
    spans = _opened(entry.spans, today)
    return (
        entry if spans is entry.spans and price == entry.prices[-1][1] else Entry(spans, _priced(entry, price, today))
    )


def _priced(entry: Entry, price: FrozenDict | None, today: int) -> tuple[tuple[int, Price], ...]:
    """The prices of an entry with that of today.

    A time without a known price is dropped if the price before and after it is the same, and it was listed throughout.
    """
    *before, (first, latest) = entry.prices
    if price is None and first == today:
        return entry.prices
    if first == today:  # the second observation of the day
        if not before:
            return ((today, price),)
        first, latest = before.pop()
    if price == latest:
        return (*before, (first, latest))
    throughout = entry.living and entry.spans[-1][0] < first
    if latest is None and throughout and before[-1][1] == price:
        return tuple(before)
    return (*before, (first, latest), (today, price))


def _refuse_incomplete(entry: Entry) -> None:
    if entry.prices[-1][1] is ELSEWHERE:
        raise ValueError("the history leaves out current prices: add them with with_prices() first")


def united(one: Folded, other: Folded) -> Folded:
    """The history of all days of both, as if they had been seen in order; both have all prices.

    On a day that both saw, a name was listed if one of them lists it, and the price of `one` counts. Of the days with
    which both begin, and of the successors, `one` decides; the other adds the names that `one` does not know.
    """
    begins = next((at for at, pair in enumerate(zip(one.days, other.days, strict=False)) if len({*pair}) > 1), None)
    return _merged(one, other, min(len(one.days), len(other.days)) if begins is None else begins)


def inserted(history: Folded, seen: Observation) -> Folded:
    """The history as if an observation of an earlier day had been seen in order; it has all prices."""
    at = bisect_left(history.days, seen.day)
    now = ((at, STILL),)
    parts = {
        provider: Part(now, {name: Entry(now, ((at, price),)) for name, price in part.items()}, {})
        for provider, part in seen.listed.items()
    }
    return _merged(history, Folded(history.source, (*history.days[:at], seen.day), parts), at)


def _merged(one: Folded, other: Folded, begins: int) -> Folded:
    """As `united`: both have the first `begins` days."""
    days = tuple(sorted({*one.days, *other.days}))
    places = [{day: place for place, day in enumerate(history.days)} for history in (one, other)]
    seen_on = [[place.get(day, -1) for place in places] for day in days]
    spread = [[days.index(day) for day in history.days] for history in (one, other)]
    seers = [[day >= 0 for day in pair] for pair in seen_on]
    turns = {at for at in range(begins, len(days)) if at == begins or seers[at] != seers[at - 1]}

    def entry(both: list[Entry | None]) -> Entry:
        now = next((start for each in both if each and (start := _until(each, begins))), None)
        # On each other day, everything is as on the day before.
        walked = turns.union(*[_turns(each, at) for each, at in zip(both, spread, strict=True) if each])
        for today in sorted(day for day in walked if day >= begins):
            listing = [(each, day) for each, day in zip(both, seen_on[today], strict=True) if each and day >= 0]
            prices = [each.price(day) for each, day in listing if each.listed(day)]
            if prices:
                now = _listed(now, prices[0], today, ())  # type: ignore[arg-type]
            elif now is not None:
                now = _ended(now, today, again=False)
        assert now is not None
        return now

    parts = {}
    for provider in one.providers.keys() | other.providers.keys():
        both = [history.providers.get(provider) or Part((), {}, {}) for history in (one, other)]
        seen = entry([Entry(part.seen, ((part.seen[0][0], None),)) if part.seen else None for part in both])
        names = both[0].ids.keys() | both[1].ids.keys()
        ids = {name: entry([part.ids.get(name) for part in both]) for name in names}
        parts[provider] = Part(seen.spans, ids, {**both[1].successors, **both[0].successors})
    return Folded(one.source, days, parts, {**other.aliases, **one.aliases})


def _turns(entry: Entry, at: Sequence[int]) -> set[int]:
    """The days on which an id came, went, or got another price; `at` has the number that each day is given."""
    days = {day for first, last in entry.spans for day in (first, last + 1 if last != STILL else first)}
    return {at[day] for day in days | {first for first, _ in entry.prices} if day < len(at)}


def _until(entry: Entry, day: int) -> Entry | None:
    """What was known of an id before a day."""
    spans = [(first, STILL if last == STILL or last >= day - 1 else last) for first, last in entry.spans if first < day]
    return Entry(tuple(spans), tuple(price for price in entry.prices if price[0] < day)) if spans else None
