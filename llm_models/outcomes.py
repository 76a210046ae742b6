"""Outcomes: what the models that a layer touches are without it and with it, so that checks can compare the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.agreement import FACTS
from llm_models.block import filled
from llm_models.copies import Copies, copied
from llm_models.enrich import derive
from llm_models.frozen import ModelKey
from llm_models.layers import RECORD_RULES
from llm_models.merge import Layered, merge, nest
from llm_models.moving import Moving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llm_models.bases import Start
    from llm_models.case import Case
    from llm_models.layers import Entry
    from llm_models.merge import Path

    Record = dict[str, Any]


class Outcomes:
    """The models of a case before and after its layer. What only other records tell is taken from the base."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._moving = Moving(case.run)
        self._copies = Copies(case.run, self._moving)
        self._excluded: dict[str, dict[str, str]] = {}
        self._read: dict[ModelKey, Record | None] = {}
        self._lines: dict[ModelKey, Any] = {}
        self._merged: dict[ModelKey, Record] = {}

    def of(self, entry: Entry) -> list[ModelKey]:
        """The models that an entry changes and that are not excluded."""
        keys = [*self._case.touched(entry)]
        for provider in {key.provider for key in keys} - self._excluded.keys():
            self._excluded[provider] = self._case.excluded(provider)
        return [key for key in keys if key.id not in self._excluded[key.provider]]

    def before(self, provider: str, model_id: str) -> Record | None:
        """What is stated of a model without the layer; None where it is not there then."""
        if not self._case.layer.only_patches:
            return self._stated(provider, model_id)
        ground = self._case.ground(provider, model_id)
        if ground is None:
            return None
        return merge([Layered(nest(path, value)) for path, value in ground.items()], {}).values

    def after(self, provider: str, model_id: str) -> Record:
        """What is stated of a model with the layer; it may break the schema. Do not change it: each check reads it."""
        key = ModelKey(provider, model_id)
        if key not in self._merged:
            self._merged[key] = self._merge(key)
        return self._merged[key]

    def _merge(self, key: ModelKey) -> Record:
        if self._moving.problems or self._copies.problems:  # where names lead in a circle, there is no answer
            return {}
        ground = {**(self._stated(*key) or {"id": key.id}), "provider": key.provider}
        start = self._copies.start(key)
        copy = None if start is None else (start.entry.layer, copied(self._base(start), ":".join(start.base)))
        layers, _ = self._moving.layered(*key, ground, lambda target: self.after(key.provider, target), copy)
        first, *others = [part.values for part in layers]
        stated = {name for part in others for name in part}
        # What only the base states stays as it is. To merge it takes most of the time where an entry is for all models.
        parts = [{name: value for name, value in first.items() if name in stated}, *others]
        merged = merge([Layered(part) for part in parts], RECORD_RULES).values
        return {**{name: value for name, value in first.items() if name not in stated}, **merged}

    def _stated(self, provider: str, model_id: str) -> Record | None:
        """What the base states of a model; kept, because each check asks for it, and an entry may be for thousands."""
        key = ModelKey(provider, model_id)
        if key not in self._read:
            self._read[key] = self._case.run.base.stated(provider, model_id)
        return self._read[key]

    def start(self, provider: str, model_id: str) -> Record | None:
        """The record that a model is a copy of; None where it is no copy."""
        start = self._copies.start(ModelKey(provider, model_id))
        return None if start is None or self._copies.problems else self._base(start)

    def copied(self, key: ModelKey) -> list[Entry]:
        """The entries that change the models of which a model is a copy, nearest last. What they state is no list's."""
        found: list[Entry] = []
        seen = {key}
        while (start := self._copies.start(key)) is not None and start.base not in seen:
            seen.add(key := start.base)
            found[:0] = self._case.run.changing(*key)
        return found

    def _base(self, start: Start) -> Record:
        stated = self.after(*start.base)
        return self.whole(start.base.provider, stated) if stated else {}

    def whole(self, provider: str, stated: Record) -> Record:
        """A record with its derived values, from what is stated of it."""
        key = ModelKey(provider, stated["id"])
        if key not in self._lines:
            self._lines[key] = self._case.run.base.line(*key) or {}
        line = self._lines[key]
        known = {name: line.get("derived", {}).get(name) for name in ("canonical", *FACTS)}
        facts = {name: value for name, value in known.items() if value is not None}
        return filled(stated, derive(stated, facts, line or None))


def deciding(entries: Sequence[Entry], path: Path) -> Entry | None:
    """The entry whose value of a field stands: the last one that states or omits it."""
    deciding = [entry for entry in entries if entry.states(*path) or omits(entry, path)]
    return deciding[-1] if deciding else None


def omits(entry: Entry, path: Path) -> bool:
    """Whether an entry omits a field, or a group that it is in."""
    return any(path[: len(gap)] == gap for gap in entry.omitted)
