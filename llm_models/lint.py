"""Lint: the model names in the files of a code base, and what is wrong with them."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, NamedTuple

from llm_models import codebase, mentions
from llm_models.files import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from llm_models.findings import Finding
    from llm_models.verdicts import Verdicts

FAILING = ("error", "warning")
"""The levels of findings for which a check fails; a note only tells."""


class Skipped(NamedTuple):
    """A file that was not read, and why; `failed` where the system did not let it be read."""

    file: str
    reason: str
    failed: bool = False


class Report(NamedTuple):
    """What a code base names.

    `files` is the number of files that were read and `names` that of the texts in them that name a model. `used` has
    these models, each once. `findings` are in the order of the files and their lines.
    """

    files: int
    names: int
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    used: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether a finding is more than a note, or a file could not be read."""
        return any(one.level in FAILING for one in self.findings) or any(one.failed for one in self.skipped)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for programs."""
        skipped = [{"file": one.file, "reason": one.reason} for one in self.skipped]
        findings = [one._asdict() for one in self.findings]
        return {"files": self.files, "names": self.names, "findings": findings, "skipped": skipped}


def check(files: Iterable[codebase.Found], verdicts: Verdicts, tell: Callable[[str], object] = str) -> Report:
    """Read these files and judge each model that they name. `tell` gets the path of each file before it is read."""
    read = names = 0
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    used: set[str] = set()
    for file in files:
        tell(file.path)
        try:
            found = _mentions(file, verdicts)
        except mentions.Unreadable as error:
            skipped.append(Skipped(file.path, str(error), file.failed))
            continue
        except FileError as error:
            is_other = error.errno in (errno.EFBIG, errno.ENOENT)  # than it was a moment ago
            skipped.append(Skipped(file.path, (error.strerror or str(error)).lower(), not is_other))
            continue
        read += 1
        for mention in found:
            spec = verdicts.spec(mention)
            if spec is not None:
                names += 1
                used.add(spec)
            findings += verdicts.of(file.path, mention)
    return Report(read, names, tuple(findings), tuple(skipped), tuple(sorted(used)))


def _mentions(file: codebase.Found, verdicts: Verdicts) -> list[mentions.Mention]:
    """The mentions in a file. Raises `FileError` or `Unreadable` for one that is not read."""
    if file.skipped is not None:
        raise mentions.Unreadable(file.skipped)
    return mentions.read(file.path, codebase.read_file(file.path), verdicts.may, quoted=file.quoted)
