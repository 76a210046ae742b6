"""Enrich: what can be told of a model that no layer states; standard library only.

It speaks last and only fills: a stated value always stands. What it fills is kept apart from what is stated
(under `derived`), so that it is worked out anew whenever a layer comes on top. Defaults are not its matter:
they stand in the schemas, and the records hold them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a model is, where no flag says so: the first rule that fits decides. A rule fits when the last segment of
# the id (lower case) matches `id`, or the family is one of `families`, or the list of modalities lacks what
# `without` names. Where the capability `flag` is stated, it alone tells whether the rule fits.
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "reranker", "id": r"rerank", "capabilities": {"chat": False}},
    {
        "kind": "embeddings",
        "flag": "embeddings",
        "id": r"embed|(^|-)(bge|e5|gte|voyage)-|(^|-)all-mini-?lm-|-mpnet-base-",
        "families": {
            "bge",
            "codestral-embed",
            "cohere-embed",
            "gemini-embedding",
            "mistral-embed",
            "text-embedding",
            "titan-embed",
            "voyage",
        },
        "capabilities": {"chat": False, "embeddings": True},
    },
    # Upstream says that some of these give text, as others that they take none.
    {
        "kind": "makes pictures or speech",
        "id": r"(^|-)(chat)?gpt-image-|(^|-)grok-imagine-|(^|-)melotts$",
        "families": {"gpt-image"},
        "capabilities": {"chat": False},
    },
    {"kind": "no text in", "without": ("input", "text"), "capabilities": {"chat": False}},
    {"kind": "no text out", "without": ("output", "text"), "capabilities": {"chat": False}},
)

_VERSION = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|\d{8}|v?\d+(\.\d+)*)$")


def last_segment(model_id: str) -> str:
    """The last path segment of an id in lower case, without what follows `@` or `:`.

    >>> last_segment("openai/gpt-oss-20b:free")
    'gpt-oss-20b'
    """
    return model_id.rstrip("/").rpartition("/")[2].lower().partition(":")[0].partition("@")[0]


def family_from_id(model_id: str) -> str | None:
    """The family that an id suggests: its last segment less a date or version, less its last part.

    >>> family_from_id("openai/gpt-4o-mini-2024-07-18")
    'gpt-4o'
    """
    return _VERSION.sub("", last_segment(model_id)).rpartition("-")[0] or None


def agreed_families(models: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Last segment -> family, for the segments whose models (id, stated family) that state one all state the same."""
    stated: dict[str, set[str]] = {}
    for model_id, family in models:
        if family:
            stated.setdefault(last_segment(model_id), set()).add(family)
    return {segment: next(iter(families)) for segment, families in stated.items() if len(families) == 1}


def derive(model: Mapping[str, Any], agreed: str | None) -> dict[str, Any]:
    """What fills the gaps of a model's stated data; `agreed` is the family that others state for its id."""
    derived: dict[str, Any] = {}
    family = model.get("family")
    if family is None:
        family = agreed or family_from_id(model["id"])
        if family:
            derived["family"] = family
    if model.get("deprecated") is None and model.get("status") == "deprecated":
        derived["deprecated"] = True
    stated = model.get("capabilities", {})
    flags = {name: value for name, value in _kind_flags(model, family, stated).items() if name not in stated}
    if flags:
        derived["capabilities"] = flags
    return derived


def _kind_flags(model: Mapping[str, Any], family: str | None, stated: Mapping[str, Any]) -> dict[str, bool]:
    segment = last_segment(model["id"])
    for rule in KINDS:
        if rule.get("flag") in stated:
            fits = stated[rule["flag"]]
        elif "without" in rule:
            side, kind = rule["without"]
            listed = model.get("modalities", {}).get(side)
            fits = bool(listed) and kind not in listed
        else:
            fits = re.search(rule["id"], segment) is not None or family in rule.get("families", ())
        if fits:
            flags: dict[str, bool] = rule["capabilities"]
            return flags
    return {}
