"""Changed inputs for all that reads what others wrote: the kept ones, fresh ones, and proofs that faults are found.

`tests/fuzz` has the entries and their laws; `python tests/fuzz/run.py` gives them two million inputs.
"""

from __future__ import annotations

import json
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from fuzz import changes, harness, sources, world
from fuzz.entries import ENTRIES
from fuzz.harness import CORPUS, Entry, Found, ask, corpus, holds, inputs, run, smaller

from llm_models.errors import ConfigError, InvalidSpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.whole

SLOW = ("models_dev", "openrouter", "litellm", "genai_prices", "toml", "snapshot_signed", "export")
"""Entries that get fewer fresh inputs."""


@pytest.fixture(scope="module", autouse=True)
def believed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, world.believed():
        patch.setattr(sources, "REAL", False)  # the same inputs everywhere
        yield


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_kept_is_answered_or_refused(name: str) -> None:
    """Inputs by hand, and each that was a finding once."""
    found = {path.name: ask(ENTRIES[name], path.read_bytes()) for path in corpus(name)}
    assert len(found) >= 24
    assert {key: outcome for key, outcome in found.items() if isinstance(outcome, Found)} == {}
    assert {*found.values()} == {True, False}


def test_the_corpus_is_small_and_has_no_other_entries() -> None:
    assert {path.name for path in CORPUS.iterdir()} == {*ENTRIES}
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 300_000


@pytest.mark.parametrize("name", ENTRIES)
def test_fresh_inputs_are_answered_or_refused(name: str) -> None:
    count = 20 if name in SLOW else 200
    result = run(ENTRIES[name], inputs(ENTRIES[name], "fresh"), count)
    assert result.findings == {}
    assert 0 < result.accepted < count


def at_place(place: str) -> tuple[Any, str]:
    """The module or the class that has a function, and its name there."""
    module, _, name = place.rpartition(".")
    above, _, last = module.rpartition(".")
    return (getattr(import_module(above), last) if last[:1].isupper() else import_module(module)), name


def first_finding(name: str) -> Found | None:
    """The first finding among inputs of an entry."""
    most = 1_000 if name.endswith("damaged") else 80
    given = inputs(ENTRIES[name], "planted")
    outcomes = (ask(ENTRIES[name], next(given)) for _ in range(most))
    return next((one for one in outcomes if isinstance(one, Found)), None)


@pytest.mark.parametrize("name", ENTRIES)
def test_an_error_of_python_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(*at_place(ENTRIES[name].planted), fails)
    found = first_finding(name)
    assert found is not None
    assert found.what == "ZeroDivisionError: 'planted'"


class Equal(int):
    """A checksum that is equal to every other one."""

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False

    __hash__ = int.__hash__


_calls = Random(0)


def another_name(found: Any) -> Any:
    """The records of a source, with other names each time."""
    for part in found[0].values():
        for model in part["models"].values():
            model["name"] = f"name {_calls.random()}"
    return found


def shows_all(filters: Any) -> Any:
    """Filters without `allow`."""
    filters.allow = None
    return filters


def in_capitals(cell: Any) -> Any:
    return cell.upper() if isinstance(cell, str) else cell


WRONG: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    **dict.fromkeys(
        ("models_dev", "openrouter", "litellm", "genai_prices"),
        ("llm_models.ingest.records_of", another_name, "the same bytes make another file"),
    ),
    "toml": ("llm_models.checks.check_text", lambda _: [], "validate finds no error in a text that cannot be loaded"),
    "snapshot_damaged": ("llm_models.snapshot_file.crc32", Equal, "a damaged file gives another answer"),
    "snapshot_signed": ("llm_models.view.View.models_in", lambda models: models[1:], "the list has another length"),
    "history_damaged": ("llm_models.timeline.crc32", Equal, "a damaged history"),
    "history_signed": ("llm_models.timeline_writer._row_of", lambda _: [7], "a history is written as another one"),
    "export": ("llm_models.table_formats.plain", in_capitals, "csv gives other rows"),
    "names": ("llm_models.snapshot.format_spec", "{}x".format, "a text is read as another key"),
    "globs": ("llm_models.filters.Filters.over", shows_all, "allow and deny of the same patterns"),
    "usage": ("llm_models.pricing.total_of", lambda total: total + 1, "the lines do not add up"),
}
"""Entry -> a function of the package, a change of what it gives, and the law which that breaks."""


@pytest.mark.parametrize("name", ENTRIES)
def test_a_wrong_answer_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, change, law = WRONG[name]
    holder, attribute = at_place(place)
    real = getattr(holder, attribute)
    monkeypatch.setattr(holder, attribute, lambda *given, **named: change(real(*given, **named)))
    found = first_finding(name)
    assert found is not None
    assert found.where.startswith(law)


class TestHarness:
    def entry(self, call: Callable[[bytes], Any], **fields: Any) -> Entry:
        usual: dict[str, Any] = {"seeds": list, "change": lambda rng, _: rng.randbytes(3), "errors": (ConfigError,)}
        return Entry(**{**usual, "call": call, "laws": (), "planted": "", **fields})

    def test_an_answer_and_a_refusal(self) -> None:
        def call(data: bytes) -> int:
            if data == b"bad":
                raise ConfigError("it is bad")
            return len(data)

        assert ask(self.entry(call), b"good") is True
        assert ask(self.entry(call), b"bad") is False

    @pytest.mark.parametrize(
        ("error", "what"),
        [
            (TypeError("x"), "TypeError: 'x'"),
            (RecursionError(), "RecursionError: ''"),
            (MemoryError(), "MemoryError: ''"),
            (InvalidSpecError("x"), "an error that is not documented: InvalidSpecError"),
            (ConfigError("\x1b[31m"), "the message has characters that are not printable"),
            (ConfigError(""), "the message is empty"),
            (ConfigError("x" * 200_000), "the message is too long"),
        ],
    )
    def test_an_error_that_is_a_finding(self, error: Exception, what: str) -> None:
        def call(_data: bytes) -> None:
            raise error

        found = ask(self.entry(call), b"x")
        assert isinstance(found, Found)
        assert what in found.what

    def test_an_input_that_takes_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def call(_data: bytes) -> None:
            while True:
                try:
                    sum(range(1000))
                except Exception:
                    continue

        monkeypatch.setattr(harness, "SECONDS", 0.05)
        found = ask(self.entry(call), b"x")
        assert isinstance(found, Found)
        assert found.where == "HangError"

    def test_a_law_that_is_broken(self) -> None:
        def law(_data: bytes, answer: int) -> None:
            holds(answer < 3, "it is large (as found)")

        entry = self.entry(len, laws=(law,))
        assert ask(entry, b"xx") is True
        assert ask(entry, b"xxx") == Found("BrokenError: 'it is large (as found)'", "it is large")

    def test_inputs_follow_from_a_seed(self) -> None:
        for name, entry in ENTRIES.items():
            given, again, other = inputs(entry, 1), inputs(entry, 1), inputs(entry, 2)
            first = [next(given) for _ in range(20)]
            assert first == [next(again) for _ in range(20)], name
            assert first != [next(other) for _ in range(20)], name
            assert len({*first}) > 15, name

    def test_an_input_is_made_smaller(self) -> None:
        def call(data: bytes) -> None:
            if b'"bad"' in data:
                raise KeyError("bad")

        data = json.dumps({"a": [1, 2, {"b": 5}], "c": {"bad": {"d": [1]}}, "e": "x" * 50}).encode()
        assert len(smaller(self.entry(call), data)) < 12
        assert smaller(self.entry(len), data) == data  # nothing is wrong with it

    def test_changes_keep_what_they_are_made_of(self) -> None:
        tree = {"a": [1, {"b": "x"}], "c": {"d": 1.5}}
        before = json.dumps(tree)
        rng = Random(1)
        found = {changes.as_json(changes.changed(rng, tree, [tree])) for _ in range(200)}
        assert json.dumps(tree) == before
        assert len(found) > 150
