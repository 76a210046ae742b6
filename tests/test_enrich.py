"""Enrich: what fills the gaps of a model, told of the real ids that the rules are about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import catalogues, real_kinds

from llm_models import load
from llm_models.enrich import KINDS, agreed_families, derive, family_from_id, last_segment
from llm_models.records import CAPABILITIES, Model
from llm_models.snapshot import Snapshot

EMBEDDINGS = real_kinds.NAMED_EMBED + real_kinds.BGE_AND_E5 + real_kinds.GONE_EMBEDDINGS + real_kinds.EMBEDDING_FAMILIES
SILENT = real_kinds.RERANKERS + real_kinds.NO_TEXT_IN_OR_OUT + real_kinds.MAKERS_WITH_TEXT + real_kinds.GONE_MAKERS


def of_row(row: real_kinds.Row, **more: Any) -> dict[str, Any]:
    """The stated data of a real model, as far as its kind hangs on it."""
    provider, model_id, family, takes, gives = row
    stated: dict[str, Any] = {"id": model_id, "provider": provider, **more}
    stated["modalities"] = {"input": takes.split(), "output": gives.split()}
    return stated if family is None else {**stated, "family": family}


def flags(stated: dict[str, Any]) -> dict[str, Any]:
    """The capabilities that are derived for a model."""
    derived: dict[str, Any] = derive(stated, None).get("capabilities", {})
    return derived


def each(rows: list[real_kinds.Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[f"{provider}:{model_id}" for provider, model_id, *_ in rows])


class TestKinds:
    def test_the_lists_are_whole(self) -> None:
        """The counts that the real data is known to have."""
        assert len(real_kinds.NAMED_EMBED) == 62
        assert len({(provider, model_id) for provider, model_id, *_ in EMBEDDINGS + SILENT}) == len(EMBEDDINGS + SILENT)

    @each(EMBEDDINGS)
    def test_embeddings_embed_and_do_not_chat(self, row: real_kinds.Row) -> None:
        assert flags(of_row(row)) == {"chat": False, "embeddings": True}

    @each([row for row in EMBEDDINGS if row not in real_kinds.EMBEDDING_FAMILIES])
    def test_the_id_alone_tells(self, row: real_kinds.Row) -> None:
        """Some are plain `qwen` or `gemini`, some have no family: the id says it, in any case of letters."""
        assert flags({"id": row[1]}) == {"chat": False, "embeddings": True}
        assert flags({"id": row[1].upper()}) == {"chat": False, "embeddings": True}

    @pytest.mark.parametrize(
        "family",
        [
            "text-embedding",
            "cohere-embed",
            "gemini-embedding",
            "mistral-embed",
            "titan-embed",
            "codestral-embed",
            "voyage",
        ],
    )
    def test_the_family_alone_tells(self, family: str) -> None:
        assert flags({"id": "opaque-7", "family": family}) == {"chat": False, "embeddings": True}

    @each(real_kinds.RERANKERS)
    def test_rerankers_do_neither(self, row: real_kinds.Row) -> None:
        """`rerank` beats an embedding family: some are of `bge` or `voyage`."""
        assert flags(of_row(row)) == {"chat": False}

    @each(real_kinds.NO_TEXT_IN_OR_OUT)
    def test_without_text_on_a_side_there_is_no_chat(self, row: real_kinds.Row) -> None:
        assert flags(of_row(row)) == {"chat": False}

    @each(real_kinds.MAKERS_WITH_TEXT)
    def test_makers_of_pictures_and_speech_do_not_chat(self, row: real_kinds.Row) -> None:
        """Upstream says of these that they give text, and of their likes elsewhere that they give none."""
        assert flags(of_row(row)) == {"chat": False}

    def test_the_family_of_picture_makers_tells_too(self) -> None:
        assert flags({"id": "opaque-7", "family": "gpt-image"}) == {"chat": False}

    @each(real_kinds.TALKERS)
    def test_of_chat_models_nothing_is_derived(self, row: real_kinds.Row) -> None:
        assert flags(of_row(row)) == {}

    @pytest.mark.parametrize(
        "model_id",
        [
            "bgentle-1",
            "gpt-e5x",
            "super-agte-2",
            "@cf/embed/llama-3",
            "embed/llama-3",
            "rerank-co/llama-3",
            "mistral-e52-x",
        ],
    )
    def test_a_look_alike_is_not_taken(self, model_id: str) -> None:
        """Only the last path segment speaks, and short names only as a word of it."""
        assert flags({"id": model_id}) == {}

    def test_unknown_modalities_tell_nothing(self) -> None:
        for modalities in ({}, {"input": ["text"]}, {"output": ["text"]}, {"input": [], "output": []}):
            assert flags({"id": "m", "modalities": modalities}) == {}
        assert flags({"id": "m", "modalities": {"output": ["image"]}}) == {"chat": False}

    def test_the_rules_set_flags_that_there_are(self) -> None:
        for rule in KINDS:
            assert set(rule["capabilities"]) <= set(CAPABILITIES)


class TestStatedWins:
    @each(EMBEDDINGS[:3] + real_kinds.RERANKERS[:2] + real_kinds.NO_TEXT_IN_OR_OUT[:2])
    @pytest.mark.parametrize("chat", [True, False])
    @pytest.mark.parametrize("embeddings", [True, False])
    def test_over_every_rule(self, row: real_kinds.Row, chat: bool, embeddings: bool) -> None:
        assert flags(of_row(row, capabilities={"chat": chat, "embeddings": embeddings})) == {}

    def test_the_other_flag_is_still_derived(self) -> None:
        stated = {"id": "text-embedding-3-small", "capabilities": {"chat": True}}
        assert flags(stated) == {"embeddings": True}

    def test_who_states_embeddings_does_not_chat(self) -> None:
        """An application's own model whose id says nothing."""
        assert flags({"id": "acme-vectors-2", "capabilities": {"embeddings": True}}) == {"chat": False}

    def test_who_denies_embeddings_is_judged_by_the_other_rules(self) -> None:
        denied = {"id": "embedded-coder-7b", "capabilities": {"embeddings": False}}
        assert flags(denied) == {}
        assert flags({**denied, "modalities": {"output": ["audio"]}}) == {"chat": False}

    def test_other_capabilities_change_nothing(self) -> None:
        stated = {"id": "text-embedding-3-small", "capabilities": {"tools": {"enabled": False}}}
        assert flags(stated) == {"chat": False, "embeddings": True}

    @given(
        st.sampled_from([row[1] for row in EMBEDDINGS + SILENT + real_kinds.TALKERS]),
        st.fixed_dictionaries(
            {},
            optional={
                "family": st.sampled_from(["gpt", "voyage", "text-embedding"]),
                "status": st.sampled_from(["deprecated", "beta"]),
                "deprecated": st.booleans(),
                "capabilities": st.fixed_dictionaries(
                    {}, optional={"chat": st.booleans(), "embeddings": st.booleans()}
                ),
            },
        ),
    )
    def test_nothing_stated_is_derived(self, model_id: str, stated: dict[str, Any]) -> None:
        """For any model: what is derived and what is stated never name the same field, and input is not changed."""
        before = json.dumps(stated)
        derived = derive({"id": model_id, **stated}, "agreed")
        assert json.dumps(stated) == before
        assert set(derived) & set(stated) <= {"capabilities"}
        assert not set(derived.get("capabilities", {})) & set(stated.get("capabilities", {}))


class TestFamily:
    @pytest.mark.parametrize(
        ("model_id", "family"),
        [
            ("gpt-4o-mini", "gpt-4o"),
            ("openai/gpt-4o-mini", "gpt-4o"),
            ("gpt-4o-mini-2024-07-18", "gpt-4o"),
            ("GPT-4o-Mini", "gpt-4o"),
            ("openai/gpt-oss-20b:free", "gpt-oss"),
            ("claude-haiku-4-5@20251001", "claude-haiku"),
            ("claude-3-5-sonnet-20241022", "claude-3-5"),
            ("command-a-reasoning-08-2025", "command-a"),
            ("gemini-2.5-flash-preview-05-20", "gemini-2.5-flash"),
            ("gemini-2.0-flash-001", "gemini-2.0"),
            ("amazon.nova-lite-v1:0", "amazon.nova"),
            ("deepseek-chat-v3.1", "deepseek"),
            ("o3", None),
            ("@cf", None),
            ("sonar", None),
        ],
    )
    def test_from_the_id(self, model_id: str, family: str | None) -> None:
        """The last path segment without a trailing date or version, less its last part."""
        assert family_from_id(model_id) == family
        assert derive({"id": model_id}, None).get("family") == family

    @pytest.mark.parametrize(
        ("model_id", "segment"),
        [
            ("workers-ai/@cf/openai/gpt-oss-20b", "gpt-oss-20b"),
            ("anthropic/claude-opus-4.6:thinking:low", "claude-opus-4.6"),
            ("claude-opus-4@20250514", "claude-opus-4"),
            ("Qwen/Qwen3-Embedding-8B", "qwen3-embedding-8b"),
            ("gpt-4.1", "gpt-4.1"),
            ("a/b/", "b"),
        ],
    )
    def test_the_last_segment(self, model_id: str, segment: str) -> None:
        assert last_segment(model_id) == segment

    def test_is_the_one_that_all_who_state_one_agree_on(self) -> None:
        """Providers that state none have no vote; one that differs makes it no answer."""
        models = [
            ("gpt-4o-mini", "gpt-mini"),
            ("openai/gpt-4o-mini", "gpt-mini"),
            ("proxy/GPT-4o-mini", None),
            ("qwen3-embedding-8b", "qwen"),
            ("Qwen/Qwen3-Embedding-8B", "text-embedding"),
            ("sonar", None),
        ]
        assert agreed_families(models) == {"gpt-4o-mini": "gpt-mini"}
        assert agreed_families(reversed(models)) == agreed_families(models)

    def test_stated_beats_agreed_beats_the_id(self) -> None:
        agreed = {"gpt-4o-mini": "gpt-mini"}
        mine = {"id": "proxy/gpt-4o-mini"}
        assert "family" not in derive({**mine, "family": "own"}, agreed.get(last_segment(mine["id"])))
        assert derive(mine, agreed.get(last_segment(mine["id"])))["family"] == "gpt-mini"
        assert derive(mine, None)["family"] == "gpt-4o"

    def test_in_a_catalogue(self) -> None:
        """Over providers: agreement fills a gap, disagreement leaves it to the id, whatever the order."""
        rows = [
            ("a", "gpt-4o-mini", "gpt-mini"),
            ("b", "openai/gpt-4o-mini", "gpt-mini"),
            ("c", "proxy/gpt-4o-mini", None),
            ("d", "qwen3-embedding-8b", "qwen"),
            ("e", "Qwen/Qwen3-Embedding-8B", "text-embedding"),
            ("f", "Qwen3-Embedding-8B", None),
        ]
        catalogue: dict[str, Any] = {}
        for provider, model_id, family in rows:
            catalogue[provider] = catalogues.provider(provider, catalogues.model(model_id, family=family))
        for order in (list(catalogue), list(reversed(catalogue))):
            data = catalogues.catalogue(*(catalogue[provider] for provider in order))
            snapshot = Snapshot(catalogues.of_source(data)[0])
            families = {model.provider: model.family for model in snapshot.list_models()}
            assert families == {
                "a": "gpt-mini",
                "b": "gpt-mini",
                "c": "gpt-mini",
                "d": "qwen",
                "e": "text-embedding",
                "f": "qwen3-embedding",
            }


class TestDeprecated:
    @pytest.mark.parametrize(
        ("stated", "derived"),
        [
            ({"status": "deprecated"}, True),
            ({"status": "beta"}, None),
            ({}, None),
            ({"status": "deprecated", "deprecated": False}, None),
            ({"status": "beta", "deprecated": True}, None),
        ],
    )
    def test_follows_status_where_nothing_else_is_said(self, stated: dict[str, Any], derived: bool | None) -> None:
        assert derive({"id": "o3", **stated}, None).get("deprecated") is derived


def own(*models: dict[str, Any]) -> dict[str, Model]:
    """An application's own models at its own provider, as its catalogue then has them."""
    overrides = {
        "providers": [{"id": "my-gateway"}],
        "models": [{"provider": "my-gateway", **model} for model in models],
    }
    snapshot = load(config=None, overrides=overrides, publish=False)
    return {model.id: model for model in snapshot.list_models("my_gateway")}


class TestAnApplicationsOwn:
    def test_kinds_are_inferred(self) -> None:
        models = own(
            {"id": "in-house-embed-v2"},
            {"id": "in-house-rerank"},
            {"id": "in-house-7b"},
            {"id": "acme-vectors", "capabilities": {"embeddings": True}},
            {"id": "draws", "modalities": {"input": ["text"], "output": ["image"]}},
            {"id": "embedded-coder", "capabilities": {"embeddings": False}},
            {"id": "opaque", "family": "text-embedding"},
        )
        assert {name: (model.capabilities.chat, model.capabilities.embeddings) for name, model in models.items()} == {
            "in-house-embed-v2": (False, True),
            "in-house-rerank": (False, False),
            "in-house-7b": (True, False),
            "acme-vectors": (False, True),
            "draws": (False, False),
            "embedded-coder": (True, False),
            "opaque": (False, True),
        }

    def test_family_deprecated_and_the_providers_own_id(self) -> None:
        """The packaged catalogue's agreement on a family counts for a model of one's own too."""
        models = own(
            {"id": "mirror/text-embedding-3-small"},
            {"id": "in-house-7b-v2"},
            {"id": "old", "status": "deprecated", "provider_model_id": "arn:old"},
            {"id": "kept", "status": "deprecated", "deprecated": False},
        )
        assert models["mirror/text-embedding-3-small"].family == "text-embedding"
        assert models["in-house-7b-v2"].family == "in-house"
        assert {name for name, model in models.items() if model.deprecated} == {"old"}
        assert models["old"].provider_model_id == "arn:old"
        assert models["kept"].provider_model_id == "kept"

    def test_a_patched_model_is_judged_anew(self) -> None:
        """What was derived goes when a layer states otherwise, and the rest of it is worked out again."""
        snapshot = load(
            config=None,
            overrides={
                "models": [
                    {"provider": "openai", "id": "text-embedding-3-small", "capabilities": {"embeddings": False}},
                    {"provider": "openai", "id": "gpt-4o-mini", "status": "deprecated"},
                ]
            },
            publish=False,
        )
        small = snapshot.get_model("openai", "text-embedding-3-small").capabilities
        assert (small.embeddings, snapshot.get_model("openai", "gpt-4o-mini").deprecated) == (False, True)
        listed = snapshot.list_models("openai", require=["embeddings"])
        assert "text-embedding-3-small" not in [model.id for model in listed]
