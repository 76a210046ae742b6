"""Activate: build a snapshot file from a source, what was pulled or the packaged snapshot, and put it in place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from llm_models import files, guards, paths, pipeline
from llm_models.differences import Diff
from llm_models.errors import LLMModelsError, SnapshotError, SourceError
from llm_models.in_use import InUse, base_of, in_use, packaged, pulled_file, target
from llm_models.manifest import source_of
from llm_models.normalize import Report
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from llm_models.changes import Changes

PREVIOUS = "snapshot.previous.json"
"""The name under which the snapshot that an activation replaces is kept, beside it."""
MAX_SNAPSHOT = 8 * MAX_BYTES
"""The largest snapshot that is looked at before it is replaced, in bytes."""


class Activation(NamedTuple):
    """A built snapshot: from what, what was dropped, repaired or left out on the way, and what guards say of it.

    `base` is the snapshot without the application's layers, `replaces` what stood at `path`, where the new one
    belongs. `refused` are reasons not to put it in place, `look` what deserves eyes.
    """

    file: SnapshotFile
    base: SnapshotFile
    origin: str
    report: Report
    run: Changes | None
    path: str
    replaces: bytes | None = None
    refused: tuple[str, ...] = ()
    look: tuple[str, ...] = ()


def build(path: str | None, folder: paths.Folder, out: str | None = None, *, source: str | None = None) -> Activation:
    """The snapshot of a source file (None: the newer of pulled and packaged) with the application's layers merged.

    `source` names the source of the file; None means the one that its manifest names, else the default one.
    No code that the configuration names is run. Raises `SourceError`, `ConfigError`, `EmptyCatalogError`.
    """
    config = None if folder.config is None else paths.read_config(folder.config)
    base, origin, report = _base(path, folder, source)
    current = InUse(base, folder, config)
    run = None
    made = base
    if config is not None or current.base_kind == "packaged":
        made, run = pipeline.merge_application(current, run_behaviour=False)
        Snapshot(made)  # refuses filters that leave no model, as load() does
    put = target(folder, out)
    return _judged(Activation(made, base, origin, report, run, put), _content(put), folder if out is None else None)


def _judged(made: Activation, replaces: bytes | None, folder: paths.Folder | None) -> Activation:
    """`made` with what the guards say of it as a replacement of what is in use in `folder`, or else of `replaces`."""
    look: list[str] = []
    active = None
    try:
        if folder is not None:
            active = in_use(paths.Folder(None, folder.state)).base
        elif replaces is not None:
            active = base_of(SnapshotFile(replaces, made.path))
    except SnapshotError as error:
        look.append(f"{error}; nothing was compared with it")
    found = guards.source_diff(active, made.base) if active is not None else Diff()
    refused = guards.refusals(made.report, active, made.base, found)
    look += guards.worth_a_look(found, made.run)
    return made._replace(replaces=replaces, refused=tuple(refused), look=tuple(look))


def _content(path: str) -> bytes | None:
    """What stands at `path`; None where there is nothing. What is no file, or cannot be read, is an error."""
    try:
        return files.read_limited(path, MAX_SNAPSHOT)
    except files.FileMissingError:
        return None
    except files.FileError as error:
        raise LLMModelsError(str(error)) from None


def _base(path: str | None, folder: paths.Folder, source: str | None) -> tuple[SnapshotFile, str, Report]:
    if path is not None:
        return _from_source(path, source)
    shipped = packaged()
    pulled = pulled_file(folder)
    if not paths.exists(pulled, SourceError):
        return shipped, "the packaged snapshot", Report()
    base, origin, report = _from_source(pulled, source)
    if (base.header.get("date") or "") >= (shipped.header.get("date") or ""):
        return base, origin, report
    return shipped, "the packaged snapshot, which is newer than what was pulled", Report()


def _from_source(path: str, source: str | None) -> tuple[SnapshotFile, str, Report]:
    try:
        data = files.read_limited(path, MAX_BYTES)
    except OSError as error:
        raise SourceError(str(error)) from None
    base, report = pipeline.build_base(data, path, source or source_of(path))
    return base, path, report


def activate(
    path: str | None,
    folder: paths.Folder,
    out: str | None = None,
    *,
    source: str | None = None,
    force: bool = False,
    strict: bool = False,
    dry_run: bool = False,
) -> Activation:
    """Build as `build` does and put the file in place, whole or not at all; what it replaces is kept beside it.

    A guard that refuses raises `GuardError`, unless `force`; with `strict` so does what deserves eyes.
    """
    made = build(path, folder, out, source=source)
    _heed(made, force=force, strict=strict)
    if dry_run:
        return made
    try:
        if out is not None:  # a file that somebody named, in a folder that is not ours to put a lock into
            files.write_atomically(made.path, made.file.data)
            return made
        with files.locked(os.path.dirname(made.path)):
            replaces = _content(made.path)
            if replaces != made.replaces:  # somebody activated meanwhile
                made = _judged(made, replaces, folder)
                _heed(made, force=force, strict=strict)
            _put(made.path, made.file.data)
    except files.FileError as error:
        raise LLMModelsError(str(error)) from None
    return made


def _heed(made: Activation, *, force: bool, strict: bool) -> None:
    refused = (*made.refused, *(made.look if strict else ()))
    if refused and not force:
        text = "\n".join([*refused, f"{made.path} was left as it was; --force overrides"])
        raise guards.GuardError(text, refused=refused)


def _put(path: str, data: bytes) -> None:
    """Make `data` the snapshot at `path`; what stood there becomes the previous one, if it is another whole one."""
    files.sweep(os.path.dirname(path))
    old = _content(path)
    if old != data:
        files.write_atomically(path, data, keep_previous=_previous(path) if old and _is_whole(old) else None)


def _is_whole(data: bytes) -> bool:
    try:
        SnapshotFile(data, PREVIOUS).verify()
    except SnapshotError:
        return False
    return True


def _previous(path: str) -> str:
    return os.path.join(os.path.dirname(path), PREVIOUS)


def rollback(folder: paths.Folder) -> SnapshotFile:
    """Put the previous snapshot back in place; the one that it replaces becomes the previous one.

    Raises `SnapshotError` where there is none, or it is damaged; nothing changes then.
    """
    path = target(folder)
    previous = _previous(path)
    if not paths.exists(previous, SnapshotError):
        raise SnapshotError(f"{previous}: there is no previous snapshot to go back to", path=previous)
    try:
        with files.locked(os.path.dirname(path)):
            file = SnapshotFile.open(previous)
            file.verify()
            old = _content(path)
            files.write_atomically(path, file.data)  # first, so that no crash can lose it
            if old and _is_whole(old):
                files.write_atomically(previous, old)
    except files.FileError as error:
        raise LLMModelsError(str(error)) from None
    return file
