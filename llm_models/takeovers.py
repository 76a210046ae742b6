"""Takeovers: names of the base that a new provider, of an application or upstream, would take over."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from llm_models.case import Finding
from llm_models.errors import printable
from llm_models.modelspec import finder, fold_provider, split_spec
from llm_models.similarity import near_providers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from llm_models.case import Case
    from llm_models.layers import Entry
    from llm_models.modelspec import ProviderId
    from llm_models.snapshot_file import SnapshotFile


def taken(case: Case) -> Iterator[Finding]:
    """A new provider whose id, or an alias of which, is in names of the base where a model spec has its provider."""
    added: dict[str, tuple[Entry, tuple[str | int, ...]]] = {}
    for entry in case.layer.providers:
        if entry.provider in case.run.own:
            added.setdefault(entry.provider, (entry, ("id",)))
            for index, alias in enumerate(entry.fields.get("aliases", ())):
                added.setdefault(fold_provider(alias), (entry, ("aliases", index)))
    for provider, (name, spec) in _captured(case.run.base, added, case.run.base.provider_id).items():
        entry, path = added[provider]
        what = "provider" if path == ("id",) else "alias"
        text = f"{what} '{provider}' takes over texts such as '{printable(name)}', which name {printable(spec)}"
        hint = f"Choose another {'id' if path == ('id',) else 'alias'}, unless this is meant."
        yield Finding(entry.provider, (*entry.path, *path), text, hint)


def refreshed(old: SnapshotFile, new: SnapshotFile) -> Iterator[str]:
    """The names of providers that take over texts which mean models now, a sentence each.

    The refresh adds such a name, and a text has it before a `:` or after an `@`; or before a `/`, if the new provider
    has a model of the rest. Or the name meant another provider before: it was an alias, and is an id now.
    """
    named = {**new.aliases, **{provider: provider for provider in new.blocks}}
    added = {name: of for name, of in named.items() if name not in old.blocks and name not in old.aliases}

    def holds(name: str, rest: str) -> bool:
        return new.block(added[name]).serves(rest)

    found: dict[str, tuple[str, str]] = {}
    own = {name: of if of not in old.blocks else None for name, of in added.items()}
    for base in (new, old) if added else ():
        found |= _captured(base, own, old.provider_id, holds)
    for name, owner in {**old.aliases, **{provider: provider for provider in old.blocks}}.items():
        of = named.get(name, owner)
        if of != owner and owner in old.blocks:  # every text with this name means another provider
            model_id = next(iter(old.block(owner).ids), "...")
            found[name], added[name] = (f"{name}:{model_id}", f"{owner}:{model_id}"), of
    for name, (text, spec) in sorted(found.items()):
        of = added[name]
        what = f"provider '{name}'" if of == name else f"alias '{printable(name)}' of the provider '{of}'"
        yield f"{of}: the new {what} takes over texts such as '{printable(text)}', which name {printable(spec)}"


def _captured(
    base: SnapshotFile,
    added: Mapping[str, object],
    provider_id: ProviderId,
    holds: Callable[[str, str], bool] | None = None,
) -> dict[str, tuple[str, str]]:
    """For each of the `added` names of providers that takes over names of models of `base`: one of these names.

    The models of the provider to which a name is mapped do not count. `provider_id` finds the providers that were there
    before. With `holds`, a `/` ends the name of a provider, too, where this is true of the name and the rest.
    """
    new = finder(added)
    found: dict[str, tuple[str, str]] = {}
    ends = (_HEAD, _TAIL) if holds is None else (_HEAD, _TAIL, _SLASH)
    for provider in base.blocks if added else ():
        # Decoding each block would take longer than all checks.
        if not _may_name(base.raw_block(provider), added, ends):
            continue
        block = base.block(provider)
        names = chain(zip(block.ids, block.ids, strict=True), *(table.items() for table in block.tables().values()))
        for name, model_id in names:
            # only the provider matters, so nothing is decoded
            key = split_spec(name.replace("%", "?"), lambda text: provider_id(text) or new(text))
            taker = None if key is None else key.provider
            if key is None and holds is not None:
                head, _, rest = name.partition("/")
                folded = None if provider_id(head) else new(head)
                taker = folded if folded is not None and holds(folded, rest.strip()) else None
            if taker is not None and added.get(taker, provider) != provider:
                found.setdefault(taker, (name, f"{provider}:{model_id}"))
    return found


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
_HEAD, _TAIL, _SLASH = rb'"\s*(\w+)\s*:', rb'@\s*(\w+)\s*"', rb'"\s*(\w+)\s*/'


def _may_name(block: bytes, providers: Collection[str], ends: Iterable[bytes]) -> bool:
    """Whether the first line of a block, which has the ids and aliases, may have a text that begins or ends so."""
    index = block[: block.index(b"\n")].translate(_FOLDED)
    if len(providers) < 20 and not any(provider.encode() in index for provider in providers):  # faster for a few
        return False
    return any(end.decode() in providers for pattern in ends for end in re.findall(pattern, index))
