"""Files are whole whatever happens: the old one or the new one, nothing left behind, one line that says why."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import pickle
import shutil
import signal
import socket
import stat
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.command import python
from support.crash import ended, in_child, litter, strike_at

from llm_models import files, locks, open_folder, replacement
from llm_models.errors import printable
from llm_models.files import FileChangedError, FileError, FileMissingError, read_limited
from llm_models.locks import locked
from llm_models.open_folder import Inside
from llm_models.replacement import check_place, sweep, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

resource = pytest.importorskip("resource", reason="processes are forked, killed and limited as POSIX knows it")

OLD, NEW, OLDER = b"old" * 1000, b"new" * 2000, b"older" * 500
# Children are forked only to be killed or limited; that other tests have threads does not touch them.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

CALLS = [
    "open",
    "write",
    "fsync",
    "replace",
    "link",
    "close",
    "fchmod",
    "fstat",
    "stat",
    "lstat",
    "listdir",
    "read",
    "unlink",
    "urandom",
    *(name for name in ("listxattr", "getxattr", "setxattr") if hasattr(os, name)),
]


@pytest.fixture(autouse=True)
def no_descriptor_leaks() -> Iterator[None]:
    def count() -> int:
        return len(os.listdir("/dev/fd"))

    before = count()
    yield
    assert count() == before


@pytest.fixture
def no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fsync reaches the disk, for which the test would wait most of its time: no power is cut here."""
    monkeypatch.setattr(os, "fsync", os.fstat)


@pytest.fixture
def specials(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What stands where a file should, and what is said of it."""
    folder = tmp_path / "specials"
    folder.mkdir()
    (folder / "dir").mkdir()
    os.mkfifo(folder / "fifo")
    (folder / "link").symlink_to("fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "socket"))
        yield {
            str(folder / "dir"): "is a directory, not a file",
            str(folder / "fifo"): "is a FIFO, not a file",
            str(folder / "link"): "is a FIFO, not a file",
            str(folder / "socket"): "is a socket, not a file",
            "/dev/zero": "is a character device, not a file",
            f"{folder}/fifo/x": "Not a directory",
            f"{folder}/nul\0": "is not a possible file name",
            f"{folder}/\ud800": "is not a possible file name",
            f"{folder}/{'n' * 300}": "File name too long",
        }


class TestWrite:
    def test_new_and_again(self, tmp_path: Path) -> None:
        for data in (OLD, NEW, b"", b"x" * 3_000_000):
            write_atomically(f"{tmp_path}/a", data)
            assert (tmp_path / "a").read_bytes() == data
            assert os.listdir(tmp_path) == ["a"]

    def test_relative_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_atomically("a", NEW)
        assert (tmp_path / "a").read_bytes() == NEW

    @pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
    def test_a_new_file_gets_what_the_umask_leaves(self, tmp_path: Path, umask: int, mode: int) -> None:
        before = os.umask(umask)
        try:
            write_atomically(f"{tmp_path}/a", NEW)
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode

    @pytest.mark.parametrize("mode", [0o600, 0o666, 0o444, 0o640, 0o755, 0o6711])
    def test_an_existing_file_keeps_its_permissions_but_is_no_program(self, tmp_path: Path, mode: int) -> None:
        (tmp_path / "a").write_bytes(OLD)
        (tmp_path / "a").chmod(mode)
        write_atomically(f"{tmp_path}/a", NEW, keep_previous=f"{tmp_path}/b")
        assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in "ab"] == [mode & 0o666] * 2

    def test_a_secret_file_is_never_readable_to_others(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a").write_bytes(OLD)
        (tmp_path / "a").chmod(0o600)
        modes = []
        real = os.write

        def look(fd: int, data: bytes) -> int:
            modes.append(stat.S_IMODE(os.fstat(fd).st_mode))
            return real(fd, data)

        monkeypatch.setattr(os, "write", look)
        write_atomically(f"{tmp_path}/a", NEW)
        assert modes == [0o600]

    @pytest.mark.parametrize("existing", [True, False])
    def test_a_link_is_followed_and_stays(self, tmp_path: Path, existing: bool) -> None:
        (tmp_path / "far").mkdir()
        (tmp_path / "a").symlink_to("far/b")
        (tmp_path / "far" / "b").write_bytes(OLD) if existing else None
        write_atomically(f"{tmp_path}/a", NEW)
        assert (tmp_path / "a").readlink() == Path("far/b")
        assert (tmp_path / "far" / "b").read_bytes() == NEW

    def test_a_loop_of_links(self, tmp_path: Path) -> None:
        (tmp_path / "a").symlink_to("a")
        with pytest.raises(FileError, match=r"/a: Too many levels of symbolic links$"):
            write_atomically(f"{tmp_path}/a", NEW)

    def test_what_is_no_file_is_refused(self, specials: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(OLD)
        for path, said in specials.items():
            for keep, other in ((None, path), (path, f"{tmp_path}/a")):
                with pytest.raises(FileError) as caught:
                    write_atomically(other, NEW, keep_previous=keep)
                assert str(caught.value) == f"{printable(path)}: {said}"
                assert (tmp_path / "a").read_bytes() == OLD
                assert litter(tmp_path) == litter(tmp_path / "specials") == []

    def test_no_such_folder(self, tmp_path: Path) -> None:
        with pytest.raises(FileMissingError) as caught:
            write_atomically(f"{tmp_path}/no/a", NEW)
        assert str(caught.value) == f"{tmp_path}/no/a: No such file or directory"

    @pytest.mark.parametrize("name", ["n" * 255, "é" * 127, "\U0001f600" * 63, "-rf", " ", "a\nb", "a\udc80"])
    def test_every_name_that_the_system_takes(self, tmp_path: Path, name: str) -> None:
        write_atomically(f"{tmp_path}/{name}", OLD)
        write_atomically(f"{tmp_path}/{name}", NEW)
        assert os.listdir(tmp_path) == [name]

    def test_a_system_that_takes_a_few_bytes_at_a_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.write
        monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:7]))
        write_atomically(f"{tmp_path}/a", NEW)
        assert (tmp_path / "a").read_bytes() == NEW

    def test_is_on_the_disk_before_the_rename(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An fsync of all that was written comes before the rename, and one of the folder after it."""
        (tmp_path / "a").write_bytes(OLD)
        made = strike_at(monkeypatch, -1, lambda: None, CALLS)
        write_atomically(f"{tmp_path}/a", NEW)
        order = [name for name in made if name in ("write", "fsync", "replace")]
        assert order == ["write", "fsync", "replace", "fsync"]

    def test_a_link_that_cannot_be_looked_at_is_not_replaced(self, tmp_path: Path) -> None:
        """A link stays, whichever look at it fails."""
        (tmp_path / "real").write_bytes(OLD)
        (tmp_path / "a").symlink_to("real")

        def strike() -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        failed = 0
        for at in range(100):
            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, at, strike, ["lstat", "stat", "readlink"])
                try:
                    write_atomically(f"{tmp_path}/a", NEW)
                except FileError:
                    failed += 1
            assert (tmp_path / "a").is_symlink(), made
            if len(made) <= at:
                break
        assert failed > 2
        assert (tmp_path / "real").read_bytes() == NEW

    def test_keeps_the_previous_one(self, tmp_path: Path) -> None:
        a, b = str(tmp_path / "a"), str(tmp_path / "b")
        write_atomically(a, b"1", keep_previous=b)
        assert not os.path.exists(b), "there was none"
        write_atomically(a, b"2", keep_previous=b)
        write_atomically(a, b"3" * 3_000_000, keep_previous=b)
        assert Path(b).read_bytes() == b"2"
        write_atomically(a, b"4", keep_previous=b)
        assert (Path(a).read_bytes(), Path(b).read_bytes()) == (b"4", b"3" * 3_000_000)
        assert sorted(os.listdir(tmp_path)) == ["a", "b"]


@pytest.mark.usefixtures("no_sync")
class TestGrowing:
    """A file that never ends, or grows while it is read, is read up to the limit."""

    def test_reading_stops(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"x" * 10)
        asked: list[int] = []

        def read(_: int, size: int) -> bytes:
            asked.append(size)
            assert len(asked) < 10
            return b"x" * min(size, 30)

        monkeypatch.setattr(os, "read", read)
        with pytest.raises(FileError, match="is too long \\(found at least 101 bytes, expected at most 100\\)"):
            read_limited(str(path), 100)
        assert asked == [101, 71, 41, 11, 0]


class TestCreate:
    """With `create` a file that is there stays, whenever it appeared; what is new is whole."""

    def test_new(self, tmp_path: Path) -> None:
        write_atomically(f"{tmp_path}/a", NEW, create=True)
        assert (tmp_path / "a").read_bytes() == NEW
        assert (tmp_path / "a").stat().st_nlink == 1
        assert os.listdir(tmp_path) == ["a"]

    @pytest.mark.parametrize("links", [True, False])
    @pytest.mark.parametrize("what", ["file", "folder", "link"])
    def test_something_is_there(self, tmp_path: Path, links: bool, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def link(*_: object, **__: object) -> None:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

        if not links:
            monkeypatch.setattr(os, "link", link)
        path = tmp_path / "a"
        (tmp_path / "real").write_bytes(OLD)
        {"file": lambda: path.write_bytes(OLD), "folder": path.mkdir, "link": lambda: path.symlink_to("real")}[what]()
        with pytest.raises(FileError) as caught:
            write_atomically(str(path), NEW, create=True)
        assert str(caught.value) == f"{path}: appeared in the meantime and was not replaced"
        assert caught.value.errno == errno.EEXIST
        assert path.is_dir() if what == "folder" else path.read_bytes() == OLD
        assert (path.is_symlink(), sorted(os.listdir(tmp_path))) == (what == "link", ["a", "real"])

    def test_a_file_system_without_links(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(os, "link")
        write_atomically(f"{tmp_path}/a", NEW, create=True)
        assert (tmp_path / "a").read_bytes() == NEW
        assert os.listdir(tmp_path) == ["a"]

    @pytest.mark.parametrize("fault", [errno.EIO, signal.SIGKILL])
    def test_no_links_and_a_fault_of_the_rename(self, tmp_path: Path, fault: int) -> None:
        """There is no file then, not an empty one."""

        def strike(*_: object, **__: object) -> None:
            if fault == signal.SIGKILL:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(fault, os.strerror(fault))

        def work() -> int:
            with pytest.MonkeyPatch.context() as patch:
                patch.delattr(os, "link")
                patch.setattr(os, "replace", strike)
                try:
                    write_atomically(f"{tmp_path}/a", NEW, create=True)
                except FileError:
                    return 1
            return 0

        assert ended(in_child(work)) == (-signal.SIGKILL if fault == signal.SIGKILL else 1)
        sweep(str(tmp_path))
        assert os.listdir(tmp_path) == []

    def test_a_fault_of_the_link_is_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file system that has links and refuses this one has another reason."""

        def link(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "link", link)
        with pytest.raises(FileError, match=os.strerror(errno.ENOSPC)):
            write_atomically(f"{tmp_path}/a", NEW, create=True)
        assert os.listdir(tmp_path) == []

    def test_a_fault_of_every_call(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        failed = set()

        def strike() -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        for at in range(100):
            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, at, strike, CALLS)
                said = ""
                try:
                    write_atomically(str(path), NEW, create=True)
                except FileError as error:
                    said = str(error)
            if len(made) <= at:
                break
            if said:
                failed.add(made[at])
                assert said == f"{path}: {os.strerror(errno.EIO)}"
            elif made[at] == "unlink":  # the temporary name of the new file, which the next writer removes
                assert len(litter(tmp_path)) == 1
                sweep(str(tmp_path))
            late = made[at] == "fsync" and "link" in made[:at]
            assert os.listdir(tmp_path) == ["a"] * (late or not said), made
            if path.exists():
                assert path.read_bytes() == NEW
                path.unlink()
        assert failed >= {"open", "write", "fsync", "fstat"}

    def test_a_kill_at_every_call(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        for at in range(100):

            def work(at: int = at) -> None:
                with pytest.MonkeyPatch.context() as patch:
                    strike_at(patch, at, lambda: os.kill(os.getpid(), signal.SIGKILL), CALLS)
                    write_atomically(str(path), NEW, create=True)

            status = ended(in_child(work))
            assert not path.exists() or path.read_bytes() == NEW
            if not status:
                break
            if path.exists():
                write_atomically(str(path), OLD)
                path.unlink()
            else:
                sweep(str(tmp_path))
            assert os.listdir(tmp_path) == []
        else:
            pytest.fail("never came to an end")

    @pytest.mark.parametrize("ours", [True, False])
    def test_16_at_once(self, tmp_path: Path, ours: bool) -> None:
        """One of them succeeds; without `create` all do, and all but one are lost."""
        ready, go = os.pipe()
        pids = []
        for number in range(16):
            pid = os.fork()
            if not pid:
                os.close(go)
                os.read(ready, 1)
                try:
                    write_atomically(f"{tmp_path}/a", b"%d" % number, create=ours)
                except FileError as error:
                    os._exit(1 if error.errno == errno.EEXIST else 2)
                os._exit(0)
            pids.append(pid)
        os.close(ready)
        os.close(go)
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        assert sorted(codes) == [0, *[1] * 15] if ours else [0] * 16
        assert os.listdir(tmp_path) == ["a"]
        if ours:
            assert (tmp_path / "a").read_bytes() == b"%d" % codes.index(0)


@pytest.mark.usefixtures("no_sync")
class TestExpected:
    """With `expected` only a file with that content is replaced."""

    @pytest.mark.parametrize("data", [OLD, b""])
    def test_the_same_content(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "a").write_bytes(data)
        write_atomically(f"{tmp_path}/a", NEW, expected=data)
        assert (tmp_path / "a").read_bytes() == NEW

    @pytest.mark.parametrize("there", [OLD + b"+", OLD[1:], OLD[:-1] + b"+", b"", None])
    def test_another_content(self, tmp_path: Path, there: bytes | None) -> None:
        """Longer, shorter, of the same length, empty or gone: it stays so, and nothing is left behind."""
        path = tmp_path / "a"
        path.write_bytes(there) if there is not None else None
        with pytest.raises(FileChangedError) as caught:
            write_atomically(str(path), NEW, expected=OLD)
        assert str(caught.value) == f"{path}: changed in the meantime and was not replaced"
        assert (path.read_bytes() if path.exists() else None) == there
        assert os.listdir(tmp_path) == ["a"] * (there is not None)

    def test_a_gigabyte_is_not_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with (tmp_path / "a").open("wb") as file:
            file.truncate(1 << 30)
        monkeypatch.setattr(os, "read", None)
        with pytest.raises(FileChangedError):
            write_atomically(f"{tmp_path}/a", NEW, expected=OLD)

    def test_a_fault_of_every_call(self, tmp_path: Path) -> None:
        """A file that cannot be looked at is not taken for the expected one, nor for a changed one."""
        path = tmp_path / "a"
        failed = set()

        def strike() -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        for at in range(100):
            path.write_bytes(OLD)
            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, at, strike, CALLS)
                said = ""
                try:
                    write_atomically(str(path), NEW, expected=OLD)
                except FileError as error:
                    said = str(error)
            if len(made) <= at:
                break
            if said:
                failed.add((made[at], "read" in made[:at]))
                assert said == f"{path}: {os.strerror(errno.EIO)}"
            assert path.read_bytes() == (OLD if said and "replace" not in made[:at] else NEW), made
            assert litter(tmp_path) == []
        assert failed >= {("read", False), ("read", True), ("replace", True), ("fsync", False), ("stat", False)}


@pytest.mark.usefixtures("no_sync")
class TestInside:
    """With `inside`, no link below that folder is followed, whatever it leads to."""

    @pytest.fixture
    def within(self, tmp_path: Path) -> Inside:
        (tmp_path / "app" / "state").mkdir(parents=True)
        (tmp_path / "other").mkdir()
        return Inside(str(tmp_path / "app"), "--out")

    def test_a_file(self, within: Inside) -> None:
        path = f"{within.folder}/state/a"
        for data in (OLD, NEW):
            write_atomically(path, data, inside=within, keep_previous=f"{within.folder}/state/b")
            assert Path(path).read_bytes() == data
        assert Path(f"{within.folder}/state/b").read_bytes() == OLD
        assert sorted(os.listdir(f"{within.folder}/state")) == ["a", "b"]

    @pytest.mark.parametrize("target", ["../../other/a", "missing", "/dev/null", "a", "b"])
    def test_a_link_for_the_file(self, tmp_path: Path, within: Inside, target: str) -> None:
        state = Path(within.folder, "state")
        (tmp_path / "other" / "a").write_bytes(OLD)
        (state / "b").write_bytes(OLD)
        (state / "a").symlink_to(target)
        for act in (
            lambda: write_atomically(f"{state}/a", NEW, inside=within),
            lambda: check_place(f"{state}/a", within),
            lambda: write_atomically(f"{state}/b", NEW, inside=within, keep_previous=f"{state}/a"),
        ):
            with pytest.raises(FileError) as caught:
                act()
            assert str(caught.value).startswith(f"{state}/a: ")
        assert sorted(os.listdir(state)) == ["a", "b"]
        assert (state / "b").read_bytes() == (tmp_path / "other" / "a").read_bytes() == OLD

    def test_a_link_for_the_folder(self, tmp_path: Path, within: Inside) -> None:
        Path(within.folder, "state").rmdir()
        Path(within.folder, "state").symlink_to("../other")
        (tmp_path / "other" / f".x{replacement.TEMPORARY}").write_bytes(b"")
        path = f"{within.folder}/state"
        for act in (
            lambda: write_atomically(f"{path}/a", NEW, inside=within),
            lambda: replacement.make_folder(path, within),
            lambda: check_place(f"{path}/a", within),
            lambda: locked(path, inside=within).__enter__(),
        ):
            with pytest.raises(FileError) as caught:
                act()
            assert str(caught.value) == f"{path}: is a link to ../other; remove it, or give --out"
        sweep(path, within)
        assert os.listdir(tmp_path / "other") == [f".x{replacement.TEMPORARY}"]

    def test_links_above_that_folder_are_followed(self, tmp_path: Path, within: Inside) -> None:
        (tmp_path / "link").symlink_to("app")
        write_atomically(f"{tmp_path}/link/state/a", NEW, inside=Inside(f"{tmp_path}/link"))
        assert Path(within.folder, "state", "a").read_bytes() == NEW

    def test_a_missing_folder_is_made(self, tmp_path: Path, within: Inside) -> None:
        replacement.make_folder(f"{within.folder}/x", within)
        replacement.make_folder(f"{within.folder}/x", within)
        replacement.make_folder(f"{tmp_path}/far/x", Inside(f"{tmp_path}/far"))
        assert Path(within.folder, "x").is_dir()
        assert (tmp_path / "far" / "x").is_dir()
        Path(within.folder, "file").write_bytes(OLD)
        with pytest.raises(FileError, match=r"/file: is a file, not a folder$"):
            replacement.make_folder(f"{within.folder}/file", within)

    def test_without_descriptors(self, tmp_path: Path, within: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        """As on Windows: the paths are looked at, and anything that leads elsewhere is refused."""
        monkeypatch.setattr(open_folder, "_HAS_DESCRIPTORS", False)
        self.test_a_file(within)
        self.test_links_above_that_folder_are_followed(tmp_path, within)
        shutil.rmtree(f"{within.folder}/state")
        os.mkdir(f"{within.folder}/state")
        self.test_a_link_for_the_folder(tmp_path, within)

    def test_a_reparse_point_is_a_link(self) -> None:
        """A junction of Windows has the mode of a folder."""
        folder = os.stat(os.curdir)
        attributes = type("Status", (), {"st_mode": folder.st_mode, "st_file_attributes": 0x400})()
        assert open_folder.is_link(attributes)
        assert not open_folder.is_link(folder)


@pytest.mark.usefixtures("no_sync")
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may give a file away")
class TestOwner:
    """The new file belongs to whom the old one belonged, as far as the system allows it."""

    @pytest.fixture
    def mine(self, tmp_path: Path) -> Path:
        path = tmp_path / "a"
        path.write_bytes(OLD)
        path.chmod(0o640)
        os.chown(path, 4321, 4322)
        return path

    def test_is_kept(self, mine: Path, caplog: pytest.LogCaptureFixture) -> None:
        write_atomically(str(mine), NEW, keep_previous=f"{mine.parent}/b")
        for path in (mine, mine.parent / "b"):
            status = path.stat()
            assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (4321, 4322, 0o640)
        assert caplog.text == ""

    def test_the_group_is_kept_where_the_owner_cannot_be(
        self, mine: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = os.fchown

        def fchown(fd: int, owner: int, group: int) -> None:
            if owner != -1:
                raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
            real(fd, owner, group)

        monkeypatch.setattr(os, "fchown", fchown)
        write_atomically(str(mine), NEW)
        assert (mine.stat().st_uid, mine.stat().st_gid) == (0, 4322)
        assert f"{mine}: its owner and group were 4321:4322, and are 0:4322 now" in caplog.text

    def test_a_fault_is_no_refusal(self, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fchown(*_: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(os, "fchown", fchown)
        with pytest.raises(FileError, match=f"{mine}: {os.strerror(errno.EIO)}"):
            write_atomically(str(mine), NEW)
        assert mine.read_bytes() == OLD
        assert os.listdir(mine.parent) == ["a"]


@pytest.mark.usefixtures("no_sync")
class TestFaults:
    """A fault in any single system call: the files are whole, nothing is left, the message names the file."""

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EMFILE])
    @pytest.mark.parametrize("keep", [False, True])
    def test_of_every_call(self, tmp_path: Path, code: int, keep: bool) -> None:
        a, b = tmp_path / "a", tmp_path / "b"
        failed = set()
        for at in range(200):
            a.write_bytes(OLD)
            b.write_bytes(OLDER)

            def strike() -> None:
                raise OSError(code, os.strerror(code), "somewhere")

            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, at, strike, CALLS)
                try:
                    write_atomically(str(a), NEW, keep_previous=str(b) if keep else None)
                    said = ""
                except FileError as error:
                    said = str(error)
                    failed.add(made[at])
                reached = len(made) > at
            if not reached:
                break
            if said:
                assert said in {f"{path}: {os.strerror(code)}" for path in (a, b)}
            else:
                assert made[at] not in ("write", "fsync", "fchmod", "replace"), "it may be lost, and nobody is told"
            renamed = made[:at].count("replace") > keep
            assert a.read_bytes() == (NEW if renamed or not said else OLD), made
            assert b.read_bytes() in ((OLDER, OLD) if keep else (OLDER,))
            assert sorted(os.listdir(tmp_path)) == ["a", "b"], made
        else:
            pytest.fail("never came to an end")
        assert failed >= {"open", "write", "fsync", "replace", "fstat", "stat", "fchmod"}

    def test_an_interrupt_leaves_nothing(self, tmp_path: Path) -> None:
        a = tmp_path / "a"
        for at in range(200):
            a.write_bytes(OLD)

            def strike() -> None:
                raise KeyboardInterrupt

            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, at, strike, [name for name in CALLS if name != "close"])
                with contextlib.suppress(KeyboardInterrupt):
                    write_atomically(str(a), NEW)
                reached = len(made) > at
            assert a.read_bytes() in (OLD, NEW)
            assert os.listdir(tmp_path) == ["a"]
            if not reached:
                break
        else:
            pytest.fail("never came to an end")

    @pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
    def test_a_file_system_that_cannot_sync_folders(
        self, tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = os.fsync

        def fsync(fd: int) -> None:
            if stat.S_ISDIR(os.fstat(fd).st_mode):
                raise OSError(code, os.strerror(code))
            real(fd)

        monkeypatch.setattr(os, "fsync", fsync)
        write_atomically(f"{tmp_path}/a", NEW)
        assert (tmp_path / "a").read_bytes() == NEW

    @pytest.mark.parametrize(
        ("limit", "value", "said"),
        [(resource.RLIMIT_FSIZE, 5000, "File too large"), (resource.RLIMIT_NOFILE, 4, "Too many open files")],
    )
    def test_from_the_kernel_itself(self, tmp_path: Path, limit: int, value: int, said: str) -> None:
        (tmp_path / "a").write_bytes(OLD)

        def work() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            if limit == resource.RLIMIT_NOFILE:
                os.closerange(3, 100)
            resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))
            with pytest.raises(FileError, match=f"/a: {said}$"):
                write_atomically(f"{tmp_path}/a", NEW)

        assert ended(in_child(work)) == 0
        assert (tmp_path / "a").read_bytes() == OLD
        assert os.listdir(tmp_path) == ["a"]


@pytest.mark.usefixtures("no_sync")
class TestKill:
    """SIGKILL before and after every system call: each file is whole, and the next run sweeps."""

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("keep", [False, True])
    def test_at_every_call(self, tmp_path: Path, after: bool, keep: bool) -> None:
        a, b = tmp_path / "a", tmp_path / "b"
        previous = str(b) if keep else None
        left = 0
        for at in range(200):
            a.write_bytes(OLD)
            b.write_bytes(OLDER)

            def work(at: int = at) -> None:
                with pytest.MonkeyPatch.context() as patch:
                    strike_at(patch, at, lambda: os.kill(os.getpid(), signal.SIGKILL), CALLS, after=after)
                    with locked(str(tmp_path)):
                        write_atomically(str(a), NEW, keep_previous=previous)

            status = ended(in_child(work))
            assert a.read_bytes() in (OLD, NEW)
            assert b.read_bytes() in ((OLDER, OLD) if keep else (OLDER,))
            if not status:
                break
            assert status == -signal.SIGKILL
            left += len(litter(tmp_path))
            with locked(str(tmp_path), timeout=0):
                write_atomically(str(a), b"next")
            assert sorted(os.listdir(tmp_path)) == [locks.LOCK_NAME, "a", "b"]
            assert a.read_bytes() == b"next"
        else:
            pytest.fail("never came to an end")
        assert left > 3, "else this test would prove nothing about sweeping"

    def test_of_the_holder_frees_the_lock(self, tmp_path: Path) -> None:
        def work() -> None:
            locked(str(tmp_path)).__enter__()
            os.kill(os.getpid(), signal.SIGKILL)

        assert ended(in_child(work)) == -signal.SIGKILL
        with locked(str(tmp_path), timeout=0):
            pass


class TestSweep:
    def make(self, folder: Path, pid: int = 1) -> Path:
        path = folder / f".a.{pid}.0123456789abcdef{replacement.TEMPORARY}"
        path.write_bytes(b"half")
        return path

    def test_takes_what_nobody_holds(self, tmp_path: Path) -> None:
        """The process id in the name decides nothing: in containers it is the same in every run."""
        self.make(tmp_path, os.getpid())
        self.make(tmp_path, 1)
        sweep(str(tmp_path))
        assert os.listdir(tmp_path) == []

    def test_leaves_what_a_living_writer_holds(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        seen = []
        real = os.replace

        def replace(source: str, target: str, **how: int) -> None:
            sweep(str(tmp_path))
            seen.extend(litter(tmp_path))
            real(source, target, **how)

        monkeypatch.setattr(os, "replace", replace)
        write_atomically(f"{tmp_path}/a", NEW)
        assert len(seen) == 1
        assert (tmp_path / "a").read_bytes() == NEW

    def test_a_writer_whose_file_was_swept_before_it_was_locked_makes_another(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = replacement.kernel_lock
        swept: list[str] = []

        def lock(fd: int) -> bool:
            if not swept:
                swept.extend(litter(tmp_path))
                os.unlink(tmp_path / swept[0])
            return real(fd)

        monkeypatch.setattr(replacement, "kernel_lock", lock)
        write_atomically(f"{tmp_path}/a", NEW)
        assert swept
        assert os.listdir(tmp_path) == ["a"]

    def test_a_writer_whose_file_is_being_swept_makes_another(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = replacement.kernel_lock
        answers = iter([False, True])
        monkeypatch.setattr(replacement, "kernel_lock", lambda fd: real(fd) and next(answers))
        write_atomically(f"{tmp_path}/a", NEW)
        assert (tmp_path / "a").read_bytes() == NEW
        assert list(answers) == []

    def test_leaves_whatever_is_not_ours(self, tmp_path: Path) -> None:
        for name in ("a.tmp", ".a.1.0123456789abcdef.tmp", f"a{replacement.TEMPORARY}"):
            (tmp_path / name).write_bytes(b"")
        (tmp_path / f".dir{replacement.TEMPORARY}").mkdir()
        (tmp_path / f".link{replacement.TEMPORARY}").symlink_to("a.tmp")
        os.mkfifo(tmp_path / f".fifo{replacement.TEMPORARY}")
        before = sorted(os.listdir(tmp_path))
        sweep(str(tmp_path))
        assert sorted(os.listdir(tmp_path)) == before

    def test_no_such_folder(self, tmp_path: Path) -> None:
        sweep(f"{tmp_path}/no")
        sweep("nul\0")


class TestLock:
    def test_one_at_a_time(self, tmp_path: Path) -> None:
        with locked(str(tmp_path)), pytest.raises(FileError) as caught, locked(str(tmp_path), timeout=0.1):
            pass
        assert str(caught.value) == f"{tmp_path}/{locks.LOCK_NAME}: another process holds this lock (waited 0.1 s)"
        with locked(str(tmp_path), timeout=0):
            pass

    def test_is_freed_by_an_exception(self, tmp_path: Path) -> None:
        with pytest.raises(ZeroDivisionError), locked(str(tmp_path)):
            _ = 1 / 0
        with locked(str(tmp_path), timeout=0):
            pass

    def test_makes_the_folder(self, tmp_path: Path) -> None:
        with locked(f"{tmp_path}/x/y"):
            assert os.listdir(tmp_path / "x" / "y") == [locks.LOCK_NAME]

    def test_of_the_working_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with locked(""):
            assert os.listdir(tmp_path) == [locks.LOCK_NAME]

    def test_a_file_in_place_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "f").write_bytes(b"")
        for path in ("f", "f/x"):
            with pytest.raises(FileError) as caught, locked(f"{tmp_path}/{path}"):
                pass
            assert str(caught.value) == f"{tmp_path}/f: is a file, not a folder"
        with pytest.raises(FileError, match="/f: is a file, not a folder"):
            replacement.make_folder(f"{tmp_path}/f")

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (os.mkdir, "Is a directory"),
            (os.mkfifo, "is a FIFO, not a file"),
            (lambda path: os.symlink("elsewhere", path), "is a link to elsewhere; remove it"),
        ],
    )
    def test_something_else_in_place_of_the_lock(self, tmp_path: Path, make: Callable[[str], None], said: str) -> None:
        make(f"{tmp_path}/{locks.LOCK_NAME}")
        with pytest.raises(FileError) as caught, locked(str(tmp_path)):
            pass
        assert str(caught.value) == f"{tmp_path}/{locks.LOCK_NAME}: {said}"
        assert os.listdir(tmp_path) == [locks.LOCK_NAME]

    def test_a_lock_file_removed_while_somebody_waits(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever then gets the old file's lock must not take it for the folder's: a third may hold the new one."""
        real = locks.kernel_lock
        removed: list[int] = []

        def lock(fd: int, *, release: bool = False) -> bool:
            if not removed:
                removed.append(1)
                os.unlink(tmp_path / locks.LOCK_NAME)
            return real(fd, release=release)

        monkeypatch.setattr(locks, "kernel_lock", lock)
        with locked(str(tmp_path)), pytest.raises(FileError), locked(str(tmp_path), timeout=0):
            pass

    @pytest.mark.parametrize("folders", [True, False])
    def test_without_a_file_that_stays(self, tmp_path: Path, folders: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """The folder itself is locked, or else a file that is removed; any path of the folder is the same lock."""
        monkeypatch.setattr(locks, "_FOLDERS", folders)
        folder = tmp_path / "f"
        folder.mkdir()
        (tmp_path / "link").symlink_to("f")
        with locked(str(folder), leave_file=False):
            assert os.listdir(folder) == [locks.LOCK_NAME] * (not folders)
            for same in ("f", "link", "link/../f"):
                with pytest.raises(FileError) as caught, locked(f"{tmp_path}/{same}", timeout=0, leave_file=False):
                    pass
                assert str(caught.value).endswith(": another process holds this lock (waited 0 s)")
        assert os.listdir(folder) == []
        with locked(str(folder), timeout=0, leave_file=False):
            pass

    def test_of_a_folder_that_is_missing_no_folder_or_replaced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "f").write_bytes(b"")
        for name, said in (("no", "No such file or directory"), ("f", "Not a directory")):
            with pytest.raises(FileError) as caught, locked(f"{tmp_path}/{name}", leave_file=False):
                pass
            assert str(caught.value) == f"{tmp_path}/{name}: {said}"
        folder = tmp_path / "x"
        folder.mkdir()
        real = locks.kernel_lock

        def lock(fd: int, *, release: bool = False) -> bool:
            if not (tmp_path / "old").exists():
                folder.rename(tmp_path / "old")
                folder.mkdir()
            return real(fd, release=release)

        monkeypatch.setattr(locks, "kernel_lock", lock)
        with locked(str(folder), leave_file=False), locked(f"{tmp_path}/old", timeout=0, leave_file=False):
            pass

    def test_a_forked_child_does_not_keep_it(self, tmp_path: Path) -> None:
        read, write = os.pipe()
        with locked(str(tmp_path)):
            pid = in_child(lambda: os.close(write) or (os.read(read, 1) and None))
        try:
            with locked(str(tmp_path), timeout=0):
                pass
        finally:
            os.close(write)
            os.close(read)
            ended(pid)

    @pytest.mark.usefixtures("no_sync")
    @pytest.mark.parametrize("guarded", [True, False])
    def test_32_processes_at_once(self, tmp_path: Path, guarded: bool) -> None:
        """None of their increments is lost; without the lock some are."""
        counter = tmp_path / "counter"
        counter.write_bytes(b"0")
        read, write = os.pipe()  # the gate: they start when it closes

        def increment() -> None:
            value = int(counter.read_bytes())
            time.sleep(0.005)
            write_atomically(str(counter), b"%d" % (value + 1))

        def work() -> None:
            os.close(write)
            os.read(read, 1)
            with locked(str(tmp_path)) if guarded else contextlib.nullcontext():
                increment()

        pids = [in_child(work) for _ in range(32)]
        os.close(write)
        os.close(read)
        assert [ended(pid) for pid in pids] == [0] * 32
        assert (int(counter.read_bytes()) == 32) is guarded
        assert litter(tmp_path) == []


@pytest.mark.usefixtures("no_sync")
@pytest.mark.parametrize("ours", [True, False])
def test_32_writers_and_a_reader_at_once(tmp_path: Path, ours: bool) -> None:
    """The reader never sees half a file; with a plain write it does."""
    path = tmp_path / "a"
    path.write_bytes(b"-" * 200_000)

    seen = mmap.mmap(-1, 1)  # shared with the children

    def write(letter: bytes) -> None:
        if ours:
            for _ in range(4):
                write_atomically(str(path), letter * 200_000)
        while not ours and not seen[0]:  # the control: until the reader has seen half a file, whenever it is run
            path.write_bytes(letter * 200_000)

    pids = [in_child(lambda letter=65 + number: write(bytes([letter]))) for number in range(32)]
    torn = 0
    while pids:
        data = path.read_bytes()
        torn += len(data) != 200_000 or data.count(data[:1]) != 200_000
        seen[0] = bool(torn)
        if (done := os.waitpid(-1, os.WNOHANG))[0]:
            assert done[1] == 0
            pids.remove(done[0])
    assert bool(torn) is not ours
    assert os.listdir(tmp_path) == ["a"]


class TestRead:
    def test_up_to_the_limit(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        for size in (0, 1, 9, 10):
            path.write_bytes(b"x" * size)
            assert read_limited(str(path), 10) == b"x" * size
        path.write_bytes(b"x" * 11)
        with pytest.raises(FileError) as caught:
            read_limited(str(path), 10)
        assert str(caught.value) == f"{path}: is too long (found at least 11 bytes, expected at most 10)"

    def test_a_gigabyte_is_refused_unread(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with (tmp_path / "a").open("wb") as file:
            file.truncate(1 << 30)
        monkeypatch.setattr(os, "open", None)
        with pytest.raises(FileError, match=r"found at least 1,073,741,824 bytes, expected at most 1,000"):
            read_limited(f"{tmp_path}/a", 1000)

    @pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="no /proc")
    def test_a_file_that_hides_its_size(self) -> None:
        assert os.stat("/proc/self/maps").st_size == 0
        assert b"python" in read_limited("/proc/self/maps", 1 << 20)
        with pytest.raises(FileError, match="is too long"):
            read_limited("/proc/self/maps", 100)

    def test_what_is_no_file_is_not_even_opened(
        self, specials: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "open", None)
        for path, said in specials.items():
            with pytest.raises(FileError) as caught:
                read_limited(path, 1000)
            assert str(caught.value) == f"{printable(path)}: {said}"

    def test_a_file_that_becomes_a_fifo_meanwhile(
        self, specials: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fifo = next(path for path in specials if path.endswith("fifo"))
        monkeypatch.setattr(files, "regular", lambda _: None)
        with pytest.raises(FileError, match="is a FIFO, not a file"):
            read_limited(fifo, 1000)

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError) as caught:
            read_limited(f"{tmp_path}/a\x1b", 10)
        assert str(caught.value) == f"{tmp_path}/a\\x1b: No such file or directory"
        assert isinstance(caught.value, FileError)
        assert caught.value.errno == errno.ENOENT

    @pytest.mark.parametrize("code", [errno.EIO, errno.EACCES, errno.EMFILE])
    def test_a_fault_of_every_call(self, tmp_path: Path, code: int) -> None:
        (tmp_path / "a").write_bytes(OLD)

        def strike() -> None:
            raise OSError(code, os.strerror(code))

        made: list[str] = []
        for at in range(20):
            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, at, strike, CALLS)
                if at == 6:
                    assert read_limited(f"{tmp_path}/a", 9000) == OLD
                    break
                with pytest.raises(FileError) as caught:
                    read_limited(f"{tmp_path}/a", 9000)
                assert str(caught.value) == f"{tmp_path}/a: {os.strerror(code)}"
        assert made == ["stat", "open", "fstat", "read", "read", "close"]


def test_errors_survive_pickling(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_limited(str(tmp_path), 10)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), again.errno) == (FileError, str(caught.value), errno.EISDIR)


@pytest.mark.usefixtures("no_sync")
def test_threads_in_one_process(tmp_path: Path) -> None:
    """The lock holds between threads too, and their temporary files do not meet."""
    inside: list[int] = []
    most = []

    def work() -> None:
        with locked(str(tmp_path)):
            inside.append(1)
            most.append(len(inside))
            write_atomically(f"{tmp_path}/a", NEW)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8
    assert sorted(os.listdir(tmp_path)) == [locks.LOCK_NAME, "a"]


def test_imports_next_to_nothing() -> None:
    code = (
        "import sys, llm_models.errors; old = set(sys.modules); import llm_models.files; print(*set(sys.modules) - old)"
    )
    assert set(python(code).out.split()) <= {"errno", "llm_models.files"}
