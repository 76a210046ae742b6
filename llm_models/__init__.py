"""A catalogue of LLM models: what each can do, costs and takes, and where it is served; offline.

Importing it reads no file; the first question opens the packaged snapshot and decodes what was asked for.

>>> import llm_models
>>> llm_models.get_model("openai", "gpt-5.4-mini").cost.input
0.75
"""

from __future__ import annotations

from llm_models.costs import Cost, CostHours, CostMode, CostTier, PriceList
from llm_models.frozen import ModelKey
from llm_models.records import (
    CAPABILITIES,
    Capabilities,
    Json,
    Limits,
    Modalities,
    Model,
    Provider,
    Reasoning,
    Streaming,
    Tools,
)
from llm_models.snapshot import Snapshot
from llm_models.store import (
    allowed,
    candidates,
    capabilities,
    endpoint,
    epoch,
    format_spec,
    get_model,
    get_provider,
    list_models,
    list_providers,
    load,
    parse_provider,
    parse_spec,
    reload,
    resolve,
    select,
    snapshot,
)

if type(__spec__.loader).__name__ == "zipimporter":
    raise ImportError(
        f"{__file__}: llm_models does not work inside a zip file, because it reads its data from files."
        " Install it into a folder, or unpack the zip file."
    )

TYPE_CHECKING = False
if TYPE_CHECKING:
    __version__: str
    from llm_models.behaviour import Overrides as Overrides
    from llm_models.billing import cost as cost
    from llm_models.billing import prices as prices
    from llm_models.billing import usage as usage
    from llm_models.billing import usages as usages
    from llm_models.bills import Bill as Bill
    from llm_models.bills import Line as Line
    from llm_models.bills import PriceRow as PriceRow
    from llm_models.bills import Prices as Prices
    from llm_models.bills import UnpricedError as UnpricedError
    from llm_models.bills import usd as usd
    from llm_models.counts import Usage as Usage
    from llm_models.counts import UsageError as UsageError
    from llm_models.differences import Change as Change
    from llm_models.differences import Diff as Diff
    from llm_models.differences import diff as diff
    from llm_models.endpoints import Endpoint as Endpoint
    from llm_models.errors import AmbiguousModelError as AmbiguousModelError
    from llm_models.errors import ConfigError as ConfigError
    from llm_models.errors import EmptyCatalogError as EmptyCatalogError
    from llm_models.errors import InvalidArgumentError as InvalidArgumentError
    from llm_models.errors import InvalidSpecError as InvalidSpecError
    from llm_models.errors import LLMModelsError as LLMModelsError
    from llm_models.errors import ModelNotAllowedError as ModelNotAllowedError
    from llm_models.errors import Problem as Problem
    from llm_models.errors import RetiredModelError as RetiredModelError
    from llm_models.errors import SnapshotError as SnapshotError
    from llm_models.errors import SourceError as SourceError
    from llm_models.errors import UnknownCapabilityError as UnknownCapabilityError
    from llm_models.errors import UnknownModelError as UnknownModelError
    from llm_models.errors import UnknownProviderError as UnknownProviderError
    from llm_models.hits import Hit as Hit
    from llm_models.hits import SearchResult as SearchResult
    from llm_models.listings import ModelHistory as ModelHistory
    from llm_models.listings import ProviderHistory as ProviderHistory
    from llm_models.matches import NameMatch as NameMatch
    from llm_models.modes import UnknownModeError as UnknownModeError
    from llm_models.naming import match_names as match_names
    from llm_models.naming import wire_id as wire_id
    from llm_models.offering import Offer as Offer
    from llm_models.provenance import Explanation as Explanation
    from llm_models.provenance import FieldOrigin as FieldOrigin
    from llm_models.questions import explain as explain
    from llm_models.questions import history as history
    from llm_models.questions import offers as offers
    from llm_models.questions import provider_history as provider_history
    from llm_models.questions import search as search
    from llm_models.selection import NoMatchError as NoMatchError
    from llm_models.trust import UntrustedEndpointError as UntrustedEndpointError

__all__ = [
    "CAPABILITIES",
    "AmbiguousModelError",
    "Bill",
    "Capabilities",
    "Change",
    "ConfigError",
    "Cost",
    "CostHours",
    "CostMode",
    "CostTier",
    "Diff",
    "EmptyCatalogError",
    "Endpoint",
    "Explanation",
    "FieldOrigin",
    "Hit",
    "InvalidArgumentError",
    "InvalidSpecError",
    "Json",
    "LLMModelsError",
    "Limits",
    "Line",
    "Modalities",
    "Model",
    "ModelHistory",
    "ModelKey",
    "ModelNotAllowedError",
    "NameMatch",
    "NoMatchError",
    "Offer",
    "Overrides",
    "PriceList",
    "PriceRow",
    "Prices",
    "Problem",
    "Provider",
    "ProviderHistory",
    "Reasoning",
    "RetiredModelError",
    "SearchResult",
    "Snapshot",
    "SnapshotError",
    "SourceError",
    "Streaming",
    "Tools",
    "UnknownCapabilityError",
    "UnknownModeError",
    "UnknownModelError",
    "UnknownProviderError",
    "UnpricedError",
    "UntrustedEndpointError",
    "Usage",
    "UsageError",
    "__version__",
    "allowed",
    "candidates",
    "capabilities",
    "cost",
    "diff",
    "endpoint",
    "epoch",
    "explain",
    "format_spec",
    "get_model",
    "get_provider",
    "history",
    "list_models",
    "list_providers",
    "load",
    "match_names",
    "offers",
    "parse_provider",
    "parse_spec",
    "prices",
    "provider_history",
    "reload",
    "resolve",
    "search",
    "select",
    "snapshot",
    "usage",
    "usages",
    "usd",
    "wire_id",
]

_LAZY = {
    "AmbiguousModelError": "llm_models.errors",
    "Bill": "llm_models.bills",
    "Change": "llm_models.differences",
    "ConfigError": "llm_models.errors",
    "Diff": "llm_models.differences",
    "EmptyCatalogError": "llm_models.errors",
    "Endpoint": "llm_models.endpoints",
    "Explanation": "llm_models.provenance",
    "FieldOrigin": "llm_models.provenance",
    "Hit": "llm_models.hits",
    "InvalidArgumentError": "llm_models.errors",
    "InvalidSpecError": "llm_models.errors",
    "LLMModelsError": "llm_models.errors",
    "Line": "llm_models.bills",
    "ModelHistory": "llm_models.listings",
    "ModelNotAllowedError": "llm_models.errors",
    "NameMatch": "llm_models.matches",
    "NoMatchError": "llm_models.selection",
    "Offer": "llm_models.offering",
    "Overrides": "llm_models.behaviour",
    "PriceRow": "llm_models.bills",
    "Prices": "llm_models.bills",
    "Problem": "llm_models.errors",
    "ProviderHistory": "llm_models.listings",
    "RetiredModelError": "llm_models.errors",
    "SearchResult": "llm_models.hits",
    "SnapshotError": "llm_models.errors",
    "SourceError": "llm_models.errors",
    "UnknownCapabilityError": "llm_models.errors",
    "UnknownModeError": "llm_models.modes",
    "UnknownModelError": "llm_models.errors",
    "UnknownProviderError": "llm_models.errors",
    "UnpricedError": "llm_models.bills",
    "UntrustedEndpointError": "llm_models.trust",
    "Usage": "llm_models.counts",
    "UsageError": "llm_models.counts",
    "cost": "llm_models.billing",
    "diff": "llm_models.differences",
    "explain": "llm_models.questions",
    "history": "llm_models.questions",
    "match_names": "llm_models.naming",
    "offers": "llm_models.questions",
    "prices": "llm_models.billing",
    "provider_history": "llm_models.questions",
    "search": "llm_models.questions",
    "usage": "llm_models.billing",
    "usages": "llm_models.billing",
    "usd": "llm_models.bills",
    "wire_id": "llm_models.naming",
}
"""Public names whose modules are off the read path, imported when first asked for."""


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("llm-models-catalog")
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(module), name)
    globals()[name] = found  # from now on it costs no more than any other name
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
