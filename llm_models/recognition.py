"""Recognition: the usage in an object, and the protocols that its class and its fields fit; no library is imported."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.counts import refusal
from llm_models.objects import is_camel, is_list, members, plain, value_at
from llm_models.provider_usage import PROVIDERS
from llm_models.tool_usage import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

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

HOLDERS = ("usage", "usage_metadata", "response.usage", "message.usage", "context_wrapper.usage", "attributes")
"""Where a response, an event, a result of a run or a span has its usage."""

OF_RESPONSE = {("type", "message"): "anthropic", ("type", "message_delta"): "anthropic"}
"""A field of a response and its value -> the protocol of its usage."""


class Found(NamedTuple):
    """A usage as plain data, the response around it, and what its class says: names of protocols, empty for unknown."""

    data: dict[str, Any]
    response: object
    protocols: tuple[str, ...]
    camel: bool

    def anywhere(self, path: Path) -> Any:
        """A field of the usage, or else of the response around it."""
        inner = value_at(self.data, path)
        return plain(value_at(self.response, path)) if inner is None else inner


def find(obj: object, protocol: str | None) -> Found:
    """The usage in an object: the object itself, or what a response holds."""
    if is_list(obj):
        return _streamed(obj)  # type: ignore[arg-type]
    held, response = obj, None
    for place in HOLDERS if protocol != "plain" else ():
        path = tuple(place.split("."))
        inner = value_at(obj, path)
        if members(inner) is not None and (place != "attributes" or _is_span(inner)):
            held, response = inner, value_at(obj, path[:-1])
            break
    fields = members(held)
    if fields is None:
        raise refusal("", f"no usage (found {type(held).__name__}). Give an object, a mapping or JSON")
    if held is obj and (missing := sorted({"usage", "usage_metadata"} & {*fields})):
        text = "not stated by the response. A stream has it in its last event, some only if they are asked for it"
        raise refusal(missing[0], text)
    stated = [name for (field, value), name in OF_RESPONSE.items() if value_at(response, (field,)) == value]
    return Found(plain(held), response, _of_class(held) or _of_class(response) or tuple(stated), is_camel(held))


def _streamed(items: list[object]) -> Found:
    """The usage of the events of one streamed answer: later numbers replace earlier ones."""
    events = events_of(items)
    if not events:
        raise refusal("", f"a list of {len(items)} items. Read its items with usages()")
    start, *rest = events
    data = plain(value_at(start, ("message", "usage"))) or {}
    for event in rest:
        later = plain(value_at(event, ("usage",))) or {}
        data.update({name: value for name, value in later.items() if value is not None})
    return Found(data, value_at(start, ("message",)), ("anthropic",), camel=False)


def events_of(items: Any) -> list[object]:
    """The events of one streamed answer that state usage, the first of them first; empty for anything else."""
    kinds = [(value_at(item, ("type",)), item) for item in items]
    starts = [item for kind, item in kinds if kind == "message_start"]
    return [*starts, *(item for kind, item in kinds if kind == "message_delta")] if len(starts) == 1 else []


def _is_span(value: object) -> bool:
    return isinstance(value, Mapping) and any(str(name).startswith("gen_ai.usage.") for name in value)


def _of_class(obj: object) -> tuple[str, ...]:
    """The protocols of the package from which the class of an object comes, or a class above it."""
    for cls in type(obj).__mro__:
        for package, names in OF_PACKAGE.items():
            if f"{cls.__module__}.".startswith(f"{package}."):
                return names
    return ()


def fitting(found: Found) -> list[Protocol]:
    """The protocols that an object may be of: those of its package whose fields it has, else any whose fields it has.

    An object of a known package with fields that belong together nowhere is of the protocols of the package.
    """
    own = [BY_NAME[name] for name in found.protocols]
    shapes = [one for one in BY_NAME.values() if one.name not in ASKED_FOR and _is_marked(one, found)]
    for candidates in (own, shapes):
        if fits := [one for one in candidates if _fits(one, found)]:
            return fits
    return [one for one in own if _has_total(one, found)]


def _fits(protocol: Protocol, found: Found) -> bool:
    """Whether the fields of a usage are those of a protocol: one of its totals, and none that only others have."""
    if (found.camel and not protocol.camel) or not _has_total(protocol, found):
        return False
    known, ignored = known_paths(protocol.name)
    foreign = {path for path in _paths(found.data) if path not in known and path in _vocabulary()}
    around = any(_states(found.response, path) for path in _around() - _around_of(protocol))
    return not around and all(any(path[: len(one)] == one for one in ignored) for path in foreign)


def _is_marked(protocol: Protocol, found: Found) -> bool:
    """Whether a usage has a field that marks a protocol, where that is needed to recognise it."""
    return not protocol.marks or any(path[0] in found.data for path in protocol.names([protocol.marks]))


def _has_total(protocol: Protocol, found: Found) -> bool:
    totals = protocol.reads if protocol.exact else ("input", "output", "audio_seconds")
    texts = [protocol.reads[name] for name in totals if name in protocol.reads]
    return any(path[0] in found.data for path in protocol.names(texts))


@cache
def known_paths(name: str) -> tuple[frozenset[Path], frozenset[Path]]:
    """The fields of a usage that a protocol knows, with those that hold them; and those of them that it ignores."""
    protocol = BY_NAME[name]
    lists = [text for part in protocol.lists for text in (part.path, part.whole)]
    ignored = frozenset(protocol.names(protocol.ignored))
    texts = [*protocol.reads.values(), *protocol.around.values(), *lists, protocol.total, protocol.entries]
    paths = {*protocol.names(texts), *protocol.names(mode.path for mode in protocol.modes), *ignored}
    return frozenset(path[:end] for path in paths for end in range(1, len(path) + 1)), ignored


@cache
def _vocabulary() -> frozenset[Path]:
    return frozenset(path for name in BY_NAME for path in known_paths(name)[0])


def _states(response: object, path: Path) -> bool:
    """Whether a response has a value of its own at a path, not only fields below it."""
    value = value_at(response, path)
    return value is not None and members(value) is None


def _around_of(protocol: Protocol) -> set[Path]:
    """The fields of a response that a protocol reads."""
    modes = [mode.path for mode in protocol.modes if not mode.flag]
    return {*protocol.names([*modes, *protocol.around.values()])}


@cache
def _around() -> frozenset[Path]:
    return frozenset(path for protocol in BY_NAME.values() for path in _around_of(protocol))


def _paths(data: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    for name, value in data.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))
