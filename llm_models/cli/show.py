"""The command that shows one model: on one screen, or its whole record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llm_models import lifecycle
from llm_models.agreement import PATHS
from llm_models.cli.fields import record_options
from llm_models.cli.options import catalogue, command, model_spec
from llm_models.cli.output import cell, line, print_pairs, print_table
from llm_models.cli.query import with_outliers
from llm_models.errors import dotted
from llm_models.naming import request_notes
from llm_models.origins import CURATED, SUPPLEMENT, fields_of, leaves
from llm_models.outliers import outliers_in
from llm_models.records import CAPABILITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from llm_models.cli.fields import Shape
    from llm_models.outliers import Outlier
    from llm_models.records import Model
    from llm_models.snapshot import Snapshot

    Pairs = Iterable[tuple[str, object]]

_MARK = "*"
_LEGEND = f"{_MARK} derived: no source states it of this record"
_CHEAPEST = 2
"""How many offers of other providers are named."""
_CLASSES = (
    "input", "output", "cache_read", "cache_write", "cache_write_30m", "cache_write_1h", "cache_write_12h", "reasoning",
    "input_audio", "output_audio", "input_image", "input_video", "output_image", "output_video", "cache_read_audio",
    "cache_read_image", "output_citation",
)  # fmt: skip
_OTHER_PRICES = {
    "image": "USD per image",
    "audio": "USD per minute",
    "cache_storage": "USD per million tokens and hour",
    "training": "USD per million tokens of training",
}
"""Prices that are not of tokens, and their units."""


@command("show", "Show what is known of a model.", "show openai:gpt-5.4-mini")
@click.argument("spec", type=model_spec, metavar="SPEC")
@click.option("--all", "every", is_flag=True, help="Show the whole record, a field a line.")
@catalogue
@record_options("show")
def show_command(snapshot: Snapshot, spec: str, every: bool, shape: Shape) -> None:
    """Show on one screen what a model does, takes and costs, since when and until when, and where else it is served.

    SPEC is provider:model, model@provider, provider/model, an alias, or an id that only one provider has.

    A capability that no source states is "not stated", and counts as its default. It is "likely" where at least two
    records of the same model at other providers state it and none denies it. A kind, a family or another fact that no
    source states of this record is marked with * (with --all "derived"): it follows from the id, or other records of
    the model agree on it. A value that is far from those of the same model at other providers is "unusual".

    The last lines name the fields that do not come from the source: your own file, curated corrections, and lists that
    fill gaps. `llm-models explain SPEC` has the place of every field.

    JSON: the whole record, with spec, derived and not_stated (the names of such fields), outliers, requested.
    """
    model = snapshot.resolve(spec)
    unusual = outliers_in(snapshot.file, {model.canonical}).get(model.key, {})
    derived = {path for path, _ in leaves(snapshot.file.derived(*model.key)) if path[0] in PATHS}
    if not shape.is_plain:
        told = with_outliers({"spec": model.spec, **model.to_dict()}, unusual)
        told |= {} if model.requested == model.id else {"requested": model.requested}
        unstated = [
            dotted(("capabilities", *path)) for name, path in CAPABILITIES.items() if model.stated(name) is None
        ]
        shape.print({**told, "derived": sorted(map(dotted, derived)), "not_stated": unstated})
    elif every:
        print_pairs([*_head(snapshot, model, model.spec), *_fields(snapshot, model, derived, unusual)])
    else:
        _print_screen(snapshot, model, derived, unusual)


def _head(snapshot: Snapshot, model: Model, title: str) -> Iterator[tuple[str, object]]:
    state = lifecycle.state(model)
    yield "model", title
    yield "requested", "; ".join(request_notes(snapshot, model))
    yield "state", state and state + lifecycle.successor_of(model)


def _fields(snapshot: Snapshot, model: Model, derived: set[Any], unusual: Mapping[str, Outlier]) -> Pairs:
    """Each field of the record."""
    likely = snapshot.file.likely(*model.key)
    names = {path: name for name, path in CAPABILITIES.items()}
    for path, value in leaves(model.to_dict()):
        name = names.get(path[1:]) if path[0] == "capabilities" else None
        if name is not None and model.stated(name) is None:
            yield dotted(path), f"not stated ({'likely yes' if name in likely else cell(value)})"
        elif path in derived:
            yield dotted(path), f"{cell(value)} (derived)"
        elif dotted(path) in unusual:
            yield dotted(path), f"{cell(value)} ({unusual[dotted(path)].text()})"
        elif path not in (("id",), ("provider",)):
            yield dotted(path), value


def _print_screen(snapshot: Snapshot, model: Model, derived: set[Any], unusual: Mapping[str, Outlier]) -> None:
    print_pairs([
        *_head(snapshot, model, f"{model.spec} ({model.name})" if model.name else model.spec),
        *_what(model, derived),
        *_capabilities(snapshot, model),
    ])  # fmt: skip
    cost = model.cost.to_dict()
    prices = [*_price_lists(cost)]
    if prices:
        classes = [name for name in _CLASSES if any(name in one for _, one in prices)]
        sent = [
            ", ".join(f"{name}: {cell(value)}" for name, value in one.get("request", {}).items()) for _, one in prices
        ]
        line("")
        columns = ("USD per million", *classes, *(["request with"] if any(sent) else []))
        rows = [
            (label, *(one.get(name, "") for name in classes), *([with_] if any(sent) else []))
            for (label, one), with_ in zip(prices, sent, strict=True)
        ]
        print_table(columns, rows, right=classes, drop=("request with",), wrap=columns)
    print_pairs([*_other_prices(cost), *_elsewhere(snapshot, model), *_origins(snapshot, model, unusual)])
    if derived:
        line(_LEGEND)


def _what(model: Model, derived: set[Any]) -> Pairs:
    """What a model is, takes and gives, and since when; a derived value is marked."""

    def told(words: str, *path: str) -> str | None:
        value: Any = model
        for step in path:
            value = getattr(value, step)
        return None if value in (None, ()) else f"{words} {cell(value)}{_MARK if path in derived else ''}".strip()

    def joined(*parts: str | None) -> str:
        return "; ".join(part for part in parts if part is not None)

    weights = {True: "open weights", False: "closed weights", None: None}[model.open_weights]
    yield "kind", joined(
        told("", "kind"), told("family", "family"), told("status", "status"), weights, told("tags", "tags"),
        told("same as", "canonical"),
    )  # fmt: skip
    is_renamed = model.provider_model_id != model.id
    yield "names", joined(
        told("sent as", "provider_model_id") if is_renamed else None, told("aliases", "aliases"),
        told("now", "resolves_to"),
    )  # fmt: skip
    is_revised = model.last_updated != model.release_date
    released = told("", "release_date")
    dated = told("as" if released else "dated id", "served_as")
    yield "released" if released else "dates", joined(
        " ".join(filter(None, (released, dated))) or None, told("knowledge until", "knowledge"),
        told("updated", "last_updated") if is_revised else None,
    )  # fmt: skip
    yield "takes", joined(
        told("", "modalities", "input"), told("returns", "modalities", "output"), told("APIs", "apis")
    )  # fmt: skip
    yield "limits", joined(
        told("context", "limits", "context"), told("input", "limits", "input"), told("output", "limits", "output"),
        told("dimensions", "dimensions"),
    )  # fmt: skip


def _capabilities(snapshot: Snapshot, model: Model) -> Pairs:
    """The capabilities, by what is known of them."""
    likely = snapshot.file.likely(*model.key)
    found: dict[str, list[str]] = {"yes": [], "no": [], "likely": []}
    unstated: dict[bool, list[str]] = {True: [], False: []}
    for name in CAPABILITIES:
        stated = model.stated(name)
        if stated is not None:
            found["yes" if stated else "no"].append(name)
        elif name in likely:
            found["likely"].append(name)
        else:
            default: Any = model.capabilities
            for step in CAPABILITIES[name]:
                default = getattr(default, step)
            unstated[default].append(name)
    yield from ((title, ", ".join(names)) for title, names in found.items())
    counts = (f"{', '.join(names)} (default {cell(default)})" for default, names in unstated.items() if names)
    yield "not stated", "; ".join(counts)
    reasoning = model.capabilities.reasoning
    budget = (("budget from", reasoning.token_budget_min), ("budget", reasoning.token_budget))
    parts = [f"efforts {cell(reasoning.efforts)}"] if reasoning.efforts else []
    parts += [f"{words} {cell(value)} tokens" for words, value in budget if value is not None]
    yield "reasoning", "; ".join(parts)


def _price_lists(prices: Mapping[str, Any], label: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each list of prices with when it holds: the plain one, and those of sizes, hours, modes and later days."""

    def within(text: str) -> str:
        return f"{label}, {text}" if label else text

    if any(name in prices for name in _CLASSES) or prices.get("request"):
        yield label or "standard", prices
    for tier in prices.get("tiers", ()):
        yield from _price_lists(tier, within(f"over {cell(tier['context_over'])} input"))
    for hours in prices.get("hours", ()):
        days = f" {','.join(hours['days'])}" if hours.get("days") else ""
        yield from _price_lists(hours, within(f"{'-'.join(hours['utc'])} UTC{days}"))
    for name, mode in prices.get("modes", {}).items():
        yield from _price_lists(mode, within(name))
    for dated in prices.get("dated", ()):
        yield from _price_lists(dated, f"from {dated['valid_from']}")


def _other_prices(cost: Mapping[str, Any]) -> Pairs:
    """The prices that are not those of tokens."""
    if cost.get("fees"):
        yield "fees", ", ".join(f"{name} {cell(fee)}" for name, fee in cost["fees"].items()) + " (USD per 1,000 uses)"
    for name, unit in _OTHER_PRICES.items():
        if name in cost:
            yield name, f"{cell(cost[name])} {unit}"
    if "valid_from" in cost:
        yield "prices", f"since {cost['valid_from']}"


def _elsewhere(snapshot: Snapshot, model: Model) -> Pairs:
    """Where else the model is served, the cheapest first."""
    others = [] if model.is_retired() else [one for one in snapshot.offers(model.key) if one.spec != model.spec]
    if others:
        count = len({one.model.provider for one in others} - {model.provider})
        named = [f"{one.spec} {cell(one.input)} / {cell(one.output)}" for one in others[:_CHEAPEST]]
        yield "elsewhere", f"{count} other providers; cheapest: {', '.join(named)}"


def _origins(snapshot: Snapshot, model: Model, unusual: Mapping[str, Outlier]) -> Pairs:
    """Where the values come from that are not the source's, and which values are odd."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for path, origin in fields_of(snapshot.file.tail(), model.spec).items():
        layer, place = origin["layer"], origin.get("place", "")
        if layer.startswith(CURATED):
            where = "curated"
        elif layer.startswith(SUPPLEMENT):
            where = f"filled from {layer.removeprefix(SUPPLEMENT)}"
        else:
            where = f"{layer} {place}" if layer in ("resolves_to", "base") else place or layer
        found.setdefault(where, []).append(path)
    yield "origin", "; ".join(f"{where}: {_short(paths)}" for where, paths in found.items())
    for field, one in unusual.items():
        yield "unusual", f"{field} {cell(one.value)} ({one.text()})"


def _short(paths: Iterable[tuple[str, ...]]) -> str:
    """The names of fields; several that stand in one part of the record are named by that part."""
    parts: dict[str, list[tuple[str, ...]]] = {}
    for path in paths:
        parts.setdefault(path[0], []).append(path)
    return ", ".join([dotted(_common(found)) for found in parts.values()])


def _common(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The beginning that all these paths have."""
    same = [len(set(steps)) == 1 for steps in zip(*paths, strict=False)]
    return paths[0][: (*same, False).index(False)]


COMMANDS = (show_command,)
