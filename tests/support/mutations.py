"""Documents of a source with one value that is wrong: another type, too deep, too long, too large, or missing."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]

MISSING = object()
DEEP: Any = "end"
for _ in range(60):
    DEEP = [DEEP]

WRONG = (
    *(None, True, False, 0, -1, 7, 10**99, 1e308, -2.5, "", "x", "x" * 5000, "1e999999", "NaN", "\x00", " \n"),
    *([], {}, [[]], [{}], [None], {"": {}}, {"a": [1]}, ["text"], [10**99], DEEP, {"prices": 1}, MISSING),
)
"""Values that stand where another one is expected; any of them may be the right type by chance."""


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a document."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def put(document: Any, path: Path, value: Any) -> Any:
    """A copy of a document with another value at a place, or without that place."""
    changed = copy.deepcopy(document)
    *steps, last = path
    holder = changed
    for step in steps:
        holder = holder[step]
    if value is MISSING:
        del holder[last]
    else:
        holder[last] = copy.deepcopy(value)
    return changed


def mutated(document: Any) -> st.SearchStrategy[tuple[Path, Any]]:
    """A place of a document, and the document with a wrong value there."""
    chosen = st.tuples(st.sampled_from(list(paths(document))), st.sampled_from(WRONG))
    return chosen.map(lambda pair: (pair[0], put(document, *pair)))
