"""`export`: the documents for other tools, what is reported about them, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.command import fine, here, python, refused

from llm_models.cli.documents import DOCUMENTS, document_text
from llm_models.cli.export import TARGETS

if TYPE_CHECKING:
    from pathlib import Path

OWN = """
[[models]]
provider = "anthropic"
id = "claude-sonnet-4-6"
cost = { input = 1.5, cache_read = 0.15 }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_help_names_each_target() -> None:
    shown = " ".join(fine("export", "--help").out.split())
    for name, title in TARGETS.items():
        assert f"{name} {title}" in shown


@pytest.mark.parametrize("target", DOCUMENTS)
def test_a_document_holds_the_models_that_are_named(target: str, folder: Path) -> None:
    done = fine("export", target, "openai:gpt-5.4-mini", "groq/openai/gpt-oss-20b")
    content = json.loads(done.out)
    assert len(content.get("model_list", content)) >= 2
    assert "models: " in done.err
    fine("export", target, "openai:gpt-5.4-mini", "groq/openai/gpt-oss-20b", "--out", "document.json")
    assert (folder / "document.json").read_text(encoding="utf-8") == done.out


def test_conditions_choose_models() -> None:
    content = json.loads(fine("export", "litellm", "--scope", "groq", "--require", "tools", "--no-deprecated").out)
    assert len(content) > 3
    assert all(key.startswith("groq/") and row["supports_function_calling"] for key, row in content.items())


@pytest.mark.parametrize(
    "options",
    [
        ["--scope", "groq"],
        ["--at", "2026-10-01"],
        ["--unknown", "likely"],
        ["--not-free"],
        ["--closed-weights"],
        ["--no-deprecated"],
        ["--require", "tools", "--max-price-input", "1"],
    ],
    ids=" ".join,
)
def test_a_model_beside_conditions_is_refused_with_their_options(options: list[str]) -> None:
    """A person may not know that an option such as `--at` is a condition."""
    told = refused(here("export", "litellm", "openai:gpt-5.2", *options), 2)
    named = " and ".join(option for option in options if option.startswith("--"))
    assert f"SPEC and conditions exclude each other. Name no SPEC, or leave out {named}" in told


def test_what_is_left_out_is_reported(folder: Path) -> None:
    """Each model that was named, and otherwise by the reason; also what stands beside own prices."""
    done = here("export", "litellm", "openai:gpt-5.2", "google:gemini-flash-latest")
    assert done.code == 1
    assert [*json.loads(done.out)] == ["openai/gpt-5.2", "openai/gpt-5.2-2025-12-11"]
    assert "left out: google:gemini-flash-latest: what it means changes" in done.err
    every = fine("export", "litellm", "--scope", "google", "--scope", "openai")
    assert " models, such as " in every.err
    (folder / "llm_models.toml").write_text(OWN, encoding="utf-8")
    done = fine("export", "litellm", "anthropic:claude-sonnet-4-6")
    assert "dropped: anthropic:claude-sonnet-4-6: cache_write, cache_write_1h, modes.batch" in done.err
    assert "notice: anthropic:claude-sonnet-4-6: output at list price beside your own" in done.err
    row = json.loads(done.out)["anthropic/claude-sonnet-4-6"]
    assert (row["input_cost_per_token"], row["cache_read_input_token_cost"]) == (1.5e-6, 1.5e-7)
    assert "cache_creation_input_token_cost" not in row


def test_a_document_of_the_tool_is_kept(folder: Path) -> None:
    own = {
        "sample_spec": {"mode": "chat"},
        "gpt-5.2": {"litellm_provider": "openai", "mode": "responses", "input_cost_per_token": 1, "rpm": 3},
        "else/model": {"litellm_provider": "else", "input_cost_per_token": 2},
    }
    (folder / "map.json").write_text(json.dumps(own), encoding="utf-8")
    content = json.loads(fine("export", "litellm", "openai:gpt-5.2", "--onto", "map.json").out)
    assert content["else/model"] == own["else/model"]
    assert content["sample_spec"] == own["sample_spec"]
    row = content["gpt-5.2"]
    assert (row["input_cost_per_token"], row["mode"], row["rpm"]) == (1.75e-6, "responses", 3)
    assert "openai/gpt-5.2" not in content
    for text, why in (("{", "not JSON"), ("[1]", "expected a JSON object"), ('{"a": 1}', "expected a JSON object")):
        (folder / "map.json").write_text(text, encoding="utf-8")
        assert why in refused(here("export", "litellm", "openai:gpt-5.2", "--onto", "map.json"), 2)
    assert "--onto: missing.json" in refused(here("export", "litellm", "openai:gpt-5.2", "--onto", "missing.json"))
    out = here("export", "litellm", "openai:gpt-5.2", "--out", "missing/map.json")
    assert "--out: missing/map.json" in refused(out)
    assert "has no document to start from" in refused(
        here("export", "litellm-proxy", "openai:gpt-5.2", "--onto", "map.json"), 2
    )


def test_an_unknown_target_is_refused_with_a_suggestion() -> None:
    assert "unknown target 'litelm'. Did you mean 'litellm'" in refused(here("export", "litelm"), 2)
    assert f"unknown target 'nonsense'. State one of: {', '.join(TARGETS)}." in refused(here("export", "nonsense"), 2)


def test_a_document_is_json_and_yaml() -> None:
    """To YAML, `5e-06` is a text, and LiteLLM's proxy reads YAML."""
    yaml = pytest.importorskip("yaml")
    values = {"a": [5e-06, 1.5e-07, 1e22, 3, 0.0], "b": {"c": 1e-9}, "d": 'x": 5e-06', "e": "5e-06\n", "f": None}
    text = document_text(values)
    assert json.loads(text) == yaml.safe_load(text) == values
    done = fine("export", "litellm-proxy", "--scope", "groq")
    assert json.loads(done.out) == yaml.safe_load(done.out)


def test_no_client_library_is_needed() -> None:
    for target in DOCUMENTS:
        code = (
            "import sys\nfrom llm_models.cli import main\n"
            f"sys.argv = ['llm-models', 'export', {target!r}, 'openai:gpt-5.2', '--out', 'document.json']\n"
            "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code, done.code\n"
            "assert not {'litellm', 'openai', 'httpx', 'yaml'} & {*sys.modules}, 'imported'\n"
        )
        python(code)


def test_no_key_is_in_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "GROQ_API_KEY"):
        monkeypatch.setenv(name, "sk-secret")
    done = fine("export", "litellm-proxy", "openai:gpt-5.2", "--out", "config.yaml")
    assert "sk-secret" not in done.out + done.err
    entry = json.loads(fine("export", "litellm-proxy", "openai:gpt-5.2").out)["model_list"][0]
    assert entry["litellm_params"]["api_key"] == "os.environ/OPENAI_API_KEY"
