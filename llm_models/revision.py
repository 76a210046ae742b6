"""Revision: a change to an `llm_models.toml` from the command line, checked before it is written."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from llm_models import config, edit, files, locks, paths, replacement
from llm_models.assignments import assigned, check_field
from llm_models.checks import base_for, check_text
from llm_models.errors import ConfigError, InvalidSpecError, did_you_mean, dotted, listed, printable, split_dotted
from llm_models.layers import layer_from
from llm_models.modelspec import fold_provider
from llm_models.open_folder import Inside
from llm_models.past import Past, absent
from llm_models.patterns import meant
from llm_models.similarity import provider_hint
from llm_models.targets import entry_of, key_of, refuse_form, refuse_unknown, refuse_unmatched
from llm_models.touched import Touched
from llm_models.unwritten import as_command, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from llm_models.errors import Problem
    from llm_models.frozen import ModelKey
    from llm_models.layers import Layer

_IDENTITY = {"provider", "id"}
_ATTEMPTS = 5  # how often a change is made, if other programs save the file meanwhile
_CHANGED = "changed meanwhile; nothing was written. Run the command again."


class ConfigChangedError(ConfigError):
    """The file is no longer the one that was opened. Nothing was written."""


def revise(folder: paths.Folder, change: Callable[[Revision], None], *, dry_run: bool = False) -> Revision:
    """Make `change` to the application's file; the revision, which is not written if its text has errors.

    No edit is lost. Every command takes the lock of the folder of the real file (links followed), and reads the file
    only then. Other programs, such as an editor, take no lock: if they save the file before it is replaced, the change
    is made again, on the new text. The user expects what the command would do after the save, and another run could do
    no more. It is an error if that happens too often, and also if the file is gone: an editor may be about to write it.

    Raises `ConfigError`. Only a save between the last look at the file and its replacement can still be lost; see
    `replacement.write_atomically`.
    """
    known, attempts = folder.found and folder.config is not None, 0  # a file that the search has seen
    while True:
        attempts += 1
        with nullcontext() if dry_run else _alone(folder):
            revision = Revision.open(folder)
            if known and not revision.is_there:
                raise ConfigChangedError(f"{revision.path}: {_CHANGED}")
            try:
                change(revision)
            except edit.EditError:
                revision.check()  # what is wrong with the text is the cause
                raise
            if dry_run or revision.new == revision.old or revision.errors:
                return revision
            try:
                revision.write()
            except ConfigChangedError:
                if attempts == _ATTEMPTS:
                    raise
            else:
                return revision
        known = revision.is_there


@contextmanager
def _alone(folder: paths.Folder) -> Iterator[None]:
    """While no other command changes the application's file. Raises `ConfigError`."""
    try:
        place = os.path.dirname(files.real(_file_of(folder)))
        with locks.locked(place, leave_file=False):
            replacement.sweep(place)  # a change that turns out to be none writes nothing, and so would not do it
            yield
    except files.FileError as error:
        raise ConfigError(str(error)) from None


def _file_of(folder: paths.Folder) -> str:
    """The path of the application's file, or of a new one in its folder. One that was found must not be a link."""
    if folder.config is None and not folder.found:
        raise ConfigError("there is no file to change (--config or LLM_MODELS_CONFIG states that none is used)")
    path = folder.config or paths.absolute(os.path.join(os.path.dirname(folder.state or ""), paths.CONFIG_NAME))
    if folder.found:
        try:
            replacement.check_place(path, _inside(path))
        except files.FileError as error:
            raise ConfigError(str(error)) from None
    return path


def _inside(path: str) -> Inside:
    return Inside(os.path.dirname(path), "--config")


class Revision:
    """A configuration file with its old and its new text. Only `write` changes the file."""

    def __init__(self, path: str, text: str, *, exists: bool, inside: Inside | None = None) -> None:
        self.path = path
        self.inside = inside
        self.old = self.new = text
        self.is_there = exists
        self._base = base_for(path)
        self._folder = paths.find(path)
        self._past = Past(self._folder)
        self._model: str | None = None
        """The name of the model that the change is about."""
        self._checked: tuple[str, list[Problem]] | None = None
        self._read: tuple[str, Touched] | None = None

    @classmethod
    def open(cls, folder: paths.Folder) -> Self:
        """The application's file, or a new one in its folder.

        Raises `ConfigError` where the file cannot be read, is not valid TOML, or has sections of wrong types.
        """
        path = _file_of(folder)
        exists = paths.exists(path)
        raw = paths.read_config(path) if exists else b""
        document = config.parse(raw, path)
        if document.data is None or not _is_shaped(tomllib.loads(raw.decode().removeprefix("\ufeff"))):
            raise ConfigError(listed(document.problems), problems=tuple(document.problems))
        return cls(path, raw.decode(), exists=exists, inside=_inside(path) if folder.found else None)

    @property
    def _data(self) -> dict[str, Any]:
        return tomllib.loads(self.new.removeprefix("\ufeff"))

    @property
    def _models(self) -> list[dict[str, Any]]:
        return list(self._data.get("models", ()))

    @property
    def _run(self) -> Touched:
        """What the text states, with ids in place of all names; of a text with faults what has none."""
        if self._read is None or self._read[0] != self.new:
            layer = layer_from(config.parse(self.new.encode(), self.path), os.path.basename(self.path))
            self._read = self.new, Touched(self._base, [layer], self._folder)
        return self._read[1]

    @property
    def _layer(self) -> Layer:
        return self._run.layers[0]

    @property
    def _providers(self) -> dict[str, str]:
        """The known providers: id -> its spelling in the file, for those that the file defines."""
        own = [entry for entry in self._layer.providers if entry.provider in self._run.own]
        spelled = {entry.provider: str(self._data["providers"][entry.path[1]]["id"]) for entry in own}
        return {**{name: name for name in self._base.blocks}, **spelled}

    def set_fields(self, spec: str, changes: Sequence[str], *, new: bool = False) -> None:
        """Set values, `FIELD=VALUE` or `FIELD+=VALUE`, of the model that `spec` names; with `new`, define it."""
        key = key_of(self._run, spec)
        entry = self._entry(key)
        if new and self._base.holds(*key):
            raise ConfigError(f"the catalogue has {_name(key)}; nothing was written. To correct it, leave out --new.")
        if entry is None:
            entry = self._begin(key)
        if new:
            self.new = edit.set_value(self.new, ("models", entry, "new"), True)
        self._apply(entry, changes)
        refuse_form(self._run, key)
        refuse_unknown(self._run, key)

    def add_model(self, name: str, base: str | None, changes: Sequence[str]) -> None:
        """Add an entry that defines a model, as a copy of `base` where that is given; `changes` as in `set_fields`."""
        try:
            key = key_of(self._run, name)
        except InvalidSpecError:
            if any(mark in name for mark in ":@/"):
                raise
            how = f"Write PROVIDER:{printable(name)}."
            what = f"'{printable(name)}' names no provider; nothing was written. {how}"
            raise ConfigError(what, exit_code=2) from None
        if self._run.holds(*key) or self._entry(key) is not None:
            where = "the catalogue" if self._run.base.holds(*key) else self.path
            how = f"To change it, use 'llm-models set {_name(key)}'."
            raise ConfigError(f"{where} has {_name(key)} already; nothing was written. {how}")
        if base is not None:
            changes = [f"base={json.dumps(':'.join(key_of(self._run, base)))}", *changes]
        elif key.provider not in self._run.own:
            changes = ["new=true", *changes]
        self._apply(self._begin(key), changes)

    def _begin(self, key: ModelKey) -> int:
        """Add an entry about a model that states nothing; its index under [[models]]."""
        if key.provider not in self._providers:
            raise ConfigError(self._why_gone(key.provider) or f"unknown provider '{printable(key.provider)}'")
        self.new = edit.append(self.new, ("models",), {"provider": self._providers[key.provider], "id": key.id})
        return len(self._models) - 1

    def _apply(self, entry: int, changes: Sequence[str]) -> None:
        """Make changes, `FIELD=VALUE` or `FIELD+=VALUE`, to the entry of that index under [[models]]."""
        self._model = next((one.spec for one in self._layer.models if one.path == ("models", entry)), None)
        for change in changes:
            field, adds, value = assigned(change)
            path: edit.Path = ("models", entry, *field)
            if adds:
                present = edit.value_at(self._data, path)
                if present is not None and not isinstance(present, list):
                    self.check()  # states what is wrong with the value in the file
                    raise ConfigError(f"{dotted(field)} is not a list, so nothing can be added to it")
                for item in value if isinstance(value, list) else [value]:
                    if item not in (present or ()):
                        self.new = edit.append(self.new, path, item)
            else:
                self.new = edit.set_value(self.new, path, value)

    def unset_fields(self, spec: str, fields: Sequence[str]) -> None:
        """Remove some or all fields of a model; an entry that states nothing else is removed too."""
        key = key_of(self._run, spec)
        entry = self._entry(key)
        name = printable(f"{key.provider}:{key.id}")
        for names in map(split_dotted, fields):
            stated = entry is not None and edit.value_at(self._data, ("models", entry, *names)) is not None
            if not stated:  # the file may state what is not a field
                check_field(names)
        if entry is None:
            hint = f"'llm-models explain {name}' shows where its values come from."
            raise ConfigError(f"{self.path}: has no entry for {name}. {hint}")
        for field in fields:
            path: edit.Path = ("models", entry, *split_dotted(field))
            if edit.value_at(self._data, path) is None:
                hint = did_you_mean(field, self._models[entry].keys() - _IDENTITY)
                raise ConfigError(f"{self.path}: does not state {printable(field)} of {name}.{hint}")
            self.new = edit.unset(self.new, path)
        if not fields or set(self._models[entry]) <= _IDENTITY:
            self.new = edit.unset(self.new, ("models", entry))

    def exclude(self, provider: str, pattern: str, *, known: bool = False) -> None:
        """Add an exclude pattern for a provider, with the spelling that the file uses.

        Of a name of a model its id is written, because an id is what stays. Any other text is a glob. With `known`, the
        file also states that it may match nothing.
        """
        found = self._run.names.provider_or_every(provider)
        if found is None:
            gone = self._why_gone(fold_provider(provider))
            if gone is not None:
                raise ConfigError(f"{gone}, so there is nothing to exclude; nothing was written")
            hint = provider_hint(fold_provider(provider), self._providers, self._base.aliases)
            raise ConfigError(f"unknown provider '{printable(provider)}'.{hint}", exit_code=2)
        pattern = meant(pattern, partial(self._run.names.id_of, found), found) or pattern
        if known:
            self._state_known(f"{found}:{pattern}")
        refuse_unmatched(self._run, found, pattern)
        table = self._data.get("exclude", {})
        spelling = next((name for name in table if self._layer.provider_of(name) == found), found)
        if pattern not in table.get(spelling, ()):
            self.new = edit.append(self.new, ("exclude", spelling), pattern)

    def _state_known(self, text: str) -> None:
        if text not in self._data.get("known", ()):
            self.new = edit.append(self.new, ("known",), text)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The errors of the new text."""
        return tuple(problem for problem in self._problems if problem.severity == "error")

    @property
    def _problems(self) -> list[Problem]:
        if self._checked is None or self._checked[0] != self.new:
            problems = check_text(self.new.encode(), self.path, self._base)
            self._checked = self.new, [as_command(problem, self._model) for problem in problems]
        return self._checked[1]

    def check(self) -> list[Problem]:
        """The warnings about the new text. Raises `ConfigError` with all errors if there are any."""
        if self.errors:
            errors = tuple(placed(self.errors, self.old, self.new))
            raise ConfigError(listed(errors) + "\nnothing was written", problems=errors)
        return self._problems

    def diff(self) -> list[str]:
        """The change as a unified diff, line by line."""
        name = os.path.basename(self.path)
        old, new = (text.removeprefix("\ufeff").splitlines() for text in (self.old, self.new))
        return list(difflib.unified_diff(old, new, name, name, lineterm="", n=2))

    def write(self) -> None:
        """Write the new text, all of it or nothing. Raises `ConfigError`.

        It replaces only the text that was opened, or adds the file if there was none; else `ConfigChangedError`.
        """
        expected = self.old.encode() if self.is_there else None
        try:
            replacement.write_atomically(
                self.path, self.new.encode(), inside=self.inside, create=not self.is_there, expected=expected
            )
        except files.FileChangedError:
            raise ConfigChangedError(f"{self.path}: {_CHANGED}") from None
        except files.FileError as error:
            raise ConfigError(str(error)) from None

    def _why_gone(self, provider: str) -> str | None:
        """Why a provider that is not known is gone, as text; None where it was never listed."""
        gone = self._past.provider(provider)
        return None if gone is None else absent(provider, gone)

    def _entry(self, key: ModelKey) -> int | None:
        """The index of the model's entry under [[models]]."""
        entry = entry_of(self._run, key)
        return None if entry is None else int(entry.path[1])


def _name(key: ModelKey) -> str:
    return printable(f"{key.provider}:{key.id}")


def _is_shaped(data: dict[str, Any]) -> bool:
    """Whether the sections that a change looks at have the right types."""
    lists, excluded = [data.get("models", []), data.get("providers", [])], data.get("exclude", {})
    entries = all(isinstance(part, list) and all(isinstance(entry, dict) for entry in part) for part in lists)
    return entries and isinstance(excluded, dict) and all(isinstance(patterns, list) for patterns in excluded.values())
