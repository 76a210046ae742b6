"""The command line, `llm-models`: one small file for each family of commands; the room of click.

Nothing but data goes to stdout. Exit codes: 0 fine, 1 the answer is no or a problem was found, 2 wrong usage,
3 a fault of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys

import click

from llm_models.cli import config, data, query
from llm_models.errors import LLMModelsError, printable

__all__ = ["cli", "main"]

_FAULT = 3
_INTERRUPTED = 130


class _Group(click.Group):
    """A group that lists its commands in the order in which people meet them."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="llm-models-catalog", prog_name="llm-models")
def cli() -> None:
    """A catalogue of LLM models: what each can do, costs and takes, and where it is served.

    It answers offline, from a snapshot that ships with it. Only `pull` goes online.

    \b
    Example:
      llm-models select --require tools --require json_native --prefer openai
    """


for command in (*query.COMMANDS, *config.COMMANDS, *data.COMMANDS):
    cli.add_command(command)


def main() -> None:
    """Run the command line; every error of ours becomes one line on stderr and its exit code."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = cli.main(standalone_mode=False, prog_name="llm-models")
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return _INTERRUPTED
    except LLMModelsError as error:
        for line in str(error).split("\n"):
            click.echo(f"llm-models: {printable(line)}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read us has gone; Python must not complain about that when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("LLM_MODELS_DEBUG"):
            raise
        text = printable(f"{type(error).__name__}: {error}")[:500]
        click.echo(f"llm-models: a fault of ours: {text} (LLM_MODELS_DEBUG=1 shows where; please report it)", err=True)
        return _FAULT
    return code if isinstance(code, int) else 0
