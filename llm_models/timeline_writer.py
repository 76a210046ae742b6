"""Timeline writing: a history becomes the bytes of a file. Equal histories make equal bytes."""

from __future__ import annotations

from types import EllipsisType
from typing import TYPE_CHECKING, Any
from zlib import crc32

from llm_models.block import encode_json
from llm_models.costs import Cost
from llm_models.frozen import FrozenDict, field_kinds, thaw
from llm_models.header import CRC
from llm_models.listings import STILL
from llm_models.timeline import FIRST_SHARED, FORMAT
from llm_models.timeline_fold import with_aliases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from llm_models.listings import Entry
    from llm_models.timeline_fold import Folded, Part, Spans

NUMBERS = [name for name, annotation in field_kinds(Cost).items() if annotation == "float | None"]
"""The prices that are plain numbers. A file lists those that it states, in this order."""
LONGEST_SHARED = 43
"""The most characters that an id takes over from the one before it; JSON would escape the character for the next."""


def encode(history: Folded, own: Mapping[str, Any] | None = None) -> bytes:
    """The bytes of a history file; `own` is what the file of an application has to remember, see `timeline_update`."""
    classes = _classes(history)
    lines = {
        provider: _encode_part(provider, part, len(history.days) - 1, classes)
        for provider, part in sorted(history.providers.items())
    }
    spans = {}
    size = 0
    for provider, line in lines.items():
        spans[provider] = [size, len(line), crc32(line)]
        size += len(line)
    header = {"format": FORMAT, "history": history.source, "days": history.days, "classes": classes}
    more = {"own": own, "aliases": dict(with_aliases(history, history.aliases).aliases)}
    stated = {name: value for name, value in more.items() if value}
    start = encode_json({**header, **stated, "providers": spans})[:-1]
    return b"".join([start, CRC % crc32(start), b"\n", *lines.values()])


def _classes(history: Folded) -> list[str]:
    """The classes that some price of a history states."""
    entries = (entry for part in history.providers.values() for entry in part.ids.values())
    stated = {name for entry in entries for _, price in entry.prices if isinstance(price, FrozenDict) for name in price}
    return [name for name in NUMBERS if name in stated]


def _encode_part(provider: str, part: Part, last: int, classes: Sequence[str]) -> bytes:
    """The line of a provider, see `schemas/history.schema.json`; `last` is the position of the last day."""
    entries = sorted(part.ids.items())
    stored = [price for _, entry in entries for _, price in entry.prices if isinstance(price, FrozenDict)]
    numbers = {price: number for number, price in enumerate(dict.fromkeys(stored))}

    def days(spans: Spans) -> list[int]:
        return [day if day == STILL else last - day for span in spans for day in span]

    def row(entry: Entry) -> Any:
        flat = days(entry.spans)
        changes: list[int] = []
        for first, price in entry.prices:
            changes.append(last - first)
            if not isinstance(price, EllipsisType):
                changes.append(-1 if price is None else numbers[price])
        if len(changes) == 1 and len(flat) == 2:
            return flat[0]
        return [*(flat if len(flat) == 2 else [flat]), *changes[1:]]

    line: dict[str, Any] = {"provider": provider, "seen": days(part.seen)}
    line["ids"] = _shortened([model_id for model_id, _ in entries])
    line["listed"] = [row(entry) for _, entry in entries]
    line["prices"] = [_row_of(price, classes) for price in numbers]
    if part.successors:
        line["successors"] = {model_id: list(one) for model_id, one in sorted(part.successors.items())}
    return encode_json(line) + b"\n"


def _row_of(price: FrozenDict, classes: Sequence[str]) -> list[Any]:
    """A price list as a row of the table: numbers in the order of `classes`, then an object of its other parts."""
    numbers = [price.get(name) for name in classes]
    others = {name: thaw(part) for name, part in sorted(price.items()) if name not in classes}
    while numbers and numbers[-1] is None:
        numbers.pop()
    return [*numbers, others] if others else numbers


def _shortened(ids: Iterable[str]) -> list[str]:
    """Each id without what it shares with the one before, after a character that stands for the length of that."""
    before = ""
    short = []
    for model_id in ids:
        longest = min(len(before), len(model_id), LONGEST_SHARED)
        shared = next((at for at in range(longest) if before[at] != model_id[at]), longest)
        short.append(chr(FIRST_SHARED + shared) + model_id[shared:])
        before = model_id
    return short
