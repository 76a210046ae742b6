"""click: a parameter type for options and arguments that name a model, completed by the shell from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from llm_models import store
from llm_models.errors import ConfigError, EmptyCatalogError, LLMModelsError, SnapshotError, printable
from llm_models.integrations.facts import Needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.records import Model
    from llm_models.selection import Names
    from llm_models.snapshot import Snapshot

__all__ = ["ModelSpecParam"]


class ModelSpecParam(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic in newer clicks alone
    """Converts text to the `Model` that it names: `click.option("--model", type=ModelSpecParam(require=["tools"]))`.

    It accepts everything that `resolve` accepts. A model that is unknown, not allowed, lacks a capability of `require`
    or has one of `forbid` is a usage error (exit code 2). `catalogue` returns the catalogue, by default the published
    one; it is called while click parses, in the context of the command. With `check=False` the text stays as it is,
    for commands that resolve it themselves; the shell still completes it.

    Raises `UnknownCapabilityError` at once for a capability that does not exist.

    >>> ModelSpecParam().convert("gpt-4o-mini@OpenAI", None, None).spec
    'openai:gpt-4o-mini'
    """

    name = "model"

    def __init__(
        self,
        catalogue: Callable[[], Snapshot] | None = None,
        *,
        require: Names = None,
        forbid: Names = None,
        check: bool = True,
    ) -> None:
        self.needs = Needs(require, forbid)
        self.check = check
        self._catalogue = store.snapshot if catalogue is None else catalogue

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The `Model` that `value` names; with `check=False` the value itself."""
        if not self.check:
            return value
        try:
            model = self._catalogue().resolve(value)
        except (ConfigError, EmptyCatalogError, SnapshotError):
            raise  # the catalogue is wrong, not the value
        except LLMModelsError as error:
            self.fail(str(error), param, ctx)
        reason = self.needs.unmet(model)
        if reason is not None:
            self.fail(reason, param, ctx)
        return model

    def shell_complete(self, ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The models whose canonical spec begins with `incomplete`; its provider may have any spelling.

        While several providers are possible, it offers these as `provider:`, because the whole catalogue has
        thousands of models. If the catalogue cannot be loaded, it offers nothing.
        """
        try:
            with ctx.scope(cleanup=False):
                return [
                    CompletionItem(printable(value), help=printable(name) if name else None)
                    for value, name in self._completions(self._catalogue(), incomplete)
                ]
        except LLMModelsError:
            return []

    def _completions(self, snapshot: Snapshot, incomplete: str) -> list[tuple[str, str | None]]:
        provider, colon, _ = incomplete.partition(":")
        if colon:
            models = self._fitting(snapshot, snapshot.parse_provider(provider))
            # The shell accepts only completions that begin with the typed text, so its spelling is kept.
            specs = [(f"{provider}:{model.id}", model.name) for model in models]
            return [(spec, name) for spec, name in specs if spec.startswith(incomplete)]
        providers = [name for name in snapshot.list_providers() if name.startswith(incomplete)]
        if len(providers) == 1:
            return [(model.spec, model.name) for model in self._fitting(snapshot, providers[0])]
        return [(f"{name}:", snapshot.get_provider(name).name) for name in providers]

    def _fitting(self, snapshot: Snapshot, provider: str) -> list[Model]:
        return snapshot.list_models(provider, require=self.needs.require, forbid=self.needs.forbid)
