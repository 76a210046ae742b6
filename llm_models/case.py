"""Case: what a check reads of a configuration and the catalogue that it corrects, and what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.errors import printable
from llm_models.filters import Filters
from llm_models.origins import fields_of, leaves, weaker
from llm_models.past import absent, follows
from llm_models.patterns import EVERY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llm_models.document import DocumentPath, Hint
    from llm_models.errors import Severity
    from llm_models.frozen import ModelKey
    from llm_models.layers import Entry, Layer
    from llm_models.touched import Touched


class Case(NamedTuple):
    """What a check reads: a layer, the layers over the base (that one among them), and their merged settings."""

    layer: Layer
    run: Touched
    settings: dict[str, Any]

    def entries(self) -> Iterator[Entry]:
        """The model entries whose provider is known, and those for all providers.

        An unknown provider is a worse problem, and is reported.
        """
        return (entry for entry in self.layer.models if self.providers(entry.provider))

    def providers(self, name: str) -> list[str]:
        """The providers that the name of one means: all for `EVERY`, none for one that is not known."""
        if name == EVERY:
            return self.run.all_providers()
        return [name] if self.run.knows(name) else []

    def touched(self, entry: Entry) -> dict[ModelKey, list[Entry]]:
        """The models that an entry changes, each with all entries that change it."""
        return {key: self.run.models[key.provider][key.id] for key in self.run.keys_of(entry)}

    def ground(self, provider: str, model_id: str | None = None) -> dict[tuple[str, ...], Any] | None:
        """What the base states of a model (or the provider) without this layer; None where it does not have it."""
        base = self.run.base
        if not base.holds(provider, model_id):
            return None
        record = base.block(provider).provider if model_id is None else base.stated(provider, model_id)
        if not self.layer.only_patches:  # a base does not have the layers of an application
            return dict(leaves(record or {}))
        name = provider if model_id is None else f"{provider}:{model_id}"
        return weaker(dict(leaves(record or {})), fields_of(base.tail(), name), self.layer.name)

    def gone(self, provider: str, model_id: str) -> tuple[str, str]:
        """Why a model of a provider that is known is gone, and what follows it; both as text."""
        gone = self.run.past.model(provider, model_id)
        if gone is None:  # the history was damaged meanwhile
            return f"{printable(f'{provider}:{model_id}')} is no longer listed", ""
        return absent(gone.spec, gone), follows(gone, self.run.holds)

    def how_to_define(self, entry: Entry) -> str:
        """What an entry that is left out must state to define what it is about. Curated overrides define nothing."""
        if self.layer.only_patches:
            return ""
        if entry.path[0] == "providers":
            return "To define it, state name or base_url."
        if not self.run.knows(entry.provider):
            stated = f'id = "{printable(entry.provider)}" and base_url = "https://..."'
            return f"To keep it, define its provider: write [[providers]], and below it {stated}."
        return "To define it, add new = true."

    def excluded(self, provider: str) -> dict[str, str]:
        """The ids of a provider's models that are excluded, each with the first pattern that means it."""
        return self.run.excluded(provider, self.settings.get("exclude", {}).get(provider, ()))

    def leaves(self, *sections: str) -> bool:
        """Whether a model is left where only these sections of the settings hold."""
        case = self._replace(settings={name: self.settings[name] for name in sections if name in self.settings})
        filters = Filters(None, None).over(case.settings.get("allow") or None, case.settings.get("deny"))
        excludes = case.settings.get("exclude", {})
        names = {*self.run.base.blocks, *self.run.own}
        if filters.allow is not None:
            names &= filters.allow.keys()
        for name in sorted(names, key=lambda name: (filters.restricts(name) or name in excludes, name)):
            if not filters.restricts(name) and not excludes.get(name):
                if self.run.ids(name):
                    return True
                continue
            if any(filters.reason(name, every, self.run.id_of) is None for every in case.named(name).values()):
                return True
        return False

    def is_name(self, provider: str, name: str) -> bool:
        """Whether a provider has a model with that id, served id or alias."""
        return self.run.knows(provider) and self.run.names.id_of(provider, name) is not None

    def names(self, provider: str) -> dict[str, dict[str, list[str]]]:
        """The served ids and the aliases of each model that is not excluded, including those of this layer.

        Field -> model id -> names, the strongest field first.
        """
        excluded = self.excluded(provider)
        stated = self.run.names.names(provider)
        return {field: {i: its for i, its in table.items() if i not in excluded} for field, table in stated.items()}

    def named(self, provider: str) -> dict[str, list[str]]:
        """Each model that is not excluded, with its id and its other names."""
        excluded = self.excluded(provider)
        return {i: names for i, names in self.run.every(provider).items() if i not in excluded}


class Finding(NamedTuple):
    """A problem at `path`, or at the `key` inside it, in an entry about `provider`."""

    provider: str
    path: DocumentPath
    message: str
    hint: Hint = ""
    key: str | None = None
    severity: Severity = "warning"


def counted(entry: Entry, keys: Sequence[ModelKey]) -> str:
    """How many models of an entry for many, with their providers."""
    owners = {key.provider for key in keys}
    whose = entry.provider if entry.provider != EVERY else next(iter(owners)) if len(owners) == 1 else ""
    return f"{len(keys):,} model{'' if len(keys) == 1 else 's'} of {whose or f'{len(owners)} providers'}"


def example(entry: Entry, key: ModelKey) -> str:
    """One of the models of an entry for many: its id, with its provider where the entry is for all providers."""
    return printable(key.id if entry.provider == key.provider else ":".join(key))


def before(entry: Entry, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries that are merged before an entry."""
    return entries[: next((index for index, one in enumerate(entries) if one is entry or one.is_part_of(entry)), 0)]
