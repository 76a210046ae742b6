"""The records of prices: `Cost`, and the price lists inside it; standard library only.

`schemas/cost.schema.json` has the same fields. A price that is None is unknown: never zero, and never that of another
class. 0 is free if the billing of the provider is usage.
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
    """Input, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    output: float | None = None
    """Output (only its text, where a model also makes images or sound), in USD per million tokens. 0 is free if billing
    is usage; unknown is left out."""
    cache_read: float | None = None
    """Input read from a cache, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    cache_write: float | None = None
    """Input written to a cache for the provider's default lifetime, in USD per million tokens. 0 is free if billing is
    usage; unknown is left out."""
    cache_write_30m: float | None = None
    """Input written to a cache for 30 minutes, in USD per million tokens. 0 is free if billing is usage; unknown is
    left out."""
    cache_write_1h: float | None = None
    """Input written to a cache for an hour, in USD per million tokens. 0 is free if billing is usage; unknown is left
    out."""
    cache_write_12h: float | None = None
    """Input written to a cache for 12 hours, in USD per million tokens. 0 is free if billing is usage; unknown is left
    out."""
    reasoning: float | None = None
    """Reasoning output, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    input_audio: float | None = None
    """Audio input, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    output_audio: float | None = None
    """Audio output, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    input_image: float | None = None
    """Image input, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    input_video: float | None = None
    """Video input, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    output_image: float | None = None
    """Generated images, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    output_video: float | None = None
    """Generated video, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    cache_read_audio: float | None = None
    """Audio input read from a cache, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    cache_read_image: float | None = None
    """Image input read from a cache, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    output_citation: float | None = None
    """Tokens of citations, in USD per million tokens. 0 is free if billing is usage; unknown is left out."""


class CostTier(Prices):
    """Prices, as in `Cost`, of a request with more than `context_over` input tokens; None means the base price."""

    _own_first = True

    context_over: int = 0
    """The tier holds for the whole request when its input is larger than this, in tokens."""


class CostHours(Prices):
    """Prices at some hours. `utc` is a start and an end, `HH:MM` in UTC; the start is included, the end is not.

    An end before the start means that the window runs over midnight. `days` (`mon` to `sun`) are the days of the
    moment, not of the start; without them it holds on every day.
    """

    _own_first = True

    utc: tuple[str, ...] = ()
    """The start, which is included, and the end, which is not, as HH:MM in UTC. An end before the start means that the
    window runs over midnight."""
    days: tuple[str, ...] = ()
    """The days on which it holds, in UTC: those of the request, not of the start of the window. Left out, it holds on
    every day."""
    tiers: tuple[CostTier, ...] = ()
    """Other prices (USD per million tokens) for long requests, by ascending context_over; the base price holds for what
    a tier leaves out."""


class CostMode(Prices):
    """Prices of a way to be served, such as `batch` or `priority`, with its own tiers, hours and fees.

    `request` is what a request must contain to get it, such as `{"service_tier": "priority"}`. A mode without a price
    of `input` is a difference: of what it does not state, the price is that of the list.
    """

    fees: Mapping[str, float] = FrozenDict()
    """Fees in USD per 1,000 uses, by name: request, web_search, web_fetch, file_search, maps, code_execution, and any
    other."""
    tiers: tuple[CostTier, ...] = ()
    """Other prices (USD per million tokens) for long requests, by ascending context_over; the base price holds for what
    a tier leaves out."""
    hours: tuple[CostHours, ...] = ()
    """Other prices (USD per million tokens) at some hours of the day, in UTC."""
    request: Mapping[str, Any] = FrozenDict()
    """What a request must contain to get this mode, such as service_tier = "priority"."""


class PriceList(Prices):
    """All prices that hold at one time, from the moment `valid_from`: `YYYY-MM-DD`, or `YYYY-MM-DDThh:mm:ssZ`, in UTC.

    `image` is USD per generated image, `audio` USD per minute, `cache_storage` USD per million tokens and hour. `fees`
    are USD per 1,000 uses, by name. `valid_from_basis` states how the moment is known: `documented`, `source_change` or
    `first_seen`. `source` is where the prices can be read.
    """

    training: float | None = None
    """Training (fine-tuning), in USD per million tokens. 0 is free if billing is usage; unknown is left out."""
    image: float | None = None
    """A generated image, in USD per image. 0 is free if billing is usage; unknown is left out."""
    audio: float | None = None
    """Audio billed by length, in USD per minute. 0 is free if billing is usage; unknown is left out."""
    cache_storage: float | None = None
    """Keeping a cache, in USD per million tokens and hour; for information, because no response states the hours."""
    fees: Mapping[str, float] = FrozenDict()
    """Fees in USD per 1,000 uses, by name: request, web_search, web_fetch, file_search, maps, code_execution, and any
    other."""
    tiers: tuple[CostTier, ...] = ()
    """Other prices (USD per million tokens) for long requests, by ascending context_over; the base price holds for what
    a tier leaves out."""
    hours: tuple[CostHours, ...] = ()
    """Other prices (USD per million tokens) at some hours of the day, in UTC."""
    modes: Mapping[str, CostMode] = FrozenDict()
    """Prices of other ways to be served, by name, such as batch, flex, priority, fast or a region. Two at once are one
    mode with both names in alphabetical order: batch+thinking."""
    valid_from: str | None = None
    """The moment from which these prices hold: YYYY-MM-DD, or YYYY-MM-DDThh:mm:ssZ, in UTC."""
    valid_from_basis: str | None = None
    """How valid_from is known: the provider states it, a source changed the price then, or the price was first seen
    then."""
    source: str | None = None
    """Where these prices can be read: an address, or words such as a contract. In llm_models.toml it confirms a price
    that looks wrong."""


class Cost(PriceList):
    """Prices in USD per million tokens (image: per image, audio: per minute), and their source; None is unknown.

    They are valid when the snapshot is made. `dated` are the whole price lists of other times, by their `valid_from`.
    """

    dated: tuple[PriceList, ...] = ()
    """The whole price lists of other times, past and announced. Of all lists, that with the latest valid_from that has
    come holds."""
