"""The table `[lint]` of an application's `llm_models.toml`: what the check of source code leaves out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from llm_models import config, paths

if TYPE_CHECKING:
    from llm_models.paths import Folder


class LintSettings(NamedTuple):
    """What `[lint]` states. `exclude` are globs from `folder`, that of the file; `used` is a path, None for none."""

    folder: str = ""
    exclude: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    used: str | None = None


def of_folder(folder: Folder) -> LintSettings:
    """The settings of the `llm_models.toml` that applies. Raises `ConfigError` for one that cannot be read.

    A file that is not valid states nothing here: loading it reports what is wrong. One without the word is not parsed.
    """
    raw = b"" if folder.config is None else paths.read_config(folder.config)
    if folder.config is None or b"lint" not in raw:
        return LintSettings()
    data = config.parse(raw, folder.config).data or {}
    stated = data.get("lint", {})
    home = os.path.dirname(folder.config)
    used = stated.get("used")
    return LintSettings(
        home,
        tuple(stated.get("exclude", ())),
        tuple(stated.get("ignore", ())),
        None if used is None else os.path.join(home, *used.split("/")),
    )
