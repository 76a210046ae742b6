"""Memory: functions of plain data that remember what they found; standard library only.

The records of a source share most of their values: thousands of models have the same limits, modalities or options.
"""

from __future__ import annotations

from marshal import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Result = TypeVar("Result")

MOST = 16384
"""The most results that a function remembers."""
LONGEST = 1000
"""Shorter values are remembered: shorter in characters of a text, in bytes of other data."""


def remembered(function: Callable[[Any], Result]) -> Callable[[Any], Result]:
    """The function, which is called once for equal data of the same types: 1 is neither True nor 1.0.

    Only what JSON can hold, short, is remembered. The result is shared, so nobody may change it.

    >>> calls = []
    >>> twice = remembered(lambda value: calls.append(value) or [value, value])
    >>> twice({"a": 1}), twice({"a": 1}), twice({"a": 1.0}), len(calls)
    ([{'a': 1}, {'a': 1}], [{'a': 1}, {'a': 1}], [{'a': 1.0}, {'a': 1.0}], 2)
    """
    texts: dict[Any, Result] = {}
    others: dict[Any, Result] = {}

    def recalled(value: Any) -> Result:
        known, key = texts, value
        if value.__class__ is not str:
            try:
                known, key = others, dumps(value, 2)  # later versions write equal data in several ways
            except ValueError:  # it is, or holds, an object of another class
                return function(value)
        if key in known:
            return known[key]
        result = function(value)
        if len(known) < MOST and len(key) < LONGEST:
            known[key] = result
        return result

    return recalled
