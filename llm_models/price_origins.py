"""Price origins: who states each price of a record, and which list prices stand next to an application's own.

An own price is one that an application's layer states in place of another one: its `llm_models.toml`, its behaviour
module, or the arguments of `load()`. A price that is only added replaces nothing. Curated corrections are list prices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.origins import CURATED, fields_of
from llm_models.own_prices import price_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.origins import Path, Stored, Tail

COPIED = ("base", "resolves_to")
"""The layers of values that a record takes from the model at their place."""


class Origins(NamedTuple):
    """Who states the prices of a record, by path, without those that are the source's.

    `own` are the paths that the application states. `replaces`: one of them replaced another price, so that
    each price beside them is a list price next to an own one.
    """

    stated: Mapping[Path, Stored]
    own: frozenset[Path]
    replaces: bool

    def origin(self, path: Path) -> Stored | None:
        """The origin of what stands at a path, or of the list in which it stands; None for the source's."""
        return next((self.stated[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.stated), None)

    def is_list_price(self, path: Path) -> bool:
        """Whether the price at a path is a list price next to an own one."""
        return self.replaces and not any(path[: len(one)] == one or one[: len(path)] == path for one in self.own)


NO_ORIGINS = Origins({}, frozenset(), replaces=False)


def origins_of(tail: Tail, spec: str, cost: Mapping[str, Any]) -> Origins:
    """The origins of the prices of a record. What it copies has the origin that it has where it is copied from."""
    stated: dict[Path, Stored] = {}
    own: dict[Path, bool] = {}
    for path, origin in fields_of(tail, spec).items():
        value = _value({"cost": cost}, path)
        if value is None:  # it is omitted
            continue
        stated[path] = _followed(tail, path, origin)
        layer, before = stated[path]["layer"], stated[path].get("replaced")
        if layer not in COPIED and not layer.startswith(CURATED):
            own[path] = price_name(path) is not None and before not in (None, value)
    return Origins(stated, frozenset(own), any(own.values()))


def _followed(tail: Tail, path: Path, origin: Stored) -> Stored:
    """The origin of a value where it is stated, perhaps through other copies."""
    for _ in range(8):
        if origin["layer"] not in COPIED:
            break
        there = fields_of(tail, origin.get("place", "")).get(path)
        if there is None:
            break
        origin = there
    return origin


def _value(data: Any, path: Path) -> Any:
    """What plain data has at a path; None where it has nothing."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data
