"""The snapshot file: its layout, and how it is read; standard library only.

One JSON array, in lines. Line 1 is the header: what the file has and where. Then a block for each provider:
a line with the provider and its index, and one line for each model. Then the `llm_models.toml` that was merged, as
one string, and last the tail: the origins of values that are not the source's. Offsets count from the end of line 1.

A reader decodes a block when a provider is first asked for, and a model when it is. It checks the CRC-32 of each part
that it reads, so that a damaged file is a `SnapshotError` and never a wrong answer. What a first question reads and
decodes does not grow with the catalogue.
"""

from __future__ import annotations

from zlib import crc32

from llm_models import paths
from llm_models.header import WRONG, damaged, first_line, parse_header
from llm_models.jsontext import loads
from llm_models.open_file import OpenFile, source_of
from llm_models.records import CAPABILITIES, known_capabilities, translate_bits

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import Any, Required, Self, TypedDict

    from llm_models.header import Header, Span
    from llm_models.origins import Tail

    class Line(TypedDict, total=False):
        """A model's line: its record without `provider`, less what is not stated; rules filled in what is `derived`.
        `likely` are capabilities that it does not state, and that other records of the model agree on.

        Only the keys that code names are listed here; the other fields of `Model` are there too.
        """

        id: Required[str]
        aliases: list[str]
        capabilities: dict[str, Any]
        derived: dict[str, Any]
        family: str
        likely: list[str]


MAX_SNAPSHOT = 256 << 20
"""The largest snapshot file that is read whole, in bytes."""


def encode_json(value: object) -> bytes:
    """One line of JSON in UTF-8, without spaces, keys in the order of the dict."""
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


class Block:
    """One provider's part of a snapshot file: its index is decoded, its models are still text.

    `ids`, `bits` (capability sets, see `records.capability_bits`) and the models' lines are in the same order: by id.
    A row is an index into them. `retires` has the rows of the models that state such a date, by date.
    """

    __slots__ = ("_data", "_rows", "_starts", "aliases", "bits", "ids", "lengths", "provider", "retires")

    def __init__(self, data: bytes) -> None:
        """The block with these bytes, as `snapshot_writer.encode_block` gives them."""
        end = data.index(b"\n")
        index = loads(data[:end].decode() + "]}")
        self._data = data
        self._rows: dict[str, int] | None = None
        self.provider: dict[str, Any] = index["provider"]
        self.ids: list[str] = index["ids"]
        self.lengths: list[int] = index["lengths"]
        self.bits: list[int] = index["bits"]
        self.aliases: dict[str, str] = index["aliases"]
        self.retires: dict[str, list[int]] = index.get("retires", {})
        self._starts = [start := end + 1, *[start := start + length + 2 for length in self.lengths]]

    @property
    def rows(self) -> dict[str, int]:
        """Model id -> row."""
        if self._rows is None:
            self._rows = {model_id: row for row, model_id in enumerate(self.ids)}
        return self._rows

    def names(self, row: int) -> list[str]:
        """The id and the aliases of the model in `row`."""
        model_id = self.ids[row]
        return [model_id, *[alias for alias, target in self.aliases.items() if target == model_id]]

    def serves(self, name: object) -> bool:
        """Whether a model has that id or alias."""
        return name in self.rows or name in self.aliases

    def line(self, row: int) -> bytes:
        """The JSON text of the model in `row`."""
        start = self._starts[row]
        return self._data[start : start + self.lengths[row]]

    def rows_with(self, text: bytes) -> list[int]:
        """The rows of the models whose JSON text holds this one; no model is decoded."""
        from bisect import bisect_right

        rows: list[int] = []
        at = self._data.find(text, self._starts[0])
        while at >= 0:
            rows.append(bisect_right(self._starts, at) - 1)
            at = self._data.find(text, self._starts[rows[-1] + 1])
        return rows

    def model(self, row: int) -> Line:
        """The line of the model in `row`, decoded."""
        line: Line = loads(self.line(row).decode())
        return line

    def models(self) -> list[Line]:
        """The lines of all rows, decoded at once."""
        text = self._data[self._starts[0] : self._starts[-1] - 2].decode() if self.ids else ""
        lines: list[Line] = loads(f"[{text}]")
        return lines


class SnapshotFile:
    """A snapshot file that is read where a question needs it.

    A small file is read whole when it is opened, so later writes to it cannot affect readers. The packaged one and
    files from `LARGE` on are read in parts from an open descriptor (not on Windows); replacing such a file by another
    does not affect readers, and one that is overwritten is a `SnapshotError`.

    `header` is the first line, `blocks` maps each provider to the span of its block and the number of its models.
    `other_flags` are the file's capability flags, in bit order, when they are not those of this version. `status` is
    that of the open file, when `open` made the object.
    """

    __slots__ = ("_body", "_decoded", "_source", "blocks", "header", "name", "other_flags", "status")

    def __init__(self, source: bytes | OpenFile, name: str) -> None:
        """The file with these bytes. Checks the header and the length; raises `SnapshotError` that names the file."""
        self._source = source
        self._decoded: dict[str, Block] = {}
        self.name = name
        self.status: os.stat_result | None = None
        line = first_line(self._bytes)
        self.header: Header = parse_header(line, name)
        self.blocks: Mapping[str, Span] = self.header["blocks"]
        self._body = len(line)
        flags, tail = self.header["capabilities"], self.header["tail"]
        self.other_flags = None if flags == [*CAPABILITIES] else flags
        size = self._body + tail[0] + tail[1]
        if len(source) != size:
            raise damaged(name, f"it has {len(source)} bytes (expected {size})")

    @classmethod
    def open(cls, path: str) -> Self:
        """The file at `path`. Raises `SnapshotError` that names it."""
        source, status = source_of(path, in_parts=path == paths.PACKAGED_SNAPSHOT)
        file = cls(source, path)
        file.status = status
        return file

    def __reduce__(self) -> tuple[Any, ...]:
        return SnapshotFile, (self.data, self.name)

    @property
    def data(self) -> bytes:
        """All bytes of the file."""
        return self._bytes(0, len(self._source))

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex."""
        return self.header["digest"]

    def _bytes(self, start: int, size: int) -> bytes:
        """The bytes from `start` on, `size` of them or as many as there are."""
        source = self._source
        return source.read(start, size) if isinstance(source, OpenFile) else source[start : start + size]

    def part(self, span: Span, what: str) -> bytes:
        """The bytes of a part. Raises `SnapshotError` when their checksum is wrong."""
        start, length, checksum = self._body + span[0], span[1], span[2]
        if self._body <= start <= start + length <= len(self._source):
            data = self._bytes(start, length)
            if crc32(data) == checksum:
                return data
        raise damaged(self.name, f"the part about {what} was altered")

    def raw_block(self, provider: str) -> bytes:
        """The bytes of a provider's block, its capability sets with the flags of this version."""
        return self.block_at(self.blocks[provider], provider)

    def block_at(self, span: Span, provider: str) -> bytes:
        """The bytes of the block at `span`; their length is another when the file has `other_flags`."""
        data = self.part(span, provider)
        if self.other_flags is None:
            return data
        end = data.index(b"\n")
        index = loads(data[:end].decode() + "]}")
        index["bits"] = translate_bits(index["bits"], self.other_flags)
        return encode_json(index).removesuffix(b"]}") + data[end:]

    def block(self, provider: str) -> Block:
        """The block of a provider of this file; decoded once."""
        try:
            return self._decoded[provider]
        except KeyError:
            count = self.blocks[provider][3]
        try:
            block = Block(self.raw_block(provider))
            if block.provider["id"] != provider or len(block.ids) != count:
                raise ValueError
        except WRONG:
            raise damaged(self.name, f"the part about {provider} cannot be read") from None
        return self._decoded.setdefault(provider, block)

    def holds(self, provider: str, model_id: str | None = None) -> bool:
        """Whether the file has that provider, or that model of it; aliases do not count."""
        return provider in self.blocks and (model_id is None or model_id in self.block(provider).rows)

    def line(self, provider: str, model_id: str) -> Line | None:
        """The line of a model, None when the file does not have it."""
        if not self.holds(provider, model_id):
            return None
        block = self.block(provider)
        return block.model(block.rows[model_id])

    def stated(self, provider: str, model_id: str) -> dict[str, Any] | None:
        """The stated values of a model, without derived ones; None when the file does not have it."""
        line = self.line(provider, model_id)
        stated: dict[str, Any] | None = line and {k: v for k, v in line.items() if k not in BESIDE}
        if stated and "capabilities" in stated:
            stated["capabilities"] = known_capabilities(stated["capabilities"])
        return stated

    def likely(self, provider: str, model_id: str) -> tuple[str, ...]:
        """The capabilities of a model that no layer states and that are likely, because its siblings have them."""
        line = self.line(provider, model_id)
        return tuple(line.get("likely", ())) if line else ()

    def tail(self) -> Tail:
        """The part after the records: `providers` and `models` with the origins of their values, and `removed`."""
        return self.tail_at(self.header["tail"])

    def tail_at(self, span: Span) -> Tail:
        """The tail at `span`: the file's own, or that of its base."""
        data = self.part(span, "origins")
        tail: Tail = loads(data[: data.rindex(b"]")].decode())
        return tail

    def _raw_config(self) -> bytes | None:
        """The `llm_models.toml` that was merged, as the JSON string of the file; None when there was none."""
        return self.part(self.header["config"], "llm_models.toml") if "config" in self.header else None

    def config(self) -> bytes | None:
        """The bytes of the `llm_models.toml` that was merged, None when there was none."""
        raw = self._raw_config()
        if raw is None:
            return None
        text: str = loads(raw.removesuffix(b",\n").decode())
        return text.encode()

    def holds_config(self, config: bytes | None) -> bool:
        """Whether the `llm_models.toml` that was merged has exactly these bytes (None: none was merged)."""
        raw = self._raw_config()
        if raw is None or config is None:
            return raw is config
        # Compared as `encode_json` writes it, because decoding takes longer.
        escapes = {code: f"\\u{code:04x}" for code in range(32)}
        escapes |= {ord(char): f"\\{escape}" for char, escape in zip('\b\t\n\f\r"\\', 'btnfr"\\', strict=True)}
        text = config.decode(errors="surrogateescape").translate(escapes)
        return raw == b'"%b",\n' % text.encode(errors="surrogateescape")

    def verify(self) -> None:
        """Check every byte. Raises `SnapshotError` when the file is damaged."""
        for provider in self.blocks:
            self.block(provider)
        self.tail()
        self.config()
        data = self.data
        if digest({**self.header, "blocks": dict(self.blocks)}, data[data.index(b"\n") + 1 :]) != self.digest:
            raise damaged(self.name, "its digest does not fit")


def digest(header: Mapping[str, Any], body: bytes) -> str:
    """SHA-256, in hex, of a snapshot: its header without digest and checksum, and everything after it."""
    import hashlib

    plain = {key: value for key, value in header.items() if key not in {"digest", "crc"}}
    return hashlib.sha256(encode_json(plain) + b"\n" + body).hexdigest()


BESIDE = ("derived", "likely")
"""The keys of a line that hold what nobody states."""


def effective(line: Line, provider: str) -> dict[str, Any]:
    """The data of a model's record from its line: derived values fill those that are not stated."""
    data: dict[str, Any] = {**line, "provider": provider}
    data.pop("likely", None)
    derived = data.pop("derived", None)
    if derived:
        data = filled(data, derived)
    data.setdefault("provider_model_id", data["id"])
    return data


def filled(stated: Mapping[str, Any], derived: Mapping[str, Any]) -> dict[str, Any]:
    """Stated values with derived ones where there are none; derived items follow those of a stated list.

    A derived None withholds a stated value.

    >>> filled({"limits": {"context": 512, "output": 768}}, {"limits": {"output": None}, "dimensions": 768})
    {'limits': {'context': 512}, 'dimensions': 768}
    """
    data = dict(stated)
    for name, value in derived.items():
        have = data.get(name)
        if value is None:
            data.pop(name, None)
        elif isinstance(value, dict):
            data[name] = filled(have or {}, value)
        elif isinstance(value, list) and have:
            data[name] = [*have, *[item for item in value if item not in have]]
        else:
            data.setdefault(name, value)
    return data
