"""Groups: which records are of one model, whatever providers serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import catalogues

from llm_models.agreement import Agreement
from llm_models.groups import Group, Groups, group_in, groups_of
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.siblings import members
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.block import Line

    Record = tuple[str, str, str | None]

OSS = "openai/gpt-oss-120b"

ids = st.sampled_from(["m", "M", "x/m", "acme/m", "m:free", "m@eu", "m-1", "m_1", "n", "n-fast", "-", "acme/n"])
canonicals = st.sampled_from([None, None, "acme/m", "other/m", "acme/n", "acme-ai/m", "acme.ai/m", "x/m-1"])
records = st.lists(
    st.tuples(st.sampled_from(["acme", "acme_ai", "groq", "x"]), ids, canonicals), unique_by=lambda one: one[:2]
)


def lines() -> Iterator[tuple[str, Line]]:
    """The lines of the packaged snapshot, each with its provider."""
    file = SnapshotFile.open(PACKAGED_SNAPSHOT)
    for provider in file.blocks:
        for line in file.block(provider).models():
            yield provider, line


class TestLaws:
    @settings(max_examples=300)
    @given(st.data(), records)
    def test_the_order_changes_nothing(self, data: st.DataObject, some: list[Record]) -> None:
        """Neither does the number of calls that add them."""
        expected = groups_of(some)
        shuffled = data.draw(st.permutations(some))
        assert groups_of(shuffled) == expected
        groups = Groups()
        for record in shuffled:
            groups.add([record])
        assert {one[:2]: group for one in some if (group := groups.of(*one))} == expected

    @given(records)
    def test_a_stated_group_stands_and_a_group_always_has_a_stated_name(self, some: list[Record]) -> None:
        found = groups_of(some)
        stated = {canonical for _, _, canonical in some}
        for provider, model_id, canonical in some:
            group = found.get((provider, model_id))
            assert canonical is None or group == Group(canonical, "stated")
            assert group is None or group.canonical in stated

    @given(records, st.sampled_from(["groq", "x"]), ids)
    def test_a_record_that_states_nothing_changes_no_group(
        self, some: list[Record], provider: str, model_id: str
    ) -> None:
        others = [one for one in some if one[:2] != (provider, model_id)]
        found = groups_of([*others, (provider, model_id, None)])
        assert {key: group for key, group in found.items() if key != (provider, model_id)} == groups_of(others)

    @given(records)
    def test_agreement_and_groups_give_one_answer(self, some: list[Record]) -> None:
        models = [(provider, {"id": i, **({"canonical": c} if c else {})}) for provider, i, c in some]
        agreement = Agreement(models)
        for provider, model in models:
            group = groups_of(some).get((provider, model["id"]))
            assert agreement.canonical(provider, model) == (group and group.canonical)


class TestRules:
    """By hand."""

    @pytest.mark.parametrize(
        ("record", "expected"),
        [
            (("hf", "gpt-oss-120b", "x/mine"), Group("x/mine", "stated")),
            (("openai", "gpt-oss-120b", None), Group(OSS, "maker")),
            (("mirror", "hosted/GPT_OSS-120B:free", None), Group(OSS, "name")),
            (("mirror", "oss120", None), Group(OSS, "name")),  # as groq writes it
            (("mirror", "gpt-oss:120b", None), Group(OSS, "name")),
            (("mirror", "gpt-oss:120b-cloud", None), None),
            (("mirror", "gpt-oss:20b", None), None),
            (("mirror", "gpt-oss:0731", None), None),
            (("mirror", "gpt-oss-20b", None), None),
            (("mirror", "gpt-oss-120b-2025-08-05", None), None),  # a date is another model
            (("mirror", "-", None), None),
        ],
    )
    def test_the_strongest_counts(self, record: Record, expected: Group | None) -> None:
        others: list[Record] = [("groq", "openai/gpt-oss-120b", OSS), ("groq", "oss-120", OSS)]
        others += [("ollama", "gpt-oss:120b", OSS)]
        assert groups_of([*others, record]).get(record[:2]) == expected
        assert expected is None or expected.derived is (expected.rule == "name")

    def test_a_name_of_two_groups_means_neither(self) -> None:
        some: list[Record] = [("a", "x/m", "x/m"), ("b", "y/m", "y/m"), ("c", "m", None)]
        assert ("c", "m") not in groups_of(some)


class TestThePackagedData:
    def test_the_file_has_the_group_of_each_model(self) -> None:
        every = [*lines()]
        expected = groups_of((provider, line["id"], line.get("canonical")) for provider, line in every)
        found = {(provider, line["id"]): group for provider, line in every if (group := group_in(provider, line))}
        assert found == expected
        assert {group.rule for group in found.values()} == {"stated", "maker", "name"}
        assert len(found) > len(every) / 2

    def test_the_members_of_groups_are_found_without_decoding_the_rest(self) -> None:
        """The same records as by decoding all of them, in order of provider and id."""
        file = SnapshotFile.open(PACKAGED_SNAPSHOT)
        every = [(provider, line, group_in(provider, line)) for provider, line in lines()]
        some = sorted({group.canonical for _, _, group in every if group})
        for wanted in ({OSS}, {*some[::9]}, {*some}, {"no/such-model"}, set[str]()):
            expected = [(provider, line) for provider, line, group in every if group and group.canonical in wanted]
            found = [*members(file, wanted)]
            assert [(provider, line) for provider, _, line in found] == expected
            assert all(file.block(provider).ids[row] == line["id"] for provider, row, line in found)

    def test_texts_that_look_like_a_group_are_none(self) -> None:
        """A field of the same name elsewhere in a record, a longer id, an id with a quotation mark."""
        records: dict[str, dict[str, Any]] = {
            "a": {"m": {"canonical": "x/m"}, "n": {"canonical": "x/m-1"}, "o": {"extra": {"canonical": "x/m"}}},
            "b": {"q": {"canonical": 'x/"m'}, "r": {"canonical": 'x/"n'}},
        }
        file = catalogues.from_records(records)
        assert [line["id"] for _, _, line in members(file, ["x/m"])] == ["m"]
        assert [line["id"] for _, _, line in members(file, ['x/"m'])] == ["q"]
