"""Notices: which models that a configuration names are deprecated, retiring or retired."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from llm_models import lifecycle
from llm_models.enrich import is_deprecated
from llm_models.errors import limited, printable
from llm_models.modelspec import split_any
from llm_models.patterns import EVERY, is_nameable, meant
from llm_models.records import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llm_models.document import DocumentPath
    from llm_models.layers import Entry, Layer
    from llm_models.modelspec import ProviderId
    from llm_models.snapshot_file import SnapshotFile

    Changing = Callable[[str, str], Iterable[Entry]]
    IdOf = Callable[[str, str], str | None]


LIFECYCLE = ("status", "deprecated", "retires", "successor")
"""The fields of which `lifecycle` makes its statements, and those from which they follow."""


def of_layer(
    layer: Layer, file: SnapshotFile, changing: Changing | None = None, id_of: IdOf | None = None
) -> Iterator[tuple[DocumentPath, str, Model]]:
    """The models of `file` that a layer names and that people must know of: where, what (`state`), and the model.

    The id of an entry names a model, and so does any name in `allow` and in `match`. An entry that states the lifecycle
    itself does not count, and neither does its base. `deny` and `exclude` do not count either: they name models that
    shall not be used. `changing` gives the entries that are not yet merged into `file`, by provider and id; `id_of`
    reads the names of `file` and of these entries.
    """

    def of_file(provider: str, name: str) -> str | None:
        return file.block(provider).id_of(name) if file.holds(provider) else None

    def stands(path: DocumentPath, provider: str, name: str, entry: Entry | None) -> tuple[str, Model] | None:
        """The state of the model of a provider that a name means, where there is something to know."""
        model_id = name if path[-1] == "id" else meant(name, partial(id_of or of_file, provider), provider) or name
        entries = [*changing(provider, model_id)] if changing else [entry] if entry else []
        if not file.holds(provider, model_id) and not (changing and entries):
            return None
        stated = {name: value for name, value in (file.stated(provider, model_id) or {}).items() if name in LIFECYCLE}
        for one in entries:
            stated = {name: value for name, value in stated.items() if (name,) not in one.omitted}
            stated |= {name: one.fields[name] for name in LIFECYCLE if name in one.fields}
        key = {"provider": provider, "id": model_id, "provider_model_id": model_id}
        model = Model.from_dict({**stated, **key, "deprecated": is_deprecated(stated)})
        state = lifecycle.state(model)
        return None if state is None else (f"{state}{lifecycle.successor_of(model)}", model)

    for path, provider, name, entry in _named(layer, file.provider_id):
        if provider == EVERY:
            of_each = [stands(path, one, name, entry) for one in sorted(file.blocks) if is_nameable(name)]
        else:
            of_each = [stands(path, provider, name, entry)]
        found = [one for one in of_each if one is not None]
        for what, model in found[:1]:
            more = f" (so is the model of that name at {len(found) - 1} more providers)" if len(found) > 1 else ""
            yield path, f"{what}{more}", model


def _named(layer: Layer, provider_id: ProviderId) -> Iterator[tuple[DocumentPath, str, str, Entry | None]]:
    """The path, the provider and the name of each model that a layer names, and the entry that names it if one does."""
    for entry in layer.models:
        if not entry.states("deprecated") and not entry.states("retires"):
            field, name = ("id", entry.id) if entry.match is None else ("match", entry.match)
            yield (*entry.path, field), entry.provider, name, entry
        stays = entry.base is not None and not any(entry.states(one) or (one,) in entry.omitted for one in LIFECYCLE)
        key = split_any(str(entry.base), provider_id) if stays else None
        if key is not None:
            yield (*entry.path, "base"), key.provider, key.id, None
    for path, provider, name in layer.patterns("allow"):
        yield path, provider, name, None


def strange_successors(layer: Layer, holds: Callable[[str, str], bool]) -> Iterator[tuple[Entry, str]]:
    """The entries that state a successor which is no other model of the catalogue, and why it is not."""
    for entry in layer.models:
        if entry.states("successor"):
            spec = entry.fields["successor"]
            provider, _, model_id = spec.partition(":")
            if (provider, model_id) == (entry.provider, entry.id):
                yield entry, "a model is not its own successor"
            elif not holds(provider, model_id):
                yield entry, f"'{printable(spec)}' is not in this catalogue"


def of_layers(layers: Iterable[Layer], file: SnapshotFile) -> Iterator[str]:
    """The same as a sentence for each model, with the location that names it, in the order of the text."""
    found = []
    for layer in layers:
        its = [(layer, *one) for one in of_layer(layer, file)]
        found += sorted(its, key=lambda one: one[0].document.line_column(one[1])[0] or 0)
    yield from limited(found, _sentence, "models that the configuration names are deprecated, retiring or retired")


def _sentence(found: tuple[Layer, DocumentPath, str, Model]) -> str:
    layer, path, what, model = found
    return f"{layer.nearest(path)}: {printable(model.spec)}: {what}"
