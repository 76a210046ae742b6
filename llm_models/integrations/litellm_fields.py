"""The prices of a record in the fields of LiteLLM's price list, as tables; it imports no client library.

LiteLLM has a key for each class, size of the request and way to be served, in USD per token:
`input_cost_per_token_above_200k_tokens_priority`. Checked with the source of LiteLLM 1.110.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.modes import is_priced, named
from llm_models.own_prices import LISTS, PRICES
from llm_models.tariff import layers, rates, thresholds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llm_models.price_origins import Origins
    from llm_models.tariff import Rate

__all__ = ["CLASSES", "INCLUSIVE", "MODES", "UNITS", "Fields", "fields_of", "long_classes"]

CLASSES = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
    "cache_write_12h": "cache_creation_input_token_cost_above_12hr",
    "reasoning": "output_cost_per_reasoning_token",
    "input_audio": "input_cost_per_audio_token",
    "output_audio": "output_cost_per_audio_token",
    "input_image": "input_cost_per_image_token",
    "output_image": "output_cost_per_image_token",
    "input_video": "input_cost_per_video_token",
    "output_video": "output_cost_per_video_token",
    "cache_read_audio": "cache_read_input_audio_token_cost",
    "cache_read_image": "cache_read_input_image_token_cost",
    "output_citation": "citation_cost_per_token",
}
"""Our class of tokens -> LiteLLM's key of its price."""

UNITS = {"image": ("output_cost_per_image", 1), "audio": ("input_cost_per_second", 60)}
"""Our price of something else than tokens -> LiteLLM's key, and how many of its units are one of ours."""

_TEXT = ("input", "output", "cache_read", "cache_write", "cache_write_1h", "cache_write_12h")

_SERVED = ("input", "output", "cache_read", "cache_write", "cache_write_12h")
_IN_TURN = (*_SERVED, "reasoning", "input_audio", "cache_read_audio")

MODES = {
    "flex": _IN_TURN,
    "priority": (*_IN_TURN, "output_image"),
    "balanced": ("input", "output", "cache_read"),
    "ultrafast": _SERVED,
    "batch": (*_SERVED, "output_image"),
}
"""A mode of ours -> the classes whose price in it LiteLLM reads. Its key ends with the name, and with `batches`."""

_ANY_SIZE: dict[str | None, tuple[str, ...]] = {None: (*_TEXT, "input_audio"), "batch": _TEXT}
_SOME_SIZES = {
    ("flex", 200_000): ("input", "output", "input_audio"),
    ("flex", 272_000): _SERVED,
    ("priority", 200_000): ("input", "output", "cache_read", "input_audio"),
    ("priority", 272_000): _SERVED,
    ("ultrafast", 272_000): _SERVED,
}


def long_classes(mode: str | None, size: int) -> tuple[str, ...]:
    """The classes whose price for requests above a size LiteLLM reads, in a mode of `MODES`.

    >>> long_classes("flex", 200_000), long_classes("flex", 32_000)
    (('input', 'output', 'input_audio'), ())
    """
    return _ANY_SIZE.get(mode) or _SOME_SIZES.get((mode or "", size), ())


INCLUSIVE = frozenset({"xai"})
"""LiteLLM's providers at which its long price begins at the size, not above it."""

_ENDS: dict[str | None, str] = {None: "", **{name: "_batches" if name == "batch" else f"_{name}" for name in MODES}}
_LISTED = {key: name for name, key in CLASSES.items()}
_KEY = re.compile(
    rf"(?P<key>{'|'.join(sorted(_LISTED, key=len, reverse=True))})"
    rf"(?:_above_(?P<size>\d+)(?P<k>k?)_tokens)?(?P<end>{'|'.join(filter(None, _ENDS.values()))})?"
)
_PRICE = re.compile(r"cost|pricing")
_NO_PRICE_OF_TOKENS = re.compile(
    r"_per_(query|request|session|page|credit|unit|call|text_message)|_per_1k_|_per_gb_|per_query|multiplier"
)
"""Fees, which no other price implies, and factors on whatever the price is."""


class Fields(NamedTuple):
    """What to write into a row of LiteLLM's list: key -> price; None where the row must have no price of its own.

    By our names: `dropped` are list prices beside own ones, `listed` those that stay because LiteLLM charges 0 without
    them, and `no_field` prices that LiteLLM has no field for. `cost` is the price list without what is dropped.
    """

    prices: dict[str, Any]
    cost: Mapping[str, Any]
    dropped: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    no_field: tuple[str, ...] = ()


def fields_of(cost: Mapping[str, Any], origins: Origins, provider: str, own: Mapping[str, Any]) -> Fields:
    """The prices of a record (`cost`, as plain data) in LiteLLM's fields, over those of `own`, LiteLLM's row.

    `provider` is LiteLLM's name of it. Where the application states own prices, each list price beside them is dropped,
    ours and LiteLLM's. Without that, what the record does not state stays as LiteLLM has it.
    """
    used, dropped, listed = _without_list_prices(cost, origins)
    found = _Found(used, provider, own)
    prices: dict[str, Any] = dict(found.of_list())
    for name in MODES:
        mode = named(used, name)
        if mode is not None and is_priced(used["modes"][mode]):
            prices |= found.of_mode(name, mode)
    for name, (key, units) in UNITS.items():
        if name in used:
            prices[key] = used[name] / units
    if "input" in used:
        prices |= {key: nothing for key, nothing in _NO_RANGES.items() if own.get(key)}
    modes = {name for name, mode in used.get("modes", {}).items() if is_priced(mode)}
    found.no_field += [f"modes.{name}" for name in sorted(modes - found.modes)]
    found.no_field += [name for name in ("hours", "training") if name in used]
    if origins.replaces and prices:
        kept = [key for key, value in own.items() if value is not None and key not in prices and _is_of_tokens(key)]
        prices |= dict.fromkeys(kept)
        dropped += [_our_name(cost, key) for key in kept]
        dropped += ["tiers"] * ("tiers" not in used and any("_above_" in key and own.get(key) for key in prices))
    in_order = sorted(dict.fromkeys(dropped), key=_place)
    return Fields(prices, used, tuple(in_order), tuple(listed), tuple(dict.fromkeys(found.no_field)))


_NO_RANGES = {"tiered_pricing": [], "off_peak_pricing": {"hours_utc": [], "windows": []}}
"""The fields of LiteLLM's own rows that would override a record's prices -> their empty values."""


def _place(name: str) -> tuple[int, str]:
    names = [*CLASSES, *UNITS, *LISTS]
    return (names.index(name) if name in names else len(names), name)


def _is_of_tokens(key: str) -> bool:
    return bool(_PRICE.search(key)) and not _NO_PRICE_OF_TOKENS.search(key) and key not in _NO_RANGES


def _our_name(cost: Mapping[str, Any], key: str) -> str:
    """What a key of LiteLLM's is a price of, by our names; else the key."""
    match = _KEY.fullmatch(key)
    if match is None:
        return next((name for name, (other, _) in UNITS.items() if key == other), key)
    mode = next(name for name, end in _ENDS.items() if end == (match["end"] or ""))
    return f"modes.{named(cost, mode) or mode}" if mode else "tiers" if match["size"] else _LISTED[match["key"]]


def _without_list_prices(cost: Mapping[str, Any], origins: Origins) -> tuple[dict[str, Any], list[str], list[str]]:
    """A price list without its list prices beside own ones; the names of those, and of those that must stay."""
    used = {name: value for name, value in cost.items() if name != "dated"}
    if not origins.replaces:
        return used, [], []
    at_list = [name for name in used if name in PRICES and origins.is_list_price(("cost", name))]
    listed = [name for name in at_list if name in ("input", "output")]
    dropped = [name for name in at_list if name not in listed]
    modes: dict[str, Any] = {}
    for mode, prices in used.pop("modes", {}).items():
        names = [name for name in prices if name in PRICES and origins.is_list_price(("cost", "modes", mode, name))]
        dropped += [f"modes.{mode}"] * bool(names)
        modes[mode] = {name: value for name, value in prices.items() if name not in names}
    return {**{name: value for name, value in used.items() if name not in dropped}, "modes": modes}, dropped, listed


class _Found:
    """The fields of one price list, found step by step; `no_field` gathers what has none, `modes` what has some."""

    def __init__(self, cost: Mapping[str, Any], provider: str, own: Mapping[str, Any]) -> None:
        self.cost, self.own = cost, own
        self.inclusive = provider in INCLUSIVE
        self.no_field: list[str] = []
        self.modes: set[str] = set()

    def of_list(self) -> Iterator[tuple[str, Any]]:
        """The prices outside of modes.

        A size states all prices of text that hold above it, because otherwise LiteLLM would use those of the next lower
        size instead of our base price; a class without a price there costs the same as its whole. Sizes that only
        LiteLLM has get the price that applies there.
        """
        ladder = layers(self.cost, None, None)
        base = rates(ladder, None)
        for name, rate in _stated(base):
            yield CLASSES[name], _per_token(rate)
        below: set[str] = set()
        for size in sorted({*thresholds(ladder), *self._sizes(None)}):
            found = rates(ladder, size)
            stated = dict(_stated(found))
            for name in sorted(below - stated.keys()):
                if (whole := found.get(name, found.get("cache_write"))) is not None:
                    yield self._key(name, size, None), _per_token(whole)
            below |= stated.keys() & {*_TEXT}
            for name, rate in stated.items():
                if name in _ANY_SIZE[None]:
                    if name in _TEXT or rate.tier is not None or self._key(name, size, None) in self.own:
                        yield self._key(name, size, None), _per_token(rate)
                elif rate.tier is not None and (name not in base or rate.usd != base[name].usd):
                    self.no_field.append(f"tiers.{name}")

    def of_mode(self, name: str, mode: str) -> dict[str, Any]:
        """The prices of a mode. Where it leaves out a class, LiteLLM reads that of the list, as we do."""
        self.modes.add(mode)
        prices: dict[str, Any] = {}
        ladder = layers(self.cost, mode, None)
        for cls, rate in _stated(rates(ladder, None)):
            if _is_of(mode, rate):
                if cls in MODES[name]:
                    prices[CLASSES[cls] + _ENDS[name]] = _per_token(rate)
                else:
                    self.no_field.append(f"modes.{mode}.{cls}")
        sizes = {*thresholds(ladder[:1] if name == "batch" else ladder), *self._sizes(name)}
        if name != "batch":
            sizes |= self._sizes(None)
        for size in sorted(sizes):
            names = long_classes(name, size)
            for cls, rate in _stated(rates(ladder, size)):
                if cls in names and _is_of(mode, rate):
                    key = self._key(cls, size, name)
                    # What we only assume does not replace what LiteLLM states.
                    if rate.why is None or self.own.get(key) is None:
                        prices[key] = _per_token(rate)
                elif _is_of(mode, rate) and cls in MODES[name] and cls in _ANY_SIZE[None]:
                    self.no_field.append(f"modes.{mode} above {size:,} tokens")
        return prices

    def _sizes(self, mode: str | None) -> set[int]:
        """The sizes above which LiteLLM's own row has other prices in a mode, as ours."""
        found = set()
        for key, value in self.own.items():
            match = _KEY.fullmatch(key) if value is not None else None
            if match is not None and match["size"] and (match["end"] or "") == _ENDS[mode]:
                found.add(int(match["size"]) * (1000 if match["k"] else 1) - self.inclusive)
        return found

    def _key(self, name: str, size: int, mode: str | None) -> str:
        number = size + self.inclusive
        text = f"{number // 1000}k" if number % 1000 == 0 else str(number)
        return f"{CLASSES[name]}_above_{text}_tokens{_ENDS[mode]}"


def _stated(found: Mapping[str, Rate]) -> Iterator[tuple[str, Rate]]:
    """The classes of tokens with a price of their own."""
    return ((name, rate) for name, rate in found.items() if name in CLASSES and rate.of == name)


def _is_of(mode: str, rate: Rate) -> bool:
    return rate.path[:2] == ("modes", mode)


def _per_token(rate: Rate) -> float:
    """USD per million tokens -> USD per token, without the last digits that a division of floats adds."""
    return float(rate.usd.scaleb(-6))
