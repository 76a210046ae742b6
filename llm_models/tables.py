"""Tables: models and providers as rows of flat columns, for programs that load tables; standard library only.

The columns follow from the record classes: `limits_context` is `limits.context` of a record. The price lists inside a
price list, and `extra`, have no column; `LEFT_OUT` names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from llm_models.frozen import Record, defaults, field_kinds
from llm_models.records import CAPABILITIES, Model, Provider
from llm_models.tariff import exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from decimal import Decimal

    from llm_models.snapshot import Snapshot

    Value = str | int | Decimal | bool | list[str] | None
    Row = dict[str, Value]
    """The value of each column, by name; None is unknown."""

Kind = Literal["text", "integer", "decimal", "boolean", "date", "list"]
"""What a column holds: `decimal` is an exact number, `date` a day as `YYYY-MM-DD`, `list` a list of texts."""
TableName = Literal["models", "providers"]


class Column(NamedTuple):
    """A column: its name, what it holds, in which unit, and the path of its value in a record (of `schema`).

    A column that is `required` has a value in every row.
    """

    name: str
    kind: Kind
    unit: str | None
    schema: Literal["model", "provider"]
    path: tuple[str, ...]
    required: bool = False

    @property
    def description(self) -> str:
        """What the value means, in the words of `schemas/`, or of `_OWN` for a column that is no field."""
        return _OWN.get(self.path) or _described(self.schema, self.path)


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
            held: Kind = "date" if where in _DAYS else _KINDS[kinds[field]]
            units = [_UNITS.get(where[:length]) for length in range(len(where), 0, -1)]
            unit = next(filter(None, units), None) if held in ("integer", "decimal") else None
            # A field that cannot be None has a value; of a flag, the table has only what a source states.
            required = kinds[field] in ("str", "bool", "Billing") and where not in flags
            yield Column(name, held, unit, schema, where, required)
    if path == ("cost",):
        yield Column("cost_more", "list", None, schema, ("cost", "more"))


def _of_models() -> tuple[Column, ...]:
    """The spec and the key come first, then the fields of a record in their order."""
    fields = {column.name: column for column in _columns(Model, "model")}
    key = [fields.pop("provider"), fields.pop("id")]
    return (Column("spec", "text", None, "model", ("spec",), required=True), *key, *fields.values())


TABLES: Mapping[TableName, tuple[Column, ...]] = {
    "models": _of_models(),
    "providers": tuple(_columns(Provider, "provider")),
}
"""Table -> its columns. A row of `models` is one model at one provider; its `provider` is the `id` of a provider."""


def rows(snapshot: Snapshot, table: TableName = "models", models: Iterable[Model] | None = None) -> Iterator[Row]:
    """The rows of a table: a dict each, with a value for every column of `TABLES[table]`.

    They are about `models`, or about all that the snapshot shows; of `providers`, about those of these models. A model
    that is given twice has one row. None is unknown: never 0, never "no". A capability is None where no source states
    it, whatever its default. Prices are decimals of at most 9 places, as `cost()` reads them.

    >>> from llm_models import tables
    >>> snapshot = llm_models.snapshot()
    >>> row = next(tables.rows(snapshot, models=[snapshot.resolve("openai:gpt-5.4-mini")]))
    >>> row["spec"], row["limits_context"], row["cost_input"], row["cost_input_image"], row["capabilities_embeddings"]
    ('openai:gpt-5.4-mini', 400000, Decimal('0.75'), None, None)
    """
    chosen = {model.key: model for model in (snapshot.list_models() if models is None else models)}
    getters = [(column.name, _getter(column)) for column in TABLES[table]]
    if table == "models":
        for model in chosen.values():
            yield {name: get(model) for name, get in getters}
        return
    for provider in dict.fromkeys(provider for provider, _ in chosen):
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


def _described(schema_name: str, path: tuple[str, ...]) -> str:
    """The description of a field in a schema; empty where the schema lacks it."""
    from llm_models.schema import inlined

    node = inlined(schema_name)
    for step in path:
        node = node.get("properties", {}).get(step, {})
    return str(node.get("description", "")).replace("unknown is left out", "unknown is null")
