"""The options that choose what is printed of each record: `--fields`, `--null` and `--json`; and `--limit`."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from llm_models.cli.options import Number, as_json
from llm_models.cli.output import print_json, print_json_list, print_pairs, print_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Path = tuple[str, ...]
    Record = dict[str, Any]

limit_option = click.option("--limit", type=Number(1), metavar="N", help="Print only the first N.")
_FIELDS = "Print only these fields of each record, such as spec,limits.context,cost; repeatable."


class Shape(NamedTuple):
    """What a command prints of its records: of which command they are, which fields, and how."""

    command: str
    as_json: bool
    fields: tuple[Path, ...]
    null: bool

    @property
    def is_plain(self) -> bool:
        """Whether the command prints in its own way, for people."""
        return not (self.as_json or self.fields)

    def record(self, record: Record) -> Record:
        """A record as JSON: what is not known is left out or, with `--null`, null."""
        if self.null:
            from llm_models.answers import filled, record_schema

            record = filled(record, record_schema(self.command))
        if self.fields:
            from llm_models.answers import picked

            record = picked(record, self.fields)
        return record

    def print(self, records: Iterator[Record] | Sequence[Record] | Record) -> None:
        """Print records as JSON or as a table, and one record as JSON or as pairs."""
        if self.as_json:
            if isinstance(records, dict):
                print_json(self.record(records))
            else:
                print_json_list(map(self.record, records))
            return
        from llm_models.answers import columns, record_schema, value_at

        rows = [records] if isinstance(records, dict) else [*records]
        paths = columns(rows, self.fields, record_schema(self.command))
        cells = [[value_at(row, path) for path in paths] for row in rows]
        titles = [".".join(path) for path in paths]
        if isinstance(records, dict):
            print_pairs(zip(titles, cells[0], strict=True))
        elif rows:
            numbers = [all(_is_number(row[at]) for row in cells) for at in range(len(titles))]
            right = [title for title, found in zip(titles, numbers, strict=True) if found]
            print_table(titles, cells, right=right, drop=titles[:0:-1])


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def record_options(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options that choose what the command of that name prints of its records, which it gets as `shape`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_shape(*args: Any, as_json: bool, fields: tuple[str, ...], null: bool, **rest: Any) -> None:
            if null and not as_json:
                raise click.UsageError("--null is about --json, which is missing")
            command(*args, shape=Shape(name, as_json, _paths(name, fields), null), **rest)

        null = click.option("--null", is_flag=True, help="With --json: write null for what is not known.")
        chosen = click.option("--fields", multiple=True, metavar="NAME,...", help=_FIELDS)
        return chosen(as_json(null(with_shape)))

    return decorate


def _paths(command: str, given: tuple[str, ...]) -> tuple[Path, ...]:
    """The fields that are asked for, after the name of the record: its spec, or the id of a provider."""
    if not given:
        return ()
    from llm_models.answers import field_of, record_schema

    node = record_schema(command)
    name = "spec" if "spec" in node["properties"] else "id"
    try:
        found = [field_of(field, node) for text in given for field in text.split(",") if field.strip()]
    except LookupError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="--fields") from None
    if not found:
        raise click.BadParameter(
            "it names no field (expected names such as spec,limits.context)", param_hint="--fields"
        )
    return tuple(dict.fromkeys([(name,), *found]))
