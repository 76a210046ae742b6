"""Build `llm_models/data/supplements.json`, what other lists fill when the package is released:

    python -m llm_models.supplements_build --from UPSTREAM --out llm_models/data/supplements.json NAME=FILE@DATE...

NAME is a source, weakest first, FILE what `pull --source NAME` stored, and DATE the day of its data (YYYY-MM-DD). Only
what fills the packaged data is kept: what neither UPSTREAM nor `overrides/` states. It prints how many values of each
field. Then build the packaged snapshot again.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from llm_models.changes import merge_layers
from llm_models.days import is_day
from llm_models.errors import LLMModelsError, dotted
from llm_models.files import read_limited
from llm_models.ingest import read_source
from llm_models.manifest import described
from llm_models.origins import SUPPLEMENT, leaves
from llm_models.pipeline import curated_layers
from llm_models.replacement import write_atomically
from llm_models.snapshot_writer import empty
from llm_models.supplements import BESIDE, Supplement, encode, layers, named, of_file
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


def restricted(supplements: Sequence[Supplement], data: bytes, name: str) -> list[Supplement]:
    """The supplements with what they fill of a source's bytes and the curated overrides, and nothing else."""
    source, day = described(name, data)
    header, ground, _ = read_source(data, name, source, day=day)
    changes = merge_layers(empty(header), [ground, *layers(supplements, ground, header.get("date")), *curated_layers()])
    filled: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for provider, models in changes.touched.models.items():
        for model_id, entries in models.items():
            for entry in [entry for entry in entries if entry.layer.fills and entry.fields]:
                one = entry.layer.name.removeprefix(SUPPLEMENT)
                filled.setdefault(one, {}).setdefault(provider, {})[model_id] = entry.fields
    return [one._replace(fills=_with_prices(filled.get(one.name, {}), one)) for one in supplements]


def _with_prices(filled: Mapping[str, Mapping[str, dict[str, Any]]], one: Supplement) -> dict[str, Any]:
    """What was filled, with the prices beside which it was."""
    return {
        provider: {
            model_id: {**fields, BESIDE: one.fills[provider][model_id][BESIDE]} if "cost" in fields else fields
            for model_id, fields in models.items()
        }
        for provider, models in filled.items()
    }


def counts(one: Supplement) -> Counter[str]:
    """How many values of each field a supplement fills; a list counts once."""
    found: Counter[str] = Counter()
    for models in one.fills.values():
        for fill in models.values():
            found.update(dotted(path) for path, _ in leaves(fill) if path[0] != BESIDE)
    return found


@click.command(help=(__doc__ or "").replace("    python", "\b\n    python", 1))
@click.option("--from", "path", required=True, type=click.Path(dir_okay=False), help="The source of the packaged data.")
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="The file to write.")
@click.argument("files", nargs=-1, required=True)
def main(path: str, out: str, files: tuple[str, ...]) -> None:
    """Build the file and write it."""
    try:
        stated = []
        for name, text in named(files).items():
            file, _, date = text.rpartition("@")
            if not is_day(date):
                raise click.UsageError(f"expected NAME=FILE@DATE with a date such as 2026-09-30 (found {name}={text})")
            stated.append(of_file(read_limited(file, MAX_BYTES), file, name, date)[0])
        made = restricted(stated, read_limited(path, MAX_BYTES), path)
        write_atomically(out, encode(made))
    except LLMModelsError as error:
        raise click.ClickException(str(error)) from None
    for one in made:
        found = counts(one)
        click.echo(
            f"{one.name} of {one.date}: {found.total():,} values of {sum(map(len, one.fills.values())):,} models"
        )
        click.echo("\n".join(f"  {field}: {count:,}" for field, count in found.most_common()))


if __name__ == "__main__":
    main()
