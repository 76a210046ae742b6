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
    """Who states a price, and since when it holds.

    `layer` is the source (`models_dev`), a file of the application or of the curated corrections, or `history`; None
    for a record that is not the catalogue's. `place` is `file:line` there, `source` the page or contract. `valid_from`
    is the moment from which the price list holds, None where it has none, and `valid_from_basis` how that is known:
    `documented`, `source_change` (the source changed the price then) or `first_seen`.
    """

    layer: str | None
    place: str | None = None
    source: str | None = None
    valid_from: str | None = None
    valid_from_basis: str | None = None


class PriceRow(NamedTuple):
    """The price of a class: `rate` USD for `per` of it, for inputs above `context_over` (None: for any).

    `why` states why the price is not certain, as in `Line`. `taken_from` is the class whose price it takes, None where
    it has a price of its own. `origin` states who says so.
    """

    cls: str
    context_over: int | None
    rate: Decimal
    per: int
    why: Why | None
    taken_from: str | None
    origin: Source


class Prices(NamedTuple):
    """The prices of the model `model` that hold at the moment `at` (UTC) in a mode (None: the list itself), in USD.

    `rows` has one row for each class and fee that has a price: those with `context_over` None hold for small inputs.
    Each tier has all rows again; of the tiers below the size of an input, the largest holds. `valid_from` and `source`
    are those of the price list. `basis`, `exact` and `changed_between` are as in a `Bill`; `exact` is about the list
    only, and `why` of a row about its price.
    """

    model: str
    at: datetime
    mode: str | None
    valid_from: str | None
    source: str | None
    rows: tuple[PriceRow, ...]
    basis: Basis
    exact: bool
    changed_between: tuple[str, str] | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON. Decimals are texts."""
        plain: dict[str, Any] = as_plain(self)
        return plain


class Line(NamedTuple):
    """One line of a bill: `quantity` of a class at `rate` USD for `per` of it make `amount` USD.

    `cls` is a class of tokens, `image`, `audio` (in seconds) or `fees.NAME`. `per` is 1,000,000 (tokens), 1,000 (uses),
    60 (seconds) or 1 (images). `tier` is the `context_over` of the tier that prices it, `mode` that of the bill.

    `why` states why the price is assumed, None where it is certain: `as_input` and `as_cache_read` (the class has no
    price of its own), `list_price` (beside prices of the application's own), `lower_price` (the mode or the hours leave
    it out), `base_of_tier` (the tier leaves it out, or the mode has no tiers though the list has), `not_split` (a part
    with another price may be in it, and the usage does not state it).
    """

    cls: str
    quantity: Number
    rate: Decimal
    per: int
    amount: Decimal
    tier: int | None
    mode: str | None
    why: Why | None
    origin: Source
    model: str


class Basis(NamedTuple):
    """What prices were read from: `digest` and `date` of the catalogue, and `config`, the SHA-256 of the application's
    `llm_models.toml`, None where there is none. Keep it with a number, to compute that again.
    """

    digest: str
    date: str | None
    config: str | None


class Bill(NamedTuple):
    """What one request costs, in USD, or what several do: bills can be added, also with `sum`.

    `total` is None where a counted part has no price. `known` is the sum of the lines: it is at least so much.
    `unpriced` has what has no price, as (class, quantity); `unmeasured_requests` there are requests of a sum whose
    usage is not known. `assumed` are the classes whose price or number is not certain, and `why` of the lines states
    the reason. `tier` is the `context_over` of the tier that priced any line. `mode` is the mode that was billed, None
    for the list itself. `at` is the moment, in UTC. `model` is the model spec. `reported` is what the provider says
    that it costs; it is in no total.

    `exact`: nothing is unpriced or assumed, and it is certain which price list held at the moment. Where the price
    changed between two days that are known, `changed_between` has these days: `cost` at each gives both prices.

    In a sum, lines of one model, class, rate and mode are one; what its bills do not share is None.
    """

    total: Decimal | None
    known: Decimal
    lines: tuple[Line, ...]
    unpriced: tuple[tuple[str, Number], ...]
    assumed: tuple[str, ...]
    tier: int | None
    mode: str | None
    at: datetime | None
    model: str | None
    reported: Decimal | None
    basis: Basis | None
    exact: bool
    changed_between: tuple[str, str] | None

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
