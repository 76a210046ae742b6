"""Groups: which records, of whatever providers, are of one model; standard library only.

A group has the name of a canonical id. A record is in the group whose name it states; else in that of `provider/id`,
where this is a canonical id; else in the only one whose name, or the id of a record that states it, it writes in
another way. No source states the last, so such a group is `derived`. It is right in 99.7 % of cases, measured on
records that state theirs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.kinds import last_segment
from llm_models.modelspec import fold_provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Literal

    Rule = Literal["stated", "maker", "name"]

_PART = re.compile(r"[a-z]+|[0-9]+")
_SIZE = r":\d[\d.]*[bmt](?![a-z0-9])[^:@]*"
"""The size of a model behind a colon, as Ollama writes it: part of its name. Any other such suffix is a variant."""


class Group(NamedTuple):
    """The canonical id of a record, and the rule by which it has it."""

    canonical: str
    rule: Rule

    @property
    def derived(self) -> bool:
        """Whether the way in which the id is written is all that tells."""
        return self.rule == "name"


def parts_of(text: str) -> list[str]:
    """The runs of letters and of digits in a text in lower case.

    >>> parts_of("glm-5.2-fp8")
    ['glm', '5', '2', 'fp', '8']
    """
    return _PART.findall(text)


def segment_of(model_id: str) -> str:
    """The last part of an id in lower case, without what follows `@`, and after a colon only with the model's size.

    >>> segment_of("openai/gpt-oss-20b:free"), segment_of("gpt-oss:20b")
    ('gpt-oss-20b', 'gpt-oss:20b')
    """
    size = re.search(_SIZE, model_id.rpartition("/")[2].lower()) if ":" in model_id else None
    return last_segment(model_id) + (size[0] if size else "")


def key_of(model_id: str) -> str:
    """The letters and digits of `segment_of` an id: what its spellings have in common.

    >>> key_of("anthropic/claude-opus-4.6:thinking"), key_of("claude-opus-4-6@eu")
    ('claudeopus46', 'claudeopus46')
    """
    return "".join(parts_of(segment_of(model_id)))


class Groups:
    """The groups of records, which `add` takes in any order and in any number of calls.

    >>> groups = Groups()
    >>> groups.add([("groq", "openai/gpt-oss-20b", "openai/gpt-oss-20b")])
    >>> groups.of("mirror", "GPT-OSS-20B:free", None)
    Group(canonical='openai/gpt-oss-20b', rule='name')
    """

    def __init__(self, canonicals: Iterable[str] = ()) -> None:
        self._own: dict[str, str] = {}
        self._by_key: dict[str, set[str]] = {}
        self._name(canonicals)

    def _name(self, canonicals: Iterable[str]) -> None:
        for canonical in {*canonicals}:
            folded = _folded(canonical)
            self._own[folded] = min(canonical, self._own.get(folded, canonical))  # in whatever order they come
            self._by_key.setdefault(key_of(canonical), set()).add(canonical)

    def add(self, records: Iterable[tuple[str, str, str | None]]) -> None:
        """Add records: the provider, the id, and the canonical id that the record states.

        An id that is another word, such as `large`, names that model at its provider only.
        """
        stating = [(model_id, canonical) for _, model_id, canonical in records if canonical]
        self._name(canonical for _, canonical in stating)
        for model_id, canonical in stating:
            if not segment_of(model_id).isalpha():
                self._by_key.setdefault(key_of(model_id), set()).add(canonical)

    def named(self, provider: str, model_id: str, canonical: str | None) -> Group | None:
        """The group of a record, as it states it or as its provider and id do; None where they do not."""
        if canonical:
            return Group(canonical, "stated")
        own = self._own.get(f"{provider}/{model_id}")
        return None if own is None else Group(own, "maker")

    def of(self, provider: str, model_id: str, canonical: str | None) -> Group | None:
        """The group of a record, which need not be among those that were added; None where it has none."""
        found = self.named(provider, model_id, canonical)
        if found is None:
            key = key_of(model_id)
            fitting = self._by_key.get(key, ()) if key else ()
            found = Group(next(iter(fitting)), "name") if len(fitting) == 1 else None
        return found


def groups_of(records: Iterable[tuple[str, str, str | None]]) -> dict[tuple[str, str], Group]:
    """Provider and id -> group, of the records that have one; the order of the records changes nothing.

    Each record is its provider, its id, and the canonical id that it states.

    >>> records = [("openai", "gpt-5.2", None), ("openrouter", "openai/gpt-5.2", "openai/gpt-5.2")]
    >>> groups_of(records)["openai", "gpt-5.2"]
    Group(canonical='openai/gpt-5.2', rule='maker')
    """
    records = [*records]
    groups = Groups()
    groups.add(records)
    found = ((record[:2], groups.of(*record)) for record in records)
    return {key: group for key, group in found if group is not None}


def group_in(provider: str, line: Mapping[str, Any]) -> Group | None:
    """The group of a model as its line in a snapshot file has it (`block.Line`); None where it has none."""
    stated = line.get("canonical")
    canonical = stated or line.get("derived", {}).get("canonical")
    if canonical is None:
        return None
    own = _folded(canonical) == f"{provider}/{line['id']}"
    return Group(canonical, "stated" if stated else "maker" if own else "name")


def _folded(canonical: str) -> str:
    """A canonical id with its provider as our ids spell it."""
    provider, slash, rest = canonical.partition("/")
    return f"{fold_provider(provider)}{slash}{rest}"


OTHERS = 3
"""So many other records of a group must state a value, at least, before one of them is judged."""
_EXACT = 1 - 1e-9
"""Prices are binary fractions: 0.8 is eight times 0.1."""


def far_from(values: Iterable[float], times: float) -> tuple[float, float, float] | None:
    """The limits of the values that a group states, and their median; None where the group has too few values.

    A value that is at most the first limit, or at least the second, is far from them: so many times off the median.
    Where two values are in the middle, it must be far from both, because it is not known which half is right.

    >>> far_from([1, 1, 1, 1, 9], 8)
    (0.125000000125, 7.999999992, 1)
    """
    ranked = sorted(values)
    if len(ranked) <= OTHERS:
        return None
    low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    return low / (times * _EXACT), high * times * _EXACT, high if low == high else (low + high) / 2
