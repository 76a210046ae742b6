"""What a catalogue remembers: names that are gone in lookups, in `history`, and in every setting."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import STORED, catalogues
from support.command import facts, fine, here, refused
from support.histories import fold, seen

import llm_models
from llm_models import Snapshot, checks, paths, pipeline, retired
from llm_models.errors import (
    AmbiguousModelError,
    ConfigError,
    EmptyCatalogError,
    InvalidSpecError,
    LLMModelsError,
    ModelNotAllowedError,
    RetiredModelError,
    SnapshotError,
    UnknownModelError,
    UnknownProviderError,
)
from llm_models.header import CRC
from llm_models.in_use import InUse
from llm_models.past import Past
from llm_models.timeline import History
from llm_models.timeline_fold import folded
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from llm_models.past import Past as Remembered

PACKAGED = History.open(paths.PACKAGED_HISTORY)
STRANGER = 12345
LAST = "2026-07-02"


def gone_keys() -> dict[tuple[str, str], str]:
    """Every key of the packaged history that is not listed on its last day, with the last day on which it was."""
    gone = {}
    for provider in PACKAGED.providers:
        line = PACKAGED.line(provider)
        assert line is not None
        for model_id in line.ids:
            entry = PACKAGED.entry(provider, model_id)
            assert entry is not None
            if not entry.living:
                gone[provider, model_id] = PACKAGED.days[entry.spans[-1][1]]
    return gone


GONE = gone_keys()
GONE_PROVIDERS = [
    "firepass", "firmware", "github_models", "io_intelligence", "kimi_for_coding", "kiro", "scx",
]  # fmt: skip


def retired_error(ask: Callable[[], object]) -> RetiredModelError:
    with pytest.raises(RetiredModelError) as caught:
        ask()
    return caught.value


@pytest.mark.whole
class TestEveryGoneName:
    """Laws over the whole packaged history."""

    def test_it_has_gone_models_and_providers(self, packaged: Snapshot) -> None:
        assert len(GONE) > 3000
        assert sorted(set(PACKAGED.providers) - set(packaged.file.blocks)) == GONE_PROVIDERS

    def test_it_is_retired_with_its_last_day(self, packaged: Snapshot) -> None:
        for (provider, model_id), last in list(GONE.items())[::3]:
            error = retired.absent_model(packaged.view, provider, model_id)
            assert isinstance(error, RetiredModelError)
            assert (error.spec, error.last_listed) == (f"{provider}:{model_id}", last)
            assert error.gone_by is None or error.gone_by > last
            for named in (error.rename, *error.elsewhere):
                assert named != error.spec
                assert named is None or packaged.allowed(named)

    def test_every_way_to_look_it_up_raises_the_same(self, packaged: Snapshot) -> None:
        for (provider, model_id), last in list(GONE.items())[::40]:
            spec = f"{provider}:{model_id}"
            ways: list[Callable[[], object]] = [
                partial(packaged.get_model, provider, model_id),
                partial(packaged.resolve, (provider, model_id)),
                partial(packaged.resolve, spec),
                partial(packaged.endpoint, spec),
                partial(packaged.explain, spec),
                partial(packaged.resolve, llm_models.format_spec((provider, model_id), "at")),
            ]
            errors = [retired_error(way) for way in ways]
            assert {(one.spec, one.last_listed, str(one)) for one in errors} == {(spec, last, str(errors[0]))}
            assert last in str(errors[0])
            assert not packaged.allowed(spec)
            assert f"Did you mean '{model_id}'" not in str(errors[0])

    def test_a_model_that_is_listed_resolves_and_is_listed_in_its_history(self, packaged: Snapshot) -> None:
        models = packaged.list_models()
        assert not [model.spec for model in models if (model.provider, model.id) in GONE]
        for model in models[::7]:
            assert packaged.history(model).listed
            assert packaged.resolve(model.spec) is model

    @pytest.mark.parametrize("provider", GONE_PROVIDERS)
    def test_a_gone_provider(self, packaged: Snapshot, provider: str) -> None:
        ways: list[Callable[[], object]] = [
            lambda: packaged.get_provider(provider),
            lambda: packaged.list_models(provider.replace("_", "-").upper()),
            lambda: packaged.select(scope=provider),
            lambda: packaged.candidates(scope=provider),
            lambda: packaged.get_model(provider, "never-had-it"),
            lambda: packaged.resolve(f"{provider}:never-had-it"),
            lambda: packaged.resolve(f"never-had-it@{provider}"),
        ]
        history = packaged.provider_history(provider)
        assert not history.listed
        for way in ways:
            with pytest.raises(UnknownProviderError) as caught:
                way()
            assert (caught.value.last_listed, caught.value.gone_by) == (history.last, history.intervals[-1].gone_by)
            assert f"last listed on {history.last}, gone by {history.intervals[-1].gone_by}" in str(caught.value)


KINDS: dict[str, dict[str, Any]] = {
    # by case
    "abacus:zai-org/glm-4.5": {"rename": "abacus:zai-org/GLM-4.5", "text": "listed as 'abacus:zai-org/GLM-4.5' now"},
    "abacus:Qwen/qwen3-coder-480b-a35b-instruct": {"rename": "abacus:Qwen/Qwen3-Coder-480B-A35B-Instruct"},
    # by punctuation
    "abacus:Qwen-QwQ-32B": {"rename": "abacus:Qwen/QwQ-32B", "text": "(other punctuation)"},
    "abacus:deepseek-ai-DeepSeek-R1": {"rename": "abacus:deepseek-ai/DeepSeek-R1"},
    # by a vendor prefix
    "alibaba_cn:MiniMax/MiniMax-M2.5": {"rename": "alibaba_cn:MiniMax-M2.5", "text": "(other vendor prefix)"},
    "cloudflare_workers_ai:gpt-oss-120b": {"rename": "cloudflare_workers_ai:@cf/openai/gpt-oss-120b"},
    # offered beside another spelling
    "nano_gpt:TEE/gpt-oss-20b": {
        "rename": None, "text": "The same model may also be listed as 'nano_gpt:openai/gpt-oss-20b'.",
    },
    # withdrawn
    "huggingface:deepseek-ai/deepseek-v3-0324": {
        "last": "2025-07-29", "gone_by": "2025-07-31", "rename": "huggingface:deepseek-ai/DeepSeek-V3-0324",
        "text": "seen only on 2025-07-29, gone by 2025-07-31",
    },
    "aihubmix:coding-glm-4.6-free": {"text": "seen only "},
    "amazon_bedrock:eu.meta.llama3-2-1b-instruct-v1:0": {"text": "seen only "},
    # came back, and is gone again
    "amazon_bedrock:amazon.titan-text-express-v1": {"times": 2},
    "firmware:grok-code-fast-1": {"times": 2, "text": "Its provider is gone, too."},
    # with a successor
    "openai:gpt-5-codex": {
        "last": LAST, "gone_by": "2026-08-18", "successor": "openai:gpt-5.6-sol",
        "text": "Its successor is 'openai:gpt-5.6-sol' (https://developers.openai.com/api/docs/deprecations).",
    },
    "azure:gpt-5-chat": {"successor": "azure:gpt-chat-latest"},
    "xai:grok-code-fast-1": {"successor": "xai:grok-build-0.1"},
    "azure:grok-3": {
        "successor": "azure:grok-4",
        "text": "concepts/model-lifecycle-retirement) is not in this catalogue either.",
    },
    "amazon_bedrock:anthropic.claude-sonnet-4-20250514-v1:0": {"successor": "amazon_bedrock:anthropic.claude-sonnet-5"},
    # of a gone provider
    "github_models:openai/gpt-4o": {
        "last": LAST, "gone_by": "2026-08-18", "elsewhere": "openai:gpt-4o",
        "text": "Its provider is gone, too. Other providers list that id: openai:gpt-4o,",
    },
    "github-models:openai/gpt-4o": {"spec": "github_models:openai/gpt-4o"},
    "openai/gpt-4o@GitHub-Models": {"spec": "github_models:openai/gpt-4o"},
    # a hint only
    "aihubmix:deepseek-v4-pro": {"elsewhere": "alibaba_cn:deepseek-v4-pro", "text": "Other providers list that id: "},
}  # fmt: skip


@pytest.mark.parametrize("spec", KINDS)
def test_twenty_gone_models(packaged: Snapshot, spec: str) -> None:
    kind = KINDS[spec]
    error = retired_error(lambda: packaged.resolve(spec))
    history = packaged.history(spec)
    assert error.spec == history.spec == kind.get("spec", spec)
    assert error.last_listed == history.last == kind.get("last", history.last)
    assert error.gone_by == kind.get("gone_by", error.gone_by)
    if "spec" not in kind:
        assert error.rename == kind.get("rename")
        assert error.successor == kind.get("successor")
    assert kind.get("elsewhere", "") in ("", *error.elsewhere)
    if error.rename or (error.successor and packaged.allowed(error.successor)):
        assert error.elsewhere == ()  # what is known to follow is better than a hint
    assert len(history.intervals) >= kind.get("times", 1)
    assert kind.get("text", "") in str(error)
    assert "answer" not in str(error)  # what a source lists does not state what a provider answers
    assert refused(here("resolve", spec, "--config", "none")) == f"llm-models: {error}\n"


class TestErrors:
    def test_it_is_kept_when_it_is_pickled(self, packaged: Snapshot) -> None:
        for ask in (lambda: packaged.resolve("openai:gpt-5-codex"), lambda: packaged.get_provider("kiro")):
            with pytest.raises(LLMModelsError) as caught:
                ask()
            again = pickle.loads(pickle.dumps(caught.value))
            assert (type(again), str(again), again.__dict__) == (
                type(caught.value),
                str(caught.value),
                caught.value.__dict__,
            )

    def test_it_is_an_unknown_model(self, packaged: Snapshot) -> None:
        with pytest.raises(UnknownModelError):
            packaged.resolve("openai:gpt-5-codex")
        with pytest.raises(LookupError):
            packaged.get_model("kiro", "auto")

    def test_a_bare_id_that_one_provider_had(self, packaged: Snapshot) -> None:
        error = retired_error(lambda: packaged.resolve("accounts/fireworks/routers/kimi-k2p6-turbo@firepass"))
        assert error.spec == "firepass:accounts/fireworks/routers/kimi-k2p6-turbo"
        error = retired_error(lambda: packaged.resolve("doubao-seed-code-preview-251028"))
        assert error.spec == "302ai:doubao-seed-code-preview-251028"
        assert packaged.history("doubao-seed-code-preview-251028").last == error.last_listed

    def test_a_bare_id_that_several_providers_had(self, packaged: Snapshot) -> None:
        several: dict[str, list[tuple[str, str]]] = {}
        for key in GONE:
            several.setdefault(key[1], []).append(key)
        listed = packaged.view.names()
        name, keys = next((name, keys) for name, keys in several.items() if len(keys) > 1 and name not in listed)
        error = retired_error(lambda: packaged.resolve(name))
        assert error.spec == name
        assert error.last_listed == max(GONE[key] for key in keys)
        assert f"'{name}' is no longer listed by any provider: " in str(error)
        with pytest.raises(AmbiguousModelError) as caught:
            packaged.history(name)
        assert caught.value.specs == tuple(f"{provider}:{name}" for provider, _ in sorted(keys))

    def test_a_spec_with_a_gone_provider_is_read(self, packaged: Snapshot) -> None:
        for provider in GONE_PROVIDERS:
            for text in (f"{provider}:any/x", f"{provider.replace('_', '-')}:any/x", f" any%2Fx@{provider.upper()}"):
                assert packaged.parse_spec(text) == (provider, "any/x")
            with pytest.raises(InvalidSpecError):
                packaged.parse_spec(f"{provider}:")
        assert packaged.parse_spec("kiro:x@openai") == ("openai", "kiro:x")  # a provider that is listed comes first
        with pytest.raises(InvalidSpecError, match="not a known provider"):
            packaged.parse_spec("kirro:x")

    def test_similar_names_help_where_nothing_is_known_to_follow(self, packaged: Snapshot) -> None:
        with_hint = [
            spec
            for provider, model_id in list(GONE)[::40]
            if "Did you mean" in str(retired_error(partial(packaged.get_model, provider, model_id)))
            for spec in [f"{provider}:{model_id}"]
        ]
        assert with_hint
        assert not [spec for spec in with_hint if packaged.history(spec).rename]

    def test_the_same_provider_is_not_another_one(self, packaged: Snapshot) -> None:
        assert packaged.allowed("openai:gpt-5.2")
        others = retired.elsewhere(packaged.view, "openai", "openai/gpt-5.2")
        assert others
        assert "openai:gpt-5.2" not in others

    def test_arguments_that_are_no_text(self, packaged: Snapshot, caplog: pytest.LogCaptureFixture) -> None:
        for provider, model_id in ((5, "gpt-5-codex"), ("kiro", 5), ("openai", 5), ("openai", ["gpt-5-codex"])):
            with pytest.raises((UnknownProviderError, UnknownModelError)) as caught:
                packaged.get_model(provider, model_id)  # type: ignore[arg-type]
            assert type(caught.value) is not RetiredModelError
        with pytest.raises(UnknownProviderError):
            llm_models.load(config=None, prefer=[5], publish=False)  # type: ignore[list-item]
        assert not caplog.records  # no history is to blame

    def test_a_name_that_was_never_listed_is_unknown_as_ever(self, packaged: Snapshot) -> None:
        for ask in (lambda: packaged.resolve("openai:gpt-5-codec"), lambda: packaged.resolve("gpt-5-codec")):
            with pytest.raises(UnknownModelError) as caught:
                ask()
            assert type(caught.value) is UnknownModelError
        with pytest.raises(UnknownProviderError) as unknown:
            packaged.get_provider("github_model")
        assert unknown.value.last_listed is None

    @pytest.mark.parametrize("filters", [{"deny": {"openai": ["gpt-5.2"]}}, {"allow": {"openai": ["gpt-4o"]}}])
    def test_a_hidden_model_is_never_a_retired_one(self, filters: dict[str, Any]) -> None:
        hidden = llm_models.load(config=None, publish=False, **filters)
        with pytest.raises(ModelNotAllowedError):
            hidden.resolve("openai:gpt-5.2")
        assert hidden.history("openai:gpt-5.2").listed  # what a source listed does not depend on filters

    def test_an_excluded_model_is_never_a_retired_one(self) -> None:
        excluded = llm_models.load(
            config=None, overrides={"exclude": {"openai": ["gpt-5.2", "gpt-5-codex"]}}, publish=False
        )
        with pytest.raises(UnknownModelError, match="excluded by pattern") as caught:
            excluded.resolve("openai:gpt-5.2")
        assert type(caught.value) is UnknownModelError
        retired_error(lambda: excluded.resolve("openai:gpt-5-codex"))  # the pattern matches nothing

    def test_a_rename_is_only_stated_where_the_catalogue_has_it(self) -> None:
        less = llm_models.load(config=None, overrides={"exclude": {"abacus": ["zai-org/GLM-4.5"]}}, publish=False)
        error = retired_error(lambda: less.resolve("abacus:zai-org/glm-4.5"))
        assert error.rename is None
        assert "listed as" not in str(error)

    def test_other_providers_are_only_named_where_they_are_shown(self) -> None:
        less = llm_models.load(config=None, deny={"openai": ["*"]}, publish=False)
        error = retired_error(lambda: less.resolve("github_models:openai/gpt-4o"))
        assert error.elsewhere
        assert "openai:gpt-4o" not in error.elsewhere


class TestHistory:
    def test_the_spellings_of_a_lookup(self, packaged: Snapshot) -> None:
        ways: list[Any] = [
            "github_models:openai/gpt-4o",
            "GitHub-Models:openai/gpt-4o",
            " openai/gpt-4o@github.models ",
            ("github-models", "openai/gpt-4o"),
        ]
        assert len({packaged.history(way) for way in ways}) == 1
        model = packaged.get_model("openai", "gpt-5.2")
        assert packaged.history(model) == packaged.history("openai:gpt-5.2") == packaged.history("gpt-5.2@OpenAI")

    def test_an_alias_means_its_model(self, packaged: Snapshot) -> None:
        assert packaged.history("openai:gpt-4o-mini-2024-07-18").id == "gpt-4o-mini"

    def test_a_bare_id_that_one_provider_ever_had(self, packaged: Snapshot) -> None:
        ever: dict[str, set[str]] = {}
        for provider in PACKAGED.providers:
            for model_id in PACKAGED.line(provider).ids:  # type: ignore[union-attr]
                ever.setdefault(model_id, set()).add(provider)
        plain = {name: next(iter(of)) for name, of in ever.items() if len(of) == 1 and not {":", "@"} & set(name)}
        for name in [*plain][::500]:
            assert packaged.history(name).provider == plain[name]

    def test_a_bare_id_of_several_is_ambiguous_even_if_one_still_lists_it(self, packaged: Snapshot) -> None:
        with pytest.raises(AmbiguousModelError, match="Choose one of these") as caught:
            packaged.history("gpt-4o")
        assert {"firmware:gpt-4o", "openai:gpt-4o"} <= set(caught.value.specs)

    def test_the_current_price_is_that_of_the_source(self, packaged: Snapshot) -> None:
        for model in packaged.list_models("openai"):
            history = packaged.history(model)
            current = history.prices[-1]
            assert (history.listed, current.valid_until) == (True, None)
            (origin,) = packaged.explain(model, "cost.input").fields
            curated = (origin.layer or "").startswith("overrides/")
            assert (current.price or {}).get("input") == (origin.replaced if curated else model.cost.input)

    def test_an_override_is_not_part_of_it(self) -> None:
        entry = {"provider": "openai", "id": "gpt-5.2", "cost": {"input": 99}}
        other = llm_models.load(config=None, overrides={"models": [entry]}, publish=False)
        assert other.get_model("openai", "gpt-5.2").cost.input == 99
        price = other.history("openai:gpt-5.2").prices[-1].price
        assert price is not None
        assert price["input"] == 1.75

    def test_a_change_between_two_known_days(self, packaged: Snapshot) -> None:
        history = packaged.history("openai:gpt-5.6-sol")
        answer = history.price_on("2026-09-01")
        assert (answer.listed, answer.exact, answer.changed_between) == (True, False, ("2026-08-18", "2026-09-30"))
        assert [price and price["input"] for price in answer.prices or ()] == [5, 4]
        assert history.price_on(date(2026, 9, 1)) == answer
        assert history.price_on("2026-08-18").exact
        after = history.price_on("2026-10-15")
        assert (after.listed, after.exact) == (None, False)
        with pytest.raises(ValueError, match="not a day: '2026-9-1'"):
            history.price_on("2026-9-1")

    def test_between_the_last_day_and_the_next_one_it_is_not_known(self, packaged: Snapshot) -> None:
        answer = packaged.history("openai:gpt-5-codex").price_on("2026-07-20")
        assert (answer.listed, answer.exact, answer.changed_between) == (None, False, (LAST, "2026-08-18"))
        assert packaged.history("openai:gpt-5-codex").price_on("2026-08-18").listed is False

    def test_it_can_be_copied_and_pickled(self, packaged: Snapshot) -> None:
        history = packaged.history("openai:gpt-5-codex")
        again = pickle.loads(pickle.dumps(history))
        assert again == history
        assert again.price_on("2026-05-01") == history.price_on("2026-05-01")
        assert len(repr(history)) < 2000

    def test_what_no_source_listed_has_none(self) -> None:
        own = {
            "providers": [{"id": "my-gateway", "base_url": "https://a.example"}],
            "models": [{"provider": "my-gateway", "id": "house-7b"}],
        }
        catalogue = llm_models.load(config=None, overrides=own, publish=False)
        with pytest.raises(UnknownModelError, match="my_gateway:house-7b has no history, because no source listed it"):
            catalogue.history("house-7b")
        with pytest.raises(UnknownProviderError, match="no source listed it"):
            catalogue.provider_history("my-gateway")
        with pytest.raises(UnknownModelError, match="my_gateway has no model 'nope'"):
            catalogue.history("my-gateway:nope")

    def test_names_that_were_never_known(self, packaged: Snapshot) -> None:
        for spec, kind in (("openai:nope", UnknownModelError), ("nope", UnknownModelError), ("", InvalidSpecError)):
            with pytest.raises(kind):
                packaged.history(spec)
        for wrong in (5, None, ("a",)):
            with pytest.raises(InvalidSpecError):
                packaged.history(wrong)  # type: ignore[arg-type]
        with pytest.raises(UnknownProviderError):
            packaged.history(("nobody", "x"))
        with pytest.raises(UnknownProviderError, match="Did you mean 'openai'"):
            packaged.provider_history("opnai")
        with pytest.raises(UnknownProviderError):
            packaged.history("kiro:never-had-it")
        with pytest.raises(UnknownModelError, match=r"openai has no model 'kiro:gpt-5\.2'"):
            packaged.history("kiro:gpt-5.2@openai")  # a provider that is listed comes first, as in lookups


class TestAlias:
    """Another name of a provider that is gone, as `overrides/` states it."""

    def test_it_is_told_that_the_provider_is_gone(self, packaged: Snapshot) -> None:
        words = "github_models is no longer listed \\(last listed on 2026-07-02"
        with pytest.raises(UnknownProviderError, match=f"unknown provider 'GitHub': {words}") as caught:
            packaged.parse_provider("GitHub")
        assert caught.value.last_listed == "2026-07-02"

    def test_its_models_are_gone_too(self, packaged: Snapshot) -> None:
        for spec in ("github:openai/gpt-4o", "openai/gpt-4o@github", ("github", "openai/gpt-4o")):
            with pytest.raises(RetiredModelError, match="github_models:openai/gpt-4o is no longer listed"):
                packaged.resolve(spec)
        assert packaged.history("github:openai/gpt-4o").spec == "github_models:openai/gpt-4o"
        assert packaged.provider_history("github").id == "github_models"
        assert packaged.parse_spec("github:x") == ("github_models", "x")

    def test_a_setting_about_it_is_left_out(self, packaged: Snapshot) -> None:
        hidden = Snapshot(packaged.file, deny={"github": ["*"], "openai": ["o1"]}, prefer=["github", "openai"])
        assert hidden.prefer == ("openai",)


class TestCommand:
    def test_it_prints_what_the_api_answers(self, packaged: Snapshot) -> None:
        for spec in [*KINDS, "openai:gpt-5.2"]:
            told = facts("history", spec, "--config", "none")
            history = packaged.history(spec)
            assert told.pop("elsewhere") == (
                [*retired.elsewhere(packaged.view, history.provider, history.id)]
                if not (history.listed or history.rename or history.successor)
                else []
            )
            assert told == json.loads(json.dumps(history.to_dict()))
            assert told["spec"] == history.spec
            answer = facts("history", spec, "--config", "none", "--at", "2026-05-01")
            told = json.loads(json.dumps(history.price_on("2026-05-01").to_dict()))
            assert answer == {"spec": history.spec, "covers": [PACKAGED.days[0], PACKAGED.date], **told}
            assert "exact" not in (answer["dated"] or {})  # one statement about the answer

    def test_for_people(self) -> None:
        out = fine("history", "openai:gpt-5-codex", "--config", "none").out
        assert "listed     2025-09-23 to 2026-07-02 (not on 2025-09-20, gone by 2026-08-18)\n" in out
        assert "successor  openai:gpt-5.6-sol (https://developers.openai.com/api/docs/deprecations)\n" in out
        assert "2025-10-14  2026-07-02  2025-10-09   1.25      10       0.125" in out
        assert "now listed as  abacus:zai-org/GLM-4.5 (other case)" in (
            fine("history", "abacus:zai-org/glm-4.5", "--config", "none").out
        )
        assert "maybe also as  nano_gpt:openai/gpt-oss-20b (listed beside it)\n" in (
            fine("history", "nano_gpt:TEE/gpt-oss-20b", "--config", "none").out
        )
        assert "withdrawn      seen for 3 days or less" in (
            fine("history", "huggingface:deepseek-ai/deepseek-v3-0324", "--config", "none").out
        )
        assert "same id at  openai:gpt-4o, " in fine("history", "github_models:openai/gpt-4o", "--config", "none").out
        assert "and still on 2026-09-30" in fine("history", "openai:gpt-5.2", "--config", "none").out

    def test_a_day(self) -> None:
        out = fine("history", "openai:gpt-5.6-sol", "--config", "none", "--at", "2026-09-01").out
        assert "listed  yes\n" in out
        assert "exact   no: it changed between these days\n" in out
        assert [line.split()[:2] for line in out.splitlines()[-2:]] == [["2026-08-18", "5"], ["2026-09-30", "4"]]
        out = fine("history", "openai:gpt-5.2", "--config", "none", "--at", "2026-12-24").out
        assert "listed  not known: the history covers 2025-07-01 to 2026-09-30\n" in out
        assert "exact   no: this is the nearest day that is known\n" in out
        out = fine("history", "openai:gpt-5-codex", "--config", "none", "--at", "2026-09-01").out
        assert out.endswith("listed  no\nexact   yes\n")

    def test_a_provider(self, packaged: Snapshot) -> None:
        assert "listed    2025-07-27 to 2026-07-02" in fine("history", "github-models", "--config", "none").out
        told = facts("history", "GitHub-Models", "--config", "none")
        assert told == json.loads(json.dumps(packaged.provider_history("github_models").to_dict()))

    def test_a_name_that_is_a_model_too_is_the_provider_and_the_models_are_noted(self) -> None:
        done = fine("history", "kimi-for-coding", "--config", "none")
        assert done.out.startswith("provider  kimi_for_coding\nlisted    2025-12-02 to 2026-08-18 (")
        assert "models with that id, which have a history too: kimi_code_plan_cn:kimi-for-coding, " in done.err
        assert fine("history", "kimi_for_coding:kimi-for-coding", "--config", "none").err == ""
        assert facts("history", "kimi-for-coding", "--config", "none")["id"] == "kimi_for_coding"

    @pytest.mark.parametrize(
        ("spec", "day", "listed", "text"),
        [
            ("github-models", "2026-07-01", True, "yes"),
            ("github-models", "2026-07-10", None, "not known: last seen 2026-07-02, gone by 2026-08-18"),
            ("github-models", "2026-09-01", False, "no"),
            (
                "GitHub-Models",
                "2027-01-01",
                None,
                "not known: the history covers 2025-07-01 to 2026-09-30; last seen 20",
            ),
            ("openai", "2020-01-01", None, "not known: the history covers 2025-07-01 to 2026-09-30\n"),
            ("openai", "2026-09-15", True, "yes"),
            ("kimi-for-coding", "2025-12-01", False, "no"),
            ("openai:gpt-5-codex", "2026-07-20", None, "not known: last seen 2026-07-02, gone by 2026-08-18"),
            ("openai:gpt-5-codex", "2025-09-22", None, "not known: not listed on 2025-09-20, first seen 2025-09-23"),
            ("openai:gpt-5-codex", "2027-01-01", None, "not known: the history covers 2025-07-01 to 2026-09-30; last "),
            ("openai:gpt-5-codex", "2020-01-01", None, "not known: the history covers 2025-07-01 to 2026-09-30\n"),
            ("openai:gpt-5.2", "2027-01-01", None, "not known: the history covers 2025-07-01 to 2026-09-30\n"),
        ],
    )
    def test_whether_it_was_listed_on_a_day(self, spec: str, day: str, listed: bool | None, text: str) -> None:
        out = fine("history", spec, "--at", day, "--config", "none").out
        assert text in out.partition("\nlisted")[2]
        assert "changed" not in out
        assert "not known" not in out.partition("not known")[2]  # said once, and no price that is not known is shown
        told = facts("history", spec, "--at", day, "--config", "none")
        assert told["listed"] is listed
        assert told["covers"] == ["2025-07-01", "2026-09-30"]

    @pytest.mark.parametrize(
        ("args", "code"),
        [
            (["nope"], 1),
            (["openai:nope"], 1),
            (["opnai:nope"], 1),
            (["gpt-4o"], 1),
            (["openai:gpt-5.2", "--at", "yesterday"], 2),
            (["openai:gpt-5.2", "--at", "2026-02-30"], 2),
            (["kirro", "--at", "2026-05-07"], 1),
        ],
    )
    def test_exit_codes(self, args: list[str], code: int) -> None:
        assert refused(here("history", *args, "--config", "none"), code)


EVERY_SETTING = [
    *(f'[[providers]]\nid = "{name}"\nenv = ["KEY"]\n' for name in GONE_PROVIDERS),
    *(f'[[models]]\nprovider = "{name}"\nid = "any"\ncost.input = 1\n' for name in GONE_PROVIDERS),
    *(f'[[models]]\nprovider = "{name}"\nmatch = "*"\ntags = ["a"]\n' for name in GONE_PROVIDERS),
]
GONE_IDS = ["gpt-5-codex", "gpt-5.1-codex-mini", "o4-mini-deep-research"]
EVERYTHING = f"""\
prefer = {json.dumps([*GONE_PROVIDERS, "openai"])}
[allow]
openai = "all"
{"".join(f'{name} = "all"' + chr(10) for name in GONE_PROVIDERS)}
[deny]
openai = {json.dumps(GONE_IDS)}
{"".join(f'{name} = ["*"]' + chr(10) for name in GONE_PROVIDERS)}
[exclude]
openai = ["gpt-5.1-codex*"]
{"".join(f'{name.replace("_", "-")} = ["*"]' + chr(10) for name in GONE_PROVIDERS)}
{"".join(EVERY_SETTING)}
[[models]]
provider = "openai"
id = "gpt-5-codex"
limits.context = 1000

[[models]]
provider = "abacus"
id = "zai-org/glm-4.5"
tags = ["a"]
"""


SMALL = catalogues.made_up({"openai": {"gpt-4o": {"aliases": ["four"]}, "o3": {}}, "xai": {"grok-4": {}}})
PROVIDERS = st.sampled_from(["openai", "xai", "kiro", "github-models"])
PATTERNS = st.lists(
    st.sampled_from(["gpt-4o", "four", "o3", "o*", "mi*", "*", "gpt-5-codex", "gork", "grok-4"]), max_size=3
)


class TestKnownToBeGone:
    """A name that is known to be gone is never an error, in every setting; one that was never known is."""

    def test_everything_at_once(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(EVERYTHING)
        problems = checks.check_file(str(path))
        assert {problem.severity for problem in problems} == {"warning"}
        lines = EVERYTHING.split("\n")
        for problem in problems:
            assert problem.line is not None
            assert "no longer listed" in problem.message
            line = lines[problem.line - 1]
            if "matches only" not in problem.message:
                provider, _, model_id = problem.message.partition(" is no longer")[0].partition(":")
                assert (model_id or provider) in line.replace("-", "_") + line
        counts = {name: sum(name in problem.message for problem in problems) for name in GONE_PROVIDERS}
        assert counts == dict.fromkeys(GONE_PROVIDERS, 7)  # 4 settings, a provider, a model and a match
        catalogue = llm_models.load(config=path, publish=False)
        (logged,) = [record.getMessage() for record in caplog.records]
        first = next(number for number, line in enumerate(lines, 1) if line.startswith("[[providers]]"))
        assert logged.startswith(f"llm_models: {path}:{first}: left out, because the catalogue does not have them, ")
        assert "though they were listed once (54): " in logged
        assert logged.endswith(", ...; run 'llm-models validate' for details")
        assert catalogue.list_providers() == ["openai"]
        assert not set(GONE_PROVIDERS) & set(catalogue.file.blocks)
        assert catalogue.select().provider == "openai"
        retired_error(lambda: catalogue.get_model("openai", "gpt-5-codex"))  # its limit alone defines no model
        told = json.loads(fine("activate", "--config", path, "--json").out)
        assert len(told["gone"]) == 54
        assert {f"{name}.kiro" for name in ("deny", "prefer", "allow", "exclude")} <= {*told["gone"]}
        assert {"kiro", "kiro:any", "kiro:*"} <= {*told["gone"]}
        at = 1 + next(number for number, line in enumerate(lines) if line == 'kiro = ["*"]')
        assert [text for text in told["notices"] if text.startswith("deny.kiro is no longer listed (")] == [
            text for text in told["notices"] if text.endswith(f", but llm_models.toml:{at} names it")
        ]
        fine("activate", "--config", path, "--strict", "--dry-run")  # nothing of it has just gone
        caplog.clear()
        again = llm_models.load(config=path, publish=False)
        assert again.list_providers() == ["openai"]
        assert not caplog.records  # it is merged already

    def test_validate_states_the_last_day_and_what_follows(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(EVERYTHING)
        out = here("validate", path)
        assert out.code == 0
        for text in (
            "openai:gpt-5-codex is no longer listed (last listed on 2026-07-02, gone by 2026-08-18), so this entry is "
            "left out. Its successor is 'openai:gpt-5.6-sol' (https://developers.openai.com/api/docs/deprecations).",
            "(last listed on 2026-07-02, gone by 2026-08-18), so this entry is left out. It is listed as "
            "'abacus:zai-org/GLM-4.5' now (other case). To define it, add new = true. [warning]",
            "05-10), so this entry is left out. To keep it, define its provider: write [[providers]], and",
            "deny.openai[0]: openai:gpt-5-codex is no longer listed",
            "exclude.openai[0]: matches only models of openai that are no longer listed, such as gpt-5.1-codex and 2 m",
            "deny: kiro is no longer listed (last listed on 2026-05-09, gone by 2026-05-10), so this has no effect",
            "prefer[5]: kiro is no longer listed",
            "providers.kiro.id: kiro is no longer listed (last listed on 2026-05-09, gone by 2026-05-10), so this "
            "entry is left out. To define it, state name or base_url. [warning]",
        ):
            assert text in out.out

    def test_a_pattern_that_only_matches_what_is_gone_is_logged(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A pattern that never matched anything is not: `validate` warns of both."""
        path = tmp_path / "llm_models.toml"
        entry = '[[models]]\nprovider = "openai"\nmatch = "{}"\ntags = ["x"]\n'
        path.write_text("".join(map(entry.format, ("gpt-5.1-codex*", "gpt-5*", "never-*"))))
        llm_models.load(config=path, publish=False)
        (logged,) = [record.getMessage() for record in caplog.records]
        assert f"{path}:3: left out" in logged
        assert "(1): models.openai:gpt-5.1-codex*;" in logged
        assert json.loads(fine("activate", "--config", path, "--json").out)["gone"] == ["models.openai:gpt-5.1-codex*"]

    def test_a_successor_that_is_gone(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text('[[models]]\nprovider = "openai"\nid = "gpt-5.2"\nsuccessor = "openai:gpt-5-codex"\n')
        out = fine("validate", path).out
        assert (
            "successor: openai:gpt-5-codex is no longer listed (last listed on 2026-07-02, gone by 2026-08-18)." in out
        )
        assert "Its successor is 'openai:gpt-5.6-sol' (https://" in out

    def test_arguments_of_load(self, caplog: pytest.LogCaptureFixture) -> None:
        catalogue = llm_models.load(
            config=None,
            allow={"Kiro": "all", "openai": "all"},
            deny={"github-models": ["*"], "openai": ["gpt-5-codex", "gpt-4o"]},
            prefer=["firmware", "openai"],
            overrides={"models": [{"provider": "scx", "id": "x", "tags": ["a"]}], "exclude": {"kiro": ["*"]}},
            publish=False,
        )
        logged = [record.getMessage() for record in caplog.records]
        why = "left out, because the catalogue does not have them, though they were listed once"
        step = "run 'llm-models history NAME' for details"
        named = "allow.kiro, deny.github_models, deny.openai:gpt-5-codex, prefer.firmware"
        assert logged == [
            f"llm_models: load(overrides=...): {why} (2): scx:x, exclude.kiro; {step}",
            f"llm_models: load(allow=...): {why} (4): {named}; {step}",
        ]
        assert catalogue.prefer == ("openai",)
        assert catalogue.list_providers() == ["openai"]
        assert not catalogue.allowed("openai:gpt-4o")
        caplog.clear()
        again = pickle.loads(pickle.dumps(catalogue))
        assert again.list_providers() == ["openai"]
        assert not again.allowed("openai:gpt-4o")
        assert not caplog.records

    def test_a_behaviour_module(self, caplog: pytest.LogCaptureFixture) -> None:
        class Mine(llm_models.Overrides):
            def providers(self) -> list[dict[str, Any]]:
                return [{"id": "kiro", "env": ["KEY"]}]

            def models(self) -> list[dict[str, Any]]:
                return [{"provider": "github-models", "match": "*", "tags": ["a"]}]

            def excludes(self) -> dict[str, list[str]]:
                return {"firmware": ["*"], "openai": ["gpt-5-codex"]}

        llm_models.load(config=None, overrides_module=Mine, publish=False)
        logged = caplog.records[0].getMessage()
        assert logged.startswith("llm_models: behaviour module '")
        assert "(4): kiro, github_models:*, exclude.firmware, exclude.openai:gpt-5-codex; run" in logged

    def test_a_question(self, packaged: Snapshot, caplog: pytest.LogCaptureFixture) -> None:
        """Preferences and filters of one question are settings, too; nothing is logged each time."""
        assert packaged.select(prefer=["kiro", "openai"]).provider == "openai"
        assert packaged.resolve("gpt-5.2", prefer=["kiro", "openai"]).provider == "openai"
        assert packaged.list_models(allow={"kiro": "all"}) == []
        assert packaged.list_models(allow={"kiro": "all", "openai": ["gpt-5.2"]})[0].id == "gpt-5.2"
        assert not caplog.records

    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({"deny": {"kirro": ["*"]}}, "kirro"),
            ({"allow": {"github_model": "all"}}, "github_model"),
            ({"prefer": ["kirro"]}, "kirro"),
            ({"overrides": {"exclude": {"kirro": ["*"]}}}, "kirro"),
            ({"overrides": {"deny": {"kirro": ["*"]}}}, "kirro"),
            ({"overrides": {"allow": {"kirro": ["*"]}}}, "kirro"),
            ({"overrides": {"models": [{"provider": "kirro", "id": "x"}]}}, "kirro"),
        ],
    )
    def test_a_name_that_was_never_known_is_an_error(self, given: dict[str, Any], name: str) -> None:
        with pytest.raises((ConfigError, UnknownProviderError), match=f"unknown provider '{name}'"):
            llm_models.load(config=None, publish=False, **given)

    @pytest.mark.parametrize("section", ["deny", "exclude", "allow"])
    def test_a_mistyped_ban_opens_no_door(self, section: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        """A pattern for a living provider that matches only what is gone is a warning, beside patterns that hold."""
        path = tmp_path / "llm_models.toml"
        path.write_text(f'[{section}]\nopenai = ["gpt-5-codex", "gpt-5.2"]\n')
        (problem,) = checks.check_file(str(path))
        assert (problem.severity, problem.line) == ("warning", 2)
        catalogue = llm_models.load(config=path, publish=False)
        assert catalogue.allowed("openai:gpt-5.2") is (section == "allow")
        (logged,) = [record.getMessage() for record in caplog.records]
        assert logged.startswith(f"llm_models: {path}:2: ")
        assert f"(1): {section}.openai:gpt-5-codex; run 'llm-models validate'" in logged
        told = json.loads(fine("activate", "--config", path, "--json").out)
        assert told["gone"] == [f"{section}.openai:gpt-5-codex"]
        assert (
            f"{section}.openai:gpt-5-codex is no longer listed (last listed on 2026-07-02, gone by 2026-08-18), but"
            in (text := "".join(told["notices"]))
        )
        assert "llm_models.toml:2 names it. Its successor is 'openai:gpt-5.6-sol' (https://" in text

    def test_an_alias_or_an_own_model_is_not_gone(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        path = tmp_path / "llm_models.toml"
        own = '[[models]]\nprovider = "openai"\nid = "gpt-5-codex"\nname = "Ours"\n'
        path.write_text(f'[deny]\nopenai = ["gpt-5-codex", "gpt-4o-mini-2024-07-18", "gpt-5.1-cod*"]\n{own}')
        catalogue = llm_models.load(config=path, publish=False, deny={"openai": ["gpt-4o-mini-2024-07-18", "nope"]})
        assert not caplog.records
        assert not catalogue.allowed("openai:gpt-5-codex")
        assert not catalogue.allowed("openai:gpt-4o-mini")

    def test_an_allow_with_gone_providers_alone_leaves_no_model(self, tmp_path: Path) -> None:
        with pytest.raises(EmptyCatalogError) as caught:
            llm_models.load(config=None, allow={"kiro": "all"}, publish=False)
        assert str(caught.value).startswith(
            "load(allow=...): allow: kiro is no longer listed (last listed on 2026-05-09"
        )
        path = tmp_path / "llm_models.toml"
        path.write_text('[allow]\nkiro = "all"\ngithub-models = ["*"]\n')
        with pytest.raises(EmptyCatalogError) as caught:
            llm_models.load(config=path, publish=False)
        problems = checks.check_file(str(path))
        assert str(caught.value) == "\n".join(map(str, problems))
        assert [(one.line, one.severity) for one in problems] == [(2, "error"), (3, "error")]
        assert "so allow hides every model" in problems[0].message
        assert here("validate", path).code == 1

    @pytest.mark.parametrize(
        ("text", "line", "why"),
        [
            (
                '[allow]\nopenai = ["gpt-5-codex"]',
                2,
                "gone by 2026-08-18), so allow hides every model. Its successor is 'o",
            ),
            ('[allow]\nopenai = ["gpt-4.5-*"]', 2, "such as gpt-4.5-preview, so allow hides every model"),
            (
                '[allow]\nopenai = ["GPT-5.2"]',
                2,
                "matches no model of openai, so allow hides every model. Did you mean",
            ),
            (
                '[allow]\nopenai = ["o3"]\n[exclude]\nopenai = ["o3*"]',
                2,
                "Remove or narrow 'o3*' of openai (line 4), so",
            ),
            ("[allow]\nopenai = []", 2, "allow leaves no model"),
            ('[allow]\nmine = "all"\n[[providers]]\nid = "mine"', 2, "Name a provider that has models"),
            ('[deny]\nopenai = ["*"]\n[allow]\nopenai = "all"', 4, "allow and deny (line 2) leave no model"),
        ],
    )
    def test_settings_that_leave_no_model(self, tmp_path: Path, text: str, line: int, why: str) -> None:
        """`validate`, `load` and `activate` name the line and say the same."""
        path = tmp_path / "llm_models.toml"
        path.write_text(text)
        (problem,) = [one for one in checks.check_file(str(path)) if one.severity == "error"]
        assert problem.line == line
        assert why in str(problem)
        assert here("validate", path).code == 1
        with pytest.raises(EmptyCatalogError) as caught:
            llm_models.load(config=path, publish=False)
        assert str(caught.value) == str(problem)
        *logged, told = refused(here("activate", "--config", path)).splitlines()
        assert told == f"llm-models: {problem}"
        assert all(one.startswith(f"llm_models: {path}:{one.split(':')[2]}: left out, ") for one in logged)
        assert llm_models.load(
            config=path, allow={"anthropic": "all"}, deny={}, publish=False
        )  # arguments are stronger

    def test_arguments_that_leave_no_model_of_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text('[allow]\nopenai = ["gpt-5.2"]')
        for _ in range(2):
            with pytest.raises(
                EmptyCatalogError, match=r"^.*llm_models.toml:2:1: allow: allow and deny leave no model"
            ):
                llm_models.load(config=path, deny={"openai": ["gpt-5*"]}, publish=False)
            fine("activate", "--config", path)  # and the same where the file is merged already

    @given(
        sections=st.fixed_dictionaries(
            {},
            optional={
                "allow": st.dictionaries(PROVIDERS, st.just("all") | PATTERNS, max_size=2),
                "deny": st.dictionaries(PROVIDERS, PATTERNS, max_size=2),
                "exclude": st.dictionaries(PROVIDERS, PATTERNS, max_size=2),
            },
        )
    )
    def test_validate_finds_an_error_where_load_does(self, sections: dict[str, Any]) -> None:
        entry = '[[models]]\nprovider = "openai"\nid = "own"\nnew = true\naliases = ["mine"]\n'
        text = entry + "".join(
            f"[{name}]\n" + "".join(f"{provider} = {json.dumps(globs)}\n" for provider, globs in section.items())
            for name, section in sections.items()
        )
        errors = [one for one in checks.check_text(text.encode(), "llm_models.toml", SMALL) if one.severity == "error"]
        current = InUse(SMALL, paths.Folder("llm_models.toml", None), text.encode())
        try:
            Snapshot(pipeline.merge_application(current)[0])
        except EmptyCatalogError:
            assert errors
        else:
            assert not errors

    def test_commands_that_change_a_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        path = tmp_path / "llm_models.toml"
        entry = '[[models]]\nprovider = "{}"\nid = "openai/gpt-4o"\ncost.input = 1\n'
        path.write_text("# mine\n")
        why = "github_models is no longer listed (last listed on 2026-07-02, gone by 2026-08-18)"
        assert why in refused(here("exclude", "github-models", "*"))
        message = refused(here("set", "GitHub-Models:openai/gpt-4o", "cost.input=1"))
        assert "github_models:openai/gpt-4o is no longer listed: last listed on 2026-07-02" in message
        assert path.read_text() == "# mine\n"
        for provider in ("github-models", "never-known"):  # a dead entry can be removed by its name
            path.write_text("# mine\n" + entry.format(provider))
            fine("unset", f"{provider}:openai/gpt-4o", "--dry-run")
            fine("unset", f"{provider}:openai/gpt-4o")
            assert path.read_text().strip() == "# mine"
        path.write_text(entry.format("github-models"))
        assert why in refused(here("set", "github-models:another", "cost.input=1"))
        assert why in fine("set", "github-models:openai/gpt-4o", "cost.input=2").err
        assert "cost.input = 2" in path.read_text()

    def test_an_own_provider_under_a_name_that_is_gone(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(
            'prefer = ["github-models"]\n[deny]\ngithub-models = ["secret"]\n'
            '[[providers]]\nid = "github-models"\nbase_url = "https://ours.example/v1"\n'
            '[[models]]\nprovider = "github_models"\nid = "house"\n'
            '[[models]]\nprovider = "github_models"\nid = "secret"\n'
        )
        (problem,) = checks.check_file(str(path))
        assert (problem.line, problem.severity) == (12, "warning")
        assert problem.message == "deny pattern 'secret' at line 3 hides this model, so this entry has no effect"
        catalogue = llm_models.load(config=path, publish=False)
        assert not caplog.records
        assert [model.spec for model in catalogue.list_models("github-models")] == ["github_models:house"]
        assert catalogue.select().spec == "github_models:house"
        retired_error(lambda: catalogue.resolve("github_models:openai/gpt-4o"))

    def test_a_name_defines_a_model_that_is_gone(self) -> None:
        entry = {"provider": "openai", "id": "gpt-5-codex", "name": "Ours", "limits": {"context": 1}}
        catalogue = llm_models.load(config=None, overrides={"models": [entry]}, publish=False)
        assert catalogue.get_model("openai", "gpt-5-codex").name == "Ours"

    def test_a_model_that_nobody_knew_is_defined_by_its_limit(self) -> None:
        entry = {"provider": "openai", "id": "ft:mine", "limits": {"context": 1}}
        catalogue = llm_models.load(config=None, overrides={"models": [entry]}, publish=False)
        assert catalogue.get_model("openai", "ft:mine").limits.context == 1

    def test_a_typo_beside_it_is_counted_apart(self, caplog: pytest.LogCaptureFixture) -> None:
        models = [{"provider": "openai", "id": name, "tags": ["a"]} for name in ("gpt-5-codex", "gpt-5-codec")]
        llm_models.load(config=None, overrides={"models": models}, publish=False)
        assert [record.getMessage() for record in caplog.records] == [
            "llm_models: load(overrides=...): left out, because the catalogue does not have them, though they were "
            "listed once (1): openai:gpt-5-codex; run 'llm-models history NAME' for details",
            "llm_models: load(overrides=...): left out, because the catalogue does not have their models (1): "
            "openai:gpt-5-codec; run 'llm-models history NAME' for details",
        ]


def _with_header(data: bytes, **changed: Any) -> bytes:
    """A history file with other values in its header, which fits itself again."""
    first, _, rest = data.partition(b"\n")
    header = {**json.loads(first), **changed}
    del header["crc"]
    start = json.dumps(header, separators=(",", ":")).encode()[:-1]
    return start + CRC % crc32(start) + b"\n" + rest


def _with_line(data: bytes, **changed: Any) -> bytes:
    """A history file with other values in the line of `acme`, with checksums that fit."""
    header, *lines = data.splitlines(keepends=True)
    spans: dict[str, list[int]] = {}
    size = 0
    for number, text in enumerate(lines):
        line = json.loads(text)
        if line["provider"] == "acme":
            lines[number] = json.dumps({**line, **changed}).encode() + b"\n"
        spans[line["provider"]] = [size, len(lines[number]), crc32(lines[number])]
        size += len(lines[number])
    return _with_header(header + b"".join(lines), providers=spans)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no history": lambda _: b"{}\n",
    "cut": lambda data: data[:-20],
    "a part altered": lambda data: data.replace(b'"provider":"acme"', b'"provider":"acmf"'),
    "the header altered": lambda data: data.replace(b'"days":["2026-10-01"', b'"days":["2026-10-02"'),
    "another format": lambda data: _with_header(data, format=2),
    "forged spans": lambda data: _with_line(data, seen=[5, 0]),
    "forged prices": lambda data: _with_line(data, prices="abc", listed=[[0, 0, 7], [0, 0, 7]]),
    "forged successors": lambda data: _with_line(data, successors=[1]),
    "a successor that is no text": lambda data: _with_line(data, successors={"a": [1, 2, 3]}),
    "a day that is none": lambda data: _with_header(data, days=["2026-10-01", "2026-10-01x", "2026-10-09"]),
    "what it remembers is no object": lambda data: _with_header(data, own=5),
    "names of prices that are no text": lambda data: _with_header(data, history="models_dev", classes=[1, "output"]),
    "a link that is no text": lambda data: _with_line(data, successors={"a": ["x:y", "z", 3]}),
}


class TestOwnHistory:
    """Which histories are believed, and which one answers. `acme` is a provider that only the own history knows."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """An application whose own history goes on from the packaged one: `acme` came, and went."""
        (tmp_path / "llm_models.toml").write_text('[deny]\nacme = ["*"]\n')
        self.write(tmp_path)
        return tmp_path

    def write(self, folder: Path, *more: tuple[str, dict[str, Any]]) -> None:
        days = more or (("2026-10-01", {"acme": {"a": 1, "b": 2}, "openai": {"gpt-5.2": 3}}), ("2026-10-09", {"x": {}}))
        history = fold(*(seen(day, listed) for day, listed in days))
        (folder / ".llm_models").mkdir(exist_ok=True)
        (folder / ".llm_models" / "history.json").write_bytes(encode(history))

    def test_a_provider_that_only_it_knows_is_gone(self, folder: Path) -> None:
        catalogue = llm_models.load(config=folder / "llm_models.toml", publish=False)
        error = retired_error(lambda: catalogue.resolve("acme:a"))
        assert (error.last_listed, error.gone_by) == ("2026-10-01", "2026-10-09")
        retired_error(lambda: catalogue.resolve("b"))
        assert catalogue.history("acme:a").prices[-1].price == {"input": 1}
        (problem,) = checks.check_file(str(folder / "llm_models.toml"))
        assert (problem.severity, problem.line) == ("warning", 2)
        again = pickle.loads(pickle.dumps(catalogue))
        assert str(retired_error(lambda: again.resolve("acme:a"))) == str(error)

    def test_it_is_read_where_nobody_named_it(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        assert llm_models.load(publish=False).provider_history("acme").last == "2026-10-01"

    def test_arguments_of_load_are_judged_by_it(self, folder: Path) -> None:
        catalogue = llm_models.load(
            config=folder / "llm_models.toml", prefer=["acme", "openai"], deny={"acme": ["*"]}, publish=False
        )
        assert catalogue.prefer == ("openai",)

    def test_activate_uses_it(self, folder: Path) -> None:
        told = json.loads(fine("activate", "--config", folder / "llm_models.toml", "--json").out)
        assert told["gone"] == ["deny.acme"]

    def test_what_activations_recorded_is_remembered(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """From the command that writes it to the lookup that reads it; a rollback does not lose it."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "llm_models.toml").write_text('prefer = ["acme"]\n')
        for day, count in (("2026-10-01", 3), ("2026-10-09", 2)):
            (tmp_path / "api.json").write_bytes(catalogues.numbered(count, last_updated=day))
            fine("activate", "--from", "api.json", "--force")
        catalogue = llm_models.load(publish=False)
        error = retired_error(lambda: catalogue.resolve("acme:m2"))
        assert (error.last_listed, error.gone_by) == ("2026-10-01", "2026-10-09")
        error = retired_error(lambda: catalogue.resolve("openai:gpt-5.2"))  # which this source does not list
        assert (error.last_listed, error.gone_by) == (PACKAGED.date, "2026-10-01")
        history = catalogue.history("acme:m1")
        assert (history.listed, history.date, history.prices[-1].price) == (
            True,
            "2026-10-09",
            {"input": 1, "output": 2},
        )
        fine("rollback")
        back = llm_models.load(publish=False)
        assert back.get_model("acme", "m2")
        assert not back.history("acme:m2").listed

    def test_after_a_rollback_what_was_activated_is_no_typo(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "llm_models.toml").write_text('prefer = ["acme"]\n')
        for day, names in (("2026-10-01", ["acme"]), ("2026-10-09", ["acme", "newprov"])):
            listed = (catalogues.provider(one, catalogues.model("m1", last_updated=day)) for one in names)
            (tmp_path / "api.json").write_bytes(catalogues.catalogue(*listed))
            fine("activate", "--from", "api.json", "--force")
        assert fine("resolve", "newprov:m1").out == "newprov:m1\n"
        fine("rollback")
        why = "is not in this catalogue (listed on 2026-10-09)"
        assert refused(here("resolve", "newprov:m1")).startswith(f"llm-models: newprov:m1 {why}.")
        assert refused(here("list", "newprov")) == f"llm-models: unknown provider 'newprov': it {why}\n"

    def test_it_does_not_count_for_another_catalogue(
        self, folder: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        with pytest.raises(ConfigError, match="unknown provider 'acme'"):
            llm_models.load(config=folder / "llm_models.toml", snapshot=paths.PACKAGED_SNAPSHOT, publish=False)
        with pytest.raises(UnknownProviderError):
            llm_models.load(config=None, publish=False).get_provider("acme")
        other = tmp_path_factory.mktemp("other") / "llm_models.toml"
        other.write_text('[deny]\nacme = ["*"]\n')
        with pytest.raises(ConfigError, match="unknown provider 'acme'"):
            llm_models.load(config=other, publish=False)

    def test_a_stale_activation_does_not_take_it_away(self, folder: Path) -> None:
        config = folder / "llm_models.toml"
        shutil.copy(STORED / "from-packaged.json", folder / ".llm_models" / "snapshot.json")
        assert facts("info", "--config", config)["unused"] == "stale"
        retired_error(lambda: llm_models.load(config=config, publish=False).resolve("acme:a"))

    @pytest.mark.skipif(os.name == "nt", reason="owners of files are not checked there")
    @pytest.mark.parametrize("what", [".llm_models", ".llm_models/history.json"])
    def test_one_that_everybody_can_write_turns_no_typo_into_gone(self, folder: Path, what: str) -> None:
        (folder / what).chmod(0o777)
        with pytest.raises(ConfigError, match="unknown provider 'acme'"):
            llm_models.load(config=folder / "llm_models.toml", publish=False)
        (problem,) = checks.check_file(str(folder / "llm_models.toml"))
        assert problem.severity == "error"

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
    @pytest.mark.parametrize("what", [".llm_models", ".llm_models/history.json"])
    def test_one_of_a_stranger_turns_no_typo_into_gone(self, folder: Path, what: str) -> None:
        os.chown(folder / what, STRANGER, STRANGER)
        with pytest.raises(ConfigError, match="unknown provider 'acme'"):
            llm_models.load(config=folder / "llm_models.toml", publish=False)

    @pytest.mark.skipif(os.name == "nt", reason="owners of files are not checked there")
    def test_a_damaged_one_that_everybody_can_write_is_not_even_read(
        self, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        file = folder / ".llm_models" / "history.json"
        file.write_text("{}")
        file.chmod(0o777)
        with pytest.raises(ConfigError, match="unknown provider 'acme'"):
            llm_models.load(config=folder / "llm_models.toml", publish=False)
        assert not caplog.records

    @pytest.mark.skipif(os.name == "nt", reason="owners of files are not checked there")
    def test_one_that_takes_its_place_while_it_is_opened(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        opened = History.open

        def swapped(path: str) -> History:
            if path != paths.PACKAGED_HISTORY:
                os.chmod(path, 0o777)
            return opened(path)

        monkeypatch.setattr(History, "open", swapped)
        with pytest.raises(ConfigError, match="unknown provider 'acme'"):
            llm_models.load(config=folder / "llm_models.toml", publish=False)

    @pytest.mark.parametrize(
        ("days", "listed", "last"),
        [
            # The own history is newer: it answers. Here the model is gone, and there it is back.
            ([("2026-10-01", {"openai": {"gpt-5.2": 3}}), ("2026-10-09", {"x": {}})], False, "2026-10-01"),
            ([("2026-10-01", {"openai": {"gpt-5-codex": 3}})], True, "2026-10-01"),
            # It is older, as after an upgrade of the package: the packaged one answers.
            ([("2026-08-01", {"openai": {"gpt-5.2": 3}}), ("2026-08-09", {"x": {}})], True, "2026-09-30"),
            # Both are of the same day: the own one answers, because its source is the application's.
            ([("2026-09-01", {"openai": {"gpt-5.2": 3}}), ("2026-09-30", {"x": {}})], False, "2026-09-01"),
        ],
    )
    def test_the_one_that_saw_the_source_last_answers(self, folder: Path, days: Any, listed: bool, last: str) -> None:
        self.write(folder, *days)
        past = Past(paths.find(folder / "llm_models.toml"))
        model = past.model("openai", next(iter(days[0][1]["openai"])))
        assert model is not None
        assert (model.listed, model.last) == (listed, last)
        assert past.is_gone("openai", model.id) is not listed
        packaged_only = past.model("anthropic", "claude-haiku-4-5")  # what only the packaged one knows
        assert packaged_only is not None
        assert packaged_only.date == PACKAGED.date

    @pytest.mark.parametrize("name", DAMAGE)
    def test_a_damaged_one_fails_nothing(self, folder: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
        file = folder / ".llm_models" / "history.json"
        file.write_bytes(DAMAGE[name](file.read_bytes()))
        config = folder / "llm_models.toml"
        config.write_text('[deny]\nkiro = ["*"]\n')
        catalogue = llm_models.load(config=config, publish=False)
        for spec in ("acme:a", "a", "openai:nope"):
            with pytest.raises(UnknownModelError):
                catalogue.resolve(spec)
        retired_error(lambda: catalogue.resolve("openai:gpt-5-codex"))
        logged = [record.getMessage() for record in caplog.records if "history is not used" in record.getMessage()]
        assert logged
        assert all(text.startswith(f"llm_models: {file}") for text in logged)
        assert all(text.endswith("to have a whole one, run 'llm-models activate'") for text in logged)
        with pytest.raises(UnknownModelError):
            catalogue.history("acme:a")
        assert not catalogue.history("openai:gpt-5-codex").listed

    def test_a_damaged_line_about_another_spelling_is_found_where_both_are_united(
        self, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        file = folder / ".llm_models" / "history.json"
        self.write(folder, ("2026-10-01", {"acme": {"A": 1, "a": 1}}), ("2026-10-09", {"acme": {"a": 1}}))
        data = _with_line(file.read_bytes(), listed=[[0, 0, 7], 1])
        file.write_bytes(_with_header(data, history="models_dev"))
        past = Past(paths.find(folder / "llm_models.toml"))
        assert past.knows("acme", "a")
        assert not past.is_gone("acme", "a")
        assert "this history is not used" in caplog.text
        assert not past.knows("acme", "a")

    def test_a_folder_in_its_place(self, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        file = folder / ".llm_models" / "history.json"
        file.unlink()
        file.mkdir()
        (folder / "llm_models.toml").write_text("")
        catalogue = llm_models.load(config=folder / "llm_models.toml", publish=False)
        retired_error(lambda: catalogue.resolve("openai:gpt-5-codex"))
        assert "not a regular file; this history is not used" in caplog.records[0].getMessage()

    def test_without_the_packaged_one_a_lookup_still_answers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(paths, "PACKAGED_HISTORY", str(tmp_path / "missing.json"))
        catalogue = llm_models.load(config=None, publish=False)
        with pytest.raises(UnknownModelError, match="openai has no model 'gpt-5-codex'"):
            catalogue.resolve("openai:gpt-5-codex")
        assert "missing.json" in caplog.records[0].getMessage()
        assert caplog.records[0].getMessage().endswith("to have a whole one, install llm-models-catalog again")
        for ask in (
            lambda: catalogue.history("openai:gpt-5.2"),
            lambda: catalogue.history("nope"),
            lambda: catalogue.provider_history("openai"),
        ):
            with pytest.raises(SnapshotError, match=r"missing\.json"):
                ask()


def test_a_catalogue_of_other_data_is_judged_by_names_that_were_ever_known(caplog: pytest.LogCaptureFixture) -> None:
    """A provider that is listed, but not in the catalogue in use, is no typo either. It is not told as gone."""
    small = Snapshot(catalogues.from_records({"openai": {"gpt-4o": {}}}), deny={"anthropic": ["*"], "openai": ["x"]})
    assert len(small) == 1
    assert "deny.anthropic" in caplog.records[0].getMessage()
    listed = f"(listed on {PACKAGED.date})"
    ways: list[Callable[[], object]] = [
        lambda: small.get_provider("anthropic"),
        lambda: small.list_models("Anthropic"),
        lambda: small.resolve("anthropic:never-had-it"),
        lambda: small.get_model("anthropic", "never-had-it"),
        lambda: small.select(scope="anthropic"),
    ]
    for way in ways:
        with pytest.raises(UnknownProviderError) as caught:
            way()
        text = str(caught.value).lower()
        assert text == f"unknown provider 'anthropic': it is not in this catalogue {listed}"
        assert caught.value.last_listed is None  # it is not gone
    for spec, key in (
        ("openai:gpt-5.2", "openai:gpt-5.2"),
        ("gpt-5.2@OpenAI", "openai:gpt-5.2"),
        ("Anthropic:claude-haiku-4-5", "anthropic:claude-haiku-4-5"),
        ("claude-haiku-4-5@anthropic", "anthropic:claude-haiku-4-5"),
        ("gpt-5-codex", "'gpt-5-codex'"),  # gone at one provider, and listed by others
    ):
        with pytest.raises(UnknownModelError) as unknown:
            small.resolve(spec)
        assert type(unknown.value) is UnknownModelError
        assert str(unknown.value).startswith(f"{key} is not in this catalogue")
        assert listed in str(unknown.value)
    with pytest.raises(UnknownModelError, match="openai has no model 'gpt-5-2x'"):
        small.resolve("openai:gpt-5-2x")
    text = b'[deny]\nanthropic = ["*"]\n[[models]]\nprovider = "anthropic"\nid = "x"\ntags = ["a"]\n'
    problems = checks.check_text(text, "llm_models.toml", small.file)
    assert [problem.severity for problem in problems] == ["warning", "warning"]
    why = f"anthropic is not in this catalogue (listed on {PACKAGED.date})"
    assert [problem.message.partition(", so")[0] for problem in problems] == [why, why]


def test_a_model_that_only_the_source_in_use_lacks_is_not_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The packaged history lists it, and no history of the application knows yet that its source does not."""
    monkeypatch.chdir(tmp_path)
    entry = '[[models]]\nprovider = "openai"\nid = "{}"\nlimits.context = 5\n'
    text = f'[deny]\nopenai = ["gpt-5.2"]\n{entry.format("gpt-5.2")}{entry.format("nobody-had-it")}'
    (tmp_path / "llm_models.toml").write_text(text)
    small = catalogues.made_up({"openai": {"gpt-4o": {}}})
    problems = [str(one) for one in checks.check_text(text.encode(), "llm_models.toml", small)]
    why = f"openai:gpt-5.2 is not in this catalogue (listed on {PACKAGED.date})"
    assert problems == [
        f"llm_models.toml:2:11: deny.openai[0]: {why}",
        f"llm_models.toml:5:6: models.openai:gpt-5.2.id: {why}, so this entry is left out. To define it, add new = "
        "true.",
        "llm_models.toml:9:6: models.openai:nobody-had-it.id: openai:nobody-had-it is not in this data (of "
        '2026-01-02). To define it, add new = true, or base = "PROVIDER:MODEL" to start from a copy of another model.',
    ]
    file, _ = catalogues.merged(small, tmp_path / "llm_models.toml", text.encode())
    assert file.block("openai").ids == ["gpt-4o", "nobody-had-it"]
    logged, by_chance = [record.getMessage() for record in caplog.records]
    assert "do not state new = true (1): openai:nobody-had-it; run" in by_chance
    assert "though they were listed once (2): openai:gpt-5.2, deny.openai:gpt-5.2; run" in logged


def test_the_own_history_of_a_long_past_is_one_of_the_packaged(tmp_path: Path) -> None:
    """A copy of the packaged history as the application's own gives the same answers."""
    (tmp_path / "llm_models.toml").write_text("")
    (tmp_path / ".llm_models").mkdir()
    (tmp_path / ".llm_models" / "history.json").write_bytes(encode(folded(PACKAGED)))
    both: Remembered = Past(paths.find(tmp_path / "llm_models.toml"))
    alone = Past()
    for provider, model_id in list(GONE)[::100]:
        assert both.model(provider, model_id) == alone.model(provider, model_id)
    assert both.providers() == alone.providers()
