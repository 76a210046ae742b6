"""Facts: the values of a model that a layer states or that are derived, without the defaults of a record.

A record's flag is False both where a source states False and where no source states it. Clients have lists of their
own, in which a missing key means unknown, so they must not get defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llm_models.block import effective
from llm_models.conditions import capability_masks
from llm_models.dependents import consistent
from llm_models.errors import printable
from llm_models.records import BIT, capability_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.conditions import Names
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot

__all__ = ["ByName", "Needs", "asked", "facts"]


def facts(snapshot: Snapshot, model: Model) -> dict[str, Any]:
    """The record of `model` in `snapshot` as plain data, without defaults. Raises as `resolve`.

    Limits above the context window are lowered to it, and what contradicts the rest of the record is left out: the
    details of a capability that is off, and tools, reasoning and JSON of a model that does not chat.

    >>> values = facts(llm_models.snapshot(), llm_models.resolve("openai:gpt-5.4-mini"))
    >>> values["limits"]["context"], "token_budget" in values["capabilities"]["reasoning"]
    (400000, False)
    """
    provider, model_id = snapshot.resolve(model).key
    block = snapshot.file.block(provider)
    return dict(consistent(effective(block.model(block.rows[model_id]), provider)))


class Needs:
    """Capabilities that a model must have and must lack. Raises `UnknownCapabilityError` for an unknown name.

    >>> Needs(["tools", "embeddings"]).fault(llm_models.resolve("openai:gpt-5.4-mini"))
    'openai:gpt-5.4-mini lacks embeddings'
    """

    __slots__ = ("forbid", "require")

    def __init__(self, require: Names = None, forbid: Names = None) -> None:
        self.require, self.forbid = map(_names, capability_masks(require, forbid))

    def fault(self, model: Model) -> str | None:
        """Why `model` does not fit, or None where it fits."""
        has = _names(capability_bits(model.capabilities, {}, False))
        lacks = [name for name in self.require if name not in has]
        fault = _joined("lacks", lacks, "has", [name for name in self.forbid if name in has])
        return f"{printable(model.spec)} {fault}" if fault else None

    def __str__(self) -> str:
        return _joined("with", self.require, "without", self.forbid)


def _names(mask: int) -> list[str]:
    return [name for name, bit in BIT.items() if mask & bit]


def _joined(first: str, names: list[str], second: str, others: list[str]) -> str:
    pairs = ((first, names), (second, others))
    return " and ".join(f"{word} {', '.join(listed)}" for word, listed in pairs if listed)


@dataclass(frozen=True, slots=True, eq=False)
class ByName(Mapping[str, str]):
    """What a client library calls our models, as a mapping: spec -> its name of the model or of the provider."""

    names: Mapping[str, str]
    """Model spec -> the name in the client library."""

    def __getitem__(self, spec: str) -> str:
        return self.names[spec]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def asked(model: Model) -> str:
    """The spec of a model with the name under which it was asked for: client libraries know dated ids, too."""
    return f"{model.provider}:{model.requested}"
