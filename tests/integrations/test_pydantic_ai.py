"""`model`: pydantic-ai reaches the provider, with the id, the API and the profile that the catalogue states."""

from __future__ import annotations

import asyncio
import typing
from typing import TYPE_CHECKING, Any

import pytest
from support.stub import chat, stub_server

import llm_models
from llm_models.integrations import genai_prices as prices
from llm_models.integrations.openai_sdk import ClientOptionsError
from llm_models.integrations.pydantic_ai import PROFILE, model, profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.stub import Stub

pydantic_ai: Any = pytest.importorskip("pydantic_ai")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as served:
        yield served
    prices.unregister()


RESPONSE: dict[str, Any] = {
    "id": "answer-2", "object": "response", "created_at": 1_791_000_000, "model": "house-pro", "status": "completed",
    "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
    "output": [{
        "type": "message", "id": "message-1", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": "hello", "annotations": []}],
    }],
    "usage": {
        "input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100,
        "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0},
    },
}  # fmt: skip


def house(address: str) -> llm_models.Snapshot:
    """A catalogue with a provider of our own at an address, of which one model has only the Responses API."""
    costs = {"cost": {"input": 1.0, "output": 2.0}, "limits": {"context": 8192}}
    models = [
        {"provider": "house", "id": "house-7b", "apis": ["chat"], **costs},
        {"provider": "house", "id": "house-pro", "apis": ["responses"], **costs},
    ]
    given = {"providers": [{"id": "house", "base_url": f"{address}/v1", "env": []}], "models": models}
    return llm_models.load(config=None, publish=False, overrides=given)


def test_a_run_reaches_the_api_that_the_model_has_and_its_cost_is_our_bill(stub: Stub) -> None:
    mine = house(stub.address)
    prices.register(["house:house-7b", "house:house-pro"], snapshot=mine)
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    for name, answer in (("house-7b", chat("house-7b", usage)), ("house-pro", RESPONSE)):
        stub.answer = answer
        result = asyncio.run(pydantic_ai.Agent(model(f"house:{name}", snapshot=mine)).run("hello"))
        assert result.output == "hello"
        assert result.response.usage.cost == mine.cost(f"house:{name}", answer).total
        assert result.response.provider_name == "house"
    assert stub.paths == ["/v1/chat/completions", "/v1/responses"]


def test_a_model_of_the_catalogue_gets_the_class_of_its_api(packaged: llm_models.Snapshot) -> None:
    models = pytest.importorskip("pydantic_ai.models.openai")
    for spec, kind in (("openai:gpt-5-pro", models.OpenAIResponsesModel), ("openai:gpt-5.4", models.OpenAIChatModel)):
        assert type(model(spec, api_key="none", snapshot=packaged)) is kind
    google = model("google:gemini-2.5-flash", api_key="none", snapshot=packaged)
    assert "/openai" in google.base_url


def test_the_profile_has_what_is_stated_and_keeps_the_rest(packaged: llm_models.Snapshot) -> None:
    made = model("groq:openai/gpt-oss-20b", api_key="none", snapshot=packaged)
    ours = profile("groq:openai/gpt-oss-20b", snapshot=packaged)
    assert {key: made.profile[key] for key in ours} == ours  # type: ignore[literal-required]
    assert made.context_window == packaged.resolve("groq:openai/gpt-oss-20b").limits.context


def test_no_key_is_passed_on_that_no_source_states(packaged: llm_models.Snapshot) -> None:
    """An open list, such as that of modalities, states what is there; only text and images are in all of them."""
    declared = typing.get_type_hints(pydantic_ai.profiles.ModelProfile)
    assert {*PROFILE} <= {*declared}
    flags = {
        "supports_tools": "tools", "supports_json_schema_output": "json_schema", "supports_thinking": "reasoning",
        "supports_json_object_output": "json_native",
    }  # fmt: skip
    open_keys = ("supports_document_input", "supports_audio_file_input", "supports_video_input")
    seen = dict.fromkeys(PROFILE, 0)
    for one in packaged.list_models()[::5]:
        found = profile(one, snapshot=packaged)
        assert all(found.get(key, True) is True for key in open_keys)
        assert all(one.stated(flag) is found[key] for key, flag in flags.items() if key in found)
        assert found.get("context_window") == one.limits.context
        for key in found:
            seen[key] += 1
    assert all(seen.values())


def test_a_provider_has_the_name_that_both_libraries_understand(packaged: llm_models.Snapshot) -> None:
    for provider, name in prices.PROVIDERS.items():
        assert packaged.parse_provider(name) == provider
    assert model("xai:grok-4.3", api_key="none", snapshot=packaged).system == "x-ai"
    assert model("openai:gpt-5.4", api_key="none", snapshot=packaged).system == "openai"


def test_what_client_options_refuses_is_refused() -> None:
    given = {"providers": [{"id": "house"}], "models": [{"provider": "house", "id": "house-7b"}]}
    mine = llm_models.load(config=None, publish=False, overrides=given)
    with pytest.raises(ClientOptionsError, match="protocol"):
        model("house:house-7b", snapshot=mine)
