"""Variants: how the id of a model differs from the name of its canonical group, in what may change price or quality.

An id is compared with the last part of its canonical id, part by part: runs of letters or of digits. What follows the
last part that both have is the mark of a variant, such as `:thinking`, `-fast`, `@eu` or `-fp8`. What only spells the
name, such as a date, a version, a size or a word of `PLAIN`, marks none. Standard library only.
"""

from __future__ import annotations

import re

from llm_models.groups import parts_of, segment_of
from llm_models.name_forms import pattern_of
from llm_models.name_rules import RULES

PLAIN = frozenset(
    ["chat", "default", "ga", "hf", "instant", "instruct", "it", "latest", "maas", "preview", "versatile", "versions"]
)
"""Words behind the name that mark no variant: the kind of training, or how a host names all of its models."""
WORLDWIDE = "global"
"""The prefix of ids for all regions: the price is that of no region."""

_PART = re.compile(r"[A-Za-z]+|[0-9]+")
_REGION = next(pattern_of(rule) for rule in RULES if rule["name"] == "region-prefix")


def variant_of(model_id: str, canonical: str) -> str | None:
    """The mark of a variant, as the id has it; None for the plain model. A prefix for a region is a mark, too.

    >>> variant_of("zai-org/GLM-5.2-FP8", "zhipuai/glm-5.2"), variant_of("glm-5-2-260617", "zhipuai/glm-5.2")
    ('-FP8', None)
    >>> variant_of("us.anthropic.claude-sonnet-5-v1:0", "anthropic/claude-sonnet-5")
    'us.'
    """
    last = model_id.rstrip("/").rpartition("/")[2]
    parts = [*_PART.finditer(last)]
    known = parts_of(segment_of(canonical))
    behind = 0  # the parts up to the last one that belongs to the name
    for number, part in enumerate(parts, 1):
        if part[0].lower() in known:
            known.remove(part[0].lower())
            behind = number
    if not behind:  # the provider has a name of its own
        behind = next((n for n, part in enumerate(parts) if last[: part.start()].endswith((":", "@"))), len(parts))
    while behind < len(parts) and _is_plain(parts[behind][0].lower()):
        behind += 1
    if behind < len(parts):
        start = parts[behind - 1].end() if behind else 0
        return last[start:]
    region = _REGION.fullmatch(last)
    prefix = last.removesuffix(region["id"]) if region else ""
    return None if prefix in ("", f"{WORLDWIDE}.") else prefix


def _is_plain(part: str) -> bool:
    return len(part) == 1 or part.isdigit() or part in PLAIN
