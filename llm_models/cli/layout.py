"""Text fitted to a width: words, pairs, tables and blocks. Nothing is cut, and no word is broken; it prints nothing.

Widths are columns of a terminal: a wide character, such as one of Chinese, takes two. A line is wider than it may be
only where it is one word.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_WORD = r"(?:(?<=\s)|^)\(?'[^'\s][^']*'\S*|\S+"
"""A word. A quotation is one, because people copy names and commands from messages."""
_NARROWEST = 16
"""The columns that a column of words keeps, at least, before whole columns are left out."""
_GAP = 2


class Fitted(NamedTuple):
    """The lines of a table, and the columns that have no room in it."""

    lines: list[str]
    left_out: list[str]


def width(text: str) -> int:
    """The columns that a text takes.

    >>> width("ab"), width("通义")
    (2, 4)
    """
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, most: int | None, hang: int = 2) -> list[str]:
    """A text as lines, broken between words; all keep its indent, and those after the first have `hang` more.

    >>> wrapped("note: no model has 'claude sonet'; searched for it", 30)
    ['note: no model has', "  'claude sonet'; searched for", '  it']
    """
    if most is None or width(text) <= most:
        return [text]
    indent = " " * (len(text) - len(text.lstrip(" ")))
    lines: list[str] = []
    now, room = indent, most
    for word in _words(text, most - len(indent) - hang):
        joined = f"{now} {word}" if now.strip() else now + word
        if now.strip() and width(joined) > room:
            lines.append(now)
            joined = indent + " " * hang + word
        now = joined
    return [*lines, now]


def _words(text: str, most: int) -> Iterator[str]:
    """The words of a text. A quotation for which there is no room is several."""
    for match in re.finditer(_WORD, text):
        yield from [match[0]] if width(match[0]) <= most else match[0].split()


def _longest(text: str) -> int:
    return max(map(width, text.split()), default=0)


def pairs(items: Sequence[tuple[str, str]], most: int | None) -> list[str]:
    """Names and values, a pair a line, with all values in one column.

    >>> pairs([("model", "a:b"), ("takes", "text, image")], 14)
    ['model  a:b', 'takes  text,', '       image']
    """
    column = max((width(name) for name, _ in items), default=0) + _GAP
    lines = []
    for name, value in items:
        if most is None:
            lines.append(name + " " * (column - width(name)) + value)
            continue
        if column + _longest(value) <= most:
            first, *more = wrapped(value, most - column, 0)
            lines += [name + " " * (column - width(name)) + first, *(" " * column + text for text in more)]
        else:
            indent = " " * min(_GAP, max(0, most - _longest(value)))
            lines += [*([name] if name else []), *(indent + text for text in wrapped(value, most - len(indent), 0))]
    return [line.rstrip() for line in lines]


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[str] = (),
    drop: Sequence[str] = (),
    wrap: Sequence[str] = (),
    most: int | None = None,
    head: Callable[[str], str] = str,
) -> Fitted:
    """A table in at most `most` columns of a terminal; with None it is as wide as it is.

    What has no room is fitted in this order: columns without any value are left out, columns of `wrap` are wrapped
    between words, columns of `drop` are left out, in their order, and long names in the first column get a line of
    their own. If it is still too wide, each row becomes a block. `right` names the columns that are aligned to the
    right. `head` marks the header and the titles of blocks.
    """
    every = range(len(columns))
    widths = [max(map(width, column)) for column in zip(columns, *rows, strict=True)]
    if most is None or _total(widths) <= most:
        return Fitted(_lines(columns, rows, every, widths, right, head), [])
    filled = [at for at in every if at == 0 or any(row[at] for row in rows)]
    ways = [*((drop[:count], False) for count in range(len(drop) + 1)), (drop, True)]
    for left_out, is_last in ways:
        kept = [at for at in filled if columns[at] not in left_out]
        narrow = _narrowed(columns, rows, kept, widths, wrap, most, is_last)
        if narrow is not None:
            named = [name for name in left_out if any(columns[at] == name for at in filled)]
            return Fitted(_lines(columns, rows, kept, narrow, right, head), named)
    return Fitted(_blocks(columns, rows, filled, most, head), [])


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _narrowed(
    columns: Sequence[str], rows: Sequence[Sequence[str]], kept: Sequence[int], widths: Sequence[int],
    wrap: Sequence[str], most: int, is_last: bool,
) -> list[int] | None:  # fmt: skip
    """The widths of the columns that are kept, in at most `most`; None where that cannot be.

    As the last way, the first column is too narrow for some names.
    """
    found = [widths[at] for at in kept]
    over = _total(found) - most
    for place in sorted((place for place, at in enumerate(kept) if columns[at] in wrap), key=lambda one: -found[one]):
        if over <= 0:
            break
        at = kept[place]
        least = max(_longest(columns[at]), max((_longest(row[at]) for row in rows), default=0), _NARROWEST)
        less = min(over, max(0, found[place] - least))
        found[place] -= less
        over -= less
    if 0 < over <= found[0] - _NARROWEST and is_last:
        found[0] -= over
        over = 0
    return found if over <= 0 else None


def _lines(
    columns: Sequence[str], rows: Sequence[Sequence[str]], kept: Sequence[int], widths: Sequence[int],
    right: Sequence[str], head: Callable[[str], str],
) -> list[str]:  # fmt: skip
    """A table with these columns, of these widths. A text that is wider than its column takes several lines."""
    sides = [columns[at] in right for at in kept]

    def padded(text: str, most: int, is_right: bool) -> str:
        if is_right:
            text = text.rstrip()
            return " " * (most - width(text)) + text
        return text + " " * (most - width(text))

    def joined(cells: Iterable[str]) -> str:
        return "  ".join(map(padded, cells, widths, sides)).rstrip()

    lines = [head(joined(columns[at] for at in kept))]
    for row in rows:
        cells = [row[at] for at in kept]
        if all(width(text) <= most for text, most in zip(cells, widths, strict=True)):
            lines.append(joined(cells))
            continue
        if _longest(cells[0]) > widths[0]:  # a name that has no room in its column gets lines of its own
            lines += wrapped(cells[0], _total(widths))
            cells[0] = ""
        parts = [wrapped(text, most, 0) for text, most in zip(cells, widths, strict=True)]
        lines += [joined(each) for each in zip_longest(*parts, fillvalue="")]
    return lines


def _blocks(
    columns: Sequence[str], rows: Sequence[Sequence[str]], kept: Sequence[int], most: int, head: Callable[[str], str]
) -> list[str]:
    """Each row as its first value, and indented below it the others, each behind the name of its column."""
    lines: list[str] = []
    for row in rows:
        lines += map(head, wrapped(row[kept[0]].strip(), most))
        now = ""
        for item in (f"{columns[at].strip()} {row[at].strip()}".strip() for at in kept[1:] if row[at].strip()):
            if now and width(now) + _GAP + width(item) <= most:
                now += " " * _GAP + item
                continue
            room = max(0, most - _longest(item))
            indent = min(_GAP, room)
            done = [now] if now else []
            *before, now = [*done, *wrapped(" " * indent + item, most, min(_GAP, room - indent))]
            lines += before
        lines += [now] if now else []
    return lines
