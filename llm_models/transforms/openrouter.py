"""OpenRouter's `GET /api/v1/models` as our records of one provider: tables and named functions.

The answer is `{"data": [...], "total_count": ..., "links": {"next": ...}}`. Counts are of the answer of 2026-08-17, 413
models. Null and empty text mean that nothing is stated.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from glom import SKIP

from llm_models.normalize import Drop, kind_of
from llm_models.schema import accepts
from llm_models.transforms.openrouter_prices import PRICES, hours, overrides_in_full, tiers
from llm_models.transforms.specs import (
    Record,
    Take,
    address,
    date,
    flag,
    identity,
    is_count,
    line,
    text,
    tokens,
    variables,
    words,
)
from llm_models.transforms.units import per_token, per_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.transforms.specs import Note

FILLS = (
    "retires",
    "served_as",
    "capabilities",
    "cost.cache_write_1h",
    "cost.cache_read_audio",
    "cost.fees.web_search",
)
"""What a record of another source may take from here: 2 dates, 183 served ids, and classes that models.dev lacks (of
32, 27 and 157 models). Not `resolves_to`, which 11 moving names state: six weeks later 4 of them meant another model.
Not `hours`, because a window states prices of input and output. Beside equal prices, and where the packaged data of
2026-09-30 states nothing: 1 date, 169 served ids, `json.native` of 68 models, the classes of 12, 16 and 80."""

LEFT_OUT = {
    "alias_target.name": "the name of the model that `resolves_to` states",
    "architecture.instruct_type": "how a host writes a conversation down; no user of the API sees it",
    "architecture.modality": "the two lists of modalities again, as one text",
    "architecture.tokenizer": "a rough word, `Other` in 117 records",
    "benchmarks": "scores of others, which have their own terms",
    "default_parameters": "what a request without parameters gets; null in most records",
    "links": "the address of more facts about it",
    "per_request_limits": "always null",
    "pricing.image": "the price of an input image or of its tokens, by the model",
    "supported_voices": "names of voices; empty or null",
    "top_provider.context_length": "that of one host, while `context_length` is that of the model",
    "top_provider.is_moderated": "whether one host refuses texts",
}
"""Keys that are neither taken nor kept, and why."""

NAME = "openrouter"
HERE = {
    "id": NAME,
    "name": "OpenRouter",
    "api": "https://openrouter.ai/api/v1",
    "env": ["OPENROUTER_API_KEY"],
    "doc": "https://openrouter.ai/models",
}
"""The provider, which the answer does not describe."""

REASONING = ("reasoning", "include_reasoning")
"""The parameters that decide whether a model thinks."""

NEVER = "2098-12-31"
"""The expiration date of a model that has none (2)."""


def fault(document: Any) -> str | None:
    """Why an answer must not be read: it is one page, or it states that it has more models."""
    if not isinstance(document, dict) or not isinstance(document.get("data"), list):
        return None
    links, total, found = document.get("links"), document.get("total_count"), len(document["data"])
    if isinstance(links, dict) and links.get("next"):
        return f"is one page of a longer list (found {found:,} models and a next page, expected the whole list)"
    if is_count(total, 0) and total != found:
        return f"is not the whole list (found {found:,} models, expected {total:,})"
    return None


def one_provider(document: Any) -> list[Any]:
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise Drop("expected a list of models")
    return [((NAME, HERE), models(rows))]


def models(rows: list[Any]) -> Iterator[tuple[str, Any]]:
    """The records by id, without what is not stated of that id alone.

    `canonical_slug`, mostly the id with a date, is taken where it means one record. Variants (`:free` 16, `:batch` 61,
    `:thinking` 1) state that of the model of which they are one. What `reasoning` states of 4 records holds of no
    request: they take no parameter of it.
    """
    records = [stated(row) for row in rows]
    listed = [record for record in records if isinstance(record, dict)]
    ids = {one["id"] for one in listed if isinstance(one.get("id"), str)}
    slugs = Counter(slug for one in listed if (slug := _slug(one)) is not None)
    for row, record in enumerate(records):
        if not isinstance(record, dict):
            yield f"row {row}", record
            continue
        left = set()
        slug = record.get("canonical_slug")
        if isinstance(slug, str) and (_slug(record) is None or slugs[slug] > 1 or slug in ids):
            left.add("canonical_slug")
        if takes(REASONING, record.get("supported_parameters"), _unheard) is False:
            left.add("reasoning")
        name = record.get("id")
        yield (name if isinstance(name, str) else f"row {row}"), {k: v for k, v in record.items() if k not in left}


def _slug(record: dict[str, Any]) -> str | None:
    name, slug = record.get("id"), record.get("canonical_slug")
    return slug if isinstance(name, str) and ":" not in name and isinstance(slug, str) else None


def _unheard(*_: str) -> None:
    """Nothing is checked here."""


def stated(value: Any) -> Any:
    """A value without what is null or empty text inside objects."""
    if not isinstance(value, dict):
        return value
    return {key: stated(item) for key, item in value.items() if item is not None and item != ""}


CATALOGUE = (one_provider,)


def title(value: Any, note: Note) -> str:
    """The name without that of its maker: "OpenAI: GPT-5" (220 of models.dev's names are this one)."""
    whole = text(value, note)
    return whole.partition(": ")[2].strip() or whole


def other_id(value: Any, note: Note) -> str:
    """An id beside that of the record, which is kept where this one cannot be an id."""
    name = identity(value, note)
    if not accepts("model", {"id": name, "provider": NAME}):
        raise Drop("cannot be an id")
    return name


def alone(value: Any, note: Note) -> list[str]:
    return [other_id(value, note)]


def day_of(value: Any, _note: Note) -> str:
    """Seconds since 1970: the day on which it was listed, mostly some days after its release."""
    if not is_count(value, 1):
        raise Drop("expected a number of seconds")
    try:
        return datetime.fromtimestamp(value, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        raise Drop("a date that does not exist") from None


def end(value: Any, note: Note) -> Any:
    day = date(value, note)
    if len(day) < len("YYYY-MM-DD"):
        raise Drop("a month, expected a day")
    return SKIP if day == NEVER else day


def weights(value: Any, _note: Note) -> bool:
    """Who names a repository with weights states that they can be had. No name states nothing."""
    if not isinstance(value, str):
        raise Drop("expected text")
    return True


MODALITIES = {"file": "pdf"}
"""Their word -> ours."""


def modalities(value: Any, note: Note) -> list[str]:
    return list(dict.fromkeys([MODALITIES.get(word, word) for word in words(value, note)]))


def attachments(value: Any, _note: Note) -> Any:
    return any(word != "text" for word in value) if isinstance(value, list) and value else SKIP


# `supported_parameters` is complete: what it does not name is not supported. It is empty for 3 records, which choose
# another model for each request. There nothing is stated.


def takes(names: tuple[str, ...], parameters: Any, _note: Note) -> Any:
    """Whether one of the parameters is supported."""
    return any(name in parameters for name in names) if _named(parameters) else SKIP


def takes_or_unstated(name: str, parameters: Any, _note: Note) -> Any:
    """As `takes`, where only the presence of a parameter is information: 6 records name `parallel_tool_calls`."""
    return True if _named(parameters) and name in parameters else SKIP


def takes_json(parameters: Any, _note: Note) -> Any:
    """A schema for the answer (335), and plain JSON (356), which 9 records with a schema do not name."""
    if not _named(parameters):
        return SKIP
    schema = "structured_outputs" in parameters
    return {"native": schema or "response_format" in parameters, "schema": schema}


def thinks(parameters: Any, note: Note) -> Any:
    if not isinstance(parameters, list):
        raise Drop(f"expected a list of texts, found {kind_of(parameters)}")
    return takes(REASONING, parameters, note)


def _named(parameters: Any) -> bool:
    return isinstance(parameters, list) and bool(parameters)


def optional(value: Any, note: Note) -> bool:
    return not flag(value, note)


def efforts(value: Any, note: Note) -> Any:
    return words(value, note) or SKIP


def _parameter(check: Any, *names: Any) -> Take:
    return Take("supported_parameters", partial(check, *names) if names else check)


CLASSES = {ours: Take(f"pricing.{theirs}", per_token) for theirs, ours in PRICES.items()}

PROVIDER = Record(
    id=Take("id", identity),
    name=Take("name", text),
    base_url=Take("api", address),
    env=Take("env", variables),
    doc=Take("doc", text),
)

MODEL = Record(
    NAME,
    LEFT_OUT,
    id=Take("id", identity),
    name=Take("name", title),
    description=Take("description", line),
    resolves_to=Take("alias_target.slug", other_id),
    served_as=Take("canonical_slug", alone),
    release_date=Take("created", day_of),
    knowledge=Take("knowledge_cutoff", date),
    retires=Take("expiration_date", end),
    open_weights=Take("hugging_face_id", weights),
    modalities={name: Take(f"architecture.{name}_modalities", modalities) for name in ("input", "output")},
    limits={"context": Take("context_length", tokens), "output": Take("top_provider.max_completion_tokens", tokens)},
    cost={
        **CLASSES,
        "fees": {"web_search": Take("pricing.web_search", per_use)},
        "tiers": Take("pricing.overrides", tiers),
        "hours": Take("pricing.overrides", hours),
    },
    capabilities={
        "attachments": Take("architecture.input_modalities", attachments),
        "temperature": _parameter(takes, ("temperature",)),
        "tools": {
            "enabled": _parameter(takes, ("tools",)),
            "parallel": _parameter(takes_or_unstated, "parallel_tool_calls"),
        },
        "json": _parameter(takes_json),
        "reasoning": {
            "enabled": _parameter(thinks),
            "toggle": Take("reasoning.mandatory", optional),
            "efforts": Take("reasoning.supported_efforts", efforts),
            "budget": Take("reasoning.supports_max_tokens", flag),
        },
    },
    extra={
        NAME: {
            "hugging_face_id": Take("hugging_face_id", identity),
            "pricing": {"overrides": Take("pricing.overrides", overrides_in_full)},
        }
    },
)
