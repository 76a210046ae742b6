"""The command that writes tables for programs, and documents for other tools: a row of `TARGETS` for each."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from llm_models.cli.conditions import check_words, conditions
from llm_models.cli.options import catalogue, command, file_path, model_spec
from llm_models.cli.output import note, print_rows, print_text, stage
from llm_models.errors import LLMModelsError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from llm_models.integrations.litellm_documents import Document
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot
    from llm_models.tables import Column, Row, TableName

_LONGEST = 32_000_000  # bytes of a document of another tool
_EXAMPLES = 3


class Target(NamedTuple):
    """What a document is, the function that makes it, and whether it can contain one of the tool's own (`--onto`)."""

    title: str
    document: Callable[[Snapshot, Sequence[Model], Any], Document]
    onto: bool = False


class Table(NamedTuple):
    """What a file of tables is. A `binary` one needs `--out`, and one that has `every` table takes no `--table`."""

    title: str
    binary: bool = False
    every: bool = False


def _litellm(snapshot: Snapshot, models: Sequence[Model], onto: Any) -> Document:
    from llm_models.integrations.litellm_documents import price_map

    return price_map(models, onto=onto, snapshot=snapshot)


def _litellm_proxy(snapshot: Snapshot, models: Sequence[Model], _onto: Any) -> Document:
    from llm_models.integrations.litellm_documents import model_list

    return model_list(models, snapshot=snapshot)


TARGETS: dict[str, Target | Table] = {
    "csv": Table("a table, for spreadsheets and databases"),
    "json": Table("a table as an array of objects"),
    "jsonl": Table("a table as JSON Lines, an object on each line"),
    "parquet": Table("a table for data frames and warehouses; needs pyarrow", binary=True),
    "sqlite": Table("a database with both tables", binary=True, every=True),
    "litellm": Target("LiteLLM's price map, which DSPy and Aider read too", _litellm, onto=True),
    "litellm-proxy": Target("a configuration of LiteLLM's proxy, with a model_list", _litellm_proxy),
}
"""Name -> the tables or the document. No client library is imported to make a document."""


class _TargetName(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """The name of a row of `TARGETS`."""

    name = "target"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        if value not in TARGETS:
            hint = did_you_mean(value, TARGETS) or f" State one of: {', '.join(TARGETS)}."
            self.fail(f"unknown target {value!r}.{hint}", param, ctx)
        return value


@command(
    "export", "Write tables for programs, or a document for another tool.", "export csv --scope openai --out openai.csv"
)
@click.argument("target", type=_TargetName(), metavar="TARGET")
@click.argument("specs", type=model_spec, metavar="[SPEC]...", nargs=-1)
@conditions
@click.option("--table", type=click.Choice(["models", "providers"]), help="The table to write. Default: models.")
@click.option("--spreadsheet", is_flag=True, help="For csv: make a file that Excel reads, without formulas.")
@click.option("--onto", type=file_path, metavar="FILE", help="The tool's own document, which the result contains.")
@click.option("--out", type=file_path, metavar="FILE", help="The file to write. Default: stdout.")
@catalogue
def export_command(
    snapshot: Snapshot,
    target: str,
    specs: tuple[str, ...],
    choice: dict[str, Any],
    table: TableName | None,
    spreadsheet: bool,
    onto: str | None,
    out: str | None,
) -> None:
    """Write tables for programs, or a document for another tool: of the models SPEC, or of all that fit the conditions.

    \b
    TARGET is one of:
    {targets}

    A table has a row for each model, or with --table providers for each of their providers, and a column for each field
    of a record. An empty cell or null is unknown. Prices are exact: USD per million tokens, unless the column states
    another unit. docs/tables.md describes the columns and each format. Programs get every text unchanged; with
    --spreadsheet, a text that a spreadsheet would read as a formula has a ' before it.

    A document for another tool is JSON. JSON is also YAML, so LiteLLM's proxy reads it. It names the variables of keys,
    and holds no key. No client library is needed. Notes on stderr state what is left out, and why. With SPEC, a model
    that is left out is exit code 1.

    Nothing goes online. --out replaces a file that exists, as a whole.

    Capabilities: {records.CAPABILITIES}.
    """
    row = TARGETS[target]
    if isinstance(row, Table):
        if onto is not None:
            raise click.UsageError(f"--onto: {target} is a table, not a document of another tool")
        if row.every and table is not None:
            raise click.UsageError(f"--table: {target} always has both tables")
        if row.binary and out is None:
            raise click.UsageError(f"{target} is a binary format. State the file to write with --out FILE")
        if spreadsheet and target != "csv":
            raise click.UsageError(f"--spreadsheet is for csv, not for {target}")
        models = _chosen(snapshot, specs, choice)
        _export_table(target, snapshot, models, table or "models", spreadsheet, out)
        return
    if table is not None or spreadsheet:
        raise click.UsageError(f"--{'spreadsheet' if spreadsheet else 'table'}: {target} is not a table")
    if onto is not None and not row.onto:
        raise click.UsageError(f"--onto: {target} has no document to start from")
    models = _chosen(snapshot, specs, choice)
    stage("writing the document")
    document = row.document(snapshot, models, None if onto is None else _read(onto))
    text = document_text(document.content)
    if out is None:
        print_text(text)
    else:
        _write(out, f"{text}\n".encode())
    _report(document, named=bool(specs))
    if not document.written or (specs and document.left_out):
        raise click.exceptions.Exit(1)


_EXPONENT = re.compile(r'^(\s*(?:"(?:[^"\\]|\\.)*": )?-?[0-9]+)(e[-+]?[0-9]+,?)$', re.MULTILINE)


def document_text(value: object) -> str:
    """`value` as JSON in ASCII that is YAML, too: to YAML, a number with an exponent but no point is a text.

    >>> document_text({"price": 5e-06})
    '{\\n  "price": 5.0e-06\\n}'
    """
    return _EXPONENT.sub(r"\1.0\2", json.dumps(value, indent=2, ensure_ascii=True))


export_command.help = (export_command.help or "").replace(
    "{targets}", "\n".join(f"  {name:<13}  {row.title}" for name, row in TARGETS.items())
)


def _chosen(snapshot: Snapshot, specs: tuple[str, ...], choice: dict[str, Any]) -> list[Model]:
    """The models that are named, or else those that fit."""
    if specs and choice != _NO_CONDITIONS:
        raise click.UsageError("SPEC and conditions exclude each other")
    check_words(snapshot, choice)
    stage("looking up the models")
    return [snapshot.resolve(spec) for spec in specs] or snapshot.list_models(**choice)


def _export_table(
    target: str, snapshot: Snapshot, models: list[Model], table: TableName, spreadsheet: bool, out: str | None
) -> None:
    """Write models, or their providers, as a table."""
    from llm_models import table_formats, tables

    def part(name: TableName) -> tuple[Sequence[Column], Iterable[Row]]:
        return tables.TABLES[name], tables.rows(snapshot, name, models)

    if not models:
        note("no model fits the conditions" if out is None else f"no model fits the conditions; {out} is not written")
    if out is not None and not models:
        raise click.exceptions.Exit(1)
    stage("writing the table")
    texts: Iterable[str] = ()
    data: bytes | Iterable[bytes] | None = None
    match target:
        case "csv":
            texts = table_formats.csv_rows(*part(table), spreadsheet=spreadsheet)
        case "json":
            texts = table_formats.json_rows(*part(table))
        case "jsonl":
            texts = table_formats.jsonl_rows(*part(table))
        case "sqlite":
            data = table_formats.sqlite_file(
                {"providers": part("providers"), "models": part("models")}, _meta(snapshot)
            )
        case _:
            try:
                data = table_formats.parquet_file(*part(table), _meta(snapshot))
            except ImportError as error:
                raise click.UsageError(f"parquet: {error}") from None
    if out is None:
        print_rows(texts, is_json=target != "csv")
    else:
        _write(out, table_formats.encoded(texts) if data is None else data)
    if not models:
        raise click.exceptions.Exit(1)
    counted = {"models": len({model.key for model in models}), "providers": len({model.provider for model in models})}
    for name in ("models", "providers") if target == "sqlite" else (table,):
        note(f"{name}: {counted[name]:,}")


def _meta(snapshot: Snapshot) -> dict[str, str]:
    """What a file states about its tables. It is equal for equal tables, so it has no time of writing."""
    from importlib.metadata import version

    found = {"date": snapshot.date, "digest": snapshot.digest, "version": version("llm-models-catalog")}
    return {name: value for name, value in found.items() if value is not None}


def _write(out: str, data: bytes | Iterable[bytes]) -> None:
    """Make data the content of the file that `--out` names."""
    from llm_models.replacement import write_atomically

    try:
        write_atomically(out, data)
    except OSError as error:
        raise LLMModelsError(f"--out: {error}") from None


_NO_CONDITIONS = {"unknown": "no"}
"""The conditions of a command line without any."""


def _read(file: str) -> dict[str, dict[str, Any]]:
    """A document of another tool: a JSON object of objects."""
    from llm_models.files import FileError, read_limited

    try:
        content = json.loads(read_limited(file, _LONGEST))
    except FileError as error:
        raise LLMModelsError(f"--onto: {error}") from None
    except (ValueError, RecursionError):
        raise click.UsageError(f"--onto: {file}: not JSON") from None
    if not isinstance(content, dict) or not all(isinstance(one, dict) for one in content.values()):
        raise click.UsageError(f"--onto: {file}: expected a JSON object of objects, as LiteLLM's price map")
    return content


def _report(document: Document, *, named: bool) -> None:
    """Note what is not in a document: of models that were named each, else by the reason."""
    note(f"models: {document.written:,}")
    reasons: dict[str, list[str]] = {}
    for spec, why in document.left_out.items():
        reasons.setdefault(why, []).append(spec)
    for why, specs in reasons.items():
        note(f"left out: {_some(specs, named)}: {why}")
    for spec, names in document.dropped.items():
        note(f"dropped: {spec}: {', '.join(names)} (list prices beside your own)")
    for spec, names in document.listed.items():
        note(f"notice: {spec}: {' and '.join(names)} at list price beside your own, because LiteLLM charges 0 without")
    lacking: dict[str, list[str]] = {}
    for spec, names in document.no_field.items():
        for name in names:
            lacking.setdefault(name, []).append(spec)
    for name, specs in lacking.items():
        note(f"no field for {name}: {_some(specs, named)}")


def _some(specs: list[str], named: bool) -> str:
    if named or len(specs) <= _EXAMPLES:
        return ", ".join(specs)
    return f"{len(specs):,} models, such as {', '.join(specs[:_EXAMPLES])}"


COMMANDS = (export_command,)
