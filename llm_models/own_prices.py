"""Own prices: the prices that an application's entries put in place of list prices, and the list prices beside them.

One class must not get the application's price while another one silently keeps the list price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.classes import COUNTED, TOKEN_CLASSES
from llm_models.origins import leaves

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llm_models.layers import Entry
    from llm_models.merge import Path

LISTS = ("tiers", "hours", "dated")
"""The lists of prices in a cost. A layer replaces each as a whole."""
PRICES = {*TOKEN_CLASSES, *(one.name for one in COUNTED), *LISTS}
"""What has a price by which a request is billed. A fee is a price of its own, which no other price implies."""


def price_name(path: Path) -> str | None:
    """What a price is a part of, for people: its class, a list, or a mode; None for a path that is no price.

    >>> price_name(("cost", "modes", "flex", "input")), price_name(("cost", "input")), price_name(("cost", "source"))
    ('modes.flex', 'input', None)
    """
    match path:
        case ("cost", name) if name in PRICES:
            return name
        case ("cost", "modes", mode, name) if name in PRICES:
            return f"modes.{mode}"
    return None


def replaced(ground: Mapping[Path, Any], entries: Sequence[Entry]) -> list[Path]:
    """The paths at which entries state another price than the one that is there without them, in their order."""
    stated = _stated(entries)
    return [
        path for path, value in stated.items() if ground.get(path) not in (None, value) and price_name(path) is not None
    ]


def at_list_price(ground: Mapping[Path, Any], entries: Sequence[Entry]) -> list[str]:
    """What keeps its list price, because entries neither state nor omit it, in the order of a price list."""
    stated = _stated(entries)
    gaps = [gap for entry in entries for gap in entry.omitted]
    kept = [path for path in ground if path not in stated and not (gaps and _is_inside(path, gaps))]
    return [name for name in dict.fromkeys(map(price_name, kept)) if name is not None]


def _stated(entries: Sequence[Entry]) -> dict[Path, Any]:
    """What entries state below `cost`, each value as the last of them states it."""
    stated: dict[Path, Any] = {}
    for entry in entries:
        if "cost" in entry.fields:
            stated.update(leaves(entry.fields["cost"], ("cost",)))
    return stated


def _is_inside(path: Path, gaps: Sequence[Path]) -> bool:
    return any(path[: len(gap)] == gap for gap in gaps)
