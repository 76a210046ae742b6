"""Tables: models, providers and prices as rows of flat columns, for programs that load tables; standard library only.

Five tables: `models` and `providers` are what the records state. `prices` are the prices as stated, `rates` as `cost`
bills them, and `aliases` all names of models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from llm_models.price_tables import ALIASES, PRICES, RATES, alias_rows, price_rows, rate_rows
from llm_models.rates import gone_models
from llm_models.record_tables import MODELS, PROVIDERS, model_rows, provider_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from llm_models.records import Model
    from llm_models.snapshot import Snapshot
    from llm_models.table_columns import Column, Row

TableName = Literal["models", "providers", "prices", "rates", "aliases"]
TABLES: Mapping[TableName, tuple[Column, ...]] = {
    "models": MODELS,
    "providers": PROVIDERS,
    "prices": PRICES,
    "rates": RATES,
    "aliases": ALIASES,
}
"""Table -> its columns. `provider` and `model` are the key of a model in all of them."""
OF_PRICES: tuple[TableName, ...] = ("prices", "rates", "aliases")
"""The tables that have the models which are gone, too: requests of past months name them."""


def rows(snapshot: Snapshot, table: TableName = "models", models: Iterable[Model] | None = None) -> Iterator[Row]:
    """The rows of a table: a dict each, with a value for every column of `TABLES[table]`.

    They are about `models`, or about all that the snapshot shows; the tables `OF_PRICES` are then about the models that
    are gone, too. `providers` has those of the models. A model that is given twice has the rows of one. None is
    unknown: never 0, never "no". A capability is None where no source states it, whatever its default. Prices are
    decimals of at most 9 places, as `cost()` reads them. Moments are in UTC, without a zone.

    >>> from llm_models import tables
    >>> snapshot = llm_models.snapshot()
    >>> model = snapshot.resolve("openai:gpt-5.4-mini")
    >>> row = next(tables.rows(snapshot, models=[model]))
    >>> row["spec"], row["context"], row["cost_input"], row["cost_input_image"], row["capabilities_embeddings"]
    ('openai:gpt-5.4-mini', 400000, Decimal('0.75'), None, None)
    >>> of_list = next(tables.rows(snapshot, "rates", [model]))
    >>> of_list["mode"], of_list["cache_read"], of_list["input_audio"], of_list["assumed"]
    ('standard', Decimal('0.075'), None, ['cache_write', 'cache_read_image'])
    """
    shown = snapshot.list_models() if models is None else models
    chosen = {model.key: model for model in shown}
    if models is None and table in OF_PRICES:
        chosen |= {model.key: model for model in gone_models(snapshot.view)}
    match table:
        case "models":
            return model_rows(chosen.values())
        case "providers":
            return provider_rows(snapshot, dict.fromkeys(provider for provider, _ in chosen))
        case "prices":
            return price_rows(snapshot.view, chosen.values())
        case "rates":
            return rate_rows(snapshot.view, chosen.values())
        case _:
            return alias_rows(snapshot.view, chosen.values())
