"""Three values: what is stated of a capability, what is only its default, and what is likely."""

from __future__ import annotations

import copy
import json
import operator
import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT, oracle
from support.command import here

import llm_models
from llm_models import Model, load
from llm_models.errors import UnknownCapabilityError
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.records import BIT, CAPABILITIES, STATED, Capabilities, Tools

if TYPE_CHECKING:
    from pathlib import Path


def told(model: Model) -> dict[str, bool | None]:
    return {name: model.stated(name) for name in CAPABILITIES}


class TestStated:
    def test_of_every_model_that_ships(self, packaged: llm_models.Snapshot) -> None:
        """The value where the file has one, stated or derived; None where the record only has the default."""
        with open(PACKAGED_SNAPSHOT, "rb") as file:
            plain = oracle.Plain(file.read())
        for model in packaged.list_models():
            data = plain.models[model.key]
            for name, path in CAPABILITIES.items():
                value = operator.attrgetter(".".join(path))(model.capabilities)
                assert model.stated(name) is (value if oracle.stated(data, name) else None), (model.spec, name)

    def test_however_the_model_was_found(self, packaged: llm_models.Snapshot) -> None:
        """One at a time, or with all others of its provider."""
        alone = packaged.get_model("openai", "gpt-4o-mini")
        listed = next(m for m in load(config=None, publish=False).list_models("openai") if m.id == "gpt-4o-mini")
        assert told(alone) == told(listed)
        assert (alone.stated("tools"), alone.stated("embeddings")) == (True, None)

    def test_a_copy_and_a_pickle_tell_the_same(self, packaged: llm_models.Snapshot) -> None:
        model = packaged.get_model("groq", "openai/gpt-oss-120b")
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(model, protocol))
            assert (again, told(again)) == (model, told(model))
        assert told(copy.deepcopy(model)) == told(copy.copy(model)) == told(model)

    def test_a_record_of_plain_data_states_what_the_data_states(self) -> None:
        data: dict[str, Any] = {"id": "m", "provider": "p", "provider_model_id": "m"}
        assert set(told(Model.from_dict(data)).values()) == {None}
        with_some = Model.from_dict({**data, "capabilities": {"chat": False, "tools": {"enabled": True}}})
        assert {name: value for name, value in told(with_some).items() if value is not None} == {
            "chat": False,
            "tools": True,
        }
        assert None not in told(Model.from_dict(with_some.to_dict())).values()

    def test_a_record_of_records_states_all_their_flags(self) -> None:
        whole = Capabilities(tools=Tools(strict=True))
        model = Model(id="m", provider="p", provider_model_id="m", capabilities=whole)
        assert (model.stated("tools_strict"), model.stated("tools")) == (True, False)

    def test_takes_no_part_in_comparison(self, packaged: llm_models.Snapshot) -> None:
        model = packaged.get_model("openai", "gpt-4o-mini")
        plain = Model.from_dict(json.loads(json.dumps(model.to_dict())))
        assert (plain, hash(plain), repr(plain)) == (model, hash(model), repr(model))
        assert told(plain) != told(model)

    @pytest.mark.parametrize("name", ["tool", "json", "vision", ""])
    def test_an_unknown_name_is_an_error(self, name: str, packaged: llm_models.Snapshot) -> None:
        with pytest.raises(UnknownCapabilityError) as caught:
            packaged.get_model("openai", "gpt-4o-mini").stated(name)
        with pytest.raises(UnknownCapabilityError) as same:
            packaged.select(require=[name])
        assert str(caught.value) == str(same.value)

    def test_a_layer_states(self) -> None:
        entry = {"provider": "openai", "id": "gpt-4o-mini", "capabilities": {"embeddings": False}}
        catalogue = load(config=None, overrides={"models": [entry]}, publish=False)
        assert catalogue.get_model("openai", "gpt-4o-mini").stated("embeddings") is False


def mine(*models: dict[str, Any], **more: Any) -> llm_models.Snapshot:
    overrides = {"models": [{"provider": "openai", "id": "gpt-4o-mini", **model} for model in models], **more}
    return load(config=None, overrides=overrides, publish=False)


TOOLS, TEXT = ("tools", "streaming"), ("streaming", "tool_calls")


class TestOneFactUnderTwoNames:
    """`tools.streaming` and `streaming.tool_calls`."""

    @pytest.mark.parametrize("path", [TOOLS, TEXT])
    @pytest.mark.parametrize("value", [True, False])
    def test_stating_one_states_the_other(self, path: tuple[str, str], value: bool) -> None:
        """Whatever weaker layers state of the other: curated entries state both of this model."""
        catalogue = mine({"capabilities": {path[0]: {path[1]: value}}})
        model = catalogue.get_model("openai", "gpt-4o-mini")
        assert (model.stated("tools_streaming"), model.stated("streaming_tool_calls")) == (value, value)
        for one in (TOOLS, TEXT):
            (origin,) = catalogue.explain(model, f"capabilities.{'.'.join(one)}").fields
            assert (origin.value, origin.how, origin.layer) == (value, "stated", "load(overrides=...)")

    @pytest.mark.parametrize("path", [TOOLS, TEXT])
    def test_omitting_one_omits_the_other(self, path: tuple[str, str]) -> None:
        model = mine({"omit": [f"capabilities.{'.'.join(path)}"]}).get_model("openai", "gpt-4o-mini")
        assert (model.stated("tools_streaming"), model.stated("streaming_tool_calls")) == (None, None)

    def test_an_exact_id_beats_a_match(self) -> None:
        by_glob = {"provider": "openai", "match": "gpt-4o*", "capabilities": {"streaming": {"tool_calls": True}}}
        exact = {"provider": "openai", "id": "gpt-4o-mini", "capabilities": {"tools": {"streaming": False}}}
        model = load(config=None, overrides={"models": [exact, by_glob]}, publish=False).get_model(
            "openai", "gpt-4o-mini"
        )
        assert (model.stated("tools_streaming"), model.stated("streaming_tool_calls")) == (False, False)

    def test_the_place_is_that_of_the_name_that_was_used(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text('[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\ncapabilities.tools.streaming = false\n')
        (origin,) = load(path, publish=False).explain("openai:gpt-4o-mini", "capabilities.streaming.tool_calls").fields
        assert origin.place == "llm_models.toml:4"

    def test_both_differently_is_an_error(self) -> None:
        with pytest.raises(llm_models.ConfigError, match=r"contradicts capabilities\.tools\.streaming"):
            mine({"capabilities": {"tools": {"streaming": True}, "streaming": {"tool_calls": False}}})
        mine({"capabilities": {"tools": {"streaming": True}, "streaming": {"tool_calls": True}}})


EMBEDS = {"provider": "openai", "id": "text-embedding-3-small"}


class TestAKindThatALayerStates:
    def flags(self, *layers: dict[str, Any]) -> tuple[str, bool, bool]:
        """Kind, chat and embeddings of a model under a weaker layer and a stronger one."""

        class Behaviour:
            def models(self) -> list[dict[str, Any]]:
                return [{**EMBEDS, **layers[0]}]

        overrides = {"models": [{**EMBEDS, **layers[-1]}]}
        weaker = Behaviour if len(layers) > 1 else None
        catalogue = load(config=None, overrides_module=weaker, overrides=overrides, publish=False)
        model = catalogue.get_model("openai", "text-embedding-3-small")
        return model.kind, model.capabilities.chat, model.capabilities.embeddings

    def test_chat_and_embeddings_follow(self) -> None:
        assert self.flags({"tags": ["x"]}) == ("embedding", False, True)
        assert self.flags({"kind": "chat"}) == ("chat", True, False)
        assert self.flags({"kind": "rerank"}) == ("rerank", False, False)
        assert self.flags({"capabilities": {"embeddings": False}}) == ("chat", True, False)

    def test_unless_the_same_entry_states_them(self) -> None:
        assert self.flags({"kind": "chat", "capabilities": {"embeddings": True}}) == ("chat", True, True)

    def test_a_weaker_layer_does_not_keep_them(self) -> None:
        stated = {"capabilities": {"chat": False, "embeddings": True}}
        assert self.flags(stated, {"kind": "chat"}) == ("chat", True, False)
        assert self.flags({"kind": "chat"}, stated) == ("chat", False, True)

    def test_dimensions_follow_too(self) -> None:
        """The stated limit is still in the file, so a model that is declared to chat has it again."""
        catalogue = load(config=None, publish=False)
        model = catalogue.get_model("openai", "text-embedding-3-small")
        assert (model.dimensions, model.limits.output) == (1536, None)
        for entry, wanted in (
            ({"kind": "chat"}, (None, 1536)),
            ({"limits": {"output": 512}}, (512, None)),
            ({"dimensions": 256}, (256, None)),
        ):
            overrides = {"models": [{**EMBEDS, **entry}]}
            model = load(config=None, overrides=overrides, publish=False).get_model("openai", "text-embedding-3-small")
            assert (model.dimensions, model.limits.output) == wanted


class TestShow:
    def test_says_what_is_not_stated(self) -> None:
        code, out, _ = here("show", "groq:openai/gpt-oss-120b", "--all", "--config", "none")
        assert code == 0
        shown = dict(line.split(maxsplit=1) for line in out.splitlines())
        assert shown["capabilities.tools.strict"] == "not stated (no)"
        assert shown["capabilities.streaming.text"] == "not stated (yes)"
        assert shown["capabilities.tools.enabled"] == "yes"
        assert shown["capabilities.attachments"] == "no"

    def test_says_what_is_likely(self, packaged: llm_models.Snapshot) -> None:
        file = packaged.file
        spec = next(f"{p}:{i}" for p in file.blocks for i in file.block(p).ids if file.likely(p, i))
        out = here("show", spec, "--all", "--config", "none")[1]
        line = next(line for line in out.splitlines() if line.startswith("capabilities.json.schema"))
        assert line.endswith("not stated (likely yes)")
        assert packaged.resolve(spec).stated("json_schema") is None
        assert packaged.resolve(spec).capabilities.json.schema is False

    def test_json_keeps_the_defaults(self) -> None:
        record = json.loads(here("show", "groq:openai/gpt-oss-120b", "--config", "none", "--json")[1])
        assert record["capabilities"]["tools"]["strict"] is False


def test_the_docs_state_how_many_models_state_each_flag(packaged: llm_models.Snapshot) -> None:
    """The table of docs/data.md is that of the packaged data."""
    file = packaged.file
    rows = []
    for name, bit in BIT.items():
        sets = [bits for provider in file.blocks for bits in file.block(provider).bits]
        stated = [bits for bits in sets if bits >> STATED & bit]
        yes = sum(1 for bits in stated if bits & bit)
        likely = sum(name in file.likely(p, i) for p in file.blocks for i in file.block(p).ids) if "json" in name else 0
        figures = (yes, len(stated) - yes, len(sets) - len(stated), likely)
        rows.append(f"| `{name}` | " + " | ".join(f"{figure:,}" for figure in figures) + " |")
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| `\w+` \|(?: [\d,]+ \|){4}$", text, re.MULTILINE)
    assert found == rows, "\n".join(["docs/data.md should have these rows:", *rows])
