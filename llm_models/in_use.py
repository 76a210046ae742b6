"""Which catalogue is in use for a folder: packaged, activated or given, and what it was made from; standard library.

The rule: a file that is given; else the activated one, unless it was made from another packaged snapshot than that
of today (it is *stale* then); else the packaged one. Whatever reads, checks, compares or activates a catalogue asks
here, so that all of them judge by the same one.
"""

from __future__ import annotations

import os

from llm_models import paths
from llm_models.header import read_header
from llm_models.open_file import unusable
from llm_models.snapshot_file import SnapshotFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from llm_models.paths import FoundFile, Strange

    Kind = Literal["packaged", "activated", "given"]
    BaseKind = Literal["packaged", "source"]
    Unused = Literal["stale"] | Strange


class InUse:
    """A catalogue and the application that uses it.

    `file` is what `load()` begins with and `kind` where it comes from. `unused` is the reason why there is an activated
    snapshot that is not used: it is `"stale"`, or lies beside a file that was named and is `"foreign"` (another user's)
    or `"writable"` (by everybody). `folder` holds the application's files, and `config` is the text of the
    `llm_models.toml` that applies, None where none does. `found` has each file, among those that were read, that was
    found and not named. `remembers` is the folder whose own history is about this catalogue: that of the application,
    None where a snapshot was given.
    """

    __slots__ = ("config", "file", "folder", "found", "kind", "remembers", "unused")

    def __init__(
        self,
        file: SnapshotFile,
        folder: paths.Folder,
        config: bytes | None,
        kind: Kind = "given",
        *,
        unused: Unused | None = None,
        found: tuple[FoundFile, ...] = (),
        remembers: bool = True,
    ) -> None:
        self.file = file
        self.folder = folder
        self.config = config
        self.kind = kind
        self.unused = unused
        self.found = found
        self.remembers = folder if remembers else None

    @property
    def config_file(self) -> str | None:
        """The path of the file that holds the text `config`: the application's, or a given snapshot."""
        return self.file.name if self.folder.config == paths.CONFIG_NAME else self.folder.config

    @property
    def config_is_found(self) -> bool:
        """Whether that file was found, not named."""
        return self.config_file in [file[0] for file in self.found]

    @property
    def is_merged(self) -> bool:
        """Whether `llm_models.toml`, as it is now, is merged into the file."""
        return self.file.holds_config(self.config)

    @property
    def base(self) -> SnapshotFile:
        """The catalogue without the application's layers."""
        return base_of(self.file)

    @property
    def base_kind(self) -> BaseKind:
        """What the base is: the `"packaged"` snapshot, which an upgrade of the package replaces, or a `"source"`."""
        kind: BaseKind | None = self.file.header.get("base", {}).get("kind")
        return kind or ("packaged" if self.file.name == paths.PACKAGED_SNAPSHOT else "source")


def in_use(folder: paths.Folder, given: str | None = None, *, given_found: bool = False, reads: bool = True) -> InUse:
    """The catalogue in use for `folder`, or the one at the path `given`. Raises `ConfigError`, `SnapshotError`.

    With `given_found`, the path `given` counts as found. Without `reads`, the configuration is not read.
    """
    config = None
    found: tuple[FoundFile, ...] = ()
    if folder.config is not None and reads:
        config, status = paths.read_with_status(folder.config)
        if folder.found:
            found = (paths.found_file(folder.config, status, os.path.dirname(folder.config)),)
    if given is not None:
        file = SnapshotFile.open(given)
        if given_found:
            found = (*found, _found(file, os.path.dirname(given)))
        elif file.holds_config(config):  # what the named file holds is named
            found = ()
        if config is None:  # a given snapshot brings the configuration merged into it
            config = file.config()
            folder = paths.Folder(None if config is None else paths.CONFIG_NAME, None)
        return InUse(file, folder, config, found=found, remembers=False)
    activated = folder.activated
    if activated is None:
        return InUse(packaged(), folder, config, "packaged", found=found)
    unused = folder.strange(activated) or ("stale" if _is_stale(activated) else None)
    if unused is None:
        file = SnapshotFile.open(activated)
        unused = folder.strange(activated, file.status)  # again: another file may have that name by now
        if unused is None:
            state = os.path.dirname(activated)
            found = (*found, _found(file, state, os.path.dirname(state))) if folder.found else found
            return InUse(file, folder, config, "activated", found=found)
    return InUse(packaged(), folder, config, "packaged", unused=unused, found=found)


def _found(file: SnapshotFile, *folders: str) -> FoundFile:
    assert file.status is not None
    return paths.found_file(file.name, file.status, *folders)


def packaged() -> SnapshotFile:
    """The snapshot that ships with the package."""
    return SnapshotFile.open(paths.PACKAGED_SNAPSHOT)


def _is_stale(path: str) -> bool:
    """Whether an activated snapshot was made from another packaged one, as its first line alone states."""
    base = read_header(path).get("base")
    if not isinstance(base, dict) or base.get("kind") != "packaged":
        return False
    return bool(base.get("digest") != read_header(paths.PACKAGED_SNAPSHOT)["digest"])


def base_of(file: SnapshotFile) -> SnapshotFile:
    """The file that an application's layers were merged onto; the file itself where that is a base."""
    merged_onto = getattr(file, "base", None)
    if merged_onto is not None:
        return merged_onto  # type: ignore[no-any-return]
    base = file.header.get("base")
    if not base:
        return file
    if base["kind"] == "packaged":
        current = packaged()
        if current.digest != base["digest"]:
            why = "it was made from another packaged snapshot, so nothing can be merged into it"
            raise unusable(file.name, f"{why}; run 'llm-models activate' again")
        return current
    kept = file.header.get("kept")
    if kept is not None:
        from llm_models.snapshot_writer import restored

        return restored(file, kept)
    from llm_models.stored import restored_0_1

    return restored_0_1(file)


def pulled_file(folder: paths.Folder, source: str | None = None) -> str:
    """Where `pull` puts what `activate` reads; that of a `source` that only fills is in a folder of its name there."""
    name = "upstream.json" if source is None else os.path.join(source, "upstream.json")
    return folder.state_file(name) or os.path.join(paths.working_folder() or "", paths.STATE_NAME, name)


def previous_file(folder: paths.Folder) -> str:
    """Where an activation keeps the snapshot that it replaces."""
    return os.path.join(os.path.dirname(target(folder)), paths.PREVIOUS_NAME)


def target(folder: paths.Folder, out: str | None = None) -> str:
    """Where an activation is written: `out`, else the application's folder, else that of the working directory."""
    if out is not None:
        return paths.absolute(out)
    return folder.state_file("snapshot.json") or paths.absolute(os.path.join(paths.STATE_NAME, "snapshot.json"))
