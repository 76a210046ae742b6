"""Origins: where each value comes from that is not the source's, as the last part of a snapshot file holds it.

Four sections: `providers` and `models` hold the origins of values by record, `removed` the pattern that excludes a
model, `settings` the location of each pattern of `exclude`, `deny` and `allow`. Standard library only.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Literal, NotRequired, TypedDict

    from llm_models.merge import Origin

    Path = tuple[str, ...]

    class Stored(TypedDict):
        """The origin of a value or of a pattern, as a file holds it; see `merge.Origin`."""

        layer: str
        place: NotRequired[str]
        replaced: NotRequired[Any]

    class Removed(Stored):
        """The pattern that excludes a model, where it is stated, and the other names of the model."""

        pattern: str
        names: NotRequired[list[str]]

    class Lost(Stored):
        """The base of a model that is left out because the base is gone, and where the base is stated."""

        base: str

    Fields = dict[Literal["fields"], dict[str, Stored]]

    class Tail(TypedDict):
        """The sections, by provider id, by model spec (twice), and by setting, provider and pattern."""

        providers: dict[str, Fields]
        models: dict[str, Fields]
        removed: dict[str, Removed]
        settings: dict[str, dict[str, dict[str, Stored]]]
        lost: NotRequired[dict[str, Lost]]
        """By model spec, the models that an application states as copies and that have no base any more."""
        keys: NotRequired[dict[str, list[str]]]
        """Of a base: `id` has the keys of all ids (`groups.key_of`), so that new ones need not be searched for."""
        texts: NotRequired[dict[str, list[str]]]
        """Of a base: all texts of fields on which records agree, so that they need not be searched for."""


CURATED = "overrides/"
"""How the names of the layers begin that correct the packaged data. No layer of an application has such a name."""

SUPPLEMENT = "supplements/"
"""How the names of the layers begin in which another list fills what the source does not state."""

OF_BASE = (CURATED, SUPPLEMENT)
"""How the names of the layers begin that are no application's."""


def empty_tail() -> Tail:
    """The sections, without a line in them."""
    return {"providers": {}, "models": {}, "removed": {}, "settings": {}}


def leaves(data: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, value) of everything in nested data that is not a mapping, or an empty one: other data has other leaves.

    >>> list(leaves({"cost": {"input": 1}}))
    [(('cost', 'input'), 1)]
    """
    for name, value in data.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*above, name))
        else:
            yield (*above, name), value


def key_of(path: Path) -> str:
    """A path as a key of a snapshot file: dotted, or a JSON array where dots would be ambiguous.

    >>> key_of(("cost", "input")), key_of(("extra", "a.b"))
    ('cost.input', '["extra","a.b"]')
    """
    if not path[0].startswith("[") and not any("." in step for step in path):
        return ".".join(path)
    import json

    return json.dumps(path, ensure_ascii=False, separators=(",", ":"))


def path_of(key: str) -> Path:
    """The path that `key_of` wrote."""
    if not key.startswith("["):
        return tuple(key.split("."))
    import json

    return tuple(json.loads(key))


def fields_of(tail: Tail, name: str) -> dict[Path, Stored]:
    """The origins of a record's values, by path: `layer`, `place` (file:line) and `replaced`, each where known.

    `name` is a provider's id or a model spec.
    """
    record = tail["models" if ":" in name else "providers"].get(name)
    return {path_of(key): origin for key, origin in record["fields"].items()} if record else {}


def stored(layer: str, location: str | None, replaced: Any = None) -> Stored:
    """An origin as a file holds it: without what is None."""
    origin: Stored = {"layer": layer}
    if location is not None:
        origin["place"] = location
    if replaced is not None:
        origin["replaced"] = replaced
    return origin


def extended(line: Fields | None, origins: Mapping[Path, Origin], superseded: str | None = None) -> Fields:
    """The line of a record, extended by the origins that another merge gave, which replace those of one layer."""
    fields = {key: origin for key, origin in (line["fields"] if line else {}).items() if origin["layer"] != superseded}
    for path, origin in origins.items():
        fields[key_of(path)] = stored(*origin)
    return {"fields": fields}


def weaker(values: dict[Path, Any], origins: Mapping[Path, Stored], layer: str) -> dict[Path, Any]:
    """The values that the layers below `layer` state for a record, from what that layer replaced."""
    below = dict(values)
    for path, origin in origins.items():
        if origin["layer"] == layer:
            below.pop(path, None)
            if "replaced" in origin:
                below.update(((*path[:-1], *rest), value) for rest, value in leaves({path[-1]: origin["replaced"]}))
    return below
