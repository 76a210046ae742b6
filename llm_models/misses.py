"""Misses: why a name leads to no model; standard library only, imported only for such a name."""

from __future__ import annotations

from llm_models import name_rules
from llm_models.errors import (
    AmbiguousModelError,
    ModelNotAllowedError,
    UnknownModelError,
    UnknownProviderError,
    printable,
    quoted,
    text_of,
)
from llm_models.modelspec import fold_provider, split_spec
from llm_models.retired import absent_model, absent_name, absent_provider
from llm_models.suggestions import for_model, for_name, for_provider, makers_first, unknown_provider_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from llm_models.errors import LLMModelsError
    from llm_models.origins import Lost
    from llm_models.view import ModelRow, View


def unknown_provider(text: object, known: Collection[str], view: View | None = None) -> UnknownProviderError:
    """The error for a name of no provider. It states when a provider was listed that `view` remembers."""
    if view is not None:
        absent = absent_provider(view.past, text)
        if absent is not None:
            return absent
        hint = for_provider(view, text)
    else:
        from llm_models.similarity import provider_hint

        hint = provider_hint(fold_provider(text), known) if isinstance(text, str) else ""
    return UnknownProviderError(f"unknown provider {quoted(text)}.{hint}", provider=text)


def of_no_provider(view: View, provider: object, name: object) -> LLMModelsError:
    return absent_model(view, provider, name) or unknown_provider(provider, view.known, view)


def unknown_model(view: View, provider: str, name: object) -> UnknownModelError | ModelNotAllowedError:
    spec = f"{provider}:{text_of(name)}"
    removed = view.removed(provider, name) if isinstance(name, str) else None
    if removed is not None:
        model_id, by = removed
        where = f" ({printable(by['place'])})" if "place" in by else ""
        message = f"{printable(f'{provider}:{model_id}')} is excluded by pattern {quoted(by['pattern'])}{where}"
        return UnknownModelError(message, spec=spec)
    lost = lost_copy(view, provider, name)
    if lost is not None:
        where = f" ({printable(lost['place'])})" if "place" in lost else ""
        message = f"{printable(spec)} is left out, because its base {printable(lost['base'])} is gone{where}"
        return UnknownModelError(f"{message}. State its values and new = true in place of base to keep it", spec=spec)
    absent = absent_model(view, provider, name, lambda: for_model(view, provider, name))
    absent = absent or _gone_form(view, provider, name)
    if absent is not None:
        return absent
    if view.filters is not None and isinstance(name, str):
        denied = view.filters.reason(provider, [name], view.id_of)
        if denied is not None and denied[0] == "deny":  # also where the provider never had that name
            return not_allowed(view, provider, name, *denied)
    pattern = view.excluding(provider, name) if isinstance(name, str) else None
    also = "" if pattern is None else f", and the exclude pattern {quoted(pattern)} holds for that name"
    return UnknownModelError(
        f"{provider} has no model {quoted(name)}{also}.{for_model(view, provider, name)}", spec=spec
    )


def lost_copy(view: View, provider: str, name: object) -> Lost | None:
    """Where an application states a model as a copy that has no base any more; None for another name."""
    return view.file.tail().get("lost", {}).get(f"{provider}:{text_of(name)}")


def outside(spec: str, within: str | None) -> UnknownModelError:
    """The error about a model that is not one of the provider to which the question is limited."""
    return UnknownModelError(f"{quoted(spec)} is outside the scope '{within}'", spec=spec)


def unknown_name(view: View, name: str) -> LLMModelsError:
    def hint() -> str:
        return for_name(view, name)

    key = split_spec(name, view.past.provider_id)
    if key is None:
        absent: LLMModelsError | None = absent_name(view, name, hint)
    else:
        absent = absent_model(view, *key) or absent_provider(view.past, key[0])
    before, _, rest = name.partition("/")
    provider = view.file.provider_id(before) if rest else None
    absent = absent or _gone_form(view, None, name) or _gone_head(view, name)
    if absent is None and provider is not None:
        absent = _gone_form(view, provider, rest)
    if absent is not None:
        return absent
    head = unknown_provider_in(view, name)
    why = f"no provider has a model {quoted(name)}{head and f', and {head}'}"
    if provider is not None:
        why = f"{provider} has no model {quoted(rest)}, and {why}"
    return UnknownModelError(f"{why}.{hint()}", spec=name)


def _gone_form(view: View, provider: str | None, name: object) -> UnknownModelError | None:
    """The error for a name that safe rules read as that of a model which is gone."""
    meant = name_rules.meanings(provider, name) if isinstance(name, str) else ()
    return next(filter(None, (absent_model(view, *key) for key in meant)), None)


def _gone_head(view: View, name: str) -> LLMModelsError | None:
    """The error for `provider/model` whose provider is gone and never had that model."""
    head, slash, _ = name.partition("/")
    gone = view.past.provider_id(head) if slash and view.file.provider_id(head) is None else None
    return None if gone is None else absent_provider(view.past, head)


def ambiguous(view: View, name: str, rows: list[ModelRow], written: list[ModelRow]) -> AmbiguousModelError:
    """The error for an id of several providers; `written` are models of the one that the text names."""

    def spec(provider: str, row: int) -> str:
        return f"{provider}:{view.file.block(provider).ids[row]}"

    specs = tuple([spec(*row) for row in (*written, *makers_first(view, rows))])
    listed = ", ".join(map(printable, specs[:8])) + (f" and {len(specs) - 8} more" if len(specs) > 8 else "")
    problem = f"{quoted(name)} is served by {len(specs)} providers: {listed}"
    if written:
        provider, rest = written[0][0], name.partition("/")[2]
        problem = f"{provider} has no model {quoted(rest)}, and {quoted(name)} can mean {listed}"
    message = f"{problem}. Choose one of these, or pass prefer= with a provider"
    return AmbiguousModelError(message, spec=name, specs=specs, problem=problem)


def not_allowed(view: View, provider: str, model_id: str, section: str, pattern: str | None) -> ModelNotAllowedError:
    """The error for a hidden model; `section` and `pattern` are those of `Filters.reason`."""
    spec = f"{provider}:{model_id}"
    why = f"{'denied' if section == 'deny' else 'not allowed:'} {_by(view, provider, section, pattern)}"
    return ModelNotAllowedError(f"{printable(spec)} is {why}", spec=spec, pattern=pattern)


def hidden_name(view: View, name: str, providers: Sequence[str]) -> ModelNotAllowedError:
    """The error for a bare id whose providers are all hidden: about that of the maker, else about the first one."""
    blocks = {provider: view.file.block(provider) for provider in providers}
    rows = [(provider, block.rows[str(block.id_of(name))]) for provider, block in blocks.items()]
    provider, row = makers_first(view, rows)[0]
    found = not_allowed(view, provider, blocks[provider].ids[row], *(view.hidden(provider, row) or ("", None)))
    if len(rows) == 1:
        return found
    rest = f"None of the {len(rows)} providers that serve {quoted(name)} is allowed"
    return ModelNotAllowedError(f"{found}. {rest}", spec=found.spec, pattern=found.pattern)


def _by(view: View, provider: str, section: str, pattern: str | None) -> str:
    """What hides a model, and where that is stated.

    The file's tail has the origins of the file's own patterns. A pattern that is not one of them is an argument.
    """
    stated = view.file.header["filters"].get(section) or {}
    located = view.file.tail().get("settings", {}).get(section, {})
    origins = located.get(provider, {})
    if section == "deny":
        why = f"by pattern {quoted(pattern)}"
        by_argument = pattern not in stated.get(provider, ())
        origin = origins.get(str(pattern))
    else:
        allow = view.filters.allow if view.filters is not None else None
        listed = allow is not None and provider in allow
        why = f"no pattern of allow.{provider} matches" if listed else f"allow leaves out {provider}"
        by_argument = allow != stated
        origin = next((one for part in ((origins,) if listed else located.values()) for one in part.values()), None)
    if by_argument:
        return f"{why} (an argument)"
    return why if origin is None else f"{why} ({printable(origin.get('place', origin['layer']))})"


def none_shown(view: View, provider: str) -> str | None:
    """Why no model of a known provider is shown, for people; None where one is."""
    if view.shown(provider):
        return None
    reasons: dict[str, None] = {}
    for row in range(len(view.file.block(provider).ids)):
        section, pattern = view.hidden(provider, row) or ("", None)
        by = _by(view, provider, section, pattern)
        reasons[f"denied {by}" if section == "deny" else by] = None
    for spec, by_pattern in view.file.tail()["removed"].items():
        if spec.partition(":")[0] == provider:
            where = f" ({printable(by_pattern['place'])})" if "place" in by_pattern else ""
            reasons[f"excluded by pattern {quoted(by_pattern['pattern'])}{where}"] = None
    listed = "; ".join([*reasons][:3]) + (f" and {len(reasons) - 3} more" if len(reasons) > 3 else "")
    return f"no model of {provider} is shown: {listed}" if reasons else f"{provider} has no models"
