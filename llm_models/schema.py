"""Schema: reads the files of `schemas/`, joins each into one document, and decides whether a value is accepted.

Standard library only, because every configuration passes through here. `validation` explains a refusal. Beyond JSON
Schema: an integer has no decimal point, a number is finite, and a date exists.
"""

from __future__ import annotations

import os
import re
from datetime import date
from functools import cache, lru_cache, reduce
from math import isfinite
from operator import getitem
from typing import TYPE_CHECKING, Any

from llm_models import paths
from llm_models.jsontext import loads
from llm_models.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[Any], bool]

SCHEMAS = ("provider", "model", "capabilities", "limits", "cost", "overrides", "snapshot", "manifest", "history",
           "accepted")  # fmt: skip


@cache
def read_schema(name: str) -> dict[str, Any]:
    """The schema file of that name, unchanged. Raises `LookupError` for a name that is not in `SCHEMAS`."""
    if name not in SCHEMAS:
        raise LookupError(name)
    path = os.path.join(paths.resources("schemas"), f"{name}.schema.json")
    return loads(paths.packaged_text(path))  # type: ignore[no-any-return]


@cache
def inlined(name: str) -> dict[str, Any]:
    """The schema of that name in which every `$ref` is replaced by its target.

    The schema of `llm_models.toml` has no defaults: an override that states a default changes the model.
    """
    unwanted = {"$schema", "$id", "examples"} | ({"default"} if name == "overrides" else set())
    targets: dict[tuple[str, str], Any] = {}

    def expand(node: Any, home: str) -> Any:
        if isinstance(node, list):
            return [expand(item, home) for item in node]
        if not isinstance(node, dict):
            return node
        own = {
            key: expand(value, home) if isinstance(value, (dict, list)) else value
            for key, value in node.items()
            if key not in unwanted
        }
        if "$ref" not in own:
            return own
        file, _, pointer = own.pop("$ref").partition("#")
        target = target_of(file.removesuffix(".schema.json") or home, pointer)
        return {**target, **own} if own else target

    def target_of(home: str, pointer: str) -> Any:
        if (home, pointer) not in targets:  # prices are those of a list, a tier, a mode and more
            target: Any = reduce(getitem, pointer.split("/")[1:], read_schema(home))
            targets[home, pointer] = expand(target, home)
        return targets[home, pointer]

    return {**read_schema(name), **expand(read_schema(name), name)}


def accepts(name: str, value: object) -> bool:
    """Whether the schema `name` accepts a value; always the verdict of `validation.validator(name)`.

    >>> accepts("limits", {"context": 128000}), accepts("limits", {"context": 128000.0})
    (True, False)
    """
    return _check_of(name)(value)


@cache
def _check_of(name: str) -> Check:
    return check_of(inlined(name))


def check_of(schema: dict[str, Any]) -> Check:
    """A schema, given as data without references, as the function that decides whether it accepts a value.

    Each part is built when the first value meets it: most values meet few parts, and a source has many values.
    """
    check: Check | None = None

    def accepted(value: Any) -> bool:
        nonlocal check
        if check is None:
            check = _built(schema)
        return check(value)

    return accepted


def _built(schema: dict[str, Any]) -> Check:
    """The check of a schema. A value of the right type is decided once: names, dates and limits come again."""
    checks = [word(wanted, schema) for name, wanted in schema.items() if name != "type" and (word := WORDS[name])]
    rest = _every(checks)
    if "type" not in schema:
        return rest
    is_of_type = _type(schema["type"], schema)
    if not checks:
        return is_of_type
    if schema["type"] not in _WITH_PARTS:
        rest = lru_cache(1024, typed=True)(rest)
    return lambda value: is_of_type(value) and rest(value)


def _every(checks: list[Check]) -> Check:
    def accepted(value: Any) -> bool:
        for check in checks:  # a generator for `all` would take longer than most checks
            if not check(value):
                break
        else:
            return True
        return False

    return checks[0] if len(checks) == 1 else accepted


def is_integer(value: object) -> bool:
    """Whether a value is an integer without a decimal point; a boolean is not one."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether a value is a finite number; a boolean is not one."""
    return is_integer(value) or (isinstance(value, float) and isfinite(value))


def is_date(text: str) -> bool:
    """Whether a text is a day or a month that exists, `YYYY-MM-DD` or `YYYY-MM`."""
    if text[4::3] not in ("-", "--"):  # Python reads other forms of ISO 8601 too
        return False
    try:
        date.fromisoformat(text if len(text) == len("YYYY-MM-DD") else f"{text}-01")
    except ValueError:
        return False
    return True


def is_day(text: str) -> bool:
    """Whether a text is a day that exists, `YYYY-MM-DD`."""
    return len(text) == len("YYYY-MM-DD") and is_date(text)


def is_moment(text: str) -> bool:
    """Whether a text is a day that exists, `YYYY-MM-DD`, or a time of it, `YYYY-MM-DDThh:mm:ssZ`."""
    day, time = text[: len("YYYY-MM-DD")], text[len("YYYY-MM-DD") :]
    return is_day(day) and (not time or re.fullmatch(_TIME, time) is not None)


_TIME = r"T([01][0-9]|2[0-3])(:[0-5][0-9]){2}Z"
FORMATS = {"date": is_day, "partial-date": is_date, "moment": is_moment}
_MONTH_OF, _DAY_OF = r"[0-9]{4}-(0[1-9]|1[0-2])", r"-(0[1-9]|[12][0-9]|3[01])"
SHAPES = {"date": rf"^{_MONTH_OF}{_DAY_OF}$(?!\n)", "partial-date": rf"^{_MONTH_OF}({_DAY_OF})?$(?!\n)"}
"""Format -> the pattern that a schema states beside it, for programs that check no format: it refuses nothing more."""

_BEYOND_ASCII = r"(\\u[0-9a-f]{4}|[^ -~])(-(\\u[0-9a-f]{4}|[^ -~]))?"
"""A letter or range of a class in a pattern of ours. A letter of ASCII is itself there, or `\\x` and two digits."""

_TYPES = {"array": list, "boolean": bool, "object": dict, "string": str}
_WITH_PARTS = ("array", "object")
_NUMBERS = {"integer": is_integer, "number": is_number}


def _type(wanted: Any, _schema: Any) -> Check:
    kind = _TYPES.get(wanted)
    return _NUMBERS[wanted] if kind is None else lambda value: isinstance(value, kind)


def _properties(wanted: Any, _schema: Any) -> Check:
    checks: dict[str, Check] = {}

    def accepted(value: Any) -> bool:
        if isinstance(value, dict):
            for key, item in value.items():
                check = checks.get(key)
                if check is None and key in wanted:
                    built = _built(wanted[key])
                    check = checks[key] = remembered(built) if wanted[key].get("type") in _WITH_PARTS else built
                if check is not None and not check(item):
                    return False
        return True

    return accepted


def _additional(wanted: Any, schema: Any) -> Check:
    stated = schema.get("properties", {}).keys()
    if wanted is False:
        return lambda value: not isinstance(value, dict) or value.keys() <= stated
    check = check_of(wanted)
    return lambda value: not isinstance(value, dict) or all(check(value[key]) for key in value.keys() - stated)


def _items(wanted: Any, _schema: Any) -> Check:
    check = check_of(wanted)
    return lambda value: not isinstance(value, list) or all(map(check, value))


def _prefix_items(wanted: Any, _schema: Any) -> Check:
    checks = [*map(check_of, wanted)]
    return lambda value: (
        not isinstance(value, list) or all(check(item) for check, item in zip(checks, value, strict=False))
    )


def _enum(wanted: Any, _schema: Any) -> Check:
    marks = {*map(_mark, wanted)}
    return lambda value: _mark(value) in marks


def _pattern(wanted: Any, schema: Any) -> Check:
    if wanted == SHAPES.get(schema.get("format")):
        return lambda _: True
    # What a class says beyond ASCII takes ten times as long to compile as the rest, and most texts are plain.
    plain = re.sub(_BEYOND_ASCII, "", wanted)
    compiled = cache(re.compile)
    return lambda value: (
        not isinstance(value, str) or (compiled(plain if value.isascii() else wanted).search(value) is not None)
    )


def _format(wanted: Any, _schema: Any) -> Check:
    check = FORMATS.get(wanted)
    return lambda value: check is None or not isinstance(value, str) or check(value)


def _any_of(wanted: Any, _schema: Any) -> Check:
    checks = [*map(check_of, wanted)]
    return lambda value: any(check(value) for check in checks)


def _one_of(wanted: Any, _schema: Any) -> Check:
    checks = [*map(check_of, wanted)]
    return lambda value: sum(check(value) for check in checks) == 1


def _mark(value: Any) -> Any:
    """A hashable form of JSON data that is equal for equal data: 1 equals 1.0, but not true."""
    if isinstance(value, dict):
        return dict, frozenset((key, _mark(item)) for key, item in value.items())
    if isinstance(value, list):
        return (list, *map(_mark, value))
    return (bool, value) if isinstance(value, bool) else value


# Schema word -> (what the schema states, the whole schema) -> the check of a value; None for a word without a check.
# JSON Schema applies a word only to values of its type, so each check returns True for any other.
WORDS: dict[str, Callable[[Any, Any], Check] | None] = {
    **dict.fromkeys(("$schema", "$id", "title", "description", "default", "examples")),
    "type": _type,
    "const": lambda wanted, _: _enum([wanted], _),
    "enum": _enum,
    "properties": _properties,
    "required": lambda wanted, _: lambda value: not isinstance(value, dict) or value.keys() >= {*wanted},
    "additionalProperties": _additional,
    "items": _items,
    "prefixItems": _prefix_items,
    "minItems": lambda wanted, _: lambda value: not isinstance(value, list) or len(value) >= wanted,
    "maxItems": lambda wanted, _: lambda value: not isinstance(value, list) or len(value) <= wanted,
    "uniqueItems": lambda *_: (
        lambda value: not isinstance(value, list) or len(value) < 2 or len(set(map(_mark, value))) == len(value)
    ),
    "minLength": lambda wanted, _: lambda value: not isinstance(value, str) or len(value) >= wanted,
    "maxLength": lambda wanted, _: lambda value: not isinstance(value, str) or len(value) <= wanted,
    "pattern": _pattern,
    "format": _format,
    "minimum": lambda wanted, _: lambda value: not is_number(value) or value >= wanted,
    "maximum": lambda wanted, _: lambda value: not is_number(value) or value <= wanted,
    "anyOf": _any_of,
    "oneOf": _one_of,
}

_DAY = (
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    r"|[0-9]{4}-(0[13-9]|1[0-2])-(29|30)|[0-9]{4}-(0[13578]|1[02])-31"
    r"|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
)
_PATTERNS = {
    "date": rf"^(?!0000)({_DAY})$(?!\n)",
    "partial-date": rf"^(?!0000)([0-9]{{4}}-(0[1-9]|1[0-2])|{_DAY})$(?!\n)",
    "moment": rf"^(?!0000)({_DAY})({_TIME})?$(?!\n)",
}
"""The days, months and moments that exist, leap days included, as `FORMATS` decides."""

_URL = r'^(?:[Hh][Tt][Tt][Pp][Ss]?://|\$\{[A-Za-z0-9_]+\})[^\x00-\x20\x7f?#\\"]*$(?!\n)'
_VARIABLE = r"^(?:[A-Za-z0-9]{1,19}|[A-Za-z]{1,100}|(?=[^_]*_)[A-Za-z0-9_]{1,100})$(?!\n)"  # as credentials.is_variable
EDITOR = {
    ("providers", "items", "properties", "base_url"): _URL,
    ("providers", "items", "properties", "openai_base_url"): _URL,
    ("providers", "items", "properties", "env", "items"): _VARIABLE,
}
"""Patterns of the published schema of `llm_models.toml` alone, so that editors mark what `remarks` explains better."""


def published(name: str) -> dict[str, Any]:
    """The schema of that name as one document for other programs, which gives the same verdicts.

    It compiles under the strict mode of ajv: a pattern replaces a format of dates, `uri` is left out, and what is
    required has a property. That of `llm_models.toml` has draft-07 words, which TOML editors know. Only ours refuses an
    integer with a decimal point and a number that is not finite, because JSON Schema cannot.
    """
    import json

    def reword(node: dict[str, Any]) -> dict[str, Any]:
        word = node.get("format")
        if isinstance(word, str):  # a table, where a record has a field of that name
            del node["format"]
            node.update({"pattern": _PATTERNS[word]} if word in _PATTERNS else {})
        if isinstance(node.get("required"), list):
            node["properties"] = {**{key: {} for key in node["required"]}, **node.get("properties", {})}
        return node

    schema: dict[str, Any] = json.loads(json.dumps(inlined(name)), object_hook=reword)
    if name == "overrides":
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"
        for path, pattern in EDITOR.items():
            reduce(getitem, path, schema["properties"])["pattern"] = pattern
    return schema
