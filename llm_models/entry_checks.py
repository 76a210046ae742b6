"""What can be wrong with the entries of a valid `llm_models.toml`: those under [[models]] and [[providers]].

Each check is a small function over one file and the catalogue that the file corrects; `checks` runs them.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from llm_models import notices
from llm_models.advice import as_toml
from llm_models.case import Case, Finding, before
from llm_models.errors import printable
from llm_models.layers import RECORD_RULES
from llm_models.moving import FIELD, Moving
from llm_models.name_table import settle_names
from llm_models.origins import leaves
from llm_models.own_prices import price_name, replaced
from llm_models.past import absent
from llm_models.similarity import model_hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from llm_models.layers import Entry


def left_out(case: Case) -> Iterator[Finding]:
    """An entry whose model no layer has, because it is gone; or any, where curated overrides state it."""
    for entry in (one for one in case.run.left_out if one.layer is case.layer):
        provider = entry.provider
        if not case.run.knows(provider):
            path = (*entry.path, "provider" if entry.path[0] == "models" else "id")
            gone = case.run.past.provider(provider)
            why = "unknown provider" if gone is None else absent(provider, gone)
            yield Finding(provider, path, f"{why}, so this entry is left out", case.how_to_define(entry))
            continue
        if entry.base is not None:  # `definition_checks` reports what is missing
            continue
        if case.run.past.knows(provider, entry.id):
            why, hint = case.gone(provider, entry.id)
            hint = f"{hint} {case.how_to_define(entry)}"
            yield Finding(provider, (*entry.path, "id"), f"{why}, so this entry is left out", hint)
        elif case.layer.only_patches:
            text = f"{provider} has no model '{printable(entry.id)}', so this entry is left out"
            yield Finding(provider, (*entry.path, "id"), text, partial(model_hint, entry.id, case.run.ids(provider)))


def unresolved(case: Case) -> Iterator[Finding]:
    """A `resolves_to` that names a model which is gone, or which curated overrides do not find."""
    for entry in (one for one in Moving(case.run).void if one.layer is case.layer):
        target, hint = entry.fields[FIELD], ""
        why = f"the catalogue does not have {printable(f'{entry.provider}:{target}')}"
        if case.run.past.knows(entry.provider, target):
            why, hint = case.gone(entry.provider, target)
        yield Finding(entry.provider, (*entry.path, FIELD), f"{why}, so this has no effect", hint)


def lifecycle(case: Case) -> Iterator[Finding]:
    """A model that is deprecated, retiring or retired. Curated overrides are about such models, too."""
    run = case.run
    named = () if case.layer.only_patches else notices.of_layer(case.layer, run.base, run.changing, run.names.id_of)
    for path, what, model in named:
        if path[-1] != "base":
            yield Finding(model.provider, path, f"{printable(model.spec)}: {what}")
            continue
        state = f"{'is ' if what.startswith('deprecated') else ''}{what}"
        stated = [name for name in notices.LIFECYCLE if getattr(model, name) not in (None, False)]
        hint = f"The copy takes this over. If it does not hold for the copy, write omit = {as_toml(stated)}."
        yield Finding(model.provider, path, f"the base {printable(model.spec)} {state}", hint)
    for entry, what in notices.strange_successors(case.layer, case.is_name):
        provider, _, model_id = entry.fields["successor"].partition(":")
        is_gone = not case.is_name(provider, model_id) and run.past.knows(provider, model_id)
        why, hint = case.gone(provider, model_id) if is_gone else (what, "")
        yield Finding(entry.provider, (*entry.path, "successor"), why, hint)


def already_so(case: Case) -> Iterator[Finding]:
    """A value that the catalogue has without the entry."""
    for entry in case.layer.providers:
        entries = case.run.providers.get(entry.provider, ())
        yield from _same(case, entry, {(entry.provider,): entries})
    for entry in case.entries():
        yield from _same(case, entry, case.touched(entry))


def _same(case: Case, entry: Entry, touched: Mapping[Any, Sequence[Entry]]) -> Iterator[Finding]:
    """The values of an entry that each record which it changes has already: by the base, or by an entry before it."""
    grounds = [(case.ground(*key), before(entry, entries)) for key, entries in touched.items()]
    if not any(ground is not None or earlier for ground, earlier in grounds) or entry.base:
        return
    for path, value in leaves(entry.fields):
        if value == [] and path in RECORD_RULES:  # `superseded` reports it
            continue
        if any(path[: len(gap)] == gap for gap in entry.omitted):  # it stays, and what is beside it goes
            continue
        stated = (_value(ground or {}, earlier, path) for ground, earlier in grounds)
        united = RECORD_RULES.get(path) == "UNITE"
        if all((have is not None and (set(value) <= set(have) if united else _equal(value, have))) for have in stated):
            if price_name(path) is not None and _confirms(case, touched, grounds):
                continue
            where = (*entry.path, *path)
            if case.layer.document.line(where) is None:  # a key that is stored in extra
                where = tuple(part for part in where if part != "extra")
            text = f"{printable(entry.spec)} already has this value; the line has no effect"
            yield Finding(entry.provider, where, text)


def _confirms(case: Case, touched: Mapping[Any, Sequence[Entry]], grounds: Sequence[Any]) -> bool:
    """Whether a price that is the same as before states that it stays, beside another one that is new."""
    if case.layer.only_patches:
        return False
    pairs = zip(grounds, touched.values(), strict=True)
    return any(replaced(ground or {}, entries) for (ground, _), entries in pairs)


def _value(ground: Mapping[tuple[str, ...], Any], earlier: Sequence[Entry], path: tuple[str, ...]) -> Any:
    """What the base and earlier entries state for a field; None where they state nothing."""
    value = ground.get(path)
    for entry in earlier:
        if any(path[: len(gap)] == gap for gap in entry.omitted):
            value = None
        if entry.states(*path):
            stated = entry.value(*path)
            value = [*(value or ()), *stated] if RECORD_RULES.get(path) == "UNITE" else stated
    return value


def _equal(left: Any, right: Any) -> bool:
    return bool(left == right) and isinstance(left, bool) is isinstance(right, bool)


def names(case: Case) -> Iterator[Finding]:
    """A name that is a model's id, or that two models claim. This is an error, because such a name is dropped."""
    reasons: dict[str, dict[str, dict[str, str]]] = {}
    for entry in case.entries():
        stated = [(field, what) for field, what in _NAMES if entry.fields.get(field)]
        providers = sorted({key.provider for key in case.touched(entry)}) if stated else ()
        for provider in [one for one in providers if one not in reasons]:
            fallen = settle_names(case.names(provider))
            reasons[provider] = {name: dict(chain(*by_id.values())) for name, by_id in fallen.items()}
        for field, what in stated:
            for index, name in enumerate(entry.fields[field]):
                found = [(one, reason) for one in providers if (reason := reasons[one][field].get(name)) is not None]
                for provider, reason in found[:1]:
                    text = f"'{printable(name)}' cannot be {what}: {printable(reason)} of {provider}"
                    yield Finding(entry.provider, (*entry.path, field, index), text, severity="error")


_NAMES = (("served_as", "a served id"), ("aliases", "an alias"))


CHECKS = (left_out, unresolved, lifecycle, already_so, names)
