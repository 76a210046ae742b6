"""What each class costs by one price list: tiers, layers, what a layer leaves out, and classes without a price."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from llm_models import Usage, UsageError, items, tariff
from llm_models.tariff import exact, layers, rates, thresholds, window_at


def priced(prices: dict[str, Any], over: int | None = None, mode: str | None = None, window: int | None = None) -> Any:
    """Class -> (price, why, the class whose price it is)."""
    found = rates(layers(prices, mode, window), over)
    return {name: (float(rate.usd), rate.why, rate.of) for name, rate in found.items()}


class TestWithoutAPrice:
    """Unknown is never 0, and another class's price only where all providers do that, or the bill reports it."""

    @pytest.mark.parametrize(
        ("cls", "expected"),
        [
            ("reasoning", (8, None, "output")),
            ("output_citation", (8, None, "output")),
            ("input_image", (2, None, "input")),
            ("input_video", (2, None, "input")),
            ("cache_read", (2, "as_input", "input")),
            ("cache_write", (2, "as_input", "input")),
            ("cache_read_image", (2, "as_cache_read", "input")),
        ],
    )
    def test_it_costs_the_same_as_its_whole(self, cls: str, expected: Any) -> None:
        assert priced({"input": 2, "output": 8})[cls] == expected

    @pytest.mark.parametrize(
        "cls",
        [
            "input_audio", "output_audio", "output_image", "output_video", "cache_read_audio", "cache_write_30m",
            "cache_write_1h", "cache_write_12h", "image", "audio", "fees.web_search",
        ],
    )  # fmt: skip
    def test_it_is_unknown(self, cls: str) -> None:
        assert cls not in priced({"input": 2, "output": 8, "cache_read": 1, "cache_write": 3})

    def test_a_free_class_has_a_price(self) -> None:
        assert priced({"input": 2, "cache_read": 0, "cache_write_1h": 0})["cache_read"] == (0, None, "cache_read")


class TestTiers:
    LIST: ClassVar[dict[str, Any]] = {
        "input": 1, "output": 10, "cache_read": 0.1, "reasoning": 12,
        "tiers": [{"context_over": 300, "output": 30}, {"context_over": 200, "input": 2, "output": 20}],
    }  # fmt: skip

    def test_their_sizes_are_those_of_all_layers(self) -> None:
        prices = {**self.LIST, "modes": {"fast": {"tiers": [{"context_over": 250, "input": 5}]}}}
        assert thresholds(layers(prices, "fast", None)) == [200, 250, 300]

    def test_the_largest_below_the_input_is_used(self) -> None:
        assert [priced(self.LIST, over)["output"][0] for over in (None, 200, 300)] == [10, 20, 30]

    def test_what_a_tier_leaves_out_has_the_base_price_of_the_list(self) -> None:
        """A tier that states input is a list of its own, so this is assumed; another tier is a difference."""
        assert priced(self.LIST, 200)["cache_read"] == (0.1, "base_of_tier", "cache_read")
        assert priced(self.LIST, 300)["cache_read"] == (0.1, None, "cache_read")
        assert priced(self.LIST, 300)["input"] == (1, None, "input")

    def test_a_class_without_a_price_takes_that_of_the_tier(self) -> None:
        assert priced({"input": 1, "tiers": [{"context_over": 5, "input": 2}]}, 5)["cache_read"][:2] == (2, "as_input")


class TestLayers:
    def test_a_mode_that_states_input_is_a_list_of_its_own(self) -> None:
        prices = {"input": 2, "output": 8, "cache_read": 1, "modes": {"flex": {"input": 1, "output": 4}}}
        found = priced(prices, mode="flex")
        assert found["input"] == (1, None, "input")
        assert found["cache_read"] == (1, "lower_price", "cache_read")

    def test_a_mode_that_does_not_is_a_difference(self) -> None:
        prices = {"input": 2, "output": 8, "modes": {"thinking": {"output": 9}}}
        assert priced(prices, mode="thinking") == {**priced({"input": 2, "output": 9})}

    def test_a_flat_price_above_a_tier_of_a_lower_list_is_assumed(self) -> None:
        prices = {
            "input": 1, "output": 10, "tiers": [{"context_over": 5, "input": 2}],
            "modes": {"priority": {"input": 3, "output": 30}},
        }  # fmt: skip
        found = priced(prices, 5, "priority")
        assert (found["input"][:2], found["output"][:2]) == ((3, "base_of_tier"), (30, None))

    def test_a_tier_of_any_lower_layer_counts(self) -> None:
        """Here of the middle one: a mode without tiers, hours with one, and a list without."""
        hours = tariff.Layer({"tiers": [{"context_over": 5, "input": 2}]}, ())
        ladder = [tariff.Layer({"input": 3}, ()), hours, tariff.Layer({"input": 1}, ())]
        assert rates(ladder, 5)["input"].why == "base_of_tier"
        assert rates(ladder, None)["input"].why is None
        assert rates([ladder[0], ladder[2]], 5)["input"].why is None

    def test_a_tier_of_a_mode_that_states_input_is_a_list_of_its_own(self) -> None:
        tiers = [{"context_over": 5, "input": 2}]
        prices = {"input": 2, "cache_read": 1, "modes": {"pro": {"output": 9, "tiers": tiers}}}
        assert priced(prices, 5, "pro")["cache_read"] == (1, "lower_price", "cache_read")
        assert priced(prices, None, "pro")["cache_read"] == (1, None, "cache_read")

    def test_a_mode_uses_its_own_hours_and_not_those_of_the_list(self) -> None:
        window = {"utc": ["00:00", "24:00"]}
        prices = {
            "input": 4, "hours": [{**window, "input": 1}],
            "modes": {"flex": {"input": 2}, "night": {"input": 3, "hours": [{**window, "output": 9}]}},
        }  # fmt: skip
        assert priced(prices, window=0)["input"][0] == 1
        assert priced(prices, mode="flex")["input"][0] == 2
        assert priced(prices, mode="night", window=0)["output"][0] == 9

    def test_fees_are_those_of_the_topmost_layer_and_never_assumed(self) -> None:
        prices = {
            "input": 1, "fees": {"web_search": 10, "maps": 5},
            "modes": {"batch": {"input": 1, "fees": {"web_search": 0}}},
        }  # fmt: skip
        found = priced(prices, mode="batch")
        assert found["fees.web_search"] == (0, None, "fees.web_search")
        assert found["fees.maps"] == (5, None, "fees.maps")


class TestHours:
    @pytest.mark.parametrize(
        ("time", "inside"),
        [("16:29", False), ("16:30", True), ("23:59", True), ("00:00", True), ("00:29", True), ("00:30", False)],
    )
    def test_the_start_is_included_and_the_end_is_not(self, time: str, inside: bool) -> None:
        moment = datetime.fromisoformat(f"2026-11-26T{time}").replace(tzinfo=UTC)
        assert (window_at({"hours": [{"utc": ["16:30", "00:30"]}]}, moment) == 0) is inside

    def test_the_days_are_those_of_the_moment(self) -> None:
        """Over midnight, Friday's window goes on only where Saturday is one of its days."""
        friday_night = datetime(2026, 11, 28, 0, 10, tzinfo=UTC)
        assert window_at({"hours": [{"utc": ["16:30", "00:30"], "days": ["fri"]}]}, friday_night) is None
        assert window_at({"hours": [{"utc": ["16:30", "00:30"], "days": ["sat"]}]}, friday_night) == 0

    def test_the_first_window_that_holds_is_used(self) -> None:
        prices = {"hours": [{"utc": ["00:00", "06:00"]}, {"utc": ["06:00", "24:00"]}]}
        assert [window_at(prices, datetime(2026, 1, 1, hour, tzinfo=UTC)) for hour in (5, 6, 23)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("price", "text"),
    [(0.04999999999999999, "0.050000000"), (0.0028, "0.0028"), (1e-07, "1E-7"), (3, "3"), (0.0000000005, "0E-9")],
)
def test_a_rate_has_at_most_nine_places(price: float, text: str) -> None:
    assert str(exact(price)) == text


def test_a_day_ends_where_the_next_begins() -> None:
    assert tariff.minutes("23:59") + 1 == tariff.DAY


@pytest.mark.parametrize(("per", "amount"), [(1_000_000, "0.000006"), (1000, "0.006"), (1, "6"), (60, "0.1")])
def test_a_price_is_for_so_many(per: int, amount: str) -> None:
    assert items.amount_of(Decimal(2), per, 3) == Decimal(amount)


def test_a_price_by_the_minute_has_28_digits() -> None:
    assert str(items.amount_of(Decimal(1), 60, 1)) == "0.01" + "6" * 26 + "7"


def test_parts_that_add_up_to_one_token_more_than_their_whole() -> None:
    """Then that token must be cached audio, and the usage must say so."""
    fitting = items.quantities(Usage(input=10, cache_read=6, input_audio=4))
    assert fitting == {"cache_read": 6, "input_audio": 4}
    with pytest.raises(UsageError, match="input: its parts add up to 1 more"):
        items.quantities(Usage(input=10, cache_read=6, input_audio=5))
    stated = items.quantities(Usage(input=10, cache_read=6, input_audio=5, cache_read_audio=1))
    assert sum(stated.values()) == 10
