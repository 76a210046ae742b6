"""Items: a usage is cut into parts that do not overlap, and each part becomes a line of a bill."""

from __future__ import annotations

from decimal import Context
from operator import attrgetter
from typing import TYPE_CHECKING

from llm_models.bills import Line, place
from llm_models.classes import CLASSES, FEE_PER, MILLION
from llm_models.counts import NUMBERS, refusal
from llm_models.tariff import EXACT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from llm_models.bills import Number, PriceRow
    from llm_models.counts import Usage

_PARTS = {one.name: {part.name for part in CLASSES if one.name in part.part_of} for one in CLASSES}


def _below(name: str) -> set[str]:
    return {part for direct in _PARTS[name] for part in (direct, *_below(direct))}


BELOW = {one.name: frozenset(_below(one.name)) for one in CLASSES}
"""Class -> all classes that are parts of it, and the parts of those."""
SPLIT = {one.name: one.part_of for one in CLASSES if not {*one.part_of} <= {"input", "output"}}
"""Class -> its wholes, of the longer lifetimes and cached modalities, which usages often do not state."""
_TOKENS = attrgetter(*BELOW)
_COUNTS = tuple(name for name in NUMBERS if name not in ("requests", "reported"))
_POWERS = {MILLION: -6, FEE_PER: -3, 1: 0}
_BY_MINUTE = Context(prec=28)


def quantities(usage: Usage) -> dict[str, int]:
    """Class -> tokens of a usage that belong to no class inside it, so that each token is in one class.

    Raises `UsageError` where it must state, and does not, how many cached tokens are audio or images.
    """
    stated = {name: number for name, number in zip(BELOW, _TOKENS(usage), strict=True) if number}
    alone: dict[str, int] = {}
    for name in reversed(stated):  # parts before their wholes
        inside = BELOW[name]
        number = stated[name] - sum([alone[part] for part in alone if part in inside])
        if number < 0:
            raise refusal(
                name,
                f"its parts add up to {-number} more, so that many must be cached audio or images. State how many are, "
                "as cache_read_audio or cache_read_image",
            )
        if number:
            alone[name] = number
    return alone


def _states_a_number(usage: Usage) -> bool:
    """Whether a usage states any number but that of requests, also if it is 0."""
    return bool(usage.fees) or any(getattr(usage, name) is not None for name in _COUNTS)


def lines_of(
    usage: Usage, prices: Mapping[str, PriceRow], mode: str | None, model: str
) -> tuple[list[Line], list[tuple[str, Number]], list[str]]:
    """The lines of a usage, what has no price with its quantity, and the classes whose price or number is assumed.

    Raises `UsageError` for a usage in which nothing is counted: what is not stated is unknown, and not 0.
    """
    counted: dict[str, Number] = {**quantities(usage)}
    if usage.images and not usage.output_image:
        counted["image"] = usage.images
    if usage.audio_seconds:
        counted["audio"] = usage.audio_seconds
    for name, number in usage.fee_counts().items():
        if number and (name != "request" or "fees.request" in prices):
            counted[f"fees.{name}"] = number
    if usage.unmeasured_requests:
        counted["unmeasured_requests"] = usage.unmeasured_requests
    if not counted and not _states_a_number(usage):
        raise refusal("", "nothing is counted, so what it costs is unknown. State a number, also if it is 0")
    unsplit = [name for name in SPLIT if name in prices and _is_unsplit(name, usage, prices[name])]
    lines: list[Line] = []
    unpriced: list[tuple[str, Number]] = []
    assumed = unsplit[:]
    for name in sorted(counted, key=place):
        quantity, price = counted[name], prices.get(name)
        if price is None:
            unpriced.append((name, quantity))
            continue
        _, tier, rate, per, why, _, origin = price
        if why is not None:
            assumed.append(name)
        elif unsplit and any(name in SPLIT[part] for part in unsplit):
            why = "not_split"
        lines.append(Line(name, quantity, rate, per, amount_of(rate, per, quantity), tier, mode, why, origin, model))
    return lines, unpriced, sorted(assumed, key=place)


def _is_unsplit(name: str, usage: Usage, price: PriceRow) -> bool:
    """Whether a usage may have tokens of a class with a price of its own, and does not state them."""
    return (
        price.taken_from is None
        and getattr(usage, name) is None
        and all(getattr(usage, whole) for whole in SPLIT[name])
    )


def amount_of(rate: Decimal, per: int, quantity: Number) -> Decimal:
    """USD for a quantity; never rounded, except for a price by the minute, which has 28 digits.

    >>> from decimal import Decimal
    >>> amount_of(Decimal("1.75"), 1_000_000, 6000) == Decimal("0.0105")
    True
    """
    product = EXACT.multiply(rate, quantity)
    return product.scaleb(_POWERS[per], EXACT) if per in _POWERS else _BY_MINUTE.divide(product, per)
