"""Naming: questions about names that few programs ask, so that `store` does not load them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models import store

if TYPE_CHECKING:
    from llm_models.matches import NameMatch
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot, Spec

__all__ = ["match_names", "request_notes", "wire_id"]


def wire_id(spec: Spec) -> str:
    """The id to send to the provider for a model; `spec` and errors as for `resolve`.

    That is `provider_model_id` of the record. But another name that the provider's API accepts is sent as it was asked
    for: an id in `served_as`, such as one with a date. `aliases` are names of this catalogue, and are never sent.

    >>> llm_models.wire_id("openai:gpt-5.4-mini-2026-03-17")
    'gpt-5.4-mini-2026-03-17'
    """
    return store.snapshot().wire_id(spec)


def request_notes(snapshot: Snapshot, model: Model) -> list[str]:
    """What people must know of a model of `snapshot` that was asked for by another id than its own."""
    if model.requested == model.id:
        return []
    from llm_models import name_rules

    found = name_rules.safe(snapshot.view, model.provider, model.requested)
    note = name_rules.note_of(found[1]) if found else ""
    return [f"the id that is sent is {model.requested}, as requested", *filter(None, [note])]


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

    >>> found = llm_models.match_names(provider="azure", model="gpt-5.5-2026-04-23")
    >>> found.model.spec, found.rule
    ('azure:gpt-5.5', 'date')
    >>> llm_models.match_names(model="models/gemini-3.5-flash").model.spec
    'google:gemini-3.5-flash'
    >>> llm_models.match_names(provider="azure", model="my-deployment").model is None
    True
    """
    return store.snapshot().match_names(provider, model, base_url)
