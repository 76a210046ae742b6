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
    stated: dict[Path, Any] = {}
    for entry in entries:
        stated |= {path: value for path, value in leaves(entry.fields) if price_name(path) is not None}
    return [path for path, value in stated.items() if ground.get(path) not in (None, value)]


def at_list_price(ground: Mapping[Path, Any], entries: Sequence[Entry]) -> list[str]:
    """What keeps its list price, because entries neither state nor omit it, in the order of a price list."""
    kept: dict[str, None] = {}
    for path in ground:
        name = price_name(path)
        if name is not None and not any(_decides(entry, path) for entry in entries):
            kept[name] = None
    return [*kept]


def _decides(entry: Entry, path: Path) -> bool:
    return entry.states(*path) or any(path[: len(gap)] == gap for gap in entry.omitted)
