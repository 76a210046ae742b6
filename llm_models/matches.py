"""Matches: from a name in telemetry or in a response to the model that it means; standard library only.

Names there were written by clients and servers, not by people who chose them. So all rules of `name_rules` apply, and
an address counts. A name that can mean several models, or none for certain, has no match.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llm_models import name_rules
from llm_models.errors import InvalidArgumentError, InvalidSpecError
from llm_models.lookup import locate
from llm_models.modelspec import split_spec

if TYPE_CHECKING:
    from llm_models.records import Model
    from llm_models.view import ModelRow, View

    Found = tuple[ModelRow | None, str]
    """A model, None if it is hidden, and how its name was read."""

SPEC = "provider-prefix"
"""The rule of a name that names its provider: `openai/gpt-4o`, `openai:gpt-4o` or `gpt-4o@openai`."""
EXACT = {"id": "id", "served_as": "served-id", "aliases": "alias"}
"""The rules of a name that the provider has, by the field that has it."""


class NameMatch(NamedTuple):
    """What a name means: see `llm_models.match_names`."""

    model: Model | None
    """The model; None if no rule fits, if the name can mean several models, or if `allow` or `deny` hides the model."""
    rule: str | None
    """How the name was read: `id`, `served-id` or `alias` for a name that the catalogue has, or the rules that led to
    the model, in their order (`arn + region-prefix`). None where no rule fits."""
    requested: str
    """The name, as it was given."""

    @property
    def note(self) -> str:
        """What is not known of the price of the name, which the model's price need not be; empty where it is known."""
        used = (self.rule or "").split(name_rules.THEN)
        return name_rules.note_of([rule for rule in name_rules.RULES if rule["name"] in used])


def match(view: View, provider: object, model: object, address: object) -> NameMatch:
    """`llm_models.match_names`, of the models that are shown."""
    for value in (provider, address):
        if not isinstance(value, str | None):
            raise InvalidArgumentError(f"provider= and base_url= must be text or None (found {type(value).__name__})")
    if not isinstance(model, str):
        found = "nothing" if model is None else type(model).__name__
        raise InvalidArgumentError(f"model= must be the name to read, as text (found {found})")
    name = model.strip()
    if provider or address:
        there = _provider(view, provider, address)
        read = None if there is None else _at(view, there, name)
    else:
        read = _anywhere(view, name)
    if read is None:
        return NameMatch(None, None, model)
    row, rule = read
    return NameMatch(None if row is None else view.model(*row), rule, model)


def _provider(view: View, provider: object, address: object) -> str | None:
    """The provider that answered: the one at the address, else the one that is named, which may be an address, too."""
    claimed = view.file.provider_id(provider)
    for text in (address, provider if claimed is None else None):
        if isinstance(text, str) and text:
            from llm_models.hosts import provider_at

            there = provider_at(view, text, claimed)
            if there is not None:
                return there
    return claimed


def _at(view: View, provider: str, name: str) -> Found | None:
    """The model that a provider has under a name, as it is, or in a way that the rules know."""
    named = _named(view, name)
    found = _read(view, provider, name)
    if found is None and named is not None and named[0] == provider:
        found = _with_prefix(_read(view, *named))
    return found


def _anywhere(view: View, name: str) -> Found | None:
    """The same, of a name that comes alone: it names its provider, or one provider has it, or a rule names one."""
    named = _named(view, name)
    if named is not None:
        # Some providers have ids that begin with their own name: `nvidia/nemotron`.
        found = _exact(view, *named) or _exact(view, named[0], name) or _by_rules(view, *named)
        if found is not None:
            return _with_prefix(found)
    try:
        answer = locate(view, name, None, ())
    except InvalidSpecError:
        return None
    stranger = named is not None and not callable(answer) and answer[0] != named[0]  # a reseller: its price is another
    exact = None if callable(answer) or stranger else _exact(view, answer[0], name)
    return exact or (None if stranger or name in view.names() else _by_rules(view, None, name))


def _named(view: View, name: str) -> tuple[str, str] | None:
    """The provider that a name names, and the rest of it."""
    try:
        key = split_spec(name, view.file.provider_id)
    except InvalidSpecError:
        return None
    if key is not None:
        return key
    head, slash, rest = name.partition("/")
    provider = view.file.provider_id(head) if slash else None
    return None if provider is None else (provider, rest)


def _read(view: View, provider: str, name: str) -> Found | None:
    return _exact(view, provider, name) or _by_rules(view, provider, name)


def _exact(view: View, provider: str, name: str) -> Found | None:
    block = view.file.block(provider)
    model_id = block.id_of(name)
    if model_id is None:
        return None
    field = "id" if model_id == name else next(field for field, names in block.tables().items() if name in names)
    row = block.rows[model_id]
    return (None if view.hidden(provider, row) else (provider, row)), EXACT[field]


def _by_rules(view: View, provider: str | None, name: str) -> Found | None:
    found = name_rules.read(view, provider, name)
    if found is None:
        return None
    return (None if name_rules.hidden(view, found) else found[0]), name_rules.names_of(found[1])


def _with_prefix(found: Found | None) -> Found | None:
    if found is None:
        return None
    row, rule = found
    return row, SPEC if rule in EXACT.values() else f"{SPEC}{name_rules.THEN}{rule}"
