"""Phrases: the words of a search that state a condition, as a table; standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.records import BIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llm_models.vocabulary import Word


class Facts(NamedTuple):
    """What conditions ask of a model.

    `price` is the sum of its prices of input and output, in USD per million tokens; None where it is not known, or
    where the provider does not bill by usage. `released` is its date as a number, 0 where that is not known.
    """

    bits: int
    kind: str
    input: tuple[str, ...]
    output: tuple[str, ...]
    context: int
    price: float | None
    open_weights: bool | None
    released: int

    @property
    def lacks(self) -> int:
        """The capabilities, for a condition that a model must not have one."""
        return self.bits


class Condition(NamedTuple):
    """What a phrase asks of a model: a `field` of its facts and the value that it must have, hold or reach.

    `meaning` states it for people.
    """

    meaning: str
    field: str
    value: Any

    def holds(self, facts: Facts) -> bool:
        """Whether a model fulfils the condition. What is not known does not."""
        known = getattr(facts, self.field)
        test = _TESTS.get(self.field)
        return bool(known == self.value if test is None else test(known, self.value))


def _costs(price: float | None, more_than: float | None) -> bool:
    """Whether a price is known and above a value, or 0 where that is None."""
    return price is not None and (price == 0 if more_than is None else price > more_than)


def _lacks(bits: int, bit: int) -> bool:
    return not bits & bit


_TESTS: dict[str, Any] = {
    "bits": int.__and__,
    "lacks": _lacks,
    "input": tuple.__contains__,
    "output": tuple.__contains__,
    "context": int.__ge__,
    "price": _costs,
}
"""Field -> how its value is compared with that of a condition, where equality is not meant."""

LONG_CONTEXT = 1_000_000
CHEAP = Condition("a known price above 0, the cheapest first", "price", 0)
CHAT = Condition("kind chat, because the words ask for no model by its name", "kind", "chat")

PHRASES: dict[Condition, str] = {
    CHEAP: "cheap, cheapest, inexpensive, low cost",
    Condition("free of charge, billed by usage", "price", None): "free, free of charge, no cost",
    Condition("image input", "input", "image"): (
        "vision, image input, image understanding, multimodal, picture, pictures, picture input"
    ),
    Condition("audio input", "input", "audio"): "audio input",
    Condition("video input", "input", "video"): "video input, video understanding",
    Condition("PDF input", "input", "pdf"): "pdf, pdfs, pdf input",
    Condition("image output", "output", "image"): (
        "image generation, image generator, image output, text to image, picture generation, picture output"
    ),
    Condition("audio output", "output", "audio"): "audio output, audio generation",
    Condition("video output", "output", "video"): "video generation, video generator, video output, text to video",
    Condition("kind embedding", "kind", "embedding"): "embedding, embeddings, embedder",
    Condition("kind speech", "kind", "speech"): "text to speech, speech synthesis, tts",
    Condition("kind transcription", "kind", "transcription"): "speech to text, speech recognition, stt, asr",
    Condition("kind rerank", "kind", "rerank"): "reranker, rerankers, reranking",
    Condition("capability reasoning", "bits", BIT["reasoning"]): "reasoning",
    Condition("no capability reasoning", "lacks", BIT["reasoning"]): "non reasoning, no reasoning, without reasoning",
    Condition("capability tools", "bits", BIT["tools"]): (
        "tools, tool use, tool calls, tool calling, function calling, function calls"
    ),
    Condition("capability json_schema", "bits", BIT["json_schema"]): (
        "structured output, structured outputs, json schema"
    ),
    Condition("capability json_native", "bits", BIT["json_native"]): "json, json mode",
    Condition("open weights", "open_weights", True): "open weights, open weight, open source, open model, open models",
    Condition(f"context of at least {LONG_CONTEXT:,} tokens", "context", LONG_CONTEXT): (
        "long context, large context, big context, 1m context"
    ),
}
"""Condition -> the phrases that state it, with commas between them, in the spelling of `vocabulary`."""

_BY_WORDS = {
    tuple(phrase.split()): condition for condition, phrases in PHRASES.items() for phrase in phrases.split(", ")
}
_MOST = max(map(len, _BY_WORDS))
WORDS = frozenset(word for phrase in _BY_WORDS for word in phrase)
"""All words of the phrases."""
FILLERS = frozenset(
    [
        "a",
        "ai",
        "an",
        "and",
        "any",
        "are",
        "best",
        "can",
        "find",
        "for",
        "give",
        "good",
        "i",
        "in",
        "is",
        "llm",
        "llms",
        "me",
        "model",
        "models",
        "my",
        "need",
        "of",
        "on",
        "or",
        "some",
        "that",
        "the",
        "to",
        "want",
        "what",
        "which",
        "who",
        "with",
    ]
)
"""Words that people write in a question and that name no model, unless they stand in its id or name as they are."""


class Read(NamedTuple):
    """A condition and the words that state it, as they were written."""

    condition: Condition
    written: str


def read(words: Sequence[Word]) -> tuple[list[Read], list[Word]]:
    """The conditions that words state, and the words that are left; the longest phrase wins."""
    found: list[Read] = []
    left: list[Word] = []
    at = 0
    while at < len(words):
        for size in range(min(_MOST, len(words) - at), 0, -1):
            condition = _BY_WORDS.get(tuple([one.word for one in words[at : at + size]]))
            if condition is not None:
                found.append(Read(condition, " ".join([one.written for one in words[at : at + size]])))
                at += size
                break
        else:
            left.append(words[at])
            at += 1
    return found, left
