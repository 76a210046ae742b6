"""Database files: several tables in one file of SQLite or DuckDB, with the table `meta` of names and values.

Only DuckDB needs a library, which is imported when it is asked for.
"""

from __future__ import annotations

import errno
import os
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from llm_models.integrations import client_library
from llm_models.scratch import scratch_folder
from llm_models.table_formats import PLACES, as_json, bounded, encoded, jsonl_rows, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from llm_models.table_columns import Column, Row, Value

    Tables = Mapping[str, tuple[Sequence[Column], Iterable[Row]]]

_SQL = {
    "text": "TEXT",
    "integer": "INTEGER",
    "decimal": f"DECIMAL(18,{PLACES})",
    "boolean": "BOOLEAN",
    "date": "TEXT",
    "moment": "TEXT",
    "list": "TEXT",
}
"""What a column holds -> its type in SQLite.

SQLite has no decimals. A column of this type holds a price as an integer or as a float of 8 bytes, of which the first
15 digits are exact: more than a price has. So it compares and sorts rightly, but its sums are those of floats. The
tables `_BILLED`, with which costs are computed, have a text in its place, and beside it an integer column, `nano_...`.
"""
_BILLED = ("prices", "rates")
_NANO = Decimal(10) ** PLACES
_RATE_KEY = ("provider", "model", "mode", "valid_from", "days", "minute_from", "input_over")
_OF_PROVIDER = "FOREIGN KEY (provider) REFERENCES providers"
_KEYS = {
    "models": ("PRIMARY KEY (spec)", "UNIQUE (provider, model)", _OF_PROVIDER),
    "providers": ("PRIMARY KEY (provider)",),
    "prices": (),
    "rates": (f"PRIMARY KEY ({', '.join(_RATE_KEY)})",),
    "aliases": ("PRIMARY KEY (provider, name)",),
}


def sqlite_file(tables: Tables, meta: Mapping[str, str]) -> Iterator[bytes]:
    """The parts of an SQLite file with these tables, by name, and the table `meta`.

    Raises `OSError` when the temporary file, in the system's folder for these, cannot be written, and the errors of
    `bounded`.
    """
    import sqlite3
    from contextlib import closing

    with scratch_folder() as folder:
        path = os.path.join(folder, "tables.sqlite")
        try:
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)")
                connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
                for name, (columns, rows) in tables.items():
                    stored = [one for column in columns for one in _stored(column, name in _BILLED)]
                    keys = [key for key in _KEYS[name] if key != _OF_PROVIDER or "providers" in tables]
                    parts = [definition for definition, _, _ in stored] + keys
                    connection.execute(f"CREATE TABLE {name} ({', '.join(parts)})")
                    marks = ", ".join("?" * len(stored))
                    fitting = bounded(rows, columns, "sqlite")
                    values = ([value(row[of]) for _, of, value in stored] for row in fitting)
                    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values)
        except sqlite3.Error as error:
            raise OSError(errno.EIO, f"SQLite: {error}") from None
        yield from _parts(path)


def _stored(column: Column, is_billed: bool) -> Iterator[tuple[str, str, Callable[[Value], str | int | float | None]]]:
    """The columns of SQLite for a column: the definition, the name of the value, and how it is stored."""
    needed = " NOT NULL" if column.required else ""
    if is_billed and column.kind == "decimal":
        yield f"{column.name} TEXT{needed}", column.name, lambda price: None if price is None else str(plain(price))
        yield f"nano_{column.name} INTEGER{needed}", column.name, _nano
    else:
        yield f'"{column.name}" {_SQL[column.kind]}{needed}', column.name, _sql_value


def _nano(price: Any) -> int | None:
    return None if price is None else int(price * _NANO)


def _sql_value(value: Value) -> str | int | float | None:
    match value:
        case Decimal():
            return float(value)
        case list():
            return as_json(value)
        case datetime():
            return str(value)
        case _:
            return value


_DUCK = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": f"DECIMAL(18, {PLACES})",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "moment": "TIMESTAMP",
    "list": "VARCHAR[]",
}
"""What a column holds -> its type in DuckDB."""
_OLDEST = "v1.3.0"
"""The version of DuckDB that reads the file, and all later ones: the oldest that the extra installs."""
UNWRITTEN = {"duckdb": (".wal",), "sqlite": ("-wal", "-journal")}
"""The files beside a database that hold changes of it: those of an old file would be applied to the new one."""
PLACES_OF_PRICES = tuple(
    f"case when current_database() = 'prices' then 'prices.main.{name}' else 'prices.{name}' end"
    for name in ("rates", "aliases")
)
"""What the macro of a file reads. It is called from another database to which the file is attached as `prices`, or from
the file itself, which has the schema `prices`; where it is named so, too, the short name would mean both. (Not `if`: in
the file of a later version, it is a function that earlier ones lack.)"""
_OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def duckdb_file(tables: Tables, meta: Mapping[str, str], macros: str) -> Iterator[bytes]:
    """The parts of a DuckDB file with these tables, by name, the table `meta`, and macros, which are SQL.

    Raises `ImportError`, which names the extra that installs DuckDB, where it is missing, and `OSError` when the
    temporary file, in the system's folder for these, cannot be written.
    """
    duckdb: Any = client_library("duckdb", "duckdb")
    with scratch_folder() as folder:
        path = os.path.join(folder, "tables.duckdb")
        try:
            with duckdb.connect(config=_OFFLINE) as connection:
                place = path.replace("'", "''")
                connection.execute(f"ATTACH '{place}' AS made (STORAGE_VERSION '{_OLDEST}')")
                connection.execute("USE made")
                connection.execute("CREATE TABLE meta (name VARCHAR NOT NULL, value VARCHAR NOT NULL)")
                connection.executemany("INSERT INTO meta VALUES (?, ?)", [*meta.items()])
                for name, (columns, rows) in tables.items():
                    source = f"{path}.{name}"
                    with open(source, "wb") as file:
                        file.writelines(encoded(jsonl_rows(columns, bounded(rows, columns, "duckdb"))))
                    _load(connection, name, columns, source)
                if macros:
                    connection.execute("CREATE SCHEMA prices")
                    for name in ("rates", "aliases"):
                        connection.execute(f"CREATE VIEW prices.{name} AS FROM main.{name}")
                    connection.execute(macros)
        except duckdb.Error as error:
            raise OSError(errno.EIO, f"DuckDB: {error}") from None
        yield from _parts(path)


def tables_in(target: str, path: str) -> set[str]:
    """The names of the tables and views in a file of SQLite or DuckDB; none where it is no such file.

    Raises `OSError` where the file cannot be read, such as one of DuckDB that another program has open.
    """
    with open(path, "rb") as file:
        begin = file.read(16)
    if target == "sqlite":
        return _in_sqlite(path) if begin == b"SQLite format 3\0" else set()
    return _in_duckdb(path) if begin[8:12] == b"DUCK" else set()


def _in_sqlite(path: str) -> set[str]:
    import sqlite3
    from contextlib import closing
    from pathlib import Path

    try:
        with closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall()
    except sqlite3.Error as error:
        raise OSError(errno.EIO, f"SQLite: {error}") from None
    return {str(name) for (name,) in found if not str(name).startswith("sqlite_")}


def _in_duckdb(path: str) -> set[str]:
    duckdb: Any = client_library("duckdb", "duckdb")
    try:
        with duckdb.connect(path, read_only=True, config=_OFFLINE) as connection:
            found = connection.execute(
                "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views() WHERE NOT internal"
            ).fetchall()
    except duckdb.Error as error:
        raise OSError(errno.EIO, f"DuckDB: {error}") from None
    return {str(name) for (name,) in found}


def _load(connection: Any, name: str, columns: Sequence[Column], source: str) -> None:
    """Make a table of a file of JSON Lines. Its texts become exact decimals and moments there."""
    parts = [f'"{one.name}" {_DUCK[one.kind]}{" NOT NULL" if one.required else ""}' for one in columns]
    connection.execute(f"CREATE TABLE {name} ({', '.join(parts)})")
    types = {one.name: _DUCK[one.kind] for one in columns}
    connection.execute(
        f"INSERT INTO {name} SELECT * FROM read_json($source, format = 'newline_delimited', columns = {types})",
        {"source": source},
    )


def _parts(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            yield part
