"""The rules by which layers are merged, as data; see `merge` for what a rule is."""

from __future__ import annotations

from llm_models.merge import LAST, UNITE

__all__ = ["RECORD_RULES", "SETTINGS_RULES", "UNITED"]

RECORD_RULES = {"aliases": UNITE, "tags": UNITE}
"""For the fields of a model or a provider; whatever is not named: maps merge, the strongest value wins."""

SETTINGS_RULES = {"exclude.*": UNITE, "deny.*": UNITE, "allow": LAST, "prefer": LAST}
"""For what is said of the catalogue as a whole: a stronger layer only adds to exclude and deny."""

UNITED = frozenset(tuple(field.split(".")) for field, rule in RECORD_RULES.items() if rule is UNITE)
"""The record fields of which several layers' items are joined."""
