"""Workload: what a layer asks to be done with a catalogue, counted before it is done; `budgets` has the limits."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from llm_models.budgets import BUDGETS, HINT, excess
from llm_models.errors import ConfigError
from llm_models.layers import BY_PROVIDER
from llm_models.origins import leaves
from llm_models.patterns import EVERY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from llm_models.document import DocumentPath
    from llm_models.layers import Entry, Layer
    from llm_models.snapshot_file import SnapshotFile

OF_PROVIDER, OF_STAR = 15, 100
"""How many comparisons with a model take as long as beginning with a provider, or preparing a `*` of a pattern."""
FOLLOWED = {"kind": 2, "resolves_to": 5}
"""As how many values a field counts from which other values of the model follow."""
ORIGIN = 100
"""The bytes that a snapshot takes for where a value comes from, about."""


def refuse(layer: Layer, path: DocumentPath, name: str, found: int) -> None:
    """Raise `ConfigError` at a path of a layer where `found` is over the budget of that name."""
    text = excess(name, found, layer.document.times)
    if text is not None:
        problem = layer.document.problem(path, text, HINT if layer.document.times == 1 else "")
        raise ConfigError(str(problem), problems=(problem,))


def check_tests(layer: Layer, base: SnapshotFile) -> None:
    """Raise `ConfigError` where the patterns of a layer must be compared with too many models."""
    matches = [(entry.path, entry.provider, entry.match) for entry in layer.models if entry.match is not None]
    patterns = [*matches, *layer.patterns(*BY_PROVIDER)]
    if not patterns:
        return
    sizes = Counter(entry.provider for entry in layer.models if entry.match is None)
    sizes.update({name: span[3] for name, span in base.blocks.items()})
    sizes[EVERY] = sum(sizes.values()) + OF_PROVIDER * len(sizes)
    tests = 0
    for path, provider, text in patterns:
        tests += sizes[provider] + OF_STAR * text.count("*")
        refuse(layer, path, "tests", tests)


class Done:
    """What the layers were found to do so far: how many models they match, what they change, and what they add."""

    def __init__(self) -> None:
        self._pairs: Counter[int] = Counter()
        self._changes: Counter[int] = Counter()
        self._bytes: Counter[int] = Counter()
        self._last: tuple[Entry | None, int, int] = None, 0, 0

    def copy(self) -> Done:
        """The same counts, to go on from."""
        made = Done()
        made._pairs, made._changes, made._bytes = self._pairs.copy(), self._changes.copy(), self._bytes.copy()
        return made

    def add(self, entry: Entry, entries: int) -> None:
        """Count a model that an entry changes, as one of so many entries. Raises `ConfigError` where it is too much."""
        layer, path = entry.layer, (*entry.path, "id" if entry.match is None else "match")
        self._pairs[id(layer)] = pairs = self._pairs[id(layer)] + 1
        if pairs > BUDGETS["pairs"].most or entries > BUDGETS["overlaps"].most:
            refuse(layer, path, "pairs", pairs)
            refuse(layer, path, "overlaps", entries)
        if entry is not self._last[0]:  # a match changes many models
            values = leaves(entry.fields)
            sizes = [len(value) if isinstance(value, list) else FOLLOWED.get(path[0], 1) for path, value in values]
            self._last = entry, weight(entry.fields), sum(sizes) + len(entry.omitted)
        self._changes[id(layer)] = changes = self._changes[id(layer)] + self._last[2]
        if changes > BUDGETS["changes"].most:
            refuse(layer, path, "changes", changes)
        self.add_bytes(entry, self._last[1])

    def add_bytes(self, entry: Entry, size: int) -> None:
        """Count what an entry adds to a snapshot. Raises `ConfigError` where it is too much."""
        layer = entry.layer
        self._bytes[id(layer)] = added = self._bytes[id(layer)] + size
        if added > BUDGETS["bytes"].most:
            refuse(layer, entry.path, "bytes", added)


def weight(value: Any, names: Sequence[str] | None = None) -> int:
    """How many bytes plain data takes in a snapshot, with the origins of its values, about; all keys of it or these.

    >>> weight({"tags": ["a", "b"]})
    116
    """
    if names is not None:
        value = {name: value[name] for name in names if name in value}
    if isinstance(value, dict):
        return sum(len(key) + 4 + weight(item) + ORIGIN * (not isinstance(item, dict)) for key, item in value.items())
    if isinstance(value, list):
        return sum(weight(item) + 1 for item in value)
    return len(value.encode()) + 2 if isinstance(value, str) else 5


def stated(record: Any, entries: Iterable[Entry], names: Sequence[str] | None = None) -> int:
    """The weight of a record of the base, if there is one, with what entries state of it; of all fields or of these."""
    return weight(record or {}, names) + sum(weight(entry.fields, names) for entry in entries)
