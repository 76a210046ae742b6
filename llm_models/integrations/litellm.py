"""LiteLLM: our models in its router, and our prices in its price list; imports litellm when it is used.

`router_entry` passes on prices without LiteLLM's price list. `register` changes prices there and nothing else: no
request goes elsewhere, and LiteLLM's flags and limits stay. A model is registered only where LiteLLM then answers with
the price of our record.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llm_models import store
from llm_models.days import today
from llm_models.errors import printable
from llm_models.frozen import FrozenDict
from llm_models.integrations import client_library, litellm_prices
from llm_models.integrations.facts import ByName, asked
from llm_models.integrations.litellm_documents import RouterEntry, router_entry
from llm_models.integrations.litellm_entries import ENTRY, PROVIDERS, LeftOutError, NotRegisteredError, Source, never
from llm_models.integrations.litellm_fields import CLASSES, MODES, long_classes
from llm_models.integrations.litellm_prices import Bill, Row
from llm_models.modes import named
from llm_models.tariff import layers, rates, thresholds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from llm_models.integrations.litellm_fields import Fields
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec

__all__ = [
    "CLASSES",
    "ENTRY",
    "MODES",
    "PROVIDERS",
    "NotRegisteredError",
    "OldCatalogueWarning",
    "Registered",
    "RouterEntry",
    "register",
    "router_entry",
    "unregister",
]


TIERED = ("input", "output", "cache_read", "cache_write")
"""The classes of tokens whose charge is checked after writing, for each size of the request."""


class OldCatalogueWarning(UserWarning):
    """LiteLLM's price list is newer than the catalogue, whose list prices replace those of LiteLLM."""


_REPORTED = ("dropped", "listed", "no_field")


@dataclass(frozen=True, slots=True, eq=False)
class Registered(ByName):
    """What `register` did, as a mapping: the spec of each registered model -> LiteLLM's name, sorted.

    `left_out` has the other models that were considered, sorted: spec -> why LiteLLM keeps its own answer. Of those
    that are registered, by our names of prices: `dropped` has the list prices, ours and LiteLLM's, that stood beside an
    application's own ones; `listed` those that stay there, because LiteLLM charges 0 without them; `no_field` the
    prices of the record that LiteLLM has no field for.
    """

    left_out: Mapping[str, str]
    dropped: Mapping[str, tuple[str, ...]] = FrozenDict()
    listed: Mapping[str, tuple[str, ...]] = FrozenDict()
    no_field: Mapping[str, tuple[str, ...]] = FrozenDict()

    def __repr__(self) -> str:
        parts = ["names", "left_out", *(name for name in _REPORTED if getattr(self, name))]
        return f"Registered({', '.join(f'{name}={getattr(self, name)!r}' for name in parts)})"


@dataclass(frozen=True, slots=True)
class _Plan:
    """A model, LiteLLM's name of it, the key of the row that LiteLLM reads for this name, and what to write there."""

    model: Model
    name: str
    key: str
    row: Row
    fields: Fields


def register(
    models: Iterable[Spec] | None = None,
    *,
    add_missing: bool = False,
    providers: Mapping[str, str] | None = None,
    snapshot: Snapshot | None = None,
) -> Registered:
    """Write the prices of our records into LiteLLM's own entries of these models. Changes prices and nothing else.

    Without `models`, all of the catalogue, also by served ids. `add_missing` adds an entry with limits and flags for a
    model that LiteLLM does not have. `providers` extends `PROVIDERS` (`{"my-gateway": "hosted_vllm"}`); `snapshot`
    replaces the published one.

    For each registered model, `litellm.get_model_info` and `completion_cost` then give the prices that the record
    states, and their old answers for the rest. Where an application states own prices, list prices beside them are
    dropped: `dropped` of the result names them. Moving names such as `-latest` are left out, unless the application
    states their price or what they mean, or a source that is not older than LiteLLM's list states what they mean.
    Everything is checked afterwards. An entry is put back if a name has another route (`litellm.get_llm_provider`), or
    if LiteLLM does not answer with our price. `left_out` of the result states why. Calls add up; a call with the same
    arguments changes nothing. `unregister` undoes all.

    Warns with `OldCatalogueWarning` where LiteLLM's list is known to be newer than the catalogue. Raises as `resolve`,
    `ImportError` where litellm is not installed, and `NotRegisteredError` where LiteLLM cannot represent any of
    `models`: no provider, neither chat nor embeddings, or a price that is unknown on both sides.
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    litellm = client_library("litellm", "litellm")
    with litellm_prices.work_on(litellm):
        known = litellm_prices.known_day(litellm, today())
    source = Source(snapshot, providers, known)
    if models is None:
        shown = [one for one in snapshot.list_models() if one.provider in source.table]
        chosen = [snapshot.get_model(one.provider, name) for one in shown for name in (one.id, *one.served_as)]
    else:
        chosen = [snapshot.resolve(spec) for spec in ((models,) if isinstance(models, str) else models)]
    named = {asked(model): model for model in chosen}
    plans: dict[object, _Plan] = {}
    left_out: dict[str, str] = {}
    never: list[NotRegisteredError] = []
    with litellm_prices.work_on(litellm):
        for spec, model in named.items():
            try:
                plan = _plan(litellm, source, model, add_missing)
            except NotRegisteredError as error:
                never.append(error)
                left_out[spec] = error.reason
            except LeftOutError as error:
                left_out[spec] = error.reason
            else:
                row = litellm.model_cost.get(plan.key)  # an alias of LiteLLM and its model share one row
                other = plans.setdefault(plan.key if row is None else id(row), plan)
                if other is not plan:
                    left_out[spec] = f"LiteLLM has the same entry for {printable(asked(other.model))}"
        if models is not None and never and len(never) == len(named):
            raise never[0]
        registered = _write(litellm, list(plans.values()), left_out)
    done = {spec: plan.fields for plan in plans.values() if (spec := asked(plan.model)) in registered}
    if source.is_newer and not all(source.origins(named[spec]).is_whole for spec in done):
        message = (
            f"LiteLLM's price list is of {known} or later, and the catalogue of {source.date}: some of LiteLLM's "
            "prices may be newer than those that replace them. Next step: 'llm-models pull', then 'llm-models activate'"
        )
        warnings.warn(message, OldCatalogueWarning, stacklevel=2)
    return Registered(
        FrozenDict(sorted(registered.items())), FrozenDict(sorted(left_out.items())),
        *(
            FrozenDict(sorted((spec, names) for spec, fields in done.items() if (names := getattr(fields, part))))
            for part in _REPORTED
        ),
    )  # fmt: skip


def unregister() -> list[str]:
    """Restore LiteLLM's price list as it was before `register`, after any number of calls.

    A value that LiteLLM or the application wrote over ours stays. Returns the entries in which this is so, sorted.
    A list that LiteLLM loaded again has nothing of ours, and is not touched.
    """
    litellm = client_library("litellm", "litellm")
    with litellm_prices.work_on(litellm):
        return litellm_prices.restore_rows(litellm)


def _write(litellm: Any, plans: list[_Plan], left_out: dict[str, str]) -> dict[str, str]:
    """Write what was planned, and check it. Returns spec -> LiteLLM's name; adds what is put back to `left_out`."""
    for key, name in litellm_prices.change_rows(litellm, {plan.key: plan.row for plan in plans}).items():
        left_out.update(
            (asked(plan.model), f"LiteLLM would send requests for '{printable(name)}' elsewhere")
            for plan in plans
            if plan.key == key
        )
    registered: dict[str, str] = {}
    wrong: list[str] = []
    for plan in plans:
        spec = asked(plan.model)
        if spec not in left_out:
            why = litellm_prices.wrong_answer(litellm, plan.name, plan.key, plan.row.prices, _bills(plan.fields))
            if why is None:
                registered[spec] = plan.name
            else:
                left_out[spec] = why
                wrong.append(plan.key)
    if wrong:
        litellm_prices.restore_rows(litellm, wrong)
    return registered


def _plan(litellm: Any, source: Source, model: Model, add_missing: bool) -> _Plan:
    """What to write for a model. Raises `NotRegisteredError` or `LeftOutError` with the reason to write nothing."""
    if model.provider not in source.table:
        raise never(model, "LiteLLM has no provider for it; name one with providers=")
    provider = source.provider(model)
    if provider in litellm_prices.signs_in():
        raise never(model, "LiteLLM would ask the user to sign in")
    if not (model.capabilities.chat or model.capabilities.embeddings):
        raise never(model, "it neither chats nor embeds")
    model_id = source.model_id(model)
    name = f"{provider}/{model_id}"
    key, own = litellm_prices.own_row(litellm, name)
    if key is None:
        if model.cost.input is None or (model.capabilities.chat and model.cost.output is None):
            raise never(model, "its price is unknown, and LiteLLM would report 0")
        if not add_missing and name not in litellm.model_cost:
            raise LeftOutError("LiteLLM has no entry for it; add_missing=True adds one")
        fields = source.fields(model, own)
        mode = "chat" if model.capabilities.chat else "embedding"
        added = {**source.facts(model), "litellm_provider": provider, "mode": mode}
        return _Plan(model, name, name, Row(fields.prices, guessed=own, fields=added), fields)
    same_provider = str(own.get("litellm_provider", provider)).startswith(provider)
    if key.lower() != name.lower() and not (key.lower() == model_id.lower() and same_provider):
        raise never(model, f"LiteLLM reads it as '{printable(key)}'")
    fields = source.fields(model, own)
    if not fields.prices:
        raise LeftOutError("its record states no price")
    return _Plan(model, name, key, Row(fields.prices), fields)


def _bills(fields: Fields) -> Iterator[Bill]:
    """A request with caches for the base price and each tier, in each mode that a response can state."""
    modes = {name: named(fields.cost, name) for name in MODES if name != "batch"}
    for tier, mode in {"": None, **{name: mode for name, mode in modes.items() if mode is not None}}.items():
        ladder = layers(fields.cost, mode, None)
        for over in (None, *thresholds(ladder)):
            found = {name: rate for name, rate in rates(ladder, over).items() if name in TIERED and rate.of == name}
            read = long_classes(tier or None, over) if over is not None else TIERED
            if "input" in found and {*found} <= {*read}:
                prompt = 1000 if over is None else over + 1
                tokens = {name: 100 if name in found else 0 for name in ("cache_read", "cache_write", "output")}
                tokens["input"] = prompt - tokens["cache_read"] - tokens["cache_write"]
                usd = float(sum(found[name].usd * count for name, count in tokens.items() if count)) / 1e6
                yield Bill(prompt, tokens["cache_read"], tokens["cache_write"], tokens["output"], usd, tier or None)
