"""Bills: what a usage costs by the rates of a tariff, line by line and exact; nothing is guessed."""

from __future__ import annotations

from datetime import datetime
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.classes import CLASSES, COUNTED
from llm_models.counts import refusal
from llm_models.tariff import EXACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from llm_models.counts import Usage
    from llm_models.tariff import Path, Rate, Why

_PARTS = {one.name: {part.name for part in CLASSES if one.name in part.part_of} for one in CLASSES}


def _below(name: str) -> set[str]:
    return {part for direct in _PARTS[name] for part in (direct, *_below(direct))}


BELOW = {one.name: tuple(sorted(_below(one.name))) for one in CLASSES}
"""Class -> all classes that are parts of it, and the parts of those."""
SPLIT = {one.name: one.part_of for one in CLASSES if not {*one.part_of} <= {"input", "output"}}
"""Class -> its wholes, of the longer lifetimes and cached modalities, which usages often do not state."""
_SIDES = [one.name for side in ("input", "output") for one in CLASSES if one.name == side or one.name in BELOW[side]]
ORDER = {name: at for at, name in enumerate((*_SIDES, *(one.name for one in COUNTED)))}
"""The order of the lines of a bill: input, output, what is counted otherwise; then fees."""
_MINUTE = Context(prec=28)


class Source(NamedTuple):
    """Who states a price: the layer and its place there (`file:line`), the page, and since when the price holds."""

    layer: str | None
    place: str | None = None
    source: str | None = None
    valid_from: str | None = None


class Line(NamedTuple):
    """One line of a bill: `quantity` of a class at `rate` USD for `per` of it make `amount` USD.

    `cls` is a class of tokens, `image`, `audio` (in seconds) or `fees.NAME`. `tier` is the `context_over` of the tier
    that prices it, `mode` that of the bill. `why` states why the price is assumed, None where it is certain: `as_input`
    and `as_cache_read` (the class has no price of its own), `list_price` (beside prices of the application's own),
    `lower_price` (the mode or the hours leave it out), `base_of_tier` (the tier leaves it out, or the mode has no
    tiers though the list has), `not_split` (a part with another price may be in it, and the usage does not state it).
    """

    cls: str
    quantity: int | Decimal
    rate: Decimal
    per: int
    amount: Decimal
    tier: int | None
    mode: str | None
    why: Why | None
    origin: Source
    model: str


class Bill(NamedTuple):
    """What one request costs, in USD, or what several do: bills can be added, also with `sum`.

    `total` is None where a counted part has no price. `known` is the sum of the lines: it is at least so much.
    `unpriced` has what has no price, as (class, quantity); `assumed` the classes whose price is not certain, each
    with a reason in its line. `tier` is the `context_over` of the tier that priced any line. `mode` is the mode that
    was billed, None for the list itself. `at` is the moment, in UTC. `model` is the model spec. `reported` is what the
    provider says that it costs; it is in no total.

    `basis` names what the prices were read from: `digest` and `date` of the catalogue, and `config`, the digest of the
    application's `llm_models.toml`, where there is one. Keep it with the number, to compute it again. `exact`: nothing
    is unpriced or assumed, and the day of the price is certain. Else `changed_between` may have the two days between
    which the price changed.

    In a sum, lines of the same model, class, rate and mode are one; what the bills do not share is None.
    """

    total: Decimal | None
    known: Decimal
    lines: tuple[Line, ...]
    unpriced: tuple[tuple[str, int | Decimal], ...]
    assumed: tuple[str, ...]
    tier: int | None
    mode: str | None
    at: datetime | None
    model: str | None
    reported: Decimal | None
    basis: Mapping[str, str] | None
    exact: bool
    changed_between: tuple[str, str] | None

    def __add__(self, other: object) -> Bill:  # type: ignore[override]  # not the tuple's: bills are sums of money
        if not isinstance(other, Bill):
            return NotImplemented
        lines = _joined((*self.lines, *other.lines))
        unpriced: dict[str, Any] = {}
        for name, number in (*self.unpriced, *other.unpriced):
            unpriced[name] = number if name not in unpriced else unpriced[name] + number
        reported = [one.reported for one in (self, other) if one.reported is not None]
        is_known = self.total is not None and other.total is not None
        known = EXACT.add(self.known, other.known)
        return Bill(
            total=known if is_known else None,
            known=known,
            lines=lines,
            unpriced=tuple(unpriced.items()),
            assumed=tuple(sorted({*self.assumed, *other.assumed}, key=_place)),
            **{
                name: _shared(self, other, name) for name in ("tier", "mode", "at", "model", "basis", "changed_between")
            },
            reported=total_of(reported) if len(reported) == 2 else None,
            exact=self.exact and other.exact,
        )

    def __radd__(self, other: object) -> Bill:
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON. Decimals are texts, because many readers take a number of JSON for a float."""
        return {
            **{name: plain(value) for name, value in self._asdict().items()},
            "lines": [plain(line._asdict()) for line in self.lines],
        }


def plain(value: Any) -> Any:
    """Plain data of what a bill holds."""
    if isinstance(value, Decimal):
        return written(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def written(number: Decimal) -> str:
    """A decimal with all its digits, without an exponent and without zeros at its end.

    >>> written(Decimal("0.039200")), written(Decimal("1E+2"))
    ('0.0392', '100')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _place(name: str) -> tuple[int, str]:
    return ORDER.get(name, len(ORDER)), name


def _shared(one: Bill, other: Bill, name: str) -> Any:
    value = getattr(one, name)
    return value if value == getattr(other, name) else None


def _joined(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines, of which those with the same price of the same class are one."""
    found: dict[Any, Line] = {}
    for line in lines:
        key = line._replace(quantity=0, amount=Decimal(0))
        had = found.get(key)
        if had is None:
            found[key] = line
        else:
            quantity = EXACT.add(Decimal(had.quantity), Decimal(line.quantity))
            found[key] = had._replace(
                quantity=had.quantity + line.quantity if isinstance(had.quantity, int) else quantity,
                amount=EXACT.add(had.amount, line.amount),
            )
    return tuple(found.values())


def quantities(usage: Usage) -> dict[str, int]:
    """Class -> tokens of a usage that belong to no class inside it, so that each token is in one class.

    Raises `UsageError` where it must state, and does not, how many cached tokens are audio or images.
    """
    stated = {one.name: number for one in CLASSES if (number := getattr(usage, one.name))}
    for name in reversed(stated):
        if BELOW[name]:
            stated[name] -= sum([stated.get(part, 0) for part in BELOW[name]])
            if stated[name] < 0:
                overlap = -stated[name]
                raise refusal(
                    name,
                    f"its parts add up to {overlap} more, so that many must be cached audio or images. State how many "
                    "are, as cache_read_audio or cache_read_image",
                )
    return stated


def lines_of(
    usage: Usage, rates: Mapping[str, Rate], mode: str | None, model: str, origin: Callable[[Path], Source]
) -> tuple[list[Line], list[tuple[str, int | Decimal]], list[str]]:
    """The lines of a usage, what has no price with its quantity, and the classes whose price is assumed."""
    counted: dict[str, int | Decimal] = {name: number for name, number in quantities(usage).items() if number}
    if usage.images and not usage.output_image:
        counted["image"] = usage.images
    if usage.audio_seconds:
        counted["audio"] = usage.audio_seconds
    for name, number in usage.fee_counts().items():
        if number and (name != "request" or "fees.request" in rates):
            counted[f"fees.{name}"] = number
    unsplit = [
        name
        for name, wholes in SPLIT.items()
        if name in rates
        and rates[name].of == name
        and getattr(usage, name) is None
        and all(getattr(usage, whole) for whole in wholes)
    ]
    lines: list[Line] = []
    unpriced: list[tuple[str, int | Decimal]] = []
    assumed = []
    for name in sorted(counted, key=_place):
        rate = rates.get(name)
        if rate is None:
            unpriced.append((name, counted[name]))
            continue
        why = rate.why
        if why is not None:
            assumed.append(name)
        elif any(name in SPLIT[part] for part in unsplit):
            why = "not_split"
        lines.append(
            Line(
                name,
                counted[name],
                rate.usd,
                rate.per,
                amount(rate, counted[name]),
                rate.tier,
                mode,
                why,
                origin(rate.path),
                model,
            )
        )
    return lines, unpriced, sorted((*assumed, *unsplit), key=_place)


def amount(rate: Rate, quantity: int | Decimal) -> Decimal:
    """USD for a quantity; never rounded, but for a price by the minute, which 28 digits state."""
    product = EXACT.multiply(rate.usd, quantity)
    if rate.per == 60:
        return _MINUTE.divide(product, 60)
    return product.scaleb(-6 if rate.per == 1_000_000 else -3 if rate.per == 1000 else 0, EXACT)


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    total = Decimal(0)
    for one in amounts:
        total = EXACT.add(total, one)
    return total
