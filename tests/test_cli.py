"""The command as a person runs it: real processes, their stdout, stderr and exit codes."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import sys
from contextlib import suppress
from subprocess import PIPE
from typing import TYPE_CHECKING, Any

import click
import pytest
from support import ROOT
from support.catalogues import catalogue, model, provider
from support.command import COMMAND, environment, facts, fine, here, program, refused, started
from support.command import process as run

from llm_models import CAPABILITIES, differences, guards, modelspec, parse_provider, ranking, schema
from llm_models.cli import EXIT_CODES, cli, output
from llm_models.cli.conditions import OPTIONS
from llm_models.wishes import MEANT

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
    text = run("show", "openai:gpt-4o-mini", "--all").out
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
    assert len(json.loads(run("providers", "--json").out)) == 225


def test_providers_takes_names_of_providers_in_any_spelling() -> None:
    every = run("providers").out.splitlines()
    chosen = run("providers", "OpenAI", "vertex_ai", "openai").out.splitlines()
    assert [line.split() for line in chosen[1:]] == [
        line.split() for line in every if line.startswith(("google_vertex ", "openai "))
    ]
    assert "unknown provider 'opnai'. Did you mean 'openai'?" in run("providers", "opnai").err


@pytest.mark.parametrize(
    "spelling",
    ["claude-haiku-4-5@20251001@google-vertex", "google_vertex:claude-haiku-4-5@20251001"],
)
def test_resolve_reads_both_forms(spelling: str) -> None:
    assert run("resolve", spelling).out == "google_vertex:claude-haiku-4-5@20251001\n"
    assert run("resolve", spelling, "--style", "filename").out == "claude-haiku-4-5%4020251001@google_vertex\n"


def test_info_tells_the_snapshot_and_verifies_it() -> None:
    info = json.loads(run("info", "--verify", "--json").out)
    assert (info["providers"], info["models"]) == (225, 8337)
    assert re.fullmatch(r"[0-9a-f]{64}", info["digest"])
    assert "verified" in info


@pytest.mark.parametrize(
    ("args", "code", "expected"),
    [
        (["show", "openai:gpt-4o-mni"], 1, "Did you mean 'gpt-4o-mini'"),
        (["list", "opnai"], 2, "Did you mean 'openai'"),
        (["select", "--require", "tolls"], 2, "Did you mean 'tools'"),
        (["select", "--prefer", "opnai"], 2, "Did you mean 'openai'"),
        (["resolve", "gpt-4o-mini@openai", "--style", "filname"], 2, "Did you mean 'filename'"),
        (["show", "gpt-oss-120b"], 1, "served by"),
        (["select", "--require", "embeddings", "--require", "tools"], 1, "no model fits"),
        (["list", "--snapshot", "missing.json"], 1, "missing.json"),
    ],
)
def test_a_no_is_one_line_on_stderr(args: list[str], code: int, expected: str) -> None:
    message = refused(run(*args), code)
    assert expected in message
    assert message.count("\n") == 1


@pytest.mark.parametrize("word", sorted(MEANT))
def test_the_hint_of_a_word_is_options_that_answer(word: str) -> None:
    """What a message of the command line says to state can be copied into the command."""
    message = refused(run("select", "--require", word), 2)
    hint = message.partition(" State ")[2].partition(" for ")[0].partition(",")[0].rstrip(".\n")
    assert hint.startswith("--")
    assert ":" in fine("select", *hint.split()).out


@pytest.mark.parametrize(
    "args",
    [
        ["--max-cost", "1"], ["--order-by", "cost"], ["--at", "x"], ["--released-after", "x"], ["--kind", ""],
        ["--lifecycle", "x"], ["--min-context", "100000000000000M"], ["--match", " "], ["--tags", ""],
    ],
)  # fmt: skip
def test_a_message_names_the_option_as_it_is_written(args: list[str]) -> None:
    for command in ("list", "select"):
        message = refused(run(command, *args), 2)
        assert args[0] in message
        assert not re.search(r"\w_\w|\w=\w*[\['{]|\('", message)


LEAVING_OUT = {
    "--require": "--require tools --require embeddings", "--forbid": "--forbid tools", "--kind": "--kind music",
    "--input": "--input pdf", "--output": "--output video", "--min-context": "--min-context 2.5M",
    "--min-output": "--min-output 2.5M", "--max-price-input": "--max-price-input 0.00001",
    "--max-price-output": "--max-price-output 0.00001", "--workload": "--workload input=90M,output=80M",
    "--max-cost": "--max-cost 0.0000001 --workload input=5", "--released-after": "--released-after 2026-11-01",
    "--open-weights": "--open-weights", "--family": "--family no-such", "--match": "--match no:such",
    "--tags": "--tags no-such", "--lifecycle": "--lifecycle retired --lifecycle preview", "--free": "--free",
    "--no-deprecated": "--no-deprecated", "--billing": "--billing trial --billing plan",
}  # fmt: skip
"""Option -> how it leaves out models."""


@pytest.mark.parametrize("option", LEAVING_OUT)
def test_what_leaves_out_models_is_told_in_words_of_the_command_line(option: str) -> None:
    """No name of an argument, no value of Python, and numbers as people write them."""
    message = refused(run("select", *LEAVING_OUT[option].split(), "--scope", "openai", "--match", "no:such"))
    assert re.match(r"llm-models: no model fits; of \d+ models of openai: ", message)
    assert not re.search(r"True|False|None|\w_\w|'|\de-?\d|\d\.0\b|argument", message, re.IGNORECASE)


def test_every_option_that_leaves_out_models_is_told_so() -> None:
    others = {"--unknown", "--scope", "--prefer", "--order-by", "--at"}
    assert {words.partition(" ")[0].partition("/")[0] for words in OPTIONS} == {*LEAVING_OUT} | others


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--free", "that are not free"),
        ("--not-free", "that are free"),
        ("--open-weights", "whose weights are not open"),
        ("--closed-weights", "whose weights are not closed"),
    ],
)
def test_yes_and_no_are_told_in_words(option: str, says: str) -> None:
    message = refused(run("select", option, "--match", "no:such"))
    assert re.search(rf"[:,] \d+ {says}[ ,]", message)


def test_how_to_count_what_is_not_stated_is_an_option() -> None:
    message = refused(run("select", "--require", "json_schema", "--match", "no:such"))
    hint = re.search(r" unless (--unknown \w+) or (--unknown \w+) is given$", message.strip())
    assert hint
    for words in hint.groups():
        fine("select", "--require", "json_schema", *words.split())


def test_why_shows_unusual_values_and_the_maker() -> None:
    """Of every candidate, as JSON and as a table; and the table says what `list` says of the same model."""
    usual = ("--match", "*mistral-nemo", "--order-by", "price")
    rows = {one["spec"]: one for one in json.loads(fine("select", "--why", "--all", "--json", *usual).out)}
    lines = fine("select", "--why", "--all", *usual).out.splitlines()
    listed = dict(line.split(maxsplit=1) for line in fine("list", "--kind", "chat", *usual).out.splitlines())
    start, end, last = (lines[0].index(name) for name in ("unusual", "maker", "billing"))
    assert len(rows) == len(lines) - 1
    assert any("outliers" in row for row in rows.values())
    assert not all("outliers" in row for row in rows.values())
    for line in lines[1:]:
        spec = line.split()[0]
        odd, maker, billing = line[start:end].strip(), line[end:last].strip(), line[last:].strip()
        assert bool(odd) == ("outliers" in rows[spec])
        assert (f"(unusual: {odd})" in listed[spec]) == bool(odd)
        assert (maker, billing) == (rows[spec]["maker"], rows[spec]["billing"])
        assert maker == parse_provider(rows[spec]["canonical"].partition("/")[0])


def test_wrong_usage_is_exit_2() -> None:
    assert "Did you mean" in refused(run("lst"), 2)
    assert "SPEC" in refused(run("show"), 2)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_an_option_given_twice_combines_or_is_refused(name: str) -> None:
    """Of two values of an option none is silently dropped."""
    command = cli.commands[name]
    single = [one for one in command.params if isinstance(one, click.Option) and not (one.multiple or one.count)]
    for option in single:
        if option.is_flag and not option.secondary_opts:
            continue
        words = [option.opts[-1], option.secondary_opts[-1]] if option.is_flag else [option.opts[-1], "1"] * 2
        refusal = here(name, *words)
        assert refusal.code == 2, option.name
        assert "is given twice, but takes one value" in refusal.err, option.name


def test_options_that_list_are_a_union() -> None:
    specs = [fine("select", "--scope", name, "--order-by", "price").out for name in ("openai", "anthropic", "google")]
    scopes = ("--scope", "openai", "--scope", "anthropic", "--scope", "google")
    assert fine("select", *scopes, "--order-by", "price").out in specs
    listed = fine("select", *scopes, "--all", "--json").out
    assert {record["provider"] for record in json.loads(listed)} == {"openai", "anthropic", "google"}


def test_a_damaged_snapshot_is_named(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_bytes(b"{}")
    assert str(path) in refused(run("list", "openai", "--snapshot", str(path)))


def test_control_characters_of_the_data_never_reach_the_terminal(tmp_path: Path) -> None:
    hostile = model("m", name="a\x1b[2Jb\r\n::add-mask::c")
    source, out = tmp_path / "api.json", tmp_path / "out.json"
    name = "\x1b]52;c;ZXZpbA==\x07 \u202eprovider"
    source.write_bytes(catalogue(provider("evil", hostile, name=name, env=["E\x1b[31m"])))
    assert run("activate", "--from", str(source), "--out", str(out), "--force").code == 0
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


def test_the_data_cannot_write_to_a_terminal_either(tmp_path: Path) -> None:
    """A pipe would not show it, since click removes ANSI codes there. Only the styles of our tables are left."""
    pty = pytest.importorskip("pty")
    (tmp_path / "llm_models.toml").write_text(
        '[[providers]]\nid = "evil"\nname = "x\\u001b[2J\\u0007"\nenv = ["A\\u009b31m"]\n'
        '[[models]]\nprovider = "evil"\nid = "m"\nname = "a\\u001b[2Jb"\nlimits.context = 1\n'
    )
    for args in (["providers"], ["show", "evil:m"], ["explain", "evil:m"], ["show", "evil:\x1b]0;x\x07"]):
        terminal, theirs = pty.openpty()
        shown = b""
        with started(*args, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment(TERM="xterm")):
            os.close(theirs)
            with suppress(OSError):  # the end, on Linux
                while part := os.read(terminal, 1 << 16):
                    shown += part
        os.close(terminal)
        text = re.sub(r"\x1b\[[\d;]*m", "", shown.decode()).replace("\r\n", "\n")
        assert all(character.isprintable() or character == "\n" for character in text), (args, text)
        assert "\\x" in text, args


def test_everything_is_written_and_escaped_in_one_place() -> None:
    """In `cli/` one call writes, in `output`, and only `cell` escapes."""
    writing = {"click.echo", "click.secho", "click.echo_via_pager", "print", "sys.stdout.write", "sys.stderr.write"}
    calls = [
        (f"{path.stem}.{function.name}", ast.unparse(node.func))
        for path in sorted((ROOT / "llm_models" / "cli").glob("*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    ]
    assert [where for where, name in calls if name in writing] == ["output._write"]
    assert [where for where, name in calls if name in {"printable", "quoted"}] == ["output.cell"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        ([], "-"),
        ((), "-"),
        ("", ""),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (8192, "8,192"),
        (128_000, "128,000"),
        (0.0, "0"),
        (2.0, "2"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (["text", None, True], "text, -, yes"),
        (("a", 20_000), "a, 20,000"),
        ({"context_over": 200_000, "input": 0.5}, "{context_over: 200,000, input: 0.5}"),
        ({}, "{}"),
        ("a\x1b[31m\n\u202e", "a\\x1b[31m\\n\\u202e"),
        ([{"\x07": "\r"}], "{\\x07: \\r}"),
    ],
)
def test_a_value_for_people(value: object, text: str) -> None:
    assert output.cell(value) == text


class TestHelp:
    """Help lists what the code lists, and each list stands in one module."""

    @staticmethod
    def of(*command: str) -> str:
        """A help text, as if its lines were not wrapped."""
        return re.sub(r"\s+", " ", fine(*command, "--help").out)

    def test_of_every_command_has_an_example(self) -> None:
        for name, command in cli.commands.items():
            text = fine(name, "--help").out
            assert "Example:\n" in text, name
            assert f"llm-models {name}" in text, name
            assert command.get_short_help_str()
            assert not re.search(r"[{}]", text), name

    @pytest.mark.parametrize(
        ("command", "text"),
        [
            ("list", f"Capabilities: {', '.join(CAPABILITIES)}."),
            ("select", f"Capabilities: {', '.join(CAPABILITIES)}."),
            ("select", f"--order-by [{'|'.join(ranking.ORDERS)}]"),
            ("resolve", f"One of: {', '.join(modelspec.STYLES)}."),
            ("schema", f"{', '.join(schema.SCHEMAS)}."),
            ("diff", f"each is {', '.join(differences.NAMES)}, or"),
            ("activate", f"more than {100 * guards.MAX_INVALID:g} % of the records"),
            ("activate", f"{100 * guards.MAX_GONE:g} % or more of the active models"),
            ("activate", f"by a factor of {guards.TENFOLD} or more"),
        ],
    )
    def test_states_the_lists_and_limits_of_the_code(self, command: str, text: str) -> None:
        assert text in self.of(command)

    def test_states_the_exit_codes(self) -> None:
        text = self.of()
        assert all(f"{code} {meaning}" in text for code, meaning in EXIT_CODES.items())

    def test_an_order_has_words(self) -> None:
        text = " ".join(self.of("select").split())
        assert all(f"{name}: {meaning}" in text for name, meaning in ranking.ORDERS.items())


class TestErrors:
    """Every way for a command to end, and its exit code."""

    @pytest.fixture
    def failing(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Make `schema` raise an error."""

        def fail(error: BaseException) -> None:
            def callback(**_: object) -> None:
                raise error

            monkeypatch.delenv("LLM_MODELS_DEBUG", raising=False)
            monkeypatch.setattr(cli.commands["schema"], "callback", callback)

        return fail

    def test_internal(self, failing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        failing(ZeroDivisionError("a\x1b\nb"))
        result = here("schema", "model")
        assert (result.code, result.out) == (3, "")
        assert result.err == (
            "llm-models: internal error: ZeroDivisionError: a\\x1b\\nb "
            "(LLM_MODELS_DEBUG=1 shows where; please report it)\n"
        )
        monkeypatch.setenv("LLM_MODELS_DEBUG", "1")
        with pytest.raises(ZeroDivisionError):
            here("schema", "model")

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
    def test_interrupted(self, failing: Any, error: BaseException) -> None:
        failing(error)
        result = here("schema", "model")
        assert (result.code, result.out, result.err.strip()) == (130, "", "interrupted")

    def test_too_little_memory(self, failing: Any) -> None:
        failing(MemoryError())
        assert refused(here("schema", "model")) == "llm-models: there is not enough memory\n"

    def test_usage(self) -> None:
        result = here("schema", "modle\x1b")
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("llm-models: no schema 'modle\\x1b' (expected ")
        assert result.err.count("\n") == 1
        assert result.err.endswith("Did you mean 'model'?\n")

    def test_what_click_refuses(self, failing: Any) -> None:
        failing(click.ClickException("no such paper"))
        assert "no such paper" in refused(here("schema", "model"))

    def test_a_reader_that_has_gone(self) -> None:
        """A short answer stays in a buffer until the end; only then does the closed pipe show."""
        read, write = os.pipe()
        os.close(read)
        with started("resolve", "gpt-5.2@openai", stdout=write, stderr=PIPE) as child:
            os.close(write)
            assert child.stderr is not None
            assert child.stderr.read() == b""
        assert child.returncode == 1

    def test_a_shell_that_has_gone(self) -> None:
        """Completions are written without click's own care for closed pipes."""
        read, write = os.pipe()
        os.close(read)
        asked = {"_LLM_MODELS_COMPLETE": "bash_complete", "COMP_WORDS": "llm-models ", "COMP_CWORD": "1"}
        with started(stdout=write, stderr=PIPE, env=environment(**asked)) as child:
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
        data = json.loads(run("activate", "--from", str(source), "--out", str(out), "--force", "--json").out)
        reasons = {(row["kind"], row["place"]): row["count"] for row in data["notes"]}
        assert reasons["record dropped", "model"] == 1
        assert reasons["dropped", "limit.context"] == 1
        assert reasons["repaired", "name"] == 1
        assert data["models"] == 1

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


@pytest.mark.whole
def test_a_limit_of_select_is_as_many_candidates() -> None:
    words = ("select", "--require", "tools", "--prefer", "openai", "--json")
    every = [one["spec"] for one in json.loads(fine(*words, "--all").out)]
    for limit in (1, 3):
        assert [one["spec"] for one in json.loads(fine(*words, "--limit", str(limit)).out)] == every[:limit]
    assert json.loads(fine(*words).out)["spec"] == every[0]
    assert fine(*words[:-1], "--limit", "3").out.count("openai:") == 3
