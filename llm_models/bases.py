"""Bases: which model each entry with `base` starts from, and the entries that cannot start, because it is missing.

A base is looked up at every merge, so an entry follows a refresh of it. A base that was listed once is gone: the entry
is left out. One that `known` covers may come: the entry waits. Any other missing base is an error.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from llm_models.errors import printable
from llm_models.frozen import ModelKey
from llm_models.modelspec import provider_part, split_any
from llm_models.name_forms import read_as
from llm_models.origins import OF_BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from llm_models.errors import Problem
    from llm_models.layers import Entry, Layer
    from llm_models.name_table import NameTable
    from llm_models.origins import Lost
    from llm_models.past import Past

GONE, WAITS = "gone", "waits"
"""Why a base is missing: it was listed once, or it may come."""


def lost_copies(
    left_out: Iterable[Entry], before: Mapping[str, Lost], has: Callable[[str, str], bool]
) -> dict[str, Lost]:
    """By model spec, the models of an application that are left out because their base is gone, and those `before`.

    None that the catalogue `has` by now.
    """
    lost = {**before}
    for entry in left_out:
        if entry.base is not None and not entry.layer.name.startswith(OF_BASE):
            place = entry.layer.location((*entry.path, "base"))
            of_entry: Lost = {"base": entry.base, "layer": entry.layer.name}
            lost[entry.spec] = of_entry if place is None else {**of_entry, "place": place}
    return {spec: one for spec, one in sorted(lost.items()) if not has(*spec.split(":", 1))}


class Start(NamedTuple):
    """The strongest entry about a model that states a base, and the key of that base."""

    entry: Entry
    base: ModelKey


class Bases:
    """The bases of layers. `of` has the start of each model that has one, and `problems` the bases never known."""

    def __init__(self) -> None:
        self.of: dict[ModelKey, Start] = {}
        self.problems: list[Problem] = []
        self._lost: dict[ModelKey, str] = {}
        self._why: dict[tuple[str, object], str] = {}
        self._removed: Collection[str] | None = None  # read once: it is a part of the file that takes long to decode

    def skips(self, entry: Entry) -> bool:
        """Whether an entry cannot start."""
        return bool(self._why) and _mark(entry) in self._why

    def is_gone(self, entry: Entry) -> bool:
        """Whether an entry cannot start because its base is gone, and not because it waits for it."""
        return self._why[_mark(entry)] == GONE

    def read(
        self, layers: Iterable[Layer], names: NameTable, waits: Callable[[str, str], bool], past: Callable[[], Past]
    ) -> list[Entry]:
        """Look up the bases of all entries that are not skipped; those of them that cannot start, too.

        `names` has the models of `layers`.
        """
        self.of, self.problems, self._removed = {}, [], None
        missing: list[tuple[Entry, str]] = []
        for layer in layers:
            for entry in layer.models:
                if entry.base is None or self.skips(entry) or not names.knows(entry.provider):
                    continue
                found = self._key(entry.base, names, waits, past)
                if isinstance(found, ModelKey):
                    self.of[ModelKey(entry.provider, entry.id)] = Start(entry, found)
                elif found is None:
                    self._unknown(entry, names)
                else:
                    missing.append((entry, found))
        for entry, why in missing:
            self._why[_mark(entry)] = self._lost[ModelKey(entry.provider, entry.id)] = why
        return [entry for entry, _ in missing]

    def _key(
        self, text: str, names: NameTable, waits: Callable[[str, str], bool], past: Callable[[], Past]
    ) -> ModelKey | str | None:
        """The key that a text names, or why there is none: `GONE`, `WAITS`, None for what was never known."""
        key = split_any(text, names.provider_id)
        if key is None:
            return GONE if split_any(text, past().provider_id) is not None else None
        model_id = read_as(key.id, partial(names.id_of, key.provider), key.provider)
        if model_id is not None:
            return key._replace(id=model_id)
        if key in self._lost or waits(*key):  # the base is an entry that cannot start, or may come
            return self._lost.get(key, WAITS)
        if self._removed is None:
            self._removed = names.base.tail()["removed"]
        return GONE if past().knows(*key) or ":".join(key) in self._removed else None

    def _unknown(self, entry: Entry, names: NameTable) -> None:
        from llm_models.similarity import model_hint, provider_hint

        text = str(entry.base)
        key = split_any(text, names.provider_id)
        if key is not None:
            message = f"{key.provider} has no model '{printable(key.id)}'"
            hint = partial(model_hint, key.id, names.ids(key.provider))
        else:
            name = provider_part(text)
            known = [*names.base.blocks, *names.own]
            hint = partial(provider_hint, name, known, names.base.aliases)
            message = f"unknown provider '{printable(name)}'"
        self.problems.append(entry.layer.document.problem((*entry.path, "base"), message, hint))


def _mark(entry: Entry) -> tuple[str, object]:
    return entry.layer.document.name, entry.path


def stating(layers: Sequence[Layer]) -> bool:
    """Whether an entry of the layers states a base."""
    return any(entry.base is not None for layer in layers for entry in layer.models)
