"""`ModelSpecParam`: options and arguments that name a model, and their completion."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner
from support.command import program as run_program

import llm_models
from llm_models.integrations.click import ModelSpecParam

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--model", type=ModelSpecParam(require=["tools"], forbid=["embeddings"]), default="openai:gpt-4o-mini")
@click.argument("text", type=ModelSpecParam(check=False), required=False)
def program(model: llm_models.Model, text: str | None) -> None:
    """A program with a model."""
    click.echo(f"{model.spec} {model.limits.context} {text}")


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(program, args)
    return result.exit_code, result.output


def complete(incomplete: str, command: click.Command = program, args: tuple[str, ...] = ("--model",)) -> list[str]:
    found = ShellComplete(command, {}, "program", "_PROGRAM_COMPLETE").get_completions(list(args), incomplete)
    return [item.value for item in found]


@pytest.mark.parametrize("given", ["openai:gpt-4o", "gpt-4o@OpenAI", "openai:gpt-4o-2024-08-06"])
def test_an_option_holds_the_model(given: str) -> None:
    model = llm_models.resolve(given)
    assert run("--model", given) == (0, f"{model.spec} {model.limits.context} None\n")


def test_defaults_are_converted_too() -> None:
    assert run() == (0, "openai:gpt-4o-mini 128000 None\n")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("openai:gpt-4o-mni", "Did you mean 'gpt-4o-mini'"),
        ("opnai:gpt-4o", "Did you mean 'openai:gpt-4o'"),
        ("openai:text-embedding-3-small", "lacks tools and has embeddings"),
        ("\x1b[31m:x", "\\x1b[31m"),
    ],
)
def test_what_is_wrong_is_a_usage_error(given: str, words: str) -> None:
    code, output = run("--model", given)
    assert code == 2
    assert "Invalid value for '--model'" in output
    assert words in output
    assert "\x1b" not in output


def test_without_check_the_text_stays_for_the_command_to_read() -> None:
    assert run("no such model")[1].endswith("no such model\n")


def test_a_capability_that_does_not_exist_is_an_error_of_the_type_itself() -> None:
    with pytest.raises(llm_models.UnknownCapabilityError, match="Did you mean 'tools'"):
        ModelSpecParam(require=["tols"])


def test_a_broken_catalogue_is_no_usage_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "llm_models.toml").write_text("alow = 1\n")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(program, ["--model", "openai:gpt-4o"])
    assert isinstance(result.exception, llm_models.ConfigError)
    assert complete("openai:gpt") == []  # and completion stays silent


class TestCompletion:
    def test_models_of_the_provider_that_was_typed(self, packaged: llm_models.Snapshot) -> None:
        fitting = packaged.list_models("openai", require=["tools"], forbid=["embeddings"])
        assert complete("openai:") == [model.spec for model in fitting]
        assert complete("openai:gpt-4o-m") == ["openai:gpt-4o-mini"]
        assert complete("openai:text-embedding") == []  # lacks tools
        assert complete("openai:text-embedding-3-s", args=()) == ["openai:text-embedding-3-small"]

    def test_ids_that_hold_separators(self) -> None:
        assert "openrouter:qwen/qwen3.8-27b:free" in complete("openrouter:qwen/qwen3.8-27b:", args=())
        assert complete("google_vertex:claude-haiku-4-5@", args=()) == ["google_vertex:claude-haiku-4-5@20251001"]

    def test_a_provider_keeps_the_spelling_in_which_it_was_typed(self) -> None:
        assert complete("Google-Vertex:gemini-2.5-p") == ["Google-Vertex:gemini-2.5-pro"]

    def test_providers_as_long_as_several_come_into_question(self) -> None:
        offered = complete("open")
        assert {"openai:", "openrouter:"} <= set(offered)
        assert all(value.endswith(":") and value.startswith("open") for value in offered)
        assert complete("openai")[0].startswith("openai:")  # one provider: its models
        assert set(complete("")) == {f"{provider}:" for provider in llm_models.list_providers()}

    def test_nothing_for_what_is_no_provider(self) -> None:
        assert complete("nobody:x") == complete("nobody") == []

    def test_a_slash_and_another_name_of_the_provider(self) -> None:
        assert complete("openai/gpt-4o-m") == ["openai/gpt-4o-mini"]
        assert complete("gemini:gemini-2.5-p") == ["gemini:gemini-2.5-pro"]
        assert "openrouter/openai/gpt-4o-mini" in complete("openrouter/openai/gpt-4o-m", args=())
        assert complete("dashsc")[0].startswith("dashscope:")
        assert {"vertex_ai:", "vertex_ai_beta:"} <= {*complete("vertex")}

    def test_each_offer_is_a_model_that_the_type_takes(self, packaged: llm_models.Snapshot) -> None:
        kind = ModelSpecParam(lambda: packaged, require=["tools"])
        ctx = click.Context(program)
        for provider in packaged.list_providers():
            for item in kind.shell_complete(ctx, program.params[0], f"{provider}:"):
                assert kind.convert(item.value, None, None).spec == item.value

    def test_the_catalogue_may_depend_on_the_command_line(self) -> None:
        """The callable sees the context of the command, both when a value is read and when it is completed."""

        def chosen() -> llm_models.Snapshot:
            only = click.get_current_context().params["only"]
            return llm_models.load(config=None, allow={only: "all"}, publish=False)

        @click.command()
        @click.option("--only", is_eager=True)
        @click.argument("model", type=ModelSpecParam(chosen))
        def command(only: str, model: llm_models.Model) -> None:
            click.echo(model.spec)

        assert complete("", command, ("--only", "groq"))[0].startswith("groq:")
        assert CliRunner().invoke(command, ["--only", "groq", "groq:openai/gpt-oss-20b"]).exit_code == 0
        assert CliRunner().invoke(command, ["--only", "groq", "openai:gpt-4o"]).exit_code == 2

    @pytest.mark.parametrize("shell", ["zsh", "fish"])
    def test_a_shell_gets_it(self, shell: str, tmp_path: Path) -> None:
        """Run as the shell runs it, in a process of its own."""
        script = tmp_path / "program.py"
        script.write_text(
            "import click\nfrom llm_models.integrations.click import ModelSpecParam\n"
            "@click.command()\n@click.argument('model', type=ModelSpecParam())\ndef program(model): pass\n"
            "program(prog_name='program')\n"
        )
        words = {"COMP_WORDS": "program openai:gpt-4o-m", "COMP_CWORD": "1" if shell == "zsh" else "openai:gpt-4o-m"}
        result = run_program([sys.executable, script], tmp_path, _PROGRAM_COMPLETE=f"{shell}_complete", **words)
        assert "gpt-4o-mini" in result.out, result
        assert result.err == ""


@click.command()
@click.option("--model", type=ModelSpecParam(), default=llm_models.resolve("openai:gpt-4o"), show_default=True)
def with_default(model: llm_models.Model) -> None:
    """A program whose default is a model."""
    click.echo(model)


def test_the_default_is_shown_as_its_spec() -> None:
    assert "[default: openai:gpt-4o]" in CliRunner().invoke(with_default, ["--help"]).output
    assert CliRunner().invoke(with_default).output == "openai:gpt-4o\n"


def typed(*args: str) -> tuple[int, str]:
    """Exit code and output of a program of typer that has `ModelSpecParam` as the parser of an option."""
    typer = pytest.importorskip("typer")
    app = typer.Typer(rich_markup_mode=None)

    def ask(model: object = typer.Option("openai:gpt-4o", parser=ModelSpecParam(require=["tools"]))) -> None:
        typer.echo(f"{type(model).__name__} {model}")

    app.command()(ask)
    result = importlib.import_module("typer.testing").CliRunner().invoke(app, args, terminal_width=400)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_typer_takes_it_as_a_parser() -> None:
    assert typed() == (0, "Model openai:gpt-4o\n")
    assert typed("--model", "gpt-4o@OpenAI") == (0, "Model openai:gpt-4o\n")
    for wrong, why in (
        ("openai:gpt-4o-mni", "openai has no model 'gpt-4o-mni'. Did you mean 'gpt-4o-mini'"),
        ("openai:text-embedding-3-small", "openai:text-embedding-3-small lacks tools"),
    ):
        code, output = typed("--model", wrong)
        assert (code, f"Invalid value for '--model': {why}" in output) == (2, True), output


def test_an_error_outside_of_a_command_is_always_that_of_click() -> None:
    for name in (None, "typer"):
        if name is not None:
            pytest.importorskip(name)
        with pytest.raises(click.BadParameter, match="Did you mean 'gpt-4o-mini'"):
            ModelSpecParam()("openai:gpt-4o-mni")
