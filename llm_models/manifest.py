"""The manifest: what `pull` records about the file that it stores beside it; standard library only."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from llm_models import state
from llm_models.days import is_day, today
from llm_models.errors import SourceError, printable
from llm_models.files import FileError, FileMissingError, read_limited
from llm_models.locks import locked
from llm_models.transforms import DEFAULT
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.open_folder import Inside

MAX_MANIFEST = 64 << 10  # bytes


def believed(path: str, data: bytes | None = None) -> dict[str, Any] | None:
    """The manifest of the pulled file at `path`; None if it is missing, damaged, or describes other bytes.

    `data` is the content of the file; it is read where it is not given. Raises `SourceError` if one of the two files
    cannot be read.
    """
    try:
        manifest = json.loads(read_limited(os.path.join(os.path.dirname(path), state.MANIFEST), MAX_MANIFEST))
        digest = hashlib.sha256(read_limited(path, MAX_BYTES) if data is None else data).hexdigest()
    except (FileMissingError, ValueError, RecursionError):
        return None
    except FileError as error:
        if error.errno == errno.EFBIG:  # larger than any file that `pull` writes
            return None
        raise SourceError(str(error)) from None
    expected = {"source", "url", "sha256", "size", "fetched", "providers", "models"}
    valid = isinstance(manifest, dict) and expected <= manifest.keys() and manifest["sha256"] == digest
    return manifest if valid else None


def described(path: str, data: bytes) -> tuple[str, str | None]:
    """The source of the file at `path` and the day of the fetch, as its manifest states; else the default one and None.

    `data` is the content of the file. Raises `SourceError`.
    """
    manifest = believed(path, data) or {}
    return str(manifest.get("source", DEFAULT)), fetched_on(manifest)


def refuse_unpulled(path: str, data: bytes) -> None:
    """Raise `SourceError` unless the manifest beside the file at `path` describes these bytes: then `pull` stored them.

    A repository may bring such a file, so its place is no proof of where it is from.
    """
    if believed(path, data) is None:
        why = f"was not pulled, because no {state.MANIFEST} beside it has its SHA-256; give it with --from"
        raise SourceError(printable(f"{path}: {why}"))


def fetched_on(manifest: Mapping[str, Any]) -> str | None:
    """The day of the fetch; None where it is not stated, or lies in the future, so that a wrong clock wrote it."""
    day = str(manifest.get("fetched", ""))[: len("YYYY-MM-DD")]
    return day if is_day(day) and day <= today() else None


def renew(manifest: dict[str, Any], path: str, within: Inside, **more: str) -> dict[str, Any]:
    """The manifest of the file at `path`, now that its source has answered that it has nothing newer.

    `within` is the folder below which no link is followed, `more` what the manifest states from now on. The fetch is of
    today then, so the file is written again once a day at most. Raises `FileError`.
    """
    if fetched_on(manifest) == today() and more.items() <= manifest.items():
        return manifest
    renewed = {**manifest, **more, "fetched": moment()}
    with locked(os.path.dirname(path), inside=within):
        if manifest == believed(path):  # no other process has replaced it
            state.write(os.path.join(os.path.dirname(path), state.MANIFEST), encoded(renewed), within)
    return renewed


def moment(seconds: float | None = None) -> str:
    """The present time, or that of a file in seconds since 1970, as a manifest states it."""
    when = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def encoded(manifest: Mapping[str, Any]) -> bytes:
    """The content of the file."""
    return (json.dumps(manifest, indent=2) + "\n").encode()
