"""Standing: who made a model, how new it is, whether it is in use; standard library only.

No record is decoded for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llm_models.days import today
from llm_models.known_names import MAKERS
from llm_models.records import DEPRECATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llm_models.view import ModelRow, View

_CANONICAL = rb'"canonical":"([^"/\\]+)'
_RELEASED = rb'"release_date":"([^"\\]+)'
"""Two values in the text of a record, which is not decoded for them."""


def rank(view: View, name: str, rows: Sequence[ModelRow]) -> tuple[bool, bool, bool, str, int]:
    """How well a name serves as a suggestion: plain and its maker's own, in use, short, new, served by many."""
    by = _maker_of(view, rows)
    own = next((row for row in rows if (row[0] == by if by else row[0] in MAKERS)), None)
    provider, row = own or rows[0]
    day = re.search(_RELEASED, view.file.block(provider).line(row))
    released = day[1].decode() if day else ""
    in_use, short = state_of(view, (provider, row)) is None, not {*"/~@"} & {*name}
    return own is not None and "/" not in name, in_use, short, released, len(rows)


def serves_maker(view: View, rows: Sequence[ModelRow]) -> bool:
    """Whether the maker of a model is one of those who serve it."""
    return _maker_of(view, rows) in {provider for provider, _ in rows}


def _maker_of(view: View, rows: Sequence[ModelRow]) -> str | None:
    """The maker of the model that these rows have, as one of the first states it; not all are decoded."""
    return next((one for row in rows[:5] if (one := maker(view, row)) is not None), None)


def maker(view: View, row: ModelRow) -> str | None:
    """The provider that the `canonical` of a model names; None where there is none."""
    found = re.search(_CANONICAL, view.file.block(row[0]).line(row[1]))
    return view.file.provider_id(found[1].decode()) if found else None


def note_of(view: View, rows: Sequence[ModelRow]) -> str | None:
    """What people must know of all models with a name: retired, else deprecated; None where one is neither."""
    states = {state_of(view, row) for row in rows}
    return None if None in states else max(filter(None, states), default=None)


def is_retired(note: str | None) -> bool:
    """Whether a note states that a model is retired."""
    return note is not None and note.startswith("retired")


def state_of(view: View, row: ModelRow) -> str | None:
    """What people must know of one model: retired, else deprecated; None where it is neither."""
    block = view.file.block(row[0])
    now = today()
    day = next((day for day, rows in block.retires.items() if row[1] in rows and day <= now), None)
    return f"retired on {day}" if day else "deprecated" if block.bits[row[1]] & DEPRECATED else None


def retired_rows(view: View) -> set[ModelRow]:
    """The models of all providers that are retired."""
    now = today()
    stated = [(name, view.file.block(name).retires) for name in view.known]
    return {(name, row) for name, days in stated for day, rows in days.items() if day <= now for row in rows}
