"""Identity: which model a text in a file names, and whether it names one at all.

Three rules decide, by the shape of an id. A: an id that has a mark (`- _ . / : @`) counts anywhere, and so does a text
that states provider and model. B: an id of letters and digits, such as `o1`, counts only in model position, and so does
a word with a number that only one reseller has, such as `step-3`. C: an id of letters alone, such as `auto`, counts
only with a provider in the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from llm_models import name_rules, standing
from llm_models.known_names import FAMILIES, MAKERS, SERVERS
from llm_models.model_classes import LOCAL, WEIGHTS, compact, provider_in
from llm_models.modelspec import fold_provider
from llm_models.name_forms import pattern_of, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llm_models.name_forms import Rule
    from llm_models.other_names import OtherNames
    from llm_models.view import View

LONGEST = 200
"""The longest text that can name a model, in characters."""
_MARKS = frozenset("-_./:@")
_VERSIONS = frozenset({"date", "revision"})
"""The rules of names that lead to another version of a model: what holds for that need not hold for the one named."""
_FORMS = re.compile(
    r"arn:aws[a-z-]*:bedrock:.+|ft:[^:]+.*|.+\[1[mM]\]|(?://aiplatform\.googleapis\.com/)?projects/[^/]+/locations/.+"
    r"|publishers/[^/]+/models/.+|models/[a-z].+|(?:us-gov|us|eu|apac|jp|au|ca|in|global)\.[a-z0-9-]+\..+"
)
"""The forms of names that nothing else has. A rule of names must still lead to a model."""
_NUMBERED = re.compile(r"([A-Za-z]+)[-_.]\d{1,2}(?:\.\d)?")
"""A word with a number: the step of a job is `step-3`, too, and a class of CSS `mb-4`."""
_SPACE = re.compile(r"\s")
_DATED = re.compile(r"[A-Za-z][\w./:-]*[-@]20[2-9]\d-?[01]\d-?[0-3]\d")
_FIRSTS = {**FAMILIES, "dall_e": ("openai",), "davinci": ("openai",), "gemini": ("google",), "imagen": ("google",),
           "text_": ("openai",), "whisper": ("openai",), "o1": ("openai",), "o3": ("openai",), "o4": ("openai",),
           "amazon_": ("amazon_bedrock",), "anthropic_": ("amazon_bedrock",), "veo": ("google",), "tts_": ("openai",),
           "embed_": ("cohere",), "rerank_": ("cohere",)}  # fmt: skip
"""How the ids of a first party begin, folded."""


_OPEN = ("google/gemma-", "nvidia/", "openai/whisper-", "openai/gpt-oss-")
"""How texts begin that state a provider, and are also names of open weights at Hugging Face."""


class Identity(NamedTuple):
    """The model that a text names. `by` states who names its provider: the text, something beside it, or nobody.

    Then the provider is its home: its maker, or the one that has it. `provider` is None where several resellers have
    it. `denied` is what hides the model under the name that was read by a rule.
    """

    provider: str | None
    id: str
    by: Literal["text", "beside", "home"]
    denied: tuple[str, str | None] | None = None

    @property
    def spec(self) -> str:
        """`provider:id`; the bare id where no provider is known."""
        return self.id if self.provider is None else f"{self.provider}:{self.id}"


class Identities:
    """Reads texts, with the names of a catalogue, those of its history, and those that only other lists know.

    `present`, `once` and `others` map each name to the providers that have it, had it, or have it by another list.
    """

    def __init__(self, view: View, lists: Sequence[OtherNames]) -> None:
        self._view = view
        self.present: dict[str, list[str]] = {}
        self.once: dict[str, list[str]] = {}
        self.others: dict[str, list[str]] = {}
        for provider in view.known:
            block = view.file.block(provider)
            for name in (*block.ids, *block.served, *block.aliases):
                self.present.setdefault(name, []).append(provider)
        tail = view.file.tail()
        keys = [spec.partition(":") for spec in (*tail["removed"], *tail.get("lost", ()))]
        past = [(provider, view.past.ids(provider)) for provider in sorted(view.past.providers())]
        for provider, names in (*past, *((owner, [model_id]) for owner, _, model_id in keys)):
            for name in names:
                self.once.setdefault(name, []).append(provider)
        outside: dict[str, str] = {}
        for one in lists:
            for provider, of_one in one.names.items():
                outside[provider] = provider
                for name in of_one:
                    self.others.setdefault(name, []).append(provider)
        known = {name: name for name in (*view.past.providers(), *view.known)}
        self._providers = {**outside, **view.file.aliases, **known}
        self._named = compact(self._providers)
        self._may: dict[str, bool] = {}
        self._homes: dict[str, str | None] = {}
        self._beside: dict[str, str | None] = {}

    def may(self, text: str) -> bool:
        """Whether a text can be the name of a model, wherever it stands; kept for each text."""
        if text not in self._may:
            self._may[text] = self._can(text)
        return self._may[text]

    def _can(self, text: str) -> bool:
        if not 2 <= len(text) <= LONGEST:
            return False
        if self.has(text):
            return not text.isalpha()
        if _MARKS.isdisjoint(text) or _SPACE.search(text):
            return False
        return self.stated(text) is not None or _FORMS.fullmatch(text) is not None or bool(_DATED.fullmatch(text))

    def has(self, name: str) -> bool:
        """Whether any provider has or had a name."""
        return name in self.present or name in self.once or name in self.others

    def knows(self, provider: str, name: str) -> bool:
        """Whether a provider has or had a name."""
        return any(provider in table.get(name, ()) for table in (self.present, self.once, self.others))

    def provider_of(self, text: str) -> str | None:
        """The id of the provider that a text names, in any spelling or by an alias."""
        return self._providers.get(fold_provider(text)) or self._view.past.provider_id(text)

    def provider_beside(self, text: str) -> str | None:
        """The provider that a text beside a model states, whole or by its words; `LOCAL` or `WEIGHTS` for none."""
        if text not in self._beside:
            whole = self.provider_of(text) or (LOCAL if fold_provider(text) in SERVERS else None)
            self._beside[text] = provider_in(text[:LONGEST], self._named) if whole is None else whole
        return self._beside[text]

    def read(self, text: str, *, position: bool, beside: Sequence[str] = ()) -> Identity | None:
        """The model that a text names; None where it is none, or one that no provider can retire."""
        if not 2 <= len(text) <= LONGEST:
            return None
        stated = None if _MARKS.isdisjoint(text) else self.stated(text)
        is_name = self.has(text) and not text.isalpha() and (position or self._counts_anywhere(text))
        if stated is not None and is_name and self._is_vendor(text):
            stated = None
        if not is_name and stated is None:
            return self._by_form(text, position, beside)
        near = [one for one in map(self.provider_beside, beside) if one is not None]
        own = next((one for one in near if self.knows(one, text)), None) if is_name else None
        if own is not None and (LOCAL not in near or near.index(own) < near.index(LOCAL)):
            return self._identity(own, text, "beside")
        is_open = text.startswith(_OPEN)
        if (stated is None or is_open) and (LOCAL in near or (WEIGHTS in near and "/" in text)):
            return None
        if stated is not None and not (is_open and is_repository(text)):
            return stated
        return self._identity(self.home(text), text, "home")

    def _counts_anywhere(self, text: str) -> bool:
        """Whether an id counts outside of model position: it has a mark and, if only other lists know it, a digit.

        A word with a number does not, where only one reseller has it and the word is not a provider's name.
        """
        if _MARKS.isdisjoint(text):
            return False
        if (numbered := _NUMBERED.fullmatch(text)) is not None:
            holders = self.holders(text)
            if len(holders) == 1 and holders[0] not in MAKERS and self.provider_of(numbered[1]) is None:
                return False
        return text in self.present or text in self.once or any(map(str.isdigit, text))

    def stated(self, text: str) -> Identity | None:
        """The model of `provider:model`, `provider/model` or `model@provider`, if that provider has or had it."""
        for head, name in _splits(text):
            for provider in self._heads(head):
                if self.knows(provider, name):
                    return self._identity(provider, name, "text")
                if (found := self._by_rule(provider, name, "text")) is not None:
                    return found
        return None

    def _is_vendor(self, text: str) -> bool:
        """Whether a text is the id of a reseller that begins with a maker's name, such as `meta-llama/...`.

        That is a name of a provider, too, but only by an alias. So the text states no provider.
        """
        head, slash, _ = text.partition("/")
        folded = fold_provider(head)
        return bool(slash) and folded in self._view.file.aliases and (text in self.present or text in self.once)

    def _heads(self, text: str) -> list[str]:
        if len(text) > LONGEST or not text[:1].isalnum():
            return []
        found = [*self._view.file.provider_ids(text), self.provider_of(text)]
        return [one for one in dict.fromkeys(found) if one is not None]

    def _identity(self, provider: str | None, name: str, by: Literal["text", "beside", "home"]) -> Identity:
        """The identity of a name that is known; a served id and an alias are that of their model."""
        known = provider is not None and provider in self._view.known
        model_id = self._view.file.block(provider).id_of(name) if known and provider is not None else None
        return Identity(provider, model_id or name, by)

    def _by_form(self, text: str, position: bool, beside: Sequence[str]) -> Identity | None:
        """The model to which rules of names lead: only in model position, or for a form that nothing else has."""
        if not position and not _FORMS.fullmatch(text):
            return None
        near = [one for one in map(self.provider_beside, beside) if one is not None]
        if LOCAL in near:
            return None
        for provider in dict.fromkeys(near):
            if (found := self._by_rule(provider, text, "beside")) is not None:
                return found
        if (found := self._by_rule(None, text, "home")) is not None:
            return found
        # A form that every provider's names can have is read as that of the model's home.
        for name in _forms(None, text):
            home = self.home(name) if self.has(name) and not name.isalpha() else None
            if home is not None:
                return self._identity(home, name, "home")
        return None

    def _by_rule(self, provider: str | None, text: str, by: Literal["text", "beside", "home"]) -> Identity | None:
        """The model of a provider that has, or had, what rules make of a text."""
        if provider is None or provider in self._view.known:
            found = name_rules.read(self._view, provider, text)
            if found is not None and _VERSIONS.isdisjoint(rule["name"] for rule in found[1]):
                (home, row), _, _ = found
                denied = name_rules.hidden(self._view, found)
                return Identity(home, self._view.file.block(home).ids[row], by, denied)
        bare = [rule for rule in name_rules.RULES if "bare" in rule and pattern_of(rule).fullmatch(text)]
        homes = [provider] if provider is not None else [one for rule in bare for one in rule["bare"]]
        for home in dict.fromkeys(homes):
            for name in _forms(home, text):
                if self.knows(home, name) and not (home in self._view.known and self._view.file.holds(home, name)):
                    return Identity(home, name, by)
        return None

    def home(self, name: str) -> str | None:
        """The provider to which a bare id belongs: its maker, the first party that had it, else the only one.

        None where several have it, and none of them is a first party.
        """
        if name not in self._homes:
            self._homes[name] = self._home(name)
        return self._homes[name]

    def _home(self, name: str) -> str | None:
        view = self._view
        for provider in self.present.get(name, ())[:5]:
            block = view.file.block(provider)
            maker = standing.maker(view, (provider, block.rows[str(block.id_of(name))]))
            if maker is not None and self.knows(maker, name):
                return maker
        holders = self.holders(name)
        folded = fold_provider(name.rpartition("/")[2])
        for head in sorted(_FIRSTS, key=len, reverse=True):
            if folded.startswith(head):
                found = next((one for one in _FIRSTS[head] if one in holders), None)
                if found is not None:
                    return found
        makers = [one for one in holders if one in MAKERS and one not in ("azure", "nvidia", "watsonx")]
        if makers or len(holders) > 1:
            return makers[0] if makers else None
        # A reseller is not the home of a name that begins like a maker's, or of open weights: others may have or have
        # had it, too.
        is_shared = any(map(folded.startswith, _FIRSTS)) or (name in self.others and "/" in name) or is_repository(name)
        return None if is_shared else next(iter(holders), None)

    def holders(self, name: str) -> list[str]:
        """The providers that have or had a name, first those that have it now."""
        tables = (self.present, self.once, self.others)
        return [*dict.fromkeys(provider for table in tables for provider in table.get(name, ()))]


def is_repository(name: str) -> bool:
    """Whether an id is written like a repository of Hugging Face: `Qwen/Qwen3-32B`. Its weights stay.

    Such names have capitals, except those of gemma.

    >>> is_repository("Qwen/Qwen3-32B"), is_repository("openai/gpt-4o")
    (True, False)
    """
    return name.count("/") == 1 and (not name.islower() or name.startswith("google/gemma-"))


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """The texts that may name provider and model, in the order in which `modelspec` reads them."""
    head, mark, name = text.partition(":")
    if mark and name:
        yield head, name
    name, mark, head = text.rpartition("@")
    if mark and name:
        yield head, name
    head, mark, name = text.partition("/")
    if mark and name:
        yield head, name


def _forms(provider: str | None, text: str) -> list[str]:
    """What rules of names make of a text, those that keep its version; without a provider, rules that hold for all."""
    rules = [rule for rule in name_rules.RULES if rule["name"] not in _VERSIONS and _holds(rule, provider)]
    found: list[str] = []
    texts: Iterable[str] = [text]
    for _ in range(name_rules.MOST):
        texts = [new for one in texts for _, new in rewritten(one, rules) if new not in found]
        found += dict.fromkeys(texts)
    return found


def _holds(rule: Rule, provider: str | None) -> bool:
    return "providers" not in rule or provider in rule["providers"]
