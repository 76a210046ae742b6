"""Forged: how files are damaged, or changed and signed again, and what a few questions about them give."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any
from zlib import crc32

from fuzz.changes import NUMBERS, TEXTS, at, changed, copied, edited, edits_of, odd, places, tweaked
from llm_models import LLMModelsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Questions = Mapping[str, Callable[[Any], object]]

NAME = "forged.json"
FEW = 5
"""How many questions a changed file is asked; which ones follows from its bytes."""


def answers(asked: Questions, file: Any, data: bytes) -> dict[str, object]:
    """Some questions with their answers as text, or with the class of an error of the package."""
    found: dict[str, object] = {}
    for name in Random(crc32(data)).sample([*asked], FEW):
        try:
            found[name] = repr(asked[name](file))
        except LLMModelsError as error:
            found[name] = type(error)
    return found


def damaged_of(files: Mapping[str, bytes], data: bytes) -> tuple[str, bytes]:
    """The name of a file, and its bytes after the edits of an input."""
    given = json.loads(data)
    name = given["of"] if given.get("of") in files else next(iter(files))
    edits = [(int(start), int(size), str(put).encode("latin-1")) for start, size, put in given["edits"]]
    return name, edited(files[name], edits)


def change_bytes(files: Callable[[], Mapping[str, bytes]], rng: Random, _seeds: Sequence[Any]) -> bytes:
    names = [*files()]
    name = names[0] if rng.random() < 0.5 else rng.choice(names)
    data = files()[name]
    edits = edits_of(rng, data, [*files().values()])
    if rng.random() < 0.5:  # in the first line, which decides what all others mean
        edits = [(start % (data.index(b"\n") + 1), min(size, 20), put) for start, size, put in edits]
    return json.dumps(
        {"of": name, "edits": [(start, size, put.decode("latin-1")) for start, size, put in edits]}
    ).encode()


def put_into(apart: Callable[[str], dict[str, Any]], names: Sequence[str], data: bytes) -> dict[str, Any]:
    """The parts of a file after the changes of an input: `[path]` removes what is there, `[path, value]` puts one."""
    given = json.loads(data)
    parts: dict[str, Any] = copied(apart(given["of"] if given.get("of") in names else names[0]))
    for path, *value in given["put"]:
        holder = at(parts, tuple(path[:-1]))
        known = isinstance(holder, dict) or (
            isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder)
        )
        if known and value:
            holder[path[-1]] = value[0]
        elif known and path[-1] in (holder if isinstance(holder, dict) else range(len(holder))):
            del holder[path[-1]]
    return parts


def puts_of(
    rng: Random, parts: dict[str, Any], wanted: Callable[[tuple[Any, ...]], bool], *, keeps_type: bool
) -> list[Any]:
    """Changes of the parts of a file; with `keeps_type`, of texts and numbers into others, which may be accepted."""
    every = [path for path in places(parts) if len(path) > 1 and wanted(path)]
    if keeps_type:
        every = [path for path in every if not isinstance(at(parts, path), (dict, list))]
        return [[list(path), _alike(rng, at(parts, path))] for path in rng.choices(every, k=rng.choice((1, 1, 2, 3)))]
    puts: list[Any] = []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 6))):
        path = rng.choice(every)
        value = at(parts, path)
        which = rng.random()
        if which < 0.45:
            put = [odd(rng, deep=20)]
        elif which < 0.65:
            put = [tweaked(rng, value)]
        elif which < 0.75:
            put = []
        elif which < 0.9:
            put = [copied(at(parts, rng.choice(every)))]
        else:
            put = [changed(rng, value, most=2)]
        if isinstance(value, dict) and rng.random() < 0.3:  # something beside
            path, put = (*path, rng.choice((*TEXTS, "id", "cost", "extra", "aliases", "dated"))), [odd(rng, deep=20)]
        puts.append([list(path), *put])
    return puts


def _alike(rng: Random, value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, str):
        return tweaked(rng, value) if rng.random() < 0.2 else rng.choice(TEXTS)
    if isinstance(value, bool) or value is None:
        return rng.choice((True, False))
    if isinstance(value, int):
        return rng.choice((0, 1, 2, 5, value + 1, max(0, value - 1), value * 10, rng.choice(NUMBERS)))
    return rng.choice((0, 0.5, 1e-9, value * 1000, value / 7, rng.choice(NUMBERS)))


def is_any(_path: tuple[Any, ...]) -> bool:
    return True


def names_of(files: Callable[[], Mapping[str, bytes]]) -> list[Any]:
    return [*files()]
