"""Price tables: what models cost as rows, for the user's own engine: as stated, as billed, and under which names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.classes import CLASSES, COUNTED, FEE_PER, MILLION
from llm_models.counts import FEES
from llm_models.pricing import priced_of
from llm_models.rates import ALWAYS, STANDARD, Hours, rows_of, times
from llm_models.table_columns import Column
from llm_models.tariff import DAY, DAYS, Rate, exact, layers, minutes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal
    from typing import Any

    from llm_models.bills import PriceRow
    from llm_models.rates import Time
    from llm_models.records import Model
    from llm_models.table_columns import Row
    from llm_models.tariff import Layer
    from llm_models.view import View

_UNITS = {MILLION: "USD per million tokens", 60: "USD per minute", 1: "USD per image", FEE_PER: "USD per 1,000 uses"}
FEE_COLUMNS = {f"fees.{name}": f"fee_{name}" for name in ("request", *FEES)}
"""A fee that has a field in a usage -> its column."""
_STORED = {"training": MILLION, "cache_storage": MILLION}
"""Prices that are no part of the cost of a request -> for how many tokens they are."""
_KEY = (
    Column("provider", "text", None, True, "model", ("provider",)),
    Column("model", "text", None, True, text="The model's id at its provider. It may be gone from its list today."),
)
_MODE = Column("mode", "text", required=True, text="The mode that is billed; standard is the price list itself.")
_TIME = (
    Column("valid_from", "moment", required=True, text="The moment from which it holds (UTC); year 1: always."),
    Column("valid_until", "moment", required=True, text="The moment from which it no longer holds; year 9999: none."),
)
_HOURS = (
    Column("minute_from", "integer", "minutes", True, text="The minute of the day from which it holds, in UTC."),
    Column("minute_until", "integer", "minutes", True, text="The minute from which it no longer holds, to 1440."),
    Column("days", "integer", "bits", True, text="The days of the week, a bit each: Monday is 1, Sunday 64, all 127."),
)
PRICES = (
    *_KEY,
    Column("class", "text", required=True, text="What is priced: a class of tokens, image, audio, or fees.NAME."),
    Column("context_over", "integer", "tokens", text="The total input above which it holds; null: for any input."),
    _MODE,
    *_TIME,
    *_HOURS,
    Column("usd_per_million", "decimal", _UNITS[MILLION], text="The price of a class of tokens; null for all else."),
    Column("usd", "decimal", "USD per `per`", True, text="The price for as much as the column per states."),
    Column("per", "integer", "of what is counted", True, text="Tokens, uses (1000), seconds (60) or images (1)."),
    Column("layer", "text", text="Who states the price: a source, a file of corrections, an application, or history."),
    Column("source", "text", text="The page or the contract where the price can be read."),
)
"""Prices as they are stated: the rows of a model overlap where a mode, a tier or some hours stand above its list."""
RATES = (
    *_KEY,
    _MODE,
    *_TIME,
    *_HOURS,
    Column("input_over", "integer", "tokens", True, text="The total input above which it holds; -1: from 0 on."),
    Column("input_upto", "integer", "tokens", True, text="The largest total input for which it holds."),
    *(
        Column(one.name, "decimal", _UNITS[one.per], text=f"The price of {one.meaning}.")
        for one in (*CLASSES, *COUNTED)
    ),
    *(
        Column(column, "decimal", _UNITS[FEE_PER], text=f"The fee for each {name.removeprefix('fees.')}.")
        for name, column in FEE_COLUMNS.items()
    ),
    Column("assumed", "list", text="The classes whose price is assumed: a bill that has one of them is not exact."),
    Column("certain", "boolean", required=True, text="Whether it is known that this price list held at that time."),
)
"""Prices as they are billed: a request matches at most one row. Null is unknown, and 0 is free if billing is usage."""
ALIASES = (
    *_KEY[:1],
    Column("name", "text", required=True, text="An id, a served id or an alias of a model at this provider."),
    Column("model", "text", required=True, text="The id of the model that has this name."),
)
"""Every name of a model at its provider, also its id; each names one model."""


def alias_rows(view: View, models: Iterable[Model]) -> Iterator[Row]:
    """The rows of `ALIASES`."""
    for model in models:
        names = [model.id]
        if view.file.holds(model.provider, model.id):
            block = view.file.block(model.provider)
            names = [name for name in block.names(block.rows[model.id]) if block.id_of(name) == model.id]
        for name in names:
            yield {"provider": model.provider, "name": name, "model": model.id}


def rate_rows(view: View, models: Iterable[Model]) -> Iterator[Row]:
    """The rows of `RATES`."""
    columns = {one.name: one.name for one in (*CLASSES, *COUNTED)} | FEE_COLUMNS
    for model in models:
        for row in rows_of(view, model):
            prices = row.prices
            yield {
                **_placed(model, row.mode, row.time, row.hours),
                "input_over": row.over,
                "input_upto": row.upto,
                **{column: _usd(prices.get(name)) for name, column in columns.items()},
                "assumed": [name for name, price in prices.items() if price.why is not None],
                "certain": row.time.valid.certain,
            }


def _usd(price: PriceRow | None) -> Decimal | None:
    return None if price is None else price.rate


def price_rows(view: View, models: Iterable[Model]) -> Iterator[Row]:
    """The rows of `PRICES`."""
    for model in models:
        priced = priced_of(view, model)
        for time in times(view, priced):
            chosen = time.valid.prices
            for mode in (None, *chosen.prices.get("modes", {})):
                of_mode = layers(chosen.prices, mode, None)[0]
                windows = of_mode.prices.get("hours", ())
                above = [(layers(chosen.prices, mode, at)[0], _spans(one)) for at, one in enumerate(windows)]
                for layer, spans in ((of_mode, [ALWAYS]), *above):
                    for rate in _stated(layer):
                        found = priced.row(chosen, rate.of, rate)
                        for hours in spans:
                            yield {
                                **_placed(model, mode or STANDARD, time, hours),
                                "class": rate.of,
                                "context_over": rate.tier,
                                "usd_per_million": rate.usd if rate.per == MILLION else None,
                                "usd": rate.usd,
                                "per": rate.per,
                                "layer": found.origin.layer,
                                "source": found.origin.source,
                            }


def _placed(model: Model, mode: str, time: Time, hours: Hours) -> Row:
    """For which requests a row holds."""
    return {
        "provider": model.provider,
        "model": model.id,
        "mode": mode,
        "valid_from": time.since,
        "valid_until": time.until,
        "minute_from": hours.start,
        "minute_until": hours.end,
        "days": hours.days,
    }


def _spans(window: Mapping[str, Any]) -> list[Hours]:
    """When a window of hours holds; one over midnight is two spans of the same days."""
    start, end = map(minutes, window["utc"])
    days = sum(1 << DAYS.index(day) for day in window.get("days") or DAYS)
    both = [(start, end)] if start < end else [(start, DAY), (0, end)]
    return [Hours(first, last, days, None) for first, last in both if first < last]


def _stated(layer: Layer) -> Iterator[Rate]:
    """The prices that a layer itself states, in its tiers, too."""
    per = {one.name: one.per for one in (*CLASSES, *COUNTED)} | _STORED
    for tier in (None, *layer.prices.get("tiers", ())):
        for name, price in (layer.prices if tier is None else tier).items():
            if name in per and price is not None:
                path = layer.path if layer.in_list else (*layer.path, name if tier is None else "tiers")
                yield Rate(exact(price), per[name], None if tier is None else tier["context_over"], None, path, name)
    for name, price in layer.prices.get("fees", {}).items():
        yield Rate(exact(price), FEE_PER, None, None, (*layer.path, "fees", name), f"fees.{name}")
