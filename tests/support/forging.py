"""Forged files: a snapshot or a history taken apart into plain data, changed, and put together with right checksums."""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from zlib import crc32

from llm_models.snapshot_file import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Steps = tuple[str | int, ...]

WRONG: tuple[Any, ...] = (
    None, True, 7, -1, 10**30, 1.5, 1e308, "", "x", "\ud800", "\u202e\r\n", [], [1], ["a", "a"], {}, {"x": 1}, [[]],
    {"x": {}},
)  # fmt: skip
"""What takes the place of a value."""
COUNTED = "counted"
"""Stands for the length of a model's line, which is counted when the parts are put together; other lengths stay."""


def dump(value: object) -> bytes:
    """One line of JSON; half a surrogate pair stays an escape."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def taken_apart(data: bytes) -> dict[str, Any]:
    """The parts of a snapshot file as plain data."""
    end = data.index(b"\n")
    header = json.loads(data[1 : end - 1])
    body = data[end + 1 :]

    def block(span: list[int]) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(body[span[0] : span[0] + span[1]].decode().rstrip().rstrip(","))
        if "lengths" in decoded:
            decoded["lengths"] = [COUNTED] * len(decoded["lengths"])
        return decoded

    parts: dict[str, Any] = {"header": header, "blocks": {name: block(span) for name, span in header["blocks"].items()}}
    if "columns" in header:
        parts["columns"] = block(header["columns"])
    if "config" in header:
        start, size, _ = header["config"]
        parts["config"] = json.loads(body[start : start + size].rstrip(b",\n"))
    if "kept" in header:
        kept = header["kept"]
        start, size, _ = kept["header"]
        parts["kept header"] = json.loads(body[start : start + size].rstrip(b",\n"))
        parts["kept blocks"] = {name: block(span) for name, span in kept["blocks"].items()}
        start, size, _ = kept["tail"]
        parts["kept tail"] = json.loads(body[start : start + size].decode().rstrip().removesuffix("]"))
    start, size, _ = header["tail"]
    parts["tail"] = json.loads(body[start : start + size].decode().rstrip().removesuffix("]"))
    return parts


def put_together(parts: dict[str, Any]) -> bytes:
    """A file of these parts, with right places, lengths, checksums and digest."""
    body: list[bytes] = []
    at = 0

    def put(part: bytes) -> list[int]:
        nonlocal at
        span = [at, len(part), crc32(part)]
        body.append(part)
        at += len(part)
        return span

    def put_block(block: Any) -> list[int]:
        if not isinstance(block, dict):
            return [*put(dump(block) + b"\n]},\n"), 0]
        models = block.get("models", [])
        lines = [dump(one) for one in models] if isinstance(models, list) else [dump(models)]
        index = {key: value for key, value in block.items() if key != "models"}
        if isinstance(index.get("lengths"), list):
            counted = [len(line) for line in lines]
            given = zip_longest(index["lengths"], counted[: len(index["lengths"])], fillvalue=0)
            index["lengths"] = [count if length == COUNTED else length for length, count in given]
        text = dump(index)[:-1] + b',"models":[\n' + b",\n".join(lines) + b"\n]},\n"
        ids = index.get("ids")
        return [*put(text), len(ids) if isinstance(ids, list) else 0]

    header = dict(parts["header"])
    header["blocks"] = {name: put_block(block) for name, block in parts["blocks"].items()}
    if "columns" in parts:
        lists = parts["columns"]
        text = dump(lists)
        if isinstance(lists, dict):  # a line each
            text = b"{" + b",\n".join([dump(name) + b":" + dump(its) for name, its in lists.items()]) + b"}"
        header["columns"] = put(text + b",\n")
    if "config" in parts:
        header["config"] = put(dump(parts["config"]) + b",\n")
    if "kept header" in parts:
        blocks = {name: put_block(block) for name, block in parts["kept blocks"].items()}
        tail = put(dump(parts["kept tail"]) + b"\n]\n")
        header["kept"] = {"header": put(dump(parts["kept header"]) + b",\n"), "blocks": blocks, "tail": tail}
    header["tail"] = put(dump(parts["tail"]) + b"\n]\n")
    counts = header.get("counts")
    if isinstance(counts, dict) and "models" in counts:
        header["counts"] = {**counts, "models": sum(span[3] for span in header["blocks"].values())}
    whole = b"".join(body)
    if isinstance(header.get("digest"), str):
        try:
            header["digest"] = digest(header, whole)
        except (ValueError, TypeError):
            header["digest"] = "0" * 64
    return _headed(header, whole)


def sealed(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The file with another header, whose checksum fits: what only a forger or a bug would write."""
    end = data.index(b"\n")
    header = json.loads(data[1 : end - 1])
    change(header)
    return _headed(header, data[end + 1 :])


def _headed(header: dict[str, Any], body: bytes) -> bytes:
    """A body below the line of this header, with its checksum."""
    line = b"[" + dump({name: part for name, part in header.items() if name != "crc"})[:-1]
    return line + b',"crc":"%08x"},\n' % crc32(line) + body


def steps_of(value: Any, above: Steps = ()) -> Iterator[Steps]:
    """The path of everything in plain data, the data itself excepted."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        yield (*above, step)
        yield from steps_of(item, (*above, step))


def changed(parts: dict[str, Any], path: Steps, value: Any) -> dict[str, Any]:
    """A copy of plain data with another value at a path, or without the key where the value is `...`."""
    copy: dict[str, Any] = json.loads(json.dumps(parts))
    holder: Any = copy
    for step in path[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return copy


def history_apart(data: bytes) -> dict[str, Any]:
    """The parts of a history file as plain data."""
    first, *lines = data.rstrip(b"\n").split(b"\n")
    return {"header": json.loads(first), "lines": [json.loads(line) for line in lines]}


def history_together(parts: dict[str, Any]) -> bytes:
    """A history file of these parts, with right places, lengths and checksums."""
    header = dict(parts["header"])
    header.pop("crc", None)
    lines = [dump(line) + b"\n" for line in parts["lines"]]
    if isinstance(header.get("providers"), dict):
        at, spans = 0, {}
        for name, line in zip(header["providers"], lines, strict=False):
            spans[name] = [at, len(line), crc32(line)]
            at += len(line)
        header["providers"] = spans
    line = dump(header)[:-1]
    return line + b',"crc":"%08x"}\n' % crc32(line) + b"".join(lines)
