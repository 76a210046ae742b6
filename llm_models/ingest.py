"""Ingest: a source's bytes become the layer of its valid records, and a report of what was dropped."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from llm_models import addresses, credentials, current_prices, schema, transforms
from llm_models.days import later_than_tomorrow, today
from llm_models.document import Document
from llm_models.errors import EmptyCatalogError, dotted, printable
from llm_models.layers import ground_layer
from llm_models.memory import remembered
from llm_models.moving import settle
from llm_models.normalize import Report, normalize
from llm_models.shape import check_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llm_models.layers import Layer


PAST = ("release_date", "last_updated", "knowledge")
"""The fields of a model that hold a date in the past. (An announced retirement lies in the future on purpose.)"""


def records_of(data: bytes, name: str, source: str, day: str) -> tuple[dict[str, dict[str, Any]], Report]:
    """The valid records of a source's bytes, without what looks like a key, and what was dropped and repaired.

    Provider id -> `{"provider": record, "models": {id: record}}`. Of price lists by day, the flat prices are those of
    `day`. Raises `SourceError`, and `EmptyCatalogError` where no record is left: a list that states nothing must not
    pass for one that agrees.
    """
    report = Report()
    document, _ = transforms.read(data, name, source)
    records = normalize(document, transforms.transform(source), report, _fault)
    for part in records.values():
        _leave_out_secrets(part["provider"], part["provider"]["id"], report)
        _leave_out_unreadable(part["provider"], part["provider"]["id"], report)
        for model in part["models"].values():
            _leave_out_secrets(model, f"{model['provider']}:{model['id']}", report)
            _leave_out_unreadable(model, f"{model['provider']}:{model['id']}", report)
            if "dated" in model.get("cost", {}):
                model["cost"] = current_prices.of_day(model["cost"], day)
    if not any(part["models"] for part in records.values()):
        raise EmptyCatalogError(f"{name}: no model is left: {report.records_dropped} records were dropped")
    return records, report


def read_source(
    data: bytes, name: str, source: str, *, day: str | None = None, without_prose: bool = False
) -> tuple[dict[str, Any], Layer, Report]:
    """What a snapshot's header states of the source, the layer of its valid records, and the report.

    `name` stands for the bytes in messages. `day` is the day on which they were fetched; None means today. A date of
    the past that lies later than the day after it is dropped; of price lists by day, the flat prices are those of that
    day. Then the header states the day: the bytes and the day decide what is built. The date of the catalogue is the
    newest `last_updated` up to that day. `without_prose` leaves out the descriptions. Raises `SourceError` where the
    bytes are not a catalogue or the source lists no models, `EmptyCatalogError` where no record is valid.
    """
    transforms.check_lists(source)
    day = day or today()
    records, report = records_of(data, name, source, day)
    for part in records.values():
        settle(part["models"], report)
    models = [model for part in records.values() for model in part["models"].values()]
    origin = {"name": source, "sha256": hashlib.sha256(data).hexdigest()}
    for model in models:
        if _leave_out_future(model, day, report):
            origin["day"] = day
        if without_prose and model.pop("description", None) is not None:
            example = printable(f"{model['provider']}:{model['id']}")
            report.add("left out", "description", f"prose of {transforms.named(source).title}", example)
        if "dated" in model.get("cost", {}):
            origin["day"] = day
        limits = model.get("limits", {})
        if limits.get("output", 0) > limits.get("context", limits.get("output", 0)):
            example = printable(f"{model['provider']}:{model['id']}")
            report.add("odd", "limits", "output is larger than context", example)
    header: dict[str, Any] = {"sources": [origin]}
    dates = [model["last_updated"] for model in models if "last_updated" in model]
    if dates:
        header["date"] = max((date for date in dates if date <= day), default=day)
        if max(dates) > day:  # that of tomorrow, which would make the next file look older
            origin["day"] = day
    return header, ground_layer(records, Document(source, None, None, [])), report


def _leave_out_future(model: dict[str, Any], day: str, report: Report) -> bool:
    """Drop the dates that lie later than the day after `day`; whether there were any."""
    dropped = [field for field in PAST if field in model and later_than_tomorrow(model[field], day)]
    for field in dropped:
        del model[field]
        report.add("dropped", field, "later than tomorrow", printable(f"{model['provider']}:{model['id']}"))
    return bool(dropped)


def _leave_out_secrets(record: dict[str, Any], spec: str, report: Report) -> None:
    """Drop each value, and each key of `extra`, that is a key, a token or a password, and an address that is none."""
    paths = [path for key, value in record.items() for path in _secrets_in(key)(value)]
    for path in paths[::-1]:  # later items of a list first
        _drop(record, path)
        field = dotted([step for step in path if isinstance(step, str)])
        report.add("dropped", field, "looks like a key, a token or a password", printable(spec))
    own = record.get("extra", {}).get("provider")
    address = own.get("api") if isinstance(own, dict) else None
    if isinstance(address, str) and not addresses.can_work(address):
        del own["api"]
        report.add("dropped", "extra.provider.api", "not the base URL of an API", printable(spec))


def _leave_out_unreadable(record: dict[str, Any], spec: str, report: Report) -> None:
    """Drop what no reader of a snapshot file takes: a number of more than 63 bits in data of any shape.

    Such data is in `extra`, of which a key is dropped, and in the request of a mode, which is worth nothing without it.
    """
    cost = record.get("cost", {})
    free: list[tuple[tuple[str, ...], str, dict[str, Any]]] = [((), "extra", record)]
    free += [(("cost",), "modes", prices) for prices in (cost, *cost.get("dated", ()))]
    for above, name, holder in free:
        for key in [*holder.get(name, ())]:
            try:
                check_plain(holder[name][key])
            except ValueError:
                del holder[name][key]
                report.add("dropped", dotted((*above, name, key)), "a number of more than 63 bits", printable(spec))


@cache
def _secrets_in(key: str) -> Callable[[Any], list[credentials.Path]]:
    """The function that gives the paths of what looks like a key in the field `key` of a record, from its value."""
    return remembered(lambda value: [*credentials.found({key: value})])


def _drop(data: Any, path: Sequence[str | int]) -> None:
    """Remove what is at a path."""
    *steps, last = path
    for step in steps:
        data = data[step]
    del data[last]


def _fault(kind: str, record: dict[str, Any]) -> str | None:
    """Why a record is refused: its schema refuses it, or its id is a secret."""
    if isinstance(record["id"], str) and credentials.in_name(record["id"]):
        return "its id looks like a key"
    if schema.accepts(kind, record):
        return None
    from llm_models.validation import first_fault

    path, message = first_fault(kind, record) or ((), "refused")
    return f"{dotted(path) or 'record'}: {message.partition(':')[0]}"
