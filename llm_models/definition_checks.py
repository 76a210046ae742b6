"""What can be wrong with the entries of a valid `llm_models.toml` that define models, and with what `known` lists.

Each check is a small function over one file and the catalogue that the file corrects; `checks` runs them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from llm_models import name_rules
from llm_models.case import Finding
from llm_models.errors import printable
from llm_models.layers import DEFINING
from llm_models.modelspec import provider_part, split_any
from llm_models.similarity import model_hint, provider_hint
from llm_models.suggestions import makers_first
from llm_models.targets import not_in
from llm_models.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.case import Case
    from llm_models.snapshot_file import SnapshotFile

ANY_BASE = 'base = "PROVIDER:MODEL" to start from a copy of another model'


def known(case: Case) -> Iterator[Finding]:
    """An item of `known` that names no provider, so that it covers nothing."""
    run = case.run
    for index, text in enumerate(case.layer.settings.get("known", ())):
        if (
            split_any(text, run.names.provider_or_every) is not None
            or split_any(text, run.past.provider_id) is not None
        ):
            continue
        name = provider_part(text)
        hint = partial(provider_hint, name, [*run.base.blocks, *run.own], run.base.aliases)
        yield Finding("", ("known", index), f"unknown provider '{printable(name)}'", hint, severity="error")


def unknown(case: Case) -> Iterator[Finding]:
    """An id that no source ever listed, without a statement that the entry defines a model: probably a typo."""
    run = case.run
    for entry in () if case.layer.only_patches else (*run.left_out, *run.unknown):
        provider, model_id = entry.provider, entry.id
        if (
            entry.layer is case.layer
            and entry.path[0] == "models"
            and entry.base is None
            and run.knows(provider)
            and not run.past.knows(provider, model_id)
        ):
            text = not_in(run.base, provider, model_id)
            hint = partial(how_to_define, run.base, provider, model_id, run.ids(provider))
            yield Finding("", (*entry.path, "id"), text, hint, severity="error")


def how_to_define(base: SnapshotFile, provider: str, model_id: str, ids: list[str]) -> str:
    """How an entry states that it defines a model, and what else its author may have meant among the provider's ids."""
    if "*" in model_id:
        return f"An id is no pattern. {_match(model_id)}"
    whole = split_any(model_id, base.provider_id)
    if whole is not None and whole.provider == provider and whole.id in ids:
        return f"Write the id alone: '{printable(whole.id)}'."
    like = _like(base, provider, model_id)
    other = f'base = "{printable(like)}" to start from a copy of it' if like else ANY_BASE
    return f"To define it, add new = true, or {other}. {model_hint(model_id, ids).strip()}"


def starred(case: Case) -> Iterator[Finding]:
    """An entry that defines a model with `*` in its id, which probably was to correct many models."""
    for entry in () if case.layer.only_patches else case.entries():
        if entry.defines and "*" in entry.id and not case.run.base.holds(entry.provider, entry.id):
            text = f"'*' is no pattern in an id, so this defines one model that is called '{printable(entry.id)}'"
            yield Finding(entry.provider, (*entry.path, "id"), text, _match(entry.id))


def _match(pattern: str) -> str:
    return f'To correct every model that matches, write match = "{printable(pattern)}" in place of the id.'


def _like(base: SnapshotFile, provider: str, model_id: str) -> str | None:
    """A model that a new one is probably like: the one to which rules lead, or of that name at another provider."""
    if provider not in base.blocks:
        return None
    view = View(base, None)
    read = name_rules.near(view, provider, model_id)
    rows = makers_first(view, view.names().get(model_id, ())) if read is None else [read[0]]
    return f"{rows[0][0]}:{base.block(rows[0][0]).ids[rows[0][1]]}" if rows else None


def listed(case: Case) -> Iterator[Finding]:
    """`new` or `base` of a model that the catalogue has."""
    for entry in case.entries():
        if not entry.defines or not case.run.base.holds(entry.provider, entry.id):
            continue
        if entry.new:
            text = f"{printable(entry.spec)} is listed now, so this has no effect and the entry corrects that model"
            yield Finding(entry.provider, (*entry.path, "new"), text, "Remove the line.")
        if entry.base is not None:
            copy = f"a copy of {printable(entry.base)}"
            text = f"{printable(entry.spec)} is listed, and {copy} replaces its values, but not its names and tags"
            hint = "To correct single values of the listed model, remove the line."
            yield Finding(entry.provider, (*entry.path, "base"), text, hint)


def takes_name(case: Case) -> Iterator[Finding]:
    """An entry that defines a model under a served id or an alias of a listed model, which loses that name."""
    for entry in () if case.layer.only_patches else case.entries():
        if entry.match is not None or not case.run.knows(entry.provider):
            continue
        owner = case.run.base.block(entry.provider).id_of(entry.id) if entry.provider in case.run.base.blocks else None
        if owner not in (None, entry.id) and entry.id in case.run.defined.get(entry.provider, ()):
            spec, text = printable(f"{entry.provider}:{owner}"), printable(entry.id)
            what = f"'{text}' is another name of {spec}, which loses that name to this new model"
            key = next((one for one in DEFINING if one in entry.layer.document.data["models"][entry.path[1]]), "name")  # type: ignore[index]
            hint = f'To correct {spec}, write id = "{printable(str(owner))}" and remove {key}.'
            yield Finding(entry.provider, (*entry.path, "id"), what, hint)


def gone_base(case: Case) -> Iterator[Finding]:
    """A base that was listed once, so that the entry is left out."""
    run = case.run
    for entry in case.run.left_out:
        if entry.layer is not case.layer or entry.base is None or not run.knows(entry.provider):
            continue
        key = split_any(entry.base, run.names.provider_id) or split_any(entry.base, run.past.provider_id)
        why, hint = f"{printable(entry.base)} is not in this catalogue", ""
        if key is not None and run.past.knows(*key):
            why, hint = case.gone(*key)
        yield Finding(entry.provider, (*entry.path, "base"), f"{why}, so this entry is left out", hint)


def waiting_base(case: Case) -> Iterator[Finding]:
    """A base that is not there yet, as `known` states, so that the entry waits; silent where `known` lists it, too."""
    for entry in case.run.waiting:
        if entry.layer is case.layer and entry.base is not None and not case.run.waits(entry.provider, entry.id):
            text = f"{printable(entry.base)} is not listed yet, so this entry waits for it"
            hint = f'To state that it may wait, add "{printable(entry.spec)}" to known.'
            yield Finding(entry.provider, (*entry.path, "base"), text, hint)


CHECKS = (known, unknown, listed, starred, takes_name, gone_base, waiting_base)
