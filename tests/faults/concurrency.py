"""Readers in threads and a writer that publishes, in several processes at once: how much is read, and what is torn.

    python tests/faults/concurrency.py [--publishes N] [--reads N] [--processes N] [--python PROGRAM]

Each process reads one catalogue through every question of the package (`tests/support/readers.py`), while its files are
replaced and it is loaded again. It prints a row of counts for each process, and their sum. First come the controls: in
them answers must be torn, refused, or leak. The exit code is 1 where an answer is torn, a process fails or grows, or a
control shows nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import ROOT, readers  # after the path
from support.generations import write_generations
from support.readers import CONTROLS, WAYS

SUMS = ("reads", "publishes", "torn", "caught", "failed", "refused", "forks", "pickles")
"""What is counted: reads are answered questions; of those that were asked one by one, torn ones were `caught`; reloads
that `failed`; loads that the damaged file of these made fail as well (`refused`)."""


def started(python: str, files: Path, folder: Path, **options: Any) -> subprocess.Popen[str]:
    """Start a process of readers."""
    folder.mkdir()
    words = [python, "-B", readers.__file__, str(ROOT), str(files), str(folder), json.dumps(options)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The counts of a process that has ended."""
    out, _ = process.communicate()
    if process.returncode:
        return {**dict.fromkeys(SUMS, 0), "problems": [f"exit code {process.returncode}"], "noted": []}
    counts: dict[str, Any] = json.loads(out)
    return counts


def controls(python: str, files: Path, folder: Path) -> list[str]:
    """Run each control for some hundred publishes; the names of those that show nothing."""
    failed = []
    for name, meaning in CONTROLS.items():
        found = result(started(python, files, folder / name, publishes=200, reads=20_000, control=name))
        shown = {
            "overwritten": found["torn"] > 0,
            "refused": found["torn"] == 0 < found["refused"] and not found["problems"],
            "kept": any(one.startswith("leak") for one in found["problems"]),
        }[name]
        counts = f"torn {found['torn']:,}, refused {found['refused']:,}, leaks {len(found['problems'])}"
        print(f"control {name}: {meaning}. {counts}: {'as it must be' if shown else 'NOTHING IS SHOWN'}", flush=True)
        failed += [] if shown else [name]
    return failed


def main() -> None:
    """Run the controls and the processes; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--publishes", type=int, default=100_000, help="of all processes together (%(default)s)")
    parser.add_argument("--reads", type=int, default=50_000_000, help="answered questions, at least (%(default)s)")
    parser.add_argument("--processes", type=int, default=len(WAYS), help="how many at once (%(default)s)")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that reads (this one)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        files = write_generations(Path(top, "files"))
        bad = controls(asked.python, files, Path(top))
        running = []
        ways = [WAYS[number % len(WAYS)] for number in range(asked.processes)]
        publishes, reads = (-(-total // asked.processes) for total in (asked.publishes, asked.reads))
        for number, way in enumerate(ways):
            options = {"publishes": publishes, "reads": reads, "way": way, "fork_every": max(50, publishes // 200)}
            running.append((way, started(asked.python, files, Path(top, f"{number}"), **options)))
        total = dict.fromkeys(SUMS, 0)
        names = "".join(f"{name:>13}" for name in SUMS)
        print(f"{'':<10}{names}  descriptors, MB: [after a fifth, at the end, most]", flush=True)
        for way, process in running:
            found = result(process)
            total = {name: total[name] + found[name] for name in SUMS}
            row = "".join(f"{found[name]:>13,}" for name in SUMS)
            print(f"{way:<10}{row}  {found.get('descriptors')}, {found.get('memory')}", flush=True)
            for problem in (*found["noted"], *found["problems"]):
                print(f"{way}: {problem}", flush=True)
            bad += [way] if found["torn"] or found["problems"] or not found["caught"] else []
    print(f"{'all':<10}" + "".join(f"{number:>13,}" for number in total.values()), flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
