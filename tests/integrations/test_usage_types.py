"""`usage` and the usage types of the installed clients: every field of a type is read or ignored by name.

A client that adds a field fails a test here. Then state in the row of the protocol what the field means.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import typing
from typing import TYPE_CHECKING, Any

import pytest

from llm_models import Usage, UsageError, usage, usages
from llm_models.recognition import BY_NAME, OF_PACKAGE, known_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.filterwarnings("ignore")  # the libraries' own

TYPES = {
    "openai.types:CompletionUsage": "openai_chat",
    "openai.types.create_embedding_response:Usage": "openai_chat",
    "openai.types.responses:ResponseUsage": "openai_responses",
    "openai.types.batch_usage:BatchUsage": "openai_responses",
    "openai.types.images_response:Usage": "openai_responses",
    "openai.types.audio.transcription:UsageTokens": "openai_responses",
    "openai.types.audio.transcription:UsageDuration": "openai_responses",
    "openai.types.realtime:RealtimeResponseUsage": "openai_realtime",
    "anthropic.types:Usage": "anthropic",
    "anthropic.types:MessageDeltaUsage": "anthropic",
    "anthropic.types.beta:BetaUsage": "anthropic",
    "anthropic.types.beta:BetaMessageDeltaUsage": "anthropic",
    "google.genai.types:GenerateContentResponseUsageMetadata": "gemini",
    "google.genai.types:UsageMetadata": "gemini",
    "mistralai.client.models:UsageInfo": "mistral",
    "langchain_core.messages.ai:UsageMetadata": "langchain",
    "pydantic_ai.usage:RequestUsage": "pydantic_ai",
    "pydantic_ai.usage:RunUsage": "pydantic_ai",
    "agents.usage:Usage": "openai_agents",
    "agents.usage:RequestUsage": "openai_agents",
    "litellm.types.utils:Usage": "litellm",
    "litellm.types.llms.openai:ResponseAPIUsage": "openai_responses",
}
"""Each type that clients use for usage, and its protocol."""

CLIENTS = ("openai.resources", "anthropic.resources", "google.genai.types", "mistralai.client.models")
"""The clients of providers, by a module that imports their types."""

NO_REQUESTS = {
    "anthropic.types.beta.organization.analytics.beta_analytics_usage_metrics:BetaAnalyticsUsageMetrics": "a report",
    "google.genai.types:CachedContentUsageMetadata": "what a cache holds",
}
"""Types of usage that are not of requests, and of what they are."""

DETAILS = {"input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 3}}
CACHES = {"cache_read_input_tokens": 5, "cache_creation_input_tokens": 7}
SPLIT = {"ephemeral_1h_input_tokens": 3, "ephemeral_5m_input_tokens": 4}
TEXT = [{"modality": "TEXT", "token_count": 10}]
VALUES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "openai.types.chat:ChatCompletion": (
        {
            "id": "1",
            "choices": [],
            "created": 1,
            "model": "m",
            "object": "chat.completion",
            "service_tier": "flex",
            "usage": {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 15,
                "prompt_tokens_details": {"cached_tokens": 4},
                "cost": 0.1,
            },
        },
        {"input": 10, "output": 5, "cache_read": 4, "mode": "flex", "model": "m", "reported": "0.1"},
    ),
    "openai.types:CompletionUsage": (
        {
            "prompt_tokens": 10,
            "completion_tokens": 5,
            "total_tokens": 15,
            "completion_tokens_details": {"reasoning_tokens": 2, "accepted_prediction_tokens": 1},
        },
        {"input": 10, "output": 5, "reasoning": 2},
    ),
    "openai.types:CreateEmbeddingResponse": (
        {"data": [], "model": "m", "object": "list", "usage": {"prompt_tokens": 3, "total_tokens": 3}},
        {"input": 3, "model": "m"},
    ),
    "openai.types.responses:ResponseUsage": (
        {
            "input_tokens": 10,
            **DETAILS,
            "output_tokens": 5,
            "output_tokens_details": {"reasoning_tokens": 2},
            "total_tokens": 15,
        },
        {"input": 10, "cache_read": 4, "cache_write": 3, "output": 5, "reasoning": 2},
    ),
    "openai.types.audio.transcription:Transcription": (
        {"text": "x", "usage": {"type": "duration", "seconds": 12.5}},
        {"audio_seconds": "12.5"},
    ),
    "openai.types.realtime:RealtimeResponseUsage": (
        {
            "input_tokens": 100,
            "output_tokens": 20,
            "input_token_details": {
                "cached_tokens": 50,
                "audio_tokens": 60,
                "cached_tokens_details": {"audio_tokens": 30, "text_tokens": 20},
            },
            "output_token_details": {"audio_tokens": 15, "text_tokens": 5},
        },
        {"input": 100, "cache_read": 50, "input_audio": 60, "cache_read_audio": 30, "output": 20, "output_audio": 15},
    ),
    "anthropic.types:Message": (
        {
            "id": "1",
            "content": [],
            "model": "m",
            "role": "assistant",
            "type": "message",
            "usage": {
                "input_tokens": 10,
                **CACHES,
                "cache_creation": SPLIT,
                "output_tokens": 9,
                "service_tier": "batch",
                "server_tool_use": {"web_search_requests": 1, "web_fetch_requests": 0},
            },
        },
        {
            "input": 22,
            "cache_read": 5,
            "cache_write": 7,
            "cache_write_1h": 3,
            "output": 9,
            "web_search": 1,
            "web_fetch": 0,
            "mode": "batch",
            "model": "m",
        },
    ),
    "anthropic.types:MessageDeltaUsage": (
        {"input_tokens": 10, **CACHES, "output_tokens": 9},
        {"input": 22, "cache_read": 5, "cache_write": 7, "output": 9},
    ),
    "google.genai.types:GenerateContentResponse": (
        {
            "model_version": "m",
            "usage_metadata": {
                "prompt_token_count": 10,
                "prompt_tokens_details": TEXT,
                "candidates_token_count": 3,
                "thoughts_token_count": 2,
                "traffic_type": "ON_DEMAND_PRIORITY",
            },
        },
        {
            "input": 10,
            "input_audio": 0,
            "input_image": 0,
            "input_video": 0,
            "output": 5,
            "reasoning": 2,
            "mode": "priority",
            "model": "m",
        },
    ),
    "mistralai.client.models:UsageInfo": (
        {"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 3}},
        {"input": 5, "cache_read": 3, "output": 2},
    ),
    "langchain_core.messages:AIMessage": (
        {
            "content": "x",
            "usage_metadata": {
                "input_tokens": 10,
                "output_tokens": 2,
                "total_tokens": 12,
                "input_token_details": {"cache_creation": 0, **SPLIT},
            },
            "response_metadata": {"model_name": "m", "service_tier": "default"},
        },
        {"input": 10, "cache_write": 7, "cache_write_1h": 3, "output": 2, "mode": "standard", "model": "m"},
    ),
    "pydantic_ai.usage:RequestUsage": (
        {"input_tokens": 10, "output_tokens": 3, "cache_write_tokens": 4, "cache_write_1h_tokens": 1},
        {"input": 10, "output": 3, "cache_write": 4, "cache_write_1h": 1},
    ),
    "pydantic_ai.usage:RunUsage": (
        {"requests": 3, "input_tokens": 10, "output_tokens": 3, "input_audio_tokens": 2},
        {"requests": 3, "input": 10, "output": 3, "input_audio": 2},
    ),
    "pydantic_ai.messages:ModelResponse": (
        {"parts": [], "usage": {"input_tokens": 10, "output_tokens": 3}, "model_name": "m"},
        {"input": 10, "output": 3, "model": "m"},
    ),
    "agents.usage:Usage": (
        {"requests": 1, "input_tokens": 10, **DETAILS, "output_tokens": 5, "total_tokens": 15},
        {"input": 10, "cache_read": 4, "cache_write": 3, "output": 5},
    ),
    "litellm:ModelResponse": (
        {
            "model": "m",
            "usage": {
                "prompt_tokens": 100,
                "completion_tokens": 20,
                "total_tokens": 120,
                **CACHES,
                "prompt_tokens_details": {"cache_creation_token_details": SPLIT, "text_tokens": 88},
            },
        },
        {"input": 100, "cache_read": 5, "cache_write": 7, "cache_write_1h": 3, "output": 20, "model": "m"},
    ),
}
"""Real classes, data of theirs, and the usage that it states."""


def class_of(name: str) -> Any:
    module, _, attribute = name.partition(":")
    pytest.importorskip(module.partition(".")[0] if not module.startswith("google") else "google.genai")
    return getattr(importlib.import_module(module), attribute)


def fields_of(cls: Any) -> dict[str, Any]:
    """The public fields of a class, and their types; empty for a class that has none."""
    if hasattr(cls, "model_fields"):
        return {name: field.annotation for name, field in cls.model_fields.items()}
    if dataclasses.is_dataclass(cls) or hasattr(cls, "__total__"):  # a dict with types
        return {name: kind for name, kind in typing.get_type_hints(cls).items() if name[0] != "_"}
    return {}


def classes_in(annotation: Any) -> Iterator[Any]:
    """The classes of which a type is made."""
    for inner in typing.get_args(annotation):
        yield from classes_in(inner)
    if isinstance(annotation, type):
        yield annotation


def paths_of(cls: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field of a class and of the classes in it, as paths."""
    for name, annotation in fields_of(cls).items():
        yield (*above, name)
        for inner in classes_in(annotation):
            yield from paths_of(inner, (*above, name))


def missing_of(cls: Any, name: str) -> list[str]:
    """The fields of a class that a protocol neither reads nor ignores by name."""
    protocol, (known, ignored) = BY_NAME[name], known_paths(name)
    items = {(part.path, field) for part in protocol.lists for field in (part.kind, part.number)}
    found = {path[1:] if path[0] == protocol.entries and path[1:] else path for path in paths_of(cls)}
    assert found
    unknown = found - known - items
    return sorted(".".join(path) for path in unknown if not any(path[: len(one)] == one for one in ignored))


@pytest.mark.whole
@pytest.mark.parametrize("name", TYPES)
def test_every_field_of_a_type_is_read_or_ignored_by_name(name: str) -> None:
    assert missing_of(class_of(name), TYPES[name]) == []


def test_every_type_of_a_pass_of_anthropic_is_known() -> None:
    pytest.importorskip("anthropic")
    item = importlib.import_module("anthropic.types.beta.beta_iterations_usage").BetaIterationsUsageItem
    types = {name for cls in classes_in(item) for name in typing.get_args(fields_of(cls).get("type"))}
    assert types == {*BY_NAME["anthropic"].inside}


def held_types(module: str) -> dict[str, Any]:
    """Each class that a response or an event of a client has as its usage, by module and name."""
    pydantic = pytest.importorskip("pydantic")
    client, root = importlib.import_module(module), module.rpartition(".")[0]
    for name in dir(client):  # some import what they have when it is asked for
        getattr(client, name)
    found: dict[str, Any] = {}
    below = [pydantic.BaseModel]
    for cls in below:
        below.extend(cls.__subclasses__())
        for field in ("usage", "usage_metadata") if cls.__module__.startswith(f"{root}.") else ():
            for held in classes_in(fields_of(cls).get(field)):
                if fields_of(held):
                    found[f"{held.__module__}:{held.__qualname__}"] = held
    return found


@pytest.mark.whole
@pytest.mark.parametrize("module", CLIENTS)
def test_no_usage_of_a_response_has_a_field_that_no_protocol_knows(module: str) -> None:
    """Also of types that are not listed above: a new one, or one of an API that few use."""
    pytest.importorskip(module.partition(".")[0] if not module.startswith("google") else module)
    found = held_types(module)
    unknown: dict[str, list[str]] = {}
    for name, cls in found.items():
        missing = min((missing_of(cls, protocol) for protocol in BY_NAME), key=len)
        if missing and name not in NO_REQUESTS:
            unknown[name] = missing
    assert len(found) >= 2
    assert unknown == {}


def test_a_control() -> None:
    """A field that no row has is seen, on every level and in lists."""

    inner = dataclasses.make_dataclass("Inner", [("tokens", int)])
    outer = dataclasses.make_dataclass("Outer", [("input_tokens", int), ("details", list[inner] | None)])  # type: ignore[valid-type]
    found = {*paths_of(outer)}
    assert found == {("input_tokens",), ("details",), ("details", "tokens")}
    assert found - known_paths("anthropic")[0] == {("details",), ("details", "tokens")}


def built(cls: Any, values: dict[str, Any]) -> tuple[Any, Any]:
    """An object of a class, and the JSON that its library makes of it."""
    pydantic = pytest.importorskip("pydantic")
    if cls.__module__.startswith("litellm"):
        one = cls(**values)
        return one, one.model_dump_json()
    adapter = pydantic.TypeAdapter(cls)
    one = adapter.validate_python(values)
    return one, adapter.dump_json(one)


@pytest.mark.parametrize("name", VALUES)
def test_an_object_and_its_json_are_read_alike(name: str) -> None:
    values, stated = VALUES[name]
    one, text = built(class_of(name), values)
    assert type(one).__name__ == name.partition(":")[2]
    assert usage(one) == usage(text) == usage(json.loads(text)) == Usage(**stated)


def test_every_package_is_tried() -> None:
    tried = {name.partition(":")[0] for name in VALUES}
    assert [name for name in OF_PACKAGE if not any(f"{one}.".startswith(f"{name}.") for one in tried)] == []


def test_a_continued_answer_of_gemini_states_the_input_of_its_first_request() -> None:
    cls = class_of("google.genai.types:GenerateContentResponse")
    one = cls.model_validate({"usage_metadata": {"prompt_token_count": 30}})
    assert usage(one) == usage(one.usage_metadata) == Usage(input=30)
    one.usage_metadata._initial_prompt_token_count = 10
    assert usage(one) == usage(one.usage_metadata) == Usage(input=30, tier_input=10)


def test_a_run_of_openai_agents_is_read_request_by_request() -> None:
    cls = class_of("agents.usage:Usage")
    total = cls()
    for count in (10, 20):
        total.add(cls(requests=1, input_tokens=count, output_tokens=1, total_tokens=count + 1))
    context = importlib.import_module("agents").RunContextWrapper(context=None, usage=total)
    for run in (total, context):
        with pytest.raises(UsageError, match=r"usages\(\)"):
            usage(run)
        assert [(one.input, one.output, one.requests) for one in usages(run)] == [(10, 1, 1), (20, 1, 1)]


def test_a_completion_of_xai_in_openais_class_needs_the_provider() -> None:
    cls = class_of("openai.types:CompletionUsage")
    details = {"reasoning_tokens": 94}
    one = cls(prompt_tokens=32, completion_tokens=9, total_tokens=135, completion_tokens_details=details)
    with pytest.raises(UsageError, match="xai_chat"):
        usage(one)
    assert usage(one, provider="xai") == Usage(input=32, output=103, reasoning=94)
