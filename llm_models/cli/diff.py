"""The command `diff`: what changed between two catalogues, as text, as JSON or as the text of a pull request."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from llm_models.cli.fields import limit_option
from llm_models.cli.options import command, config_option, file_path, folder_of, report_style
from llm_models.cli.output import cell, line, note, print_json, print_table, stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.differences import Diff
    from llm_models.snapshot_file import SnapshotFile
    from llm_models.used import Used


@command("diff", "Show what changed between two catalogues.", "diff active pulled --only-used")
@click.argument("old", type=file_path, required=False, metavar="[OLD]")
@click.argument("new", type=file_path, required=False, metavar="[NEW]")
@click.option("--provider", metavar="PROVIDER", help="Compare only this provider.")
@click.option("--only-used", is_flag=True, help="Compare only the models and providers that llm_models.toml names.")
@click.option(
    "--used", type=file_path, metavar="FILE", help="As --only-used, also for the models that this file names."
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
@click.option("--against", multiple=True, type=file_path, metavar="FILE", help="A file of another list; with --source.")
@click.option("--source", multiple=True, metavar="NAME", help="What list that file is, such as litellm.")
@click.option("--accepted", type=file_path, metavar="FILE", help="A TOML file of differences that are accepted.")
@click.option("--contradicted", is_flag=True, help="Only values that two of these lists contradict and none supports.")
@limit_option
@config_option
@report_style("text", "json", "markdown")
def diff_command(
    old: str | None, new: str | None, provider: str | None, only_used: bool, used: str | None, exit_code: bool,
    config: str | None,
    style: str, against: tuple[str, ...], source: tuple[str, ...], accepted: str | None, contradicted: bool,
    limit: int | None,
) -> None:  # fmt: skip
    """Show what changed from OLD to NEW: each is {differences.NAMES}, or the path of a snapshot or source file.

    Without NEW it compares OLD with the active catalogue. Without both it compares the active catalogue with
    the pulled one or, if nothing was pulled, the packaged one with the active one.

    With --against it reports where another list, such as LiteLLM's price map, states other values than OLD: nothing is
    merged. Each file needs its --source. It shows prices first, then retirements, capabilities, moving names, unusual
    values and limits; limits that differ by less than 5 % are only counted.

    --only-used also counts the models of the file that `used` below [lint] in llm_models.toml names, and --used those
    of FILE in its place. 'llm-models lint --used FILE' writes such a file from source code.

    --limit counts the names and the fields of each kind. What it leaves out is counted on stderr.
    """
    from llm_models.differences import compared
    from llm_models.used import of_folder

    folder = folder_of(config)
    stage("comparing")
    if against or source or accepted or contradicted:
        from llm_models.cli.against import pairs, report

        if not against:
            raise click.UsageError("--source, --accepted and --contradicted need --against FILE")
        if limit is not None:
            raise click.UsageError("--limit and --against exclude each other")
        if new or provider or only_used or used:
            given = "NEW" if new else "--provider" if provider else "--only-used" if only_used else "--used"
            raise click.UsageError(f"--against FILE takes one OLD, of all models: leave out {given}")
        name, files = old or "packaged", pairs(against, source)
        is_open = report(name, folder, files, accepted, contradicted=contradicted, style=style)
        if is_open and exit_code:
            raise click.exceptions.Exit(1)
        return
    only_used = only_used or used is not None
    names = of_folder(folder, used) if only_used else None
    difference = compared(
        folder, old, new, provider=provider, only_used=only_used, also=None if names is None else partial(_named, names)
    )
    found = bool(difference)
    if limit is not None:
        difference = _first(difference, limit)
    if style == "json":
        print_json(difference.to_dict())
    elif style == "markdown":
        from llm_models.cli.markdown import print_fenced

        print_fenced(_diff_items(difference))
    else:
        _print_diff(difference)
    if only_used and names is None and folder.config is None:
        note("note: there is no llm_models.toml here, so nothing counts as used")
    if exit_code and found:
        raise click.exceptions.Exit(1)


def _named(names: Used, *files: SnapshotFile) -> Callable[[str], bool]:
    """A test whether a file of models names one; a name that no catalogue has is noted."""
    from llm_models.used import tester, unknown

    note(*(f"note: {sentence}" for sentence in unknown(names, *files)))
    return tester(names, *files)


def _first(difference: Diff, limit: int) -> Diff:
    """The first names and changes of each kind; how many are left out is noted."""
    from llm_models.differences import KINDS

    shown = difference._replace(
        **{name: getattr(difference, name)[:limit] for name in (*difference._fields[:4], "renamed")},
        changes=tuple([
            one for kind in KINDS for one in [one for one in difference.changes if one.kind == kind][:limit]
        ]),
    )  # fmt: skip
    more = sum(map(len, difference)) - sum(map(len, shown))
    if more:
        note(f"note: {more:,} more are left out (--limit {limit})")
    return shown


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
                cells.append((f"  {change.spec}", change.field, change.old, change.new, percent))
            columns = ("  model", "field", "old", "new", "change")
            print_table(columns, cells, right=columns[2:], wrap=columns[2:4])
    if not difference:
        note("no difference")
