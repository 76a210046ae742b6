"""A real shell in a terminal of its own: what is typed, TAB and Enter; and the command line that came of it."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import signal
import time
from functools import partial
from typing import TYPE_CHECKING

from support.command import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
"""How each shell starts without files of the user."""
INSTALLED = {"bash": ["bash", "--noprofile", "-i"], "zsh": ["zsh", "-i"], "fish": ["fish", "-i"]}
"""The same with the files of the user."""
_WRAPPER = """#!/bin/sh
if [ -n "$_LLM_MODELS_COMPLETE" ]; then
    {command} "$@"
    echo tab >> {log}
else
    printf '%s\\n' "$@" > {out}.new
    mv {out}.new {out}
fi
"""
_SECONDS = 60


def completed(
    shell: str, folder: Path, line: str, *, command: str = "llm-models", tabs: int = 1, installed: bool = False
) -> list[str]:
    """The words that the command gets when a person types `line`, TAB and Enter in `folder`.

    `command` is how the command is typed, of which `llm-models` is a wrapper on the search path. With `installed` the
    shell starts with the files that are in `folder`, its home; else it reads the script of `llm-models completion`.
    """
    programs, out, log = folder / "programs", folder / "typed.txt", folder / "tabs.txt"
    programs.mkdir(exist_ok=True)
    wrapper = programs / "llm-models"
    wrapper.write_text(_WRAPPER.format(command=shlex.join(COMMAND), out=out, log=log), encoding="utf-8")
    wrapper.chmod(0o755)
    for file in (out, log):
        file.unlink(missing_ok=True)
    script = folder / f"script.{shell}"
    child, terminal = os.forkpty()
    if child == 0:  # pragma: no cover
        os.chdir(folder)
        for name in [name for name in os.environ if name.startswith(("COVERAGE", "XDG", "ZDOTDIR", "LLM_MODELS"))]:
            del os.environ[name]
        path = os.pathsep.join([str(programs), os.environ["PATH"]])
        os.environ.update(HOME=str(folder), PATH=path, TERM="xterm", PS1="$ ", LC_ALL="C.UTF-8")
        arguments = (INSTALLED if installed else START)[shell]
        os.execvp(arguments[0], arguments)
    try:
        _quiet(terminal)
        if not installed:
            os.write(terminal, f" . {shlex.quote(str(script))}\r".encode())
            _quiet(terminal)
        os.write(terminal, f"{command} {line}".encode())
        for number in range(tabs):
            os.write(terminal, b"\t")
            _until(terminal, partial(_has_lines, log, number + 1))
            _quiet(terminal)
        os.write(terminal, b"\r")
        _until(terminal, out.exists)
        return out.read_text(encoding="utf-8").splitlines()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def has(shell: str) -> bool:
    """Whether a shell is installed."""
    return shutil.which(shell) is not None


def _has_lines(file: Path, number: int) -> bool:
    return file.exists() and file.read_text(encoding="utf-8").count("\n") >= number


def _quiet(terminal: int, pause: float = 0.25) -> bytes:
    """Read what the shell prints until it is silent."""
    seen = b""
    while select.select([terminal], [], [], pause)[0]:
        seen += os.read(terminal, 65536)
    return seen


def _until(terminal: int, ready: Callable[[], bool]) -> None:
    """Read what the shell prints until something is so."""
    end, seen = time.monotonic() + _SECONDS, b""
    while not ready():
        if time.monotonic() > end:
            raise AssertionError(f"the shell did not answer; it printed {seen!r}")
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536)
