"""Takeovers: texts that name a model of the base, and that a new provider of an application would take over."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from llm_models.case import Finding
from llm_models.errors import printable
from llm_models.modelspec import finder, split_spec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from llm_models.case import Case


def taken(case: Case) -> Iterator[Finding]:
    """A new provider whose id stands in ids or aliases of the base where a model spec has its provider."""
    added = {entry.provider: entry for entry in reversed(case.layer.providers) if entry.provider in case.run.own}
    taken: dict[str, tuple[str, str]] = {}
    base = case.run.base
    new = finder(added)
    for provider in base.blocks if added else ():
        if not _may_name(base.raw_block(provider), added):  # decoding each block would take longer than all checks
            continue
        block = base.block(provider)
        names = chain(zip(block.ids, block.ids, strict=True), *(table.items() for table in block.tables().values()))
        for name, model_id in names:
            # only the provider matters, so nothing is decoded
            key = split_spec(name.replace("%", "?"), lambda text: base.provider_id(text) or new(text))
            if key is not None and key.provider in added:
                taken.setdefault(key.provider, (name, f"{provider}:{model_id}"))
    for provider, (name, spec) in taken.items():
        text = f"provider '{provider}' takes over texts such as '{printable(name)}', which name {printable(spec)}"
        yield Finding(provider, (*added[provider].path, "id"), text, "Choose another id, unless this is meant.")


_FOLDED = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ-.", b"abcdefghijklmnopqrstuvwxyz__")
_HEAD, _TAIL = re.compile(rb'"\s*(\w+)\s*:'), re.compile(rb'@\s*(\w+)\s*"')


def _may_name(block: bytes, providers: Collection[str]) -> bool:
    """Whether the first line of a block, which has the ids and aliases, may have a text that begins or ends so."""
    index = block[: block.index(b"\n")].translate(_FOLDED)
    if len(providers) < 20 and not any(provider.encode() in index for provider in providers):  # faster for a few
        return False
    return any(end.decode() in providers for pattern in (_HEAD, _TAIL) for end in pattern.findall(index))
