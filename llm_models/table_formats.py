"""Table formats: the rows of a table as CSV, JSON, JSON Lines and Parquet.

Every format can be read back as the rows that were written. Only Parquet needs a library, pyarrow, which is imported
when it is asked for.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from llm_models.bills import written
from llm_models.days import is_day
from llm_models.errors import LLMModelsError, printable, quoted
from llm_models.integrations import client_library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from llm_models.table_columns import Column, Row, Value

PLACES = 9
"""The decimal places of a price."""
_MOST = 10 ** (18 - PLACES)
"""A price that is as large does not fit into the 18 digits of a typed column."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A cell that begins so is a formula to a spreadsheet, or can become one. The last four are wide forms of the first."""
_SPECIAL = re.compile(r'[",\r\n]|^\s|\s$')
"""What a reader of CSV takes for its own, unless the cell is in quotes; some drop spaces at an end."""
_PART = 1 << 16  # characters of a text that is written in parts


def csv_rows(columns: Sequence[Column], rows: Iterable[Row], *, spreadsheet: bool = False) -> Iterator[str]:
    r"""The lines of a CSV file (RFC 4180, with `\n` at the end of a row), the names of the columns first.

    An unknown value is an empty cell, a list is JSON, a boolean `true` or `false`, a decimal is plain. No cell is
    altered, as programs expect. With `spreadsheet` the file is for Excel and its like: it begins with a byte order
    mark, so that they read it as UTF-8, and a text that would be a formula has a `'` before it, which makes it text.

    >>> from llm_models.tables import TABLES
    >>> empty = {column.name: None for column in TABLES["providers"]}
    >>> row = empty | {"provider": "a", "name": "=1", "aliases": ["b", "c"]}
    >>> [*csv_rows(TABLES["providers"], [row])][1]
    'a,=1,"[""b"", ""c""]",,,,,\n'
    >>> [*csv_rows(TABLES["providers"], [row], spreadsheet=True)][1].split(",")[1]
    "'=1"
    """
    mark = "\ufeff" if spreadsheet else ""
    yield mark + ",".join(column.name for column in columns) + "\n"
    for row in rows:
        cells = [_cell_text(row[column.name]) for column in columns]
        if spreadsheet:
            cells = [f"'{cell}" if cell.startswith(FORMULAS) else cell for cell in cells]
        yield ",".join([_quoted(cell) for cell in cells]) + "\n"


def _cell_text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return as_json(value)
        case _:
            return str(plain(value))


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def as_json(value: list[str]) -> str:
    """A list as JSON. Only in CSV and SQLite, which have no lists."""
    return json.dumps(value, ensure_ascii=False)


def plain(value: Value) -> Value:
    """A value as JSON has it: a decimal is a text, because readers of JSON make a rounded number of a number.

    A moment is a text, as SQL has it: `2026-07-30 00:00:00`.
    """
    match value:
        case Decimal():
            return written(value)
        case datetime():
            return str(value)
        case _:
            return value


def jsonl_rows(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a JSON Lines file: an object for each row, with every column; unknown is null.

    The text is ASCII. Prices are texts, because most readers round the numbers of JSON.
    """
    for row in rows:
        yield json.dumps({column.name: plain(row[column.name]) for column in columns}) + "\n"


def json_rows(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a JSON file: an array with the objects of `jsonl_rows`, each on a line of its own."""
    before = "[\n"
    for line in jsonl_rows(columns, rows):
        yield before + line[:-1]
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def encoded(texts: Iterable[str]) -> Iterator[bytes]:
    """Texts as parts of a file in UTF-8, some thousand rows in each."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size > _PART:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


class UnfitError(LLMModelsError):
    """A value does not fit into the column `column` of a format whose columns have types."""

    column: str


def bounded(rows: Iterable[Row], columns: Sequence[Column], target: str) -> Iterator[Row]:
    """The rows, in which no number is too large for a column of a typed format, and each day exists if it has days.

    Raises `UnfitError`, which names the record.
    """
    limited = [one for one in columns if one.kind == "decimal" or (one.kind == "date" and target != "sqlite")]
    for row in rows:
        for column in limited:
            value = row[column.name]
            if column.kind == "decimal" and isinstance(value, Decimal) and not abs(value) < _MOST:
                raise _unfit(row, column, target, f"{value:g}", f"less than {_MOST:,}")
            if column.kind == "date" and isinstance(value, str) and not is_day(value):
                raise _unfit(row, column, target, quoted(value), "a day, YYYY-MM-DD")
        yield row


def _unfit(row: Row, column: Column, target: str, found: str, expected: str) -> UnfitError:
    where = ":".join(str(row[name]) for name in ("provider", "model") if row.get(name) is not None)
    text = f"{where}: {column.name}: {target} does not hold this value (found {found}, expected {expected})"
    return UnfitError(printable(text), column=column.name)


def parquet_file(columns: Sequence[Column], rows: Iterable[Row], meta: Mapping[str, str]) -> bytes:
    """A Parquet file. Columns have the unit and the description of their values; the file has `meta`.

    Raises `ImportError`, which names the extra that installs pyarrow, where it is missing, and the errors of `bounded`.
    """
    arrow: Any = client_library("pyarrow", "parquet")
    parquet: Any = client_library("pyarrow.parquet", "parquet")
    types = {
        "text": arrow.string(),
        "integer": arrow.int64(),
        "decimal": arrow.decimal128(18, PLACES),
        "boolean": arrow.bool_(),
        "date": arrow.date32(),
        "moment": arrow.timestamp("us"),
        "list": arrow.list_(arrow.string()),
    }
    fields = [
        arrow.field(
            column.name,
            types[column.kind],
            nullable=not column.required,
            metadata={"description": column.description, **({"unit": column.unit} if column.unit else {})},
        )
        for column in columns
    ]
    every = [*bounded(rows, columns, "parquet")]
    values = [arrow.array([_arrow_value(column, row) for row in every], types[column.kind]) for column in columns]
    schema = arrow.schema(fields, metadata={f"llm_models.{name}": value for name, value in meta.items()})
    sink = arrow.BufferOutputStream()
    parquet.write_table(arrow.Table.from_arrays(values, schema=schema), sink)
    whole: bytes = sink.getvalue().to_pybytes()
    return whole


def _arrow_value(column: Column, row: Row) -> Any:
    value = row[column.name]
    return date.fromisoformat(value) if column.kind == "date" and isinstance(value, str) else value
