"""Current prices: which of the price lists of a record is the one of a day. It imports no other module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


ALWAYS = "0001-01-01"
"""The `valid_from` of a list in `dated` of which no first day is stated: it holds before all others."""
LAST = "9999-12-31"
"""The last day: that of the list which was stated last, also if its day has not come."""


def of_day(cost: Mapping[str, Any], day: str) -> dict[str, Any]:
    """A cost whose flat prices are those of a day, `YYYY-MM-DD`; its other lists are `dated`, by their first moment.

    That is the list with the latest `valid_from` that has come; before the first one, the first. At any moment, a
    request costs what it cost before.

    >>> of_day({"input": 2, "dated": [{"input": 4, "valid_from": "2026-11-01"}]}, "2026-11-27")
    {'valid_from': '2026-11-01', 'input': 4, 'dated': [{'valid_from': '0001-01-01', 'input': 2}]}
    """
    flat = {key: value for key, value in cost.items() if key != "dated"}
    lists = sorted([{"valid_from": ALWAYS, **one} for one in (flat, *cost.get("dated", ()))], key=_start)
    current = [one for one in lists if _start(one) <= day][-1:] or lists[:1]
    others = [one for one in lists if one is not current[0]]
    found = {key: value for key, value in current[0].items() if (key, value) != ("valid_from", ALWAYS)}
    return {**found, "dated": others} if others else found


def _start(prices: Mapping[str, Any]) -> str:
    return str(prices["valid_from"])
