"""The small reader of JSON gives what `json.loads` gives, for every text that a snapshot file may hold."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_models import jsontext
from llm_models.block import encode_json
from llm_models.jsontext import loads
from llm_models.paths import PACKAGED_SNAPSHOT

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from([*'[]{},:"\\', "null", "1", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def without_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not imported `json`."""
    monkeypatch.delitem(sys.modules, "json")
    monkeypatch.setattr(jsontext, "_left", 10**9)


def same(text: str) -> None:
    """Equal, and of equal types and order all the way down."""
    assert repr(jsontext._read(text)) == repr(json.loads(text))


@settings(max_examples=200, deadline=None)
@given(VALUES)
@example([[], {}, [[]], [{}], {"": {}}, ""])
@example({"[": "]", "{": "}", ",": ":", "a": ["{", "]", "null", "1"]})
@example([-1, 0, -0.0, 1e-07, 1e300, 10**400, True, False, None])
@example({"a": {"a": {"a": []}}, "b": [[[1], 2], 3]})
@example(3)
def test_as_json_reads_it(value: Any) -> None:
    text = encode_json(value).decode()
    if "\\" not in text:
        same(text)
    assert repr(loads(text)) == repr(value)


def test_every_line_of_the_packaged_snapshot() -> None:
    with open(PACKAGED_SNAPSHOT, encoding="utf-8") as file:
        header, *lines = file.read().split("\n")
    same(header[1:-1])
    models = [line.rstrip(",") for line in lines if line.startswith('{"id":') and "\\" not in line]
    indexes = [line + "]}" for line in lines if line.startswith('{"provider":{"id":') and "\\" not in line]
    assert len(models) > 5_000
    assert len(indexes) > 100
    for text in models + indexes:
        same(text)


@pytest.mark.usefixtures("without_json")
class TestWhoReads:
    """The loop reads as long as there is little to read; then `json` is imported once and for all."""

    def test_a_few_texts(self) -> None:
        assert loads('{"a":[1,2.5,"x"]}') == {"a": [1, 2.5, "x"]}
        assert "json" not in sys.modules

    def test_an_escape_is_for_json(self) -> None:
        assert loads('["\\u0041\\"\\\\"]') == ['A"\\']
        assert "json" in sys.modules

    def test_much_is_for_json(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jsontext, "_left", 10)
        assert loads("[1,2,3]") == [1, 2, 3]
        assert "json" not in sys.modules
        assert loads("[1,2]") == [1, 2]
        assert "json" in sys.modules

    def test_who_has_json_uses_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import json

        monkeypatch.setattr(json, "loads", lambda _: "json was asked")
        assert loads("[]") == "json was asked"
