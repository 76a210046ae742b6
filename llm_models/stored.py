"""Files written by 0.1.0: the base of an activation, which that version kept record by record among the origins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.block import encode_block, encode_json
from llm_models.capability_sets import translate_bits
from llm_models.header import WRONG, damaged
from llm_models.shape import check_tail
from llm_models.snapshot_writer import Composite, in_order

if TYPE_CHECKING:
    from llm_models.snapshot_file import SnapshotFile


def restored_0_1(file: SnapshotFile) -> Composite:
    """The base of an activated file of 0.1.0. Raises `SnapshotError` where its origins are not those of such a file.

    A line of its origins with a key `base` is of an application's layer: that is the record as the base held it
    (None: not at all), and `before` the base's own line.
    """
    tail: dict[str, Any] = {**file.tail()}
    try:
        base = _restored(file, tail)
        check_tail(base.tail())  # that of the file was checked, but not what stands in it as the base's own
    except WRONG:
        raise damaged(file.name, "the part about origins cannot be read") from None
    return base


def _restored(file: SnapshotFile, tail: dict[str, Any]) -> Composite:
    """The base that the origins of a file state. Raises one of `WRONG` where they have another shape."""
    settings = tail["settings"].get("before", {"places": {}, "filters": {}})
    old: dict[str, dict[str, Any]] = {"providers": {}, "models": {}, "removed": {}, "settings": settings["places"]}
    providers: dict[str, Any] = {}
    models: dict[str, dict[str, Any]] = {}
    for section in ("providers", "models", "removed"):
        for name, line in tail[section].items():
            if "base" not in line:
                old[section][name] = line
                continue
            if section == "providers":
                providers[name] = line["base"]
            else:
                provider, _, model_id = name.partition(":")
                models.setdefault(provider, {})[model_id] = line["base"]
            if line["before"] is not None:
                old["providers" if section == "providers" else "models"][name] = line["before"]
            if "was_removed" in line:
                old["removed"][name] = line["was_removed"]
    own = {}
    left_out = [provider for provider, record in providers.items() if record is None]
    for provider in {*models, *providers}.difference(left_out):
        own[provider] = _block(file, provider, providers.get(provider), models.get(provider, {}))
    header: dict[str, Any] = {
        key: value for key, value in file.header.items() if key in {"sources", "supplements", "date"}
    }
    header.update(filters=settings["filters"], digest=file.header.get("base", {}).get("digest"))
    return Composite(header, file, own, lambda: in_order(old), name=file.name, left_out=left_out)


def _block(
    file: SnapshotFile, provider: str, record: dict[str, Any] | None, touched: dict[str, Any]
) -> tuple[bytes, int]:
    block = file.block(provider)
    rows = {i: (i, block.line(row), block.bits[row]) for row, i in enumerate(block.ids) if i not in touched}
    tables = {field: {name: i for name, i in table.items() if i in rows} for field, table in block.tables().items()}
    for model_id, line in touched.items():
        if line is not None:
            data = {key: value for key, value in line.items() if key != "bits"}
            bits = translate_bits([line["bits"]], file.header["capabilities"])[0]
            rows[model_id] = (model_id, encode_json(data), bits)
            for field, table in tables.items():
                table.update(dict.fromkeys(line.get(field, ()), model_id))
    ordered = [rows[model_id] for model_id in sorted(rows)]
    # in order of the ids, as the writer has them
    tables = {
        field: {name: i for i in sorted(rows) for name, target in table.items() if target == i}
        for field, table in tables.items()
    }
    return encode_block(record or block.provider, ordered, tables), len(ordered)
