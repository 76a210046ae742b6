"""The exit codes of every command: 2 for a text that can never be valid, 1 where the answer is no.

The options are read from the commands, so a new one is tested as soon as it exists.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import click
import pytest
from support.catalogues import numbered
from support.command import fine, here, refused

from llm_models.cli import cli
from llm_models.cli.options import FilePath
from llm_models.integrations.click import ModelSpecParam

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = "openai:gpt-5.2"
WORD = "no-such-word"
FREE = {"family", "tags", "match", "url", "exclude", "ignore", "quoted"}
"""Options that take any text: names of one's own, patterns and addresses."""
BASE = {
    "list": ["openai"],
    "select": [],
    "providers": [],
    "show": [SPEC],
    "offers": [SPEC],
    "resolve": [SPEC],
    "search": ["gpt"],
    "history": [SPEC],
    "explain": [SPEC],
    "cost": [SPEC, "--fee", "web_search=1"],
    "browse": [],
    "export": ["litellm", "--scope", "groq"],
    "validate": [],
    "init": ["sub"],
    "set": [SPEC, "cost.input=0.5"],
    "add": ["openai:mine"],
    "unset": ["openai:gpt-4o-mini"],
    "exclude": ["openai", "gpt-4o"],
    "lint": ["code.py"],
    "activate": [],
    "rollback": [],
    "pull": ["--url", "api.json"],
    "info": [],
    "diff": [],
    "schema": ["model"],
    "completion": ["bash"],
}
"""Command -> a command line to which each of its options can be added."""
NEEDS = {
    ("diff", "source"): ["--against", "api.json"],
    ("diff", "accepted"): ["--against", "api.json", "--source", "litellm"],
    ("diff", "against"): ["--source", "litellm"],
    ("activate", "source"): ["--from", "api.json"],
}
"""Command and option -> what the option needs beside it."""
INSTEAD = {
    ("cost", "protocol"): [SPEC, "--response", "response.json"],
    ("cost", "provider"): ["--response", "response.json"],
    ("cost", "response"): [SPEC],
    ("schema", "command"): [],
}
"""Command and option -> the command line for it, where it excludes the usual one."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application with a source file and a response, as the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "api.json").write_bytes(numbered(3))
    response = {"model": "gpt-5.2", "usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}}
    (tmp_path / "code.py").write_text('MODEL = "gpt-5.4-mini"\n', "utf-8")
    (tmp_path / "response.json").write_text(json.dumps(response), "utf-8")
    (tmp_path / "llm_models.toml").write_text('[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\ntags = ["a"]\n')
    return tmp_path


def options(*, files: bool) -> Iterator[tuple[str, str]]:
    """Each command with each of its options that takes a value, of files or of words."""
    for name, command in cli.commands.items():
        for one in command.params:
            takes_word = isinstance(one, click.Option) and not one.is_flag and one.name not in FREE
            is_file = isinstance(one.type, FilePath) or one.name == "workload"
            if takes_word and is_file is files and not isinstance(one.type, ModelSpecParam):
                yield name, one.opts[0]


def line(name: str, option: str) -> list[str]:
    """A command line to which an option with a value can be added."""
    parameter = option.lstrip("-").replace("-", "_")
    base = INSTEAD.get((name, parameter), BASE[name])
    return [name, *base, *(NEEDS.get((name, parameter)) or [])]


def test_every_command_is_tried() -> None:
    assert {*BASE} == {*cli.commands}


@pytest.mark.parametrize(("name", "option"), [*options(files=False)])
def test_a_wrong_word_is_exit_2_and_one_line_that_helps(folder: Path, name: str, option: str) -> None:
    """It names what is known, what is near, or what is expected."""
    before = {path.name for path in folder.iterdir()}
    message = refused(here(*line(name, option), option, WORD), 2)
    assert message.startswith("llm-models: ")
    assert message.count("\n") == 1
    assert WORD in message or "expected" in message
    assert re.search(
        r"expected|such as|is not one of|Did you mean|[Kk]nown|The capabilities are|lists all|are ", message
    )
    assert {path.name for path in folder.iterdir()} == before


@pytest.mark.parametrize(("name", "option"), [*options(files=True)])
def test_a_file_that_is_missing_is_exit_1(folder: Path, name: str, option: str) -> None:
    """The command line is right, and the file may come. A file to write cannot be written there either."""
    path = str(folder / "api.json" / "missing.json")
    result = here(*line(name, option), option, path)
    assert result.code == 1, result
    assert "missing" in result.err + result.out
    assert "Traceback" not in result.err
    assert "internal" not in result.err


ANSWERS = [
    (2, "list nope", "unknown provider 'nope'"),
    (2, "list openai nope", "unknown provider 'nope'"),
    (1, "list openai --require embeddings --require tools", "no model fits"),
    (1, "select --require embeddings --require tools", "no model fits"),
    (1, "show openai:nope", "has no model"),
    (1, "show nope", "'llm-models search WORDS'"),
    (1, "show openai:zzz", "'llm-models search WORDS'"),
    (1, "resolve openai:zzz", "'llm-models search WORDS'"),
    (1, "explain openai:zzz", "'llm-models search WORDS'"),
    (1, "show openai:gpt-5-codex", "no longer listed"),
    (2, "show openai:", "the model id is missing"),
    (1, "list github-models", "no longer listed"),
    (1, "show gpt-oss-120b", "is served by"),
    (2, "resolve ''", "names no provider"),
    (2, "explain openai:gpt-5.2 nope", "has no field"),
    (2, "explain openai:gpt-5.2 cost.inptu", "Did you mean 'cost.input'"),
    (2, "set openai:gpt-5.2 nope=1", "unknown field"),
    (2, "set openai:gpt-5.2 cost.inptu=1", "unknown field 'cost.inptu'. Did you mean 'cost.input'?"),
    (2, "set openai:gpt-5.2 'cost={inptu=1}'", "unknown field 'cost.inptu'. Did you mean 'cost.input'?"),
    (2, "set openai:gpt-5.2 'cost.tiers=[{context_over=9,inptu=1}]'", "Did you mean 'cost.tiers.input'?"),
    (2, "set openai:gpt-5.2 limits.context.x=1", "limits.context is not a table"),
    (2, "set openai:gpt-5.2 'modalities.input=[image]'", "is not valid TOML"),
    (2, "add openai:mine cost.modes.batch.inptu=1", "Did you mean 'cost.modes.batch.input'?"),
    (2, "unset openai:gpt-5.2 cost.inptu", "unknown field 'cost.inptu'"),
    (2, "unset openai:gpt-4o-mini nmae", "unknown field 'nmae'. Did you mean 'name'?"),
    (1, "unset openai:gpt-4o-mini name", "does not state name"),
    (1, "set openai:gpt-5.2 cost.input=-1", "nothing was written"),
    (2, "set openai:gpt-5.2 nope", "states no value"),
    (2, "set openai: cost.input=1", "the model id is missing"),
    (1, "set openai:nope cost.input=1", "is not in this data"),
    (2, "add nope", "names no provider"),
    (1, "unset openai:gpt-5.2", "has no entry"),
    (2, "exclude nope gpt-4o", "unknown provider"),
    (1, "exclude openai nope", "has no model"),
    (2, "export nope", "unknown target"),
    (2, "schema nope", "expected"),
    (2, "activate --supplement nope", "NAME=FILE"),
    (2, "activate --supplement nope=api.json", "unknown source"),
    (1, "activate --from missing.json", "missing.json"),
    (1, "diff missing.json", "missing.json"),
    (1, "validate missing.toml", "missing.toml"),
    (1, "rollback", "no previous snapshot"),
    (1, "info --max-age 0", "too old"),
    (2, "pull --timeout -1", "above 0"),
    (2, "pull --timeout nan", "above 0"),
    (1, "pull --url missing.json", "missing.json"),
    (2, "history openai --at 2026-02-30", "not a day"),
    (1, "history openai:nope", "has no model"),
    (2, "cost openai:gpt-5.2 --input 5 --reasoning 9 --output 1", "larger than output"),
    (1, "cost openai:gpt-5.2 --input 5 --fee nope=1", ""),
    (2, "select --workload nope=3", "--workload: nope: unknown field"),
    (2, "list --workload inptu=3", "--workload: inptu: unknown field. Did you mean 'input'?"),
    (2, "select --workload input=x", "--workload: input: not a number"),
    (2, "select --workload input=1,output=1,reasoning=9", "--workload: reasoning: larger than output"),
    (2, "select --workload x=3", "--workload: it counts nothing"),
    (2, "completion", "Choose from: bash, zsh, fish."),
    (2, "completion nope", "is not one of 'bash', 'zsh', 'fish'"),
    (2, "export csv --tables nope", "unknown table 'nope'"),
    (2, "export litellm --tables models", "--tables"),
    (2, "info --config", "requires an argument"),
    (2, "set openai:gpt-5.2", "Missing argument 'FIELD=VALUE...'. 'llm-models set --help'"),
    (1, "select --workload missing.json", "missing.json"),
    (1, "search zzyzzx", "no model fits these words"),
    (2, "nope", "there is no command"),
    (2, "list --nope", "there is no option"),
    (2, "show", "Missing argument"),
    (2, "select --prefer openai,anthropic", "Write --prefer openai --prefer anthropic"),
    (2, "list --require 'tools, reasoning'", "Write --require tools --require reasoning"),
    (2, "list --order-by price,context", "Write --order-by price --order-by context"),
    (2, "list --fields ''", "--fields: it names no field"),
    (2, "providers --fields ,", "--fields: it names no field"),
    (2, "list --limit", "requires an argument"),
    (2, "-v", "Did you mean '--version'?"),
    (2, "-V", "Did you mean '--version'?"),
    (2, "help", "Did you mean 'llm-models --help'?"),
    (2, "version", "Did you mean 'llm-models --version'?"),
    (2, "export csv -o models.csv", "Did you mean '--out'"),
    (2, "list -x", "'llm-models list --help' lists all"),
    (2, "show openai gpt-5.2", "A model is one word, such as openai:gpt-5.4-mini."),
    (2, "select openai", "unexpected argument 'openai'. 'llm-models select --help' shows what it takes."),
    (2, "providers openai nope", "unknown provider 'nope'"),
    (2, "exclude 'openai:gpt-4*'", "write two words: llm-models exclude openai 'gpt-4*'"),
    (2, "explain openai:gpt-5.2 price", "'llm-models explain openai:gpt-5.2' shows every field"),
    (1, "diff actve", "expected a file, or one of packaged, active, pulled, previous"),
    (1, "show openai", "no provider has a model 'openai'. 'llm-models list openai' lists the models of that provider."),
    (2, "cost openai:gpt-5.2", "such as 'llm-models cost openai:gpt-5.4-mini --input 12k --output 600'"),
    (2, "schema", "'llm-models schema --help' lists them"),
]


@pytest.mark.parametrize(("code", "words", "message"), ANSWERS, ids=[words for _, words, _ in ANSWERS])
def test_the_class_of_a_mistake_decides(folder: Path, code: int, words: str, message: str) -> None:
    import shlex

    result = here(*shlex.split(words))
    assert result.code == code, result
    assert message in result.err + result.out
    assert result.err.count("\n") <= 1 + (code == 1)


def test_what_is_no_field_can_be_removed_where_the_file_states_it(folder: Path) -> None:
    path = folder / "llm_models.toml"
    path.write_text(path.read_text("utf-8") + "cost.inptu = 1\nnmae = 1\n", "utf-8")
    fine("unset", "openai:gpt-4o-mini", "cost.inptu", "nmae")
    assert "inptu" not in path.read_text("utf-8")


@pytest.mark.parametrize("name", cli.commands)
def test_a_hint_names_no_unrelated_option(name: str) -> None:
    """Of the options of all other commands, and of a mistyped one of its own."""
    own = {option for one in cli.commands[name].params if isinstance(one, click.Option) for option in one.opts}
    others = {option for command in cli.commands.values() for one in command.params for option in one.opts}
    for option in sorted(one for one in others - own if one.startswith("--")):
        message = refused(here(name, option), 2)
        for hint in re.findall(r"Did you mean (.*)\?", message):
            near = re.findall("'(--[a-z-]+)'", hint)
            assert all(one.startswith(option) or one[:3] == option[:3] for one in near), message
    for option in sorted(one for one in own if len(one) > 8):
        mistyped = option[:5] + option[6:]
        if mistyped not in own:
            assert option in refused(here(name, mistyped), 2)


def test_the_codes_of_the_docs_are_those_of_the_help() -> None:
    from support import ROOT

    from llm_models.cli import EXIT_CODES

    table = dict(
        re.findall(r"^\| (\d+) \| ([^|]+?) \|", (ROOT / "docs" / "output.md").read_text("utf-8"), re.MULTILINE)
    )
    assert table == {str(code): meaning for code, meaning in EXIT_CODES.items()}
    assert all(meaning in fine("--help").out for meaning in EXIT_CODES.values() if len(meaning) < 60)
