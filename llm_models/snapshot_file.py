"""The snapshot file: its layout, written and read; standard library only.

One JSON array, in lines. Line 1 is the header: what the file holds and where. Then a block for each provider:
a line with the provider and its index, and one line a model. Then the `llm_models.toml` that was merged, as
one string, and last the tail: where values come from that are not the source's. Offsets count from the end of
line 1. A reader decodes a block when a provider is first asked for and a model when it is; each part's
CRC-32 is looked at then, so that a damaged file is a `SnapshotError` and never a wrong answer.
"""

from __future__ import annotations

import os
import stat
from itertools import accumulate
from zlib import crc32

from llm_models.errors import SnapshotError, printable
from llm_models.jsontext import loads
from llm_models.records import CAPABILITIES

__all__ = ["CRC", "FORMAT", "Block", "SnapshotFile", "digest", "encode_json", "read_digest"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

FORMAT = 1
_ESCAPES = {n: f"\\u{n:04x}" for n in range(32)} | {
    8: "\\b",
    9: "\\t",
    10: "\\n",
    12: "\\f",
    13: "\\r",
    34: '\\"',
    92: "\\\\",
}
"""What `encode_json` writes for the characters that a JSON string cannot hold as they are."""
CRC = b',"crc":"%08x"}'
"""How a header line ends: with the checksum of what stands before it."""
_SIZE_OF_CRC = len(CRC % 0)
_PARTS = frozenset(["sources", "filters", "digest"])
"""What a header must have besides the places, which are looked at anyhow."""


def encode_json(value: object) -> bytes:
    """One line of JSON in UTF-8, without spaces, keys in the order in which they stand."""
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


class Block:
    """One provider's part of a snapshot file: its index decoded, its models still text.

    `ids`, `bits` (capability sets, see `selection`) and the model lines run side by side, sorted by id.
    """

    __slots__ = ("_data", "_starts", "aliases", "bits", "ids", "lengths", "places", "provider")

    def __init__(self, data: bytes, start: int) -> None:
        """The block that begins at `start` of a file's bytes; they are looked into, not copied."""
        end = data.index(b"\n", start)
        index = loads(data[start:end].decode() + "]}")
        self._data = data
        self.provider: dict[str, Any] = index["provider"]
        self.ids: list[str] = index["ids"]
        self.lengths: list[int] = index["lengths"]
        self.bits: list[int] = index["bits"]
        self.aliases: dict[str, str] = index["aliases"]
        self.places: dict[str, int] = {model_id: place for place, model_id in enumerate(self.ids)}
        self._starts = list(accumulate([end + 1, *[length + 2 for length in self.lengths]]))

    def names(self, place: int) -> list[str]:
        """The id and the aliases of the model at `place`."""
        model_id = self.ids[place]
        return [model_id, *[alias for alias, target in self.aliases.items() if target == model_id]]

    def line(self, place: int) -> bytes:
        """The JSON text of the model at `place`."""
        start = self._starts[place]
        return self._data[start : start + self.lengths[place]]

    def model(self, place: int) -> dict[str, Any]:
        """What is stated of the model at `place`, as plain data; what is derived stands under `derived`."""
        data: dict[str, Any] = loads(self.line(place).decode())
        return data

    def models(self) -> list[dict[str, Any]]:
        """What `model` gives for every place, decoded in one go."""
        text = self._data[self._starts[0] : self._starts[-1] - 2].decode() if self.ids else ""
        data: list[dict[str, Any]] = loads(f"[{text}]")
        return data


class SnapshotFile:
    """A snapshot file in memory: read whole and closed, so that no later write can hurt who reads it."""

    __slots__ = ("_blocks", "_body", "data", "header", "name")

    def __init__(self, data: bytes, name: str) -> None:
        """Check the header and the length. Raises `SnapshotError` that names the file."""
        self.data = data
        self.name = name
        self._blocks: dict[str, Block] = {}
        end = data.find(b"\n")
        try:
            header = _read_header(data[: end + 1])
        except (ValueError, LookupError, TypeError):
            raise self._damaged("it does not begin with a snapshot's header, or that was altered") from None
        if header["format"] != FORMAT:
            raise SnapshotError(
                f"{printable(name)}: snapshot format {printable(str(header['format'])[:20])}, but this version of "
                f"llm-models-catalog reads format {FORMAT}: install the version that wrote it, or run "
                "'llm-models activate' again",
                path=name,
            )
        self.header: dict[str, Any] = header
        self._body = end + 1
        try:
            if header["capabilities"] != list(CAPABILITIES):
                why = "its capability flags are not those of this version; run 'llm-models activate' again"
                raise self._damaged(why)
            size = self._body + _covered(header)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise self._damaged("its header is not one that this package writes") from None
        if len(data) != size:
            raise self._damaged(f"it has {len(data)} bytes (expected {size})")

    @classmethod
    def open(cls, path: str) -> SnapshotFile:
        """Read the file at `path`. Raises `SnapshotError` that names it."""
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise SnapshotError(f"{printable(path)}: not a regular file", path=path)
            with open(path, "rb", buffering=0) as file:
                data = file.read()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise SnapshotError(f"{printable(path)}: the snapshot cannot be read: {why}", path=path) from None
        return cls(data, path)

    def __reduce__(self) -> tuple[Any, ...]:
        return SnapshotFile, (self.data, self.name)

    def _damaged(self, why: str) -> SnapshotError:
        return SnapshotError(f"{printable(self.name)}: not a whole snapshot: {why}", path=self.name)

    def _check(self, place: Sequence[int], what: str) -> tuple[int, int]:
        """Where the part at `place` begins and ends in the file, once its checksum holds."""
        start = self._body + place[0]
        end = start + place[1]
        if crc32(memoryview(self.data)[start:end]) != place[2]:
            raise self._damaged(f"the part about {what} was altered")
        return start, end

    def part(self, place: Sequence[int], what: str) -> bytes:
        """The bytes at `place`, once their checksum holds."""
        start, end = self._check(place, what)
        return self.data[start:end]

    def block(self, provider: str) -> Block:
        """The block of a provider that the header names; decoded once."""
        try:
            return self._blocks[provider]
        except KeyError:
            pass
        start, _ = self._check(self.header["blocks"][provider], provider)
        try:
            block = self._blocks[provider] = Block(self.data, start)
        except (ValueError, LookupError, TypeError, RecursionError):
            raise self._damaged(f"the part about {provider} cannot be read") from None
        return block

    def raw_block(self, provider: str) -> bytes:
        """The bytes of a provider's block, for writing them again."""
        return self.part(self.header["blocks"][provider], provider)

    def tail(self) -> dict[str, Any]:
        """What stands after the records: `providers` and `models` with the origins of their values, `removed`."""
        data = self.part(self.header["tail"], "origins")
        tail: dict[str, Any] = loads(data[: data.rindex(b"]")].decode())
        return tail

    def config(self) -> bytes | None:
        """The bytes of the `llm_models.toml` that was merged, None where there was none."""
        place = self.header.get("config")
        if place is None:
            return None
        text: str = loads(self.part(place, "llm_models.toml")[: -len(b",\n")].decode())
        return text.encode()

    def holds_config(self, raw: bytes | None) -> bool:
        """Whether the `llm_models.toml` that was merged is `raw` to the byte (None: none was), with nothing decoded."""
        place = self.header.get("config")
        if place is None or raw is None:
            return place is None and raw is None
        text = raw.decode(errors="surrogateescape").translate(_ESCAPES)
        return self.part(place, "llm_models.toml") == b'"%b",\n' % text.encode(errors="surrogateescape")

    def verify(self) -> None:
        """Look at every byte. Raises `SnapshotError` where one is not what was written."""
        for provider in self.header["blocks"]:
            self.block(provider)
        self.tail()
        self.config()
        if digest(self.header, self.data[self._body :]) != self.header["digest"]:
            raise self._damaged("its digest does not fit")


def _read_header(line: bytes) -> dict[str, Any]:
    """The header that the first line of a file holds; of another format as much as its number.

    Raises `ValueError`, `LookupError` or `TypeError` where it holds none, or its checksum does not fit.
    """
    if line[-_SIZE_OF_CRC - 2 :] == CRC % crc32(line[: -_SIZE_OF_CRC - 2]) + b",\n":
        header: dict[str, Any] = loads(line[1:-2].decode())
        number = header["format"]
        return header if type(number) is int else {"format": repr(number)}
    import json

    try:
        number = json.loads(line[1:-2])["format"]
    except RecursionError:
        raise ValueError from None
    if type(number) is int and number == FORMAT:
        raise ValueError
    return {"format": number}


def _covered(header: Mapping[str, Any]) -> int:
    """How many bytes follow a header. Raises `ValueError` where its places do not lie side by side."""
    at = models = 0
    for offset, length, _, count in header["blocks"].values():
        if offset != at:
            raise ValueError
        at += length
        models += count
    for offset, length, _ in filter(None, (header.get("config"), header["tail"])):
        if offset != at:
            raise ValueError
        at += length
    if models != header["counts"]["models"] or not header.keys() >= _PARTS:
        raise ValueError
    return at


def digest(header: Mapping[str, Any], body: bytes) -> str:
    """SHA-256, in hex, of a snapshot: its header without the sums, and all that follows."""
    import hashlib

    plain = {key: value for key, value in header.items() if key not in {"digest", "crc"}}
    return hashlib.sha256(encode_json(plain) + b"\n" + body).hexdigest()


def read_digest(path: str) -> str:
    """The digest of the snapshot file at `path`, from its first line alone. Raises `SnapshotError`."""
    try:
        with open(path, "rb") as file:
            found: str = _read_header(file.readline())["digest"]
    except (OSError, ValueError, LookupError, TypeError):
        raise SnapshotError(f"{printable(path)}: not a whole snapshot", path=path) from None
    return found
