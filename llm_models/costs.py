"""The records of prices: `Cost`, and the price lists inside it; standard library only.

`schemas/cost.schema.json` has the same fields. A price that is None is unknown: never zero, and never that of another
class. 0 is free.
"""

from __future__ import annotations

from llm_models.frozen import FrozenDict, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Prices(Record):
    """Prices of the classes of tokens, in USD per million tokens; None is unknown."""

    input: float | None = None
    output: float | None = None
    cache_read: float | None = None
    cache_write: float | None = None
    cache_write_30m: float | None = None
    cache_write_1h: float | None = None
    cache_write_12h: float | None = None
    reasoning: float | None = None
    input_audio: float | None = None
    output_audio: float | None = None
    input_image: float | None = None
    input_video: float | None = None
    output_image: float | None = None
    output_video: float | None = None
    cache_read_audio: float | None = None
    cache_read_image: float | None = None
    output_citation: float | None = None


class CostTier(Prices):
    """Prices, as in `Cost`, of a request with more than `context_over` input tokens; None means the base price."""

    _own_first = True

    context_over: int = 0


class CostHours(Prices):
    """Prices at some hours. `utc` is a start and an end, `HH:MM` in UTC; the start is included, the end is not.

    An end before the start means that the window runs over midnight. `days` (`mon` to `sun`) are the days of the
    moment, not of the start; without them it holds on every day.
    """

    _own_first = True

    utc: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    tiers: tuple[CostTier, ...] = ()


class CostMode(Prices):
    """Prices of a way to be served, such as `batch` or `priority`, with its own tiers, hours and fees.

    `request` is what a request must contain to get it, such as `{"service_tier": "priority"}`. A mode without a price
    of `input` is a difference: of what it does not state, the price is that of the list.
    """

    fees: Mapping[str, float] = FrozenDict()
    tiers: tuple[CostTier, ...] = ()
    hours: tuple[CostHours, ...] = ()
    request: Mapping[str, Any] = FrozenDict()


class PriceList(Prices):
    """All prices that hold at one time, from the moment `valid_from`: `YYYY-MM-DD`, or `YYYY-MM-DDThh:mm:ssZ`, in UTC.

    `image` is USD per generated image, `audio` USD per minute, `cache_storage` USD per million tokens and hour. `fees`
    are USD per 1,000 uses, by name. `valid_from_basis` states how the moment is known: `documented`, `source_change` or
    `first_seen`. `source` is where the prices can be read.
    """

    training: float | None = None
    image: float | None = None
    audio: float | None = None
    cache_storage: float | None = None
    fees: Mapping[str, float] = FrozenDict()
    tiers: tuple[CostTier, ...] = ()
    hours: tuple[CostHours, ...] = ()
    modes: Mapping[str, CostMode] = FrozenDict()
    valid_from: str | None = None
    valid_from_basis: str | None = None
    source: str | None = None


class Cost(PriceList):
    """Prices in USD per million tokens (image: per image, audio: per minute), and their source; None is unknown.

    They are valid when the snapshot is made. `dated` are the whole price lists of other times, by their `valid_from`.
    """

    dated: tuple[PriceList, ...] = ()
