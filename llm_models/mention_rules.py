"""Mention rules: what a mention is, and which names around a text say that it is a model or name its provider.

The names are tables. A name is compared by its words, so `modelName`, `MODEL_NAME` and `model-name` are one name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LIMIT = 2_000_000
"""The most bytes of a file that is read."""

LONGEST = 200
"""The most characters of a text that may name a model."""

DEPTH = 100
"""How deeply the lists and maps of a file may nest."""

MOST = 50_000
"""The most texts of a file that may name a model, each counted wherever it is; a large catalogue has some thousands."""

BESIDE = 12
"""The most texts beside a mention that are kept."""


class Mention(NamedTuple):
    """A text in a file that may name a model.

    `line` and `column` count from 1, the column in characters; they are the place of the first character of the text,
    after the quote. `text` is the whole value, unescaped. `position`: whether the text is where the name of a model is
    expected, such as after `model=`. `beside`: texts beside it that may name its provider, as they are written, the
    most direct first: the values of `provider=` and of sibling keys, then the class or function that is called, then
    the keys and variables around it. `is_key`: whether it is a key of a map.
    """

    line: int
    column: int
    text: str
    position: bool
    beside: tuple[str, ...]
    is_key: bool


class Unreadable(ValueError):
    """A file is skipped. `reason` is why, for people, without the name of the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

MODEL_NAMES = ("model", "model_name", "model_id", "modelname", "modelid")
"""Names of a text that is a model; a word before them changes nothing (`openai_model`)."""

OTHER_MODEL_NAMES = ("engine", "deployment_name", "azure_deployment")
"""Names of a text that is a model, without a word before them."""

MODELS_NAMES = ("models", "model_names", "model_ids", "model_list")
"""Names of a list of models; a word before them changes nothing (`fallback_models`)."""

INNER_NAMES = frozenset(["name", "id"])
"""Names of a text that is a model where the map around it is one: `models: [{name: gpt-4o}]`."""

PROVIDER_NAMES = ("provider", "provider_id", "provider_name", "vendor", "backend", "api_type", "platform")
"""Names of a text that is a provider; a word before them changes nothing (`custom_llm_provider`)."""

ALIAS, ALIASED, GROUPS = "model_name", "litellm_params", "model_group_alias"
"""In a map of LiteLLM with `ALIASED`, the text of `ALIAS` is a name of one's own; also the keys of `GROUPS`."""

GENERAL = frozenset(
    word
    for name in (*MODEL_NAMES, *OTHER_MODEL_NAMES, *MODELS_NAMES, *PROVIDER_NAMES, *("llm", "ai", "custom", "default"))
    for word in (*name.split("_"), "inference", "openai")  # OPENAI_API_TYPE=azure
) - {"azure"}
"""Words of names that do not state which of several models is meant."""

MODEL_WORDS = frozenset(["Model", "Chat", "LLM", "LM", "Embedding", "Embeddings"])
"""The name of a class with one of these words is that of a model class, unless it ends with one of `NO_CLASS`."""

NO_CLASS = frozenset(["Error", "Exception", "Warning", "Template", "Message", "Prompt"])

MODEL_CALLS = frozenset(
    [
        *("Agent", "acompletion", "aembedding", "completion", "embedding", "encoding_for_model", "get_model"),
        *("infer_model", "init_chat_model", "init_embeddings", "text_completion"),
    ]
)
"""Functions and classes whose first argument is a model, besides the model classes."""


@lru_cache(maxsize=4096)
def _name(name: str) -> str:
    """The words of a name in lower case, joined; numbers at its end are left out."""
    words = [word.lower() for word in _WORDS.findall(name[:LONGEST])]
    while words and words[-1].isdigit():
        words.pop()
    return f"_{'_'.join(words)}"


_MODEL_ENDS = tuple(f"_{name}" for name in MODEL_NAMES)
_MODELS_ENDS = tuple(f"_{name}" for name in MODELS_NAMES)
_PROVIDER_ENDS = tuple(f"_{name}" for name in PROVIDER_NAMES)
_OTHERS = frozenset(f"_{name}" for name in OTHER_MODEL_NAMES)


def holds_model(name: str, *, listed: bool = False) -> bool:
    """Whether what has that name is a model; with `listed`, whether the items of a list with that name are.

    >>> holds_model("OPENAI_MODEL"), holds_model("modelName"), holds_model("models"), holds_model("remodel")
    (True, True, False, False)
    """
    own = _name(name)
    return own.endswith(_MODEL_ENDS) or own in _OTHERS or (listed and own.endswith(_MODELS_ENDS))


def holds_provider(name: str) -> bool:
    """Whether what has that name is a provider.

    >>> holds_provider("custom_llm_provider"), holds_provider("providers")
    (True, False)
    """
    return _name(name).endswith(_PROVIDER_ENDS)


@lru_cache(maxsize=4096)
def takes_model(called: str) -> bool:
    """Whether the first argument of a class or function with that name is a model.

    >>> takes_model("ChatOpenAI"), takes_model("init_chat_model"), takes_model("ModelError"), takes_model("chat")
    (True, True, False, False)
    """
    words = _WORDS.findall(called[:LONGEST])
    is_class = called[:1].isupper() and "_" not in called and not called.isupper()
    return called in MODEL_CALLS or (is_class and not MODEL_WORDS.isdisjoint(words) and words[-1] not in NO_CLASS)


def providers(pairs: Iterable[tuple[str, str]], name: str) -> list[str]:
    """The texts of pairs of a name and a text that state the provider of what has a name; those of its kind first.

    The provider of something else is not one: `embedding_provider` states nothing of `chat_model`, or of `model`.

    >>> providers([("embed_provider", "cohere"), ("llm_provider", "azure"), ("chat_provider", "openai")], "CHAT_MODEL")
    ['openai', 'azure']
    """
    own = _kind(name)
    kinds = [(_kind(other), text) for other, text in pairs]
    return [text for kind, text in kinds if kind == own] + [text for kind, text in kinds if kind != own and not kind]


def _kind(name: str) -> tuple[str, ...]:
    """What a name states besides that it is a model or a provider: `chat` of `CHAT_MODEL_NAME`."""
    return tuple(word for word in _name(name).split("_") if word and word not in GENERAL)


def beside(*groups: Sequence[str]) -> tuple[str, ...]:
    """The texts of all groups, each once, at most `BESIDE`."""
    texts = (text[:LONGEST] for group in groups for text in group if text)
    return tuple(dict.fromkeys(texts))[:BESIDE]


def asked(may: Callable[[str], bool]) -> Callable[[str], bool]:
    """`may` of whole texts: each is asked about once, and none that is empty, too long, or has white space in it.

    Its answers raise `Unreadable` after `MOST` times yes, so that the work for a file is limited.
    """
    answers: dict[str, bool] = {}
    count = 0

    def answer(text: str) -> bool:
        nonlocal count
        known = answers.get(text)
        if known is None:
            fits = 0 < len(text) <= LONGEST and not any(map(str.isspace, text))
            known = answers[text] = fits and may(text)
        if known:
            count += 1
            if count > MOST:
                raise Unreadable(f"it has too many texts that may name a model (more than {MOST:,})")
        return known

    return answer


class Places:
    """The places of offsets in a text, whose lines end with `\\n`, `\\r\\n` or `\\r`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", text))]

    def line(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_right(self.starts, offset)

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both from 1."""
        line = self.line(offset)
        return line, offset - self.starts[line - 1] + 1


_IGNORE = re.compile(r"llm-models:[ \t]*ignore(-file)?(?![\w-])")
_FILE_LINES = 10


def silenced(places: Places, inside: Callable[[int], bool], mark: str = "#") -> Callable[[int, int], bool]:
    """Whether a text from one line to another is silenced by a comment on one of these lines, or by one for the file.

    A comment begins with `mark`, where `inside` states that the offset is not in a text.
    """
    text = places.text
    lines: set[int] = set()
    done = 0
    for match in _IGNORE.finditer(text):
        if match.start() < done:
            continue
        line = places.line(match.start())
        start, done = places.starts[line - 1], places.starts[line] if line < len(places.starts) else len(text)
        at = text.find(mark, start, done)
        while at >= 0 and inside(at):
            at = text.find(mark, at + 1, done)
        for found in _IGNORE.finditer(text, at, done) if at >= 0 else ():
            if not found[1]:
                lines.add(line)
            elif line <= _FILE_LINES:
                return lambda *_: True
    if not lines:
        return lambda *_: False
    return lambda first, last: any(line in lines for line in range(first, last + 1))


def within(spans: Iterable[tuple[int, int]]) -> Callable[[int], bool]:
    """Whether an offset is in one of the spans, which do not overlap and are given by start and end."""
    ordered = sorted(spans)
    starts = [start for start, _ in ordered]

    def inside(offset: int) -> bool:
        at = bisect_right(starts, offset) - 1
        return at >= 0 and offset < ordered[at][1]

    return inside
