"""Prices for one token or one use become ours without an error of floating point."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_models.normalize import Drop
from llm_models.transforms.units import per_hour, per_million, per_token, per_use


def unheard(*_: str) -> None:
    raise AssertionError("nothing is repaired")


@given(st.decimals(0, 1000, places=9))
def test_a_price_per_token_has_the_same_digits(theirs: Decimal) -> None:
    wanted = theirs * 1_000_000
    if wanted <= 1_000_000:
        assert Decimal(repr(per_token(format(theirs, "f"), unheard))) == Decimal(repr(float(wanted)))


@pytest.mark.parametrize(
    ("check", "theirs", "ours"),
    [
        (per_token, "0.00000045", 0.45),
        (per_token, 4.5e-07, 0.45),
        (per_token, 2.9e-06, 2.9),
        (per_token, "0", 0),
        (per_use, "0.004", 4),
        (per_use, 0.035, 35),
        (per_hour, "0.111", 0.00185),
        (per_hour, 6, 0.1),
        (per_million, "0.075", 0.075),
        (per_million, "15", 15),
    ],
)
def test_the_unit(check: Any, theirs: Any, ours: float) -> None:
    assert repr(check(theirs, unheard)) == repr(ours)


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ("-1", "-1 means unknown"),
        (-1, "-1 means unknown"),
        ("-0.5", "a price below 0"),
        ("2", "a price above 1,000,000"),
        ("free", "expected a price as a number"),
        ("NaN", "expected a price as a number"),
        (float("inf"), "expected a price as a number"),
        (True, "expected a price as a number"),
        (None, "expected a price as a number"),
        ("1e999999999", "expected a price as a number"),
        ("1e999990", "a price above 1,000,000"),
        ("-1e999990", "a price below 0"),
        ("1e-999990", "a price too small to be one"),
    ],
)
def test_what_is_no_price_is_dropped(theirs: Any, why: str) -> None:
    with pytest.raises(Drop, match=why):
        per_token(theirs, unheard)
