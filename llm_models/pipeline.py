"""The pipeline: the stages in order, written once for `activate` and for `load()`.

source bytes -> ingest -> normalize -> validate -> merge -> enrich -> filter, index -> snapshot
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from llm_models import config, index, paths, validation
from llm_models.enrich import agreed_families, last_segment
from llm_models.errors import EmptyCatalogError, printable
from llm_models.normalize import Report, normalize
from llm_models.overlay import overlay
from llm_models.records import CAPABILITIES
from llm_models.snapshot_writer import assemble
from llm_models.tail import EMPTY_TAIL, restore
from llm_models.transforms import models_dev
from llm_models.upstream import parse_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from llm_models.layers import Layer
    from llm_models.overlay import Overlay
    from llm_models.snapshot_file import SnapshotFile

__all__ = ["TRANSFORMS", "base_kind", "build_base", "build_source", "curated_layers", "merge_application"]

TRANSFORMS: dict[str, ModuleType] = {models_dev.NAME: models_dev}
"""Source name -> the transform that reads it."""


def build_base(data: bytes, name: str, source: str = "models_dev") -> tuple[SnapshotFile, Report]:
    """The snapshot that a source's bytes make, the curated overrides merged in, and what was dropped and repaired.

    `name` stands for the bytes in messages. Raises `SourceError` where they are no catalogue,
    `EmptyCatalogError` where no record survives.
    """
    raw, report = build_source(data, name, source)
    base, run = overlay(raw, curated_layers(), name=raw.name)
    for entry in run.gone:
        report.add("left out", "overrides", "its model is gone", f"{entry.provider}:{entry.match or entry.id}")
    for spec, alias, why in run.fallen:
        report.add("dropped", "aliases", why, printable(f"{spec} ({alias})"))
    return base, report


def build_source(data: bytes, name: str, source: str = "models_dev") -> tuple[SnapshotFile, Report]:
    """The snapshot that a source's bytes make by themselves; see `build_base`."""
    report = Report()
    catalogue = parse_catalogue(data, name)  # ingest
    records = normalize(catalogue, TRANSFORMS[source], report)
    _validate(records, report)
    if not any(part["models"] for part in records.values()):
        raise EmptyCatalogError(f"{name}: no model is left: {report.records_dropped} records were dropped")
    _note_oddities(records, report)
    sources = [{"name": source, "sha256": hashlib.sha256(data).hexdigest()}]
    return _index(records, sources, report), report


def _validate(records: dict[str, dict[str, Any]], report: Report) -> None:
    """Take out every record that its schema refuses, each alone."""
    keeps = validation.record_checker("model")
    for provider_id, part in list(records.items()):
        fault = validation.first_fault("provider", part["provider"])
        if fault is not None:
            del records[provider_id]
            report.add("record dropped", "provider", _reason(fault), printable(provider_id))
            for model_id in part["models"]:
                spec = printable(f"{provider_id}:{model_id[:80]}")
                report.add("record dropped", "model", "its provider was dropped", spec)
            continue
        for model_id, model in list(part["models"].items()):
            if not keeps(model):
                fault = validation.first_fault("model", model)
                assert fault is not None
                del part["models"][model_id]
                report.add("record dropped", "model", _reason(fault), printable(f"{provider_id}:{model_id[:80]}"))


def _reason(fault: tuple[tuple[str | int, ...], str]) -> str:
    path, message = fault
    return f"{'.'.join(map(str, path)) or 'record'}: {message.partition(':')[0]}"


def _note_oddities(records: dict[str, dict[str, Any]], report: Report) -> None:
    """Count what is kept though it looks wrong, so that somebody looks."""
    for provider_id, part in records.items():
        for model_id, model in part["models"].items():
            limits = model.get("limits", {})
            if limits.get("output", 0) > limits.get("context", limits.get("output", 0)):
                report.add("odd", "limits", "output is larger than context", printable(f"{provider_id}:{model_id}"))


def _index(records: dict[str, dict[str, Any]], sources: list[dict[str, str]], report: Report) -> SnapshotFile:
    """Enrich and index all records of a source; its catalogue date is the latest day it looked at a model."""
    models = [model for part in records.values() for model in part["models"].values()]
    families = agreed_families((model["id"], model.get("family")) for model in models)
    blocks = {}
    for provider_id, part in records.items():
        aliases = {model_id: tuple(model.get("aliases", ())) for model_id, model in part["models"].items()}
        for model_id, fallen in index.settle_aliases(aliases).items():
            gone = [alias for alias, _ in fallen]
            model = part["models"][model_id]
            model["aliases"] = [alias for alias in model["aliases"] if alias not in gone]
            for alias, why in fallen:
                report.add("dropped", "aliases", why, printable(f"{provider_id}:{model_id} ({alias})"))
        lines = {
            model_id: index.index_model(model, lambda name: families.get(last_segment(name)))
            for model_id, model in part["models"].items()
        }
        blocks[provider_id] = index.block_of(part["provider"], lines)
    header: dict[str, Any] = {"sources": sources, "filters": {}}
    dates = [model["last_updated"] for model in models if "last_updated" in model]
    if dates:
        header["date"] = max(dates)
    header["capabilities"] = list(CAPABILITIES)
    return assemble(header, blocks, EMPTY_TAIL, None, "the snapshot of the source")


def merge_application(
    file: SnapshotFile,
    folder: paths.Folder,
    raw: bytes | None,
    *,
    overrides: Mapping[str, Any] | None = None,
    behaviour: Any = None,
    run_behaviour: bool = True,
    name: str | None = None,
) -> tuple[SnapshotFile, Overlay]:
    """An application's layers merged onto the base of `file`: `llm_models.toml`, behaviour module, `overrides`.

    `raw` is the text of `folder.config`, `behaviour` stands in for the module that it names. With
    `run_behaviour` false no code is run, as the commands want it. Raises `ConfigError`, `EmptyCatalogError`.
    """
    base = restore(file)
    layers: list[Layer] = []
    module = None
    if raw is not None:
        assert folder.config is not None
        document = config.parse(raw, folder.config)
        layers.append(config.layer_of(document, os.path.basename(folder.config)))
        module = (document.data or {}).get("overrides_module")
    if (behaviour or module) and run_behaviour:
        from llm_models.behaviour import layer_of_behaviour

        layers.append(layer_of_behaviour(behaviour or module))
    if overrides:
        from llm_models.behaviour import layer_of_mapping

        layers.append(layer_of_mapping(overrides))
    merged, run = overlay(base, layers, name=name or file.name, base_kind=base_kind(file), config=raw, module=module)
    _log(run)
    return merged, run


def base_kind(file: SnapshotFile) -> str:
    """What an activation made from `file` is to be called: `"packaged"` is given up when the package changes."""
    kind: str = file.header["base"]["kind"] if "base" in file.header else ""
    return kind or ("packaged" if file.name == paths.PACKAGED_SNAPSHOT else "source")


def _log(run: Overlay) -> None:
    """Tell what of the layers could not be applied: a refresh may have brought it about, so it is no error."""
    import logging

    log = logging.getLogger("llm_models")
    if run.gone:
        named = ", ".join(f"{entry.provider}:{entry.match or entry.id}" for entry in run.gone[:5])
        log.warning("left out, for their models are gone (%d): %s", len(run.gone), printable(named))
    for spec, alias, why in run.fallen:
        log.warning("alias %s of %s dropped: %s", printable(alias), printable(spec), printable(why))


def curated_layers() -> list[Layer]:
    """The corrections that ship with the package, one layer a file, in order of name."""
    folder = paths.resources("overrides")
    names = sorted(name for name in os.listdir(folder) if name.endswith(".toml"))
    return [config.read_layer(os.path.join(folder, name), f"overrides/{name}", only_patches=True) for name in names]
