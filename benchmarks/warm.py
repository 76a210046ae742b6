"""Time one statement of `rows.WARM` with pyperf, in a worker process: `warm.py NAME SNAPSHOT [pyperf's options]`.

SNAPSHOT is the path of a snapshot file, or an empty text for the packaged one.
"""

from __future__ import annotations

import sys
from threading import Event, Thread

import pyperf
from rows import THREADS, WARM


def main() -> None:
    name, snapshot = sys.argv[1:3]
    del sys.argv[1:3]
    runner = pyperf.Runner(program_args=(__file__, name, snapshot))
    if name in THREADS:
        runner.bench_time_func(name, read_in_threads, THREADS[name])
        return
    work = WARM[name]
    names: dict[str, object] = {"SNAPSHOT": snapshot}
    if runner.parse_args().worker:
        exec(work.before, names)
    runner.timeit(name, work.statement, globals=names)


def read_in_threads(loops: int, pause: float | None) -> float:
    """Seconds that four threads take for `loops` reads each, a fifth one reloading every `pause` seconds."""
    import llm_models

    llm_models.load(config=None)
    done = Event()

    def reload() -> None:
        while pause is not None and not done.wait(pause):
            llm_models.reload()

    def read() -> None:
        for _ in range(loops):
            llm_models.get_model("openai", "gpt-4o-mini")
            llm_models.resolve("anthropic:claude-haiku-4-5")
            llm_models.select(require=["tools"], prefer=["openai"])

    readers = [Thread(target=read) for _ in range(4)]
    writer = Thread(target=reload)
    begin = pyperf.perf_counter()
    writer.start()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    elapsed: float = pyperf.perf_counter() - begin
    done.set()
    writer.join()
    return elapsed


if __name__ == "__main__":
    main()
