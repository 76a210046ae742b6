"""Explain: where each value of a model comes from, as it was recorded when the layers were merged.

It reads what the merge wrote down and derives nothing anew; models that are denied or excluded are answered for
too. Off the read path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.errors import UnknownModelError, did_you_mean, printable
from llm_models.in_use import base_of
from llm_models.modelspec import split_spec
from llm_models.origins import fields_of, leaves
from llm_models.records import Model, ModelKey
from llm_models.snapshot_file import effective

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.snapshot import Snapshot, Spec
    from llm_models.snapshot_file import SnapshotFile


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
        base = base_of(snapshot.file)
        line = _line(base, key) or {"id": key.id}
        state = ("excluded", removed["pattern"], removed.get("layer"), removed.get("place"))
        origins = fields_of(base.tail(), "models", name)
    else:
        line = _line(snapshot.file, key) or {}
        state = _state(snapshot, key)
        origins = fields_of(tail, "models", name)
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


def _line(file: SnapshotFile, key: ModelKey) -> dict[str, Any] | None:
    if not file.holds(*key):
        return None
    block = file.block(key.provider)
    return block.model(block.rows[key.id])


def _key(snapshot: Snapshot, spec: Spec) -> ModelKey:
    """The key that `spec` names, whether its model is shown, hidden or removed."""
    if isinstance(spec, Model):
        return spec.key
    key = split_spec(spec, snapshot.file.blocks) if isinstance(spec, str) else ModelKey(*spec)
    if key is not None:
        provider = snapshot.parse_provider(key.provider)
        block = snapshot.file.block(provider)
        model_id = block.aliases.get(key.id, key.id)
        if model_id in block.rows or f"{provider}:{model_id}" in snapshot.file.tail()["removed"]:
            return ModelKey(provider, model_id)
    return snapshot.resolve(spec).key


def _state(snapshot: Snapshot, key: ModelKey) -> tuple[str, str | None, str | None, str | None]:
    hidden = snapshot.view.hidden(key.provider, snapshot.file.block(key.provider).rows[key.id])
    if hidden is None:
        return "shown", None, None, None
    section, pattern = hidden
    places = snapshot.file.tail()["settings"].get(section, {}).get(key.provider, {})
    origin = places.get(pattern, {}) if pattern else {}
    layer = origin.get("layer") or (None if section == "allow" else "load()")
    return ("denied" if section == "deny" else "not allowed"), pattern, layer, origin.get("place")


def _fields(
    line: dict[str, Any],
    origins: dict[tuple[str, ...], dict[str, Any]],
    provider: str,
    sources: list[dict[str, str]],
) -> Iterator[FieldOrigin]:
    stated = {path for path, _ in leaves({key: value for key, value in line.items() if key != "derived"})}
    derived = {("provider_model_id",), *(path for path, _ in leaves(line.get("derived", {})))}
    source = ", ".join([one["name"] for one in sources]) or None
    for path, value in leaves(Model.from_dict(effective(line, provider)).to_dict()):
        if path in (("id",), ("provider",)):
            continue
        field = ".".join(path)
        if path in stated:
            origin = origins.get(path, {})
            yield FieldOrigin(
                field, value, "stated", origin.get("layer", source), origin.get("place"), origin.get("replaced")
            )
        else:
            yield FieldOrigin(field, value, "derived" if path in derived else "default")
    for path, origin in origins.items():
        if path not in stated:
            field = ".".join(path)
            yield FieldOrigin(field, None, "omitted", origin["layer"], origin.get("place"), origin.get("replaced"))
