"""Which names are similar to a text, and the words that tools use as names of providers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_models import known_names
from llm_models.modelspec import fold_provider
from llm_models.similarity import did_you_mean, distance, model_hint, provider_hint, providers_like, similar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llm_models.snapshot import Snapshot

WORDS = st.text("abc-", max_size=8)


def ranked(text: str, names: Sequence[str]) -> list[str]:
    found = similar(text, names)
    return [*found.same, *found.others]


def edits(one: str, other: str) -> int:
    """The same number, computed from its definition."""
    table = {(at, to): max(at, to) for at in range(len(one) + 1) for to in range(len(other) + 1) if not at or not to}
    for at in range(1, len(one) + 1):
        for to in range(1, len(other) + 1):
            left, right = one[at - 1], other[to - 1]
            ways = [table[at - 1, to] + 1, table[at, to - 1] + 1, table[at - 1, to - 1] + (left != right)]
            if at > 1 and to > 1 and one[at - 2] == right and other[to - 2] == left:
                ways.append(table[at - 2, to - 2] + 1)
            table[at, to] = min(ways)
    return table[len(one), len(other)]


class TestDistance:
    @given(WORDS, WORDS, st.integers(0, 9))
    def test_it_is_exact_up_to_the_limit(self, one: str, other: str, limit: int) -> None:
        assert distance(one, other, limit) == min(edits(one, other), limit + 1)

    @given(WORDS, WORDS)
    def test_it_is_the_same_in_both_directions(self, one: str, other: str) -> None:
        assert distance(one, other, 9) == distance(other, one, 9)


class TestOrder:
    """A name that is more surely the one that was meant comes first."""

    @pytest.mark.parametrize(
        ("text", "names", "expected"),
        [
            ("GPT-4O-MINI", ["gpt-4o-mini-2024-07-18", "gpt-4o-mini"], ["gpt-4o-mini"]),
            ("gpt 4o mini", ["gpt-4o-mini-tts", "gpt-4o-mini"], ["gpt-4o-mini"]),
            ("claude-sonnet-4.5", ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"], ["claude-sonnet-4-5"]),
            ("Kimi-K2", ["kimi-k2", "Kimi-K2-0905"], ["Kimi-K2-0905", "kimi-k2"]),
            ("gpt-4o", ["gpt-4o-mini", "gpt-4o-2024-11-20"], ["gpt-4o-2024-11-20", "gpt-4o-mini"]),
            ("gpt-4", ["gpt-4.1", "gpt-4-0613"], ["gpt-4-0613", "gpt-4.1"]),
            ("gemini-2.5-flash-001", ["gemini-2.5-flash-lite", "gemini-2.5-flash"], ["gemini-2.5-flash"]),
            ("gpt-4o-2024-11-20", ["gpt-4o-2024-08-06", "gpt-4o"], ["gpt-4o", "gpt-4o-2024-08-06"]),
            ("claude-haiku-4-5", ["claude-haiku-4-5@20251001", "claude-haiku-4-5@default"], None),
            ("command-a", ["command-a-03-2025", "command-a-vision-07-2025"], None),
            ("mistral-small", ["mistral-small-latest", "mistral-small-2603"], ["mistral-small-2603"]),
            ("nova-pro", ["nova-pro-v1:0", "nova-premier-v1:0"], ["nova-pro-v1:0"]),
            ("claude-4.5-sonnet-20250929", ["claude-sonnet-4", "claude-sonnet-4.5"], ["claude-sonnet-4.5"]),
            ("gpt-4o-mini", ["openai/gpt-4o-mini", "openai/gpt-4o"], ["openai/gpt-4o-mini"]),
            ("openai/gpt-4o", ["gpt-4o", "gpt-4"], ["gpt-4o"]),
            ("claude-sonnet-4-6[1m]", ["claude-sonnet-4-5", "claude-sonnet-4-6"], ["claude-sonnet-4-6"]),
            ("gpt-4o-mni", ["gpt-4o", "gpt-4o-mini", "gpt-5.4-mini"], ["gpt-4o-mini"]),
            ("gpt-4o-mini-foo", ["gpt-4o", "gpt-4o-mini"], ["gpt-4o-mini"]),
            ("haiku", ["claude-opus-5", "claude-haiku-4-5"], ["claude-haiku-4-5"]),
            ("sonnet 4.5", ["claude-sonnet-4", "claude-sonnet-4.5"], ["claude-sonnet-4.5"]),
            ("codex", ["gpt-5.3-codex", "codex-mini", "codexy"], ["gpt-5.3-codex", "codex-mini"]),
            ("mini", ["gpt-mini", "minimax-m2"], ["gpt-mini"]),
            ("o3", ["openai/o3-pro", "openai/o3", "o3n"], ["openai/o3", "openai/o3-pro"]),
            ("5.4", ["grok-4.5", "gpt-5.4", "gpt-5.40"], ["gpt-5.4"]),
            ("r1", ["deepseek-r1", "er1s"], ["deepseek-r1"]),
            ("claude-3-7-sonnet", ["claude-opus-4", "claude-sonnet-4"], ["claude-sonnet-4"]),
        ],
    )
    def test_it_begins(self, text: str, names: list[str], expected: list[str] | None) -> None:
        wanted = expected or names
        assert ranked(text, names)[: len(wanted)] == wanted
        assert ranked(text, names[::-1])[: len(wanted)] == wanted

    def test_what_begins_alike_is_named_only_where_nothing_else_is_similar(self) -> None:
        assert ranked("gpt-4o-mni", ["gpt-5.4-mini"]) == ["gpt-5.4-mini"]
        assert ranked("gpt-4o-mni", ["gpt-5.4-mini", "gpt-4o-mini"]) == ["gpt-4o-mini"]

    def test_equally_similar_names_come_newest_first(self) -> None:
        newness = {"grok-4.3": "2026-03", "grok-4.20": "2026-05", "grok-4.1": "2026-01"}
        found = similar("grok-4-latest", newness, newness.__getitem__)
        assert found.others == ["grok-4.20", "grok-4.3", "grok-4.1"]

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("nope", "openai-1"),
            ("bedrock", "evroc"),
            ("x", "y"),
            ("", "a"),
            ("-", "a-b"),
        ],
    )
    def test_what_is_far_away_is_not_similar(self, text: str, name: str) -> None:
        assert not similar(text, [name])

    @given(st.text(max_size=20), st.lists(st.text(st.characters(exclude_categories=["Z"]), min_size=1, max_size=8)))
    @settings(max_examples=200)
    def test_a_text_is_not_similar_to_itself_and_all_names_are_given_ones(self, text: str, names: list[str]) -> None:
        found = ranked(text, [*names, text])
        assert text.strip() not in found
        assert {*found} <= {*names, text}
        assert len({*found}) == len(found)

    def test_no_name_is_similar_to_one_of_none(self) -> None:
        assert not similar("gpt-4o", [])
        assert model_hint("gpt-4o", []) == ""

    def test_a_long_text_is_compared_in_part(self) -> None:
        assert ranked("x" * 100_000, ["x" * 200]) == []


class TestProviders:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("opnai", ["openai"]),
            ("anthropci", ["anthropic"]),
            ("gogle", ["google"]),
            ("google_vertx", ["google_vertex"]),
            ("cloudflare", ["cloudflare_ai_gateway", "cloudflare_workers_ai"]),
            ("nope", []),
            ("bedrok", ["amazon_bedrock"]),
            ("ft", []),
            ("", []),
        ],
    )
    def test_a_spelling_leads_to_what_is_near(self, packaged: Snapshot, text: str, expected: list[str]) -> None:
        assert providers_like(text, packaged.view.known, {"bedrock": "amazon_bedrock"}) == expected

    @pytest.mark.parametrize("text", ["minimaxx", "olama", "vlm", "hosted_vlm"])
    def test_a_name_near_a_known_one_is_not_corrected_to_another(self, text: str) -> None:
        assert providers_like(text, ["llama", "llmtr"]) in (None, [])

    def test_far_away_means_how_to_list_them(self) -> None:
        assert provider_hint("nope", ["openai"]) == " 'llm-models providers' lists all of them."

    def test_an_outsider_is_to_be_defined(self) -> None:
        hint = " This is not a provider in the catalogue; define it under [[providers]]."
        assert provider_hint("ollama", ["llama", "ollama_cloud"]) == hint

    def test_a_meaning_that_the_catalogue_lacks_is_none(self) -> None:
        assert providers_like("grok", ["groq"]) is None


class TestKnownNames:
    """The tables are true of the packaged data."""

    def test_every_name_is_folded(self) -> None:
        names = [*known_names.FAMILIES, *known_names.BRANDS, *known_names.OUTSIDE]
        assert names == [*map(fold_provider, names)]
        assert len({*names}) == len(names)

    def test_no_name_is_a_provider_or_an_alias_of_one(self, packaged: Snapshot) -> None:
        names = {*known_names.FAMILIES, *known_names.BRANDS, *known_names.OUTSIDE}
        aliases = {fold_provider(one) for name in packaged.view.known for one in packaged.get_provider(name).aliases}
        assert not names & {*packaged.view.known, *aliases}

    def test_every_meaning_is_a_provider(self, packaged: Snapshot) -> None:
        for providers in (*known_names.FAMILIES.values(), *known_names.BRANDS.values()):
            assert {*providers} <= {*packaged.view.known}

    def test_every_beginning_of_names_is_of_a_provider(self, packaged: Snapshot) -> None:
        assert {*known_names.PREFIXES.values()} <= {*packaged.view.known}
        assert not {*known_names.PREFIXES} & {*packaged.view.known, *packaged.view.file.aliases}

    def test_every_family_is_of_its_maker(self, packaged: Snapshot) -> None:
        """The provider serves the family, or models of the family's maker, or ids of others name it as the maker."""
        models = packaged.list_models()
        for family, providers in known_names.FAMILIES.items():
            of_family = [one for one in models if fold_provider(one.id.rpartition("/")[2]).startswith(family)]
            makers = Counter(one.canonical.partition("/")[0] for one in of_family if one.canonical)
            makers.update(one.id.partition("/")[0].lower() for one in of_family if "/" in one.id and not one.canonical)
            for provider in providers:
                own = [one for one in models if one.provider == provider]
                names = {(one.canonical or "").partition("/")[0] for one in own} | {provider, f"{provider}ai"}
                assert any(one.provider == provider for one in of_family) or {*dict(makers.most_common(1))} & names


def test_the_question_marks_what_people_must_know() -> None:
    assert did_you_mean(["a", "b", "c", "d"], {"b": "retired"}) == " Did you mean 'a' or 'b' (retired) or 'c'?"
    assert did_you_mean([]) == ""
