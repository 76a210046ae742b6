"""Siblings: the records of one model in a file, found without decoding the others; those with which touched ones agree.

A touched model keeps what the base derived for it as long as no layer changes a fact of its siblings or its own.
Otherwise the text of the blocks is searched, and only records of the same model are decoded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from llm_models.agreement import FACTS, LIKELY, OF_ID, TEXTS, Agreement, stated_of
from llm_models.block import encode_json
from llm_models.groups import group_in, key_of
from llm_models.jsontext import loads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from llm_models.block import Line
    from llm_models.snapshot_file import SnapshotFile

    Key = tuple[str, str]
    Models = Mapping[str, Mapping[str, Mapping[str, Any]]]
    """Provider -> id -> the stated data of a model."""

_SIZE = r"(?=\d+[bmt])"
"""The places in a key before which the size of a model may begin."""
_MARK = b'"canonical":'
_NOT_IN_KEYS = bytes(set(range(256)) - set(b'abcdefghijklmnopqrstuvwxyz0123456789"/:@'))


def agreed_facts(base: SnapshotFile, touched: Models, only: Collection[Key] | None = None) -> dict[Key, dict[str, Any]]:
    """Provider and id -> what other records agree on (`Agreement.facts`), of each touched model, or `only` of some.

    A touched model's own data counts instead of its record in `base`.
    """
    models = {(provider, i): model for provider, of_it in touched.items() for i, model in of_it.items()}
    kept, wanted = _kept(base, models) if base.blocks else ({}, [*models])
    wanted = wanted if only is None else [key for key in wanted if key in only]
    if wanted:
        agreement = _search(base, models, wanted) if base.blocks else Agreement((key[0], models[key]) for key in models)
        kept.update({key: agreement.facts(key[0], models[key]) for key in wanted})
    return kept


def _kept(base: SnapshotFile, models: Mapping[Key, Any]) -> tuple[dict[Key, dict[str, Any]], list[Key]]:
    """The facts of the touched models for which the base has the answer, and the other models."""
    kept: dict[Key, dict[str, Any]] = {}
    changed: set[str | None] = set()
    marks: dict[Key, set[str | None]] = {}
    for key, model in models.items():
        line: Any = base.line(*key)
        derived = line.get("derived", {}) if line else {}
        marks[key] = {key_of(key[1]), model.get("canonical"), derived.get("canonical"), (line or {}).get("canonical")}
        if line and _voice(line) == _voice(model):
            kept[key] = _facts_in(line, derived)
        else:
            changed |= marks[key]
    changed -= {None, ""}
    kept = {key: facts for key, facts in kept.items() if not marks[key] & changed}
    return kept, [key for key in models if key not in kept]


def _voice(model: Mapping[str, Any]) -> list[Any]:
    """All that a model's stated data says about facts."""
    return [model.get("canonical"), *(model.get(name) for name in OF_ID), *(stated_of(model, name) for name in FACTS)]


def _facts_in(line: Mapping[str, Any], derived: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that the base derived for a model."""
    facts = {name: derived[name] for name in ("canonical", *FACTS) if name in derived}
    if "modalities" in derived:  # then the kind is agreed, too
        facts.update({name: derived[name] for name in OF_ID if name in derived})
    flags = derived.get("capabilities", {})
    if "temperature" in flags and flags.get("chat", True):  # of models that do not chat it follows from the kind
        facts["temperature"] = flags["temperature"]
    return {**facts, **{name: True for name, likely in LIKELY.items() if {*likely} <= {*line.get("likely", ())}}}


def _search(base: SnapshotFile, models: Mapping[Key, Any], wanted: Iterable[Key]) -> Agreement:
    """The agreement of the touched models with all records of the base that are of the same models."""
    records = {key: (key[0], model) for key, model in models.items()}
    texts = base.texts()
    canonicals, families = (texts[name] if texts else _values(base, name.encode()) for name in TEXTS)

    def add(provider: str, model_id: str) -> None:
        if (provider, model_id) not in records:
            records[provider, model_id] = provider, base.stated(provider, model_id) or {}

    keys = {key_of(model_id) for _, model_id in wanted} - {""}
    listed = base.texts("keys") if keys else None
    if listed is not None:  # so no block is read for a model that only the application has
        keys.intersection_update(listed["id"])
    # No class stands before the keys: what all of them begin with is found faster.
    naming = re.compile(b'(?:%b)["/:@]' % "|".join(map(_in_index, sorted(keys))).encode()) if keys else None
    for provider, data in _blocks(base) if naming else ():
        if naming is not None and _may_hold(data, naming):
            for model_id in base.block(provider).ids:
                if key_of(model_id) in keys:
                    add(provider, model_id)
    agreement = Agreement(records.values(), canonicals, families)
    near = set(records)
    groups = {agreement.canonical(key[0], models[key]) for key in wanted} - {None}
    stated = _canonicals(b"".join(_MARK + encode_json(group) for group in groups))
    for provider, data in _blocks(base) if stated else ():
        if not stated.isdisjoint(_canonicals(data)):
            block = base.block(provider)
            for row, model_id in enumerate(block.ids):
                if not stated.isdisjoint(_canonicals(block.line(row))):
                    add(provider, model_id)
    agreement.add(record for key, record in records.items() if key not in near)
    return agreement


def _in_index(key: str) -> str:
    """The pattern of a key in an index without most characters: the colon before a size is still there."""
    return re.sub(_SIZE, ":?", key)


def members(file: SnapshotFile, canonicals: Collection[str]) -> Iterator[tuple[str, int, Line]]:
    """The provider, the row and the line of each record of a file in one of these groups; few others are decoded."""
    wanted = _canonicals(b"".join(_MARK + encode_json(canonical) for canonical in canonicals))
    for provider in file.blocks if wanted else ():
        here = wanted & _canonicals(file.raw_block(provider))
        if here:
            block = file.block(provider)
            most = 2 * len(here) > len(block.ids)
            texts = [_MARK + b'"' + text + b'"' for text in here]
            rows = range(len(block.ids)) if most else sorted({row for text in texts for row in block.rows_with(text)})
            lines = block.models() if most else {row: block.model(row) for row in rows}
            for row in rows:
                line = lines[row]
                group = group_in(provider, line)
                if group is not None and group.canonical in canonicals:
                    yield provider, row, line


def _blocks(base: SnapshotFile) -> Iterator[tuple[str, bytes]]:
    """Each provider and the bytes of its block, one after the other: all of them together would take new memory."""
    return ((provider, base.raw_block(provider)) for provider in base.blocks)


def _canonicals(data: bytes) -> set[bytes]:
    """The canonical ids in the text of a snapshot file, as JSON up to their first quotation mark.

    It may also have texts of other fields with that name, so who reads a line must look at it again.
    """
    return {text[1 : text.index(b'"', 1)] for text in data.split(_MARK)[1:]}


def _may_hold(data: bytes, naming: re.Pattern[bytes]) -> bool:
    """Whether an id of a block may have a key that the pattern names; its index is not decoded."""
    index = data[: data.index(b"\n")]
    if not index.isascii() or b"\\" in index:
        return True
    return naming.search(index.lower().translate(None, _NOT_IN_KEYS)) is not None


def _values(base: SnapshotFile, field: bytes) -> set[str]:
    """All texts that the blocks state for a field, or that were derived from those that are stated."""
    mark = b'"%b":"' % field
    found: set[bytes] = set()
    for _, data in _blocks(base):
        found.update([text[: text.index(b'"')] for text in data.split(mark)[1:]])
    if any(b"\\" in text for text in found):  # an escape, which may be that of a quotation mark
        pattern = re.compile(rb'%b((?:[^"\\]|\\.)*)"' % mark)
        found = {text for _, data in _blocks(base) for text in pattern.findall(data)}
    return {loads(f'"{text.decode()}"') if b"\\" in text else text.decode() for text in found}
