"""Meanings: what differences between two lists of models are known to mean, as a table; and how values are compared."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.origins import leaves
from llm_models.schema import is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Path = tuple[str, ...]
    Record = Mapping[str, Any]

_SAME = 1e-9
_CENT = Decimal("0.01")
"""Nobody rounds a price to more than cents: 12 is no rounded 12.5."""


class Both(NamedTuple):
    """The two records of a model, and those of its provider on either side, for the rules in `EXPLAINED`."""

    provider: str
    model_id: str
    ours: Record
    theirs: Record
    siblings: Mapping[str, Record]
    theirs_siblings: Mapping[str, Record]


def factor_of(ours: Any, theirs: Any) -> float | None:
    """The larger of two numbers over the smaller one; None for other values."""
    if not (is_number(ours) and is_number(theirs)):
        return None
    return max(ours, theirs) / min(ours, theirs) if min(ours, theirs) > 0 else float("inf")


def differ(ours: Any, theirs: Any) -> bool:
    """Whether two values are different, of numbers by more than an error of floating point."""
    if is_number(ours) and is_number(theirs):
        return bool(abs(ours - theirs) > _SAME * max(abs(ours), abs(theirs)))
    return bool(ours != theirs)


def is_rounded(ours: float, theirs: float) -> bool:
    """Whether one price is the other with fewer digits, of which there are still two, by half a cent at most."""
    fewer, more = sorted((Decimal(repr(ours)), Decimal(repr(theirs))), key=lambda one: -int(one.as_tuple().exponent))
    step = min(_CENT, Decimal(1).scaleb(int(fewer.as_tuple().exponent)))
    return abs(more - fewer) <= step / 2 and len(fewer.as_tuple().digits) > 1


def priced(cost: Record) -> Iterator[tuple[Path, float]]:
    """Each price of a list, with the sizes of tiers as steps of its path."""
    for path, value in leaves({"cost": cost}):
        if path[-1] == "tiers" and isinstance(value, list):
            for tier in value:
                yield from (
                    ((*path, str(tier["context_over"]), name), price)
                    for name, price in tier.items()
                    if name != "context_over"
                )
        elif is_number(value):
            yield path, value


SURCHARGED = frozenset({"amazon_bedrock", "anthropic", "azure", "azure_cognitive_services", "google_vertex", "openai"})
"""The providers where a region costs a tenth more, in every class."""


def _surcharge(both: Both, path: Path, _ours: float, _theirs: float) -> bool:
    """One of them states the prices of a region: all of them are a tenth more."""
    ours, theirs = (dict(priced(one.get("cost", {}))) for one in (both.ours, both.theirs))
    shared = [(ours[name], theirs[name]) for name in ours if name in theirs]
    pairs = shared if all(mine <= other for mine, other in shared) else [(other, mine) for mine, other in shared]
    return (
        path in ours
        and both.provider in SURCHARGED
        and all(less > 0 and abs(more / less - 1.1) < 0.002 for less, more in pairs)
    )


def _rounded(_both: Both, path: Path, ours: float, theirs: float) -> bool:
    """One of them states the other's price with fewer digits."""
    return path[0] == "cost" and is_number(ours) and is_number(theirs) and is_rounded(ours, theirs)


def _image_tokens(both: Both, path: Path, ours: float, theirs: float) -> bool:
    """One of them states the price of image tokens as that of all output."""
    mine, other = (one.get("cost", {}).get("output_image") for one in (both.ours, both.theirs))
    return path == ("cost", "output") and (mine == theirs or other == ours)


def _peak(both: Both, path: Path, ours: float, theirs: float) -> bool:
    """One of them states the price of some hours as that of all."""
    return path[0] == "cost" and any(
        hours.get(path[-1]) == price
        for one, price in ((both.ours, theirs), (both.theirs, ours))
        for hours in one.get("cost", {}).get("hours", ())
    )


def _longer_variant(both: Both, path: Path, ours: float, theirs: float) -> bool:
    """One of them states the price of the model's variant for 32,000 tokens."""
    return (
        path[0] == "cost"
        and len(path) == 2
        and any(
            siblings.get(f"{both.model_id}-32k", {}).get("cost", {}).get(path[1]) == price
            for siblings, price in ((both.siblings, theirs), (both.theirs_siblings, ours))
        )
    )


def _largest_input(both: Both, path: Path, ours: float, theirs: float) -> bool:
    """One of them states the largest input as the size of the context, which the answer shares."""
    limits = both.ours.get("limits", {})
    room = limits.get("context", 0) - limits.get("output", 0)
    return path == ("limits", "context") and theirs in (limits.get("input"), room) and ours != theirs


EXPLAINED: dict[str, Callable[[Both, Path, Any, Any], bool]] = {
    "image tokens": _image_tokens,
    "a surcharge of a region": _surcharge,
    "rounded": _rounded,
    "peak and off-peak": _peak,
    "the variant for 32k": _longer_variant,
    "the largest input": _largest_input,
}
"""What a difference means -> whether it is one of that kind, by both records, the field, and both values."""
