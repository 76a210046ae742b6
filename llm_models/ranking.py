"""Ranking: the order in which models that fit are given, best first; standard library only.

From the most to the least important: retired models last of all, and before them deprecated ones; special ones (`LAST`)
after the rest; the preferred providers; released models before previews; the orders that were asked for; models at
their makers before those of resellers; and last the key. Where neither an order nor a provider is asked for, makers
come before all resellers, and then the newest release counts. So no answer depends on the alphabet alone, unless all
else is equal.
"""

from __future__ import annotations

from llm_models.columns import ODD
from llm_models.errors import did_you_mean, quoted, text_of, wrong_argument
from llm_models.records import DEPRECATED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Literal

    from llm_models.columns import Columns

    Order = Literal["release", "price", "cost", "context", "id"]
    Rank = Callable[[int], Any]
    """From the number of a model to where it stands: smaller is better."""

LAST = ("guard", "moving", "special")
"""The tags of models that are chosen only when they are asked for, or nothing else fits: safety classifiers, names that
mean another model tomorrow, models for one task (deep research, computer use, agents, code, audio, pictures, reading
pictures, translation) and routers, which choose another model."""
ORDERS = {
    "release": "newest release first",
    "price": "lowest price of one token of input and one of output first",
    "cost": "lowest cost of the workload first",
    "context": "largest context first",
    "id": "by provider and id",
}
"""The orders and what they mean. Of equal models the next order decides, and last the key."""


def orders_of(order_by: Any) -> tuple[Order, ...]:
    """The orders that are asked for. Raises `InvalidArgumentError` for one that does not exist."""
    one = isinstance(order_by, str) or not hasattr(order_by, "__iter__")
    orders: tuple[Any, ...] = (order_by,) if one else tuple(order_by)
    for order in orders or [order_by]:
        if order not in tuple(ORDERS):
            hint = did_you_mean(text_of(order), ORDERS)
            raise wrong_argument("order_by", f"unknown order {quoted(order)} (expected {', '.join(ORDERS)}).{hint}")
    return orders


def levels(
    columns: Columns, orders: Sequence[Order], group: Rank, resold: Rank, asked_tags: Iterable[str],
    costs: Mapping[int, Any], free: bool, at: str | None,
) -> list[Rank]:  # fmt: skip
    """The functions from a model to its rank, the most important first; smaller is better.

    `group` is the number of the group of a model, `resold` whether its provider is not its maker, `costs` its rank by
    cost. `at` is the day on which a model may be retired, None where none is.
    """
    last = {tag for tag in LAST if tag not in {*asked_tags}}

    def special(tags: str | None) -> bool:
        return tags is not None and not last.isdisjoint(tags.split(" "))

    tagged = _rank(columns, special, "tags")
    moving = _rank(columns, lambda target: "moving" in last and target is not None, "target")
    gone = [] if at is None else [_rank(columns, lambda day: day is not None and day <= at, "retires")]
    ranks = [
        *gone,
        _rank(columns, lambda bits: bits & DEPRECATED, "bits"),
        lambda row: tagged(row) or moving(row),
        group,
        _rank(columns, bool, "preview"),
    ]
    for order in orders:
        if order == "id":
            return ranks  # equals stay in order of key
        ranks.append(costs.__getitem__ if order == "cost" else _RANKS[order](columns, free))
    return [*ranks, resold]


def _rank(columns: Columns, key: Callable[[Any], Any], name: str) -> Rank:
    """The rank of a model by its value in a column."""
    meaning, text = columns.column(name)
    ranks = {letter: key(value) for letter, (value,) in meaning.items()}
    return lambda row: ranks[text[row]]


def best(rows: Sequence[int], ranks: Sequence[Rank]) -> int:
    """The best of these models, of which there is at least one; of equals the first."""
    for rank in ranks:
        if len(rows) == 1:
            break
        found = [rank(row) for row in rows]
        least = min(found)
        rows = [row for row, value in zip(rows, found, strict=True) if value == least]
    return rows[0]


def ordered(rows: Sequence[int], ranks: Sequence[Rank]) -> list[int]:
    """These models, best first; equals stay in their order."""
    return sorted(rows, key=lambda row: [rank(row) for rank in ranks])


def _by_release(columns: Columns, _free: bool) -> Rank:
    days = sorted({day or "" for day in columns.values("released")}, reverse=True)
    number = {day: at for at, day in enumerate(days)}
    return _rank(columns, lambda day: number[day or ""], "released")


def _by_context(columns: Columns, _free: bool) -> Rank:
    """By context alone: whether a price is known, unusual or 0 changes nothing in it."""
    context, odd = columns.reader("context"), _rank(columns, lambda its: _names(its, "context"), ODD)

    def rank(row: int) -> tuple[bool, int]:
        value = context(row)
        return (True, 0) if value is None else (odd(row), -value)

    return rank


def has_odd_price(columns: Columns) -> Rank:
    """Whether a price of a model is far from those of the same model at other providers, and so is not believed."""
    return _rank(columns, lambda its: _names(its, "input_price") or _names(its, "output_price"), ODD)


def is_planned(columns: Columns) -> Rank:
    """Whether a model is part of a plan or a trial, or is local: its price is not what a request costs."""
    return _rank(columns, lambda billing: billing != "usage", "billing")


def _by_price(columns: Columns, free: bool) -> Rank:
    given, made, odd = columns.reader("input_price"), columns.reader("output_price"), has_odd_price(columns)
    embeds = _rank(columns, lambda kind: kind == "embedding", "kind")
    planned = is_planned(columns)

    def rank(row: int) -> tuple[float, ...]:
        one, other = given(row), made(row)
        if other is None and embeds(row):
            other = 0
        if one is None or other is None:
            return 3, 0
        if planned(row) or (one + other == 0 and not free):
            return 2, planned(row), one + other
        return odd(row), one + other

    return rank


def _names(words: str | None, name: str) -> bool:
    return words is not None and name in words.split(" ")


_RANKS: dict[str, Callable[[Columns, bool], Rank]] = {
    "release": _by_release,
    "price": _by_price,
    "context": _by_context,
}
