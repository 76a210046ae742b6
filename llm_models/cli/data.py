"""Commands about the data itself: info, activate."""

from __future__ import annotations

from typing import Any

import click

from llm_models.cli.options import as_json, catalogue, chosen, config_option, folder_of
from llm_models.cli.output import note, print_json, print_pairs, print_table

__all__ = ["COMMANDS"]


@click.command("info")
@click.option("--verify", is_flag=True, help="Look at every byte of the snapshot.")
@catalogue
@as_json
def info_command(verify: bool, as_json: bool, **which: Any) -> None:
    """Tell which snapshot is in use, from which source and date, and what was merged into it.

    \b
    Example:
      llm-models info --verify
    """
    snapshot = chosen(**which)
    if verify:
        snapshot.file.verify()
    header = snapshot.file.header
    folder = folder_of(which["config"])
    facts = {
        "snapshot": snapshot.file.name,
        "date": snapshot.date,
        "sources": [f"{source['name']} (SHA-256 {source['sha256'][:16]}...)" for source in header["sources"]],
        "providers": header["counts"]["providers"],
        "models": header["counts"]["models"],
        "digest": snapshot.digest,
        "configuration": folder.config,
        "verified": "every byte is what was written" if verify else None,
        "version": _version("llm-models-catalog"),
    }
    if as_json:
        print_json({name: value for name, value in facts.items() if value is not None})
    else:
        print_pairs([(name, ", ".join(value) if isinstance(value, list) else value) for name, value in facts.items()])
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


@click.command("activate")
@click.option("--from", "source", metavar="FILE", help="A source file, such as models.dev's api.json.")
@click.option("--out", metavar="FILE", help="Where to write. Default: .llm_models/snapshot.json of the application.")
@click.option("--force", is_flag=True, help="Write even where a guard refuses.")
@config_option
@as_json
def activate_command(source: str | None, out: str | None, force: bool, config: str | None, as_json: bool) -> None:
    """Build a snapshot from a source, merge llm_models.toml into it, and put it in place.

    Without --from it takes the newer of what was pulled and the packaged snapshot. What was dropped,
    repaired or left out is counted, by reason.

    \b
    Example:
      llm-models activate --from api.json --out snapshot.json
    """
    from llm_models.activation import activate

    del force  # the guards that it overrides come with the refresh
    made = activate(source, folder_of(config), out)
    counts = made.file.header["counts"]
    rows = made.report.rows()
    gone = [f"{entry.provider}:{entry.match or entry.id}" for entry in made.run.gone] if made.run else []
    if as_json:
        print_json(
            {"snapshot": made.path, "from": made.origin, **counts, "date": made.file.header.get("date"), "notes": rows}
            | {"gone": gone}
        )
        return
    click.echo(f"{made.path}: {counts['models']:,} models of {counts['providers']} providers, from {made.origin}")
    if rows:
        columns = ("what", "where", "why", "count", "for example")
        print_table(
            columns,
            [(row["kind"], row["place"], row["reason"], row["count"], ", ".join(row["examples"])) for row in rows],
            right=("count",),
        )
    for spec in gone:
        note(f"left out, its model is gone: {spec}")


@click.command("schema")
@click.argument("name")
def schema_command(name: str) -> None:
    """Print a JSON Schema as one document: provider, model, capabilities, limits, cost, snapshot, manifest, overrides.

    That of llm_models.toml (overrides) is written in draft-07 words, which is what TOML editors know.

    \b
    Example:
      llm-models schema overrides > llm_models.schema.json
    """
    from llm_models import validation
    from llm_models.errors import did_you_mean

    if name not in validation.SCHEMAS:
        known = ", ".join(validation.SCHEMAS)
        raise click.UsageError(f"no schema '{name}' (expected {known}).{did_you_mean(name, validation.SCHEMAS)}")
    print_json(validation.for_editors() if name == "overrides" else validation.inlined(name))


COMMANDS = (info_command, activate_command, schema_command)
