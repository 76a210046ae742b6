"""Capability sets: those of plain data, and those whose bits have another order; standard library only.

The set of a record is `records.capability_bits`.
"""

from __future__ import annotations

from llm_models.records import BIT, CAPABILITIES, DEPRECATED, STATED, Capabilities, capability_bits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

_BIT_AT = {(path[0], path[1] if path[1:] else None): BIT[name] for name, path in CAPABILITIES.items()}
_DEFAULTS = capability_bits(Capabilities(), {}, False)


def set_of(stated: Mapping[str, Any], deprecated: bool) -> int:
    """The capability set of a model of which these capabilities are stated or derived, as plain data.

    It is that of `capability_bits`, without making the record.
    """
    bits = _DEFAULTS | (DEPRECATED if deprecated else 0)
    for field, value in stated.items():
        for flag, has in value.items() if isinstance(value, dict) else ((None, value),):
            bit = _BIT_AT.get((field, flag))
            if bit is not None and has is not None:
                bits = (bits | bit if has else bits & ~bit) | bit << STATED
    return bits


def translate_bits(sets: Iterable[int], flags: Sequence[str]) -> list[int]:
    """Capability sets whose bits are in the order of `flags`, as sets of this version.

    A flag that is not in `flags` has its default and is not stated; a flag that this version does not know is ignored.
    """
    moves = [(flags.index(name), bit) for name, bit in BIT.items() if name in flags]
    moves += [(old + len(flags), bit << STATED) for old, bit in moves] + [(2 * len(flags), DEPRECATED)]
    default = capability_bits(Capabilities(), {}, False) & ~sum(BIT[name] for name in flags if name in BIT)
    return [default | sum(bit for old, bit in moves if bits >> old & 1) for bits in sets]
