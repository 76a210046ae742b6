"""The behaviour module: an application's overrides as Python code, read as plain data.

It is other people's code: whatever it does wrong is a `ConfigError` that names it, and what it returns is
copied, so that nothing it keeps can change a catalogue later.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from llm_models.config import Document, check_document, layer_of
from llm_models.errors import ConfigError, Problem, printable

if TYPE_CHECKING:
    from llm_models.layers import Layer

__all__ = ["Overrides", "layer_of_behaviour", "layer_of_mapping"]

MAX_ITEMS = 1_000_000
"""The most values that one module may return, at all depths together."""
_MAX_DEPTH = 50
_SECTIONS = {"providers": "providers", "models": "models", "excludes": "exclude"}


class Overrides:
    """The base of a behaviour class: each method returns one section in the shape of `llm_models.toml`.

    >>> class Mine(Overrides):
    ...     def models(self):
    ...         return [{"provider": "openai", "id": "gpt-4o-mini", "tags": ["approved"]}]
    >>> llm_models.load(config=None, overrides_module=Mine, publish=False).get_model("openai", "gpt-4o-mini").tags
    ('approved',)
    """

    def providers(self) -> Iterable[Mapping[str, Any]]:
        """Providers to add or correct: partial records with an `id`."""
        return []

    def models(self) -> Iterable[Mapping[str, Any]]:
        """Models to add or correct: partial records with a `provider` and an `id` or a `match` glob."""
        return []

    def excludes(self) -> Mapping[str, Iterable[str]]:
        """Models to remove: provider -> exact ids or globs."""
        return {}


def layer_of_behaviour(module: Any) -> Layer:
    """The layer that a behaviour module states: a name (`package.module`, `package.module:Class`), or the object.

    Raises `ConfigError` that names it, whatever goes wrong in it.
    """
    name = (
        module
        if isinstance(module, str)
        else getattr(module, "__qualname__", None) or getattr(module, "__name__", type(module).__qualname__)
    )
    label = f"behaviour module '{printable(name)}'"
    try:
        source = _import(module) if isinstance(module, str) else module
        if isinstance(source, type):
            source = source()
        document = {
            section: _plain(getattr(source, function)(), label)
            for function, section in _SECTIONS.items()
            if hasattr(source, function)
        }
    except ConfigError:
        raise
    except (Exception, SystemExit) as error:
        problem = Problem(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__, file=label)
        raise ConfigError(str(problem), problems=(problem,), module=name) from error
    if not document:
        problem = Problem("defines none of providers(), models(), excludes()", file=label)
        raise ConfigError(str(problem), problems=(problem,), module=name)
    return _layer(document, label)


def layer_of_mapping(overrides: Mapping[str, Any], label: str = "load(overrides=...)") -> Layer:
    """The layer that a mapping in the shape of `llm_models.toml` states. Raises `ConfigError`."""
    document = _plain(overrides, label)
    if not isinstance(document, dict):
        raise ConfigError(f"{label}: expected a mapping in the shape of llm_models.toml")
    if "overrides_module" in document:
        raise ConfigError(f"{label}: overrides_module is an argument of load() here")
    return _layer(document, label)


def _layer(data: dict[str, Any], label: str) -> Layer:
    document = Document(label, data, None, [])
    document.problems.extend(check_document(document))
    return layer_of(document, label)


def _import(name: str) -> Any:
    module_name, _, class_name = name.partition(":")
    module = importlib.import_module(module_name)
    return getattr(module, class_name) if class_name else module


def _plain(value: Any, label: str) -> Any:
    """A copy of `value` in dicts, lists and plain scalars; anything else, or too much of it, is a `ConfigError`."""
    left = MAX_ITEMS

    def copy(value: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise ConfigError(f"{label}: returned more than {MAX_ITEMS:,} values")
        if depth > _MAX_DEPTH:
            raise ConfigError(f"{label}: returned data nested deeper than {_MAX_DEPTH} levels, or that holds itself")
        if value is None or isinstance(value, bool):
            return value
        for kind in (str, int, float):
            if isinstance(value, kind):
                return kind(value)
        if isinstance(value, Mapping):
            return {_key(key, label): copy(item, depth + 1) for key, item in value.items()}
        if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
            return [copy(item, depth + 1) for item in value]
        raise ConfigError(f"{label}: returned a {type(value).__name__}, which is no plain data")

    return copy(value, 0)


def _key(key: Any, label: str) -> str:
    if not isinstance(key, str):
        raise ConfigError(f"{label}: returned a mapping with the key {printable(key)}, expected text")
    return str(key)
