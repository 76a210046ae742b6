"""What can be wrong with the entries of a valid `llm_models.toml` that define models, and with what `known` lists.

Each check is a small function over one file and the catalogue that the file corrects; `checks` runs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.case import Finding
from llm_models.errors import printable
from llm_models.modelspec import split_any
from llm_models.similarity import provider_hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.case import Case


def known(case: Case) -> Iterator[Finding]:
    """An item of `known` that names no provider, so that it covers nothing."""
    run = case.run
    for index, text in enumerate(case.layer.settings.get("known", ())):
        if split_any(text, run.names.provider_id) is not None or split_any(text, run.past.provider_id) is not None:
            continue
        head = text.partition(":" if ":" in text else "/" if "/" in text else "@")
        name = head[2] if head[1] == "@" else head[0]
        hint = provider_hint(name, [*run.base.blocks, *run.own], run.base.aliases)
        yield Finding("", ("known", index), f"unknown provider '{printable(name)}'", hint, severity="error")


CHECKS = (known,)
