"""Strict reading of an upstream file: bytes in, plain data out, or one line that states what is wrong.

Standard library only. What the data means is not decided here: see `transforms`.
"""

from __future__ import annotations

import json
import math
import sys

from llm_models.errors import SourceError, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_BYTES = 32 << 20
"""The longest file that is read, in bytes; the real one has 2.4 million."""

MAX_VALUES = 500_000
"""The most JSON values and keys in a file; the real one has 150,000.

A value can cost a hundred times its length in memory (a new key with a new text: 400 bytes, for 8 in the file),
so the length alone bounds nothing. This many keep the process under 300 MB, whatever they are.
"""

MAX_TEXT = 68 << 20
"""The most bytes that the decoded text may take; Python spends four on each character if one is an emoji."""

MAX_DEPTH = 64
"""The deepest nesting; the real file has nine levels."""

MAX_DIGITS = 100
"""The longest number, in characters; it follows that every integer also fits a float."""

_TOO_DEEP = f"is not a catalogue: nested more than {MAX_DEPTH} levels deep"
_MARKS = {
    b"\xef\xbb\xbf": "begins with a byte order mark",
    b"\xff\xfe": "is UTF-16",
    b"\xfe\xff": "is UTF-16",
    b"\x1f\x8b": "is compressed with gzip",
}


class _Refusal(ValueError):
    """What is wrong, without the name of the file."""


def parse(data: bytes, name: str) -> Any:
    """The JSON document in `data`.

    The JSON is taken strictly: UTF-8 without a mark, no NaN or infinity, no repeated key, no lone surrogate,
    nothing after the end. Time and memory are bounded for any input: see the limits above. Raises `SourceError`,
    whose message begins with `name`.
    """
    try:
        return _decode(data)
    except _Refusal as refusal:
        raise SourceError(printable(f"{name}: {refusal}")) from None


def _decode(data: bytes) -> Any:
    text = _text(data)
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:  # one of them stands before each
        raise _Refusal(f"is not a catalogue: it holds more than {MAX_VALUES:,} values")
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except _Refusal:
        raise
    except json.JSONDecodeError as error:
        raise _Refusal(_explain(error)) from None
    except RecursionError:
        raise _Refusal(_TOO_DEEP) from None
    _refuse_depth(document)
    if "\\ud" in text or "\\uD" in text:  # else no escape can have made a surrogate, and UTF-8 has none
        _refuse_surrogates(document)
    return document


def _text(data: bytes) -> str:
    for mark, meaning in _MARKS.items():
        if data.startswith(mark):
            raise _Refusal(f"{meaning}; expected JSON in plain UTF-8")
    if len(data) > MAX_BYTES:
        raise _Refusal(f"is too long (found {len(data):,} bytes, expected at most {MAX_BYTES:,})")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Refusal(f"is not UTF-8 (at byte {error.start:,}: {error.reason})") from None
    if sys.getsizeof(text) > MAX_TEXT:
        raise _Refusal(f"is too long (its text takes more than {MAX_TEXT:,} bytes of memory)")
    start = text[:500].lstrip()
    if not start and not text.strip():
        raise _Refusal("is empty")
    if start.startswith("<"):
        raise _Refusal("is not a catalogue but a page of HTML or XML")
    if "\0" in text[:4]:
        raise _Refusal("is not valid JSON: it holds NUL characters, as UTF-16 does; expected UTF-8")
    return text


def _explain(error: json.JSONDecodeError) -> str:
    if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        return f"is not valid JSON: it is cut short (after {len(error.doc):,} characters)"
    if error.msg == "Extra data":
        return f"is not valid JSON: something follows its end (line {error.lineno}, column {error.colno})"
    return f"is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Refusal(f"is not valid JSON: the key {_short(twice)} stands twice in one object")
    return found


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Refusal(f"is not a catalogue: a number is {len(text):,} characters long")
    return int(text)


def _float(text: str) -> float:
    if len(text) > MAX_DIGITS:
        raise _Refusal(f"is not a catalogue: a number is {len(text):,} characters long")
    value = float(text)
    if not math.isfinite(value):
        raise _Refusal(f"is not valid JSON: the number {text} is too large")
    return value


def _constant(text: str) -> Any:
    raise _Refusal(f"is not valid JSON: {text} is not a number there")


def _refuse_depth(document: Any) -> None:
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            value
            for container in level
            for value in (container.values() if type(container) is dict else container)
            if type(value) is dict or type(value) is list
        ]
        if not level:
            return
    raise _Refusal(_TOO_DEEP)


def _refuse_surrogates(document: Any) -> None:
    rest = [document]
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise _Refusal(f"is not valid JSON: half a surrogate pair in the text {_short(value)}") from None
        elif isinstance(value, dict):
            rest += value
            rest += value.values()
        elif isinstance(value, list):
            rest += value


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "...")
