"""Temporary folders: removed in the end, and those of killed processes by the next one."""

from __future__ import annotations

import os
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from support.crash import ended, in_child

from llm_models.files import FileError
from llm_models.scratch import scratch_folder

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed as POSIX knows it"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),  # no child of ours uses other threads
]


@pytest.fixture(autouse=True)
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_removed_with_what_is_in_it(top: Path) -> None:
    with suppress(ZeroDivisionError), scratch_folder() as folder:
        Path(folder, "file").write_bytes(b"x")
        assert Path(folder).parent == top
        _ = 1 / 0
    assert os.listdir(top) == []


def test_that_of_a_killed_process_goes_and_that_of_a_living_one_stays(top: Path) -> None:
    def work() -> None:
        with scratch_folder() as folder:
            Path(folder, "half").write_bytes(b"x")
            os.kill(os.getpid(), signal.SIGKILL)

    with scratch_folder() as living:
        assert ended(in_child(work)) == -signal.SIGKILL
        assert len(os.listdir(top)) == 2
        with scratch_folder() as mine:
            assert {*os.listdir(top)} == {os.path.basename(living), os.path.basename(mine)}
    assert os.listdir(top) == []


def test_what_is_not_ours_stays(top: Path) -> None:
    """Anyone may write that place: a link of our name leads to a folder that is not to be removed."""
    (top / "mine").mkdir()
    (top / "llm_models-link").symlink_to("mine")
    (top / "llm_models-file").write_bytes(b"")
    before = sorted(os.listdir(top))
    with scratch_folder():
        pass
    assert sorted(os.listdir(top)) == before


def test_that_of_another_user_stays(monkeypatch: pytest.MonkeyPatch, top: Path) -> None:
    """Root may remove it, and so leaves it alone as well."""
    (top / "llm_models-other").mkdir()
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    with scratch_folder():
        pass
    assert os.listdir(top) == ["llm_models-other"]
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, "tempdir", str(top))
    with scratch_folder():  # the control: one's own goes
        pass
    assert os.listdir(top) == []


def test_a_link_that_takes_the_place_of_a_folder_is_not_followed(monkeypatch: pytest.MonkeyPatch, top: Path) -> None:
    """Between the look at the folder and its removal."""
    (top / "mine").mkdir()
    (top / "mine" / "file").write_bytes(b"x")
    (top / "llm_models-left").mkdir()
    looked = os.lstat

    def swapped(path: str) -> os.stat_result:
        found = looked(path)
        if path.endswith("llm_models-left"):
            os.rmdir(path)
            os.symlink("mine", path)
        return found

    monkeypatch.setattr(os, "lstat", swapped)
    opened = os.open
    followed: list[str] = []

    def watched(path: str, *args: object, **named: object) -> int:
        number = opened(path, *args, **named)  # type: ignore[arg-type]
        if os.path.samestat(os.fstat(number), os.stat(top / "mine")):
            followed.append(path)
        return number

    monkeypatch.setattr(os, "open", watched)
    with scratch_folder():
        pass
    assert followed == []
    assert (top / "mine" / "file").exists()


def test_no_place_for_it(monkeypatch: pytest.MonkeyPatch, top: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(top / "none"))
    with pytest.raises(FileError, match="none: No such file or directory"), scratch_folder():
        pass
