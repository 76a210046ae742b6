"""Usage dialects: how an engine writes the parts of the query that prices usage, as a table."""

from __future__ import annotations

from typing import NamedTuple

from llm_models.classes import STANDARD
from llm_models.rates import STANDARD as LIST

MOST_DIGITS = 12
"""A count has at most so many digits; a row with a larger one has no price."""
_WHITE = (*range(9, 14), *range(28, 33), 133, 160, 5760, *range(8192, 8203), 8232, 8233, 8239, 8287, 12288)
"""The characters that `str.strip` takes off, by which `cost` knows the name of a mode."""


class Dialect(NamedTuple):
    """How an engine writes what engines write differently, as templates.

    `text` is the whole, `usage` the table of usage in it, `read` a column of it. `at` is a moment in UTC, `integers`
    are the types of whole numbers, and `exact` is a number of any other type, as a decimal. `literal` is a number of an
    exact type, `number` the type of a count that is multiplied, `day` whether a row of rates holds on a day, `mode` the
    name of the mode that a text means. `hint` asks to send small tables to all
    machines. `given` are the columns of usage at the end, where `names` are all others. `result` is what is returned.
    """

    text: str
    usage: str
    read: str
    at: str
    integers: str
    exact: str
    rates: str
    aliases: str
    literal: str
    number: str
    day: str
    mode: str
    hint: str
    given: str
    result: str


_SPARK = """\
-- Prices the table usage with the tables rates and aliases, which 'llm-models export parquet' writes.
-- Spark SQL; spark.sql.session.timeZone must be UTC.
-- Each row of usage is one request: provider, model, at (a timestamp in UTC), mode, and these counts:
--   {counts}.
-- The result has these columns, usd (null: not known) and why it is null. docs/warehouse.md has an example.
-- A column usd or why of the table is an AMBIGUOUS_REFERENCE, because the result adds both.
with {query}"""
_DUCKDB = """\
-- A macro that prices a table of usage with the tables rates and aliases, which 'llm-models export' writes.
-- DuckDB: select * from usage_costs('usage'); with rates := '...' or aliases := '...' it reads other tables.
-- Each row is one request: provider, model, at (a timestamp in UTC), and, where it has them, mode and these counts:
--   {counts}.
-- The result has its columns, usd (null: not known) and why it is null. docs/warehouse.md has an example.
create or replace macro usage_costs(usage_table, rates := null, aliases := null) as table
with given as (
  select *, null as __llm_models_none
  from query_table(usage_table)
),
named as (
  select *, typeof(row(*columns(lambda name: lower(name) in ('usd', 'why', '__llm_models_none')))) as __llm_models_names
  from given
),
free as (
  select * from named
  where case when __llm_models_names = typeof(row(__llm_models_none)) then true else
    error('usage_costs: the table of usage has a column usd or why, which the result adds. Leave it out or rename it, '
      || 'in a view: select * exclude (usd), usd as my_usd from usage') end
),
{query};
"""

_STANDARD = ", ".join(f"'{name}'" for name in STANDARD)
_CHARACTERS = f"concat({', '.join(f'chr({one})' for one in _WHITE)})"
_ESCAPED = "".join(f"\\u{one:04x}" for one in _WHITE)
_ZONES = "'UTC', 'GMT', 'Z', '+00:00', 'Etc/UTC', 'Etc/GMT', 'Etc/UCT', 'UCT', 'Zulu', 'Etc/Zulu', 'Universal'"
DIALECTS = {
    "duckdb": Dialect(
        text=_DUCKDB,
        usage="free",
        # The first of one or two columns; `coalesce` would need both to have a type in common.
        read="struct_extract(row(*columns(lambda name: lower(name) in ('{0}', '__llm_models_none'))), 1)",
        # A text without a zone is in UTC; one with a zone is not a moment with a second one.
        at="""case
      when typeof("at") like '%WITH TIME ZONE' then make_timestamp(epoch_us(try_cast("at" as timestamptz)))
      when typeof("at") = 'VARCHAR' then make_timestamp(epoch_us(coalesce(
        try_cast(concat("at", 'Z') as timestamptz), try_cast(concat("at", ' 00:00Z') as timestamptz),
        try_cast("at" as timestamptz))))
      else try_cast("at" as timestamp) end""",
        integers="'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', "
        "'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT'",
        exact="try_cast({0}::varchar as decimal(38, 18))",
        # Not as defaults of the parameters: these are computed once, in the session that makes the macro.
        rates="query_table(coalesce(rates, {rates}))",
        aliases="query_table(coalesce(aliases, {aliases}))",
        literal="{0}::{1}",
        number="decimal(20, 0)",
        day="(r.days >> (isodow(u.__llm_models_at) - 1)) & 1",
        mode=f"""case
      when __llm_models_text is null or lower(__llm_models_text) in ({_STANDARD}) then '{LIST}'
      when regexp_full_match(__llm_models_text, '[0-9A-Za-z_.:-]+') then __llm_models_text
      else coalesce(nullif(array_to_string(list_sort(list_distinct([
        name for name in [trim(part, {_CHARACTERS}) for part in string_split(__llm_models_text, '+')]
        if lower(name) not in ({_STANDARD})])), '+'), ''), '{LIST}') end""",
        hint="",
        given="columns(lambda name: not starts_with(name, '__llm_models_'))",
        result="*",
    ),
    "spark": Dialect(
        text=_SPARK,
        usage="usage",
        read="{0}",
        at=f"case when current_timezone() in ({_ZONES})\n      then try_cast(at as timestamp)\n"
        "      else raise_error(concat('spark.sql.session.timeZone: not UTC, in which prices begin and end (found ',\n"
        "        current_timezone(), ', expected UTC)')) end",
        integers="'tinyint', 'smallint', 'int', 'bigint'",
        exact="try_cast({0} as decimal(38, 18))",
        rates="rates",
        aliases="aliases",
        literal="cast({0} as {1})",
        number=f"decimal({MOST_DIGITS}, 0)",
        day="shiftright(r.days, weekday(u.__llm_models_at)) & 1",
        mode=f"""coalesce(nullif(array_join(array_sort(array_distinct(filter(
      transform(split(coalesce(__llm_models_text, ''), '[+]'), part -> trim(both '{_ESCAPED}' from part)),
      name -> lower(name) not in ({_STANDARD})))), '+'), ''), '{LIST}')""",
        hint="/*+ BROADCAST(n), BROADCAST(r) */ ",
        given="* except ({names})",
        result="* except (usd, why), usd, why",
    ),
}
"""Name -> the dialect."""
