"""What transforms are written with: the glom specs `Record` and `Take`, and checks of values for `Take`.

A check is a function `check(value, note)`. It returns the value as it should be, or `SKIP` for none, or raises
`Drop(reason)`. It calls `note(reason)` for what it repaired, and `note(reason, part, "dropped")` for a part of the
value that it left out.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from glom import SKIP

from llm_models.addresses import can_work
from llm_models.credentials import is_variable
from llm_models.errors import dotted
from llm_models.normalize import Drop, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Note = Callable[..., None]
    Path = tuple[str, ...]

_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f]")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?")


class Take:
    """The checked value at `path`, dotted text over keys of the source; SKIP where it is absent or refused.

    With `keys`, the value is a dict: those of the keys that the object at `path` has.
    """

    def __init__(self, path: str, check: Callable[[Any, Note], Any], *keys: str) -> None:
        self.path = path
        self._check = check
        self._keys = keys
        self._steps = tuple(path.split("."))
        self.start = self._steps[0]
        self.taken: list[Path] = [(*self._steps, key) for key in keys] or [self._steps]

    def glomit(self, target: Any, scope: Any) -> Any:
        for step in self._steps:
            if not isinstance(target, dict) or step not in target:
                return SKIP
            target = target[step]
        if self._keys:
            target = {key: target[key] for key in self._keys if key in target} if isinstance(target, dict) else None
            if not target:
                return SKIP

        def note(reason: str, part: str = "", kind: str = "repaired") -> None:
            scope["note"](kind, f"{self.path}.{part}" if part else self.path, reason)

        try:
            return self._check(target, note)
        except Drop as why:
            note(str(why), kind="dropped")
            return SKIP


class First:
    """The value of the first of several `Take` that has one."""

    def __init__(self, *specs: Take) -> None:
        self._specs = specs
        self.taken: list[Path] = [path for spec in specs for path in spec.taken]

    def glomit(self, target: Any, scope: Any) -> Any:
        values = (spec.glomit(target, scope) for spec in self._specs)
        return next((value for value in values if value is not SKIP), SKIP)


class Record:
    """A nested table in the shape of our record, with a `Take` or another spec that has `glomit` as each leaf.

    A group without a value is left out. A key of the source that no `Take` takes is kept in `extra`, nested as it was.
    `note(kind, field, reason)` in the scope counts what is dropped and repaired.
    """

    def __init__(self, **table: Any) -> None:
        self._table = table
        self._taken = set(_taken(table))
        self._groups = {path[:depth] for path in self._taken for depth in range(1, len(path))}

    def glomit(self, target: dict[str, Any], scope: Any) -> dict[str, Any]:
        record = _filled(self._table, target, scope)
        extra = self._keep(target, record.get("extra", {}), (), scope)
        return {**record, "extra": extra} if extra else record

    def _keep(self, source: dict[str, Any], extra: dict[str, Any], group: Path, scope: Any) -> dict[str, Any]:
        """`extra` with all of `source` that is not taken."""
        for key, item in source.items():
            path = (*group, key)
            if path in self._groups and isinstance(item, dict):
                if inner := self._keep(item, extra.get(key, {}), path, scope):
                    extra[key] = inner
            elif path in self._groups:
                scope["note"]("dropped", dotted(path), f"expected an object, found {kind_of(item)}")
            elif path not in self._taken and key in extra:
                scope["note"]("dropped", dotted(path), "extra holds another value of that name")
            elif path not in self._taken:
                extra[key] = item
        return extra


def _taken(table: Mapping[str, Any]) -> Iterator[Path]:
    for leaf in table.values():
        yield from _taken(leaf) if isinstance(leaf, dict) else leaf.taken if isinstance(leaf, Take | First) else ()


def _filled(table: Mapping[str, Any], target: Any, scope: Any) -> dict[str, Any]:
    """The table's values. Leaves are called directly: glom would make a scope for each, which triples the time.

    Most of what a table takes is absent, so that is seen without a call.
    """
    values = {}
    for key, leaf in table.items():
        if type(leaf) is Take and leaf.start not in target:
            continue
        value = _filled(leaf, target, scope) or SKIP if type(leaf) is dict else leaf.glomit(target, scope)
        if value is not SKIP:
            values[key] = value
    return values


def text(value: Any, note: Note) -> str:
    trimmed = identity(value, note).strip()
    if not trimmed:
        raise Drop("empty text")
    if len(trimmed) > 1000:
        raise Drop("text of more than 1,000 characters")
    if trimmed != value:
        note("spaces at the edges trimmed")
    return trimmed


def line(value: Any, note: Note) -> str:
    """Text as one line."""
    trimmed = text(value, note)
    joined = " ".join(trimmed.split())
    if joined != trimmed:
        note("several lines or spaces joined")
    return joined


def identity(value: Any, _note: Note) -> str:
    """Kept unchanged; the schema decides whether it can be an id."""
    if not isinstance(value, str):
        raise Drop("expected text")
    return value


def flag(value: Any, _note: Note) -> bool:
    if not isinstance(value, bool):
        raise Drop("expected true or false")
    return value


def address(value: Any, note: Note) -> str:
    """Kept unchanged, `${NAME}` parts too. Characters that no URL can hold would reach a client's request."""
    trimmed = text(value, note)
    if _NO_ADDRESS.search(trimmed):
        raise Drop("white space or control characters inside an address")
    if not can_work(trimmed):
        raise Drop("not the base URL of an API")
    return trimmed


def variables(value: Any, note: Note) -> Any:
    """Names of environment variables. Other items may be keys themselves. Without a name, nothing is stated."""
    listed = words(value, note)
    kept = [name for name in listed if is_variable(name)]
    if len(kept) != len(listed):
        note("items that are not names of variables left out", "", "dropped")
    return kept or SKIP


def words(value: Any, note: Note) -> list[str]:
    if not isinstance(value, list):
        raise Drop("expected a list of texts")
    kept = [item.strip() for item in value if isinstance(item, str) and 0 < len(item.strip()) <= 300]
    if len(kept) != len(value):
        note("items that are not text left out", "", "dropped")
    elif kept != value:
        note("spaces at the edges trimmed")
    once = list(dict.fromkeys(kept))
    if len(once) != len(kept):
        note("repeated items left out")
    return once


def is_count(value: Any, least: int) -> bool:
    """Whether a value is a whole number of at least `least`."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def tokens(value: Any, note: Note) -> int:
    if kind_of(value) != "a number":
        raise Drop("expected a number of tokens")
    if value < 1 or value != int(value):
        raise Drop("0 means unknown" if value == 0 else "not a whole number of tokens")
    if isinstance(value, float):
        note("a whole number written with a point")
    return int(value)


def price(value: Any, _note: Note) -> float:
    """USD per million tokens."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Drop("expected a price as a number")
    if not 0 <= value <= 1_000_000:
        raise Drop("a price below 0" if value < 0 else "a price above 1,000,000")
    return value


def date(value: Any, note: Note) -> str:
    """`YYYY-MM-DD` or `YYYY-MM`."""
    match = _DATE.fullmatch(identity(value, note).strip())
    if match is None:
        raise Drop("not a date")
    try:
        day = datetime.date(int(match[1]), int(match[2]), int(match[3] or 1)).isoformat()
    except ValueError:
        raise Drop("a date that does not exist") from None
    normal = day if match[3] else day[: len("YYYY-MM")]
    if normal == "1970-01-01":
        raise Drop("1970-01-01 means unknown")
    if normal != value:
        note("another spelling of a date")
    return normal
