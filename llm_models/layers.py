"""Layers: what one file, module or argument states about the catalogue, ready to be merged; standard library only."""

from __future__ import annotations

from llm_models.frozen import defaults
from llm_models.merge import OMIT, Layered, nest
from llm_models.modelspec import fold_provider
from llm_models.records import Model, Provider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypedDict

    from llm_models.document import Document, DocumentPath
    from llm_models.merge import Path

    class Setting(TypedDict):
        by_provider: bool
        rule: Literal["LAST", "UNITE"]
        in_header: bool


SETTINGS: dict[str, Setting] = {
    "allow": {"by_provider": True, "rule": "LAST", "in_header": True},
    "deny": {"by_provider": True, "rule": "UNITE", "in_header": True},
    "exclude": {"by_provider": True, "rule": "UNITE", "in_header": False},
    "prefer": {"by_provider": False, "rule": "LAST", "in_header": True},
}
"""The keys of `llm_models.toml` that are about the catalogue as a whole, in the order of a snapshot's header.

Each is a table `by_provider`, or a list of providers. Its `rule` merges it, provider by provider for `UNITE`, else
whole. A snapshot keeps those `in_header` among its filters.
"""

BY_PROVIDER = tuple(name for name, setting in SETTINGS.items() if setting["by_provider"])

SETTINGS_RULES: dict[Path, str] = {
    (name, "*") if setting["by_provider"] and setting["rule"] == "UNITE" else (name,): setting["rule"]
    for name, setting in SETTINGS.items()
}
"""How settings are merged: a stronger layer only adds to `exclude` and `deny`, and replaces the others."""

RECORD_RULES: dict[Path, str] = {("aliases",): "UNITE", ("tags",): "UNITE"}
"""How fields of a model or provider are merged. For all others, maps are merged and the strongest value wins."""

_IDENTITY = {"id", "match", "provider", "omit"}
_FIELDS = {"models": defaults(Model).keys(), "providers": defaults(Provider).keys()}


class Entry:
    """One partial record: the model's `id` or the glob `match`, the fields that it states, and those that it omits."""

    __slots__ = ("fields", "id", "layer", "match", "omitted", "path", "provider")
    is_ground = False

    def __init__(self, layer: Layer, path: DocumentPath, data: Mapping[str, Any], section: str) -> None:
        self.layer = layer
        self.path = path
        known = _FIELDS[section]
        fields = {key: value for key, value in data.items() if key in known and key not in _IDENTITY}
        extra = {key: value for key, value in data.items() if key not in known and key not in _IDENTITY}
        if extra:
            fields["extra"] = {**extra, **fields.get("extra", {})}
        self.fields: dict[str, Any] = fields
        self.omitted = [tuple(field.split(".")) for field in data.get("omit", ())]
        self.match: str | None = data.get("match")
        self.id: str = data.get("id", "")
        self.provider = fold_provider(data["provider"] if section == "models" else data["id"])

    @property
    def place(self) -> str | None:
        """The location of the entry, `layer:line`."""
        return self.layer.place(self.path)

    def layered(self) -> list[Layered]:
        """The entry for the merger: first what it omits, then what it states."""
        parts = [Layered(self.fields, self.layer.name, self._field_place)]
        if self.omitted:
            parts.insert(0, Layered(nest(self.omitted, OMIT), self.layer.name, self._omit_place))
        return parts

    def states(self, *path: str) -> bool:
        """Whether the entry states a field."""
        value: Any = self.fields
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value is not None

    def _field_place(self, path: tuple[str, ...]) -> str | None:
        place = self.layer.place((*self.path, *path))
        if place is None and path[0] == "extra":  # an unknown key of the entry itself
            place = self.layer.place((*self.path, *path[1:]))
        return place or self.place

    def _omit_place(self, _path: tuple[str, ...]) -> str | None:
        return self.layer.place((*self.path, "omit")) or self.place


class Layer:
    """A named set of partial records and settings. `only_patches` layers define no models of their own."""

    __slots__ = ("document", "models", "name", "only_patches", "providers", "settings")

    def __init__(self, name: str, document: Document, *, only_patches: bool) -> None:
        self.name = name
        self.document = document
        self.only_patches = only_patches
        self.providers: list[Entry] = []
        self.models: list[Entry] = []
        self.settings: dict[str, Any] = {}

    def place(self, path: DocumentPath) -> str | None:
        """The location of a path of the layer's document, `layer:line`; None where it has no lines."""
        line = self.document.line(path)
        return None if line is None else f"{self.name}:{line}"

    def __bool__(self) -> bool:
        return bool(self.providers or self.models or self.settings)


def layer_from(document: Document, name: str, *, only_patches: bool = False) -> Layer:
    """The layer, called `name`, that the faultless part of a document states."""
    layer = Layer(name, document, only_patches=only_patches)
    for section, entries in (("providers", layer.providers), ("models", layer.models)):
        entries.extend(Entry(layer, path, entry, section) for path, entry in document.entries(section))
    data = document.data or {}
    for setting in SETTINGS:
        value = data.get(setting)
        if isinstance(value, dict):
            value = {fold_provider(provider): globs for provider, globs in value.items()}
        elif isinstance(value, list):
            value = [fold_provider(provider) for provider in value]
        if value is not None:
            layer.settings[setting] = value
    return layer


class Ground(Entry):
    """A whole record of a source. Other layers replace its values; no origin is recorded for them."""

    __slots__ = ()
    is_ground = True

    def __init__(self, layer: Layer, record: dict[str, Any], provider: str) -> None:
        self.layer = layer
        self.path = ()
        self.fields = record
        self.omitted = []
        self.match = None
        self.id = record["id"]
        self.provider = provider

    def layered(self) -> list[Layered]:
        """The record as the merger takes it."""
        return [Layered(self.fields)]


def ground_layer(records: Mapping[str, Mapping[str, Any]], document: Document) -> Layer:
    """The layer of a source: provider -> `{"provider": record, "models": {id: record}}`, as `normalize` gives it."""
    layer = Layer(document.name, document, only_patches=False)
    for provider, part in records.items():
        layer.providers.append(Ground(layer, part["provider"], provider))
        layer.models.extend(Ground(layer, record, provider) for record in part["models"].values())
    return layer
