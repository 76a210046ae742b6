"""The command `lint`: what it reports of a small code base, in each format, with which exit code; what silences it."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from support.command import fine, here

import llm_models
from llm_models.past import Past

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("code")

CHAT = '''"""gpt-5-codex in a docstring is prose."""
from openai import OpenAI

MODEL = "gpt-5.4-mini"
client = OpenAI()
client.responses.create(model="openai:gpt-5-codex")  # gone
prices = {"gpt-5.4-mini": 0.15}
'''
GONE = "chat.py:6:32: openai:gpt-5-codex is no longer listed: "


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A code base that names a model that is gone, as the working folder."""
    (tmp_path / "chat.py").write_text(CHAT, "utf-8")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_model_that_is_gone_is_an_error_with_its_place_day_and_successor() -> None:
    result = here("lint")
    assert result.code == 1
    [found] = result.out.splitlines()
    assert found.startswith(GONE)
    assert result.err == "1 file read, 3 names of models: 1 error\n"


def test_code_without_a_finding_exits_with_0(code: Path) -> None:
    (code / "chat.py").write_text('MODEL = "gpt-5.4-mini"\n', "utf-8")
    result = fine("lint")
    assert result.out == ""
    assert result.err == "1 file read, 1 name of models: nothing to report\n"


def test_json_has_each_finding_and_what_was_not_read(code: Path) -> None:
    (code / "broken.py").write_text("def f(:  # 'gpt-5.4-mini'\n", "utf-8")
    result = here("lint", "--json")
    assert result.code == 1
    answer = json.loads(result.out)
    [finding] = answer["findings"]
    assert (finding["file"], finding["line"], finding["column"]) == ("chat.py", 6, 32)
    assert (finding["text"], finding["spec"], finding["rule"]) == ("openai:gpt-5-codex", "openai:gpt-5-codex", "gone")
    assert [one["file"] for one in answer["skipped"]] == ["broken.py"]
    assert (answer["files"], answer["names"]) == (1, 3)


def test_a_workflow_gets_annotations_and_a_pull_request_one_block() -> None:
    [annotation] = here("lint", "--format", "github").out.splitlines()
    assert annotation.startswith("::error file=chat.py,line=6,col=32::openai:gpt-5-codex is ")
    lines = here("lint", "--format", "markdown").out.splitlines()
    assert lines[0] == lines[-1] == "```"
    assert lines[1].startswith("1 file read")
    assert lines[2].startswith(GONE)


def test_a_name_in_a_text_cannot_command_a_runner(code: Path) -> None:
    (code / "a,b:c\n.py").write_text('x = call(model="openai:gpt-5-codex")\n', "utf-8")
    for style in ("text", "github", "markdown"):
        for line in here("lint", "--format", style).out.splitlines():
            assert not line.startswith("::") or line.startswith("::error file=")


@pytest.mark.parametrize(
    "silence",
    [
        pytest.param(("--exclude", "chat.py"), id="exclude"),
        pytest.param(("--exclude", "*.py"), id="a glob"),
        pytest.param(("--ignore", "openai:gpt-5-codex"), id="ignore"),
        pytest.param(("--ignore", "*-codex"), id="ignore by a glob"),
    ],
)
def test_options_silence(silence: tuple[str, ...]) -> None:
    assert fine("lint", *silence).out == ""


@pytest.mark.parametrize("stated", ['exclude = ["*.py"]', 'ignore = ["openai:gpt-5-codex"]'])
def test_so_does_the_configuration_wherever_the_command_runs(
    code: Path, stated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code / "llm_models.toml").write_text(f"[lint]\n{stated}\n", "utf-8")
    assert fine("lint").out == ""
    (code / "inner").mkdir()
    monkeypatch.chdir(code / "inner")
    assert fine("lint", "..").out == ""


def test_so_does_a_comment(code: Path) -> None:
    (code / "chat.py").write_text(CHAT.replace("# gone", "# llm-models: ignore"), "utf-8")
    assert fine("lint").out == ""


def test_so_is_a_model_whose_provider_is_gone_too(code: Path) -> None:
    gone = [one for one in Past().providers() if one not in llm_models.load(config=None, publish=False).view.known]
    assert gone
    specs = [f"{name}:{Past().ids(name)[0]}" for name in sorted(gone)]
    (code / "chat.py").write_text("".join(f"call(model={spec!r})\n" for spec in specs), "utf-8")
    answer = json.loads(here("lint", "--json").out)
    assert {(one["text"], one["rule"]) for one in answer["findings"]} == {(spec, "gone") for spec in specs}


def test_what_the_configuration_hides_is_reported(code: Path) -> None:
    (code / "chat.py").write_text('MODEL = "gpt-5.4-mini"\n', "utf-8")
    (code / "llm_models.toml").write_text('[deny]\nopenai = ["gpt-5.4-mini"]\n', "utf-8")
    answer = json.loads(here("lint", "--json").out)
    assert [(one["rule"], one["spec"]) for one in answer["findings"]] == [("denied", "openai:gpt-5.4-mini")]


def test_a_price_above_the_limit_is_reported(code: Path) -> None:
    (code / "chat.py").write_text('MODEL = "gpt-5.4-mini"\n', "utf-8")
    assert fine("lint", "--max-price-input", "1").out == ""
    result = here("lint", "--max-price-input", "0.5")
    assert result.code == 1
    assert "0.75" in result.out


def test_a_note_does_not_fail(code: Path) -> None:
    (code / "chat.py").write_text('call(model="openai:gpt-99-nope")\n', "utf-8")
    assert fine("lint").out == ""
    assert "[note]" in fine("lint", "--unknown").out


def test_a_path_that_is_missing_is_an_error(code: Path) -> None:
    result = here("lint", "nowhere")
    assert result.code == 1
    assert "nowhere" in result.err
    assert "Traceback" not in result.err


def test_the_models_that_are_named_are_written_to_a_file(code: Path) -> None:
    here("lint", "--used", "models.txt")
    names = [line for line in (code / "models.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert names == ["openai:gpt-5-codex", "openai:gpt-5.4-mini"]


def test_nothing_that_is_read_is_run(code: Path) -> None:
    (code / "evil.py").write_text('open("ran", "w").close()\nMODEL = "gpt-5.4-mini"\n', "utf-8")
    (code / "evil.yaml").write_text("!!python/object/apply:os.system ['touch ran']\n", "utf-8")
    here("lint")
    assert not (code / "ran").exists()


def test_a_file_that_the_system_does_not_let_it_read_is_an_error(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it names is not known, so the list of the models that are used is not written."""
    (code / "chat.py").write_text('MODEL = "gpt-5.4-mini"\n', "utf-8")
    (code / "other.py").write_text('MODEL = "gpt-5.4"\n', "utf-8")
    real, late = os.open, (PermissionError(errno.EACCES, "Permission denied"), OSError(errno.EIO, "Input/output error"))
    for error in late:

        def refuse(path: Any, *args: Any, error: OSError = error, **named: Any) -> int:
            if str(path) == "other.py":
                raise error
            return real(path, *args, **named)

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", refuse)
            result = here("lint", "--used", "used.txt")
        assert (result.code, result.out) == (1, "")
        assert result.err.splitlines() == [
            f"error: other.py was not read: {error.strerror.lower()}",
            "1 file read, 1 name of models: nothing to report",
            "used.txt is not written, because 1 file could not be read",
        ]
        assert not (code / "used.txt").exists()
    fine("lint", "--used", "used.txt")
    assert "openai:gpt-5.4\n" in (code / "used.txt").read_text("utf-8")


def test_a_folder_that_cannot_be_listed_is_an_error(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code / "chat.py").write_text("", "utf-8")
    (code / "inner").mkdir()
    real = os.scandir

    def refuse(path: Any) -> Any:
        if str(path) == "inner":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = here("lint")
    assert (result.code, result.err.splitlines()[0]) == (1, "error: inner was not read: permission denied")
