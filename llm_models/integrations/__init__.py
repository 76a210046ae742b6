"""Integrations: the catalogue for client libraries, one small module for each client.

Each module maps our record to the client's shape with a glom spec, which is data, and imports the client only when it
is used. Values that a client cannot express are left out, never approximated; `docs/integrations.md` lists them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["client_library", "version_of"]


def client_library(module: str, extra: str) -> Any:
    """The client's module. Raises `ImportError`, which names the extra that installs it.

    >>> client_library("json", "json").loads("1")
    1
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise  # the client is installed, but one of its own imports is missing
        message = f"{module} is not installed: pip install 'llm-models-catalog[{extra}]'"
        raise ImportError(message, name=error.name) from None


def version_of(distribution: str) -> str | None:
    """The version of an installed package; None where it is not installed, or runs from a folder."""
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
