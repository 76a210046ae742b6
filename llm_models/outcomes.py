"""Outcomes: what the models that a layer touches are without it and with it, so that checks can compare the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.agreement import FACTS
from llm_models.block import filled
from llm_models.copies import Copies, copied
from llm_models.enrich import derive
from llm_models.layers import RECORD_RULES
from llm_models.merge import Layered, merge, nest
from llm_models.moving import Moving
from llm_models.records import ModelKey

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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

    def after(self, provider: str, model_id: str, fields: Collection[str] | None = None) -> Record:
        """What is stated of a model with the layer, of all fields or of these. It may break the schema."""
        if self._moving.problems or self._copies.problems:  # where names lead in a circle, there is no answer
            return {}
        ground = {**(self._stated(provider, model_id) or {"id": model_id}), "provider": provider}
        start = self._copies.start(ModelKey(provider, model_id))
        copy = None if start is None else (start.entry.layer, copied(self._base(start), ":".join(start.base)))
        layers, _ = self._moving.layered(provider, model_id, ground, lambda target: self.after(provider, target), copy)
        first, *others = [{k: v for k, v in part.values.items() if fields is None or k in fields} for part in layers]
        stated = {key for part in others for key in part}
        # What only the base states stays as it is. To merge it takes most of the time where an entry is for all models.
        parts = [{key: value for key, value in first.items() if key in stated}, *others]
        merged = merge([Layered(part) for part in parts], RECORD_RULES).values
        return {**{key: value for key, value in first.items() if key not in stated}, **merged}

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

    def _base(self, start: Start) -> Record:
        stated = self.after(*start.base)
        return self.whole(start.base.provider, stated) if stated else {}

    def whole(self, provider: str, stated: Record) -> Record:
        """A record with its derived values, from what is stated of it."""
        line: Any = self._case.run.base.line(provider, stated["id"])
        derived = (line or {}).get("derived", {})
        known = {name: derived[name] for name in ("canonical", *FACTS) if derived.get(name) is not None}
        return filled(stated, derive(stated, known, line))


def deciding(entries: Sequence[Entry], path: Path) -> Entry | None:
    """The entry whose value of a field stands: the last one that states or omits it."""
    deciding = [entry for entry in entries if entry.states(*path) or omits(entry, path)]
    return deciding[-1] if deciding else None


def omits(entry: Entry, path: Path) -> bool:
    """Whether an entry omits a field, or a group that it is in."""
    return any(path[: len(gap)] == gap for gap in entry.omitted)
