"""A limit on memory: 300 MB are enough for the largest configuration, and too little is one line and whole files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from shapes import SHAPES
from support.command import STATE, Result, program, refused

from llm_models import paths
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process so")

LIMITED = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv.pop(1)) << 20,) * 2)\n"
COMMAND = f"{LIMITED}from llm_models.cli import main; main()"
QUESTIONS = f"""{LIMITED}
import llm_models
llm_models.load(config=sys.argv[1])
assert llm_models.get_model("openai", "gpt-5.4-mini").limits.output
assert len(llm_models.list_models()) > 8_000
assert llm_models.cost("openai:gpt-5.4-mini", {{"input": 1000}}).total
"""
QUICK = ("honest", "tables as tags")
VALID = ("honest", "all models of all")
"""Shapes without an error."""


def limited(code: str, megabytes: int, *args: object, cwd: Path) -> Result:
    """Run code in a process that may have so much memory, with all that it maps."""
    words = [sys.executable, "-P", "-c", code, str(megabytes), *map(str, args)]
    return program(words, cwd, PYTHONMALLOC="malloc")


@pytest.mark.parametrize("name", [pytest.param(one, marks=[] if one in QUICK else pytest.mark.whole) for one in SHAPES])
def test_the_largest_configurations_fit(name: str, tmp_path: Path) -> None:
    path = tmp_path / paths.CONFIG_NAME
    path.write_text(SHAPES[name], encoding="utf-8")
    told = limited(COMMAND, 300, "validate", path, cwd=tmp_path)
    assert told.code in (0, 1)
    assert "1 file checked" in told.err
    asked = limited(QUESTIONS, 300, path, cwd=tmp_path)
    assert asked.code == 0 or "\nllm_models.errors.ConfigError: " in asked.err, asked.err[-300:]
    if name in VALID:
        assert (told.code, asked.code) == (0, 0)


def test_too_little_memory_leaves_whole_files(tmp_path: Path) -> None:
    """With less and less: the old file stays, and one line says why. The last limit is enough."""
    (tmp_path / paths.CONFIG_NAME).write_text('prefer = ["openai"]\n', encoding="utf-8")
    active = tmp_path / STATE / "snapshot.json"
    messages = list[str]()
    for megabytes in (36, 44, 56, 300):
        told = limited(COMMAND, megabytes, "activate", cwd=tmp_path)
        if told.code == 0:
            break
        assert not active.exists()
        assert not list((tmp_path / STATE).glob(".*.tmp"))
        assert told.code in (1, 3)  # the interpreter itself does not survive every lack of memory
        messages.append(refused(told, told.code))
    assert all(len(text.splitlines()) == 1 for text in messages)
    assert "llm-models: there is not enough memory\n" in messages
    SnapshotFile.open(str(active)).verify()
