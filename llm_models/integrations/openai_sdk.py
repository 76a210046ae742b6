"""The OpenAI SDK: base URL, key and model id for every provider that uses its protocol; never imports the SDK.

The client that upstream names for a provider (`extra.npm`), or for a model (`extra.provider.npm`) where that differs,
tells whether it uses the protocol.
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
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec

__all__ = ["ENDPOINTS", "NO_KEY", "OPTIONS", "SPEAKERS", "ClientOptions", "ClientOptionsError", "client_options"]

OPTIONS = {
    "model": T["model"]["provider_model_id"],
    "client": Coalesce(T["model"]["extra"]["provider"]["npm"], T["provider"]["extra"]["npm"], default=None),
    "base_url": Coalesce(T["model"]["extra"]["provider"]["api"], T["provider"]["base_url"], default=None),
    "env": Coalesce(T["provider"]["env"], default=[]),
}
"""Our records of a model and its provider -> the values that an OpenAI client needs."""

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
"""Upstream's name of a client -> the page that documents that the base URL accepts OpenAI's requests."""

ENDPOINTS = {
    "https://api.cerebras.ai": "https://api.cerebras.ai/v1",
    "https://api.groq.com": "https://api.groq.com/openai/v1",
}
"""A base URL that the provider's own client completes -> the one that the provider documents for OpenAI clients."""

NO_KEY = ("_ACCOUNT", "_ACCOUNT_ID", "_BASE_URL", "_ENDPOINT", "_GATEWAY_ID", "_HOST", "_LOCATION", "_PROJECT",
          "_REGION", "_RESOURCE_NAME", "_URL")  # fmt: skip
"""Endings of variables for settings: providers list these together with the variable for their key."""

_REQUEST_PATHS = ("/chat/completions", "/responses")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class ClientOptionsError(LLMModelsError, ValueError):
    """There are no options for this model, `spec`. `variables` names the missing variables, without their values."""

    spec: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """What an OpenAI client needs for one model: `client` is its arguments, `model` the id for each request."""

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
    """The base URL, key and model id with which an OpenAI client reaches a model. Nothing goes online.

    The key is in the first variable of the provider's `env` that is set and is not a setting (`NO_KEY`). `base_url`
    and `api_key` replace those of the catalogue, `snapshot` replaces the published one. With `trust_discovered`, an
    `llm_models.toml` that was found, not named, may decide where the key of a packaged provider goes.

    Raises `ClientOptionsError`, with names of variables but never a value, where the provider does not use the
    protocol, has no base URL or one that contains `${NAME}`, or its key is not set; else as `resolve`.

    >>> import os
    >>> os.environ["GROQ_API_KEY"] = "gsk-example"
    >>> client_options("groq:openai/gpt-oss-20b")
    ClientOptions(base_url='https://api.groq.com/openai/v1', model='openai/gpt-oss-20b')
    """
    base_url, api_key = base_url or None, api_key or None  # empty is not given, and must not skip a check
    snapshot = store.snapshot() if snapshot is None else snapshot
    model = snapshot.resolve(spec)
    provider = snapshot.get_provider(model.provider)
    stated = glom({"model": model.to_dict(), "provider": provider.to_dict()}, OPTIONS)
    client = stated["client"]
    if client is None:
        npm = "npm = '@ai-sdk/openai-compatible' for it in llm_models.toml if it accepts OpenAI's requests"
        raise _refused(model, f"the protocol of its provider is not stated; state {npm}")
    if client not in SPEAKERS:
        raise _refused(model, f"it is not served by OpenAI's protocol, but by that of '{printable(client)}'")
    if base_url is None:
        _check_base_url(stated["base_url"], model)
    parts = _PLACEHOLDER.findall(str(stated["base_url"]))
    keys = (name for name in stated["env"] if name not in parts and not name.endswith(NO_KEY))
    names = tuple(dict.fromkeys(keys))
    own_url, own_names = None if base_url is not None else stated["base_url"], names if api_key is None else ()
    claim = None if trust_discovered else distrusted(snapshot, model, own_url, own_names)
    if claim is not None:
        why = f"{claim} differs from the packaged catalogue, and comes from a configuration that was found, not named"
        raise _refused(model, f"{why}. Name it (load(config=...) or LLM_MODELS_CONFIG), or pass trust_discovered=True")
    url = str(base_url or ENDPOINTS.get(stated["base_url"], stated["base_url"]))
    return ClientOptions(base_url=url, model=stated["model"], api_key=api_key or _key(names, model))


def _refused(model: Model, why: str, variables: tuple[str, ...] = ()) -> ClientOptionsError:
    return ClientOptionsError(f"{printable(model.spec)}: {why}", spec=model.spec, variables=variables)


def _check_base_url(url: object, model: Model) -> None:
    """Refuse a base URL that no client could use unchanged."""
    state = f"pass base_url=, or state it for the provider {model.provider} in llm_models.toml"
    if not isinstance(url, str) or not url:
        raise _refused(model, f"no base URL is known; {state}")
    names = tuple(dict.fromkeys(_PLACEHOLDER.findall(url)))
    if names:
        why = f"its base URL contains {printable(', '.join(names))}, which you must fill in"
        raise _refused(model, f"{why}; {state}", names)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _refused(model, f"the base URL is not the address of a web server; {state}")
    if parts.path.rstrip("/").endswith(_REQUEST_PATHS):
        raise _refused(model, f"the base URL is the address of one request; {state}")


def _key(names: tuple[str, ...], model: Model) -> str:
    key = next(filter(None, (os.environ.get(name, "").strip() for name in names)), "")
    if key:
        return key
    if not names:
        raise _refused(model, "no variable is known that holds its key; pass api_key=")
    raise _refused(model, f"its key is not set; set {printable(' or '.join(names))}, or pass api_key=", names)
