"""Made-up catalogues: a source in the shape of models.dev, and snapshot files.

This is the one place where tests call the functions of the package that build, merge and write a snapshot file.
"""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock

from llm_models import config, paths, pipeline, supplements
from llm_models.behaviour import layer_of_mapping
from llm_models.changes import merge_layers
from llm_models.config import Document
from llm_models.errors import EmptyCatalogError
from llm_models.in_use import InUse, base_of
from llm_models.layers import ground_layer
from llm_models.modelspec import fold_provider
from llm_models.origins import empty_tail
from llm_models.pipeline import build_base
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile
from llm_models.snapshot_writer import Composite, empty, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from llm_models.changes import Changes
    from llm_models.layers import Layer
    from llm_models.normalize import Report

Record = dict[str, Any]


def day(away: int) -> str:
    """The day so many days from today, as a source writes it. A later one than tomorrow is dropped."""
    return (datetime.now(tz=UTC).date() + timedelta(days=away)).isoformat()


def model(model_id: str, **fields: Any) -> Record:
    """A model as models.dev writes it. A field that is None is left out."""
    usual = {"id": model_id, "name": model_id.upper(), "last_updated": "2026-01-02", "limit": {"context": 1000}}
    usual["cost"] = {"input": 1, "output": 2}
    return {key: value for key, value in {**usual, **fields}.items() if value is not None}


def provider(provider_id: str, *models: Record, **fields: Any) -> Record:
    """A provider as models.dev writes it. A field that is None is left out."""
    usual = {"id": provider_id, "name": provider_id, "env": [f"{fold_provider(provider_id).upper()}_KEY"]}
    usual["api"] = f"https://{provider_id}.example/v1"
    stated = {key: value for key, value in {**usual, **fields}.items() if value is not None}
    return {**stated, "models": {one["id"]: one for one in models}}


def catalogue(*providers: Record) -> bytes:
    """The source file of those providers."""
    return json.dumps({one["id"]: one for one in providers}).encode()


def numbered(count: int, **fields: Any) -> bytes:
    """A source of one provider `acme` with so many models, `m0` onwards."""
    return catalogue(provider("acme", *(model(f"m{number}", **fields) for number in range(count))))


def of_source(source: bytes, name: str = "made-up.json", **how: Any) -> tuple[SnapshotFile, Report]:
    """The snapshot file of a source alone, without curated overrides; `how` is passed on to `build_base`."""
    return build_base(source, name, curated=[], **{"supplements": [], **how})


def base(
    source: bytes, curated: bytes | None = None, name: str = "made-up.json", *, without_prose: bool = False
) -> tuple[SnapshotFile, Report]:
    """The snapshot file of a source, with what corrects and fills it: as the package has it, or one text alone."""
    layers, lists = (None, None) if curated is None else ([_curated(curated)], [])
    return build_base(source, name, curated=layers, supplements=lists, without_prose=without_prose)


def _curated(text: bytes) -> Layer:
    return config.layer_of(config.parse(text, "toy.toml"), "overrides/toy.toml", only_patches=True)


@contextlib.contextmanager
def shipping(curated: bytes) -> Iterator[None]:
    """A package whose curated overrides are this one file, and in which no other list fills anything."""
    with (
        mock.patch.object(pipeline, "curated_layers", return_value=[_curated(curated)]),
        mock.patch.object(supplements, "packaged", return_value=[]),
    ):
        yield


def merged(file: SnapshotFile, path: str | Path, text: bytes) -> tuple[SnapshotFile, Changes]:
    """The snapshot file with the `llm_models.toml` of this path and text merged into it."""
    return pipeline.merge_application(InUse(file, paths.find(str(path)), text), code="none")


def loaded(file: SnapshotFile, path: str | Path, text: bytes) -> Snapshot:
    """What `load()` makes of a snapshot file and a named `llm_models.toml`, whose behaviour module is not run."""
    current = InUse(file, paths.find(str(path)), text)
    merged_file, changes = pipeline.merge_application(current, code="none")
    try:
        return Snapshot(merged_file, remembers=current.remembers)
    except EmptyCatalogError as error:
        raise pipeline.emptied(error, current, changes) from None


def composite(file: SnapshotFile, *stated: Record) -> Composite:
    """The snapshot in memory with layers merged into a file, weakest first, each in the shape of `llm_models.toml`."""
    layers = [layer_of_mapping(one, f"layer {number}") for number, one in enumerate(stated)]
    return write(merge_layers(file, layers), name="layered")


def layered(file: SnapshotFile, *stated: Record) -> SnapshotFile:
    """The snapshot file with layers merged into it, as `composite`."""
    return SnapshotFile(composite(file, *stated).data, "layered")


def at_once(source: bytes, curated: bytes, text: bytes) -> SnapshotFile:
    """The snapshot file of a source with curated overrides and an `llm_models.toml`, all layers merged in one step."""
    layers = [_curated(curated), config.layer_of(config.parse(text, "llm_models.toml"), "llm_models.toml")]
    return build_base(source, "made-up.json", curated=layers, supplements=[])[0]


@contextlib.contextmanager
def counting_merges() -> Iterator[mock.MagicMock]:
    """Count how many times a configuration is merged: `call_count` of what is yielded."""
    with mock.patch.object(pipeline, "merge_application", wraps=pipeline.merge_application) as merge:
        yield merge


def restored(file: SnapshotFile) -> SnapshotFile:
    """The file without its application's layers."""
    return base_of(file)


def from_records(records: dict[str, dict[str, Record]], providers: dict[str, Record] | None = None) -> SnapshotFile:
    """A snapshot of provider -> model id -> stated fields, in the shape of our records.

    `providers` maps providers to more fields of theirs.
    """
    ground = {
        provider_id: {
            "provider": {"id": provider_id, "name": provider_id.title(), **(providers or {}).get(provider_id, {})},
            "models": {
                model_id: {"id": model_id, "provider": provider_id, "name": model_id, **stated}
                for model_id, stated in models.items()
            },
        }
        for provider_id, models in records.items()
    }
    layer = ground_layer(ground, Document("made_up", None, None, []))
    return write(merge_layers(empty({}), [layer]), name="made-up.json")


def block(provider_id: str, models: dict[str, Record]) -> tuple[bytes, int]:
    """The block of a provider and its models, and how many they are."""
    return from_records({provider_id: models}).raw_block(provider_id), len(models)


def assembled(
    header: Record, blocks: dict[str, Any], tail: Record | None = None, text: bytes | None = None, rows: Any = None
) -> SnapshotFile:
    """A snapshot file of a header, blocks, a tail, the text of a configuration, and what its columns have of models."""
    names = {"sources", "supplements", "date", "filters", "aliases", "overrides_module"}
    kept = {key: value for key, value in header.items() if key in names}
    sections = {**empty_tail(), **(tail or {})}
    file = Composite(kept, None, blocks, lambda: sections, name="made-up.json", config=text, rows=rows)
    return SnapshotFile(file.data, "made-up.json")


def made_up(
    records: dict[str, dict[str, Record]],
    filters: Record | None = None,
    tail: Record | None = None,
    providers: dict[str, Record] | None = None,
) -> SnapshotFile:
    """A snapshot file of provider -> model id -> stated fields, in the shape of our records; see `from_records`."""
    header = {"sources": [{"name": "made_up", "sha256": "0" * 64}], "date": "2026-01-02", "filters": filters or {}}
    file = from_records(records, providers)
    return assembled(header, {name: (file.raw_block(name), len(records[name])) for name in records}, tail)


# A catalogue that is small enough to merge a thousand times.


def _chat(model_id: str, **fields: Any) -> Record:
    usual: Record = {"attachment": False, "reasoning": False, "tool_call": True}
    usual |= {"modalities": {"input": ["text"], "output": ["text"]}, "limit": {"context": 1000, "output": 100}}
    return model(model_id, **{**usual, "cost": None, **fields})


def _named(provider_id: str, *models: Record) -> Record:
    doc = f"https://{provider_id}.example/docs"
    return provider(provider_id, *models, name=provider_id.title(), api=None, doc=doc)


PROVIDERS = [
    _named(
        "openai",
        _chat(
            "gpt-4o",
            family="gpt",
            cost={"input": 2.5, "output": 10, "cache_read": 1.25},
            limit={"context": 128000, "input": 120000, "output": 16384},
            knowledge="2023-09",
        ),
        _chat(
            "gpt-4o-mini",
            family="gpt-mini",
            cost={
                "input": 0.15,
                "output": 0.6,
                "tiers": [{"input": 0.3, "output": 1.2, "tier": {"type": "context", "size": 200000}}],
            },
            limit={"context": 128000, "output": 16384},
            modalities={"input": ["text", "image"], "output": ["text"]},
        ),
        _chat("gpt-4o-preview"),
        _chat("gpt-4o-retired"),
        _chat("o3-mini", reasoning=True, cost={"input": 1.1, "output": 4.4}),
        _chat("text-embedding-3", family="text-embedding"),
    ),
    _named("anthropic", _chat("claude-haiku-4-5", cost={"input": 1, "output": 5}), _chat("claude-old")),
    _named("google-vertex", _chat("claude-haiku-4-5@20251001"), _chat("gpt-4o-mini")),
    _named("wafer.ai", _chat("glm/glm-5:free", interleaved={"field": "reasoning"})),
    _named("azure", _chat("o3-mini"), _chat("o3-secret")),
]

CURATED = b"""
[exclude]
openai = ["gpt-4o-retired"]

[deny]
azure = ["*-secret"]

[[providers]]
id = "openai"
base_url = "https://api.openai.example/v1"

[[models]]
provider = "openai"
match = "gpt-4o*"
capabilities.tools.strict = true
tags = ["curated"]

[[models]]
provider = "openai"
id = "gpt-4o-mini"
aliases = ["gpt-4o-mini-2024-07-18"]
"""


def small(*, newer: bool = False) -> bytes:
    """The source of the small catalogue; `newer` is a later day of it, with other models and prices."""
    providers = {one["id"]: json.loads(json.dumps(one)) for one in PROVIDERS}
    if newer:
        del providers["azure"]
        del providers["openai"]["models"]["o3-mini"]
        providers["openai"]["models"]["gpt-4o"]["cost"]["input"] = 2.25
        providers["openai"]["models"]["gpt-5"] = _chat("gpt-5", last_updated="2026-02-03", family="gpt")
        providers["groq"] = _named("groq", _chat("gpt-oss-20b"))
    return catalogue(*providers.values())


def write_small(folder: Path, *, newer: bool = False) -> str:
    """Write the small catalogue as a snapshot file in `folder`; its path."""
    file, report = base(small(newer=newer), CURATED, "toy.json")
    assert report.records_dropped == 0
    path = folder / f"toy{'-newer' if newer else ''}.json"
    path.write_bytes(file.data)
    return str(path)
