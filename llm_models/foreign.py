"""Foreign: the names that other tools give to what our fields state, as data.

A name is compared without regard to case, `_` and `-`, so one row has `contextLength` and `context_length`. A dotted
name is one inside a table of the other tool. `advice` writes the next step from a row.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Row(NamedTuple):
    """Names of other tools, or of our own conditions, for one of our fields, or for an action that `ours` describes.

    `form` states how the value changes (see `advice.FORMS`), `tools` who uses the names.
    """

    names: str
    ours: str
    tools: str
    form: str = ""


PROVIDER = (
    Row("api api_base api_host api_url api_endpoint endpoint url uri host openai_api_base"
        " options.base_url options.api_base", "base_url",
        "models.dev, opencode, LiteLLM and Continue", "address"),
    Row("npm options.npm", "extra.npm", "models.dev and opencode", "same"),
    Row("api_key key token secret api_token access_token auth_token bearer_token options.api_key openai_api_key",
        "env", "many tools", "variable"),
    Row("api_key_name api_key_env api_key_env_var api_key_variable api_key_var key_env key_name env_key env_var"
        " env_vars environment_variable auth_env token_env", "env", "llm and others", "variable"),
    Row("options headers default_headers extra_headers request_options http_headers", "extra", "opencode and LiteLLM",
        "inside"),
    Row("docs website homepage docs_url documentation url_docs", "doc", "models.dev and others", "same"),
    Row("display_name title label provider_name", "name", "many tools", "same"),
    Row("provider provider_id slug litellm_provider custom_llm_provider", "id", "LiteLLM and others", "same"),
    Row("alias nicknames", "aliases", "several tools", "list"),
    Row("models model_list", "entries of [[models]]", "models.dev, opencode and Continue", "text"),
    Row("type kind provider_type api_type protocol", "extra.npm", "several tools", "protocol"),
    Row("disabled disable is_disabled hidden hide is_hidden blocked denied excluded",
        '[deny], and below it PROVIDER = ["*"]', "several tools", "hide"),
    Row("enabled enable is_enabled active is_active", '[deny], and below it PROVIDER = ["*"]',
        "several tools", "show"),
)  # fmt: skip
"""For an entry of [[providers]]."""

MODEL = (
    Row("model model_id model_name slug served_model_name deployment deployment_name deployment_id azure_deployment",
        "id", "many tools", "id"),
    Row("litellm_provider model_provider custom_llm_provider provider_id owned_by", "provider",
        "LiteLLM and LangChain", "same"),
    Row("display_name title label pretty_name", "name", "many tools", "same"),
    Row("canonical_slug canonical_model_id canonical_id", "canonical", "OpenRouter and models.dev", "same"),
    Row("desc summary", "description", "several tools", "same"),
    Row("limit", "limits", "models.dev and opencode", "table"),
    Row("context limit.context context_length context_window context_size context_limit context_tokens max_context"
        " max_context_length max_context_tokens max_context_size context_window_tokens context_window_size num_ctx"
        " n_ctx ctx ctx_size max_model_len max_model_length max_seq_len max_sequence_length model_max_length"
        " max_position_embeddings max_total_tokens top_provider.context_length"
        " default_completion_options.context_length",
        "limits.context", "Continue, OpenRouter, LlamaIndex, Ollama and vLLM", "tokens"),
    Row("max_input_tokens limit.input max_input input_limit input_token_limit input_tokens max_prompt_tokens",
        "limits.input", "LiteLLM, LangChain and Aider; in LiteLLM it is often the whole context", "tokens"),
    Row("max_tokens limit.output max_output max_output_tokens max_completion_tokens max_new_tokens"
        " max_generation_tokens max_response_tokens output_limit output_token_limit output_tokens num_predict"
        " n_predict num_output default_max_tokens top_provider.max_completion_tokens"
        " default_completion_options.max_tokens",
        "limits.output", "LiteLLM, Aider, Ollama and OpenRouter", "tokens"),
    Row("price pricing prices costs", "cost", "several tools", "table"),
    Row("input_cost input_price price_in price_input cost_in cost_input input_token_price input_token_cost prompt_price"
        " prompt_cost price_prompt pricing.prompt pricing.input price.input prices.input", "cost.input",
        "OpenRouter and others", "price"),
    Row("output_cost output_price price_out price_output cost_out cost_output output_token_price output_token_cost"
        " completion_price completion_cost price_completion pricing.completion pricing.output price.output"
        " prices.output", "cost.output", "OpenRouter and others", "price"),
    Row("cache_read cache_read_cost cache_read_price cache_reads_price cached_input cached_input_price"
        " cached_input_cost input_cached input_cache_read pricing.input_cache_read pricing.cache_read price.cache_read",
        "cost.cache_read", "OpenRouter and others", "price"),
    Row("cache_write cache_write_cost cache_write_price cache_writes_price input_cache_write pricing.input_cache_write"
        " pricing.cache_write price.cache_write", "cost.cache_write", "OpenRouter and others", "price"),
    Row("pricing.internal_reasoning internal_reasoning reasoning_cost reasoning_price", "cost.reasoning",
        "OpenRouter and others", "price"),
    Row("pricing.image image_price output_cost_per_image input_cost_per_image", "cost.image", "OpenRouter and LiteLLM",
        "image"),
    Row("input_cost_per_token prompt_cost_per_token input_price_per_token input_token_cost_per_token", "cost.input",
        "LiteLLM and Aider", "per token"),
    Row("output_cost_per_token completion_cost_per_token output_price_per_token", "cost.output", "LiteLLM and Aider",
        "per token"),
    Row("cache_read_input_token_cost cache_read_cost_per_token input_cost_per_cached_token", "cost.cache_read",
        "LiteLLM", "per token"),
    Row("cache_creation_input_token_cost cache_write_input_token_cost cache_write_cost_per_token", "cost.cache_write",
        "LiteLLM", "per token"),
    Row("input_cost_per_audio_token", "cost.input_audio", "LiteLLM", "per token"),
    Row("output_cost_per_audio_token", "cost.output_audio", "LiteLLM", "per token"),
    Row("output_cost_per_reasoning_token", "cost.reasoning", "LiteLLM", "per token"),
    Row("cache_creation_input_token_cost_above_1hr", "cost.cache_write_1h", "LiteLLM", "per token"),
    Row("input_cost_per_image_token", "cost.input_image", "LiteLLM", "per token"),
    Row("output_cost_per_image_token", "cost.output_image", "LiteLLM", "per token"),
    Row("cache_read_input_audio_token_cost", "cost.cache_read_audio", "LiteLLM", "per token"),
    Row("cache_read_input_image_token_cost", "cost.cache_read_image", "LiteLLM", "per token"),
    Row("pricing.input_cache_write_1h", "cost.cache_write_1h", "OpenRouter", "per token"),
    Row("pricing.input_audio_cache", "cost.cache_read_audio", "OpenRouter", "per token"),
    Row("cache_write_1h_mtok prices.cache_write_1h_mtok", "cost.cache_write_1h", "genai-prices", "per million"),
    Row("input_cost_per_1k_tokens input_price_per_1k_tokens input_cost_per_1k input_price_per_1k price_per_1k_input"
        " cost_per_1k_input_tokens", "cost.input", "several tools", "per thousand"),
    Row("output_cost_per_1k_tokens output_price_per_1k_tokens output_cost_per_1k output_price_per_1k"
        " price_per_1k_output cost_per_1k_output_tokens", "cost.output", "several tools", "per thousand"),
    Row("input_mtok prices.input_mtok cost_per_1m_in input_cost_per_million_tokens input_price_per_million"
        " input_cost_per_mtok input_cost_per_million input_cost_per_1m input_price_per_1m input_per_million",
        "cost.input", "genai-prices, Crush and others", "per million"),
    Row("output_mtok prices.output_mtok cost_per_1m_out output_cost_per_million_tokens output_price_per_million"
        " output_cost_per_mtok output_cost_per_million output_cost_per_1m output_price_per_1m output_per_million",
        "cost.output", "genai-prices, Crush and others", "per million"),
    Row("cache_read_mtok prices.cache_read_mtok cost_per_1m_in_cached", "cost.cache_read",
        "genai-prices and Crush", "per million"),
    Row("cache_write_mtok prices.cache_write_mtok cost_per_1m_out_cached", "cost.cache_write",
        "genai-prices and Crush", "per million"),
    Row("input_audio_mtok prices.input_audio_mtok", "cost.input_audio", "genai-prices", "per million"),
    Row("output_audio_mtok prices.output_audio_mtok", "cost.output_audio", "genai-prices", "per million"),
    Row("context_over_200k cost.context_over_200k", "cost.tiers", "models.dev", "tier"),
    Row("tool_call tools tool_use tool_calls tool_calling tool_choice function_call function_calling functions"
        " supports_tools supports_tool_calls supports_tool_use supports_tool_calling supports_tool_choice"
        " supports_function_calling is_function_calling_model has_tools", "capabilities.tools.enabled",
        "models.dev, LiteLLM, AutoGen and llm", "flag"),
    Row("parallel_tool_calls supports_parallel_tool_calls supports_parallel_function_calling",
        "capabilities.tools.parallel", "OpenRouter and LiteLLM", "flag"),
    Row("structured_output structured_outputs supports_structured_output supports_structured_outputs json_schema"
        " supports_json_schema supports_response_schema supports_schema", "capabilities.json.schema",
        "models.dev, OpenRouter, LiteLLM and llm", "flag"),
    Row("json_mode json_output json_object response_format supports_json supports_json_mode supports_response_format",
        "capabilities.json.native", "AutoGen and OpenRouter", "flag"),
    Row("reasoning_toggle", "capabilities.reasoning.toggle", "the conditions, as in --require", "flag"),
    Row("tools_streaming", "capabilities.tools.streaming", "the conditions, as in --require", "flag"),
    Row("tools_strict", "capabilities.tools.strict", "the conditions, as in --require", "flag"),
    Row("tools_parallel", "capabilities.tools.parallel", "the conditions, as in --require", "flag"),
    Row("json_native", "capabilities.json.native", "the conditions, as in --require", "flag"),
    Row("json_strict", "capabilities.json.strict", "the conditions, as in --require", "flag"),
    Row("streaming_text", "capabilities.streaming.text", "the conditions, as in --require", "flag"),
    Row("streaming_tool_calls", "capabilities.streaming.tool_calls", "the conditions, as in --require", "flag"),
    Row("reasoning thinking is_reasoning can_reason reasoning_output supports_reasoning supports_thinking",
        "capabilities.reasoning.enabled", "models.dev, Crush and LiteLLM", "flag"),
    Row("reasoning_efforts reasoning_levels reasoning_effort_levels supported_efforts supported_reasoning_efforts",
        "capabilities.reasoning.efforts", "OpenRouter, Crush and LangChain", "list"),
    Row("reasoning_options", "capabilities.reasoning.efforts and .token_budget", "models.dev", "text"),
    Row("thinking_budget max_thinking_tokens max_thinking_budget reasoning_budget budget_tokens",
        "capabilities.reasoning.token_budget", "Roo Code and others", "tokens"),
    Row("attachment attachments supports_attachments supports_attachment file_upload", "capabilities.attachments",
        "models.dev and Crush", "flag"),
    Row("pdf supports_pdf supports_pdf_input pdf_inputs pdf_input", "input pdf", "LiteLLM and LangChain", "modality"),
    Row("vision supports_vision has_vision image_input image_inputs image_url_inputs supports_images supports_image"
        " supports_image_input images multimodal", "input image", "AutoGen, llm, LiteLLM and Roo Code", "modality"),
    Row("audio supports_audio supports_audio_input audio_input audio_inputs", "input audio", "llm and LiteLLM",
        "modality"),
    Row("supports_audio_output audio_output audio_outputs", "output audio", "LiteLLM and LangChain", "modality"),
    Row("supports_image_output supports_image_generation image_output image_outputs image_generation", "output image",
        "LangChain and LiteLLM", "modality"),
    Row("video supports_video supports_video_input video_input video_inputs", "input video", "LiteLLM and LangChain",
        "modality"),
    Row("input_modalities supported_modalities architecture.input_modalities modality.input", "modalities.input",
        "OpenRouter and LiteLLM", "list"),
    Row("output_modalities supported_output_modalities architecture.output_modalities modality.output",
        "modalities.output", "OpenRouter and LiteLLM", "list"),
    Row("modality architecture architecture.modality", "modalities", "OpenRouter", "text"),
    Row("supports_temperature temperature", "capabilities.temperature", "models.dev", "flag"),
    Row("stream streaming can_stream supports_streaming supports_native_streaming", "capabilities.streaming.text",
        "llm and LiteLLM", "flag"),
    Row("mode type model_type pipeline_tag", "kind", "LiteLLM and others", "kind"),
    Row("embedding embeddings is_embedding is_embedding_model supports_embedding supports_embeddings",
        "capabilities.embeddings", "several tools", "flag"),
    Row("chat is_chat is_chat_model completion_chat supports_chat", "capabilities.chat", "LlamaIndex and Mistral",
        "flag"),
    Row("output_vector_size embedding_dimension embedding_dimensions embedding_size vector_size embed_dim dims dim",
        "dimensions", "LiteLLM and others", "tokens"),
    Row("supported_endpoints endpoints", "apis", "LiteLLM", "text"),
    Row("knowledge_cutoff training_cutoff cutoff cutoff_date knowledge_cutoff_date training_data_cutoff", "knowledge",
        "OpenRouter and others", "month"),
    Row("created created_at released released_at launch_date publication_date", "release_date",
        "OpenRouter, LobeChat and others", "day"),
    Row("updated updated_at modified last_modified", "last_updated", "several tools", "day"),
    Row("deprecation_date deprecates deprecation expiration_date expires end_of_life eol sunset sunset_date"
        " shutdown_date retirement_date", "retires", "LiteLLM and OpenRouter", "day"),
    Row("replacement replaced_by superseded_by deprecation_replacement_model recommended_replacement", "successor",
        "Mistral and others", "same"),
    Row("is_deprecated", "deprecated", "several tools", "flag"),
    Row("open_source is_open_source weights", "open_weights", "several tools", "flag"),
    Row("alias alias_of nicknames model_aliases other_names", "aliases", "several tools", "list"),
    Row("extends inherits inherit base_model parent_model same_as", "base", "several tools", "same"),
    Row("pattern glob regex models", "match", "several tools", "same"),
    Row("disabled disable is_disabled hidden hide is_hidden blocked denied excluded",
        '[deny], and below it PROVIDER = ["ID"]', "several tools", "hide"),
    Row("enabled enable is_enabled active is_active", '[deny], and below it PROVIDER = ["ID"]',
        "several tools", "show"),
)  # fmt: skip
"""For an entry of [[models]]."""

TOP = (
    Row("disallow disallowed disallow_models block blocked blocklist blocked_models blacklist blacklisted ban banned"
        " bans denied denylist denied_models forbid forbidden not_allowed disabled disabled_models disable"
        " unallow reject", "section [deny]", "several tools", "section"),
    Row("whitelist whitelisted allowlist allowed allowed_models enabled enabled_models enable permit"
        " permitted available_models only include included", "section [allow]", "several tools", "section"),
    Row("excludes excluded ignore ignored skip hide hidden remove removed", "section [exclude]", "several tools",
        "section"),
    Row("disabled_providers blocked_providers denied_providers", '[deny], with PROVIDER = ["*"]', "opencode", "text"),
    Row("enabled_providers allowed_providers", '[allow], with PROVIDER = "all"', "opencode", "text"),
    Row("provider provider_list", "[[providers]]", "opencode and others", "entries"),
    Row("model model_list override overrides", "[[models]]", "opencode, LiteLLM and others", "entries"),
    Row("default default_model small_model main_model model_default default_provider selected_model", "prefer",
        "opencode and others", "no default"),
    Row("preferred preferred_providers preferences prefers priority provider_order", "prefer", "several tools",
        "same"),
    Row("alias aliases model_aliases names", "aliases of an entry of [[models]]", "several tools", "text"),
    Row("behaviour behavior behaviour_module behavior_module overrides_class module plugin plugins", "overrides_module",
        "several tools", "same"),
)  # fmt: skip
"""For the top level of the file."""

WRAPPERS = {"modelinfo", "litellmparams", "params", "parameters", "modelkwargs", "completionoptions",
            "defaultcompletionoptions"}  # fmt: skip
"""Tables in which other tools state fields of a model, folded: LiteLLM, Ollama, LangChain and Continue."""

SECTIONS = {"providers": PROVIDER, "models": MODEL, "": TOP}

_TIER = r"(.+)above(\d+)ktokens"


def fold(name: str) -> str:
    """A name as names are compared: without case, `_` and `-`."""
    return re.sub(r"[_\s-]", "", name.lower())


@cache
def _rows(section: str) -> dict[str, Row]:
    return {fold(name): row for row in SECTIONS[section] for name in row.names.split()}


def lookup(section: str, *names: str) -> Row | None:
    """The row of a name, given as the keys that lead to it, in a section (`""`: the top level of the file)."""
    row = _rows(section).get(".".join(map(fold, names)))
    return lookup(section, *names[1:]) if row is None and len(names) > 1 and fold(names[0]) in WRAPPERS else row


def stating(section: str, entry: Iterable[str], ours: str) -> str | None:
    """The key of an entry by which another tool states our field `ours`; None where there is none."""
    return next((key for key in entry if (row := lookup(section, key)) is not None and row.ours == ours), None)


def tier(name: str) -> tuple[Row, int] | None:
    """What LiteLLM's price of long requests is about, and above how many tokens it holds."""
    match = re.fullmatch(_TIER, fold(name))
    row = match and _rows("models").get(match[1])
    return (row, int(match[2]) * 1000) if match and row and row.form == "per token" else None
