"""The command that searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llm_models import lifecycle
from llm_models.cli.fields import record_options
from llm_models.cli.options import Number, catalogue, command
from llm_models.cli.output import note, print_json, print_table, stage

if TYPE_CHECKING:
    from llm_models.cli.fields import Shape
    from llm_models.hits import Hit, SearchResult
    from llm_models.snapshot import Snapshot

_COLUMNS = ("model", "others", "released", "context", "$ in", "$ out", "state")
_NUMBERS = ("others", "context", "$ in", "$ out")
_DROP = ("others", "context", "released")


@command("search", "Search for models by words.", "search cheap vision")
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--limit", type=Number(1), default=20, metavar="N", show_default=True, help="How many rows to print.")
@catalogue
@record_options("search")
def search_command(snapshot: Snapshot, words: tuple[str, ...], limit: int, shape: Shape) -> None:
    """Search for models by words of their ids, names, families and providers, and print the best first.

    A row is one id, at its maker if the catalogue has it there; "others" counts the other providers that have the id.
    Prices are USD per million tokens, limits are tokens; a dash means unknown.

    Words such as free, cheap, vision, tools, "image generation" and "long context" are conditions. What was read,
    corrected and left out is printed on stderr.
    """
    stage("searching")
    found = snapshot.search(words, limit=limit)
    plain = {} if shape.is_plain else found.to_dict()
    if shape.as_json:
        print_json({**plain, "rows": [*map(shape.record, plain["rows"])]})
    elif shape.fields:
        shape.print(plain["rows"])
    elif found.rows:
        print_table(_COLUMNS, map(_cells, found.rows), right=_NUMBERS, drop=_DROP, wrap=("state",))
    _note(snapshot, found)
    if not found.rows:
        raise click.exceptions.Exit(1)


def _cells(hit: Hit) -> tuple[object, ...]:
    """A row of the table."""
    model, cost = hit.model, hit.model.cost
    state = lifecycle.state(model) or model.status or ""
    return model.spec, hit.others, model.release_date, model.limits.context, cost.input, cost.output, state


def _note(snapshot: Snapshot, found: SearchResult) -> None:
    """State on stderr how the words were read, and what fits them but is gone."""
    from llm_models.past import absent, follows

    for word, meant in found.corrections:
        note(f"note: no model has '{word}'; searched for '{meant}'")
    for words, meaning in found.conditions:
        note(f"note: '{words}' means: {meaning}" if words else f"note: {meaning}")
    if found.dropped:
        words = ", ".join([f"'{word}'" for word in found.dropped])
        note(f"note: nothing fits all words; left out {words}")
    for history in found.gone:
        note(f"note: {absent(history.spec, history)}. {follows(history, snapshot.file.holds)}".rstrip())
    if not found.rows:
        note("no model fits these words; 'llm-models list' lists all models")
    elif found.total > len(found.rows):
        note(f"note: {found.total - len(found.rows):,} more; --limit {found.total} prints all")


COMMANDS = (search_command,)
