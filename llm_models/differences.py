"""Diff: what changed between two snapshots, grouped by what a reader cares about; off the read path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.provenance import leaves
from llm_models.records import Model, Provider
from llm_models.snapshot_file import effective

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llm_models.snapshot import Snapshot
    from llm_models.snapshot_file import SnapshotFile

__all__ = ["KINDS", "Change", "Diff", "Served", "compare", "diff"]

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
    """The records of a file as they are served, each as its leaves: dotted path -> value."""

    def __init__(self, file: SnapshotFile) -> None:
        self.file = file

    def places(self, provider: str) -> dict[str, int]:
        """The place of each model by its id; empty where the file does not hold the provider."""
        return self.file.block(provider).rows if provider in self.file.header["blocks"] else {}

    def provider(self, provider: str) -> dict[str, Any]:
        """What a provider's record holds."""
        return dict(leaves(Provider.from_dict(self.file.block(provider).provider).to_dict()))

    def model(self, provider: str, model_id: str) -> dict[str, Any]:
        """What a model's record holds."""
        return dict(leaves(Model.from_dict(effective(self._line(provider, model_id), provider)).to_dict()))

    def same_provider(self, other: Served, provider: str) -> bool:
        """Whether all that both hold of a provider is written alike, so that nothing of it can differ."""
        return self.file.raw_block(provider) == other.file.raw_block(provider)

    def same_model(self, other: Served, provider: str, model_id: str) -> bool:
        """Whether what both hold of a model is written alike."""
        one, two = self.file.block(provider), other.file.block(provider)
        return one.line(one.rows[model_id]) == two.line(two.rows[model_id])

    def _line(self, provider: str, model_id: str) -> dict[str, Any]:
        block = self.file.block(provider)
        return block.model(block.rows[model_id])


def compare(old: Served, new: Served) -> Diff:
    """As `diff`, over files, each read as its side reads it."""
    before, after = old.file.header["blocks"], new.file.header["blocks"]
    added: list[str] = []
    removed: list[str] = []
    changes: list[Change] = []
    for provider in sorted({*before, *after}):
        both = provider in before and provider in after
        if both and old.same_provider(new, provider):
            continue
        one, two = old.places(provider), new.places(provider)
        removed.extend(f"{provider}:{model_id}" for model_id in one if model_id not in two)
        added.extend(f"{provider}:{model_id}" for model_id in two if model_id not in one)
        if not both:
            continue
        changes.extend(_changes(provider, old.provider(provider), new.provider(provider)))
        for model_id in sorted(one.keys() & two.keys()):
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


def _changes(spec: str, old: dict[str, Any], new: dict[str, Any]) -> Iterable[Change]:
    for field in sorted(old.keys() | new.keys()):
        one, two = old.get(field), new.get(field)
        if one != two or isinstance(one, bool) is not isinstance(two, bool):
            single = list(_tier_changes(spec, one or [], two or [])) if field == "cost.tiers" else []
            yield from single or [Change(spec, field, _KIND_OF.get(field.partition(".")[0], "other"), one, two)]


def _tier_changes(spec: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    """Each price of each tier by itself, so that a percentage can be told; nothing where that does not tell all."""
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
