"""Findings: what `lint` reports of a model that a file names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    Rule = Literal["retired", "gone", "retiring", "deprecated", "denied", "excluded", "price", "unknown"]
    Level = Literal["error", "warning", "note"]


class Finding(NamedTuple):
    """One thing that is wrong with a model that a file names, and where.

    `text` is as written, `spec` the model as it was read: the bare id where no provider is known. `message` is a
    sentence without the place. `date` is that of retirement or, of a model that is gone, the last day on which it was
    listed. `successor` is a model spec. `line` and `column` count from 1.
    """

    file: str
    line: int
    column: int
    text: str
    spec: str
    rule: Rule
    level: Level
    message: str
    date: str | None = None
    successor: str | None = None
