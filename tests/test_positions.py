"""The laws of positions: over random documents in every layout, and over the layouts that trip scanners up."""

from __future__ import annotations

import tomllib
import tracemalloc
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.toml_texts import BOM, Writer, documents, is_valid, parsed, same, values
from support.work import Tallied, calls

from llm_models.positions import Span, locate

BULK = 600  # documents from fixed seeds, written without hypothesis, which is slow at choices by the hundred


def check_places(text: str) -> None:
    """The law of `locate`, read off the text with tomllib alone."""
    places, data = locate(text), parsed(text)
    at = dict(values(data))
    assert set(places) == set(at)
    assert len(places) == len(at)
    for path, value in at.items():
        place = places[path]
        check_key(text, path, place)
        if place.value_start is None:
            assert isinstance(value, dict | list)
            assert place.value_end is None
            continue
        value_text = text[place.value_start : place.value_end]
        assert same(tomllib.loads(f"x = {value_text}")["x"], value)
        check_statement(text, path, place, value)


def check_key(text: str, path: tuple[str | int, ...], place: Span) -> None:
    """The key's span holds the last part of the path as written; an element of an array has its array's, or none."""
    key = text[place.key_start : place.key_end]
    if isinstance(path[-1], int) and place.value_start is not None:
        assert (key, place.start, place.key_start) == ("", place.value_start, place.value_start)
    else:
        name = path[-2] if isinstance(path[-1], int) else path[-1]
        assert list(tomllib.loads(f"{key} = 1")) == [name]
    if place.has_header:
        assert text[place.start] == "["
        assert isinstance(path[-1], int) == text.startswith("[[", place.start)
        assert text[place.start : place.key_start].count("\n") == 0


def check_statement(text: str, path: tuple[str | int, ...], place: Span, value: Any) -> None:
    """What stands from `start` to the value's end states this value under the end of this path."""
    if isinstance(path[-1], int):
        return
    stated: Any = tomllib.loads(text[place.start : place.value_end])
    names = []
    while len(names) < len(path) and not (names == list(path[-len(names) :]) and same(stated, value)):
        ((name, stated),) = stated.items()
        names.append(name)
    assert names
    assert names == list(path[-len(names) :])
    assert same(stated, value)


class TestEveryPathHasItsPlace:
    """The paths are tomllib's; a value's span parses to the value, a key's span to the key."""

    @pytest.mark.whole
    def test_of_thousands_of_documents(self) -> None:
        valid = 0
        for seed in range(BULK):
            text = Writer(Random(seed)).document()
            if is_valid(text):
                valid += 1
                check_places(text)
        assert valid > 0.9 * BULK

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(documents(depth=2, width=3))
    def test_of_any_document(self, text: str) -> None:
        check_places(text)

    @settings(max_examples=300, deadline=None)
    @given(st.text("\"'\\ab\n#", max_size=12))
    def test_of_any_string(self, inner: str) -> None:
        """Quotes and backslashes in every order, inside every kind of string and of key."""
        for quotes in ('"', "'", '"""', "'''"):
            text = f"x = [{quotes}{inner}{quotes}, 1] # {inner!r}\ny = 2"
            if is_valid(text):
                check_places(text)
            text = f"a.{quotes}{inner}{quotes}.b = 1"
            if is_valid(text):
                check_places(text)


@pytest.mark.parametrize(
    ("text", "path", "key", "value"),
    [
        ("a.b.c = 1", ("a", "b", "c"), "c", "1"),
        ("a.b.c = 1", ("a",), "a", None),
        ("a.b = 1\na.c = 2", ("a", "c"), "c", "2"),
        ("a = { b.c = [1, { d = 2 }] }", ("a",), "a", "{ b.c = [1, { d = 2 }] }"),
        ("a = { b.c = [1, { d = 2 }] }", ("a", "b"), "b", None),
        ("a = { b.c = [1, { d = 2 }] }", ("a", "b", "c", 1), "", "{ d = 2 }"),
        ("a = { b.c = [1, { d = 2 }] }", ("a", "b", "c", 1, "d"), "d", "2"),
        ("[[m]]\nx=1\n[[p]]\n[[m]]\nx=2\n[m.c]\ny=3", ("m", 1, "x"), "x", "2"),
        ("[[m]]\nx=1\n[[p]]\n[[m]]\nx=2\n[m.c]\ny=3", ("m", 1, "c", "y"), "y", "3"),
        ("[a.b]\nc=1\n[ 'a' ]\nd=2", ("a",), "'a'", None),  # its own header, though mentioned before
        ("[a.b.c]", ("a", "b"), "b", None),
        ("d = 1979-05-27 07:32:00 # 1", ("d",), "d", "1979-05-27 07:32:00"),
        ("d = 1979-05-27 # 1", ("d",), "d", "1979-05-27"),
        ("d = [1979-05-27 ,1]", ("d", 0), "", "1979-05-27"),
        ('s = """"a"""""', ("s",), "s", '""""a"""""'),
        ("s = '''a'''''\nt = 1", ("s",), "s", "'''a'''''"),
        ('s = """\\\n \\""" """', ("s",), "s", '"""\\\n \\""" """'),
        ("x = [ # ]\n 1, # ,2\n # 3\n 4 ]", ("x", 1), "", "4"),
        ("x = 1#c", ("x",), "x", "1"),
        ("'' . \"\\u0041\" = 0", ("", "A"), '"\\u0041"', "0"),
        ("a = 1\r\nb = [\r\n2\r\n]\r\n", ("b",), "b", "[\r\n2\r\n]"),
        (f"{BOM}a = 1", ("a",), "a", "1"),
    ],
)
def test_places_of(text: str, path: tuple[str | int, ...], key: str, value: str | None) -> None:
    check_places(text)
    place = locate(text)[path]
    assert text[place.key_start : place.key_end] == key
    assert (None if place.value_start is None else text[place.value_start : place.value_end]) == value


def test_a_repeated_header_keeps_its_own_place() -> None:
    text = "[[models]]\n[[providers]]\n[[ models ]]\n"
    places = locate(text)
    assert [places.line_column(places["models", index].key_start) for index in (0, 1)] == [(1, 3), (3, 4)]
    assert places["models",].key_start == 2


def test_paths_that_are_not_there() -> None:
    places = locate("a = [1]\nb.c = 2")
    for path in [(), ("c",), ("a", 1), ("a", "0"), ("a", 0, "x"), ("b", "c", "d"), ("b", 0)]:
        assert path not in places
        assert places.get(path) is None


def test_text_that_tomllib_refuses_is_a_plain_error_or_an_answer() -> None:
    """`locate` promises nothing about such text, but it does end."""
    with pytest.raises(ValueError, match="tomllib"):
        locate("= 1")


SHAPES = {  # how a text begins, what it repeats, how it ends
    "long array": ("x = [", "1,", "]"),
    "deep array": ("x = " + "[" * 200, "1,", "]" * 200),
    "deep tables": ("x = " + f"{{{'k.' * 99}k=" * 90 + "[", "1,", "]" + "}" * 90),
    "long keys": ("", f"[[{'k.' * 99}k]]\n", ""),
    "arrays of tables": ("", "[[x]]\n[x.y]\n", ""),
    "blank lines": ("", "\n", ""),
    "comments": ("", "#\n", ""),
    "comments in an array": ("x = [", "#\n", "]"),
    "escapes": ('x = """', '\\"', '"""'),
    "quotes": ("x = '''", "''a", "'''"),
    "spaces": ("x =", " ", "1"),
}


@pytest.mark.parametrize(("head", "unit", "tail"), SHAPES.values(), ids=SHAPES)
class TestCost:
    """Work and memory grow with the text alone, not with how deep it nests or how long its keys are."""

    def test_work(self, head: str, unit: str, tail: str) -> None:
        """Four times the text takes four times the work; a copy of the rest at every step would take sixteen times."""
        small, large = (Tallied(head + unit * (size // len(unit)) + tail) for size in (2**13, 2**15))
        assert calls(lambda: locate(large)) < 5 * calls(lambda: locate(small)) + 100
        assert large.taken < 5 * small.taken + 100
        assert large.taken < 4 * len(large) + 100

    def test_memory(self, head: str, unit: str, tail: str) -> None:
        text = head + unit * (2**15 // len(unit)) + tail
        parsed(text)
        tracemalloc.start()
        locate(text)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 250 * len(text)


class TestLargeTexts:
    def test_many_lines_are_counted_once(self) -> None:
        text = Tallied("a = 1\n" * 100_000)
        places = locate("")
        places.text = text
        lines: list[int] = []
        offsets = range(0, len(text), 6)
        work = calls(lambda: lines.extend(places.line_column(offset)[0] for offset in offsets))
        assert lines == list(range(1, 100_001))
        assert work < 20 * len(lines)
        assert text.taken == 0

    def test_no_depth_is_too_deep(self) -> None:
        """tomllib stops at some depth of nesting; the scanner, which does not recurse, never does before it."""
        depth = 100_000
        places = locate("x = " + "[" * depth + "]" * depth)
        assert len(places.root.children) == 1


class TestLineAndColumn:
    @given(st.text("ab\r\n", max_size=30), st.data())
    def test_count_the_line_ends_and_the_characters_before(self, text: str, data: st.DataObject) -> None:
        offset = data.draw(st.integers(0, len(text)))
        before = text[:offset].split("\n")
        places = locate("")
        places.text = text
        assert places.line_column(offset) == (len(before), len(before[-1]) + 1)

    def test_a_bom_is_no_column(self) -> None:
        text = f"{BOM}a = 1\nb = 2"
        places = locate(text)
        assert [places.line_column(places[name,].key_start) for name in "ab"] == [(1, 1), (2, 1)]
        assert places.line_column(0) == (1, 1)
        assert [places.line_column(places[name,].value_start or 0) for name in "ab"] == [(1, 5), (2, 5)]
