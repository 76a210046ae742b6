"""Grammar: what an `llm_models.toml` may say, by its schema and beyond it, as faults at the paths of its data.

Three checks, each of which takes for granted what the one before it looks at; what they find is taken out between
them, so that one mistake hides no other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from llm_models import validation
from llm_models.errors import did_you_mean, printable
from llm_models.frozen import Record, defaults
from llm_models.modelspec import fold_provider
from llm_models.records import Model, Provider
from llm_models.validation import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.config import Document
    from llm_models.layers import DocumentPath

__all__ = ["BY_PROVIDER", "CHECKS", "field_paths"]

MAX_DEPTH = 50
"""How deep tables and arrays may nest."""

MAX_BITS = 63
"""How large an integer may be, its sign apart; TOML promises no more."""

BY_PROVIDER = ("exclude", "allow", "deny")
"""The sections that are tables from provider to patterns."""


def _walk(data: Any) -> Iterator[tuple[DocumentPath, Any]]:
    """Every path of a document and its value, though not what is nested too deep."""
    todo: list[tuple[DocumentPath, Any]] = [((), data)]
    while todo:
        path, value = todo.pop()
        yield path, value
        if isinstance(value, (dict, list)) and len(path) <= MAX_DEPTH:
            steps = value.items() if isinstance(value, dict) else enumerate(value)
            todo.extend(((*path, step), item) for step, item in steps)


def _check_size(document: Document) -> Iterator[Fault]:
    """Values that nothing should look at more closely."""
    for path, value in _walk(document.data):
        if len(path) > MAX_DEPTH:
            yield Fault(path, f"nested deeper than {MAX_DEPTH} levels")
        elif isinstance(value, int) and value.bit_length() > MAX_BITS:
            yield Fault(path, f"an integer of more than {MAX_BITS} bits")


def _not_kept(path: DocumentPath, value: Any) -> Fault | None:
    """A value that no record can hold, where the schema leaves the type open: only JSON's types are kept."""
    if value is None:
        return Fault(path, "null says nothing", 'Leave the key out, or put it in "omit" to remove it.')
    if isinstance(value, float) and not math.isfinite(value):
        return Fault(path, f"expected a finite number (found {value})")
    if not isinstance(value, (str, int, float, dict, list)):
        return Fault(path, f"expected a string (found a {type(value).__name__})", f'Put it in quotes: "{value}".')
    return None


def _check_shape(document: Document) -> Iterator[Fault]:
    """Breaches of the schema, and values that no record can hold."""
    told = set()
    for fault in _schema_faults(document):
        told.add(fault.path)
        yield fault
    for path, value in _walk(document.data):
        wrong = None if path in told else _not_kept(path, value)
        if wrong is not None:
            yield wrong


def _schema_faults(document: Document) -> Iterator[Fault]:
    for fault in validation.faults("overrides", document.data or {}):
        value = _at(document.data, fault.path)
        if fault.path in (("models",), ("providers",)) and isinstance(value, dict):
            yield fault._replace(hint=f"Each entry begins with [[{fault.path[0]}]], in two brackets.")
        elif len(fault.path) == 2 and fault.path[0] in BY_PROVIDER and isinstance(value, dict) and fault.key is None:
            yield fault._replace(hint=f'Put the provider in quotes: "{printable(_dotted(fault.path[1], value))}".')
        else:
            yield fault


def _dotted(name: str | int, value: Any) -> str:
    """What a provider's id with points in it, written without quotes, was meant to be."""
    names = [str(name)]
    while isinstance(value, dict) and value:
        name, value = next(iter(value.items()))
        names.append(str(name))
    return ".".join(names)


def _at(data: Any, path: DocumentPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _check_meaning(document: Document) -> Iterator[Fault]:
    """What no schema can say."""
    for check in (_check_identity, _check_spellings, _check_omit, _check_tiers):
        yield from check(document)


def _check_identity(document: Document) -> Iterator[Fault]:
    """Nothing is named twice."""
    data = document.data or {}
    seen: dict[tuple[str, ...], DocumentPath] = {}

    def again(key: tuple[str, ...], path: DocumentPath) -> Iterator[Fault]:
        if key in seen:
            line = document.line(seen[key])
            first = f"on line {line}" if line else f"as {seen[key][0]}[{seen[key][1]}]"
            yield Fault(
                path, f"the same {'model' if key[1:] else 'provider'} is named twice (first {first})", "Join them."
            )
        seen.setdefault(key, path)

    for index, entry in enumerate(data.get("models", [])):
        if "id" in entry:
            yield from again((fold_provider(entry["provider"]), entry["id"]), ("models", index, "id"))
    for index, entry in enumerate(data.get("providers", [])):
        yield from again((fold_provider(entry["id"]),), ("providers", index, "id"))


def _check_spellings(document: Document) -> Iterator[Fault]:
    for section in BY_PROVIDER:
        table = (document.data or {}).get(section)
        seen: dict[str, str] = {}
        for spelling in table if isinstance(table, dict) else ():
            provider = fold_provider(spelling)
            if provider in seen:
                message = f"'{printable(spelling)}' is the same provider as '{printable(seen[provider])}'"
                yield Fault((section,), message, "Join them.", spelling)
            seen.setdefault(provider, spelling)


def _check_omit(document: Document) -> Iterator[Fault]:
    for section, kind in (("models", Model), ("providers", Provider)):
        known = field_paths(kind)
        for index, entry in enumerate((document.data or {}).get(section, [])):
            for place, dotted in enumerate(entry.get("omit", [])):
                if dotted not in known and not dotted.startswith("extra."):
                    hint = did_you_mean(dotted, known) or "Fields are written as dotted paths, such as limits.input."
                    yield Fault((section, index, "omit", place), f"unknown field '{printable(dotted)}'", hint)


def field_paths(kind: type[Record], prefix: str = "") -> list[str]:
    """Every field of a record that can be omitted, as dotted paths."""
    paths: list[str] = []
    for name, default in defaults(kind).items():
        if not prefix and name in {"id", "provider"}:
            continue
        paths.append(prefix + name)
        if isinstance(default, Record):
            paths.extend(field_paths(type(default), f"{prefix}{name}."))
    return paths


def _check_tiers(document: Document) -> Iterator[Fault]:
    for index, entry in enumerate((document.data or {}).get("models", [])):
        sizes: set[int] = set()
        for place, tier in enumerate(entry.get("cost", {}).get("tiers", [])):
            if tier["context_over"] in sizes:
                path = ("models", index, "cost", "tiers", place, "context_over")
                yield Fault(path, f"two tiers begin at {tier['context_over']} tokens", "Join them.")
            sizes.add(tier["context_over"])


CHECKS = (_check_size, _check_shape, _check_meaning)
