"""Texts that are not TOML: each mistake that people make is stated in their words, with the line and the next step."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.toml_texts import BOM, documents, is_valid

import llm_models
from llm_models import syntax
from llm_models.cli import cli
from llm_models.syntax import excerpt, explain, position

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "a number has only digits, without separators and units"
ONE_LINE = "an inline table stands on one line"
NOT_CLOSED = "the quotes of this text are not closed on its line"

MISTAKES = [
    ("cost.input = null", "TOML has no 'null'", "Leave the key out"),
    ("open_weights = True", "'True' is not a value of TOML", "Write true, in lower case."),
    ("open_weights = off", "'off' is not a value of TOML", "Write false, in lower case."),
    ("prefer = [“openai”]", "'“' is not a quote of TOML", "Write plain quotes"),
    ("“openai” = 1", "'“' is not a quote of TOML", "Write plain quotes"),
    ("cost.input = .5", "a number begins with a digit (found '.5')", "Write 0.5."),
    ("cost.input = $5", "a price is a number (found '$')", "prices are in USD"),
    ("cost.input = 1.", "a number does not end with '.'", "such as 1.0."),
    ("[models]]", "there is one ']' too many", "such as [deny] and [[models]]"),
    ("id = gpt-4o-mini", "'gpt-4o-mini' has no quotes", 'Put text in quotes: "gpt-4o-mini".'),
    ("id = # my model", "a value is missing", "leave the key out"),
    ('tags = ["a",', "a value is missing", "An array ends with ']'."),
    ("id = @x", "'@' begins no value", "Text stands in quotes"),
    ("limits.context = 128,000", f"{NUMBER} (found '128,000')", "Write 128000."),
    ("limits.context = 128k", f"{NUMBER} (found '128k')", "Write 128000."),
    ("limits = { context = 1M }", f"{NUMBER} (found '1M')", "Write 1000000."),
    ("limits.context = 128_000 tokens # all", f"{NUMBER} (found '128_000 tokens')", "Write 128000."),
    ("limits.context = 128 000", f"{NUMBER} (found '128 000')", "Write 128000."),
    ("cost.input = 1.75 USD", f"{NUMBER} (found '1.75 USD')", "Write 1.75."),
    ("cost.input = 1,75", f"{NUMBER} (found '1,75')", "Write 1.75."),
    ("limits.context = 5 apples", "there is text behind the value", "One line holds one key"),
    ("limits.context = 128000 // small", "there is text behind the value", "A comment begins with '#'."),
    ('id = "a"b"', "there is text behind the value", "A quote ends the text"),
    ("name = 'it's'", "there is text behind the value", "the other kind of quotes"),
    ('id = "a" "b"', "there is text behind the value", "one pair of quotes"),
    ("id: 1", "':' stands behind a key", "Write KEY = VALUE."),
    ("a@b = 1", "a key with '@' in it needs quotes", 'Write "KEY" = VALUE.'),
    ("hello", "a key has no value", "Write KEY = VALUE"),
    ("// my models", "'//' does not begin a comment", "A comment begins with '#'."),
    ('{"models": []}', "this looks like JSON", "This file is TOML."),
    ("*-preview = 1", "a key with '*' in it needs quotes", 'Write "KEY" = VALUE.'),
    ("= 1", "this is no statement of TOML", "Each line is KEY = VALUE"),
    ("cost = { input = 1, }", "an inline table has no comma at its end", "Write cost = { input = 1 }."),
    ("cost = {\n input = 1, # in\n output = 2,\n}", ONE_LINE, "Write cost = { input = 1, output = 2 }."),
    ("cost = { input = 1,\n output = 2 }", ONE_LINE, "Write cost = { input = 1, output = 2 }."),
    ('env = { key = "sk-proj-EXAMPLEEXAMPLE0000",\n}', "the key is missing", "write dotted keys"),
    ("cost = { input = 1,", "the key is missing", "An inline table stands on one line"),
    ("cost = { @ = 1 }", "a key with '@' in it needs quotes", 'Write "KEY" = VALUE.'),
    ('prefer = ["a" "b"]', "an array does not end", "Put a comma between its items"),
    ("cost = { input = 1", "an inline table does not end", "on the same line"),
    ("[deny", "the name of a table does not end with ']'", "Write [deny] or [[models]]"),
    ("[[models]", "a name behind '[[' does not end with ']]'", "Write [[models]]"),
    ('env = "C:\\x"', "a '\\' inside double quotes begins an escape", "single quotes"),
    ('id = "abc', NOT_CLOSED, 'Write "abc".'),
    ("id = 'abc", NOT_CLOSED, "Write 'abc'."),
    ("id = 'abc\nname = 'x'", NOT_CLOSED, "Write 'abc'."),
    ('id = "abc # it\nname = "x"', NOT_CLOSED, 'Write "abc".'),
    ('key = "sk-proj-EXAMPLEEXAMPLE0000', NOT_CLOSED, 'Write " at its end.'),
    ("api_key = hunter2", "(not shown) has no quotes", "Put text in quotes."),
    ('name = """a "b" c\nid = "x"', 'the text that begins with """ does not end', 'Write """ behind it.'),
    ("prefer = ['a',\n 'b'\n[deny]", "this array does not end before line 3", "']' at its end"),
    ('id = "a\x01"', "a character that TOML does not allow", "Delete it"),
    ('id = "C:\\users"', "an escape needs hexadecimal digits", "for a backslash"),
    ('id = "\\ud800"', "an escape that is no character", "leave it out"),
    ("retires = 2026-02-30", "a date that does not exist", "Put dates in quotes"),
    ("[deny]\na = 1\n[deny]", "duplicate table [deny]; the first is in line 1", "Merge the two."),
    ("[deny]\n[allow]\n[ deny ] # again", "duplicate table [deny]; the first is in line 1", "Merge the two."),
    ("a = 1\nb = 2\na = 3", "duplicate key 'a'; the first is in line 1", "Keep one of the two."),
    ("[t]\na = 1\n[u]\na.b = 1\na.b = 2", "duplicate key 'a.b'; the first is in line 4", "Keep one of the two."),
    ("a = {b = 1, b = 2}", "duplicate key 'b'", "Keep one of the two."),
    ("models = []\n[[models]]", "duplicate table [models]", "Merge the two."),
]
"""A text, what is wrong with it, and the next step."""


@pytest.mark.parametrize(("text", "message", "hint"), MISTAKES)
def test_a_mistake_is_stated_with_the_next_step(text: str, message: str, hint: str) -> None:
    fault = explain(text, refused(text))
    assert fault.message == message
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('prefer = ["openai]\n[deny]\nopenai = ["x"]\n', 1, 11),
        ("# it's\n[[models]]\nprovider = 'openai\nid = \"gpt-5.2\"\n", 3, 12),
        ("[[models]]\nprovider = 'openai\ntags = ['x']\n", 2, 12),
        ('a = """b"""\nc = """d\ne = "f"\n', 2, 5),
        ("prefer = ['a]',\n  'b' # ]\n[deny]\n", 1, 10),
        ("[[models]]\ncost = {\n  input = 1,\n}\n", 2, 8),
        ("[[models]]\nlimits = { context = 128k }\n", 2, 22),
    ],
)
def test_the_place_is_where_the_mistake_begins(text: str, line: int, column: int) -> None:
    fault = explain(text, refused(text))
    assert (fault.line, fault.column) == (line, column)


def test_every_row_has_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one row, one of the mistakes is stated in other words."""

    def told() -> list[syntax.Fault]:
        return [explain(text, refused(text)) for text, *_ in MISTAKES]

    rows, whole = syntax.ROWS, told()
    for row in rows:
        monkeypatch.setattr(syntax, "ROWS", tuple(one for one in rows if one is not row))
        assert told() != whole, row


class TestExcerpt:
    @pytest.mark.parametrize(
        ("text", "column", "shown"),
        [
            ("id = gpt", 6, "  1 | id = gpt\n    |      ^"),
            ("\tid = gpt\r\n", 7, "  1 |  id = gpt\n    |       ^"),
            ("“é😀” = x", 8, "  1 | “é😀” = x\n    |         ^"),
            ("a = \x1b[31m", 5, "  1 | a = \\x1b[31m\n    |     ^"),
        ],
    )
    def test_the_mark_is_below_the_column(self, text: str, column: int, shown: str) -> None:
        assert excerpt(text, 1, column) == shown

    def test_a_long_line_is_cut_around_the_column(self) -> None:
        text = f"a = {'x' * 2000}?{'y' * 2000}"
        line, mark = excerpt(text, 1, 2005).split("\n")
        assert len(line) < 3 * syntax.WIDTH
        assert line[mark.index("^")] == "?"


class TestWhereItIsShown:
    TEXT = "prefer = [\n  “openai”,\n]\n"
    MARK = "  2 |   “openai”,\n    |   ^"

    def test_validate_prints_it(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(self.TEXT, encoding="utf-8")
        result = CliRunner().invoke(cli, ["validate", str(path)])
        assert result.exit_code == 1
        assert self.MARK in result.output

    def test_load_states_it(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(self.TEXT, encoding="utf-8")
        with pytest.raises(llm_models.ConfigError) as raised:
            llm_models.load(path)
        assert str(raised.value).endswith(self.MARK)


def refused(text: str) -> tomllib.TOMLDecodeError:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    return caught.value


class TestPosition:
    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [
            ("a = 1\n  b ! 2\n", 2, 5),
            ("a = 1\r\nb = 1\r\nc = = 2", 3, 5),
            ("a = [1,\n  2", 2, 4),
            ("a = [\n", 2, 1),
            ("é = 'x'\n", 1, 1),
            ('a = "é😀', 1, 8),
            ("a =", 1, 4),
            ("[a]\n[a]", 2, 3),
        ],
    )
    def test_names_the_place(self, text: str, line: int, column: int) -> None:
        message, *place = position(text, refused(text))
        assert place == [line, column]
        assert message
        assert " (at " not in message

    def test_is_the_message_without_the_place(self) -> None:
        assert position("a = 1 2", refused("a = 1 2")) == (
            "Expected newline or end of document after a statement",
            1,
            7,
        )

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(documents(depth=1, width=3))
    def test_finds_a_bad_line_after_any_document(self, text: str) -> None:
        text = text.removeprefix(BOM) + "\n  ?"
        assert position(text, refused(text)) == ("Invalid statement", text.count("\n") + 1, 3)

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(documents(depth=2, width=3), st.data())
    def test_is_always_inside_the_text(self, text: str, data: st.DataObject) -> None:
        text = text.removeprefix(BOM)[: data.draw(st.integers(0, len(text)))]
        if is_valid(text):
            return
        error = refused(text)
        message, line, column = position(text, error)
        lines = text.split("\n")
        fault = explain(text, error)
        assert fault.message
        assert 1 <= fault.line <= line  # an earlier one, where what does not end begins
        assert excerpt(text, fault.line, fault.column).count("\n") == 1
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        assert str(error).startswith(message)
        if hasattr(error, "lineno"):  # Python 3.14 and later
            assert (message, line) == (error.msg, error.lineno)
        if "end of document" in str(error).removeprefix(message):
            assert (line, column) == (len(lines), len(lines[-1]) + 1)

    def test_an_unknown_form_of_message_is_kept_whole(self) -> None:
        assert position("", tomllib.TOMLDecodeError("new words")) == ("new words", 1, 1)
