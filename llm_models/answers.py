"""Answers: the JSON that each command prints, as schemas; the fields of a record in it, chosen, or filled with null.

The schemas are files in `schemas/commands/`; `shared` has what several of them use, and what other schemas have too.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from llm_models import paths, schema
from llm_models.similarity import did_you_mean, mistyped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Node = Mapping[str, Any]
    Path = tuple[str, ...]

ANSWERS = ("list", "select", "search", "show", "offers", "resolve", "providers", "history", "explain", "cost",
           "validate", "info", "diff", "activate", "pull", "rollback",
           "init", "set", "add", "unset", "exclude", "lint", "browse")  # fmt: skip
"""The commands whose answer has a schema: all with `--json`."""
RECORDS = {
    "list": "listed", "select": "chosen", "search": "hit", "show": "shown", "offers": "offer", "providers": "provider",
}  # fmt: skip
"""Command -> the part of `shared` that is its record, of which `--fields` chooses."""
_NULL = {"type": "null"}


@cache
def _file(name: str) -> dict[str, Any]:
    path = os.path.join(paths.resources("schemas"), "commands", f"{name}.schema.json")
    read: dict[str, Any] = json.loads(paths.packaged_text(path))
    return read


def published(command: str, *, null: bool = False) -> dict[str, Any]:
    """The schema of what a command prints with `--json`, or with `--json --null`, as one document."""
    document: dict[str, Any] = _expanded(_file(command), command, null)
    return document


@cache
def record_schema(command: str) -> dict[str, Any]:
    """The schema of a record that a command prints."""
    node: dict[str, Any] = _expanded(_file("shared")["$defs"][RECORDS[command]], "shared", False)
    return node


def _expanded(node: Any, home: str, null: bool) -> Any:
    """A part of a schema in which the target takes the place of each `$ref`."""
    if isinstance(node, list):
        return [_expanded(item, home, null) for item in node]
    if not isinstance(node, dict):
        return node
    own = {key: _expanded(value, home, null) for key, value in node.items() if key != "$ref"}
    if not isinstance(node.get("$ref"), str):
        return own
    file, _, pointer = node["$ref"].partition("#")
    outer = file.startswith("../")
    name = os.path.basename(file).removesuffix(".schema.json")
    target: Any = schema.published(name) if outer else _file(name)
    for step in pointer.split("/")[1:]:
        target = target[step]
    if not outer:
        target = _expanded(target, name, null)
        if null and pointer.rpartition("/")[2] in RECORDS.values():
            target = _with_nulls(target)
    return {**target, **own}


def _parts(node: Node) -> Mapping[str, Node] | None:
    """The schemas of the fields of an object whose keys are fixed; None for anything else."""
    found: Mapping[str, Node] | None = node.get("properties")
    return found


def _with_nulls(node: Node) -> dict[str, Any]:
    """The schema of what `filled` makes: every key is there, and one that need not be there may be null."""
    parts = {}
    for name, part in (_parts(node) or {}).items():
        if _parts(part) is not None:
            parts[name] = _with_nulls(part)
        else:
            optional = name not in node.get("required", ())
            parts[name] = {"anyOf": [part, _NULL], "description": part["description"]} if optional else dict(part)
    return {**node, "properties": parts, "required": [*parts]}


def filled(record: Mapping[str, Any], node: Node) -> dict[str, Any]:
    """A record with every key of its schema, also in its parts; null is what it does not have. Lists and tables stay.

    >>> limits = {"properties": {"limits": {"properties": {"context": {}, "output": {}}}, "name": {}}}
    >>> filled({"limits": {"context": 8192}}, limits)
    {'limits': {'context': 8192, 'output': None}, 'name': None}
    """
    return {
        name: record.get(name) if _parts(part) is None else filled(record.get(name) or {}, part)
        for name, part in (_parts(node) or {}).items()
    }


def names(node: Node) -> list[str]:
    """The names of all fields of a record, as dotted text, parts before what is in them.

    >>> names({"properties": {"limits": {"properties": {"context": {}}}, "name": {}}})
    ['limits', 'limits.context', 'name']
    """
    return [".".join(path) for path, _ in _walk(node)]


def _walk(node: Node, above: Path = ()) -> Iterator[tuple[Path, Node]]:
    for name, part in (_parts(node) or {}).items():
        yield (*above, name), part
        yield from _walk(part, (*above, name))


def field_of(name: str, node: Node) -> Path:
    """The path of a field. Below a table with free keys, such as `cost.fees`, every key is one.

    Raises `LookupError`, whose message names the nearest fields, or all at the top.
    """
    path = tuple(name.strip().split("."))
    part: Node | None = node
    for step in path:
        inside = None if part is None else _parts(part)
        free = None if part is None else part.get("additionalProperties")
        part = inside.get(step) if inside is not None else free if isinstance(free, dict) and step else None
        if part is None:
            every = f" The fields are {', '.join(_parts(node) or ())}."
            raise LookupError(f"unknown field '{name}'.{did_you_mean(mistyped(name.strip(), names(node))) or every}")
    return path


def picked(record: Mapping[str, Any], fields: Iterable[Path]) -> dict[str, Any]:
    """The fields of a record that it has, nested as in the record, in the order of `fields`.

    >>> picked({"id": "m", "cost": {"input": 1, "output": 2}}, [("cost", "output"), ("id",)])
    {'cost': {'output': 2}, 'id': 'm'}
    """
    chosen: dict[str, Any] = {}
    for path in fields:
        value: Any = record
        for step in path:
            value = value.get(step, ...) if isinstance(value, dict) else ...
        if value is not ...:
            into = chosen
            for step in path[:-1]:
                into = into.setdefault(step, {})
            into[path[-1]] = value
    return chosen


def columns(records: Sequence[Mapping[str, Any]], fields: Iterable[Path], node: Node) -> list[Path]:
    """The columns of a table of these fields: of a group, those of its fields that any record has."""
    known = dict(_walk(node))
    found: list[Path] = []
    for field in fields:
        inner = [path for path, part in known.items() if path[: len(field)] == field and _parts(part) is None]
        if field in known and _parts(known[field]) is not None:
            found += [path for path in inner if any(value_at(record, path) is not None for record in records)]
        else:
            found.append(field)
    return [*dict.fromkeys(found)]


def value_at(record: Mapping[str, Any], path: Path) -> Any:
    """The value of a field of a record, None where it has none."""
    value: Any = record
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
