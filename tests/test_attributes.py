"""The file that replaces another one has its permissions, access list and other attributes, or it is said."""

from __future__ import annotations

import errno
import os
import stat
import struct
from pathlib import Path

import pytest

from llm_models import attributes
from llm_models.files import FileError
from llm_models.replacement import write_atomically

ACCESS, DEFAULT, NOTE = "system.posix_acl_access", "system.posix_acl_default", "user.llm_models"
NOBODY = 0xFFFFFFFF
OWNER, USER, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
"""The kinds of entries of an access list, as Linux keeps it."""


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """An access list of entries: kind, rights, number of a user."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def is_allowed(folder: Path) -> bool:
    """Whether the file system has these attributes."""
    file = folder / "tried"
    file.write_bytes(b"")
    try:
        os.setxattr(file, NOTE, b"x")
        os.setxattr(file, ACCESS, LIST)
    except (AttributeError, OSError):
        return False
    finally:
        file.unlink()
    return True


LIST = access_list((OWNER, 6, NOBODY), (USER, 6, 1234), (GROUP, 0, NOBODY), (MASK, 6, NOBODY), (OTHER, 0, NOBODY))
"""The owner and user 1234 may read and write, the group may not. Its mask is where the permissions have the group's."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    if not is_allowed(tmp_path):
        pytest.skip("this file system has no access lists")
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o600)
    return path


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_they_are_kept(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    os.setxattr(file, ACCESS, LIST)
    os.setxattr(file, NOTE, b"mine")
    write_atomically(str(file), b"new", keep_previous=f"{file}.previous")
    for path in (file, Path(f"{file}.previous")):
        assert (os.getxattr(path, ACCESS), os.getxattr(path, NOTE), permissions(path)) == (LIST, b"mine", 0o660)
    assert caplog.text == ""


def test_a_file_without_a_list_gets_none(file: Path) -> None:
    """Also where the folder gives one to each new file."""
    os.setxattr(file.parent, DEFAULT, LIST)
    write_atomically(str(file), b"new")
    assert (ACCESS in os.listxattr(file), permissions(file)) == (False, 0o600)
    write_atomically(f"{file}.new", b"new")
    assert ACCESS in os.listxattr(f"{file}.new")  # the control: a new file is as the folder has it


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_a_list_that_is_lost_gives_its_rights_to_nobody(
    code: int, file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    os.setxattr(file, ACCESS, LIST)
    monkeypatch.setattr(os, "setxattr", refused)
    write_atomically(str(file), b"new")
    assert (file.read_bytes(), permissions(file)) == (b"new", 0o600)
    assert f"{file}: it lost these attributes, because the system does not allow them: {ACCESS}" in caplog.text


def test_nobody_else_reads_the_file_while_it_is_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its permissions are those of its owner alone until it has its list."""
    os.setxattr(file, ACCESS, LIST)
    seen: list[int] = []

    def give(fd: int, *_: object) -> list[str]:
        seen.append(stat.S_IMODE(os.fstat(fd).st_mode))
        return []

    monkeypatch.setattr(attributes, "give", give)
    write_atomically(str(file), b"new")
    assert seen == [0o600]


def test_a_file_that_cannot_be_read(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refused(path: object, flags: int, *args: object, **named: object) -> int:
        if path == "a":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, flags, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refused)
    write_atomically(str(file), b"new")
    monkeypatch.undo()
    assert (file.read_bytes(), permissions(file)) == (b"new", 0o600)
    assert f"{file}: it cannot be read, so its access list and other attributes are not kept" in caplog.text


@pytest.mark.parametrize("call", ["listxattr", "getxattr", "setxattr", "removexattr"])
def test_a_fault_is_no_refusal(call: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.setxattr(file.parent, DEFAULT, LIST)
    os.setxattr(file, NOTE, b"mine")
    descriptors = len(os.listdir("/dev/fd"))

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, call, broken)
    with pytest.raises(FileError, match=f"{file}: {os.strerror(errno.EIO)}"):
        write_atomically(str(file), b"new")
    assert (file.read_bytes(), os.listdir(file.parent)) == (b"old", ["a"])
    assert len(os.listdir("/dev/fd")) == descriptors


def test_a_list_that_cannot_be_removed_is_not_a_file_that_cannot_be_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would give rights that the old file did not give: nothing is written."""
    os.setxattr(file.parent, DEFAULT, LIST)

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "removexattr", refused)
    with pytest.raises(FileError, match=f"{file}: {os.strerror(errno.EPERM)}"):
        write_atomically(str(file), b"new")
    assert (file.read_bytes(), os.listdir(file.parent)) == (b"old", ["a"])


def test_a_system_without_such_attributes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("listxattr", "getxattr", "setxattr", "removexattr"):
        monkeypatch.delattr(os, name, raising=False)
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomically(str(path), b"new")
    assert (path.read_bytes(), permissions(path)) == (b"new", 0o640)
