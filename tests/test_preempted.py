"""A thread may be interrupted between any two lines of the read path, and another one asks the same snapshot meanwhile.

The files of the snapshot are replaced before and after that, too. Both threads get answers of the generation that was
loaded, and one history. The lines are those of the functions that keep what they found: other functions change nothing.
"""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from contextlib import contextmanager
from types import CodeType
from typing import TYPE_CHECKING, Any

import pytest
from support.generations import write_generations
from support.readers import MARKS, NAMES, OF_FILES, PAST, QUESTIONS, Count, Run

import llm_models
from llm_models import jsontext, name_rules, open_file, past, pricing, selection
from llm_models.block import Block
from llm_models.columns import Columns
from llm_models.entries import Entries
from llm_models.header import Blocks
from llm_models.open_file import OpenFile
from llm_models.past import Past
from llm_models.pricing import Ladder, Priced
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile
from llm_models.snapshot_writer import Composite
from llm_models.timeline import History
from llm_models.view import View
from llm_models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

KEEPERS: tuple[Any, ...] = (
    *(View.names, View.shown, View.removed, View.once_spelled, View.provider, View.model, View.asked, View.models_in),
    *(
        View._part,
        vars(View)["past"].fget,
        SnapshotFile.block,
        SnapshotFile.columns,
        vars(Block)["rows"].fget,
        Columns.column,
    ),
    *(OpenFile.read, OpenFile._usable, OpenFile.__init__),
    *(Past._believed, Past._answers, Past._answer, Past._united, Past._set_aside, History.line, open_file.source_of),
    *(Priced.valid_at, Priced.history, Ladder.prices, pricing.priced_of, pricing._ground, selection._kept),
    *(Blocks.__getitem__, Blocks._all, Blocks.__iter__, Blocks.__len__, jsontext.loads, name_rules._rules),
    *(Snapshot.resolve, Snapshot._priced, Entries.offers, Entries.holding, Entries.gone, Vocabulary.names, past._own),
)
OF_MERGED: tuple[Any, ...] = (Composite.columns, Composite.tail, Composite.block, Composite._whole)
"""Those of a file that is merged in memory; it has the others, too."""
CODES: frozenset[CodeType] = frozenset(one.__code__ for one in (*KEEPERS, *OF_MERGED))
EVERY = {**QUESTIONS, **{f"{name} of the file": ask for name, ask in OF_FILES.items()}, **PAST}


@contextmanager
def interrupted(number: int, meanwhile: Callable[[], object]) -> Iterator[list[int]]:
    """Do something else before the `number`-th line of the functions above; the list has how many lines there were.

    A line counts when it is run for the first time.
    """
    lines, times = [0], Counter[tuple[CodeType, int]]()

    def line(frame: FrameType, event: str, _: object) -> Any:
        place = frame.f_code, frame.f_lineno
        times[place] += 1
        if event == "line" and times[place] == 1:
            lines[0] += 1
            if lines[0] == number:
                meanwhile()  # Python does not trace what a trace function calls
        return line

    before = sys.gettrace()
    sys.settrace(lambda frame, *_: line if frame.f_code in CODES else None)
    try:
        yield lines
    finally:
        sys.settrace(before)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_generations(tmp_path_factory.mktemp("generations") / "files")


@pytest.mark.parametrize(
    ("what", "way"),
    [
        *((one, "parts") for one in EVERY),
        *((one, "merged") for one in ("explain", "cost", "select")),
        *((one, "asked before") for one in ("select", "cost of one that is gone")),
    ],
)
def test_between_any_two_lines(
    what: str, way: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_file, "LARGE", open_file.LARGE if way == "merged" else 0)
    monkeypatch.setattr(selection, "MOST", 1)  # a question after another clears what was kept
    if way == "merged":
        monkeypatch.setattr(sys.modules[__name__], "CODES", frozenset(one.__code__ for one in OF_MERGED))
    run, ask, count = Run(str(files), str(tmp_path), {"way": way}), EVERY[what], Count()
    number, lines = 0, [1]
    while number <= lines[0]:
        number += 1
        run.put(1)
        shown = llm_models.load(run.config, publish=False)
        found = run.ask(what, ask, shown, NAMES[0], count) if way == "asked before" else set()

        def meanwhile(shown: Snapshot = shown, found: set[int] = found) -> None:
            run.put(2)
            for name in NAMES[:2]:
                found |= run.ask(what, ask, shown, name, count)
            run.put(3)

        with interrupted(number, meanwhile) as lines:
            found |= run.ask(what, ask, shown, NAMES[0], count)
        assert len(found) == 1, f"before line {number}"
        assert what in PAST or found == {MARKS[0]}
    assert number > 2


def test_a_descriptor_that_is_lost_is_opened_again_by_two_threads(files: Path, tmp_path: Path) -> None:
    """Both read, whoever opens the file first, and neither descriptor is left open."""
    path = str(files / "snapshot-1.json")
    gc.collect()
    gc.freeze()  # each look for garbage below is one through the new objects
    before, number, lines = len(os.listdir("/dev/fd")), 0, [1]
    while number <= lines[0]:
        number += 1
        file = OpenFile(path)
        os.close(file._number)
        with interrupted(number, lambda file=file: file.read(0, 1)) as lines:  # type: ignore[misc]
            assert file.read(0, 1) == b"["
        assert file.read(1, 1) == b"{"
        del file
        gc.collect()  # functions that trace refer to themselves
        assert len(os.listdir("/dev/fd")) == before
    gc.unfreeze()
    assert number > 5
