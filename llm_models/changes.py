"""Changes: what layers change of a base, as plain data: touch, merge, validate, enrich.

Only what a layer touches is decoded; what no layer touches is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import schema
from llm_models.agreement import LIKELY, PATHS, likely, stated_of
from llm_models.block import NAMES, filled
from llm_models.copies import Copies, copied
from llm_models.enrich import derive
from llm_models.errors import ConfigError, dotted, listed, printable
from llm_models.frozen import ModelKey
from llm_models.layers import RECORD_RULES
from llm_models.merge import Layered, Origin, merge
from llm_models.modelspec import fold_provider
from llm_models.moving import FIELD, Moving
from llm_models.name_table import settle_names
from llm_models.settings import settings_of
from llm_models.siblings import agreed_facts
from llm_models.touched import Touched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llm_models.layers import Entry, Layer
    from llm_models.merge import Path
    from llm_models.origins import Removed
    from llm_models.paths import Folder
    from llm_models.settings import Locations
    from llm_models.snapshot_file import SnapshotFile


class Final(NamedTuple):
    """A touched model: what is stated of it, what is derived, the origins of the values that layers set, and the
    capabilities that are likely. Its new origins replace those that the base has of the layer `superseded`.
    """

    stated: dict[str, Any]
    derived: dict[str, Any]
    origins: dict[Path, Origin]
    likely: Sequence[str] = ()
    superseded: str | None = None


class Fallen(NamedTuple):
    """A served id or alias that a model loses: the model's spec, the `field` that states the name, and why."""

    spec: str
    field: str
    name: str
    why: str

    @property
    def kind(self) -> str:
        """What the name is, for people."""
        return "served id" if self.field == "served_as" else "alias"


class Changes:
    """What becomes of each record that layers touch. All else stays as it is in `base`.

    `providers` holds each touched provider's record with its origins, `models` each touched model, `removed` the
    pattern that excludes a model (with its `layer` and `place`). `settings` are those of the whole catalogue and
    `locations` has that of each pattern. `left_out` lists the entries without effect, `fallen` the dropped
    names.
    """

    def __init__(self, touched: Touched, settings: dict[str, Any], locations: Locations) -> None:
        self.base = touched.base
        self.layers = touched.layers
        self.left_out = touched.left_out
        self.touched = touched
        self.moving = Moving(touched)
        self.copies = Copies(touched, self.moving)
        self.settings = settings
        self.locations = locations
        self.providers: dict[str, tuple[dict[str, Any], dict[Path, Origin]]] = {}
        self.models: dict[str, dict[str, Final]] = {}
        self.finals: dict[ModelKey, Final] = {}
        """Every model that was merged, also one that is excluded and from which others take values."""
        self.removed: dict[str, dict[str, Removed]] = {}
        self.fallen: list[Fallen] = []

    def has(self, provider: str, model_id: str) -> bool:
        """Whether a layer or the base has a model."""
        return model_id in self.models.get(provider, {}) or self.base.holds(provider, model_id)

    def unresolved(self) -> list[str]:
        """The statements of `resolves_to` whose target is gone, for people."""
        return [f"{entry.spec} resolves_to {entry.fields[FIELD]}" for entry in self.moving.void]

    def without_effect(self) -> list[str]:
        """All entries without effect, and the settings about providers that are gone, for people."""
        return (
            [entry.spec for entry in self.left_out]
            + self.unresolved()
            + [setting.name for setting in self.touched.gone]
        )

    def provider_aliases(self) -> dict[str, str]:
        """The folded aliases of all providers: those of the base, and of each changed record those that are no ids.

        One of the base's may be the id of a new provider: a text with a `/` can still mean the provider of the base.
        """
        ids = {*self.base.blocks, *self.providers}
        kept = {alias: owner for alias, owner in self.base.aliases.items() if owner not in self.providers}
        stated = {
            alias: provider
            for provider, (record, _) in self.providers.items()
            for alias in map(fold_provider, record.get("aliases", ()))
            if alias not in ids or self.base.aliases.get(alias) == provider
        }
        return {**stated, **kept}


def merge_layers(base: SnapshotFile, layers: Sequence[Layer], remembers: Folder | None = None) -> Changes:
    """What `layers`, weakest first, change of `base`. Raises `ConfigError` with all problems of the layers.

    `remembers` is the application whose own history counts beside the packaged one; see `past`.
    """
    touched = Touched(base, layers, remembers)
    settings, locations = settings_of(touched)
    changes = Changes(touched, settings, locations)
    if problems := [*touched.problems, *changes.moving.problems, *changes.copies.problems]:
        order = [layer.document.name for layer in layers]
        problems.sort(key=lambda it: (order.index(str(it.file)), it.line or 0, it.column or 0))
        raise ConfigError(listed(problems), problems=tuple(problems))
    excludes = {provider: patterns for provider, patterns in settings.get("exclude", {}).items() if patterns}
    for provider in sorted(touched.providers.keys() | touched.models.keys() | excludes.keys()):
        _merge_provider(changes, provider)
        _exclude(changes, provider, excludes.get(provider, ()))
        _merge_models(changes, provider)
    derived = _merge_copies(changes) if changes.copies.levels else None
    for provider in [*changes.models]:
        _drop_fallen_names(changes, provider)
    _enrich(changes, None if derived is None else [key for key in _shown(changes) if key not in derived])
    return changes


def _merge_provider(changes: Changes, provider: str) -> None:
    entries = changes.touched.providers.get(provider)
    if entries:
        ground = changes.base.block(provider).provider if provider in changes.base.blocks else {"id": provider}
        changes.providers[provider] = _merge("provider", ground, entries, provider)
    elif provider not in changes.base.blocks:
        changes.providers[provider] = {"id": provider}, {}


def _exclude(changes: Changes, provider: str, patterns: Sequence[str]) -> None:
    for model_id, pattern in changes.touched.excluded(provider, patterns).items():
        origin = changes.locations["exclude"][provider][pattern]
        removed: Removed = {"pattern": pattern, **origin}  # type: ignore[typeddict-item]
        if names := changes.touched.every(provider)[model_id][1:]:
            removed["names"] = names
        changes.removed.setdefault(provider, {})[model_id] = removed


def _merge_models(changes: Changes, provider: str) -> None:
    """Merge the models of a provider that change, except those that need a copy first.

    A moving name takes values of its target, even of an excluded one.
    """
    removed, late = changes.removed.get(provider, ()), changes.copies.late
    shown = [key for key in _changed(changes, provider) if key.id not in removed and key not in late]
    changes.models.setdefault(provider, {}).update({key.id: _final(changes, key) for key in shown})


def _merge_copies(changes: Changes) -> set[ModelKey]:
    """Merge the models that start from others, after these; the keys of all models whose values are derived already.

    A base is copied with what was derived for it, also if it is excluded. Nothing more is derived for a copy from what
    other records agree on, and copies have no say in that.
    """
    late = changes.copies.late
    for base in changes.copies.bases:
        if base not in late and base.id in changes.moving.changed(base.provider):
            _final(changes, base)
    _enrich(changes, [*changes.finals])
    for level in changes.copies.levels:
        for key in level:
            final = _final(changes, key)
            if key.id not in changes.removed.get(key.provider, ()):
                changes.models[key.provider][key.id] = final
            if (start := changes.copies.start(key)) is not None:
                _derive(changes, key, final, _likely_facts(changes, start.base, final.stated))
        takers = [key for key in level if changes.copies.start(key) is None]
        if takers:
            _enrich(changes, takers)
    return {*changes.finals}


def _changed(changes: Changes, provider: str) -> list[ModelKey]:
    return [ModelKey(provider, model_id) for model_id in sorted(changes.moving.changed(provider))]


def _shown(changes: Changes) -> dict[ModelKey, Final]:
    return {ModelKey(name, i): final for name, models in changes.models.items() for i, final in models.items()}


def _final(changes: Changes, key: ModelKey) -> Final:
    """A model that changes, merged once."""
    if key not in changes.finals:
        changes.finals[key] = _model(changes, key)
    return changes.finals[key]


def _model(changes: Changes, key: ModelKey) -> Final:
    provider, model_id = key
    entries = changes.touched.models.get(provider, {}).get(model_id, ())
    ground = {**(changes.base.stated(provider, model_id) or {"id": model_id}), "provider": provider}
    if len(entries) == 1 and entries[0].is_ground and FIELD not in entries[0].fields:  # most of a source's records
        return Final({**ground, **entries[0].fields}, {}, {})  # it was checked alone

    def stated(target: str) -> dict[str, Any]:
        if target in changes.moving.changed(provider):
            return _final(changes, ModelKey(provider, target)).stated
        return changes.base.stated(provider, target) or {}

    start = changes.copies.start(key)
    copy = None if start is None else (start.entry.layer, copied(_whole(changes, start.base), ":".join(start.base)))
    layers, superseded = changes.moving.layered(provider, model_id, ground, stated, copy)
    values, origins = _checked("model", layers, f"{provider}:{model_id}")
    if not changes.base.holds(provider, model_id) and (entry := next(filter(_defines, entries[::-1]), None)):
        origins[("id",)] = Origin(entry.layer.name, entry.defining_location, None)
    return Final(values, {}, origins, superseded=superseded)


def _defines(entry: Entry) -> bool:
    return entry.defines


def _whole(changes: Changes, key: ModelKey) -> dict[str, Any]:
    """The record of a model that is merged, or not touched, with what was derived for it."""
    final = changes.finals.get(key)
    if final is not None:
        return filled(final.stated, final.derived)
    line: Any = changes.base.line(*key) or {}
    return filled(changes.base.stated(*key) or {}, line.get("derived", {}))


def _merge(
    kind: str, ground: dict[str, Any], entries: Sequence[Entry], spec: str
) -> tuple[dict[str, Any], dict[Path, Origin]]:
    """A record with the entries merged onto it."""
    if len(entries) == 1 and entries[0].is_ground:  # a source's own record, which was checked alone
        return {**ground, **entries[0].fields}, {}
    return _checked(kind, [Layered(ground), *(part for entry in entries for part in entry.layered())], spec)


def _checked(kind: str, layers: Sequence[Layered], spec: str) -> tuple[dict[str, Any], dict[Path, Origin]]:
    """The merged layers of a record, which must then keep its schema."""
    merged = merge(layers, RECORD_RULES)
    if not schema.accepts(kind, merged.values):
        from llm_models.validation import first_fault

        path, message = first_fault(kind, merged.values) or ((), "refused")
        raise ConfigError(printable(f"{spec}: once merged, {dotted(path)}: {message}"))
    return merged.values, merged.origins


def _drop_fallen_names(changes: Changes, provider: str) -> None:
    """Take from each model the served ids and aliases that `settle_names` drops."""
    models, removed = changes.models.setdefault(provider, {}), changes.removed.get(provider, ())
    block = changes.base.block(provider) if provider in changes.base.blocks else None
    held = [model_id for model_id in block.ids if model_id not in removed] if block else []
    others = block.others() if block else {}
    names = {
        field: {model_id: others[field].get(model_id, []) for model_id in held}
        | {model_id: final.stated.get(field, []) for model_id, final in models.items()}
        for field in NAMES
    }
    for field, by_model in settle_names(names).items():
        for model_id, fallen in by_model.items():
            if model_id not in models:  # a name of the base that is now the id of a layer's model
                stated = changes.base.stated(provider, model_id) or {}
                models[model_id] = Final({**stated, "provider": provider}, {}, {})
            gone = [name for name, _ in fallen]
            models[model_id].stated[field] = [name for name in names[field][model_id] if name not in gone]
            changes.fallen.extend(Fallen(f"{provider}:{model_id}", field, name, why) for name, why in fallen)


def _enrich(changes: Changes, wanted: Sequence[ModelKey] | None = None) -> None:
    """Derive what the touched models, or the `wanted` of them, do not state.

    Other records do not fill in what a layer omits.
    """
    shown = _shown(changes)
    finals = shown if wanted is None else {**changes.finals, **shown}
    stated: dict[str, dict[str, dict[str, Any]]] = {}
    for (provider, model_id), final in finals.items():
        stated.setdefault(provider, {})[model_id] = final.stated
    facts = agreed_facts(changes.base, stated, wanted)
    for key in finals if wanted is None else wanted:
        _derive(changes, key, finals[key], facts[key])


def _derive(changes: Changes, key: ModelKey, final: Final, facts: Mapping[str, Any]) -> None:
    """Derive what a merged model does not state, with what other records agree on."""
    agreed = {name: value for name, value in facts.items() if _is_open(PATHS[name], final.origins)}
    values = derive(final.stated, agreed, changes.base.line(*key))
    derived = Final(final.stated, values, final.origins, likely(agreed), final.superseded)
    if key in changes.finals:
        changes.finals[key] = derived
    models = changes.models.get(key.provider, {})
    if key.id in models:
        models[key.id] = derived


def _likely_facts(changes: Changes, base: ModelKey, stated: Mapping[str, Any]) -> dict[str, Any]:
    """What is likely of a base and not stated of its copy."""
    final = changes.finals.get(base)
    held = {*(changes.base.likely(*base) if final is None else final.likely)}
    return {name: True for name, flags in LIKELY.items() if held.issuperset(flags) and stated_of(stated, name) is None}


def _is_open(field: Path, origins: Mapping[Path, Origin]) -> bool:
    """Whether no layer states or omits a field or a part of it; what a moving name takes from its target is no bar."""
    return all(origin.layer == FIELD for path, origin in origins.items() if path[: len(field)] == field)
