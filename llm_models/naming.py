"""Naming: questions about names to the published catalogue that few programs ask; `store` does not load them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models import store

if TYPE_CHECKING:
    from llm_models.snapshot import Spec

__all__ = ["wire_id"]


def wire_id(spec: Spec) -> str:
    """The id to send to the provider for a model; `spec` and errors as for `resolve`.

    That is `provider_model_id` of the record. But another name that the provider's API accepts is sent as it was asked
    for: an id in `served_as`, such as one with a date. `aliases` are names of this catalogue, and are never sent.

    >>> llm_models.wire_id("openai:gpt-5.4-mini-2026-03-17")
    'gpt-5.4-mini-2026-03-17'
    """
    return store.snapshot().wire_id(spec)
