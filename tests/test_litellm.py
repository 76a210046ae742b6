"""From LiteLLM's map to our records: each row of its table, each trap, hostile documents, and the whole real map."""

from __future__ import annotations

import copy
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT
from support.command import fine, here

from llm_models import schema, transforms
from llm_models.classes import TOKEN_CLASSES
from llm_models.errors import SourceError
from llm_models.normalize import Report, normalize
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.snapshot_file import SnapshotFile
from llm_models.transforms import litellm, litellm_keys, litellm_prices

REAL = ROOT.parent / "shared" / "sources" / "litellm-1.110.2.json"

CACHE_WRITE = "a price of writing to a cache below that of input, or of a shorter lifetime"
HALVED = {
    "input_cost_per_token": 1e-06,
    "output_cost_per_token": 3e-06,
    "input_cost_per_token_batches": 5e-07,
    "output_cost_per_token_batches": 1.5e-06,
}
ROUNDED = "nearly the same share of the standard price as that of input, so it is rounded"


def fault(kind: str, record: dict[str, Any]) -> str | None:
    return None if schema.accepts(kind, record) else "refused"


class Read(NamedTuple):
    """Our records of a map, and what was dropped, by (kind, field, reason)."""

    providers: dict[str, dict[str, Any]]
    counts: dict[tuple[str, str, str], int]

    def __getitem__(self, spec: str) -> dict[str, Any]:
        provider, _, name = spec.partition(":")
        found: dict[str, Any] = self.providers[provider]["models"][name]
        return found

    @property
    def specs(self) -> list[str]:
        return [f"{provider}:{name}" for provider, part in self.providers.items() for name in part["models"]]


def read(document: dict[str, Any]) -> Read:
    report = Report()
    data = json.dumps(document).encode()
    records = normalize(transforms.read(data, "map.json", "litellm")[0], litellm, report, fault)
    return Read(records, dict(report.counts))


def one(provider: str = "openai", **keys: Any) -> tuple[dict[str, Any], dict[tuple[str, str, str], int]]:
    """The record of an entry without what is only its place, and what was dropped."""
    got = read({litellm_keys.PROVIDERS[provider].prefix + "m": {"litellm_provider": provider, **keys}})
    ((_, part),) = got.providers.items()
    return {key: value for key, value in part["models"]["m"].items() if key not in ("id", "provider")}, got.counts


def cost(provider: str = "openai", **keys: Any) -> tuple[dict[str, Any], dict[tuple[str, str, str], int]]:
    record, counts = one(provider, **keys)
    return record.get("cost", {}), counts


class TestPlaces:
    """A key is an id, or an id behind the name of a provider."""

    @pytest.mark.parametrize(
        ("key", "theirs", "spec"),
        [
            ("gpt-9", "openai", "openai:gpt-9"),
            ("gemini/gemini-9", "gemini", "google:gemini-9"),
            ("gemini-9", "vertex_ai-language-models", "google_vertex:gemini-9"),
            ("vertex_ai/claude-9@default", "vertex_ai-anthropic_models", "google_vertex:claude-9@default"),
            ("us.anthropic.claude-9", "bedrock_converse", "amazon_bedrock:us.anthropic.claude-9"),
            ("bedrock/amazon.nova-9", "bedrock", "amazon_bedrock:amazon.nova-9"),
            ("together_ai/maker/m", "together_ai", "togetherai:maker/m"),
            ("fireworks_ai/accounts/fireworks/models/m", "fireworks_ai", "fireworks_ai:accounts/fireworks/models/m"),
            ("scaleway/maker/m", "scaleway", "scaleway:m"),
        ],
    )
    def test_the_id_is_what_is_left_of_the_key(self, key: str, theirs: str, spec: str) -> None:
        assert read({key: {"litellm_provider": theirs}}).specs == [spec]

    @pytest.mark.parametrize(
        ("key", "theirs"),
        [
            ("bedrock/us-east-1/anthropic.claude-9", "bedrock"),
            ("bedrock/*/1-month-commitment/cohere.command-text-v14", "bedrock"),
            ("azure/eu/gpt-9", "azure"),
            ("low/1024-x-1024/gpt-image-9", "openai"),
        ],
    )
    def test_a_region_a_size_or_a_commitment_is_no_model(self, key: str, theirs: str) -> None:
        got = read({key: {"litellm_provider": theirs}})
        reason = "prices of a region, a size or a commitment"
        assert (got.specs, got.counts) == ([], {("record dropped", "model", reason): 1})

    def test_what_is_no_model_at_all(self) -> None:
        got = read(
            {
                "sample_spec": {"litellm_provider": "one of https://docs.litellm.ai/docs/providers"},
                "fallback_generalizations": {"rules": []},
                "elsewhere/m": {"litellm_provider": "elsewhere"},
                "no-provider": {"mode": "chat"},
                "no-object": 3,
                "gpt-9": {"litellm_provider": "openai"},
            }
        )
        assert got.specs == ["openai:gpt-9"]
        assert got.counts == {
            ("record dropped", "provider", "not one of the providers that are read"): 2,
            ("record dropped", "model", "its provider was dropped"): 3,
        }

    def test_of_two_entries_for_one_id_the_earlier_provider_counts(self) -> None:
        got = read(
            {
                "azure_ai/gpt-9": {"litellm_provider": "azure_ai", "max_output_tokens": 1},
                "azure/gpt-9": {"litellm_provider": "azure", "max_output_tokens": 2},
            }
        )
        assert got["azure:gpt-9"]["limits"] == {"output": 2}
        assert got.counts == {("record dropped", "model", "another record has the same id"): 1}


class TestNames:
    def test_a_moving_name_of_litellms_own_is_left_out(self) -> None:
        """All 98 aliases of the map are names such as `claude-opus-latest`, which no provider's API takes."""
        got = read(
            {
                "claude-opus-latest": {"alias_of": "claude-opus-9"},
                "claude-opus-9": {"litellm_provider": "anthropic"},
                "nowhere": {"alias_of": "claude-opus-10"},
                "no-alias": {"alias_of": 3, "litellm_provider": "anthropic"},
            }
        )
        assert got.specs == ["anthropic:claude-opus-9", "anthropic:no-alias"]
        assert "served_as" not in got["anthropic:claude-opus-9"]
        assert got.counts["record dropped", "model", "a name of LiteLLM's own for another entry"] == 1

    @pytest.mark.parametrize("dated", ["gpt-9-2026-01-02", "gpt-9-20260102", "gpt-9@20260102"])
    @pytest.mark.parametrize("alias", [False, True])
    def test_the_one_dated_id_with_the_same_facts_is_served(self, dated: str, alias: bool) -> None:
        facts = {"litellm_provider": "openai", "input_cost_per_token": 1e-06}
        other = {"alias_of": "gpt-9"} if alias else {**facts, "source": "https://openai.com"}
        got = read({"gpt-9": facts, dated: other, "gpt-9-mini": facts})
        assert got["openai:gpt-9"]["served_as"] == [dated]
        assert "served_as" not in got["openai:gpt-9-mini"]

    @pytest.mark.parametrize(
        "more",
        [
            {"gpt-9-2026-01-02": {"input_cost_per_token": 2e-06}},
            {"gpt-9-2026-01-02": {"deprecation_date": "2027-01-01"}},
            {"gpt-9-2026-01-02": {}, "gpt-9-2026-02-03": {}},
            {"gpt-9-2026": {}},
            {"azure/gpt-9-2026-01-02": {"litellm_provider": "azure"}},
        ],
    )
    def test_another_price_a_second_date_or_provider_is_not(self, more: dict[str, Any]) -> None:
        facts = {"litellm_provider": "openai", "input_cost_per_token": 1e-06}
        got = read({"gpt-9": facts, **{key: {**facts, **entry} for key, entry in more.items()}})
        assert "served_as" not in got["openai:gpt-9"]

    @pytest.mark.parametrize(
        ("value", "ours"),
        [
            ("gpt-10", "openai:gpt-10"),
            ("gpt-9", None),
            ("azure/gpt-10", None),
            ("gpt-latest", None),
            ("GPT Ten", None),
            (["gpt-10"], None),
        ],
    )
    def test_a_successor_is_a_model_of_the_same_provider(self, value: Any, ours: str | None) -> None:
        got = read(
            {
                "gpt-9": {"litellm_provider": "openai", "successor_model": value},
                "gpt-10": {"litellm_provider": "openai"},
                "azure/gpt-10": {"litellm_provider": "azure"},
                "gpt-latest": {"alias_of": "gpt-10"},
            }
        )
        record = got["openai:gpt-9"]
        kept = {"litellm": {"successor_model": value}} if ours is None else None
        assert (record.get("successor"), record.get("extra")) == (ours, kept)


class TestFacts:
    @pytest.mark.parametrize(
        ("keys", "ours"),
        [
            ({"max_input_tokens": 1000, "max_output_tokens": 200}, {"limits": {"context": 1000, "output": 200}}),
            ({"max_tokens": 5}, {}),
            ({"output_vector_size": 1536.0}, {"dimensions": 1536}),
            ({"deprecation_date": "2027-01-31"}, {"retires": "2027-01-31"}),
            (
                {"deprecation_date": "2027-01-31", "deprecation_source": "https://x.example"},
                {"retires": "2027-01-31", "extra": {"litellm": {"deprecation_source": "https://x.example"}}},
            ),
            ({"supports_tool_choice": True, "rpm": 3, "comment": "Nice."}, {}),
            ({"new_key": [1]}, {"extra": {"litellm": {"new_key": [1]}}}),
        ],
    )
    def test_a_row(self, keys: dict[str, Any], ours: dict[str, Any]) -> None:
        assert one(**keys) == (ours, {})

    @pytest.mark.parametrize(
        ("keys", "reason"),
        [
            ({"deprecation_date": "2027-01"}, "a month without a day"),
            ({"deprecation_date": "2027-13-01"}, "a date that does not exist"),
            ({"deprecation_date": "soon"}, "not a date"),
            ({"max_input_tokens": "max"}, "expected a number of tokens"),
            ({"max_output_tokens": 0}, "0 means unknown"),
            ({"output_vector_size": 0.5}, "expected a whole number of at least 1"),
            ({"supports_reasoning": "yes"}, "expected true or false"),
        ],
    )
    def test_a_value_that_is_refused_is_dropped_alone(self, keys: dict[str, Any], reason: str) -> None:
        (field,) = keys
        assert one(**keys) == ({}, {("dropped", field, reason): 1})

    @pytest.mark.parametrize(
        ("mode", "kind", "apis", "chat", "embeddings"),
        [
            ("chat", "chat", None, True, False),
            ("responses", "chat", ["responses"], True, False),
            ("completion", "completion", ["completions"], False, False),
            ("embedding", "embedding", ["embeddings"], False, True),
            ("image_edit", "image", ["images"], False, False),
            ("audio_transcription", "transcription", ["audio"], False, False),
            ("realtime", "realtime", ["realtime"], False, False),
            ("decisions", "classifier", None, False, False),
        ],
    )
    def test_modes(self, mode: str, kind: str, apis: list[str] | None, chat: bool, embeddings: bool) -> None:
        record, _ = one(mode=mode)
        assert record.pop("capabilities") == {"chat": chat, "embeddings": embeddings}
        assert record == ({"kind": kind} if apis is None else {"kind": kind, "apis": apis})

    @pytest.mark.parametrize("mode", ["search", "vector_store", None, ["chat"]])
    def test_another_mode_states_no_kind(self, mode: Any) -> None:
        assert one(mode=mode)[0] == {}

    def test_endpoints_come_before_the_mode(self) -> None:
        """`/v1/completions` is LiteLLM's own for chat models, and batches are no API of ours."""
        listed = ["/v1/chat/completions", "/v1/completions", "/v1/batch", "/v1/responses"]
        assert one(mode="responses", supported_endpoints=listed)[0]["apis"] == ["chat", "responses"]
        assert one(mode="responses", supported_endpoints=["/v1/batch"])[0]["apis"] == ["responses"]

    @pytest.mark.parametrize(
        ("keys", "ours"),
        [
            ({"supports_function_calling": False}, {"tools": {"enabled": False}}),
            ({"supports_parallel_function_calling": True}, {"tools": {"parallel": True}}),
            ({"supports_response_schema": True}, {"json": {"schema": True}}),
            ({"supports_native_streaming": False}, {"streaming": {"text": False}}),
            ({"supports_sampling_params": False}, {"temperature": False}),
            ({"supports_reasoning": True}, {"reasoning": {"enabled": True}}),
            ({"thinking_always_on": True}, {"reasoning": {"toggle": False}}),
            ({"thinking_always_on": False}, {}),
            ({"supports_vision": True}, {"attachments": True}),
            ({"supports_vision": False, "supports_pdf_input": True}, {"attachments": True}),
            ({"supports_vision": False, "supports_pdf_input": False}, {"attachments": False}),
            ({"supports_vision": False}, {}),
            ({"reasoning_effort_levels": ["low", "max"]}, {"reasoning": {"efforts": ["low", "max"]}}),
            (
                {"supports_none_reasoning_effort": True, "supports_low_reasoning_effort": False},
                {"reasoning": {"efforts": ["none", "medium", "high"]}},
            ),
        ],
    )
    def test_capabilities(self, keys: dict[str, Any], ours: dict[str, Any]) -> None:
        """An absent key means not stated, and an explicit false counts."""
        record, counts = one(**keys)
        assert (record.get("capabilities", {}), counts) == (ours, {})

    def test_kinds_of_input_are_those_of_the_list_and_of_flags(self) -> None:
        """No list has `pdf`; a flag without a list does not state the others."""
        keys = {"supported_modalities": ["text", "image"], "supports_pdf_input": True, "supports_audio_input": False}
        assert one(**keys)[0]["modalities"] == {"input": ["text", "image", "pdf"]}
        assert "modalities" not in one(supports_vision=True)[0]
        assert one(supported_output_modalities=["text", "code"])[0]["modalities"] == {"output": ["text"]}


WINDOWS: list[Any] = [
    {"hours_utc": ["00:00-01:00", "10:00-00:00"], "weekdays": [1, 2, 3, 4, 5]},
    {"hours_utc": "00:00-00:00", "weekdays": [6, 7]},
    {"hours_utc": "22:30-02:00"},
]
OFF_PEAK = {"input_cost_per_token": 1.5e-07, "windows": WINDOWS}


class TestPrices:
    def test_every_class_of_tokens(self) -> None:
        got, counts = cost(**dict.fromkeys(litellm_prices.CLASSES, 1e-06))
        assert (got, counts) == (dict.fromkeys(litellm_prices.CLASSES.values(), 1), {})
        assert {*litellm_prices.CLASSES.values()} <= {*TOKEN_CLASSES}

    @pytest.mark.parametrize(
        ("provider", "keys", "ours"),
        [
            ("openai", {"input_cost_per_token": 4.5e-07}, {"input": 0.45}),
            ("openai", {"input_cost_per_token": 0.0}, {"input": 0}),
            (
                "openai",
                {"input_cost_per_token": 1e-06, "input_cost_per_token_above_200k_tokens": 2e-06},
                {"input": 1, "tiers": [{"context_over": 200_000, "input": 2}]},
            ),
            (
                "xai",
                {"input_cost_per_token": 1e-06, "input_cost_per_token_above_200k_tokens": 2e-06},
                {"input": 1, "tiers": [{"context_over": 199_999, "input": 2}]},
            ),
            (
                "anthropic",
                {
                    "cache_creation_input_token_cost_above_1hr": 2e-06,
                    "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 4e-06,
                },
                {"cache_write_1h": 2, "tiers": [{"context_over": 200_000, "cache_write_1h": 4}]},
            ),
            (
                "openai",
                {
                    "output_cost_per_token_batches": 5e-06,
                    "output_cost_per_token_above_272k_tokens_batches": 7.5e-06,
                    "output_cost_per_token_flex": 5e-06,
                    "output_cost_per_token_priority": 2e-05,
                    "output_cost_per_token_ultrafast": 3e-05,
                },
                {
                    "modes": {
                        "batch": {"output": 5, "tiers": [{"context_over": 272_000, "output": 7.5}]},
                        "flex": {"output": 5},
                        "priority": {"output": 20},
                        "ultrafast": {"output": 30},
                    }
                },
            ),
            (
                "alibaba",
                {"output_cost_per_token": 1e-06, "output_cost_per_reasoning_token": 4e-06},
                {"output": 1, "modes": {"thinking": {"output": 4}}},
            ),
            ("openai", {"mode": "image_generation", "output_cost_per_image": 0.04}, {"image": 0.04}),
            ("openai", {"mode": "chat", "output_cost_per_image": 0.00012}, {}),
            ("openai", {"mode": "audio_transcription", "input_cost_per_second": 0.00028333333333}, {"audio": 0.017}),
            ("openai", {"mode": "chat", "input_cost_per_second": 0.011}, {}),
        ],
    )  # fmt: skip
    def test_a_row(self, provider: str, keys: dict[str, Any], ours: dict[str, Any]) -> None:
        theirs = {"alibaba": "dashscope"}.get(provider, provider)
        assert cost(theirs, **keys) == (ours, {})

    @pytest.mark.parametrize(
        ("provider", "sizes", "fees"),
        [
            ("openai", {"low": 0.01, "medium": 0.01, "high": 0.01}, {"web_search": 10}),
            (
                "openai",
                {"low": 0.084, "medium": 0.084, "high": 0.14},
                {"web_search_low": 84, "web_search_medium": 84, "web_search_high": 140},
            ),
            (
                "perplexity",
                {"low": 0.005, "medium": 0.008, "high": 0.012},
                {"request_low": 5, "request_medium": 8, "request_high": 12},
            ),
            ("openai", {"medium": 0.01}, {"web_search_medium": 10}),
        ],
    )
    def test_fees_of_searches(self, provider: str, sizes: dict[str, float], fees: dict[str, float]) -> None:
        value = {f"search_context_size_{size}": price for size, price in sizes.items()}
        assert cost(provider, search_context_cost_per_query=value) == ({"fees": fees}, {})

    def test_other_fees(self) -> None:
        keys = {"google_maps_grounding_cost_per_query": 0.025, "input_cost_per_request": 0.005}
        assert cost(**keys)[0] == {"fees": {"maps": 25, "request": 5}}

    def test_an_address_is_the_source_of_prices_only(self) -> None:
        page = "https://openai.com/prices"
        assert cost(source=page) == ({}, {})
        assert cost(source=page, input_cost_per_token=0)[0] == {"input": 0, "source": page}
        assert cost(source="OpenAI needs to add this", input_cost_per_token=0)[0] == {"input": 0}

    def test_ranges_are_tiers(self) -> None:
        ranges = [
            {"range": [0, 32000.0], "input_cost_per_token": 1e-06, "output_cost_per_reasoning_token": 4e-06},
            {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-06, "output_cost_per_reasoning_token": 8e-06},
        ]
        assert cost("dashscope", tiered_pricing=ranges)[0] == {
            "input": 1,
            "tiers": [{"context_over": 32000, "input": 2}],
            "modes": {"thinking": {"output": 4, "tiers": [{"context_over": 32000, "output": 8}]}},
        }

    @pytest.mark.parametrize(
        "ranges",
        [
            None,
            {},
            [],
            [3],
            [{"range": [5, 9]}],
            [{"range": [0, 9]}, {"range": [0, 9]}],
            [{"range": [0]}],
            [{"range": [0, 0]}],
        ],
    )
    def test_ranges_of_another_shape_are_dropped(self, ranges: Any) -> None:
        got, counts = cost(tiered_pricing=ranges, input_cost_per_token=1e-06)
        assert got == {"input": 1}
        assert [(kind, field) for kind, field, _ in counts] == [("dropped", "prices.tiered_pricing")]

    def test_windows_are_hours(self) -> None:
        working = ["mon", "tue", "wed", "thu", "fri"]
        assert cost("deepseek", off_peak_pricing=OFF_PEAK)[0]["hours"] == [
            {"utc": ["00:00", "01:00"], "days": working, "input": 0.15},
            {"utc": ["10:00", "24:00"], "days": working, "input": 0.15},
            {"utc": ["00:00", "24:00"], "days": ["sat", "sun"], "input": 0.15},
            {"utc": ["22:30", "02:00"], "input": 0.15},
        ]

    @pytest.mark.parametrize(
        "change",
        [
            {"weekday_timezone": "Asia/Shanghai"},
            {"windows": [{"hours_utc": "25:00-01:00"}]},
            {"windows": [{"hours_utc": []}]},
            {"windows": [{"hours_utc": "00:00-01:00", "weekdays": [0]}]},
            {"windows": [{"hours_utc": "00:00-01:00", "weekdays": [True]}]},
            {"windows": [{"hours_utc": "00:00-01:00", "months": [1]}]},
            {"windows": [*WINDOWS, 3]},
            {"windows": "always"},
        ],
    )
    def test_a_window_that_is_not_understood_drops_all(self, change: dict[str, Any]) -> None:
        """Without it, its hours would have the price of the others."""
        got, counts = cost("deepseek", off_peak_pricing=OFF_PEAK | change, input_cost_per_token=3e-07)
        assert got == {"input": 0.3}
        assert [(kind, field) for kind, field, _ in counts] == [("dropped", "prices.off_peak_pricing")]

    @pytest.mark.parametrize(
        ("keys", "ours", "place"),
        [
            (
                {"input_cost_per_audio_token": 1e-06, "input_cost_per_audio_token_above_200k_tokens": 3e-07},
                {"input_audio": 1},
                "input_audio",
            ),
            (
                {"input_cost_per_token": 1e-06, "input_cost_per_token_batches": 2e-06},
                {"input": 1},
                "batch.input",
            ),
            (
                {"input_cost_per_token": 1e-06, "input_cost_per_token_priority": 5e-07},
                {"input": 1},
                "priority.input",
            ),
            ({"input_cost_per_token": 1e-06, "cache_read_input_token_cost": 2e-06}, {"input": 1}, "cache_read"),
            (
                {**HALVED, "cache_read_input_token_cost": 2.5e-07, "cache_read_input_token_cost_batches": 1.3e-07},
                {"input": 1, "output": 3, "cache_read": 0.25, "modes": {"batch": {"input": 0.5, "output": 1.5}}},
                "batch.cache_read",
            ),
            (
                {**HALVED, "input_cost_per_token": 9.8e-07},
                {"input": 0.98, "output": 3},
                "batch.output",
            ),
            ({"input_cost_per_token": 2e-06, "cache_creation_input_token_cost": 1e-06}, {"input": 2}, "cache_write"),
            (
                {"cache_creation_input_token_cost": 2e-06, "cache_creation_input_token_cost_above_1hr": 1e-06},
                {"cache_write": 2},
                "cache_write_1h",
            ),
        ],
    )
    def test_prices_that_contradict_each_other(self, keys: dict[str, Any], ours: dict[str, Any], place: str) -> None:
        got, counts = cost(**keys)
        assert got == ours
        assert [(kind, field) for kind, field, _ in counts] == [("dropped", f"prices.{place}")]

    def test_writing_to_a_cache_can_be_free(self) -> None:
        keys = {"input_cost_per_token": 1e-06, "cache_creation_input_token_cost": 0}
        assert cost("zai", **keys) == ({"input": 1, "cache_write": 0}, {})


class TestUse:
    """LiteLLM's map is stored by `pull` like every source, and nothing is built from it alone."""

    DOCUMENT = json.dumps({"gpt-9": {"litellm_provider": "openai"}})

    def test_it_is_pulled_but_not_activated(self) -> None:
        Path("map.json").write_text(self.DOCUMENT)
        fine("pull", "--source", "litellm", "--url", "map.json", "--out", "copy/map.json")
        for told in (
            here("activate", "--from", "map.json", "--source", "litellm"),
            here("activate", "--from", "copy/map.json"),
        ):
            assert told.code == 2
            assert "LiteLLM's map does not state which models exist" in told.err
            assert told.err.endswith("use it with --supplement litellm=FILE\n")

    def test_fills_never_are_the_prices_of_input_and_output(self) -> None:
        record = read(SAMPLE)["openai:gpt-9"]
        filled = {path for path in flat(record) if any(f"{path}.".startswith(f"{fill}.") for fill in litellm.FILLS)}
        assert {"retires", "successor", "cost.modes.batch.output", "capabilities.attachments"} <= filled
        assert not filled & {"cost.input", "cost.output", "kind", "name", "capabilities.chat", "limits.context"}


SAMPLE: dict[str, Any] = {
    "gpt-9": {
        "litellm_provider": "openai",
        "mode": "chat",
        "max_input_tokens": 1000,
        "input_cost_per_token": 1e-06,
        "input_cost_per_token_above_200k_tokens": 2e-06,
        "output_cost_per_token_batches": 1e-06,
        "supports_vision": True,
        "supported_modalities": ["text", "image"],
        "supported_endpoints": ["/v1/responses"],
        "supports_none_reasoning_effort": True,
        "reasoning_effort_levels": ["low"],
        "deprecation_date": "2027-01-01",
        "successor_model": "gpt-10",
        "search_context_cost_per_query": {"search_context_size_low": 0.01},
        "tiered_pricing": [{"range": [0, 5], "input_cost_per_token": 1e-06}],
        "off_peak_pricing": {"windows": [{"hours_utc": "00:00-01:00", "weekdays": [1]}], "input_cost_per_token": 1e-07},
        "source": "https://openai.com",
        "new": {"deep": [1]},
    },
    "gpt-9-2026-01-01": {"litellm_provider": "openai"},
    "gpt-10": {"litellm_provider": "openai", "output_vector_size": 3, "thinking_always_on": True},
    "gpt-latest": {"alias_of": "gpt-10"},
    "azure/gpt-9": {"litellm_provider": "azure", "output_cost_per_image": 0.1, "mode": "image_edit"},
}

HOSTILE = st.sampled_from(
    [None, True, -1, 0, 0.5, 1e308, 10**30, "", "x", [], [None], [[]], {}, {"a": None}, {"": [{}]}, "9" * 2000]
)
WORDS = ("litellm_provider", "alias_of", "mode", "prices", "id", "served_as", "litellm", "inputs", "extra", "successor")


@cache
def real() -> dict[str, Any]:
    """Some hundred entries of the real map, one for each set of keys, or the sample alone."""
    if not REAL.exists():
        return SAMPLE
    kept: dict[frozenset[str], tuple[str, Any]] = {}
    for key, entry in json.loads(REAL.read_bytes()).items():
        kept.setdefault(frozenset(entry), (key, entry))
    return dict([*kept.values()][::8]) | SAMPLE


def steps(draw: st.DrawFn, value: Any) -> list[Any]:
    """The way to some value inside another."""
    path: list[Any] = []
    while isinstance(value, (dict, list)) and value and (not path or draw(st.booleans())):
        path.append(draw(st.sampled_from([*value] if isinstance(value, dict) else range(len(value)))))
        value = value[path[-1]]
    return path


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The key of an entry, and the map with one value in it replaced or added."""
    before = real()
    key = draw(st.sampled_from([*before]))
    after = {**before, key: copy.deepcopy(before[key])}
    held: Any = after
    *path, last = [key, *steps(draw, after[key])]
    for step in path:
        held = held[step]
    if isinstance(held, dict) and draw(st.booleans()):
        last = draw(st.sampled_from([last, *WORDS]))
    held[last] = draw(HOSTILE)
    return key, before, after


class TestHostile:
    @pytest.mark.whole
    @given(mutated())
    @settings(max_examples=60, deadline=None)
    def test_only_what_is_wrong_is_lost(self, drawn: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
        """No shape raises, all records are valid, and those of other entries stay, except names that lead to it."""
        key, before, after = drawn
        got, expected = read(after), read({name: entry for name, entry in before.items() if name != key})
        for part in got.providers.values():
            assert all(fault("model", record) is None for record in part["models"].values())

        def plain(record: dict[str, Any]) -> dict[str, Any]:
            kept = {name: value for name, value in record.items() if name not in ("successor", "served_as", "extra")}
            return kept | {"extra": dict(record.get("extra", {}).get("litellm", {}), successor_model=None)}

        mine = {spec for spec in got.specs if spec.partition(":")[2] in key}
        for spec in {*expected.specs} - mine:
            assert plain(got[spec]) == plain(expected[spec])

    @given(st.recursive(HOSTILE, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(WORDS), inner)))
    @settings(max_examples=60, deadline=None)
    def test_a_document_of_any_shape(self, document: Any) -> None:
        report = Report()
        assert all(
            not part["models"] or part["provider"] for part in normalize(document, litellm, report, fault).values()
        )

    @pytest.mark.parametrize(
        "field", sorted({key for key in SAMPLE["gpt-9"] if key not in ("new", "litellm_provider")})
    )
    def test_a_wrong_value_is_as_none(self, field: str) -> None:
        """In place of a value of any other type stands nothing."""
        entry = {key: value for key, value in SAMPLE["gpt-9"].items() if key != field}
        expected = read({**SAMPLE, "gpt-9": entry})["openai:gpt-9"]
        for wrong in (None, {"a": 1}, [{}]):
            record = read({**SAMPLE, "gpt-9": {**entry, field: wrong}})["openai:gpt-9"]
            record.get("extra", {}).get("litellm", {}).pop("successor_model", None)
            assert record == expected, wrong


KEPT = frozenset(
    {
        "annotation_cost_per_page",
        "annotation_cost_per_page_batches",
        "cache_creation_input_audio_token_cost",
        "code_interpreter_cost_per_session",
        "cost_per_second",
        "default_reasoning_effort",
        "deprecation_source",
        "explicit_cache_read_input_token_cost",
        "fedramp_uplift_multiplier",
        "guardrail_cost_per_unit",
        "input_dbu_cost_per_token",
        "ocr_cost_per_credit",
        "ocr_cost_per_page",
        "ocr_cost_per_page_batches",
        "output_dbu_cost_per_token",
        "prompt_cache_min_tokens",
        "regional_endpoint_uplift_multiplier",
        "regional_processing_uplift_multiplier_eu",
        "regional_processing_uplift_multiplier_us",
    }
)
"""What is kept in `extra.litellm`: the source of a retirement, factors, and prices for which we have no unit."""
UNITS = ("character", "image", "pixel", "query", "second", "text_message")
"""The same: prices for one of these, whatever follows."""


@cache
def whole() -> tuple[dict[str, Any], Read]:
    if not REAL.exists():
        pytest.skip("the real map is not here")
    document: dict[str, Any] = json.loads(REAL.read_bytes())
    return document, read(document)


def flat(record: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Dotted paths and their values; lists of texts without an order."""
    values: dict[str, Any] = {}
    for key, value in record.items():
        path = f"{above}{key}"
        if isinstance(value, dict):
            values |= flat(value, f"{path}.")
        else:
            values[path] = sorted(value) if isinstance(value, list) and isinstance(value[0], str) else value
    return values


def packaged() -> dict[str, dict[str, Any]]:
    """What the packaged data states of each model, without derived values."""
    file = SnapshotFile.open(PACKAGED_SNAPSHOT)
    lines = {
        f"{provider}:{line['id']}": dict(line) for provider in file.blocks for line in file.block(provider).models()
    }
    return {spec: {key: line[key] for key in line if key not in ("derived", "likely")} for spec, line in lines.items()}


class TestRealMap:
    def test_every_key_is_taken_or_named(self) -> None:
        document, _ = whole()
        entries = {key: entry for key, entry in document.items() if key not in litellm_keys.NO_MODELS}
        seen = {key for entry in entries.values() for key in entry}
        taken = {*litellm_keys.FIELDS, *litellm_keys.TOGETHER, *litellm_keys.ELSEWHERE}
        priced = {key for key in seen if litellm_prices.is_price(key)}
        others = seen - taken - priced - {*litellm_keys.LEFT_OUT} - KEPT
        assert {
            key for key in others if not any(f"cost_per_{unit}" in key or f"_{unit}" in key for unit in UNITS)
        } == set()
        assert not {*litellm_keys.LEFT_OUT} & (taken | priced | KEPT)
        assert {*litellm_keys.LEFT_OUT} - {"max_tokens"} <= seen

    def test_what_is_dropped_has_a_reason(self) -> None:
        _, got = whole()
        assert got.counts == {
            ("dropped", "max_output_tokens", "0 means unknown"): 12,
            ("dropped", "max_input_tokens", "0 means unknown"): 10,
            ("dropped", "prices.input_audio", "a price of long requests below that of short ones"): 1,
            ("dropped", "prices.cache_write", CACHE_WRITE): 7,
            ("dropped", "prices.batch.cache_read", ROUNDED): 8,
            ("dropped", "prices.flex.cache_read", ROUNDED): 4,
            ("dropped", "prices.batch.cache_write", ROUNDED): 4,
            ("dropped", "prices.batch.output", ROUNDED): 4,
            ("dropped", "prices.flex.output", ROUNDED): 3,
            ("dropped", "prices.off_peak_pricing", "days of another time zone than UTC"): 2,
            ("record dropped", "provider", "not one of the providers that are read"): 89,
            ("record dropped", "model", "its provider was dropped"): 1090,
            ("record dropped", "model", "prices of a region, a size or a commitment"): 472,
            ("record dropped", "model", "a name of LiteLLM's own for another entry"): 98,
            ("record dropped", "model", "another record has the same id"): 71,
        }  # fmt: skip
        assert len(got.specs) == 3145

    def test_every_provider_has_models_of_ours(self) -> None:
        document, _ = whole()
        ours = packaged()
        found = Counter[str]()
        for key, entry in document.items():
            if (theirs := entry.get("litellm_provider")) in litellm_keys.PROVIDERS:
                home = litellm_keys.PROVIDERS[theirs]
                name = key.removeprefix(home.prefix)
                name = name.rpartition("/")[2] if home.provider in litellm_keys.LAST else name
                found[theirs] += f"{home.provider}:{name}" in ours
        few = {"text-completion-openai", "cohere"}
        assert {*litellm_keys.PROVIDERS} - {theirs for theirs, count in found.items() if count} <= few

    def test_what_it_states(self) -> None:
        """How many models at providers of ours state what the map can fill; 925 keys have a date of retirement."""
        document, got = whole()
        assert sum("deprecation_date" in entry for entry in document.values()) == 925
        stated = Counter(field for spec in got.specs for field in flat(got[spec]))
        fields = ("retires", "successor", "served_as", "cost.cache_write_1h", "cost.modes.batch.input")
        assert [stated[field] for field in fields] == [632, 286, 70, 191, 379]

    def test_served_ids_are_the_curated_ones(self) -> None:
        """OpenAI's dated ids are curated, so the rule for dated ids can be measured: none is wrong."""
        _, got = whole()
        ours = packaged()
        stated = {spec: got[spec]["served_as"] for spec in got.specs if "served_as" in got[spec] and spec in ours}
        assert sum(len(names) for spec, names in stated.items() if spec.startswith("openai:")) >= 20
        for spec, names in stated.items():
            assert not {f"{spec.partition(':')[0]}:{name}" for name in names} & {*ours}
            if spec.startswith("openai:"):
                assert {*names} <= {*ours[spec]["served_as"]}

    def test_agreement_with_the_packaged_data(self) -> None:
        """Same and different per field, of the models that both have; a wrong unit or a wrong id would show at once."""
        _, got = whole()
        ours = packaged()
        same, different = Counter[str](), Counter[str]()
        shared = [spec for spec in got.specs if spec in ours]
        for spec in shared:
            mine, theirs = flat(ours[spec]), flat({key: value for key, value in got[spec].items() if key != "extra"})
            for field in mine.keys() & theirs.keys():
                equal = mine[field] == theirs[field]
                if field == "limits.context" and theirs[field] == mine.get("limits.input"):
                    equal = True
                (same if equal else different)[field] += 1
        for field in sorted({*same, *different}):
            print(f"{field}: {same[field]} same, {different[field]} different")
        assert len(shared) > 1000
        least = {
            "cost.input": 0.85,
            "cost.output": 0.85,
            "cost.cache_read": 0.8,
            "cost.cache_write": 0.9,
            "cost.cache_write_1h": 1,
            "cost.modes.batch.input": 1,
            "cost.modes.flex.output": 1,
            "cost.fees.web_search": 1,
            "capabilities.tools.enabled": 0.95,
            "capabilities.reasoning.enabled": 0.95,
            "capabilities.json.schema": 0.95,
            "capabilities.attachments": 0.95,
            "capabilities.tools.parallel": 1,
            "limits.context": 0.7,
            "limits.output": 0.65,
            "retires": 0.95,
        }
        shares = {field: same[field] / max(same[field] + different[field], 1) for field in least}
        assert {field: share for field, share in shares.items() if share < least[field]} == {}


@pytest.mark.parametrize("document", [{"message": "rate limited"}, {"error": {"code": 429}}, {}, [], None, 3])
def test_an_answer_that_is_no_map_is_refused(document: Any) -> None:
    """`pull` must not put it in place of a good file."""
    with pytest.raises(SourceError, match=r"^x: is not LiteLLM's map"):
        transforms.read(json.dumps(document).encode(), "x", "litellm")
