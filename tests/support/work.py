"""Work, counted: what a function calls and how much text it copies. It is the same on every machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def calls(work: Callable[[], object]) -> int:
    """How many functions `work` calls, those of Python and those in C."""
    count = 0

    def watch(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


class Tallied(str):
    """A text that counts in `taken` how many characters are copied out of it or looked through, `re` apart."""

    taken = 0

    def __getitem__(self, key: Any) -> str:
        part = super().__getitem__(key)
        self.taken += len(part)
        return part

    def find(self, part: str, *span: Any) -> int:
        at = super().find(part, *span)
        self.taken += (len(self) if at < 0 else at) - (span[0] if span else 0)
        return at
