"""The command that states which snapshot is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llm_models.cli.options import Number, as_json, catalogue_options, chosen, command, folder_of
from llm_models.cli.output import note, print_json, print_pairs, stage
from llm_models.errors import ConfigError, LLMModelsError
from llm_models.integrations import version_of
from llm_models.transforms import SOURCES

if TYPE_CHECKING:
    from typing import Any

    from llm_models.paths import Folder

OLD = 90
"""Data that is older, in days, gets a note of `info` and `activate`. Providers add and withdraw models every week."""


def note_age(age: object) -> None:
    """Note that data is old; `age` is in days, None where it is not known."""
    if isinstance(age, int) and age > OLD:
        note(f"note: the data is {age:,} days old; 'llm-models pull' and then 'llm-models activate' renew it")


@command("info", "Show which snapshot is in use, and why.", "info --verify")
@click.option("--verify", is_flag=True, help="Also check the whole snapshot for damage.")
@click.option("--max-age", type=Number(0), metavar="DAYS", help="Exit with 1 if the data is older, or has no date.")
@catalogue_options
@as_json
def info_command(
    verify: bool, max_age: int | None, as_json: bool, config: str | None, snapshot: str | None, behaviour: bool
) -> None:
    """Show which snapshot is in use and why, what load() serves of it, its date, and whether `activate` is due.

    Its age counts from the day on which it was fetched; where that is not known, as for the packaged data, from its
    date, which is the newest last_updated of its models.
    """
    from llm_models.status import in_words, status

    if verify:
        stage("checking the whole snapshot")
    facts = status(folder_of(config), snapshot, verify=verify, max_age=max_age)
    too_old = facts.pop("too_old")
    try:
        if facts["problem"]:
            raise ConfigError(str(facts["problem"]))
        served = chosen(config, snapshot, behaviour)
        facts |= {"providers": len(served.list_providers()), "models": len(served), "digest": served.digest}
    except LLMModelsError as error:
        facts["problem"] = f"load() fails, so counts and digest are the snapshot's own: {str(error).splitlines()[0]}"
    if verify and facts["problem"] is None and facts["kind"] == "activated":
        facts["inputs"], facts["problem"] = _inputs(folder_of(config))
    facts["mirrors"] = _mirrors() or None
    facts["version"] = version_of("llm-models-catalog")
    if as_json:
        print_json({name: value for name, value in facts.items() if value not in (None, [])})
    else:
        print_pairs(in_words(facts).items())
    other = version_of("llm-models")
    if other is not None:
        note(
            f"warning: the unrelated package llm-models {other} is installed too; it has the same import name and "
            "command, so either may answer. Uninstall both, then install llm-models-catalog again."
        )
    if config == "none":
        note("note: --config none: the packaged data, without the llm_models.toml and the activation of any folder")
    if max_age is None:
        note_age(facts["age_days"])
    if too_old:
        raise LLMModelsError(str(too_old))
    if facts["problem"]:
        raise click.exceptions.Exit(1)


def _inputs(folder: Folder) -> tuple[dict[str, Any], str | None]:
    """Whether the activated snapshot is what its inputs produce, and the problem if it is not."""
    from llm_models import reproduction
    from llm_models.status import OTHER

    try:
        verdict = reproduction.check(None, folder, as_merged=True, progress=stage)
    except LLMModelsError as error:
        return {"problem": str(error).splitlines()[0]}, None
    if verdict.difference is None:
        return {"reproduced": True}, None
    return {"reproduced": False, "difference": verdict.difference}, f"{OTHER}: {verdict.difference}"


def _mirrors() -> list[dict[str, str]]:
    """The variables that name mirrors for `pull`, with the addresses, without passwords."""
    from llm_models.sources import mirror

    named = {variable: url for url, variable in map(mirror, SOURCES) if variable is not None}
    if not named:
        return []
    from llm_models.transfer import shown

    return [{"variable": variable, "url": shown(url or "")} for variable, url in named.items()]


COMMANDS = (info_command,)
