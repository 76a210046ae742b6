"""Validation: explains what a schema refuses, in JSON's words and in people's words; the only module with jsonschema.

A right record or configuration never gets here: `schema.accepts` gives the same verdict without jsonschema.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend
from referencing import Registry

from llm_models import schema
from llm_models.advice import advice
from llm_models.document import Fault
from llm_models.errors import did_you_mean, printable
from llm_models.foreign import SECTIONS, fold
from llm_models.layers import BY_PROVIDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema.exceptions import ValidationError

_types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: schema.is_integer(value))
_types = _types.redefine("number", lambda _, value: schema.is_number(value))
_Validator = extend(Draft202012Validator, type_checker=_types)  # type: ignore[no-untyped-call]
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
            known = advice(section, (*above, key), value[key]) if section or not path else None
            safe = [name for name in keys if not (_is_negated(key) and name in _PERMITS)]
            hint = known[1] if known else did_you_mean(key, safe) or f"Known keys: {', '.join(keys)}."
            yield Fault(path, f"unknown key '{printable(key)}'", hint, key)


_PERMITS = ("allow", "prefer", "known")
"""Sections that must not be suggested for a name that forbids: the opposite of what was meant."""


def _is_negated(key: str) -> bool:
    return fold(key).startswith(("dis", "un", "not", "non", "no", "never", "dont"))


def _missing(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    return (Fault(tuple(error.absolute_path), f"'{key}' is missing") for key in wanted if key not in value)


def _wrong_type(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    """A value of a wrong type, for the word `type` or for all branches; with the likely fix where it is a table."""
    branches = [{"type": wanted}] if isinstance(wanted, str) else wanted
    kinds = [_shown(branch["const"]) if "const" in branch else _article(branch["type"]) for branch in branches]
    message = f"expected {' or '.join(kinds)} (found {_typed(value)})"
    path = tuple(error.absolute_path)
    hint = _TABLES.get(str(path[-1]), "") if wanted == "object" and path else ""
    if isinstance(value, dict) and path in (("models",), ("providers",)):
        hint = f"Start each entry with [[{path[0]}]], in double brackets."
    elif isinstance(value, dict) and len(path) == 2 and path[0] in BY_PROVIDER:
        names = [str(path[1])]  # the parts of an id that was written with dots and without quotes
        while isinstance(value, dict) and value:
            name, value = next(iter(value.items()))
            names.append(str(name))
        hint = f'Put the provider in quotes: "{printable(".".join(names))}".'
    yield Fault(path, message, hint)


_TABLES = {
    "capabilities": "Write capabilities.tools.enabled = true.",
    "tools": "Write capabilities.tools.enabled = true.",
    "reasoning": "Write capabilities.reasoning.enabled = true.",
    "json": "Write capabilities.json.schema = true, or capabilities.json.native = true.",
    "streaming": "Write capabilities.streaming.text = true.",
    "limits": "Write limits.context = 128000, in tokens.",
    "cost": "Write cost.input = 1.25, in USD per million tokens.",
    "modalities": 'Write modalities.input = ["text", "image"].',
}
"""Where something else than a table stands for one: how to write the commonest of its fields."""


def _wrong_pattern(error: ValidationError, _wanted: Any, value: Any) -> Iterator[Fault]:
    """A text that a pattern refuses; nothing where `minLength` or the format of a date refuses it too."""
    node: Any = error.schema
    path = tuple(error.absolute_path)
    if (value or "minLength" not in node) and "format" not in node:
        names = [step for step in path if isinstance(step, str)]
        kind = _OF_PROVIDERS.get(names[-1]) if names[0] == "providers" else None
        yield Fault(path, f"expected {kind or _PATTERNS.get(names[-1], 'some text')} (found {_shown(value)})")


_WITHOUT = "without control, format or line characters"
_PATTERNS = {
    "overrides_module": "package.module or package.module:Class",
    "prefer": "a provider's id",
    "base": "a model spec with its provider, such as azure:gpt-4o",
    "known": "a provider and a name or glob, such as openai:gpt-9 or openai:*-preview-9*",
    "provider": "a provider's id",
    "id": f"a model's id, without spaces around it and {_WITHOUT}",
    "provider_model_id": f"some text {_WITHOUT}",
    "canonical": "the name of a model at all providers, such as openai/gpt-oss-120b",
    "served_as": f"a model's id, without spaces around it and {_WITHOUT}",
    "resolves_to": f"a model's id, without spaces around it and {_WITHOUT}",
    "aliases": f"a name, without spaces around it and {_WITHOUT}",
    "successor": "a model spec, provider:id",
    "tags": f"words, without spaces around them and {_WITHOUT}",
    "kind": "a word in lower case, such as embedding",
}
"""What a key with a pattern expects."""
_OF_PROVIDERS = {"id": "a provider's id", "aliases": "a name of letters, digits, '-', '.' and '_'"}
"""The same, of an entry under [[providers]]."""


def _one_of(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    """Which keys are allowed: each branch of a `oneOf` requires some."""
    if isinstance(value, dict):
        names = [key for branch in wanted for key in branch["required"]]
        state = "both" if any(key in value for key in names) else "neither"
        yield Fault(tuple(error.absolute_path), f"expected one of {' and '.join(map(repr, names))} (found {state})")


def _branches(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    """The faults that the branch for the value's type finds; without such a branch, the value has a wrong type."""
    for index in range(len(wanted)):
        inners = [inner for inner in error.context or () if inner.schema_path[0] == index]
        if not any(inner.validator == "const" or (inner.validator == "type" and not inner.path) for inner in inners):
            for inner in inners:
                yield from _translate(inner)
            return
    yield from _wrong_type(error, wanted, value)


def _expected(error: ValidationError, wanted: Any, value: Any) -> Iterator[Fault]:
    text = _EXPECTED.get(str(wanted if error.validator == "format" else error.validator), "{message}")
    hint = 'Leave the key out where it is unknown, or put it in "omit".' if (wanted, value) == (1, 0) else ""
    shown = ", ".join(map(_shown, wanted)) if error.validator == "enum" else _shown(wanted)
    parts = {"wanted": shown, "found": _shown(value), "length": len(str(value))}
    yield Fault(tuple(error.absolute_path), text.format(**parts, message=printable(error.message)[:300]), hint)


_EXPECTED = {
    "const": "expected {wanted} (found {found})",
    "enum": "expected one of {wanted} (found {found})",
    "maxLength": "expected at most {wanted} characters (found {length})",
    "maximum": "expected at most {wanted} (found {found})",
    "minLength": "expected some text (found an empty string)",
    "minimum": "expected at least {wanted} (found {found})",
    "date": "expected a day that exists, YYYY-MM-DD (found {found})",
    "partial-date": "expected a date that exists, YYYY-MM-DD or YYYY-MM (found {found})",
    "uniqueItems": "duplicate item",
}
"""What the simple words of a schema, and its formats, expect."""

_EXPLAINED: dict[str, Callable[[ValidationError, Any, Any], Iterator[Fault]]] = {
    "additionalProperties": _unknown_keys,
    "anyOf": _branches,
    "oneOf": _one_of,
    "pattern": _wrong_pattern,
    "required": _missing,
    "type": _wrong_type,
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
