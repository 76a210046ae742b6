"""Timeline build: the packaged history, from what a source listed on many days. A program for maintainers.

    python -m llm_models.timeline_build --litellm MAP --out llm_models/data/history.json FILE...
    python -m llm_models.timeline_build --onto llm_models/data/history.json --snapshot OLD --out OUT FILE...

A FILE is a document of the source, or a tar archive of such documents, with its day (`YYYY-MM-DD`) in its name; the
files are given in the order of their days. A name that ends in `-prices.json` has no modes in its prices. With
`--onto`, a packaged history goes on: `--snapshot` is the packaged snapshot of its last day. With `--snapshot` and
without a FILE, only the successors and aliases are new.

The successors of models that are gone are those of `overrides/`, and where it states none those of LiteLLM's price map.
The aliases of providers that are gone are those of `overrides/`.
"""

from __future__ import annotations

import json
import os
import re
import tarfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import click
from glom import glom

from llm_models import schema, transforms
from llm_models.errors import LLMModelsError, SourceError, printable
from llm_models.files import read_limited
from llm_models.listing_parts import Successor
from llm_models.modelspec import fold_provider
from llm_models.normalize import Report, normalize
from llm_models.observations import observed_file, observed_records, price_of
from llm_models.replacement import write_atomically
from llm_models.snapshot_file import SnapshotFile
from llm_models.successors import CURATED, curated_aliases, curated_followers, entry_of
from llm_models.timeline import History
from llm_models.timeline_fold import (
    Folded,
    extended,
    folded,
    nothing,
    with_aliases,
    with_prices,
    with_successors,
    without_prices,
)
from llm_models.timeline_writer import encode
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from llm_models.frozen import FrozenDict
    from llm_models.timeline_fold import Observation

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
UNSEEN = {"-prices.json": ("modes",)}
"""How the name of a file ends, and the parts of prices that the file leaves out."""
LITELLM_PROVIDERS = {
    "azure_ai": "azure",
    "bedrock": "amazon_bedrock",
    "bedrock_converse": "amazon_bedrock",
    "dashscope": "alibaba",
    "gemini": "google",
    "moonshot": "moonshotai",
    "novita": "novita_ai",
    "nvidia_nim": "nvidia",
    "together_ai": "togetherai",
    "vercel_ai_gateway": "vercel",
    "vertex_ai": "google_vertex",
    "vertex_ai-language-models": "google_vertex",
}
"""LiteLLM's names of providers that are not ours."""


class Remembered:
    """A transform of models that keeps the ids and prices of all records that it saw, since most are seen every day."""

    def __init__(self, spec: Any) -> None:
        self._spec = spec
        self._known: dict[str, dict[str, Any]] = {}

    def glomit(self, target: Any, scope: Any) -> dict[str, Any]:
        text = repr(target)  # of JSON: texts are equal only of equal data
        if text not in self._known:
            record = glom(target, self._spec, scope={"note": scope["note"]})
            valid = schema.accepts("model", {**record, "provider": "any"})
            self._known[text] = {name: record[name] for name in ("id", "cost") if valid and name in record}
        return dict(self._known[text])


def remembering(price: Callable[[Any], FrozenDict]) -> Callable[[Any], FrozenDict]:
    """The same function, with one result for equal prices: a history compares those of every day."""
    known: dict[str, FrozenDict] = {}

    def remembered(cost: Any) -> FrozenDict:
        text = repr(cost)
        if text not in known:
            known[text] = price(cost)
        return known[text]

    return remembered


def observations(paths: Iterable[str], source: str = transforms.DEFAULT) -> Iterator[Observation]:
    """What the source listed, file by file; each document is read when it is asked for. Raises `SourceError`."""
    transform = transforms.transform(source)
    remembered: Any = SimpleNamespace(
        CATALOGUE=transform.CATALOGUE, PROVIDER=transform.PROVIDER, MODEL=Remembered(transform.MODEL)
    )
    price = remembering(price_of)
    for name, read in documents(paths, source):
        found = _DAY.findall(os.path.basename(name))
        if not found:
            raise SourceError(f"{printable(name)}: its name has no day (expected YYYY-MM-DD in it)")
        records = normalize(read(), remembered, Report(), lambda *_: None)
        unseen = next((parts for end, parts in UNSEEN.items() if name.endswith(end)), ())
        yield observed_records(records, found[-1], unseen, price)


def documents(paths: Iterable[str], source: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The name of each document, and how to read it."""
    for path in paths:
        if not path.endswith((".tar", ".tar.xz", ".tar.gz")):
            yield path, lambda path=path: transforms.read(read_limited(path, MAX_BYTES), path, source)[0]  # type: ignore[misc]
            continue
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isreg():
                    file = archive.extractfile(member)
                    assert file is not None
                    yield member.name, lambda file=file: json.load(file)  # type: ignore[misc]


def litellm_successors(entries: Mapping[str, Any], history: Folded) -> dict[tuple[str, str], Successor]:
    """The successors that LiteLLM's map states for models that are gone, where they are models of the history."""

    def keys(name: str, provider: str) -> Iterator[tuple[str, str]]:
        """What a name of the map may mean, which has or has not the provider before it."""
        own = LITELLM_PROVIDERS.get(provider, fold_provider(provider))
        yield own, name.removeprefix(f"{provider}/")
        head, _, rest = name.partition("/")
        yield LITELLM_PROVIDERS.get(head, fold_provider(head)), rest

    def resolved(name: str, provider: str) -> tuple[str, str] | None:
        return next((key for key in keys(name, provider) if entry_of(history, key) is not None), None)

    found: dict[tuple[str, str], Successor] = {}
    for name, entry in sorted(entries.items()):
        if isinstance(entry.get("successor_model"), str):
            provider = entry.get("litellm_provider", "")
            gone, follower = resolved(name, provider), resolved(entry["successor_model"], provider)
            if gone and follower and gone != follower and not entry_of(history, gone).living:
                found.setdefault(gone, Successor(":".join(follower), "litellm", entry.get("deprecation_source")))
    return found


def stated_successors(history: Folded) -> dict[tuple[str, str], Successor]:
    """The successors that the history has and that are not curated."""
    parts = history.providers.items()
    return {
        (provider, name): one
        for provider, part in parts
        for name, one in part.successors.items()
        if one.source != CURATED
    }


def build(paths: Iterable[str], history: Folded | None = None, source: str = transforms.DEFAULT) -> Folded:
    """The history of the files, after the one given."""
    history = history or nothing(source)
    for observation in observations(paths, source):
        history = extended(history, observation)
    return history


def _with_snapshot(history: Folded, file: SnapshotFile) -> Folded:
    """The history with current prices. Raises `SourceError` for a snapshot that lacks models of its last day."""
    seen = observed_file(file, history.days[-1])
    missing = [
        f"{provider}:{name}"
        for provider, part in history.providers.items()
        for name, entry in part.ids.items()
        if entry.living and name not in seen.listed.get(provider, {})
    ]
    if missing:
        raise SourceError(
            f"{printable(file.name)}: not the snapshot of {seen.day}, the last day of the history: it lacks "
            f"{len(missing)} models that were listed, such as {printable(missing[0])}"
        )
    return with_prices(history, seen)


@click.command(help=(__doc__ or "").replace("    python", "\b\n    python", 1))
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="The file to write.")
@click.option("--onto", type=click.Path(dir_okay=False), help="The packaged history that goes on.")
@click.option("--snapshot", type=click.Path(dir_okay=False), help="The packaged snapshot of its last day.")
@click.option("--litellm", type=click.Path(dir_okay=False), help="LiteLLM's price map, for successors.")
@click.argument("files", nargs=-1)
def main(out: str, onto: str | None, snapshot: str | None, litellm: str | None, files: tuple[str, ...]) -> None:
    """Build the file and write it."""
    if onto and not snapshot:
        raise click.UsageError("--onto needs --snapshot: the packaged snapshot of the last day of that history")
    if not files and not onto:
        raise click.UsageError("expected a FILE")
    try:
        before = None
        if onto and snapshot:
            before = _with_snapshot(folded(History.open(onto)), SnapshotFile.open(snapshot))
        history = build(files, before)
        stated = stated_successors(history)
        if litellm:
            with open(litellm, encoding="utf-8") as file:
                stated = litellm_successors(json.load(file), history)
        history = with_successors(history, {**stated, **curated_followers(history)})
        history = with_aliases(history, curated_aliases(history))
        data = encode(without_prices(history))
        write_atomically(out, data)
    except LLMModelsError as error:
        raise click.ClickException(str(error)) from None
    ids = [entry for part in history.providers.values() for entry in part.ids.values()]
    click.echo(
        f"{out}: {len(data):,} bytes, {len(history.days)} days to {history.days[-1]}, {len(history.providers)} "
        f"providers, {len(ids):,} models, {sum(entry.living for entry in ids):,} of them listed",
        err=True,
    )


if __name__ == "__main__":
    main()
