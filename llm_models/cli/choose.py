"""Commands that choose models: list, select."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llm_models import lifecycle
from llm_models.cli.conditions import check_words, conditions
from llm_models.cli.fields import limit_option, record_options
from llm_models.cli.options import catalogue, command, note_gone
from llm_models.cli.output import line, note, print_table
from llm_models.cli.query import note_lifecycle, unusual_labels, unusual_words, with_outliers
from llm_models.kinds import is_preview
from llm_models.outliers import outliers_in
from llm_models.ranking import LAST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llm_models.cli.fields import Shape
    from llm_models.outliers import Outlier
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot
    from llm_models.workloads import Costed

    Outliers = Mapping[tuple[str, str], Mapping[str, Outlier]]
    """Key of a model -> its fields with unusual values."""

_NUMBERS = ("context", "output", "$ in", "$ out", "$ workload")

_DROP = ("output", "successor", "does", "context")
_WRAP = ("does", "state", "about")


@command("list", "List models, all or of one provider.", "list anthropic --require reasoning")
@click.argument("providers", nargs=-1, metavar="[PROVIDER]...")
@conditions
@limit_option
@catalogue
@record_options("list")
def list_command(
    snapshot: Snapshot, providers: tuple[str, ...], choice: dict[str, Any], limit: int | None, shape: Shape
) -> None:
    """List the models of each PROVIDER, or all models that fit, sorted by name or by --order-by.

    PROVIDER and --scope PROVIDER are the same.

    Prices are USD per million tokens, limits are tokens; a dash means unknown. With --workload, a column is what the
    workload costs, in USD. Unusual are values that are far from those of the same model at other providers.

    Capabilities: {records.CAPABILITIES}.
    """
    if named := (*providers, *choice.get("scope", ())):
        choice["scope"] = named
    check_words(snapshot, choice)
    models = snapshot.list_models(**choice)[:limit]
    costs, unusual = _costs(snapshot, models, choice), _unusual(snapshot, models)
    if not shape.is_plain:
        shape.print(_record(model, costs, unusual) for model in models)
    elif models:
        _print_models(models, costs, unusual)
    if not models:
        from llm_models.misses import none_shown

        scope = dict.fromkeys(snapshot.parse_provider(name) for name in named if name != "all")
        hidden = [why for one in scope if (why := none_shown(snapshot.view, one)) is not None]
        note(*(hidden or ["no model fits the conditions"]))
        raise click.exceptions.Exit(1)


def _costs(snapshot: Snapshot, models: Iterable[Model], choice: dict[str, Any]) -> dict[str, Costed]:
    """Spec -> what the workload costs, for the models that are printed; empty without a workload."""
    if "workload" not in choice:
        return {}
    from llm_models.workloads import costed, workload_of

    workload = workload_of(choice["workload"])
    return {model.spec: costed(snapshot.view, model, workload, choice.get("at")) for model in models}


def _unusual(snapshot: Snapshot, models: Iterable[Model]) -> Outliers:
    return outliers_in(snapshot.file, {model.canonical for model in models})


def _record(model: Model, costs: dict[str, Costed], unusual: Outliers) -> dict[str, Any]:
    """A model as JSON, with what the workload costs, and its unusual values."""
    cost = costs.get(model.spec)
    record = with_outliers({"spec": model.spec, **model.to_dict()}, unusual.get(model.key))
    if cost is not None:
        record["workload"] = {"total": cost.total, "known": cost.known, "why": cost.why}
        for name in ("total", "known"):
            number = record["workload"][name]
            record["workload"][name] = None if number is None else f"{number.normalize():f}"
    return record


def _print_models(models: Iterable[Model], costs: dict[str, Costed], unusual: Outliers) -> None:
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
        does_words = " ".join(name for name, flag in does.items() if flag)
        known = lifecycle.state(model)
        odd = unusual.get(model.key)
        successor = model.successor if known else None
        states = known or model.status or "", successor or "", unusual_words(odd) if odd else ""
        limits, cost = model.limits, model.cost
        price = [_cost_cell(costs[model.spec])] if costs else []
        facts = limits.context, limits.output, cost.input, cost.output, *price
        rows.append((model.spec, *facts, does_words, *states))
    columns = (
        "model",
        "context",
        "output",
        "$ in",
        "$ out",
        *(["$ workload"] if costs else []),
        "does",
        "state",
        "successor",
        "about",
    )
    print_table(columns, rows, right=_NUMBERS, drop=_DROP, wrap=_WRAP)


def _cost_cell(cost: Costed) -> str:
    """What a workload costs, or why that is not known."""
    if cost.total is not None:
        return f"{cost.total.normalize():f}"
    return f"unknown: {cost.why}"


@command("select", "Choose the best model by what it can do and costs.", "select --require tools --prefer openai")
@conditions
@click.option("--all", "every", is_flag=True, help="Print every candidate, best first.")
@click.option("--why", is_flag=True, help="Print the first candidates and what ranks them.")
@limit_option
@catalogue
@record_options("select")
def select_command(
    snapshot: Snapshot, choice: dict[str, Any], every: bool, why: bool, limit: int | None, shape: Shape
) -> None:
    """Print the model spec of the best model that fits.

    Chat models that are not retired are meant, unless --kind, --output or --lifecycle states otherwise. Deprecated
    models come after all others, and so do models for one task (safety, deep research, code). Without
    --prefer, --scope and --order-by, models at their makers come first, the newest release before older ones.

    Capabilities: {records.CAPABILITIES}.
    """
    check_words(snapshot, choice)
    best = snapshot.select(**choice)  # the error states the reasons where no model fits
    note_gone(snapshot, choice.get("prefer", ()))
    every = every or limit is not None  # a number of candidates asks for a list of them
    most = limit or (None if every else 10 if why else 1)
    models = [best] if most == 1 else snapshot.candidates(**choice)[:most]
    costs = _costs(snapshot, models, choice)
    note_lifecycle(best)
    if (cost := costs.get(best.spec)) is not None and cost.total is None:
        note(f"notice: {best.spec}: what the workload costs is not known: {cost.why}")
    unusual = _unusual(snapshot, models) if every or why or not shape.is_plain else {}
    if not shape.is_plain:
        records = [_record(model, costs, unusual) for model in models]
        if why:
            records = [record | _standing(snapshot, one) for record, one in zip(records, models, strict=True)]
        shape.print(records if every or why or not shape.as_json else records[0])
    elif why:
        _print_ranking(snapshot, models, costs, unusual)
    elif every:
        _print_models(models, costs, unusual)
    else:
        line(best.spec)


def _standing(snapshot: Snapshot, model: Model) -> dict[str, str | None]:
    """The maker of a model, where its canonical name states one, and how its provider bills."""
    maker = (model.canonical or "").partition("/")[0]
    known = snapshot.file.provider_id(maker) if maker else None
    return {"maker": known or maker or None, "billing": snapshot.get_provider(model.provider).billing}


def _print_ranking(snapshot: Snapshot, models: Iterable[Model], costs: dict[str, Costed], unusual: Outliers) -> None:
    """Print models with what ranks them, the most important from left to right."""
    rows = []
    for model in models:
        state = lifecycle.state(model) or ("preview" if is_preview(model.id, model.status) else "")
        last = ", ".join(tag for tag in LAST if tag in model.tags or (tag == "moving" and model.resolves_to))
        price = [_cost_cell(costs[model.spec])] if costs else []
        facts = model.release_date, model.cost.input, model.cost.output, *price, model.limits.context
        odd = unusual_labels(unusual.get(model.key, {}))
        rows.append((model.spec, last, state, *facts, odd, *_standing(snapshot, model).values()))
    columns = (
        "model",
        "for",
        "state",
        "released",
        "$ in",
        "$ out",
        *(["$ workload"] if costs else []),
        "context",
        "unusual",
        "maker",
        "billing",
    )
    print_table(
        columns,
        rows,
        right=_NUMBERS,
        drop=("billing", "maker", "for", "unusual", "context", "released"),
        wrap=("state",),
    )


COMMANDS = (list_command, select_command)
