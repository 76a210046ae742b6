"""Make up catalogues of ten and a hundred times the models: `grow.py SNAPSHOT OUT PROVIDERS MODELS`.

Each provider stands in the result PROVIDERS times, each of its models MODELS times in each: copy 0 under its own
id, the others under new ones. OUT is a snapshot file; where SNAPSHOT is an upstream file (JSON by provider), so is OUT.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from llm_models import index
from llm_models.snapshot_file import SnapshotFile, encode_json
from llm_models.snapshot_writer import assemble

EMPTY_TAIL: dict[str, Any] = {"providers": {}, "models": {}, "removed": {}, "settings": {}}


def copies(name: str, count: int) -> list[str]:
    """`name` and count - 1 new ones; the mark is one that no real id ends in."""
    return [name, *[f"{name}-copy{number}" for number in range(1, count)]]


def grown_snapshot(file: SnapshotFile, providers: int, models: int) -> SnapshotFile:
    """A snapshot of `providers` times the providers with `models` times the models each, without origins."""
    blocks = {}
    for provider in file.header["blocks"]:
        block = file.block(provider)
        lines = {}
        for place, data in enumerate(block.models()):
            own, *others = copies(data["id"], models)
            lines[own] = index.kept(block, place)
            data.pop("aliases", None)  # an alias names one model
            for model_id in others:
                lines[model_id] = index.Indexed(encode_json({**data, "id": model_id}), block.bits[place], ())
        for name in [copy.replace("-", "_") for copy in copies(provider, providers)]:
            blocks[name] = index.block_of({**block.provider, "id": name}, lines)
    header = {key: file.header[key] for key in ("sources", "date", "filters")}
    return assemble(header, blocks, EMPTY_TAIL, None, "made up")


def grown_upstream(catalogue: dict[str, Any], providers: int, models: int) -> dict[str, Any]:
    """The same for a catalogue as models.dev publishes it."""
    grown: dict[str, Any] = {}
    for provider, part in catalogue.items():
        many = {
            name: {**model, "id": name}
            for model_id, model in part["models"].items()
            for name in copies(model_id, models)
        }
        for name in copies(provider, providers):
            grown[name] = {**part, "id": name, "models": many}
    return grown


def main() -> None:
    source, out, *factors = sys.argv[1:]
    providers, models = map(int, factors)
    with open(source, "rb") as file:
        data = file.read()
    if data.startswith(b"["):
        made = grown_snapshot(SnapshotFile(data, source), providers, models).data
    else:
        made = json.dumps(grown_upstream(json.loads(data), providers, models)).encode()
    with open(out, "wb") as file:
        file.write(made)


if __name__ == "__main__":
    main()
