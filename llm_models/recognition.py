"""Recognition: the usage in an object, and the protocols that its class and its fields fit; no library is imported."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.counts import TEXTS, refusal
from llm_models.objects import is_camel, is_list, members, plain, value_at
from llm_models.provider_usage import PROVIDERS
from llm_models.streams import events_of
from llm_models.tool_usage import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llm_models.protocols import Path, Protocol

BY_NAME: dict[str, Protocol] = {protocol.name: protocol for protocol in (*PROVIDERS, *TOOLS)}

ASKED_FOR = {"xai_chat"}
"""Protocols that nothing in an object distinguishes from another, so that the keys of a mapping never mean them."""

OF_PROVIDER = {"xai": {"openai_chat": "xai_chat"}}
"""Provider -> the protocols that mean something else there."""

OF_PACKAGE = {
    "openai": ("openai_chat", "openai_responses", "openai_realtime"),
    "anthropic": ("anthropic",),
    "google.genai": ("gemini",),
    "mistralai": ("mistral",),
    "litellm": ("litellm", "openai_responses"),
    "langchain_core": ("langchain",),
    "pydantic_ai": ("pydantic_ai",),
    "agents.usage": ("openai_agents",),
}
"""Package or module of an object's class -> the protocols of its types; of several, their fields decide."""

HOLDERS = (
    "usage",
    "usage_metadata",
    "response.usage",
    "response.usage_metadata",
    "response.body.usage",
    "metadata.usage",
    "data.usage",
    "x_groq.usage",
    "message.usage",
    "result.message.usage",
    "context_wrapper.usage",
    "attributes",
)
"""Where a response, an event, a line of a batch, a result of a run or a span has its usage."""

OF_RESPONSE = {("type", "message"): "anthropic", ("type", "message_delta"): "anthropic"}
"""A field of a response and its value -> the protocol of its usage."""


_HOLDERS = tuple(tuple(place.split(".")) for place in HOLDERS)


class Found(NamedTuple):
    """A usage as plain data with all of its fields by path, and what the response around it states, by path.

    `protocols` are those of its class, empty for unknown. `camel`: some names were in `camelCase`.
    """

    data: Mapping[str, Any]
    fields: Mapping[Path, Any]
    around: Mapping[Path, Any]
    protocols: tuple[str, ...]
    camel: bool

    def anywhere(self, path: Path) -> Any:
        """A field of the usage, or else of the response around it."""
        inner = self.fields.get(path)
        return self.around.get(path) if inner is None else inner

    def entry(self, data: Mapping[str, Any]) -> Found:
        """One of the requests of a sum, in the same response."""
        return self._replace(data=data, fields=dict(_fields(data)))


def find(obj: object, protocol: str | None) -> Found:
    """The usage in an object: the object itself, or what a response holds."""
    if is_list(obj):
        return _streamed(obj)
    held, response = obj, None
    for path in _HOLDERS if protocol != "plain" else ():
        inner = value_at(obj, path)
        if inner is not None and members(inner) is not None and (path[-1] != "attributes" or _is_span(inner)):
            held, response = inner, value_at(obj, path[:-1])
            break
    fields = members(held)
    if fields is None:
        raise refusal("", f"no usage (found {type(held).__name__}). Give an object, a mapping or JSON")
    if held is obj and (missing := _unstated(obj, fields)):
        text = "not stated by the response. A stream has it in its last event, some only if they are asked for it"
        raise refusal(missing, text)
    protocols = _of_package(held) or _of_package(response)
    if not protocols and response is not None:
        protocols = tuple(
            [name for (field, value), name in OF_RESPONSE.items() if value_at(response, (field,)) == value]
        )
    return _found(held, response, protocols)


def _unstated(obj: object, fields: Mapping[str, Any]) -> str | None:
    """Where a response, or an event that holds one, has the field of a usage, although it states none there."""
    for name in ("usage", "usage_metadata"):
        if name in fields:
            return name
        if name in (members(value_at(obj, ("response",))) or ()):
            return f"response.{name}"
    return None


def _found(held: object, response: object, protocols: tuple[str, ...]) -> Found:
    """The fields of a usage that some protocol knows; other fields are not looked into."""
    names = _names()
    data = {
        name: plain(value) if name in names or (_is_count(name) and hasattr(value, "__int__")) else None
        for name, value in (members(held) or {}).items()
    }
    around = dict(_stated(response))
    if type(held) is not dict:  # an object may have properties, which are no fields
        around = {**dict(_stated(held)), **around}
    return Found(data, dict(_fields(data)), around, protocols, is_camel(held, names))


def _streamed(items: Sequence[object]) -> Found:
    """The usage of the events of one streamed answer: later numbers replace earlier ones."""
    events = events_of(items)
    if not events:
        text = "Read them with usages(). Of an answer that was streamed, give the chunk that has all of its usage"
        raise refusal("", f"a list of {len(items)} items. {text}")
    start, *rest = events
    data = _counts(value_at(start, ("message", "usage")))
    for event in rest:
        later = _counts(value_at(event, ("usage",)))
        data.update({name: value for name, value in later.items() if value is not None})
    return _found(data, value_at(start, ("message",)), ("anthropic",))


def _counts(usage: Any) -> dict[str, Any]:
    """The fields of the usage in an event; none where it states none."""
    found = plain(usage)
    if not isinstance(found, dict | None):
        raise refusal("usage", f"not an object of counts (found {type(usage).__name__})")
    return found or {}


def _is_count(name: str) -> bool:
    """Whether a field counts tokens, by its name; `max_tokens` is a limit."""
    return name.endswith(("_tokens", "_token_count")) and not name.startswith("max_")


def _is_span(value: object) -> bool:
    return isinstance(value, Mapping) and any(str(name).startswith("gen_ai.usage.") for name in value)


def _of_package(obj: object) -> tuple[str, ...]:
    """The protocols of the package of an object's class."""
    kind: Any = type(obj)
    return _of_class(kind)


@lru_cache(maxsize=256)
def _of_class(kind: type) -> tuple[str, ...]:
    """The protocols of the package from which a class comes, or a class above it."""
    for cls in kind.__mro__:
        for package, names in OF_PACKAGE.items():
            if f"{cls.__module__}.".startswith(f"{package}."):
                return names
    return ()


def fitting(found: Found) -> tuple[Protocol, ...]:
    """The protocols that an object may be of: those of its package whose fields it has, else any whose fields it has.

    An object of a known package with fields that belong together nowhere is of the protocols of the package.
    """
    return _fitting(frozenset(found.fields), frozenset(found.around), found.protocols, found.camel)


@lru_cache(maxsize=512)
def _fitting(
    fields: frozenset[Path], around: frozenset[Path], names: tuple[str, ...], camel: bool
) -> tuple[Protocol, ...]:
    own = [BY_NAME[name] for name in names]
    shapes = [one for one in BY_NAME.values() if one.name not in ASKED_FOR and not (camel and not one.camel)]
    marked = [one for one in shapes if not one.marks or fields & {*one.names([one.marks])}]
    for candidates in (own, marked):
        if fits := [one for one in candidates if _has_total(one, fields) and _knows(one, fields, around)]:
            return tuple(fits)
    return tuple([one for one in own if _has_total(one, fields)])


def _has_total(protocol: Protocol, fields: frozenset[Path]) -> bool:
    """Whether there is a field of which a total of a protocol consists; of our own names, any that counts."""
    totals = {*protocol.reads} - {*TEXTS} if protocol.exact else ("input", "output", "audio_seconds")
    return bool(fields & {*protocol.names([protocol.reads[name] for name in totals if name in protocol.reads])})


def _knows(protocol: Protocol, fields: frozenset[Path], around: frozenset[Path]) -> bool:
    """Whether a protocol knows every field that any protocol knows: of the usage, and of the response."""
    known, ignored = known_paths(protocol.name)
    foreign = (fields & _vocabulary()) - known
    return around <= _around_of(protocol) and all(any(path[: len(one)] == one for one in ignored) for path in foreign)


@cache
def known_paths(name: str) -> tuple[frozenset[Path], frozenset[Path]]:
    """The fields of a usage that a protocol knows, with those that hold them; and those of them that it ignores."""
    protocol = BY_NAME[name]
    lists = [text for part in protocol.lists for text in (part.path, part.whole)]
    ignored = frozenset(protocol.names(protocol.ignored))
    texts = [*protocol.reads.values(), *lists, *protocol.unplaced, protocol.total, protocol.entries]
    flags = [mode.path for mode in protocol.modes if mode.flag]
    paths = {*protocol.names([*texts, *flags]), *_around_of(protocol), *ignored}
    return frozenset(path[:end] for path in paths for end in range(1, len(path) + 1)), ignored


@cache
def _vocabulary() -> frozenset[Path]:
    """The fields of a usage that any protocol knows."""
    return frozenset(path for name in BY_NAME for path in known_paths(name)[0])


def uncounted(found: Found, protocol: Protocol) -> list[str]:
    """Fields of a usage that count tokens, as their names state, and that no protocol knows.

    Not those that a span has beside its usage, such as the largest number of tokens that were asked for.
    """
    ignored = known_paths(protocol.name)[1]
    return [
        ".".join(path)
        for path, value in found.fields.items()
        if not protocol.flat
        and path not in _vocabulary()
        and _is_count(path[-1])
        and hasattr(value, "__int__")
        and value != 0
        and not any(path[:end] in ignored for end in range(1, len(path)))
    ]


@cache
def _names() -> frozenset[str]:
    """The names that a field of a usage may have, on its first level."""
    return frozenset(path[0] for path in _vocabulary())


def _around_of(protocol: Protocol) -> frozenset[Path]:
    """The fields of a response that a protocol reads."""
    modes = [mode.path for mode in protocol.modes if not mode.flag]
    return frozenset(protocol.names([*modes, *protocol.around.values()]))


@cache
def _around() -> frozenset[Path]:
    """The fields of a response that any protocol reads."""
    return frozenset(path for protocol in BY_NAME.values() for path in _around_of(protocol))


def _stated(response: object) -> Iterator[tuple[Path, Any]]:
    """What a response states in fields that any protocol reads, and not in fields below them."""
    for path in _around() if response is not None else ():
        value = plain(value_at(response, path))
        if value is not None and not isinstance(value, (dict, list)):
            yield path, value


def _fields(data: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The fields of plain data by path, with those that hold others."""
    for name, value in data.items():
        yield (*above, name), value
        if isinstance(value, dict):
            yield from _fields(value, (*above, name))
