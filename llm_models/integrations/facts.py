"""Facts: the values of a model that are stated or derived, without the defaults that fill a record.

A flag of a record is False both when a source states that and when it is not stated. Clients have lists of their own,
in which a missing key means unknown, so they may get only what is stated or derived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.errors import printable
from llm_models.records import BIT, CAPABILITIES
from llm_models.selection import capability_masks
from llm_models.snapshot_file import effective

if TYPE_CHECKING:
    from llm_models.records import Model
    from llm_models.selection import Names
    from llm_models.snapshot import Snapshot

__all__ = ["Needs", "facts"]


def facts(snapshot: Snapshot, model: Model) -> dict[str, Any]:
    """The record of `model` in `snapshot` as plain data, without defaults.

    >>> values = facts(llm_models.snapshot(), llm_models.resolve("openai:gpt-4o-mini"))
    >>> values["limits"]["context"], "token_budget" in values["capabilities"]["reasoning"]
    (128000, False)
    """
    block = snapshot.file.block(model.provider)
    return effective(block.model(block.rows[model.id]), model.provider)


class Needs:
    """Capabilities that a model must have or must lack. Raises `UnknownCapabilityError` for an unknown name.

    >>> Needs(["tools", "embeddings"]).unmet(llm_models.resolve("openai:gpt-4o-mini"))
    'openai:gpt-4o-mini lacks embeddings'
    """

    __slots__ = ("forbid", "require")

    def __init__(self, require: Names = None, forbid: Names = None) -> None:
        must, must_not = capability_masks(require, forbid)
        self.require = [name for name, bit in BIT.items() if must & bit]
        self.forbid = [name for name, bit in BIT.items() if must_not & bit]

    def unmet(self, model: Model) -> str | None:
        """Why `model` does not fit; None if it fits."""
        lacking = [name for name in self.require if not _has(model, name)]
        forbidden = [name for name in self.forbid if _has(model, name)]
        parts = [f"{word} {', '.join(names)}" for word, names in (("lacks", lacking), ("has", forbidden)) if names]
        return f"{printable(model.spec)} {' and '.join(parts)}" if parts else None

    def __str__(self) -> str:
        parts = [
            f"{word} {', '.join(names)}" for word, names in (("with", self.require), ("without", self.forbid)) if names
        ]
        return " and ".join(parts)


def _has(model: Model, name: str) -> bool:
    value: Any = model.capabilities
    for step in CAPABILITIES[name]:
        value = getattr(value, step)
    return bool(value)
