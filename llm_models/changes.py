"""Changes: what layers change of a base, as plain data: touch, merge, validate, enrich.

Only what a layer touches is decoded; what no layer touches is not looked at.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import schema
from llm_models.agreement import PATHS, likely
from llm_models.enrich import derive
from llm_models.errors import ConfigError, did_you_mean, dotted, printable
from llm_models.filters import compile_glob
from llm_models.layers import BY_PROVIDER, RECORD_RULES, SETTINGS_RULES
from llm_models.merge import Layered, merge
from llm_models.modelspec import fold_provider
from llm_models.origins import stored
from llm_models.siblings import agreed_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llm_models.document import DocumentPath
    from llm_models.errors import Problem
    from llm_models.layers import Entry, Layer
    from llm_models.merge import Origin, Path
    from llm_models.origins import Removed, Stored
    from llm_models.snapshot_file import SnapshotFile

    Locations = dict[str, dict[str, dict[str, Stored]]]
    """Section (`exclude`, `deny`, `allow`) -> provider -> pattern -> the layer that states it, and where."""

OF_THE_GONE = frozenset({"retires", "successor"})
"""What a curated entry may state of a model that is gone: `timeline_build` takes it into the packaged history."""


class Touched:
    """Which records the layers touch, in what order, and what of the layers cannot be applied.

    `own` holds the providers and `defined` the models, by provider, that layers add. `left_out` lists the entries
    whose model no layer holds.
    """

    def __init__(self, base: SnapshotFile, layers: Sequence[Layer]) -> None:
        self.base = base
        self.layers = layers
        self.providers: dict[str, list[Entry]] = {}
        self.models: dict[str, dict[str, list[Entry]]] = {}
        self.own: set[str] = set()
        self.defined: dict[str, set[str]] = {}
        self.left_out: list[Entry] = []
        self.problems: list[Problem] = []
        for layer in layers:
            self._add_providers(layer)
            entries = [entry for entry in layer.models if self._has_provider(entry, layer)]
            exact = [entry for entry in entries if entry.match is None and self._defines(entry, layer)]
            # A match applies before an exact id, and only to what this layer and weaker ones hold, so that merging
            # layer by layer gives what merging at once gives.
            for entry in entries:
                if entry.match is not None:
                    self._add_matches(entry, entry.match)
            for entry in exact:
                self._touch(entry, entry.id)

    def knows(self, provider: str) -> bool:
        """Whether the base or a layer holds that provider."""
        return provider in self.own or provider in self.base.blocks

    def holds(self, provider: str, model_id: str) -> bool:
        """Whether the base, or a layer added so far, holds that model."""
        return model_id in self.defined.get(provider, ()) or self.base.holds(provider, model_id)

    def ids(self, provider: str) -> list[str]:
        """The ids of a provider's models, those of the base and of the layers, sorted."""
        base = self.base.block(provider).ids if provider in self.base.blocks else ()
        return sorted({*base, *self.defined.get(provider, ())})

    def _add_providers(self, layer: Layer) -> None:
        for entry in layer.providers:
            if not self.knows(entry.provider):
                if layer.only_patches:
                    self.left_out.append(entry)
                    continue
                self.own.add(entry.provider)
            self.providers.setdefault(entry.provider, []).append(entry)

    def _has_provider(self, entry: Entry, layer: Layer) -> bool:
        """Whether the entry's provider is known; otherwise the entry is left out, or a problem."""
        if layer.only_patches and not self.knows(entry.provider):
            self.left_out.append(entry)
            return False
        return self._check_provider(entry.provider, layer, (*entry.path, "provider"))

    def _defines(self, entry: Entry, layer: Layer) -> bool:
        """Whether the entry's model is there, or the entry may add it; otherwise the entry is left out."""
        if not self.holds(entry.provider, entry.id):
            if layer.only_patches and entry.fields.keys() <= OF_THE_GONE:
                return False
            stated = entry.states("name") or entry.states("limits", "context") or entry.states("modalities")
            if layer.only_patches or not (entry.provider in self.own or stated):
                self.left_out.append(entry)
                return False
            self.defined.setdefault(entry.provider, set()).add(entry.id)
        return True

    def _add_matches(self, entry: Entry, pattern: str) -> None:
        test = compile_glob(pattern)
        for model_id in self.ids(entry.provider):
            if test(model_id):
                self._touch(entry, model_id)

    def _touch(self, entry: Entry, model_id: str) -> None:
        self.models.setdefault(entry.provider, {}).setdefault(model_id, []).append(entry)

    def _check_provider(self, provider: str, layer: Layer, path: DocumentPath, key: str | None = None) -> bool:
        if self.knows(provider):
            return True
        hint = did_you_mean(provider, [*self.base.blocks, *self.own], 1) or "Define it under [[providers]] first."
        message = f"unknown provider '{printable(provider if key is None else key)}'"
        self.problems.append(layer.document.problem(path, message, hint, key))
        return False

    def settings(self) -> tuple[dict[str, Any], Locations]:
        """The settings of all layers, merged onto the base's, and the location of each pattern of the layers."""
        stated = [Layered(self._settings(layer), layer.name) for layer in self.layers]
        merged = merge([Layered(self.base.header["filters"]), *stated], SETTINGS_RULES)
        locations: Locations = {}
        for layer in self.layers:
            for path, patterns in chain(*map(layer.document.entries, BY_PROVIDER)):
                section, spelling = map(str, path)
                provider = fold_provider(spelling)
                known = layer.only_patches or self._check_provider(provider, layer, (section,), spelling)
                origin = stored(layer.name, layer.location(path))
                for pattern in patterns if known and patterns != "all" else ():
                    locations.setdefault(section, {}).setdefault(provider, {}).setdefault(pattern, origin)
        return merged.values, locations

    def _settings(self, layer: Layer) -> Mapping[str, Any]:
        """The settings of a layer; where it only patches, without those for providers that no layer holds."""
        if not layer.only_patches:
            return layer.settings
        return {
            name: {one: globs for one, globs in value.items() if self.knows(one)} if isinstance(value, dict) else value
            for name, value in layer.settings.items()
        }


class Final(NamedTuple):
    """A touched model: what is stated of it, what is derived, the origins of the values that layers set, and the
    capabilities that are likely.
    """

    stated: dict[str, Any]
    derived: dict[str, Any]
    origins: dict[Path, Origin]
    likely: Sequence[str] = ()


class Changes:
    """What becomes of each record that layers touch. All else stays as it is in `base`.

    `providers` holds each touched provider's record with its origins, `models` each touched model, `removed` the
    pattern that excludes a model (with its `layer` and `place`). `settings` are those of the whole catalogue and
    `locations` has that of each pattern. `left_out` lists the entries without effect, `fallen` the dropped aliases:
    (spec, alias, reason).
    """

    def __init__(self, touched: Touched, settings: dict[str, Any], locations: Locations) -> None:
        self.base = touched.base
        self.layers = touched.layers
        self.left_out = touched.left_out
        self.touched = touched
        self.settings = settings
        self.locations = locations
        self.providers: dict[str, tuple[dict[str, Any], dict[Path, Origin]]] = {}
        self.models: dict[str, dict[str, Final]] = {}
        self.removed: dict[str, dict[str, Removed]] = {}
        self.fallen: list[tuple[str, str, str]] = []


def merge_layers(base: SnapshotFile, layers: Sequence[Layer]) -> Changes:
    """What `layers`, weakest first, change of `base`. Raises `ConfigError` with all problems of the layers."""
    touched = Touched(base, layers)
    settings, locations = touched.settings()
    if touched.problems:
        order = [layer.document.name for layer in layers]
        problems = sorted(touched.problems, key=lambda it: (order.index(str(it.file)), it.line or 0, it.column or 0))
        raise ConfigError("\n".join(map(str, problems)), problems=tuple(problems))
    changes = Changes(touched, settings, locations)
    excludes = {provider: patterns for provider, patterns in settings.get("exclude", {}).items() if patterns}
    for provider in sorted(touched.providers.keys() | touched.models.keys() | excludes.keys()):
        _merge_provider(changes, provider)
        _exclude(changes, provider, excludes.get(provider, ()))
        for model_id, entries in touched.models.get(provider, {}).items():
            if model_id not in changes.removed.get(provider, ()):
                _merge_model(changes, provider, model_id, entries)
        _drop_fallen_aliases(changes, provider)
    _enrich(changes)
    return changes


def _merge_provider(changes: Changes, provider: str) -> None:
    entries = changes.touched.providers.get(provider)
    if entries:
        ground = changes.base.block(provider).provider if provider in changes.base.blocks else {"id": provider}
        changes.providers[provider] = _merge("provider", ground, entries, provider)
    elif provider not in changes.base.blocks:
        changes.providers[provider] = {"id": provider}, {}


def _exclude(changes: Changes, provider: str, patterns: Sequence[str]) -> None:
    tests = [(pattern, compile_glob(pattern)) for pattern in patterns]
    for model_id in changes.touched.ids(provider) if tests else ():
        pattern = next((pattern for pattern, test in tests if test(model_id)), None)
        if pattern is not None:
            origin = changes.locations["exclude"][provider][pattern]
            changes.removed.setdefault(provider, {})[model_id] = {"pattern": pattern, **origin}


def _merge_model(changes: Changes, provider: str, model_id: str, entries: Sequence[Entry]) -> None:
    ground = changes.base.stated(provider, model_id) or {"id": model_id}
    stated, origins = _merge("model", {**ground, "provider": provider}, entries, f"{provider}:{model_id}")
    changes.models.setdefault(provider, {})[model_id] = Final(stated, {}, origins)


def _merge(
    kind: str, ground: dict[str, Any], entries: Sequence[Entry], spec: str
) -> tuple[dict[str, Any], dict[Path, Origin]]:
    """A record with the entries merged onto it, which must then keep its schema."""
    if len(entries) == 1 and entries[0].is_ground:  # a source's own record, which was checked alone
        return {**ground, **entries[0].fields}, {}
    merged = merge([Layered(ground), *(part for entry in entries for part in entry.layered())], RECORD_RULES)
    if not schema.accepts(kind, merged.values):
        from llm_models.validation import first_fault

        path, message = first_fault(kind, merged.values) or ((), "refused")
        raise ConfigError(printable(f"{spec}: once merged, {dotted(path)}: {message}"))
    return merged.values, merged.origins


def settle_aliases(models: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[str, str]]]:
    """Model id -> those of its aliases that are dropped, with the reason: another model's id, or claimed twice."""
    claims: dict[str, list[str]] = {}
    for model_id, aliases in models.items():
        for alias in aliases:
            claims.setdefault(alias, []).append(model_id)
    fallen: dict[str, list[tuple[str, str]]] = {}
    for alias, owners in claims.items():
        if alias in models:
            why = "it is the id of a model"
        elif len(owners) > 1:
            why = f"it is claimed by {' and '.join(sorted(owners))}"
        else:
            continue
        for owner in owners:
            fallen.setdefault(owner, []).append((alias, why))
    return fallen


def _drop_fallen_aliases(changes: Changes, provider: str) -> None:
    """Take from each model the aliases that cannot stand: an id beats an alias, and two claims cancel each other."""
    models, removed = changes.models.setdefault(provider, {}), changes.removed.get(provider, ())
    aliases: dict[str, list[str]] = {}
    if provider in changes.base.blocks:
        block = changes.base.block(provider)
        aliases = {model_id: [] for model_id in block.ids if model_id not in removed}
        for alias, model_id in block.aliases.items():
            aliases.get(model_id, []).append(alias)
    aliases.update({model_id: final.stated.get("aliases", []) for model_id, final in models.items()})
    for model_id, fallen in settle_aliases(aliases).items():
        if model_id not in models:  # an alias of the base that is now the id of a layer's model
            models[model_id] = Final({**(changes.base.stated(provider, model_id) or {}), "provider": provider}, {}, {})
        dropped = [alias for alias, _ in fallen]
        models[model_id].stated["aliases"] = [alias for alias in aliases[model_id] if alias not in dropped]
        changes.fallen.extend((f"{provider}:{model_id}", alias, why) for alias, why in fallen)


def _enrich(changes: Changes) -> None:
    """Derive what the touched models do not state. Other records do not fill in what a layer omits."""
    stated = {name: {i: final.stated for i, final in models.items()} for name, models in changes.models.items()}
    facts = agreed_facts(changes.base, stated)
    for provider, models in changes.models.items():
        for model_id, final in models.items():
            agreed = {
                name: value for name, value in facts[provider, model_id].items() if PATHS[name] not in final.origins
            }
            models[model_id] = final._replace(derived=derive(final.stated, agreed), likely=likely(agreed))
