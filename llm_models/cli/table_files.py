"""Table files: the tables of a catalogue written as files, or to stdout; a row of `TABLES` for each format."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

import click

from llm_models import paths
from llm_models.cli.output import note, print_rows, stage
from llm_models.errors import LLMModelsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llm_models.records import Model
    from llm_models.snapshot import Snapshot
    from llm_models.table_columns import Column, Row
    from llm_models.tables import TableName


class Table(NamedTuple):
    """What a file of tables is. A `binary` one needs `--out`, and one of `several` tables is a single file for them."""

    title: str
    binary: bool = False
    several: bool = False


TABLES = {
    "csv": Table("a table, for spreadsheets and databases"),
    "json": Table("a table as an array of objects"),
    "jsonl": Table("a table as JSON Lines, an object on each line"),
    "parquet": Table("a table for data frames and warehouses; needs pyarrow", binary=True),
    "sqlite": Table("a database with all tables", binary=True, several=True),
    "duckdb": Table("all tables and a macro that prices usage; needs duckdb", binary=True, several=True),
}
"""Name -> the format."""


class _Rows:
    """The rows of tables about models, which are counted while they are made."""

    def __init__(self, snapshot: Snapshot, models: list[Model], gone: list[Model]) -> None:
        self._snapshot, self._models, self._gone = snapshot, models, gone
        self.counted: dict[TableName, int] = {}

    def of(self, name: TableName) -> tuple[Sequence[Column], Iterator[Row]]:
        """The columns and the rows of a table."""
        from llm_models import tables

        models = [*self._models, *self._gone] if name in tables.OF_PRICES else self._models
        return tables.TABLES[name], self._count(name, tables.rows(self._snapshot, name, models))

    def _count(self, name: TableName, rows: Iterator[Row]) -> Iterator[Row]:
        self.counted[name] = 0
        for row in rows:
            self.counted[name] += 1
            yield row


def export_tables(
    target: str,
    snapshot: Snapshot,
    models: list[Model],
    gone: list[Model],
    names: Sequence[TableName],
    spreadsheet: bool,
    out: str | None,
) -> None:
    """Write tables about models, of `names` or those that are usual: to a file, into a folder, or to stdout."""
    from llm_models import tables

    is_single = TABLES[target].several
    into = out is not None and not is_single and _is_folder(out, len(names))
    if is_single and str(out).endswith(os.sep):
        raise click.UsageError(
            f"--out: {out} is a folder, and {target} is one file. Name it, as in {out}prices.{target}"
        )
    if not is_single and not into and len(names) > 1:
        where = "--tables: stdout is for one table" if out is None else f"--out: {out} is a file, for one table"
        raise click.UsageError(f"{where}. Name a folder with --out FOLDER")
    if not models:
        note("no model fits the conditions" if out is None else f"no model fits the conditions; {out} is not written")
        if out is not None:
            raise click.exceptions.Exit(1)
    chosen: Sequence[TableName] = names or ([*tables.TABLES] if is_single or into else ["models"])
    rows = _Rows(snapshot, models, gone)
    try:
        if is_single:
            _write_database(target, rows, chosen, snapshot, str(out))
        elif out is None:
            _print(target, *rows.of(chosen[0]), spreadsheet)
        else:
            for name in chosen:
                stage(f"writing the table {name}")
                path = os.path.join(out, f"{name}.{target}") if into else out
                write(path, _file(target, *rows.of(name), spreadsheet, snapshot), folder=out if into else None)
    except ImportError as error:
        raise click.UsageError(f"{target}: {error}") from None
    if not models:
        raise click.exceptions.Exit(1)
    for name, count in rows.counted.items():
        note(f"{name}: {count:,}")


def _is_folder(out: str, tables: int) -> bool:
    """Whether `--out` names a folder: one that exists or ends as one; for several tables, a new name without a suffix.

    Where no table is named, all are meant.
    """
    is_new = not (os.path.splitext(out)[1] or paths.exists(out, "LLMModelsError"))
    return paths.exists(out, "LLMModelsError", folder=True) or out.endswith(os.sep) or (is_new and tables != 1)


def _print(target: str, columns: Sequence[Column], rows: Iterable[Row], spreadsheet: bool) -> None:
    stage("writing the table")
    print_rows(_texts(target, columns, rows, spreadsheet), is_json=target != "csv")


def _texts(target: str, columns: Sequence[Column], rows: Iterable[Row], spreadsheet: bool) -> Iterator[str]:
    from llm_models import table_formats

    if target == "csv":
        return table_formats.csv_rows(columns, rows, spreadsheet=spreadsheet)
    make = table_formats.json_rows if target == "json" else table_formats.jsonl_rows
    return make(columns, rows)


def _file(
    target: str, columns: Sequence[Column], rows: Iterable[Row], spreadsheet: bool, snapshot: Snapshot
) -> bytes | Iterator[bytes]:
    """The content of a file with one table."""
    from llm_models import table_formats

    if target == "parquet":
        return table_formats.parquet_file(columns, rows, _meta(snapshot))
    return table_formats.encoded(_texts(target, columns, rows, spreadsheet))


def _write_database(target: str, rows: _Rows, names: Sequence[TableName], snapshot: Snapshot, out: str) -> None:
    """Write a file with several tables."""
    from llm_models import database_files

    stage("writing the tables")
    _check_old(target, out)
    of: dict[str, tuple[Sequence[Column], Iterable[Row]]] = {name: rows.of(name) for name in names}
    if target == "sqlite":
        write(out, database_files.sqlite_file(of, _meta(snapshot)))
        return
    from llm_models.usage_sql import usage_query

    needed = {"rates", "aliases"} <= {*names}
    macro = usage_query("duckdb", (), *database_files.PLACES_OF_PRICES) if needed else ""
    write(out, database_files.duckdb_file(of, _meta(snapshot), macro))
    if not needed:
        note("the macro usage_costs is left out: it needs the tables rates and aliases")


def _check_old(target: str, out: str) -> None:
    """Refuse to replace a database that is in use, or has tables that are not of this command."""
    from llm_models import database_files, tables

    for suffix in database_files.UNWRITTEN[target]:
        if paths.exists(out + suffix, "LLMModelsError"):
            raise LLMModelsError(
                f"--out: {out}{suffix}: this file has changes that are not in {out}: another program has that open, or "
                f"was stopped. Close {out} there, or open and close it once; or name another file"
            )
    try:
        if not stat.S_ISREG(os.stat(out).st_mode):
            return  # only a file is replaced
        found = database_files.tables_in(target, out)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise LLMModelsError(f"--out: {out}: its tables cannot be listed ({error}). Name another file") from None
    ours = {*tables.TABLES, "meta"} if "meta" in found else set()
    if foreign := sorted(found - ours):
        raise LLMModelsError(
            f"--out: {out}: has tables that are not of this command, and would lose them (found {', '.join(foreign)}). "
            "Name another file; docs/warehouse.md shows how to keep usage apart from prices"
        )


def _meta(snapshot: Snapshot) -> dict[str, str]:
    """What a file states about its tables. It is equal for equal tables, so it has no time of writing."""
    from llm_models.integrations import version_of

    found = {"date": snapshot.date, "digest": snapshot.digest, "version": version_of("llm-models-catalog")}
    return {name: value for name, value in found.items() if value is not None}


def write(out: str, data: bytes | Iterable[bytes], folder: str | None = None) -> None:
    """Make data the content of the file that `--out` names, or of one in the folder that it names."""
    from llm_models.replacement import make_folder, write_atomically

    try:
        if folder is not None:
            make_folder(folder)
        write_atomically(out, data)
    except OSError as error:
        raise LLMModelsError(f"--out: {error}") from None
