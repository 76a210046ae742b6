"""Configuration: the text of an `llm_models.toml` becomes a document, its problems, and a layer.

tomllib alone decides what is valid TOML. Everything that is wrong is found in one pass, each with its place.
"""

from __future__ import annotations

import math
import re
import tomllib
from typing import TYPE_CHECKING, Any

from llm_models import validation
from llm_models.errors import ConfigError, Problem, did_you_mean, printable
from llm_models.layers import layer_from
from llm_models.modelspec import fold_provider
from llm_models.paths import read_config
from llm_models.positions import locate, syntax_problem
from llm_models.records import Model, Provider, Record
from llm_models.validation import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from llm_models.layers import DocumentPath, Layer
    from llm_models.positions import Places

__all__ = ["ANY", "MAX_KEY_PARTS", "Document", "check_document", "field_paths", "layer_of", "parse", "read_layer"]

MAX_KEY_PARTS = 100
"""The longest dotted key, in parts: tomllib's time grows with its square."""

MAX_DEPTH = 50
"""How deep tables and arrays may nest."""

MAX_BITS = 63
"""How large an integer may be, its sign apart; TOML promises no more."""

ANY = "*"
"""In place of a provider: any of them."""

_BY_PROVIDER = ("exclude", "allow", "deny")
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
    for check in (_check_size, _check_shape, _check_meaning):  # each takes for granted what the one before it looks at
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
        elif section in _BY_PROVIDER and len(path) > 1 and isinstance(data.get(section), dict):
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


def _walk(data: Any) -> Iterator[tuple[DocumentPath, Any]]:
    """Every path of a document and its value, though not what is nested too deep."""
    todo: list[tuple[DocumentPath, Any]] = [((), data)]
    while todo:
        path, value = todo.pop()
        yield path, value
        if isinstance(value, (dict, list)) and len(path) <= MAX_DEPTH:
            steps = value.items() if isinstance(value, dict) else enumerate(value)
            todo.extend(((*path, step), item) for step, item in steps)


def _check_size(document: Document) -> Iterator[Fault]:
    """Values that nothing should look at more closely."""
    for path, value in _walk(document.data):
        if len(path) > MAX_DEPTH:
            yield Fault(path, f"nested deeper than {MAX_DEPTH} levels")
        elif isinstance(value, int) and value.bit_length() > MAX_BITS:
            yield Fault(path, f"an integer of more than {MAX_BITS} bits")


def _not_kept(path: DocumentPath, value: Any) -> Fault | None:
    """A value that no record can hold, where the schema leaves the type open: only JSON's types are kept."""
    if value is None:
        return Fault(path, "null says nothing", 'Leave the key out, or put it in "omit" to remove it.')
    if isinstance(value, float) and not math.isfinite(value):
        return Fault(path, f"expected a finite number (found {value})")
    if not isinstance(value, (str, int, float, dict, list)):
        return Fault(path, f"expected a string (found a {type(value).__name__})", f'Put it in quotes: "{value}".')
    return None


def _check_shape(document: Document) -> Iterator[Fault]:
    """Breaches of the schema, and values that no record can hold."""
    told = set()
    for fault in _schema_faults(document):
        told.add(fault.path)
        yield fault
    for path, value in _walk(document.data):
        wrong = None if path in told else _not_kept(path, value)
        if wrong is not None:
            yield wrong


def _schema_faults(document: Document) -> Iterator[Fault]:
    for fault in validation.faults("overrides", document.data or {}):
        value = _at(document.data, fault.path)
        if fault.path in (("models",), ("providers",)) and isinstance(value, dict):
            yield fault._replace(hint=f"Each entry begins with [[{fault.path[0]}]], in two brackets.")
        elif len(fault.path) == 2 and fault.path[0] in _BY_PROVIDER and isinstance(value, dict) and fault.key is None:
            yield fault._replace(hint=f'Put the provider in quotes: "{printable(_dotted(fault.path[1], value))}".')
        else:
            yield fault


def _dotted(name: str | int, value: Any) -> str:
    """What a provider's id with points in it, written without quotes, was meant to be."""
    names = [str(name)]
    while isinstance(value, dict) and value:
        name, value = next(iter(value.items()))
        names.append(str(name))
    return ".".join(names)


def _at(data: Any, path: DocumentPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _check_meaning(document: Document) -> Iterator[Fault]:
    """What no schema can say."""
    for check in (_check_identity, _check_spellings, _check_omit, _check_tiers):
        yield from check(document)


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


def _check_identity(document: Document) -> Iterator[Fault]:
    """Nothing is named twice."""
    data = document.data or {}
    seen: dict[tuple[str, ...], DocumentPath] = {}

    def again(key: tuple[str, ...], path: DocumentPath) -> Iterator[Fault]:
        if key in seen:
            line = document.line(seen[key])
            first = f"on line {line}" if line else f"as {seen[key][0]}[{seen[key][1]}]"
            yield Fault(
                path, f"the same {'model' if key[1:] else 'provider'} is named twice (first {first})", "Join them."
            )
        seen.setdefault(key, path)

    for index, entry in enumerate(data.get("models", [])):
        if "id" in entry:
            yield from again((fold_provider(entry["provider"]), entry["id"]), ("models", index, "id"))
    for index, entry in enumerate(data.get("providers", [])):
        yield from again((fold_provider(entry["id"]),), ("providers", index, "id"))


def _check_spellings(document: Document) -> Iterator[Fault]:
    for section in _BY_PROVIDER:
        table = (document.data or {}).get(section)
        seen: dict[str, str] = {}
        for spelling in table if isinstance(table, dict) else ():
            provider = fold_provider(spelling)
            if provider in seen:
                message = f"'{printable(spelling)}' is the same provider as '{printable(seen[provider])}'"
                yield Fault((section,), message, "Join them.", spelling)
            seen.setdefault(provider, spelling)


def _check_omit(document: Document) -> Iterator[Fault]:
    for section, kind in (("models", Model), ("providers", Provider)):
        known = field_paths(kind)
        for index, entry in enumerate((document.data or {}).get(section, [])):
            for place, dotted in enumerate(entry.get("omit", [])):
                if dotted not in known and not dotted.startswith("extra."):
                    hint = did_you_mean(dotted, known) or "Fields are written as dotted paths, such as limits.input."
                    yield Fault((section, index, "omit", place), f"unknown field '{printable(dotted)}'", hint)


def field_paths(kind: type[Record], prefix: str = "") -> list[str]:
    """Every field of a record that can be omitted, as dotted paths."""
    paths: list[str] = []
    for name, default, _, _ in kind._plan:
        if not prefix and name in {"id", "provider"}:
            continue
        paths.append(prefix + name)
        if isinstance(default, Record):
            paths.extend(field_paths(type(default), f"{prefix}{name}."))
    return paths


def _check_tiers(document: Document) -> Iterator[Fault]:
    for index, entry in enumerate((document.data or {}).get("models", [])):
        sizes: set[int] = set()
        for place, tier in enumerate(entry.get("cost", {}).get("tiers", [])):
            if tier["context_over"] in sizes:
                path = ("models", index, "cost", "tiers", place, "context_over")
                yield Fault(path, f"two tiers begin at {tier['context_over']} tokens", "Join them.")
            sizes.add(tier["context_over"])
