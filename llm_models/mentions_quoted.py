"""Quoted words: the mentions in a text of any other language, by its words in quotes; comments are passed over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llm_models.mention_rules import Mention, Places, beside, holds_model, holds_provider, silenced, takes_model

if TYPE_CHECKING:
    from collections.abc import Callable

PROSE = (".md", ".markdown", ".rst", ".txt", ".adoc", ".html", ".mdx")
"""Files whose lines have no comments: `#` begins a heading, and `*` an item of a list."""

_WORD = re.compile(r"""(["'`])([^\s"'`]{1,200})(?=\1)""")
_NAME = re.compile(r"""(?<![\w.-])([A-Za-z_][\w.-]{0,100}+)["'`]?\??[ \t]*(?::=|=>|[:=(])[ \t]*(?:new[ \t]+)?$""")
_COMPARED = re.compile(r"""(?:[=!]==?|\b(?:case|when|in|is)|[<>]=?|~=?|\+)[ \t]*$""")
_CALLED = re.compile(
    r"""\b(?:startsWith|endsWith|includes|indexOf|split|replace\w*|match|test|contains|HasPrefix|equals)\($""",
    re.IGNORECASE,
)
_AFTER = re.compile(r"""["'`][ \t]*(?:[=!]==?|\+)""")
_COMMENT = re.compile(r"(?:^|\s)(?://|#|--\s)|^\s*\*\s|^\s*/\*")
_PROVIDER = re.compile(r"""([A-Za-z_]\w{0,60})["'`]?[ \t]*[:=][ \t]*["'`]([\w.-]{1,60})["'`]""")
_LINE_BEFORE = 160
"""How many characters of a line before a word are looked at; also behind it."""


def quoted_mentions(text: str, may: Callable[[str], bool], name: str) -> list[Mention]:
    """The mentions in a text by its words in quotes or backticks."""
    places = Places(text)
    prose = name.lower().endswith(PROSE)
    ignored = [silenced(places, lambda _: False, mark) for mark in ("#", "//", "--", "<!--", "/*")]
    found = []
    for match in _WORD.finditer(text):
        word = match[2]
        if not may(word):
            continue
        line, column = places.place(match.start(2))
        start = places.starts[line - 1]
        before = text[max(start, match.start() - _LINE_BEFORE) : match.start()]
        silent = not prose and (_COMMENT.search(before) or _COMPARED.search(before) or _CALLED.search(before))
        if silent or (not prose and _AFTER.match(text, match.end())) or any(one(line, line) for one in ignored):
            continue
        named = _NAME.search(before)
        label = named[1] if named else ""
        is_called = before.rstrip().endswith("(")
        last = label.rpartition(".")[2]
        position = takes_model(last) if is_called else holds_model(last)
        rest = text[start : match.end() + _LINE_BEFORE].partition("\n")[0] if match.end() - start < _LINE_BEFORE else ""
        stated = [value for key, value in _PROVIDER.findall(rest) if holds_provider(key)]
        around = beside(stated, [last, *label.split(".")[:-1]])
        found.append(
            Mention(
                line,
                column,
                word,
                position,
                around,
                bool(re.match(r"""["'`][ \t]*(?::(?!:)|=>)""", text[match.end() : match.end() + 8])),
            )
        )
    return found
