"""Code base: from paths to the files in which models are looked for. It opens no file, and starts no program.

So `.gitignore` is not read. The tables below and `exclude` state what is left out.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from fnmatch import translate
from typing import TYPE_CHECKING, NamedTuple

from llm_models.errors import LLMModelsError
from llm_models.errors import quoted as in_quotes
from llm_models.files import read_limited
from llm_models.mentions import LIMIT, kind
from llm_models.paths import absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FOLDERS = frozenset(
    [
        *("node_modules", "bower_components", "__pycache__", "__pypackages__", "site-packages", "dist-packages"),
        *("venv", "virtualenv", "build", "dist", "htmlcov"),
    ]
)
"""Folders that a walk passes over.

So it does those whose name begins with a dot (`SHOWN` excepted) or ends with one of `ENDS`, and those that hold a
`VENV_FILE`, which are virtual environments.
"""

SHOWN = frozenset([".github", ".gitlab", ".circleci"])
ENDS = (".egg-info", ".dist-info")
VENV_FILE = "pyvenv.cfg"

LOCKS = frozenset(
    [
        *("package-lock.json", "npm-shrinkwrap.json", "composer.lock", "poetry.lock", "pdm.lock", "uv.lock"),
        *("pipfile.lock", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "deno.lock", "cargo.lock", "pixi.lock"),
        *("conda-lock.yml", "flake.lock", "pylock.toml", "llm_models.toml"),
    ]
)
"""Files that a walk passes over: lists of packages, and our own configuration, which `validate` checks."""


class MissingPathError(LLMModelsError, FileNotFoundError):
    """There is no file or folder at one of the given paths. `paths` are all of them."""

    paths: tuple[str, ...]


class Found(NamedTuple):
    """A file of a code base. `quoted`: it is read by its words in quotes. `skipped`: why it is not read, or None.

    `failed`: the system does not let it be read, so nobody knows what it has.
    """

    path: str
    quoted: bool = False
    skipped: str | None = None
    failed: bool = False


def read_file(path: str) -> bytes:
    """The bytes of a file that `files` found. Raises `FileError` for one that cannot be read or is too long."""
    return read_limited(path, LIMIT)


def files(
    paths: Sequence[str], *, exclude: Mapping[str, Sequence[str]] | None = None, quoted: Sequence[str] = ()
) -> Iterator[Found]:
    """The files in `paths` that are read, and those that would be and are skipped, each once, in sorted order.

    A folder is walked. In a walk no link is followed, and files of other kinds are passed over silently, unless a glob
    of `quoted` fits them. `exclude` has globs by the folder from which they count; those of `quoted` count from the
    working folder. `*` fits a part of a name, and `**` any folders; a glob without `/` fits a name at any depth. What
    fits a folder fits everything in it.
    A path that is given is read also in a folder that a walk passes over, and a given link is followed.
    Raises `MissingPathError` before the first file, for all paths together.
    """
    missing = [path for path in paths if not _is_there(path)]
    if missing:
        names = ", ".join(in_quotes(path) for path in missing[:10])
        raise MissingPathError(
            f"{names}: no such file or folder. Give the paths of files or folders.", paths=(*missing,)
        )
    tests = [_fitting(globs, folder) for folder, globs in (exclude or {}).items()]
    by_quotes = _fitting(quoted, os.curdir)

    def excluded(path: str) -> bool:
        return any(test(path) for test in tests)

    seen: set[str] = set()
    for path in sorted(map(os.path.normpath, paths)):
        for found in _given(path, excluded, by_quotes):
            own = absolute(found.path)
            if own not in seen:
                seen.add(own)
                yield found


def _is_there(path: str) -> bool:
    """Whether something has that path; what cannot be looked at is reported where it is read."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        pass
    return True


def _given(path: str, excluded: Callable[[str], bool], by_quotes: Callable[[str], bool]) -> Iterator[Found]:
    """What is read for a path that is given."""
    try:
        status = os.stat(path)
    except OSError as error:
        yield _unread(path, error)
        return
    if excluded(path):
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk(path, excluded, by_quotes)
    else:
        own = kind(path)
        is_quoted = own is None and by_quotes(path)
        reason = _unfit(status)
        if reason is None and own is None and not is_quoted:
            reason = "it is not a file of Python, YAML, JSON, TOML or dotenv"
        yield Found(path, is_quoted, reason)


def _walk(top: str, excluded: Callable[[str], bool], by_quotes: Callable[[str], bool]) -> Iterator[Found]:
    """The files in a folder; the stack holds entries in reverse order, so that they come sorted."""
    stack: list[tuple[str, os.DirEntry[str] | None]] = [(top, None)]
    while stack:
        path, entry = stack.pop()
        name = entry.name if entry else ""
        try:
            is_folder = entry is None or stat.S_ISDIR(entry.stat(follow_symlinks=False).st_mode)
            if entry is not None and (_passed(name, is_folder) or excluded(path)):
                continue
            if is_folder:
                with os.scandir(path) as entries:
                    below = sorted(entries, key=lambda one: one.name, reverse=True)
                if entry is not None and any(one.name == VENV_FILE for one in below):
                    continue
                stack += [(one.name if path == os.curdir else os.path.join(path, one.name), one) for one in below]
            elif entry is not None and (kind(name) or by_quotes(path)):
                status = entry.stat(follow_symlinks=False)
                yield Found(path, kind(name) is None, _unfit(status))
        except OSError as error:
            yield _unread(path, error)


def _passed(name: str, is_folder: bool) -> bool:
    """Whether a walk passes over a folder or a file with that name."""
    if not is_folder:
        return name.lower() in LOCKS
    return name in FOLDERS or name.endswith(ENDS) or (name.startswith(".") and name not in SHOWN)


def _unfit(status: os.stat_result) -> str | None:
    """Why a file is not read: it is no regular file, or too long."""
    if stat.S_ISLNK(status.st_mode):
        return "it is a link; give its path to read it"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    if status.st_size > LIMIT:
        return f"it is too long (found {status.st_size:,} bytes, expected at most {LIMIT:,})"
    return None


def _unread(path: str, error: OSError) -> Found:
    if error.errno == errno.ENOENT:
        return Found(path, skipped="it is a link that leads nowhere")
    return Found(path, skipped=f"{error.strerror or error}".lower(), failed=True)


def _fitting(globs: Sequence[str], folder: str) -> Callable[[str], bool]:
    """Whether one of the globs fits a path, or a folder above it, relative to `folder`."""
    patterns = [parts for glob in globs if glob and (parts := _parts(glob))]
    base = absolute(folder)

    def fits(path: str) -> bool:
        if not patterns:
            return False
        own = os.path.relpath(absolute(path), base).replace(os.sep, "/").split("/")
        return any(_fits(parts, own) for parts in patterns)

    return fits


def _parts(glob: str) -> list[re.Pattern[str] | None]:
    """A glob as the patterns of its parts; None is `**`."""
    glob = glob.replace("\\", "/").removeprefix("./").rstrip("/")
    names = glob.split("/") if "/" in glob else ["**", glob]
    return [None if name == "**" else re.compile(translate(name)) for name in names if name]


def _fits(parts: list[re.Pattern[str] | None], names: list[str]) -> bool:
    """Whether the parts fit the first names of a path, or all of them; its time is the product of both lengths."""
    states = _skipped({0}, parts)
    for name in names:
        if len(parts) in states:
            return True
        after = set()
        for at in states:
            part = parts[at]
            if part is None or part.match(name):
                after.add(at if part is None else at + 1)
        states = _skipped(after, parts)
    return len(parts) in states


def _skipped(states: set[int], parts: list[re.Pattern[str] | None]) -> set[int]:
    """The states, and those that follow from leaving `**` out."""
    for at in sorted(states):
        end = at
        while end < len(parts) and parts[end] is None:
            end += 1
            states.add(end)
    return states
