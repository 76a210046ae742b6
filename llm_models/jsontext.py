"""Reading and writing the JSON texts of a snapshot file without importing `json`; standard library only.

Importing `json` loads `re` and `enum`, and takes longer than everything else from the start of a program to its first
answer. What does the work there is a scanner and an encoder in C, which need neither. Without them, and to refuse a
text, `json` is used.
"""

from __future__ import annotations

MOST = 2_000_000
"""How many marks of JSON (commas and opening brackets) a text may hold. A catalogue of the largest source has fewer."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class _Plain:
    """What the scanner asks of a decoder, as in a `json.JSONDecoder` without arguments."""

    strict = True
    object_hook = object_pairs_hook = array_hook = None
    parse_float, parse_int, parse_constant = float, int, float


def _scanner() -> Callable[[str, int], tuple[Any, int]]:
    """The function that reads the value at a place of a text, and gives it with the place where it ends."""
    try:
        from _json import make_scanner

        return make_scanner(_Plain)  # type: ignore[arg-type]  # it needs attributes of that name, no more
    except (ImportError, AttributeError):
        from json import JSONDecoder

        return JSONDecoder().scan_once  # type: ignore[no-any-return, attr-defined]


def _encoder() -> Callable[[object], str]:
    """The function that gives the text of a value, without spaces; a number must be finite."""
    try:
        from _json import encode_basestring, make_encoder

        chunks = make_encoder(None, _refuse, encode_basestring, None, ":", ",", False, False, False)
        return lambda value: "".join(chunks(value, 0))
    except (ImportError, TypeError):
        from json import JSONEncoder

        return JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _refuse(value: object) -> Any:
    raise TypeError(f"no JSON type: {type(value).__name__}")


_scan = _scanner()
_encoders: list[Callable[[object], str]] = []


def loads(text: str) -> Any:
    """The value that `json.loads` gives. Raises `ValueError`, also for more than `MOST` marks.

    A value may take fifty times the memory of its text, and a checksum does not prove who wrote a text.

    >>> loads('{"id":"o1","cost":{"input":15},"tags":[]}')
    {'id': 'o1', 'cost': {'input': 15}, 'tags': []}
    """
    if len(text) > MOST and sum(map(text.count, ",[{")) > MOST:
        raise ValueError("it has too many values")
    text = text.strip(" \t\n\r")
    try:
        value, end = _scan(text, 0)
        if end == len(text):
            return value
    except (StopIteration, ValueError, SystemError):  # the last in Python 3.11, where it takes its error from `json`
        pass
    import json  # states what is wrong

    return json.loads(text)


def dumps(value: object) -> str:
    """One line of JSON without spaces, keys in the order of the dict. Raises `ValueError` and `TypeError`.

    >>> dumps({"id": "o1", "cost": {"input": 15}})
    '{"id":"o1","cost":{"input":15}}'
    """
    if not _encoders:  # made once, for the first value
        _encoders.append(_encoder())
    return _encoders[0](value)
