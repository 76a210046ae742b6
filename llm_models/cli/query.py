"""Commands that read the catalogue: list, providers, show, offers, select, resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llm_models import lifecycle
from llm_models.agreement import PATHS
from llm_models.cli.options import as_json, catalogue, command, model_spec, note_gone
from llm_models.cli.output import cell, line, note, print_json, print_pairs, print_table, print_whole
from llm_models.errors import dotted
from llm_models.modelspec import STYLES
from llm_models.naming import request_notes
from llm_models.origins import leaves
from llm_models.outliers import COMPARED, outliers_in
from llm_models.records import CAPABILITIES
from llm_models.selection import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llm_models.modelspec import Style
    from llm_models.offering import Offer
    from llm_models.outliers import Outlier
    from llm_models.records import Model
    from llm_models.selection import Order
    from llm_models.snapshot import Snapshot

_NUMBERS = ("context", "output", "$ in", "$ out", "$ cache", "models")
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

    Prices are USD per million tokens, limits are tokens; a dash means unknown. Unusual are values that are far from
    those of the same model at other providers.

    Capabilities: {records.CAPABILITIES}.
    """
    models = snapshot.list_models(provider, require=require, forbid=forbid)
    unusual = outliers_in(snapshot.file, {model.canonical for model in models})
    if as_json:
        print_json([_with_outliers(model.to_dict(), unusual.get(model.key)) for model in models])
    elif models:
        _print_models(models, unusual)
    if not models:
        from llm_models.misses import none_shown

        why = None if provider is None else none_shown(snapshot.view, snapshot.parse_provider(provider))
        note(why or "no model has the required capabilities without the forbidden ones")
        raise click.exceptions.Exit(1)


def _with_outliers(record: dict[str, Any], found: Mapping[str, Outlier] | None) -> dict[str, Any]:
    """A record as JSON, with its values that are far from those of other providers, where it has any."""
    return {**record, "outliers": {field: one._asdict() for field, one in found.items()}} if found else record


def _unusual(found: Mapping[str, Outlier]) -> str:
    return f"(unusual: {', '.join(one.label for field, one in COMPARED.items() if field in found)})"


def _print_models(models: Iterable[Model], unusual: Mapping[tuple[str, str], Mapping[str, Outlier]]) -> None:
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
        if odd := unusual.get(model.key):
            words.append(_unusual(odd))
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
    """Show the whole record of one model.

    SPEC is provider:model, model@provider, provider/model, an alias, or an id that only one provider has.

    A capability that no source states is "not stated", with its default, or "likely yes" where at least two records of
    the same model at other providers state it and none denies it. A kind, a family or another fact that no source
    states of this record is marked "derived": it follows from the id, or other records of the model agree on it.

    A value that is far from those of the same model at other providers is "unusual".
    """
    model = snapshot.resolve(spec)
    record = model.to_dict()
    unusual = outliers_in(snapshot.file, {model.canonical}).get(model.key, {})
    if as_json:
        told = _with_outliers(record, unusual)
        print_json(told if model.requested == model.id else {**told, "requested": model.requested})
        return
    likely = snapshot.file.likely(*model.key)
    names = {path: name for name, path in CAPABILITIES.items()}
    derived = {path for path, _ in leaves(snapshot.file.derived(*model.key)) if path[0] in PATHS}
    values: list[tuple[str, object]] = []
    for path, value in leaves(record):
        name = names.get(path[1:]) if path[0] == "capabilities" else None
        if name is not None and model.stated(name) is None:
            values.append((dotted(path), f"not stated ({'likely yes' if name in likely else cell(value)})"))
        elif path in derived:
            values.append((dotted(path), f"{cell(value)} (derived)"))
        elif dotted(path) in unusual:
            values.append((dotted(path), f"{cell(value)} ({unusual[dotted(path)].text()})"))
        elif path not in (("id",), ("provider",)):
            values.append((dotted(path), value))
    state = lifecycle.state(model)
    print_pairs([
        ("model", model.spec),
        ("requested", "; ".join(request_notes(snapshot, model))),
        ("state", state and state + lifecycle.successor_of(model)),
        *values,
    ])  # fmt: skip


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
    note_gone(snapshot, prefer)
    models = snapshot.candidates(**wanted) if every else [best]
    _note_lifecycle(best)
    if as_json:
        print_json([model.to_dict() for model in models] if every else best.to_dict())
    elif every:
        _print_models(models, outliers_in(snapshot.file, {model.canonical for model in models}))
    else:
        line(best.spec)


def _note_lifecycle(model: Model) -> None:
    """Note on stderr that a model is deprecated, retiring or retired."""
    notice = lifecycle.notice(model)
    if notice is not None:
        note(f"notice: {notice}")


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
    """Print the canonical name of a model. SPEC is provider:model, model@provider, provider/model, or a bare name."""
    model = snapshot.resolve(spec, scope=scope, prefer=prefer)
    note_gone(snapshot, prefer)
    text = snapshot.format_spec(model.key, style)
    _note_lifecycle(model)
    for notice in request_notes(snapshot, model):
        note(f"notice: {notice}")
    if as_json:
        pin = {} if model.requested == model.id else {"wire_id": model.requested}
        print_json({"requested": spec, "spec": text, "provider": model.provider, "id": model.id, **pin})
    else:
        line(text)


@command("offers", "Compare a model at all providers.", "offers gpt-oss-120b")
@click.argument("spec", type=model_spec, metavar="SPEC")
@catalogue
@as_json
def offers_command(snapshot: Snapshot, spec: str, as_json: bool) -> None:
    """Show the same model at all providers, cheapest first.

    SPEC is provider:model, model@provider, provider/model, an alias, or a bare id: it may be that of several providers,
    if all of them serve the same model. Names whose meaning changes, such as -latest, and retired models are left out.

    Prices are USD per million tokens, limits are tokens; a dash means unknown. Plain models come before variants, such
    as :thinking, -fast, @eu and -fp8, and deprecated ones last. Each part is in order of the price of input plus
    output: known prices, then unusual ones, unknown ones, and 0.

    "Unusual" are values that are far from those of the other providers. "By name": only the way in which the id is
    written tells that it is this model. "Plan", "trial" and "local": the price is not what a request costs.

    JSON: spec, provider, id, canonical, variant, input, output, cache_read, context, max_output, billing, deprecated,
    retires, derived (by name), outliers.
    """
    offers = snapshot.offers(spec)
    if as_json:
        print_json([offer.to_dict() for offer in offers])
    elif offers:
        columns = ("model", "variant", "$ in", "$ out", "$ cache", "context", "output", "about")
        drop = ("output", "$ cache", "variant", "context")  # the id has the mark of a variant, too
        print_whole(columns, map(_offer_row, offers), right=_NUMBERS, drop=drop)
    if not offers:
        note("every model that this is has been retired")
        raise click.exceptions.Exit(1)


def _offer_row(offer: Offer) -> tuple[object, ...]:
    state = lifecycle.state(offer.model)
    words = [f"({state})"] if state else []
    words += [offer.billing] if offer.billing != "usage" else []
    words += [_unusual(offer.outliers)] if offer.outliers else []
    words += ["by name"] if offer.derived else []
    prices = offer.input, offer.output, offer.cache_read
    return offer.spec, offer.variant or "", *prices, offer.context, offer.max_output, " ".join(words)


COMMANDS = (list_command, providers_command, show_command, offers_command, select_command, resolve_command)
