"""Locks: one writer at a time in a folder. The kernel holds the lock, so that no dead process can keep it.

Some network file systems have no such locks. There a file that only one process can create is the lock.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import suppress

from llm_models.files import FileError, naming, read_descriptor, refuse_special
from llm_models.open_folder import READ, OpenFolder
from llm_models.replacement import ABANDONED, HELD_NAME, TEMPORARY, kernel_lock, make_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.open_folder import Inside

LOCK_NAME = ".llm_models.lock"
_TAKEN_NAME = f".taken{TEMPORARY}"
"""It is there while a process removes the file `HELD_NAME` of another that is gone."""

_FOLDERS = sys.platform != "win32"  # whether the kernel locks folders too
_NEW_FILE = os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
_PROCESSES = 1 << 31  # numbers of processes are below it
_POLL = 0.02  # seconds between two attempts to get a lock


class locked:
    """`with locked(folder):` holds the exclusive lock of that folder.

    The kernel locks the file `LOCK_NAME` in it, which stays; a missing folder is made. If `leave_file` is false, for a
    folder that is not ours, the folder itself is locked and must exist, so that nothing is left in it. That is another
    lock than the first. Windows cannot lock a folder; there it is the file, which is removed at the end. The file is
    never a link, and with `inside` no part of the path of the folder below that one may be a link.

    Where the file system has no kernel locks, the lock is the file `HELD_NAME`, which is there while a process holds it
    and states which. One that a killed process left is removed once that process is seen to be gone: at once on its own
    machine, else after an hour.

    The lock ends with the block or the process, and is not reentrant. Raises `FileError` if the lock is not free
    within `timeout` seconds.
    """

    def __init__(
        self, folder: str, timeout: float = 60.0, *, leave_file: bool = True, inside: Inside | None = None
    ) -> None:
        self.folder = folder or os.curdir
        self.timeout = timeout
        self.leave_file = leave_file
        self._inside = inside
        self._path = self.folder if _FOLDERS and not leave_file else os.path.join(self.folder, LOCK_NAME)
        self._fd = -1
        self._held = b""  # the content of the file `HELD_NAME` while it is ours

    def __enter__(self) -> None:
        if self.leave_file:
            make_folder(self.folder, self._inside)
        deadline = time.monotonic() + self.timeout
        with naming(self._path):
            while not self._try():
                if time.monotonic() >= deadline:
                    text = f"another process holds this lock (waited {self.timeout:g} s)"
                    raise FileError(errno.ETIMEDOUT, text, self._path)
                time.sleep(_POLL)

    def __exit__(self, *_: object) -> None:
        fd, self._fd = self._fd, -1
        held, self._held = self._held, b""
        if held:
            with suppress(OSError), OpenFolder(self.folder, self._inside) as folder:
                if _holder(folder)[0] == held:  # nobody took it for one that was left
                    folder.unlink(HELD_NAME)
        self._remove()  # before the lock is free: a process that waits for it sees that the file is gone
        with suppress(OSError):  # no data is lost, and closing frees the lock, too
            kernel_lock(fd, release=True)  # closing is not enough if a forked child has inherited the descriptor
        with suppress(OSError):
            os.close(fd)
        if sys.platform == "win32":  # removes only what no process has open
            self._remove()

    def _try(self) -> bool:
        """Whether the lock is ours now. It is opened each time, because another process may remove it."""
        if self._path == self.folder:
            fd = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY)
            return self._take(fd, lambda: os.stat(self._path))
        with OpenFolder(self.folder, self._inside) as folder:
            folder.status(LOCK_NAME)  # refuses a link
            fd = folder.open(LOCK_NAME, _NEW_FILE)
            return self._take(fd, lambda: folder.status(LOCK_NAME))

    def _take(self, fd: int, now: Callable[[], os.stat_result | None]) -> bool:
        """Lock the open file, if it is free and still the one that has the name. Otherwise close it."""
        try:
            if self._path != self.folder:
                refuse_special(os.fstat(fd), self._path)
            is_ours = kernel_lock(fd)
            status = None if is_ours is False else now()
            if status is not None and os.path.samestat(os.fstat(fd), status) and (is_ours or self._create()):
                self._fd = fd
        except FileNotFoundError:  # removed just now: it was not the lock
            pass
        finally:
            if self._fd != fd:
                os.close(fd)
        return self._fd == fd

    def _create(self) -> bool:
        """Whether the file `HELD_NAME` is ours now, because nobody else has it."""
        with OpenFolder(self.folder, self._inside) as folder:
            try:
                fd = folder.open(HELD_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            except FileExistsError:
                if _is_abandoned(folder):
                    _remove_abandoned(folder)
                return False
            try:
                held = f"{_machine()}\n{os.getpid()}\n{os.urandom(8).hex()}\n".encode()
                self._held = held[: os.write(fd, held)]
            finally:
                os.close(fd)
                if not self._held:
                    folder.unlink(HELD_NAME)
        return True

    def _remove(self) -> None:
        if self._path != self.folder and not self.leave_file:
            with suppress(OSError):
                os.unlink(self._path)


def _remove_abandoned(folder: OpenFolder) -> None:
    """Remove the file `HELD_NAME` of a process that is gone.

    One process at a time looks at it and removes it. Otherwise the second of two could remove the new one of the first.
    """
    try:
        os.close(folder.open(_TAKEN_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        status = folder.status(_TAKEN_NAME)
        if status is not None and time.time() - status.st_mtime > ABANDONED:  # its process was killed
            folder.unlink(_TAKEN_NAME)
        return
    try:
        if _is_abandoned(folder):
            folder.unlink(HELD_NAME)
    finally:
        folder.unlink(_TAKEN_NAME)


def _is_abandoned(folder: OpenFolder) -> bool:
    """Whether the process that created the file `HELD_NAME` is gone. A text without a process states nothing."""
    try:
        data, status = _holder(folder)
    except FileNotFoundError:
        return False
    if time.time() - status.st_mtime > ABANDONED:
        return True
    machine, number, *_ = (*data.decode(errors="replace").split("\n"), "")
    process = int(number) if number.isdecimal() else 0  # that is this process and its group
    if machine != _machine() or process >= _PROCESSES:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is another user's
        pass
    return False


def _holder(folder: OpenFolder) -> tuple[bytes, os.stat_result]:
    """The content of the file `HELD_NAME`, and its status."""
    return read_descriptor(folder.open(HELD_NAME, READ), os.path.join(folder.path, HELD_NAME), 1000)


def _machine() -> str:
    """The name of this machine, or of this container: a number of a process means another process elsewhere."""
    return os.uname().nodename if hasattr(os, "uname") else ""
