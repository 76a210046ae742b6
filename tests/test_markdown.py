"""Reports as the text of a pull request: one fence, notices first, one line for each item, and a limit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.catalogues import catalogue, model, numbered, provider
from support.command import fine, here

from llm_models.cli.markdown import MAX_CHARACTERS, fenced

HOSTILE = ["<!-- routine", "zz --> x", "```", "~~~~~", "`````", "@name", "Closes #1", "![x](https://evil.example/x.png)",
           "a\n```\n# b", "\r\n~~~\r", "\u2028", "</details>", "    ", "##[add-path]x", "::error::x"]  # fmt: skip


def inside(text: str) -> list[str]:
    """The lines in the fence, as CommonMark reads them: nothing is before it, after it, or ends it."""
    first, *lines, last = text.removesuffix("\n").split("\n")
    assert re.fullmatch("`{3,}|~{3,}", first)
    assert last == first
    assert not [line for line in lines if re.match(rf" {{0,3}}{re.escape(first)}", line)]
    runs = [len(run) for line in lines for run in re.findall("`+|~+", line)]
    assert len(first) > max(runs, default=0)
    assert "\r" not in text
    return lines


class TestFence:
    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.sampled_from(HOSTILE) | st.text("`~ a#:", max_size=8), max_size=20))
    def test_it_is_longer_than_any_run_inside(self, texts: list[str]) -> None:
        items = [text.replace("\n", " ").replace("\r", " ") for text in texts]
        assert inside("\n".join(fenced(items))) == items

    @pytest.mark.parametrize("size", [1, 50, 400, 5_000])
    def test_the_last_line_states_how_many_items_are_left_out(self, size: int) -> None:
        items = [f"{number} {'#' * size}" for number in range(100_000 // size)]
        lines = inside(text := "\n".join(fenced(items)))
        assert len(text) <= MAX_CHARACTERS
        kept = lines[:-1]
        assert lines[-1] == f"{len(items) - len(kept):,} more items are left out"
        assert [line.split()[0] for line in kept] == [item.split()[0] for item in items[: len(kept)]]

    def test_no_item_pushes_out_the_others(self) -> None:
        assert fenced(["x" * 100_000, "y"])[2] == "y"

    def test_what_has_room_is_complete(self) -> None:
        assert fenced(["a", "b"]) == ["```", "a", "b", "```"]
        assert fenced([]) == ["```", "```"]


def hostile() -> dict[str, Any]:
    """A provider whose texts are markup. A record that is dropped has one, too."""
    made = provider("acme", *(model(f"m{number}") for number in range(200)), *(model(f"x{one}") for one in HOSTILE[:7]))
    made["models"]["<!-- routine"] = {"id": 1}
    return made


@pytest.mark.usefixtures("without_history")
class TestCommands:
    def begin(self) -> None:
        Path("api.json").write_bytes(numbered(200))
        fine("activate", "--from", "api.json", "--force")
        Path("api.json").write_bytes(catalogue({**hostile(), "api": "https://evil.example/v1"}))

    def test_activate_has_notices_first(self) -> None:
        self.begin()
        told = fine("activate", "--from", "api.json", "--format", "markdown")
        lines = inside(told.out)
        assert told.err == ""
        assert lines[:2] == [
            "notice: acme:m0: ACME_KEY would go to https://evil.example/v1 (new, 207 models)",
            "notice: acme: base_url changed from https://acme.example/v1 to https://evil.example/v1",
        ]
        assert ": 207 models of 1 provider, from api.json" in lines[2]
        assert any("<!-- routine" in line for line in lines[3:]), "what was dropped"

    def test_what_force_overrides_comes_before(self) -> None:
        self.begin()
        Path("api.json").write_bytes(numbered(2))
        lines = inside(fine("activate", "--from", "api.json", "--force", "--format", "markdown").out)
        assert lines[0].startswith("overridden by --force: the catalogue shrank: 198 of the 200")
        assert lines[1] == "notice: acme: 198 of its 200 models are missing"

    def test_a_refusal_is_no_report(self) -> None:
        self.begin()
        told = here("activate", "--from", "api.json", "--strict", "--format", "markdown")
        assert (told.code, told.out) == (1, "")
        assert "ACME_KEY would go to https://evil.example/v1 (new, 207 models)" in told.lines[0]

    def test_diff_has_counts_first(self) -> None:
        self.begin()
        lines = inside(fine("diff", "active", "api.json", "--format", "markdown").out)
        assert lines[:2] == ["models added: 7", "other changed: 1"]
        assert "models added: acme:x<!-- routine" in lines
        assert lines[-1] == "acme: base_url: from https://acme.example/v1 to https://evil.example/v1"
        assert inside(fine("diff", "active", "active", "--format", "markdown").out) == ["no difference"]

    def test_diff_of_everything_fits(self) -> None:
        Path("api.json").write_bytes(numbered(1))
        told = fine("diff", "packaged", "api.json", "--format", "markdown")
        assert len(told.out) <= MAX_CHARACTERS
        assert re.fullmatch(r"[\d,]+ more items are left out", inside(told.out)[-1])

    @pytest.mark.parametrize("command", [["activate", "--dry-run"], ["diff", "packaged", "packaged"]])
    def test_json_is_a_format_too(self, command: list[str]) -> None:
        assert fine(*command, "--format", "json").out == fine(*command, "--json").out
        assert fine(*command, "--format", "text").out == fine(*command).out
        told = here(*command, "--json", "--format", "markdown")
        assert told.code == 2
        assert "--json and --format markdown exclude each other" in told.err
