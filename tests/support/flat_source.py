"""A transform for a made-up source: one flat list of models, with prices per token as text."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from glom import Val

from llm_models.modelspec import fold_provider
from llm_models.normalize import Drop
from llm_models.transforms.specs import Record, Take, date, identity, text, tokens

if TYPE_CHECKING:
    from llm_models.transforms.specs import Note


def by_provider(models: Any) -> Any:
    """The text before the first slash is the provider."""
    if not isinstance(models, list):
        raise Drop("expected a list of models")
    held: dict[str, list[tuple[str, Any]]] = {}
    for row, model in enumerate(models):
        name = model.get("id") if isinstance(model, dict) else None
        provider, slash, _ = str(name).partition("/")
        held.setdefault(fold_provider(provider) if slash else "", []).append((str(name or f"row {row}"), model))
    return [((provider, {"id": provider}), listed) for provider, listed in held.items()]


def after_slash(value: Any, note: Note) -> str:
    return identity(value, note).partition("/")[2]


def per_million(value: Any, note: Note) -> float:
    try:
        return float(Decimal(identity(value, note)) * 1_000_000)
    except InvalidOperation:
        raise Drop("no decimal number") from None


CATALOGUE = ("data", by_provider)
PROVIDER = Record(id=Take("id", identity))
MODEL = Record(
    id=Take("id", after_slash),
    provider_model_id=Take("id", identity),
    name=Take("name", text),
    limits={"context": Take("context_length", tokens)},
    retires=Take("retires", date),
    cost={
        "input": Take("pricing.prompt", per_million),
        "output": Take("pricing.completion", per_million),
        "cache_write_1h": Take("pricing.cache_write_1h", per_million),
    },
    tags=Val(["flat"]),
)
FILLS = ("retires", "cost.cache_write_1h")
