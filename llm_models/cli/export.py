"""The command that writes documents for other tools: a row of `TARGETS` for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from llm_models.cli.conditions import check_words, conditions
from llm_models.cli.options import catalogue, command, file_path, model_spec
from llm_models.cli.output import document_text, note, print_text, stage
from llm_models.errors import LLMModelsError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llm_models.integrations.litellm_documents import Document
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot

_LONGEST = 32_000_000  # bytes of a document of another tool
_EXAMPLES = 3


class Target(NamedTuple):
    """What a document is, the function that makes it, and whether it can contain one of the tool's own (`--onto`)."""

    title: str
    document: Callable[[Snapshot, Sequence[Model], Any], Document]
    onto: bool = False


def _litellm(snapshot: Snapshot, models: Sequence[Model], onto: Any) -> Document:
    from llm_models.integrations.litellm_documents import price_map

    return price_map(models, onto=onto, snapshot=snapshot)


def _litellm_proxy(snapshot: Snapshot, models: Sequence[Model], _onto: Any) -> Document:
    from llm_models.integrations.litellm_documents import model_list

    return model_list(models, snapshot=snapshot)


TARGETS = {
    "litellm": Target("LiteLLM's price map, which DSPy and Aider read too", _litellm, onto=True),
    "litellm-proxy": Target("a configuration of LiteLLM's proxy, with a model_list", _litellm_proxy),
}
"""Name -> the document. No client library is imported to make one."""


class _TargetName(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """The name of a row of `TARGETS`."""

    name = "target"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        if value not in TARGETS:
            hint = did_you_mean(value, TARGETS) or f" State one of: {', '.join(TARGETS)}."
            self.fail(f"unknown target {value!r}.{hint}", param, ctx)
        return value


@command("export", "Write a document for another tool.", "export litellm-proxy openai:gpt-5.2 --out config.yaml")
@click.argument("target", type=_TargetName(), metavar="TARGET")
@click.argument("specs", type=model_spec, metavar="[SPEC]...", nargs=-1)
@conditions
@click.option("--onto", type=file_path, metavar="FILE", help="The tool's own document, which the result contains.")
@click.option("--out", type=file_path, metavar="FILE", help="The file to write. Default: stdout.")
@catalogue
def export_command(
    snapshot: Snapshot, target: str, specs: tuple[str, ...], choice: dict[str, Any], onto: str | None, out: str | None
) -> None:
    """Write a document for another tool, as JSON: of the models SPEC, or of all that fit the conditions.

    \b
    TARGET is one of:
      litellm        LiteLLM's price map, which DSPy and Aider read too
      litellm-proxy  a configuration of LiteLLM's proxy, with a model_list

    JSON is also YAML, so LiteLLM's proxy reads it. It names the variables of keys, and holds no key. No client library
    is needed, and nothing goes online.

    Notes on stderr state what is left out, and why. With SPEC, a model that is left out is exit code 1.

    Capabilities: {records.CAPABILITIES}.
    """
    row = TARGETS[target]
    if onto is not None and not row.onto:
        raise click.UsageError(f"--onto: {target} has no document to start from")
    if specs and choice != _NO_CONDITIONS:
        raise click.UsageError("SPEC and conditions exclude each other")
    check_words(snapshot, choice)
    stage("writing the document")
    models = [snapshot.resolve(spec) for spec in specs] or snapshot.list_models(**choice)
    document = row.document(snapshot, models, None if onto is None else _read(onto))
    text = document_text(document.content)
    if out is None:
        print_text(text)
    else:
        from llm_models.replacement import write_atomically

        try:
            write_atomically(out, f"{text}\n".encode())
        except OSError as error:
            raise LLMModelsError(f"--out: {error}") from None
    _report(document, named=bool(specs))
    if not document.written or (specs and document.left_out):
        raise click.exceptions.Exit(1)


_NO_CONDITIONS = {"unknown": "no"}
"""The conditions of a command line without any."""


def _read(file: str) -> dict[str, dict[str, Any]]:
    """A document of another tool: a JSON object of objects."""
    import json

    from llm_models.files import FileError, read_limited

    try:
        content = json.loads(read_limited(file, _LONGEST))
    except FileError as error:
        raise LLMModelsError(f"--onto: {error}") from None
    except (ValueError, RecursionError):
        raise click.UsageError(f"--onto: {file}: not JSON") from None
    if not isinstance(content, dict) or not all(isinstance(one, dict) for one in content.values()):
        raise click.UsageError(f"--onto: {file}: expected a JSON object of objects, as LiteLLM's price map")
    return content


def _report(document: Document, *, named: bool) -> None:
    """Note what is not in a document: of models that were named each, else by the reason."""
    note(f"models: {document.written:,}")
    reasons: dict[str, list[str]] = {}
    for spec, why in document.left_out.items():
        reasons.setdefault(why, []).append(spec)
    for why, specs in reasons.items():
        note(f"left out: {_some(specs, named)}: {why}")
    for spec, names in document.dropped.items():
        note(f"dropped: {spec}: {', '.join(names)} (list prices beside your own)")
    for spec, names in document.listed.items():
        note(f"notice: {spec}: {' and '.join(names)} at list price beside your own, because LiteLLM charges 0 without")
    lacking: dict[str, list[str]] = {}
    for spec, names in document.no_field.items():
        for name in names:
            lacking.setdefault(name, []).append(spec)
    for name, specs in lacking.items():
        note(f"no field for {name}: {_some(specs, named)}")


def _some(specs: list[str], named: bool) -> str:
    if named or len(specs) <= _EXAMPLES:
        return ", ".join(specs)
    return f"{len(specs):,} models, such as {', '.join(specs[:_EXAMPLES])}"


COMMANDS = (export_command,)
