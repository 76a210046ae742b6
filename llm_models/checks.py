"""Checks: what is pointless, or probably not meant, in an `llm_models.toml` that is valid in itself.

Each check is a small function over one file and the catalogue that it corrects; it runs no code that the file
names and opens no socket.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import config, paths
from llm_models.changes import Touched, settle_aliases
from llm_models.document import ANY
from llm_models.errors import ConfigError, Problem, SnapshotError, did_you_mean, nearest, printable
from llm_models.filters import compile_glob
from llm_models.frozen import defaults
from llm_models.in_use import in_use
from llm_models.layers import BY_PROVIDER, RECORD_RULES, Layer, layer_from
from llm_models.modelspec import fold_provider
from llm_models.origins import fields_of, leaves, weaker
from llm_models.records import Model, Provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llm_models.document import Document, DocumentPath
    from llm_models.layers import Entry
    from llm_models.snapshot_file import SnapshotFile

_FIELDS = {"models": (*defaults(Model), "match", "omit"), "providers": (*defaults(Provider), "omit")}


def check_file(path: str) -> list[Problem]:
    """Every problem of the configuration file at `path`, errors and warnings, in the order of their places."""
    try:
        raw = paths.read_config(path)
    except ConfigError as error:
        return list(error.problems)
    try:
        return check_text(raw, path, base_for(path))
    except SnapshotError as error:
        damaged = Problem(f"cannot be compared with the catalogue: {error}", file=path)
        return [damaged, *config.parse(raw, path).problems]


def base_for(path: str) -> SnapshotFile:
    """The catalogue that the configuration at `path` corrects: the base of the one that is in use beside it."""
    folder = paths.find(path)
    return in_use(paths.Folder(None, folder.state)).base


def check_text(raw: bytes, path: str, base: SnapshotFile) -> list[Problem]:
    """Every problem of a configuration's text, called `path`, as a correction of `base`.

    What is wrong with one entry keeps nothing from being said of the others; only warnings that rest on what was
    wrong wait until it is mended.
    """
    document = config.parse(raw, path)
    found = list(document.problems)
    if document.data is not None:
        name = os.path.basename(path)
        curated = os.path.basename(os.path.dirname(paths.absolute(path))) == "overrides"
        layer = layer_from(document, f"overrides/{name}" if curated else name, only_patches=curated)
        run = Touched(base, [layer])
        case = _Case(document, layer, run, run.settings()[0].get("exclude", {}))
        if ANY not in document.doubtful:
            found += run.problems
        for check in CHECKS:
            for one in check(case):
                if not document.doubtful & {one.provider, ANY}:
                    found.append(document.problem(one.path, one.message, one.hint, one.key, one.severity))
    return sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0, problem.message))


class _Case(NamedTuple):
    """What a check looks at: a document, the layer that it states, that layer over the base, and what goes."""

    document: Document
    layer: Layer
    run: Touched
    excludes: dict[str, list[str]]

    def entries(self) -> Iterator[Entry]:
        """The model entries whose provider is known; of the others something worse is said."""
        return (entry for entry in self.layer.models if self.run.knows(entry.provider))

    def touched(self, entry: Entry) -> list[str]:
        """The ids of the models that an entry speaks of."""
        return [i for i, entries in self.run.models.get(entry.provider, {}).items() if entry in entries]

    def ground(self, provider: str, model_id: str) -> dict[tuple[str, ...], Any] | None:
        """What the base states of a model without this layer, None where it does not hold it."""
        stated = self.run.base.stated(provider, model_id)
        if stated is None:
            return None
        origins = fields_of(self.run.base.tail(), "models", f"{provider}:{model_id}")
        return weaker(dict(leaves(stated)), origins, self.layer.name)

    def excluding(self, provider: str, model_id: str) -> str | None:
        """The pattern that excludes a model, if one does."""
        patterns = self.excludes.get(provider, ())
        return next((pattern for pattern in patterns if compile_glob(pattern)(model_id)), None)

    def aliases(self, provider: str) -> dict[str, tuple[str, ...]]:
        """The aliases of each model of a provider that no exclude removes, with those of this layer."""
        held: dict[str, list[str]] = {i: [] for i in self.run.ids(provider) if self.excluding(provider, i) is None}
        if provider in self.run.base.blocks:
            for alias, model_id in self.run.base.block(provider).aliases.items():
                held.get(model_id, []).append(alias)
        for model_id, entries in self.run.models.get(provider, {}).items():
            for entry in entries if model_id in held else ():
                ground = [] if ("aliases",) in entry.omitted else held[model_id]
                held[model_id] = [*ground, *entry.fields.get("aliases", ())]
        return {model_id: tuple(dict.fromkeys(aliases)) for model_id, aliases in held.items()}


class _Finding(NamedTuple):
    """What a check found at a path, or at its `key`, about a provider."""

    provider: str
    path: DocumentPath
    message: str
    hint: str = ""
    key: str | None = None
    severity: str = "warning"


def _gone(case: _Case) -> Iterator[_Finding]:
    """An entry whose model nobody holds."""
    for entry in case.run.left_out:
        provider = entry.provider
        if not case.run.knows(provider):  # an entry that may only patch
            path = (*entry.path, "provider" if entry.path[0] == "models" else "id")
            yield _Finding(provider, path, "no layer holds this provider, so this entry is left out")
            continue
        text = f"{provider} has no model '{printable(entry.id)}', so this entry is left out"
        aliases = case.run.base.block(provider).aliases if provider in case.run.base.blocks else {}
        if entry.id in aliases:
            hint = f"It is an alias: name '{printable(aliases[entry.id])}'."
        else:
            hint = did_you_mean(entry.id, case.run.ids(provider))
        yield _Finding(provider, (*entry.path, "id"), text, hint or "To define it, state name or limits.context.")


def _matches_nothing(case: _Case) -> Iterator[_Finding]:
    """A match, exclude, allow or deny that no model fits."""

    def look(provider: str, path: DocumentPath, pattern: str, names: list[str]) -> Iterator[_Finding]:
        if not any(map(compile_glob(pattern), names)):
            yield _Finding(provider, path, f"matches no model of {provider}", did_you_mean(pattern, names))

    for entry in case.entries():
        if entry.match is not None:
            yield from look(entry.provider, (*entry.path, "match"), entry.match, case.run.ids(entry.provider))
    for section in BY_PROVIDER:
        for (_, spelling), globs in case.document.entries(section):
            provider = fold_provider(str(spelling))
            if not case.run.knows(provider) or globs == "all":
                continue
            names = case.run.ids(provider)
            if section != "exclude":
                names = [*names, *(alias for aliases in case.aliases(provider).values() for alias in aliases)]
            for place, pattern in enumerate(globs):
                yield from look(provider, (section, spelling, place), pattern, names)


def _already_so(case: _Case) -> Iterator[_Finding]:
    """A value that the catalogue states just so without it."""
    base = case.run.base
    for entry in case.entries():
        ids = case.touched(entry)
        grounds = [case.ground(entry.provider, i) for i in ids]
        if grounds and None not in grounds:
            others = [o for i in ids for o in case.run.models[entry.provider][i] if o is not entry]
            yield from _same(case.document, entry, grounds, others, f"{entry.provider}:{entry.match or entry.id}")
    for entry in case.layer.providers:
        if entry.provider in base.blocks:
            origins = fields_of(base.tail(), "providers", entry.provider)
            ground = weaker(dict(leaves(base.block(entry.provider).provider)), origins, case.layer.name)
            yield from _same(case.document, entry, [ground], [], entry.provider)


def _same(document: Document, entry: Entry, grounds: list[Any], others: list[Entry], spec: str) -> Iterator[_Finding]:
    """The values of an entry that all `grounds` state too, but for what `others` say otherwise before it."""
    if entry.omitted:  # what it omits first, it may well state again
        return
    for path, value in leaves(entry.fields):
        if any(other.states(*path) or any(path[: len(gone)] == gone for gone in other.omitted) for other in others):
            continue
        stated = [ground.get(path) for ground in grounds]
        united = RECORD_RULES.get(path) == "UNITE"
        if all((have is not None and (set(value) <= set(have) if united else _equal(value, have))) for have in stated):
            place = (*entry.path, *path)
            if document.line(place) is None:
                place = tuple(part for part in place if part != "extra")
            yield _Finding(entry.provider, place, f"{printable(spec)} says so already, without this line")


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _excluded(case: _Case) -> Iterator[_Finding]:
    """An override of a model that an exclude removes."""
    for entry in case.entries():
        pattern = None if entry.match is not None else case.excluding(entry.provider, entry.id)
        if pattern is not None and entry not in case.run.left_out:
            why = f"exclude pattern '{printable(pattern)}' removes this model, whatever is said here"
            yield _Finding(entry.provider, (*entry.path, "id"), why)


def _to_extra(case: _Case) -> Iterator[_Finding]:
    """A key that is no field of a record: it passes into extra, which may not be meant."""
    for section, known in _FIELDS.items():
        for path, data in case.document.entries(section):
            for key in data:
                if key not in known:
                    near = nearest(key, known, 1)
                    hint = f"Did you mean '{near[0]}'?" if near else "Put it under extra to say that it is meant."
                    text = f"'{printable(key)}' is no field of a record and passes into extra"
                    yield _Finding("", path, text, hint, key)


def _tiers_left(case: _Case) -> Iterator[_Finding]:
    """A new price that leaves the source's prices for long requests as they were."""
    for entry in case.entries():
        new = [name for name in ("input", "output") if entry.states("cost", name)]
        ids = case.touched(entry) if new else []
        said = [other for i in ids for other in case.run.models[entry.provider][i]]
        if any(e.states("cost", "tiers") or any(path[:1] == ("cost",) for path in e.omitted) for e in said):
            continue
        tiered = [i for i in ids if (case.ground(entry.provider, i) or {}).get(("cost", "tiers"))]
        if tiered:
            text = f"cost.tiers of {entry.provider}:{printable(tiered[0])} still holds the old prices for long requests"
            hint = 'State cost.tiers too, or put "cost.tiers" in omit.'
            yield _Finding(entry.provider, (*entry.path, "cost", new[0]), text, hint)


def _aliases(case: _Case) -> Iterator[_Finding]:
    """An alias that is a model's id, or that two models claim: an error, for it cannot stand."""
    for provider in {entry.provider: None for entry in case.entries() if entry.states("aliases")}:
        fallen = settle_aliases(case.aliases(provider))
        why = {alias: reason for aliases in fallen.values() for alias, reason in aliases}
        for entry in case.entries():
            if entry.provider == provider and case.touched(entry):
                for place, alias in enumerate(entry.fields.get("aliases", ())):
                    if alias in why:
                        path = (*entry.path, "aliases", place)
                        text = f"'{printable(alias)}' cannot be an alias: {printable(why[alias])} of {provider}"
                        yield _Finding(provider, path, text, severity="error")


def _preferred(case: _Case) -> Iterator[_Finding]:
    """A preferred provider that no layer holds."""
    for place, provider in enumerate(case.layer.settings.get("prefer", ())):
        if not case.run.knows(provider):
            hint = did_you_mean(provider, case.run.base.blocks, 1)
            yield _Finding(provider, ("prefer", place), f"unknown provider '{printable(provider)}'", hint)


CHECKS: tuple[Callable[[_Case], Iterator[_Finding]], ...] = (
    _gone,
    _matches_nothing,
    _already_so,
    _excluded,
    _to_extra,
    _tiers_left,
    _aliases,
    _preferred,
)
