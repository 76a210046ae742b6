"""The prices of models.dev that are not plain numbers: tiers and modes. Counts are of the file of 2026-09-30."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glom import SKIP

from llm_models.classes import mode_fault
from llm_models.normalize import Drop
from llm_models.transforms.specs import is_count, price

if TYPE_CHECKING:
    from llm_models.transforms.specs import Note

# A price tier is {"tier": {"type": "context", "size": N}, ...prices}. `context_over_200k` repeats the one tier,
# whatever its size (514 times). What our tiers cannot hold is kept in `extra` as it is.

PRICES = ("input", "output", "cache_read", "cache_write", "reasoning", "input_audio", "output_audio")
TIERS = ("tiers", "context_over_200k")


def tiers(cost: Any, note: Note) -> Any:
    return _tiers(cost, note)[0] or SKIP


def tiers_in_full(cost: Any, _note: Note) -> Any:
    return _tiers(cost, _unheard)[1] or SKIP


def _unheard(*_: str) -> None:
    """`tiers` notes the same."""


def _tiers(cost: dict[str, Any], note: Note) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Our tiers, and what upstream states beyond them."""
    ours, complete = _read_tiers(cost.get("tiers", []), note)
    beyond = {} if complete else {"tiers": cost["tiers"]}
    if "context_over_200k" in cost:
        old = cost["context_over_200k"]
        if isinstance(old, dict) and not ours and complete:
            ours, complete = _read_tiers([{**old, "tier": {"type": "context", "size": 200_000}}], note)
        else:
            complete = old in [{key: tier[key] for key in tier if key != "context_over"} for tier in ours]
        if not complete:
            beyond["context_over_200k"] = old
    return ours, beyond


def _read_tiers(value: Any, note: Note) -> tuple[list[dict[str, Any]], bool]:
    """Our tiers, ascending, and whether they state all that upstream states, in its order."""
    if not isinstance(value, list):
        note("expected a list", "tiers", "dropped")
        return [], False
    ours: dict[int, dict[str, Any]] = {}
    for item in value:
        size = _tier_size(item)
        if size is None or size in ours:
            note("a tier of unknown size" if size is None else "a tier repeats a size", "tiers", "dropped")
            continue
        ours[size] = {"context_over": size}
        for key in PRICES:
            try:
                ours[size] |= {key: price(item[key], note)} if key in item else {}
            except Drop as why:
                note(str(why), f"tiers.{key}", "dropped")
    complete = len(ours) == len(value) and all(set(item) <= {"tier", *PRICES} for item in value)
    return [ours[size] for size in sorted(ours)], complete and list(ours) == sorted(ours)


def _tier_size(item: Any) -> int | None:
    match item:
        case {"tier": {"type": "context", "size": size, **more}} if not more and is_count(size, 1):
            return int(size)
    return None


# `experimental.modes` (66 modes of 57 models) has for each name {"cost": prices, "provider": {"body": ..., "headers":
# ...}}, each where known. What our modes cannot hold is kept in `extra`, where it was.


def modes(value: Any, note: Note) -> Any:
    return _read_modes(value, note)[0] or SKIP


def modes_in_full(value: Any, _note: Note) -> Any:
    return _read_modes(value, _unheard)[1] or SKIP


def _read_modes(value: Any, note: Note) -> tuple[dict[str, Any], Any]:
    """Our modes, and what upstream states beyond them."""
    if not isinstance(value, dict):
        note("expected an object", "", "dropped")
        return {}, value
    ours, beyond = {}, {}
    for name, mode in value.items():
        fault = mode_fault(name) or (None if isinstance(mode, dict) else "expected an object")
        if fault is not None:
            note(fault, "", "dropped")
            beyond[name] = mode
            continue
        rest = dict(mode)
        if read := {**_mode_prices(rest, note), **_mode_request(rest)}:
            ours[name] = read
        if rest:
            beyond[name] = rest
    return ours, beyond


def _mode_prices(mode: dict[str, Any], note: Note) -> dict[str, Any]:
    """The prices of a mode, which are taken out of it."""
    if not isinstance(mode.get("cost"), dict):
        return {}
    cost = mode.pop("cost")
    ours: dict[str, Any] = {}
    for key in PRICES:
        try:
            ours |= {key: price(cost[key], note)} if key in cost else {}
        except Drop as why:
            note(str(why), f"cost.{key}", "dropped")
    found, beyond = _tiers({key: cost[key] for key in TIERS if key in cost}, note)
    if rest := {**{key: cost[key] for key in cost if key not in (*PRICES, *TIERS)}, **beyond}:
        mode["cost"] = rest
    return {**ours, "tiers": found} if found else ours


def _mode_request(mode: dict[str, Any]) -> dict[str, Any]:
    """What a request of a mode must contain, which is taken out of it."""
    provider = mode.get("provider")
    if not isinstance(provider, dict) or not isinstance(provider.get("body"), dict) or not provider["body"]:
        return {}
    rest = {key: provider[key] for key in provider if key != "body"}
    if rest:
        mode["provider"] = rest
    else:
        del mode["provider"]
    return {"request": provider["body"]}
