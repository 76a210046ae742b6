"""Observations: what a source listed on a day, at which prices, as the history compares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.costs import Cost
from llm_models.days import day_of
from llm_models.frozen import FrozenDict, freeze, thaw
from llm_models.order import ordered
from llm_models.origins import fields_of
from llm_models.timeline_fold import Observation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from llm_models.origins import Tail
    from llm_models.snapshot_file import SnapshotFile


BESIDE = ("valid_from", "valid_from_basis", "source", "dated")
"""The fields of a cost that are no price which a source states for the day."""


def price_of(cost: Any) -> FrozenDict:
    """A price list as a history compares it: with the prices of `Cost`, and 1.0 as 1.

    A number of more than 63 bits stays a float, because no file holds it as an integer.
    """
    prices = {field: price for field, price in ordered(cost, Cost).items() if field not in BESIDE}
    price: FrozenDict = freeze(_plain(prices))
    return price


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1 << 63
    return int(value) if is_whole else value


def observed_records(
    records: Mapping[str, Mapping[str, Any]],
    day: str,
    unseen: Collection[str] = (),
    price: Callable[[Any], FrozenDict] = price_of,
) -> Observation:
    """The observation of a source's records, as `normalize` gives them; `price` does what `price_of` does."""
    listed = {
        provider: {model_id: price(record.get("cost", {})) for model_id, record in part["models"].items()}
        for provider, part in records.items()
    }
    return Observation(day_of(day), listed, unseen)


def observed_file(file: SnapshotFile, day: str) -> Observation:
    """The observation of the source from which a base was built.

    Prices of other layers are not the source's: theirs are used that these replaced. A model that a layer excluded was
    listed, at a price that is not known.
    """
    tail = file.tail()
    listed: dict[str, dict[str, FrozenDict | None]] = {}
    for provider in file.blocks:
        models = file.block(provider).models()
        listed[provider] = {line["id"]: _source_price(line, tail, f"{provider}:{line['id']}") for line in models}
    for spec in tail["removed"]:
        provider, _, model_id = spec.partition(":")
        listed.setdefault(provider, {}).setdefault(model_id, None)
    return Observation(day_of(day), listed)


def listed_price(file: SnapshotFile, tail: Tail, provider: str, model_id: str) -> FrozenDict | None:
    """The price at which the source of a base listed a model; None where the base, with this tail, does not have it."""
    line = file.line(provider, model_id)
    return None if line is None else _source_price(line, tail, f"{provider}:{model_id}")


def _source_price(line: Mapping[str, Any], tail: Tail, spec: str) -> FrozenDict:
    cost = {"cost": thaw(line.get("cost", {}))}
    for path, origin in fields_of(tail, spec).items():
        if path[0] == "cost":
            part: Any = cost
            for step in path[:-1]:
                part = part.setdefault(step, {})
            if (before := origin.get("replaced")) is None:  # the source states nothing here
                part.pop(path[-1], None)
            else:
                part[path[-1]] = before
    return price_of(cost["cost"])
