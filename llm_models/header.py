"""The first line of a snapshot file: its types and how it is read; standard library only.

The line is one JSON object that ends in its own checksum. Most of it is the block table, which grows with the
catalogue, and the aliases of providers: so they are kept as text, and a first question looks up one provider in them.
"""

from __future__ import annotations

import os

# `collections.abc` would import `collections`, which takes longer than reading the file; `os` has loaded this one.
from _collections_abc import Mapping
from zlib import crc32

from llm_models.jsontext import loads
from llm_models.open_file import check_file, unreadable, unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, Literal, NotRequired, TypedDict

    from llm_models.errors import SnapshotError

    Span = Sequence[int]
    """Offset, length and checksum of a part of the file; for a block also the number of its models."""

    class Base(TypedDict):
        kind: Literal["packaged", "source"]
        digest: str

    class Kept(TypedDict):
        """The parts of its base that an activated file keeps."""

        header: Span
        blocks: dict[str, Span]
        tail: Span

    class Header(TypedDict):
        """What the first line of a file states."""

        format: int
        sources: list[dict[str, str]]
        supplements: NotRequired[list[dict[str, str]]]
        date: NotRequired[str]
        counts: dict[str, int]
        capabilities: list[str]
        filters: dict[str, Any]
        base: NotRequired[Base]
        overrides_module: NotRequired[str]
        blocks: Mapping[str, Span]
        aliases: NotRequired[str]
        columns: NotRequired[Span]
        config: NotRequired[Span]
        kept: NotRequired[Kept]
        tail: Span
        digest: str
        crc: str


FORMAT = 1
MAX_COUNT = 1 << 32
MAX_HEADER = 16 << 20
"""The longest first line that is read, in bytes."""
CRC = b',"crc":"%08x"}'
"""How a header line ends: with the checksum of the text before it."""
_END = len(CRC % 0) + len(",\n")
_TYPES = {"sources": list, "filters": dict, "digest": str, "counts": dict, "date": str, "base": dict,
          "supplements": list}  # fmt: skip
"""The types of the parts that `parse_header` does not look into; the first three must be there."""
_NO_HEADER = "it does not begin with a snapshot's header, or the header was altered"
_NOT_OURS = "its header is not one that this package writes"
WRONG = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)
"""What decoding raises when a text has a right checksum but is not one that this package writes."""


class Blocks(Mapping[str, "Span"]):
    """The block table of a header. One provider is found in its text; all are decoded when all are asked for."""

    __slots__ = ("_decoded", "_end", "_models", "_name", "_text")

    def __init__(self, text: str, end: int, models: int, name: str) -> None:
        """`text` is the table without its brackets; its blocks must end at `end` and have `models` models."""
        self._text: str | None = text
        self._end = end
        self._models = models
        self._name = name
        self._decoded: dict[str, Span] = {}

    def __getitem__(self, provider: str) -> Span:
        text = self._text
        if text is None or provider in self._decoded:
            return self._decoded[provider]
        key = f'"{provider}":['
        at = text.find(key) if '"' not in provider else -1
        if at < 0:
            raise KeyError(provider)
        start = at + len(key)
        try:
            numbers = text[start : text.index("]", start)]
            offset, length, checksum, count = map(int, numbers.split(","))
            if "_" in numbers or not 0 <= count <= self._models:
                raise ValueError
        except ValueError:
            raise damaged(self._name, _NOT_OURS) from None
        return self._decoded.setdefault(provider, [offset, length, checksum, count])

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Span]:
        """The whole table. Raises `SnapshotError` unless its blocks lie side by side."""
        text = self._text  # once: another thread may decode it at the same time
        if text is not None:
            at = models = 0
            try:
                table: dict[str, Span] = loads(f"{{{text}}}")
                for offset, length, _, count in table.values():
                    if offset != at or length < 0 or count < 0:
                        raise ValueError
                    at += length
                    models += count
                if (at, models) != (self._end, self._models):
                    raise ValueError
            except WRONG:
                raise damaged(self._name, _NOT_OURS) from None
            self._decoded = table
            self._text = None
        return self._decoded


class Aliases(Mapping[str, str]):
    """The aliases of providers, folded, with the provider's id; found in the text of the header, which stays a text.

    >>> dict(Aliases("=google gcp_gemini gemini =xai x_ai "))
    {'gcp_gemini': 'google', 'gemini': 'google', 'x_ai': 'xai'}
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def text(cls, aliases: Mapping[str, str]) -> str:
        """The text of these aliases: each provider after a `=`, then its aliases, each with a space behind it."""
        by_provider: dict[str, list[str]] = {}
        for alias, provider in sorted(aliases.items()):
            by_provider.setdefault(provider, []).append(alias)
        return "".join([f"={provider} {' '.join(its)} " for provider, its in sorted(by_provider.items())])

    @staticmethod
    def is_text(text: object) -> bool:
        """Whether that is such a text, or empty: each of its names can be looked up."""
        if not isinstance(text, str):
            return False
        marks = text.count(" =") + 1
        return not text or (text[0] == "=" and text[-1] == " " and text.count("=") == marks and "  " not in text)

    def __getitem__(self, alias: str) -> str:
        text = self._text
        at = -1 if " " in alias or "=" in alias else text.find(f" {alias} ")
        if at < 0:
            raise KeyError(alias)
        start = text.rfind("=", 0, at) + 1
        return text[start:].partition(" ")[0]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._text.split(" ") if name and name[0] != "=")

    def __len__(self) -> int:
        return sum(1 for _ in self)


def first_line(read: Callable[[int, int], bytes]) -> bytes:
    """The first line of a file, with its end; empty where `MAX_HEADER` bytes hold none. `read` takes start and size."""
    size = 1 << 14
    while True:
        data = read(0, size)
        end = data.find(b"\n") + 1
        if end or len(data) < size or size >= MAX_HEADER:
            return data[:end]
        size *= 4


def read_header(path: str) -> dict[str, Any]:
    """The header of the snapshot file at `path`, of any format, without its block table. Raises `SnapshotError`."""
    try:
        check_file(os.stat(path), path)
        with open(path, "rb") as file:
            header: dict[str, Any] = _decode(file.readline(MAX_HEADER))[0]
            if not isinstance(header, dict):
                raise TypeError
            return header
    except OSError as error:
        raise unreadable(path, error) from None
    except WRONG:
        raise damaged(path, _NO_HEADER) from None


def parse_header(line: bytes, name: str) -> Header:
    """The header in the first line of the file `name`. Raises `SnapshotError`."""
    try:
        header, table = _decode(line)
    except WRONG:
        raise damaged(name, _NO_HEADER) from None
    number = header["format"]
    if type(number) is not int or number != FORMAT:
        from llm_models.errors import printable

        raise unusable(
            name,
            f"snapshot format {printable(str(number)[:20])}, but this version of llm-models-catalog reads format "
            f"{FORMAT}: install the version that wrote the file, or run 'llm-models activate' again",
        )
    try:
        spans = [header[name] for name in ("columns", "config") if name in header]
        if "kept" in header:
            kept = header["kept"]
            spans += [*kept["blocks"].values(), kept["tail"], kept["header"]]
        spans.append(header["tail"])
        ends = [start + length for start, length, _, *_ in spans]
        flags = header["capabilities"]
        if (
            header["blocks"]
            or [start for start, *_ in spans[1:]] != ends[:-1]
            or not (isinstance(flags, list) and len({*flags}) == len(flags))
            or not header.keys() >= {*list(_TYPES)[:3]}
            or not all(isinstance(header.get(name, kind()), kind) for name, kind in _TYPES.items())
            or not all(isinstance(number, int) and 0 <= number < MAX_COUNT for number in header["counts"].values())
            or not all(type(number) is int for span in spans for number in span)
        ):
            raise ValueError
        _check_parts(header)
        header["blocks"] = Blocks(table, spans[0][0], header["counts"]["models"], name)
    except WRONG:
        raise damaged(name, _NOT_OURS) from None
    checked: Header = header
    return checked


def _check_parts(header: Any) -> None:
    """Raise one of `WRONG` for parts of a header that code relies on; most headers have few of them."""
    for source in header["sources"]:
        if not isinstance(source["name"], str) or not isinstance(source["sha256"], str):
            raise TypeError
    for one in header.get("supplements", ()):
        if not all(isinstance(one[name], str) for name in ("name", "date", "sha256")):
            raise TypeError
    if not Aliases.is_text(header.get("aliases", "")):
        raise ValueError
    if header["filters"]:
        from llm_models.shape import check_filters

        check_filters(header["filters"])
    base = header.get("base")
    if base is not None and (base["kind"] not in ("packaged", "source") or not isinstance(base["digest"], str)):
        raise ValueError
    if (
        not isinstance(header.get("overrides_module", ""), str)
        or not {"models", "providers"} <= header["counts"].keys()
    ):
        raise TypeError
    if not all(isinstance(flag, str) and flag.isprintable() for flag in header["capabilities"]):
        raise TypeError
    if not all(len(span) == 4 for span in header.get("kept", {"blocks": {}})["blocks"].values()):
        raise ValueError


def _decode(line: bytes) -> tuple[Any, str]:
    """The header in a line, with an empty block table, and the text of that table; of another format the whole header.

    Raises one of `WRONG` when the line is not a header, or its checksum is wrong.
    """
    if line[-_END:] == CRC % crc32(line[:-_END]) + b",\n":
        before, blocks, rest = line[1:-2].decode().partition('"blocks":{')
        table, _, after = rest.partition("}")
        header = loads(f"{before}{blocks}}}{after}" if blocks else before)
        return header, table if header["format"] == FORMAT else ""
    header = loads(line[1:-2].decode())
    if header["format"] == FORMAT and type(header["format"]) is int:
        raise ValueError
    return header, ""


def damaged(name: str, why: str) -> SnapshotError:
    """The error when the content of the file `name` is not what was written."""
    return unusable(name, f"not a whole snapshot: {why}")
