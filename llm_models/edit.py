"""Edit: makes one change to a TOML text and leaves every byte outside the touched lines as it was.

Comments, order, layout, line ends, a BOM, and a missing line end at the end are kept. What tomllib reads from the new
text is what it read from the old one with this one change; otherwise an `EditError` is raised. A `text` that is not
valid TOML raises tomllib's own error. Paths are those of `positions`; values are such as tomllib gives.

Law: `unset` after `set_value` of a new key, or after `append`, gives the old text again, byte for byte; but `unset`
also removes a table that it empties, even if the table was empty before.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import tomlkit
import tomlkit.exceptions

from llm_models.errors import LLMModelsError, dotted
from llm_models.positions import BOM, locate

if TYPE_CHECKING:
    from llm_models.positions import Span

    Path = tuple[str | int, ...]

_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\n]*\n)*,")
_GAP = re.compile(r"[ \t]*,[ \t]*")


class EditError(LLMModelsError, ValueError):
    """The change at `path` cannot be made to this text."""

    path: Path


def set_value(text: str, path: Path, value: object) -> str:
    """The text in which `path` has this value; the same text if it has it already.

    A value is replaced where it is. A new key goes where its table is written: into the inline table, below the
    header, or as a dotted key after the most closely related one. A new top-level table gets a header at the end.

    >>> set_value('id = "x" # mine\\n', ("cost",), 0.5)
    'id = "x" # mine\\ncost = 0.5\\n'
    """
    body = text.removeprefix(BOM)
    wanted, span = tomllib.loads(body), locate(body).get(path)
    holder = _holder(wanted, path)
    if span is not None and _same(holder[path[-1]], value):
        return text
    holder[path[-1]] = value
    written = _toml(value, path)
    if span is not None and span.value_start is not None:
        return _checked(text, body[: span.value_start] + written + body[span.value_end :], wanted, path)
    return _checked(text, _add(body if span is None else _cut(body, path), path, written, body), wanted, path)


def unset(text: str, path: Path) -> str:
    """The text without the key, the table or the array element at `path`. Raises `EditError` if it is missing.

    A table that would become empty is removed too, unless it is an element of an array; an inline array stays, as
    `[]`. With a table that has a header go the comments between its lines, and the blank line before it.

    >>> unset('id = "x"\\ncost = { input = 1 } # cheap\\n', ("cost", "input"))
    'id = "x"\\n'
    """
    body = text.removeprefix(BOM)
    wanted, spans = tomllib.loads(body), locate(body)
    if path not in spans:
        raise _error(path, "it is not stated in this file")
    while path[1:] and len(_holder(wanted, path)) == 1:
        if isinstance(path[-2], int) or (isinstance(path[-1], int) and spans[path[:-1]].value_start is not None):
            break
        path = path[:-1]
    del _holder(wanted, path)[path[-1]]
    return _checked(text, _cut(body, path), wanted, path)


def append(text: str, path: Path, value: object) -> str:
    """The text in which the array at `path` ends with `value`; a missing array is made.

    An inline array keeps its layout: one or more elements on a line, a comma after the last one or none. An array of
    tables gets a new `[[header]]`: at the end of the text or, inside another table, after its last element.

    >>> append('tags = [\\n  "a", # old\\n]\\n', ("tags",), "b")
    'tags = [\\n  "a", # old\\n  "b",\\n]\\n'
    """
    body = text.removeprefix(BOM)
    wanted, span = tomllib.loads(body), locate(body).get(path)
    if span is None and not (len(path) == 1 and isinstance(value, dict)):
        return set_value(text, path, [value])
    elements = _holder(wanted, path).setdefault(path[-1], []) if span is None else _holder(wanted, path)[path[-1]]
    if not isinstance(elements, list):
        raise _error(path, "it is not an array")
    elements.append(value)
    if span is not None and span.value_start is not None:
        return _checked(text, _add_item(body, span, span.stated(), _toml(value, path)), wanted, path)
    if not isinstance(value, dict):
        raise _error(path, "it is an array of tables, and the new element is not a table")
    lines = [f"[[{_key(*path)}]]", *(f"{_key(name)} = {_toml(item, path)}" for name, item in value.items())]
    at = len(body) if span is None or len(path) == 1 else _section_end(body, span.headers()[-1])
    return _checked(text, _add_lines(body, at, ["", *lines] if at else lines, body), wanted, path)


def _holder(data: Any, path: Path) -> Any:
    """The table or array in `data` that holds the last part of `path`; missing tables above it are made."""
    for index, part in enumerate(path, 1):
        if isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
            below = data[part]
        elif isinstance(data, dict) and isinstance(part, str):
            below = data.setdefault(part, {}) if index < len(path) else None
        else:
            raise _error(path, f"this file has no table or array that could hold {part!r}")
        if index == len(path):
            return data
        data = below
    raise _error(path, "the whole file cannot be changed at once")


def _same(one: Any, other: Any) -> bool:
    """Equality at any depth, in which 1, true and 1.0 differ, and NaN equals NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return repr(one) == repr(other)


def _checked(text: str, body: str, wanted: object, path: Path) -> str:
    """The new text, if tomllib reads `wanted` from it: no wrong edit leaves this module."""
    with suppress(ValueError, RecursionError):  # not TOML, half a surrogate pair, or nested too deeply
        body.encode()
        if _same(tomllib.loads(body), wanted):
            return BOM + body if text.startswith(BOM) else body
    raise _error(path, "the change cannot be written into this file")


def _error(path: Path, message: str) -> EditError:
    return EditError(f"{dotted(path)}: {message}", path=path)


def _toml(value: object, path: Path) -> str:
    """`value` as TOML, on one line."""
    if isinstance(value, dict):
        items = ", ".join(f"{_key(name)} = {_toml(item, path)}" for name, item in value.items())
        return f"{{ {items} }}" if items else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(item, path) for item in value)}]"
    try:
        return tomlkit.item(value).as_string()
    except (tomlkit.exceptions.TOMLKitError, ValueError, TypeError):
        raise _error(path, f"TOML cannot express the value {value!r}") from None


def _key(*parts: str | int) -> str:
    """A dotted key without the indices."""
    return dotted(part for part in parts if isinstance(part, str))


def _add(body: str, path: Path, written: str, like: str) -> str:
    """`body` with a new key near the related ones; its lines end as those of `like` do."""
    root = home = kin = locate(body).root
    depth = 0  # how much of the path leads to `home`: the innermost table with its own header or braces
    for index, part in enumerate(path[:-1], 1):
        child = kin.children.get(part)
        if child is None:
            break
        kin = child
        if kin.value_start is not None or kin.has_header:
            home, depth = kin, index
    statement = f"{_key(*path[depth:])} = {written}"
    beside = kin.stated() or home.stated()
    if home.value_start is not None:
        return _add_item(body, home, beside, statement)
    if kin is root and len(path) > 1:
        lines = [f"[{_key(*path[:-1])}]", f"{_key(*path[-1:])} = {written}"]
        return _add_lines(body, len(body), ["", *lines] if body else lines, like)
    if home is root and not beside:  # above all headers; if there are none, below the comments
        return _add_lines(body, 0 if root.headers() else len(body), [statement], like)
    last = beside[-1] if beside else home
    return _add_lines(body, _line_end(body, _end(last)), [_indent(body, last) + statement], like)


def _add_lines(body: str, at: int, lines: list[str], like: str) -> str:
    """`body` with new lines at the start of a line or the end; as in `like`, the last may have no line end."""
    newline = "\r\n" if like.find("\r\n") + 1 == like.find("\n") > 0 else "\n"
    new = newline.join(lines)
    if at == len(body) and like and not like.endswith("\n"):
        return f"{body}{newline}{new}" if body else new
    return body[:at] + new + newline + body[at:]


def _add_item(body: str, holder: Span, items: list[Span], item: str) -> str:
    """`body` with one more item in an inline table or array: after the last of `items`, in the same layout."""
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


def _cut(body: str, path: Path) -> str:
    """`body` without the statements of `path`."""
    while True:  # one item at a time, because the cut depends on its neighbours
        spans = locate(body)
        span = spans[path]
        items = span.stated() if span.value_start is None else [span]
        above = (spans[path[:length]] for length in range(len(path) - 1, 0, -1))
        holder = next((outer for outer in above if outer.value_start is not None), None)
        if holder is None:
            return _cut_lines(body, items, set(span.headers()), spans.root.headers())
        body = _cut_item(body, holder, items[-1])
        if len(items) == 1:
            return body


def _cut_lines(body: str, items: list[Span], headers: set[Span], all_headers: list[Span]) -> str:
    """`body` without the lines of these items, and without the sections of these headers."""
    cuts = [(_line_start(body, item.start), _line_end(body, _end(item))) for item in items]
    end = -1  # of the section before, if it is cut too
    for header in all_headers:
        if header not in headers:
            end = -1
            continue
        start, follows = _line_start(body, header.start), end
        end = _section_end(body, header)
        before, after = _line_start(body, start - 1), _line_end(body, end)
        if follows >= 0:
            start = follows  # the lines between the two belong to them
        elif body[before:start].isspace():
            start = before
        elif start == 0 and body[end:after].isspace():
            end = after
        cuts.append((start, end))
    new = _without(body, cuts)
    return new if body.endswith("\n") else new.removesuffix("\n").removesuffix("\r")


def _cut_item(body: str, holder: Span, item: Span) -> str:
    """`body` without one item of an inline table or array: its lines if nothing else is on them, else its text.

    One comma is cut with it. A last item without a comma takes the one before it, so that none is left at the end.
    """
    items = holder.stated()
    index = items.index(item)
    start, end = item.start, _end(item)
    before = _end(items[index - 1]) if index else start
    after = items[index + 1].start if index + 1 < len(items) else end
    comma = _comma_after(body, end)
    last = end if comma is None else comma
    line_end = _line_end(body, last)
    if comma is None and index:
        comma = _comma_after(body, before)
    cuts = [] if comma is None else [(comma, comma + 1)]
    if not _indent(body, item).strip() and body[last:line_end].lstrip(", \t\r\n")[:1] in ("", "#"):
        cuts.append((_line_start(body, start), line_end))
    elif _GAP.fullmatch(body, before, start):
        cuts = [(before, end)]
    elif _GAP.fullmatch(body, end, after):
        cuts = [(start, after)]
    else:
        cuts.append((start, end))
    return _without(body, cuts)


def _without(body: str, cuts: list[tuple[int, int]]) -> str:
    """`body` without these parts, which may overlap."""
    new, at = "", 0
    for start, end in sorted(cuts):
        new += body[at:start]
        at = max(at, end)
    return new + body[at:]


def _end(span: Span) -> int:
    """The end of the span's value, or of the key of its header."""
    return span.key_end if span.value_end is None else span.value_end


def _section_end(body: str, header: Span) -> int:
    """The end of the last line with a statement in a section."""
    return _line_end(body, _end((header.stated() or [header])[-1]))


def _comma_after(body: str, at: int) -> int | None:
    """The offset of the comma that follows `at`, after blanks, line ends and comments."""
    match = _COMMA.match(body, at)
    return match.end() - 1 if match else None


def _line_start(body: str, at: int) -> int:
    return body.rfind("\n", 0, max(at, 0)) + 1


def _line_end(body: str, at: int) -> int:
    """The end of the line of `at`, with its line end."""
    return body.find("\n", at) + 1 or len(body)


def _indent(body: str, span: Span) -> str:
    """The text before a span on its line."""
    return body[_line_start(body, span.start) : span.start]


def value_at(data: Any, path: Path) -> Any:
    """The value at a path of parsed TOML; None where there is none."""
    for step in path:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return None
    return data
