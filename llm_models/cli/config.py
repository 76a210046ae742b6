"""Commands about an application's `llm_models.toml`: validate, explain, init, set, unset, exclude."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from llm_models.cli.options import as_json, catalogue, chosen, config_option, folder_of, model_spec
from llm_models.cli.output import github_line, note, print_json, print_pairs, print_table

if TYPE_CHECKING:
    from llm_models.errors import Problem
    from llm_models.provenance import FieldOrigin

__all__ = ["COMMANDS"]


@click.command("validate", short_help="Report every problem of llm_models.toml.")
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
    help="How problems are printed: for people, for programs, or as annotations of GitHub Actions.",
)  # fmt: skip
def validate_command(files: tuple[str, ...], strict: bool, style: str) -> None:
    """Report every problem of llm_models.toml FILES, each with its line and column.

    Without FILES it checks the file that load() would use. Errors exit 1. A warning marks an entry that is
    valid but has no effect; warnings exit 1 with --strict only. It runs no code and does not go online.

    \b
    Example:
      llm-models validate llm_models.toml
    """
    from llm_models import paths
    from llm_models.checks import check_file

    if not files:
        config = paths.find().config
        if config is None:
            note("there is no llm_models.toml here: nothing to check")
            return
        with suppress(OSError, ValueError):  # without a working directory, or with one on another drive
            config = os.path.relpath(config)
        files = (config,)
    problems: list[Problem] = []
    for path in files:
        problems.extend(check_file(path))
    if style == "json":
        print_json([problem.to_dict() for problem in problems])
    for problem in problems if style == "text" else ():
        click.echo(f"{problem}" if problem.severity == "error" else f"{problem} [warning]")
    for problem in problems if style == "github" else ():
        click.echo(github_line(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    summary = f"{_many(errors, 'error')}, {_many(len(problems) - errors, 'warning')}" if problems else "no problems"
    note(f"{_many(len(files), 'file')}: {summary}")
    if errors or (strict and problems):
        raise click.exceptions.Exit(1)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@click.command("explain", short_help="Tell where each value of a model comes from.")
@click.argument("spec", type=model_spec, metavar="SPEC")
@click.argument("field", required=False)
@catalogue
@as_json
def explain_command(spec: str, field: str | None, as_json: bool, **which: Any) -> None:
    """Tell, for each FIELD of a model, its value, which layer set it, where, and what it replaced.

    Denied and excluded models are explained too, with the pattern that hides them.

    \b
    Example:
      llm-models explain openai:gpt-4o-mini cost
    """
    told = chosen(**which).explain(spec, field)
    if as_json:
        print_json(told.to_dict())
        return
    if told.state != "shown":
        by = f"by pattern '{told.pattern}'" if told.pattern else "by allow"
        print_pairs([(told.spec, f"{told.state} {by}"), ("", told.place or told.layer)])
        if not sys.stdout.isatty():  # there the table brings a blank line of its own
            click.echo()
    rows = [(one.field, _cell(one.value), _from(one), _cell(one.replaced)) for one in told.fields]
    print_table(("field", "value", "from", "replaced"), rows)


def _from(one: FieldOrigin) -> str:
    """Where a value comes from, in a cell."""
    if one.how == "default" and one.value is None:
        return "nobody says"
    stated = one.place or one.layer or ""
    return {"stated": stated, "omitted": f"omitted, {stated}"}.get(one.how, one.how)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_dry_run = click.option("--dry-run", is_flag=True, help="Show the change and write nothing.")

TEMPLATE = """\
#:schema ./{schema}
# How this application's catalogue of LLM models differs from the packaged one.
# `llm-models validate` checks this file, `llm-models explain SPEC` shows its effect on a model.

# Providers that `select` tries first, in order.
# prefer = ["openai", "anthropic"]

# Models to remove, by provider: exact ids or globs.
# [exclude]
# openai = ["o3-*"]

# Models that stay in the catalogue but must not be used.
# [deny]
# openai = ["o1*"]

# A provider of your own, and a model of it.
# [[providers]]
# id = "my-gateway"
# base_url = "https://llm.example.com/v1"
# env = ["MY_GATEWAY_KEY"]
#
# [[models]]
# provider = "my-gateway"
# id = "house-7b"
# limits.context = 8192

# A correction: only the values that are stated here change.
# [[models]]
# provider = "openai"
# id = "gpt-4o-mini"
# cost.input = 0.12
"""

SNIPPET = """\
repos:
  - repo: local
    hooks:
      - id: llm-models-validate
        name: validate llm_models.toml
        entry: llm-models validate --
        language: system
        files: (^|/)llm_models\\.toml$
"""


@click.command("init", short_help="Write a commented llm_models.toml.")
@click.argument("folder", default=".")
def init_command(folder: str) -> None:
    """Write a commented llm_models.toml into FOLDER, and its schema for editors; print a pre-commit hook.

    \b
    Example:
      llm-models init
    """
    import json

    from llm_models import files, paths
    from llm_models.errors import ConfigError
    from llm_models.schema import for_editors

    folder = paths.absolute(folder)
    path = os.path.join(folder, paths.CONFIG_NAME)
    if paths.exists(path):
        raise ConfigError(f"{path}: this file exists already; 'llm-models set' and 'llm-models exclude' change it")
    state = os.path.join(folder, paths.STATE_NAME)
    schema = "overrides.schema.json"
    text = json.dumps(for_editors(), indent=2) + "\n"
    try:
        files.make_folder(state)
        files.write_atomically(os.path.join(state, schema), text.encode())
        files.write_atomically(path, TEMPLATE.format(schema=f"{paths.STATE_NAME}/{schema}").encode(), create=True)
    except files.FileError as error:
        raise ConfigError(str(error)) from None
    click.echo(f"wrote {path}")
    click.echo(f"\nTo check it at every commit, add this to .pre-commit-config.yaml:\n\n{SNIPPET}", err=True)


@click.command("set", short_help="State values of a model in llm_models.toml.")
@click.argument("spec", type=model_spec, metavar="SPEC")
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE...")
@_dry_run
@config_option
def set_command(spec: str, changes: tuple[str, ...], dry_run: bool, config: str | None) -> None:
    """State values of a model in llm_models.toml; FIELD+=VALUE adds to a list.

    A value is written as in TOML; a bare word is a string. Comments, order and layout of the file stay.

    \b
    Example:
      llm-models set openai:gpt-4o-mini cost.input=0.12 tags+=approved
    """
    from llm_models.revision import Revision

    revision = Revision.open(folder_of(config))
    revision.set_fields(spec, changes)
    _finish(revision, dry_run)


@click.command("unset", short_help="Take values of a model out of llm_models.toml.")
@click.argument("spec", type=model_spec, metavar="SPEC")
@click.argument("fields", nargs=-1, metavar="[FIELD]...")
@_dry_run
@config_option
def unset_command(spec: str, fields: tuple[str, ...], dry_run: bool, config: str | None) -> None:
    """Take FIELDs of a model, or all that is said of it, out of llm_models.toml.

    \b
    Example:
      llm-models unset openai:gpt-4o-mini cost.input
    """
    from llm_models.revision import Revision

    revision = Revision.open(folder_of(config))
    revision.unset_fields(spec, fields)
    _finish(revision, dry_run)


@click.command("exclude", short_help="Exclude models in llm_models.toml.")
@click.argument("provider")
@click.argument("pattern", metavar="GLOB")
@_dry_run
@config_option
def exclude_command(provider: str, pattern: str, dry_run: bool, config: str | None) -> None:
    """Remove the models of PROVIDER that match GLOB, by a line in llm_models.toml.

    \b
    Example:
      llm-models exclude openai "o3-*"
    """
    from llm_models.revision import Revision

    revision = Revision.open(folder_of(config))
    revision.exclude(provider, pattern)
    _finish(revision, dry_run)


def _finish(revision: Any, dry_run: bool) -> None:
    """Show the change, and write it where it leaves the file without errors."""
    from llm_models.errors import printable

    for line in revision.diff():
        click.echo(printable(line.expandtabs(4)))
    for problem in revision.check():
        note(f"{problem} [warning]")
    if not revision.changed:
        note(f"{revision.path}: nothing to change")
    elif dry_run:
        note(f"{revision.path}: not written (--dry-run)")
    else:
        revision.write()
        note(f"{revision.path}: written")


COMMANDS = (validate_command, explain_command, init_command, set_command, unset_command, exclude_command)
