"""What a catalogue shows of a snapshot file: its models but for those that filters hide; standard library only.

Records are built here, each when it is first asked for, and kept. Nothing but memos ever changes, and they gain
only what any other thread would compute the same; their keys are canonical names alone, so that no user's text
can make them grow.
"""

from __future__ import annotations

from llm_models.errors import EmptyCatalogError, printable
from llm_models.records import CAPABILITIES, Capabilities, Modalities, Model, Provider
from llm_models.snapshot_file import effective

__all__ = ["View"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from llm_models.filters import Filters
    from llm_models.records import Record
    from llm_models.snapshot_file import SnapshotFile

    Place = tuple[str, int]
    """A provider, and where in its block a model stands."""
    Unmatched = tuple[str, int, Mapping[str, tuple[int, int]]]
    """What `selection` reports when no model fits: message, models considered, models removed by each condition."""

_FLAGS = (1 << len(CAPABILITIES)) - 1


class View:
    """A snapshot file seen through filters; `known` maps each provider's id to the place of its block."""

    __slots__ = (
        "_parts",
        "_providers",
        "_shown",
        "by_name",
        "counts",
        "file",
        "filters",
        "known",
        "models",
        "unmatched",
    )

    def __init__(self, file: SnapshotFile, filters: Filters | None) -> None:
        """Raises `EmptyCatalogError` where nothing is shown."""
        self.file = file
        self.filters = filters
        self.known: Mapping[str, Sequence[int]] = file.blocks
        self.models: dict[str, dict[str, Model]] = {provider: {} for provider in self.known}
        self._providers: dict[str, Provider] = {}
        self._parts: dict[tuple[type[Record], tuple[Any, ...]], Record] = {}
        self._shown: dict[str, list[int]] = {}
        self.by_name: dict[str, list[Place]] | None = None
        """Memo of `lookup`: what each bare name stands for."""
        self.counts: dict[str | None, dict[int, int]] = {}
        """Memo of `selection`: how many models have each capability set, of a provider or of all."""
        self.unmatched: dict[tuple[int, int, str | None], Unmatched] = {}
        """Memo of `selection`: what is to be said of conditions that no model fits."""
        # Providers that no filter speaks of come first: their count stands in the header.
        if not any(self.count(name) for name in sorted(self.known, key=self._is_restricted)):
            left = " that the filters leave" if file.header["counts"]["models"] else ""
            raise EmptyCatalogError(f"{printable(file.name)}: there is no model{left}")

    def _is_restricted(self, provider: str) -> bool:
        return self.filters is not None and self.filters.restricts(provider)

    def count(self, provider: str) -> int:
        """How many models of a provider are shown."""
        return len(self.shown(provider)) if self._is_restricted(provider) else self.known[provider][3]

    def shown(self, provider: str) -> Sequence[int]:
        """The places of the models of a provider that no filter hides, in order of id."""
        if self.filters is None or not self.filters.restricts(provider):
            return range(self.known[provider][3])
        try:
            return self._shown[provider]
        except KeyError:
            pass
        block = self.file.block(provider)
        names = {model_id: [model_id] for model_id in block.ids}
        for alias, model_id in block.aliases.items():
            names[model_id].append(alias)
        reason = self.filters.reason
        shown = [place for place, every in enumerate(names.values()) if reason(provider, every) is None]
        return self._shown.setdefault(provider, shown)

    def hidden(self, provider: str, place: int) -> tuple[str, str | None] | None:
        """Why the model at a place is hidden, as (section, pattern), or None where it is shown."""
        if self.filters is None or not self.filters.restricts(provider):
            return None
        return self.filters.reason(provider, self.file.block(provider).names(place))

    def provider(self, provider: str) -> Provider:
        """The record of a known provider; built once."""
        try:
            return self._providers[provider]
        except KeyError:
            built = Provider.from_dict(self.file.block(provider).provider)
            return self._providers.setdefault(provider, built)

    def model(self, provider: str, place: int) -> Model:
        """The record at a place that is shown; built once."""
        block, models = self.file.block(provider), self.models[provider]
        model_id = block.ids[place]
        try:
            return models[model_id]
        except KeyError:
            return models.setdefault(model_id, self._build(provider, block.model(place), block.bits[place]))

    def _build(self, provider: str, line: dict[str, Any], bits: int) -> Model:
        """The record of a model's line. Parts that many models have alike are one record: there are few of each."""
        data = effective(line, provider)
        # The capability set and what is said of reasoning tell all capabilities.
        said = data.get("capabilities", {})
        data["capabilities"] = self._part(Capabilities, (bits & _FLAGS, str(said.get("reasoning"))), said)
        both = data.get("modalities", {})
        data["modalities"] = self._part(Modalities, (*both.get("input", ()), "", *both.get("output", ())), both)
        return Model.from_dict(data)

    def _part(self, kind: type[Record], key: tuple[Any, ...], part: dict[str, Any]) -> Record:
        try:
            return self._parts[kind, key]
        except KeyError:
            return self._parts.setdefault((kind, key), kind.from_dict(part))

    def models_at(self, provider: str, places: Sequence[int]) -> list[Model]:
        """The records at places that are shown; the block is decoded in one go where most of it is wanted."""
        block, models = self.file.block(provider), self.models[provider]
        ids = block.ids
        missing = [place for place in places if ids[place] not in models]
        if 2 * len(missing) > len(ids):
            lines = block.models()
            for place in missing:
                models.setdefault(ids[place], self._build(provider, lines[place], block.bits[place]))
            missing = []
        for place in missing:
            self.model(provider, place)
        return [models[ids[place]] for place in places]
