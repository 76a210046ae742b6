"""Guards: what keeps a bad refresh from replacing a good catalogue, and which of its changes are notable.

They compare source with source, without an application's layers and the curated overrides. So a correction of ours
cannot hide a change of the source, or look like one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llm_models import losses, routes, takeovers
from llm_models.days import later_than_tomorrow, today
from llm_models.differences import Diff, compare
from llm_models.errors import LLMModelsError, printable
from llm_models.ground import Ground
from llm_models.schema import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.changes import Changes
    from llm_models.differences import Change
    from llm_models.normalize import Report
    from llm_models.snapshot_file import SnapshotFile

MAX_INVALID = 0.01
"""Refuse when more than this fraction of a source's records is invalid."""
MAX_GONE = 0.5
"""Refuse when at least this fraction of the active models is missing."""
TENFOLD = 10
"""A price that changes by this factor is notable."""
THREEFOLD = 3
"""The same for a model that the configuration names."""
_ROUNDING = 1e-9  # 0.07 * 10 is more than 0.7


class GuardError(LLMModelsError):
    """An activation was refused; `refused` lists the reasons."""

    refused: tuple[str, ...]


class Refresh(NamedTuple):
    """Two bases without an application's layers, as their sources state them, and what changed between these."""

    old: Ground
    new: Ground
    changed: Diff


def refresh(active: SnapshotFile, new: SnapshotFile) -> Refresh:
    """What changes when the base `new` replaces the `active` one."""
    old, newer = Ground(active), Ground(new)
    return Refresh(old, newer, compare(old, newer))


class Verdict(NamedTuple):
    """What the guards state of a refresh, a sentence each: reasons to refuse it, and its notable changes.

    `missing_before` is no change of the refresh: what the layers name and the old base lacks, too.
    """

    refused: tuple[str, ...]
    notable: tuple[str, ...]
    missing_before: tuple[str, ...]


def judge(report: Report, active: SnapshotFile, new: SnapshotFile, run: Changes | None) -> Verdict:
    """The verdict about the base `new`, of which `report` is that of its source, in place of the `active` one.

    `run` merges the application's layers onto the new base.
    """
    change = refresh(active, new)
    before = tuple(losses.missing_before(change.changed, run))
    return Verdict(tuple(refusals(report, change)), tuple(notable(change, run)), before)


def refusals(report: Report, refresh: Refresh) -> list[str]:
    """Why the new base should not replace the old one, a sentence each. `report` is that of its source."""
    reasons = []
    invalid, seen = report.records_dropped, report.records_seen
    if invalid > MAX_INVALID * seen:
        share = f"{100 * invalid / seen:.1f} %, expected at most {100 * MAX_INVALID:g} %"
        reasons.append(f"{invalid:,} of {seen:,} records are invalid ({share})")
    old, new = refresh.old.file.header, refresh.new.file.header
    before, missing = old["counts"]["models"], len(refresh.changed.models_removed)
    if before and missing >= MAX_GONE * before:
        left = f"the new catalogue has {new['counts']['models']:,} models"
        reasons.append(f"the catalogue shrank: {missing:,} of the {before:,} active models are missing ({left})")
    old_date, new_date = old.get("date") or "", new.get("date") or ""
    if old_date and later_than_tomorrow(old_date, today()):
        old_date = ""  # version 0.1.0 believed a source every date
    if new_date < old_date:
        reasons.append(f"the catalogue is older than the active one ({new_date or 'no date'}, active {old_date})")
    return reasons


def notable(refresh: Refresh, run: Changes | None) -> Iterator[str]:
    """The notable changes of a refresh, a sentence each; `run` merges the application's layers onto the new base.

    First come those that decide where keys and prompts go.
    """
    old, new, changed = refresh
    yield from routes.added(old, new)
    yield from routes.changed(changed.changes)
    yield from takeovers.refreshed(old.file, new.file)
    yield from losses.of_providers(old, new, changed)
    named = losses.naming(run)
    for change in changed.changes:
        if change.kind == "price" and is_number(change.old) and is_number(change.new):
            what = f"{printable(change.spec)}: {change.field} changed from {change.old:g} to {change.new:g}"
            if _moved(change, TENFOLD):
                yield what
            elif _moved(change, THREEFOLD) and (location := named(change.spec)):
                yield f"{what}, and {location} names it"
    yield from losses.of_prices(changed.changes, named)
    yield from losses.of_names(changed, run)


def _moved(change: Change, factor: float) -> bool:
    low, high = sorted((change.old, change.new))
    return bool(high >= factor * low * (1 - _ROUNDING))
