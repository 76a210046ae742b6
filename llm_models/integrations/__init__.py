"""Integrations: the catalogue as client libraries take it, one small module a client.

Each module maps our record to a client's shape with a glom spec, which is data, and imports the client only when
it is used. What a client cannot express is left out, never approximated; `docs/integrations.md` lists it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["client_library"]


def client_library(module: str, extra: str) -> Any:
    """The client's module. Raises `ImportError` that names the extra which installs it.

    >>> client_library("json", "json").loads("1")
    1
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise  # the client is there, and lacks something of its own
        message = f"{module} is not installed: pip install 'llm-models-catalog[{extra}]'"
        raise ImportError(message, name=error.name) from None
