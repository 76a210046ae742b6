"""Status: which snapshot is in use and why, how old it is, and whether something is due; it changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from llm_models import paths, store
from llm_models.activation import pulled_file
from llm_models.errors import SourceError
from llm_models.manifest import believed
from llm_models.snapshot_file import SnapshotFile

__all__ = ["status"]


def status(folder: paths.Folder, given: str | None = None, *, verify: bool = False) -> dict[str, Any]:
    """Facts about the catalogue that `load()` would serve for `folder`, in words, as plain data.

    Raises `SnapshotError` for a damaged snapshot; `verify` looks at every byte.
    """
    file = store._open(given, folder)
    if verify:
        file.verify()
    raw = None if folder.config is None else paths.read_config(folder.config)
    header = file.header
    return {
        "snapshot": file.name,
        "kind": _kind(file, folder, given),
        "sources": [f"{source['name']} (SHA-256 {source['sha256']})" for source in header["sources"]],
        "date": header.get("date"),
        "age": _age(header.get("date")),
        "providers": header["counts"]["providers"],
        "models": header["counts"]["models"],
        "digest": header["digest"],
        "configuration": _configuration(folder),
        "activate": _due(file, folder, raw, given),
        "pulled": None if given is not None else _pulled(file, folder),
        "verified": "every byte is what was written" if verify else None,
    }


def _kind(file: SnapshotFile, folder: paths.Folder, given: str | None) -> str:
    if given is not None:
        return "given"
    if file.name != paths.PACKAGED_SNAPSHOT:
        base = file.header.get("base", {}).get("kind", "source")
        return f"activated, from {'the packaged snapshot' if base == 'packaged' else 'a source'}"
    if folder.activated is not None:
        return "packaged; the activated one was made from another packaged snapshot and is not used"
    return "packaged"


def _age(day: str | None) -> str | None:
    if day is None:
        return None
    days = (datetime.now(tz=UTC).date() - date.fromisoformat(day if len(day) > 7 else f"{day}-01")).days
    return "1 day" if days == 1 else f"{max(days, 0):,} days"


def _configuration(folder: paths.Folder) -> str | None:
    if folder.config is None:
        return None
    if not folder.discovered:
        return f"{folder.config} (named)"
    return f"{folder.config} (found upwards from the working directory)"


def _due(file: SnapshotFile, folder: paths.Folder, raw: bytes | None, given: str | None) -> str | None:
    """Whether and why `activate` is due."""
    if given is not None or (folder.activated is None and raw is None):
        return None
    if folder.activated is None:
        return "not done; load() merges llm_models.toml each time"
    if file.name == paths.PACKAGED_SNAPSHOT:
        return "due: the packaged snapshot changed"
    found = []
    if not file.holds_config(raw):
        found.append("due: llm_models.toml changed since")
    packaged = SnapshotFile.open(paths.PACKAGED_SNAPSHOT).header.get("date") or ""
    if packaged > (file.header.get("date") or ""):
        found.append(f"the packaged snapshot is newer ({packaged})")
    return "; ".join(found) or "up to date"


def _pulled(file: SnapshotFile, folder: paths.Folder) -> str | None:
    """What was pulled and when, as far as its manifest can be believed, and whether it is what `file` was made of."""
    path = pulled_file(folder)
    if not paths.exists(path, SourceError):
        return None
    manifest = believed(path)
    if manifest is None:
        return f"{path}, of which no manifest speaks"
    used = any(source["sha256"] == manifest["sha256"] for source in file.header["sources"])
    return f"{path}, fetched {manifest['fetched']}, {'in use' if used else 'not activated'}"
