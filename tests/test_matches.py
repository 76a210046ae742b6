"""`match_names`: a name of telemetry or of a response leads to the right model, or to none; never to another one."""

from __future__ import annotations

import doctest
import json
import re
from typing import Any

import pytest
from support import ROOT, UPSTREAM
from support.names import KNOWN, UNKNOWN, US, Name, ask

import llm_models
from llm_models import InvalidArgumentError, NameMatch, name_rules
from llm_models.hosts import provider_at
from llm_models.name_rules import LONGEST, RULES, near_match, read


@pytest.mark.parametrize("name", KNOWN, ids=lambda name: f"{name.provider} {name.model}")
def test_a_known_form_leads_to_its_model_and_states_the_rule(name: Name, packaged: llm_models.Snapshot) -> None:
    assert ask(name, packaged) == (name.spec, name.rule)


@pytest.mark.parametrize("name", UNKNOWN, ids=lambda name: f"{name.provider} {name.model}")
def test_what_is_not_known_for_certain_has_no_match(name: Name, packaged: llm_models.Snapshot) -> None:
    assert ask(name, packaged) == (None, None)


def test_a_name_that_only_one_provider_has_needs_no_provider(packaged: llm_models.Snapshot) -> None:
    assert ask(Name(None, "us.amazon.nova-premier-v1:0"), packaged) == (
        "amazon_bedrock:us.amazon.nova-premier-v1:0",
        "id",
    )


def test_every_name_of_the_catalogue_is_its_own_model(packaged: llm_models.Snapshot) -> None:
    """No rule takes a name that a provider has: ids, served ids and aliases of all models, alone and with a prefix."""
    wrong, fields = [], {"id": "id", "served_as": "served-id", "aliases": "alias"}
    for provider in packaged.list_providers():
        for model in packaged.list_models(provider):
            for field, names in (("id", [model.id]), ("served_as", model.served_as), ("aliases", model.aliases)):
                for name in names:
                    asked = [packaged.match_names(provider, name), packaged.match_names(model=f"{provider}:{name}")]
                    if asked != [(model, fields[field], name), (model, "provider-prefix", f"{provider}:{name}")]:
                        wrong.append((provider, name))
    assert wrong == []


class TestRules:
    """`RULES` as data."""

    def test_each_row_states_where_its_form_is_documented(self) -> None:
        assert [rule for rule in RULES if not rule["link"].startswith("https://")] == []

    def test_rows_with_one_name_have_one_note(self) -> None:
        notes = {(rule["name"], rule.get("note")) for rule in RULES}
        assert len(notes) == len({name for name, _ in notes})

    @pytest.mark.parametrize("row", range(len(RULES)), ids=lambda row: f"{row} {RULES[row]['name']}")
    def test_without_a_row_a_name_has_another_answer(
        self, row: int, packaged: llm_models.Snapshot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(name_rules, "RULES", (*RULES[:row], *RULES[row + 1 :]))
        monkeypatch.setattr(name_rules, "_held", {})
        assert [name for name in KNOWN if ask(name, packaged) != (name.spec, name.rule)]

    @pytest.mark.whole
    @pytest.mark.parametrize("row", range(len(RULES)), ids=lambda row: f"{row} {RULES[row]['name']}")
    def test_a_row_holds_for_its_providers_only(self, row: int, packaged: llm_models.Snapshot) -> None:
        """What it makes of a name at a provider that it does not list is nothing."""
        rule = RULES[row]
        others = set(packaged.list_providers()) - set(rule.get("providers", packaged.list_providers()))
        names = [name.model for name in KNOWN if name.rule and rule["name"] in name.rule]
        found = [read(packaged.view, other, name) for other in sorted(others) for name in names]
        assert [one for one in found if one and rule in one[1]] == []

    def test_safe_are_these(self) -> None:
        """A change of this list is a decision: `resolve` then takes other names."""
        safe = {rule["name"] for rule in RULES if rule.get("safe")}
        assert safe == {"models-prefix", "publisher-prefix", "region-prefix", "router-suffix"}

    def test_a_rule_is_safe_only_for_documented_providers(self) -> None:
        safe = [rule for rule in RULES if rule.get("safe")]
        assert {provider for rule in safe for provider in rule["providers"]} == {
            "amazon_bedrock",
            "google",
            "google_vertex",
            "google_vertex_anthropic",
            "openrouter",
        }

    def test_a_very_long_name_is_not_read(self, packaged: llm_models.Snapshot) -> None:
        assert packaged.match_names("google", "models/gemini-2.5-flash").model is not None
        assert packaged.match_names("openrouter", f"openai/o3{':online' * LONGEST}").model is None

    def test_at_most_four_rules_follow_each_other(self, packaged: llm_models.Snapshot) -> None:
        assert ask(Name("openrouter", f"openai/o3{':online' * 4}"), packaged)[0] == "openrouter:openai/o3"
        assert ask(Name("openrouter", f"openai/o3{':online' * 5}"), packaged)[0] is None


class TestNotes:
    """`note` states what is not known of the price."""

    @pytest.mark.parametrize(
        ("name", "note"),
        [
            (Name("openai", "gpt-4o-mini"), ""),
            (Name("google", "models/gemini-2.5-pro"), ""),
            (Name("openai", "no-such-model"), ""),
            (Name("openrouter", "openai/o3:nitro:online"), "the suffix can change the price"),
            (Name("openai", "ft:gpt-4o:acme::a"), "a fine-tuned model has its own price; the price shown is"),
            (Name("amazon_bedrock", "eu.zai.glm-5"), "the price of this region is not stated"),
            (Name("azure", "gpt-4o-2024-11-20"), "the catalogue does not list this version"),
        ],
    )
    def test_note(self, name: Name, note: str, packaged: llm_models.Snapshot) -> None:
        found = packaged.match_names(name.provider, name.model).note
        assert found.startswith(note)
        assert bool(found) is bool(note)

    def test_two_rules_have_two_notes(self, packaged: llm_models.Snapshot) -> None:
        note = packaged.match_names("azure", "eu/gpt-4o-2024-08-06").note
        assert "this region" in note
        assert "this version" in note


class TestArguments:
    def test_the_answer_is_a_tuple(self) -> None:
        model, rule, requested = llm_models.match_names("openai", "gpt-4o-mini")
        assert isinstance(llm_models.match_names("openai", "gpt-4o-mini"), NameMatch)
        assert model is llm_models.get_model("openai", "gpt-4o-mini")
        assert (rule, requested) == ("id", "gpt-4o-mini")

    @pytest.mark.parametrize("empty", [None, ""])
    def test_an_empty_provider_or_address_is_none(self, empty: str | None, packaged: llm_models.Snapshot) -> None:
        assert packaged.match_names(empty, "openai/gpt-4o-mini", empty).model is not None

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "model= must be the name to read, as text \\(found nothing\\)"),
            ({"provider": "gpt-4o"}, "found nothing"),
            ({"model": 5}, "found int"),
            ({"model": ("openai", "gpt-4o")}, "found tuple"),
            ({"provider": 5, "model": "gpt-4o"}, "provider= and base_url= must be text or None \\(found int\\)"),
            ({"base_url": b"x", "model": "gpt-4o"}, "found bytes"),
        ],
    )
    def test_arguments_of_a_wrong_type_are_refused(self, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidArgumentError, match=message):
            llm_models.match_names(**arguments)


class TestNear:
    """What an error suggests for a name that a rule reads, though `resolve` does not."""

    @pytest.mark.parametrize(
        ("provider", "name", "spec"),
        [
            ("azure", "gpt-4o-2024-11-20", "azure:gpt-4o"),
            ("openai", "gpt-4o-2025-01-01", "openai:gpt-4o"),
            ("google", "gemini-2.5-flash-001", "google:gemini-2.5-flash"),
            ("openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", "openai:gpt-4o-mini"),
            (None, "ft:gpt-4o-mini-2024-07-18:acme::abc", "openai:gpt-4o-mini"),
            (None, f"{US}::foundation-model/amazon.nova-pro-v1:0", "amazon_bedrock:amazon.nova-pro-v1:0"),
            ("openai", "gpt-9-2024-11-20", None),
            ("openai", 5, None),
        ],
    )
    def test_near(self, provider: str | None, name: object, spec: str | None, packaged: llm_models.Snapshot) -> None:
        assert near_match(packaged.view, provider, name) == spec

    def test_the_advice_about_a_fine_tune_works(self) -> None:
        entry = {
            "provider": "openai",
            "id": "ft:gpt-4o:acme::a",
            "limits": {"context": 128000},
            "cost": {"input": 3.75},
        }
        snapshot = llm_models.load(config=None, publish=False, overrides={"models": [entry]})
        model = snapshot.resolve("openai:ft:gpt-4o:acme::a")
        assert model.cost is not None
        assert model.cost.input == 3.75
        assert snapshot.match_names("openai", "ft:gpt-4o:acme::a")[:2] == (model, "id")

    def test_a_hidden_model_is_not_suggested(self) -> None:
        snapshot = llm_models.load(config=None, publish=False, deny={"azure": ["gpt-4o"]})
        assert near_match(snapshot.view, "azure", "gpt-4o-2024-11-20") is None


class TestHosts:
    def test_the_address_of_each_provider_leads_to_it(self, packaged: llm_models.Snapshot) -> None:
        """Local addresses and those with a variable in place of the host lead to nothing; two are of two providers."""
        found = {}
        for provider in packaged.list_providers():
            url = packaged.get_provider(provider).base_url
            if url is not None and packaged.get_provider(provider).billing != "local":
                found[provider] = provider_at(packaged.view, url)
        others = {provider: there for provider, there in found.items() if there != provider}
        assert others == {
            "databricks": None,
            "llmgateway": None,
            "llmgateway_providers": None,
            "minimax_cn_coding_plan": "minimax_cn",
            "minimax_coding_plan": "minimax",
            "neon": None,
            "privatemode_ai": None,
            "umans_ai_coding_plan": "umans_ai",
        }

    @pytest.mark.parametrize(
        ("url", "provider"),
        [
            ("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "amazon_bedrock"),
            ("https://vpce-0a-1b.bedrock-runtime.us-east-1.vpce.amazonaws.com", "amazon_bedrock"),
            ("https://bedrock-runtime.cn-north-1.amazonaws.com.cn", "amazon_bedrock"),
            ("https://s3.us-east-1.amazonaws.com", None),
            ("https://acme.openai.azure.us", "azure"),
            ("https://acme.eastus2.models.ai.azure.com", "azure"),
            ("https://gateway.ai.cloudflare.com/v1/acme/gw/openai", "cloudflare_ai_gateway"),
            ("https://api.cloudflare.com/client/v4/accounts/123/ai/v1", "cloudflare_workers_ai"),
            ("https://acme.snowflakecomputing.com/api/v2/cortex/v1", "snowflake_cortex"),
            ("https://adb-1.2.azuredatabricks.net/serving-endpoints", "databricks"),
            ("https://api.together.ai/v1", "togetherai"),
            ("https://api.v0.dev/v1", "v0"),
            ("https://us-south.ml.cloud.ibm.com", "watsonx"),
            ("https://user:key@api.openai.com./v1", "openai"),
            ("HTTPS://API.OPENAI.COM/v1", "openai"),
            ("wss://api.openai.com/v1/realtime", "openai"),
            ("https://xapi.openai.com", None),
            ("https://openai.com.acme.example", None),
            ("http://0.0.0.0:8080", None),
            ("http://10.0.0.7:1234/v1", None),
            ("http://[::1]:1234/v1", None),
            ("http://gateway.internal/v1", None),
            ("", None),
            ("https://", None),
            ("not an address", None),
        ],
    )
    def test_hosts(self, url: str, provider: str | None, packaged: llm_models.Snapshot) -> None:
        assert provider_at(packaged.view, url) == provider

    def test_a_provider_of_ones_own(self) -> None:
        own = {"providers": [{"id": "house", "base_url": "https://llm.acme.example/v1"}]}
        entry = {"models": [{"provider": "house", "id": "gpt-4o", "limits": {"context": 7}}]}
        snapshot = llm_models.load(config=None, publish=False, overrides={**own, **entry})
        assert ask(Name("openai", "gpt-4o", base_url="https://llm.acme.example/v1"), snapshot) == ("house:gpt-4o", "id")


class TestRealNames:
    """The names of two other catalogues."""

    def test_the_dated_ids_of_openrouter_lead_to_their_model_or_to_none(self, packaged: llm_models.Snapshot) -> None:
        """Its API reports them. One was later given to a model that was listed only as free."""
        ids: dict[str, set[str]] = {}
        for entry in json.loads(real("sources/openrouter-2026-08-17.json"))["data"]:
            ids.setdefault(entry["canonical_slug"], set()).add(f"openrouter:{entry['id']}")
        found = {slug: ask(Name("openrouter", slug), packaged)[0] for slug in ids}
        wrong = {slug: spec for slug, spec in found.items() if spec and spec not in ids[slug]}
        assert [*wrong] == ["nvidia/nemotron-3.5-content-safety-20260604"]
        assert sum(spec is not None for spec in found.values()) > 230

    def test_where_no_note_warns_the_price_is_that_of_litellm(self, packaged: llm_models.Snapshot) -> None:
        families = {"azure": "azure", "azure_ai": "azure", "openai": "openai", "anthropic": "anthropic", "xai": "xai"}
        families |= dict.fromkeys(("bedrock", "bedrock_converse", "bedrock_mantle"), "amazon_bedrock")
        families |= {"gemini": "google", "vertex_ai-anthropic_models": "google_vertex"}
        compared = 0
        for name, entry in json.loads(real("sources/litellm-1.110.2.json")).items():
            provider, price = families.get(entry.get("litellm_provider")), entry.get("input_cost_per_token")
            first, slash, rest = name.partition("/")
            plain = rest if slash and first in {*families, "vertex_ai"} else name
            found = provider and packaged.match_names(provider, plain)
            if not found or found.model is None or found.note or {"id", "served-id", "provider-prefix"} & {found.rule}:
                continue
            cost = found.model.cost
            assert cost is not None
            assert round(price * 1e6, 6) == cost.input, name
            compared += 1
        assert compared > 15


def real(path: str) -> str:
    file = UPSTREAM.parent.parent / path
    if not file.exists():
        pytest.skip(f"{path} is not here")
    return file.read_text(encoding="utf-8")


class TestDocs:
    """The table of `docs/names.md`."""

    ROWS = re.findall(
        r"^\| `([a-z-]+)` \| [^|]+ \| `([^`]+)` \| `([^`]+)` \| (yes)? *\|$",
        (ROOT / "docs" / "names.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )

    def test_it_lists_every_rule(self) -> None:
        assert sorted(rule for rule, *_ in self.ROWS) == sorted({"provider-prefix", *(rule["name"] for rule in RULES)})

    @pytest.mark.parametrize(("rule", "name", "spec", "safe"), ROWS)
    def test_an_example(self, rule: str, name: str, spec: str, safe: str, packaged: llm_models.Snapshot) -> None:
        model, used, _ = packaged.match_names(model=name)
        assert model is not None
        assert model.spec == spec
        assert rule in str(used).split(" + ")
        assert bool(safe) is (rule == "provider-prefix" or any(one.get("safe") for one in RULES if one["name"] == rule))

    def test_its_lines_of_python_hold(self) -> None:
        text = (ROOT / "docs" / "names.md").read_text(encoding="utf-8")
        test = doctest.DocTestParser().get_doctest(text, {}, "names.md", "names.md", 0)
        result = doctest.DocTestRunner(verbose=False).run(test)
        assert (result.failed, result.attempted > 3) == (0, True)


def test_the_advice_is_that_of_the_first_rule_that_has_one() -> None:
    rules: list[Any] = [{}, {"advice": "Define {spec}."}, {"advice": "Remove {spec}."}]
    assert name_rules.advice_of(rules, "acme:m") == "Define acme:m."
    assert name_rules.advice_of(rules[:1], "acme:m") == ""
