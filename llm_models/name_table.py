"""Name table: which provider or model of a base, and of the layers read so far, a name of a configuration means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.block import NAMES
from llm_models.modelspec import fold_provider
from llm_models.patterns import EVERY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llm_models.layers import Entry
    from llm_models.snapshot_file import SnapshotFile

    Claims = dict[str, dict[str, None]]
    """A name -> the ids of the models that state it."""


class NameTable:
    """The providers, models and names of a base and of layers, which are added one after the other, weakest first.

    `own` holds the providers and `defined` the models, by provider, that layers add.
    """

    def __init__(self, base: SnapshotFile) -> None:
        self.base = base
        self.own: dict[str, None] = {}
        self.defined: dict[str, dict[str, None]] = {}
        self.aliases: dict[str, str] = {}
        """The aliases of providers that layers state, folded, and the provider that stated each first."""
        self._claims: dict[tuple[str, str], Claims] = {}
        self._ids: dict[str, tuple[int, list[str]]] = {}
        self._omitted: dict[tuple[str, str], set[str]] = {}

    def knows(self, provider: str) -> bool:
        """Whether the base or a layer has that provider."""
        return provider in self.own or provider in self.base.blocks

    def holds(self, provider: str, model_id: str) -> bool:
        """Whether the base or a layer has that model."""
        return model_id in self.defined.get(provider, ()) or self.base.holds(provider, model_id)

    def ids(self, provider: str) -> list[str]:
        """The ids of a provider's models, those of the base and of the layers, sorted."""
        defined = self.defined.get(provider, {})
        count, ids = self._ids.get(provider, (-1, []))
        if count != len(defined):  # models are only added
            base = self.base.block(provider).ids if provider in self.base.blocks else ()
            ids = sorted({*base, *defined})
            self._ids[provider] = len(defined), ids
        return ids

    def provider_id(self, text: str) -> str | None:
        """The id of the provider that a text names, in any spelling or by an alias; an id beats an alias."""
        name = fold_provider(text)
        return name if name in self.own else self.base.provider_id(name) or self.aliases.get(name)

    def provider_or_every(self, text: str) -> str | None:
        """As `provider_id`, but `*` stands for all providers."""
        return EVERY if text == EVERY else self.provider_id(text)

    def id_of(self, provider: str, name: str) -> str | None:
        """The id of the model that a name means: an id beats a served id, which beats an alias.

        A name that two models state means none of them.
        """
        if self.holds(provider, name):
            return name
        for field in NAMES:
            owners = [*self._owners(provider, field, name)]
            if owners:
                return owners[0] if len(owners) == 1 else None
        return None

    def names(self, provider: str) -> dict[str, dict[str, list[str]]]:
        """The served ids and the aliases of each model of a provider: field -> id -> names, the strongest field first.

        They are as they are stated: two models may state one name.
        """
        found: dict[str, dict[str, list[str]]] = {}
        for field in NAMES:
            named = found[field] = {model_id: [] for model_id in self.ids(provider)}
            for name in dict.fromkeys([*self._base_table(provider, field), *self._claims.get((provider, field), ())]):
                for model_id in self._owners(provider, field, name):
                    named[model_id].append(name)
        return found

    def every(self, provider: str) -> dict[str, list[str]]:
        """Each model of a provider with all of its names, the id first."""
        served, aliases = self.names(provider).values()
        return {i: [*dict.fromkeys((i, *served[i], *aliases[i]))] for i in served}

    def add(self, entry: Entry, model_id: str) -> None:
        """Add the names that an entry states of a model, and remove those that it omits."""
        for field in NAMES:
            if (field,) in entry.omitted:
                self._omitted.setdefault((entry.provider, field), set()).add(model_id)
                for owners in self._claims.get((entry.provider, field), {}).values():
                    owners.pop(model_id, None)
            for name in entry.fields.get(field, ()):
                claims = self._claims.setdefault((entry.provider, field), {})
                claims.setdefault(name, {})[model_id] = None

    def _owners(self, provider: str, field: str, name: str) -> dict[str, None]:
        """The models that state a name in a field."""
        model_id = self._base_table(provider, field).get(name)
        omitted = model_id in self._omitted.get((provider, field), ())
        of_base = {} if model_id is None or omitted else {model_id: None}
        return of_base | self._claims.get((provider, field), {}).get(name, {})

    def _base_table(self, provider: str, field: str) -> dict[str, str]:
        return self.base.block(provider).tables()[field] if provider in self.base.blocks else {}


def settle_names(names: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Field -> model id -> those of its names that are dropped, with the reason.

    `names` has the served ids and the aliases of one provider's models, the strongest field first: field -> model id
    -> names. An id beats a served id, which beats an alias. Two claims to one name cancel each other.
    """
    dropped: dict[str, dict[str, list[tuple[str, str]]]] = {field: {} for field in names}
    stronger: dict[str, list[str]] = {}
    for field, models in names.items():
        claims: dict[str, list[str]] = {}
        for model_id, its in models.items():
            for name in its:
                claims.setdefault(name, []).append(model_id)
        for name, owners in claims.items():
            if name in models:
                why = "it is the id of a model"
            elif len(owners) > 1:
                why = f"it is claimed by {_listed(owners)}"
            elif {*stronger.get(name, owners)} != {*owners}:
                why = f"it is a served id of {_listed(stronger[name])}"
            else:
                continue
            for owner in owners:
                dropped[field].setdefault(owner, []).append((name, why))
        stronger |= claims
    return dropped


def _listed(ids: Sequence[str]) -> str:
    """Ids for people; of many the first ones."""
    first = sorted(ids)[: 3 if len(ids) > 4 else 4]
    return " and ".join([*first, f"{len(ids) - 3} more"] if len(ids) > 4 else first)
