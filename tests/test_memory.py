"""Functions that remember: `memory`."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_models.memory import LONGEST, MOST, remembered

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=8))
def test_the_result_is_that_of_the_function(values: list[Any]) -> None:
    """For any data, also for values that Python calls equal, such as 1, 1.0 and True."""
    recalled = remembered(repr)
    for value in [*values, 1, True, 1.0, *values, [1], [True], [1.0], {"a": 1}, {"a": True}]:
        assert recalled(value) == repr(value)


@pytest.mark.parametrize(("value", "calls"), [({"a": [1, "b"]}, 1), (IntEnum("One", ["A"])(1), 2), ("x" * LONGEST, 2)])
def test_what_is_remembered(value: Any, calls: int) -> None:
    """Short plain data. What its class alone knows, and long texts, are looked at each time."""
    seen: list[Any] = []
    recalled = remembered(seen.append)
    recalled(value)
    recalled(value)
    assert len(seen) == calls


def test_it_remembers_no_more_than_it_may() -> None:
    seen: list[int] = []
    recalled = remembered(seen.append)
    for _ in range(2):
        for value in range(MOST + 2):
            recalled(value)
    assert len(seen) == MOST + 4
