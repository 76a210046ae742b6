"""Records are typed, deeply immutable, compared by value, hashable, picklable, and give plain data back."""

from __future__ import annotations

import contextlib
import copy
import json
import operator
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import oracle

import llm_models
from llm_models import capability_sets, costs, records
from llm_models.block import effective
from llm_models.frozen import FrozenDict, ModelKey, Record, defaults, freeze, thaw
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.records import Model, Provider
from llm_models.snapshot_file import SnapshotFile

KINDS = [
    records.Limits,
    costs.CostTier,
    costs.CostHours,
    costs.CostMode,
    costs.PriceList,
    costs.Cost,
    records.Modalities,
    records.Reasoning,
    records.Tools,
    records.Json,
    records.Streaming,
    records.Capabilities,
    Provider,
    Model,
]
SCALARS = (str, int, float, bool, type(None))
DEFAULTS = {"kind": "chat"}
FULL: dict[str, Any] = {
    "id": "one",
    "provider": "alpha",
    "provider_model_id": "one-2026",
    "name": "One",
    "limits": {"context": 8000, "output": 1000},
    "cost": {
        "input": 0,
        "output": 1.5,
        "fees": {"web_search": 10},
        "tiers": [{"context_over": 4000, "input": 2}],
        "hours": [{"utc": ["22:00", "06:00"], "days": ["mon"], "tiers": [{"context_over": 4000, "input": 1}]}],
        "modes": {"fast": {"input": 3, "fees": {"request": 1}, "request": {"reasoning": {"mode": "pro"}}}},
        "valid_from": "2026-09-01",
        "dated": [{"input": 1, "modes": {"batch": {"output": 1}}, "valid_from": "2026-08-01T12:00:00Z"}],
    },
    "modalities": {"input": ["text", "image"], "output": ["text"]},
    "capabilities": {"chat": True, "reasoning": {"enabled": True, "efforts": ["low", "high"]}},
    "tags": ["new"],
    "aliases": ["uno"],
    "extra": {"npm": "x", "interleaved": {"field": "content", "list": [1, {"deep": [2]}]}},
}


@pytest.fixture(scope="module")
def catalogue() -> oracle.Plain:
    with open(PACKAGED_SNAPSHOT, "rb") as file:
        return oracle.Plain(file.read())


@pytest.fixture(scope="module")
def models(packaged: llm_models.Snapshot) -> list[Model]:
    return packaged.list_models()


def parts(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every value below `value`, at every depth, with its path."""
    found = [(path, value)]
    if isinstance(value, Record):
        for name in value._fields:
            found += parts(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, dict):
        for key, item in value.items():
            found += parts(item, f"{path}[{key!r}]")
    elif isinstance(value, (tuple, list)):
        for place, item in enumerate(value):
            found += parts(item, f"{path}[{place}]")
    return found


class TestThePackagedSnapshot:
    """The laws, for every model that ships."""

    def test_every_value_is_immutable_at_every_depth(self, models: list[Model]) -> None:
        kinds = {type(part) for model in models for _, part in parts(model)}
        assert kinds <= {*SCALARS, tuple, FrozenDict, *KINDS}
        assert not {list, dict, set} & kinds

    def test_a_record_says_what_the_file_says_and_nothing_else(
        self, models: list[Model], catalogue: oracle.Plain
    ) -> None:
        """Field by field: an unknown value is None or empty, never 0, and a flag nobody states is its default."""
        assert len(models) == len(catalogue.models)
        for model in models:
            data = catalogue.models[model.key]
            told = {**dict.fromkeys(Model._fields), **data}
            for name in Model._fields:
                if name == "capabilities":
                    continue
                value = thaw(getattr(model, name))
                if isinstance(value, dict) and name != "extra":
                    assert value == {key: v for key, v in (told[name] or {}).items() if v not in ([], {})}
                else:
                    assert value == told[name] or (
                        not told[name] and value in (None, [], {}, False, DEFAULTS.get(name))
                    ), (model.key, name)
            for name, path in llm_models.CAPABILITIES.items():
                flag = operator.attrgetter(".".join(path))(model.capabilities)
                assert flag is oracle.has(data, name), (model.key, name)

    def test_unknown_is_never_zero(self, models: list[Model], catalogue: oracle.Plain) -> None:
        for model in models:
            data = catalogue.models[model.key]
            for group in ("limits", "cost"):
                record = getattr(model, group)
                for name in record._fields:
                    value = getattr(record, name)
                    if value == 0 and isinstance(value, (int, float)):
                        assert data[group][name] == 0, (model.key, name)
                    if name not in data.get(group, {}):
                        assert value in (None, (), {}), (model.key, name)

    @pytest.mark.whole
    def test_there_and_back(self, models: list[Model]) -> None:
        """from_dict(to_dict(x)) == x, also by way of JSON text; equal records have equal hashes."""
        for model in models:
            data = model.to_dict()
            assert {type(part) for _, part in parts(data)} <= {*SCALARS, list, dict}
            again = Model.from_dict(json.loads(json.dumps(data)))
            assert again == model
            assert hash(again) == hash(model)
            assert Model(**data) == model

    @pytest.mark.whole
    def test_pickled(self, models: list[Model]) -> None:
        for protocol in (2, pickle.HIGHEST_PROTOCOL):
            assert pickle.loads(pickle.dumps(models, protocol)) == models

    def test_all_are_different(self, models: list[Model]) -> None:
        assert len(set(models)) == len(models) == len({model.key for model in models})

    def test_key_and_spec(self, models: list[Model]) -> None:
        for model in models:
            assert model.key == (model.provider, model.id)
            assert model.spec == f"{model.provider}:{model.id}"

    def test_providers(self, packaged: llm_models.Snapshot, catalogue: oracle.Plain) -> None:
        for name in packaged.list_providers():
            provider = packaged.get_provider(name)
            stated = {k: v for k, v in catalogue.providers[name].items() if v not in ([], {})}
            assert provider.to_dict() == {"billing": "usage", **stated}
            assert Provider.from_dict(provider.to_dict()) == provider
            assert pickle.loads(pickle.dumps(provider)) == provider


class TestImmutable:
    """A caller who writes into anything it was given, at any depth, gets an error and changes nothing."""

    def test_attributes_at_every_depth(self) -> None:
        model = Model.from_dict(FULL)
        before = model.to_dict()
        touched = 0
        for path, part in parts(model):
            if isinstance(part, Record):
                for name in (*part._fields, "something_new", "__class__", "_fields"):
                    with pytest.raises(AttributeError, match="cannot be changed"):
                        setattr(part, name, 1)
                    with pytest.raises(AttributeError):
                        delattr(part, name)
                vars(part).update(dict.fromkeys(part._fields, 1), something_new=1)
                touched += 1
            elif isinstance(part, dict):
                assert type(part) is FrozenDict, path
                touched += 1
            else:
                hash(part)  # neither a list nor anything else that can change
        assert touched >= 12
        assert model.to_dict() == before

    @pytest.mark.parametrize(
        "write",
        [
            lambda d: operator.setitem(d, "npm", 1),
            lambda d: operator.setitem(d, "new", 1),
            lambda d: operator.delitem(d, "npm"),
            lambda d: operator.ior(d, {"new": 1}),
            lambda d: d.update(new=1),
            lambda d: d.setdefault("new", 1),
            lambda d: d.setdefault("npm", 1),
            lambda d: d.pop("npm"),
            lambda d: d.popitem(),
            lambda d: d.clear(),
            lambda d: d.__init__(new=1),
        ],
    )
    def test_a_frozen_dict_refuses_every_writer(self, write: Any) -> None:
        extra = Model.from_dict(FULL).extra
        before = dict(extra)
        for target in (extra, extra["interleaved"]):
            with contextlib.suppress(TypeError):
                write(target)
        assert extra == before == FULL["extra"] | {"interleaved": extra["interleaved"]}
        assert thaw(extra) == FULL["extra"]

    def test_making_it_again_changes_nothing(self) -> None:
        model = Model.from_dict(FULL)
        for _, part in parts(model):
            if isinstance(part, Record):
                for name in part._fields:
                    part.__init__(**{name: 1})  # type: ignore[misc]
        assert model == Model.from_dict(FULL)

    def test_what_it_was_built_from_may_change_later(self) -> None:
        data = copy.deepcopy(FULL)
        by_dict, by_name = Model.from_dict(data), Model(**data)
        data["extra"]["interleaved"]["list"].append(3)
        data["cost"]["tiers"][0]["input"] = 99
        data["tags"].append("x")
        assert by_dict.to_dict()["extra"] == by_name.to_dict()["extra"] == FULL["extra"]
        assert by_dict.cost.tiers[0].input == by_name.cost.tiers[0].input == 2
        assert by_dict.tags == by_name.tags == ("new",)

    def test_what_to_dict_gives_is_the_callers(self) -> None:
        model = Model.from_dict(FULL)
        data = model.to_dict()
        data["extra"]["interleaved"]["list"][1]["deep"].append(1)
        data["capabilities"]["chat"] = False
        assert model.to_dict() != data
        assert model == Model.from_dict(FULL)

    def test_copies_are_the_record_itself(self) -> None:
        model = Model.from_dict(FULL)
        assert copy.copy(model) is model
        assert copy.deepcopy({"m": model})["m"] is model
        assert copy.deepcopy(model.extra) is model.extra


class TestKeys:
    """A model's key is a tuple of two with names, as `NamedTuple` makes them."""

    def test_is_a_pair(self) -> None:
        key = ModelKey("alpha", "one")
        assert key == ("alpha", "one") == (key.provider, key.id)
        assert eval(repr(key), {"ModelKey": ModelKey}) == key
        assert ModelKey._make(["alpha", "one"]) == key
        assert key._asdict() == {"provider": "alpha", "id": "one"}
        assert key._replace(id="two") == ModelKey("alpha", "two")

    @pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
    def test_stays_one_when_copied(self, protocol: int) -> None:
        key = ModelKey("alpha", "one")
        for again in (copy.copy(key), copy.deepcopy(key), pickle.loads(pickle.dumps(key, protocol))):
            assert (type(again), again) == (ModelKey, key)


class TestTyped:
    """A record has its fields and no others; None or empty is unknown."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_fields_and_defaults(self, kind: type[Record]) -> None:
        record = kind.from_dict({})
        assert record.to_dict() == {
            name: thaw(default) for name, default in defaults(kind).items() if thaw(default) not in (None, [], {})
        }
        assert repr(record) == f"{kind.__name__}()"
        assert vars(record) == defaults(kind)

    @pytest.mark.parametrize("kind", KINDS)
    def test_an_unknown_name_is_an_error(self, kind: type[Record]) -> None:
        with pytest.raises(TypeError, match=f"{kind.__name__} has no field 'contxt'"):
            kind(contxt=1)
        assert kind.from_dict({"contxt": 1}) == kind.from_dict({})

    def test_a_null_is_a_gap(self) -> None:
        nulls = dict.fromkeys(Model._fields)
        assert Model.from_dict(nulls) == Model.from_dict({})

    def test_nested_records_may_be_given_as_records(self) -> None:
        limits = llm_models.Limits(context=8000, output=1000)
        model = Model(id="one", provider="alpha", provider_model_id="one", limits=limits)
        assert model.limits == limits
        assert model.limits.context == 8000

    def test_repr_shows_what_is_known(self) -> None:
        assert repr(llm_models.Limits(context=8)) == "Limits(context=8)"
        assert repr(Model.from_dict(FULL)).startswith("Model(id='one', provider='alpha', provider_model_id='one-2026'")
        assert "deprecated" not in repr(Model.from_dict(FULL))
        tier = llm_models.CostTier(context_over=1, input=0)
        assert eval(repr(tier), {"CostTier": llm_models.CostTier}) == tier

    def test_kinds_are_not_mixed_up(self) -> None:
        assert llm_models.Tools() != llm_models.Json()
        assert llm_models.Limits(context=1) != {"context": 1}
        assert llm_models.Limits(context=1) == llm_models.Limits(context=1)
        assert llm_models.Limits(context=1) != llm_models.Limits(context=2)

    def test_pattern_matching_by_name(self) -> None:
        match Model.from_dict(FULL):
            case Model(id=name, limits=llm_models.Limits(context=size)):
                assert (name, size) == ("one", 8000)
            case _:
                pytest.fail("no match")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


class TestFreezeAndThaw:
    @settings(max_examples=60, deadline=None)
    @given(PLAIN)
    def test_thaw_undoes_freeze(self, value: Any) -> None:
        frozen = freeze(value)
        assert {type(part) for _, part in parts(frozen)} <= {*SCALARS, tuple, FrozenDict}
        assert thaw(frozen) == value
        assert hash(frozen) == hash(freeze(copy.deepcopy(value)))
        assert pickle.loads(pickle.dumps(frozen)) == frozen

    @settings(max_examples=60, deadline=None)
    @given(st.dictionaries(st.text(max_size=3), PLAIN, max_size=3))
    def test_extra_survives_in_a_record(self, extra: dict[str, Any]) -> None:
        provider = Provider.from_dict({"id": "alpha", "extra": extra})
        assert provider.extra == freeze(extra)
        assert Provider.from_dict(provider.to_dict()) == provider

    def test_a_frozen_dict_reads_as_a_dict(self) -> None:
        frozen = freeze({"a": [1, {"b": 2}]})
        assert frozen == {"a": (1, {"b": 2})}
        assert json.loads(json.dumps(frozen)) == {"a": [1, {"b": 2}]}
        assert frozen | {"c": 3} == {"a": (1, {"b": 2}), "c": 3}
        assert dict(frozen) is not frozen


class TestSetOf:
    """`set_of` makes a capability set from plain data: that of the record, without making it."""

    def test_of_all_packaged_models(self) -> None:
        file = SnapshotFile.open(PACKAGED_SNAPSHOT)
        seen = set()
        for provider in file.blocks:
            block = file.block(provider)
            for line, bits in zip(block.models(), block.bits, strict=True):
                data = effective(line, provider)
                stated, deprecated = data.get("capabilities", {}), data.get("deprecated", False)
                made = records.capability_bits(records.Capabilities.from_dict(stated), stated, deprecated)
                assert capability_sets.set_of(stated, deprecated) == made == bits
                seen.add(bits)
        assert len(seen) > 100

    @pytest.mark.parametrize(
        "stated",
        [
            {},
            {"chat": False, "temperature": False, "embeddings": True},
            {"chat": None, "streaming": {"text": None, "tool_calls": True}},
            {"reasoning": {"enabled": True, "efforts": ["low"], "token_budget": 5}, "tools": {}},
            {"flying": True, "tools": {"flying": True, "enabled": False}},
        ],
    )
    def test_of_data_that_no_packaged_model_has(self, stated: dict[str, Any]) -> None:
        """Defaults that are denied, values of None, fields that are no flags, and flags of another version."""
        for deprecated in (False, True):
            made = records.capability_bits(records.Capabilities.from_dict(stated), stated, deprecated)
            assert capability_sets.set_of(stated, deprecated) == made


def test_a_model_and_a_provider_are_shown_by_their_names(packaged: llm_models.Snapshot) -> None:
    """People see them as the default of an option, or in a message. `repr` still has all fields."""
    for provider in packaged.list_providers():
        record = packaged.get_provider(provider)
        assert (str(record), f"{record}") == (provider, provider)
    for model in packaged.list_models("openai"):
        assert (str(model), packaged.resolve(str(model))) == (model.spec, model)
        assert repr(model).startswith("Model(")
