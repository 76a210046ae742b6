"""Explain: where each value of a model comes from, as it was recorded when the layers were merged.

It reads what the merge wrote down and derives nothing anew; models that are denied or excluded are answered for
too. Off the read path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.errors import UnknownModelError, did_you_mean, printable
from llm_models.modelspec import split_spec
from llm_models.records import Model, ModelKey
from llm_models.snapshot import effective

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.snapshot import Snapshot, Spec

__all__ = ["Explanation", "FieldOrigin", "explain", "leaves", "weaker"]


class FieldOrigin(NamedTuple):
    """One field's value and where it comes from.

    `how` is `"stated"`, `"derived"` (worked out from other fields), `"default"` (nobody says) or `"omitted"`.
    `layer` and `place` (`file:line`) tell who stated or omitted it; `replaced` is what weaker layers said, None
    where they said nothing.
    """

    field: str
    value: Any
    how: str
    layer: str | None = None
    place: str | None = None
    replaced: Any = None


class Explanation(NamedTuple):
    """A model's fields with their origins. `state` is `"shown"`, `"denied"`, `"not allowed"` or `"excluded"`.

    For all but `"shown"`, `pattern`, `layer` and `place` tell what hides or removes the model.
    """

    spec: str
    state: str
    pattern: str | None
    layer: str | None
    place: str | None
    fields: tuple[FieldOrigin, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; what is unknown is left out."""
        plain = {key: value for key, value in self._asdict().items() if value is not None}
        told = [{key: value for key, value in one._asdict().items() if value is not None} for one in self.fields]
        return {**plain, "fields": told}


def explain(snapshot: Snapshot, spec: Spec, field: str | None = None) -> Explanation:
    """Where the values of a model come from; with `field`, of that field and those below it alone.

    Raises `UnknownModelError`, and the other lookup errors for a spec that names nothing.

    >>> told = llm_models.explain("openai:gpt-4o-mini", "limits.context")
    >>> told.fields[0].value, told.fields[0].how, told.fields[0].layer
    (128000, 'stated', 'models_dev')
    """
    key = _key(snapshot, spec)
    name = f"{key.provider}:{key.id}"
    tail = snapshot.file.tail()
    removed = tail["removed"].get(name)
    if removed is not None:
        line = dict(removed["base"] or {"id": key.id})
        line.pop("bits", None)
        state = ("excluded", removed["pattern"], removed.get("layer"), removed.get("place"))
        origins = removed["fields"]
    else:
        block = snapshot.file.block(key.provider)
        line = block.model(block.places[key.id])
        state = _state(snapshot, key)
        origins = tail["models"].get(name, {}).get("fields", {})
    fields = tuple(_fields(line, origins, key.provider, snapshot.file.header["sources"]))
    if field is not None:
        chosen = tuple(one for one in fields if one.field == field or one.field.startswith(f"{field}."))
        if not chosen:
            from llm_models.grammar import field_paths

            known = field_paths("model")
            if field not in known and not field.startswith("extra."):
                hint = did_you_mean(field, known)
                raise UnknownModelError(f"{name} has no field '{printable(field)}'.{hint}", spec=name)
            chosen = (FieldOrigin(field, None, "default"),)
        fields = chosen
    return Explanation(name, *state, fields)


def _key(snapshot: Snapshot, spec: Spec) -> ModelKey:
    """The key that `spec` names, whether its model is shown, hidden or removed."""
    if isinstance(spec, Model):
        return spec.key
    key = split_spec(spec, snapshot.file.header["blocks"]) if isinstance(spec, str) else ModelKey(*spec)
    if key is not None:
        provider = snapshot.parse_provider(key.provider)
        block = snapshot.file.block(provider)
        model_id = block.aliases.get(key.id, key.id)
        if model_id in block.places or f"{provider}:{model_id}" in snapshot.file.tail()["removed"]:
            return ModelKey(provider, model_id)
    return snapshot.resolve(spec).key


def _state(snapshot: Snapshot, key: ModelKey) -> tuple[str, str | None, str | None, str | None]:
    hidden = snapshot._view.hidden(key.provider, snapshot.file.block(key.provider).places[key.id])
    if hidden is None:
        return "shown", None, None, None
    section, pattern = hidden
    places = snapshot.file.tail()["settings"].get(section, {}).get(key.provider, {})
    origin = places.get(pattern, {}) if pattern else {}
    layer = origin.get("layer") or (None if section == "allow" else "load()")
    return ("denied" if section == "deny" else "not allowed"), pattern, layer, origin.get("place")


def leaves(data: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted path, value) of everything in nested data that is no mapping."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _fields(
    line: dict[str, Any], origins: dict[str, Any], provider: str, sources: list[dict[str, str]]
) -> Iterator[FieldOrigin]:
    stated = dict(leaves({key: value for key, value in line.items() if key != "derived"}))
    derived = dict(leaves(line.get("derived", {})))
    derived.setdefault("provider_model_id", line["id"])
    source = ", ".join([one["name"] for one in sources]) or None
    values = dict(leaves(Model.from_dict(effective(line, provider)).to_dict()))
    for field, value in values.items():
        if field in ("id", "provider"):
            continue
        origin = origins.get(field)
        if field in stated:
            layer, place, replaced = (origin or {}).get("layer", source), None, None
            if origin is not None:
                place, replaced = origin.get("place"), origin.get("replaced")
            yield FieldOrigin(field, value, "stated", layer, place, replaced)
        else:
            yield FieldOrigin(field, value, "derived" if field in derived else "default")
    for field, origin in origins.items():
        if field not in stated:
            yield FieldOrigin(field, None, "omitted", origin["layer"], origin.get("place"), origin.get("replaced"))


def weaker(record: dict[str, Any], origins: dict[str, Any], layer: str) -> dict[str, Any]:
    """What the layers below `layer` say of a record: dotted path -> value, from what it replaced."""
    below = dict(leaves(record))
    for field, origin in origins.items():
        if origin["layer"] == layer:
            if "replaced" in origin:
                below[field] = origin["replaced"]
            else:
                below.pop(field, None)
    return below
