"""The promises to threads, forks and pickles, on each version of Python that is here, also without the GIL.

A snapshot never changes, except for what it remembers; what is published is swapped as one reference. Reading needs the
standard library alone, so any interpreter can run the checkout. `tests/faults/concurrency.py` runs the same for long.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, readers
from support.command import program
from support.generations import write_generations

VERSIONS = ["3.11", "3.12", "3.13", "3.14", "3.15", "3.13t", "3.14t", "3.15t"]
FREE = "without the GIL"


def interpreter(version: str) -> str | None:
    """A program that is this version: on the path, where a shim may be none, or installed by pyenv.

    A build without the GIL also installs a program whose name has no `t`.
    """
    name = f"python{version}"
    installed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions").glob(f"*/bin/{name}")
    free = "import sys, sysconfig; sys.exit(2 if sysconfig.get_config_var('Py_GIL_DISABLED') else 0)"
    for found in (shutil.which(name), *sorted(installed)):
        if found is not None and program([found, "-I", "-S", "-B", "-c", free]).code == 2 * version.endswith("t"):
            return str(found)
    return None


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_generations(tmp_path_factory.mktemp("generations") / "files")


def counts(python: str, files: Path, folder: Path, *flags: str, **options: Any) -> dict[str, Any]:
    """What a process of readers counted."""
    words: list[Any] = [python, *flags, "-B", readers.__file__, ROOT, files, folder, json.dumps(options)]
    done = program(words, folder, timeout=120)
    assert done.code == 0, done.err[-2000:]
    found: dict[str, Any] = json.loads(done.out)
    return found


def check(found: dict[str, Any]) -> None:
    """Nothing was torn, whatever was done; and the control, question by question, met two generations."""
    assert not found["problems"], "\n".join(found["problems"])
    assert not found["torn"], found["noted"]
    assert found["caught"], "the control never met two generations: the test shows nothing"
    assert found["failed"]
    assert found["pickles"]
    assert found["forks"] or not hasattr(os, "fork")


@pytest.mark.parametrize("version", VERSIONS)
def test_no_torn_read(version: str, files: Path, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version}")
    found = counts(python, files, tmp_path, "-I", "-S", publishes=50, reads=10_000, fork_every=20)
    check(found)
    assert found["python"].startswith(version.rstrip("t"))
    assert (FREE in found["python"]) == version.endswith("t")


@pytest.mark.parametrize("way", ["whole", "merged"])
def test_files_that_are_read_or_merged_as_a_whole(way: str, files: Path, tmp_path: Path) -> None:
    check(counts(sys.executable, files, tmp_path, publishes=45, reads=5_000, fork_every=20, way=way))


@pytest.mark.parametrize("control", readers.CONTROLS)
def test_the_controls_show_something(control: str, files: Path, tmp_path: Path) -> None:
    """Without the guards of overwritten files, answers are torn; with them they are refused; leaks are seen."""
    found = counts(sys.executable, files, tmp_path, publishes=30, reads=1_000, control=control)
    assert (found["torn"] > 0) == (control == "overwritten")
    assert (found["refused"] > 0) or control == "kept"
    assert [one for one in found["problems"] if one.startswith("leak: ")] or control != "kept"


def test_the_tests_run_on_one_of_them() -> None:
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in VERSIONS
