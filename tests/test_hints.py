"""What a command prints names options of the command line, never an argument or a function of Python."""

from __future__ import annotations

import inspect
import json
import re
from typing import TYPE_CHECKING

import pytest
from support.command import here

import llm_models
from llm_models.cli import cli
from llm_models.conditions import CONDITIONS

if TYPE_CHECKING:
    from pathlib import Path

_VALUES = ("NAME", "PROVIDER", "STATE", "PATTERN")
FUNCTIONS = {name: getattr(llm_models, name) for name in llm_models.__all__ if name.islower()}
FUNCTIONS = {name: each for name, each in FUNCTIONS.items() if inspect.isfunction(each)}
ARGUMENTS = {name for each in FUNCTIONS.values() for name in inspect.signature(each).parameters}
ARGUMENTS |= {*CONDITIONS}
# `load()` alone stays: commands report what it does in a program. `input=8k` is text of the command line, too.
PYTHON = re.compile(
    rf"\b(?:{'|'.join(ARGUMENTS)})=(?![\w'\"\[])|\b(?:load\([^)]|(?:{'|'.join({*FUNCTIONS} - {'load'})})\()"
    r"|\bTrue\b|\bFalse\b|\bNone\b"
)

SEVERAL = {
    "model": "gpt-5.4-mini",
    "usage": {"requests": 2, "input_tokens": 5, "output_tokens": 5, "total_tokens": 10,
              "request_usage_entries": [{"input_tokens": 2, "output_tokens": 2, "total_tokens": 4}] * 2},
}  # fmt: skip
RESPONSES = {
    "several": SEVERAL,
    "unknown": {"model": "gpt-5.4-mini", "usage": {"tokens": 5}},
    "ambiguous": {"usage": {"input_tokens": 5, "output_tokens": 5, "inputTokens": 3}},
    "negative": {"usage": {"prompt_tokens": -5, "completion_tokens": 1, "total_tokens": -4}},
    "sum": {"usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 40,
                      "completion_tokens_details": {"reasoning_tokens": 34}}},
    "list": [],
}  # fmt: skip


def test_the_pattern_finds_what_it_is_to_find() -> None:
    for text in ("or pass prefer= with", "protocol=, one of", "load(config=...)", "use usages() for", "found True"):
        assert PYTHON.search(text), text
    for text in ("such as input=8000,output=500", "load() fails", "LLM_MODELS_CONFIG=/x", "--prefer openai"):
        assert not PYTHON.search(text), text


@pytest.mark.parametrize("command", ["show", "resolve", "explain", "offers", "cost", "history"])
def test_a_name_of_several_providers(command: str) -> None:
    result = here(command, "gpt-oss-120b", *(["--input", "5"] if command == "cost" else []))
    assert not PYTHON.search(result.err), result.err
    if command == "resolve":
        assert result.code == 1
        assert "Give --prefer PROVIDER, or name the model. Choose one, such as: llm-models resolve" in result.err
        assert here(command, "gpt-oss-120b", "--prefer", "cerebras").code == 0


@pytest.mark.parametrize(
    "line",
    [
        "resolve gpt-oss-120b --prefer opnai",
        "resolve gpt-4o --scope opnai",
        "resolve openai:gpt-4oo",
        "resolve a:b:c --style x",
        "list --at tomorrow",
        "list --min-context -1",
        "list --max-cost 5",
        "list --order-by cost",
        "list --workload input=x",
        "list --workload nothing",
        "list --workload mode=x",
        "list --require tols",
        "list --require vision",
        "list --unknown maybe",
        "list --kind nonsense",
        "list --match [",
        "select --require tools --forbid tools",
        "select --free --max-price-input -1",
        "select --min-context 99999999999 --open-weights --free",
        "select --lifecycle gone",
        "select --billing gone",
        "search",
        "search a b c d e f g h i j k l m n o p q r s t",
        "search gpt --limit 0",
        "cost openai:gpt-4o",
        "cost openai:gpt-4o --input 5 --cached 10",
        "cost openai:gpt-4o --input 5 --mode nonsense",
        "cost openai:gpt-4o --input 5 --at tomorrow",
        "cost openai:gpt-4o --input 5 --fee nonsense",
        "cost openai:gpt-4o --response nothing.json",
        "history openai:gpt-4oo",
        "diff packaged nothing.json",
        "diff --against nothing.json --source nonsense",
        "info --max-age -1",
        "show openai:gpt-4o --snapshot nothing.json",
        "show openai:gpt-4o --config nothing.toml",
        "explain openai:gpt-4o nonsense",
        "schema nonsense",
    ],
)
def test_what_is_wrong_on_a_command_line(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = here(*line.split())
    assert result.code in {1, 2}
    assert not PYTHON.search(result.err), result.err


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_that_cannot_be_priced(name: str, tmp_path: Path) -> None:
    path = tmp_path / "response.json"
    path.write_text(json.dumps(RESPONSES[name]), encoding="utf-8")
    result = here("cost", "openai:gpt-5.4-mini", "--response", path)
    assert result.code in {1, 2}
    assert not PYTHON.search(result.err), result.err


@pytest.mark.parametrize(
    "text",
    ["prefer = 'openai'", "prefer = true", "[deny]\nopenai = ['*']\n[allow]\nopenai = ['*']", "overrides_module = 5",
     "[[models]]\nprovider = 'openai'\nid = 'gpt-9'\n",
     "[[models]]\nprovider = 'openai'\nid = 'gpt-4o'\ncost.input = 'x'\n",
     "[[models]]\nprovider = 'openai'\nid = 'gpt-4o'\nopen_weights = 'yes'\n", "[allow]\nopenai = []\nnobody = ['x']"],
)  # fmt: skip
def test_a_configuration_that_is_wrong(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "llm_models.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for line in ("validate", "list", "activate"):
        result = here(*line.split())
        assert not PYTHON.search(result.out + result.err if line == "validate" else result.err), result


REFUSED = """
[[providers]]
id = "openai"
base_url = "https://evil.example/v1"

[[providers]]
id = "silent"
base_url = "https://silent.example/v1"

[[models]]
provider = "silent"
id = "one"
cost = { input = 1, output = 1 }

[[models]]
provider = "groq"
id = "openai/gpt-oss-20b"
provider_model_id = "other/model"
"""


@pytest.mark.whole
@pytest.mark.parametrize("target", ["litellm", "litellm-proxy"])
def test_why_a_document_leaves_out_models_of_the_catalogue(target: str) -> None:
    result = here("export", target, "--config", "none")
    assert result.err.count("left out: ") > 3
    assert not PYTHON.search(result.err), result.err


@pytest.mark.parametrize("target", ["litellm", "litellm-proxy"])
@pytest.mark.parametrize("named", [True, False])
def test_why_a_document_leaves_out_a_model(
    target: str, named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also because of a file that nobody named."""
    (tmp_path / "llm_models.toml").write_text(REFUSED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    specs = ["silent:one", "groq:openai/gpt-oss-20b", "openai:gpt-5.2", "freemodel:claude-opus-4-8"]
    told = here("export", target, *specs, *(["--config", "llm_models.toml"] if named else [])).err
    assert "left out: " in told
    assert not PYTHON.search(told), told
    assert not any(f"left out: {spec}: {spec}" in told for spec in specs), told
    if target == "litellm-proxy":
        assert "state openai_base_url for the provider freemodel in llm_models.toml" in told
        assert (f"LLM_MODELS_CONFIG={tmp_path / 'llm_models.toml'}" in told) is not named


PLURAL = {
    name: [param.opts[0] for param in cli.commands[name].params if param.multiple and param.metavar in _VALUES]
    for name in ("list", "select", "export", "resolve")
}
"""Command -> its options that take several values of one word."""


@pytest.mark.parametrize(("command", "option"), [(name, option) for name in PLURAL for option in PLURAL[name]])
def test_values_that_are_joined_by_commas(command: str, option: str) -> None:
    """The error states how to write them. (Some have no other: a tag may be any text.)"""
    words = {"export": ["csv"], "resolve": ["gpt-oss-120b"]}.get(command, [])
    told = here(command, *words, option, "one, two words", option, "three")
    assert told.code in (1, 2), told
    assert f"epeat the option for each value: {option} one {option} 'two words'\n" in told.err


def test_arguments_that_are_joined_by_commas_and_values_that_have_commas() -> None:
    assert "Write spaces, not commas: groq openai\n" in here("providers", "groq,openai").err
    assert "commas" not in here("show", "a,b").err
    assert here("list", "groq", "--fields", "spec,limits.context", "--workload", "input=8k,output=1k").code == 0
    assert "Repeat the option" not in here("list", "nope", "--fields", "spec,name").err
