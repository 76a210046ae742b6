"""Readers of tables: the usual reader of each format gives the rows of a file as `tables.rows` has them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from llm_models.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from llm_models.tables import Column, Row, TableName


def read_csv(text: str, columns: Iterable[Column]) -> list[Row]:
    read: dict[str, Callable[[str], Any]] = {
        "text": str,
        "date": str,
        "moment": datetime.fromisoformat,
        "integer": int,
        "decimal": Decimal,
        "boolean": {"true": True, "false": False}.__getitem__,
        "list": json.loads,
    }
    kinds = {column.name: column.kind for column in columns}
    found = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: read[kinds[name]](cell) if cell else None for name, cell in row.items()} for row in found]


def read_json(rows: Iterable[Any], columns: Iterable[Column]) -> list[Row]:
    read = {"decimal": Decimal, "moment": datetime.fromisoformat}
    texts = {column.name: read[column.kind] for column in columns if column.kind in read}
    return [
        {name: texts[name](value) if name in texts and value is not None else value for name, value in row.items()}
        for row in rows
    ]


def read_sqlite(path: Path, table: str, columns: Iterable[Column]) -> list[Row]:
    read: dict[str, Callable[[Any], Any]] = {
        "boolean": bool,
        "list": json.loads,
        "decimal": lambda price: Decimal(price if isinstance(price, str) else repr(price)),
        "moment": datetime.fromisoformat,
    }
    kinds = {column.name: column.kind for column in columns}
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        assert connection.execute("PRAGMA integrity_check").fetchall()[0][0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        found = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
    return [
        {
            name: None if row[name] is None else read.get(kinds[name], lambda value: value)(row[name])
            for name in row.keys()  # noqa: SIM118  # iterating over a row of sqlite3 gives its values
            if not name.startswith("nano_") or Decimal(row[name] or 0) != Decimal(row[name[5:]] or 0) * 10**9
        }
        for row in found
    ]


def read_parquet(path: Path) -> list[Row]:
    from pyarrow import parquet

    rows = parquet.read_table(path).to_pylist()
    dates = {column.name for column in TABLES["models"] if column.kind == "date"}
    return [
        {name: value.isoformat() if name in dates and value is not None else value for name, value in row.items()}
        for row in rows
    ]


def read_duckdb(path: Path, table: str) -> list[Row]:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(f"SELECT * FROM {table}")
        names = [one[0] for one in found.description]
        return [
            {name: value.isoformat() if type(value) is date else value for name, value in zip(names, row, strict=True)}
            for row in found.fetchall()
        ]


def read(target: str, path: Path, table: TableName) -> list[Row]:
    """The rows of a file, read by the usual reader of its format."""
    columns = TABLES[table]
    if target == "sqlite":
        return read_sqlite(path, table, columns)
    if target == "parquet":
        return read_parquet(path)
    if target == "duckdb":
        return read_duckdb(path, table)
    text = path.read_bytes().decode()
    if target == "csv":
        return read_csv(text, columns)
    return read_json(json.loads(text) if target == "json" else map(json.loads, text.splitlines()), columns)
