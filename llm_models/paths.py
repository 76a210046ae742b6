"""Where files lie: the package's own, and an application's; standard library only.

An application's folder is the nearest one upwards that holds `llm_models.toml` or `.llm_models/`, up to the
root of the repository; outside a repository only the working directory counts.
"""

from __future__ import annotations

import os

from llm_models.errors import ConfigError, Problem

__all__ = [
    "CONFIG_NAME",
    "CONFIG_VARIABLE",
    "MAX_CONFIG_BYTES",
    "PACKAGED_SNAPSHOT",
    "STATE_NAME",
    "Folder",
    "absolute",
    "find",
    "read_config",
    "resources",
    "state_here",
]

CONFIG_NAME = "llm_models.toml"
CONFIG_VARIABLE = "LLM_MODELS_CONFIG"
STATE_NAME = ".llm_models"
MAX_CONFIG_BYTES = 1 << 20

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
PACKAGED_SNAPSHOT = os.path.join(_PACKAGE, "data", "snapshot.json")


def resources(name: str) -> str:
    """The folder `schemas` or `overrides`: inside an installed package, at the top of a checkout."""
    inside = os.path.join(_PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), name)


class Folder:
    """An application's files. `config` is the path of its `llm_models.toml`, or None where it has none.

    `state` is the folder `.llm_models`, which need not exist; `discovered` is true where neither an argument
    nor the environment named the file.
    """

    __slots__ = ("config", "discovered", "state")

    def __init__(self, config: str | None, state: str | None, *, discovered: bool = False) -> None:
        self.config = config
        self.state = state
        self.discovered = discovered

    def state_file(self, name: str) -> str | None:
        """The path of a file that `pull` or `activate` writes, None where no folder belongs to the application."""
        return None if self.state is None else os.path.join(self.state, name)

    @property
    def activated(self) -> str | None:
        """The path of the activated snapshot where there is one."""
        path = self.state_file("snapshot.json")
        return path if path is not None and os.path.lexists(path) else None


def find(config: object = ..., start: str | None = None) -> Folder:
    """The application's files: by `config` (a path, or None for none), else the environment, else upwards.

    `start` is the folder in which the search begins, the working directory when left out.
    """
    if config is ...:
        start = os.getcwd() if start is None else start
        named = os.environ.get(CONFIG_VARIABLE)
        if named is None:
            return _search(start)
        config = os.path.join(start, named) if named else None
    if config is None:
        return Folder(None, None)
    path = os.path.abspath(os.fspath(config))  # type: ignore[call-overload]
    return Folder(path, os.path.join(os.path.dirname(path), STATE_NAME))


def _search(start: str) -> Folder:
    folder = os.path.abspath(start)
    chain = [folder]
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:  # no repository: only the working directory counts
            del chain[1:]
            break
        folder = parent
        chain.append(folder)
    for candidate in chain:
        config = os.path.join(candidate, CONFIG_NAME)
        state = os.path.join(candidate, STATE_NAME)
        if os.path.lexists(config) or os.path.isdir(state):
            return Folder(config if os.path.lexists(config) else None, state, discovered=True)
    return Folder(None, None, discovered=True)


def read_config(path: str) -> bytes:
    """The bytes of a configuration file. Raises `ConfigError` where it cannot be read or is too large."""
    from llm_models.files import read_limited

    try:
        return read_limited(path, MAX_CONFIG_BYTES)
    except OSError as error:
        problem = Problem(error.strerror or str(error), file=path)
        raise ConfigError(str(problem), problems=(problem,)) from None


def exists(path: str) -> bool:
    """Whether there is something at `path`."""
    return os.path.lexists(path)


def absolute(path: str) -> str:
    """The absolute form of a path."""
    return os.path.abspath(path)


def state_here(name: str) -> str:
    """The path of a state file of the working directory."""
    return os.path.join(os.getcwd(), STATE_NAME, name)
