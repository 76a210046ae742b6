"""Page models: what the page shows of the models of a catalogue, as plain data: columns for its table, and cards.

Every text is printable: control characters, and those that change the direction of text, are escapes. A None is
unknown. Nothing depends on today, so that equal catalogues give equal data; the page knows the day when it is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.bills import written
from llm_models.chronicle import listing_of
from llm_models.errors import printable
from llm_models.kinds import is_preview
from llm_models.listings import dated_price, intervals
from llm_models.offering import grouped, target_of
from llm_models.outliers import outliers_in
from llm_models.page_prices import PagePrices
from llm_models.pricing import priced_of
from llm_models.records import CAPABILITIES
from llm_models.tariff import exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from llm_models.listings import Listing
    from llm_models.offering import Offer
    from llm_models.outliers import Outlier
    from llm_models.records import Model, Provider
    from llm_models.snapshot import Snapshot
    from llm_models.view import View

    Plain = Any

COLUMNS: dict[str, Callable[[Model], Plain]] = {
    "provider": lambda model: model.provider,
    "id": lambda model: model.id,
    "name": lambda model: model.name,
    "kind": lambda model: model.kind,
    "family": lambda model: model.family,
    "context": lambda model: model.limits.context,
    "max_output": lambda model: model.limits.output,
    "input": lambda model: _price(model.cost.input),
    "output": lambda model: _price(model.cost.output),
    "cache_read": lambda model: _price(model.cost.cache_read),
    "released": lambda model: model.release_date,
    "retires": lambda model: model.retires,
    "deprecated": lambda model: model.deprecated,
    "preview": lambda model: is_preview(model.id, model.status),
    "open_weights": lambda model: model.open_weights,
    "takes": lambda model: [*model.modalities.input] or None,
    "gives": lambda model: [*model.modalities.output] or None,
    "aliases": lambda model: " ".join((*model.aliases, *model.served_as)) or None,
}
"""A column of the table -> its value for a model."""
_CARD = (
    "status", "successor", "resolves_to", "aliases", "served_as", "apis", "knowledge", "last_updated", "dimensions",
    "tags",
)  # fmt: skip
"""The fields of a record that only its card shows, besides prices, limits and reasoning."""


def models_of(snapshot: Snapshot) -> tuple[dict[str, Plain], dict[str, Plain]]:
    """The data of the table, and that of the cards with the prices for the calculator.

    The table has `providers` (id -> what is known of them), `capabilities` (their names), `columns` (name -> a value
    for each model), and for each model the bits of the capabilities that it has (`yes`), lacks (`no`) and probably has
    (`likely`), and its `rank`. The cards have `models`, one for each model in the same order, and what several models
    share.
    """
    models = snapshot.list_models()
    table: dict[str, Plain] = {
        "providers": {one: _provider(snapshot.get_provider(one)) for one in snapshot.list_providers()},
        "capabilities": [*CAPABILITIES],
        "columns": {name: [_plain(get(model)) for model in models] for name, get in COLUMNS.items()},
        "flags": _flags(snapshot, models),
        "rank": _ranks(snapshot, models),
    }
    prices = PagePrices(snapshot.view)
    rows = {model.key: row for row, model in enumerate(models)}
    canonicals = {one.canonical for model in models if (one := target_of(snapshot.view, model)).canonical is not None}
    groups = grouped(snapshot.view, canonicals, retired=True)
    names = [*groups]
    numbers = {canonical: number for number, canonical in enumerate(names)}
    odd = outliers_in(snapshot.file, canonicals)
    cards = {
        "models": [_card(snapshot.view, model, prices, numbers, odd.get(model.key, {})) for model in models],
        "canonicals": _plain(names),
        "offers": [[_offer(one, rows) for one in groups[name]] for name in names],
        **prices.shared(),
    }
    return table, cards


def _provider(one: Provider) -> Plain:
    return _plain({"name": one.name or one.id, "billing": one.billing, "doc": one.doc, "env": [*one.env]})


def _flags(snapshot: Snapshot, models: Sequence[Model]) -> Plain:
    """The capabilities of each model, as bits in the order of `CAPABILITIES`; of the others nothing is stated."""
    found: dict[str, list[int]] = {"yes": [], "no": [], "likely": []}
    for model in models:
        stated = [model.stated(name) for name in CAPABILITIES]
        likely = snapshot.file.likely(*model.key)
        found["yes"].append(_bits(one is True for one in stated))
        found["no"].append(_bits(one is False for one in stated))
        found["likely"].append(_bits(name in likely for name in CAPABILITIES))
    return {**found, "default": _bits(_defaults())}


_NEVER = "0001-01-01"  # a day on which no model is retired


def _ranks(snapshot: Snapshot, models: Sequence[Model]) -> Plain:
    """Where each model stands among those that chat, as `candidates` orders them on any day; None for the others."""
    ranks = {model.key: rank for rank, model in enumerate(snapshot.candidates(at=_NEVER))}
    return [ranks.get(model.key) for model in models]


def _defaults() -> Iterable[bool]:
    from llm_models.records import Capabilities

    for path in CAPABILITIES.values():
        value: Any = Capabilities()
        for step in path:
            value = getattr(value, step)
        yield value


def _bits(flags: Iterable[bool]) -> int:
    return sum([1 << at for at, flag in enumerate(flags) if flag])


def _card(
    view: View, model: Model, prices: PagePrices, numbers: Mapping[str, int], odd: Mapping[str, Outlier]
) -> Plain:
    """What a card has that the table has not, without what is unknown."""
    target = target_of(view, model)
    reasoning = model.capabilities.reasoning
    own = {name: getattr(model, name) for name in _CARD}
    own["sent_as"] = model.provider_model_id if model.provider_model_id != model.id else None
    own["input_limit"] = model.limits.input
    own["efforts"] = reasoning.efforts
    own["budget"] = [reasoning.token_budget_min, reasoning.token_budget]
    own["unusual"] = {field: one.text() for field, one in odd.items()}
    card = {name: _plain(value) for name, value in own.items() if value not in (None, (), {}, [None, None])}
    card["cost"] = _plain(model.cost.to_dict())
    card["canonical"] = None if target.canonical is None else numbers[target.canonical]
    card["times"] = prices.of(model)
    history = _history_of(view, model)
    if history is not None:
        card["history"] = _history(history)
    return card


def _history_of(view: View, model: Model) -> Listing | None:
    """The history of a model; None where no source listed it. Its prices may have asked for it."""
    asked = priced_of(view, model).history(view)
    return asked if asked is not None and asked.spec == model.spec else listing_of(view, model.key)


def _history(history: Listing) -> Plain:
    """When a model was listed, and the prices at which it was."""
    prices = [dated_price(history.days, history.entry, number) for number in range(len(history.entry.prices))]
    return {
        "listed": [list(one) for one in intervals(history.days, history.entry.spans)],
        "prices": [
            [None if one.price is None else _plain(one.price), one.valid_from, one.valid_until, one.changed_between]
            for one in prices
        ],
    }


def _offer(one: Offer, rows: Mapping[Any, int]) -> Plain:
    """An offer: the row of its model, its variant, and whether only the way in which the id is written tells of it."""
    return [rows[one.model.key], _plain(one.variant), one.derived]


def _price(price: float | None) -> Plain:
    return None if price is None else float(written(exact(price)))


def _plain(value: Plain) -> Plain:
    """A value as JSON has it: texts printable, and a fraction as the decimal that `cost()` reads."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else _price(value)
    if isinstance(value, dict):
        return {printable(name): _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
