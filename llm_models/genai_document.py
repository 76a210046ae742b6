"""The data of the installed package genai-prices, as the document that its project publishes; it uses no network.

    python -m llm_models.genai_document --out genai-prices.json
    llm-models pull --source genai_prices --url genai-prices.json --out FILE

Prices are text, such as "0.15", so that no digit changes.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import date, time
from importlib import import_module
from typing import Any

import click

from llm_models.errors import LLMModelsError
from llm_models.replacement import write_atomically


def document() -> bytes:
    """The document as JSON in UTF-8. Raises `ModuleNotFoundError` if the package is not installed."""
    providers = import_module("genai_prices.data").providers
    return json.dumps(plain(providers), ensure_ascii=False, separators=(",", ":")).encode()


def plain(value: Any) -> Any:
    """Objects of the package as JSON: fields without a value are left out, and so is the `_` that ends `or_`."""
    if dataclasses.is_dataclass(value):
        return plain({field.name.rstrip("_"): getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    held = getattr(value, "__dict__", None)  # the prices of a model; a Decimal has none
    return str(value) if held is None else plain(held)


@click.command(help=(__doc__ or "").replace("    python", "\b\n    python", 1))
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="The file to write.")
def main(out: str) -> None:
    """Write the file."""
    try:
        data = document()
        write_atomically(out, data)
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error}. Install it: pip install genai-prices") from None
    except LLMModelsError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{out}: {len(data):,} bytes", err=True)


if __name__ == "__main__":
    main()
