"""Routes: where the key and the prompt of each model of a base go, and in which form; what is new between two bases.

They are those that `endpoint()` gives. The curated overrides are those of the new base on both sides, so that a
correction of ours is no change, and hides none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llm_models.endpoints import destinations
from llm_models.errors import dotted, printable, split_dotted
from llm_models.origins import fields_of, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llm_models.differences import Change, Values
    from llm_models.ground import Ground

    Form = tuple[tuple[str, str], ...]
    """The fields that decide in which form a request is sent, with their values as text."""

ADDRESSES = (("base_url",), ("openai_base_url",), ("env",))
"""The fields of a provider that decide where its models' keys go."""
OWN_ADDRESS = ("extra", "provider", "api")
"""The same of a model."""
CLIENT = ("extra", "npm")
"""The field of a provider that names its client library; `OWN_CLIENT` is that of a model."""
OWN_CLIENT = ("extra", "provider", "npm")

SENT = ("provider_model_id",)
"""The field of a model that has the id to send, which is its own for most."""

_MARKS = (b'"provider":', b'"apis":')
"""Texts of the lines of the models that have a route of their own. We write the new file, so no escape hides one."""


class Pair(NamedTuple):
    """A variable for a key, None for no key, and the address to which it goes."""

    variable: str | None
    address: str

    def __str__(self) -> str:
        return f"{printable(self.variable or 'requests without a key')} would go to {printable(self.address)}"


def decides(path: tuple[str, ...], *, of_model: bool) -> bool:
    """Whether the field of a model, or else of a provider, decides where a request goes or in which form.

    The source's fields that have no place of their own are in `extra`: those of a provider count, except its id, and
    those that a model states in place of its provider's.
    """
    if of_model:
        return path[0] == "apis" or path == SENT or path[:2] == OWN_ADDRESS[:2]
    return path in ADDRESSES or (path[0] == "extra" and path[1:] != ("source_id",))


def changed(changes: Iterable[Change]) -> Iterator[str]:
    """The changes of such fields, a sentence for each; models of one provider that change alike share one."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for change in changes:
        provider, colon, _ = change.spec.partition(":")
        if decides(split_dotted(change.field), of_model=bool(colon)):
            what = f"{change.field} changed from {shown(change.old)} to {shown(change.new)}"
            alike.setdefault((provider, colon, what), []).append(change.spec)
    for (_, _, what), specs in alike.items():
        yield f"{printable(specs[0])}: {what}{_also(specs)}"


def added(old: Ground, new: Ground) -> Iterator[str]:
    """What models of the new base have and no model of the old base has, a sentence with one example for each.

    This is each pair of a variable and an address; and, for models that are new, each form in which a key is sent to a
    known address.
    """
    touched = [
        one for one in new.file.blocks if one not in old.file.blocks or _text(old, one, new) != _text(new, one, new)
    ]
    before: dict[Pair, set[Form]] = {}
    for provider in old.file.blocks if touched else ():
        for pair, form, _ in _routes(old, provider, new):
            before.setdefault(pair, set()).add(form)
    pairs: dict[Pair, list[str]] = {}
    forms: dict[tuple[str, Pair, str], list[str]] = {}
    for provider in touched:
        known = old.ids(provider)
        for pair, form, ids in _routes(new, provider, new):
            specs = [f"{provider}:{model_id}" for model_id in ids]
            fresh = [spec for spec, model_id in zip(specs, ids, strict=True) if model_id not in known]
            if pair not in before:
                pairs.setdefault(pair, []).extend(specs)
            elif fresh and form not in before[pair]:
                others = {part for one in before[pair] for part in one}
                unlike = [part for part in form if part not in others] or [*form]
                text = ", ".join(f"{field} is {value}" for field, value in unlike) or "none is stated"
                forms.setdefault((provider, pair, text), []).extend(fresh)
    for pair, specs in pairs.items():
        yield f"{printable(specs[0])}: {pair} (new{f', {len(specs):,} models' if len(specs) > 1 else ''})"
    for (_, pair, text), specs in forms.items():
        yield f"{printable(specs[0])}: {pair} in a new form: {text}{_also(specs)}"


def _routes(side: Ground, provider: str, newest: Ground) -> Iterator[tuple[Pair, Form, list[str]]]:
    """The routes of a provider's models: a pair, a form, and ids of models that have both."""
    common = _of_provider(side, provider, newest)
    record = {path[0]: value for path, value in common.items() if path in ADDRESSES}
    lone, rest = _split(side, provider)
    own = {model_id: _own(side, provider, model_id) for model_id in lone}
    for ids, its in (*(([model_id], its) for model_id, its in own.items()), *([(rest, {})] if rest else [])):
        client = its.get(OWN_CLIENT, common.get(CLIENT))
        parts = {("npm",): client, **{path: its[path] for path in its if path not in (OWN_ADDRESS, OWN_CLIENT, SENT)}}
        parts |= {path: value for path, value in common.items() if path not in (*ADDRESSES, CLIENT)}
        form = tuple(sorted((dotted(path), shown(value)) for path, value in parts.items()))
        for variable, url in destinations(record, its.get(OWN_ADDRESS)):
            yield Pair(variable, url or f"the default address of {client or 'its client'}"), form, ids


def _split(side: Ground, provider: str) -> tuple[list[str], list[str]]:
    """The ids of a provider's models: those that may have a route of their own, and the others."""
    block = side.file.block(provider)
    rows = {row for mark in _MARKS for row in block.rows_with(mark)}
    lone = [block.ids[row] for row in sorted(rows)]
    return lone, [model_id for row, model_id in enumerate(block.ids) if row not in rows]


def _text(side: Ground, provider: str, newest: Ground) -> object:
    """What decides all routes of a provider, mostly still as text: if equal, no route differs."""
    lone, rest = _split(side, provider)
    lines = [side.written(provider, model_id) for model_id in lone]
    return lines, bool(rest), _of_provider(side, provider, newest)


def _of_provider(side: Ground, provider: str, newest: Ground) -> Values:
    """What a provider's source states that decides routes; the overrides of the newest base replace some of it."""
    values = side.values(provider)
    if provider in newest.file.blocks and provider in newest.curated:
        served = dict(leaves(newest.record(provider)))
        for path in fields_of(newest.tail, provider):
            values.pop(path, None)
            values |= {path: served[path]} if path in served else {}
    return {path: value for path, value in values.items() if decides(path, of_model=False)}


def _own(side: Ground, provider: str, model_id: str) -> Values:
    """What a model states that decides its own route."""
    return {path: value for path, value in side.values(provider, model_id).items() if decides(path, of_model=True)}


def shown(value: object) -> str:
    """A value as short text for people."""
    text = (
        "nothing" if value in (None, "", []) else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    )
    return printable(text)[:200]


def _also(specs: list[str]) -> str:
    return f" ({len(specs):,} models)" if len(specs) > 1 else ""
