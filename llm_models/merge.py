"""The merger: layers of mappings become one mapping, by rules that are data.

It knows ordered layers and a table of rules by field path, and nothing about the meaning of fields. Its laws:

- an absent field changes nothing, and maps are merged deeply;
- for any other value the rule of its path decides; without a rule the strongest layer wins;
- `OMIT` removes what weaker layers state;
- a map without a value in it states nothing and is left out;
- no input is changed or shared;
- merging all layers at once gives the same as merging them one by one, weakest first.

The origin of each value is recorded in the same pass.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.frozen import thaw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Literal

    Rules = Mapping["Path", Any]
    Pair = tuple[Any, "Layered"]  # the value that one layer states for a field

Path = tuple[str, ...]


JOINING = ("UNITE",)
"""The rules for which the lists of one layer's parts are one list, in their order."""


class _Omit:
    def __repr__(self) -> str:
        return "OMIT"


OMIT: Any = _Omit()
"""As a value: removes the field that weaker layers state. A stronger layer may state it again."""


class Origin(NamedTuple):
    """Where a value comes from: the layer's name, the location in it, and the value of weaker layers (None: none)."""

    layer: str
    location: str | None
    replaced: Any


class Layered(NamedTuple):
    """One layer's part: its values, its name (None: no origins are recorded), and the location of each path."""

    values: Mapping[str, Any]
    layer: str | None = None
    location: Callable[[Path], str | None] | None = None


class Merged(NamedTuple):
    """The merged values, and by path the origin of every leaf that a named layer set or removed.

    A leaf is a value that is not a map, or the result of a rule. An omitted map is removed leaf by leaf.
    """

    values: dict[str, Any]
    origins: dict[Path, Origin]


def nest(path: Path, value: Any) -> Any:
    """A mapping that holds `value` at `path`."""
    for step in reversed(path):
        value = {step: value}
    return value


def merge(layers: Sequence[Layered], rules: Rules) -> Merged:
    """Merge `layers`, weakest first, by `rules`: field path -> rule, where the key `*` stands for any one key.

    A rule is the name of a glom spec in `rules`, or a spec. It decides where several layers state the field, or where
    one states a list with duplicates. Law: a spec returns a single pair unchanged, apart from such duplicates.

    >>> merge([Layered({"a": 1, "b": 2}), Layered({"b": 3}, "mine")], {}).values
    {'a': 1, 'b': 3}
    """
    origins: dict[Path, Origin] = {}
    return Merged(_merge_maps((), [(layer.values, layer) for layer in layers], rules, origins), origins)


def _merge_maps(path: Path, pairs: Sequence[Pair], rules: Rules, origins: dict[Path, Origin] | None) -> dict[str, Any]:
    """Merge maps field by field; an `OMIT` among them removes each field that weaker layers state."""
    keys = dict.fromkeys([key for value, _ in pairs if value is not OMIT for key in value])
    deepest = max(map(len, rules), default=0)
    rules = rules if deepest > len(path) else {}
    has_plain_fields = deepest <= len(path) + 1  # no rule is about a part of a field
    merged: dict[str, Any] = {}
    for key in keys:
        held: list[Pair] = [(v if v is OMIT else v[key], layer) for v, layer in pairs if v is OMIT or key in v]
        if has_plain_fields and len(held) == 1 and held[0][1].layer is None and _rule((*path, key), rules) is None:
            result = _alone(held[0][0])  # most fields, where an entry is for all models
        else:
            result = _merge_field((*path, key), held, rules, origins)
        if result is not OMIT and result != {}:
            merged[key] = result
    return merged


def _merge_field(path: Path, pairs: Sequence[Pair], rules: Rules, origins: dict[Path, Origin] | None) -> Any:
    rule = _rule(path, rules)
    run = pairs = pairs if len(pairs) == 1 else _stating(pairs, rule)
    kind = _kind(pairs[-1][0], rule)
    if len(pairs) > 1:
        together = ("leaf",) if kind == "leaf" else ("map", "omit")
        run = list(takewhile(lambda pair: _kind(pair[0], rule) in together, reversed(pairs)))[::-1]
    if any(_kind(value, rule) == "map" for value, _ in run):
        return _merge_maps(path, run, rules, origins)
    value, layer = run[-1] if kind == "omit" or rule is None else _apply(rule, run)
    if origins is not None and layer.layer is not None:
        # Several parts of one layer count as one: it replaces what the layers below it state.
        weaker = list(takewhile(lambda pair: pair[1].layer != layer.layer, pairs))
        if len(weaker) == 1 and rule is None and all(len(pattern) <= len(path) for pattern in rules):
            before = _alone(weaker[0][0])
        else:
            before = _merge_field(path, weaker, rules, None) if weaker else OMIT
        replaced = None if before is OMIT or before == {} else before
        if value is not OMIT or replaced is not None:
            origins[path] = Origin(layer.layer, layer.location(path) if layer.location else None, replaced)
    return thaw(value)


def _alone(value: Any) -> Any:
    """A value that one layer alone states, without the maps in it that state nothing."""
    if not isinstance(value, dict):
        return value if value is OMIT else thaw(value)
    parts = {key: _alone(item) for key, item in value.items()}
    return {key: part for key, part in parts.items() if part is not OMIT and part != {}}


def _apply(rule: Any, run: Sequence[Pair]) -> Pair:
    """The result of a rule; without importing glom where only one layer states the field, and nothing twice."""
    if rule in JOINING and {layer.layer for _, layer in run} == {run[-1][1].layer or ""}:  # parts of one named layer
        run = [([item for value, _ in run for item in value], run[-1][1])]
    if len(run) == 1 and not _repeats(run[0][0]):
        return run[0]
    from glom import glom

    from llm_models import rules

    result: Pair = glom(run, getattr(rules, rule) if isinstance(rule, str) else rule)
    return result


def _repeats(value: Any) -> bool:
    """Whether a list may hold duplicates."""
    try:
        return isinstance(value, (list, tuple)) and len(set(value)) < len(value)
    except TypeError:  # items that have no hash, which a schema refuses
        return False


def _stating(pairs: Sequence[Pair], rule: Any) -> Sequence[Pair]:
    """Drop empty maps that would overwrite a plain value."""
    kept: list[Pair] = []
    below = ""
    for value, layer in pairs:
        kind = _kind(value, rule)
        if not (below == "leaf" and kind == "map" and _hollow(value)):
            kept.append((value, layer))
            below = below if kind == "omit" else kind
    return kept


def _hollow(value: Any) -> bool:
    return value is OMIT or (isinstance(value, dict) and all(map(_hollow, value.values())))


def _kind(value: Any, rule: Any) -> Literal["omit", "map", "leaf"]:
    if value is OMIT:
        return "omit"
    return "map" if isinstance(value, dict) and rule is None else "leaf"


def _rule(path: Path, rules: Rules) -> Any:
    for pattern, rule in rules.items():
        if pattern == path or ("*" in pattern and _fits(pattern, path)):
            return rule
    return None


def _fits(pattern: Path, path: Path) -> bool:
    return len(pattern) == len(path) and all(want in ("*", have) for want, have in zip(pattern, path, strict=True))
