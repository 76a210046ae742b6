"""A file system on which the kernel locks nothing, as some network file systems: a file is the lock there."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.catalogues import numbered
from support.command import STATE, fine, here
from support.crash import ended, in_child, litter
from support.writers import little_package

from llm_models import locks, open_folder, paths, replacement
from llm_models.files import FileError
from llm_models.locks import locked
from llm_models.replacement import HELD_NAME, write_atomically
from llm_models.snapshot_file import SnapshotFile

fcntl = pytest.importorskip("fcntl", reason="locks of POSIX")

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # children use no other threads


@pytest.fixture(params=[errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def code(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(autouse=True)
def no_locks(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)
    monkeypatch.setattr(os, "fsync", os.fstat)  # no power is cut here


@pytest.mark.parametrize("leave_file", [True, False])
def test_one_at_a_time(leave_file: bool, tmp_path: Path) -> None:
    folder = str(tmp_path)
    with locked(folder, leave_file=leave_file):
        assert HELD_NAME in os.listdir(folder)
        with pytest.raises(FileError, match="another process holds this lock"):
            locked(folder, timeout=0.05, leave_file=leave_file).__enter__()
    assert os.listdir(folder) == [locks.LOCK_NAME] * leave_file


@pytest.fixture
def little(tmp_path: Path) -> Iterator[None]:
    with little_package(tmp_path):
        yield


@pytest.mark.usefixtures("little")
def test_every_command_that_writes_works() -> None:
    Path("api.json").write_bytes(numbered(4))
    fine("pull", "--url", "api.json")
    fine("activate", "--force", "--from", ".llm_models/upstream.json")
    Path("api.json").write_bytes(numbered(5))
    fine("activate", "--from", "api.json")
    fine("rollback")
    fine("init")
    fine("set", "acme:m1", "cost.input=7")
    assert SnapshotFile.open(f"{STATE}/snapshot.json").header["counts"]["models"] == 4
    assert litter(Path()) == litter(Path(STATE)) == []


def test_no_edit_is_lost() -> None:
    """Of eight at once; the control is `test_edits.py`, where the kernel locks."""
    Path(paths.CONFIG_NAME).write_text("", encoding="utf-8")
    here("exclude", "openai", "zz-*", "--known", "--dry-run")  # imports what the children need
    children = [in_child(lambda n=number: here("exclude", "openai", f"zz{n}-*", "--known").code) for number in range(8)]
    assert [ended(pid) for pid in children] == [0] * 8
    text = Path(paths.CONFIG_NAME).read_text(encoding="utf-8")
    assert all(text.count(f'"zz{number}-*"') == 1 for number in range(8))
    assert os.listdir() == [paths.CONFIG_NAME]


class TestLeft:
    """What a killed process left does not lock out the next one."""

    def killed(self, folder: Path) -> None:
        def work() -> None:
            locked(str(folder)).__enter__()
            os.kill(os.getpid(), signal.SIGKILL)

        assert ended(in_child(work)) == -signal.SIGKILL
        assert HELD_NAME in os.listdir(folder)

    def test_on_this_machine(self, tmp_path: Path) -> None:
        self.killed(tmp_path)
        with locked(str(tmp_path), timeout=1):
            pass
        assert os.listdir(tmp_path) == [locks.LOCK_NAME]

    @pytest.mark.parametrize(
        "text",
        [
            "elsewhere\nGONE\n",
            "",
            "\xff" * 2000,
            *(f"{os.uname().nodename}\n{process}\n" for process in ("x", 0, -1, 1 << 31, 1 << 32, 10**22, os.getpid())),
        ],
    )
    def test_by_whom_is_not_known(self, text: str, tmp_path: Path) -> None:
        """It is waited for until it is old. No other machine knows which processes of that one are gone."""
        gone = in_child(lambda: 0)
        ended(gone)
        (tmp_path / HELD_NAME).write_text(text.replace("GONE", str(gone)), encoding="latin-1")
        with pytest.raises(FileError):
            locked(str(tmp_path), timeout=0.05).__enter__()
        old = time.time() - replacement.ABANDONED - 1
        os.utime(tmp_path / HELD_NAME, (old, old))
        if len(text) > 1000:  # nothing that this package writes, so it stays
            with pytest.raises(FileError, match="too long"):
                locked(str(tmp_path), timeout=0.05).__enter__()
            return
        with locked(str(tmp_path), timeout=1):
            pass

    def test_a_lock_that_cannot_be_written_is_not_left(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(FileError, match="No space left"):
                locked(str(tmp_path)).__enter__()
        with locked(str(tmp_path), timeout=0):
            pass

    def test_two_never_remove_it_one_after_the_other(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """While one has seen that it is left, another takes the lock. It is not the first one's to remove."""
        self.killed(tmp_path)
        other, seen = locked(str(tmp_path)), locks._is_abandoned

        def late(folder: open_folder.OpenFolder) -> bool:
            found = seen(folder)
            monkeypatch.setattr(locks, "_is_abandoned", seen)
            other.__enter__()
            return found

        monkeypatch.setattr(locks, "_is_abandoned", late)
        with pytest.raises(FileError, match="another process holds this lock"):
            locked(str(tmp_path), timeout=0.1).__enter__()
        other.__exit__()
        assert os.listdir(tmp_path) == [locks.LOCK_NAME]

    def test_one_that_was_killed_while_it_removed_it(self, tmp_path: Path) -> None:
        """The next ones wait for it for an hour; then one removes what it left."""
        self.killed(tmp_path)
        (tmp_path / locks._TAKEN_NAME).write_bytes(b"")
        with pytest.raises(FileError, match="another process holds this lock"):
            locked(str(tmp_path), timeout=0.1).__enter__()
        old = time.time() - replacement.ABANDONED - 1
        os.utime(tmp_path / locks._TAKEN_NAME, (old, old))
        with locked(str(tmp_path), timeout=1):
            pass
        assert os.listdir(tmp_path) == [locks.LOCK_NAME]

    def test_a_lock_that_another_took_over_stays(self, tmp_path: Path) -> None:
        """After an hour it looks as if it were left. Its owner then leaves the new one alone, and so do writers."""
        slow, next_one = locked(str(tmp_path)), locked(str(tmp_path), timeout=1)
        slow.__enter__()
        old = time.time() - replacement.ABANDONED - 1
        os.utime(tmp_path / HELD_NAME, (old, old))
        write_atomically(str(tmp_path / "a"), b"new")
        assert HELD_NAME in os.listdir(tmp_path)
        next_one.__enter__()
        slow.__exit__()
        assert HELD_NAME in os.listdir(tmp_path)
        next_one.__exit__()
        assert sorted(os.listdir(tmp_path)) == [locks.LOCK_NAME, "a"]

    def test_temporary_files_are_removed_once_they_are_old(self, tmp_path: Path) -> None:
        """A younger one may be that of a writer that is still there."""
        left = tmp_path / f".a.1.0123456789abcdef{replacement.TEMPORARY}"
        left.write_bytes(b"half")
        replacement.write_atomically(str(tmp_path / "a"), b"new")
        assert litter(tmp_path) == [left.name]
        old = time.time() - replacement.ABANDONED - 1
        os.utime(left, (old, old))
        replacement.write_atomically(str(tmp_path / "a"), b"newer")
        assert litter(tmp_path) == []


def test_another_error_of_a_lock_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(FileError, match="Input/output error"):
        locked(str(tmp_path)).__enter__()
