"""Entries: history files that are damaged, or changed and signed again."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from support import forging

from fuzz import world
from fuzz.changes import as_json
from fuzz.forged import NAME, answers, change_bytes, damaged_of, is_any, names_of, put_into, puts_of
from fuzz.harness import Entry, holds
from llm_models.errors import SnapshotError
from llm_models.timeline import History
from llm_models.timeline_fold import Observation, extended, folded, united, with_prices, without_prices
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from fuzz.forged import Questions


def _of_history() -> dict[str, Callable[[Any], object]]:
    asked: dict[str, Callable[[Any], object]] = {
        "date": lambda one: one.date,
        "days": lambda one: one.days,
        "folded": folded,
    }
    for provider in ("acme", "other", "left", "nobody"):
        asked[f"provider {provider}"] = lambda one, p=provider: one.of_provider(p)
        for name in ("a", "ab", "b", "gpt-4o", "x"):
            asked[f"model {provider} {name}"] = lambda one, p=provider, m=name: one.of_model(p, m, {"input": 1})
            asked[f"known {provider} {name}"] = lambda one, p=provider, m=name: one.knows(p, m)
            asked[f"price {provider} {name}"] = lambda one, p=provider, m=name: one.price_on(p, m, "2026-02-15")
    return asked


OF_HISTORY: Questions = _of_history()


@cache
def _whole_history(name: str) -> dict[str, object]:
    whole = History(world.history_files()[name], NAME)
    return {title: repr(ask(whole)) for title, ask in OF_HISTORY.items()}


def damaged_history(data: bytes) -> bool:
    """As `damaged_snapshot`, of a history."""
    name, damaged = damaged_of(world.history_files(), data)
    file = History(damaged, NAME)
    for question, found in answers(OF_HISTORY, file, data).items():
        holds(
            found in (SnapshotError, _whole_history(name)[question]),
            f"a damaged history gives another answer ({question})",
        )
    file.verify()
    holds(damaged == world.history_files()[name], "a damaged history passes for whole")
    return True


@cache
def _history_apart(name: str) -> dict[str, Any]:
    return forging.history_apart(world.history_files()[name])


def _change_history(rng: Random, seeds: Sequence[Any]) -> bytes:
    name = rng.choice(seeds)
    return as_json(
        {"of": name, "put": puts_of(rng, _history_apart(name), is_any, keeps_type=rng.random() < 0.5)}
    ).encode()


def signed_history(data: bytes) -> History:
    """The history with other content and right checksums."""
    parts = put_into(_history_apart, [*world.history_files()], data)
    file = History(forging.history_together(parts), NAME)
    answers(OF_HISTORY, file, data)
    file.verify()
    folded(file)
    return file


def check_history(_data: bytes, file: History) -> None:
    """What can be read whole is written as what reads the same, and can be continued and united with another one."""
    whole = folded(file)
    again = History(encode(whole, file.own if isinstance(file.own, dict) else None), NAME)
    holds(folded(again) == whole, "a history is written as another one")
    for provider, part in whole.providers.items():
        holds(again.of_provider(provider) == file.of_provider(provider), "a provider is written as another one")
        for name in part.ids:
            holds(again.of_model(provider, name) == file.of_model(provider, name), "a model is written as another one")
    known = with_prices(whole, Observation(file.date, {}))
    seen = Observation("9999-12-31", {"acme": {"a": None, "new": None}})
    if file.date < seen.day:
        later = History(encode(without_prices(extended(known, seen))), NAME)
        holds(later.date == seen.day and later.knows("acme", "new"), "a history that goes on lacks what was seen")
    other = with_prices(folded(History(world.history_files()["own"], NAME)), Observation("2026-04-01", {}))
    both = History(encode(united(other, known)), NAME)
    holds(all(map(both.knows, whole.providers)), "a history that is united with another one lacks a provider")


ENTRIES = {
    "history_damaged": Entry(
        seeds=partial(names_of, world.history_files),
        change=partial(change_bytes, world.history_files),
        call=damaged_history,
        errors=(SnapshotError,),
        laws=(),
        planted="llm_models.timeline._header",
    ),
    "history_signed": Entry(
        seeds=partial(names_of, world.history_files),
        change=_change_history,
        call=signed_history,
        errors=(SnapshotError,),
        laws=(check_history,),
        planted="llm_models.timeline.check_whole",
    ),
}
