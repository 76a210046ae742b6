"""Layers: what one file, module or argument states about the catalogue, ready to be merged; standard library only."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from llm_models.credentials import is_variable
from llm_models.errors import split_dotted
from llm_models.frozen import defaults
from llm_models.merge import OMIT, Layered, merge, nest
from llm_models.modelspec import fold_provider
from llm_models.origins import leaves
from llm_models.records import Model, Provider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from llm_models.document import Document, DocumentPath
    from llm_models.merge import Path


class Setting(NamedTuple):
    """A key of `llm_models.toml` that is about the whole catalogue.

    It holds a table from provider to `patterns`, a list of `providers`, or a list of `specs`. Its `rule` merges it,
    provider by provider for `UNITE`, else whole. `in_header`: a snapshot keeps it as a filter.
    """

    holds: Literal["patterns", "providers", "specs"]
    rule: Literal["LAST", "UNITE"]
    in_header: bool


SETTINGS = {
    "allow": Setting("patterns", rule="LAST", in_header=True),
    "deny": Setting("patterns", rule="UNITE", in_header=True),
    "exclude": Setting("patterns", rule="UNITE", in_header=False),
    "prefer": Setting("providers", rule="LAST", in_header=True),
    "known": Setting("specs", rule="UNITE", in_header=False),
}
"""The settings, in the order of a snapshot's header."""

OF_THE_FILE = (*SETTINGS, "overrides_module")
"""The keys that stand above all tables, where they are not tables of their own."""

BY_PROVIDER = tuple(name for name, setting in SETTINGS.items() if setting.holds == "patterns")
DECISIVE = ("models", "providers", *(name for name, setting in SETTINGS.items() if not setting.in_header))
"""The sections that decide which records there are."""

SETTINGS_RULES: dict[Path, str] = {
    (name, "*") if setting.holds == "patterns" and setting.rule == "UNITE" else (name,): setting.rule
    for name, setting in SETTINGS.items()
}
"""How settings are merged: a stronger layer only adds to `exclude`, `deny` and `known`, and replaces the others."""

RECORD_RULES: dict[Path, str] = {("aliases",): "UNITE", ("served_as",): "UNITE", ("tags",): "UNITE"}
"""How fields of a model or provider are merged. For all others, maps are merged and the strongest value wins."""

TWINS: tuple[tuple[Path, Path], ...] = (
    (("capabilities", "tools", "streaming"), ("capabilities", "streaming", "tool_calls")),
)
"""Paths that name one fact: an entry that states or omits one of them does the same to the other."""

OF_KIND: tuple[Path, ...] = (("capabilities", "chat"), ("capabilities", "embeddings"))
"""What follows from `kind`: an entry that states a kind omits these, unless it states them, too."""

DEFINING = ("base", "new")
"""The keys by which an entry about a model states that it defines one. They are not fields of a record."""

IDENTITY = {"models": ("provider", "id", "match"), "providers": ("id",)}
"""The keys of an entry that tell what it is about."""

_NOT_FIELDS = {"models": {*IDENTITY["models"], "omit", *DEFINING}, "providers": {*IDENTITY["providers"], "omit"}}
FIELDS = {"models": defaults(Model).keys(), "providers": defaults(Provider).keys()}


class Entry(NamedTuple):
    """A partial record: the model's `id` or the glob `match`, the fields that it states, and those that it omits.

    `base` is the spec of the model that it starts from; `new` states that it defines a model. With `is_ground`, it is a
    whole record of a source. Other layers replace its values; no origin is recorded for them.
    """

    layer: Layer
    path: DocumentPath
    provider: str
    id: str
    fields: dict[str, Any]
    match: str | None = None
    omitted: Sequence[Path] = ()
    base: str | None = None
    new: bool = False
    is_ground: bool = False

    @property
    def spec(self) -> str:
        """What the entry is about: a provider, or a model or glob of one."""
        return self.provider if self.path[:1] == ("providers",) else f"{self.provider}:{self.match or self.id}"

    def is_part_of(self, other: Entry) -> bool:
        """Whether this is the same entry of a text. One for all providers becomes a part for each provider."""
        return self.path == other.path and self.layer is other.layer

    @property
    def defines(self) -> bool:
        """Whether the entry states that it defines a model."""
        return self.new or self.base is not None

    @property
    def defining_location(self) -> str | None:
        """The location of `base` or `new`, `layer:line`."""
        key = DEFINING[self.base is None]
        return self.layer.location((*self.path, key)) or self.location

    @property
    def location(self) -> str | None:
        """The location of the entry, `layer:line`."""
        return self.layer.location(self.path)

    def layered(self) -> list[Layered]:
        """The entry for the merger: first what it omits, then what it states."""
        if self.is_ground:
            return [Layered(self.fields)]
        layer = self.layer.name
        parts = [Layered(nest(path, OMIT), layer, self._omit_location) for path in self.omitted]
        if self.states("kind"):
            parts += [Layered(nest(path, OMIT), layer, partial(self._location_of, ("kind",))) for path in OF_KIND]
        for one, other in (*TWINS, *(pair[::-1] for pair in TWINS)):
            if one in self.omitted:
                parts.append(Layered(nest(other, OMIT), layer, self._omit_location))
            if self.states(*one) and not self.states(*other):
                parts.append(Layered(nest(other, self.value(*one)), layer, partial(self._location_of, one)))
        return [*parts, Layered(self.fields, layer, self._field_location)]

    def beside(self, other: Entry) -> Entry:
        """The entry without what another one states or omits too."""
        kept: list[tuple[Path, Any]] = []
        for path, value in leaves(self.fields):
            stated = other.value(*path)
            rest = [item for item in value if item not in (stated or ())] if path in RECORD_RULES else value
            is_omitted = any(path[: len(gap)] == gap for gap in other.omitted)
            if not is_omitted and rest != [] and (stated is None or path in RECORD_RULES):
                kept.append((path, rest))
        return self._replace(fields=merge([Layered(nest(*one)) for one in kept], {}).values)

    def states(self, *path: str) -> bool:
        """Whether the entry states a field."""
        return self.value(*path) is not None

    def value(self, *path: str) -> Any:
        """The value that the entry states for a field; None where it states none."""
        value: Any = self.fields
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def line(self, path: tuple[str, ...]) -> int | None:
        """The line of a field of the entry, or of the entry."""
        return self.layer.document.line((*self.path, *path)) or self.layer.document.line(self.path)

    def _field_location(self, path: tuple[str, ...]) -> str | None:
        location = self.layer.location((*self.path, *path))
        if location is None and path[0] == "extra":  # an unknown key of the entry itself
            location = self.layer.location((*self.path, *path[1:]))
        return location or self.location

    def _location_of(self, path: tuple[str, ...], _other: tuple[str, ...]) -> str | None:
        return self._field_location(path)

    def _omit_location(self, _path: tuple[str, ...]) -> str | None:
        return self.layer.location((*self.path, "omit")) or self.location


def add(entry: Entry, entries: list[Entry]) -> None:
    """Add an entry about a model to the weaker ones. Those of layers that fill give way to it."""
    if len(entries) > 1 and entries[1].layer.fills:  # they stand next to the source's own; most models have none
        entries[:] = [one.beside(entry) if one.layer.fills else one for one in entries]
    entries.append(entry)


class Layer:
    """A named set of partial records and settings. `only_patches` layers define no models of their own.

    `by_program` is true of what the program states: a configuration that it names, an argument of `load()`. A layer
    that `fills` gives way to every other one: it states only what none of them states (see `supplements`).
    """

    def __init__(self, name: str, document: Document, *, only_patches: bool) -> None:
        self.name = name
        self.document = document
        self.only_patches = only_patches
        self.by_program = self.fills = False
        self.providers: list[Entry] = []
        self.models: list[Entry] = []
        self.settings: dict[str, Any] = {}
        self.spelled: dict[str, str] = {}
        """The keys of its sections, folded, with the ids of the providers that they name; see `canonical`."""
        self._locations: dict[DocumentPath, str | None] = {}

    def empty(self) -> Layer:
        """A layer of the same text, still without entries and settings."""
        made = Layer(self.name, self.document, only_patches=self.only_patches)
        made.by_program, made.fills = self.by_program, self.fills
        return made

    def provider_of(self, spelling: object) -> str:
        """The id of the provider that a key of a section names."""
        name = fold_provider(str(spelling))
        return self.spelled.get(name, name)

    def patterns(self, *sections: str) -> Iterator[tuple[DocumentPath, str, str]]:
        """The path, the provider and the text of each pattern in these sections."""
        for path, globs in chain(*map(self.document.entries, sections)):
            for index, pattern in enumerate(() if globs == "all" else globs):
                yield (*path, index), self.provider_of(path[1]), pattern

    def location(self, path: DocumentPath) -> str | None:
        """The location of a path of the layer's document, `layer:line`; None where it has no lines."""
        if path not in self._locations:  # an entry for many models has one place, and each of them asks for it
            line = self.document.line(path)
            self._locations[path] = None if line is None else f"{self.name}:{line}"
        return self._locations[path]

    def nearest(self, path: DocumentPath) -> str:
        """The location of a path or of the nearest one around it that the text has; the name where it has no lines."""
        line = self.document.line_column(path)[0]
        return self.name if line is None else f"{self.name}:{line}"


def layer_from(document: Document, name: str, *, only_patches: bool = False) -> Layer:
    """The layer, called `name`, that the faultless part of a document states."""
    layer = Layer(name, document, only_patches=only_patches)
    layer.providers += (_entry(layer, path, data, "providers") for path, data in document.entries("providers"))
    layer.models += (_entry(layer, path, data, "models") for path, data in document.entries("models"))
    data = document.data or {}
    for setting in [name for name in SETTINGS if name in data]:
        value = data[setting]
        if isinstance(value, dict):
            value = {fold_provider(provider): globs for provider, globs in value.items()}
        elif SETTINGS[setting].holds == "providers":
            value = [fold_provider(provider) for provider in value]
        layer.settings[setting] = value
    return layer


def _entry(layer: Layer, path: DocumentPath, data: Mapping[str, Any], section: str) -> Entry:
    fields = {key: value for key, value in data.items() if key not in _NOT_FIELDS[section]}
    extra = {key: fields.pop(key) for key in [*fields] if key not in FIELDS[section]}
    if "successor" in fields:  # in the spelling of our model specs
        owner, colon, model_id = fields["successor"].partition(":")
        fields["successor"] = f"{fold_provider(owner)}{colon}{model_id}"
    if extra:
        fields["extra"] = {**extra, **fields.get("extra", {})}
    provider = fold_provider(data["provider" if section == "models" else "id"])
    if "env" in fields:  # what is not a name may be a key, so nothing repeats it; without a name, nothing is stated
        names = [name for name in fields["env"] if is_variable(name)]
        stated = fields.pop("env")
        fields.update({"env": names} if names or not stated else {})
    omitted = [split_dotted(field) for field in data.get("omit", ())]
    if "base_url" in fields:  # the address of weaker layers for OpenAI clients belongs to the base URL that it replaces
        omitted.append(("openai_base_url",))
    base, new = (data.get("base"), data.get("new", False)) if section == "models" else (None, False)
    return Entry(layer, path, provider, data.get("id", ""), fields, data.get("match"), omitted, base, new)


def ground_layer(records: Mapping[str, Mapping[str, Any]], document: Document) -> Layer:
    """The layer of a source: provider -> `{"provider": record, "models": {id: record}}`, as `normalize` gives it."""
    layer = Layer(document.name, document, only_patches=False)
    for name, part in records.items():
        layer.providers.append(Entry(layer, (), name, name, part["provider"], is_ground=True))
        layer.models += (Entry(layer, (), name, id_, record, is_ground=True) for id_, record in part["models"].items())
    return layer
