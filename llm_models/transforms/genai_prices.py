"""genai-prices' `data.json` as our records: tables and named functions. Counts are of version 0.2.3, 2,330 models.

The document is a list of providers, or an object with that list under `providers`. Each has `models`: `{"id", "match",
"prices", ...}`. It states prices, so it fills and contradicts; it does not list what providers serve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glom import SKIP

from llm_models.normalize import Drop, kind_of
from llm_models.transforms.genai_prices_lists import cost, in_full
from llm_models.transforms.specs import Record, Take, flag, identity, text, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.transforms.specs import Note

FILLS = (
    "cost.cache_write_1h",
    "cost.modes.batch",
    "cost.modes.flex",
    "cost.modes.priority",
    "cost.modes.fast",
    "cost.fees",
)
"""What a record of another source may take from here. Beside equal prices, and where the packaged data of 2026-09-30
states nothing: the one-hour cache of 16 models, `fast` of 16, `priority` of 12, `batch` of 6, `flex` of 1, 25 fees."""

PROVIDERS = {
    "anthropic": "anthropic",
    "arcee": "arcee",
    "aws": "amazon_bedrock",
    "azure": "azure",
    "baseten": "baseten",
    "cerebras": "cerebras",
    "cloudflare": "cloudflare_workers_ai",
    "cohere": "cohere",
    "databricks": "databricks",
    "deepseek": "deepseek",
    "fireworks": "fireworks_ai",
    "github-copilot": "github_copilot",
    "google": "google",
    "groq": "groq",
    "meta": "meta",
    "minimax": "minimax",
    "mistral": "mistral",
    "modal": "modal",
    "moonshotai": "moonshotai",
    "novita": "novita_ai",
    "openai": "openai",
    "openrouter": "openrouter",
    "ovhcloud": "ovhcloud",
    "perplexity": "perplexity",
    "together": "togetherai",
    "x-ai": "xai",
    "zai": "zai",
}
"""Their provider -> ours: those of which at least one id is one of ours."""

ELSEWHERE = {
    "avian": "no provider of ours",
    "cursor": "no provider of ours",
    "doubleword": "no provider of ours",
    "elevenlabs": "no provider of ours",
    "huggingface_": "prices of one route each, while our provider has all routes",
    "openai-decisions": "prices of another endpoint of OpenAI",
    "quicksilverpro": "no provider of ours",
    "typesafe": "no provider of ours",
    "voyageai": "no provider of ours",
    "zhipuai": "prices of its Chinese platform, of which 8 of 8 are not those of our provider",
}
"""Their providers, or the start of their ids, that are left out, and why."""

LEFT_OUT = {
    "description": "their words, often those of the provider's advertising",
    "match": "clauses: `equals` is an id, the others match ids of other models and prices, too",
    "price_comments": "their words about prices",
}
PROVIDER_LEFT_OUT = {
    "api_pattern": "an expression that matches addresses, which is no address",
    "description": "their words",
    "extractors": "how a usage object is read; `provider_usage` has tables of its own",
    "fallback_model_providers": "whose prices hold for ids that it does not list",
    "model_match": "which ids could be of this provider",
    "price_comments": "their words about prices",
    "provider_match": "which names could mean this provider",
    "pricing_urls": "the first is the `source` of each price list",
}
"""Keys that are neither taken nor kept, and why."""

MOST_IDS = 100
"""The most ids of one model that are read; the file has at most 12."""


def providers(document: Any) -> Iterator[Any]:
    """Those that are ours, each with a record for each id of a model."""
    listed = document.get("providers") if isinstance(document, dict) else document
    for entry in listed if isinstance(listed, list) else ():
        key = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(key, str) and key in PROVIDERS:
            held = entry.get("models")
            found = models(held, _first(entry.get("pricing_urls"))) if isinstance(held, list) else None
            record = {name: value for name, value in entry.items() if name != "models"}
            yield (key, record), found or Drop(f"expected a list, found {kind_of(held)}")


def models(rows: list[Any], source: Any) -> Iterator[tuple[str, Any]]:
    """A record for each id that a model equals. Its prices are one value, because each depends on the others."""
    for row, model in enumerate(rows):
        if not isinstance(model, dict):
            yield f"row {row}", model
            continue
        ids = equal(model.get("match"))
        rest = {name: value for name, value in model.items() if name not in {"prices", "price_variants"}}
        prices = {name: model[name] for name in ("prices", "price_variants") if name in model}
        if source is not None:
            prices["source"] = source
        if len(ids) > MOST_IDS:
            yield f"row {row}", Drop(f"more than {MOST_IDS} ids")
            continue
        for name in ids:
            yield name, {**rest, "id": name, "cost": prices}


def equal(clause: Any) -> list[str]:
    """The ids that a clause equals: those of `equals`, and of `equals` inside an `or`.

    >>> equal({"or": [{"equals": "gpt-4o"}, {"starts_with": "gpt-4o-2024"}]}), equal({"contains": "gpt-4o"})
    (['gpt-4o'], [])
    """
    either = clause.get("or") if isinstance(clause, dict) else None
    clauses = either if isinstance(either, list) else [clause]
    found = [one.get("equals") for one in clauses if isinstance(one, dict)]
    return list(dict.fromkeys([name for name in found if isinstance(name, str)]))


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else None


CATALOGUE = (providers,)


def ours(value: Any, note: Note) -> str:
    return PROVIDERS[identity(value, note)]


def known(value: Any, note: Note) -> Any:
    """71 models are deprecated; of the others, some can be."""
    return flag(value, note) or SKIP


PROVIDER = Record(
    "genai_prices",
    PROVIDER_LEFT_OUT,
    id=Take("id", ours),
    name=Take("name", text),
)

MODEL = Record(
    "genai_prices",
    LEFT_OUT,
    id=Take("id", identity),
    name=Take("name", text),
    deprecated=Take("deprecated", known),
    limits={"context": Take("context_window", tokens)},
    cost=Take("cost", cost),
    extra={"genai_prices": Take("cost", in_full)},
)
