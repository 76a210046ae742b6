"""Scratch: a temporary folder, which the next one that is made removes if its process was killed."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from llm_models.files import naming
from llm_models.replacement import ABANDONED, kernel_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "llm_models-"


@contextmanager
def scratch_folder() -> Iterator[str]:
    """The path of a new folder in the system's place for temporary files, until the end of the block.

    Its process holds the kernel lock of the folder, which shows that it is in use. Windows cannot lock a folder; what a
    killed process leaves there stays. Raises `FileError` where no folder can be made; that one cannot be removed is no
    error, because the next one does it.
    """
    with naming("the folder for temporary files"):
        top = tempfile.gettempdir()
    with naming(top):
        if sys.platform == "win32":
            folder, fd = tempfile.mkdtemp(prefix=_PREFIX, dir=top), -1
        else:
            _sweep(top)
            folder, fd = _made(top)
    try:
        yield folder
    finally:
        with suppress(OSError):  # `ignore_errors` does not ignore all
            shutil.rmtree(folder, ignore_errors=True)
        if fd >= 0:
            with suppress(OSError):
                os.close(fd)


def _made(top: str) -> tuple[str, int]:
    """A new folder that is locked, and its descriptor."""
    while True:
        folder, fd = tempfile.mkdtemp(prefix=_PREFIX, dir=top), -1
        try:
            fd = os.open(folder, os.O_RDONLY)
            if kernel_lock(fd) is not False and os.path.samestat(os.fstat(fd), os.stat(folder)):
                kept, fd = fd, -1
                return folder, kept
        except FileNotFoundError:  # another process took it for one that is left
            pass
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            if fd >= 0:
                os.close(fd)


def _sweep(top: str) -> None:
    """Remove the folders of killed processes of this user, if possible. Raises nothing."""
    with suppress(OSError):
        for name in os.listdir(top):
            if name.startswith(_PREFIX):
                with suppress(OSError):
                    _remove_if_abandoned(os.path.join(top, name))


def _remove_if_abandoned(folder: str) -> None:
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():  # anyone may write that place
        return
    fd = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        is_free = kernel_lock(fd)
        if is_free or (is_free is None and time.time() - status.st_mtime > ABANDONED):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(fd)
