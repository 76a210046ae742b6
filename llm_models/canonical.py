"""Canonical: a layer in which every name of a provider or a model is its id; and the findings about duplicates.

People may name a provider by an alias, and a model by a served id, an alias or a spelling such as `models/...`. Once
the base and the weaker layers are known, such a layer is replaced by one that has ids, so that all later code compares
ids. Locations stay those of the text.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from llm_models.document import Fault
from llm_models.errors import printable
from llm_models.layers import SETTINGS
from llm_models.modelspec import fold_provider
from llm_models.name_forms import read_as
from llm_models.name_table import NameTable

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from llm_models.document import Document, DocumentPath
    from llm_models.layers import Entry, Layer
    from llm_models.snapshot_file import SnapshotFile


OF_THE_GONE = frozenset({"retires", "successor"})
"""What a curated entry may state of a model that is gone: `timeline_build` takes it into the packaged history."""
ALIASES_OF_THE_GONE = frozenset({"aliases"})
"""The same, of a provider."""


def canonical(layer: Layer, file: SnapshotFile) -> Layer:
    """A layer in terms of the ids of `file`, which has what the layer defines or does without it."""
    names = NameTable(file)
    return fill(with_providers(layer, names), layer, names)


def with_providers(layer: Layer, names: NameTable) -> Layer:
    """A new layer with the entries about providers, by id; `fill` adds the rest.

    An entry whose id is an alias means that provider, unless it states a name: then it defines one of its own.
    """
    made = layer.empty()
    for entry in layer.providers:
        provider = entry.provider
        if not entry.is_ground and not names.knows(provider) and _is_a_name(entry):
            provider = names.provider_id(provider) or provider
        made.providers.append(entry._replace(layer=made, provider=provider))
    return made


def fill(made: Layer, layer: Layer, names: NameTable) -> Layer:
    """Add the models and settings of `layer` to `made`, by id. `names` has the providers of the layer, too."""

    def provider_of(text: str) -> str:
        return names.provider_id(text) or fold_provider(text)

    stated = {(entry.provider, entry.id) for entry in layer.models if not _is_a_name(entry)}
    for entry in layer.models:
        if entry.is_ground:
            made.models.append(entry._replace(layer=made))
            continue
        provider, model_id, fields = provider_of(entry.provider), entry.id, entry.fields
        if entry.match is None and _is_a_name(entry) and names.knows(provider):
            model_id = read_as(model_id, partial(names.id_of, provider), provider) or model_id
        if "successor" in fields:
            owner, colon, target = fields["successor"].partition(":")
            fields = {**fields, "successor": f"{provider_of(owner)}{colon}{target}"}
        target = fields.get("resolves_to")
        if target is not None and names.knows(provider) and (entry.provider, target) not in stated:
            fields = {**fields, "resolves_to": read_as(target, partial(names.id_of, provider), provider) or target}
        made.models.append(entry._replace(layer=made, provider=provider, id=model_id, fields=fields))
    for section, value in layer.settings.items():
        made.settings[section] = value
        if isinstance(value, dict):
            spellings = [fold_provider(str(path[1])) for path, _ in layer.document.entries(section)]
            made.spelled.update({name: provider_of(layer.provider_of(name)) for name in spellings})
            made.settings[section] = {provider_of(name): globs for name, globs in reversed(value.items())}
        elif SETTINGS[section].holds == "providers":
            made.settings[section] = [*map(provider_of, value)]
    return made


def _is_a_name(entry: Entry) -> bool:
    """Whether an entry may be about what its id is another name of. One that states a name, or `new`, defines its own.

    Curated entries define nothing; one that states what follows a model that is gone is about that model.
    """
    if entry.layer.only_patches:
        return not entry.fields.keys() <= OF_THE_GONE
    return not (entry.states("name") or entry.defines)


# Duplicates


def duplicates(layer: Layer) -> Iterator[Fault]:
    """The entries and keys of a layer that are about the same provider or model, once its names are ids."""
    document = layer.document
    yield from duplicate_entries(document, "providers", [(entry.path, entry.provider) for entry in layer.providers])
    exact = [(entry.path, (entry.provider, entry.id)) for entry in layer.models if entry.match is None]
    yield from duplicate_entries(document, "models", exact)
    for section, value in layer.settings.items():
        if isinstance(value, dict):
            spellings = [str(path[1]) for path, _ in document.entries(section)]
            yield from duplicate_spellings(section, spellings, [*map(layer.provider_of, spellings)])


def duplicate_entries(
    document: Document, section: str, keyed: Sequence[tuple[DocumentPath, Hashable]]
) -> Iterator[Fault]:
    """The entries of a section whose provider or model an earlier entry is about; each has a path and a key."""
    for index, first in repeated(key for _, key in keyed):
        line = document.line((*keyed[first][0], "id"))
        where = f"on line {line}" if line else f"as {section}[{keyed[first][0][1]}]"
        message = f"duplicate entry for this {section.removesuffix('s')} (first {where})"
        yield Fault((*keyed[index][0], "id"), message, "Merge the two.")


def duplicate_spellings(section: str, spellings: Sequence[str], providers: Sequence[str]) -> Iterator[Fault]:
    """The keys of a section whose provider an earlier key names, too."""
    for index, first in repeated(providers):
        later, earlier = printable(spellings[index]), printable(spellings[first])
        message = f"duplicate entry: '{later}' is the same provider as '{earlier}'"
        yield Fault((section,), message, "Merge the two.", spellings[index])


def repeated(keys: Iterable[Any]) -> Iterator[tuple[int, int]]:
    """The index of each key that an earlier key equals, with the index of the first of these."""
    first: dict[Any, int] = {}
    for index, key in enumerate(keys):
        if first.setdefault(key, index) != index:
            yield index, first[key]
