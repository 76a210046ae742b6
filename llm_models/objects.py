"""Objects: the fields of an object of any library as plain data; no library is imported, and none is asked by name.

Names are read as Python spells them: `promptTokenCount` in a mapping is `prompt_token_count`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from llm_models.counts import refusal

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from typing import TypeGuard

ABSENT = {"NotGiven", "Omit", "Unset"}
"""Classes of values that stand for nothing, in the clients that have them."""

DEEP = 6
"""How deep an object is read."""

WIDE = 20_000
"""How many mappings, lists and objects are read of one field."""


@cache
def snake(name: str) -> str:
    """A name in the spelling of Python.

    >>> snake("promptTokenCount")
    'prompt_token_count'
    """
    return name if name.islower() else "".join([f"_{c.lower()}" if c.isupper() else c for c in name]).removeprefix("_")


@cache
def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return "".join([first, *map(str.capitalize, rest)])


def is_camel(obj: object, names: Container[str]) -> bool:
    """Whether a mapping has one of these names in `camelCase`."""
    return isinstance(obj, Mapping) and any(snake(str(name)) in names and snake(str(name)) != name for name in obj)


def is_list(obj: object) -> TypeGuard[Sequence[Any]]:
    """Whether an object is a list or a tuple without names."""
    return isinstance(obj, (list, tuple)) and not hasattr(type(obj), "_fields")


def members(obj: object) -> dict[str, Any] | None:
    """The public fields of a mapping or of an object by name; None for what has none."""
    if type(obj) is dict or isinstance(obj, Mapping):
        found: dict[str, Any] = {}
        for key, value in obj.items():
            name = snake(str(key))
            if name in found and found[name] != value:
                raise refusal(str(key), "stated in two spellings, with different values")
            found[name] = value
        return found
    if obj is None or isinstance(obj, (str, int, float, type)) or is_list(obj):
        return None
    names = [*getattr(type(obj), "__dataclass_fields__", ()), *getattr(type(obj), "_fields", ())]
    extra = getattr(obj, "__pydantic_extra__", None)
    own = {**getattr(obj, "__dict__", {}), **(extra if isinstance(extra, Mapping) else {})}
    own.update({name: getattr(obj, name, None) for name in names})
    return {name: value for name, value in own.items() if name[:1] != "_"} if own else None


def value_at(obj: object, path: tuple[str, ...]) -> Any:
    """The value at a path, through mappings and objects; None where there is none.

    >>> value_at({"usage": {"inputTokens": 5}}, ("usage", "input_tokens"))
    5
    """
    for name in path:
        if type(obj) is dict or isinstance(obj, Mapping):
            obj = obj[name] if name in obj else obj.get(_camel(name))
        elif obj is None or isinstance(obj, (str, int, float, list)):
            return None
        else:
            obj = getattr(obj, name, None)
    return obj


def plain(value: Any) -> Any:
    """A value as dicts, lists and what they hold. What stands for nothing, and what is too deep, becomes None.

    Raises `UsageError` for more values than any usage has.
    """
    return _plain(value, 0, iter(range(WIDE)))


def _plain(value: Any, depth: int, left: Iterator[int]) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if depth > DEEP or type(value).__name__ in ABSENT:
        return None
    if next(left, None) is None:
        raise refusal("", f"more than {WIDE} values. Give the usage object itself")
    if is_list(value):
        return [_plain(item, depth + 1, left) for item in value]
    found = members(value)
    return value if found is None else {name: _plain(item, depth + 1, left) for name, item in found.items()}
