"""Revision: a change to an `llm_models.toml` as the command line states it, checked before it is written."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from llm_models import edit, files, paths, schema
from llm_models.checks import base_for, check_text
from llm_models.errors import ConfigError, InvalidSpecError, did_you_mean, printable
from llm_models.modelspec import fold_provider, parse_spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llm_models.errors import Problem
    from llm_models.records import ModelKey

_CHANGE = re.compile(r"(?P<field>[A-Za-z_][\w.-]*)(?P<add>\+?)=(?P<value>.*)", re.DOTALL)
_IDENTITY = {"provider", "id"}


class Revision:
    """A configuration file with its old and its new text; nothing is written before `write`."""

    def __init__(self, path: str, text: str, *, exists: bool) -> None:
        self.path = path
        self.old = self.new = text
        self.exists = exists
        self._base = base_for(path)

    @classmethod
    def open(cls, folder: paths.Folder) -> Self:
        """The application's file, or a new one in its folder.

        Raises `ConfigError` where the file cannot be looked at or read, or is not valid TOML.
        """
        if folder.config is None and not folder.discovered:
            raise ConfigError("there is no file to change (--config or LLM_MODELS_CONFIG states that none is used)")
        path = folder.config or paths.absolute(os.path.join(os.path.dirname(folder.state or ""), paths.CONFIG_NAME))
        exists = paths.exists(path)
        raw = paths.read_config(path) if exists else b""
        try:
            text = raw.decode()
            tomllib.loads(text.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            problems = check_text(raw, path, base_for(path))
            raise ConfigError("\n".join(map(str, problems)), problems=tuple(problems)) from None
        return cls(path, text, exists=exists)

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.old != self.new

    @property
    def _data(self) -> dict[str, Any]:
        return tomllib.loads(self.new.removeprefix("\ufeff"))

    def set_fields(self, spec: str, changes: Sequence[str]) -> None:
        """Set values, `FIELD=VALUE` or `FIELD+=VALUE`, of the model that `spec` names."""
        key = self._key(spec)
        entry = self._entry(key)
        if entry is None:
            entry = len(self._models)
            provider = self._spelling(key.provider)
            self.new = edit.append(self.new, ("models",), {"provider": provider, "id": key.id})
        for change in changes:
            match = _CHANGE.fullmatch(change)
            if match is None:
                raise ConfigError(f"'{printable(change)}' is not a change (expected FIELD=VALUE or FIELD+=VALUE)")
            field = tuple(match["field"].split("."))
            self._check_field(field)
            path = ("models", entry, *field)
            value = _value(match["value"], field)
            if match["add"]:
                present = _at(self._data, path)
                for item in value if isinstance(value, list) else [value]:
                    if item not in (present or ()):
                        self.new = edit.append(self.new, path, item)
            else:
                self.new = edit.set_value(self.new, path, value)

    def unset_fields(self, spec: str, fields: Sequence[str]) -> None:
        """Remove some or all fields of a model; an entry that states nothing more is removed too."""
        key = self._key(spec)
        entry = self._entry(key)
        name = printable(f"{key.provider}:{key.id}")
        if entry is None:
            raise ConfigError(f"{self.path}: has no entry for {name}")
        for field in fields:
            path: tuple[str | int, ...] = ("models", entry, *field.split("."))
            if _at(self._data, path) is None:
                hint = did_you_mean(field, [one for one in self._models[entry] if one not in _IDENTITY])
                raise ConfigError(f"{self.path}: does not state {printable(field)} of {name}.{hint}")
            self.new = edit.unset(self.new, path)
        if not fields or set(self._models[entry]) <= _IDENTITY:
            self.new = edit.unset(self.new, ("models", entry))

    def exclude(self, provider: str, pattern: str) -> None:
        """Add an exclude pattern for a provider, spelled as in the file."""
        known = self._providers()
        folded = fold_provider(provider)
        if folded not in known:
            raise ConfigError(f"unknown provider '{printable(provider)}'.{did_you_mean(folded, known)}")
        table = self._data.get("exclude", {})
        spelling = next((name for name in table if fold_provider(name) == folded), folded)
        if pattern not in table.get(spelling, []):
            if spelling in table:
                self.new = edit.append(self.new, ("exclude", spelling), pattern)
            else:
                self.new = edit.set_value(self.new, ("exclude", spelling), [pattern])

    def check(self) -> list[Problem]:
        """The warnings about the new text. Raises a `ConfigError` with all errors where it has any."""
        problems = check_text(self.new.encode(), self.path, self._base)
        errors = tuple(problem for problem in problems if problem.severity == "error")
        if errors:
            raise ConfigError("\n".join(map(str, errors)) + "\nnothing was written", problems=errors)
        return problems

    def diff(self) -> list[str]:
        """The change as a unified diff, line by line."""
        name = os.path.basename(self.path)
        old, new = (text.removeprefix("\ufeff").splitlines() for text in (self.old, self.new))
        return list(difflib.unified_diff(old, new, name, name, lineterm="", n=2))

    def write(self) -> None:
        """Write the new text, all of it or nothing. A file that did not exist before is never replaced."""
        try:
            files.write_atomically(self.path, self.new.encode(), create=not self.exists)
        except files.FileError as error:
            raise ConfigError(str(error)) from None

    def _providers(self) -> set[str]:
        own = self._data.get("providers", [])
        return {*self._base.blocks, *(fold_provider(str(one.get("id", ""))) for one in own)}

    def _spelling(self, provider: str) -> str:
        """The provider's id; an own provider of the application as the file spells it."""
        own = [str(one.get("id")) for one in self._data.get("providers", [])]
        known = provider in self._base.blocks
        return provider if known else next((one for one in own if fold_provider(one) == provider), provider)

    @property
    def _models(self) -> list[dict[str, Any]]:
        models: list[dict[str, Any]] = self._data.get("models", [])
        return models

    def _key(self, spec: str) -> ModelKey:
        """The model that `spec` names; an alias, of the catalogue or of the file, becomes the id of its model."""
        try:
            key = parse_spec(spec, self._providers())
        except InvalidSpecError as error:
            if ":" not in spec and "@" not in spec:
                raise
            hint = "A provider of your own needs an entry under [[providers]] first."
            raise InvalidSpecError(f"{error}. {hint}") from None
        base = self._base.block(key.provider) if key.provider in self._base.blocks else None
        if self._entry(key) is not None or (base is not None and key.id in base.rows):
            return key
        for entry in self._models:
            if fold_provider(str(entry.get("provider"))) == key.provider and key.id in (entry.get("aliases") or ()):
                return key._replace(id=str(entry.get("id", key.id)))
        return key if base is None else key._replace(id=base.aliases.get(key.id, key.id))

    def _entry(self, key: ModelKey) -> int | None:
        """The position of the model's entry under [[models]]."""
        for number, entry in enumerate(self._models):
            if fold_provider(str(entry.get("provider", ""))) == key.provider and entry.get("id") == key.id:
                return number
        return None

    @staticmethod
    def _check_field(field: tuple[str, ...]) -> None:
        known = schema.inlined("overrides")["properties"]["models"]["items"]["properties"]
        if field[0] not in known or field[0] in {*_IDENTITY, "match"}:
            names = [name for name in known if name not in {*_IDENTITY, "match"}]
            hint = did_you_mean(field[0], names) or f" Known fields are {', '.join(names)}."
            raise InvalidSpecError(f"unknown field '{printable('.'.join(field))}'.{hint}")


def _value(text: str, field: tuple[str, ...]) -> Any:
    """`text` as a TOML value, or as a string where the field is a string or `text` is not a TOML value."""
    kind = _schema_type(field)
    value: Any = text
    if "\n" not in text:  # a second line could hold more than a value
        with suppress(ValueError, RecursionError):
            value = tomllib.loads(f"x = {text}")["x"]
    if kind == "string" and not isinstance(value, str):
        value = text
    if kind == "array" and not isinstance(value, list):
        value = [value]
    return value


def _schema_type(field: tuple[str, ...]) -> str | None:
    """The type of a field of a model, from the schema."""
    part = schema.inlined("overrides")["properties"]["models"]["items"]
    for step in field:
        part = part.get("properties", {}).get(step, {})
    kind: str | None = part.get("type")
    return kind


def _at(data: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return None
    return data
