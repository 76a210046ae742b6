"""Tables of usage as users have them: any types, columns of their own, in a database of their own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.command import fine, here, refused
from support.prices import catalogue

import llm_models
from llm_models import Usage, table_formats, tables
from llm_models.usage_sql import COUNTS, usage_query

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

duckdb = pytest.importorskip("duckdb", reason="duckdb comes with an extra")
pytest.importorskip("pyarrow", reason="pyarrow comes with an extra")

ROW = "select 'acme' as provider, 'm' as model, timestamp '2026-10-05 09:30' as at, 300000 as input, 2000 as output"


class TestTables:
    """The price of a row depends on what `docs/warehouse.md` names, and on no other column."""

    @pytest.fixture
    def db(self, tmp_path: Path) -> Iterator[Any]:
        snapshot = catalogue(input=2, output=10, modes={"batch": {"input": 1, "output": 5}})
        with duckdb.connect() as connection:
            for name in ("rates", "aliases"):
                rows = tables.rows(snapshot, name, [snapshot.resolve("acme:m")])
                path = tmp_path / f"{name}.parquet"
                path.write_bytes(table_formats.parquet_file(tables.TABLES[name], rows, {}))
                connection.execute(f"create table {name} as from '{path}'")
            connection.execute(usage_query("duckdb", COUNTS))
            yield connection
        assert snapshot.cost("acme:m", Usage(input=300_000, output=2000)).total == PRICE

    def priced(self, db: Any, query: str) -> Any:
        """What the query gives for one row of usage."""
        db.execute(f"create or replace table usage as {query}")
        (found,) = db.execute("select usd, why from usage_costs('usage')").fetchall()
        return found

    @pytest.mark.parametrize(
        "column",
        ["reason", "impossible", "billed_mode", "billed_input", "only_input", "n", "u", "r", "given", "days", "name",
         "valid_from", "rates", "aliases", "usage_table", "part"],
    )  # fmt: skip
    @pytest.mark.parametrize("value", ["'batch'", "0", "null"])
    def test_a_column_of_the_user_changes_no_price_and_stays(self, db: Any, column: str, value: str) -> None:
        assert self.priced(db, f"select *, {value} as {column} from ({ROW})") == (PRICE, None)
        kept = db.execute(f"select {column} from usage_costs('usage')").fetchall()
        assert kept == db.execute(f"select {column} from usage").fetchall()

    def test_the_result_has_the_columns_of_the_table_and_two_more(self, db: Any) -> None:
        self.priced(db, f"select *, 7 as team from ({ROW})")
        names = [one[0] for one in db.execute("select * from usage_costs('usage')").description]
        assert names == ["provider", "model", "at", "input", "output", "team", "usd", "why"]

    @pytest.mark.parametrize("column", ["usd", "why", "USD", "Why"])
    @pytest.mark.parametrize("asked", ["usd", "why", "provider", "count(*)"])
    def test_a_column_with_the_name_of_a_result_is_refused(self, db: Any, column: str, asked: str) -> None:
        db.execute(f"create table usage as select *, 0.5 as {column} from ({ROW})")
        with pytest.raises(
            duckdb.Error, match=r"has a column usd or why, which the result adds\. Leave it out or rename"
        ):
            db.execute(f"select {asked} from usage_costs('usage')").fetchall()

    @pytest.mark.parametrize(
        "kind",
        ["integer", "uinteger", "ubigint", "hugeint", "uhugeint", "float", "double", "decimal(10, 2)",
         "decimal(38, 30)", "decimal(38, 0)", "varchar", "bignum", "json"],
    )  # fmt: skip
    def test_a_whole_number_is_a_count_in_every_type(self, db: Any, kind: str) -> None:
        scale = "3000000" if kind == "decimal(38, 30)" else "300000"
        row = ROW.replace("300000 as", f"'{scale}'::{kind} as")
        expected = PRICE + Decimal("5.4") if kind == "decimal(38, 30)" else PRICE
        assert self.priced(db, row) == (expected, None)

    @pytest.mark.parametrize(
        "value",
        ["1.5::double", "'nan'::double", "'inf'::double", "1e30::double", "1e-9::double", "10.5::decimal(10, 2)",
         "10.49::decimal(10, 2)", "99999999999999999999999::decimal(38, 0)", "'abc'", "''", "'1.5'", "true",
         "170141183460469231731687303715884105727::hugeint"],
    )  # fmt: skip
    def test_one_odd_count_is_impossible_and_stops_no_other_row(self, db: Any, value: str) -> None:
        row = ROW.replace("300000 as", f"{value} as")
        both = f"select 1 as id, * from ({row}) union all select 2, * replace (null as input) from ({row})"
        db.execute(f"create table usage as {both}")
        found = db.execute("select usd, why from usage_costs('usage') order by id").fetchall()
        assert found == [(None, "impossible count: input"), (Decimal("0.02"), None)]

    @pytest.mark.parametrize("text", ["\tbatch", "batch\n", "\x1fbatch", "\u3000batch\xa0", "batch +\u2003auto"])
    def test_white_space_around_a_mode_is_no_part_of_it(self, db: Any, text: str) -> None:
        db.execute("create table modes (mode varchar)")
        db.execute("insert into modes values (?)", [text])
        assert self.priced(db, f"select * from ({ROW}), modes") == (PRICE / 2, None)


class TestFile:
    """The file of prices, beside the database of the user."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        file = tmp_path / "first.duckdb"
        fine("export", "duckdb", "--scope", "groq", "--out", str(file))
        return file

    ROW = ROW.replace("'acme'", "'groq'").replace("'m'", "'openai/gpt-oss-20b'")

    @pytest.mark.parametrize(
        ("name", "where", "asked"),
        [
            ("all", "memory", "prices.usage_costs('usage')"),
            ("prices", "memory", "prices.usage_costs('usage')"),
            ("all", "memory, then prices", "usage_costs('memory.usage')"),
            ("all", "itself", "usage_costs('temp.usage')"),
            ("prices", "itself", "usage_costs('temp.usage')"),
            ("all", "memory, as p", "p.usage_costs('usage', rates := 'p.rates', aliases := 'p.aliases')"),
        ],
    )
    def test_the_macro_is_called_from_any_place(
        self, file: Path, tmp_path: Path, name: str, where: str, asked: str
    ) -> None:
        path = tmp_path / f"{name}.duckdb"
        path.write_bytes(file.read_bytes())
        with duckdb.connect() if "memory" in where else duckdb.connect(str(path), read_only=True) as db:
            if "memory" in where:
                db.execute(f"attach '{path}' as {'p' if 'as p' in where else 'prices'} (read_only)")
                db.execute("create table rates as select 1 as odd; create table aliases as select 1 as odd")
            db.execute(f"create {'table' if 'memory' in where else 'temp table'} usage as {self.ROW}")
            if "then prices" in where:
                db.execute("use prices")
            (found,) = db.execute(f"select usd, why from {asked}").fetchall()
        snapshot = llm_models.load(config=None, publish=False)
        at = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
        assert found == (snapshot.cost("groq:openai/gpt-oss-20b", Usage(input=300_000, output=2000), at).total, None)

    def test_names_of_the_user_are_added(self, file: Path) -> None:
        with duckdb.connect() as db:
            db.execute(f"attach '{file}' as prices (read_only)")
            db.execute(
                "create view names as from prices.aliases union all by name "
                "select 'gateway' as provider, 'fast-chat' as name, 'openai/gpt-oss-20b' as model"
            )
            db.execute(f"create table usage as {self.ROW.replace('openai/gpt-oss-20b', 'fast-chat')}")
            asked = "select usd is null, why from prices.usage_costs('usage', aliases := 'names')"
            assert db.execute(asked).fetchall() == [(True, "unknown model")]
            db.execute("create or replace view names as from prices.aliases union all by name "
                       "select 'groq' as provider, 'fast-chat' as name, 'openai/gpt-oss-20b' as model")  # fmt: skip
            assert db.execute(asked).fetchall() == [(False, None)]

    def test_all_counts_are_read(self, file: Path) -> None:
        """A count that the macro passed over would be priced at nothing."""
        with duckdb.connect() as db:
            db.execute(f"attach '{file}' as prices (read_only)")
            for name in COUNTS:
                db.execute(
                    f'create or replace table usage as select provider, model, "at", -1 as {name} from ({self.ROW})'
                )
                (found,) = db.execute("select why from prices.usage_costs('usage')").fetchall()
                assert found[0].startswith("impossible count: "), name

    @pytest.mark.parametrize("target", ["duckdb", "sqlite"])
    def test_a_file_with_other_tables_is_not_replaced(self, tmp_path: Path, target: str) -> None:
        """Also where its own tables are still in a file beside it, as after a program that was stopped."""
        file = tmp_path / f"file.{target}"
        export = ("export", target, "openai:gpt-5.2", "--out", str(file))
        fine(*export)
        fine(*export)
        connect: Any = duckdb.connect if target == "duckdb" else sqlite3.connect
        with closing(connect(str(file))) as db:
            db.execute("create table usage as select 1 as input")
        before = file.read_bytes()
        assert "has tables that are not of this command, and would lose them (found usage)" in refused(here(*export))
        assert file.read_bytes() == before
        file.unlink()
        beside = file.with_name(f"{file.name}{'.wal' if target == 'duckdb' else '-wal'}")
        beside.write_bytes(b"changes")
        assert f"{beside}: this file has changes that are not in {file}" in refused(here(*export))
        assert [*tmp_path.iterdir()] == [beside]

    def test_without_the_tables_of_the_macro_there_is_none(self, tmp_path: Path) -> None:
        done = fine("export", "duckdb", "openai:gpt-5.2", "--tables", "rates", "--out", str(tmp_path / "file.duckdb"))
        assert "the macro usage_costs is left out: it needs the tables rates and aliases" in done.err


PRICE = Decimal("0.62")
