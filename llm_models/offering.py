"""Offering: the records of one model at all providers, side by side, cheapest first; standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.errors import AmbiguousModelError
from llm_models.frozen import FrozenDict
from llm_models.groups import group_in
from llm_models.kinds import is_moving
from llm_models.outliers import outliers
from llm_models.siblings import members
from llm_models.variants import variant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from llm_models.groups import Group
    from llm_models.outliers import Outlier
    from llm_models.records import Billing, Model
    from llm_models.view import View

KNOWN, UNUSUAL, UNKNOWN, ZERO = range(4)
"""The order of prices: known ones, known ones that are outliers, unknown ones, and an explicit 0."""


class Offer(NamedTuple):
    """One model at one provider. Prices are USD per million tokens, limits are tokens; None is unknown."""

    model: Model
    """The record."""
    variant: str | None
    """The mark of a variant as the id has it (`:thinking`, `-fast`, `@eu`, `-fp8`); None for the plain model."""
    billing: Billing
    """How the provider bills. Outside `usage` a price is not what a request costs."""
    derived: bool
    """Whether only the way in which the id is written tells that it is this model."""
    outliers: Mapping[str, Outlier]
    """A field (`limits.context`, `cost.input`, `cost.output`) -> its value and the median of the model, where they are
    far apart."""

    @property
    def spec(self) -> str:
        """The model spec, `provider:id`."""
        return self.model.spec

    @property
    def input(self) -> float | None:
        """The price of input."""
        return self.model.cost.input

    @property
    def output(self) -> float | None:
        """The price of output."""
        return self.model.cost.output

    @property
    def cache_read(self) -> float | None:
        """The price of input that is read from a cache."""
        return self.model.cost.cache_read

    @property
    def context(self) -> int | None:
        """The limit of the context."""
        return self.model.limits.context

    @property
    def max_output(self) -> int | None:
        """The limit of the output."""
        return self.model.limits.output

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; a None is unknown."""
        values = {name: getattr(self, name) for name in NUMBERS}
        return {
            "spec": self.spec,
            "provider": self.model.provider,
            "id": self.model.id,
            "canonical": self.model.canonical,
            "variant": self.variant,
            **values,
            "billing": self.billing,
            "deprecated": self.model.deprecated,
            "retires": self.model.retires,
            "derived": self.derived,
            "outliers": {field: one._asdict() for field, one in self.outliers.items()},
        }


NUMBERS = ("input", "output", "cache_read", "context", "max_output")
"""The prices and limits of an offer."""


def offers_of(view: View, resolve: Callable[[Any], Model], spec: Any) -> list[Offer]:
    """The offers of the model that a spec means; see `llm_models.offers`. `resolve` finds it, and raises its errors.

    A moving name is the model that it resolves to, where that is stated.
    """
    model = target_of(view, _meant(resolve, spec))
    if model.canonical is None:
        return [] if model.is_retired() else [_offer(view, model, None, {})]
    return grouped(view, [model.canonical])[model.canonical]


def target_of(view: View, model: Model) -> Model:
    """The model that a moving name resolves to, where that is stated and shown; else the model itself."""
    seen = {model.id}
    while model.resolves_to in view.file.block(model.provider).rows and model.resolves_to not in seen:
        seen.add(model.resolves_to)
        row = view.file.block(model.provider).rows[model.resolves_to]
        if row not in view.shown(model.provider):
            break
        model = view.model(model.provider, row)
    return model


def grouped(view: View, canonicals: Collection[str], *, retired: bool = False) -> dict[str, list[Offer]]:
    """The offers of each canonical id, cheapest first: many at once take hardly longer than one.

    With `retired` also those of models that no longer answer, so that the result is the same on every day.
    """
    found = [*members(view.file, canonicals)]
    odd = outliers((provider, line) for provider, _, line in found)
    offers: dict[str, list[Offer]] = {canonical: [] for canonical in canonicals}
    for provider, row, line in found:
        if row in view.shown(provider) and not is_moving(line["id"]) and "resolves_to" not in line:
            one, group = view.model(provider, row), group_in(provider, line)
            if group is not None and (retired or not one.is_retired()):
                offers[group.canonical].append(_offer(view, one, group, odd.get((provider, one.id), {})))
    return {canonical: sorted(of_it, key=_place) for canonical, of_it in offers.items()}


def _offer(view: View, model: Model, group: Group | None, odd: Mapping[str, Outlier]) -> Offer:
    variant = None if group is None else variant_of(model.id, group.canonical)
    billing = view.provider(model.provider).billing
    return Offer(model, variant, billing, group is not None and group.derived, FrozenDict(odd))


def _place(offer: Offer) -> tuple[bool, bool, int, float, str]:
    """The place of an offer: deprecated ones last, variants behind plain ones, then by price, then by name."""
    known = [price for price in (offer.input, offer.output) if price is not None]
    price = round(sum(known), 9)  # 0.1 + 0.7 is less than 0.8
    kind = UNKNOWN if len(known) < 2 else ZERO if not price else KNOWN
    if kind == KNOWN and ("cost.input" in offer.outliers or "cost.output" in offer.outliers):
        kind = UNUSUAL
    return offer.model.deprecated, offer.variant is not None, kind, price, offer.spec


def _meant(resolve: Callable[[Any], Model], spec: Any) -> Model:
    """The model that a spec means. A bare id of several providers is enough where all of them serve the same model."""
    try:
        return resolve(spec)
    except AmbiguousModelError as error:
        models = [resolve(one) for one in error.specs]
        if not _are_one(models):
            raise
        return models[0]


def _are_one(models: Iterable[Model]) -> bool:
    """Whether all models are in one canonical group."""
    names = {model.canonical for model in models}
    return len(names) == 1 and None not in names
