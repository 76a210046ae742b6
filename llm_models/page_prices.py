"""Page prices: the rows of `rates`, in the form in which the calculator of the page reads them.

Nothing is decided here, and nothing in the page but which row a request matches. What many models have alike is stored
once.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from llm_models.bills import written
from llm_models.errors import printable
from llm_models.rates import FIRST, LARGEST, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.rates import Row
    from llm_models.records import Model
    from llm_models.view import View

_EPOCH, _MILLISECOND = datetime(1970, 1, 1), timedelta(milliseconds=1)


class _Stored:
    """Values, each stored once."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[str, int] = {}

    def number(self, value: Any) -> int:
        """The position of a value, which is added where it is new."""
        key = json.dumps(value)
        if key not in self._numbers:
            self._numbers[key] = len(self.values)
            self.values.append(value)
        return self._numbers[key]


class PagePrices:
    """The prices of models for the page.

    A model has one of `times`: [since, list, whether it is certain that this list holds], oldest first. `since` is in
    milliseconds since 1970, None for the first. One of `lists` is a list of rows: [mode, start, end, days, over, upto,
    rates], as a `rates.Row` has them; an `upto` of None has no end. One of `rates` is a list of prices: [class, rate as
    text, tier, why, whether the class has a price of its own].
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._rates, self._lists, self._times = _Stored(), _Stored(), _Stored()

    def of(self, model: Model) -> int:
        """The position in `times` of what a model costs, at any time."""
        found: list[list[Any]] = []
        for time, rows in groupby(rows_of(self._view, model), lambda row: row.time):
            since = None if time.since == FIRST else (time.since - _EPOCH) // _MILLISECOND
            found.append([since, self._lists.number([*map(self._row, rows)]), time.valid.certain])
        return self._times.number(found)

    def _row(self, row: Row) -> list[Any]:
        hours, upto = row.hours, None if row.upto == LARGEST else row.upto
        rates = self._rates.number([
            [printable(name), written(one.rate), one.context_over, one.why, one.taken_from is None]
            for name, one in row.prices.items()
        ])  # fmt: skip
        return [printable(row.mode), hours.start, hours.end, hours.days, row.over, upto, rates]

    def shared(self) -> Mapping[str, Any]:
        """What the models share."""
        return {"times": self._times.values, "lists": self._lists.values, "rates": self._rates.values}
