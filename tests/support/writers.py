"""Every command that writes a file, as a table, and what must hold after a fault or a kill at any of its calls."""

from __future__ import annotations

import builtins
import contextlib
import errno
import functools
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import llm_models
from llm_models import manifest, paths, replacement, sources
from llm_models.locks import LOCK_NAME
from support import histories
from support.catalogues import catalogue, model, numbered, provider
from support.command import STATE, Result, here
from support.crash import CHANGES, ended, in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

CODES = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EMFILE, errno.ESTALE)
EVERY = (
    *CHANGES, "rename", "link", "rmdir", "chmod", "fchown", "read", "pread", "fstat", "stat", "lstat", "listdir",
    "scandir", "readlink", "getcwd", "builtins.open", "fcntl.flock",
)  # fmt: skip
"""The calls of the system by which a command finds, reads and changes files. `import` uses others."""
REMOVING = ("unlink", "rmdir")
"""Calls whose failure leaves a temporary file, as a kill does; the next run removes it."""
TOML = """\
prefer = ["acme"] # ours

[[models]]
provider = "acme"
id = "m2"
tags = ["approved"]
"""
HISTORY = os.path.join(STATE, paths.HISTORY_NAME)
OLD = "written before\n"


class Writer(NamedTuple):
    """A command that writes: its words, and the commands and files that come before it.

    `library` is one that it needs. `any_bytes` names files whose bytes differ from run to run. With `toggles` a second
    run undoes the first.
    """

    words: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    files: Mapping[str, str | bytes] = {}
    library: str = ""
    any_bytes: tuple[str, ...] = ()
    toggles: bool = False

    @property
    def title(self) -> str:
        return " ".join(self.words)


_CONFIGURED: dict[str, str | bytes] = {paths.CONFIG_NAME: TOML}
_SOURCES: dict[str, str | bytes] = {
    f"{count}.json": numbered(count, last_updated=f"2026-01-0{count}") for count in (4, 5, 6)
}
_ACTIVATED = (("activate", "--from", "4.json", "--force"), ("activate", "--from", "5.json", "--force"))
_CODE: dict[str, str | bytes] = {"app.py": 'ask(model="acme:m1")\n'}


def _export(target: str, out: str, *more: str, library: str = "", any_bytes: tuple[str, ...] = ()) -> Writer:
    files: dict[str, str | bytes] = {} if out.endswith("/") else {out: OLD}
    return Writer(("export", target, *more, "--out", out), (), files, library, any_bytes)


_PACKAGED = catalogue(
    provider("acme", *(model(f"m{number}") for number in range(3))), provider("openai", model("gpt-5.2"))
)
WRITERS: dict[str, Writer] = {
    "set": Writer(("set", "acme:m1", "cost.input=7"), (), _CONFIGURED),
    "the first set": Writer(("set", "acme:m1", "cost.input=7")),
    "unset": Writer(("unset", "acme:m2", "tags"), (), _CONFIGURED),
    "exclude": Writer(("exclude", "acme", "m1"), (), _CONFIGURED),
    "add": Writer(("add", "acme:own", "--base", "acme:m0"), (), _CONFIGURED),
    "init": Writer(("init",)),
    "init beside a file": Writer(("init",), (), _CONFIGURED),
    "the first pull": Writer(("pull", "--url", "5.json"), (), _SOURCES),
    "pull": Writer(("pull", "--url", "5.json"), (("pull", "--url", "4.json"),), _SOURCES),
    "the first activate": Writer(("activate",), (), _CONFIGURED),
    "activate a source": Writer(("activate", "--from", "6.json"), _ACTIVATED, {**_SOURCES, **_CONFIGURED}),
    "activate what was pulled": Writer(
        ("activate",), (*_ACTIVATED, ("pull", "--url", "6.json")), {**_SOURCES, **_CONFIGURED}
    ),
    "activate --out": Writer(
        ("activate", "--from", "6.json", "--out", "out.json"),
        (("activate", "--from", "4.json", "--out", "out.json", "--force"),),
        _SOURCES,
    ),
    "rollback": Writer(("rollback",), _ACTIVATED, _SOURCES, toggles=True),
    "export csv": _export("csv", "out.csv"),
    "export a folder": _export("jsonl", "tables/", "--tables", "models,rates"),
    "export parquet": _export("parquet", "out.parquet", library="pyarrow"),
    "export sqlite": _export("sqlite", "out.sqlite"),
    "export duckdb": _export("duckdb", "out.duckdb", library="duckdb", any_bytes=("out.duckdb",)),
    "export sql": _export("sql", "out.sql", "--dialect", "duckdb"),
    "export litellm": Writer(("export", "litellm", "openai:gpt-5.2", "--out", "out.json"), (), {"out.json": OLD}),
    "completion --install": Writer(("completion", "bash", "--install"), (), {".bashrc": "alias ll='ls -l'"}),
    "browse": Writer(("browse", "--out", "page.html"), (), {"page.html": OLD}),
    "lint --used": Writer(("lint", "app.py", "--used", "used.txt"), (), _CODE),
}
"""Name -> the command."""


@contextlib.contextmanager
def little_package(folder: Path) -> Iterator[None]:
    """A package with three models, no curated overrides, and a clock that stands; no wait for the disk.

    A fault is no other one with more data, and no power is cut here.
    """
    real = paths.resources
    for name in ("none", "package", "temporary"):
        (folder / name).mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "resources", lambda name: str(folder / "none") if name == "overrides" else real(name))
        patch.setattr(os, "fsync", os.fstat)
        patch.setattr(tempfile, "tempdir", str(folder / "temporary"))
        patch.setenv("HOME", str(folder))
        patch.delenv("XDG_DATA_HOME", raising=False)
        for module in (manifest, sources):
            patch.setattr(module, "moment", lambda _=None: "2026-01-07T00:00:00Z")
        histories.shipped(patch, folder / "package", _PACKAGED, "2026-01-03")
        yield


class Stage:
    """A command with the files before and after it, in the working directory; see `judge`."""

    def __init__(self, writer: Writer, temporary: Path) -> None:
        self.writer, self.temporary = writer, temporary
        os.environ["HOME"] = os.getcwd()
        for name, content in writer.files.items():
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        for words in writer.before:
            assert here(*words).code == 0, words
        self.before = content_here()
        self.folders = folders_here()
        told = self.run()
        assert told.code == 0, told
        self.after = content_here()
        assert self.after != self.before
        self.reset()

    def run(self) -> Result:
        return here(*self.writer.words)

    def reset(self) -> None:
        """The files of before."""
        for name, content in content_here(every=True).items():
            if name not in self.before:
                os.unlink(name)
            elif content != self.before[name]:
                Path(name).write_bytes(self.before[name])
        for name in sorted(folders_here() - self.folders, reverse=True):
            os.rmdir(name)
        for name, content in self.before.items():
            if not os.path.exists(name):
                Path(name).write_bytes(content)
        shutil.rmtree(self.temporary)
        self.temporary.mkdir()

    def whole(self) -> bool:
        """Each file is the old or the new one; whether all are the new ones."""
        now = content_here()
        odd = {
            name
            for name in {*now, *self.before, *self.after}
            if now.get(name) not in (self.before.get(name), self.after.get(name))
            and not (name in self.writer.any_bytes and now.get(name, b"")[8:12] == b"DUCK")
        }
        assert not odd, (odd, {name: now.get(name, b"none")[:200] for name in odd})
        return self.differs() == []

    def differs(self) -> list[str]:
        """The files that are not the new ones."""
        now = content_here()
        return [
            name for name, data in self.after.items() if name not in self.writer.any_bytes and now.get(name) != data
        ]

    def tidy(self) -> bool:
        """Whether no temporary file is left, here and in the system's folder for these."""
        return not litter_here() and not os.listdir(self.temporary)


def content_here(*, every: bool = False) -> dict[str, bytes]:
    """Each file in and below the working directory; without locks and temporary files, unless `every`."""
    names = [os.path.relpath(os.path.join(top, name)) for top, _, files in os.walk(".") for name in files]
    return {
        name: Path(name).read_bytes()
        for name in sorted(names)
        if every or not (os.path.basename(name) == LOCK_NAME or name.endswith(replacement.TEMPORARY))
    }


def folders_here() -> set[str]:
    return {os.path.relpath(os.path.join(top, name)) for top, folders, _ in os.walk(".") for name in folders}


def litter_here() -> list[str]:
    return [name for _, _, files in os.walk(".") for name in files if name.endswith(replacement.TEMPORARY)]


def strike(
    patch: pytest.MonkeyPatch,
    number: int,
    hit: Callable[[tuple[Any, ...]], object],
    calls: Iterable[str],
    *,
    lasting: bool = False,
) -> list[str]:
    """Let the call with that number hit, and with `lasting` each one after it; the list fills with the names."""
    import fcntl

    modules: dict[str, Any] = {"": os, "builtins": builtins, "fcntl": fcntl}
    names: list[str] = []

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def call(*args: Any, **named: Any) -> Any:
            names.append(name)
            hits = len(names) - 1 == number or (lasting and len(names) > number >= 0)
            late = name == "close"  # a close that fails has closed all the same
            if hits and not late:
                hit(args[:1])
            result = real(*args, **named)
            if hits and late:
                hit(args[:1])
            return result

        return call

    for name in calls:
        module, _, function = name.rpartition(".")
        patch.setattr(modules[module], function, wrap(name, getattr(modules[module], function)))
    return names


class Counts(NamedTuple):
    """How many calls a command makes, at how many runs one was hit, and how many of these failed or left files."""

    calls: int
    runs: int = 0
    failed: int = 0


def number_of_calls(stage: Stage, calls: Sequence[str]) -> int:
    with pytest.MonkeyPatch.context() as patch:
        made = strike(patch, -1, print, calls)
        stage.run()
    stage.reset()
    return len(made)


def spread(count: int, most: int, offset: int = 0) -> list[int]:
    """At most so many numbers below `count`, evenly spread."""
    step = max(1, -(-count // most))
    return [*range(offset % step, count, step)]


def refused(
    stage: Stage, calls: Sequence[str], at: Iterable[int], codes: Sequence[int] | None = None, *, lasting: bool
) -> Counts:
    """Let the calls with these numbers fail in turn, each with all of `codes`, or with one of `CODES`."""
    runs = failed = 0
    held = llm_models.load(config=None, publish=False)
    for number in at:
        for code in codes or [CODES[number % len(CODES)]]:

            def hit(args: tuple[Any, ...], code: int = code) -> None:
                named = [one for one in args if isinstance(one, (str, os.PathLike))]  # as the system does it
                raise OSError(code, os.strerror(code), *named)

            with pytest.MonkeyPatch.context() as patch:
                made = strike(patch, number, hit, calls, lasting=lasting)
                told = stage.run()
            if len(made) <= number:  # it made fewer calls than before
                continue
            runs += 1
            failed += told.code != 0
            try:
                judge(stage, told, code, made[number], lasting=lasting)
            except AssertionError as error:
                where = f"{stage.writer.title}: {made[number]} {number}, {errno.errorcode[code]}, {lasting=}"
                raise AssertionError(f"{where}, {told}: {error}") from error
            assert held.get_model("acme", "m1").id == "m1"  # a process that runs still has its data
            stage.reset()
    return Counts(0, runs, failed)


def judge(stage: Stage, told: Result, code: int, name: str, *, lasting: bool) -> None:
    """What must hold after a fault: whole files, an error in one line, nothing left, and the next run works."""
    complete = stage.whole()
    assert told.code in (0, 1)
    assert "Traceback" not in told.err
    assert "internal error" not in told.err
    if told.code == 0:
        assert complete or (stage.differs() == [HISTORY] and "the history was not continued" in told.err)
    else:
        assert os.strerror(code).lower() in told.err.lower()
        if stage.writer.words[0] not in ("lint", "completion"):  # which report each file
            assert (told.out, len(told.lines)) == ("", 1)
            assert told.err.startswith("llm-models: ")
    if not lasting and name not in REMOVING:
        assert litter_here() == []
    again = stage.run()
    assert again.code == 0 or complete, again
    assert stage.writer.toggles or stage.whole() or complete
    assert stage.tidy(), (litter_here(), os.listdir(stage.temporary))


def killed(stage: Stage, calls: Sequence[str], at: Iterable[int]) -> Counts:
    """Kill the command at the calls with these numbers in turn: the files are whole, and the next run tidies up."""
    runs = left = 0
    for number in at:

        def work(number: int = number) -> int:
            with pytest.MonkeyPatch.context() as patch:
                strike(patch, number, lambda _: os.kill(os.getpid(), signal.SIGKILL), calls)
                return here(*stage.writer.words).code

        status = ended(in_child(work))
        complete = stage.whole()
        if status != -signal.SIGKILL:
            assert (status, complete, stage.tidy()) == (0, True, True)
        else:
            runs += 1
            left += not stage.tidy()
            again = stage.run()
            assert again.code == 0 or complete, (stage.writer.title, number, again)
            assert stage.writer.toggles or stage.whole()
            assert stage.tidy(), (stage.writer.title, number, litter_here(), os.listdir(stage.temporary))
        stage.reset()
    return Counts(0, runs, left)
