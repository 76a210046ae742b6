"""A limit on memory: 300 MB are enough for the largest configuration, and too little is one line and whole files."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from shapes import SHAPES
from support import catalogues, forging
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


@pytest.mark.parametrize("part", [("header", "x"), ("tail", "x"), ("blocks", "openai", "x")], ids=str)
@pytest.mark.parametrize(("item", "number", "code"), [([], 1_400_000, 1), ("ab", 1_400_000, 0)], ids=["over", "within"])
def test_a_forged_part_takes_no_more_memory(
    part: tuple[str, ...], item: object, number: int, code: int, tmp_path: Path
) -> None:
    """A part within the limit fits into 300 MB, and one above it is refused before it is decoded."""
    whole = forging.taken_apart(catalogues.base(catalogues.small(), b"")[0].data)
    path = tmp_path / "forged.json"
    value = {"a": [item] * number}
    path.write_bytes(forging.put_together(forging.changed(whole, part, value)))
    words = ("explain", "openai:gpt-4o", "--snapshot", path)
    told = limited(COMMAND, 300, *words, cwd=tmp_path)
    assert told.code == code, told.err[-300:]
    if code:
        assert "not a whole snapshot" in refused(told, code)
    assert "memory" not in told.err


@pytest.mark.whole
@pytest.mark.parametrize(("models", "name"), [(55_000, ""), (29_000, "x" * 900)], ids=["many", "long"])
def test_the_largest_sources_fit(models: int, name: str, tmp_path: Path) -> None:
    """One of nearly as many values, and one of nearly as many bytes, as a source may have."""
    limit = {"context": 8000, "output": 1000}
    provider = {"id": "acme", "name": "Acme", "env": ["ACME_KEY"], "api": "https://acme.example/v1"}
    made = {
        f"m{number}": {"id": f"m{number}", "name": f"{name}{number}", "limit": limit, "cost": {"input": 1, "output": 2}}
        for number in range(models)
    }
    source = tmp_path / "source.json"
    source.write_text(json.dumps({"acme": {**provider, "models": made}}), encoding="utf-8")
    (tmp_path / paths.CONFIG_NAME).write_text("", encoding="utf-8")
    activated = program([sys.executable, "-P", "-c", f"import sys\n{COMMAND.removeprefix(LIMITED)}", "activate",
                         "--from", str(source), "--force"], tmp_path)  # fmt: skip
    assert activated.code == 0, activated.err[-300:]
    for words in (["validate"], ["list", "acme"], ["list", "acme", "--json"], ["show", "acme:m7"],
                  ["cost", "acme:m7", "--input", "1000"]):  # fmt: skip
        told = limited(COMMAND, 300, *words, cwd=tmp_path)
        assert told.code == 0, (words, told.err[-300:])
    code = f"{LIMITED}import llm_models\nassert llm_models.get_model('acme', 'm7').limits.output == 1000"
    assert limited(code, 300, cwd=tmp_path).code == 0


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
