"""Compare what llm_models and its peers answer to the worked examples of costs: `python benchmarks/costs.py`.

It builds an environment with this checkout and the peers of `peers-costs.txt`, asks each of them (`cost_peers.py`), and
writes the table and the reasons of the differences (`cost_reasons.py`) into `docs/cost_compared.md`. It fails where an
answer of ours is not right, a difference has no reason, or a reason stands for no difference. Only pip goes online.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from decimal import Context, Decimal
from typing import Any

from cost_reasons import ABOUT, REASONS, REMARKS

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
EXAMPLES = os.path.join(os.path.dirname(ROOT), "shared", "cost", "examples.json")
PAGE = os.path.join(ROOT, "docs", "cost_compared.md")
BEGIN, END = "<!-- table: written by benchmarks/costs.py -->", "<!-- end of table -->"
OURS = "llm_models"
LIBRARIES = (OURS, *REASONS)
CANNOT = "cannot state"
NOT_ASKED = ("id", "rules", "model", "usage", "normalized", "prices", "expected", "derivation", "source", "source_kind")
STATED = (
    "Prices are in USD, in the words of [data.md](data.md): per million tokens, per 1,000 uses of a fee, per image. "
    "Usage is in the words of the protocol that is named; `plain` has the fields of a `Usage`."
)
FLOAT = Context(prec=12)
"""A float is right if it is at 12 significant digits: more are lost when floats are added."""

Answers = dict[str, dict[str, str | None]]
"""Example -> library -> its figure, `cannot state`, or None where it gives no figure."""


def read_examples(path: str) -> list[dict[str, Any]]:
    """The worked examples of a file."""
    with open(path, encoding="utf-8") as file:
        stated = json.load(file)
    return [*stated["examples"], *stated["more"]]


def expected(one: dict[str, Any]) -> str | None:
    """The total of an example; None where it is unknown, or where the question must be refused."""
    total: str | None = one["expected"].get("total")
    return total


def verdict(library: str, figure: str | None, total: str | None) -> str:
    """What an answer is: `right`, `cannot state`, `no figure`, or `wrong` with the figure.

    Where the total is unknown or the question must be refused, no figure is right. Ours must be the same decimal.
    """
    if figure == CANNOT:
        return CANNOT
    if figure is None:
        return "right" if total is None else "no figure"
    number = Decimal(figure)
    if total is not None:
        exact = number == Decimal(total)
        if exact or (library != OURS and FLOAT.plus(number) == FLOAT.plus(Decimal(total))):
            return "right"
    return f"wrong: {FLOAT.plus(number).normalize():f}"


def judge(examples: list[dict[str, Any]], answers: Answers) -> dict[str, dict[str, str]]:
    """Example -> library -> its verdict."""
    return {
        one["id"]: {name: verdict(name, answers[one["id"]][name], expected(one)) for name in LIBRARIES}
        for one in examples
    }


def problems(verdicts: dict[str, dict[str, str]], reasons: dict[str, dict[str, tuple[str, ...]]]) -> list[str]:
    """What is wrong with the comparison: answers of ours, and reasons that are missing or stand for no difference."""
    found = [f"{name}: nothing states what it is about" for name in verdicts if name not in ABOUT]
    found += [f"{name}: no such example, but ABOUT states what it is about" for name in ABOUT if name not in verdicts]
    for name, of_library in verdicts.items():
        if of_library[OURS] != "right":
            found.append(f"{name}: {OURS}: {of_library[OURS]}")
    for library, stated in reasons.items():
        named = [name for names in stated.values() for name in names]
        differ = {name for name, of_library in verdicts.items() if of_library[library] != "right"}
        found += [f"{name}: {library}: {verdicts[name][library]}, without a reason" for name in differ - {*named}]
        found += [f"{name}: {library}: a reason, but no difference" for name in {*named} - differ]
        found += [f"{name}: {library}: two reasons" for name in {*named} if named.count(name) > 1]
    return sorted(found)


def rows(examples: list[dict[str, Any]], verdicts: dict[str, dict[str, str]]) -> list[str]:
    """The lines of the table."""
    lines = [f"| example | what it is about | USD | {' | '.join(LIBRARIES)} |", "| --- " * (3 + len(LIBRARIES)) + "|"]
    for one in examples:
        total = expected(one) or ("refused" if "raises" in one["expected"] else "unknown")
        lines.append(f"| `{one['id']}` | {ABOUT[one['id']]} | {total} | {' | '.join(verdicts[one['id']].values())} |")
    of_each = [[of_library[name] for of_library in verdicts.values()] for name in LIBRARIES]
    right = [f"**{each.count('right')} of {len(each)}**" for each in of_each]
    return [*lines, f"| | **right** | | {' | '.join(right)} |"]


def text(examples: list[dict[str, Any]], verdicts: dict[str, dict[str, str]], releases: str) -> str:
    """What stands between the markers of the page."""
    parts = [f"Compared with {releases}.", "\n".join(rows(examples, verdicts))]
    for library, reasons in REASONS.items():
        lines = [f"- {why} ({', '.join(f'`{name}`' for name in names)})" for why, names in reasons.items()]
        parts += [f"### {library}", REMARKS[library], "\n".join(lines)]
    return "\n\n".join([*parts, "### Prices and usage of the examples", STATED, "\n".join(stated(examples))])


def stated(examples: list[dict[str, Any]]) -> list[str]:
    """The lines of the table of what each example states."""
    lines = ["| example | what else was asked | prices | usage |", "| --- | --- | --- | --- |"]
    for one in examples:
        more = {name: value for name, value in one.items() if name not in NOT_ASKED}
        usage = {name: value for name, value in one["usage"].items() if name not in ("protocol", "payload")}
        cells = [
            f"`{one['id']}`",
            _json(more),
            _json(one["prices"]),
            " ".join(filter(None, (f"{one['usage']['protocol']}:", _json(one["usage"]["payload"]), _json(usage)))),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _json(value: Any) -> str:
    """A value as code; nothing for an empty one."""
    return "" if value in (None, {}) else f"`{json.dumps(value)}`"


def written(page: str, between: str) -> str:
    """The page with another text between its markers."""
    start, _, rest = page.partition(BEGIN)
    return f"{start}{BEGIN}\n\n{between}\n\n{END}{rest.partition(END)[2]}"


def table_of(page: str) -> list[str]:
    """The lines of the table of verdicts on the page."""
    verdicts = page.partition(BEGIN)[2].partition(END)[0].partition("\n### ")[0]
    return [line for line in verdicts.splitlines() if line.startswith("|")]


def requirements(*, newest: bool) -> list[str]:
    """What pip installs: the peers, as they are pinned or the newest."""
    with open(os.path.join(HERE, "peers-costs.txt"), encoding="utf-8") as file:
        pinned = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    return [re.sub("==.*", "", line) for line in pinned] if newest else pinned


def ask(examples: list[dict[str, Any]], peers: list[str]) -> tuple[Answers, str]:
    """The answers of all, in an environment that is made for it, and the releases of the peers."""
    with tempfile.TemporaryDirectory() as folder:
        python = os.path.join(folder, "env", "Scripts" if os.name == "nt" else "bin", "python")
        print(f"making an environment with {', '.join(peers)}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", os.path.join(folder, "env")], check=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *peers, ROOT], check=True)
        stored = os.path.join(folder, "examples.json")
        with open(stored, "w", encoding="utf-8") as file:
            json.dump(examples, file)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LLM_MODELS"))}
        variables = {**inherited, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}

        def printed(*arguments: str) -> str:
            done = subprocess.run([python, *arguments], cwd=folder, env=variables, stdout=subprocess.PIPE, check=True)
            return done.stdout.decode()

        show = "import importlib.metadata as m, sys; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
        releases = printed("-c", show, *REASONS).strip()
        answers: Answers = json.loads(printed(os.path.join(HERE, "cost_peers.py"), stored))
    return answers, releases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("examples", nargs="?", help="the file of the examples (default: ../shared/cost/examples.json)")
    parser.add_argument("--newest", action="store_true", help="ask the newest releases, and leave the page as it is")
    asked = parser.parse_args()
    path = asked.examples or EXAMPLES
    if not os.path.exists(path):
        if asked.examples:
            parser.error(f"{path}: there is no such file")
        print(f"skipped: the worked examples are no part of the repository, and {os.path.relpath(path)} is not there")
        return
    examples = read_examples(path)
    answers, releases = ask(examples, requirements(newest=asked.newest))
    verdicts = judge(examples, answers)
    print(f"{releases}\n")
    print("\n".join(rows(examples, verdicts)))
    found = problems(verdicts, REASONS)
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    if asked.newest:
        found += [f"not on the page: {line}" for line in rows(examples, verdicts) if line not in table_of(page)]
    if found:
        sys.exit("\n" + "\n".join(found))
    if not asked.newest:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(written(page, text(examples, verdicts, releases)))


if __name__ == "__main__":
    main()
