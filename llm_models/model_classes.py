"""Model classes: which provider the name of a class, a function, a variable or a key states; data, and its reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llm_models.known_names import SERVERS
from llm_models.modelspec import fold_provider

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL = ""
"""In place of a provider: the model runs on one's own machine, so no provider can retire it."""
WEIGHTS = "/"
"""In place of a provider: a text with a `/` names open weights, which are downloaded and stay."""

CLASSES: dict[str, str] = {
    **dict.fromkeys(("anthropicvertex", "chatanthropicvertex"), "google_vertex_anthropic"),
    **dict.fromkeys(("chattongyi", "tongyi"), "alibaba"),
    **dict.fromkeys(("claude", "anthropicchat"), "anthropic"),
    **dict.fromkeys(("chatwatsonx", "watsonxllm", "watsonxembeddings"), "watsonx"),
    **dict.fromkeys(("googlevertexmodel", "vertexaimodelgarden"), "google_vertex"),
    **dict.fromkeys(
        (
            "from_pretrained", "pipeline", "sentencetransformer", "crossencoder", "hf_hub_download",
            "snapshot_download", "huggingfacepipeline", "huggingfaceembeddings", "model_name_or_path",
            "tokenizer_name_or_path", "base_model_name_or_path", "tokenizer", "tokenizer_name", "repo_id",
        ),
        WEIGHTS,
    ),
}  # fmt: skip
"""Names, whole and in lower case, whose provider is not one of their words."""

COMMON = frozenset([
    "above", "amd", "bailing", "bee", "claudinio", "crof", "custom", "echo", "exo", "hyper", "inco", "infer",
    "inference", "infinity", "jan", "kilo", "lilac", "llama", "meta", "modal", "modelis", "nan", "neon", "nova",
    "pareto", "petals", "pioneer", "poe", "qwen", "sap", "submodel", "synthetic", "tempr", "transcribe", "triton",
])  # fmt: skip
"""Providers and servers that are also common words or families of models: they count only as a whole text."""

_WORDS = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_FILLING = frozenset({"async", "chat", "completions", "embedding", "embeddings", "llm", "model"})
"""Words of the names of classes that stand between the words of a provider: `AzureChatOpenAI`."""
_MOST = 12
"""How many words of a name are read."""


def compact(providers: Mapping[str, str]) -> dict[str, str]:
    """The names of providers without `_`, each with its provider; and those of servers, with `LOCAL`."""
    named = {name.replace("_", ""): LOCAL for name in SERVERS if name not in COMMON}
    return named | {name.replace("_", ""): one for name, one in providers.items() if name not in COMMON}


def provider_in(text: str, named: Mapping[str, str]) -> str | None:
    """The provider that a name states by its words, of the most of them; `LOCAL` for none at all, None if unknown.

    >>> named = compact({"openai": "openai", "azure_openai": "azure"})
    >>> [provider_in(text, named) for text in ("ChatOpenAI", "AsyncAzureOpenAI", "OPENAI_MODEL", "ChatOllama", "model")]
    ['openai', 'azure', 'openai', '', None]
    """
    last = re.split(r"[.\s]+", text.strip())
    for part in (text, *last):
        if (whole := CLASSES.get(part.lower(), CLASSES.get(fold_provider(part)))) is not None:
            return whole
    words = [low for word in _WORDS.findall(text)[:_MOST] if (low := word.lower()) not in _FILLING]
    for size in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            found = named.get("".join(words[start : start + size]))
            if found is not None:
                return found
    return None
