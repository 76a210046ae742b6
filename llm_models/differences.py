"""Differences between two catalogues, grouped by what a reader cares about; not on the read path."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import paths
from llm_models.config import read_layer
from llm_models.errors import SourceError
from llm_models.files import FileError, read_limited
from llm_models.filters import compile_glob
from llm_models.in_use import InUse, in_use, packaged, pulled_file
from llm_models.lookup import parse_provider
from llm_models.manifest import source_of
from llm_models.origins import leaves
from llm_models.pipeline import build_base, merge_application
from llm_models.records import Model, Provider
from llm_models.snapshot_file import MAX_SNAPSHOT, SnapshotFile, effective

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llm_models.paths import Folder
    from llm_models.snapshot import Snapshot

    Values = dict[tuple[str, ...], Any]
    """A record as its leaves: path -> value."""

NAMES = ("packaged", "active", "pulled")
"""The names of catalogues that `compared` takes beside paths."""

KINDS = ("price", "limit", "capability", "status", "other")

_KIND_OF = {
    "cost": "price",
    "limits": "limit",
    "capabilities": "capability",
    "modalities": "capability",
    "status": "status",
    "deprecated": "status",
}


class Change(NamedTuple):
    """One field of one record that changed: `spec` is a provider's id or a model spec; None is "not stated".

    `kind` is one of `KINDS`. `percent` is the change of a price, None for what is no price or had none.
    """

    spec: str
    field: str
    kind: str
    old: Any
    new: Any

    @property
    def percent(self) -> float | None:
        """By how much a price changed, in percent of the old one."""
        numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (self.old, self.new))
        return None if self.kind != "price" or not numbers or not self.old else (self.new - self.old) / self.old * 100

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with the percentage where there is one."""
        plain = self._asdict()
        return plain if self.percent is None else {**plain, "percent": round(self.percent, 2)}


class Diff(NamedTuple):
    """What is new, what is gone, and which fields of the rest changed; all sorted by name."""

    providers_added: tuple[str, ...] = ()
    providers_removed: tuple[str, ...] = ()
    models_added: tuple[str, ...] = ()
    models_removed: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return any(self)

    def only(self, wanted: Callable[[str], bool]) -> Diff:
        """The part about the providers and model specs that `wanted` accepts."""
        one, two, three, four = (tuple(filter(wanted, part)) for part in self[:4])
        return Diff(one, two, three, four, tuple(change for change in self.changes if wanted(change.spec)))

    def to_dict(self) -> dict[str, Any]:
        """Plain data, the changes grouped by kind."""
        plain: dict[str, Any] = {name: list(part) for name, part in zip(self._fields[:4], self[:4], strict=True)}
        grouped = {kind: [one.to_dict() for one in self.changes if one.kind == kind] for kind in KINDS}
        return {**plain, "changes": {kind: rows for kind, rows in grouped.items() if rows}}


def diff(old: Snapshot, new: Snapshot) -> Diff:
    """What changed from `old` to `new`: records as they are served, filters left aside.

    A field is in it exactly when the leaves of `to_dict()` differ; the prices of a tier are fields of their own.

    >>> snapshot = llm_models.snapshot()
    >>> bool(llm_models.diff(snapshot, snapshot))
    False
    """
    return compare(Served(old.file), Served(new.file))


class Served:
    """The records of a file as they are served, each as its leaves."""

    def __init__(self, file: SnapshotFile) -> None:
        self.file = file

    def ids(self, provider: str) -> set[str]:
        """The ids of a provider's models; none where the file does not hold the provider."""
        return set(self.file.block(provider).ids) if provider in self.file.blocks else set()

    def provider(self, provider: str) -> Values:
        """What a provider's record holds."""
        return dict(leaves(Provider.from_dict(self.file.block(provider).provider).to_dict()))

    def model(self, provider: str, model_id: str) -> Values:
        """What a model's record holds."""
        return dict(leaves(Model.from_dict(self.effective(provider, model_id)).to_dict()))

    def same_provider(self, other: Served, provider: str) -> bool:
        """Whether all that both hold of a provider is written alike, so that nothing of it can differ."""
        return self.file.raw_block(provider) == other.file.raw_block(provider)

    def same_model(self, other: Served, provider: str, model_id: str) -> bool:
        """Whether what both hold of a model is written alike."""
        one, two = self.file.block(provider), other.file.block(provider)
        return one.line(one.rows[model_id]) == two.line(two.rows[model_id])

    def effective(self, provider: str, model_id: str) -> dict[str, Any]:
        """What is stated of a model or derived for it."""
        block = self.file.block(provider)
        return effective(block.model(block.rows[model_id]), provider)


def compare(old: Served, new: Served) -> Diff:
    """As `diff`, over files, each read as its side reads it."""
    before, after = old.file.blocks, new.file.blocks
    added: list[str] = []
    removed: list[str] = []
    changes: list[Change] = []
    for provider in sorted({*before, *after}):
        both = provider in before and provider in after
        if both and old.same_provider(new, provider):
            continue
        one, two = old.ids(provider), new.ids(provider)
        removed.extend(f"{provider}:{model_id}" for model_id in one - two)
        added.extend(f"{provider}:{model_id}" for model_id in two - one)
        if not both:
            continue
        changes.extend(_changes(provider, old.provider(provider), new.provider(provider)))
        for model_id in sorted(one & two):
            if not old.same_model(new, provider, model_id):
                pair = old.model(provider, model_id), new.model(provider, model_id)
                changes.extend(_changes(f"{provider}:{model_id}", *pair))
    return Diff(
        tuple(sorted(set(after) - set(before))),
        tuple(sorted(set(before) - set(after))),
        tuple(sorted(added)),
        tuple(sorted(removed)),
        tuple(changes),
    )


def _changes(spec: str, old: Values, new: Values) -> Iterable[Change]:
    for path in sorted(old.keys() | new.keys(), key=".".join):
        one, two = old.get(path), new.get(path)
        if one != two or isinstance(one, bool) is not isinstance(two, bool):
            single = list(_tier_changes(spec, one or [], two or [])) if path == ("cost", "tiers") else []
            yield from single or [Change(spec, ".".join(path), _KIND_OF.get(path[0], "other"), one, two)]


def _tier_changes(spec: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    """Each price of each tier by itself, so that it has a percentage; nothing where that would not show all."""
    one = {tier["context_over"]: tier for tier in old}
    two = {tier["context_over"]: tier for tier in new}
    if any(len(sizes) != len(tiers) for sizes, tiers in ((one, old), (two, new))):
        return
    if any(len(tier) == 1 for size in one.keys() ^ two.keys() for tier in (one.get(size) or two[size],)):
        return
    for size in sorted(one.keys() | two.keys()):
        before, after = one.get(size, {}), two.get(size, {})
        for name in sorted((before.keys() | after.keys()) - {"context_over"}):
            if before.get(name) != after.get(name):
                yield Change(spec, f"cost.tiers[{size}].{name}", "price", before.get(name), after.get(name))


def compared(
    folder: Folder, old: str | None, new: str | None, *, provider: str | None = None, only_used: bool = False
) -> Diff:
    """What changed from `old` to `new`, each one of `NAMES` or the path of a snapshot or source file.

    Without `new`, or without both, they are active and pulled, else packaged and active. With `provider`, only that
    provider's; with `only_used`, only what the application's configuration names. Raises `SnapshotError`,
    `SourceError`, `ConfigError`, `UnknownProviderError`.
    """
    is_pulled = paths.exists(pulled_file(folder), SourceError)
    if old is None:
        old, new = ("active", "pulled") if is_pulled else ("packaged", "active")
    elif new is None:
        new = "active" if old != "active" else "pulled" if is_pulled else "packaged"
    one, two = _named(old, folder), _named(new, folder)
    one, two = _as_served(one, two, folder), _as_served(two, one, folder)
    difference = compare(Served(one), Served(two))
    if provider is not None:
        wanted = parse_provider(provider, {**one.blocks, **two.blocks})
        difference = difference.only(lambda name: name.partition(":")[0] == wanted)
    return difference.only(_used(folder)) if only_used else difference


def _named(name: str, folder: Folder) -> SnapshotFile:
    """The catalogue of that name, or of the file at that path.

    The active one is what `load()` serves, except that the behaviour module is not run.
    """
    if name == "packaged":
        return packaged()
    if name == "active":
        current = in_use(folder)
        return current.file if current.is_merged else merge_application(current, run_behaviour=False)[0]
    path = pulled_file(folder) if name == "pulled" else name
    try:
        data = read_limited(path, MAX_SNAPSHOT)
    except FileError as error:
        raise SourceError(str(error)) from None
    return SnapshotFile(data, path) if data.startswith(b'[{"format":') else build_base(data, path, source_of(path))[0]


def _as_served(file: SnapshotFile, other: SnapshotFile, folder: Folder) -> SnapshotFile:
    """A source as it would be served here, where the other side has the application's layers too.

    Otherwise these would look like a change of the data. The packaged snapshot stays as it is.
    """
    if folder.config is None or other.config() is None or "base" in file.header or file.name == paths.PACKAGED_SNAPSHOT:
        return file
    current = InUse(file, folder, paths.read_config(folder.config))
    return merge_application(current, run_behaviour=False)[0]


def _used(folder: Folder) -> Callable[[str], bool]:
    """A test whether the application's configuration names a provider or a model."""
    if folder.config is None:
        return lambda _: False
    layer = read_layer(folder.config, os.path.basename(folder.config))
    providers = {*layer.settings.get("prefer", ()), *(entry.provider for entry in layer.providers)}
    models = [(entry.provider, compile_glob(entry.match) if entry.match else entry.id.__eq__) for entry in layer.models]
    allow = layer.settings.get("allow")
    for provider, globs in allow.items() if isinstance(allow, dict) else ():
        models.extend((provider, compile_glob(glob)) for glob in (["*"] if globs == "all" else globs))

    def used(name: str) -> bool:
        provider, _, model_id = name.partition(":")
        if provider in providers:
            return True
        if not model_id:
            return any(provider == one for one, _ in models)
        return any(provider == one and bool(test(model_id)) for one, test in models)

    return used
