"""The reader of JSON texts gives what `json.loads` gives, and refuses what that refuses, also without its scanner."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_models import jsontext
from llm_models.block import encode_json
from llm_models.jsontext import dumps, loads
from llm_models.paths import PACKAGED_SNAPSHOT

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from([*'[]{},:"\\', "null", "1", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def read(function: Any, text: str) -> Any:
    """The value in a text, with types and order; the class of the error where there is none."""
    try:
        return repr(function(text))
    except (ValueError, RecursionError) as error:
        return ValueError if isinstance(error, ValueError) else RecursionError


def same(text: str) -> None:
    assert read(loads, text) == read(json.loads, text), text


@settings(max_examples=200, deadline=None)
@given(VALUES)
@example([[], {}, [[]], [{}], {"": {}}, ""])
@example({"[": "]", "{": "}", ",": ":", "a": ["{", "]", "null", "1"]})
@example([-1, 0, -0.0, 1e-07, 1e300, 10**400, True, False, None])
@example({"a": {"a": {"a": []}}, "b": [[[1], 2], 3]})
@example(3)
def test_as_json_reads_it(value: Any) -> None:
    text = encode_json(value).decode()
    same(text)
    assert repr(loads(text)) == repr(value)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.data())
def test_as_json_refuses_it(value: Any, data: st.DataObject) -> None:
    """A text of which a part is missing or doubled, or that has another character in it."""
    text = encode_json(value).decode()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    same(text[:start] + data.draw(st.sampled_from(["", *' \n\x00\ufeff[]{},:"\\0-.eN'])) + text[end:])
    same(text[:end] + text[start:])


@pytest.mark.parametrize(
    "text",
    [" [1]\n", "\t[ 1 , 2 ]\r", "\u00a01", "\ufeff1", "", " ", "NaN", "[-Infinity, Infinity]", '{"a":1,"a":2}', "[1,]",
     '["\\u00e9\\n\\ud83d\\ude00"]', '["\n"]', "{1:2}", "[" * 200_000, "1" * 5000],
    ids=range(15),
)  # fmt: skip
def test_what_no_file_of_ours_has(text: str) -> None:
    same(text)


def test_every_line_of_the_packaged_snapshot() -> None:
    with open(PACKAGED_SNAPSHOT, encoding="utf-8") as file:
        header, *lines = file.read().split("\n")
    same(header[1:-1])
    models = [line.rstrip(",") for line in lines if line.startswith('{"id":')]
    indexes = [line + "]}" for line in lines if line.startswith('{"provider":{"id":')]
    assert len(models) > 5_000
    assert len(indexes) > 100
    for text in models + indexes:
        same(text)


@pytest.mark.parametrize("lacks", ["scanner", "attribute"])
def test_json_is_used_without_the_scanner(lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a Python that has no `_json`, or one whose scanner asks a decoder for more than ours has."""
    if lacks == "scanner":
        monkeypatch.setitem(sys.modules, "_json", None)
    else:
        monkeypatch.delattr(jsontext._Plain, "strict")
    asked: list[str] = []
    monkeypatch.setattr(json, "JSONDecoder", lambda: asked.append("json") or json.decoder.JSONDecoder())
    monkeypatch.setattr(jsontext, "_scan", jsontext._scanner())
    assert asked == ["json"]
    for text in ('{"a":[1,2.5,"\\u00e9",null,{}]}', "[1", "1 2", ""):
        same(text)


@settings(max_examples=200, deadline=None)
@given(VALUES)
@example(["\ud83d\ude00\u2028\x7f\x00", '\\"/', 1e-07, 1e300, -0.0, 10**400, True, None, {}, []])
def test_as_json_writes_it(value: Any) -> None:
    assert dumps(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, {(1, 2): 3}, object(), b"x"], ids=range(6))
def test_what_json_does_not_write(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)) as ours:
        dumps([value])
    with pytest.raises(ours.type):
        json.dumps([value], allow_nan=False)


@pytest.mark.parametrize("lacks", ["encoder", "argument"])
def test_json_writes_without_the_encoder(lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a Python that has no `_json`, or one whose encoder takes other arguments."""
    import _json

    value = {"a": [1, 2.5, "\u00e9\n", None, True, {}]}
    expected = dumps(value)
    if lacks == "encoder":
        monkeypatch.setitem(sys.modules, "_json", None)
    else:
        monkeypatch.setattr(_json, "make_encoder", lambda: None)
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    assert jsontext._encoder()(value) == expected == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
