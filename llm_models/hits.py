"""Hits: from words to the models that they mean, best first; standard library only.

Every word must match. A word counts most as a whole word of the id; the weights are in `vocabulary`. Among models that
match equally well, those at their maker come first, then those that are not deprecated, short ids and new models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import phrases
from llm_models.entries import Entries
from llm_models.errors import InvalidArgumentError, quoted
from llm_models.frozen import ModelKey, thaw
from llm_models.known_names import MAKERS
from llm_models.vocabulary import HUNDRED, MAKER, Word, folded, written_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from llm_models.entries import Gone
    from llm_models.listings import ModelHistory
    from llm_models.phrases import Read
    from llm_models.records import Model
    from llm_models.view import View

MOST = 16
"""How many words a search may have."""
GONE = 5
"""How many models that are gone an answer names."""
_EXACT = 1_000_000
"""How much it counts that all words together are the name of a model."""


class Hit(NamedTuple):
    """A model that fits the words of a search."""

    model: Model
    """The model, at its maker if the catalogue has it there."""
    others: int
    """How many other providers have a model of that id."""


class SearchResult(NamedTuple):
    """The answer to a search."""

    words: tuple[str, ...]
    """The words that were searched for."""
    rows: tuple[Hit, ...]
    """The models that fit, best first, at most as many as were asked for."""
    total: int
    """How many ids fit."""
    conditions: tuple[tuple[str, str], ...]
    """Pairs: words, and the condition that they state."""
    corrections: tuple[tuple[str, str], ...]
    """Pairs: a word that no model has, and the word for which it was taken."""
    dropped: tuple[str, ...]
    """What was left out because nothing fits all words: words such as `with` or `model`, which name nothing, and at
    most one other word or condition."""
    gone: tuple[ModelHistory, ...]
    """Models that fit and that the catalogue no longer has. They are looked for where no model fits the words that name
    something."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with the `spec` of each model."""
        rows = [{"spec": one.model.spec, "others": one.others, **one.model.to_dict()} for one in self.rows]
        return {**thaw(self._asdict()), "rows": rows, "gone": [one.to_dict() for one in self.gone]}


def search(view: View, words: str | Iterable[str], limit: int | None = 20) -> SearchResult:
    """The models that words mean, as `llm_models.search` describes it."""
    text = _text(words)
    _check_limit(limit)
    written = written_words(text)
    if len(written) > MOST:
        raise InvalidArgumentError(f"words: too many (found {len(written)}, expected at most {MOST}). Use fewer words.")
    if view.entries is None:
        view.entries = Entries(view)
    entries: Entries = view.entries
    asked, corrections = _corrected(view, entries, written)
    conditions, left = phrases.read(asked)
    words_read = tuple([one.written for one in asked])
    left, fillers = _without_fillers(entries, left, conditions)
    asked = [one for one in asked if one not in fillers]
    found, dropped = _fitting(entries, [entries.vocabulary.matches(one.word) for one in left], conditions)
    exact, wanted = _exact(view, entries, text)
    gone = [] if wanted is None else _named_so(entries.gone(view), wanted)
    if not gone and not exact and (dropped is not None or not found):
        gone = _with_words(entries.gone(view), asked) or _with_words(entries.gone(view), left)
    if exact:
        found, dropped = {**({} if dropped is not None else found), **dict.fromkeys(exact, _EXACT)}, None
    parts: list[Word | Read] = [*left, *conditions]
    lost = None if dropped is None else parts[dropped]
    conditions, left = [one for one in conditions if one is not lost], [one for one in left if one is not lost]
    meant = [(one.written, one.condition.meaning) for one in conditions]
    if conditions and not left and not any(one.condition.field in ("kind", "output") for one in conditions):
        chats = entries.holding(phrases.CHAT)
        found = {number: total for number, total in found.items() if number in chats or total == _EXACT}
        meant.append(("", phrases.CHAT.meaning))
    by_price = phrases.CHEAP in [one.condition for one in conditions]
    order = [] if not left else [one.word for one in asked if one is not lost]
    ranked, total = _ranked(entries, found, order, limit, by_price=by_price)
    histories = [view.past.model(*key) for key in gone]
    return SearchResult(
        words=words_read,
        rows=tuple([Hit(view.model(*entries.rows[one]), entries.providers_of(one) - 1) for one in ranked]),
        total=total,
        conditions=tuple(meant),
        corrections=corrections,
        dropped=(*[one.written for one in fillers if not exact], *([] if lost is None else [lost.written])),
        gone=tuple([one for one in histories if one is not None and not one.listed][:GONE]),
    )


def _check_limit(limit: Any) -> None:
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise InvalidArgumentError(f"limit: expected a number of rows from 1 on, or None (found {quoted(limit)})")


def _text(words: Any) -> str:
    single = isinstance(words, str | bytes) or not hasattr(words, "__iter__")
    parts: list[Any] = [words] if single else [*words]
    wrong = [type(part).__name__ for part in parts if not isinstance(part, str)]
    if wrong:
        raise InvalidArgumentError(f"words: expected text, or several texts (found {wrong[0]})")
    return " ".join(parts)


def _corrected(view: View, entries: Entries, asked: list[Word]) -> tuple[list[Word], tuple[tuple[str, str], ...]]:
    """The words, with those that no model has or had corrected; and what was corrected, as pairs."""
    words, pairs = [], []
    for one in asked:
        known = one.word in phrases.WORDS or one.word in phrases.FILLERS or entries.vocabulary.matches(one.word)
        if known or entries.gone(view).vocabulary.matches(one.word):
            words.append(one)
            continue
        word = entries.vocabulary.nearest(one.word, phrases.WORDS)
        words.append(one if word is None else Word(word, word))
        pairs += [] if word is None else [(one.written, word)]
    return words, tuple(pairs)


def _without_fillers(entries: Entries, words: list[Word], conditions: Sequence[Read]) -> tuple[list[Word], list[Word]]:
    """The words, and those left out because they name nothing (`phrases.FILLERS`).

    They stay where there is nothing else, and where a model fits that has them in its id or name as they are.
    """
    kept = [one for one in words if one.word not in phrases.FILLERS]
    fillers = [one for one in words if one.word in phrases.FILLERS]
    if not fillers or not (kept or conditions):
        return words, []
    if kept:
        tables = [entries.vocabulary.matches(one.word) for one in words]
        for at, one in enumerate(words):
            if one in fillers:
                tables[at] = {number: total for number, total in tables[at].items() if total > MAKER}
        if _common(tables, [entries.holding(one.condition) for one in conditions]):
            return words, []
    return kept, fillers


def _fitting(
    entries: Entries, tables: list[dict[int, int]], conditions: Sequence[Read]
) -> tuple[dict[int, int], int | None]:
    """The entries that fit all words and conditions, each with what that counts; else all except the one at a position.

    The one that is left out is a word that fits nothing; else the one without which the best entry counts most, and the
    last of these.
    """
    sets = [entries.holding(one.condition) for one in conditions]
    found = _common(tables, sets)
    if found:
        return found, None
    unknown = [at for at, table in enumerate(tables) if not table]
    best: tuple[int, int] | None = None
    for at in unknown or range(len(tables) + len(sets)):
        split = at - len(tables)
        others = [table for number, table in enumerate(tables) if number != at]
        also = [one for number, one in enumerate(sets) if number != split]
        less = _common(others, also) if others or also else {}
        if less and (best is None or (max(less.values()), at) > best):
            best, found = (max(less.values()), at), less
    return found, None if best is None else best[1]


def _common(tables: list[dict[int, int]], sets: list[set[int]]) -> dict[int, int]:
    """The entries that are in all tables and sets, each with the sum of its values."""
    if not tables and not sets:
        return {}
    fitting = {*tables[0]} if tables else {*sets[0]}
    fitting.intersection_update(*tables, *sets)
    if len(tables) == 1:
        return {number: tables[0][number] for number in fitting}
    return {number: sum([table[number] for table in tables]) for number in fitting}


def _exact(view: View, entries: Entries, text: str) -> tuple[list[int], ModelKey | None]:
    """The entries whose name, or whose model spec, is the text; and what may be the key of a model that is gone.

    The key is None where an entry has the name, and where the text is no name: it has spaces, or no number or
    punctuation. Its id is folded, and its provider is empty where the text has none.
    """
    name = text.strip()

    def spelled_so(numbers: list[int], name: str) -> list[int]:
        keys = [(number, *entries.rows[number]) for number in numbers]
        return [number for number, provider, row in keys if view.file.block(provider).ids[row] == name]

    if any(map(str.isspace, name)):
        return spelled_so(entries.named(name), name), None
    pairs = [name.partition(":")[::2], name.rpartition("@")[::-2], name.partition("/")[::2]]
    for (head, rest), mark in zip(pairs, ":@/", strict=True):
        provider = view.file.provider_id(head) if mark in name else None
        if provider is None:
            continue
        numbers = entries.named(rest, provider)
        if numbers:
            return spelled_so(numbers, rest) or numbers, None
        if mark != "/":
            return [], ModelKey(provider, folded(rest))
    numbers = entries.named(name)
    groups = {entries.groups[number] for number in spelled_so(numbers, name)}
    numbers = [number for number in numbers if entries.groups[number] in groups] or numbers
    return numbers, None if numbers or name.isalpha() else ModelKey("", folded(name))


def _ranked(
    entries: Entries, found: dict[int, int], words: list[str], limit: int | None, *, by_price: bool
) -> tuple[list[int], int]:
    """The best entry of each id, the best ids first, at most `limit` of them; and how many ids there are.

    Without `words`, an id is as good as another.
    """
    facts, groups, offers = entries.facts, entries.groups, entries.offers()
    best: dict[int, int] = {}
    for number, total in found.items():
        score = offers.score(number, total)
        if score > best.get(groups[number], -1):
            best[groups[number]] = score
    scores = sorted(best.values(), reverse=True)
    last = scores[: len(scores) if limit is None else limit][-1:]
    rows = [offers.entry(score) for score in scores if offers.level(score) >= offers.level(last[0])]

    def order(number: int) -> tuple[Any, ...]:
        level = offers.level(best[groups[number]])
        fact, of_id = facts[number], entries.words[number]
        last: tuple[Any, ...] = ()
        if by_price:
            last = (fact.price is None, fact.price or 0)
        elif words:
            last = not _in_order(words, of_id), -found[number], len(of_id)
        return -level, *last, -fact.released, entries.rows[number]

    return sorted(rows, key=order)[:limit], len(best)


def _in_order(words: list[str], of_id: list[str]) -> bool:
    """Whether an id has words, or words that begin with them, in the same order."""
    left = iter(of_id)
    return all(any(one.startswith(word) for one in left) for word in words)


def _named_so(gone: Gone, wanted: ModelKey) -> list[ModelKey]:
    """The models that are gone with an id, folded, and a provider, which may be empty; those of makers come first."""
    keys = [key for key in gone.names.get(wanted.id, ()) if wanted.provider in ("", key.provider)]
    return sorted(keys, key=lambda key: key.provider not in MAKERS)[: 2 * GONE]


def _with_words(gone: Gone, words: list[Word]) -> list[ModelKey]:
    """The models that are gone and have all words, the best first, one of each id; those of makers come first."""
    found = _common([gone.vocabulary.matches(one.word) for one in words], [])

    def order(number: int) -> tuple[Any, ...]:
        key = gone.keys[number]
        return -(found[number] // HUNDRED), key.provider not in MAKERS, len(key.id), key

    ids: dict[str, ModelKey] = {}
    for number in sorted(found, key=order):
        ids.setdefault(folded(gone.keys[number].id.rpartition("/")[2]), gone.keys[number])
    return [*ids.values()][: 2 * GONE]
