"""Assignments: what `FIELD=VALUE` and `FIELD+=VALUE` of a command state about a model."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from typing import Any, NamedTuple

from llm_models import schema
from llm_models.advice import advice
from llm_models.errors import ConfigError, InvalidSpecError, did_you_mean, printable, split_dotted

IDENTITY = {"provider", "id"}
_CHANGE = re.compile(r"""((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w.-])+)(\+?)=(.*)""", re.DOTALL)


class Assignment(NamedTuple):
    """A field, as it was written, and its new value, or with `adds` what is added to it."""

    field: str
    adds: bool
    value: Any


def assignment(text: str) -> Assignment:
    """The assignment in a text. Raises `ConfigError` where it is none, `InvalidSpecError` for an unknown field."""
    match = _CHANGE.fullmatch(text)
    if match is None:
        raise ConfigError(f"'{printable(text)}' is not a change (expected FIELD=VALUE or FIELD+=VALUE)")
    return Assignment(match[1], bool(match[2]), _value(match[3], split_dotted(match[1])))


def _value(text: str, field: tuple[str, ...]) -> Any:
    """`text` as a TOML value, or as a string where the field is a string or `text` is not a TOML value."""
    part: dict[str, Any] = schema.inlined("overrides")["properties"]["models"]["items"]
    known = [name for name in part["properties"] if name not in {*IDENTITY, "match"}]
    if field[0] not in known:
        found = advice("models", field, _plain(text), tuple(known))
        hint = f" {found[1]}" if found else did_you_mean(field[0], known) or f" Known fields are {', '.join(known)}."
        raise InvalidSpecError(f"unknown field '{printable('.'.join(field))}'.{hint}")
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
