"""Commands that ask the catalogue: providers, offers, resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llm_models import lifecycle
from llm_models.cli.fields import limit_option, record_options
from llm_models.cli.options import as_json, catalogue, command, model_spec, note_gone
from llm_models.cli.output import line, note, print_json, print_table
from llm_models.modelspec import STYLES
from llm_models.naming import request_notes
from llm_models.outliers import COMPARED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.cli.fields import Shape
    from llm_models.modelspec import Style
    from llm_models.offering import Offer
    from llm_models.outliers import Outlier
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot

_NUMBERS = ("context", "output", "$ in", "$ out", "$ cache", "models")

_prefer = click.option("--prefer", multiple=True, metavar="PROVIDER", help="A provider to try first; repeatable.")
_scope = click.option("--scope", metavar="PROVIDER", help="Use only the models of this provider.")


def with_outliers(record: dict[str, Any], found: Mapping[str, Outlier] | None) -> dict[str, Any]:
    """A record as JSON, with its values that are far from those of other providers, where it has any."""
    return {**record, "outliers": {field: one._asdict() for field, one in found.items()}} if found else record


def unusual_words(found: Mapping[str, Outlier]) -> str:
    """Which values of a model are unusual, for a list."""
    return f"(unusual: {unusual_labels(found)})"


def unusual_labels(found: Mapping[str, Outlier]) -> str:
    """The names of a model's unusual values."""
    return ", ".join(one.label for field, one in COMPARED.items() if field in found)


@command("providers", "List the providers.", "providers --order-by models")
@click.argument("providers", nargs=-1, metavar="[PROVIDER]...")
@click.option(
    "--order-by", type=click.Choice(["id", "models"]), default="id", show_default=True,
    help="What comes first: id: by id; models: the most models first.",
)  # fmt: skip
@limit_option
@catalogue
@record_options("providers")
def providers_command(
    snapshot: Snapshot, providers: tuple[str, ...], order_by: str, limit: int | None, shape: Shape
) -> None:
    """List each PROVIDER, or all of them, with the number of its models and the environment variables for its key."""
    ids = sorted({snapshot.get_provider(name).id for name in providers}) or snapshot.list_providers()
    counts = {name: len(snapshot.view.shown(name)) for name in ids}
    names = sorted(counts, key=lambda name: (-counts[name], name)) if order_by == "models" else [*counts]
    records = [snapshot.get_provider(name) for name in names[:limit]]
    if not shape.is_plain:
        shape.print({**provider.to_dict(), "models": counts[provider.id]} for provider in records)
        return
    rows = [(p.id, p.name, counts[p.id], " ".join(p.env) or None, p.base_url) for p in records]
    print_table(
        ("provider", "name", "models", "env", "base URL"),
        rows,
        right=_NUMBERS,
        drop=("base URL", "env"),
        wrap=("name",),
    )


def note_lifecycle(model: Model) -> None:
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
    note_lifecycle(model)
    for notice in request_notes(snapshot, model):
        note(f"notice: {notice}")
    if as_json:
        pin = {} if model.requested == model.id else {"wire_id": model.requested}
        print_json({"requested": spec, "spec": text, "provider": model.provider, "id": model.id, **pin})
    else:
        line(text)


@command("offers", "Compare a model at all providers.", "offers gpt-oss-120b")
@click.argument("spec", type=model_spec, metavar="SPEC")
@limit_option
@catalogue
@record_options("offers")
def offers_command(snapshot: Snapshot, spec: str, limit: int | None, shape: Shape) -> None:
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
    offers = snapshot.offers(spec)[:limit]
    if not shape.is_plain:
        plain = ({**offer.to_dict(), "outliers": offer.to_dict()["outliers"] or None} for offer in offers)
        shape.print([{name: value for name, value in one.items() if value is not None} for one in plain])
    elif offers:
        columns = ("model", "variant", "$ in", "$ out", "$ cache", "context", "output", "about")
        drop = ("output", "$ cache", "variant", "context")  # the id has the mark of a variant, too
        print_table(columns, map(_offer_row, offers), right=_NUMBERS, drop=drop, wrap=("about",))
    if not offers:
        note("every model that this is has been retired")
        raise click.exceptions.Exit(1)


def _offer_row(offer: Offer) -> tuple[object, ...]:
    state = lifecycle.state(offer.model)
    words = [f"({state})"] if state else []
    words += [offer.billing] if offer.billing != "usage" else []
    words += [unusual_words(offer.outliers)] if offer.outliers else []
    words += ["by name"] if offer.derived else []
    prices = offer.input, offer.output, offer.cache_read
    return offer.spec, offer.variant or "", *prices, offer.context, offer.max_output, " ".join(words)


COMMANDS = (providers_command, offers_command, resolve_command)
