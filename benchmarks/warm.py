"""Print the processor seconds that one statement of `rows.WARM` takes, or a read of `rows.THREADS`: `warm.py NAME`.

The package is imported from the working directory if it is there.
"""

from __future__ import annotations

import sys
from statistics import median
from threading import Event, Thread
from time import process_time
from timeit import Timer

from rows import THREADS, WARM


def timed(name: str) -> float:
    """The median of five runs, each long enough to be measured."""
    timer = Timer(WARM[name].statement, WARM[name].before, timer=process_time)
    loops, elapsed = timer.autorange()
    loops = max(1, int(loops * 0.05 / elapsed))
    return median(timer.repeat(5, loops)) / loops


def read_in_threads(pause: float | None, loops: int = 4000) -> float:
    """The seconds of a round of three reads in each of four threads; a fifth reloads every `pause` seconds."""
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
            llm_models.select(require=["tools"], prefer=["openai"], order_by="id")

    readers = [Thread(target=read) for _ in range(4)]
    writer = Thread(target=reload)
    begin = process_time()
    writer.start()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    elapsed = process_time() - begin
    done.set()
    writer.join()
    return elapsed / loops


if __name__ == "__main__":
    sys.path.insert(0, "")
    wanted = sys.argv[1]
    print(read_in_threads(THREADS[wanted]) if wanted in THREADS else timed(wanted))
