"""Telemetry: the function of the package that reads the names which clients and servers wrote; off the read path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.store import snapshot

if TYPE_CHECKING:
    from llm_models.matches import NameMatch


def match_names(provider: str | None = None, model: str | None = None, base_url: str | None = None) -> NameMatch:
    """The model that a name in telemetry or in a response means, and the rule by which it was read.

    `model` is the name, as it was found. `provider` is a provider under any name, also one of OpenTelemetry's or
    LiteLLM's, or an address. `base_url` is where the request went, as a URL or a host; it decides which provider
    answered, even where `provider` names another, unless its host is unknown. Without both, `model` must name its
    provider, or be an id of one provider only.

    The answer has `model` (None where no rule fits: nothing is guessed), `rule`, `requested` (the name as it was
    given) and `note`: what is not known of the price. `docs/names.md` lists the rules. A name that the provider has is
    always that model. A model that `allow` or `deny` hides is not given: then `model` is None, and `rule` is not.

    Raises `InvalidArgumentError` when `model` is missing, or an argument is not text. An unknown name is no error.

    >>> found = llm_models.match_names(provider="azure", model="gpt-5.4-2026-03-05")
    >>> found.model.spec, found.rule
    ('azure:gpt-5.4', 'date')
    >>> llm_models.match_names(model="models/gemini-3.5-flash").model.spec
    'google:gemini-3.5-flash'
    >>> llm_models.match_names(provider="azure", model="my-deployment").model is None
    True
    """
    return snapshot().match_names(provider, model, base_url)
