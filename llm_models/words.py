"""Words: what an entry states in an open set of words, such as `kind`, that neither the schemas nor the catalogue know.

The known words are the examples of the schemas and what any model of the catalogue states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.advice import KINDS, MODALITIES
from llm_models.block import effective, encode_json
from llm_models.case import Finding
from llm_models.errors import quoted
from llm_models.schema import read_schema
from llm_models.similarity import mistyped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.case import Case
    from llm_models.layers import Entry
    from llm_models.snapshot_file import SnapshotFile

OPEN = (
    ("kind",),
    ("status",),
    ("modalities", "input"),
    ("modalities", "output"),
    ("capabilities", "reasoning", "efforts"),
)
"""The fields of a model whose words are an open set that the schemas give examples of."""

_MEANT: dict[tuple[str, ...], dict[str, str]] = {
    ("kind",): KINDS,
    ("modalities", "input"): MODALITIES,
    ("modalities", "output"): MODALITIES,
}
"""What words of other tools mean in a field."""
_LETTERS = 3
"""One letter in this many may differ in a word that is suggested."""


def unknown_words(case: Case) -> Iterator[Finding]:
    """A word that no model of the catalogue has, with the known one that it is near."""
    for entry in case.entries():
        for path, index, word in odd_words(entry):
            if _is_listed(case.run.base, path, word):
                continue
            known = words_of(path)
            right = near(path, word)
            hint = f"Did you mean '{right}'?" if right else f"Known are {', '.join(known)}. It is kept as it is."
            text = f"no model of the catalogue has the word {quoted(word)}"
            yield Finding(entry.provider, (*entry.path, *path, *index), text, hint)


def odd_words(entry: Entry) -> Iterator[tuple[tuple[str, ...], tuple[int, ...], str]]:
    """The words of an entry that the schemas do not know: the field, the index in its list, and the word."""
    for path in OPEN:
        value = entry.value(*path)
        if value is not None:
            known = words_of(path)
            pairs = [((), value)] if isinstance(value, str) else [((index,), word) for index, word in enumerate(value)]
            yield from ((path, index, word) for index, word in pairs if word not in known)


def near(path: tuple[str, ...], word: str) -> str | None:
    """The known word of a field that a word probably means; None where it is near none."""
    folded = word.strip().lower()
    if (meant := _MEANT.get(path, {}).get(folded)) is not None:
        return meant
    return next(iter(mistyped(folded, words_of(path), _LETTERS)), None)


def words_of(path: tuple[str, ...]) -> list[str]:
    """The words of a field that the schemas give as examples."""
    node: Any = {"properties": read_schema("model")["properties"]}
    for step in path:
        while "$ref" in node:
            node = read_schema(node["$ref"].partition(".")[0])
        node = node["properties"][step]
    return list(node.get("items", node)["examples"])


def _is_listed(base: SnapshotFile, path: tuple[str, ...], word: str) -> bool:
    """Whether a model of the catalogue states a word in a field."""
    for provider in base.blocks:
        block = base.block(provider)
        for row in block.rows_with(encode_json(word)):
            value: Any = effective(block.model(row), provider)
            for step in path:
                value = value.get(step, {}) if isinstance(value, dict) else {}
            if word == value or (isinstance(value, list) and word in value):
                return True
    return False


CHECKS = (unknown_words,)
