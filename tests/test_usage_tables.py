"""Tables of usage as users have them: any types, columns of their own, in a database of their own."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.prices import catalogue

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


PRICE = Decimal("0.62")
