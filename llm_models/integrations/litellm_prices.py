"""LiteLLM's own price list: changing rows of `litellm.model_cost`, asking LiteLLM what it then answers, restoring them.

`litellm.register_model` is not used. It also adds names to the lists that decide to which provider a request goes, and
writes values that LiteLLM derived into the rows. A row that is changed in place keeps its route, flags and limits.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isclose
from threading import RLock
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings

from llm_models.errors import printable
from llm_models.integrations import client_library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Bill", "Row", "change_rows", "known_day", "newest_day", "own_row", "restore_rows", "signs_in", "work_on",
           "wrong_answer"]  # fmt: skip

_LOCK = RLock()

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Row:
    """What to write into a row: prices. A row that LiteLLM does not have also gets `guessed` and, over it, `fields`."""

    prices: Mapping[str, Any]
    guessed: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bill:
    """A request, in tokens, and what our record charges for it, in USD. `prompt` includes the cached tokens.

    `tier` is the way to be served (LiteLLM's `service_tier`).
    """

    prompt: int
    cache_read: int
    cache_write: int
    completion: int
    usd: float
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """`rows` is the list at that time. `whole` is an added row as we wrote it, None for a row that was there."""

    rows: dict[str, Any]
    row: dict[str, Any]
    before: dict[str, Any]
    ours: dict[str, Any]
    whole: dict[str, Any] | None
    guessed: Mapping[str, Any]


_changes: dict[str, _Change] = {}
"""Our changes, by the name of the row, in the order in which they were made."""

_names: dict[int, str] = {}
"""The identity of a changed row -> its name in `_changes`. An alias and its model share one row."""


@contextmanager
def work_on(litellm: Any) -> Iterator[None]:
    """Let no other thread change rows, and keep LiteLLM's hints and warnings away from the caller.

    It prints a hint for each name that it does not know, and imports parts of itself when it is asked. A list that
    LiteLLM loaded again has no value of ours: a price that equals ours is its own.
    """
    with _LOCK:
        rows = litellm.model_cost
        for name, change in list(_changes.items()):
            if rows is not change.rows and rows.get(name) is not change.row:
                del _changes[name], _names[id(change.row)]
        shown = litellm.suppress_debug_info
        litellm.suppress_debug_info = True
        try:
            with catch_warnings(action="ignore"):
                yield
        finally:
            litellm.suppress_debug_info = shown


def signs_in() -> set[str]:
    """The providers at which LiteLLM signs in, with a prompt to the user, before it answers about a model."""
    constants = client_library("litellm.constants", "litellm")
    return {"chatgpt", "github_copilot", *getattr(constants, "PROVIDERS_THAT_AUTHENTICATE_ON_PROVIDER_INFO", ())}


def own_row(litellm: Any, name: str) -> tuple[str | None, Mapping[str, Any]]:
    """Which row LiteLLM reads for a name, and the row without our changes.

    Where LiteLLM has no row, the first is None, and the second is what it guesses from the name.
    """
    try:
        read = dict(litellm.get_model_info(name))
    except Exception:  # it raises plain Exception for a model that it does not know
        return None, {}
    key = read.pop("key")
    if key not in litellm.model_cost:
        read.pop("supported_openai_params", None)
        return None, {each: value for each, value in read.items() if value is not None}
    changed = _changed_name(litellm, key)
    if changed is None:
        return key, litellm.model_cost[key]
    change = _changes[changed]
    if change.whole is not None:
        return None, change.guessed if key == name else {}
    row = dict(litellm.model_cost[key])
    _revert(row, change)
    return key, row


def change_rows(litellm: Any, rows: Mapping[str, Row]) -> dict[str, str]:
    """Write rows, in place of our earlier changes of the same rows.

    A row that would change the route of any name that LiteLLM knows or that we write, with or without its provider,
    stays as it was before our changes. Returns these rows, each with a name whose route it would change.
    """
    if not rows:
        return {}
    bare = {name.partition("/")[2] or name for name in rows}
    names = {*litellm.model_cost, *getattr(litellm, "model_list_set", ()), *rows, *bare}
    return _change_rows(litellm, rows, _routes(litellm, sorted(names)))


def _change_rows(litellm: Any, rows: Mapping[str, Row], before: Mapping[str, Any]) -> dict[str, str]:
    for key, row in rows.items():
        _write(litellm, key, row)
    _forget_answers()
    after = _routes(litellm, before)
    changed = next((name for name, route in before.items() if after[name] != route), None)
    if changed is None:
        return {}
    restore_rows(litellm, rows)
    if len(rows) == 1:
        return dict.fromkeys(rows, changed)
    keys = list(rows)
    halves = keys[: len(keys) // 2], keys[len(keys) // 2 :]  # the rows to blame are found by halving
    return {k: v for half in halves for k, v in _change_rows(litellm, {k: rows[k] for k in half}, before).items()}


def restore_rows(litellm: Any, keys: Iterable[str] | None = None) -> list[str]:
    """Undo our changes of rows, or all. Returns the rows in which something else replaced a value of ours: it stays."""
    names = list(_changes) if keys is None else [name for key in keys if (name := _changed_name(litellm, key))]
    left = [name for name in names if not _restore(litellm, name)]
    _forget_answers()
    return sorted(left)


def _routes(litellm: Any, names: Iterable[str]) -> dict[str, Any]:
    """`litellm.get_llm_provider` of each name, or the class of its error, except for `signs_in` providers."""
    closed = signs_in()
    found: dict[str, Any] = {}
    for name in names:
        if name.partition("/")[0] not in closed:
            try:
                found[name] = litellm.get_llm_provider(name)
            except Exception as error:
                found[name] = type(error)
    return found


def wrong_answer(litellm: Any, name: str, key: str, prices: Mapping[str, Any], bills: Iterable[Bill]) -> str | None:
    """What LiteLLM answers differently from `prices` and `bills` for a name, None where all agrees."""
    try:
        read = litellm.get_model_info(name)
        if litellm.model_cost.get(read["key"]) is not litellm.model_cost[key]:
            return f"LiteLLM reads it as '{printable(read['key'])}'"
        for each, price in prices.items():
            if not _same(read.get(each, price), price):
                return f"LiteLLM reports another {each} (found {read[each]}, expected {price})"
        for bill in bills:
            mode = {} if bill.tier is None else {"service_tier": bill.tier}
            charged = sum(litellm.cost_per_token(model=name, usage_object=_usage(litellm, bill), **mode))
            if not _same(charged, bill.usd):
                size = f"{bill.prompt:,} + {bill.completion:,} tokens{f' ({bill.tier})' if bill.tier else ''}"
                return f"LiteLLM charges another price for {size} (found {charged:.9g} USD, expected {bill.usd:.9g})"
    except Exception as error:  # it raises plain Exception for a model that it does not know
        return f"LiteLLM does not answer for it ({type(error).__name__})"
    return None


def _usage(litellm: Any, bill: Bill) -> Any:
    cached = {"cached_tokens": bill.cache_read, "cache_creation_tokens": bill.cache_write}
    return litellm.Usage(
        prompt_tokens=bill.prompt,
        completion_tokens=bill.completion,
        total_tokens=bill.prompt + bill.completion,
        prompt_tokens_details={kind: tokens for kind, tokens in cached.items() if tokens},
    )


_DAY = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])(?!\d)")


def newest_day(names: Iterable[str], today: str) -> str | None:
    """A day on which a list of LiteLLM's is known to have been current, `YYYY-MM-DD`; it may be newer. None: not known.

    A list states no date. A name with a day, such as `gpt-5.4-mini-2026-03-17`, was not there before that day.
    """
    days = {"-".join(match.groups()) for name in names for match in _DAY.finditer(name)}
    return max((day for day in days if day <= today), default=None)


def known_day(litellm: Any, today: str) -> str | None:
    """The `newest_day` of the list that LiteLLM uses, without our rows. A list that it fetched is that of the day."""
    ours = {name for name, change in _changes.items() if change.whole is not None}
    day = newest_day(litellm.model_cost.keys() - ours, today)
    told = getattr(client_library("litellm.litellm_core_utils.get_model_cost_map", "litellm"), _ABOUT, None)
    about = told() if told is not None else {}
    if about.get("source") == "remote" and about.get("loaded_at"):
        return max(day or "", str(about["loaded_at"])[:10])
    return day


_ABOUT = "get_model_cost_map_source_info"


def _changed_name(litellm: Any, key: str) -> str | None:
    """The name under which `_changes` has the row of `key`."""
    if key in _changes:
        return key
    row = litellm.model_cost.get(key)
    name = _names.get(id(row))
    return name if name is not None and _changes[name].row is row else None


def _same(one: object, other: object) -> bool:
    """Whether two values are equal; two prices differ in the last digits if they were computed in different ways."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-15)
    return one == other


def _write(litellm: Any, key: str, row: Row) -> None:
    name = _changed_name(litellm, key)
    if name is not None:
        _restore(litellm, name)
    rows = litellm.model_cost
    new = key not in rows
    target = rows.setdefault(key, {**row.guessed, **row.fields})
    ours = {each: price for each, price in row.prices.items() if not _same(target.get(each, _ABSENT), price)}
    if ours or new:
        before = {each: target.get(each, _ABSENT) for each in ours}
        target.update(ours)
        _changes[key] = _Change(rows, target, before, ours, dict(target) if new else None, row.guessed)
        _names[id(target)] = key


def _restore(litellm: Any, name: str) -> bool:
    """Undo one change. Returns whether its row still held all our values."""
    change = _changes.pop(name)
    del _names[id(change.row)]
    row = litellm.model_cost.get(name)
    if row is None:
        return False
    if change.whole is not None and row == change.whole:
        del litellm.model_cost[name]
        return True
    return _revert(row, change) and change.whole is None


def _revert(row: dict[str, Any], change: _Change) -> bool:
    """Put back what the fields of a row held that still have our values. Returns whether all had."""
    held = [each for each, value in change.ours.items() if row.get(each, _ABSENT) == value]
    for each in held:
        if change.before[each] is _ABSENT:
            del row[each]
        else:
            row[each] = change.before[each]
    return len(held) == len(change.ours)


def _forget_answers() -> None:
    """Clear LiteLLM's caches of its list, as its `register_model` does."""
    utils = client_library("litellm.utils", "litellm")
    forget = getattr(utils, "_invalidate_model_cost_lowercase_map", None)
    if forget is not None:  # without it `wrong_answer` finds what LiteLLM still has from before
        forget()
