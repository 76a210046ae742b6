"""Safe reading, writing and locking of files; standard library only, and little of it.

Every failure is a `FileError`, an `OSError` whose text is one line for people (`/x/y: is a FIFO, not a file`);
callers turn it into the error that fits their task. Nothing here depends on the content of the files.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time

from llm_models.errors import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

LOCK_NAME = ".llm_models.lock"
TEMPORARY = ".llm_models.tmp"  # the end of the name of each of our temporary files

_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_CHUNK = 1 << 20  # bytes
_POLL = 0.02  # seconds between two attempts to get a lock


class FileError(OSError):
    """A file cannot be used. `errno`, `strerror` and `filename` are those of `OSError`; the text is one line."""

    def __str__(self) -> str:
        return printable(f"{self.filename}: {self.strerror}")


class FileMissingError(FileError, FileNotFoundError):
    """The file does not exist."""


class _Naming:
    """Raise every failure of the system inside the block as a `FileError` that names `path`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, FileError):
            failure = FileMissingError if isinstance(error, FileNotFoundError) else FileError
            raise failure(error.errno, error.strerror or "cannot be used", self.path) from error
        if isinstance(error, ValueError):  # a NUL, or characters that the file system cannot encode
            raise FileError(errno.EINVAL, "is not a possible file name", self.path) from error


def regular(path: str) -> os.stat_result | None:
    """The status of the regular file at `path`, links followed, or None where there is none.

    A directory, FIFO, socket or device is a `FileError`. Nothing is opened.
    """
    with _Naming(path):
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return None
        _refuse_special(status, path)
        return status


def read_limited(path: str, limit: int) -> bytes:
    """The bytes of the regular file at `path`, of which there may be at most `limit`.

    Anything that is not a regular file is refused without opening it or waiting for it, and a longer file before
    it is read; reading stops at the limit when a file grows or hides its size. Raises `FileMissingError`, `FileError`.
    """
    status = regular(path)
    with _Naming(path):
        if status is not None and status.st_size > limit:
            raise _too_long(status.st_size, limit, path)
        # Checked again once open: another file may have that name by now.
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


def write_atomically(path: str, data: bytes, *, keep_previous: str | None = None, create: bool = False) -> None:
    """Make `data` the content of `path`: any reader, even after a crash, finds all of the old or all of the new.

    A symbolic link is followed and stays. A new file gets the permissions that the umask leaves, an existing one
    keeps its own. With `keep_previous` the old file, if any, is kept under that name, first and as safely;
    only a crash between the two renames leaves the old content under both names. With `create` the file must be
    new: one that exists, or appears in the meantime, is an error and stays. The temporary files of killed writers
    in that folder are removed.

    Raises `FileError`. The old file is then unchanged and nothing else is left behind, with one exception: when
    only the last step fails (the fsync of the folder), the new file is in place but perhaps not yet on the disk.
    """
    with _Naming(path):
        _put(path, None if create else regular(path), (data,), keep_previous, create=create)


def sweep(folder: str) -> None:
    """Remove the temporary files that killed writers left in `folder`; those of running writers stay.

    A running writer holds a kernel lock on its temporary file. A process id would not do: it can be used again,
    or belong to another container. Never raises: a file that cannot be removed is left alone.
    """
    try:
        names = os.listdir(folder or os.curdir)
    except (OSError, ValueError):
        return
    for name in names:
        if name.startswith(".") and name.endswith(TEMPORARY):
            _quietly(_remove_if_abandoned, os.path.join(folder, name))


def make_folder(path: str) -> None:
    """Make the folder `path` and those above it, where they are missing. Raises `FileError`."""
    with _Naming(path):
        try:
            os.makedirs(path)
        except FileExistsError:
            if not stat.S_ISDIR(os.stat(path).st_mode):
                raise FileError(errno.ENOTDIR, "is a file, not a folder", path) from None


class locked:
    """`with locked(folder):` holds the exclusive lock of that folder, which is made where it is missing.

    The lock is the kernel's, on the file `LOCK_NAME`. It ends with the block, or earlier with the process; the file
    stays. It is not reentrant. Raises `FileError` when the lock is not free within `timeout` seconds.
    """

    def __init__(self, folder: str, timeout: float = 10.0) -> None:
        self.folder = folder or os.curdir
        self.timeout = timeout
        self._fd = -1

    def __enter__(self) -> None:
        make_folder(self.folder)
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
            _lock(fd, release=True)  # closing is not enough where a forked child has inherited the descriptor
        finally:
            _quietly(os.close, fd)  # no data was written that could be lost

    def _try(self, path: str) -> bool:
        """Whether the lock is ours now. The file is opened each time, because another process may remove it."""
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
    path: str, old: os.stat_result | None, chunks: Iterable[bytes], previous: str | None = None, *, create: bool = False
) -> None:
    """Make `chunks` the content of `path`; the old file is kept when they are on the disk but not yet in place."""
    try:  # strict, because otherwise a link that cannot be read is not followed but replaced
        target = os.path.realpath(path, strict=sys.platform != "win32")
    except FileNotFoundError:
        target = os.path.realpath(path)
    folder = os.path.dirname(target)
    sweep(folder)
    # Opened now, so that it fails, if at all, before the rename. Windows cannot open a folder.
    folder_fd = -1 if sys.platform == "win32" else os.open(folder, os.O_RDONLY)
    temporary, fd = "", -1
    try:
        while fd < 0:
            temporary, fd = _create(target, old)
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:  # the system may write only a part
                rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
        if previous is not None and old is not None:
            with _Naming(previous):
                regular(previous)
                _put(previous, old, _chunks(path))
        if sys.platform == "win32":  # renames only closed files
            os.close(fd)
            fd = -1
        if create:
            _add(temporary, target)
        else:
            os.replace(temporary, target)
            temporary = ""
        _sync_folder(folder_fd)
    finally:
        for each in (fd, folder_fd):
            if each >= 0:
                _quietly(os.close, each)  # the fsync has reported any failure already
        if temporary:
            _quietly(os.unlink, temporary)  # an earlier failure matters more; the next run sweeps


def _add(temporary: str, target: str) -> None:
    """Give a complete new file its name, which nothing may have."""
    try:
        if sys.platform == "win32":
            os.rename(temporary, target)  # which never replaces a file there
        else:
            os.link(temporary, target)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, "appeared in the meantime and was not replaced") from None
    except (AttributeError, OSError):  # not every file system and platform has links
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666))
        os.replace(temporary, target)


def _create(target: str, old: os.stat_result | None) -> tuple[str, int]:
    """A new locked file beside `target`, with the permissions of `old`; ("", -1) if a sweeper was faster."""
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
    """Make sure that a rename in this folder is on the disk."""
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
        # An open file cannot be removed there, but a writer closes its own file just before the rename.
        if time.time() - os.stat(path).st_mtime > 3600:
            os.unlink(path)
        return
    fd = os.open(path, os.O_RDONLY | _NO_FOLLOW | _NO_WAIT)
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode) and _lock(fd):
            os.unlink(path)
    finally:
        os.close(fd)


def _lock(fd: int, *, release: bool = False) -> bool:
    """Take the exclusive lock of the kernel on this open file, or release it; False where another process has it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(fd, msvcrt.LK_UNLCK if release else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_UN if release else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(fd: int, path: str) -> bool:
    """Whether `path` still names this open file."""
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False
