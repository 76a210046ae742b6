"""`usage` and `usages`: every shape is read as what it means, and what could mean two things is an error."""

from __future__ import annotations

import copy
import dataclasses
import decimal
import doctest
import json
import pickle
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT

import llm_models
from llm_models import Usage, UsageError, usage, usages
from llm_models.counts import FEES, FIELDS, PARTS
from llm_models.recognition import ASKED_FOR, BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = ROOT.parent / "shared" / "cost" / "examples.json"
"""The worked examples of the contract, which are no part of the repository."""


class Case(NamedTuple):
    """What is given, and what `usage` must make of it: the fields that are stated, besides `requests = 1`."""

    protocol: str
    given: Any
    stated: dict[str, Any]


MODALITIES = {"input_audio": 0, "input_image": 0, "input_video": 0}
CASES = {
    "openai: cached and reasoning are inside": Case(
        "openai_chat",
        {
            "prompt_tokens": 10000,
            "completion_tokens": 2000,
            "total_tokens": 12000,
            "prompt_tokens_details": {"cached_tokens": 4000, "audio_tokens": None},
            "completion_tokens_details": {"reasoning_tokens": 1500, "rejected_prediction_tokens": 7},
        },
        {"input": 10000, "output": 2000, "cache_read": 4000, "reasoning": 1500},
    ),
    "openai: every detail is None": Case(
        "openai_chat",
        {"prompt_tokens": 8, "completion_tokens": 2, "prompt_tokens_details": None, "completion_tokens_details": None},
        {"input": 8, "output": 2},
    ),
    "openai: embeddings": Case("openai_chat", {"prompt_tokens": 8, "total_tokens": 8}, {"input": 8}),
    "openai: mode and model are the response's": Case(
        "openai_chat",
        {"model": "m", "service_tier": "default", "usage": {"prompt_tokens": 1, "completion_tokens": 2}},
        {"input": 1, "output": 2, "mode": "standard", "model": "m"},
    ),
    "openrouter: the cost that it states": Case(
        "openai_chat",
        {"prompt_tokens": 1000, "completion_tokens": 100, "cost": 0.00020895, "is_byok": False},
        {"input": 1000, "output": 100, "reported": Decimal("0.00020895")},
    ),
    "deepseek, before it had details": Case(
        "openai_chat",
        {"prompt_tokens": 10, "completion_tokens": 2, "prompt_cache_hit_tokens": 6, "prompt_cache_miss_tokens": 4},
        {"input": 10, "output": 2, "cache_read": 6},
    ),
    "moonshot: cached tokens beside the totals": Case(
        "openai_chat",
        {"prompt_tokens": 19, "completion_tokens": 21, "total_tokens": 40, "cached_tokens": 10},
        {"input": 19, "output": 21, "cache_read": 10},
    ),
    "alibaba: an explicit cache": Case(
        "openai_chat",
        {
            "prompt_tokens": 3019,
            "completion_tokens": 104,
            "prompt_tokens_details": {
                "cached_tokens": 2048,
                "cache_creation_input_tokens": 500,
                "cache_creation": {"ephemeral_5m_input_tokens": 500},
                "cache_type": "ephemeral",
            },
        },
        {"input": 3019, "output": 104, "cache_read": 2048, "cache_write": 500},
    ),
    "openrouter: searches": Case(
        "openai_chat",
        {"prompt_tokens": 9, "completion_tokens": 2, "server_tool_use_details": {"web_search_requests": 2}},
        {"input": 9, "output": 2, "web_search": 2},
    ),
    "perplexity: searches": Case(
        "openai_chat",
        {"prompt_tokens": 9, "completion_tokens": 2, "citation_tokens": 0, "num_search_queries": 3},
        {"input": 9, "output": 2, "web_search": 3},
    ),
    "xai: searches": Case(
        "openai_responses",
        {
            "input_tokens": 9,
            "output_tokens": 2,
            "num_sources_used": 4,
            "server_side_tool_usage_details": {
                "web_search_calls": 3,
                "file_search_calls": 2,
                "code_interpreter_calls": 0,
            },
        },
        {"input": 9, "output": 2, "web_search": 3, "file_search": 2, "code_execution": 0},
    ),
    "responses: a fast request is answered as priority": Case(
        "openai_responses",
        {"model": "m", "service_tier": "priority", "usage": {"input_tokens": 1000, "output_tokens": 1000}},
        {"input": 1000, "output": 1000, "mode": "priority", "model": "m"},
    ),
    "responses: written to the cache, by lifetime": Case(
        "openai_responses",
        {
            "input_tokens": 2006,
            "input_tokens_details": {
                "cached_tokens": 0,
                "cache_write_tokens": 1920,
                "cache_write_tokens_details": {"ttl_30m_tokens": 20, "ttl_12h_tokens": 1900},
            },
            "output_tokens": 300,
        },
        {
            "input": 2006,
            "output": 300,
            "cache_read": 0,
            "cache_write": 1920,
            "cache_write_30m": 20,
            "cache_write_12h": 1900,
        },
    ),
    "responses: searches of the web": Case(
        "openai_responses",
        {
            "model": "m",
            "tool_usage": {"web_search": {"num_requests": 3}},
            "usage": {"input_tokens": 5, "output_tokens": 1, "output_tokens_details": {"reasoning_tokens": 0}},
        },
        {"input": 5, "output": 1, "reasoning": 0, "web_search": 3, "model": "m"},
    ),
    "openai: images": Case(
        "openai_responses",
        {
            "input_tokens": 50,
            "input_tokens_details": {"image_tokens": 40, "text_tokens": 10},
            "output_tokens": 1060,
            "output_tokens_details": {"image_tokens": 1056, "text_tokens": 4},
        },
        {"input": 50, "output": 1060, "input_image": 40, "output_image": 1056},
    ),
    "openai: transcription by tokens": Case(
        "openai_responses",
        {"type": "tokens", "input_tokens": 14, "input_token_details": {"audio_tokens": 13}, "output_tokens": 45},
        {"input": 14, "output": 45, "input_audio": 13},
    ),
    "openai: transcription by length": Case(
        "openai_responses", {"type": "duration", "seconds": 12.1}, {"audio_seconds": Decimal("12.1")}
    ),
    "realtime: cached audio": Case(
        "openai_realtime",
        {
            "input_tokens": 100,
            "input_token_details": {
                "cached_tokens": 50,
                "audio_tokens": 60,
                "cached_tokens_details": {"audio_tokens": 30, "text_tokens": 20},
            },
            "output_tokens": 20,
            "output_token_details": {"audio_tokens": 15},
        },
        {"input": 100, "cache_read": 50, "input_audio": 60, "cache_read_audio": 30, "output": 20, "output_audio": 15},
    ),
    "anthropic: both caches are beside the input": Case(
        "anthropic",
        {
            "input_tokens": 2000,
            "cache_read_input_tokens": 5000,
            "cache_creation_input_tokens": 3000,
            "cache_creation": {"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000},
            "output_tokens": 700,
            "output_tokens_details": {"thinking_tokens": 300},
            "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 0},
        },
        {
            "input": 10000,
            "cache_read": 5000,
            "cache_write": 3000,
            "cache_write_1h": 2000,
            "output": 700,
            "reasoning": 300,
            "web_search": 2,
            "web_fetch": 0,
        },
    ),
    "anthropic: written without a lifetime": Case(
        "anthropic",
        {"cache_creation_input_tokens": 144211, "cache_read_input_tokens": 0, "input_tokens": 11, "output_tokens": 197},
        {"input": 144222, "cache_read": 0, "cache_write": 144211, "output": 197},
    ),
    "anthropic: two modes": Case(
        "anthropic",
        {
            "type": "message",
            "model": "c",
            "usage": {
                "input_tokens": 1,
                "output_tokens": 2,
                "service_tier": "standard",
                "speed": "fast",
                "inference_geo": "us",
            },
        },
        {"input": 1, "output": 2, "mode": "fast+us", "model": "c"},
    ),
    "anthropic: another region has no meaning": Case(
        "anthropic",
        {"input_tokens": 1, "output_tokens": 2, "service_tier": "batch", "inference_geo": "global", "speed": None},
        {"input": 1, "output": 2, "mode": "batch"},
    ),
    "gemini: thoughts and results of tools are beside": Case(
        "gemini",
        {
            "promptTokenCount": 10000,
            "cachedContentTokenCount": 4000,
            "candidatesTokenCount": 500,
            "thoughtsTokenCount": 1500,
            "toolUsePromptTokenCount": 200,
            "totalTokenCount": 12200,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 9000},
                {"modality": "AUDIO", "tokenCount": 1000},
            ],
            "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 4000}],
        },
        {
            "input": 10200,
            "cache_read": 4000,
            "input_audio": 1000,
            "cache_read_audio": 0,
            "cache_read_image": 0,
            "output": 2000,
            "reasoning": 1500,
        },
    ),
    "gemini: a list that does not add up states no zeros": Case(
        "gemini",
        {
            "promptTokenCount": 0,
            "candidatesTokenCount": 1780,
            "thoughtsTokenCount": 529,
            "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
        },
        {"input": 0, "output": 2309, "output_image": 1120, "reasoning": 529},
    ),
    "gemini: both lists of the input count": Case(
        "gemini",
        {
            "prompt_token_count": 30,
            "prompt_tokens_details": [
                {"modality": "DOCUMENT", "token_count": 20},
                {"modality": "AUDIO", "token_count": 10},
            ],
            "tool_use_prompt_token_count": 9,
            "tool_use_prompt_tokens_details": [
                {"modality": "AUDIO", "token_count": 5},
                {"modality": "TEXT", "token_count": 4},
            ],
        },
        {"input": 39, **MODALITIES, "input_audio": 15},
    ),
    "gemini: cached video is in the cache, and not in the video": Case(
        "gemini",
        {
            "prompt_token_count": 1000,
            "cached_content_token_count": 800,
            "prompt_tokens_details": [
                {"modality": "VIDEO", "token_count": 900},
                {"modality": "TEXT", "token_count": 100},
            ],
            "cache_tokens_details": [{"modality": "VIDEO", "token_count": 800}],
            "candidates_token_count": 7,
        },
        {
            "input": 1000,
            **MODALITIES,
            "input_video": 100,
            "cache_read": 800,
            "cache_read_audio": 0,
            "cache_read_image": 0,
            "output": 7,
        },
    ),
    "gemini: zeros are left out": Case(
        "gemini",
        {"modelVersion": "g", "usageMetadata": {"promptTokenCount": 7, "thoughtsTokenCount": 9}},
        {"input": 7, "output": 9, "reasoning": 9, "model": "g"},
    ),
    "gemini: the tier of a continued answer": Case(
        "gemini",
        {
            "usage_metadata": {
                "prompt_token_count": 300,
                "candidates_token_count": 9,
                "traffic_type": "ON_DEMAND_FLEX",
            },
            "initial_prompt_token_count": 100,
        },
        {"input": 300, "output": 9, "tier_input": 100, "mode": "flex"},
    ),
    "gemini: an answer that was not continued": Case(
        "gemini",
        {
            "usage_metadata": {"prompt_token_count": 300, "tool_use_prompt_token_count": 5},
            "initial_prompt_token_count": 300,
        },
        {"input": 305},
    ),
    "gemini live": Case(
        "gemini",
        {
            "promptTokenCount": 10,
            "responseTokenCount": 20,
            "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 20}],
            "serviceTier": "priority",
        },
        {"input": 10, "output": 20, "output_audio": 20, "output_image": 0, "output_video": 0, "mode": "priority"},
    ),
    "mistral": Case(
        "mistral",
        {"prompt_tokens": 10, "completion_tokens": 2, "prompt_audio_seconds": 30, "service_tier": "priority"},
        {"input": 10, "output": 2, "audio_seconds": Decimal(30), "mode": "priority"},
    ),
    "mistral: cached tokens in an extra field": Case(
        "mistral",
        {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}},
        {"input": 10, "output": 2, "cache_read": 4},
    ),
    "mistral: cached tokens beside the totals": Case(
        "mistral",
        {"prompt_tokens": 10, "completion_tokens": 2, "num_cached_tokens": 4},
        {"input": 10, "output": 2, "cache_read": 4},
    ),
    "bedrock: both caches are beside the input": Case(
        "bedrock",
        {
            "inputTokens": 13,
            "outputTokens": 5,
            "cacheReadInputTokens": 1504,
            "cacheWriteInputTokens": 30,
            "cacheDetails": [{"ttl": "1h", "inputTokens": 10}, {"ttl": "5m", "inputTokens": 20}],
        },
        {
            "input": 1547,
            "output": 5,
            "cache_read": 1504,
            "cache_write": 30,
            "cache_write_30m": 0,
            "cache_write_1h": 10,
            "cache_write_12h": 0,
        },
    ),
    "bedrock: two modes": Case(
        "bedrock",
        {
            "stopReason": "end_turn",
            "usage": {"inputTokens": 1, "outputTokens": 2},
            "serviceTier": {"type": "flex"},
            "performanceConfig": {"latency": "optimized"},
        },
        {"input": 1, "output": 2, "mode": "flex+optimized"},
    ),
    "litellm: the caches are inside, and stated twice": Case(
        "litellm",
        {
            "prompt_tokens": 100,
            "completion_tokens": 20,
            "cache_read_input_tokens": 30,
            "cache_creation_input_tokens": 41,
            "prompt_tokens_details": {
                "cached_tokens": 30,
                "cache_write_tokens": 40,
                "cache_creation_tokens": 41,
                "cache_creation_token_details": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 30},
                "tool_use_tokens": 3,
            },
            "server_tool_use": {"web_search_requests": 2},
            "cost": {"total_cost": 0.25},
        },
        {
            "input": 100,
            "output": 20,
            "cache_read": 30,
            "cache_write": 40,
            "cache_write_1h": 30,
            "web_search": 2,
            "reported": Decimal("0.25"),
        },
    ),
    "langchain: the split by lifetime replaces the total": Case(
        "langchain",
        {
            "input_tokens": 10000,
            "output_tokens": 700,
            "total_tokens": 10700,
            "input_token_details": {
                "cache_read": 5000,
                "cache_creation": 0,
                "ephemeral_5m_input_tokens": 1000,
                "ephemeral_1h_input_tokens": 2000,
            },
            "output_token_details": {"reasoning": 5, "audio": 6},
        },
        {
            "input": 10000,
            "output": 700,
            "cache_read": 5000,
            "cache_write": 3000,
            "cache_write_1h": 2000,
            "reasoning": 5,
            "output_audio": 6,
        },
    ),
    "langchain: the lifetimes are 0, and the total stands": Case(
        "langchain",
        {
            "input_tokens": 100,
            "output_tokens": 7,
            "input_token_details": {
                "cache_creation": 60,
                "ephemeral_5m_input_tokens": 0,
                "ephemeral_1h_input_tokens": 0,
            },
        },
        {"input": 100, "output": 7, "cache_write": 60, "cache_write_1h": 0},
    ),
    "langchain: the mode is in the names of the details": Case(
        "langchain",
        {
            "input_tokens": 100,
            "output_tokens": 7,
            "input_token_details": {"flex_cache_read": 40, "flex": 60},
            "output_token_details": {"flex_reasoning": 3, "flex": 4},
        },
        {"input": 100, "output": 7, "cache_read": 40, "reasoning": 3, "mode": "flex"},
    ),
    "pydantic_ai: a 0 may be a default": Case(
        "pydantic_ai",
        {
            "input_tokens": 10,
            "cache_read_tokens": 0,
            "cache_write_tokens": 4,
            "cache_write_1h_tokens": 0,
            "output_tokens": 0,
            "audio_seconds": 0.0,
            "details": {"reasoning_tokens": 7, "cached_tokens": 8},
            "cost": Decimal("0.5"),
        },
        {"input": 10, "output": 0, "cache_write": 4},
    ),
    "pydantic_ai: a sum, and requests that were not measured": Case(
        "pydantic_ai",
        {"requests": 3, "input_tokens": 300000, "output_tokens": 1000, "unmeasured_requests": 1, "tool_calls": 2},
        {"input": 300000, "output": 1000, "requests": 3, "unmeasured_requests": 1},
    ),
    "openai_agents: a 0 may be a default": Case(
        "openai_agents",
        {
            "requests": 1,
            "input_tokens": 10,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 4},
            "output_tokens": 2,
            "output_tokens_details": {"reasoning_tokens": 0},
            "request_usage_entries": [],
        },
        {"input": 10, "output": 2, "cache_write": 4},
    ),
    "otel: no lifetime": Case(
        "otel",
        {
            "gen_ai.usage.input_tokens": 10000,
            "gen_ai.usage.output_tokens": 700,
            "gen_ai.usage.cache_read.input_tokens": 5000,
            "gen_ai.usage.cache_creation.input_tokens": 3000,
            "gen_ai.usage.reasoning.output_tokens": 5,
            "gen_ai.request.model": "asked-for",
            "gen_ai.response.model": "m",
            "gen_ai.openai.request.service_tier": "flex",
            "gen_ai.openai.response.service_tier": "default",
        },
        {
            "input": 10000,
            "output": 700,
            "cache_read": 5000,
            "cache_write": 3000,
            "reasoning": 5,
            "model": "m",
            "mode": "standard",
        },
    ),
    "otel: older names": Case(
        "otel",
        {
            "gen_ai.usage.prompt_tokens": 9,
            "gen_ai.usage.completion_tokens": 3,
            "gen_ai.usage.cache_read_input_tokens": 4,
        },
        {"input": 9, "output": 3, "cache_read": 4},
    ),
    "mlflow: the caches are inside": Case(
        "mlflow",
        {
            "input_tokens": 100,
            "output_tokens": 5,
            "cache_read_input_tokens": 60,
            "cache_creation_input_tokens": 30,
            "cache_creation_input_tokens_above_1hr": 10,
        },
        {"input": 100, "output": 5, "cache_read": 60, "cache_write": 30, "cache_write_1h": 10},
    ),
    "plain": Case(
        "plain",
        {"input": 7, "output": 1, "web_search": 30, "fees": {"ocr_page": 2}, "reported": "0.1", "mode": "flex"},
        {
            "input": 7,
            "output": 1,
            "web_search": 30,
            "fees": {"ocr_page": 2},
            "reported": Decimal("0.1"),
            "mode": "flex",
        },
    ),
    "plain: a request with nothing but a fee": Case("plain", {"web_search": 30}, {"web_search": 30}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=[*CASES])
class TestShapes:
    def test_a_named_protocol_is_read(self, case: Case) -> None:
        assert usage(case.given, protocol=case.protocol).to_dict() == {"requests": 1, **case.stated}

    def test_the_fields_of_a_mapping_name_it(self, case: Case) -> None:
        assert usage(case.given) == usage(case.given, protocol=case.protocol)

    def test_json_and_objects_are_read_as_the_mapping(self, case: Case) -> None:
        read = usage(case.given)
        text = json.dumps(case.given, default=str)
        assert usage(text) == usage(text.encode()) == read
        assert case.protocol in ("otel", "gemini", "bedrock") or usage(_object(case.given)) == read

    def test_nothing_is_changed(self, case: Case) -> None:
        before = copy.deepcopy(case.given)
        usage(case.given)
        assert case.given == before


def _object(value: Any) -> Any:
    """The same data as an object with attributes."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: _object(item) for name, item in value.items()})
    return [_object(item) for item in value] if isinstance(value, list) else value


class TestModes:
    """The mode is what the response states, in one spelling; what is not known to be standard is not standard."""

    @pytest.mark.parametrize(
        ("stated", "mode"),
        [
            ("auto", "standard"),
            ("default", "standard"),
            ("flex", "flex"),
            ("scale", "scale"),
            ("priority", "priority"),
            ("fast", "fast"),
            ("Something-New", "something-new"),
            ("", None),
            (None, None),
        ],
    )
    def test_of_openai(self, stated: str | None, mode: str | None) -> None:
        assert usage({"service_tier": stated, "usage": {"prompt_tokens": 1}}).mode == mode

    @pytest.mark.parametrize(
        ("stated", "mode"),
        [
            ("ON_DEMAND", "standard"),
            ("ON_DEMAND_PRIORITY", "priority"),
            ("ON_DEMAND_FLEX", "flex"),
            ("ON_DEMAND_OFFPEAK", "off_peak"),
            ("PROVISIONED_THROUGHPUT", "provisioned"),
            ("TRAFFIC_TYPE_UNSPECIFIED", None),
        ],
    )
    def test_of_google(self, stated: str, mode: str | None) -> None:
        assert usage({"promptTokenCount": 1, "trafficType": stated}).mode == mode

    @pytest.mark.parametrize(
        ("tier", "speed", "geo", "mode"),
        [
            ("standard", "standard", "us", "us"),
            ("standard", "fast", "us", "fast+us"),
            ("priority", "fast", None, "fast+priority"),
            ("batch", None, "global", "batch"),
            ("standard", None, "not_available", "standard"),
            (None, None, None, None),
        ],
    )
    def test_of_anthropic(self, tier: str | None, speed: str | None, geo: str | None, mode: str | None) -> None:
        given = {"input_tokens": 1, "output_tokens": 1, "service_tier": tier, "speed": speed, "inference_geo": geo}
        assert usage(given, protocol="anthropic").mode == mode


class TestRecognition:
    def test_the_module_of_a_class_names_the_protocol(self) -> None:
        """Also of a class below it; the fields alone could mean two things."""
        made = type("Usage", (SimpleNamespace,), {"__module__": "anthropic.types.usage"})
        below = type("Own", (made,), {"__module__": "own"})
        counts = {"input_tokens": 100, "cache_read_input_tokens": 80, "output_tokens": 9}
        assert usage(made(**counts)).input == usage(below(**counts)).input == 180
        with pytest.raises(UsageError, match="several protocols"):
            usage(SimpleNamespace(**counts))

    def test_a_class_of_a_known_package_with_another_shape_is_read_by_its_fields(self) -> None:
        own = type("Usage", (SimpleNamespace,), {"__module__": "agents.usage"})
        assert usage(own(input_tokens=1, cache_creation={"ephemeral_1h_input_tokens": 0}, output_tokens=2)).output == 2

    def test_a_known_class_with_fields_of_another_shape_keeps_its_own(self) -> None:
        """Some servers add the other names to a completion."""
        made = type("CompletionUsage", (SimpleNamespace,), {"__module__": "openai.types"})
        assert usage(made(prompt_tokens=5, completion_tokens=2, input_tokens=5, output_tokens=2)).input == 5

    def test_a_span_has_its_usage_in_its_attributes(self) -> None:
        span = SimpleNamespace(name="chat", attributes={"gen_ai.usage.input_tokens": 5, "gen_ai.system": "openai"})
        assert usage(span) == Usage(input=5)
        with pytest.raises(UsageError, match="no known shape"):
            usage(SimpleNamespace(attributes={"http.method": "GET"}))

    def test_objects_of_every_kind_have_fields(self) -> None:
        """A dataclass, a tuple with names, and a class with a dict of attributes."""

        @dataclasses.dataclass
        class Data:
            prompt_tokens: int
            completion_tokens: int = 3

        class Named(NamedTuple):
            prompt_tokens: int
            completion_tokens: int = 3

        expected = Usage(input=5, output=3)
        assert usage(Data(5)) == usage(Named(5)) == usage(SimpleNamespace(**Data(5).__dict__)) == expected

    def test_what_stands_for_nothing_states_nothing(self) -> None:
        unset = type("Unset", (), {})()
        assert usage({"prompt_tokens": 5, "prompt_audio_seconds": unset}) == Usage(input=5)


class TestXai:
    """xAI's chat completions leave reasoning out of the output, and look like OpenAI's."""

    GIVEN: ClassVar[dict[str, Any]] = {
        "prompt_tokens": 32,
        "completion_tokens": 90,
        "completion_tokens_details": {"reasoning_tokens": 40},
    }

    @pytest.mark.parametrize("named", [{"provider": "xai"}, {"provider": "x-ai"}, {"protocol": "xai_chat"}])
    def test_reasoning_is_added_where_xai_is_named(self, named: dict[str, str]) -> None:
        assert usage(self.GIVEN, **named) == Usage(input=32, output=130, reasoning=40)  # type: ignore[arg-type]

    def test_without_a_name_it_is_openai(self) -> None:
        assert usage(self.GIVEN) == usage(self.GIVEN, provider="openai") == Usage(input=32, output=90, reasoning=40)

    def test_a_total_that_only_the_other_explains_is_an_error_in_both_directions(self) -> None:
        with pytest.raises(UsageError, match=r"total_tokens.*protocol='xai_chat'"):
            usage({**self.GIVEN, "total_tokens": 162})
        with pytest.raises(UsageError, match=r"total_tokens.*protocol='openai_chat'"):
            usage({**self.GIVEN, "total_tokens": 122}, provider="xai")
        assert usage({**self.GIVEN, "total_tokens": 162}, provider="xai").output == 130
        assert usage({**self.GIVEN, "total_tokens": 122}).output == 90

    def test_a_total_above_its_parts_is_an_error(self) -> None:
        """Gemini behind OpenAI's API leaves thoughts out of the output, and does not state them."""
        given = {"prompt_tokens": 7, "completion_tokens": 21}
        with pytest.raises(UsageError, match=r"total_tokens: more than the input and the output \(found 828, expected"):
            usage({**given, "total_tokens": 828})
        assert usage({**given, "total_tokens": 28}) == usage({**given, "total_tokens": 0}) == Usage(input=7, output=21)
        counts = {"input_tokens": 100, "cache_read_input_tokens": 80, "output_tokens": 9}
        assert usage({**counts, "total_tokens": 189}).input == 180  # it cannot be a total with the cache inside
        tools = {"tool_use_tokens": 5, "cached_tokens": 0}
        assert usage({**given, "prompt_tokens_details": tools, "total_tokens": 33}, protocol="litellm").input == 7
        with pytest.raises(UsageError, match="more than"):
            usage({**given, "prompt_tokens_details": tools, "total_tokens": 34}, protocol="litellm")

    def test_its_responses_include_reasoning(self) -> None:
        given = {"input_tokens": 32, "output_tokens": 90, "output_tokens_details": {"reasoning_tokens": 40}}
        assert usage(given, provider="xai").output == 90

    def test_an_unknown_provider_is_not_taken_for_another(self) -> None:
        with pytest.raises(llm_models.UnknownProviderError, match=r"Did you mean 'xai'"):
            usage(self.GIVEN, provider="xia")


class TestNothingIsGuessed:
    def test_protocols_that_read_an_object_differently_are_an_error_that_names_them(self) -> None:
        given = {"input_tokens": 100, "cache_read_input_tokens": 80, "output_tokens": 9}
        with pytest.raises(UsageError, match=r"180 as anthropic or bedrock, 100 as mlflow.*protocol=") as caught:
            usage(given)
        assert (caught.value.field, caught.value.protocols) == ("input", ("anthropic", "bedrock", "mlflow"))
        assert usage(given, protocol="anthropic").input == 180

    def test_a_response_names_its_protocol(self) -> None:
        counts = {"input_tokens": 100, "cache_read_input_tokens": 80, "output_tokens": 9}
        assert usage({"type": "message", "usage": counts}).input == 180

    def test_one_reading_of_two_is_impossible(self) -> None:
        """Where the caches are larger than the input, they cannot be parts of it."""
        assert usage({"input_tokens": 10, "cache_read_input_tokens": 80, "output_tokens": 9}).input == 90

    def test_shapes_that_agree_need_no_name(self) -> None:
        assert usage({"input_tokens": 10, "output_tokens": 9}) == Usage(input=10, output=9)

    @pytest.mark.parametrize("given", [{}, {"tokens": 5}, {"total_tokens": 5}])
    def test_an_unknown_shape_is_an_error(self, given: dict[str, int]) -> None:
        with pytest.raises(UsageError, match=r"no known shape.*protocol="):
            usage(given)

    @pytest.mark.parametrize("given", [None, 5, 1.5, True, object(), dict, "nonsense", "5", "[" * 99999, b"\xff"])
    def test_what_is_no_usage_is_an_error(self, given: object) -> None:
        with pytest.raises(UsageError):
            usage(given)

    def test_a_response_without_usage_is_an_error(self) -> None:
        with pytest.raises(UsageError, match=r"not stated by the response.*stream"):
            usage({"id": "chunk", "choices": [], "usage": None})

    def test_a_field_that_no_protocol_knows_changes_nothing(self) -> None:
        """Neither its spelling nor what is in it: it is not even looked into."""

        class Closed(dict[str, Any]):
            def items(self) -> Any:
                raise AssertionError

        given = {"prompt_tokens": 5, "queueTime": 0.1, "x_groq": Closed(a=1)}
        assert usage(given) == Usage(input=5)

    def test_an_object_that_is_no_usage_is_not_searched_for_long(self) -> None:
        knot: dict[str, Any] = {}
        knot.update({str(number): knot for number in range(100)})
        with pytest.raises(UsageError, match="more than"):
            usage({"prompt_tokens": 5, "prompt_tokens_details": knot})

    @pytest.mark.parametrize(
        "given",
        [
            {"model": "m", "created_at": "x", "done": True, "prompt_eval_count": 26, "eval_count": 290},
            {"id": "1", "model": "m", "choices": []},
            {"model": "m", "pages": []},
        ],
    )
    def test_the_name_of_a_model_is_no_usage(self, given: dict[str, Any]) -> None:
        with pytest.raises(UsageError, match=r"no known shape.*give the counts yourself"):
            usage(given)

    @pytest.mark.parametrize("protocol", [5, ["plain"], {}, ""])
    def test_a_protocol_of_a_wrong_type_is_an_error(self, protocol: Any) -> None:
        with pytest.raises(llm_models.InvalidArgumentError, match="unknown protocol"):
            usage({"prompt_tokens": 5}, protocol=protocol)

    def test_an_object_that_has_everything_has_no_usage(self) -> None:
        with pytest.raises(UsageError, match="no known shape"):
            usage(Mock())

    def test_an_event_before_the_usage_is_stated(self) -> None:
        with pytest.raises(UsageError, match=r"response\.usage: not stated by the response"):
            usage({"type": "response.created", "response": {"id": "r", "usage": None}})

    def test_an_unknown_protocol_is_an_error(self) -> None:
        with pytest.raises(llm_models.InvalidArgumentError, match=r"Did you mean 'openai_chat'"):
            usage({"prompt_tokens": 5}, protocol="openai_cht")

    def test_a_mistyped_field_of_ours_is_an_error(self) -> None:
        with pytest.raises(UsageError, match=r"cache_reed: unknown field. Did you mean 'cache_read'"):
            usage({"input": 5, "cache_reed": 3})

    def test_two_spellings_of_one_field_must_agree(self) -> None:
        assert usage({"prompt_token_count": 5, "promptTokenCount": 5}).input == 5
        with pytest.raises(UsageError, match="two spellings"):
            usage({"prompt_token_count": 5, "promptTokenCount": 6})

    def test_two_fields_for_the_same_tokens_are_an_error(self) -> None:
        details = {"cache_creation": 5, "ephemeral_5m_input_tokens": 5}
        with pytest.raises(UsageError, match="states the same tokens"):
            usage({"input_tokens": 100, "output_tokens": 1, "input_token_details": details}, protocol="langchain")

    def test_an_unknown_kind_of_tokens_is_an_error(self) -> None:
        given = {"promptTokenCount": 5, "promptTokensDetails": [{"modality": "SMELL", "tokenCount": 5}]}
        with pytest.raises(UsageError, match="unknown kind 'SMELL'"):
            usage(given)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"promptTokenCount": 5, "promptTokensDetails": [{"modality": {}, "tokenCount": 5}]}, "modality"),
            ({"promptTokenCount": 5, "promptTokensDetails": [{"modality": ["AUDIO"], "tokenCount": 5}]}, "modality"),
            ({"input_tokens": 1, "output_tokens": 1, "cache_creation": {}, "iterations": [{"type": []}]}, "iterations"),
            ([{"type": "message_start", "message": {"usage": 5}}], "usage"),
            ([{"type": "message_start"}, {"type": "message_delta", "usage": [1]}], "usage"),
            ({"input": 1, "a\x1b[31m": 1}, "a"),
        ],
    )
    def test_what_stands_where_a_text_or_an_object_is_expected(self, given: Any, field: str) -> None:
        with pytest.raises(UsageError) as caught:
            usage(given)
        assert field in caught.value.field
        assert str(caught.value).isprintable()

    def test_more_fields_that_are_none_are_ignored(self) -> None:
        given = SimpleNamespace(prompt_tokens=5, completion_tokens=1, __pydantic_extra__=[1])
        assert usage(given).input == 5

    @pytest.mark.parametrize("name", ["citation_tokens", "connector_tokens"])
    def test_tokens_that_no_total_is_known_to_include_are_an_error(self, name: str) -> None:
        with pytest.raises(UsageError, match=f"{name}: it is not known whether the totals include them"):
            usage({"prompt_tokens": 5, "completion_tokens": 2, name: 7})
        assert usage({"prompt_tokens": 5, "completion_tokens": 2, name: 0}).input == 5

    @pytest.mark.parametrize(
        ("name", "given"),
        [
            ("cached_input_tokens", lambda n: {"inputTokens": 100, "outputTokens": 9, "cachedInputTokens": n}),
            ("tokens_of_smell_tokens", lambda n: {"prompt_tokens": 9, "tokens_of_smell_tokens": n}),
            (
                "prompt_tokens_details.x_tokens",
                lambda n: {"prompt_tokens": 9, "prompt_tokens_details": {"x_tokens": n}},
            ),
            ("smell_token_count", lambda n: {"promptTokenCount": 9, "smellTokenCount": Decimal(n)}),
            (
                "cache_creation.ephemeral_9h_input_tokens",
                lambda n: {"input_tokens": 9, "cache_creation": {"ephemeral_9h_input_tokens": n}},
            ),
        ],
    )
    def test_tokens_that_no_table_has_are_not_passed_over(self, name: str, given: Callable[[int], Any]) -> None:
        """They may have a price of their own, or stand beside the totals."""
        with pytest.raises(
            UsageError, match=r"a count of tokens that is not known\. Give the counts yourself"
        ) as caught:
            usage(given(2))
        assert caught.value.field == name
        assert usage(given(0)).input in (9, 100)

    def test_what_is_no_count_of_tokens_may_be_there(self) -> None:
        given = {"prompt_tokens": 5, "max_tokens": 100, "total_time": 3, "time_to_first_token": 2, "id": "x"}
        assert usage(given) == Usage(input=5)
        span = {"gen_ai.usage.input_tokens": 5, "gen_ai.request.max_tokens": 100, "llm.usage.total_tokens": 5}
        assert usage(span) == Usage(input=5)

    @pytest.mark.parametrize("items", [5, "AUDIO", [5], {"modality": "AUDIO"}])
    def test_a_list_of_kinds_has_kinds(self, items: object) -> None:
        with pytest.raises(
            UsageError, match="prompt_tokens_details: not a list of items with modality and token_count"
        ):
            usage({"promptTokenCount": 5, "promptTokensDetails": items})

    def test_an_older_span_that_leaves_the_caches_out_is_an_error(self) -> None:
        given = {"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 1}
        caches = {"gen_ai.usage.cache_read.input_tokens": 8, "gen_ai.usage.cache_creation.input_tokens": 8}
        with pytest.raises(UsageError, match="add up to more than input"):
            usage(given | caches)

    @pytest.mark.parametrize(
        "given",
        [
            {"type": "message_delta", "usage": {"output_tokens": 50, "input_tokens": None}},
            {"prompt_tokens": None, "completion_tokens": 50},
            {"gen_ai.usage.output_tokens": 50},
        ],
    )
    def test_an_output_without_its_input_is_an_error(self, given: dict[str, Any]) -> None:
        """The input would cost nothing, and the bill would be exact."""
        with pytest.raises(UsageError, match="not stated, but the output is"):
            usage(given)
        assert usage({"output": 50}) == Usage(output=50)

    def test_exclusive_caches_without_their_input_are_an_error(self) -> None:
        with pytest.raises(UsageError, match="input, which is not stated"):
            usage({"input_tokens": None, "cache_read_input_tokens": 5, "output_tokens": 1}, protocol="anthropic")


class TestImpossibleCounts:
    @pytest.mark.parametrize("value", [-1, 1.5, 10.0, True, "10", [5], 10**16])
    def test_a_count_is_an_integer_that_is_not_negative(self, value: object) -> None:
        for protocol in ("openai_chat", "mistral", "litellm"):
            with pytest.raises(UsageError, match="prompt_tokens: ") as caught:
                usage({"prompt_tokens": value, "completion_tokens": 1}, protocol=protocol)
            assert caught.value.field == "prompt_tokens"
        with pytest.raises(UsageError, match="input_tokens: ") as caught:  # a sum
            usage({"input_tokens": value, "cache_read_input_tokens": 1}, protocol="anthropic")
        assert caught.value.field == "input_tokens"

    def test_a_number_that_cannot_be_printed_is_an_error(self) -> None:
        with pytest.raises(UsageError, match="more than 60 digits"):
            Usage(input=10**5000)
        with pytest.raises(UsageError, match="not JSON"):
            usage('{"prompt_tokens": 1' + "0" * 5000 + "}")

    def test_an_integer_of_another_library_is_a_count(self) -> None:
        class Integer:
            def __index__(self) -> int:
                return 7

        assert Usage(input=Integer()).input == 7  # type: ignore[arg-type]

    @pytest.mark.parametrize("value", [-0.5, float("nan"), float("inf"), "x", True, [1], Decimal(-1), 1e300])
    def test_an_amount_is_a_number_that_is_not_negative(self, value: object) -> None:
        for name in ("audio_seconds", "reported"):
            with pytest.raises(UsageError, match=f"usage: {name}: "):
                Usage(**{name: value})

    def test_a_part_is_at_most_its_whole(self) -> None:
        given = {"prompt_tokens": 10, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 11}}
        with pytest.raises(UsageError) as caught:
            usage(given, protocol="openai_chat")
        assert caught.value.field == "prompt_tokens_details.cached_tokens"
        assert str(caught.value) == (
            "usage (openai_chat): prompt_tokens_details.cached_tokens: "
            "larger than input, of which it is a part (found 11, expected at most 10)"
        )
        with pytest.raises(UsageError):
            usage(given)

    @pytest.mark.parametrize(
        ("whole", "above"),
        [
            ("input", {}),
            ("cache_read", {"input": 40, "input_audio": 20, "input_image": 20}),
            ("cache_write", {"input": 20}),
            ("output", {}),
        ],
    )
    def test_parts_together_are_at_most_their_whole(self, whole: str, above: dict[str, int]) -> None:
        first, second, *_ = PARTS[whole]
        Usage(**{**above, whole: 20, first: 10, second: 10})
        with pytest.raises(UsageError, match=f"{whole}: its parts add up to more than {whole}"):
            Usage(**{**above, whole: 20, first: 10, second: 11})
        with pytest.raises(UsageError, match=f"{first}: a part of {whole}, which is not stated"):
            Usage(**{first: 1})

    @pytest.mark.parametrize("whole", [None, 0, 6])
    def test_the_lifetimes_are_at_most_what_was_written(self, whole: int | None) -> None:
        """Of five minutes, too, although that is the rest here."""
        split = {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 3}
        details = {"cache_write_tokens": whole, "cache_creation_token_details": split}
        for counts in (
            {"input_tokens": 9, "output_tokens": 1, "cache_creation_input_tokens": whole, "cache_creation": split},
            {"prompt_tokens": 9, "completion_tokens": 1, "prompt_tokens_details": details},
            {
                "inputTokens": 9,
                "outputTokens": 1,
                "cacheWriteInputTokens": whole,
                "cacheDetails": [{"ttl": "5m", "inputTokens": 7}],
            },
        ):
            with pytest.raises(UsageError, match=r"a part of cache_write|more than cache_write"):
                usage(counts)

    def test_cached_audio_is_counted_once(self) -> None:
        """1000 tokens of audio, 900 of them cached: the parts of the input share 900 tokens."""
        shared = {"input": 1000, "input_audio": 1000, "cache_read": 900}
        assert Usage(**shared, cache_read_audio=900).input == 1000
        assert Usage(**shared).cache_read_audio is None  # possible, so it is no error
        with pytest.raises(UsageError, match="add up"):
            Usage(**shared, cache_read_audio=899)
        with pytest.raises(UsageError, match="larger than input_audio"):
            Usage(input=1000, input_audio=5, cache_read=900, cache_read_audio=6)

    def test_the_input_of_the_tier_is_a_part_of_the_input(self) -> None:
        with pytest.raises(UsageError, match="tier_input: larger than input"):
            Usage(input=10, tier_input=11)

    def test_a_mode_and_a_model_are_text(self) -> None:
        for name in ("mode", "model"):
            with pytest.raises(UsageError, match=f"{name}: not text"):
                Usage(**{name: 5})

    def test_a_fee_with_a_field_is_not_counted_in_two_places(self) -> None:
        for name in (*FEES, "request"):
            with pytest.raises(UsageError, match=rf"fees\.{name}: .*State "):
                Usage(fees={name: 1})
        with pytest.raises(UsageError, match=r"fees\.ocr_page: not a count"):
            Usage(fees={"ocr_page": -1})
        with pytest.raises(UsageError, match="fees: not a map"):
            Usage(fees=3)  # type: ignore[arg-type]

    def test_an_error_keeps_its_fields_when_it_is_pickled(self) -> None:
        with pytest.raises(ValueError, match="prompt_tokens") as caught:
            usage({"prompt_tokens": -1})
        again = pickle.loads(pickle.dumps(caught.value))
        assert isinstance(again, UsageError)
        assert (str(again), vars(again)) == (str(caught.value), vars(caught.value))
        assert again.field == "prompt_tokens"

    def test_a_message_is_one_line_that_a_terminal_can_show(self) -> None:
        with pytest.raises(UsageError) as caught:
            usage({"\x1b[31m": 1, "prompt_tokens": "\x1b[31m"})
        assert str(caught.value).isprintable()
        with pytest.raises(UsageError) as caught:
            usage({"\x1b[31m": 1})
        assert str(caught.value).isprintable()


class TestSeveralRequests:
    ENTRY: ClassVar[dict[str, Any]] = {
        "input_tokens": 10,
        "output_tokens": 1,
        "input_tokens_details": {"cached_tokens": 4},
    }
    SUM: ClassVar[dict[str, Any]] = {
        "requests": 2,
        "input_tokens": 30,
        "output_tokens": 2,
        "input_tokens_details": {"cached_tokens": 8},
    }

    def test_a_sum_that_lists_its_requests_is_refused_and_leads_to_usages(self) -> None:
        given = {**self.SUM, "request_usage_entries": [self.ENTRY, {**self.ENTRY, "input_tokens": 20}]}
        with pytest.raises(UsageError, match=r"request_usage_entries: 2 requests.*usages\(\)"):
            usage(given)
        assert [(one.input, one.cache_read, one.requests) for one in usages(given)] == [(10, 4, 1), (20, 4, 1)]

    def test_requests_that_are_not_listed_are_not_lost(self) -> None:
        with pytest.raises(UsageError, match="Requests are missing"):
            usages({**self.SUM, "request_usage_entries": [self.ENTRY, self.ENTRY]})

    def test_a_sum_without_its_requests_states_how_many_they_are(self) -> None:
        assert usage({**self.SUM, "request_usage_entries": []}) == Usage(input=30, output=2, cache_read=8, requests=2)
        assert usage({**self.SUM, "requests": 1, "request_usage_entries": [self.ENTRY]}).input == 30

    def test_the_tokens_of_a_compaction_are_not_in_the_totals(self) -> None:
        counts = {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 0, "output_tokens": 3}
        passes = [{"type": "message", "input_tokens": 20, **counts}]
        given = {"input_tokens": 20, **counts, "service_tier": "standard", "speed": "fast", "iterations": passes}
        assert usage(given).input == 20
        passes.append({"type": "compaction", "input_tokens": 5, **counts})
        given["server_tool_use"] = {"web_search_requests": 2}
        with pytest.raises(UsageError, match=r"iterations: 2 requests.*usages\(\)"):
            usage(given)
        read = usages({"type": "message", "model": "c", "usage": given})
        assert [(one.input, one.mode, one.model, one.web_search) for one in read] == [
            (20, "fast", "c", 2),
            (5, "fast", "c", None),
        ]

    MESSAGE: ClassVar[dict[str, Any]] = {"type": "message", "input_tokens": 20, "output_tokens": 3}

    @pytest.mark.parametrize(
        ("passes", "problem"),
        [
            ([{**MESSAGE, "type": "compaction"}], "have 0 tokens of input, but the total has 20. Requests are missing"),
            ([{**MESSAGE, "input_tokens": 5}, {**MESSAGE, "type": "compaction"}], "have 5 tokens of input"),
            (
                [{**MESSAGE, "output_tokens": 9}, {**MESSAGE, "type": "compaction"}],
                "total has 3. Requests are not in it",
            ),
            ([{**MESSAGE, "type": "dream"}], "a request of an unknown type (found dream)"),
            ([{"input_tokens": 20}], "a request of an unknown type (found None)"),
            ([None], "not a list of requests"),
            (5, "not a list of requests"),
            ("x", "not a list of requests"),
        ],
    )
    def test_passes_that_do_not_explain_the_totals_are_an_error(self, passes: object, problem: str) -> None:
        caches = {"cache_creation_input_tokens": 0}
        with pytest.raises(UsageError, match=re.escape(problem)):
            usages({"input_tokens": 20, "output_tokens": 3, **caches, "iterations": passes})

    def test_which_tokens_of_a_fallback_the_totals_have_is_not_known(self) -> None:
        """So both are taken: those of the last model, and those of all."""
        for total in (20, 40):
            passes = [{**self.MESSAGE, "model": "a"}, {**self.MESSAGE, "type": "fallback_message", "model": "b"}]
            given = {"input_tokens": total, "output_tokens": 3, "cache_creation_input_tokens": 0, "iterations": passes}
            assert [(one.input, one.model) for one in usages(given)] == [(20, "a"), (20, "b")]

    def test_lists_in_each_other_end(self) -> None:
        knot: list[Any] = []
        knot.append(knot)
        for listed in (knot, "[" * 300 + "]" * 300):
            with pytest.raises(UsageError, match="lists in each other"):
                usages(listed)

    def test_usages_of_one_request_is_its_usage(self) -> None:
        given = {"prompt_tokens": 5}
        assert usages(given) == (usage(given),)
        assert usages(json.dumps(given)) == (usage(given),)
        assert usages(usage(given)) == (usage(given),)

    @pytest.mark.parametrize(
        "line",
        [
            {"custom_id": "1", "response": {"status_code": 200, "body": {"model": "m", "usage": {"prompt_tokens": 5}}}},
            {"result": {"type": "succeeded", "message": {"type": "message", "usage": {"input_tokens": 5}}}},
            {"key": "1", "response": {"usageMetadata": {"promptTokenCount": 5}}},
            {"type": "response.completed", "response": {"usage": {"input_tokens": 5, "output_tokens": 0}}},
        ],
        ids=["OpenAI's batch", "Anthropic's batch", "Gemini's batch", "event"],
    )
    def test_a_line_of_a_batch_and_an_event_hold_a_response(self, line: dict[str, Any]) -> None:
        assert usage(line).input == 5
        assert usage(json.dumps(line)).input == 5

    def test_usages_reads_the_items_of_a_list(self) -> None:
        items = [{"prompt_tokens": 5}, Usage(input=7), [{"input": 9}]]
        assert [one.input for one in usages(items)] == [5, 7, 9]
        assert usages([]) == ()
        with pytest.raises(UsageError, match=r"a list of 2 items.*usages\(\)"):
            usage(items[:2])

    def test_the_last_event_of_a_stream_counts_and_the_first_has_the_lifetimes(self) -> None:
        start = {
            "input_tokens": 5,
            "cache_creation_input_tokens": 30,
            "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
            "output_tokens": 1,
            "service_tier": "batch",
        }
        events = [
            {"type": "message_start", "message": {"model": "c", "usage": start}},
            {"type": "content_block_delta", "delta": {}},
            {"type": "message_delta", "usage": {"output_tokens": 50, "input_tokens": None}},
            {"type": "message_delta", "usage": {"output_tokens": 99, "cache_creation_input_tokens": 30}},
            {"type": "message_stop"},
        ]
        expected = Usage(input=35, cache_write=30, cache_write_1h=20, output=99, mode="batch", model="c")
        assert usage(events) == usage(tuple(events)) == usage(_object(events)) == expected
        assert usages(events) == (expected,)
        assert usage(events[0]).output == 1

    ANSWERS: ClassVar[dict[str, list[dict[str, Any]]]] = {
        "gemini": [
            {"responseId": "g", "usageMetadata": {"promptTokenCount": 5, "totalTokenCount": 5}},
            {"responseId": "g", "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2}},
            {"responseId": "g", "candidates": []},
        ],
        "chat": [
            {"object": "chat.completion.chunk", "id": "c", "usage": None},
            {"object": "chat.completion.chunk", "id": "c", "usage": {"prompt_tokens": 5, "completion_tokens": 1}},
            {"object": "chat.completion.chunk", "id": "c", "usage": {"prompt_tokens": 5, "completion_tokens": 2}},
        ],
        "responses": [
            {"type": "response.created", "response": {"id": "r", "usage": None}},
            {"type": "response.output_text.delta", "delta": "x"},
            {"type": "response.completed", "response": {"id": "r", "usage": {"input_tokens": 5, "output_tokens": 2}}},
        ],
        "anthropic": [
            {"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1}}},
            {"type": "content_block_delta", "delta": {}},
            {"type": "message_delta", "usage": {"input_tokens": 5, "output_tokens": 2}},
            {"type": "message_stop"},
        ],
    }

    @pytest.mark.parametrize("client", ANSWERS)
    def test_no_streamed_answer_is_counted_twice(self, client: str) -> None:
        """Its chunks state what was counted so far."""
        items, expected = self.ANSWERS[client], Usage(input=5, output=2)
        assert usage(items) == expected
        assert client == "gemini" or usage(_object(items)) == expected
        assert usages(items) == usages(json.dumps(items)) == (expected,)
        again = [
            {name: {**v, "id": "2"} if name == "response" and v else v for name, v in item.items()} for item in items
        ]
        again = [{name: "2" if name in ("id", "responseId") else v for name, v in item.items()} for item in again]
        assert usages([*items, {"prompt_tokens": 9}, *again]) == (expected, Usage(input=9), expected)

    def test_messages_of_langchain_are_added_by_their_client(self) -> None:
        """Its chunks have one id, and each of them states what was added."""
        chunks = [{"id": "run", "usage_metadata": {"input_tokens": n, "output_tokens": 1}} for n in (5, 0)]
        assert [one.input for one in usages(chunks)] == [5, 0]
        with pytest.raises(UsageError, match=r"usages\(\)\. Of an answer that was streamed, give"):
            usage(chunks)

    @pytest.mark.parametrize(
        "event",
        [
            {"metadata": {"usage": {"inputTokens": 5, "outputTokens": 2}, "metrics": {"latencyMs": 1}}},
            {"data": {"model": "m", "usage": {"prompt_tokens": 5, "completion_tokens": 2}}},
            {"id": "1", "choices": [], "x_groq": {"usage": {"prompt_tokens": 5, "completion_tokens": 2}}},
        ],
        ids=["Bedrock", "Mistral", "Groq"],
    )
    def test_the_last_event_of_other_clients_holds_a_response(self, event: dict[str, Any]) -> None:
        assert (usage(event).input, usage(event).output) == (5, 2)


class TestUsage:
    """The record."""

    def test_it_is_plain_data_and_back(self) -> None:
        one = Usage(input=10, cache_read=0, audio_seconds=1.5, fees={"x": 2}, mode="flex", reported="0.10")  # type: ignore[arg-type]
        assert one.to_dict() == {
            "input": 10,
            "cache_read": 0,
            "requests": 1,
            "fees": {"x": 2},
            "audio_seconds": Decimal("1.5"),
            "mode": "flex",
            "reported": Decimal("0.10"),
        }

    def test_a_float_is_the_number_that_it_is_printed_as(self) -> None:
        assert Usage(reported=0.1, audio_seconds=12.1).reported == Decimal("0.1")  # type: ignore[arg-type]

    def test_it_cannot_be_changed_and_has_no_other_fields(self) -> None:
        with pytest.raises(AttributeError):
            Usage(input=1).input = 2  # type: ignore[misc]
        with pytest.raises(TypeError, match="no field 'cached'"):
            Usage(cached=2)  # type: ignore[call-arg]

    def test_the_fees_that_are_due(self) -> None:
        assert Usage(requests=2, web_search=0, maps=1, fees={"x": 2}).fee_counts() == {
            "request": 2,
            "web_search": 0,
            "maps": 1,
            "x": 2,
        }

    def test_a_count_that_only_one_states_is_0_in_the_other(self) -> None:
        total = Usage(input=5, cache_read=2, web_search=1, fees={"x": 1}) + Usage(input=7, output=1, fees={"y": 2})
        assert total == Usage(input=12, cache_read=2, output=1, web_search=1, requests=2, fees={"x": 1, "y": 2})
        assert total.reasoning is None

    def test_a_sum_has_no_tier_and_no_model_where_they_differ(self) -> None:
        one = Usage(input=5, tier_input=2, model="a")
        assert (one + one).tier_input is None
        assert (one + one).model == "a"
        assert (one + Usage(input=5, model="b")).model is None

    def test_usages_of_different_modes_are_not_added(self) -> None:
        with pytest.raises(UsageError, match=r"found 'flex' and None.*add the bills"):
            Usage(input=1, mode="flex") + Usage(input=1)
        assert (Usage(input=1, mode="flex") + Usage(input=1, mode="flex")).mode == "flex"

    def test_a_sum_is_exact_in_any_decimal_context(self) -> None:
        with decimal.localcontext(prec=3):
            total = Usage(reported=Decimal("1.000001")) + Usage(reported=Decimal(1000000))
        assert total.reported == Decimal("1000001.000001")

    def test_sum_adds_usages_and_nothing_else_is_added(self) -> None:
        assert sum([Usage(input=1), Usage(input=2)]) == Usage(input=3, requests=2)
        with pytest.raises(TypeError):
            Usage(input=1) + 1
        with pytest.raises(TypeError):
            1 + Usage(input=1)


COUNT = st.integers(0, 50)


@st.composite
def counted(draw: Any) -> Usage:
    """A usage that is possible, with a number of stated parts."""
    part = st.none() | COUNT
    parts = {name: draw(part) for whole in ("input", "cache_write", "output") for name in PARTS[whole]}
    for name in ("cache_read_audio", "cache_read_image"):
        parts[name] = draw(part)
    parts["cache_write"] = sum(parts[name] or 0 for name in PARTS["cache_write"]) + draw(COUNT)
    cached = sum(parts[name] or 0 for name in PARTS["cache_read"])
    parts["cache_read"] = cached + draw(COUNT)
    for kind in ("audio", "image"):
        parts[f"input_{kind}"] = (parts[f"input_{kind}"] or 0) + (parts[f"cache_read_{kind}"] or 0)
    for whole in ("input", "output"):
        parts[whole] = sum(parts[name] or 0 for name in PARTS[whole]) + draw(COUNT)
    amounts = {name: draw(st.none() | st.decimals(0, 1000, places=4)) for name in ("audio_seconds", "reported")}
    return Usage(**parts, **amounts, web_search=draw(part), fees=draw(st.dictionaries(st.sampled_from("xyz"), COUNT)))


LAW = settings(max_examples=60, deadline=None, derandomize=True)


class TestLaws:
    @LAW
    @given(counted())
    def test_plain_data_json_pickles_and_copies_are_the_same_usage(self, one: Usage) -> None:
        assert Usage.from_dict(one.to_dict()) == Usage(**one.to_dict()) == one
        assert usage(one) is one
        assert usage(one.to_dict(), protocol="plain") == one
        assert usage(json.dumps(one.to_dict(), default=str), protocol="plain") == one
        assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one

    @LAW
    @given(counted(), counted(), counted())
    def test_addition_is_that_of_numbers(self, a: Usage, b: Usage, c: Usage) -> None:
        assert a + b == b + a
        assert (a + b) + c == a + (b + c)
        for name in FIELDS:
            one, other, total = (getattr(each, name) for each in (a, b, a + b))
            if isinstance(total, (int, Decimal)):
                assert total == (one or 0) + (other or 0)
            elif total is None:
                assert one is None
                assert other is None

    @LAW
    @given(fresh=COUNT, read=COUNT, written=COUNT, hour=COUNT, said=COUNT, thought=COUNT)
    def test_inclusive_and_exclusive_totals_are_never_confused(
        self, fresh: int, read: int, written: int, hour: int, said: int, thought: int
    ) -> None:
        """The same request in every shape that states its parts: the same totals, or an error without a name."""
        whole, out, cache = fresh + read + written + hour, said + thought, written + hour
        for protocol, given_ in _written(fresh, read, written, hour, said, thought).items():
            one = usage(given_, protocol=protocol)
            assert (one.input, one.cache_read or 0, one.cache_write or 0, one.output) == (whole, read, cache, out)
            assert one.cache_write_1h in (None, hour)
            assert one.reasoning in (None, thought)
            assert _unnamed(given_) == whole or protocol in _unnamed(given_) or protocol in ASKED_FOR

    @LAW
    @given(fresh=COUNT, read=COUNT, tools=COUNT, said=COUNT, thought=COUNT)
    def test_nor_are_those_of_gemini(self, fresh: int, read: int, tools: int, said: int, thought: int) -> None:
        given_ = {
            "promptTokenCount": fresh + read,
            "cachedContentTokenCount": read,
            "toolUsePromptTokenCount": tools,
            "candidatesTokenCount": said,
            "thoughtsTokenCount": thought,
        }
        expected = Usage(input=fresh + read + tools, cache_read=read, output=said + thought, reasoning=thought)
        assert usage(given_) == usage({name: value for name, value in given_.items() if value} | given_) == expected


def _unnamed(given_: dict[str, Any]) -> Any:
    """The input of a usage whose protocol is not named, or the protocols between which nothing decides."""
    try:
        return usage(given_).input
    except UsageError as error:
        return error.protocols


def _written(fresh: int, read: int, written: int, hour: int, said: int, thought: int) -> dict[str, dict[str, Any]]:
    """A request as each protocol states it, written by hand."""
    whole, out, cache = fresh + read + written + hour, said + thought, written + hour
    chat = {
        "prompt_tokens": whole,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": cache},
        "completion_tokens": out,
        "completion_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": whole + out,
    }
    responses = {
        "input_tokens": whole,
        "input_tokens_details": {"cached_tokens": read, "cache_write_tokens": cache},
        "output_tokens": out,
        "output_tokens_details": {"reasoning_tokens": thought},
    }
    caches = {"cache_read_input_tokens": read, "cache_creation_input_tokens": cache}
    split = {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": hour}
    return {
        "openai_chat": chat,
        "xai_chat": {**chat, "completion_tokens": said},
        "openai_responses": responses,
        "openai_agents": {**responses, "requests": 1},
        "anthropic": {"input_tokens": fresh, **caches, "cache_creation": split, "output_tokens": out},
        "bedrock": {
            "inputTokens": fresh,
            "cacheReadInputTokens": read,
            "cacheWriteInputTokens": cache,
            "cacheDetails": [{"ttl": "5m", "inputTokens": written}, {"ttl": "1h", "inputTokens": hour}],
            "outputTokens": out,
        },
        "litellm": {
            **chat,
            **caches,
            "prompt_tokens_details": {
                "cached_tokens": read,
                "cache_creation_tokens": cache,
                "cache_creation_token_details": split,
            },
        },
        "langchain": {
            "input_tokens": whole,
            "input_token_details": {"cache_read": read, "cache_creation": 0, **split},
            "output_tokens": out,
            "output_token_details": {"reasoning": thought},
        },
        "pydantic_ai": {
            "input_tokens": whole,
            "cache_read_tokens": read,
            "cache_write_tokens": cache,
            "cache_write_1h_tokens": hour,
            "output_tokens": out,
            "output_reasoning_tokens": thought,
        },
        "otel": {
            "gen_ai.usage.input_tokens": whole,
            "gen_ai.usage.cache_read.input_tokens": read,
            "gen_ai.usage.cache_creation.input_tokens": cache,
            "gen_ai.usage.output_tokens": out,
        },
        "mlflow": {"input_tokens": whole, **caches, "output_tokens": out},
        "plain": {"input": whole, "cache_read": read, "cache_write": cache, "output": out},
    }


class TestTables:
    @pytest.mark.parametrize("name", BY_NAME)
    def test_a_row_leads_to_our_fields(self, name: str) -> None:
        protocol = BY_NAME[name]
        kinds = {kind for part in protocol.lists for kind in part.kinds.values() if kind is not None}
        assert {*protocol.reads, *protocol.around, *(kind.removeprefix("-") for kind in kinds)} <= {*FIELDS}

    def test_a_provider_and_a_package_lead_to_protocols(self) -> None:
        from llm_models.recognition import OF_PACKAGE, OF_PROVIDER, OF_RESPONSE

        named = {name for names in OF_PACKAGE.values() for name in names}
        others = {name for names in OF_PROVIDER.values() for pair in names.items() for name in pair}
        assert named | others | {*OF_RESPONSE.values()} | ASKED_FOR <= {*BY_NAME}
        assert all(llm_models.get_provider(name).id == name for name in OF_PROVIDER)

    def test_every_protocol_has_a_case_here_and_a_row_in_the_document(self) -> None:
        assert {case.protocol for case in CASES.values()} | ASKED_FOR == {*BY_NAME}
        rows = re.findall(r"^\| `(\w+)` \|", DOCUMENT.partition("## The protocols")[2], re.MULTILINE)
        assert sorted(rows) == sorted({"protocol", *BY_NAME})

    def test_the_document_names_every_field(self) -> None:
        fields = DOCUMENT.partition("## Nothing")[0]
        assert [name for name in FIELDS if f"`{name}`" not in fields] == []

    def test_the_lines_of_python_in_the_document_hold(self) -> None:
        test = doctest.DocTestParser().get_doctest(DOCUMENT, {}, "usage.md", "usage.md", 0)
        result = doctest.DocTestRunner(verbose=False).run(test)
        assert (result.failed, result.attempted > 5) == (0, True)


DOCUMENT = (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")


def test_the_worked_examples_are_read_as_they_state() -> None:
    if not EXAMPLES.exists():
        pytest.skip("the worked examples are not here")
    data = json.loads(EXAMPLES.read_text("utf-8"), parse_float=Decimal)
    read = 0
    for example in data["examples"] + data["more"]:
        stated = example["usage"]
        response = {**stated["response"], "usage": stated["payload"]} if "response" in stated else stated["payload"]
        if example["id"] == "parts-exceed":
            with pytest.raises(UsageError):
                usage(response, protocol=stated["protocol"])
            continue
        found = usage(response, protocol=stated["protocol"]).to_dict()
        expected = dict(example["normalized"])
        if "reported" in expected:
            expected["reported"] = Decimal(expected["reported"])
        expected.setdefault("requests", 1)
        if found.get("mode") == "standard":
            expected.setdefault("mode", "standard")
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in expected.items() if v}, example["id"]
        assert all(name in found for name in expected), example["id"]
        read += 1
    assert read == 36
