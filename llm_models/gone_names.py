"""Gone names: which ids in filters of the program name models that its sources no longer list."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.filters import Filters
    from llm_models.past import Past
    from llm_models.paths import Folder
    from llm_models.snapshot_file import SnapshotFile


def gone_ids(file: SnapshotFile, given: Filters, was_known: Callable[[str, str], bool]) -> list[str]:
    """Take out of filters the ids of models that are gone, except a denied one that a rule reads; them, for people."""
    from llm_models.patterns import is_nameable

    gone = []
    for section, table in (("allow", given.allow or {}), ("deny", given.deny)):
        for provider, globs in table.items():
            for name in [*globs] if isinstance(globs, list) else ():
                if is_nameable(name) and not file.block(provider).serves(name) and was_known(provider, name):
                    from llm_models.name_rules import is_safe_form

                    if section == "allow" or not is_safe_form(provider, name):
                        globs.remove(name)
                        gone.append(f"{section}.{provider}:{name}")
    return gone


def knowing(remembers: Folder | None) -> Callable[..., bool]:
    """`Past.knows`, of histories that are opened when it is first asked, and once."""
    opened: list[Past] = []

    def knows(provider: str, model_id: str | None = None) -> bool:
        if not opened:
            from llm_models.past import Past

            opened.append(Past(remembers))
        return opened[0].knows(provider, model_id)

    return knows
