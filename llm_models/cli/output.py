"""What commands print: tables for a terminal, JSON for programs, and nothing on stdout but data."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from llm_models.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from llm_models.records import Model

__all__ = ["amount", "note", "price", "print_json", "print_pairs", "print_table"]


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
