"""Notices: which models that a configuration names are deprecated, retiring or retired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models import lifecycle
from llm_models.errors import printable
from llm_models.modelspec import fold_provider
from llm_models.records import Model
from llm_models.snapshot_file import effective

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llm_models.document import DocumentPath
    from llm_models.layers import Layer
    from llm_models.snapshot_file import SnapshotFile


def of_layer(layer: Layer, file: SnapshotFile) -> Iterator[tuple[DocumentPath, str, Model]]:
    """The models of `file` that a layer names and that people must know of: where, what (`state`), and the model.

    The id of an entry names a model, and so does an id or an alias in `allow`. An entry that states the lifecycle
    itself does not count. `deny` and `exclude` name models that shall not be used, so they do not count either.
    """
    for path, provider, name in _named(layer):
        if not file.holds(provider):
            continue
        block = file.block(provider)
        model_id = block.aliases.get(name) if path[0] == "allow" and name not in block.rows else name
        if model_id not in block.rows:
            continue
        model = Model.from_dict(effective(block.model(block.rows[model_id]), provider))
        state = lifecycle.state(model)
        if state is not None:
            yield path, f"{state}{lifecycle.successor_of(model)}", model


def _named(layer: Layer) -> Iterator[tuple[DocumentPath, str, str]]:
    """The path, the provider and the name of each model that a layer names."""
    for entry in layer.models:
        if entry.match is None and not entry.states("deprecated") and not entry.states("retires"):
            yield (*entry.path, "id"), entry.provider, entry.id
    for path, globs in layer.document.entries("allow"):
        for index, name in enumerate(() if globs == "all" else globs):
            yield (*path, index), fold_provider(str(path[1])), name


def of_layers(layers: Iterable[Layer], file: SnapshotFile) -> Iterator[str]:
    """The same as a sentence for each model, with the location that names it first."""
    for layer in layers:
        for path, what, model in of_layer(layer, file):
            yield f"{layer.location(path) or layer.name}: {printable(model.spec)}: {what}"
