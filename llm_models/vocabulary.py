"""Vocabulary: the words of many texts, and which texts have a word, wholly or in part; standard library only.

Words are compared in one spelling: case does not count, and `.`, `_`, spaces and `-` are equal. A version (`4.1`) and a
date are one word each. A number after two letters or more is a word of its own: `gpt4o` is `gpt-4o`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

BOTH, PROVIDER, ID, NAMED, MAKER, PREFIX, INNER, DESCRIPTION, ABOUT = 802, 801, 800, 600, 500, 400, 300, 200, 100
"""How much it counts that a text has a word: in its id and in that of its provider; in the latter alone; in the former
alone; in its name, its family or the provider's name; in the name of its maker; as the beginning of one of these words;
inside of one of them; in its description; in its kind and modalities. What is below `HUNDRED` decides only
among equals.
"""
HUNDRED = 100
_NAMES = (BOTH, PROVIDER, ID, NAMED, MAKER)
_OTHERS = (DESCRIPTION, ABOUT)
_WORD = re.compile(
    r"(?<![^\W_])20\d\d-?[01]\d-?[0-3]\d(?![^\W_])"  # 2024-11-20, 20251001
    r"|[^\W\d_]{2,}"  # letters
    r"|[^\W\d_]?\d{1,2}(?:-\d{1,2})+(?![^\W_])"  # 4-1, v3-2
    r"|[^\W_]+"  # 70b, 4o, r1, 0613
)
_SPACES = re.compile(r"[\s._]")
_DATE = re.compile(r"20\d\d-\d\d-\d\d")
_SHORTEST = 3
"""How many characters a word must have to be looked for inside of others, and to be corrected."""
_LONGEST = 40
"""Longer words are not corrected."""
_ALIKE = 0.75
"""How similar a word must be, by the ratio of `difflib`, to be taken for a correction."""


class Word(NamedTuple):
    """A word in the spelling in which words are compared, and as it was written."""

    word: str
    written: str


def words_of(text: str) -> list[str]:
    """The words of a text, in the spelling in which they are compared.

    >>> words_of("GPT-4.1 mini"), words_of("qwen2.5-72b@2024-11-20")
    (['gpt', '4-1', 'mini'], ['qwen', '2-5', '72b', '20241120'])
    """
    return [_undashed(word) for word in _WORD.findall(_SPACES.sub("-", _plain(text)))]


def written_words(text: str) -> list[Word]:
    """The words of a text, each with the form in which it was written."""
    plain = _plain(text)
    found = _WORD.finditer(_SPACES.sub("-", plain))
    return [Word(_undashed(one[0]), plain[one.start() : one.end()]) for one in found]


def folded(text: str) -> str:
    """A name in the spelling in which names are compared as a whole; its parts between `/` stay apart."""
    return "/".join(["-".join(words_of(part)) for part in text.split("/")])


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    from unicodedata import normalize

    return normalize("NFKC", text).casefold()


def _undashed(word: str) -> str:
    """A word, and a date without its dashes."""
    return word.replace("-", "") if len(word) == len("2024-11-20") and _DATE.fullmatch(word) else word


class Vocabulary:
    """The words of numbered texts. It is filled with `add`, and only read after that."""

    __slots__ = ("_sorted", "_tables")

    def __init__(self) -> None:
        self._tables: dict[int, dict[str, list[int]]] = {weight: {} for weight in (*_NAMES, *_OTHERS)}
        self._sorted: list[str] | None = None

    def add(self, weight: int, words: Iterable[str], numbers: Iterable[int]) -> None:
        """Texts have words, with one of the weights above, except those of parts of words."""
        table = self._tables[weight]
        for word in words:
            table.setdefault(word, []).extend(numbers)

    def names(self) -> list[str]:
        """The words of ids, names, families, providers and makers, sorted."""
        if self._sorted is None:
            self._sorted = sorted({word for weight in _NAMES for word in self._tables[weight]})
        return self._sorted

    def matches(self, word: str) -> dict[int, int]:
        """The texts that have a word, each with the most that it counts there."""
        begun, holding = self._beginning(word), self._holding(word)
        found: dict[int, int] = {}
        for level in reversed(_OTHERS):  # what counts more comes later
            found.update(dict.fromkeys(self._tables[level].get(word, ()), level))
        for weight, wholes in ((INNER, holding), (PREFIX, begun)):
            for level in _NAMES:
                table = self._tables[level]
                for whole in wholes:
                    found.update(dict.fromkeys(table.get(whole, ()), weight))
        for level in reversed(_NAMES):
            found.update(dict.fromkeys(self._tables[level].get(word, ()), level))
        return found

    def _beginning(self, word: str) -> list[str]:
        """The words that begin with a word; a number is not the beginning of a longer number."""
        names = self.names()
        begun = names[bisect_left(names, word) : bisect_left(names, f"{word}\U0010ffff")]
        return [one for one in begun if not (word[-1:].isdigit() and one[len(word) : len(word) + 1].isdigit())]

    def _holding(self, word: str) -> list[str]:
        """The words inside of which a word is. Numbers and short words would be inside of too many."""
        if len(word) < _SHORTEST or not any(map(str.isalpha, word)):
            return []
        return [one for one in self.names() if word in one]

    def nearest(self, word: str, others: Iterable[str] = ()) -> str | None:
        """The word that a mistyped one probably means, of the names, of words about texts, or of `others`.

        None where none is near. A number is never corrected: another one is another model.
        """
        if not _SHORTEST <= len(word) <= _LONGEST:
            return None
        letters, digits = {*word}, [*filter(str.isdigit, word)]
        known = {*self.names(), *self._tables[ABOUT], *others}
        near = [one for one in known if abs(len(one) - len(word)) <= 2 and len(letters.symmetric_difference(one)) <= 4]
        near = [one for one in near if [*filter(str.isdigit, one)] == digits]
        from difflib import SequenceMatcher, get_close_matches

        close = get_close_matches(word, near, n=5, cutoff=_ALIKE)
        if not close:
            return None

        def likely(other: str) -> tuple[float, int, str]:
            ratio = SequenceMatcher(None, other, word).ratio()
            return ratio, sum(len(table.get(other, ())) for table in self._tables.values()), other

        return max(close, key=likely)
