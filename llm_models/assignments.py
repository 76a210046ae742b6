"""Assignments: what `FIELD=VALUE` and `FIELD+=VALUE` on the command line mean: a field of a model and its value."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from typing import Any, NamedTuple

from llm_models import schema
from llm_models.advice import advice
from llm_models.errors import ConfigError, InvalidSpecError, printable, split_dotted
from llm_models.layers import IDENTITY
from llm_models.similarity import did_you_mean, mistyped

_FORM = re.compile(r"""((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w.-])+)(\+?)=(.*)""", re.DOTALL)


class Assignment(NamedTuple):
    """The field as a path, whether the value is added to a list, and the value."""

    field: tuple[str, ...]
    adds: bool
    value: Any


def assigned(text: str) -> Assignment:
    """What a text states. Raises `ConfigError` for another form, `InvalidSpecError` for a field that does not exist."""
    match = _FORM.fullmatch(text)
    if match is None:
        hint = "Write FIELD=VALUE, such as limits.context=128000, or FIELD+=VALUE, such as tags+=approved."
        raise ConfigError(f"'{printable(text)}' states no value. {hint}", exit_code=2)
    field = split_dotted(match[1])
    return Assignment(field, bool(match[2]), _value(match[3], field))


def _value(text: str, field: tuple[str, ...]) -> Any:
    """`text` as a TOML value, or as a string where the field is a string or `text` is not a TOML value."""
    value = _plain(text)
    part = check_field(field, value)
    kind = part.get("type")
    if kind in ("array", "object") and value is text and text.lstrip().startswith(("[", "{")):
        how = """Write strings in quotation marks, such as 'tags=["a", "b"]'."""
        raise ConfigError(f"{printable('.'.join(field))}: '{printable(text)}' is not valid TOML. {how}", exit_code=2)
    if kind == "string" and not isinstance(value, str):
        return text
    return [value] if kind == "array" and not isinstance(value, list) else value


def check_field(field: tuple[str, ...], value: Any = None) -> dict[str, Any]:
    """The schema of a field of a model. Raises `InvalidSpecError` for one that does not exist, at any depth.

    The keys of the tables in `value` are fields, too.
    """
    if field[0] in IDENTITY["models"]:
        how = "'llm-models add' defines a model."
        raise InvalidSpecError(f"'{field[0]}' cannot be set, because it tells what the entry is about. {how}")
    keys = schema.inlined("overrides")["properties"]["models"]["items"]["properties"]
    known = {name: each for name, each in keys.items() if name not in IDENTITY["models"]}
    part = {"type": "object", "properties": known, "additionalProperties": False}
    for length, step in enumerate(field):
        part = _inside(part, field[:length], step, value, field)
    _check_keys(part, field, value)
    return part


def _check_keys(part: dict[str, Any], field: tuple[str, ...], value: Any) -> None:
    if isinstance(value, dict) and part.get("type") == "object":  # of another type, the value is wrong, not a field
        for key, item in value.items():
            _check_keys(_inside(part, field, key, item, (*field, key)), (*field, key), item)
    elif isinstance(value, list) and "items" in part:
        for item in value:
            _check_keys(part["items"], field, item)


def _inside(
    part: dict[str, Any], above: tuple[str, ...], step: str, value: Any, asked: tuple[str, ...]
) -> dict[str, Any]:
    """The schema of the key `step` of a table. Raises `InvalidSpecError`, which names the field that is `asked`."""
    keys: dict[str, Any] = part.get("properties", {})
    free = part.get("additionalProperties", part.get("type", "object") == "object")
    if step in keys or free:
        return keys.get(step) or (free if isinstance(free, dict) else {})
    names = {key: ".".join((*above, key)) for key in keys}
    found = advice("models", asked, value, () if above else tuple(keys))
    hint = f" {found[1]}" if found else did_you_mean(names[key] for key in mistyped(step, keys))
    if not hint:
        known = f"Known fields are {', '.join(names.values())}."
        hint = f" {known}" if names else f" {printable('.'.join(above))} is not a table."
    raise InvalidSpecError(f"unknown field '{printable('.'.join(asked))}'.{hint}")


def _plain(text: str) -> Any:
    """`text` as a TOML value, or as it is where it is none."""
    if "\n" not in text:  # a second line could contain more than a value
        with suppress(ValueError, RecursionError):
            return tomllib.loads(f"x = {text}")["x"]
    return text
