"""Spans as real instrumentations wrote them: they give the model, the usage and the cost of the answer.

`spans.json` has the attributes of real spans, without texts and ids, and what the stub server had answered. Each was
written by the library that `instrumentation` names, for requests to a server on the loopback.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import llm_models
from llm_models import Usage, UsageError
from llm_models.integrations import otel

SPANS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "spans.json").read_text("utf-8"))
UNSTATED = {
    "opentelemetry-instrumentation-openai-v2": ("cache_read", "reasoning"),
    "opentelemetry-instrumentation-openai": (),
    "opentelemetry-instrumentation-anthropic": ("cache_write_1h",),
    "pydantic-ai-slim": ("mode", "cache_write_1h"),
    "logfire": ("mode", "reasoning", "cache_write_1h"),
}
"""Instrumentation -> the fields of a usage that its spans leave out."""
AT = "2026-10-12"


def answered(packaged: llm_models.Snapshot, span: dict[str, Any]) -> tuple[str, Usage]:
    """The model that answered, and what the answer states of the usage, as far as the instrumentation passes it on."""
    answer = span["answer"]
    provider = "anthropic" if answer["model"].startswith("claude") else "openai"
    stated = llm_models.usage(answer, provider=provider).to_dict()
    left_out = (*UNSTATED[span["instrumentation"].split()[0]], "model")
    return f"{provider}:{answer['model']}", Usage(**{key: stated[key] for key in stated if key not in left_out})


@pytest.mark.parametrize("span", SPANS, ids=lambda span: f"{span['instrumentation']}-{span['answer']['model']}")
def test_a_stored_span_gives_name_and_cost(packaged: llm_models.Snapshot, span: dict[str, Any]) -> None:
    attributes = span["attributes"]
    spec, used = answered(packaged, span)
    found = otel.model(attributes, snapshot=packaged)
    assert found.model is not None
    assert found.model.key == packaged.resolve(spec).key
    assert found.requested == span["answer"]["model"]
    bill = otel.cost(attributes, AT, snapshot=packaged)
    expected = packaged.cost(spec, used, AT)
    assert bill.total == expected.total
    assert bill.total
    assert bill.mode == expected.mode
    read = {**otel.usage(attributes, snapshot=packaged).to_dict(), "model": None}
    zero = {key: value for key, value in read.items() if value not in (None, 0)}
    stated = {key: value for key, value in used.to_dict().items() if value not in (None, 0)}
    assert zero == stated


def test_a_mode_that_a_span_leaves_out_is_the_callers_word(packaged: llm_models.Snapshot) -> None:
    """pydantic-ai wrote a cost into the span that knew of flex, with genai-prices' own prices."""
    span = next(one for one in SPANS if "pydantic" in one["instrumentation"] and "service_tier" in one["answer"])
    bill = otel.cost(span["attributes"], AT, mode="flex", snapshot=packaged)
    assert bill.total == packaged.cost("openai:gpt-5.4", span["answer"], AT).total
    assert float(bill.total or 0) == pytest.approx(span["attributes"]["operation.cost"], rel=0.01)


def test_the_model_that_answered_comes_before_the_one_that_was_asked_for(packaged: llm_models.Snapshot) -> None:
    span = {"gen_ai.system": "openai", "gen_ai.request.model": "gpt-5.4", "gen_ai.response.model": "gpt-5.4-mini"}
    assert otel.model(span, snapshot=packaged).model == packaged.resolve("openai:gpt-5.4-mini")
    span["gen_ai.response.model"] = "my-deployment"
    assert otel.model(span, snapshot=packaged).model == packaged.resolve("openai:gpt-5.4")
    hidden = llm_models.load(config=None, publish=False, deny={"openai": ["gpt-5.4-mini"]})
    span["gen_ai.response.model"] = "gpt-5.4-mini"
    found = otel.model(span, snapshot=hidden)
    assert found.model is None
    assert found.rule == "id"


def test_the_address_decides_who_answered(packaged: llm_models.Snapshot) -> None:
    span = {"gen_ai.system": "openai", "gen_ai.response.model": "openai/gpt-oss-20b"}
    for address in ({"server.address": "api.groq.com"}, {"gen_ai.openai.api_base": "https://api.groq.com/openai/v1"}):
        found = otel.model({**span, **address}, snapshot=packaged).model
        assert found is not None
        assert found.provider == "groq"


def test_the_response_states_the_tier_that_is_billed(packaged: llm_models.Snapshot) -> None:
    span = {
        "gen_ai.system": "openai", "gen_ai.request.model": "gpt-5.4", "gen_ai.usage.input_tokens": 1_000_000,
        "gen_ai.openai.request.service_tier": "flex", "gen_ai.openai.response.service_tier": "default",
    }  # fmt: skip
    assert otel.cost(span, AT, snapshot=packaged).mode is None
    del span["gen_ai.openai.response.service_tier"]
    assert otel.cost(span, AT, snapshot=packaged).mode == "flex"


def test_older_names_are_read(packaged: llm_models.Snapshot) -> None:
    span = {
        "gen_ai.system": "OpenAI", "gen_ai.response.model": "gpt-5.4",
        "gen_ai.usage.prompt_tokens": 1000, "gen_ai.usage.completion_tokens": 10,
        "gen_ai.usage.cache_read_input_tokens": 500,
    }  # fmt: skip
    counted = Usage(input=1000, output=10, cache_read=500)
    assert otel.cost(span, AT, snapshot=packaged).total == packaged.cost("openai:gpt-5.4", counted, AT).total


def test_a_model_that_is_gone_has_the_price_of_its_time(packaged: llm_models.Snapshot) -> None:
    span = {"gen_ai.system": "aihubmix", "gen_ai.response.model": "glm-5.1", "gen_ai.usage.input_tokens": 1000}
    bill = otel.cost(span, "2026-05-01", snapshot=packaged)
    assert bill.total == packaged.cost("aihubmix:glm-5.1", {"input": 1000}, "2026-05-01").total
    assert bill.total


def test_what_cannot_be_priced_is_an_error(packaged: llm_models.Snapshot) -> None:
    counted = {"gen_ai.usage.input_tokens": 1000}
    for span in ({"gen_ai.system": "openai", "gen_ai.request.model": "my-model", **counted},
                 {"gen_ai.system": "house", "gen_ai.request.model": "my-model", **counted},
                 {"gen_ai.request.model": "my-model", **counted}):  # fmt: skip
        with pytest.raises(LookupError, match=r"my-model|house"):
            otel.cost(span, snapshot=packaged)
    with pytest.raises(UsageError):
        otel.cost({"gen_ai.system": "openai", "gen_ai.request.model": "gpt-5.4"}, snapshot=packaged)
    with pytest.raises((LookupError, ValueError)):
        otel.cost(counted, snapshot=packaged)
    too_many = {"gen_ai.usage.cache_read_input_tokens": 2000, **counted}
    with pytest.raises(UsageError, match="cache_read"):
        otel.cost({"gen_ai.system": "anthropic", "gen_ai.request.model": "claude-sonnet-4-6", **too_many})


def test_what_we_write_is_what_we_read(packaged: llm_models.Snapshot) -> None:
    for provider, name in otel.PROVIDERS.items():
        assert packaged.parse_provider(name) == provider
    for spec in ("openai:text-embedding-3-small", "azure:gpt-4.1", "xai:grok-4.3", "openai:gpt-5.4-mini-2026-03-17"):
        written = otel.attributes(spec, snapshot=packaged)
        assert otel.model(written, snapshot=packaged).model == packaged.resolve(spec)
    assert otel.attributes("openai:text-embedding-3-small")["gen_ai.embeddings.dimension.count"] == 1536


def test_the_names_of_the_conventions_are_known(packaged: llm_models.Snapshot) -> None:
    semconv = pytest.importorskip("opentelemetry.semconv._incubating.attributes.gen_ai_attributes")
    names = {one.value for one in semconv.GenAiProviderNameValues}
    assert {*otel.PROVIDERS.values()} <= names
    written = [name for listed in otel.NAMES.values() for name in listed if name.startswith("gen_ai.")]
    declared = {value for value in vars(semconv).values() if isinstance(value, str)}
    assert {*written} - declared == {"gen_ai.openai.api_base"}
