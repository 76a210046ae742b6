"""Checks: what is pointless, or probably not meant, in an `llm_models.toml` that is valid in itself.

Each check is a small function over one file and the catalogue that it corrects; it runs no code that the file
names and opens no socket.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from llm_models import config, paths
from llm_models.errors import Problem, did_you_mean, nearest, printable
from llm_models.filters import compile_glob
from llm_models.layers import Layer, layer_from
from llm_models.overlay import Overlay, restore
from llm_models.provenance import leaves, weaker
from llm_models.records import Model, Provider
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from llm_models.config import Document
    from llm_models.layers import Entry

__all__ = ["base_for", "check_file", "check_text"]

_UNITED = ("aliases", "tags")
_FIELDS = {"models": (*Model._fields, "match", "omit"), "providers": (*Provider._fields, "omit")}


def check_file(path: str) -> list[Problem]:
    """Every problem of the configuration file at `path`, errors and warnings, in the order of their places."""
    from llm_models.errors import ConfigError

    try:
        raw = paths.read_config(path)
    except ConfigError as error:
        return list(error.problems)
    return check_text(raw, path, base_for(path))


def base_for(path: str) -> SnapshotFile:
    """The catalogue that a configuration corrects: the base of the activation beside it, else the packaged one."""
    folder = paths.find(path)
    activated = folder.activated
    return restore(SnapshotFile.open(activated or paths.PACKAGED_SNAPSHOT))


def check_text(raw: bytes, path: str, base: SnapshotFile) -> list[Problem]:
    """Every problem of a configuration's text, called `path`, as a correction of `base`."""
    document = config.parse(raw, path)
    if document.problems or document.data is None:
        return document.problems
    name = os.path.basename(path)
    curated = os.path.basename(os.path.dirname(os.path.abspath(path))) == "overrides"
    layer = layer_from(document, f"overrides/{name}" if curated else name, only_patches=curated)
    run = Overlay(base, [layer], passing=False)
    settings, _ = run.settings()
    found = list(run.problems)
    if not found:
        for check in CHECKS:
            found.extend(check(document, layer, run, settings))
    return sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0, problem.message))


def _warn(
    document: Document, path: tuple[str | int, ...], message: str, hint: str = "", key: str | None = None
) -> Problem:
    return document.problem(path, message, hint, key, "warning")


def _gone(document: Document, _layer: Layer, run: Overlay, _settings: Mapping[str, Any]) -> Iterator[Problem]:
    """An entry whose model nobody holds."""
    for entry in run.gone:
        ids = run.ids(entry.provider) if run.knows(entry.provider) else []
        where = f"{entry.provider} has no model '{printable(entry.match or entry.id)}', so this entry is left out"
        near = did_you_mean(entry.id, ids)
        hint = near or "To define it, state name, limits.context or modalities."
        yield _warn(document, (*entry.path, "id"), where, hint)


def _matches_nothing(document: Document, layer: Layer, run: Overlay, _settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A match, exclude, allow or deny that no model fits."""
    for entry in layer.models:
        if entry.match is not None and not any(map(compile_glob(entry.match), run.ids(entry.provider))):
            hint = did_you_mean(entry.match, run.ids(entry.provider))
            yield _warn(document, (*entry.path, "match"), f"matches no model of {entry.provider}", hint)
    for section in ("exclude", "allow", "deny"):
        table = (document.data or {}).get(section)
        for spelling, globs in table.items() if isinstance(table, dict) else ():
            provider = _folded(spelling)
            names = _names(run, provider, aliases=section != "exclude")
            for place, pattern in enumerate(globs if globs != "all" else ()):
                if not any(map(compile_glob(pattern), names)):
                    hint = did_you_mean(pattern, names)
                    yield _warn(document, (section, spelling, place), f"matches no model of {provider}", hint)


def _folded(spelling: str) -> str:
    from llm_models.modelspec import fold_provider

    return fold_provider(spelling)


def _names(run: Overlay, provider: str, *, aliases: bool) -> list[str]:
    names = run.ids(provider)
    if aliases and provider in run.base.header["blocks"]:
        names = [*names, *run.base.block(provider).aliases]
    if aliases:
        for entries in run.models.get(provider, {}).values():
            names.extend(alias for entry in entries for alias in entry.fields.get("aliases", ()))
    return names


def _already_so(document: Document, layer: Layer, run: Overlay, _settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A value that the catalogue states just so without it."""
    tail = run.base.tail()
    for entry in layer.models:
        ids = [i for i, entries in run.models.get(entry.provider, {}).items() if entry in entries]
        grounds = [_ground(run, entry.provider, i, tail, layer.name) for i in ids]
        if grounds and None not in grounds:
            spec = f"{entry.provider}:{entry.match or entry.id}"
            yield from _same(document, entry, grounds, spec)
    for entry in layer.providers:
        if entry.provider in run.base.header["blocks"]:
            record = run.base.block(entry.provider).provider
            origins = tail["providers"].get(entry.provider, {}).get("fields", {})
            yield from _same(document, entry, [weaker(record, origins, layer.name)], entry.provider)


def _ground(run: Overlay, provider: str, model_id: str, tail: Mapping[str, Any], layer: str) -> dict[str, Any] | None:
    """What the base says of a model without the layer of that name, None where it does not hold it."""
    if provider not in run.base.header["blocks"] or model_id not in run.base.block(provider).places:
        return None
    block = run.base.block(provider)
    line = block.model(block.places[model_id])
    line.pop("derived", None)
    return weaker(line, tail["models"].get(f"{provider}:{model_id}", {}).get("fields", {}), layer)


def _same(document: Document, entry: Entry, grounds: list[Any], spec: str) -> Iterator[Problem]:
    if entry.omitted:  # what it omits first, it may well state again
        return
    for field, value in leaves(entry.fields):
        said = [ground.get(field) for ground in grounds]
        united = field in _UNITED
        if all((have is not None and (set(value) <= set(have) if united else _equal(value, have))) for have in said):
            path = (*entry.path, *field.split("."))
            if document.line(path) is None:
                path = tuple(part for part in path if part != "extra")
            yield _warn(document, path, f"{printable(spec)} says so already, without this line")


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _excluded(document: Document, layer: Layer, run: Overlay, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """An override of a model that an exclude removes."""
    for entry in layer.models:
        if entry.match is None:
            for pattern in settings.get("exclude", {}).get(entry.provider, ()):
                if compile_glob(pattern)(entry.id) and entry not in run.gone:
                    why = f"exclude pattern '{printable(pattern)}' removes this model, whatever is said here"
                    yield _warn(document, (*entry.path, "id"), why)


def _to_extra(document: Document, _layer: Layer, _run: Overlay, _settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A key that is no field of a record: it passes into extra, which may not be meant."""
    for section, known in _FIELDS.items():
        for index, data in enumerate((document.data or {}).get(section, [])):
            for key in data:
                if key not in known:
                    near = nearest(key, known, 1)
                    hint = f"Did you mean '{near[0]}'?" if near else "Put it under extra to say that it is meant."
                    text = f"'{printable(key)}' is no field of a record and passes into extra"
                    yield _warn(document, (section, index), text, hint, key)


def _tiers_left(document: Document, layer: Layer, run: Overlay, _settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A new price that leaves the source's prices for long requests as they were."""
    tail = run.base.tail()
    for entry in layer.models:
        new = [name for name in ("input", "output") if entry.states("cost", name)]
        if not new or entry.states("cost", "tiers") or any(path[:1] == ("cost",) for path in entry.omitted):
            continue
        ids = [i for i, entries in run.models.get(entry.provider, {}).items() if entry in entries]
        tiered = [i for i in ids if (_ground(run, entry.provider, i, tail, layer.name) or {}).get("cost.tiers")]
        if tiered:
            text = f"cost.tiers of {entry.provider}:{printable(tiered[0])} still holds the old prices for long requests"
            hint = 'State cost.tiers too, or put "cost.tiers" in omit.'
            yield _warn(document, (*entry.path, "cost", new[0]), text, hint)


def _aliases(document: Document, layer: Layer, run: Overlay, _settings: Mapping[str, Any]) -> Iterator[Problem]:
    """An alias that is another model's id, or that another model has: an error, for it cannot stand."""
    for entry in layer.models:
        ids = set(run.ids(entry.provider))
        block = run.base.block(entry.provider) if entry.provider in run.base.header["blocks"] else None
        for place, alias in enumerate(entry.fields.get("aliases", ())):
            path = (*entry.path, "aliases", place)
            if alias in ids:
                yield document.problem(path, f"'{printable(alias)}' is the id of a model of {entry.provider}")
            owners = {
                e.id for e in layer.models if e.provider == entry.provider and alias in e.fields.get("aliases", ())
            }
            if block is not None and alias in block.aliases:
                owners.add(block.aliases[alias])
            others = sorted(owners - {entry.id})
            if others and entry.match is None:
                yield document.problem(path, f"'{printable(alias)}' is an alias of {printable(others[0])} too")


def _preferred(document: Document, layer: Layer, run: Overlay, _settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A preferred provider that no layer holds."""
    for place, provider in enumerate(layer.settings.get("prefer", ())):
        if not run.knows(provider):
            hint = did_you_mean(provider, run.base.header["blocks"], 1)
            yield _warn(document, ("prefer", place), f"unknown provider '{printable(provider)}'", hint)


CHECKS: tuple[Callable[..., Iterator[Problem]], ...] = (
    _gone,
    _matches_nothing,
    _already_so,
    _excluded,
    _to_extra,
    _tiers_left,
    _aliases,
    _preferred,
)
