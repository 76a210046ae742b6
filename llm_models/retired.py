"""Retired: the errors about names that a source listed once and no longer does; standard library only.

Each function returns the error, or None where the history does not know the name or still lists it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.errors import RetiredModelError, UnknownProviderError, printable, quoted
from llm_models.modelspec import fold_provider
from llm_models.past import follows, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.listings import ModelHistory
    from llm_models.view import View

SHOWN = 3
"""How many specs a message lists."""


def gone_provider(view: View, text: object) -> UnknownProviderError | None:
    """The error for a provider that is gone."""
    history = view.past.provider(fold_provider(text)) if isinstance(text, str) else None
    if history is None or history.listed:
        return None
    last = history.intervals[-1]
    message = f"unknown provider {quoted(text)}: it is no longer listed ({told(history)})"
    return UnknownProviderError(message, provider=text, last_listed=history.last, gone_by=last.gone_by)


def retired_model(
    view: View, provider: object, model_id: object, hint: Callable[[], str] = str
) -> RetiredModelError | None:
    """The error for a model that is gone. `hint` makes the end of the message where nothing is known to follow it."""
    if not isinstance(provider, str) or not isinstance(model_id, str):
        return None
    provider = fold_provider(provider)
    history = view.past.model(provider, model_id)
    return None if history is None or history.listed else _error(view, history, hint)


def retired_name(view: View, name: str, hint: Callable[[], str]) -> RetiredModelError | None:
    """The error for a bare id that no provider lists any more."""
    past = view.past
    ever = [history for provider in past.holders(name) if (history := past.model(provider, name)) is not None]
    gone = sorted([one for one in ever if not one.listed], key=lambda one: one.last, reverse=True)
    if not gone or len(gone) < len(ever):
        return None
    if len(gone) == 1:
        return _error(view, gone[0], hint)
    specs = [f"{one.spec} ({told(one)})" for one in gone]
    message = f"{quoted(name)} is no longer listed by any provider: {shortened(specs)}.{hint()}"
    return _retired(message, gone[0], name)


def _error(view: View, history: ModelHistory, hint: Callable[[], str]) -> RetiredModelError:
    has = view.file.holds
    parts = [f"{printable(history.spec)} is no longer listed: {told(history)}."]
    if history.provider not in view.known:
        parts.append("Its provider is gone, too.")
    follower = follows(history, has)
    others = () if _is_known(history, has) else elsewhere(view, history.provider, history.id)
    if follower:
        parts.append(follower)
    if others:
        parts.append(f"Other providers list that id: {shortened(others)}.")
    text = " ".join(parts) + (hint() if not others and not _is_known(history, has) else "")
    rename = None if history.rename is None or not has(history.provider, history.rename.id) else history.rename.id
    return _retired(text, history, history.spec, rename and f"{history.provider}:{rename}", others)


def _retired(
    message: str, history: ModelHistory, spec: str, rename: str | None = None, others: tuple[str, ...] = ()
) -> RetiredModelError:
    successor = history.successor and history.successor.spec
    return RetiredModelError(
        message,
        spec=spec,
        last_listed=history.last,
        gone_by=history.intervals[-1].gone_by,
        rename=rename,
        successor=successor,
        elsewhere=others,
    )


def _is_known(history: ModelHistory, has: Callable[[str, str], bool]) -> bool:
    """Whether a model of the catalogue is known to follow a model that is gone."""
    if history.rename is not None and has(history.provider, history.rename.id):
        return True
    return history.successor is not None and has(*history.successor.spec.split(":", 1))


def elsewhere(view: View, provider: str, model_id: str) -> tuple[str, ...]:
    """The shown models of other providers that have the id of a model that is gone: a hint, not successors.

    If the id begins with the name of a provider, as `openai/gpt-4o`, the model of that provider comes first.
    """
    vendor, slash, rest = model_id.partition("/")
    vendor = fold_provider(vendor)
    rows = view.names()
    own = [row for row in rows.get(rest, ()) if row[0] == vendor] if slash else []
    found = [*own, *rows.get(model_id, ())]
    specs = [f"{name}:{view.file.block(name).ids[row]}" for name, row in found if name != provider]
    return tuple(dict.fromkeys(specs))


def shortened(specs: list[str] | tuple[str, ...]) -> str:
    """The first specs of a list, and how many more there are."""
    more = len(specs) - SHOWN
    return ", ".join(map(printable, specs[:SHOWN])) + (f" and {more} more" if more > 0 else "")
