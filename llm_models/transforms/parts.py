"""Parts: the leaves of a transform's table that read one key of the source, and what they made of each value there.

Models share most of their values: thousands have the same modalities, limits or options.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from glom import SKIP

from llm_models.frozen import thaw
from llm_models.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Note = Callable[..., None]
    Leaf = tuple[str, Any]
    Found = tuple[dict[str, Any], bool, list[tuple[Any, Any]]]


def parts_of(leaves: Sequence[Leaf]) -> Iterator[Part]:
    """Leaves of a group, each with its key, in their order: those that follow each other and read one key, together."""
    for start, run in groupby(leaves, lambda leaf: leaf[1].start):
        yield Part(start, [*run])


class Part:
    """The leaves that read what the source holds at the key `start`; None: a leaf that reads any keys.

    It remembers by value what they read, and what they note about it, because both follow from the value alone.
    """

    def __init__(self, start: str | None, leaves: Sequence[Leaf]) -> None:
        self.start = start
        self._leaves = leaves
        self._found = remembered(self._look)

    def read(self, target: dict[str, Any], note: Note) -> dict[str, Any]:
        """The values of these leaves by key; what is in them may be changed."""
        if self.start is None:
            return self._read(target, note)
        values, has_parts, notes = self._found(target[self.start])
        for words, more in notes:
            note(*words, **more)
        return thaw(values) if has_parts else values

    def _look(self, value: Any) -> Found:
        """What the leaves read of a value, whether it has parts, and the calls of `note`."""
        notes: list[tuple[Any, Any]] = []
        values = self._read({self.start: value}, lambda *words, **more: notes.append((words, more)))
        return values, any(isinstance(one, (dict, list)) for one in values.values()), notes

    def _read(self, target: dict[Any, Any], note: Note) -> dict[str, Any]:
        values = {key: leaf.read(target, note) for key, leaf in self._leaves}
        return {key: value for key, value in values.items() if value is not SKIP}
