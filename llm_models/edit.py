"""Edit: splices one change into a TOML text and leaves every byte outside the touched lines as it was.

Pure functions from text to text, with a path as `positions` writes it and plain data as tomllib gives it:

- `set_value(text, path, value)` states a value, in place of what stands there or as a new key;
- `unset(text, path)` takes out a key, a table or an element of an array, such as a whole `[[models]]` entry;
- `append(text, path, value)` adds an element to an array, such as a new `[[models]]` entry.

Comments, order, layout, line ends, a BOM, and a missing line end at the end of the text are kept. `positions` tells
where things stand, tomlkit writes what is new, and tomllib judges the outcome: what it reads from the new text is
what it read from the old one with this one change, else an `EditError` is raised. A `text` that is no TOML is
tomllib's own error.

Law: `unset` after `set_value` of a new key, or after `append`, gives the old text again, byte for byte. One thing
stands against it: a table that was empty before is so again, and `unset` leaves no table that it emptied.
"""

from __future__ import annotations

import re
import tomllib

import tomlkit
import tomlkit.exceptions
import tomlkit.items

from llm_models.errors import LLMModelsError, printable
from llm_models.positions import BOM, locate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from llm_models.positions import Span, Spans

    Path = tuple[str | int, ...]

_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\n]*\n)*,")
_GAP = re.compile(r"[ \t]*,[ \t]*")


class EditError(LLMModelsError, ValueError):
    """The change cannot be made to this text. `path` is the place that it was meant for."""

    path: tuple[str | int, ...]


def set_value(text: str, path: Path, value: object) -> str:
    """The text in which `path` is `value`; the same text where it is so already.

    A value is replaced where it stands. A new key goes where its table is written: into the inline table, below the
    header, or as a dotted key beside its nearest kin. A new top-level table gets a header at the end of the text.

    >>> set_value('id = "x" # mine\\n', ("cost",), 0.5)
    'id = "x" # mine\\ncost = 0.5\\n'
    """
    body = text.removeprefix(BOM)
    wanted, place = tomllib.loads(body), locate(body).get(path)
    holder = _holder(wanted, path)
    if place is not None and _same(holder[path[-1]], value):
        return text
    holder[path[-1]] = value
    written = _toml(value, path)
    if place is not None and place.value_start is not None:
        return _checked(text, body[: place.value_start] + written + body[place.value_end :], wanted, path)
    cut = body if place is None else _cut(body, path)
    return _checked(text, _add(cut, path, written, body), wanted, path)


def unset(text: str, path: Path) -> str:
    """The text without what is at `path`; it is an `EditError` if nothing is there.

    A table that would be left empty goes too, unless it is an element of an array; an inline array stays, as `[]`. A
    table with a header takes with it the comments between its lines, and the blank line before it.

    >>> unset('id = "x"\\ncost = { input = 1 } # cheap\\n', ("cost", "input"))
    'id = "x"\\n'
    """
    body = text.removeprefix(BOM)
    wanted, places = tomllib.loads(body), locate(body)
    if path not in places:
        raise _error(path, "it is not stated in this file")
    while len(path) > 1 and len(_holder(wanted, path)) == 1:
        if isinstance(path[-2], int) or (isinstance(path[-1], int) and places[path[:-1]].value_start is not None):
            break
        path = path[:-1]
    del _holder(wanted, path)[path[-1]]
    return _checked(text, _cut(body, path), wanted, path)


def append(text: str, path: Path, value: object) -> str:
    """The text in which the array at `path` ends with `value`; the array is made where there is none.

    An inline array keeps its layout: one element a line or several, a comma after the last or none. An array of tables
    gets a new `[[header]]`: at the end of the text or, inside another table, after its last element.

    >>> append('tags = [\\n  "a", # old\\n]\\n', ("tags",), "b")
    'tags = [\\n  "a", # old\\n  "b",\\n]\\n'
    """
    body = text.removeprefix(BOM)
    wanted, place = tomllib.loads(body), locate(body).get(path)
    if place is None and not (len(path) == 1 and isinstance(value, dict)):
        return set_value(text, path, [value])
    holder = _holder(wanted, path)
    elements = holder[path[-1]] if place is not None else holder.setdefault(path[-1], [])
    if not isinstance(elements, list):
        raise _error(path, "it is not an array")
    elements.append(value)
    if place is not None and place.value_start is not None:
        return _checked(text, _add_item(body, place, place.stated(), _toml(value, path)), wanted, path)
    if not isinstance(value, dict):
        raise _error(path, "it is an array of tables, and this is none")
    lines = [f"[[{_key(path)}]]", *(f"{_key([name])} = {_toml(item, path)}" for name, item in value.items())]
    at = len(body) if place is None or len(path) == 1 else _section_end(body, place.headers()[-1])
    return _checked(text, _add_section(body, at, lines, body), wanted, path)


# Plain data


def _holder(data: Any, path: Path) -> Any:
    """The table or array in `data` that holds the last part of `path`; missing tables on the way are made."""
    for index, part in enumerate(path):
        if isinstance(data, list):
            fits = isinstance(part, int) and 0 <= part < len(data)
        else:
            fits = isinstance(data, dict) and isinstance(part, str)
        if not fits:
            raise _error(path, f"nothing in this file can hold {part!r} here")
        if index == len(path) - 1:
            return data
        data = data.setdefault(part, {}) if isinstance(part, str) else data[part]
    raise _error(path, "the whole file cannot be set at once")


def _same(one: Any, other: Any) -> bool:
    """Equality that tells 1 from true and 1.0, and knows that NaN is NaN, at any depth."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return repr(one) == repr(other)


def _checked(text: str, body: str, wanted: object, path: Path) -> str:
    """The new text, once tomllib has read from it what is wanted: no wrong edit leaves this module."""
    try:
        body.encode()
        right = _same(tomllib.loads(body), wanted)
    except (ValueError, RecursionError):  # no TOML, a lone surrogate, or a depth that nobody writes
        right = False
    if not right:
        raise _error(path, "the change cannot be written into this file")
    return BOM + body if text.startswith(BOM) else body


def _error(path: Path, message: str) -> EditError:
    return EditError(f"{printable('.'.join(map(str, path)))}: {message}", path=path)


# Adding


def _toml(value: object, path: Path) -> str:
    """`value` as TOML, on one line."""
    if isinstance(value, dict):
        items = ", ".join(f"{_key([name])} = {_toml(item, path)}" for name, item in value.items())
        return f"{{ {items} }}" if items else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(item, path) for item in value)}]"
    try:
        return tomlkit.item(value).as_string()
    except (tomlkit.exceptions.TOMLKitError, ValueError, TypeError):
        raise _error(path, f"TOML has no such value as {value!r}") from None


def _key(parts: Iterable[str | int]) -> str:
    """A dotted key, its parts quoted where they must be; a header names no indices."""
    return ".".join(tomlkit.items.SingleKey(part).as_string() for part in parts if isinstance(part, str))


def _add(body: str, path: Path, written: str, like: str) -> str:
    """`body` with a new key, in the place that is nearest to its kin; its lines end as those of `like` do."""
    root = home = kin = locate(body).root
    depth = 0  # how much of the path leads to `home`: the innermost table with a header or braces of its own
    for index, part in enumerate(path[:-1], 1):
        child = kin.children.get(part)
        if child is None:
            break
        kin = child
        if kin.value_start is not None or kin.has_header:
            home, depth = kin, index
    statement = f"{_key(path[depth:])} = {written}"
    beside = kin.stated() or home.stated()
    if home.value_start is not None:
        return _add_item(body, home, beside, statement)
    if kin is root and len(path) > 1:
        lines = [f"[{_key(path[:-1])}]", f"{_key(path[-1:])} = {written}"]
        return _add_section(body, len(body), lines, like)
    if home is root and not beside:  # above all headers; where there are none, below the comments
        return _add_lines(body, 0 if root.headers() else len(body), [statement], like)
    last = beside[-1] if beside else home
    return _add_lines(body, _line_end(body, _end(last)), [_indent(body, last) + statement], like)


def _add_section(body: str, at: int, lines: list[str], like: str) -> str:
    """`body` with a section put in at the end of a line, below a blank line of its own."""
    return _add_lines(body, at, ["", *lines] if at else lines, like)


def _add_lines(body: str, at: int, lines: list[str], like: str) -> str:
    """`body` with lines put in where a line starts or the text ends; as in `like`, the last may lack a line end."""
    newline = "\r\n" if like.find("\r\n") + 1 == like.find("\n") > 0 else "\n"
    new = newline.join(lines)
    if at == len(body) and like and not like.endswith("\n"):
        return f"{body}{newline}{new}" if body else new
    return body[:at] + new + newline + body[at:]


def _add_item(body: str, holder: Span, items: list[Span], item: str) -> str:
    """`body` with one more item in an inline table or array: after the last of `items`, laid out as that one is."""
    opening, closing = holder.value_start or 0, _end(holder) - 1
    if not items:
        line_start = _line_start(body, closing)
        if line_start <= opening:
            return body[: opening + 1] + item + body[opening + 1 :]
        return _add_lines(body, line_start, [f"{body[line_start:closing]}    {item},"], body)
    end, indent = _end(items[-1]), _indent(body, items[-1])
    comma = _comma_after(body, end)
    line_end = _line_end(body, end if comma is None else comma)
    if indent.strip() or line_end > closing:
        return f"{body[:end]}, {item}{body[end:]}"
    if comma is not None:
        return _add_lines(body, line_end, [f"{indent}{item},"], body)
    return body[:end] + "," + _add_lines(body, line_end, [indent + item], body)[end:]


# Cutting


def _cut(body: str, path: Path) -> str:
    """`body` without what states `path`."""
    places = locate(body)
    if _holder_of(places, path) is None:
        return _cut_lines(body, places.root, places[path])
    for _ in _stating(places[path]):  # one at a time, since what goes with one item depends on its neighbours
        places = locate(body)
        body = _cut_item(body, _holder_of(places, path) or places.root, _stating(places[path])[-1])
    return body


def _holder_of(places: Spans, path: Path) -> Span | None:
    """The innermost inline table or array that `path` stands in."""
    above = (places[path[:length]] for length in range(len(path) - 1, 0, -1))
    return next((place for place in above if place.value_start is not None), None)


def _stating(place: Span) -> list[Span]:
    """What states `place` outside sections of its own: itself, or what dotted keys put into it."""
    return place.stated() if place.value_start is None else [place]


def _cut_lines(body: str, root: Span, place: Span) -> str:
    """`body` without the lines that state `place`: key lines, and sections with all that is in them."""
    spans = [(_line_start(body, item.start), _line_end(body, _end(item))) for item in _stating(place)]
    gone = {header.start for header in place.headers()}
    end = -1  # of the section before, if that goes too
    for header in root.headers():
        if header.start not in gone:
            end = -1
            continue
        start, follows = _line_start(body, header.start), end
        end = _section_end(body, header)
        before, after = _line_start(body, start - 1), _line_end(body, end)
        if follows >= 0:
            start = follows  # what stands between the two belongs to them
        elif body[before:start].isspace():
            start = before
        elif start == 0 and body[end:after].isspace():
            end = after
        spans.append((start, end))
    new = _without(body, spans)
    return new if body.endswith("\n") else new.removesuffix("\n").removesuffix("\r")


def _cut_item(body: str, holder: Span, item: Span) -> str:
    """`body` without one item of an inline table or array: its lines if it has them to itself, else its text.

    One comma goes with it; of a last item that has none, the one before it, so that no comma is left at the end.
    """
    items = holder.stated()
    index = [other.start for other in items].index(item.start)
    start, end = item.start, _end(item)
    before = _end(items[index - 1]) if index else start
    after = items[index + 1].start if index + 1 < len(items) else end
    comma = _comma_after(body, end)
    last = end if comma is None else comma
    line_end = _line_end(body, last)
    if comma is None and index:
        comma = _comma_after(body, before)
    spans = [] if comma is None else [(comma, comma + 1)]
    if not _indent(body, item).strip() and body[last:line_end].lstrip(", \t\r\n")[:1] in ("", "#"):
        spans.append((_line_start(body, start), line_end))
    elif _GAP.fullmatch(body, before, start):
        spans = [(before, end)]
    elif _GAP.fullmatch(body, end, after):
        spans = [(start, after)]
    else:
        spans.append((start, end))
    return _without(body, spans)


def _without(body: str, spans: list[tuple[int, int]]) -> str:
    """`body` without these spans, which may overlap."""
    kept = []
    at = 0
    for start, end in sorted(spans):
        kept.append(body[at:start])
        at = max(at, end)
    return "".join(kept) + body[at:]


# Looking


def _end(place: Span) -> int:
    """Where the value of a place ends, or the key of its header."""
    return place.key_end if place.value_end is None else place.value_end


def _section_end(body: str, header: Span) -> int:
    """Where the last line of a section ends that says something."""
    return _line_end(body, _end((header.stated() or [header])[-1]))


def _comma_after(body: str, at: int) -> int | None:
    """Where the comma stands that follows what ends at `at`, past blanks, line ends and comments."""
    match = _COMMA.match(body, at)
    return match.end() - 1 if match else None


def _line_start(body: str, at: int) -> int:
    return body.rfind("\n", 0, max(at, 0)) + 1


def _line_end(body: str, at: int) -> int:
    """Where the line of `at` ends, its line end included."""
    return body.find("\n", at) + 1 or len(body)


def _indent(body: str, place: Span) -> str:
    """What stands on the line before a place."""
    return body[_line_start(body, place.start) : place.start]
