"""Touched: which records the layers touch, and what of the layers is without effect, because it is unknown or gone."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from llm_models.bases import Bases, stating
from llm_models.canonical import ALIASES_OF_THE_GONE, OF_THE_GONE, duplicates, fill, with_providers
from llm_models.errors import dotted, printable
from llm_models.frozen import ModelKey
from llm_models.layers import BY_PROVIDER, FIELDS, SETTINGS, add
from llm_models.modelspec import fold_provider, split_any
from llm_models.name_table import NameTable
from llm_models.patterns import EVERY, is_nameable, is_plain, matcher, spread
from llm_models.workload import Done, check_tests, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llm_models.document import DocumentPath, Hint
    from llm_models.errors import Problem
    from llm_models.layers import Entry, Layer
    from llm_models.past import Past
    from llm_models.paths import Folder
    from llm_models.patterns import Test
    from llm_models.snapshot_file import SnapshotFile


class Gone(NamedTuple):
    """A setting about a provider, or an exact id, that is gone: where it stands, also as a path of the document."""

    layer: Layer
    path: DocumentPath
    provider: str
    id: str | None = None

    @property
    def name(self) -> str:
        """The setting and the provider or model, for people: `deny.kiro`, `deny.openai:gpt-5-codex`."""
        name = dotted((str(self.path[0]), self.provider))
        return name if self.id is None else f"{name}:{self.id}"


def how_to_define(provider: str, file: str = "") -> str:
    """How to define a provider that the catalogue does not have, as a sentence; in `file`, where that is not clear."""
    name, place = printable(provider), f" in {printable(file)}" if file else ""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", provider) is None:
        return "The id of a provider has letters, digits, '-', '.' and '_'."
    return f'To define \'{name}\', first write [[providers]]{place}, and below it id = "{name}" and base_url = "https://...".'


class Touched:
    """Which records the layers touch, in what order, and what of the layers cannot be applied.

    `layers` are the layers with ids in place of all names (`canonical`), `names` the names of the base and of them.
    `own` holds the providers and `defined` the models, by provider, that layers add. `gone` lists the settings about
    providers and ids that are gone (see `settings`), `shadowed` the curated aliases (provider, alias) that are ids of
    other providers. Of the entries, `left_out` lists those whose model no layer holds, `waiting` those that wait
    because `known` covers their model, `unknown` those that define a model of the base's providers which was never
    listed, though they do not state `new`, and `unmatched` those with a `match` that matches nothing. A name that
    `past` knows is gone, and no error: a refresh of the base may have removed it. `remembers` is the application whose
    own history counts.
    """

    def __init__(self, base: SnapshotFile, layers: Sequence[Layer], remembers: Folder | None = None) -> None:
        self.base = base
        self._stated = layers
        self.remembers = remembers
        self._past: Past | None = None
        self._excluded: dict[tuple[str, ...], dict[str, str]] = {}
        self._every: dict[str, dict[str, list[str]]] = {}
        self._waiting: dict[str, dict[str, Test]] | None = None
        self.bases = Bases()
        self._read(layers)
        if stating(layers):
            rounds = 0
            while missing := self.bases.read(self.layers, self.names, self.waits, lambda: self.past):
                refuse(missing[0].layer, (*missing[0].path, "base"), "chain", rounds := rounds + 1)
                self._read(layers)  # again, without the entries that cannot start
            self.problems += self.bases.problems
        for layer in self.layers:
            for name in [name for name in BY_PROVIDER if EVERY in layer.settings.get(name, ())]:
                layer.settings[name] = spread(layer.settings[name], self.all_providers())

    def all_providers(self) -> list[str]:
        """The providers of the base and of the layers."""
        return sorted({*self.base.blocks, *self.own})

    def _read(self, layers: Sequence[Layer]) -> None:
        """Add all layers, weakest first."""
        self.layers: list[Layer] = []
        self.gone: list[Gone] = []
        self.providers: dict[str, list[Entry]] = {}
        self.models: dict[str, dict[str, list[Entry]]] = {}
        self._keys: dict[tuple[int, DocumentPath], list[ModelKey]] = {}
        self.done = Done()
        self.names = NameTable(self.base)
        self.own, self.defined = self.names.own, self.names.defined
        self.left_out: list[Entry] = []
        self.waiting: list[Entry] = []
        self.unknown: list[Entry] = []
        self.unmatched: list[Entry] = []
        self.problems: list[Problem] = []
        self.shadowed: list[tuple[str, str]] = []
        for stated in layers:
            layer = with_providers(stated, self.names)
            self._add_providers(layer)
            fill(layer, stated, self.names)
            check_tests(layer, self.base)
            self._add_models(layer)
            self.layers.append(layer)
            self._waiting = None  # it has more names now
            self.problems += [layer.document.problem(*fault) for fault in duplicates(layer)]
        self._check_aliases()

    @property
    def past(self) -> Past:
        """What is remembered of names that the base does not have; most configurations name none."""
        if self._past is None:
            from llm_models.past import Past

            self._past = Past(self.remembers)
        return self._past

    def waits(self, provider: str, name: str) -> bool:
        """Whether `known` covers a name or a pattern of a provider, so that it may match nothing today."""
        if self._waiting is None:
            self._waiting = {}
            for text in dict.fromkeys(text for layer in self._stated for text in layer.settings.get("known", ())):
                key = split_any(text, self.names.provider_or_every)
                if key is not None:
                    self._waiting.setdefault(key.provider, {})[key.id] = self.test(*key)
        tables = [self._waiting.get(one, {}) for one in dict.fromkeys((provider, EVERY))]
        return any(name in table or any(test([name]) for test in table.values()) for table in tables)

    def knows(self, provider: str) -> bool:
        """Whether the base or a layer holds that provider."""
        return self.names.knows(provider)

    def holds(self, provider: str, model_id: str) -> bool:
        """Whether the base, or a layer added so far, holds that model."""
        return self.names.holds(provider, model_id)

    def ids(self, provider: str) -> list[str]:
        """The ids of a provider's models, those of the base and of the layers, sorted."""
        return self.names.ids(provider)

    def changing(self, provider: str, model_id: str) -> Sequence[Entry]:
        """The entries that change a model, in the order in which they are merged."""
        return self.models.get(provider, {}).get(model_id, ())

    def keys_of(self, entry: Entry) -> Sequence[ModelKey]:
        """The models that an entry changes. One for all providers is a part for each of them in `models`."""
        return self._keys.get((id(entry.layer), entry.path), ())

    def id_of(self, provider: str, name: str) -> str | None:
        """The id of the model that a name in a pattern means, also of one that is gone; None where none is known."""
        found = self.names.id_of(provider, name) if self.knows(provider) else None
        if found is None and is_nameable(name) and not is_plain(name) and self.past.knows(provider, name):
            return name
        return found

    def every(self, provider: str) -> dict[str, list[str]]:
        """Each model of a provider with all of its names, the id first."""
        if provider not in self._every:
            self._every[provider] = self.names.every(provider)
        return self._every[provider]

    def excluded(self, provider: str, patterns: Sequence[str]) -> dict[str, str]:
        """The ids of a provider's models that these patterns of `exclude` mean, each with the first such pattern."""
        key = (provider, *patterns)
        if key not in self._excluded:
            tests = [(pattern, self.test(provider, pattern)) for pattern in patterns]
            every = self.every(provider) if tests else {}
            first = {i: next((one for one, test in tests if test(names)), None) for i, names in every.items()}
            self._excluded[key] = {i: pattern for i, pattern in first.items() if pattern is not None}
        return self._excluded[key]

    def test(self, provider: str, pattern: str) -> Test:
        """The test whether a pattern means a model of a provider, given its names."""
        return matcher(pattern, partial(self.id_of, provider), provider)

    def _add_providers(self, layer: Layer) -> None:
        for entry in layer.providers:
            if not self.knows(entry.provider):
                if layer.only_patches and entry.fields.keys() <= ALIASES_OF_THE_GONE:
                    continue
                if layer.only_patches or not self._defines_provider(entry):
                    self.left_out.append(entry)
                    continue
                self.own[entry.provider] = None
            for alias in map(fold_provider, entry.fields.get("aliases", ())):
                self.names.aliases.setdefault(alias, entry.provider)
            self.providers.setdefault(entry.provider, []).append(entry)

    def _add_models(self, layer: Layer) -> None:
        entries = [entry for entry in layer.models if self._has_provider(entry, layer) and self._can_start(entry)]
        exact = [entry for entry in entries if entry.match is None and self._defines(entry, layer)]
        # A match applies before an exact id, and only to what this layer and weaker ones hold, so that merging
        # layer by layer gives what merging at once gives.
        for entry in entries:
            if entry.match is not None:
                providers = self.all_providers() if entry.provider == EVERY else [entry.provider]
                each = [entry if one == entry.provider else entry._replace(provider=one) for one in providers]
                matched = [self._add_matches(one, entry.match) for one in each]
                if not any(matched) and not layer.only_patches:
                    self.unmatched.append(entry)
        for entry in exact:
            self._touch(entry, entry.id)

    def _can_start(self, entry: Entry) -> bool:
        """Whether the entry's base is not missing; otherwise the entry is left out, or waits."""
        if not self.bases.skips(entry):
            return True
        (self.left_out if self.bases.is_gone(entry) else self.waiting).append(entry)
        return False

    def was_listed(self, entry: Entry) -> bool:
        """Whether what an entry that is left out is about, or its base, was listed once."""
        if entry.base is not None:
            return True
        if entry.provider in self.base.blocks:
            return self.past.knows(entry.provider, entry.id)
        return self.past.knows(entry.provider)

    @staticmethod
    def _states_new_model(entry: Entry) -> bool:
        return entry.states("name") or entry.states("limits", "context") or entry.states("modalities")

    def _defines_provider(self, entry: Entry) -> bool:
        """Whether the entry adds a provider. Of one that is gone it is a correction, unless it could stand alone."""
        alone = entry.is_ground or entry.states("base_url") or entry.states("name")
        return alone or not self.past.knows(entry.provider)

    def _has_provider(self, entry: Entry, layer: Layer) -> bool:
        """Whether the entry's provider is known; otherwise the entry is left out, or a problem."""
        if self.knows(entry.provider) or (entry.provider == EVERY and entry.match is not None):
            return True
        if layer.only_patches or self.past.knows(entry.provider):
            self.left_out.append(entry)
        else:
            self.unknown_provider(entry.provider, layer, (*entry.path, "provider"))
        return False

    def _may_define(self, entry: Entry) -> bool:
        """Whether the entry may add a model. Of one that is gone it is a correction, unless it states a name."""
        if entry.provider in self.own or entry.defines or entry.states("name"):
            return True
        return self._states_new_model(entry) and not self.past.knows(entry.provider, entry.id)

    def _waits(self, entry: Entry) -> bool:
        """Whether the entry is about a model that may be missing, and does not define it."""
        return entry.provider not in self.own and not entry.defines and self.waits(entry.provider, entry.id)

    def _defines(self, entry: Entry, layer: Layer) -> bool:
        """Whether the entry's model is there, or the entry may add it; otherwise the entry is left out."""
        if not self.holds(entry.provider, entry.id):
            if layer.only_patches and entry.fields.keys() <= OF_THE_GONE:
                return False
            waits = not layer.only_patches and self._waits(entry)
            if waits or layer.only_patches or not self._may_define(entry):
                (self.waiting if waits else self.left_out).append(entry)
                return False
            if not entry.defines and entry.provider not in self.own and not self._was_known(entry):
                self.unknown.append(entry)
            self.defined.setdefault(entry.provider, {})[entry.id] = None
        return True

    def _was_known(self, entry: Entry) -> bool:
        """Whether the id of an entry was a name before it, or that of a model that is gone or that the base removed."""
        key = entry.provider, entry.id
        if self.names.id_of(*key) is not None or self.past.knows(*key):
            return True
        return ":".join(key) in self.base.tail()["removed"]

    def _add_matches(self, entry: Entry, pattern: str) -> bool:
        """Add an entry to the models that a pattern means; whether there are any."""
        test = matcher(pattern, partial(self.names.id_of, entry.provider), entry.provider)
        matched = [one for one in self.ids(entry.provider) if test([one])]  # a glob is over ids; a name means its model
        for model_id in matched:
            self._touch(entry, model_id)
        return bool(matched)

    def _touch(self, entry: Entry, model_id: str) -> None:
        entries = self.models.setdefault(entry.provider, {}).setdefault(model_id, [])
        add(entry, entries)
        self.names.add(entry, model_id)
        if not entry.is_ground:
            self._keys.setdefault((id(entry.layer), entry.path), []).append(ModelKey(entry.provider, model_id))
            self.done.add(entry, len(entries))

    def unknown_provider(self, provider: str, layer: Layer, path: DocumentPath, key: str | None = None) -> None:
        """Add the problem that a layer names, at a path or as a key there, a provider that is not known."""
        shown = layer.document.stated(path, provider) if key is None else key
        message = f"unknown provider '{printable(shown)}'"
        hint: Hint = partial(self._like_provider, provider, how_to_define(shown))
        if key in SETTINGS:
            message, hint = f"'{key}' is not a provider", f"It belongs at the top: move it above [{path[0]}]."
        elif key in FIELDS:
            message, hint = f"'{key}' is not a provider", 'Write one in its place, such as openai = ["gpt-4o"].'
        self.problems.append(layer.document.problem(path, message, hint, key))

    def _like_provider(self, provider: str, define: str) -> str:
        from llm_models.similarity import provider_hint

        hint = provider_hint(provider, [*self.base.blocks, *self.own], self.base.aliases, define)
        return hint if define in hint or "[[providers]]" in hint else f"{hint} {define}"

    def _check_aliases(self) -> None:
        """No alias of a provider is the id or an alias of another one.

        A curated alias that a source began to use as an id is no error, because nobody could correct it there.
        """
        stating = [entry for layer in self.layers for entry in layer.providers if entry.states("aliases")]
        if not stating:
            return
        owners = dict(self.base.aliases)
        for entry in stating:
            for index, alias in enumerate(entry.fields["aliases"]):
                name = fold_provider(alias)
                owner = name if self.knows(name) else owners.setdefault(name, entry.provider)
                if owner == name != entry.provider and entry.layer.only_patches:  # a provider that is new upstream
                    self.shadowed.append((entry.provider, alias))
                elif owner != entry.provider:
                    why = "the id of another provider" if owner == name else f"already an alias of {owner}"
                    message = f"'{printable(alias)}' cannot be an alias of {entry.provider}: it is {why}"
                    path = (*entry.path, "aliases", index)
                    self.problems.append(entry.layer.document.problem(path, message))
