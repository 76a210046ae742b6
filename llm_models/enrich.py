"""Enrich: the values that can be derived for a model when no layer states them; standard library only.

A derived value never replaces a stated one. Derived values are kept apart (under `derived`), so that they are computed
again whenever another layer is merged. Defaults are not derived: the records have them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EMBEDDERS = {"bge", "codestral-embed", "cohere-embed", "gemini-embedding", "mistral-embed", "text-embedding",
              "titan-embed", "voyage"}  # fmt: skip

# The capabilities that follow from what a model is: the first rule that fits decides. A rule fits when the last
# segment of the id (lower case) matches `id`, or the family is one of `families`, or the list of modalities lacks the
# one that `without` names. Where the capability `flag` is stated, it alone decides.
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "reranker", "id": r"rerank", "capabilities": {"chat": False}},
    {"kind": "embeddings", "flag": "embeddings", "families": _EMBEDDERS,
     "id": r"embed|(^|-)(bge|e5|gte|voyage)-|(^|-)all-mini-?lm-|-mpnet-base-",
     "capabilities": {"chat": False, "embeddings": True}},
    # Upstream lists text as the output of some of these.
    {"kind": "makes pictures or speech", "families": {"gpt-image"},
     "id": r"(^|-)(chat)?gpt-image-|(^|-)grok-imagine-|(^|-)melotts$", "capabilities": {"chat": False}},
    {"kind": "no text in", "without": ("input", "text"), "capabilities": {"chat": False}},
    {"kind": "no text out", "without": ("output", "text"), "capabilities": {"chat": False}},
)  # fmt: skip

_VERSION = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|\d{8}|v?\d+(\.\d+)*)$")


def last_segment(model_id: str) -> str:
    """The last path segment of an id in lower case, up to the first `@` or `:`.

    >>> last_segment("openai/gpt-oss-20b:free")
    'gpt-oss-20b'
    """
    return model_id.rstrip("/").rpartition("/")[2].lower().partition(":")[0].partition("@")[0]


def family_from_id(model_id: str) -> str | None:
    """The family that an id suggests: its last segment without a date or version, and without its last part.

    >>> family_from_id("openai/gpt-4o-mini-2024-07-18")
    'gpt-4o'
    """
    return _VERSION.sub("", last_segment(model_id)).rpartition("-")[0] or None


def agreed_families(models: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Last segment -> family, where all models (id, stated family) that state a family state the same one."""
    stated: dict[str, set[str]] = {}
    for model_id, family in models:
        if family:
            stated.setdefault(last_segment(model_id), set()).add(family)
    return {segment: next(iter(families)) for segment, families in stated.items() if len(families) == 1}


def derive(model: Mapping[str, Any], agreed: str | None) -> dict[str, Any]:
    """The values derived from a model's stated data; `agreed` is the family that other models state for its id."""
    derived: dict[str, Any] = {}
    family = model.get("family")
    if family is None:
        family = agreed or family_from_id(model["id"])
        if family:
            derived["family"] = family
    if model.get("deprecated") is None and model.get("status") == "deprecated":
        derived["deprecated"] = True
    stated = model.get("capabilities", {})
    flags: dict[str, bool] = next((rule["capabilities"] for rule in KINDS if _fits(rule, model, family)), {})
    missing = {name: value for name, value in flags.items() if name not in stated}
    return {**derived, "capabilities": missing} if missing else derived


def _fits(rule: Mapping[str, Any], model: Mapping[str, Any], family: str | None) -> bool:
    stated = model.get("capabilities", {})
    if rule.get("flag") in stated:
        return bool(stated[rule["flag"]])
    if "without" in rule:
        side, modality = rule["without"]
        listed = model.get("modalities", {}).get(side)
        return bool(listed) and modality not in listed
    return re.search(rule["id"], last_segment(model["id"])) is not None or family in rule.get("families", ())
