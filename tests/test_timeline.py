"""History: what was listed when, and at which price; folding observations, the file, and the rules of its answers."""

from __future__ import annotations

import copy
import json
import os
import pickle
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT, catalogues
from support.command import python
from support.histories import fold, of_one, packaged, read, seen

from llm_models import open_file, paths, validation
from llm_models.errors import SnapshotError, SourceError
from llm_models.frozen import FrozenDict
from llm_models.header import CRC
from llm_models.listing_parts import Interval, Successor
from llm_models.observations import observed_file, observed_records, price_of
from llm_models.spellings import Rename, renamed
from llm_models.timeline import History
from llm_models.timeline_fold import (
    Observation,
    extended,
    folded,
    inserted,
    nothing,
    united,
    with_aliases,
    with_prices,
    with_successors,
    without_prices,
)
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from llm_models.listing_parts import Answer

GONE: Any = ()
"""In place of a price: not listed on that day."""


def on(history: History, day: str, current: Any = None) -> Answer:
    answer = history.price_on("acme", "a", day, current)
    assert answer is not None
    return answer


def inputs(answer: Answer) -> tuple[float | None, float | None]:
    """The input prices on both sides of an answer that is not exact."""
    assert answer.prices is not None
    older, newer = answer.prices
    return (None if older is None else older["input"]), (None if newer is None else newer["input"])


class TestListed:
    def test_a_model_that_is_still_listed(self) -> None:
        history = of_one(("2026-01-01", GONE), ("2026-01-05", 1), ("2026-01-09", 1))
        model = history.of_model("acme", "a")
        assert model is not None
        assert model.intervals == (Interval("2026-01-05", None, not_listed_on="2026-01-01", gone_by=None),)
        assert (model.listed, model.last, model.date) == (True, "2026-01-09", "2026-01-09")

    def test_a_model_that_is_gone_was_gone_by_the_next_day_on_which_the_source_was_seen(self) -> None:
        history = of_one(("2026-01-01", 1), ("2026-01-05", 1), ("2026-01-09", GONE))
        model = history.of_model("acme", "a")
        assert model is not None
        assert model.intervals == (Interval("2026-01-01", "2026-01-05", not_listed_on=None, gone_by="2026-01-09"),)
        assert (model.listed, model.last) == (False, "2026-01-05")

    def test_a_gap_is_kept(self) -> None:
        history = of_one(("2026-01-01", 1), ("2026-01-02", GONE), ("2026-01-03", GONE), ("2026-01-04", 1))
        model = history.of_model("acme", "a")
        assert model is not None
        assert [(one.first, one.last, one.gone_by) for one in model.intervals] == [
            ("2026-01-01", "2026-01-01", "2026-01-02"),
            ("2026-01-04", None, None),
        ]
        assert len(model.prices) == 1
        assert [on(history, f"2026-01-0{day}").listed for day in range(1, 5)] == [True, False, False, True]

    def test_a_provider(self) -> None:
        history = read(
            fold(
                seen("2026-01-01", {"my-acme": {"a": 1}, "b": {}}),
                seen("2026-01-03", {"b": {}}),
                seen("2026-01-05", {"my-acme": {"a": 1}, "c": {"x": 1}}),
            )
        )
        assert history.of_provider("My.Acme") is None
        provider = history.of_provider("B")
        assert provider is not None
        assert provider.intervals == (Interval("2026-01-01", "2026-01-03", None, "2026-01-05"),)
        assert (provider.id, provider.listed, provider.last, provider.date) == ("b", False, "2026-01-03", "2026-01-05")
        assert history.knows("c")
        assert not history.knows("d")

    def test_what_was_ever_listed_is_known(self) -> None:
        history = of_one(("2026-01-01", 1), ("2026-01-02", GONE))
        assert history.knows("acme", "a")
        assert history.knows("ACME", "other")
        assert not history.knows("acme", "A")
        assert not history.knows("nobody", "a")
        assert history.of_model("acme", "A") is history.price_on("nobody", "a", "2026-01-01") is None

    @pytest.mark.parametrize(
        ("days", "withdrawn"),
        [
            ([("2026-01-01", GONE), ("2026-01-02", 1), ("2026-01-05", 1), ("2026-01-06", GONE)], True),
            ([("2026-01-01", GONE), ("2026-01-02", 1), ("2026-01-06", 1), ("2026-01-07", GONE)], False),
            ([("2026-01-01", GONE), ("2026-01-02", 1), ("2026-02-02", GONE)], False),  # who knows how long
            ([("2026-01-01", 1), ("2026-01-02", GONE)], False),  # it may have been listed before
            ([("2026-01-01", GONE), ("2026-01-02", 1)], False),  # it is still listed
            (
                [("2026-01-01", GONE), ("2026-01-02", 1), ("2026-01-03", GONE), ("2026-01-09", 1), ("2026-01-10", ())],
                False,
            ),
        ],
    )
    def test_a_model_that_lived_three_days_or_less_was_withdrawn(self, days: Any, withdrawn: bool) -> None:
        model = of_one(*days).of_model("acme", "a")
        assert model is not None
        assert model.withdrawn is withdrawn

    def test_of_a_provider_on_each_day(self) -> None:
        """What two days that follow each other agree on counts in between; else it is not known."""
        days = {"2026-01-03": "a", "2026-01-05": "ab", "2026-01-07": "b", "2026-01-08": "a", "2026-01-10": "a"}
        history = read(fold(*(seen(day, {name: {"x": 1} for name in names}) for day, names in days.items())))
        for name, expected in (("a", "?111?0111?"), ("b", "?0?111000?")):
            provider = history.of_provider(name)
            assert provider is not None
            told = [provider.listed_on(f"2026-01-{day:02}") for day in range(2, 12)]
            assert "".join("?" if one is None else str(int(one)) for one in told) == expected


class TestPrice:
    def test_on_a_day_on_which_it_was_seen(self) -> None:
        history = of_one(("2026-01-01", 1), ("2026-01-05", 2))
        answer = on(history, "2026-01-05")
        assert (answer.listed, answer.price, answer.exact) == (True, {"input": 2}, True)
        assert (answer.changed_between, answer.prices) == (None, None)

    def test_between_two_equal_prices(self) -> None:
        answer = on(of_one(("2026-01-01", 1), ("2026-01-05", 1)), "2026-01-03")
        assert (answer.listed, answer.price, answer.exact) == (True, {"input": 1}, True)

    def test_between_two_prices_it_is_the_older_one_and_not_exact(self) -> None:
        history = of_one(("2026-01-01", 1), ("2026-01-05", 2), ("2026-01-06", 2))
        answer = on(history, "2026-01-04")
        assert (answer.listed, answer.price, answer.exact) == (True, {"input": 1}, False)
        assert answer.changed_between == ("2026-01-01", "2026-01-05")
        assert inputs(answer) == (1, 2)
        assert answer.dated is not None
        assert (answer.dated.valid_from, answer.dated.valid_until) == ("2026-01-01", "2026-01-01")

    def test_the_first_price_counts_back_to_the_day_after_the_previous_observation(self) -> None:
        history = of_one(("2026-01-01", GONE), ("2026-01-05", 2))
        answer = on(history, "2026-01-02")
        assert (answer.listed, answer.price, answer.exact) == (None, {"input": 2}, False)
        assert (answer.changed_between, inputs(answer)) == (("2026-01-01", "2026-01-05"), (None, 2))
        assert on(history, "2026-01-01").listed is False

    def test_the_last_price_counts_until_it_was_gone(self) -> None:
        history = of_one(("2026-01-01", 1), ("2026-01-05", GONE))
        answer = on(history, "2026-01-02")
        assert (answer.listed, answer.price, answer.exact) == (None, {"input": 1}, False)
        assert (answer.changed_between, inputs(answer)) == (("2026-01-01", "2026-01-05"), (1, None))

    def test_while_it_was_not_listed_there_is_none(self) -> None:
        history = of_one(("2026-01-01", 1), ("2026-01-03", GONE), ("2026-01-05", GONE), ("2026-01-07", 2))
        for day in ("2026-01-03", "2026-01-04", "2026-01-05"):
            answer = on(history, day)
            assert (answer.listed, answer.price, answer.dated, answer.exact) == (False, None, None, True)
        assert on(history, "2026-01-06").price == {"input": 2}

    def test_before_the_history_begins_nothing_is_known(self) -> None:
        answer = on(of_one(("2026-01-05", 1)), "2026-01-04")
        assert (answer.listed, answer.price, answer.exact) == (None, None, False)
        assert answer.changed_between == (None, "2026-01-05")

    def test_after_the_last_day_the_price_may_have_changed(self) -> None:
        answer = on(of_one(("2026-01-05", 1)), "2026-01-06")
        assert (answer.listed, answer.price, answer.exact) == (None, {"input": 1}, False)
        assert (answer.changed_between, inputs(answer)) == (("2026-01-05", None), (1, None))
        gone = on(of_one(("2026-01-05", 1), ("2026-01-06", GONE)), "2026-01-07")
        assert (gone.listed, gone.price, gone.exact) == (None, None, False)

    def test_a_price_that_goes_back_is_a_change(self) -> None:
        model = of_one(("2026-01-01", 1), ("2026-01-02", 2), ("2026-01-03", 1)).of_model("acme", "a")
        assert model is not None
        assert [one.price for one in model.prices] == [{"input": 1}, {"input": 2}, {"input": 1}]

    def test_a_field_that_was_not_stated_is_a_change(self) -> None:
        history = of_one(("2026-01-01", {}), ("2026-01-02", {"input": 0}), ("2026-01-03", {"input": 0, "output": 2}))
        model = history.of_model("acme", "a")
        assert model is not None
        assert [one.price for one in model.prices] == [{}, {"input": 0}, {"input": 0, "output": 2}]
        assert on(history, "2026-01-01").exact is True

    def test_the_start_of_a_price_is_exact_if_the_source_was_seen_the_day_before(self) -> None:
        days = [("2026-01-01", GONE), ("2026-01-02", 1), ("2026-01-03", 2), ("2026-01-09", 3)]
        model = of_one(*days).of_model("acme", "a")
        assert model is not None
        assert [(one.valid_from, one.valid_until, one.exact, one.changed_between) for one in model.prices] == [
            ("2026-01-02", "2026-01-02", True, None),
            ("2026-01-03", "2026-01-03", True, None),
            ("2026-01-09", None, False, ("2026-01-03", "2026-01-09")),
        ]

    def test_the_start_of_the_history_is_not_exact(self) -> None:
        model = of_one(("2026-01-01", 1)).of_model("acme", "a")
        assert model is not None
        [price] = model.prices
        assert (price.valid_from, price.exact, price.changed_between) == ("2026-01-01", False, None)

    def test_a_price_that_changed_in_a_gap(self) -> None:
        days = [("2026-01-01", 1), ("2026-01-02", GONE), ("2026-01-03", GONE), ("2026-01-04", 2), ("2026-01-05", GONE)]
        model = of_one(*days).of_model("acme", "a")
        assert model is not None
        assert [(one.valid_from, one.valid_until, one.exact, one.changed_between) for one in model.prices] == [
            ("2026-01-01", "2026-01-01", False, None),
            ("2026-01-04", "2026-01-04", False, ("2026-01-01", "2026-01-04")),
        ]

    def test_a_price_that_is_not_known_hides_no_change(self) -> None:
        same = of_one(("2026-01-01", 1), ("2026-01-03", None), ("2026-01-05", 1))
        assert (on(same, "2026-01-03").price, on(same, "2026-01-03").exact) == ({"input": 1}, True)
        model = same.of_model("acme", "a")
        assert model is not None
        assert len(model.prices) == 1
        changed = of_one(("2026-01-01", 1), ("2026-01-03", None), ("2026-01-05", 2))
        for day in ("2026-01-02", "2026-01-03", "2026-01-04"):
            answer = on(changed, day)
            assert (answer.listed, answer.price, answer.exact) == (True, {"input": 1}, False)
            assert (answer.changed_between, inputs(answer)) == (("2026-01-01", "2026-01-05"), (1, 2))
        first = of_one(("2026-01-01", GONE), ("2026-01-03", None), ("2026-01-05", 2))
        assert (on(first, "2026-01-03").price, on(first, "2026-01-03").exact) == ({"input": 2}, False)
        never = of_one(("2026-01-01", GONE), ("2026-01-03", None), ("2026-01-05", GONE))
        assert (on(never, "2026-01-03").listed, on(never, "2026-01-03").price) == (True, None)
        assert on(never, "2026-01-03").exact is False

    def test_tiers_and_every_other_part_of_a_cost_are_kept(self) -> None:
        cost = {"output": 2.0, "input": 0.5, "tiers": [{"context_over": 200_000, "input": 1}], "image": 3}
        answer = on(of_one(("2026-01-01", cost)), "2026-01-01")
        assert answer.price is not None
        assert dict(answer.price) == {
            "input": 0.5,
            "output": 2,
            "image": 3,
            "tiers": ({"context_over": 200_000, "input": 1},),
        }

    def test_what_an_observation_cannot_have_stays_what_it_was(self) -> None:
        tiers = [{"context_over": 1000, "input": 9}]
        listed = {"acme": {"a": {"input": 1, "tiers": tiers}, "b": 1}}
        without = {"acme": {"a": {"input": 1}, "b": 1}}
        history = read(fold(seen("2026-01-01", listed), seen("2026-01-02", without, unseen=("tiers",))))
        model = history.of_model("acme", "a")
        assert model is not None
        assert len(model.prices) == 1
        seen_in_full = read(fold(seen("2026-01-01", listed), seen("2026-01-02", without))).of_model("acme", "a")
        assert seen_in_full is not None
        assert len(seen_in_full.prices) == 2

    @pytest.mark.parametrize("day", ["2026-1-1", "2026-02-30", "20260101", "yesterday", "", "2026-01-01T00:00"])
    def test_a_text_that_is_not_a_day_is_refused(self, day: str) -> None:
        with pytest.raises(ValueError, match=r"not a day: .* \(expected YYYY-MM-DD"):
            of_one(("2026-01-01", 1)).price_on("acme", "a", day)

    def test_the_answers_cannot_be_changed(self) -> None:
        history = of_one(("2026-01-01", {"input": 1, "tiers": [{"context_over": 1, "input": 2}]}))
        model = history.of_model("acme", "a")
        assert model is not None
        price = model.prices[0].price
        assert price is not None
        assert hash(price)
        with pytest.raises(TypeError):
            price["input"] = 2
        assert copy.deepcopy(model) == pickle.loads(pickle.dumps(model)) == model


class TestCurrentPrice:
    """The packaged file leaves out the price of a model that is still listed; the record has it."""

    HISTORY = packaged(
        seen("2026-01-01", {"acme": {"a": 1, "b": 1, "c": 1}}),
        seen("2026-01-05", {"acme": {"a": 2, "b": 1}}),
        seen("2026-01-09", {"acme": {"a": 2, "b": 1}}),
    )

    def test_comes_from_the_record(self) -> None:
        model = self.HISTORY.of_model("acme", "a", {"input": 2})
        assert model is not None
        assert [one.price for one in model.prices] == [{"input": 1}, {"input": 2}]
        assert on(self.HISTORY, "2026-01-07", {"input": 2}).price == {"input": 2}
        assert inputs(on(self.HISTORY, "2026-01-03", {"input": 2})) == (1, 2)

    def test_is_unknown_without_it(self) -> None:
        model = self.HISTORY.of_model("acme", "a")
        assert model is not None
        assert [one.price for one in model.prices] == [{"input": 1}, None]
        answer = on(self.HISTORY, "2026-01-07")
        assert (answer.listed, answer.price, answer.exact) == (True, {"input": 1}, False)
        assert answer.changed_between == ("2026-01-01", None)

    def test_does_not_replace_what_the_file_has(self) -> None:
        gone = self.HISTORY.of_model("acme", "c", {"input": 9})
        assert gone is not None
        assert [one.price for one in gone.prices] == [{"input": 1}]


class TestRename:
    @pytest.mark.parametrize(
        ("gone", "living", "found"),
        [
            ("openAi/gpt-4o", ["openai/gpt-4o", "gpt-4o"], Rename("openai/gpt-4o", "case")),
            ("claude-3.5-haiku", ["claude-3-5-haiku"], Rename("claude-3-5-haiku", "punctuation")),
            ("claude-haiku-4-5-1", ["claude-haiku-4-5@1"], Rename("claude-haiku-4-5@1", "punctuation")),
            ("route/deepseek-v4", ["deepseek-v4"], Rename("deepseek-v4", "vendor prefix")),
            ("flux_1-dev", ["black-forest/flux.1-dev"], Rename("black-forest/flux.1-dev", "vendor prefix")),
            ("xai/grok", ["spacexai/grok"], Rename("spacexai/grok", "vendor prefix")),
            ("ali/q", ["tee/q", "qwen/q"], None),  # which of them?
            ("gpt-4", ["gpt-4o", "gpt-41"], None),
            ("gpt-4", [], None),
        ],
    )
    def test_another_spelling_of_one_name(self, gone: str, living: list[str], found: Rename | None) -> None:
        assert renamed(gone, living) == found

    def test_a_model_that_is_gone_names_its_new_spelling(self) -> None:
        history = read(
            fold(
                seen("2026-01-01", {"acme": {"GPT": 1, "old": 1}, "b": {"old": 1}}),
                seen("2026-01-02", {"acme": {"gpt": 1}, "b": {"v/old": 1, "Old": 1}}),
                seen("2026-01-03", {"acme": {"gpt": 1}, "b": {"v/old": 1}}),
            )
        )

        def rename(provider: str, name: str) -> Rename | None:
            model = history.of_model(provider, name)
            assert model is not None
            return model.rename

        assert rename("acme", "GPT") == Rename("gpt", "case")
        assert rename("acme", "gpt") is None  # it is listed
        assert rename("acme", "old") is None  # another provider lists it
        assert rename("b", "old") == Rename("v/old", "vendor prefix")  # `Old` is gone too

    @pytest.mark.parametrize(
        ("days", "beside"),
        [
            (["2026-01-01", "2026-01-29"], False),  # 28 days
            (["2026-01-01", "2026-01-30"], True),
            (["2026-01-01"], False),
            (["2026-01-01", "2026-01-20", "-", "2026-02-01", "2026-02-09"], False),  # 19 and 8 days
            (["2026-01-01", "2026-01-20", "-", "2026-02-01", "2026-02-11"], True),
        ],
    )
    def test_what_was_listed_beside_it_for_long_is_no_rename(self, days: list[str], beside: bool) -> None:
        """In between, the new spelling was not listed."""
        both = [
            seen(day if day != "-" else "2026-01-25", {"acme": {"GPT": 1, **({} if day == "-" else {"gpt": 1})}})
            for day in days
        ]
        before = seen("2025-01-01", {"acme": {"GPT": 1}})
        model = read(fold(before, *both, seen("2026-03-01", {"acme": {"gpt": 1}}))).of_model("acme", "GPT")
        assert model is not None
        twin = Rename("gpt", "case")
        assert (model.rename, model.twin) == ((None, twin) if beside else (twin, None))

    def test_successors_are_kept(self) -> None:
        after = Successor("acme:new", "litellm", "https://acme.example/deprecations")
        history = fold(seen("2026-01-01", {"acme": {"old": 1, "new": 1}}))
        history = with_successors(history, {("acme", "old"): after, ("acme", "unknown"): after, ("z", "old"): after})
        history = fold(seen("2026-01-02", {"acme": {"new": 1}}), onto=folded(read(history)))
        old, new = read(history).of_model("acme", "old"), read(history).of_model("acme", "new")
        assert old is not None
        assert new is not None
        assert (old.successor, new.successor) == (after, None)
        assert read(with_successors(history, {})).of_model("acme", "old") == old._replace(successor=None)


class TestAliases:
    """Other names of providers that are gone."""

    HISTORY = with_aliases(
        fold(seen("2026-01-01", {"old_acme": {"a": 1}, "b": {"x": 1}}), seen("2026-01-02", {"b": {"x": 1}})),
        {"acme": "old_acme", "b": "old_acme", "nobody": "never_seen"},
    )

    def test_they_lead_to_the_provider_in_any_spelling(self) -> None:
        history = read(self.HISTORY)
        named = {text: history.provider_id(text) for text in ("Acme", "OLD-ACME", "b", "c")}
        assert named == {"Acme": "old_acme", "OLD-ACME": "old_acme", "b": "b", "c": None}
        provider, model = history.of_provider("acme"), history.of_model("ACME", "a")
        assert provider is not None
        assert model is not None
        assert (provider.id, model.spec) == ("old_acme", "old_acme:a")
        assert history.knows("acme")
        assert history.knows("acme", "a")
        assert not history.knows("acme", "x")

    def test_the_name_of_a_provider_and_one_of_nobody_are_none(self) -> None:
        assert read(self.HISTORY).aliases == {"acme": "old_acme"}
        header = json.loads(encode(self.HISTORY).split(b"\n")[0])
        assert header["aliases"] == {"acme": "old_acme"}
        assert validation.first_fault("history", header) is None

    def test_they_are_kept(self) -> None:
        later = fold(seen("2026-01-03", {"b": {"x": 1}}), onto=folded(read(self.HISTORY)))
        other = fold(seen("2026-01-01", {"b": {"x": 1}}))
        for history in (later, united(other, later), united(later, other), inserted(later, seen("2026-01-02", {}))):
            assert read(history).aliases == {"acme": "old_acme"}

    def test_a_part_of_a_history_has_those_of_its_providers(self) -> None:
        assert read(folded(read(self.HISTORY), ["b"])).aliases == {}

    @pytest.mark.parametrize("aliases", [b'{"b":"old_acme"}', b'{"acme":"never"}', b'{"acme":["b"]}', b'["acme"]'])
    def test_others_are_damage(self, aliases: bytes) -> None:
        header, *lines = encode(self.HISTORY).split(b"\n")
        stated = header.replace(b'{"acme":"old_acme"}', aliases)[: -len(CRC % 0)]
        with pytest.raises(SnapshotError, match="not a whole history"):
            History(b"\n".join([stated + CRC % crc32(stated), *lines]), "x")


FIRST = seen("2026-01-01", {"acme": {"a": 1, "b": 1, "c": 5}, "z": {"q": 1}})
SECOND = seen("2026-01-05", {"acme": {"a": 2, "b": 1}, "z": {"q": 1}})
THIRD = seen("2026-01-09", {"acme": {"a": 2, "d": 1}})


class TestFold:
    def test_nothing_is_listed_before_the_first_observation(self) -> None:
        assert nothing("toy") == ("toy", (), {}, {})

    def test_the_order_of_the_data_does_not_matter(self) -> None:
        turned = seen("2026-01-01", {"z": {"q": 1}, "acme": {"c": 5.0, "b": 1, "a": {"cache_read": None, "input": 1}}})
        assert encode(fold(turned, SECOND)) == encode(fold(FIRST, SECOND))

    def test_the_order_of_the_parts_of_a_price_does_not_matter(self) -> None:
        parts = [("x", 1), ("tiers", ()), ("input", 1)]
        forth, back = FrozenDict(parts), FrozenDict(reversed(parts))
        files = [encode(fold(Observation("2026-01-01", {"acme": {"a": price}}))) for price in (forth, back)]
        assert files[0] == files[1]

    def test_an_older_observation_is_refused(self) -> None:
        with pytest.raises(SourceError, match=r"the data of 2026-01-01 is older than the last .*, of 2026-01-05"):
            extended(fold(SECOND), FIRST)

    def test_a_step_forgets_nothing(self) -> None:
        """All that was answered before is answered after, except for what lies after the last day."""
        before, after = read(fold(FIRST, SECOND)), read(fold(FIRST, SECOND, THIRD))
        for provider, name in (("acme", "a"), ("acme", "b"), ("acme", "c"), ("z", "q")):
            for day in ("2025-12-31", "2026-01-01", "2026-01-03", "2026-01-05"):
                assert _facts(before, provider, name, day) == _facts(after, provider, name, day)

    def test_an_application_goes_on_from_the_packaged_file(self) -> None:
        """The file that leaves out current prices, with those of its snapshot, goes on as if it had all."""
        at_hand = with_prices(folded(packaged(FIRST, SECOND)), SECOND)
        assert extended(at_hand, THIRD) == fold(FIRST, SECOND, THIRD)

    def test_without_these_prices_it_cannot_go_on(self) -> None:
        with pytest.raises(ValueError, match="with_prices"):
            extended(folded(packaged(FIRST)), SECOND)
        with pytest.raises(ValueError, match="with_prices"):
            extended(folded(packaged(FIRST)), seen("2026-01-02", {}))
        with pytest.raises(ValueError, match="with_prices"):
            extended(folded(packaged(FIRST)), FIRST)

    def test_a_price_that_the_snapshot_does_not_have_is_unknown(self) -> None:
        history = with_prices(folded(packaged(FIRST)), seen("2026-01-01", {"acme": {"a": 1}}))
        model = read(history).of_model("acme", "b")
        assert model is not None
        assert [one.price for one in model.prices] == [None]

    def test_leaving_out_prices_is_undone_by_the_observation(self) -> None:
        history = fold(FIRST, SECOND)
        assert len(encode(without_prices(history))) < len(encode(history))
        assert encode(with_prices(folded(packaged(FIRST, SECOND)), SECOND)) == encode(history)

    @pytest.mark.parametrize("name", ["a", "b", "c", "d", "e"])
    def test_the_second_observation_of_a_day(self, name: str) -> None:
        """What either lists was listed; the later price counts, and leaves no trace of the earlier one."""
        morning = seen("2026-01-05", {"acme": {"a": 2, "b": 2, "c": 2, "e": 1}})
        evening = seen("2026-01-05", {"acme": {"a": 3, "b": 1, "c": None, "d": 1}})
        history = read(fold(seen("2026-01-01", {"acme": {"a": 1, "b": 1, "c": 1}}), morning, evening))
        model = history.of_model("acme", name)
        assert model is not None
        assert history.days == ["2026-01-01", "2026-01-05"]
        facts = [one.price and one.price["input"] for one in model.prices], model.intervals[-1].last
        assert (
            facts
            == {
                "a": ([1, 3], None),
                "b": ([1], None),
                "c": ([1, 2], None),
                "d": ([1], None),
                "e": ([1], "2026-01-05"),
            }[name]
        )
        noon = read(fold(evening, onto=folded(read(fold(seen("2026-01-01", {"acme": {}}), morning, evening, morning)))))
        back = noon.of_model("acme", name)
        assert back is not None
        assert len(back.intervals) == 1

    def test_observing_the_same_again_changes_nothing(self) -> None:
        assert encode(fold(FIRST, SECOND, SECOND)) == encode(fold(FIRST, SECOND))


def _facts(history: History, provider: str, name: str, day: str) -> tuple[Any, ...]:
    answer = history.price_on(provider, name, day)
    assert answer is not None
    return answer.listed, answer.price, answer.exact, answer.changed_between, answer.prices


class TestObservation:
    def test_prices_are_those_of_the_source(self) -> None:
        """A curated layer replaces a price, adds one, and excludes a model: the source's are recorded."""
        source = catalogues.catalogue(
            catalogues.provider(
                "My-Acme",
                catalogues.model("a", cost={"input": 1.0, "output": 2}),
                catalogues.model("b", cost=None),
                catalogues.model("c"),
            )
        )
        curated = (
            b'[[models]]\nprovider = "my-acme"\nid = "a"\ncost.input = 9\n'
            b'[[models]]\nprovider = "my-acme"\nid = "b"\ncost.output = 9\ncost.fees.maps = 1\n'
            b'cost.modes.flex = { input = 1, request = { tier = "flex" } }\n[exclude]\nmy-acme = ["c"]\n'
        )
        file, _ = catalogues.base(source, curated)
        listed = observed_file(file, "2026-01-01").listed
        assert listed == {"my_acme": {"a": {"input": 1, "output": 2}, "b": {}, "c": None}}

    def test_records_and_the_file_that_is_made_of_them_agree(self) -> None:
        models = [catalogues.model(f"m{number}", cost={"input": number, "cache_read": 0.5}) for number in range(3)]
        file, _ = catalogues.of_source(catalogues.catalogue(catalogues.provider("acme", *models)))
        records = {"acme": {"models": {one["id"]: one for one in models}}}
        assert observed_records(records, "2026-01-01") == observed_file(file, "2026-01-01")

    def test_a_day_is_checked(self) -> None:
        with pytest.raises(ValueError, match="not a day: '2026'"):
            observed_records({}, "2026")

    def test_a_whole_number_has_one_form(self) -> None:
        price = price_of({"input": 1.0, "tiers": [{"context_over": 5, "input": 2.0}]})
        assert json.dumps(price) == '{"input": 1, "tiers": [{"context_over": 5, "input": 2}]}'


def small() -> bytes:
    first = seen("2026-01-01", {"acme": {"gpt-4": 1, "gpt-4o": 2, "Zoë/x y": {}}, "b": {"q": None}})
    second = seen("2026-01-03", {"acme": {"gpt-4o": {"input": 3, "tiers": [{"context_over": 1, "input": 2}]}}})
    history = with_successors(fold(first, second), {("acme", "gpt-4"): Successor("acme:gpt-4o", "curated", None)})
    return encode(fold(seen("2026-01-04", {"b": {"q": 1}}), onto=history))


class TestFile:
    def test_the_header_keeps_its_schema(self) -> None:
        assert validation.first_fault("history", json.loads(small().split(b"\n")[0])) is None

    def test_every_line_is_json(self) -> None:
        header, *lines, end = small().split(b"\n")
        assert [json.loads(line)["provider"] for line in lines] == sorted(json.loads(header)["providers"])
        assert end == b""

    def test_reading_gives_what_was_written(self) -> None:
        assert encode(folded(History(small(), "toy"))) == small()

    def test_every_altered_byte_is_noticed(self) -> None:
        data = small()
        for at in range(len(data)):
            altered = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            with pytest.raises(SnapshotError, match=r"toy\.json: (not a whole history|history format)"):
                folded(History(altered, "toy.json"))

    def test_every_other_length_is_noticed(self) -> None:
        for data in (small()[:-1], small() + b"\n", small()[:40], b"", small().replace(b"\n", b"", 1)):
            with pytest.raises(SnapshotError, match="not a whole history"):
                History(data, "toy.json")

    @pytest.mark.parametrize("text", [b"hello\n", b"[]\n", b'{"format":1}\n', b"\xff\n", b"7", b"[" * 100_000 + b"\n"])
    def test_another_file_is_refused(self, text: bytes) -> None:
        with pytest.raises(SnapshotError, match="does not begin with a history's header"):
            History(text, "toy.json")

    def test_a_snapshot_is_refused(self) -> None:
        with pytest.raises(SnapshotError, match="does not begin with a history's header") as caught:
            History.open(paths.PACKAGED_SNAPSHOT)
        assert caught.value.path == paths.PACKAGED_SNAPSHOT

    def test_another_format_names_its_number(self) -> None:
        with pytest.raises(SnapshotError, match=r"history format 2, but this version .* reads format 1"):
            History(resealed(header={"format": 2}), "toy.json")

    @pytest.mark.parametrize(
        "header",
        [
            {"days": []},
            {"days": ["2026-01-03", "2026-01-01"]},
            {"days": ["2026-01-01", "2026-01-01"]},
            {"days": ["yesterday"]},
            {"days": None},
            {"classes": None, "days": 3},
            {"history": None, "providers": []},
            {"providers": {"acme": [5, 1, 1]}},
            {"providers": {"acme": [0, 1]}},
            {"providers": {"acme": ["0", 1, 1]}},
        ],
        ids=str,
    )
    def test_a_header_that_this_package_does_not_write_is_refused(self, header: dict[str, Any]) -> None:
        with pytest.raises(SnapshotError, match="its header is not one that this package writes"):
            History(resealed(header=header), "toy.json")

    @pytest.mark.parametrize(
        "line",
        [
            {"provider": "b"},
            {"seen": [9, -1]},
            {"seen": [0, 1]},
            {"seen": [2, 0, 1, -1]},
            {"seen": []},
            {"seen": [2]},
            {"ids": ["0a"]},
            {"ids": ["0a", "0a", "0b"]},
            {"ids": ["0a", "5b", "0c"]},
            {"ids": ["0a", "", "0c"]},
            {"ids": ["0a", "#b", "0c"]},
            {"ids": 3},
            {"listed": [0, 0]},
            {"listed": [3, 0, 0]},
            {"listed": [[2, 1], 0, 0]},  # gone without a price
            {"listed": [[2, -1, 0, 2, 0], 0, 0]},  # two prices from one day
            {"listed": [[2, -1, 0, -1, 0], 0, 0]},  # a price from a day that is not there
            {"listed": [[2, -1, 99], 0, 0]},
            {"listed": [[2, -1, -2], 0, 0]},
            {"listed": [[[2, 2, 2, 1], 0], 0, 0]},  # listed twice from one day
            {"listed": [["2", -1, 0], 0, 0]},
            {"listed": [[], 0, 0]},
            {"prices": []},
            {"prices": [3, 3, 3, 3]},
            {"successors": {"gpt-4": ["x"]}},
            {"successors": 5},
        ],
        ids=str,
    )
    def test_a_line_that_this_package_does_not_write_is_refused(self, line: dict[str, Any]) -> None:
        with pytest.raises(SnapshotError, match="the part about acme cannot be read"):
            folded(History(resealed(line=line), "toy.json"))

    def test_the_control_for_these(self) -> None:
        assert resealed() == small()

    @pytest.mark.parametrize("kind", ["missing", "folder", "fifo"])
    def test_a_path_without_a_file_is_named(self, kind: str, tmp_path: Path) -> None:
        path = tmp_path / "history.json"
        if kind == "folder":
            path.mkdir()
        elif kind == "fifo":
            os.mkfifo(path)
        with pytest.raises(SnapshotError, match=r"history\.json: (the history cannot be read|not a regular file)"):
            History.open(str(path))

    def test_a_file_that_another_one_replaces_is_still_read(self, tmp_path: Path) -> None:
        path, new = tmp_path / "history.json", tmp_path / "new"
        path.write_bytes(small())
        history = History.open(str(path))
        new.write_bytes(encode(fold(FIRST)))
        new.replace(path)
        assert history.knows("acme", "gpt-4")
        assert History.open(str(path)).knows("acme", "c")

    def test_ids_that_share_very_much(self) -> None:
        """The length of what they share needs no escape, which would make the file longer."""
        ids = ["x" * 44, "x" * 44 + "w", "x" * 60, "x" * 60 + "y", "x" * 200]
        history = read(fold(seen("2026-01-01", {"acme": dict.fromkeys(ids, 1)})))
        assert b"\\" not in encode(folded(history))
        line = history.line("acme")
        assert line is not None
        assert list(line.ids) == sorted(ids)


def resealed(*, header: dict[str, Any] | None = None, line: dict[str, Any] | None = None) -> bytes:
    """The small file with other content, under right checksums; `line` changes that of `acme`."""
    first, *lines = small().splitlines()
    texts = []
    spans = {}
    for one in map(json.loads, lines):
        provider = one["provider"]
        changed = {**one, **(line or {})} if provider == "acme" else one
        text = json.dumps(changed, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        spans[provider] = [sum(map(len, texts)), len(text), crc32(text)]
        texts.append(text)
    plain = {key: value for key, value in json.loads(first).items() if key != "crc"}
    start = json.dumps({**plain, "providers": spans, **(header or {})}, separators=(",", ":")).encode()[:-1]
    return b"".join([start, CRC % crc32(start), b"\n", *texts])


class TestWork:
    def test_a_question_reads_the_header_and_one_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two reads of the packaged file, at most 16 KB and the provider's line; the second question reads one line."""
        reads: list[int] = []
        read_part = open_file.OpenFile.read

        def counted(self: open_file.OpenFile, start: int, size: int) -> bytes:
            data = read_part(self, start, size)
            reads.append(len(data))
            return data

        monkeypatch.setattr(open_file.OpenFile, "read", counted)
        history = History.open(paths.PACKAGED_HISTORY)
        assert history.knows("openai", "gpt-4")
        assert history.of_model("openai", "gpt-4")
        assert history.price_on("openai", "gpt-4", "2026-01-01")
        assert reads == [1 << 14, history.providers["openai"][1]]
        assert history.knows("anthropic", "claude-3-sonnet-20240229")
        assert not history.knows("nobody")
        assert reads[2:] == [history.providers["anthropic"][1]]

    def test_only_the_entry_that_is_asked_for_is_decoded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        history = History.open(paths.PACKAGED_HISTORY)
        line = history.line("openrouter")
        assert line is not None
        asked: list[str] = []
        entry = type(line).entry
        monkeypatch.setattr(type(line), "entry", lambda self, name: (asked.append(name), entry(self, name))[1])
        gone = next(name for name in line.ids if name not in set(line.living()))
        assert history.of_model("openrouter", gone)
        assert asked == [gone]

    def test_it_needs_the_standard_library_only(self, tmp_path: Path) -> None:
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); "
            "import llm_models.timeline as t; from llm_models import paths; "
            "print(t.History.open(paths.PACKAGED_HISTORY).knows('openai', 'gpt-4'), "
            "[name for name in ('glom', 'click', 'httpx', 'jsonschema', 'tomlkit') if name in sys.modules])"
        )
        done = python(code, ROOT, options=["-I", "-S", "-B"], cwd=tmp_path)
        assert done.out.strip() == "True []"


# Property tests: the fold, against answers that are read off the observations themselves.

NAMES = ["a", "b", "aa/b"]
PRICES = st.sampled_from([{}, {"input": 1}, {"input": 2}, {"input": 1, "output": 0.5}, None])
DAYS = [f"2026-01-{day:02}" for day in range(1, 21)]
OBSERVED = st.lists(
    st.tuples(
        st.sampled_from(DAYS[1:-1]),
        st.dictionaries(st.sampled_from(["p", "q"]), st.dictionaries(st.sampled_from(NAMES), PRICES), max_size=2),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one[0],
).map(lambda listed: [seen(day, part) for day, part in sorted(listed, key=lambda one: one[0])])


def oracle(observations: list[Any], provider: str, name: str, day: str) -> tuple[Any, ...]:
    """(listed, price, exact, days around, prices around) of a day, from the observations."""

    def stated(observation: Any) -> Any:
        return observation.listed.get(provider, {}).get(name, GONE)

    before = [one for one in observations if one.day <= day]
    after = [one for one in observations if one.day >= day]
    sides = [stated(one) != GONE for one in (*before[-1:], *after[:1])]
    listed = sides[0] if before and after and sides[0] == sides[-1] else None
    if listed is False:
        return False, None, True, None, None
    older = next((one for one in reversed(before) if stated(one) is not None), None)
    newer = next((one for one in after if stated(one) is not None), None)
    low = stated(older) if older and stated(older) != GONE else None
    high = stated(newer) if newer and stated(newer) != GONE else None
    if before and after and low is not None and low == high:
        return listed, low, True, None, None
    price = (low if low is not None else high) if older else None
    return listed, price, False, (older and older.day, newer and newer.day), (low, high)


@pytest.mark.whole
@given(OBSERVED)
@settings(max_examples=150, deadline=None)
def test_every_answer_is_that_of_the_observations(observations: list[Any]) -> None:
    history = read(fold(*observations))
    for provider in ("p", "q"):
        listed = [one.day for one in observations if provider in one.listed]
        assert history.knows(provider) is bool(listed)
        for name in NAMES:
            days = [one.day for one in observations if name in one.listed.get(provider, {})]
            assert history.knows(provider, name) is bool(days)
            if days:
                model = history.of_model(provider, name)
                assert model is not None
                assert (model.intervals[0].first, model.last) == (days[0], days[-1])
                for day in DAYS:
                    expected = oracle(observations, provider, name, day)
                    assert _facts(history, provider, name, day) == expected, (provider, name, day)


@given(OBSERVED, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_folding_by_files_is_folding_at_once(observations: list[Any], chance: random.Random) -> None:
    """Written and read after some steps, without current prices after some, a history goes on the same."""
    at_once = fold(*observations)
    history = nothing("toy")
    for number, observation in enumerate(observations):
        history = extended(history, observation)
        if chance.random() < 0.5:
            history = folded(read(history))
        elif chance.random() < 0.5 and all(
            None not in part.values() for one in observations[: number + 1] for part in one.listed.values()
        ):
            history = with_prices(folded(read(without_prices(history))), observation)
    assert encode(history) == encode(at_once)
    assert folded(read(history)).days == at_once.days
