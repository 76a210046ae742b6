"""The manifest: what `pull` says of the file that it stored beside it; standard library only."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from llm_models.files import read_limited
from llm_models.transforms import DEFAULT
from llm_models.upstream import MAX_BYTES

__all__ = ["MANIFEST_NAME", "MAX_MANIFEST", "believed", "source_of"]

MANIFEST_NAME = "manifest.json"
MAX_MANIFEST = 64 << 10
"""The largest manifest, in bytes."""


def believed(path: str) -> dict[str, Any] | None:
    """The manifest of the pulled file at `path`, None where it is missing, damaged, or speaks of other bytes."""
    beside = os.path.join(os.path.dirname(os.path.abspath(path)), MANIFEST_NAME)
    try:
        manifest = json.loads(read_limited(beside, MAX_MANIFEST))
        digest = hashlib.sha256(read_limited(path, MAX_BYTES)).hexdigest()
    except (OSError, ValueError, RecursionError):
        return None
    wanted = {"source", "url", "sha256", "size", "fetched", "providers", "models"}
    if not isinstance(manifest, dict) or not wanted <= manifest.keys() or manifest["sha256"] != digest:
        return None
    return manifest


def source_of(path: str) -> str:
    """The source of the file at `path`: the one that the manifest beside it names, else the default one."""
    return str((believed(path) or {}).get("source", DEFAULT))
