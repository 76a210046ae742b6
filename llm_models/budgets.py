"""Budgets: how much one configuration may hold and cause, as a table; it imports no other module of the package.

A file of 1 MiB can ask for more work than anybody would wait for. Each figure is far above what people write, and low
enough for a file at all limits to cost a few times what an honest large one does (`benchmarks/` measures that).
"""

from __future__ import annotations

from typing import NamedTuple


class Budget(NamedTuple):
    """How much there may be at `most`, what is wrong where there is more, and the module that counts it."""

    most: int
    wrong: str
    counted_in: str


BUDGETS = {
    "parts": Budget(100, "too many parts in one key", "config"),
    "values": Budget(200_000, "too many values, counted by their commas", "config"),
    "levels": Budget(50, "tables and arrays nested too deeply, in levels", "grammar"),
    "entries": Budget(5_000, "too many entries under [[models]] and [[providers]]", "grammar"),
    "patterns": Budget(2_000, "too many patterns in all, 'match' included", "grammar"),
    "items": Budget(1_000, "too many items in one list or table", "grammar"),
    "characters": Budget(10_000, "a text with too many characters", "grammar"),
    "pairs": Budget(100_000, "too many models matched, each counted once for each entry", "touched"),
    "changes": Budget(12_000, "too many values changed, each counted once for each model", "touched"),
    "overlaps": Budget(30, "too many entries that change one model", "touched"),
    "tests": Budget(1_000_000, "too much to compare: patterns with models", "touched"),
    "chain": Budget(100, "too many models that take values from one another, in one chain", "touched"),
    "bytes": Budget(16 << 20, "too much added to the catalogue, in bytes", "weights"),
    "faults": Budget(1_000, "", "config"),
    "problems": Budget(100, "", "errors"),
    "hints": Budget(20, "", "document"),
}
"""The budgets of a file. Those of a behaviour module and of `overrides=` are `CODE` times as large.

A pattern has at most 500 characters (`patterns`, and the schema). Only the first 100 problems of a file are reported in
full, and similar names are searched for 20 of them. Where 1,000 faults are found, no more are looked for.
"""

CODE = 10
HINT = f"A behaviour module may hold {CODE} times as much."


def excess(name: str, found: int, times: int = 1) -> str | None:
    """What is wrong where `found` is over `times` that budget, with both figures; None where it is within it.

    >>> excess("entries", 6000)
    'too many entries under [[models]] and [[providers]] (found 6,000, expected at most 5,000)'
    """
    most = BUDGETS[name].most * times
    return None if found <= most else f"{BUDGETS[name].wrong} (found {found:,}, expected at most {most:,})"
