"""Commands that read the catalogue: list, providers, show, select, resolve."""

from __future__ import annotations

from typing import Any

import click

from llm_models.cli.options import as_json, catalogue, chosen, model_spec
from llm_models.cli.output import model_row, print_json, print_pairs, print_table

__all__ = ["COMMANDS"]

_COLUMNS = ("model", "context", "output", "$ in", "$ out", "does")
_NUMBERS = ("context", "output", "$ in", "$ out", "models")

_require = click.option("--require", multiple=True, metavar="NAME", help="A capability that it must have; repeatable.")
_forbid = click.option("--forbid", multiple=True, metavar="NAME", help="A capability that it must lack; repeatable.")
_prefer = click.option("--prefer", multiple=True, metavar="PROVIDER", help="A provider to try first; repeatable.")
_scope = click.option("--scope", metavar="PROVIDER", help="Look at one provider alone.")


@click.command("list", short_help="List models, all or a provider's.")
@click.argument("provider", required=False)
@_require
@_forbid
@catalogue
@as_json
def list_command(
    provider: str | None, require: tuple[str, ...], forbid: tuple[str, ...], as_json: bool, **which: Any
) -> None:
    """List the models of PROVIDER, or of all, sorted by name.

    Prices are USD per million tokens, limits are tokens; a dash is unknown.

    \b
    Example:
      llm-models list anthropic --require reasoning
    """
    models = chosen(**which).list_models(provider, require=require, forbid=forbid)
    if as_json:
        print_json([model.to_dict() for model in models])
    elif models:
        print_table(_COLUMNS, map(model_row, models), right=_NUMBERS)
    if not models:
        click.echo("no model has and lacks these capabilities", err=True)
        raise click.exceptions.Exit(1)


@click.command("providers", short_help="List the providers.")
@catalogue
@as_json
def providers_command(as_json: bool, **which: Any) -> None:
    """List the providers, with how many models each shows and the variables that hold its key.

    \b
    Example:
      llm-models providers --json
    """
    snapshot = chosen(**which)
    providers = [snapshot.get_provider(name) for name in snapshot.list_providers()]
    if as_json:
        print_json([provider.to_dict() for provider in providers])
        return
    rows = [
        (one.id, one.name or "-", len(snapshot.list_models(one.id)), " ".join(one.env) or "-", one.base_url or "-")
        for one in providers
    ]
    print_table(("provider", "name", "models", "env", "base URL"), rows, right=_NUMBERS)


@click.command("show", short_help="Show all that is known of a model.")
@click.argument("spec", type=model_spec, metavar="SPEC")
@catalogue
@as_json
def show_command(spec: str, as_json: bool, **which: Any) -> None:
    """Show all that is known of one model, named by a model spec, an alias or an unambiguous id.

    \b
    Example:
      llm-models show openai:gpt-4o-mini
    """
    model = chosen(**which).resolve(spec)
    if as_json:
        print_json(model.to_dict())
    else:
        print_pairs([("model", model.spec), *_flat({k: v for k, v in model.to_dict().items() if k not in _NAMED})])


_NAMED = ("id", "provider")


def _flat(data: dict[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    """Nested data as (dotted path, text) pairs."""
    pairs: list[tuple[str, object]] = []
    for name, value in data.items():
        if isinstance(value, dict):
            pairs.extend(_flat(value, f"{prefix}{name}."))
        else:
            pairs.append((prefix + name, _text(value)))
    return pairs


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join([_text(item) for item in value])
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_text(item)}" for name, item in value.items()) + "}"
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else str(value)


@click.command("select", short_help="Choose the best model by capabilities.")
@_require
@_forbid
@_prefer
@_scope
@click.option(
    "--order-by",
    type=click.Choice(["id", "price", "context", "release"]),
    default="id",
    show_default=True,
    help="What comes first among equals: name, lowest price, largest context, newest release.",
)
@click.option("--all", "every", is_flag=True, help="Print every candidate, best first.")
@catalogue
@as_json
def select_command(
    require: tuple[str, ...],
    forbid: tuple[str, ...],
    prefer: tuple[str, ...],
    scope: str | None,
    order_by: str,
    every: bool,
    as_json: bool,
    **which: Any,
) -> None:
    """Print the model spec of the best model that has and lacks these capabilities.

    Capabilities: chat, embeddings, attachments, temperature, reasoning, reasoning_toggle, tools,
    tools_streaming, tools_strict, tools_parallel, json_native, json_schema, json_strict, streaming_text,
    streaming_tool_calls.

    \b
    Example:
      llm-models select --require tools --require json_native --prefer openai
    """
    wanted: dict[str, Any] = {"require": require, "forbid": forbid, "scope": scope, "order_by": order_by}
    if prefer:
        wanted["prefer"] = prefer
    snapshot = chosen(**which)
    best = snapshot.select(**wanted)  # says why where there is none
    models = snapshot.candidates(**wanted) if every else [best]
    if as_json:
        print_json([model.to_dict() for model in models] if every else best.to_dict())
    elif every:
        print_table(_COLUMNS, map(model_row, models), right=_NUMBERS)
    else:
        click.echo(best.spec)


@click.command("resolve", short_help="Print a model's canonical name.")
@click.argument("spec", type=model_spec, metavar="SPEC")
@_scope
@_prefer
@click.option("--style", default="colon", show_default=True, metavar="STYLE", help="colon, at or filename.")
@catalogue
@as_json
def resolve_command(
    spec: str, scope: str | None, prefer: tuple[str, ...], style: Any, as_json: bool, **which: Any
) -> None:
    """Print the canonical name of the model that SPEC means: provider:model, model@provider, or a bare id.

    \b
    Example:
      llm-models resolve claude-haiku-4-5@20251001@google-vertex
    """
    snapshot = chosen(**which)
    model = snapshot.resolve(spec, scope=scope, prefer=prefer)
    text = snapshot.format_spec(model.key, style)
    if as_json:
        print_json({"requested": spec, "spec": text, "provider": model.provider, "id": model.id})
    else:
        click.echo(text)


COMMANDS = (list_command, providers_command, show_command, select_command, resolve_command)
