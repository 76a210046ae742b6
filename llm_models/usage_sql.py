"""Usage SQL: the query that prices a table of usage in the user's own engine, generated from the classes of `cost`.

A row of usage has the columns `provider`, `model`, `at`, `mode` and counts, which are the fields of `Usage`. The query
adds `usd` and `why`. It is one join with the tables `rates` and `aliases`, and one expression. Columns between the two
have names that begin with `__llm_models_`, so that they are never those of a log.

A log may have its counts in any type: libraries make floats of integers where some are missing. A whole number is a
count in every type, and anything else is impossible: one odd value must not be rounded, nor stop the query of all rows.

The widths matter. A count of 12 digits times a price of 18 digits has 9 places and, for a million, 15 of 38 digits at
most. `/` would give floats. Spark drops places where a product or a sum could need more than 38 digits, so there a
count has 12, and a sum 37. DuckDB refuses a product of two decimals of at most 18 digits that needs more than 18, such
as that of 2 million tokens at 600 USD, so there a count has more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llm_models.classes import COUNTED, FEE_PER, MILLION, TOKEN_CLASSES
from llm_models.counts import FEES
from llm_models.errors import InvalidArgumentError
from llm_models.items import BELOW
from llm_models.price_tables import FEE_COLUMNS
from llm_models.rates import FIRST, LAST
from llm_models.usage_dialects import DIALECTS, MOST_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llm_models.usage_dialects import Dialect

_TYPE = "decimal(37, 15)"
_FACTORS = {MILLION: ("0.000001", "decimal(6, 6)"), FEE_PER: ("0.001", "decimal(4, 3)"), 1: None}
_IMAGES = next(one for one in COUNTED if one.per == 1)  # a price by the minute may have no end of digits
_REQUEST = FEE_COLUMNS["fees.request"]
COUNTS = (*TOKEN_CLASSES, *FEES, _IMAGES.counts, "tier_input")
"""The counts that a query can read; each is a field of `Usage`."""
USUAL = {"duckdb": COUNTS, "spark": (*TOKEN_CLASSES, "web_search")}
"""The counts that a query reads unless others are stated: in DuckDB all, because it needs no column of a count."""


class Term(NamedTuple):
    """A part of the bill: the count that is billed, as SQL, the column of `rates`, and for how many it is the price."""

    name: str
    quantity: str
    rate: str
    per: int


_QUERY = """\
stated as (
  select *,
    cast({read_mode} as {text}) as __llm_models_text,
    {at} as __llm_models_at,
    {stated}
  from {usage}
),
exact as (
  select *,
    {exact}
  from stated
),
whole as (
  select *,
    {whole}
  from exact
),
counted as (
  select *,
    {mode} as __llm_models_mode,
    {size} as __llm_models_size,
    {quantities}
  from whole
),
checked as (
  select *,
    {impossible} as __llm_models_impossible
  from counted
),
billed as (
  select {hint}u.*,
    case when {unpriced} then null else
      {usd}
    end as __llm_models_usd,
    case
      when n.model is null then 'unknown model'
      when (year(u.__llm_models_at) between {first} and {last}) is not true then 'no time'
      when u.__llm_models_impossible <> '' then concat('impossible count: ', u.__llm_models_impossible)
      when r.model is null then 'unknown mode'
      when {nothing} then 'nothing counted'
      else concat('no price: ',
        {missing})
    end as __llm_models_why
  from checked u
  left join {aliases} n on n.provider = u.provider and n.name = u.model
  left join {rates} r
    on r.provider = n.provider and r.model = n.model and r.mode = u.__llm_models_mode
    and u.__llm_models_at >= r.valid_from and u.__llm_models_at < r.valid_until
    and hour(u.__llm_models_at) * 60 + minute(u.__llm_models_at) >= r.minute_from
    and hour(u.__llm_models_at) * 60 + minute(u.__llm_models_at) < r.minute_until
    and {day} = 1
    and u.__llm_models_size > r.input_over and u.__llm_models_size <= r.input_upto
),
priced as (
  select {given},
    __llm_models_usd as usd,
    case when __llm_models_usd is null then __llm_models_why end as why
  from billed
)
select {result} from priced
"""
_PREFIX = "__llm_models_"


def usage_query(dialect: str, counts: Iterable[str] = (), rates: str = "'rates'", aliases: str = "'aliases'") -> str:
    """The query, or the macro, that prices a table of usage with these counts; without any, those of `USUAL`.

    `rates` and `aliases` are what the macro of DuckDB reads unless its caller states others: SQL for their names.

    Raises `InvalidArgumentError` for a part without its whole: where no table states the whole, the part is impossible.

    >>> "fee_maps" in usage_query("spark", ["input", "output", "maps"]), "fee_maps" in usage_query("spark")
    (True, False)
    """
    words, asked = DIALECTS[dialect], {*counts} or {*USUAL[dialect]}
    known = [one for one in COUNTS if one in asked]
    for one in known:
        wholes = [whole for whole, parts in BELOW.items() if one in parts] or ["input"] * (one == "tier_input")
        lacking = [whole for whole in wholes if whole not in known]
        if lacking:
            raise InvalidArgumentError(f"counts: {one} is a part of {lacking[-1]}, which is not among them. Add it")
    terms = _terms(known)
    counted = [f"u.{_count(one)}" for one in known if one != "tier_input"]  # which says only how the others are priced
    nothing = f"coalesce({', '.join(counted)}) is null and r.{_REQUEST} is null"
    query = _QUERY.format(
        text="varchar" if dialect == "duckdb" else "string",
        read_mode=words.read.format("mode"),
        at=words.at,
        stated=_columns(f"{words.read.format(one)} as {_PREFIX}stated_{one}" for one in known),
        usage=words.usage,
        exact=_columns(f"{_exact(words, one)} as {_PREFIX}exact_{one}" for one in known),
        whole=_columns(f"{_whole(words, one)} as {_count(one)}" for one in known),
        mode=words.mode,
        size=f"coalesce({', '.join([*(_count(one) for one in ('tier_input', 'input') if one in known), '0'])})",
        quantities=_columns(f"{one.quantity} as {_only(one)}" for one in terms),
        impossible=_texts(_impossible(terms, known), "    "),
        hint=words.hint,
        unpriced=f"r.model is null or u.{_PREFIX}impossible <> '' or ({nothing})",
        usd=_usd(words, terms),
        nothing=nothing,
        first=FIRST.year,
        last=LAST.year - 1,
        missing=_texts(((one.name, f"u.{_only(one)} > 0 and r.{one.rate} is null") for one in terms), "        "),
        day=words.day,
        rates=words.rates.format(rates=rates),
        aliases=words.aliases.format(aliases=aliases),
        given=words.given.format(names=", ".join(_internal(terms, known))),
        result=words.result,
    )
    return words.text.format(counts=", ".join(known), query=query.rstrip())


def _internal(terms: Iterable[Term], counts: Sequence[str]) -> Iterator[str]:
    """The columns of the query that are no result."""
    yield from (f"{_PREFIX}{name}" for name in ("text", "at", "mode", "size", "impossible", "usd", "why"))
    yield from (f"{_PREFIX}{stage}_{one}" for stage in ("stated", "exact", "count") for one in counts)
    yield from map(_only, terms)


def _columns(parts: Iterable[str]) -> str:
    return ",\n    ".join(parts)


def _count(name: str) -> str:
    """The column of a count, which is an integer, null, or -1 where the log has something else."""
    return f"{_PREFIX}count_{name}"


def _only(term: Term) -> str:
    """The column of what a term bills."""
    return f"{_PREFIX}only_{term.name}"


def _exact(words: Dialect, name: str) -> str:
    """A count that is no integer by its type, as a decimal; null where it is not finite or too large."""
    stated = f"{_PREFIX}stated_{name}"
    return f"case when typeof({stated}) not in ({words.integers}) then {words.exact.format(stated)} end"


def _whole(words: Dialect, name: str) -> str:
    """A count as an integer; -1, which no request can have, for anything that is not a whole number."""
    stated, exact = f"{_PREFIX}stated_{name}", f"{_PREFIX}exact_{name}"
    return (
        f"case when {stated} is null then null\n"
        f"      when typeof({stated}) in ({words.integers}) then coalesce(try_cast({stated} as decimal(20, 0)), -1)\n"
        f"      when {exact} = try_cast({exact} as decimal(20, 0)) then try_cast({exact} as decimal(20, 0)) else -1 end"
    )


def _texts(found: Iterable[tuple[str, str]], indent: str) -> str:
    """The names whose test holds, with commas between them, as SQL."""
    cases = (f"case when {test} then '{name}' end" for name, test in found)
    return f"concat_ws(', ',\n{indent}  " + f",\n{indent}  ".join(cases) + ")"


def _terms(counts: Sequence[str]) -> list[Term]:
    """The terms of a bill for these counts: what belongs to no class inside another one is counted once."""
    terms = [Term(name, _alone(name, counts), name, MILLION) for name in TOKEN_CLASSES if name in counts]
    if _IMAGES.counts in counts:
        images, number = _count(_IMAGES.counts), _number(_IMAGES.counts)
        if "output_image" in counts:
            possible = f"{images} > 0 and {images} < 1{'0' * MOST_DIGITS}"
            number = f"case when {_count('output_image')} > 0 and {possible} then 0 else {number} end"
        terms.append(Term(_IMAGES.name, number, _IMAGES.name, _IMAGES.per))
    fees = (Term(name, _number(name), FEE_COLUMNS[f"fees.{name}"], FEE_PER) for name in FEES if name in counts)
    return [*terms, *fees]


def _number(count: str) -> str:
    """A count that may be null."""
    return f"coalesce({_count(count)}, 0)"


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
        yield one.name, f"{_only(one)} < 0 or {_only(one)} >= 1{'0' * MOST_DIGITS}"
    if "tier_input" in counts:
        tier = _count("tier_input")
        yield "tier_input", f"{tier} < 0 or {tier} > {_number('input')}"


def _usd(words: Dialect, terms: Sequence[Term]) -> str:
    """The sum of all terms; it is null where one of them is."""
    total = f"cast({_times(words, f'coalesce(r.{_REQUEST}, 0)', FEE_PER)} as {_TYPE})"
    zero = words.literal.format(0, _TYPE)
    for one in terms:
        count = f"u.{_only(one)}"
        amount = _times(words, f"cast({count} as {words.number}) * r.{one.rate}", one.per)
        term = f"case when {count} = 0 then {zero} else cast({amount} as {_TYPE}) end"
        total = f"cast({total}\n      + {term} as {_TYPE})"
    return total


def _times(words: Dialect, amount: str, per: int) -> str:
    """An amount of USD for `per`, as USD."""
    factor = _FACTORS[per]
    return amount if factor is None else f"{amount} * {words.literal.format(*factor)}"
