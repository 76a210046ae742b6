"""Readings: the ways to read a text that leads nowhere as a provider and a name; standard library only.

The provider may be there, may be meant, or is known to be none of the catalogue. It is imported only when a name leads
nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llm_models.known_names import PREFIXES, PROTOCOLS, providers_meant
from llm_models.modelspec import fold_provider
from llm_models.similarity import providers_like

if TYPE_CHECKING:
    from llm_models.view import View


class Reading(NamedTuple):
    """A text read with its provider at the `mark`: that part of it, also as `folded`, and the rest.

    `providers` are those that may be meant, None for one that is known to be no provider of the catalogue. `here`: the
    catalogue has the provider. `known`: the word has a meaning, and is not only spelled like a name.
    """

    mark: str
    head: str
    folded: str
    rest: str
    providers: list[str] | None
    here: bool
    known: bool

    def is_protocol(self) -> bool:
        """Whether the text states, as LiteLLM writes it, the protocol of a server whose model has a `/` in its name."""
        return self.mark == "/" and self.folded in PROTOCOLS and "/" in self.rest


def readings(view: View, name: str) -> list[Reading]:
    """The readings of a text whose provider is there, may be meant, or is known to be none of the catalogue."""
    parts = []
    for mark, split in ((":", name.partition), ("@", name.rpartition), ("/", name.partition)):
        before, found, after = split(mark)
        if found:
            parts.append((mark, after, before) if mark == "@" else (mark, before, after))
    found_readings = []
    for mark, head, rest in parts:
        folded, provider = fold_provider(head), view.file.provider_id(head)
        if not folded or not rest.strip():
            continue
        if provider is None and mark == "/" and folded in PREFIXES:
            home = PREFIXES[folded]
            if home in view.known:
                found_readings.append(Reading(mark, head, folded, rest.rpartition("/")[2], [home], False, True))
            continue
        likely = providers_like(folded, view.known, view.file.aliases) if provider is None else [provider]
        known = provider is not None or providers_meant(folded) is not None
        if likely is None and mark == "/" and any(one.startswith(f"{head}/") for one in view.names()):
            continue  # a maker without an API, as ids of others name it
        if likely is None or likely:
            found_readings.append(Reading(mark, head, folded, rest.strip(), likely, provider is not None, known))
    return found_readings


def ends(name: str) -> list[tuple[str, str]]:
    """The texts before the first `:` and after the last `@`, and where they stand; none without a letter or digit."""
    before, colon, _ = name.partition(":")
    _, at, after = name.rpartition("@")
    found = [(before, "before the ':'")] * bool(colon) + [(after, "after the last '@'")] * bool(at)
    return [(text, where) for text, where in found if any(map(str.isalnum, text))]
