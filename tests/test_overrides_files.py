"""The curated overrides: checked by the command that checks an application's, each with its source, and in the data."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from support import ROOT
from support.command import process

from llm_models import checks
from llm_models.positions import locate

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.snapshot import Snapshot

FILES = sorted((ROOT / "overrides").glob("*.toml"))
MAIN = {
    "openai": ("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "anthropic": ("https://api.anthropic.com", "ANTHROPIC_API_KEY"),
    "google": ("https://generativelanguage.googleapis.com", "GEMINI_API_KEY"),
    "mistral": ("https://api.mistral.ai", "MISTRAL_API_KEY"),
    "groq": ("https://api.groq.com", "GROQ_API_KEY"),
    "xai": ("https://api.x.ai", "XAI_API_KEY"),
    "cohere": ("https://api.cohere.com", "COHERE_API_KEY"),
    "deepseek": ("https://api.deepseek.com", "DEEPSEEK_API_KEY"),
}
DOCUMENTED = {
    "anthropic": "claude.com",
    "cerebras": "cerebras.ai",
    "cohere": "cohere.com",
    "deepinfra": "deepinfra.com",
    "google": "google.dev",
    "google_vertex_anthropic": "cloud.google.com",
    "groq": "groq.com",
    "mistral": "mistral.ai",
    "nvidia": "nvidia.com",
    "openai": "openai.com",
    "perplexity": "perplexity.ai",
    "privatemode_ai": "privatemode.ai",
    "togetherai": "together.ai",
    "venice": "venice.ai",
    "xai": "x.ai",
}
"""Where each provider documents itself."""

LINK = re.compile(r"https://[^\s,;)]+")


def data_of(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_command_finds_nothing_wrong_and_nothing_pointless() -> None:
    names = [f"overrides/{path.name}" for path in FILES]
    result = process("validate", "--strict", *names, cwd=ROOT)
    assert (result.code, result.out) == (0, "")
    assert result.err == f"{len(FILES)} files: no problems\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestFiles:
    """One file a provider; each correction stands below its reason with a link to the provider's documentation."""

    def test_it_speaks_of_one_provider_whose_name_it_bears(self, path: Path) -> None:
        data = data_of(path)
        spoken = {one["id"] for one in data.get("providers", [])} | {one["provider"] for one in data.get("models", [])}
        assert spoken == {path.stem}
        assert set(data) <= {"providers", "models"}

    def test_each_correction_has_its_reason_and_a_link(self, path: Path) -> None:
        """Above each entry stands a comment with a link: its own, or its group's with single-line notes between."""
        text = path.read_text(encoding="utf-8")
        places, data = locate(text), data_of(path)
        lines = text.splitlines()
        for section in ("providers", "models"):
            for number in range(len(data.get(section, []))):
                above = lines[: places.line_column(places[section, number].start)[0] - 1]
                comments = re.findall(r"(?:^#.*\n)+", "\n".join([*above, ""]), re.MULTILINE)
                while comments and not LINK.search(comments[-1]):
                    assert comments.pop().count("\n") == 1, (path.name, section, number)
                assert comments, (path.name, section, number)
                assert len(LINK.sub("", comments[-1]).strip("# \n")) > 10, comments[-1]

    def test_its_links_lead_to_the_provider_s_own_documentation(self, path: Path) -> None:
        comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        hosts = {urlsplit(link).hostname or "" for link in LINK.findall("\n".join(comments))}
        assert any(f".{host}".endswith(f".{DOCUMENTED[path.stem]}") for host in hosts)
        known = (*(f".{one}" for one in DOCUMENTED.values()), ".github.com")
        assert [host for host in hosts if not f".{host}".endswith(known)] == []


def test_base_urls_and_key_names_of_the_main_providers_are_in_the_data(packaged: Snapshot) -> None:
    for provider, (url, key) in MAIN.items():
        record = packaged.get_provider(provider)
        assert (record.base_url or "").startswith(url), provider
        assert key in record.env, provider


def test_json_native_finds_claude(packaged: Snapshot) -> None:
    found = packaged.candidates(require=["json_native"], scope="anthropic")
    assert {"claude-sonnet-4-5", "claude-opus-4-5"} <= {model.id for model in found}
    assert packaged.select(require=["json_native", "tools_parallel", "streaming_tool_calls"], scope="anthropic")


def test_every_correction_is_in_the_packaged_data_with_its_place(packaged: Snapshot) -> None:
    """Each value that a file states of a model by id is told by `explain` to come from that file and line."""
    from llm_models.origins import leaves

    told = 0
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        places = locate(text)
        for number, entry in enumerate(data_of(path).get("models", [])):
            if "match" in entry:
                continue
            for steps, value in leaves(
                {key: one for key, one in entry.items() if key not in {"provider", "id", "omit"}}
            ):
                line = places.line_column(places["models", number, *steps].key_start)[0]
                (origin,) = packaged.explain((entry["provider"], entry["id"]), ".".join(steps)).fields
                assert origin.layer == f"overrides/{path.name}"
                assert origin.place == f"overrides/{path.name}:{line}"
                assert set(value) <= set(origin.value) if isinstance(value, list) else origin.value == value
                told += 1
    assert told > 20


def test_each_file_has_left_its_mark(packaged: Snapshot) -> None:
    """By the origins of the packaged data, no file is forgotten."""
    tail = packaged.file.tail()
    lines = [*tail["providers"].values(), *tail["models"].values()]
    layers = {origin["layer"] for line in lines for origin in line["fields"].values()}
    assert layers == {f"overrides/{path.name}" for path in FILES}


def test_a_file_with_a_mistake_would_be_found(tmp_path: Path) -> None:
    """The checks above can fail: a curated file may not define a model, nor say what is so already."""
    folder = tmp_path / "overrides"
    folder.mkdir()
    (folder / "openai.toml").write_text(
        '[[models]]\nprovider = "openai"\nid = "gpt-9000"\nname = "x"\n'
        '\n[[models]]\nprovider = "openai"\nid = "gpt-4"\nopen_weights = false\n',
        encoding="utf-8",
    )
    messages = [problem.message for problem in checks.check_file(str(folder / "openai.toml"))]
    assert len(messages) == 2
    assert "has no model 'gpt-9000'" in messages[0]
    assert "already has this value" in messages[1]
