"""Chronicle: from the name of a model or provider to its history, whether it is listed today or gone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from llm_models import paths
from llm_models.errors import AmbiguousModelError, UnknownModelError, UnknownProviderError, printable, quoted
from llm_models.frozen import ModelKey
from llm_models.lookup import key_of, locate, parse_provider
from llm_models.modelspec import as_key, fold_provider, split_spec
from llm_models.observations import listed_price
from llm_models.snapshot_file import SnapshotFile
from llm_models.suggestions import makers

if TYPE_CHECKING:
    from llm_models.frozen import FrozenDict
    from llm_models.listings import Listing, ModelHistory, ProviderHistory
    from llm_models.origins import Tail
    from llm_models.records import Model
    from llm_models.view import View


def history_of(view: View, spec: str | tuple[str, str] | Model) -> ModelHistory:
    """The history of the model that `spec` names, shown or hidden, listed or gone.

    A bare id means the one provider that ever had it. Raises `AmbiguousModelError` where several had it, the errors of
    a lookup for a name that was never known, and `SnapshotError` where the packaged history is damaged.
    """
    key = _key(view, spec)
    history = view.past.model(key.provider, key.id, _packaged_price)
    if history is not None:
        return history
    if view.past.damage is not None:
        raise view.past.damage
    name = printable(f"{key.provider}:{key.id}")
    if view.file.holds(*key):
        raise UnknownModelError(f"{name} has no history, because no source listed it", spec=name)
    found = locate(view, key, None, ())  # the error states why, and names similar models
    raise found() if callable(found) else UnknownModelError(f"{name} has no history", spec=name)


def listing_of(view: View, key: tuple[str, str]) -> Listing | None:
    """What the history has stored of a model; None where no source listed it.

    Bills need no more of it. Raises `SnapshotError` where the packaged history is damaged.
    """
    listing = view.past.listing(*_with_id(view, ModelKey(*key)), _packaged_price)
    if listing is None and view.past.damage is not None:
        raise view.past.damage
    return listing


def history_of_provider(view: View, text: str) -> ProviderHistory:
    """The history of a provider in any spelling. Raises `UnknownProviderError` for one that was never listed."""
    name = view.file.provider_id(text) or text
    history = view.past.provider(fold_provider(name)) if view.was_known(name) else None
    if history is not None:
        return history
    if view.past.damage is not None:
        raise view.past.damage
    provider = parse_provider(text, view)
    raise UnknownProviderError(f"{provider} has no history, because no source listed it", provider=text)


def _key(view: View, spec: str | tuple[str, str] | Model) -> ModelKey:
    """The key that `spec` names; an alias means its model."""
    if not isinstance(spec, str):
        return _with_id(view, as_key(spec))
    text = spec.strip()
    key = key_of(view, text) or split_spec(text, view.past.provider_id)
    if key is not None and key.id:
        return _with_id(view, key)
    rows = [(name, view.file.block(name)) for name in view.known]
    keys = {_with_id(view, ModelKey(name, text)) for name, block in rows if block.serves(text)}
    keys |= {ModelKey(name, text) for name in view.past.holders(text)}
    if not keys and view.past.damage is not None:
        raise view.past.damage
    if not keys:
        found = locate(view, spec, None, ())
        raise found() if callable(found) else UnknownModelError(f"{quoted(text)} has no history", spec=text)
    if len(keys) > 1:
        own = makers(view, view.names().get(text, ()))
        ordered = sorted(keys, key=lambda one: (one.provider not in own, one))
        specs = tuple([f"{one.provider}:{one.id}" for one in ordered])
        listed = ", ".join(map(printable, specs[:8])) + (f" and {len(specs) - 8} more" if len(specs) > 8 else "")
        problem = f"{quoted(text)} was listed by {len(specs)} providers: {listed}"
        raise AmbiguousModelError(f"{problem}. Choose one of these", spec=text, specs=specs, problem=problem)
    return keys.pop()


def _with_id(view: View, key: ModelKey) -> ModelKey:
    """The key with the id of its provider, and with the id that its name means in the catalogue."""
    provider = view.file.provider_id(key.provider)
    if provider is None:
        return ModelKey(fold_provider(key.provider), key.id)
    return ModelKey(provider, view.file.block(provider).id_of(key.id) or key.id)


def _packaged_price(provider: str, model_id: str) -> FrozenDict | None:
    """The price at which the packaged data's source listed a model, which the packaged history leaves out."""
    return listed_price(*_packaged(paths.PACKAGED_SNAPSHOT), provider, model_id)


@cache
def _packaged(path: str) -> tuple[SnapshotFile, Tail]:
    """The packaged data, with the origins of its values: to decode these takes far longer than all else here."""
    file = SnapshotFile.open(path)
    return file, file.tail()
