"""State: the files of ours in `.llm_models`, what each begins with, and writing them; standard library only.

A repository may bring that folder and what is in it. So no link below the application's folder is followed, and a file
that does not have the form of ours is never replaced.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple

from llm_models import replacement
from llm_models.files import FileError, naming, read_descriptor, refuse_special
from llm_models.open_folder import READ, Inside, OpenFolder
from llm_models.paths import HISTORY_NAME, PREVIOUS_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

SNAPSHOT = "snapshot.json"
MANIFEST = "manifest.json"
SCHEMA = "overrides.schema.json"
"""The schema of `llm_models.toml`, for editors."""
IGNORES = ".gitignore"
IGNORED = """\
# Written by 'llm-models init'. These files of `pull` and `activate` concern one machine; the others may be committed.
upstream.json
manifest.json
snapshot.previous.json
.llm_models.lock
*.llm_models.tmp
"""
"""What `init` writes as `.gitignore`. A pattern without a slash means a file of that name in each folder below, too."""


class Form(NamedTuple):
    """What a file is, and the text with which it begins, without white space."""

    what: str
    begins: bytes


FORMS = {
    SNAPSHOT: Form("an llm_models snapshot", b'[{"format":'),
    PREVIOUS_NAME: Form("an llm_models snapshot", b'[{"format":'),
    HISTORY_NAME: Form("an llm_models history", b'{"format":'),
    MANIFEST: Form("the manifest of a pulled file", b'{"source":'),
    SCHEMA: Form(
        "a schema of llm_models.toml", b'{"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://llm-mod'
    ),
}


def inside(path: str, option: str = "") -> Inside:
    """The application's folder of a state file; `option` may name another file instead."""
    return Inside(os.path.dirname(os.path.dirname(path)), option)


def check_places(files: Iterable[str], within: Inside) -> None:
    """Raise `FileError` unless each of these files is missing, or a regular file that no link leads to."""
    for path in files:
        replacement.check_place(path, within)


def check_forms(files: Iterable[str], within: Inside) -> None:
    """Raise `FileError` where one of these files is not ours, as its first bytes show. An empty one holds nothing."""
    for path in files:
        form = FORMS[os.path.basename(path)]
        begin = b"".join(_begin(path, within).split())
        if begin and not begin.startswith(form.begins):
            raise foreign(path, form.what, within)


def foreign(path: str, what: str, within: Inside) -> FileError:
    """The error about a file that is not ours."""
    way = f", or give {within.option}" if within.option else ""
    return FileError(errno.EEXIST, f"is not {what}, so it is not replaced; remove it{way}", path)


def write(path: str, data: bytes, within: Inside, *, keep_previous: str | None = None) -> None:
    """Replace a state file, unless it is not ours; see `replacement.write_atomically`. Raises `FileError`."""
    check_forms([path], within)
    replacement.write_atomically(path, data, inside=within, keep_previous=keep_previous)


def _begin(path: str, within: Inside) -> bytes:
    """The first bytes of a file; none where it is missing."""
    with naming(path):
        try:
            with OpenFolder(os.path.dirname(path), within) as folder:
                status = folder.status(os.path.basename(path))
                if status is None:
                    return b""
                refuse_special(status, path)
                return read_descriptor(folder.open(os.path.basename(path), READ), path, _BEGIN, whole=False)[0]
        except FileNotFoundError:
            return b""


_BEGIN = 200  # bytes
