"""Every call of every command that writes: killed at it, and refused at it with every error, once and from then on.

    python tests/faults/run.py [COMMAND]...

It prints a row for each command of `tests/support/writers.py`, or for those that are named, and their sum. It stops at
the first file that is neither the old nor the new one, at an error that is not one line, and at a file that is left.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.writers import (  # after the path
    CODES,
    EVERY,
    WRITERS,
    Stage,
    killed,
    little_package,
    number_of_calls,
    refused,
)


def main(names: list[str]) -> None:
    """Run the commands with these names, or all."""
    unknown = [name for name in names if name not in WRITERS]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)} (expected {', '.join(WRITERS)})")
    for name in ("LLM_MODELS_CONFIG", "XDG_DATA_HOME"):
        os.environ.pop(name, None)
    total = [0] * 5
    print(f"{'command':<26}{'calls':>7}{'killed':>8}{'left files':>12}{'refused':>9}{'exit 1':>8}", flush=True)
    with tempfile.TemporaryDirectory() as top, little_package(Path(top)):
        for number, name in enumerate(names or WRITERS):
            writer = WRITERS[name]
            if writer.library and find_spec(writer.library) is None:
                print(f"{name:<26}  skipped: {writer.library} is not installed", flush=True)
                continue
            folder = Path(top, f"stage{number}")
            folder.mkdir()
            os.chdir(folder)
            stage = Stage(writer, Path(top, "temporary"))
            calls = number_of_calls(stage, EVERY)
            dead = killed(stage, EVERY, range(calls))
            once = refused(stage, EVERY, range(calls), CODES, lasting=False)
            lasting = refused(stage, EVERY, range(calls), CODES, lasting=True)
            row = [calls, dead.runs, dead.failed, once.runs + lasting.runs, once.failed + lasting.failed]
            total = [a + b for a, b in zip(total, row, strict=True)]
            print_row(name, row)
        os.chdir("/")
    print_row("all", total)


def print_row(name: str, row: list[int]) -> None:
    """Print the counts of a command."""
    print(f"{name:<26}{row[0]:>7,}{row[1]:>8,}{row[2]:>12,}{row[3]:>9,}{row[4]:>8,}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
