"""The tail of a snapshot file: where values come from that are not the source's, and what they replaced.

It has a line for each record that a layer touched. Those of an overlay that can be taken off again also hold
the record as it was before, and the line that it had, so that `restore` gives the base back to the byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models import index
from llm_models.snapshot_file import SnapshotFile, encode_json
from llm_models.snapshot_writer import assemble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.merge import Merged, Origin
    from llm_models.snapshot_file import Block

__all__ = ["EMPTY_TAIL", "Tail", "header_of", "restore"]

EMPTY_TAIL: dict[str, dict[str, Any]] = {"providers": {}, "models": {}, "removed": {}, "settings": {}}


def header_of(file: SnapshotFile) -> dict[str, Any]:
    """What a snapshot made from another takes over from its header."""
    return {key: value for key, value in file.header.items() if key in {"sources", "date"}}


class Tail:
    """The tail of a snapshot that is being made from `base`. A `passing` one lets `restore` find the way back."""

    def __init__(self, base: SnapshotFile, *, passing: bool) -> None:
        self.passing = passing
        self._sections = {section: dict(lines) for section, lines in base.tail().items()}

    def provider(self, provider: str, base: Block | None, merged: Merged) -> None:
        """The line on a provider of which layers say something."""
        lines = self._sections["providers"]
        lines[provider] = self._line(base.provider if base else None, lines.get(provider), merged)

    def model(self, spec: str, base: Block | None, model_id: str, merged: Merged | None = None) -> None:
        """The line on a model of which layers say something, or whose line in its block is changed."""
        self._sections["models"][spec] = self._model(spec, base, model_id, merged)

    def removed(self, spec: str, base: Block | None, model_id: str, why: Mapping[str, Any]) -> None:
        """The line on a model that an exclude removes."""
        self._sections["removed"][spec] = {**why, **self._model(spec, base, model_id, None)}

    def settings(self, places: dict[str, Any], filters: Mapping[str, Any]) -> None:
        """The place of each pattern; `filters` are those of the base's header."""
        before = {"places": self._sections["settings"], "filters": filters}
        if self.passing and any(before.values()):
            places = {**places, "before": before}
        self._sections["settings"] = places

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """The tail as `SnapshotFile.assemble` takes it: equal content makes equal bytes."""
        return _in_order(self._sections)

    def _model(self, spec: str, base: Block | None, model_id: str, merged: Merged | None) -> dict[str, Any]:
        line = self._line(_base_line(base, model_id), self._sections["models"].pop(spec, None), merged)
        removed = self._sections["removed"].pop(spec, None)
        return {**line, "was_removed": removed} if removed and self.passing else line

    def _line(self, base: Any, before: Any, merged: Merged | None) -> dict[str, Any]:
        fields = dict(before["fields"]) if before else {}
        if merged is not None:
            fields.update({".".join(path): _origin(origin) for path, origin in merged.origins.items()})
        return {"fields": fields, "base": base, "before": before} if self.passing else {"fields": fields}


def _origin(origin: Origin) -> dict[str, Any]:
    plain = {"layer": origin.layer, "place": origin.place, "replaced": origin.replaced}
    return {key: value for key, value in plain.items() if value is not None}


def _base_line(base: Block | None, model_id: str) -> dict[str, Any] | None:
    """A model's line in the base and its capability set as data, None where the base does not hold it."""
    if base is None or model_id not in base.places:
        return None
    place = base.places[model_id]
    return {**base.model(place), "bits": base.bits[place]}


def _in_order(tail: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {section: dict(sorted(tail[section].items())) for section in EMPTY_TAIL}


def restore(file: SnapshotFile) -> SnapshotFile:
    """The base that an activated snapshot was merged onto, to the byte; the file itself where it has none."""
    if "base" not in file.header:
        return file
    tail = file.tail()
    settings = tail["settings"].get("before", {"places": {}, "filters": {}})
    old: dict[str, dict[str, Any]] = {**{section: {} for section in EMPTY_TAIL}, "settings": settings["places"]}
    providers: dict[str, Any] = {}
    models: dict[str, dict[str, Any]] = {}
    for section in ("providers", "models", "removed"):
        for name, line in tail[section].items():
            if "base" not in line:  # not of the overlay, so it was there before
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
    blocks: dict[str, tuple[bytes, int]] = {}
    for provider, place in file.header["blocks"].items():
        if provider not in models and provider not in providers:
            blocks[provider] = file.raw_block(provider), place[3]
            continue
        block = file.block(provider)
        record = providers.get(provider, block.provider)
        if record is None:
            continue  # the application's own
        touched = models.get(provider, {})
        lines = {i: index.kept(block, p) for i, p in block.places.items() if i not in touched}
        lines.update({i: _indexed(dict(line)) for i, line in touched.items() if line is not None})
        blocks[provider] = index.block_of(record, lines)
    return assemble({**header_of(file), "filters": settings["filters"]}, blocks, _in_order(old), None, file.name)


def _indexed(line: dict[str, Any]) -> index.Indexed:
    bits = line.pop("bits")
    return index.Indexed(encode_json(line), bits, tuple(line.get("aliases", ())))
