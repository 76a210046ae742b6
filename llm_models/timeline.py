"""Timeline: reads a history file: on which days models and providers were listed, and at which prices.

Standard library only, and read when it is first asked for: no question that finds its answer in the catalogue needs it.

A history file is JSON in lines. Line 1 is the header: the days on which the source was seen, and where the line of
each provider is. Then one line for each provider. A reader decodes the header and the line of the provider that a
question names, and checks the CRC-32 of both. `schemas/history.schema.json` describes the lines. A day inside a line
is the number of days of the header that come after it, because short numbers keep the file small.

The packaged file leaves out the current price of a model that is still listed, because the record in the packaged
snapshot has it. The file of an application has it, because its record may be replaced by an older one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from zlib import crc32

from llm_models.days import day_of, days_between
from llm_models.errors import SnapshotError, printable
from llm_models.frozen import freeze
from llm_models.header import CRC, WRONG, first_line
from llm_models.jsontext import loads
from llm_models.listing_parts import Answer, Successor
from llm_models.listings import (
    ELSEWHERE,
    STILL,
    Entry,
    Listing,
    ModelHistory,
    ProviderHistory,
    completed,
    dated_price,
    intervals,
    is_withdrawn,
    price_on,
)
from llm_models.modelspec import fold_provider
from llm_models.open_file import OpenFile, check_file
from llm_models.shape import check_names, check_plain, check_price, check_whole
from llm_models.spellings import BESIDE, renamed

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from llm_models.listings import Price

FORMAT = 1
FIRST_SHARED = ord("0")
"""The character that stands for 0 characters which an id shares with the id before it."""


class Line:
    """The line of one provider, whose entries are decoded when they are asked for.

    `seen` are the spans of the provider, `ids` has the row of each id, `successors` the fields of each `Successor`.
    """

    __slots__ = ("_classes", "_days", "_prices", "_rows", "ids", "provider", "seen", "successors")

    def __init__(self, text: str, provider: str, classes: list[str], days: int) -> None:
        """The line with this text. Raises one of `WRONG` where it is not one that this package writes."""
        data = loads(text)
        self.provider, self._classes, self._days = provider, classes, days
        self._prices, self._rows = data["prices"], data["listed"]
        self.ids: dict[str, int] = {}
        self.seen = _spans(data["seen"], days)
        self.successors = {model_id: Successor(*fields) for model_id, fields in data.get("successors", {}).items()}
        model_id = ""
        for row, coded in enumerate(data["ids"]):
            shared = ord(coded[0]) - FIRST_SHARED
            if not 0 <= shared <= len(model_id):
                raise ValueError
            model_id = model_id[:shared] + coded[1:]
            self.ids[model_id] = row
        followers = [(*one[:2], "-" if one.link is None else one.link) for one in self.successors.values()]
        check_names([*self.ids, *[text for one in followers for text in one]])
        if data["provider"] != provider or not len(self.ids) == len(data["ids"]) == len(self._rows):
            raise ValueError

    def entry(self, model_id: str) -> Entry:
        """The entry of an id that the line has. Raises one of `WRONG`."""
        stored: Any = self._rows[self.ids[model_id]]
        row: Any = [stored, STILL] if type(stored) is int else stored
        flat, rest = (row[0], row[1:]) if type(row[0]) is list else (row[:2], row[2:])
        spans = _spans(flat, self._days)
        check_whole(rest)
        starts = [spans[0][0], *[self._days - 1 - number for number in rest[1::2]]]
        prices = [self._price(number) for number in rest[::2]]
        if len(prices) < len(starts) and spans[-1][1] == STILL:
            prices.append(ELSEWHERE)
        if sorted({*starts}) != starts or starts[-1] >= self._days:
            raise ValueError
        return Entry(spans, tuple(zip(starts, prices, strict=True)))

    def living(self) -> list[str]:
        """The ids that are still listed."""
        rows = self._rows
        return [
            model_id
            for model_id, at in self.ids.items()
            if type(row := rows[at]) is int or (row[0][-1] if type(row[0]) is list else row[1]) == STILL
        ]

    def _price(self, number: int) -> Price:
        if number == -1:
            return None
        if number < 0:
            raise ValueError
        numbers = self._prices[number]
        others = {}
        if numbers and type(numbers[-1]) is dict:
            *numbers, others = numbers
            if not others.keys().isdisjoint(self._classes):
                raise ValueError
        check_price(numbers, others)
        price = {name: value for name, value in zip(self._classes, numbers, strict=False) if value is not None}
        return freeze({**price, **others})  # type: ignore[no-any-return]


def _days_together(days: Sequence[str], one: Entry, other: Entry) -> int:
    """From the first to the last day on which both ids were listed, in days; times without one of them do not count."""
    now = len(days) - 1
    spans, others = ([(first, now if last == STILL else last) for first, last in each.spans] for each in (one, other))
    both = [(max(a, c), min(b, d)) for a, b in spans for c, d in others]
    return sum(days_between(days[first], days[last]) for first, last in both if first < last)


def _spans(flat: list[int], days: int) -> tuple[tuple[int, int], ...]:
    """First and last days in pairs, as positions. Raises `ValueError` unless they ascend and are among so many days."""
    check_whole(flat)
    if days in flat:  # it would be at STILL
        raise ValueError
    places = [STILL if number == STILL else days - 1 - number for number in flat]
    ends = [*places[:-1], days - 1 if places[-1] == STILL else places[-1]]
    spans = tuple(zip(places[::2], places[1::2], strict=True))
    if ends != sorted(ends) or not 0 <= ends[0] <= ends[-1] < days or len({*ends[::2]}) != len(spans):
        raise ValueError
    return spans


class History:
    """A history file that is read where a question needs it; providers may be named in any spelling, or by an alias.

    `source` is the name of the source, `days` are the days on which it was seen, `classes` the names of the prices that
    are plain numbers, `providers` has the offset, length and checksum of each provider's line, `aliases` the other
    names of those that are gone. `checksum` is that of the header, and so of the whole file; `own` is what the file of
    an application remembers (`timeline_update`).
    """

    __slots__ = (
        "_body", "_lines", "_source", "aliases", "checksum", "classes", "days", "name", "own", "providers", "source",
    )  # fmt: skip

    def __init__(self, source: bytes | OpenFile, name: str) -> None:
        """The file with these bytes. Checks the header and the length; raises `SnapshotError` that names the file."""
        self._source = source
        self._lines: dict[str, Line] = {}
        self.name = name
        line = first_line(self._bytes)
        header = _header(line, name)
        self.checksum = crc32(line)
        self.own: Any = header.get("own")
        end = 0
        try:
            self.source: str = header["history"]
            self.days: list[str] = header["days"]
            self.classes: list[str] = header["classes"]
            self.providers: dict[str, list[int]] = header["providers"]
            self.aliases: dict[str, str] = header.get("aliases", {})
            for offset, length, _ in self.providers.values():
                if offset != end:
                    raise ValueError
                end += length
            check_plain(self.own)
            check_names([self.source, *self.days, *self.classes, *self.providers, *self.aliases])
            if not self.aliases.keys().isdisjoint(self.providers) or not {*self.aliases.values()} <= {*self.providers}:
                raise ValueError
            if self.days != sorted({*map(day_of, self.days)}) or not self.days:
                raise ValueError
        except WRONG:
            raise _damaged(name, "its header is not one that this package writes") from None
        self._body = len(line)
        if len(source) != self._body + end:
            raise _damaged(name, f"it has {len(source)} bytes (expected {self._body + end})")

    @classmethod
    def open(cls, path: str) -> History:
        """The file at `path`, of which only parts are read. Raises `SnapshotError` that names it."""
        try:
            check_file(os.stat(path), path)
            if hasattr(os, "pread"):
                return cls(OpenFile(path), path)
            with open(path, "rb") as whole:  # Windows, where an open file cannot be replaced
                return cls(whole.read(), path)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise SnapshotError(f"{printable(path)}: the history cannot be read: {why}", path=path) from None

    def _bytes(self, start: int, size: int) -> bytes:
        source = self._source
        return source.read(start, size) if isinstance(source, OpenFile) else source[start : start + size]

    @property
    def date(self) -> str:
        """The last day on which the source was seen."""
        return self.days[-1]

    @property
    def status(self) -> os.stat_result | None:
        """The status of the open file; None where it was read whole. Raises `SnapshotError`."""
        return self._source.status() if isinstance(self._source, OpenFile) else None

    def provider_id(self, text: str) -> str | None:
        """The id of the provider that a text names, in any spelling or by an alias; None where it was never listed."""
        folded = fold_provider(text)
        return folded if folded in self.providers else self.aliases.get(folded)

    def line(self, provider: str) -> Line | None:
        """The line of a provider, decoded once; None where it was never listed. Raises `SnapshotError`."""
        provider = self.provider_id(provider) or ""
        if provider in self._lines or provider not in self.providers:
            return self._lines.get(provider)
        offset, length, checksum = self.providers[provider]
        data = self._bytes(self._body + offset, length)
        if crc32(data) != checksum:
            raise _damaged(self.name, f"the part about {printable(provider)} was altered")
        try:
            line = Line(data.decode(), provider, self.classes, len(self.days))
        except WRONG:
            raise self._unreadable(provider) from None
        return self._lines.setdefault(provider, line)

    def entry(self, provider: str, model_id: str) -> Entry | None:
        """What the file has of a model; None where it was never listed. Raises `SnapshotError`."""
        line = self.line(provider)
        if line is None or model_id not in line.ids:
            return None
        try:
            return line.entry(model_id)
        except WRONG:
            raise self._unreadable(provider) from None

    def verify(self) -> None:
        """Check every byte, without decoding them. Raises `SnapshotError` when the file is damaged."""
        for provider, (offset, length, checksum) in self.providers.items():
            if crc32(self._bytes(self._body + offset, length)) != checksum:
                raise _damaged(self.name, f"the part about {printable(provider)} was altered")

    def knows(self, provider: str, model_id: str | None = None) -> bool:
        """Whether a provider, or a model of it, was listed on any day: a name that is known is not a typo."""
        if model_id is None:
            return self.provider_id(provider) is not None
        line = self.line(provider)
        return line is not None and model_id in line.ids

    def of_provider(self, provider: str) -> ProviderHistory | None:
        """When a provider was listed; None where it never was."""
        line = self.line(provider)
        if line is None:
            return None
        return ProviderHistory(line.provider, intervals(self.days, line.seen), self.days[0], self.date)

    def of_model(self, provider: str, model_id: str, current: Any = None) -> ModelHistory | None:
        """When a model was listed and at which prices; None where it never was.

        `current` is the price of its record in the snapshot, as plain data. It counts where the file leaves out the
        price of a model that is still listed; that price is unknown without it.
        """
        entry, line = self.entry(provider, model_id), self.line(provider)
        if entry is None or line is None:
            return None
        entry = completed(entry, current)
        times = intervals(self.days, entry.spans)
        try:
            twin = None if entry.living else renamed(model_id, line.living())
            together = 0 if twin is None else _days_together(self.days, entry, line.entry(twin.id))
        except WRONG:
            raise self._unreadable(provider) from None
        return ModelHistory(
            provider=line.provider,
            id=model_id,
            intervals=times,
            prices=tuple([dated_price(self.days, entry, number) for number in range(len(entry.prices))]),
            successor=line.successors.get(model_id),
            rename=twin if together <= BESIDE else None,
            twin=twin if together > BESIDE else None,
            withdrawn=is_withdrawn(times),
            date=self.date,
            listing=Listing(tuple(self.days), entry, f"{provider}:{model_id}"),
        )

    def price_on(self, provider: str, model_id: str, day: str | datetime.date, current: Any = None) -> Answer | None:
        """The price of a model on a day, by the law of `listings.price_on`; None where it was never listed.

        `current` is as in `of_model`. Raises `ValueError` for a text that is not a day, `YYYY-MM-DD`.
        """
        wanted = day_of(day)
        entry = self.entry(provider, model_id)
        return None if entry is None else price_on(self.days, completed(entry, current), wanted)

    def _unreadable(self, provider: str) -> SnapshotError:
        return _damaged(self.name, f"the part about {printable(fold_provider(provider))} cannot be read")


def _header(line: bytes, name: str) -> Any:
    """The header in the first line of the file `name`. Raises `SnapshotError`."""
    end = len(CRC % 0) + len(b"\n")
    try:
        if line[-end:] != CRC % crc32(line[:-end]) + b"\n":
            raise ValueError
        header = loads(line.decode())
        number = header["format"]
    except WRONG:
        raise _damaged(name, "it does not begin with a history's header, or the header was altered") from None
    if type(number) is not int or number != FORMAT:
        raise SnapshotError(
            f"{printable(name)}: history format {printable(str(number)[:20])}, but this version of "
            f"llm-models-catalog reads format {FORMAT}: install the version that wrote the file",
            path=name,
        )
    return header


def _damaged(name: str, why: str) -> SnapshotError:
    """The error when the content of the file `name` is not what was written."""
    return SnapshotError(f"{printable(name)}: not a whole history: {why}", path=name)
