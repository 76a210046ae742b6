"""Markdown: a report as the text of a pull request: one fence, in which nothing is markup, a mention or a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llm_models.cli.output import cell, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_CHARACTERS = 60_000
"""The longest report. GitHub takes 65,536 characters."""
MAX_ITEM = 1_000
"""The longest item, so that none can push out the others."""
_LAST = "{:,} more items are left out"
_RUN = re.compile("`+|~+")


def print_fenced(items: Iterable[object]) -> None:
    """Print each item on a line of its own, as many as have room, and at the end how many are left out."""
    verbatim(*fenced(map(cell, items)))


def fenced(items: Iterable[str]) -> list[str]:
    """The lines of a fenced block with these lines; the fence is longer than any run of its characters in them."""
    texts = [text if len(text) <= MAX_ITEM else f"{text[: MAX_ITEM - 3]}..." for text in items]
    fence = "`" * max(3, 1 + max((len(run) for text in texts for run in _RUN.findall(text)), default=0))
    room = MAX_CHARACTERS - 2 * (len(fence) + 1) - len(_LAST) - 20
    kept = []
    for text in texts:
        room -= len(text) + 1 + 3 * text.count("#") + 3 * text.count("::")  # which `output` may escape
        if room < 0:
            break
        kept.append(text)
    left = len(texts) - len(kept)
    return [fence, *kept, *([_LAST.format(left)] if left else []), fence]
