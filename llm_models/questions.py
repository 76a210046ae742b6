"""Questions: those to the published catalogue that few programs ask: its past, its sources, one model, a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.store import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llm_models.hits import SearchResult
    from llm_models.listings import ModelHistory, ProviderHistory
    from llm_models.offering import Offer
    from llm_models.provenance import Explanation
    from llm_models.snapshot import Spec

__all__ = ["explain", "history", "offers", "provider_history", "search"]


def history(spec: Spec) -> ModelHistory:
    """When the sources listed a model and at which prices, also of one that is gone; `spec` is as for `resolve`.

    A bare id means the one provider that ever had it. Filters hide no history. The answer has the days listed
    (`intervals`, with gaps between them), the `prices` with their days (USD per million tokens; other parts as in
    `Cost`), and for a model that is gone a `rename` (the spelling under which the provider lists it now) or a `twin`
    (one that was listed beside it for weeks), a `successor` that somebody stated, and whether it was `withdrawn` after
    three days or less. `price_on(day)` is the price of a day, and states a change between two days that are known.

    All of it is *as listed*, in the packaged history or in that of the application's own activations, whichever has the
    later last day. The last day listed is not the day on which a model stopped answering. Prices that `llm_models.toml`
    states are not part of it.

    Raises `AmbiguousModelError` when several providers had a bare id, `UnknownModelError` for a name that was never
    listed, `UnknownProviderError`, `InvalidSpecError`, and `SnapshotError` where the packaged history is damaged.

    >>> gone = llm_models.history("github_models:openai/gpt-4o")
    >>> gone.listed, gone.last, gone.intervals[-1].gone_by
    (False, '2026-07-02', '2026-08-18')
    """
    return snapshot().history(spec)


def provider_history(provider: str) -> ProviderHistory:
    """When the sources listed a provider, in any spelling, also one that is gone; the rest as for `history`.

    Raises `UnknownProviderError` for a name that was never listed.

    >>> llm_models.provider_history("github-models").listed
    False
    """
    return snapshot().provider_history(provider)


def explain(spec: Spec, field: str | None = None) -> Explanation:
    """The origins of a model's values: of all fields, or of `field` (dotted, as in TOML) and the fields below it.

    `spec` is as for `resolve`. Also answers for a model that is denied or excluded; `state` tells which.

    Raises the errors of `resolve` except `ModelNotAllowedError`, `UnknownModelError` also for a field that a model does
    not have, and `InvalidArgumentError` for a field that is not text.

    >>> llm_models.explain("openai:gpt-5.4-mini", "limits.context").fields[0].layer
    'models_dev'
    """
    return snapshot().explain(spec, field)


def offers(spec: Spec) -> list[Offer]:
    """The same model at all providers that the configuration shows, cheapest first; `spec` is as for `resolve`.

    The same model is one with the same `canonical` (`docs/data.md` has the rules); a model without one is alone. A bare
    id that several providers serve is enough where all of them serve the same model.

    Each offer has the `model` with its prices (`input`, `output`, `cache_read`, USD per million tokens) and limits
    (`context`, `max_output`), the mark of a `variant` such as `:thinking` or `-fp8`, the `billing` of the provider,
    `outliers` (values that are far from those of the other providers), and `derived`: whether only the way in which the
    id is written tells that it is this model. Plain offers come before variants, and deprecated ones last. In each
    part, they are in order of the price of input plus output: known prices, then those that are outliers, unknown ones,
    and an explicit 0. Names whose meaning changes, such as `-latest`, and retired models are left out.

    Raises the errors of `resolve`.

    >>> found = llm_models.offers("groq:openai/gpt-oss-120b")
    >>> "cerebras:gpt-oss-120b" in [offer.spec for offer in found]
    True
    >>> found == llm_models.offers("cerebras:gpt-oss-120b")
    True
    """
    return snapshot().offers(spec)


def search(words: str | Iterable[str], *, limit: int | None = 20) -> SearchResult:
    """The models that words mean, best first, at most `limit` (None: all): one row for each id, with every word.

    A row has the model at its maker, if the catalogue has it there, and counts the other providers of that id. Ids are
    equal in any spelling, and with any words before their last `/`. How well a word matches: as a whole word of the id
    or of the provider's id, else of the name, family or maker, as the beginning or a part of such a word, in the
    description, in the kind or a modality. Among equal matches, the maker's models come first, then those that are not
    deprecated, ids with the words in the same order, short ids, new models. Models that are retired today come last. A
    whole id or model spec has its model first.

    Words such as `free`, `cheap`, `vision`, `image generation` and `long context` are conditions, and the answer lists
    them (`conditions`). With conditions alone, only models that chat fit, unless a condition is about another kind or
    about output. A word that no model has or had is corrected (`corrections`). Words such as `the` and `model` and,
    where nothing fits, one other word are left out (`dropped`); then models that are gone are searched (`gone`).
    `allow` and `deny` hide models here, too.

    Raises `InvalidArgumentError` for words that are no text, more than 16 words, and a limit below 1.

    >>> answer = llm_models.search("claude sonet", limit=3)
    >>> answer.rows[0].model.provider, answer.corrections, answer.total > 3
    ('anthropic', (('sonet', 'sonnet'),), True)
    """
    return snapshot().search(words, limit=limit)
