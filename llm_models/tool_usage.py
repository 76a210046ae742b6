"""Tool usage: the shapes in which libraries, traces and people report usage, as tables; standard library only."""

from __future__ import annotations

from llm_models.counts import FIELDS
from llm_models.protocols import TIER, Mode, Protocol
from llm_models.provider_usage import CACHED, CHAT, RESPONSES, SEARCHES, WRITTEN

TOOLS = (
    CHAT._replace(
        name="litellm",
        reads={
            **CHAT.reads,
            "cache_read": f"prompt_tokens_details.cached_tokens | cache_read_input_tokens | {CACHED}",
            "cache_write": "prompt_tokens_details.cache_write_tokens | prompt_tokens_details.cache_creation_tokens"
            f" | cache_creation_input_tokens | {WRITTEN}",
            "cache_write_30m": "prompt_tokens_details.cache_creation_token_details.ephemeral_30m_input_tokens",
            "cache_write_1h": "prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens",
            "cache_write_12h": "prompt_tokens_details.cache_creation_token_details.ephemeral_12h_input_tokens",
            "cache_read_audio": "prompt_tokens_details.cached_tokens_details.audio_tokens",
            "cache_read_image": "prompt_tokens_details.cached_tokens_details.image_tokens",
            "output_video": "completion_tokens_details.video_tokens",
            "web_search": f"{SEARCHES} | prompt_tokens_details.web_search_requests",
            "maps": "prompt_tokens_details.google_maps_grounding_requests",
            "audio_seconds": "prompt_tokens_details.audio_length_seconds",
            "tier_input": "prompt_tokens_details.initial_prompt_tokens",
        },
        modes=(TIER, Mode("speed"), Mode("inference_geo", only=("us",))),
        ignored=(
            *CHAT.ignored,
            "iterations",
            "server_tool_use.tool_search_requests",
            "server_tool_use.browser_open_requests",
            "prompt_tokens_details.tool_use_tokens",
            "prompt_tokens_details.character_count",
            "prompt_tokens_details.image_count",
            "prompt_tokens_details.video_length_seconds",
            "prompt_tokens_details.query_count",
            "prompt_tokens_details.cache_type",
            "prompt_tokens_details.cached_tokens_details.text_tokens",
            "prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens",
        ),
        beyond="prompt_tokens_details.tool_use_tokens",  # where Google searched, LiteLLM does not add them to the input
        rest=(("cache_write", "prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens"),),
    ),
    Protocol(
        name="langchain",
        reads={
            "input": "input_tokens",
            "cache_read": "input_token_details.cache_read | input_token_details.priority_cache_read"
            " | input_token_details.flex_cache_read",
            "cache_write": "input_token_details.ephemeral_5m_input_tokens"
            " + input_token_details.ephemeral_1h_input_tokens + input_token_details.cache_creation"
            " | input_token_details.ephemeral_1h_input_tokens + input_token_details.cache_creation"
            " | input_token_details.cache_creation | input_token_details.priority_cache_creation"
            " | input_token_details.flex_cache_creation",
            "cache_write_1h": "input_token_details.ephemeral_1h_input_tokens",
            "input_audio": "input_token_details.audio",
            "output": "output_tokens",
            "reasoning": "output_token_details.reasoning | output_token_details.priority_reasoning"
            " | output_token_details.flex_reasoning",
            "output_audio": "output_token_details.audio",
        },
        around={"model": "response_metadata.model_name | response_metadata.model"},
        modes=(
            Mode("response_metadata.service_tier"),
            Mode("input_token_details.priority", flag=True),
            Mode("input_token_details.flex", flag=True),
        ),
        ignored=("output_token_details.priority", "output_token_details.flex"),
        total="total_tokens",
        clash=(
            ("input_token_details.cache_creation", "input_token_details.ephemeral_5m_input_tokens"),
            ("input_token_details.cache_creation", "input_token_details.ephemeral_1h_input_tokens"),
        ),
    ),
    Protocol(
        name="pydantic_ai",
        reads={
            "input": "input_tokens",
            "cache_read": "cache_read_tokens",
            "cache_write": "cache_write_tokens",
            "cache_write_1h": "cache_write_1h_tokens",
            "input_audio": "input_audio_tokens",
            "cache_read_audio": "cache_audio_read_tokens",
            "output": "output_tokens",
            "reasoning": "output_reasoning_tokens",
            "output_audio": "output_audio_tokens",
            "audio_seconds": "audio_seconds",
            "web_search": "web_searches",
            "requests": "requests",
            "unmeasured_requests": "unmeasured_requests",
        },
        around={"model": "model_name"},
        modes=(Mode("provider_details.service_tier"), Mode("provider_details.traffic_type")),
        ignored=("details", "tool_calls", "cost"),
        total="total_tokens",
        zeros="default",
    ),
    RESPONSES._replace(
        name="openai_agents",
        reads={**RESPONSES.reads, "requests": "requests"},
        marks="requests | request_usage_entries",
        entries="request_usage_entries",
        zeros="default",
    ),
    Protocol(
        name="otel",
        reads={
            "input": "gen_ai.usage.input_tokens | gen_ai.usage.prompt_tokens",
            "cache_read": "gen_ai.usage.cache_read.input_tokens | gen_ai.usage.cache_read_input_tokens",
            "cache_write": "gen_ai.usage.cache_creation.input_tokens | gen_ai.usage.cache_creation_input_tokens",
            "output": "gen_ai.usage.output_tokens | gen_ai.usage.completion_tokens",
            "reasoning": "gen_ai.usage.reasoning.output_tokens | gen_ai.usage.reasoning_tokens"
            " | gen_ai.usage.details.reasoning_tokens",
            "input_audio": "gen_ai.usage.details.input_audio_tokens",
            "cache_read_audio": "gen_ai.usage.details.cache_audio_read_tokens",
            "output_audio": "gen_ai.usage.details.output_audio_tokens",
            "model": "gen_ai.response.model",
        },
        modes=(
            Mode(
                "gen_ai.openai.response.service_tier | openai.response.service_tier"
                " | gen_ai.openai.request.service_tier | openai.request.service_tier"
            ),
        ),
        flat=True,
    ),
    Protocol(
        name="mlflow",
        reads={
            "input": "input_tokens",
            "cache_read": "cache_read_input_tokens",
            "cache_write": "cache_creation_input_tokens",
            "cache_write_1h": "cache_creation_input_tokens_above_1hr",
            "output": "output_tokens",
        },
        total="total_tokens",
    ),
    Protocol(name="plain", reads={name: name for name in FIELDS}, flat=True, exact=True),
)
"""The protocols of tools, in the order in which messages list them."""
