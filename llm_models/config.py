"""Configuration: the text of an `llm_models.toml` becomes a document, its problems, and a layer.

tomllib alone decides what is valid TOML. Everything that is wrong is found in one pass, each with its place.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from llm_models.errors import ConfigError, Problem
from llm_models.grammar import CHECKS
from llm_models.layers import BY_PROVIDER, layer_from
from llm_models.modelspec import fold_provider
from llm_models.paths import read_config
from llm_models.positions import locate, syntax_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llm_models.layers import DocumentPath, Layer
    from llm_models.positions import Places

__all__ = ["ANY", "MAX_KEY_PARTS", "Document", "check_document", "layer_of", "parse", "read_layer"]

MAX_KEY_PARTS = 100
"""The longest dotted key, in parts: tomllib's time grows with its square."""

ANY = "*"
"""In place of a provider: any of them."""

_NAMING = {"provider", "id", "match"}
_KEY_RUN = re.compile(r"""[\w\-"' \t.]+""")


class Document:
    """A configuration as read: its name for messages, its data, and where everything stands in its text.

    `sound` is the part of it that nothing is wrong with, so that more can be told of a file than its first mistakes.
    There `doubtful` holds the providers of which something was taken out, and `ANY` where that may be any.
    """

    __slots__ = ("data", "doubtful", "name", "numbers", "places", "problems", "sound")

    def __init__(
        self, name: str, data: Mapping[str, Any] | None, places: Places | None, problems: list[Problem]
    ) -> None:
        self.name = name
        self.data = data
        self.places = places
        self.problems = problems
        self.sound: Document = self
        self.doubtful: set[str] = set()
        self.numbers: dict[str, list[int]] = {}
        """Of a section that entries were taken out of: the number that each one left has in the text."""

    def written(self, path: DocumentPath) -> DocumentPath:
        """The path in the text that `path` of the data has."""
        if len(path) > 1 and path[0] in self.numbers:
            return (path[0], self.numbers[str(path[0])][int(path[1])], *path[2:])
        return path

    def line_column(self, path: DocumentPath, *, key: bool = False) -> tuple[int | None, int | None]:
        """Line and column of the value at `path` (of its key where `key`), or of the nearest thing around it."""
        if self.places is None:
            return None, None
        path = self.written(path)
        while path:
            place = self.places.get(path)
            if place is not None:
                at = place.key_start if key or place.value_start is None else place.value_start
                return self.places.line_column(at)
            path, key = path[:-1], True
        return 1, 1

    def problem(
        self, path: DocumentPath, message: str, hint: str = "", key: str | None = None, severity: str = "error"
    ) -> Problem:
        """A problem with the value at `path`, or with the `key` that stands there."""
        line, column = self.line_column(path if key is None else (*path, key), key=key is not None)
        described = _describe(self.data, path)
        return Problem(
            message, file=self.name, line=line, column=column, path=described, hint=hint.strip(), severity=severity
        )

    def line(self, path: DocumentPath) -> int | None:
        """The line of the key at `path`, None where the text has no such path."""
        path = self.written(path)
        if self.places is None or path not in self.places:
            return None
        return self.places.line_column(self.places[path].key_start)[0]


def parse(raw: bytes, name: str) -> Document:
    """The document that these bytes are, with everything that is wrong with it in itself."""

    def refused(message: str, line: int = 1, column: int = 1, hint: str = "") -> Document:
        return Document(name, None, None, [Problem(message, file=name, line=line, column=column, hint=hint)])

    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "Save it as UTF-8." if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw[:4] else ""
        return refused(f"not UTF-8 (byte 0x{raw[error.start]:02x})", line, 1, hint)
    body = text.removeprefix("\ufeff")
    if long := _long_key(body):
        return refused(f"a key of more than {MAX_KEY_PARTS} parts", long)
    try:
        data = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        message, line, column = syntax_problem(text, error)
        bare = message == "Invalid value" and text.split("\n")[line - 1][column - 1 : column].isalpha()
        return refused(f"not valid TOML: {message}", line, column, "Text is written in quotes." if bare else "")
    except ValueError:  # Python reads no integer of more than 4,300 digits
        return refused("an integer of thousands of digits")
    except RecursionError:
        return refused("nested too deeply")
    document = Document(name, data, locate(text), [])
    document.problems = check_document(document)
    return document


def _long_key(text: str) -> int | None:
    """The line of the first key with too many parts, or None; linear, and before tomllib sees it."""
    if text.count(".") < MAX_KEY_PARTS:
        return None
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") >= MAX_KEY_PARTS and any(run.count(".") >= MAX_KEY_PARTS for run in _KEY_RUN.findall(line)):
            return number
    return None


def read_layer(path: str, name: str, *, only_patches: bool = False) -> Layer:
    """The layer, called `name`, of the configuration file at `path`. Raises `ConfigError` with all that is wrong."""
    return layer_of(parse(read_config(path), path), name, only_patches=only_patches)


def layer_of(document: Document, name: str, *, only_patches: bool = False) -> Layer:
    """The layer that a document states, called `name`. Raises `ConfigError` with its problems."""
    if document.problems or document.data is None:
        raise ConfigError("\n".join(map(str, document.problems)), problems=tuple(document.problems))
    return layer_from(document, name, only_patches=only_patches)


def check_document(document: Document) -> list[Problem]:
    """Everything that is wrong with a document in itself, in the order in which it stands; sets its `sound` part."""
    problems: list[Problem] = []
    sound = document
    for check in CHECKS:
        faults = list(check(sound))
        problems += [sound.problem(*fault) for fault in faults]
        sound = _without(sound, [fault.path if fault.key is None else (*fault.path, fault.key) for fault in faults])
    document.sound = sound
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def _without(document: Document, paths: Sequence[DocumentPath]) -> Document:
    """The document without what stands at these paths: an entry's field, or the entry where that names it."""
    data = dict(document.data or {})
    gone: dict[str, set[int]] = {"models": set(), "providers": set()}
    sound = Document(document.name, data, document.places, [])
    sound.numbers = dict(document.numbers)
    sound.doubtful = set(document.doubtful)
    for path in paths:
        section = str(path[0])
        if section in gone and len(path) > 1:
            index = int(path[1])
            entry = (document.data or {})[section][index]
            named = entry.get("provider") if isinstance(entry, dict) and section == "models" else None
            if len(path) == 2 or path[2] in _NAMING:
                gone[section].add(index)
                sound.doubtful.add(fold_provider(named) if isinstance(named, str) else ANY)
            elif section == "models":
                sound.doubtful.add(fold_provider(str(named)))
            if index not in gone[section]:
                data[section] = list(data[section])
                data[section][index] = {key: value for key, value in data[section][index].items() if key != path[2]}
        elif section in BY_PROVIDER and len(path) > 1 and isinstance(data.get(section), dict):
            data[section] = {key: value for key, value in data[section].items() if key != path[1]}
            sound.doubtful.add(fold_provider(str(path[1])))
        else:
            value = data.pop(section, None)
            if section in {*gone, "exclude"} or (isinstance(value, list) and any(isinstance(v, dict) for v in value)):
                sound.doubtful.add(ANY)  # `[[provider]]` may have been meant to define one
    for section, indices in gone.items():
        if indices and section in data:
            left = [index for index in range(len(data[section])) if index not in indices]
            data[section] = [data[section][index] for index in left]
            sound.numbers[section] = [int(document.written((section, index))[1]) for index in left]
    return sound


def _describe(data: Any, path: DocumentPath) -> str:
    """A document path for people: entries by the model spec or provider that they are about, not by number."""
    words: list[str] = []
    node = data
    for step in path:
        try:
            node = node[step]
        except (LookupError, TypeError):
            node = None
        if isinstance(step, int) and words in (["models"], ["providers"]) and isinstance(node, dict):
            parts = [node.get(key) for key in (("provider", "id") if words == ["models"] else ("id",))]
            if words == ["models"] and "id" not in node:
                parts[1] = node.get("match")
            named = [part for part in parts if isinstance(part, str)]
            if named:
                words.append(":".join(named))
            else:
                words[-1] = f"{words[-1]}[{step}]"
        elif isinstance(step, int):
            words[-1:] = [f"{words[-1] if words else ''}[{step}]"]
        else:
            words.append(step if re.fullmatch(r"[\w-]+", step) else f'"{step}"')
    return ".".join(words)
