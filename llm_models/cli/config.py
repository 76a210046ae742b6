"""Commands about an application's `llm_models.toml`: validate, explain, init."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from llm_models import paths
from llm_models.cli.options import as_json, catalogue, command, file_path, model_spec, report_style
from llm_models.cli.output import line, note, print_json, print_pairs, print_table, stage, verbatim
from llm_models.cli.problems import marked, print_annotations
from llm_models.errors import ConfigError, reported

if TYPE_CHECKING:
    from llm_models.provenance import FieldOrigin
    from llm_models.snapshot import Snapshot


_SHOWN = 10
"""How many of the checked files the summary of `validate` names."""


@command("validate", "Report every problem in llm_models.toml.", "validate app/llm_models.toml")
@click.argument("files", type=file_path, nargs=-1, metavar="[FILE|FOLDER]...")
@click.option("--strict", is_flag=True, help="Also fail on warnings.")
@click.option("--if-present", is_flag=True, help="Exit with 0, not with 2, if there is no file to check.")
@click.option("--behaviour", is_flag=True, help="Also run the behaviour module that a file names, and check it.")
@report_style("text", "json", "github")
def validate_command(files: tuple[str, ...], strict: bool, if_present: bool, behaviour: bool, style: str) -> None:
    """Report every problem in llm_models.toml files, each with its line and column.

    FOLDER means the llm_models.toml in it. Without FILE it checks the file that load() would use. Errors exit with 1:
    load() would fail, or an entry is certainly wrong. Warnings mark what is valid but has no effect; with --strict they
    exit with 1 too. If there is no file to check, it exits with 2. A file without errors loads. It does not go online,
    and runs no code that a file names, except with --behaviour.
    """
    from llm_models.checks import check_file, module_of

    # A path that begins with `:` would begin a line as a command to GitHub's runner does.
    names = [os.path.join(os.curdir, name) if name.startswith(":") else name for name in files]
    checked = [path for name in names for path in _in_folder(name, if_present)] if files else _found(if_present)
    by_file = []
    for path in checked:
        stage(f"checking {path}")
        by_file.append(check_file(path, behaviour=behaviour))
    problems = [problem for each in by_file for problem in each]
    listed = [problem for each in by_file for problem in reported(each)]
    if style == "json":
        print_json([problem.to_dict() for problem in listed])
    elif style == "github":
        print_annotations(listed)
    else:
        for problem in listed:
            line(marked(problem))
            verbatim(*problem.excerpt.splitlines())
    if not checked:
        note("there is no llm_models.toml to check")
        return
    errors = sum(problem.severity == "error" for problem in problems)
    summary = f"{_many(errors, 'error')}, {_many(len(problems) - errors, 'warning')}" if problems else "no problems"
    shown = ", ".join(checked[:_SHOWN]) + (f" and {len(checked) - _SHOWN} more" if len(checked) > _SHOWN else "")
    note(f"{_many(len(checked), 'file')} checked ({shown}): {summary}")
    for path in [] if behaviour or errors else checked:
        if (module := module_of(path)) is not None:
            note(
                f"note: {path}: the behaviour module '{module}' is not run, so it is not checked (--behaviour runs it)"
            )
    if errors or (strict and problems):
        raise click.exceptions.Exit(1)


def _in_folder(name: str, if_present: bool) -> list[str]:
    """The file that a name means: of a folder the one in it. A file that is missing is a problem of its own."""
    if not paths.exists(name, folder=True):
        return [name]
    path = os.path.join(name, paths.CONFIG_NAME)
    if paths.exists(path):
        return [path]
    if if_present:
        return []
    raise click.UsageError(f"{name}: there is no {paths.CONFIG_NAME} in this folder. Name the file. {_IF_PRESENT}")


def _found(if_present: bool) -> list[str]:
    """The file that `load()` would use, as a path from the working directory."""
    config = paths.find().config
    if config is None:
        if if_present:
            return []
        why = f"there is no {paths.CONFIG_NAME} here, so nothing was checked"
        raise click.UsageError(f"{why}. Name the file: llm-models validate FILE. {_IF_PRESENT}")
    with suppress(OSError, ValueError):  # without a working directory, or with one on another drive
        return [os.path.relpath(config)]
    return [config]


_IF_PRESENT = "With --if-present this is no error."


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@command("explain", "Show where each value of a model comes from.", "explain openai:gpt-5.4-mini cost")
@click.argument("spec", type=model_spec, metavar="SPEC")
@click.argument("field", required=False)
@catalogue
@as_json
def explain_command(snapshot: Snapshot, spec: str, field: str | None, as_json: bool) -> None:
    """Show the values of a model, or only FIELD, with the layer and the line that set each, and what it replaced.

    It also explains denied and excluded models, and shows the pattern that hides them.
    """
    explanation = snapshot.explain(spec, field)
    if as_json:
        print_json(explanation.to_dict())
        return
    if explanation.state != "shown":
        by = f"by pattern '{explanation.pattern}'" if explanation.pattern else "by allow"
        print_pairs([(explanation.spec, f"{explanation.state} {by}"), ("", explanation.place or explanation.layer)])
        line("")
    rows = [(each.field, each.value, _origin(each), each.replaced) for each in explanation.fields]
    cells = [["" if v is None else v for v in row] for row in rows]
    print_table(("field", "value", "from", "replaced"), cells, wrap=("value", "replaced"))


def _origin(field: FieldOrigin) -> str:
    """Where a value comes from."""
    if field.how == "default" and field.value is None:
        return "not stated"
    from_model = field.layer in ("resolves_to", "base")
    stated = f"{field.layer} {field.place}" if from_model else field.place or field.layer or ""
    return {"stated": stated, "omitted": f"omitted, {stated}"}.get(field.how, field.how)


SNIPPET = """\
repos:
  - repo: https://git.example/llm_models # the repository of llm_models
    rev: v0.1.0 # better: the full hash of a commit
    hooks:
      - id: llm-models-validate
"""
"""The pre-commit hook of the repository of llm_models, in an environment of its own. docs/checking.md repeats it."""
_SCHEMA_LINE = "#:schema ./.llm_models/overrides.schema.json"
"""The line of the template by which an editor finds the schema."""


@command("init", "Write a commented llm_models.toml.", "init")
@click.argument("folder", type=file_path, default=".", metavar="[FOLDER]")
@as_json
def init_command(folder: str, as_json: bool) -> None:
    """Write a commented llm_models.toml into FOLDER, and its schema for editors; print a pre-commit hook.

    FOLDER/.llm_models gets the schema, and a .gitignore for what `pull` and `activate` leave there on one machine. An
    llm_models.toml that is there stays, what is missing beside it is written, and the schema of another version of this
    package is renewed.
    """
    import json

    from llm_models import files, locks, replacement, state
    from llm_models.open_folder import Inside
    from llm_models.schema import published
    from llm_models.status import editor_schema

    folder = paths.absolute(folder)
    path = os.path.join(folder, paths.CONFIG_NAME)
    exists = f"{path}: this file exists already; 'llm-models set' and 'llm-models exclude' change it"
    schema = os.path.join(folder, paths.STATE_NAME, state.SCHEMA)
    ignores = os.path.join(os.path.dirname(schema), state.IGNORES)
    within, stays = Inside(folder), paths.exists(path)
    before = editor_schema(paths.Folder(path, os.path.dirname(schema)))
    written: list[str] = []
    try:
        if stays:
            replacement.check_place(path, within)
        replacement.make_folder(os.path.dirname(schema), within)
        for each in (folder, os.path.dirname(schema)):
            replacement.sweep(each, within)
        if before != "same" or not stays:
            state.write(schema, (json.dumps(published("overrides"), indent=2) + "\n").encode(), within)
            written.append(schema)
        if not paths.exists(ignores):
            replacement.write_atomically(ignores, state.IGNORED.encode(), inside=within, create=True)
            written.append(ignores)
        if stays and not written:
            raise ConfigError(exists)
        if not stays:
            with locks.locked(folder, leave_file=False):
                template = files.read_limited(paths.TEMPLATE, paths.MAX_CONFIG_BYTES)
                replacement.write_atomically(path, template, inside=within, create=True)
            written.append(path)
    except files.FileChangedError:
        raise ConfigError(exists) from None
    except files.FileError as error:
        raise ConfigError(str(error)) from None
    if as_json:
        print_json({"path": path, "written": written})
        return
    if stays:
        line(*(f"{'renewed' if one == schema and before == 'other' else 'wrote'} {one}" for one in written))
        if before is None:
            note(f"{path} stays as it is. An editor finds the schema if its first line is: {_SCHEMA_LINE}")
        return
    line(f"wrote {path}")
    note("Edit it, or use 'llm-models set', 'add' and 'exclude'; 'llm-models validate' checks it.")
    note("", "To check it at every commit, add this to .pre-commit-config.yaml:", "")
    verbatim(*SNIPPET.split("\n"), err=True)


COMMANDS = (validate_command, explain_command, init_command)
