"""Image prices: records whose price of `output` is probably that of image tokens, which is a class of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TIMES = 5
"""How many times the output of a record is above that of the same model at another provider."""


def of_image_tokens(records: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The specs of records that make images, state no `output_image`, and have an `output` that is far above another's.

    `records` has all records by model spec, with derived values. The other one is the cheapest record at another
    provider with the same `canonical` (without one: the same id), and follows in the pair. So is one whose `output` is
    the `output_image` that another record of the model states beside another `output`, or beside none.
    """
    cheapest: dict[str, dict[str, tuple[float, str]]] = {}
    of_images: dict[tuple[str, float], str] = {}
    for spec, record in records.items():
        cost = record.get("cost", {})
        price, image = cost.get("output"), cost.get("output_image")
        if image and image != price:
            of_images.setdefault((_model(spec, record), image), spec)
        if price:
            by_provider = cheapest.setdefault(_model(spec, record), {})
            provider = spec.partition(":")[0]
            by_provider[provider] = min(by_provider.get(provider, (price, spec)), (price, spec))
    for spec, record in records.items():
        cost = record.get("cost", {})
        if not cost.get("output") or "output_image" in cost:
            continue
        if "image" in record.get("modalities", {}).get("output", ()):
            provider = spec.partition(":")[0]
            others = [pair for name, pair in cheapest[_model(spec, record)].items() if name != provider]
            if others and cost["output"] > TIMES * min(others)[0]:
                yield spec, min(others)[1]
            elif (other := of_images.get((_model(spec, record), cost["output"]))) is not None:
                yield spec, other


def _model(spec: str, record: Mapping[str, Any]) -> str:
    canonical: str | None = record.get("canonical")
    return canonical or spec.partition(":")[2]
