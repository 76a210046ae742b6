"""The options that state which models are meant: the conditions and orders of a choice, as a table."""

from __future__ import annotations

import errno
import json
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from llm_models.amounts import amount
from llm_models.conditions import BILLINGS, LIKELY_UNKNOWN, STATES
from llm_models.errors import InvalidArgumentError, LLMModelsError, UnknownCapabilityError, did_you_mean, wrong_argument
from llm_models.files import FileError, read_limited
from llm_models.kinds import KINDS
from llm_models.ranking import ORDERS
from llm_models.selection import NoMatchError, reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.snapshot import Snapshot

_LONGEST = 10_000_000  # bytes of a file with a workload


class Amount(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """A number of tokens or of dollars, as people write it: 200000, 200k, 1M, 0.5."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        found = value if isinstance(value, (int, float)) else amount(value)
        if found is None:
            self.fail(f"'{value}' is not a number (such as 200000, 200k, 1M or 0.5)", param, ctx)
        return found


_MODALITIES = ("text", "image", "audio", "video", "pdf")
_SEVERAL = {"multiple": True}
OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "--require NAME": ("A capability that it must have; repeatable.", _SEVERAL),
    "--forbid NAME": ("A capability that it must lack; repeatable.", _SEVERAL),
    "--unknown": (
        "Whether a required capability that no source states counts: no, where it is likely, or yes.",
        {"type": click.Choice(LIKELY_UNKNOWN), "default": "no", "show_default": True},
    ),
    "--scope PROVIDER": ("Use only the models of this provider; repeatable.", _SEVERAL),
    "--kind NAME": ("What it is for, such as chat, embedding or image; repeatable.", _SEVERAL),
    "--input NAME": ("A modality that it must take, such as image, audio, video or pdf; repeatable.", _SEVERAL),
    "--output NAME": ("A modality that it must return; repeatable.", _SEVERAL),
    "--min-context N": ("The smallest context, in tokens, such as 200k.", {"type": Amount()}),
    "--min-output N": ("The smallest limit of output, in tokens.", {"type": Amount()}),
    "--max-price-input USD": ("The highest price of a million tokens of input.", {"type": Amount()}),
    "--max-price-output USD": ("The highest price of a million tokens of output.", {"type": Amount()}),
    "--workload FILE|TEXT": (
        "What to ask of it: input=8k,cache_read=6k,output=500,x=1000, or a file of JSON or TOML; repeatable.", _SEVERAL,
    ),
    "--max-cost USD": ("The highest cost of the workload.", {"type": Amount()}),
    "--released-after DAY": ("Released after this day, YYYY-MM-DD.", {}),
    "--open-weights/--closed-weights": ("Whether its weights are open.", {"default": None}),
    "--family NAME": ("A family of models, such as claude-opus; repeatable.", _SEVERAL),
    "--match PATTERN": ("A pattern for its name, such as '*:gpt-*-mini'; repeatable.", _SEVERAL),
    "--tags NAME": ("A tag that it must have; repeatable.", _SEVERAL),
    "--lifecycle STATE": (
        f"A state that it may have: {', '.join(STATES)}, or current (all but retired); repeatable.", _SEVERAL,
    ),
    "--no-deprecated": ("Leave out deprecated and retired models.", {"is_flag": True}),
    "--free/--not-free": ("Whether it costs nothing, without being part of a plan or a trial.", {"default": None}),
    "--billing NAME": (f"How its provider bills: {', '.join(BILLINGS)}; repeatable.", _SEVERAL),
    "--prefer PROVIDER": ("A provider to try first; repeatable.", _SEVERAL),
    "--order-by": (
        "What comes first, repeatable: " + "; ".join(f"{name}: {meaning}" for name, meaning in ORDERS.items()) + ".",
        {"type": click.Choice(tuple(ORDERS)), "multiple": True},
    ),
    "--at DAY": ("The day for which retirement and costs hold, YYYY-MM-DD. Default: today.", {}),
}  # fmt: skip
"""Option and its argument -> its help, and what click needs to know of it."""
_SAYS = {
    ("free", True): "that are not free",
    ("free", False): "that are free",
    ("open_weights", True): "whose weights are not open",
    ("open_weights", False): "whose weights are not closed",
}
"""A condition and its value -> what a message says of the models that it leaves out, where it has words of Python."""
_HINT = "What is not stated counts as no, unless --unknown likely or --unknown yes is given"


def conditions(function: Callable[..., None]) -> Callable[..., None]:
    """The options that state which models are meant. The command gets them as `choice`, arguments of `candidates`."""

    @wraps(function)
    def with_choice(**given: Any) -> None:
        choice = {name: given.pop(name) for name in _FIELDS}
        if choice.pop("no_deprecated"):
            if choice["lifecycle"]:
                raise click.UsageError("--no-deprecated and --lifecycle exclude each other")
            choice["lifecycle"] = ("ga", "preview")
        if choice["workload"]:
            choice["workload"] = [part for text in choice["workload"] for part in _workload(text)]
        try:
            function(choice={name: value for name, value in choice.items() if value not in (None, ())}, **given)
        except InvalidArgumentError as error:  # people typed options, not arguments
            if error.argument:
                error.args = (f"{_option(error.argument)}: {error.problem}",)
            raise
        except UnknownCapabilityError as error:
            if error.meant is not None:
                error.args = (f"{str(error).partition(' State ')[0]} State {_option(*error.meant)}.",)
            raise
        except NoMatchError as error:
            words = {says: _words(says, *condition) for says, condition in error.asked.items()}
            error.args = (reasons(vars(error), words, _HINT),)
            raise
        except LLMModelsError as error:
            from llm_models.counts import UsageError

            if isinstance(error, UsageError):  # only a workload states a usage
                error.args = (": ".join(filter(None, ("--workload", error.field, error.problem))),)
            raise

    command = with_choice
    for words, (text, more) in reversed(OPTIONS.items()):
        option, _, metavar = words.partition(" ")
        known = {"metavar": metavar, **more} if metavar else more
        command = click.option(option, help=text, **known)(command)
    return command


_WORDS = {"kind": ("kind", KINDS), "input": ("takes", _MODALITIES), "output": ("gives", _MODALITIES)}
"""Condition -> the column that has its words, and words that are known also where no model has them."""


def check_words(snapshot: Snapshot, choice: dict[str, Any]) -> None:
    """Raise `InvalidArgumentError` for a kind or a modality that is neither known nor that of any model."""
    for name, (column, always) in _WORDS.items():
        if name in choice:
            values = [value for (value,) in snapshot.file.columns().column(column)[0].values()]
            stated = (word for value in values for word in str(value or "").lower().split(" ") if word)
            known = {*always, *(word.replace("\x1f", " ") for word in stated)}
            for word in choice[name]:
                if word.strip() and word.strip().lower() not in known:
                    what = "kind" if name == "kind" else "modality"
                    hint = did_you_mean(word, known)
                    listed = ", ".join([*always, *sorted(known.difference(always))])
                    raise wrong_argument(name, f"unknown {what} '{word}' (expected {listed}).{hint}")


_FIELDS = [words.partition(" ")[0].partition("/")[0].removeprefix("--").replace("-", "_") for words in OPTIONS]


def stated() -> list[str]:
    """The conditions that stand on the command line, as they are written there."""
    context = click.get_current_context()
    typed = click.core.ParameterSource.COMMANDLINE
    mine = [one for one in context.command.params if one.name in _FIELDS]
    return [
        (one.secondary_opts if context.params[one.name or ""] is False else one.opts)[0]
        for one in mine
        if context.get_parameter_source(one.name or "") is typed
    ]


def _option(argument: str, values: tuple[str, ...] = ()) -> str:
    """An argument of Python with its values, as an option."""
    name = f"--{argument.replace('_', '-')}"
    return " ".join([f"{name} {value}" for value in values]) or name


def _words(says: str, argument: str, value: Any) -> str:
    """What a message says of the models that a condition leaves out, with numbers as people write them."""
    if isinstance(value, (float, Decimal)):
        return says.replace(str(value), f"{Decimal(str(value)):f}")
    return _SAYS.get((argument, value), says) if isinstance(value, bool) else says


def _workload(text: str) -> list[Any]:
    """The usages of a workload that is a text, or a file of JSON or TOML."""
    if "=" in text:
        return [text]
    try:
        data = read_limited(text, _LONGEST)
    except FileError as error:
        if error.errno == errno.EFBIG:
            raise InvalidArgumentError(f"--workload {text}: the file has more than {_LONGEST:,} bytes") from None
        hint = "expected a file, or text such as input=8k,output=500"
        raise LLMModelsError(f"--workload {text}: {error.strerror} ({hint})") from None
    try:
        if text.endswith(".toml"):
            import tomllib

            found = tomllib.loads(data.decode())
            found = found.get("workload", found)
        else:
            found = json.loads(data, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"--workload {text}: it cannot be read: {error}") from None
    return found if isinstance(found, list) else [found]
