"""The merger: layers of mappings become one mapping, by rules that are data; the room of glom.

It knows ordered layers and a table of rules by field path, and nothing of what the fields mean. Its laws:
absent changes nothing; maps merge deeply; for anything else the rule of its path decides, and without one the
strongest layer's value wins; `OMIT` removes what weaker layers say; a map without a value in it says nothing and
is left out; no input is changed nor shared; merging at once equals folding from the weakest. Where each value
comes from is recorded in the same pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from glom import Auto, Fill, Iter, T, glom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["LAST", "OMIT", "UNITE", "Layered", "Merged", "Origin", "merge", "nest"]

Path = tuple[str, ...]
Pair = tuple[Any, "Layered"]
"""What one layer says of one field."""


class _Omit:
    def __repr__(self) -> str:
        return "OMIT"


OMIT: Any = _Omit()
"""As a value: the field goes, whatever weaker layers say; a stronger layer may state it again."""

# A rule is a glom spec over the (value, origin) pairs that the layers give for one field, weakest first; it
# yields what won, with its origin.
LAST = T[-1]
UNITE = Fill((Auto(Iter(T[0]).flatten().unique().all()), T[-1][1]))


class Origin(NamedTuple):
    """Where a value comes from: the layer's name, the place in it, and what the weaker layers said (None: nothing)."""

    layer: str
    place: str | None
    replaced: Any = None


class Layered(NamedTuple):
    """One layer's part: its values, its name (None: the ground, of which no origin is recorded), and its places."""

    values: Mapping[str, Any]
    layer: str | None = None
    place: Callable[[Path], str | None] | None = None


class Merged(NamedTuple):
    """The merged values, and the origin of every leaf that a named layer set or removed, by path.

    A leaf is what is no map, or what a rule yields; what stands under an omitted map is removed leaf by leaf.
    """

    values: dict[str, Any]
    origins: dict[Path, Origin]


def nest(paths: Sequence[Path], value: Any) -> dict[str, Any]:
    """A mapping that holds `value` at each of those paths."""
    nested: dict[str, Any] = {}
    for path in paths:
        inner = nested
        for step in path[:-1]:
            below = inner.setdefault(step, {})
            if not isinstance(below, dict):
                break
            inner = below
        else:
            inner[path[-1]] = value
    return nested


def merge(layers: Sequence[Layered], rules: Mapping[str, Any]) -> Merged:
    """Merge `layers`, weakest first, by `rules`: dotted field path, `*` for any one key -> glom spec.

    >>> merge([Layered({"a": 1, "b": 2}), Layered({"b": 3}, "mine")], {}).values
    {'a': 1, 'b': 3}
    """
    table = {tuple(path.split(".")): rule for path, rule in rules.items()}
    origins: dict[Path, Origin] = {}
    values = _merge_maps((), [(layer.values, layer) for layer in layers], table, origins)
    return Merged(values, origins)


def _merge_maps(
    path: Path, pairs: Sequence[Pair], rules: Mapping[Path, Any], origins: dict[Path, Origin] | None
) -> dict[str, Any]:
    """Merge maps field by field; an `OMIT` among them takes away each field that weaker ones state."""
    keys = dict.fromkeys([key for value, _ in pairs if isinstance(value, Mapping) for key in value])
    merged: dict[str, Any] = {}
    for key in keys:
        held: list[Pair] = [(v if v is OMIT else v[key], layer) for v, layer in pairs if v is OMIT or key in v]
        result = _merge_field((*path, key), held, rules, origins)
        if result is not OMIT and result != {}:
            merged[key] = result
    return merged


def _merge_field(
    path: Path, pairs: Sequence[Pair], rules: Mapping[Path, Any], origins: dict[Path, Origin] | None
) -> Any:
    rule = _rule(path, rules)
    pairs = _telling(pairs, rule)
    kind = _kind(pairs[-1][0], rule)
    same = ("leaf",) if kind == "leaf" else ("map", "omit")
    start = len(pairs) - 1
    while start and _kind(pairs[start - 1][0], rule) in same:
        start -= 1
    run = pairs[start:]
    if any(_kind(value, rule) == "map" for value, _ in run):
        return _merge_maps(path, run, rules, origins)
    value, layer = glom(run, rule) if kind == "leaf" and rule is not None else run[-1]
    if origins is not None and layer.layer is not None:
        # Several parts of one layer count as one: what it replaces is what the layers below it say.
        weaker = list(takewhile(lambda pair: pair[1].layer != layer.layer, pairs))
        before = _merge_field(path, weaker, rules, None) if weaker else OMIT
        before = None if before is OMIT or before == {} else before
        if value is not OMIT or before is not None:
            place = layer.place(path) if layer.place else None
            origins[path] = Origin(layer.layer, place, before)
    return value if value is OMIT else _plain(value)


def _telling(pairs: Sequence[Pair], rule: Any) -> Sequence[Pair]:
    """The pairs without those that say nothing: maps without a value in them, where a plain value stands."""
    told: list[Pair] = []
    below = ""
    for value, layer in pairs:
        kind = _kind(value, rule)
        if below == "leaf" and kind == "map" and _hollow(value):
            continue
        below = below if kind == "omit" else kind
        told.append((value, layer))
    return told


def _hollow(value: Any) -> bool:
    return value is OMIT or (isinstance(value, Mapping) and all(map(_hollow, value.values())))


def _kind(value: Any, rule: Any) -> str:
    if value is OMIT:
        return "omit"
    return "map" if isinstance(value, Mapping) and rule is None else "leaf"


def _rule(path: Path, rules: Mapping[Path, Any]) -> Any:
    for pattern, rule in rules.items():
        if len(pattern) == len(path) and all(want in ("*", have) for want, have in zip(pattern, path, strict=True)):
            return rule
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
