"""Entries: the tables and documents of odd records, in each format, read back."""

from __future__ import annotations

import json
import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from support import forging
from support.table_readers import read

from fuzz import world
from fuzz.changes import as_json
from fuzz.forged import NAME, names_of, put_into, puts_of
from fuzz.harness import Entry, holds
from llm_models import database_files, table_formats, tables
from llm_models.cli.documents import DOCUMENTS, document_text
from llm_models.errors import EmptyCatalogError, SnapshotError
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


def _is_of_record(path: tuple[Any, ...]) -> bool:
    """Whether a path of a snapshot file leads into a record."""
    return (
        path[0] == "blocks"
        and len(path) > 3
        and path[2] in ("models", "provider")
        and path[-1] not in ("id", "provider")
    )


def _change_export(rng: Random, _seeds: Sequence[Any]) -> bytes:
    name = rng.choice(("activated", "activated", "base", "from-source"))
    return as_json(
        {"of": name, "put": puts_of(rng, world.apart(name), _is_of_record, keeps_type=rng.random() < 0.9)}
    ).encode()


_LIBRARY = {"parquet": "pyarrow", "duckdb": "duckdb"}
_ONE_IN = {"sqlite": 6, "parquet": 10, "duckdb": 80}
"""How seldom a format is written: one in so many inputs."""


def exported(data: bytes) -> dict[str, int]:
    """The number of rows of each table, in each format in which it is read back as it was."""
    file = SnapshotFile(forging.put_together(put_into(world.apart, [*world.snapshot_files()], data)), NAME)
    file.verify()
    snapshot = Snapshot(file)
    rows = {name: [*tables.rows(snapshot, name)] for name in tables.TABLES}
    of = {name: (columns, rows[name]) for name, columns in tables.TABLES.items()}
    meta = {"digest": snapshot.digest}
    number = crc32(data)
    with tempfile.TemporaryDirectory() as folder:
        for target in ("csv", "json", "jsonl", "sqlite", "parquet", "duckdb"):
            library = _LIBRARY.get(target)
            if number % _ONE_IN.get(target, 1) or (library is not None and find_spec(library) is None):
                continue
            path = Path(folder, target)
            if target == "sqlite":
                path.write_bytes(b"".join(database_files.sqlite_file(of, meta)))
            if target == "duckdb":
                path.write_bytes(b"".join(database_files.duckdb_file(of, meta, "")))
            for name, (columns, its) in of.items():
                if target == "parquet":
                    path.write_bytes(table_formats.parquet_file(columns, its, meta))
                elif target not in ("sqlite", "duckdb"):
                    make = getattr(table_formats, f"{target}_rows")
                    path.write_bytes(b"".join(table_formats.encoded(make(columns, its))))
                stated = its
                if target == "csv":  # an empty cell is unknown; the schemas refuse empty texts
                    stated = [{column: None if value == "" else value for column, value in row.items()} for row in its]
                holds(read(target, path, name) == stated, f"{target} gives other rows ({name})")
    b"".join(table_formats.encoded(table_formats.csv_rows(*of["models"], spreadsheet=True)))
    for one in DOCUMENTS.values():
        text = document_text(one.document(snapshot, snapshot.list_models(), None).content)
        holds(json.loads(text) is not None and text.isascii(), "a document for another tool is not ASCII")
    return {name: len(its) for name, its in rows.items()}


def check_rows(_data: bytes, counts: dict[str, int]) -> None:
    """Every model has a row, and names."""
    holds(counts["aliases"] >= counts["models"] > 0, "a model has no row")


ENTRIES = {
    "export": Entry(
        seeds=partial(names_of, world.snapshot_files),
        change=_change_export,
        call=exported,
        errors=(SnapshotError, EmptyCatalogError, table_formats.UnfitError),
        laws=(check_rows,),
        planted="llm_models.record_tables.exact",
    ),
}
