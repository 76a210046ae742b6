"""Reading the JSON texts of a snapshot file, short ones without importing `json`; standard library only.

Importing `json` loads `re` and `enum`, and takes longer than everything else from the start of a program to its first
answer, which needs three short texts. A loop reads these. When there is more to read, or `json` is loaded, it is used.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_left = 40_000
"""How many characters the loop may still read in this process; for more, importing `json` is faster."""

_SPACED = str.maketrans({"[": " [ ", "]": " ] ", "{": " { ", "}": " } ", ",": " ", ":": " "})
_OPENING = {"[": list, "{": dict}
_CLOSING = {"]": list, "}": dict}
_WORDS = {"true": True, "false": False, "null": None}


def loads(text: str) -> Any:
    """The value that `json.loads` gives, for a text that `encode_json` wrote and whose checksum is right; see `strict`.

    >>> loads('{"id":"o1","cost":{"input":15},"tags":[]}')
    {'id': 'o1', 'cost': {'input': 15}, 'tags': []}
    """
    global _left  # noqa: PLW0603
    if _left < len(text) or "json" in sys.modules or "\\" in text:
        import json

        return json.loads(text)
    _left -= len(text)
    return _read(text)


def strict() -> None:
    """From now on `json` reads all texts: those that others may have written. The loop takes no notice of commas."""
    import json  # noqa: F401  # `loads` looks for it


def _read(text: str) -> Any:
    """The value of a text without escapes: every second piece between quotes is a string."""
    whole: list[Any] = []
    inside: Any = whole
    around: list[Any] = []
    key = None
    for number, piece in enumerate(text.split('"')):
        is_string = number % 2
        # Outside strings, commas and colons are not needed: the order of brackets and words determines the value.
        for token in (piece,) if is_string else piece.translate(_SPACED).split():
            if token in _CLOSING and not is_string:
                if key is not None or inside.__class__ is not _CLOSING[token]:
                    raise ValueError
                inside = around.pop()
                continue
            value: Any = token if is_string else _value(token)
            if inside.__class__ is list:
                inside.append(value)
            elif key is None:
                if not is_string:
                    raise ValueError
                key = value
                continue
            else:
                inside[key] = value
                key = None
            if token in _OPENING and not is_string:
                around.append(inside)
                inside = value
    if around or len(whole) != 1:
        raise ValueError
    return whole[0]


def _value(token: str) -> Any:
    if token in _OPENING:
        return _OPENING[token]()
    if token in _WORDS:
        return _WORDS[token]
    if token.isdigit() and token.isascii() and (token[0] != "0" or token == "0"):
        return int(token)
    whole, dot, rest = token.removeprefix("-").partition(".")
    if token.isascii() and whole.isdigit() and (whole[0] != "0" or whole == "0") and (rest.isdigit() or not dot):
        return float(token) if dot else int(token)
    import json  # for an exponent, and to refuse any other text

    return json.loads(token)
