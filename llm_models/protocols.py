"""Protocols: what the tables state of a shape in which usage is reported, and their expressions; standard library only.

In an expression, `a + b` is a sum and `a | b` means the first of the two that is stated. A sum is not stated where its
first field is not. A dot leads into a field. Names are written as in Python; `camel` protocols also have `camelCase`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Path = tuple[str, ...]
    Expression = tuple[tuple[Path, ...], ...]
    """Alternatives, each of which is a sum of fields."""


class Parts(NamedTuple):
    """A list of the kinds of which a field consists, such as `[{modality: AUDIO, token_count: 5}]`.

    `kinds` maps the text in the field `kind` of an item to our field, or to None for what has no field of ours. `-name`
    takes the count away from a field. Where the counts add up to `whole`, a field that is not named is 0. `closed`:
    they cannot add up to more, so those without a field of ours are not lost.
    """

    path: str
    whole: str
    kind: str
    number: str
    kinds: Mapping[str, str | None]
    closed: bool = False


class Mode(NamedTuple):
    """Where a mode is stated. `only` are the values that have a meaning (None: all).

    `flag` means that the last name of the path is the mode, where the path is there.
    """

    path: str
    only: tuple[str, ...] | None = None
    flag: bool = False


class Protocol(NamedTuple):
    """How one shape is read.

    `reads` maps our fields to expressions over the usage, `around` over the response that holds it. `ignored` are
    fields that are known and not read. `marks` are fields of which a mapping must have one. `total` is the total that
    is stated, and `not_total` a sum of fields that it cannot be where `beside` is above 0: then another protocol
    (`instead`) was meant. `beyond` are tokens that only the total counts. `rest` are pairs of one of our fields and one
    of theirs that is a part of it without a field here. `clash` are pairs of which one must be 0. `unplaced` count
    tokens of which it is not known whether the totals include them: a usage that has some is refused.
    `entries` are the single requests of a sum; where they have types, `inside` states of each type whether the totals
    have its tokens (None: not known).
    `not_continued` is what `tier_input` is where the answer was not continued.

    `zeros`: what a missing number and a 0 mean. `stated`: a missing number is unknown, a 0 is none. `omitted`: zeros
    are left out, so a missing number of a sum is 0. `default`: a 0 may only be the default, so a part of 0 is unknown.
    """

    name: str
    reads: Mapping[str, str]
    around: Mapping[str, str] = {}
    modes: tuple[Mode, ...] = ()
    lists: tuple[Parts, ...] = ()
    ignored: tuple[str, ...] = ()
    marks: str = ""
    total: str = ""
    not_total: str = ""
    beside: str = ""
    instead: str = ""
    beyond: str = ""
    rest: tuple[tuple[str, str], ...] = ()
    clash: tuple[tuple[str, str], ...] = ()
    unplaced: tuple[str, ...] = ()
    entries: str = ""
    inside: Mapping[str, bool | None] = {}
    not_continued: str = ""
    zeros: str = "stated"
    camel: bool = False
    flat: bool = False
    exact: bool = False

    def expression(self, text: str) -> Expression:
        """A text of the table as data."""
        return _expression(text, self.flat)

    def names(self, texts: Iterable[str]) -> Iterator[Path]:
        """All fields of some expressions."""
        return (path for text in texts for terms in self.expression(text) for path in terms)


@cache
def _expression(text: str, flat: bool) -> Expression:
    """A text of the table as data; the names of a flat protocol have dots in them."""
    alternatives = [alternative.split(" + ") for alternative in text.split(" | ")] if text else []
    return tuple([tuple([(name,) if flat else tuple(name.split(".")) for name in names]) for names in alternatives])


TIER = Mode("service_tier")
MODEL = {"model": "model"}
"""What the responses of many protocols state."""

MODES = {
    "": None,
    "unspecified": None,
    "traffic_type_unspecified": None,
    "auto": "standard",
    "default": "standard",
    "standard": "standard",
    "on_demand": "standard",
    "on_demand_priority": "priority",
    "on_demand_flex": "flex",
    "on_demand_offpeak": "off_peak",
    "provisioned_throughput": "provisioned",
}
"""What a stated mode is called here, in lower case; None: it states nothing. Any other text is the mode itself."""
