"""Positions: maps every path of a TOML document to the place of its key and its value in the text.

It scans text that tomllib has already accepted, so it need not judge it: commas and closing brackets are where
they must be. Standard library only, and little of it that tomllib has not loaded already.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from operator import attrgetter

__all__ = ["Place", "Places", "line_column", "locate", "syntax_problem"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tomllib
    from collections.abc import Iterator

BOM = "\ufeff"

# No pattern repeats a group: `re` would keep a way back for each repeat, a hundred bytes for a byte of text.
_BLANKS = re.compile(r"[ \t]*")
_FILLER = re.compile(r"[ \t\r\n,]*")
_EQUALS = re.compile(r"=[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^ \t\r\n,\]}#]+(?: \d[^ \t\r\n,\]}#]+)?")  # past a space only a date goes on: its time
_CLOSING_QUOTE = {  # up to two quotes may touch the closing three, and belong to the string
    '"""': re.compile(r'\\.|("{3,5})'),
    "'''": re.compile(r"('{3,5})"),
    '"': re.compile(r'\\.|(")'),
    "'": re.compile(r"(')"),
}
_SYNTAX_MESSAGE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


class Place:
    """Where a path stands in a text. Offsets count characters from the start of the text; ends are exclusive.

    `key_start, key_end`: the last part of its key, quotes included: in its own `[header]` where it has one, else
    where it is first mentioned. An element of an inline array has no key: both are where its value starts.
    `value_start, value_end`: its value; None for a table or array made by headers or dotted keys, which has no
    span of its own.
    `start`: where the statement that states it starts: the bracket of a header, the first part of a dotted key.
    `children`: the places one step down, by key or index; None where the value is no table and no array.
    """

    __slots__ = ("children", "key_end", "key_start", "start", "value_end", "value_start")

    def __init__(self, key_start: int, key_end: int) -> None:
        self.start = self.key_start = key_start
        self.key_end = key_end
        self.value_start: int | None = None
        self.value_end: int | None = None
        self.children: dict[str | int, Place] | None = None

    @property
    def has_header(self) -> bool:
        """Whether a `[table]` or an `[[array]]` of its own opens it."""
        return self.value_start is None and self.start < self.key_start

    def open(self) -> dict[str | int, Place]:
        """Its children, now that it is known to be one that can have some."""
        if self.children is None:
            self.children = {}
        return self.children

    def stated(self) -> list[Place]:
        """The places with a value of their own right under it, through dotted keys but no headers, in text order."""
        found = []
        todo = list((self.children or {}).values())
        while todo:
            place = todo.pop()
            if place.value_start is not None:
                found.append(place)
            elif not place.has_header:
                todo += (place.children or {}).values()
        return sorted(found, key=attrgetter("start"))

    def headers(self) -> list[Place]:
        """The places with a header, itself and at any depth, in text order."""
        found = []
        todo = [self]
        while todo:
            place = todo.pop()
            if place.has_header:
                found.append(place)
            if place.value_start is None:
                todo += (place.children or {}).values()
        return sorted(found, key=attrgetter("start"))


class Places(Mapping[tuple[str | int, ...], Place]):
    """The places of a document by path, a path being a tuple of keys and indices.

    Law: its paths are those of `tomllib.loads(text)`, the empty one apart. It takes memory in proportion to the
    text, however deep that nests: `root` holds a tree, and paths are made only when asked for.
    """

    def __init__(self, text: str, root: Place) -> None:
        self.text = text
        self.root = root
        self._line_starts: list[int] | None = None

    def __getitem__(self, path: tuple[str | int, ...]) -> Place:
        place: Place | None = self.root
        for part in path:
            place = place.children.get(part) if place is not None and place.children is not None else None
        if place is None or not path:
            raise KeyError(path)
        return place

    def __iter__(self) -> Iterator[tuple[str | int, ...]]:
        todo: list[tuple[tuple[str | int, ...], Place]] = [((), self.root)]
        while todo:
            parent, place = todo.pop()
            for name, child in (place.children or {}).items():
                path = (*parent, name)
                yield path
                todo.append((path, child))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def line_column(self, offset: int) -> tuple[int, int]:
        """As `line_column(text, offset)`, but quick when asked for many offsets."""
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        line = bisect_right(self._line_starts, offset)
        return line, _column(self.text, self._line_starts[line - 1], offset)


def locate(text: str) -> Places:
    """The place of every path of `tomllib.loads(text)`, in time linear in the text.

    `text` is one that tomllib accepts; it may begin with a BOM, which tomllib must not see: offsets are always into
    `text` as given.

    >>> place = locate("[models.cost]\\ninput = 0.15")["models", "cost", "input"]
    >>> place.key_start, place.key_end, place.value_start, place.value_end
    (14, 19, 22, 26)
    """
    root = Place(0, 0)
    root.open()
    table = root  # the one that the last header opened
    inline: list[Place] = []  # the inline tables and arrays that are open, outermost first
    at = len(BOM) if text.startswith(BOM) else 0
    while True:
        at = _next_token(text, at)
        if at == len(text):
            return Places(text, root)
        if inline and text[at] in "]}":
            at += 1
            inline.pop().value_end = at
            continue
        if not inline and text[at] == "[":
            table, at = _header(text, at, root)
            continue
        holder = inline[-1] if inline else table
        if holder.value_start is not None and text[holder.value_start] == "[":
            elements = holder.open()
            place = elements[len(elements)] = Place(at, at)
        else:
            start = at
            place, _, at = _walk(text, at, holder)
            place.start = start
            at = _skip(_EQUALS, text, at)
        place.value_start = at
        if text[at] in "[{":
            place.open()
            inline.append(place)
            at += 1
        else:
            at = place.value_end = _text_end(text, at, _BARE_VALUE)


def _header(text: str, start: int, root: Place) -> tuple[Place, int]:
    """The table that the header at `start` opens, and where the header ends."""
    brackets = 2 if text.startswith("[[", start) else 1
    place, key, at = _walk(text, _skip(_BLANKS, text, start + brackets), root)
    children = place.open()
    if brackets == 2:
        place = children[len(children)] = Place(*key)
        place.open()
    place.start = start
    place.key_start, place.key_end = key
    return place, at + brackets


def _walk(text: str, at: int, table: Place) -> tuple[Place, tuple[int, int], int]:
    """Follows the dotted key at `at` from `table` on, and makes the places that are new.

    Gives the place it leads to, the span of the key's last part, and where the key and the blanks after it end.
    """
    while True:
        start, end = at, _text_end(text, at, _BARE_KEY)
        name, children = _key_name(text[start:end]), table.open()
        place = children.get(name)
        if place is None:
            place = children[name] = Place(start, end)
        at = _skip(_BLANKS, text, end)
        if not text.startswith(".", at):
            return place, (start, end), at
        at = _skip(_BLANKS, text, at + 1)
        # A key that goes on past an array of tables means its latest element.
        table = place.children[len(place.children) - 1] if place.children and 0 in place.children else place


def _key_name(part: str) -> str:
    """What a key part as written names."""
    if part[0] not in "\"'":
        return part
    if "\\" not in part:
        return part[1:-1]
    import tomllib  # the caller has it loaded

    return next(iter(tomllib.loads(f"{part} = 0")))


def _next_token(text: str, at: int) -> int:
    """Where the next thing of weight stands from `at` on, past blanks, line ends, comments and commas."""
    while True:
        at = _skip(_FILLER, text, at)
        if not text.startswith("#", at):
            return at
        line_end = text.find("\n", at)
        at = len(text) if line_end < 0 else line_end


def _text_end(text: str, at: int, bare: re.Pattern[str]) -> int:
    """Where the string at `at` ends, or what `bare` matches where no string stands there."""
    if text[at] in "\"'":
        for quotes, closing in _CLOSING_QUOTE.items():
            if text.startswith(quotes, at):
                return next(match.end() for match in closing.finditer(text, at + len(quotes)) if match[1])
    return _skip(bare, text, at)


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    if match is None:
        raise ValueError("a text that tomllib does not accept has no places")
    return match.end()


def line_column(text: str, offset: int) -> tuple[int, int]:
    """The line and the column, in characters, of an offset, both from 1; a leading BOM is no column.

    >>> line_column("a = 1\\r\\nb = 2", 7)
    (2, 1)
    """
    return text.count("\n", 0, offset) + 1, _column(text, text.rfind("\n", 0, offset) + 1, offset)


def _column(text: str, line_start: int, offset: int) -> int:
    if line_start == 0 and text.startswith(BOM):
        line_start = len(BOM)
    return max(offset - line_start, 0) + 1


def syntax_problem(text: str, error: tomllib.TOMLDecodeError) -> tuple[str, int, int]:
    """What is wrong with a text that tomllib refused, without the place, and its line and column from 1.

    Read from the message, which says both in every version of Python; 3.14 is the first to have attributes. The
    end of the document is given as the place after its last character.

    >>> import tomllib
    >>> syntax_problem("a = [", tomllib.TOMLDecodeError("Invalid value (at end of document)"))
    ('Invalid value', 1, 6)
    """
    match = _SYNTAX_MESSAGE.fullmatch(str(error))
    if match is None:
        return str(error), 1, 1
    if match[2] is None:
        return (match[1], *line_column(text, len(text)))
    return match[1], int(match[2]), int(match[3])
