"""Which names that no record has are read as names of models, and that filters hold for them."""

from __future__ import annotations

import re

import pytest
from support.names import KNOWN, US, Name, ask

import llm_models
from llm_models import ModelNotAllowedError, UnknownModelError, name_rules, patterns
from llm_models.name_rules import RULES


def _safe(name: Name) -> bool:
    """Whether a name is of the catalogue, or all rules that read it are safe."""
    safe = {rule["name"] for rule in RULES if rule.get("safe")} | {"id", "alias", "served-id"}
    return {*str(name.rule).split(" + ")} <= (safe if name.provider else safe | {"provider-prefix"})


def test_forms_of_names_are_kept_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that reads one configuration after another does not leak."""
    monkeypatch.setattr(name_rules, "_every", {})
    sizes = []
    for number in range(200):
        assert name_rules.safe_form("openai", [f"model-{number}"], "gpt-*") is None
        sizes.append(len(name_rules._every))
    assert sizes[:64] == [*range(1, 65)]
    assert max(sizes) == 64


def test_compiled_globs_are_kept_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_globs", {})
    monkeypatch.setattr(patterns, "_KEPT", 8)
    sizes = []
    for number in range(40):
        assert patterns.matcher(f"model-{number}*", lambda _: None)([f"model-{number}-mini"])
        sizes.append(len(patterns._globs))
    assert sizes[:8] == [*range(1, 9)]
    assert max(sizes) == 8


class TestResolve:
    """`resolve` stays strict: it takes names that the catalogue has, and those of safe rules."""

    @pytest.mark.parametrize(
        "name", [name for name in KNOWN if name.base_url is None], ids=lambda name: f"{name.provider} {name.model}"
    )
    def test_it_takes_a_name_if_all_rules_are_safe(self, name: Name, packaged: llm_models.Snapshot) -> None:
        text = name.model.strip() if name.provider is None else f"{name.provider}:{name.model}"
        if name.provider == "api.openai.com":
            pytest.skip("an address names no provider in a model spec")
        if _safe(name):
            assert packaged.resolve(text).spec == name.spec
            assert packaged.allowed(text)
        else:
            with pytest.raises(UnknownModelError):
                packaged.resolve(text)
            assert not packaged.allowed(text)

    @pytest.mark.parametrize(
        "name",
        [name for name in KNOWN if name.base_url is None and name.provider != "api.openai.com" and not _safe(name)],
        ids=lambda name: f"{name.provider} {name.model}",
    )
    def test_the_error_for_any_other_names_the_model_first(self, name: Name, packaged: llm_models.Snapshot) -> None:
        text = name.model.strip() if name.provider is None else f"{name.provider}:{name.model}"
        with pytest.raises(UnknownModelError) as caught:
            packaged.resolve(text)
        first = re.search(r"(?:Did you mean|It is a fine-tune of) '([^']+)'", str(caught.value))
        assert first is not None, caught.value
        assert first[1] in {name.spec, str(name.spec).partition(":")[2]}
        assert "is not a known provider" not in str(caught.value) or "/" in name.model.partition(":")[0]

    def test_the_error_for_a_fine_tune_states_what_to_do(self, packaged: llm_models.Snapshot) -> None:
        """The base model's price is not that of the fine-tune, so it is no answer."""
        name = "ft:gpt-4o-mini-2024-07-18:acme::abc"
        advice = "It is a fine-tune of 'openai:gpt-4o-mini', with its own price: define it under [[models]], "
        base = 'with base = "openai:gpt-4o-mini" and its cost.'
        for text, why in ((f"openai:{name}", "openai has no model"), (name, "no provider has a model")):
            with pytest.raises(UnknownModelError, match=re.escape(f"{why} '{name}'. {advice}{base}")):
                packaged.resolve(text)

    def test_a_scope_is_the_provider(self, packaged: llm_models.Snapshot) -> None:
        assert packaged.resolve("models/gemini-2.5-pro", scope="google_vertex").spec == "google_vertex:gemini-2.5-pro"
        assert packaged.resolve("openai/o3:nitro", scope="openrouter").spec == "openrouter:openai/o3"
        with pytest.raises(UnknownModelError):
            packaged.resolve("models/gemini-2.5-pro", scope="openai")

    def test_so_do_keys(self, packaged: llm_models.Snapshot) -> None:
        assert packaged.get_model("openrouter", "openai/o3:nitro").spec == "openrouter:openai/o3"
        assert packaged.resolve(("google", "models/gemini-2.5-pro")).spec == "google:gemini-2.5-pro"

    def test_a_record_of_ones_own_comes_before_a_rule(self) -> None:
        entry = {"provider": "openrouter", "id": "openai/o3:nitro", "limits": {"context": 7}}
        own = llm_models.load(config=None, publish=False, overrides={"models": [entry]})
        assert own.resolve("openrouter:openai/o3:nitro").limits.context == 7
        assert ask(Name("openrouter", "openai/o3:nitro"), own) == ("openrouter:openai/o3:nitro", "id")
        assert ask(Name("openrouter", "openai/o3:nitro:online"), own)[0] == "openrouter:openai/o3:nitro"


class TestFilters:
    """A model that is denied, left out by `allow` or excluded stays so in every spelling."""

    @pytest.mark.parametrize("pattern", ["openai/gpt-4o-mini", "openai/*", "*:online"])
    def test_denied(self, pattern: str) -> None:
        snapshot = llm_models.load(config=None, publish=False, deny={"openrouter": [pattern]})
        for text in ("openrouter:openai/gpt-4o-mini:online", "openai/gpt-4o-mini:online@openrouter"):
            assert not snapshot.allowed(text)
            with pytest.raises(ModelNotAllowedError, match=r"denied by pattern") as caught:
                snapshot.resolve(text)
            assert caught.value.pattern == pattern
            suffix = ":online" if pattern == "*:online" else ""  # what the pattern denies
            assert caught.value.spec == f"openrouter:openai/gpt-4o-mini{suffix}"
        found = snapshot.match_names("openrouter", "openai/gpt-4o-mini:online")
        assert found == (None, "router-suffix", "openai/gpt-4o-mini:online")

    def test_denied_under_one_suffix_is_allowed_under_another(self) -> None:
        snapshot = llm_models.load(config=None, publish=False, deny={"openrouter": ["*:online"]})
        assert snapshot.allowed("openrouter:openai/gpt-4o-mini:nitro")
        assert snapshot.allowed("openrouter:openai/gpt-4o-mini")
        assert not snapshot.allowed("openrouter:openai/gpt-4o-mini:online:nitro")

    @pytest.mark.parametrize("how", ["argument", "overrides"])
    def test_a_denied_name_of_a_record_that_is_gone_is_read_as_no_other(self, how: str) -> None:
        """OpenRouter listed `openai/gpt-oss-120b:exacto` as a model; today it is a suffix of the router."""
        deny = {"deny": {"openrouter": ["openai/gpt-oss-120b:exacto"]}}
        given = deny if how == "argument" else {"overrides": deny}
        snapshot = llm_models.load(config=None, publish=False, **given)
        assert not snapshot.allowed("openrouter:openai/gpt-oss-120b:exacto")
        assert snapshot.allowed("openrouter:openai/gpt-oss-120b")

    def test_a_denied_region_is_denied_in_an_arn(self) -> None:
        snapshot = llm_models.load(config=None, publish=False, deny={"amazon_bedrock": ["apac.*"]})
        arn = f"{US}:123456789012:inference-profile/apac.amazon.nova-2-lite-v1:0"
        assert snapshot.match_names(model=arn) == (None, "arn + region-prefix", arn)

    def test_allow_is_about_the_model(self) -> None:
        one = llm_models.load(config=None, publish=False, allow={"openrouter": ["openai/gpt-4o-mini"]})
        assert one.allowed("openrouter:openai/gpt-4o-mini:online")
        assert not one.allowed("openrouter:openai/gpt-4o:online")
        assert one.match_names("openrouter", "openai/gpt-4o:online")[:2] == (None, "router-suffix")
        assert one.match_names("openai", "gpt-4o")[:2] == (None, "id")

    def test_a_bare_name_of_a_denied_provider_leads_to_no_other(self) -> None:
        snapshot = llm_models.load(config=None, publish=False, deny={"google": ["*"]})
        assert not snapshot.allowed("models/gemini-2.5-pro")
        assert snapshot.match_names(model="models/gemini-2.5-pro")[:2] == (None, "models-prefix")

    def test_excluded(self) -> None:
        """An excluded record is not brought back as the model without its region."""
        excluded = {"exclude": {"amazon_bedrock": ["us-gov.*"]}}
        snapshot = llm_models.load(config=None, publish=False, overrides=excluded)
        name = "us-gov.openai.gpt-oss-20b-1:0"
        with pytest.raises(UnknownModelError, match="is excluded by pattern"):
            snapshot.resolve(f"amazon_bedrock:{name}")
        for seen in (name, f"{US}:123456789012:inference-profile/{name}"):
            assert ask(Name("amazon_bedrock", seen), snapshot) == (None, None)
        assert snapshot.allowed("amazon_bedrock:eu.openai.gpt-oss-20b-1:0")


def test_safe_forms_are_kept_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_rules, "_safe", {})
    for number in range(3):
        assert name_rules._safe_forms("openai", f"model-{number}") == []
        assert len(name_rules._safe) == number + 1
    monkeypatch.setattr(name_rules, "_safe", {("openai", str(number)): [] for number in range(20_000)})
    name_rules._safe_forms("openai", "one more")
    assert len(name_rules._safe) == 1


@pytest.mark.parametrize(
    ("provider", "name", "expected"),
    [
        ("amazon_bedrock", "us.anthropic.claude-opus-9", True),  # a region, which is safe
        ("amazon_bedrock", "converse/anthropic.claude-opus-9", False),  # how a client asks, which is not
        ("openai", "ft:gpt-4o:me", False),
        ("openai", "gpt-9", False),
    ],
)
def test_the_form_of_a_safe_name(provider: str, name: str, expected: bool) -> None:
    assert name_rules.is_safe_form(provider, name) is expected
    found = {rule["name"] for rule in RULES if name_rules.pattern_of(rule).fullmatch(name)}
    assert bool(found) == (name != "gpt-9")
