"""Listing parts: the times, prices and successors in answers of the history, as data; standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.frozen import thaw

if TYPE_CHECKING:
    from llm_models.frozen import FrozenDict


class Interval(NamedTuple):
    """A time during which a name was listed, on each day on which the source was seen. Days are `YYYY-MM-DD`."""

    first: str
    """The first day on which it was listed."""
    last: str | None
    """The last day on which it was listed; None where it is still listed."""
    not_listed_on: str | None
    """The last day before `first` on which the source was seen, without it; None: the history begins with `first`."""
    gone_by: str | None
    """The first day after `last` on which the source was seen, without it; None where it is still listed."""


class DatedPrice(NamedTuple):
    """A price, and the first and last day on which it was seen."""

    price: FrozenDict | None
    """The fields of `Cost` as plain data, in USD per million tokens; None where the model was listed without a known
    price."""
    valid_from: str
    """The first day on which it was seen."""
    valid_until: str | None
    """The last day on which it was seen; None for the current price."""
    exact: bool
    """Whether `valid_from` is known to the day."""
    changed_between: tuple[str, str] | None
    """Where it is not exact, the last day with the price before, and `valid_from`; None where the history begins with
    this price."""


class Answer(NamedTuple):
    """The price of a model on a day, as listed: what `ModelHistory.price_on` returns."""

    day: str
    """The day that was asked for."""
    listed: bool | None
    """Whether the model was listed; None where that is not known: between two days of which only one lists the model,
    before the first day of the history, and after the last one."""
    dated: DatedPrice | None
    """The price with its days; None where the model had none or none is known."""
    exact: bool
    """Whether the answer is certain for that day."""
    changed_between: tuple[str | None, str | None] | None = None
    """Where it is not exact, the nearest days before and after with other answers (None: there is none)."""
    prices: tuple[FrozenDict | None, FrozenDict | None] | None = None
    """Where it is not exact, the price on each of these two days (None: not listed, or not known)."""

    @property
    def price(self) -> FrozenDict | None:
        """The price, with the fields of `Cost` as plain data."""
        return None if self.dated is None else self.dated.price

    def to_dict(self) -> dict[str, Any]:
        """Plain data. `dated` is without its own `exact`, which is about the day on which that price began."""
        data = dict(plain(self))
        if self.dated is not None:
            del data["dated"]["exact"]
        return data


class Successor(NamedTuple):
    """What follows a model."""

    spec: str
    """The model spec of the successor."""
    source: str
    """Who states it: `curated` (this project, from the page in `link`), or the name of a list."""
    link: str | None
    """The page on which it is stated; None where there is none."""

    @property
    def origin(self) -> str:
        """Who states it, for people: the page, else the source."""
        return self.link or f"stated by {self.source}"


def plain(value: Any) -> Any:
    """An answer of the history as plain data: its parts become dicts and lists."""
    if isinstance(value, tuple):
        parts = getattr(value, "_fields", None)
        items = [*map(plain, value)]
        return items if parts is None else dict(zip(parts, items, strict=True))
    return thaw(value)
