"""Guards: what keeps a bad refresh from replacing a good catalogue, and what deserves eyes.

They compare source with source: the curated overrides and an application's layers are taken off both sides, so
that a correction of ours cannot hide a change of theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.differences import compare
from llm_models.errors import LLMModelsError, printable
from llm_models.provenance import weaker
from llm_models.tail import restore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llm_models.differences import Change
    from llm_models.layers import Entry
    from llm_models.normalize import Report
    from llm_models.snapshot_file import SnapshotFile

__all__ = ["GuardError", "refusals", "source_changes", "worth_a_look"]

MAX_INVALID = 0.01
"""The largest part of a source's records that may be invalid."""
MIN_KEPT = 0.5
"""The smallest part of the active catalogue's models that the new one must have in number."""
TENFOLD = 10


class GuardError(LLMModelsError):
    """An activation was refused; `refused` says why, reason by reason."""

    refused: tuple[str, ...]


def refusals(report: Report, active: SnapshotFile | None, new: SnapshotFile) -> list[str]:
    """Why `new` should not replace the `active` snapshot; each reason is a sentence."""
    found = []
    if report.records_seen and report.records_dropped > MAX_INVALID * report.records_seen:
        share = 100 * report.records_dropped / report.records_seen
        found.append(
            f"{report.records_dropped:,} of {report.records_seen:,} records are invalid "
            f"({share:.1f} %, at most {100 * MAX_INVALID:g} % is let through)"
        )
    if active is None:
        return found
    base = restore(active)
    before, after = base.header["counts"]["models"], restore(new).header["counts"]["models"]
    if after < MIN_KEPT * before:
        found.append(f"the catalogue shrank from {before:,} models to {after:,}")
    old_date, new_date = base.header.get("date") or "", new.header.get("date") or ""
    if new_date < old_date:
        found.append(f"the catalogue is older than the active one ({new_date or 'no date'}, active {old_date})")
    return found


def source_changes(active: SnapshotFile, new: SnapshotFile) -> list[Change]:
    """The fields that changed from source to source, providers and models alike."""
    return list(compare(restore(active), restore(new), _as_the_source_said).changes)


def _as_the_source_said(file: SnapshotFile, spec: str, flat: dict[str, Any]) -> dict[str, Any]:
    """A record's leaves without the curated overrides."""
    section = "models" if ":" in spec else "providers"
    origins = file.tail()[section].get(spec, {}).get("fields", {})
    for layer in dict.fromkeys(origin["layer"] for origin in origins.values()):
        flat = weaker(flat, origins, layer)
    return flat


def worth_a_look(changes: Sequence[Change], gone: Sequence[Entry]) -> Iterator[str]:
    """What a person should see before trusting a refresh, a sentence each."""
    for change in changes:
        spec = printable(change.spec)
        of_provider = ":" not in change.spec and change.field in {"base_url", "env"}
        if of_provider or change.field.startswith("extra.provider."):
            yield f"{spec}: {change.field} changed from {_shown(change.old)} to {_shown(change.new)}"
        elif change.kind == "price" and _is_number(change.old) and _is_number(change.new):
            low, high = sorted((change.old, change.new))
            if high >= TENFOLD * low and high > 0:
                yield f"{spec}: {change.field} changed from {change.old:g} to {change.new:g}"
    for entry in gone:
        spec = printable(f"{entry.provider}:{entry.match or entry.id}")
        yield f"{spec}: is gone, and {entry.place or 'a layer'} names it"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: object) -> str:
    text = "nothing" if value in (None, "", []) else ", ".join(value) if isinstance(value, list) else str(value)
    return printable(text)[:200]
