"""Attributes: a file that replaces another one gets its owner, permissions, access list and other attributes."""

from __future__ import annotations

import errno
import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 0o666
"""Of the permissions of a file, those that its replacement gets. Our files are no programs."""
_ACCESS_LIST = "system.posix_acl_access"
_REFUSED = (errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
_OF_THE_SYSTEM = ("security.", "trusted.")
"""How the names of attributes begin that the system gives a new file itself, or that only root sees."""


def give(fd: int, old: os.stat_result, opened: Callable[[], int]) -> list[str]:
    """Give the new open file the attributes of the file whose status is `old` and which `opened` opens for reading.

    The answer tells, in sentences about "it", which ones the system does not allow. Raises `OSError`.
    """
    if sys.platform == "win32":
        return []
    missed = _own_as(fd, old)
    mode = stat.S_IMODE(old.st_mode) & _KEPT
    if hasattr(os, "listxattr"):
        try:
            other = opened()
        except PermissionError:
            missed.append("it cannot be read, so its access list and other attributes are not kept")
        else:
            if lost := _give_extended(fd, other):
                missed.append(f"it lost these attributes, because the system does not allow them: {', '.join(lost)}")
            if _ACCESS_LIST in lost:
                mode &= ~stat.S_IRWXG  # they are the most that the list gave to anyone, and not the group's rights
    os.fchmod(fd, mode)
    return missed


def _own_as(fd: int, old: os.stat_result) -> list[str]:
    """Give the open file the owner and the group of `old`, or one of them."""
    if _owners(os.fstat(fd)) == _owners(old):
        return []
    for owner in (old.st_uid, -1):
        try:
            os.fchown(fd, owner, old.st_gid)
            break
        except OSError as error:
            if error.errno not in _REFUSED:
                raise
    new = _owners(os.fstat(fd))
    if new == _owners(old):
        return []
    return ["its owner and group were {}:{}, and are {}:{} now".format(*_owners(old), *new)]


def _owners(status: os.stat_result) -> tuple[int, int]:
    return status.st_uid, status.st_gid


def _give_extended(fd: int, other: int) -> list[str]:
    """Give the open file the extended attributes of the other, which it closes; the names of those it does not get."""
    try:
        names = _names(other)
        if _ACCESS_LIST not in names and _ACCESS_LIST in _names(fd):  # the folder gives one to each new file
            os.removexattr(fd, _ACCESS_LIST)
        return [name for name in names if not _is_given(fd, name, other)]
    finally:
        os.close(other)


def _names(fd: int) -> list[str]:
    try:
        return [name for name in os.listxattr(fd) if not name.startswith(_OF_THE_SYSTEM)]
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        return []


def _is_given(fd: int, name: str, other: int) -> bool:
    try:
        os.setxattr(fd, name, os.getxattr(other, name))
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        return False
    return True
