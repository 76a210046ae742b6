"""The laws of edit: over random documents in every layout, and by example over the layouts that people write."""

from __future__ import annotations

import copy
import datetime
import pickle
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.toml_texts import BOM, Writer, documents, is_valid, parsed, same, values

from llm_models import edit
from llm_models.edit import EditError, append, set_value, unset
from llm_models.errors import LLMModelsError
from llm_models.positions import locate

if TYPE_CHECKING:
    from collections.abc import Callable

    Path = tuple[str | int, ...]
    Law = Callable[[str, Random], None]

BULK = 120  # documents for each law, besides those of hypothesis
NEW_NAMES = ("new", "n.w", "", "neu é", 'n"')
NEW_VALUES = (1, True, 0.5, "x", "a\n\"b'\\", [], {}, [1, [2]], {"a": 1, "": {"b.c": [{}]}}, datetime.date(1979, 5, 27))


# What the laws speak of, worked out without the code under test


def at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def with_value(data: Any, path: Path, value: object) -> Any:
    """The data with one change, tables made where they are missing."""
    data = copy.deepcopy(data)
    holder = data
    for part in path[:-1]:
        holder = holder.setdefault(part, {}) if isinstance(holder, dict) else holder[part]
    holder[path[-1]] = value
    return data


def what_goes(text: str, path: Path) -> Path:
    """The path that `unset` takes out: the topmost table above `path` that would be left empty, elements apart."""
    data = parsed(text)
    while len(path) > 1 and len(at(data, path[:-1])) == 1 and not isinstance(path[-2], int):
        if isinstance(path[-1], int) and locate(text)[path[:-1]].value_start is not None:
            break  # an inline array
        path = path[:-1]
    return path


def without(data: Any, path: Path) -> Any:
    data = copy.deepcopy(data)
    del at(data, path[:-1])[path[-1]]
    return data


def is_part_of(few: Any, many: Any) -> bool:
    """Whether `few` is `many` with nothing but deletions."""
    rest = iter(many)
    return all(any(one == other for other in rest) for one in few)


def is_one_insertion(old: str, new: str) -> bool:
    """Whether `new` is `old` with one piece put in somewhere."""
    same_start = 0
    while same_start < len(old) and old[same_start] == new[same_start]:
        same_start += 1
    return any(new.endswith(old[start:]) for start in range(same_start + 1))


def untouched_lines(text: str, path: Path) -> list[str]:
    """The lines that hold nothing of what is at `path`, and do not stand between two that do; blank ones apart."""
    text = text.removeprefix(BOM)
    places = locate(text)
    holders = [path[:length] for length in range(1, len(path) + 1) if places[path[:length]].value_start is not None]
    path = holders[0] if holders else path
    spans = []
    for below, place in places.items():
        if below[: len(path)] == path and (place.value_start is not None or place.has_header):
            end = place.key_end if place.value_end is None else place.value_end
            spans.append((places.line_column(place.start)[0], places.line_column(end)[0]))
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    lines = text.split("\n")
    return [line.rstrip("\r") for line in lines[: first - 1] + lines[last:] if line.strip()]


def keeps_its_form(old: str, new: str) -> bool:
    """A BOM stays, CRLF all through does, and a line end at the end, or none, unless a blank line now comes last."""
    if not old.removeprefix(BOM) or not new.removeprefix(BOM):
        return new.startswith(BOM) == old.startswith(BOM)
    crlf = [text.replace("\r\n", "").count("\n") == 0 and "\n" in text for text in (old, new)]
    blank_last = not old.endswith("\n") and "\n\n" in old.replace("\r", "")
    return (
        new.startswith(BOM) == old.startswith(BOM)
        and ("\n" not in old or "\n" not in new or crlf[0] == crlf[1])
        and (new.endswith("\n") == old.endswith("\n") or blank_last)
    )


# The laws


def a_value_is_replaced_where_it_stands(text: str, random: Random) -> None:
    """Every byte outside of the old value stays; what has no text of its own is taken out and stated anew."""
    data, value = parsed(text), random.choice(NEW_VALUES)
    paths = list(locate(text))
    if not paths:
        return
    path = random.choice(paths)
    place = locate(text)[path]
    if place.value_start is None and isinstance(path[-1], int) and not same(at(data, path), value):
        with pytest.raises(EditError):  # an element with a header cannot turn into something else
            set_value(text, path, value)
        return
    new = set_value(text, path, value)
    assert same(parsed(new), with_value(data, path, value))
    assert keeps_its_form(text, new)
    if place.value_start is not None:
        assert new.startswith(text[: place.value_start])
        assert new.endswith(text[place.value_end :])


def a_new_key_is_put_in_and_taken_out_again(text: str, random: Random) -> None:
    """One piece is put in; `unset` gives the old text, but for tables that were empty."""
    data = parsed(text)
    tables = [(), *(path for path, value in values(data) if isinstance(value, dict))]
    table = random.choice(tables)
    names = [name for name in NEW_NAMES if name not in at(data, table)]
    path = (*table, random.choice(names), *random.choices(NEW_NAMES, k=random.randint(0, 2)))
    value, other = random.choice(NEW_VALUES), random.choice(NEW_VALUES)
    new = set_value(text, path, value)
    assert same(parsed(new), with_value(data, path, value))
    assert is_one_insertion(text, new)
    assert keeps_its_form(text, new)
    assert set_value(new, path, value) == new
    assert same(parsed(set_value(new, path, other)), with_value(data, path, other))
    above = [table[:length] for length in range(1, len(table) + 1)]
    if all(at(data, parent) or isinstance(parent[-1], int) for parent in above):
        assert unset(new, path) == text


def unset_only_takes_out(text: str, random: Random) -> None:
    """Nothing is added, nothing else changes, and no line goes that does not belong to it."""
    paths = list(locate(text))
    if not paths:
        return
    path = random.choice(paths)
    gone = what_goes(text, path)
    new = unset(text, path)
    assert same(parsed(new), without(parsed(text), gone))
    assert is_part_of(new, text)
    assert keeps_its_form(text, new)
    assert is_part_of(untouched_lines(text, gone), [line.rstrip("\r") for line in new.removeprefix(BOM).split("\n")])


def an_element_is_put_in_and_taken_out_again(text: str, random: Random) -> None:
    """The old text is the new one with deletions alone, those of `unset` among them."""
    data = parsed(text)
    paths = [path for path, value in values(data) if isinstance(value, list)]
    if not paths:
        return
    path = random.choice(paths)
    value = random.choice(NEW_VALUES)
    if locate(text)[path].value_start is None:
        value = {"id": 1, "a.b": {"c": value}}
    new = append(text, path, value)
    wanted = copy.deepcopy(data)
    at(wanted, path).append(value)
    assert same(parsed(new), wanted)
    assert is_part_of(text, new)
    assert keeps_its_form(text, new)
    assert unset(new, (*path, len(at(wanted, path)) - 1)) == text


def a_new_array_is_put_in_and_taken_out_again(text: str, random: Random) -> None:
    path, value = random.choice([(("new array",), {"id": 1}), (("new array",), 1), (("new", "array"), "x")])
    new = append(text, path, value)
    assert same(parsed(new), with_value(parsed(text), path, [value]))
    assert is_one_insertion(text, new)
    assert keeps_its_form(text, new)
    assert unset(new, path) == text


LAWS = [
    a_value_is_replaced_where_it_stands,
    a_new_key_is_put_in_and_taken_out_again,
    unset_only_takes_out,
    an_element_is_put_in_and_taken_out_again,
    a_new_array_is_put_in_and_taken_out_again,
]


@pytest.mark.whole
@pytest.mark.parametrize("law", LAWS)
def test_law_over_hundreds_of_documents(law: Law) -> None:
    for seed in range(BULK):
        random = Random(seed)
        text = Writer(random).document()
        if is_valid(text):
            law(text, random)


@pytest.mark.parametrize("law", LAWS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=documents(depth=2, width=3), random=st.randoms(use_true_random=False, note_method_calls=False))
def test_law_over_any_document(law: Law, text: str, random: Random) -> None:
    law(text, random)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TIMES = st.times().map(lambda time: time.replace(fold=0))
DATETIMES = st.datetimes(timezones=st.sampled_from([None, datetime.UTC])).map(lambda moment: moment.replace(fold=0))
SCALAR = st.one_of(st.booleans(), st.integers(), st.floats(), TEXT, st.dates(), TIMES, DATETIMES)
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)


@settings(max_examples=100, deadline=None)
@given(path=st.lists(TEXT, min_size=1, max_size=3).map(tuple), value=VALUE)
def test_any_value_can_be_set_under_any_key(path: Path, value: object) -> None:
    for text in ("", "[[m]]\nid = 1", "x = { y = 1 }\r\n"):
        where = path if "m" not in parsed(text) else ("m", 0, *path)
        if where[0] == "x" or where == ("m", 0, "id", *path[1:]):
            continue
        new = set_value(text, where, value)
        assert same(parsed(new), with_value(parsed(text), where, value))
        assert unset(new, where) == text


# What people write


MODELS = """\
# ours
prefer = ["openai"]

[exclude]
openai = [
    "gpt-5-pro",  # dear
    "o3-*"        # slow
]

# small
[[models]]
provider = "openai"
id = "gpt-4o-mini"
cost.input = 0.15   # was 0.2
tags = ["a"]
capabilities.tools = { enabled = true }

[models.limits]  # of the account
context = 128_000

[[models.cost.tiers]]
context_over = 200_000
input = 2
# the end of it

[[models]]
provider = "mine"
id = "y"
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("models", 0, "cost", "input"), 0.12, "input = 0.15   # was", "input = 0.12   # was"),
        (("models", 0, "cost", "output"), 1, "was 0.2\n", "was 0.2\ncost.output = 1\n"),
        (("models", 0, "limits", "output"), 1, "128_000\n", "128_000\noutput = 1\n"),
        (("models", 0, "capabilities", "tools", "strict"), True, "= true }", "= true, strict = true }"),
        (("models", 0, "capabilities", "chat"), True, "true }\n", "true }\ncapabilities.chat = true\n"),
        (("models", 0, "name"), "N", "true }\n", 'true }\nname = "N"\n'),
        (("models", 0, "cost", "tiers", 0, "output"), 3, "input = 2\n", "input = 2\noutput = 3\n"),
        (("models", 1, "cost"), {"input": 1}, '"y"\n', '"y"\ncost = { input = 1 }\n'),
        (("models", 1, "cost", "input"), 1, '"y"\n', '"y"\ncost.input = 1\n'),
        (("models", 0, "tags"), ["b"], '["a"]', '["b"]'),
        (("exclude", "mine"), ["*"], " slow\n]\n", ' slow\n]\nmine = ["*"]\n'),
        (("deny", "mine"), ["*"], 'id = "y"\n', 'id = "y"\n\n[deny]\nmine = ["*"]\n'),
        (("overrides_module",), "m", '["openai"]\n', '["openai"]\noverrides_module = "m"\n'),
    ],
)
def test_set_value_in_a_configuration(path: Path, value: object, old: str, new: str) -> None:
    assert set_value(MODELS, path, value) == MODELS.replace(old, new)
    assert MODELS.count(old) == 1


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (("models", 0, "cost", "input"), "cost.input = 0.15   # was 0.2\n", ""),
        (("models", 0, "capabilities", "tools", "enabled"), "capabilities.tools = { enabled = true }\n", ""),
        (("models", 0, "limits", "context"), "\n[models.limits]  # of the account\ncontext = 128_000\n", ""),
        (("models", 0, "cost", "tiers", 0), "\n[[models.cost.tiers]]\ncontext_over = 200_000\ninput = 2\n", ""),
        (("models", 1), '\n[[models]]\nprovider = "mine"\nid = "y"\n', ""),
        (("exclude", "openai", 0), '    "gpt-5-pro",  # dear\n', ""),
        (("exclude", "openai", 1), '",  # dear\n    "o3-*"        # slow\n', '"  # dear\n'),
        (("exclude",), MODELS[MODELS.index("\n[exclude]") : MODELS.index("\n# small")], ""),
        (("models", 0), MODELS[MODELS.index("[[models]]") : MODELS.index("# the end of it")], ""),
        (("prefer", 0), '["openai"]', "[]"),
    ],
)
def test_unset_in_a_configuration(path: Path, old: str, new: str) -> None:
    assert unset(MODELS, path) == MODELS.replace(old, new)
    assert MODELS.count(old) == 1


def test_what_is_stated_in_several_places_goes_from_all() -> None:
    new = unset(MODELS, ("models", 0, "cost"))
    assert new == MODELS.replace("cost.input = 0.15   # was 0.2\n", "").replace(
        "\n[[models.cost.tiers]]\ncontext_over = 200_000\ninput = 2\n", ""
    )


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("models", 0, "tags"), "b", '["a"]', '["a", "b"]'),
        (("models", 1, "tags"), "b", '"y"\n', '"y"\ntags = ["b"]\n'),
        (("exclude", "openai"), "x", '"o3-*"        # slow\n', '"o3-*",        # slow\n    "x"\n'),
        (("exclude", "mine"), "x", "slow\n]\n", 'slow\n]\nmine = ["x"]\n'),
        (("deny", "mine"), "x", '"y"\n', '"y"\n\n[deny]\nmine = ["x"]\n'),
        (
            ("models",),
            {"id": "z", "cost": {"input": 1}},
            '"y"\n',
            '"y"\n\n[[models]]\nid = "z"\ncost = { input = 1 }\n',
        ),
        (("providers",), {"id": "mine"}, '"y"\n', '"y"\n\n[[providers]]\nid = "mine"\n'),
        (
            ("models", 0, "cost", "tiers"),
            {"input": 3},
            "input = 2\n",
            "input = 2\n\n[[models.cost.tiers]]\ninput = 3\n",
        ),
    ],
)
def test_append_in_a_configuration(path: Path, value: object, old: str, new: str) -> None:
    assert append(MODELS, path, value) == MODELS.replace(old, new)
    assert MODELS.count(old) == 1


def test_a_new_entry_comes_last() -> None:
    text = "[[m]]\na = 1\n\n[t]\nb = 1 # end"
    assert append(text, ("m",), {"a": 2}) == text + "\n\n[[m]]\na = 2"
    assert append("", ("m",), {"a": 2}) == "[[m]]\na = 2\n"
    assert append("m = [\n  { a = 1 },\n]\n", ("m",), {"a": 2}) == "m = [\n  { a = 1 },\n  { a = 2 },\n]\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[]", '["x"]'),
        ("[ ]", '["x" ]'),
        ("[1]", '[1, "x"]'),
        ("[1,]", '[1, "x",]'),
        ("[ 1 , 2 ] # c", '[ 1 , 2, "x" ] # c'),
        ("[\n]", '[\n    "x",\n]'),
        ("[\n  # none\n  ]", '[\n  # none\n      "x",\n  ]'),
        ("[\n  1,\n]", '[\n  1,\n  "x",\n]'),
        ("[\n  1\n]", '[\n  1,\n  "x"\n]'),
        ("[\r\n\t1 # ,\r\n]", '[\r\n\t1, # ,\r\n\t"x"\r\n]'),
        ("[\n  1, # ]\n  # 2,\n]", '[\n  1, # ]\n  "x",\n  # 2,\n]'),
        ("[\n  1, 2,\n  3, 4,\n]", '[\n  1, 2,\n  3, 4, "x",\n]'),
        ("[\n  1\n  , 2\n]", '[\n  1\n  , 2, "x"\n]'),
        ("[\n  1\n  ,\n]", '[\n  1\n  ,\n  "x",\n]'),
        ("[1,\n  2]", '[1,\n  2, "x"]'),
        ("[\n  [\n    1,\n  ],\n]", '[\n  [\n    1,\n  ],\n  "x",\n]'),
        ("[{ a = 1 }]", '[{ a = 1 }, "x"]'),
    ],
)
def test_an_array_keeps_its_layout(old: str, new: str) -> None:
    assert append(f"a = {old}\n", ("a",), "x") == f"a = {new}\n"
    assert unset(f"a = {new}\n", ("a", len(parsed(f"a = {old}")["a"]))) == f"a = {old}\n"


@pytest.mark.parametrize(
    ("old", "index", "new"),
    [
        ("[1, 2, 3]", 0, "[2, 3]"),
        ("[1, 2, 3]", 1, "[1, 3]"),
        ("[1, 2, 3]", 2, "[1, 2]"),
        ("[1, 2,]", 1, "[1,]"),
        ("[ 1, ]", 0, "[  ]"),
        ("[1,2 , 3]", 1, "[1 , 3]"),
        ("[\n  1, # one\n  2, # two\n]", 0, "[\n  2, # two\n]"),
        ("[\n  1, # one\n  2 # two\n]", 1, "[\n  1 # one\n]"),
        ("[\n  # first\n  1\n]", 0, "[\n  # first\n]"),
        ("[\n  1, 2, # a\n  3, 4, # b\n]", 2, "[\n  1, 2, # a\n  4, # b\n]"),
        ("[\n  1, 2, # a\n  3, 4, # b\n]", 1, "[\n  1, # a\n  3, 4, # b\n]"),
        ("[1,\n  2]", 0, "[\n  2]"),
        ("[1, # a\n  2]", 1, "[1 # a\n  ]"),
        ("[\n  1\n  , 2\n]", 0, "[\n  \n   2\n]"),
    ],
)
def test_an_element_goes_with_its_comma(old: str, index: int, new: str) -> None:
    assert unset(f"a = {old}\n", ("a", index)) == f"a = {new}\n"


@pytest.mark.parametrize(
    ("text", "path", "new"),
    [
        ("a = 1", ("a",), ""),
        ("a = 1\nb = 2", ("b",), "a = 1"),
        ("a = 1\r\nb = 2", ("b",), "a = 1"),
        ("a.b = 1\na.c = 2 # c", ("a",), ""),
        ("x = 1\na.b = 1\na.c = 2", ("a",), "x = 1"),
        ("a.b = 1\n# kept\na.c = 2\n", ("a",), "# kept\n"),
        ('a = """\n# text\n""" # note\nb = 2\n', ("a",), "b = 2\n"),
        ("m = [{ a.b = 1, c = 2, a.d = 3 }]\n", ("m", 0, "a"), "m = [{ c = 2 }]\n"),
        ("m = [{ a.b = 1 }]\n", ("m", 0, "a", "b"), "m = [{  }]\n"),
        ("m = [{ a = 1 }, { a = 2 }]\n", ("m", 0), "m = [{ a = 2 }]\n"),
        ("[[m]]\na = 1\n\n[[m]]\na = 2\n", ("m", 0), "[[m]]\na = 2\n"),
        ("[[m]]\na = 1\n[[p]]\n[m.c]\nb = 1\n[[m]]\na = 2\n", ("m", 0), "[[p]]\n[[m]]\na = 2\n"),
        ("[[m]]\na = 1\n[[p]]\n[m.c]\nb = 1\n", ("m", 0, "c", "b"), "[[m]]\na = 1\n[[p]]\n"),
        ("[[m]]\na = 1\n", ("m", 0, "a"), "[[m]]\n"),
        ("[[m]]\na = 1\n", ("m", 0), ""),
        ("# c\n[[m]]\na = 1\n\n[t]\n", ("m", 0), "# c\n\n[t]\n"),
        ("b = 1\n\n\n[[m]]\na = 1\n\n\n[t]\n", ("m", 0), "b = 1\n\n\n\n[t]\n"),
        ("[t]\na.b = 1\n[t.a.c]\n# gone\nd = 1\n# kept\n[u]\n", ("t", "a"), "# kept\n[u]\n"),
        ("[t]\n[t.a]\n# gone\n[t.a.b]\nc = 1\n", ("t", "a"), ""),
    ],
)
def test_unset(text: str, path: Path, new: str) -> None:
    assert unset(text, path) == new


@pytest.mark.parametrize(
    ("text", "path", "new"),
    [
        ("", ("a",), "a = 1\n"),
        ("", ("a", "b"), "[a]\nb = 1\n"),
        (BOM, ("a",), f"{BOM}a = 1\n"),
        ("# note", ("a",), "# note\na = 1"),
        ("# note\n[t]\n", ("a",), "a = 1\n# note\n[t]\n"),
        ("b = 1", ("a",), "b = 1\na = 1"),
        ("b = 1\r\n", ("a",), "b = 1\r\na = 1\r\n"),
        ("b = 1\n# end\n", ("a", "b"), "b = 1\n# end\n\n[a]\nb = 1\n"),
        ("[t]\n  b = 2\n\n[u]\n", ("t", "a"), "[t]\n  b = 2\n  a = 1\n\n[u]\n"),
        ("[t]\n# none yet\n", ("t", "a"), "[t]\na = 1\n# none yet\n"),
        ("[t.u]\nb = 1\n", ("t", "a"), "t.a = 1\n[t.u]\nb = 1\n"),
        ("[t]\n[t.u.v]\nb = 1\n", ("t", "u", "a"), "[t]\nu.a = 1\n[t.u.v]\nb = 1\n"),
        ("t.u = 1 # x\nv = 1\n", ("t", "a"), "t.u = 1 # x\nt.a = 1\nv = 1\n"),
        ("m = [{ b = 1 }]", ("m", 0, "a"), "m = [{ b = 1, a = 1 }]"),
        ("m = [{}]", ("m", 0, "a"), "m = [{a = 1}]"),
        ("m = {}", ("m", "a"), "m = {a = 1}"),
        ("m = { t.u = 2, v = 3 }", ("m", "t", "a"), "m = { t.u = 2, t.a = 1, v = 3 }"),
        ("[t] # b = 2\n[t.u]\nb = 1\n", ("t",), "t = 1\n"),
        ("a.b = 1\nc = 2\n", ("a",), "c = 2\na = 1\n"),
        ("[a]\r\nb = 1\r\n", ("a",), "a = 1\r\n"),
        ("[a]\nb = 1", ("a",), "a = 1"),
        ("[m]\n'a b'.c = 2\n", ("m", "a b", "d.e"), '[m]\n\'a b\'.c = 2\n"a b"."d.e" = 1\n'),
    ],
)
def test_set_value(text: str, path: Path, new: str) -> None:
    assert set_value(text, path, 1) == new


def test_a_value_that_is_so_already_is_left_as_it_is_written() -> None:
    text = "a = 0x10\nb = [\n 1.0,\n]\nc.d = 'x'\nn = +nan\n"
    for path, value in [(("a",), 16), (("b",), [1.0]), (("c",), {"d": "x"}), (("n",), float("nan"))]:
        assert set_value(text, path, value) == text
    assert set_value(text, ("a",), 16.0) == text.replace("0x10", "16.0")
    assert set_value("a = 1", ("a",), True) == "a = true"


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        (set_value, (), {}),
        (set_value, ("models", 2, "id"), 1),
        (set_value, ("models", -1, "id"), 1),
        (set_value, ("models", "id"), 1),
        (set_value, ("prefer", "id"), 1),
        (set_value, ("prefer", 1), 1),
        (set_value, ("models", 0, "id", "x"), 1),
        (set_value, ("models", 0), {"id": 1}),
        (set_value, (0,), 1),
        (set_value, ("x",), None),
        (set_value, ("x",), [None]),
        (set_value, ("x",), (1, 2)),
        (set_value, ("x",), {"y": object()}),
        (set_value, ("x",), "\udcff"),
        (set_value, ("\udcff",), 1),
        (append, (), {}),
        (append, ("exclude",), 1),
        (append, ("models",), 1),
        (append, ("models", 0, "id"), 1),
        (append, ("models", 5, "tags"), 1),
        (append, ("prefer", 0), 1),
        (unset, (), ...),
        (unset, ("nothing",), ...),
        (unset, ("models", 2), ...),
        (unset, ("models", 0, "cost", "output"), ...),
    ],
)
def test_what_cannot_be_is_an_error(change: Callable[..., str], path: Path, value: object) -> None:
    with pytest.raises(EditError) as caught:
        change(MODELS, path, *([] if value is ... else [value]))
    error = caught.value
    assert isinstance(error, LLMModelsError)
    assert isinstance(error, ValueError)
    assert error.path == path
    assert str(error).isprintable()
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("wrong", ["", "x = ", "prefer = 1", MODELS, MODELS + "x = 1\n"])
def test_no_wrong_edit_gets_out(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the splicing does, a text that does not say what is wanted is never given back."""
    for part in ("_add", "_add_item", "_add_lines", "_cut"):
        monkeypatch.setattr(edit, part, lambda *_: wrong)
    for change in (
        lambda: set_value(MODELS, ("x",), 2),
        lambda: append(MODELS, ("prefer",), 2),
        lambda: append(MODELS, ("x",), {}),
        lambda: unset(MODELS, ("prefer",)),
    ):
        with pytest.raises(EditError):
            change()
