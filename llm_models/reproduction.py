"""Reproduction: whether an activated snapshot is what its inputs produce. It writes nothing.

Anyone who writes a snapshot file can give it right checksums. So the file is built again, from the packaged snapshot or
the source, and from `llm_models.toml`, and its bytes are compared.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import files, paths, pipeline, supplements
from llm_models.activation import merged, silent
from llm_models.columns import NAMES
from llm_models.days import is_day, later_than_tomorrow, today
from llm_models.differences import Served, compare
from llm_models.errors import LLMModelsError, SnapshotError, SourceError, printable
from llm_models.header import WRONG
from llm_models.in_use import packaged, pulled_file, target
from llm_models.manifest import described, refuse_unpulled
from llm_models.open_file import MAX_SNAPSHOT
from llm_models.snapshot_file import SnapshotFile
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from llm_models.activation import Progress

_APART = {"blocks", "digest", "crc", "counts", "config", "kept", "tail"}
"""What of a header follows from the other parts of a file."""


class Verdict(NamedTuple):
    """The file that was checked, and how it differs from what its inputs produce: a clause, None if it does not."""

    path: str
    difference: str | None


def check(
    path: str | None,
    folder: paths.Folder,
    out: str | None = None,
    *,
    source: str | None = None,
    supplement: Mapping[str, str] | None = None,
    without_prose: bool = False,
    as_merged: bool = False,
    progress: Progress = silent,
) -> Verdict:
    """Build the activated snapshot of `folder`, or the one at `out`, again and compare it with the file.

    `path` is its source, by default the pulled file; a file that states the packaged snapshot as its base needs none.
    `supplement` has the files of other lists that took the places of the packaged ones, by their names.
    `llm_models.toml` counts as it is now, or `as_merged` into the file, so that a change of it is no difference.
    Raises `SnapshotError` where the file is missing or damaged, `SourceError` where its source is not there.
    """
    goal = target(folder, out)
    progress(f"reading {goal}")
    try:
        active = SnapshotFile(files.read_limited(goal, MAX_SNAPSHOT), goal)
    except files.FileMissingError:
        missing = "there is no snapshot to check; 'llm-models activate' makes one"
        raise SnapshotError(f"{printable(goal)}: {missing}", path=goal) from None
    except files.FileError as error:
        raise SnapshotError(str(error), path=goal) from None
    base = active.header.get("base")
    try:
        if base is not None and base["kind"] == "packaged":
            ground, why = packaged(), None
            if path is not None:
                why = f"it was made from the packaged snapshot, not from {path}"
            elif base["digest"] != ground.digest:
                why = "it was made from another packaged snapshot"
        else:
            ground, why = _of_source(active, path, folder, source, supplement or {}, without_prose=without_prose)
        if why is None:
            if as_merged:
                config = active.config()
                folder = folder if folder.config else paths.Folder(paths.CONFIG_NAME, folder.state, found=folder.found)
            else:
                config = None if folder.config is None else paths.read_config(folder.config)
                if active.holds_config(config):
                    config = active.config()  # perhaps with other line ends
            progress("merging")
            new = merged(ground, folder, config)[0]
            progress("comparing")
            why = None if new.data == active.data else next(_differences(active, SnapshotFile(new.data, goal)))
    except WRONG as error:
        if isinstance(error, LLMModelsError):
            raise
        why = "it is not a file that this package writes"
    return Verdict(goal, None if why is None else printable(why))


def _of_source(
    active: SnapshotFile,
    path: str | None,
    folder: paths.Folder,
    source: str | None,
    supplement: Mapping[str, str],
    *,
    without_prose: bool,
) -> tuple[SnapshotFile, str | None]:
    """The base that the source of a file produces; or the file itself, and why it is from another source."""
    stated = active.header["sources"][0]
    chosen = pulled_file(folder) if path is None else path
    try:
        data = files.read_limited(chosen, MAX_BYTES)
    except files.FileMissingError:
        wanted = f"its source is not there (SHA-256 {stated['sha256']}); give it with --from"
        raise SourceError(printable(f"{active.name}: {wanted}")) from None
    except files.FileError as error:
        raise SourceError(str(error)) from None
    if path is None:
        refuse_unpulled(chosen, data)
    found = hashlib.sha256(data).hexdigest()
    if found != stated["sha256"]:
        return active, f"its source has the SHA-256 {stated['sha256']}, and {chosen} has {found}"
    name, day = described(chosen, data)
    if is_day(stated.get("day")) and not later_than_tomorrow(stated["day"], today()):  # a forged one lets any date in
        day = stated["day"]
    without_prose = without_prose or b'"description":' not in active.data
    listed = active.header.get("supplements", [])
    lists, _ = supplements.taking_part(supplement, listed)
    taking = [one.stated() for one in lists if one.name != (source or name)]
    if taking != listed:
        return active, _other_lists(listed, taking)
    base = pipeline.build_base(data, chosen, source or name, day=day, supplements=lists, without_prose=without_prose)[0]
    return base, None


def _other_lists(made_with: Sequence[Mapping[str, str]], given: Sequence[Mapping[str, str]]) -> str:
    """How the lists with which a file was made are not those that are given."""
    other = next((one for one in (*made_with, *given) if one not in given or one not in made_with), None)
    if other is None:
        return "it was made with its lists in another order; give each --supplement NAME=FILE in that order"
    if not any(one["name"] == other["name"] for one in made_with):
        return f"it was made without a list of {other['name']}"
    return f"it was made with another list of {other['name']}; give the one with --supplement NAME=FILE"


def _differences(active: SnapshotFile, new: SnapshotFile) -> Iterator[str]:
    """The differences between two files that are not equal, the most telling first; there is at least one."""
    if active.config() != new.config():
        yield "llm_models.toml is not the one that was merged"
    found = compare(Served(active), Served(new))
    yield from (f"{change.spec}: {change.field} is {_text(change.old)}, but its inputs give {_text(change.new)}"
                for change in found.changes)  # fmt: skip
    yield from (
        f"it has {name}, which its inputs do not have" for name in (*found.providers_removed, *found.models_removed)
    )
    yield from (f"it lacks {name}, which its inputs have" for name in (*found.providers_added, *found.models_added))
    yield from _in_columns(active, new)
    mine, other = dict(active.header), dict(new.header)
    yield from (
        f"{name} is {_text(mine.get(name))}, but its inputs give {_text(other.get(name))}"
        for name in sorted((mine.keys() | other.keys()) - _APART)
        if mine.get(name) != other.get(name)
    )
    tail, wanted = _flat(active.tail()), _flat(new.tail())
    yield from (
        f"the origin of {' '.join(path)} is {_text(tail.get(path))}, but its inputs give {_text(wanted.get(path))}"
        for path in sorted(tail.keys() | wanted.keys())
        if tail.get(path) != wanted.get(path)
    )
    pairs = enumerate(zip(active.data, new.data, strict=False))
    at = next((at for at, (one, two) in pairs if one != two), min(len(active.data), len(new.data)))
    yield f"byte {at:,} is another one"


def _in_columns(active: SnapshotFile, new: SnapshotFile) -> Iterator[str]:
    """The differences between what models of two files with the same models are chosen by."""
    mine, other = active.columns(), new.columns()
    for provider, span in new.blocks.items():
        rows = zip(new.block(provider).ids, mine.rows(provider, span[3]), other.rows(provider, span[3]), strict=True)
        yield from (
            f"columns: {name} of {provider}:{model_id} is {_text(old)}, but its inputs give {_text(right)}"
            for model_id, *both in rows
            for name, old, right in zip(NAMES, *both, strict=True)
            if old != right
        )


def _flat(tail: Any) -> dict[tuple[str, str], Any]:
    return {
        (section, name): line
        for section, lines in tail.items()
        if isinstance(lines, dict)
        for name, line in lines.items()
    }


def _text(value: object) -> str:
    if value is None:
        return "not stated"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


_LONGEST = 200  # characters of a value in a message
