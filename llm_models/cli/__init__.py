"""The command line, `llm-models`: one file for each family of commands; only this package and integrations use click.

`output` prints everything, and only data goes to stdout.
"""

from __future__ import annotations

import atexit
import errno
import gc
import io
import os
import sys

import click

from llm_models.cli import choose, config, cost, data, export, history, query, search, show
from llm_models.cli.options import no_pager, unknown
from llm_models.cli.output import discard_output, note, screen, unwritable, verbatim
from llm_models.errors import LLMModelsError

EXIT_CODES = {
    0: "success",
    1: "the answer is no, or problems were found",
    2: "the command line is wrong",
    3: "internal error",
    130: "interrupted",
}


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF} if os.name != "nt" else {errno.ENOSPC}
"""Why an output takes nothing more."""


class _Group(click.Group):
    """A group that lists its commands in the order in which people need them."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is typed, with the rest of the line."""
        if args[0] not in self.commands and not ctx.resilient_parsing and not args[0].startswith("-"):
            raise unknown("command", args[0], self.commands, ctx)
        return super().resolve_command(ctx, args)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="llm-models-catalog", prog_name="llm-models")
@no_pager
def cli() -> None:
    """A catalogue of LLM models: capabilities, limits, prices, and the providers that serve them.

    It works offline, from a snapshot that is part of the package. Only `pull` goes online.

    \b
    Example:
      llm-models select --require tools --require json_native --prefer openai
    """


_FAMILIES = (choose, query, show, search, cost, history, export, config, data)
for command in (one for family in _FAMILIES for one in family.COMMANDS):
    cli.add_command(command)


def main() -> None:
    """Run the command line, and exit with one of `EXIT_CODES`. Errors are printed without a traceback."""
    gc.set_threshold(1_000_000)  # a command makes hardly any cycles; to search for them took a tenth of its time
    atexit.register(gc.freeze)  # what is left ends with the process; Python would search it once more
    sys.exit(_run())


def _usage(error: click.UsageError) -> str:
    """What is wrong with the command line."""
    value = isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter)
    if isinstance(error, click.BadParameter) and value:
        place = error.param_hint or (error.param and error.param.get_error_hint(error.ctx))
        named = place if isinstance(place, str) else " or ".join(place or ())
        return f"llm-models: {named.replace(chr(39), '')}: {error.message}"
    command = error.ctx.command_path if error.ctx is not None else "llm-models"
    hint = "" if type(error) is click.UsageError else f" '{command} --help' shows what it takes."
    return f"llm-models: {error.format_message()}{hint}"


def _run() -> int:
    try:
        with screen():
            # On Windows click would read an argument such as `[ab]/x.toml` as a pattern of files.
            code = cli.main(standalone_mode=False, prog_name="llm-models", windows_expand_args=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # not in older versions of click
            verbatim(*error.format_message().split("\n"), err=True)
        else:
            note(_usage(error))
        return error.exit_code
    except click.ClickException as error:
        message = io.StringIO()
        error.show(message)
        note(*message.getvalue().rstrip("\n").split("\n"))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        note("interrupted")
        return 130
    except LLMModelsError as error:
        for text in str(error).split("\n"):
            if text.startswith("  "):  # an excerpt
                verbatim(text, err=True)
            else:
                note(f"llm-models: {text}")
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has closed it.
        discard_output()
        return 1
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:  # click's own output: help
            note(f"llm-models: {unwritable(error)}")
            return 1
        if os.environ.get("LLM_MODELS_DEBUG"):
            raise
        text = f"{type(error).__name__}: {error}"[:500]
        note(f"llm-models: internal error: {text} (LLM_MODELS_DEBUG=1 shows where; please report it)")
        return 3
    return code if isinstance(code, int) else 0
