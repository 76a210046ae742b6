"""Configuration: the text of an `llm_models.toml` becomes a document, its problems, and a layer.

tomllib alone decides what is valid TOML. Everything that is wrong is found in one pass, each with its place.
"""

from __future__ import annotations

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from llm_models.layers import DocumentPath, Layer
    from llm_models.positions import Places

__all__ = ["MAX_KEY_PARTS", "Document", "check_document", "layer_of", "parse", "read_layer"]

MAX_KEY_PARTS = 100
"""The longest dotted key, in parts: tomllib's time grows with its square."""

_KEY_RUN = re.compile(r"""[\w\-"' \t.]+""")


class Document:
    """A configuration as read: its name for messages, its data, and where everything stands in its text."""

    __slots__ = ("data", "name", "places", "problems")

    def __init__(
        self, name: str, data: Mapping[str, Any] | None, places: Places | None, problems: list[Problem]
    ) -> None:
        self.name = name
        self.data = data
        self.places = places
        self.problems = problems

    def line_column(self, path: DocumentPath, *, key: bool = False) -> tuple[int | None, int | None]:
        """Line and column of the value at `path` (of its key where `key`), or of the nearest thing around it."""
        if self.places is None:
            return None, None
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
        return refused(f"not valid TOML: {message}", line, column)
    except RecursionError:
        return refused("nested too deeply")
    document = Document(name, data, locate(text), [])
    document.problems = list(check_document(document))
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


def check_document(document: Document) -> Iterator[Problem]:
    """Everything that is wrong with a document in itself, in the order in which it stands."""
    found: list[tuple[tuple[int, int], Problem]] = []
    data = document.data or {}

    def tell(path: DocumentPath, message: str, hint: str = "", key: str | None = None) -> None:
        problem = document.problem(path, message, hint, key)
        found.append(((problem.line or 0, problem.column or 0), problem))

    for fault in validation.faults("overrides", data):
        tell(*fault)
    if not found:  # what follows takes the shape for granted
        for check in (_check_identity, _check_spellings, _check_omit, _check_tiers):
            check(data, tell)
    found.sort(key=lambda item: item[0])
    yield from (problem for _, problem in found)


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
            words.append(":".join(named) if named else f"[{step}]")
        elif isinstance(step, int):
            words[-1:] = [f"{words[-1] if words else ''}[{step}]"]
        else:
            words.append(step if re.fullmatch(r"[\w-]+", step) else f'"{step}"')
    return ".".join(words)


def _check_identity(data: Mapping[str, Any], tell: Callable[..., None]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(data.get("models", [])):
        path = ("models", index)
        if ("id" in entry) == ("match" in entry):
            found = "both" if "id" in entry else "neither"
            tell(path, f"expected one of 'id' and 'match' (found {found})")
        elif "id" in entry:
            key = (fold_provider(entry["provider"]), entry["id"])
            if key in seen:
                tell((*path, "id"), f"the same model is named twice (first as models[{seen[key]}])", "Join the two.")
            seen.setdefault(key, index)
    providers: dict[str, int] = {}
    for index, entry in enumerate(data.get("providers", [])):
        provider = fold_provider(entry["id"])
        if provider in providers:
            first = providers[provider]
            tell(
                ("providers", index, "id"),
                f"the same provider is named twice (first as providers[{first}])",
                "Join the two.",
            )
        providers.setdefault(provider, index)


def _check_spellings(data: Mapping[str, Any], tell: Callable[..., None]) -> None:
    for section in ("exclude", "allow", "deny"):
        table = data.get(section)
        seen: dict[str, str] = {}
        for spelling in table if isinstance(table, dict) else ():
            provider = fold_provider(spelling)
            if provider in seen:
                tell((section,), f"'{spelling}' is the same provider as '{seen[provider]}'", "Join the two.", spelling)
            seen.setdefault(provider, spelling)


def _check_omit(data: Mapping[str, Any], tell: Callable[..., None]) -> None:
    for section, kind in (("models", Model), ("providers", Provider)):
        for index, entry in enumerate(data.get(section, [])):
            for place, dotted in enumerate(entry.get("omit", [])):
                known = _field_paths(kind)
                if dotted not in known and not dotted.startswith("extra."):
                    hint = did_you_mean(dotted, known)
                    tell((section, index, "omit", place), f"unknown field '{printable(dotted)}'", hint)


def _field_paths(kind: type[Record], prefix: str = "") -> list[str]:
    """Every field of a record that can be omitted, as dotted paths."""
    paths: list[str] = []
    for name, default, _, _ in kind._plan:
        if not prefix and name in {"id", "provider"}:
            continue
        paths.append(prefix + name)
        if isinstance(default, Record):
            paths.extend(_field_paths(type(default), f"{prefix}{name}."))
    return paths


def _check_tiers(data: Mapping[str, Any], tell: Callable[..., None]) -> None:
    for index, entry in enumerate(data.get("models", [])):
        sizes: set[int] = set()
        for place, tier in enumerate(entry.get("cost", {}).get("tiers", [])):
            if tier["context_over"] in sizes:
                path = ("models", index, "cost", "tiers", place, "context_over")
                tell(path, f"two tiers begin at {tier['context_over']} tokens", "Join the two.")
            sizes.add(tier["context_over"])
