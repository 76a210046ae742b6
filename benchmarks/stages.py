"""Time one stage of `activate` with pyperf: `stages.py STAGE UPSTREAM OUT [pyperf's options]`.

The stages before it run too, untimed, so that it gets what they make.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pyperf

from llm_models import files, pipeline, upstream
from llm_models.normalize import Report, normalize
from llm_models.overlay import overlay
from llm_models.transforms import models_dev

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

NO_LIMIT = 1 << 40


def stages(source: str, out: str) -> Generator[tuple[str, Callable[[], Any]], Any, None]:
    """The stages in order as (name, what to call); each is sent what its call gave."""
    with open(source, "rb") as file:
        data = file.read()
    report = Report()
    sources = [{"name": "models_dev", "sha256": "0" * 64}]
    catalogue = yield "parse", lambda: upstream.parse_catalogue(data, source)
    records = yield "normalize", lambda: normalize(catalogue, models_dev, report)
    yield "validate", lambda: pipeline._validate(records, report)
    base = yield "enrich and index", lambda: pipeline._index(records, sources, report)
    merged, _ = yield "merge", lambda: overlay(base, pipeline.curated_layers(), name=base.name)
    yield "write", lambda: files.write_atomically(out, merged.data)


def main() -> None:
    wanted, source, out = sys.argv[1:4]
    del sys.argv[1:4]
    upstream.MAX_VALUES = upstream.MAX_TEXT = NO_LIMIT  # ten times the real file is over them

    def time_stage(loops: int) -> float:
        total = 0.0
        for _ in range(loops):
            walk = stages(source, out)
            name, call = next(walk)
            while name != wanted:
                name, call = walk.send(call())
            begin = pyperf.perf_counter()
            call()
            total += pyperf.perf_counter() - begin
        return total

    pyperf.Runner(program_args=(__file__, wanted, source, out)).bench_time_func(wanted, time_stage)


if __name__ == "__main__":
    main()
