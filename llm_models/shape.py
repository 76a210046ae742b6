"""Shape: whether the decoded parts of a snapshot file have the types on which all code relies; standard library only.

A checksum proves only that a file is as somebody wrote it. So the parts of every file but the packaged one are looked
at here when they are decoded. Each function raises one of `header.WRONG` for what this package does not write. It says
less than the schemas, which take too long for a first question: `verify` holds a file to those.
"""

from __future__ import annotations

from llm_models.frozen import field_kinds, member_of, parts
from llm_models.jsontext import loads
from llm_models.patterns import UNSEEN
from llm_models.records import Model, Provider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from llm_models.frozen import Record

    Plan = tuple[tuple[type, ...] | None, type[Record] | None, type[Record] | None, type | None]

DEEPEST = 64
"""How many levels free data may nest."""
_BOUND = 1 << 63
"""Whole numbers, and all numbers of a record, are below it; those of a record are at least 0."""
_UNSEEN = (*UNSEEN, "Cs")
"""The categories that no name has: those, and half surrogate pairs."""

# The annotation of a field -> the types of its value in JSON. `tuple[...]` is a list, any other name a record.
_TYPES = {
    "str": (str,), "str | None": (str,), "bool": (bool,), "bool | None": (bool,), "int": (int,), "int | None": (int,),
    "float | None": (int, float), "tuple[str, ...]": (list,), "Mapping[str, Any]": (dict,), "Billing": (str,),
}  # fmt: skip
_FREE = None, None, None, None


_plans: dict[type[Record], dict[str, Plan]] = {}
"""What is checked of the fields of each kind of record, once it was asked for."""


def _plan(kind: type[Record]) -> dict[str, Plan]:
    """For each field of a kind of record its types, or the kind of its record, or that of each record in its list.

    Records may be in a table as well; last is the type of what holds them. A table without records has numbers.
    """
    plan = _plans.get(kind)
    if plan is None:
        kinds, plan = parts(), {}
        for name, annotation in field_kinds(kind).items():
            if annotation in kinds:
                plan[name] = None, kinds[annotation], None, None
            elif annotation in _TYPES:
                plan[name] = _TYPES[annotation], None, None, None
            else:
                plan[name] = None, None, member_of(annotation), list if annotation.startswith("tuple[") else dict
        _plans[kind] = plan
    return plan


def check_record(data: Any, kind: type[Record], *, withheld: bool = False) -> None:
    """Check the stated values of a record; keys that are no fields may have any value.

    `withheld`: a None withholds a value, as in derived values.
    """
    plan = _plan(kind)
    for name, value in _table(data).items():
        types, part, item, holder = plan.get(name, _FREE)
        found = value.__class__
        if part is not None:
            check_record(value, part, withheld=withheld)
        elif withheld and found is type(None):  # `value is None` would tell pyright too much
            continue
        elif types is None:
            check_plain(value)
            if holder is not None:
                _check_many(value, item, holder)
        elif found not in types:
            raise TypeError
        elif found is str:  # as check_plain does, which is asked for all that is rarer
            if not value.isascii():
                value.encode()
        elif found is not bool:
            if found is list and any(one.__class__ is not str for one in value):
                raise TypeError
            check_plain(value)
            if found in (int, float) and not 0 <= value < _BOUND:
                raise ValueError


def _check_many(value: Any, item: type[Record] | None, holder: type) -> None:
    """Check a list or a table of records, or a table of numbers."""
    if value.__class__ is not holder:
        raise TypeError
    many: Any = value.values() if isinstance(value, dict) else value
    for one in many:
        if item is not None:
            check_record(one, item)
        elif one.__class__ not in (int, float):
            raise TypeError
        elif not 0 <= one < _BOUND:
            raise ValueError


def check_plain(value: Any, levels: int = DEEPEST) -> None:
    """Check that data can be shown and written: no deep nests, no huge numbers, no half surrogate pairs."""
    kind = value.__class__
    if kind is str:
        if not value.isascii():
            value.encode()
    elif kind is int:
        if not -_BOUND < value < _BOUND:
            raise ValueError
    elif kind is float:
        if value - value:  # it is not finite
            raise ValueError
    elif kind is dict or kind is list:
        if not levels:
            raise ValueError
        for item in value:
            check_plain(item, levels - 1)
        for item in value.values() if kind is dict else ():
            check_plain(item, levels - 1)


def check_line(line: Any) -> None:
    """Check a model's line: its record, and what stands beside it."""
    check_record(line, Model)
    check_name(line["id"])
    check_name(line.get("provider_model_id", line["id"]))
    check_record(line.get("derived", {}), Model, withheld=True)
    check_names(line.get("likely", []))
    for field in ("served_as", "aliases"):
        check_names(line.get(field, []))


def is_address(text: str) -> bool:
    """Whether a text is fit for a base URL. `addresses.wrong` says more, and of files that people write."""
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower() if separator else text[:2]
    strange = not (text.isascii() and text.isprintable()) or any(letter in text for letter in ' "\\?#')
    return scheme in ("http", "https", "${") and not strange and "@" not in rest.partition("/")[0]


def check_index(index: Mapping[str, Any], size: int) -> None:
    """Check the index of a block of so many bytes."""
    provider, ids = index["provider"], index["ids"]
    check_record(provider, Provider)
    name = provider["id"]
    if not (name.isascii() and name.replace("_", "").isalnum() and name == name.lower()) or len(name) > 64:
        raise ValueError
    for field in ("base_url", "openai_base_url"):
        if not is_address(provider.get(field, "https://")):
            raise ValueError
    for variable in provider.get("env", ()):
        if not (variable.isascii() and variable.isprintable()) or " " in variable:  # 0.1.0 took a hyphen or a dot
            raise ValueError
    check_names(ids)
    numbers = index["lengths"], index["bits"]
    if any(len(row) != len(ids) or any(number.__class__ is not int for number in row) for row in numbers):
        raise ValueError
    if len({*ids}) != len(ids) or sorted(ids) != ids:
        raise ValueError
    if min(index["lengths"], default=0) < 0 or sum(index["lengths"]) > size or min(index["bits"], default=0) < 0:
        raise ValueError
    known = {*ids}
    for table in (index["aliases"], index.get("served", {})):
        check_names([*_table(table)])
        if not known.issuperset(table.values()):
            raise ValueError
    for day, rows in index.get("retires", {}).items():
        if day.__class__ is not str or any(row.__class__ is not int or not 0 <= row < len(ids) for row in rows):
            raise ValueError


def check_tail(tail: Any) -> None:
    """Check the origins of values."""
    check_plain(tail)
    for section in tail.values():
        _table(section)
    for section in ("providers", "models"):
        for record in _table(tail[section]).values():
            for key, origin in _table(record["fields"]).items():
                _check_origin(origin)
                if not {*origin} <= {"layer", "place", "replaced"}:
                    raise ValueError
                if key.startswith("["):
                    check_names(loads(key))
    _check_absent(tail["removed"], tail.get("lost", {}))
    check_filters(tail["settings"].get("before", {"filters": {}})["filters"])
    for section, by_provider in _table(tail["settings"]).items():
        for patterns in by_provider.values() if section != "before" else ():
            for origin in _table(patterns).values():
                _check_origin(origin)
    for texts in _table(tail.get("keys", {})).values():
        check_names(_list(texts))
    for texts in _table(tail.get("texts", {})).values():
        "".join(_list(texts))  # a family may have any character
    if "keys" in tail:
        check_names(tail["keys"]["id"])


def _check_absent(removed: Any, lost: Any) -> None:
    """Check what excludes models, and which copies have lost their base."""
    for why in _table(removed).values():
        _check_origin({"layer": "", **why})
        check_names([why["pattern"], *_list(why.get("names", []))])
    for copy in _table(lost).values():
        check_names([copy["base"]])
        _check_origin(copy)


def check_filters(filters: Any) -> None:
    """Check the settings in a header."""
    check_plain(filters)
    if not {*_table(filters)} <= {"allow", "deny", "prefer"}:  # another one might hide models
        raise ValueError
    allow = filters.get("allow", "all")
    for globs in [*_table(filters.get("deny", {})).values(), *([] if allow == "all" else _table(allow).values())]:
        if globs != "all" or allow == "all":
            check_names(globs)
    check_names(filters.get("prefer", []))


def check_base(head: Any, blocks: Collection[str]) -> None:
    """Check the header of a base that a file keeps; `blocks` are the providers of the file."""
    check_plain(head)
    check_filters(head["filters"])
    for source in _list(head["sources"]):
        check_names([source["name"], source["sha256"]])
    for one in _list(head.get("supplements", [])):
        check_names([one["name"], one["date"], one["sha256"]])
    check_names([head.get("date", "-"), head["digest"], *_list(head["own"])])
    if len({*head["own"]}) != len(head["own"]) or not {*blocks} >= {*head["own"]}:
        raise ValueError


def check_names(names: Any) -> None:
    """Check a list of texts."""
    for name in _list(names):
        if name.__class__ is not str:
            raise TypeError
    text = "".join(names)
    if not text.isprintable():
        for name in names:
            check_name(name)


def check_whole(numbers: Any) -> None:
    """Check a list of whole numbers."""
    if any(number.__class__ is not int for number in numbers):
        raise TypeError


def check_price(numbers: Any, others: Any) -> None:
    """Check a price of a history: numbers, None where one is not stated, and a table of what has no place there."""
    check_plain([numbers, _table(others)])
    if not all(number is None or 0 <= number < _BOUND for number in numbers):
        raise ValueError


def check_name(name: Any) -> None:
    """Check a text without control characters."""
    if name.__class__ is not str or not name:
        raise TypeError
    if not name.isprintable():
        from unicodedata import category

        if any(category(letter) in _UNSEEN for letter in name):
            raise ValueError


def _check_origin(origin: Any) -> None:
    layer, place = origin["layer"], origin.get("place", "")
    if layer.__class__ is not str or place.__class__ is not str:
        raise TypeError
    if layer in ("base", "resolves_to") and not place:
        raise ValueError


def _table(value: Any) -> dict[str, Any]:
    if value.__class__ is not dict:
        raise TypeError
    return value


def _list(value: Any) -> list[Any]:
    if value.__class__ is not list:
        raise TypeError
    return value
