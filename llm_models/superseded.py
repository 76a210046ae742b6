"""Superseded: entries and values that other entries of the same file replace, and entries that state nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.canonical import repeated
from llm_models.case import Finding, before
from llm_models.errors import dotted, printable, split_dotted
from llm_models.layers import RECORD_RULES
from llm_models.origins import leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from llm_models.case import Case
    from llm_models.document import DocumentPath
    from llm_models.layers import Entry


_STATE_NONE = ("efforts", "env")
"""Lists that state that there is none when they are empty. Others mean the same as if they were not stated."""


def overwritten(case: Case) -> Iterator[Finding]:
    """A value that later entries of the file state for every model of an entry. An id beats a match."""
    for entry in case.entries():
        models = {} if case.layer.only_patches else case.touched(entry)
        later = [_later(entry, entries) for entries in models.values()]
        if not later or not all(later):
            continue
        lines: dict[tuple[str, ...], list[Entry]] = {}
        values = [*leaves(entry.fields)]
        for path, value in values:
            found = [next((one for one in entries if _replaces(one, path, value)), None) for entries in later]
            if None not in found:
                lines[path] = [one for one in found if one is not None]
        if values and len(lines) == len(values) and not entry.omitted:
            over = [one for entries in lines.values() for one in entries]
            verb = "state" if all(path in RECORD_RULES for path in lines) else "replace"
            text = f"{_by(over, verb)} everything that this entry states, so it has no effect"
            yield Finding(entry.provider, (*entry.path, "id" if entry.match is None else "match"), text)
            continue
        for path, over in lines.items():
            what = _by(over, "state") if path in RECORD_RULES else _by(over, "replace")
            text = f"{what} this value for every model that the entry matches, so the line has no effect"
            yield Finding(entry.provider, _where(entry, path), text)


def _later(entry: Entry, entries: Sequence[Entry]) -> list[Entry]:
    """The entries of the same file that are merged after an entry."""
    at = next(index for index, one in enumerate(entries) if one.is_part_of(entry))
    return [one for one in entries[at + 1 :] if one.layer is entry.layer]


def _replaces(entry: Entry, path: tuple[str, ...], value: Any) -> bool:
    """Whether an entry states or omits a field; of lists that are united, whether it states all that a value lists."""
    if path in RECORD_RULES:
        return RECORD_RULES[path] == "UNITE" and {*value} <= {*(entry.value(*path) or ())}
    return entry.states(*path) or any(path[: len(gap)] == gap for gap in entry.omitted)


def _by(entries: Sequence[Entry], verb: str) -> str:
    """Which entries replace a value, or state it, too."""
    lines = sorted({line for entry in entries if (line := entry.line(())) is not None})
    if not lines:
        return f"later entries {verb}"
    listed = ", ".join(map(str, lines[:3])) + (f" and {len(lines) - 3} more" if len(lines) > 3 else "")
    return f"the entry at line {listed} {verb}s" if len(lines) == 1 else f"the entries at lines {listed} {verb}"


def _where(entry: Entry, path: tuple[str, ...]) -> DocumentPath:
    """The path of a value of an entry in the text: an unknown key is stored in `extra`."""
    where = (*entry.path, *path)
    if entry.layer.document.line(where) is None:
        return tuple(part for part in where if part != "extra")
    return where


def stating_nothing(case: Case) -> Iterator[Finding]:
    """An entry without a value, about what is there without it; and a field in `omit` that is not stated."""
    for entry in () if case.layer.only_patches else [*case.layer.providers, *case.entries()]:
        keys = _keys(case, entry)
        defines = entry.match is None and not all(_is_there(case, entry, key) for key in keys)
        if entry.base or not keys or defines:
            continue
        data = case.layer.document.data["models" if entry.path[0] == "models" else "providers"][entry.path[1]]  # type: ignore[index]
        if not entry.fields and not data.get("omit"):
            text = f"states nothing of {printable(entry.spec)}, so this entry has no effect"
            yield Finding(entry.provider, (*entry.path, "id" if entry.match is None else "match"), text)
        for index, field in enumerate(data.get("omit", ())):
            path = split_dotted(field)
            stated = {one for key in keys for one in _stated(case, entry, key, path)}
            if not stated:
                text = f"{printable(entry.spec)} states no {printable(dotted(path))}, so this has no effect"
                yield Finding(entry.provider, (*entry.path, "omit", index), text)
            elif not any(one in RECORD_RULES or not entry.states(*one) for one in stated):
                text = f"this entry states {printable(dotted(path))} itself, so omitting it has no effect"
                yield Finding(entry.provider, (*entry.path, "omit", index), text)


def _keys(case: Case, entry: Entry) -> list[tuple[str, str | None]]:
    """What an entry is about: models, or a provider and None."""
    if entry.path[0] == "providers":
        return [(entry.provider, None)]
    return [(key.provider, key.id) for key in case.touched(entry)]


def _entries(case: Case, key: tuple[str, str | None]) -> Sequence[Entry]:
    """The entries about a model, or a provider and None, in the order in which they are merged."""
    provider, model_id = key
    return case.run.providers.get(provider, ()) if model_id is None else case.run.changing(provider, model_id)


def _empty(case: Case, entry: Entry) -> Iterator[Finding]:
    """The empty tables of an entry about what is there, and its empty lists where each record lists nothing."""
    keys = [key for key in _keys(case, entry) if _is_there(case, entry, key)]
    for path, value in leaves(entry.fields) if keys else ():
        if path[0] == "extra" and len(path) > 1:  # kept as it is
            continue
        name = dotted(path)
        if value == {} and path not in entry.omitted:
            text = f"an empty table adds nothing to {printable(name)}, so the line has no effect"
        elif (
            value == []
            and path not in RECORD_RULES  # `adding_nothing` reports it
            and not name.endswith(_STATE_NONE)
            and not any(_stated(case, entry, key, path) for key in keys)
        ):
            text = f"{printable(entry.spec)} lists nothing under {printable(name)}; the line has no effect"
        else:
            continue
        yield Finding(entry.provider, _where(entry, path), text)


def _is_there(case: Case, entry: Entry, key: tuple[str, str | None]) -> bool:
    """Whether the base, or an entry that is merged before this one, has what an entry is about."""
    earlier = before(entry, _entries(case, key))
    return case.run.base.holds(*key) or any(one.match is None for one in earlier)


def _stated(case: Case, entry: Entry, key: tuple[str, str | None], path: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The paths at or below a field that the base, or an entry that is merged before this one, states."""
    stated = {one for one in case.ground(*key) or {} if one[: len(path)] == path}
    for one in before(entry, _entries(case, key)):
        stated = {field for field in stated if not any(field[: len(gap)] == gap for gap in one.omitted)}
        stated |= {field for field, _ in leaves(one.fields) if field[: len(path)] == path}
    return stated


def adding_nothing(case: Case) -> Iterator[Finding]:
    """An empty list of a field whose lists are united, an empty table, and an empty list where nothing is listed."""
    for entry in [*case.layer.providers, *case.entries()]:
        yield from _empty(case, entry)
        for path in [path for path in RECORD_RULES if entry.value(*path) == [] and path not in entry.omitted]:
            keys = [key for key in _keys(case, entry) if _is_there(case, entry, key)]
            if keys:
                name = dotted(path)
                text = f"an empty list adds nothing to {name}, so the line has no effect"
                has = any(_stated(case, entry, key, path) for key in keys)
                hint = f'To remove the {name} of the catalogue, write omit = ["{name}"].' if has else ""
                yield Finding(entry.provider, (*entry.path, *path), text, hint)


def preferred_twice(case: Case) -> Iterator[Finding]:
    """A preferred provider that an earlier name of the list already means."""
    for index, first in repeated(case.layer.settings.get("prefer", ())):
        provider = case.layer.settings["prefer"][index]
        yield Finding(provider, ("prefer", index), f"the same provider as prefer[{first}], so this has no effect")


CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    overwritten,
    stating_nothing,
    adding_nothing,
    preferred_twice,
)
