"""Retired: the errors about names that the catalogue does not have, but that a source listed; standard library only.

Each function returns the error, or None where no history knows the name. A name that its history still lists is not
gone: the catalogue in use is older than what was seen, or is another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.errors import RetiredModelError, UnknownModelError, UnknownProviderError, printable, quoted
from llm_models.modelspec import fold_provider
from llm_models.past import absent, follows, has_twin, told
from llm_models.suggestions import other_revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.listings import ModelHistory
    from llm_models.past import Past
    from llm_models.view import View

SHOWN = 3
"""How many specs a message lists."""


def absent_provider(past: Past, text: object) -> UnknownProviderError | None:
    """The error for a provider that was listed once."""
    history = past.provider(text) if isinstance(text, str) else None
    if history is None or not isinstance(text, str):
        return None
    if history.listed:
        why = f"it is not in this catalogue ({told(history)})"
        return UnknownProviderError(f"unknown provider {quoted(text)}: {why}", provider=text, exit_code=1)
    last = history.intervals[-1]
    name = "it" if history.id == fold_provider(text) else history.id
    message = f"unknown provider {quoted(text)}: {name} is no longer listed ({told(history)})"
    return UnknownProviderError(message, provider=text, last_listed=history.last, gone_by=last.gone_by, exit_code=1)


def absent_model(
    view: View, provider: object, model_id: object, hint: Callable[[], str] = str
) -> UnknownModelError | None:
    """The error for a model that was listed once. `hint` makes the end of the message if nothing known follows it."""
    if not isinstance(provider, str) or not isinstance(model_id, str):
        return None
    history = view.past.model(fold_provider(provider), model_id)
    if history is None:
        return None
    if history.listed:
        return UnknownModelError(f"{absent(history.spec, history)}.{hint()}", spec=history.spec)
    return _error(view, history, hint)


def absent_name(view: View, name: str, hint: Callable[[], str]) -> UnknownModelError | None:
    """The error for a bare id of no model of the catalogue that was listed once."""
    past = view.past
    ever = [history for provider in past.holders(name) if (history := past.model(provider, name)) is not None]
    listed = [one for one in ever if one.listed]
    if listed:
        specs = [f"{one.spec} ({told(one)})" for one in listed]
        return UnknownModelError(f"{quoted(name)} is not in this catalogue: {shortened(specs)}.{hint()}", spec=name)
    gone = sorted(ever, key=lambda one: one.last, reverse=True)
    if not gone:
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
    follower, known = follows(history, has), _is_known(history, has)
    others = () if known else elsewhere(view, history.provider, history.id)
    if follower:
        parts.append(follower)
    revision = "" if known else other_revision(view, history.provider, history.id).strip()
    if revision:
        parts.append(revision)
    if others:
        parts.append(f"Other providers list that id: {shortened(others)}.")
    text = " ".join(parts) + ("" if revision or others or known or has_twin(history, has) else hint())
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
