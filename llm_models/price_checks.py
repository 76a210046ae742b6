"""Prices of an entry that are probably wrong: in another unit, or far from the price that they replace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.case import Case, Finding, counted, example
from llm_models.odd_prices import number, odd_prices
from llm_models.outcomes import Outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llm_models.document import DocumentPath
    from llm_models.layers import Entry
    from llm_models.odd_prices import Odd
    from llm_models.records import ModelKey


def implausible(case: Case) -> Iterator[Finding]:
    """A price in another unit, or far off the one that it replaces."""
    outcomes = Outcomes(case)
    for entry in case.entries():
        cost: Any = entry.fields.get("cost")
        found: dict[DocumentPath, list[tuple[ModelKey, Odd]]] = {}
        for key in outcomes.of(entry) if cost else ():
            before = outcomes.before(*key) or outcomes.start(*key) or {}
            for odd in odd_prices(cost, before.get("cost", {})):
                found.setdefault(odd.path, []).append((key, odd))
        for path, odds in found.items():
            odd, text = _summary(entry, odds)
            yield Finding(entry.provider, (*entry.path, "cost", *path), text, odd.hint, severity=odd.severity)


def _summary(entry: Entry, odds: Sequence[tuple[ModelKey, Odd]]) -> tuple[Odd, str]:
    """The worst that is odd about a price, and the message: for many models with their number and an example."""
    errors = [pair for pair in odds if pair[1].severity == "error"]
    key, odd = (errors or odds)[0]
    if entry.match is None:
        return odd, odd.text()
    keys = [one for one, its in odds if its.what == odd.what]
    old = "" if odd.replaced is None else f" ({number(odd.replaced)})"
    return odd, f"{odd.what} in {counted(entry, keys)}, such as {example(entry, key)}{old}"


CHECKS = (implausible,)
