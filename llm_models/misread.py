"""Misread: patterns that probably do not mean what their author reads in them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from llm_models.case import Finding
from llm_models.errors import printable
from llm_models.frozen import ModelKey
from llm_models.layers import BY_PROVIDER
from llm_models.modelspec import split_spec
from llm_models.patterns import EVERY, is_plain, literal, matcher, meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llm_models.case import Case
    from llm_models.document import DocumentPath

_CLASS = r"\[([^\]!-][^\]-]+)\]"
"""Two or more characters in brackets, without a range."""
_SHOWN = 3


def misreadings(case: Case) -> Iterator[Finding]:
    """A pattern that matches by one character of what looks like a text in brackets, and a name that has a `*`."""
    for path, provider, pattern in stated_patterns(case):
        if not is_plain(pattern):
            found = (_misread(case, path, one, pattern) for one in case.providers(provider))
            for text, hint in [one for one in found if one is not None][:1]:
                yield Finding(provider, path, text, hint)


def _misread(case: Case, path: DocumentPath, provider: str, pattern: str) -> tuple[str, str] | None:
    """What is strange about the models of one provider that a pattern means, and how to write it."""
    every = case.run.every(provider)
    models = [[model_id] for model_id in every] if path[-1] == "match" else [*every.values()]
    target = meant(pattern, partial(case.run.id_of, provider), provider)
    glob = matcher(pattern, lambda _: None)
    matched = [names for names in models if glob(names)]
    if target is None:
        inner = in_brackets(pattern, models)
        if inner is not None and matched:
            text = f"matches by one of the characters in '[{printable(inner)}]', not by that text"
            return f"{text}: {_listed(matched)}", how_to_write(pattern, inner)
    elif "*" in pattern and (others := [names for names in matched if names[0] != target]):
        wider = pattern.replace("*", "**", 1)
        text = f"is the name of a model, so it means only that one, and not {_listed(others)}"
        return text, f"To match all of them, write '{printable(wider)}'."
    return None


def stated_patterns(case: Case) -> Iterator[tuple[DocumentPath, str, str]]:
    """The path, the provider and the text of each pattern of a layer, in its entries and its settings."""
    for entry in case.layer.models:
        if entry.match is not None:
            yield (*entry.path, "match"), entry.provider, entry.match
    yield from case.layer.patterns(*BY_PROVIDER)


def with_provider(case: Case, provider: str, pattern: str) -> tuple[str, str] | None:
    """The provider and the pattern in a text such as `openai:gpt-5.4`, if that matches a model; else None.

    A text with a `/` counts for the provider that it names, and for all: others have ids that begin with the name of a
    maker.
    """
    head, _, rest = pattern.partition("/")
    key = split_spec(pattern, case.run.names.provider_id)
    if key is None:
        maker = case.run.names.provider_id(head) if rest else None
        if maker is None or provider not in (maker, EVERY):
            return None
        key = ModelKey(maker, rest)
    owner, name = key
    test = case.run.test(owner, name)
    return (owner, name) if any(map(test, case.run.every(owner).values())) else None


def in_brackets(pattern: str, models: Sequence[Sequence[str]]) -> str | None:
    """The characters in brackets that were probably meant as a text; None where a class of characters is likely.

    A class is likely where it has no letter, and where models use each of its characters. A text is likely where it is
    a number with a unit, such as `1m`, where a name has the same text in brackets, and where a name has the letters and
    digits of the pattern.
    """
    names = [name for every in models for name in every]
    for found in re.finditer(_CLASS, pattern):
        inner = found[1]
        if any(map(str.isalpha, inner)) and (
            re.fullmatch(r"\d+[kmbtKMBT]", inner)
            or any(f"[{inner}]" in name for name in names)
            or any(_letters(name) == _letters(pattern) for name in names)
            or (_stands_out(pattern, found) and not all(_is_used(pattern, found, one, names) for one in inner))
        ):
            return inner
    return None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _stands_out(pattern: str, found: re.Match[str]) -> bool:
    """Whether brackets look like those of a text: a longer one, or one at an end of the pattern."""
    return len(found[1]) > 2 or found.start() == 0 or found.end() == len(pattern)


def how_to_write(pattern: str, inner: str) -> str:
    """The sentence that states how a pattern matches its text in brackets."""
    right = pattern.replace(f"[{inner}]", f"[[]{inner}]")
    return f"To match the text '[{printable(inner)}]', write '{printable(right)}'."


def _is_used(pattern: str, found: re.Match[str], character: str, names: Sequence[str]) -> bool:
    """Whether a name matches with that character in the place of the class."""
    test = matcher(pattern[: found.start()] + literal(character) + pattern[found.end() :], lambda _: None)
    return any(test([name]) for name in names)


def _listed(models: Sequence[Sequence[str]]) -> str:
    more = len(models) - _SHOWN
    listed = ", ".join(printable(names[0]) for names in models[:_SHOWN])
    return listed + (f" and {more} more" if more > 0 else "")
