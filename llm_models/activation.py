"""Activate: build a snapshot file from a source, what was pulled or the packaged snapshot, and put it in place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from llm_models import files, guards, paths, pipeline
from llm_models.errors import LLMModelsError, SnapshotError, SourceError
from llm_models.normalize import Report
from llm_models.snapshot_file import SnapshotFile
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from llm_models.overlay import Overlay

__all__ = ["PREVIOUS", "Activation", "activate", "active_file", "build", "rollback", "target"]

PREVIOUS = "snapshot.previous.json"
"""The name under which the snapshot that an activation replaces is kept, beside it."""


class Activation(NamedTuple):
    """A built snapshot: from what, what was dropped, repaired or left out on the way, and what guards say of it.

    `refused` are reasons not to put it in place, `look` what deserves eyes; `path` is where it belongs.
    """

    file: SnapshotFile
    origin: str
    report: Report
    run: Overlay | None
    refused: list[str]
    look: list[str]
    path: str


def target(folder: paths.Folder, out: str | None) -> str:
    """Where an activation is written: `out`, else the application's folder, else that of the working directory."""
    if out is not None:
        return os.path.abspath(out)
    return folder.state_file("snapshot.json") or os.path.join(os.getcwd(), paths.STATE_NAME, "snapshot.json")


def active_file(folder: paths.Folder, out: str | None = None) -> SnapshotFile | None:
    """The snapshot that an activation would replace: at its target, else the packaged one; None for a damaged one."""
    path = target(folder, out)
    if out is not None and not os.path.lexists(path):
        return None
    try:
        return SnapshotFile.open(path if os.path.lexists(path) else paths.PACKAGED_SNAPSHOT)
    except SnapshotError:
        return None


def build(source: str | None, folder: paths.Folder, out: str | None = None) -> Activation:
    """The snapshot of a source file (None: the newer of pulled and packaged) with the application's layers merged.

    No code that the configuration names is run. Raises `SourceError`, `ConfigError`, `EmptyCatalogError`.
    """
    raw = None if folder.config is None else paths.read_config(folder.config)
    base, origin, report = _base(source, folder)
    run = None
    made = base
    if raw is not None or pipeline.base_kind(base) == "packaged":
        made, run = pipeline.merge_application(base, folder, raw, run_behaviour=False)
    active = active_file(folder, out)
    refused = guards.refusals(report, active, made)
    changes = guards.source_changes(active, made) if active is not None else []
    look = list(guards.worth_a_look(changes, run.gone if run else []))
    return Activation(made, origin, report, run, refused, look, target(folder, out))


def _base(source: str | None, folder: paths.Folder) -> tuple[SnapshotFile, str, Report]:
    if source is not None:
        return _from_source(source)
    packaged = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
    pulled = pulled_file(folder)
    if os.path.lexists(pulled):
        base, origin, report = _from_source(pulled)
        if (base.header.get("date") or "") >= (packaged.header.get("date") or ""):
            return base, origin, report
    return packaged, "the packaged snapshot", Report()


def pulled_file(folder: paths.Folder) -> str:
    """Where `pull` puts what it fetches."""
    return folder.state_file("upstream.json") or os.path.join(os.getcwd(), paths.STATE_NAME, "upstream.json")


def _from_source(path: str) -> tuple[SnapshotFile, str, Report]:
    try:
        data = files.read_limited(path, MAX_BYTES)
    except OSError as error:
        raise SourceError(str(error)) from None
    base, report = pipeline.build_base(data, path)
    return base, path, report


def activate(
    source: str | None,
    folder: paths.Folder,
    out: str | None = None,
    *,
    force: bool = False,
    strict: bool = False,
    dry_run: bool = False,
) -> Activation:
    """Build as `build` does and put the file in place, whole or not at all; what it replaces is kept beside it.

    A guard that refuses raises `GuardError`, unless `force`; with `strict` so does what deserves eyes.
    """
    made = build(source, folder, out)
    refused = [*made.refused, *(made.look if strict else [])]
    if refused and not force:
        text = "\n".join([*refused, f"{made.path} was left as it was; --force overrides"])
        raise guards.GuardError(text, refused=tuple(refused))
    if not dry_run:
        _write(made.path, made.file.data, keep=out is None)
    return made


def _write(path: str, data: bytes, *, keep: bool) -> None:
    try:
        if not keep:  # a file that somebody named, in a folder that is not ours to put a lock into
            files.write_atomically(path, data)
            return
        with files.locked(os.path.dirname(path)):
            files.write_atomically(path, data, keep_previous=os.path.join(os.path.dirname(path), PREVIOUS))
    except OSError as error:
        raise LLMModelsError(str(error)) from None


def rollback(folder: paths.Folder) -> SnapshotFile:
    """Put the previous snapshot back in place; the one that it replaces becomes the previous one.

    Raises `SnapshotError` where there is none, or it is damaged; nothing changes then.
    """
    path = target(folder, None)
    previous = os.path.join(os.path.dirname(path), PREVIOUS)
    if not os.path.lexists(previous):
        raise SnapshotError(f"{previous}: there is no previous snapshot to go back to", path=previous)
    file = SnapshotFile.open(previous)
    file.verify()
    _write(path, file.data, keep=True)
    return file
