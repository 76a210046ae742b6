"""What a usage costs: `cost` and `prices`, by rule and by worked example."""

from __future__ import annotations

import doctest
import json
import pickle
import re
import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from typing import Any, ClassVar
from unittest import mock

import pytest
from support import ROOT, catalogues, histories
from support.catalogues import model, provider
from support.command import fine
from support.prices import FULL, SPEC, TOKENS, bill, catalogue, lines, small

import llm_models
from llm_models import (
    Bill,
    InvalidArgumentError,
    Model,
    RetiredModelError,
    Snapshot,
    UnknownModeError,
    UnpricedError,
    Usage,
    UsageError,
    bills,
    lookup,
)
from llm_models.bills import Source, written
from llm_models.modes import is_priced
from llm_models.origins import fields_of

NAMES = {(name,) for name in TOKENS}
WORKED = ROOT.parent / "shared" / "cost" / "examples.json"
"""Examples with their sources, which are no part of the repository."""


def worked() -> list[Any]:
    if not WORKED.exists():
        return []
    stated = json.loads(WORKED.read_text("utf-8"))
    return [pytest.param(one, id=one["id"]) for one in (*stated["examples"], *stated["more"])]


def of_example(one: dict[str, Any]) -> Bill:
    """The bill of a worked example."""
    provider_id, _, model_id = one["model"].partition(":")
    payload = one["usage"]["payload"]
    around = one["usage"].get("response")
    protocol = one["usage"]["protocol"]
    usage = llm_models.usage({**around, "usage": payload} if around else payload, protocol)
    if "override" not in one:
        made = Model.from_dict({"provider": provider_id, "id": model_id, "cost": one["prices"]})
        return small().cost(made, usage, one.get("at"), one.get("mode"))
    base = catalogues.made_up({provider_id: {model_id: {"cost": one["prices"]}}})
    entry = {"provider": provider_id, "id": model_id, **one["override"]}
    return Snapshot(catalogues.layered(base, {"models": [entry]})).cost(one["model"], usage)


@pytest.mark.skipif(not WORKED.exists(), reason="the worked examples are not here")
@pytest.mark.parametrize("one", worked())
def test_worked_examples_hold_to_the_last_digit(one: dict[str, Any]) -> None:
    expected = one["expected"]
    if "raises" in expected:
        with pytest.raises(getattr(llm_models, expected["raises"])):
            of_example(one)
        return
    made = of_example(one)
    assert made.total == (None if expected["total"] is None else Decimal(expected["total"]))
    assert made.known == Decimal(expected.get("known", made.known))
    assert [*made.assumed] == expected.get("assumed", [])
    assert [name for name, _ in made.unpriced] == expected.get("unpriced", [])
    assert made.tier == expected.get("tier", made.tier)
    assert (made.mode or "standard") == expected.get("mode", made.mode or "standard")
    assert made.reported == (Decimal(expected["reported"]) if "reported" in expected else made.reported)
    if "lines" in expected:
        stated = [(cls, quantity, Decimal(amount)) for cls, quantity, amount in expected["lines"]]
        assert [(line.cls, line.quantity, line.amount) for line in made.lines] == stated


class TestQuantities:
    """Each token is in one line."""

    def test_parts_are_taken_out_of_their_wholes(self) -> None:
        made = bill(FULL, input=10_000, cache_read=5000, cache_write=3000, cache_write_1h=2000, output=700)
        assert lines(made) == [
            ("input", 2000, "2", None), ("cache_read", 5000, "0.5", None), ("cache_write", 1000, "2.5", None),
            ("cache_write_1h", 2000, "4", None), ("output", 700, "8", None),
        ]  # fmt: skip
        assert made.total == Decimal("0.0226")

    def test_what_is_cached_and_audio_is_subtracted_once(self) -> None:
        cost = {"input": 1, "cache_read": 0.1, "input_audio": 3, "cache_read_audio": 0.3}
        made = bill(cost, input=1000, cache_read=300, input_audio=200, cache_read_audio=100)
        assert [line[:2] for line in lines(made)] == [
            ("input", 600), ("cache_read", 200), ("input_audio", 100), ("cache_read_audio", 100),
        ]  # fmt: skip

    def test_a_part_that_must_overlap_and_does_not_state_it_is_refused(self) -> None:
        with pytest.raises(UsageError, match=r"add up to 20 more, so that many must be cached audio or images"):
            bill({"input": 1}, input=100, cache_read=60, input_audio=60)

    def test_images_are_counted_only_without_image_tokens(self) -> None:
        cost = {"input": 1, "output": 1, "image": 0.04, "output_image": 30}
        assert lines(bill(cost, images=2)) == [("image", 2, "0.04", None)]
        assert lines(bill(cost, images=2, output=10, output_image=10)) == [("output_image", 10, "30", None)]

    def test_audio_is_priced_by_the_minute(self) -> None:
        made = bill({"audio": 0.006}, audio_seconds="90.5")
        assert made.total == Decimal("0.00905")

    def test_a_fee_is_due_for_each_use_and_each_request(self) -> None:
        made = bill({"input": 1, "fees": {"request": 5, "web_search": 10, "ocr": 2}}, requests=3, web_search=2,
                    fees={"ocr": 4})  # fmt: skip
        assert lines(made) == [
            ("fees.ocr", 4, "2", None), ("fees.request", 3, "5", None), ("fees.web_search", 2, "10", None),
        ]  # fmt: skip
        assert made.total == Decimal("0.043")

    def test_a_lifetime_that_may_be_in_it_is_assumed_to_be_0(self) -> None:
        assert bill(FULL, input=10, cache_write=5).assumed == ("cache_write_1h",)
        assert lines(bill(FULL, input=10, cache_write=5))[1] == ("cache_write", 5, "2.5", "not_split")
        assert bill(FULL, input=10, cache_write=5, cache_write_1h=0).assumed == ()
        assert bill({"input": 1, "cache_write": 1}, input=10, cache_write=5).assumed == ()


class TestUnknown:
    def test_a_part_without_a_price_makes_the_total_unknown(self) -> None:
        made = bill(FULL, input=100, input_audio=40, output=10, maps=2)
        assert (made.total, made.known, made.exact) == (None, Decimal("0.0002"), False)
        assert made.unpriced == (("input_audio", 40), ("fees.maps", 2))

    def test_requests_that_were_not_measured_make_it_unknown(self) -> None:
        made = bill(FULL, input=100, requests=3, unmeasured_requests=1)
        assert (made.total, made.unpriced) == (None, (("unmeasured_requests", 1),))

    def test_free_is_not_unknown(self) -> None:
        made = bill({"input": 0, "output": 0}, input=100, output=10)
        assert (made.total, made.exact) == (0, True)

    @pytest.mark.parametrize(
        "usage",
        [
            Usage(),
            Usage(requests=2, mode="batch", model="m", reported="0.1"),
            {"prompt_tokens": None, "completion_tokens": None},
            llm_models.usage({"prompt_tokens": 5, "completion_tokens": 1}, protocol="anthropic"),
        ],
    )
    def test_a_usage_that_states_no_number_is_not_free(self, usage: Any) -> None:
        with pytest.raises(UsageError, match=r"nothing is counted, so what it costs is unknown"):
            catalogue(**FULL).cost(SPEC, usage)
        assert (
            bill(FULL, input=0).total == bill(FULL, web_search=0).total == bill(FULL, fees={"ocr": 0}, output=0).total
        )

    def test_what_the_provider_reports_is_in_no_total(self) -> None:
        made = bill(FULL, input=1_000_000, reported="1.75")
        assert (made.total, made.reported) == (2, Decimal("1.75"))

    def test_strict_refuses_it(self) -> None:
        snapshot = catalogue(input=1)
        with pytest.raises(UnpricedError, match=r"^acme:m: no price of output \(5\)$") as caught:
            snapshot.cost(SPEC, Usage(input=1, output=5), strict=True)
        assert isinstance(caught.value, LookupError)
        assert caught.value.bill.known == Decimal("0.000001")
        assert snapshot.cost(SPEC, Usage(input=9, cache_read=5), strict=True).assumed == ("cache_read",)
        with pytest.raises(UnpricedError, match=r"assumed of cache_read$"):
            snapshot.cost(SPEC, Usage(input=9, cache_read=5), strict="exact")
        with pytest.raises(InvalidArgumentError, match="strict: unknown value"):
            snapshot.cost(SPEC, Usage(), strict="yes")  # type: ignore[arg-type]


class TestTiers:
    COST: ClassVar[dict[str, Any]] = {
        "input": 1,
        "output": 10,
        "tiers": [{"context_over": 200, "input": 2, "output": 20}],
    }

    @pytest.mark.parametrize(("size", "tier", "total"), [(200, None, "0.00021"), (201, 200, "0.000422")])
    def test_the_total_input_decides_for_the_whole_request(self, size: int, tier: int | None, total: str) -> None:
        made = bill(self.COST, input=size, output=1, cache_read=100)
        assert (made.tier, made.total) == (tier, Decimal(total))

    def test_the_input_of_a_continued_answer_is_that_of_its_first_request(self) -> None:
        assert bill(self.COST, input=300, tier_input=150).tier is None

    def test_a_sum_of_requests_of_which_one_may_be_in_a_tier_is_refused(self) -> None:
        with pytest.raises(UsageError, match="Price each request, and add the bills"):
            bill(self.COST, input=201, requests=2)
        assert bill(self.COST, input=200, requests=2).total == Decimal("0.0002")

    def test_a_tier_of_another_layer_counts(self) -> None:
        cost = {**self.COST, "modes": {"flex": {"input": 0.5, "output": 5}}}
        made = bill(cost, mode="flex", input=201, output=1)
        assert (made.tier, made.assumed) == (None, ("input", "output"))


class TestModes:
    COST: ClassVar[dict[str, Any]] = {
        "input": 4,
        "modes": {
            "batch": {"input": 2}, "flex": {"input": 3}, "fast": {"input": 8, "request": {"service_tier": "priority"}},
            "batch+flex": {"input": 1}, "pro": {"request": {"reasoning": {"mode": "pro"}}}, "mine": {"input": 7},
        },
    }  # fmt: skip

    @pytest.mark.parametrize(
        ("asked", "served", "mode", "total"),
        [
            (None, None, None, 4),
            ("", None, None, 4),
            ("Default", None, None, 4),
            ("On_Demand", None, None, 4),
            ("batch", None, "batch", 2),
            ("priority", None, "fast", 8),  # by a value in its request
            ("flex+batch", None, "batch+flex", 1),  # in alphabetical order
            (None, "priority", "fast", 8),
            ("flex", "standard", None, 4),  # it was served as standard, and that is billed
            ("fast", "standard", None, 4),
            ("priority", "flex", "flex", 3),
            ("batch", "standard", "batch", 2),  # a response does not state this, so the caller's word holds
            ("mine", "standard", "mine", 7),
            ("batch", "flex", "batch+flex", 1),
            ("flex", "batch", "batch+flex", 1),  # what the response states is of another kind
        ],
    )
    def test_the_mode_that_is_billed(self, asked: Any, served: Any, mode: str | None, total: int) -> None:
        made = catalogue(**self.COST).cost(SPEC, Usage(input=1_000_000, mode=served), mode=asked)
        assert (made.mode, made.total) == (mode, total)

    @pytest.mark.parametrize("asked", ["flx", "pro", "scale", "batch+fast", "batch+flx"])
    def test_a_mode_that_the_list_does_not_price_is_an_error(self, asked: str) -> None:
        with pytest.raises(UnknownModeError) as caught:
            bill(self.COST, mode=asked, input=1)
        assert caught.value.modes == ("batch", "batch+flex", "fast", "flex", "mine")
        assert isinstance(caught.value, LookupError)

    def test_the_error_names_the_nearest_mode(self) -> None:
        with pytest.raises(UnknownModeError, match=r"no mode 'flx' \(its modes are .*\)\. Did you mean 'flex'\?$"):
            bill(self.COST, mode="flx", input=1)
        priced = r"\(its modes with prices are batch, batch\+flex, fast, flex, mine\)"
        with pytest.raises(UnknownModeError, match=f"the price list states no price of the mode 'pro' {priced}"):
            bill(self.COST, mode="pro", input=1)
        with pytest.raises(UnknownModeError, match=r"no mode 'flex' \(it has none\)$"):
            bill({"input": 1}, mode="flex", input=1)

    @pytest.mark.parametrize(("asked", "mode"), [(None, "scale"), ("batch", "batch+scale")])
    def test_a_mode_that_only_the_response_names_leaves_everything_without_a_price(self, asked: Any, mode: str) -> None:
        snapshot = catalogue(**self.COST)
        made = snapshot.cost(SPEC, Usage(input=9, mode="scale"), mode=asked)
        assert (made.mode, made.total, made.unpriced) == (mode, None, (("input", 9),))

    def test_a_mode_that_is_not_text_is_refused(self) -> None:
        with pytest.raises(InvalidArgumentError, match="mode: not text"):
            bill(self.COST, mode=5, input=1)  # type: ignore[arg-type]


class TestTime:
    COST: ClassVar[dict[str, Any]] = {
        "input": 1, "valid_from": "2026-07-30",
        "dated": [{"input": 9, "valid_from": "2026-12-24T18:00:00Z"}, {"input": 3, "valid_from": "2026-07-09"}],
    }  # fmt: skip

    @pytest.mark.parametrize(
        ("at", "total"),
        [
            ("2026-07-08", None),
            ("2026-07-09", 3),
            (date(2026, 7, 29), 3),
            (datetime(2026, 7, 29, 23, 59, 59, tzinfo=UTC), 3),
            (datetime(2026, 7, 30), 1),  # a time without a zone is UTC
            (datetime(2026, 7, 30, 1, tzinfo=timezone(timedelta(hours=2))), 3),
            ("2026-07-30T00:00:00Z", 1),
            ("2026-12-24T17:59:59", 1),
            ("2026-12-24T18:00:00Z", 9),
        ],
    )
    def test_the_latest_list_that_has_begun_holds(self, at: Any, total: int | None) -> None:
        assert bill(self.COST, at, input=1_000_000).total == total

    def test_a_list_without_a_day_is_the_oldest(self) -> None:
        cost = {"input": 1, "dated": [{"input": 9, "valid_from": "2026-07-09"}]}
        assert [bill(cost, at, input=1_000_000).total for at in ("1999-01-01", "2026-07-09")] == [1, 9]

    def test_lists_are_whole(self) -> None:
        cost = {"input": 1, "cache_write_1h": 5, "dated": [{"input": 9, "valid_from": "2026-01-09"}]}
        assert bill(cost, input=9, cache_write=9, cache_write_1h=9).unpriced == (("cache_write_1h", 9),)

    def test_before_the_first_list_a_mode_of_it_is_without_a_price_and_a_typo_an_error(self) -> None:
        cost = {"valid_from": "2026-01-09", "input": 9, "modes": {"flex": {"input": 3}}}
        made = bill(cost, "2026-01-08", "flex", input=5)
        assert (made.total, made.unpriced, made.mode) == (None, (("input", 5),), "flex")
        record = Model.from_dict({"provider": "acme", "id": "made", "cost": cost})
        assert catalogue().prices(record, "2026-01-08", "flex").rows == ()
        with pytest.raises(UnknownModeError, match="its modes are flex"):
            bill(cost, "2026-01-08", "flx", input=5)

    def test_hours_are_those_of_the_moment(self) -> None:
        cost = {"input": 4, "hours": [{"utc": ["16:30", "00:30"], "input": 1}]}
        totals = [bill(cost, f"2026-06-01T{time}", input=1_000_000).total for time in ("16:29", "16:30", "00:29")]
        assert totals == [4, 1, 1]

    def test_it_is_kept_in_the_bill(self) -> None:
        assert bill(self.COST, "2026-07-09", input=1).at == datetime(2026, 7, 9, tzinfo=UTC)
        before = datetime.now(UTC)
        now = bill(self.COST, None, input=1).at
        assert now is not None
        assert before <= now <= datetime.now(UTC)

    @pytest.mark.parametrize("at", ["tomorrow", "2026-13-01", 5, "0001-01-01T00:00:00+23:00"])
    def test_what_is_not_a_moment_is_refused(self, at: Any) -> None:
        with pytest.raises(InvalidArgumentError, match=r"^at: not a moment"):
            bill(self.COST, at, input=1)


class TestHistory:
    """Before the catalogue's date, the source's own list of that day comes before a list without a day."""

    @pytest.fixture
    def old(self, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
        """`acme:m` cost 5 on January 1st and 3 on January 11th and 21st; `acme:new` came on January 21st."""
        models = [
            model("m", cost={"input": 3}, last_updated="2026-01-21"), model("new", cost={"input": 7}),
            model("same", cost={"input": 2, "output": 4}),
        ]  # fmt: skip
        before = [
            histories.seen("2026-01-01", {"acme": {"m": 5, "same": {"input": 2, "output": 4}}}),
            histories.seen("2026-01-11", {"acme": {"m": 3, "same": {"input": 2, "output": 4}}}),
        ]
        source = catalogues.catalogue(provider("acme", *models))
        histories.shipped(monkeypatch, tmp_path, source, "2026-01-21", *before)
        return llm_models.load(config=None, publish=False)

    def test_the_price_of_that_day(self, old: Snapshot) -> None:
        made = old.cost("acme:m", Usage(input=1_000_000), "2026-01-01")
        assert (made.total, made.exact, made.changed_between) == (5, True, None)
        assert made.lines[0].origin[:1] == ("history",)
        assert made.lines[0].origin.valid_from_basis == "first_seen"
        assert made.lines[0].origin.valid_from == "2026-01-01"

    def test_a_day_between_two_days_with_different_prices_is_not_exact(self, old: Snapshot) -> None:
        made = old.cost("acme:m", Usage(input=1_000_000), "2026-01-05T12:00")
        assert (made.total, made.exact, made.changed_between) == (5, False, ("2026-01-01", "2026-01-11"))
        both = [old.cost("acme:m", Usage(input=1_000_000), day).total for day in made.changed_between or ()]
        assert both == [5, 3]
        with pytest.raises(UnpricedError, match="the price changed between 2026-01-01 and 2026-01-11"):
            old.cost("acme:m", Usage(input=1), "2026-01-05", strict="exact")
        assert old.prices("acme:m", "2026-01-05").changed_between == made.changed_between

    def test_while_the_source_listed_todays_prices_the_record_holds(self, old: Snapshot) -> None:
        """The record has more than the source listed: curated prices, modes and fees."""
        made = old.cost("acme:m", Usage(input=1_000_000), "2026-01-15")
        assert (made.total, made.exact) == (3, True)
        origin = made.lines[0].origin
        assert (origin.layer, origin.valid_from, origin.valid_from_basis) == (
            "models_dev", "2026-01-11", "source_change",
        )  # fmt: skip

    def test_the_error_about_a_mode_states_that_the_list_is_an_old_one(self, old: Snapshot) -> None:
        with pytest.raises(UnknownModeError, match="the price list of 2026-01-01, as the history has it, has no mode"):
            old.cost("acme:m", Usage(input=1), "2026-01-02", "batch")

    def test_from_the_catalogues_day_on_the_record_holds(self, old: Snapshot) -> None:
        assert old.date == "2026-01-21"
        assert old.cost("acme:m", Usage(input=1), "2026-01-21").lines[0].origin.valid_from is None
        assert old.cost("acme:m", Usage(input=1), "2026-01-20").lines[0].origin.valid_from == "2026-01-11"

    def test_a_day_of_which_the_history_knows_nothing_is_not_exact(self, old: Snapshot) -> None:
        for spec, day in (("acme:m", "2025-12-01"), ("acme:new", "2026-01-02")):
            made = old.cost(spec, Usage(input=1_000_000), day)
            assert (made.total is not None, made.exact, made.changed_between) == (True, False, None)

    @pytest.fixture
    def without_one(self, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
        """A catalogue whose history has acme:gone, at 5 USD."""
        before = histories.seen("2026-01-01", {"acme": {"gone": {"input": 5}, "m": 3}})
        source = catalogues.catalogue(provider("acme", model("m", cost={"input": 3}, last_updated="2026-01-21")))
        histories.shipped(monkeypatch, tmp_path, source, "2026-01-21", before)
        return llm_models.load(config=None, publish=False)

    def test_a_model_that_is_gone_has_the_prices_of_its_time(self, without_one: Snapshot) -> None:
        made = without_one.cost("acme:gone", Usage(input=1_000_000), "2026-01-01")
        assert (made.total, made.exact, made.model) == (5, True, "acme:gone")
        assert without_one.prices("acme:gone", "2026-01-01").rows[0].rate == 5
        later = without_one.cost("acme:gone", Usage(input=1_000_000), "2026-02-01")
        assert (later.total, later.unpriced) == (None, (("input", 1_000_000),))
        with pytest.raises(RetiredModelError):
            without_one.cost("acme:gone", Usage(input=1))

    def test_bills_of_a_model_that_is_gone_look_it_up_once(self, without_one: Snapshot) -> None:
        """The error about a gone name has suggestions, which take longer than a thousand bills."""
        with mock.patch("llm_models.snapshot.locate", wraps=lookup.locate) as locate:
            made = [without_one.cost("acme:gone", Usage(input=1_000_000), "2026-01-01").total for _ in range(3)]
            assert (made, locate.call_count) == ([5, 5, 5], 1)
            with pytest.raises(RetiredModelError):
                without_one.cost("acme:gone", Usage(input=1))

    def test_a_documented_list_comes_first(self, old: Snapshot) -> None:
        entry = {"provider": "acme", "id": "same", "cost": {"valid_from": "2026-01-03", "output": 4}}
        dated = Snapshot(catalogues.layered(old.file, {"models": [entry]}))
        assert dated.prices("acme:same", "2026-01-04").rows[0].origin.valid_from == "2026-01-03"

    def test_own_prices_hold_at_any_time(self, old: Snapshot) -> None:
        entry = {"provider": "acme", "id": "m", "cost": {"input": 1}}
        own = Snapshot(catalogues.layered(old.file, {"models": [entry]}))
        made = own.cost("acme:m", Usage(input=1_000_000), "2026-01-05")
        assert (made.total, made.exact) == (1, True)

    @pytest.mark.parametrize(
        ("entry", "total", "layers"),
        [
            ({"cost": {"fees": {"request": 10}}}, "5.01", ["history", "layer 0"]),
            ({"cost": {"source": "a contract"}}, "5", ["history"]),
            ({"cost": {"output": 2}}, "5", ["history"]),
            ({"cost": {"input": 3}}, "3", ["layer 0"]),
            ({"omit": ["cost"], "cost": {"input": 1}}, "1", ["layer 0"]),
            ({"id": "copy", "new": True, "base": "acme:m"}, "5", ["history"]),
            ({"id": "copy", "new": True, "base": "acme:m", "cost": {"output": 2}}, "5", ["history"]),
        ],
    )
    def test_list_prices_beside_own_ones_and_in_copies_are_those_of_that_day(
        self, old: Snapshot, entry: Any, total: str, layers: list[str]
    ) -> None:
        """What an application adds changes no other price, and what it copies is a list price."""
        entry = {"provider": "acme", "id": "m", **entry}
        own = Snapshot(catalogues.layered(old.file, {"models": [entry]}))
        made = own.cost((entry["provider"], entry["id"]), Usage(input=1_000_000), "2026-01-01")
        assert (made.total, made.exact) == (Decimal(total), True)
        assert [line.origin.layer for line in made.lines] == layers
        between = own.cost((entry["provider"], entry["id"]), Usage(input=1_000_000), "2026-01-05")
        assert between.exact == ("history" not in layers)

    def test_an_own_price_stands_in_the_list_of_that_day(self, old: Snapshot) -> None:
        entry = {"provider": "acme", "id": "same", "cost": {"input": 1, "modes": {"batch": {"output": 3}}}}
        own = Snapshot(catalogues.layered(old.file, {"models": [entry]}))
        made = own.cost("acme:same", Usage(input=10, output=10), "2026-01-05", "batch")
        assert [(line.cls, int(line.rate), line.why, line.origin.layer) for line in made.lines] == [
            ("input", 1, None, "layer 0"), ("output", 3, None, "layer 0"),
        ]  # fmt: skip
        made = own.cost("acme:same", Usage(input=10, output=10), "2026-01-05")
        assert [(line.cls, line.why, line.origin.layer, line.origin.valid_from) for line in made.lines] == [
            ("input", None, "layer 0", None), ("output", "list_price", "models_dev", "2026-01-01"),
        ]  # fmt: skip

    def test_what_the_application_omits_is_in_no_list(self, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        models = [model("m", cost={"input": 3, "cache_read": 1}, last_updated="2026-01-21")]
        before = histories.seen("2026-01-01", {"acme": {"m": {"input": 5, "cache_read": 2}}})
        histories.shipped(monkeypatch, tmp_path, catalogues.catalogue(provider("acme", *models)), "2026-01-21", before)
        old = llm_models.load(config=None, publish=False)
        entry = {"provider": "acme", "id": "m", "omit": ["cost.cache_read"]}
        own = Snapshot(catalogues.layered(old.file, {"models": [entry]}))
        read = Usage(input=1_000_000, cache_read=1_000_000)
        assert [one.cost("acme:m", read, "2026-01-01").total for one in (old, own)] == [2, 5]

    @pytest.mark.whole
    def test_a_price_that_is_that_of_another_class_is_so_in_old_lists(self, packaged: Snapshot) -> None:
        """Text of a model of images, which the source lists at the price of image tokens, at all times."""
        checked = 0
        for spec in packaged.file.tail()["models"]:
            there = fields_of(packaged.file.tail(), spec)
            wrong = there.get(("cost", "output"), {}).get("replaced")
            model = None if wrong is None else packaged.resolve(spec)
            if model is None or model.cost.output_image != wrong:
                continue
            for then in packaged.history(spec).prices:
                made = packaged.cost(spec, Usage(input=0, output=20, output_image=10), then.valid_from)
                rates = {line.cls: float(line.rate) for line in made.lines}
                assert (rates.get("output"), rates["output_image"]) == (model.cost.output, wrong)
                checked += not made.exact
        assert checked

    def test_a_model_that_a_program_made_has_no_history(self, old: Snapshot) -> None:
        made = Model.from_dict({"provider": "acme", "id": "m", "cost": {"input": 11}})
        assert old.cost(made, Usage(input=1_000_000), "2026-01-01").total == 11
        assert old.cost("acme:m", Usage(input=1_000_000), "2026-01-01").total == 5
        assert old.cost(made, Usage(input=1)).lines[0].origin.layer is None


class TestOwnPrices:
    """One class at the application's price and another silently at the list price must not happen."""

    BASE: ClassVar[dict[str, Any]] = {
        "input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75, "cache_write_1h": 6,
        "fees": {"web_search": 10}, "modes": {"flex": {"input": 1.5, "output": 7.5}},
        "tiers": [{"context_over": 200, "input": 6, "output": 22.5}],
        "dated": [{"valid_from": "2027-01-01", "input": 2, "output": 9}],
    }  # fmt: skip

    def own(self, **entry: Any) -> Snapshot:
        base = catalogues.made_up({"acme": {"m": {"cost": self.BASE}}})
        return Snapshot(catalogues.layered(base, {"models": [{"provider": "acme", "id": "m", **entry}]}))

    def test_a_list_price_next_to_an_own_one_is_assumed(self) -> None:
        snapshot = self.own(cost={"input": 1, "output": 5})
        made = snapshot.cost(SPEC, Usage(input=100, output=10, cache_read=50, web_search=1), "2026-06-01")
        assert [(line.cls, line.why, line.origin.layer) for line in made.lines] == [
            ("input", None, "layer 0"), ("cache_read", "list_price", "made_up"), ("output", None, "layer 0"),
            ("fees.web_search", None, "made_up"),
        ]  # fmt: skip
        assert (made.assumed, made.exact) == (("cache_read",), False)

    @pytest.mark.parametrize(
        ("usage", "how"),
        [
            ({"input": 100}, {"mode": "flex"}),
            ({"input": 300}, {}),
            ({"input": 100}, {"at": "2027-01-01"}),
        ],
        ids=["mode", "tier", "dated"],
    )
    def test_so_are_the_lists_inside_of_the_list(self, usage: Any, how: Any) -> None:
        made = self.own(cost={"input": 1, "output": 5}).cost(
            SPEC, Usage(**usage, output=10), **{"at": "2026-06-01", **how}
        )
        assert made.assumed == ("input", "output")
        assert {line.why for line in made.lines} == {"list_price"}

    def test_an_own_price_of_a_mode_is_one(self) -> None:
        snapshot = self.own(cost={"modes": {"flex": {"input": 1}}})
        made = snapshot.cost(SPEC, Usage(input=100, output=10), "2026-06-01", "flex")
        assert [(line.cls, line.why) for line in made.lines] == [("input", None), ("output", "list_price")]

    def test_a_price_that_is_only_added_makes_nothing_assumed(self) -> None:
        made = self.own(cost={"input_audio": 9}).cost(SPEC, Usage(input=100, input_audio=50, output=10), "2026-06-01")
        assert made.assumed == ()

    def test_a_list_price_that_is_stated_again_is_confirmed(self) -> None:
        made = self.own(cost={"input": 1, "cache_read": 0.3}).cost(SPEC, Usage(input=100, cache_read=50), "2026-06-01")
        assert made.assumed == ()

    @pytest.mark.parametrize("cost", [{"input": 3}, {"source": "a contract"}, {"fees": {"web_search": 5}}])
    def test_a_price_that_stays_a_page_and_a_fee_replace_no_price(self, cost: Any) -> None:
        made = self.own(cost=cost).cost(SPEC, Usage(input=100, output=10, web_search=1), "2026-06-01")
        assert (made.assumed, made.exact) == ((), True)

    def test_omitting_the_list_leaves_the_own_prices_alone(self) -> None:
        snapshot = self.own(omit=["cost"], cost={"input": 1, "output": 5})
        made = snapshot.cost(SPEC, Usage(input=300, output=10, web_search=1), "2027-06-01")
        assert (made.assumed, made.unpriced) == ((), (("fees.web_search", 1),))

    def test_omitting_alone_replaces_nothing(self) -> None:
        made = self.own(omit=["cost.tiers"]).cost(SPEC, Usage(input=300, output=10), "2026-06-01")
        assert (made.assumed, made.tier) == ((), None)

    def test_a_copy_of_a_model_has_its_list_prices(self) -> None:
        base = catalogues.made_up({"acme": {"m": {"cost": self.BASE}}})
        entry = {"provider": "acme", "id": "mine", "base": SPEC, "cost": {"input": 1}}
        made = Snapshot(catalogues.layered(base, {"models": [entry]})).cost("acme:mine", Usage(input=10, output=5))
        assert [(line.cls, line.why) for line in made.lines] == [("input", None), ("output", "list_price")]

    def test_what_is_copied_has_the_origin_that_it_has_there(self) -> None:
        base = catalogues.made_up({"acme": {"m": {"cost": self.BASE}}})
        entries = [
            {"provider": "acme", "id": "m", "cost": {"input": 1}},
            {"provider": "acme", "id": "mine", "base": SPEC},
        ]
        made = Snapshot(catalogues.layered(base, {"models": entries})).cost("acme:mine", Usage(input=10, output=5))
        assert [(line.cls, int(line.rate), line.why, line.origin.layer) for line in made.lines] == [
            ("input", 1, None, "layer 0"), ("output", 15, "list_price", "base"),
        ]  # fmt: skip

    def test_the_page_of_the_list_is_not_that_of_an_own_price(self) -> None:
        base = catalogues.made_up({"acme": {"m": {"cost": {**self.BASE, "source": "https://acme.example"}}}})
        entry = {"provider": "acme", "id": "m", "cost": {"input": 1}}
        made = Snapshot(catalogues.layered(base, {"models": [entry]})).cost(SPEC, Usage(input=10, output=5))
        assert [line.origin.source for line in made.lines] == [None, "https://acme.example"]

    def test_a_file_states_where(self, tmp_path: Any) -> None:
        text = b'[[models]]\nprovider = "acme"\nid = "m"\ncost.input = 1\n'
        base = catalogues.made_up({"acme": {"m": {"cost": self.BASE}}})
        snapshot = catalogues.loaded(base, tmp_path / "llm_models.toml", text)
        made = snapshot.cost(SPEC, Usage(input=10, cache_read=5), "2026-06-01")
        assert made.lines[0].origin[:2] == ("llm_models.toml", "llm_models.toml:4")
        assert made.assumed == ("cache_read",)
        assert made.basis is not None
        assert made.basis.config is not None

    def test_arguments_of_load_are_own_prices(self) -> None:
        entry = {"provider": "openai", "id": "gpt-5.2", "cost": {"input": 1.0}}
        snapshot = llm_models.load(config=None, overrides={"models": [entry]}, publish=False)
        made = snapshot.cost("openai:gpt-5.2", Usage(input=1000, output=10))
        assert [(line.cls, line.why) for line in made.lines] == [("input", None), ("output", "list_price")]

    def test_curated_corrections_are_list_prices(self) -> None:
        curated = b'[[models]]\nprovider = "acme"\nid = "m"\ncost.input = 1\n'
        source = catalogues.catalogue(provider("acme", model("m", cost={"input": 3, "output": 4})))
        made = Snapshot(catalogues.base(source, curated)[0]).cost(SPEC, Usage(input=10, output=5))
        assert [(line.cls, line.why) for line in made.lines] == [("input", None), ("output", None)]


class TestPrices:
    def test_each_class_has_a_row_and_each_tier_has_them_again(self) -> None:
        found = catalogue(input=1, output=4, tiers=[{"context_over": 200, "input": 2, "output": 8}]).prices(SPEC)
        rows = {(row.cls, row.context_over): (int(row.rate), row.why, row.taken_from) for row in found.rows}
        assert rows["input", None] == (1, None, None)
        assert rows["input", 200] == (2, None, None)
        assert rows["cache_read", 200] == (2, "as_input", "input")
        assert rows["reasoning", None] == (4, None, "output")
        assert ("input_audio", None) not in rows

    def test_they_are_those_by_which_a_bill_is_made(self, packaged: Snapshot) -> None:
        """Of the packaged models: the rows give the rates of every line of a bill, for every size of input."""
        for spec in ("openai:gpt-5.6-sol", "anthropic:claude-sonnet-4-6", "google:gemini-2.5-flash"):
            rows = {(row.context_over, row.cls): row for row in packaged.prices(spec, "2026-11-01").rows}
            for over in {over for over, _ in rows}:
                usage = Usage(input=(over or 0) + 100, cache_read=50, output=10, reasoning=5)
                for line in packaged.cost(spec, usage, "2026-11-01").lines:
                    row = rows[over, line.cls]
                    assert (line.rate, line.per, line.why, line.origin) == (row.rate, row.per, row.why, row.origin)

    def test_they_name_the_mode_the_day_and_the_page(self) -> None:
        snapshot = catalogue(
            input=1, valid_from="2026-01-01", source="https://acme.example", modes={"flex": {"input": 5}}
        )
        found = snapshot.prices(SPEC, "2026-06-01", "flex")
        assert (found.mode, found.valid_from, found.source) == ("flex", "2026-01-01", "https://acme.example")
        assert found.rows[0].origin[:4] == ("made_up", None, "https://acme.example", "2026-01-01")
        assert found.to_dict()["rows"][0]["rate"] == "5"
        with pytest.raises(UnknownModeError):
            snapshot.prices(SPEC, mode="flx")


class TestKept:
    """What is worked out of a model's prices is kept by its name, if the catalogue has that model with these prices."""

    def test_prices_of_the_catalogue(self) -> None:
        snapshot = catalogue(input=1)
        snapshot.cost(SPEC, Usage(input=1))
        kept = {**snapshot.view.priced}
        assert len(kept) == 1
        for same in (SPEC, pickle.loads(pickle.dumps(snapshot.resolve(SPEC)))):
            assert snapshot.cost(same, Usage(input=5)).total == Decimal("0.000005")
        assert {key: one is kept.get(key) for key, one in snapshot.view.priced.items()} == dict.fromkeys(kept, True)

    def test_other_prices_under_the_same_name(self) -> None:
        snapshot = catalogue(input=1)
        provider, _, model_id = SPEC.partition(":")
        for price in (1, 2, 3):
            made = Model.from_dict({"provider": provider, "id": model_id, "cost": {"input": price}})
            assert snapshot.cost(made, Usage(input=1_000_000)).total == price
        assert snapshot.cost(SPEC, Usage(input=1_000_000)).total == 1

    def test_models_of_a_program_without_a_price_are_not_kept(self) -> None:
        snapshot = catalogue(input=1)
        for number in range(5):
            made = Model.from_dict({"provider": "own", "id": f"m{number}"})
            assert snapshot.cost(made, Usage(input=1)).total is None
        assert snapshot.view.priced == {}

    def test_models_of_a_program_are_not_kept(self) -> None:
        """It can make any number of them."""
        snapshot = catalogue(input=1)
        for number in range(5):
            made = Model.from_dict({"provider": "own", "id": f"m{number}", "cost": {"input": 1}})
            assert snapshot.cost(made, Usage(input=1_000_000)).total == 1
        assert snapshot.view.priced == {}


class TestBills:
    def test_they_add_up(self) -> None:
        one = bill(FULL, input=1000, output=10)
        other = bill(FULL, input=500, output=20)
        total = sum([one, other])
        assert isinstance(total, Bill)
        assert lines(total) == [("input", 1500, "2", None), ("output", 30, "8", None)]
        assert (total.total, total.model, total.mode, total.basis) == (Decimal("0.00324"), one.model, None, one.basis)

    def test_the_lines_of_a_sum_are_in_the_order_of_a_bill(self) -> None:
        made = bill(FULL, output=5) + bill(FULL, input=9, cache_read=5) + bill(FULL, input=9, web_search=1)
        assert [line.cls for line in made.lines] == ["input", "cache_read", "output", "fees.web_search"]

    @pytest.mark.parametrize("other", [Decimal("0.25"), 5])
    def test_no_setting_of_the_caller_rounds_a_quantity(self, other: Decimal | int) -> None:
        with localcontext(prec=3):
            assert bills._sum(123_456, other) == bills._sum(other, 123_456)
            made = bills._sum(123_456, other)
        assert made == 123_456 + other

    def test_one_unknown_makes_the_sum_unknown(self) -> None:
        total = sum([bill(FULL, input=1000), bill(FULL, input=10, input_audio=10), bill(FULL, input=5, input_audio=5)])
        assert isinstance(total, Bill)
        assert (total.total, total.known, total.unpriced) == (None, Decimal("0.002"), (("input_audio", 15),))
        assert not total.exact

    def test_a_line_of_which_a_part_is_assumed_states_why(self) -> None:
        sure, unsure = bill(FULL, input=9, cache_write=9, cache_write_1h=0), bill(FULL, input=9, cache_write=9)
        for total in (sure + unsure, unsure + sure):
            assert lines(total) == [("cache_write", 18, "2.5", "not_split")]
            assert (total.assumed, total.exact) == (("cache_write_1h",), False)

    def test_a_line_names_a_tier_and_a_source_where_both_parts_have_them(self) -> None:
        cost = {"input": 1, "output": 4, "tiers": [{"context_over": 200, "input": 2, "output": 4}]}
        small, large = bill(cost, input=100, output=1), bill(cost, input=300, output=1)
        tiers = {line.cls: (line.tier, line.origin == small.lines[1].origin) for line in (large + large).lines}
        assert tiers == {"input": (200, True), "output": (200, True)}
        assert {line.cls: line.tier for line in (large + small).lines if line.cls == "output"} == {"output": None}
        dated = catalogue(input=1, source="https://acme.example").cost(SPEC, Usage(input=1))
        (line,) = (catalogue(input=1).cost(SPEC, Usage(input=1)) + dated).lines
        assert (line.quantity, line.origin) == (2, Source(None))

    def test_what_was_reported_of_one_alone_is_not_of_the_sum(self) -> None:
        one, other = bill(FULL, input=1, reported="0.5"), bill(FULL, input=1)
        assert ((one + one).reported, (one + other).reported, (other + one).reported) == (1, None, None)

    @pytest.mark.parametrize("number", [1, 10, 20, 100, 1230])
    def test_a_total_is_written_without_an_exponent(self, number: int) -> None:
        assert str(bill({"input": number}, input=1_000_000).total) == str(number)

    def test_lines_of_other_rates_and_modes_stay_apart(self) -> None:
        cost = {"input": 1, "modes": {"flex": {"input": 1}}, "hours": [{"utc": ["00:00", "12:00"], "input": 3}]}
        bills = [bill(cost, at, mode, input=10) for at, mode in (("2026-01-01", None), ("2026-01-01T13:00", None),
                 ("2026-01-01", "flex"))]  # fmt: skip
        total = sum(bills[1:], bills[0])
        assert [(line.rate, line.mode) for line in total.lines] == [(3, None), (1, None), (1, "flex")]
        assert (total.at, total.mode) == (None, None)

    def test_what_differs_is_not_the_sums(self) -> None:
        one, other = catalogue(input=1), catalogue(input=2)
        total = one.cost(SPEC, Usage(input=1)) + other.cost(SPEC, Usage(input=1))
        assert total.basis is None
        assert total.model == SPEC

    def test_a_bill_is_not_added_to_anything_else(self) -> None:
        with pytest.raises(TypeError):
            bill(FULL, input=1) + 1
        with pytest.raises(TypeError):
            1 + bill(FULL, input=1)  # type: ignore[operator]

    def test_they_can_be_pickled_and_so_can_their_errors(self) -> None:
        made = bill(FULL, input=10, cache_read=5, input_audio=1)
        assert pickle.loads(pickle.dumps(made)) == made
        for how in ({"strict": True}, {"mode": "flx"}):
            with pytest.raises(LookupError) as caught:
                catalogue(input=1).cost(SPEC, Usage(output=1), **how)  # type: ignore[arg-type]
            again = pickle.loads(pickle.dumps(caught.value))
            assert (str(again), vars(again)) == (str(caught.value), vars(caught.value))
        prices = catalogue(input=1).prices(SPEC)
        assert pickle.loads(pickle.dumps(prices)) == prices

    def test_their_plain_data_is_json_with_decimals_as_text(self) -> None:
        data = json.loads(json.dumps(bill(FULL, "2026-06-01", input=10, audio_seconds="1.5").to_dict()))
        assert (data["total"], data["known"], data["at"]) == (None, "0.00002", "2026-06-01T00:00:00Z")
        assert data["lines"][0]["amount"] == "0.00002"
        assert data["unpriced"] == [["audio", "1.5"]]

    def test_they_name_what_they_were_computed_from(self, packaged: Snapshot) -> None:
        basis = packaged.cost("openai:gpt-5.2", Usage(input=1)).basis
        assert basis == (packaged.digest, packaged.date, None)

    def test_the_callers_decimal_context_changes_nothing(self) -> None:
        usage = {"input": 123_456_789_012, "output": 7, "audio_seconds": "0.1"}
        cost = {"input": 1.23456789, "output": 8, "audio": 0.007}
        made = bill(cost, **usage)
        with localcontext() as context:
            context.prec = 6
            assert bill(cost, **usage) == made
            assert sum([made, made]) == made + made
        assert made.lines[0].amount == Decimal(123_456_789_012 * 123_456_789).scaleb(-14)

    @pytest.mark.parametrize("number", [1, 2, 7])
    def test_so_many_equal_requests_are_the_sum_of_so_many_bills(self, number: int) -> None:
        """With lines of one class and rate that become one, parts without a price, and what a provider reports."""
        cost = {"input": 1.23456789, "output": 8, "image": 0.04}
        made = bill(cost, input=1000, input_audio=10, output=3, audio_seconds="0.1", reported="0.5")
        assert made.total is None
        for one in (made, bill(cost, input=1000), made + bill(cost, input=7)):
            assert one * number == number * one == sum([one] * number)
            assert one.known * number == (one * number).known

    def test_what_is_no_number_of_requests(self) -> None:
        made = bill({"input": 1}, input=1000)
        with pytest.raises(llm_models.InvalidArgumentError, match=r"at least 1 \(found 0\)"):
            made * 0
        for number in (1.5, "3"):
            with pytest.raises(TypeError):
                made * number


def test_the_page_about_it_is_true() -> None:
    """Its Python runs, and its console shows what the command prints."""
    text = (ROOT / "docs" / "cost.md").read_text("utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, "cost.md", "cost.md", 0)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0
    ((words, shown),) = re.findall(r"^\$ llm-models (.*)\n((?:.+\n)*?)```", text, re.MULTILINE)
    assert fine(*words.split()).out == shown
    for config in re.findall(r"```toml\n(.*?)```", text, re.DOTALL):
        snapshot = llm_models.load(config=None, overrides=tomllib.loads(config), publish=False)
        made = snapshot.cost(
            "anthropic:claude-sonnet-4-6", Usage(input=100, cache_write=50, cache_write_1h=5, output=5)
        )
        assert made.exact


@pytest.mark.whole
def test_every_price_of_the_packaged_data_can_be_asked_for(packaged: Snapshot) -> None:
    """Of some providers: in each mode, at hours of each window, and on days of the history."""
    for name in ("openai", "anthropic", "google", "deepseek", "xai"):
        for one in packaged.list_models(name):
            for mode in (None, *one.cost.modes):
                rows = packaged.prices(one, "2026-11-26T20:00", mode).rows if mode is None or is_priced(
                    one.cost.modes[mode].to_dict()) else ()  # fmt: skip
                assert all(row.rate >= 0 and row.origin.layer for row in rows)
            for day in ("2025-01-01", "2026-07-20", "2026-09-01"):
                made = packaged.cost(one, Usage(input=1000, output=10), day)
                assert (made.total is None) == bool(made.unpriced)


def test_amounts_for_people_have_four_digits() -> None:
    assert llm_models.usd(bill(FULL, input=1234, output=1)) == "$0.002476"
    assert llm_models.usd(bill(FULL, input=1234, maps=1)) == "unknown (at least $0.002468)"
    assert llm_models.usd(Decimal("1234567.5")) == "$1,234,568"
    assert llm_models.usd(Decimal("12.3456")) == "$12.35"
    assert llm_models.usd(None) == "unknown"
    assert llm_models.usd(sum([])) == "$0"
    assert llm_models.usd(Decimal("1E+70")) == "$10" + ",000" * 23
    for wrong in (Decimal("NaN"), Decimal("-Infinity"), 0.5, "5"):
        with pytest.raises(InvalidArgumentError, match="usd: not an amount"):
            llm_models.usd(wrong)  # type: ignore[arg-type]
    assert written(Decimal("1E+3")) == "1000"
