"""Texts that name a provider: each leads to that provider's model, or to an error that names it first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues

import llm_models
from llm_models import (
    AmbiguousModelError,
    LLMModelsError,
    Model,
    ModelKey,
    ModelNotAllowedError,
    RetiredModelError,
    Snapshot,
    UnknownModelError,
    UnknownProviderError,
)
from llm_models.lookup import locate
from llm_models.modelspec import STYLES
from llm_models.spellings import alike

if TYPE_CHECKING:
    from collections.abc import Iterator

MAIN = [
    "openai", "anthropic", "google", "mistral", "xai", "deepseek", "groq", "cohere", "perplexity", "cerebras",
    "fireworks_ai", "togetherai", "azure", "amazon_bedrock", "openrouter",
]  # fmt: skip
CONFIGURED = {
    "openrouter/meta-llama/llama-4-maverick": "openrouter:meta-llama/llama-4-maverick",
    "openrouter/moonshotai/kimi-k2.5": "openrouter:moonshotai/kimi-k2.5",
    "openrouter/anthropic/claude-sonnet-4.5": "openrouter:anthropic/claude-sonnet-4.5",
    "openrouter/openai/gpt-4o-mini": "openrouter:openai/gpt-4o-mini",
    "together_ai/openai/gpt-oss-20b": "togetherai:openai/gpt-oss-20b",
    "groq/openai/gpt-oss-20b": "groq:openai/gpt-oss-20b",
    "perplexity/sonar-pro": "perplexity:sonar-pro",
    "openai/gpt-5.5": "openai:gpt-5.5",
    "openai/gpt-5.4-nano": "openai:gpt-5.4-nano",
    "openai/o3": "openai:o3",
    "openai/o3-pro-2025-06-10": "openai:o3-pro",
    "openai/gpt-5.3-codex-spark": "openai:gpt-5.3-codex-spark",
    "openai/gpt-4o-mini": "openai:gpt-4o-mini",
    "openai/text-embedding-3-small": "openai:text-embedding-3-small",
    "anthropic/claude-sonnet-4-5": "anthropic:claude-sonnet-4-5",
    "gemini/gemini-2.5-pro": "google:gemini-2.5-pro",
    "gemini/gemma-4-31b-it": "google:gemma-4-31b-it",
    "vertex_ai/gemini-3.5-flash": "google_vertex:gemini-3.5-flash",
    "bedrock/anthropic.claude-sonnet-4-6": "amazon_bedrock:anthropic.claude-sonnet-4-6",
    "azure/gpt-4o": "azure:gpt-4o",
    "azure_ai/gpt-4o": "azure:gpt-4o",
    "cohere/command-a-03-2025": "cohere:command-a-03-2025",
    "mistral/mistral-large-latest": "mistral:mistral-large-latest",
    "github-copilot/claude-opus-4.8": "github_copilot:claude-opus-4.8",
    "nvidia/nemotron-3-nano-30b-a3b": "nvidia:nvidia/nemotron-3-nano-30b-a3b",
}
"""Texts of public configuration files, and the model that each means."""
GONE = {
    "google/gemini-3-pro-preview": "google:gemini-3-pro-preview",
    "google/gemini-2.0-flash": "google:gemini-2.0-flash",
    "deepseek/deepseek-reasoner": "deepseek:deepseek-reasoner",
    "groq/meta-llama/llama-4-maverick-17b-128e-instruct": "groq:meta-llama/llama-4-maverick-17b-128e-instruct",
    "openai/gpt-5-codex": "openai:gpt-5-codex",
    "github-models/openai/gpt-4o": "github_models:openai/gpt-4o",
}
"""Texts that mean a model which its provider no longer lists."""


def spellings(catalogue: Snapshot, provider: str) -> list[str]:
    """The id of a provider, its aliases, and each in another case and with other marks."""
    names = [provider, *catalogue.get_provider(provider).aliases]
    return [spelling for name in names for spelling in (name, name.upper(), name.replace("_", "-"))]


def forms(catalogue: Snapshot, key: tuple[str, str]) -> Iterator[str]:
    """The texts that name a model with its provider: each style, and with a slash, in each spelling of the provider."""
    provider, model_id = key
    for style in STYLES:
        text = catalogue.format_spec(key, style)
        for name in spellings(catalogue, provider):
            yield name + text[len(provider) :] if style == "colon" else text[: -len(provider)] + name
    for name in spellings(catalogue, provider):
        yield f"{name}/{model_id}"


class TestEveryModel:
    """Every model of the packaged catalogue, written in every form."""

    @pytest.mark.whole
    def test_each_form_leads_to_the_model_itself(self, packaged: Snapshot) -> None:
        rows = [
            ((provider, row), model_id)
            for provider in packaged.file.blocks
            for row, model_id in enumerate(packaged.file.block(provider).ids)
        ]
        wrong = [
            text
            for row, model_id in rows
            for text in forms(packaged, (row[0], model_id))
            if locate(packaged.view, text, None, ()) != row
        ]
        assert wrong == []

    def test_a_served_id_too(self, packaged: Snapshot) -> None:
        for model in packaged.list_models():
            for name in model.served_as:
                for text in forms(packaged, (model.provider, name)):
                    assert packaged.resolve(text) == model
                    assert packaged.wire_id(text) == name

    def test_no_preference_changes_what_a_text_names(self, packaged: Snapshot) -> None:
        for provider in MAIN:
            for model in packaged.list_models(provider):
                assert packaged.resolve(f"{provider}/{model.id}", prefer=["openrouter", "poe"]).key == model.key

    @pytest.mark.whole
    def test_a_denied_model_stays_denied_in_every_form(self, packaged: Snapshot) -> None:
        """Also where another provider has that text as the id of its own model."""
        for provider in MAIN:
            banned = Snapshot(packaged.file, deny={provider: ["*"]})
            for model_id in packaged.file.block(provider).ids:
                for text in forms(packaged, (provider, model_id)):
                    assert not banned.allowed(text), text

    def test_the_error_states_the_ban(self, packaged: Snapshot) -> None:
        banned = Snapshot(packaged.file, deny={"mistral": ["*"]})
        for text in (
            "mistral/mistral-large-latest",
            "mistralai/mistral-large-latest",
            "mistral-ai:mistral-large-latest",
        ):
            with pytest.raises(ModelNotAllowedError, match="mistral:mistral-large-latest is denied by pattern"):
                banned.resolve(text)
        assert banned.allowed("merge_gateway:mistral/mistral-large-latest")
        assert banned.allowed("mistral/mistral-large-latest") is False

    def test_a_ban_by_pattern_counts_for_a_name_that_the_provider_does_not_have(self, packaged: Snapshot) -> None:
        text = "xai/grok-4-fast-reasoning"
        assert packaged.resolve(text).provider == "poe"
        assert not Snapshot(packaged.file, deny={"xai": ["grok-*"]}).allowed(text)

    def test_an_excluded_model_leads_nowhere_else(self) -> None:
        catalogue = llm_models.load(
            config=None, publish=False, overrides={"exclude": {"openai": ["gpt-5.3-codex-spark"]}}
        )
        with pytest.raises(UnknownModelError, match=r"openai:gpt-5.3-codex-spark is excluded by pattern"):
            catalogue.resolve("openai/gpt-5.3-codex-spark")


class TestConfigurations:
    """Texts from public configuration files of other tools."""

    @pytest.mark.parametrize(("text", "spec"), CONFIGURED.items())
    def test_it_is_the_model_of_the_provider_that_is_named(self, packaged: Snapshot, text: str, spec: str) -> None:
        assert packaged.resolve(text).spec == spec
        assert packaged.resolve(text, prefer=["openai", "poe"]).spec == spec
        assert packaged.parse_spec(text).provider == spec.partition(":")[0]
        assert packaged.explain(text).spec == spec
        assert packaged.history(text).spec == spec

    @pytest.mark.parametrize(("text", "spec"), GONE.items())
    def test_a_model_that_is_gone_is_an_error_that_names_it(self, packaged: Snapshot, text: str, spec: str) -> None:
        with pytest.raises(RetiredModelError, match=f"^{re.escape(spec)} is no longer listed"):
            packaged.resolve(text)
        assert packaged.history(text).spec == spec
        assert ":".join(packaged.parse_spec(text)) == spec

    @pytest.mark.parametrize(
        "text", ["openai/mlx-community/Qwen2.5-Coder-14B-Instruct-4bit", "openai/openai/gpt-oss-20b"]
    )
    def test_a_protocol_in_place_of_a_provider_is_an_error(self, packaged: Snapshot, text: str) -> None:
        rest = text.partition("/")[2]
        tried = f"openai has no model '{rest}', and no provider has a model '{text}'"
        with pytest.raises(UnknownModelError, match=f"^{re.escape(tried)}"):
            packaged.resolve(text)

    def test_an_error_names_each_reading_the_intended_one_first(self, packaged: Snapshot) -> None:
        tried = "openrouter has no model 'openai/gpt-99', and no provider has a model 'OpenRouter/openai/gpt-99'"
        with pytest.raises(UnknownModelError, match=f"^{re.escape(tried)}"):
            packaged.resolve("OpenRouter/openai/gpt-99")


class TestOrder:
    """The order of the readings, in a catalogue of our own."""

    @pytest.fixture
    def world(self) -> Snapshot:
        return Snapshot(
            catalogues.made_up(
                {
                    "alpha": {"one": {}, "beta/one": {}, "alpha/two": {}, "beta/only": {}, "x@beta": {}, "a:b/one": {}},
                    "beta": {"one": {}, "alpha/one": {}, "two/one": {}},
                    "gamma": {"alpha/three": {}, "one/two": {}},
                }
            )
        )

    @pytest.mark.parametrize(
        ("text", "scope", "spec"),
        [
            ("beta/one", None, "beta:one"),
            ("beta/one", "alpha", "alpha:beta/one"),
            ("alpha/one", None, "alpha:one"),
            ("alpha/one", "beta", "beta:alpha/one"),
            ("ALPHA/one", None, "alpha:one"),
            (" alpha / one ", None, "alpha:one"),
            ("alpha:beta/one", None, "alpha:beta/one"),
            ("beta/one@alpha", None, "alpha:beta/one"),
            ("alpha/two", None, "alpha:alpha/two"),
            ("alpha/alpha/two", None, "alpha:alpha/two"),
            ("alpha/x@beta", None, None),
            ("alpha/a:b/one", None, "alpha:a:b/one"),
            ("beta/only", None, "alpha:beta/only"),
            ("alpha/three", None, "gamma:alpha/three"),
            ("one/two", None, "gamma:one/two"),
            ("beta/one", "gamma", None),
            ("alpha/nothing", None, None),
            ("alpha/", None, None),
            ("/one", None, None),
            ("/", None, None),
        ],
    )
    def test_each(self, world: Snapshot, text: str, scope: str | None, spec: str | None) -> None:
        for _ in range(2):  # the second answer may come from a cache
            if spec is None:
                with pytest.raises(LLMModelsError):
                    world.resolve(text, scope=scope)
            else:
                assert world.resolve(text, scope=scope).spec == spec

    def test_a_key_has_one_meaning(self, world: Snapshot) -> None:
        assert world.resolve(("alpha", "beta/one")).spec == "alpha:beta/one"
        with pytest.raises(UnknownModelError):
            world.resolve(("gamma", "beta/one"))

    def test_outside_the_scope(self, world: Snapshot) -> None:
        with pytest.raises(UnknownModelError, match="'beta:one' is outside the scope 'gamma'"):
            world.resolve("beta/one", scope="gamma")


ASKING = ["resolve", "capabilities", "endpoint", "explain", "history", "wire_id"]
"""The methods that take a spec; `allowed` answers no in place of an error."""
BAD = [None, 5, 1.5, b"openai:gpt-4o", ("openai",), ("openai", "gpt-4o", "x"), ["openai", "gpt-4o"], ("openai", None),
       (1, "x"), {"openai": 1, "gpt-4o": 2}, {"openai", "gpt-4o"}, object()]  # fmt: skip


class TestBadValues:
    """Every function that takes a spec refuses the same values in the same way."""

    @pytest.mark.parametrize("value", BAD, ids=repr)
    @pytest.mark.parametrize(
        "name", ["resolve", "capabilities", "endpoint", "explain", "history", "wire_id", "format_spec"]
    )
    def test_no_spec(self, packaged: Snapshot, name: str, value: Any) -> None:
        with pytest.raises(
            llm_models.InvalidSpecError, match=r"not a model: .* \(expected 'provider:model', or a pair"
        ):
            getattr(packaged, name)(value)
        assert packaged.allowed(value) is False

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "openai:",
            "openai: ",
            "@openai",
            "openai:%@",
            "%FF@openai",
            "\ud800",
            "openai:\ud800",
            "openai/\ud800",
        ],
    )
    @pytest.mark.parametrize("name", ASKING)
    def test_no_model_in_a_text(self, packaged: Snapshot, name: str, text: str) -> None:
        with pytest.raises(LLMModelsError) as caught:
            getattr(packaged, name)(text)
        with pytest.raises(type(caught.value)) as resolved:
            packaged.resolve(text)
        assert type(caught.value) is type(resolved.value)
        assert packaged.allowed(text) is False

    def test_each_accepts_the_same_good_ones(self, packaged: Snapshot) -> None:
        model = packaged.get_model("openai", "gpt-4o")
        good: list[Any] = ["openai:gpt-4o", "gpt-4o@openai", "openai/gpt-4o", ("OpenAI", "gpt-4o"), model, model.key]
        for value in good:
            assert isinstance(packaged.resolve(value), Model)
            assert packaged.allowed(value)
            assert packaged.wire_id(value) == packaged.endpoint(value).model_id == "gpt-4o"
            assert packaged.explain(value).spec == packaged.history(value).spec == "openai:gpt-4o"


class TestForms:
    """`format_spec` and `parse_spec` are a round trip, also where ids begin with the name or an alias of a provider."""

    @pytest.mark.parametrize("style", STYLES)
    def test_every_packaged_id(self, packaged: Snapshot, style: Any) -> None:
        for provider in packaged.file.blocks:
            for model_id in packaged.file.block(provider).ids:
                key = ModelKey(provider, model_id)
                assert packaged.parse_spec(packaged.format_spec(key, style)) == key

    @pytest.mark.parametrize("style", STYLES)
    @pytest.mark.parametrize(
        "model_id",
        ["[pi] gpt-5.4", "openai:gpt-4o", "gpt-4o@openai", "my model (prod) 100%", "gemini:x", "GCP.Gemini:x",
         "x@bedrock", "bedrock/x", "openai/gpt-4o", "mine:x", "a%3Ab", "ft:a:b::c"],
    )  # fmt: skip
    def test_an_id_of_ones_own(self, model_id: str, style: Any) -> None:
        provider = {"id": "house", "base_url": "http://127.0.0.1:4000", "aliases": ["mine"]}
        model = {"provider": "house", "id": model_id, "limits": {"context": 1000}}
        catalogue = llm_models.load(config=None, publish=False, overrides={"providers": [provider], "models": [model]})
        for owner in ("house", "mine", "House"):
            text = catalogue.format_spec((owner, model_id), style)
            assert catalogue.parse_spec(text) == catalogue.resolve(text).key == ("house", model_id)
        assert catalogue.resolve(model_id, scope="mine").id == model_id


def named_by_others(catalogue: Snapshot) -> Iterator[tuple[str, str, str]]:
    """Each bare id of other providers that begins with the name of one: the id, that provider, the rest of the id."""
    for name, rows in catalogue.view.names().items():
        head, _, rest = name.partition("/")
        provider = catalogue.view.file.provider_id(head) if rest else None
        if provider is not None and all(row[0] != provider for row in rows):
            yield name, provider, rest


class TestAnotherSpelling:
    """A text that names a provider, and what that provider has under another spelling."""

    def test_no_text_leads_silently_to_another_provider(self, packaged: Snapshot) -> None:
        def letters(name: str) -> str:
            return "".join(filter(str.isalnum, name.lower()))

        asked = 0
        for name, provider, rest in named_by_others(packaged):
            own = [one for one in packaged.view.file.block(provider).ids if letters(one) == letters(rest)]
            if own and rest not in packaged.view.file.block(provider).rows:
                with pytest.raises((AmbiguousModelError, RetiredModelError)) as caught:
                    packaged.resolve(name)
                if isinstance(caught.value, AmbiguousModelError):
                    assert caught.value.specs[0].startswith(f"{provider}:")
                    home = packaged.view.names()[name][0][0]
                    assert f"{home}:{name}" in caught.value.specs
                    asked += 1
        assert asked > 20

    def test_an_exclude_does_not_open_it(self, packaged: Snapshot) -> None:
        """With the own models excluded, also beside a ban of them, each such text names the excluded model."""
        own: dict[str, set[str]] = {}
        texts = []
        for name, provider, rest in named_by_others(packaged):
            ids = [one for one in packaged.view.file.block(provider).ids if alike(one, rest)]
            if ids:
                own.setdefault(provider, set()).update(ids)
                texts.append((name, provider))
        assert len(texts) > 100
        table = {provider: sorted(ids) for provider, ids in own.items()}
        for more in ({}, {"deny": table}):
            closed = llm_models.load(config=None, publish=False, overrides={"exclude": table}, **more)
            for name, provider in texts:
                with pytest.raises(UnknownModelError, match=rf"^{provider}:.* is excluded by pattern"):
                    closed.resolve(name)

    def test_a_model_that_is_gone_is_not_answered_by_a_reseller(self, packaged: Snapshot) -> None:
        asked = 0
        for name, provider, rest in named_by_others(packaged):
            past = packaged.view.past.ids(provider)
            if any(alike(one, rest) for one in past) and rest not in past:
                with pytest.raises((AmbiguousModelError, RetiredModelError)):
                    packaged.resolve(name)
                asked += 1
        assert asked > 50

    def test_a_preferred_reseller_was_named(self, packaged: Snapshot) -> None:
        assert packaged.resolve("zai/GLM-5.2", prefer=["crusoe"]).spec == "crusoe:zai/GLM-5.2"
        assert packaged.resolve("zai/GLM-5.2", scope="crusoe").spec == "crusoe:zai/GLM-5.2"

    @pytest.mark.parametrize(
        ("deny", "text", "why"),
        [
            ({"zai": ["glm-5.2"]}, "zai/GLM-5.2", "zai:glm-5.2 is denied by pattern 'glm-5.2' (an argument)"),
            (
                {"anthropic": ["*"]},
                "anthropic/claude-opus-4.6",
                "claude-opus-4.6 is denied by pattern '*' (an argument)",
            ),
            ({"anthropic": ["*"]}, "anthropic:claude-nope", "claude-nope is denied by pattern '*' (an argument)"),
        ],
    )
    def test_the_ban_is_stated(self, packaged: Snapshot, deny: Any, text: str, why: str) -> None:
        banned = Snapshot(packaged.file, deny=deny)
        assert not banned.allowed(text)
        with pytest.raises(ModelNotAllowedError, match=re.escape(why)):
            banned.resolve(text)

    @pytest.mark.parametrize(
        ("text", "spec"),
        [
            ("models/gemini-2.0-flash", "google:gemini-2.0-flash"),
            ("google:models/gemini-2.0-flash", "google:gemini-2.0-flash"),
            ("openrouter/anthropic/claude-3.7-sonnet:thinking", "openrouter:anthropic/claude-3.7-sonnet"),
        ],
    )
    def test_a_form_of_a_model_that_is_gone(self, packaged: Snapshot, text: str, spec: str) -> None:
        with pytest.raises(RetiredModelError) as caught:
            packaged.resolve(text)
        assert caught.value.spec == spec

    def test_a_gone_provider_that_never_had_the_model(self, packaged: Snapshot) -> None:
        with pytest.raises(UnknownProviderError, match="github_models is no longer listed"):
            packaged.resolve("github/gpt-4o")
