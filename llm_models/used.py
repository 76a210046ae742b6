"""Used: the file of the models that a code base names, as `lint --used` writes it and `diff` and `activate` read it.

A line is a model spec, or a bare id where no provider is known. Blank lines and those that begin with `#` do not count.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from llm_models import lifecycle, lint_settings, paths
from llm_models.block import effective
from llm_models.errors import ConfigError, limited, printable, quoted
from llm_models.files import FileError, FileMissingError, read_limited
from llm_models.modelspec import split_spec
from llm_models.past import absent
from llm_models.records import Model
from llm_models.replacement import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llm_models.past import Past
    from llm_models.paths import Folder
    from llm_models.snapshot_file import SnapshotFile

MAX_BYTES = 1 << 20
MAX_LINES = 20_000
LONGEST = 300
"""The longest line that names a model, in characters."""
START = "# The models that the code names: written by 'llm-models lint --used'."
HEAD = f"{START} One a line, as provider:id.\n"


class Used(NamedTuple):
    """The models of a file: their names as written, each with its line."""

    path: str
    names: tuple[tuple[int, str], ...]

    def place(self, line: int) -> str:
        """The place of a name, for people."""
        return printable(f"{self.path}:{line}")


def write(path: str, specs: Iterable[str]) -> None:
    """Write the models that are used, each once and sorted. Raises `ConfigError`, also for a file with other content.

    So neither a slip nor a file named `--used=app.py`, which a hook passes on, costs a file of source code.
    """
    try:
        old = read_limited(path, MAX_BYTES)
    except FileMissingError:
        old = b""
    except FileError as error:
        raise ConfigError(str(error)) from None
    if old.strip() and not old.startswith(START.encode()):
        raise ConfigError(
            f"{printable(path)}: is not a file of 'llm-models lint --used' (expected a first line that begins with"
            f" {quoted(START)}). Give another path, or delete the file."
        )
    lines = sorted({spec for spec in specs if spec.isprintable() and 0 < len(spec) <= LONGEST})
    try:
        write_atomically(path, (HEAD + "".join(f"{spec}\n" for spec in lines)).encode())
    except FileError as error:
        raise ConfigError(str(error)) from None


def read(path: str) -> Used:
    """The models that a file names. Raises `ConfigError` for one that is missing, too long, or not UTF-8."""
    try:
        lines = read_limited(path, MAX_BYTES).decode("utf-8-sig").split("\n")
    except FileMissingError:
        raise ConfigError(f"{printable(path)}: does not exist. 'llm-models lint --used FILE' writes it") from None
    except FileError as error:
        raise ConfigError(str(error)) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{printable(path)}: not UTF-8. Save it as UTF-8.") from None
    if len(lines) > MAX_LINES:
        raise ConfigError(f"{printable(path)}: too many lines (found {len(lines):,}, expected at most {MAX_LINES:,})")
    named = ((number, text.strip()) for number, text in enumerate(lines, 1))
    return Used(path, tuple((number, text) for number, text in named if text and not text.startswith("#")))


def of_folder(folder: Folder, given: str | None = None) -> Used | None:
    """The file that is given, else the one that `used` of `[lint]` names, where it exists. Raises `ConfigError`."""
    if given is not None:
        return read(given)
    path = lint_settings.of_folder(folder).used
    return None if path is None or not paths.exists(path, "ConfigError") else read(path)


def specs_in(used: Used, *files: SnapshotFile) -> set[tuple[str, str]]:
    """The models of these catalogues that are used, as provider and id. A bare id means that of every provider."""
    return {key for _, text in used.names for file in files for key in _keys(text, file)}


def _keys(text: str, file: SnapshotFile) -> list[tuple[str, str]]:
    """The models of a catalogue that a name means."""
    key = split_spec(text, file.provider_id) if len(text) <= LONGEST else None
    asked = [(provider, text) for provider in file.blocks] if key is None else [(key.provider, key.id)]
    found = ((provider, file.block(provider).id_of(name)) for provider, name in asked)
    return [(provider, model_id) for provider, model_id in found if model_id is not None]


def tester(used: Used, *files: SnapshotFile) -> Callable[[str], bool]:
    """A test whether a model, or a provider of one, is used."""
    keys = specs_in(used, *files)
    specs = {f"{provider}:{model_id}" for provider, model_id in keys} | {provider for provider, _ in keys}
    return specs.__contains__


def unknown(used: Used, *files: SnapshotFile) -> Iterator[str]:
    """A sentence for each name that none of these catalogues has."""
    found = [one for one in used.names if not any(_keys(one[1], file) for file in files)]
    yield from limited(found, lambda one: f"{used.place(one[0])}: {_name(used, one[1])} is not known", "are not known")


def notices(used: Used, file: SnapshotFile, past: Past, before: SnapshotFile | None = None) -> Iterator[str]:
    """A sentence for each model that is used and deprecated, retiring, retired or gone, with its place.

    Of a bare id that several providers list, that of the first, where this holds for each of them. A model of `before`
    is missing where `past` does not know yet that it goes.
    """
    found = [(line, what) for line, text in used.names if (what := _state(text, file, past, before)) is not None]
    rest = "models that are used are deprecated, retiring, retired or gone"
    yield from limited(found, lambda one: f"{used.place(one[0])}: {one[1]}", rest)


def _state(text: str, file: SnapshotFile, past: Past, before: SnapshotFile | None) -> str | None:
    """What people must know of the model that a name means; None for nothing."""
    keys = _keys(text, file)
    if keys:
        states = [lifecycle.notice(_model(file, *key)) for key in keys]
        return None if None in states else states[0]
    key = split_spec(text, past.provider_id) if len(text) <= LONGEST else None
    asked = [(key.provider, key.id)] if key is not None else [(one, text) for one in past.holders(text)]
    ever = [history for one in asked if (history := past.model(*one)) is not None]
    if not ever or any(history.listed for history in ever):
        lost = [] if before is None else _keys(text, before)
        return f"{printable(':'.join(lost[0]))} is missing" if lost else None
    last = max(ever, key=lambda one: one.last)
    successor = last.successor or (last.rename and f"{last.provider}:{last.rename.id}")
    spec = getattr(successor, "spec", successor)
    return absent(last.spec, last) + (f"; its successor is {printable(str(spec))}" if spec else "")


def _model(file: SnapshotFile, provider: str, model_id: str) -> Model:
    line = file.line(provider, model_id)
    assert line is not None
    return Model.from_dict(effective(line, provider))


def _name(used: Used, text: str) -> str:
    """A name for people; not its text where a found configuration may have named a file of somebody else."""
    leads_out = os.pardir in used.path.split(os.sep) or paths.leads_out(used.path)
    return "this name" if leads_out else quoted(text[:LONGEST])
