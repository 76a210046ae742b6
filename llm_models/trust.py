"""Trust: what a configuration may decide that was found, and that nobody named.

The program names a file by its absolute path, in `load(config=...)` or `LLM_MODELS_CONFIG`. A file that was found, by
walking up the folders or by a relative path, may be a stranger's: anyone who clones a repository loads what it holds.
It is trusted only where code of this process lies in its folder or below, because then its author could run code in
this process anyway, and where no other user can write it. An untrusted file describes models. It decides neither which
code runs nor where a key or a prompt goes.

Whether a file is trusted is asked only when it matters, in the process that asks, and never of the file itself: what a
file states about its own origin could be forged.
"""

from __future__ import annotations

import os
import stat
import sys
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from llm_models import paths
from llm_models.errors import ConfigError, LLMModelsError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from llm_models.document import Document
    from llm_models.in_use import InUse
    from llm_models.paths import FoundFile

    Code = Literal["trusted", "any", "none"]
    """Which behaviour module that a configuration names is run: one of a trusted file, any, or none."""
    Identity = tuple[int, int]
    """A folder's device and inode."""


class UntrustedEndpointError(LLMModelsError, ValueError):
    """A file that was found, not named, decides where key or prompt of the model `spec` would go: `location`.

    `problem` is the message without the spec and without the call of `load()` that would help.
    """

    spec: str
    location: str
    problem: str


_trusted: set[FoundFile] = set()
"""The files that were found to be trusted. That stays true in this process, because its code stays loaded."""


def distrusted(found: Sequence[FoundFile]) -> FoundFile | None:
    """The first of the found files that is not trusted; None where all of them are."""
    return next((file for file in found if not _is_trusted(file)), None)


def check_code(current: InUse, module: str | None, document: Document | None) -> None:
    """Raise `ConfigError` where a file that is not trusted names a behaviour module.

    `module` is what the configuration, `document`, names. Without one, an activation of it may still claim one.
    """
    if module is None and not (current.is_merged and current.file.header.get("overrides_module")):
        return
    named = current.config_file if module is not None else current.file.name
    file = distrusted([each for each in current.found if each[0] == named])
    if file is not None:
        of_config = document is not None and module is not None and named == current.folder.config
        line = document.line(("overrides_module",)) if document is not None and of_config else None
        where = file[0] if line is None else f"{file[0]}:{line}"
        text = "overrides_module names code, and this file was found, not named"
        ways = how_to_name(current.found, current.file.name)
        raise ConfigError(f"{printable(where)}: {text}, so the code is not run. {ways}")


def how_to_name(found: Sequence[FoundFile], snapshot: str) -> str:
    """The sentence that states how to trust what was found: by the configuration, or else by the file `snapshot`."""
    config = next((file[0] for file in found if file[0] != snapshot), None)
    if config is None:
        return f"If you trust the file, name it: load(snapshot={snapshot!r})"
    return f"If you trust the file, name it: load(config={config!r}) or {_setting(config)}"


def how_to_set(found: Sequence[FoundFile], snapshot: str) -> str:
    """The same, for people who run a command and for those who write a program."""
    config = next((file[0] for file in found if file[0] != snapshot), None)
    return f"If you trust the file, name it by its absolute path{f': {_setting(config)}' if config else ''}"


def _setting(config: str) -> str:
    import shlex

    return f"LLM_MODELS_CONFIG={printable(shlex.quote(config))}"


def _is_trusted(file: FoundFile) -> bool:
    if file not in _trusted and any(_vouches(code, file) for code in _code_below(file[1])):
        _trusted.add(file)
    return file in _trusted


def _vouches(code: os.stat_result, file: FoundFile) -> bool:
    """Whether nobody but root, the current user and the owner of `code` can write the found file and its folders.

    Where everybody can write the code, as on some mounts, it does not matter that everybody can write the file.
    """
    if os.name == "nt":
        return True
    owners = {0, os.geteuid(), code.st_uid}
    return all(owner in owners and not mode & ~code.st_mode & stat.S_IWOTH for _, owner, mode in file[2])


def _code_below(folder: Identity) -> Iterator[os.stat_result]:
    """The status of each file and folder of this process's code that lies in `folder` or below it.

    Code in an environment does not count where the environment itself lies below `folder`: a tool in it is not a part
    of the project. The path may have the packages of several environments, as with `uv run --with`.
    """
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    environments = {identity for prefix in prefixes for _, identity in islice(_upwards(prefix), 1)}
    above: dict[str, list[tuple[str, Identity]]] = {}  # many files lie in the same folders
    for path, status in _code():
        parent = os.path.dirname(path)
        if parent not in above:
            above[parent] = list(_upwards(parent))
        around = [(path, (status.st_dev, status.st_ino)), *above[parent]]
        below = list(takewhile(lambda each: each[1] != folder, around))
        if len(below) < len(around) and not any(
            identity in environments or paths.exists(os.path.join(name, "pyvenv.cfg")) for name, identity in below
        ):
            yield status


def _code() -> Iterator[tuple[str, os.stat_result]]:
    """The entries of `sys.path`, and the file of each loaded module, with their status; only paths that exist."""
    path: list[object] = [*sys.path]  # programs put other things there, too
    # Of relative entries only the empty one is looked up in the working directory of the moment.
    entries = [entry or os.curdir for entry in path if isinstance(entry, str) and (not entry or os.path.isabs(entry))]
    files = []
    for module in list(sys.modules.values()):
        try:
            file = vars(module).get("__file__")  # not getattr, which can import other modules
        except TypeError:
            continue
        if isinstance(file, str) and os.path.isabs(file):  # a relative one may mean another file by now
            files.append(file)
    for name in dict.fromkeys(entries + files):
        try:
            real = os.path.realpath(name)
            yield real, os.stat(real)
        except (OSError, ValueError):
            continue


def _upwards(path: str) -> Iterator[tuple[str, Identity]]:
    """A path and each folder above it, nearest first, with their identities.

    Decided by the file system and not by the text of paths, because links, the case of letters and drives differ.
    """
    try:
        path = os.path.realpath(path)
    except (OSError, ValueError):  # a text that is no path, such as one with a NUL
        return
    while True:
        try:
            status = os.stat(path)
        except OSError:
            return
        yield path, (status.st_dev, status.st_ino)
        parent = os.path.dirname(path)
        if parent == path:
            return
        path = parent
