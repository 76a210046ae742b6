"""The merger's laws, told of made-up layers and rules that have nothing to do with language models."""

from __future__ import annotations

from typing import Any

import pytest
from glom import Auto, Fill, T, glom
from hypothesis import given
from hypothesis import strategies as st
from support.command import python

from llm_models import rules as specs
from llm_models.layers import RECORD_RULES, SETTINGS_RULES
from llm_models.merge import OMIT, Layered, Merged, merge, nest

RULES = {("tags",): "UNITE", ("*", "tags"): "UNITE", ("whole",): "LAST"}

KEYS = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(st.integers(-3, 3), st.booleans(), st.text("xy", max_size=2))
LISTS = st.lists(st.integers(0, 3), max_size=3)
LEAVES = st.one_of(SCALARS, LISTS, st.lists(st.dictionaries(KEYS, SCALARS, max_size=2), max_size=2))


def layers_of(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps up to three levels deep, with lists to unite, and a map that counts as one value."""
    inner = st.dictionaries(KEYS, leaves | st.dictionaries(KEYS, leaves, max_size=3), max_size=3)
    ruled = st.fixed_dictionaries({}, optional={"tags": LISTS})
    return st.builds(
        lambda *maps: {key: value for one in maps for key, value in one.items()},
        st.dictionaries(KEYS, leaves | st.builds(lambda *maps: maps[0] | maps[1], inner, ruled), max_size=3),
        ruled,
        st.fixed_dictionaries({}, optional={"whole": st.dictionaries(KEYS, LISTS, min_size=1, max_size=2)}),
    )


STATED = layers_of(LEAVES)
"""Layers that only state."""
ANY = layers_of(LEAVES | st.just(OMIT))
"""Layers that also omit."""


def merged(*layers: dict[str, Any], rules: Any = RULES) -> dict[str, Any]:
    """What unnamed layers make together."""
    return merge([Layered(layer) for layer in layers], rules).values


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every path of a map to what is no map, or to what a rule takes as one value."""
    if not isinstance(value, dict) or path == ("whole",):
        return {path: value}
    return {inner: leaf for key, item in value.items() for inner, leaf in leaves(item, (*path, key)).items()}


def at(value: Any, path: tuple[str, ...], nothing: Any = OMIT) -> Any:
    """What stands at a path; `nothing` where nothing does."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return nothing
        value = value[key]
    return value


def origins(made: Merged) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """The origins as plain data."""
    return {path: (origin.layer, origin.location, origin.replaced) for path, origin in made.origins.items()}


def hollow(value: Any) -> bool:
    """Whether nothing is said: a map without a value in it."""
    return value is OMIT or (isinstance(value, dict) and all(hollow(item) for item in value.values()))


class TestLaws:
    @given(ANY, STATED)
    def test_a_stronger_scalar_wins(self, weaker: dict[str, Any], stronger: dict[str, Any]) -> None:
        result = merged(weaker, stronger)
        for path, value in leaves(stronger).items():
            if path[-1:] != ("tags",) and not hollow(value):
                assert at(result, path) == value
                assert type(at(result, path)) is type(value)

    @given(STATED, ANY)
    def test_absent_changes_nothing(self, weaker: dict[str, Any], stronger: dict[str, Any]) -> None:
        """Whatever the stronger layer says nothing of, at any depth, stays."""
        result = merged(weaker, stronger)
        for path in leaves(weaker):
            above = [at(stronger, path[:length], None) for length in range(1, len(path))]
            there = at(stronger, path, {})
            if all(one is None or isinstance(one, dict) for one in above) and there is not OMIT and hollow(there):
                assert at(result, path) == at(merged(weaker), path)

    @given(STATED, STATED)
    def test_maps_merge_deeply(self, weaker: dict[str, Any], stronger: dict[str, Any]) -> None:
        """A field that both have as a map is the merge of the two maps."""
        result = merged({"a": weaker}, {"a": stronger}, rules={})
        assert result.get("a", {}) == merged(weaker, stronger, rules={})

    @given(st.lists(LISTS, min_size=1, max_size=4))
    def test_lists_under_a_rule_unite_in_order_without_repeats(self, lists: list[list[int]]) -> None:
        expected = list(dict.fromkeys([item for one in lists for item in one]))
        assert merged(*[{"tags": one} for one in lists]) == {"tags": expected}
        assert merged(*[{"a": {"tags": one}} for one in lists]) == {"a": {"tags": expected}}

    @given(LISTS, LISTS)
    def test_other_lists_are_replaced(self, weaker: list[int], stronger: list[int]) -> None:
        assert merged({"a": weaker}, {"a": stronger}) == {"a": stronger}

    @given(STATED, ANY, st.lists(KEYS, min_size=1, max_size=3).map(tuple))
    def test_omit_removes_whatever_weaker_layers_say(
        self, weakest: dict[str, Any], weaker: dict[str, Any], path: tuple[str, ...]
    ) -> None:
        below = merged(weakest, weaker)
        result = merged(weakest, weaker, nest(path, OMIT))
        assert at(result, path) is OMIT
        for other, value in leaves(below).items():
            if other[: len(path)] != path:
                assert at(result, other) == value

    @given(STATED, st.lists(KEYS, min_size=1, max_size=3).map(tuple), st.integers())
    def test_what_is_omitted_can_be_stated_again(
        self, weaker: dict[str, Any], path: tuple[str, ...], value: int
    ) -> None:
        assert at(merged(weaker, nest(path, OMIT), nest(path, value)), path) == value

    def test_omit_of_what_lies_under_a_plain_value_removes_nothing(self) -> None:
        assert merged({"a": 5}, {"a": {"b": OMIT}}) == {"a": 5}
        assert merged({"a": 5}, {"a": {}}) == {"a": 5}

    @given(st.lists(ANY, min_size=1, max_size=4))
    def test_a_map_without_a_value_in_it_is_left_out(self, layers: list[dict[str, Any]]) -> None:
        def check(value: dict[str, Any]) -> None:
            for key, item in value.items():
                assert not hollow(item)
                if isinstance(item, dict) and key != "whole":
                    check(item)

        check(merged(*layers))

    @given(st.lists(ANY, max_size=4), st.integers(0, 4))
    def test_an_empty_layer_is_neutral(self, layers: list[dict[str, Any]], place: int) -> None:
        assert merged(*layers[:place], {}, *layers[place:]) == merged(*layers)

    @given(st.lists(ANY, min_size=1, max_size=5))
    def test_at_once_equals_folding_from_the_weakest(self, layers: list[dict[str, Any]]) -> None:
        folded: dict[str, Any] = {}
        for layer in layers:
            folded = merged(folded, layer)
        assert merged(*layers) == folded

    @given(st.lists(ANY, min_size=1, max_size=4))
    def test_no_layer_is_changed_and_nothing_is_shared(self, layers: list[dict[str, Any]]) -> None:
        before = repr(layers)
        result = merge([Layered(layer, str(place)) for place, layer in enumerate(layers)], RULES)
        _spoil(result.values)
        for origin in result.origins.values():
            _spoil(origin.replaced)
        assert repr(layers) == before


def _spoil(value: Any) -> None:
    """Write into everything that can be written into."""
    if isinstance(value, dict):
        for item in list(value.values()):
            _spoil(item)
        value["spoiled"] = True
    elif isinstance(value, list):
        for item in value:
            _spoil(item)
        value.append("spoiled")


class TestOrigins:
    """Recorded in the pass that merges: who set or removed each leaf, where, and what weaker layers said."""

    @given(st.lists(ANY, min_size=1, max_size=4))
    def test_each_leaf_names_the_strongest_layer_that_speaks_of_it(self, layers: list[dict[str, Any]]) -> None:
        made = merge([Layered(layer, f"layer {place}") for place, layer in enumerate(layers)], RULES)
        for path, value in leaves(made.values).items():
            origin = made.origins[path]
            place = int(origin.layer.removeprefix("layer "))
            below = merged(*layers[:place])
            assert at(merged(*layers[: place + 1]), path) == value
            assert origin.replaced == (None if at(below, path) is OMIT else at(below, path))
            assert all(at(merged(*layers[:later]), path) == value for later in range(place + 1, len(layers)))

    @given(st.lists(ANY, min_size=1, max_size=4))
    def test_nothing_else_has_one_but_what_was_removed(self, layers: list[dict[str, Any]]) -> None:
        made = merge([Layered(layer, str(place)) for place, layer in enumerate(layers)], RULES)
        stated = leaves(made.values)
        for path, origin in made.origins.items():
            if path not in stated:
                assert at(made.values, path) is OMIT
                assert any(at(merged(*layers[:count]), path) == origin.replaced for count in range(1, len(layers)))

    @given(STATED, st.lists(KEYS, min_size=1, max_size=2).map(tuple))
    def test_an_omitted_map_is_removed_leaf_by_leaf(self, ground: dict[str, Any], path: tuple[str, ...]) -> None:
        made = merge([Layered(ground), Layered(nest(path, OMIT), "mine", lambda _: "file:1")], RULES)
        gone = {leaf: value for leaf, value in leaves(merged(ground)).items() if leaf[: len(path)] == path}
        assert origins(made) == {leaf: ("mine", "file:1", value) for leaf, value in gone.items()}

    @given(STATED, STATED)
    def test_of_the_ground_none_is_recorded(self, ground: dict[str, Any], stronger: dict[str, Any]) -> None:
        made = merge([Layered(ground), Layered(stronger, "mine", ".".join)], RULES)
        assert {origin.layer for origin in made.origins.values()} <= {"mine"}
        assert set(made.origins) == {path for path, value in leaves(merged(stronger)).items() if value != {}}
        assert all(origin.location == ".".join(path) for path, origin in made.origins.items())

    def test_parts_of_one_layer_count_as_one(self) -> None:
        """What a layer omits and then states again replaces what the layers below say, not its own omission."""
        parts = [Layered({"a": {"b": 1, "c": 2}}), Layered({"a": OMIT}, "mine"), Layered({"a": {"b": 3}}, "mine")]
        made = merge(parts, {})
        assert made.values == {"a": {"b": 3}}
        assert origins(made) == {("a", "b"): ("mine", None, 1), ("a", "c"): ("mine", None, 2)}

    def test_many_layers_are_no_deep_recursion(self) -> None:
        made = merge([Layered({"a": {"b": number}}, str(number)) for number in range(3000)], {})
        assert origins(made) == {("a", "b"): ("2999", None, 2998)}


class TestRules:
    """Rules are data: glom specs, or their names, over the (value, layer) pairs of one field, by path."""

    def test_any_subject_will_do(self) -> None:
        """A recipe, with rules of its own: the largest amount wins, the first author stays, steps are added up."""
        largest = (lambda pairs: max(pairs, key=lambda pair: pair[0]),)
        first = T[0]
        joined = Fill((Auto((T, lambda pairs: [step for pair in pairs for step in pair[0]])), T[-1][1]))
        rules = {("amounts", "*"): largest, ("author",): first, ("steps",): joined}
        grandmother = {"author": "her", "amounts": {"flour": 500, "salt": 5}, "steps": ["knead"], "oven": {"C": 220}}
        mine = {"author": "me", "amounts": {"flour": 400, "salt": 9}, "steps": ["rest", "bake"], "oven": {"fan": True}}
        made = merge([Layered(grandmother, "hers"), Layered(mine, "mine")], rules)
        assert made.values == {
            "author": "her",
            "amounts": {"flour": 500, "salt": 9},
            "steps": ["knead", "rest", "bake"],
            "oven": {"C": 220, "fan": True},
        }
        layers = {".".join(path): origin.layer for path, origin in made.origins.items()}
        assert layers == {
            "author": "hers",
            "amounts.flour": "hers",
            "amounts.salt": "mine",
            "steps": "mine",
            "oven.C": "hers",
            "oven.fan": "mine",
        }

    def test_a_map_under_a_rule_is_one_value(self) -> None:
        assert merged({"whole": {"a": [1]}}, {"whole": {"b": [2]}}) == {"whole": {"b": [2]}}

    @pytest.mark.parametrize(("path", "unites"), [("a.tags", True), ("tags", True), ("a.b.tags", False)])
    def test_a_star_stands_for_one_key(self, path: str, unites: bool) -> None:
        layers = [nest(tuple(path.split(".")), [number]) for number in (1, 2)]
        assert at(merged(*layers), tuple(path.split("."))) == ([1, 2] if unites else [2])

    @given(st.lists(st.dictionaries(st.sampled_from(["p", "q"]), st.lists(st.sampled_from("xyz"))), max_size=4))
    def test_exclude_and_deny_unite_over_layers(self, sections: list[dict[str, list[str]]]) -> None:
        """Provider by provider: a stronger layer only adds."""
        for name in ("exclude", "deny"):
            made = merged(*[{name: section} for section in sections], rules=SETTINGS_RULES).get(name, {})
            for section in sections:
                for provider, patterns in section.items():
                    assert set(made[provider]) >= set(patterns)
            said = {(p, pattern) for section in sections for p, patterns in section.items() for pattern in patterns}
            assert {(p, pattern) for p, patterns in made.items() for pattern in patterns} == said
            assert all(len(set(patterns)) == len(patterns) for patterns in made.values())

    @given(st.lists(st.just("all") | st.dictionaries(KEYS, LISTS, min_size=1, max_size=2), min_size=1, max_size=3))
    def test_allow_and_prefer_are_replaced_whole(self, values: list[Any]) -> None:
        assert merged(*[{"allow": value} for value in values], rules=SETTINGS_RULES) == {"allow": values[-1]}
        assert merged({"prefer": ["a"]}, {"prefer": ["b"]}, {}, rules=SETTINGS_RULES) == {"prefer": ["b"]}

    def test_the_tables_name_rules(self) -> None:
        named = {*RECORD_RULES.values(), *SETTINGS_RULES.values()}
        assert named == {"LAST", "UNITE"}

    @given(st.sampled_from(["LAST", "UNITE"]), st.lists(st.integers(0, 9), unique=True))
    def test_a_rule_returns_a_single_list_unchanged(self, name: str, value: list[int]) -> None:
        """So the merger applies none to it, and does not import glom."""
        pair = (value, Layered({}))
        assert glom([pair], getattr(specs, name)) == pair

    @given(st.sampled_from(["LAST", "UNITE"]), st.lists(LISTS, min_size=1, max_size=3))
    def test_the_result_is_that_of_the_rule(self, name: str, lists: list[list[int]]) -> None:
        """One list or several, with and without duplicates."""
        layers = [Layered({"a": one}, str(index)) for index, one in enumerate(lists)]
        value, layer = glom([(one.values["a"], one) for one in layers], getattr(specs, name))
        made = merge(layers, {("a",): name})
        assert (made.values["a"], made.origins["a",].layer) == (value, layer.layer)

    @given(st.lists(LISTS, min_size=2, max_size=3), st.lists(LISTS, max_size=1))
    def test_parts_of_one_layer_are_joined_as_the_rule_does(
        self, parts: list[list[int]], base: list[list[int]]
    ) -> None:
        layers = [*(Layered({"a": one}) for one in base), *(Layered({"a": one}, "mine") for one in parts)]
        value, layer = glom([(one.values["a"], one) for one in layers], specs.UNITE)
        made = merge(layers, {("a",): "UNITE"})
        assert (made.values["a"], layer.layer) == (value, "mine")

    @pytest.mark.parametrize(
        ("layers", "needed"),
        [
            ([{"tags": ["x"], "whole": {"a": 1}}, {"b": 1}], False),
            ([{"tags": ["x"]}, {"tags": OMIT}, {"whole": {"a": 1}}], False),
            ([{"tags": ["x", "x"]}], True),
            ([{"tags": ["x"]}, {"tags": ["y"]}], True),
        ],
    )
    def test_glom_is_imported_only_where_a_rule_has_something_to_do(self, layers: list[Any], needed: bool) -> None:
        code = (
            "import sys\nfrom llm_models.merge import OMIT, Layered, merge\n"
            f"merge([Layered(one) for one in {layers!r}], {RULES!r})\nprint('glom' in sys.modules)"
        )
        assert python(code).out.strip() == str(needed)


def test_an_empty_map_after_an_omit_keeps_its_origin() -> None:
    """The map states nothing, so what is gone is gone because of the layer that omits it."""
    merged = merge([Layered({"a": 1}), Layered({"a": OMIT}, "one"), Layered({"a": {}}, "two")], {})
    assert merged.values == {}
    assert merged.origins == {("a",): ("one", None, 1)}


def test_items_without_a_hash_stay_as_they_are() -> None:
    """A schema refuses them, with their place."""
    layers = [Layered({"a": [{"x": 1}, {"x": 1}]})]
    assert merge(layers, {("a",): "UNITE"}).values == {"a": [{"x": 1}, {"x": 1}]}


def test_a_map_that_one_layer_alone_states_keeps_what_states_something() -> None:
    """What it omits, and maps in it that are empty, are left out."""
    values = {"a": {"b": OMIT, "c": {}, "d": {"e": OMIT}, "f": 1}}
    assert merge([Layered(values)], {}).values == {"a": {"f": 1}}
    assert merge([Layered({"a": 1}, "one"), Layered(values, "two")], {}).values == {"a": {"f": 1}}
