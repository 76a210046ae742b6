"""Options that several commands share, and the catalogue that they choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llm_models.cli.output import note
from llm_models.integrations.click import ModelSpecParam

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.paths import Folder
    from llm_models.snapshot import Snapshot

__all__ = ["as_json", "catalogue", "chosen", "config_option", "folder_of", "model_spec"]

config_option = click.option(
    "--config",
    metavar="FILE",
    help="The llm_models.toml to use, 'none' for none. Default: LLM_MODELS_CONFIG, else the nearest upwards.",
)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def catalogue(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose the catalogue a command reads; they reach it as `config`, `snapshot`, `behaviour`."""
    for option in (
        click.option("--behaviour", is_flag=True, help="Import the behaviour module that the configuration names."),
        click.option("--snapshot", metavar="FILE", help="A snapshot file in place of the packaged one."),
        config_option,
    ):
        command = option(command)
    return command


def _completing() -> Snapshot:
    """The catalogue that the options typed so far choose, for shell completion: no code is run, nothing is said."""
    from llm_models import store

    typed = click.get_current_context().params
    return store.build(
        {"config": _config(typed.get("config")), "snapshot": typed.get("snapshot"), "run_behaviour": False}
    )


model_spec = ModelSpecParam(_completing, check=False)
"""A model spec as an argument: completed from the catalogue, resolved by the command itself."""


def folder_of(config: str | None) -> Folder:
    """The application's files that `--config` chooses."""
    from llm_models import paths

    return paths.find(_config(config))


def _config(config: str | None) -> Any:
    return ... if config is None else None if config in ("", "none") else config


def chosen(config: str | None, snapshot: str | None, behaviour: bool) -> Snapshot:
    """The catalogue that the shared options choose; the process's own is left alone."""
    from llm_models import store

    built = store.build({"config": _config(config), "snapshot": snapshot, "run_behaviour": behaviour})
    module = built.file.header.get("overrides_module")
    if module and not behaviour:
        note(f"note: the behaviour module '{module}' is not run, so its changes are not shown (--behaviour runs it)")
    return built
