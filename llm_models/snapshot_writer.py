"""Writing a snapshot file: blocks, origins and a header become bytes in the layout of `snapshot_file`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from llm_models.records import CAPABILITIES
from llm_models.snapshot_file import CRC, FORMAT, SnapshotFile, digest, encode_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["assemble", "encode_block"]

_OPEN_MODELS = b',"models":['
_ORDER = ("format", "sources", "date", "counts", "capabilities", "filters", "base", "overrides_module")


def encode_block(
    provider: Mapping[str, Any], models: Sequence[tuple[str, bytes, int]], aliases: Mapping[str, str]
) -> bytes:
    """The block of one provider from its record and its models' (id, line, capability set), in order of id."""
    index = {
        "provider": provider,
        "ids": [model_id for model_id, _, _ in models],
        "lengths": [len(line) for _, line, _ in models],
        "bits": [bits for _, _, bits in models],
        "aliases": aliases,
    }
    lines = b",\n".join([line for _, line, _ in models])
    return encode_json(index)[:-1] + _OPEN_MODELS + b"\n" + lines + b"\n]},\n"


def assemble(
    header: Mapping[str, Any],
    blocks: Mapping[str, tuple[bytes, int]],
    tail: Mapping[str, Any],
    config: bytes | None,
    name: str,
) -> SnapshotFile:
    """A file from its parts: `header` without places and sums, and each provider's block with its count."""
    parts: list[bytes] = []
    size = 0

    def put(part: bytes) -> list[int]:
        nonlocal size
        place = [size, len(part), crc32(part)]
        parts.append(part)
        size += len(part)
        return place

    full = dict(header, capabilities=list(CAPABILITIES), blocks={})
    full.pop("config", None)
    for provider in sorted(blocks):
        block, count = blocks[provider]
        full["blocks"][provider] = [*put(block), count]
    if config is not None:
        full["config"] = put(encode_json(config.decode()) + b",\n")
    full["counts"] = {"providers": len(blocks), "models": sum(count for _, count in blocks.values())}
    full["tail"] = put(_encode_tail(tail))
    body = b"".join(parts)
    full["format"] = FORMAT
    full = {key: full[key] for key in (*_ORDER, "blocks", "config", "tail") if full.get(key) is not None}
    full["digest"] = digest(full, body)
    line = b"[" + encode_json(full)[:-1]
    return SnapshotFile(line + CRC % crc32(line) + b",\n" + body, name)


def _encode_tail(tail: Mapping[str, Any]) -> bytes:
    """The tail, one record a line."""
    parts = []
    for section, records in tail.items():
        lines = b",\n".join([encode_json(key) + b":" + encode_json(value) for key, value in records.items()])
        parts.append(encode_json(section) + b":{" + (b"\n" + lines + b"\n" if lines else b"") + b"}")
    return b"{" + b",\n".join(parts) + b"}\n]\n"
