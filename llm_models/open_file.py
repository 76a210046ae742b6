"""The bytes of a snapshot file: read whole, or in parts from a file that stays open; standard library only."""

from __future__ import annotations

import os
import stat

from llm_models.errors import SnapshotError, printable

LARGE = 16 << 20
"""From this size in bytes on, a file is read in parts."""


class OpenFile:
    """An open file that is read in parts; its descriptor is closed when nobody uses this object any more.

    A program may close descriptors that are not its own, as daemons do, and another file may then get the same number.
    So the descriptor is checked before each read and before it is closed. Threads may share it: it has no position.
    """

    __slots__ = ("_number", "identity", "path")
    latest: OpenFile | None = None
    """The file that was opened last: all snapshots of one file share its descriptor."""

    def __init__(self, path: str) -> None:
        """Open the file at `path`. Raises `OSError`."""
        self.path = path
        self._number = -1  # in case the next line fails
        self._number = os.open(path, os.O_RDONLY)
        self.identity = _identity(os.fstat(self._number))

    def is_unchanged(self) -> bool:
        """Whether the descriptor is still that of the file, and nobody has written to the file."""
        try:
            now = _identity(os.fstat(self._number))
        except (OSError, AttributeError, TypeError):  # the last two when the interpreter is shutting down
            now = None
        if now is None or now[:2] != self.identity[:2]:
            self._number = -1
            return False
        return now == self.identity

    def read(self, start: int, size: int) -> bytes:
        """The bytes from `start` on, `size` of them or as many as there are.

        Opens the file again when another part of the program closed it. Raises `SnapshotError` when the file was
        overwritten, or is not at its path any more when it must be opened again.
        """
        try:
            if not self.is_unchanged():
                again = OpenFile(self.path) if _identity(os.stat(self.path)) == self.identity else None
                if again is None or again.identity != self.identity:
                    raise SnapshotError(f"{printable(self.path)}: the file was replaced while in use", path=self.path)
                self._number, again._number = again._number, -1
            return os.pread(self._number, size, start)
        except OSError as error:
            raise _unreadable(self.path, error) from None

    def __len__(self) -> int:
        return self.identity[2]

    def __del__(self) -> None:
        if self.is_unchanged() or self._number >= 0:
            os.close(self._number)


def _identity(state: os.stat_result) -> tuple[int, int, int, int]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def source_of(path: str, *, in_parts: bool) -> bytes | OpenFile:
    """The bytes of the file at `path`, or the open file when it is large or `in_parts`. Raises `SnapshotError`.

    A file that was read whole cannot change any more. One that is read in parts may be replaced by another, but not
    overwritten. Windows does not let an open file be replaced, so there every file is read whole.
    """
    try:
        state = os.stat(path)
        if not stat.S_ISREG(state.st_mode):
            raise SnapshotError(f"{printable(path)}: not a regular file", path=path)
        if not hasattr(os, "pread") or not (in_parts or state.st_size >= LARGE):
            with open(path, "rb", buffering=0) as whole:
                return whole.read()
        file = OpenFile.latest
        if file is None or file.identity != _identity(state) or not file.is_unchanged():
            file = OpenFile.latest = OpenFile(path)
        return file
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str, error: OSError | ValueError) -> SnapshotError:
    why = getattr(error, "strerror", None) or str(error)
    return SnapshotError(f"{printable(path)}: the snapshot cannot be read: {why}", path=path)
