"""Order: plain data of a record in the one order in which a file holds it, so that equal data makes equal bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.frozen import Record, defaults, field_kinds, member_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def ordered(data: Mapping[str, Any], kind: type[Record]) -> dict[str, Any]:
    """`data` with the fields of a record in their order, and free maps sorted by key; what is empty is left out."""
    values: dict[str, Any] = {}
    stated = tuple(data)
    if (kind, stated) not in _known:
        _known[kind, stated] = _steps(kind, stated)
    for name, part, member in _known[kind, stated]:
        value = data[name]
        if value is None:
            continue
        if part is not None:
            value = ordered(value, part)
        elif isinstance(value, (dict, list)):
            value = _many(name, value, member)
        else:
            values[name] = value
            continue
        if value or name in {"efforts", "env"}:  # empty, these two lists state that there is none
            values[name] = value
    return values


Step = tuple[str, type[Record] | None, type[Record] | None]
_known: dict[tuple[type[Record], tuple[str, ...]], list[Step]] = {}
"""The steps for each choice of fields that a record states: most records of a source state the same."""


def _steps(kind: type[Record], stated: tuple[str, ...]) -> list[Step]:
    """The stated fields in their order: name, the record class of a part, and that of the items of a list or table."""
    kinds = field_kinds(kind)
    return [
        (name, type(default) if isinstance(default, Record) else None, member_of(kinds[name]))
        for name, default in defaults(kind).items()
        if name in stated
    ]


def _many(name: str, value: Any, member: type[Record] | None) -> Any:
    """A list or a table of records, or free data."""
    if member is None:
        return _sorted(value) if isinstance(value, dict) else value
    if isinstance(value, dict):
        return {key: part for key in sorted(value) if (part := ordered(value[key], member))}
    items = sorted(value, key=lambda item: item[SORTED[name]]) if name in SORTED else value
    return [ordered(item, member) for item in items]


SORTED = {"tiers": "context_over", "dated": "valid_from"}
"""The lists of records whose order means nothing, and the field by which they are sorted."""


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, (list, tuple)) else value
