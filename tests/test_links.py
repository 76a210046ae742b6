"""A repository may bring links, devices and files of others where commands write: nothing of them is changed."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import histories
from support.catalogues import numbered
from support.command import STATE, Result, facts, fine, here, refused

from llm_models import manifest, paths, state
from llm_models.locks import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="links and FIFOs as POSIX knows them"),
    pytest.mark.usefixtures("clone"),
]

SECRET = "SECRET-VALUE-0123456789"
SNAPSHOT, UPSTREAM = f"{STATE}/{state.SNAPSHOT}", f"{STATE}/upstream.json"
MANIFEST, HISTORY = f"{STATE}/{state.MANIFEST}", f"{STATE}/{paths.HISTORY_NAME}"
PREVIOUS, SCHEMA = f"{STATE}/{paths.PREVIOUS_NAME}", f"{STATE}/{state.SCHEMA}"
LOCK = f"{STATE}/{LOCK_NAME}"
ACTIVATE = ("activate", "--from", "../api.json", "--force")
PULL = ("pull", "--url", "../api.json")
WRITES = {
    ACTIVATE: (SNAPSHOT, PREVIOUS, HISTORY, LOCK, STATE),
    PULL: (UPSTREAM, MANIFEST, LOCK, STATE),
    ("init",): (SCHEMA, STATE),
    ("rollback",): (SNAPSHOT, PREVIOUS, LOCK, STATE),
}
"""The commands that write state files, and what a link in the place of must not be followed."""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, beside it a source and the home of its user."""
    monkeypatch.setattr(os, "fsync", os.fstat)
    histories.shipped(monkeypatch, tmp_path, numbered(3), "2026-01-03")
    real = paths.resources
    (tmp_path / "none").mkdir()  # no curated overrides, which only take time to read here
    monkeypatch.setattr(paths, "resources", lambda name: str(tmp_path / "none") if name == "overrides" else real(name))
    (tmp_path / "api.json").write_bytes(numbered(4))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".bashrc").write_text("mine\n")
    folder = tmp_path / "clone"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def everything(folder: Path) -> dict[str, object]:
    """What is below a folder: of each link its target, of each file its content and mode."""

    def look(path: Path) -> object:
        if path.is_symlink():
            return str(path.readlink())
        return (path.read_bytes(), path.stat().st_mode) if path.is_file() else path.stat().st_mode

    return {str(path): look(path) for path in sorted(folder.rglob("*"))}


def ready(command: tuple[str, ...]) -> None:
    """Make the state folder as a command finds it, with something to go back to."""
    if command == ("rollback",):
        fine(*ACTIVATE)
        fine("activate", "--from", "../api.json", "--force", "--without-prose")
        Path(PREVIOUS).write_bytes(Path(SNAPSHOT).read_bytes())
    else:
        Path(STATE).mkdir()


def attempt(clone: Path, command: tuple[str, ...]) -> str:
    """The message of a command that must be refused and change nothing."""
    before = everything(clone.parent)
    message = refused(here(*command))
    assert everything(clone.parent) == before
    assert len(message.splitlines()) == 1
    return message


PAIRS = [(command, place) for command, places in WRITES.items() for place in places]


class TestLinks:
    """A link where we write, or for the folder of it, is refused, and nothing is written."""

    @pytest.mark.parametrize(("command", "place"), PAIRS)
    @pytest.mark.parametrize("target", ["../home/.bashrc", "../home/missing"])
    def test_in_the_place_of_what_a_command_writes(
        self, clone: Path, command: tuple[str, ...], place: str, target: str
    ) -> None:
        ready(command)
        if place == STATE:
            os.rename(STATE, "../home/state")
            target = "../home/state"
        elif place != LOCK or command != ("rollback",):
            Path(place).unlink(missing_ok=True)
        else:
            Path(place).unlink()
        to = target if place == STATE else os.path.join("..", target)
        Path(place).symlink_to(to)
        message = attempt(clone, command)
        if (command, place) != (("rollback",), STATE):
            assert f"{clone / place}: is a link to {to}; remove it" in message
        assert (Path("../home/.bashrc")).read_text() == "mine\n"
        assert not Path("../home/missing").exists()

    def test_the_message_names_the_option_for_another_place(self) -> None:
        Path(STATE).mkdir()
        Path(SNAPSHOT).symlink_to("../../home/.bashrc")
        assert here(*ACTIVATE).err.endswith("; remove it, or give --out\n")
        Path(UPSTREAM).symlink_to("../../home/.bashrc")
        assert here(*PULL).err.endswith("; remove it, or give --out\n")

    @pytest.mark.parametrize("command", [("set", "acme:m0", "cost.input=2"), ("exclude", "acme", "m1")])
    @pytest.mark.parametrize("extra", [(), ("--dry-run",)])
    def test_a_linked_configuration_is_changed_only_where_it_is_named(
        self, clone: Path, command: tuple[str, ...], extra: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = Path("../home/other.toml")
        other.write_text('prefer = ["acme"]\n')
        Path("llm_models.toml").symlink_to(other)
        message = attempt(clone, (*command, *extra))
        assert f"{clone}/llm_models.toml: is a link to ../home/other.toml; remove it, or give --config" in message
        monkeypatch.setenv("LLM_MODELS_CONFIG", "llm_models.toml")
        attempt(clone, (*command, *extra))
        fine(*command, *extra, "--config", "llm_models.toml")
        assert Path("llm_models.toml").is_symlink()
        assert ("acme" in other.read_text().partition("\n")[2]) is (extra == ())

    def test_init_does_not_follow_a_link_without_a_target(self) -> None:
        Path("llm_models.toml").symlink_to("../home/new.toml")
        refused(here("init"))
        assert not Path("../home/new.toml").exists()

    def test_a_path_that_the_user_typed_is_followed(self) -> None:
        for name in ("out.json", "up.json"):
            Path(name).symlink_to(f"../home/{name}")
        fine(*ACTIVATE, "--out", "out.json")
        fine(*PULL, "--out", "up.json")
        assert Path("out.json").is_symlink()
        assert Path("../home/out.json").read_bytes().startswith(b'[{"format":')
        assert Path("../home/up.json").read_bytes() == numbered(4)
        Path("in.json").symlink_to("../home/up.json")
        fine("activate", "--from", "in.json", "--force")
        Path("snap.json").symlink_to("../home/out.json")
        assert fine("list", "--snapshot", "snap.json").out

    def test_the_manifest_beside_it_was_not_typed(self, clone: Path) -> None:
        Path("manifest.json").symlink_to("../home/.bashrc")
        assert "is a link to ../home/.bashrc" in attempt(clone, (*PULL, "--out", "up.json"))

    def test_a_link_that_appears_between_look_and_rename_is_replaced_and_not_followed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Path(STATE).mkdir()
        real = os.replace

        def replace(source: str, target: str, **how: int) -> None:
            if target == state.SNAPSHOT and not Path(SNAPSHOT).exists():
                Path(SNAPSHOT).symlink_to("../../home/.bashrc")
            real(source, target, **how)

        monkeypatch.setattr(os, "replace", replace)
        fine(*ACTIVATE)
        assert not Path(SNAPSHOT).is_symlink()
        assert Path("../home/.bashrc").read_text() == "mine\n"

    def test_a_folder_that_becomes_a_link_meanwhile_is_not_written_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The folder is open: what is renamed in it stays in it."""
        Path(STATE).mkdir()
        real = os.replace

        def replace(source: str, target: str, **how: int) -> None:
            if target == state.SNAPSHOT:
                os.rename(STATE, "moved")
                Path(STATE).symlink_to("../home")
            real(source, target, **how)

        monkeypatch.setattr(os, "replace", replace)
        here(*ACTIVATE)
        assert sorted(os.listdir("../home")) == [".bashrc"]
        assert (Path("moved") / state.SNAPSHOT).exists()

    def test_a_second_name_of_a_file_keeps_the_old_content(self) -> None:
        """A hard link is harmless: a new file takes the place of one of the names."""
        fine(*ACTIVATE)
        os.link(SNAPSHOT, "../home/other")
        old = Path(SNAPSHOT).read_bytes()
        Path("../api.json").write_bytes(numbered(5))
        fine(*ACTIVATE)
        assert Path("../home/other").read_bytes() == old != Path(SNAPSHOT).read_bytes()


def fifo(path: str) -> None:
    os.mkfifo(path)


def bound(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)


SPECIAL: dict[str, Callable[[str], None]] = {"a FIFO": fifo, "a socket": bound, "a directory": os.mkdir}


class TestForeignFiles:
    """What is not a file of ours is not replaced, and no command waits for it."""

    @pytest.mark.parametrize(("command", "place"), [pair for pair in PAIRS if pair[1] != STATE])
    @pytest.mark.parametrize("what", SPECIAL)
    def test_something_else_than_a_file(self, clone: Path, command: tuple[str, ...], place: str, what: str) -> None:
        ready(command)
        Path(place).unlink(missing_ok=True)
        SPECIAL[what](place)
        message = attempt(clone, command)
        assert str(clone / place) in message or "not a regular file" in message or "is a directory" in message.lower()

    @pytest.mark.parametrize(
        ("command", "place", "what"),
        [
            (ACTIVATE, SNAPSHOT, "an llm_models snapshot"),
            (ACTIVATE, PREVIOUS, "an llm_models snapshot"),
            (ACTIVATE, HISTORY, "an llm_models history"),
            (PULL, UPSTREAM, "a catalogue that was pulled"),
            (PULL, MANIFEST, "the manifest of a pulled file"),
            ((*PULL, "--out", "up.json"), "manifest.json", "the manifest of a pulled file"),
            (("init",), SCHEMA, "a schema of llm_models.toml"),
            (("rollback",), SNAPSHOT, "an llm_models snapshot"),
            (("rollback",), PREVIOUS, "an llm_models snapshot"),
        ],
    )
    def test_a_file_of_somebody_else(self, clone: Path, command: tuple[str, ...], place: str, what: str) -> None:
        ready(command)
        for text in ('{"mine": 1}', "my notes\n", "[]", "\x00\x01"):
            Path(place).write_text(text)
            assert f"{clone / place}: is not {what}, so it is not replaced; remove it" in attempt(clone, command)
        Path(place).write_text("")  # an empty file holds nothing of anybody
        if command != ("rollback",):
            fine(*command)

    @pytest.mark.parametrize("place", [SNAPSHOT, HISTORY])
    def test_a_file_of_ours_that_is_damaged_is_replaced(self, place: str) -> None:
        fine(*ACTIVATE)
        data = Path(place).read_bytes()
        for damage in (data[: len(data) // 2], data.replace(b"models", b"modelz"), data + b"x"):
            Path(place).write_bytes(damage)
            fine(*ACTIVATE)
            assert Path(place).read_bytes() == data

    def test_a_pulled_file_of_ours_is_replaced_also_where_its_manifest_is_gone(self) -> None:
        fine(*PULL)
        Path(MANIFEST).unlink()
        Path("../api.json").write_bytes(numbered(5))
        fine(*PULL)
        assert manifest.believed(UPSTREAM) is not None

    def test_a_dry_run_refuses_the_same(self, clone: Path) -> None:
        Path(STATE).mkdir()
        Path(SNAPSHOT).write_text('{"mine": 1}')
        assert "is not an llm_models snapshot" in attempt(clone, (*ACTIVATE, "--dry-run"))

    @pytest.mark.parametrize("what", ["a FIFO", "a socket", "a directory"])
    def test_load_does_not_wait(self, what: str) -> None:
        Path("llm_models.toml").write_text('prefer = ["openai"]\n')
        Path(STATE).mkdir()
        SPECIAL[what](SNAPSHOT)
        assert "not a regular file" in refused(here("list", "openai"))
        os.rmdir(SNAPSHOT) if what == "a directory" else os.unlink(SNAPSHOT)
        SPECIAL[what](HISTORY)
        assert here("show", "openai:no-such-model").code == 1


class TestReports:
    """What is reported of a file to which a link leads out of the repository: its problems' place and kind."""

    @pytest.fixture(params=["link", "folder"])
    def linked(self, request: pytest.FixtureRequest) -> Iterator[str]:
        if request.param == "link":
            Path("llm_models.toml").symlink_to("../home/other.toml")
            return "llm_models.toml"
        Path("../home/sub").mkdir()
        Path("../home/sub/llm_models.toml").symlink_to("../other.toml")
        Path("sub").symlink_to("../home/sub")
        return "sub/llm_models.toml"

    @pytest.mark.parametrize(
        ("text", "place", "kind"),
        [
            (f'prefer = "{SECRET}"\n', "1:10", "expected an array"),
            (f'"{SECRET}" = 1\n', "1:1", "unknown key"),
            (f"prefer = {SECRET}\n", "1:", "not valid TOML"),
            (f'[[models]]\nprovider = "acme"\nid = "{SECRET}"\ncost.inptu = 1\n', "3:", "unknown key"),
            (f'[deny]\nacme = ["{SECRET}"]\n', "2:", ""),
            (f'prefer = ["{SECRET}"]\n', "1:", ""),
            ('[[models]]\nprovider = "acme"\nid = "m0"\ncost.input = "0123456789"\n', "4:", "expected"),
        ],
    )
    @pytest.mark.parametrize("style", ["text", "json", "github"])
    def test_have_no_text_of_it(self, linked: str, text: str, place: str, kind: str, style: str) -> None:
        Path("../home/other.toml").write_text(text)
        told = here("validate", "--strict", "--format", style, linked)
        assert told.code == 1
        self.check(told)
        assert kind in told.out
        if style == "text":
            assert told.out.startswith(f"{linked}:{place}")

    def check(self, told: Result) -> None:
        everything = (told.out + told.err).lower()
        assert not any(part in everything for part in ("secret", "0123456789", "inptu"))
        assert "its text is not shown" in everything

    @pytest.mark.parametrize("command", [("list", "openai"), ("activate",), ("info",)])
    def test_other_commands_have_none_either(self, command: tuple[str, ...]) -> None:
        Path("llm_models.toml").symlink_to("../home/other.toml")
        Path("../home/other.toml").write_text(f'prefer = "{SECRET}"\n')
        told = here(*command)
        assert told.code == 1
        self.check(told)

    def test_a_link_inside_the_repository_hides_nothing(self) -> None:
        Path("real.toml").write_text(f'prefer = "{SECRET}"\n')
        Path("llm_models.toml").symlink_to("real.toml")
        assert SECRET in here("validate").out

    def test_a_link_to_the_whole_repository_hides_nothing(self, clone: Path) -> None:
        Path("llm_models.toml").write_text(f'prefer = "{SECRET}"\n')
        Path("../home/project").symlink_to(clone)
        assert SECRET in here("validate", "../home/project/llm_models.toml").out

    def test_without_a_repository_its_folder_counts(self, clone: Path) -> None:
        (clone / ".git").rmdir()
        Path("llm_models.toml").symlink_to("../home/other.toml")
        Path("../home/other.toml").write_text(f'prefer = "{SECRET}"\n')
        self.check(here("validate"))


@pytest.mark.parametrize("command", ["show", "list", "validate", "init", "activate", "pull", "diff", "info", "set"])
def test_an_empty_path_is_a_mistake_in_the_command_line(command: str) -> None:
    """In a script it is a variable without a value, and must not mean the default place."""
    from llm_models.cli import cli

    words = {"show": ["openai:x"], "set": ["openai:x", "cost.input=1"], "diff": ["packaged"]}.get(command, [])
    typed = [one for one in cli.commands[command].params if getattr(one.type, "name", "") == "file"]
    assert typed
    for one in typed:
        flag = [] if one.param_type_name == "argument" else [one.opts[0]]
        told = here(command, *([] if one.param_type_name == "argument" else words), *flag, "")
        assert (told.code, told.out) == (2, ""), told
        assert "the path is empty" in told.err


def test_each_option_that_takes_a_path_refuses_an_empty_one() -> None:
    from llm_models.cli import cli

    for name, command in cli.commands.items():
        for one in command.params:
            if one.name in {"config", "snapshot", "out", "path", "files", "folder"} or (
                name == "diff" and one.name == "new"
            ):
                assert getattr(one.type, "name", "") == "file", (name, one.name)


def test_the_json_of_a_pull_is_as_before(clone: Path) -> None:
    assert facts(*PULL)["path"] == str(clone / UPSTREAM)
