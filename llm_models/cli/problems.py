"""Problems: how a problem of a file is printed: as a line for people, or as an annotation of GitHub Actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.cli.output import cell, print_commands

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llm_models.errors import Problem


def marked(problem: Problem) -> str:
    """A problem for people; what is not an error is marked."""
    return str(problem) if problem.severity == "error" else f"{problem} [{problem.severity}]"


def print_annotations(problems: Iterable[Problem]) -> None:
    """Print problems as annotations of GitHub Actions, escaped as these require."""
    print_commands(map(_annotation, problems))


def _annotation(problem: Problem) -> str:
    def escaped(text: object, *more: str) -> str:
        text = str(text)
        for character in ("%", "\r", "\n", *more):
            text = text.replace(character, f"%{ord(character):02X}")
        return cell(text)

    where = {"file": problem.file, "line": problem.line, "col": problem.column}
    parts = [f"{name}={escaped(value, ':', ',')}" for name, value in where.items() if value is not None]
    text = ": ".join(part for part in (problem.path, problem.message) if part)
    severity = "notice" if problem.severity == "note" else problem.severity
    return f"::{severity} {','.join(parts)}::{escaped(f'{text}. {problem.hint}' if problem.hint else text)}"
