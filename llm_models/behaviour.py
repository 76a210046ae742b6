"""The behaviour module: an application's overrides as Python code, read as plain data.

Other people write it. So any error in it becomes a `ConfigError` that names it, and its results are copied, so it
cannot change a catalogue later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from llm_models.budgets import BUDGETS, CODE, excess
from llm_models.config import checked, layer_of
from llm_models.credentials import masked
from llm_models.document import Document
from llm_models.errors import ConfigError, Problem, class_name, dotted, quoted, text_of

if TYPE_CHECKING:
    from llm_models.document import DocumentPath
    from llm_models.layers import Layer

MAX_ITEMS = 1_000_000
"""The most values that one module may return, counted at all depths."""
_SECTIONS = {"providers": "providers", "models": "models", "excludes": "exclude"}


class Overrides:
    """The base class for behaviour: each method returns one section in the shape of `llm_models.toml`.

    A file is named if `load()` or `LLM_MODELS_CONFIG` gives its absolute path, or if you type its path after an option.
    Every other file is found: by the search, or by a relative path, which leads to another file in every folder. A
    found file is trusted if three things are true. Code of the running program lies in its folder or below (code in an
    environment there, such as `.venv`, does not count). The file belongs to you, to root or to the owner of that code.
    And not everybody can write it. A file that is not trusted only describes and filters models: it decides neither
    where a key or a prompt goes (`endpoint()` raises `UntrustedEndpointError`) nor which code runs (`overrides_module`
    is a `ConfigError`). In a container: `ENV LLM_MODELS_CONFIG=/app/llm_models.toml`.

    >>> class Mine(Overrides):
    ...     def models(self):
    ...         return [{"provider": "openai", "id": "gpt-5.4-mini", "tags": ["approved"]}]
    >>> llm_models.load(config=None, overrides_module=Mine, publish=False).get_model("openai", "gpt-5.4-mini").tags
    ('approved',)
    """

    def providers(self) -> Iterable[Mapping[str, Any]]:
        """Providers to add or correct: partial records with an `id`."""
        return []

    def models(self) -> Iterable[Mapping[str, Any]]:
        """Models to add or correct: partial records with a `provider` and an `id` or a `match` glob."""
        return []

    def excludes(self) -> Mapping[str, Iterable[str]]:
        """Models to remove: provider -> names of models or globs."""
        return {}


class _NotPlainError(Exception):
    """A value is not plain data, or there is too much of it."""


def layer_of_behaviour(module: Any) -> Layer:
    """The layer that a behaviour module states, given by name (`package.module`, `package.module:Class`) or as object.

    A class is called without arguments. Raises `ConfigError` for any error in it.
    """
    label = f"behaviour module {quoted(_name(module))}"
    try:
        source = resolve_name(f"{module}:" if ":" not in module else module) if isinstance(module, str) else module
        if isinstance(source, type):
            source = source()
        document = {
            section: _plain(_returned(source, function), (section,))
            for function, section in _SECTIONS.items()
            if hasattr(source, function)
        }
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # code of others may raise anything, such as asyncio.CancelledError
        raise _refused(label, str(error) if isinstance(error, _NotPlainError) else _failure(error)) from error
    if not document:
        raise _refused(label, "defines none of providers(), models(), excludes()")
    return layer_of(checked(Document(label, document, None, [], times=CODE)), label)


def _name(module: Any) -> object:
    """What a behaviour module is called; an object may fail when it is asked."""
    try:
        if isinstance(module, str):
            return module
        return getattr(module, "__qualname__", None) or getattr(module, "__name__", None) or class_name(module)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return class_name(module)


def _failure(error: BaseException) -> str:
    """An error of somebody else's code in words. Its `str()` may be an error, too."""
    return f"{class_name(error)}: {text_of(error)}".removesuffix(": ")


def _returned(source: Any, function: str) -> Any:
    """What a function of a behaviour module returns. Raises `_NotPlainError` where it returns nothing."""
    if (value := getattr(source, function)()) is None:
        right = "a mapping" if function == "excludes" else "a list"
        raise _NotPlainError(f"{function}() returns None (expected {right}). Return an empty one to state nothing.")
    return value


def layer_of_mapping(overrides: Mapping[str, Any], label: str = "load(overrides=...)") -> Layer:
    """The layer that a mapping in the shape of `llm_models.toml` states. Raises `ConfigError`."""
    try:
        document = _plain(overrides)
    except _NotPlainError as error:
        raise _refused(label, str(error)) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the program's own object failed while it was read
        raise _refused(label, _failure(error)) from error
    if not isinstance(document, dict):
        raise _refused(label, "expected a mapping in the shape of llm_models.toml")
    if "overrides_module" in document:
        raise _refused(label, "overrides_module is an argument of load() here")
    return layer_of(checked(Document(label, document, None, [], times=CODE)), label)


def _refused(label: str, why: str) -> ConfigError:
    problem = Problem(masked(why.removeprefix(": ")), file=label)  # without a path where the whole is at fault
    return ConfigError(str(problem), problems=(problem,))


def _plain(value: Any, path: DocumentPath = ()) -> Any:
    """A copy of the `value` at `path` in dicts, lists and plain scalars.

    Sets are sorted, because their order is random. Raises `_NotPlainError` for other types, and for too many values.
    """
    left, room = MAX_ITEMS, BUDGETS["bytes"].most * CODE

    def text(value: Any, path: DocumentPath) -> str:
        nonlocal room
        copied = _text(value, path)
        room -= len(copied)
        if room < 0:
            raise _NotPlainError(f"more than {BUDGETS['bytes'].most * CODE:,} characters")
        return copied

    def copy(value: Any, path: DocumentPath) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise _NotPlainError(f"more than {MAX_ITEMS:,} values")
        if len(path) > BUDGETS["levels"].most:
            raise _NotPlainError(f"{excess('levels', len(path))}, or data that contains itself")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return text(value, path)
        if isinstance(value, int):
            return int.__int__(value)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, Mapping):
            return {text(key, path): copy(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
            items = [copy(item, (*path, index)) for index, item in enumerate(value)]
            return sorted(items, key=repr) if isinstance(value, (set, frozenset)) else items
        raise _NotPlainError(f"{dotted(path)}: found a {type(value).__name__}, which is not plain data")

    return copy(value, path)


def _text(value: Any, path: DocumentPath) -> str:
    """A copy of a text or a key as a plain `str`. Raises `_NotPlainError` for one that no file can store."""
    if not isinstance(value, str):
        raise _NotPlainError(f"{dotted(path)}: found the key {str(value)[:100]}, expected text")
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _NotPlainError(f"{dotted(path)}: text with half a surrogate pair, which no file can store") from None
    return text
