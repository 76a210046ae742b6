"""Successors: what `overrides/` states of a history's models and providers that are gone: what follows, and aliases."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from llm_models import paths
from llm_models.listing_parts import Successor
from llm_models.listings import STILL
from llm_models.modelspec import fold_provider
from llm_models.pipeline import curated_layers

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.timeline_fold import Folded

CURATED = "curated"
"""In place of a source: the successor is stated in `overrides/`."""
_LINK = re.compile(r"https://[^\s,;)]+")


def curated_successors(wanted: Callable[[str, str], bool]) -> dict[tuple[str, str], Successor]:
    """The successors that `overrides/` states for models that are `wanted`, each with the nearest link above it."""
    found = {}
    for layer in curated_layers():
        lines: list[str] = []
        for entry in layer.models:
            if not entry.states("successor") or not wanted(entry.provider, entry.id):
                continue
            lines = lines or _lines(layer.name)
            above = reversed(lines[: entry.line(()) or 0])
            links = next((links for line in above if line.startswith("#") and (links := _LINK.findall(line))), [None])
            found[entry.provider, entry.id] = Successor(entry.fields["successor"], CURATED, links[0])
    return found


def curated_followers(history: Folded) -> dict[tuple[str, str], Successor]:
    """The curated successors of the models of a history that are gone."""

    def is_gone(provider: str, model_id: str) -> bool:
        known = entry_of(history, (provider, model_id))
        return known is not None and not known.living

    return curated_successors(is_gone)


def curated_aliases(history: Folded) -> dict[str, str]:
    """The aliases that `overrides/` states for providers that are gone, folded, with the provider's id."""
    return {
        fold_provider(alias): entry.provider
        for layer in curated_layers()
        for entry in layer.providers
        if (part := history.providers.get(entry.provider)) is not None and part.seen[-1][1] != STILL
        for alias in entry.fields.get("aliases", ())
    }


def _lines(name: str) -> list[str]:
    folder, _, file = name.partition("/")
    return paths.packaged_text(os.path.join(paths.resources(folder), file)).splitlines()


def entry_of(history: Folded, key: tuple[str, str]) -> Any:
    """What a history has of a provider and an id; None where it has nothing."""
    part = history.providers.get(key[0])
    return part and part.ids.get(key[1])
