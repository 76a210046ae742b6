"""Copies: the values that an entry with `base` starts from, and the order in which such entries are merged.

An entry takes every field of the merged record of its base except `NOT_COPIED`, so that it is a record of the same
facts under another name and at another address. The copy stands below all entries of its layer: what they state or
omit wins. Its layer is called `base` in the origins, which is no layer of the application: copied prices are list
prices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.budgets import excess
from llm_models.errors import printable
from llm_models.frozen import ModelKey, defaults
from llm_models.merge import OMIT, Layered
from llm_models.records import Model
from llm_models.workload import stated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llm_models.bases import Start
    from llm_models.errors import Problem
    from llm_models.moving import Moving
    from llm_models.touched import Touched

FIELD = "base"
"""The name of the layer in the origins of what was copied. Their place is the model spec of the base."""

NOT_COPIED = ("id", "provider", "provider_model_id", "aliases", "served_as", "resolves_to", "tags")
"""The fields that belong to the base alone. Of `extra`, the part `provider` does, too: it may hold an address."""

_REPLACED = tuple(name for name in defaults(Model) if name not in (*NOT_COPIED, "extra"))


class Copies:
    """The order of models that start from others. `problems` are the rings among them.

    `late` has the models that have a base, or take values from such a model, and `levels` has them in order: each level
    needs only the levels before it, and models that are in none.
    """

    def __init__(self, touched: Touched, moving: Moving) -> None:
        self._touched = touched
        self._moving = moving
        self.problems: list[Problem] = []
        self.levels: list[list[ModelKey]] = []
        self.late: set[ModelKey] = set()
        if touched.bases.of:
            self._order()

    @property
    def bases(self) -> list[ModelKey]:
        """The models from which others start, in order."""
        return sorted({start.base for start in self._touched.bases.of.values()})

    def start(self, key: ModelKey) -> Start | None:
        """What a model starts from, None for nothing."""
        return self._touched.bases.of.get(key)

    def _needs(self, key: ModelKey) -> Iterator[ModelKey]:
        """The models from which a model takes values."""
        start = self.start(key)
        if start is not None:
            yield start.base
        target, _ = self._moving.statement(*key)
        if target is not None:
            yield ModelKey(key.provider, target)

    def _order(self) -> None:
        starts = self._touched.bases.of
        changed = {ModelKey(name, i) for name in self._touched.models for i in self._moving.changed(name)}
        needs = {key: {*self._needs(key)} for key in sorted({*changed, *starts})}
        takers: dict[ModelKey, list[ModelKey]] = {}
        for key, its in needs.items():
            for one in its:
                takers.setdefault(one, []).append(key)
        self.late = late = {*starts}
        todo = [*starts]
        while todo:
            more = [one for one in takers.get(todo.pop(), ()) if one not in late]
            late.update(more)
            todo += more
        left = {key: needs[key] & late for key in sorted(late)}
        level = [key for key, its in left.items() if not its]
        while level:
            self.levels.append(level)
            for key in level:
                del left[key]
            waiting = {one for key in level for one in takers.get(key, ()) if one in left}
            level = sorted(key for key in waiting if left[key].isdisjoint(left))
        if (text := excess("chain", len(self.levels))) is not None:
            found = [start.entry for key in self.levels[-1] if (start := self.start(key)) is not None]
            entry = (found or [start.entry for start in starts.values()])[0]
            self.problems.append(entry.layer.document.problem((*entry.path, FIELD), text))
        if not self.problems and not left:
            self._count_copied()
        self._find_rings({key: min(its & left.keys()) for key, its in left.items()})

    def _count_copied(self) -> None:
        """Count what copies take from their bases. Raises `ConfigError` where it is too much."""
        sizes: dict[ModelKey, int] = {}
        done = self._touched.done.copy()
        for key in (key for level in self.levels for key in level):
            start = self.start(key)
            sizes[key] = self._weight(key)
            if start is not None:
                size = sizes[start.base] if start.base in sizes else self._weight(start.base)
                done.add_bytes(start.entry, size)
                sizes[key] += size

    def _weight(self, key: ModelKey) -> int:
        return stated(self._touched.base.stated(*key), self._touched.changing(*key))

    def _find_rings(self, next_of: Mapping[ModelKey, ModelKey]) -> None:
        """Add a problem for each ring in which a model starts from another; `Moving` finds the others."""
        seen: set[ModelKey] = set()
        for first in next_of:
            way: list[ModelKey] = []
            here = first
            while here not in seen:
                seen.add(here)
                way.append(here)
                here = next_of[here]
            ring = way[way.index(here) :] if here in way else []
            entries = [start.entry for one in ring if (start := self.start(one)) is not None]
            if entries:
                lines = [f"{one.provider}:{one.id}{self._line(one)}" for one in (*ring, ring[0])]
                text = f"a model cannot start from itself ({printable(' -> '.join(lines))})"
                last = max(entries, key=lambda entry: (self._touched.layers.index(entry.layer), entry.path))
                self.problems.append(
                    last.layer.document.problem((*last.path, FIELD), text, "Name another model in base.")
                )

    def _line(self, key: ModelKey) -> str:
        start = self.start(key)
        line = None if start is None else start.entry.line((FIELD,))
        return "" if line is None else f" (line {line})"


def copied(record: Mapping[str, Any], spec: str) -> list[Layered]:
    """The layers of a copy of a merged record, whose spec is `spec`: first all of the weaker values are removed."""
    values = {name: value for name, value in record.items() if name not in NOT_COPIED}
    if "provider" in values.get("extra", {}):
        values["extra"] = {name: value for name, value in values["extra"].items() if name != "provider"}
    gaps = Layered(dict.fromkeys(_REPLACED, OMIT), FIELD, lambda _path: spec)
    return [gaps, Layered(values, FIELD, lambda _path: spec)]
