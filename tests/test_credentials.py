"""Keys, tokens and passwords are found wherever a configuration or a source holds one, and nothing shows them."""

from __future__ import annotations

import json
import logging
import os
import random
import string
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT, catalogues
from support.command import here

import llm_models
from llm_models import checks, config, credentials, paths
from llm_models.behaviour import layer_of_behaviour, layer_of_mapping
from llm_models.credentials import HIDDEN, found, hide, is_reference, is_variable, masked, names_secret, variable_in
from llm_models.errors import ConfigError
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.command import Result

PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """A command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return here


KEYS = {
    "OpenAI": "sk-proj-EXAMPLE0000",
    "a key of no maker": "sk-live-EXAMPLEEXAMPLE0000",
    "DeepSeek": "sk-0123456789abcdef0123456789abcdef",
    "Anthropic": "sk-ant-api03-abcdef0123456789",
    "Google": "AIzaSyEXAMPLE0000EXAMPLE",
    "GitHub": "ghp_EXAMPLE0000000000",
    "Groq": "gsk_EXAMPLE00000000",
    "xAI": "xai-EXAMPLE00000000",
    "Hugging Face": "hf_EXAMPLEEXAMPLE00",
    "AWS": "AKIAIOSFODNN7EXAMPLE",
    "AWS, secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "a JSON Web Token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
    "a header": "Bearer abcdefghijkl1234",
    "a header with its name": "Authorization: Bearer x1",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nMII",
    "a password in an address": "https://user:pw4@llm.example.com/v1",
    "a key in a query": "https://llm.example.com/v1?version=1&api_key=abc",
}
"""Texts that are secrets, whatever the name of their key is. None was ever in use."""

HARMLESS = (
    "gpt-4o-mini-2024-07-18", "ft:gpt-4o:org::9kXyZAbC", "task-force-model-with-a-long-name-2024",
    "sk-telecom-llm-large",
    "accounts/fireworks/models/deepseek-v3-0324", "pplx-70b-chat-online", "xai-grok-4-fast-reasoning",
    "DeepSeek-R1-Distill-Qwen-32B-AWQ-Int4-GPTQ-v1", "MiniMaxAI/MiniMax-Text-01-Q4_K_M-GGUF-v2", "hf_transfer",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-5-sonnet-20240620-v1:0",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "550e8400-e29b-41d4-a716-446655440000",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "https://docs.example.com/models?page=2#keys",
    "https://${HOST}/v1", "https://llm.example.com/v1?key=${KEY}", "Bearer ${MY_TOKEN}",
    "a basic introduction", "the bearer of a ring",
)  # fmt: skip

PLACES: dict[str, tuple[str, Any]] = {
    "api_key": ("hunter2", None), "apiKey": ("hunter2", None), "key": ("hunter2", None), "token": ("x", None),
    "hf_token": ("x", None), "Authorization": ("Bearer x", None), "x-api-key": ("v", None), "password": ("p", None),
    "client_secret": ("p", None), "api_keys": (["a"], None), "aws_secret_access_key": ("p", None),
}  # fmt: skip
"""Names of keys whose text is a secret."""


def leaves(data: Any) -> Iterator[str]:
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(value, (dict, list)):
            yield from leaves(value)
        elif isinstance(value, str):
            yield value


class TestWhatIsASecret:
    @pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
    def test_a_text_in_the_form_of_a_key_is_one_under_any_name_at_any_depth(self, key: str) -> None:
        for data in (
            {"extra": {"a": [{"b": key}]}},
            {"extra": {"note": key}},
            {"doc": key} if "://" in key else {"a": key},
        ):
            assert len([*found(data)]) == 1

    @pytest.mark.parametrize("text", HARMLESS)
    def test_ids_checksums_addresses_and_references_are_none(self, text: str) -> None:
        assert [*found({"id": text, "extra": {"x": text, "more": [text]}})] == []

    @pytest.mark.parametrize("name", PLACES)
    def test_any_text_is_one_under_a_name_that_states_it(self, name: str) -> None:
        assert len([*found({"extra": {"headers": {name: PLACES[name][0]}}})]) == 1
        assert [*found({"extra": {name: "${MY_KEY}"}})] == []
        assert [*found({"extra": {name: "MY_KEY"}})] == []

    @pytest.mark.parametrize("name", ["eos_token", "max_tokens", "api_key_name", "keyboard", "tokenizer", "monkey"])
    def test_other_names_state_nothing(self, name: str) -> None:
        assert not names_secret(name)
        assert [*found({"extra": {name: "word"}})] == []

    @pytest.mark.parametrize(
        "text", ["${K}", "$K_K", "{env:MY_KEY}", "os.environ/MY_KEY", "MY_KEY", "%KEY%", "Bearer ${K}", "<your key>",
                 "${{ secrets.K }}", "none", "not-needed", "EMPTY", "dummy", ""],
    )  # fmt: skip
    def test_a_reference_is_none(self, text: str) -> None:
        assert is_reference(text)
        assert [*found({"api_key": text})] == []

    def test_the_variable_of_a_reference(self) -> None:
        texts = ("${A_B}", "$A_B", "{env:A_B}", "os.environ/A_B", "A_B", "Bearer ${A_B}", "${{ secrets.A_B }}")
        assert {variable_in(text) for text in texts} == {"A_B"}
        assert [variable_in(text) for text in ("none", "hunter2", "<your key>", "")] == [None] * 4

    def test_most_random_words_are_found_and_no_name_of_a_model_is(self) -> None:
        letters = random.Random(5)
        words = ["".join(letters.choices(string.ascii_letters + string.digits, k=40)) for _ in range(200)]
        assert sum(bool([*found({"x": word})]) for word in words) >= 180

    def test_every_form_has_an_example_of_its_own(self) -> None:
        """No row of the table is idle: the quick look lets the text through."""
        for form in credentials.FORMS:
            examples = [key for key in [*KEYS.values(), *MORE] if credentials.re.match(form, key)]
            assert any(map(credentials.has_form, examples)), form


MORE = (
    "AQ.Ab8RN6EXAMPLEEXAMPLE", "ya29.a0EXAMPLEEXAMPLEEX", "github_pat_EXAMPLEEXAMPLE00", "glpat-EXAMPLEEXAMPLE",
    "r8_EXAMPLEEXAMPLE00", "fw_EXAMPLEEXAMPLE00", "csk-example0example0",
    "pplx-EXAMPLEEXAMPLE00", "nvapi-EXAMPLEEXAMPLE00",
    "jina_example0example0", "pa-EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE0", "tgp_v1_EXAMPLEEXAMPLE00",
    "dapi0123456789abcdef0123456789abcdef", "ABSKEXAMPLEEXAMPLE00", "sk_live_EXAMPLE0000", "xoxb-EXAMPLE0000",
    "npm_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEX", "pypi-EXAMPLEEXAMPLEEXAMPLEEXAMPLEEX",
)  # fmt: skip


class TestRealData:
    def test_no_record_of_the_packaged_data_holds_one(self) -> None:
        count = 0
        for name in PACKAGED.blocks:
            block = PACKAGED.block(name)
            records = [block.provider, *(block.model(row) for row in block.rows.values())]
            assert [path for record in records for path in found(record)] == []
            count += len(records)
        assert count > 8_000

    def test_every_variable_of_the_packaged_data_is_a_name_and_a_reference(self) -> None:
        names = {name for one in PACKAGED.blocks for name in PACKAGED.block(one).provider.get("env", ())}
        assert len(names) > 150
        assert [name for name in names if not is_variable(name) or not is_reference(name)] == []

    def test_no_shipped_configuration_holds_one(self) -> None:
        files = [*(ROOT / "overrides").glob("*.toml"), ROOT / "examples" / "llm_models.toml", paths.TEMPLATE]
        for file in files:
            with open(file, encoding="utf-8") as opened:
                text = opened.read()
            assert not credentials.has_form(text)
            assert [*found(tomllib.loads(text))] == []


@given(st.sampled_from([*KEYS.values()]), st.lists(st.sampled_from(["a", "extra", 0]), min_size=1, max_size=5))
def test_what_is_hidden_is_nowhere_in_the_data(key: str, steps: list[str | int]) -> None:
    data: Any = key
    for step in reversed(steps):
        data = [data] if step == 0 else {step: data}
    for path in [*found(data)]:
        hide(data, path)
    assert key not in json.dumps(data)
    assert HIDDEN in [*leaves(data)]


def test_a_key_of_a_table_is_hidden_too() -> None:
    data = {"allow": {KEYS["GitHub"]: ["x"]}}
    assert [hide(data, path) for path in [*found(data)]] == [("allow", HIDDEN)]
    assert data == {"allow": {HIDDEN: ["x"]}}
    assert masked(f"no {KEYS['GitHub']}!") == f"no {HIDDEN}!"


FILES = {
    "a field": '[[providers]]\nid = "house"\napi_key = "{}"\n',
    "extra": '[[providers]]\nid = "house"\nextra.a.token = "{}"\n',
    "env": '[[providers]]\nid = "house"\nenv = ["{}"]\n',
    "env as text": '[[providers]]\nid = "house"\nenv = "{}"\n',
    "a number": '[[models]]\nprovider = "openai"\nid = "gpt-4o"\nlimits.context = "{}"\n',
    "a query": '[[providers]]\nid = "house"\nbase_url = "https://llm.example.com/v1?key={}"\n',
    "a password": '[[providers]]\nid = "house"\nbase_url = "https://me:{}@llm.example.com/v1"\n',
    "an id": '[[models]]\nprovider = "openai"\nid = "{}"\n',
    "a provider": '[[models]]\nprovider = "{}"\nid = "x"\n',
    "a match": '[[models]]\nprovider = "openai"\nmatch = "{}"\n',
    "a key": '[[models]]\nprovider = "openai"\nid = "x"\nextra."{}" = 1\n',
    "the top": 'api_key = "{}"\n',
    "a setting": 'prefer = ["{}"]\n',
    "a pattern": '[deny]\nopenai = ["{}"]\n',
    "a provider of a section": '[deny]\n"{}" = ["x"]\n',
    "a comment": 'prefer = ["openai"]\n# {}\n',
}
"""Places in a file where a key can stand."""


class TestAFile:
    @pytest.mark.parametrize("place", FILES)
    @pytest.mark.parametrize("key", [KEYS["a key of no maker"], KEYS["Google"]])
    def test_it_is_an_error_everywhere_whose_message_does_not_repeat_it(
        self, place: str, key: str, tmp_path: Path
    ) -> None:
        text = FILES[place].format(key)
        line = 1 + text[: text.index(key)].count("\n")
        problems = checks.check_text(text.encode(), "llm_models.toml", PACKAGED)
        assert line in [problem.line for problem in problems if problem.severity == "error"]
        assert key not in json.dumps([problem.to_dict() for problem in problems])
        assert any("not shown" in problem.message for problem in problems)
        path = tmp_path / "llm_models.toml"
        path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            llm_models.load(path, publish=False)
        assert key not in str(caught.value)

    @pytest.mark.parametrize(
        "line",
        ["api_key = {}", 'token = "{}" x', "extra.a.password = {}", "x = {{ apiKey = {} }}", "base_url = https://u:{}@h",
         "base_url = https://h/?key={}", 'api_key: "{}"'],
    )  # fmt: skip
    @pytest.mark.parametrize("key", ["hunter2", KEYS["OpenAI"]])
    def test_a_text_that_is_no_toml_is_shown_without_it(self, line: str, key: str) -> None:
        text = f"prefer = []\n{line.format(key)}\n"
        [problem] = config.parse(text.encode(), "x.toml").problems
        assert problem.line == 2
        assert key not in json.dumps(problem.to_dict())
        assert key not in str(problem)
        assert len(credentials.veiled(line)) == len(line)

    def test_the_advice_names_a_variable(self) -> None:
        [problem] = config.parse(FILES["a field"].format("hunter2").encode(), "x.toml").problems
        assert problem.path == "providers.house.api_key"
        assert 'env = ["HOUSE_API_KEY"]' in problem.hint

    def test_no_command_shows_it(self, tmp_path: Path, command: Callable[..., Result]) -> None:
        key = KEYS["a key of no maker"]
        file = tmp_path / "llm_models.toml"
        file.write_text(FILES["extra"].format(key))
        for args in (
            ["validate"], ["validate", "--format", "json"], ["validate", "--format", "github"], ["providers", "--json"],
            ["activate"], ["info"], ["set", "openai:gpt-4o", "cost.input=1"], ["exclude", "openai", "o3"],
        ):  # fmt: skip
            result = command(*args)
            assert result.code == 1, args
            assert key not in result.out + result.err
        assert not (tmp_path / ".llm_models").exists() or not list((tmp_path / ".llm_models").glob("*.json"))

    @pytest.mark.parametrize("change", ["extra.api_key={}", "api_key={}", "extra.x={}", "input_cost={}", "name={}"])
    def test_set_writes_and_shows_none(self, change: str, tmp_path: Path, command: Callable[..., Result]) -> None:
        key = KEYS["a key of no maker"]
        result = command("set", "openai:gpt-4o", change.format(key))
        assert result.code != 0
        assert key not in result.out + result.err
        assert not (tmp_path / "llm_models.toml").exists()


OWN = {"providers": [{"id": "house", "extra": {"token": KEYS["Groq"]}}]}
"""What a program states."""


class TestCode:
    """The same holds for what a program states."""

    def test_overrides(self) -> None:
        with pytest.raises(ConfigError, match=r"providers\.house\.extra\.token") as caught:
            layer_of_mapping(OWN)
        assert KEYS["Groq"] not in str(caught.value)

    def test_a_behaviour_module(self) -> None:
        class Mine(llm_models.Overrides):
            def providers(self) -> Any:
                return OWN["providers"]

        class Broken(llm_models.Overrides):
            def providers(self) -> Any:
                raise ValueError(KEYS["Groq"])

        for module in (Mine, Broken):
            with pytest.raises(ConfigError) as caught:
                layer_of_behaviour(module)
            assert KEYS["Groq"] not in str(caught.value)


class TestASource:
    """A source's secret is left out and counted."""

    def test_no_snapshot_of_it_holds_one(self) -> None:
        key = KEYS["OpenAI"]
        source = catalogues.catalogue(
            catalogues.provider(
                "acme",
                catalogues.model("m", headers={"Authorization": f"Bearer {key}"}, notes=[key, "fine", key]),
                catalogues.model(key),
                env=[key, "ACME_KEY", "A B"],
                options={"apiKey": "hunter2", "timeout": 5},
            ),
            catalogues.provider("other", catalogues.model("n"), api=f"https://x.example/v1?key={key}"),
        )
        file, report = catalogues.of_source(source)
        assert key.encode() not in file.data
        assert b"hunter2" not in file.data
        assert key not in json.dumps(report.rows())
        block = file.block("acme")
        assert block.provider["env"] == ["ACME_KEY"]
        assert block.provider["extra"]["options"]["timeout"] == 5
        assert block.model(block.rows["m"])["extra"]["notes"] == ["fine"]
        assert [*block.rows] == ["m"]
        assert "base_url" not in file.block("other").provider
        counted = {(row["kind"], row["place"]): row["count"] for row in report.rows()}
        assert counted["dropped", "extra.notes"] == 2
        assert counted["dropped", "extra.options.apiKey"] == 1
        assert counted["dropped", "api"] == 1
        assert counted["record dropped", "model"] == 1


def test_load_leaves_out_items_of_env_that_are_no_names(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """They may be keys without a form, so they are neither kept nor shown; what is right stays."""
    file = tmp_path / "llm_models.toml"
    text = '[[providers]]\nid = "{}"\nenv = {}\n[[models]]\nprovider = "{}"\nid = "m"\n'
    file.write_text(text.format("a", '["my key", "A_KEY"]', "a") + text.format("b", '["my key"]', "b"))
    with caplog.at_level(logging.WARNING, "llm_models"):
        catalogue = llm_models.load(os.fspath(file), publish=False)
    assert catalogue.get_provider("a").env == ("A_KEY",)
    assert catalogue.get_provider("b").env == ()
    assert catalogue.endpoint("b:m").needs_key is None
    assert "my key" not in caplog.text
    assert "a.env[0]" in caplog.text
