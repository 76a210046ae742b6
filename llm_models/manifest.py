"""The manifest: what `pull` records about the file that it stored beside it; standard library only."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from typing import Any

from llm_models.errors import SourceError
from llm_models.files import FileError, FileMissingError, read_limited
from llm_models.transforms import DEFAULT
from llm_models.upstream import MAX_BYTES

MANIFEST_NAME = "manifest.json"
MAX_MANIFEST = 64 << 10
"""The largest manifest, in bytes."""


def believed(path: str) -> dict[str, Any] | None:
    """The manifest of the pulled file at `path`, None where it is missing, damaged, or describes other bytes.

    Raises `SourceError` where one of the two files cannot be read.
    """
    try:
        manifest = json.loads(read_limited(os.path.join(os.path.dirname(path), MANIFEST_NAME), MAX_MANIFEST))
        digest = hashlib.sha256(read_limited(path, MAX_BYTES)).hexdigest()
    except (FileMissingError, ValueError, RecursionError):
        return None
    except FileError as error:
        if error.errno == errno.EFBIG:  # longer than any that `pull` writes
            return None
        raise SourceError(str(error)) from None
    expected = {"source", "url", "sha256", "size", "fetched", "providers", "models"}
    if not isinstance(manifest, dict) or not expected <= manifest.keys() or manifest["sha256"] != digest:
        return None
    return manifest


def source_of(path: str) -> str:
    """The source of the file at `path`: the one that the manifest beside it names, else the default one."""
    return str((believed(path) or {}).get("source", DEFAULT))
