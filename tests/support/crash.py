"""Crashes: a process is killed, or the system refuses, at a given call of the system."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Any

from llm_models import replacement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pytest

CHANGES = ("open", "write", "fsync", "replace", "fchmod", "mkdir", "unlink", "close")
"""The functions of `os` that may change a file."""


def strike_at(
    patch: pytest.MonkeyPatch,
    number: int,
    strike: Callable[[], object],
    calls: Iterable[str] = CHANGES,
    *,
    after: bool = False,
) -> list[str]:
    """Let the `number`-th call of these functions of `os` strike, before or after its work; -1 is none of them.

    The list that is returned fills with the names of the calls.
    """
    names: list[str] = []

    def wrap(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        @functools.wraps(real)
        def call(*args: Any, **named: Any) -> Any:
            names.append(name)
            hit = len(names) == number + 1
            late = after or name == "close"  # a close that fails has closed all the same
            if hit and not late:
                strike()
            result = real(*args, **named)
            if hit and late:
                strike()
            return result

        return call

    for name in calls:
        patch.setattr(os, name, wrap(name))
    return names


def in_child(work: Callable[[], object]) -> int:
    """Start `work` in a forked process, which exits with the number that it returns (None: 0); the process id."""
    pid = os.fork()
    if not pid:
        code: object = 99
        try:
            sys.settrace(None)  # it ends without telling what it ran, so measuring that would only take time
            code = work() or 0
        finally:
            os._exit(code if isinstance(code, int) else 99)
    return pid


def ended(pid: int) -> int:
    """The exit code of a child; negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def litter(folder: Path) -> list[str]:
    """The temporary files that a killed writer left in a folder."""
    return [name for name in os.listdir(folder) if name.endswith(replacement.TEMPORARY)]
