"""Lookup: the names of models lead to their places in a catalogue, or to why they do not; standard library only.

What does not lead to a model gives a function that makes the error: finding the nearest names takes longer than
all the rest, and `allowed` has no use for them.
"""

from __future__ import annotations

from llm_models.errors import (
    AmbiguousModelError,
    ModelNotAllowedError,
    UnknownModelError,
    UnknownProviderError,
    did_you_mean,
    printable,
    quoted,
)
from llm_models.modelspec import as_key, fold_provider, spec_error, split_spec

__all__ = ["locate", "parse_provider", "place_of"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container

    from llm_models.errors import LLMModelsError
    from llm_models.records import ModelKey
    from llm_models.view import Place, View

    Miss = Callable[[], LLMModelsError]


def parse_provider(text: object, known: Collection[str]) -> str:
    """The id of the provider that `text` names in any spelling. Raises `UnknownProviderError`."""
    provider = _provider(text, known)
    if provider is None:
        raise _unknown_provider(text, known)
    return provider


def locate(view: View, spec: object, within: str | None, prefer: Collection[str]) -> Place | Miss:
    """The place of the model that a model spec, a key or a bare id names: in `within` alone, if given.

    Of several providers that serve a bare id the first of `prefer` counts. Raises `InvalidSpecError` for what
    is neither text nor a key.
    """
    if isinstance(spec, str):
        return _by_text(view, spec.strip(), within, prefer)
    return _by_key(view, as_key(spec), within)


def place_of(view: View, provider: str, name: object) -> Place | Miss:
    """The place of the model that a known provider serves under that id or alias."""
    block = view.file.block(provider)
    try:
        place = block.rows.get(name)  # type: ignore[call-overload]
        if place is None:
            place = block.rows[block.aliases[name]]  # type: ignore[index]
    except (KeyError, TypeError):
        return lambda: _unknown_model(view, provider, name)
    hidden = view.hidden(provider, place)
    if hidden is not None:
        return lambda: _not_allowed(view, provider, block.ids[place], *hidden)
    return provider, place


def _by_key(view: View, key: ModelKey, within: str | None) -> Place | Miss:
    provider = _provider(key.provider, view.known)
    if provider is None:
        return lambda: _unknown_provider(key.provider, view.known)
    if within not in (None, provider):
        spec = f"{provider}:{key.id}"
        return lambda: UnknownModelError(f"{quoted(spec)} is outside the scope '{within}'", spec=spec)
    return place_of(view, provider, key.id)


def _by_text(view: View, text: str, within: str | None, prefer: Collection[str]) -> Place | Miss:
    if within is not None:
        block = view.file.block(within)
        if text in block.rows or text in block.aliases:
            return place_of(view, within, text)
    key = split_spec(text, view.known)
    if not text or (key is not None and not key.id):
        return lambda: spec_error(text, view.known)
    if key is not None:
        return _by_key(view, key, within)
    if within is not None:
        return lambda: _unknown_model(view, within, text)
    return _by_bare_name(view, text, prefer)


def _by_bare_name(view: View, name: str, prefer: Collection[str]) -> Place | Miss:
    found = _names(view).get(name, [])
    if len(found) > 1:
        preferred = [place for provider in prefer for place in found if place[0] == provider]
        found = preferred[:1] or found
    if len(found) == 1:
        return found[0]
    if found:
        return lambda: _ambiguous(view, name, found)
    if view.filters is not None:
        for provider in view.known:
            block = view.file.block(provider)
            if name in block.rows or name in block.aliases:
                return place_of(view, provider, name)  # hidden, which it says
    return lambda: _unknown_name(view, name)


def _names(view: View) -> dict[str, list[Place]]:
    """Every shown id, and every alias that is no shown id, with the places that it stands for."""
    if view.by_name is None:
        ids: dict[str, list[Place]] = {}
        aliases: dict[str, list[Place]] = {}
        for provider in view.known:
            block, shown = view.file.block(provider), view.shown(provider)
            for place in shown:
                ids.setdefault(block.ids[place], []).append((provider, place))
            for alias, model_id in block.aliases.items():
                if block.rows[model_id] in shown:
                    aliases.setdefault(alias, []).append((provider, block.rows[model_id]))
        view.by_name = {**aliases, **ids}
    return view.by_name


def _provider(text: object, known: Container[str]) -> str | None:
    if not isinstance(text, str):
        return None
    if text in known:
        return text
    folded = fold_provider(text)
    return folded if folded in known else None


# Why a name leads nowhere


def _unknown_provider(text: object, known: Collection[str]) -> UnknownProviderError:
    hint = did_you_mean(fold_provider(text), known) if isinstance(text, str) else ""
    return UnknownProviderError(f"unknown provider {quoted(text)}.{hint}", provider=text)


def _unknown_model(view: View, provider: str, name: object) -> UnknownModelError:
    spec = f"{provider}:{name}"
    removed = view.file.tail()["removed"].get(spec)
    if removed is not None:
        where = f" ({printable(removed['place'])})" if removed.get("place") else ""
        return UnknownModelError(
            f"{printable(spec)} is excluded by pattern {quoted(removed['pattern'])}{where}", spec=spec
        )
    block = view.file.block(provider)
    hint = did_you_mean(str(name), [*block.ids, *block.aliases]) if block.ids else " That provider has no models."
    return UnknownModelError(f"{provider} has no model {quoted(name)}.{hint}", spec=spec)


def _unknown_name(view: View, name: str) -> UnknownModelError:
    reading = f" ({spec_error(name, view.known)})" if ":" in name or "@" in name else ""
    hint = did_you_mean(name, _names(view))
    return UnknownModelError(f"no provider has a model {quoted(name)}.{hint}{reading}", spec=name)


def _ambiguous(view: View, name: str, places: list[Place]) -> AmbiguousModelError:
    specs = tuple([f"{provider}:{view.file.block(provider).ids[place]}" for provider, place in places])
    listed = ", ".join(map(printable, specs[:8])) + (f" and {len(specs) - 8} more" if len(specs) > 8 else "")
    return AmbiguousModelError(
        f"{quoted(name)} is served by {len(specs)} providers: {listed}. Name one, or pass prefer=",
        spec=name,
        specs=specs,
    )


def _not_allowed(view: View, provider: str, model_id: str, section: str, pattern: str | None) -> ModelNotAllowedError:
    """`section` and `pattern` as `Filters.reason` gives them; where they stand is told by the tail of the file."""
    spec = f"{provider}:{model_id}"
    stated = view.file.header["filters"].get(section) or {}
    places = view.file.tail().get("settings", {}).get(section, {}).get(provider, {})
    if section == "deny":
        why = f"by deny pattern {quoted(pattern)}"
        by_argument = pattern not in stated.get(provider, ())
        origin = places.get(pattern)
    else:
        allow = view.filters.allow if view.filters is not None else None
        named = allow is not None and provider in allow
        why = "by allow, " + (
            f"whose patterns for {provider} do not match" if named else f"which leaves {provider} out"
        )
        by_argument = allow != stated
        origin = next(iter(places.values()), None)
    where = "an argument" if by_argument else (origin or {}).get("place") or (origin or {}).get("layer")
    told = f" ({printable(where)})" if where else ""
    return ModelNotAllowedError(f"{printable(spec)} is shut out {why}{told}", spec=spec, pattern=pattern)
