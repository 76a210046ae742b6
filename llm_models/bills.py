"""Bills: the records of what a usage costs and of the prices that hold, their sums, and how amounts are written."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.classes import CLASSES, COUNTED
from llm_models.errors import InvalidArgumentError, LLMModelsError
from llm_models.tariff import EXACT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llm_models.tariff import Why

    Number = int | Decimal

_INPUT = ("input", *[one.name for one in CLASSES if one.part_of and "output" not in one.part_of])
_OUTPUT = ("output", *[one.name for one in CLASSES if "output" in one.part_of])
_ORDER = {name: at for at, name in enumerate((*_INPUT, *_OUTPUT, *[one.name for one in COUNTED]))}


def place(cls: str) -> tuple[int, str]:
    """The place of a class in a bill: input, output, what is counted otherwise, then fees by their names."""
    return _ORDER.get(cls, len(_ORDER)), cls


class Source(NamedTuple):
    """Who states a price, and since when it holds."""

    layer: str | None
    """The source (`models_dev`), a file of the application or of the curated corrections, or `history`; None for a
    record that is not the catalogue's."""
    place: str | None = None
    """The place there, `file:line`."""
    source: str | None = None
    """The page or contract that states the price."""
    valid_from: str | None = None
    """The moment from which the price list holds; None where it has none."""
    valid_from_basis: str | None = None
    """How that is known: `documented`, `source_change` (the source changed the price then) or `first_seen`."""


class PriceRow(NamedTuple):
    """The price of a class: `rate` USD for `per` of it."""

    cls: str
    """The class of tokens, `image`, `audio` (in seconds) or `fees.NAME`."""
    context_over: int | None
    """The price is for inputs with more tokens than this; None: for any."""
    rate: Decimal
    """The price in USD."""
    per: int
    """How many of the class it is for."""
    why: Why | None
    """Why the price is not certain, as in `Line`; None where it is."""
    taken_from: str | None
    """The class whose price it takes; None where it has a price of its own."""
    origin: Source
    """Who states the price."""


class Prices(NamedTuple):
    """The prices of a model that hold at a moment, in a mode, in USD."""

    model: str
    """The model spec."""
    at: datetime
    """The moment, in UTC."""
    mode: str | None
    """The mode; None for the list itself."""
    valid_from: str | None
    """The moment from which the price list holds; None where it is not stated."""
    source: str | None
    """Where the price list can be read."""
    rows: tuple[PriceRow, ...]
    """A row for each class and fee that has a price: those with `context_over` None hold for small inputs. Each tier
    has all rows again; of the tiers below the size of an input, the largest holds."""
    basis: Basis
    """What the prices were read from."""
    exact: bool
    """Whether it is certain that this price list holds; `why` of a row is about its price."""
    changed_between: tuple[str, str] | None
    """The known days between which the price changed, where the moment is between them."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON. Decimals are texts."""
        plain: dict[str, Any] = as_plain(self)
        return plain


class Line(NamedTuple):
    """One line of a bill: `quantity` of a class at `rate` USD for `per` of it make `amount` USD.

    `why` states why the price is assumed, None where it is certain: `as_input` and `as_cache_read` (the class has no
    price of its own), `list_price` (beside prices of the application's own), `lower_price` (the mode or the hours leave
    it out), `base_of_tier` (the tier leaves it out, or the mode has no tiers though the list has), `not_split` (a part
    with another price may be in it, and the usage does not state it).
    """

    cls: str
    """The class of tokens, `image`, `audio` (in seconds) or `fees.NAME`."""
    quantity: Number
    """How many of it."""
    rate: Decimal
    """The price in USD of so many as `per` states."""
    per: int
    """1,000,000 (tokens), 1,000 (uses), 60 (seconds) or 1 (images)."""
    amount: Decimal
    """What it costs, in USD."""
    tier: int | None
    """The `context_over` of the tier that prices it, in tokens; None for the base price."""
    mode: str | None
    """The mode of the bill."""
    why: Why | None
    """Why the price is assumed; None where it is certain."""
    origin: Source
    """Who states the price."""
    model: str
    """The model spec."""


class Basis(NamedTuple):
    """What prices were read from. Keep it with a number, to compute that again."""

    digest: str
    """The SHA-256 of the catalogue."""
    date: str | None
    """The date of the catalogue."""
    config: str | None
    """The SHA-256 of the application's `llm_models.toml`; None where there is none."""


class Bill(NamedTuple):
    """What one request costs, in USD, or what several do: bills can be added, also with `sum`.

    In a sum, lines of one model, class, rate and mode are one; what its bills do not share is None.
    """

    total: Decimal | None
    """What all of it costs; None where a counted part has no price."""
    known: Decimal
    """The sum of the lines: it is at least so much."""
    lines: tuple[Line, ...]
    """The lines."""
    unpriced: tuple[tuple[str, Number], ...]
    """What has no price, as (class, quantity). `unmeasured_requests` are requests of a sum whose usage is not known."""
    assumed: tuple[str, ...]
    """The classes whose price or number is not certain; `why` of the lines states the reason."""
    tier: int | None
    """The `context_over` of the tier that priced any line."""
    mode: str | None
    """The mode that was billed; None for the list itself."""
    at: datetime | None
    """The moment for which the prices hold, in UTC."""
    model: str | None
    """The model spec."""
    reported: Decimal | None
    """What the provider says that it costs; it is in no total."""
    basis: Basis | None
    """What the prices were read from."""
    exact: bool
    """Whether nothing is unpriced or assumed, and it is certain which price list held at the moment."""
    changed_between: tuple[str, str] | None
    """The known days between which the price changed, where the moment is between them: `cost` at each gives both
    prices."""

    def __add__(self, other: object) -> Bill:
        if not isinstance(other, Bill):
            return NotImplemented
        known = total_of((self.known, other.known))
        both = self.reported is not None and other.reported is not None
        return Bill(
            total=None if self.total is None or other.total is None else known,
            known=known,
            lines=_joined((*self.lines, *other.lines)),
            unpriced=_counted((*self.unpriced, *other.unpriced)),
            assumed=tuple(sorted({*self.assumed, *other.assumed}, key=place)),
            **{name: _shared(self, other, name) for name in SHARED},
            reported=total_of([one.reported for one in (self, other) if one.reported is not None]) if both else None,
            exact=self.exact and other.exact,
        )

    def __radd__(self, other: object) -> Bill:
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def __mul__(self, number: object) -> Bill:
        """What so many requests cost that are each like this one; the same as the sum of so many of this bill.

        Raises `InvalidArgumentError` for a number below 1.

        >>> (llm_models.cost("openai:gpt-5.4-mini", {"input": 3000, "output": 500}) * 30_000).total
        Decimal('135')
        """
        if not isinstance(number, int):
            return NotImplemented
        if number < 1:
            raise InvalidArgumentError(f"a bill is multiplied by a number of at least 1 (found {number})")
        return self._replace(
            total=None if self.total is None else _times(self.total, number),
            known=_times(self.known, number),
            lines=tuple(
                one._replace(quantity=_times(one.quantity, number), amount=_times(one.amount, number))
                for one in _joined(self.lines)
            ),
            unpriced=tuple((name, _times(quantity, number)) for name, quantity in _counted(self.unpriced)),
            reported=None if self.reported is None else _times(self.reported, number),
        )

    def __rmul__(self, number: object) -> Bill:
        return self * number

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON. Decimals are texts, because many readers take a number of JSON for a float."""
        plain: dict[str, Any] = as_plain(self)
        return plain


SHARED = ("tier", "mode", "at", "model", "basis", "changed_between")
"""What bills of one sum may share."""


def usd(amount: Bill | Decimal | int | None) -> str:
    """An amount for people: four significant digits, and never less than whole dollars; what is unknown is stated.

    Raises `InvalidArgumentError` for what is not an amount.

    >>> from decimal import Decimal
    >>> [usd(Decimal(one)) for one in ("0.0123456", "1234567.8", "0")]
    ['$0.01235', '$1,234,568', '$0']
    >>> usd(llm_models.cost("openai:gpt-5.4-mini", {"input": 1000, "output": 50}))
    '$0.000975'
    """
    if isinstance(amount, Bill):
        return usd(amount.total) if amount.total is not None else f"unknown (at least {usd(amount.known)})"
    if amount is None:
        return "unknown"
    exact: object = Decimal(amount) if isinstance(amount, int) else amount  # the sum of no bills is 0
    if not isinstance(exact, Decimal) or not exact.is_finite():
        found = exact if isinstance(exact, (Decimal, float)) else type(exact).__name__
        raise InvalidArgumentError(f"usd: not an amount (found {found}, expected a Bill, a Decimal or None)")
    places = max(0, 3 - exact.adjusted()) if exact else 0
    is_long = exact.adjusted() >= EXACT.prec
    shown = exact if is_long else exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, EXACT)
    return f"${written(shown, ',')}"


def as_plain(value: Any) -> Any:
    """Plain data of what a bill holds."""
    if isinstance(value, Decimal):
        return written(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if hasattr(value, "_asdict"):
        return {name: as_plain(item) for name, item in value._asdict().items()}
    return [as_plain(item) for item in value] if isinstance(value, tuple) else value


def written(number: Decimal, separator: str = "") -> str:
    """A decimal with all its digits, without an exponent and without zeros at its end.

    >>> from decimal import Decimal
    >>> written(Decimal("0.039200")), written(Decimal("1E+3"), ",")
    ('0.0392', '1,000')
    """
    text = f"{number:{separator}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shared(one: Bill, other: Bill, name: str) -> Any:
    value = getattr(one, name)
    return value if value == getattr(other, name) else None


def _counted(items: Iterable[tuple[str, Number]]) -> tuple[tuple[str, Number], ...]:
    """Classes with their quantities, each class once."""
    found: dict[str, Number] = {}
    for name, number in items:
        found[name] = _sum(found.get(name, 0), number)
    return tuple(found.items())


def _sum(one: Number, other: Number) -> Number:
    return one + other if isinstance(one, int) and isinstance(other, int) else EXACT.add(one, other)


def _times(amount: Number, number: int) -> Any:
    """So many times the amount, exactly and without zeros at its end."""
    return amount * number if isinstance(amount, int) else total_of([EXACT.multiply(amount, Decimal(number))])


def _joined(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines, of which those of one model, class, rate and mode are one; by model, in the order of a bill."""
    models: dict[str, int] = {}
    found: dict[Any, Line] = {}
    for line in lines:
        models.setdefault(line.model, len(models))
        key = line.model, line.cls, line.rate, line.per, line.mode
        had = found.get(key)
        if had is None:
            found[key] = line
        else:
            found[key] = had._replace(
                quantity=_sum(had.quantity, line.quantity),
                amount=EXACT.add(had.amount, line.amount),
                tier=had.tier if had.tier == line.tier else None,
                why=had.why or line.why,
                origin=had.origin if had.origin == line.origin else Source(None),
            )
    return tuple(sorted(found.values(), key=lambda line: (models[line.model], place(line.cls))))


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum, without zeros at its end."""
    total = Decimal(0)
    for one in amounts:
        total = EXACT.add(total, one)
    short = total.normalize(EXACT)
    # Only a number of at least 10 can lose zeros before the point; it keeps them.
    is_short = short.adjusted() < 1 or int(short.as_tuple().exponent) <= 0
    return short if is_short else short.quantize(Decimal(1), None, EXACT)


class UnpricedError(LLMModelsError, LookupError):
    """A part of the usage of the model `spec` has no price, or not a certain one. `bill` has the rest."""

    spec: str
    bill: Bill
