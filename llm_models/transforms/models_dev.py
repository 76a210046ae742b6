"""models.dev's `api.json` as our records: tables and named functions. Counts are of the file of 2026-09-30."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from glom import SKIP, T

from llm_models.modelspec import fold_provider
from llm_models.normalize import Drop, kind_of
from llm_models.transforms.models_dev_prices import PRICES, TIERS, modes, modes_in_full, tiers, tiers_in_full
from llm_models.transforms.specs import (
    First,
    Record,
    Take,
    address,
    date,
    flag,
    identity,
    is_count,
    line,
    price,
    text,
    tokens,
    variables,
    words,
)

if TYPE_CHECKING:
    from llm_models.transforms.specs import Note


def provider_with_models(item: tuple[str, Any]) -> tuple[tuple[str, Any], Any]:
    """The document is an object of providers by id; each holds its models, by id, under "models"."""
    key, value = item
    record = dict(value) if isinstance(value, dict) else value
    models = record.pop("models", None) if isinstance(record, dict) else None
    if isinstance(models, dict):
        return identified((key, record)), map(identified, models.items())
    return identified((key, record)), Drop(f"expected an object, found {kind_of(models)}")


def identified(item: tuple[str, Any]) -> tuple[str, Any]:
    """A key with its record, which is dropped where it states another id."""
    key, record = item
    same = not isinstance(record, dict) or record.get("id", key) == key
    return item if same else (key, Drop("its id is not its key"))


CATALOGUE = (T.items(), partial(map, provider_with_models))


def folded(value: Any, note: Note) -> str:
    return fold_provider(identity(value, note))


def plan(value: Any, _note: Note) -> Any:
    """A provider of a subscription has `plan` in its id (21), or at the end of a word of it."""
    return "plan" if isinstance(value, str) and "plan" in re.split(r"[-_.]", value.lower()) else SKIP


def local(value: Any, _note: Note) -> Any:
    """A base URL of the user's own machine (2)."""
    try:
        host = urlsplit(value).hostname if isinstance(value, str) else None
    except ValueError:
        return SKIP
    return "local" if host in {"localhost", "127.0.0.1", "::1", "0.0.0.0"} else SKIP


def maker_and_model(value: Any, note: Note) -> str:
    name = text(value, note)
    if not _CANONICAL.fullmatch(name):
        raise Drop("not the form maker/model")
    return name


_CANONICAL = re.compile(r"(?!\.{1,2}/)[^\s/\x00-\x1f\x7f]+/(?!\.{1,2}$)[^\s/\x00-\x1f\x7f]+")

SHAPES = {"responses": ["responses"], "completions": ["chat"]}
"""Upstream's name for the API of a model that differs from its provider's -> our APIs."""


def apis(shape: Any, _note: Note) -> Any:
    return SHAPES.get(shape, SKIP) if isinstance(shape, str) else SKIP


def other_shape(shape: Any, note: Note) -> Any:
    return SKIP if apis(shape, note) is not SKIP else shape


def native_and_schema(value: Any, note: Note) -> dict[str, bool]:
    """Who takes a JSON Schema can answer in JSON; who does not may still have a mode for plain JSON."""
    return {"native": True, "schema": True} if flag(value, note) else {"schema": False}


# `reasoning_options` (on 6,146 models, empty on 1,187) is a list of a toggle, efforts and a token budget. What our
# fields cannot hold of it keeps the whole list in `extra`.


def toggle(options: Any, _note: Note) -> bool:
    """An empty list states that there is none."""
    if not isinstance(options, list):
        raise Drop("expected a list")
    return {"type": "toggle"} in options


def takes_budget(options: Any, _note: Note) -> bool:
    """Also where no bounds are stated (187). An empty list states that there is none."""
    if not isinstance(options, list):
        raise Drop("expected a list")
    return any(isinstance(option, dict) and option.get("type") == "budget_tokens" for option in options)


def efforts(options: Any, _note: Note) -> Any:
    listed = [values for values in _stated(options, "effort", "values") if isinstance(values, list)]
    texts = [list(dict.fromkeys([item for item in values if isinstance(item, str) and item])) for values in listed]
    return next(filter(None, texts), SKIP)


def budget(key: str, options: Any, _note: Note) -> Any:
    """A size in tokens; 0 is one, too: thinking uses none."""
    return next((size for size in _stated(options, "budget_tokens", key) if is_count(size, 0)), SKIP)


budget_min, budget_max = partial(budget, "min"), partial(budget, "max")


def _stated(options: Any, kind: str, key: str) -> list[Any]:
    """The values of a key in the options of a kind; the last option counts, so it comes first."""
    listed = [option for option in options if isinstance(option, dict)] if isinstance(options, list) else []
    return [option.get(key) for option in reversed(listed) if option.get("type") == kind]


def options_in_full(options: Any, note: Note) -> Any:
    if not isinstance(options, list):
        return SKIP
    ours: list[dict[str, Any]] = [{"type": "toggle"}] if toggle(options, note) else []
    if (values := efforts(options, note)) is not SKIP:
        ours.append({"type": "effort", "values": values})
    bounds = {"min": budget_min(options, note), "max": budget_max(options, note)}
    if takes_budget(options, note):
        ours.append({"type": "budget_tokens", **{key: size for key, size in bounds.items() if size is not SKIP}})
    return SKIP if ours == options else options


PROVIDER = Record(
    id=Take("id", folded),
    name=Take("name", text),
    base_url=Take("api", address),
    env=Take("env", variables),
    billing=First(Take("id", plan), Take("api", local)),
    doc=Take("doc", text),
    extra={"source_id": Take("id", identity)},
)

MODEL = Record(
    id=Take("id", identity),
    name=Take("name", text),
    canonical=Take("canonical_model_id", maker_and_model),
    description=Take("description", line),
    family=Take("family", text),
    apis=Take("provider.shape", apis),
    release_date=Take("release_date", date),
    last_updated=Take("last_updated", date),
    knowledge=Take("knowledge", date),
    status=Take("status", text),
    open_weights=Take("open_weights", flag),
    modalities={name: Take(f"modalities.{name}", words) for name in ("input", "output")},
    limits={name: Take(f"limit.{name}", tokens) for name in ("context", "input", "output")},
    cost={
        **{name: Take(f"cost.{name}", price) for name in PRICES},
        "tiers": Take("cost", tiers, *TIERS),
        "modes": Take("experimental.modes", modes),
    },
    capabilities={
        "attachments": Take("attachment", flag),
        "temperature": Take("temperature", flag),
        "tools": {"enabled": Take("tool_call", flag)},
        "json": Take("structured_output", native_and_schema),
        "reasoning": {
            "enabled": Take("reasoning", flag),
            "toggle": Take("reasoning_options", toggle),
            "efforts": Take("reasoning_options", efforts),
            "budget": Take("reasoning_options", takes_budget),
            "token_budget": Take("reasoning_options", budget_max),
            "token_budget_min": Take("reasoning_options", budget_min),
        },
    },
    extra={
        "cost": Take("cost", tiers_in_full, *TIERS),
        "experimental": {"modes": Take("experimental.modes", modes_in_full)},
        "provider": {"shape": Take("provider.shape", other_shape)},
        "reasoning_options": Take("reasoning_options", options_in_full),
    },
)
