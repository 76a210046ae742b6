"""Files: reads and writes them safely; standard library only, and little of it.

Every failure is a `FileError`, an `OSError` whose text is one line for people (`/x/y: is a FIFO, not a file`).
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
    from collections.abc import Callable

TEMPORARY = ".llm_models.tmp"  # the end of the name of each of our temporary files

_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_NOUNS = {stat.S_IFDIR: "directory", stat.S_IFIFO: "FIFO", stat.S_IFSOCK: "socket", stat.S_IFCHR: "character device"}
_CHUNK = 1 << 20  # bytes


class FileError(OSError):
    """A file cannot be used. `errno`, `strerror` and `filename` are those of `OSError`; the text is one line."""

    def __str__(self) -> str:
        return printable(f"{self.filename}: {self.strerror}")


class FileMissingError(FileError, FileNotFoundError):
    """The file does not exist."""


class FileChangedError(FileError):
    """The file is not the one that the writer expects: it appeared, changed, or is gone. It stays as it is."""


_KINDS: dict[type[OSError], type[FileError]] = {FileNotFoundError: FileMissingError, FileExistsError: FileChangedError}


class naming:
    """Turns each error of the system inside the block into a `FileError` that names `path`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, FileError):
            failure = _KINDS.get(type(error), FileError)
            raise failure(error.errno, error.strerror or "cannot be used", self.path) from error
        if isinstance(error, ValueError):  # a NUL, or characters that the file system cannot encode
            raise FileError(errno.EINVAL, "is not a possible file name", self.path) from error


def regular(path: str) -> os.stat_result | None:
    """The status of the regular file at `path`, links followed, or None if it is missing. Nothing is opened.

    Raises `FileError` for anything else: a directory, a FIFO, a socket, a device.
    """
    with naming(path):
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return None
        refuse_special(status, path)
        return status


def read_limited(path: str, limit: int) -> bytes:
    """The bytes of the regular file at `path`, at most `limit`. Raises `FileMissingError`, `FileError`."""
    return read_open(path, limit)[0]


def read_open(path: str, limit: int) -> tuple[bytes, os.stat_result]:
    """As `read_limited`, with the status of the open file.

    Anything else than a regular file is refused without opening it or waiting for it, and a longer file before it
    is read. Reading stops at the limit if a file grows or hides its size.
    """
    status = regular(path)
    with naming(path):
        size = 0 if status is None else status.st_size
        if size <= limit:
            fd = os.open(path, os.O_RDONLY | _BINARY | _NO_WAIT)
            try:
                status = os.fstat(fd)
                refuse_special(status, path)  # again: another file may have that name by now
                parts = []
                size = 0
                while size <= limit and (part := os.read(fd, min(limit + 1 - size, _CHUNK))):
                    parts.append(part)
                    size += len(part)
            finally:
                os.close(fd)
            if size <= limit:
                return b"".join(parts), status
        raise FileError(errno.EFBIG, f"is too long (found at least {size:,} bytes, expected at most {limit:,})", path)


def real(path: str) -> str:
    """The path of the file to which `path` leads, links followed; the file may be missing. Raises `FileError`."""
    with naming(path):
        try:  # strict, because otherwise a link that cannot be read is not followed but replaced
            return os.path.realpath(path, strict=sys.platform != "win32")
        except FileNotFoundError:
            return os.path.realpath(path)


def write_atomically(
    path: str, data: bytes, *, keep_previous: str | None = None, create: bool = False, expected: bytes | None = None
) -> None:
    """Make `data` the content of `path`: any reader, even after a crash, finds all of the old or all of the new.

    A symbolic link is followed and stays. A new file gets the permissions that the umask leaves; an existing one
    keeps its own. `keep_previous` is a path at which the old file is kept, written first and as safely; only a crash
    between the two renames leaves the old content at both paths. Temporary files of killed writers are removed.

    With `create` the file must be new. With `expected` the file must still have this content, and `path` must still
    lead to it: both are looked at just before the rename. Otherwise the file stays, and that is a `FileChangedError`.
    POSIX cannot do both in one step, so a program that takes no lock can write between the look and the rename.

    Raises `FileError`. Then the old file is unchanged and nothing is left behind, with one exception: if only the
    last step fails (the fsync of the folder), the new file is in place but perhaps not yet on the disk.
    """
    with naming(path):
        _put(path, None if create else regular(path), data, keep_previous, create=create, expected=expected)


def sweep(folder: str) -> None:
    """Remove the temporary files that killed writers left in `folder`, if possible. Raises nothing.

    A running writer holds a kernel lock on its file. A process id is no proof: it can be used again or elsewhere.
    """
    try:
        names = os.listdir(folder or os.curdir)
    except (OSError, ValueError):
        return
    for name in names:
        if name.startswith(".") and name.endswith(TEMPORARY):
            _quietly(_remove_if_abandoned, os.path.join(folder, name))


def make_folder(path: str) -> None:
    """Make the folder `path` and its missing parents. Raises `FileError`."""
    with naming(path):
        try:
            os.makedirs(path)
        except FileExistsError:  # `exist_ok` would hide why the path cannot be checked
            if not stat.S_ISDIR(os.stat(path).st_mode):
                raise FileError(errno.ENOTDIR, "is a file, not a folder", path) from None


def refuse_special(status: os.stat_result, path: str) -> None:
    """Raise `FileError` unless this is the status of a regular file."""
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        code = errno.EISDIR if kind == stat.S_IFDIR else errno.EINVAL
        raise FileError(code, f"is a {_NOUNS.get(kind, 'device')}, not a file", path)


def kernel_lock(fd: int, *, release: bool = False) -> bool:
    """Take the kernel's exclusive lock on this open file, or release it; False if another process has it."""
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


def _put(
    path: str,
    old: os.stat_result | None,
    data: bytes,
    previous: str | None = None,
    *,
    create: bool = False,
    expected: bytes | None = None,
) -> None:
    """Make `data` the content of `path`, with the permissions of `old`; see `write_atomically`."""
    target = real(path)
    folder, name = os.path.split(target)
    mode = 0o666 if old is None else stat.S_IMODE(old.st_mode)
    sweep(folder)
    # Opened before the rename, so that a failure comes before it too. Windows cannot open a folder.
    folder_fd = -1 if sys.platform == "win32" else os.open(folder, os.O_RDONLY)
    temporary, fd = "", -1
    try:
        while fd < 0:
            unique = f"{os.getpid()}.{os.urandom(8).hex()}"
            temporary = os.path.join(folder, f".{name[:40]}.{unique}{TEMPORARY}")  # most systems allow 255 bytes
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
            if not kernel_lock(fd) or not os.fstat(fd).st_nlink:  # another writer is sweeping it
                os.close(fd)
                fd = -1
        if old is not None and sys.platform != "win32":
            os.fchmod(fd, mode)
        rest = memoryview(data)
        while rest:  # the system may write only a part
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
        if previous is not None and old is not None:
            with naming(previous):
                regular(previous)
                _put(previous, old, read_limited(path, sys.maxsize))
        if sys.platform == "win32":  # renames only closed files
            os.close(fd)
            fd = -1
        if create:
            _add(temporary, target)
        else:
            _compare(path, target, expected)
            os.replace(temporary, target)
            temporary = ""
        try:
            if folder_fd >= 0:
                os.fsync(folder_fd)  # so that the rename is on the disk
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems cannot do it
                raise
    finally:
        for each in (fd, folder_fd):
            if each >= 0:
                _quietly(os.close, each)  # the fsync has reported any failure already
        if temporary:
            _quietly(os.unlink, temporary)  # an earlier failure matters more; the next run sweeps


def _compare(path: str, target: str, expected: bytes | None) -> None:
    """Raise `FileChangedError` unless `path` leads to `target` and its content is `expected` (None: anything)."""
    if expected is None:
        return
    try:
        if real(path) == target and read_limited(path, len(expected)) == expected:
            return
    except FileError as error:
        if error.errno not in (errno.ENOENT, errno.EFBIG):  # it is gone, or longer
            raise
    raise FileChangedError(errno.ESTALE, "changed in the meantime and was not replaced", path)


def _add(temporary: str, target: str) -> None:
    """Rename a complete new file, unless its name is taken."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, "appeared in the meantime and was not replaced") from None
    except (AttributeError, OSError):  # not every file system and platform has links
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666))
        os.replace(temporary, target)


def _quietly(function: Callable[..., object], argument: int | str) -> None:
    try:
        function(argument)
    except OSError:
        return


def _remove_if_abandoned(path: str) -> None:
    if sys.platform == "win32":
        # An open file cannot be removed there, but a writer closes its own file just before the rename.
        if time.time() - os.stat(path).st_mtime > 3600:
            os.unlink(path)
        return
    fd = os.open(path, os.O_RDONLY | _NO_FOLLOW | _NO_WAIT)
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode) and kernel_lock(fd):
            os.unlink(path)
    finally:
        os.close(fd)
