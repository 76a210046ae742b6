"""Document: a configuration as read: its data, the positions in its text, and its faults; standard library only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.budgets import BUDGETS
from llm_models.errors import Problem, dotted
from llm_models.paths import leads_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from llm_models.errors import Severity
    from llm_models.positions import Spans

    Hint = str | Callable[[], str]
    """The text of a hint, or the function that searches for it."""

DocumentPath = tuple[str | int, ...]

ANY = "*"
"""In `Document.doubtful`: any provider."""


class Fault(NamedTuple):
    """What is wrong with the value at `path`, or with the `key` inside it that should not be there."""

    path: DocumentPath
    message: str
    hint: Hint = ""
    key: str | None = None


class Document:
    """A configuration as read. `name` is used in messages; `spans` is None where there is no text.

    `data` holds what has no fault. A faulty entry of `models` or `providers` keeps its name only, or becomes None and
    a member of `removed` where its name is at fault; a faulty key of another section is removed. `doubtful` holds the
    providers whose entries were affected, or `ANY`: statements about these could be wrong. What it may hold is `times`
    the `BUDGETS`.
    """

    def __init__(
        self, name: str, data: dict[str, Any] | None, spans: Spans | None, problems: list[Problem], *, times: int = 1
    ) -> None:
        self.name = name
        self.data = data
        self.spans = spans
        self.problems = problems
        self.times = times
        self._searched = 0
        self.remarks: list[Problem] = []
        """What `validate` reports, too, but does not keep the document from being used: `load()` logs its errors."""
        self.doubtful: set[str] = set()
        self.removed: set[DocumentPath] = set()
        self._outside: bool | None = None

    def entries(self, section: str) -> Iterator[tuple[DocumentPath, Any]]:
        """The path and value of each entry of `models` or `providers`, or of each provider in another section."""
        value = (self.data or {}).get(section)
        steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return (((section, step), entry) for step, entry in steps if entry is not None)

    def stated(self, path: DocumentPath, otherwise: str) -> str:
        """The text at a path as it is written; `otherwise` where there is none."""
        value: Any = self.data
        try:
            for step in path:
                value = value[step]
        except (LookupError, TypeError):
            return otherwise
        return value if isinstance(value, str) else otherwise

    def line_column(self, path: DocumentPath, *, key: bool = False) -> tuple[int | None, int | None]:
        """Line and column of the value at `path` (of its key if `key`), or of the nearest parent in the text."""
        if self.spans is None:
            return None, None
        while path:
            if (span := self.spans.get(path)) is not None:
                at = span.key_start if key or span.value_start is None else span.value_start
                return self.spans.line_column(at)
            path, key = path[:-1], True
        return 1, 1

    def line(self, path: DocumentPath) -> int | None:
        """The line of the key at `path`, None where the text has no such path."""
        if self.spans is None or path not in self.spans:
            return None
        return self.spans.line_column(self.spans[path].key_start)[0]

    def problem(
        self, path: DocumentPath, message: str, hint: Hint = "", key: str | None = None, severity: Severity = "error",
        *, at: DocumentPath | None = None,
    ) -> Problem:  # fmt: skip
        """A problem with the value at `path`, or with the `key` inside it; `at` is the path in the text, if another.

        A `hint` that is a function is searched for the first problems only, because finding similar names takes long.
        """
        if not isinstance(hint, str):
            self._searched += 1
            hint = hint() if self._searched <= BUDGETS["hints"].most else ""
        where = at or (path if key is None else (*path, key))
        line, column = self.line_column(where, key=key is not None)
        field, hint = _describe(self.data or {}, path), hint.strip()
        problem = Problem(message, file=self.name, line=line, column=column, path=field, hint=hint, severity=severity)
        if self._outside is None:
            self._outside = leads_out(self.name)
        return bare(problem, self.spans.text if self.spans is not None else "") if self._outside else problem


def bare(problem: Problem, text: str) -> Problem:
    """Only the place and the kind of a problem of a file to which a link leads out of the repository.

    A repository may bring such a link, and people who may not read the file may read the report. `text` is the file's.
    """
    stated = {*re.findall("[a-z]+", text.lower())}
    start = re.match("[A-Za-z ,-]*", problem.message)
    words = start[0].split() if start is not None else []
    kind = " ".join("..." if stated & {*re.findall("[a-z]+", word.lower())} else word for word in words)
    file, line, column = problem.file, problem.line, problem.column
    return Problem(kind or "problem", file=file, line=line, column=column, severity=problem.severity, hint=_OUTSIDE)


_OUTSIDE = "A link leads out of the repository to this file, so its text is not shown."


def _describe(data: Mapping[str, Any], path: DocumentPath) -> str:
    """A document path for people: an entry is called by its model or provider, not by its number."""
    name = ""
    section, row = [*path, None, None][:2]
    if section in ("models", "providers") and isinstance(row, int) and isinstance(entry := data[section][row], dict):
        keys = ("id",) if section == "providers" else ("provider", "id" if "id" in entry else "match")
        name = ":".join(_short(entry[key]) for key in keys if isinstance(entry.get(key), str))
    return dotted(path[2:], f"{section}.{name}") if name else dotted(path)


def _short(text: str) -> str:
    """A name for a message; nobody reads more of it."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


_LONGEST = 200
