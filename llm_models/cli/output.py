"""What commands print: the only module of the command line that writes, and the only one that escapes text.

Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from llm_models.cli import pager
from llm_models.cli.layout import pairs, table, width, wrapped
from llm_models.errors import LLMModelsError, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TextIO


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


_STYLES: dict[str, dict[str, bool]] = {"header": {"bold": True}, "faint": {"dim": True}}


class _Screen:
    """What a terminal gets at the end of a command: texts, each with whether it is for stderr; None is held nowhere."""

    held: list[tuple[str, bool]] | None = None
    is_paged = True


def _write(text: str, err: bool, *, is_stage: bool = False) -> None:
    """Print lines that are fit for a terminal. Everything that a command prints passes through here.

    The text of `stage` ends no line and stays until the next text. Where stderr takes nothing, its lines are lost, and
    the command does its work.
    """
    if not err and sys.stdout is None:
        raise OutputError("cannot write the output: it is closed")
    if not is_stage:
        stage("")
    try:
        click.echo(text, err=err, nl=not is_stage)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and not err:
            raise
        if not err:
            raise unwritable(error) from None


class OutputError(LLMModelsError):
    """The output cannot be written."""


def unwritable(error: OSError) -> OutputError:
    """The error about an output that takes no more; what is left of it is dropped."""
    discard_output()
    return OutputError(f"cannot write the output: {(error.strerror or str(error)).lower()}")


def discard_output() -> None:
    """Drop what is left of the output. Python would try to write it once more at exit, and complain."""
    with suppress(OSError):  # a program that runs the command in its own process may give it a stream of text alone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _put(lines: Iterable[str], *, err: bool = False, annotations: bool = False) -> None:
    """Print lines now, or hold them for the end (`screen`). A runner of continuous integration obeys none of them.

    Only `annotations` are commands to GitHub's runner.
    """
    texts = list(lines)
    if not texts:
        return
    text = _MARKS.sub(r"\\x23", "\n".join(texts))
    text = text if annotations else _COLONS.sub(r"\1\\x3a", text)
    if _Screen.held is None or (err and not _Screen.held):
        _write(text, err)
    else:
        _Screen.held.append((text, err))


@contextmanager
def screen() -> Iterator[None]:
    """Inside, a terminal's output is held until the end; if it is longer than the window, the user's pager shows it.

    Notes that follow data come after it, so a pager does not hide them. No lock is held while a pager waits.
    """
    _Screen.is_paged = True
    if sys.stdout is None or not sys.stdout.isatty() or pager.command() is None:
        yield
        return
    held: list[tuple[str, bool]] = []
    _Screen.held = held
    try:
        yield
    except KeyboardInterrupt:
        _Screen.is_paged = False
        raise
    finally:
        _Screen.held = None
        _show(held)


def no_pager() -> None:
    """Print without a pager from here to the end of the command."""
    _Screen.is_paged = False


def _show(held: list[tuple[str, bool]]) -> None:
    """Print what was held: through the pager, if it has more lines than the window."""
    stage("")
    data = "\n".join([text for text, err in held if not err])
    columns, lines = _size(sys.stdout)
    rows = sum([max(1, -(-width(click.unstyle(text)) // columns)) for text in data.split("\n")])
    code = pager.page(data, sys.stdout.encoding) if _Screen.is_paged and rows >= lines else None
    for text, err in held:
        if err or code is None:
            _write(text, err)
    if code:
        note(f"note: the pager, {pager.command()}, failed with exit code {code} (--no-pager prints without it)")


def _size(stream: TextIO) -> tuple[int, int]:
    """The columns and lines of a terminal; COLUMNS and LINES win."""
    try:
        found: Sequence[int] = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        found = 0, 0
    stated = [os.environ.get(name, "") for name in ("COLUMNS", "LINES")]
    known = (int(text) if text.isdecimal() and int(text) else size for text, size in zip(stated, found, strict=True))
    columns, lines = known
    return columns or 80, lines or 24


def _columns(*, err: bool = False) -> int | None:
    """The columns of the terminal to which data, or `err`, goes; None for a pipe or a file."""
    stream = sys.stderr if err else sys.stdout
    return _size(stream)[0] if stream is not None and stream.isatty() else None


def _styled(name: str) -> Callable[[str], str]:
    """What marks a text: on a terminal, unless NO_COLOR forbids it."""
    if _columns() is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return str
    return lambda text: click.style(text, **_STYLES[name])


_staged: list[str] = []  # the line of `stage` that stands on the terminal, if one does


def stage(text: str) -> None:
    """Show on a terminal what a long command does now, in place of what it did before; whatever is printed removes it.

    Only a terminal on stderr gets it. An empty text removes the line, and a command that ends must do that.
    """
    if not (text or _staged) or sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return
    _staged[:] = [text] if text else []
    _write(f"\r\x1b[2K{cell(text)[: _size(sys.stderr)[0] - 1]}", err=True, is_stage=True)


def line(*texts: object) -> None:
    """Print each text as a line of data; on a terminal, broken between words."""
    _put(part for text in texts for part in wrapped(cell(text), _columns()))


def many(count: int, noun: str) -> str:
    """A number of things in words.

    >>> many(1, "provider"), many(8337, "model")
    ('1 provider', '8,337 models')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def note(*texts: object) -> None:
    """Print each text as a line for people, on stderr; on a terminal, broken between words."""
    _put((part for text in texts for part in wrapped(cell(text), _columns(err=True))), err=True)


def verbatim(*texts: object, err: bool = False) -> None:
    """Print each text as a line that is never broken: an excerpt, a change to a file, a document."""
    _put(map(cell, texts), err=err)


def print_json(value: object) -> None:
    """Print `value` as JSON in ASCII, which is safe on every terminal and in every encoding."""
    import json  # most commands print none

    text = json.dumps(value, indent=2, ensure_ascii=True)
    _put([_MARKS.sub(r"\\u0023", text)])


def print_json_list(values: Iterable[object]) -> None:
    """Print a list as `print_json` does. There may be very many values: each is a text before the next is made."""
    import json

    texts = [json.dumps(value, indent=2, ensure_ascii=True).replace("\n", "\n  ") for value in values]
    if not texts:
        print_json([])
        return
    for at in range(0, len(texts), 100):
        part = ",\n  ".join(texts[at : at + 100])
        begin, end = "[\n" if at == 0 else "", "\n]" if at + 100 >= len(texts) else ","
        _put([_MARKS.sub(r"\\u0023", f"{begin}  {part}{end}")])


def print_text(text: str) -> None:
    """Print a document, or a file of the package."""
    _put([_MARKS.sub(r"\\u0023", text)])


def print_rows(rows: Iterable[str], *, is_json: bool) -> None:
    """Print the rows of a table, a text each with its line end, for programs.

    A pipe or a file gets what a program reads back, in UTF-8 on every system. JSON has escapes for the marks that
    runners obey. CSV has none, so a row with such a text is refused, before anything is printed, unless the output is a
    file. A terminal gets text for people: each row on a line, with every character escaped that it could obey.
    """
    if is_json:
        rows = (_MARKS.sub(r"\\u0023", row) for row in rows)
    if sys.stdout is None or sys.stdout.isatty():
        _put(cell(row.removesuffix("\n")) for row in rows)
        note("note: this is a table for programs. --out FILE writes it; 'llm-models list' prints one for people.")
        return
    stage("")
    binary = getattr(sys.stdout, "buffer", None)
    if not is_json and (binary is None or not stat.S_ISREG(os.fstat(binary.fileno()).st_mode)):
        rows = [*rows]
        for row in filter(_is_obeyed, rows):
            why = "it contains a command to a runner of continuous integration, which may read this output"
            raise OutputError(f"cannot print the row '{cell(row[:60])}': {why}. Write the table to a file with --out")
    if binary is None:  # a program that runs the command in its own process gives it a stream of text
        sys.stdout.writelines(rows)
        return
    try:
        sys.stdout.flush()
        for row in rows:
            binary.write(row.encode())
        binary.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error) from None


def _is_obeyed(text: str) -> bool:
    return _MARKS.search(text) is not None or any(line.lstrip().startswith("::") for line in text.splitlines())


def print_pairs(items: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair a line, without the pairs that have no value."""
    shown = [(cell(name), cell(value)) for name, value in items if value not in (None, "", (), [])]
    _put(pairs(shown, _columns()))


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = (), drop: Sequence[str] = (),
    wrap: Sequence[str] = (),
) -> None:  # fmt: skip
    """Print a table in which nothing is cut. `right` names the columns that are aligned to the right.

    On a terminal that is too narrow, columns of `wrap` are wrapped between words, then columns of `drop` are left out,
    in their order, and a note names them. If that is not enough, each row becomes a block.
    """
    texts = [[cell(value) for value in row] for row in rows]
    lines, left_out = table(columns, texts, right, drop, wrap, _columns(), _styled("header"))
    _put(["\n".join(lines).strip("\n")])
    if left_out:
        note(f"note: too narrow for these columns: {', '.join(left_out)} (a wider terminal and --json show them)")


def print_commands(texts: Iterable[str]) -> None:
    """Print lines that GitHub's runner obeys. Who makes them escapes what they quote."""
    _put(texts, annotations=True)


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
