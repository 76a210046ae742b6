"""The command that prices a usage."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from llm_models.amounts import amount
from llm_models.cli.options import as_json, catalogue, command, file_path, model_spec
from llm_models.cli.output import line, note, print_json, print_pairs, print_table
from llm_models.counts import UsageError
from llm_models.errors import (
    InvalidArgumentError,
    LLMModelsError,
    ModelNotAllowedError,
    RetiredModelError,
    UnknownModelError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from llm_models.bills import Bill, Line
    from llm_models.counts import Usage
    from llm_models.snapshot import Snapshot

COUNTS = {
    "input": ("input", "All input tokens, cached ones and those of every modality with them."),
    "output": ("output", "All output tokens, reasoning with them."),
    "cached": ("cache_read", "Of the input: read from a cache."),
    "cache-write": ("cache_write", "Of the input: written to a cache, for any time."),
    "cache-write-1h": ("cache_write_1h", "Of --cache-write: for an hour."),
    "reasoning": ("reasoning", "Of the output: reasoning."),
    "audio-in": ("input_audio", "Of the input: audio."),
    "audio-out": ("output_audio", "Of the output: audio."),
    "image-in": ("input_image", "Of the input: images."),
    "image-out": ("output_image", "Of the output: images."),
    "requests": ("requests", "How many requests these numbers are of.  [default: 1]"),
}
"""Option -> the field of a usage, and its help."""
WHY = {
    "as_input": "no price of its own, so it is priced as input",
    "as_cache_read": "no price of its own, so it is priced as cache_read",
    "list_price": "the list price, next to prices of your own",
    "lower_price": "the price without the mode or the hours, which leave it out",
    "base_of_tier": "the price for less input, because none is stated for so much",
}
"""Reason of an assumed price -> in words."""
NOT_STATED = "the usage does not state the number, which is taken as 0"
_UNITS = {"image": "images", "audio": "seconds", "unmeasured_requests": "requests"}
_PER = {1_000_000: "", 1000: " per 1,000", 60: " per minute", 1: " each"}
_LONGEST = 100_000_000  # bytes of a file of responses


class Count(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only in newer versions of click
    """A number of tokens or uses, as people write it: 12000, 12_000, 12,000, 12k or 1.2M."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        found = value if isinstance(value, int) else amount(value)
        if not isinstance(found, int) or "$" in str(value):
            self.fail(f"'{value}' is not a number of tokens or uses (such as 12000, 12_000, 12k)", param, ctx)
        return found


def _counts(function: Callable[..., None]) -> Callable[..., None]:
    """The options that state a usage, which the command gets by the names of its fields."""
    for name, (field, text) in reversed(COUNTS.items()):
        function = click.option(f"--{name}", field, type=Count(), metavar="N", help=text)(function)
    return function


@command("cost", "Show what a usage costs, line by line.", "cost openai:gpt-5.2 --input 10k --cached 4000 --output 2k")
@click.argument("spec", type=model_spec, metavar="[SPEC]", required=False)
@_counts
@click.option("--fee", multiple=True, metavar="NAME=N", help="Uses with a fee, such as web_search=2; repeatable.")
@click.option("--response", type=file_path, metavar="FILE", help="A response, or its usage, as JSON; '-' is stdin.")
@click.option("--protocol", metavar="NAME", help="The shape of the usage in --response, where it is not clear.")
@click.option("--provider", metavar="PROVIDER", help="Who answered, where --response names the model.")
@click.option("--at", metavar="TIME", help="When it was completed: YYYY-MM-DD, or with a time, in UTC. Default: now.")
@click.option("--mode", metavar="NAME", help="The way to be served that was asked for, such as batch or flex.")
@click.option("--strict", is_flag=True, help="Exit with 1 also where a price is assumed or not certain.")
@catalogue
@as_json
def cost_command(
    snapshot: Snapshot, spec: str | None, fee: tuple[str, ...], response: str | None, protocol: str | None,
    provider: str | None, at: str | None, mode: str | None, strict: bool, as_json: bool, **counts: int | None,
) -> None:  # fmt: skip
    """Show what the usage of a model costs, in USD: exact, line by line, or clearly unknown.

    State what was counted with options, or give --response: a response or its usage, as JSON. Without SPEC the model is
    the one that the response names, at --provider. A file with one response in each line (JSON Lines) gives a bill for
    each, and their sum. Numbers may be written 12_000, 12,000, 12k or 1.2M.

    Where a part has no price, the total is unknown: exit code 1. What is assumed is noted on stderr. A mode that the
    model does not have, and a usage that is impossible, are errors: exit code 2.

    JSON: spec, total (null: unknown), known, lines (cls, quantity, rate, per, amount, tier, mode, why, origin, model),
    unpriced, assumed, tier, mode, at, model, reported, basis, exact, changed_between. All decimals are strings. Of
    several requests: bills, sum.
    """
    stated = {name: number for name, number in counts.items() if number is not None}
    model = None if spec is None else _model(snapshot, spec, at)
    if response is None:
        if spec is None or not (stated or fee):
            example = "llm-models cost openai:gpt-5.4-mini --input 12k --output 600"
            raise click.UsageError(f"State a model and what was counted, such as '{example}', or --response.")
        if protocol or provider:
            raise click.UsageError("--protocol and --provider are about --response, which is missing.")
        usages = [("", _of_options(stated, fee))]
    elif stated or fee:
        raise click.UsageError("--response has the numbers, so no other option can state them.")
    else:
        who = snapshot.parse_provider(provider) if provider else model and model[0]
        usages = [*_of_responses(response, protocol, who)]
        if not usages:
            raise click.UsageError("--response: there is no response in it")
    from llm_models.bills import as_plain

    moment = _moment(at)
    bills = []
    for place, usage in usages:
        try:
            bills.append(snapshot.cost(model or _named(snapshot, usage.model, provider, at), usage, moment, mode))
        except LLMModelsError as error:
            raise _at(place, error) from None
    total: Bill = sum(bills[1:], bills[0])
    if as_json:
        whole = {"spec": total.model, **total.to_dict()}
        each = [{"spec": bill.model, **bill.to_dict()} for bill in bills]
        print_json({"bills": each, "sum": whole} if len(bills) > 1 else whole)
    else:
        if len(bills) > 1:
            print_table(("", "model", "USD"), _rows_of(bills), right=("", "USD"))
            line("")
        _print_bill(
            total, [("model", None if spec and len(bills) == 1 else total.model), ("at", at and as_plain(moment))]
        )
    if not total.unpriced and (total.changed_between or not (total.exact or total.assumed)):
        note(f"note: {_unsure(total)}")
    if total.total is None or (strict and not total.exact):
        raise click.exceptions.Exit(1)


def _moment(at: str | None) -> datetime:
    """The moment that `--at` states, or now: one for all bills."""
    from llm_models.validity import moment_of

    try:
        return moment_of(at)
    except InvalidArgumentError as error:
        raise click.UsageError(f"--{error}") from None


def _of_options(stated: dict[str, int], fees: Sequence[str]) -> Usage:
    """The usage that options state."""
    from llm_models.counts import FEES, Usage

    counted: dict[str, Any] = {**stated, "fees": {}}
    for text in fees:
        name, _, number = text.partition("=")
        if not name or not number:
            raise click.UsageError(f"--fee: '{text}' is not NAME=N, such as web_search=2")
        if name in counted or name in counted["fees"]:
            raise click.UsageError(f"--fee: '{name}' is stated twice. State the sum")
        (counted if name in FEES else counted["fees"])[name] = Count().convert(number, click.Option(["--fee"]), None)
    return Usage(**counted)


def _of_responses(file: str, protocol: str | None, provider: str | None) -> Iterator[tuple[str, Usage]]:
    """Each usage in a file, with its place there: of the whole file, or of each of its lines."""
    from llm_models.meters import read_all

    name = "stdin" if file == "-" else file
    texts = _documents(_text(file), name)
    for place, text in texts:
        try:
            for usage in read_all(text, protocol, provider):
                yield place, usage
        except InvalidArgumentError as error:
            raise click.UsageError(f"--{error}") from None
        except UsageError as error:
            raise _at(place, error) from None


def _text(file: str) -> str:
    from llm_models.files import FileError, read_limited

    try:
        data = sys.stdin.buffer.read(_LONGEST + 1) if file == "-" else read_limited(file, _LONGEST)
    except FileError as error:
        raise LLMModelsError(f"--response: {error}") from None
    if len(data) > _LONGEST:
        raise click.UsageError(f"--response: stdin is too long (expected at most {_LONGEST:,} bytes)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"--response: {'stdin' if file == '-' else file}: not UTF-8") from None


def _documents(text: str, name: str) -> list[tuple[str, str]]:
    """The JSON texts in a file with their places: the whole file, or each line where that is not one text."""
    import json

    lines = [(f"{name}:{number}", one) for number, one in enumerate(text.split("\n"), 1) if one.strip()]
    if len(lines) > 1:
        try:
            json.loads(lines[0][1])  # the first line of one text over several lines is not a text of its own
        except ValueError:
            return [(name, text)]
    if not lines:
        raise click.UsageError(f"--response: {name}: it is empty")
    return lines if len(lines) > 1 else [(name, text)]


def _at(place: str, error: LLMModelsError) -> LLMModelsError:
    """The error with the place of what it is about, in the words of the command."""
    message = re.sub(r"protocol=(?=')", "--protocol ", str(error)).replace("protocol=", "--protocol")
    message = message.replace("usages()", "one --response for each")
    error.args = (f"{place}: {message}" if place else message,)
    return error


def _model(snapshot: Snapshot, spec: str | tuple[str, str], at: str | None) -> tuple[str, str]:
    """Provider and id of a model. One that is gone has prices only at a stated time."""
    try:
        found = snapshot.resolve(spec)
    except RetiredModelError as error:
        if at is None:
            note("note: a model that is gone has the prices of its time: state it with --at")
            raise
        provider, _, model_id = error.spec.partition(":")
        return provider, model_id
    return found.provider, found.id


def _named(snapshot: Snapshot, name: str | None, provider: str | None, at: str | None) -> tuple[str, str]:
    """The model that a response names."""
    if name is None:
        raise UsageError("the response does not name its model. State SPEC")
    found = snapshot.match_names(provider, name)
    if found.model is not None:
        if found.note:
            note(f"note: {name}: {found.note}")
        return found.model.provider, found.model.id
    try:
        if provider is not None:
            return _model(snapshot, (provider, name), at)
    except (RetiredModelError, ModelNotAllowedError):
        raise
    except UnknownModelError:
        pass
    where = f"at {provider}" if provider else "without --provider"
    raise UsageError(f"the response names the model '{name}', which is unknown {where}. State SPEC")


def _rows_of(bills: Sequence[Bill]) -> Iterator[tuple[object, ...]]:
    for number, bill in enumerate(bills, 1):
        yield number, bill.model, _total(bill)


def _print_bill(bill: Bill, about: list[tuple[str, object]]) -> None:
    """A bill as a table, with what is not usual about it above, and with notes about what is assumed."""
    from llm_models.bills import written

    tier = bill.tier and f"more than {bill.tier:,} input tokens"
    reported = None if bill.reported is None else f"{written(bill.reported)} (by the provider)"
    pairs = [*about, ("mode", bill.mode), ("tier", tier), ("reported", reported)]
    if any(value is not None for _, value in pairs):
        print_pairs(pairs)
        line("")
    several = bill.model is None
    rows: list[Sequence[object]] = [_row(one, several) for one in bill.lines]
    rows += [[name, written_count(number), "-", "-", *([""] if several else [])] for name, number in bill.unpriced]
    if bill.total is not None:
        rows.append(["total", "", "", written(bill.total), *([""] if several else [])])
    columns = ["class", "tokens", "USD per million", "USD", *(["model"] if several else [])]
    print_table(columns, rows, right=columns[1:4])
    if bill.total is None:
        line(f"total  {_total(bill)}")
    why = {one.cls: one.why for one in bill.lines if one.why not in (None, "not_split")}
    assumed: dict[str, list[str]] = {}
    for name in bill.assumed:
        reason = why.get(name)
        assumed.setdefault(WHY[reason] if reason else NOT_STATED, []).append(name)
    for text, names in assumed.items():
        note(f"note: {', '.join(names)}: {text}")


def _row(one: Line, several: bool) -> list[object]:
    from llm_models.bills import written

    rate, total = written(one.rate, ","), written(one.amount)
    return [one.cls, written_count(one.quantity), rate + _PER[one.per], total, *([one.model] if several else [])]


def written_count(number: object) -> str:
    """A quantity with separators, for people."""
    return f"{number:,}"


def _total(bill: Bill) -> str:
    """The total of a bill, or what is known of it."""
    from llm_models.bills import written

    if bill.total is not None:
        return written(bill.total)
    parts = []
    for name, number in bill.unpriced:
        unit = _UNITS.get(name, "uses" if name.startswith("fees.") else "tokens")
        parts.append(f"{name}, {written_count(number)} {unit if number != 1 else unit[:-1]}")
    return f"unknown (at least {written(bill.known)}: no price of {'; '.join(parts)})"


def _unsure(bill: Bill) -> str:
    """What is not certain about the day of a bill."""
    from llm_models.pricing import unsure

    return unsure(bill._replace(assumed=()))


COMMANDS = (cost_command,)
