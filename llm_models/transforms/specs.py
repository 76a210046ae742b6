"""What transforms are written with: the glom specs `Record` and `Take`, and checks of values for `Take`.

A check is a function `check(value, note)`, whose outcome follows from the value alone. It returns the value as it
should be, or `SKIP` for none, or raises `Drop(reason)`. It calls `note(reason)` for what it repaired, and
`note(reason, part, "dropped")` for a part of the value that it left out.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from glom import SKIP, glom

from llm_models.addresses import can_work
from llm_models.credentials import is_variable
from llm_models.errors import dotted
from llm_models.normalize import Drop, kind_of
from llm_models.transforms.parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Note = Callable[..., None]
    Path = tuple[str, ...]
    Nested = dict[str, "Nested"]
    Leaf = tuple[str, "Reader"]

_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f]")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?")


class Reader:
    """A glom spec that reads a target with `note(kind, field, reason)` alone, also without glom and its scopes.

    `start` is the one key of the target that it reads; None: it may read any.
    """

    start: str | None = None

    def read(self, target: Any, note: Note) -> Any:
        raise NotImplementedError

    def glomit(self, target: Any, scope: Any) -> Any:
        return self.read(target, scope["note"])


class Take(Reader):
    """The checked value at `path`, dotted text over keys of the source; SKIP where it is absent or refused.

    With `keys`, the value is a dict: those of the keys that the object at `path` has.
    """

    def __init__(self, path: str, check: Callable[[Any, Note], Any], *keys: str) -> None:
        self.path = path
        self._check = check
        self._keys = keys
        self.start, *self._steps = steps = path.split(".")
        self.taken: list[Path] = [(*steps, key) for key in keys] or [(*steps,)]

    def read(self, target: Any, note: Note) -> Any:
        value = target.get(self.start, SKIP)
        for step in self._steps:
            value = value.get(step, SKIP) if isinstance(value, dict) else SKIP
        if self._keys:
            value = {key: value[key] for key in self._keys if key in value} if isinstance(value, dict) else SKIP
        if value is SKIP or (self._keys and not value):
            return SKIP

        def note_here(reason: str, part: str = "", kind: str = "repaired") -> None:
            note(kind, f"{self.path}.{part}" if part else self.path, reason)

        try:
            return self._check(value, note_here)
        except Drop as why:
            note_here(str(why), kind="dropped")
            return SKIP


class First(Reader):
    """The value of the first of several `Take` that has one."""

    def __init__(self, *specs: Take) -> None:
        self._specs = specs
        self.taken: list[Path] = [path for spec in specs for path in spec.taken]

    def read(self, target: Any, note: Note) -> Any:
        values = (spec.read(target, note) for spec in self._specs)
        return next((value for value in values if value is not SKIP), SKIP)


class Other(Reader):
    """Any glom spec."""

    def __init__(self, spec: Any) -> None:
        self._spec = spec

    def read(self, target: Any, note: Note) -> Any:
        return glom(target, self._spec, scope={"note": note})


class Record(Reader):
    """A nested table in the shape of our record, with a `Take` or another glom spec as each leaf.

    A group without a value is left out. A key of the source that no `Take` takes is kept in `extra`, nested as it was;
    where the source has a `name`, in `extra` under that name. The paths in `left_out` are neither taken nor kept.
    `note(kind, field, reason)` counts what is dropped and repaired.
    """

    def __init__(self, name: str = "", left_out: Iterable[str] = (), /, **table: Any) -> None:
        self._name = name
        self._table = table
        runs = [run for run in _runs(table) if run[1]]
        self._parts = [(groups, [(part.start, part) for part in parts_of(leaves)]) for groups, leaves in runs]
        self._taken: Nested = {}
        for _, leaves in runs:
            for *groups, key in [path for _, leaf in leaves if isinstance(leaf, Take | First) for path in leaf.taken]:
                _inside(self._taken, groups).setdefault(key, {})
        for path in left_out:
            _inside(self._taken, path.split("."))

    def read(self, target: dict[str, Any], note: Note) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for groups, parts in self._parts:
            values: dict[str, Any] = {}
            for start, part in parts:
                if start is None or start in target:  # most of what a table takes is absent
                    values.update(part.read(target, note))
            if values:
                _inside(record, groups).update(values)
        extra = record.get("extra", {})
        kept = _keep(target, extra.get(self._name, {}) if self._name else extra, self._taken, (), note)
        if self._name and kept:
            kept = {**extra, self._name: kept}
        return {**record, "extra": kept} if kept else record


def _runs(table: Mapping[str, Any], groups: Path = ()) -> Iterator[tuple[Path, list[Leaf]]]:
    """The leaves of a table in its order, those that follow each other in a group together, with the path of the group.

    Of each its key, and what reads it.
    """
    run: list[Leaf] = []
    for key, leaf in table.items():
        if isinstance(leaf, dict):
            yield groups, run
            run = []
            yield from _runs(leaf, (*groups, key))
        else:
            run.append((key, leaf if isinstance(leaf, Reader) else Other(leaf)))
    yield groups, run


def _inside(data: dict[str, Any], groups: Iterable[str]) -> dict[str, Any]:
    """The group of nested data at that path, which is made where there is none."""
    for group in groups:
        data = data.setdefault(group, {})
    return data


def _keep(source: dict[str, Any], extra: dict[str, Any], taken: Nested, above: Path, note: Note) -> dict[str, Any]:
    """`extra` with all of `source` that is not `taken`: keys, nested, without any below one that is taken whole."""
    for key, item in source.items():
        inside = taken.get(key)
        if inside is None:
            if key in extra:
                note("dropped", dotted((*above, key)), "extra holds another value of that name")
            else:
                extra[key] = item
        elif inside and isinstance(item, dict):
            if inner := _keep(item, extra.get(key, {}), inside, (*above, key), note):
                extra[key] = inner
        elif inside:
            note("dropped", dotted((*above, key)), f"expected an object, found {kind_of(item)}")
    return extra


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


def page(value: Any, note: Note) -> str:
    """The address of a page that people read."""
    trimmed = text(value, note)
    if _NO_ADDRESS.search(trimmed) or not trimmed.startswith(("https://", "http://")):
        raise Drop("not the address of a page")
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
    """Whether a value is a whole number of at least `least`, and of at most 63 bits: files hold no larger ones."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 1 << 63


def tokens(value: Any, note: Note) -> int:
    if kind_of(value) != "a number":
        raise Drop("expected a number of tokens")
    if value < 1 or value != int(value):
        raise Drop("0 means unknown" if value == 0 else "not a whole number of tokens")
    if not is_count(int(value), 1):
        raise Drop("a number of more than 63 bits")
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
    normal = _date_of(identity(value, note))
    if normal != value:
        note("another spelling of a date")
    return normal


@lru_cache(4096)  # a catalogue has far more dates than days
def _date_of(text: str) -> str:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise Drop("not a date")
    try:
        day = datetime.date(int(match[1]), int(match[2]), int(match[3] or 1)).isoformat()
    except ValueError:
        raise Drop("a date that does not exist") from None
    normal = day if match[3] else day[: len("YYYY-MM")]
    if normal == "1970-01-01":
        raise Drop("1970-01-01 means unknown")
    return normal
