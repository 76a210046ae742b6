"""Publishing: one reference is swapped, readers take no lock, epochs rise by one, a failure changes nothing."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import sys
import threading
import time
import types
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues
from support.command import program

import llm_models
from llm_models import Snapshot, store
from llm_models.errors import ConfigError, EmptyCatalogError, LLMModelsError, SnapshotError, UnknownProviderError
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAMES = [f"model-{number}" for number in range(12)]


def generation(price: int) -> bytes:
    """A snapshot in which every model of both providers has the same price, by which half of one is told."""
    models: dict[str, dict[str, Any]] = {name: {"cost": {"input": price, "output": price}} for name in NAMES}
    return catalogues.made_up({"alpha": models, "beta": models}).data


GENERATIONS = [generation(1), generation(2)]


def put(path: Path, data: bytes) -> None:
    """Replace a file in one step, as `activate` does."""
    new = path.with_suffix(f".{threading.get_ident()}")
    new.write_bytes(data)
    os.replace(new, path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "snapshot.json"
    put(target, GENERATIONS[0])
    return target


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def run(threads: list[Callable[[], object]]) -> None:
    """Run functions in threads to their end; the first error of any of them is raised here."""
    errors: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    started = [threading.Thread(target=guarded, args=(work,)) for work in threads]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(60)
        assert not thread.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]


class TestPublishing:
    def test_nothing_is_published_before_the_first_question(self) -> None:
        assert llm_models.epoch() == 0
        llm_models.get_model("openai", "gpt-4o-mini")
        assert llm_models.epoch() == 1
        assert llm_models.snapshot().epoch == 1

    def test_load_publishes_and_returns_the_snapshot(self, path: Path) -> None:
        one = llm_models.load(config=None)
        assert llm_models.snapshot() is one
        two = llm_models.load(config=None, snapshot=path)
        assert llm_models.snapshot() is two
        assert (one.epoch, two.epoch, llm_models.epoch()) == (1, 2, 2)
        assert llm_models.list_providers() == ["alpha", "beta"]
        assert "openai" in one.list_providers()

    def test_without_publishing_nothing_changes(self, path: Path) -> None:
        aside = llm_models.load(config=None, snapshot=path, publish=False)
        assert aside.epoch == 0
        assert llm_models.epoch() == 0
        shown = llm_models.load(config=None)
        llm_models.load(config=None, snapshot=path, deny={"alpha": ["*"]}, publish=False)
        assert llm_models.snapshot() is shown
        assert llm_models.epoch() == 1
        assert "openai" in llm_models.reload().list_providers()  # what was loaded aside is not what is loaded again

    def test_reload_is_the_last_load_again(self, path: Path) -> None:
        llm_models.load(
            config=None,
            snapshot=path,
            prefer=["Beta"],
            deny={"alpha": ["model-1"]},
            allow={"alpha": "all", "beta": "all"},
        )
        put(path, GENERATIONS[1])
        again = llm_models.reload()
        assert again.epoch == 2
        assert again.prefer == ("beta",)
        assert again.get_model("alpha", "model-2").cost.input == 2
        assert not again.allowed("alpha:model-1")

    def test_reload_before_any_load_is_a_load_with_defaults(self) -> None:
        assert llm_models.reload().epoch == 1
        assert llm_models.allowed("openai:gpt-4o-mini")

    def test_reload_from_another_working_directory(self, path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        os.chdir(path.parent)
        llm_models.load(config=None, snapshot=path.name)
        os.chdir(tmp_path_factory.mktemp("elsewhere"))
        assert llm_models.reload().list_providers() == ["alpha", "beta"]

    def test_paths_of_any_kind(self, path: Path) -> None:
        for given in (path, str(path)):
            assert llm_models.load(config=None, snapshot=given).list_providers() == ["alpha", "beta"]

    def test_an_old_snapshot_stays_as_it_was(self, path: Path) -> None:
        old = llm_models.load(config=None, snapshot=path)
        put(path, GENERATIONS[1])
        new = llm_models.reload()
        assert {model.cost.input for model in old.list_models()} == {1}
        assert {model.cost.input for model in new.list_models()} == {2}
        assert old.epoch == 1

    def test_filters_and_preference(self, path: Path) -> None:
        made = llm_models.load(config=None, snapshot=path, deny={"Alpha": ["*"]}, prefer="beta")
        assert made.list_providers() == ["beta"]
        assert made.prefer == ("beta",)


class TestFailure:
    """A failed load publishes nothing and leaves the old catalogue and its number in place."""

    @pytest.mark.parametrize(
        ("data", "query", "kind"),
        [
            (b"", {}, SnapshotError),
            (GENERATIONS[0][:-5], {}, SnapshotError),
            (GENERATIONS[0].replace(b'"format":1', b'"format":7'), {}, SnapshotError),
            (None, {}, SnapshotError),
            (GENERATIONS[1], {"deny": {"alpa": ["*"]}}, ConfigError),
            (GENERATIONS[1], {"allow": {"alpha": [""]}}, ConfigError),
            (GENERATIONS[1], {"deny": {"alpha": ["*"], "beta": ["*"]}}, EmptyCatalogError),
            (GENERATIONS[1], {"prefer": ["alpa"]}, UnknownProviderError),
        ],
    )
    def test_of_load_and_of_reload(
        self, path: Path, data: bytes | None, query: Any, kind: type[LLMModelsError]
    ) -> None:
        shown = llm_models.load(config=None, snapshot=path)
        put(path, data) if data is not None else path.unlink()
        with pytest.raises(kind):
            llm_models.load(config=None, snapshot=path, **query)
        assert llm_models.snapshot() is shown
        assert llm_models.epoch() == 1
        if not query:
            with pytest.raises(kind):
                llm_models.reload()
            assert llm_models.snapshot() is shown
        put(path, GENERATIONS[1])
        assert llm_models.reload().epoch == 2  # the load that worked, not the one that failed
        assert len(llm_models.list_models()) == 2 * len(NAMES)

    def test_of_the_first_load(self, tmp_path: Path) -> None:
        with pytest.raises(SnapshotError):
            llm_models.load(config=None, snapshot=tmp_path / "missing.json")
        assert llm_models.epoch() == 0
        assert llm_models.get_model("openai", "gpt-4o-mini")
        assert llm_models.epoch() == 1

    def test_a_damaged_part_is_met_by_who_asks_for_it(self, path: Path) -> None:
        """What is damaged behind the header does not hurt who asks for the rest."""
        damaged = bytearray(GENERATIONS[0])
        place = damaged.rindex(b'"input":1')
        damaged[place + len(b'"input":')] = ord("9")
        put(path, bytes(damaged))
        shown = llm_models.load(config=None, snapshot=path)
        assert shown.get_model("alpha", "model-1").cost.input == 1
        with pytest.raises(SnapshotError, match=r"snapshot\.json"):
            shown.get_model("beta", "model-1")


@pytest.mark.usefixtures("quick_switches")
class TestThreads:
    def test_no_torn_read_within_a_snapshot(self, path: Path) -> None:
        """While one thread reloads, every snapshot that others hold is of one generation throughout.

        The control reads through the module instead, one question at a time, and does meet two generations.
        """
        llm_models.load(config=None, snapshot=path)
        stop = threading.Event()
        torn = threading.Event()

        def write() -> None:
            for number in range(20_000):
                put(path, GENERATIONS[number % 2])
                llm_models.reload()
                if number > 300 and torn.is_set():
                    break
            stop.set()

        def prices(ask: Callable[[str, str], Any]) -> set[Any]:
            return {ask(provider, name).cost.input for name in NAMES for provider in ("alpha", "beta")}

        def read() -> None:
            while not stop.is_set():
                held = llm_models.snapshot()
                assert len(prices(held.get_model)) == 1
                assert len({model.cost.output for model in held.list_models()}) == 1
                assert len(held.candidates(order_by="price")) == 2 * len(NAMES)

        def control() -> None:
            while not stop.is_set():
                if len(prices(llm_models.get_model)) == 2:
                    torn.set()

        run([write, read, read, control])
        assert torn.is_set(), "the control never met two generations: the test shows nothing"

    def test_many_readers_of_one_new_snapshot(self, path: Path) -> None:
        """Memos are filled by many at once: all see the same, and one record for one model."""
        for _ in range(20):
            held = llm_models.load(config=None, snapshot=path)
            seen: list[list[int]] = []
            begin = threading.Barrier(6)

            def read(held: Snapshot = held, seen: list[list[int]] = seen, begin: threading.Barrier = begin) -> None:
                begin.wait()
                models = [held.get_model("alpha", name) for name in NAMES]
                assert held.resolve("model-3", prefer=["beta"]).provider == "beta"
                with pytest.raises(llm_models.NoMatchError):
                    held.select(require=["embeddings"])
                assert len(held.list_models()) == 2 * len(NAMES)
                seen.append([id(model) for model in models])

            run([read] * 6)
            assert len(seen) == 6
            assert all(ids == seen[0] for ids in seen)

    def test_the_first_question_of_many_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[Snapshot] = []
        begin = threading.Barrier(8)
        built = store.build

        def build(request: Any) -> Snapshot:
            time.sleep(0.1)  # meanwhile the others ask, and wait for this one
            return built(request)

        monkeypatch.setattr(store, "build", build)

        def ask() -> None:
            begin.wait()
            seen.append(llm_models.snapshot())

        run([ask] * 8)
        assert len({id(one) for one in seen}) == 1
        assert llm_models.epoch() == 1

    @staticmethod
    def publish_at_once(path: Path, missing: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[int]]:
        """The epochs of 192 reloads by six threads, 48 more of which fail, and what a reader saw meanwhile."""
        counted = store.epoch

        def slow_epoch() -> int:
            number = counted()
            time.sleep(0.0002)  # between reading the number and publishing the next, others get their turn
            return number

        monkeypatch.setattr(store, "epoch", slow_epoch)
        llm_models.load(config=None, snapshot=path)
        epochs: list[int] = []
        watched: list[int] = []
        stop = threading.Event()

        def reloads() -> None:
            for number in range(40):
                if number % 5 == 4:
                    with pytest.raises(SnapshotError):
                        llm_models.load(config=None, snapshot=missing)
                else:
                    epochs.append(llm_models.reload().epoch)

        def watch() -> None:
            while not stop.is_set():
                watched.append(counted())
                time.sleep(0.0001)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            run([reloads] * 6)
        finally:
            stop.set()
            watcher.join(10)
        return epochs, watched

    def test_epochs_are_unique_and_rising(self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Reloads at once, some of them failing: each that succeeds has the next number, and none is skipped."""
        epochs, watched = self.publish_at_once(path, tmp_path / "missing.json", monkeypatch)
        assert sorted(epochs) == list(range(2, 2 + 6 * 32))
        assert watched == sorted(watched)
        assert llm_models.epoch() == max(epochs)

    def test_epochs_without_the_lock(self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The control: without the lock, writers meet, or numbers are given twice."""
        free = types.SimpleNamespace(acquire=lambda timeout: timeout > 0, release=lambda: None)
        monkeypatch.setitem(store._writing, "lock", free)
        try:
            epochs, _ = self.publish_at_once(path, tmp_path / "missing.json", monkeypatch)
        except ConfigError:
            return
        assert len(set(epochs)) < len(epochs)

    def test_a_reader_waits_for_no_writer(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shown = llm_models.load(config=None, snapshot=path)
        inside, go = threading.Event(), threading.Event()
        opened = SnapshotFile.open

        def slow(name: str) -> SnapshotFile:
            inside.set()
            assert go.wait(30)
            return opened(name)

        monkeypatch.setattr(SnapshotFile, "open", slow)
        writer = threading.Thread(target=llm_models.reload)
        writer.start()
        try:
            assert inside.wait(30)
            assert llm_models.snapshot() is shown
            assert llm_models.get_model("alpha", "model-1").id == "model-1"
            assert llm_models.epoch() == 1
        finally:
            go.set()
            writer.join(30)
        assert llm_models.epoch() == 2


WAITING = """
for _ in range(100 * seconds):
    done, status = os.waitpid(child, os.WNOHANG)
    if done:
        os._exit(os.waitstatus_to_exitcode(status))
    time.sleep(0.01)
os.kill(child, 9)
os._exit(99)
"""
"""A parent that waits for its child for some seconds, and exits as it does, or with 99."""
FORK = """
import os, sys, threading, time, warnings
warnings.simplefilter("ignore")  # newer versions warn of every fork beside threads
seconds = int(sys.argv[1])
if sys.argv[2] == "control":
    os.register_at_fork = lambda **_: None
import llm_models
from llm_models.snapshot_file import SnapshotFile

llm_models.load(config=None)
inside, main, opened = threading.Event(), threading.get_ident(), SnapshotFile.open

def slow(name):
    if threading.get_ident() != main:
        inside.set()
        time.sleep(30)
    return opened(name)

SnapshotFile.open = slow
threading.Thread(target=llm_models.reload, daemon=True).start()
inside.wait()
child = os.fork()
if child == 0:
    assert llm_models.get_model("openai", "gpt-4o-mini").id == "gpt-4o-mini"
    assert llm_models.reload().epoch == 2
    os._exit(7)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize(("wait", "guard", "status"), [("30", "on", 7), ("1", "control", 99)])
def test_fork_while_a_writer_holds_the_lock(wait: str, guard: str, status: int) -> None:
    """A child never waits for a thread that it does not have; without the guard it does."""
    done = program([sys.executable, "-P", "-c", FORK + WAITING, wait, guard], timeout=90)
    assert done.code == status, done


FORK_ASKING = """
import os, sys, threading, time, warnings
seconds = 10
warnings.simplefilter("ignore")
import llm_models
from llm_models import pricing

ask = lambda name: llm_models.cost(name, {"input": 1}, at="2026-01-15").total
llm_models.load(config=None)
ask("openai:gpt-4o")
inside, main, found = threading.Event(), threading.get_ident(), pricing.first_history

def slow(*args):
    if threading.get_ident() != main:
        inside.set()
        time.sleep(30)
    return found(*args)

pricing.first_history = slow
threading.Thread(target=ask, args=["openai:gpt-4o-mini"], daemon=True).start()
inside.wait()
child = os.fork()
if child == 0:
    os._exit(7 if ask("openai:gpt-4o-mini") and ask("openai:o3-mini") else 1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_fork_while_another_thread_asks() -> None:
    """No question holds a lock, for which a child would wait in vain."""
    done = program([sys.executable, "-P", "-c", FORK_ASKING + WAITING], timeout=90)
    assert done.code == 7, done


class TestCopies:
    def test_pickled(self, path: Path) -> None:
        shown = llm_models.load(config=None, snapshot=path, prefer=["beta"], deny={"alpha": ["model-1*"]}, allow="all")
        shown.list_models()
        path.unlink()
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(shown, protocol))
            assert again.list_models() == shown.list_models()
            assert again.prefer == ("beta",)
            assert again.digest == shown.digest
            assert not again.allowed("alpha:model-1")
            assert again.epoch == 0  # published nowhere
            assert llm_models.snapshot() is shown

    def test_copied(self, path: Path) -> None:
        shown = llm_models.load(config=None, snapshot=path)
        assert copy.copy(shown) is shown
        assert copy.deepcopy([shown])[0] is shown

    def test_a_snapshot_is_true_whatever_it_shows(self, path: Path) -> None:
        assert llm_models.load(config=None, snapshot=path)


@pytest.mark.parametrize("count", [1_500, pytest.param(10_000, marks=pytest.mark.whole)])
def test_reloads_leak_nothing(path: Path, count: int) -> None:
    """Reloads with an old snapshot held, which answers all the time: but for it and the published one, all are gone."""

    def alive() -> tuple[int, int]:
        gc.collect()
        objects = gc.get_objects()
        return sum(type(o) is Snapshot for o in objects), sum(type(o) is SnapshotFile for o in objects)

    held = llm_models.load(config=None, snapshot=path)
    held.list_models()
    snapshots, files = alive()
    for number in range(count):
        put(path, GENERATIONS[number % 2])
        shown = llm_models.reload()
        assert shown.get_model("alpha", "model-1").cost.input == 1 + number % 2
        assert held.get_model("beta", NAMES[number % 12]).cost.input == 1
    assert llm_models.epoch() == count + 1
    after = alive()
    assert after[0] <= snapshots + 1
    assert after[1] <= files + 1
    assert held.get_model("beta", "model-1").cost.input == 1
