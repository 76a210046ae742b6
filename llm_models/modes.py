"""Modes: which mode of a price list is billed, by the caller's word and by what the response states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.classes import STANDARD
from llm_models.errors import InvalidArgumentError, LLMModelsError, did_you_mean, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class UnknownModeError(LLMModelsError, LookupError):
    """The price list of the model `spec` has no mode `mode`; its modes with prices are `modes`."""

    exit_code = 2
    spec: str
    mode: str
    modes: tuple[str, ...]


SERVED = frozenset(("flex", "priority", "scale", "fast", "ultrafast", "off_peak", "provisioned", "us"))
"""The modes that a response can state, the region with them. Of these, what it states is billed, not what was asked."""


def billed(
    prices: Mapping[str, Any], asked: str | None, served: str | None, spec: str, which: str = ""
) -> tuple[str | None, bool]:
    """The mode of a price list that is billed (None: the list itself), and whether the list prices it.

    `asked` is the caller's word, `served` what the response states; two modes at once are joined by `+`. Raises
    `UnknownModeError`, about the model `spec`, where the list does not price a mode that the caller names. `which` is
    the list in words, where it is not the record's.
    """
    if asked is None and (served is None or served in STANDARD):
        return None, True
    if not isinstance(asked, str | None):
        raise InvalidArgumentError(f"mode: not text (found {type(asked).__name__})")
    of_caller, of_response = [*_special(asked)], [*_special(served)]
    if served is not None and (not of_response or any(_can_be_served(prices, name) for name in of_response)):
        of_caller = [name for name in of_caller if not _can_be_served(prices, name)]
    found = {name: named(prices, name) for name in (*of_caller, *of_response)}
    chosen = "+".join(sorted({mode or name for name, mode in found.items()}))
    if not chosen:
        return None, True
    modes: Mapping[str, Any] = prices.get("modes", {})
    priced = sorted(name for name, mode in modes.items() if is_priced(mode))
    if chosen in priced:
        return chosen, True
    unknown = [name for name in of_caller if found[name] is None]
    if of_response and not unknown:
        return chosen, False
    wrong = unknown[0] if len(unknown) == 1 else chosen
    is_known = named(prices, wrong) is not None
    has = f"its modes{' with prices' * is_known} are {', '.join(map(printable, priced))}" if priced else "it has none"
    lacks = "states no price of the mode" if is_known else "has no mode"
    text = f"{printable(spec)}: the price list{which} {lacks} {quoted(wrong)} ({has}).{did_you_mean(wrong, priced)}"
    raise UnknownModeError(text.removesuffix("."), spec=spec, mode=wrong, modes=tuple(priced))


def named(prices: Mapping[str, Any], name: str) -> str | None:
    """The mode of a price list that a name means: the mode of that name, or the one that a request with it gets."""
    modes: Mapping[str, Any] = prices.get("modes", {})
    if name in modes:
        return name
    return next((mode for mode in sorted(modes) if name in texts(modes[mode].get("request", {}))), None)


def is_priced(mode: Mapping[str, Any]) -> bool:
    """Whether a mode states any price; one that states only its request has none."""
    return any(name != "request" and value not in (None, {}, []) for name, value in mode.items())


def _can_be_served(prices: Mapping[str, Any], name: str) -> bool:
    """Whether a name is that of a mode which a response can state."""
    return name.lower() in SERVED or named(prices, name) in SERVED


def _special(names: str | None) -> Iterator[str]:
    """The names that do not mean the price list itself."""
    for name in (names or "").split("+"):
        if name.strip().lower() not in STANDARD:
            yield name.strip()


def texts(request: Any) -> set[str]:
    """All texts in the plain data of a request."""
    if isinstance(request, dict):
        return {text for value in request.values() for text in texts(value)}
    return {request} if isinstance(request, str) else set()
