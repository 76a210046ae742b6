"""Activate: build a snapshot file from a source, the pulled file or the packaged snapshot, and put it in place."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, NamedTuple

from llm_models import files, guards, locks, notices, paths, pipeline, replacement, state, supplements, timeline_update
from llm_models.errors import EmptyCatalogError, LLMModelsError, SnapshotError, SourceError, printable
from llm_models.header import WRONG
from llm_models.in_use import InUse, base_of, in_use, packaged, previous_file, pulled_file, target
from llm_models.manifest import described, refuse_unpulled
from llm_models.normalize import Report
from llm_models.open_file import MAX_SNAPSHOT
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llm_models.changes import Changes

    Progress = Callable[[str], None]
    """It is called with what begins now, in words."""


def silent(_stage: str) -> None:
    """Tell nobody what is being done, as a library does."""


class Activation(NamedTuple):
    """A snapshot that was built: its origin, what was dropped, repaired or left out, and what the guards report.

    `base` is the snapshot without the application's layers, `path` the file to write, and `replaces` its old content.
    `refused` lists the reasons not to write it, `notable` the notable changes. `fetched` is the day on which the source
    was fetched, None if its manifest does not state it.
    """

    file: SnapshotFile
    base: SnapshotFile
    origin: str
    report: Report
    run: Changes | None
    path: str
    replaces: bytes | None = None
    refused: tuple[str, ...] = ()
    notable: tuple[str, ...] = ()
    fetched: str | None = None
    missing_before: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        """What people must know, a sentence each: the notable changes, which `strict` refuses, and then the rest.

        The rest is what the configuration names and was gone before, or is deprecated, retiring or retired.
        """
        named = () if self.run is None else notices.of_layers(self.run.layers, self.file)
        return *self.notable, *self.missing_before, *named


def activate(
    path: str | None,
    folder: paths.Folder,
    out: str | None = None,
    *,
    source: str | None = None,
    supplement: Mapping[str, str] | None = None,
    without_prose: bool = False,
    force: bool = False,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Activation:
    """Build the snapshot of a source file with the application's layers, and put it in place, whole or not at all.

    Without `path` it takes the newer of the pulled file, which its manifest must describe, and the packaged snapshot.
    `source` names the source of the file; None means the one in its manifest, else the default one. `supplement` has
    files of other lists, by their names, which take the places of the packaged ones. `without_prose`
    leaves out the source's descriptions, as the packaged snapshot does. `progress` is called with each stage, such as
    "reading api.json". No code that the configuration names is run.
    The file that it replaces is kept beside it, and the application's own history goes on with the source
    (`timeline_update`); what hinders it is a notable change that is never refused. Raises `SourceError`, `ConfigError`,
    `EmptyCatalogError`, and `GuardError` when a guard refuses, unless `force`; with `strict` a guard also refuses
    notable changes.
    """
    within = state.inside(target(folder, out), "--out")
    collects = gc.isenabled()
    gc.disable()  # what is made lives until the end, and looking at millions of such objects takes a third of the time
    try:
        if out is None:
            state.check_places(_files(folder), within)
        built = _build(path, folder, out, source, supplement or {}, without_prose=without_prose, progress=progress)
        _heed(built, force=force, strict=strict)
        if out is None:
            state.check_forms(_files(folder), within)  # the lock would make a folder and a file
        if dry_run:
            return built
        progress(f"writing {built.path}")
        if out is not None:  # perhaps in a folder that is not ours, so without a lock file and a previous snapshot
            replacement.write_atomically(built.path, built.file.data)
            return built
        directory = os.path.dirname(built.path)
        with locks.locked(directory, inside=within):
            old = _content(built.path)
            if old != built.replaces:  # another process activated in the meantime
                built = _judged(built, old, folder, None)
                _heed(built, force=force, strict=strict)
            replacement.sweep(directory, within)
            if built.base.name != paths.PACKAGED_SNAPSHOT:  # first, so that no crash can lose what was activated
                history = os.path.join(directory, paths.HISTORY_NAME)
                hindered = timeline_update.update(history, folder, built.base, built.fetched)
                built = built._replace(notable=(*built.notable, *hindered))
            if old != built.file.data:
                previous = os.path.join(directory, paths.PREVIOUS_NAME) if _is_whole(old) else None
                state.write(built.path, built.file.data, within, keep_previous=previous)
    except files.FileError as error:
        raise LLMModelsError(str(error)) from None
    finally:
        if collects:
            gc.enable()
    return built


def _files(folder: paths.Folder) -> list[str]:
    """The files that an activation in `folder` may write."""
    path = target(folder)
    return [path, *(os.path.join(os.path.dirname(path), name) for name in (paths.PREVIOUS_NAME, paths.HISTORY_NAME))]


def _build(
    path: str | None,
    folder: paths.Folder,
    out: str | None,
    source: str | None,
    supplement: Mapping[str, str],
    *,
    without_prose: bool,
    progress: Progress,
) -> Activation:
    config = None if folder.config is None else paths.read_config(folder.config)
    progress(f"reading {'the newest data' if path is None else path}")
    base, origin, report, fetched = _base(path, folder, source, supplement, without_prose=without_prose)
    if folder.config is not None:
        progress(f"merging {folder.config}")
    file, run = merged(base, folder, config)
    goal = target(folder, out)
    progress("comparing with the snapshot in use")
    built = Activation(file, base, origin, report, run, goal, fetched=fetched)
    return _judged(built, _content(goal), folder, out)


def merged(base: SnapshotFile, folder: paths.Folder, config: bytes | None) -> tuple[SnapshotFile, Changes | None]:
    """The base with the application's layers, and what they change; the base itself where there is nothing to merge.

    `config` is the text of the application's `llm_models.toml`. Raises `ConfigError`, `EmptyCatalogError`.
    """
    current = InUse(base, folder, config)
    if config is None and current.base_kind != "packaged":
        return base, None
    file, run = pipeline.merge_application(current, code="none")
    try:
        Snapshot(file)  # refuses filters that leave no model, as load() does
    except EmptyCatalogError as error:
        raise pipeline.emptied(error, current, run) from None
    return file, run


def _base(
    path: str | None, folder: paths.Folder, source: str | None, supplement: Mapping[str, str], *, without_prose: bool
) -> tuple[SnapshotFile, str, Report, str | None]:
    """The snapshot of the file at `path` (None: the newer of pulled and packaged), its origin, report and day."""

    def as_packaged(origin: str) -> tuple[SnapshotFile, str, Report, str | None]:
        if supplement:
            why = "--supplement fills what a source does not state, and this was filled before"
            raise SourceError(f"{why}: {origin}. Give a source with --from FILE.")
        return packaged(), origin, Report(), None

    chosen = pulled_file(folder) if path is None else path
    if path is None and not paths.exists(chosen, "SourceError"):
        return as_packaged("the packaged snapshot")
    try:
        data = files.read_limited(chosen, MAX_BYTES)
    except files.FileError as error:
        raise SourceError(str(error)) from None
    if path is None:
        refuse_unpulled(chosen, data)
    of_file, day = described(chosen, data)
    lists, reports = supplements.taking_part(supplement)
    base, report = pipeline.build_base(
        data, chosen, source or of_file, day=day, supplements=lists, without_prose=without_prose
    )
    if path is None and (base.header.get("date") or "") < (packaged().header.get("date") or ""):
        return as_packaged("the packaged snapshot, which is newer than the pulled file")
    for name, each in reports.items():
        report.add_values(name, each)
    return base, chosen, report, day


def _judged(built: Activation, replaces: bytes | None, folder: paths.Folder, out: str | None) -> Activation:
    """`built` with the verdict of the guards, which compare it with what it replaces.

    This is the snapshot at `out`, if there is one, else the one in use in `folder`. One that is damaged is no reason
    to compare with nothing: the next of these is taken, and the packaged one in the end.
    """
    sides: list[tuple[str, Callable[[], SnapshotFile]]] = [
        ("the snapshot in use", lambda: in_use(folder, reads=False).base),
        ("the packaged snapshot", packaged),
    ]
    if out is not None and replaces is not None:
        sides.insert(0, ("the file", lambda: base_of(SnapshotFile(replaces, built.path))))
    damaged: list[str] = []
    while True:
        read = sides.pop(0)[1]
        try:
            verdict = guards.judge(built.report, read(), built.base, built.run)
        except SnapshotError as error:
            if not sides:
                raise
            damaged.append(f"{error}; compared with {sides[0][0]} instead")
            continue
        notable = (*damaged, *verdict.notable)
        before = verdict.missing_before
        return built._replace(replaces=replaces, refused=verdict.refused, notable=notable, missing_before=before)


def _heed(built: Activation, *, force: bool, strict: bool) -> None:
    refused = (*built.refused, *(built.notable if strict else ()))
    if refused and not force:
        text = "\n".join([*refused, f"{built.path} was not changed; --force overrides this"])
        raise guards.GuardError(text, refused=refused)


def _content(path: str) -> bytes | None:
    """The content of the file at `path`; None where there is none. Raises `FileError` where it cannot be read."""
    try:
        return files.read_limited(path, MAX_SNAPSHOT)
    except files.FileMissingError:
        return None


def _is_whole(data: bytes | None) -> bool:
    """Whether this is the content of a snapshot without damage."""
    if not data:
        return False
    try:
        SnapshotFile(data, paths.PREVIOUS_NAME).verify()
    except SnapshotError:
        return False
    return True


def rollback(folder: paths.Folder, *, strict: bool = False) -> tuple[SnapshotFile, tuple[str, ...]]:
    """Put the previous snapshot back in place; the one that it replaces becomes the previous one.

    The file that is in place now, and its notable changes: a repository may have brought it. Raises `SnapshotError`
    when there is none or it is damaged, and `GuardError` with `strict` for a notable change. Nothing changes then.
    """
    path = target(folder)
    directory = os.path.dirname(path)
    previous = previous_file(folder)
    if not paths.exists(previous, "SnapshotError"):
        why = "there is no previous snapshot to go back to; an activation keeps the one that it replaces"
        is_active = paths.exists(path, "SnapshotError")
        how = f"To return to the packaged data, remove {path}." if is_active else "The packaged data is in use."
        raise SnapshotError(f"{previous}: {why}. {how}", path=previous)
    within = state.inside(path)
    try:
        state.check_places([path, previous], within)
        state.check_forms([path, previous], within)
        with locks.locked(directory, inside=within):
            file = SnapshotFile.open(previous)
            file.verify()
            found = _notable(file, folder)
            if found and strict:
                raise guards.GuardError("\n".join([*found, f"{path} was not changed"]), refused=found)
            old = _content(path)
            state.write(path, file.data, within)  # first, so that no crash can lose it
            if old is not None and _is_whole(old):
                state.write(previous, old, within)
    except files.FileError as error:
        raise LLMModelsError(str(error)) from None
    return file, found


def _notable(file: SnapshotFile, folder: paths.Folder) -> tuple[str, ...]:
    """The notable changes from the catalogue in use to a file, and whether it is what its own parts produce.

    None of one that was made from other packaged data, because `load()` does not use it.
    """
    try:
        new = base_of(file)
    except SnapshotError:
        return ()
    try:
        active = in_use(folder, reads=False).base
    except SnapshotError:  # what is in use is damaged, which may be why somebody goes back
        active = packaged()
    try:  # what was merged onto an honest base may be forged
        whole = merged(new, paths.Folder(paths.CONFIG_NAME, folder.state), file.config())[0].data == file.data
    except (LLMModelsError, *WRONG):
        whole = False
    forged = f"{printable(file.name)}: not what its own base and configuration produce; 'llm-models activate' builds it"
    return *(() if whole else (forged,)), *guards.notable(guards.refresh(active, new), None)
