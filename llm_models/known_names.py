"""Known names: words that tools use as the name of a provider, and that the catalogue does not have as one; data only.

A word with a meaning is never corrected to a name that is only spelled alike: `grok` is not `groq`. Names are in the
spelling of `modelspec.fold_provider`. A provider of the catalogue, or an alias of one, comes before these tables.
"""

from __future__ import annotations

FAMILIES: dict[str, tuple[str, ...]] = {
    "chatgpt": ("openai",),
    "claude": ("anthropic",),
    "codestral": ("mistral",),
    "command": ("cohere",),
    "command_r": ("cohere",),
    "devstral": ("mistral",),
    "doubao": ("volcengine",),
    "fugu": ("sakana",),
    "gemma": ("google",),
    "glm": ("zai", "zhipuai"),
    "gpt": ("openai",),
    "gpt_oss": ("openai",),
    "granite": ("watsonx",),
    "grok": ("xai",),
    "jamba": ("ai21",),
    "kimi": ("moonshotai",),
    "laguna": ("poolside",),
    "magistral": ("mistral",),
    "mercury": ("inception",),
    "mimo": ("xiaomi",),
    "ministral": ("mistral",),
    "mixtral": ("mistral",),
    "muse": ("meta",),
    "nemotron": ("nvidia",),
    "phi": ("azure",),
    "pixtral": ("mistral",),
    "qwq": ("alibaba",),
    "seed": ("volcengine",),
    "solar": ("upstage",),
    "sonar": ("perplexity",),
    "trinity": ("arcee",),
    "voxtral": ("mistral",),
}
"""Families of models that people write in place of their maker's provider."""

MAKERS: frozenset[str] = frozenset(name for names in FAMILIES.values() for name in names)
"""Providers that serve models of their own."""

BRANDS: dict[str, tuple[str, ...]] = {
    "ai_studio": ("google",),
    "bytedance": ("volcengine",),
    "copilot": ("github_copilot",),
    "gcp": ("google_vertex", "google"),
    "gcp_gen_ai": ("google", "google_vertex"),
    "google_ai_studio": ("google",),
    "groqcloud": ("groq",),
    "ibm": ("watsonx",),
    "ibm_watsonx_ai": ("watsonx",),
    "microsoft": ("azure",),
    "vertex": ("google_vertex",),
    "watsonx_text": ("watsonx",),
}
"""Names of companies and platforms, with the providers that they may mean, the most likely first."""

SERVERS: frozenset[str] = frozenset([
    "aphrodite", "docker_model_runner", "exo", "gpt4all", "hosted_vllm", "infinity", "jan", "koboldcpp", "lemonade",
    "llama_cpp", "llama_server", "llama_stack", "llamacpp", "llamafile", "llamastack", "lmdeploy", "localai", "mlx",
    "mlx_lm", "ollama", "ollama_chat", "oobabooga", "openllm", "openvino", "petals", "ramalama", "sglang", "tabbyapi",
    "text_gen_webui", "text_generation_inference", "text_generation_webui", "tgi", "triton", "vllm", "xinference",
])  # fmt: skip
"""Servers that run on one's own machines."""

PROXIES: frozenset[str] = frozenset([
    "a2a", "a2a_agent", "aiohttp_openai", "auto_router", "bifrost", "clf_ai_gateway", "cursor", "custom",
    "custom_openai", "dotprompt", "humanloop", "langflow", "langfuse", "langgraph", "langsmith", "litellm",
    "litellm_agent", "litellm_proxy", "microsoft_365_copilot", "openai_compatible", "openai_like", "portkey", "ragflow",
    "strands_decider",
])  # fmt: skip
"""Proxies, routers and tools, and names that only state a protocol."""

SERVICES: frozenset[str] = frozenset([
    "aiml", "aleph_alpha", "anyscale", "apertis", "assemblyai", "aws_polly", "aws_textract", "azure_speech",
    "baidu", "bespoke", "black_forest_labs", "bytez", "charity_engine", "cognition", "cometapi", "compactifai",
    "darkbloom", "datarobot", "deepgram", "elevenlabs", "empower", "eu_jev", "exa_ai", "fal", "fal_ai",
    "featherless", "featherless_ai", "galadriel", "gdc", "gigachat", "heroku", "hostinger_router", "hyperbolic",
    "inferenceapis", "jina", "jina_ai", "kyma", "lambda", "lambda_ai", "laya", "libertai", "manus", "maritalk",
    "milvus", "mongodb", "nace", "nadir", "neosantara", "nlp_cloud", "nscale", "nvidia_riva", "openinfer",
    "opensearch", "parallel_ai", "parasail", "pg_vector", "pinstripes", "predibase", "prism", "publicai",
    "qwen_ai_platform", "qwencloud", "recraft", "reducto", "refuseless", "reka", "replicate", "runwayml",
    "s3_vectors", "sagemaker", "sagemaker_chat", "sagemaker_nova", "sail", "sambanova", "scaledown", "soniox",
    "stability", "streamlake", "tencent", "tensormesh", "topaz", "transcribe", "typesafe", "valkey", "voyage",
    "voyage_ai", "voyageai", "wally", "writer", "zerogpu",
])  # fmt: skip
"""Services that the catalogue does not have."""

OUTSIDE = SERVERS | PROXIES | SERVICES
"""Well-known names without a provider in the catalogue."""

PROTOCOLS: frozenset[str] = frozenset(["openai"])
"""Providers whose name, before a `/`, also states the protocol of a server that is not theirs."""

PREFIXES: dict[str, str] = {"models": "google", "publishers": "google_vertex"}
"""Beginnings of the names that an API gives to its models, before a `/`, with the provider of that API."""


def providers_meant(name: str) -> tuple[str, ...] | None:
    """The providers that a known name may mean, none for one without a provider; None for a word that is not known.

    >>> providers_meant("grok"), providers_meant("ollama"), providers_meant("opnai")
    (('xai',), (), None)
    """
    return () if name in OUTSIDE else FAMILIES.get(name) or BRANDS.get(name)
