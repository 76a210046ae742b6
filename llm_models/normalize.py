"""Normalize: a source's document as our records, by a transform that is data; and the report about it.

`transforms` describes the glom specs of a source. A value that a check refuses is dropped alone and counted, and an
unknown key is kept in `extra`. A record is dropped when it does not state its id, or when its schema refuses it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from llm_models.credentials import masked
from llm_models.errors import SourceError, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Literal

    Kind = Literal["dropped", "repaired", "odd", "record dropped", "left out"]

    Entry = tuple[str, Any]


class Drop(ValueError):
    """A value or a record is left out, for this reason. Checks raise it; in a list of records it takes their place."""


class Report:
    """What a build dropped and repaired, counted by (kind, field, reason), with the first three specs of each."""

    def __init__(self) -> None:
        self.counts: dict[tuple[Kind, str, str], int] = {}
        self.examples: dict[tuple[Kind, str, str], list[str]] = {}
        self.records_seen = 0
        self.records_dropped = 0

    def add(self, kind: Kind, field: str, reason: str, example: str) -> None:
        """Count one: `kind` is `"dropped"`, `"repaired"`, `"odd"` or `"record dropped"`. No text shows a key."""
        key = (kind, masked(field), masked(reason))
        self.counts[key] = self.counts.get(key, 0) + 1
        examples = self.examples.setdefault(key, [])
        if len(examples) < 3:
            examples.append(masked(example))
        if kind == "record dropped":
            self.records_dropped += 1

    def add_values(self, source: str, other: Report) -> None:
        """Also count the values that another source's report counts, but not its records: they are not the source's."""
        for (kind, field, reason), count in other.counts.items():
            if kind != "record dropped":
                self.counts[kind, f"{source}: {field}", reason] = count
                self.examples[kind, f"{source}: {field}", reason] = other.examples[kind, field, reason]

    def rows(self) -> list[dict[str, Any]]:
        """The counts as plain data, most frequent first within each kind."""
        order = sorted(self.counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
        return [
            {"kind": key[0], "place": key[1], "reason": key[2], "count": count, "examples": self.examples[key]}
            for key, count in order
        ]


_KINDS = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}


def kind_of(value: object) -> str:
    """JSON's word for the type of a value."""
    return "null" if value is None else _KINDS[type(value)]


def listed(document: Any, transform: ModuleType) -> Iterable[tuple[Entry, Iterable[Entry] | Drop]]:
    """The providers of a document with their models, each as (name in the source, record or `Drop`).

    A `Drop` in place of the models keeps the provider without models. A document of another shape lists nothing, or
    a function of the transform raises any exception for it, here or while the result is read.
    """
    from glom import GlomError, glom

    skipped = (GlomError, Drop)
    providers: Iterable[Any] = glom(document, transform.CATALOGUE, default=(), skip_exc=skipped, glom_debug=True)
    return providers


def normalize(
    document: Any, transform: ModuleType, report: Report, fault: Callable[[str, dict[str, Any]], str | None]
) -> dict[str, dict[str, Any]]:
    """Provider id -> `{"provider": record, "models": {id: record}}`, in our shape.

    `fault(kind, record)` gives the reason why a `"provider"` or `"model"` is not valid, or None. Raises `SourceError`
    if two providers have the same id in our spelling.
    """

    def record_of(kind: str, entry: Any, example: str, **more: str) -> dict[str, Any] | None:
        """Our record, None if it was dropped; it is counted either way."""
        from glom import glom

        report.records_seen += 1
        if isinstance(entry, Drop):
            reason: str | None = str(entry)
        elif not isinstance(entry, dict):
            reason = f"expected an object, found {kind_of(entry)}"
        else:
            spec = transform.PROVIDER if kind == "provider" else transform.MODEL
            note = partial(report.add, example=example)
            reads = hasattr(type(spec), "read")  # glom would make scopes for it, in a fifth of the time of a record
            try:
                found = spec.read(entry, note) if reads else glom(entry, spec, scope={"note": note})
            except Exception as error:  # a spec that takes another shape for granted
                record, reason = {}, f"it has another shape than the transform expects ({type(error).__name__})"
            else:
                record = {**found, **more}
                reason = fault(kind, record) if "id" in record else "it has no id"
            if reason is None:
                return record
        report.add("record dropped", kind, str(reason), example)
        return None

    normalized: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    for (key, entry), models in listed(document, transform):
        name = printable(key)[:80]
        provider = record_of("provider", entry, name)
        if provider is None:
            for model_name, _ in () if isinstance(models, Drop) else models:
                record_of("model", Drop("its provider was dropped"), f"{name}:{printable(model_name)[:80]}")
            continue
        provider_id = provider["id"]
        if provider_id in normalized:
            both = f"providers '{names[provider_id]}' and '{name}' are both '{provider_id}' in the catalogue"
            raise SourceError(f"{both}. One of them must be renamed at the source.")
        names[provider_id] = name
        records: dict[str, Any] = {}
        normalized[provider_id] = {"provider": provider, "models": records}
        if isinstance(models, Drop):
            report.add("dropped", "models", str(models), name)
            continue
        for model_name, model_entry in models:
            example = f"{provider_id}:{printable(model_name)[:80]}"
            model = record_of("model", model_entry, example, provider=provider_id)
            if model is not None and records.setdefault(model["id"], model) is not model:
                report.add("record dropped", "model", "another record has the same id", example)
    return normalized
