"""Commands that change an application's `llm_models.toml`: set, add, unset, exclude."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llm_models.cli.options import as_json, command, config_option, folder_of, model_spec, provider_alone
from llm_models.cli.output import note, print_json, verbatim
from llm_models.cli.problems import marked
from llm_models.errors import reported

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.revision import Revision

_dry_run = click.option("--dry-run", is_flag=True, help="Show the change and write nothing.")


@command("set", "Set values of a model in llm_models.toml.", "set openai:gpt-5.4-mini cost.input=0.12 tags+=approved")
@click.argument("spec", type=model_spec, metavar="SPEC")
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--new", is_flag=True, help="Define a model that the catalogue does not have.")
@_dry_run
@config_option
@as_json
def set_command(
    spec: str, changes: tuple[str, ...], new: bool, dry_run: bool, config: str | None, as_json: bool
) -> None:
    """Set values of a model in llm_models.toml; FIELD+=VALUE adds to a list.

    SPEC is any text that names a model; the entry has its id. For a new model, write PROVIDER:ID and --new. Write FIELD
    and VALUE as in TOML; a bare word is a string. The comments, order and layout of the file stay.
    """
    _revise(config, dry_run, as_json, lambda revision: revision.set_fields(spec, changes, new=new))


@command("add", "Define a model in llm_models.toml.", "add my-azure:gpt-5.4-mini --base azure:gpt-5.4-mini")
@click.argument("name", type=model_spec, metavar="PROVIDER:ID")
@click.argument("changes", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--base", type=model_spec, metavar="SPEC", help="Start from a copy of this model.")
@_dry_run
@config_option
@as_json
def add_command(
    name: str, changes: tuple[str, ...], base: str | None, dry_run: bool, config: str | None, as_json: bool
) -> None:
    """Define a model in llm_models.toml: one that the catalogue does not have, such as a deployment of your own.

    With --base, the entry starts from all values of that model and follows its changes; it states only the differences.
    Write FIELD and VALUE as in TOML; a bare word is a string.
    """
    _revise(config, dry_run, as_json, lambda revision: revision.add_model(name, base, changes))


@command("unset", "Remove values of a model from llm_models.toml.", "unset openai:gpt-5.4-mini cost.input")
@click.argument("spec", type=model_spec, metavar="SPEC")
@click.argument("fields", nargs=-1, metavar="[FIELD]...")
@_dry_run
@config_option
@as_json
def unset_command(spec: str, fields: tuple[str, ...], dry_run: bool, config: str | None, as_json: bool) -> None:
    """Remove the given fields of a model from llm_models.toml, or without FIELD the whole entry of the model."""
    _revise(config, dry_run, as_json, lambda revision: revision.unset_fields(spec, fields))


@command("exclude", "Exclude models in llm_models.toml.", 'exclude openai "o3-*"')
@click.argument("provider", callback=provider_alone)
@click.argument("pattern", metavar="GLOB")
@click.option("--known", is_flag=True, help="Also state that it may match nothing: a precaution.")
@_dry_run
@config_option
@as_json
def exclude_command(provider: str, pattern: str, known: bool, dry_run: bool, config: str | None, as_json: bool) -> None:
    """Remove models of PROVIDER from the catalogue, by a line in llm_models.toml.

    GLOB is a name of one model, whose id is written, or a glob over ids, served ids and aliases. A name that no model
    has yet needs --known; it is a glob: write [[] for a bracket in it.
    """
    _revise(config, dry_run, as_json, lambda revision: revision.exclude(provider, pattern, known=known))


def _revise(config: str | None, dry_run: bool, as_json: bool, change: Callable[[Revision], None]) -> None:
    """Make `change` to the file, unless the new text has errors, and show what it does.

    It is shown after it is written: the lock must not be held while a pager waits. A text with errors is not shown,
    because it may hold a key.
    """
    from llm_models.revision import revise

    revision = revise(folder_of(config), change, dry_run=dry_run)
    warnings = revision.check()
    changed = revision.new != revision.old
    if as_json:
        print_json({
            "path": revision.path, "changed": changed, "written": changed and not dry_run, "diff": revision.diff(),
            "warnings": [problem.to_dict() for problem in reported(warnings)],
        })  # fmt: skip
        return
    verbatim(*(text.expandtabs(4) for text in revision.diff()))
    note(*map(marked, reported(warnings)))
    if not changed:
        note(f"{revision.path}: nothing to change")
    elif dry_run:
        note(f"{revision.path}: not written (--dry-run)")
    else:
        note(f"{revision.path}: written")


COMMANDS = (set_command, add_command, unset_command, exclude_command)
