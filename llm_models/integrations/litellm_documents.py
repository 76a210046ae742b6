"""Documents that LiteLLM reads: its price map, and the deployments of its router and proxy; it imports no client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glom import glom

from llm_models import store
from llm_models.days import today
from llm_models.errors import LLMModelsError, printable
from llm_models.integrations.facts import asked
from llm_models.integrations.litellm_entries import (
    COMPATIBLE,
    LIMITS,
    OWN_KEYS,
    PROVIDERS,
    LeftOutError,
    NotRegisteredError,
    Source,
    never,
)
from llm_models.integrations.litellm_fields import CLASSES, MODES, UNITS
from llm_models.integrations.litellm_prices import newest_day
from llm_models.integrations.openai_sdk import CLIENT, NO_KEY, ClientOptionsError, client_options
from llm_models.modes import is_priced
from llm_models.trust import UntrustedEndpointError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from llm_models.endpoints import Endpoint
    from llm_models.integrations.litellm_fields import Fields
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec

__all__ = ["Document", "RouterEntry", "model_list", "price_map", "router_entry"]

_INHERITED = (
    "cache_creation_input_token_cost_above_1hr",
    *(CLASSES[name] + f"_{mode}" for mode in MODES if mode != "batch" for name in MODES["balanced"]),
    *(CLASSES["cache_write"] + f"_{mode}" for mode in ("flex", "priority", "ultrafast")),
    *(CLASSES["cache_write_12h"] + f"_{mode}" for mode in ("flex", "priority", "ultrafast")),
    *(CLASSES[name] + f"_{mode}" for mode in ("flex", "priority") for name in ("input_audio", "cache_read_audio")),
    "output_cost_per_image_token_priority",
    "output_cost_per_reasoning_token_flex",
    "output_cost_per_reasoning_token_priority",
)
"""The keys that LiteLLM's router adds to a deployment with prices, from its own row of the model, where they lack."""

_LONG_CACHE = (
    "cache_creation_input_token_cost_above_200k_tokens",
    "cache_read_input_token_cost_above_200k_tokens",
)
"""The same, also for records without own prices: a price for long requests would be of another list than the rest."""


class Document:
    """A document for LiteLLM, with what is not in it.

    `content` is plain data, in which `written` counts the models. `left_out` has those that are not in it: spec -> why.
    Of those that are, spec -> names of prices: `dropped` has the list prices beside own ones, `listed` the list prices
    that stay there because LiteLLM charges 0 without them, and `no_field` the prices that LiteLLM has no field for.
    """

    __slots__ = ("content", "dropped", "left_out", "listed", "no_field", "written")

    def __init__(self, content: Any) -> None:
        self.content = content
        self.written = 0
        self.left_out: dict[str, str] = {}
        self.dropped: dict[str, tuple[str, ...]] = {}
        self.listed: dict[str, tuple[str, ...]] = {}
        self.no_field: dict[str, tuple[str, ...]] = {}

    def note(self, spec: str, fields: Fields) -> None:
        """Count a model as written, and keep what its fields report."""
        self.written += 1
        for name in ("dropped", "listed", "no_field"):
            if names := getattr(fields, name):
                getattr(self, name)[spec] = names


class RouterEntry(dict[str, Any]):
    """An item of LiteLLM's `model_list`. `dropped`, `listed` and `no_field` are names of prices, as in `Document`."""

    dropped: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    no_field: tuple[str, ...] = ()


def router_entry(spec: Spec, *, name: str | None = None, snapshot: Snapshot | None = None) -> RouterEntry:
    """An item of `litellm.Router(model_list=[...])` that reaches a model and charges the prices of its record.

    `name` is the `model_name`, without it the model spec. The key is the name of its variable, `os.environ/NAME`. An
    address is stated where LiteLLM does not know the provider, or where the application states one. LiteLLM's global
    list keeps its prices. `snapshot` replaces the published catalogue.

    Raises `NotRegisteredError` where LiteLLM has no way to the model, and as `llm_models.endpoint`.

    >>> entry = router_entry("groq:openai/gpt-oss-20b", name="fast")
    >>> entry["model_name"], entry["litellm_params"]
    ('fast', {'model': 'groq/openai/gpt-oss-20b', 'api_key': 'os.environ/GROQ_API_KEY'})
    """
    source = Source(store.snapshot() if snapshot is None else snapshot)
    model = source.snapshot.resolve(spec)
    try:
        entry, fields = _deployment(source, model, asked(model) if name is None else name)
    except LeftOutError as error:
        raise never(model, error.reason) from None
    found = RouterEntry(entry)
    found.dropped, found.listed, found.no_field = fields.dropped, fields.listed, fields.no_field
    return found


def model_list(models: Iterable[Model], *, snapshot: Snapshot | None = None) -> Document:
    """The configuration of LiteLLM's proxy for these models: `{"model_list": [...]}`. Nothing goes online."""
    source = Source(store.snapshot() if snapshot is None else snapshot)
    entries: list[dict[str, Any]] = []
    document = Document({"model_list": entries})
    for model, entry in _each(document, models, lambda model: _deployment(source, model, asked(model))):
        entries.append(entry[0])
        document.note(asked(model), entry[1])
    return document


def price_map(
    models: Iterable[Model],
    *,
    onto: Mapping[str, Mapping[str, Any]] | None = None,
    snapshot: Snapshot | None = None,
) -> Document:
    """LiteLLM's price map for these models, also by their served ids: LiteLLM's name -> its fields, sorted.

    `onto` is a map of LiteLLM's, which the result then contains: of its entries only the prices change, and models that
    it lacks are added. A moving name is left out where that map is newer than the catalogue; see `register`.
    """
    day = newest_day(onto, today()) if onto else None
    source = Source(store.snapshot() if snapshot is None else snapshot, known_day=day)
    rows: dict[str, dict[str, Any]] = {key: dict(row) for key, row in (onto or {}).items()}
    document = Document(rows)
    named = [source.snapshot.get_model(one.provider, id) for one in models for id in (one.id, *one.served_as)]
    for model, (key, row, fields) in _each(document, named, lambda model: _row(source, model, rows)):
        rows[key] = {name: value for name, value in row.items() if value is not None}
        document.note(asked(model), fields)
    if onto is None:
        document.content = dict(sorted(rows.items()))
    return document


def _each(document: Document, models: Iterable[Model], make: Callable[[Model], Any]) -> Iterator[tuple[Model, Any]]:
    """What `make` makes of each model; why it makes nothing goes to `left_out`."""
    for model in models:
        try:
            made = make(model)
        except (LeftOutError, NotRegisteredError) as error:
            document.left_out[asked(model)] = error.reason
        except UntrustedEndpointError as error:
            document.left_out[asked(model)] = error.problem
        except LLMModelsError as error:  # an address of its own that is none
            document.left_out[asked(model)] = str(error)
        else:
            yield model, made


def _row(source: Source, model: Model, rows: Mapping[str, Any]) -> tuple[str, dict[str, Any], Fields]:
    """The key of a model in a map, its whole row there, and the fields that are ours."""
    provider, mode = source.provider(model), source.mode(model)
    if mode is None:
        raise never(model, f"LiteLLM has no mode for it (its kind is {model.kind})")
    model_id = source.model_id(model)
    name = f"{provider}/{model_id}"
    for key in (name, model_id):
        own = _target(rows, key)
        if own is not None and (key == name or str(own.get("litellm_provider", "")).startswith(provider)):
            fields = source.fields(model, own)
            return key, {**own, **fields.prices}, fields
    fields = source.fields(model, {})
    if not _is_priced(model, fields):
        raise never(model, "its price is unknown, and LiteLLM would report 0")
    return name, {"litellm_provider": provider, "mode": mode, **source.facts(model), **fields.prices}, fields


def _target(rows: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """A row of a map; for a key that is another name, the row that it names."""
    row = rows.get(key)
    other = row.get("alias_of") if isinstance(row, dict) else None
    row = rows.get(other, row) if isinstance(other, str) else row
    return {name: value for name, value in row.items() if name != "alias_of"} if isinstance(row, dict) else None


def _is_priced(model: Model, fields: Fields) -> bool:
    """Whether a row says what a request costs: by its input, and of a chat model by its output too."""
    if model.kind in ("chat", "embedding"):
        needed = ("input", "output") if model.kind == "chat" else ("input",)
        return all(CLASSES[name] in fields.prices for name in needed)
    return any(key in fields.prices for key in (*CLASSES.values(), *(key for key, _ in UNITS.values())))


def _deployment(source: Source, model: Model, name: str) -> tuple[dict[str, Any], Fields]:
    """A deployment of the router.

    All prices are in `model_info`: in `litellm_params`, LiteLLM sends keys that it does not know to the provider. Flags
    are not there: LiteLLM would write them into its own row of the model. Neither is the mode `chat`, which it assumes.
    """
    mode = source.mode(model)
    if mode is None:
        raise never(model, f"LiteLLM has no mode for it (its kind is {model.kind})")
    endpoint = source.snapshot.endpoint(model)
    prefix, address = _way(source, model)
    if "*" in endpoint.model_id:
        raise never(model, "LiteLLM reads '*' in its id as any text, and would send requests for other models, too")
    params = {"model": f"{prefix}/{endpoint.model_id}", **address, **_key(endpoint, prefix, model)}
    fields = source.fields(model, {})
    prices = {key: price for key, price in fields.prices.items() if price is not None}
    if not _is_priced(model, fields):
        raise never(model, "its price is unknown, and LiteLLM would report that of its own list, or 0")
    if prefix != COMPATIBLE:  # LiteLLM has no rows there
        has_modes = any(map(is_priced, fields.cost.get("modes", {}).values()))
        inherited: tuple[str, ...] = () if has_modes else _LONG_CACHE  # in a mode they would replace its own prices
        inherited += _INHERITED if source.origins(model).replaces else ()
        there = source.fields(model, dict.fromkeys(inherited, 0.0)).prices
        for key in filter(there.__contains__, inherited):
            prices[key] = _instead(prices, key) if there[key] is None else there[key]
    is_unknown = prefix == COMPATIBLE  # else LiteLLM has limits, and some releases would write ours over those
    known = source.facts(model, LIMITS) if is_unknown else {}
    info = {**known, **({} if mode == "chat" else {"mode": mode})}
    info |= {key: price for key, price in prices.items() if price is not None}
    return {"model_name": name, "litellm_params": params, "model_info": info}, fields


def _way(source: Source, model: Model) -> tuple[str, dict[str, str]]:
    """LiteLLM's provider for a model, and the address where LiteLLM does not know it."""
    is_own = source.is_own_address(model)
    theirs = source.table.get(model.provider)
    if theirs == "azure" and not is_own:
        raise never(model, "its deployments have names of your own, which no catalogue knows")
    if theirs is not None and not is_own:
        return theirs, {}
    provider = source.snapshot.get_provider(model.provider)
    client = glom({"model": model.to_dict(), "provider": provider.to_dict()}, CLIENT)
    if theirs == "anthropic" and client == "@ai-sdk/anthropic" and provider.openai_base_url is None:
        return theirs, {"api_base": _address_of_messages(source, model)}
    try:
        url = client_options(model, api_key=NO_KEY, snapshot=source.snapshot).base_url
    except ClientOptionsError as error:
        raise LeftOutError(error.problem) from None
    return COMPATIBLE if model.provider in PROVIDERS else (theirs or COMPATIBLE), {"api_base": url}


def _address_of_messages(source: Source, model: Model) -> str:
    """An application's own address for Anthropic's API. LiteLLM adds `/v1/messages` to it."""
    endpoint = source.snapshot.endpoint(model)
    try:
        url = client_options(model, base_url=endpoint.base_url, api_key=NO_KEY, snapshot=source.snapshot).base_url
    except ClientOptionsError:
        raise never(model, f"its base URL is not complete (found {printable(str(endpoint.base_url))})") from None
    if endpoint.needs_key is not False and endpoint.key_variables[:1] != ("ANTHROPIC_API_KEY",):
        why = "LiteLLM would send ANTHROPIC_API_KEY to its address while the variable of its own key is not set"
        raise never(model, f"{why}; state env = ['ANTHROPIC_API_KEY'] for its provider, or openai_base_url")
    return url.rstrip("/").removesuffix("/v1")


def _key(endpoint: Endpoint, prefix: str, model: Model) -> dict[str, str]:
    if prefix in OWN_KEYS:
        return {}
    if endpoint.key_variables:
        return {"api_key": f"os.environ/{endpoint.key_variables[0]}"}
    if endpoint.needs_key is False:
        return {"api_key": NO_KEY}
    if prefix == COMPATIBLE:
        raise never(model, "no variable is known that holds its key; state env for its provider (env = [] for none)")
    return {}


def _instead(prices: Mapping[str, Any], key: str) -> Any:
    """What LiteLLM would charge if no list had the price of a key: stated, so that it takes none of its own list."""
    for mode in MODES:
        key = key.removesuffix(f"_{mode}")
    head, long, _ = key.partition("_above_200k_tokens")
    whole = CLASSES["output" if key.startswith("output") else "input"]
    longer = CLASSES["cache_write"] if head.startswith(CLASSES["cache_write"]) else head
    names = (head + long, longer + long, *([whole + long] if long and head not in prices else []), head, longer, whole)
    return next((prices[name] for name in names if prices.get(name) is not None), None)
