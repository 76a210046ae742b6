"""Comparison: two catalogues by the names that people give them, `packaged`, `active`, `pulled`, or a file's path."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from llm_models import config, files, paths, pipeline, store
from llm_models.activation import pulled_file
from llm_models.differences import Diff, Served, compare
from llm_models.errors import SourceError, UnknownProviderError, did_you_mean, printable
from llm_models.filters import compile_glob
from llm_models.manifest import source_of
from llm_models.modelspec import fold_provider
from llm_models.snapshot_file import SnapshotFile
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NAMES", "compared", "named"]

NAMES = ("packaged", "active", "pulled")


def compared(
    folder: paths.Folder,
    old: str | None,
    new: str | None,
    *,
    provider: str | None = None,
    only_used: bool = False,
) -> Diff:
    """What changed from `old` to `new`; left out, they are active and pulled, or packaged and active.

    With `provider`, of that one alone; with `only_used`, of what the application's configuration names.
    Raises `SnapshotError`, `SourceError`, `ConfigError`, `UnknownProviderError`.
    """
    pulled = os.path.lexists(pulled_file(folder))
    if old is None:
        old, new = ("active", "pulled") if pulled else ("packaged", "active")
    elif new is None:
        new = "active" if old != "active" else "pulled" if pulled else "packaged"
    one, two = named(old, folder), named(new, folder)
    one, two = _as_served(one, two, folder), _as_served(two, one, folder)
    found = compare(Served(one), Served(two))
    if provider is not None:
        wanted = fold_provider(provider)
        known = {*one.header["blocks"], *two.header["blocks"]}
        if wanted not in known:
            hint = did_you_mean(wanted, known)
            raise UnknownProviderError(f"unknown provider '{printable(provider)}'.{hint}", provider=provider)
        found = found.only(lambda name: name.partition(":")[0] == wanted)
    return found.only(_used(folder)) if only_used else found


def named(name: str, folder: paths.Folder) -> SnapshotFile:
    """The catalogue called `packaged`, `active` or `pulled`, else that of a snapshot or source file.

    The active one is what `load()` serves, save for the behaviour module, which is not run.
    """
    if name == "packaged":
        return SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
    if name == "active":
        return _active(folder)
    path = pulled_file(folder) if name == "pulled" else name
    try:
        data = files.read_limited(path, 4 * MAX_BYTES)
    except files.FileError as error:
        raise SourceError(str(error)) from None
    if data.startswith(b'[{"format":'):
        return SnapshotFile(data, path)
    base, _ = pipeline.build_base(data, path, source_of(path))
    return base


def _active(folder: paths.Folder) -> SnapshotFile:
    file = store._open(None, folder)
    raw = None if folder.config is None else paths.read_config(folder.config)
    if file.holds_config(raw):
        return file
    return pipeline.merge_application(file, folder, raw, run_behaviour=False)[0]


def _as_served(file: SnapshotFile, other: SnapshotFile, folder: paths.Folder) -> SnapshotFile:
    """A source as it would be served here, where the other side holds what an application says too.

    What the application says would else look like a change of the data. The packaged snapshot stays as it is.
    """
    if folder.config is None or other.config() is None or "base" in file.header or file.name == paths.PACKAGED_SNAPSHOT:
        return file
    return pipeline.merge_application(file, folder, paths.read_config(folder.config), run_behaviour=False)[0]


def _used(folder: paths.Folder) -> Callable[[str], bool]:
    """Whether the application's configuration names a provider or a model."""
    data: dict[str, Any] = {}
    if folder.config is not None:
        layer = config.read_layer(folder.config, os.path.basename(folder.config))
        data = dict(layer.document.data or {})
    providers = {fold_provider(name) for name in data.get("prefer", ())}
    providers |= {fold_provider(one["id"]) for one in data.get("providers", ())}
    models = [
        (fold_provider(one["provider"]), compile_glob(one.get("match") or _literal(one["id"])))
        for one in data.get("models", ())
    ]
    allow = data.get("allow")
    for spelling, globs in allow.items() if isinstance(allow, dict) else ():
        names = ["*"] if globs == "all" else globs
        models.extend((fold_provider(spelling), compile_glob(name)) for name in names)

    def used(name: str) -> bool:
        provider, _, model_id = name.partition(":")
        if provider in providers:
            return True
        if not model_id:
            return any(provider == one for one, _ in models)
        return any(provider == one and bool(test(model_id)) for one, test in models)

    return used


def _literal(model_id: str) -> str:
    """An id as a glob that matches it alone."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in model_id)
