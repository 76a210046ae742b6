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
    part: dict[str, Any] = schema.inlined("overrides")["properties"]["models"]["items"]
    known = [name for name in part["properties"] if name not in IDENTITY["models"]]
    if field[0] in IDENTITY["models"]:
        how = "'llm-models add' defines a model."
        raise InvalidSpecError(f"'{field[0]}' cannot be set, because it tells what the entry is about. {how}")
    if field[0] not in known:
        found = advice("models", field, _plain(text), tuple(known))
        near = did_you_mean(mistyped(field[0], known)) or f" Known fields are {', '.join(known)}."
        raise InvalidSpecError(f"unknown field '{printable('.'.join(field))}'.{f' {found[1]}' if found else near}")
    for step in field:
        part = part.get("properties", {}).get(step, {})
    value = _plain(text)
    if part.get("type") == "string" and not isinstance(value, str):
        return text
    return [value] if part.get("type") == "array" and not isinstance(value, list) else value


def _plain(text: str) -> Any:
    """`text` as a TOML value, or as it is where it is none."""
    if "\n" not in text:  # a second line could contain more than a value
        with suppress(ValueError, RecursionError):
            return tomllib.loads(f"x = {text}")["x"]
    return text
