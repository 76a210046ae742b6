"""Lookup: from the name of a model to its row, or to the reason why there is none; standard library only.

A text is read in this order: an exact name in the scope; `provider:model`; `model@provider`; `provider/model`, if that
provider has, or had, such a model; a name that one provider has. The first reading that names its provider counts, also
if its model is denied, excluded or gone. A bare id whose first part is a provider that has the rest in another spelling
is ambiguous, and is an error if that model is excluded or gone: no provider silently answers for another one.

For a name that leads to no model, a function is returned that makes the error: finding the nearest names takes longer
than everything else, and `allowed` does not need them.
"""

from __future__ import annotations

from llm_models.frozen import ModelKey
from llm_models.modelspec import as_key, cut_error, format_spec, is_cut, not_a_spec, parse_spec, spec_error, split_spec
from llm_models.records import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import ModuleType

    from llm_models.errors import LLMModelsError
    from llm_models.view import ModelRow, View

    Miss = Callable[[], LLMModelsError]


def _misses() -> ModuleType:
    from llm_models import misses

    return misses


def parse_provider(text: object, view: View) -> str:
    """The id of the provider that `text` names, in any spelling or by an alias. Raises `UnknownProviderError`."""
    provider = view.file.provider_id(text)
    if provider is None:
        raise _misses().unknown_provider(text, view.known, view)
    return provider


def row_of_pair(view: View, provider: object, name: object) -> ModelRow | Miss:
    """The row of the model that a provider, in any spelling, serves under that name."""
    known = view.file.provider_id(provider)
    return (lambda: _misses().of_no_provider(view, provider, name)) if known is None else row_of(view, known, name)


def key_of(view: View, text: str) -> ModelKey | None:
    """The key that a text names together with its provider; None where it is no more than the name of a model.

    The model of the colon and the at form need not exist. Raises `InvalidSpecError` where `%XX` of an at form is wrong.
    """
    text = text.strip()
    key = _split(view, text)
    return _by_slash(view, text) if key is None else key


def _split(view: View, text: str) -> ModelKey | None:
    """As `split_spec`; a file name that was cut is the model that it was made of. Raises `InvalidSpecError`."""
    provider = view.file.provider_id(text.rpartition("@")[2]) if is_cut(text) else None
    if provider is not None:
        for model_id in view.file.block(provider).ids:
            if format_spec((provider, model_id), "filename") == text:
                return ModelKey(provider, model_id)
        raise cut_error(text)
    return split_spec(text, view.file.provider_id)


def parse(view: View, text: object) -> ModelKey:
    """The key that a model spec names, whose model need not exist and whose provider may be gone.

    Raises `InvalidSpecError`.
    """
    if isinstance(text, str):
        key = key_of(view, text) or split_spec(text, view.past.provider_id)
        if key is not None and key.id:
            return key
        gone = None if key is None or key.provider in view.known else view.past.provider(key.provider)
        if gone is not None:
            from llm_models.past import absent

            raise not_a_spec(text, f"the model id is missing, and {absent(gone.id, gone)}")
    return parse_spec(text, view.file.provider_id, view.known)


def asked_name(view: View, spec: object, within: str | None = None) -> str:
    """The name of the model in a spec that `locate` found, as it was asked for."""
    if isinstance(spec, Model):
        return spec.requested
    if not isinstance(spec, str):
        return as_key(spec).id
    text = spec.strip()
    key = None if within is not None and view.file.block(within).serves(text) else key_of(view, text)
    return text if key is None else key.id


def locate(view: View, spec: object, within: str | None, prefer: Collection[str]) -> ModelRow | Miss:
    """The row of the model that a model spec, a key or a bare id names, of the provider `within` if given.

    If several providers serve a bare id, the first of `prefer` wins. Raises `InvalidSpecError` when `spec` is neither
    text nor a key.
    """
    if isinstance(spec, str):
        return _by_text(view, spec.strip(), within, prefer)
    if isinstance(spec, Model):  # a ban may be about the name under which it was asked for
        return _by_key(view, ModelKey(spec.provider, spec.requested), within)
    return _by_key(view, as_key(spec), within)


def row_of(view: View, provider: str, name: object) -> ModelRow | Miss:
    """The row of the model that a known provider serves under that id, served id or alias."""
    block = view.file.block(provider)
    try:
        row = block.rows[block.id_of(name)]  # type: ignore[arg-type, index]
    except (KeyError, TypeError):
        return _by_rule(view, provider, name) or (lambda: _misses().unknown_model(view, provider, name))
    hidden = view.hidden(provider, row)
    if hidden is not None:
        return lambda: _misses().not_allowed(view, provider, block.ids[row], *hidden)
    return provider, row


def _by_key(view: View, key: ModelKey, within: str | None) -> ModelRow | Miss:
    provider = view.file.provider_id(key.provider)
    if provider is not None and within not in (None, provider):
        return lambda: _misses().outside(f"{provider}:{key.id}", within)
    return row_of_pair(view, key.provider, key.id)


def _by_text(view: View, text: str, within: str | None, prefer: Collection[str]) -> ModelRow | Miss:
    if within is not None and view.file.block(within).serves(text):
        return row_of(view, within, text)
    key = _split(view, text)
    if not text or (key is not None and not key.id):
        return lambda: spec_error(text, view.file.provider_id, view.known)
    key = key or _by_slash(view, text)
    if key is not None:
        return _by_key(view, key, within)
    if within is not None:
        return row_of(view, within, text)
    return _by_bare_name(view, text, prefer)


def _by_slash(view: View, text: str) -> ModelKey | None:
    """`text` read as `provider/model`; None unless that provider has such a model, or is meant all the same.

    The name of the model is what follows the first `/` or, as with `nvidia/nemotron`, the whole text.
    """
    head, slash, rest = text.partition("/")
    if not slash or not (rest := rest.strip()):
        return None
    providers = view.file.provider_ids(head)
    if not providers:
        gone = view.past.provider_id(head)
        return None if gone is None or not view.past.knows(gone, rest) else ModelKey(gone, rest)
    for provider in providers:
        for name in (rest, text):
            if view.file.block(provider).serves(name):
                return ModelKey(provider, name)
    return next((ModelKey(provider, rest) for provider in providers if _had(view, provider, rest)), None)


def _had(view: View, provider: str, name: str) -> bool:
    """Whether a provider that does not serve a name is meant: it is excluded, denied or gone, or a rule reads it."""
    if view.removed(provider, name) is not None or view.excluding(provider, name):
        return True
    denied = None if view.filters is None else view.filters.reason(provider, [name], view.id_of)
    if denied is not None and denied[0] == "deny":
        return True
    from llm_models import name_rules

    return name_rules.safe(view, provider, name) is not None or view.past.knows(provider, name)


def _by_bare_name(view: View, name: str, prefer: Collection[str]) -> ModelRow | Miss:
    rows = view.names().get(name, [])
    preferred = next((row for provider in prefer for row in rows if row[0] == provider), None)
    if preferred is not None:
        return preferred
    written = _written(view, name)
    if written and all(view.hidden(*row) for row in written):
        return row_of(view, written[0][0], view.file.block(written[0][0]).ids[written[0][1]])
    once = None if written else _once_written(view, name)
    if once is not None:
        return row_of(view, *once)
    if len(rows) == 1 and not written:
        return rows[0]
    if rows:
        return lambda: _misses().ambiguous(view, name, rows, [row for row in written if view.hidden(*row) is None])
    if view.filters is not None:
        serving = [provider for provider in view.known if view.file.block(provider).serves(name)]
        if serving:
            return lambda: _misses().hidden_name(view, name, serving)
    return _by_rule(view, None, name) or (lambda: _misses().unknown_name(view, name))


def _written(view: View, name: str) -> list[ModelRow]:
    """What the provider before the first `/` of a bare id has under another spelling.

    A text that names a provider must not lead to another one without a question, nor pass a ban of the first.
    """
    head, _, rest = name.partition("/")
    providers = view.file.provider_ids(head) if rest else []
    if not providers:
        return []
    from llm_models.spellings import alike

    ids = [
        (provider, row, model_id)
        for provider in providers
        for row, model_id in enumerate(view.file.block(provider).ids)
    ]
    return [(provider, row) for provider, row, model_id in ids if alike(model_id, rest)]


def _once_written(view: View, name: str) -> ModelKey | None:
    """What the provider before the first `/` of a bare id had under another spelling: it is excluded or gone."""
    head, _, rest = name.partition("/")
    for provider in view.file.provider_ids(head) if rest else ():
        model_id = view.once_spelled(provider, rest)
        if model_id is not None:
            return ModelKey(provider, model_id)
    return None


def _by_rule(view: View, provider: str | None, name: object) -> ModelRow | Miss | None:
    """What a safe rule makes of a name that is in no block; None where there is no such rule."""
    from llm_models import name_rules

    found = name_rules.safe(view, provider, name)
    if found is None:
        return None
    hidden = name_rules.hidden(view, found)
    if hidden is not None:
        home, row = found[0]
        denied = name if view.hidden(home, row) is None else view.file.block(home).ids[row]
        return lambda: _misses().not_allowed(view, home, str(denied), *hidden)
    return found[0]
