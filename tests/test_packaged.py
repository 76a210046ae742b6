"""The packaged snapshot, asked through the public API: each record keeps its schema, and the answers are right."""

from __future__ import annotations

import json

import pytest
from support import real_kinds

import llm_models
from llm_models import paths, validation
from llm_models.snapshot_file import SnapshotFile

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def packaged() -> llm_models.Snapshot:
    """The packaged snapshot, whatever this machine's folders hold."""
    return llm_models.load(config=None, publish=False)


@pytest.fixture(scope="module")
def models(packaged: llm_models.Snapshot) -> list[llm_models.Model]:
    return packaged.list_models()


def keys(rows: list[real_kinds.Row], packaged: llm_models.Snapshot) -> set[tuple[str, str]]:
    """The models of a list that the catalogue holds: all of them on the list's date, fewer once it is refreshed."""
    listed = {(provider, model_id) for provider, model_id, *_ in rows}
    held = {key for key in listed if packaged.allowed(key)}
    assert held == listed or packaged.date != real_kinds.DATE
    return held


class TestRecords:
    def test_every_model_keeps_its_schema(self, models: list[llm_models.Model]) -> None:
        """As `to_dict` gives it, defaults and derived values and all."""
        assert len(models) > 8000
        faults = [
            (model.spec, fault) for model in models if (fault := validation.first_fault("model", model.to_dict()))
        ]
        assert faults == []

    def test_every_provider_keeps_its_schema(self, packaged: llm_models.Snapshot) -> None:
        records = [packaged.get_provider(provider) for provider in packaged.list_providers()]
        assert len(records) > 220
        faults = [(one.id, fault) for one in records if (fault := validation.first_fault("provider", one.to_dict()))]
        assert faults == []

    def test_every_model_says_the_same_as_plain_data(self, models: list[llm_models.Model]) -> None:
        """`from_dict(to_dict())` is the same record, and plain data is JSON."""
        for model in models[::25]:
            assert llm_models.Model.from_dict(json.loads(json.dumps(model.to_dict()))) == model

    def test_every_flag_is_a_boolean(self, models: list[llm_models.Model]) -> None:
        """What no layer states is a default, never unknown."""
        for model in models:
            for path in llm_models.CAPABILITIES.values():
                value: object = model.capabilities
                for step in path:
                    value = getattr(value, step)
                assert type(value) is bool, (model.spec, path)
            assert type(model.deprecated) is bool
            assert model.provider_model_id

    def test_the_header_keeps_its_schema(self) -> None:
        file = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
        assert validation.first_fault("snapshot", {**file.header, "blocks": dict(file.blocks)}) is None
        file.verify()

    def test_the_whole_file_is_json(self) -> None:
        with open(paths.PACKAGED_SNAPSHOT, encoding="utf-8") as file:
            assert isinstance(json.load(file), list)


class TestCapabilitySets:
    """A question is answered from a set of bits, without decoding: it never differs from the record."""

    @pytest.mark.parametrize("name", sorted(llm_models.CAPABILITIES))
    def test_requiring_finds_those_that_can(
        self, name: str, packaged: llm_models.Snapshot, models: list[llm_models.Model]
    ) -> None:
        able = []
        for model in models:
            value: object = model.capabilities
            for step in llm_models.CAPABILITIES[name]:
                value = getattr(value, step)
            if value:
                able.append(model.key)
        assert [model.key for model in packaged.list_models(require=[name])] == able
        assert len(packaged.list_models(forbid=[name])) == len(models) - len(able)


class TestKinds:
    def test_embeddings_are_found(self, packaged: llm_models.Snapshot, models: list[llm_models.Model]) -> None:
        """All 62 whose id holds `embed`, those of the embedding families, and `bge-` and `e5-`."""
        found = {model.key for model in packaged.list_models(require=["embeddings"])}
        by_name = {model.key for model in models if "embed" in model.id.lower()}
        assert by_name - found == set()
        rows = real_kinds.NAMED_EMBED + real_kinds.BGE_AND_E5 + real_kinds.EMBEDDING_FAMILIES
        assert keys(rows, packaged) - found == set()
        if packaged.date == real_kinds.DATE:
            assert len(by_name) == 62
            assert found == keys(rows, packaged)

    def test_embeddings_do_not_chat(self, packaged: llm_models.Snapshot) -> None:
        assert packaged.list_models(require=["embeddings", "chat"]) == []

    @pytest.mark.parametrize("kind", ["RERANKERS", "NO_TEXT_IN_OR_OUT", "MAKERS_WITH_TEXT"])
    def test_nor_do_rerankers_nor_models_of_pictures_sound_and_video(
        self, kind: str, packaged: llm_models.Snapshot
    ) -> None:
        rows = keys(getattr(real_kinds, kind), packaged)
        chatting = {model.key for model in packaged.list_models(require=["chat"])}
        embedding = {model.key for model in packaged.list_models(require=["embeddings"])}
        assert rows & (chatting | embedding) == set()

    def test_whoever_chats_takes_and_gives_text(self, packaged: llm_models.Snapshot) -> None:
        """Where the modalities are known."""
        for model in packaged.list_models(require=["chat"]):
            assert "text" in (model.modalities.input or ("text",)), model.spec
            assert "text" in (model.modalities.output or ("text",)), model.spec
            assert "rerank" not in model.id.lower()

    def test_chat_models_still_do(self, packaged: llm_models.Snapshot) -> None:
        """The control: the rules take away no model that talks, though some give pictures or sound besides."""
        chatting = {model.key for model in packaged.list_models(require=["chat"])}
        assert keys(real_kinds.TALKERS, packaged) - chatting == set()


class TestChoices:
    def test_a_current_openai_model_with_tools_and_json(self, packaged: llm_models.Snapshot) -> None:
        chosen = packaged.select(require=["chat", "tools", "json_native"], prefer=["openai", "anthropic"])
        assert chosen.provider == "openai"
        assert not chosen.deprecated
        can = chosen.capabilities
        assert (can.chat, can.tools.enabled, can.json.native) == (True, True, True)

    def test_the_first_to_chat_is_one_that_chats(self, packaged: llm_models.Snapshot) -> None:
        """`chatgpt-image-latest` comes before every GPT in the order of ids; it draws."""
        chosen = packaged.select(require=["chat"], prefer=["openai"])
        assert chosen.provider == "openai"
        assert "image" not in chosen.modalities.output

    def test_deprecated_ones_come_last(self, packaged: llm_models.Snapshot) -> None:
        """Within each group; and what upstream calls deprecated is."""
        listed = packaged.candidates(scope="openai")
        assert [model.deprecated for model in listed] == sorted(model.deprecated for model in listed)
        assert all(model.deprecated for model in packaged.list_models() if model.status == "deprecated")
