"""Entries: what a search knows of the models that a catalogue shows, built once for each; standard library only.

An entry is one model at one provider, a number from 0. The entries of one id are a group: an id in another spelling, or
with other words before its last `/`, is the same id.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from llm_models.block import effective
from llm_models.columns import FAR
from llm_models.days import today
from llm_models.frozen import ModelKey
from llm_models.groups import far_from
from llm_models.phrases import Condition, Facts
from llm_models.ranking import has_odd_price
from llm_models.records import DEPRECATED
from llm_models.vocabulary import (
    ABOUT,
    BOTH,
    DESCRIPTION,
    HUNDRED,
    ID,
    MAKER,
    NAMED,
    PROVIDER,
    Vocabulary,
    folded,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.view import ModelRow, View

OWN, OWN_DEPRECATED, OTHER, OTHER_DEPRECATED, RETIRED = range(5)
"""The standing of an entry: its provider made the model or not, and it is in use or not. The first is the best."""
_WORTH = 3
"""How many characters a word of a description must have to be looked for."""


class Entries:
    """The entries of a catalogue: lists with one item for each entry, unless stated otherwise.

    `words` has the words of the last part of the id. `groups` has the number of each entry's group, and `members` the
    entries of each group. `ids` maps ids and their last parts, folded, to entries; `others` served ids and aliases.
    """

    __slots__ = (
        "_gone", "_holding", "_offers", "_retires", "_standings", "facts", "groups", "ids", "members", "others",
        "rows", "vocabulary", "words",
    )  # fmt: skip

    def __init__(self, view: View) -> None:
        self.rows: list[ModelRow] = []
        self.words: list[list[str]] = []
        self.facts: list[Facts] = []
        self.groups: list[int] = []
        self.members: list[list[int]] = []
        self.ids: dict[str, list[int]] = {}
        self.others: dict[str, list[int]] = {}
        self.vocabulary = Vocabulary()
        self._retires: dict[int, str] = {}
        self._holding: dict[Condition, set[int]] = {}
        self._gone: Gone | None = None
        self._offers: Offers | None = None
        split = lru_cache(None)(words_of)  # providers share most names
        stated: list[str] = []
        numbers: dict[str, int] = {}
        for provider in view.known:
            block, shown = view.file.block(provider), view.shown(provider)
            lines = block.models() if 2 * len(shown) > len(block.ids) else {row: block.model(row) for row in shown}
            own_names, by_usage = _words_of_provider(block.provider), block.provider.get("billing", "usage") == "usage"
            first = len(self.rows)
            for number, row in enumerate(shown, first):
                data = effective(lines[row], provider)
                vendor, _, last = block.ids[row].rpartition("/")
                words = split(last)
                self.rows.append((provider, row))
                self.words.append(words)
                self.facts.append(_facts(data, block.bits[row], by_usage))
                stated.append((data.get("canonical") or "").partition("/")[0])
                others = [*data.get("served_as", ()), *data.get("aliases", ())]
                self._add_words(number, data, [split(" ".join(filter(None, texts))) for texts in (
                    (data.get("name"), data.get("family"), *others), (vendor, stated[-1]))], own_names)  # fmt: skip
                name = "-".join(words)
                group = numbers.setdefault(name, len(numbers))
                if group == len(self.members):
                    self.members.append([])
                self.members[group].append(number)
                self.groups.append(group)
                for one in {name, folded(block.ids[row]) if vendor else name}:
                    self.ids.setdefault(one, []).append(number)
                for one in {*map(folded, others)}:
                    self.others.setdefault(one, []).append(number)
            span = range(first, len(self.rows))
            self.vocabulary.add(PROVIDER, own_names, span)
            self.vocabulary.add(NAMED, words_of(block.provider.get("name") or ""), span)
            places = {row: number for number, row in enumerate(shown, first)} if block.retires else {}
            for day, rows in block.retires.items():
                self._retires.update({places[row]: day for row in rows if row in places})
        self._standings = self._standing_of_all(view, stated)
        self._leave_out_odd_prices(view)

    def _add_words(
        self, number: int, data: Mapping[str, Any], texts: list[list[str]], of_provider: frozenset[str]
    ) -> None:
        """Add an entry to the vocabulary; `texts` are the words of its names, and those of its makers."""
        modalities, add = data.get("modalities", {}), self.vocabulary.add
        words, one = {*self.words[number]}, (number,)
        if not of_provider.isdisjoint(words):
            add(BOTH, words & of_provider, one)
        add(ID, words, one)
        add(NAMED, {*texts[0]} - words, one)
        add(MAKER, {*texts[1]} - words, one)
        about = (data.get("kind", "chat"), *modalities.get("input", ()), *modalities.get("output", ()))
        add(ABOUT, {*about, *data.get("tags", ()), data.get("status") or ""} - words, one)
        if data.get("description"):
            add(DESCRIPTION, {word for word in words_of(data["description"]) if len(word) >= _WORTH} - words, one)

    def _standing_of_all(self, view: View, stated: list[str]) -> list[int]:
        """The standing of each entry while it is not retired; `stated` has the maker that each states, or "".

        Where no entry of an id states its maker, it is a provider that serves more of its own models than of others.
        """
        ids = {name: view.file.provider_id(name) if name else None for name in {*stated}}
        makers = [ids[name] for name in stated]
        pairs = [(row[0], maker == row[0]) for row, maker in zip(self.rows, makers, strict=True) if maker]
        counts = Counter(pairs)
        serve_own = {provider for provider, own in counts if own and counts[provider, True] > counts[provider, False]}
        standings = [OTHER] * len(self.rows)
        for members in self.members:
            known = {makers[number] for number in members} - {None} or serve_own
            for number in members:
                if self.rows[number][0] in known:
                    standings[number] = OWN
        return [one + bool(facts.bits & DEPRECATED) for one, facts in zip(standings, self.facts, strict=True)]

    def _leave_out_odd_prices(self, view: View) -> None:
        """Take prices that no choice believes as not known. Without a canonical id, those of one id are compared."""
        columns = view.file.columns()
        places = [columns.starts[provider] + row for provider, row in self.rows]
        odd, canonical = has_odd_price(columns), columns.reader("canonical")
        limits = [
            far_from([price for number in members if (price := self.facts[number].price)], FAR["input_price"])
            for members in self.members
        ]
        for number, place in enumerate(places):
            price, known = self.facts[number].price, None if canonical(place) else limits[self.groups[number]]
            if odd(place) or (price and known and not known[0] < price < known[1]):
                self.facts[number] = self.facts[number]._replace(price=None)

    def offers(self) -> Offers:
        """How good each entry is today."""
        now = today()
        if self._offers is None or self._offers.day != now:
            standings = [*self._standings]
            for number, day in self._retires.items():
                if day <= now:
                    standings[number] = RETIRED
            self._offers = Offers(now, standings, self.facts)
        return self._offers

    def holding(self, condition: Condition) -> set[int]:
        """The entries that fulfil a condition. Conditions are those of a table, so questions cannot make this grow."""
        if condition not in self._holding:
            self._holding[condition] = {n for n, facts in enumerate(self.facts) if condition.holds(facts)}
        return self._holding[condition]

    def gone(self, view: View) -> Gone:
        """The names that the catalogue no longer has; built when they are first asked for."""
        if self._gone is None:
            self._gone = Gone(view)
        return self._gone

    def named(self, name: str, provider: str | None = None) -> list[int]:
        """The entries with an id, else those with a served id or an alias, in any spelling; of a provider if given."""
        for table in (self.ids, self.others):
            numbers = [n for n in table.get(folded(name), ()) if provider is None or self.rows[n][0] == provider]
            if numbers:
                return numbers
        return []

    def providers_of(self, number: int) -> int:
        """How many providers have the id of an entry."""
        return len({self.rows[member][0] for member in self.members[self.groups[number]]})


class Offers:
    """How good entries are on a day, as numbers that compare quickly: a search compares thousands.

    A `score` says how well words match, then the standing of the entry, then small differences of the match, then
    whether a price is known, the lowest first. Its `level` is the first two of these.
    """

    __slots__ = ("_base", "_order", "_size", "day")

    def __init__(self, day: str, standings: list[int], facts: list[Facts]) -> None:
        self.day = day

        def worse(number: int) -> tuple[int, bool, float, int]:
            price = facts[number].price
            return standings[number], not price, price or 0, number

        self._size = len(facts)
        self._order = sorted(range(self._size), key=worse, reverse=True)
        places = {number: place for place, number in enumerate(self._order)}
        step = HUNDRED * self._size
        self._base = [(RETIRED - standing) * step + places[number] for number, standing in enumerate(standings)]

    def score(self, number: int, total: int) -> int:
        """The score of an entry whose words count so much in total."""
        match, little = divmod(total, HUNDRED)
        return (match * (RETIRED + 1) * HUNDRED + little) * self._size + self._base[number]

    def level(self, score: int) -> int:
        """How well words match, then the standing."""
        return score // (HUNDRED * self._size)

    def entry(self, score: int) -> int:
        """The entry that has a score."""
        return self._order[score % self._size]


class Gone:
    """The models that are gone: `keys` are their pairs of provider and id, one for each number of the vocabulary.

    `names` maps their ids, folded, to keys.
    """

    __slots__ = ("keys", "names", "vocabulary")

    def __init__(self, view: View) -> None:
        self.keys: list[ModelKey] = []
        self.names: dict[str, list[ModelKey]] = {}
        self.vocabulary = Vocabulary()
        for provider in sorted(view.past.providers()):
            first = len(self.keys)
            self.keys += [
                ModelKey(provider, one) for one in view.past.ids(provider) if not view.file.holds(provider, one)
            ]
            for number in range(first, len(self.keys)):
                words = words_of(self.keys[number][1])
                self.vocabulary.add(ID, {*words}, [number])
                self.names.setdefault(folded(self.keys[number].id), []).append(self.keys[number])
            self.vocabulary.add(PROVIDER, {*words_of(provider)}, range(first, len(self.keys)))


def _words_of_provider(record: Mapping[str, Any]) -> frozenset[str]:
    """The words of a provider's id, and its aliases of one word."""
    aliases = map(words_of, record.get("aliases", ()))
    return frozenset(words_of(record["id"])) | {words[0] for words in aliases if len(words) == 1}


def _facts(data: Mapping[str, Any], bits: int, by_usage: bool) -> Facts:
    cost, modalities = data.get("cost", {}), data.get("modalities", {})
    limits, kind = data.get("limits", {}), data.get("kind", "chat")
    first, rest = cost.get("input"), cost.get("output")
    price = first + (rest or 0) if by_usage and first is not None else None
    if kind == "chat" and (rest is None or (first == 0) != (rest == 0)):  # a gap in the data
        price = None
    day = (data.get("release_date") or "").replace("-", "")
    return Facts(
        bits=bits,
        kind=kind,
        input=tuple(modalities.get("input", ())),
        output=tuple(modalities.get("output", ())),
        context=limits.get("context") or 0,
        price=price,
        open_weights=data.get("open_weights"),
        released=int(day.ljust(8, "0")) if day.isdecimal() else 0,
    )
