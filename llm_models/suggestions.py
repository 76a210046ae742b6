"""Suggestions: what a message names when a text leads to no provider or model; standard library only.

`similarity` compares names. This module adds what the catalogue and its history know of them: retired models come
last and are marked, and so are names that only the history has. It is imported only when a name leads nowhere.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from llm_models import name_rules
from llm_models.block import encode_json
from llm_models.errors import printable, quoted
from llm_models.known_names import providers_meant
from llm_models.modelspec import fold_provider
from llm_models.readings import ends, readings
from llm_models.similarity import (
    LIST_PROVIDERS,
    NOT_HERE,
    SHOWN,
    did_you_mean,
    is_moving,
    provider_hint,
    similar,
)
from llm_models.standing import is_retired, maker, note_of, rank, retired_rows, serves_maker, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from llm_models.readings import Reading
    from llm_models.similarity import Similar
    from llm_models.view import ModelRow, View

LIST_MODELS = "'llm-models search WORDS' searches all models."


def for_provider(view: View, text: object) -> str:
    """The end of a message about a text that names no provider: what it may mean, or how to list the providers."""
    return provider_hint(fold_provider(text), view.known, view.file.aliases) if isinstance(text, str) else ""


def for_model(view: View, provider: str, name: object) -> str:
    """The end of a message about a text that names no model of a provider that is known."""
    if not view.file.block(provider).ids:
        return " That provider has no models."
    if not isinstance(name, str):
        return ""
    how_to_list = f"'llm-models list {printable(provider)}' lists all of them, 'llm-models search WORDS' all models."
    found = _at_provider(view, provider, name)
    return found if isinstance(found, str) else found.sentence(how_to_list) or f" {how_to_list}"


def _at_provider(view: View, provider: str, name: str) -> _Hits | str:
    """What a provider has that is similar to a name, that of a rule first; or, as a sentence, what a rule advises."""
    found = _of_provider(view, provider, name)
    read = name_rules.near(view, provider, name)
    if read is not None:
        advice = name_rules.advice_of(read[1], _spec(view, read[0]))
        if advice:
            return f" {advice}"
        best, state = _id(view, read[0]), state_of(view, read[0])
        notes = {**found.notes, best: state} if state else found.notes
        found = found._replace(names=[*dict.fromkeys([best, *found.names])], notes=notes)
    gone = [] if found.only else _gone(view, provider, name)[:1]
    return found._replace(gone=gone, notes={**found.notes, **dict.fromkeys(gone, "no longer listed")})


def other_revision(view: View, provider: str, name: str) -> str:
    """As `for_model`, but empty unless the provider has the same model with, without, or with another date."""
    if provider not in view.known:
        return ""
    found = _of_provider(view, provider, name)
    return found._replace(names=found.names[: found.same]).sentence() if found.same else ""


def for_name(view: View, name: str) -> str:
    """The end of a message about a text that is no id, and no reading of which leads to a model.

    First what a rule makes of it. Then, where the text before the first `/` is a provider, what that provider has; else
    the whole text with another provider, if that leads to a model; then what such a provider has that is similar; then
    similar ids. A text whose provider is known to be none of the catalogue gets no similar names.
    """
    if not any(map(str.isalnum, name)):
        return " Write a model as 'provider:model'."
    read = name_rules.near(view, None, name)
    if read is not None:
        spec, state = _spec(view, read[0]), state_of(view, read[0])
        advice = name_rules.advice_of(read[1], spec)
        return f" {advice}" if advice else did_you_mean([spec], {spec: state} if state else {})
    read_as = readings(view, name)
    by_slash = next((one for one in read_as if one.here and one.mark == "/"), None)
    if by_slash is not None:
        return _for_slash(view, by_slash)
    exact = [
        f"{provider}:{one.rest}"
        for one in read_as
        for provider in one.providers or ()
        if view.file.block(provider).serves(one.rest)
    ]
    if exact:
        return did_you_mean(exact)
    outside = next((one for one in read_as if one.providers is None), None)
    if outside is not None:
        return f" {quoted(outside.head)} is {NOT_HERE}"
    near = [spec for one in read_as for spec in _near_specs(view, one, loosely=False)]
    if near:
        return did_you_mean(near)
    found = _of_catalogue(view, name)
    if found.loose or not found.names:
        near = [spec for one in read_as for spec in _near_specs(view, one, loosely=True)]
    if near:
        return did_you_mean(near)
    if (found.loose or not found.names) and providers_meant(fold_provider(name)) == ():
        return f" {quoted(name)} is {NOT_HERE}"
    provider = view.file.provider_id(name)
    if provider is not None:
        return f" 'llm-models list {printable(provider)}' lists the models of that provider."
    if found.names:
        return found.sentence(LIST_MODELS)
    likely = [provider for one in read_as for provider in one.providers or ()]
    return did_you_mean(likely) or f" {LIST_PROVIDERS if ends(name) else LIST_MODELS}"


def _for_slash(view: View, one: Reading) -> str:
    """As `for_name`, of a text whose first part is a provider: its own models as whole specs, else what others serve.

    Where that part can also state a protocol, this is stated first, and nothing else is named that is hardly similar.
    """
    (provider,) = one.providers or ("",)
    how_to_list = f"'llm-models list {printable(provider)}' lists all models of that provider."
    found = _at_provider(view, provider, one.rest)
    if isinstance(found, str):
        return found
    protocol = one.is_protocol() and name_rules.near(view, provider, one.rest) is None
    note = f" In LiteLLM, the prefix '{one.head}/' states a protocol, not a provider." if protocol else ""
    if (found.names or found.gone) and not (note and found.loose):
        specs = {name: f"{provider}:{name}" for name in (*found.names, *found.gone)}
        return note + found.written(specs).sentence(how_to_list)
    others = _served_by_others(view, one.rest)
    return note + (others or ("" if note else f" {how_to_list}"))


def _served_by_others(view: View, rest: str) -> str:
    """The question whether a model of other providers was meant: one with that name, else a similar one."""
    names = view.names()
    rows = next((names[text] for text in (rest, rest.rpartition("/")[2]) if text in names), None)
    if rows is None:
        found = _of_catalogue(view, rest)
        return "" if found.loose else found.sentence(LIST_MODELS)
    specs = [_spec(view, row) for row in _best_known_first(view, rows)]
    states = {_spec(view, row): state for row in rows if (state := state_of(view, row)) is not None}
    return did_you_mean(specs, states)


def _best_known_first(view: View, rows: Sequence[ModelRow]) -> list[ModelRow]:
    """Rows of one name: those of the makers, then those of the providers that most other tools have a name for."""
    named = Counter(view.file.aliases.values())
    return makers_first(view, sorted(rows, key=lambda row: -named[row[0]]))


def _written(view: View, names: Iterable[str]) -> dict[str, str]:
    """Each of these names of models as a text that leads to it: with a provider where its beginning names another."""
    texts = {}
    for name in names:
        head, slash, rest = name.partition("/")
        heads = [one for one, _ in ends(name)] + [head] * bool(slash)
        named = {view.file.provider_id(one) or view.past.provider_id(one) for one in heads} - {None}
        rows = view.names()[name]
        if named and not named & {provider for provider, _ in rows}:
            own = next((row for row in view.names().get(rest, ()) if row[0] in named), None)
            texts[name] = f"{own[0]}:{rest}" if own else f"{_best_known_first(view, rows)[0][0]}:{name}"
    return texts


def unknown_provider_in(view: View, name: str) -> str:
    """The part of a text where a provider's name is expected, as words; empty for a plain id.

    Also empty where a rule reads the text, or `for_name` names that provider as one outside the catalogue.
    """
    if name_rules.near(view, None, name) is not None or any(one.providers is None for one in readings(view, name)):
        return ""
    unknown = [(head, where) for head, where in ends(name) if view.file.provider_id(head) is None]
    return " and ".join(f"{quoted(head)} {where} is not a known provider" for head, where in unknown)


class _Hits(NamedTuple):
    """Names of models that are similar to a text, best first; `same` of them are the same model, `notes` mark some.

    `only`: the name is the text, written in another way. `parts` have the text in them, or begin like it; `loose`:
    there is nothing else. `gone`: what only the history has.
    """

    names: list[str]
    same: int
    notes: dict[str, str]
    only: bool
    parts: int
    loose: bool
    gone: Sequence[str] = ()

    def sentence(self, how_to_list: str = "") -> str:
        """The question whether one of the names was meant; where more have the text in them, how to list them."""
        shown = [*self.names[: SHOWN - len(self.gone)], *self.gone]
        more = f" {how_to_list}" if how_to_list and self.parts > SHOWN else ""
        return did_you_mean(shown, self.notes) + more

    def written(self, texts: Mapping[str, str]) -> _Hits:
        """These names as other texts, each once."""
        names = list(dict.fromkeys(texts.get(name, name) for name in self.names))
        notes = {texts.get(name, name): note for name, note in self.notes.items()}
        return self._replace(names=names, notes=notes, gone=[texts.get(name, name) for name in self.gone])


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
    makers = [one for one in named if serves_maker(view, rows.get(one, ()))]
    found = _hits(view, rows, makers or named or _similar(view, rows, name))
    return found.written(_written(view, found.names))


def _similar(view: View, rows: dict[str, list[ModelRow]], name: str) -> Similar:
    """The names that are similar to one. Where all of them are retired, others follow."""
    found = similar(name, rows, lambda one: rank(view, one, rows[one]))
    listed = [*found.same, *found.others]
    if listed and all(is_retired(note) for note in map(_notes(view, rows, listed).get, listed)):
        retired = retired_rows(view)
        living = [one for one in rows if not retired.issuperset(rows[one])]
        more = similar(name, living, lambda one: rank(view, one, rows[one]))
        return found._replace(others=[*found.others, *more.same, *more.others])
    return found


def _hits(view: View, rows: dict[str, list[ModelRow]], found: Similar | list[str]) -> _Hits:
    """The similar names with their notes; those that are retired last, except where all of the same model are."""
    if isinstance(found, list):
        return _Hits(found, len(found), _notes(view, rows, found), True, 0, False)
    names = [*found.same, *found.others][: 4 * SHOWN]
    notes = _notes(view, rows, names)
    dated = [one for one in found.same if not is_moving(one)]
    first = {*dated} if all(is_retired(notes.get(one)) for one in dated) else ()
    names.sort(key=lambda one: one not in first and is_retired(notes.get(one)))
    only = bool(found.same) and not found.others
    return _Hits(names, len(found.same), notes, only, len(found.parts), found.loose)


def _notes(view: View, rows: dict[str, list[ModelRow]], names: Iterable[str]) -> dict[str, str]:
    """What people must know of some of the names."""
    return {name: note for name in names if (note := note_of(view, rows.get(name, ()))) is not None}


def makers(view: View, rows: Iterable[ModelRow]) -> set[str | None]:
    """The providers that the `canonical` of these models names."""
    return {maker(view, row) for row in rows}


def makers_first(view: View, rows: Sequence[ModelRow]) -> list[ModelRow]:
    """Rows of one name: first those of the models' makers, then the others; retired ones last."""
    own = makers(view, rows)
    return sorted(rows, key=lambda row: (is_retired(state_of(view, row)), row[0] not in own))


def _id(view: View, row: ModelRow) -> str:
    return view.file.block(row[0]).ids[row[1]]


def _spec(view: View, row: ModelRow) -> str:
    return f"{row[0]}:{_id(view, row)}"


def _named(view: View, provider: str, name: str) -> list[int]:
    """The rows of a provider's shown models with that `name` in their record."""
    shown = view.shown(provider)
    try:
        rows = view.file.block(provider).rows_with(b'"name":%b' % encode_json(name.strip()))
    except UnicodeEncodeError:  # half of a pair of surrogates, as in an argument that is not UTF-8
        return []
    return [row for row in rows if row in shown and view.file.block(provider).model(row).get("name") == name.strip()]


def _gone(view: View, provider: str, name: str) -> list[str]:
    """The same model, or one with few letters changed, among the ids that only the history has."""
    block = view.file.block(provider)
    ids = [one for one in view.past.ids(provider) if not block.serves(one) and view.past.is_gone(provider, one)]
    found = similar(name, ids)
    return found.same


def _near_specs(view: View, one: Reading, *, loosely: bool) -> list[str]:
    """For each provider that a reading may mean, the spec of its model that is most like the rest of the text."""
    specs = []
    for provider in one.providers or () if one.known or not loosely else ():
        found = _of_provider(view, provider, one.rest)
        if found.loose is loosely:
            specs += [f"{provider}:{name}" for name in found.names[:1]]
    return specs
