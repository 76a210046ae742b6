"""Open folder: a folder that is held open, and changed by the names in it without following a link.

A path that a program looks up again for each step can lead elsewhere each time. So the folder is opened once, and each
file in it is named relative to its descriptor. Windows cannot open a folder; there the paths are looked at instead.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress

from llm_models.errors import printable
from llm_models.files import FileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
"""How to open a file to read it, without waiting for anyone to write it."""
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_HAS_DESCRIPTORS = sys.platform != "win32"
_REPARSE = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT: a link, a junction or a mount of Windows
_LONGEST = 200  # characters of a link's target in a message


class Inside:
    """The folder below which a path must not lead through a link, and the option that may name another file.

    Nobody typed the names below it: a repository may have brought them.
    """

    __slots__ = ("folder", "option")

    def __init__(self, folder: str, option: str = "") -> None:
        self.folder = folder
        self.option = option


class OpenFolder:
    """The folder at `path`, open until the end of a `with` block.

    With `inside`, the parts of the path below that folder must be folders, not links; with `make`, those that are
    missing are made. Raises `OSError`; a link is a `FileError` that names its target.
    """

    __slots__ = ("fd", "path", "way")

    def __init__(self, path: str, inside: Inside | None = None, *, make: bool = False) -> None:
        self.path = path or os.curdir
        self.way = "" if inside is None else inside.option
        self.fd: int | None = None
        start = self.path if inside is None else inside.folder or os.curdir
        parts = [] if inside is None else os.path.relpath(self.path, start).split(os.sep)
        try:
            self._begin(start)
        except FileNotFoundError:
            if not make:
                raise
            os.makedirs(start)
            self._begin(start)
        try:
            at = start
            for part in parts:
                if part != os.curdir:
                    at = self._enter(at, part, make)
        except BaseException:
            self.close()
            raise

    def _begin(self, start: str) -> None:
        if _HAS_DESCRIPTORS:
            self.fd = os.open(start, _FOLDER)
        else:
            os.stat(start)

    def _enter(self, at: str, part: str, make: bool) -> str:
        """Go from the open folder at the path `at` into `part` of it; its path."""
        below = os.path.join(at, part)
        name = below if self.fd is None else part
        if make:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=self.fd)
        status = os.stat(name, dir_fd=self.fd, follow_symlinks=False)
        if is_link(status):
            raise self._refused(name, below)
        if not stat.S_ISDIR(status.st_mode):
            raise FileError(errno.ENOTDIR, "is a file, not a folder", below)
        if self.fd is not None:
            outer, self.fd = self.fd, os.open(part, _FOLDER | _NO_FOLLOW, dir_fd=self.fd)
            os.close(outer)
        return below

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the folder. Raises nothing: no data is lost."""
        fd, self.fd = self.fd, None
        if fd is not None:
            try:
                os.close(fd)
            except OSError:
                return

    def name(self, name: str) -> str:
        """How functions of `os` that take `dir_fd` name a file of this folder."""
        return os.path.join(self.path, name) if self.fd is None else name

    def names(self) -> list[str]:
        """The names in the folder."""
        return os.listdir(self.path if self.fd is None else self.fd)

    def status(self, name: str) -> os.stat_result | None:
        """The status of what has this name, None if nothing has. A link is a `FileError`."""
        try:
            status = os.stat(self.name(name), dir_fd=self.fd, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if is_link(status):
            raise self._refused(self.name(name), os.path.join(self.path, name))
        return status

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        """Open a file of this folder; the descriptor. A link is not followed."""
        return os.open(self.name(name), flags | _NO_FOLLOW | getattr(os, "O_BINARY", 0), mode, dir_fd=self.fd)

    def replace(self, name: str, other: str) -> None:
        """Rename `name` to `other`, which it replaces."""
        os.replace(self.name(name), self.name(other), src_dir_fd=self.fd, dst_dir_fd=self.fd)

    def link(self, name: str, other: str) -> None:
        """Give the file `name` the second name `other`, which must be free."""
        os.link(self.name(name), self.name(other), src_dir_fd=self.fd, dst_dir_fd=self.fd)

    def unlink(self, name: str) -> None:
        """Remove a name."""
        os.unlink(self.name(name), dir_fd=self.fd)

    def sync(self) -> None:
        """Wait until the names of the folder are on the disk, if the system can do that."""
        if self.fd is None:
            return
        try:
            os.fsync(self.fd)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems cannot do it
                raise

    def _refused(self, name: str, path: str) -> FileError:
        try:
            target = printable(os.readlink(name, dir_fd=self.fd))[:_LONGEST]
        except (OSError, ValueError):  # it is gone by now, or a mount of Windows
            target = "another place"
        way = f", or give {self.way}" if self.way else ""
        return FileError(errno.ELOOP, f"is a link to {target}; remove it{way}", path)


def is_link(status: os.stat_result) -> bool:
    """Whether this is the status of a symbolic link, or on Windows of anything that leads elsewhere."""
    return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_file_attributes", 0) & _REPARSE)
