"""Explain: where each value of a model comes from, as the merge recorded it; denied and excluded models too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.block import BESIDE, effective
from llm_models.copies import FIELD as COPIED
from llm_models.errors import InvalidArgumentError, UnknownModelError, did_you_mean, dotted, printable, split_dotted
from llm_models.frozen import ModelKey
from llm_models.in_use import base_of
from llm_models.lookup import key_of, locate
from llm_models.modelspec import as_key
from llm_models.origins import fields_of, leaves
from llm_models.records import Model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from llm_models.block import Line
    from llm_models.snapshot_file import SnapshotFile
    from llm_models.view import View

    How = Literal["stated", "derived", "default", "omitted"]
    State = Literal["shown", "denied", "not allowed", "excluded"]


class FieldOrigin(NamedTuple):
    """One field's value and where it comes from."""

    field: str
    """The field, as dotted text."""
    value: Any
    """The value, as plain data."""
    how: How
    """`"stated"`, `"derived"` (computed from other fields), `"default"` (not stated) or `"omitted"`."""
    layer: str | None = None
    """The layer that states or omits it: a source (`models_dev`), another list that fills what the source does not
    state (`supplements/litellm`), a file of curated corrections (`overrides/openai.toml`), your file as it was found or
    named (`llm_models.toml`), an argument (`load(overrides=...)`) or the behaviour module. `"resolves_to"` where a
    moving name takes the value from another model, `"base"` where an entry copies it from its base. None where it is
    derived or a default."""
    place: str | None = None
    """The place there, `file:line`. For `resolves_to` and `base` the other model; for `base` with the layer or place
    that states it there, in brackets."""
    replaced: Any = None
    """The value of the weaker layers; None where they have none."""


class Explanation(NamedTuple):
    """A model's fields with their origins."""

    spec: str
    """The model spec."""
    state: State
    """`"shown"`; `"denied"` (a pattern of `deny` means it), `"not allowed"` (`allow` states other models only) or
    `"excluded"` (a pattern of `exclude` removes it)."""
    pattern: str | None
    """The pattern that hides or removes the model; None where it is shown or not allowed."""
    layer: str | None
    """The layer of that pattern."""
    place: str | None
    """The place of that pattern, `file:line`."""
    fields: tuple[FieldOrigin, ...]
    """The fields."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data, without what is None."""
        return {**_known(self._asdict()), "fields": [_known(field._asdict()) for field in self.fields]}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def explain(view: View, spec: str | tuple[str, str] | Model, field: str | None = None) -> Explanation:
    """Where the values of a model come from; with `field`, only of that field and those below it.

    Raises the errors of a lookup except `ModelNotAllowedError`, `UnknownModelError` also for a field that a model does
    not have, and `InvalidArgumentError` for a field that is not text.

    >>> origin, = llm_models.explain("openai:gpt-5.4-mini", "limits.context").fields
    >>> origin.value, origin.how, origin.layer
    (400000, 'stated', 'models_dev')
    """
    if field is not None and not isinstance(field, str):
        raise InvalidArgumentError(f"field: expected the path of a field, as text (found {type(field).__name__})")
    key = _key(view, spec)
    name = f"{key.provider}:{key.id}"
    removed = view.file.tail()["removed"].get(name)
    if removed is None:
        file, hidden = view.file, _hidden(view, key)
    else:
        file = base_of(view.file)
        hidden = "excluded", removed["pattern"], removed.get("layer"), removed.get("place")
    fields = tuple(_fields(file, key, view.file.header["sources"]))
    if field is not None:
        path = split_dotted(field)
        chosen = tuple(each for each in fields if split_dotted(each.field)[: len(path)] == path)
        if not chosen:
            from llm_models.grammar import field_paths

            known = field_paths("model")
            if path[0] != "extra" and dotted(path) not in known:
                hint = did_you_mean(field, known) or f" 'llm-models explain {name}' shows every field."
                message = f"{name} has no field '{printable(field)}'.{hint}"
                raise UnknownModelError(message, spec=name, exit_code=2)
        fields = chosen or (FieldOrigin(dotted(path), None, "default"),)
    return Explanation(name, *hidden, fields)


def _key(view: View, spec: str | tuple[str, str] | Model) -> ModelKey:
    """The key that `spec` names, whether its model is shown, hidden or removed."""
    key = key_of(view, spec) if isinstance(spec, str) else as_key(spec)
    if key is not None and (provider := view.file.provider_id(key.provider)) is not None:
        block = view.file.block(provider)
        removed = view.removed(provider, key.id)
        model_id = block.id_of(key.id) or (removed and removed[0])
        if model_id:
            return ModelKey(provider, model_id)
    row = locate(view, spec, None, ())
    if not isinstance(row, tuple):
        raise row()
    return ModelKey(row[0], view.file.block(row[0]).ids[row[1]])


def _hidden(view: View, key: ModelKey) -> tuple[State, str | None, str | None, str | None]:
    """The state of a model that is not removed, and the pattern, layer and location that hide it."""
    hidden = view.hidden(key.provider, view.file.block(key.provider).rows[key.id])
    if hidden is None:
        return "shown", None, None, None
    section, pattern = hidden
    locations = view.file.tail()["settings"].get(section, {}).get(key.provider, {})
    state: State = "denied" if section == "deny" else "not allowed"
    origin = locations.get(pattern) if pattern else None
    if origin is None:
        return state, pattern, None if section == "allow" else "load()", None
    return state, pattern, origin["layer"], origin.get("place")


def _fields(file: SnapshotFile, key: ModelKey, sources: list[dict[str, str]]) -> Iterator[FieldOrigin]:
    line: Line = file.line(*key) or {"id": key.id}
    origins = fields_of(file.tail(), f"{key.provider}:{key.id}")
    stated = {path for path, _ in leaves({name: value for name, value in line.items() if name not in BESIDE})}
    for path in [path for path, origin in origins.items() if path not in stated and "replaced" not in origin]:
        origin = origins.pop(path)  # 0.1.0 wrote no quotes around a key with dots
        origins.update({one: origin for one in stated if ".".join(one) == ".".join(path)})
    derived = {("provider_model_id",), *(path for path, _ in leaves(line.get("derived", {})))}
    source = ", ".join([source["name"] for source in sources]) or None
    for path, value in leaves(Model.from_dict(effective(line, key.provider)).to_dict()):
        if path == ("provider",) or (path == ("id",) and path not in origins):
            continue
        if path in stated:
            layer: dict[str, Any] = {"layer": source, **origins.get(path, {})}
            if layer["layer"] == COPIED:
                layer["place"] += f" ({_via(file, layer['place'], path, source)})"
            yield FieldOrigin(dotted(path), value, "stated", **layer)
        else:
            yield FieldOrigin(dotted(path), value, "derived" if path in derived else "default")
    for path, origin in origins.items():
        if path not in stated and path not in derived:
            yield FieldOrigin(dotted(path), None, "omitted", **origin)


def _via(file: SnapshotFile, spec: str, path: tuple[str, ...], source: str | None) -> str | None:
    """The layer or place that states a value in the model from which it was copied, perhaps through other copies."""
    for _ in file.tail()["models"]:
        holder = base_of(file) if spec in file.tail()["removed"] else file
        provider, _, model_id = spec.partition(":")
        line: Any = holder.line(provider, model_id) or {}
        derived = dict(leaves(line.get("derived", {})))
        origin: Any = fields_of(holder.tail(), spec).get(path, {})
        if origin.get("layer") != COPIED:
            return "derived" if path in derived else origin.get("place") or origin.get("layer") or source
        spec = origin["place"]
    return source
