"""LiteLLM's names: which of its providers are ours, which keys are read, and which are left out, and why; data only.

Counts are of the map of LiteLLM 1.110.2, which has 4,878 entries.
"""

from __future__ import annotations

from typing import NamedTuple


class Home(NamedTuple):
    """Our id of a provider, and the prefix of LiteLLM's keys that is no part of the model's id there."""

    provider: str
    prefix: str = ""


PROVIDERS = {
    "openai": Home("openai"),
    "text-completion-openai": Home("openai"),
    "anthropic": Home("anthropic"),
    "gemini": Home("google", "gemini/"),
    "vertex_ai-language-models": Home("google_vertex", "vertex_ai/"),
    "vertex_ai": Home("google_vertex", "vertex_ai/"),
    "vertex_ai-anthropic_models": Home("google_vertex", "vertex_ai/"),
    "vertex_ai-embedding-models": Home("google_vertex", "vertex_ai/"),
    "vertex_ai-deepseek_models": Home("google_vertex", "vertex_ai/"),
    "vertex_ai-llama_models": Home("google_vertex", "vertex_ai/"),
    "vertex_ai-moonshot_models": Home("google_vertex", "vertex_ai/"),
    "vertex_ai-openai_models": Home("google_vertex", "vertex_ai/"),
    "vertex_ai-qwen_models": Home("google_vertex", "vertex_ai/"),
    "vertex_ai-zai_models": Home("google_vertex", "vertex_ai/"),
    "bedrock_converse": Home("amazon_bedrock", "bedrock/"),
    "bedrock": Home("amazon_bedrock", "bedrock/"),
    "bedrock_mantle": Home("amazon_bedrock", "bedrock_mantle/"),
    "azure": Home("azure", "azure/"),
    "azure_ai": Home("azure", "azure_ai/"),
    "mistral": Home("mistral", "mistral/"),
    "xai": Home("xai", "xai/"),
    "deepseek": Home("deepseek", "deepseek/"),
    "groq": Home("groq", "groq/"),
    "cohere_chat": Home("cohere"),
    "cohere": Home("cohere", "cohere/"),
    "perplexity": Home("perplexity", "perplexity/"),
    "dashscope": Home("alibaba", "dashscope/"),
    "moonshot": Home("moonshotai", "moonshot/"),
    "minimax": Home("minimax", "minimax/"),
    "zai": Home("zai", "zai/"),
    "xiaomi_mimo": Home("xiaomi", "xiaomi_mimo/"),
    "tencent": Home("tencent_tokenhub", "tencent/"),
    "meta": Home("meta", "meta/"),
    "inception": Home("inception", "inception/"),
    "text-completion-inception": Home("inception", "text-completion-inception/"),
    "morph": Home("morph", "morph/"),
    "v0": Home("v0", "v0/"),
    "abliteration": Home("abliteration_ai", "abliteration/"),
    "fireworks_ai": Home("fireworks_ai", "fireworks_ai/"),
    "together_ai": Home("togetherai", "together_ai/"),
    "deepinfra": Home("deepinfra", "deepinfra/"),
    "novita": Home("novita_ai", "novita/"),
    "nebius": Home("nebius", "nebius/"),
    "cerebras": Home("cerebras", "cerebras/"),
    "baseten": Home("baseten", "baseten/"),
    "wandb": Home("wandb", "wandb/"),
    "friendliai": Home("friendli", "friendliai/"),
    "crusoe": Home("crusoe", "crusoe/"),
    "gmi": Home("gmicloud", "gmi/"),
    "scaleway": Home("scaleway", "scaleway/"),
    "ovhcloud": Home("ovhcloud", "ovhcloud/"),
    "scx-ai": Home("scx_ai", "scx-ai/"),
    "coralbricks": Home("coralbricks", "coralbricks/"),
    "aiand": Home("aiand", "aiand/"),
    "empiriolabs": Home("empiriolabs", "empiriolabs/"),
    "cloudflare": Home("cloudflare_workers_ai", "cloudflare/"),
    "databricks": Home("databricks", "databricks/"),
    "snowflake": Home("snowflake_cortex", "snowflake/"),
    "oci": Home("oci", "oci/"),
    "watsonx": Home("watsonx", "watsonx/"),
    "gradient_ai": Home("digitalocean", "gradient_ai/"),
    "github_copilot": Home("github_copilot", "github_copilot/"),
    "opencode_go": Home("opencode_go", "opencode_go/"),
    "aihubmix": Home("aihubmix", "aihubmix/"),
    "vercel_ai_gateway": Home("vercel", "vercel_ai_gateway/"),
}
"""LiteLLM's provider -> where we have its models. Of two entries for one id, that of the earlier row counts.

Each row has models of the catalogue under the same id; only `text-completion-openai` and `cohere`, whose ids are those
of the provider, have none now. Not here, though they have ids of ours: `codestral`, because that endpoint is free and
states 0 for Mistral's `codestral-latest`; `qwencloud` and `qwen_ai_platform`, which repeat `dashscope`;
`bigmodel` and `volcengine`, whose prices are converted from yuan; subscriptions (`chatgpt`).
"""

PLAIN = frozenset({"amazon_bedrock", "anthropic", "azure", "google", "mistral", "openai", "xai"})
"""The providers whose ids have no slash: one in a key stands behind a region, a size or a commitment."""

LAST = frozenset({"scaleway"})
"""The providers whose ids are the last part of LiteLLM's, which names the maker before it."""

NO_MODELS = {
    "sample_spec": "the form of an entry",
    "fallback_generalizations": "rules for names that the map lacks",
}
"""Keys of the map that hold no model."""

FIELDS = frozenset(
    {
        "deprecation_date",
        "max_input_tokens",
        "max_output_tokens",
        "mode",
        "output_vector_size",
        "supported_endpoints",
        "supports_function_calling",
        "supports_native_streaming",
        "supports_parallel_function_calling",
        "supports_reasoning",
        "supports_response_schema",
        "supports_sampling_params",
        "thinking_always_on",
    }
)
"""The keys of an entry that `MODEL` takes one by one."""

INPUTS = {
    "supports_vision": "image",
    "supports_image_input": "image",
    "supports_audio_input": "audio",
    "supports_video_input": "video",
    "supports_pdf_input": "pdf",
}
OUTPUTS = {"supports_audio_output": "audio"}
EFFORTS = {
    f"supports_{name}_reasoning_effort": name for name in ("none", "minimal", "low", "medium", "high", "xhigh", "max")
}
USUAL = frozenset({"low", "medium", "high"})
"""The efforts that a model has unless its entry denies them, where it states any effort."""
GROUPS = {
    "inputs": frozenset({"supported_modalities", *INPUTS}),
    "outputs": frozenset({"supported_output_modalities", *OUTPUTS}),
    "efforts": frozenset({"reasoning_effort_levels", *EFFORTS}),
}
"""The keys of an entry that mean one thing together."""
TOGETHER = {key: group for group, keys in GROUPS.items() for key in keys}
ELSEWHERE = frozenset({"litellm_provider", "alias_of", "successor_model"})
"""The keys that decide where an entry belongs, and what it names."""

_LEFT_OUT = {
    "a capability for which our records have no field": (
        "gemini_audio_only_live", "gemini_native_audio", "reasoning_contexts", "reasoning_modes",
        "supported_audio_formats", "supports_adaptive_thinking", "supports_anthropic_compaction",
        "supports_assistant_prefill", "supports_box_questions", "supports_computer_use", "supports_continuation",
        "supports_embedding_image_input", "supports_fast_mode", "supports_forced_tool_use", "supports_image_size",
        "supports_legacy_thinking", "supports_mid_conversation_system", "supports_multimodal",
        "supports_native_structured_output", "supports_nova_canvas_image_edit", "supports_output_config",
        "supports_prompt_cache_breakpoint", "supports_prompt_caching", "supports_regex_lookaround", "supports_speed",
        "supports_system_messages", "supports_thinking_cache_preservation", "supports_tool_choice",
        "supports_tool_search", "supports_url_context", "supports_web_search", "thinking_on_by_default",
    ),
    "how LiteLLM makes a request": (
        "audio_transcription_config", "bedrock_converse_supports_strict_tools", "bedrock_output_config_effort_ceiling",
        "provider_specific_entry", "supports_anthropic_thinking_payload",
        "supports_bedrock_converse_tool_result_images", "supports_bedrock_native_structured_output",
        "supports_bedrock_native_structured_output_by_default",
        "supports_bedrock_runtime_chat_completions_inline_reasoning",
        "supports_bedrock_runtime_chat_completions_response_format",
        "supports_bedrock_runtime_chat_completions_tools_with_reasoning", "supports_parallel_tool_use_config",
        "use_openai_responses_path", "uses_embed_content", "vertex_ai_audio_api",
    ),
    "how LiteLLM counts tokens": (
        "token_count_framing", "token_count_model", "token_count_responses_framing",
        "token_count_responses_tool_framing", "token_count_tokenizer", "token_count_tool_framing",
    ),
    "limits of an account": ("rpm", "tpm"),
    "prose": ("comment", "metadata"),
    "where it is served": ("supported_regions",),
    "how searches are counted": ("search_free_requests", "web_search_billing_unit"),
    "an older name, which means the input or the output": ("max_tokens",),
    "it repeats cache_read_input_token_cost": ("input_cost_per_token_cache_hit",),
    "prices of the endpoint for decisions": (
        "cache_creation_input_token_cost_above_272k_tokens_decisions", "cache_creation_input_token_cost_decisions",
        "cache_read_input_token_cost_above_272k_tokens_decisions", "cache_read_input_token_cost_decisions",
        "input_cost_per_token_above_272k_tokens_decisions", "input_cost_per_token_decisions",
        "output_cost_per_token_above_272k_tokens_decisions", "output_cost_per_token_decisions",
    ),
}  # fmt: skip

LEFT_OUT = {key: why for why, keys in _LEFT_OUT.items() for key in keys}
"""Keys of an entry that are left out -> why. A key that is neither here nor taken is kept in `extra.litellm`."""
