"""The command line, `llm-models`: one file for each family of commands; only this package and integrations use click.

`output` prints everything, and only data goes to stdout. A family is imported when one of its commands is called: a TAB
that completes the name of a command imports none.
"""

from __future__ import annotations

import atexit
import errno
import gc
import io
import os
import sys
from collections.abc import MutableMapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click

from llm_models.cli.options import no_pager, takes, unknown
from llm_models.cli.output import discard_output, note, screen, stage, unwritable, verbatim
from llm_models.errors import LLMModelsError, text_of
from llm_models.logs import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem

EXIT_CODES = {
    0: "success",
    1: "the answer is no, or problems were found",
    2: "the command line is wrong",
    3: "internal error",
    129: "interrupted, because the terminal is gone (SIGHUP)",
    130: "interrupted (Ctrl-C)",
    143: "interrupted by another program (SIGTERM)",
}


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF} if os.name != "nt" else {errno.ENOSPC}
"""Why an output takes nothing more."""
DOCS = "docs/ in the repository of llm_models"
FAMILIES = {
    "choose": {
        "list": "List models, all or of one provider.",
        "select": "Choose the best model by what it can do and costs.",
    },
    "query": {
        "providers": "List the providers.",
        "offers": "Compare a model at all providers.",
        "resolve": "Print the canonical name of a model.",
    },
    "show": {"show": "Show what is known of a model."},
    "search": {"search": "Search for models by words."},
    "cost": {"cost": "Show what a usage costs, line by line."},
    "history": {"history": "Show when a model was listed, and at which prices."},
    "browse": {"browse": "Write a page to look at: all models, searchable, in one file."},
    "export": {"export": "Write tables for programs, or a document for another tool."},
    "config": {
        "validate": "Report every problem in llm_models.toml.",
        "explain": "Show where each value of a model comes from.",
        "init": "Write a commented llm_models.toml.",
    },
    "edits": {
        "set": "Set values of a model in llm_models.toml.",
        "add": "Define a model in llm_models.toml.",
        "unset": "Remove values of a model from llm_models.toml.",
        "exclude": "Exclude models in llm_models.toml.",
    },
    "lint": {"lint": "Find models in source code that are gone or retire soon."},
    "data": {
        "pull": "Download the source's catalogue; goes online.",
        "activate": "Build a snapshot and put it in place.",
        "rollback": "Put the previous snapshot back.",
        "diff": "Show what changed between two catalogues.",
        "schema": "Print a JSON Schema.",
    },
    "info": {"info": "Show which snapshot is in use, and why."},
    "completion": {"completion": "Complete commands, options and names at TAB."},
}
"""Module -> its commands in the order in which people need them, each with its line in the list of commands."""
_SUMMARIES = {name: summary for commands in FAMILIES.values() for name, summary in commands.items()}


class _Commands(MutableMapping[str, click.Command]):
    """The commands by their names; each is imported when it is asked for."""

    def __init__(self) -> None:
        self._module_of = {name: module for module, commands in FAMILIES.items() for name in commands}
        self._known: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._known:
            family = import_module(f"{__name__}.{self._module_of[name]}")
            self._known |= {command.name: command for command in family.COMMANDS}
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._module_of, **self._known})

    def __len__(self) -> int:
        return len({**self._module_of, **self._known})

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]


class _Group(click.Group):
    """A group that lists its commands from the table, in its order, and so imports none of them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            options = [name for one in self.get_params(ctx) for name in one.opts]
            raise unknown("option", error.option_name, options, ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is typed, with the rest of the line."""
        if args[0] not in self.commands and not ctx.resilient_parsing and not args[0].startswith("-"):
            if f"--{args[0]}" in [name for one in self.get_params(ctx) for name in one.opts]:  # `version`, `help`
                word = args[0]
                raise click.UsageError(f"there is no command '{word}'. Did you mean 'llm-models --{word}'?", ctx)
            raise unknown("command", args[0], self.commands, ctx)
        return super().resolve_command(ctx, args)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*_SUMMARIES.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        found = [(name, summary) for name, summary in _SUMMARIES.items() if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=summary) for name, summary in found), *options]

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])
        with formatter.section("Documentation"):
            pages = "commands.md lists every option, output.md describes JSON and exit codes, python.md the functions"
            formatter.write_text(f"{DOCS}: {pages}. Python shows the same: 'python -m pydoc llm_models.select'.")


@click.group(
    cls=_Group, commands=_Commands(), context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="llm-models-catalog", prog_name="llm-models")
@no_pager
def cli() -> None:
    """A catalogue of LLM models: capabilities, limits, prices, and the providers that serve them.

    It works offline, from a snapshot that is part of the package. Only `pull` goes online.

    \b
    Example:
      llm-models select --require tools --require json_native --prefer openai
    """


def main() -> None:
    """Run the command line, and exit with one of `EXIT_CODES`. Errors are printed without a traceback."""
    gc.set_threshold(1_000_000)  # a command makes hardly any cycles; to search for them took a tenth of its time
    atexit.register(gc.freeze)  # what is left ends with the process; Python would search it once more
    with _whole_output():
        code = _run()
    sys.exit(code)


@contextmanager
def _whole_output() -> Iterator[None]:
    """Inside, a text for stdout is written as a whole, or there is an error.

    Where PYTHONUNBUFFERED is set, Python writes it once and drops what a pipe or a full disk did not take.
    """
    given = sys.stdout
    raw = getattr(given, "buffer", None)
    if not isinstance(raw, io.RawIOBase):
        yield
        return
    sys.stdout = whole = io.TextIOWrapper(io.BufferedWriter(raw), encoding=given.encoding, errors=given.errors)
    try:
        yield
    finally:
        try:
            whole.flush()
        except BrokenPipeError:  # click ends the program where it finds that its reader has gone
            discard_output()
        whole.detach().detach()  # the stream below stays open
        sys.stdout = given


def _usage(error: click.UsageError) -> str:
    """What is wrong with the command line."""
    value = isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter)
    if isinstance(error, click.BadParameter) and value:
        place = error.param_hint or (error.param and error.param.get_error_hint(error.ctx))
        named = place if isinstance(place, str) else " or ".join(place or ())
        return f"llm-models: {named.replace(chr(39), '')}: {error.message}"
    hint = "" if type(error) is click.UsageError else takes(error.ctx)
    message = " ".join(error.format_message().split())  # click lists the words of a choice on lines of their own
    return f"llm-models: {message}{'.' * (bool(hint) and not message.endswith(('.', '?')))}{hint}"


def _run() -> int:
    try:
        return _called()
    except MemoryError:  # what the error holds is free before anything is printed
        pass
    note("llm-models: there is not enough memory")
    return 1


def _called() -> int:
    try:
        if "_LLM_MODELS_COMPLETE" in os.environ:
            from llm_models.cli import completion

            code = completion.answer(cli)
            sys.stdout.flush()
            return code
        with printed(note), screen():
            # On Windows click would read an argument such as `[ab]/x.toml` as a pattern of files.
            code = cli.main(standalone_mode=False, prog_name="llm-models", windows_expand_args=False)
        stage("")
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
    except MemoryError:
        raise
    except Exception as error:
        return _unexpected(error)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> int:
    """Report an error that nothing above expects; the exit code."""
    if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:  # click's own output: help
        note(f"llm-models: {unwritable(error)}")
        return 1
    if os.environ.get("LLM_MODELS_DEBUG"):
        raise error
    if isinstance(error, OSError) and error.strerror and isinstance(error.filename, str):
        note(f"llm-models: {error.filename}: {error.strerror}")
        return 1
    text = f"{type(error).__name__}: {text_of(error)}"[:500]
    note(f"llm-models: internal error: {text} (LLM_MODELS_DEBUG=1 shows where; please report it)")
    return 3
