"""The documents: their Python blocks, and the client of the guide."""

from __future__ import annotations

import ast
import doctest
import re
import shlex
from typing import TYPE_CHECKING, Any

from support import ROOT
from support.command import process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GUIDE = ROOT / "docs" / "building-a-client.md"


def documents() -> list[Path]:
    """Every document that users read."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(path: Path, language: str) -> list[str]:
    """The blocks of a document in one language, as they stand."""
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^ *```{language}[^\n]*\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)


def python_blocks(path: Path) -> list[str]:
    """The Python blocks of a document, as they stand."""
    return blocks(path, "python")


def trees(path: Path) -> Iterator[ast.Module]:
    """The syntax tree of each Python block of a document; the lines of a session count as one block."""
    for block in python_blocks(path):
        examples = doctest.DocTestParser().get_examples(block)
        yield ast.parse("".join(example.source for example in examples) if examples else block)


def run_console(text: str, folder: Path) -> None:
    """Run each `$` line and compare what it prints with what stands below it, `...` standing for anything.

    A line is `llm-models ...`, or `echo TEXT > FILE`, which writes a file for those that follow.
    """
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        program, *args = shlex.split(command)
        if program == "echo":
            written, mark, name = args
            assert (mark, expected) == (">", "")
            (folder / name).write_text(f"{written}\n", encoding="utf-8")
            continue
        assert program == "llm-models"
        result = process(*args, cwd=folder)
        shown = result.out + result.err
        assert result.code in (0, 1), shown
        pattern = re.escape(expected).replace("\\.\\.\\.\\\n", ".*").replace(r"\.\.\.", ".*")
        assert re.fullmatch(pattern, shown, re.DOTALL), f"$ {command}\n{shown}"


def fences(path: Path) -> list[tuple[str, str, str]]:
    """Every block of a document that is code: its language, the word behind that, and its text."""
    found = re.findall(
        r"^( *)```(\w+)(?: (\w+))?\n(.*?)^ *```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return [
        (language, word, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)) for indent, language, word, text in found
    ]


def run_python(text: str, names: dict[str, Any], where: str) -> None:
    """Run the examples of one block, which see what the blocks before it defined; every difference is shown."""
    test = doctest.DocTestParser().get_doctest(text, names, where, where, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    told: list[str] = []
    runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)


def client() -> str:
    """The code of the guide's client, verbatim."""
    (code,) = [block for block in python_blocks(GUIDE) if not block.startswith(">>>")]
    return code
