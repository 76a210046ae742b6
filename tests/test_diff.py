"""Diff: what changed between any two catalogues, nothing missed and nothing made up; as a function and a command."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.catalogues import catalogue, made_up, model, numbered, provider
from support.command import STATE, facts, fine, here

import llm_models
from llm_models import Snapshot, paths
from llm_models.differences import KINDS, Change, Diff, Renamed

pytestmark = pytest.mark.usefixtures("without_history")

ROW = ("spec", "field", "kind", "old", "new")


def snapshot(catalogue: dict[str, dict[str, dict[str, Any]]]) -> Snapshot:
    return Snapshot(made_up(catalogue))


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The changes of one model, without its name."""
    found = llm_models.diff(snapshot({"p": {"m": old}}), snapshot({"p": {"m": new}}))
    assert found[:4] == ((), (), (), ())
    assert {one.spec for one in found.changes} <= {"p:m"}
    return [tuple(one)[1:] for one in found.changes]


class TestFunction:
    def test_what_came_and_went(self) -> None:
        old = snapshot({"a": {"x": {}, "y": {}}, "b": {"z": {}}})
        new = snapshot({"a": {"x": {}, "w": {}}, "c": {"z": {}}})
        found = llm_models.diff(old, new)
        assert found == Diff(("c",), ("b",), ("a:w", "c:z"), ("a:y", "b:z"), ())
        assert found
        assert not llm_models.diff(old, old)

    def test_another_spelling_is_a_rename(self) -> None:
        """It stays among the removed and the added. One that was there before, or at another provider, is none."""
        before = ["GPT-7", "a-1", "v/b", "w/c", "w/d", "d", "e"]
        after = ["gpt-7", "a.1", "b", "x/c", "y/c", "d", "F"]
        old = snapshot({"p": {name: {} for name in before}, "q": {"f": {}}})
        new = snapshot({"p": {name: {} for name in after}, "r": {"e": {}}})
        found = llm_models.diff(old, new)
        assert found.renamed == (
            Renamed("p:GPT-7", "p:gpt-7", "case"),
            Renamed("p:a-1", "p:a.1", "punctuation"),
            Renamed("p:v/b", "p:b", "vendor prefix"),
        )
        assert {one.old for one in found.renamed} <= {*found.models_removed}
        assert {one.new for one in found.renamed} <= {*found.models_added}
        assert found.to_dict()["renamed"][0] == {"old": "p:GPT-7", "new": "p:gpt-7", "rule": "case"}
        assert found.only(lambda name: name == "p:a-1").renamed == found.renamed[1:2]
        assert llm_models.diff(old, old).renamed == ()

    @pytest.mark.parametrize(
        ("old", "new", "row"),
        [
            ({"cost": {"input": 2}}, {"cost": {"input": 3}}, ("cost.input", "price", 2, 3)),
            ({"limits": {"context": 9}}, {"limits": {"context": 8}}, ("limits.context", "limit", 9, 8)),
            (
                {"capabilities": {"tools": {"enabled": True}}},
                {},
                ("capabilities.tools.enabled", "capability", True, False),
            ),
            (
                {"modalities": {"input": ["text"], "output": ["text"]}},
                {"modalities": {"input": ["text", "pdf"], "output": ["text"]}},
                ("modalities.input", "capability", ["text"], ["text", "pdf"]),
            ),
            ({}, {"status": "beta"}, ("status", "status", None, "beta")),
            ({"knowledge": "2024-01"}, {}, ("knowledge", "other", "2024-01", None)),
            ({"extra": {"npm": "x"}}, {"extra": {"npm": "y"}}, ("extra.npm", "other", "x", "y")),
            ({"extra": {"n": 1}}, {"extra": {"n": True}}, ("extra.n", "other", 1, True)),
        ],
    )
    def test_each_field_with_its_kind(self, old: dict[str, Any], new: dict[str, Any], row: tuple[Any, ...]) -> None:
        field, kind, before, after = row
        assert changes(old, new) == [(field, kind, before, after)]
        assert changes(new, old) == [(field, kind, after, before)]
        assert kind in KINDS

    def test_a_deprecated_one_is_both_status_and_flag(self) -> None:
        assert changes({}, {"status": "deprecated"}) == [
            ("deprecated", "status", False, True),
            ("status", "status", None, "deprecated"),
        ]

    def test_a_default_that_somebody_states_is_no_change(self) -> None:
        assert changes({"capabilities": {"chat": True, "tools": {"enabled": False}}, "tags": []}, {}) == []

    @pytest.mark.parametrize(
        ("old", "new", "percent"),
        [(1, 1.5, 50.0), (2, 1, -50.0), (1, 0, -100.0), (0, 1, None), (None, 1, None), (1, None, None)],
    )
    def test_the_percentage_of_a_price(self, old: float | None, new: float | None, percent: float | None) -> None:
        change = Change("p:m", "cost.input", "price", old, new)
        assert change.percent == percent
        assert change.to_dict().get("percent") == percent
        assert Change("p:m", "limits.context", "limit", old, new).percent is None

    def test_prices_of_tiers_one_by_one(self) -> None:
        def tiered(**tiers: dict[str, float]) -> dict[str, Any]:
            return {"cost": {"tiers": [{"context_over": int(size[1:]), **cost} for size, cost in tiers.items()]}}

        old = tiered(_100={"input": 1, "output": 4}, _200={"input": 2})
        new = tiered(_100={"input": 1, "output": 5, "cache_read": 0}, _300={"input": 3})
        assert changes(old, new) == [
            ("cost.tiers[100].cache_read", "price", None, 0),
            ("cost.tiers[100].output", "price", 4, 5),
            ("cost.tiers[200].input", "price", 2, None),
            ("cost.tiers[300].input", "price", None, 3),
        ]
        found = llm_models.diff(snapshot({"p": {"m": old}}), snapshot({"p": {"m": new}}))
        assert [one.percent for one in found.changes] == [None, 25.0, None, None]
        twice = {"cost": {"tiers": [{"context_over": 100, "input": 1}, {"context_over": 100, "input": 2}]}}
        assert changes(twice, {}) == [("cost.tiers", "price", twice["cost"]["tiers"], None)]
        assert changes(tiered(_100={}), {}) == [("cost.tiers", "price", [{"context_over": 100}], None)]
        # A tier without a price cannot be told price by price, so that all of them are told as they stand.
        old, new = tiered(_100={"input": 1}, _200={}), tiered(_100={"input": 2})
        assert changes(old, new) == [("cost.tiers", "price", old["cost"]["tiers"], new["cost"]["tiers"])]
        mode = {"cost": {"modes": {"batch": {"tiers": [{"context_over": 100, "input": 1}]}}}}
        assert changes(mode, {}) == [("cost.modes.batch.tiers[100].input", "price", 1, None)]

    def test_what_is_only_called_tiers_is_no_price_of_a_tier(self) -> None:
        pro = {"cost": {"modes": {"pro": {"request": {"reasoning": {"tiers": [{}]}}}}}}
        assert changes({}, pro) == [("cost.modes.pro.request.reasoning.tiers", "other", None, [{}])]
        assert changes({}, {"cost": {"fees": {"tiers": 5}}}) == [("cost.fees.tiers", "price", None, 5)]

    def test_plain_data_is_grouped_by_kind_in_order(self) -> None:
        old = {"cost": {"input": 2}, "limits": {"context": 9}, "status": "beta", "knowledge": "2024-01"}
        new = {"cost": {"input": 3}, "capabilities": {"attachments": True}}
        plain = llm_models.diff(snapshot({"p": {"m": old}}), snapshot({"p": {"m": new}})).to_dict()
        assert list(plain["changes"]) == list(KINDS)
        row = dict(zip(ROW, ("p:m", "cost.input", "price", 2, 3), strict=True))
        assert plain["changes"]["price"] == [{**row, "percent": 50.0}]
        assert json.loads(json.dumps(plain)) == plain

    def test_filters_are_left_aside(self, packaged: Snapshot) -> None:
        denying = llm_models.load(config=None, deny={"openai": ["*"]}, publish=False)
        assert not llm_models.diff(packaged, denying)


# The law, over small catalogues

numbers = st.sampled_from([0, 1, 1.5, 10])
tier = st.fixed_dictionaries({}, optional={"input": numbers, "output": numbers})
tiers = st.dictionaries(st.sampled_from([100, 200]), tier, max_size=2).map(
    lambda by_size: [{"context_over": size, **by_size[size]} for size in sorted(by_size)]
)
leaf = st.one_of(st.booleans(), numbers, st.sampled_from(["x", "y"]), st.lists(numbers, max_size=2))
records = st.fixed_dictionaries(
    {},
    optional={
        "cost": st.fixed_dictionaries({}, optional={"input": numbers, "cache_read": numbers, "tiers": tiers}),
        "limits": st.fixed_dictionaries({}, optional={"context": st.sampled_from([1, 2])}),
        "capabilities": st.fixed_dictionaries(
            {},
            optional={
                "chat": st.booleans(),
                "tools": st.fixed_dictionaries({}, optional={"enabled": st.booleans()}),
                "reasoning": st.fixed_dictionaries(
                    {}, optional={"efforts": st.lists(st.sampled_from(["low", "high"]))}
                ),
            },
        ),
        "status": st.sampled_from(["beta", "deprecated"]),
        "family": st.sampled_from(["f", "g"]),
        "tags": st.lists(st.sampled_from(["a", "b"]), unique=True),
        "extra": st.dictionaries(st.sampled_from(["k", "l"]), st.one_of(leaf, st.dictionaries(st.just("in"), leaf))),
    },
)
catalogues = st.dictionaries(
    st.sampled_from(["p", "q", "r"]),
    st.dictionaries(st.sampled_from(["m", "n", "o:free"]), records, min_size=1, max_size=3),
    min_size=1,
    max_size=3,
).map(snapshot)
many = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def told(record: Any) -> dict[str, Any]:
    """Dotted path -> value of the leaves of `to_dict()`; each price of each tier is one, a tier without any another."""
    flat: dict[str, Any] = {}

    def walk(data: dict[str, Any], prefix: str) -> None:
        for key, value in data.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{key}.")
            else:
                flat[f"{prefix}{key}"] = value

    walk(record.to_dict(), "")
    return flat


def untiered(field: str, value: Any) -> dict[str, Any]:
    """A field as the diff names it: tiers price by price."""
    if field != "cost.tiers":
        return {field: value}
    return {f"{field}[{one['context_over']}].{key}": one[key] for one in value or () for key in one}


def same(one: Any, two: Any) -> bool:
    return bool(one == two and isinstance(one, bool) is isinstance(two, bool))


@pytest.mark.whole
class TestLaw:
    @given(catalogues)
    @many
    def test_nothing_changed_from_a_to_a(self, a: Snapshot) -> None:
        assert not llm_models.diff(a, a)
        assert not llm_models.diff(a, Snapshot(type(a.file)(a.file.data, "a copy")))

    @given(catalogues, catalogues)
    @many
    def test_back_is_the_mirror_of_forth(self, a: Snapshot, b: Snapshot) -> None:
        forth, back = llm_models.diff(a, b), llm_models.diff(b, a)
        assert back[:4] == (forth[1], forth[0], forth[3], forth[2])
        assert [one._replace(old=one.new, new=one.old) for one in back.changes] == list(forth.changes)
        assert list(forth.changes) == sorted(forth.changes, key=lambda one: (one.spec.partition(":"), one.field))
        assert all(x <= y for part in forth[:4] for x, y in pairwise(part))

    @given(catalogues, catalogues)
    @many
    def test_nothing_is_missed_and_nothing_made_up(self, a: Snapshot, b: Snapshot) -> None:
        found = llm_models.diff(a, b)
        before = {one.spec: one for one in a.list_models()}
        after = {one.spec: one for one in b.list_models()}
        assert set(found.models_added) == after.keys() - before.keys()
        assert set(found.models_removed) == before.keys() - after.keys()
        assert set(found.providers_added) == {*b.list_providers()} - {*a.list_providers()}
        assert set(found.providers_removed) == {*a.list_providers()} - {*b.list_providers()}
        expected: dict[tuple[str, str], tuple[Any, Any]] = {}
        for spec in before.keys() & after.keys():
            one, two = told(before[spec]), told(after[spec])
            for field in one.keys() | two.keys():
                if not same(one.get(field), two.get(field)):
                    expected[spec, field] = one.get(field), two.get(field)
        whole = {(one.spec, one.field.partition("[")[0]) for one in found.changes}
        assert whole == set(expected)
        for change in found.changes:
            old, new = expected[change.spec, change.field.partition("[")[0]]
            if "[" in change.field:
                old, new = (untiered("cost.tiers", side).get(change.field) for side in (old, new))
            assert (change.old, change.new) == (old, new)
            assert not same(old, new)
        listed = {(one.spec, one.field) for one in found.changes}
        for (spec, field), (old, new) in expected.items():
            if field == "cost.tiers" and (spec, field) not in listed:
                one, two = untiered(field, old), untiered(field, new)
                differ = {key for key in one.keys() | two.keys() if one.get(key) != two.get(key)}
                assert {key for key in differ if not key.endswith("context_over")} == {
                    key for name, key in listed if name == spec and key.startswith("cost.tiers[")
                }


OLD = catalogue(
    provider("acme", model("a"), model("b", cost={"input": 4, "output": 2}), model("c"), model("d"), model("e")),
    provider("bravo", model("x")),
)
NEW = catalogue(
    provider(
        "acme",
        model("a", limit={"context": 2000}, tool_call=True),
        model("b", cost={"input": 5, "output": 2}, status="deprecated"),
        model("n"),
        model("d"),
        model("e", name="\x1b]52;c;\u202e"),
        env=["NEW_KEY"],
    ),
    provider("charlie", model("x")),
)


class TestCommand:
    @pytest.fixture(autouse=True)
    def sources(self) -> None:
        Path("old.json").write_bytes(OLD)
        Path("new.json").write_bytes(NEW)

    def test_shows_what_came_what_went_and_what_changed_by_kind(self) -> None:
        lines = fine("diff", "old.json", "new.json").out.splitlines()
        assert lines[:8] == [
            "providers added: 1",
            "  charlie",
            "providers removed: 1",
            "  bravo",
            "models added: 2",
            "  acme:n",
            "  charlie:x",
            "models removed: 2",
        ]
        words = [line.split() for line in lines[8:]]
        assert ["price", "changed:", "1"] in words
        assert ["acme:b", "cost.input", "4", "5", "+25.0", "%"] in words
        assert ["acme:a", "limits.context", "1,000", "2,000"] in words
        assert ["acme:a", "capabilities.tools.enabled", "no", "yes"] in words
        assert ["acme:b", "deprecated", "no", "yes"] in words
        assert ["acme", "env", "ACME_KEY", "NEW_KEY"] in words
        kinds = [line.split()[0] for line in lines if " changed: " in line]
        assert kinds == ["price", "limit", "capability", "status", "other"]

    def test_a_rename_is_told_for_people_and_in_json(self) -> None:
        Path("old.json").write_bytes(catalogue(provider("acme", model("m"), model("GPT-7"))))
        Path("new.json").write_bytes(catalogue(provider("acme", model("m"), model("gpt-7"))))
        lines = fine("diff", "old.json", "new.json").out.splitlines()
        assert lines == [
            "models added: 1", "  acme:gpt-7", "models removed: 1", "  acme:GPT-7",
            "renamed, so both removed and added: 1", "  acme:GPT-7 is acme:gpt-7 now (other case)",
        ]  # fmt: skip
        for more in ([], ["--provider", "acme"]):
            told = facts("diff", "old.json", "new.json", *more)["renamed"]
            assert told == [{"old": "acme:GPT-7", "new": "acme:gpt-7", "rule": "case"}]

    def test_never_shows_a_terminal_what_it_could_obey(self) -> None:
        shown = fine("diff", "old.json", "new.json").out
        assert all(character.isprintable() or character == "\n" for character in shown)
        assert fine("diff", "old.json", "new.json", "--json").out.isascii()

    def test_json_is_what_the_function_says(self) -> None:
        for name in ("old", "new"):
            fine("activate", "--from", f"{name}.json", "--out", f"{name}.snapshot", "--force")
        old, new = (llm_models.load(config=None, snapshot=f"{n}.snapshot", publish=False) for n in ("old", "new"))
        plain = llm_models.diff(old, new).to_dict()
        assert facts("diff", "old.json", "new.json") == plain
        assert facts("diff", "old.snapshot", "new.json") == plain
        assert facts("diff", "old.snapshot", "new.snapshot") == plain
        assert facts("diff", "old.json", "new.snapshot") == plain

    def test_exit_code(self) -> None:
        assert here("diff", "old.json", "new.json").code == 0
        assert here("diff", "old.json", "new.json", "--exit-code").code == 1
        assert here("diff", "old.json", "new.json", "--exit-code", "--json").code == 1
        assert here("diff", "old.json", "old.json", "--exit-code") == (0, "", "no difference\n")
        assert here("diff", "old.json", "new.json", "--provider", "zulu", "--exit-code").code == 2

    def test_one_provider(self) -> None:
        found = facts("diff", "old.json", "new.json", "--provider", "Bravo")
        assert (found["providers_removed"], found["models_removed"]) == (["bravo"], ["bravo:x"])
        assert (found["models_added"], found["changes"]) == ([], {})
        told = here("diff", "old.json", "new.json", "--provider", "acmee")
        assert (told.code, told.out) == (2, "")
        assert told.err == "llm-models: unknown provider 'acmee'. Did you mean 'acme'?\n"

    @pytest.mark.parametrize(
        ("config", "specs"),
        [
            ('[[models]]\nprovider = "acme"\nid = "b"\ntags = ["x"]\n', {"acme:b", "acme"}),
            ('[[models]]\nprovider = "acme"\nmatch = "[ab]"\ntags = ["x"]\n', {"acme:a", "acme:b", "acme"}),
            ('[[models]]\nprovider = "acme"\nid = "a"\ntags = ["x"]\n', {"acme:a", "acme"}),
            ('[allow]\nacme = ["n", "c"]\n', {"acme:n", "acme:c", "acme"}),
            ('prefer = ["Charlie"]\n', {"charlie", "charlie:x"}),
            ('[[providers]]\nid = "bravo"\nname = "B"\n', {"bravo", "bravo:x"}),
            ('[exclude]\nacme = ["c"]\n', set()),
        ],
    )
    def test_only_what_is_used(self, config: str, specs: set[str]) -> None:
        Path("llm_models.toml").write_text(config)
        found = facts("diff", "old.json", "new.json", "--only-used")
        rows = {one["spec"] for kind in found.pop("changes").values() for one in kind}
        assert rows | {name for part in found.values() for name in part} == specs

    def test_only_used_without_a_configuration_says_so(self) -> None:
        told = fine("diff", "old.json", "new.json", "--only-used")
        assert told.out == ""
        assert told.lines[-1] == "note: there is no llm_models.toml here, so nothing counts as used"

    @pytest.mark.parametrize("name", ["none.json", "text.json", "."])
    def test_what_cannot_be_compared_is_named(self, name: str) -> None:
        Path("text.json").write_text("[1]")
        told = here("diff", "packaged", name)
        assert (told.code, told.out, len(told.lines)) == (1, "", 1)
        assert name in told.err

    def test_nothing_was_pulled(self) -> None:
        told = here("diff", "active", "pulled")
        assert (told.code, len(told.lines)) == (1, 1)
        assert "nothing was pulled yet. Run 'llm-models pull'" in told.err


class TestNames:
    """packaged, active and pulled; which are compared when nothing is said."""

    def fetch(self, source: bytes, *, activate: bool = False) -> None:
        Path("api.json").write_bytes(source)
        fine("pull", "--url", "api.json")
        if activate:
            fine("activate", "--from", "api.json", "--force")

    def counts(self, *names: str) -> tuple[int, int]:
        found = facts("diff", *names)
        return len(found["models_added"]), len(found["models_removed"])

    def test_alone_the_active_with_the_pulled(self) -> None:
        self.fetch(numbered(3), activate=True)
        self.fetch(numbered(5))
        assert self.counts() == (2, 0)
        assert self.counts("active", "pulled") == (2, 0)
        assert self.counts("active") == (2, 0)
        assert self.counts("pulled", "active") == self.counts("pulled") == (0, 2)
        assert self.counts("packaged") == self.counts("packaged", "active") == (3, 8337)

    def test_alone_the_packaged_with_the_active_where_nothing_was_pulled(self) -> None:
        assert self.counts() == (0, 0)
        Path("api.json").write_bytes(numbered(3))
        fine("activate", "--from", "api.json", "--force")
        assert self.counts() == (3, 8337)
        assert self.counts("active") == (8337, 3)

    def test_the_active_is_what_load_serves(self) -> None:
        """Whether or not `activate` was run since the last edit, and after an upgrade of the package."""
        config = Path("llm_models.toml")
        config.write_text('[exclude]\nopenai = ["o1*"]\n')
        merged = self.counts("packaged", "active")
        assert merged[1] > 0
        fine("activate")
        assert self.counts("packaged", "active") == merged
        config.write_text('[[models]]\nprovider = "openai"\nid = "mine"\nname = "Mine"\n')
        assert self.counts("packaged", "active") == (1, 0)
        config.unlink()
        assert self.counts("packaged", "active") == (0, 0)

    def test_what_an_application_says_is_no_change_of_the_data(self) -> None:
        """It is on both sides of active and pulled, and on neither of packaged and pulled."""
        config = '[[models]]\nprovider = "acme"\nid = "m1"\ncost.input = 50\n[exclude]\nacme = ["m2"]\n'
        Path("api.json").write_bytes(numbered(3))
        fine("activate", "--from", "api.json", "--force")
        Path("llm_models.toml").write_text(config)
        self.fetch(numbered(4))
        assert self.counts() == (1, 0)
        assert facts("diff")["changes"] == {}
        assert self.counts("active", "api.json") == (1, 0)
        assert self.counts("packaged", "pulled") == (4, 8337)
        fine("activate", "--from", "api.json", "--force")
        previous = str(Path(STATE) / "snapshot.previous.json")
        assert self.counts(previous, paths.PACKAGED_SNAPSHOT) == (8337, 3)


def test_a_configuration_that_leaves_no_model_is_an_error() -> None:
    """Otherwise everything would seem to be gone."""
    Path("llm_models.toml").write_text('[exclude]\n"*" = ["*"]\n', encoding="utf-8")
    told = here("diff", "packaged")
    assert (told.code, told.out) == (1, "")
    assert "exclude leaves no model" in told.err
