"""Losses: what a refresh takes away: models of one provider, prices, and names that the configuration states."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from llm_models.enrich import is_deprecated
from llm_models.errors import limited, printable
from llm_models.layers import BY_PROVIDER
from llm_models.modelspec import split_any
from llm_models.moving import FIELD
from llm_models.past import absent, follows, successor_text
from llm_models.patterns import EVERY, literal
from llm_models.spellings import renamed
from llm_models.successors import curated_successors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llm_models.changes import Changes
    from llm_models.differences import Change, Diff
    from llm_models.frozen import ModelKey
    from llm_models.ground import Ground
    from llm_models.layers import Entry, Layer
    from llm_models.listing_parts import Successor
    from llm_models.patterns import Test

    Named = Callable[[str], str | None]
    """From a model spec to the location that names the model, None where none does."""
    Curated = Callable[[], dict[tuple[str, str], Successor]]
    """The curated successors, by provider and id."""

MAX_LOST = 0.5
"""The loss of this fraction of one provider's models is notable."""
MANY = 5
"""At least so many models are missing then."""


def of_providers(old: Ground, new: Ground, difference: Diff) -> Iterator[str]:
    """The providers that lost half of their models or all, and those of which no model is living: a sentence each."""
    missing: dict[str, int] = {}
    for spec in difference.models_removed:
        provider = spec.partition(":")[0]
        missing[provider] = missing.get(provider, 0) + 1
    for provider, count in missing.items():
        before = len(old.ids(provider))
        if count == before or (count >= MANY and count >= MAX_LOST * before):
            yield f"{provider}: {count:,} of its {before:,} models are missing"
    for provider in new.file.blocks:
        lives = provider in old.file.blocks and not _living(new, provider)
        if lives and old.written(provider) != new.written(provider) and _living(old, provider):
            yield f"{provider}: all of its models are deprecated now"


def _living(side: Ground, provider: str) -> bool:
    """Whether a model of a provider is not deprecated."""
    block = side.file.block(provider)
    if len(block.rows_with(b'"status":')) < len(block.ids):  # so nothing need be decoded
        return True
    stated = (side.values(provider, model_id) for model_id in block.ids)
    return not all(is_deprecated({path[0]: value for path, value in values.items()}) for values in stated)


def of_prices(changes: Iterable[Change], named: Named) -> Iterator[str]:
    """The models that the configuration names and that lost a price, a sentence each."""
    lost: dict[str, list[str]] = {}
    for change in changes:
        if change.kind == "price" and change.old is not None and change.new is None:
            lost.setdefault(change.spec, []).append(change.field)
    for spec, fields in lost.items():
        location = named(spec)
        if location is not None:
            yield f"{printable(spec)}: no price any more for {', '.join(fields)}, but {location} names it"


def naming(run: Changes | None) -> Named:
    """The location in the layers that names a model: by its id, in a `match`, or in `allow`."""
    if run is None:
        return lambda _: None
    names: list[tuple[str, Test, str]] = []
    for layer in run.layers:
        for entry in layer.models:
            pattern, key = (literal(entry.id), "id") if entry.match is None else (entry.match, "match")
            location = layer.nearest((*entry.path, key))
            names.append((entry.provider, run.touched.test(entry.provider, pattern), location))
        for path, provider, pattern in layer.patterns("allow"):
            names.append((provider, run.touched.test(provider, pattern), layer.nearest(path)))

    def named(spec: str) -> str | None:
        provider, _, model_id = spec.partition(":")
        found = (place for one, test, place in names if one in (provider, EVERY) and test([model_id]))
        return next(found, None)

    return named


def of_names(difference: Diff, run: Changes | None) -> Iterator[str]:
    """What the configuration names and the refresh takes away, a sentence each."""
    yield from _missing_sentences(difference, run, new=True)


def missing_before(difference: Diff, run: Changes | None) -> Iterator[str]:
    """What the layers name and neither the new base nor the active one has: a sentence each, no change of a refresh."""
    yield from _missing_sentences(difference, run, new=False)


def _missing_sentences(difference: Diff, run: Changes | None, *, new: bool) -> Iterator[str]:
    if run is not None:
        curated = cache(lambda: curated_successors(lambda *_: True)) if new else None  # read when first asked for
        every = (one for layer in run.layers for one in _missing(layer, difference, run))
        found = [(name, spec, location) for name, spec, location, is_new in every if is_new is new]
        yield from limited(found, partial(_sentence, run, curated), "names of the configuration are missing")


def _sentence(run: Changes, curated: Curated | None, found: tuple[str, str, str]) -> str:
    name, spec, location = found
    why, hint = _reason(name, spec, run, curated)
    return f"{why}, but {location} names it.{hint}".removesuffix(".")


def _reason(name: str, spec: str, run: Changes, curated: Curated | None) -> tuple[str, str]:
    """Why a name is missing, as far as a history knows its spec or the refresh is the reason, and what follows it.

    `curated` are the successors of a name that is missing since the refresh; of another one it is None.
    """
    provider, colon, model_id = spec.partition(":")
    past = run.touched.past
    of_model = past.model(provider, model_id) if colon else None
    history = past.provider(provider) if not colon else of_model
    why = f"{printable(name)} is missing" if curated or history is None or history.listed else absent(name, history)
    twin = renamed(model_id, run.touched.ids(provider)) if colon else None
    if twin is not None and twin.id != model_id:
        return why, f" It is listed as '{printable(f'{provider}:{twin.id}')}' now."
    hint = "" if of_model is None else follows(of_model, run.touched.holds)
    if curated and not hint:  # the history does not know yet that it goes
        successor = curated().get((provider, model_id))
        hint = "" if successor is None else successor_text(successor, run.touched.holds)
    return why, f" {hint}" if hint else ""


def _missing(layer: Layer, difference: Diff, run: Changes) -> Iterator[tuple[str, str, str, bool]]:
    """The providers and models that a layer names and the new base lacks: name, spec, location, whether that is new.

    A glob names what it matched before. It counts as missing when nothing matches it any more.
    """

    def unmatched(provider: str, glob: str, *, over_ids: bool = False) -> bool:
        test = run.touched.test(provider, glob)
        removed = (spec.partition(":") for spec in difference.models_removed)
        matched = any(name == provider and test([model_id]) for name, _, model_id in removed)
        every = run.touched.every(provider)
        return matched and not any(map(test, ([one] for one in every) if over_ids else every.values()))

    left_out = {id(entry) for entry in run.left_out}
    for entry in layer.providers:
        new = entry.provider in difference.providers_removed
        if new or id(entry) in left_out:
            yield entry.provider, entry.provider, layer.nearest((*entry.path, "id")), new
    for index, provider in enumerate(layer.settings.get("prefer", ())):
        if provider in difference.providers_removed:
            yield provider, provider, layer.nearest(("prefer", index)), True
    for entry in layer.models:
        spec = f"{entry.provider}:{entry.match or entry.id}"
        location = layer.nearest((*entry.path, "id" if entry.match is None else "match"))
        new = entry.provider in difference.providers_removed or spec in difference.models_removed
        gone = id(entry) in left_out or spec in difference.models_removed
        base = _lost_base(entry, run) if id(entry) in left_out else None
        if base is not None:
            of_base = base in difference.models_removed or base.partition(":")[0] in difference.providers_removed
            yield f"{spec}, a copy of {base},", base, layer.nearest((*entry.path, "base")), of_base
        elif gone if entry.match is None else unmatched(entry.provider, entry.match, over_ids=True):
            yield spec, spec, location, new or entry.match is not None
        elif entry.match is not None and id(entry) in left_out:
            yield spec, entry.provider, location, new
    yield from _missing_settings(layer, run, difference, unmatched)


def _lost_base(entry: Entry, run: Changes) -> str | None:
    """The spec of the model that is gone of which an entry is a copy, perhaps by way of others; None for no copy."""
    base, past, names = None, run.touched.past, run.touched.names
    seen: set[ModelKey] = set()
    while entry.base is not None:
        key = split_any(entry.base, names.provider_id) or split_any(entry.base, past.provider_id)
        if key is None or key in seen:
            break
        seen.add(key)
        base = f"{key.provider}:{key.id}"
        also = next((one for one in run.left_out if (one.provider, one.id) == key), None)
        if also is None:
            break
        entry = also
    return base


def _missing_settings(
    layer: Layer, run: Changes, difference: Diff, unmatched: Callable[[str, str], bool]
) -> Iterator[tuple[str, str, str, bool]]:
    """The same of targets of `resolves_to`, and of the settings by provider."""
    for entry in run.moving.void:
        if entry.layer is layer:
            spec = f"{entry.provider}:{entry.fields[FIELD]}"
            yield spec, spec, layer.nearest((*entry.path, FIELD)), spec in difference.models_removed
    for setting in run.touched.gone:
        spec = setting.provider if setting.id is None else f"{setting.provider}:{setting.id}"
        if setting.id is None:
            new, elsewhere = setting.provider in difference.providers_removed, setting.path[0] == "prefer"
        else:  # below it is reported as a pattern
            new, elsewhere = spec in difference.models_removed, True
        if setting.layer is layer and not (new and elsewhere) and setting.path[-1] != "match":  # as `_missing` has it
            yield setting.name, spec, layer.nearest(setting.path), new
    for path, provider, pattern in layer.patterns(*BY_PROVIDER):
        if unmatched(provider, pattern):
            spec = f"{provider}:{pattern}"
            yield spec, spec, layer.nearest(path), True
