"""Files: reads them safely; standard library only, and little of it.

Every failure is a `FileError`, an `OSError` whose text is one line for people (`/x/y: is a FIFO, not a file`).
"""

from __future__ import annotations

import errno
import os
import stat
import sys

from llm_models.errors import printable

_BINARY = getattr(os, "O_BINARY", 0)
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
            above = os.path.dirname(self.path)
            if error.errno == errno.ENOTDIR and _is_file(above):  # which part of the path is wrong
                raise failure(errno.ENOTDIR, "is a file, not a folder", above) from error
            raise failure(error.errno, error.strerror or "cannot be used", self.path) from error
        if isinstance(error, ValueError):  # a NUL, or characters that the file system cannot encode
            raise FileError(errno.EINVAL, "is not a possible file name", self.path) from error


def _is_file(path: str) -> bool:
    try:
        return regular(path) is not None
    except FileError:
        return False


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
        if status is None or status.st_size <= limit:
            fd = os.open(path, os.O_RDONLY | _BINARY | _NO_WAIT)
            return read_descriptor(fd, path, limit)
        raise _too_long(status.st_size, path, limit)


def read_descriptor(fd: int, path: str, limit: int, *, whole: bool = True) -> tuple[bytes, os.stat_result]:
    """The bytes of the open regular file, and its status. Closes it. Unless it is read `whole`, the rest is left."""
    try:
        status = os.fstat(fd)
        refuse_special(status, path)  # again: another file may have that name by now
        parts = []
        size = 0
        while part := os.read(fd, min(limit + 1 - size, _CHUNK)):  # of no bytes, where there are too many
            parts.append(part)
            size += len(part)
    finally:
        os.close(fd)
    if size > limit and whole:
        raise _too_long(size, path, limit)
    return b"".join(parts), status


def _too_long(size: int, path: str, limit: int) -> FileError:
    text = f"is too long (found at least {size:,} bytes, expected at most {limit:,})"
    return FileError(errno.EFBIG, text, path)


def real(path: str) -> str:
    """The path of the file to which `path` leads, links followed; the file may be missing. Raises `FileError`."""
    with naming(path):
        try:  # strict, because otherwise a link that cannot be read is not followed but replaced
            return os.path.realpath(path, strict=sys.platform != "win32")
        except FileNotFoundError:
            return os.path.realpath(path)


def refuse_special(status: os.stat_result, path: str) -> None:
    """Raise `FileError` unless this is the status of a regular file."""
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        code = errno.EISDIR if kind == stat.S_IFDIR else errno.EINVAL
        raise FileError(code, f"is a {_NOUNS.get(kind, 'device')}, not a file", path)
