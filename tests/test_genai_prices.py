"""From the document of genai-prices to our records: ids, price lists by day, hours and modes, and the real data.

The installed package is the measure: at any moment, a request costs what the package computes.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from support import UPSTREAM
from support.command import facts, here, refused
from support.mutations import mutated
from support.prices import SPEC, bill, catalogue

from llm_models import genai_document, schema, transforms
from llm_models.current_prices import LAST, of_day
from llm_models.errors import SourceError
from llm_models.ingest import read_source
from llm_models.normalize import Report, normalize
from llm_models.transforms import genai_prices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.snapshot import Snapshot

installed = pytest.mark.skipif(find_spec("genai_prices") is None, reason="genai-prices is not installed")
VERSION = version("genai-prices") if find_spec("genai_prices") else ""
measured = pytest.mark.skipif(VERSION != "0.2.3", reason="the figures are those of genai-prices 0.2.3")

FULL: dict[str, Any] = {
    "id": "think",
    "name": "Think",
    "description": "Thinks.",
    "match": {"or": [{"equals": "think-2"}, {"equals": "think-2-0801"}, {"starts_with": "think-2-"}]},
    "context_window": 200000,
    "deprecated": True,
    "price_comments": "Halved.",
    "prices": [
        {"prices": {"input_mtok": "2", "output_mtok": 8}},
        {
            "constraint": {"start_date": "2026-03-01"},
            "prices": {
                "input_mtok": {"base": "1", "tiers": [{"start": 100000, "price": "2"}]},
                "output_mtok": "4",
                "cache_read_mtok": "0.1",
                "cache_write_mtok": "1.25",
                "cache_write_1h_mtok": "2",
                "input_audio_mtok": "3",
                "output_audio_mtok": "6",
                "output_reasoning_mtok": "5",
                "web_searches_kcount": "10",
                "requests_kcount": "0.5",
                "audio_hours": "0.36",
                "input_mchars": "7",
            },
        },
        {
            "constraint": {"start_time": "16:30:00Z", "end_time": "00:30:00Z"},
            "prices": {"input_mtok": "0.5", "output_mtok": "2", "web_searches_kcount": "9"},
        },
    ],
    "price_variants": [
        {"when": {"service_tier": "default"}, "prices": {}},
        {"when": {"processing": "batch"}, "prices": {"input_mtok": "0.5", "output_mtok": "2"}},
        {
            "when": {"service_tier": "priority"},
            "constraint": {"start_date": "2026-05-01"},
            "prices": {"input_mtok": "3", "web_searches_kcount": "20"},
        },
    ],
}


def document(*models: Any, provider: str = "openai", **fields: Any) -> list[dict[str, Any]]:
    return [{"id": provider, "name": "Acme", "api_pattern": "acme", "models": list(models), **fields}]


def records(*models: Any, **fields: Any) -> tuple[dict[str, dict[str, Any]], Counter[tuple[str, str, str]]]:
    """The records by id, each of which is valid, and what was counted."""
    report = Report()
    valid = normalize(
        document(*models, **fields),
        genai_prices,
        report,
        lambda kind, one: None if schema.accepts(kind, one) else "bad",
    )
    (part,) = valid.values()
    return part["models"], Counter(report.counts)


def one(**fields: Any) -> dict[str, Any]:
    """The record of a model with those fields, of which nothing is dropped."""
    found, counts = records({"id": "m", "match": {"equals": "m"}, **fields})
    assert not counts
    return found["m"]


def cost(prices: Any, *variants: Any, day: str = LAST) -> dict[str, Any]:
    more = {"price_variants": list(variants)} if variants else {}
    return of_day(one(prices=prices, **more)["cost"], day)


class TestTable:
    def test_a_full_record(self) -> None:
        found, counts = records(FULL, pricing_urls=["https://acme.example/pricing#api", "https://acme.example/more"])
        assert not counts
        source = {"source": "https://acme.example/pricing#api"}
        batch = {"batch": {"input": 0.5, "output": 2}}
        night = {"hours": [{"utc": ["16:30", "00:30"], "input": 0.5, "output": 2}]}
        march = {
            "input": 1,
            "output": 4,
            "cache_read": 0.1,
            "cache_write": 1.25,
            "cache_write_1h": 2,
            "input_audio": 3,
            "output_audio": 6,
            "reasoning": 5,
            "audio": 0.006,
            "fees": {"web_search": 10, "request": 0.5},
            "tiers": [{"context_over": 100000, "input": 2}],
            **night,
            **source,
        }
        priority = {"priority": {"input": 3, "fees": {"web_search": 20}}}
        assert found["think-2"] == {
            "id": "think-2",
            "provider": "openai",
            "name": "Think",
            "deprecated": True,
            "limits": {"context": 200000},
            "cost": {
                **march,
                "valid_from": "2026-05-01",
                "modes": {**batch, **priority},
                "dated": [
                    {"input": 2, "output": 8, **night, "modes": batch, "valid_from": "0001-01-01", **source},
                    {**march, "modes": batch, "valid_from": "2026-03-01"},
                ],
            },
            "extra": {"genai_prices": {"prices": FULL["prices"]}},
        }
        assert found["think-2-0801"] == {**found["think-2"], "id": "think-2-0801"}

    @pytest.mark.parametrize(
        ("match", "ids"),
        [
            ({"equals": "a"}, ["a"]),
            ({"or": [{"equals": "a"}, {"contains": "b"}, {"equals": "c"}, {"equals": "a"}]}, ["a", "c"]),
            ({"contains": "a"}, []),
            ({"starts_with": "a"}, []),
            ({"ends_with": "a"}, []),
            ({"regex": "a"}, []),
            ({"and": [{"equals": "a"}, {"contains": "a"}]}, []),
            ({"or": [{"or": [{"equals": "a"}]}, {"and": [{"equals": "b"}]}, 3, {"equals": 4}]}, []),
            ({"or": 3}, []),
            (None, []),
        ],
    )
    def test_only_what_equals_is_an_id(self, match: Any, ids: list[str]) -> None:
        """The other clauses also match other models, which cost something else."""
        found, counts = records({"id": "x", "match": match, "prices": {"input_mtok": 1}})
        assert (list(found), counts) == (ids, {})

    @pytest.mark.parametrize(
        ("provider", "ours"), [("x-ai", "xai"), ("aws", "amazon_bedrock"), ("together", "togetherai")]
    )
    def test_a_provider_is_one_of_ours(self, provider: str, ours: str) -> None:
        found = normalize(document(FULL, provider=provider), genai_prices, Report(), lambda *_: None)
        assert list(found) == [ours]

    @pytest.mark.parametrize("provider", ["avian", "huggingface_novita", "never-seen", "", 3, None])
    def test_any_other_provider_is_left_out(self, provider: Any) -> None:
        both = [*document(FULL, provider=provider), *document(FULL)]
        counts = transforms.read(json.dumps(both).encode(), "x", "genai_prices")[1]
        assert counts == {"providers": 1, "models": 2}

    def test_no_price_is_unknown(self) -> None:
        assert "cost" not in one(prices={})
        assert one(prices={"input_mtok": "0"})["cost"] == {"input": 0}

    def test_a_list_inside_an_object(self) -> None:
        """The newer form of the document."""
        newer = json.dumps({"units": {}, "providers": document(FULL)}).encode()
        assert transforms.read(newer, "x", "genai_prices")[1] == {"providers": 1, "models": 2}

    @pytest.mark.parametrize(
        "broken", [[], {}, {"providers": 3}, [3], None, document(3)[0], [{"id": "openai", "models": 3}]]
    )
    def test_another_shape_is_no_document(self, broken: Any) -> None:
        with pytest.raises(SourceError, match="is not a catalogue of genai-prices: no provider with models"):
            transforms.read(json.dumps(broken).encode(), "x", "genai_prices")


class TestTiers:
    def test_a_price_with_tiers(self) -> None:
        prices = {"input_mtok": {"base": 1, "tiers": [{"start": 200, "price": 3}, {"start": 100, "price": 2}]}}
        assert cost(prices)["tiers"] == [{"context_over": 100, "input": 2}, {"context_over": 200, "input": 3}]

    def test_a_tier_has_the_price_of_the_lower_start(self) -> None:
        """Otherwise the base price would hold in it."""
        made = cost(
            {
                "input_mtok": {"base": 1, "tiers": [{"start": 100, "price": 2}]},
                "output_mtok": {"base": 5, "tiers": [{"start": 200, "price": 7}]},
                "cache_read_mtok": 0.1,
            }
        )
        assert made["tiers"] == [
            {"context_over": 100, "input": 2, "output": 5},
            {"context_over": 200, "input": 2, "output": 7},
        ]
        assert bill(made, input=201, output=0).total == Decimal(402) / 1_000_000

    @pytest.mark.parametrize(
        ("price", "why"),
        [
            ({"base": 1}, "tiers of unknown form"),
            ({"base": 1, "tiers": [], "note": 1}, "tiers of unknown form"),
            ({"base": "free", "tiers": []}, "expected a price as a number"),
            ({"base": 1, "tiers": [3]}, "a tier of unknown form"),
            ({"base": 1, "tiers": [{"start": 0, "price": 2}]}, "a tier of unknown form"),
            ({"base": 1, "tiers": [{"start": 9, "price": 2}, {"start": 9, "price": 3}]}, "a tier of unknown form"),
            ({"base": 1, "tiers": [{"start": n, "price": 2} for n in range(1, 200)]}, "tiers of unknown form"),
        ],
    )
    def test_a_price_that_is_not_understood_is_dropped_alone(self, price: Any, why: str) -> None:
        found, counts = records(
            {"id": "m", "match": {"equals": "m"}, "prices": {"input_mtok": price, "output_mtok": 4}}
        )
        assert found["m"]["cost"] == {"output": 4}
        assert counts == {("dropped", "cost.prices.input_mtok", why): 1}


class TestDays:
    PRICES = (
        {"prices": {"input_mtok": 1}},
        {"constraint": {"start_date": "2026-02-01"}, "prices": {"input_mtok": 2}},
        {"constraint": {"start_date": "2027-01-01"}, "prices": {"input_mtok": 4}},
    )

    @pytest.mark.parametrize(
        ("day", "flat", "since"),
        [("2026-01-31", 1, None), ("2026-02-01", 2, "2026-02-01"), ("2027-05-05", 4, "2027-01-01")],
    )
    def test_the_flat_price_is_that_of_the_day(self, day: str, flat: float, since: str | None) -> None:
        made = cost([*self.PRICES], day=day)
        assert (made["input"], made.get("valid_from"), len(made["dated"])) == (flat, since, 2)

    def test_the_last_entry_that_holds_wins(self) -> None:
        """Also where it begins earlier: the order of the list decides."""
        late, early = self.PRICES[2], self.PRICES[1]
        made = cost([self.PRICES[0], late, early])
        assert [made["input"], *(one["input"] for one in made["dated"])] == [2, 1]

    def test_without_a_first_price_nothing_is_known_before(self) -> None:
        made = cost([*self.PRICES[1:]])
        assert bill(made, "2025-01-01", input=1).total is None
        assert bill(made, "2026-02-01", input=1_000_000).total == 2

    def test_a_build_takes_the_list_of_its_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(transforms.SOURCES, "dated", transforms.SOURCES["genai_prices"]._replace(lists=True))
        data = json.dumps(document({"id": "m", "match": {"equals": "m"}, "prices": [*self.PRICES]})).encode()
        for day, flat in (("2026-01-01", 1), ("2026-11-27", 2), ("2028-01-01", 4)):
            header, layer, _ = read_source(data, "x", "dated", day=day)
            assert header["sources"][0]["day"] == day
            assert layer.models[0].fields["cost"]["input"] == flat

    @given(
        st.lists(st.dates(), min_size=1, max_size=4, unique=True),
        st.booleans(),
        st.dates(),
        st.lists(st.dates(datetime(1990, 1, 1).date(), datetime(2100, 1, 1).date()), max_size=5),
    )
    @settings(max_examples=100, deadline=None)
    def test_of_day_changes_no_bill(self, starts: Any, undated: bool, day: Any, moments: Any) -> None:
        lists: list[dict[str, Any]] = [{"input": n, "valid_from": str(start)} for n, start in enumerate(starts, 1)]
        made = {"input": 100, "dated": lists} if undated else {**lists[0], "dated": lists[1:]}
        changed = of_day(made, str(day))
        assert schema.accepts("model", {"id": "m", "provider": "p", "cost": changed})
        assert of_day(changed, str(day)) == changed
        for moment in [*starts, *moments]:
            assert bill(changed, str(moment), input=1).total == bill(made, str(moment), input=1).total


class TestHours:
    def test_hours_after_the_prices_that_hold(self) -> None:
        """An entry for some hours is hidden by a later one for all hours."""
        night = {"constraint": {"start_time": "22:00:00Z", "end_time": "06:00:00Z"}, "prices": {"input_mtok": 1}}
        since = {"constraint": {"start_date": "2026-02-01"}, "prices": {"input_mtok": 3}}
        hidden = cost([{"prices": {"input_mtok": 2}}, night, since])
        assert "hours" not in hidden
        assert hidden["dated"][0]["hours"] == [{"utc": ["22:00", "06:00"], "input": 1}]
        both = cost([{"prices": {"input_mtok": 2}}, since, night])
        assert both["hours"] == both["dated"][0]["hours"]

    @pytest.mark.parametrize(
        ("start", "end", "utc"),
        [
            ("00:30:00+00:00", "16:30:00+00:00", ["00:30", "16:30"]),
            ("00:30", "16:30", ["00:30", "16:30"]),
            ("00:30:00+08:00", "08:30:00+08:00", ["16:30", "00:30"]),
        ],
    )
    def test_times_are_of_utc(self, start: str, end: str, utc: list[str]) -> None:
        entry = {"constraint": {"start_time": start, "end_time": end}, "prices": {"input_mtok": 1}}
        assert cost([{"prices": {"input_mtok": 2}}, entry])["hours"] == [{"utc": utc, "input": 1}]

    @pytest.mark.parametrize(
        ("constraint", "why"),
        [
            ({"start_time": "00:30:15Z", "end_time": "16:30:00Z"}, "hours that are not whole minutes"),
            ({"start_time": "25:00", "end_time": "16:30"}, "an entry of unknown hours"),
            ({"start_time": 3, "end_time": "16:30"}, "an entry of unknown hours"),
            ({"start_time": "16:30", "end_time": "16:30"}, "an entry with an empty window"),
            ({"start_time": "16:30"}, "a constraint of unknown form"),
            ({"start_date": "2026-02-01", "end_date": "2026-03-01"}, "a constraint of unknown form"),
            ({"weekday": "monday"}, "a constraint of unknown form"),
            ({"start_date": "soon"}, "not a date"),
            ({"start_date": "2026-02"}, "a month, expected a day"),
            ({"start_date": 3}, "expected text"),
            ("always", "a constraint of unknown form"),
        ],
    )
    def test_what_is_not_understood_does_not_hold(self, constraint: Any, why: str) -> None:
        prices = [{"prices": {"input_mtok": 2}}, {"constraint": constraint, "prices": {"input_mtok": 9}}]
        found, counts = records({"id": "m", "match": {"equals": "m"}, "prices": prices})
        assert found["m"]["cost"] == {"input": 2}
        assert counts == {("dropped", "cost.prices", why): 1}

    def test_windows_do_not_overlap(self) -> None:
        windows = [
            {"constraint": {"start_time": a, "end_time": b}, "prices": {"input_mtok": 1}}
            for a, b in (("22:00", "06:00"), ("05:00", "09:00"))
        ]
        found, counts = records(
            {"id": "m", "match": {"equals": "m"}, "prices": [{"prices": {"input_mtok": 2}}, *windows]}
        )
        assert [window["utc"] for window in found["m"]["cost"]["hours"]] == [["22:00", "06:00"]]
        assert counts == {("dropped", "cost.prices", "windows that overlap"): 1}


class TestModes:
    @pytest.mark.parametrize(
        ("when", "mode"),
        [
            ({"processing": "batch"}, "batch"),
            ({"service_tier": "flex"}, "flex"),
            ({"service_tier": "priority"}, "priority"),
            ({"service_tier": "fast"}, "fast"),
            ({"speed": "fast"}, "fast"),
        ],
    )
    def test_a_kind_of_request(self, when: dict[str, str], mode: str) -> None:
        assert cost({"input_mtok": 2}, {"when": when, "prices": {"input_mtok": 1}})["modes"] == {mode: {"input": 1}}

    def test_of_two_variants_the_first_counts_for_each_price(self) -> None:
        first = {"when": {"processing": "batch"}, "prices": {"input_mtok": 1}}
        second = {"when": {"processing": "batch"}, "prices": {"input_mtok": 9, "output_mtok": 3}}
        assert cost({"input_mtok": 2}, first, second)["modes"] == {"batch": {"input": 1, "output": 3}}

    def test_a_mode_from_a_day_on(self) -> None:
        variant = {"when": {"speed": "fast"}, "constraint": {"start_date": "2026-10-14"}, "prices": {"input_mtok": 9}}
        assert "modes" not in cost({"input_mtok": 2}, variant, day="2026-10-13")
        assert cost({"input_mtok": 2}, variant, day="2026-10-14")["modes"] == {"fast": {"input": 9}}

    @pytest.mark.parametrize(
        "when", [{"route": "mistral/eu"}, {"search_type": "web"}, {"processing": "batch", "speed": "fast"}]
    )
    def test_another_kind_of_request_is_kept_in_extra(self, when: dict[str, str]) -> None:
        variant = {"when": when, "prices": {"input_mtok": 9}}
        found = one(prices={"input_mtok": 2}, price_variants=[variant])
        assert (found["cost"], found["extra"]) == ({"input": 2}, {"genai_prices": {"price_variants": [variant]}})

    @pytest.mark.parametrize("when", [None, {}, 3, {"processing": ["batch"]}, {"processing": None}])
    def test_a_variant_for_unknown_requests_is_dropped(self, when: Any) -> None:
        variant = {"when": when, "prices": {"input_mtok": 9}}
        model = {"id": "m", "match": {"equals": "m"}, "prices": {"input_mtok": 2}, "price_variants": [variant]}
        found, counts = records(model)
        assert found["m"]["cost"] == {"input": 2}
        assert counts == {("dropped", "cost.price_variants", "a variant for unknown requests"): 1}


class TestUse:
    def test_nothing_is_built_of_it_alone(self) -> None:
        Path("prices.json").write_text(json.dumps(document(FULL)))
        message = refused(here("activate", "--from", "prices.json", "--source", "genai_prices", "--out", "x.json"), 2)
        assert "genai-prices does not state which models exist" in message
        assert "--supplement genai_prices=FILE" in message
        assert not Path("x.json").exists()

    def test_it_can_be_pulled(self) -> None:
        Path("prices.json").write_text(json.dumps(document(FULL)))
        row = facts("pull", "--source", "genai_prices", "--url", "prices.json", "--out", "stored.json")
        assert (row["source"], row["providers"], row["models"]) == ("genai_prices", 1, 2)

    def test_without_the_package_there_is_a_next_step(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def absent(name: str) -> Any:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)

        monkeypatch.setattr(genai_document, "import_module", absent)
        told = CliRunner().invoke(genai_document.main, ["--out", "x.json"])
        assert (told.exit_code, Path("x.json").exists()) == (1, False)
        assert told.output == "Error: No module named 'genai_prices.data'. Install it: pip install genai-prices\n"


class TestHostile:
    @pytest.mark.whole
    @settings(max_examples=800, deadline=None)
    @given(mutated(FULL))
    def test_only_what_is_wrong_is_lost(self, mutation: Any) -> None:
        (key, *_), model = mutation
        whole, _ = records(FULL)
        found, _ = records(model, {**FULL, "match": {"equals": "other"}})
        assert found["other"] == {**whole["think-2"], "id": "other"}
        if key == "match":
            return
        for name, record in whole.items():
            for field, value in record.items():
                lost = {"context_window": "limits", "prices": "cost", "price_variants": "cost"}.get(key, key)
                if field not in {lost, "extra"}:
                    assert found[name][field] == value
            if key == "price_variants":
                assert {**found[name]["cost"], "modes": 0, "dated": 0, "valid_from": 0} == {
                    **record["cost"],
                    "modes": 0,
                    "dated": 0,
                    "valid_from": 0,
                }

    @pytest.mark.whole
    @settings(max_examples=200, deadline=None)
    @given(mutated(document(FULL, provider="anthropic", pricing_urls=["https://a.example"])))
    def test_other_providers_stay(self, mutation: Any) -> None:
        wrong = mutation[1] if isinstance(mutation[1], list) else []
        found = normalize([*document(FULL), *wrong], genai_prices, Report(), lambda *_: None)
        assert len(found["openai"]["models"]) == 2

    @pytest.mark.parametrize(
        ("fields", "place", "why"),
        [
            ({"prices": [{"prices": {}}] * 101}, "cost", "more than 100 price lists"),
            ({"price_variants": [{}] * 101}, "cost.price_variants", "more than 100"),
            ({"match": {"or": [{"equals": str(n)} for n in range(101)]}}, "model", "more than 100 ids"),
        ],
    )
    def test_what_is_too_much_is_dropped(self, fields: dict[str, Any], place: str, why: str) -> None:
        _, counts = records({"id": "m", "match": {"equals": "m"}, **fields})
        assert [(key[1], key[2], count) for key, count in counts.items()] == [(place, why, 1)]


@cache
def data() -> bytes:
    return genai_document.document()


@cache
def real() -> dict[str, dict[str, Any]]:
    report = Report()
    found = normalize(
        json.loads(data()), genai_prices, report, lambda kind, one: None if schema.accepts(kind, one) else "bad"
    )
    assert {key[0] for key in report.counts} <= {"repaired"}
    return found


AGREEMENT = (
    ("cost.input", 643, 85, 4),
    ("cost.output", 635, 85, 4),
    ("cost.cache_read", 396, 48, 32),
    ("cost.cache_write", 101, 22, 4),
    ("cost.cache_write_1h", 0, 0, 29),
    ("cost.tiers", 74, 9, 1),
    ("cost.fees.web_search", 0, 0, 64),
    ("cost.modes.batch.input", 0, 0, 76),
    ("cost.modes.flex.input", 0, 0, 22),
    ("cost.modes.priority.input", 0, 0, 27),
    ("cost.modes.fast.input", 13, 0, 16),
    ("limits.context", 522, 76, 1),
)
"""A field; in how many of the 755 shared records both are the same, both differ, and only genai-prices states it."""


@installed
class TestInstalledPackage:
    def test_the_document_is_the_one_of_its_project(self) -> None:
        """Its own reader makes the same providers of it. It drops nothing and changes no digit."""
        types = pytest.importorskip("genai_prices.types")
        packaged = pytest.importorskip("genai_prices.data").providers
        assert types._providers_from_raw(json.loads(data())) == packaged

    def test_the_command_writes_a_file_that_can_be_pulled(self) -> None:
        told = CliRunner().invoke(genai_document.main, ["--out", "doc.json"])
        assert (told.exit_code, Path("doc.json").read_bytes()) == (0, data())
        assert facts("pull", "--source", "genai_prices", "--url", "doc.json", "--out", "stored.json")["models"] > 2000

    @measured
    def test_every_provider_is_ours_or_left_out_by_name(self) -> None:
        stated = {provider["id"] for provider in json.loads(data())}
        elsewhere = {one for one in stated if one.startswith(tuple(genai_prices.ELSEWHERE))}
        assert stated == {*genai_prices.PROVIDERS} | elsewhere
        assert not elsewhere & {*genai_prices.PROVIDERS}

    @measured
    def test_every_key_is_taken_kept_or_left_out_by_name(self) -> None:
        """`Record` keeps what no table names, so a key that is neither taken nor left out would be here."""
        kept = Counter(
            name if name != "prices" or isinstance(held, list) else f"prices.{key}"
            for part in real().values()
            for model in part["models"].values()
            for name, held in model.get("extra", {}).get("genai_prices", {}).items()
            for key in (held if isinstance(held, dict) else [""])
        )
        assert set(kept) == {
            "prices",
            "price_variants",
            "prices.input_annotated_document_kpages",
            "prices.input_document_kpages",
            "prices.input_mchars",
            "prices.input_text_messages_kcount",
        }
        assert not any("extra" in part["provider"] for part in real().values())

    @measured
    def test_what_it_states(self) -> None:
        models = [model for part in real().values() for model in part["models"].values()]
        assert (len(real()), len(models), sum("cost" not in model for model in models)) == (27, 2474, 201)

    @measured
    @pytest.mark.skipif(not UPSTREAM.exists(), reason="the upstream file is not here")
    @pytest.mark.parametrize(("field", "same", "differ", "fills"), AGREEMENT)
    def test_how_far_it_agrees_with_models_dev(self, field: str, same: int, differ: int, fills: int) -> None:
        """Where both state the field, and where only this source does. A wrong unit or key would show here."""
        counts: Counter[str] = Counter()
        for ours, model in shared():
            its, mine = at(model, field), at(ours, field)
            if its is not None:
                counts["fills" if mine is None else "same" if mine == its else "differ"] += 1
        assert (counts["same"], counts["differ"], counts["fills"]) == (same, differ, fills)

    @pytest.mark.whole
    def test_a_request_costs_what_the_package_computes(self) -> None:
        """At any moment, of any size, in any mode: of each model with days, hours, tiers or modes."""
        genai = pytest.importorskip("genai_prices")
        compared = Counter(compare(genai))
        assert compared["standard"] > 2000
        assert min(compared[mode] for mode in ("batch", "flex", "priority", "fast")) > 100


CONTEXTS: tuple[tuple[str | None, dict[str, str]], ...] = (
    (None, {}),
    ("batch", {"processing": "batch"}),
    ("flex", {"service_tier": "flex"}),
    ("priority", {"service_tier": "priority"}),
    ("fast", {"service_tier": "fast"}),
    ("fast", {"speed": "fast"}),
)
MOMENTS = tuple(
    datetime(*moment, tzinfo=UTC)
    for moment in ((2025, 3, 1, 12), (2026, 3, 20, 2), (2026, 10, 13, 12), (2026, 11, 27, 2), (2027, 2, 1, 12))
)


def compare(genai: Any) -> Iterator[str]:
    """The mode of each bill that was found equal to the package's price."""
    for provider in import_module("genai_prices.data").providers:
        name = genai_prices.PROVIDERS.get(provider.id)
        part = real().get(name or "", {}).get("models", {})
        for model in provider.models:
            ids = [one for one in genai_prices.equal(genai_document.plain(model.match)) if one in part]
            stated = part[ids[0]].get("cost", {}) if ids else {}
            if not stated.keys() & {"dated", "hours", "tiers", "modes"}:
                continue
            snapshot = catalogue(**stated)
            for moment in MOMENTS:
                for size in (1_000, 900_000):
                    yield from _equal(genai, snapshot, provider, model, moment, size)


def _equal(genai: Any, snapshot: Snapshot, provider: Any, model: Any, moment: datetime, size: int) -> Iterator[str]:
    usage = genai.Usage(input_tokens=size, cache_read_tokens=300, output_tokens=500)
    for mode, context in CONTEXTS:
        if not any(variant.when == context for variant in model.price_variants or ()) and mode:
            continue
        active = [
            one
            for one in model.price_variants or ()
            if one.when == context and (one.constraint is None or one.constraint.active(moment))
        ]
        if mode and not active:
            continue
        theirs = model.calc_price(usage, provider, genai_request_timestamp=moment, price_context=context)
        ours = snapshot.cost(SPEC, {"input": size, "cache_read": 300, "output": 500}, at=moment, mode=mode)
        if ours.total is None or not {"input", "output"} <= {line.cls for line in ours.lines}:
            continue
        assert ours.total == theirs.total_price, (provider.id, model.id, moment, size, mode)
        yield mode or "standard"


@cache
def shared() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The records of models.dev and of the package with the same provider and id; its prices are those of a day."""
    document = json.loads(UPSTREAM.read_bytes())
    theirs = normalize(document, transforms.transform("models_dev"), Report(), lambda *_: None)
    return [
        (ours, {**model, "cost": of_day(model.get("cost", {}), "2026-11-27")})
        for name, part in real().items()
        for model_id, model in part["models"].items()
        if (ours := theirs[name]["models"].get(model_id)) is not None
    ]


def at(record: Any, field: str) -> Any:
    for key in field.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record
