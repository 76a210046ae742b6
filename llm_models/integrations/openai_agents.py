"""OpenAI Agents: a `ModelProvider` that reads model specs; `agents` and the OpenAI SDK are imported when it is made.

The SDK has two classes of models, one for each API. `CLASSES` states which one is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models import store
from llm_models.errors import printable
from llm_models.integrations import client_library
from llm_models.integrations.openai_sdk import ClientOptionsError, client_options

if TYPE_CHECKING:
    from agents import ModelProvider  # type: ignore[import-not-found, unused-ignore]
    from agents.models.interface import Model  # type: ignore[import-not-found, unused-ignore]

    from llm_models.snapshot import Snapshot, Spec
else:
    ModelProvider = object  # the real one is registered when an instance is made

__all__ = ["CLASSES", "Catalogue"]

CLASSES = {"responses": "OpenAIResponsesModel", "chat": "OpenAIChatCompletionsModel"}
"""An API -> the class of `agents` that uses it, the preferred one first. A model without `apis` has the last one."""


class Catalogue(ModelProvider):  # type: ignore[misc, unused-ignore]
    """The models of the catalogue for agents: `RunConfig(model_provider=Catalogue())`.

    A name is whatever `resolve` accepts. Address, key and id are those of `client_options`. `default` is the model of
    an agent that names none; `snapshot` replaces the published catalogue at the time of each look-up. Models of one
    address share a client. `await catalogue.aclose()` closes the clients.

    >>> import os
    >>> os.environ["GROQ_API_KEY"] = "gsk-example"
    >>> type(Catalogue().get_model("groq:openai/gpt-oss-20b")).__name__
    'OpenAIChatCompletionsModel'
    """

    def __init__(self, *, default: Spec | None = None, snapshot: Snapshot | None = None) -> None:
        self.default = default
        self.snapshot = snapshot
        self._agents = client_library("agents", "openai-agents")
        self._agents.ModelProvider.register(Catalogue)
        self._clients: dict[tuple[str, ...], Any] = {}

    def get_model(self, model_name: str | None) -> Model:
        """The model of a name, as an object of `agents`.

        Raises `ValueError` where neither the agent nor `default` names a model, `ClientOptionsError` for a model that
        has neither API, else as `client_options`.
        """
        spec = model_name or self.default
        if not spec:
            raise ValueError("the agent names no model. Write Agent(model=...), or Catalogue(default=...)")
        snapshot = store.snapshot() if self.snapshot is None else self.snapshot
        model = snapshot.resolve(spec)
        try:
            options = client_options(spec, snapshot=snapshot)
        except ClientOptionsError as error:  # without the arguments that `get_model` does not have
            error.args = (f"{printable(error.spec)}: {error.problem}",)
            raise
        api = next((api for api in CLASSES if api in options.apis), None if options.apis else "chat")
        if api is None:
            why = f"agents need {' or '.join(CLASSES)}, and it has {', '.join(options.apis)}"
            raise ClientOptionsError(f"{printable(model.spec)}: {why}", spec=model.spec)
        key = tuple(options.client.values())
        if key not in self._clients:
            self._clients[key] = client_library("openai", "openai-agents").AsyncOpenAI(**options.client)
        made: Model = getattr(self._agents, CLASSES[api])(model=options.model, openai_client=self._clients[key])
        return made

    async def aclose(self) -> None:
        """Close the clients. A later `get_model` makes new ones."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.close()
