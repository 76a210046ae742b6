"""The price lists of our records as rows of genai-prices; imports genai-prices, so it is imported when it is used.

`KnownPrice` refuses to price what has no price: genai-prices itself would charge it as the class that contains it, or
nothing. `Holds` is a constraint with an end and with days of the week, which the constraints of genai-prices lack.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from genai_prices.data_units import unit_data  # type: ignore[import-not-found, unused-ignore]
from genai_prices.types import (  # type: ignore[import-not-found, unused-ignore]
    ConditionalPrice,
    ModelPrice,
    PriceVariant,
    Tier,
    TieredPrices,
    Usage,
)
from genai_prices.units import UnitRegistry  # type: ignore[import-not-found, unused-ignore]

from llm_models.classes import CLASSES
from llm_models.modes import is_priced, named
from llm_models.tariff import holds, layers, rates, thresholds
from llm_models.transforms.genai_prices_lists import FEES, LENGTHS, TOKENS
from llm_models.validity import lists_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from llm_models.price_origins import Origins
    from llm_models.tariff import Layer, Rate
    from llm_models.validity import TimedList

__all__ = ["CONTEXTS", "NOTHING", "PRICES", "Holds", "KnownPrice", "Row", "row_of"]

PRICES = {
    **{ours: theirs for theirs, ours in TOKENS.items()},
    **{f"fees.{ours}": theirs for theirs, ours in FEES.items()},
}
"""Our class or fee -> their price, USD per million tokens or per 1,000 uses. `audio` is in both of `LENGTHS`."""

CONTEXTS = (
    ("processing", "batch", "batch"),
    ("service_tier", "flex", "flex"),
    ("service_tier", "priority", "priority"),
    ("service_tier", "fast", "fast"),
    ("service_tier", "ultrafast", "ultrafast"),
    ("service_tier", "scale", "scale"),
    ("speed", "fast", "fast"),
    ("traffic_type", "ON_DEMAND_FLEX", "flex"),
    ("traffic_type", "ON_DEMAND_PRIORITY", "priority"),
    ("traffic_type", "PROVISIONED_THROUGHPUT", "provisioned"),
)
"""What pydantic-ai passes on from a response (`provider_details`): key and value -> our word for the mode."""

ANY_SIZE = -1
REGISTRY = UnitRegistry(unit_data)
_UNIT = {unit.price_key: unit for unit in REGISTRY.units.values()}
_OTHERS = [key for key, unit in _UNIT.items() if unit.dimensions.get("family") not in ("tokens", "requests")]
"""Their prices of what is counted otherwise than in tokens."""
_LENGTHS = tuple(key for key in LENGTHS if key in _UNIT)
_AS_WHOLE = {one.name: one.as_class for one in CLASSES if one.as_class is not None and not one.assumed}
"""The classes that cost the same as a class that contains them, if no price of their own is stated."""


class KnownPrice(ModelPrice):  # type: ignore[misc, unused-ignore]
    """Prices. A usage that counts what has no price raises `ValueError`, so pydantic-ai's cost is None: unknown.

    `_refused` has these: their name of what is counted -> the size of the input above which it has no price.
    """

    _refused: Mapping[str, int]

    def __init__(self, refused: Mapping[str, int], **prices: Any) -> None:
        super().__init__(**prices)
        object.__setattr__(self, "_refused", refused)

    def calc_price(self, usage: Any) -> Any:
        used = Usage.from_raw(usage)
        counted = vars(used)  # its own `reported_value` checks all numbers again each time
        size = counted.get("input_tokens", 0)
        for key, above in self._refused.items():
            if size > above and counted.get(key, 0) > 0:
                raise ValueError(f"the catalogue states no price of {key}")
        return super().calc_price(used)


@dataclass(frozen=True, slots=True)
class Holds:
    """Active from `since` until before `until`, in `window` (None: at any hour) and in no window of `outside`."""

    since: datetime | None
    until: datetime | None
    window: Mapping[str, Any] | None = None
    outside: tuple[Mapping[str, Any], ...] = ()

    def active(self, request_timestamp: datetime) -> bool:
        given = request_timestamp
        moment = given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
        if (self.since and moment < self.since) or (self.until and moment >= self.until):
            return False
        at = moment.weekday(), moment.hour * 60 + moment.minute
        if self.window is not None and not holds(self.window, *at):
            return False
        return not any(holds(one, *at) for one in self.outside)


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of a `ModelInfo` that are about prices, and which list prices were dropped beside own ones."""

    prices: Any
    price_variants: list[Any]
    dropped: tuple[str, ...]


NOTHING = KnownPrice(dict.fromkeys(sorted({*REGISTRY.units} - {"requests"}), ANY_SIZE))
"""The prices of a mode, or of a time, that has none."""
_UNPRICED = {(key, value): PriceVariant(when={key: value}, prices=NOTHING) for key, value, _ in CONTEXTS}


def row_of(cost: Mapping[str, Any], origins: Origins) -> Row:
    """A cost as prices, with variants for the modes. Raises `ValueError` where genai-prices cannot state it."""
    dropped: dict[str, None] = {}
    lists = lists_of(cost)
    standard: list[Any] = []
    variants: list[Any] = []
    for chosen, until in zip(lists, [*(one.since for one in lists[1:]), None], strict=True):
        for price, when in _timed(chosen, None, until, origins, dropped):
            standard.append(ConditionalPrice(when, prices=price))
        modes = chosen.prices.get("modes", {})
        for key, value, word in CONTEXTS:
            mode = named(chosen.prices, word)
            if mode is not None and is_priced(modes[mode]):
                variants += [
                    PriceVariant(when={key: value}, prices=price, constraint=when)
                    for price, when in _timed(chosen, mode, until, origins, dropped)
                ]
            elif len(lists) == 1:
                variants.append(_UNPRICED[key, value])
            else:
                period: Any = Holds(chosen.since, until)
                variants.append(PriceVariant(when={key: value}, prices=NOTHING, constraint=period))
    if lists[0].since is not None:  # of several prices none of which holds, genai-prices takes the first
        before: Any = Holds(None, lists[0].since)
        standard.insert(0, ConditionalPrice(before, prices=NOTHING))
    plain = len(standard) == 1 and standard[0].constraint is None
    return Row(standard[0].prices if plain else standard, variants, tuple(dropped))


def _timed(
    chosen: TimedList, mode: str | None, until: datetime | None, origins: Origins, dropped: dict[str, None]
) -> Iterator[tuple[KnownPrice, Any]]:
    """The prices of a list in a mode, outside of its hours and in each window of hours, with when they hold."""
    hours = tuple((chosen.prices if mode is None else chosen.prices["modes"][mode]).get("hours", ()))
    always = chosen.since is None and until is None
    for at in (None, *range(len(hours))):
        window = None if at is None else hours[at]
        outside = hours if at is None else hours[:at]
        when = None if always and not hours else Holds(chosen.since, until, window, outside)
        price, left = _price(layers(chosen.prices, mode, at), chosen, origins)
        dropped.update(dict.fromkeys(left if mode is None else [f"modes.{mode}"] * bool(left)))
        yield price, when


def _price(ladder: list[Layer], chosen: TimedList, origins: Origins) -> tuple[KnownPrice, list[str]]:
    """The prices of layers, and the classes of which a list price was dropped."""
    sizes = thresholds(ladder)
    steps = [(ANY_SIZE, rates(ladder, None)), *((size, rates(ladder, size)) for size in sizes)]

    def is_list_price(name: str, rate: Rate) -> bool:
        path = ("cost", *(chosen.path or rate.path))
        return not name.startswith("fees.") and origins.is_list_price(path)

    dropped: list[str] = []
    refused: dict[str, int] = {}
    found: dict[str, Any] = {}
    implied: dict[str, Any] = {}
    for name, key in PRICES.items():
        values: list[tuple[int, Decimal]] = []
        for size, at_size in steps:
            rate = at_size.get(name)
            if rate is None or is_list_price(name, rate):
                refused[_UNIT[key].usage_key] = size
                dropped += [name] * (rate is not None and rate.of == name)
                break
            values.append((size, rate.usd))
        if values:
            (implied if _is_as_whole(name, steps) else found)[key] = _tiered(values)
    audio = steps[0][1].get("audio")
    if audio is not None and is_list_price("audio", audio):
        dropped.append("audio")
    elif audio is not None:
        found.update(dict.fromkeys(_LENGTHS, audio.usd * (3600 // audio.per)))
    _complete(found, refused, implied)
    refused.update({_UNIT[key].usage_key: ANY_SIZE for key in _OTHERS if key not in found})
    return KnownPrice(refused, **found), dropped


def _is_as_whole(name: str, steps: Iterable[tuple[int, Mapping[str, Rate]]]) -> bool:
    """Whether a class costs what genai-prices charges for it if no price is stated: the price of what contains it."""
    whole = _AS_WHOLE.get(name)
    for _, at_size in steps:
        rate, other = at_size.get(name), at_size.get(whole or "")
        if rate is not None and rate.of == name and not (other is not None and rate.usd == other.usd):
            return False
    return True


def _tiered(values: list[tuple[int, Decimal]]) -> Any:
    (_, base), *rest = values
    tiers, last = [], base
    for size, price in rest:
        if price != last:
            tiers.append(Tier(start=size, price=price))
        last = price
    return TieredPrices(base=base, tiers=tiers) if tiers else base


def _complete(found: dict[str, Any], refused: dict[str, int], implied: Mapping[str, Any]) -> None:
    """Add the prices without which genai-prices refuses a list: of what contains a priced class, or is in two of them.

    What has no price of ours gets the highest one beside it, and is refused: so this price is never charged.
    """
    while True:
        units = [_UNIT[key] for key in found]
        needed = {usage_key for unit in units for usage_key in REGISTRY.ancestor_usage_keys(unit.usage_key)}
        joins = [REGISTRY.find_join(one, other) for at, one in enumerate(units) for other in units[at + 1 :]]
        needed |= {join.usage_key for join in joins if join is not None}
        missing = sorted(needed - {unit.usage_key for unit in units})
        if not missing:
            return
        for usage_key in missing:
            key = REGISTRY.units[usage_key].price_key
            if key in implied:
                found[key] = implied[key]
            else:
                refused[usage_key] = ANY_SIZE
                found[key] = max(getattr(price, "base", price) for price in found.values())
