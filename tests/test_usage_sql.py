"""The query that prices usage, and the rates that it joins: they say what `cost()` says, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import million
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.command import here
from support.prices import COSTS, catalogue, small

from llm_models import InvalidArgumentError, Model, Usage, tables
from llm_models.pricing import priced_of
from llm_models.rates import gone_models, hours_of, rows_of, spelled_modes
from llm_models.tariff import DAY, window_on
from llm_models.usage_sql import COUNTS, DIALECTS, MOST_DIGITS, USUAL, usage_query

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from llm_models import Snapshot

ROWS = 3000
LAW = settings(max_examples=60, deadline=None, derandomize=True)
LARGEST = 10**MOST_DIGITS - 1


class TestRows:
    """`docs/warehouse.md`: the query gives what `cost` says of each row, to the last digit, or null and why."""

    @pytest.fixture(autouse=True)
    def _libraries(self) -> None:
        for name in ("duckdb", "pyarrow"):
            pytest.importorskip(name, reason=f"{name} comes with an extra")

    def test_made_up_rows_have_the_price_of_cost(self, tmp_path: Path) -> None:
        lines = [*million.compared(["duckdb"], ROWS, 7, str(tmp_path))]
        assert f"duckdb: {ROWS:,} rows" in lines[-1]
        assert "0 different" in lines[-1]
        text = "\n".join(lines)
        for kind in million.SHARES:
            assert f"  {kind}, " in text
        reasons = ("unknown model", "no time", "unknown mode", "impossible count", "nothing counted", "no price")
        for reason in reasons:
            assert f"not priced: {reason} " in text

    @pytest.mark.parametrize("moments", ["zoned", "text"])
    def test_moments_of_other_types_are_the_same_moments(self, tmp_path: Path, moments: str) -> None:
        """Also where the session of the engine has another zone."""
        assert "0 different" in [*million.compared(["duckdb"], ROWS, 7, str(tmp_path), moments=moments)][-1]

    @pytest.mark.whole
    @pytest.mark.parametrize(
        "counts",
        [
            ("input", "output"),
            ("output", "reasoning", "web_search"),
            ("input", "cache_write", "cache_write_1h", "tier_input"),
            ("output", "output_image", "images"),
            ("images", "maps"),
            USUAL["spark"],
        ],
    )
    def test_a_query_of_fewer_counts_has_their_price(self, tmp_path: Path, counts: tuple[str, ...]) -> None:
        assert "0 different" in [*million.compared(["duckdb"], ROWS, 7, str(tmp_path), counts=counts)][-1]

    @pytest.mark.whole
    def test_a_difference_is_reported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The comparison finds a window that holds one minute too long, a tier that begins early, a rounded digit."""
        query = usage_query("duckdb", COUNTS)
        for right, wrong in (
            ("< r.minute_until", "<= r.minute_until"),
            ("u.__llm_models_size > r.input_over", "u.__llm_models_size >= r.input_over"),
            ("u.__llm_models_at < r.valid_until", "u.__llm_models_at <= r.valid_until"),
            ("* 0.000001::decimal(6, 6) as decimal(37, 15))", "* 0.000001::decimal(6, 6) as decimal(37, 12))"),
        ):
            assert right in query
            changed = query.replace(right, wrong)
            monkeypatch.setattr(million, "usage_query", lambda *_, changed=changed: changed)
            with pytest.raises(AssertionError):
                list(million.compared(["duckdb"], ROWS, 7, str(tmp_path)))

    def test_the_largest_bill_has_all_its_digits(self) -> None:
        """Engines keep products of decimals in 18 digits, or drop places, unless the query's types forbid it."""
        classes = [name for name in COUNTS if name not in ("images", "tier_input")]
        fees = {name: 999_999.999999999 for name in classes if name not in USUAL["spark"] or name == "web_search"}
        tokens = {name: 999_999.999999999 for name in USUAL["spark"] if name != "web_search"}
        snapshot = catalogue(**tokens, fees={**fees, "request": 1_000_000}, image=1_000_000)
        usage = dict.fromkeys(("input", "output", "images", *fees), LARGEST)
        for stated in (usage, {"input": 1}, {"input": 10_000_001, "cache_read": 3}, {"output": 10_000_000}):
            assert self.priced(snapshot, stated) == snapshot.cost("acme:m", Usage(**stated)).total

    @pytest.mark.parametrize(
        ("fees", "usage"),
        [({"request": 0}, {}), ({"request": 0}, {"tier_input": 0}), ({}, {"input": 0, "tier_input": 0})],
    )
    def test_a_fee_of_each_request_counts_something_also_if_it_is_free(
        self, fees: dict[str, float], usage: dict[str, int]
    ) -> None:
        assert self.priced(catalogue(input=1, fees=fees), usage) == 0

    def test_the_tier_alone_counts_nothing(self) -> None:
        assert self.priced(catalogue(input=1), {"tier_input": 0}) is None

    @staticmethod
    def priced(snapshot: Snapshot, usage: dict[str, int]) -> Decimal | None:
        """What the query of DuckDB says of one usage of `acme:m`."""
        import duckdb

        with duckdb.connect() as connection:
            for name in ("rates", "aliases"):
                columns = tables.TABLES[name]
                kinds = {"text": "varchar", "integer": "bigint", "decimal": "decimal(18, 9)", "boolean": "boolean",
                         "moment": "timestamp", "list": "varchar[]"}  # fmt: skip
                parts = ", ".join(f'"{one.name}" {kinds[one.kind]}' for one in columns)
                connection.execute(f"create table {name} ({parts})")
                rows = [
                    [row[one.name] for one in columns]
                    for row in tables.rows(snapshot, name, [snapshot.resolve("acme:m")])
                ]
                connection.executemany(f"insert into {name} values ({', '.join('?' * len(columns))})", rows)
            connection.execute(usage_query("duckdb", COUNTS))
            counts = "".join(f", {number}::bigint as {name}" for name, number in usage.items())
            connection.execute(
                "create table usage as select 'acme' as provider, 'm' as model, timestamp '2026-10-05' as at" + counts
            )
            found = connection.execute("select usd, why from usage_costs('usage')").fetchall()
        assert len(found) == 1
        assert (found[0][0] is None) == (found[0][1] is not None)
        return found[0][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("counts", [("cache_read",), ("output", "cache_write_1h"), ("output", "tier_input")])
def test_a_part_is_not_priced_without_its_whole(dialect: str, counts: tuple[str, ...]) -> None:
    """`cost` refuses such a usage: without the total it is not known what else was counted."""
    with pytest.raises(InvalidArgumentError, match="is a part of"):
        usage_query(dialect, counts)
    done = here("export", "sql", "--dialect", dialect, "--counts", ",".join(counts))
    assert (done.code, done.out) == (2, "")
    assert "is a part of" in done.err


class TestRates:
    """Each request in a mode that a model has matches one row of `rates`, which has the prices of that request."""

    @LAW
    @given(COSTS, st.data())
    @example({"input": 1, "hours": [{"utc": ["10:00", "10:00"], "input": 2}]}, None)
    @example({"input": 1, "hours": [{"utc": ["08:00", "12:00"]}, {"utc": ["10:00", "14:00"], "input": 3}]}, None)
    def test_one_row_matches_and_has_the_prices(self, cost: dict[str, Any], data: Any) -> None:
        model = Model.from_dict({"provider": "acme", "id": "made", "cost": cost})
        rows = [*rows_of(small().view, model)]
        priced = priced_of(small().view, model)
        begins = {row.time.since for row in rows} | {row.time.until for row in rows}
        minutes = {row.hours.start for row in rows} | {row.hours.end for row in rows}
        sizes = {row.over for row in rows} | {row.upto for row in rows}
        for begin in begins:
            for moment in (
                begin,
                begin + timedelta(hours=10),
                begin - timedelta(microseconds=1) if begin.year > 1 else begin,
            ):
                if moment.year == 9999:
                    continue
                minute = data.draw(st.sampled_from(sorted(minutes))) if data else 600
                at = moment if moment != begin else moment + timedelta(minutes=minute % DAY)
                chosen = priced.valid_at(small().view, at.replace(tzinfo=UTC)).prices
                lists = chosen.prices or priced.lists[0].prices
                for mode in spelled_modes(priced, lists):
                    for size in sizes:
                        for number in (size, size + 1):
                            self.check(rows, model, at, mode, number)

    def check(self, rows: list[Any], model: Model, at: datetime, mode: str, size: int) -> None:
        minute = at.hour * 60 + at.minute
        found = [
            row
            for row in rows
            if row.mode == mode
            and row.time.since <= at < row.time.until
            and row.hours.start <= minute < row.hours.end
            and row.hours.days >> at.weekday() & 1
            and row.over < size <= row.upto
        ]
        if not 0 <= size < 2**62:
            assert len(found) <= 1
            return
        assert len(found) == 1, (at, mode, size)
        prices = small().prices(model, at, mode)
        overs = {row.context_over for row in prices.rows if (row.context_over or -1) < size}
        over = max(overs, key=lambda one: -1 if one is None else one, default=None)
        assert {name: row.rate for name, row in found[0].prices.items()} == {
            row.cls: row.rate for row in prices.rows if row.context_over == over
        }

    def test_models_of_a_provider_that_the_catalogue_lacks_have_rows_of_their_time(self) -> None:
        """Also where rules read the names of that provider."""
        view = small().view
        assert "amazon_bedrock" not in view.known
        gone = [*gone_models(view, ["amazon_bedrock"])]
        assert any(row.prices for model in gone[:5] for row in rows_of(view, model))

    @LAW
    @given(
        st.lists(
            st.fixed_dictionaries(
                {"utc": st.lists(st.sampled_from(["00:00", "00:01", "10:00", "23:59"]), min_size=2, max_size=2)},
                optional={"days": st.lists(st.sampled_from(["mon", "tue", "sun"]), max_size=2)},
            ),
            max_size=4,
        )
    )
    def test_each_minute_of_a_week_is_in_one_row(self, windows: list[dict[str, Any]]) -> None:
        prices = {"hours": windows}
        rows = hours_of(prices)
        for day in range(7):
            for minute in (0, 1, 2, 599, 600, 601, 1438, 1439):
                found = [row for row in rows if row.start <= minute < row.end and row.days >> day & 1]
                assert [row.window for row in found] == [window_on(prices, day, minute)]
        assert all(0 <= row.start < row.end <= DAY for row in rows)
        assert sum((row.end - row.start) * row.days.bit_count() for row in rows) == 7 * DAY
