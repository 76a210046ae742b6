"""The OpenAI SDK: base URL, key and model id for each provider that uses its protocol. It never imports the SDK.

Upstream names a client for each provider (`extra.npm`), or for a model (`extra.provider.npm`); this decides whether it
uses the protocol.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from glom import Coalesce, T, glom

from llm_models import store
from llm_models.errors import LLMModelsError, printable
from llm_models.integrations.trust import distrusted

if TYPE_CHECKING:
    from llm_models.snapshot import Snapshot, Spec

__all__ = ["ENDPOINTS", "NO_KEY", "OPTIONS", "SPEAKERS", "ClientOptions", "ClientOptionsError", "client_options"]

OPTIONS = {
    "model": T["model"]["provider_model_id"],
    "client": Coalesce(T["model"]["extra"]["provider"]["npm"], T["provider"]["extra"]["npm"], default=None),
    "base_url": Coalesce(T["model"]["extra"]["provider"]["api"], T["provider"]["base_url"], default=None),
    "env": Coalesce(T["provider"]["env"], default=[]),
}
"""Our records of a model and its provider -> the values for an OpenAI client."""

SPEAKERS = {
    "@ai-sdk/openai": "https://platform.openai.com/docs/api-reference",
    "@ai-sdk/openai-compatible": "https://ai-sdk.dev/providers/openai-compatible-providers",
    "@ai-sdk/cerebras": "https://inference-docs.cerebras.ai/resources/openai",
    "@ai-sdk/deepinfra": "https://deepinfra.com/docs/openai_api",
    "@ai-sdk/gateway": "https://vercel.com/docs/ai-gateway/openai-compat",
    "@ai-sdk/groq": "https://console.groq.com/docs/openai",
    "@ai-sdk/perplexity": "https://docs.perplexity.ai/guides/chat-completions-guide",
    "@ai-sdk/togetherai": "https://docs.together.ai/docs/openai-api-compatibility",
    "@ai-sdk/vercel": "https://v0.app/docs/api/model",
    "@ai-sdk/xai": "https://docs.x.ai/docs/overview",
    "@aihubmix/ai-sdk-provider": "https://docs.aihubmix.com/en/quick-start",
    "@openrouter/ai-sdk-provider": "https://openrouter.ai/docs/quickstart",
    "venice-ai-sdk-provider": "https://docs.venice.ai/api-reference/api-spec",
}
"""Upstream's name of a client -> where its provider documents that the base URL accepts OpenAI's requests."""

ENDPOINTS = {
    "https://api.cerebras.ai": "https://api.cerebras.ai/v1",
    "https://api.groq.com": "https://api.groq.com/openai/v1",
}
"""Base URLs that a provider's own client completes -> the base URL that the provider documents for OpenAI clients."""

NO_KEY = ("_ACCOUNT", "_ACCOUNT_ID", "_BASE_URL", "_ENDPOINT", "_GATEWAY_ID", "_HOST", "_LOCATION", "_PROJECT",
          "_REGION", "_RESOURCE_NAME", "_URL")  # fmt: skip
"""How variables end that are a setting and not a key; providers list both."""

_REQUEST_PATHS = ("/chat/completions", "/responses")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class ClientOptionsError(LLMModelsError, ValueError):
    """No client can be built. `spec` names the model; `variables` are the missing variables, never their values."""

    spec: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """What an OpenAI client needs for one model: `client` is its arguments, `model` is the id for each request."""

    base_url: str
    model: str
    api_key: str = field(repr=False)

    @property
    def client(self) -> dict[str, Any]:
        """The arguments of `openai.OpenAI` and `openai.AsyncOpenAI`, including the key."""
        return {"base_url": self.base_url, "api_key": self.api_key}


def client_options(
    spec: Spec,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    trust_discovered: bool = False,
    snapshot: Snapshot | None = None,
) -> ClientOptions:
    """The base URL, key and model id with which an OpenAI client reaches a model. It does not go online.

    The key is the first variable of the provider's `env` that is set and is not a setting (`NO_KEY`). `base_url` and
    `api_key` replace those of the catalogue, `snapshot` replaces the published one. `trust_discovered` lets an
    `llm_models.toml` that was found by walking up, not named, decide where the key of a packaged provider goes.

    Raises `ClientOptionsError` if the provider does not use the protocol, has no base URL or one that contains
    `${NAME}`, or its key is not set; the message names variables, never their values. Raises the errors of `resolve`.

    >>> import os
    >>> os.environ["GROQ_API_KEY"] = "gsk-example"
    >>> client_options("groq:openai/gpt-oss-20b")
    ClientOptions(base_url='https://api.groq.com/openai/v1', model='openai/gpt-oss-20b')
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    model = snapshot.resolve(spec)
    provider = snapshot.get_provider(model.provider)
    stated: dict[str, Any] = glom({"model": model.to_dict(), "provider": provider.to_dict()}, OPTIONS)
    name = printable(model.spec)
    if stated["client"] not in SPEAKERS:
        raise ClientOptionsError(f"{name} {_other_protocol(stated['client'])}", spec=model.spec)
    if base_url is None:
        _check_base_url(stated["base_url"], name, model.spec, model.provider)
    names = tuple(dict.fromkeys(_key_variables(stated["env"], str(stated["base_url"]))))
    claim = distrusted(
        snapshot, model, stated["base_url"] if base_url is None else None, names if api_key is None else ()
    )
    if claim is not None and not trust_discovered:
        raise ClientOptionsError(
            f"{name}: {claim} differs from the packaged catalogue, and comes from a configuration that was found by "
            "walking up, not named. Name it (load(config=...) or LLM_MODELS_CONFIG), or pass trust_discovered=True",
            spec=model.spec,
        )
    own: str = stated["base_url"]
    url = base_url or ENDPOINTS.get(own, own)
    return ClientOptions(base_url=url, model=stated["model"], api_key=api_key or _key(names, name, model.spec))


def _other_protocol(client: object) -> str:
    if client is None:
        return (
            "has no stated protocol: state npm = '@ai-sdk/openai-compatible' for its provider in llm_models.toml "
            "if it accepts OpenAI's requests"
        )
    return f"is not served by OpenAI's protocol, but by that of '{printable(client)}'"


def _check_base_url(url: object, name: str, spec: str, provider: str) -> None:
    """Raise `ClientOptionsError` for a base URL that no client can use."""
    state = f"pass base_url=, or state it for the provider {provider} in llm_models.toml"
    if not isinstance(url, str) or not url:
        raise ClientOptionsError(f"{name}: no base URL is known; {state}", spec=spec)
    open_names = tuple(dict.fromkeys(_PLACEHOLDER.findall(url)))
    if open_names:
        raise ClientOptionsError(
            f"{name}: the base URL needs a value for {printable(', '.join(open_names))}; {state}",
            spec=spec,
            variables=open_names,
        )
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ClientOptionsError(f"{name}: the base URL is not the address of a web server; {state}", spec=spec)
    if parts.path.rstrip("/").endswith(_REQUEST_PATHS):
        raise ClientOptionsError(f"{name}: the base URL includes the path of a request; {state}", spec=spec)


def _key_variables(env: list[str], url: str) -> list[str]:
    """The variables of a provider that may be its key: not settings, and not parts of the base URL."""
    parts = _PLACEHOLDER.findall(url)
    return [variable for variable in env if variable not in parts and not variable.endswith(NO_KEY)]


def _key(names: tuple[str, ...], name: str, spec: str) -> str:
    for variable in names:
        key = os.environ.get(variable, "").strip()
        if key:
            return key
    if not names:
        raise ClientOptionsError(f"{name}: no variable for its key is known; pass api_key=", spec=spec)
    listed = printable(" or ".join(names))
    raise ClientOptionsError(f"{name}: its key is not set; set {listed}, or pass api_key=", spec=spec, variables=names)
