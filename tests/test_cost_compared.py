"""The comparison of costs with other libraries: how answers are judged, and that docs/cost_compared.md is its result.

The run with the peers is `benchmarks/costs.py`; here only ours is asked again.
"""

from __future__ import annotations

import os
from typing import Any

import cost_peers
import costs
import pytest
from cost_examples import CannotStateError, modes_of, moment, plain_counts, served
from cost_reasons import ABOUT, REASONS, REMARKS
from support import ROOT

PAGE = (ROOT / "docs" / "cost_compared.md").read_text("utf-8")
CELLS = [line.strip("| ").split(" | ") for line in costs.table_of(PAGE)]
LISTED = {cells[0].strip("`"): cells[2:] for cells in CELLS if cells[0].startswith("`")}
"""Example on the page -> its expected total and the verdicts."""


def example(used: dict[str, Any], prices: dict[str, Any], **more: Any) -> dict[str, Any]:
    usage = {"protocol": "plain", "payload": used, **more.pop("usage", {})}
    return {"model": "made:up", "usage": usage, "normalized": used, "prices": prices, **more}


class TestJudging:
    @pytest.mark.parametrize(
        ("library", "figure", "total", "verdict"),
        [
            ("litellm", "0.0392", "0.0392", "right"),
            ("litellm", "1.2000060000000001", "1.200006", "right"),  # floats were added
            ("litellm", "1.20000600001", "1.200006", "wrong: 1.20000600001"),
            ("llm_models", "1.2000060000000001", "1.200006", "wrong: 1.200006"),  # ours is a decimal
            ("llm_models", "27.000", "27", "right"),
            ("genai-prices", "27", "27.5", "wrong: 27"),
            ("genai-prices", None, "27", "no figure"),
            ("genai-prices", None, None, "right"),  # unknown, or refused
            ("genai-prices", "0", None, "wrong: 0"),
            ("tokencost", "1.4174999999999999e-05", None, "wrong: 0.000014175"),
            ("tokencost", "cannot state", "27", "cannot state"),
            ("tokencost", "cannot state", None, "cannot state"),
        ],
    )
    def test_an_answer(self, library: str, figure: str | None, total: str | None, verdict: str) -> None:
        assert costs.verdict(library, figure, total) == verdict

    def test_each_difference_has_one_reason_and_no_other_answer_has_any(self) -> None:
        verdicts = {name: dict.fromkeys(costs.LIBRARIES, "right") for name in ABOUT}
        assert costs.problems(verdicts, {"litellm": {}}) == []
        verdicts["openai-flex"] |= {"litellm": "wrong: 5", "llm_models": "no figure"}
        assert costs.problems(verdicts, {"litellm": {}}) == [
            "openai-flex: litellm: wrong: 5, without a reason",
            "openai-flex: llm_models: no figure",
        ]
        reasons = {"litellm": {"It is odd.": ("openai-flex", "openai-standard"), "It is red.": ("openai-flex",)}}
        assert costs.problems(verdicts, reasons)[0] == "openai-flex: litellm: two reasons"
        assert costs.problems(verdicts, reasons)[2] == "openai-standard: litellm: a reason, but no difference"

    def test_each_example_has_its_line_in_the_table(self) -> None:
        verdicts = {"new": dict.fromkeys(costs.LIBRARIES, "right")}
        found = costs.problems(verdicts, {})
        assert "new: nothing states what it is about" in found
        assert len(found) == 1 + len(ABOUT)


class TestExamples:
    """What an example means for a library that takes plain values."""

    def test_the_mode_that_is_billed(self) -> None:
        stated = {"usage": {"response": {"service_tier": "default"}}}
        assert served(example({}, {}, mode="priority", **stated)) is None
        assert served(example({}, {}, mode="batch", **stated)) == "batch"
        assert served(example({}, {}, mode="flex")) == "flex"
        assert served(example({}, {}, usage={"response": {"service_tier": "priority"}})) == "priority"

    def test_a_mode_has_the_word_of_the_request(self) -> None:
        modes = {"fast": {"input": 3, "request": {"service_tier": "priority"}}, "flex": {"input": 1}}
        assert modes_of(example({}, {"modes": modes})) == {"priority": {"input": 3}, "flex": {"input": 1}}

    def test_the_cached_part_is_not_fresh(self) -> None:
        used = {"input": 10, "cache_read": 3, "cache_write": 4, "cache_write_1h": 1, "output": 2}
        counts = plain_counts(example(used, {"input": 1}), {"cache_read", "cache_write", "cache_write_1h"})
        assert counts == {"fresh": 3, "cache_read": 3, "cache_write": 4, "cache_write_1h": 1, "output": 2}

    @pytest.mark.parametrize(
        ("used", "prices"),
        [
            ({"input": 5, "cache_write": 2}, {"input": 1}),
            ({"output": 5, "reasoning": 2}, {"output": 1, "reasoning": 2}),
            ({"web_search": 2}, {"fees": {"web_search": 5}}),
            ({"input": 5}, {"input": 1, "fees": {"request": 5}}),
        ],
    )
    def test_what_has_no_place_cannot_be_stated(self, used: dict[str, int], prices: dict[str, Any]) -> None:
        with pytest.raises(CannotStateError):
            plain_counts(example(used, prices), {"cache_read"})
        assert plain_counts(example({"input": 5, "reasoning": 2}, {"input": 1}), set())["fresh"] == 5

    def test_ours_gives_no_figure_where_it_refuses(self) -> None:
        used = {"input": 10, "output": 4}
        assert cost_peers.answer("llm_models", example(used, {"input": 1, "output": 2})) == "0.000018"
        assert cost_peers.answer("llm_models", example(used, {"input": 1})) is None
        assert cost_peers.answer("llm_models", example({"input": 1, "cache_read": 2}, {"input": 1})) is None
        assert cost_peers.answer("llm_models", example(used, {"input": 1}, mode="flx")) is None
        assert moment(example({}, {}, at="2026-07-29T00:00:00Z")).isoformat() == "2026-07-29T00:00:00+00:00"


class TestPage:
    def test_ours_has_no_wrong_figure_and_each_difference_of_the_others_its_reason(self) -> None:
        assert CELLS[0][3:] == [*costs.LIBRARIES]
        verdicts = {name: dict(zip(costs.LIBRARIES, cells[1:], strict=True)) for name, cells in LISTED.items()}
        assert costs.problems(verdicts, REASONS) == []
        assert REMARKS.keys() == REASONS.keys()

    def test_it_has_the_reasons_and_the_releases(self) -> None:
        for library, stated in REASONS.items():
            assert f"### {library}\n\n{REMARKS[library]}\n" in PAGE
            for why, names in stated.items():
                assert f"- {why} ({', '.join(f'`{name}`' for name in names)})\n" in PAGE
        pinned = ", ".join(one.replace("==", " ") for one in costs.requirements(newest=False))
        assert f"Compared with {pinned}." in PAGE
        assert costs.written(PAGE, "new\n\n| a |").endswith(f"{costs.BEGIN}\n\nnew\n\n| a |\n\n{costs.END}\n")

    @pytest.mark.skipif(not os.path.exists(costs.EXAMPLES), reason="the worked examples are not here")
    def test_ours_is_asked_again(self) -> None:
        examples = costs.read_examples(costs.EXAMPLES)
        answers = {one["id"]: {costs.OURS: cost_peers.answer(costs.OURS, one)} for one in examples}
        assert [*answers] == [*LISTED]
        for one in examples:
            total, ours = LISTED[one["id"]][:2]
            stated = costs.expected(one)
            assert total == (stated or ("refused" if "raises" in one["expected"] else "unknown"))
            assert ours == costs.verdict(costs.OURS, answers[one["id"]][costs.OURS], stated) == "right"
