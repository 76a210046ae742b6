"""Suggestions: what a message names when a text leads to no provider or model; standard library only.

`similarity` compares names. This module adds what the catalogue and its history know of them: retired models come
last and are marked, and so are names that only the history has. It is imported only when a name leads nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llm_models import name_rules
from llm_models.block import effective, encode_json
from llm_models.days import today
from llm_models.errors import printable, quoted
from llm_models.known_names import PROTOCOLS, meant
from llm_models.modelspec import fold_provider
from llm_models.records import DEPRECATED
from llm_models.similarity import (
    LIST_PROVIDERS,
    NOT_HERE,
    SHOWN,
    did_you_mean,
    is_moving,
    provider_hint,
    providers_like,
    similar,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from llm_models.similarity import Similar
    from llm_models.view import ModelRow, View


def for_provider(view: View, text: object) -> str:
    """The end of a message about a text that names no provider: what it may mean, or how to list the providers."""
    return provider_hint(fold_provider(text), view.known, _aliases(view)) if isinstance(text, str) else ""


def for_model(view: View, provider: str, name: object) -> str:
    """The end of a message about a text that names no model of a provider that is known."""
    block = view.file.block(provider)
    if not block.ids:
        return " That provider has no models."
    if not isinstance(name, str):
        return ""
    found = _of_provider(view, provider, name)
    read = name_rules.near(view, provider, name)
    if read is not None:
        advice = name_rules.advice_of(read[1], _spec(view, read[0]))
        if advice:
            return f" {advice}"
        best, state = _id(view, read[0]), _state(view, read[0])
        notes = {**found.notes, best: state} if state else found.notes
        found = found._replace(names=[*dict.fromkeys([best, *found.names])], notes=notes)
    gone = [] if found.only else _gone(view, provider, name)
    return found.sentence(gone, f"'llm-models list {printable(provider)}' lists all of them.")


def other_revision(view: View, provider: str, name: str) -> str:
    """As `for_model`, but empty unless the provider has the same model with, without, or with another date."""
    if provider not in view.known:
        return ""
    found = _of_provider(view, provider, name)
    return found._replace(names=found.names[: found.same]).sentence() if found.same else ""


def for_name(view: View, name: str) -> str:
    """The end of a message about a text that is no id, and no reading of which leads to a model.

    First what a rule makes of it; then the whole text with another provider, if that leads to a model; then what such
    a provider has that is similar; then similar ids. A text whose provider is known to be none of the catalogue gets no
    similar names.
    """
    read = name_rules.near(view, None, name)
    if read is not None:
        spec, state = _spec(view, read[0]), _state(view, read[0])
        advice = name_rules.advice_of(read[1], spec)
        return f" {advice}" if advice else did_you_mean([spec], {spec: state} if state else {})
    readings = _readings(view, name)
    exact = [
        f"{provider}:{one.rest}"
        for one in readings
        for provider in one.providers or ()
        if view.file.block(provider).serves(one.rest)
    ]
    if exact:
        return did_you_mean(exact)
    outside = next((one for one in readings if one.providers is None), None)
    if outside is not None:
        return f" {quoted(outside.head)} is {NOT_HERE}"
    protocol = any(one.mark == "/" and one.folded in PROTOCOLS and "/" in one.rest for one in readings)
    note = f" In LiteLLM, '{name.partition('/')[0]}/' there states a protocol, not a provider." if protocol else ""
    near = [spec for one in readings for spec in _near_specs(view, one, loosely=False)]
    if near:
        return did_you_mean(near) + note
    found = _of_catalogue(view, name)
    if found.loose or not found.names:
        near = [spec for one in readings for spec in _near_specs(view, one, loosely=True)]
    if near:
        return did_you_mean(near) + note
    if found.names:
        return found.sentence((), "'llm-models list' lists all models.") + note
    likely = [provider for one in readings for provider in one.providers or ()]
    return (did_you_mean(likely) or (f" {LIST_PROVIDERS}" if _ends(name) else "")) + note


def unknown_provider_in(view: View, name: str) -> str:
    """What stands in a text where the name of a provider would, as words; empty for a plain id.

    Also empty where a rule reads the text, or `for_name` names that provider as one outside the catalogue.
    """
    if name_rules.near(view, None, name) is not None or any(one.providers is None for one in _readings(view, name)):
        return ""
    unknown = [(head, where) for head, where in _ends(name) if _provider_id(view, head) is None]
    return " and ".join(f"{quoted(head)} {where} is not a known provider" for head, where in unknown)


class _Hits(NamedTuple):
    """Names of models that are similar to a text, best first; `same` of them are the same model, `notes` mark some.

    `only`: the name is the text, written in another way. `parts` have the text in them, or begin like it; `loose`:
    there is nothing else.
    """

    names: list[str]
    same: int
    notes: dict[str, str]
    only: bool
    parts: int
    loose: bool

    def sentence(self, gone: Sequence[str] = (), how_to_list: str = "") -> str:
        """The question whether one of the names was meant; where more have the text in them, how to list them."""
        shown = self.names[: SHOWN - len(gone[:1])]
        marks = {**self.notes, **dict.fromkeys(gone, "no longer listed")}
        more = f" {how_to_list}" if how_to_list and self.parts > SHOWN else ""
        return did_you_mean([*shown, *gone[:1]], marks) + more


def _of_provider(view: View, provider: str, name: str) -> _Hits:
    """What a provider has that is similar to a name."""
    block = view.file.block(provider)
    shown = {*view.shown(provider)}
    targets = {one: block.rows[block.id_of(one) or one] for one in (*block.ids, *block.served, *block.aliases)}
    rows = {one: [(provider, row)] for one, row in targets.items() if row in shown}
    named = [block.ids[row] for row in _named(view, provider, name)]
    return _hits(view, rows, named or _similar(view, rows, name))


def _of_catalogue(view: View, name: str) -> _Hits:
    """What any provider has that is similar to a name. What makers serve themselves comes first."""
    rows = view.names()
    named = list(dict.fromkeys(_id(view, (p, row)) for p in view.known for row in _named(view, p, name)))
    makers = [one for one in named if _serves_maker(view, rows.get(one, ()))]
    return _hits(view, rows, makers or named or _similar(view, rows, name))


def _similar(view: View, rows: dict[str, list[ModelRow]], name: str) -> Similar:
    """The names that are similar to one. Where all of them are retired, others follow."""
    found = similar(name, rows, lambda one: _rank(view, one, rows[one]))
    listed = [*found.same, *found.others]
    if listed and all(_is_retired(note) for note in map(_notes(view, rows, listed).get, listed)):
        living = [one for one in rows if not _is_retired(_note(view, rows[one]))]
        more = similar(name, living, lambda one: _rank(view, one, rows[one]))
        return found._replace(others=[*found.others, *more.same, *more.others])
    return found


def _hits(view: View, rows: dict[str, list[ModelRow]], found: Similar | list[str]) -> _Hits:
    """The similar names with their notes; those that are retired last, except where they are the same model."""
    if isinstance(found, list):
        return _Hits(found, len(found), _notes(view, rows, found), True, 0, False)
    names = [*found.same, *found.others][: 4 * SHOWN]
    notes = _notes(view, rows, names)
    first = {one for one in found.same if not is_moving(one)}
    names.sort(key=lambda one: one not in first and _is_retired(notes.get(one)))
    only = bool(found.same) and not found.others
    return _Hits(names, len(found.same), notes, only, len(found.parts), found.loose)


def _notes(view: View, rows: dict[str, list[ModelRow]], names: Iterable[str]) -> dict[str, str]:
    """What people must know of some of the names."""
    return {name: note for name in names if (note := _note(view, rows.get(name, ()))) is not None}


def _note(view: View, rows: Sequence[ModelRow]) -> str | None:
    """What people must know of all models with a name: retired, else deprecated; None where one is neither."""
    states = {_state(view, row) for row in rows}
    return None if None in states else max(filter(None, states), default=None)


def _is_retired(note: str | None) -> bool:
    return note is not None and note.startswith("retired")


def _state(view: View, row: ModelRow) -> str | None:
    block = view.file.block(row[0])
    now = today()
    day = next((day for day, rows in block.retires.items() if row[1] in rows and day <= now), None)
    return f"retired on {day}" if day else "deprecated" if block.bits[row[1]] & DEPRECATED else None


def _rank(view: View, name: str, rows: Sequence[ModelRow]) -> tuple[bool, bool, bool, str, int]:
    """How well a name serves as a suggestion: its maker's own, in use, short, new, served by many."""
    by = _maker_of(view, rows)
    own = next((row for row in rows if row[0] == by), None)
    provider, row = own or rows[0]
    day = view.file.block(provider).model(row).get("release_date")
    in_use = _state(view, (provider, row)) is None
    return own is not None, in_use, not {*"/~@"} & {*name}, str(day or ""), len(rows)


def _serves_maker(view: View, rows: Sequence[ModelRow]) -> bool:
    """Whether the maker of a model is one of those who serve it."""
    return _maker_of(view, rows) in {provider for provider, _ in rows}


def _maker_of(view: View, rows: Sequence[ModelRow]) -> str | None:
    """The maker of the model that these rows have, as one of the first states it; not all are decoded."""
    return next((one for row in rows[:5] if (one := maker(view, row)) is not None), None)


def maker(view: View, row: ModelRow) -> str | None:
    """The provider that the `canonical` of a model names; None where there is none."""
    name = effective(view.file.block(row[0]).model(row[1]), row[0]).get("canonical")
    head = fold_provider(str(name).partition("/")[0]) if name else ""
    return head if head in view.known else _aliases(view).get(head)


def makers(view: View, rows: Iterable[ModelRow]) -> set[str | None]:
    """The providers that the `canonical` of these models names."""
    return {maker(view, row) for row in rows}


def makers_first(view: View, rows: Sequence[ModelRow]) -> list[ModelRow]:
    """Rows of one name: first those of the models' makers, then the others; retired ones last."""
    own = makers(view, rows)
    return sorted(rows, key=lambda row: (_is_retired(_state(view, row)), row[0] not in own))


def _id(view: View, row: ModelRow) -> str:
    return view.file.block(row[0]).ids[row[1]]


def _spec(view: View, row: ModelRow) -> str:
    return f"{row[0]}:{_id(view, row)}"


def _named(view: View, provider: str, name: str) -> list[int]:
    """The rows of a provider's shown models with that `name` in their record."""
    shown = view.shown(provider)
    rows = view.file.block(provider).rows_with(b'"name":%b' % encode_json(name.strip()))
    return [row for row in rows if row in shown and view.file.block(provider).model(row).get("name") == name.strip()]


def _gone(view: View, provider: str, name: str) -> list[str]:
    """The same model, or one with few letters changed, among the ids that only the history has."""
    block = view.file.block(provider)
    ids = [one for one in view.past.ids(provider) if not block.serves(one) and view.past.is_gone(provider, one)]
    found = similar(name, ids)
    return found.same


def _aliases(view: View) -> dict[str, str]:
    """The other names of providers, with their ids."""
    return dict(view.file.aliases)


# Texts with a provider in them


class _Reading(NamedTuple):
    """A text read with its provider at the `mark`: that part of it, also as `folded`, and the rest.

    `providers` are those that may be meant, none for one that is known to be no provider of the catalogue. `known`: the
    word has a meaning, and is not merely spelled like a name.
    """

    mark: str
    head: str
    folded: str
    rest: str
    providers: list[str] | None
    known: bool


def _readings(view: View, name: str) -> list[_Reading]:
    """The readings of a text whose provider is there, may be meant, or is known to be none of the catalogue."""
    parts = []
    for mark, split in ((":", name.partition), ("@", name.rpartition), ("/", name.partition)):
        before, found, after = split(mark)
        if found:
            parts.append((mark, after, before) if mark == "@" else (mark, before, after))
    readings = []
    for mark, head, rest in parts:
        folded, provider = fold_provider(head), _provider_id(view, head)
        if not folded or not rest.strip():
            continue
        likely = providers_like(folded, view.known, _aliases(view)) if provider is None else [provider]
        known = provider is not None or meant(folded) is not None
        if likely is None and mark == "/" and any(one.startswith(f"{head}/") for one in view.names()):
            continue  # a maker without an API, as ids of others name it
        if likely is None or likely:
            readings.append(_Reading(mark, head, folded, rest.strip(), likely, known))
    return readings


def _near_specs(view: View, one: _Reading, *, loosely: bool) -> list[str]:
    """For each provider that a reading may mean, the spec of its model that is most like the rest of the text."""
    specs = []
    for provider in one.providers or () if one.known or not loosely else ():
        found = _of_provider(view, provider, one.rest)
        if found.loose is loosely:
            specs += [f"{provider}:{name}" for name in found.names[:1]]
    return specs


def _provider_id(view: View, head: str) -> str | None:
    folded = fold_provider(head)
    return folded if folded in view.known else _aliases(view).get(folded)


def _ends(name: str) -> list[tuple[str, str]]:
    """The texts before the first `:` and after the last `@`, and where they stand."""
    before, colon, _ = name.partition(":")
    _, at, after = name.rpartition("@")
    return [(before, "before the ':'")] * bool(colon) + [(after, "after the last '@'")] * bool(at)
