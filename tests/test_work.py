"""What a question costs, counted as work and not as time: modules, decoded text, records, objects, file reads.

A bound here is no budget of `benchmarks/`, which measures time and memory: it says how much the design lets a
question do, with a little room. Who goes over one does more than a question asks for; time would tell it too late.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support import ROOT
from support.command import python

from llm_models import paths
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

PROBE = """
import gc, sys
sys.path.insert(0, sys.argv[1])
bare = set(sys.modules)
import llm_models
work = {"decoded": 0, "reads": 0}
inside = []

def counting(real):
    def loads(text, *args, **named):
        if not inside:  # one reader may hand over to another
            work["decoded"] += len(text)
        inside.append(1)
        try:
            return real(text, *args, **named)
        finally:
            inside.pop()
    return loads

class Json:
    def __init__(self, real):
        self.loads, self.dumps = counting(real.loads), real.dumps

for name in [name for name in sys.modules if name.startswith("llm_models.")]:
    space = vars(sys.modules[name])
    if "json" in space:
        space["json"] = Json(space["json"])
    if "loads" in space:
        space["loads"] = counting(space["loads"])

def audit(event, args):
    if event == "open" and not str(args[0]).endswith((".py", ".pyc")):
        work["reads"] += 1
sys.addaudithook(audit)

def ask(question):
    try:
        eval(question)
    except llm_models.NoMatchError:
        pass

def records():
    return sum(type(one) in (llm_models.Model, llm_models.Provider) for one in gc.get_objects())

question = compile(sys.argv[3], "question", "eval")
for _ in range(2 if sys.argv[2] else 0):
    ask(sys.argv[2])
gc.collect()
work["decoded"] = work["reads"] = 0
built = records()
gc.disable()
blocks = sys.getallocatedblocks()
ask(question)
work["objects"] = sys.getallocatedblocks() - blocks
work["records"] = records() - built
work["modules"] = sorted(set(sys.modules) - bare)
print(work)
"""
"""Ask `argv[3]`, after `argv[2]` twice if that is given, and tell what it took."""


class Bound(NamedTuple):
    """How much a question may do, asked first in a process or (with `before`) after another."""

    question: str
    decoded: int
    """Characters of JSON."""
    records: int
    """Models and providers that are built and kept."""
    objects: int
    """Pieces of memory that are kept: records, what they hold, indexes, and modules loaded on the way."""
    reads: int = 1
    """Files opened, modules aside."""
    before: str = ""


GET = "llm_models.get_model('openai', 'gpt-4o-mini')"
SELECT = "llm_models.select(require=['tools', 'json_native'], prefer=['openai'])"
OTHER = "llm_models.select(require=['tools'], input='image', min_context=200_000, scope='anthropic', order_by='price')"
NOTHING = "llm_models.select(require=['chat', 'embeddings', 'tools'])"
ALL = "llm_models.list_models()"

COUNTS = SnapshotFile.open(paths.PACKAGED_SNAPSHOT).header["counts"]
PROVIDERS, MODELS = COUNTS["providers"], COUNTS["models"]

HEADER = 2_500
"""Characters of the header without its block table: sources, flags and digests, and the other names of providers."""
TABLE = 50 * PROVIDERS
"""Characters of the block table: for each provider its id, offset, length, checksum and count."""
INDEX = 4_000
"""Characters of the index of openai, one of the larger ones: 50 ids, lengths, capability sets, and aliases."""
MODEL = 1_500
"""Characters of a model's line; openai's longest has 1,100."""
CHOICE = MODELS
"""Objects that the first choice adds: the different values of the columns that it needs, and some modules."""
PRICES = 5_000
"""Objects of columns that no earlier choice needed: the different contexts and prices, each with a letter."""
START = 700
"""Objects of a first question: the header, a block's index, and the modules that are imported on the way."""
SAME = 100
"""Objects that a question leaves behind that keeps nothing: what the interpreter holds ready for the next one."""
PRICED = SAME + 50
"""The same, with a record of a model that has prices of three modes."""

BOUNDS = {
    "the first lookup": Bound(GET, HEADER + INDEX + MODEL, 1, START),
    "the same again": Bound(GET, 0, 0, SAME, 0, before=GET),
    "another of the same provider": Bound("llm_models.get_model('openai', 'gpt-5.2')", MODEL, 1, PRICED, 0, before=GET),
    "resolve of what was looked up": Bound("llm_models.resolve('openai:gpt-4o-mini')", 0, 0, SAME, 0, before=GET),
    # Conditions and orders need columns, which are read without `json`: of the records, only the answer is decoded.
    "a select": Bound(SELECT, HEADER + INDEX + MODEL, 1, START + CHOICE),
    "that select again": Bound(SELECT, 0, 0, SAME, 0, before=SELECT),
    "another select": Bound(OTHER, INDEX + MODEL, 1, START + PRICES, 0, before=SELECT),
    "a select that matches nothing": Bound(NOTHING, HEADER, 0, START + CHOICE),
    "that select again, warm": Bound(NOTHING, 0, 0, SAME, 0, before=NOTHING),
    "all models": Bound(ALL, HEADER + TABLE + 610 * MODELS, MODELS, START + 40 * MODELS),
    "all models again": Bound(ALL, 0, 0, SAME, 0, before=ALL),
    "the names of providers": Bound("llm_models.list_providers()", HEADER + TABLE, 0, START + 10 * PROVIDERS),
}

LOADED = 27
"""Modules that a lookup loads: 17 of ours, `zlib`, `__future__`, and `os` with its own, here six."""


def work(question: str, before: str, cwd: Path) -> dict[str, Any]:
    """What a question takes in a new process, in a folder without configuration."""
    done = python(PROBE, ROOT, before, question, options=["-I", "-S", "-B"], cwd=cwd)
    counted: dict[str, Any] = ast.literal_eval(done.out)
    return counted


@pytest.mark.parametrize("bound", BOUNDS.values(), ids=BOUNDS)
def test_a_question_does_no_more_than_it_asks_for(bound: Bound, tmp_path: Path) -> None:
    done = work(bound.question, bound.before, tmp_path)
    over = {
        name: f"{done[name]:,} (at most {getattr(bound, name):,})"
        for name in ("decoded", "records", "objects", "reads")
        if done[name] > getattr(bound, name)
    }
    assert not over


def test_a_lookup_loads_few_modules(tmp_path: Path) -> None:
    loaded = work(GET, "", tmp_path)["modules"]
    assert len(loaded) <= LOADED, loaded


@pytest.mark.parametrize(
    ("name", "eager"),
    [
        # Everything decoded at open, as a reader without an index would.
        (
            "decoded",
            "[llm_models.snapshot().file.block(p).models() for p in llm_models.snapshot().file.header['blocks']]",
        ),
        ("records", "llm_models.list_models()"),
        ("objects", "__import__('builtins').__dict__.setdefault('kept', llm_models.list_models())"),
        ("reads", "open(llm_models.snapshot().file.name, 'rb').close()"),
    ],
)
def test_the_count_sees_eager_work(name: str, eager: str, tmp_path: Path) -> None:
    """A control: the first lookup would be over its bound if it did what the design avoids."""
    done = work(f"({eager}, {GET})", "", tmp_path)
    assert done[name] > getattr(BOUNDS["the first lookup"], name)
