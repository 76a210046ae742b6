"""Origins: paths are tuples from end to end, so no key can hide another field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from support.catalogues import from_records, layered, made_up

import llm_models
from llm_models.errors import dotted, split_dotted
from llm_models.origins import key_of, leaves, path_of, weaker
from llm_models.snapshot import Snapshot

KEYS = ["", ".", "a", "b", "a.b", "provider", "api", "provider.api", '"', "'", '"a"', "[", "]", "[0]", '["a","b"]', "é"]
keys = st.sampled_from(KEYS) | st.text(st.characters(codec="utf-8", categories=["L", "P"]), max_size=3)
plain = st.integers(0, 2) | st.sampled_from(["x", None, True]) | st.lists(st.integers(0, 1), max_size=2)
nested = st.dictionaries(keys, st.recursive(plain, lambda inner: st.dictionaries(keys, inner, max_size=3)), max_size=3)
solid = st.dictionaries(
    keys, st.recursive(st.integers(1, 3), lambda inner: st.dictionaries(keys, inner, min_size=1, max_size=3)),
    min_size=1, max_size=3,
)  # fmt: skip
many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
ALIKE = {"provider": {"api": 1}, "provider.api": 2, '"provider"': {"api": 3}, "": {"": 1}}


def rebuilt(stated: list[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for path, value in stated:
        inner = whole
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        assert path[-1] not in inner, "no path is twice"
        inner[path[-1]] = value
    return whole


class TestLaws:
    @given(nested)
    @example(ALIKE)
    @many
    def test_leaves_are_the_whole_data(self, data: dict[str, Any]) -> None:
        stated = [*leaves(data)]
        assert rebuilt(stated) == data
        assert len({key_of(path) for path, _ in stated}) == len({dotted(path) for path, _ in stated}) == len(stated)
        for path, _ in stated:
            assert path_of(key_of(path)) == split_dotted(dotted(path)) == path

    @given(nested, nested)
    @many
    def test_what_a_layer_replaced_is_given_back_by_path(self, below: dict[str, Any], above: dict[str, Any]) -> None:
        old, new = dict(leaves(below)), dict(leaves(above))
        origins: dict[Any, Any] = {path: {"layer": "x", "replaced": old[path]} for path in new if path in old}
        origins |= {path: {"layer": "x"} for path in new if path not in old}
        assert weaker({**old, **new}, origins, "x") == old

    def test_a_map_that_a_layer_replaced_is_given_back_as_leaves(self) -> None:
        origins: dict[Any, Any] = {("a",): {"layer": "x", "replaced": {"b": 1, "": {".": 2}}}}
        assert weaker({("a",): 0}, origins, "x") == {("a", "b"): 1, ("a", "", "."): 2}


class TestCatalogues:
    """The same in files: each path is a change of its own in a diff, and has an origin of its own."""

    @given(solid, solid)
    @example({"provider": {"api": 1}}, {"provider": {"api": 2}, "provider.api": 1})
    @many
    def test_a_diff_has_a_line_for_each_path(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        one, two = (Snapshot(from_records({"p": {"m": {"extra": extra}}})) for extra in (old, new))
        before, after = dict(leaves({"extra": old})), dict(leaves({"extra": new}))
        changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        difference = llm_models.diff(one, two).changes
        assert {(one.field, one.old, one.new) for one in difference} == {
            (dotted(path), before.get(path), after.get(path)) for path in changed
        }

    @pytest.mark.whole
    @given(solid, solid)
    @example({"provider": {"api": 1}}, {"provider.api": 2})
    @many
    def test_explain_names_the_layer_of_each_path(self, source: dict[str, Any], ours: dict[str, Any]) -> None:
        stated = {"models": [{"provider": "p", "id": "m", "extra": ours}]}
        snapshot = Snapshot(layered(made_up({"p": {"m": {"extra": source}}}), stated))
        served = dict(leaves({"extra": snapshot.get_model("p", "m").to_dict()["extra"]}))
        below, above = dict(leaves({"extra": source})), dict(leaves({"extra": ours}))
        assume(
            not any(one != two and one == two[: len(one)] for one in {**below, **above} for two in {**below, **above})
        )
        for path, value in served.items():
            (field,) = snapshot.explain("p:m", dotted(path)).fields
            assert (field.field, field.value) == (dotted(path), value)
            assert (field.layer == "layer 0") is (path in above)
            assert field.replaced == (below.get(path) if path in above else None)


def test_an_excluded_model_has_no_origins_any_more(packaged: Snapshot) -> None:
    before = packaged.file.tail()
    spec = next(spec for spec in before["models"] if spec.startswith("openai:"))
    provider, _, model_id = spec.partition(":")
    excluding = llm_models.load(config=None, overrides={"exclude": {provider: [model_id]}}, publish=False)
    after = excluding.file.tail()
    assert spec not in before["removed"]
    assert spec in after["removed"]
    assert {*before["models"]} - {*after["models"]} == {spec}
