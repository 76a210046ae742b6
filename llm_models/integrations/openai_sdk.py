"""The OpenAI SDK: base URL, key and model id for every provider that uses its protocol; never imports the SDK.

A provider uses the protocol if it states an `openai_base_url`, or if the client that upstream names for it
(`extra.npm`), or for a model (`extra.provider.npm`) where that differs, is in `SPEAKERS`. The `apis` of a model can
state it, too. An explicit base URL answers the question.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from glom import Coalesce, T, glom

from llm_models import store
from llm_models.addresses import REQUESTS, is_loopback
from llm_models.endpoints import own_address
from llm_models.errors import LLMModelsError, printable

if TYPE_CHECKING:
    from llm_models.endpoints import Endpoint
    from llm_models.records import Model, Provider
    from llm_models.snapshot import Snapshot, Spec

__all__ = [
    "APIS",
    "CLIENT",
    "IDS",
    "NOT_KEYS",
    "NO_KEY",
    "SPEAKERS",
    "ClientOptions",
    "ClientOptionsError",
    "client_options",
    "key_of",
]

CLIENT = Coalesce(T["model"]["extra"]["provider"]["npm"], T["provider"]["extra"]["npm"], default=None)
"""Our records of a model and its provider -> upstream's name of the client."""

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

APIS = frozenset(("chat", "responses", "completions", "embeddings", "images", "audio", "realtime"))
"""The `apis` of a model that are OpenAI's."""

_ITS_OWN = frozenset(("chat", "responses"))
"""Those of `APIS` that no other protocol has: they count where another client is named, too."""

IDS = {"google_vertex": "google/{id}"}
"""Provider -> the id that its `openai_base_url` takes. Where none is stated, it is the one that `endpoint()` gives."""

_OF_AWS = "it signs requests of AWS's own clients"
_OF_GOOGLE = "it names a file, and Google's own libraries get tokens with it"

NOT_KEYS = {
    "amazon_bedrock": {"AWS_ACCESS_KEY_ID": _OF_AWS, "AWS_SECRET_ACCESS_KEY": _OF_AWS},
    "github_copilot": {"GITHUB_TOKEN": "Copilot accepts only short-lived tokens that its own sign-in issues"},
    "gitlab": {"GITLAB_TOKEN": "GitLab's own client gets tokens with it"},
    "google_vertex": {"GOOGLE_APPLICATION_CREDENTIALS": _OF_GOOGLE},
    "google_vertex_anthropic": {"GOOGLE_APPLICATION_CREDENTIALS": _OF_GOOGLE},
    "sap_ai_core": {"AICORE_SERVICE_KEY": "it is a JSON text, and SAP's own client gets tokens with it"},
    "watsonx": {"WATSONX_AI_APIKEY": "IBM's own client gets tokens with it"},
}
"""Provider -> variable -> why its value is no key that an OpenAI client can send, although it looks like one."""

NO_KEY = "no-key-needed"
"""The key for a provider that needs none (`env = []`): OpenAI's client demands one."""

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class ClientOptionsError(LLMModelsError, ValueError):
    """There are no options for this model, `spec`. `variables` names the missing variables, without their values.

    `problem` is the message without the spec and without arguments that would help: for callers that do not have them.
    """

    spec: str
    variables: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """What an OpenAI client needs for one model: `client` is its arguments (`base_url` and `api_key`), `model` the id
    for each request.

    `apis` are those of OpenAI's APIs that the model is known to support, and with them the call: `chat` is
    `client.chat.completions.create`, `responses` is `client.responses.create`, and so on. Empty: not stated.
    """

    base_url: str
    model: str
    api_key: str = field(repr=False)
    apis: tuple[str, ...] = ()

    @property
    def client(self) -> dict[str, Any]:
        """The arguments of `openai.OpenAI` and `openai.AsyncOpenAI`, including the key."""
        return {"base_url": self.base_url, "api_key": self.api_key}


def client_options(
    spec: Spec,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    snapshot: Snapshot | None = None,
    **removed: object,
) -> ClientOptions:
    """The base URL, key and model id with which an OpenAI client reaches a model. Nothing goes online.

    The key is in the first of the endpoint's `key_variables` that is set, except those in `NOT_KEYS`; for a provider
    that states `env = []` it is `NO_KEY`. `base_url` and `api_key` replace those of the catalogue, `snapshot` replaces
    the published one. With `base_url` the protocol is not checked: you state that this address accepts it.

    Raises `ClientOptionsError`, with names of variables but never a value, where the provider does not use the
    protocol, there is no base URL or one that contains `${NAME}`, or its key is not set or is none; else as
    `llm_models.endpoint`.

    >>> import os
    >>> os.environ["GROQ_API_KEY"] = "gsk-example"
    >>> client_options("groq:openai/gpt-oss-20b")
    ClientOptions(base_url='https://api.groq.com/openai/v1', model='openai/gpt-oss-20b', apis=())
    """
    if removed:
        hint = " It was removed: name the file, load(config=...) with its absolute path." * (
            "trust_discovered" in removed
        )
        raise TypeError(f"client_options() has no argument {next(iter(removed))!r}.{hint}")
    base_url, api_key = base_url or None, api_key or None  # empty is not given, and must not skip a check
    snapshot = store.snapshot() if snapshot is None else snapshot
    model = snapshot.resolve(spec)
    provider = snapshot.get_provider(model.provider)
    is_own = "provider" in model.extra  # its own client and address come before those of its provider
    if base_url is None:
        _check_protocol(model, provider, is_own)
    endpoint = snapshot.endpoint(spec, base_url=base_url, with_key=api_key is not None)
    url = _usable(endpoint.openai_base_url, model, given=base_url is not None)
    key = api_key or key_of(endpoint, model, local=is_loopback(urlsplit(url).hostname or ""))
    sent = endpoint.model_id if is_own else IDS.get(model.provider, "{id}").replace("{id}", endpoint.model_id)
    return ClientOptions(base_url=url, model=sent, api_key=key, apis=tuple(filter(APIS.__contains__, model.apis)))


def _check_protocol(model: Model, provider: Provider, is_own: bool) -> None:
    """Refuses a model whose address speaks another protocol, or an unknown one."""
    client = glom({"model": model.to_dict(), "provider": provider.to_dict()}, CLIENT)
    client = client if isinstance(client, str) else None  # a configuration may put anything into extra
    stated = not (APIS if client is None else _ITS_OWN).isdisjoint(model.apis)
    if stated or client in SPEAKERS or (provider.openai_base_url is not None and not is_own):
        return
    if client is None:
        state = "state openai_base_url for it in llm_models.toml, or apis = ['chat'] for the model"
        why = "the protocol of its provider is not stated"
        raise _refused(model, f"{why}; if it accepts OpenAI's requests, {state}")
    facts = [f"openai_base_url for the provider {model.provider}"] * (own_address({"extra": model.extra}) is None)
    facts += ["apis = ['chat'] for the model"] * is_own
    why = f"it is not served by OpenAI's protocol, but by that of '{printable(client)}'"
    why += "; if you have an address that accepts OpenAI's requests, "
    raise _refused(model, why, "pass base_url=, or ", f"state {' and '.join(facts)} in llm_models.toml")


def _refused(
    model: Model, why: str, argument: str = "", rest: str = "", variables: tuple[str, ...] = ()
) -> ClientOptionsError:
    """The error; `argument` is the part of its message that only those can follow who called with arguments."""
    text, problem = f"{why}{argument}{rest}", f"{why}{rest}"
    return ClientOptionsError(f"{printable(model.spec)}: {text}", spec=model.spec, variables=variables, problem=problem)


def _usable(url: str | None, model: Model, *, given: bool) -> str:
    """A base URL for OpenAI clients. Refuses one that no client could use unchanged, also one that was `given`."""
    names = tuple(dict.fromkeys(_PLACEHOLDER.findall(url or "")))
    parts = urlsplit(url or "")
    if not url:
        why = "no base URL is known"
    elif names:
        why = f"its base URL contains {printable(', '.join(names))}, which you must fill in"
    elif parts.scheme not in {"http", "https"} or not parts.hostname:
        why = "the base URL is not the address of a web server"
    elif parts.path.rstrip("/").endswith(REQUESTS):
        why = "the base URL is the address of one request"
    else:
        return url
    if given:
        raise _refused(model, f"{why}; pass another base_url=", variables=names)
    state = f"state it for the provider {model.provider} in llm_models.toml"
    raise _refused(model, f"{why}; ", "pass base_url=, or ", state, names)


def key_of(endpoint: Endpoint, model: Model, *, local: bool = False) -> str:
    """The key to send to an endpoint of a model, from the environment.

    `NO_KEY` where none is needed, and where none is set for a server of this machine (`local`).

    Raises `ClientOptionsError` where there is none, and for a text that no header can hold: HTTP libraries raise an
    error that shows it.
    """
    others = NOT_KEYS.get(model.provider, {})
    names = tuple(name for name in endpoint.key_variables if name not in others)
    key, name = next(((key, name) for name in names if (key := os.environ.get(name, "").strip())), ("", ""))
    if key and key.isascii() and key.isprintable():
        return key
    if key:
        why = f"{printable(name)} holds no key: it has line breaks or other characters that no header can hold"
        raise _refused(model, f"{why}; set it again", ", or pass api_key=", variables=(name,))
    if endpoint.needs_key is False or local:
        return NO_KEY  # a server of this machine that wants one answers so
    if not names and endpoint.key_variables:
        why = "; ".join(f"{name} is no key for it: {others[name]}" for name in endpoint.key_variables)
        raise _refused(model, why, ". Pass api_key= with a key or token that its API accepts")
    if not names:
        why = "no variable is known that holds its key; "
        state = "state env for its provider (env = [] if it needs none)"
        raise _refused(model, why, "pass api_key=, or ", state)
    why = f"its key is not set; set {printable(' or '.join(names))}"
    raise _refused(model, why, ", or pass api_key=", variables=names)
