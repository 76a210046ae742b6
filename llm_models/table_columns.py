"""Table columns: what a column of a table is, and what its cells hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    Value = str | int | Decimal | bool | list[str] | datetime | None
    Row = dict[str, Value]
    """The value of each column, by name; None is unknown."""

Kind = Literal["text", "integer", "decimal", "boolean", "date", "moment", "list"]
"""What a column holds: `decimal` is an exact number of at most 9 places, `date` a day as `YYYY-MM-DD`, `moment` a time
in UTC without a zone, `list` a list of texts."""


class Column(NamedTuple):
    """A column: its name, what it holds, in which unit, and where that is described.

    A column that is `required` has a value in every row. `path` is the place of its value in a record of `schema`;
    `text` describes a column that is no field of a record.
    """

    name: str
    kind: Kind
    unit: str | None = None
    required: bool = False
    schema: str = ""
    path: tuple[str, ...] = ()
    text: str = ""

    @property
    def description(self) -> str:
        """What the value means; of a field in the words of `schemas/`."""
        return self.text or _described(self.schema, self.path)


def _described(schema_name: str, path: tuple[str, ...]) -> str:
    """The description of a field in a schema; empty where the schema lacks it."""
    from llm_models.schema import inlined

    node = inlined(schema_name)
    for step in path:
        node = node.get("properties", {}).get(step, {})
    return str(node.get("description", "")).replace("unknown is left out", "unknown is null")
