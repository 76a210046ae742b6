"""Pricing: the price lists of a model, which of them holds at a moment and in a mode, and the bill of a usage."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.bills import Bill, Source, lines_of, total_of
from llm_models.chronicle import history_of
from llm_models.counts import Usage, refusal
from llm_models.errors import InvalidArgumentError, UnknownModeError, UnpricedError, did_you_mean, printable, quoted
from llm_models.frozen import Record
from llm_models.in_use import base_of
from llm_models.meters import read
from llm_models.origins import fields_of
from llm_models.tariff import STANDARD, is_priced, layers, mode_of, rates, thresholds, window_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llm_models.origins import Stored
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec
    from llm_models.tariff import Layer, Path, Prices, Rate

    Moment = str | date | datetime | None

SERVED = frozenset(("flex", "priority", "scale", "fast", "ultrafast", "off_peak", "provisioned", "us"))
"""The modes that a response can state. Of these, what it states is billed, not what was asked for."""


class PriceList(NamedTuple):
    """A price list of a model: its prices, since when they hold (None: always), and their place in the record."""

    prices: Prices
    since: datetime | None
    path: Path
    basis: str | None = None


def moment_of(at: Moment) -> datetime:
    """A moment in UTC: that of a datetime (without a zone it is UTC), the start of a day, or now.

    Raises `InvalidArgumentError`.
    """
    if at is None:
        return datetime.now(UTC)
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            expected = "expected YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"
            raise InvalidArgumentError(f"at: not a moment (found {quoted(at)}, {expected})") from None
    if isinstance(at, datetime):
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if isinstance(at, date):
        return datetime(at.year, at.month, at.day, tzinfo=UTC)
    raise InvalidArgumentError(f"at: not a moment (found {type(at).__name__}, expected a text, a date or a datetime)")


NO_PRICES = PriceList({}, None, ())


class Priced:
    """The prices of one model, decoded once; what was worked out of them is kept."""

    def __init__(self, snapshot: Snapshot, model: Model) -> None:
        cost: Any = model.cost.to_dict()
        self.spec = f"{model.provider}:{model.id}"
        self.snapshot, self.model = snapshot, model
        dated = [PriceList(one, moment_of(one["valid_from"]), ("dated",)) for one in cost.pop("dated", ())]
        since = cost.get("valid_from")
        flat = PriceList(cost, moment_of(since) if since else None, ())
        self.lists = sorted([flat, *dated], key=lambda one: one.since or datetime.min.replace(tzinfo=UTC))
        file = snapshot.file
        self.origins: Mapping[Path, Stored] = fields_of(file.tail(), self.spec)
        base = base_of(file)
        of_base = {} if base is file else fields_of(base.tail(), self.spec)
        self.own = {} if base is file else {path: one for path, one in self.origins.items() if of_base.get(path) != one}
        self.replaces = any(path[0] == "cost" and one.get("replaced") is not None for path, one in self.own.items())
        config = file.header.get("config")
        self.basis = {"digest": snapshot.digest, "date": snapshot.date, **({"config": config} if config else {})}
        self.source = ", ".join([one["name"] for one in file.header["sources"]]) or None
        self._rates: dict[Any, tuple[list[int], list[Layer], dict[int | None, dict[str, Rate]]]] = {}
        self._sources: dict[Any, Source] = {}

    def list_at(self, moment: datetime) -> tuple[PriceList, tuple[str, str] | None]:
        """The price list of a moment, without a price where none holds yet. With it come the days between which the
        prices changed, where it is not known which of two lists held.
        """
        found = next((one for one in reversed(self.lists) if one.since is None or one.since <= moment), NO_PRICES)
        if found.since is None and not self.replaces and (date_of := self.snapshot.date):
            day = moment.date().isoformat()
            if day < date_of:
                return self._listed(day, found)
        return found, None

    def _listed(self, day: str, otherwise: PriceList) -> tuple[PriceList, tuple[str, str] | None]:
        """The price list of a day by the history: what the source listed."""
        try:
            answer = history_of(self.snapshot.view, (self.model.provider, self.model.id)).price_on(day)
        except LookupError:
            return otherwise, None
        if answer.dated is None or answer.price is None:
            return otherwise, None
        found = PriceList(answer.price, moment_of(answer.dated.valid_from), ("history",), "source_change")
        return found, None if answer.exact else _days(answer.changed_between)

    def rates(self, chosen: PriceList, mode: str | None, moment: datetime, usage: Usage) -> Mapping[str, Rate]:
        """The rates of a list, in a mode, at a moment, for the input of a usage.

        Raises `UsageError` for a sum of requests of which one may be in a tier.
        """
        window = window_at(chosen.prices if mode is None else chosen.prices["modes"][mode], moment)
        key = (chosen.path, chosen.since, mode, window)
        known = self._rates.get(key)
        if known is None:
            ladder = layers(chosen.prices, mode, window)
            known = self._rates[key] = (thresholds(ladder), ladder, {})
        limits, ladder, by_size = known
        size = (usage.input if usage.tier_input is None else usage.tier_input) or 0
        over = next((limit for limit in reversed(limits) if size > limit), None)
        if over is not None and usage.requests > 1:
            raise refusal(
                "requests",
                f"{usage.requests} requests with {size} tokens of input together have no one price, because one "
                f"of more than {limits[0]} has another price. Price each request, and add the bills",
            )
        if over not in by_size:
            found = rates(ladder, over)
            by_size[over] = {name: self._own(rate, chosen) for name, rate in found.items()} if self.replaces else found
        return by_size[over]

    def _own(self, rate: Rate, chosen: PriceList) -> Rate:
        """A rate of the list beside prices of the application's own is assumed; its fees are not."""
        path = _in_record(chosen, rate.path)
        is_fee = "fees" in rate.path[:-1]
        if is_fee or any(path[: len(stated)] == stated or stated[: len(path)] == path for stated in self.own):
            return rate
        return rate._replace(why=rate.why or "list_price")

    def origin(self, chosen: PriceList, path: Path) -> Source:
        """Who states the price at a path of a list."""
        key = chosen.path, chosen.since, path
        if key not in self._sources:
            place = _in_record(chosen, path)
            stored = next(
                (self.origins[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.origins), None
            )
            valid_from = chosen.prices.get("valid_from") or (chosen.since and chosen.since.date().isoformat())
            layer = "history" if chosen.path == ("history",) else stored["layer"] if stored else self.source
            where = stored.get("place") if stored and layer != "history" else None
            self._sources[key] = Source(layer, where, chosen.prices.get("source"), valid_from)
        return self._sources[key]


def _in_record(chosen: PriceList, path: Path) -> Path:
    """The path in the record of a path in a price list; a list of lists has one origin."""
    return ("cost", *(chosen.path or path))


def _days(between: Sequence[str | None] | None) -> tuple[str, str] | None:
    first, last = between or (None, None)
    return (first, last) if first and last else None


def mode_wanted(prices: Prices, asked: str | None, served: str | None, spec: str) -> tuple[str | None, bool]:
    """The mode of a price list that is billed (None: the list itself), and whether the list prices it.

    `asked` is what the caller names, `served` what the response states: that holds, where it can. Raises
    `UnknownModeError` for a name of the caller's that the list does not price.
    """
    names = [] if asked is None else [part.strip() for part in asked.split("+")]
    if served is not None:
        names = [name for name in names if name.lower() not in STANDARD and not _is_served(name, prices)]
    of_caller = [name for name in names if name.lower() not in STANDARD]
    of_response = [name for name in (served or "").split("+") if name.strip().lower() not in STANDARD]
    found = {name: mode_of(prices, name) for name in (*of_caller, *of_response)}
    chosen = "+".join(sorted({mode or name for name, mode in found.items()}))
    if not chosen:
        return None, True
    modes: Prices = prices.get("modes", {})
    if chosen in modes and is_priced(modes[chosen]):
        return chosen, True
    if not of_response or any(found[name] is None for name in of_caller):
        priced = [name for name in modes if is_priced(modes[name])]
        hint = did_you_mean(chosen, priced)
        has = f"its modes are {', '.join(map(printable, sorted(priced)))}" if priced else "it has no modes"
        raise UnknownModeError(
            f"{printable(spec)}: the price list has no mode {quoted(chosen)} ({has}).{hint}",
            spec=spec,
            mode=chosen,
            modes=tuple(sorted(priced)),
        )
    return chosen, False


def _is_served(name: str, prices: Prices) -> bool:
    return name.lower() in SERVED or mode_of(prices, name) in SERVED


def bill_of(snapshot: Snapshot, spec: Spec, usage: object, at: Moment, mode: str | None, strict: bool | str) -> Bill:
    """The bill of a usage of the model that `spec` names; see `llm_models.cost`."""
    priced = priced_of(snapshot, spec)
    used = usage if isinstance(usage, Usage) else read(usage, None, priced.model.provider)
    moment = moment_of(at)
    chosen, between = priced.list_at(moment)
    name, is_known = mode_wanted(chosen.prices, mode, used.mode, priced.spec)
    found = priced.rates(chosen, name, moment, used) if is_known else {}
    lines, unpriced, assumed = lines_of(used, found, name, priced.spec, partial(priced.origin, chosen))
    known = total_of([line.amount for line in lines])
    is_whole = not unpriced and not used.unmeasured_requests
    made = Bill(
        total=known if is_whole else None,
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
        exact=is_whole and not assumed and between is None,
        changed_between=between,
    )
    if strict and (not is_whole or (strict == "exact" and not made.exact)):
        raise _refused(made)
    return made


def priced_of(snapshot: Snapshot, spec: Spec) -> Priced:
    """The prices of the model that `spec` names; a model that is given has its own."""
    model = snapshot.resolve(spec) if isinstance(spec, (str, tuple)) and not isinstance(spec, Record) else spec
    key = model.provider, model.id
    priced: Priced | None = snapshot._priced.get(key)
    if priced is None or (priced.model is not model and priced.model.cost != model.cost):
        priced = snapshot._priced[key] = Priced(snapshot, model)
    return priced


def _refused(made: Bill) -> UnpricedError:
    unpriced = ", ".join(f"{name} ({number:,})" for name, number in made.unpriced)
    why = f"no price of {unpriced}" if unpriced else f"the price is assumed for {', '.join(made.assumed)}"
    if not unpriced and not made.assumed:
        why = f"the price changed between {' and '.join(made.changed_between or ())}"
    return UnpricedError(f"{printable(str(made.model))}: {why}", spec=made.model, bill=made)
