"""Where the command begins: an interrupt while modules are imported, signals that end it, and a zipped package."""

from __future__ import annotations

import os
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.command import Result, program

if TYPE_CHECKING:
    from pathlib import Path

INTERRUPTED = """
import os, signal, sys
late = sys.argv[1]

class Finder:  # Ctrl-C comes while this module is looked for
    def find_spec(self, name, path=None, target=None):
        if name == late:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started the tests without it
sys.meta_path.insert(0, Finder())
from llm_models.__main__ import main
sys.argv[1:] = ["list", "openai"]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
@pytest.mark.parametrize("module", ["llm_models.cli", "click", "llm_models.cli.choose", "llm_models.cli.output"])
def test_an_interrupt_while_modules_are_imported(module: str) -> None:
    done = program([sys.executable, "-P", "-c", INTERRUPTED, module])
    assert (done.code, done.out, done.err.strip()) == (130, "", "interrupted")


STOPPED = """
import os, signal, sys
name, ignored, *sys.argv[1:] = sys.argv[1:]
number = getattr(signal, name)
signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
sync, unlink = os.fsync, os.unlink

def stopped(fd):
    os.kill(os.getpid(), number)
    sync(fd)

def again(*args, **named):
    os.kill(os.getpid(), number)
    unlink(*args, **named)

os.fsync, os.unlink = stopped, again
from llm_models.__main__ import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
class TestStopped:
    """By a signal while a file is written, and by the same one again while the temporary file is removed."""

    @staticmethod
    def stopped(name: str, ignored: str, folder: Path) -> Result:
        (folder / "llm_models.toml").write_text("", encoding="utf-8")
        words = ["set", "openai:gpt-5.4", "cost.input=1"]
        return program([sys.executable, "-P", "-c", STOPPED, name, ignored, *words], folder)

    @pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
    def test_nothing_is_left(self, name: str, code: int, tmp_path: Path) -> None:
        done = self.stopped(name, "", tmp_path)
        assert (done.code, done.out, done.err.strip()) == (code, "", "interrupted")
        assert os.listdir(tmp_path) == ["llm_models.toml"]
        assert (tmp_path / "llm_models.toml").read_bytes() == b""

    def test_one_that_is_ignored_stays_ignored(self, tmp_path: Path) -> None:
        """As `nohup` has it."""
        done = self.stopped("SIGHUP", "ignored", tmp_path)
        assert done.code == 0, done.err
        assert b"gpt-5.4" in (tmp_path / "llm_models.toml").read_bytes()


def test_inside_a_zip_file_it_cannot_be_imported(tmp_path: Path) -> None:
    """The error states why; the control imports the same files from a folder."""
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in (ROOT / "llm_models").rglob("*.py"):
            file.write(path, path.relative_to(ROOT))
    for place, code in ((archive, 1), (ROOT, 0)):
        words = "import sys; sys.path.insert(0, sys.argv[1]); import llm_models"
        done = program([sys.executable, "-I", "-S", "-B", "-c", words, place], tmp_path)
        assert done.code == code
    done = program([sys.executable, "-I", "-S", "-B", "-c", words, archive], tmp_path)
    assert done.err.splitlines()[-1] == (
        f"ImportError: {archive / 'llm_models' / '__init__.py'}: llm_models does not work inside a zip file, because it"
        " reads its data from files. Install it into a folder, or unpack the zip file."
    )
