"""Outliers: values that are far from those of the same model at other providers."""

from __future__ import annotations

from statistics import median, median_high, median_low
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import catalogues
from support.catalogues import catalogue, model, provider
from support.command import facts, fine

from llm_models.groups import OTHERS, group_in
from llm_models.outliers import COMPARED, Outlier, farthest_first, outliers, outliers_in
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

    Record = tuple[str, dict[str, Any]]

numbers = st.sampled_from([None, 0, 0.1, 0.8, 1, 4, 8, 8.1, 100, 1e-6])
records = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.fixed_dictionaries({
            "id": st.sampled_from(["m", "n", "o", "p"]),
            "canonical": st.sampled_from([None, "x/m", "x/n"]),
            "limits": st.fixed_dictionaries({"context": st.sampled_from([None, 1000, 4000, 128000])}),
            "cost": st.fixed_dictionaries({"input": numbers, "output": numbers}),
        }),
    ),
    unique_by=lambda one: (one[0], one[1]["id"]),
)  # fmt: skip


def by_hand(some: list[Record]) -> dict[tuple[str, str], dict[str, Outlier]]:
    """The same by the words of the rule, one value after the other."""
    found: dict[tuple[str, str], dict[str, Outlier]] = {}
    for field, (table, name) in ((field, field.split(".")) for field in COMPARED):
        for owner, line in some:
            group, value = group_in(owner, line), line.get(table, {}).get(name)
            values = [
                other[table][name]
                for one, other in some
                if group and (of := group_in(one, other)) and of.canonical == group.canonical
                and other.get(table, {}).get(name)
            ]  # fmt: skip
            if value and len(values) >= 4:
                times = 4 if name == "context" else 8
                too_high = value >= times * median_high(values) * (1 - 1e-9)
                if too_high or value <= median_low(values) / times * (1 + 1e-9):
                    found.setdefault((owner, line["id"]), {})[field] = Outlier(value, median(values))
    return found


def hosts(*values: float | None, field: str = "limits.context") -> list[Record]:
    """A record of one model at as many providers, each with its value."""
    table, _, name = field.partition(".")
    return [(f"p{n}", {"id": "m", "canonical": "x/m", table: {name: value}}) for n, value in enumerate(values)]


class TestLaws:
    @given(st.data(), records)
    def test_it_is_the_rule_whatever_the_order(self, data: st.DataObject, some: list[Record]) -> None:
        assert outliers(some) == by_hand(some)
        assert outliers(data.draw(st.permutations(some))) == outliers(some)

    @given(records)
    def test_other_groups_change_nothing(self, some: list[Record]) -> None:
        together = outliers(some)
        of_one = {(p, line["id"]) for p, line in some if line["canonical"] == "x/m"}
        alone = outliers([one for one in some if one[1]["canonical"] == "x/m"])
        assert alone == {key: found for key, found in together.items() if key in of_one}


class TestByHand:
    def test_one_zero_too_many(self) -> None:
        """CH3: 20,000,000 tokens, where others state 2,000,000."""
        found = outliers(hosts(2_000_000, 2_000_000, 20_000_000, 1_000_000))
        assert found == {("p2", "m"): {"limits.context": Outlier(20_000_000, 2_000_000)}}
        assert found["p2", "m"]["limits.context"].text() == "unusual: the median of this model is 2,000,000"

    @pytest.mark.parametrize(
        ("field", "values", "odd"),
        [
            ("limits.context", (1000, 1000, 1000, 4000), ["p3"]),
            ("limits.context", (1000, 1000, 1000, 3999), []),
            ("limits.context", (1000, 1000, 1000, 250), ["p3"]),
            ("cost.input", (0.1, 0.1, 0.1, 0.8), ["p3"]),
            ("cost.input", (0.1, 0.1, 0.1, 0.79), []),
            ("cost.output", (8, 8, 8, 1), ["p3"]),
            ("cost.output", (8, 8, 8, 0), []),  # 0 is not compared
            ("cost.output", (8, 8, 1, 0, None), []),  # two others are not enough
            ("cost.output", (0, 0, 0, 0, 8), []),
            ("cost.output", (None, None, None, 8), []),
            ("limits.context", (1000, 1000, 128000, 128000), []),  # nobody knows which half is right
        ],
    )
    def test_how_far_is_too_far(self, field: str, values: tuple[float, ...], odd: list[str]) -> None:
        assert [key[0] for key in outliers(hosts(*values, field=field))] == odd

    def test_a_model_without_a_group_is_compared_with_nobody(self) -> None:
        some: list[Record] = [(f"p{n}", {"id": "m", "limits": {"context": 10**n}}) for n in range(2, 7)]
        assert outliers(some) == {}


def source(*contexts: int, **last: Any) -> bytes:
    """A source of one model at as many providers, and of another model at the first."""
    models = [model("m", canonical_model_id="x/m", limit={"context": context}) for context in contexts]
    models[-1].update(last)
    listed = [provider(f"p{n}", one, *([model("n")] if n == 0 else [])) for n, one in enumerate(models)]
    return catalogue(*listed)


class TestInAFile:
    def test_the_packaged_data(self) -> None:
        """A group alone gives the answer that all records give; hosts state unusual values of each kind."""
        file = SnapshotFile.open(PACKAGED_SNAPSHOT)
        every = [(name, line) for name in file.blocks for line in file.block(name).models()]
        found = outliers(every)
        groups = {(name, line["id"]): group_in(name, line) for name, line in every}
        named = sorted({groups[key].canonical for key in found})  # type: ignore[union-attr]
        for canonical in named[::10]:
            expected = {key: one for key, one in found.items() if groups[key].canonical == canonical}  # type: ignore[union-attr]
            assert outliers_in(file, [canonical, None]) == expected
        assert outliers_in(file, named) == found
        assert {field for one in found.values() for field in one} == {*COMPARED}
        assert len(found) < len(every) / 20
        for key, fields in found.items():
            assert fields
            canonical = groups[key].canonical  # type: ignore[union-attr]
            assert sum(group is not None and group.canonical == canonical for group in groups.values()) > OTHERS

    def test_a_derived_member_is_compared(self) -> None:
        """A host that writes the id in its own way, such as the one of CH3."""
        file, _ = catalogues.of_source(source(1000, 1000, 1000, 9000, canonical_model_id=None))
        assert [*outliers_in(file, ["x/m"])] == [("p3", "m")]

    def test_the_farthest_come_first(self) -> None:
        """By how many times too far they are: 8 times is too far for a price, 4 times for a context."""
        some = [*hosts(1000, 1000, 1000, 1000, 5000, 9000), *hosts(*[1] * 4, 9, 17, field="cost.input")]
        lines = {key[0]: {**line} for key, line in ((one, one[1]) for one in some[6:])}
        both = [(name, {**line, **lines[name]}) for name, line in some[:6]]
        order = [(key[0], field) for key, field, _ in farthest_first(outliers(both))]
        assert order == [
            ("p5", "limits.context"), ("p5", "cost.input"), ("p4", "limits.context"), ("p4", "cost.input"),
        ]  # fmt: skip

    def test_the_report_of_a_build_counts_them(self) -> None:
        """After the curated overrides, so one that is corrected is none."""
        odd = source(1000, 1000, 1000, 9000, 20000)
        rows = [row for row in catalogues.base(odd, b"")[1].rows() if row["kind"] == "odd"]
        assert [(row["place"], row["count"], row["examples"]) for row in rows] == [
            ("limits.context", 2, ["p4:m (20,000, median 1,000)", "p3:m (9,000, median 1,000)"])
        ]
        curated = b"".join(
            b'[[models]]\nprovider = "p%d"\nid = "m"\nlimits.context = 1000\n' % number for number in (3, 4)
        )
        assert not [row for row in catalogues.base(odd, curated)[1].rows() if row["kind"] == "odd"]


class TestCommands:
    def test_list_and_show_mark_them(self, tmp_path: Path) -> None:
        """Also where a filter hides those with which they are compared; in JSON with value and median."""
        file, _ = catalogues.of_source(source(1000, 1000, 1000, 9000, cost={"input": 20, "output": 2}))
        path = tmp_path / "snapshot.json"
        path.write_bytes(file.data)
        config = tmp_path / "llm_models.toml"
        config.write_text('allow.p0 = "all"\nallow.p3 = "all"\n', encoding="utf-8")
        chosen = ["--snapshot", path, "--config", config]
        listed = fine("list", *chosen).out.splitlines()
        assert [line.split()[0] for line in listed if "unusual" in line] == ["p3:m"]
        assert listed[-1].endswith("(unusual: context, $ in)")
        shown = dict(line.split(maxsplit=1) for line in fine("show", "p3:m", "--all", *chosen).out.splitlines())
        assert shown["limits.context"] == "9,000 (unusual: the median of this model is 1,000)"
        assert shown["cost.input"] == "20 (unusual: the median of this model is 1)"
        assert shown["cost.output"] == "2"
        for extra in ((), ("--all",)):
            assert "unusual" not in fine("show", "p0:m", *extra, *chosen).out
        told = fine("show", "p3:m", *chosen).out
        assert "cost.input 20 (unusual: the median of this model is 1)" in told
        expected = {
            "limits.context": {"value": 9000, "median": 1000},
            "cost.input": {"value": 20, "median": 1},
        }
        assert facts("show", "p3:m", *chosen)["outliers"] == expected
        assert [one.get("outliers") for one in facts("list", *chosen)] == [None, None, expected]
