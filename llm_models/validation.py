"""Validation: explains what a schema refuses, in JSON's words and in people's words; the only module with jsonschema.

A right record or configuration never gets here: `schema.accepts` gives the same verdict without jsonschema.
"""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

from llm_models import schema
from llm_models.addresses import wrong
from llm_models.advice import APIS, advice, as_toml
from llm_models.document import Fault
from llm_models.errors import did_you_mean, dotted, printable
from llm_models.foreign import SECTIONS, fold, stating
from llm_models.forms import correction, missing, next_step, one_or_many, too_large
from llm_models.layers import BY_PROVIDER, FIELDS, IDENTITY, OF_THE_FILE
from llm_models.remarks import ADDRESSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def _unique(_validator: Any, wanted: Any, value: Any, _node: Any) -> Iterator[ValidationError]:
    """Duplicate items, in linear time: jsonschema compares each item with each."""
    if not schema.check_of({"uniqueItems": wanted})(value):
        yield ValidationError(f"{value!r} has non-unique elements")


_types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: schema.is_integer(value))
_types = _types.redefine("number", lambda _, value: schema.is_number(value))
_Validator = extend(Draft202012Validator, {"uniqueItems": _unique}, type_checker=_types)  # type: ignore[no-untyped-call]
_formats = FormatChecker(formats=())
for _name, _exists in schema.FORMATS.items():
    _formats.checks(_name)(lambda value, exists=_exists: not isinstance(value, str) or exists(value))


@cache
def validator(name: str) -> Any:
    """The validator of the schema `name`; its registry is empty, so it fetches nothing."""
    return _Validator(schema.inlined(name), format_checker=_formats, registry=Registry())


def first_fault(name: str, value: object) -> tuple[tuple[str | int, ...], str] | None:
    """The path and the reason of one fault of a record, in JSON's words; None where the schema accepts it."""
    error = next(validator(name).iter_errors(value), None)
    return error and (tuple(error.absolute_path), f"{error.validator}: {error.message[:200]}")


def faults(name: str, document: object) -> Iterator[Fault]:
    """Every fault that the schema `name` finds, in people's words."""
    for error in validator(name).iter_errors(document):
        yield from _translate(error)


def _translate(error: ValidationError) -> Iterator[Fault]:
    return _EXPLAINED.get(str(error.validator), _expected)(error, error.validator_value, error.instance)


def _unknown_keys(error: ValidationError, _wanted: Any, value: Any) -> Iterator[Fault]:
    """The keys that a table does not have. What a name of another tool means beats a name with similar letters."""
    node: Any = error.schema
    keys = list(node.get("properties", ()))
    path = tuple(error.absolute_path)
    section = str(path[0]) if path and path[0] in SECTIONS else ""
    above = tuple(step for step in path[2:] if isinstance(step, str))
    for key in value:
        if key not in keys:
            spelled = [name for name in keys if not path and fold(name) == fold(key)]
            known = advice(section, (*above, key), value[key]) if section or not (path or spelled) else None
            otherwise = f"Known keys: {', '.join(keys)}."
            if not path and (isinstance(value[key], list) or value[key] == "all"):
                otherwise = f"A list of models stands below {' or '.join([f'[{name}]' for name in BY_PROVIDER])}."
            fields = [name for name, keys in FIELDS.items() if not path and key in keys]
            if fields and not (known and isinstance(value[key], dict)):
                known = ("", f"It is a field of an entry: write [[{fields[0]}]] above it.")
            hint = known[1] if known else partial(_like_key, key, keys, otherwise)
            yield Fault(path, f"unknown key '{printable(key)}'", hint, key)


def _like_key(key: str, keys: Sequence[str], otherwise: str) -> str:
    safe = [name for name in keys if not (_is_negated(key) and name in _PERMITS)]
    return did_you_mean(key, safe) or otherwise


_PERMITS = ("allow", "prefer", "known")
"""Sections that must not be suggested for a name that forbids: the opposite of what was meant."""


def _is_negated(key: str) -> bool:
    return fold(key).startswith(("dis", "un", "not", "non", "no", "never", "dont"))


def _missing(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    path = tuple(error.absolute_path)
    for key in wanted:
        if key not in value:
            yield _under_another_name(path, key, value) or Fault(path, f"'{key}' is missing", missing(path, key, value))


def _under_another_name(path: tuple[str | int, ...], key: str, entry: Any) -> Fault | None:
    """That an entry states a key by the name of another tool; `remarks` leaves it to this."""
    section = str(path[0])
    name = stating(section, entry, key) if section in SECTIONS else None
    known = None if name is None else advice(section, (name,), entry[name])
    if known is None:
        return None
    return Fault(path, f"'{key}' is missing, and '{printable(name)}' is {known[0]}", known[1])


def _wrong_type(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    """A value of a wrong type, for the word `type` or for all branches; with the likely fix where it is a table."""
    branches = [{"type": wanted}] if isinstance(wanted, str) else wanted
    kinds = [_shown(branch["const"]) if "const" in branch else _article(branch["type"]) for branch in branches]
    message = f"expected {' or '.join(kinds)} (found {_typed(value)})"
    node: Any = error.schema
    path = tuple(error.absolute_path)
    hint = next_step(path, node, value) if path else ""
    if len(path) == 2 and path[0] in BY_PROVIDER and path[1] in OF_THE_FILE:
        hint = f"It belongs at the top: move it above [{path[0]}]."
        yield Fault(path[:1], f"'{path[1]}' is not a provider", hint, str(path[1]))
        return
    if isinstance(value, dict) and len(path) == 2 and path[0] in BY_PROVIDER:
        inner: Any = value
        names = [str(path[1])]  # the parts of an id that was written with dots and without quotes
        while isinstance(inner, dict) and inner:
            name, inner = next(iter(inner.items()))
            names.append(str(name))
        is_id = (isinstance(inner, list) or inner == "all") and names[-1] not in _LISTS
        items = inner if names[-1] in _LISTS and isinstance(inner, list) else [*value]
        listed = f"{dotted(names[:1])} = {as_toml(items)}"
        hint = f'Put the provider in quotes: "{printable(".".join(names))}".' if is_id else f"Write {listed}."
    yield Fault(path, message, hint)


_LISTS = ("models", "model", "ids", "id", "names", "patterns", "match", "list")
"""Keys that people write between a provider and its list of models."""


def _wrong_pattern(error: ValidationError, _wanted: Any, value: Any) -> Iterator[Fault]:
    """A text that a pattern refuses; nothing where `minLength` or the format of a date refuses it too."""
    node: Any = error.schema
    path = tuple(error.absolute_path)
    if (value or "minLength" not in node) and "format" not in node:
        names = [step for step in path if isinstance(step, str)]
        if (names[-1],) in ADDRESSES["providers"] and (fault := wrong(value)) is not None:
            yield Fault(path, printable(fault.message), printable(fault.hint))
            return
        kind = _OF_PROVIDERS.get(names[-1]) if names[0] == "providers" else None
        text = f"some text {_WITHOUT}" if value.strip() else "some text"
        message = f"expected {kind or _PATTERNS.get(names[-1], text)} (found {_shown(value)})"
        yield Fault(path, message, correction(path, node, value))


_WITHOUT = "without control, format or line characters"
_PROVIDER_ID = "a provider's id, of letters, digits, '-', '.' and '_'"
_PATTERNS = {
    "overrides_module": "package.module or package.module:Class",
    "prefer": _PROVIDER_ID,
    "base": "a model spec with its provider, such as azure:gpt-4o",
    "known": "a provider and a name or glob, such as openai:gpt-9 or openai:*-preview-9*",
    "provider": _PROVIDER_ID,
    "id": f"a model's id, without spaces around it and {_WITHOUT}",
    "provider_model_id": f"some text {_WITHOUT}",
    "canonical": "the name of a model at all providers, such as openai/gpt-oss-120b",
    "served_as": f"a model's id, without spaces around it and {_WITHOUT}",
    "resolves_to": f"a model's id, without spaces around it and {_WITHOUT}",
    "aliases": f"a name, without spaces around it and {_WITHOUT}",
    "successor": "a model spec with its provider, such as openai:gpt-5.4",
    "utc": "a time of day in UTC, HH:MM",
    "tags": f"words, without spaces around them and {_WITHOUT}",
    "kind": "a word in lower case, such as embedding",
}
"""What a key with a pattern expects."""
_OF_PROVIDERS = {"id": _PROVIDER_ID, "aliases": "a name of letters, digits, '-', '.' and '_'"}
"""The same, of an entry under [[providers]]."""


def _one_of(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    """Which keys are allowed: each branch of a `oneOf` requires some."""
    if isinstance(value, dict):
        names = [key for branch in wanted for key in branch["required"]]
        state = "both" if any(key in value for key in names) else "neither"
        path = tuple(error.absolute_path)
        message = f"expected one of {' and '.join(map(repr, names))} (found {state})"
        other = None if state == "both" else _under_another_name(path, names[0], value)
        yield other or Fault(path, message, one_or_many(state))


def _branches(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    """The faults that the branch for the value's type finds; without such a branch, the value has a wrong type."""
    for index in range(len(wanted)):
        inners = [inner for inner in error.context or () if inner.schema_path[0] == index]
        if not any(inner.validator == "const" or (inner.validator == "type" and not inner.path) for inner in inners):
            for inner in inners:
                yield from _translate(inner)
            return
    yield from _wrong_type(error, wanted, value)


def _twice(error: ValidationError, _wanted: Any, value: Any) -> Iterator[Fault]:
    """The items of a list that it has already."""
    for index, item in enumerate(value):
        if item in value[:index]:
            yield Fault((*error.absolute_path, index), f"duplicate item {_shown(item)}", "Write it once.")


def _expected(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    text = _EXPECTED.get(str(wanted if error.validator == "format" else error.validator), "{message}")
    node: Any = error.schema
    path = tuple(error.absolute_path)
    is_field = len(path) > len(("models", 0)) and isinstance(path[-1], str) and path[-1] not in IDENTITY["models"]
    hint = _left_out(path) if is_field and error.validator in ("minimum", "minLength") else ""
    if error.validator == "format":
        hint = next_step(path, node, value)
    elif error.validator == "enum":
        hint = correction(path, node, value) or _meant(path, value) or did_you_mean(str(value), wanted)
    elif error.validator in ("minItems", "maxItems"):
        hint = next_step(path, node, value)
    elif error.validator == "maximum":
        hint = too_large(path, node, value)
    shown = ", ".join(map(_shown, wanted)) if error.validator == "enum" else _shown(wanted)
    parts = {"wanted": shown, "found": _shown(value), "length": len(value if isinstance(value, list) else str(value))}
    yield Fault(path, text.format(**parts, message=printable(error.message)[:300]), hint)


def _meant(path: tuple[str | int, ...], value: Any) -> str:
    """The word of ours that a word of another tool means in a list of words."""
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    right = APIS.get(fold(str(value)).removeprefix("/").removeprefix("v1/")) if field == "apis" else None
    return "" if right is None else f"Write {as_toml(right)}."


def _left_out(path: tuple[str | int, ...]) -> str:
    """What to do with a field of an entry that states no value."""
    how = "Leave the key out where it is unknown."
    in_list = any(isinstance(step, int) for step in path[2:])  # a list is replaced as a whole
    return how if in_list else f"{how} To remove a value, write omit = {as_toml([dotted(path[2:])])}."


_EXPECTED = {
    "const": "expected {wanted} (found {found})",
    "enum": "expected one of {wanted} (found {found})",
    "maxLength": "expected at most {wanted} characters (found {length})",
    "maximum": "expected at most {wanted} (found {found})",
    "minLength": "expected some text (found an empty string)",
    "minimum": "expected at least {wanted} (found {found})",
    "date": "expected a day that exists, YYYY-MM-DD (found {found})",
    "minItems": "expected a list of {wanted} or more (found {length})",
    "maxItems": "expected a list of {wanted} or fewer (found {length})",
    "moment": "expected a moment that exists, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ (found {found})",
    "partial-date": "expected a date that exists, YYYY-MM-DD or YYYY-MM (found {found})",
}
"""What the simple words of a schema, and its formats, expect."""

_EXPLAINED: dict[str, Callable[[ValidationError, Any, Any], Iterator[Fault]]] = {
    "additionalProperties": _unknown_keys,
    "anyOf": _branches,
    "oneOf": _one_of,
    "pattern": _wrong_pattern,
    "required": _missing,
    "type": _wrong_type,
    "uniqueItems": _twice,
}


def _article(word: str) -> str:
    """TOML's word for a type of JSON Schema, with its article."""
    word = "table" if word == "object" else word
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _shown(value: object) -> str:
    """A value roughly as TOML writes it, shortened."""
    plain = isinstance(value, (bool, str, dict, list))
    text = json.dumps(value, ensure_ascii=False, default=str) if plain else str(value)
    return printable(text if len(text) <= 60 else f"{text[:57]}...")


def _typed(value: object) -> str:
    """A value with TOML's word for its type."""
    words = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "table"}
    return f"{words.get(type(value), type(value).__name__)} {_shown(value)}"
