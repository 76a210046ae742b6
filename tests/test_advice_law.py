"""The law of advice: where a message states what to write, writing that makes the message go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from support.configurations import BASES, PATH, Block, configurations, text_of

from llm_models import checks

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.errors import Problem


class Advised(NamedTuple):
    """The lines of a configuration, the place of a problem (from 0), and what its hint names."""

    lines: list[str]
    row: int
    column: int
    what: str

    def with_line(self, line: str) -> list[str]:
        """A further line in the entry; none where it has that key."""
        start = max(row for row in range(self.row) if self.lines[row].startswith("[["))
        entry = "\n".join(self.lines[start + 1 :]).partition("[[")[0]
        if f"\n{line.partition(' = ')[0]} = " in entry:
            return []
        return [*self.lines[: self.row + 1], line, *self.lines[self.row + 1 :]]

    def without_line(self) -> list[str]:
        return [*self.lines[: self.row], *self.lines[self.row + 1 :]]

    def with_text(self, text: str) -> list[str]:
        """Another text in quotes in the place of the one at the problem."""
        line = self.lines[self.row]
        end = line.index('"', self.column + 1)
        return [*self.lines[: self.row], f'{line[: self.column]}"{text}{line[end:]}', *self.lines[self.row + 1 :]]


def known(at: Advised) -> list[str]:
    for row, line in enumerate(at.lines):
        if line.startswith("known = ["):
            both = f"known = [{at.what}" + (", " if line[9] != "]" else "") + line[9:]
            return [*at.lines[:row], both, *at.lines[row + 1 :]]
    return [f"known = [{at.what}]", *at.lines]


def allowed(at: Advised) -> list[str]:
    """A pattern is added to the list of a provider under [allow]."""
    item, provider = at.what.split("' to allow.")
    start = at.lines.index("[allow]")
    names = [f'"{name}" = [' for name in (provider, provider.replace("_", "-"), "OpenAI", "wafer.ai")]
    for row in range(start + 1, len(at.lines)):
        for name in names:
            if at.lines[row].startswith(name) and re.sub(r"\W", "_", name[1:-5].lower()) == provider:
                rest = at.lines[row].removeprefix(name)
                both = f'{name}"{item}"' + ("" if rest.startswith("]") else ", ") + rest
                return [*at.lines[:row], both, *at.lines[row + 1 :]]
    return []


def shown(at: Advised) -> list[str]:
    """A provider is named under [allow]."""
    row = at.lines.index("[allow]")
    return [*at.lines[: row + 1], at.what, *at.lines[row + 1 :]]


ADVICE: dict[str, Callable[[Advised], list[str]]] = {
    r"write known = \[(.*?)\] at the top": known,
    r"add (new = true)": lambda at: at.with_line(at.what),
    r'or (base = "[a-z_]+:[^"]+")': lambda at: at.with_line(at.what),
    r"([Rr]emove the line)\.": lambda at: at.without_line(),
    r"of the catalogue, write (omit = .*)\.$": lambda at: at.with_line(at.what),
    r"Write the id alone: '(.*)'\.": lambda at: at.with_text(at.what),
    r"To match .*, write '(.*)'\.$": lambda at: at.with_text(at.what),
    r"To show it, name '.*' under \[allow\], such as: (.*)\.$": shown,
    r"To show it, add '(.*)\.$": allowed,
}
"""A pattern of hints -> how to do what it advises; no lines where the test cannot."""


def problems(which: str, text: str) -> list[Problem]:
    return checks.check_text(text.encode(), PATH, BASES[which])


def _about(problem: Problem) -> tuple[str, str]:
    """What a problem states, and of which place; the number of an item may change."""
    return re.sub(r"\[\d+\]", "", problem.path), problem.message


def check(which: str, text: str) -> set[str]:
    """Follow each advice of the problems of a text; the patterns of those that were followed."""
    found = problems(which, text)
    errors = {_about(one) for one in found if not one.path}  # such as those of a text that is not TOML
    followed = set()
    for problem in found:
        for pattern, follow in ADVICE.items():
            step = re.search(pattern, problem.hint)
            if step is None or (step[0].startswith("To match") and "matches no model" in problem.message):
                continue  # what is then matched may be nothing, too
            at = Advised(text.split("\n"), (problem.line or 1) - 1, (problem.column or 1) - 1, step[1])
            lines = follow(at)
            if not lines:
                continue
            followed.add(pattern)
            after = problems(which, "\n".join(lines))
            same, before = ([one for one in ones if _about(one) == _about(problem)] for ones in (after, found))
            assert len(same) < len(before), (problem, lines)
            assert all(one.path or _about(one) in errors for one in after), (problem, lines)
    return followed


@pytest.mark.parametrize("which", BASES)
@settings(max_examples=100, deadline=None, derandomize=True)
@given(blocks=configurations())
def test_of_generated_configurations(which: str, blocks: list[Block]) -> None:
    check(which, text_of(blocks))
