"""Usage SQL: the query that prices a table of usage in the user's own engine, generated from the classes of `cost`.

A row of usage has the columns `provider`, `model`, `at`, `mode` and counts, which are the fields of `Usage`. The query
adds `usd` and `why`. It is one join with the tables `rates` and `aliases`, and one expression.

The widths matter. A count of 12 digits times a price of 18 digits has 9 places and, for a million, 15 of 38 digits at
most. `/` would give floats. Spark drops places where a product or a sum could need more than 38 digits, so there a
count has 12, and a sum 37. DuckDB refuses a product of two decimals of at most 18 digits that needs more than 18, such
as that of 2 million tokens at 600 USD, so there a count has more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llm_models.classes import COUNTED, FEE_PER, MILLION, STANDARD, TOKEN_CLASSES
from llm_models.counts import FEES
from llm_models.errors import InvalidArgumentError
from llm_models.items import BELOW
from llm_models.price_tables import FEE_COLUMNS
from llm_models.rates import FIRST, LAST
from llm_models.rates import STANDARD as LIST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_DIGITS = 12
"""A count has at most so many digits; a row with a larger one has no price."""
_TYPE = "decimal(37, 15)"
_FACTORS = {MILLION: ("0.000001", "decimal(6, 6)"), FEE_PER: ("0.001", "decimal(4, 3)"), 1: None}
_IMAGES = next(one for one in COUNTED if one.per == 1)  # a price by the minute may have no end of digits
_REQUEST = FEE_COLUMNS["fees.request"]
COUNTS = (*TOKEN_CLASSES, *FEES, _IMAGES.counts, "tier_input")
"""The counts that a query can read; each is a field of `Usage`."""
USUAL = (*TOKEN_CLASSES, "web_search")
"""The counts that a query reads unless others are stated."""


class Dialect(NamedTuple):
    """How an engine writes what engines write differently, as templates.

    `text` is the whole, `usage` the table of usage in it. `literal` is a number of an exact type, `number` the type of
    a count that is multiplied, `day` whether a row of rates holds on a day, `mode` the name of the mode that a text
    means. `hint` asks to send small tables to all machines, `exclude` leaves columns out.
    """

    text: str
    usage: str
    literal: str
    number: str
    day: str
    mode: str
    hint: str
    exclude: str


class Term(NamedTuple):
    """A part of the bill: the count that is billed, as SQL, the column of `rates`, and for how many it is the price."""

    name: str
    quantity: str
    rate: str
    per: int


_QUERY = """\
counted as (
  select *,
    {mode} as billed_mode,
    {size} as billed_input,
    {quantities}
  from {usage}
),
checked as (
  select *,
    {impossible} as impossible
  from counted
),
billed as (
  select {hint}u.*,
    case when {unpriced} then null else
      {usd}
    end as usd,
    case
      when n.model is null then 'unknown model'
      when (year(u.at) between {first} and {last}) is not true then 'no time'
      when u.impossible <> '' then concat('impossible count: ', u.impossible)
      when r.model is null then 'unknown mode'
      when {nothing} then 'nothing counted'
      else concat('no price: ',
        {missing})
    end as reason
  from checked u
  left join aliases n on n.provider = u.provider and n.name = u.model
  left join rates r
    on r.provider = n.provider and r.model = n.model and r.mode = u.billed_mode
    and u.at >= r.valid_from and u.at < r.valid_until
    and hour(u.at) * 60 + minute(u.at) >= r.minute_from and hour(u.at) * 60 + minute(u.at) < r.minute_until
    and {day} = 1
    and u.billed_input > r.input_over and u.billed_input <= r.input_upto
)
select * {exclude} (billed_mode, billed_input, impossible, reason,
    {names}),
  case when usd is null then reason end as why
from billed
"""
_ABOUT = """\
-- Each row of {usage} is one request: provider, model, at (a timestamp in UTC), mode, and {counts_of}
--   {counts}.
-- The result has these columns, usd (null: not known) and why it is null. docs/warehouse.md has an example.
"""
_SPARK = """\
-- Prices the table usage with the tables rates and aliases, which 'llm-models export parquet' writes.
-- Spark SQL; spark.sql.session.timeZone must be UTC.
{about}with {query}"""
_DUCKDB = """\
-- A macro that prices a table of usage with the tables rates and aliases, which 'llm-models export' writes.
-- DuckDB: select * from usage_costs('usage');
{about}create or replace macro usage_costs(usage_table) as table
with given as (
  select * from query_table(usage_table)
  union all by name
  select {absent} where false
),
{query};
"""

_STANDARD = ", ".join(f"'{name}'" for name in STANDARD)
DIALECTS = {
    "duckdb": Dialect(
        text=_DUCKDB,
        usage="given",
        literal="{0}::{1}",
        number="decimal(20, 0)",
        day="(r.days >> (isodow(u.at) - 1)) & 1",
        mode="coalesce(nullif(array_to_string(list_sort(list_distinct([\n"
        "      trim(x) for x in string_split(coalesce(mode, ''), '+')\n"
        f"      if lower(trim(x)) not in ({_STANDARD})])), '+'), ''), '{LIST}')",
        hint="",
        exclude="exclude",
    ),
    "spark": Dialect(
        text=_SPARK,
        usage="usage",
        literal="cast({0} as {1})",
        number=f"decimal({MOST_DIGITS}, 0)",
        day="shiftright(r.days, weekday(u.at)) & 1",
        mode="coalesce(nullif(array_join(array_sort(array_distinct(filter(\n"
        "      transform(split(coalesce(mode, ''), '[+]'), x -> trim(x)),\n"
        f"      x -> lower(x) not in ({_STANDARD})))), '+'), ''), '{LIST}')",
        hint="/*+ BROADCAST(n), BROADCAST(r) */ ",
        exclude="except",
    ),
}
"""Name -> the dialect."""


def usage_query(dialect: str, counts: Iterable[str] = USUAL) -> str:
    """The query, or the macro, that prices a table of usage with these counts, of `COUNTS`.

    Raises `InvalidArgumentError` for a part without its whole: where no table states the whole, the part is impossible.

    >>> "fee_maps" in usage_query("spark", ["input", "output", "maps"]), "fee_maps" in usage_query("spark")
    (True, False)
    """
    words, known = DIALECTS[dialect], [one for one in COUNTS if one in {*counts}]
    for one in known:
        wholes = [whole for whole, parts in BELOW.items() if one in parts] or ["input"] * (one == "tier_input")
        lacking = [whole for whole in wholes if whole not in known]
        if lacking:
            raise InvalidArgumentError(f"counts: {one} is a part of {lacking[-1]}, which is not among them. Add it")
    terms = _terms(known)
    counted = [f"u.{one}" for one in known if one != "tier_input"]  # which says only how the others are priced
    nothing = f"coalesce({', '.join(counted)}) is null and r.{_REQUEST} is null"
    query = _QUERY.format(
        mode=words.mode,
        size=f"coalesce({', '.join([*(one for one in ('tier_input', 'input') if one in known), '0'])})",
        quantities=",\n    ".join(f"{one.quantity} as only_{one.name}" for one in terms),
        usage=words.usage,
        impossible=_texts(_impossible(terms, known), "    "),
        hint=words.hint,
        unpriced=f"r.model is null or u.impossible <> '' or ({nothing})",
        usd=_usd(words, terms),
        nothing=nothing,
        first=FIRST.year,
        last=LAST.year - 1,
        missing=_texts(((one.name, f"u.only_{one.name} > 0 and r.{one.rate} is null") for one in terms), "        "),
        day=words.day,
        exclude=words.exclude,
        names=", ".join(f"only_{one.name}" for one in terms),
    )
    about = _ABOUT.format(
        usage="usage" if dialect == "spark" else "it",
        counts_of="these counts:" if dialect == "spark" else "any of these counts:",
        counts=", ".join(known),
    )
    absent = ", ".join(["null::varchar as mode", *(f"null::bigint as {name}" for name in known)])
    return words.text.format(about=about, query=query.rstrip(), absent=absent) + "\n" * (dialect == "spark")


def _texts(found: Iterable[tuple[str, str]], indent: str) -> str:
    """The names whose test holds, with commas between them, as SQL."""
    cases = (f"case when {test} then '{name}' end" for name, test in found)
    return f"concat_ws(', ',\n{indent}  " + f",\n{indent}  ".join(cases) + ")"


def _terms(counts: Sequence[str]) -> list[Term]:
    """The terms of a bill for these counts: what belongs to no class inside another one is counted once."""
    terms = [Term(name, _alone(name, counts), name, MILLION) for name in TOKEN_CLASSES if name in counts]
    if _IMAGES.counts in counts:
        number = _number(_IMAGES.counts)
        if "output_image" in counts:
            possible = f"{_IMAGES.counts} > 0 and {_IMAGES.counts} < 1{'0' * MOST_DIGITS}"
            number = f"case when output_image > 0 and {possible} then 0 else {number} end"
        terms.append(Term(_IMAGES.name, number, _IMAGES.name, _IMAGES.per))
    fees = (Term(name, _number(name), FEE_COLUMNS[f"fees.{name}"], FEE_PER) for name in FEES if name in counts)
    return [*terms, *fees]


def _number(count: str) -> str:
    """A count that may be null, with enough digits that no sum of counts overflows."""
    return f"cast(coalesce({count}, 0) as decimal(20, 0))"


def _alone(name: str, counts: Sequence[str]) -> str:
    """The tokens of a class that belong to no class inside it: it less its parts, plus what two parts share."""
    factors: dict[str, int] = {}

    def add(one: str, factor: int) -> None:
        factors[one] = factors.get(one, 0) + factor
        for part in BELOW[one]:
            add(part, -factor)

    add(name, 1)
    return " ".join(
        f"{'+' if factors[one] > 0 else '-'} {_number(one)}"
        for one in sorted(factors, key=TOKEN_CLASSES.index)
        if factors[one] and one in counts
    ).removeprefix("+ ")


def _impossible(terms: Sequence[Term], counts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The counts that no request can have, each with its test: negative ones, and parts larger than their whole."""
    for one in terms:
        yield one.name, f"only_{one.name} < 0 or only_{one.name} >= 1{'0' * MOST_DIGITS}"
    if "tier_input" in counts:
        whole = "coalesce(input, 0)" if "input" in counts else "0"
        yield "tier_input", f"tier_input < 0 or tier_input > {whole}"


def _usd(words: Dialect, terms: Sequence[Term]) -> str:
    """The sum of all terms; it is null where one of them is."""
    total = f"cast({_times(words, f'coalesce(r.{_REQUEST}, 0)', FEE_PER)} as {_TYPE})"
    zero = words.literal.format(0, _TYPE)
    for one in terms:
        count = f"u.only_{one.name}"
        amount = _times(words, f"cast({count} as {words.number}) * r.{one.rate}", one.per)
        term = f"case when {count} = 0 then {zero} else cast({amount} as {_TYPE}) end"
        total = f"cast({total}\n      + {term} as {_TYPE})"
    return total


def _times(words: Dialect, amount: str, per: int) -> str:
    """An amount of USD for `per`, as USD."""
    factor = _FACTORS[per]
    return amount if factor is None else f"{amount} * {words.literal.format(*factor)}"
