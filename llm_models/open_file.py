"""Open file: reads a snapshot file whole, or in parts while it stays open; standard library only."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llm_models.errors import SnapshotError

MAX_SNAPSHOT = 256 << 20
"""The largest snapshot or history that is read, in bytes."""
LARGE = 16 << 20
"""Files of this many bytes and more are read in parts."""


class OpenFile:
    """An open file that is read in parts; its descriptor is closed when no object uses it any more.

    Some programs, such as daemons, close descriptors that are not their own, and another file may then get the same
    number. So the descriptor is checked before each use, and where it is lost, `_again` is the same file, opened once
    more. Threads may share it, because it has no position.
    """

    __slots__ = ("_again", "_number", "identity", "path")
    latest: OpenFile | None = None
    """The file that was opened last. All snapshots of one file share its descriptor."""

    def __init__(self, path: str) -> None:
        """Open the file at `path`. Raises `OSError`."""
        self.path = path
        self._again: OpenFile | None = None
        self._number = -1  # `__del__` needs it if the next lines fail
        number = os.open(path, os.O_RDONLY)
        try:
            self.identity = _identity(os.fstat(number))
        except OSError:
            os.close(number)
            raise
        self._number = number

    def is_unchanged(self) -> bool:
        """Whether the descriptor still belongs to the file, and the file was not written to. Raises `OSError`."""
        return self._usable() is not None

    def _usable(self) -> tuple[int, OpenFile] | None:
        """A descriptor that still belongs to the file, which was not written to, and its owner, who keeps it open."""
        owner: OpenFile | None = self
        while owner is not None:
            number = owner._number  # once: another thread may find that it is lost
            if _found(number) == self.identity:
                return number, owner
            owner = owner._again
        return None

    def status(self) -> os.stat_result:
        """The status of the open file. Raises `SnapshotError`."""
        try:
            usable = self._usable()
            return os.fstat(self._number if usable is None else usable[0])
        except OSError as error:
            raise unreadable(self.path, error) from None

    def read(self, start: int, size: int) -> bytes:
        """At most `size` bytes from `start` on. Opens the file again if another part of the program closed it.

        Raises `SnapshotError` if the file was overwritten, or must be opened again and is no longer at its path.
        """
        try:
            usable = self._usable()
            if usable is None:
                again = OpenFile(self.path) if _identity(os.stat(self.path)) == self.identity else None
                if again is None or again.identity != self.identity:
                    raise unusable(self.path, "the file was replaced while in use")
                usable = again._number, again
                self._again, self._number = again, -1
            return os.pread(usable[0], size, start)
        except OSError as error:
            raise unreadable(self.path, error) from None

    def __len__(self) -> int:
        return self.identity[2]

    def __del__(self) -> None:
        try:
            found = _found(self._number)
            if found is not None and found[:2] == self.identity[:2]:  # it was not closed by another
                os.close(self._number)
        except (OSError, AttributeError, TypeError, ImportError):  # all but the first while the interpreter shuts down
            pass


def _found(number: int) -> tuple[int, int, int, int] | None:
    """The identity of the file that has a descriptor now; None where there is none. Raises `OSError`."""
    if number < 0:
        return None
    try:
        return _identity(os.fstat(number))
    except OSError as error:
        from errno import EBADF

        if error.errno != EBADF:
            raise
        return None


def _identity(state: os.stat_result) -> tuple[int, int, int, int]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def source_of(path: str, *, in_parts: bool) -> tuple[bytes | OpenFile, os.stat_result]:
    """The bytes of the file at `path`, or the open file if it is large or `in_parts`; and the open file's status.

    While it is open, another file may replace it, but nothing may overwrite it. On Windows every file is read whole,
    because an open file cannot be replaced there. Raises `SnapshotError`.
    """
    try:
        state = os.stat(path)
        check_file(state, path)
        if not hasattr(os, "pread") or not (in_parts or state.st_size >= LARGE):
            with open(path, "rb", buffering=0) as whole:
                return whole.read(), os.fstat(whole.fileno())
        file = OpenFile.latest
        if file is None or file.identity != _identity(state) or not file.is_unchanged():
            file = OpenFile.latest = OpenFile(path)
        return file, file.status()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None


def check_file(state: os.stat_result, path: str) -> None:
    """Raise `SnapshotError` unless this is the status of a regular file that is not too large. Nothing is opened."""
    if not stat.S_ISREG(state.st_mode):
        raise unusable(path, "not a regular file")
    if state.st_size > MAX_SNAPSHOT:
        sizes = f"found {state.st_size:,} bytes, expected at most {MAX_SNAPSHOT:,}"
        raise unusable(path, f"too long for a snapshot ({sizes})")


def unreadable(path: str, error: OSError | ValueError) -> SnapshotError:
    """The error when the file at `path` cannot be read."""
    return unusable(path, f"the snapshot cannot be read: {getattr(error, 'strerror', None) or error}")


def unusable(path: str, why: str) -> SnapshotError:
    """The error about the file at `path`; the errors are imported when there is one, because making them takes time."""
    from llm_models.errors import SnapshotError, printable

    return SnapshotError(f"{printable(path)}: {why}", path=path)
