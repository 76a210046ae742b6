"""`llm-models cost`: a usage as options or as responses, and what the bill looks like."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.catalogues import base, catalogue, model, provider
from support.command import facts, fine, here, refused

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = b"""
[[models]]
provider = "acme"
id = "m"
cost.input = 2
cost.output = 8
cost.cache_read = 0.5
cost.cache_write = 2.5
cost.cache_write_1h = 4
cost.fees.web_search = 10
cost.modes.batch = { input = 1, output = 4 }
cost.tiers = [{ context_over = 200000, input = 4, output = 16 }]
"""


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A snapshot file of `acme:m`, whose prices are curated, and of `acme:other`."""
    path = tmp_path_factory.mktemp("acme") / "snapshot.json"
    source = catalogue(provider("acme", model("m", cost={"input": 3}), model("other", cost={"input": 1, "output": 1})))
    path.write_bytes(base(source, ENTRIES)[0].data)
    return str(path)


@pytest.fixture
def run(acme: str) -> Any:
    """`llm-models cost` of that file."""
    return lambda *args: here("cost", *args, "--snapshot", acme, "--config", "none")


CHAT = {"model": "m", "usage": {"prompt_tokens": 1000, "completion_tokens": 10}}


class TestOptions:
    def test_the_bill_is_a_table(self, run: Any) -> None:
        result = run("acme:m", "--input", "10k", "--cached", "4_000", "--output", "2,000")
        assert result == (
            0,
            "class       tokens  USD per million    USD\n"
            "input        6,000                2  0.012\n"
            "cache_read   4,000              0.5  0.002\n"
            "output       2,000                8  0.016\n"
            "total                                 0.03\n",
            "",
        )

    def test_each_option_is_a_part(self, run: Any) -> None:
        made = json.loads(
            run("acme:m", "--input", "1M", "--cached", "1", "--cache-write", "5", "--cache-write-1h", "2", "--audio-in",
                "3", "--image-in", "4", "--output", "100", "--reasoning", "6", "--audio-out", "7", "--image-out", "8",
                "--fee", "web_search=2", "--fee", "ocr=1", "--json").out
        )  # fmt: skip
        counted = {line["cls"]: line["quantity"] for line in made["lines"]} | dict(made["unpriced"])
        assert counted == {
            "input": 999_987, "cache_read": 1, "cache_write": 3, "cache_write_1h": 2, "input_image": 4, "output": 79,
            "reasoning": 6, "fees.web_search": 2, "input_audio": 3, "output_audio": 7, "output_image": 8, "fees.ocr": 1,
        }  # fmt: skip

    def test_other_units_are_stated(self, run: Any) -> None:
        assert "fees.web_search       2     10 per 1,000      0.02\n" in run("acme:m", "--input", "9", "--fee",
                                                                          "web_search=2").out  # fmt: skip

    def test_what_is_unusual_stands_above(self, run: Any) -> None:
        result = run("acme:m", "--input", "300k", "--at", "2026-11-01", "--mode", "batch")
        assert result.out.startswith("at    2026-11-01T00:00:00Z\nmode  batch\n\nclass ")
        tier = run("acme:m", "--input", "300k").out
        assert tier.startswith("tier  more than 200,000 input tokens\n\nclass ")

    def test_an_assumption_is_a_note(self, run: Any) -> None:
        args = ("acme:m", "--input", "100", "--cache-write", "10", "--cached", "5", "--mode", "batch")
        result = run(*args)
        assert result.code == 0
        assert result.lines == [
            "note: cache_read, cache_write: the price without the mode or the hours, which leave it out",
            "note: cache_write_1h: the usage does not state the number, which is taken as 0",
        ]
        assert run(*args, "--strict").code == 1
        assert run("acme:m", "--input", "100", "--strict").code == 0

    def test_an_unknown_part_is_an_unknown_total(self, run: Any) -> None:
        result = run("acme:m", "--input", "100", "--audio-in", "40", "--fee", "maps=1")
        assert result.code == 1
        assert result.out.endswith(
            "total  unknown (at least 0.00012: no price of input_audio, 40 tokens; fees.maps, 1 use)\n"
        )

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["acme:m", "--input", "1", "--mode", "btch"], "(its modes are batch). Did you mean 'batch'?"),
            (["acme:m", "--input", "1", "--cached", "2"], "cache_read: larger than input"),
            (["acme:m", "--cached", "2"], "State input, too"),
            (["acme:m", "--input", "201k", "--requests", "2"], "Price each request, and add the bills"),
            (["acme:m", "--input", "many"], "'many' is not a number of tokens or uses"),
            (["acme:m", "--input", "$5"], "'$5' is not a number of tokens or uses"),
            (["acme:m", "--input", "1.5"], "'1.5' is not a number of tokens or uses"),
            (["acme:m", "--input=-5"], "'-5' is not a number of tokens or uses"),
            (["acme:m", "--input", "1", "--at", "soon"], "--at: not a moment (found 'soon'"),
            (["acme:m", "--fee", "web_search"], "--fee: 'web_search' is not NAME=N"),
            (["acme:m", "--fee", "maps=1,ocr=2"], "--fee: '1,ocr=2' is not a number"),
            (["acme:m", "--fee", "maps=1", "--fee", "maps=2"], "--fee: 'maps' is stated twice"),
            (["acme:m", "--fee", "ocr=1", "--fee", "ocr=2"], "--fee: 'ocr' is stated twice"),
            (["acme:m", "--requests", "3"], "nothing is counted"),
            (["acme:m"], "State a model and what was counted"),
            (["--input", "5"], "State a model and what was counted"),
            (["acme:m", "--input", "5", "--protocol", "plain"], "--protocol and --provider are about --response"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_exit_code_2(self, run: Any, args: list[str], message: str) -> None:
        assert message in refused(run(*args), 2)


class TestResponses:
    def test_the_model_is_the_one_that_the_response_names(self, run: Any, tmp_path: Path) -> None:
        file = tmp_path / "r.json"
        file.write_text(json.dumps(CHAT, indent=1), "utf-8")
        assert "model  acme:m\n" in run("--response", file, "--provider", "acme").out
        assert "total" in run("acme:other", "--response", file).out
        assert "unknown without --provider" not in run("--response", file).err  # one provider has that id
        other = {**CHAT, "model": "x"}
        file.write_text(json.dumps(other), "utf-8")
        assert "the model 'x', which is unknown at acme" in refused(run("--response", file, "--provider", "acme"), 2)
        file.write_text(json.dumps({"usage": CHAT["usage"]}), "utf-8")
        assert "does not name its model. State SPEC" in refused(run("--response", file, "--provider", "acme"), 2)

    def test_lines_of_json_have_a_bill_each_and_a_sum(self, run: Any, tmp_path: Path) -> None:
        file = tmp_path / "r.jsonl"
        file.write_text("\n".join([json.dumps(CHAT), "", json.dumps({**CHAT, "model": "other"})]), "utf-8")
        result = run("--response", file, "--provider", "acme")
        assert result.out == (
            "   model           USD\n"
            "1  acme:m      0.00208\n"
            "2  acme:other  0.00101\n"
            "\n"
            "class   tokens  USD per million      USD  model\n"
            "input    1,000                2    0.002  acme:m\n"
            "output      10                8  0.00008  acme:m\n"
            "input    1,000                1    0.001  acme:other\n"
            "output      10                1  0.00001  acme:other\n"
            "total                            0.00309\n"
        )
        made = json.loads(run("--response", file, "--provider", "acme", "--json").out)
        assert [one["total"] for one in made["bills"]] == ["0.00208", "0.00101"]
        assert (made["sum"]["total"], made["sum"]["model"]) == ("0.00309", None)
        assert made["sum"]["at"] == made["bills"][0]["at"]

    def test_stdin(self, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(CHAT).encode())))
        assert run("acme:m", "--response", "-").out.endswith("0.00208\n")

    def test_the_protocol_can_be_named(self, run: Any, tmp_path: Path) -> None:
        file = tmp_path / "u.json"
        file.write_text('{"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 4}', "utf-8")
        made = run("acme:m", "--response", file, "--protocol", "anthropic", "--json")
        assert [line["quantity"] for line in json.loads(made.out)["lines"]] == [10, 4, 5]
        assert "--protocol: unknown protocol 'anthropc'" in refused(
            run("acme:m", "--response", file, "--protocol", "anthropc"), 2
        )

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "it is empty"),
            ("{", "the text is not JSON"),
            ('{"usage": {"prompt_tokens": 1}}\n{"usage": {"prompt_tokens": -1}}', "r.jsonl:2: usage (openai_chat): "),
            (b"\xff", "not UTF-8"),
            ("[]", "there is no response in it"),
            ('{"usage": {}}', "Name it with --protocol, one of openai_chat"),
            ('{"usage": {"prompt_tokens": 1}}\n{"usage": {"prompt_tokens": null}}', ":2: usage: nothing is counted"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_names_the_line(self, run: Any, tmp_path: Path, text: Any, message: str) -> None:
        file = tmp_path / "r.jsonl"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        assert message in refused(run("acme:m", "--response", file), 2)

    def test_a_model_that_is_wrong_names_the_line(self, run: Any, tmp_path: Path) -> None:
        file = tmp_path / "r.jsonl"
        file.write_text("\n".join(json.dumps({**CHAT, "model": name}) for name in ("m", "x")), "utf-8")
        assert "r.jsonl:2: the response names the model 'x'" in refused(
            run("--response", file, "--provider", "acme"), 2
        )
        file.write_text("\n".join(json.dumps({**CHAT, "model": name}) for name in ("m", "other")), "utf-8")
        batch = run("--response", file, "--provider", "acme", "--mode", "batch")
        assert "r.jsonl:2: acme:other: the price list has no mode 'batch'" in refused(batch, 2)

    def test_a_file_that_is_missing_is_named(self, run: Any, tmp_path: Path) -> None:
        assert "nothing.json" in refused(run("acme:m", "--response", tmp_path / "nothing.json"))

    def test_options_cannot_change_its_numbers(self, run: Any) -> None:
        assert "no other option can state them" in refused(run("acme:m", "--response", "x", "--input", "1"), 2)


def test_the_json_is_that_of_the_bill() -> None:
    made = facts("cost", "openai:gpt-5.2", "--input", "1000")
    assert (made["total"], made["lines"][0]["rate"], made["lines"][0]["per"]) == ("0.00175", "1.75", 1_000_000)
    assert made["basis"]["date"] is not None


def test_a_day_that_is_not_certain_is_noted() -> None:
    assert "not known" in fine("cost", "openai:gpt-5.2", "--input", "1000", "--at", "2020-01-01").err


def test_a_model_that_is_gone_is_priced_only_at_a_time(tmp_path: Path) -> None:
    """By its spec, and by the name that a response states."""
    file = tmp_path / "r.json"
    file.write_text('{"model": "gpt-5-codex", "usage": {"prompt_tokens": 1000000}}', "utf-8")
    for args in (("openai:gpt-5-codex", "--input", "1M"), ("--response", str(file), "--provider", "openai")):
        result = here("cost", *args)
        assert "openai:gpt-5-codex is no longer listed" in refused(result, 1)
        assert "with --at" in result.err
        assert facts("cost", *args, "--at", "2026-05-01")["total"] == "1.25"
