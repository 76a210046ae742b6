"""Enrich: the values that can be derived for a model when no layer states them; standard library only.

A derived value never replaces a stated one. Derived values are kept apart (under `derived`), so that they are computed
again whenever another layer is merged. Defaults are not derived: the records have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.kinds import CHAT, EMBEDDING, flags_of, is_moving, rule_of, tags_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_AGREED = ("canonical", "family", "knowledge", "open_weights")
"""The fields that other records of the model fill; see `agreement`."""

_CHAT_DEFAULTS = (("temperature",), ("streaming", "text"))
"""The capabilities that are yes by default, of models that chat. Of others they are no where nothing is stated."""


_DECIDE_KIND = ("id", "family", "modalities", "kind", "apis", "resolves_to")
"""The fields from which the kind, its kinds of API and its tags follow, beside `chat` and `embeddings`."""


def derive(
    model: Mapping[str, Any], agreed: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values derived from a model's stated data and from what other records agree on (`Agreement.facts`).

    `before` is the model's line in the base, if it has one: its kind stays if nothing has changed that decides it.
    A derived limit of None withholds a stated one, which means something else.
    """
    derived = {name: agreed[name] for name in _AGREED if name in agreed and model.get(name) is None}
    if model.get("deprecated") is None and is_deprecated(model):
        derived["deprecated"] = True
    if "modalities" in agreed and "modalities" not in model:
        derived["modalities"] = {side: [*listed] for side, listed in agreed["modalities"].items()}
    kept = _kept(model, derived.get("family"), before)
    family = model.get("family") or derived.get("family")
    rule = rule_of({**derived, **model}, family) if kept is None else {"kind": CHAT, **kept}
    kind = model.get("kind") or (agreed.get("kind", CHAT) if rule["kind"] == CHAT else rule["kind"])
    stated = model.get("capabilities", {})
    flags: dict[str, Any] = {name: value for name, value in flags_of(kind).items() if name not in stated}
    chats = {**flags, **stated}.get("chat", True)
    if kind != CHAT and "kind" not in model:
        derived["kind"] = kind
    if kind == rule["kind"] and "apis" in rule and "apis" not in model:
        derived["apis"] = list(rule["apis"])
    tags = _tags(model, kind) if kept is None else kept.get("tags", ())
    if tags := [tag for tag in tags if tag not in model.get("tags", ())]:
        derived["tags"] = tags
    for path in () if chats else _CHAT_DEFAULTS:
        _fill(flags, stated, path, False)
    if "temperature" in agreed:
        _fill(flags, stated, ("temperature",), agreed["temperature"])
    if stated.get("json", {}).get("schema"):  # who takes a JSON Schema can be told to answer in JSON
        _fill(flags, stated, ("json", "native"), True)
    if flags:
        derived["capabilities"] = flags
    if kind == EMBEDDING and not chats:
        derived.update(_dimensions(model))
    return derived


def _kept(model: Mapping[str, Any], family: str | None, before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the base derived from a model's kind, if it would be derived again; to find a kind takes milliseconds.

    A model without modalities takes its kind from other records, which may have changed.
    """
    if before is None or "kind" in model or "modalities" not in model:
        return None
    derived = before.get("derived", {})
    flags, old_flags = model.get("capabilities", {}), before.get("capabilities", {})
    same = (
        family == derived.get("family")
        and all(model.get(name) == before.get(name) for name in _DECIDE_KIND)
        and all(flags.get(name) == old_flags.get(name) for name in ("chat", "embeddings"))
        and {*before.get("tags", ())} <= {*model.get("tags", ())}  # else a tag of the kind may be missing in both
    )
    if not same:
        return None
    return {name: derived[name] for name in ("kind", "apis", "tags") if name in derived}


def _tags(model: Mapping[str, Any], kind: str) -> list[str]:
    tags = tags_of(model["id"]) if kind == CHAT else []
    moving = is_moving(model["id"]) and model.get("resolves_to") is None
    return [*tags, "moving"] if moving else tags


def is_deprecated(model: Mapping[str, Any]) -> bool:
    """Whether a model's stated data states that it is deprecated, or its status does where that is all."""
    stated = model.get("deprecated")
    return bool(model.get("status") == "deprecated" if stated is None else stated)


def _fill(derived: dict[str, Any], stated: Mapping[str, Any], path: tuple[str, ...], value: bool) -> None:
    """Set the value at `path` of `derived`, unless `stated` or `derived` has one."""
    *groups, flag = path
    for group in groups:
        stated = stated.get(group, {})
    if flag not in stated:
        for group in groups:
            derived = derived.setdefault(group, {})
        derived.setdefault(flag, value)


def _dimensions(model: Mapping[str, Any]) -> dict[str, Any]:
    """What an output limit says of an embedding model: its answer has no tokens, so the number is the vector's size.

    It is unknown where the number is 1 (one vector) or that of the context.
    """
    limits = model.get("limits", {})
    size = limits.get("output")
    if size is None:
        return {}
    meant = size > 1 and size != limits.get("context") and "dimensions" not in model
    return {"limits": {"output": None}, **({"dimensions": size} if meant else {})}
