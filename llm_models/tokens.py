"""Tokens: the keys and brackets of a TOML text that is not parsed yet; strings and comments are understood.

It decides nothing about whether the text is valid: it only counts what would take the parser too long.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# Possessive, so that a text without a closing quote is read once.
_TEXT = r""""(?:[^"\\\n]++|\\.)*+"?|'[^'\n]*+'?"""
_LONG_TEXT = r'''"""(?:[^"\\]++|\\.|"(?!""))*+"{0,5}|\'\'\'(?:[^']++|'(?!''))*+'{0,5}'''
_PART = rf"(?:[A-Za-z0-9_-]++|{_TEXT})"
# Texts, because to compile them takes milliseconds, and few files need them.
_TOKENS = rf"(?s){_LONG_TEXT}|#[^\n]*+|({_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)|([\[{{])|([\]}}])"
_PARTS = rf"(?s){_PART}"


def long_keys(text: str, most: int) -> Iterator[tuple[int, int]]:
    """How many parts each dotted key of more than `most` parts has, and its line."""
    if text.count(".") < most or all(line.count(".") < most for line in text.split("\n")):
        return
    for token in re.finditer(_TOKENS, text):
        key = token[1]
        if key is not None and key.count(".") >= most and (parts := len(re.findall(_PARTS, key))) > most:
            yield parts, text.count("\n", 0, token.start()) + 1


def deepest(text: str) -> tuple[int, int]:
    """How deeply brackets nest in a text, and the line where they first nest so deeply.

    >>> deepest('a = [[1], # [\\n {b = "["}]')
    (2, 1)
    """
    depth = most = at = 0
    for token in re.finditer(_TOKENS, text):
        depth += (token[2] is not None) - (token[3] is not None)
        if depth > most:
            most, at = depth, token.start()
    return most, text.count("\n", 0, at) + 1
