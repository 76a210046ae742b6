"""LangChain: a model's record as a `ModelProfile`, and chat models by spec. LangChain is imported when it is used.

`image_url_inputs`, `image_tool_message`, `pdf_tool_message`, `tool_choice`, `reasoning_effort_default`,
`mid_conversation_system_messages` and `mid_conversation_tools` have no counterpart in our record. They are left out,
which means unknown to LangChain. So is a modality that a record does not list, except text and image: not every source
lists the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from glom import SKIP, Check, Coalesce, T, Val, glom

from llm_models import store
from llm_models.errors import printable
from llm_models.integrations import client_library
from llm_models.integrations.facts import facts
from llm_models.integrations.openai_sdk import ClientOptionsError, client_options, key_of

if TYPE_CHECKING:
    from langchain_core.language_models import (  # type: ignore[import-not-found, unused-ignore]
        BaseChatModel,
        ModelProfile,
    )

    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec

__all__ = ["ADAPTERS", "PROFILE", "Adapter", "chat_model", "profile"]


def _known(*specs: Any) -> Any:
    """The first of `specs` that finds a value; without one, the key is left out."""
    return Coalesce(*specs, default=SKIP)


def _listed(kinds: Any, kind: str) -> Any:
    """Whether a kind is listed; where it is not, False only for those that every source would list."""
    no = () if kind in ("text", "image") else (False,)
    return Coalesce((kinds.count(kind), bool), skip=no, default=SKIP)


_IN = T["modalities"]["input"]
_OUT = T["modalities"]["output"]
_CAN = T["capabilities"]

PROFILE = {
    "name": _known("name"),
    # A model may be both in beta and deprecated. That it is deprecated matters more.
    "status": _known((T["deprecated"], Check(equal_to=True), Val("deprecated")), "status"),
    "release_date": _known("release_date"),
    "last_updated": _known("last_updated"),
    "open_weights": _known("open_weights"),
    # The context window includes the answer, so the limit of the input comes first where it is stated.
    "max_input_tokens": _known("limits.input", "limits.context"),
    "max_output_tokens": _known("limits.output"),
    **{f"{kind}_inputs": _listed(_IN, kind) for kind in ("text", "image", "audio", "video", "pdf")},
    **{f"{kind}_outputs": _listed(_OUT, kind) for kind in ("text", "image", "audio", "video")},
    "reasoning_output": _known(_CAN["reasoning"]["enabled"]),
    "reasoning_effort_levels": _known((_CAN["reasoning"]["efforts"], list)),
    "tool_calling": _known(_CAN["tools"]["enabled"]),
    "tool_call_streaming": _known(_CAN["streaming"]["tool_calls"]),
    "structured_output": _known(_CAN["json"]["schema"]),
    "attachment": _known(_CAN["attachments"]),
    "temperature": _known(_CAN["temperature"]),
}
"""The facts of a model (`facts`) -> LangChain's profile. Limits are tokens on both sides."""


class Adapter(NamedTuple):
    """How LangChain's own client of a provider is built.

    `name` is LangChain's `model_provider`. `address` is the field of `endpoint()` that the client takes as its
    `base_url`; None: it knows the address, or gets it from its own settings. `key`: "needed"; "found": the client may
    find credentials without one, so a key is passed on only where its variable is set; "never": it takes no key.
    """

    name: str
    address: Literal["own", "openai"] | None = "own"
    key: Literal["needed", "found", "never"] = "needed"


ADAPTERS = {
    "amazon_bedrock": Adapter("bedrock_converse", None, "found"),
    "anthropic": Adapter("anthropic"),
    "azure": Adapter("azure_openai", None),
    "deepseek": Adapter("deepseek"),
    "fireworks_ai": Adapter("fireworks"),
    "google": Adapter("google_genai"),
    "google_vertex": Adapter("google_vertexai", None, "never"),
    "groq": Adapter("groq"),
    "mistral": Adapter("mistralai", "openai"),
    "openrouter": Adapter("openrouter"),
    "togetherai": Adapter("together"),
    "xai": Adapter("xai"),
}
"""Provider -> LangChain's client. Every other provider that speaks OpenAI's protocol has that of OpenAI."""


def chat_model(
    spec: Spec,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    snapshot: Snapshot | None = None,
    **kwargs: Any,
) -> BaseChatModel:
    """LangChain's chat model for a model: `init_chat_model` with the client, the address, the key and our profile.

    The client is the one in `ADAPTERS`, else that of OpenAI at the address of `client_options`, also for a model that
    has a client or an address other than its provider's (`extra.provider`). `base_url` and `api_key` replace those of
    the catalogue, `snapshot` replaces the published one; everything else is for the client.

    Raises `ClientOptionsError` for a model that does not chat, and as `client_options`; `ImportError` where LangChain
    or the package of the client is not installed.
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    model = snapshot.resolve(spec)
    if not model.capabilities.chat:
        raise ClientOptionsError(f"{printable(model.spec)}: it does not chat", spec=model.spec)
    make = client_library("langchain.chat_models", "langchain").init_chat_model
    adapter = ADAPTERS.get(model.provider) if "provider" not in model.extra else None
    if adapter is None:
        options = client_options(spec, base_url=base_url, api_key=api_key, snapshot=snapshot)
        name, wire_id, found = "openai", options.model, options.client
        if "responses" in options.apis and "chat" not in options.apis:
            found["use_responses_api"] = True
    else:
        name = adapter.name
        wire_id, found = _for_adapter(adapter, spec, model, snapshot, base_url, api_key)
    given = {"profile": profile(spec, snapshot=snapshot), **found, **kwargs}
    made: BaseChatModel = make(wire_id, model_provider=name, **given)
    return made


def _for_adapter(
    adapter: Adapter, spec: Spec, model: Model, snapshot: Snapshot, base_url: str | None, api_key: str | None
) -> tuple[str, dict[str, Any]]:
    """The id to send, and the address and key for a client of LangChain, as `endpoint()` gives them."""
    base_url, api_key = base_url or None, api_key or None  # empty is not given, and must not skip a check
    endpoint = snapshot.endpoint(spec, base_url=base_url, with_key=api_key is not None)
    stated = {"own": endpoint.base_url, "openai": endpoint.openai_base_url, None: base_url}[adapter.address]
    if api_key is None and adapter.key != "never":
        try:
            api_key = key_of(endpoint, model)
        except ClientOptionsError:
            if adapter.key == "needed":
                raise
    given = {"base_url": stated, "api_key": api_key}
    return endpoint.model_id, {name: value for name, value in given.items() if value is not None}


def profile(spec: Spec, *, snapshot: Snapshot | None = None) -> ModelProfile:
    """LangChain's profile of a chat model: every key that we can fill and that the installed langchain-core has.

    A key whose value is not stated is left out. `snapshot` replaces the published one. Raises as `resolve`, and
    `ImportError` where langchain-core is not installed.

    >>> gpt = profile("openai:gpt-5.4-mini")
    >>> gpt["max_input_tokens"], gpt["tool_calling"], gpt["image_inputs"]
    (272000, True, True)
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    declared = client_library("langchain_core.language_models", "langchain").ModelProfile.__annotations__
    wanted = {key: part for key, part in PROFILE.items() if key in declared}
    return cast("ModelProfile", glom(facts(snapshot, snapshot.resolve(spec)), wanted))
