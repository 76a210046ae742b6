"""OpenTelemetry: the model and the cost of a span, from its attributes; it needs no library.

Attributes are a mapping, as a span, an exporter or a database row has them. Names of older versions of the conventions
are read, too, and so are those that only one instrumentation uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models import store
from llm_models.errors import UnknownProviderError
from llm_models.matches import NameMatch
from llm_models.meters import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.bills import Bill
    from llm_models.counts import Usage
    from llm_models.snapshot import Snapshot, Spec
    from llm_models.validity import Moment

__all__ = ["NAMES", "PROVIDERS", "attributes", "cost", "model", "usage"]

NAMES = {
    "provider": ("gen_ai.provider.name", "gen_ai.system"),
    "model": ("gen_ai.response.model", "gen_ai.request.model"),
    "base_url": ("gen_ai.openai.api_base", "server.address"),
}
"""What `match_names` takes -> the attributes that state it, the first that fits. The model that answered comes before
the one that was asked for. An address with its path comes before the host: some providers share a host."""

PROVIDERS = {
    "amazon_bedrock": "aws.bedrock",
    "azure": "azure.ai.openai",
    "google": "gcp.gemini",
    "google_vertex": "gcp.vertex_ai",
    "mistral": "mistral_ai",
    "xai": "x_ai",
}
"""Our provider -> its name in the conventions, where that is not ours."""


def model(span: Mapping[str, Any], *, snapshot: Snapshot | None = None) -> NameMatch:
    """The model that a span is about, as `match_names` reads its name; `model` of the answer is None where none fits.

    `span` has the attributes. `snapshot` replaces the published catalogue.

    >>> span = {"gen_ai.provider.name": "gcp.gemini", "gen_ai.response.model": "models/gemini-3.5-flash"}
    >>> model(span).model.spec
    'google:gemini-3.5-flash'
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    provider, base_url = _first(span, "provider"), _first(span, "base_url")
    found = NameMatch(None, None, "")
    for name in _texts(span, "model"):
        match = snapshot.match_names(provider, name, base_url)
        if match.rule is not None:
            return match
        found = found if found.requested else match
    return found


def usage(span: Mapping[str, Any], *, snapshot: Snapshot | None = None) -> Usage:
    """What a span states of the usage of its request, with the mode in which it was served.

    Raises `UsageError` where it states no usage, such as the span of an agent around those of its requests, or an
    impossible one: older instrumentations leave Anthropic's caches out of the input.

    >>> usage({"gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 2, "openai.response.service_tier": "flex"})
    Usage(input=9, output=2, mode='flex')
    """
    found = model(span, snapshot=snapshot).model
    return read(span, "otel", None if found is None else found.provider)


def cost(
    span: Mapping[str, Any], at: Moment = None, mode: str | None = None, *, snapshot: Snapshot | None = None
) -> Bill:
    """What the request of a span cost, in USD. `at` is the end of the span, `mode` what the attributes do not state.

    A model that is gone has the prices of its time, if `at` is stated. What the span does not state is not in the bill:
    a span without cached tokens is billed as if there were none. For a name of which the price is not certain, `note`
    of `model(span)` states why. Raises the errors of `usage` and of `llm_models.cost`: a `LookupError` for a model that
    the catalogue does not have.

    >>> used = {"gen_ai.usage.input_tokens": 10000, "gen_ai.usage.output_tokens": 2000}
    >>> cost({"gen_ai.provider.name": "openai", "gen_ai.response.model": "gpt-5.2-2025-12-11", **used}).total
    Decimal('0.0455')
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    found = model(span, snapshot=snapshot)
    used = usage(span, snapshot=snapshot)
    if found.model is not None:
        return snapshot.cost(found.model, used, at, mode)
    provider = _first(span, "provider")
    try:
        known = None if provider is None else snapshot.parse_provider(provider)
    except UnknownProviderError:
        known = provider
    spec = found.requested if known is None else f"{known}:{found.requested}"
    return snapshot.cost(spec, used, at, mode)  # it is gone, hidden or unknown: the errors are those of `resolve`


def attributes(spec: Spec, *, snapshot: Snapshot | None = None) -> dict[str, str | int]:
    """What the catalogue knows of a span for a request to a model, by the names of the conventions.

    >>> attributes("openai:text-embedding-3-small")["gen_ai.embeddings.dimension.count"]
    1536
    """
    snapshot = store.snapshot() if snapshot is None else snapshot
    record = snapshot.resolve(spec)
    found: dict[str, str | int] = {
        "gen_ai.provider.name": PROVIDERS.get(record.provider, record.provider),
        "gen_ai.request.model": snapshot.wire_id(spec),
    }
    if record.dimensions is not None:
        found["gen_ai.embeddings.dimension.count"] = record.dimensions
    return found


def _texts(span: Mapping[str, Any], what: str) -> list[str]:
    values = [span.get(name) for name in NAMES[what]]
    return [value for value in values if isinstance(value, str) and value.strip()]


def _first(span: Mapping[str, Any], what: str) -> str | None:
    return next(iter(_texts(span, what)), None)
