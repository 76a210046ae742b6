"""The workflow of a user's folder: what commands say before, between and after its steps, and while they work."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.catalogues import numbered
from support.clock import on
from support.command import COMMAND, environment, facts, fine, here, pairs, refused

import llm_models
from llm_models.activation import activate
from llm_models.cli import info
from llm_models.paths import TEMPLATE, find
from llm_models.schema import published

if TYPE_CHECKING:
    from collections.abc import Sequence

STATE = Path(".llm_models")
SCHEMA = STATE / "overrides.schema.json"
CONFIG = Path("llm_models.toml")
SOURCE = Path("api.json")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LLM_MODELS_URL")]:
        monkeypatch.delenv(name)


def nothing() -> None:
    """A folder without state."""


def a_file() -> None:
    STATE.write_text("mine", encoding="utf-8")


def empty() -> None:
    STATE.mkdir()


NEXT_STEPS = {
    "diff active pulled": "nothing was pulled yet. Run 'llm-models pull'",
    "diff pulled": "nothing was pulled yet. Run 'llm-models pull'",
    "diff active previous": "there is no previous snapshot: an activation keeps the one that it replaces",
    "rollback": "there is no previous snapshot to go back to; an activation keeps the one that it replaces",
}


@pytest.mark.parametrize("state", [nothing, a_file, empty])
@pytest.mark.parametrize("words", NEXT_STEPS)
def test_commands_before_the_first_step_say_what_to_run(words: str, state: object) -> None:
    assert callable(state)
    state()
    message = refused(here(*words.split()))
    assert NEXT_STEPS[words] in message
    assert "No such file" not in message


def test_without_a_previous_snapshot_rollback_says_how_to_return_to_the_packaged_data() -> None:
    """The step that it states is right: without the file, the packaged data is in use."""
    nothing()
    assert refused(here("rollback")).endswith("The packaged data is in use.\n")
    fine("activate")
    file = (STATE / "snapshot.json").absolute()
    assert refused(here("rollback")).endswith(f"To return to the packaged data, remove {file}.\n")
    assert facts("info")["kind"] == "activated"
    file.unlink()
    assert facts("info")["kind"] == "packaged"


@pytest.mark.parametrize("state", [nothing, empty])
def test_a_check_before_the_first_activation_says_what_to_run(state: object) -> None:
    assert callable(state)
    state()
    assert "there is no snapshot to check; 'llm-models activate' makes one" in refused(here("activate", "--check"))


def test_a_state_that_is_a_file_is_named_as_one() -> None:
    a_file()
    for words in (["activate"], ["activate", "--check"], ["init"]):
        assert ".llm_models: is a file, not a folder" in refused(here(*words)), words
    assert STATE.read_text("utf-8") == "mine"


def test_a_file_that_is_missing_is_named_as_it_was_typed() -> None:
    for words in (["activate", "--from"], ["diff"]):
        assert refused(here(*words, "nofile.json")).startswith("llm-models: nofile.json: "), words


def test_the_previous_snapshot_can_be_compared() -> None:
    fine("activate")
    CONFIG.write_text('[[models]]\nprovider = "openai"\nid = "gpt-5.4-nano"\ntags = ["mine"]\n', encoding="utf-8")
    fine("activate")
    changes = facts("diff", "previous", "active")["changes"]
    assert [(one["spec"], one["field"]) for kind in changes.values() for one in kind] == [
        ("openai:gpt-5.4-nano", "tags")
    ]


class TestLineEnds:
    """A checkout on another system changes them, and TOML gives them no meaning."""

    TEXT = b'prefer = ["openai"]\n\n[deny]\nopenai = ["o1*"]\n'

    @pytest.mark.parametrize("first", ["\n", "\r\n"])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    def test_other_ones_make_no_activation_due(self, first: str, mark: bytes) -> None:
        CONFIG.write_bytes(mark + self.TEXT.replace(b"\n", first.encode()))
        fine("activate")
        other = "\r\n" if first == "\n" else "\n"
        for text in (self.TEXT.replace(b"\n", other.encode()), b"\xef\xbb\xbf" + self.TEXT):
            CONFIG.write_bytes(text)
            assert facts("info")["activate"]["state"] == "up to date"
            assert fine("activate", "--check").code == 0

    def test_any_other_change_does(self) -> None:
        CONFIG.write_bytes(self.TEXT)
        fine("activate")
        for text in (self.TEXT + b"# a note\n", self.TEXT.replace(b"o1", b"o3")):
            CONFIG.write_bytes(text)
            assert facts("info")["activate"]["state"] == "due"


class TestMirror:
    def test_a_variable_names_the_address_and_a_command_states_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        SOURCE.write_bytes(numbered(3))
        monkeypatch.setenv("LLM_MODELS_URL", str(SOURCE))
        told = fine("pull")
        assert told.err == "note: fetching api.json (from LLM_MODELS_URL)\n"
        assert json.loads((STATE / "manifest.json").read_text("utf-8"))["url"] == SOURCE.absolute().as_uri()
        assert facts("info")["mirrors"] == [{"variable": "LLM_MODELS_URL", "url": "api.json"}]
        assert pairs("info")["mirrors"] == "LLM_MODELS_URL: api.json"

    def test_what_is_typed_counts_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        SOURCE.write_bytes(numbered(3))
        monkeypatch.setenv("LLM_MODELS_URL", "missing.json")
        assert fine("pull", "--url", str(SOURCE)).err == ""
        assert "missing.json" in refused(here("pull"))

    def test_each_source_has_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLM_MODELS_URL", "https://one.example/api.json")
        monkeypatch.setenv("LLM_MODELS_URL_OPENROUTER", "missing.json")
        assert "missing.json" in refused(here("pull", "--source", "openrouter"))

    def test_no_password_is_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLM_MODELS_URL", "https://me:secret@mirror.example/a.json?key=secret")
        address = "https://mirror.example/a.json"
        assert facts("info")["mirrors"] == [{"variable": "LLM_MODELS_URL", "url": address}]

    def test_no_file_of_a_folder_can_name_one(self) -> None:
        """`validate` refuses such a key, and `load()` does, too."""
        for key in ("url", "mirror", "source_url"):
            CONFIG.write_text(f'{key} = "https://evil.example/api.json"\n', encoding="utf-8")
            assert here("validate").code == 1


OLD = info.OLD


class TestAge:
    @pytest.fixture(autouse=True)
    def _old(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(info, "OLD", OLD)

    def test_old_data_gets_one_line(self) -> None:
        with on("2026-10-01"):
            assert "days old" not in fine("info").err + fine("activate").err
        with on("2027-06-01"):
            for words in (["info"], ["activate"]):
                assert len([line for line in fine(*words).lines if "the data is 244 days old" in line]) == 1
            assert json.loads(fine("info", "--json").out)["age_days"] == 244

    def test_the_library_is_silent(self, capsys: pytest.CaptureFixture[str]) -> None:
        with on("2027-06-01"):
            llm_models.load(publish=False)
            activate(None, find(), force=True)
        assert capsys.readouterr() == ("", "")

    def test_of_a_file_that_was_copied_it_counts_from_its_last_change(self) -> None:
        SOURCE.write_bytes(numbered(3, last_updated="2026-10-01"))
        os.utime(SOURCE, (1_791_208_800, 1_791_208_800))  # 2026-10-05
        fine("pull", "--url", str(SOURCE))
        fine("activate", "--force")
        with on("2026-11-04"):
            assert facts("info")["age_days"] == 30

    def test_the_limit_is_one_number(self) -> None:
        assert 30 < OLD < 366


def test_without_a_folder_info_says_what_that_means() -> None:
    CONFIG.write_text('prefer = ["openai"]\n', encoding="utf-8")
    told = fine("info", "--config", "none")
    assert (
        "note: --config none: the packaged data, without the llm_models.toml and the activation of any folder"
        in told.err
    )
    assert "--config none" not in fine("info").err


class TestInit:
    def test_git_ignores_what_concerns_one_machine(self) -> None:
        fine("init")
        SOURCE.write_bytes(numbered(3, last_updated="2026-10-01"))
        fine("pull", "--url", str(SOURCE))
        for _ in range(2):
            fine("activate", "--force")
            CONFIG.write_text("# another text\n", encoding="utf-8")
        subprocess.run(["git", "init", "-q", "."], check=True)
        ignored = subprocess.run(
            ["git", "ls-files", "--others", "--ignored", "--exclude-standard"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        kept = {path.name for path in STATE.iterdir()} - {Path(name).name for name in ignored}
        assert kept == {".gitignore", "overrides.schema.json", "snapshot.json", "history.json"}

    def test_a_gitignore_of_the_user_stays(self) -> None:
        STATE.mkdir()
        (STATE / ".gitignore").write_text("*\n", encoding="utf-8")
        fine("init")
        assert (STATE / ".gitignore").read_text("utf-8") == "*\n"

    def test_beside_a_file_that_is_there_it_writes_what_is_missing(self) -> None:
        """As after a first `set`: the file stays, and the message has the line by which an editor finds the schema."""
        fine("set", "openai:gpt-5.2", "tags+=ours")
        text = CONFIG.read_bytes()
        told = fine("init")
        assert told.out == f"wrote {SCHEMA.absolute()}\nwrote {(STATE / '.gitignore').absolute()}\n"
        assert told.err.endswith(f"if its first line is: {Path(TEMPLATE).read_text('utf-8').splitlines()[0]}\n")
        assert (CONFIG.read_bytes(), facts("info")["schema"]) == (text, "same")
        assert "this file exists already" in refused(here("init"))
        (STATE / ".gitignore").unlink()
        assert facts("init")["written"] == [str((STATE / ".gitignore").absolute())]

    def test_the_schema_of_another_version_is_reported_and_renewed(self) -> None:
        fine("init")
        text = CONFIG.read_bytes()
        assert facts("info")["schema"] == "same"
        assert "schema" not in pairs("info")
        right = published("overrides")
        SCHEMA.write_text(json.dumps({**right, "title": "of 0.0.9"}), encoding="utf-8")
        assert facts("info")["schema"] == "other"
        assert pairs("info")["schema"] == "of another version; 'llm-models init' renews it"
        assert fine("init").out == f"renewed {SCHEMA.absolute()}\n"
        assert json.loads(SCHEMA.read_text("utf-8")) == right
        assert CONFIG.read_bytes() == text
        assert "this file exists already" in refused(here("init"))


def on_a_terminal(words: Sequence[str]) -> tuple[str, str]:
    """What a command prints on stdout, which is a pipe, and on stderr, which is a terminal."""
    ours, theirs = pty.openpty()
    with (
        Path("out.txt").open("wb") as out,
        subprocess.Popen([*COMMAND, *words], stdout=out, stderr=theirs, env=environment(TERM="xterm")),
    ):
        os.close(theirs)
        seen = b""
        while part := _read(ours):
            seen += part
    os.close(ours)
    return Path("out.txt").read_text("utf-8"), seen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # so Linux states the end
        return b""


STAGES = {
    "activate --force --from api.json": ["reading api.json", "comparing with the snapshot in use", "writing "],
    "activate --check": ["reading ", "merging", "comparing"],
    "diff packaged active": ["comparing"],
    "validate llm_models.toml": ["checking llm_models.toml"],
    "info --verify": ["checking the whole snapshot"],
    "search claude": ["searching"],
    "export litellm --scope openai": ["writing the document"],
    "browse --config small.toml": ["making the page"],
    "diff packaged --against list.json --source litellm": ["reading list.json", "comparing"],
}


@pytest.mark.parametrize("words", STAGES)
def test_long_work_shows_its_stages_on_a_terminal_and_removes_them(words: str) -> None:
    CONFIG.write_text('known = ["openai:gpt-99"]\n', encoding="utf-8")
    SOURCE.write_bytes(numbered(3))
    Path("list.json").write_text("{}", encoding="utf-8")
    Path("small.toml").write_text('[allow]\ngroq = "all"\n', encoding="utf-8")
    fine("activate")
    out, err = on_a_terminal(words.split())
    told = err.split("\r\x1b[2K")
    assert [any(part.startswith(stage) for part in told) for stage in STAGES[words]] == [True] * len(STAGES[words])
    assert "\x1b[2K" not in out
    stages = [part for part in told[1:-1] if part]
    assert all("\n" not in stage for stage in stages)
    assert told[-1] == "" or told[-1].endswith("\n")  # the last one was removed before anything else was printed
    piped = here(*words.split())
    assert "\x1b" not in piped.out + piped.err
