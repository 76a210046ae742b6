"""Text of strangers, as commands print it: it controls no terminal, no runner of continuous integration, no shell."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import ShellComplete
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.command import here

import llm_models
from llm_models.cli import output
from llm_models.cli.problems import print_annotations
from llm_models.errors import Problem, printable
from llm_models.integrations.click import ModelSpecParam

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMANDS = (
    "##[error]x",
    "##vso[task.setvariable variable=a]b",
    "##VSO[x]",
    "##teamcity[x]",
    "::error::x",
    "  ::stop-commands::x",
)
"""Texts that a runner of GitHub, Azure or TeamCity obeys."""
HOSTILE = st.lists(
    st.sampled_from(
        (*COMMANDS, "##", "[", "::", ":", "#", " ", "\n", "\r", "\t", "\x1b[2J", "\u2028", "\u202e", "\u3164", "a")
    ),
    max_size=6,
).map("".join)


def obeyed(text: str) -> bool:
    """Whether a runner finds a command in a text that was printed."""
    anywhere = re.search(r"##\w*\[", text) is not None
    return anywhere or any(line.lstrip().startswith("::") for line in text.splitlines())


def printed(write: Callable[[], object]) -> str:
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        write()
    return out.getvalue()


WRITERS: dict[str, Callable[[str], object]] = {
    "a line": output.line,
    "a note": output.note,
    "pairs": lambda text: output.print_pairs([(text, text)]),
    "a table": lambda text: output.print_table(("a", "b"), [(text, text)]),
    "JSON": lambda text: output.print_json({text: [text]}),
    "rows of JSON": lambda text: output.print_rows([json.dumps({text: [text]}) + "\n"], is_json=True),
}


@pytest.mark.parametrize("writer", WRITERS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(text=HOSTILE)
def test_no_text_is_a_command(writer: str, text: str) -> None:
    shown = printed(lambda: WRITERS[writer](text))
    assert not obeyed(shown), shown
    assert all(printable(line) == line for line in shown.split("\n")), shown
    if "JSON" in writer:
        assert json.loads(shown) == {text: [text]}


@pytest.mark.parametrize("text", COMMANDS)
def test_the_control_is_obeyed(text: str) -> None:
    assert obeyed(text)


@given(text=HOSTILE)
def test_an_annotation_is_one_command(text: str) -> None:
    (shown,) = printed(lambda: print_annotations([Problem(text, path=text, file=text)])).splitlines()
    assert shown.startswith("::error file=")
    assert re.search(r"##\w*\[", shown) is None


@pytest.mark.parametrize("style", ["text", "json", "github"])
@pytest.mark.parametrize("text", COMMANDS)
def test_a_key_of_a_file_is_no_command(text: str, style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "llm_models.toml").write_text(f'"{text}" = 1\n')
    result = here("validate", "--format", style)
    assert result.code == 1
    assert text.strip(" :#")[1:] in result.out  # it is told
    own = result.out.replace("::error file=", "") if style == "github" else result.out
    assert not obeyed(own + result.err)


def test_a_path_is_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "::set-output name=approved::true"
    folder.mkdir()
    (folder / "llm_models.toml").write_text("preferr = 1\n")
    result = here("validate", "--", f"{folder.name}/llm_models.toml")
    assert result.out.startswith("./::set-output name=approved::true/llm_models.toml:1:1: unknown key")
    assert not obeyed(result.err)


def test_letters_that_look_blank_are_shown() -> None:
    """Python counts them as printable. Else no character is escaped that can be seen."""
    for text in (
        "\u034f",
        "\u115f",
        "\u1160",
        "\u17b4",
        "\u180b",
        "\u180f",
        "\u2800",
        "\u3164",
        "\ufe0f",
        "\uffa0",
        "\U000e0101",
    ):
        assert printable(f"a{text}b") == f"a{text.encode('unicode_escape').decode()}b"
    every = [chr(code) for code in range(0x20000) if unicodedata.category(chr(code))[0] in "LNPS"]
    assert {text for text in every if printable(text) != text} == {*"\u115f\u1160\u2800\u3164\uffa0"}


def test_brackets_are_no_pattern_of_files_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There click would read the file that the pattern `[ab]` matches instead."""
    for name, text in (("a", ""), ("[ab]", "preferr = 1\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "llm_models.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("click.core.os", SimpleNamespace(**{**vars(os), "name": "nt"}))
    assert "[ab]/llm_models.toml:1:1: unknown key" in here("validate", "[ab]/llm_models.toml").out


class TestCompletion:
    def offered(self, typed: str, ids: list[str]) -> list[str]:
        overrides = {
            "providers": [{"id": "evil", "base_url": "http://127.0.0.1:1"}],
            "models": [{"provider": "evil", "id": model_id, "limits": {"context": 1}} for model_id in ids],
        }
        snapshot = llm_models.load(config=None, overrides=overrides, publish=False)
        parameter = ModelSpecParam(lambda: snapshot)
        command = click.Command("program", params=[click.Option(["--model"], type=parameter)])
        found = ShellComplete(command, {}, "program", "_COMPLETE").get_completions(["--model"], typed)
        return [item.value for item in found]

    def test_a_shell_would_take_each_name_as_one_word(self) -> None:
        good = ["a", "A.b", "a/b", "a_b", "a:free", "a@eu", "a+b", "a-1", "~maker/a-latest", "a~b"]
        bad = [
            "gpt-4$(touch${IFS}x)", "a b", "a;b", "a|b", "a&b", "a`b`", "a'b", "a\"b", "a*", "a?", "[a]", "a{b,c}",
            "a>b", "a\\b", "a!b", "a#b", "a(b)", "a=b", "通义",
        ]  # fmt: skip
        assert sorted(self.offered("evil:", good + bad)) == sorted(f"evil:{name}" for name in good)

    def test_nearly_all_of_the_packaged_models_are_offered(self) -> None:
        packaged = llm_models.load(config=None, publish=False)
        names = [model.spec for model in packaged.list_models()]
        left_out = [name for name in names if re.search(r"[^A-Za-z0-9._:/@+~-]", name)]
        assert len(left_out) < len(names) / 100


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 250])
def test_a_long_list_is_printed_as_json_prints_it(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    """However many of its values are printed at once."""
    values = [{"id": f"m{one}", "tags": ["a\nb"], "none": {}} for one in range(number)]
    output.print_json_list(iter(values))
    assert capsys.readouterr().out == json.dumps(values, indent=2) + "\n"
