"""Give changed inputs to everything that reads what others wrote, and print what became of them.

    python tests/fuzz/run.py                                  two million inputs, in two processes
    python tests/fuzz/run.py --inputs 5000 --entry toml       fewer, of one entry; --entry may be given again
    python tests/fuzz/run.py --seed 7 --processes 1           others

An input is accepted, or refused by an error that is documented. Anything else is a finding: another error, more than
5 seconds, or an answer that breaks a law. An input of each kind of finding is made smaller and written to
`tests/fuzz/corpus/`, which `tests/test_fuzz.py` runs. Then the exit code is 1. Fast entries get more inputs than slow
ones.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz import world  # after the path
from fuzz.entries import ENTRIES
from fuzz.harness import Result, inputs, run, save, smaller

TRIAL = 40
"""How many inputs of each entry are given first, to see how fast it is."""
FASTEST = 0.0005
"""Seconds for an input; entries that take less count as if they took so much."""
PART_SECONDS = 20
"""About how long a part of the work takes."""


def part(name: str, seed: str, count: int) -> tuple[str, Result]:
    """What became of so many inputs of an entry, in a process of its own."""
    os.environ.pop("LLM_MODELS_CONFIG", None)
    with tempfile.TemporaryDirectory() as folder, world.believed():
        os.chdir(folder)  # where no configuration is in sight
        try:
            found = run(ENTRIES[name], inputs(ENTRIES[name], seed), count)
            small = {where: (one, smaller(ENTRIES[name], data)) for where, (one, data) in found.findings.items()}
        finally:
            os.chdir("/")
    return name, found._replace(findings=small)


def dealt(count: int, trial: dict[str, Result]) -> dict[str, int]:
    """How many inputs each entry gets: a slow one fewer, because it would take all of the time.

    It gets more of the time all the same, as it has more to go wrong. The fastest ones get no more than some others.
    """
    weights = {name: (max(one.seconds / one.inputs, FASTEST)) ** -0.9 for name, one in trial.items()}
    return {name: max(1, round(count * weight / sum(weights.values()))) for name, weight in weights.items()}


def main() -> int:
    """Print a row for each entry; 1 where something was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=2_000_000)
    parser.add_argument("--entry", action="append", choices=[*ENTRIES])
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    names = given.entry or [*ENTRIES]
    print(f"seed {given.seed}", flush=True)
    done: dict[str, Result] = dict.fromkeys(names, Result())
    with ProcessPoolExecutor(given.processes) as pool:
        first = min(TRIAL, max(1, given.inputs // len(names)))
        waiting = [pool.submit(part, name, f"{given.seed} {name}", first) for name in names]
        trial = dict(each.result() for each in as_completed(waiting))
        jobs = []
        for name, count in dealt(given.inputs, trial).items():
            size = max(first, int(PART_SECONDS * first / max(trial[name].seconds, 1e-3)))
            starts = range(0, count - first, size)
            jobs += [(name, f"{given.seed} {name} {at}", min(size, count - first - at)) for at in starts]
            done[name] += trial[name]
        jobs.sort(key=lambda job: int(job[1].rpartition(" ")[2]))
        shown = 0
        for each in as_completed([pool.submit(part, *job) for job in jobs]):
            name, result = each.result()
            done[name] += result
            so_far = sum(done.values(), Result())
            if (percent := 100 * so_far.inputs // given.inputs) > shown:
                shown = percent
                print(f"{percent} %, {so_far.found} findings", file=sys.stderr, flush=True)
    print(f"{'entry':<18}{'inputs':>10}{'accepted':>10}{'refused':>10}{'a second':>10}{'findings':>10}")
    for name, one in {**done, "all": sum(done.values(), Result())}.items():
        refused = one.inputs - one.accepted - one.found
        pace = one.inputs / max(one.seconds, 1e-9)
        print(f"{name:<18}{one.inputs:>10,}{one.accepted:>10,}{refused:>10,}{pace:>10,.0f}{one.found:>10,}")
    for name, one in done.items():
        for what, data in one.findings.values():
            print(f"{name}: {what.what} [{what.where}]\n    {save(name, data)}")
    return 1 if any(one.found for one in done.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
