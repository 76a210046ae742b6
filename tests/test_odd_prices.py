"""Prices in another unit, or far from the price that they replace: refused by `validate`, logged by `load()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import catalogues
from support.command import here

import llm_models
from llm_models import checks
from llm_models.observations import price_of
from llm_models.odd_prices import odd_prices
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

COST = {"input": 1.75, "output": 14, "cache_read": 0.175, "image": 0.04}
BASE = catalogues.from_records(
    {
        "acme": {
            "m": {"cost": {**COST, "tiers": [{"context_over": 200_000, "input": 3.5}]}},
            "full": {
                "cost": {
                    "fees": {"web_search": 10},
                    "hours": [{"utc": ["16:30", "00:30"], "input": 3}],
                    "modes": {"batch": {"input": 1.75, "tiers": [{"context_over": 9, "input": 7}]}},
                    "dated": [{"valid_from": "2026-01-01", "input": 7, "modes": {"batch": {"input": 7}}}],
                }
            },
            "free": {"cost": {"input": 0, "output": 0}},
            "dear": {"cost": {"input": 150}},
        }
    }
)


CONFIRM = "To confirm it, state cost.source, where it can be read."


def told(*lines: str, model_id: str = "m") -> list[tuple[str, str]]:
    """Severity and text of what is said of the prices of an entry."""
    kind = "match" if "*" in model_id else "id"
    text = "\n".join(["[[models]]", 'provider = "acme"', f'{kind} = "{model_id}"', *lines])
    found = checks.check_text(text.encode(), "llm_models.toml", BASE)
    return [
        (problem.severity, f"{problem.line}: {problem.path.rpartition(':')[2]}: {problem.message}. {problem.hint}")
        for problem in found
        if "price" in problem.message and "list price" not in problem.message
    ]


class TestSource:
    @pytest.mark.parametrize(
        "line", ["cost.input = 1.75e-06", "cost.input = 1750", "cost.tiers = [{ context_over = 200000, input = 3500 }]"]
    )
    def test_a_stated_source_confirms_a_price(self, line: str) -> None:
        """The error becomes a warning; the text stays."""
        [(severity, text)] = told(line)
        [(confirmed, same)] = told('cost.source = "our contract of May"', line)
        assert (severity, confirmed) == ("error", "warning")
        assert text.partition(": ")[2] == f"{same.partition(': ')[2]} {CONFIRM}"

    def test_the_source_is_no_price(self) -> None:
        cost = {"source": "https://acme.example/prices", "input": 1.0}
        assert price_of(cost) == {"input": 1}
        assert [*odd_prices(cost, {"source": "x"})] == []


class TestUnits:
    def test_a_price_per_token(self) -> None:
        assert told("cost.input = 1.75e-06", "cost.output = 1.4e-05") == [
            ("error", "4: m.cost.input: 1.75e-06 is too small for a price in USD per million tokens "
                      f"(it replaces 1.75). If it is a price per token, write 1.75. {CONFIRM}"),
            ("error", "5: m.cost.output: 1.4e-05 is too small for a price in USD per million tokens "
                      f"(it replaces 14). If it is a price per token, write 14. {CONFIRM}"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("line", "severity", "part"),
        [
            ("cost.input = 0.00175", "error", "1,000 times or more below the old price (it replaces 1.75). "
                                              "If it is a price per thousand tokens, write 1.75."),
            ("cost.input = 1750", "error", "1,000 times or more above the old price"),
            ("cost.cache_read = 175_000", "error", "in millionths of a USD, write 0.175."),
            ("cost.input = 175", "warning", "10 times or more above the old price (it replaces 1.75). "
                                            "If it is in cents, write 1.75."),
            ("cost.input = 0.175", "warning", "10 times or more below the old price"),
            ("cost.cache_read = 1.75e-07", "error", "write 0.175."),
            ("cost.image = 0.000001", "error", "1,000 times or more below the old price (it replaces 0.04). "
                                               "Prices are in USD per image."),
            ("cost.tiers = [{ context_over = 200_000, input = 3.5e-06 }]", "error", "write 3.5."),
            ("cost.reasoning = 0.00002", "error", "If it is a price per token, write 20."),
        ],
    )  # fmt: skip
    def test_each_field_and_each_step(self, line: str, severity: str, part: str) -> None:
        ((found, text),) = told(line)
        assert found == severity
        assert part in text

    @pytest.mark.parametrize(
        "line",
        ["cost = { input = 0, output = 0 }", "cost.input = 0.2", "cost.input = 17", "cost.input = 0.18",
         "cost.reasoning = 0.0001", "cost.audio = 0.00005",
         "cost.tiers = [{ context_over = 100_000, input = 0.001 }]"],
    )  # fmt: skip
    def test_what_is_plausible(self, line: str) -> None:
        assert told(line) == []

    def test_what_replaces_a_free_price(self) -> None:
        assert told("cost.input = 5000", model_id="free") == []

    def test_an_own_model_has_only_the_absolute_rule(self) -> None:
        entry = '[[providers]]\nid = "mine"\n[[models]]\nprovider = "mine"\nid = "m"\ncost.input = '
        for price, count in (("0.00009", 1), ("5000", 0), ("0.0001", 0)):
            found = checks.check_text(f"{entry}{price}".encode(), "llm_models.toml", BASE)
            assert len(found) == count

    def test_of_many_models_one_error_with_a_count_and_an_example(self) -> None:
        assert told("cost.input = 0.001", model_id="*") == [
            ("error", "4: *.cost.input: 0.001 is 1,000 times or more below the old price in 2 models of acme, "
                      f"such as dear (150). Prices are in USD per million tokens. {CONFIRM}"),
        ]  # fmt: skip
        assert told("cost.input = 0.00001", model_id="*")[0][1].startswith("4: *.cost.input: 1e-05 is too small")

    def test_the_price_alone_is_told(self) -> None:
        """That it is below the price of cached input follows from the error, so it is not told."""
        text = '[[models]]\nprovider = "acme"\nid = "m"\ncost.input = 1.75e-06\n'
        assert len(checks.check_text(text.encode(), "llm_models.toml", BASE)) == 1

    @pytest.mark.parametrize(
        ("line", "text"),
        [
            ("modes.batch.input = 1.75e-06", "modes.batch.input: 1.75e-06 is too small for a price in USD per million "
             "tokens (it replaces 1.75). If it is a price per token, write 1.75."),
            ("modes.batch.tiers = [{ context_over = 9, input = 7000 }]", "modes.batch.tiers[0].input: 7000 is 1,000 "
             "times or more above the old price (it replaces 7)."),
            ("fees.web_search = 0.01", "fees.web_search: 0.01 is 1,000 times or more below the old price (it replaces "
             "10). Prices are in USD per 1,000 uses."),
            ('hours = [{ utc = ["16:30", "00:30"], input = 3000 }]', "hours[0].input: 3000 is 1,000 times or more "
             "above the old price (it replaces 3)."),
            ('dated = [{ valid_from = "2026-01-01", modes.batch.input = 7e-6 }]', "dated[0].modes.batch.input: 7e-06 "
             "is too small for a price in USD per million tokens (it replaces 7). If it is a price per token"),
        ],
    )  # fmt: skip
    def test_inside_the_lists_of_a_cost(self, line: str, text: str) -> None:
        ((severity, found),) = told(f"cost.{line}", model_id="full")
        assert severity == "error"
        assert found.startswith(f"4: full.cost.{text}")

    def test_a_request_is_no_price(self) -> None:
        """Of its numbers, and of a day and of a size, nothing is said."""
        assert told("cost.modes.batch.request = { temperature = 0.00001 }", model_id="full") == []


class TestLaws:
    @given(st.floats(0.0002, 10_000), st.sampled_from([1_000_000, 1000, 100]))
    def test_a_price_in_another_unit_is_never_silent(self, price: float, factor: int) -> None:
        for wrong in (price / factor, price * factor):
            assert [*odd_prices({"input": wrong}, {"input": price})] != []

    @given(st.floats(0.0001, 10_000), st.floats(0.11, 9))
    def test_a_price_of_the_same_size_is_never_told(self, price: float, factor: float) -> None:
        assert [*odd_prices({"output": max(price * factor, 0.0001)}, {"output": price})] == []

    @pytest.mark.whole
    def test_no_packaged_price_is_odd(self) -> None:
        packaged = SnapshotFile.open(PACKAGED_SNAPSHOT)
        for provider in packaged.blocks:
            for line in packaged.block(provider).models():
                cost: Any = line.get("cost", {})
                assert [*odd_prices(cost, cost)] == [], line["id"]


PER_TOKEN = {"models": [{"provider": "acme", "id": "m", "cost": {"input": 1.75e-06}}]}


class Prices:
    """A behaviour module."""

    def models(self) -> list[dict[str, Any]]:
        return PER_TOKEN["models"]


class TestEverywhere:
    @pytest.fixture
    def base(self, tmp_path: Path) -> str:
        file, _ = catalogues.of_source(
            catalogues.catalogue(catalogues.provider("acme", catalogues.model("m", cost={"input": 1.75, "output": 14})))
        )
        path = tmp_path / "base.json"
        path.write_bytes(file.data)
        return str(path)

    def test_a_load_logs_no_confirmed_price(self, base: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text('[[models]]\nprovider = "acme"\nid = "m"\ncost = { input = 1750, source = "our contract" }\n')
        loaded = llm_models.load(str(path), snapshot=base, publish=False)
        assert loaded.get_model("acme", "m").cost.source == "our contract"
        assert caplog.records == []

    def test_a_load_logs_it_with_the_line(self, base: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(
            '[[models]]\nprovider = "acme"\nid = "m"\ncost = { input = 1.75e-06, output = 14 }\n', encoding="utf-8"
        )
        loaded = llm_models.load(str(path), snapshot=base, publish=False)
        assert loaded.get_model("acme", "m").cost.input == 1.75e-06
        assert [record.getMessage() for record in caplog.records] == [
            "llm_models: llm_models.toml:4: acme:m: cost.input: 1.75e-06 is too small for a price in USD per million "
            f"tokens (it replaces 1.75). If it is a price per token, write 1.75. {CONFIRM}"
        ]

    @pytest.mark.parametrize(
        "how", [{"overrides": PER_TOKEN}, {"overrides_module": Prices}], ids=["overrides", "module"]
    )
    def test_of_code_too(self, base: str, how: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
        llm_models.load(config=None, snapshot=base, publish=False, **how)
        (message,) = [record.getMessage() for record in caplog.records]
        assert message.startswith(("llm_models: load(overrides=...)", "llm_models: behaviour module"))
        assert "acme:m: cost.input: 1.75e-06 is too small" in message

    def test_set_refuses_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "llm_models.toml").write_text("", encoding="utf-8")
        code, _, err = here("set", "openai:gpt-5.2", "cost.input=1.75e-06")
        assert code == 1
        assert "If it is a price per token, write 1.75." in err
        assert (tmp_path / "llm_models.toml").read_text(encoding="utf-8") == ""
