"""What a caller fixed on purpose is kept: an id that the provider's API takes is sent as it was asked for."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from support import catalogues
from support.command import process

import llm_models
from llm_models import ModelNotAllowedError, Snapshot
from llm_models.integrations.openai_sdk import client_options

if TYPE_CHECKING:
    from pathlib import Path

DATED = "gpt-4o-mini-2024-07-18"
FORMS = [f"openai:{DATED}", f"{DATED}@OpenAI", f"openai/{DATED}", f"openai-chat/{DATED}", ("openai", DATED)]
HOUSE = {
    "providers": [{"id": "house", "base_url": "http://127.0.0.1:4000/v1", "env": ["HOUSE_KEY"], "aliases": ["mine"]}],
    "models": [
        {
            "provider": "house",
            "id": "small",
            "name": "Small",
            "provider_model_id": "models/small",
            "served_as": ["small:online", "small-2026-01-02"],
            "aliases": ["s"],
        },
        {"provider": "openrouter", "id": "openai/gpt-4o-mini", "served_as": ["openai/gpt-4o-mini:extra"]},
    ],
}


@pytest.fixture(scope="module")
def house() -> Snapshot:
    return llm_models.load(config=None, publish=False, overrides=HOUSE)


class TestWireId:
    """`wire_id` is the record's `provider_model_id`, or a served id that was asked for; never a name of ours."""

    @pytest.mark.parametrize("spec", FORMS)
    def test_a_dated_id_is_sent(self, packaged: Snapshot, spec: Any) -> None:
        model = packaged.resolve(spec)
        assert model == packaged.resolve("openai:gpt-4o-mini")
        assert (model.id, model.requested) == ("gpt-4o-mini", DATED)
        assert packaged.wire_id(spec) == packaged.wire_id(model) == DATED
        assert packaged.endpoint(spec).model_id == packaged.endpoint(model).model_id == DATED

    @pytest.mark.parametrize(
        ("name", "sent"),
        [
            ("house:small", "models/small"),
            ("mine:s", "models/small"),
            ("house/s", "models/small"),
            ("house:small:online", "small:online"),
            ("small-2026-01-02@mine", "small-2026-01-02"),
            ("mine/small:online", "small:online"),
            ("small:online", "small:online"),
            (("house", "small-2026-01-02"), "small-2026-01-02"),
            ("openrouter:openai/gpt-4o-mini:extra", "openai/gpt-4o-mini:extra"),
            ("openrouter/openai/gpt-4o-mini:extra", "openai/gpt-4o-mini:extra"),
            ("openrouter:openai/gpt-4o-mini:online", "openai/gpt-4o-mini:online"),
            ("openrouter/openai/gpt-4o-mini:online", "openai/gpt-4o-mini:online"),
            ("google:models/gemini-2.5-pro", "models/gemini-2.5-pro"),
            ("gemini/models/gemini-2.5-pro", "models/gemini-2.5-pro"),
            ("models/gemini-2.5-pro", "models/gemini-2.5-pro"),
            ("bedrock/au.amazon.nova-pro-v1:0", "au.amazon.nova-pro-v1:0"),
        ],
    )
    def test_each_kind_of_name(self, house: Snapshot, name: Any, sent: str) -> None:
        for spec in (name, house.resolve(name)):
            assert house.wire_id(spec) == house.endpoint(spec).model_id == sent

    def test_a_name_in_a_scope(self, house: Snapshot) -> None:
        model = house.resolve("openai/gpt-4o-mini", scope="openrouter")
        assert (model.provider, model.requested) == ("openrouter", "openai/gpt-4o-mini")
        assert house.resolve("openai/gpt-4o-mini:extra", scope="openrouter").requested == "openai/gpt-4o-mini:extra"

    @pytest.mark.whole
    def test_every_packaged_model(self, packaged: Snapshot) -> None:
        served = 0
        for model in packaged.list_models():
            assert packaged.wire_id(model) == model.provider_model_id
            for name in model.served_as:
                assert packaged.wire_id((model.provider, name)) == name
                served += 1
        assert served >= 28

    def test_errors_are_those_of_resolve(self, packaged: Snapshot) -> None:
        nothing: Any = None
        with pytest.raises(llm_models.UnknownModelError):
            packaged.wire_id("openai:nothing")
        with pytest.raises(llm_models.InvalidSpecError):
            packaged.wire_id(nothing)


class TestTheModel:
    """A model that keeps what was asked for is the same record."""

    def test_it_is_equal_and_stays_so(self, packaged: Snapshot) -> None:
        plain, pinned = packaged.get_model("openai", "gpt-4o-mini"), packaged.get_model("openai", DATED)
        assert pinned == plain
        assert hash(pinned) == hash(plain)
        assert pinned.to_dict() == plain.to_dict()
        assert plain.requested == "gpt-4o-mini"
        assert pinned is packaged.resolve(f"openai:{DATED}")
        assert {name: pinned.stated(name) for name in llm_models.CAPABILITIES} == {
            name: plain.stated(name) for name in llm_models.CAPABILITIES
        }
        for made in (pickle.loads(pickle.dumps(pinned)), copy.deepcopy(pinned)):
            assert (made, made.requested) == (plain, DATED)

    def test_questions_about_all_models_give_plain_ones(self, packaged: Snapshot) -> None:
        packaged.resolve(f"openai:{DATED}")
        assert {model.requested == model.id for model in packaged.list_models("openai")} == {True}


class TestIntegrations:
    """Clients and settings keep the id."""

    @pytest.fixture(autouse=True)
    def _key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENROUTER_API_KEY", "sk-test")

    @pytest.mark.parametrize("spec", FORMS)
    def test_openai_sdk(self, packaged: Snapshot, spec: Any) -> None:
        assert client_options(spec, snapshot=packaged).model == DATED
        assert client_options(packaged.resolve(spec), snapshot=packaged).model == DATED

    def test_a_suffix_that_an_application_states(self, house: Snapshot) -> None:
        options = client_options("openrouter:openai/gpt-4o-mini:extra", snapshot=house)
        assert options.model == "openai/gpt-4o-mini:extra"

    @pytest.mark.parametrize("value", FORMS)
    def test_pydantic_stores_it(self, packaged: Snapshot, value: Any) -> None:
        pydantic = pytest.importorskip("pydantic")
        from llm_models.integrations.pydantic import ModelSpec

        read = pydantic.TypeAdapter(Annotated[str, ModelSpec(catalogue=lambda: packaged)]).validate_python
        assert read(value) == read(read(value)) == read(packaged.resolve(value)) == f"openai:{DATED}"
        assert read("openai/gpt-4o-mini") == "openai:gpt-4o-mini"
        assert read("gemini/gemini-2.5-pro") == "google:gemini-2.5-pro"

    def test_pydantic_replaces_a_name_of_ours(self, house: Snapshot) -> None:
        pydantic = pytest.importorskip("pydantic")
        from llm_models.integrations.pydantic import ModelSpec

        read = pydantic.TypeAdapter(Annotated[str, ModelSpec(catalogue=lambda: house)]).validate_python
        assert read("mine/s") == "house:small"
        assert read("mine/small:online") == "house:small:online"

    def test_click_gives_a_model_that_keeps_it(self, packaged: Snapshot) -> None:
        click = pytest.importorskip("llm_models.integrations.click")
        model = click.ModelSpecParam(lambda: packaged).convert(f"openai/{DATED}", None, None)
        assert client_options(model, snapshot=packaged).model == DATED


class TestCommands:
    """`show` and `resolve` state an id that is sent in place of the canonical one."""

    def test_resolve(self, tmp_path: Path) -> None:
        result = process("resolve", f"openai/{DATED}", cwd=tmp_path)
        assert (result.code, result.out) == (0, "openai:gpt-4o-mini\n")
        assert f"notice: the id that is sent is {DATED}, as requested" in result.err
        assert f'"wire_id": "{DATED}"' in process("resolve", f"openai/{DATED}", "--json", cwd=tmp_path).out
        assert "as requested" not in process("resolve", "openai/gpt-4o-mini", cwd=tmp_path).err

    @pytest.mark.parametrize(
        ("spec", "note"),
        [
            ("openrouter/openai/gpt-4o-mini:online", "the suffix can change the price"),
            ("bedrock/au.amazon.nova-pro-v1:0", "the price of this region is not stated"),
        ],
    )
    def test_a_rule_has_a_note_about_the_price(self, tmp_path: Path, spec: str, note: str) -> None:
        name = spec.partition("/")[2]
        result = process("resolve", spec, cwd=tmp_path)
        assert result.code == 0
        assert f"notice: the id that is sent is {name}, as requested" in result.err
        assert f"notice: {note}" in result.err
        assert note in process("show", spec, cwd=tmp_path).out

    def test_show(self, tmp_path: Path) -> None:
        out = process("show", f"openai:{DATED}", cwd=tmp_path).out
        line = out.splitlines()[1]
        assert line.split(maxsplit=1) == ["requested", f"the id that is sent is {DATED}, as requested"]
        assert f'"requested": "{DATED}"' in process("show", f"openai:{DATED}", "--json", cwd=tmp_path).out
        assert "requested" not in process("show", "openai:gpt-4o-mini", cwd=tmp_path).out


class TestBans:
    def test_a_model_passes_no_ban_that_its_name_does_not(self, packaged: Snapshot) -> None:
        model = packaged.resolve("openrouter:openai/o3:online")
        banned = Snapshot(packaged.file, deny={"openrouter": ["*:online"]})
        for ask in (banned.resolve, banned.wire_id, banned.endpoint):
            with pytest.raises(ModelNotAllowedError):
                ask(model)
        assert not banned.allowed(model)
        assert banned.allowed(packaged.resolve("openrouter:openai/o3"))

    def test_a_model_of_another_catalogue_is_what_its_name_means_here(self) -> None:
        served = {"gpt-5.2": {"served_as": ["x"]}, "gpt-5.5": {}}
        model = Snapshot(catalogues.from_records({"openai": served})).resolve("openai:x")
        other = Snapshot(catalogues.from_records({"openai": {"gpt-5.2": {}, "gpt-5.5": {"served_as": ["x"]}}}))
        assert other.resolve(model).id == other.resolve("openai:x").id == "gpt-5.5"
        none = Snapshot(catalogues.from_records({"openai": {"gpt-5.2": {}}}))
        assert not none.allowed(model)
