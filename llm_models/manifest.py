"""The manifest: what `pull` records about the file that it stores beside it; standard library only."""

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
MAX_MANIFEST = 64 << 10  # bytes


def believed(path: str) -> dict[str, Any] | None:
    """The manifest of the pulled file at `path`; None if it is missing, damaged, or describes other bytes.

    Raises `SourceError` if one of the two files cannot be read.
    """
    try:
        manifest = json.loads(read_limited(os.path.join(os.path.dirname(path), MANIFEST_NAME), MAX_MANIFEST))
        digest = hashlib.sha256(read_limited(path, MAX_BYTES)).hexdigest()
    except (FileMissingError, ValueError, RecursionError):
        return None
    except FileError as error:
        if error.errno == errno.EFBIG:  # larger than any file that `pull` writes
            return None
        raise SourceError(str(error)) from None
    expected = {"source", "url", "sha256", "size", "fetched", "providers", "models"}
    valid = isinstance(manifest, dict) and expected <= manifest.keys() and manifest["sha256"] == digest
    return manifest if valid else None


def source_of(path: str) -> str:
    """The source of the file at `path`: as the manifest beside it states, else the default one."""
    return str((believed(path) or {}).get("source", DEFAULT))
