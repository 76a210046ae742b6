"""Tariff: what each class costs by one price list, in a mode, at a moment, for a size of input.

Pure functions on plain data: a price list has the fields of `costs.PriceList`. It is read as layers, strongest first:
the hours that hold, the mode, and the list. Each class is priced by the strongest layer that states it, with the tier
of that layer that applies. What that leaves uncertain has a reason (`why`), and a bill reports it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.classes import CLASSES, COUNTED, FEE_PER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Literal

    Prices = Mapping[str, Any]
    Path = tuple[str, ...]
    Why = Literal["as_input", "as_cache_read", "list_price", "lower_price", "base_of_tier", "not_split"]

EXACT = Context(prec=60)
"""All arithmetic uses this context, so that no setting of the caller changes a digit."""
_PLACES = Decimal("1E-9")
ASSUMED: dict[str, Why] = {"input": "as_input", "cache_read": "as_cache_read"}
"""The class of which an assumed price is taken -> the reason that a bill states."""
DAY = 24 * 60
"""The minutes of a day."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Layer(NamedTuple):
    """Prices that stand above others, and where the price list states them; `in_list`: as one item of a list there."""

    prices: Prices
    path: Path
    in_list: bool = False


class Rate(NamedTuple):
    """The price of a class: `usd` for `per` of what is counted.

    `tier` is the `context_over` of the tier that states it, `why` the reason for which it is assumed (None: it is
    certain), `path` the place in the price list that states it, and `of` the class that this place is about: the class
    itself, or the one of which it takes the price.
    """

    usd: Decimal
    per: int
    tier: int | None
    why: Why | None
    path: Path
    of: str


def exact(price: float) -> Decimal:
    """A price as a decimal of at most 9 places, which repairs what floats add.

    >>> exact(0.04999999999999999) == exact(0.05), exact(2.5)
    (True, Decimal('2.5'))
    """
    value = Decimal(repr(price))
    is_short = int(value.as_tuple().exponent) >= -9
    return value if is_short else value.quantize(_PLACES, ROUND_HALF_EVEN, EXACT)


def minutes(text: str) -> int:
    """The minute of the day of a time, `HH:MM`."""
    return int(text[:2]) * 60 + int(text[3:])


def holds(window: Prices, day: int, minute: int) -> bool:
    """Whether a window of hours holds on a day of the week (0 is Monday) at a minute of it, in UTC.

    Its start is included, its end is not.
    """
    days = window.get("days")
    if days and DAYS[day] not in days:
        return False
    start, end = map(minutes, window["utc"])
    return start <= minute < end if start < end else minute >= start or minute < end


def window_on(prices: Prices, day: int, minute: int) -> int | None:
    """The position of the first window of `hours` that holds on a day (0 is Monday) at a minute of it, or None."""
    return next((at for at, window in enumerate(prices.get("hours", ())) if holds(window, day, minute)), None)


def window_at(prices: Prices, moment: datetime) -> int | None:
    """The position of the first window of `hours` that holds at a moment (in UTC), or None."""
    return window_on(prices, moment.weekday(), moment.hour * 60 + moment.minute)


def layers(prices: Prices, mode: str | None, window: int | None) -> list[Layer]:
    """The layers of a price list, strongest first. `window` is the position in the mode's hours, else in the list's."""
    found = [Layer(prices, ())]
    if mode is not None:
        found.insert(0, Layer(prices["modes"][mode], ("modes", mode)))
    if window is not None:
        above = found[0]
        found.insert(0, Layer(above.prices["hours"][window], (*above.path, "hours"), in_list=True))
    return found


def thresholds(ladder: Sequence[Layer]) -> list[int]:
    """The sizes of input above which another tier of any layer applies, ascending."""
    return sorted({tier["context_over"] for layer in ladder for tier in layer.prices.get("tiers", ())})


def _tier(layer: Layer, over: int | None) -> Prices | None:
    """The tier of a layer that applies to inputs above `over`, which is one of the `thresholds`, or None."""
    if over is None:
        return None
    fitting = [tier for tier in layer.prices.get("tiers", ()) if tier["context_over"] <= over]
    return max(fitting, key=lambda tier: tier["context_over"], default=None)


def rates(ladder: Sequence[Layer], over: int | None) -> dict[str, Rate]:
    """The rate of each class, and of each fee as `fees.NAME`, for inputs above `over`. Without a price it has none."""
    rungs = [(layer, _tier(layer, over)) for layer in ladder]
    found: dict[str, Rate] = {}
    for one in (*CLASSES, *COUNTED):
        rate = _stated(one.name, one.per, rungs)
        if rate is None and one.as_class in found:
            of_whole = found[one.as_class]
            rate = of_whole._replace(why=ASSUMED[one.as_class]) if one.assumed else of_whole
        if rate is not None:
            found[one.name] = rate
    for layer in reversed(ladder):
        for name, price in layer.prices.get("fees", {}).items():
            path = (*layer.path, "fees", name)
            found[f"fees.{name}"] = Rate(exact(price), FEE_PER, None, None, path, f"fees.{name}")
    return found


def _stated(name: str, per: int, rungs: Sequence[tuple[Layer, Prices | None]]) -> Rate | None:
    """The rate of a class that a layer states. It is assumed where a list above leaves it out, or a tier might hold."""
    left_out = False
    for at, (layer, tier) in enumerate(rungs):
        of_tier = tier is not None and tier.get(name) is not None
        price = tier[name] if tier is not None and of_tier else layer.prices.get(name)
        if price is None:
            left_out = left_out or "input" in layer.prices or (tier is not None and "input" in tier)
            continue
        why: Why | None = None
        if left_out:
            why = "lower_price"
        elif not of_tier:
            below = [lower for _, lower in rungs[at + 1 :] if lower is not None and name in lower]
            if below or (tier is not None and "input" in tier):
                why = "base_of_tier"
        path = layer.path if layer.in_list else (*layer.path, "tiers" if of_tier else name)
        over = tier["context_over"] if tier is not None and of_tier else None
        return Rate(exact(price), per, over, why, path, name)
    return None
