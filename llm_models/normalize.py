"""Normalize: a source's records in our shape, by a transform that is data; the room of glom.

A transform module (`transforms/`, one file a source) holds two tables for each kind of record. `SHAPE` says
what the source may hold: key -> a function that checks one value, or a table of the same kind. `SPECS` says
where it goes: source key -> {our path: glom spec}. What a check refuses is dropped and counted, alone; a key
that no table names passes into `extra` under its own name; a record is dropped only when nothing says what it
is. The specs of a record are composed once for each set of keys, not for each record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glom import glom

from llm_models.errors import SourceError, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

__all__ = ["Drop", "Parts", "Report", "clean", "normalize"]


class Drop(ValueError):
    """Raised by a check: the value is left out, for this reason."""


class Parts(dict[str, Any]):
    """Returned by a check that tells several things of one value: each becomes a key `key.part` of its own."""


class Report:
    """What a build dropped and repaired, counted by (kind, place, reason), with the first few specs of each."""

    EXAMPLES = 3

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str, str], int] = {}
        self.examples: dict[tuple[str, str, str], list[str]] = {}
        self.records_seen = 0
        self.records_dropped = 0

    def add(self, kind: str, place: str, reason: str, example: str) -> None:
        """Count one: `kind` is `"dropped"`, `"repaired"`, `"odd"` or `"record dropped"`."""
        key = (kind, place, reason)
        self.counts[key] = self.counts.get(key, 0) + 1
        examples = self.examples.setdefault(key, [])
        if len(examples) < self.EXAMPLES:
            examples.append(example)
        if kind == "record dropped":
            self.records_dropped += 1

    def rows(self) -> list[dict[str, Any]]:
        """The counts as plain data, most frequent first within each kind."""
        order = sorted(self.counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
        return [
            {"kind": key[0], "place": key[1], "reason": key[2], "count": count, "examples": self.examples[key]}
            for key, count in order
        ]


def clean(
    value: Mapping[str, Any], shape: Mapping[str, Any], note: Callable[[str, str, str], None], path: str = ""
) -> tuple[dict[str, Any], dict[str, Any]]:
    """`value` as far as `shape` knows it, and the rest that it does not know, nested alike.

    `note(kind, place, reason)` is called for everything dropped or repaired; a check calls its own
    `note(reason, part, kind)`, for a part of its value and for what it drops.
    """
    known: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, item in value.items():
        check = shape.get(key)
        place = f"{path}.{key}" if path else key
        if check is None:
            rest[key] = item
        elif isinstance(check, dict):
            if not isinstance(item, dict):
                note("dropped", place, f"expected an object, found {_kind(item)}")
                continue
            inside, unknown = clean(item, check, note, place)
            if inside or not item:
                known[key] = inside
            if unknown:
                rest[key] = unknown
        else:

            def tell(reason: str, part: str = "", kind: str = "repaired", place: str = place) -> None:
                note(kind, f"{place}.{part}" if part else place, reason)

            try:
                made = check(item, tell)
            except Drop as why:
                note("dropped", place, str(why))
                continue
            if isinstance(made, Parts):
                known.update({f"{key}.{part}": one for part, one in made.items()})
            else:
                known[key] = made
    return known, rest


def _kind(value: object) -> str:
    """JSON's word for the type of a value."""
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)


class _Composed:
    """The specs of one kind of record, composed for each set of keys that occurs."""

    def __init__(self, specs: Mapping[str, Mapping[str, Any]]) -> None:
        self._specs = specs
        self._by_keys: dict[tuple[str, ...], dict[str, Any]] = {}

    def __call__(self, record: dict[str, Any]) -> dict[str, Any]:
        keys = tuple([key for key in self._specs if key in record])
        spec = self._by_keys.get(keys)
        if spec is None:
            spec = self._by_keys[keys] = {}
            for key in keys:
                for path, part in self._specs[key].items():
                    *groups, last = path.split(".")
                    inner = spec
                    for group in groups:
                        inner = inner.setdefault(group, {})
                    inner[last] = part
        made: dict[str, Any] = glom(record, spec)
        return made


def normalize(catalogue: Mapping[str, Any], transform: ModuleType, report: Report) -> dict[str, dict[str, Any]]:
    """Provider id -> `{"provider": record, "models": {id: record}}`, in our shape, not yet validated.

    Raises `SourceError` where two providers have one id in our spelling.
    """
    make_provider = _Composed(transform.PROVIDER_SPECS)
    make_model = _Composed(transform.MODEL_SPECS)
    normalized: dict[str, dict[str, Any]] = {}
    sources: dict[str, str] = {}
    for key, value in catalogue.items():
        report.records_seen += 1
        why = _identity_fault(key, value)
        models = value.get(transform.MODELS) if isinstance(value, dict) else None
        if why:
            report.add("record dropped", "provider", why, printable(key)[:80])
            if isinstance(models, dict):
                report.records_seen += len(models)
                for model_key in models:
                    report.add("record dropped", "model", "its provider was dropped", printable(model_key)[:80])
            continue
        record = {name: item for name, item in value.items() if name != transform.MODELS}
        provider = _one(record, transform.PROVIDER_SHAPE, make_provider, report, printable(key)[:80])
        provider_id = provider["id"]
        if provider_id in normalized:
            raise SourceError(
                f"providers '{printable(sources[provider_id])}' and '{printable(key)}' are both '{provider_id}' in the "
                "catalogue's spelling; one of them must be renamed"
            )
        sources[provider_id] = key
        made: dict[str, Any] = {}
        normalized[provider_id] = {"provider": provider, "models": made}
        if not isinstance(models, dict):
            report.add("dropped", transform.MODELS, f"expected an object, found {_kind(models)}", printable(key)[:80])
            continue
        for model_key, model in models.items():
            report.records_seen += 1
            spec = f"{provider_id}:{printable(model_key)[:80]}"
            why = _identity_fault(model_key, model)
            if why:
                report.add("record dropped", "model", why, spec)
                continue
            data = _one(model, transform.MODEL_SHAPE, make_model, report, spec)
            data["provider"] = provider_id
            made[data["id"]] = data
    return normalized


def _identity_fault(key: str, value: object) -> str | None:
    """Why a record cannot be told which one it is, or None."""
    if not isinstance(value, dict):
        return f"expected an object, found {_kind(value)}"
    if not isinstance(value.get("id"), str):
        return f"its id is {_kind(value['id'])}, expected text" if "id" in value else "it has no id"
    return None if value["id"] == key else "its id is unlike its key"


def _one(
    record: Mapping[str, Any], shape: Mapping[str, Any], make: _Composed, report: Report, spec: str
) -> dict[str, Any]:
    known, rest = clean(record, shape, lambda kind, place, reason: report.add(kind, place, reason, spec))
    made = make(known)
    if rest:
        extra = made.setdefault("extra", {})
        for key, item in rest.items():
            if key in extra:
                report.add("dropped", key, "extra holds another value of that name", spec)
            else:
                extra[key] = item
    return made
