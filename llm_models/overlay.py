"""Overlay: layers are merged onto a snapshot, and taken off again.

Only what the layers touch is decoded, merged, validated and written anew; all else is copied as it stands. The
tail of the result keeps, for each touched record, where its values come from and what it was before, so that
`restore` gives the base back to the byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models import index, validation
from llm_models.enrich import agreed_families, last_segment
from llm_models.errors import ConfigError, EmptyCatalogError, did_you_mean, printable
from llm_models.filters import compile_glob
from llm_models.merge import Layered, merge
from llm_models.modelspec import fold_provider
from llm_models.rules import RECORD_RULES, SETTINGS_RULES
from llm_models.snapshot_file import SnapshotFile, encode_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from llm_models.errors import Problem
    from llm_models.index import Indexed
    from llm_models.layers import DocumentPath, Entry, Layer
    from llm_models.merge import Merged, Origin

__all__ = ["EMPTY_TAIL", "Overlay", "overlay", "restore"]

EMPTY_TAIL: dict[str, dict[str, Any]] = {"providers": {}, "models": {}, "removed": {}, "settings": {}}


class Overlay:
    """One run of the merge: which records the layers touch, in what order, and what could not be applied.

    `gone` lists the entries left out because no layer holds their model, `fallen` the aliases that could not
    stand, as (spec, alias, reason).
    """

    def __init__(self, base: SnapshotFile, layers: Sequence[Layer], *, passing: bool) -> None:
        self.base = base
        self.passing = passing
        self.layers = layers
        self.providers: dict[str, list[Entry]] = {}
        self.models: dict[str, dict[str, list[Entry]]] = {}
        self.own: set[str] = set()
        self.defined: dict[str, set[str]] = {}
        self.gone: list[Entry] = []
        self.fallen: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []
        self._segments: set[str] = set()
        self._agreed: dict[str, str] = {}
        for layer in layers:
            self._add(layer)

    # Which records the layers touch

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

    # What becomes of them

    def settings(self) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """exclude, deny, allow and prefer of all layers, and the place of each pattern."""
        ground = {name: value for name, value in self.base.header["filters"].items() if name != "exclude"}
        merged = merge(
            [Layered(ground), *(Layered(layer.settings, layer.name) for layer in self.layers)], SETTINGS_RULES
        )
        places: dict[str, dict[str, Any]] = {}
        for layer in self.layers:
            for section in ("exclude", "deny", "allow"):
                table = (layer.document.data or {}).get(section)
                for spelling, globs in table.items() if isinstance(table, dict) else ():
                    provider = fold_provider(spelling)
                    known = self._check_provider(provider, layer, (section,), spelling)
                    origin = {"layer": layer.name, "place": layer.place((section, spelling))}
                    for pattern in globs if known and globs != "all" else ():
                        places.setdefault(section, {}).setdefault(provider, {}).setdefault(pattern, origin)
        return merged.values, places

    def line(self, base: Any, before: Any, merged: Merged | None = None) -> dict[str, Any]:
        """The tail's line on a record: each field that layers set or removed, with its origin.

        In a passing overlay also what the record was before, and the line on that.
        """
        fields = dict(before["fields"]) if before else {}
        if merged is not None:
            fields.update({".".join(path): _origin(origin) for path, origin in merged.origins.items()})
        return {"fields": fields, "base": base, "before": before} if self.passing else {"fields": fields}

    def agreed(self, model_id: str) -> str | None:
        """The family that the base states for this id's last segment, wherever it states one."""
        segment = last_segment(model_id)
        if segment not in self._segments:  # the touched ones all at once, any other by itself
            self._segments |= {last_segment(i) for models in self.models.values() for i in models} | {segment}
            self._agreed = agreed_families(_stated_families(self.base, self._segments))
        return self._agreed.get(segment)


def _defines(entry: Entry) -> bool:
    return entry.states("name") or entry.states("limits", "context") or entry.states("modalities")


def _stated_families(base: SnapshotFile, segments: set[str]) -> Iterable[tuple[str, str | None]]:
    for provider in base.header["blocks"]:
        block = base.block(provider)
        for place, model_id in enumerate(block.ids):
            if last_segment(model_id) in segments:
                yield model_id, block.model(place).get("family")


def overlay(
    base: SnapshotFile,
    layers: Sequence[Layer],
    *,
    name: str,
    base_kind: str | None = None,
    config: str | None = None,
    module: str | None = None,
) -> tuple[SnapshotFile, Overlay]:
    """`base` with `layers` merged onto it, weakest first, as a snapshot file called `name`.

    `base_kind` is what the header says of the base, `"packaged"` or `"source"`, and makes it one that `restore`
    takes off again; None merges the layers in for good. `config` is the text of the `llm_models.toml` among
    them, `module` the behaviour module that it names. Raises `ConfigError` with all problems,
    `EmptyCatalogError` where no model is left.
    """
    run = Overlay(base, layers, passing=base_kind is not None)
    settings, places = run.settings()
    if run.problems:
        raise ConfigError("\n".join(map(str, run.problems)), problems=tuple(run.problems))
    old_tail = base.tail()
    tail = {section: dict(old_tail[section]) for section in EMPTY_TAIL}
    tail["settings"] = places
    blocks: dict[str, tuple[bytes, int]] = {}
    excludes = {
        provider: [(pattern, compile_glob(pattern)) for pattern in patterns]
        for provider, patterns in settings.get("exclude", {}).items()
    }
    for provider in sorted({*base.header["blocks"], *run.own}):
        if provider in run.providers or provider in run.models or excludes.get(provider):
            blocks[provider] = _block(run, provider, excludes.get(provider, []), places, tail)
        else:
            blocks[provider] = base.raw_block(provider), base.header["blocks"][provider][3]
    if not any(count for _, count in blocks.values()):
        raise EmptyCatalogError("no model is left once every exclude is applied")
    header = _header(base)
    header["filters"] = {key: settings[key] for key in ("allow", "deny", "prefer") if key in settings}
    if base_kind is not None:
        header["base"] = {"kind": base_kind, "digest": base.header["digest"]}
    if module is not None:
        header["overrides_module"] = module
    return SnapshotFile.assemble(header, blocks, _in_order(tail), config, name), run


def _header(file: SnapshotFile) -> dict[str, Any]:
    """What a snapshot made from another takes over from its header."""
    return {key: value for key, value in file.header.items() if key in {"sources", "date"}}


def _in_order(tail: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {section: dict(sorted(tail[section].items())) for section in EMPTY_TAIL}


def _block(
    run: Overlay, provider: str, excludes: list[Any], places: Mapping[str, Any], tail: dict[str, Any]
) -> tuple[bytes, int]:
    """One touched provider's block; what became of its records is put into `tail`."""
    base = run.base.block(provider) if provider in run.base.header["blocks"] else None
    record = base.provider if base else {"id": provider}
    if provider in run.providers:
        merged = _merge(record, run.providers[provider])
        _validate("provider", merged.values, provider)
        tail["providers"][provider] = run.line(base.provider if base else None, tail["providers"].get(provider), merged)
        record = merged.values
    stated: dict[str, dict[str, Any]] = {}
    lines: dict[str, Indexed] = {}
    removed: dict[str, dict[str, Any]] = {}
    for model_id in run.ids(provider):
        pattern = next((pattern for pattern, test in excludes if test(model_id)), None)
        if pattern is not None:
            removed[model_id] = {"pattern": pattern, **places["exclude"][provider][pattern]}
        elif model_id not in run.models.get(provider, {}):
            assert base is not None
            lines[model_id] = index.kept(base, base.places[model_id])
    for model_id, entries in run.models.get(provider, {}).items():
        if model_id in removed:
            continue
        ground = _stated(base.model(base.places[model_id])) if base and model_id in base.places else {"id": model_id}
        merged = _merge({**ground, "provider": provider}, entries)
        _validate("model", merged.values, f"{provider}:{model_id}")
        stated[model_id] = merged.values
        spec = f"{provider}:{model_id}"
        tail["models"][spec] = run.line(_base_line(base, model_id), tail["models"].get(spec), merged)
    _drop_fallen_aliases(run, provider, stated, lines, tail)
    lines.update({model_id: index.index_model(data, run.agreed) for model_id, data in stated.items()})
    for model_id, why in removed.items():
        spec = f"{provider}:{model_id}"
        tail["removed"][spec] = {**why, **run.line(_base_line(base, model_id), tail["models"].pop(spec, None))}
    return index.block_of(record, lines)


def _drop_fallen_aliases(
    run: Overlay,
    provider: str,
    stated: dict[str, dict[str, Any]],
    lines: dict[str, Indexed],
    tail: dict[str, Any],
) -> None:
    """Take from each model the aliases that cannot stand: an exact id beats an alias, and two claims beat none."""
    base = run.base.block(provider) if provider in run.base.header["blocks"] else None
    aliases = {model_id: line.aliases for model_id, line in lines.items()}
    aliases.update({model_id: tuple(data.get("aliases", ())) for model_id, data in stated.items()})
    for model_id, fallen in index.settle_aliases(aliases).items():
        spec = f"{provider}:{model_id}"
        if base is not None and model_id in lines:  # an alias of the base's that a layer's model now bears as its id
            stated[model_id] = {**_stated(base.model(base.places[model_id])), "provider": provider}
            del lines[model_id]
            tail["models"][spec] = run.line(_base_line(base, model_id), tail["models"].get(spec))
        gone = [alias for alias, _ in fallen]
        stated[model_id]["aliases"] = [alias for alias in stated[model_id]["aliases"] if alias not in gone]
        run.fallen.extend((spec, alias, why) for alias, why in fallen)


def _stated(line: dict[str, Any]) -> dict[str, Any]:
    """What a model's line states, without what was derived for it."""
    return {key: value for key, value in line.items() if key != "derived"}


def _base_line(base: Any, model_id: str) -> dict[str, Any] | None:
    """A model's line in the base as data, None where the base does not hold it."""
    if base is None or model_id not in base.places:
        return None
    line: dict[str, Any] = base.model(base.places[model_id])
    line["bits"] = base.bits[base.places[model_id]]
    return line


def _merge(ground: Mapping[str, Any], entries: Sequence[Entry]) -> Merged:
    return merge([Layered(ground), *(part for entry in entries for part in entry.layered())], RECORD_RULES)


def _validate(kind: str, record: Mapping[str, Any], spec: str) -> None:
    """What each layer may say is checked before; this looks at what they make together."""
    fault = validation.first_fault(kind, record)
    if fault is not None:
        path, message = fault
        raise ConfigError(printable(f"{spec}: once merged, {'.'.join(map(str, path))}: {message}"))


def _origin(origin: Origin) -> dict[str, Any]:
    plain = {"layer": origin.layer, "place": origin.place, "replaced": origin.replaced}
    return {key: value for key, value in plain.items() if value is not None}


def restore(file: SnapshotFile) -> SnapshotFile:
    """The base that an activated snapshot was merged onto, to the byte; the file itself where it has none."""
    base = file.header.get("base")
    if base is None:
        return file
    tail = file.tail()
    old_tail: dict[str, Any] = {section: {} for section in EMPTY_TAIL}
    touched: dict[str, dict[str, dict[str, Any]]] = {}
    for section in ("models", "removed"):
        for spec, line in tail[section].items():
            if "base" not in line:
                old_tail[section][spec] = line
                continue
            provider, _, model_id = spec.partition(":")
            touched.setdefault(provider, {})[model_id] = line
            if line["before"] is not None:
                old_tail["models"][spec] = line["before"]
    changed: dict[str, Any] = {}
    for provider, line in tail["providers"].items():
        if "base" not in line:
            old_tail["providers"][provider] = line
            continue
        changed[provider] = line
        if line["before"] is not None:
            old_tail["providers"][provider] = line["before"]
    blocks: dict[str, tuple[bytes, int]] = {}
    for provider, place in file.header["blocks"].items():
        if provider not in touched and provider not in changed:
            blocks[provider] = file.raw_block(provider), place[3]
            continue
        block = file.block(provider)
        record = changed[provider]["base"] if provider in changed else block.provider
        if record is None:
            continue  # the application's own
        lines = {i: index.kept(block, p) for i, p in block.places.items() if i not in touched.get(provider, {})}
        for model_id, line in touched.get(provider, {}).items():
            if line["base"] is not None:
                lines[model_id] = _indexed(dict(line["base"]))
        blocks[provider] = index.block_of(record, lines)
    header = _header(file)
    header["filters"] = {}
    return SnapshotFile.assemble(header, blocks, _in_order(old_tail), None, file.name)


def _indexed(line: dict[str, Any]) -> Indexed:
    bits = line.pop("bits")
    return index.Indexed(encode_json(line), bits, tuple(line.get("aliases", ())))
