"""Positions: finds the key and the value of every path of a TOML document in its text; standard library only.

It scans text that tomllib has accepted, so it does not check that commas and closing brackets are correct.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BOM = "\ufeff"

# No pattern repeats a group: `re` would keep a hundred bytes for each repetition.
_BLANKS = re.compile(r"[ \t]*")
_FILLER = re.compile(r"[ \t\r\n,]*")
_COMMENT = re.compile(r"#[^\n]*")
_EQUALS = re.compile(r"=[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^ \t\r\n,\]}#]+(?: \d[^ \t\r\n,\]}#]+)?")  # after a space: the time of a date
_PLAIN_TEXT = re.compile(r"""'(?!'')[^'\n]*'|"(?!"")[^"\\\n]*\"""")
_CLOSING_QUOTE = {  # two more quotes may precede the closing three and belong to the string; compiled when used
    '"""': r'\\.|("{3,5})',
    "'''": r"('{3,5})",
    '"': r'\\.|(")',
    "'": r"(')",
}


class Span:
    """Where a path is in a text. Offsets count characters from the start of the text; ends are exclusive.

    `key_start, key_end`: the last part of its key, with quotes: in its own `[header]`, else where it first occurs. An
    element of an inline array has no key: both are where its value starts.
    `value_start, value_end`: its value; None for a table or array made by headers or dotted keys.
    `start`: where its statement starts: the bracket of a header, or the first part of a dotted key.
    `children`: the spans one level below, by key or index.
    """

    __slots__ = ("children", "key_end", "key_start", "start", "value_end", "value_start")

    def __init__(self, key_start: int, key_end: int) -> None:
        self.start = self.key_start = key_start
        self.key_end = key_end
        self.value_start: int | None = None
        self.value_end: int | None = None
        self.children: dict[str | int, Span] = {}

    @property
    def has_header(self) -> bool:
        """Whether it has its own `[table]` or `[[array]]` header."""
        return self.value_start is None and self.start < self.key_start

    def _below(self, *, through_headers: bool) -> Iterator[Span]:
        """The spans below it, at any depth, but none inside a value."""
        todo = list(self.children.values())
        while todo:
            span = todo.pop()
            yield span
            if span.value_start is None and (through_headers or not span.has_header):
                todo += span.children.values()

    def stated(self) -> list[Span]:
        """The spans with a value directly below it, through dotted keys but not headers, in text order."""
        spans = self._below(through_headers=False)
        return sorted((span for span in spans if span.value_start is not None), key=attrgetter("start"))

    def headers(self) -> list[Span]:
        """The spans with a header, itself and at any depth, in text order."""
        spans = [self, *self._below(through_headers=True)]
        return sorted((span for span in spans if span.has_header), key=attrgetter("start"))


class Spans(Mapping[tuple[str | int, ...], Span]):
    """The spans of a document by path, a tuple of keys and indices.

    Law: its paths are those of `tomllib.loads(text)`, except the empty path. At any depth of nesting its memory is
    proportional to the text, because `root` is a tree and paths are built only on request.
    """

    def __init__(self, text: str, root: Span) -> None:
        self.text = text
        self.root = root
        self._line_starts: list[int] | None = None

    def __getitem__(self, path: tuple[str | int, ...]) -> Span:
        span: Span | None = self.root
        for part in path:
            span = span.children.get(part) if span else None
        if span is None or not path:
            raise KeyError(path)
        return span

    def __iter__(self) -> Iterator[tuple[str | int, ...]]:
        todo: list[tuple[tuple[str | int, ...], Span]] = [((), self.root)]
        while todo:
            parent, span = todo.pop()
            for name, child in span.children.items():
                path = (*parent, name)
                yield path
                todo.append((path, child))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def line_column(self, offset: int) -> tuple[int, int]:
        """The line and the column, in characters, of an offset, both from 1; a BOM at the start does not count."""
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        line = bisect_right(self._line_starts, offset)
        line_start = self._line_starts[line - 1] or (len(BOM) if self.text.startswith(BOM) else 0)
        return line, max(offset - line_start, 0) + 1


def locate(text: str) -> Spans:
    """The span of every path of `tomllib.loads(text)`, in linear time.

    tomllib must accept `text`, except for a BOM at its start, which offsets count.

    >>> span = locate("[models.cost]\\ninput = 0.15")["models", "cost", "input"]
    >>> span.key_start, span.key_end, span.value_start, span.value_end
    (14, 19, 22, 26)
    """
    root = table = Span(0, 0)  # `table`: of the last header
    inline: list[Span] = []  # the open inline tables and arrays, outermost first
    at = len(BOM) if text.startswith(BOM) else 0
    while True:
        at = _skip(_FILLER, text, at)
        if at == len(text):
            return Spans(text, root)
        if text[at] == "#":
            at = _skip(_COMMENT, text, at)
            continue
        if inline and text[at] in "]}":
            at += 1
            inline.pop().value_end = at
            continue
        if not inline and text[at] == "[":
            table, at = _header(text, at, root)
            continue
        holder = inline[-1] if inline else table
        if holder.value_start is not None and text[holder.value_start] == "[":
            span = holder.children[len(holder.children)] = Span(at, at)
        else:
            start = at
            span, _, at = _walk(text, at, holder)
            span.start = start
            at = _skip(_EQUALS, text, at)
        span.value_start = at
        if text[at] in "[{":
            inline.append(span)
            at += 1
        else:
            at = span.value_end = _text_end(text, at, _BARE_VALUE)


def _header(text: str, start: int, root: Span) -> tuple[Span, int]:
    """The table of the header at `start`, and the offset of the header's end."""
    brackets = 2 if text.startswith("[[", start) else 1
    span, key, at = _walk(text, _skip(_BLANKS, text, start + brackets), root)
    if brackets == 2:
        children = span.children
        span = children[len(children)] = Span(*key)
    span.start = start
    span.key_start, span.key_end = key
    return span, at + brackets


def _walk(text: str, at: int, table: Span) -> tuple[Span, tuple[int, int], int]:
    """Follow the dotted key at `at` from `table` on, and add the missing spans.

    Returns the span of the key, the offsets of its last part, and the end of the key with the blanks after it.
    """
    while True:
        start, end = at, _text_end(text, at, _BARE_KEY)
        name = text[start:end]
        if "\\" in name:
            name = next(iter(tomllib.loads(f"{name} = 0")))
        elif name[0] in "\"'":
            name = name[1:-1]
        span = table.children.get(name)
        if span is None:
            span = table.children[name] = Span(start, end)
        at = _skip(_BLANKS, text, end)
        if not text.startswith(".", at):
            return span, (start, end), at
        at = _skip(_BLANKS, text, at + 1)
        # A key that continues after an array of tables means its latest element.
        table = span.children[len(span.children) - 1] if 0 in span.children else span


def _text_end(text: str, at: int, bare: re.Pattern[str]) -> int:
    """The end of the string at `at`, or of the match of `bare` if there is no string."""
    if (plain := _PLAIN_TEXT.match(text, at)) is not None:
        return plain.end()
    if text[at] in "\"'":
        for quotes, closing in _CLOSING_QUOTE.items():
            if text.startswith(quotes, at):
                return next(match.end() for match in re.compile(closing).finditer(text, at + len(quotes)) if match[1])
    return _skip(bare, text, at)


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    if match is None:
        raise ValueError("tomllib does not accept this text")
    return match.end()
