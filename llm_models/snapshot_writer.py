"""Writing: changes and their base become a snapshot, in memory first, and its bytes when they are asked for.

Here, and nowhere else, a record is put in its one order of fields and gets its capability set. Equal records make
equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from zlib import crc32

from llm_models.agreement import texts_of
from llm_models.bases import lost_copies
from llm_models.block import NAMES, encode_block, encode_json, filled
from llm_models.columns import encoded, of_rows, row_of, rows_of
from llm_models.errors import EmptyCatalogError
from llm_models.groups import key_of
from llm_models.header import CRC, FORMAT, WRONG, Aliases, damaged
from llm_models.jsontext import loads
from llm_models.layers import SETTINGS
from llm_models.lines import row_of_model
from llm_models.order import ordered
from llm_models.origins import empty_tail, extended
from llm_models.records import CAPABILITIES, Provider
from llm_models.shape import check_base
from llm_models.snapshot_file import SnapshotFile, digest, plain_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Literal

    from llm_models.block import Block, Row
    from llm_models.changes import Changes
    from llm_models.columns import Columns
    from llm_models.columns import Row as ColumnRow
    from llm_models.header import Kept
    from llm_models.origins import Tail

_ORDER = ("format", "sources", "supplements", "date", "counts", "capabilities", "filters", "base", "overrides_module",
          "blocks", "aliases", "columns", "config", "kept", "tail")  # fmt: skip


class Composite(SnapshotFile):
    """A snapshot in memory: the blocks of another file, except those in `own` (provider -> bytes, number of models).

    `base` is the file that layers were merged onto, None where this is a base itself. `rows` are values for its columns
    that are known: provider -> id -> values.
    """

    __slots__ = ("_assembled", "_config", "_from", "_own", "_rows", "_tail", "base")

    def __init__(
        self,
        header: Mapping[str, Any],
        blocks_of: SnapshotFile | None,
        own: Mapping[str, tuple[bytes, int]],
        tail: Callable[[], Tail],
        *,
        name: str,
        config: bytes | None = None,
        base: SnapshotFile | None = None,
        left_out: Iterable[str] = (),
        rows: Mapping[str, Mapping[str, ColumnRow]] | None = None,
    ) -> None:
        counts = {provider: span[3] for provider, span in blocks_of.blocks.items()} if blocks_of else {}
        for provider in left_out:
            del counts[provider]
        counts.update({provider: count for provider, (_, count) in own.items()})
        self.name = name
        self.base = base
        self.blocks = {provider: (0, 0, 0, counts[provider]) for provider in sorted(counts)}
        totals = {"providers": len(counts), "models": sum(counts.values())}
        self.header: Any = {**header, "format": FORMAT, "capabilities": list(CAPABILITIES), "counts": totals}
        self.aliases = Aliases(header.get("aliases", ""))
        self.other_flags = self.status = None
        self._columns = None
        self._decoded = {}
        self._rows = rows or {}
        self._from = blocks_of
        self._own = own
        self._tail: Tail | Callable[[], Tail] = tail
        self._config = config
        self._assembled: SnapshotFile | None = None

    def raw_block(self, provider: str) -> bytes:
        """The bytes of a provider's block."""
        if provider in self._own:
            return self._own[provider][0]
        assert self._from is not None
        return self._from.raw_block(provider)

    def block(self, provider: str) -> Block:
        """The block of a provider; decoded once."""
        if provider in self._own or self._from is None:
            return super().block(provider)
        return self._from.block(provider)

    def columns(self) -> Columns:
        """What models are chosen and ordered by; put together when first asked for."""
        if self._columns is None:
            rows: dict[str, list[ColumnRow]] = {}
            for provider, span in self.blocks.items():
                if provider in self._own or self._from is None:
                    rows[provider] = rows_of(self.block(provider), self._rows.get(provider, {}))
                else:
                    rows[provider] = self._from.columns().rows(provider, span[3])
            self._columns = of_rows(rows)
        return self._columns

    def tail(self) -> Tail:
        """The origins of the values; put together when first asked for."""
        tail = self._tail
        if callable(tail):  # read once: another thread may put it together at the same time
            tail = self._tail = tail()
        return tail

    def texts(self, section: Literal["keys", "texts"] = "texts") -> Mapping[str, Sequence[str]] | None:
        """One of the last sections of the tail; None where a base has none."""
        return self.tail().get(section)

    def config(self) -> bytes | None:
        """The bytes of the `llm_models.toml` that was merged, None where there was none."""
        return self._config

    def holds_config(self, config: bytes | None) -> bool:
        """Whether the `llm_models.toml` that was merged has exactly these bytes (None: none was merged)."""
        if self._config is None or config is None:
            return self._config is config
        return plain_lines(self._config) == plain_lines(config)

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self._whole().data

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex."""
        digest: str = self.header.get("digest") or self._whole().digest
        return digest

    def verify(self) -> None:
        """Look at every byte."""
        self._whole().verify()

    def _whole(self) -> SnapshotFile:
        if self._assembled is None:
            self._assembled = SnapshotFile(_assemble(self), self.name)
        return self._assembled


def empty(header: Mapping[str, Any]) -> Composite:
    """A snapshot without a provider, for a source to be merged onto."""
    return Composite({"filters": {}, **header}, None, {}, empty_tail, name="the snapshot of the source")


def write(
    changes: Changes, *, name: str, base_kind: str | None = None, config: bytes | None = None, module: str | None = None
) -> Composite:
    """The changes as a snapshot called `name`.

    `base_kind` is what the header calls the base, `"packaged"` or `"source"`; None where the layers become part of
    a base themselves. `config` is the text of the `llm_models.toml` among the layers, `module` the behaviour module
    that it names. Raises `EmptyCatalogError` where no model is left.
    """
    base = changes.base
    touched = {*changes.providers, *changes.models, *changes.removed}
    known: dict[str, dict[str, ColumnRow]] = {provider: {} for provider in touched}
    own = {provider: _block(changes, provider, known[provider]) for provider in touched}
    header = _of_header(base, "sources", "supplements", "date")
    if aliases := Aliases.text(changes.provider_aliases()):
        header["aliases"] = aliases
    header["filters"] = {key: value for key, value in changes.settings.items() if SETTINGS[key].in_header}
    if base_kind is not None:
        header["base"] = {"kind": base_kind, "digest": base.digest}
    if module is not None:
        header["overrides_module"] = module
    file = Composite(
        header,
        base,
        own,
        lambda: _tail(changes),
        name=name,
        config=config,
        base=base if base_kind else None,
        rows=known,
    )
    if not file.header["counts"]["models"]:
        raise EmptyCatalogError("no model is left once every exclude is applied")
    return file


def _block(changes: Changes, provider: str, known: dict[str, ColumnRow]) -> tuple[bytes, int]:
    """The block of a provider with its changes, and how many models it holds. Puts values for columns in `known`."""
    changed, removed = changes.models.get(provider, {}), changes.removed.get(provider, ())
    record: Mapping[str, Any] = {"id": provider}
    rows: dict[str, Row] = {}
    names: dict[str, dict[str, list[str]]] = {field: {} for field in NAMES}
    retires: dict[str, str | None] = {}
    if provider in changes.base.blocks:
        base = changes.base.block(provider)
        record = base.provider
        rows = {i: (i, base.line(row), base.bits[row]) for row, i in enumerate(base.ids) if i not in removed}
        retires.update({base.ids[row]: day for day, its in base.retires.items() for row in its})
        names = base.others()
    record, _ = changes.providers.get(provider, (record, None))
    for model_id, final in changed.items():
        rows[model_id] = row_of_model(final.stated, final.derived, final.likely)
        data = filled(final.stated, final.derived)
        known[model_id] = row_of(data, final.likely, record.get("billing", "usage"), rows[model_id][2])
        retires[model_id] = final.stated.get("retires")
        for field in NAMES:
            names[field][model_id] = final.stated.get(field, [])
    ids = sorted(rows)
    tables = {
        field: {name: model_id for model_id in ids for name in by_model.get(model_id, ())}
        for field, by_model in names.items()
    }
    dates: dict[str, list[int]] = {}
    for row, model_id in enumerate(ids):
        if (day := retires.get(model_id)) is not None:
            dates.setdefault(day, []).append(row)
    return encode_block(ordered(record, Provider), [rows[model_id] for model_id in ids], tables, dates), len(ids)


def _tail(changes: Changes) -> Tail:
    """The origins of the base, extended by those of the changes; equal content makes equal bytes."""
    of_base = changes.base.tail()
    providers, models, removed = dict(of_base["providers"]), dict(of_base["models"]), dict(of_base["removed"])
    settings = dict(of_base["settings"])
    for provider, (_, origins) in changes.providers.items():
        if origins:
            providers[provider] = extended(providers.get(provider), origins)
    for provider, finals in changes.models.items():
        for model_id, final in finals.items():
            spec = f"{provider}:{model_id}"
            removed.pop(spec, None)
            if final.origins or final.superseded:
                models[spec] = extended(models.get(spec), final.origins, final.superseded)
    for provider, gone in changes.removed.items():
        for model_id, why in gone.items():
            spec = f"{provider}:{model_id}"
            models.pop(spec, None)
            removed[spec] = why
    for section, by_provider in changes.locations.items():
        settings[section] = dict(settings.get(section, {}))
        for provider, patterns in by_provider.items():
            stated = settings[section].get(provider, {})
            settings[section][provider] = {**stated, **patterns, **stated}
    tail = in_order({"providers": providers, "models": models, "removed": removed, "settings": settings})
    if lost := lost_copies(changes.left_out, of_base.get("lost", {}), changes.has):
        tail["lost"] = lost
    if not changes.base.blocks:
        tail["keys"] = {"id": sorted({key_of(i) for models in changes.models.values() for i in models} - {""})}
        tail["texts"] = texts_of(data for its in changes.models.values() for one in its.values() for data in one[:2])
    return tail


def in_order(tail: Mapping[str, Any]) -> Tail:
    """The sections of a tail, each in the order of its keys."""
    return cast("Tail", {section: dict(sorted(lines.items())) for section, lines in tail.items()})


def restored(file: SnapshotFile, kept: Kept) -> Composite:
    """The base of an activated file, from the blocks that it shares with its base and those `kept` of its base."""
    try:
        head = loads(file.part(kept["header"], "its base").removesuffix(b",\n").decode())
        own = {provider: (file.block_at(span, provider), span[3]) for provider, span in kept["blocks"].items()}
        check_base(head, file.blocks)
        if not Aliases.is_text(head.get("aliases", "")):
            raise ValueError
    except WRONG:
        raise damaged(file.name, "its base cannot be read") from None
    return Composite(head, file, own, lambda: file.tail_at(kept["tail"]), name=file.name, left_out=head.pop("own"))


def _of_header(file: SnapshotFile, *names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := file.header.get(name)) is not None}


def _assemble(file: Composite) -> bytes:
    """The bytes of a snapshot: header, blocks, configuration, the base's blocks where they differ, origins."""
    parts: list[bytes] = []
    size = 0

    def put(part: bytes) -> list[int]:
        nonlocal size
        span = [size, len(part), crc32(part)]
        parts.append(part)
        size += len(part)
        return span

    header = dict(file.header)
    header["blocks"] = {provider: [*put(file.raw_block(provider)), span[3]] for provider, span in file.blocks.items()}
    header["columns"] = put(encoded(file.columns()))
    config = file.config()
    if config is not None:
        header["config"] = put(encode_json(config.decode()) + b",\n")
    if file.base is not None and header["base"]["kind"] == "source":
        header["kept"] = _keep(file, file.base, put)
    header["tail"] = put(_encode_tail(file.tail()))
    header = {key: header[key] for key in _ORDER if header.get(key) is not None}
    body = b"".join(parts)
    header["digest"] = digest(header, body)
    line = b"[" + encode_json(header)[:-1]
    return line + CRC % crc32(line) + b",\n" + body


def _keep(file: Composite, base: SnapshotFile, put: Any) -> dict[str, Any]:
    """The parts of the base that the file does not hold itself, put beside it; their spans."""
    head = _of_header(base, "sources", "supplements", "date", "filters", "aliases")
    head["digest"] = base.digest
    head["own"] = [provider for provider in file.blocks if provider not in base.blocks]
    blocks = {}
    for provider, span in base.blocks.items():
        block = base.raw_block(provider)
        if block != file.raw_block(provider):
            blocks[provider] = [*put(block), span[3]]
    tail = put(_encode_tail(base.tail()))
    return {"header": put(encode_json(head) + b",\n"), "blocks": blocks, "tail": tail}


def _encode_tail(tail: Tail) -> bytes:
    """The tail, one record a line."""
    parts = []
    for section, records in cast("dict[str, dict[str, Any]]", tail).items():
        lines = b",\n".join([encode_json(key) + b":" + encode_json(value) for key, value in records.items()])
        parts.append(encode_json(section) + b":{" + (b"\n" + lines + b"\n" if lines else b"") + b"}")
    return b"{" + b",\n".join(parts) + b"}\n]\n"
