"""Upstream: reads a source's file strictly, as JSON; standard library only.

It does not know what the data means: `transforms` does.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from functools import lru_cache
from typing import Any

from llm_models.errors import SourceError, printable, quoted

MAX_BYTES = 32 << 20
"""The longest file, in bytes; the one of models.dev has 2.4 million."""

MAX_VALUES = 500_000
"""The most JSON values and keys in a file; the one of models.dev has 150,000.

It keeps the process under 300 MB, because a value can take a hundred times its length in memory.
"""

MAX_TEXT = 68 << 20
"""The most bytes for the decoded text; Python uses four for each character if one is an emoji."""

MAX_DEPTH = 64
"""The deepest nesting; the file of models.dev has nine levels."""

MAX_DIGITS = 100
"""The longest number, in characters; so every integer also fits a float."""

# An escaped backslash, a whole surrogate pair, or (as a group) half a pair. UTF-8 without escapes has none.
_SURROGATES = re.compile(r"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)")
_TOO_DEEP = f"is not a catalogue: nested more than {MAX_DEPTH} levels deep"
_MARKS = {
    b"\xef\xbb\xbf": "begins with a byte order mark",
    b"\xff\xfe": "is UTF-16",
    b"\xfe\xff": "is UTF-16",
    b"\x1f\x8b": "is compressed with gzip",
}


def parse(data: bytes, name: str) -> Any:
    """The JSON document in `data`.

    It must be strict JSON: UTF-8 without a byte order mark, no NaN or infinity, no duplicate key, no half of a
    surrogate pair, nothing after the end. Time and memory are limited for any input. Raises `SourceError`, whose
    message begins with `name`.
    """
    try:
        text = _text(data)
        if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:  # one of them precedes each
            raise SourceError(f"is not a catalogue: it has more than {MAX_VALUES:,} values")
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=lru_cache(4096)(_integer),  # a catalogue repeats its limits and prices
            parse_float=lru_cache(4096)(_float),
            parse_constant=_float,
        )
        _refuse_depth(document)
        escapes = _SURROGATES.finditer(text) if "\\u" in text else ()  # it is a text of megabytes
        if half := next(filter(None, (match[1] for match in escapes)), None):
            raise SourceError(f"is not valid JSON: {half} is half a surrogate pair")
        return document
    except SourceError as error:
        problem = str(error)
    except json.JSONDecodeError as error:
        problem = _explain(error)
    except RecursionError:
        problem = _TOO_DEEP
    raise SourceError(printable(f"{name}: {problem}"))


def _text(data: bytes) -> str:
    for mark, meaning in _MARKS.items():
        if data.startswith(mark):
            raise SourceError(f"{meaning} (expected JSON in plain UTF-8)")
    if len(data) > MAX_BYTES:
        raise SourceError(f"is too long (found {len(data):,} bytes, expected at most {MAX_BYTES:,})")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"is not UTF-8 (at byte {error.start:,}: {error.reason})") from None
    if sys.getsizeof(text) > MAX_TEXT:
        raise SourceError(f"is too long (its text takes more than {MAX_TEXT:,} bytes of memory)")
    start = text[:500].lstrip()
    if not start and not text.strip():
        raise SourceError("is empty")
    if start.startswith("<"):
        raise SourceError("is not a catalogue but a page of HTML or XML")
    if "\0" in text[:4]:
        raise SourceError("is not valid JSON: it contains NUL characters, as UTF-16 does (expected UTF-8)")
    return text


def _explain(error: json.JSONDecodeError) -> str:
    if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        return f"is not valid JSON: it is cut short (after {len(error.doc):,} characters)"
    problem = "something follows its end" if error.msg == "Extra data" else error.msg
    return f"is not valid JSON: {problem} (line {error.lineno}, column {error.colno})"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise SourceError(f"is not valid JSON: duplicate key {quoted(key)} in one object")
    return record


def _limited(number: str) -> str:
    if len(number) > MAX_DIGITS:
        raise SourceError(f"is not a catalogue: a number is {len(number):,} characters long")
    return number


def _integer(text: str) -> int:
    return int(_limited(text))


def _float(text: str) -> float:
    value = float(_limited(text))
    if not math.isfinite(value):
        raise SourceError(f"is not valid JSON: {text} is not a finite number")
    return value


def _refuse_depth(document: Any) -> None:
    kinds = frozenset((dict, list))
    containers = [document] if type(document) in kinds else []
    for _ in range(MAX_DEPTH):
        inside = (held.values() if type(held) is dict else held for held in containers)
        containers = [value for values in inside for value in values if type(value) in kinds]
    if containers:
        raise SourceError(_TOO_DEEP)
