"""The command as a person runs it: real processes, their stdout, stderr and exit codes."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from subprocess import PIPE
from typing import TYPE_CHECKING

import click
import pytest
from support.catalogues import catalogue, model, provider
from support.command import COMMAND, facts, fine, here, program, refused, started
from support.command import process as run

from llm_models.cli import cli

if TYPE_CHECKING:
    from pathlib import Path


def test_select_prints_one_model_spec_and_nothing_else() -> None:
    result = run("select", "--require", "tools", "--require", "json_native", "--prefer", "openai")
    assert result.code == 0
    assert re.fullmatch(r"openai:\S+\n", result.out)
    assert result.err == ""


def test_python_m_is_the_command() -> None:
    shown = program([sys.executable, "-m", "llm_models", "--version"])
    assert shown.code == 0
    assert shown.out.startswith("llm-models, version ")
    assert program([sys.executable, "-m", "llm_models", "lst"]).code == 2


def test_show_tells_what_is_known_and_json_is_the_whole_record() -> None:
    text = run("show", "openai:gpt-4o-mini").out
    assert re.search(r"^limits.context +128,000$", text, re.MULTILINE)
    assert re.search(r"^cost.input +0.15$", text, re.MULTILINE)
    record = json.loads(run("show", "gpt-4o-mini@openai", "--json").out)
    assert record["id"] == "gpt-4o-mini"
    assert record["limits"] == {"context": 128000, "output": 16384}


def test_list_prints_one_line_a_model() -> None:
    lines = run("list", "anthropic").out.splitlines()
    listed = json.loads(run("list", "anthropic", "--json").out)
    assert len(lines) == len(listed) + 1
    assert [line.split()[0] for line in lines[1:]] == [f"anthropic:{model['id']}" for model in listed]


def test_providers_counts_models() -> None:
    row = next(line for line in run("providers").out.splitlines() if line.startswith("openai "))
    assert "OPENAI_API_KEY" in row
    assert len(json.loads(run("providers", "--json").out)) == 147


@pytest.mark.parametrize(
    "spelling",
    ["claude-haiku-4-5@20251001@google-vertex", "google_vertex:claude-haiku-4-5@20251001"],
)
def test_resolve_reads_both_forms(spelling: str) -> None:
    assert run("resolve", spelling).out == "google_vertex:claude-haiku-4-5@20251001\n"
    assert run("resolve", spelling, "--style", "filename").out == "claude-haiku-4-5%4020251001@google_vertex\n"


def test_info_tells_the_snapshot_and_verifies_it() -> None:
    info = json.loads(run("info", "--verify", "--json").out)
    assert (info["providers"], info["models"]) == (147, 5276)
    assert re.fullmatch(r"[0-9a-f]{64}", info["digest"])
    assert "verified" in info


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["show", "openai:gpt-4o-mni"], "Did you mean 'gpt-4o-mini'"),
        (["list", "opnai"], "Did you mean 'openai'"),
        (["select", "--require", "tolls"], "Did you mean 'tools'"),
        (["select", "--prefer", "opnai"], "Did you mean 'openai'"),
        (["resolve", "gpt-4o-mini@openai", "--style", "filname"], "Did you mean 'filename'"),
        (["show", "gpt-oss-120b"], "served by"),
        (["select", "--require", "embeddings", "--require", "tools"], "no model fits"),
        (["list", "--snapshot", "missing.json"], "missing.json"),
    ],
)
def test_a_no_is_one_line_on_stderr_and_exit_1(args: list[str], expected: str) -> None:
    message = refused(run(*args))
    assert expected in message
    assert message.count("\n") == 1


def test_wrong_usage_is_exit_2() -> None:
    assert "Did you mean" in refused(run("lst"), 2)
    assert "SPEC" in refused(run("show"), 2)


def test_a_damaged_snapshot_is_named(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_bytes(b"{}")
    assert str(path) in refused(run("list", "openai", "--snapshot", str(path)))


def test_control_characters_of_the_data_never_reach_the_terminal(tmp_path: Path) -> None:
    hostile = model("m", name="a\x1b[2Jb\r\n::add-mask::c")
    source, out = tmp_path / "api.json", tmp_path / "out.json"
    name = "\x1b]52;c;ZXZpbA==\x07 \u202eprovider"
    source.write_bytes(catalogue(provider("evil", hostile, name=name, env=["E\x1b[31m"])))
    assert run("activate", "--from", str(source), "--out", str(out)).code == 0
    for args in (["list"], ["providers"], ["show", "evil:m"], ["info"], ["show", "evil:\x1b[31m"]):
        result = run(*args, "--snapshot", str(out))
        shown = result.out + result.err
        assert not re.search(r"[^\x20-\x7e\n]", shown), (args, shown)
        assert not shown.startswith("::")


def test_a_closed_pipe_and_an_ascii_locale_leave_no_traceback() -> None:
    shell = f"{shlex.join(COMMAND)} list | head -1"
    result = program(["bash", "-c", shell], LC_ALL="C", PYTHONIOENCODING="ascii")
    assert result.out.startswith("model")
    assert result.err == ""


def test_help_of_every_command_has_an_example() -> None:
    for name, command in cli.commands.items():
        text = fine(name, "--help").out
        assert "Example:\n" in text, name
        assert f"llm-models {name}" in text, name
        assert command.get_short_help_str()


class TestHowACommandEnds:
    """Whatever happens, one line on stderr and the exit code that the documentation states."""

    @staticmethod
    def fails(patch: pytest.MonkeyPatch, error: BaseException) -> None:
        def callback(**_: object) -> None:
            raise error

        patch.setattr(cli.commands["providers"], "callback", callback)

    def test_a_fault_of_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails(monkeypatch, RuntimeError("out of \x1b[31m paper\n" + "x" * 1000))
        message = refused(here("providers"), 3)
        assert message.startswith("llm-models: a fault of ours: RuntimeError: out of \\x1b[31m paper\\nxxx")
        assert message.count("\n") == 1
        assert len(message) < 700
        monkeypatch.setenv("LLM_MODELS_DEBUG", "1")
        with pytest.raises(RuntimeError, match="paper"):
            here("providers")

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
    def test_an_interrupt(self, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails(monkeypatch, error)
        assert refused(here("providers"), 130).strip() == "interrupted"

    def test_what_click_refuses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails(monkeypatch, click.ClickException("no such paper"))
        assert "no such paper" in refused(here("providers"))

    def test_a_reader_that_has_gone(self) -> None:
        """A short answer stays in a buffer until the end; only then does the closed pipe show."""
        read, write = os.pipe()
        os.close(read)
        with started("resolve", "gpt-4o-mini@openai", stdout=write, stderr=PIPE) as child:
            os.close(write)
            assert child.stderr is not None
            assert child.stderr.read() == b""
        assert child.returncode == 1


class TestAsJson:
    """`--json` prints the whole answer as data, and an empty answer too."""

    def test_resolve(self) -> None:
        assert facts("resolve", "gpt-4o-mini@openai") == {
            "requested": "gpt-4o-mini@openai",
            "spec": "openai:gpt-4o-mini",
            "provider": "openai",
            "id": "gpt-4o-mini",
        }

    def test_select(self) -> None:
        wanted = ("select", "--require", "json_native", "--prefer", "openai")
        best, every = facts(*wanted), facts(*wanted, "--all")
        assert every[0] == best
        assert len(every) > 100
        lines = fine(*wanted, "--all").out.splitlines()
        assert len(lines) == len(every) + 1
        assert lines[1].split()[0] == f"openai:{best['id']}"

    def test_a_list_of_nothing(self) -> None:
        nothing = ("list", "openai", "--require", "embeddings", "--require", "tools")
        plain = refused(here(*nothing))
        assert plain.count("\n") == 1
        assert here(*nothing, "--json") == (1, "[]\n", plain)

    def test_a_schema_that_is_none(self) -> None:
        assert "Did you mean 'overrides'" in refused(here("schema", "overides"), 2)


class TestActivate:
    """`activate --from FILE --out FILE` writes the whole new file or nothing."""

    def test_counts_what_was_dropped_and_repaired(self, tmp_path: Path) -> None:
        odd = model("m", name=" m ", limit={"context": 0, "output": 5}, cost={"input": -1})
        owner = provider("p", odd)
        owner["models"]["x"] = model("y")
        source, out = tmp_path / "api.json", tmp_path / "out.json"
        source.write_bytes(catalogue(owner))
        told = json.loads(run("activate", "--from", str(source), "--out", str(out), "--force", "--json").out)
        reasons = {(row["kind"], row["place"]): row["count"] for row in told["notes"]}
        assert reasons["record dropped", "model"] == 1
        assert reasons["dropped", "limit.context"] == 1
        assert reasons["repaired", "name"] == 1
        assert told["models"] == 1

    @pytest.mark.parametrize(
        "bad", ["{}", "<html></html>", '{"error": "x"}', '{"p": {"id": "q", "models": {"m": {}}}}']
    )
    def test_no_catalogue_or_no_survivor_leaves_the_old_file(self, tmp_path: Path, bad: str) -> None:
        source, out = tmp_path / "api.json", tmp_path / "out.json"
        source.write_text(bad)
        out.write_text("old")
        message = refused(run("activate", "--from", str(source), "--out", str(out)))
        assert str(source) in message
        assert out.read_text() == "old"
        assert sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")) == [
            "api.json",
            "out.json",
        ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [("llm-models show openai:gpt-4o-m", "openai:gpt-4o-mini"), ("llm-models resolve anthr", "anthropic:claude")],
)
def test_the_shell_completes_model_specs(words: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "llm_models.toml").write_text('overrides_module = "evil"\n')
    (tmp_path / "evil.py").write_text("open('ran', 'w').close()\n")
    completing = {"_LLM_MODELS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "2"}
    result = run(cwd=tmp_path, LLM_MODELS_CONFIG=str(tmp_path / "llm_models.toml"), **completing)
    assert any(line.startswith(f"plain,{expected}") for line in result.out.splitlines()), result
    assert not (tmp_path / "ran").exists()
