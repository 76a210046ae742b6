"""Capabilities as sets of bits, and the order in which models are offered; standard library only.

A model's capability set is one integer, computed when a snapshot is built: a bit for each flag that is true,
the same again for each flag that is stated or derived rather than a default, and one for deprecated. Asking
for capabilities is then one `&` a model, with nothing decoded.
"""

from __future__ import annotations

from llm_models.errors import UnknownCapabilityError, did_you_mean, printable
from llm_models.records import CAPABILITIES

__all__ = ["DEPRECATED", "ORDERS", "STATED", "capability_bits", "capability_masks", "sort_key"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from llm_models.records import Capabilities, Model

    Names = Iterable[str] | Mapping[str, bool] | None

BIT = {name: 1 << place for place, name in enumerate(CAPABILITIES)}
STATED = len(CAPABILITIES)
"""How far the bit that tells "stated" stands above the bit of its flag."""
DEPRECATED = 1 << (2 * STATED)


def capability_bits(capabilities: Capabilities, stated: Mapping[str, Any], deprecated: bool) -> int:
    """The capability set of a model: its flags, and which of them `stated` (plain data) holds."""
    bits = DEPRECATED if deprecated else 0
    for name, path in CAPABILITIES.items():
        value: Any = capabilities
        said: Any = stated
        for step in path:
            value = getattr(value, step)
            said = said.get(step) if isinstance(said, dict) else None
        if value:
            bits |= BIT[name]
        if said is not None:
            bits |= BIT[name] << STATED
    return bits


def capability_masks(require: Names, forbid: Names) -> tuple[int, int]:
    """The bits that must be set and those that must not.

    Both take names or a mapping from name to yes or no. Raises `UnknownCapabilityError` with the nearest name.
    """
    must = must_not = 0
    for names, wanted in ((require, True), (forbid, False)):
        if names is None:
            continue
        listed = (names,) if isinstance(names, str) else names
        pairs = listed.items() if isinstance(listed, dict) else ((name, True) for name in listed)
        for name, value in pairs:
            try:
                bit = BIT[name]
            except (KeyError, TypeError):
                hint = did_you_mean(str(name), CAPABILITIES)
                known = "" if hint else f" Known are {', '.join(CAPABILITIES)}."
                raise UnknownCapabilityError(
                    f"unknown capability '{printable(name)}'.{hint}{known}", name=str(name)
                ) from None
            if bool(value) is wanted:
                must |= bit
            else:
                must_not |= bit
    return must, must_not


def _price(model: Model) -> tuple[Any, ...]:
    cost = model.cost
    known = cost.input is not None and cost.output is not None
    return (not known, (cost.input or 0) + (cost.output or 0))


def _context(model: Model) -> tuple[Any, ...]:
    return (-(model.limits.context or 0),)


def _release(model: Model) -> tuple[Any, ...]:
    # Newest first: the characters of a date turned round, so that one ascending sort serves; unknown sorts last.
    return (model.release_date is None, [*[-ord(character) for character in model.release_date or ""], 0])


ORDERS: dict[str, Callable[[Model], tuple[Any, ...]] | None] = {
    "id": None,
    "price": _price,
    "context": _context,
    "release": _release,
}


def sort_key(order_by: str) -> Callable[[Model], tuple[Any, ...]] | None:
    """What sorts models in that order, None for `"id"`, in which they already stand. Raises `ValueError`."""
    try:
        return ORDERS[order_by]
    except (KeyError, TypeError):
        hint = did_you_mean(str(order_by), ORDERS)
        raise ValueError(f"unknown order '{printable(order_by)}' (expected {', '.join(ORDERS)}).{hint}") from None
