"""Harness: gives inputs to an entry, and reports each that ends in neither an answer that keeps the laws nor a refusal.

A refusal is an error that the entry documents, of the package's own classes. It is readable, and can be pickled.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import signal
import threading
import time
import traceback
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from fuzz.changes import at, copied, places
from llm_models.errors import LLMModelsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

CORPUS = Path(__file__).with_name("corpus")
SECONDS = 5
"""How long one input may take, in seconds of the processor."""
LONGEST = 100_000
"""The most characters of a message."""


class Entry(NamedTuple):
    """What takes inputs from others, how inputs are made, and what must hold of each answer.

    `change` makes an input of the seeds. `call` gives an answer, or raises one of the `errors`, which the docstrings of
    the functions name. A law raises `BrokenError` for an input and its answer. `planted` names a function of the
    package; if it raises an error of Python instead, the entry must report it: see `tests/test_fuzz.py`.
    """

    seeds: Callable[[], Sequence[Any]]
    change: Callable[[Random, Sequence[Any]], bytes]
    call: Callable[[bytes], Any]
    errors: tuple[type[LLMModelsError], ...]
    laws: tuple[Callable[[bytes, Any], None], ...]
    planted: str


class BrokenError(AssertionError):
    """An answer, or a refusal, breaks a law."""


class HangError(BaseException):
    """An input takes too long. It is no `Exception`, so nothing that it interrupts takes it for an error of its own."""


class Found(NamedTuple):
    """What is wrong with an input: the error or the law, and where in the package it arose, which tells kinds apart."""

    what: str
    where: str


def holds(condition: object, law: str) -> None:
    """Raise `BrokenError` unless a condition holds."""
    if not condition:
        raise BrokenError(law)


def ask(entry: Entry, data: bytes) -> Found | bool:
    """What is wrong with an input; otherwise whether it is accepted."""
    try:
        with limited():
            try:
                answer = entry.call(data)
            except LLMModelsError as error:
                refused = error
            else:
                for law in entry.laws:
                    law(data, answer)
                return True
            holds(isinstance(refused, entry.errors), f"an error that is not documented: {type(refused).__name__}")
            _check_refusal(refused)
            return False
    except (Exception, HangError) as error:
        return _found(error)


def _check_refusal(error: LLMModelsError) -> None:
    """A message is lines that a terminal can show, and the error can be sent to another process."""
    text = str(error)
    holds(text.strip(), "the message is empty")
    holds(all(map(str.isprintable, text.split("\n"))), "the message has characters that are not printable")
    holds(len(text) <= LONGEST, "the message is too long")
    again = pickle.loads(pickle.dumps(error))
    holds(type(again) is type(error) and str(again) == text, "the error is another one after pickling")


def _found(error: BaseException) -> Found:
    """The kind of an error: where in the package it arose, or which law is broken."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "/llm_models/" in frame.filename.replace("\\", "/")]
    text = f"{type(error).__name__}: {str(error)[:200]!a}"
    if isinstance(error, BrokenError):
        return Found(text, str(error).partition(" (")[0])
    last = inside[-1] if inside else frames[-1]
    where = "/".join(Path(last.filename).parts[-2:])
    return Found(
        text, type(error).__name__ if isinstance(error, HangError) else f"{type(error).__name__} {where}:{last.name}"
    )


@contextmanager
def limited() -> Iterator[None]:
    """Inside, `HangError` is raised after `SECONDS`, where the system can do that."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        raise HangError(f"more than {SECONDS} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def inputs(entry: Entry, seed: object) -> Iterator[bytes]:
    """Inputs without end: the same ones for a seed."""
    rng, seeds = Random(str(seed)), entry.seeds()
    while True:
        yield entry.change(rng, seeds)


class Result(NamedTuple):
    """What became of some inputs of an entry. `findings` has an input for each kind of what was found."""

    inputs: int = 0
    accepted: int = 0
    seconds: float = 0
    found: int = 0
    findings: Mapping[str, tuple[Found, bytes]] = MappingProxyType({})

    def __add__(self, other: Result) -> Result:  # type: ignore[override]
        return Result(
            self.inputs + other.inputs,
            self.accepted + other.accepted,
            self.seconds + other.seconds,
            self.found + other.found,
            {**other.findings, **self.findings},
        )


def run(entry: Entry, given: Iterator[bytes], count: int) -> Result:
    """Give so many inputs to an entry."""
    start, accepted, found = time.process_time(), 0, 0
    findings: dict[str, tuple[Found, bytes]] = {}
    for _ in range(count):
        data = next(given)
        outcome = ask(entry, data)
        if outcome is True:
            accepted += 1
        elif outcome is not False:
            found += 1
            if outcome.where not in findings:
                findings[outcome.where] = outcome, data
    return Result(count, accepted, time.process_time() - start, found, findings)


def smaller(entry: Entry, data: bytes, tries: int = 300) -> bytes:
    """An input in which less is wrong, with the same finding: parts are left out as long as it stays."""
    first = ask(entry, data)
    left = iter(range(tries))

    def still(candidate: bytes) -> bool:
        if len(candidate) >= len(data) or next(left, None) is None:
            return False
        outcome = ask(entry, candidate)
        return isinstance(outcome, Found) and isinstance(first, Found) and outcome.where == first.where

    for part in (_without_places, _without_spans):
        again = True
        while again:
            again = False
            for candidate in part(data):
                if still(candidate):
                    data, again = candidate, True
                    break
    return data


def _without_places(data: bytes) -> Iterator[bytes]:
    """A text of JSON without each of its parts, the outer ones first."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return
    for path in sorted(places(tree), key=len):
        copy = copied(tree)
        del at(copy, path[:-1])[path[-1]]
        yield json.dumps(copy).encode()


def _without_spans(data: bytes) -> Iterator[bytes]:
    """Bytes without each span of half the length, a quarter, and so on."""
    size = len(data) // 2
    while size:
        for start in range(0, len(data), size):
            yield data[:start] + data[start + size :]
        size //= 2


def save(name: str, data: bytes) -> Path:
    """Write an input into the corpus of an entry; its file."""
    path = CORPUS / name / hashlib.sha256(data).hexdigest()[:16]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def corpus(name: str) -> list[Path]:
    """The inputs of an entry that are kept, in order of name."""
    return sorted((CORPUS / name).iterdir()) if (CORPUS / name).is_dir() else []
