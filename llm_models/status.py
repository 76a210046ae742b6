"""Status: which snapshot is in use and why, how old it is, and whether something is due. It changes nothing."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from llm_models import paths
from llm_models.errors import ConfigError, SourceError
from llm_models.in_use import InUse, in_use, packaged, pulled_file
from llm_models.manifest import believed

if TYPE_CHECKING:
    Facts = dict[str, str | int | list[str] | None]
    """Names and values; None is unknown or does not apply."""


def status(folder: paths.Folder, given: str | None = None, *, verify: bool = False) -> Facts:
    """Facts in words about the snapshot file that `load()` would begin with for `folder`.

    `given` is the path of a snapshot file to use instead. With `verify` the whole file is checked. Raises
    `SnapshotError` for a damaged snapshot.
    """
    try:
        current, problem = in_use(folder, given), None
    except ConfigError as error:  # it cannot be read, and the rest is still worth knowing
        current, problem = in_use(folder, given, reads=False), str(error)
    file = current.file
    if verify:
        file.verify()
    header = file.header
    return {
        "snapshot": file.name,
        "kind": _kind(current),
        "sources": [f"{source['name']} (SHA-256 {source['sha256']})" for source in header["sources"]],
        "date": header.get("date"),
        "age": _age(header.get("date")),
        "providers": header["counts"]["providers"],
        "models": header["counts"]["models"],
        "digest": file.digest,
        "configuration": _configuration(folder),
        "found": _found(current) or None,
        "activate": _due(current) if problem is None else None,
        "pulled": None if given is not None else _pulled(current),
        "verified": "no damage found" if verify else None,
        "problem": problem,
    }


UNUSED = {"stale": "was made from another packaged snapshot", "foreign": "belongs to another user",
          "writable": "can be written by every user"}  # fmt: skip
"""Why an activated snapshot is not used, in words."""


def _kind(current: InUse) -> str:
    if current.kind == "activated":
        return f"activated, from {'the packaged snapshot' if current.base_kind == 'packaged' else 'a source'}"
    if current.unused is not None:
        return f"packaged; the activated one {UNUSED[current.unused]} and is not used"
    return current.kind


def _age(day: str | None) -> str | None:
    if day is None:
        return None
    days = (datetime.now(tz=UTC).date() - date.fromisoformat(day if len(day) > 7 else f"{day}-01")).days
    return "1 day" if days == 1 else f"{max(days, 0):,} days"


def _configuration(folder: paths.Folder) -> str | None:
    if folder.config is None:
        return None
    return f"{folder.config} ({'found, not named' if folder.found else 'named'})"


def _found(current: InUse) -> list[str]:
    """The files that were found, not named, and their owners; a folder around them where its owner is another.

    It does not state whether they are trusted, because that depends on the program that asks.
    """
    owners: dict[str, int] = {}
    for path, _, (own, *folders) in current.found:
        owners[path] = own[1]
        owners.update((name, owner) for name, owner, _ in folders if owner != own[1])
    return [path if os.name == "nt" else f"{path} (owner: {_user(owner)})" for path, owner in owners.items()]


def _user(number: int) -> str:
    """A user's name, or the number where the system has none for it."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _due(current: InUse) -> str | None:
    """Whether `activate` is due, and why."""
    if current.kind == "given":
        return None
    if current.kind == "packaged":
        if current.unused == "stale":
            return "due: the packaged snapshot changed"
        return None if current.config is None else "not done; load() merges llm_models.toml each time"
    reasons = [] if current.is_merged else ["due: llm_models.toml changed since"]
    newest = packaged().header.get("date") or ""
    if newest > (current.file.header.get("date") or ""):
        reasons.append(f"the packaged snapshot is newer ({newest})")
    return "; ".join(reasons) or "up to date"


def _pulled(current: InUse) -> str | None:
    """The pulled file: when it was fetched, as far as a manifest describes it, and whether the snapshot uses it."""
    path = pulled_file(current.folder)
    if not paths.exists(path, SourceError):
        return None
    manifest = believed(path)
    if manifest is None:
        return f"{path}, which no manifest describes"
    used = any(source["sha256"] == manifest["sha256"] for source in current.file.header["sources"])
    return f"{path}, fetched {manifest['fetched']}, {'in use' if used else 'not activated'}"
