"""Upstream: reads a source's file strictly, as JSON; standard library only.

It does not know what the data means: `transforms` does.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter

from llm_models.errors import SourceError, printable, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_BYTES = 32 << 20
"""The longest file, in bytes; the one of models.dev has 2.4 million."""

MAX_VALUES = 500_000
"""The most JSON values and keys in a file; the one of models.dev has 150,000.

The length of a file does not limit memory: a value can take a hundred times its length (a new key with a new text:
400 bytes, for 8 in the file). With this limit the process stays under 300 MB.
"""

MAX_TEXT = 68 << 20
"""The most bytes for the decoded text; Python uses four for each character if one is an emoji."""

MAX_DEPTH = 64
"""The deepest nesting; the file of models.dev has nine levels."""

MAX_DIGITS = 100
"""The longest number, in characters; so every integer also fits a float."""

_TOO_DEEP = f"is not a catalogue: nested more than {MAX_DEPTH} levels deep"
_MARKS = {
    b"\xef\xbb\xbf": "begins with a byte order mark",
    b"\xff\xfe": "is UTF-16",
    b"\xfe\xff": "is UTF-16",
    b"\x1f\x8b": "is compressed with gzip",
}


class _Refusal(ValueError):
    """States what is wrong, without the name of the file."""


def parse(data: bytes, name: str) -> Any:
    """The JSON document in `data`.

    It must be strict JSON: UTF-8 without a byte order mark, no NaN or infinity, no duplicate key, no half of a
    surrogate pair, nothing after the end. Time and memory are limited for any input. Raises `SourceError`, whose
    message begins with `name`.
    """
    try:
        text = _text(data)
        if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:  # one of them precedes each
            raise _Refusal(f"is not a catalogue: it has more than {MAX_VALUES:,} values")
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=lambda number: int(_limited(number)),
            parse_float=_float,
            parse_constant=_constant,
        )
        _refuse_depth(document)
        if "\\ud" in text or "\\uD" in text:  # only such an escape can make half a surrogate pair
            _refuse_surrogates(document)
        return document
    except _Refusal as refusal:
        problem = str(refusal)
    except json.JSONDecodeError as error:
        problem = _explain(error)
    except RecursionError:
        problem = _TOO_DEEP
    raise SourceError(printable(f"{name}: {problem}"))


def _text(data: bytes) -> str:
    for mark, meaning in _MARKS.items():
        if data.startswith(mark):
            raise _Refusal(f"{meaning} (expected JSON in plain UTF-8)")
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
        raise _Refusal("is not valid JSON: it contains NUL characters, as UTF-16 does (expected UTF-8)")
    return text


def _explain(error: json.JSONDecodeError) -> str:
    if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        return f"is not valid JSON: it is cut short (after {len(error.doc):,} characters)"
    if error.msg == "Extra data":
        return f"is not valid JSON: something follows its end (line {error.lineno}, column {error.colno})"
    return f"is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise _Refusal(f"is not valid JSON: duplicate key {quoted(key)} in one object")
    return record


def _limited(number: str) -> str:
    if len(number) > MAX_DIGITS:
        raise _Refusal(f"is not a catalogue: a number is {len(number):,} characters long")
    return number


def _float(text: str) -> float:
    value = float(_limited(text))
    if not math.isfinite(value):
        raise _Refusal(f"is not valid JSON: the number {text} is too large")
    return value


def _constant(text: str) -> Any:
    raise _Refusal(f"is not valid JSON: {text} is not allowed")


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
    remaining = [document]
    while remaining:
        value = remaining.pop()
        if isinstance(value, dict):
            remaining += (*value, *value.values())
        elif isinstance(value, list):
            remaining += value
        elif isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError:
                raise _Refusal(f"is not valid JSON: half a surrogate pair in the text {quoted(value)}") from None
