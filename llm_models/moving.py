"""Moving names: what a name such as `-latest` means today, and which values it takes from there.

A record that states `resolves_to` takes the fields in `TAKEN` from the model of that id, at the same provider. Nothing
is guessed: only a source or an entry states it. The values stand just above those that are weaker than the statement;
what the same entry or a stronger layer states wins. A source's own record is replaced.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from llm_models.budgets import excess
from llm_models.errors import printable
from llm_models.kinds import is_moving
from llm_models.merge import OMIT, Layered, merge, nest
from llm_models.origins import fields_of, leaves, weaker
from llm_models.workload import stated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from llm_models.errors import Problem
    from llm_models.layers import Entry, Layer
    from llm_models.merge import Origin, Path
    from llm_models.normalize import Report
    from llm_models.origins import Tail
    from llm_models.touched import Touched

    Record = Mapping[str, Any]
    Copy = tuple[Layer, Sequence[Layered]]
    """The layers of a copy that a model starts from, and the layer that states it."""

FIELD = "resolves_to"
"""The field; and the name of the layer in the origins of what was taken. Their place is the target's model spec."""

TAKEN = ("kind", "apis", "dimensions", "knowledge", "open_weights", "modalities", "limits", "cost", "capabilities")
"""What is taken, each field as a whole: what the target does not state of it is not stated of the moving name."""

_TEXT = b'"%b":' % FIELD.encode()
_VERSION = r"[-@:.]?v?(\d[\d.-]*)"
_DATE = r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)|(?<!\d)(2\d)(0[1-9]|1[0-2])(?!\d)"


class Moving:
    """The moving names of layers and their base. `problems` are what layers state wrongly about them.

    `void` lists the statements without effect: the layer only patches, or the target was listed once. At the activation
    in which the target goes, the history still lists it, so a name that is known is enough.
    """

    def __init__(self, touched: Touched) -> None:
        self._touched = touched
        self._changed: dict[str, set[str]] = {}
        self._tails: list[Tail] = []
        self.problems: list[Problem] = []
        self.void: list[Entry] = []
        self._void: set[int] = set()
        stating: list[tuple[str, str]] = []
        seen: set[int] = set()
        for provider, models in touched.models.items():
            for model_id, entries in models.items():
                for entry in [entry for entry in entries if FIELD in entry.fields]:
                    stating.append((provider, model_id))
                    if id(entry) not in seen and not touched.holds(provider, entry.fields[FIELD]):
                        self._unknown(provider, entry)
                    seen.add(id(entry))
        self._find_cycles(stating)
        if not self.problems:
            self._count_taken(stating)

    def _unknown(self, provider: str, entry: Entry) -> None:
        target = entry.fields[FIELD]
        if entry.is_ground or entry.layer.only_patches or self._touched.past.knows(provider, target):
            self.void.append(entry)
            self._void.add(id(entry))
            return
        text = f"{provider} has no model '{printable(target)}'"
        from llm_models.similarity import model_hint

        hint = partial(model_hint, target, self._touched.ids(provider))
        self.problems.append(entry.layer.document.problem((*entry.path, FIELD), text, hint))

    def _find_cycles(self, stating: Sequence[tuple[str, str]]) -> None:
        lengths: dict[tuple[str, str], int] = {}  # of the way from each name that was followed
        for provider, model_id in stating:
            way: list[str] = []
            here: str | None = model_id
            while here is not None and (provider, here) not in lengths:
                lengths[provider, here] = 0
                way.append(here)
                here = self.statement(provider, here)[0]
            ring = way[way.index(here) :] if here in way else []
            for steps, one in enumerate(reversed(way), 0 if here is None else lengths[provider, here] + 1):
                lengths[provider, one] = steps
            if not ring:
                self._check_length(provider, way, lengths)
                continue
            # The strongest layer closed the ring.
            candidates = [(one, entry) for one in ring if (entry := self.statement(provider, one)[1]) is not None]
            one, entry = max(candidates, key=lambda pair: (self._touched.layers.index(pair[1].layer), pair[0]))
            at = ring.index(one)
            text = " -> ".join([*ring[at:], *ring[:at], one])
            text = f"a moving name cannot lead back to itself ({printable(text)})"
            self.problems.append(entry.layer.document.problem((*entry.path, FIELD), text))

    def _count_taken(self, stating: Sequence[tuple[str, str]]) -> None:
        """Count what moving names take from their targets. Raises `ConfigError` where it is too much."""
        run, done = self._touched, self._touched.done.copy()
        for provider, model_id in stating:
            target, entry = self.statement(provider, model_id)
            size = 0
            while target is not None:
                size += stated(run.base.stated(provider, target), run.changing(provider, target), TAKEN)
                target = self.statement(provider, target)[0]
            if entry is not None and not entry.is_ground:
                done.add_bytes(entry, size)

    def _check_length(self, provider: str, way: Sequence[str], lengths: Mapping[tuple[str, str], int]) -> None:
        """Add a problem where a way is too long: a merge follows it."""
        if way and (text := excess("chain", lengths[provider, way[0]])) is not None:
            entry = self.statement(provider, way[0])[1]
            if entry is not None and not entry.is_ground:
                self.problems.append(entry.layer.document.problem((*entry.path, FIELD), text))

    def statement(self, provider: str, model_id: str) -> tuple[str | None, Entry | None]:
        """What a name means, and the entry that states or omits it; None for the entry where the base states it."""
        found = self._stated(provider, model_id)
        return found or ((self._touched.base.stated(provider, model_id) or {}).get(FIELD), None)

    def _stated(self, provider: str, model_id: str) -> tuple[str | None, Entry] | None:
        for entry in reversed(self._touched.models.get(provider, {}).get(model_id, ())):
            if FIELD in entry.fields and not self._is_void(entry):
                return entry.fields[FIELD], entry
            if (FIELD,) in entry.omitted:
                return None, entry
        return None

    def _is_void(self, entry: Entry) -> bool:
        return id(entry) in self._void

    def changed(self, provider: str) -> set[str]:
        """The ids of the models that layers touch, and of those of the base that take values from any of them."""
        if provider not in self._changed:
            changed = {*self._touched.models.get(provider, ())}
            takers = self._takers(provider) if changed else {}
            while more := {one for one, target in takers.items() if target in changed} - changed:
                changed |= more
            self._changed[provider] = changed
        return self._changed[provider]

    def _takers(self, provider: str) -> dict[str, str]:
        """The moving names of the base with their targets; other models are not decoded."""
        if provider not in self._touched.base.blocks:
            return {}
        block = self._touched.base.block(provider)
        lines: list[Any] = [block.model(row) for row in block.rows_with(_TEXT)]
        return {line["id"]: line[FIELD] for line in lines if FIELD in line}

    def _tail(self) -> Tail:
        if not self._tails:  # not `cached_property`, see `pricing`
            self._tails.append(self._touched.base.tail())
        return self._tails[0]

    def layered(
        self, provider: str, model_id: str, ground: Record, values_of: Callable[[str], Record], copy: Copy | None = None
    ) -> tuple[list[Layered], str | None]:
        """The layers of a model for the merger, with what it takes from `values_of` its target.

        A `copy` stands below the entries of the layer that states it. Also returns the layer of the base whose origins
        no longer count: `resolves_to`, where a moving name of the base takes values again.
        """
        target, stating = self._stated(provider, model_id) or (ground.get(FIELD), None)
        entries = self._touched.models.get(provider, {}).get(model_id, ())
        again = stating is not None or target in self.changed(provider)
        taken = _taken(values_of(target), f"{provider}:{target}") if target is not None and again else []
        layers = [Layered(ground)]
        if again and FIELD in ground:
            origins = fields_of(self._tail(), f"{provider}:{model_id}")
            layers = [Layered(_own(ground, origins))]
            if stating is None:
                layers += [*taken, *_winning(ground, origins)]
        for entry in entries:
            if copy is not None and entry.layer is copy[0]:
                layers += copy[1]
                copy = None
            parts = entry.layered()
            if self._is_void(entry):
                parts[-1] = parts[-1]._replace(values={k: v for k, v in entry.fields.items() if k != FIELD})
            if entry is stating:
                parts = [*parts, *taken] if entry.is_ground else [*taken, *parts]
            layers += parts
        return layers, FIELD if again and FIELD in ground else None


def _taken(values: Record, spec: str) -> list[Layered]:
    """What a moving name takes: first its own values are removed, then those of the target are stated."""
    gaps = [Layered({name: OMIT}, FIELD, lambda _path: spec) for name in TAKEN]
    return [*gaps, Layered({name: values[name] for name in TAKEN if name in values}, FIELD, lambda _path: spec)]


def _own(record: Record, origins: Mapping[Path, Any]) -> dict[str, Any]:
    """A moving name's record without what it took: its own values, which the origins kept."""
    taken = dict(leaves({name: value for name, value in record.items() if name in TAKEN}))
    rest = {name: value for name, value in record.items() if name not in TAKEN}
    own = [(path, value) for path, value in weaker(taken, origins, FIELD).items() if path[0] in TAKEN]
    return merge([Layered(rest), *(Layered(nest(path, value)) for path, value in own)], {}).values


def _winning(record: Record, origins: Mapping[Path, Any]) -> list[Layered]:
    """What of a moving name's record is stronger than what it took: stated, or omitted."""
    values = dict(leaves(record))
    won = [path for path, origin in origins.items() if path[0] in TAKEN and origin["layer"] != FIELD]
    return [Layered(nest(path, values.get(path, OMIT))) for path in won]


def settle(models: Mapping[str, dict[str, Any]], report: Report) -> None:
    """Drop and count the targets that the records of one provider in a source state and that cannot be followed."""
    wrong: dict[str, str] = {}
    for model_id, record in models.items():
        if FIELD not in record:
            continue
        way: list[str] = [model_id]
        target: Any = record[FIELD]
        while target in models and target not in way:
            way.append(target)
            target = models[target].get(FIELD)
        if target == model_id:
            wrong[model_id] = "it leads back to itself"
        elif record[FIELD] not in models:
            wrong[model_id] = "the provider has no such model"
    for model_id, why in wrong.items():
        del models[model_id][FIELD]
        report.add("dropped", FIELD, why, printable(f"{models[model_id]['provider']}:{model_id}"))


def differs(record: Record, origins: Mapping[Path, Origin]) -> bool:
    """Whether a moving name stated other values of its own than those that it takes."""
    taken = [(path, origin.replaced) for path, origin in origins.items() if origin.layer == FIELD]
    values = dict(leaves(record)) if taken else {}  # few records are moving names, and a build asks about each
    return any(own is not None and own != values.get(path) for path, own in taken)


def differing(models: Mapping[str, Record]) -> Iterator[tuple[str, str]]:
    """Each moving name without a target whose price differs from that of its newest sibling, with the sibling's id.

    `models` are all models of one provider. A sibling is the same name with a version or a date.
    """
    for model_id in models:
        if is_moving(model_id) and FIELD not in models[model_id]:
            newest = _newest(model_id, models)
            if newest is not None and _price(models[newest]) != _price(models[model_id]):
                yield model_id, newest


def _newest(model_id: str, ids: Mapping[str, Any]) -> str | None:
    """The sibling of a moving name with the latest date or else the highest version in its id.

    Dates of release are no help: upstream dates mistral-large-2512 before mistral-large-2411. Versions are decimal
    numbers: grok-4.20 came before grok-4.3.
    """
    name, at, region = model_id.removeprefix("~").partition("@")
    stem = re.sub("[-:]latest$", "", name)
    pattern = re.compile(re.escape(stem) + _VERSION + re.escape(at + region))
    found = [(_age(match[1]), one) for one in ids if (match := pattern.fullmatch(one))]
    return max(found)[1] if found else None


def _age(version: str) -> tuple[bool, list[int | str], tuple[str, ...]]:
    """The order of versions: `2512` and `20251201` are dates, and an id with only a date comes after those without."""
    date = re.search(_DATE, version)
    parts = re.findall(r"\d+", re.sub(_DATE, "", version, count=1))
    day = () if date is None else (date[1] or f"20{date[4]}", date[2] or date[5], date[3] or "")
    return date is not None and not parts, [int(part) if not at else part for at, part in enumerate(parts)], day


def _price(record: Record) -> tuple[Any, Any]:
    cost = record.get("cost", {})
    return cost.get("input"), cost.get("output")
