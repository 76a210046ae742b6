"""Rates: the prices of models as rows, so that each request matches one: by mode, time, hours, and size of input.

The rules are those of `cost`: every row is what `pricing` answers for the requests that match it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.lookup import row_of_pair
from llm_models.modes import UnknownModeError, billed, named, texts
from llm_models.name_rules import safe
from llm_models.pricing import Ladder, priced_of
from llm_models.records import Model
from llm_models.tariff import DAY, DAYS, minutes, window_on
from llm_models.validity import HISTORY, NOTHING, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from llm_models.bills import PriceRow
    from llm_models.pricing import Priced
    from llm_models.validity import Valid
    from llm_models.view import View

STANDARD = "standard"
"""The mode of a row that is about the price list itself."""
FIRST, LAST = datetime(1, 1, 1), datetime(9999, 1, 1)  # tables hold moments in UTC, without a zone
"""The ends of a time that has none."""
SMALLEST, LARGEST = -1, 2**62
"""The ends of a range of inputs that has none. An input of 0 is above the first."""
_MOST_TEXTS = 64  # of one mode that names many at once


class Time(NamedTuple):
    """A price list and the time in which it holds, the end not included: moments in UTC, without a zone."""

    since: datetime
    until: datetime
    valid: Valid


class Hours(NamedTuple):
    """Minutes of the day, the end not included, on some days: a bit each, Monday is 1. `window` is what holds then.

    It is the position in the `hours` of a list, or None where only the list holds.
    """

    start: int
    end: int
    days: int
    window: int | None


ALWAYS = Hours(0, DAY, 2 ** len(DAYS) - 1, None)


class Row(NamedTuple):
    """The prices of a model for requests in a mode, at a time, in some hours, with a total input in a range.

    A range of inputs does not include `over`, and does include `upto`.
    """

    mode: str
    time: Time
    hours: Hours
    over: int
    upto: int
    prices: Mapping[str, PriceRow]


def rows_of(view: View, model: Model) -> Iterator[Row]:
    """The rows of a model: exactly one of them matches a request in a mode that it has."""
    priced = priced_of(view, model)
    for time in times(view, priced):
        chosen = time.valid.prices
        if chosen is NOTHING:
            for text in spelled_modes(priced, priced.lists[0].prices):
                yield Row(text, time, ALWAYS, SMALLEST, LARGEST, {})
            continue
        for text, mode in spelled_modes(priced, chosen.prices).items():
            prices = chosen.prices if mode is None else chosen.prices["modes"][mode]
            ladders: dict[int | None, Ladder] = {}
            for hours in hours_of(prices):
                ladder = ladders.get(hours.window)
                if ladder is None:
                    ladder = ladders[hours.window] = Ladder(priced, chosen, mode, hours.window)
                ends = [SMALLEST, *ladder.sizes, LARGEST]
                for (over, upto), tier in zip(pairwise(ends), (None, *ladder.sizes), strict=True):
                    yield Row(text, time, hours, over, upto, ladder.prices(tier))


def times(view: View, priced: Priced) -> list[Time]:
    """The price lists of a model, each with the time in which it holds; from the first to the last moment."""
    found: list[Time] = []
    for since in sorted({FIRST, *_changes(view, priced)}):
        valid = priced.valid_at(view, since.replace(tzinfo=UTC))
        if found and _alike(found[-1].valid, valid):
            continue
        if found:
            found[-1] = found[-1]._replace(until=since)
        found.append(Time(since, LAST, valid))
    return found


def _changes(view: View, priced: Priced) -> Iterator[datetime]:
    """Every moment at which another price list may begin to hold."""
    for one in priced.lists:
        if one.since is not None:
            yield one.since.replace(tzinfo=None)
    if priced.since is None:
        return
    yield priced.since.replace(tzinfo=None)
    history = priced.history(view)
    if history is None:
        return
    days, entry, _ = history
    turns = {0, *(first for first, _ in entry.prices)}
    for first, last in entry.spans:
        turns |= {first, last + 1} if last >= 0 else {first}
    for at in turns:
        # Between the days before and after it may be that nothing is certain, so that is a time of its own.
        yield from (moment_of(days[one]).replace(tzinfo=None) for one in (at - 1, at) if 0 <= one < len(days))
        if 0 < at <= len(days):
            yield moment_of(days[at - 1]).replace(tzinfo=None) + timedelta(days=1)


def _alike(one: Valid, other: Valid) -> bool:
    """Whether two answers are the same to a table: the prices, who states them, and whether that is certain."""
    (first, *_), (second, *_) = one, other
    same = first.prices == second.prices and (first.path == HISTORY) == (second.path == HISTORY)
    return same and one.certain == other.certain


def spelled_modes(priced: Priced, prices: Mapping[str, Any]) -> dict[str, str | None]:
    """Each text that names a mode to which a list has a price -> the mode; `standard` is the list itself.

    Two modes at once are joined by `+`, in alphabetical order. A mode has more than one text where a request for it has
    another value: OpenAI's mode `fast` is asked for as `priority`.
    """
    modes = prices.get("modes", {})
    asked: dict[str, set[str]] = {}
    for text in {text for mode in modes.values() for text in texts(mode.get("request", {}))}:
        asked.setdefault(named(prices, text) or text, set()).add(text)
    found: dict[str, str | None] = {STANDARD: None}
    for mode in modes:
        parts = [sorted({part} | asked.get(part, set())) for part in mode.split("+")]
        for spelled in islice(product(*parts), _MOST_TEXTS):
            text = "+".join(sorted(spelled))
            if _mode(priced, prices, text) == mode:
                found[text] = mode
    return found


def _mode(priced: Priced, prices: Mapping[str, Any], text: str) -> str | None:
    """The mode with a price that a caller means by a text."""
    try:
        return billed(prices, text, None, priced.spec)[0]
    except UnknownModeError:
        return None


def hours_of(prices: Mapping[str, Any]) -> list[Hours]:
    """The hours of a week, each minute in one row, by the first window of `hours` that holds then.

    A window over midnight is two rows.

    >>> [tuple(one) for one in hours_of({"hours": [{"utc": ["22:00", "06:00"], "days": ["mon"]}]})]
    [(0, 360, 1, 0), (360, 1320, 1, None), (1320, 1440, 1, 0), (0, 1440, 126, None)]
    """
    windows = prices.get("hours", ())
    if not windows:
        return [ALWAYS]
    ends = sorted({0, DAY, *(minutes(text) for window in windows for text in window["utc"])})
    days: dict[tuple[tuple[int, int, int | None], ...], int] = {}
    for day in range(len(DAYS)):
        spans: list[tuple[int, int, int | None]] = []
        for start, end in pairwise(ends):
            window = window_on(prices, day, start)
            if spans and spans[-1][2] == window:
                spans[-1] = spans[-1][0], end, window
            else:
                spans.append((start, end, window))
        days[(*spans,)] = days.get((*spans,), 0) | 1 << day
    return [Hours(start, end, mask, window) for spans, mask in days.items() for start, end, window in spans]


def gone_models(view: View, providers: Iterable[str] | None = None) -> Iterator[Model]:
    """The models that a source listed once and no longer does: they have the prices of their time, by the history.

    `providers` are those whose models are wanted, all by default. Models that the configuration removes or denies are
    not among them.
    """
    for provider in sorted(view.past.providers() if providers is None else {*providers}):
        for model_id in view.past.ids(provider):
            is_denied = view.removed(provider, model_id) is not None or (
                provider in view.known and safe(view, provider, model_id) is not None
            )
            if (
                not is_denied
                and view.past.is_gone(provider, model_id)
                and callable(row_of_pair(view, provider, model_id))
            ):
                yield Model.from_dict({"provider": provider, "id": model_id})
