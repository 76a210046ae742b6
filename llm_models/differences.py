"""Differences between two catalogues, grouped by what a reader cares about; not on the read path."""

from __future__ import annotations

import os
from functools import partial
from itertools import filterfalse
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import paths
from llm_models.block import effective
from llm_models.canonical import canonical
from llm_models.config import read_layer
from llm_models.errors import InvalidArgumentError, SourceError, dotted
from llm_models.files import FileError, read_limited
from llm_models.in_use import InUse, in_use, packaged, previous_file, pulled_file
from llm_models.manifest import described
from llm_models.misses import unknown_provider
from llm_models.name_table import NameTable
from llm_models.odd_prices import SOURCE
from llm_models.open_file import MAX_SNAPSHOT
from llm_models.origins import leaves
from llm_models.past import Past
from llm_models.patterns import literal, matcher
from llm_models.pipeline import build_base, merge_application
from llm_models.records import Model, Provider
from llm_models.retired import absent_provider
from llm_models.schema import is_number
from llm_models.snapshot_file import SnapshotFile
from llm_models.spellings import renames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Literal

    from llm_models.paths import Folder
    from llm_models.patterns import Test
    from llm_models.snapshot import Snapshot

    Kind = Literal["price", "limit", "capability", "status", "other"]
    Values = dict[tuple[str, ...], Any]
    """A record as its leaves: path -> value."""

NAMES = ("packaged", "active", "pulled", "previous")
"""The names of catalogues that `compared` takes besides paths."""
KINDS: tuple[Kind, ...] = ("price", "limit", "capability", "status", "other")
_KIND_OF: dict[str, Kind] = {
    "cost": "price", "limits": "limit", "capabilities": "capability", "modalities": "capability",
    "status": "status", "deprecated": "status", "retires": "status", "successor": "status",
}  # fmt: skip


class Change(NamedTuple):
    """One field of one record that changed."""

    spec: str
    """The id of a provider, or a model spec."""
    field: str
    """The path of the field, with dots: `cost.input`."""
    kind: Kind
    """What the change is about: `"price"` (`cost`), `"limit"` (`limits`), `"capability"` (`capabilities` and
    `modalities`), `"status"` (`status`, `deprecated`, `retires`, `successor`) or `"other"`."""
    old: Any
    """The value before, in the unit of the field (prices: USD per million tokens); None where it was not stated."""
    new: Any
    """The value now, in the same unit; None where it is not stated any more."""

    @property
    def percent(self) -> float | None:
        """By how much a price changed, in percent of the old one; None for other fields or without an old price."""
        if self.kind != "price" or not self.old or not is_number(self.old) or not is_number(self.new):
            return None
        return float((self.new - self.old) / self.old * 100)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with the percentage where there is one."""
        plain = self._asdict()
        return plain if self.percent is None else {**plain, "percent": round(self.percent, 2)}


class Renamed(NamedTuple):
    """A removed model that an added one of its provider spells differently."""

    old: str
    """The model spec that was removed."""
    new: str
    """The model spec that was added."""
    rule: str
    """How they differ: `"case"`, `"punctuation"` or `"vendor prefix"`."""


class Diff(NamedTuple):
    """What changed between two catalogues, sorted by name."""

    providers_added: tuple[str, ...] = ()
    """The ids of providers that only the new one has."""
    providers_removed: tuple[str, ...] = ()
    """The ids of providers that only the old one has."""
    models_added: tuple[str, ...] = ()
    """The specs of models that only the new one has."""
    models_removed: tuple[str, ...] = ()
    """The specs of models that only the old one has."""
    changes: tuple[Change, ...] = ()
    """The fields that differ, of providers and models that both have."""
    renamed: tuple[Renamed, ...] = ()
    """Models that are among the removed and, in another spelling, among the added."""

    def __bool__(self) -> bool:
        return any(self)

    def only(self, wanted: Callable[[str], bool]) -> Diff:
        """The part about the providers and model specs that `wanted` accepts."""
        providers = tuple(filter(wanted, self.providers_added)), tuple(filter(wanted, self.providers_removed))
        models = tuple(filter(wanted, self.models_added)), tuple(filter(wanted, self.models_removed))
        changes = tuple(change for change in self.changes if wanted(change.spec))
        return Diff(*providers, *models, changes, tuple(one for one in self.renamed if wanted(one.old)))

    def to_dict(self) -> dict[str, Any]:
        """Plain data, the changes grouped by kind."""
        plain: dict[str, Any] = {name: list(part) for name, part in zip(self._fields[:4], self[:4], strict=True)}
        grouped = {kind: [change.to_dict() for change in self.changes if change.kind == kind] for kind in KINDS}
        plain["renamed"] = [one._asdict() for one in self.renamed]
        return {**plain, "changes": {kind: rows for kind, rows in grouped.items() if rows}}


def diff(old: Snapshot, new: Snapshot) -> Diff:
    """What changed from `old` to `new` in their records; models that `allow` or `deny` hides are compared, too.

    A field is each single value of `to_dict()`, such as `cost.input`; each price of a tier counts as a field. Raises
    `InvalidArgumentError` for what is not a snapshot.

    >>> snapshot = llm_models.snapshot()
    >>> bool(llm_models.diff(snapshot, snapshot))
    False
    """
    for name, one in (("old", old), ("new", new)):
        if not isinstance(getattr(one, "file", None), SnapshotFile):
            raise InvalidArgumentError(f"{name}: expected a Snapshot (found {type(one).__name__})")
    return compare(Served(old.file), Served(new.file))


class Served:
    """The records of a file as they are served. Without a `model_id`, a method is about the provider itself."""

    def __init__(self, file: SnapshotFile) -> None:
        self.file = file

    def ids(self, provider: str) -> set[str]:
        """The ids of a provider's models; none where the file does not have the provider."""
        return set(self.file.block(provider).ids) if provider in self.file.blocks else set()

    def written(self, provider: str, model_id: str | None = None) -> object:
        """What the file contains about a model, or about a provider and its models: if equal, nothing differs."""
        if model_id is None:
            return self.file.raw_block(provider)
        block = self.file.block(provider)
        return block.line(block.rows[model_id])

    def record(self, provider: str, model_id: str | None = None) -> dict[str, Any]:
        """The stated and derived values of a record."""
        block = self.file.block(provider)
        return block.provider if model_id is None else effective(block.model(block.rows[model_id]), provider)

    def values(self, provider: str, model_id: str | None = None) -> Values:
        """The values of a record that are compared. A map without a value in it states nothing."""
        kind = Provider if model_id is None else Model
        stated = leaves(kind.from_dict(self.record(provider, model_id)).to_dict())
        return {path: value for path, value in stated if value != {}}


def compare(old: Served, new: Served) -> Diff:
    """As `diff`, over files, each read as its side reads it."""
    before, after = old.file.blocks.keys(), new.file.blocks.keys()
    added: list[str] = []
    removed: list[str] = []
    changes: list[Change] = []
    renamed: list[Renamed] = []
    for provider in sorted(before | after):
        both = provider in before and provider in after
        if both and old.written(provider) == new.written(provider):
            continue
        old_ids, new_ids = old.ids(provider), new.ids(provider)
        removed.extend(f"{provider}:{model_id}" for model_id in old_ids - new_ids)
        added.extend(f"{provider}:{model_id}" for model_id in new_ids - old_ids)
        for gone, (twin, rule) in sorted(renames(old_ids - new_ids, new_ids).items()):
            if twin not in old_ids:
                renamed.append(Renamed(f"{provider}:{gone}", f"{provider}:{twin}", rule))
        for model_id in (None, *sorted(old_ids & new_ids)) if both else ():
            if model_id is None or old.written(provider, model_id) != new.written(provider, model_id):
                name = provider if model_id is None else f"{provider}:{model_id}"
                changes.extend(_changes(name, old.values(provider, model_id), new.values(provider, model_id)))
    providers = tuple(sorted(after - before)), tuple(sorted(before - after))
    return Diff(*providers, tuple(sorted(added)), tuple(sorted(removed)), tuple(changes), tuple(renamed))


def _changes(spec: str, old: Values, new: Values) -> Iterable[Change]:
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if before != after or isinstance(before, bool) is not isinstance(after, bool):
            tiers = path == ("cost", "tiers") or (path[:2] == ("cost", "modes") and path[3:] == ("tiers",))
            single = list(_tier_changes(spec, dotted(path), before or [], after or [])) if tiers else []
            kind = "other" if path[0] == "cost" and _NO_PRICE & {*path} else _KIND_OF.get(path[0], "other")
            yield from single or [Change(spec, dotted(path), kind, before, after)]


_NO_PRICE = {SOURCE, "valid_from", "valid_from_basis", "request"}
"""What a cost states besides prices."""


def _tier_changes(spec: str, field: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    """Each price of each tier as a change, so that it has a percentage; none where that would not show everything."""
    old_tiers = {tier["context_over"]: tier for tier in old}
    new_tiers = {tier["context_over"]: tier for tier in new}
    lone = old_tiers.keys() ^ new_tiers.keys()
    if len(old_tiers) < len(old) or len(new_tiers) < len(new):  # a size occurs twice
        return
    if any(len(tier) == 1 and tier["context_over"] in lone for tier in (*old, *new)):  # a tier without a price
        return
    for size in sorted(old_tiers.keys() | new_tiers.keys()):
        old_tier, new_tier = old_tiers.get(size, {}), new_tiers.get(size, {})
        for name in sorted((old_tier.keys() | new_tier.keys()) - {"context_over"}):
            if old_tier.get(name) != new_tier.get(name):
                yield Change(spec, f"{field}[{size}].{name}", "price", old_tier.get(name), new_tier.get(name))


def compared(
    folder: Folder, old: str | None, new: str | None, *, provider: str | None = None, only_used: bool = False,
    also: Callable[..., Callable[[str], bool]] | None = None,
) -> Diff:  # fmt: skip
    """What changed from `old` to `new`: each is one of `NAMES`, or the path of a snapshot or source file.

    Without both, it compares active with pulled or, if nothing was pulled, packaged with active. The packaged data has
    no descriptions, so one that only the other side has is not listed. With `provider`, only that provider; with
    `only_used`, only what the application's configuration names, or a test that `also` makes of the two files accepts.
    Raises `SnapshotError`, `SourceError`, `ConfigError`, `UnknownProviderError`.
    """
    is_pulled = paths.exists(pulled_file(folder), "SourceError")
    if old is None:
        old, new = ("active", "pulled") if is_pulled else ("packaged", "active")
    elif new is None:
        new = "active" if old != "active" else "pulled" if is_pulled else "packaged"
    before, after = catalogue(old, folder), catalogue(new, folder)
    before, after = _as_served(before, after, folder), _as_served(after, before, folder)
    difference = compare(Served(before), Served(after))
    if _is_packaged(before) is not _is_packaged(after):
        difference = difference._replace(changes=tuple(filterfalse(_is_left_out, difference.changes)))
    if provider is not None:
        wanted = after.provider_id(provider) or before.provider_id(provider)
        if wanted is None:
            gone = absent_provider(Past(folder), provider)
            raise gone or unknown_provider(provider, {**before.blocks, **after.blocks})
        difference = difference.only(lambda name: name.partition(":")[0] == wanted)
    if not only_used:
        return difference
    tests = [_used(folder, after, before), *([] if also is None else [also(after, before)])]
    return difference.only(lambda name: any(test(name) for test in tests))


def catalogue(name: str, folder: Folder) -> SnapshotFile:
    """The catalogue of that name, or of the file at that path. The active one is that of `load()` without behaviour."""
    if name == "packaged":
        return packaged()
    if name == "active":
        current = in_use(folder)
        return current.file if current.is_merged else merge_application(current, code="none")[0]
    path = name
    if name in _MISSING:
        path = pulled_file(folder) if name == "pulled" else previous_file(folder)
        if not paths.exists(path, "SourceError"):
            raise SourceError(f"{_MISSING[name]} ({path} does not exist)")
    try:
        data = read_limited(path, MAX_SNAPSHOT)
    except FileError as error:
        names = "" if paths.exists(path, "SourceError") else f" (expected a file, or one of {', '.join(NAMES)})"
        raise SourceError(f"{error}{names}") from None
    if data.startswith(b'[{"format":'):
        return SnapshotFile(data, path)
    source, day = described(path, data)
    return build_base(data, path, source, day=day)[0]


_MISSING = {
    "pulled": "nothing was pulled yet. Run 'llm-models pull'",
    "previous": "there is no previous snapshot: an activation keeps the one that it replaces",
}
"""Name of a catalogue that may not be there -> what to do then."""


def _as_served(file: SnapshotFile, other: SnapshotFile, folder: Folder) -> SnapshotFile:
    """A source with the application's layers merged, if the other side has them too.

    Otherwise these layers would look like a change of the data. The packaged snapshot stays as it is.
    """
    if folder.config is None or other.config() is None or "base" in file.header or file.name == paths.PACKAGED_SNAPSHOT:
        return file
    current = InUse(file, folder, paths.read_config(folder.config))
    return merge_application(current, code="none")[0]


def _is_packaged(file: SnapshotFile) -> bool:
    """Whether it is the packaged snapshot, or one with an application's layers merged into it."""
    return file.name == paths.PACKAGED_SNAPSHOT or file.header.get("base", {}).get("kind") == "packaged"


def _is_left_out(change: Change) -> bool:
    return change.field == "description" and None in (change.old, change.new)


def _used(folder: Folder, *files: SnapshotFile) -> Callable[[str], bool]:
    """A test whether the application's configuration names a provider or a model of one of the files."""
    if folder.config is None:
        return lambda _: False
    layer = read_layer(folder.config, os.path.basename(folder.config))
    whole: set[str] = set()
    tests: list[tuple[str, Test]] = []
    for file in files:
        read, id_of = canonical(layer, file), NameTable(file).id_of
        whole.update(read.settings.get("prefer", ()), (entry.provider for entry in read.providers))
        patterns = [(entry.provider, entry.match or literal(entry.id)) for entry in read.models]
        allow = read.settings.get("allow")
        for provider, globs in allow.items() if isinstance(allow, dict) else ():
            whole.update([provider] if globs == "all" else [])
            patterns += [(provider, pattern) for pattern in globs if globs != "all"]
        tests += [(provider, matcher(pattern, partial(id_of, provider), provider)) for provider, pattern in patterns]

    def used(name: str) -> bool:
        provider, colon, model_id = name.partition(":")
        return provider in whole or any(provider == one and (not colon or test([model_id])) for one, test in tests)

    return used
