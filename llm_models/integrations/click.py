"""click: a parameter type for options and arguments that name a model, with shell completion from the catalogue."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from llm_models import store
from llm_models.errors import (
    AmbiguousModelError,
    ConfigError,
    EmptyCatalogError,
    LLMModelsError,
    SnapshotError,
    printable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from llm_models.conditions import Names
    from llm_models.integrations.facts import Needs
    from llm_models.snapshot import Snapshot

__all__ = ["ModelSpecParam"]

_WORD = r"[A-Za-z0-9._][A-Za-z0-9._:/@+~-]*"
"""What every shell takes for one word without a meaning of its own; `~` at the beginning means a folder."""


class ModelSpecParam(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """Converts the name of a model to its `Model`: `click.option("--model", type=ModelSpecParam(require=["tools"]))`.

    It accepts what `resolve` accepts. Its value keeps the id that was asked for (`Model.requested`). A model that is
    unknown, not allowed, lacks what `require` names or has what `forbid` names is a usage error (exit code 2).
    `catalogue` returns the catalogue, by default the published one; it is called while click parses, and the command's
    context is then current. `check=False` only completes the text and does not change it, for commands that resolve it
    themselves. Also a parser of typer: `typer.Option(parser=ModelSpecParam())`.

    Raises `UnknownCapabilityError` for an unknown capability, when the type is created.

    >>> ModelSpecParam().convert("gpt-5.4-mini@OpenAI", None, None).spec
    'openai:gpt-5.4-mini'
    """

    name = "model"
    __name__ = "model"  # older releases of typer ask a parser for it

    def __init__(
        self,
        catalogue: Callable[[], Snapshot] | None = None,
        *,
        require: Names = None,
        forbid: Names = None,
        check: bool = True,
    ) -> None:
        self.needs: Needs | None = None
        if require is not None or forbid is not None:  # `facts` takes long to import
            from llm_models.integrations.facts import Needs

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
        except AmbiguousModelError as error:
            self.fail(f"{error.problem}. Choose one of these", param, ctx)
        except LLMModelsError as error:
            self.fail(str(error), param, ctx)
        fault = None if self.needs is None else self.needs.fault(model)
        if fault is not None:
            self.fail(fault, param, ctx)
        return model

    def fail(self, message: str, param: click.Parameter | None = None, ctx: click.Context | None = None) -> NoReturn:
        """Raise the usage error: `click.BadParameter`; outside a command of click, where typer is used, also typer's.

        typer has a copy of click whose errors are other classes, and takes click's for a crash of the program.
        """
        theirs = getattr(sys.modules.get("typer"), "BadParameter", None)
        if theirs is None or isinstance(ctx, click.Context) or issubclass(click.BadParameter, theirs):
            super().fail(message, param, ctx)
        raise type("BadParameter", (theirs, click.BadParameter), {})(message, ctx=ctx, param=param)

    def shell_complete(self, ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The models whose spec starts with `incomplete`, also with a `/`; the provider may have any spelling and name.

        While several providers are possible it offers these, as `provider:`, because the whole catalogue has thousands
        of models. It offers nothing when the catalogue cannot be loaded.
        """
        from click.shell_completion import CompletionItem

        try:
            with ctx.scope(cleanup=False):
                pairs = self._completions(self._catalogue(), incomplete)
        except LLMModelsError:
            return []
        words = [(value, name) for value, name in pairs if re.fullmatch(_WORD, value)]
        return [CompletionItem(value, help=printable(name) if name else None) for value, name in words]

    def _completions(self, snapshot: Snapshot, incomplete: str) -> list[tuple[str, str | None]]:
        """Each value to offer, with the name of its model or provider."""
        for mark in ":/":
            typed, found, _ = incomplete.partition(mark)
            provider = snapshot.file.provider_id(typed) if found else None
            if provider is not None:
                break
        else:
            shown = snapshot.list_providers()
            names = [name for name in shown if name.startswith(incomplete)]
            names = names or [name for name, owner in snapshot.file.aliases.items() if name.startswith(incomplete)]
            if len(names) != 1:
                return [(f"{name}:", snapshot.get_provider(name).name) for name in names]
            typed, mark, provider = names[0], ":", snapshot.parse_provider(names[0])
        require, forbid = (self.needs.require, self.needs.forbid) if self.needs else (None, None)
        models = snapshot.list_models(provider, require=require, forbid=forbid)
        # The shell only extends the typed text, so the provider keeps its spelling.
        specs = [(f"{typed}{mark}{model.id}", model.name) for model in models]
        return [(spec, name) for spec, name in specs if spec.startswith(incomplete)]
