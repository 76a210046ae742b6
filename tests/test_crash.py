"""Crashes, faults of the system and crowds: a file on disk is wholly the old one or wholly the new one.

Processes are killed, and the system refuses, at every call of pull, activate and rollback that may change a file.
"""

from __future__ import annotations

import errno
import functools
import os
import signal
import socket
import stat
import threading
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import histories
from support.catalogues import catalogue as source_of
from support.catalogues import model, numbered
from support.catalogues import provider as provider_of
from support.command import STATE, Result, fine, here, process, started
from support.crash import CHANGES, ended, in_child, litter, strike_at

from llm_models import locks, manifest, paths, replacement
from llm_models.paths import PREVIOUS_NAME
from llm_models.snapshot_file import SnapshotFile
from llm_models.state import MANIFEST as MANIFEST_NAME
from llm_models.timeline import History

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed as POSIX knows it"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),  # no child of ours uses other threads
]

FOLDER = Path(STATE)
HISTORY = FOLDER / paths.HISTORY_NAME
ACTIVE, PREVIOUS = FOLDER / "snapshot.json", FOLDER / PREVIOUS_NAME
UPSTREAM, MANIFEST = FOLDER / "upstream.json", FOLDER / MANIFEST_NAME
CONFIG = Path(paths.CONFIG_NAME)
EDITS = (*CHANGES, "link", "read", "fstat", "stat")
"""The calls with which a command changes a configuration, and looks at it before."""
DAYS = ["2026-01-03", "2026-01-06"]
"""The days of the own history after the last of `three` was activated."""
ENDLESS = 400


def codes(first: int, *others: int) -> list[Any]:
    """Failures of the system as parameters; those after the first take the same ways through the package."""
    return [first, *(pytest.param(code, marks=pytest.mark.whole) for code in others)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No curated overrides, which only take time to read here, and no wait for the disk: no power is cut."""
    real = paths.resources
    (tmp_path / "none").mkdir()
    monkeypatch.setattr(paths, "resources", lambda name: str(tmp_path / "none") if name == "overrides" else real(name))
    monkeypatch.setattr(os, "fsync", os.fstat)


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package with little data: activations take the same ways with it."""
    histories.shipped(monkeypatch, tmp_path, numbered(3), "2026-01-01")


def killed_at(number: int, *args: str, calls: Iterable[str] = CHANGES) -> bool:
    """Whether the command, killed at that call, was killed at all; else it went well."""

    def work() -> int:
        with pytest.MonkeyPatch.context() as patch:
            strike_at(patch, number, lambda: os.kill(os.getpid(), signal.SIGKILL), calls)
            return here(*args).code

    code = ended(in_child(work))
    assert code in (0, -signal.SIGKILL)
    return code != 0


def whole(path: Path) -> bytes:
    """The bytes of a snapshot file, every one of which is what was written."""
    file = SnapshotFile.open(str(path))
    file.verify()
    return file.data


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[bytes, bytes, bytes]:
    """Three snapshots: an older one as the previous, an old one in place, and the one that `api.json` makes."""
    histories.shipped(monkeypatch, tmp_path, numbered(3), "2026-01-03")
    made = []
    for count in (4, 5, 6):
        Path("api.json").write_bytes(numbered(count, last_updated=f"2026-01-0{count}"))
        fine("activate", "--from", "api.json", "--out", f"made{count}.json", "--force")
        made.append(Path(f"made{count}.json").read_bytes())
    FOLDER.mkdir()
    reset(*made)
    return made[0], made[1], made[2]


def reset(older: bytes, old: bytes, _new: bytes) -> None:
    ACTIVE.write_bytes(old)
    PREVIOUS.write_bytes(older)
    HISTORY.unlink(missing_ok=True)


def recorded() -> list[str]:
    """The days of the own history, every byte of which is what was written."""
    if not HISTORY.exists():
        return []
    history = History.open(str(HISTORY))
    history.verify()
    return history.days


class TestKilled:
    """SIGKILL at every call: the file is the old or the new one, it loads, and the next run sweeps."""

    @pytest.mark.whole
    def test_activate(self, three: tuple[bytes, bytes, bytes]) -> None:
        older, old, new = three
        seen, left = set(), 0
        for number in range(ENDLESS):
            reset(*three)
            struck = killed_at(number, "activate", "--from", "api.json")
            state = whole(ACTIVE), whole(PREVIOUS)
            assert state in {(old, older), (old, old), (new, old)}
            assert recorded() in ([], DAYS)
            assert recorded() or state == (old, older)  # what was activated was recorded
            seen.add((state, len(recorded())))
            if not struck:
                assert state == (new, old)
                break
            left += bool(litter(FOLDER))
            fine("activate", "--from", "api.json")
            assert (whole(ACTIVE), whole(PREVIOUS), recorded()) == (new, old, DAYS)
            assert litter(FOLDER) == []
        else:
            pytest.fail("never came to an end")
        assert len(seen) == 4
        assert left > 3

    def test_is_swept_even_by_a_run_that_changes_nothing(self, three: tuple[bytes, bytes, bytes]) -> None:
        fine("activate", "--from", "api.json")
        (FOLDER / f".snapshot.json.1.ab{replacement.TEMPORARY}").write_bytes(b"left")
        fine("activate", "--from", "api.json")
        assert litter(FOLDER) == []
        assert whole(ACTIVE) == three[2]

    def test_rollback(self, three: tuple[bytes, bytes, bytes]) -> None:
        """What is gone back to is never lost."""
        older, old, _ = three
        seen = set()
        for number in range(ENDLESS):
            reset(*three)
            struck = killed_at(number, "rollback")
            state = whole(ACTIVE), whole(PREVIOUS)
            assert state in {(old, older), (older, older), (older, old)}
            seen.add(state)
            if not struck:
                break
            fine("rollback")
            assert litter(FOLDER) == []
        else:
            pytest.fail("never came to an end")
        assert len(seen) == 3

    def test_pull(self) -> None:
        FOLDER.mkdir()
        Path("api.json").write_bytes(numbered(4))
        fine("pull", "--url", "api.json")
        old, old_manifest = UPSTREAM.read_bytes(), MANIFEST.read_bytes()
        Path("api.json").write_bytes(new := numbered(5))
        seen, left = set(), 0
        for number in range(ENDLESS):
            UPSTREAM.write_bytes(old)
            MANIFEST.write_bytes(old_manifest)
            struck = killed_at(number, "pull", "--url", "api.json")
            assert UPSTREAM.read_bytes() in (old, new)
            told = manifest.believed(str(UPSTREAM))
            seen.add((UPSTREAM.read_bytes() == new, told and told["models"]))
            assert fine("diff", "pulled", "pulled").code == 0  # it is a catalogue
            if not struck:
                break
            left += bool(litter(FOLDER))
            fine("pull", "--url", "api.json")
            told = manifest.believed(str(UPSTREAM))
            assert told is not None
            assert (told["models"], litter(FOLDER)) == (5, [])
        else:
            pytest.fail("never came to an end")
        assert seen == {(False, 4), (True, None), (True, 5)}
        assert left > 3

    @pytest.mark.parametrize("text", ['prefer = ["openai"]\n', None])
    def test_an_edit(self, text: str | None) -> None:
        """The next command edits at once: no lock is left, nor anything else beside the file."""
        new, again = (
            f"{text or ''}{chr(10) * bool(text)}[exclude]\nopenai = [{one}]\n" for one in ('"o3"', '"o3", "o1"')
        )
        seen, left = set(), 0
        for number in range(ENDLESS):
            CONFIG.unlink(missing_ok=True) if text is None else CONFIG.write_text(text)
            struck = killed_at(number, "exclude", "openai", "o3", calls=EDITS)
            state = CONFIG.read_text() if CONFIG.exists() else None
            assert state in (text, new)
            seen.add((state, struck))
            if not struck:
                break
            left += bool(litter(Path()))
            fine("exclude", "openai", "o3")
            fine("exclude", "openai", "o1")
            assert CONFIG.read_text() == again
            assert [name for name in os.listdir() if name != "none"] == [CONFIG.name]
        else:
            pytest.fail("never came to an end")
        assert seen == {(text, True), (new, True), (new, False)}
        assert left > 3

    def test_pull_in_the_middle_of_the_transfer(self) -> None:
        Path("api.json").write_bytes(numbered(4))
        fine("pull", "--url", "api.json")
        before = UPSTREAM.read_bytes(), MANIFEST.read_bytes()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            with started("pull", "--url", url) as child:
                connection = listener.accept()[0]
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + numbered(9)[:500])
                    time.sleep(0.05)
                    child.kill()
        assert (UPSTREAM.read_bytes(), MANIFEST.read_bytes()) == before
        assert litter(FOLDER) == []


class TestRefused:
    """The system says no: the old file stays, exit 1, one line, nothing is left behind."""

    @pytest.mark.parametrize("code", codes(errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EMFILE))
    @pytest.mark.parametrize("command", ["activate", "rollback"])
    def test_at_every_call(self, three: tuple[bytes, bytes, bytes], command: str, code: int) -> None:
        older, old, new = three
        after = (new, old) if command == "activate" else (older, old)
        args = ["activate", "--from", "api.json"] if command == "activate" else ["rollback"]
        said = 0

        def strike() -> None:
            raise OSError(code, os.strerror(code))

        for number in range(ENDLESS):
            reset(*three)
            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, number, strike)
                told = here(*args)
            assert litter(FOLDER) == []
            assert recorded() in ([], DAYS)
            state = whole(ACTIVE), whole(PREVIOUS)
            if len(made) <= number:
                assert (told.code, state) == (0, after)
                break
            if told.code == 0:
                assert state == after
                continue
            assert (told.code, told.out, len(told.lines)) == (1, "", 1), told
            assert told.err.startswith(("llm-models: /", "llm-models: api.json", "llm-models: manifest.json"))
            assert told.err.endswith(f": {os.strerror(code)}\n")
            said += 1
            if made[number] == "fsync":  # that of the folder comes after the rename
                assert state[0] in (old, after[0])
            elif command == "activate":
                assert state[0] == old
        else:
            pytest.fail("never came to an end")
        assert said > 5

    @pytest.mark.parametrize("code", codes(errno.ENOSPC, errno.EIO, errno.EACCES))
    @pytest.mark.parametrize("text", ['prefer = ["openai"]\n', None])
    def test_an_edit_at_every_call(self, text: str | None, code: int) -> None:
        """The lock is free again, too."""
        new = f'{text or ""}{chr(10) * bool(text)}[exclude]\nopenai = ["o3"]\n'
        fine("list", "openai", "--config", "none")  # what is read once in a process
        said = 0

        def strike() -> None:
            raise OSError(code, os.strerror(code))

        for number in range(ENDLESS):
            CONFIG.unlink(missing_ok=True) if text is None else CONFIG.write_text(text)
            with pytest.MonkeyPatch.context() as patch:
                made = strike_at(patch, number, strike, EDITS)
                told = here("exclude", "openai", "o3")
            state = CONFIG.read_text() if CONFIG.exists() else None
            assert state in (text, new)
            replacement.sweep("")
            assert [name for name in os.listdir() if name != "none"] == [CONFIG.name] * (state is not None)
            with locks.locked("", timeout=0, leave_file=False):
                pass
            if len(made) <= number:
                assert (told.code, state) == (0, new)
                break
            if told.code == 0:
                assert state == new
                continue
            assert told.code == 1, told
            assert f": {os.strerror(code)}" in told.lines[-1], told
            assert state == text or made[number] == "fsync"
            said += 1
        else:
            pytest.fail("never came to an end")
        assert said > 5

    def test_pull_tells_it_the_same_way(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What happens at every call of a pull, `test_sources.py` shows of the function."""
        Path("api.json").write_bytes(numbered(4))

        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "write", full)
        told = here("pull", "--url", "api.json")
        assert (told.code, told.out) == (1, "")
        assert told.err == f"llm-models: {UPSTREAM.absolute()}: {os.strerror(errno.ENOSPC)}\n"
        assert os.listdir(FOLDER) == [locks.LOCK_NAME]


@pytest.mark.usefixtures("little")
class TestAtOnce:
    """One writer at a time; whoever comes later is judged by what stands there then."""

    @pytest.mark.whole
    def test_two_processes(self) -> None:
        names = []
        for count in (10, 11):
            Path(f"{count}.json").write_bytes(numbered(count))
            names.append(f"{count}.json")
        told: list[Result] = []
        threads = [
            threading.Thread(target=lambda n=name: told.append(process("activate", "--from", n, "--force")))
            for name in names
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [one.code for one in told] == [0, 0]
        counts = {SnapshotFile(whole(path), "x").header["counts"]["models"] for path in (ACTIVE, PREVIOUS)}
        assert counts == {10, 11}
        assert litter(FOLDER) == []

    def test_sixteen(self) -> None:
        Path("api.json").write_bytes(numbered(20))
        fine("activate", "--from", "api.json", "--force")
        for count in range(20, 36):
            Path(f"{count}.json").write_bytes(numbered(count))
        children = [
            in_child(lambda name=f"{count}.json": here("activate", "--from", name).code) for count in range(20, 36)
        ]
        assert [ended(pid) for pid in children] == [0] * 16
        one, two = (SnapshotFile(whole(path), "x").header["counts"]["models"] for path in (ACTIVE, PREVIOUS))
        assert one != two
        assert {one, two} <= set(range(20, 36))
        assert litter(FOLDER) == []

    @pytest.mark.parametrize("ours", [True, False])
    def test_an_older_one_never_comes_last(self, ours: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """Eight of different dates, the older the slower; without the lock the newest is written first."""
        Path("0.json").write_bytes(source_of(provider_of("acme", model("m", last_updated="2026-01-01"))))
        fine("activate", "--from", "0.json", "--force")
        if not ours:
            monkeypatch.setattr(locks, "locked", lambda *_, **__: nullcontext())
        real = replacement.write_atomically
        arrived, arrive = os.pipe()
        gate, open_gate = os.pipe()

        def work(day: int) -> int:
            def slow(*args: Any, **more: Any) -> None:
                if ours:
                    time.sleep((9 - day) * 0.08)
                elif day < 9:  # judged already, it waits until the newest is written
                    os.close(open_gate)
                    os.write(arrive, b"x")
                    os.read(gate, 1)
                monkeypatch.setattr(replacement, "write_atomically", real)
                real(*args, **more)

            monkeypatch.setattr(replacement, "write_atomically", slow)
            return here("activate", "--from", f"{day}.json").code

        for day in range(2, 10):
            made = source_of(provider_of("acme", model("m", last_updated=f"2026-01-0{day}")))
            Path(f"{day}.json").write_bytes(made)
        older = [in_child(lambda day=day: work(day)) for day in range(2, 9)]
        if not ours:
            assert [os.read(arrived, 1) for _ in older] == [b"x"] * 7
        newest = in_child(lambda: work(9))
        if not ours:
            assert ended(newest) == 0
        for fd in (open_gate, gate, arrived, arrive):
            os.close(fd)
        codes = [ended(pid) for pid in (*older, *([newest] if ours else []))]
        assert set(codes) <= {0, 1}
        date = SnapshotFile(whole(ACTIVE), "x").header["date"]
        assert (date == "2026-01-09") is ours

    def test_a_holder_of_the_lock_is_waited_for_and_a_dead_one_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("api.json").write_bytes(numbered(4))
        FOLDER.mkdir()
        ready, say = os.pipe()

        def hold() -> int:
            with locks.locked(STATE):
                os.write(say, b"x")
                time.sleep(60)
            return 0

        holder = in_child(hold)
        try:
            os.read(ready, 1)
            with monkeypatch.context() as patch:
                patch.setattr(locks, "locked", functools.partial(locks.locked, timeout=0.1))
                told = here("activate", "--from", "api.json", "--force")
            assert told.code == 1
            assert told.err.endswith(": another process holds this lock (waited 0.1 s)\n")
            assert not ACTIVE.exists()
        finally:
            os.kill(holder, signal.SIGKILL)
            ended(holder)
            os.close(ready)
            os.close(say)
        fine("activate", "--from", "api.json", "--force")


@pytest.mark.usefixtures("little")
class TestTarget:
    """What else may stand where the snapshot belongs."""

    @pytest.fixture(autouse=True)
    def begin(self) -> None:
        Path("api.json").write_bytes(numbered(4))
        FOLDER.mkdir()

    @pytest.mark.parametrize("what", ["directory", "FIFO"])
    @pytest.mark.parametrize("at", ["snapshot.json", PREVIOUS_NAME, "out.json"])
    def test_something_else_is_refused_at_once(self, what: str, at: str) -> None:
        if at == PREVIOUS_NAME:
            fine("activate", "--from", "api.json", "--force")
            Path("api.json").write_bytes(numbered(5))
        before = sorted(os.listdir(FOLDER))
        path = FOLDER / at
        path.mkdir() if what == "directory" else os.mkfifo(path)
        told = here("activate", "--from", "api.json", "--force", *(["--out", str(path)] if at == "out.json" else []))
        assert (told.code, told.out) == (1, "")
        assert told.err == f"llm-models: {path.absolute()}: is a {what}, not a file\n"
        assert sorted(os.listdir(FOLDER)) == sorted({*before, at})

    def test_a_file_in_place_of_the_folder(self) -> None:
        FOLDER.rmdir()
        FOLDER.write_text("mine")
        for args in (["activate", "--from", "api.json", "--force"], ["pull", "--url", "api.json"], ["rollback"]):
            told = here(*args)
            assert (told.code, len(told.lines)) == (1, 1), told
            assert str(FOLDER.absolute()) in told.err
        assert FOLDER.read_text() == "mine"

    def test_no_such_folder_for_out(self) -> None:
        told = here("activate", "--from", "api.json", "--out", "no/such.json", "--force")
        assert (told.code, len(told.lines)) == (1, 1)
        assert "no/such.json: No such file or directory" in told.err

    def test_umask_077(self) -> None:
        FOLDER.rmdir()
        old = os.umask(0o077)
        try:
            fine("pull", "--url", "api.json")
            fine("activate", "--from", "api.json", "--force")
            Path("api.json").write_bytes(numbered(5))
            fine("activate", "--from", "api.json")
            fine("rollback")
        finally:
            os.umask(old)
        assert stat.S_IMODE(FOLDER.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in FOLDER.iterdir()}
        assert set(modes.values()) == {0o600}
        with suppress(KeyError):
            del modes[locks.LOCK_NAME]
        expected = [paths.HISTORY_NAME, "manifest.json", "snapshot.json", PREVIOUS_NAME, "upstream.json"]
        assert sorted(modes) == expected
