"""Commands about the data itself: pull, activate, rollback, diff, info, schema."""

from __future__ import annotations

from typing import Any

import click

from llm_models.cli.options import as_json, catalogue, config_option, folder_of
from llm_models.cli.output import note, print_diff, print_json, print_pairs, print_table, transfer_bar
from llm_models.errors import printable
from llm_models.transforms import DEFAULT

__all__ = ["COMMANDS"]


@click.command("info", short_help="Tell which snapshot is in use, and why.")
@click.option("--verify", is_flag=True, help="Look at every byte of the snapshot.")
@catalogue
@as_json
def info_command(verify: bool, as_json: bool, **which: Any) -> None:
    """Tell which snapshot is in use and why, from which source and date, and what was merged into it.

    \b
    Example:
      llm-models info --verify
    """
    from llm_models.status import status

    facts = status(folder_of(which["config"]), which["snapshot"], verify=verify)
    facts["version"] = _version("llm-models-catalog")
    if as_json:
        print_json({name: value for name, value in facts.items() if value is not None})
    else:
        print_pairs([(name, "; ".join(value) if isinstance(value, list) else value) for name, value in facts.items()])
    other = _version("llm-models")
    if other is not None:
        note(
            f"warning: the unrelated package llm-models {other} is installed too; it has the same import name and "
            "command, so either may answer. Uninstall both, then install llm-models-catalog again."
        )


def _version(distribution: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


@click.command("pull", short_help="Fetch the source's catalogue; goes online.")
@click.option("--source", default=DEFAULT, show_default=True, metavar="NAME", help="The source to fetch.")
@click.option("--url", metavar="URL", help="A mirror, a file: URL or a path in place of the source's own address.")
@click.option("--out", metavar="FILE", help="Where to store it. Default: .llm_models/upstream.json.")
@click.option("--timeout", default=30.0, show_default=True, metavar="SECONDS", help="The deadline for all of it.")
@config_option
@as_json
def pull_command(
    source: str, url: str | None, out: str | None, timeout: float, config: str | None, as_json: bool
) -> None:
    """Fetch the source's catalogue: the one command that goes online.

    What comes is checked to be a catalogue before anything on disk changes, and nothing that is
    served changes before `activate`. An unchanged source is a quick success.

    \b
    Example:
      llm-models pull && llm-models activate
    """
    from llm_models.in_use import pulled_file
    from llm_models.sources import pull

    path = out or pulled_file(folder_of(config))
    with transfer_bar(source) as progress:
        result = pull(source, url=url, out=path, timeout=timeout, progress=progress)
    told = result.manifest
    if as_json:
        print_json({"path": result.path, "unchanged": result.unchanged, **told})
        return
    counted = f"{told['models']:,} models of {told['providers']:,} providers"
    click.echo(f"{result.path}: {'unchanged, ' if result.unchanged else ''}{counted}, from {printable(told['url'])}")


@click.command("activate", short_help="Build a snapshot and put it in place.")
@click.option("--from", "path", metavar="FILE", help="A source file, such as models.dev's api.json.")
@click.option("--source", metavar="NAME", help=f"The source of that file. Default: as it was pulled, else {DEFAULT}.")
@click.option("--out", metavar="FILE", help="Where to write. Default: .llm_models/snapshot.json of the application.")
@click.option("--force", is_flag=True, help="Write even where a guard refuses.")
@click.option("--strict", is_flag=True, help="Refuse what deserves eyes too.")
@click.option("--dry-run", is_flag=True, help="Show what would happen and write nothing.")
@config_option
@as_json
def activate_command(path: str | None, source: str | None, config: str | None, as_json: bool, **options: Any) -> None:
    """Build a snapshot from a source, merge llm_models.toml into it, and put it in place.

    Without --from it takes the newer of what was pulled and the packaged snapshot. What was dropped,
    repaired or left out is counted, by reason. It refuses a source with more than 1 % of its records
    invalid, one in which half of the active models are gone, and one older than the active snapshot.

    \b
    Example:
      llm-models activate --from api.json --out snapshot.json
    """
    from llm_models.activation import activate

    if source is not None and path is None:
        raise click.UsageError("--source needs --from FILE")
    made = activate(path, folder_of(config), source=source, **options)
    dry_run = options["dry_run"]
    counts = made.file.header["counts"]
    rows = made.report.rows()
    gone = [f"{entry.provider}:{entry.match or entry.id}" for entry in made.run.left_out] if made.run else []
    module = made.file.header.get("overrides_module")
    if module:
        note(f"note: the behaviour module '{module}' is not run; load() merges what it says")
    if as_json:
        told = {"snapshot": made.path, "written": not dry_run, "from": made.origin, **counts}
        told |= {"date": made.file.header.get("date"), "notes": rows, "gone": gone}
        print_json({**told, "overridden": made.refused, "look": made.look})
        return
    total = f"{counts['models']:,} models of {counts['providers']:,} providers"
    click.echo(f"{made.path}: {total}, from {made.origin}{' (not written: --dry-run)' if dry_run else ''}")
    if rows:
        columns = ("what", "where", "why", "count", "for example")
        print_table(
            columns,
            [(row["kind"], row["place"], row["reason"], row["count"], ", ".join(row["examples"])) for row in rows],
            right=("count",),
        )
    for reason in made.refused:
        note(f"overridden by --force: {reason}")
    for sentence in made.look:
        note(f"look: {sentence}")


@click.command("rollback", short_help="Put the previous snapshot back.")
@config_option
def rollback_command(config: str | None) -> None:
    """Put back the snapshot that the last activation replaced.

    \b
    Example:
      llm-models rollback
    """
    from llm_models.activation import rollback
    from llm_models.in_use import target

    folder = folder_of(config)
    file = rollback(folder)
    counts = file.header["counts"]
    click.echo(f"{target(folder)}: back to {counts['models']:,} models, dated {file.header.get('date', 'unknown')}")


@click.command("diff", short_help="Show what changed between two catalogues.")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--provider", metavar="PROVIDER", help="One provider alone.")
@click.option("--only-used", is_flag=True, help="Only the models and providers that llm_models.toml names.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where there is a difference.")
@config_option
@as_json
def diff_command(
    old: str | None,
    new: str | None,
    provider: str | None,
    only_used: bool,
    exit_code: bool,
    config: str | None,
    as_json: bool,
) -> None:
    """Show what changed between two catalogues: packaged, active, pulled, or files.

    Alone it compares the active one with what was pulled, else the packaged one with the active. A file
    is a snapshot or a source file.

    \b
    Example:
      llm-models diff active pulled --only-used
    """
    from llm_models.differences import compared

    folder = folder_of(config)
    found = compared(folder, old, new, provider=provider, only_used=only_used)
    if as_json:
        print_json(found.to_dict())
    else:
        print_diff(found)
    if only_used and folder.config is None:
        note("note: there is no llm_models.toml here, so nothing counts as used")
    if exit_code and found:
        raise click.exceptions.Exit(1)


@click.command("schema", short_help="Print a JSON Schema.")
@click.argument("name")
def schema_command(name: str) -> None:
    """Print a JSON Schema as one document: provider, model, capabilities, limits, cost, snapshot, manifest, overrides.

    That of llm_models.toml (overrides) is written in draft-07 words, which is what TOML editors know.

    \b
    Example:
      llm-models schema overrides > llm_models.schema.json
    """
    from llm_models import schema
    from llm_models.errors import did_you_mean

    if name not in schema.SCHEMAS:
        known = ", ".join(schema.SCHEMAS)
        raise click.UsageError(f"no schema '{name}' (expected {known}).{did_you_mean(name, schema.SCHEMAS)}")
    print_json(schema.for_editors() if name == "overrides" else schema.inlined(name))


COMMANDS = (pull_command, activate_command, rollback_command, diff_command, info_command, schema_command)
