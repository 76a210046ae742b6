"""Price origins: who states each price of a record, and which list prices stand next to an application's own.

An own price is one that an application's layer states in place of another one: its `llm_models.toml`, its behaviour
module, or the arguments of `load()`. A price that is only added replaces nothing. Curated corrections are list prices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.origins import CURATED, OF_BASE, fields_of
from llm_models.own_prices import LISTS, PRICES, price_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.origins import Path, Stored, Tail

COPIED = ("base", "resolves_to")
"""The layers of values that a record takes from the model at their place."""


class Origins(NamedTuple):
    """Who states the prices of a record, by path, without those that are the source's.

    `own` has what the application states, by path, and None for what it omits. `replaces`: one of these replaced
    another price, so that each price beside them is a list price next to an own one. `is_whole`: no class beside them
    has a price of the list. `copied_from` is the spec of the model from which the record has its list prices, if any.
    `moved` has each class whose price a curated correction moved to another one: what the source lists, that other
    class, and the correction (None: omitted). So the source lists image tokens as `output`, and not as `output_image`.
    """

    stated: Mapping[Path, Stored]
    own: Mapping[Path, Any]
    replaces: bool
    is_whole: bool
    copied_from: str | None
    moved: Mapping[str, tuple[Any, str, Any]]

    def origin(self, path: Path) -> Stored | None:
        """The origin of what stands at a path, or of the list in which it stands; None for the source's."""
        return next((self.stated[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.stated), None)

    def is_own(self, path: Path) -> bool:
        """Whether the application states the price at a path."""
        return any(path[: len(one)] == one or one[: len(path)] == path for one in self.own)

    def is_list_price(self, path: Path) -> bool:
        """Whether the price at a path is a list price next to an own one."""
        return self.replaces and not self.is_own(path)

    def over(self, listed: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
        """An old price list of the source with what holds in it too, and whether a correction is among that.

        The application's prices hold at any time. What is the price of another class today was so then, at the same
        price; what the class itself cost then is not known for certain.
        """
        changed = dict(listed)
        wrong = [name for name, (before, _, _) in self.moved.items() if listed.get(name) == before]
        for name in wrong:
            before, other, changed[name] = self.moved[name]
            changed.setdefault(other, before)
            if changed[name] is None:
                del changed[name]
        for (_, *above, name), value in self.own.items():
            inside = changed
            for step in above:
                inside[step] = inside = dict(inside.get(step, {}))
            inside.pop(name, None)
            if value is not None and name not in _OF_LISTS:
                inside[name] = value
        return changed, bool(wrong)

    def stands_in(self, prices: Mapping[str, Any], path: Path) -> bool:
        """Whether a price that is `over` such a list is the one at a path of the record."""
        return self.is_own(path) or (path[1] in self.moved and prices.get(path[1]) == self.moved[path[1]][2])


FLAT = PRICES.difference(LISTS)
"""What has one price in a list, apart from tiers, hours and modes."""
_OF_LISTS = ("dated", "source", "valid_from", "valid_from_basis")
"""Fields that are about a list as a whole, not prices in it."""
NO_ORIGINS = Origins({}, {}, replaces=False, is_whole=False, copied_from=None, moved={})


def origins_of(tail: Tail, spec: str, cost: Mapping[str, Any]) -> Origins:
    """The origins of the prices of a record. What it copies has the origin that it has where it is copied from."""
    stated: dict[Path, Stored] = {}
    own: dict[Path, Any] = {}
    curated: dict[str, Stored] = {}
    replaces, copied_from = False, None
    for path, nearest in fields_of(tail, spec).items():
        value, origin = _value({"cost": cost}, path), nearest
        if value is not None:
            origin, place = _followed(tail, path, nearest)
            stated[path], copied_from = origin, copied_from or place
        if path[:-1] == ("cost",) and path[-1] in FLAT and origin["layer"].startswith(CURATED):
            curated[path[-1]] = origin
        if path[0] == "cost" and origin["layer"] not in COPIED and not origin["layer"].startswith(OF_BASE):
            own[path] = value
            is_price = value is not None and price_name(path) is not None
            replaces = replaces or (is_price and origin.get("replaced") not in (None, value))
    is_whole = bool(own) and all(("cost", name) in own for name in cost if name in FLAT)
    return Origins(stated, own, replaces, is_whole, copied_from, _moved(curated, cost))


def _moved(curated: Mapping[str, Stored], cost: Mapping[str, Any]) -> dict[str, tuple[Any, str, Any]]:
    """Each class whose price became that of another one by curated corrections; see `Origins`."""
    added = {cost[name]: name for name, origin in curated.items() if "replaced" not in origin and name in cost}
    replaced = {name: origin["replaced"] for name, origin in curated.items() if "replaced" in origin}
    return {name: (before, added[before], cost.get(name)) for name, before in replaced.items() if before in added}


def _followed(tail: Tail, path: Path, origin: Stored) -> tuple[Stored, str | None]:
    """The origin of a value where it is stated, perhaps through other copies, and the last model on the way there."""
    place = None
    for _ in range(8):
        if origin["layer"] not in COPIED:
            break
        place = origin.get("place", "")
        there = fields_of(tail, place).get(path)
        if there is None:
            break
        origin = there
    return origin, place


def _value(data: Any, path: Path) -> Any:
    """What plain data has at a path; None where it has nothing."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data
