"""The command in a real terminal of a given size: what stands there when it has ended."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from subprocess import Popen
from typing import TYPE_CHECKING

from support.command import environment

if TYPE_CHECKING:
    from pathlib import Path

    from support.command import Word

_PINNED = """\
import sys
from time import strptime
from llm_models import days
from llm_models.cli import main
day = sys.argv.pop(1)
days.gmtime = lambda *_: strptime(day, "%Y-%m-%d")
main()
"""


def shown(
    *args: Word, size: tuple[int, int] = (80, 24), day: str = "2026-10-20", cwd: Path | None = None, **env: str
) -> tuple[int, str]:
    """The exit code of `llm-models` on a day, and all that it wrote to a terminal of (columns, lines), as text."""
    import fcntl
    import pty
    import struct
    import termios

    terminal, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    words = [sys.executable, "-P", "-c", _PINNED, day, *map(os.fspath, args)]
    kept = {name: value for name, value in environment().items() if name not in ("COLUMNS", "LINES", "PAGER", "LESS")}
    written = b""
    child = Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env={**kept, "TERM": "xterm", **env})
    os.close(theirs)
    with suppress(OSError):  # the end, on Linux
        while part := os.read(terminal, 1 << 16):
            written += part
    os.close(terminal)
    return child.wait(), written.decode().replace("\r\n", "\n")


def erased(text: str) -> str:
    """A text without the lines that the command itself erased, such as what it does now (`output.stage`)."""
    return re.sub(r"[^\n]*\r\x1b\[2K", "", text)


def screen(text: str, columns: int) -> str:
    """What stands in a terminal of so many columns: without codes of styles, and broken where a line is too long."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", erased(text))
    assert "\x1b" not in plain
    lines = (line[at : at + columns] for line in plain.splitlines() for at in range(0, max(len(line), 1), columns))
    return "".join(f"{line.rstrip()}\n" for line in lines)
