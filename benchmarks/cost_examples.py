"""A worked example as a library takes it: its prices, its mode, its moment and its counts; for `cost_peers.py`."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Example = dict[str, Any]


class CannotStateError(Exception):
    """The library has no place for a price, a count or a condition that the bill of an example needs."""


def exact(price: Any) -> Decimal:
    """A price of an example as a decimal."""
    return Decimal(str(price))


def prices_of(one: Example) -> dict[str, Any]:
    """The prices that hold: where an application replaced some, with those."""
    prices: dict[str, Any] = {**one["prices"], **one.get("override", {}).get("cost", {})}
    return prices


def lists_of(one: Example) -> list[dict[str, Any]]:
    """The price lists of all times, the oldest first."""
    prices = prices_of(one)
    return sorted((*prices.get("dated", ()), prices), key=lambda stated: str(stated.get("valid_from", "")))


def modes_of(one: Example) -> dict[str, dict[str, Any]]:
    """The prices of each mode, by the word with which a request asks for it and a response names it."""
    return {
        stated.get("request", {}).get("service_tier", name): {key: stated[key] for key in stated if key != "request"}
        for name, stated in prices_of(one).get("modes", {}).items()
    }


def served(one: Example) -> str | None:
    """The word for the mode that is billed: what the response states, except of a batch; else what was asked for."""
    stated, asked = one["usage"].get("response", {}).get("service_tier"), one.get("mode")
    word = asked if asked == "batch" or stated is None else stated
    return None if word in (None, "default") else str(word)


def moment(one: Example) -> datetime:
    """The moment of the request."""
    return datetime.fromisoformat(one["at"]) if "at" in one else datetime.now(UTC)


def plain_counts(one: Example, held: set[str]) -> dict[str, int]:
    """The counts for a library that takes fresh input, output, and those in `held`.

    Raises `CannotStateError` where another count, or a fee for each request, has a price of its own.
    """
    used, prices = one["normalized"], prices_of(one)
    others = {name for name in used if used[name]} - {"input", "output", "mode", "requests", "reported", *held}
    if "reasoning" not in prices:
        others -= {"reasoning"}
    if others or "request" in prices.get("fees", {}):
        raise CannotStateError
    counts = {name: used.get(name, 0) for name in ("output", "cache_read", "cache_write", "cache_write_1h")}
    return {**counts, "fresh": used.get("input", 0) - counts["cache_read"] - counts["cache_write"]}
