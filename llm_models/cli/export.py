"""The command that writes tables for programs, the query that prices usage with them, and documents for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llm_models.cli.conditions import check_words, conditions, stated
from llm_models.cli.documents import DOCUMENTS, document_text, made, report
from llm_models.cli.options import catalogue, command, file_path, model_spec
from llm_models.cli.output import print_text, stage
from llm_models.cli.table_files import TABLES, export_tables, write
from llm_models.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from llm_models.records import Model
    from llm_models.snapshot import Snapshot
    from llm_models.tables import TableName


TARGETS = {
    **{name: row.title for name, row in TABLES.items()},
    "sql": "the query that prices a table of usage with the tables rates and aliases",
    **{name: row.title for name, row in DOCUMENTS.items()},
}
"""Name -> what is written."""


SPREADSHEETS = frozenset({"excel", "libreoffice", "ods", "spreadsheet", "xls", "xlsx"})
"""What people write as the target where they want a table for a spreadsheet."""
_SPREADSHEET = "llm-models export csv --spreadsheet --out models.csv"


class _TargetName(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """The name of a row of `TARGETS`."""

    name = "target"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        if value not in TARGETS:
            hint = did_you_mean(value, TARGETS) or f" State one of: {', '.join(TARGETS)}."
            hint = f" For a spreadsheet: {_SPREADSHEET}." if value.lower() in SPREADSHEETS else hint
            self.fail(f"unknown target {value!r}.{hint}", param, ctx)
        return value


class _Names(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """Names of a list, with commas between them."""

    name = "names"

    def __init__(self, what: str, known: Callable[[], Iterable[str]]) -> None:
        self._what, self._known = what, known

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        """The names that are known."""
        names, known = [name.strip() for name in value.split(",") if name.strip()], [*self._known()]
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or f" State one of: {', '.join(known)}."
                self.fail(f"unknown {self._what} {name!r}.{hint}", param, ctx)
        if not names:
            self.fail(
                f"no {self._what} is named (found {value!r}). State one or more of: {', '.join(known)}", param, ctx
            )
        return names


def _tables() -> Iterable[str]:
    from llm_models import tables

    return tables.TABLES


def _counts() -> Iterable[str]:
    from llm_models import usage_sql

    return usage_sql.COUNTS


@command(
    "export", "Write tables for programs, or a document for another tool.", "export csv --scope openai --out openai.csv"
)
@click.argument("target", type=_TargetName(), metavar="TARGET")
@click.argument("specs", type=model_spec, metavar="[SPEC]...", nargs=-1)
@conditions
@click.option(
    "--tables", "named", type=_Names("table", _tables), multiple=True, metavar="NAME,...",
    help="The tables to write: models, providers, prices, rates, aliases.",
)  # fmt: skip
@click.option("--spreadsheet", is_flag=True, help="For csv: make a file that Excel reads, without formulas.")
@click.option("--dialect", type=click.Choice(["duckdb", "spark"]), help="For sql: the engine that runs the query.")
@click.option(
    "--counts", type=_Names("count", _counts), multiple=True, metavar="NAME,...",
    help="For sql: the counts that the table of usage has. Default: for duckdb all that it has; for spark all "
    "classes of tokens, and web_search.",
)  # fmt: skip
@click.option("--onto", type=file_path, metavar="FILE", help="The tool's own document, which the result contains.")
@click.option("--out", type=file_path, metavar="PATH", help="The file or the folder to write. Default: stdout.")
@catalogue
def export_command(
    snapshot: Snapshot,
    target: str,
    specs: tuple[str, ...],
    choice: dict[str, Any],
    named: tuple[list[TableName], ...],
    spreadsheet: bool,
    dialect: str | None,
    counts: tuple[list[str], ...],
    onto: str | None,
    out: str | None,
) -> None:
    """Write tables for programs, or a document for another tool: of the models SPEC, or of all that fit the conditions.

    \b
    TARGET is one of:
    {targets}

    The tables are models, providers, prices (as stated), rates (as cost bills them) and aliases (all names of models).
    An empty cell or null is unknown. Prices are exact: USD per million tokens, unless the column states another unit.
    docs/tables.md describes the columns and each format. Programs get every text unchanged; with --spreadsheet, a text
    that a spreadsheet would read as a formula has a ' before it.

    --out names a file for one table, by default models; sqlite and duckdb write all tables to one file. A name without
    a suffix, such as prices or prices/, is a folder, into which each table is written as a file of its name.

    sql writes a query that prices billions of rows of usage in your own engine, with the tables rates and aliases.
    docs/warehouse.md shows how.

    A document for another tool is JSON. JSON is also YAML, so LiteLLM's proxy reads it. It names the variables of keys,
    and holds no key. No client library is needed. Notes on stderr state what is left out, and why. With SPEC, a model
    that is left out is exit code 1.

    Nothing goes online. --out replaces a file that exists, as a whole.

    Capabilities: {records.CAPABILITIES}.
    """
    _check(target, named, spreadsheet, dialect, counts, onto, specs, choice)
    if target == "sql":
        _export_query(str(dialect), [name for each in counts for name in each], out)
        return
    form = TABLES.get(target)
    if form is not None:
        if form.binary and out is None:
            raise click.UsageError(f"{target} is a binary format. State the file to write with --out FILE")
        models = _chosen(snapshot, specs, choice)
        names: list[TableName] = [*dict.fromkeys([name for each in named for name in each])]
        export_tables(target, snapshot, models, _gone(snapshot, specs, choice), names, spreadsheet, out)
        return
    models = _chosen(snapshot, specs, choice)
    document = made(target, snapshot, models, onto)
    text = document_text(document.content)
    if out is None:
        print_text(text)
    else:
        write(out, f"{text}\n".encode())
    report(document, named=bool(specs))
    if not document.written or (specs and document.left_out):
        raise click.exceptions.Exit(1)


export_command.help = (export_command.help or "").replace(
    "{targets}", "\n".join(f"  {name:<13}  {title}" for name, title in TARGETS.items())
)


def _check(
    target: str,
    named: Sequence[object],
    spreadsheet: bool,
    dialect: str | None,
    counts: Sequence[object],
    onto: str | None,
    specs: Sequence[str],
    choice: dict[str, Any],
) -> None:
    """Refuse options that are about another target."""
    is_table, is_sql = target in TABLES, target == "sql"
    for option, is_given in (("--tables", bool(named)), ("--spreadsheet", spreadsheet)):
        if is_given and not is_table:
            raise click.UsageError(f"{option}: {target} is not a table")
    if spreadsheet and target != "csv":
        raise click.UsageError(f"--spreadsheet is for csv, not for {target}")
    for option, is_given in (("--dialect", dialect is not None), ("--counts", bool(counts))):
        if is_given and not is_sql:
            raise click.UsageError(f"{option} is for sql, not for {target}")
    if is_sql and (specs or choice != _NO_CONDITIONS):
        raise click.UsageError("the query of sql names no models. Choose those of the tables rates and aliases")
    if is_sql and dialect is None:
        raise click.UsageError("sql: state the engine with --dialect duckdb or --dialect spark")
    if onto is not None and (is_table or is_sql):
        raise click.UsageError(
            f"--onto: {target} is a {'table' if is_table else 'query'}, not a document of another tool"
        )
    if onto is not None and not DOCUMENTS[target].onto:
        raise click.UsageError(f"--onto: {target} has no document to start from")


def _export_query(dialect: str, counts: list[str], out: str | None) -> None:
    """Write the query that prices usage."""
    from llm_models.usage_sql import usage_query

    text = usage_query(dialect, counts)
    if out is None:
        print_text(text.rstrip("\n"))
    else:
        write(out, text.encode())


_NO_CONDITIONS = {"unknown": "no"}
"""The conditions of a command line without any."""


def _chosen(snapshot: Snapshot, specs: tuple[str, ...], choice: dict[str, Any]) -> list[Model]:
    """The models that are named, or else those that fit."""
    if specs and choice != _NO_CONDITIONS:
        raise click.UsageError(
            f"SPEC and conditions exclude each other. Name no SPEC, or leave out {' and '.join(stated())}"
        )
    check_words(snapshot, choice)
    stage("looking up the models")
    return [snapshot.resolve(spec) for spec in specs] or snapshot.list_models(**choice)


def _gone(snapshot: Snapshot, specs: tuple[str, ...], choice: dict[str, Any]) -> list[Model]:
    """The models that are gone, which have prices of their time: where none is named, and only providers are chosen."""
    if specs or not {*choice} <= {"unknown", "scope"}:
        return []
    from llm_models.rates import gone_models

    scope = choice.get("scope")
    return [*gone_models(snapshot.view, scope and [snapshot.parse_provider(name) for name in scope])]


COMMANDS = (export_command,)
