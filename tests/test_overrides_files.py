"""The curated overrides: checked by the command that checks an application's, each with its source, and in the data."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from support import ROOT, catalogues
from support.command import process

import llm_models
from llm_models import checks, paths
from llm_models.modelspec import fold_provider
from llm_models.moving import FIELD
from llm_models.origins import SUPPLEMENT
from llm_models.patterns import matcher
from llm_models.positions import locate
from llm_models.timeline import History

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.snapshot import Snapshot

NAMES = ROOT / "overrides" / "names.toml"
"""The names that other tools use for providers: the one file that is about many."""
FILES = [path for path in sorted((ROOT / "overrides").glob("*.toml")) if path != NAMES]
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
    "aihubmix": "aihubmix.com",
    "alibaba": "alibabacloud.com",
    "alibaba_cn": "alibabacloud.com",
    "amazon_bedrock": "aws.amazon.com",
    "anthropic": "claude.com",
    "azure": "microsoft.com",
    "cerebras": "cerebras.ai",
    "cloudflare_ai_gateway": "cloudflare.com",
    "cohere": "cohere.com",
    "databricks": "databricks.com",
    "deepinfra": "deepinfra.com",
    "deepseek": "deepseek.com",
    "gitlab": "gitlab.com",
    "google": "google.dev",
    "google_vertex": "cloud.google.com",
    "google_vertex_anthropic": "cloud.google.com",
    "groq": "groq.com",
    "hetzner": "hetzner.com",
    "merge_gateway": "merge.dev",
    "minimax": "minimax.io",
    "minimax_cn": "minimaxi.com",
    "minimax_coding_plan": "minimax.io",
    "mistral": "mistral.ai",
    "moonshotai": "kimi.ai",
    "nan": "nan.builders",
    "nvidia": "nvidia.com",
    "openai": "openai.com",
    "pendra": "pendra.ai",
    "perplexity": "perplexity.ai",
    "privatemode_ai": "privatemode.ai",
    "qvac": "qvac.tether.io",
    "salad_cloud": "salad.com",
    "sensenova": "sensenova.cn",
    "standardcompute": "standardcompute.com",
    "subconscious": "subconscious.dev",
    "thinkingmachines": "thinkingmachines.ai",
    "togetherai": "together.ai",
    "v0": "vercel.com",
    "venice": "venice.ai",
    "vercel": "vercel.com",
    "xai": "x.ai",
}
"""Where each provider documents itself."""


def provider_of(path: Path) -> str:
    """The provider that a file is about. What it charges beyond upstream's prices is in a file of its own."""
    return path.stem.removesuffix("_prices")


LINK = re.compile(r"https://[^\s,;)]+")


def data_of(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.whole
def test_the_command_finds_nothing_wrong_and_nothing_pointless() -> None:
    names = [f"overrides/{path.name}" for path in (*FILES, NAMES)]
    result = process("validate", "--strict", *names, cwd=ROOT)
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith(f"{len(names)} files checked (overrides/")
    assert result.err.endswith(" more): no problems\n")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestFiles:
    """One file a provider; each correction stands below its reason with a link to the provider's documentation."""

    def test_it_speaks_of_one_provider_whose_name_it_bears(self, path: Path) -> None:
        data = data_of(path)
        spoken = {one["id"] for one in data.get("providers", [])} | {one["provider"] for one in data.get("models", [])}
        assert spoken == {provider_of(path)}
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
        assert any(f".{host}".endswith(f".{DOCUMENTED[provider_of(path)]}") for host in hosts)
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


@pytest.mark.whole
def test_every_correction_is_in_the_packaged_data_with_its_place(packaged: Snapshot) -> None:
    """Each value that a file states of a model by id is told by `explain` to come from that file and line."""
    from llm_models.errors import dotted
    from llm_models.layers import RECORD_RULES
    from llm_models.origins import leaves

    told = 0
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        places = locate(text)
        for number, entry in enumerate(data_of(path).get("models", [])):
            if "match" in entry or not is_there(packaged, entry):
                continue
            fields = {origin.field: origin for origin in packaged.explain((entry["provider"], entry["id"])).fields}
            for steps, value in leaves(
                {key: one for key, one in entry.items() if key not in {"provider", "id", "omit"}}
            ):
                line = places.line_column(places["models", number, *steps].key_start)[0]
                origin = fields[dotted(steps)]
                assert origin.layer == f"overrides/{path.name}"
                assert origin.place == f"overrides/{path.name}:{line}"
                united = steps in RECORD_RULES
                assert set(value) <= set(origin.value) if united else origin.value == value
                told += 1
    assert told > 20


def test_each_file_has_left_its_mark(packaged: Snapshot) -> None:
    """By the origins of the packaged data, no file is forgotten but one that is only about the gone."""
    tail = packaged.file.tail()
    lines = [*tail["providers"].values(), *tail["models"].values()]
    layers = {origin["layer"] for line in lines for origin in line["fields"].values()}
    layers -= {f"{SUPPLEMENT}{one['name']}" for one in packaged.file.header["supplements"]}
    of_the_living = [
        path
        for path in (*FILES, NAMES)
        if (data := data_of(path)).get("providers") or any(is_there(packaged, entry) for entry in data["models"])
    ]
    assert layers - {FIELD} == {f"overrides/{path.name}" for path in of_the_living}
    assert len(of_the_living) >= len(FILES)


def is_there(packaged: Snapshot, entry: dict[str, Any]) -> bool:
    """Whether a model entry is about a model of the packaged data."""
    return "match" in entry or packaged.file.holds(entry["provider"], entry["id"])


ENTRIES = [entry for path in FILES for entry in data_of(path).get("models", [])]
FOLLOWED = [entry for entry in ENTRIES if "successor" in entry]


class TestLifecycle:
    """Retirements and successors: each names what is known, and ends at a model that goes on."""

    def test_their_number(self) -> None:
        assert len(FOLLOWED) > 100
        assert sum("retires" in entry for entry in ENTRIES) > 60

    def test_they_name_models_by_id(self) -> None:
        assert [entry for entry in ENTRIES if "match" in entry and {"retires", "successor"} & entry.keys()] == []

    @pytest.mark.parametrize("entry", FOLLOWED, ids=lambda entry: f"{entry['provider']}:{entry['id']}")
    def test_a_successor_is_the_last_of_its_chain(self, entry: dict[str, Any], packaged: Snapshot) -> None:
        """It is listed, not deprecated, not replaced in turn, and not to retire before the model that it follows."""
        provider, _, model_id = entry["successor"].partition(":")
        follower = packaged.get_model(provider, model_id)
        assert follower.id == model_id  # no alias
        assert not follower.deprecated
        assert follower.successor is None
        assert follower.retires is None

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_every_entry_is_of_a_model_that_is_or_was_listed(self, path: Path, packaged: Snapshot) -> None:
        """And states of one that is gone only what the history takes; `changes` leaves out no such entry."""
        history = History.open(paths.PACKAGED_HISTORY)
        for entry in data_of(path).get("models", []):
            if not is_there(packaged, entry):
                assert history.knows(entry["provider"], entry["id"]), entry
                assert entry.keys() - {"provider", "id"} == {"successor"}, entry

    def test_every_name_is_of_a_provider_that_is_or_was_listed(self, packaged: Snapshot) -> None:
        """The history has those of the gone."""
        history, stated = History.open(paths.PACKAGED_HISTORY), {}
        for entry in data_of(NAMES)["providers"]:
            if entry["id"] not in packaged.view.known:
                assert entry["id"] in history.providers, entry
                assert entry.keys() == {"id", "aliases"}
                stated |= {fold_provider(alias): entry["id"] for alias in entry["aliases"]}
        assert history.aliases == stated

    def test_the_history_has_those_of_models_that_are_gone(self, packaged: Snapshot) -> None:
        history = History.open(paths.PACKAGED_HISTORY)
        stated = {}
        for provider in history.providers:
            line = history.line(provider)
            assert line is not None
            stated |= {(provider, name): one for name, one in line.successors.items() if one.source == "curated"}
        gone = [entry for entry in FOLLOWED if not is_there(packaged, entry)]
        assert {key: one.spec for key, one in stated.items()} == {
            (entry["provider"], entry["id"]): entry["successor"] for entry in gone
        }
        for (provider, _), one in stated.items():
            assert f".{urlsplit(one.link or '').hostname}".endswith(f".{DOCUMENTED[provider]}")

    def test_a_mistyped_one_is_found(self, tmp_path: Path) -> None:
        """With any other value, an entry for a model that the catalogue lacks is reported."""
        folder = tmp_path / "overrides"
        folder.mkdir()
        text = '[[models]]\nprovider = "openai"\nid = "gpt-9000"\nsuccessor = "openai:gpt-6-sol"\n'
        file = folder / "openai.toml"
        file.write_text(text)
        assert checks.check_file(str(file)) == []
        file.write_text(f"{text}deprecated = true\n")
        assert ["has no model 'gpt-9000'" in problem.message for problem in checks.check_file(str(file))] == [True]


UNTOUCHED = {
    "cohere:c4ai-aya-*": "no tools, and not on the page of structured outputs",
    "cohere:command-a-reasoning-08-2025": "not on the page of structured outputs",
    "cohere:command-a-translate-08-2025": "not on the page of structured outputs",
    "cohere:command-a-vision-07-2025": "no tools, and not on the page of structured outputs",
    "cohere:command-r7b-*": "not on the page of structured outputs",
    "cohere:north-mini-code-1-0": "not on the page of structured outputs",
    "google:deep-research-*": "an agent, not on the page of function calling",
    "google:gemini-*-computer-use-*": "an agent, not on the page of function calling",
    "google:gemini-*-image": "makes pictures",
    "google:gemini-*-live-*": "speaks",
    "google:gemma-*": "an open model, not on the page of function calling",
    "google:lyria-*": "makes music",
    "groq:allam-2-7b": "no tools",
    "groq:groq/compound*": "a system of several models that brings its own tools",
    "groq:meta-llama/llama-prompt-guard-*": "a classifier",
    "groq:openai/gpt-oss-safeguard-*": "a guard, not on the page of structured outputs",
    "groq:qwen/*": "a preview; the pages of tools and structured outputs were not read for it",
    "mistral:mistral-nemo": "an old open model",
    "mistral:pixtral-12b": "an old open model",
    "mistral:voxtral-*": "answers speech",
    "mistral:zai-glm-*": "not a model of Mistral's",
    "openai:gpt-daybreak-*": "a moving name without a page",
    "openai:gpt-realtime-*": "speaks",
}
"""First-party chat models that no curated rule about capabilities needs to touch, and why."""


class TestLines:
    """A rule about capabilities names a line of models, so that the next member has it, too."""

    def untouched(self, packaged: Snapshot) -> list[str]:
        """The chat models, not deprecated, of the makers for which there are such rules, that no rule touches."""
        tail = packaged.file.tail()["models"]
        rules = [entry for entry in ENTRIES if "capabilities" in entry]
        found = []
        for provider in sorted({entry["provider"] for entry in rules}):
            stated = [entry for entry in ENTRIES if entry["provider"] == provider and "id" in entry]
            exact = {entry["id"] for entry in stated if {"capabilities", "omit"} & entry.keys()}
            for model in packaged.list_models(provider):
                fields = tail.get(f"{provider}:{model.id}", {}).get("fields", {})
                ruled = any("capabilities" in key for key in fields) or model.id in exact
                if model.capabilities.chat and not model.deprecated and not ruled:
                    found.append(f"{provider}:{model.id}")
        return found

    def test_each_is_touched_or_has_a_reason(self, packaged: Snapshot) -> None:
        """For a new model: widen the rule of its line, or state a reason here."""
        tests = [matcher(pattern, lambda _: None) for pattern in UNTOUCHED]
        assert [spec for spec in self.untouched(packaged) if not any(test([spec]) for test in tests)] == []

    @pytest.mark.parametrize("pattern", UNTOUCHED)
    def test_each_reason_is_about_a_model(self, pattern: str, packaged: Snapshot) -> None:
        provider = pattern.partition(":")[0]
        test = matcher(pattern, lambda _: None)
        assert any(test([f"{provider}:{model_id}"]) for model_id in packaged.file.block(provider).ids)

    def test_a_new_member_has_the_flags_of_its_line(self) -> None:
        """A source of tomorrow, with models that nobody has named yet, and with members that are exceptions."""
        strict = {
            "openai": ["gpt-7", "gpt-6.2-terra", "gpt-5.7-codex", "gpt-4.1-micro"],
            "anthropic": ["claude-opus-6", "claude-sonnet-5-9", "claude-haiku-5-20270101"],
            "xai": ["grok-5", "grok-4.9-fast", "grok-build-2"],
            "google-vertex-anthropic": ["claude-opus-6@default"],
        }
        others = {
            "openai": ["gpt-realtime-3", "gpt-5.4-pro", "gpt-image-9"],
            "anthropic": ["claude-opus-4-1", "claude-3-7-sonnet-20250219", "claude-sonnet-4-20250514"],
            "xai": ["grok-imagine-9", "grok-2-1212"],
            "google-vertex-anthropic": ["claude-opus-4-1@20250805"],
        }
        source = catalogues.catalogue(
            *(
                catalogues.provider(name, *(catalogues.model(one, tool_call=True) for one in [*ids, *others[name]]))
                for name, ids in strict.items()
            )
        )
        file, _ = catalogues.base(source)
        snapshot = llm_models.Snapshot(file)
        for expected, named in ((True, strict), (False, others)):
            for name, ids in named.items():
                for one in ids:
                    assert snapshot.get_model(name, one).capabilities.json.strict is expected, (name, one)


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
