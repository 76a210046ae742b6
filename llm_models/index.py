"""Index: merged records become the blocks of a snapshot file; standard library only.

Here, and nowhere else, a record is put in its one order of fields, is told what it is by what is stated and
what is derived, and gets its capability set. Equal records make equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.enrich import derive
from llm_models.records import Capabilities, CostTier, Model, Provider, Record
from llm_models.selection import capability_bits
from llm_models.snapshot_file import encode_json
from llm_models.snapshot_writer import encode_block

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llm_models.snapshot_file import Block

__all__ = ["Indexed", "block_of", "canonical", "index_model", "kept", "settle_aliases"]


class Indexed(NamedTuple):
    """A model ready for its block: its line, its capability set, its aliases."""

    line: bytes
    bits: int
    aliases: tuple[str, ...]


def canonical(data: Mapping[str, Any], kind: type[Record]) -> dict[str, Any]:
    """`data` with the fields of a record in their order, and free maps sorted by key; what is empty is left out."""
    ordered: dict[str, Any] = {}
    for name, default, _, _ in kind._plan:
        value = data.get(name)
        if value is None:
            continue
        if isinstance(default, Record):
            value = canonical(value, type(default))
        elif name == "tiers":
            tiers = sorted(value, key=lambda tier: tier["context_over"])
            value = [canonical(tier, CostTier) for tier in tiers]
        elif name == "extra":
            value = _sorted(value)
        if value not in ({}, []) or name == "efforts":
            ordered[name] = value
    return ordered


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, (list, tuple)) else value


def index_model(stated: Mapping[str, Any], agreed: Callable[[str], str | None]) -> Indexed:
    """A model from what is stated of it; `agreed` as in `enrich.derive`."""
    data = canonical(stated, Model)
    data.pop("provider", None)  # the block says it
    derived = derive(data, agreed)
    said = data.get("capabilities", {})
    known = {**derived.get("capabilities", {}), **said}
    deprecated = data.get("deprecated", derived.get("deprecated", False))
    bits = capability_bits(Capabilities.from_dict(known), known, deprecated)
    if derived:
        data["derived"] = derived
    return Indexed(encode_json(data), bits, tuple(data.get("aliases", ())))


def kept(block: Block, place: int) -> Indexed:
    """A model as it stands in a block that is written again."""
    return Indexed(block.line(place), block.bits[place], tuple(block.names(place)[1:]))


def settle_aliases(models: Mapping[str, tuple[str, ...]]) -> dict[str, list[tuple[str, str]]]:
    """Model id -> its aliases that cannot stand, with the reason: another model's id, or claimed twice."""
    claims: dict[str, list[str]] = {}
    for model_id, aliases in models.items():
        for alias in aliases:
            claims.setdefault(alias, []).append(model_id)
    fallen: dict[str, list[tuple[str, str]]] = {}
    for alias, owners in claims.items():
        if alias in models:
            why = "it is the id of a model"
        elif len(owners) > 1:
            why = f"it is claimed by {' and '.join(sorted(owners))}"
        else:
            continue
        for owner in owners:
            fallen.setdefault(owner, []).append((alias, why))
    return fallen


def block_of(provider: Mapping[str, Any], models: Mapping[str, Indexed]) -> tuple[bytes, int]:
    """The block of a provider with its models in order of id, and how many they are."""
    rows = [(model_id, models[model_id].line, models[model_id].bits) for model_id in sorted(models)]
    aliases = {alias: model_id for model_id in sorted(models) for alias in models[model_id].aliases}
    return encode_block(canonical(provider, Provider), rows, aliases), len(rows)
