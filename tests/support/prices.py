"""Made-up prices: a catalogue of one model, and random price lists and usages that are possible."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from llm_models import Model, Snapshot, Usage
from llm_models.classes import CLASSES
from support import catalogues

if TYPE_CHECKING:
    from llm_models import Bill

SPEC = "acme:m"
FULL = {"input": 2, "output": 8, "cache_read": 0.5, "cache_write": 2.5, "cache_write_1h": 4, "fees": {"web_search": 10}}
"""A price list with a class of each sort."""


def catalogue(**cost: Any) -> Snapshot:
    """A catalogue of one model with these prices."""
    return Snapshot(catalogues.made_up({"acme": {"m": {"cost": cost}}}))


@cache
def small() -> Snapshot:
    """A catalogue for models that a test makes itself."""
    return catalogue(input=1)


def bill(cost: dict[str, Any], /, at: Any = "2026-06-01", mode: str | None = None, **usage: Any) -> Bill:
    """The bill of a usage by these prices."""
    model = Model.from_dict({"provider": "acme", "id": "made", "cost": cost})
    return small().cost(model, Usage(**usage), at, mode)


def lines(made: Bill) -> list[tuple[str, Any, str, str | None]]:
    """The lines of a bill: class, quantity, rate and why."""
    return [(line.cls, line.quantity, f"{line.rate:f}", line.why) for line in made.lines]


TOKENS = [one.name for one in CLASSES]
_PRICE = st.sampled_from([0, 0.05, 0.1, 1, 1.25, 3, 15, 0.04999999999999999, 200])
_CLASSES = st.dictionaries(st.sampled_from(TOKENS), _PRICE, max_size=8)
SMALLEST = 1000
"""The smallest size of input above which a random list has a tier."""
_SIZES = (SMALLEST, 200_000, 272_000)


def _with(base: Any, **parts: Any) -> Any:
    """A map with some of the parts in it."""
    return st.builds(lambda one, more: {**one, **more}, base, st.fixed_dictionaries({}, optional=parts))


_TIERS = st.lists(
    st.builds(lambda over, prices: {"context_over": over, **prices}, st.sampled_from(_SIZES), _CLASSES),
    max_size=3,
    unique_by=lambda tier: tier["context_over"],
)
_HOURS = st.sampled_from([("00:00", "12:00"), ("16:30", "00:30"), ("12:00", "16:00")]).flatmap(
    lambda utc: st.builds(lambda prices: [{"utc": [*utc], **prices}], _CLASSES)
)
_FEES = st.dictionaries(st.sampled_from(["web_search", "request", "ocr"]), _PRICE, max_size=2)
_MODE = _with(_CLASSES, tiers=_TIERS, hours=_HOURS, fees=_FEES)
_MODES = st.dictionaries(st.sampled_from(["batch", "flex", "batch+thinking"]), _MODE, max_size=2)
_LIST = _with(_CLASSES, tiers=_TIERS, hours=_HOURS, fees=_FEES, modes=_MODES, image=_PRICE, audio=_PRICE)
_DAYS = ("2026-01-01", "2026-05-01T12:00:00Z", "2026-06-01")
_DATED = st.lists(
    st.builds(lambda day, prices: {"valid_from": day, **prices}, st.sampled_from(_DAYS), _LIST),
    max_size=3,
    unique_by=lambda one: one["valid_from"],
)
COSTS = _with(_LIST, dated=_DATED)
"""Random prices of a record."""


@st.composite
def usages(draw: Any, most: int = 100_000) -> Usage:
    """A random usage of one request that is possible: disjoint parts, added up to their wholes."""
    alone = draw(st.dictionaries(st.sampled_from(TOKENS), st.integers(0, most), min_size=1, max_size=6))
    total = dict.fromkeys(TOKENS, 0) | alone
    for one in reversed(CLASSES):  # parts before their wholes
        for whole in one.part_of:
            total[whole] += total[one.name]
    # What is cached and audio is in the input once, though it is in two parts of it.
    total["input"] -= total["cache_read_audio"] + total["cache_read_image"]
    stated = {name: number for name, number in total.items() if number or name in alone}
    return Usage(**stated, web_search=draw(st.sampled_from([None, 0, 3])))
