"""Provider usage: the shapes in which the APIs of providers report usage, as tables; standard library only."""

from __future__ import annotations

from llm_models.protocols import MODEL, TIER, Mode, Parts, Protocol

_MODALITIES = {"TEXT": None, "DOCUMENT": None, "MODALITY_UNSPECIFIED": None}
_INPUT = {**_MODALITIES, "AUDIO": "input_audio", "IMAGE": "input_image", "VIDEO": "input_video"}
_CACHED = {**_MODALITIES, "AUDIO": "cache_read_audio", "IMAGE": "cache_read_image", "VIDEO": "-input_video"}
_OUTPUT = {**_MODALITIES, "AUDIO": "output_audio", "IMAGE": "output_image", "VIDEO": "output_video"}
_LIFETIMES = {"5m": None, "30m": "cache_write_30m", "1h": "cache_write_1h", "12h": "cache_write_12h"}

CACHED = "prompt_cache_hit_tokens | cached_tokens"
"""Cached tokens as DeepSeek and Moonshot state them."""
WRITTEN = "prompt_tokens_details.cache_creation_input_tokens"
"""Tokens written to a cache as Alibaba states them."""
SEARCHES = (
    "server_tool_use_details.web_search_requests | server_tool_use.web_search_requests"
    " | server_side_tool_usage_details.web_search_calls | num_search_queries"
)
"""Searches as OpenRouter, xAI and Perplexity state them."""
_TOOLS = {
    "file_search": "server_side_tool_usage_details.file_search_calls",
    "code_execution": "server_side_tool_usage_details.code_interpreter_calls",
}
"""Other uses of tools as xAI states them."""

CHAT = Protocol(
    name="openai_chat",
    reads={
        "input": "prompt_tokens",
        "cache_read": f"prompt_tokens_details.cached_tokens | {CACHED}",
        "cache_write": f"prompt_tokens_details.cache_write_tokens | {WRITTEN}",
        "input_audio": "prompt_tokens_details.audio_tokens",
        "input_image": "prompt_tokens_details.image_tokens",
        "input_video": "prompt_tokens_details.video_tokens",
        "output": "completion_tokens",
        "reasoning": "completion_tokens_details.reasoning_tokens",
        "output_audio": "completion_tokens_details.audio_tokens",
        "output_image": "completion_tokens_details.image_tokens",
        "web_search": SEARCHES,
        **_TOOLS,
        "reported": "cost.total_cost | cost",
    },
    around=MODEL,
    modes=(TIER,),
    ignored=(
        "cost",
        "prompt_tokens_details.cache_type",
        "prompt_tokens_details.cache_creation.ephemeral_5m_input_tokens",
        "prompt_cache_miss_tokens",
        "prompt_tokens_details.text_tokens",
        "completion_tokens_details.text_tokens",
        "completion_tokens_details.accepted_prediction_tokens",
        "completion_tokens_details.rejected_prediction_tokens",
    ),
    total="total_tokens",
    not_total="prompt_tokens + completion_tokens + completion_tokens_details.reasoning_tokens",
    beside="completion_tokens_details.reasoning_tokens",
    instead="xai_chat",
    unplaced=("citation_tokens",),  # of Perplexity
)
RESPONSES = Protocol(
    name="openai_responses",
    reads={
        "input": "input_tokens",
        "cache_read": "input_tokens_details.cached_tokens",
        "cache_write": "input_tokens_details.cache_write_tokens",
        "cache_write_30m": "input_tokens_details.cache_write_tokens_details.ttl_30m_tokens",
        "cache_write_12h": "input_tokens_details.cache_write_tokens_details.ttl_12h_tokens",
        "input_audio": "input_token_details.audio_tokens | input_tokens_details.audio_tokens",
        "input_image": "input_tokens_details.image_tokens",
        "input_video": "input_tokens_details.video_tokens",
        "cache_read_audio": "input_tokens_details.cached_tokens_details.audio_tokens",
        "cache_read_image": "input_tokens_details.cached_tokens_details.image_tokens",
        "output": "output_tokens",
        "reasoning": "output_tokens_details.reasoning_tokens",
        "output_audio": "output_tokens_details.audio_tokens",
        "output_image": "output_tokens_details.image_tokens",
        "audio_seconds": "seconds",
        "web_search": "server_side_tool_usage_details.web_search_calls",
        **_TOOLS,
        "reported": "cost.total_cost | cost",
    },
    around={**MODEL, "web_search": "tool_usage.web_search.num_requests"},
    modes=(TIER,),
    ignored=(
        "type",
        "cost",
        "active_seconds",
        "input_tokens_details.cached_tokens_details.text_tokens",
        "input_tokens_details.text_tokens",
        "input_token_details.text_tokens",
        "output_tokens_details.text_tokens",
    ),
    total="total_tokens",
    unplaced=("paused_seconds",),  # of OpenAI's live sessions, which have a rate of their own
)

PROVIDERS = (
    CHAT,
    CHAT._replace(
        name="xai_chat",
        reads={**CHAT.reads, "output": "completion_tokens + completion_tokens_details.reasoning_tokens"},
        not_total="prompt_tokens + completion_tokens",
        instead="openai_chat",
    ),
    RESPONSES,
    Protocol(
        name="openai_realtime",
        reads={
            "input": "input_tokens",
            "cache_read": "input_token_details.cached_tokens",
            "input_audio": "input_token_details.audio_tokens",
            "input_image": "input_token_details.image_tokens",
            "cache_read_audio": "input_token_details.cached_tokens_details.audio_tokens",
            "cache_read_image": "input_token_details.cached_tokens_details.image_tokens",
            "output": "output_tokens",
            "output_audio": "output_token_details.audio_tokens",
            "output_image": "output_token_details.image_tokens",
        },
        around=MODEL,
        ignored=(
            "input_token_details.text_tokens",
            "input_token_details.cached_tokens_details.text_tokens",
            "output_token_details.text_tokens",
        ),
        total="total_tokens",
    ),
    Protocol(
        name="anthropic",
        reads={
            "input": "input_tokens + cache_read_input_tokens + cache_creation_input_tokens",
            "cache_read": "cache_read_input_tokens",
            "cache_write": "cache_creation_input_tokens",
            "cache_write_1h": "cache_creation.ephemeral_1h_input_tokens",
            "output": "output_tokens",
            "reasoning": "output_tokens_details.thinking_tokens",
            "web_search": "server_tool_use.web_search_requests",
            "web_fetch": "server_tool_use.web_fetch_requests",
        },
        around=MODEL,
        modes=(TIER, Mode("speed"), Mode("inference_geo", only=("us",))),
        ignored=(
            "cache_creation.ephemeral_5m_input_tokens",
            "fallback_credit",
            "type",
            "model",
            "active_seconds",  # of a managed session, whose running time has a price of its own
            "list_cost",
        ),
        rest=(("cache_write", "cache_creation.ephemeral_5m_input_tokens"),),
        entries="iterations",
        inside={"message": True, "fallback_message": None, "compaction": False, "advisor_message": False},
    ),
    Protocol(
        name="gemini",
        reads={
            "input": "prompt_token_count + tool_use_prompt_token_count",
            "cache_read": "cached_content_token_count",
            "output": "candidates_token_count + thoughts_token_count | response_token_count + thoughts_token_count",
            "reasoning": "thoughts_token_count",
            "tier_input": "initial_prompt_token_count",
        },
        around={"model": "model_version", "tier_input": "initial_prompt_token_count"},
        modes=(Mode("traffic_type"), TIER),
        lists=(
            Parts("prompt_tokens_details", "prompt_token_count", "modality", "token_count", _INPUT),
            Parts("tool_use_prompt_tokens_details", "tool_use_prompt_token_count", "modality", "token_count", _INPUT),
            Parts("cache_tokens_details", "cached_content_token_count", "modality", "token_count", _CACHED),
            Parts("candidates_tokens_details", "candidates_token_count", "modality", "token_count", _OUTPUT),
            Parts("response_tokens_details", "response_token_count", "modality", "token_count", _OUTPUT),
        ),
        total="total_token_count",
        not_continued="prompt_token_count",
        zeros="omitted",
        camel=True,
    ),
    Protocol(
        name="mistral",
        reads={
            "input": "prompt_tokens",
            "cache_read": "prompt_tokens_details.cached_tokens | prompt_token_details.cached_tokens"
            " | num_cached_tokens",
            "output": "completion_tokens",
            "audio_seconds": "prompt_audio_seconds",
        },
        around=MODEL,
        modes=(TIER,),
        total="total_tokens",
        unplaced=("connector_tokens", "connectors"),
        camel=True,
    ),
    Protocol(
        name="bedrock",
        reads={
            "input": "input_tokens + cache_read_input_tokens + cache_write_input_tokens",
            "cache_read": "cache_read_input_tokens",
            "cache_write": "cache_write_input_tokens",
            "output": "output_tokens",
        },
        modes=(Mode("service_tier.type"), Mode("performance_config.latency")),
        lists=(Parts("cache_details", "cache_write_input_tokens", "ttl", "input_tokens", _LIFETIMES, closed=True),),
        total="total_tokens",
        camel=True,
    ),
)
"""The protocols of providers, in the order in which messages list them."""
