"""Agreement: what the records of one model, at whatever provider, state alike; standard library only.

Only facts of the model itself are compared, never its price, its limits or its status, which each host sets. A value
that two records state differently is no agreement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.groups import Groups, parts_of, segment_of
from llm_models.kinds import CHAT, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Fact(NamedTuple):
    """A fact of a model: its path in a record, and how many records must state it at least."""

    path: tuple[str, ...]
    least: int


FACTS = {
    "family": Fact(("family",), 1),
    "knowledge": Fact(("knowledge",), 1),
    "open_weights": Fact(("open_weights",), 1),
    "temperature": Fact(("capabilities", "temperature"), 2),
    "json_schema": Fact(("capabilities", "json", "schema"), 2),
}
"""What records agree on. Measured on stated values of 2026-09-30, agreement is right in 99 % of cases.

For `json_schema` it is right in 92 %: not enough for an answer, so an agreed True is only *likely* (`likely`).
"""

TEXTS = ("canonical", "family")
"""The fields that are texts, of which an `Agreement` must know those of all records."""

OF_ID = ("kind", "modalities")
"""What a record that states nothing of its kind takes from those with the same last segment of the id, if all agree."""

PATHS = {name: (name,) for name in ("canonical", *OF_ID)} | {name: fact.path for name, fact in FACTS.items()}
"""What `Agreement.facts` may fill, with the path in a record."""

LIKELY: Mapping[str, tuple[str, ...]] = {"json_schema": ("json_native", "json_schema")}
"""Fact -> the capabilities that are likely where its agreed value is True. An agreed False is right in 77 %: unused."""


def stated_of(model: Mapping[str, Any], name: str) -> Any:
    """What a model's data states of a fact, None where it states nothing."""
    field, *steps = FACTS[name].path
    value = model.get(field)
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def longest_family(model_id: str, families: Mapping[str, Iterable[tuple[list[str], str]]]) -> str | None:
    """The longest of `families` (from `families_by_part`) whose parts are among those of the id, in their order.

    Their first parts are equal. A part is a run of letters or of digits.

    >>> longest_family("gpt-4o-mini-search", families_by_part(["gpt", "gpt-mini", "o-mini", "mini"]))
    'gpt-mini'
    """
    parts = parts_of(segment_of(model_id))
    fitting = []
    for wanted, family in families.get(parts[0], ()) if parts else ():
        left = iter(parts)
        if all(part in left for part in wanted):
            fitting.append((len(wanted), len(family), family))
    return max(fitting)[2] if fitting else None


def families_by_part(families: Iterable[str]) -> dict[str, list[tuple[list[str], str]]]:
    """First part -> the families that begin with it, each with its parts."""
    by_part: dict[str, list[tuple[list[str], str]]] = {}
    for family in families:
        if parts := parts_of(family.lower()):
            by_part.setdefault(parts[0], []).append((parts, family))
    return by_part


def texts_of(models: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The texts of the fields `TEXTS` in models' data, sorted."""
    found: dict[str, set[str]] = {name: set() for name in TEXTS}
    for model in models:
        for name, texts in found.items():
            if model.get(name):
                texts.add(model[name])
    return {name: sorted(texts) for name, texts in found.items()}


def states_kind(model: Mapping[str, Any]) -> bool:
    """Whether a model's stated data tells what it is for, or what goes in and out."""
    flags = model.get("capabilities", {})
    return bool(model.get("kind") or model.get("modalities")) or "chat" in flags or "embeddings" in flags


class Agreement:
    """What `records` agree on: (provider, stated data of a model).

    A model's canonical id is that of its group. The records whose group is not derived vote on the facts of their
    canonical id, and those of all groups get the result. `canonicals` and `families` are those of records that are not
    among `records`.
    """

    def __init__(
        self,
        records: Iterable[tuple[str, Mapping[str, Any]]],
        canonicals: Iterable[str] = (),
        families: Iterable[str] = (),
    ) -> None:
        self._groups = Groups(canonicals)
        self._families = set(families)
        self._by_part: dict[str, list[tuple[list[str], str]]] | None = None
        self._votes: dict[tuple[str, str, str], dict[Any, int]] = {}
        self._by_segment: dict[str, list[Mapping[str, Any]]] = {}
        self.add(records)

    def add(self, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Let more records agree or differ."""
        records = list(records)
        self._groups.add((provider, model["id"], model.get("canonical")) for provider, model in records)
        self._families.update(model["family"] for _, model in records if model.get("family"))
        for provider, model in records:
            canonical = self._named(provider, model)
            segment = segment_of(model["id"])
            self._by_segment.setdefault(segment, []).append(model)
            for name in FACTS:
                if (value := stated_of(model, name)) is not None:
                    for kind, group in (("canonical", canonical), ("segment", segment)):
                        if group:
                            votes = self._votes.setdefault((kind, group, name), {})
                            votes[value] = votes.get(value, 0) + 1

    def _named(self, provider: str, model: Mapping[str, Any]) -> str | None:
        found = self._groups.named(provider, model["id"], model.get("canonical"))
        return None if found is None else found.canonical

    def canonical(self, provider: str, model: Mapping[str, Any]) -> str | None:
        """The canonical id of a model, stated or derived; None where it has none or several fit."""
        found = self._groups.of(provider, model["id"], model.get("canonical"))
        return None if found is None else found.canonical

    def facts(self, provider: str, model: Mapping[str, Any]) -> dict[str, Any]:
        """The canonical id of a model, and each fact that it does not state and that other records agree on.

        The family is agreed on by the records of the same canonical id, else by those with the same last segment of
        the id; else it is the `longest_family`. No family is invented. A model that states nothing of its kind takes
        that of its id (`OF_ID`), unless the id is a word such as `fast`, which is no name of one model.
        """
        named, segment = self._named(provider, model), segment_of(model["id"])
        canonical = named or self.canonical(provider, model)
        found: dict[str, Any] = {} if canonical is None else {"canonical": canonical}
        for name in FACTS:
            if stated_of(model, name) is not None:
                continue
            value = None
            if named if name in LIKELY else canonical:
                value = self._agreed("canonical", str(canonical), name)
            if value is None and (not named if name in LIKELY else name == "family"):
                value = self._agreed("segment", segment, name)
            if value is None and name == "family":
                value = self._longest(model["id"])
            if value is not None:
                found[name] = value
        is_word = canonical is None and segment.isalpha()
        return found if is_word or states_kind(model) else {**found, **self._of_id(segment)}

    def _of_id(self, segment: str) -> dict[str, Any]:
        """The modalities of each side, and the kind, on which all records with that last segment of the id agree."""
        others = [one for one in self._by_segment.get(segment, ()) if one.get("modalities")]
        found: dict[str, Any] = {}
        for side in ("input", "output"):
            listed = [one["modalities"][side] for one in others if one["modalities"].get(side)]
            if listed and all(set(one) == set(listed[0]) for one in listed):
                found.setdefault("modalities", {})[side] = listed[0]
        kinds = {one.get("kind") or rule_of(one, one.get("family"))["kind"] for one in others}
        if len(kinds) == 1 and kinds != {CHAT}:
            found["kind"] = kinds.pop()
        return found

    def _agreed(self, kind: str, group: str, name: str) -> Any:
        votes = self._votes.get((kind, group, name), {})
        return next(iter(votes)) if len(votes) == 1 and sum(votes.values()) >= FACTS[name].least else None

    def _longest(self, model_id: str) -> str | None:
        if self._by_part is None:
            self._by_part = families_by_part(self._families)
        return longest_family(model_id, self._by_part)


def likely(facts: Mapping[str, Any]) -> list[str]:
    """The capabilities that are likely, of a model with these agreed facts."""
    return [flag for name, flags in LIKELY.items() if facts.get(name) is True for flag in flags]
