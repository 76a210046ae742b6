"""Names of telemetry and responses, with what each must lead to; and names that look alike and must lead to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import llm_models

US = "arn:aws:bedrock:us-east-1"
VERTEX = "projects/acme-1/locations/us-central1/publishers"


class Name(NamedTuple):
    """A name with where it was seen, and what it must lead to: a model spec and the rules. None: to nothing."""

    provider: str | None
    model: str
    spec: str | None = None
    rule: str | None = None
    base_url: str | None = None


# The names of the Gemini API and of Vertex AI.
GOOGLE = [
    Name("google", "models/gemini-2.5-flash", "google:gemini-2.5-flash", "models-prefix"),
    Name("google", "models/gemini-embedding-001", "google:gemini-embedding-001", "models-prefix"),
    Name(None, "models/gemini-2.5-pro", "google:gemini-2.5-pro", "models-prefix"),
    Name(None, "google:models/gemini-2.5-pro", "google:gemini-2.5-pro", "provider-prefix + models-prefix"),
    Name("google_vertex", "models/gemini-2.5-pro", "google_vertex:gemini-2.5-pro", "models-prefix"),
    Name("google", "models/gemini-2.5-flash-001", "google:gemini-2.5-flash", "models-prefix + revision"),
    Name("google", "gemini-2.5-flash-001", "google:gemini-2.5-flash", "revision"),
    Name("google", "gemini-2.5-pro-002", "google:gemini-2.5-pro", "revision"),
    Name("google_vertex", "gemini-2.5-flash-lite-001", "google_vertex:gemini-2.5-flash-lite", "revision"),
    Name("google_vertex", "gemini-2.5-flash@001", "google_vertex:gemini-2.5-flash", "revision"),
    Name(
        "google", "models/gemini-2.5-flash:generateContent", "google:gemini-2.5-flash", "models-prefix + method-suffix"
    ),
    Name(None, "publishers/google/models/gemini-2.5-flash", "google_vertex:gemini-2.5-flash", "publisher-prefix"),
    Name("google", "publishers/google/models/gemini-2.5-flash", "google:gemini-2.5-flash", "publisher-prefix"),
    Name(
        "google-vertex",
        "publishers/anthropic/models/claude-sonnet-4-5@20250929",
        "google_vertex:claude-sonnet-4-5@20250929",
        "publisher-prefix",
    ),
    Name(
        "google_vertex_anthropic",
        "publishers/anthropic/models/claude-haiku-4-5@20251001",
        "google_vertex_anthropic:claude-haiku-4-5@20251001",
        "publisher-prefix",
    ),
    Name(
        None,
        "publishers/meta/models/llama-3.3-70b-instruct-maas",
        "google_vertex:meta/llama-3.3-70b-instruct-maas",
        "publisher-prefix",
    ),
    Name(
        None,
        f"{VERTEX}/google/models/gemini-2.5-pro",
        "google_vertex:gemini-2.5-pro",
        "vertex-path + publisher-prefix",
    ),
    Name(
        "google_vertex",
        f"//aiplatform.googleapis.com/{VERTEX}/openai/models/gpt-oss-120b-maas",
        "google_vertex:openai/gpt-oss-120b-maas",
        "vertex-path + publisher-prefix",
    ),
    Name(
        None,
        f"{VERTEX}/google/models/gemini-2.5-flash-001",
        "google_vertex:gemini-2.5-flash",
        "vertex-path + publisher-prefix + revision",
    ),
    Name("google_vertex", "google/gemini-2.5-flash", "google_vertex:gemini-2.5-flash", "google-prefix"),
    Name("google_vertex", "claude-sonnet-4-5-20250929", "google_vertex:claude-sonnet-4-5@20250929", "date-format"),
    Name("google_vertex", "claude-opus-4-6", "google_vertex:claude-opus-4-6@default", "default-version"),
    Name("google_vertex", "gemini-2.5-flash", "google_vertex:gemini-2.5-flash", "id"),
]
# Foundation models, inference profiles and regions of Amazon Bedrock.
BEDROCK = [
    Name("amazon_bedrock", "us.amazon.nova-pro-v1:0", "amazon_bedrock:us.amazon.nova-pro-v1:0", "id"),
    Name("amazon_bedrock", "apac.amazon.nova-2-lite-v1:0", "amazon_bedrock:amazon.nova-2-lite-v1:0", "region-prefix"),
    Name("amazon_bedrock", "ca.amazon.nova-micro-v1:0", "amazon_bedrock:amazon.nova-micro-v1:0", "region-prefix"),
    Name("amazon_bedrock", "eu.deepseek.v3.2", "amazon_bedrock:deepseek.v3.2", "region-prefix"),
    Name(
        "amazon_bedrock",
        "eu.meta.llama3-3-70b-instruct-v1:0",
        "amazon_bedrock:meta.llama3-3-70b-instruct-v1:0",
        "region-prefix",
    ),
    Name("amazon_bedrock", "au.anthropic.claude-fable-5", "amazon_bedrock:anthropic.claude-fable-5", "region-prefix"),
    Name("amazon_bedrock", "jp.zai.glm-5", "amazon_bedrock:zai.glm-5", "region-prefix"),
    Name("amazon_bedrock", "global.zai.glm-5", "amazon_bedrock:zai.glm-5", "region-prefix"),
    Name("amazon_bedrock", "us-gov.xai.grok-4.6", "amazon_bedrock:xai.grok-4.6", "region-prefix"),
    Name(
        None,
        "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "amazon_bedrock:anthropic.claude-sonnet-4-5-20250929-v1:0",
        "region-prefix",
    ),
    Name(
        None,
        f"{US}::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        "amazon_bedrock:anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn",
    ),
    Name(
        "amazon_bedrock",
        f"{US}:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6",
        "amazon_bedrock:us.anthropic.claude-sonnet-4-6",
        "arn",
    ),
    Name(
        None,
        f"{US}:123456789012:inference-profile/apac.amazon.nova-2-lite-v1:0",
        "amazon_bedrock:amazon.nova-2-lite-v1:0",
        "arn + region-prefix",
    ),
    Name(
        None,
        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/openai.gpt-oss-20b-1:0",
        "amazon_bedrock:openai.gpt-oss-20b-1:0",
        "arn",
    ),
    Name(
        None,
        "arn:aws:bedrock:::foundation-model/anthropic.claude-opus-5",
        "amazon_bedrock:anthropic.claude-opus-5",
        "arn",
    ),
    Name(
        None,
        "amazon_bedrock/converse/us.meta.llama3-3-70b-instruct-v1:0",
        "amazon_bedrock:us.meta.llama3-3-70b-instruct-v1:0",
        "provider-prefix + route",
    ),
    Name(
        None,
        "amazon_bedrock/us-gov-west-1/amazon.nova-pro-v1:0",
        "amazon_bedrock:amazon.nova-pro-v1:0",
        "provider-prefix + region-path",
    ),
    Name("amazon_bedrock", "amazon.nova-pro-v1:0:300k", "amazon_bedrock:amazon.nova-pro-v1:0", "context-suffix"),
    Name("amazon_bedrock", "anthropic.claude-opus-5-v1:0", "amazon_bedrock:anthropic.claude-opus-5", "revision"),
    Name(
        "amazon_bedrock",
        "claude-sonnet-4-5-20250929",
        "amazon_bedrock:anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic-id",
    ),
]
# Dated ids, deployments and data zones of Azure.
AZURE = [
    Name("azure", "gpt-4o", "azure:gpt-4o", "id"),
    Name("azure", "gpt-4o-2024-11-20", "azure:gpt-4o", "date"),
    Name("azure", "gpt-4.1-2025-04-14", "azure:gpt-4.1", "served-id"),
    Name("azure", "gpt-4o-mini-2024-07-18", "azure:gpt-4o-mini", "served-id"),
    Name("azure", "gpt-5.5-2026-04-23", "azure:gpt-5.5", "date"),
    Name("azure", "gpt-5.5-2026-04-23.ft-0e208cf3", "azure:gpt-5.5", "fine-tune + date"),
    Name(None, "azure/gpt-5.5-2026-04-23", "azure:gpt-5.5", "provider-prefix + date"),
    Name("azure", "o3-mini-2025-01-31", "azure:o3-mini", "date"),
    Name("azure_cognitive_services", "gpt-5-2025-08-07", "azure_cognitive_services:gpt-5", "date"),
    Name(None, "azure/gpt-4.1-mini-2025-04-14", "azure:gpt-4.1-mini", "provider-prefix"),
    Name(None, "azure/eu/gpt-4o-2024-08-06", "azure:gpt-4o", "provider-prefix + region-path + date"),
    Name("azure", "global-standard/gpt-4o-mini", "azure:gpt-4o-mini", "region-path"),
    Name("azure", "gpt-35-turbo-0125", "azure:gpt-3.5-turbo-0125", "spelling"),
    Name("azure", "DeepSeek-R1", "azure:deepseek-r1", "spelling"),
    Name("azure", "Llama-3.3-70B-Instruct", "azure:llama-3.3-70b-instruct", "spelling"),
    Name("azure", "gpt-4o-mini-2024-07-18.ft-0e208cf3", "azure:gpt-4o-mini", "fine-tune"),
    Name("azure", "text-embedding-ada-002-2", "azure:text-embedding-ada-002", "revision"),
]
# Models that customers tuned.
TUNED = [
    Name("openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", "openai:gpt-4o-mini", "fine-tune"),
    Name(None, "openai:ft:gpt-4o-mini-2024-07-18:acme::abc", "openai:gpt-4o-mini", "provider-prefix + fine-tune"),
    Name(None, "ft:gpt-4o-mini-2024-07-18:acme::abc", "openai:gpt-4o-mini", "fine-tune"),
    Name("openai", "ft:gpt-4.1-2025-04-14:acme:support:AbC12:ckpt-step-88", "openai:gpt-4.1", "fine-tune"),
    Name("openai", "ft:gpt-4o-2024-08-06:acme::abc", "openai:gpt-4o-2024-08-06", "fine-tune"),
    Name("mistral", "ft:mistral-small-2506:1a2b3c4d:20260430:c1bed559", "mistral:mistral-small-2506", "fine-tune"),
    Name(None, "ft:open-mistral-7b:1a2b3c4d:20260430:c1bed559", "mistral:open-mistral-7b", "fine-tune"),
]
# Suffixes of routers, and the ids that OpenRouter reports.
ROUTED = [
    Name("openrouter", "openai/gpt-4o-mini:online", "openrouter:openai/gpt-4o-mini", "router-suffix"),
    Name("openrouter", "openai/gpt-oss-20b:nitro", "openrouter:openai/gpt-oss-20b", "router-suffix"),
    Name("openrouter", "openai/gpt-oss-120b:exacto", "openrouter:openai/gpt-oss-120b", "router-suffix"),
    Name("openrouter", "qwen/qwen3-max:floor", "openrouter:qwen/qwen3-max", "router-suffix"),
    Name("openrouter", "deepseek/deepseek-r1:thinking", "openrouter:deepseek/deepseek-r1", "router-suffix"),
    Name("openrouter", "openai/gpt-4o:extended", "openrouter:openai/gpt-4o", "router-suffix"),
    Name(
        None, "openrouter/openai/gpt-4o-mini:online", "openrouter:openai/gpt-4o-mini", "provider-prefix + router-suffix"
    ),
    Name(
        None, "openrouter:openai/gpt-4o-mini:floor", "openrouter:openai/gpt-4o-mini", "provider-prefix + router-suffix"
    ),
    Name("openrouter", "openai/o3:nitro:online", "openrouter:openai/o3", "router-suffix + router-suffix"),
    Name("openrouter", "poolside/laguna-s-2.1:free", "openrouter:poolside/laguna-s-2.1:free", "id"),
    Name("openrouter", "poolside/laguna-s-2.1:free:online", "openrouter:poolside/laguna-s-2.1:free", "router-suffix"),
    Name(
        "openrouter",
        "anthropic/claude-4.5-sonnet-20250929",
        "openrouter:anthropic/claude-sonnet-4.5",
        "spelling + date",
    ),
    Name("openrouter", "anthropic/claude-4.8-opus-20260528", "openrouter:anthropic/claude-opus-4.8", "spelling + date"),
    Name("openrouter", "openai/gpt-5-2025-08-07", "openrouter:openai/gpt-5", "date"),
    Name("openrouter", "deepseek/deepseek-v4-pro-20260813", "openrouter:deepseek/deepseek-v4-pro-0813", "date-format"),
    Name("openrouter", "z-ai/glm-4.6-20251208", "openrouter:z-ai/glm-4.6v", "date"),
    Name("huggingface", "openai/gpt-oss-120b:groq", "huggingface:openai/gpt-oss-120b", "provider-suffix"),
    Name("huggingface", "openai/gpt-oss-20b:cheapest", "huggingface:openai/gpt-oss-20b", "provider-suffix"),
]
# Names of clients, and dated ids of the makers.
CLIENTS = [
    Name("anthropic", "claude-sonnet-4-6[1m]", "anthropic:claude-sonnet-4-6", "context-suffix"),
    Name(None, "anthropic/claude-opus-4-6[1m]", "anthropic:claude-opus-4-6", "provider-prefix + context-suffix"),
    Name(
        "amazon_bedrock",
        "us.anthropic.claude-sonnet-4-6[1m]",
        "amazon_bedrock:us.anthropic.claude-sonnet-4-6",
        "context-suffix",
    ),
    Name("anthropic", "claude-sonnet-4-5@20250929", "anthropic:claude-sonnet-4-5-20250929", "date-format"),
    Name("anthropic", "claude-opus-4-6-20260205", "anthropic:claude-opus-4-6", "date"),
    Name("openai", "gpt-5.6-sol-2026-07-09", "openai:gpt-5.6-sol", "date"),
    Name("openai", "text-embedding-ada-002-v2", "openai:text-embedding-ada-002", "revision"),
    Name(None, "openai/responses/gpt-5.4", "openai:gpt-5.4", "provider-prefix + route"),
    Name("xai", "grok-4.3-20260430", "xai:grok-4.3", "date"),
    Name(None, "openai/gpt-4o-mini", "openai:gpt-4o-mini", "provider-prefix"),
    Name(None, "openai:gpt-4o-mini", "openai:gpt-4o-mini", "provider-prefix"),
    Name(None, "gpt-4o-mini@openai", "openai:gpt-4o-mini", "provider-prefix"),
    Name("openai", "openai/gpt-4o-mini", "openai:gpt-4o-mini", "provider-prefix"),
    Name(
        None, "nvidia/nvidia/nemotron-3-super-120b-a12b", "nvidia:nvidia/nemotron-3-super-120b-a12b", "provider-prefix"
    ),
    Name(None, "nvidia/nemotron-3-super-120b-a12b", "nvidia:nvidia/nemotron-3-super-120b-a12b", "provider-prefix"),
    Name("openai", " gpt-4o-mini ", "openai:gpt-4o-mini", "id"),
    Name("OpenAI", "gpt-4o-mini", "openai:gpt-4o-mini", "id"),
    Name(None, "sonar-reasoning-pro@perplexity", "perplexity:sonar-reasoning-pro", "provider-prefix"),
]
# The address decides who answered.
ADDRESSES = [
    Name(None, "gpt-4o-mini", "openai:gpt-4o-mini", "id", "https://api.openai.com/v1"),
    Name(None, "gpt-4o-mini", "openai:gpt-4o-mini", "id", "api.openai.com"),
    Name(None, "gpt-4o-mini", "openai:gpt-4o-mini", "id", "https://eu.api.openai.com:443/v1/chat/completions"),
    Name("api.openai.com", "gpt-4o-mini", "openai:gpt-4o-mini", "id"),
    Name("openai", "openai/gpt-4o-mini", "openrouter:openai/gpt-4o-mini", "id", "https://openrouter.ai/api/v1"),
    Name("openai", "gpt-4o-2024-11-20", "azure:gpt-4o", "date", "https://acme.openai.azure.com/openai/deployments/x"),
    Name("openai", "gpt-4o", "azure:gpt-4o", "id", "https://acme.services.ai.azure.com/models"),
    Name("openai", "o3", "azure_cognitive_services:o3", "id", "https://acme.cognitiveservices.azure.com/"),
    Name(
        None,
        "amazon.nova-pro-v1:0",
        "amazon_bedrock:amazon.nova-pro-v1:0",
        "id",
        "https://bedrock-runtime.us-east-1.amazonaws.com",
    ),
    Name(
        "openai", "openai.gpt-5.5", "amazon_bedrock:openai.gpt-5.5", "id", "https://bedrock-mantle.us-west-2.api.aws/v1"
    ),
    Name(
        "google", "gemini-2.5-pro", "google_vertex:gemini-2.5-pro", "id", "https://us-east5-aiplatform.googleapis.com"
    ),
    Name("google", "gemini-2.5-pro", "google_vertex:gemini-2.5-pro", "id", "https://aiplatform.eu.rep.googleapis.com"),
    Name(None, "gemini-2.5-pro", "google:gemini-2.5-pro", "id", "https://generativelanguage.googleapis.com/v1beta"),
    Name("openai", "glm-5.2", "zai:glm-5.2", "id", "https://api.z.ai/api/paas/v4/"),
    Name("openai", "glm-5.2", "zai_coding_plan:glm-5.2", "id", "https://api.z.ai/api/coding/paas/v4"),
    Name(None, "MiniMax-M2", "minimax:MiniMax-M2", "id", "https://api.minimax.io/v1"),
    Name("minimax_coding_plan", "MiniMax-M2", "minimax_coding_plan:MiniMax-M2", "id", "https://api.minimax.io"),
    Name("openai", "openai/gpt-oss-20b", "groq:openai/gpt-oss-20b", "id", "https://api.groq.com/openai/v1"),
    Name("openai", "openai/gpt-4o", "vercel:openai/gpt-4o", "id", "https://ai-gateway.vercel.sh/v1"),
    Name("openai", "gpt-4o", "openai:gpt-4o", "id", "https://llm.acme.example/v1"),
    Name("openai", "gpt-4o", "openai:gpt-4o", "id", "http://localhost:4000"),
]
# Providers under the names that OpenTelemetry and LiteLLM give them.
REPORTED = [
    Name("anthropic", "claude-haiku-4-5-20251001", "anthropic:claude-haiku-4-5-20251001", "id"),
    Name("aws.bedrock", "eu.zai.glm-5", "amazon_bedrock:zai.glm-5", "region-prefix"),
    Name("azure.ai.inference", "DeepSeek-R1", "azure:deepseek-r1", "spelling"),
    Name("azure.ai.openai", "gpt-4o-2024-11-20", "azure:gpt-4o", "date"),
    Name("az.ai.openai", "gpt-4.1-2025-04-14", "azure:gpt-4.1", "served-id"),
    Name("cohere", "command-a-03-2025", "cohere:command-a-03-2025", "id"),
    Name("deepseek", "deepseek-v4-flash", "deepseek:deepseek-v4-flash", "id"),
    Name("gcp.gemini", "models/gemini-2.5-flash", "google:gemini-2.5-flash", "models-prefix"),
    Name("gcp.vertex_ai", "gemini-2.5-flash-001", "google_vertex:gemini-2.5-flash", "revision"),
    Name("groq", "openai/gpt-oss-20b", "groq:openai/gpt-oss-20b", "id"),
    Name("mistral_ai", "mistral-large-latest", "mistral:mistral-large-latest", "id"),
    Name("openai", "gpt-4o-mini-2024-07-18", "openai:gpt-4o-mini", "served-id"),
    Name("perplexity", "sonar-pro", "perplexity:sonar-pro", "id"),
    Name("x_ai", "grok-4.3", "xai:grok-4.3", "id"),
    Name(None, "gemini/gemini-2.5-flash-001", "google:gemini-2.5-flash", "provider-prefix + revision"),
    Name(None, "vertex_ai/claude-opus-5", "google_vertex:claude-opus-5@default", "provider-prefix + default-version"),
    Name(None, "bedrock/us-east-1/zai.glm-5", "amazon_bedrock:zai.glm-5", "provider-prefix + region-path"),
    Name(
        None,
        f"bedrock/{US}:123456789012:inference-profile/eu.zai.glm-5",
        "amazon_bedrock:zai.glm-5",
        "provider-prefix + arn + region-prefix",
    ),
    Name(None, "azure_ai/Phi-4", "azure:phi-4", "provider-prefix + spelling"),
    Name("bedrock", "bedrock/converse/zai.glm-5", "amazon_bedrock:zai.glm-5", "provider-prefix + route"),
    Name("google-gla", "gemini-2.5-pro", "google:gemini-2.5-pro", "id"),
]
KNOWN = [*GOOGLE, *BEDROCK, *AZURE, *TUNED, *ROUTED, *CLIENTS, *ADDRESSES, *REPORTED]

# What looks like one of these, but is none, or can be several.
UNKNOWN = [
    Name("openai", "gpt-4o-mini-2020-01-01"),
    Name("openai", "gpt-5.2-2025-12-12"),
    Name(None, "openai/gpt-5.2-2099-12-31"),
    Name(None, "mistral/codestral-2508"),
    Name(None, "openai/dall-e-3"),
    Name("amazon_bedrock", "us.us.amazon.nova-pro-v1:0"),
    Name("mistral", "mistral-large-latest-20250101"),
    Name("google", "tunedModels/gemini-2.5-flash-abc"),
    Name("google", "models/"),
    Name("google", "models/gemini-9-ultra"),
    Name("openai", "models/gpt-4o"),
    Name("google", "gemini-2.5-flash-1"),
    Name("google", "gemini-embedding-002"),
    Name(None, "publishers/meta/models/gemini-2.5-flash"),
    Name(None, "publishers/google/models/claude-opus-5"),
    Name(None, "projects/acme-1/locations/us-central1/endpoints/1234567890"),
    Name("google_vertex", "claude-haiku-4-5"),
    Name("amazon_bedrock", "xx.amazon.nova-pro-v1:0"),
    Name("amazon_bedrock", "us.amazon.nova-ultra-v1:0"),
    Name("amazon_bedrock", "eu.us.amazon.nova-ultra-v1:0"),
    Name("openrouter", "us.amazon.nova-pro-v1:0"),
    Name(None, f"{US}:123456789012:application-inference-profile/a1b2c3d4e5f6"),
    Name(None, f"{US}:123456789012:provisioned-model/a1b2c3d4e5f6"),
    Name(None, f"{US}:123456789012:custom-model/amazon.nova-lite-v1:0/a1b2c3d4e5f6"),
    Name(None, f"{US}:123456789012:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0"),
    Name(None, "arn:aws:sagemaker:us-east-1:123456789012:endpoint/amazon.nova-pro-v1:0"),
    Name("openai", f"{US}::foundation-model/amazon.nova-pro-v1:0"),
    Name("azure", "my-gpt-4o"),
    Name("azure", "gpt-4o-prod"),
    Name("azure", "gpt-4o-2024-13-20"),
    Name("azure", "gpt-4o-2024-02-30"),
    Name("azure", "gpt-4o-2024-1120"),
    Name("azure", "gpt-4o-1120"),
    Name("azure", "gpt-35-turbo"),
    Name("azure", "gpt-4o.gpt-4o"),
    Name("openai", "GPT-4o"),
    Name("openai", "gpt-4o-2025-01-01"),
    Name("anthropic", "claude-sonnet-4-5-20251231"),
    Name("anthropic", "claude-3-7-sonnet-20250219"),
    Name("302ai", "gpt-5.4-mini-2026-03-17"),
    Name("openai", "ft:gpt-9:acme::abc"),
    Name("openai", "ft:"),
    Name("anthropic", "ft:claude-opus-5:acme::abc"),
    Name(None, "ft:claude-opus-5:acme::abc"),
    Name("openrouter", "openai/gpt-4o-mini:fast"),
    Name("openrouter", "openai/gpt-4o:free"),
    Name("openrouter", "openai/gpt-4o:batch"),
    Name("openrouter", "openai/gpt-9:online"),
    Name("openrouter", ":online"),
    Name("openai", "gpt-4o-mini:online"),
    Name("huggingface", "openai/gpt-oss-120b:nitro"),
    Name("openai", "gpt-4o[1m]"),
    Name("anthropic", "opus[1m]"),
    Name("anthropic", "claude-opus-4-6[2m]"),
    Name(None, "gpt-4o"),
    Name(None, "openai/openai/gpt-oss-20b"),
    Name(None, "openai/mlx-community/Qwen2.5-Coder-14B-Instruct-4bit"),
    Name(None, "groq/meta-llama/llama-4-maverick-17b-128e-instruct"),
    Name("openai", "azure/gpt-4o"),
    Name("no-such-provider", "gpt-4o"),
    Name("gcp.gen_ai", "gemini-2.5-flash"),
    Name("litellm", "azure/gpt-4o"),
    Name(None, ""),
    Name("openai", ""),
    Name(None, "%FF@openai"),
    Name(None, "gpt-4o", base_url="https://llm.acme.example/v1"),
    Name(None, "gpt-4o", base_url="https://api.openai.com.acme.example/v1"),
    Name(None, "gpt-4o", base_url="https://acme.example/api.openai.com"),
    Name(None, "gpt-4o", base_url="http://127.0.0.1:1234/v1"),
    Name(None, "gpt-4o", base_url="https://[broken"),
    Name("openai", "gpt-4o-mini", base_url="https://openrouter.ai/api/v1"),
    Name(None, "openai/gpt-4o", base_url="https://models.inference.ai.azure.com"),
]


def ask(name: Name, snapshot: llm_models.Snapshot) -> tuple[str | None, str | None]:
    """The model and the rule that `match_names` finds for a name."""
    found = snapshot.match_names(name.provider, name.model, name.base_url)
    assert found.requested == name.model
    return None if found.model is None else found.model.spec, found.rule
