"""Build `llm_models/data/names.json`, the names of models that only another list knows:

    python -m llm_models.names_build --out llm_models/data/names.json litellm=FILE@DATE

FILE is what `pull --source litellm` stored, and DATE the day of its data (YYYY-MM-DD). A name that the packaged
snapshot or the packaged history knows is left out, so build these two first. It prints how many names and dates there
are.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import click

from llm_models import name_rules
from llm_models.days import is_day
from llm_models.errors import LLMModelsError
from llm_models.files import read_limited
from llm_models.in_use import packaged
from llm_models.known_names import OUTSIDE, PROXIES, SERVERS
from llm_models.modelspec import fold_provider
from llm_models.other_names import OtherNames, encode
from llm_models.replacement import write_atomically
from llm_models.snapshot import Snapshot
from llm_models.supplements import named
from llm_models.transforms.litellm_entries import places, provider_of, reason_against, target
from llm_models.transforms.litellm_keys import NO_MODELS
from llm_models.upstream import MAX_BYTES, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llm_models.view import View

SOURCE = "litellm"
NO_MODES = frozenset({None, "search", "vector_store", "guardrail", "extraction"})
"""What an entry of LiteLLM's map states as its mode that is no model."""
HOMES = {"codestral": "mistral", "text-completion-codestral": "mistral"}
"""LiteLLM's providers whose prices are not read, but whose names are those of a provider of ours."""
_OF_ONE = re.compile(r"(fireworks_ai|vertex_ai)-[a-z0-9_-]+")
"""LiteLLM splits these providers by kind of model."""
_PRICE = re.compile(r"(?:^|/)(?:low|medium|high|standard|hd|\d+-x-\d+)/")
"""The part of a key that states a size or a quality: the entry is a price, not a model."""
_NAME = re.compile(r"[!-~]{1,200}")


def names_of(records: Mapping[str, Any], view: View) -> dict[str, dict[str, str | None]]:
    """Provider -> id -> date of retirement, of the names that neither a catalogue nor its history knows."""
    found: dict[str, dict[str, str | None]] = {}
    for provider, name, record in sorted(_named(records, view), key=lambda one: one[:2]):
        day = record.get("deprecation_date")
        day = day if is_day(day) else None
        if record.get("mode") not in NO_MODES and _NAME.fullmatch(name) and not _known(view, provider, name, day):
            names = found.setdefault(provider, {})
            names[name] = max(filter(None, (names.get(name), day)), default=None)
    return found


def _named(records: Mapping[str, Any], view: View) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The provider, the id and the entry of each key: where the transform reads one, as it does."""
    records = {key: record for key, record in records.items() if key not in NO_MODELS}
    at = places(records)
    for key, record in records.items():
        stated = provider_of(record, records)
        if key in at:
            if reason_against(record, at[key]) is None:
                yield *at[key], target(record, records)
        elif stated and not _PRICE.search(key) and fold_provider(stated) not in SERVERS | PROXIES | {"chatgpt"}:
            part = match[1] if (match := _OF_ONE.fullmatch(stated)) else stated
            provider = HOMES.get(part) or view.file.provider_id(part) or fold_provider(part)
            if provider in view.known or provider in OUTSIDE:
                yield provider, key.removeprefix(f"{part}/"), target(record, records)


def _known(view: View, provider: str, name: str, day: str | None) -> bool:
    """Whether the catalogue has, had, or reads a name; of a name that a rule reads, a date is news."""
    if view.past.knows(provider, name):
        return True
    if provider not in view.known:
        return False
    return view.file.block(provider).serves(name) or (day is None and name_rules.safe(view, provider, name) is not None)


@click.command(help=(__doc__ or "").replace("    python", "\b\n    python", 1))
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="The file to write.")
@click.argument("file", required=True)
def main(out: str, file: str) -> None:
    """Build the file and write it."""
    try:
        path, _, date = named([file]).get(SOURCE, "").rpartition("@")
        if not path or not is_day(date):
            raise click.UsageError(f"expected {SOURCE}=FILE@DATE with a date such as 2026-09-30 (found {file})")
        data = read_limited(path, MAX_BYTES)
        records = parse(data, path)
        if not isinstance(records, dict):
            raise click.ClickException(f"{path}: expected an object")
        names = names_of(records, Snapshot(packaged()).view)
        write_atomically(out, encode([OtherNames(SOURCE, date, hashlib.sha256(data).hexdigest(), names)]))
    except (LLMModelsError, OSError) as error:
        raise click.ClickException(str(error)) from None
    dated = sum(day is not None for of_one in names.values() for day in of_one.values())
    click.echo(f"{SOURCE} of {date}: {sum(map(len, names.values())):,} names of {len(names)} providers, {dated} dated")


if __name__ == "__main__":
    main()
