"""Replacement: new content takes the place of a file's, all of it or nothing; standard library only.

Every failure is a `FileError`. A process that is killed leaves the old file or the new one, and perhaps a temporary
file, which the next run removes.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from llm_models import attributes, logs
from llm_models.files import FileChangedError, FileError, naming, read_descriptor, real, refuse_special, regular
from llm_models.open_folder import READ, OpenFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llm_models.open_folder import Inside

TEMPORARY = ".llm_models.tmp"  # the end of the name of each of our temporary files

ABANDONED = 3600
"""Seconds after which an unfinished file has no writer any more, where the system has no lock that shows it."""
HELD_NAME = f".held{TEMPORARY}"
"""The lock of a folder in which the kernel locks nothing; see `locks`."""
_NO_LINKS = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
"""How file systems refuse a second name of a file that have none."""


def write_atomically(
    path: str,
    data: bytes | Iterable[bytes],
    *,
    inside: Inside | None = None,
    keep_previous: str | None = None,
    create: bool = False,
    expected: bytes | None = None,
) -> None:
    """Make `data` the content of `path`: any reader, even after a crash, finds all of the old or all of the new.

    `data` may come in parts, which are made while they are written; an error of theirs leaves the old file, too.

    A symbolic link is followed and stays; with `inside` it is refused, at each part of the path below that folder. A
    new file gets the permissions that the umask leaves; an existing one keeps its own, except those to execute it, and
    its owner, group, access list and extended attributes where the system allows it; a warning is logged where it does
    not. `keep_previous` is a path at which the old file is kept, written first and as safely; only a crash between the
    two renames leaves the old content at both paths. Temporary files of killed writers are removed.

    With `create` the file must be new. With `expected` the file must still have this content, and `path` must still
    lead to it: both are looked at just before the rename. Otherwise the file stays, and that is a `FileChangedError`.
    POSIX cannot do both in one step, so a program that takes no lock can write between the look and the rename; a new
    file appears in one step where the file system has hard links.

    Raises `FileError`. Then the old file is unchanged and nothing is left behind, with one exception: if only the
    last step fails (the fsync of the folder), the new file is in place but perhaps not yet on the disk.
    """
    with naming(path):
        target = real(path) if inside is None else path
        folder, name = os.path.split(target)
        with OpenFolder(folder, inside) as opened:
            old = None if create else opened.status(name)
            if old is not None:
                refuse_special(old, path)
            if keep_previous is None or old is None:
                before = None
            else:
                with naming(keep_previous):
                    regular(keep_previous)  # fails before anything is written
                before = partial(_keep, opened, name, path, keep_previous, inside)
            check = None if expected is None else partial(_compare, opened, path, target, expected, inside)
            like = None if old is None else (old, partial(opened.open, name, READ))
            _put(opened, name, like, data, before, path=path, create=create, check=check)


def check_place(path: str, inside: Inside) -> None:
    """Raise `FileError` where `path` is neither missing nor a regular file inside, so that writing it would fail."""
    with naming(path):
        try:
            with OpenFolder(os.path.dirname(path), inside) as folder:
                status = folder.status(os.path.basename(path))
        except FileNotFoundError:
            return
        if status is not None:
            refuse_special(status, path)


def sweep(folder: str, inside: Inside | None = None) -> None:
    """Remove the temporary files that killed writers left in `folder`, if possible. Raises nothing.

    A running writer holds a kernel lock on its file. A process id is no proof: it can be used again or elsewhere.
    """
    try:
        with OpenFolder(folder, inside) as opened:
            _sweep(opened)
    except (OSError, ValueError):
        return


def _sweep(folder: OpenFolder) -> None:
    try:
        names = folder.names()
    except OSError:
        return
    for name in names:
        if name.startswith(".") and name.endswith(TEMPORARY):
            _quietly(partial(_remove_if_abandoned, folder), name)


def make_folder(path: str, inside: Inside | None = None) -> None:
    """Make the folder `path` and its missing parents; with `inside`, through no link below it. Raises `FileError`."""
    with naming(path):
        if inside is not None:
            OpenFolder(path, inside, make=True).close()
            return
        try:
            os.makedirs(path)
        except FileExistsError:  # `exist_ok` would hide why the path cannot be checked
            if not stat.S_ISDIR(os.stat(path).st_mode):
                raise FileError(errno.ENOTDIR, "is a file, not a folder", path) from None


def kernel_lock(fd: int, *, release: bool = False) -> bool | None:
    """Take the kernel's exclusive lock on this open file, or release it; False if another process has it.

    None where the file system has no such locks, as some network file systems.
    """
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
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise
        return None
    return True


def _put(
    folder: OpenFolder,
    name: str,
    like: tuple[os.stat_result, Callable[[], int]] | None,
    data: bytes | Iterable[bytes],
    before: Callable[[], object] | None,
    *,
    path: str,
    create: bool,
    check: Callable[[], object] | None,
) -> None:
    """Make `data` the content of a file of the folder; see `write_atomically`.

    It gets the attributes of the file `like`: its status, and how to open it. `before` is called when the new file is
    complete, and `check` just before it gets its name.
    """
    mode = 0o666 if like is None else 0o600  # the rights of others follow below
    _sweep(folder)
    temporary, fd = "", -1
    try:
        while fd < 0:
            unique = f"{os.getpid()}.{os.urandom(8).hex()}"
            temporary = f".{name[:40]}.{unique}{TEMPORARY}"  # most systems allow 255 bytes
            fd = folder.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            if kernel_lock(fd) is False or not os.fstat(fd).st_nlink:  # another writer is sweeping it
                os.close(fd)
                fd = -1
        missed = [] if like is None else attributes.give(fd, *like)
        for part in (data,) if isinstance(data, bytes) else data:
            rest = memoryview(part)
            while rest:  # the system may write only a part
                rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
        if before is not None:
            before()
        if sys.platform == "win32":  # renames only closed files
            os.close(fd)
            fd = -1
        if create:
            _add(folder, temporary, name)
        else:
            if check is not None:
                check()
            folder.replace(temporary, name)
            temporary = ""
        for text in missed:
            logs.warn(f"{path}: {text}")
        folder.sync()  # so that the rename is on the disk
    finally:
        if fd >= 0:
            _quietly(os.close, fd)  # the fsync has reported any failure already
        if temporary:
            _quietly(folder.unlink, temporary)  # an earlier failure matters more; the next run sweeps


def _keep(folder: OpenFolder, name: str, path: str, previous: str, inside: Inside | None) -> None:
    """Write the content of a file of the folder to `previous`."""
    data, old = read_descriptor(folder.open(name, READ), path, sys.maxsize)
    with naming(previous):
        target = real(previous) if inside is None else previous
        with OpenFolder(os.path.dirname(target), inside) as other:
            kept = os.path.basename(target)
            status = other.status(kept)
            if status is not None:
                refuse_special(status, previous)
            like = (old, partial(folder.open, name, READ))
            _put(other, kept, like, data, None, path=previous, create=False, check=None)


def _compare(folder: OpenFolder, path: str, target: str, expected: bytes, inside: Inside | None) -> None:
    """Raise `FileChangedError` unless `path` leads to `target`, in the folder, and its content is `expected`."""
    try:
        if inside is not None or real(path) == target:
            name = os.path.basename(target)
            status = folder.status(name)
            if status is not None and status.st_size <= len(expected):
                refuse_special(status, path)
                if read_descriptor(folder.open(name, READ), path, len(expected))[0] == expected:
                    return
    except (FileNotFoundError, FileError) as error:
        if error.errno not in (errno.ENOENT, errno.EFBIG):  # it is gone, or longer
            raise
    raise FileChangedError(errno.ESTALE, "changed in the meantime and was not replaced", path)


def _add(folder: OpenFolder, temporary: str, name: str) -> None:
    """Rename a complete new file, unless its name is taken."""
    taken = FileExistsError(errno.EEXIST, "appeared in the meantime and was not replaced")
    try:
        folder.link(temporary, name)
    except FileExistsError:
        raise taken from None
    except (AttributeError, OSError) as error:  # not every file system and platform has links
        if isinstance(error, OSError) and error.errno not in _NO_LINKS:
            raise
        if folder.status(name) is not None:
            raise taken from None
        folder.replace(temporary, name)


def _quietly(function: Callable[..., object], argument: int | str) -> None:
    try:
        function(argument)
    except OSError:
        return


def _remove_if_abandoned(folder: OpenFolder, name: str) -> None:
    if sys.platform == "win32":
        # An open file cannot be removed there, but a writer closes its own file just before the rename.
        if time.time() - os.stat(folder.name(name)).st_mtime > ABANDONED:
            folder.unlink(name)
        return
    fd = folder.open(name, READ)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return
        is_ours = kernel_lock(fd)
        if is_ours or (is_ours is None and name != HELD_NAME and time.time() - status.st_mtime > ABANDONED):
            folder.unlink(name)
    finally:
        os.close(fd)
