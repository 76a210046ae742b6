"""Activate: build a snapshot file from a source, what was pulled or the packaged snapshot, and put it in place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from llm_models import files, paths, pipeline
from llm_models.errors import LLMModelsError, SourceError
from llm_models.normalize import Report
from llm_models.snapshot_file import SnapshotFile
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from llm_models.overlay import Overlay

__all__ = ["PREVIOUS", "Activation", "activate", "build", "target"]

PREVIOUS = "snapshot.previous.json"
"""The name under which the snapshot that an activation replaces is kept, beside it."""


class Activation(NamedTuple):
    """What an activation made: the file, from what, and what was dropped, repaired or left out on the way."""

    file: SnapshotFile
    origin: str
    report: Report
    run: Overlay | None
    path: str | None


def target(folder: paths.Folder, out: str | None) -> str:
    """Where an activation is written: `out`, else the application's folder, else that of the working directory."""
    if out is not None:
        return os.path.abspath(out)
    return folder.state_file("snapshot.json") or os.path.join(os.getcwd(), paths.STATE_NAME, "snapshot.json")


def build(source: str | None, folder: paths.Folder) -> Activation:
    """The snapshot of a source file (None: the newer of pulled and packaged) with the application's layers merged.

    No code that the configuration names is run. Raises `SourceError`, `ConfigError`, `EmptyCatalogError`.
    """
    raw = None if folder.config is None else paths.read_config(folder.config)
    base, origin, report = _base(source, folder)
    if raw is None and pipeline.base_kind(base) == "source":
        return Activation(base, origin, report, None, None)
    merged, run = pipeline.merge_application(base, folder, raw, run_behaviour=False)
    return Activation(merged, origin, report, run, None)


def _base(source: str | None, folder: paths.Folder) -> tuple[SnapshotFile, str, Report]:
    if source is not None:
        return _from_source(source)
    packaged = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
    pulled = folder.state_file("upstream.json")
    if pulled is not None and os.path.lexists(pulled):
        base, origin, report = _from_source(pulled)
        if (base.header.get("date") or "") >= (packaged.header.get("date") or ""):
            return base, origin, report
    return packaged, "the packaged snapshot", Report()


def _from_source(path: str) -> tuple[SnapshotFile, str, Report]:
    try:
        data = files.read_limited(path, MAX_BYTES)
    except OSError as error:
        raise SourceError(str(error)) from None
    base, report = pipeline.build_base(data, path)
    return base, path, report


def activate(source: str | None, folder: paths.Folder, out: str | None = None) -> Activation:
    """Build as `build` does and put the file in place, whole or not at all; what it replaces is kept beside it."""
    made = build(source, folder)
    path = target(folder, out)
    try:
        with files.locked(os.path.dirname(path)):
            previous = os.path.join(os.path.dirname(path), PREVIOUS) if out is None else None
            files.write_atomically(path, made.file.data, keep_previous=previous)
    except OSError as error:
        raise LLMModelsError(str(error)) from None
    return made._replace(path=path)
