"""The small check that accepts: it knows every word of the schemas, and gives jsonschema's verdict on everything."""

from __future__ import annotations

import copy
import datetime
import functools
import math
import re
from collections import Counter
from random import Random
from typing import Any

import pytest
from support import ROOT
from support.toml_texts import is_valid, parsed

from llm_models import paths, schema, validation
from llm_models.patterns import MAX_PATTERN, pattern_problem
from llm_models.snapshot_file import SnapshotFile

ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.0, 0.0, 16384.0, 0.5, -0.5, 10**6, 10**6 + 1, 2**63),
    *(math.nan, math.inf, -math.inf),
    *(
        "",
        " ",
        "x",
        "x\n",
        " x",
        "é",
        "\x00",
        "\x7f",
        "..",
        "a/../b",
        "*",
        "all",
        "openai",
        "OpenAI",
        "my-gateway",
        "a b",
    ),
    *("x" * 64, "x" * 65, "x" * 300, "x" * 301, "x" * 500, "x" * 501, "x" * 1000, "x" * 1001, "https://x.example/v1"),
    *("2024-07-18", "2024-07", "2024-02-29", "2023-02-29", "2024-13", "20240718", "2024-W01-1", "0000-01", "2024-07\n"),
    *("2024-7-18", "\uff12024-07", "a.b:C", "a.b\n", "0" * 64, "0" * 8, "https://x.example\n"),
    *([], {}, [1], ["x"], ["x", "x"], [1, True], [1, 1.0], [True, True], [None], [[]], ["x", ["x"]]),
    *({"x": 1}, {"": None}, {"enabled": True}, [{"a": 1}, {"a": 1.0}]),
    *([{"context_over": 1}], [{"context_over": 0, "input": -1}]),
    *(datetime.date(2024, 7, 18), datetime.datetime(2024, 7, 18, tzinfo=datetime.UTC), datetime.time(1, 2)),
]
"""Values that are wrong in some place and right in another; the last ones are what tomllib makes of dates."""


def words(node: Any) -> set[str]:
    """Every word of a schema, at any depth; names of properties are not words."""
    if isinstance(node, list):
        return set().union(*map(words, node))
    if not isinstance(node, dict):
        return set()
    found = set(node)
    for word, value in node.items():
        if word == "properties":
            found.update(*map(words, value.values()))
        elif word not in ("examples", "const", "enum", "default"):
            found |= words(value)
    return found


@functools.cache
def originals(name: str) -> list[Any]:
    """Documents to change: the examples of the schema, real records, and real configurations cut short."""
    found: list[Any] = list(schema.read_schema(name)["examples"])
    packaged = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
    blocks = [packaged.block(provider) for provider in packaged.header["blocks"]]
    models = [
        {"provider": block.provider["id"], **block.model(row)}
        for block in blocks
        for row in range(0, len(block.ids), 7)
    ]
    for model in models:
        model.pop("derived", None)
        model.pop("likely", None)
    if name == "provider":
        found += [dict(block.provider) for block in blocks]
    elif name == "model":
        found += models
    elif name == "overrides":
        files = [path for folder in ("tests", "overrides", "examples") for path in ROOT.glob(f"{folder}/**/*.toml")]
        for text in [path.read_text(encoding="utf-8") for path in sorted(files) if path.parent.name != "long_key"]:
            data = parsed(text) if is_valid(text) else {}
            found.append({key: value[:2] if isinstance(value, list) else value for key, value in data.items()})
        found += [{"models": models[start : start + 2]} for start in range(0, len(models), 9)]
    elif name == "snapshot":
        found.append({**packaged.header, "blocks": dict(list(packaged.header["blocks"].items())[:3])})
    return found


def changed(document: Any, random: Random) -> Any:
    """A copy with up to three changes, in any place."""
    document = copy.deepcopy(document)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        nodes = [document]
        for node in nodes:
            items = node.values() if isinstance(node, dict) else node
            nodes += [item for item in items if isinstance(item, (dict, list))]
        node = random.choice(nodes)
        steps = list(node) if isinstance(node, dict) else list(range(len(node)))
        how = random.choice(("replace", "twist", "twist", "remove", "add"))
        if how == "add" or not steps:
            if isinstance(node, dict):
                node[random.choice(NAMES)] = copy.deepcopy(random.choice(ODD))
            else:
                node.append(copy.deepcopy(random.choice([*ODD, *node])))
            continue
        step = random.choice(steps)
        if how == "remove":
            del node[step]
        else:
            node[step] = copy.deepcopy(random.choice(ODD)) if how == "replace" else twisted(node[step], random)
    return document


def twisted(value: Any, random: Random) -> Any:
    """A value that is almost the same."""
    if isinstance(value, (bool, int, float)) and math.isfinite(value):
        return random.choice([float(value), int(value), bool(value), str(value), -value, value + 1, math.nan])
    if isinstance(value, str):
        return random.choice([f"{value}\n", f" {value}", value.upper(), value[:-1], value * 9, [value]])
    if isinstance(value, list):
        return value + value[:1]
    return [value]


NAMES = sorted(
    {"colour", "", "id", "match", "input", "context_over", "enabled"}
    | set(schema.inlined("model")["properties"])
    | set(schema.inlined("provider")["properties"])
    | set(schema.inlined("overrides")["properties"])
)


@pytest.mark.parametrize("name", schema.SCHEMAS)
def test_every_word_of_a_schema_is_known(name: str) -> None:
    assert words(schema.inlined(name)) - {"$schema", "$id"} <= set(schema.WORDS)


def test_an_unknown_word_is_an_error() -> None:
    """The control: it is not ignored, even where the value would be accepted without it."""
    assert "multipleOf" in words({"properties": {"a": {"items": [{"multipleOf": 2}]}}})
    with pytest.raises(KeyError):
        schema.check_of({"type": "integer", "multipleOf": 2})(4)


@pytest.mark.parametrize("name", schema.SCHEMAS)
@pytest.mark.parametrize("part", [10, pytest.param(1, marks=pytest.mark.whole)])
def test_the_verdict_is_that_of_jsonschema(name: str, part: int) -> None:
    """Over real documents with random changes, a tenth of them or all; both verdicts are frequent."""
    count = {"model": 9000, "overrides": 8000, "provider": 4000}.get(name, 500) // part
    theirs = validation.validator(name).is_valid
    random = Random(name)
    documents = originals(name)
    verdicts: Counter[bool] = Counter()
    for _ in range(count):
        document = changed(random.choice(documents), random)
        verdict = schema.accepts(name, document)
        assert verdict is theirs(document), document
        verdicts[verdict] += 1
    assert min(verdicts[True], verdicts[False]) > count / 10, verdicts


@pytest.mark.parametrize("wanted", ODD)
def test_constants_and_duplicates_are_compared_as_jsonschema_compares_them(wanted: Any) -> None:
    """1 equals 1.0 and not true, at any depth."""
    for word, value in (("const", wanted), ("enum", [wanted]), ("uniqueItems", True)):
        theirs = validation.validator("model").evolve(schema={word: value})
        for found in ODD:
            document = [wanted, found] if word == "uniqueItems" else found
            if isinstance(found, float) and math.isnan(found):
                continue  # whether it equals itself is for Python to say; JSON does not have it
            assert schema.check_of({word: value})(document) is theirs.is_valid(document), (word, document)


def patterns(node: Any) -> set[str]:
    if isinstance(node, list):
        return {found for item in node for found in patterns(item)}
    if not isinstance(node, dict):
        return set()
    stated = {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
    return stated | {found for item in node.values() for found in patterns(item)}


@pytest.mark.parametrize(
    "pattern", sorted({found for name in schema.SCHEMAS for found in patterns(schema.inlined(name))})
)
def test_a_pattern_decides_as_a_whole_though_plain_texts_meet_a_shorter_one(pattern: str) -> None:
    """For every letter of ASCII and every letter that a schema names, at the start, inside and at the end of a text."""
    accepted = schema.check_of({"pattern": pattern})
    named = {chr(number) for letter in pattern if not letter.isascii() for number in (ord(letter) - 1, ord(letter))}
    escaped = {chr(int(number, 16)) for number in re.findall(r"\\u([0-9a-f]{4})", pattern)}
    for letter in {*map(chr, range(0x100)), *named, *escaped}:
        for text in (letter, f"{letter}openai:gpt-4", f"open{letter}ai", f"2026-01{letter}", f"openai:{letter}"):
            assert accepted(text) is (re.search(pattern, text) is not None), ascii(text)


@pytest.mark.parametrize("form", sorted(schema.SHAPES))
def test_a_pattern_beside_a_format_refuses_nothing_more(form: str) -> None:
    """So it is not compiled: all days of a leap year and of another, their months, and texts with one odd letter."""
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(number) for number in range(731)]
    texts = [text for day in days for text in (day.isoformat(), day.isoformat()[:7], day.strftime("%G-W%V-%u"))]
    plain = [*ODD, *texts, "0001-01-01", "9999-12-31", "0000-01-01", "20240101", "2024-001", "2024-01-01T00:00:00Z"]
    odd = ["2024-02-29"[:at] + letter + "2024-02-29"[at + more :] for at in range(11) for more in (0, 1)
           for letter in ("\n", " ", "+", "-", "\u0661", "\uff11", "x", "0", "9", "")]  # fmt: skip
    for text in (text for text in [*plain, *odd] if isinstance(text, str)):
        alone = schema.FORMATS[form](text)
        assert not alone or re.search(schema.SHAPES[form], text), ascii(text)
        assert schema.check_of({"format": form, "pattern": schema.SHAPES[form]})(text) is alone, ascii(text)
    assert {schema.FORMATS[form](text) for text in texts} == {True, False}


def test_globs_are_limited_alike_in_files_and_arguments() -> None:
    """`deny` of a file passes the schema, `deny` of `load()` passes `pattern_problem`."""
    for pattern in (*ODD, "x" * MAX_PATTERN, "x" * (MAX_PATTERN + 1)):
        accepted = pattern_problem(pattern) is None
        for document in (
            {"deny": {"openai": [pattern]}},
            {"allow": {"openai": [pattern]}},
            {"exclude": {"x": [pattern]}},
        ):
            assert schema.accepts("overrides", document) is accepted, pattern
        assert schema.accepts("overrides", {"models": [{"provider": "x", "match": pattern}]}) is accepted, pattern


@pytest.mark.parametrize("order", [(1, 1.0, True), (True, 1.0, 1), (1.0, True, 1)])
def test_a_verdict_is_not_that_of_an_equal_value_of_another_type(order: tuple[Any, ...]) -> None:
    """Plain values are decided once, and to Python `1`, `1.0` and `True` are equal."""
    check = schema.check_of({"properties": {"context": {"type": "integer", "minimum": 1}, "input": {"minimum": 1}}})
    for value in order * 2:
        assert check({"context": value}) is (type(value) is int)
        assert check({"input": value})
        assert not check({"context": [value]})
