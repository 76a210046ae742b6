"""Targets: which model a text means to a command that changes a configuration: read as lookups read it, with its id.

`run` is the catalogue with what the configuration states; its last layer is the configuration.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from llm_models import known_names, lookup, name_rules
from llm_models.errors import AmbiguousModelError, ConfigError, InvalidSpecError, printable, quoted
from llm_models.frozen import ModelKey
from llm_models.modelspec import finder, fold_provider, spec_error, split_spec
from llm_models.name_forms import read_as
from llm_models.patterns import EVERY, is_plain
from llm_models.similarity import LIST_PROVIDERS, model_hint
from llm_models.touched import how_to_define
from llm_models.view import View

if TYPE_CHECKING:
    from llm_models.layers import Entry
    from llm_models.snapshot_file import SnapshotFile
    from llm_models.touched import Touched


def key_of(run: Touched, spec: str) -> ModelKey:
    """The key of the model that a text names, by the id that the catalogue or the configuration gives it.

    The model need not exist where the text names its provider with `:` or `@`. Raises `InvalidSpecError`.
    """
    text = spec.strip()
    key = _with_provider(run, text) or _by_lookup(run, text)
    return key._replace(id=_id_of(run, *key) or key.id)


def entry_of(run: Touched, key: ModelKey) -> Entry | None:
    """The entry of the configuration about a model, by its id."""
    of_model = (one for one in run.layers[-1].models if one.match is None and (one.provider, one.id) == key)
    return next(of_model, None)


def refuse_form(run: Touched, key: ModelKey) -> None:
    """Raise `ConfigError` for an entry without effect about a form of a name that a rule reads as another model.

    A region or the suffix of a router can have another price, so the entry may not be meant for the listed model.
    """
    left_out = {(entry.provider, entry.id) for entry in run.left_out if entry.match is None}
    if key not in left_out or key.provider not in run.base.blocks or run.past.knows(*key):
        return
    found = name_rules.safe(View(run.base, None), *key)
    if found is not None:
        listed = f"{key.provider}:{run.base.block(key.provider).ids[found[0][1]]}"
        why = f"the catalogue does not list {printable(f'{key.provider}:{key.id}')}, which can have its own price"
        how = f"To change the model that it lists, write {quoted(listed)}. To define this one, use --new."
        raise ConfigError(f"{why}; nothing was written. {how}")


def refuse_unknown(run: Touched, key: ModelKey) -> None:
    """Raise `ConfigError` for an entry about an id that no source ever listed, and that does not define its model."""
    if any((entry.provider, entry.id) == key for entry in (*run.left_out, *run.unknown)) and not run.past.knows(*key):
        why = f"{not_in(run.base, *key)}; nothing was written"
        hint = model_hint(key.id, run.ids(key.provider))
        raise ConfigError(f"{why}.{hint} To define it, use --new, or 'llm-models add' to start from a copy of a model.")


def refuse_unmatched(run: Touched, provider: str, pattern: str) -> None:
    """Raise `ConfigError` for the name of a model that no provider ever had, unless `known` covers it.

    A glob may match nothing today: `validate` reports it.
    """
    providers = [*run.base.blocks, *run.own] if provider == EVERY else [provider]
    head, *rest = re.split("[:/]", pattern, maxsplit=1)
    if not is_plain(pattern) or run.waits(provider, pattern) or (rest and run.names.provider_id(head)):
        return  # `validate` reports a model spec in place of a name
    if not any(run.names.id_of(one, pattern) or run.past.knows(one, pattern) for one in providers):
        names = {name for one in providers for name in run.ids(one)}
        why = f"{'no provider has a' if provider == EVERY else f'{provider} has no'} model {quoted(pattern)}"
        how = "To exclude it before it is listed, use --known."
        raise ConfigError(f"{why}; nothing was written.{model_hint(pattern, names)} {how}")


def not_in(base: SnapshotFile, provider: str, model_id: str) -> str:
    """That a catalogue of a day does not have a model, as words."""
    day = base.header.get("date")
    return f"{printable(f'{provider}:{model_id}')} is not in this data{f' (of {day})' if day else ''}"


def _id_of(run: Touched, provider: str, name: str) -> str | None:
    return read_as(name, partial(run.names.id_of, provider), provider)


def _provider_id(run: Touched, text: str) -> str | None:
    """The id of a known provider, or of one that an entry of the configuration names, though it may be gone."""
    return run.names.provider_id(text) or finder({entry.provider for entry in run.layers[-1].models})(text)


def _with_provider(run: Touched, text: str) -> ModelKey | None:
    """The key that a text names together with a provider; of `provider/model` only where there is such a model."""
    provider_id = partial(_provider_id, run)
    key = split_spec(text, provider_id)
    if key is not None:
        if not key.id:
            raise spec_error(text, provider_id, ())
        return key
    head, slash, rest = text.partition("/")
    provider = provider_id(head) if slash else None
    keys = () if provider is None else (ModelKey(provider, rest.strip()), ModelKey(provider, text))
    return next((key for key in keys if _id_of(run, *key) or entry_of(run, key) is not None), None)


def _by_lookup(run: Touched, text: str) -> ModelKey:
    """The key that a text names by a rule, as a model that is gone, or as the name of a model without a provider."""
    view = View(run.base, None, run.remembers)
    key = lookup.key_of(view, text)
    if key is not None:
        return key
    rows = view.names().get(text, [])
    keys = [ModelKey(provider, run.base.block(provider).ids[row]) for provider, row in rows]
    for provider in run.models:
        model_id = run.names.id_of(provider, text)
        if model_id is not None and (provider in run.own or not rows):
            keys.append(ModelKey(provider, model_id))
    if len(keys) > 1:
        keys = [key for name in _preferred(run) for key in keys if key.provider == name][:1] or keys
    if len(keys) == 1:
        return keys[0]
    if len(keys) > len(rows):
        listed = printable(" and ".join([f"{provider}:{model_id}" for provider, model_id in keys]))
        raise InvalidSpecError(f"{quoted(text)} is served by {listed}. Choose one of these.", text=text, exit_code=1)
    found = lookup.locate(view, text, None, ())
    if not callable(found):
        return ModelKey(found[0], text)
    error = found()
    if isinstance(error, AmbiguousModelError):
        raise InvalidSpecError(f"{error.problem}. Choose one of these.", text=text, exit_code=1)
    name = _own_provider(run, text)
    if name is None:
        why = str(error)
        why = f"{why}{'' if why[-1] in '.?' else '.'}{_how_to_define(run, text)}"
        raise InvalidSpecError(why, text=text, exit_code=getattr(error, "exit_code", 1))
    _, stop, hints = str(error).partition(". ")
    how = how_to_define(name, run.layers[-1].document.name)
    why = f"the catalogue has no provider {quoted(name)}; nothing was written. {how}"
    raise InvalidSpecError(f"{why}{stop[1:]}{hints.removesuffix(LIST_PROVIDERS)}".rstrip(), text=text, exit_code=1)


def _preferred(run: Touched) -> list[str]:
    stated: list[str] | None = run.layers[-1].settings.get("prefer")
    return list(run.base.header["filters"].get("prefer") or ()) if stated is None else stated


def _how_to_define(run: Touched, text: str) -> str:
    """How to define the model that a text `provider/model` may name, as a sentence after a space; else empty."""
    head, slash, rest = text.partition("/")
    provider = _provider_id(run, head) if slash else None
    if provider is None or not rest.strip():
        return ""
    return f" To define a new model, write {quoted(f'{provider}:{rest.strip()}')}."


def _own_provider(run: Touched, text: str) -> str | None:
    """The provider that a text names with a model, if the application may define it; None for any other text.

    A word in the place of a provider of which something is known has its own hint.
    """
    if "/" in text and _provider_id(run, text.partition("/")[0]) is not None:
        return None
    before, colon, _ = text.partition(":")
    _, at, after = text.rpartition("@")
    name = before if colon else after if at else ""
    folded = fold_provider(name)
    if not name or "/" in name or known_names.providers_meant(folded) is not None or run.past.provider(folded):
        return None
    return name
