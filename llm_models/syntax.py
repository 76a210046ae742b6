"""Syntax: what is wrong in a text that is not TOML, in people's words, with the likely fix and the line itself.

tomllib alone decides what is valid TOML, and its messages are the keys of `ROWS`. A message that no row knows is shown
as it is.
"""

from __future__ import annotations

import ast
import re
import tomllib
import unicodedata
from typing import NamedTuple

from llm_models.amounts import amount
from llm_models.credentials import HIDDEN, masked, veiled
from llm_models.errors import dotted, printable
from llm_models.positions import Span, Spans

WIDTH = 100
"""How many characters of a line are shown."""

_STATEMENT = "Each line is KEY = VALUE, or begins a table: [deny], [[models]]."
_COMMENT = "A comment begins with '#'."


class Fault(NamedTuple):
    """What is wrong, where (both numbers count from 1), and the next step."""

    message: str
    line: int
    column: int
    hint: str


# Of each: what tomllib reports, what stands there (from that column), what is wrong, the next step. The order counts.
ROWS = (
    ("Invalid (value|statement|initial)", "[\u2018-\u201f\u00ab\u00bb`\u00b4]", "{here} is not a quote of TOML",
     'Write plain quotes: "text".'),
    ("Invalid value", r"(null|None|nil|NULL|Null|undefined)\b", "TOML has no {here}",
     'Leave the key out, or put it in "omit" to remove its value.'),
    ("Invalid value", r"([Tt][Rr][Uu][Ee]|[Yy][Ee][Ss]|[Oo][Nn])\b", "{here} is not a value of TOML",
     "Write true, in lower case."),
    ("Invalid value", r"([Ff][Aa][Ll][Ss][Ee]|[Nn][Oo]|[Oo][Ff][Ff])\b", "{here} is not a value of TOML",
     "Write false, in lower case."),
    ("Invalid value", r"\.\d+", "a number begins with a digit (found {here})", "Write 0{0}."),
    ("Invalid value", r"[$€£¥]", "a price is a number (found {here})", "Leave the currency out: prices are in USD."),
    ("Invalid value", r"[A-Za-z_][^\s,\]}#]*", "{here} has no quotes", 'Put text in quotes: "{0}".'),
    ("Invalid value", r"(#|$)", "a value is missing", "Write one, or leave the key out. An array ends with ']'."),
    ("Invalid value", "", "{here} begins no value", "Text stands in quotes; numbers, true and false do not."),
    ("Expected newline", r"\.\s*(#|$|,)", "a number does not end with '.'", "Write a digit behind it, such as 1.0."),
    ("Expected newline", r"\]", "there is one ']' too many",
     "A table ends with as many as it begins with, such as [deny] and [[models]]; so does an array."),
    ("Expected newline", r"(//|;|--)", "there is text behind the value", _COMMENT),
    ("Expected newline", "[\"'“”]", "there is text behind the value",
     "Text stands in one pair of quotes; write a quote inside it as \\\"."),
    ("Expected newline", r"\w[^=]*[\"']", "there is text behind the value",
     "A quote ends the text: put it in the other kind of quotes, or write \\\" in double quotes."),
    ("Expected newline", "", "there is text behind the value", f"One line holds one key and one value. {_COMMENT}"),
    ("Expected '=' after a key", ":", "':' stands behind a key", "Write KEY = VALUE."),
    ("Expected '=' after a key", r"[^\s\w=]", "a key with {here} in it needs quotes", 'Write "KEY" = VALUE.'),
    ("Expected '=' after a key", "", "a key has no value", "Write KEY = VALUE, and put a key with spaces in quotes."),
    ("Invalid statement", r"(//|/\*|;|--|<!--)", "{here} does not begin a comment", _COMMENT),
    ("Invalid statement", r"[{}]", "this looks like JSON", f"This file is TOML. {_STATEMENT}"),
    ("Invalid statement", "[*@/$%&]", "a key with {here} in it needs quotes", 'Write "KEY" = VALUE.'),
    ("Invalid statement", "", "this is no statement of TOML", _STATEMENT),
    ("Invalid initial character for a key", r"($|#|,|\})", "the key is missing",
     "An inline table stands on one line, with no comma before its '}'. Otherwise write dotted keys: cost.input = 1."),
    ("Invalid initial character for a key", "", "a key with {here} in it needs quotes", 'Write "KEY" = VALUE.'),
    ("Unclosed array", "", "an array does not end", "Put a comma between its items, and ']' at its end."),
    ("Unclosed inline table", "", "an inline table does not end",
     "Put a comma between its items, and '}' at its end, on the same line."),
    (r"Expected ']' at the end of a table", "", "the name of a table does not end with ']'",
     'Write [deny] or [[models]]; a name with other characters needs quotes: ["302.ai"].'),
    (r"Expected ']]'", "", "a name behind '[[' does not end with ']]'", "Write [[models]] or [[providers]]."),
    ("Unescaped", "", "a '\\' inside double quotes begins an escape",
     "Write '\\\\' in its place, or put the text in single quotes."),
    ("(Illegal|Found invalid) character", "", "a character that TOML does not allow", "Delete it, or write \\uXXXX."),
    ("Invalid hex value", "", "an escape needs hexadecimal digits", "Write \\uXXXX, or '\\\\' for a backslash."),
    ("Escaped character is not", "", "an escape that is no character", "Write another one, or leave it out."),
    ("Invalid date", "", "a date that does not exist", 'Put dates in quotes: "2026-01-31".'),
)  # fmt: skip

_TEXTS = re.compile(
    r"""#[^\n]*|\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}.*?'{3}|(?P<open>\"{3}|'{3})"""
    r"""|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*'|(?P<line>["'])""",
    re.DOTALL,
)
"""Comments and texts, and the quotes that open a text which does not end."""

_TWICE = re.compile(r"Cannot (declare|redefine namespace|mutate immutable namespace) (\(.*\))( twice)?", re.DOTALL)
_KEY_TWICE = re.compile(r"Cannot overwrite a value|Duplicate inline table key ('.*')", re.DOTALL)


def explain(text: str, error: tomllib.TOMLDecodeError) -> Fault:
    """What is wrong in a text that tomllib refused."""
    message, line, column = position(text, error)
    lines = text.split("\n")
    for reading in (_open_text, _open_array, _inline_table, _number):
        if (fault := reading(text, lines, message, line, column)) is not None:
            return fault
    if (twice := _twice(message, lines, line)) is not None:
        what, hint = twice
        start = len(lines[line - 1]) - len(lines[line - 1].lstrip())
        return Fault(what, line, min(column, start + 1), hint)
    rest = lines[line - 1][column - 1 :].removesuffix("\r")
    for said, at, what, hint in ROWS:
        found = re.match(at, rest)
        if found is not None and re.match(said, message):
            here = veiled(lines[line - 1])[column - 1 :][: len(found[0]) or 1]
            if here != (found[0] or rest[:1]):
                return Fault(what.format(here=HIDDEN), line, column, hint.replace(': "{0}"', ""))
            return Fault(what.format(here=f"'{printable(here)}'"), line, column, hint.replace("{0}", printable(here)))
    return Fault(message, line, column, "")


def _open_text(text: str, lines: list[str], message: str, _line: int, _column: int) -> Fault | None:
    """A text whose quotes are not closed, where it opens."""
    if re.match("Illegal character '.n'|Found invalid character '.n'|Unterminated string|Expected", message) is None:
        return None
    opening = next((found for found in _TEXTS.finditer(text) if found.lastgroup), None)
    if opening is None or (message.startswith("Expected") and opening[0][0] not in message):
        return None
    line, column = Spans(text, Span(0, 0)).line_column(opening.start())
    quote = opening[0]
    if opening.lastgroup == "open":
        return Fault(f"the text that begins with {quote} does not end", line, column, f"Write {quote} behind it.")
    whole = lines[line - 1]
    inner = re.split(r"\s*(?:[\],}#]|$)", whole[column:], maxsplit=1)[0]
    shown = inner and len(inner) <= WIDTH and veiled(whole) == whole and "\\" not in inner
    hint = f"Write {quote}{inner}{quote}." if shown else f"Write {quote} at its end."
    return Fault("the quotes of this text are not closed on its line", line, column, hint)


def _open_array(text: str, lines: list[str], message: str, line: int, column: int) -> Fault | None:
    """An array that does not end, where it opens, if that is in an earlier line."""
    if not message.startswith("Unclosed array"):
        return None
    before = "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]])
    plain = _TEXTS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), before)
    depth = 0
    for at in range(len(plain) - 1, -1, -1):
        depth += (plain[at] == "]") - (plain[at] == "[")
        if depth < 0:
            start, column = Spans(text, Span(0, 0)).line_column(at)
            if start == line:
                return None
            return Fault(f"this array does not end before line {line}", start, column, _ARRAY)
    return None


_ARRAY = "Put a comma between its items, and ']' at its end."


def _inline_table(_text: str, lines: list[str], message: str, line: int, column: int) -> Fault | None:
    """An inline table that goes on in the next line, or that has a comma at its end."""
    if not message.startswith(("Invalid initial character for a key", "Unclosed inline table")):
        return None
    head = lines[line - 1]
    start = head.rfind("{", 0, column)
    key = re.match(r"\s*([\w.\"'-]+)\s*=\s*$", head[:start]) if start >= 0 else None
    if key is None:
        return None
    rest = "\n".join([head[start:], *lines[line : line + _MOST_LINES]])
    end = rest.find("}")
    parts = [part.partition("#")[0].strip().rstrip(",") for part in rest[1 : max(end, 0)].split("\n")]
    right = f"{key[1]} = {{ {', '.join(part for part in parts if part)} }}"
    try:
        tomllib.loads(right)
    except ValueError:
        return None
    if end < 0 or len(right) > WIDTH or veiled(right) != right:
        return None
    one_line = "\n" not in rest[:end]
    what = "an inline table has no comma at its end" if one_line else "an inline table stands on one line"
    return Fault(what, line, start + 1, f"Write {printable(right)}.")


_MOST_LINES = 20
"""How many lines of a wrong inline table are looked at."""


def _number(_text: str, lines: list[str], message: str, line: int, column: int) -> Fault | None:
    """A number with a unit, a letter for thousands, or separators."""
    before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    start = re.search(r"(?<![\w.])[\d_.]+\s*$", before)
    end = re.match(r"(?:,\d{1,2}(?!\d)|(?:[,' ]?\d{3})*\s*[A-Za-z$]*)", after)
    if start is None or end is None or not end[0] or not message.startswith(("Expected newline", "Unclosed")):
        return None
    found = f"{start[0]}{end[0]}".strip()
    number = amount(re.sub(r",(\d{1,2})$", r".\1", found))
    if number is None:
        return None
    what = f"a number has only digits, without separators and units (found '{found}')"
    return Fault(what, line, start.start() + 1, f"Write {number}.")


def position(text: str, error: tomllib.TOMLDecodeError) -> tuple[str, int, int]:
    """What tomllib reports about a text that it refused: the message without the position, the line and the column.

    They are parsed from the message, because only Python 3.14 has attributes for them. Both count from 1; the end of
    the document is the position after its last character.
    """
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error), re.DOTALL)
    if match is None:
        return str(error), 1, 1
    line, column = (int(match[2]), int(match[3])) if match[2] else Spans(text, Span(0, 0)).line_column(len(text))
    return match[1], line, column


def excerpt(text: str, line: int, column: int) -> str:
    """The line of a text, with its number, and a mark below that column; both lines are safe to print, and show no key.

    >>> print(excerpt("a = 1\\nid = gpt", 2, 6))
      2 | id = gpt
        |      ^
    """
    whole = veiled(text.split("\n")[line - 1].rstrip("\r"))
    start = max(0, column - 1 - WIDTH // 2) if len(whole) > WIDTH else 0
    before, after = (printable(part.replace("\t", " ")) for part in (whole[start : column - 1], whole[column - 1 :]))
    shown = f"{'...' if start else ''}{before}"
    width = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in shown)
    tail = after if len(after) <= WIDTH else f"{after[:WIDTH]}..."
    return f"{f'  {line} | {shown}{tail}'.rstrip()}\n  {' ' * len(str(line))} | {' ' * width}^"


def _twice(message: str, lines: list[str], line: int) -> tuple[str, str] | None:
    """What a message about a name that the text has twice states: the name, and the line of the first."""
    table, key = _TWICE.fullmatch(message), _KEY_TWICE.fullmatch(message)
    if table is None and key is None:
        return None
    here = _names(lines[line - 1])
    if table is not None:
        here = tuple(map(str, ast.literal_eval(table[2])))
    elif key is not None and key[1] is not None:
        here = (str(ast.literal_eval(key[1])),)
    first = _first(lines[: line - 1], here, table is not None)
    shown = printable(masked(dotted(here))) if here else "a name"
    what = f"duplicate {f'table [{shown}]' if table is not None else f'key {shown!r}'}"
    where = "" if first is None else f"; the first is in line {first}"
    return f"{what}{where}", "Merge the two." if table is not None else "Keep one of the two."


def _first(lines: list[str], wanted: tuple[str, ...], is_table: bool) -> int | None:
    """The number of the last line that begins this table or, in the same table as what follows, states this key."""
    for number in range(len(lines), 0, -1):
        begins_table = lines[number - 1].lstrip().startswith("[")
        if begins_table is is_table and wanted and _names(lines[number - 1]) == wanted:
            return number
        if begins_table and not is_table:
            break
    return None


def _names(line: str) -> tuple[str, ...]:
    """The parts of the name that one line states: of its key or of the table that it begins; () where it has none."""
    head = line.strip()
    if not head.startswith("["):
        head = f"{head.partition('=')[0]} = 0" if "=" in head else ""
    try:
        data = tomllib.loads(head)
    except ValueError:
        return ()
    names: list[str] = []
    value: object = data
    while isinstance(value, (dict, list)) and value:
        if isinstance(value, dict):
            name, value = next(iter(value.items()))
            names.append(name)
        else:
            value = value[0]
    return tuple(names)
