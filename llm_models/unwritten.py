"""Unwritten: problems in the words of a command that changes a configuration: its user sees the file as it was."""

from __future__ import annotations

import re
import tomllib
from difflib import SequenceMatcher
from shlex import quote
from typing import TYPE_CHECKING, Any

from llm_models.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

_OMIT = re.compile(r"write omit = (\[.*\])(?=\.$)")


def placed(problems: Iterable[Problem], old: str, new: str) -> list[Problem]:
    """The problems of the text `new`, which is not written, each at its line of `old`.

    A line that the change adds or replaces has no place in the file: then the path alone states where it is.
    """
    blocks = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False).get_matching_blocks()
    lines = {block.b + step + 1: block.a + step + 1 for block in blocks for step in range(block.size)}
    moved = ((problem, lines.get(problem.line or 0)) for problem in problems)
    return [_with(one, line=line, column=one.column if line else None) for one, line in moved]


def as_command(problem: Problem, model: str | None) -> Problem:
    """A problem whose hint names the command, where it advises to omit values of `model`, which a command changes."""
    advised = _OMIT.search(problem.hint) if model and problem.path.startswith(f"models.{model}.") else None
    if advised is None:
        return problem
    items = tomllib.loads(f"omit = {advised[1]}")["omit"]
    command = " ".join(["llm-models set", quote(str(model)), *(quote(f"omit+={item}") for item in items)])
    return _with(problem, hint=f"{problem.hint.removesuffix('.')} ({command}).")


def _with(problem: Problem, **changed: Any) -> Problem:
    return Problem(**{**{name: getattr(problem, name) for name in Problem.__slots__}, **changed})
