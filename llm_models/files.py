"""Safe reading, writing and locking of files; standard library only, and little of it.

What fails raises a `FileError`, an `OSError` whose text is one line for people (`/x/y: is a FIFO, not a file`);
callers turn it into the error that fits their task. Nothing here knows what the files hold.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time

from llm_models.errors import printable

__all__ = [
    "LOCK_NAME",
    "FileError",
    "FileMissingError",
    "locked",
    "read_limited",
    "regular",
    "sweep",
    "write_atomically",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

LOCK_NAME = ".llm_models.lock"
TEMPORARY = ".llm_models.tmp"  # how the names of all our temporary files end

_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_CHUNK = 1 << 20  # bytes
_POLL = 0.02  # seconds between two looks at a lock that somebody else holds


class FileError(OSError):
    """A file cannot be used. `errno`, `strerror` and `filename` are those of `OSError`; the text is one line."""

    def __str__(self) -> str:
        return printable(f"{self.filename}: {self.strerror}")


class FileMissingError(FileError, FileNotFoundError):
    """There is no such file."""


class _Naming:
    """Whatever the system refuses inside the block is raised as a `FileError` that names `path`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError) and not isinstance(error, FileError):
            raise FileMissingError(error.errno, error.strerror, self.path) from error
        if isinstance(error, OSError) and not isinstance(error, FileError):
            raise FileError(error.errno, error.strerror or "cannot be used", self.path) from error
        if isinstance(error, ValueError):  # a NUL, or what the file system's encoding cannot say
            raise FileError(errno.EINVAL, "is not a possible file name", self.path) from error


def regular(path: str) -> os.stat_result | None:
    """The status of the regular file at `path`, links followed, or None where nothing is.

    Anything else there (a directory, FIFO, socket or device) is a `FileError`. Nothing is opened.
    """
    with _Naming(path):
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return None
        _refuse_special(status, path)
        return status


def read_limited(path: str, limit: int) -> bytes:
    """The bytes of the regular file at `path`, if there are at most `limit` of them.

    What is no regular file is refused without being opened or waited for, and a longer one before it is read;
    one that grows meanwhile, or hides its size, is given up at the limit. Raises `FileMissingError` or `FileError`.
    """
    status = regular(path)
    with _Naming(path):
        if status is not None and status.st_size > limit:
            raise _too_long(status.st_size, limit, path)
        # Looked at again once open: the name may have come to mean something else in between.
        fd = os.open(path, os.O_RDONLY | _BINARY | _NO_WAIT)
        try:
            _refuse_special(os.fstat(fd), path)
            parts = []
            room = limit + 1
            while room and (part := os.read(fd, min(room, _CHUNK))):
                parts.append(part)
                room -= len(part)
        finally:
            os.close(fd)
        if not room:
            raise _too_long(limit + 1, limit, path)
        return b"".join(parts)


def write_atomically(path: str, data: bytes, *, keep_previous: str | None = None) -> None:
    """Make `data` the content of `path`: whoever looks, even after a crash, finds all of the old or all of the new.

    A symbolic link is followed and stays. A new file gets the permissions that the umask leaves, an existing one
    keeps its own. With `keep_previous` the old file, if there is one, is kept under that name, first and as safely;
    only a crash between the two renames leaves the old content under both names. What killed writers left in that
    folder is swept.

    Raises `FileError`. The old file is then as it was and nothing else is left behind, save that when only the
    last step fails (the fsync of the folder) the new file is in place, though perhaps not yet on the disk.
    """
    with _Naming(path):
        old = regular(path)

        def keep() -> None:
            if keep_previous is not None and old is not None:
                with _Naming(keep_previous):
                    regular(keep_previous)
                    _put(keep_previous, old, _chunks(path))

        _put(path, old, (data,), keep)


def sweep(folder: str) -> None:
    """Remove the temporary files that killed writers left in `folder`; those of living writers stay.

    A writer holds a kernel lock on its temporary file for as long as it lives, so neither a process id used
    again nor one from another container misleads. Never raises: what cannot be removed is left alone.
    """
    try:
        names = os.listdir(folder or os.curdir)
    except (OSError, ValueError):
        return
    for name in names:
        if name.startswith(".") and name.endswith(TEMPORARY):
            _quietly(_remove_if_abandoned, os.path.join(folder, name))


class locked:
    """`with locked(folder):` holds the one exclusive lock of that folder, which is made if it is missing.

    The lock is the kernel's, on the file `LOCK_NAME`: it ends with the block or with the process, whichever comes
    first, and the file stays. It is not reentrant. Raises `FileError` when it is not to be had within `timeout`
    seconds.
    """

    def __init__(self, folder: str, timeout: float = 10.0) -> None:
        self.folder = folder or os.curdir
        self.timeout = timeout
        self._fd = -1

    def __enter__(self) -> None:
        with _Naming(self.folder):
            try:
                os.makedirs(self.folder)
            except FileExistsError:
                if not stat.S_ISDIR(os.stat(self.folder).st_mode):
                    raise FileError(errno.ENOTDIR, "is a file, not a folder", self.folder) from None
        path = os.path.join(self.folder, LOCK_NAME)
        deadline = time.monotonic() + self.timeout
        with _Naming(path):
            while not self._try(path):
                if time.monotonic() >= deadline:
                    text = f"another process holds this lock (waited {self.timeout:g} s)"
                    raise FileError(errno.ETIMEDOUT, text, path)
                time.sleep(_POLL)

    def __exit__(self, *_: object) -> None:
        fd, self._fd = self._fd, -1
        try:
            _unlock(fd)  # said aloud, because a forked child may have inherited the descriptor
        finally:
            _quietly(os.close, fd)  # nothing was written to it that could be lost

    def _try(self, path: str) -> bool:
        """Whether the lock is ours now. Opened anew each time, for somebody may have removed the file meanwhile."""
        fd = os.open(path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW | _NO_WAIT, 0o666)
        try:
            _refuse_special(os.fstat(fd), path)
            if _lock(fd) and _is_at(fd, path):
                self._fd = fd
        finally:
            if self._fd != fd:
                os.close(fd)
        return self._fd == fd


def _put(
    path: str, old: os.stat_result | None, chunks: Iterable[bytes], keep: Callable[[], None] | None = None
) -> None:
    """Make `chunks` the content of `path`, calling `keep` when they are safely on the disk but not yet in place."""
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    sweep(folder)
    # Opened now, so that a fault in it comes before the rename. Windows cannot open a folder.
    folder_fd = -1 if sys.platform == "win32" else os.open(folder, os.O_RDONLY)
    temporary, fd = "", -1
    try:
        while fd < 0:
            temporary, fd = _create(target, old)
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:  # the system may take less than it is given
                rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
        if keep is not None:
            keep()
        if sys.platform == "win32":  # renames only closed files
            os.close(fd)
            fd = -1
        os.replace(temporary, target)
        temporary = ""
        _sync_folder(folder_fd)
    finally:
        for each in (fd, folder_fd):
            if each >= 0:
                _quietly(os.close, each)  # what it might still report, the fsync has reported already
        if temporary:
            _quietly(os.unlink, temporary)  # the fault that led here is the one to tell; the next run sweeps


def _create(target: str, old: os.stat_result | None) -> tuple[str, int]:
    """A new locked file beside `target`, with the old one's permissions; -1 if a sweeper was quicker than our lock."""
    stem = os.path.basename(target)[:40]  # a name may have 255 bytes on most systems
    temporary = os.path.join(os.path.dirname(target), f".{stem}.{os.getpid()}.{os.urandom(8).hex()}{TEMPORARY}")
    mode = 0o666 if old is None else stat.S_IMODE(old.st_mode)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        if not _lock(fd) or not os.fstat(fd).st_nlink:
            os.close(fd)
            return "", -1
        if old is not None and sys.platform != "win32":
            os.fchmod(fd, mode)
    except BaseException:
        _quietly(os.close, fd)
        _quietly(os.unlink, temporary)
        raise
    return temporary, fd


def _sync_folder(fd: int) -> None:
    """Make a rename in this folder last."""
    if fd >= 0:
        try:
            os.fsync(fd)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems cannot
                raise


def _quietly(function: Callable[[Any], object], argument: Any) -> None:
    try:
        function(argument)
    except OSError:
        return


def _refuse_special(status: os.stat_result, path: str) -> None:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise FileError(errno.EISDIR, "is a directory, not a file", path)
    nouns = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a character device"}
    raise FileError(errno.EINVAL, f"is {nouns.get(stat.S_IFMT(mode), 'a device')}, not a file", path)


def _too_long(size: int, limit: int, path: str) -> FileError:
    return FileError(errno.EFBIG, f"is too long (found at least {size:,} bytes, expected at most {limit:,})", path)


def _chunks(path: str) -> Iterator[bytes]:
    fd = os.open(path, os.O_RDONLY | _BINARY)
    try:
        while chunk := os.read(fd, _CHUNK):
            yield chunk
    finally:
        os.close(fd)


def _remove_if_abandoned(path: str) -> None:
    if sys.platform == "win32":
        # An open file cannot be removed there, but a writer has to close its own just before the rename.
        if time.time() - os.stat(path).st_mtime > 3600:
            os.unlink(path)
        return
    fd = os.open(path, os.O_RDONLY | _NO_FOLLOW | _NO_WAIT)
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode) and _lock(fd):
            os.unlink(path)
    finally:
        os.close(fd)


def _lock(fd: int) -> bool:
    """Whether the kernel gave us the exclusive lock on this open file, at once."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unlock(fd: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(fd, fcntl.LOCK_UN)


def _is_at(fd: int, path: str) -> bool:
    """Whether `path` still names this open file."""
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False
