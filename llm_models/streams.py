"""Streams: which items of a list are parts of one answer, so that none is counted twice; no library is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.objects import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable

_START, _DELTA = "message_start", "message_delta"
_WITHOUT = ("content_block_start", "content_block_delta", "content_block_stop", "message_stop", "ping")
"""Events of Anthropic that state no usage."""

_PLACES = (("usage",), ("usage_metadata",), ("response", "usage"))
"""Where chunks and events state the usage so far."""


def answers(items: Iterable[Any]) -> list[Any]:
    """The items of a list, with one for each streamed answer: its last chunk or event that states a usage.

    Of events of Anthropic it is a list of those that state a part of it (see `events_of`). Chunks of other clients,
    such as LangChain's, state usages that are to be added, so they are items of their own.
    """
    found: list[Any] = []
    places: dict[str, int] = {}
    events: list[Any] | None = None
    for item in items:
        kind, answer = value_at(item, ("type",)), _answer(item)
        if kind == _START:
            found.append(events := [item])
        elif kind == _DELTA and events is not None:
            events.append(item)
        elif answer is None:
            if not (kind in _WITHOUT and events) and not (_is_event(kind) and places):
                found.append(item)
        elif answer not in places:
            places[answer] = len(found)
            found.append(item)
        elif any(value_at(item, path) is not None for path in _PLACES):
            found[places[answer]] = item
    return found


def events_of(items: Any) -> list[Any]:
    """The events of one answer of Anthropic that state usage, the first of them first; empty for anything else."""
    kinds = [(value_at(item, ("type",)), item) for item in items]
    starts = [item for kind, item in kinds if kind == _START]
    return [*starts, *(item for kind, item in kinds if kind == _DELTA)] if len(starts) == 1 else []


def _answer(item: Any) -> str | None:
    """The id of the answer that a chunk or an event is a part of: of Gemini, of OpenAI's completions and responses."""
    found = value_at(item, ("response_id",))
    if value_at(item, ("object",)) == "chat.completion.chunk":
        found = value_at(item, ("id",))
    elif _is_event(value_at(item, ("type",))):
        found = value_at(item, ("response", "id"))
    return found if isinstance(found, str) else None


def _is_event(kind: object) -> bool:
    """Whether a type is that of an event of OpenAI's responses."""
    return isinstance(kind, str) and kind.startswith("response.")
