"""The command `lint`: model names in source code that are gone, retire soon, or must not be used."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import click

from llm_models.cli.options import Number, catalogue_options, chosen, command, file_path, folder_of, report_style
from llm_models.cli.output import line, many, note, print_json, stage
from llm_models.cli.problems import marked, print_annotations
from llm_models.errors import Problem

if TYPE_CHECKING:
    from llm_models.findings import Finding
    from llm_models.lint import Report

_SHOWN = 5
"""How many of the files that were not read are named."""


@command("lint", "Find models in source code that are gone or retire soon.", "lint src --within 90")
@click.argument("files", type=file_path, nargs=-1, metavar="[FILE|FOLDER]...")
@click.option(
    "--within", type=Number(0), default=90, show_default=True, metavar="DAYS",
    help="Report models that retire within so many days.",
)  # fmt: skip
@click.option("--max-price-input", type=Number(0, above=True), metavar="USD", help="Most USD per million input tokens.")
@click.option(
    "--max-price-output", type=Number(0, above=True), metavar="USD", help="Most USD per million output tokens."
)
@click.option("--unknown", is_flag=True, help="Also note names that no catalogue knows, at a provider that it knows.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Files and folders to leave out, such as tests/**.")
@click.option("--ignore", multiple=True, metavar="NAME", help="A name, or a glob over names, that is not reported.")
@click.option("--quoted", multiple=True, metavar="GLOB", help="Other files to read by words in quotes, such as *.md.")
@click.option("--used", type=file_path, metavar="FILE", help="Write the models that are named to this file.")
@report_style("text", "json", "github", "markdown")
@catalogue_options
def lint_command(
    files: tuple[str, ...], within: float, max_price_input: float | None, max_price_output: float | None,
    unknown: bool, exclude: tuple[str, ...], ignore: tuple[str, ...], quoted: tuple[str, ...], used: str | None,
    style: str, config: str | None, snapshot: str | None, behaviour: bool,
) -> None:  # fmt: skip
    """Find the models that source code names, and report those that are gone, deprecated or retire soon.

    It reads Python by its syntax, and YAML, JSON, TOML and .env files by value; it runs nothing of them. Without FILE
    it reads the working folder. It also reports models that llm_models.toml denies or excludes, and those above a
    price.

    A comment `llm-models: ignore` on the line silences a finding, as do `ignore` and `exclude` below [lint] in
    llm_models.toml. Errors and warnings exit with 1, notes do not. A file that the system does not let it read is an
    error, and then --used writes nothing.
    """
    from llm_models import codebase, lint, lint_settings
    from llm_models.verdicts import Verdicts

    settings = lint_settings.of_folder(folder_of(config))
    verdicts = Verdicts(
        chosen(config, snapshot, behaviour).view, within=int(within), max_price_input=max_price_input,
        max_price_output=max_price_output, unknown=unknown, ignore=(*settings.ignore, *ignore),
    )  # fmt: skip
    excluded = {settings.folder: settings.exclude, os.curdir: exclude}
    found = codebase.files(files or (os.curdir,), exclude=excluded, quoted=quoted)
    report = lint.check(found, verdicts, lambda name: stage(f"reading {name}"))
    failed = [one for one in report.skipped if one.failed]
    if used is not None and not failed:
        from llm_models.used import write

        write(used, report.used)
    _PRINTED[style](report)
    if style != "json":
        skipped = [*failed, *(one for one in report.skipped if not one.failed)]
        for one in skipped[:_SHOWN]:
            note(f"{'error' if one.failed else 'note'}: {one.file} was not read: {one.reason}")
        if len(skipped) > _SHOWN:
            note(f"note: {many(len(skipped) - _SHOWN, 'more file')} not read (--json names them)")
    note(_summary(report))
    if used is not None and failed:
        note(f"{used} is not written, because {many(len(failed), 'file')} could not be read")
    if report.fails:
        raise click.exceptions.Exit(1)


def _summary(report: Report) -> str:
    """How much was read and found."""
    levels = Counter(one.level for one in report.findings)
    found = ", ".join(many(count, level) for level in ("error", "warning", "note") if (count := levels[level]))
    return f"{many(report.files, 'file')} read, {many(report.names, 'name')} of models: {found or 'nothing to report'}"


def _problem(finding: Finding) -> Problem:
    """A finding in the words of `validate`."""
    return Problem(finding.message, file=finding.file, line=finding.line, column=finding.column, severity=finding.level)


def _print_text(report: Report) -> None:
    line(*map(marked, map(_problem, report.findings)))


def _print_annotations(report: Report) -> None:
    print_annotations(map(_problem, report.findings))


def _print_markdown(report: Report) -> None:
    from llm_models.cli.markdown import print_fenced

    print_fenced([_summary(report), *map(marked, map(_problem, report.findings))])


_PRINTED = {
    "text": _print_text,
    "json": lambda report: print_json(report.to_dict()),
    "github": _print_annotations,
    "markdown": _print_markdown,
}
"""Format -> what prints a report so."""

COMMANDS = (lint_command,)
