"""The command that asks the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llm_models.cli.options import as_json, catalogue, command, model_spec
from llm_models.cli.output import line, note, print_json, print_pairs, print_table
from llm_models.frozen import thaw

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llm_models.listing_parts import Answer, DatedPrice
    from llm_models.listings import ModelHistory, ProviderHistory
    from llm_models.snapshot import Snapshot


@command("history", "Show when a model was listed, and at which prices.", "history openai:gpt-5-codex --at 2026-05-01")
@click.argument("spec", type=model_spec, metavar="SPEC")
@click.option("--at", "day", metavar="DATE", help="Show the price on this day, YYYY-MM-DD.")
@catalogue
@as_json
def history_command(snapshot: Snapshot, spec: str, day: str | None, as_json: bool) -> None:
    """Show when a model was listed, at which prices, and what follows it if it is gone.

    SPEC is provider:model, model@provider, a provider, or a bare id that only one provider ever had. A provider comes
    before a model whose id is its name.

    Days and prices are as listed: the last day listed is not the day on which a model stopped answering. Prices are
    USD per million tokens. A change between two days on which the source was seen has both days.

    JSON: spec, provider, id, listed, last, intervals, prices, successor, rename, twin, withdrawn, date, elsewhere;
    with --at: spec, covers (the days of the history), day, listed (null: not known), dated, exact, changed_between,
    prices; of a provider: id, intervals, since, date, listed, last; with --at: id, covers, day, listed.
    """
    from llm_models.days import day_of
    from llm_models.retired import elsewhere, shortened

    try:
        day = None if day is None else day_of(day)
    except ValueError as error:
        raise click.UsageError(f"--at: {error}") from None
    if _is_provider(snapshot, spec):
        _print_provider(snapshot, spec, day, as_json=as_json)
        return
    history = snapshot.history(spec)
    if day is not None:
        answer = history.price_on(day)
        if as_json:
            covers = history.listing.days[0], history.date
            print_json({"spec": history.spec, "covers": covers, **answer.to_dict()})
        else:
            _print_answer(history, answer)
        return
    follows = history.listed or history.rename or history.successor
    others = () if follows else elsewhere(snapshot.view, history.provider, history.id)
    if as_json:
        print_json({**history.to_dict(), "elsewhere": others})
        return
    rename, twin, successor = history.rename, history.twin, history.successor
    print_pairs([
        ("model", history.spec),
        *_listed(history),
        ("withdrawn", "seen for 3 days or less" if history.withdrawn else None),
        ("now listed as", rename and f"{history.provider}:{rename.id} (other {rename.rule})"),
        ("maybe also as", twin and f"{history.provider}:{twin.id} (listed beside it)"),
        ("successor", successor and f"{successor.spec} ({successor.origin})"),
        ("same id at", shortened(others)),
    ])  # fmt: skip
    if history.prices:
        line("")
        rows = [(*_days(price), *_parts(price.price)) for price in history.prices]
        print_table(("seen from", "seen to", "not yet on", *_PARTS, "other"), rows, right=_PARTS, wrap=("other",))


_PARTS = ("input", "output", "cache_read", "cache_write")


def _is_provider(snapshot: Snapshot, text: str) -> bool:
    """Whether a text names a provider, listed or gone."""
    return snapshot.file.provider_id(text) is not None or snapshot.view.was_known(text)


def _print_provider(snapshot: Snapshot, text: str, day: str | None, *, as_json: bool) -> None:
    """The history of a provider, or whether it was listed on a day. Models with its name as their id are noted."""
    from llm_models.retired import shortened

    history = snapshot.provider_history(text)
    listed = None if day is None else history.listed_on(day)
    if as_json:
        covers = history.since, history.date
        print_json({"id": history.id, "covers": covers, "day": day, "listed": listed} if day else history.to_dict())
    elif day is None:
        print_pairs([("provider", history.id), *_listed(history)])
    else:
        print_pairs([("provider", history.id), ("day", day), ("listed", _on(history, history.since, day, listed))])
    same = snapshot.view.past.holders(text.strip())
    if same:
        note(f"models with that id, which have a history too: {shortened([f'{one}:{text.strip()}' for one in same])}")


def _on(history: ModelHistory | ProviderHistory, since: str, day: str, listed: bool | None) -> str:
    """Whether something was listed on a day, with what is known where that is not; `since` is the first known day."""
    from llm_models.listings import around

    if listed is not None:
        return "yes" if listed else "no"
    if since <= day <= history.date:
        return f"not known: {next(filter(None, (around(one, day) for one in history.intervals)), '')}"
    last = history.intervals[-1]
    gone = f"; last seen {last.last}, gone by {last.gone_by}" if last.last is not None and day > history.date else ""
    return f"not known: the history covers {since} to {history.date}{gone}"


def _listed(history: ModelHistory | ProviderHistory) -> Iterator[tuple[str, object]]:
    """The times during which something was listed, as pairs."""
    for number, one in enumerate(history.intervals):
        until = f"and still on {history.date}" if one.last is None else f"to {one.last}"
        until = "only" if one.last == one.first else until
        known = [f"not on {one.not_listed_on}"] if one.not_listed_on else ["the first day of the history"]
        known += [f"gone by {one.gone_by}"] if one.gone_by not in (None, one.last) else []
        yield "" if number else "listed", f"{one.first} {until} ({', '.join(known)})"


def _days(price: DatedPrice) -> tuple[str, str, str]:
    """The first and last day on which a price was seen, and the last one before it, if that is not the day before."""
    return price.valid_from, price.valid_until or "now", price.changed_between[0] if price.changed_between else ""


def _parts(price: Mapping[str, Any] | None) -> list[object]:
    """A price as cells of a table."""
    if price is None:
        return [*[None] * len(_PARTS), "not known"]
    others = {name: value for name, value in price.items() if name not in _PARTS}
    return [*(price.get(name) for name in _PARTS), thaw(others) or ""]


def _print_answer(history: ModelHistory, answer: Answer) -> None:
    """The price of a model on a day, with what is not known about it."""
    sides = [*zip(answer.changed_between or (), answer.prices or (), strict=True)]
    rows = [(day, *_parts(price)) for day, price in sides if day is not None and price is not None]
    exact = "no: it changed between these days" if len(rows) > 1 else "no: this is the nearest day that is known"
    if answer.exact:
        exact, rows = "yes", [(answer.day, *_parts(answer.price))] if answer.listed else []
    elif not rows:
        exact = "" if answer.listed is None else "no: the price is not known"
    listed = _on(history, history.listing.days[0], answer.day, answer.listed)
    print_pairs([("model", history.spec), ("day", answer.day), ("listed", listed), ("exact", exact or None)])
    if rows:
        line("")
        print_table(("day", *_PARTS, "other"), rows, right=_PARTS, wrap=("other",))


COMMANDS = (history_command,)
