"""Completion: what a shell offers at a TAB, in the form that its script in `data/completion` reads; the command for it.

The shell states the typed line up to the cursor in `COMP_WORDS`. A TAB prints no message and runs no code of a folder.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

import click

from llm_models import paths
from llm_models.cli.options import command
from llm_models.cli.output import cell, line, print_text
from llm_models.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from llm_models.cli.vocabularies import Words

VARIABLE = "_LLM_MODELS_COMPLETE"
"""The environment variable by which a script asks: the name of its shell and `_complete`."""


class Typed(NamedTuple):
    """A command line up to the cursor: its whole words, then the one that is being typed.

    `raw` is that word as it was typed, `quote` the quotation mark that is open in it, and empty where none is.
    """

    words: list[str]
    word: str
    raw: str
    quote: str


def typed(text: str) -> Typed:
    r"""A line as a shell reads it, with what is not complete.

    >>> typed("llm-models show 'op")
    Typed(words=['llm-models', 'show'], word='op', raw="'op", quote="'")
    """
    words: list[str] = []
    word, start, quote, begun = "", 0, "", False
    position = 0
    while position < len(text):
        sign = text[position]
        if quote:
            if sign == quote:
                quote = ""
            elif sign == "\\" and quote == '"' and text[position + 1 : position + 2] in ("\\", '"', "$", "`"):
                position += 1
                word += text[position]
            else:
                word += sign
        elif sign.isspace():
            if begun:
                words.append(word)
            word, begun = "", False
        else:
            if not begun:
                start, begun = position, True
            if sign in "'\"":
                quote = sign
            elif sign == "\\":
                position += 1
                word += text[position : position + 1]
            else:
                word += sign
        position += 1
    return Typed(words, word, text[start:] if begun else "", quote)


class Offer(NamedTuple):
    """What may stand in place of the word that is being typed: words with a line about each, and a kind of files.

    `head` is the part of that word which stays, such as `--config=`; the words contain it.
    """

    words: Words
    files: str = ""
    head: str = ""


def offered(group: click.Group, args: list[str], word: str) -> Offer:
    """What the commands of a group offer in place of `word`, after the words `args`."""
    with group.make_context("llm-models", [*args], resilient_parsing=True) as above:
        at = next((number for number, arg in enumerate(args) if not arg.startswith("-")), None)
        if at is None:
            return Offer([(item.value, item.help) for item in group.shell_complete(above, word)])
        found = group.get_command(above, args[at])
        if found is None:
            return Offer(())
        return _of_command(found, above, args[at + 1 :], word)


def _of_command(command: click.Command, above: click.Context, args: list[str], word: str) -> Offer:
    from llm_models.cli.vocabularies import words

    options = {name: one for one in command.get_params(above) if isinstance(one, click.Option) for name in _names(one)}
    option, head = None, ""
    if "--" not in args:
        if args and _takes_value(option := options.get(args[-1])):
            args = args[:-1]
        name, sign, value = word.partition("=")
        if sign and name in options:
            option, head, word = options[name], f"{name}=", value
        elif word.startswith("-") and not _takes_value(option):
            return Offer([*_options(options, args, word)])
    with command.make_context(command.name, [*args], parent=above, resilient_parsing=True) as ctx:
        param: click.Parameter | None = option if _takes_value(option) else None
        param = param or next((one for one in command.params if _is_open(ctx, one)), None)
        found, files = ((), "") if param is None else words(ctx, param, word)
    kept = word[: word.rfind("=") + 1] if files and not found else ""
    return Offer([(head + value, told) for value, told in found], files, head + kept)


def _takes_value(option: click.Option | None) -> bool:
    return option is not None and not option.is_flag and not option.count


def _names(option: click.Option) -> list[str]:
    return [*option.opts, *option.secondary_opts]


def _options(options: Mapping[str, click.Option], args: list[str], word: str) -> Iterator[tuple[str, str | None]]:
    """The options that are not given yet, or may be given again."""
    given = {arg.partition("=")[0] for arg in args}
    for name, option in options.items():
        again = option.multiple or given.isdisjoint(_names(option))
        if name.startswith(word) and again and not option.hidden:
            yield name, option.help and " ".join(option.help.split())


def _is_open(ctx: click.Context, param: click.Parameter) -> bool:
    """Whether a parameter is an argument that still takes a word."""
    if not isinstance(param, click.Argument):
        return False
    return param.nargs == -1 or ctx.get_parameter_source(param.name or "") is not click.core.ParameterSource.COMMANDLINE


def _bash(line: Typed, offer: Offer) -> Iterator[str]:
    """The part of each word that bash replaces: what follows an open quote, or the last sign that splits words."""
    breaks = os.environ.get("COMP_WORDBREAKS", "")
    opened = [at for at, sign in enumerate(line.raw) if sign == line.quote and not typed(line.raw[:at]).quote]
    before = len(typed(line.raw[: opened[-1]]).word) if opened else 0
    plain = "" if line.quote else line.raw
    found = [match for match in re.finditer(r"\\.|[:=@]", plain) if match[0] in breaks]
    cut = max((match.start() if match[0] == "@" else match.end() for match in found), default=0)  # "@" is replaced, too
    kept = len(_escaped(typed(plain[:cut]).word))
    for word, _ in offer.words:
        yield f"plain,{word[before:] if line.quote else _escaped(word)[kept:]}"
    if offer.files:
        yield f"{offer.files},{offer.head}"


def _escaped(word: str) -> str:
    return re.sub(r"([^\w.:/@+~=,%^-])", r"\\\1", word)


def _in_threes(_line: Typed, offer: Offer) -> Iterator[str]:
    """For zsh and fish, which escape what they insert: three lines for each word."""
    for word, told in offer.words:
        yield from ("plain", word, told or "_")
    if offer.files:
        yield from (offer.files, offer.head, "_")


class Shell(NamedTuple):
    """How a shell is answered, and where its script is installed.

    `script` is its path from the home folder, `base` a variable that may name another folder for the first part of it,
    `rc` the file that gets the line which reads the script; empty where the shell finds it.
    """

    answer: Callable[[Typed, Offer], Iterator[str]]
    script: tuple[str, str, str]
    rc: tuple[str, str] | None = None


SHELLS = {
    "bash": Shell(_bash, ("XDG_DATA_HOME", ".local/share", "llm-models/completion.bash"), ("", ".bashrc")),
    "zsh": Shell(_in_threes, ("XDG_DATA_HOME", ".local/share", "llm-models/completion.zsh"), ("ZDOTDIR", ".zshrc")),
    "fish": Shell(_in_threes, ("XDG_CONFIG_HOME", ".config", "fish/completions/llm-models.fish")),
}


def answer(group: click.Group) -> int:
    """Answer the script that asks; the exit code. It is silent about whatever is wrong, because somebody is typing."""
    shell, _, what = os.environ[VARIABLE].partition("_")
    if shell not in SHELLS or what not in ("complete", "source"):
        return 1
    if what == "source":
        print_text(_script(shell).removesuffix("\n"))
        return 0
    try:
        before = typed(os.environ.get("COMP_WORDS", ""))
        offer = offered(group, before.words[1:], before.word)
        words = [(word, told) for word, told in offer.words if cell(word) == word]
        line(*SHELLS[shell].answer(before, offer._replace(words=words)))
    except Exception:
        return 1
    return 0


def _script(shell: str) -> str:
    return paths.packaged_text(os.path.join(paths.COMPLETION, f"llm-models.{shell}"))


@command("completion", "Complete commands, options and names at TAB.", "completion bash --install")
@click.argument("shell", type=click.Choice(tuple(SHELLS)), metavar="SHELL")
@click.option("--install", is_flag=True, help="Write the script where the shell reads it, and state what was written.")
def completion_command(shell: str, install: bool) -> None:
    """Print the script that completes commands, options, providers, models and fields at TAB, or install it.

    SHELL is bash, zsh or fish.

    \b
    --install writes the script to the first of these files, and a line that reads it to the second:
      bash  ~/.local/share/llm-models/completion.bash  ~/.bashrc
      zsh   ~/.local/share/llm-models/completion.zsh   ~/.zshrc
      fish  ~/.config/fish/completions/llm-models.fish

    XDG_DATA_HOME, XDG_CONFIG_HOME and ZDOTDIR are respected. A second time it changes only what is not up to date. To
    remove it, delete the file and the line.

    To try it in this shell alone: `eval "$(llm-models completion bash)"`, the same for zsh, and in fish
    `llm-models completion fish | source`.

    At a TAB the script runs the command as you typed it, so it works in an environment that is not activated, too.
    """
    if install:
        _install(shell)
    else:
        print_text(_script(shell).removesuffix("\n"))


def _install(shell: str) -> None:
    from llm_models import files, replacement

    row = SHELLS[shell]
    variable, folder, name = row.script
    path = os.path.join(_home(variable, folder), name)
    text = _script(shell).encode()
    try:
        old = files.read_limited(path, 1 << 20) if paths.exists(path) else b""
        if old and b"llm-models completion" not in old:
            raise ConfigError(f"{path}: is not a script of 'llm-models completion', so it is not replaced; remove it")
        if old != text:
            replacement.make_folder(os.path.dirname(path))
            replacement.write_atomically(path, text)
        line(f"{path}: {'unchanged' if old == text else 'written'}")
        if row.rc is None:
            return
        rc = os.path.join(_home(row.rc[0], ""), row.rc[1])
        reads = f"[ ! -r '{path}' ] || . '{path}' # completion of llm-models"
        is_there = paths.exists(rc)
        present = files.read_limited(rc, 1 << 22) if is_there else b""
        if reads.encode() in present.splitlines():
            line(f"{rc}: unchanged")
            return
        gap = b"" if not present or present.endswith(b"\n") else b"\n"
        new = present + gap + reads.encode() + b"\n"
        replacement.write_atomically(rc, new, create=not is_there, expected=present if is_there else None)
    except files.FileError as error:
        raise ConfigError(str(error)) from None
    line(f"{rc}: added the line {reads}", "It works in the next shell that you start.")


def _home(variable: str, folder: str) -> str:
    """The folder that a variable names, if it names one from the root; else one in the home folder."""
    named = os.environ.get(variable, "") if variable else ""
    return named if os.path.isabs(named) else os.path.join(os.path.expanduser("~"), folder)


COMMANDS = (completion_command,)
