"""What commands print: tables for a terminal, JSON for programs, and nothing on stdout but data."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from llm_models.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from llm_models.differences import Diff
    from llm_models.errors import Problem
    from llm_models.records import Model

__all__ = [
    "amount",
    "github_line",
    "model_row",
    "note",
    "price",
    "print_diff",
    "print_json",
    "print_pairs",
    "print_table",
    "transfer_bar",
]


def print_json(value: Any) -> None:
    """`value` as JSON in ASCII, so that no control character and no code page can get in the way."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))


def note(text: str) -> None:
    """A line for people, on stderr."""
    click.echo(printable(text), err=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> None:
    """A table: fitted to a terminal, whole and unstyled when read by a program. `right` names right-aligned columns."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    table = Table(box=box.SIMPLE_HEAD if terminal else None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=not terminal or column != columns[-1],
            overflow="ellipsis",
        )
    for row in rows:
        table.add_row(*[Text(printable(cell)) for cell in row])
    width = shutil.get_terminal_size((120, 24)).columns if terminal else 100_000
    console = Console(file=sys.stdout, width=width, highlight=False, emoji=False, markup=False)
    with console.capture() as capture:
        console.print(table)
    lines = [line.rstrip() for line in capture.get().split("\n")]
    click.echo("\n".join(lines).strip("\n") if not terminal else "\n".join(lines).rstrip("\n"))


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Names and values, one pair a line; what is unknown (None or empty) is left out."""
    shown = [(name, printable(value)) for name, value in pairs if value not in (None, "", (), [])]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{width}}  {value}")


def github_line(problem: Problem) -> str:
    """A problem as an annotation of GitHub Actions, escaped as its commands want it."""

    def escaped(text: str) -> str:
        return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))

    def prop(text: object) -> str:
        return escaped(str(text)).replace(":", "%3A").replace(",", "%2C")

    where = {"file": problem.file, "line": problem.line, "col": problem.column}
    told = ",".join(f"{name}={prop(value)}" for name, value in where.items() if value is not None)
    text = ": ".join(part for part in (problem.path, problem.message) if part)
    return f"::{problem.severity} {told}::{escaped(f'{text}. {problem.hint}' if problem.hint else text)}"


def amount(number: int | None) -> str:
    """A count for people, `128,000`; unknown is a dash."""
    return "-" if number is None else f"{number:,}"


def price(dollars: float | None) -> str:
    """A price for people, in USD; unknown is a dash, and only an explicit 0 is 0."""
    return "-" if dollars is None else f"{dollars:.10f}".rstrip("0").rstrip(".") if dollars else "0"


def model_row(model: Model) -> list[object]:
    """A model as a row of `list`."""
    flags = model.capabilities
    does = [
        name
        for name, has in (
            ("embeddings", flags.embeddings),
            ("tools", flags.tools.enabled),
            ("json", flags.json.native),
            ("reasoning", flags.reasoning.enabled),
            ("files", flags.attachments),
        )
        if has
    ]
    state = ["deprecated"] if model.deprecated else [model.status] if model.status else []
    return [
        model.spec,
        amount(model.limits.context),
        amount(model.limits.output),
        price(model.cost.input),
        price(model.cost.output),
        " ".join([*does, *[f"({word})" for word in state]]),
    ]


def print_diff(found: Diff) -> None:
    """A diff for people: what is new, what is gone, and the changed fields grouped by kind."""
    for title, names in (
        ("providers added", found.providers_added),
        ("providers removed", found.providers_removed),
        ("models added", found.models_added),
        ("models removed", found.models_removed),
    ):
        if names:
            click.echo(f"{title}: {len(names):,}")
            click.echo("".join(f"  {printable(name)}\n" for name in names), nl=False)
    from llm_models.differences import KINDS

    for kind in KINDS:
        changes = [change for change in found.changes if change.kind == kind]
        if changes:
            click.echo(f"{kind} changed: {len(changes):,}")
            rows = [
                (f"  {one.spec}", one.field, _side(one.old), _side(one.new), _percent(one.percent)) for one in changes
            ]
            print_table(("  model", "field", "old", "new", "change"), rows, right=("old", "new", "change"))
    if not found:
        note("no difference")


def _side(value: object) -> str:
    text = "-" if value is None else json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= 60 else f"{text[:57]}..."


def _percent(percent: float | None) -> str:
    return "" if percent is None else f"{percent:+.1f} %"


@contextmanager
def transfer_bar(title: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A progress bar on stderr while something is fetched; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn(title), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda received, expected: bar.update(task, completed=received, total=expected)
