"""Accepted: the differences from other lists that are known, each with a reason and an end; they are in a TOML file."""

from __future__ import annotations

import re
import tomllib
from fnmatch import translate
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.document import Document
from llm_models.errors import ConfigError, did_you_mean, listed
from llm_models.files import FileError, read_limited
from llm_models.positions import locate
from llm_models.schema import is_number
from llm_models.transforms import SOURCES
from llm_models.validation import faults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llm_models.disagreements import Disagreement

MAX_FILE = 1 << 20  # bytes


class Accepted(NamedTuple):
    """An accepted difference: the globs `spec` and `field`, the conditions, the `reason` and the last day."""

    spec: str
    field: str
    reason: str
    until: str
    place: str
    source: str | None = None
    ours: Any = None
    theirs: Any = None

    def covers(self, line: Disagreement) -> bool:
        """Whether a line of a report is this difference."""
        return (
            self.source in (None, line.list)
            and _fits(self.spec, line.spec)
            and _fits(self.field, line.field)
            and all(
                value is None or _equal(value, other)
                for value, other in ((self.ours, line.ours), (self.theirs, line.theirs))
            )
        )


class Sorted(NamedTuple):
    """Lines of a report: those that are `open`, how many are `accepted`; the entries that are over, or cover none."""

    open: list[Disagreement]
    accepted: int
    over: list[Accepted]
    unused: list[Accepted]


def read(path: str) -> list[Accepted]:
    """The entries of a file. Raises `ConfigError` with all its problems."""
    try:
        text = read_limited(path, MAX_FILE).decode()
        data = tomllib.loads(text)
    except FileError as error:
        raise ConfigError(str(error)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    document = Document(path, data, locate(text), [])
    problems = [document.problem(*fault) for fault in faults("accepted", data)]
    for index, entry in enumerate([] if problems else data.get("accepted", ())):
        source = entry.get("source")
        if source is not None and source not in SOURCES:
            what = f"unknown source {source!r}"
            problems.append(document.problem(("accepted", index, "source"), what, did_you_mean(source, SOURCES)))
    if problems:
        raise ConfigError(listed(problems), problems=tuple(problems))
    return [
        Accepted(**entry, place=f"{path}:{document.line(('accepted', index))}")
        for index, entry in enumerate(data.get("accepted", ()))
    ]


def sort(lines: Iterable[Disagreement], entries: Iterable[Accepted], day: str) -> Sorted:
    """Which lines are open. An entry that is over on `day` accepts nothing."""
    entries = [*entries]
    current = [entry for entry in entries if day <= entry.until]
    used: set[int] = set()
    left, accepted = [], 0
    for line in lines:
        covering = [entry for entry in current if entry.covers(line)]
        used.update(map(id, covering))
        if covering:
            accepted += 1
        else:
            left.append(line)
    over = [entry for entry in entries if day > entry.until]
    return Sorted(left, accepted, over, [entry for entry in current if id(entry) not in used])


def _fits(glob: str, text: str) -> bool:
    return glob == text or re.fullmatch(translate(glob), text) is not None


def _equal(one: Any, other: Any) -> bool:
    if is_number(one) and is_number(other):
        return bool(abs(one - other) <= 1e-9 * max(abs(one), abs(other)))
    return bool(one == other)
