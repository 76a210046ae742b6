"""Ground: what a base's source states, without the curated overrides: with it the guards compare source with source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llm_models.differences import Served
from llm_models.origins import fields_of, leaves, weaker

if TYPE_CHECKING:
    from llm_models.differences import Values
    from llm_models.snapshot_file import SnapshotFile

_PROSE = re.compile(rb',"description":"(?:[^"\\]|\\.)*"')


class Ground(Served):
    """The records of a base without the curated overrides, without defaults and without descriptions."""

    def __init__(self, file: SnapshotFile) -> None:
        super().__init__(file)
        self.tail = tail = file.tail()  # read once, not for each model
        self.curated: dict[str, dict[str, object]] = {}
        """Provider -> its id and the specs of its models -> the origins of the values that the overrides set."""
        for name, line in {**tail["providers"], **tail["models"]}.items():
            self.curated.setdefault(name.partition(":")[0], {})[name] = line

    def written(self, provider: str, model_id: str | None = None) -> object:
        """As `Served.written`, with what the overrides set. Descriptions are not compared: the packaged has none."""
        curated = self.curated.get(provider, {})
        written = super().written(provider, model_id)
        if model_id is None:
            return written, curated
        assert isinstance(written, bytes)
        return _PROSE.sub(b"", written, count=1), curated.get(f"{provider}:{model_id}")

    def values(self, provider: str, model_id: str | None = None) -> Values:
        """The values that the source states."""
        origins = fields_of(self.tail, provider if model_id is None else f"{provider}:{model_id}")
        values = dict(leaves(self.record(provider, model_id)))
        for layer in dict.fromkeys(origin["layer"] for origin in origins.values()):
            values = weaker(values, origins, layer)
        values.pop(("description",), None)
        return values
