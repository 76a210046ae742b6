"""Facts: what somebody says of a model, without the defaults that fill a record.

A record's flag is False both where a source says no and where nobody says anything. Clients keep lists of their
own, in which a key that is absent means unknown, so only what is stated or derived may be handed to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.errors import printable
from llm_models.records import CAPABILITIES
from llm_models.selection import capability_masks
from llm_models.snapshot_file import effective

if TYPE_CHECKING:
    from llm_models.records import Model
    from llm_models.selection import Names
    from llm_models.snapshot import Snapshot

__all__ = ["Needs", "facts"]


def facts(snapshot: Snapshot, model: Model) -> dict[str, Any]:
    """The record of `model` in `snapshot` as plain data, without the values that are defaults.

    >>> known = facts(llm_models.snapshot(), llm_models.resolve("openai:gpt-4o-mini"))
    >>> known["limits"]["context"], "token_budget" in known["capabilities"]["reasoning"]
    (128000, False)
    """
    block = snapshot.file.block(model.provider)
    return effective(block.model(block.rows[model.id]), model.provider)


class Needs:
    """Capabilities that a model must have and must lack. Raises `UnknownCapabilityError` for a name that is none.

    >>> Needs(["tools", "embeddings"]).fault(llm_models.resolve("openai:gpt-4o-mini"))
    'openai:gpt-4o-mini lacks embeddings'
    """

    __slots__ = ("forbid", "require")

    def __init__(self, require: Names = None, forbid: Names = None) -> None:
        must, must_not = capability_masks(require, forbid)
        self.require = [name for place, name in enumerate(CAPABILITIES) if must >> place & 1]
        self.forbid = [name for place, name in enumerate(CAPABILITIES) if must_not >> place & 1]

    def fault(self, model: Model) -> str | None:
        """What stands against `model`, or None where it fits."""
        lacks = [name for name in self.require if not _has(model, name)]
        bears = [name for name in self.forbid if _has(model, name)]
        parts = [f"{word} {', '.join(names)}" for word, names in (("lacks", lacks), ("has", bears)) if names]
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
