"""Bans: what the program's `deny` and `exclude` hide without the files that were found; standard library only.

A file that was found may define providers and models, and with them take over a name. A ban of the program that uses
the name would then be about something else. So it also holds for what the name means without the file.
"""

from __future__ import annotations

import re
from functools import partial

from llm_models.patterns import is_plain, matcher, meant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from llm_models.name_table import NameTable
    from llm_models.patterns import IdOf
    from llm_models.snapshot_file import SnapshotFile

_WILDCARD = r"\*|\?|\[!?([^\]])"


def hidden_in(base: SnapshotFile, table: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    """Each model of `base` that a table from provider to patterns hides: the key of the table, the provider, the id."""
    for spelling, patterns in table.items():
        provider = base.provider_id(spelling)
        if provider is None:
            continue
        block = base.block(provider)
        tests = [matcher(pattern, block.id_of, provider) for pattern in patterns]
        for row, model_id in enumerate(block.ids):
            names = block.names(row)
            if any(test(names) for test in tests):
                yield spelling, provider, model_id


def lost(
    base: SnapshotFile, table: Mapping[str, Sequence[str]], hidden: Mapping[str, Container[str]], names: NameTable
) -> Iterator[tuple[str, str, str]]:
    """What a table of bans hides in `base` and no longer where `names` hold: its key, the provider, an id or a glob.

    `hidden` has the ids that the bans hide there, by provider.
    """
    for spelling, provider, model_id in hidden_in(base, table):
        if model_id not in hidden.get(provider, ()):
            yield spelling, provider, model_id
    for spelling, patterns in table.items():
        owner = names.provider_id(spelling)
        if owner is not None:
            for glob in lost_globs([base], owner, patterns, partial(names.id_of, owner)):
                yield spelling, owner, glob


def as_glob(pattern: str, id_of: IdOf) -> str:
    """A pattern that matches what `pattern` matches as a glob, and that is not the name of a model.

    >>> as_glob("*:online", lambda text: text if text == "*:online" else None)
    '**:online'
    """
    while id_of(pattern) is not None:
        pattern, changed = re.subn(_WILDCARD, _again, pattern, count=1)
        if not changed:
            break
    return pattern


def lost_globs(bases: Sequence[SnapshotFile], provider: str, patterns: Iterable[str], id_of: IdOf) -> Iterator[str]:
    """For each glob that is a name of a provider now, and in none of `bases`, a pattern that is still a glob.

    `id_of` finds the models that the provider has now. Without that pattern, a ban would no longer be about the names
    that only rules read, such as `ID:online`.
    """
    known = [base.block(provider).id_of for base in bases if provider in base.blocks]
    for pattern in patterns:
        taken = not is_plain(pattern) and meant(pattern, id_of, provider) is not None
        if taken and not any(meant(pattern, one, provider) for one in known):
            yield as_glob(pattern, lambda text: meant(text, id_of, provider))


def _again(found: re.Match[str]) -> str:
    """The same wildcard in other characters: names have none before the space, and a class may list one twice."""
    return "[ -\U0010ffff]" if found[0] == "?" else found[0] + (found[1] or "*")
