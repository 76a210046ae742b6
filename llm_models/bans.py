"""Bans: what the program's `deny` and `exclude` hide without the files that were found; standard library only.

A file that was found may define providers and models, and with them take over a name. A ban of the program that uses
the name would then be about something else. So it also holds for what the name means without the file.
"""

from __future__ import annotations

from llm_models.patterns import matcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from llm_models.snapshot_file import SnapshotFile


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
