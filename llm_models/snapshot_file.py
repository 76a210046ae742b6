"""The snapshot file: its layout, and how it is read; standard library only.

One JSON array, in lines. Line 1 is the header: what the file has and where. Then a block for each provider:
a line with the provider and its index, and one line for each model. Then the columns, by which models are chosen, the
`llm_models.toml` that was merged, as one string, and last the tail: the origins of values that are not the source's.
Offsets count from the end of line 1.

A reader decodes a block when a provider is first asked for, and a model when it is. It checks the CRC-32 of each part
that it reads, so that a damaged file is a `SnapshotError` and never a wrong answer. What a first question reads and
decodes does not grow with the catalogue.
"""

from __future__ import annotations

from zlib import crc32

from llm_models import paths
from llm_models.block import BESIDE, Block, encode_json, known_capabilities
from llm_models.header import WRONG, Aliases, damaged, first_line, parse_header
from llm_models.jsontext import loads
from llm_models.modelspec import fold_provider
from llm_models.open_file import OpenFile, source_of
from llm_models.records import CAPABILITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal, Self

    from llm_models.block import Line
    from llm_models.columns import Columns
    from llm_models.header import Header, Span
    from llm_models.origins import Tail


class SnapshotFile:
    """A snapshot file that is read where a question needs it.

    A small file is read whole when it is opened, so later writes to it cannot affect readers. The packaged one and
    files from `LARGE` on are read in parts from an open descriptor (not on Windows); replacing such a file by another
    does not affect readers, and one that is overwritten is a `SnapshotError`.

    `header` is the first line, `blocks` maps each provider to the span of its block and the number of its models,
    `aliases` each alias of a provider, folded, to the provider.
    `other_flags` are the file's capability flags, in bit order, when they are not those of this version. `status` is
    that of the open file, when `open` made the object.
    """

    __slots__ = (
        "_body",
        "_columns",
        "_decoded",
        "_source",
        "aliases",
        "blocks",
        "header",
        "name",
        "other_flags",
        "status",
    )

    def __init__(self, source: bytes | OpenFile, name: str) -> None:
        """The file with these bytes. Checks the header and the length; raises `SnapshotError` that names the file."""
        self._source = source
        self._columns: Columns | None = None
        self._decoded: dict[str, Block] = {}
        self.name = name
        self.status: os.stat_result | None = None
        line = first_line(self._bytes)
        self.header: Header = parse_header(line, name)
        self.blocks: Mapping[str, Span] = self.header["blocks"]
        self.aliases = Aliases(self.header.get("aliases", ""))
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
        from llm_models.capability_sets import translate_bits

        try:
            end = data.index(b"\n")
            index = loads(data[:end].decode() + "]}")
            index["bits"] = translate_bits(index["bits"], self.other_flags)
            return encode_json(index).removesuffix(b"]}") + data[end:]
        except WRONG:
            raise damaged(self.name, f"the part about {provider} cannot be read") from None

    def block(self, provider: str) -> Block:
        """The block of a provider of this file; decoded once."""
        try:
            return self._decoded[provider]
        except KeyError:
            count = self.blocks[provider][3]
        try:
            block = Block(self.raw_block(provider), None if self.name == paths.PACKAGED_SNAPSHOT else self.name)
            if block.provider["id"] != provider or len(block.ids) != count:
                raise ValueError
        except WRONG:
            raise damaged(self.name, f"the part about {provider} cannot be read") from None
        return self._decoded.setdefault(provider, block)

    def columns(self) -> Columns:
        """What models are chosen and ordered by; decoded once, or made from the models of a file without columns."""
        if self._columns is None:
            from llm_models import columns

            span = self.header.get("columns")
            if span is None:
                self._columns = columns.of_rows({name: columns.rows_of(self.block(name), {}) for name in self.blocks})
            else:
                blocks = None if self.name == paths.PACKAGED_SNAPSHOT else self.blocks
                data = self.part(span, "columns")
                self._columns = columns.decoded(data, self.name, self.other_flags, blocks)
        return self._columns

    def provider_id(self, text: object) -> str | None:
        """The id of the provider that `text` names, in any spelling or by an alias; an id beats an alias.

        Raises `SnapshotError` where an alias leads to no provider of the file.
        """
        if not isinstance(text, str):
            return None
        name = fold_provider(text)
        if name in self.blocks:
            return name
        provider = self.aliases.get(name)
        if provider is not None and provider not in self.blocks:
            raise damaged(self.name, f"the alias {name} leads to no provider")
        return provider

    def provider_ids(self, text: str) -> list[str]:
        """The providers that `text` may name before a `/`: the one whose id it is, then the one that has it as alias.

        There are two where an application defines a provider under an alias of another one.
        """
        provider = self.provider_id(text)
        named = self.aliases.get(fold_provider(text))
        return [one for one in dict.fromkeys((provider, named)) if one is not None]

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

    def derived(self, provider: str, model_id: str) -> dict[str, Any]:
        """The values of a model that no layer states and that follow from others; empty when the file has none."""
        line = self.line(provider, model_id)
        return line.get("derived", {}) if line else {}

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
        try:
            tail: Tail = loads(data[: data.rindex(b"]")].decode())
            if self.name != paths.PACKAGED_SNAPSHOT:
                from llm_models.shape import check_tail

                check_tail(tail)
        except WRONG:
            raise damaged(self.name, "the part about origins cannot be read") from None
        return tail

    def texts(self, section: Literal["keys", "texts"] = "texts") -> Mapping[str, Sequence[str]] | None:
        """One of the last sections of the tail, texts of all models; None where a base has none.

        Of the packaged file, all sections before it stay undecoded: they are many times as long.
        """
        if self.name != paths.PACKAGED_SNAPSHOT:
            return self.tail().get(section)
        data = self.part(self.header["tail"], "origins")
        at = data.rfind(b'"%b":{' % section.encode())
        if at < 0:
            return None
        try:
            last: dict[str, dict[str, list[str]]] = loads(f"{{{data[at : data.rindex(b']')].decode()}")
            return last[section]
        except WRONG:
            raise damaged(self.name, "the part about origins cannot be read") from None

    def _raw_config(self) -> bytes | None:
        """The `llm_models.toml` that was merged, as the JSON string of the file; None when there was none."""
        return self.part(self.header["config"], "llm_models.toml") if "config" in self.header else None

    def config(self) -> bytes | None:
        """The bytes of the `llm_models.toml` that was merged, None when there was none."""
        raw = self._raw_config()
        if raw is None:
            return None
        try:
            text: str = loads(raw.removesuffix(b",\n").decode())
            return text.encode()
        except WRONG:
            raise damaged(self.name, "the part about llm_models.toml cannot be read") from None

    def holds_config(self, config: bytes | None) -> bool:
        """Whether the `llm_models.toml` that was merged is this one (None: none was merged); see `plain_lines`."""
        raw = self._raw_config()
        if raw is None or config is None:
            return raw is config
        # Compared as `encode_json` writes it, because decoding takes longer.
        escapes = {code: f"\\u{code:04x}" for code in range(32)}
        escapes |= {ord(char): f"\\{escape}" for char, escape in zip('\b\t\n\f\r"\\', 'btnfr"\\', strict=True)}
        text = config.decode(errors="surrogateescape").translate(escapes)
        if raw == b'"%b",\n' % text.encode(errors="surrogateescape"):
            return True
        from llm_models.errors import SnapshotError

        try:
            return plain_lines(self.config() or b"") == plain_lines(config)
        except SnapshotError:
            return False

    def verify(self) -> None:
        """Check every byte, every record and the schema of the header. Raises `SnapshotError` for what is wrong."""
        from llm_models import schema
        from llm_models.columns import STORED

        for provider in self.blocks:
            self.block(provider).models()
        for name in STORED:
            self.columns().column(name)
        if not schema.accepts("snapshot", {**self.header, "blocks": dict(self.blocks)}):
            raise damaged(self.name, "its header does not keep snapshot.schema.json")
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


def plain_lines(config: bytes) -> bytes:
    r"""An `llm_models.toml` as it is compared: with `\n` as line end and without a byte order mark.

    Neither means anything in TOML, and a checkout on another system may change both.
    """
    return config.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
