"""Snapshot files put together from parts, past the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.snapshot_file import SnapshotFile
from llm_models.snapshot_writer import Composite

if TYPE_CHECKING:
    from collections.abc import Mapping


def assemble(
    header: Mapping[str, Any],
    blocks: Mapping[str, tuple[bytes, int]],
    tail: dict[str, Any],
    config: bytes | None,
    name: str,
) -> SnapshotFile:
    """A file with that header, the bytes of each provider's block with the number of its models, and those origins."""
    kept = {key: value for key, value in header.items() if key in {"sources", "date", "filters", "overrides_module"}}
    return SnapshotFile(Composite(kept, None, blocks, lambda: tail, name=name, config=config).data, name)
