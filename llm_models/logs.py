"""What the library logs, to the logger `llm_models`; `logging` is imported only when there is something to log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from llm_models.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_printers: list[Callable[[str], None]] = []


def warn(text: str) -> None:
    """Log a warning, with the name of the package before it. While a command runs, the command prints it."""
    text = printable(f"llm_models: {text}")
    if _printers:
        _printers[-1](text)
        return
    import logging

    logging.getLogger("llm_models").warning("%s", text)


@contextmanager
def printed(by: Callable[[str], None]) -> Iterator[None]:
    """Inside, `by` prints what would be logged.

    The default handler of `logging` would write it to the terminal as it is: behind the line that a long command shows,
    broken within words, and above the pager.
    """
    _printers.append(by)
    try:
        yield
    finally:
        _printers.pop()
