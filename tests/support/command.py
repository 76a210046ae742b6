"""The command `llm-models`, run in this process or in a process of its own, with one type of result for both."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from llm_models.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Word = str | os.PathLike[str]

COMMAND = (sys.executable, "-P", "-m", "llm_models")
"""The command as a process that takes no module from the folder in which it runs."""
SCRIPTS = sysconfig.get_path("scripts")
SCRIPT = shutil.which("llm-models", path=SCRIPTS)
"""The installed command; None where the package is not installed."""
STATE = ".llm_models"


class Result(NamedTuple):
    """The exit code of a command, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of stderr, without what the library logged."""
        return [line for line in self.err.splitlines() if not line.startswith("llm_models: ")]


def here(*args: Word) -> Result:
    """Run `llm-models` in this process, from its arguments to its exit code."""
    out, err = io.StringIO(), io.StringIO()
    words = ["llm-models", *map(os.fspath, args)]
    with mock.patch.object(sys, "argv", words), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            code = stop.code
    assert isinstance(code, int)
    return Result(code, out.getvalue(), err.getvalue())


def fine(*args: Word) -> Result:
    """`here`, for a command that must succeed."""
    result = here(*args)
    assert result.code == 0, result
    return result


def facts(*args: Word) -> Any:
    """The data that a command prints with `--json`."""
    return json.loads(fine(*args, "--json").out)


def pairs(*args: Word) -> dict[str, str]:
    """The names and values that a command prints as text."""
    found = {}
    for row in fine(*args).out.splitlines():
        name, value = re.split(r"  +", row, maxsplit=1)
        found[name] = value
    return found


def refused(result: Result, code: int = 1) -> str:
    """The message of a command that failed without output and without a traceback."""
    assert (result.code, result.out) == (code, ""), result
    assert "Traceback" not in result.err
    return result.err


def environment(**more: str) -> dict[str, str]:
    """This process's environment with `more`, but without a proxy, a configuration, and a pager that waits for keys."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept.pop("LLM_MODELS_CONFIG", None)
    return {**kept, "LLM_MODELS_PAGER": "cat", **more}


def program(
    words: Iterable[Word],
    cwd: Path | None = None,
    *,
    env: dict[str, str] | None = None,
    timeout: float = 60,
    **more: str,
) -> Result:
    """Run a program to its end in `env`, or else in `environment(**more)`."""
    done = subprocess.run(
        [*map(os.fspath, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(**more) if env is None else env,
        check=False,
        timeout=timeout,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def process(*args: Word, cwd: Path | None = None, **how: Any) -> Result:
    """Run `llm-models` as a process of its own."""
    return program([*COMMAND, *args], cwd, **how)


def script(*args: Word, cwd: Path | None = None, **how: Any) -> Result:
    """Run the installed command."""
    assert SCRIPT is not None
    return program([SCRIPT, *args], cwd, **how)


def python(code: str, *args: Word, options: Iterable[str] = ("-P",), cwd: Path | None = None, **how: Any) -> Result:
    """Run Python code as a process of its own, which must exit with 0."""
    result = program([sys.executable, *options, "-c", code, *args], cwd, **how)
    assert result.code == 0, result.err
    return result


def started(*args: Word, **how: Any) -> subprocess.Popen[bytes]:
    """Start `llm-models` as a process of its own, and do not wait for it."""
    return subprocess.Popen([*COMMAND, *map(os.fspath, args)], **{"env": environment(), **how})


def files_below(folder: Path) -> dict[str, bytes]:
    """The content of each file below `folder`, by name; without the lock files, which are empty and stay."""
    paths = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(paths.items()) if not name.endswith(".lock")}
