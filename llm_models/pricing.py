"""Pricing: the prices of a model at a moment and in a mode, with who states them, and the bill of a usage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.bills import Basis, Bill, PriceRow, Prices, Source, UnpricedError, place, total_of
from llm_models.counts import Usage, refusal
from llm_models.errors import InvalidArgumentError, printable, quoted
from llm_models.items import lines_of
from llm_models.modes import billed
from llm_models.price_origins import NO_ORIGINS, origins_of
from llm_models.records import Model
from llm_models.tariff import layers, rates, thresholds, window_at
from llm_models.validity import HISTORY, NOTHING, Valid, documented, first_history, listed, lists_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from llm_models.errors import RetiredModelError
    from llm_models.listings import Listing
    from llm_models.origins import Path, Tail
    from llm_models.tariff import Layer, Rate
    from llm_models.validity import Moment, TimedList
    from llm_models.view import View


class Ground(NamedTuple):
    """What the prices of all models of a catalogue share: who states values, the sources, and what a bill names."""

    tail: Tail
    source: str | None
    basis: Basis


class Ladder:
    """The layers of a price list in one mode and window of hours: its sizes of input, and the prices for each."""

    def __init__(self, priced: Priced, chosen: TimedList, mode: str | None, window: int | None) -> None:
        self.layers: list[Layer] = layers(chosen.prices, mode, window)
        self.sizes = thresholds(self.layers)
        self._priced, self._chosen = priced, chosen
        self._prices: dict[int | None, dict[str, PriceRow]] = {}

    def prices(self, over: int | None) -> Mapping[str, PriceRow]:
        """The price of each class for inputs above `over`, one of the sizes, or None."""
        if over not in self._prices:
            found = rates(self.layers, over)
            self._prices[over] = {name: self._priced.row(self._chosen, name, rate) for name, rate in found.items()}
        return self._prices[over]


class Priced:
    """The price lists of a model, decoded once, with their origins; what was worked out of them is kept.

    The view keeps it, so it keeps no view: files stay open in a ring of objects until Python looks for rings.
    """

    def __init__(self, view: View, model: Model) -> None:
        self.spec = f"{model.provider}:{model.id}"
        self.model = model
        file = view.file
        cost: dict[str, Any] = model.cost.to_dict()
        self.lists = lists_of(cost)
        """The price lists of the record, oldest first."""
        row = file.block(model.provider).rows.get(model.id) if file.holds(model.provider, model.id) else None
        self.is_listed = row is not None and view.model(model.provider, row).cost == model.cost
        """Whether these are the catalogue's prices, not those of a model that a program made."""
        ground = _ground(view)
        self._origins = origins_of(ground.tail, self.spec, cost) if self.is_listed else NO_ORIGINS
        self._source = ground.source if self.is_listed else None
        self._is_gone = row is None and not cost
        date = ground.basis.date if self._is_gone or (self.is_listed and not self._origins.is_whole) else None
        self.since = None if date is None else moment_of(date if len(date) > len("YYYY-MM") else f"{date}-01")
        """The date of the catalogue, where the history is about these prices; None where it is not asked."""
        self.basis = ground.basis
        self._history: list[Listing | None] = []
        self._of_days: dict[tuple[str, Path], Valid] = {}
        self._ladders: dict[Any, Ladder] = {}

    def valid_at(self, view: View, moment: datetime) -> Valid:
        """The price list that holds at a moment; `view` is the one that it was made for.

        The history is asked where it is about these prices: not where an application states all of them. That of a
        copy is the history of the model from which it has its prices.
        """
        found = documented(self.lists, moment)
        begins_later = found is NOTHING and bool(self._origins.own)
        if found.since is not None or self.since is None or moment >= self.since or begins_later:
            return Valid(found)
        day = moment.date().isoformat()
        key = day, found.path
        if key not in self._of_days:
            then, certain, between = listed(self.history(view), day, found)
            if then.path == HISTORY:
                prices, is_corrected = self._origins.over(then.prices)
                then, certain = then._replace(prices=prices), certain and not is_corrected
            self._of_days[key] = Valid(then, certain, between)
        return self._of_days[key]

    def is_named(self, view: View) -> bool:
        """Whether the catalogue has, or had, a model with this name; a program can make any number of others."""
        return self.is_listed or (self._is_gone and self.history(view) is not None)

    def history(self, view: View) -> Listing | None:
        """The history that knows earlier prices, if there is one; looked for once."""
        # `cached_property` holds a lock in Python 3.11. A child forked meanwhile would wait for a thread that is gone.
        if not self._history:
            self._history.append(None if self.since is None else first_history(view, self._keys()))
        return self._history[0]

    def _keys(self) -> Iterator[tuple[str, str]]:
        """The model, and the one from which it has its prices."""
        yield self.model.provider, self.model.id
        if self._origins.copied_from is not None:
            provider, _, model_id = self._origins.copied_from.partition(":")
            yield provider, model_id

    def billed(self, chosen: TimedList, asked: str | None, served: str | None) -> tuple[str | None, bool]:
        """The mode that is billed by a list, and whether the list prices it. Before the first list none is priced."""
        if chosen is NOTHING:
            return billed(self.lists[0].prices, asked, served, self.spec)[0], False
        return billed(chosen.prices, asked, served, self.spec, _which(chosen))

    def ladder(self, chosen: TimedList, mode: str | None, moment: datetime) -> Ladder:
        """The layers of a price list in a mode, at a moment."""
        window = window_at(chosen.prices if mode is None else chosen.prices["modes"][mode], moment)
        key = chosen.path, chosen.valid_from, mode, window
        found = self._ladders.get(key)
        if found is None:
            found = self._ladders[key] = Ladder(self, chosen, mode, window)
        return found

    def row(self, chosen: TimedList, cls: str, rate: Rate) -> PriceRow:
        """The price of a class by a list. Next to prices of the application's own, a list price is assumed."""
        path = ("cost", *rate.path)
        if chosen.path != HISTORY or not self._origins.stands_in(chosen.prices, path):
            path = ("cost", *(chosen.path or rate.path))
        is_fee = cls.startswith("fees.")
        why = rate.why or ("list_price" if not is_fee and self._origins.is_list_price(path) else None)
        taken = None if rate.of == cls else rate.of
        return PriceRow(cls, rate.tier, rate.usd, rate.per, why, taken, self._source_of(chosen, path))

    def _source_of(self, chosen: TimedList, path: Path) -> Source:
        """Who states the price at a path of the record. The page of another layer is not that of the price."""
        valid: tuple[str | None, str | None] = chosen.valid_from, chosen.basis
        if path == ("cost", *HISTORY):
            return Source("history", None, None, *valid)
        if self._origins.is_own(path):  # it holds at any time, also where the history knows since when the others hold
            valid = chosen.prices.get("valid_from"), chosen.prices.get("valid_from_basis")
        stated, of_page = self._origins.origin(path), self._origins.origin(("cost", "source"))
        layer, place_there = (stated["layer"], stated.get("place")) if stated else (self._source, None)
        same = bool(chosen.path) or (of_page["layer"] if of_page else self._source) == layer
        return Source(layer, place_there, chosen.prices.get("source") if same else None, *valid)


def _ground(view: View) -> Ground:
    """What all models of a catalogue share; worked out once."""
    if view.price_ground is None:
        file, digest = view.file, None
        if (config := file.config()) is not None:
            from hashlib import sha256

            digest = sha256(config).hexdigest()
        source = ", ".join([one["name"] for one in file.header["sources"]]) or None
        view.price_ground = Ground(file.tail(), source, Basis(file.digest, file.header.get("date"), digest))
    ground: Ground = view.price_ground
    return ground


def priced_of(view: View, model: Model) -> Priced:
    """The prices of a model, kept where they are the catalogue's, now or in its history."""
    key = model.provider, model.id
    found: Priced | None = view.priced.get(key)
    if found is None or (found.model is not model and found.model.cost != model.cost):
        found = Priced(view, model)
        if found.is_named(view):
            view.priced[key] = found
    return found


def gone(error: RetiredModelError) -> Model:
    """The model that a source no longer lists: it has the prices of its time, by the history, and no others."""
    provider, _, model_id = error.spec.partition(":")
    return Model.from_dict({"provider": provider, "id": model_id})


def prices_of(view: View, model: Model, at: Moment, mode: str | None) -> Prices:
    """The prices of a model; see `llm_models.prices`."""
    priced = priced_of(view, model)
    moment = moment_of(at)
    valid = priced.valid_at(view, moment)
    chosen = valid.prices
    name, is_known = priced.billed(chosen, mode, None)
    ladder = priced.ladder(chosen, name if is_known else None, moment)
    rows = [
        row._replace(context_over=over)
        for over in (None, *ladder.sizes)
        for _, row in sorted(ladder.prices(over).items(), key=lambda item: place(item[0]))
    ]
    source = chosen.prices.get("source")
    return Prices(
        priced.spec, moment, name, chosen.valid_from, source, tuple(rows), priced.basis, valid.certain,
        valid.changed_between,
    )  # fmt: skip


def bill_of(view: View, model: Model, usage: object, at: Moment, mode: str | None, strict: bool | str) -> Bill:
    """The bill of a usage of a model; see `llm_models.cost`."""
    if strict not in (False, True, "exact"):
        raise InvalidArgumentError(f"strict: unknown value (found {quoted(strict)}, expected True, False or 'exact')")
    priced = priced_of(view, model)
    used = usage if isinstance(usage, Usage) else _read(usage, model.provider)
    moment = moment_of(at)
    chosen, certain, between = priced.valid_at(view, moment)
    name, is_known = priced.billed(chosen, mode, used.mode)
    prices = _prices_for(used, priced.ladder(chosen, name, moment)) if is_known else {}
    lines, unpriced, assumed = lines_of(used, prices, name, priced.spec)
    known = total_of([line.amount for line in lines])
    made = Bill(
        total=None if unpriced else known,
        known=known,
        lines=tuple(lines),
        unpriced=tuple(unpriced),
        assumed=tuple(assumed),
        tier=next((line.tier for line in lines if line.tier is not None), None),
        mode=name,
        at=moment,
        model=priced.spec,
        reported=used.reported,
        basis=priced.basis,
        exact=certain and not unpriced and not assumed,
        changed_between=between,
    )
    if strict and (unpriced or (strict == "exact" and not made.exact)):
        raise UnpricedError(f"{printable(priced.spec)}: {unsure(made)}", spec=priced.spec, bill=made)
    return made


def _which(chosen: TimedList) -> str:
    """Which list a list of the history is, in words. It has no curated modes."""
    return f" of {chosen.valid_from}, as the history has it," if chosen.path == HISTORY else ""


def _read(usage: object, provider: str) -> Usage:
    from llm_models.meters import read  # a `Usage` needs none of its tables

    return read(usage, None, provider)


def _prices_for(usage: Usage, ladder: Ladder) -> Mapping[str, PriceRow]:
    """The prices for the input of a usage. Raises `UsageError` for a sum of requests of which one may be in a tier."""
    size = (usage.input if usage.tier_input is None else usage.tier_input) or 0
    over = next((limit for limit in reversed(ladder.sizes) if size > limit), None)
    if over is not None and usage.requests > 1:
        raise refusal(
            "requests",
            f"{usage.requests} requests have {size:,} tokens of input together, and a request of more than "
            f"{ladder.sizes[0]:,} has other prices. Price each request, and add the bills",
        )
    return ladder.prices(over)


def unsure(bill: Bill) -> str:
    """Why the total of a bill is unknown or not exact."""
    if bill.unpriced:
        mode = "" if bill.mode is None else f" in the mode {quoted(bill.mode)}"
        return f"no price of {', '.join(f'{printable(name)} ({number:,})' for name, number in bill.unpriced)}{mode}"
    if bill.assumed:
        return f"the price or the number is assumed of {', '.join(map(printable, bill.assumed))}"
    if bill.changed_between:
        return f"the price changed between {' and '.join(bill.changed_between)}"
    return "the price of that day is not known"
