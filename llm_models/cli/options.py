"""Options that several commands share, the catalogue that they choose, and help that states other modules' lists."""

from __future__ import annotations

import re
from functools import wraps
from importlib import import_module
from inspect import cleandoc
from shlex import quote
from typing import TYPE_CHECKING

import click

from llm_models import paths
from llm_models.cli import output
from llm_models.cli.output import note
from llm_models.columns import MAX_NUMBER
from llm_models.errors import AmbiguousModelError
from llm_models.integrations.click import ModelSpecParam
from llm_models.request import build
from llm_models.similarity import did_you_mean, mistyped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import EllipsisType
    from typing import Any, TypeVar

    from llm_models.paths import Folder
    from llm_models.snapshot import Snapshot
    from llm_models.trust import Code

    C = TypeVar("C", bound=Callable[..., Any])


_WORDS = frozenset(
    ("require", "forbid", "scope", "kind", "input", "output", "lifecycle", "billing", "prefer", "order_by")
)
"""Options that may be given several times, each with one word, in which there is never a comma."""


class Command(click.Command):
    """A command whose help text may name lists and limits of other modules, such as `{guards.MAX_GONE}`.

    They are looked up when help is shown, because some of these modules take long to import. A name that may mean
    several models is an error that states which command to type instead. An option that takes one value and is given
    twice is an error, too: the last value would count, silently.
    """

    allow_extra_args = True  # `parse_args` refuses them, in our words

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        if not ctx.resilient_parsing:
            try:
                values, _, order = self.make_parser(ctx).parse_args(args=[*args])
            except click.NoSuchOption as error:
                options = [name for one in self.get_params(ctx) for name in (*one.opts, *one.secondary_opts)]
                raise unknown("option", error.option_name, options, ctx) from None
            except click.UsageError as error:
                error.ctx = error.ctx or ctx
                raise
            given = [one for one in order if isinstance(one, click.Option) and not (one.multiple or one.count)]
            for option in given:
                if given.count(option) > 1 and not (option.is_flag and not option.secondary_opts):
                    names = " or ".join((*option.opts, *option.secondary_opts))
                    raise click.UsageError(f"{names} is given twice, but takes one value", ctx)
            for several in (one for one in {*order} if one.multiple and one.name in _WORDS):
                for text in values[several.name or ""]:
                    if "," in text.strip(","):
                        each = " ".join(f"{several.opts[0]} {word.strip()}" for word in text.split(",") if word.strip())
                        raise click.UsageError(
                            f"{several.opts[0]}: one word is expected (found '{text}'). Write {each}"
                        )
        more = super().parse_args(ctx, args)
        if more and not ctx.resilient_parsing:
            named = any(isinstance(one.type, ModelSpecParam) for one in self.params)
            hint = " A model is one word, such as openai:gpt-5.4-mini." if named else ""
            shown = f"{more[0]}'" + f" and {len(more) - 1} more" * (len(more) > 1)
            raise click.UsageError(f"unexpected argument '{shown}.{hint}{takes(ctx)}", ctx)
        return more

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AmbiguousModelError as error:
            again = f"{ctx.command_path} {quote(error.specs[0])}"
            fields = {"spec": error.spec, "specs": error.specs, "problem": error.problem}
            decides = any(param.name == "prefer" for param in self.params)
            prefer = "Give --prefer PROVIDER, or name the model. " * decides
            message = f"{error.problem}. {prefer}Choose one, such as: {again}"
            raise AmbiguousModelError(message, **fields) from None

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help text, with the value of each name."""
        self.help = re.sub(r"\{(\w+)\.(\w+)\}", _value, self.help or "")
        super().format_help_text(ctx, formatter)


def unknown(what: str, word: str, known: Iterable[str], ctx: click.Context) -> click.UsageError:
    """The error for an option or a command that does not exist.

    It names those that the word begins, or that differ from it by few letters. (click names any of similar letters.)
    """
    known = [*known]
    near = [name for name in known if name.startswith(f"{word}-")] or mistyped(word, known, letters=5)
    if re.fullmatch("-[A-Za-z]", word):  # other tools have -o for --out, and -v for --version
        near = sorted((name for name in known if name.startswith(f"-{word.lower()}")), key=len)
    return click.UsageError(f"there is no {what} '{word}'.{did_you_mean(near) or _help(ctx)}", ctx)


def _help(ctx: click.Context) -> str:
    return f" '{ctx.command_path} --help' lists all of them."


def takes(ctx: click.Context | None) -> str:
    """The end of a message about a command line: which help explains it."""
    return f" '{'llm-models' if ctx is None else ctx.command_path} --help' shows what it takes."


def _value(name: re.Match[str]) -> str:
    value = getattr(import_module(f"llm_models.{name[1]}"), name[2])
    if isinstance(value, float):
        return f"{100 * value:g} %"
    return str(value) if isinstance(value, int) else ", ".join(value)


def _leave_out_pager(_ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        output.no_pager()


no_pager = click.option(
    "--no-pager", is_flag=True, expose_value=False, callback=_leave_out_pager,
    help="Print long output at once, without a pager.",
)  # fmt: skip
"""The program has this option, and each command has it, because people type it at either place."""


def command(name: str, summary: str, example: str) -> Callable[[Callable[..., None]], Command]:
    """The decorator of a command: `summary` is its line in the list of commands, `example` ends its help."""

    def decorate(function: Callable[..., None]) -> Command:
        text = f"{cleandoc(function.__doc__ or '')}\n\n\b\nExample:\n  llm-models {example}"
        return click.command(name, cls=Command, short_help=summary, help=text)(no_pager(function))

    return decorate


def provider_alone(_ctx: click.Context, _param: click.Parameter, provider: str) -> str:
    """A provider; a model spec in its place, as other commands take it, is an error that states what to type."""
    name, colon, pattern = provider.partition(":")
    if colon:
        raise click.UsageError(f"write two words: llm-models exclude {quote(name)} {quote(pattern)}")
    return provider


class Number(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """A number from `least` on; `above`, a number that is larger than it, also one with a fraction."""

    name = "number"

    def __init__(self, least: int, *, above: bool = False) -> None:
        self.least, self.above = least, above

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        try:
            found = float(value) if self.above else int(value)
        except (ValueError, OverflowError):
            found = -1
        if not (self.least < found < MAX_NUMBER if self.above else self.least <= found < MAX_NUMBER):
            what = f"number above {self.least}" if self.above else f"whole number from {self.least} on"
            self.fail(f"expected a {what} (found '{value}')", param, ctx)
        return found


class FilePath(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """The path of a file. An empty text is none: in a script it is a variable without a value."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path as it was typed."""
        if not value:
            self.fail("the path is empty", param, ctx)
        return value


file_path = FilePath()

config_option = click.option(
    "--config",
    type=file_path,
    metavar="FILE",
    help="The llm_models.toml to use; 'none': the packaged data, and nothing of any folder. Default: "
    "LLM_MODELS_CONFIG, or the nearest in this repository.",
)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


_STYLES = {
    "text": "for people (text, the default)",
    "json": "for programs (json)",
    "github": "as annotations of GitHub Actions (github)",
    "markdown": "for a pull request (markdown)",
}


def report_style(*styles: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options that choose how a report is printed, which the command gets as `style`."""
    words = [text for style, text in _STYLES.items() if style in styles]

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_style(as_json: bool, style: str | None, **rest: Any) -> None:
            if as_json and style not in (None, "json"):
                raise click.UsageError(f"--json and --format {style} exclude each other")
            command(style="json" if as_json else style or "text", **rest)

        option = click.option(
            "--format", "style", type=click.Choice(styles),
            help=f"How to print: {', '.join(words[:-1])}, or {words[-1]}.",
        )  # fmt: skip
        return as_json(option(with_style))

    return with_options


def catalogue_options(command: C) -> C:
    """The options that choose a catalogue, which the command gets as `config`, `snapshot` and `behaviour`."""
    for option in (
        click.option("--behaviour", is_flag=True, help="Also run the behaviour module that the configuration names."),
        click.option(
            "--snapshot", type=file_path, metavar="FILE", help="A snapshot file to use instead of the packaged one."
        ),
        config_option,
    ):
        command = option(command)
    return command


def catalogue(command: Callable[..., None]) -> Callable[..., None]:
    """The options that choose a catalogue; the command gets that catalogue, which is not published, first."""

    @wraps(command)
    def with_catalogue(config: str | None, snapshot: str | None, behaviour: bool, **rest: Any) -> None:
        command(chosen(config, snapshot, behaviour), **rest)

    return catalogue_options(with_catalogue)


def chosen(config: str | None, snapshot: str | None, behaviour: bool) -> Snapshot:
    """The catalogue that the options choose, with a note where its behaviour module is not run."""
    built = _built(config, snapshot, "any" if behaviour else "none")
    module = built.file.header.get("overrides_module")
    if module and not behaviour:
        note(f"note: the behaviour module '{module}' is not run, so its changes are missing (--behaviour runs it)")
    return built


def _built(config: str | None, snapshot: str | None, code: Code) -> Snapshot:
    given = None if snapshot is None else paths.absolute(snapshot)
    return build({"config": _config(config), "snapshot": given, "code": code})


def completing() -> Snapshot:
    """The catalogue that the options typed so far choose, for shell completion. It runs no code and prints nothing."""
    get = click.get_current_context().params.get
    return _built(get("config"), get("snapshot"), "none")


model_spec = ModelSpecParam(completing, check=False)
"""A model spec as an argument: the shell completes it, the command itself resolves it."""


def note_gone(snapshot: Snapshot, prefer: Iterable[str]) -> None:
    """Note on stderr each preferred provider that the catalogue no longer has."""
    from llm_models.past import absent

    for name in [name for name in prefer if snapshot.file.provider_id(name) is None]:
        gone = snapshot.view.past.provider(name)
        if gone is not None:
            note(f"note: {absent(gone.id, gone)}, so --prefer {name} has no effect")


def folder_of(config: str | None) -> Folder:
    """The application's files that `--config` chooses."""
    return paths.find(_config(config))


def _config(config: str | None) -> str | EllipsisType | None:
    """The value of `--config` as `load()` takes it: `...` where the option is not given.

    A path that someone typed is named, also a relative one.
    """
    return ... if config is None else None if config == "none" else paths.absolute(config)
