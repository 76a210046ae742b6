"""Price made-up rows of usage by `cost()` and by the exported query, and compare them as exact decimals.

    python tests/million.py                                    a million rows, in DuckDB
    python tests/million.py --engine duckdb --engine spark     and in PySpark in local mode, which needs Java 17
    python tests/million.py --rows 3000 --seed 7               fewer rows, or others

The catalogue is the packaged one with made-up prices. Some counts are floats, decimals and texts, and some of these are
no counts. Each row states what `cost()` answers: the total, or the reason why there is none. The engine prices the same
rows with the exported tables and query, and counts where it differs. Two small runs follow, in which the moments have a
zone, or are texts.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from support import made_up_prices, usage_rows, usage_types

import llm_models
from llm_models import Model, table_formats, tables
from llm_models.rates import gone_models
from llm_models.usage_sql import COUNTS, usage_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from support.usage_rows import Case

    Ask = Callable[[str], list[dict[str, Any]]]
    """Asks an engine a query, and gives the rows of its answer."""

CHUNK = 25_000
"""The rows of a file, which one process makes."""
ZONE = "America/New_York"
"""The zone of DuckDB's session, on which no price depends."""
SMALL = 20_000
"""The rows of the runs with moments of other types."""
DENIED = {"openai": ["gpt-4o*"]}
SHARES = {"made up": 0.5, "of a program": 0.02, "own prices": 0.15, "listed": 0.23, "gone": 0.1, "unknown": 0.0005}
"""Kind of model -> its part of the rows."""


class Catalogue:
    """A catalogue, the models whose prices are exported, and the cases of which rows are made."""

    def __init__(self, seed: int, rows: int) -> None:
        rng = Random(seed)
        made_up, program, real = (max(40, min(most, rows // 500)) for most in (300, 50, 800))
        own = made_up_prices.own_prices(rng, real // 4)
        entries = made_up_prices.entries(rng, made_up)
        provider = {"id": made_up_prices.PROVIDER, "name": "Made up", "base_url": "https://made-up.example/v1"}
        overrides = {"providers": [provider], "models": [*entries, *own]}
        logging.disable(logging.WARNING)  # many of the prices look wrong
        try:
            self.snapshot = llm_models.load(config=None, overrides=overrides, deny=DENIED, publish=False)
        finally:
            logging.disable(logging.NOTSET)
        shown = self.snapshot.list_models()
        listed = {model.key: model for model in shown}
        stated = [(one["provider"], one["id"]) for one in own]
        with_names = [model for model in shown if model.aliases or model.served_as]
        picked = rng.sample(shown, real // 2) + rng.sample(with_names, min(len(with_names), real // 4))
        self.of: dict[str, list[Model]] = {
            "made up": [model for model in shown if model.provider == made_up_prices.PROVIDER],
            "of a program": made_up_prices.models(rng, program),
            "own prices": [listed[key] for key in stated if key in listed],
            "listed": [model for model in picked if model.key not in stated],
            "gone": rng.sample([*gone_models(self.snapshot.view)], real // 4),
        }
        self.models = [model for group in self.of.values() for model in group]

    def cases(self) -> tuple[list[Case], list[float]]:
        """The cases, and how often each is taken."""
        names: dict[tuple[str, str], list[str]] = {}
        for row in tables.rows(self.snapshot, "aliases", self.models):
            names.setdefault((str(row["provider"]), str(row["model"])), []).append(str(row["name"]))
        found = [
            usage_rows.case_of(self.snapshot, kind, model, names[model.provider, model.id])
            for kind, group in self.of.items()
            for model in group
        ]
        first = found[0]
        found += [
            first._replace(kind="unknown", provider=provider, names=[name], spec=None)
            for provider, name in (("openai", "gpt-4o-mini"), ("openai", "no-such-model"),
                                   ("no-such-provider", "gpt-5.2"), ("made_up", "M2"))
        ]  # fmt: skip
        many = {kind: sum(case.kind == kind for case in found) for kind in SHARES}
        return found, [SHARES[case.kind] / many[case.kind] for case in found]


@cache
def catalogue(seed: int, rows: int) -> Catalogue:
    """The catalogue, made once in a process."""
    return Catalogue(seed, rows)


@cache
def cases(seed: int, rows: int) -> tuple[list[Case], list[float]]:
    """The cases of the catalogue."""
    return catalogue(seed, rows).cases()


def chunk(seed: int, rows: int, at: int, folder: str, counts: Sequence[str], moments: str = "plain") -> None:
    """Write a part of the usage, which states only these counts, with what `cost()` answers for each row."""
    import pyarrow as arrow
    from pyarrow import parquet

    snapshot, first = catalogue(seed, rows).snapshot, at * CHUNK
    made = [*usage_rows.rows(*cases(seed, rows), Random(f"{seed}:{at}"), min(CHUNK, rows - first), counts)]
    answers = [usage_rows.answer(snapshot, row) for row in made]
    of = {int: arrow.int64(), float: arrow.float64(), Decimal: arrow.decimal128(38, 9), str: arrow.string()}
    types = {name: of[usage_types.TYPES.get(name, int)] for name in counts}
    columns: dict[str, Any] = {
        "row": arrow.array(range(first, first + len(made)), arrow.int64()),
        "kind": [row.kind for row in made],
        "provider": [row.provider for row in made],
        "model": [row.model for row in made],
        "at": usage_types.moments(moments, [row.at for row in made]),
        "mode": arrow.array([row.mode for row in made], arrow.string()),
        **{name: arrow.array([row.counts.get(name) for row in made], types[name]) for name in counts},
        "expected_usd": arrow.array([usd for usd, _ in answers], arrow.decimal128(38, 15)),
        "expected_why": arrow.array([why for _, why in answers], arrow.string()),
    }
    parquet.write_table(arrow.table(columns), os.path.join(folder, f"usage-{at:05}.parquet"))


def write_usage(seed: int, rows: int, folder: str, processes: int, counts: Sequence[str], moments: str) -> None:
    """Write all rows of usage, in some processes."""
    parts = range(-(-rows // CHUNK))
    if processes == 1:
        for at in parts:
            chunk(seed, rows, at, folder, counts, moments)
        return
    cases(seed, rows)  # where processes begin as copies of this one, they have it
    with ProcessPoolExecutor(processes) as pool:
        for done in [pool.submit(chunk, seed, rows, at, folder, counts, moments) for at in parts]:
            done.result()


def write_tables(seed: int, rows: int, folder: str) -> int:
    """Write the tables as `llm-models export parquet` does; the number of rates."""
    made = catalogue(seed, rows)
    rates = [*tables.rows(made.snapshot, "rates", made.models)]
    aliases = [*tables.rows(made.snapshot, "aliases", made.models)]
    for name, columns, found in (
        ("rates", tables.TABLES["rates"], rates),
        ("aliases", tables.TABLES["aliases"], aliases),
    ):
        Path(folder, f"{name}.parquet").write_bytes(table_formats.parquet_file(columns, found, {}))
    return len(rates)


DIFFERS = "(usd is distinct from expected_usd or why is distinct from expected_why)"
COUNTED = f"""
select kind, count(*) as made, count(usd) as priced, count(distinct row) as distinct_rows,
  sum(case when {DIFFERS} then 1 else 0 end) as different
from priced group by kind order by kind
"""
REASONS = """
select case when why like '%:%' then split_part(why, ':', 1) else why end as reason, count(*) as made
from priced where usd is null group by 1 order by 2 desc
"""
DIFFERENT = f"select * from priced where {DIFFERS} order by row limit 3"
SPLIT = "select count(*) from priced where (usd is null) = (why is null)"


def in_duckdb(folder: str, counts: Sequence[str]) -> Ask:
    """What asks DuckDB, which has priced the usage."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"set timezone = '{ZONE}'")
    for name in ("rates", "aliases", "usage"):
        files = os.path.join(folder, "usage-*" if name == "usage" else name)
        connection.execute(f"create table {name} as select * from read_parquet('{files}.parquet')")
    connection.execute(usage_query("duckdb", counts))
    connection.execute("create table priced as select * from usage_costs('usage')")

    def ask(query: str) -> list[dict[str, Any]]:
        found = connection.execute(query)
        names = [one[0] for one in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return ask


def in_spark(folder: str, counts: Sequence[str]) -> Ask:
    """What asks Spark, which has priced the usage."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("million")
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.driver.memory": "3g",
        "spark.sql.shuffle.partitions": "4",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    for name in ("rates", "aliases", "usage"):
        files = os.path.join(folder, "usage-*" if name == "usage" else name)
        session.read.parquet(f"{files}.parquet").createOrReplaceTempView(name)
    session.sql(usage_query("spark", counts)).write.parquet(os.path.join(folder, "priced"))
    session.read.parquet(os.path.join(folder, "priced")).createOrReplaceTempView("priced")
    return lambda query: [row.asDict() for row in session.sql(query).collect()]


ENGINES: dict[str, Callable[[str, Sequence[str]], Ask]] = {"duckdb": in_duckdb, "spark": in_spark}


def compared(
    engines: Sequence[str],
    rows: int,
    seed: int,
    folder: str,
    processes: int = 1,
    counts: Sequence[str] = COUNTS,
    moments: str = "plain",
) -> Iterator[str]:
    """Price the rows by `cost()` and in each engine, and what was found, in lines.

    The moments are without a zone (`plain`), with one (`zoned`), or `text`. Raises `AssertionError` where an engine
    differs.
    """
    began = time.monotonic()
    write_usage(seed, rows, folder, processes, counts, moments)
    yield f"seed {seed}; moments: {moments}; cost() of {rows:,} rows: {time.monotonic() - began:.0f} s"
    began = time.monotonic()
    exported = write_tables(seed, rows, folder)
    yield f"the tables, with {exported:,} rows of rates: {time.monotonic() - began:.0f} s"
    for engine in engines:
        began = time.monotonic()
        ask = ENGINES[engine](folder, counts)
        counted = ask(COUNTED)
        if engine == engines[0]:
            width = max(len(one["kind"]) for one in counted)
            for one in counted:
                yield f"  {one['kind']:<{width}} {one['made']:>9,} rows, {one['priced']:>9,} priced"
            for one in ask(REASONS):
                yield f"  not priced: {one['reason']:<{width - 12}} {one['made']:>9,} rows"
        made, priced, distinct, different = (
            sum(one[name] for one in counted) for name in ("made", "priced", "distinct_rows", "different")
        )
        yield (
            f"{engine}: {made:,} rows, {priced:,} priced, {made - priced:,} not, {different:,} different from cost(): "
            f"{time.monotonic() - began:.0f} s"
        )
        shown = [{name: value for name, value in one.items() if value is not None} for one in ask(DIFFERENT)]
        assert different == 0, "\n".join(map(str, shown))
        assert made == distinct == rows, "a row of usage gives one row of the result"
        assert [*ask(SPLIT)[0].values()] == [0], "why is null where usd is not, and only there"


def missing(engine: str) -> str | None:
    """What an engine needs and the machine lacks; None where it can run."""
    if find_spec("pyarrow") is None:
        return "pyarrow"
    if engine == "duckdb":
        return None if find_spec("duckdb") else "duckdb"
    if find_spec("pyspark") is None:
        return "pyspark"
    return None if shutil.which("java") or os.environ.get("JAVA_HOME") else "Java 17"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=[*ENGINES], action="append", help="default: duckdb; may be repeated")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    asked = parser.parse_args(arguments)
    engines = asked.engine or ["duckdb"]
    for engine in engines:
        if (lacking := missing(engine)) is not None:
            print(f"{engine}: not run, because {lacking} is missing", file=sys.stderr)
            return 2
    for moments, rows in (("plain", asked.rows), ("zoned", min(SMALL, asked.rows)), ("text", min(SMALL, asked.rows))):
        with tempfile.TemporaryDirectory() as folder:
            try:
                for line in compared(engines, rows, asked.seed, folder, asked.processes, moments=moments):
                    print(line, flush=True)
            except AssertionError as error:
                print(f"different from cost(): {error}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
