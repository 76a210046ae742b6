"""Enrich: what fills the gaps of a model, on the real ids that the rules are about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import real_kinds

from llm_models import Snapshot, load
from llm_models.agreement import FACTS
from llm_models.enrich import derive
from llm_models.kinds import KINDS, RULES, flags_of
from llm_models.origins import leaves
from llm_models.records import CAPABILITIES, Model

EMBEDDINGS = real_kinds.NAMED_EMBED + real_kinds.BGE_AND_E5 + real_kinds.GONE_EMBEDDINGS + real_kinds.EMBEDDING_FAMILIES
SILENT = real_kinds.RERANKERS + real_kinds.NO_TEXT_IN_OR_OUT + real_kinds.MAKERS_WITH_TEXT + real_kinds.GONE_MAKERS


def of_row(row: real_kinds.Row, **more: Any) -> dict[str, Any]:
    """The stated data of a real model, as far as its kind hangs on it."""
    provider, model_id, family, takes, gives = row
    stated: dict[str, Any] = {"id": model_id, "provider": provider, **more}
    stated["modalities"] = {"input": takes.split(), "output": gives.split()}
    return stated if family is None else {**stated, "family": family}


def flags(stated: dict[str, Any]) -> dict[str, Any]:
    """Whether a model chats and whether it embeds, where that is derived."""
    derived: dict[str, Any] = derive(stated, {}).get("capabilities", {})
    return {name: derived[name] for name in ("chat", "embeddings") if name in derived}


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

    def test_the_rules_set_kinds_and_flags_that_exist(self) -> None:
        assert {rule["kind"] for rule in RULES} | {"chat"} == set(KINDS)
        for kind in KINDS:
            assert set(flags_of(kind)) <= set(CAPABILITIES)


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
        agreed = {
            "canonical": "a/b",
            "family": "agreed",
            "knowledge": "2025-01",
            "open_weights": True,
            "temperature": True,
        }
        before = json.dumps(stated)
        derived = derive({"id": model_id, **stated}, agreed)
        assert json.dumps(stated) == before
        assert {path for path, _ in leaves(derived)} & {path for path, _ in leaves(stated)} == set()


class TestDefaultsOfChatModels:
    """What is yes by default is so of chat models only."""

    @each(EMBEDDINGS[:3] + real_kinds.RERANKERS[:2] + real_kinds.NO_TEXT_IN_OR_OUT[:2])
    def test_others_stream_no_text_and_take_no_temperature(self, row: real_kinds.Row) -> None:
        derived = derive(of_row(row), {})["capabilities"]
        assert (derived["temperature"], derived["streaming"]) == (False, {"text": False})

    def test_what_is_stated_stands(self) -> None:
        stated = {"temperature": True, "streaming": {"tool_calls": True}}
        assert derive({"id": "whisper-1", "capabilities": stated}, {})["capabilities"] == {
            "chat": False,
            "streaming": {"text": False},
        }

    def test_a_stated_chat_keeps_them(self) -> None:
        """Whatever the name suggests; and without chat there are none, whatever the name."""
        assert derive({"id": "whisper-1", "capabilities": {"chat": True}}, {}) == {}
        derived = derive({"id": "opaque-7", "capabilities": {"chat": False}}, {})
        assert derived == {"kind": "other", "capabilities": {"temperature": False, "streaming": {"text": False}}}

    def test_an_agreed_temperature_is_for_chat_models(self) -> None:
        assert derive({"id": "opaque-7"}, {"temperature": False})["capabilities"] == {"temperature": False}
        assert derive({"id": "whisper-1"}, {"temperature": True})["capabilities"]["temperature"] is False

    def test_a_json_schema_means_json(self) -> None:
        """But without one nothing is known: 38 of 321 models have plain JSON only."""
        assert derive({"id": "m", "capabilities": {"json": {"schema": True}}}, {})["capabilities"] == {
            "json": {"native": True}
        }
        for stated in ({"schema": False}, {"schema": True, "native": False}, {"strict": True}, {}):
            assert "capabilities" not in derive({"id": "m", "capabilities": {"json": stated}}, {})


class TestAStatedKind:
    @pytest.mark.parametrize("model_id", ["opaque-7", "text-embedding-3-small", "whisper-1"])
    def test_chat_and_embeddings_follow_it(self, model_id: str) -> None:
        assert flags({"id": model_id, "kind": "chat"}) == {}
        assert flags({"id": model_id, "kind": "embedding"}) == {"chat": False, "embeddings": True}
        assert flags({"id": model_id, "kind": "parser"}) == {"chat": False}
        assert "kind" not in derive({"id": model_id, "kind": "parser"}, {})

    def test_a_flag_that_is_stated_beside_it_stands(self) -> None:
        assert flags({"id": "m", "kind": "embedding", "capabilities": {"chat": True}}) == {"embeddings": True}

    def test_the_rest_of_a_rule_belongs_to_its_kind(self) -> None:
        assert derive({"id": "gpt-realtime-2"}, {})["apis"] == ["realtime"]
        assert "apis" not in derive({"id": "gpt-realtime-2", "kind": "chat"}, {})
        assert derive({"id": "gpt-3.5-turbo-instruct"}, {})["apis"] == ["completions"]
        assert "apis" not in derive({"id": "gpt-3.5-turbo-instruct", "apis": ["chat"]}, {})
        assert derive({"id": "llama-guard-4-12b"}, {})["tags"] == ["guard"]
        assert "tags" not in derive({"id": "llama-guard-4-12b", "kind": "classifier"}, {})
        assert "tags" not in derive({"id": "llama-guard-4-12b", "tags": ["guard"]}, {})


class TestDimensions:
    @pytest.mark.parametrize(
        ("limits", "dimensions"),
        [
            ({"context": 8192, "output": 1536}, 1536),
            ({"output": 1536}, 1536),
            ({"context": 8192, "output": 1}, None),  # google:gemini-embedding-001: one vector
            ({"context": 32768, "output": 32768}, None),  # vercel:alibaba/qwen3-embedding-8b
        ],
    )
    def test_are_the_output_limit_of_an_embedding_model(self, limits: dict[str, int], dimensions: int | None) -> None:
        """It has no output of tokens; the stated number stays in the file, and is withheld from the record."""
        derived = derive({"id": "text-embedding-3-small", "limits": limits}, {})
        assert (derived["limits"], derived.get("dimensions")) == ({"output": None}, dimensions)

    def test_stated_ones_stand(self) -> None:
        derived = derive({"id": "embed-4", "limits": {"output": 1536}, "dimensions": 256}, {})
        assert (derived["limits"], "dimensions" in derived) == ({"output": None}, False)

    def test_there_are_none_without_an_output_limit(self) -> None:
        assert not {"limits", "dimensions"} & set(derive({"id": "embed-4", "limits": {"context": 512}}, {}))

    @pytest.mark.parametrize("more", [{"kind": "chat"}, {"kind": "rerank"}, {"capabilities": {"chat": True}}])
    def test_a_model_that_is_none_or_chats_too_keeps_its_limit(self, more: dict[str, Any]) -> None:
        derived = derive({"id": "text-embedding-3-small", "limits": {"output": 1536}, **more}, {})
        assert not {"limits", "dimensions"} & set(derived)


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
        assert derive({"id": "o3", **stated}, {}).get("deprecated") is derived


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
        assert models["in-house-7b-v2"].family is None
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


CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"tags": ["mine"]},
    {"cost": {"input": 1}},
    {"family": "dall-e"},
    {"kind": "rerank"},
    {"modalities": {"input": ["text"], "output": ["video"]}},
    {"capabilities": {"chat": False}},
    {"capabilities": {"embeddings": True}},
    {"apis": ["chat"]},
    {"resolves_to": "x"},
)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_kind_that_the_base_derived_is_the_one_that_would_be_derived(
    packaged: Snapshot, change: dict[str, Any]
) -> None:
    """Whatever a correction states, with the line of the base and without it."""
    for model in packaged.list_models()[::23]:
        line: Any = packaged.file.line(*model.key)
        stated = packaged.file.stated(*model.key)
        assert stated is not None
        changed = {**stated, "provider": model.provider, **change}
        agreed = {name: value for name, value in line.get("derived", {}).items() if name in FACTS}
        assert derive(changed, agreed, line) == derive(changed, agreed), model.spec
