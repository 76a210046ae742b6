"""Forged files: right checksums over wrong content are a `SnapshotError` from every call, and nothing else.

Each test changes one value of a whole file, at every path of its header, blocks, records and origins in turn.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from support import STORED as STORED_FILES
from support import catalogues, forging, histories
from support.command import here

from llm_models import jsontext, paths, pipeline
from llm_models.block import known_capabilities
from llm_models.columns import STORED as COLUMNS
from llm_models.errors import LLMModelsError, SnapshotError
from llm_models.in_use import InUse, base_of
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile
from llm_models.timeline import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "forged.json"
CONFIG = b"""
prefer = ["anthropic"]
[deny]
openai = ["o3-*"]
[exclude]
openai = ["gpt-4o-preview"]
[[providers]]
id = "own"
base_url = "https://own.example/v1"
env = ["OWN_KEY"]
[[models]]
provider = "own"
id = "mine"
base = "openai:gpt-4o-mini"
aliases = ["ours"]
served_as = ["mine-1"]
retires = "2030-01-01"
extra.a.b = [1, { c = "d" }]
[[models]]
provider = "openai"
match = "gpt-4o*"
tags = ["approved"]
"""


@pytest.fixture(scope="module")
def activated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An activated file with a source's base, filters, excludes, copies and a configuration."""
    path = tmp_path_factory.mktemp("forged") / "llm_models.toml"
    base, _ = catalogues.base(catalogues.small(), catalogues.CURATED)
    file, _ = catalogues.merged(SnapshotFile(base.data, "base.json"), path, CONFIG)
    return file.data


@pytest.fixture(scope="module")
def small_history(activated: bytes, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A history that the activated file believes, as it believes the packaged one."""
    path = tmp_path_factory.mktemp("history") / "snapshot.json"
    path.write_bytes(activated)
    written = histories.write_small(str(path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "PACKAGED_HISTORY", written)
        one = Snapshot(SnapshotFile(activated, NAME))
        assert "gone" in one.view.past.ids("openai")
    return written


@pytest.fixture(autouse=True)
def packaged_with_it(small_history: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every forged file would index the names of the packaged history again: that took three quarters of the time."""
    monkeypatch.setattr(paths, "PACKAGED_HISTORY", small_history)


ASKED: list[dict[str, Any]] = [
    {"kind": "embedding"},
    {"input": "image", "output": ["text"], "free": False},
    {"min_context": 1, "min_output": 1, "max_price_input": 9, "max_price_output": 9},
    {"released_after": "2020-01-01", "open_weights": True, "family": "gpt", "free": True},
    {"tags": ["curated"], "match": "*:gpt*", "lifecycle": "current", "at": "2027-01-01"},
    {"require": ["tools"], "unknown": "likely", "scope": ["openai", "own"]},
    {"require": ["tools"], "forbid": ["tools"], "unknown": "yes"},
]
"""Conditions on every column."""


def calls(file: SnapshotFile) -> Iterator[Callable[[], object]]:
    """Every question that can be asked of a file."""
    one = Snapshot(file)
    yield from (one.list_providers, one.list_models, lambda: len(one), lambda: repr(one), file.tail, file.config)
    yield from (lambda: base_of(file).tail(), lambda: [base_of(file).block(name) for name in base_of(file).blocks])
    yield lambda: base_of(file).provider_id("no such alias")
    for name in ("own", "openai", "google-vertex"):
        yield from (lambda name=name: one.get_provider(name), lambda name=name: one.list_models(name))
    for spec in ("own:mine", "mine-1", "openai:gpt-4o-mini", "openai:gpt-4o-preview", "openai:o3-mini", "x"):
        yield from (
            lambda spec=spec: one.resolve(spec).to_dict(),
            lambda spec=spec: one.resolve(spec).is_retired(),
            lambda spec=spec: one.explain(spec).to_dict(),
            lambda spec=spec: one.endpoint(spec),
            lambda spec=spec: one.allowed(spec),
            lambda spec=spec: one.match_names("openai", spec, "https://own.example/v1/chat"),
        )
    for order in ("id", "price", "context", "release"):
        yield partial(one.candidates, require=["chat"], order_by=order)
        yield partial(one.select, order_by=[order, "price"], prefer=["openai"])
    yield lambda: one.candidates(order_by="cost", workload={"input": 5})
    for asked in ASKED:
        yield partial(one.candidates, **asked)
        yield partial(one.list_models, **asked)
        yield partial(one.select, **asked)
    for words in ("gpt", "cheap vision", "free long context"):
        yield partial(one.search, words)
    current = InUse(file, paths.Folder(None, None), None)
    tag = {"models": [{"provider": "openai", "match": "*", "tags": ["t"]}]}
    yield lambda: pipeline.merge_application(current, overrides=tag)[0].data
    yield file.verify


def failures(data: bytes) -> list[str]:
    """What the questions about a file end in, other than answers and our errors."""
    wrong = []
    try:
        questions = [*calls(SnapshotFile(data, NAME))]
    except LLMModelsError:
        return []
    for number, ask in enumerate(questions):
        try:
            ask()
        except LLMModelsError:
            continue
        except Exception as error:
            wrong.append(f"question {number}: {type(error).__name__}: {error}")
    return wrong


def test_a_file_put_together_again_is_whole(activated: bytes) -> None:
    """So what the other tests find comes from the change and not from the tool."""
    again = forging.put_together(forging.taken_apart(activated))
    SnapshotFile(again, NAME).verify()
    assert failures(again) == []
    assert len(Snapshot(SnapshotFile(again, NAME))) == len(Snapshot(SnapshotFile(activated, NAME)))


@pytest.mark.parametrize("part", ["header", "blocks", "columns", "tail", "kept header", "kept blocks", "kept tail"])
@pytest.mark.parametrize("some", [slice(8), pytest.param(slice(8, None), marks=pytest.mark.whole)], ids=str)
def test_any_value_may_be_wrong(activated: bytes, part: str, some: slice) -> None:
    """At paths of a part: a wrong value, and none at all."""
    parts = forging.taken_apart(activated)
    rng = random.Random(part)
    places = [(part, *path) for path in forging.steps_of(parts[part])]
    changes = [(path, rng.choice(forging.WRONG)) for path in rng.sample(places, min(len(places), 40))]
    for path, wrong in changes[some]:
        for value in (..., wrong):
            data = forging.put_together(forging.changed(parts, path, value))
            assert failures(data) == [], (path, value)


@pytest.mark.parametrize("part", ["header", "kept header"])
def test_any_part_of_a_header_may_be_wrong(activated: bytes, part: str) -> None:
    """Each of them, and each that a header may have, also with each value that counts as false."""
    parts = forging.taken_apart(activated)
    odd = ("=openai", "=openai a", "=openai  a ", "=openai a=b ", "=openai a\tb ", "a =openai ", "= a ", "=a = ")
    others = {"aliases", "date", "supplements", "base", "overrides_module"} - {*parts[part]}
    for name in (*parts[part], *sorted(others)):
        for value in (*([] if name in others else [...]), None, False, 0, "", "x", [], {}, 10**30, [1], {"x": 1}, *odd):
            data = forging.put_together(forging.changed(parts, (part, name), value))
            assert failures(data) == [], (name, value)


@pytest.mark.parametrize("name", ["from-source", "from-packaged"])
def test_any_value_of_a_file_of_0_1_0_may_be_wrong(name: str) -> None:
    parts = forging.taken_apart((STORED_FILES / f"{name}.json").read_bytes())
    rng = random.Random(name)
    places = [("tail", *path) for path in forging.steps_of(parts["tail"])]
    for path in rng.sample(places, 25):
        for value in (..., rng.choice(forging.WRONG)):
            data = forging.put_together(forging.changed(parts, path, value))
            assert failures(data) == [], (path, value)


def test_a_merge_onto_a_record_that_breaks_its_schema_is_refused(tmp_path: Path) -> None:
    """Nothing is written that no later command could read."""
    base, _ = catalogues.base(catalogues.small(), catalogues.CURATED)
    parts = forging.taken_apart(base.data)
    name, block = next((name, block) for name, block in parts["blocks"].items() if block["models"])
    block["models"][0]["modalities"] = {"output": [""]}
    forged = SnapshotFile(forging.put_together(parts), NAME)
    model = f"{name}:{block['models'][0]['id']}"
    text = f'[[models]]\nprovider = "{name}"\nid = "{block["models"][0]["id"]}"\nname = "Other"\n'
    with pytest.raises(LLMModelsError, match=rf"{model}: once merged, modalities\.output\[0\]: minLength: ''"):
        catalogues.merged(forged, tmp_path / "llm_models.toml", text.encode())


@pytest.mark.parametrize("stated", [{"reasoning": True}, {"tools": {}}])
def test_stated_capabilities_of_another_shape_pass(stated: dict[str, Any]) -> None:
    """What then becomes of them is decided where they are read."""
    assert known_capabilities({**stated, "new": True}) == stated


@pytest.mark.parametrize("field", ["served_as", "aliases"])
def test_a_name_that_leads_to_no_model_is_refused(activated: bytes, field: str) -> None:
    parts = forging.changed(forging.taken_apart(activated), ("blocks", "own", "models", 0, field), ["other"])
    with pytest.raises(SnapshotError, match=r"forged\.json: not a whole snapshot: a model of own cannot be read"):
        Snapshot(SnapshotFile(forging.put_together(parts), NAME)).list_models("own")


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("some", [slice(4), pytest.param(slice(4, 8), marks=pytest.mark.whole)], ids=str)
def test_a_column_may_be_anything(activated: bytes, name: str, some: slice) -> None:
    """Its letters and its values: too few, too many, others, and values that nothing can be compared with.

    Each column meets some of them.
    """
    parts = forging.taken_apart(activated)
    letters, *values = parts["columns"][name]
    first, beyond = values[0], chr(ord("]") + len(values))
    odd = (
        "-1",
        "True",
        str(1 << 63),
        "9" * 5000,
        "inf",
        "nan",
        "1_0",
        " 1",
        "\ud800",
        "x" * 10_000,
        "\x1b[31m",
        "\u0663",
    )
    wrong: list[Any] = [
        *[
            [text, *values]
            for text in (letters[1:], letters + letters[:1], letters[:-1] + beyond, "", None, [*letters])
        ],
        *[[letters[:-1] + end, *values] for end in ("\x00", "\\", "A", "\ud800", "\udfff", "\U0010ffff", "]]")],
        *[[letters, *some] for some in ([], values[1:], [*values, first], [first] * 5_000, [{"0": first}], "]" * 9)],
        *[[letters, *values[:-1], last] for last in (*forging.WRONG, *odd)],
        *([values], [letters, values], "]]", values, letters, {}, None, 5, [*values, letters]),
    ]
    random.Random(name).shuffle(wrong)
    for value in wrong[some]:
        data = forging.put_together(forging.changed(parts, ("columns", name), value))
        assert failures(data) == [], value


@pytest.mark.parametrize(
    "value",
    [
        lambda letters, *values: [letters[1:], *values],
        lambda letters, *values: [letters + letters[:1], *values],
        lambda letters, *values: [letters[:-1] + chr(ord("]") + len(values)), *values],
        lambda letters, *values: [letters, *values, values[0]],
        lambda letters, *values: [letters, *values[:-1], [1]],
        lambda letters, *values: [letters, *values[:-1], "-1"],
        lambda letters, *values: [letters, *values[:-1], "1" + "0" * 400],
        lambda letters, *values: [[*letters], *values],
    ],
    ids=["short", "long", "a letter without a value", "a value without a model", "type", "negative", "huge", "list"],
)
def test_wrong_columns_are_refused_and_named(activated: bytes, value: Any) -> None:
    parts = forging.taken_apart(activated)
    for name in ("context", "input_price"):
        given = value(*parts["columns"][name])
        file = SnapshotFile(forging.put_together(forging.changed(parts, ("columns", name), given)), NAME)
        one = Snapshot(file)
        ranked: dict[str, Any] = {"order_by": ["price", "context"]}
        listed: dict[str, Any] = {"min_context": 5, "max_price_input": 9}
        asks = [partial(one.select, **ranked), partial(one.candidates, **ranked), partial(one.list_models, **listed)]
        for ask in (*asks, file.verify):
            with pytest.raises(SnapshotError, match=r"forged\.json: not a whole snapshot: the part about columns"):
                ask()
        assert one.get_model("own", "mine").id == "mine"  # which needs no columns


def test_a_file_without_columns_gives_the_same_answers(activated: bytes) -> None:
    parts = forging.taken_apart(activated)
    del parts["columns"], parts["header"]["columns"]
    without = SnapshotFile(forging.put_together(parts), NAME)
    whole = SnapshotFile(activated, NAME)
    without.verify()
    for name in COLUMNS:
        assert without.columns().column(name) == whole.columns().column(name)
    for asked in ASKED:
        assert Snapshot(without).candidates(**asked) == Snapshot(whole).candidates(**asked)


@pytest.mark.parametrize("value", forging.WRONG)
def test_the_configuration_may_be_anything(activated: bytes, value: Any) -> None:
    assert failures(forging.put_together({**forging.taken_apart(activated), "config": value})) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("provider", "base_url"), "https://a\r\nX-Evil: 1"),
        (("provider", "openai_base_url"), "https://a b"),
        *((("provider", "base_url"), url) for url in ("file:///etc/passwd", "javascript:x", "//x/v1", "x.example/v1")),
        *(
            (("provider", "base_url"), url)
            for url in ("https://a:b@c/v1", "https://a/v1?x=", "https://a/#", "https://a\\b")
        ),
        (("provider", "env"), ["A B"]),
        (("provider", "env"), ["\u202e"]),
        (("provider", "id"), "own\x1b[31m"),
        (("ids", 0), "mine\n"),
        (("ids", 0), "mi\u202ene"),
        (("aliases", "ours"), "nothing"),
        (("models", 0, "id"), "other"),
        (("models", 0, "provider_model_id"), "mine\r\n"),
        (("models", 0, "provider_model_id"), ""),
    ],
)
def test_names_and_addresses_are_checked_when_a_block_is_read(
    activated: bytes, path: tuple[str | int, ...], value: Any
) -> None:
    """They go to clients and terminals as they are."""
    parts = forging.changed(forging.taken_apart(activated), ("blocks", "own", *path), value)
    file = SnapshotFile(forging.put_together(parts), NAME)
    with pytest.raises(SnapshotError, match=r"forged\.json: not a whole snapshot: .*own"):
        Snapshot(file).resolve("own:mine")


ROWS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "too few": lambda row: row[:-1],
    "too many": lambda row: [*row, 0],
    "none": lambda _: [],
    "true": lambda row: [True, *row[1:]],
    "a float": lambda row: [1.0, *row[1:]],
    "a text": lambda row: ["1", *row[1:]],
    "null": lambda row: [None, *row[1:]],
    "a list": lambda row: [[1], *row[1:]],
    "negative": lambda row: [-1, *row[1:]],
}
"""What may be wrong in a list with a number for each model."""


@pytest.mark.parametrize("name", ["lengths", "bits"])
@pytest.mark.parametrize("change", ROWS.values(), ids=ROWS)
def test_each_model_has_a_length_and_a_capability_set(
    activated: bytes, name: str, change: Callable[[list[Any]], list[Any]]
) -> None:
    """Python would take some of these as numbers, or find out only when a model at the end is asked for."""
    parts = forging.taken_apart(activated)
    parts = forging.changed(parts, ("blocks", "openai", name), change(parts["blocks"]["openai"][name]))
    file = SnapshotFile(forging.put_together(parts), NAME)
    with pytest.raises(SnapshotError, match=r"forged\.json: not a whole snapshot: .*openai"):
        file.block("openai")


def test_more_than_this_package_writes(activated: bytes) -> None:
    """Not only a value may be wrong: what nobody asked for may stand beside it."""
    parts = forging.taken_apart(activated)
    for path, value in (
        (("tail", "models", "own:mine", "fields", "retires", "more"), 1),
        (("tail", "removed", "openai:gpt-4o-preview", "more"), 1),
        (("tail", "settings", "deny", "openai", "o3-*", "more"), 1),
        (("kept tail", "models", "openai:gpt-4o", "fields", "name"), {"layer": "x", "more": 1}),
        (("tail", "more"), []),
        (("kept tail", "more"), []),
    ):
        assert failures(forging.put_together(forging.changed(parts, path, value))) == [], path


def test_a_block_with_other_flags_may_lack_them(activated: bytes) -> None:
    """Sets of another version's flags are translated before the block is checked."""
    parts = forging.changed(forging.taken_apart(activated), ("header", "capabilities", 0), "of another version")
    for name in parts["blocks"]:
        for value in (..., ["x"], 5):
            data = forging.put_together(forging.changed(parts, ("blocks", name, "bits"), value))
            assert failures(data) == [], (name, value)


@pytest.mark.parametrize("address", ["https://a\r\nX-Evil: 1", "https://a b", "https://\u0430.example/v1"])
def test_no_address_of_a_model_alone_is_given_out_unchecked(activated: bytes, address: str) -> None:
    """It is in `extra`, where any text may be."""
    path = ("blocks", "own", "models", 0, "extra", "provider")
    data = forging.put_together(forging.changed(forging.taken_apart(activated), path, {"api": address}))
    with pytest.raises(SnapshotError, match=r"own:mine: extra\.provider\.api is not a base URL"):
        Snapshot(SnapshotFile(data, NAME)).endpoint("own:mine")


def test_a_command_reports_a_forged_file_in_one_line(activated: bytes, tmp_path: Path) -> None:
    parts = forging.changed(forging.taken_apart(activated), ("blocks", "own", "models", 0, "limits"), 5)
    path = tmp_path / NAME
    path.write_bytes(forging.put_together(parts))
    result = here("show", "own:mine", "--snapshot", path)
    assert (result.code, result.out) == (1, "")
    assert result.err == f"llm-models: {path}: not a whole snapshot: a model of own cannot be read\n"


def test_verify_holds_the_header_to_its_schema(activated: bytes) -> None:
    parts = forging.changed(forging.taken_apart(activated), ("header", "counts", "more"), 5)
    with pytest.raises(SnapshotError, match=r"snapshot\.schema\.json"):
        SnapshotFile(forging.put_together(parts), NAME).verify()


def resealed(data: bytes, path: tuple[str | int, ...], value: object) -> bytes:
    """The file with another value in its header; a function is given the value that it has."""

    def change(header: dict[str, Any]) -> None:
        old: Any = header
        for step in path:
            old = old.get(step) if isinstance(old, dict) else old[step]
        new = forging.changed(header, path, value(old) if callable(value) else value)
        header.clear()
        header.update(new)

    return forging.sealed(data, change)


SPANS = [("columns",), ("config",), ("kept", "header"), ("kept", "blocks", "openai"), ("kept", "tail"), ("tail",)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(((*span, at), change) for span in SPANS for at in (0, 1) for change in ((1).__add__, (-1).__add__)),
        *(((*span, at), float) for span in SPANS for at in (0, 1, 2)),
        (("capabilities",), dict.fromkeys),
        (("capabilities",), lambda old: [*old, old[0]]),
        *(((name,), ...) for name in ("sources", "filters", "digest", "counts", "capabilities", "tail")),
        *(((name,), 5) for name in ("sources", "filters", "digest", "counts", "base")),
        (("counts", "providers"), -1),
        (("counts", "providers"), 1 << 32),
        (("counts", "providers"), 1.0),
        (("counts", "more"), "5"),
    ],
    ids=str,
)
def test_each_condition_on_a_header_decides_alone(activated: bytes, path: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(SnapshotError, match=r"forged\.json: not a whole snapshot"):
        SnapshotFile(resealed(activated, path, value), NAME)


def test_a_count_may_be_none_at_all(activated: bytes) -> None:
    for number in (0, (1 << 32) - 1):
        file = SnapshotFile(resealed(activated, ("counts", "more"), number), NAME)
        assert file.header["counts"]["more"] == number


@pytest.mark.parametrize(
    ("path", "change"),
    [
        *((("openai", at), change) for at in (0, 1, 3) for change in ((1).__add__, (-1).__sub__)),
        (("openai", 3), str),
        (("own",), ...),
    ],
    ids=str,
)
def test_the_blocks_of_a_header_lie_side_by_side(activated: bytes, path: tuple[str | int, ...], change: Any) -> None:
    file = SnapshotFile(resealed(activated, ("blocks", *path), change), NAME)
    with pytest.raises(SnapshotError, match="not a whole snapshot"):
        len(file.blocks)


@pytest.mark.parametrize("value", ["1_0", "-1", "99999999", '"1"', "1.0", "1,1"])
def test_the_numbers_of_one_block(activated: bytes, value: str) -> None:
    """They are read from the text, without a decoder."""
    end = activated.index(b"\n")
    line = re.sub(rb'("openai":\[\d+,\d+,\d+),\d+\]', rb"\1,%b]" % value.encode(), activated[:end], count=1)
    line = line[: line.rindex(b',"crc":')]
    file = SnapshotFile(line + b',"crc":"%08x"},\n' % crc32(line) + activated[end + 1 :], NAME)
    with pytest.raises(SnapshotError, match="not a whole snapshot"):
        file.blocks["openai"]


@pytest.mark.parametrize(
    "path", [("config",), ("tail",), ("columns", "id"), ("blocks", "openai", "models", 0)], ids=str
)
def test_verify_reads_each_part(activated: bytes, path: tuple[str | int, ...]) -> None:
    """Each is what its checksum and the digest say, and cannot be read."""
    file = SnapshotFile(forging.put_together(forging.changed(forging.taken_apart(activated), path, 5)), NAME)
    with pytest.raises(SnapshotError, match="not a whole snapshot"):
        file.verify()


def test_a_packaged_file_may_have_no_texts() -> None:
    """As those of earlier versions had none."""
    parts = forging.taken_apart(catalogues.base(catalogues.small(), b"")[0].data)
    for section in ("keys", "texts"):
        if section in parts["tail"]:
            parts = forging.changed(parts, ("tail", section), ...)
    file = SnapshotFile(forging.put_together(parts), paths.PACKAGED_SNAPSHOT)
    assert file.texts() is None
    assert file.texts("keys") is None
    parts = forging.changed(parts, ("tail", "held"), {"texts": {}})  # not where the file has its last section
    file = SnapshotFile(forging.put_together(parts), paths.PACKAGED_SNAPSHOT)
    with pytest.raises(SnapshotError, match="the part about origins cannot be read"):
        file.texts()


# Histories


def history() -> bytes:
    from llm_models.timeline_writer import encode

    days = [
        histories.seen(
            "2026-01-01", {"acme": {"a": 1, "ab": {"input": 1, "tiers": [{"context_over": 5, "input": 2}]}}}
        ),
        histories.seen("2026-02-01", {"acme": {"a": 2, "b": 1}, "other": {"x": None}}),
        histories.seen("2026-03-01", {"acme": {"b": 3}}),
    ]
    return encode(histories.fold(*days))


def history_failures(data: bytes) -> list[str]:
    """What the questions about a history end in, other than answers and our errors."""
    wrong = []
    try:
        one = History(data, "history.json")
    except SnapshotError:
        return []
    questions: list[Callable[[], object]] = [one.verify, lambda: one.date, lambda: repr(one.days)]
    for provider in ("acme", "other", "nobody"):
        questions += [partial(one.of_provider, provider), partial(one.knows, provider)]
        for model in ("a", "ab", "b", "x"):
            questions.append(partial(one.of_model, provider, model))
            questions.append(partial(one.price_on, provider, model, "2026-02-15"))
    for ask in questions:
        try:
            repr(ask())
        except LLMModelsError:
            continue
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
    return wrong


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("header", "history"), 5),
        (("header", "days", 1), "2026-0201"),
        (("header", "days", 1), "2026-02-30"),
        (("header", "aliases"), {"\ud800": "acme"}),
        (("header", "own"), {"date": "\ud800"}),
        (("header", "own"), {"date": float("inf")}),
        (("lines", 0, "ids", 0), "0\ud800"),
        (("lines", 0, "successors"), {"a": ["acme:b", "\ud800", None]}),
    ],
)
def test_texts_of_a_history_are_checked(path: tuple[str | int, ...], value: Any) -> None:
    """Nothing fails later, when they are compared or written again."""
    from llm_models.timeline_fold import folded

    parts = forging.changed(forging.history_apart(history()), path, value)
    with pytest.raises(SnapshotError, match="not a whole history"):
        folded(History(forging.history_together(parts), "history.json"))


def test_a_history_may_have_any_value_wrong() -> None:
    parts = forging.history_apart(history())
    assert history_failures(forging.history_together(parts)) == []
    rng = random.Random(0)
    for path in forging.steps_of(parts):
        for value in [..., *rng.sample(forging.WRONG, 3)]:
            if len(path) > 1:
                data = forging.history_together(forging.changed(parts, path, value))
                assert history_failures(data) == [], (path, value)


# Size, kind and numbers


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    with path.open("wb") as file:
        file.truncate(3 << 30)  # a sparse one
    for read in (SnapshotFile.open, History.open):
        with pytest.raises(SnapshotError, match=r"too long .*3,221,225,472 bytes, expected at most 268,435,456"):
            read(str(path))


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    from llm_models.header import read_header

    for read in (SnapshotFile.open, History.open, read_header):
        with pytest.raises(SnapshotError, match="not a regular file"):
            read(str(tmp_path))


NUMBERS = [
    f"{sign}{whole}{rest}{end}"
    for sign in ("", "-", "+")
    for whole in ("0", "15", "01", "1_5", "", "\u0663", "inf", "NaN")
    for rest in ("", ".", ".5", ".5_0", ".\u0665")
    for end in ("", "e5", "e", "e1_0")
]


def test_numbers_have_one_grammar() -> None:
    """A number is what JSON calls one."""
    for number in NUMBERS:
        text = '{"cost":{"input":' + number + "}}"
        assert read(jsontext.loads, text) == read(json.loads, text), number


@pytest.mark.parametrize(
    "change",
    [(b'"id":"mine",', b'"id":"mine",,'), (b'{"id":"mine"', b'{,"id":"mine"'), (b'"id":"mine",', b'"id","mine":')],
    ids=["two commas", "a comma first", "a colon and a comma exchanged"],
)
def test_commas_and_colons_stand_where_json_has_them(
    activated: bytes, change: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own, in which nothing has imported `json` yet."""
    parts = forging.taken_apart(activated)
    path = tmp_path / "forged.json"
    dump = forging.dump
    monkeypatch.setattr(forging, "dump", lambda value: dump(value).replace(*change))
    path.write_bytes(forging.put_together(parts))
    code = "import sys; from llm_models import snapshot_file as f; f.SnapshotFile.open(sys.argv[1]).line('own', 'mine')"
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert "llm_models.errors.SnapshotError" in run.stderr.splitlines()[-1]


def read(loads: Callable[[str], Any], text: str) -> object:
    """What a reader makes of a text, as text; None where it refuses it."""
    try:
        return repr(loads(text))
    except ValueError:
        return None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("header", "capabilities", 0), "a\x1b[2J"),
        (("header", "capabilities", 0), 5),
        (("header", "sources", 0, "name"), 5),
        (("header", "sources", 0, "sha256"), None),
        (("header", "counts", "providers"), 1 << 32),
        (("header", "counts", "providers"), -1),
    ],
    ids=str,
)
def test_a_header_that_is_wrong_inside_is_not_opened(
    activated: bytes, path: tuple[str | int, ...], value: object
) -> None:
    data = forging.put_together(forging.changed(forging.taken_apart(activated), path, value))
    with pytest.raises(SnapshotError, match="its header is not one that this package writes"):
        SnapshotFile(data, NAME)


@pytest.mark.parametrize("value", [5, None, ["x"], "\ud800"], ids=str)
def test_a_configuration_that_is_none_is_not_that_of_a_file(activated: bytes, value: object) -> None:
    file = SnapshotFile(forging.put_together(forging.changed(forging.taken_apart(activated), ("config",), value)), NAME)
    with pytest.raises(SnapshotError, match=r"the part about llm_models\.toml cannot be read"):
        file.config()
    assert file.holds_config(CONFIG) is False
