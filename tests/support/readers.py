"""Threads that ask one catalogue while it is published again and again: what they read, and what of it is torn.

It needs the standard library alone and runs as a file, so that any interpreter can run it with the checkout:

    python -I -S -B tests/support/readers.py ROOT FILES FOLDER OPTIONS

FILES is a folder that `generations` has filled, FOLDER is for the application of this process, and OPTIONS are those of
`DEFAULTS` that differ, as JSON. It prints its counts as a line of JSON. All generations are equal but for their mark,
which is in every answer. So an answer shows from which generation it is, and the number of the snapshot shows from
which it must be.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import sys
import threading
import time
import traceback
import warnings

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])

import llm_models
from llm_models import open_file, snapshot_file
from llm_models.errors import SnapshotError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from llm_models import Snapshot

    Question = Callable[[Snapshot, str], Iterable[Any]]

NAMES = [f"model-{number}" for number in range(12)]
MARKS = (1, 2, 3, 4)
DEFAULTS: dict[str, Any] = {
    "publishes": 100,
    "reads": 20_000,  # answered questions: the writer waits for them
    "way": "parts",  # or another of WAYS
    "control": "",  # or one of CONTROLS
    "fork_every": 50,  # publishes
    "switch": 1e-4,  # after so many seconds another thread has its turn, where there is a GIL
}
WAYS = ("parts", "whole", "merged")
"""How the catalogue is read: an activated file in parts, by its descriptor; such a file as a whole; and a file that is
merged with an `llm_models.toml` in memory."""
CONTROLS = {
    "overwritten": "files are overwritten in place, and the guards against that are gone: answers are torn",
    "refused": "files are overwritten in place: answers are refused, and none is torn",
    "kept": "every snapshot is kept: they are counted as a leak",
}
OVERWRITING = ("overwritten", "refused")
PATIENCE = 60
"""Seconds without a read, or without the end of a child, after which something hangs."""
READERS = 3
USAGE = {"input": 1_000_000}

QUESTIONS: dict[str, Question] = {
    "get_model": lambda shown, name: [shown.get_model("alpha", name).cost.input],
    "get_provider": lambda shown, _: [shown.get_provider("beta").name.split()[1]],  # type: ignore[union-attr]
    "resolve": lambda shown, name: [shown.resolve(name, prefer=["beta"]).cost.output],
    "list_models": lambda shown, _: [model.cost.output for model in shown.list_models()],
    "select": lambda shown, name: [shown.select(require=["tools"], match=f"*:{name}").cost.input],
    "candidates": lambda shown, _: [model.cost.input for model in shown.candidates(order_by="price", scope="beta")],
    "cost": lambda shown, name: [shown.cost(f"beta:{name}", USAGE).total],
    "prices": lambda shown, name: [row.rate for row in shown.prices(f"alpha:{name}").rows],
    "offers": lambda shown, name: [offer.input for offer in shown.offers(f"alpha:{name}")],
    "explain": lambda shown, name: [field.value for field in shown.explain(f"beta:{name}", "cost").fields],
    "search": lambda shown, name: [hit.model.cost.input for hit in shown.search(name).rows],
}
"""What is asked of a snapshot about a model, and the marks in the answer."""
OF_FILES: dict[str, Question] = {
    "explain": lambda shown, name: [shown.explain(f"alpha:{name}", "canonical").fields[0].place[-1]],  # type: ignore[index]
}
"""The same, where the file itself is of the generation."""
PAST: dict[str, Question] = {
    "history": lambda shown, name: [one.price["input"] % 1000 for one in shown.history(f"alpha:{name}").prices],  # type: ignore[index]
    "history of one that is gone": lambda shown, _: [shown.history("alpha:gone").prices[0].price["input"] - 1000],  # type: ignore[index]
    "provider_history": lambda shown, _: [shown.provider_history("alpha").intervals[0].first[-1]],
    "cost of a past day": lambda shown, name: [shown.cost(f"alpha:{name}", USAGE, at="2025-08-01").total - 1000],  # type: ignore[operator]
    "cost of one that is gone": lambda shown, _: [shown.cost("alpha:gone", USAGE, at="2025-07-01").total - 1000],  # type: ignore[operator]
}
"""What is asked about the past. The file of the history is opened at the first of these questions to a snapshot, and
stays the one that this snapshot asks."""


def mark_of(epoch: int) -> int:
    """The mark of the snapshot with this number, the first of which is 1."""
    return MARKS[(epoch - 1) % len(MARKS)]


class Count:
    """What one thread has counted."""

    def __init__(self) -> None:
        self.reads = self.torn = self.refused = self.caught = self.pickles = 0


class Run:
    """A process: the files of its application, what is published, and what its threads have counted."""

    def __init__(self, files: str, folder: str, options: dict[str, Any]) -> None:
        self.options = {**DEFAULTS, **options}
        self.stopped = False
        self.problems: list[str] = []
        self.torn: list[str] = []
        self.counts: list[Count] = []
        self.kept: list[Snapshot] = []
        self.past: dict[int, int] = {}
        self.forks = self.failed = self.most = 0
        self.config = os.path.join(folder, "llm_models.toml")
        self.state = os.path.join(folder, ".llm_models")
        os.mkdir(self.state)
        self.files = {name: self._read(files, name) for name in os.listdir(files)}
        self.is_merged = self.options["way"] == "merged"
        self.has_past = not self.is_merged and self.options["control"] not in OVERWRITING
        # An application's own prices have no history, and a history that is overwritten is left aside.
        self._write(self.config, self.files["llm_models.toml"])
        if self.is_merged:
            self._write(os.path.join(self.state, "snapshot.json"), self.files["snapshot-1.json"])
        self.put(1)

    @staticmethod
    def _read(folder: str, name: str) -> bytes:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()

    def _write(self, path: str, data: bytes) -> None:
        if self.options["control"] in OVERWRITING and os.path.exists(path):
            with open(path, "r+b") as file:
                file.write(data)
                file.truncate()
            return
        with open(path + ".new", "wb") as file:
            file.write(data)
        os.replace(path + ".new", path)

    def put(self, epoch: int) -> None:
        """Put the files in place that the snapshot with this number is made of."""
        mark = mark_of(epoch)
        if self.is_merged:
            self._write(self.config, self.files[f"config-{mark}.toml"])
        else:
            self._write(os.path.join(self.state, "history.json"), self.files[f"history-{mark}.json"])
            self._write(os.path.join(self.state, "snapshot.json"), self.files[f"snapshot-{mark}.json"])

    def reads(self) -> int:
        """The questions that were answered so far."""
        return sum(count.reads for count in self.counts)

    # What is asked

    def ask_all(self, shown: Snapshot, name: str, count: Count, mark: int | None = None, *, past: bool = True) -> None:
        """Ask a snapshot every question about a model: all answers are of one generation, that of the mark if given."""
        marks = set() if mark is None else {mark}
        asked = QUESTIONS if self.is_merged else {**QUESTIONS, **OF_FILES}
        for what, ask in asked.items():
            marks |= self.ask(what, ask, shown, name, count)
            if len(marks) != 1:
                self.note(f"{what} of number {shown.epoch}: {marks}, expected {mark}", count)
                marks = marks if mark is None else {mark}
        if past and self.has_past:
            self.ask_past(shown, name, count)

    def ask_past(self, shown: Snapshot, name: str, count: Count) -> None:
        """Ask a snapshot about the past: all answers are of one file."""
        marks: set[int] = set()
        for what, ask in PAST.items():
            marks |= self.ask(what, ask, shown, name, count)
            if shown.epoch:  # the other threads ask it, too
                marks.add(self.past.setdefault(shown.epoch, min(marks)))
            if len(marks) != 1:
                self.note(f"{what} of number {shown.epoch}: {marks}", count)

    @staticmethod
    def ask(what: str, ask: Question, shown: Snapshot, name: str, count: Count) -> set[int]:
        """The marks in the answer to a question, of which there is at least one."""
        marks = {int(mark) for mark in ask(shown, name)}
        if not marks:
            raise AssertionError(f"{what}: an empty answer")
        count.reads += 1
        return marks

    def note(self, what: str, count: Count) -> None:
        """Count a torn answer, and keep the first of them for the report."""
        count.torn += 1
        if len(self.torn) < 5:
            self.torn.append(what)

    # The threads

    def read(self, turn: int, count: Count) -> None:
        """Ask each snapshot everything once, and then again and again for models, until there is another.

        A reader that has done its share of the questions pauses after each round, so that the writer has its turn.
        """
        share = self.options["reads"] // self.options["publishes"] // READERS
        while not self.stopped:
            enough = count.reads + share
            shown = llm_models.snapshot()
            mark, turn = mark_of(shown.epoch), turn + 1
            name = NAMES[turn % len(NAMES)]
            self.ask_all(shown, name, count, mark)
            self.ask_all(self.held, name, count, MARKS[0], past=False)
            if turn % 10 == 0:
                again = pickle.loads(pickle.dumps(shown))
                self.ask_all(again, name, count, mark, past=False)
                count.pickles += 1
            while llm_models.snapshot() is shown and not self.stopped:
                for provider in ("alpha", "beta"):
                    for name in NAMES:
                        if shown.get_model(provider, name).cost.input != mark:
                            self.note(f"get_model of number {shown.epoch}", count)
                count.reads += 2 * len(NAMES)
                if self.has_past:
                    self.ask_past(shown, NAMES[turn % len(NAMES)], count)
                if count.reads > enough:
                    time.sleep(0.0005)

    def read_late(self, count: Count) -> None:
        """Load a catalogue aside, wait until its files are replaced, and then ask it for the first time."""
        waiting: list[tuple[Snapshot, int]] = []
        while not self.stopped:
            epoch = llm_models.epoch()
            try:
                waiting.append((llm_models.load(self.config, publish=False), epoch))
            except llm_models.LLMModelsError:  # the damaged file of a reload that fails
                count.refused += 1
            while llm_models.epoch() == epoch and not self.stopped:
                time.sleep(0.0005)
            if waiting and waiting[0][1] + 3 < epoch:
                self.ask_all(waiting.pop(0)[0], NAMES[epoch % len(NAMES)], count)

    def read_mixed(self, count: Count) -> None:
        """The control: question by question, through the module, answers are of more than one generation."""
        while not self.stopped:
            marks = set()
            for name in NAMES:
                marks.add(llm_models.get_model("alpha", name).cost.input)
                time.sleep(0.0005)
            count.caught += len(marks) > 1

    def guarded(self, work: Callable[..., None], *args: Any) -> None:
        """The work of a thread, until it ends or fails. Under a control that overwrites files it goes on."""
        count = args[-1]
        while not self.stopped:
            try:
                work(*args)
            except Exception as error:
                if self.options["control"] in OVERWRITING:
                    count.refused += 1
                    if self.options["control"] == "overwritten" or isinstance(error, SnapshotError):
                        continue
                self.problems.append(traceback.format_exc())
                self.stopped = True

    # The writer

    def publish(self) -> None:
        """Publish one generation after the other, and wait for readers in between; some reloads fail."""
        publishes, reads = self.options["publishes"], self.options["reads"]
        for epoch in range(2, publishes + 2):
            if self.stopped:
                return
            if epoch % 40 == 0:
                self.fail()
            self.put(epoch)
            shown = llm_models.reload()
            if shown.epoch != epoch:
                self.problems.append(f"the number is {shown.epoch}, expected {epoch}")
            self.past.pop(epoch - 100, None)
            if self.options["control"] == "kept":
                self.kept.append(shown)
            if epoch % self.options["fork_every"] == 0 and hasattr(os, "fork"):
                self.fork()
            if epoch == 1 + max(1, publishes // 5):
                self.before = measured()
            self.most = max(self.most, measured()[0])
            self.wait(reads * (epoch - 1) // publishes)

    def fail(self) -> None:
        """A reload that fails changes nothing."""
        shown = llm_models.snapshot()
        broken = self.config if self.is_merged else os.path.join(self.state, "snapshot.json")
        self._write(broken, b"[" * 100)
        try:
            llm_models.reload()
        except llm_models.LLMModelsError:
            self.failed += 1
        if llm_models.snapshot() is not shown:
            self.problems.append("a reload that failed has published")

    def wait(self, reads: int) -> None:
        """Wait until so many questions are answered."""
        before, since = -1, time.monotonic()
        while (now := self.reads()) < reads and not self.stopped:
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                self.problems.append("no reader answers any more")
                return
            time.sleep(0.0002)

    def fork(self) -> None:
        """A forked child reads what was published and loads again, whatever the other threads were doing."""
        child = os.fork()
        if not child:
            code = 1
            try:
                count = Count()
                shown = llm_models.snapshot()
                self.ask_all(shown, NAMES[shown.epoch % len(NAMES)], count, mark_of(shown.epoch))
                self.ask_all(llm_models.reload(), NAMES[0], count, mark_of(shown.epoch))
                code = 2 if count.torn else 0
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(code)
        since = time.monotonic()
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                break
            if time.monotonic() - since > PATIENCE:
                os.kill(child, 9)
            time.sleep(0.001)
        self.forks += 1
        if status:
            self.problems.append(f"a forked child ended with status {status} (9: it hung)")

    # The whole

    def go(self) -> dict[str, Any]:
        """Run all threads to their end; the counts."""
        self.held = llm_models.load(self.config)
        for name in NAMES[:3]:  # what a child needs is imported before the first fork
            self.ask_all(llm_models.snapshot(), name, Count(), MARKS[0])
        self.before = measured()
        works: list[tuple[Any, ...]] = [*((self.read, 4 * number) for number in range(READERS))]
        works += [(self.read_late,), (self.read_mixed,)]
        threads = []
        for work in works:
            self.counts.append(Count())
            threads.append(threading.Thread(target=self.guarded, args=(*work, self.counts[-1]), daemon=True))
        for thread in threads:
            thread.start()
        try:
            self.publish()
        except Exception:
            self.problems.append(traceback.format_exc())
        after = measured()
        self.stopped = True
        for thread in threads:
            thread.join(PATIENCE)
            if thread.is_alive():
                self.problems.append("a thread hangs")
        del self.held
        self.check_leaks(after)
        totals = {name: sum(getattr(count, name) for count in self.counts) for name in vars(Count())}
        is_gil_on = getattr(sys, "_is_gil_enabled", lambda: True)()
        return {
            **totals,
            "python": sys.version.split()[0] + ("" if is_gil_on else " without the GIL"),
            "publishes": llm_models.epoch() - 1,
            "forks": self.forks,
            "failed": self.failed,
            "descriptors": [self.before[0], after[0], self.most],
            "memory": [self.before[1], after[1], peak()],
            "noted": self.torn,
            "problems": self.problems,
        }

    def check_leaks(self, after: tuple[int, int]) -> None:
        """Report objects that are left, and descriptors and memory that have grown since a fifth of the publishes."""
        gc.collect()
        objects = gc.get_objects()
        for kind, most in ((llm_models.Snapshot, 2), (snapshot_file.SnapshotFile, 2), (open_file.OpenFile, 4)):
            found = sum(type(one) is kind for one in objects)
            if found > most:
                self.problems.append(f"leak: {found} objects of {kind.__name__} (expected at most {most})")
        if after[0] > self.before[0] + 20:
            self.problems.append(f"leak: {after[0]} descriptors, after a fifth of the publishes {self.before[0]}")
        if after[1] > self.before[1] * 1.2 + 10:
            self.problems.append(f"leak: {after[1]} MB, after a fifth of the publishes {self.before[1]}")


def measured() -> tuple[int, int]:
    """The descriptors of this process, and its memory in MB; 0 where the system does not state it."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            memory = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
        return len(os.listdir("/proc/self/fd")), memory
    except OSError:
        return 0, 0


def peak() -> int:
    """The most memory that this process had, in MB; 0 where the system does not state it."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) >> 10 for line in file if line.startswith("VmHWM"))
    except OSError:
        return 0


def unchecked(file: snapshot_file.SnapshotFile, span: Any, what: str) -> bytes:
    """The bytes of a part of a file without the guard of its checksum."""
    return file._bytes(file._body + span[0], span[1])


def main(files: str, folder: str, options: dict[str, Any]) -> dict[str, Any]:
    """Run a process, under a control if one is asked for; the counts."""
    warnings.simplefilter("ignore")  # newer versions warn of every fork beside threads
    run = Run(files, folder, options)
    sys.setswitchinterval(run.options["switch"])
    if run.options["way"] == "parts":
        open_file.LARGE = 0
    if run.options["control"] == "overwritten":
        open_file.OpenFile._usable = lambda self: (self._number, self)  # type: ignore[method-assign]
        snapshot_file.SnapshotFile.part = unchecked  # type: ignore[assignment, method-assign]
    return run.go()


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))))
