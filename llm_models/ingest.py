"""Ingest: a source's bytes become the layer of its valid records, and a report of what was dropped.

ingest -> normalize -> validate; what a single record holds is judged record by record.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from llm_models import schema, transforms
from llm_models.document import Document
from llm_models.errors import EmptyCatalogError, printable
from llm_models.layers import ground_layer
from llm_models.normalize import Report, normalize

if TYPE_CHECKING:
    from llm_models.layers import Layer


def read_source(data: bytes, name: str, source: str) -> tuple[dict[str, Any], Layer, Report]:
    """What a snapshot's header states of the source, the layer of its valid records, and the report.

    `name` stands for the bytes in messages. The catalogue's date is the latest day on which the source looked at a
    model. Raises `SourceError` where the bytes are not a catalogue, `EmptyCatalogError` where no record survives.
    """
    report = Report()
    document, _ = transforms.read(data, name, source)
    records = normalize(document, transforms.transform(source), report)
    _validate(records, report)
    models = [
        (f"{provider}:{model_id}", model)
        for provider, part in records.items()
        for model_id, model in part["models"].items()
    ]
    if not models:
        raise EmptyCatalogError(f"{name}: no model is left: {report.records_dropped} records were dropped")
    for spec, model in models:
        limits = model.get("limits", {})
        if limits.get("output", 0) > limits.get("context", limits.get("output", 0)):
            report.add("odd", "limits", "output is larger than context", printable(spec))
    header: dict[str, Any] = {"sources": [{"name": source, "sha256": hashlib.sha256(data).hexdigest()}]}
    dates = [model["last_updated"] for _, model in models if "last_updated" in model]
    if dates:
        header["date"] = max(dates)
    return header, ground_layer(records, Document(source, None, None, [])), report


def _validate(records: dict[str, dict[str, Any]], report: Report) -> None:
    """Take out every record that its schema refuses, each alone."""
    for provider, part in list(records.items()):
        if not schema.accepts("provider", part["provider"]):
            del records[provider]
            report.add("record dropped", "provider", _reason("provider", part["provider"]), printable(provider))
            for model_id in part["models"]:
                spec = printable(f"{provider}:{model_id[:80]}")
                report.add("record dropped", "model", "its provider was dropped", spec)
            continue
        for model_id, model in list(part["models"].items()):
            if not schema.accepts("model", model):
                del part["models"][model_id]
                spec = printable(f"{provider}:{model_id[:80]}")
                report.add("record dropped", "model", _reason("model", model), spec)


def _reason(kind: str, record: dict[str, Any]) -> str:
    from llm_models.validation import first_fault

    path, message = first_fault(kind, record) or ((), "refused")
    return f"{'.'.join(map(str, path)) or 'record'}: {message.partition(':')[0]}"
