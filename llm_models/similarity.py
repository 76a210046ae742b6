"""Similarity: which of many names are most like a text that is none of them; standard library only.

It knows names only. `suggestions` adds what the catalogue knows of them. The order of similar names:

1. the same letters, in another case or with other punctuation: then there is nothing else, except that a name which
   begins with exactly the text and ends with a date comes before;
2. the same name with, without, or with another date or revision;
3. the name with more after it (`gpt-4o` and `gpt-4o-audio`), or with less after a `[`, `:`, `@` or `/`;
4. few letters changed; for a text that is one word or a version (`mini`, `5.4`), before these and without the date of
   rule 2, the names that have it as a whole word;
5. only where there is nothing else: the name with less after a `-`; or names that have all words of the text; or names
   that begin with the same words.

The text itself is never similar to itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from llm_models.errors import printable
from llm_models.known_names import OUTSIDE, providers_meant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SHOWN = 3
"""How many names a message lists."""
LONGEST = 200
"""How many characters of a text are compared."""
_DAY = r"(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])"
_DATE = rf"20\d\d-?{_DAY}"
_REVISION = (
    rf"(?:[-@:]{_DATE}(?:-v\d+)?"  # -2024-11-20, @20251001, -20250929-v1
    r"|-(?:0[1-9]|1[0-2])-20\d\d"  # -03-2025
    rf"|[-@:]{_DAY}"  # -0613, -04-17
    r"|-2[3-9](?:0[1-9]|1[0-2])"  # -2512
    r"|[-@:]\d{3}"  # -001
    r"|[-@:](?:latest|default)"  # `_MOVING`
    r"|[-:]v\d+:\d+|:\d)$"  # -v1:0
)
"""The end of a name that is a date or a revision, in the spelling of `_folded`."""
_DATED = rf"(?<!\d)(?:{_DATE}|{_DAY}|2[3-9](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])-20\d\d)(?!\d)"
_MOVING = ("latest", "default")
_WORD = r"(?=.*[a-z])[a-z0-9]{2,}|\d{3,}|\d+-\d+"
"""One word with a letter, a long number or the number of a version, in the spelling of `_folded`."""
_PUNCTUATION = str.maketrans("._ ", "---")
_AFTER = ("-", "@", ":")
"""What may stand between a name and what comes after it, in the spelling of `_folded`."""


class Similar(NamedTuple):
    """The names that are similar to a text, best first.

    `same` has those that are the same model as far as the name tells, `others` the rest, `parts` those of them that
    begin with the text or have its words. `loose`: only the last rule found something.
    """

    same: list[str]
    others: list[str]
    parts: frozenset[str] = frozenset()
    loose: bool = False

    def __bool__(self) -> bool:
        return bool(self.same or self.others)


def similar(text: str, names: Iterable[str], newness: Callable[[str], object] = str) -> Similar:
    """The names that are similar to a text. `newness` sorts those that are equally similar, the largest first.

    >>> similar("gpt-4o", ["gpt-4", "gpt-4o-mini", "gpt-4o-2024-11-20", "gpt-4o-2024-05-13"])[:2]
    (['gpt-4o-2024-11-20', 'gpt-4o-2024-05-13'], ['gpt-4o-mini', 'gpt-4'])
    """
    word = text.strip()[:LONGEST]
    others = [name for name in dict.fromkeys(names) if name != word and "\n" not in name]
    # All at once, because there can be thousands.
    pairs = [*zip(_folded("\n".join(others)).split("\n"), others, strict=True)] if others else []
    folded = _folded(word)
    found = _found(word, folded, pairs, newness)
    if re.fullmatch(_WORD, folded) and not found.same:
        return _with_word(folded, pairs, newness, found) or found or _loosely(folded, pairs, newness)
    if not found:
        tail = folded.rpartition("/")[2]
        tails = [(one.rpartition("/")[2], name) for one, name in pairs if tail != folded or "/" in one]
        found = _found(word, tail, tails, newness)
    return found or _loosely(folded, pairs, newness)


def _found(text: str, word: str, pairs: list[tuple[str, str]], newness: Callable[[str], object]) -> Similar:
    """What is similar to a text by the first four rules; `word` is the text folded, as is the first of each pair."""

    def newest(names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: (newness(name), name), reverse=True)

    letters = word.replace("-", "")
    if not letters or not pairs:
        return Similar([], [])
    stripped = "\n".join(folded for folded, _ in pairs).replace("-", "").split("\n")
    same = [pair for pair, other in zip(pairs, stripped, strict=True) if other == letters]
    stem = stem_of(word)
    if same:
        known = {name for _, name in same}
        dated = [name for folded, name in pairs if name.startswith(text) and stem_of(folded) == stem]
        first = newest(name for name in dated if name not in known)
        return Similar([*first, *[name for _, name in sorted(same, key=lambda pair: pair[0] != word)]], [])
    near_stem = [(folded, name) for folded, name in pairs if folded.startswith(stem)]
    twins = {name: folded for folded, name in near_stem if stem_of(folded) == stem}

    def order(name: str) -> tuple[bool, bool, bool]:
        """For a dated text the undated name is first. A moving name comes after those with a date."""
        first = word != stem and twins[name] == stem
        return not first, not name.startswith(text), not re.compile(_DATED).search(twins[name], len(stem))

    ranked = sorted(newest(twins), key=order) or newest(_reordered(stem, pairs))
    longer = [name for folded, name in near_stem if folded[len(word) :][:1] in _AFTER and folded.startswith(word)]
    if not longer and stem != word:
        longer = [name for folded, name in near_stem if folded[len(stem) :][:1] in _AFTER]
    begun = [name for folded, name in near_stem if folded.startswith(word)]
    shorter = [name for folded, name in pairs if word.startswith(folded) and word[len(folded)] in "[:@/("]
    others = [*newest(longer), *sorted(newest(begun), key=len), *sorted(shorter, key=len, reverse=True)]
    others += _near(word, pairs, newest)
    known = {*ranked}
    return Similar(ranked, [name for name in dict.fromkeys(others) if name not in known], frozenset(longer))


def _with_word(
    word: str, pairs: list[tuple[str, str]], newness: Callable[[str], object], found: Similar
) -> Similar | None:
    """The names with a text as a whole word, first those that end with it after a `/`; then what else was found."""
    whole = re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])")
    having = [(folded, name) for folded, name in pairs if word in folded and whole.search(folded)]
    last = {name for folded, name in having if folded.rpartition("/")[2] == word}
    names = sorted((name for _, name in having), key=lambda name: (newness(name), name), reverse=True)
    same = [name for name in names if name in last]
    others = [name for name in dict.fromkeys([*names, *found.others]) if name not in last]
    return Similar(same, others, frozenset(names) | found.parts) if names else None


def _reordered(stem: str, pairs: list[tuple[str, str]]) -> list[str]:
    """The names with the words of a stem in another order: `claude-4.5-sonnet` for `claude-sonnet-4.5`."""
    same = sorted(re.split("[-/]", stem))
    maybe = pairs if len(same) > 1 else []
    for word in sorted(same, key=len, reverse=True):
        maybe = [(folded, name) for folded, name in maybe if word in folded]
    stems = ((stem_of(folded), name) for folded, name in maybe)
    return [name for other, name in stems if other != stem and sorted(re.split("[-/]", other)) == same]


def _loosely(word: str, pairs: list[tuple[str, str]], newness: Callable[[str], object]) -> Similar:
    """The first of these that there are: names that the text begins with, that have all of its words, that begin alike.

    The last begin with as many words of the text as possible, but not with a word of two letters alone.
    """
    shorter = [name for folded, name in pairs if word.startswith(folded) and word[len(folded)] == "-"]
    if shorter:
        return Similar([], sorted(shorter, key=len, reverse=True), loose=True)
    words = [part for part in re.split(r"[^a-z0-9]+", word) if part]
    having = pairs if len(word) > 2 else []
    for part in sorted(words, key=len, reverse=True):
        having = [(folded, name) for folded, name in having if part in folded]
    parts = [name for _, name in having]
    ends = [] if parts else [at + 1 for at, character in enumerate(word) if not character.isalnum() and at > 2]
    while ends and not parts:
        begin = word[: ends.pop()]
        parts = [name for folded, name in pairs if folded.startswith(begin)]
    parts.sort(key=lambda name: (newness(name), name), reverse=True)
    if ends or len(words) > 1:
        parts.sort(key=lambda name: _alike({*words}, {*re.split(r"[^a-z0-9]+", _folded(name))}))
    return Similar([], parts, frozenset(parts), loose=True)


def _alike(words: set[str], others: set[str]) -> tuple[int, int]:
    """How much two names differ in their words: first how many they do not share, as a number that sorts."""
    return -len(words & others), len(others)


def _near(word: str, pairs: list[tuple[str, str]], newest: Callable[[Iterable[str]], list[str]]) -> list[str]:
    """Names with few letters changed, those with the fewest first, then those that begin alike."""
    limit = min(3, len(word) // 4) or (1 if len(word) > 2 else 0)
    letters = {*word}
    found: dict[str, tuple[int, int]] = {}
    for folded, name in pairs:
        if abs(len(folded) - len(word)) <= limit and len(letters.symmetric_difference(folded)) <= 2 * limit:
            edits = distance(word, folded, limit)
            if edits <= limit:
                found[name] = edits, -_shared(word, folded)
    return sorted(newest(found), key=found.__getitem__)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def distance(one: str, other: str, limit: int) -> int:
    """How many letters must be inserted, dropped, changed or swapped; `limit + 1` where that is more than `limit`.

    >>> distance("opnai", "openai", 2), distance("anthropci", "anthropic", 2), distance("nope", "openai", 2)
    (1, 1, 3)
    """
    far = limit + 1
    last: list[int]
    before: list[int] = []
    row: list[int] = [*range(len(other) + 1)]
    for at, left in enumerate(one):
        last, before, row = before, row, [min(at + 1, far), *[far] * len(other)]
        for to in range(max(0, at - limit), min(len(other), at + far)):
            edits = min(before[to] + (left != other[to]), before[to + 1] + 1, row[to] + 1)
            if at and to and left == other[to - 1] and one[at - 1] == other[to]:
                edits = min(edits, last[to - 1] + 1)
            row[to + 1] = edits
        if min(row) > limit:
            return far
    return min(far, row[-1])


def mistyped(word: str, known: Iterable[str], letters: int = 4) -> list[str]:
    """The known words that differ from a word by few letters, one in so many `letters`, the nearest first.

    >>> mistyped("cost.inptu", ["cost.input", "cost.output"]), mistyped("id", ["kind"])
    (['cost.input'], [])
    """
    word = word.lower()[:LONGEST]
    most = max(1, len(word) // letters) if len(word) > 2 else 0
    far = {name: distance(word, name, most) for name in known}
    return sorted((name for name in far if far[name] <= most), key=lambda name: far[name])


@cache
def stem_of(name: str) -> str:
    """A folded name without the dates and revisions at its end."""
    while (match := re.search(_REVISION, name)) and match.start():
        name = name[: match.start()]
    return name


def is_moving(name: str) -> bool:
    """Whether a name ends in a word that means another model at another time.

    >>> is_moving("gpt-5.2-chat-latest"), is_moving("gpt-4o-2024-11-20")
    (True, False)
    """
    return _folded(name).endswith(_MOVING)


def _folded(name: str) -> str:
    return name.lower().translate(_PUNCTUATION)


# Names of providers


def providers_like(text: str, known: Iterable[str], aliases: Mapping[str, str] | None = None) -> list[str] | None:
    """The ids of the providers that a folded text that is none of them may mean, best first.

    A word with a known meaning has only that. None: it is known to be no provider of the catalogue. `aliases` has other
    names of providers, with their ids.

    >>> providers_like("grok", ["groq", "xai"]), providers_like("opnai", ["openai"]), providers_like("nope", ["nova"])
    (['xai'], ['openai'], [])
    """
    ids = {*known}
    meaning = providers_meant(text)
    if meaning is not None:
        return [name for name in meaning if name in ids] or None
    limit, letters = min(3, len(text) // 3), {*text}
    names: dict[str, str | None] = {**dict.fromkeys(OUTSIDE), **(aliases or {}), **{name: name for name in ids}}
    found = []
    for name, provider in names.items():
        maybe = abs(len(name) - len(text)) <= limit and len(letters.symmetric_difference(name)) <= 2 * limit
        if maybe and (edits := distance(text, name, limit)) <= limit and edits:
            found.append((edits, -_shared(text, name), name, provider))
        elif provider and len(text) > 3 and name.startswith(f"{text}_"):
            found.append((limit, -len(text), name, provider))
    found.sort(key=lambda one: one[:3])
    if found and found[0][3] is None:
        return None
    return list(dict.fromkeys(provider for *_, provider in found if provider is not None))


def near_providers(text: str, known: Iterable[str]) -> list[str]:
    """The ids of providers that differ from a folded text in one or two letters, the nearest first.

    >>> near_providers("opnai", ["openai", "anthropic"]), near_providers("house", ["openai"])
    (['openai'], [])
    """
    limit, letters = min(2, len(text) // 4), {*text}
    close = (name for name in known if len(letters.symmetric_difference(name)) <= 2 * limit)
    found = [(edits, name) for name in close if 0 < (edits := distance(text, name, limit)) <= limit]
    return [name for _, name in sorted(found)]


NOT_HERE = "not a provider in the catalogue; define it under [[providers]]."
LIST_PROVIDERS = "'llm-models providers' lists all of them."


def provider_hint(
    text: str, known: Iterable[str], aliases: Mapping[str, str] | None = None, otherwise: str = LIST_PROVIDERS
) -> str:
    """The end of a message about a folded text that names no provider: one sentence, after a space.

    `otherwise` is the sentence where nothing is near.

    >>> provider_hint("grok", ["groq", "xai"])
    " Did you mean 'xai'?"
    """
    likely = providers_like(text[:LONGEST], known, aliases)
    if likely is None:
        return f" This is {NOT_HERE}"
    return did_you_mean(likely) or f" {otherwise}"


def model_hint(text: str, names: Iterable[str]) -> str:
    """The end of a message about a text or pattern that fits none of these names of models, or the empty text.

    >>> model_hint("gpt-44*", ["gpt-4", "gpt-5"])
    " Did you mean 'gpt-4'?"
    """
    found = similar(text.strip("*?"), names)
    return did_you_mean([*found.same, *found.others])


def did_you_mean(names: Iterable[str], notes: Mapping[str, str] | None = None) -> str:
    """The question whether one of these names was meant, after a space; each with its note, if it has one."""
    listed = [f"'{printable(name)}'" + (f" ({notes[name]})" if notes and name in notes else "") for name in names]
    return f" Did you mean {' or '.join(listed[:SHOWN])}?" if listed else ""
