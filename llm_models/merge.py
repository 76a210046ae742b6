"""The merger: layers of mappings become one mapping, by rules that are data; the room of glom.

It knows ordered layers and a table of rules by field path, and nothing of what the fields mean. Its laws:
absent changes nothing; maps merge deeply; for anything else the rule of its path decides, and without one the
strongest layer's value wins; `OMIT` removes what weaker layers say; a map left empty is left out; no input is
changed nor shared; merging at once equals folding from the weakest. Where each value comes from is recorded in
the same pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from glom import Auto, Fill, Iter, T, glom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["LAST", "OMIT", "UNITE", "Layered", "Merged", "Origin", "merge", "nest"]

Path = tuple[str, ...]


class _Omit:
    def __repr__(self) -> str:
        return "OMIT"


OMIT = _Omit()
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
    """The merged values, and the origin of every leaf that a named layer set or removed, by path."""

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


def _merge_maps(path: Path, pairs: list[Any], rules: Mapping[Path, Any], origins: dict[Path, Origin]) -> dict[str, Any]:
    keys = dict.fromkeys([key for value, _ in pairs for key in value])
    merged: dict[str, Any] = {}
    for key in keys:
        held = [(value[key], layer) for value, layer in pairs if key in value]
        result = _merge_field((*path, key), held, rules, origins)
        if result is not OMIT and result != {}:
            merged[key] = result
    return merged


def _merge_field(path: Path, pairs: list[Any], rules: Mapping[Path, Any], origins: dict[Path, Origin]) -> Any:
    rule = _rule(path, rules)
    start = len(pairs) - 1
    kind = _kind(pairs[-1][0], rule)
    while start and _kind(pairs[start - 1][0], rule) == kind:
        start -= 1
    run = pairs[start:]
    if kind == "map" and len(run) > 1:
        return _merge_maps(path, run, rules, origins)
    if len(run) == 1 or kind == "omit":
        value, layer = run[-1]
    else:
        value, layer = glom(run, LAST if rule is None else rule)
    before: Any = OMIT
    if layer.layer is not None:
        # What it replaces is what weaker layers say; of several parts of one layer only the last counts.
        weaker = [pair for pair in pairs if pair[1].layer != layer.layer]
        before = _merge_field(path, weaker, rules, {}) if weaker else OMIT
    if kind == "omit":
        if before is not OMIT:
            _record(origins, path, layer, before)
        return OMIT
    return _copy(value, path, layer, before, origins)


def _kind(value: Any, rule: Any) -> str:
    if value is OMIT:
        return "omit"
    return "map" if isinstance(value, Mapping) and rule is None else "leaf"


def _rule(path: Path, rules: Mapping[Path, Any]) -> Any:
    for pattern, rule in rules.items():
        if len(pattern) == len(path) and all(want in ("*", have) for want, have in zip(pattern, path, strict=True)):
            return rule
    return None


def _copy(value: Any, path: Path, layer: Layered, before: Any, origins: dict[Path, Origin]) -> Any:
    """A copy of what won, its leaves recorded; maps that hold nothing are left out."""
    if not isinstance(value, Mapping):
        if value is not OMIT:
            _record(origins, path, layer, before)
        return _plain(value)
    copied = {}
    for key, item in value.items():
        weaker = before.get(key, OMIT) if isinstance(before, Mapping) else OMIT
        made = _copy(item, (*path, key), layer, weaker, origins)
        if made is not OMIT and made != {}:
            copied[key] = made
    return copied


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _record(origins: dict[Path, Origin], path: Path, layer: Layered, before: Any) -> None:
    if layer.layer is not None:
        place = layer.place(path) if layer.place else None
        origins[path] = Origin(layer.layer, place, None if before is OMIT else _plain(before))
