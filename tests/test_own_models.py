"""An application's own models: what they are follows from their ids, or from other records of the same id."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from support.command import fine
from support.own_kinds import OWN

import llm_models
from llm_models import Snapshot, in_use, paths, pipeline
from llm_models.agreement import Agreement

if TYPE_CHECKING:
    from pathlib import Path

CHOICE: dict[str, Any] = {
    "prefer": ["ollama-box"],
    "providers": [{"id": "ollama-box", "base_url": "http://127.0.0.1:11434/v1"}],
    "models": [{"provider": "ollama-box", "id": model_id} for model_id in ("all-minilm", "kokoro", "llama3.3:70b")],
}
"""Of these models one chats, and it is the last by name."""

TOML = """
prefer = ["ollama-box"]
[[providers]]
id = "ollama-box"
base_url = "http://127.0.0.1:11434/v1"
[[models]]
provider = "ollama-box"
id = "all-minilm"
[[models]]
provider = "ollama-box"
id = "kokoro"
[[models]]
provider = "ollama-box"
id = "llama3.3:70b"
"""


class Local:
    """A behaviour module."""

    def providers(self) -> list[dict[str, Any]]:
        return list(CHOICE["providers"])

    def models(self) -> list[dict[str, Any]]:
        return list(CHOICE["models"])


def own(*models: dict[str, Any]) -> Snapshot:
    overrides = {"providers": [{"id": "mine"}], "models": [{"provider": "mine", **model} for model in models]}
    return llm_models.load(config=None, overrides=overrides, publish=False)


class TestChat:
    """An embedding model or a voice is never the answer for chat."""

    @pytest.mark.parametrize("how", [{"overrides": CHOICE}, {"overrides_module": Local}], ids=["dict", "module"])
    def test_of_code(self, how: dict[str, Any]) -> None:
        catalogue = llm_models.load(config=None, publish=False, **how)
        assert catalogue.select(require=["chat"], prefer=["ollama-box"]).id == "llama3.3:70b"

    def test_of_a_file_loaded_and_activated(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(TOML, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        for _ in range(2):
            loaded = llm_models.load(str(path), publish=False)
            assert loaded.select(require=["chat"]).spec == "ollama_box:llama3.3:70b"
            found = fine("select", "--require", "chat", "--prefer", "ollama-box").out
            assert found.split()[0] == "ollama_box:llama3.3:70b"
            fine("activate")

    def test_of_all_ids_at_once(self) -> None:
        ids = {model_id: kind for kind, listed in OWN.items() for model_id in listed.split()}
        catalogue = own(*({"id": model_id} for model_id in ids))
        wrong = {model.id: model.kind for model in catalogue.list_models("mine") if model.kind != ids[model.id]}
        assert len(wrong) < 0.02 * len(ids), wrong
        chats = {model.id for model in catalogue.list_models("mine", require=["chat"])}
        assert {ids[model_id] for model_id in chats} == {"chat"}


PEERS = [
    ("a", {"id": "x/opaque-7", "modalities": {"input": ["text", "image"], "output": ["video"]}}),
    ("b", {"id": "opaque-7", "modalities": {"input": ["image", "text"], "output": ["video"]}}),
    ("c", {"id": "voices-2", "kind": "speech", "modalities": {"input": ["text"]}}),
    ("d", {"id": "mixed-2", "modalities": {"input": ["text"], "output": ["text"]}}),
    ("e", {"id": "mixed-2", "modalities": {"input": ["text"], "output": ["image"]}}),
]


class TestWhatOtherRecordsState:
    def facts(self, **model: Any) -> dict[str, Any]:
        return Agreement(PEERS).facts("mine", model)

    def test_all_agree(self) -> None:
        """In any order of the items, and under any path before the id."""
        assert self.facts(id="y/opaque-7") == {
            "modalities": {"input": ["text", "image"], "output": ["video"]},
            "kind": "video",
        }
        assert self.facts(id="voices-2") == {"modalities": {"input": ["text"]}, "kind": "speech"}

    def test_of_a_side_on_which_they_differ_nothing_is_taken(self) -> None:
        assert self.facts(id="mixed-2") == {"modalities": {"input": ["text"]}}

    @pytest.mark.parametrize(
        "stated",
        [{"kind": "chat"}, {"modalities": {"input": ["text"]}}, {"capabilities": {"chat": True}},
         {"capabilities": {"embeddings": False}}],
    )  # fmt: skip
    def test_what_the_entry_states_of_its_kind_is_enough(self, stated: dict[str, Any]) -> None:
        assert self.facts(id="opaque-7", **stated) == {}

    def test_in_the_packaged_data(self) -> None:
        catalogue = own({"id": "whisper-large-v3"}, {"id": "gpt-image-2"}, {"id": "house-7b"})
        whisper, image, house = (catalogue.get_model("mine", model_id)
                                 for model_id in ("whisper-large-v3", "gpt-image-2", "house-7b"))  # fmt: skip
        assert (whisper.kind, whisper.modalities.input, whisper.modalities.output) == (
            "transcription",
            ("audio",),
            ("text",),
        )
        assert (image.kind, image.modalities.output) == ("image", ("image",))
        assert (house.kind, house.modalities.input, house.family) == ("chat", (), None)

    def test_an_id_that_is_only_a_word_is_no_name_of_a_model(self) -> None:
        """A gateway calls its models so. A router has models of these ids: one of them states that it is GLM 5.2."""
        words = ("large", "fast", "small", "auto", "cheap")
        catalogue = own(*({"id": word} for word in (*words, "inkling")))
        for word in words:
            model = catalogue.get_model("mine", word)
            assert (model.canonical, model.kind, model.modalities.input) == (None, "chat", ())
        assert catalogue.get_model("mine", "inkling").canonical == "thinkingmachines/inkling"

    def test_what_a_layer_omits_stays_omitted(self) -> None:
        overrides = {"models": [{"provider": "groq", "id": "whisper-large-v3", "omit": ["modalities"]}]}
        catalogue = llm_models.load(config=None, overrides=overrides, publish=False)
        assert catalogue.get_model("groq", "whisper-large-v3").modalities.input == ()


def test_show_marks_what_is_derived(tmp_path: Path) -> None:
    path = tmp_path / "llm_models.toml"
    entries = "".join(f'[[models]]\nprovider = "h"\nid = "{one}"\n' for one in ("llama-3", "house-7b", "all-minilm"))
    path.write_text(
        f'[[providers]]\nid = "h"\n{entries}[[models]]\nprovider = "h"\nid = "s"\nfamily = "llama"\n', "utf-8"
    )

    def shown(model_id: str) -> dict[str, str]:
        lines = fine("show", f"h:{model_id}", "--all", "--config", path).out.splitlines()
        return {name: value.strip() for name, _, value in (line.partition(" ") for line in lines)}

    assert shown("llama-3")["family"] == "llama (derived)"
    assert "family" not in shown("house-7b")
    assert shown("all-minilm")["kind"] == "embedding (derived)"
    assert shown("s")["family"] == "llama"


def test_the_screen_and_json_mark_what_is_derived(tmp_path: Path) -> None:
    path = tmp_path / "llm_models.toml"
    path.write_text(
        '[[providers]]\nid = "h"\n[[models]]\nprovider = "h"\nid = "llama-3"\nlimits.context = 9\n', "utf-8"
    )
    out = fine("show", "h:llama-3", "--config", path).out
    assert "family llama*" in out
    assert "* derived:" in out
    assert "context 9" in out
    assert "context 9*" not in out
    assert re.search(r"^origin +\S*llm_models.toml:6: limits.context", out, re.MULTILINE), out
    record = json.loads(fine("show", "h:llama-3", "--json", "--config", path).out)
    assert record["spec"] == "h:llama-3"
    assert "family" in record["derived"]
    assert "limits.context" not in record["derived"]
    assert "capabilities.tools.enabled" in record["not_stated"]


def test_changes_have_the_models_of_the_base_and_those_of_the_layers() -> None:
    current = in_use.in_use(paths.Folder(None, None))
    added = {"providers": [{"id": "mine"}], "models": [{"provider": "mine", "id": "x"}]}
    _, changes = pipeline.merge_application(current, overrides=added)
    asked = [("mine", "x"), ("openai", "gpt-4o"), ("mine", "gpt-4o"), ("openai", "x")]
    assert [changes.has(*key) for key in asked] == [True, True, False, False]
