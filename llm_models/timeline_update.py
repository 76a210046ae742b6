"""Timeline update: an application's own history, which goes on with each source that it activates.

It begins with the packaged history. It is beside the activated snapshot, with the permissions that a new file gets
there, and is believed under the same conditions (`Folder.strange`). Its rules:

- The day of a source is the day on which it was fetched, if its manifest states that; otherwise the catalogue's date.
- A source that is older than what was recorded, by its day or by the date of its catalogue, is put in between: the
  history is what it would be if all had been seen in order. If its day is not older, it counts for the date of its
  catalogue. Of a day that was recorded, the names of both were listed, and the recorded prices count. So every id of
  every source that was activated stays known.
- A source that states no day is not recorded. This is a notice.
- The header remembers the packaged history that the file holds. If the package has another one, both are united: what
  only the own one knows stays known, and what the package saw in the meantime becomes known.
- Layers of an application are no part of it, and nor is an activation of the packaged data.
- It is written before the snapshot. So a process that is killed between the two has recorded what was not activated,
  which the next activation repeats; nothing that was activated is ever missing.
- Of a model that goes, the successor that `overrides/` states goes into the history.
- Nothing here stops an activation. What was in the way is a notice.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from llm_models import paths, state
from llm_models.days import is_day, later_than_tomorrow, today
from llm_models.errors import SnapshotError, printable
from llm_models.files import FileError, FileMissingError, read_limited, read_open
from llm_models.header import read_header
from llm_models.in_use import packaged
from llm_models.observations import observed_file
from llm_models.status import UNUSED
from llm_models.successors import curated_aliases, curated_followers
from llm_models.timeline import History
from llm_models.timeline_fold import (
    Observation,
    extended,
    folded,
    inserted,
    united,
    with_aliases,
    with_prices,
    with_successors,
)
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    from llm_models.snapshot_file import SnapshotFile
    from llm_models.timeline_fold import Folded

MAX_HISTORY = 64 << 20  # bytes


def update(path: str, folder: paths.Folder, base: SnapshotFile, fetched: str | None) -> list[str]:
    """Record in the own history at `path` what the source of `base` lists, as of the day `fetched`; the notices.

    The caller holds the lock of the folder.
    """
    notices: list[str] = []
    try:
        shipped = History(read_limited(paths.PACKAGED_HISTORY, MAX_HISTORY), paths.PACKAGED_HISTORY)
        own = _own(path, folder, shipped.source, notices)
        source, date = base.header["sources"][0], base.header.get("date") or ""
        if source["name"] != shipped.source:
            return notices
        day = _day(fetched, date)
        if day is None:
            notices.append(f"{printable(base.name)}: it states no day; the history was not continued")
            return notices
        memory = own.own if own is not None else _memory(read_header(paths.PACKAGED_SNAPSHOT))
        newest = shipped.date if own is None else max(shipped.date, own.date)
        latest = max(memory["date"], read_header(paths.PACKAGED_SNAPSHOT).get("date") or "")
        if day < newest or (date and date < latest):
            seen = observed_file(base, day)
            if not _holds(own or shipped, seen):
                seen = seen._replace(day=day if day < newest else min(date, newest))
                history = inserted(_before(shipped, own, notices), seen)
                _write(path, encode(_followed(history), {**memory, "packaged": shipped.checksum}))
            return notices
        memory = {"packaged": shipped.checksum, "sha256": source["sha256"], "date": max(date, latest)}
        if own is None or own.own != memory or own.date != day:
            history = extended(_before(shipped, own, notices), observed_file(base, day))
            _write(path, encode(_followed(history), memory))
    except (FileError, SnapshotError) as error:
        notices.append(f"{error}; the history was not continued")
    return notices


def _write(path: str, data: bytes) -> None:
    state.write(path, data, state.inside(path))


def _followed(history: Folded) -> Folded:
    """The history with the curated successors and aliases of what is gone now, beside those that it has."""
    known = {(name, i): one for name, part in history.providers.items() for i, one in part.successors.items()}
    history = with_successors(history, {**known, **curated_followers(history)})
    return with_aliases(history, {**history.aliases, **curated_aliases(history)})


def _own(path: str, folder: paths.Folder, source: str, notices: list[str]) -> History | None:
    """The own history, if there is one that can be continued; why not is a notice.

    Raises `FileError` or `SnapshotError` where the system does not let it be read: it may be whole, so it stays.
    """
    try:
        data, status = read_open(path, MAX_HISTORY)
        unused = folder.strange(path, status)
    except FileMissingError:
        return None
    except FileError as error:
        if error.errno != errno.EFBIG:
            raise
        notices.append(f"{error}; {_RESTART}")
        return None
    try:
        history = History(data, path)
        history.verify()
    except SnapshotError as error:
        notices.append(f"{error}; {_RESTART}")
        return None
    remembers = isinstance(history.own, dict) and isinstance(history.own.get("date"), str)
    why = UNUSED[unused] if unused else "" if remembers else "is not the history of an application"
    if why or history.source != source:
        notices.append(f"{printable(path)}: it {why or 'is the history of another source'}; {_RESTART}")
        return None
    return history


_RESTART = "the history continues from the packaged one"


def _day(fetched: str | None, date: str) -> str | None:
    """The day on which a source was seen; None where nothing states one. A day after tomorrow counts as not stated."""
    return next((day for day in (fetched, date) if is_day(day) and not later_than_tomorrow(str(day), today())), None)


def _memory(header: dict[str, Any]) -> dict[str, Any]:
    """What an own history that begins with the packaged one has to remember of it."""
    return {"sha256": header["sources"][0]["sha256"], "date": header.get("date") or ""}


def _holds(history: History, seen: Observation) -> bool:
    """Whether a history lists on the day of an observation all that this lists. A damaged one does not."""
    if seen.day not in history.days:
        return False
    day = history.days.index(seen.day)
    entries = (history.entry(provider, name) for provider, part in seen.listed.items() for name in part)
    try:
        return all(map(history.knows, seen.listed)) and all(each is not None and each.listed(day) for each in entries)
    except SnapshotError:
        return False


def _before(shipped: History, own: History | None, notices: list[str]) -> Folded:
    """What the next observation is added to, with all prices."""
    recorded = None
    try:
        if own is not None:
            recorded = with_prices(folded(own), Observation(own.date, {}))
            if own.own.get("packaged") == shipped.checksum:
                return recorded
    except SnapshotError as error:
        notices.append(f"{error}; {_RESTART}")
    history = with_prices(folded(shipped), observed_file(packaged(), shipped.date))
    return history if recorded is None else united(history, recorded)
