"""Edits are not lost: those of commands that run at the same time, and what another program saves meanwhile."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from support.command import STATE, fine, here, refused, started
from support.crash import ended, in_child, litter
from support.toml_texts import parsed

import llm_models
from llm_models import activation, locks, paths
from llm_models.cli import edits
from llm_models.revision import ConfigChangedError, Revision
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked as POSIX knows it"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),  # no child of ours uses other threads
]

FILE = Path(paths.CONFIG_NAME)
EXCLUDE = ("exclude", "openai", "o3-*")
TEXT = 'prefer = ["openai"]\n'
SAVED = '[deny]\nopenai = ["*"]\n'
"""What an editor saves meanwhile."""
AGAIN = "changed meanwhile; nothing was written. Run the command again."


@pytest.fixture(autouse=True)
def no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fsync reaches the disk: no power is cut here."""
    monkeypatch.setattr(os, "fsync", os.fstat)


def at_once(works: Iterable[Callable[[], object]]) -> list[int]:
    """The exit codes of forked processes that begin their work together."""
    gate, open_gate = os.pipe()

    def wait(work: Callable[[], object]) -> object:
        os.close(open_gate)
        os.read(gate, 1)
        return work()

    children = [in_child(functools.partial(wait, work)) for work in works]
    os.close(open_gate)
    os.close(gate)
    return [ended(pid) for pid in children]


def command(*args: str) -> Callable[[], int]:
    return lambda: here(*args).code


class TestAtOnce:
    """What any number of commands do to one file at the same time is what they do one after the other."""

    @pytest.mark.parametrize("text", [TEXT, None])
    def test_eight_commands_from_a_shell(self, text: str | None) -> None:
        if text is not None:
            FILE.write_text(text)
        children = [started("exclude", "openai", f"zz{number}-*", stderr=-1) for number in range(8)]
        told = [child.communicate()[1] for child in children]
        assert [child.returncode for child in children] == [0] * 8
        assert all(one.endswith(b"llm_models.toml: written\n") for one in told)
        assert sorted(parsed(FILE.read_text())["exclude"]["openai"]) == [f"zz{number}-*" for number in range(8)]
        assert os.listdir() == [FILE.name]

    @pytest.mark.parametrize("seed", range(4))
    def test_any_mix_by_any_path(self, seed: int) -> None:
        """`set`, `unset` and `exclude`, of the file by its name, from below, or through links in other folders."""
        random = Random(seed)
        Path("below").mkdir()
        Path("below/link.toml").symlink_to("../other.toml")
        Path("other.toml").symlink_to(FILE)
        names = [f"m{number}" for number in range(random.randrange(4, 9))]
        entry = '[[models]]\nprovider = "mine"\nid = "{}"\ntags = ["a"]\n'
        FILE.write_text('[[providers]]\nid = "mine"\n' + "".join(map(entry.format, names)))
        calls = [("unset", f"mine:{name}") for name in names[::2]]
        calls += [("unset", f"mine:{name}", "tags") for name in names[1::4]]
        calls += [("set", f"mine:{name}", "tags+=b") for name in names[3::4]]
        calls += [("set", f"mine:n{number}", f"cost.input={number}") for number in range(5)]
        calls += [("set", "mine:n9", f"extra.x{number}={number}") for number in range(5)]
        calls += [("exclude", "openai", f"zz{number}*") for number in range(5)]
        calls += [("exclude", "Google", f"zz{number}*") for number in range(3)]
        random.shuffle(calls)
        ways = [FILE.name, "other.toml", "below/link.toml", "below/../other.toml", str(FILE.absolute())]
        codes = at_once(command(*call, "--config", random.choice(ways)) for call in calls)
        assert codes == [0] * len(calls)
        data = parsed(FILE.read_text())
        models = {entry.pop("id"): entry for entry in data["models"]}
        assert {name: entry["tags"] for name, entry in models.items() if name[0] == "m"} == {
            name: ["a", "b"] for name in names[3::4]
        }
        assert [models[f"n{number}"]["cost"]["input"] for number in range(5)] == list(range(5))
        assert models["n9"]["extra"] == {f"x{number}": number for number in range(5)}
        assert sorted(data["exclude"]["openai"]) == [f"zz{number}*" for number in range(5)]
        assert sorted(data["exclude"]["google"]) == [f"zz{number}*" for number in range(3)]
        assert (Path("other.toml").is_symlink(), Path("below/link.toml").is_symlink()) == (True, True)
        assert (litter(Path()), sorted(os.listdir("below"))) == ([], ["link.toml"])

    def test_one_of_eight_removes_a_model(self) -> None:
        fine("set", "openai:m0", "cost.input=1", "--new")
        assert sorted(at_once([command("unset", "openai:m0")] * 8)) == [0, *[1] * 7]
        assert FILE.read_text() == ""

    def test_one_of_eight_begins_the_file(self) -> None:
        children = [started("init", stdout=-1, stderr=-1) for _ in range(8)]
        told = [child.communicate() for child in children]
        codes = [child.returncode for child in children]
        assert sorted(codes) == [0, *[1] * 7]
        for code, (out, err) in zip(codes, told, strict=True):
            assert (b"wrote" in out) is (code == 0)
            assert (b"this file exists already" in err) is (code == 1)
        assert FILE.read_bytes() == Path(paths.TEMPLATE).read_bytes()
        assert litter(Path()) == []

    def test_init_and_others(self) -> None:
        """Whoever is first: nothing of the others is lost, and the file begins once."""
        codes = at_once([command("init"), *(command("exclude", "openai", f"zz{number}*") for number in range(6))])
        assert codes[1:] == [0] * 6
        assert sorted(parsed(FILE.read_text())["exclude"]["openai"]) == [f"zz{number}*" for number in range(6)]
        assert FILE.read_text().startswith("#:schema") is (codes[0] == 0)


class Editor:
    """A program without a lock, which acts when a command is about to replace the file, before its last look."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.acts: list[Callable[[], object]] = []

        def fsync(_: int) -> None:
            if self.acts:
                self.acts.pop(0)()

        patch.setattr(os, "fsync", fsync)

    def saves(self, *texts: str) -> None:
        self.acts += [functools.partial(FILE.write_text, text) for text in texts]


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Editor:
    FILE.write_text(TEXT)
    return Editor(monkeypatch)


class TestMeanwhile:
    """A save between the reading and the replacing is kept: the edit is made on the new text, or not at all."""

    @pytest.mark.parametrize("saved", [SAVED, TEXT + SAVED, "", TEXT.replace("openai", "google")])
    def test_the_edit_is_made_on_the_new_text(self, editor: Editor, saved: str) -> None:
        editor.saves(saved)
        told = fine(*EXCLUDE)
        assert parsed(FILE.read_text()) == {**parsed(saved), "exclude": {"openai": ["o3-*"]}}
        assert FILE.read_text().startswith(saved)
        assert told.out.count("+++") == 1, "only the change that was made is shown"
        assert litter(Path()) == []

    @pytest.mark.parametrize("args", [("set", "openai:old", "cost.input=1"), ("unset", "openai:old"), EXCLUDE])
    def test_every_command_that_edits(self, editor: Editor, args: tuple[str, ...]) -> None:
        FILE.write_text(entry := '[[models]]\nprovider = "openai"\nid = "old"\nnew = true\ntags = ["x"]\n')
        editor.saves(entry + SAVED)
        fine(*args)
        assert parsed(FILE.read_text())["deny"] == {"openai": ["*"]}

    def test_four_saves_in_a_row(self, editor: Editor) -> None:
        editor.saves(*(f"# {number}\n{SAVED}" for number in range(4)))
        fine(*EXCLUDE)
        assert FILE.read_text().startswith(f"# 3\n{SAVED}")
        assert "o3-*" in FILE.read_text()

    def test_a_program_that_never_ends(self, editor: Editor) -> None:
        editor.saves(*(f"# {number}\n{SAVED}" for number in range(100)))
        assert refused_after_diff() == f"llm-models: {FILE.absolute()}: {AGAIN}\n"
        assert FILE.read_text() == f"# 4\n{SAVED}"
        assert litter(Path()) == []

    def test_a_save_that_is_not_valid(self, editor: Editor) -> None:
        editor.saves("prefer = [\n")
        assert "not valid TOML" in refused(here(*EXCLUDE))
        assert FILE.read_text() == "prefer = [\n"

    def test_a_save_that_removes_what_is_to_be_removed(self, editor: Editor) -> None:
        FILE.write_text('[[models]]\nprovider = "openai"\nid = "old"\ntags = ["x"]\n')
        editor.saves(SAVED)
        assert "has no entry for openai:old" in refused(here("unset", "openai:old"))
        assert FILE.read_text() == SAVED

    @pytest.mark.parametrize("how", [(), ("--config", FILE.name)])
    def test_the_file_is_removed(self, editor: Editor, how: tuple[str, ...]) -> None:
        editor.acts = [FILE.unlink]
        assert refused(here(*EXCLUDE, *how)) == f"llm-models: {FILE.absolute()}: {AGAIN}\n"
        assert os.listdir() == []

    def test_the_file_is_removed_before_it_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The search found it, so no new one is made."""
        FILE.write_text(TEXT)
        real = locks.locked

        def late(*args: Any, **how: Any) -> locks.locked:
            FILE.unlink()
            return real(*args, **how)

        monkeypatch.setattr(locks, "locked", late)
        assert refused(here(*EXCLUDE)) == f"llm-models: {FILE.absolute()}: {AGAIN}\n"
        assert os.listdir() == []

    def test_a_file_appears(self, editor: Editor) -> None:
        FILE.unlink()
        editor.saves(SAVED)
        fine(*EXCLUDE)
        assert FILE.read_text() == SAVED + '\n[exclude]\nopenai = ["o3-*"]\n'

    def test_it_becomes_a_link(self, editor: Editor) -> None:
        Path("far").mkdir()
        Path("far/real.toml").write_text(TEXT)  # the same text elsewhere is another file
        editor.acts = [lambda: (FILE.unlink(), FILE.symlink_to("far/real.toml"))]
        assert "is a link to far/real.toml; remove it, or give --config" in refused(here(*EXCLUDE))
        assert FILE.is_symlink()
        assert Path("far/real.toml").read_text() == TEXT
        fine(*EXCLUDE, "--config", FILE.name)
        assert Path("far/real.toml").read_text() == TEXT + '\n[exclude]\nopenai = ["o3-*"]\n'
        assert (litter(Path()), os.listdir("far")) == ([], ["real.toml"])

    def test_a_link_leads_elsewhere(self, editor: Editor) -> None:
        for name in "ab":
            Path(name).mkdir()
            Path(name, "real.toml").write_text(TEXT)
        FILE.unlink()
        FILE.symlink_to("a/real.toml")
        editor.acts = [lambda: (FILE.unlink(), FILE.symlink_to("b/real.toml"))]
        fine(*EXCLUDE, "--config", FILE.name)
        assert FILE.readlink() == Path("b/real.toml")
        assert Path("a/real.toml").read_text() == TEXT
        assert "o3-*" in Path("b/real.toml").read_text()

    @pytest.mark.parametrize(("make", "noun"), [(os.mkdir, "directory"), (os.mkfifo, "FIFO")])
    def test_it_becomes_something_else(self, editor: Editor, make: Callable[[str], None], noun: str) -> None:
        editor.acts = [lambda: (FILE.unlink(), make(FILE.name))]
        assert refused(here(*EXCLUDE)) == f"llm-models: {FILE.absolute()}: is a {noun}, not a file\n"
        assert os.listdir() == [FILE.name]

    def test_something_appears_where_init_begins_the_file(self, editor: Editor) -> None:
        FILE.unlink()
        editor.acts = [lambda: None, lambda: None, lambda: FILE.write_text(SAVED)]  # two for the schema
        assert "this file exists already" in refused(here("init"))
        assert FILE.read_text() == SAVED
        assert litter(Path()) == []

    def test_of_two_revisions_of_one_text_only_the_first_is_written(self) -> None:
        """Also without the lock, as a program uses the class."""
        FILE.write_text(TEXT)
        folder = paths.find()
        first, second = Revision.open(folder), Revision.open(folder)
        first.exclude("openai", "o3-*")
        first.write()
        second.exclude("openai", "o1*")
        with pytest.raises(ConfigChangedError, match=AGAIN):
            second.write()
        assert FILE.read_text() == first.new


def refused_after_diff() -> str:
    told = here(*EXCLUDE)
    assert (told.code, told.out) == (1, "")
    return told.err


class TestLock:
    """The lock of the folder of the real file; nothing is left beside the file."""

    @pytest.mark.parametrize("linked", [False, True])
    def test_a_holder_is_waited_for(self, linked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("far").mkdir()
        if linked:
            Path("far/real.toml").write_text(TEXT)
            FILE.symlink_to("far/real.toml")
        else:
            FILE.write_text(TEXT)
        folder = Path("far" if linked else ".").absolute()
        monkeypatch.setattr(locks, "locked", functools.partial(locks.locked, timeout=0.1))
        with locks.locked(str(folder), leave_file=False):
            told = refused(here(*EXCLUDE, "--config", FILE.name))
            assert told == f"llm-models: {folder}: another process holds this lock (waited 0.1 s)\n"
            assert FILE.read_text() == TEXT
            fine(*EXCLUDE, "--dry-run", "--config", FILE.name)  # reads only
        fine(*EXCLUDE, "--config", FILE.name)
        assert "o3-*" in FILE.read_text()
        assert sorted(os.listdir()) == ["far", FILE.name]
        assert os.listdir("far") == ["real.toml"] * linked

    def test_init_waits_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locks, "locked", functools.partial(locks.locked, timeout=0.1))
        with locks.locked(".", leave_file=False):
            assert "another process holds this lock" in refused(here("init"))
        assert not FILE.exists()

    def test_the_file_is_read_only_inside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A command that waited makes its edit once, on the text that the holder left."""
        FILE.write_text(TEXT)
        waits, say = os.pipe()
        real_lock, real_open = locks.kernel_lock, Revision.open
        opened: list[Revision] = []

        def lock(fd: int, *, release: bool = False) -> bool:
            free = real_lock(fd, release=release)
            if not free:
                os.write(say, b"x")
            return free

        def opening(folder: paths.Folder) -> Revision:
            opened.append(real_open(folder))
            return opened[-1]

        def work() -> int:
            monkeypatch.setattr(locks, "kernel_lock", lock)
            monkeypatch.setattr(Revision, "open", opening)
            return here(*EXCLUDE).code or len(opened)

        with locks.locked(".", leave_file=False):
            child = in_child(work)
            os.close(say)
            assert os.read(waits, 1) == b"x"
            FILE.write_text(SAVED)
        assert ended(child) == 1
        os.close(waits)
        assert FILE.read_text().startswith(SAVED)

    def test_it_is_free_before_the_change_is_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A pager may stay open for hours."""
        FILE.write_text(TEXT)
        shown = []

        def line(*texts: str) -> None:
            with locks.locked(".", timeout=0, leave_file=False):
                shown.extend(texts)

        monkeypatch.setattr(edits, "verbatim", line)
        fine(*EXCLUDE)
        assert '+openai = ["o3-*"]' in shown

    def test_it_ends_with_an_error(self) -> None:
        FILE.write_text("prefer = [\n")
        refused(here(*EXCLUDE))
        with locks.locked(".", timeout=0, leave_file=False):
            assert os.listdir() == [FILE.name]

    def test_no_folder(self) -> None:
        told = refused(here(*EXCLUDE, "--config", "no/such.toml"))
        assert told == f"llm-models: {Path('no').absolute()}: No such file or directory\n"
        assert os.listdir() == []

    def test_a_system_that_cannot_lock_folders(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Then it is a file, which is removed, also with eight at once."""
        monkeypatch.setattr(locks, "_FOLDERS", False)
        FILE.write_text(TEXT)
        assert at_once(command("exclude", "openai", f"zz{number}*") for number in range(8)) == [0] * 8
        assert sorted(parsed(FILE.read_text())["exclude"]["openai"]) == [f"zz{number}*" for number in range(8)]
        with locks.locked(".", leave_file=False):
            assert sorted(os.listdir()) == sorted([locks.LOCK_NAME, FILE.name])
        assert os.listdir() == [FILE.name]


class TestActivation:
    """An activation that runs at the same time holds exactly the text that it states, whichever that is."""

    def test_of_a_text_that_changes_after_it_was_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fine("exclude", "openai", "gpt-5.2")
        first = FILE.read_bytes()
        real = activation.pipeline.merge_application

        def late(*args: Any, **how: Any) -> Any:
            fine("exclude", "openai", "gpt-5.1")
            return real(*args, **how)

        with monkeypatch.context() as patch:
            patch.setattr(activation.pipeline, "merge_application", late)
            fine("activate")
        file = SnapshotFile.open(f"{STATE}/snapshot.json")
        file.verify()
        assert file.config() == first
        assert not file.holds_config(FILE.read_bytes())
        assert (file.holds("openai", "gpt-5.2"), file.holds("openai", "gpt-5.1")) == (False, True)
        found = llm_models.load()  # merges again
        assert {"gpt-5.2", "gpt-5.1"}.isdisjoint(model.id for model in found.list_models("openai"))

    def test_at_once(self) -> None:
        ids = [model.id for model in llm_models.load(config=None, publish=False).list_models("openai")][:6]
        fine("activate")
        edits = [command("exclude", "openai", model_id) for model_id in ids]
        assert at_once([*edits, *[command("activate", "--force")] * 6]) == [0] * 12
        file = SnapshotFile.open(f"{STATE}/snapshot.json")
        file.verify()
        text = file.config()
        stated = parsed(text.decode())["exclude"]["openai"] if text else []
        assert {model_id for model_id in ids if not file.holds("openai", model_id)} == set(stated)
        assert sorted(parsed(FILE.read_text())["exclude"]["openai"]) == sorted(ids)
