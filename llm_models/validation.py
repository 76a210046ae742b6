"""Validate: records and documents against `schemas/`, and what is wrong as `Problem`s; the room of jsonschema.

The schemas are read once and joined into one each, without references, so that checking many records costs
little. Beyond JSON Schema: an integer is written without a point, a number is finite, and a date exists.
"""

from __future__ import annotations

import json
import marshal
import math
import os
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend
from referencing import Registry

from llm_models import paths
from llm_models.errors import did_you_mean, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jsonschema.exceptions import ValidationError

__all__ = [
    "SCHEMAS",
    "Fault",
    "faults",
    "first_fault",
    "for_editors",
    "inlined",
    "read_schema",
    "record_checker",
    "type_name",
    "validator",
]

SCHEMAS = ("provider", "model", "capabilities", "limits", "cost", "overrides", "snapshot", "manifest")


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_checker: object, value: object) -> bool:
    return _is_integer(_checker, value) or (isinstance(value, float) and math.isfinite(value))


_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_number}),
)
_formats = FormatChecker(formats=())


@_formats.checks("partial-date")
def _is_partial_date(value: object) -> bool:
    """Whether a text is a day or a month that exists, `YYYY-MM-DD` or `YYYY-MM`; other types are not its matter."""
    if not isinstance(value, str):
        return True
    from datetime import date

    try:
        date.fromisoformat(value if len(value) > len("YYYY-MM") else f"{value}-01")
    except ValueError:
        return False
    return True


_DATE = (
    r"^(?!0000)([0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?"
    r"|[0-9]{4}-(0[13-9]|1[0-2])-(29|30)|[0-9]{4}-(0[13578]|1[02])-31"
    r"|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)$(?!\n)"
)
"""The days and months that exist, leap days too, as `_is_partial_date` knows them."""


@cache
def read_schema(name: str) -> dict[str, Any]:
    """The schema file of that name, as it stands. Raises `LookupError` for a name not in `SCHEMAS`."""
    if name not in SCHEMAS:
        raise LookupError(name)
    with open(os.path.join(paths.resources("schemas"), f"{name}.schema.json"), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


@cache
def inlined(name: str) -> dict[str, Any]:
    """The schema of that name with every `$ref` to another file, or into one, replaced by what it names.

    That of `llm_models.toml` loses the records' defaults on the way: as overrides they would be statements.
    """
    unwanted = {"$schema", "$id", "examples"} | ({"default"} if name == "overrides" else set())

    def expand(node: Any, home: str) -> Any:
        if isinstance(node, list):
            return [expand(item, home) for item in node]
        if not isinstance(node, dict):
            return node
        while "$ref" in node:
            file, _, pointer = node["$ref"].partition("#")
            home = file.removesuffix(".schema.json") or home
            target: Any = read_schema(home)
            for step in pointer.split("/")[1:]:
                target = target[step]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return {key: expand(value, home) for key, value in node.items() if key not in unwanted}

    whole = read_schema(name)
    joined: dict[str, Any] = {key: value for key, value in whole.items() if key in unwanted} | expand(whole, name)
    return joined


def for_editors() -> dict[str, Any]:
    """The schema of `llm_models.toml` as one document in draft-07 words, equal in verdict to ours.

    It states no defaults: an editor would fill them in, and each would overwrite a real value of a weaker layer.
    Dates, whose format only we know, are told by a pattern. Beyond JSON's words are an integer written with a
    point and a number that is not finite, which ours alone refuses.
    """

    def reword(node: Any) -> Any:
        if isinstance(node, list):
            return [reword(item) for item in node]
        if not isinstance(node, dict):
            return node
        if node.get("format") == "partial-date":
            node = {**node, "pattern": _DATE}
            del node["format"]
        return {key: reword(value) for key, value in node.items()}

    schema: dict[str, Any] = reword(inlined("overrides"))
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    return schema


@cache
def validator(name: str) -> Any:
    """The validator of that schema, made once."""
    return _Validator(inlined(name), format_checker=_formats, registry=Registry())  # an empty registry fetches nothing


@cache
def _errors(name: str) -> Callable[[object], Iterator[ValidationError]]:
    errors: Callable[[object], Iterator[ValidationError]] = validator(name).iter_errors
    return errors


def first_fault(name: str, value: object) -> tuple[tuple[str | int, ...], str] | None:
    """Where a record breaks the schema `name` and how, in JSON's words, or None where it keeps it."""
    for error in _errors(name)(value):
        return tuple(error.absolute_path), f"{error.validator}: {error.message[:200]}"
    return None


class Fault(NamedTuple):
    """One breach of a schema in TOML's words: at the value of `path`, or at its `key` that should not be there."""

    path: tuple[str | int, ...]
    message: str
    hint: str = ""
    key: str | None = None


def faults(name: str, document: object) -> Iterator[Fault]:
    """Every breach of the schema `name`, in people's words."""
    for error in _errors(name)(document):
        yield from _translate(error)


def _translate(error: ValidationError) -> Iterator[Fault]:
    path = tuple(error.absolute_path)
    value: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    if value is None or type(value).__name__ in {"datetime", "date", "time"}:
        yield _no_such_type(path, value, schema)
        return
    match error.validator:
        case "additionalProperties":
            known = list(schema.get("properties", ()))
            for key in value:
                if key not in known:
                    near = did_you_mean(key, known)
                    hint = near or f"Known are {', '.join(known)}."
                    yield Fault(path, f"unknown key '{printable(key)}'", hint, key)
        case "required":
            for key in wanted:
                if key not in value:
                    yield Fault(path, f"'{key}' is missing")
        case "type" if isinstance(value, float) and not math.isfinite(value):
            yield Fault(path, f"expected a finite {wanted} (found {value})")
        case "type":
            yield Fault(path, f"expected {_article(wanted)} (found {type_name(value)} {_shown(value)})")
        case "oneOf" if all(branch.keys() == {"required"} for branch in wanted):
            names = [key for branch in wanted for key in branch["required"]]
            found = "both" if any(key in value for key in names) else "neither"
            yield Fault(path, f"expected one of {' and '.join(map(repr, names))} (found {found})")
        case "anyOf" | "oneOf":
            yield from _nearest_branch(error)
        case "minimum" if wanted == 1 and value == 0:
            yield Fault(
                path, "expected at least 1 (found 0)", 'Leave the key out where it is unknown, or put it in "omit".'
            )
        case "minimum":
            yield Fault(path, f"expected at least {wanted} (found {_shown(value)})")
        case "maximum":
            yield Fault(path, f"expected at most {wanted} (found {_shown(value)})")
        case "minLength":
            yield Fault(path, "expected some text (found an empty string)")
        case "maxLength":
            yield Fault(path, f"expected at most {wanted} characters (found {len(value)})")
        case "uniqueItems":
            yield Fault(path, "the same item stands twice")
        case "format" | "pattern" if "format" in schema:
            if error.validator == "format" or _is_partial_date(value):  # else the format has said it
                yield Fault(path, f"expected a date that exists, YYYY-MM-DD or YYYY-MM (found {_shown(value)})")
        case "const" | "enum":
            yield Fault(path, f"expected {_shown(wanted)} (found {_shown(value)})")
        case "pattern" if value or "minLength" not in schema:  # else that has said it
            yield Fault(path, f"expected {_expected(path)} (found {_shown(value)})")
        case "pattern":
            pass
        case _:
            yield Fault(path, printable(error.message)[:300])


_EXPECTED = {
    "overrides_module": "package.module or package.module:Class",
    "prefer": "a provider's id",
    "provider": "a provider's id",
    "id": "a model's id, without blanks around it or '..' in it",
    "provider_model_id": "a model's id, without blanks around it or '..' in it",
}
"""What a key with a pattern holds, in words."""


def _expected(path: tuple[str | int, ...]) -> str:
    names = [step for step in path if isinstance(step, str)]
    return "a provider's id" if names == ["providers", "id"] else _EXPECTED.get(names[-1], "some text")


def _no_such_type(path: tuple[str | int, ...], value: object, schema: Any) -> Fault:
    if value is None:
        return Fault(path, "null says nothing", 'Leave the key out, or put it in "omit" to remove it.')
    hint = f'Put it in quotes: "{value}".' if schema.get("type") == "string" else ""
    return Fault(
        path, f"expected {_article(schema.get('type', 'another value'))} (found a {type(value).__name__})", hint
    )


def _nearest_branch(error: ValidationError) -> Iterator[Fault]:
    """What is wrong by the branch of the same type; by none, all of them are named."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    for inners in branches.values():
        if all(inner.validator != "const" and (inner.validator != "type" or inner.path) for inner in inners):
            for inner in inners:
                yield from _translate(inner)
            return
    branches_wanted: Any = error.validator_value
    wanted = [_shown(b["const"]) if "const" in b else _article(b["type"]) for b in branches_wanted]
    yield Fault(
        tuple(error.absolute_path),
        f"expected {' or '.join(wanted)} (found {type_name(error.instance)} {_shown(error.instance)})",
    )


def _article(word: Any) -> str:
    word = {"object": "table"}.get(word, word)
    return f"{'an' if str(word)[0] in 'aeiou' else 'a'} {word}"


def _shown(value: object) -> str:
    """A value as TOML would write it, cut short."""
    if isinstance(value, bool):
        return str(value).lower()
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (str, dict, list)) else str(value)
    return printable(text if len(text) <= 60 else f"{text[:57]}...")


def record_checker(name: str) -> Callable[[Mapping[str, Any]], bool]:
    """A test whether records keep the schema `name`, each distinct value of a property being looked at once.

    Exact because a record's own schema is a type, properties and what is required, nothing across properties.
    Make one for a batch: it remembers what it has seen.
    """
    schema = inlined(name)
    across = set(schema) - {"$schema", "$id", "title", "description", "examples"}
    assert across == {"type", "properties", "required", "additionalProperties"}, across
    parts = {key: validator(name).evolve(schema=part) for key, part in schema["properties"].items()}
    seen: set[tuple[str, bytes]] = set()

    def keeps(record: Mapping[str, Any]) -> bool:
        if not all(key in record for key in schema["required"]):
            return False
        for key, value in record.items():
            mark = (key, marshal.dumps(value, 2))  # which tells 1, 1.0 and True apart
            if mark in seen:
                continue
            if key not in parts or not parts[key].is_valid(value):
                return False
            seen.add(mark)
        return True

    return keeps


def type_name(value: object) -> str:
    """TOML's word for the type of a value, for people."""
    if value is None:
        return "null"
    words = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", tuple: "array"}
    return words.get(type(value)) or ("table" if isinstance(value, dict) else type(value).__name__)
