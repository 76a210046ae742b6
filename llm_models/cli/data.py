"""Commands about the data itself: pull, activate, rollback, diff, info, schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llm_models.cli.options import as_json, catalogue_options, chosen, command, config_option, folder_of, report_style
from llm_models.cli.output import cell, line, note, print_json, print_pairs, print_table, transfer_bar
from llm_models.errors import ConfigError, LLMModelsError, did_you_mean
from llm_models.in_use import in_use, pulled_file, target
from llm_models.transforms import DEFAULT, SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from llm_models.differences import Diff


@command("info", "Show which snapshot is in use, and why.", "info --verify")
@click.option("--verify", is_flag=True, help="Also check the whole snapshot for damage.")
@click.option(
    "--max-age", type=click.IntRange(min=0), metavar="DAYS", help="Exit with 1 if the data is older, or has no date."
)
@catalogue_options
@as_json
def info_command(
    verify: bool, max_age: int | None, as_json: bool, config: str | None, snapshot: str | None, behaviour: bool
) -> None:
    """Show which snapshot is in use and why, what load() serves of it, its date, and whether `activate` is due.

    Its age counts from the day on which it was fetched; where that is not known, as for the packaged data, from its
    date, which is the newest last_updated of its models.
    """
    from llm_models.status import status

    facts = status(folder_of(config), snapshot, verify=verify, max_age=max_age)
    too_old = facts.pop("too_old")
    try:
        if facts["problem"]:
            raise ConfigError(str(facts["problem"]))
        served = chosen(config, snapshot, behaviour)
        facts |= {"providers": len(served.list_providers()), "models": len(served), "digest": served.digest}
    except LLMModelsError as error:
        facts["problem"] = f"load() fails, so counts and digest are the snapshot's own: {str(error).splitlines()[0]}"
    facts["version"] = _version("llm-models-catalog")
    if as_json:
        print_json({name: value for name, value in facts.items() if value is not None})
    else:
        print_pairs(facts.items())
    other = _version("llm-models")
    if other is not None:
        note(
            f"warning: the unrelated package llm-models {other} is installed too; it has the same import name and "
            "command, so either may answer. Uninstall both, then install llm-models-catalog again."
        )
    if too_old:
        raise LLMModelsError(str(too_old))
    if facts["problem"]:
        raise click.exceptions.Exit(1)


def _version(distribution: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


@command("pull", "Download the source's catalogue; goes online.", "pull && llm-models activate")
@click.option("--source", default=DEFAULT, show_default=True, metavar="NAME", help=f"One of: {', '.join(SOURCES)}.")
@click.option("--url", metavar="URL", help="A mirror, a file: URL or a path, instead of the source's own address.")
@click.option("--out", metavar="FILE", help="Where to store it. Default: .llm_models/upstream.json.")
@click.option("--timeout", default=30.0, show_default=True, metavar="SECONDS", help="Time limit for the download.")
@config_option
@as_json
def pull_command(
    source: str, url: str | None, out: str | None, timeout: float, config: str | None, as_json: bool
) -> None:
    """Download the source's catalogue. This is the only command that goes online.

    Files change only after the whole download is checked, and programs use the new data only after `activate`.
    A source that has not changed is usually not downloaded again.
    """
    from llm_models.sources import pull

    path = out or pulled_file(folder_of(config))
    with transfer_bar(source) as progress:
        result = pull(source, url=url, out=path, timeout=timeout, progress=progress)
    manifest = result.manifest
    if as_json:
        print_json({"path": result.path, "unchanged": result.unchanged, **manifest})
    else:
        unchanged = "unchanged, " if result.unchanged else ""
        line(f"{result.path}: {unchanged}{_counted(manifest)}, from {manifest['url']}")


def _counted(counts: Mapping[str, Any]) -> str:
    return f"{counts['models']:,} models of {counts['providers']:,} providers"


@command("activate", "Build a snapshot and put it in place.", "activate --from api.json --out snapshot.json")
@click.option("--from", "path", metavar="FILE", help="A source file, such as models.dev's api.json.")
@click.option("--source", metavar="NAME", help=f"The source of that file. Default: as pulled, otherwise {DEFAULT}.")
@click.option("--out", metavar="FILE", help="Where to write. Default: .llm_models/snapshot.json of the application.")
@click.option("--without-prose", is_flag=True, help="Leave out the source's descriptions, as the packaged data does.")
@click.option("--force", is_flag=True, help="Write even if there are reasons to refuse.")
@click.option("--strict", is_flag=True, help="Also refuse on notable changes.")
@click.option("--dry-run", is_flag=True, help="Show what would happen and write nothing.")
@config_option
@report_style
def activate_command(
    path: str | None, source: str | None, config: str | None, dry_run: bool, style: str, **options: Any
) -> None:
    """Build a snapshot from a source, merge llm_models.toml into it, and put it in place.

    Without --from it uses the pulled file or the packaged snapshot, whichever is newer. It counts what it
    dropped, repaired or left out, by reason.

    It refuses a source in which more than {guards.MAX_INVALID} of the records are invalid, one that lacks
    {guards.MAX_GONE} or more of the active models, and one that is older than the active snapshot.

    It compares with the snapshot in use, with --out with the file that is replaced, and with the packaged data where
    these are missing or damaged.

    Notable changes get a notice: a key variable and an address that were not together before, another form in which a
    key is sent, a new provider that takes over names, a provider that loses half of its models or all that are not
    deprecated, a price that rose or fell by a factor of {guards.TENFOLD} or more ({guards.THREEFOLD} for a model that
    llm_models.toml names), and a price or a model that llm_models.toml names and that is gone.
    """
    from llm_models.activation import activate

    if source is not None and path is None:
        raise click.UsageError("--source needs --from FILE")
    result = activate(path, folder_of(config), source=source, dry_run=dry_run, **options)
    header = result.file.header
    rows = result.report.rows()
    module = header.get("overrides_module")
    if module:
        note(f"note: the behaviour module '{module}' is not run; load() merges what it states")
    if style == "json":
        print_json({
            "snapshot": result.path, "written": not dry_run, "from": result.origin, **header["counts"],
            "date": header.get("date"), "notes": rows,
            "gone": result.run.without_effect() if result.run else [],
            "overridden": result.refused, "notices": result.notices,
        })  # fmt: skip
        return
    unwritten = " (not written: --dry-run)" if dry_run else ""
    summary = f"{result.path}: {_counted(header['counts'])}, from {result.origin}{unwritten}"
    warnings = [f"overridden by --force: {reason}" for reason in result.refused]
    warnings += [f"notice: {sentence}" for sentence in result.notices]
    if style == "markdown":
        from llm_models.cli.markdown import print_fenced

        notes = (f"{row['kind']} {row['place']}: {row['reason']} ({row['count']:,}): {row['examples']}" for row in rows)
        print_fenced([*warnings, summary, *notes])
        return
    line(summary)
    if rows:
        cells = [(row["kind"], row["place"], row["reason"], row["count"], row["examples"]) for row in rows]
        print_table(("what", "where", "why", "count", "for example"), cells, right=("count",))
    note(*warnings)


@command("rollback", "Put the previous snapshot back.", "rollback")
@config_option
def rollback_command(config: str | None) -> None:
    """Put back the snapshot that the last activation replaced."""
    from llm_models.activation import rollback
    from llm_models.status import UNUSED

    folder = folder_of(config)
    header = rollback(folder).header
    unused = in_use(folder, reads=False).unused
    if unused is not None:
        note(f"note: it {UNUSED[unused]}, so load() does not use it; run 'llm-models activate'")
    line(f"{target(folder)}: back to {header['counts']['models']:,} models, dated {header.get('date', 'unknown')}")


@command("diff", "Show what changed between two catalogues.", "diff active pulled --only-used")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--provider", metavar="PROVIDER", help="Compare only this provider.")
@click.option("--only-used", is_flag=True, help="Compare only the models and providers that llm_models.toml names.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
@config_option
@report_style
def diff_command(
    old: str | None, new: str | None, provider: str | None, only_used: bool, exit_code: bool, config: str | None,
    style: str,
) -> None:  # fmt: skip
    """Show what changed from OLD to NEW: each is {differences.NAMES}, or the path of a snapshot or source file.

    Without NEW it compares OLD with the active catalogue. Without both it compares the active catalogue with
    the pulled one or, if nothing was pulled, the packaged one with the active one.
    """
    from llm_models.differences import compared

    folder = folder_of(config)
    difference = compared(folder, old, new, provider=provider, only_used=only_used)
    if style == "json":
        print_json(difference.to_dict())
    elif style == "markdown":
        from llm_models.cli.markdown import print_fenced

        print_fenced(_diff_items(difference))
    else:
        _print_diff(difference)
    if only_used and folder.config is None:
        note("note: there is no llm_models.toml here, so nothing counts as used")
    if exit_code and difference:
        raise click.exceptions.Exit(1)


def _diff_items(difference: Diff) -> list[str]:
    """What a diff states, a line each: first how much of each kind, then each name and each field."""
    from llm_models.differences import KINDS

    counts, items = [], []
    for title, names in zip(difference._fields[:4], difference[:4], strict=True):
        words = title.replace("_", " ")
        counts += [f"{words}: {len(names):,}"] if names else []
        items += [f"{words}: {name}" for name in names]
    for kind in KINDS:
        changes = [change for change in difference.changes if change.kind == kind]
        counts += [f"{kind} changed: {len(changes):,}"] if changes else []
        for change in changes:
            percent = "" if change.percent is None else f" ({change.percent:+.1f} %)"
            items.append(f"{change.spec}: {change.field}: from {cell(change.old)} to {cell(change.new)}{percent}")
    renamed = [f"{one.old} is {one.new} now (other {one.rule})" for one in difference.renamed]
    return [*counts, *renamed, *items] or ["no difference"]


def _print_diff(difference: Diff) -> None:
    """What is new, what is gone, what was renamed, and the changed fields by kind."""
    from llm_models.differences import KINDS

    for title, names in zip(difference._fields[:4], difference[:4], strict=True):
        if names:
            line(f"{title.replace('_', ' ')}: {len(names):,}", *(f"  {name}" for name in names))
    if difference.renamed:
        line(f"renamed, so both removed and added: {len(difference.renamed):,}")
        line(*(f"  {one.old} is {one.new} now (other {one.rule})" for one in difference.renamed))
    for kind in KINDS:
        changes = [change for change in difference.changes if change.kind == kind]
        if changes:
            line(f"{kind} changed: {len(changes):,}")
            cells = []
            for change in changes:
                percent = "" if change.percent is None else f"{change.percent:+.1f} %"
                sides = (f"{text[:57]}..." if len(text) > 60 else text for text in map(cell, (change.old, change.new)))
                cells.append((f"  {change.spec}", change.field, *sides, percent))
            print_table(("  model", "field", "old", "new", "change"), cells, right=("old", "new", "change"))
    if not difference:
        note("no difference")


@command("schema", "Print a JSON Schema.", "schema overrides > llm_models.schema.json")
@click.argument("name")
def schema_command(name: str) -> None:
    """Print a JSON Schema as one document: {schema.SCHEMAS}.

    The schema of llm_models.toml (overrides) uses the words of draft-07, because TOML editors know these.
    """
    from llm_models import schema

    if name not in schema.SCHEMAS:
        known = ", ".join(schema.SCHEMAS)
        raise click.UsageError(f"no schema '{name}' (expected {known}).{did_you_mean(name, schema.SCHEMAS)}")
    print_json(schema.published(name))


COMMANDS = (pull_command, activate_command, rollback_command, diff_command, info_command, schema_command)
