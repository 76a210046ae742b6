"""World: the catalogues, histories and texts from which inputs are made; each is made once in a process."""

from __future__ import annotations

import json
import logging
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from support import ROOT, catalogues, forging, histories

import llm_models
from llm_models import config, paths, pipeline, successors
from llm_models.in_use import InUse
from llm_models.snapshot_file import SnapshotFile
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models import Snapshot
    from llm_models.layers import Layer

SHARED = ROOT.parent / "shared"
"""Real files of sources, which are no part of the repository."""
DAY = "2026-01-02"
CONFIG = "llm_models.toml"
_PACKAGED_HISTORY = paths.PACKAGED_HISTORY
APPLICATION = b"""
prefer = ["anthropic"]
known = ["openai:gpt-9*"]
[deny]
openai = ["o3-*"]
[exclude]
openai = ["gpt-4o-preview"]
[[providers]]
id = "own"
base_url = "https://own.example/v1"
env = ["OWN_KEY"]
aliases = ["ours"]
[[models]]
provider = "own"
id = "mine"
base = "openai:gpt-4o-mini"
aliases = ["yours"]
served_as = ["mine-1"]
retires = "2030-01-01"
extra.a.b = [1, { c = "d" }]
[[models]]
provider = "own"
id = "priced"
new = true
kind = "chat"
cost.input = 1.5
cost.output = 2
cost.cache_read = 0.1
cost.fees = { web_search = 10 }
cost.tiers = [{ context_over = 1000, input = 3 }]
limits = { context = 1000, output = 100 }
[[models]]
provider = "openai"
match = "gpt-4o*"
omit = ["knowledge"]
tags = ["approved"]
"""
"""A configuration of every section, over the small catalogue."""


@contextmanager
def believed() -> Iterator[None]:
    """Inside, the package has the history and the corrections of the small catalogue, and nothing is logged.

    Each changed file would index all names of the packaged history again, which takes three quarters of the time, and
    each build would read all corrections.
    """
    logger = logging.getLogger("llm_models")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(paths, "PACKAGED_HISTORY", _small(folder)),
            mock.patch.object(pipeline, "curated_layers", curated),
            mock.patch.object(successors, "curated_layers", curated),
        ):
            yield
    finally:
        logger.setLevel(level)


def _small(folder: str) -> str:
    path = Path(folder, "snapshot.json")
    path.write_bytes(activated())
    return histories.write_small(str(path))


@cache
def base() -> SnapshotFile:
    """The base of the small catalogue."""
    return SnapshotFile(catalogues.base(catalogues.small(), catalogues.CURATED)[0].data, "base.json")


@cache
def curated() -> list[Layer]:
    """The corrections of the small catalogue, in place of those of the package."""
    return [config.layer_of(config.parse(catalogues.CURATED, "toy.toml"), "overrides/toy.toml", only_patches=True)]


@cache
def activated() -> bytes:
    """A snapshot file with a source's base, filters, excludes, copies and a configuration."""
    return merged(base(), APPLICATION).data


def merged(file: SnapshotFile, text: bytes) -> SnapshotFile:
    """A base with the text of an `llm_models.toml`, as `activate` merges it."""
    return pipeline.merge_application(InUse(file, paths.Folder(CONFIG, None), text), code="none")[0]


@cache
def snapshot_files() -> dict[str, bytes]:
    """Snapshot files by name: the activated one, its base, one of a source without prices, and those of 0.1.0."""
    stored = {path.stem: path.read_bytes() for path in sorted((ROOT / "tests" / "stored").glob("*.json"))}
    del stored["upstream"]
    return {"activated": activated(), "base": base().data, **stored}


@cache
def apart(name: str) -> dict[str, Any]:
    """The parts of a snapshot file as plain data."""
    return forging.taken_apart(snapshot_files()[name])


@cache
def history_files() -> dict[str, bytes]:
    """History files by name: one of three days, and one that is an application's own."""
    cost = {"input": 1, "output": 2, "tiers": [{"context_over": 5, "input": 2}], "fees": {"web_search": 3}}
    days = [
        histories.seen("2026-01-01", {"acme": {"a": 1, "ab": cost, "gpt-4o": 3}, "left": {"x": 1}}),
        histories.seen("2026-02-01", {"acme": {"a": 2, "b": 1, "gpt-4o": 3}, "other": {"x": None}}),
        histories.seen("2026-03-01", {"acme": {"a": 2, "b": 3, "GPT-4O": 3}, "other": {"x": 4}}),
        histories.seen("2026-04-01", {"acme": {"ab": cost, "b": 3}, "other": {"x": None}}),
    ]
    folded = histories.fold(*days)._replace(source="models_dev")
    own = {"packaged": 5, "sha256": "0" * 64, "date": "2026-04-01"}
    return {"three": encode(histories.fold(*days[:3])), "own": encode(folded, own)}


@cache
def packaged() -> Snapshot:
    """The packaged catalogue with its own history."""
    snapshot = llm_models.load(config=None, publish=False)
    with mock.patch.object(paths, "PACKAGED_HISTORY", _PACKAGED_HISTORY):
        snapshot.view.past.providers()
    return snapshot


@cache
def shown(name: str) -> Snapshot:
    """A catalogue to ask: the packaged one, the small one, or the small one with filters."""
    if name == "packaged":
        return packaged()
    file = SnapshotFile(activated() if name == "filtered" else base().data, "asked.json")
    return llm_models.Snapshot(file)


def seed_document(source: str) -> Any:
    """A made-up document of a source, with every field that its transform reads."""
    return json.loads(Path(__file__).with_name("seeds").joinpath(f"{source}.json").read_bytes())
