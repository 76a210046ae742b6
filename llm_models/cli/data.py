"""Commands about the data itself: pull, activate, rollback, schema; and diff, which is in `cli.diff`."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from llm_models.cli.diff import diff_command
from llm_models.cli.info import note_age
from llm_models.cli.options import (
    Number,
    as_json,
    command,
    config_option,
    file_path,
    folder_of,
    report_style,
)
from llm_models.cli.output import line, many, note, print_json, print_table, stage, transfer_bar
from llm_models.days import days_since
from llm_models.errors import LLMModelsError, SnapshotError, did_you_mean
from llm_models.in_use import in_use, pulled_file, target
from llm_models.transforms import DEFAULT, SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from llm_models.paths import Folder


def _digest(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A SHA-256 in hex, as it is compared."""
    if value is not None and re.fullmatch("[0-9a-fA-F]{64}", value) is None:
        raise click.BadParameter("expected 64 hexadecimal digits")
    return None if value is None else value.lower()


@command("pull", "Download the source's catalogue; goes online.", "pull && llm-models activate")
@click.option("--source", default=DEFAULT, show_default=True, metavar="NAME", help=f"One of: {', '.join(SOURCES)}.")
@click.option("--url", metavar="URL", help="A mirror, a file: URL or a path, instead of the source's own address.")
@click.option(
    "--out",
    type=file_path,
    metavar="FILE",
    help="Default: .llm_models/upstream.json, or .llm_models/NAME/upstream.json of a source that only fills.",
)
@click.option("--sha256", callback=_digest, metavar="HEX", help="Store only a file with this SHA-256.")
@click.option("--insecure-http", is_flag=True, help="Also fetch by plain http from another machine.")
@click.option(
    "--timeout",
    type=Number(0, above=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Time limit for the download.",
)
@config_option
@as_json
def pull_command(
    source: str, url: str | None, out: str | None, sha256: str | None, insecure_http: bool, timeout: float,
    config: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Download the source's catalogue. This is the only command that goes online.

    Files change only after the whole download is checked, and programs use the new data only after `activate`.
    A source that has not changed is usually not downloaded again. Plain http is only accepted from this machine.

    The variable LLM_MODELS_URL can name a mirror of the default source, for every call, and LLM_MODELS_URL_OPENROUTER
    that of another source, by its name. No file can name one.
    """
    from llm_models import state
    from llm_models.manifest import believed
    from llm_models.sources import mirror, pull
    from llm_models.transforms import named

    url, variable = (url, None) if url is not None else mirror(source)
    folder = folder_of(config)
    path = pulled_file(folder, None if named(source).lists else source) if out is None else out
    inside = state.inside(pulled_file(folder), "--out") if out is None else None
    before = (believed(path) or {}).get("source", source)
    if url is None or variable is not None:
        from llm_models.transfer import shown

        named_by = f" (from {variable})" if variable else ""
        note(f"note: fetching {shown(url or named(source).url)}{named_by}")
    with transfer_bar(source) as progress:
        result = pull(
            source, url=url, out=path, inside=inside, sha256=sha256, insecure=insecure_http, timeout=timeout,
            progress=progress,
        )  # fmt: skip
    note(*(f"notice: {sentence}" for sentence in result.redirects))
    if before != source:
        note(f"notice: {result.path} had the catalogue of {before}, which this one replaces; --out FILE keeps both")
    manifest = result.manifest
    if as_json:
        print_json({"path": result.path, "unchanged": result.unchanged, **manifest})
    else:
        unchanged = "unchanged, " if result.unchanged else ""
        line(f"{result.path}: {unchanged}{_counted(manifest)}, from {manifest['url']}")


def _counted(counts: Mapping[str, Any]) -> str:
    return f"{many(counts['models'], 'model')} of {many(counts['providers'], 'provider')}"


@command("activate", "Build a snapshot and put it in place.", "activate --from api.json --out snapshot.json")
@click.option("--from", "path", type=file_path, metavar="FILE", help="A source file, such as models.dev's api.json.")
@click.option("--source", metavar="NAME", help=f"The source of that file. Default: as pulled, otherwise {DEFAULT}.")
@click.option(
    "--out",
    type=file_path,
    metavar="FILE",
    help="Where to write. Default: .llm_models/snapshot.json of the application.",
)
@click.option(
    "--supplement",
    "supplement",
    multiple=True,
    metavar="NAME=FILE",
    help="A file of another list, in place of the packaged one, which fills what the source does not state.",
)
@click.option("--without-prose", is_flag=True, help="Leave out the source's descriptions, as the packaged data does.")
@click.option("--force", is_flag=True, help="Write even if there are reasons to refuse.")
@click.option("--strict", is_flag=True, help="Also refuse on notable changes.")
@click.option("--dry-run", is_flag=True, help="Show what would happen and write nothing.")
@click.option("--used", type=file_path, metavar="FILE", help="A file of models that are used: notices about them, too.")
@click.option("--check", is_flag=True, help="Build the snapshot again, compare it with the file, and write nothing.")
@config_option
@report_style("text", "json", "markdown")
def activate_command(
    path: str | None, source: str | None, supplement: tuple[str, ...], config: str | None, dry_run: bool, check: bool,
    style: str, used: str | None, **options: Any,
) -> None:  # fmt: skip
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

    There is also a notice about each model that is deprecated, retiring, retired or gone, and that llm_models.toml or
    the file of --used names; without --used, the file that `used` below [lint] names.

    With --check it exits with 1 and states the first difference if the snapshot is not what its inputs produce.
    """
    from llm_models.activation import activate
    from llm_models.past import Past
    from llm_models.supplements import named
    from llm_models.used import notices as about
    from llm_models.used import of_folder

    options["supplement"] = named(supplement)
    if source is not None and path is None:
        raise click.UsageError("--source needs --from FILE")
    if check:
        if dry_run or options["force"] or options["strict"]:
            raise click.UsageError("--check writes nothing, so it takes no --dry-run, --force or --strict")
        if used is not None:
            raise click.UsageError("--check compares bytes, so it takes no --used")
        given = {name: options[name] for name in ("out", "supplement", "without_prose")}
        _check(path, folder_of(config), style == "json", source=source, **given)
        return
    folder = folder_of(config)
    names = of_folder(folder, used)
    before = None
    if names is not None:
        with suppress(SnapshotError):  # activate() names what is damaged
            before = in_use(folder, reads=False).base
    result = activate(path, folder, source=source, dry_run=dry_run, progress=stage, **options)
    notices = (*result.notices, *(about(names, result.file, Past(folder), before) if names is not None else ()))
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
            "overridden": result.refused, "notices": notices,
        })  # fmt: skip
        return
    unwritten = " (not written: --dry-run)" if dry_run else ""
    summary = f"{result.path}: {_counted(header['counts'])}, from {result.origin}{unwritten}"
    day = result.fetched or header.get("date")
    if day and style != "markdown":  # there, all that is printed is the text of a pull request
        note_age(days_since(day))
    warnings = [f"overridden by --force: {reason}" for reason in result.refused]
    warnings += [f"notice: {sentence}" for sentence in notices]
    if style == "markdown":
        from llm_models.cli.markdown import print_fenced

        notes = (f"{row['kind']} {row['place']}: {row['reason']} ({row['count']:,}): {row['examples']}" for row in rows)
        print_fenced([*warnings, summary, *notes])
        return
    line(summary)
    if rows:
        cells = [(row["kind"], row["place"], row["reason"], row["count"], row["examples"]) for row in rows]
        columns = ("what", "where", "why", "count", "for example")
        print_table(columns, cells, right=("count",), wrap=("why", "for example"))
    note(*warnings)


def _check(path: str | None, folder: Folder, as_json: bool, **options: Any) -> None:
    from llm_models import reproduction
    from llm_models.status import OTHER, SAME

    verdict = reproduction.check(path, folder, progress=stage, **options)
    if as_json:
        print_json(
            {"snapshot": verdict.path, "reproduced": verdict.difference is None, "difference": verdict.difference}
        )
    elif verdict.difference is None:
        line(f"{verdict.path}: {SAME}")
    if verdict.difference is not None:
        raise LLMModelsError(
            f"{verdict.path}: {OTHER}: {verdict.difference}. Run 'llm-models activate' to build it again."
        )


@command("rollback", "Put the previous snapshot back.", "rollback")
@click.option("--strict", is_flag=True, help="Refuse on notable changes.")
@config_option
@as_json
def rollback_command(strict: bool, config: str | None, as_json: bool) -> None:
    """Put back the snapshot that the last activation replaced.

    Notable changes get a notice, as those of `activate`, because a repository may bring that file. So does a file that
    is not what its own base and configuration produce.
    """
    from llm_models.activation import rollback
    from llm_models.status import UNUSED

    folder = folder_of(config)
    stage("checking the previous snapshot")
    file, found = rollback(folder, strict=strict)
    header = file.header
    unused = in_use(folder, reads=False).unused
    if as_json:
        more = {"date": header.get("date"), "unused": unused, "notices": found}
        print_json({"snapshot": target(folder), **header["counts"], **more})
        return
    note(*(f"notice: {sentence}" for sentence in found))
    if unused is not None:
        note(f"note: it {UNUSED[unused]}, so load() does not use it; run 'llm-models activate'")
    models = many(header["counts"]["models"], "model")
    line(f"{target(folder)}: back to {models}, dated {header.get('date', 'unknown')}")


@command("schema", "Print a JSON Schema.", "schema overrides > llm_models.schema.json")
@click.argument("name", required=False)
@click.option("--command", "of", metavar="COMMAND", help="The schema of what this command prints with --json.")
@click.option("--null", is_flag=True, help="With --command: of what it prints with --json --null.")
def schema_command(name: str | None, of: str | None, null: bool) -> None:
    """Print a JSON Schema as one document: {schema.SCHEMAS}.

    With --command, it is that of the JSON of a command: {answers.ANSWERS}.

    The schema of llm_models.toml (overrides) uses the words of draft-07, because TOML editors know these.
    """
    from llm_models import answers, schema

    if (name is None) is (of is None):
        raise click.UsageError(
            "State the NAME of a schema, or --command COMMAND. 'llm-models schema --help' lists them."
        )
    if of is not None:
        if of not in answers.ANSWERS:
            known = ", ".join(answers.ANSWERS)
            message = f"no schema of a command '{of}' (expected {known}).{did_you_mean(of, answers.ANSWERS)}"
            raise click.BadParameter(message, param_hint="--command")
        if null and of not in answers.RECORDS:
            raise click.UsageError(f"--null: '{of}' has no --null (these have: {', '.join(answers.RECORDS)})")
        print_json(answers.published(of, null=null))
        return
    if null:
        raise click.UsageError("--null is about --command, which is missing")
    if name not in schema.SCHEMAS:
        known = ", ".join(schema.SCHEMAS)
        raise click.UsageError(f"no schema '{name}' (expected {known}).{did_you_mean(str(name), schema.SCHEMAS)}")
    print_json(schema.published(name))


COMMANDS = (pull_command, activate_command, rollback_command, diff_command, schema_command)
