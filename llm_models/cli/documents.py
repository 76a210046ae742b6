"""Documents for other tools: what each is, how it is written and reported; a row of `DOCUMENTS` for each."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from llm_models.cli.output import note, stage
from llm_models.errors import LLMModelsError

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


DOCUMENTS = {
    "litellm": Target("LiteLLM's price map, which DSPy and Aider read too", _litellm, onto=True),
    "litellm-proxy": Target("a configuration of LiteLLM's proxy, with a model_list", _litellm_proxy),
}
"""Name -> the document. No client library is imported to make a document."""


def made(target: str, snapshot: Snapshot, models: Sequence[Model], onto: str | None) -> Document:
    """The document with these models, in that of the file `onto` where one is named."""
    stage("writing the document")
    return DOCUMENTS[target].document(snapshot, models, None if onto is None else _read(onto))


_EXPONENT = re.compile(r'^(\s*(?:"(?:[^"\\]|\\.)*": )?-?[0-9]+)(e[-+]?[0-9]+,?)$', re.MULTILINE)


def document_text(value: object) -> str:
    """`value` as JSON in ASCII that is YAML, too: to YAML, a number with an exponent but no point is a text.

    >>> document_text({"price": 5e-06})
    '{\\n  "price": 5.0e-06\\n}'
    """
    return _EXPONENT.sub(r"\1.0\2", json.dumps(value, indent=2, ensure_ascii=True))


def _read(file: str) -> dict[str, dict[str, Any]]:
    """A document of another tool: a JSON object of objects."""
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


def report(document: Document, *, named: bool) -> None:
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
