"""Diff: what changed between two snapshots, grouped by what a reader cares about; off the read path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.provenance import leaves
from llm_models.snapshot import effective

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llm_models.snapshot import Snapshot
    from llm_models.snapshot_file import SnapshotFile

    Undo = Callable[[SnapshotFile, str, dict[str, Any]], dict[str, Any]]

__all__ = ["KINDS", "Change", "Diff", "diff"]

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

    providers_added: tuple[str, ...]
    providers_removed: tuple[str, ...]
    models_added: tuple[str, ...]
    models_removed: tuple[str, ...]
    changes: tuple[Change, ...]

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

    >>> snapshot = llm_models.snapshot()
    >>> bool(llm_models.diff(snapshot, snapshot))
    False
    """
    return compare(old.file, new.file)


def compare(
    old: SnapshotFile,
    new: SnapshotFile,
    undo: Callable[[SnapshotFile, str, dict[str, Any]], dict[str, Any]] | None = None,
) -> Diff:
    """As `diff`, over files. `undo(file, spec, leaves)` may take layers off a record before it is compared."""
    before, after = old.header["blocks"], new.header["blocks"]
    added: list[str] = []
    removed: list[str] = []
    changes: list[Change] = []
    for provider in sorted({*before, *after}):
        one = old.block(provider) if provider in before else None
        two = new.block(provider) if provider in after else None
        same = one is not None and two is not None and old.raw_block(provider) == new.raw_block(provider)
        if same and undo is None:
            continue
        ids = ({} if one is None else one.places), ({} if two is None else two.places)
        removed.extend(f"{provider}:{model_id}" for model_id in ids[0] if model_id not in ids[1])
        added.extend(f"{provider}:{model_id}" for model_id in ids[1] if model_id not in ids[0])
        if one is None or two is None:
            continue
        changes.extend(
            _changes(provider, _view(old, provider, one.provider, undo), _view(new, provider, two.provider, undo))
        )
        for model_id in sorted(ids[0].keys() & ids[1].keys()):
            if undo is None and one.line(ids[0][model_id]) == two.line(ids[1][model_id]):
                continue
            spec = f"{provider}:{model_id}"
            pair = [
                _view(file, spec, effective(block.model(block.places[model_id]), provider), undo)
                for file, block in ((old, one), (new, two))
            ]
            changes.extend(_changes(spec, *pair))
    return Diff(
        tuple(sorted(set(after) - set(before))),
        tuple(sorted(set(before) - set(after))),
        tuple(sorted(added)),
        tuple(sorted(removed)),
        tuple(changes),
    )


def _view(file: SnapshotFile, spec: str, record: dict[str, Any], undo: Any) -> dict[str, Any]:
    flat = dict(leaves(record))
    return flat if undo is None else undo(file, spec, flat)


def _changes(spec: str, old: dict[str, Any], new: dict[str, Any]) -> Iterable[Change]:
    for field in sorted(old.keys() | new.keys()):
        one, two = old.get(field), new.get(field)
        if one != two or isinstance(one, bool) is not isinstance(two, bool):
            if field == "cost.tiers":
                yield from _tier_changes(spec, one or [], two or [])
            else:
                yield Change(spec, field, _KIND_OF.get(field.partition(".")[0], "other"), one, two)


def _tier_changes(spec: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterable[Change]:
    """Each price of each tier by itself, so that a percentage can be told."""
    one = {tier["context_over"]: tier for tier in old}
    two = {tier["context_over"]: tier for tier in new}
    for size in sorted(one.keys() | two.keys()):
        before, after = one.get(size, {}), two.get(size, {})
        for name in sorted((before.keys() | after.keys()) - {"context_over"}):
            if before.get(name) != after.get(name):
                yield Change(spec, f"cost.tiers[{size}].{name}", "price", before.get(name), after.get(name))
