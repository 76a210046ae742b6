"""What commands print: the only module of the command line that writes, and the only one that escapes text.

Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import click

from llm_models.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from llm_models.errors import Problem


def cell(value: object) -> str:
    """A value as text for people, with every character escaped that a terminal could obey.

    A dash means unknown or empty; only a real 0 is "0". A fraction has no exponent and at most 12 digits.

    >>> cell(None), cell(True), cell(128000), cell(0.1 + 0.2), cell(["text", "image"]), cell({"a\\x1b": 1e-7})
    ('-', 'yes', '128,000', '0.3', 'text, image', '{a\\\\x1b: 0.0000001}')
    """
    match value:
        case None | []:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            text = f"{value:.12g}"
            return format(Decimal(text), "f") if "e" in text else text
        case list() | tuple():
            return ", ".join(map(cell, value))
        case dict():
            return "{" + ", ".join(f"{cell(name)}: {cell(item)}" for name, item in value.items()) + "}"
        case _:
            return printable(value)


_MARKS = re.compile(r"#(?=#[A-Za-z.]*\[)")
"""`##[command]`, `##vso[...]`, `##teamcity[...]`: Runners of continuous integration obey these anywhere in a line."""
_COLONS = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
"""GitHub's runner obeys `::command::` at the beginning of a line."""


def _write(lines: Iterable[str], *, err: bool = False, annotations: bool = False, stays: bool = True) -> None:
    """Print lines that are fit for a terminal. Everything that a command prints passes through here.

    A runner obeys none of them, except `annotations`, which are commands to GitHub's.
    """
    texts = list(lines)
    if stays:
        stage("")
    if texts:
        text = _MARKS.sub(r"\\x23", "\n".join(texts))
        click.echo(text if annotations else _COLONS.sub(r"\1\\x3a", text), err=err, nl=stays)


_staged: list[str] = []
"""The line of `stage` that stands on the terminal, if one does."""


def stage(text: str) -> None:
    """Show on a terminal what a long command does now, in place of what it did before; whatever is printed removes it.

    Only a terminal on stderr gets it. An empty text removes the line, and a command that ends must do that.
    """
    if not (text or _staged) or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return
    width = shutil.get_terminal_size((80, 24)).columns - 1
    _write([f"\r\x1b[2K{cell(text)[:width]}"], err=True, stays=False)
    _staged[:] = [text] if text else []


def line(*texts: object) -> None:
    """Print each text as a line of data."""
    _write(map(cell, texts))


def many(count: int, noun: str) -> str:
    """A number of things in words.

    >>> many(1, "provider"), many(8337, "model")
    ('1 provider', '8,337 models')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def note(*texts: object) -> None:
    """Print each text as a line for people, on stderr."""
    _write(map(cell, texts), err=True)


def print_json(value: object) -> None:
    """Print `value` as JSON in ASCII, which is safe on every terminal and in every encoding."""
    text = json.dumps(value, indent=2, ensure_ascii=True)
    _write([_MARKS.sub(r"\\u0023", text)])


_EXPONENT = re.compile(r'^(\s*(?:"(?:[^"\\]|\\.)*": )?-?[0-9]+)(e[-+]?[0-9]+,?)$', re.MULTILINE)


def document_text(value: object) -> str:
    """`value` as JSON in ASCII that is YAML, too: to YAML, a number with an exponent but no point is a text.

    >>> document_text({"price": 5e-06})
    '{\\n  "price": 5.0e-06\\n}'
    """
    return _EXPONENT.sub(r"\1.0\2", json.dumps(value, indent=2, ensure_ascii=True))


def print_text(text: str) -> None:
    """Print a document of `document_text`, or a file of the package."""
    _write([_MARKS.sub(r"\\u0023", text)])


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair a line, without the pairs that have no value."""
    shown = [(cell(name), cell(value)) for name, value in pairs if value not in (None, "", (), [])]
    width = max((len(name) for name, _ in shown), default=0)
    line(*(f"{name:<{width}}  {value}" for name, value in shown))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> None:
    """Print a table, fitted to the width of a terminal, or plain and complete for a program.

    `right` names the columns that are aligned to the right.
    """
    texts = [[cell(value) for value in row] for row in rows]
    _write(_fitted(columns, texts, right) if sys.stdout.isatty() else _aligned(columns, texts, right))


def print_whole(
    columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = (), drop: Sequence[str] = ()
) -> None:
    """Print a table in which nothing is cut. `right` names the columns that are aligned to the right.

    Where it is wider than the terminal, columns of `drop` are left out, in their order, and a note names them.
    """
    texts = [[cell(value) for value in row] for row in rows]
    width = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else None
    left_out: list[str] = []
    table = _aligned(columns, texts, right)
    while width is not None and len(left_out) < len(drop) and max(map(len, table[0].split("\n"))) > width:
        left_out.append(drop[len(left_out)])
        kept = [number for number, name in enumerate(columns) if name not in left_out]
        fewer = [[row[number] for number in kept] for row in texts]
        table = _aligned([columns[number] for number in kept], fewer, right)
    _write(table)
    if left_out:
        note(f"note: the terminal is too narrow for these columns: {', '.join(left_out)} (--json has all)")


def _aligned(columns: Sequence[str], rows: list[list[str]], right: Sequence[str]) -> list[str]:
    """The text of a plain table. A table of all models is printed so in a tenth of the time that rich takes."""

    def width(text: str) -> int:
        if text.isascii():
            return len(text)
        from rich.cells import cell_len

        return cell_len(text)

    table = [[*columns], *rows]
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]

    def padded(name: str, most: int, text: str) -> str:
        if name in right:
            text = text.rstrip()
            return " " * (most - width(text)) + text
        return text + " " * (most - width(text))

    lines = ["  ".join(map(padded, columns, widths, row)).rstrip() for row in table]
    return ["\n".join(lines).strip("\n")]


def _fitted(columns: Sequence[str], rows: list[list[str]], right: Sequence[str]) -> list[str]:
    """The text of a table that is fitted to the width of the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, collapse_padding=True)
    for column in columns:
        how: Literal["left", "right"] = "right" if column in right else "left"
        table.add_column(column, justify=how, no_wrap=column != columns[-1], overflow="ellipsis")
    for row in rows:
        table.add_row(*map(Text, row))
    width = shutil.get_terminal_size((120, 24)).columns
    console = Console(file=sys.stdout, width=width, highlight=False, emoji=False, markup=False)
    with console.capture() as capture:
        console.print(table)
    return ["\n".join(text.rstrip() for text in capture.get().split("\n")).strip("\n")]


def print_annotations(problems: Iterable[Problem]) -> None:
    """Print problems as annotations of GitHub Actions, escaped as these require."""
    _write(map(_annotation, problems), annotations=True)


def _annotation(problem: Problem) -> str:
    def escaped(text: object, *more: str) -> str:
        text = str(text)
        for character in ("%", "\r", "\n", *more):
            text = text.replace(character, f"%{ord(character):02X}")
        return cell(text)

    where = {"file": problem.file, "line": problem.line, "col": problem.column}
    parts = [f"{name}={escaped(value, ':', ',')}" for name, value in where.items() if value is not None]
    text = ": ".join(part for part in (problem.path, problem.message) if part)
    return f"::{problem.severity} {','.join(parts)}::{escaped(f'{text}. {problem.hint}' if problem.hint else text)}"


@contextmanager
def transfer_bar(title: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A progress bar on stderr during a download; None unless stderr is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    name = TextColumn("{task.description}", markup=False)
    columns = (name, BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(cell(title), total=None)
        yield lambda received, expected: bar.update(task, completed=received, total=expected)
