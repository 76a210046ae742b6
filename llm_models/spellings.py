"""Spellings: whether two ids of one provider are one name, written differently; standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BESIDE = 28
"""A name that was listed for more days beside another spelling was not renamed to that: both were offered.

In the packaged history, no change of a spelling took more than 25 days, and what was offered twice was for at least 29.
"""


class Rename(NamedTuple):
    """The id under which the same provider lists a model that is gone, in another spelling."""

    id: str
    """The id that is listed."""
    rule: str
    """How they differ: `"case"`, `"punctuation"` or `"vendor prefix"`."""


def alike(one: str, other: str) -> bool:
    """Whether two ids may be one name.

    >>> alike("claude-opus-4.1", "anthropic/claude-opus-4-1")
    True
    """
    return any(spelling(one) == spelling(other) for spelling in _SPELLINGS.values())


def by_spelling(ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """Each id by the rules and the spellings under which others are `alike`; the first of those that share one."""
    found: dict[tuple[str, str], str] = {}
    for model_id in ids:
        for rule, spelling in _SPELLINGS.items():
            found.setdefault((rule, spelling(model_id)), model_id)
    return found


def spelled(model_id: str, ids: Mapping[tuple[str, str], str]) -> str | None:
    """The one of some ids (`by_spelling`) that is alike.

    >>> spelled("claude-opus-4.1", by_spelling(["gpt-5", "anthropic/claude-opus-4-1"]))
    'anthropic/claude-opus-4-1'
    """
    return next((ids[key] for rule, spelling in _SPELLINGS.items() if (key := (rule, spelling(model_id))) in ids), None)


def renamed(gone: str, living: Iterable[str]) -> Rename | None:
    """The one of the `living` ids of a provider that spells `gone` in another way; None where none or several do.

    >>> renamed("claude-opus-4.1", ["claude-opus-4-1", "claude-opus-4-5"])
    Rename(id='claude-opus-4-1', rule='punctuation')
    """
    return renames([gone], living).get(gone)


def renames(gone: Iterable[str], living: Iterable[str]) -> dict[str, Rename]:
    """As `renamed`, of each of the ids that are gone and have one."""
    found: dict[str, Rename] = {}
    left, others = [*gone], [*living]
    for rule, spelling in _SPELLINGS.items() if others else ():
        same: dict[str, list[str]] = {}
        for one in others if left else ():
            same.setdefault(spelling(one), []).append(one)
        twins = {name: same.get(spelling(name), []) for name in left}
        found.update({name: Rename(ids[0], rule) for name, ids in twins.items() if len(ids) == 1})
        left = [name for name, ids in twins.items() if not ids]
    return found


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _without_vendor(text: str) -> str:
    return _letters(text.rpartition("/")[2])


_SPELLINGS = {"case": str.lower, "punctuation": _letters, "vendor prefix": _without_vendor}
"""The rules by which two spellings are one name, the strictest first. An id without letters is never renamed."""
