"""Status: which snapshot is in use and why, how old it is, and whether something is due. It changes nothing."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from llm_models import paths
from llm_models.days import days_since
from llm_models.errors import ConfigError
from llm_models.files import FileError, read_limited
from llm_models.in_use import InUse, in_use, packaged, pulled_file
from llm_models.manifest import believed, fetched_on
from llm_models.past import Past
from llm_models.schema import published
from llm_models.state import SCHEMA

if TYPE_CHECKING:
    from typing import Any

    Facts = dict[str, Any]
    """Names and values, as plain data; None is unknown or does not apply."""


def status(
    folder: paths.Folder, given: str | None = None, *, verify: bool = False, max_age: int | None = None
) -> Facts:
    """Facts about the snapshot file that `load()` would begin with for `folder`, as values for programs.

    `given` is the path of a snapshot file to use instead. With `verify` the whole file is checked. `too_old` is a
    sentence where the data is more than `max_age` days old, or its age is unknown. Raises `SnapshotError` for a damaged
    snapshot.
    """
    try:
        current, problem = in_use(folder, given), None
    except ConfigError as error:  # it cannot be read, and the rest is still worth knowing
        current, problem = in_use(folder, given, reads=False), str(error)
    file = current.file
    if verify:
        file.verify()
    header = file.header
    pulled = None if given is not None else _manifest(current)
    how, day = _day(current, pulled)
    age = None if day is None else days_since(day)
    return {
        "snapshot": file.name,
        "kind": current.kind,
        "base": current.base_kind if current.kind == "activated" else None,
        "unused": current.unused,
        "sources": [{"name": source["name"], "sha256": source["sha256"]} for source in header["sources"]],
        "supplements": [{key: one[key] for key in ("name", "date", "sha256")} for one in header.get("supplements", [])],
        "date": header.get("date"),
        "age_days": age,
        "providers": header["counts"]["providers"],
        "models": header["counts"]["models"],
        "digest": file.digest,
        "histories": Past(current.remembers).files(),
        "configuration": _configuration(folder),
        "found": _found(current) or None,
        "schema": editor_schema(folder),
        "activate": _due(current) if problem is None else None,
        "pulled": None if given is not None else _pulled(current, pulled),
        "verified": True if verify else None,
        "problem": problem,
        "too_old": None if max_age is None else _too_old(current, age, f"{how} {day}", max_age),
    }


def in_words(facts: Facts) -> dict[str, Any]:
    """The same facts for people: each is one text, a number, or a list of texts. Those that are None may be missing."""
    words = {name: value for name, value in facts.items() if name not in ("base", "unused")}
    if facts["kind"] == "activated":
        words["kind"] = f"activated, from {'the packaged snapshot' if facts['base'] == 'packaged' else 'a source'}"
    if (unused := facts.get("unused")) is not None:
        words["kind"] = f"{facts['kind']}; the activated one {UNUSED[unused]} and is not used"
    for name in LISTS:
        words[name] = [*map(_sentence, facts.get(name) or ())]
    if (config := facts.get("configuration")) is not None:
        words["configuration"] = f"{config['path']} ({'found, not named' if config['found'] else 'named'})"
    if (pulled := facts.get("pulled")) is not None:
        use = "in use" if pulled.get("in_use") else "not activated"
        about = f", fetched {pulled['fetched']}, {use}" if "fetched" in pulled else ", which no manifest describes"
        words["pulled"] = pulled["path"] + about
    words["schema"] = {"other": "of another version; 'llm-models init' renews it"}.get(facts.get("schema") or "")
    words["verified"] = "no damage found" if facts.get("verified") else None
    if (due := facts.get("activate")) is not None:
        reasons = "; ".join(REASONS[reason].format(due.get("packaged_date")) for reason in due["reasons"])
        words["activate"] = reasons or {"not done": NOT_DONE}.get(due["state"], due["state"])
    if (inputs := facts.get("inputs")) is not None:
        verdict = SAME if inputs.get("reproduced") else OTHER
        words["inputs"] = f"compared: {verdict}" if "reproduced" in inputs else f"not compared: {inputs['problem']}"
    return words


LISTS = ("sources", "supplements", "histories", "found", "mirrors")
"""Facts that are lists of objects."""
SAME, OTHER = "its inputs produce the same bytes", "not what its inputs produce"
NOT_DONE = "not done; load() merges llm_models.toml each time"
REASONS = {
    "packaged changed": "due: the packaged snapshot changed",
    "configuration changed": "due: llm_models.toml changed since",
    "packaged newer": "the packaged snapshot is newer ({})",
}
"""Why `activate` has something to do, in words."""


def _sentence(one: dict[str, Any]) -> str:
    """An item of a list of facts, for people."""
    match one:
        case {"name": name, "sha256": sha256}:
            return f"{name}{' of ' * ('date' in one)}{one.get('date', '')} (SHA-256 {sha256})"
        case {"path": path, "first": first, "last": last, "days": days}:
            return f"{path} ({first} to {last}, seen on {days} days)"
        case {"problem": problem}:
            return f"{problem}; this history is not used"
        case {"variable": variable, "url": url}:
            return f"{variable}: {url}"
        case {"path": path, "owner": owner}:
            return f"{path} (owner: {owner})"
        case _:
            return str(one["path"])


def editor_schema(folder: paths.Folder) -> str | None:
    """Whether the schema that `init` wrote for editors is that of this version: "same", "other", or None for none."""
    path = folder.state_file(SCHEMA)
    if path is None:
        return None
    try:
        text = read_limited(path, 1 << 20)
        return "same" if json.loads(text) == published("overrides") else "other"
    except FileError:
        return None
    except (ValueError, RecursionError):
        return "other"


UNUSED = {"stale": "was made from another packaged snapshot", "foreign": "belongs to another user",
          "writable": "can be written by every user"}  # fmt: skip
"""Why an activated snapshot is not used, in words."""


def _day(current: InUse, pulled: dict[str, Any] | None) -> tuple[str, str | None]:
    """The day from which the age of the data counts, and which one it is: of the fetch, or else the catalogue's date.

    The day of the fetch is known while the pulled file is the one that was activated. Of a local file it is the day on
    which that file last changed.
    """
    day = fetched_on(pulled) if pulled is not None and current.kind == "activated" and _uses(current, pulled) else None
    return ("fetched", day) if day else ("dated", current.file.header.get("date"))


def _too_old(current: InUse, age: int | None, since: str, most: int) -> str | None:
    if age is not None and age <= most:
        return None
    found = "it is not dated" if age is None else f"{_days(age)}, {since}"
    told = f"{current.file.name}: the data is too old (found {found}; expected at most {_days(most)})"
    if current.kind == "given":
        return f"{told}. Build it again from newer data: 'llm-models activate --from FILE --out {current.file.name}'."
    upgrade = "Upgrade llm-models-catalog, or run" if current.base_kind == "packaged" else "Run"
    return f"{told}. {upgrade} 'llm-models pull' and then 'llm-models activate'."


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _configuration(folder: paths.Folder) -> dict[str, Any] | None:
    return None if folder.config is None else {"path": folder.config, "found": folder.found}


def _found(current: InUse) -> list[dict[str, str]]:
    """The files that were found, not named, and their owners; a folder around them where its owner is another.

    It does not state whether they are trusted, because that depends on the program that asks.
    """
    owners: dict[str, int] = {}
    for path, _, (own, *folders) in current.found:
        owners[path] = own[1]
        owners.update((name, owner) for name, owner, _ in folders if owner != own[1])
    if os.name == "nt":
        return [{"path": path} for path in owners]
    return [{"path": path, "owner": _user(owner)} for path, owner in owners.items()]


def _user(number: int) -> str:
    """A user's name, or the number where the system has none for it."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _due(current: InUse) -> dict[str, Any] | None:
    """Whether `activate` is due, and why; None where it does not concern the snapshot.

    It is done and up to date, or due, or older: what it merged is up to date, but the packaged data is newer.
    """
    if current.kind == "given":
        return None
    if current.kind == "packaged":
        if current.unused == "stale":
            return {"state": "due", "reasons": ["packaged changed"]}
        return None if current.config is None else {"state": "not done", "reasons": []}
    reasons = [] if current.is_merged else ["configuration changed"]
    newest = packaged().header.get("date") or ""
    if newest <= (current.file.header.get("date") or ""):
        return {"state": "due" if reasons else "up to date", "reasons": reasons}
    return {"state": "due" if reasons else "older", "reasons": [*reasons, "packaged newer"], "packaged_date": newest}


def _manifest(current: InUse) -> dict[str, Any] | None:
    path = pulled_file(current.folder)
    return believed(path) if paths.exists(path, "SourceError") else None


def _uses(current: InUse, manifest: dict[str, Any]) -> bool:
    """Whether the snapshot was made from the pulled file."""
    return any(source["sha256"] == manifest["sha256"] for source in current.file.header["sources"])


def _pulled(current: InUse, manifest: dict[str, Any] | None) -> dict[str, Any] | None:
    """The pulled file: when it was fetched, as far as a manifest describes it, and whether the snapshot uses it."""
    path = pulled_file(current.folder)
    if manifest is None:
        return {"path": path} if paths.exists(path, "SourceError") else None
    return {"path": path, "fetched": manifest["fetched"], "in_use": _uses(current, manifest)}
