"""All that the benchmarks use of the package beyond its public functions.

`inside.py build DATA OUT PROVIDERS MODELS` makes a snapshot file from an upstream file, of PROVIDERS times the
providers with MODELS times the models each. `inside.py stages DATA OUT` prints the processor
seconds of each stage of `activate`, in JSON.
"""

from __future__ import annotations

import json
import sys
from time import process_time
from typing import TYPE_CHECKING, Any

from llm_models import pipeline, transforms, upstream
from llm_models.changes import merge_layers
from llm_models.ingest import read_source
from llm_models.replacement import write_atomically
from llm_models.snapshot_writer import empty, write

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


def build(data: bytes, out: str, providers: int, models: int) -> None:
    """Write the base that our own pipeline makes of the upstream file."""
    if (providers, models) != (1, 1):
        upstream.MAX_BYTES = upstream.MAX_TEXT = upstream.MAX_VALUES = sys.maxsize  # the larger file exceeds them
        data = json.dumps(grown(json.loads(data), providers, models)).encode()
    base, _ = pipeline.build_base(data, "the upstream file")
    with open(out, "wb") as file:
        file.write(base.data)


def grown(catalogue: dict[str, Any], providers: int, models: int) -> dict[str, Any]:
    """An upstream catalogue with copies of its providers and models; the first of each keeps its id."""
    result: dict[str, Any] = {}
    for provider, part in catalogue.items():
        many = {name: {**m, "id": name} for key, m in part["models"].items() for name in copies(key, models)}
        result.update({name: {**part, "id": name, "models": many} for name in copies(provider, providers)})
    return result


def copies(name: str, count: int) -> list[str]:
    """`name`, and count - 1 names that no upstream file has."""
    return [name, *[f"{name}-copy{number}" for number in range(1, count)]]


def stages(data: bytes, out: str) -> Generator[tuple[str, Callable[[], Any]], Any, None]:
    """The stages in order as (name, what to call); each is sent the result of its call."""
    yield "parse", lambda: upstream.parse(data, "the upstream file")
    header, ground, _ = yield "parse, normalize, validate", lambda: read_source(data, "x", transforms.DEFAULT)
    base = empty(header)
    changes = yield "merge, enrich", lambda: merge_layers(base, [ground, *pipeline.curated_layers()])
    content = yield "assemble", lambda: write(changes, name=base.name).data
    yield "write", lambda: write_atomically(out, content)


def main() -> None:
    task, source, out, *factors = sys.argv[1:]
    with open(source, "rb") as file:
        data = file.read()
    if task == "build":
        build(data, out, *map(int, factors))
        return
    seconds = {}
    walk = stages(data, out)
    result = None
    try:
        while True:
            name, call = walk.send(result)
            begin = process_time()
            result = call()
            seconds[name] = process_time() - begin
    except StopIteration:
        print(json.dumps(seconds))


if __name__ == "__main__":
    main()
