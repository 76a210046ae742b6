"""CONTRIBUTING.md lists the modules, and which of them a record and a TOML value pass on their way."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
from support import ROOT, catalogues
from support.command import python
from test_structure import RANKS

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOUND = re.findall(r"(\d+) modules[^\n]*:\n\n```text (\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
LISTS = {name: (int(count), modules.split()) for count, name, modules in FOUND}
"""Way -> the number of modules that the text states, and the modules."""

MEASURE = """
import importlib, os, pkgutil, sys
import llm_models
folder = os.path.dirname(llm_models.__file__) + os.sep
for module in pkgutil.walk_packages([folder], "llm_models."):  # now, because functions that run at import do not count
    if not module.name.startswith(("llm_models.cli", "llm_models.integrations", "llm_models.__main__")):
        importlib.import_module(module.name)
seen = {}
def note(frame, event, _):
    path = frame.f_code.co_filename
    if event == "call" and path.startswith(folder):
        seen.setdefault(path[len(folder):].removesuffix(".py").removesuffix(os.sep + "__init__").replace(os.sep, "."))
sys.setprofile(note)
"""
"""Note each module of the package when the first of its functions runs."""

WAYS = {
    "record": """
from llm_models.pipeline import build_base
from llm_models.snapshot_file import SnapshotFile
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as file:
    file.write(build_base(source.read(), sys.argv[1])[0].data)
answer = llm_models.Snapshot(SnapshotFile.open(sys.argv[2])).get_model("openai", "gpt-5.2").cost.input
""",
    "value": """
explained = llm_models.load(sys.argv[3], snapshot=sys.argv[2], publish=False).explain("openai:gpt-5.2", "cost.input")
answer = explained.fields[0].value
""",
}
REPORT = "sys.setprofile(None)\nprint([answer, *seen])"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A source of one model, whose provider the curated overrides correct, its snapshot, and a correction of it."""
    source, snapshot, config = (tmp_path / name for name in ("api.json", "snapshot.json", "llm_models.toml"))
    source.write_bytes(catalogues.catalogue(catalogues.provider("openai", catalogues.model("gpt-5.2"))))
    snapshot.write_bytes(catalogues.of_source(source.read_bytes())[0].data)
    config.write_text('[[models]]\nprovider = "openai"\nid = "gpt-5.2"\ncost.input = 0.5\n')
    return [source, snapshot, config]


@pytest.mark.parametrize(("way", "price"), [("record", 1), ("value", 0.5)])
def test_the_list_holds_every_module_whose_functions_run(way: str, price: float, files: list[Path]) -> None:
    answer, *modules = ast.literal_eval(python(MEASURE + WAYS[way] + REPORT, *files).out)
    assert answer == price
    print(f"{len(modules)} modules\n{' '.join(modules)}")  # shown if the next lines fail, to be copied
    count, listed = LISTS[way]
    assert (count, sorted(listed)) == (len(modules), sorted(modules))


def test_the_table_lists_every_module_after_those_that_it_may_import() -> None:
    rank = {name or "llm_models": number for number, names in enumerate(RANKS) for name in names}
    listed = re.findall(r"^\| `([\w.]+)` \|", TEXT, re.MULTILINE)
    assert sorted(listed) == sorted(rank)
    assert [rank[name] for name in listed] == sorted(rank.values())
