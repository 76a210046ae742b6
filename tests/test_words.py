"""Words in open sets, such as kinds and modalities: one that nobody knows is a warning with the one that was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.catalogues import from_records

from llm_models import checks, kinds
from llm_models.words import OPEN, words_of

if TYPE_CHECKING:
    from llm_models.errors import Problem
    from llm_models.snapshot_file import SnapshotFile


BASE = from_records({"acme": {"m": {"kind": "smell", "modalities": {"input": ["text", "scent"]}}, "n": {}}})


def told(line: str, base: SnapshotFile = BASE, model_id: str = "n") -> list[Problem]:
    text = f'[[models]]\nprovider = "acme"\nid = "{model_id}"\n{line}\n'
    return checks.check_text(text.encode(), "llm_models.toml", base)


@pytest.mark.parametrize(
    ("line", "path", "hint"),
    [
        ('kind = "chatt"', "kind", "Did you mean 'chat'?"),
        ('kind = "embeddings"', "kind", "Did you mean 'embedding'?"),
        ('kind = "tts"', "kind", "Did you mean 'speech'?"),
        ('status = "depreciated"', "status", "Did you mean 'deprecated'?"),
        ('modalities.input = ["txt", "image"]', "modalities.input[0]", "Did you mean 'text'?"),
        ('modalities.output = ["text", "images"]', "modalities.output[1]", "Did you mean 'image'?"),
        ('capabilities.reasoning.efforts = ["hihg"]', "capabilities.reasoning.efforts[0]", "Did you mean 'high'?"),
        ('modalities.input = ["text", "vision"]', "modalities.input[1]", "Did you mean 'image'?"),
        ('kind = "oracle"', "kind", "It is kept as it is."),
    ],
)
def test_an_unknown_word_is_one_warning(line: str, path: str, hint: str) -> None:
    """It is the only message: what would follow from the word is not told."""
    [problem] = told(line)
    assert (problem.severity, problem.line, problem.path) == ("warning", 4, f"models.acme:n.{path}")
    assert problem.message.startswith("no model of the catalogue has the word ")
    assert problem.hint.endswith(hint)


@pytest.mark.parametrize(
    "line", ['kind = "smell"', 'modalities.input = ["text", "scent", "video"]', 'kind = "music"', 'status = "alpha"']
)
def test_a_word_of_the_schemas_or_of_any_model_is_known(line: str) -> None:
    assert not [problem for problem in told(line) if "has the word" in problem.message]


def test_the_examples_of_the_schemas_are_those_of_the_data() -> None:
    """Every kind that the rules give, and every word of the packaged models that many have."""
    assert set(words_of(("kind",))) == set(kinds.KINDS)
    for path in OPEN:
        assert len(words_of(path)) >= 3
    for words in ("text", "image", "audio", "video", "pdf"):
        assert words in words_of(("modalities", "input"))
    assert {"low", "medium", "high"} <= set(words_of(("capabilities", "reasoning", "efforts")))
