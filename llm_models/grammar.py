"""Grammar: what an `llm_models.toml` may state, as faults at the paths of its data.

`CHECKS` run in order. Each relies on the checks before it, so faulty entries are set aside between them.
"""

from __future__ import annotations

import math
from functools import cache

from llm_models import schema
from llm_models.document import Fault, null_fault
from llm_models.errors import did_you_mean, printable
from llm_models.layers import BY_PROVIDER
from llm_models.modelspec import fold_provider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from llm_models.document import Document, DocumentPath

MAX_DEPTH = 50
"""How many levels tables and arrays may nest."""

MAX_BITS = 63
"""The size of the largest integer without its sign; TOML guarantees no more."""


def _walk(data: Any) -> Iterator[tuple[DocumentPath, Any]]:
    """Every path of a document and its value, except inside values that are nested too deeply."""
    todo: list[tuple[DocumentPath, Any]] = [((), data)]
    while todo:
        path, value = todo.pop()
        yield path, value
        if isinstance(value, (dict, list)) and len(path) <= MAX_DEPTH:
            steps = value.items() if isinstance(value, dict) else enumerate(value)
            todo.extend(((*path, step), item) for step, item in steps)


def _check_size(document: Document) -> Iterator[Fault]:
    """Reject values that are too deep or too large to process."""
    for path, value in _walk(document.data):
        if len(path) > MAX_DEPTH:
            yield Fault(path, f"nested deeper than {MAX_DEPTH} levels")
        elif isinstance(value, int) and value.bit_length() > MAX_BITS:
            yield Fault(path, f"an integer of more than {MAX_BITS} bits")


def _check_shape(document: Document) -> Iterator[Fault]:
    """Apply the schema, and reject values that no record can hold."""
    refused = set()
    for fault in () if schema.accepts("overrides", document.data) else _schema_faults(document):
        refused.add(fault.path)
        yield fault
    for path, value in _walk(document.data):
        if path not in refused:
            yield from _not_json(path, value)


def _not_json(path: DocumentPath, value: Any) -> Iterator[Fault]:
    """The fault of a value that JSON does not have. The schema does not find it where it allows any type."""
    if value is None:
        yield null_fault(path)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(path, f"expected a finite number (found {value})")
    elif not isinstance(value, (str, int, float, dict, list)):
        yield Fault(path, f"expected a string (found a {type(value).__name__})", f'Put it in quotes: "{value}".')


def _schema_faults(document: Document) -> Iterator[Fault]:
    from llm_models.validation import faults  # imports jsonschema, which a right configuration does not need

    for fault in faults("overrides", document.data):
        value: Any = document.data
        for step in fault.path:
            value = value[step]
        if fault.path in (("models",), ("providers",)) and isinstance(value, dict):
            fault.hint = f"Start each entry with [[{fault.path[0]}]], in double brackets."
        elif len(fault.path) == 2 and fault.path[0] in BY_PROVIDER and isinstance(value, dict) and fault.key is None:
            fault.hint = f'Put the provider in quotes: "{printable(_dotted(fault.path[1], value))}".'
        yield fault


def _dotted(name: str | int, value: Any) -> str:
    """The provider's id that somebody wrote with dots and without quotes."""
    names = [str(name)]
    while isinstance(value, dict) and value:
        name, value = next(iter(value.items()))
        names.append(str(name))
    return ".".join(names)


def _check_meaning(document: Document) -> Iterator[Fault]:
    """Apply the rules that a schema cannot express."""
    for check in (_check_identity, _check_spellings, _check_omit, _check_tiers):
        yield from check(document)


def _check_identity(document: Document) -> Iterator[Fault]:
    """No provider or model has two entries."""
    first: dict[tuple[str, ...], DocumentPath] = {}
    for section, kind in (("models", "model"), ("providers", "provider")):
        for path, entry in document.entries(section):
            if "id" not in entry:
                continue
            key = (fold_provider(entry["provider"]), entry["id"]) if kind == "model" else (fold_provider(entry["id"]),)
            before = first.setdefault(key, (*path, "id"))
            if before != (*path, "id"):
                line = document.line(before)
                where = f"on line {line}" if line else f"as {section}[{before[1]}]"
                yield Fault((*path, "id"), f"duplicate entry for this {kind} (first {where})", "Merge the two.")


def _check_spellings(document: Document) -> Iterator[Fault]:
    """No section has two keys for one provider."""
    for section in BY_PROVIDER:
        first: dict[str, str] = {}
        for (_, key), _globs in document.entries(section):
            spelling = str(key)
            same = first.setdefault(fold_provider(spelling), spelling)
            if same != spelling:
                message = f"duplicate entry: '{printable(spelling)}' is the same provider as '{printable(same)}'"
                yield Fault((section,), message, "Merge the two.", spelling)


def _check_omit(document: Document) -> Iterator[Fault]:
    """`omit` lists fields that exist."""
    for section in ("models", "providers"):
        for path, entry in document.entries(section):
            for index, field in enumerate(entry.get("omit", ())):
                known = field_paths(section.removesuffix("s"))
                if field not in known and not field.startswith("extra."):
                    hint = did_you_mean(field, known) or "Write fields as dotted paths, such as limits.input."
                    yield Fault((*path, "omit", index), f"unknown field '{printable(field)}'", hint)


@cache
def field_paths(name: str) -> tuple[str, ...]:
    """Every field of the record `name` (`"model"` or `"provider"`) that can be omitted, as dotted paths."""

    def below(properties: Any, prefix: str) -> Iterator[str]:
        for key, part in properties.items():
            yield prefix + key
            yield from below(part.get("properties", {}), f"{prefix}{key}.")

    return tuple(field for field in below(schema.inlined(name)["properties"], "") if field not in {"id", "provider"})


def _check_tiers(document: Document) -> Iterator[Fault]:
    """No two price tiers of a model start at the same size."""
    for path, entry in document.entries("models"):
        sizes: set[int] = set()
        for index, tier in enumerate(entry.get("cost", {}).get("tiers", ())):
            size = tier["context_over"]
            if size in sizes:
                hint = "Merge the two."
                yield Fault((*path, "cost", "tiers", index, "context_over"), f"duplicate tier over {size} tokens", hint)
            sizes.add(size)


CHECKS = (_check_size, _check_shape, _check_meaning)
