"""Overlay: layers are merged onto a snapshot.

Only what the layers touch is decoded, merged, validated and written anew; all else is copied as it stands.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from llm_models import index, validation
from llm_models.enrich import agreed_families, last_segment
from llm_models.errors import ConfigError, EmptyCatalogError, did_you_mean, printable
from llm_models.filters import compile_glob
from llm_models.merge import Layered, merge
from llm_models.modelspec import fold_provider
from llm_models.rules import RECORD_RULES, SETTINGS_RULES
from llm_models.snapshot_writer import assemble
from llm_models.tail import Tail, header_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llm_models.errors import Problem
    from llm_models.index import Indexed
    from llm_models.layers import DocumentPath, Entry, Layer
    from llm_models.merge import Merged
    from llm_models.snapshot_file import SnapshotFile

__all__ = ["Overlay", "overlay"]


class Overlay:
    """One run of the merge: which records the layers touch, in what order, and what could not be applied.

    `own` holds the providers, `defined` the models by provider, that layers bring.

    `gone` lists the entries left out because no layer holds their model, `fallen` the aliases that could not
    stand, as (spec, alias, reason).
    """

    def __init__(self, base: SnapshotFile, layers: Sequence[Layer]) -> None:
        self.base = base
        self.layers = layers
        self.providers: dict[str, list[Entry]] = {}
        self.models: dict[str, dict[str, list[Entry]]] = {}
        self.own: set[str] = set()
        self.defined: dict[str, set[str]] = {}
        self.gone: list[Entry] = []
        self.fallen: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []
        for layer in layers:
            self._add(layer)

    def knows(self, provider: str) -> bool:
        """Whether some layer holds that provider."""
        return provider in self.base.header["blocks"] or provider in self.own

    def holds(self, provider: str, model_id: str) -> bool:
        """Whether the base, or a layer added so far, holds that model."""
        if model_id in self.defined.get(provider, ()):
            return True
        return provider in self.base.header["blocks"] and model_id in self.base.block(provider).places

    def ids(self, provider: str) -> list[str]:
        """The ids of a provider's models, base and defined, sorted."""
        base = self.base.block(provider).ids if provider in self.base.header["blocks"] else ()
        return sorted({*base, *self.defined.get(provider, ())})

    def _add(self, layer: Layer) -> None:
        for entry in layer.providers:
            if not self.knows(entry.provider):
                if layer.only_patches:
                    self.gone.append(entry)
                    continue
                self.own.add(entry.provider)
            self.providers.setdefault(entry.provider, []).append(entry)
        entries = layer.models
        if layer.only_patches:
            self.gone.extend(entry for entry in entries if not self.knows(entry.provider))
            entries = [entry for entry in entries if self.knows(entry.provider)]
        entries = [e for e in entries if self._check_provider(e.provider, layer, (*e.path, "provider"))]
        exact = []
        for entry in entries:
            if entry.match is not None:
                continue
            if not self.holds(entry.provider, entry.id):
                if layer.only_patches or not (entry.provider in self.own or _defines(entry)):
                    self.gone.append(entry)
                    continue
                self.defined.setdefault(entry.provider, set()).add(entry.id)
            exact.append(entry)
        # A match speaks before an exact id, and only to what this layer and weaker ones hold, so that merging
        # layer by layer gives what merging at once gives.
        for entry in entries:
            if entry.match is not None:
                test = compile_glob(entry.match)
                for model_id in self.ids(entry.provider):
                    if test(model_id):
                        self._touch(entry, model_id)
        for entry in exact:
            self._touch(entry, entry.id)

    def _touch(self, entry: Entry, model_id: str) -> None:
        self.models.setdefault(entry.provider, {}).setdefault(model_id, []).append(entry)

    def _check_provider(self, provider: str, layer: Layer, path: DocumentPath, key: str | None = None) -> bool:
        if self.knows(provider):
            return True
        hint = did_you_mean(provider, [*self.base.header["blocks"], *self.own], 1)
        hint = hint or "Define it under [[providers]] first."
        message = f"unknown provider '{printable(provider if key is None else key)}'"
        self.problems.append(layer.document.problem(path, message, hint, key))
        return False

    def settings(self) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """exclude, deny, allow and prefer of all layers, and the place of each pattern."""
        stated = [Layered(self._settings(layer), layer.name) for layer in self.layers]
        merged = merge([Layered(self.base.header["filters"]), *stated], SETTINGS_RULES)
        places: dict[str, dict[str, Any]] = deepcopy(self.base.tail()["settings"])
        for layer in self.layers:
            for section in ("exclude", "deny", "allow"):
                table = (layer.document.data or {}).get(section)
                for spelling, globs in table.items() if isinstance(table, dict) else ():
                    provider = fold_provider(spelling)
                    known = layer.only_patches or self._check_provider(provider, layer, (section,), spelling)
                    origin = {"layer": layer.name, "place": layer.place((section, spelling))}
                    for pattern in globs if known and globs != "all" else ():
                        places.setdefault(section, {}).setdefault(provider, {}).setdefault(pattern, origin)
        return merged.values, places

    def _settings(self, layer: Layer) -> Mapping[str, Any]:
        """What a layer says of the catalogue; one that only patches says nothing of providers that are gone."""
        if not layer.only_patches:
            return layer.settings
        return {
            name: {one: globs for one, globs in said.items() if self.knows(one)} if isinstance(said, dict) else said
            for name, said in layer.settings.items()
        }


def _defines(entry: Entry) -> bool:
    return entry.states("name") or entry.states("limits", "context") or entry.states("modalities")


def overlay(
    base: SnapshotFile,
    layers: Sequence[Layer],
    *,
    name: str,
    base_kind: str | None = None,
    config: bytes | None = None,
    module: str | None = None,
) -> tuple[SnapshotFile, Overlay]:
    """`base` with `layers` merged onto it, weakest first, as a snapshot file called `name`.

    `base_kind` is what the header says of the base, `"packaged"` or `"source"`, and makes it one that `restore`
    takes off again; None merges the layers in for good. `config` is the text of the `llm_models.toml` among
    them, `module` the behaviour module that it names. Raises `ConfigError` with all problems,
    `EmptyCatalogError` where no model is left.
    """
    run = Overlay(base, layers)
    settings, places = run.settings()
    if run.problems:
        order = [layer.document.name for layer in layers]
        problems = sorted(run.problems, key=lambda one: (order.index(str(one.file)), one.line or 0, one.column or 0))
        raise ConfigError("\n".join(map(str, problems)), problems=tuple(problems))
    tail = Tail(base, passing=base_kind is not None)
    tail.settings(places, base.header["filters"])
    excludes = {
        provider: [(pattern, compile_glob(pattern)) for pattern in patterns]
        for provider, patterns in settings.get("exclude", {}).items()
        if patterns
    }
    touched = sorted(run.providers.keys() | run.models.keys() | excludes.keys())
    parts = {one: _Part(run, one, excludes.get(one, []), places, tail) for one in touched}
    families = _families(base, parts)
    blocks = {
        provider: (base.raw_block(provider), place[3])
        for provider, place in base.header["blocks"].items()
        if provider not in parts
    }
    blocks.update({provider: part.block(families) for provider, part in parts.items()})
    if not any(count for _, count in blocks.values()):
        raise EmptyCatalogError("no model is left once every exclude is applied")
    header = header_of(base)
    header["filters"] = {key: settings[key] for key in ("allow", "deny", "prefer") if key in settings}
    if base_kind is not None:
        header["base"] = {"kind": base_kind, "digest": base.header["digest"]}
    if module is not None:
        header["overrides_module"] = module
    return assemble(header, blocks, tail.to_dict(), config, name), run


class _Part:
    """One touched provider: its record, what is `stated` of the models that layers change, the `lines` kept."""

    def __init__(self, run: Overlay, provider: str, excludes: list[Any], places: Mapping[str, Any], tail: Tail) -> None:
        self.provider = provider
        self.base = run.base.block(provider) if provider in run.base.header["blocks"] else None
        self.record: Mapping[str, Any] = self.base.provider if self.base else {"id": provider}
        self.stated: dict[str, dict[str, Any]] = {}
        self.lines: dict[str, Indexed] = {}
        if provider in run.providers:
            merged = _merge(self.record, run.providers[provider])
            _validate("provider", merged.values, provider)
            tail.provider(provider, self.base, merged)
            self.record = merged.values
        touched = run.models.get(provider, {})
        for model_id in run.ids(provider):
            pattern = next((pattern for pattern, test in excludes if test(model_id)), None)
            if pattern is not None:
                why = {"pattern": pattern, **places["exclude"][provider][pattern]}
                tail.removed(f"{provider}:{model_id}", self.base, model_id, why)
            elif model_id in touched:
                self._merge_model(model_id, touched[model_id], tail)
            elif self.base is not None:
                self.lines[model_id] = index.kept(self.base, self.base.places[model_id])
        self._drop_fallen_aliases(run, tail)

    def _merge_model(self, model_id: str, entries: Sequence[Entry], tail: Tail) -> None:
        spec = f"{self.provider}:{model_id}"
        merged = _merge(self._ground(model_id), entries)
        _validate("model", merged.values, spec)
        tail.model(spec, self.base, model_id, merged)
        self.stated[model_id] = merged.values

    def _ground(self, model_id: str) -> dict[str, Any]:
        """What the base states of a model, without what was derived for it."""
        line = {"id": model_id}
        if self.base is not None and model_id in self.base.places:
            line = self.base.model(self.base.places[model_id])
            line.pop("derived", None)
        return {**line, "provider": self.provider}

    def _drop_fallen_aliases(self, run: Overlay, tail: Tail) -> None:
        """Take from each model the aliases that cannot stand: an exact id beats an alias, and two claims beat none."""
        aliases = {model_id: line.aliases for model_id, line in self.lines.items()}
        aliases.update({model_id: tuple(data.get("aliases", ())) for model_id, data in self.stated.items()})
        for model_id, fallen in index.settle_aliases(aliases).items():
            spec = f"{self.provider}:{model_id}"
            if model_id in self.lines:  # an alias of the base's that a layer's model now bears as its id
                del self.lines[model_id]
                self.stated[model_id] = self._ground(model_id)
                tail.model(spec, self.base, model_id)
            gone = [alias for alias, _ in fallen]
            kept = [alias for alias in self.stated[model_id]["aliases"] if alias not in gone]
            self.stated[model_id]["aliases"] = kept
            run.fallen.extend((spec, alias, why) for alias, why in fallen)

    def block(self, families: Mapping[str, str]) -> tuple[bytes, int]:
        """The provider's block; `families` tells what others state by last segment of an id."""
        made = {i: index.index_model(data, lambda i: families.get(last_segment(i))) for i, data in self.stated.items()}
        return index.block_of(self.record, {**self.lines, **made})


def _families(base: SnapshotFile, parts: Mapping[str, _Part]) -> dict[str, str]:
    """Last segment -> the family that the models of it state, once merged, for the touched models that state none."""
    stated = [(i, data.get("family")) for part in parts.values() for i, data in part.stated.items()]
    wanted = {last_segment(model_id) for model_id, family in stated if family is None}
    for provider in base.header["blocks"] if wanted else ():
        block = base.block(provider)
        ids = parts[provider].lines if provider in parts else block.ids
        near = [model_id for model_id in ids if last_segment(model_id) in wanted]
        stated.extend((model_id, block.model(block.places[model_id]).get("family")) for model_id in near)
    return agreed_families(stated)


def _merge(ground: Mapping[str, Any], entries: Sequence[Entry]) -> Merged:
    return merge([Layered(ground), *(part for entry in entries for part in entry.layered())], RECORD_RULES)


def _validate(kind: str, record: Mapping[str, Any], spec: str) -> None:
    """What each layer may say is checked before; this looks at what they make together."""
    fault = validation.first_fault(kind, record)
    if fault is not None:
        path, message = fault
        raise ConfigError(printable(f"{spec}: once merged, {'.'.join(map(str, path))}: {message}"))
