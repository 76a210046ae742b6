"""Prices of an entry that are probably wrong: in another unit, far off, incomplete, or under a mistyped name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.advice import as_toml
from llm_models.case import Case, Finding, counted, example
from llm_models.counts import FEES
from llm_models.dependents import RULES, clashes
from llm_models.errors import quoted
from llm_models.modes import SERVED
from llm_models.odd_prices import number, odd_prices
from llm_models.origins import leaves
from llm_models.outcomes import Outcomes, deciding
from llm_models.own_prices import LISTS, at_list_price, replaced
from llm_models.similarity import mistyped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from llm_models.document import DocumentPath
    from llm_models.frozen import ModelKey
    from llm_models.layers import Entry
    from llm_models.merge import Path
    from llm_models.odd_prices import Odd


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


def beside_list_prices(case: Case) -> Iterator[Finding]:
    """An own price of a model of which other prices stay as the catalogue lists them."""
    outcomes = Outcomes(case)
    for entry in () if case.layer.only_patches else case.entries():
        found: dict[ModelKey, tuple[Path, list[str]]] = {}
        for key in outcomes.of(entry) if "cost" in entry.fields else ():
            before = (outcomes.before(*key) or outcomes.start(*key) or {}).get("cost", {})
            ground, entries = dict(leaves(before, ("cost",))), case.run.changing(*key)
            own = [path for path in replaced(ground, entries) if _is_of(entry, entries, path)]
            kept = at_list_price(ground, [*outcomes.copied(key), *entries]) if own else []
            if kept and not any(odd.severity == "error" for odd in odd_prices(entry.fields["cost"], before)):
                told = _contradictions(before, entries)
                if kept := [name for name in kept if name not in told]:
                    found[key] = own[0], kept
        if found:
            path = next(iter(found.values()))[0]
            names = [*dict.fromkeys(name for _, kept in found.values() for name in kept)]
            text = f"{_joined(names)} {'stays' if len(names) == 1 else 'stay'} at list price"
            if entry.match is not None:
                text += f" in {counted(entry, [*found])}, such as {example(entry, next(iter(found)))}"
            yield Finding(entry.provider, (*entry.path, *path), text, _how_to_settle(names))


def _contradictions(cost: dict[str, Any], entries: Sequence[Entry]) -> set[str]:
    """The list prices that cannot stand beside the own ones, which `dependent_checks` reports."""
    for entry in entries:
        cost = {**cost, **entry.fields.get("cost", {})}
    return {clash.other.removeprefix("cost.") for clash in clashes({"cost": cost}, _OF_PRICES)}


_OF_PRICES = [rule for rule in RULES if rule.field.startswith("cost.")]


def _is_of(entry: Entry, entries: Sequence[Entry], path: Path) -> bool:
    """Whether the value of a field that stands is that of an entry."""
    by = deciding(entries, path)
    return by is not None and by.is_part_of(entry)


def _how_to_settle(names: Sequence[str]) -> str:
    """What the author of an own price can do with the list prices beside it."""
    groups = [*dict.fromkeys("cost.modes" if name.startswith("modes.") else f"cost.{name}" for name in names)]
    gaps = groups if all(name in LISTS or name.startswith("modes.") for name in names) else ["cost"]
    what = "it" if len(names) == 1 else "them"
    return f"State {what} too (the same price confirms it), or write omit = {as_toml(gaps)}."


def _joined(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


NAMES = {"modes": {"batch", *SERVED}, "fees": {"request", *FEES}}
"""The names of modes and fees that usages have; others are free."""


def near_names(case: Case) -> Iterator[Finding]:
    """A price under nearly the name of a mode or fee, whose own price it leaves as it is."""
    outcomes = Outcomes(case)
    for entry in () if case.layer.only_patches else case.entries():
        for kind, usual in NAMES.items():
            stated = entry.value("cost", kind) or {}
            if names := [name for name in stated if name not in usual and isinstance(name, str)]:
                records = [outcomes.before(*key) or outcomes.start(*key) or {} for key in outcomes.of(entry)]
                known = usual.union(*(one.get("cost", {}).get(kind, {}) for one in records))
                for name in names:
                    if (right := _meant(name, known)) is not None:
                        text = f"unknown {kind[:-1]} {quoted(name)}; it changes no price of a known {kind[:-1]}"
                        yield Finding(
                            entry.provider, (*entry.path, "cost", kind, name), text, f"Did you mean '{right}'?"
                        )


def _meant(name: str, known: Collection[str]) -> str | None:
    """The known name that a name is a mistyped form of; None for one that is known, or that only begins like one."""
    if name in known or any(name.startswith(f"{one}_") for one in known):
        return None
    return next(iter(mistyped(name, sorted(known))), None)


CHECKS = (implausible, beside_list_prices, near_names)
