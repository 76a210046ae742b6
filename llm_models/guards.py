"""Guards: what keeps a bad refresh from replacing a good catalogue, and what deserves eyes.

They compare source with source: an application's layers and the curated overrides are taken off both sides, so
that a correction of ours cannot hide a change of theirs, nor look like one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.differences import Diff, Served, compare
from llm_models.errors import LLMModelsError, printable
from llm_models.filters import compile_glob
from llm_models.origins import fields_of, leaves, weaker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from llm_models.changes import Changes
    from llm_models.differences import Change
    from llm_models.layers import Entry, Layer
    from llm_models.normalize import Report
    from llm_models.snapshot_file import SnapshotFile

MAX_INVALID = 0.01
"""The largest part of a source's records that may be invalid."""
MAX_GONE = 0.5
"""The part of the active catalogue's models of which the new one must lack less."""
TENFOLD = 10
_ROUNDING = 1e-9  # 0.07 * 10 is more than 0.7


class GuardError(LLMModelsError):
    """An activation was refused; `refused` says why, reason by reason."""

    refused: tuple[str, ...]


def source_diff(active: SnapshotFile, new: SnapshotFile) -> Diff:
    """What changed from source to source. Both files are bases, without an application's layers."""
    return compare(_Source(active), _Source(new))


class _Source(Served):
    """The records of a base without the curated overrides and without defaults."""

    def __init__(self, file: SnapshotFile) -> None:
        super().__init__(file)
        tail = file.tail()
        self.origins = {**tail["providers"], **tail["models"]}
        self.curated: dict[str, dict[str, Any]] = {}
        """Provider -> the origins of its values and of its models'."""
        for name, line in self.origins.items():
            self.curated.setdefault(name.partition(":")[0], {})[name] = line

    def provider(self, provider: str) -> dict[tuple[str, ...], Any]:
        return self._without_curated("providers", provider, self.file.block(provider).provider)

    def model(self, provider: str, model_id: str) -> dict[tuple[str, ...], Any]:
        return self._without_curated("models", f"{provider}:{model_id}", self.effective(provider, model_id))

    def same_provider(self, other: Served, provider: str) -> bool:
        assert isinstance(other, _Source)
        same = self.curated.get(provider) == other.curated.get(provider)
        return same and super().same_provider(other, provider)

    def same_model(self, other: Served, provider: str, model_id: str) -> bool:
        assert isinstance(other, _Source)
        spec = f"{provider}:{model_id}"
        return self.origins.get(spec) == other.origins.get(spec) and super().same_model(other, provider, model_id)

    def _without_curated(self, section: str, name: str, record: dict[str, Any]) -> dict[tuple[str, ...], Any]:
        origins = fields_of(self.file.tail(), section, name)
        values = dict(leaves(record))
        for layer in dict.fromkeys(origin["layer"] for origin in origins.values()):
            values = weaker(values, origins, layer)
        return values


def refusals(report: Report, active: SnapshotFile | None, new: SnapshotFile, found: Diff) -> list[str]:
    """Why `new` should not replace the `active` base, `found` being their `source_diff`; each reason is a sentence."""
    reasons = []
    if report.records_dropped > MAX_INVALID * report.records_seen:
        share = 100 * report.records_dropped / report.records_seen
        reasons.append(
            f"{report.records_dropped:,} of {report.records_seen:,} records are invalid "
            f"({share:.1f} %, at most {100 * MAX_INVALID:g} % is let through)"
        )
    if active is None:
        return reasons
    before, gone = active.header["counts"]["models"], len(found.models_removed)
    if before and gone >= MAX_GONE * before:
        left = new.header["counts"]["models"]
        reasons.append(f"the catalogue shrank: {gone:,} of the {before:,} active models are gone ({left:,} are there)")
    old_date, new_date = active.header.get("date") or "", new.header.get("date") or ""
    if new_date < old_date:
        reasons.append(f"the catalogue is older than the active one ({new_date or 'no date'}, active {old_date})")
    return reasons


def worth_a_look(found: Diff, run: Changes | None) -> Iterator[str]:
    """What a person should see before trusting a refresh, a sentence each.

    `found` is the `source_diff`, `run` the merge of the application's layers onto the new base.
    """
    for change in found.changes:
        spec = printable(change.spec)
        of_provider = ":" not in change.spec and change.field in {"base_url", "env"}
        if of_provider or change.field == "extra.provider.api":  # a model that is served from elsewhere
            yield f"{spec}: {change.field} changed from {_shown(change.old)} to {_shown(change.new)}"
        elif change.kind == "price" and _moved_tenfold(change):
            yield f"{spec}: {change.field} changed from {change.old:g} to {change.new:g}"
    for layer in run.layers if run is not None else ():
        assert run is not None
        for name, place in _named_and_gone(layer, found, run):
            yield f"{printable(name)}: is gone, and {place or layer.name} names it"


def _moved_tenfold(change: Change) -> bool:
    if not _is_number(change.old) or not _is_number(change.new):
        return False
    low, high = sorted((change.old, change.new))
    return bool(high > 0 and high >= TENFOLD * low * (1 - _ROUNDING))


def _named_and_gone(layer: Layer, found: Diff, run: Changes) -> Iterator[tuple[str, str | None]]:
    """The providers and models that a layer names and the new base lacks, each with its place.

    A glob names what it matched: it is told once nothing is left for it.
    """
    for entry in layer.providers:
        if entry.provider in found.providers_removed:
            yield entry.provider, entry.place
    for provider in layer.settings.get("prefer", ()):
        if provider in found.providers_removed:
            yield provider, layer.place(("prefer",))
    for entry in layer.models:
        if _is_gone(entry, found, run):
            yield f"{entry.provider}:{entry.match or entry.id}", entry.place
    allow = layer.settings.get("allow")
    for provider, globs in allow.items() if isinstance(allow, dict) else ():
        for glob in () if globs == "all" else globs:
            if _nothing_left(provider, glob, found, run):
                yield f"{provider}:{glob}", layer.place(("allow",))


def _is_gone(entry: Entry, found: Diff, run: Changes) -> bool:
    if entry.match is not None:
        return _nothing_left(entry.provider, entry.match, found, run)
    return entry in run.left_out or f"{entry.provider}:{entry.id}" in found.models_removed


def _nothing_left(provider: str, glob: str, found: Diff, run: Changes) -> bool:
    test = compile_glob(glob)
    if any(test(model_id) for model_id in run.touched.ids(provider)):
        return False
    start = f"{provider}:"
    return any(spec.startswith(start) and test(spec[len(start) :]) for spec in found.models_removed)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: object) -> str:
    text = "nothing" if value in (None, "", []) else ", ".join(value) if isinstance(value, list) else str(value)
    return printable(text)[:200]
