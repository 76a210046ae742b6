"""genai-prices, and so pydantic-ai and Logfire: the prices of our records; imports genai-prices when it is used.

`register` publishes a snapshot of genai-prices in which our rows stand before its own. Everything else of it stays: how
usage is read (`extractors`), which provider a name or an address means, context windows, and all its other rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from threading import RLock
from typing import TYPE_CHECKING, Any

from llm_models import store
from llm_models.errors import LLMModelsError, printable
from llm_models.frozen import FrozenDict
from llm_models.integrations import client_library
from llm_models.integrations.facts import ByName
from llm_models.integrations.openai_sdk import ClientOptionsError, client_options
from llm_models.kinds import is_moving
from llm_models.price_origins import origins_of
from llm_models.transforms.genai_prices import PROVIDERS as OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec

__all__ = ["PROVIDERS", "Registered", "register", "unregister"]

PROVIDERS = {ours: theirs for theirs, ours in OURS.items()}
"""Our provider -> theirs. Others are added where OpenAI's protocol reaches them, so that their usage can be read."""

_LOCK = RLock()
_published: tuple[Any, Any] | None = None
"""The snapshot that we published, and the one that was there before."""


@dataclass(frozen=True, slots=True, eq=False)
class Registered(ByName):
    """What `register` did, as a mapping: the spec of each registered model -> genai-prices' provider, sorted.

    `left_out` has the other models that were considered: spec -> why genai-prices keeps its own answer. `dropped` has
    the list prices beside an application's own ones that were not passed on: spec -> classes, `modes.NAME`.
    """

    left_out: Mapping[str, str]
    dropped: Mapping[str, tuple[str, ...]]


def register(models: Iterable[Spec] | None = None, *, snapshot: Snapshot | None = None) -> Registered:
    """Let genai-prices answer with the prices of our records. Changes prices and nothing else.

    Without `models`, all of the catalogue at the `PROVIDERS` of genai-prices. A model of another provider that speaks
    OpenAI's protocol adds that provider, if you name it. `snapshot` replaces the published catalogue.

    For each registered model, `genai_prices.calc_price` and the cost of a pydantic-ai run are then what
    `llm_models.cost` charges. Where that is unknown, they are, too: `ValueError`, and None in pydantic-ai. A list price
    beside an own one is not passed on. A second call replaces the first; `unregister` undoes all.

    Raises as `resolve`, and `ImportError` where genai-prices is not installed.

    >>> result = register(["openai:gpt-5.2"])
    >>> result["openai:gpt-5.2"], dict(result.left_out)
    ('openai', {})
    >>> import genai_prices
    >>> usage = genai_prices.Usage(input_tokens=10000, cache_read_tokens=4000, output_tokens=2000)
    >>> genai_prices.calc_price(usage, "gpt-5.2", provider_id="openai").total_price
    Decimal('0.0392')
    >>> unregister()
    True
    """
    global _published  # noqa: PLW0603  # genai-prices has one snapshot for each process, too
    snapshot = store.snapshot() if snapshot is None else snapshot
    data = client_library("genai_prices.data_snapshot", "genai-prices")
    if models is None:
        chosen = [one for one in snapshot.list_models() if one.provider in PROVIDERS]
    else:
        named = [snapshot.resolve(spec) for spec in ((models,) if isinstance(models, str) else models)]
        chosen = [snapshot.get_model(*key) for key in dict.fromkeys(one.key for one in named)]
    with _LOCK:
        before = data.get_snapshot()
        if _published is not None and before is _published[0]:
            before = _published[1]
        work = _Work(snapshot, before)
        for model in chosen:
            work.add(model)
        ours = data.DataSnapshot(work.providers(), from_auto_update=False)
        work.check(ours)
        data.set_custom_snapshot(ours)
        _published = ours, before
    return work.result()


def unregister() -> bool:
    """Put back the snapshot that genai-prices had before `register`. Returns whether ours was still there.

    What replaced ours, such as an update that genai-prices fetched, stays.
    """
    global _published
    data = client_library("genai_prices.data_snapshot", "genai-prices")
    with _LOCK:
        if _published is None:
            return False
        (ours, before), _published = _published, None
        if data.get_snapshot() is not ours:
            return False
        data.set_custom_snapshot(None)
        if data.get_snapshot() is not before:  # it was not the bundled one
            data.set_custom_snapshot(before)
        return True


@dataclass(frozen=True, slots=True)
class _Named:
    """Matches the names that mean one model: a clause of genai-prices, which asks with names in lower case."""

    reader: _Reader
    model_id: str

    def is_match(self, text: str) -> bool:
        return self.reader.read(text) == self.model_id


class _Reader:
    """From a name to the id of a model of one provider, as `match_names` reads it.

    A name of which the price is not known for certain, such as one with an unknown date, stays with genai-prices' own
    row; but where the application states own prices for the model, list prices of another row would be wrong.
    """

    def __init__(self, snapshot: Snapshot, provider: str) -> None:
        self.own: set[str] = set()
        self._snapshot, self._provider = snapshot, provider
        self._read: dict[str, str | None] = {}

    def add(self, model: Model, is_own: bool) -> None:
        for name in (model.id, *model.served_as):
            self._read.setdefault(name.lower(), model.id)
        if is_own:
            self.own.add(model.id)

    def read(self, text: str) -> str | None:
        text = text.lower()
        if text not in self._read:
            found = self._snapshot.match_names(self._provider, text)
            model = found.model
            fits = model is not None and model.provider == self._provider and (not found.note or model.id in self.own)
            self._read[text] = model.id if fits and model is not None else None
        return self._read[text]


class _Work:
    """Our rows, by their provider, and what becomes of each model."""

    def __init__(self, snapshot: Snapshot, before: Any) -> None:
        self._snapshot, self._before = snapshot, before
        self._tail = snapshot.view.file.tail()
        self._types = client_library("genai_prices.types", "genai-prices")
        self._rows = client_library("llm_models.integrations.genai_rows", "genai-prices")
        self._theirs = {one.id: one for one in before.providers}
        self._added: dict[str, Any] = {}
        self._by_provider: dict[str, list[Any]] = {}
        self._readers: dict[str, _Reader] = {}
        self._planned: dict[str, tuple[str, Model, Any]] = {}
        self._left_out: dict[str, str] = {}
        self._dropped: dict[str, tuple[str, ...]] = {}

    def add(self, model: Model) -> None:
        """Plan the row of a model, or note why it has none."""
        cost = model.cost.to_dict()
        if not cost:
            self._left_out[model.spec] = "its record states no price"
            return
        origins = origins_of(self._tail, model.spec, cost)
        if is_moving(model.id) and model.resolves_to is None and not origins.own:
            self._left_out[model.spec] = "a moving name, and what it means today is not stated"
            return
        try:
            provider = self._provider(model)
            row = self._rows.row_of(cost, origins)
        except ClientOptionsError as error:
            self._left_out[model.spec] = error.problem
            return
        except (LLMModelsError, ValueError) as error:
            self._left_out[model.spec] = str(error)
            return
        reader = self._readers.setdefault(model.provider, _Reader(self._snapshot, model.provider))
        reader.add(model, bool(origins.own))
        fields = {"match": _Named(reader, model.id), "prices": row.prices, "price_variants": row.price_variants}
        own = provider.find_model(model.id, all_providers=self._before.providers)
        if own is None:
            own = self._types.ModelInfo(model.id, fields["match"], name=model.name)
        window = own.context_window or model.limits.context
        info = replace(own, id=model.id, context_window=window, **fields)
        self._by_provider.setdefault(provider.id, []).append(info)
        self._planned[model.spec] = provider.id, model, info
        if row.dropped:
            self._dropped[model.spec] = row.dropped

    def _provider(self, model: Model) -> Any:
        """Their provider of a model, or one to add. Raises `LLMModelsError` or `ValueError` where none is possible."""
        name = PROVIDERS.get(model.provider, model.provider)
        found = self._theirs.get(name) or self._added.get(name)
        if found is not None:
            return found
        url = client_options(model, api_key="unused", snapshot=self._snapshot).base_url
        for question in ({"provider_id": name}, {"provider_api_url": url}):
            try:
                taken = self._before.find_provider(None, **{"provider_id": None, "provider_api_url": None, **question})
            except LookupError:
                continue
            raise ValueError(f"genai-prices reads its provider as '{printable(taken.id)}'")
        pattern = re.escape(url.rstrip("/")) + "(?:/|$)"
        shown = self._snapshot.get_provider(model.provider).name or name
        added = self._types.Provider(name, shown, pattern, extractors=self._theirs["openai"].extractors)
        self._added[name] = added
        return added

    def providers(self) -> list[Any]:
        """Their providers, with our rows first."""
        all_of_them = [*self._before.providers, *self._added.values()]
        return [replace(one, models=[*self._by_provider.get(one.id, ()), *one.models]) for one in all_of_them]

    def check(self, ours: Any) -> None:
        """Leave out what genai-prices answers with another row, or cannot price at all."""
        usage = self._types.Usage(input_tokens=0, output_tokens=0)
        for spec, (provider, model, info) in list(self._planned.items()):
            try:
                found = ours.find_provider_model(model.id, None, provider, None)[1]
                why = None if found is info else f"genai-prices reads its id as '{printable(found.id)}'"
                info.calc_price(usage, self._theirs.get(provider) or self._added[provider])
            except (LookupError, ValueError) as error:
                why = f"genai-prices cannot price it: {printable(str(error))}"
            if why is not None:
                del self._planned[spec]
                self._left_out[spec] = why

    def result(self) -> Registered:
        names = {spec: provider for spec, (provider, _, _) in sorted(self._planned.items())}
        dropped = {spec: classes for spec, classes in sorted(self._dropped.items()) if spec in names}
        return Registered(FrozenDict(names), FrozenDict(sorted(self._left_out.items())), FrozenDict(dropped))
