"""Changes to the code that a test should notice: a seeded sample of them, each with the tests that run its line.

    pip install cosmic-ray
    python tests/mutation/run.py [--mutants 600] [--seed 1] [--processes 2] [--keep FOLDER]

It changes a clone of the last commit, each time in one place, and runs the tests that run this line, the shortest
first. It prints each change that no test noticed, and counts. First it learns which tests run which lines, which takes
as long as the tests; with `--keep`, this is kept in a folder for the next run. A sample has one change a place.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect
from collections import Counter, defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import accumulate, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import coverage
from mutants import Mutant, changed, mutants_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    "merge": "merge rules",
    "changes": "changes",
    "writer": "snapshot_writer",
    "snapshot_file": "snapshot_file block header",
    "store": "store",
    "in_use": "in_use",
    "filters": "filters patterns",
    "names": "lookup modelspec name_rules readings spellings",
    "selection": "selection conditions",
    "guards": "guards",
    "trust": "trust",
    "cost": "pricing items tariff bills",
}
"""Part -> the modules that it consists of."""
UNLIKE = "browse completion pages screens readme cost_compared"
"""Tests that run long and would be the last to notice."""
FILES, SOON, LATE = 6, 60, 300
"""At first the tests of so many files, and so many seconds of them, are tried; then so many seconds of the others."""
CONTROLS = 20
"""Of so many of the sample, the tests run with the code as it is, too: they must pass."""
OUTCOMES = ("killed", "timeout", "survived", "no test")
MEMORY = 8 << 20  # KiB of addresses that a process may take

T = TypeVar("T")


class Place(NamedTuple):
    """A clone of the repository, and the Python of its environment."""

    folder: Path
    python: Path


class Known(NamedTuple):
    """What was learnt: of each line of a module the tests that run it, and the seconds that each test takes.

    Read from the tests: the modules that each file of them imports.
    """

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]
    imported: dict[str, set[str]]


def place(top: Path, name: str) -> Place:
    """A clone whose tests find the libraries of this environment."""
    found = Place(top / name / "clone", top / name / "venv/bin/python")
    subprocess.run(["git", "clone", "-q", ROOT, found.folder], check=True)
    if (ROOT.parent / "shared").exists():
        (top / name / "shared").symlink_to((ROOT.parent / "shared").resolve())
    subprocess.run([sys.executable, "-m", "venv", top / name / "venv"], check=True)
    (libraries,) = (top / name / "venv/lib").glob("python*/site-packages")
    (libraries / "base.pth").write_text(f"{Path(coverage.__file__).parents[1]}\n{ROOT / 'tests/mutation'}\n")
    install = [found.python, "-m", "pip", "install", "-q", "--no-deps", "-e", found.folder]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    return found


def run(where: Place, words: list[str], timeout: float, **variables: str) -> subprocess.CompletedProcess[str] | None:
    """Run the tests `words` there; None if they take too long."""
    path = f"{where.python.parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        ["sh", "-c", f'ulimit -v {MEMORY}; exec "$@"', "sh", where.python, "-m", *words],
        cwd=where.folder,
        env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        out, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        out = None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)  # also what the tests have started
    process.wait()
    return None if out is None else subprocess.CompletedProcess(words, process.returncode, out)


def pytest(tests: list[str]) -> list[str]:
    """The words that run these tests until one fails."""
    return ["pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=no", *tests]


def learn(places: list[Place], keep: Path, modules: list[str]) -> Known:
    """Run the tests, and note which lines of the modules each of them runs, and for how long."""
    files = sorted(places[0].folder.glob("tests/test_*.py"), key=lambda file: -file.stat().st_size)
    files = [file for file in files if file.stem.removeprefix("test_") not in UNLIKE.split()]
    waiting = deque(files[at : at + 6] for at in range(0, len(files), 6))
    settings = keep / "coverage.ini"
    settings.write_text("[run]\ninclude = " + ",".join(f"{place.folder}/llm_models/*" for place in places))

    def work(where: Place) -> None:
        for files in taken(waiting):
            group = [str(file.relative_to(places[0].folder)) for file in files]
            name = str(keep / Path(group[0]).stem)
            words = f"coverage run --rcfile={settings} -m pytest -q -p contexts -m".split()
            run(
                where,
                [*words, "not whole", *group],
                timeout=3600,
                COVERAGE_FILE=f"{name}.coverage",
                SECONDS=f"{name}.json",
            )

    each_at_once(work, places)
    seconds: dict[str, float] = {}
    for file in keep.glob("*.json"):
        seconds |= json.loads(file.read_text())
    lines: dict[str, dict[int, list[str]]] = {name: defaultdict(list) for name in modules}
    for file in keep.glob("*.coverage"):
        data = coverage.CoverageData(str(file))
        data.read()
        for source in data.measured_files():
            if Path(source).parent.name == "llm_models" and Path(source).stem in lines:
                for line, tests in data.contexts_by_lineno(source).items():
                    lines[Path(source).stem][line] += [test for test in tests if test in seconds]
    return Known(lines, seconds, {})


def imported(text: str) -> set[str]:
    """The modules of the package that a file imports by name."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    direct = {(node.module or "").removeprefix("llm_models.") for node in nodes}
    return direct | {one.name for node in nodes if node.module == "llm_models" for one in node.names}


def taken(waiting: deque[T]) -> Iterator[T]:
    """One after the other, also for several threads."""
    while waiting:
        with suppress(IndexError):
            yield waiting.popleft()


def each_at_once(work: Callable[[Place], None], places: list[Place]) -> None:
    """Call `work` for each place, all at once."""
    with ThreadPoolExecutor(len(places)) as threads:
        list(threads.map(work, places))


def tests_of(mutant: Mutant, known: Known, texts: dict[str, str]) -> Iterator[list[str]]:
    """The tests that may notice it, in two parts: those of the few files that are most about this line, and others.

    First come the files that import the module by name, and all tests of the file that is named after it. For a line
    that runs at the import, all tests of the files that import the module by name belong to them.
    """
    lines = known.lines[mutant.module]
    found = {test for line in range(mutant.first, mutant.last + 1) for test in lines.get(line, ())}
    using = list(users(mutant, texts))
    found |= {test for module, line in using for test in known.lines[module].get(line, ())}
    found = found or {test for tests in lines.values() for test in tests}
    here, everywhere = Counter(map(file_of, found)), Counter(map(file_of, known.seconds))
    named = {f"tests/test_{mutant.module}.py"}
    if using:
        named |= {file for file, modules in known.imported.items() if mutant.module in modules}
    own = {test for test in known.seconds if file_of(test) in named}
    found, here = found | own, here + Counter(map(file_of, own - found))
    files = sorted(
        here, key=lambda file: (mutant.module not in known.imported[file], -here[file] / everywhere[file], file)
    )
    for part, limit in ((files[:FILES], SOON), (files[FILES:], LATE)):
        tests = sorted((known.seconds[test], test) for test in found if file_of(test) in part)
        fitting = bisect(list(accumulate(seconds for seconds, _ in tests)), limit)
        if fitting:
            yield [test for _, test in tests[:fitting]]


def users(mutant: Mutant, texts: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Of a line that runs when its module is imported: the lines of the function that it begins, or of what names it.

    Those are the lines, in all modules, that name what the statement defines, or else what it uses.
    """
    tree = ast.parse(texts[mutant.module])
    for one in ast.walk(tree):
        if isinstance(one, ast.FunctionDef) and one.lineno <= mutant.first <= (one.end_lineno or 0):
            if mutant.first < one.body[0].lineno:
                yield from ((mutant.module, line) for line in range(one.body[0].lineno, (one.end_lineno or 0) + 1))
            return
    for each in tree.body:
        if each.lineno <= mutant.first <= (each.end_lineno or 0):
            targets = each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", each)]
            names = {getattr(one, "id", getattr(one, "name", "")) for one in targets} - {""}
            names = names or {one.id for one in ast.walk(each) if isinstance(one, ast.Name)}
            for module, text in texts.items() if names else ():
                for number, line in enumerate(text.split("\n"), 1):
                    if names.intersection(re.findall(r"\w+", line)):
                        yield module, number


def file_of(test: str) -> str:
    """The file that a test is in."""
    return test.partition("::")[0]


def tried(mutant: Mutant | None, tests: Iterator[list[str]], seconds: dict[str, float], where: Place) -> str:
    """What became of a mutant, or of the code as it is: `killed`, `timeout`, `survived`, `no test`."""
    outcome = "no test"
    file = where.folder / f"llm_models/{mutant.module}.py" if mutant else None
    text = file.read_text() if file else ""
    try:
        if file and mutant:
            file.write_text(changed(text, mutant))
        for part in tests:
            done = run(where, pytest(part), timeout=60 + 8 * sum(seconds[test] for test in part))
            if done is None:
                return "timeout"
            if done.returncode:
                if not mutant:
                    print(f"\nfails as it is: {done.stdout[-500:]}", flush=True)
                return "killed"
            outcome = "survived"
    finally:
        if file:
            file.write_text(text)
    return outcome


def difference(text: str, mutant: Mutant) -> list[str]:
    """The change with the lines around it."""
    lines = difflib.unified_diff(text.splitlines(), changed(text, mutant).splitlines(), lineterm="", n=2)
    return list(lines)[2:]  # without the names of the files


def row(name: str, cells: list[object]) -> str:
    """A line of the table."""
    return f"{name:<14}" + "".join(f"{cell:>10}" for cell in cells)


def main() -> None:
    """Draw the sample, try it, and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    part_of = {module: part for part, modules in MODULES.items() for module in modules.split()}
    top = Path(tempfile.mkdtemp())
    keep = (options.keep or top / "known").resolve()
    places = [place(top, f"place{number}") for number in range(options.processes)]
    if not keep.exists():
        keep.mkdir(parents=True)
        begun = time.monotonic()
        known = learn(places, keep, list(part_of))
        (keep / "known").write_text(json.dumps(known[:2]))
        print(f"{len(known.seconds)} tests in {time.monotonic() - begun:.0f} s", flush=True)
    lines, seconds = json.loads((keep / "known").read_text())
    known = Known(
        {name: {int(line): tests for line, tests in each.items()} for name, each in lines.items()},
        seconds,
        {file: imported((places[0].folder / file).read_text()) for file in {*map(file_of, seconds)}},
    )

    texts = {module: (places[0].folder / f"llm_models/{module}.py").read_text() for module in part_of}

    def is_python(mutant: Mutant) -> bool:
        try:
            compile(changed(texts[mutant.module], mutant), mutant.module, "exec")
        except SyntaxError:
            return False
        return True

    drawn = random.Random(options.seed)
    by_place: defaultdict[tuple[str, int, int], list[Mutant]] = defaultdict(list)
    for module in part_of:
        for mutant in mutants_of(module, texts[module]):
            by_place[module, mutant.first, mutant.column].append(mutant)
    order = drawn.sample(sorted(by_place), len(by_place))
    sample = [*islice(filter(is_python, (drawn.choice(by_place[at]) for at in order)), options.mutants)]
    print(f"{len(sample)} of {sum(map(len, by_place.values()))} mutants at {len(by_place)} places", flush=True)
    waiting = deque([*((mutant, False) for mutant in sample[:CONTROLS]), *((mutant, True) for mutant in sample)])
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def work(where: Place) -> None:
        for mutant, changes in taken(waiting):
            tests = tests_of(mutant, known, texts)
            outcome = tried(mutant if changes else None, tests, known.seconds, where)
            counts[part_of[mutant.module] if changes else "as it is"][outcome] += 1
            if changes and outcome in ("survived", "no test"):
                print(f"\n{outcome}: {mutant.module}.py:{mutant.first}, {mutant.operator}", flush=True)
                print(*difference(texts[mutant.module], mutant), sep="\n", flush=True)
            if (done := sum(count.total() for count in counts.values())) % 50 == 0:
                print(f"{done} of {len(sample) + CONTROLS}", file=sys.stderr, flush=True)

    each_at_once(work, places)
    shutil.rmtree(top, ignore_errors=True)
    whole = sum((counts[part] for part in MODULES), Counter[str]())
    print("\n" + row("", ["mutants", *OUTCOMES]))
    for part, count in [*((part, counts[part]) for part in MODULES), ("all", whole), ("as it is", counts["as it is"])]:
        print(row(part, [count.total(), *(count[outcome] for outcome in OUTCOMES)]))
    noticed = whole["killed"] + whole["timeout"]
    print(f"noticed: {noticed} of {whole.total()}, {noticed / whole.total():.1%}")
    if counts["as it is"].total() != counts["as it is"]["survived"]:
        sys.exit("the tests fail without a change: the counts show nothing")


if __name__ == "__main__":
    main()
