"""Each command that writes a file, killed and refused at some of its calls of the system.

`tests/faults/run.py` takes all calls. `test_crash.py`, `test_files.py` and `test_absence.py` take all of the commands
and functions that they are about.
"""

from __future__ import annotations

import ast
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.crash import CHANGES
from support.writers import EVERY, WRITERS, Stage, killed, little_package, number_of_calls, refused, spread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed as POSIX knows it"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),  # no child of ours uses other threads
]

POINTS = 6
"""At how many calls a command is hit here, in each way."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("package")
    with little_package(folder):
        yield folder


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "export duckdb"])  # it takes a second for a file
def test_a_fault_or_a_kill_leaves_whole_files(name: str, package: Path, tmp_path: Path) -> None:
    writer = WRITERS[name]
    if writer.library and find_spec(writer.library) is None:
        pytest.skip(f"{writer.library} is not installed")
    stage = Stage(writer, package / "temporary")
    changes, every = number_of_calls(stage, CHANGES), number_of_calls(stage, EVERY)
    at = spread(changes, POINTS, len(name))
    dead = killed(stage, CHANGES, at)
    once = refused(stage, EVERY, spread(every, POINTS, len(name)), lasting=False)
    lasting = refused(stage, EVERY, spread(every, POINTS, len(name) + 1), lasting=True)
    assert dead.runs == len(at)
    assert once.runs >= 3
    assert lasting.failed >= 3


def test_every_module_that_writes_has_a_command_here() -> None:
    """Those that call the functions that replace a file, and only these call the system to write one."""
    callers = set()
    for path in (ROOT / "llm_models").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == "write_atomically"
            ):
                callers.add(path.relative_to(ROOT / "llm_models").with_suffix("").as_posix())
    builders = {"genai_document", "names_build", "supplements_build", "timeline_build"}  # of the packaged data
    assert callers - builders == {
        "activation", "cli/browse", "cli/completion", "cli/config", "cli/table_files", "revision", "sources", "state",
        "used",
    }  # fmt: skip
