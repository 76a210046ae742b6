"""The curated prices, in the packaged data: their values, and the rules of the providers' pages that they follow."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from llm_models import Usage
from llm_models.classes import TOKEN_CLASSES
from llm_models.tariff import exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llm_models.snapshot import Snapshot

STATED: dict[str, dict[str, Any]] = {
    "mistral:ministral-3b-latest": {"input": 0.1, "output": 0.1, "cache_read": 0.01},
    "mistral:ministral-8b-latest": {"input": 0.15, "output": 0.15, "cache_read": 0.015},
    "mistral:voxtral-mini-latest": {"audio": 0.003},
    "mistral:voxtral-small-latest": {"input": 0.1, "output": 0.4, "cache_read": 0.01, "audio": 0.004},
    "google:gemini-2.5-flash-image": {"output": 2.5, "output_image": 30},
    "google:gemini-3-pro-image": {"output": 12, "output_image": 120},
    "google:gemini-3.1-flash-image": {"output": 3, "output_image": 60},
    "google:gemini-omni-flash-preview": {"output": 9, "output_video": 17.5},
    "google:gemini-2.5-flash-preview-tts": {"output_audio": 10},
    "openai:gpt-image-1": {"input": 5, "input_image": 10, "cache_read": 1.25, "output_image": 40, "output": None},
    "openai:gpt-image-1-mini": {"input": 2, "input_image": 2.5, "cache_read": 0.2, "output_image": 8, "output": None},
    "openai:gpt-image-1.5": {"input": 5, "input_image": 8, "cache_read": 1.25, "output_image": 32, "output": 10},
    "openai:gpt-image-2": {"output": None, "output_image": 30, "input_image": 8, "cache_read_image": 2},
    "openai:gpt-5.4": {"fees.web_search": 10, "modes.batch.cache_read": 0.125},
    "openai:gpt-6.1-sol": {"modes.ultrafast.input": 12, "modes.ultrafast.cache_write_12h": 30},
    "anthropic:claude-opus-5-5": {"fees.web_search": 10, "modes.fast.cache_write_1h": 16, "modes.fast+us.input": 8.8},
    "anthropic:claude-sonnet-4-6": {"cache_write_1h": 6, "modes.batch.cache_write_1h": 3, "modes.us.output": 16.5},
    "perplexity:sonar": {"fees.request_low": 5, "fees.request_medium": 8, "fees.request_high": 12},
    "perplexity:sonar-pro": {"fees.request_low": 6, "fees.request_medium": 10, "fees.request_high": 14},
    "perplexity:sonar-deep-research": {"fees.web_search": 5, "output_citation": 2},
    "deepseek:deepseek-flash": {"input": 0.15, "output": 0.6, "cache_read": 0.003},
    "deepseek:deepseek-v4-flash": {"input": 0.15, "output": 0.6, "cache_read": 0.003},
    "deepseek:deepseek-v4-pro": {"input": 0.66, "output": 1.98, "cache_read": 0.022},
    "alibaba:qwen-plus": {"output": 1.2, "reasoning": None, "modes.thinking.output": 4, "modes.thinking.input": None},
    "alibaba:qwen3-32b": {"input": 0.16, "output": 0.64, "modes.thinking.output": 0.64},
    "alibaba:qwen3-next-80b-a3b-instruct": {"input": 0.15, "output": 1.2},
    "alibaba:qwen-vl-ocr": {"input": 0.07, "output": 0.16},
    "alibaba_cn:qwen-plus": {"output": 0.287, "reasoning": None, "modes.thinking.output": 1.147},
}  # fmt: skip
"""Field -> price, of models of which the source has none or another one. None: the field is not stated."""

CORRECTED: dict[str, dict[str, Any]] = {
    "amazon_bedrock:google.gemma-3-12b-it": {"input": 0.09, "output": 0.29},
    "amazon_bedrock:google.gemma-3-27b-it": {"input": 0.23, "output": 0.38},
    "amazon_bedrock:mistral.voxtral-small-24b-2507": {"input": 0.1, "output": 0.3},
    "amazon_bedrock:qwen.qwen3-coder-480b-a35b-v1:0": {"input": 0.45, "output": 1.8},
    "amazon_bedrock:qwen.qwen3-coder-next": {"input": 0.5, "output": 1.2},
    "amazon_bedrock:qwen.qwen3-vl-235b-a22b": {"input": 0.53, "output": 2.66},
    "google:gemini-flash-latest": {"input": 0.75, "output": 3.75},
    "google:gemini-flash-lite-latest": {"input": 0.3, "output": 2.5},
    "google_vertex:gemini-2.5-flash": {"cache_read": 0.03},
    "mistral:mistral-medium-latest": {"input": 1.5, "output": 7.5, "cache_read": 0.15},
}
"""The same, where the source was wrong alone against two other lists, and has the price of the provider now."""

TIERS: dict[str, dict[int, str]] = {
    "alibaba:qwen3-coder-plus": {0: "1/5", 32_000: "1.8/9", 128_000: "3/15", 256_000: "6/60"},
    "alibaba:qwen3-coder-flash": {0: "0.3/1.5", 32_000: "0.5/2.5", 128_000: "0.8/4", 256_000: "1.6/9.6"},
    "alibaba:qwen3-max": {0: "1.2/6", 32_000: "2.4/12", 128_000: "3/15"},
    "alibaba:qwen-plus": {0: "0.4/1.2", 256_000: "1.2/3.6"},
    "alibaba:qwen-flash": {0: "0.05/0.4", 256_000: "0.25/2"},
    "alibaba:qwen3.5-plus": {0: "0.4/2.4", 256_000: "0.5/3"},
    "alibaba:qwen3.6-flash": {0: "0.25/1.5", 256_000: "1/4"},
    "alibaba:qwen3.6-max-preview": {0: "1.3/7.8", 128_000: "2/12"},
    "alibaba:qwen3-vl-plus": {0: "0.2/1.6", 32_000: "0.3/2.4", 128_000: "0.6/4.8"},
    "vercel:alibaba/qwen3-coder-plus": {0: "1/5", 32_000: "1.8/9", 128_000: "3/15", 256_000: "6/60"},
    "vercel:google/gemini-3.1-pro-preview": {0: "2/12", 200_000: "4/18"},
    "vercel:openai/gpt-6-sol": {0: "2/10", 272_000: "4/15"},
    "xai:grok-4.3": {0: "1.25/2.5", 199_999: "2.5/5"},
    "xai:grok-4.7": {0: "2/6", 199_999: "4/12"},
}
"""The prices of input and output, by the size that the input exceeds."""


def prices_of(snapshot: Snapshot, provider: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The id and the prices of each model of a provider that has any."""
    for model in snapshot.list_models(provider):
        if prices := model.cost.to_dict() if model.cost else {}:
            yield model.id, prices


def at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data.get(step) if data else None
    return data


def ratios(part: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Decimal]:
    """Class -> its price in a list, as a multiple of that in another list; in tiers, too, as `CLASS over SIZE`."""
    found = {
        name: exact(part[name]) / exact(whole[name]) for name in TOKEN_CLASSES if part.get(name) and whole.get(name)
    }
    below = {tier["context_over"]: tier for tier in whole.get("tiers", ())}
    for tier in part.get("tiers", ()):
        of_tier = ratios(tier, below[tier["context_over"]])
        found |= {f"{name} over {tier['context_over']}": ratio for name, ratio in of_tier.items()}
    return found


@pytest.mark.parametrize("spec", [*STATED, *CORRECTED])
def test_the_prices_that_the_source_lacks_or_had_wrong(spec: str, packaged: Snapshot) -> None:
    prices, expected = packaged.get_model(*spec.split(":", 1)).cost.to_dict(), {**STATED, **CORRECTED}[spec]
    assert {path: at(prices, path) for path in expected} == expected


@pytest.mark.parametrize("spec", TIERS)
def test_one_token_more_is_billed_by_the_next_tier(spec: str, packaged: Snapshot) -> None:
    """A bill of the largest input below a tier has the prices of the tier before it."""
    sizes = [*TIERS[spec], 10_000_000]
    for size, above in pairwise(sizes):
        expected = [exact(float(text)) for text in TIERS[spec][size].split("/")]
        for tokens in (size + 1, above):
            lines = packaged.cost(spec, Usage(input=tokens, output=1)).lines
            assert [line.rate for line in lines] == expected, tokens


class TestWhereTiersBegin:
    """`context_over` is the largest input without the tier; providers and gateways state it in different ways."""

    def test_at_the_gateway_that_states_the_first_token(self, packaged: Snapshot) -> None:
        sizes = [tier["context_over"] for _, cost in prices_of(packaged, "vercel") for tier in cost.get("tiers", ())]
        assert len(sizes) > 37
        assert [size for size in sizes if size % 1000] == []

    def test_at_the_provider_whose_tier_includes_its_size(self, packaged: Snapshot) -> None:
        lists = [prices for _, cost in prices_of(packaged, "xai") for prices in (cost, *cost.get("modes", {}).values())]
        sizes = [tier["context_over"] for prices in lists for tier in prices.get("tiers", ())]
        assert len(sizes) > 8
        assert set(sizes) == {199_999}


class TestRules:
    """What the pages of the providers state as a rule holds for each of their models, to the last digit."""

    def test_a_batch_takes_half(self, packaged: Snapshot) -> None:
        """Google's pages have other prices for cached input."""
        found = 0
        for provider in ("anthropic", "google", "mistral", "openai"):
            for model, prices in prices_of(packaged, provider):
                for name, ratio in ratios(prices.get("modes", {}).get("batch", {}), prices).items():
                    if provider != "google" or not name.startswith("cache_read"):
                        assert ratio == Decimal("0.5"), (provider, model, name)
                        found += 1
        assert found > 300

    def test_flex_costs_the_same_as_a_batch(self, packaged: Snapshot) -> None:
        for model, prices in prices_of(packaged, "openai"):
            modes = prices.get("modes", {})
            for name, ratio in ratios(modes.get("flex", {}), modes.get("batch", {})).items():
                assert ratio == 1, (model, name)

    def test_the_lifetimes_of_a_cache_are_multiples_of_the_input(self, packaged: Snapshot) -> None:
        lifetimes = {"cache_write": Decimal("1.25"), "cache_write_1h": Decimal(2), "cache_write_12h": Decimal("2.5")}
        for provider, longest in (("anthropic", "cache_write_1h"), ("openai", "cache_write_12h")):
            with_it = 0
            for model, cost in prices_of(packaged, provider):
                with_it += longest in cost
                assert longest in cost or "cache_write" not in cost or "daybreak" in model, model
                for prices in (cost, *cost.get("modes", {}).values(), *cost.get("dated", ())):
                    for name in lifetimes.keys() & prices.keys():
                        assert exact(prices[name]) == exact(prices["input"]) * lifetimes[name], (model, name)
            assert with_it > 5

    def test_cached_input_costs_a_tenth(self, packaged: Snapshot) -> None:
        stated = [(model, prices) for model, prices in prices_of(packaged, "mistral") if prices.get("cache_read")]
        assert len(stated) > 15
        for model, prices in stated:
            assert exact(prices["cache_read"]) * 10 == exact(prices["input"]), model

    def test_inference_in_one_region_costs_a_tenth_more(self, packaged: Snapshot) -> None:
        found = 0
        for model, cost in prices_of(packaged, "anthropic"):
            for prices in (cost, *cost.get("dated", ())):
                modes = prices.get("modes", {})
                for mode in [name for name in modes if name == "us" or name.endswith("+us")]:
                    below = prices if mode == "us" else modes[mode.removesuffix("+us")]
                    of_each = ratios(modes[mode], below)
                    assert of_each.keys() == ratios(below, below).keys(), (model, mode)
                    assert set(of_each.values()) == {Decimal("1.1")}, (model, mode)
                    found += 1
                assert ("us" in modes) == ("batch+us" in modes)
        assert found > 20

    def test_a_region_of_bedrock_costs_a_tenth_more(self, packaged: Snapshot) -> None:
        """Claude since 4.5, in each class. The source had the global price for 18 of them, and a triple one."""
        prices = dict(prices_of(packaged, "amazon_bedrock"))
        found = 0
        for model, here in prices.items():
            region, _, name = model.partition(".")
            everywhere = prices.get(f"global.{name}")
            if region in ("us", "eu", "jp", "au") and everywhere and "claude" in name and "-4-2025" not in name:
                of_each = ratios(here, everywhere)
                assert of_each.keys() == ratios(everywhere, everywhere).keys(), model
                assert set(of_each.values()) == {Decimal("1.1")}, model
                found += 1
        assert found > 35

    def test_peak_hours_cost_twice(self, packaged: Snapshot) -> None:
        """In each class: what a window left out would have the lower price."""
        with_hours = [(model, prices) for model, prices in prices_of(packaged, "deepseek") if "hours" in prices]
        assert len(with_hours) == 4
        for model, prices in with_hours:
            for window in prices["hours"]:
                assert ratios(window, prices) == dict.fromkeys(ratios(prices, prices), Decimal(2)), model


class TestThinking:
    """A price of all output in thinking mode is a mode, and no price of reasoning tokens."""

    @pytest.mark.parametrize("provider", ["alibaba", "alibaba_cn"])
    def test_reasoning_has_no_price_of_its_own(self, provider: str, packaged: Snapshot) -> None:
        lists = [*prices_of(packaged, provider)]
        assert [
            model for model, prices in lists if prices.get("reasoning", prices.get("output")) != prices.get("output")
        ] == []
        assert sum("thinking" in prices.get("modes", {}) for _, prices in lists) == 9

    def test_all_output_is_billed_by_it(self, packaged: Snapshot) -> None:
        used = Usage(input=1_000, output=1_000, reasoning=400)
        bill = packaged.cost("alibaba:qwen-plus", used, mode="thinking")
        assert (bill.total, bill.exact) == (Decimal("0.0044"), True)
        long = packaged.cost("alibaba:qwen-plus", Usage(input=1_000_000, output=1_000), mode="thinking")
        assert (long.total, long.exact) == (Decimal("1.212"), True)


class TestTimes:
    """The moment of a request decides which prices hold."""

    @pytest.mark.parametrize(
        ("moment", "total"),
        [
            ("2026-11-26T00:59:59Z", "0.75"),
            ("2026-11-26T01:00:00Z", "1.5"),
            ("2026-11-26T04:00:00Z", "0.75"),
            ("2026-11-26T09:59:59Z", "1.5"),
            ("2026-11-26T10:00:00Z", "0.75"),
            ("2026-11-28T02:00:00Z", "0.75"),
        ],
    )
    def test_peak_hours_are_those_of_working_days(self, moment: str, total: str, packaged: Snapshot) -> None:
        used = Usage(input=1_000_000, output=1_000_000, reasoning=300_000)
        bill = packaged.cost("deepseek:deepseek-flash", used, moment)
        assert (bill.total, bill.exact) == (Decimal(total), True)

    def test_before_the_change_the_price_is_the_one_that_the_source_listed(self, packaged: Snapshot) -> None:
        used = Usage(input=1_000_000, output=0)
        days = {"2026-06-30": "0.435", "2026-08-16T17:00:00Z": "0.66", "2026-09-20": "0.66"}
        assert {day: str(packaged.cost("deepseek:deepseek-v4-pro", used, day).total) for day in days} == days

    def test_a_later_list_is_whole(self, packaged: Snapshot) -> None:
        used = Usage(input=1_000_000, cache_read=1_000_000, output=0, web_search=1)
        totals = [
            str(packaged.cost("anthropic:claude-sonnet-5-5", used, day).total) for day in ("2026-10-06", "2026-10-08")
        ]
        assert totals == ["0.21", "0.11"]
        for mode in ("batch", "us", "batch+us"):
            assert packaged.cost("anthropic:claude-sonnet-5-5", used, "2026-10-08", mode).exact


def test_a_response_from_one_region_has_a_price(packaged: Snapshot) -> None:
    usage = {"input_tokens": 1_000_000, "output_tokens": 0, "inference_geo": "us", "service_tier": "standard"}
    bill = packaged.cost("anthropic:claude-opus-5-5", usage)
    assert (bill.total, bill.mode, bill.exact) == (Decimal("4.4"), "us", True)
