"""Record tables: models and providers as rows of flat columns, which follow from the record classes.

The price lists inside a price list, and `extra`, have no column; `LEFT_OUT` names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from llm_models.frozen import Record, defaults, field_kinds
from llm_models.records import CAPABILITIES, Model, Provider
from llm_models.table_columns import Column
from llm_models.tariff import exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llm_models.snapshot import Snapshot
    from llm_models.table_columns import Kind, Row, Value

_KINDS: dict[str, Kind] = {
    "str": "text",
    "str | None": "text",
    "Billing": "text",
    "int | None": "integer",
    "float | None": "decimal",
    "bool": "boolean",
    "bool | None": "boolean",
    "tuple[str, ...]": "list",
}
"""The annotation of a field -> what its column holds."""
_DAYS = {("retires",)}
"""Fields that are always a whole day. The other dates may be a month, `YYYY-MM`, and stay text."""
_UNITS = {
    ("limits",): "tokens",
    ("dimensions",): "numbers in a vector",
    ("cost",): "USD per million tokens",
    ("cost", "image"): "USD per image",
    ("cost", "audio"): "USD per minute",
    ("cost", "cache_storage"): "USD per million tokens and hour",
    ("capabilities", "reasoning", "token_budget"): "tokens",
    ("capabilities", "reasoning", "token_budget_min"): "tokens",
}
"""The unit of a number, by its path or the beginning of its path."""
LEFT_OUT = {
    ("cost", "fees"): "cost_more names it",
    ("cost", "tiers"): "cost_more names it",
    ("cost", "hours"): "cost_more names it",
    ("cost", "modes"): "cost_more names it",
    ("cost", "dated"): "cost_more names it",
    ("extra",): "names and units of the source",
}
"""The path of a field without a column -> how a row tells that the record has it, or why it is left out."""
_NAMES = {
    ("model", ("id",)): "model",
    ("provider", ("id",)): "provider",
    ("model", ("limits", "context")): "context",
    ("model", ("limits", "input")): "input_limit",
    ("model", ("limits", "output")): "output_limit",
}
"""A field whose column has another name than its path: `provider` and `model` are the same in all tables."""
_MORE = [path[1] for path in LEFT_OUT if path[0] == "cost"]
_OWN = {
    ("spec",): "The model spec, provider:id, which is unique.",
    ("cost", "more"): f"The parts of the price list for which there is no column, of: {', '.join(_MORE)}.",
}
"""The path of a column that is no field of a record -> its description."""


def _columns(kind: type[Record], schema: Literal["model", "provider"], path: tuple[str, ...] = ()) -> Iterator[Column]:
    """The columns of a record class, in the order of its fields."""
    kinds = field_kinds(kind)
    flags = {("capabilities", *flag): name for name, flag in CAPABILITIES.items()}
    for field, default in defaults(kind).items():
        where = (*path, field)
        if isinstance(default, Record):
            yield from _columns(type(default), schema, where)
        elif where not in LEFT_OUT:
            name = f"capabilities_{flags[where]}" if where in flags else "_".join(where)
            name = _NAMES.get((schema, where), name)
            held: Kind = "date" if where in _DAYS else _KINDS[kinds[field]]
            units = [_UNITS.get(where[:length]) for length in range(len(where), 0, -1)]
            unit = next(filter(None, units), None) if held in ("integer", "decimal") else None
            # A field that cannot be None has a value; of a flag, the table has only what a source states.
            required = kinds[field] in ("str", "bool", "Billing") and where not in flags
            yield Column(name, held, unit, required, schema, where)
    if path == ("cost",):
        more = path[0], "more"
        yield Column("cost_more", "list", None, False, schema, more, _OWN[more])


def _of_models() -> tuple[Column, ...]:
    """The spec and the key come first, then the fields of a record in their order."""
    fields = {column.name: column for column in _columns(Model, "model")}
    key = [fields.pop("provider"), fields.pop("model")]
    return (Column("spec", "text", None, True, "model", ("spec",), _OWN[("spec",)]), *key, *fields.values())


MODELS = _of_models()
PROVIDERS = tuple(_columns(Provider, "provider"))


def model_rows(models: Iterable[Model]) -> Iterator[Row]:
    """A row for each model."""
    getters = [(column.name, _getter(column)) for column in MODELS]
    for model in models:
        yield {name: get(model) for name, get in getters}


def provider_rows(snapshot: Snapshot, providers: Iterable[str]) -> Iterator[Row]:
    """A row for each provider."""
    getters = [(column.name, _getter(column)) for column in PROVIDERS]
    for provider in providers:
        record = snapshot.get_provider(provider)
        row = {name: get(record) for name, get in getters}
        if snapshot.file.block(provider).provider.get("env") == []:  # a record does not tell "none" from "unknown"
            row["env"] = []
        yield row


def _getter(column: Column) -> Callable[[Any], Value]:
    """The function that takes the value of a column from a record."""
    path = column.path

    def reach(record: Any) -> Any:
        for step in path:
            record = getattr(record, step)
        return record

    if column.name == "cost_more":
        return lambda model: [part for part in _MORE if getattr(model.cost, part)] or None
    if column.kind == "boolean" and path[0] == "capabilities":
        name = column.name.removeprefix("capabilities_")
        return lambda model: model.stated(name)
    if column.kind == "list":
        return lambda record: list(reach(record)) or None
    if column.kind == "decimal":
        return lambda record: None if (price := reach(record)) is None else exact(price)
    return reach
