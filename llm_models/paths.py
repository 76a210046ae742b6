"""Where files are: the package's own, and an application's, and whose they are; standard library only.

An application's folder is the nearest one that holds `llm_models.toml` or `.llm_models/`, from the working
directory up to the root of the repository; outside a repository only the working directory counts.

Only ENOENT and ENOTDIR mean that a file is not there. Any other failure is an error that names the path: a deny
must not disappear because its file cannot be looked at.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import EllipsisType
    from typing import Literal

    from llm_models.errors import LLMModelsError

    Kind = Literal["ConfigError", "LLMModelsError", "SnapshotError", "SourceError"]
    """The name of the class of an error; the classes are imported when there is one, because making them takes time."""
    Strange = Literal["foreign", "writable"]

    FoundFile = tuple[str, tuple[int, int], tuple[tuple[str, int, int], ...]]
    """A file that was found, not named: its path, the device and inode of the folder in which it was found, and
    (path, owner, mode) of the file and of its folders, as they were when it was read."""

CONFIG_NAME = "llm_models.toml"
CONFIG_VARIABLE = "LLM_MODELS_CONFIG"
STATE_NAME = ".llm_models"
PREVIOUS_NAME = "snapshot.previous.json"
"""In the state folder: the snapshot which the last activation replaced."""
HISTORY_NAME = "history.json"
"""In the state folder: what an application's own activations listed, day by day."""
MAX_CONFIG_BYTES = 1 << 20

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
PACKAGED_SNAPSHOT = os.path.join(_PACKAGE, "data", "snapshot.json")
PACKAGED_HISTORY = os.path.join(_PACKAGE, "data", "history.json")
PACKAGED_SUPPLEMENTS = os.path.join(_PACKAGE, "data", "supplements.json")
PACKAGED_NAMES = os.path.join(_PACKAGE, "data", "names.json")
COMPLETION = os.path.join(_PACKAGE, "data", "completion")
"""The folder of the scripts by which shells complete the command."""
PAGE = os.path.join(_PACKAGE, "data", "page")
"""The folder of what is in a page besides the catalogue."""
TEMPLATE = os.path.join(_PACKAGE, "data", "template.toml")
"""What `init` writes as a new configuration."""
_HINT = f"{CONFIG_VARIABLE} can name the file to use; an empty value means none."
_NOWHERE = "the working directory cannot be found: "


def resources(name: str) -> str:
    """The folder `schemas` or `overrides`: inside an installed package, at the top of a checkout."""
    inside = os.path.join(_PACKAGE, name)
    return inside if exists(inside, folder=True) else os.path.join(os.path.dirname(_PACKAGE), name)


def packaged_text(path: str) -> str:
    """The text of a file of the package. Raises `LLMModelsError` where it cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise _failure(path, error, "LLMModelsError") from None


def packaged_files(folder: str, end: str) -> list[str]:
    """The paths of the files in a folder of the package whose names end so, sorted. Raises `LLMModelsError`."""
    try:
        names = os.listdir(folder)
    except OSError as error:
        raise _failure(folder, error, "LLMModelsError") from None
    return [os.path.join(folder, name) for name in sorted(names) if name.endswith(end)]


class Folder:
    """An application's files. `config` is the path of its `llm_models.toml`, or None where it has none.

    `state` is the folder `.llm_models`, which need not exist. `found` is true where nobody named the file: the search
    found it, or a relative path led to it, which means another file in every working directory.
    """

    __slots__ = ("config", "found", "state")

    def __init__(self, config: str | None, state: str | None, *, found: bool = False) -> None:
        self.config = config
        self.state = state
        self.found = found

    def state_file(self, name: str) -> str | None:
        """The path of a file that `pull` or `activate` writes, None where the application has no folder."""
        return None if self.state is None else os.path.join(self.state, name)

    @property
    def activated(self) -> str | None:
        """The path of the activated snapshot where there is one. Raises `SnapshotError`."""
        path = self.state_file("snapshot.json")
        return path if path is not None and exists(path, "SnapshotError") else None

    def strange(self, path: str, opened: os.stat_result | None = None) -> Strange | None:
        """Why the state file at `path`, beside a configuration that was named, is not used.

        It is `"foreign"` (another user's) or `"writable"` (by everybody). `opened` is the status of the open file.
        Naming a file names only that file. Root, the current user and the owner of that file may put files into the
        state folder beside it, and nobody else may write them, unless everybody may write that file, too. Whatever was
        found is found as a whole. Raises `SnapshotError` where `path` cannot be looked at.
        """
        if self.found or os.name == "nt" or self.config is None:
            return None
        try:
            config = os.stat(self.config) if exists(self.config) else None
            states = [look(one) for look in (os.lstat, os.stat) for one in (os.path.dirname(path), path)]
        except OSError as error:
            from llm_models.errors import SnapshotError, printable

            raise SnapshotError(f"{printable(path)}: {error.strerror}", path=path) from None
        states += [] if opened is None else [opened]
        owners = {0, os.geteuid(), *([] if config is None else [config.st_uid])}
        if not {status.st_uid for status in states} <= owners:
            return "foreign"
        shared = 0 if config is None else config.st_mode
        writable = any(state.st_mode & ~shared & stat.S_IWOTH for state in states if not stat.S_ISLNK(state.st_mode))
        return "writable" if writable else None


def find(config: object = ..., start: str | EllipsisType | None = ..., *, found: bool = False) -> Folder:
    """The application's files: by `config` (a path, or None for none), else the environment, else by search.

    The search begins in the folder `start`, by default the working directory; it finds nothing where that is
    None. With `found`, the path `config` counts as found. Raises `ConfigError` where a file cannot be looked at.
    """
    if config is ...:
        named = os.environ.get(CONFIG_VARIABLE)
        if named is None:
            return _search(working_folder() if start is ... else start)
        found = not is_absolute(named)
        config = os.path.join(start if isinstance(start, str) else "", named) if named else None
    if config is None:
        return Folder(None, None)
    path = absolute(config)  # type: ignore[arg-type]
    return Folder(path, os.path.join(os.path.dirname(path), STATE_NAME), found=found)


def _search(start: str | None) -> Folder:
    nothing = Folder(None, None, found=True)
    if start is None:
        return nothing
    folder = absolute(start)
    nearest = _files_in(folder)
    above = []
    while nearest is None and not exists(os.path.join(folder, ".git"), hint=_HINT):
        parent = os.path.dirname(folder)
        if parent == folder:  # no repository: only the working directory counts
            return nothing
        folder = parent
        above.append(folder)
    return nearest or next(filter(None, map(_files_in, above)), nothing)


def _files_in(folder: str) -> Folder | None:
    config, state = os.path.join(folder, CONFIG_NAME), os.path.join(folder, STATE_NAME)
    if exists(config, hint=_HINT):
        return Folder(config, state, found=True)
    return Folder(None, state, found=True) if exists(state, hint=_HINT, folder=True) else None


def read_config(path: str) -> bytes:
    """The bytes of a configuration file. Raises `ConfigError` where it cannot be read or is too large."""
    return read_with_status(path)[0]


def read_with_status(path: str) -> tuple[bytes, os.stat_result]:
    """The bytes of a configuration file, and the status of the open file that they came from; see `read_config`."""
    from llm_models.files import read_open

    try:
        return read_open(path, MAX_CONFIG_BYTES)
    except OSError as error:
        raise _failure(path, error) from None


def found_file(path: str, status: os.stat_result, *folders: str) -> FoundFile:
    """The record of a found file that was read, and of the folders around it; it was found in the last of them."""
    try:
        states = [(path, status), *((folder, os.stat(folder)) for folder in folders)]
    except OSError as error:
        raise _failure(path, error) from None
    anchor = states[-1][1]
    return path, (anchor.st_dev, anchor.st_ino), tuple([(name, each.st_uid, each.st_mode) for name, each in states])


def exists(path: str, kind: Kind = "ConfigError", *, hint: str = "", folder: bool = False) -> bool:
    """Whether anything is at `path`, a link without a target too; with `folder`, a folder or a link to one.

    Raises `kind` where that cannot be known.
    """
    try:
        status = os.stat(path) if folder else os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise _failure(path, error, kind, hint=hint) from None
    return not folder or stat.S_ISDIR(status.st_mode)


def leads_out(path: str) -> bool:
    """Whether a link leads to the file at `path` out of a repository around it, or of its folder where there is none.

    Of several repositories, one inside the other, the file must lie in each.
    """
    try:
        file, folder = os.path.realpath(path), os.path.dirname(os.path.abspath(path))
        if file == os.path.abspath(path):
            return False
    except (OSError, ValueError):  # it is not the path of a file
        return False
    from llm_models.errors import ConfigError

    try:
        around = [folder]
        while (parent := os.path.dirname(around[-1])) != around[-1]:
            around.append(parent)
        repositories = [each for each in around if exists(os.path.join(each, ".git"))] or [folder]
        roots = (os.path.join(os.path.realpath(each), "") for each in repositories)
        return not all(file.startswith(root) for root in roots)
    except ConfigError:  # it cannot be known
        return True


def working_folder() -> str | None:
    """The working directory, None where there is none (it was removed). Raises `ConfigError` on other failures."""
    try:
        return os.getcwd()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _failure(os.curdir, error, what=_NOWHERE) from None


def is_absolute(path: str | os.PathLike[str]) -> bool:
    """Whether `path` means the same file in every working directory; on Windows it must begin with a drive."""
    drive, rest = os.path.splitdrive(_text(path))
    return rest[:1] in ("/", os.sep) and bool(rest) and (bool(drive) or os.name != "nt")


def absolute(path: str | os.PathLike[str], kind: Kind = "ConfigError") -> str:
    """`path` from the root. Raises `kind` where it is relative and there is no working directory."""
    text = _text(path, kind)
    try:
        return os.path.abspath(text)
    except OSError as error:
        raise _failure(text, error, kind, what=_NOWHERE) from None


def _text(path: object, kind: Kind = "ConfigError") -> str:
    """A path as text. Raises `kind` for any other value."""
    try:
        text = os.fspath(path)  # type: ignore[call-overload]
    except TypeError:
        text = None
    if not isinstance(text, str):
        from llm_models import errors

        raise getattr(errors, kind)(f"expected the path of a file (found {type(path).__name__})")
    return text


def _failure(
    path: str, error: Exception, kind: Kind = "ConfigError", *, what: str = "", hint: str = ""
) -> LLMModelsError:
    from llm_models import errors

    reason = getattr(error, "strerror", None) or "is not a possible file name"
    problem = errors.Problem(f"{what}{reason}", file=path, hint=hint)
    made: LLMModelsError = getattr(errors, kind)(str(problem), path=path, problems=(problem,))
    return made
