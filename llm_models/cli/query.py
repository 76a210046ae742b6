"""Commands that read the catalogue: list, providers, show, select, resolve, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llm_models import lifecycle
from llm_models.cli.options import as_json, catalogue, command, model_spec
from llm_models.cli.output import cell, line, note, print_json, print_pairs, print_table
from llm_models.errors import dotted
from llm_models.frozen import thaw
from llm_models.modelspec import STYLES, fold_provider
from llm_models.origins import leaves
from llm_models.records import CAPABILITIES
from llm_models.selection import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from llm_models.listings import Answer, DatedPrice, ModelHistory, ProviderHistory
    from llm_models.modelspec import Style
    from llm_models.records import Model
    from llm_models.selection import Order
    from llm_models.snapshot import Snapshot

_NUMBERS = ("context", "output", "$ in", "$ out", "models")
_FIRST = {"id": "name", "price": "lowest price", "context": "largest context", "release": "newest release"}

_require = click.option("--require", multiple=True, metavar="NAME", help="A capability that it must have; repeatable.")
_forbid = click.option("--forbid", multiple=True, metavar="NAME", help="A capability that it must lack; repeatable.")
_prefer = click.option("--prefer", multiple=True, metavar="PROVIDER", help="A provider to try first; repeatable.")
_scope = click.option("--scope", metavar="PROVIDER", help="Use only the models of this provider.")


@command("list", "List models, all or of one provider.", "list anthropic --require reasoning")
@click.argument("provider", required=False)
@_require
@_forbid
@catalogue
@as_json
def list_command(
    snapshot: Snapshot, provider: str | None, require: tuple[str, ...], forbid: tuple[str, ...], as_json: bool
) -> None:
    """List the models of PROVIDER, or all models, sorted by name.

    Prices are USD per million tokens, limits are tokens; a dash means unknown.

    Capabilities: {records.CAPABILITIES}.
    """
    models = snapshot.list_models(provider, require=require, forbid=forbid)
    if as_json:
        print_json([model.to_dict() for model in models])
    elif models:
        _print_models(models)
    if not models:
        note("no model has the required capabilities without the forbidden ones")
        raise click.exceptions.Exit(1)


def _print_models(models: Iterable[Model]) -> None:
    rows = []
    for model in models:
        flags = model.capabilities
        does = {
            "embeddings": flags.embeddings,
            "tools": flags.tools.enabled,
            "json": flags.json.native,
            "reasoning": flags.reasoning.enabled,
            "files": flags.attachments,
        }
        known = lifecycle.state(model)
        state = known + lifecycle.successor_of(model) if known else model.status
        words = [name for name, flag in does.items() if flag] + ([f"({state})"] if state else [])
        limits, cost = model.limits, model.cost
        rows.append((model.spec, limits.context, limits.output, cost.input, cost.output, " ".join(words)))
    print_table(("model", "context", "output", "$ in", "$ out", "does"), rows, right=_NUMBERS)


@command("providers", "List the providers.", "providers --json")
@catalogue
@as_json
def providers_command(snapshot: Snapshot, as_json: bool) -> None:
    """List the providers, each with the number of its models and the environment variables for its key."""
    providers = [snapshot.get_provider(name) for name in snapshot.list_providers()]
    if as_json:
        print_json([provider.to_dict() for provider in providers])
        return
    rows = [(p.id, p.name, len(snapshot.list_models(p.id)), " ".join(p.env) or None, p.base_url) for p in providers]
    print_table(("provider", "name", "models", "env", "base URL"), rows, right=_NUMBERS)


@command("show", "Show the record of a model.", "show openai:gpt-5.4-mini")
@click.argument("spec", type=model_spec, metavar="SPEC")
@catalogue
@as_json
def show_command(snapshot: Snapshot, spec: str, as_json: bool) -> None:
    """Show the whole record of one model. SPEC is provider:model, an alias, or an id that only one provider has.

    A capability that no source states is "not stated", with its default, or "likely yes" where at least two records of
    the same model at other providers state it and none denies it.
    """
    model = snapshot.resolve(spec)
    record = model.to_dict()
    if as_json:
        print_json(record)
        return
    likely = snapshot.file.likely(*model.key)
    names = {path: name for name, path in CAPABILITIES.items()}
    values = []
    for path, value in leaves(record):
        name = names.get(path[1:]) if path[0] == "capabilities" else None
        if name is not None and model.stated(name) is None:
            values.append((dotted(path), f"not stated ({'likely yes' if name in likely else cell(value)})"))
        elif path not in (("id",), ("provider",)):
            values.append((dotted(path), value))
    state = lifecycle.state(model)
    print_pairs([("model", model.spec), ("state", state and state + lifecycle.successor_of(model)), *values])


@command("select", "Choose the best model by capabilities.", "select --require tools --prefer openai")
@_require
@_forbid
@_prefer
@_scope
@click.option(
    "--order-by", type=click.Choice(tuple(ORDERS)), default="id", show_default=True,
    help=f"What comes first among equals: {', '.join(_FIRST.get(order, order) for order in ORDERS)}.",
)  # fmt: skip
@click.option("--all", "every", is_flag=True, help="Print every candidate, best first.")
@catalogue
@as_json
def select_command(
    snapshot: Snapshot, require: tuple[str, ...], forbid: tuple[str, ...], prefer: tuple[str, ...], scope: str | None,
    order_by: Order, every: bool, as_json: bool,
) -> None:  # fmt: skip
    """Print the model spec of the best model with the required capabilities and without the forbidden ones.

    Capabilities: {records.CAPABILITIES}.
    """
    wanted: dict[str, Any] = {"require": require, "forbid": forbid, "scope": scope, "order_by": order_by}
    wanted["prefer"] = prefer or None  # otherwise the configuration's
    best = snapshot.select(**wanted)  # the error states the reasons where no model fits
    _note_gone(snapshot, prefer)
    models = snapshot.candidates(**wanted) if every else [best]
    _note_lifecycle(best)
    if as_json:
        print_json([model.to_dict() for model in models] if every else best.to_dict())
    elif every:
        _print_models(models)
    else:
        line(best.spec)


def _note_lifecycle(model: Model) -> None:
    """Note on stderr that a model is deprecated, retiring or retired."""
    notice = lifecycle.notice(model)
    if notice is not None:
        note(f"notice: {notice}")


def _note_gone(snapshot: Snapshot, prefer: Iterable[str]) -> None:
    """Note on stderr each preferred provider that the catalogue no longer has."""
    from llm_models.past import absent

    for name in [name for name in prefer if snapshot.file.provider_id(name) is None]:
        gone = snapshot.view.past.provider(name)
        if gone is not None:
            note(f"note: {absent(gone.id, gone)}, so --prefer {name} has no effect")


@command("resolve", "Print the canonical name of a model.", "resolve claude-haiku-4-5@20251001@google-vertex")
@click.argument("spec", type=model_spec, metavar="SPEC")
@_scope
@_prefer
@click.option("--style", default=STYLES[0], show_default=True, metavar="STYLE", help=f"One of: {', '.join(STYLES)}.")
@catalogue
@as_json
def resolve_command(
    snapshot: Snapshot, spec: str, scope: str | None, prefer: tuple[str, ...], style: Style, as_json: bool
) -> None:
    """Print the canonical name of a model. SPEC is provider:model, model@provider, an alias, or a bare id."""
    model = snapshot.resolve(spec, scope=scope, prefer=prefer)
    _note_gone(snapshot, prefer)
    text = snapshot.format_spec(model.key, style)
    _note_lifecycle(model)
    if as_json:
        print_json({"requested": spec, "spec": text, "provider": model.provider, "id": model.id})
    else:
        line(text)


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
        print_table(("seen from", "seen to", "not yet on", *_PARTS, "other"), rows, right=_PARTS)


_PARTS = ("input", "output", "cache_read", "cache_write")


def _is_provider(snapshot: Snapshot, text: str) -> bool:
    """Whether a text is the name of a provider, listed or gone."""
    return fold_provider(text) in snapshot.view.known or snapshot.view.was_known(text)


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
        print_table(("day", *_PARTS, "other"), rows, right=_PARTS)


COMMANDS = (list_command, providers_command, show_command, select_command, resolve_command, history_command)
