"""Names and units of other tools: `validate` fails and states how to write the same here; `load()` only logs."""

from __future__ import annotations

import logging
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command import here

import llm_models
from llm_models import checks, config, foreign, paths, schema
from llm_models.advice import advice
from llm_models.behaviour import layer_of_mapping
from llm_models.errors import ConfigError
from llm_models.layers import FIELDS
from llm_models.records import CAPABILITIES
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.errors import Problem

PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)

KEY = "sk-live-EXAMPLEEXAMPLE0000"

PROVIDER = {
    "base_url": "api baseURL api_base apiBase api_host endpoint url options.baseURL",
    "extra.npm": "npm",
    "env": "api_key apiKey key token api_key_name envKey env_key options.apiKey",
    "extra": "options headers default_headers",
    "doc": "docs website",
    "name": "display_name title label",
    "[deny], and below it PROVIDER": "disabled hidden",
}
"""Our field of a provider -> names in other tools."""

MODEL = {
    "provider_model_id": "model model_id modelId model_name slug",
    "provider": "litellm_provider model_provider",
    "name": "display_name title label",
    "limits": "limit",
    "limits.context": "limit.context context contextLength context_length context_window contextWindow max_context"
    " num_ctx max_model_len",
    "limits.input": "limit.input max_input_tokens maxInputTokens",
    "limits.output": "limit.output max_tokens maxTokens max_output_tokens maxOutputTokens max_completion_tokens"
    " num_predict",
    "cost": "price pricing prices",
    "cost.input": "input_cost input_price price_in pricing.prompt input_cost_per_token input_mtok price.input",
    "cost.output": "output_cost output_price price_out pricing.completion output_cost_per_token output_mtok",
    "cost.cache_read": "cache_read_input_token_cost cacheRead input_cache_read cache_read_mtok",
    "cost.cache_write": "cache_creation_input_token_cost cacheWrite input_cache_write cache_write_mtok",
    "cost.input_audio": "input_cost_per_audio_token",
    "cost.output_audio": "output_cost_per_audio_token",
    "cost.reasoning": "output_cost_per_reasoning_token",
    "cost.cache_write_1h": "cache_creation_input_token_cost_above_1hr cache_write_1h_mtok pricing.input_cache_write_1h",
    "cost.input_image": "input_cost_per_image_token",
    "cost.output_image": "output_cost_per_image_token",
    "cost.cache_read_audio": "cache_read_input_audio_token_cost pricing.input_audio_cache",
    "cost.cache_read_image": "cache_read_input_image_token_cost",
    "cost.tiers": "cost.context_over_200k input_cost_per_token_above_200k_tokens"
    " output_cost_per_token_above_128k_tokens cache_read_input_token_cost_above_200k_tokens",
    "capabilities.tools.enabled": "tool_call tools tool_use tool_calling function_calling supports_tools"
    " supports_function_calling supportsTools capabilities.function_calling",
    "capabilities.tools.parallel": "parallel_tool_calls supports_parallel_function_calling",
    "capabilities.json.schema": "structured_output structured_outputs supports_response_schema supports_schema"
    " json_schema",
    "capabilities.json.native": "json_mode json_output response_format",
    "capabilities.reasoning.enabled": "reasoning thinking supports_reasoning",
    "capabilities.reasoning.efforts": "reasoning_options supported_efforts",
    "capabilities.attachments": "attachment supports_pdf_input",
    '"image" into the list modalities.input': "vision supports_vision image_input supports_images capabilities.vision",
    '"audio" into the list modalities.input': "audio supports_audio_input",
    '"audio" into the list modalities.output': "supports_audio_output",
    '"pdf" into the list modalities.input': "supports_pdf_input",
    "capabilities.streaming.text": "stream can_stream streaming supports_native_streaming",
    "kind": "mode type",
    "capabilities.embeddings": "embedding is_embedding",
    "knowledge": "knowledge_cutoff training_cutoff",
    "release_date": "created released releaseDate",
    "retires": "deprecation_date expiration_date",
    "open_weights": "openWeights open_source",
    "aliases": "alias alias_of nicknames",
    "base": "extends inherits base_model",
    '[deny], and below it PROVIDER = ["ID"]': "disabled hidden hide isDisabled blocked",
    "can be used": "enabled enable is_enabled",
}
"""Our field of a model -> names in other tools."""

TOP = {
    "[deny]": "disallow blocklist blacklist denylist forbid",
    "[allow]": "whitelist allowlist enabled_models",
    "[[providers]]": "provider",
    "[[models]]": "model",
    "no setting for a default model": "default default_model",
}
"""What to write -> names at the top of the file of another tool."""

VALUES: dict[str, Any] = {"headers": {"a": 1}, "default_headers": {"a": 1}, "options": {"a": 1}, "limit": {"a": 1}}


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, ours) for ours, names in table.items() for name in names.split()]


def problems_of(text: str) -> list[Problem]:
    return checks.check_text(text.encode(), "llm_models.toml", PACKAGED)


def value_of(name: str) -> Any:
    return VALUES.get(name, True)


def toml(value: Any) -> str:
    return "{ a = 1 }" if isinstance(value, dict) else "true" if value is True else repr(value)


@pytest.mark.parametrize(("name", "ours"), pairs(PROVIDER))
def test_a_name_for_a_provider_is_an_error_at_its_line_with_our_field(name: str, ours: str) -> None:
    problems = problems_of(f'[[providers]]\nid = "local"\n{name} = {toml(value_of(name))}\n')
    [problem] = [problem for problem in problems if problem.severity == "error"]
    assert problem.line == 3
    assert ours in problem.hint.split("= ")[0]


@pytest.mark.parametrize(("name", "ours"), pairs(MODEL))
def test_a_name_for_a_model_is_an_error_at_its_line_with_our_field(name: str, ours: str) -> None:
    text = f'[[models]]\nprovider = "openai"\nid = "gpt-5.2"\n{name} = {toml(value_of(name))}\n'
    [problem] = [problem for problem in problems_of(text) if problem.severity == "error"]
    assert problem.line == 4
    assert ours in problem.hint


@pytest.mark.parametrize("name", CAPABILITIES)
def test_a_capability_by_the_name_that_conditions_use_is_an_error_with_its_field(name: str) -> None:
    """Beside the fields of the model, and below `capabilities`, unless it is the field itself.

    In other tools, `reasoning_budget` is the number of tokens.
    """
    path = ".".join(CAPABILITIES[name])
    written = "reasoning.token_budget (tokens)" if name == "reasoning_budget" else f"{path} = true"
    for line in (f"{name} = true", f"capabilities.{name} = true"):
        if line == f"capabilities.{path} = true":
            continue
        text = f'[[models]]\nprovider = "openai"\nid = "gpt-5.2"\n{line}\n'
        [problem] = [problem for problem in problems_of(text) if problem.severity == "error"]
        assert (problem.line, problem.hint) == (4, f"Write capabilities.{written}.")


@pytest.mark.parametrize(("name", "advised"), pairs(TOP))
def test_a_name_at_the_top_is_an_error_at_its_line_with_our_section(name: str, advised: str) -> None:
    [problem] = problems_of(f'[{name}]\nopenai = ["gpt-5.2"]\n')
    assert problem.line == 1
    assert advised in problem.hint
    assert advised != "[deny]" or "allow" not in problem.hint


@pytest.mark.parametrize("name", ["disalow", "unallowed", "not_alow", "noallow", "dontallow"])
def test_the_opposite_of_what_a_name_may_mean_is_never_suggested(name: str) -> None:
    [problem] = problems_of(f'[{name}]\nopenai = ["gpt-5.2"]\n')
    assert "mean 'allow'" not in problem.hint


class TestUnits:
    """The advice states the value as it is to be written, and its unit."""

    @pytest.mark.parametrize(
        ("name", "value", "step"),
        [
            ("input_cost_per_token", 1.75e-06, "cost.input = 1.75 (USD per million tokens; yours is per token)"),
            ("input_cost_per_token", 0, "cost.input = 0 (USD per million tokens)"),
            ("output_cost_per_token", 1.4e-05, "cost.output = 14 (USD per million tokens; yours is per token)"),
            ("input_cost_per_token", 3e-07, "cost.input = 0.3 (USD per million tokens; yours is per token)"),
            ("input_cost", 1, "cost.input = 1 (USD per million tokens)"),
            ("input_cost", 1.75e-06, "cost.input = 1.75 (USD per million tokens; yours is per token)"),
            ("input_cost_per_1k_tokens", 0.003, "cost.input = 3 (USD per million tokens; yours is per thousand)"),
            ("input_mtok", 2.5, "cost.input = 2.5 (USD per million tokens)"),
            ("input_cost", "cheap", "cost.input (USD per million tokens)"),
            ("contextLength", 65536, "limits.context = 65536 (tokens)"),
            ("contextLength", 65536.0, "limits.context = 65536 (tokens)"),
            ("context", "64k", "limits.context (tokens)"),
            ("created", 1717200000, 'release_date = "2024-06-01"'),
            ("created", 1717200000000, 'release_date = "2024-06-01"'),
            ("released", "2024-06-01T10:00:00Z", 'release_date = "2024-06-01"'),
            ("mode", "image_generation", 'kind = "image"'),
            ("mode", "embedding", 'kind = "embedding"'),
            ("tool_call", True, "capabilities.tools.enabled = true"),
            ("tool_call", ["a"], "capabilities.tools.enabled."),
            ("vision", False, 'Leave "image" out of modalities.input'),
            ("alias", "fast", 'aliases = ["fast"]'),
            ("input_cost_per_token_above_200k_tokens", 2.5e-06, "[{ context_over = 200000, input = 2.5 }]"),
        ],
    )
    def test_of_a_model(self, name: str, value: Any, step: str) -> None:
        known = advice("models", (name,), value)
        assert known is not None
        assert step in known[1]

    @pytest.mark.parametrize(
        ("name", "value", "step"),
        [
            ("api", "http://127.0.0.1:1/v1", 'base_url = "http://127.0.0.1:1/v1"'),
            ("url", "http://127.0.0.1:1/v1/chat/completions", 'base_url = "http://127.0.0.1:1/v1"'),
            ("api_key", "${MY_KEY}", 'env = ["MY_KEY"]'),
            ("api_key", "os.environ/MY_KEY", 'env = ["MY_KEY"]'),
            ("api_key", "none", "env = [] (no key is needed)"),
            ("envKey", ["A_KEY", "B_KEY"], 'env = ["A_KEY", "B_KEY"]'),
            ("npm", "@ai-sdk/openai", 'extra.npm = "@ai-sdk/openai"'),
        ],
    )
    def test_of_a_provider(self, name: str, value: Any, step: str) -> None:
        known = advice("providers", (name,), value)
        assert known is not None
        assert step in known[1]


def test_the_advice_is_what_the_schema_accepts() -> None:
    """What `Write ...` states can be written, for a value of the right type."""
    values = {"tokens": 5, "price": 1, "per token": 1e-06, "per million": 1, "flag": True, "kind": "embedding",
              "day": "2026-01-02", "month": "2026-01", "image": 1}  # fmt: skip
    tried = 0
    for row in foreign.MODEL:
        if row.form in values:
            name = row.names.split()[0]
            known = advice("models", tuple(name.split(".")), values[row.form])
            assert known is not None
            written = known[1].removeprefix("Write ").removesuffix(".").split(" (")[0]
            entry = tomllib.loads(f'[[models]]\nprovider = "a"\nid = "b"\n{written}\n')
            assert schema.accepts("overrides", entry), written
            tried += 1
    assert tried > 40


class TestTheTable:
    @pytest.mark.parametrize("section", foreign.SECTIONS)
    def test_no_name_has_two_rows(self, section: str) -> None:
        names = [foreign.fold(name) for row in foreign.SECTIONS[section] for name in row.names.split()]
        assert len(set(names)) == len(names)

    def test_no_name_is_one_of_ours(self) -> None:
        own = {"": schema.read_schema("overrides")["properties"], **FIELDS}
        for section, rows in foreign.SECTIONS.items():
            ours = {foreign.fold(name) for name in (*own[section], "match", "omit", "base", "new", "known")}
            if section == "models":
                ours -= {"match"}
            assert [name for row in rows for name in row.names.split() if foreign.fold(name) in ours] == []

    def test_every_row_leads_to_a_field_or_an_action(self) -> None:
        for section in ("models", "providers"):
            top = {*FIELDS[section], "base", "match", "input", "output", "entries", "[deny],"}
            rows = foreign.SECTIONS[section]
            assert [row.ours for row in rows if row.ours.split()[0].split(".")[0] not in top] == []

    def test_another_spelling_of_the_same_name_is_the_same_name(self) -> None:
        for name in ("contextLength", "context_length", "CONTEXT_LENGTH", "context-length", "ContextLength"):
            assert foreign.lookup("models", name) is foreign.lookup("models", "contextLength")


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("model_info.max_input_tokens = 5", "limits.input = 5"),
        ("model_info.input_cost_per_token = 1.75e-06", "cost.input = 1.75"),
        ('litellm_params.model = "azure/x"', "provider_model_id"),
        ("params.num_ctx = 8192", "limits.context = 8192"),
        ("completionOptions.contextLength = 5", "limits.context = 5"),
    ],
)
def test_a_name_inside_a_table_of_another_tool_is_the_same_name(line: str, ours: str) -> None:
    [problem] = problems_of(f'[[models]]\nprovider = "openai"\nid = "gpt-5.2"\n{line}\n')
    assert problem.severity == "error"
    assert ours in problem.hint


class TestWhatIsNoError:
    def test_in_extra_everything_is_meant(self) -> None:
        text = '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\nextra.contextLength = 5\nextra.limit.context = 5\n'
        assert problems_of(text) == []

    @pytest.mark.parametrize("name", ["team", "owner", "region", "cost_center", "temperature"])
    def test_any_other_field_is_a_warning(self, name: str) -> None:
        [problem] = problems_of(f'[[models]]\nprovider = "openai"\nid = "gpt-5.2"\n{name} = 1\n')
        assert problem.severity == "warning"

    def test_a_field_of_the_other_kind_of_entry_is_a_warning_that_names_it(self) -> None:
        [problem] = problems_of('[[models]]\nprovider = "openai"\nid = "gpt-5.2"\nenv = ["A_KEY"]\n')
        assert (problem.severity, "[[providers]]" in problem.hint) == ("warning", True)


def test_a_foreign_name_is_reported_in_an_entry_that_has_another_fault() -> None:
    problems = problems_of('[[models]]\nprovider = "openai"\nid = "gpt-5.2"\ncontextLength = 5\nlimits.context = "x"\n')
    assert [problem.line for problem in problems] == [4, 5]


ODD = st.recursive(
    st.sampled_from(
        [1, -1.5e300, 1e-320, True, "", "x", "NaN", "1e999999999", "https://[", "${", KEY, f"https://u:{KEY}@h"]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["token", "input", "x", KEY]), inner),
    max_leaves=4,
)
NAMES = [name.split(".")[0] for rows in foreign.SECTIONS.values() for row in rows for name in row.names.split()]


@given(st.dictionaries(st.sampled_from([*NAMES, "base_url", "env", "extra", "limits", "cost"]), ODD, max_size=4))
def test_no_value_of_any_shape_ends_in_a_crash_or_shows_a_key(stated: dict[str, Any]) -> None:
    document = {"models": [{"provider": "openai", "id": "gpt-5.2", **stated}], "providers": [{"id": "own", **stated}]}
    told = ""
    try:
        told = "".join(map(str, layer_of_mapping(document).document.remarks))
    except ConfigError as error:
        told = str(error)
    assert KEY not in told


TEXT = '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\ncontextLength = 5\ntool_call = false\n'


class TestLoad:
    """It stores the value in `extra`, and logs one line that names the first place."""

    def test_of_a_file(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(TEXT)
        with caplog.at_level(logging.WARNING, "llm_models"):
            catalogue = llm_models.load(path, publish=False)
        assert catalogue.get_model("openai", "gpt-5.2").extra["contextLength"] == 5
        [record] = caplog.records
        assert f"{path}:4:1: " in record.getMessage()
        assert "limits.context = 5" in record.getMessage()
        assert "and 1 more" in record.getMessage()

    def test_of_a_mapping(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING, "llm_models"):
            llm_models.load(config=None, publish=False, overrides=tomllib.loads(TEXT))
        [record] = caplog.records
        assert "load(overrides=...): models.openai:gpt-5.2: " in record.getMessage()

    def test_of_a_behaviour_module(self, caplog: pytest.LogCaptureFixture) -> None:
        class Mine(llm_models.Overrides):
            def models(self) -> Any:
                return tomllib.loads(TEXT)["models"]

        with caplog.at_level(logging.WARNING, "llm_models"):
            llm_models.load(config=None, publish=False, overrides_module=Mine)
        assert len(caplog.records) == 1

    def test_a_warning_is_not_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        layer = layer_of_mapping({"models": [{"provider": "openai", "id": "gpt-5.2", "team": "x"}]})
        assert [remark.severity for remark in layer.document.remarks] == ["warning"]
        with caplog.at_level(logging.WARNING, "llm_models"):
            llm_models.load(config=None, publish=False, overrides=layer.document.data)
        assert caplog.records == []


def test_validate_with_behaviour_reports_those_of_the_module_and_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A remark on the file does not keep the module from being checked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    entry = {"provider": "openai", "id": "gpt-5.2", "tool_call": True}
    (tmp_path / "foreign_names_module.py").write_text(f"def models():\n    return [{entry}]\n")
    text = 'overrides_module = "foreign_names_module"\n[[models]]\nprovider = "openai"\nid = "gpt-5.2"\nteam = "x"\n'
    (tmp_path / "llm_models.toml").write_text(text)
    result = here("validate", "--behaviour")
    assert result.code == 1
    assert "llm_models.toml:1:" in result.out
    assert "capabilities.tools.enabled = true" in result.out
    assert "llm_models.toml:5:1: models.openai:gpt-5.2: unknown field 'team'" in result.out


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ("input_cost=1", "Write cost.input = 1 (USD per million tokens)."),
        ("limit.context=5", "Write limits.context = 5 (tokens)."),
        ("openWeights=true", "Write open_weights = true."),
        ("capabilities.vision=true", 'Put "image" into the list modalities.input.'),
        ("base_url=x", "base_url"),
    ],
)
def test_set_states_the_same_and_writes_nothing(
    change: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = here("set", "openai:gpt-5.2", change)
    assert result.code == 2
    assert step in result.err
    assert not (tmp_path / "llm_models.toml").exists()


def test_a_budget_of_0_is_a_budget() -> None:
    """0 means unknown for limits only."""
    text = '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\ncapabilities.reasoning.token_budget = 0\n'
    assert problems_of(text) == []
    catalogue = llm_models.load(config=None, publish=False, overrides=config.parse(text.encode(), "x").data)
    assert catalogue.get_model("openai", "gpt-5.2").capabilities.reasoning.token_budget == 0
    [problem] = problems_of(text.replace("capabilities.reasoning.token_budget", "limits.context"))
    assert "at least 1" in problem.message
