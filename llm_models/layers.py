"""Layers: what one file, module or argument says of the catalogue, ready to be merged; standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.frozen import defaults
from llm_models.merge import OMIT, Layered, nest
from llm_models.modelspec import fold_provider
from llm_models.records import Model, Provider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.config import Document

__all__ = ["BY_PROVIDER", "SETTINGS", "Entry", "Ground", "Layer", "ground_layer", "layer_from"]

SETTINGS = ("exclude", "deny", "allow", "prefer")
BY_PROVIDER = ("exclude", "deny", "allow")
_IDENTITY = {"id", "match", "provider", "omit"}
_GROUPS = {"models": defaults(Model).keys(), "providers": defaults(Provider).keys()}

DocumentPath = tuple[str | int, ...]


class Entry:
    """One partial record: `id` or the glob `match`, what it states, and what it omits."""

    __slots__ = ("fields", "id", "layer", "match", "omitted", "path", "provider")
    is_ground = False

    def __init__(self, layer: Layer, path: DocumentPath, data: Mapping[str, Any], section: str) -> None:
        self.layer = layer
        self.path = path
        known = _GROUPS[section]
        fields = {key: value for key, value in data.items() if key in known and key not in _IDENTITY}
        extra = {key: value for key, value in data.items() if key not in known | _IDENTITY}
        if extra:
            fields["extra"] = {**extra, **fields.get("extra", {})}
        self.fields: dict[str, Any] = fields
        self.omitted = [tuple(path.split(".")) for path in data.get("omit", [])]
        self.match: str | None = data.get("match")
        self.id: str = data.get("id", "")
        self.provider = fold_provider(data["provider"] if section == "models" else data["id"])

    @property
    def place(self) -> str | None:
        """Where the entry stands."""
        return self.layer.place(self.path)

    def layered(self) -> list[Layered]:
        """The entry as the merger takes it: first what it omits, then what it states."""
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
        found = self.layer.place((*self.path, *path))
        if found is None and path[0] == "extra":
            found = self.layer.place((*self.path, *path[1:]))
        return found or self.place

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
        """`layer:line` of a path of the layer's document; None where it has no lines."""
        line = self.document.line(path)
        return None if line is None else f"{self.name}:{line}"

    def __bool__(self) -> bool:
        return bool(self.providers or self.models or self.settings)


def layer_from(document: Document, name: str, *, only_patches: bool = False) -> Layer:
    """The layer, called `name`, that a document without problems states."""
    layer = Layer(name, document, only_patches=only_patches)
    data = document.data or {}
    for section, entries in (("providers", layer.providers), ("models", layer.models)):
        entries.extend(Entry(layer, (section, index), one, section) for index, one in enumerate(data.get(section, [])))
    for setting in SETTINGS:
        value = data.get(setting)
        if value is None:
            continue
        if setting in BY_PROVIDER and isinstance(value, dict):
            value = {fold_provider(provider): globs for provider, globs in value.items()}
        elif setting == "prefer":
            value = [fold_provider(provider) for provider in value]
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
