"""Origins: where each value comes from that is not the source's, as the last part of a snapshot file holds it.

Four sections: `providers` and `models` hold the origins of values by record, `removed` the pattern that excludes a
model, `settings` the location of each pattern of `exclude`, `deny` and `allow`. Standard library only.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from llm_models.merge import Origin

    Path = tuple[str, ...]
    Tail = dict[str, dict[str, Any]]


def empty_tail() -> Tail:
    """The sections, without a line in them."""
    return {"providers": {}, "models": {}, "removed": {}, "settings": {}}


def leaves(data: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, value) of everything in nested data that is not a mapping.

    >>> list(leaves({"cost": {"input": 1}}))
    [(('cost', 'input'), 1)]
    """
    for name, value in data.items():
        if isinstance(value, dict):
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


def fields_of(tail: Tail, name: str) -> dict[Path, dict[str, Any]]:
    """The origins of a record's values, by path: `layer`, `place` (file:line) and `replaced`, each where known.

    `name` is a provider's id or a model spec.
    """
    section = tail["models" if ":" in name else "providers"]
    return {path_of(key): origin for key, origin in section.get(name, {}).get("fields", {}).items()}


def extended(line: Mapping[str, Any] | None, origins: Mapping[Path, Origin]) -> dict[str, Any]:
    """The line of a record, extended by the origins that another merge gave."""
    fields = dict(line["fields"]) if line else {}
    for path, origin in origins.items():
        plain = {"layer": origin.layer, "place": origin.place, "replaced": origin.replaced}
        fields[key_of(path)] = {name: value for name, value in plain.items() if value is not None}
    return {"fields": fields}


def weaker(values: dict[Path, Any], origins: Mapping[Path, Mapping[str, Any]], layer: str) -> dict[Path, Any]:
    """The values that the layers below `layer` state for a record, from what that layer replaced."""
    below = dict(values)
    for path, origin in origins.items():
        if origin["layer"] == layer:
            if "replaced" in origin:
                below[path] = origin["replaced"]
            else:
                below.pop(path, None)
    return below
