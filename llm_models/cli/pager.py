"""The user's pager: which program it is, and running it. It prints nothing itself."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


_FOR_A_SHELL = r"[^\w\s./+:,@'\"-]"
"""What only a shell understands. Another process between this one and the pager is avoided, as Ctrl-C would end it."""


def command() -> str | None:
    """The command of the pager, as a shell reads it; None for no pager.

    LLM_MODELS_PAGER wins over PAGER, and either is `less` where it is not set. Empty, or `cat`, means none. On Windows
    there is no default, because it looks for programs in the working directory first, and that may be a stranger's.
    """
    found = os.environ.get("LLM_MODELS_PAGER", os.environ.get("PAGER"))
    if found is not None:
        return None if found.strip() in ("", "cat") else found
    if os.name == "nt" or os.environ.get("TERM", "dumb") == "dumb":
        return None
    from shutil import which

    return "less" if which("less") else None


def page(text: str, encoding: str) -> int | None:
    """Show a text with the pager, and wait until it ends; its exit code, or None where it could not be started.

    A pager that is left before it has read everything is no error. Ctrl-C is the pager's, so that the terminal is as it
    was before when the command ends.
    """
    import shlex
    import subprocess

    program = command()
    if program is None:
        return None
    env = {"LESS": "FRX", "LV": "-c", **os.environ}
    if "r" not in env["LESS"].lower():  # `less` would show the codes of bold text
        text = click.unstyle(text)
    try:
        words = program if re.search(_FOR_A_SHELL, program) or os.name == "nt" else shlex.split(program)
    except ValueError:  # a quotation mark is missing
        return None
    with _interrupts_are_the_pagers():
        try:
            child = subprocess.Popen(words, shell=isinstance(words, str), stdin=subprocess.PIPE, env=env)
        except OSError:  # there is no such program
            return None
        assert child.stdin is not None
        try:
            with child.stdin as pipe:
                pipe.write(f"{text}\n".encode(encoding, "replace"))
        except OSError:  # it was left early
            pass
        code = child.wait()
        return None if code in (126, 127) else code  # so a shell says that there is no such program


@contextmanager
def _interrupts_are_the_pagers() -> Iterator[None]:
    """Inside, Ctrl-C does not end this process. A handler that ignores it is, unlike SIG_IGN, not passed on."""
    import signal

    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
