"""Where each entry of LiteLLM's map belongs: its provider and id of ours, its successor and its dated id.

Counts are of the map of LiteLLM 1.110.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from llm_models.normalize import Drop
from llm_models.transforms.litellm_keys import ELSEWHERE, FIELDS, LAST, LEFT_OUT, NO_MODELS, PLAIN, PROVIDERS, TOGETHER
from llm_models.transforms.litellm_prices import Prices, is_price

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Place = tuple[str, str]


def places(records: Mapping[str, Any]) -> dict[str, Place]:
    """The provider and id of ours of each key that has them, in the order of `PROVIDERS`: the first of an id counts.

    An entry with `alias_of` is at the provider of the entry that it names.
    """
    keys: dict[str, list[str]] = {}
    for key, record in records.items():
        keys.setdefault(provider_of(record, records), []).append(key)
    return {
        key: (home.provider, name.rpartition("/")[2] if home.provider in LAST else name)
        for theirs, home in PROVIDERS.items()
        for key in keys.get(theirs, ())
        for name in [key.removeprefix(home.prefix)]
    }


def provider_of(record: Any, records: Mapping[str, Any]) -> str:
    """LiteLLM's name of a provider, empty where none is stated."""
    name = target(record, records).get("litellm_provider")
    return name if isinstance(name, str) else ""


def target(record: Any, records: Mapping[str, Any]) -> dict[str, Any]:
    """The entry that an alias names, otherwise the entry itself; an empty one where there is none."""
    other = record.get("alias_of") if isinstance(record, dict) else None
    found = records.get(other) if isinstance(other, str) else record
    return found if isinstance(found, dict) else {}


def is_model(key: str, records: Mapping[str, Any], at: Mapping[str, Place]) -> bool:
    return reason_against(records[key], at[key]) is None


def reason_against(record: Any, place: Place) -> str | None:
    """Why an entry at a provider of ours is no model of its own."""
    provider, name = place
    if isinstance(record, dict) and isinstance(record.get("alias_of"), str):
        return "a name of LiteLLM's own for another entry"
    if provider in PLAIN and "/" in name:
        return "prices of a region, a size or a commitment"
    return None


_DATED = re.compile(r"(.+)[-@](?:20\d\d-\d\d-\d\d|20\d{6})")
_NO_FACTS = frozenset({"alias_of", "comment", "deprecation_source", "litellm_provider", "metadata", "source"})


def pins(records: Mapping[str, Any], at: Mapping[str, Place]) -> dict[Place, str]:
    """The dated id of each model that has exactly one, where both entries state the same: the API takes it, too.

    Of several dated ids, the undated one can mean any. An alias states what its entry does.
    """
    dated: dict[Place, dict[str, str]] = {}
    undated: dict[Place, str] = {}
    for key, (provider, name) in at.items():
        if match := _DATED.fullmatch(name):
            dated.setdefault((provider, match[1]), {}).setdefault(name, key)
        elif is_model(key, records, at):
            undated.setdefault((provider, name), key)
    return {
        place: name
        for place, names in dated.items()
        if place in undated and len(names) == 1
        for name, key in names.items()
        if facts(records[undated[place]], records) == facts(records[key], records)
    }


def facts(record: Any, records: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in target(record, records).items() if key not in _NO_FACTS}


def successor(key: str, records: Mapping[str, Any], at: Mapping[str, Place]) -> str | None:
    """The successor as `provider:id`, where it is a model of the map at the same provider.

    `successor_model` is a key of the map (446 of them name one; 13 have the provider's own words).
    """
    provider, name = at[key]
    value = records[key].get("successor_model")
    if not isinstance(value, str) or at.get(value, ("", ""))[0] != provider or not is_model(value, records, at):
        return None
    other = at[value][1]
    return None if other == name else f"{provider}:{other}"


def entry(key: str, records: Mapping[str, Any], at: Mapping[str, Place], pinned: Mapping[Place, str]) -> Any:
    """An entry in groups, as `MODEL` takes it: what it leaves is kept under the name of the source."""
    record, place = records[key], at[key]
    if (why := reason_against(record, place)) is not None:
        return Drop(why)
    prices: dict[str, Any] = {}
    ours: dict[str, Any] = {"id": place[1], "prices": Prices(place[0], record.get("mode"), prices)}
    rest: dict[str, Any] = {}
    for name, value in record.items():
        if name in FIELDS:
            ours[name] = value
        elif name in TOGETHER:
            ours.setdefault(TOGETHER[name], {})[name] = value
        elif is_price(name):
            prices[name] = value
        elif name not in LEFT_OUT and name not in ELSEWHERE:
            rest[name] = value
    if (model := successor(key, records, at)) is not None:
        ours["successor"] = model
    elif "successor_model" in record:
        rest["successor_model"] = record["successor_model"]
    if place in pinned:
        ours["served_as"] = [pinned[place]]
    return {**ours, "litellm": rest} if rest else ours


def listing(items: Iterable[tuple[str, Any]]) -> list[tuple[tuple[str, Any], list[tuple[str, Any]]]]:
    """Our providers with their entries, then LiteLLM's others, of which all entries are dropped and counted."""
    records = {key: record for key, record in items if key not in NO_MODELS}
    at = places(records)
    pinned = pins(records, at)
    held: dict[str, list[tuple[str, Any]]] = {}
    for key, (provider, _) in at.items():
        held.setdefault(provider, []).append((key, entry(key, records, at, pinned)))
    others: dict[str, list[tuple[str, Any]]] = {}
    for key, record in records.items():
        if key not in at:
            others.setdefault(provider_of(record, records), []).append((key, record))
    return [
        *(((provider, {"id": provider}), models) for provider, models in held.items()),
        *(((name, Drop("not one of the providers that are read")), models) for name, models in others.items()),
    ]
