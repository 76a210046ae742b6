"""Entries: usage objects of any library, as mappings, objects and JSON, and what they cost."""

from __future__ import annotations

import json
import pickle
from collections import namedtuple
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from zlib import crc32

from fuzz import world
from fuzz.changes import NUMBERS, TEXTS, as_json, at, changed, changed_text, copied, odd, places
from fuzz.harness import Entry, holds
from fuzz.names import OF_RESOLVE
from fuzz.records import check_bill
from llm_models import LLMModelsError, Usage, UsageError
from llm_models.counts import FIELDS, PARTS
from llm_models.errors import InvalidArgumentError, UnknownProviderError
from llm_models.meters import read_all
from llm_models.modes import UnknownModeError
from llm_models.recognition import BY_NAME, HOLDERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

KIND = "~"
"""The key by which an input states that an object, and not a mapping, is meant; `of` has what it holds."""


class OtherMapping(Mapping[Any, Any]):
    """A mapping of somebody's own class."""

    def __init__(self, data: dict[Any, Any]) -> None:
        self._data = data

    def __getitem__(self, key: Any) -> Any:
        return self._data[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


class Number:
    """A number of somebody's own class."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __index__(self) -> Any:
        return self.value

    __int__ = __index__


class Slots:
    """An object without a dict."""

    __slots__ = ("input_tokens", "output_tokens", "usage")


def _class_of(package: str) -> type:
    return type("Usage", (), {"__module__": f"{package}.types"})


def _object(data: Any, kind: type) -> Any:
    one = kind()
    for name, value in data.items() if isinstance(data, dict) else ():
        try:
            setattr(one, str(name), value)
        except (AttributeError, TypeError, UnicodeEncodeError):  # TypeError: `__class__` is a class
            continue
    return one


def _loop(data: Any) -> Any:
    one = data if isinstance(data, dict) else {"x": data}
    one["loop"] = one["prompt_tokens_details"] = one
    return one


def _named(data: Any) -> Any:
    names = (
        [name for name in data if str(name).isidentifier() and str(name)[0] != "_"] if isinstance(data, dict) else []
    )
    try:
        return namedtuple("Usage", names)(*[data[name] for name in names])
    except ValueError:
        return data


def _made(kind: Any, data: Any) -> Any:  # noqa: C901  # a case for each kind
    """An object of a kind. What cannot be made stays as it is."""
    match kind:
        case "object":
            return _object(data, SimpleNamespace)
        case "slots":
            return _object(data, Slots)
        case "mapping":
            return OtherMapping(data) if isinstance(data, dict) else data
        case "proxy":
            return MappingProxyType(data) if isinstance(data, dict) else data
        case "extra":
            return SimpleNamespace(__pydantic_extra__=data, **{})
        case "named":
            return _named(data)
        case "loop":
            return _loop(data)
        case "keys":  # of other types than text
            return {
                (None, 5, (1,), b"x", 1.5)[number % 5]: value
                for number, value in enumerate(data if isinstance(data, list) else [data])
            }
        case "number":
            return Number(data)
        case "text":
            return json.dumps(data, default=str)
        case "bytes":
            return str(data).encode(errors="replace")
        case "set":
            return {str(data)}
        case "tuple":
            return tuple(data) if isinstance(data, list) else (data,)
        case "decimal":
            try:
                return Decimal(str(data))
            except ArithmeticError:
                return Decimal("NaN")
        case "complex":
            return 1j
        case "class":
            return Usage
        case _:
            return _object(data, _class_of(kind)) if isinstance(kind, str) and kind in PACKAGES else data


PACKAGES = (
    "openai",
    "anthropic",
    "google.genai",
    "mistralai",
    "litellm",
    "langchain_core",
    "pydantic_ai",
    "agents.usage",
)
KINDS = ("object", "slots", "mapping", "proxy", "extra", "named", "loop", "keys", "number", "text", "bytes", "set",
         "tuple", "decimal", "complex", "class", *PACKAGES)  # fmt: skip


def build(value: Any) -> Any:
    """The object that an input describes."""
    if isinstance(value, dict):
        if KIND in value:
            return _made(value[KIND], build(value.get("of")))
        return {key: build(item) for key, item in value.items()}
    return [build(item) for item in value] if isinstance(value, list) else value


def read(data: bytes) -> tuple[Any, Usage]:
    """What an input states, and the usage that is read of it. Also asks for all usages, and for the cost."""
    given = json.loads(data)
    snapshot = world.packaged()
    protocol, provider = given.get("protocol"), given.get("provider")
    try:
        several = read_all(
            build(given["obj"]), protocol, None if provider is None else snapshot.parse_provider(provider)
        )
    except LLMModelsError:
        several = ()
    holds(all(isinstance(one, Usage) for one in several), "usages() gives something else")
    for one in several:
        _check_usage(one)
    try:
        bill = snapshot.cost(
            given.get("spec") or "openai:gpt-5.2", build(given["obj"]), given.get("at"), given.get("mode")
        )
    except (UsageError, UnknownModeError, InvalidArgumentError, *OF_RESOLVE):
        pass
    else:
        check_bill(bill)
        both = bill + bill
        holds(
            both.known == bill.known * 2 or bill.known.adjusted() > 40, "two bills cost another amount than twice one"
        )
    return given, snapshot.usage(build(given["obj"]), protocol, provider)


def _check_usage(one: Usage) -> None:
    for whole, parts in PARTS.items():
        for part in parts:
            holds((getattr(one, part) or 0) <= (getattr(one, whole) or 0), "a part is larger than its whole")
    for name in FIELDS:
        value = getattr(one, name)
        holds(name in ("mode", "model", "fees") or type(value) in (int, Decimal, type(None)), "a count is no number")
        holds(not isinstance(value, (int, Decimal)) or value >= 0, "a count is negative")
    json.dumps(one.to_dict(), default=str)


def check_usage(data: bytes, pair: tuple[Any, Usage]) -> None:
    """A usage is possible, and is read again as itself: as a usage, as its fields, pickled, and from JSON."""
    given, one = pair
    _check_usage(one)
    holds(pickle.loads(pickle.dumps(one)) == one, "a usage is another one after pickling")
    holds(hash(one) == hash(Usage.from_dict(one.to_dict())) and Usage.from_dict(one.to_dict()) == one, "not its fields")
    snapshot = world.packaged()
    holds(snapshot.usage(one) is one, "a usage is read as another one")
    plain = json.dumps(given["obj"])
    if KIND not in plain and crc32(data) % 2 and not isinstance(given["obj"], str):
        holds(
            snapshot.usage(plain, given.get("protocol"), given.get("provider")) == one, "JSON is read as another usage"
        )
    if one.mode is None or crc32(data) % 2:
        try:
            twice = one + one
        except UsageError:
            return
        holds(twice.input == (None if one.input is None else 2 * one.input), "a sum is not the sum")


@cache
def _seeds() -> list[Any]:
    """Shapes by hand, and one of every field that each protocol reads."""
    found: list[Any] = world.seed_document("usage")
    for protocol in BY_NAME.values():
        every: dict[str, Any] = {}
        for text in protocol.reads.values():
            for terms in protocol.expression(text)[:1]:
                for path in terms:
                    holder = every
                    for step in path[:-1]:
                        holder = holder.setdefault(step, {}) if isinstance(holder.setdefault(step, {}), dict) else {}
                    holder[path[-1]] = 3
        found.append(every)
    return found


def _change(rng: Random, seeds: Sequence[Any]) -> bytes:
    obj = rng.choice(seeds)
    which = rng.random()
    obj = changed(rng, obj, seeds, most=2) if which < 0.5 else _counted(rng, obj) if which < 0.95 else obj
    if rng.random() < 0.25:
        obj = _with_kind(rng, obj)
    if rng.random() < 0.1:
        place: Any = {}
        for step in reversed(rng.choice(HOLDERS).split(".")):
            place, obj = {step: obj}, {step: obj}
        obj = place
    given: dict[str, Any] = {"obj": obj}
    if rng.random() < 0.15:
        given["protocol"] = rng.choice((*BY_NAME, changed_text(rng, "anthropic")))
    if rng.random() < 0.1:
        given["provider"] = rng.choice(("xai", "x-ai", "openai", "anthropic", rng.choice(TEXTS)))
    if rng.random() < 0.6:
        given["spec"] = rng.choice(
            ("openai:gpt-5.2", "anthropic:claude-haiku-4-5", "google:gemini-3.5-flash", "xai:grok-4.6")
        )
    if rng.random() < 0.2:
        given["mode"] = rng.choice(("batch", "standard", "priority", "flex", "batch+priority", rng.choice(TEXTS)))
    if rng.random() < 0.3:
        given["at"] = rng.choice(("2026-01-01", "2025-07-01T00:00:00Z", "9999-12-31", "0001-01-01", rng.choice(TEXTS)))
    return as_json(given).encode()


def _counted(rng: Random, obj: Any) -> Any:
    """The object with other counts, which are possible one by one, or without some."""
    obj = copied(obj)
    numbers = [path for path in places(obj) if type(at(obj, path)) is int]
    for path in rng.sample(numbers, min(len(numbers), rng.choice((1, 1, 2, 3)))):
        holder = at(obj, path[:-1])
        if type(holder) is dict and rng.random() < 0.3:
            del holder[path[-1]]
        else:
            holder[path[-1]] = rng.choice((0, 0, 1, 2, 5, 10, 100, 120, 10**6, 10**12, 10**15))
    return obj


def _with_kind(rng: Random, obj: Any) -> Any:
    """The object, or something in it, as one of another kind."""
    if isinstance(obj, dict) and obj and rng.random() < 0.6:
        name = rng.choice([*obj])
        return {**obj, name: _with_kind(rng, obj[name])}
    if rng.random() < 0.1:
        return {KIND: "number", "of": rng.choice((*NUMBERS, odd(rng)))}
    return {KIND: rng.choice(KINDS), "of": obj}


ENTRIES = {
    "usage": Entry(
        seeds=_seeds,
        change=_change,
        call=read,
        errors=(UsageError, InvalidArgumentError, UnknownProviderError),
        laws=(check_usage,),
        planted="llm_models.meters.fitting",
    ),
}
