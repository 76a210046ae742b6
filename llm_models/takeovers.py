"""Takeovers: names of the base that a new provider of an application would take over, and the other way round."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from llm_models.case import Finding
from llm_models.errors import printable
from llm_models.modelspec import finder, fold_provider, split_spec
from llm_models.similarity import near_providers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from llm_models.case import Case
    from llm_models.layers import Entry


def taken(case: Case) -> Iterator[Finding]:
    """A new provider whose id, or an alias of which, is in names of the base where a model spec has its provider."""
    added: dict[str, tuple[Entry, tuple[str | int, ...]]] = {}
    for entry in case.layer.providers:
        if entry.provider in case.run.own:
            added.setdefault(entry.provider, (entry, ("id",)))
            for index, alias in enumerate(entry.fields.get("aliases", ())):
                added.setdefault(fold_provider(alias), (entry, ("aliases", index)))
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
        entry, path = added[provider]
        what = "provider" if path == ("id",) else "alias"
        text = f"{what} '{provider}' takes over texts such as '{printable(name)}', which name {printable(spec)}"
        hint = f"Choose another {'id' if path == ('id',) else 'alias'}, unless this is meant."
        yield Finding(entry.provider, (*entry.path, *path), text, hint)


def namesakes(case: Case) -> Iterator[Finding]:
    """An entry about a provider whose id is an alias of another one: which of the two it is about."""
    for entry in case.layer.providers:
        spelling = case.layer.document.data["providers"][entry.path[1]]["id"]  # type: ignore[index]
        alias = fold_provider(spelling)
        owner = case.run.base.aliases.get(alias)
        if owner is None or alias in case.run.base.blocks:
            continue
        path = (*entry.path, "id")
        if entry.provider in case.run.own:
            text = f"provider '{alias}' takes over an alias of {owner}: '{alias}:...' means your own provider"
            yield Finding(alias, path, text, f'To correct {owner}, write id = "{owner}".')
        elif entry.states("base_url") and not case.layer.only_patches:
            text = f"'{printable(spelling)}' is an alias of {owner}, so this corrects {owner}"
            yield Finding(owner, path, text, f'Write id = "{owner}". To define a provider of your own, state name.')


def mistyped(case: Case) -> Iterator[Finding]:
    """A new provider without a model of its own whose id is nearly that of another one, which was probably meant."""
    data = case.layer.document.data or {}
    named = {entry.provider for layer in case.run.layers for entry in layer.models}
    if "overrides_module" in data and len(case.run.layers) == 1:  # the module may state its models
        return
    for entry in case.layer.providers:
        if entry.provider in case.run.own and entry.provider not in named:
            near = near_providers(entry.provider, case.run.base.blocks)
            if near:
                text = f"no model names this provider, and its id is nearly that of '{near[0]}'"
                hint = f'To correct {near[0]}, write id = "{near[0]}".'
                yield Finding(entry.provider, (*entry.path, "id"), text, hint)


_FOLDED = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ-.", b"abcdefghijklmnopqrstuvwxyz__")
_HEAD, _TAIL = re.compile(rb'"\s*(\w+)\s*:'), re.compile(rb'@\s*(\w+)\s*"')


def _may_name(block: bytes, providers: Collection[str]) -> bool:
    """Whether the first line of a block, which has the ids and aliases, may have a text that begins or ends so."""
    index = block[: block.index(b"\n")].translate(_FOLDED)
    if len(providers) < 20 and not any(provider.encode() in index for provider in providers):  # faster for a few
        return False
    return any(end.decode() in providers for pattern in (_HEAD, _TAIL) for end in pattern.findall(index))
