"""The OpenAI SDK: base URL, key and model id for every provider that speaks its protocol; never imports it.

Whether a provider does is told by the client that upstream names for it (`extra.npm`), of a model by
`extra.provider.npm` where that differs.
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
"""Our records of a model and its provider -> what an OpenAI client is made from."""

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
"""Upstream's name of a client -> where its provider documents that the base URL takes OpenAI's requests."""

ENDPOINTS = {
    "https://api.cerebras.ai": "https://api.cerebras.ai/v1",
    "https://api.groq.com": "https://api.groq.com/openai/v1",
}
"""Base URLs that a provider's own client completes -> the base URL that it documents for OpenAI clients."""

NO_KEY = ("_ACCOUNT", "_ACCOUNT_ID", "_BASE_URL", "_ENDPOINT", "_GATEWAY_ID", "_HOST", "_LOCATION", "_PROJECT",
          "_REGION", "_RESOURCE_NAME", "_URL")  # fmt: skip
"""Endings of variables that hold a setting: providers list those beside the variable of their key."""

_REQUEST_PATHS = ("/chat/completions", "/responses")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class ClientOptionsError(LLMModelsError, ValueError):
    """No client can be made. `spec` names the model; `variables` are those that are missing, never their values."""

    spec: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """What an OpenAI client needs for one model: `client` are its arguments, `model` is the id for each request."""

    base_url: str
    model: str
    api_key: str = field(repr=False)

    @property
    def client(self) -> dict[str, Any]:
        """The arguments of `openai.OpenAI` and `openai.AsyncOpenAI`, the key among them."""
        return {"base_url": self.base_url, "api_key": self.api_key}


def client_options(
    spec: Spec,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    trust_discovered: bool = False,
    snapshot: Snapshot | None = None,
) -> ClientOptions:
    """The base URL, key and model id with which an OpenAI client reaches a model; nothing goes online.

    The key is the first variable of the provider's `env` that is set and no setting (`NO_KEY`). `base_url` and
    `api_key` stand in for those of the catalogue, `snapshot` for the published one. `trust_discovered` lets an
    `llm_models.toml` that was merely found, not named, decide where a packaged provider's key goes.

    Raises `ClientOptionsError`, which names variables and never prints a value, where the provider does not speak
    the protocol, states no base URL or one with `${NAME}` in it, or its key is not set; else as `resolve`.

    >>> import os
    >>> os.environ["GROQ_API_KEY"] = "gsk-example"
    >>> client_options("groq:openai/gpt-oss-20b")
    ClientOptions(base_url='https://api.groq.com/openai/v1', model='openai/gpt-oss-20b')
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    model = snapshot.resolve(spec)
    provider = snapshot.get_provider(model.provider)
    stated = glom({"model": model.to_dict(), "provider": provider.to_dict()}, OPTIONS)
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
            f"{name}: {claim} is not that of the packaged catalogue, and comes from a configuration that was found, "
            "not named. Name it (load(config=...) or LLM_MODELS_CONFIG), or pass trust_discovered=True",
            spec=model.spec,
        )
    url = base_url or ENDPOINTS.get(stated["base_url"], stated["base_url"])
    return ClientOptions(base_url=url, model=stated["model"], api_key=api_key or _key(names, name, model.spec))


def _other_protocol(client: object) -> str:
    if client is None:
        return (
            "does not say which protocol its provider speaks: state npm = '@ai-sdk/openai-compatible' for the provider "
            "in llm_models.toml if it takes OpenAI's requests"
        )
    return f"is not served by OpenAI's protocol, but by that of '{printable(client)}'"


def _check_base_url(url: object, name: str, spec: str, provider: str) -> None:
    """Refuse what no client could use as it stands."""
    state = f"pass base_url=, or state it for the provider {provider} in llm_models.toml"
    if not isinstance(url, str) or not url:
        raise ClientOptionsError(f"{name}: no base URL is known; {state}", spec=spec)
    open_names = tuple(dict.fromkeys(_PLACEHOLDER.findall(url)))
    if open_names:
        raise ClientOptionsError(
            f"{name}: the base URL is yours to complete, it holds {printable(', '.join(open_names))}; {state}",
            spec=spec,
            variables=open_names,
        )
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ClientOptionsError(f"{name}: the base URL is no address of a web server; {state}", spec=spec)
    if parts.path.rstrip("/").endswith(_REQUEST_PATHS):
        raise ClientOptionsError(f"{name}: the base URL is the address of one request; {state}", spec=spec)


def _key_variables(env: list[str], url: str) -> list[str]:
    """Of a provider's variables those that may hold its key: neither settings nor parts of the base URL."""
    parts = _PLACEHOLDER.findall(url)
    return [variable for variable in env if variable not in parts and not variable.endswith(NO_KEY)]


def _key(names: tuple[str, ...], name: str, spec: str) -> str:
    for variable in names:
        key = os.environ.get(variable, "").strip()
        if key:
            return key
    if not names:
        raise ClientOptionsError(f"{name}: no variable is known that holds its key; pass api_key=", spec=spec)
    listed = printable(" or ".join(names))
    raise ClientOptionsError(f"{name}: its key is not set; set {listed}, or pass api_key=", spec=spec, variables=names)
