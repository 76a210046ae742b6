"""Workloads: what a program will ask of a model, and what that costs at each; for choosing by cost.

A workload is one usage, or several with the number of times that each occurs. It demands limits and modalities of a
model; what a model does not state is taken as enough. A model that has no price of a part has no known cost, and a mode
that it does not have is a reason, too.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.amounts import amount
from llm_models.counts import FIELDS, Usage, UsageError, count, known_names, refusal
from llm_models.errors import quoted, wrong_argument
from llm_models.modes import UnknownModeError
from llm_models.pricing import bill_of, unsure

if TYPE_CHECKING:
    from collections.abc import Callable

    from llm_models.records import Model
    from llm_models.view import View

    Workload = tuple[tuple[Usage, int], ...]
    """Usages, each with how often it occurs."""

TIMES = "x"
"""The name of the number of times in a workload."""
_EXAMPLE = "input=8000,cache_read=6000,output=500"


class Costed(NamedTuple):
    """What a workload costs at a model: the total in USD, or None and why it is not known.

    `known` is the part of the cost that is known.
    """

    total: Decimal | None
    known: Decimal
    why: str | None = None

    def rank(self, free: bool, odd: bool, planned: bool) -> tuple[int, bool, Decimal]:
        """Known costs first, the lowest first, then those by prices that are not believed (`odd`); then those of 0,
        unless they are asked for; then those of plans, which no request costs (`planned`); then the others.
        """
        if self.total is None:
            return 3, False, self.known
        return (2 if planned or (not self.total and not free) else int(odd)), planned, self.total


def workload_of(workload: object) -> Workload:
    """The workload in an argument: a `Usage`, a mapping of its fields, text such as `input=8000,output=500,x=1000`, or
    a list of these. A usage that occurs 0 times is left out.

    Raises `UsageError`, and `InvalidArgumentError` where nothing is counted, or a usage counts nothing.

    >>> workload_of("input=8k,output=500,x=1000")
    ((Usage(input=8000, output=500), 1000),)
    """
    items = workload if isinstance(workload, (list, tuple)) else [workload]
    found = tuple([(usage, times) for usage, times in map(_item, items) if times])
    if not found:
        problem = "all of it occurs 0 times" if items else "it is empty"
        raise wrong_argument("workload", f"{problem} (expected a usage, such as {_EXAMPLE})")
    return found


def _item(item: Any) -> tuple[Usage, int]:
    if isinstance(item, Usage):
        return _counting(item), 1
    if isinstance(item, str):
        item = _fields(item)
    if not hasattr(item, "items"):
        raise wrong_argument("workload", f"found {quoted(item)} (expected a usage, such as {_EXAMPLE})")
    data = dict(item.items())
    times = count(TIMES, data.pop(TIMES, 1))
    known_names(map(str, data), (*FIELDS, TIMES))
    return _counting(Usage(**data)), times


def _counting(usage: Usage) -> Usage:
    """A usage that counts something; one request alone is nothing. Else raises `InvalidArgumentError`."""
    fees = [number for name, number in usage.fee_counts().items() if name != "request"]
    if not any((usage.input, usage.output, usage.images, usage.audio_seconds, usage.requests > 1, *fees)):
        raise wrong_argument("workload", f"it counts nothing (expected a usage, such as {_EXAMPLE})")
    return usage


def _fields(text: str) -> dict[str, Any]:
    """The fields in a text such as `input=8000,output=500`."""
    fields: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, found, value = (word.strip() for word in part.partition("="))
        if not found:
            raise wrong_argument("workload", f"{quoted(part)} is no count (expected NAME=NUMBER, such as input=8000)")
        if name in fields:
            raise wrong_argument("workload", f"{quoted(name)} is stated twice")
        number = amount(value)
        fields[name] = value if number is None and name in ("mode", "model") else number
        if fields[name] is None:
            raise refusal(name, f"not a number (found {quoted(value)})", "workload")
    return fields


class Demand(NamedTuple):
    """What a workload demands of a model: the columns whose values tell whether it can take the workload.

    `says` is what is true of the models that cannot. `limit` is the number of tokens in these values, None where the
    model states none; it is None where the demand is no number.
    """

    says: str
    columns: tuple[str, ...]
    test: Callable[..., bool]
    limit: Callable[..., int | None] | None = None


def _input_limit(max_input: int | None, context: int | None) -> int | None:
    return max_input or context


def _output_limit(max_output: int | None) -> int | None:
    return max_output


_LIMITS: tuple[tuple[str, str, tuple[str, ...], Callable[..., int | None]], ...] = (
    ("input", "take", ("max_input", "context"), _input_limit),
    ("output", "return", ("max_output",), _output_limit),
)
"""Field of a usage -> what a model does with it, and where its limit is."""
_MODALITIES = (
    ("takes", "input of audio", ("input_audio",)),
    ("takes", "input of image", ("input_image",)),
    ("takes", "input of video", ("input_video",)),
    ("gives", "output of audio", ("output_audio",)),
    ("gives", "output of image", ("output_image", "images")),
    ("gives", "output of video", ("output_video",)),
)
"""The column of a modality, the side and the modality, and the fields of a usage that need it."""


def demands(workload: Workload) -> list[Demand]:
    """What a workload demands of a model."""
    found = []
    for field, does, columns, limit in _LIMITS:
        if most := max((getattr(usage, field) or 0) for usage, _ in workload):
            says = f"that {does} fewer than {most:,} tokens of {field}"
            found.append(Demand(says, columns, _reaches(limit, most), limit))
    for column, what, fields in _MODALITIES:
        if any(getattr(usage, field) for usage, _ in workload for field in fields):
            found.append(Demand(f"without {what} for the workload", (column,), _lists(what.rpartition(" ")[2])))
    return found


def _reaches(limit: Callable[..., int | None], most: int) -> Callable[..., bool]:
    def test(*values: int | None) -> bool:
        found = limit(*values)
        return found is None or found >= most

    return test


def _lists(modality: str) -> Callable[..., bool]:
    return lambda listed: listed is None or modality in str(listed).lower().split(" ")


def costed(view: View, model: Model, workload: Workload, at: str | None) -> Costed:
    """What a workload costs at a model on a day, by default now."""
    known, why, complete = Decimal(0), None, True
    with localcontext() as context:
        context.prec = 60
        for usage, times in workload:
            try:
                bill = bill_of(view, model, usage, at, None, False)
            except (UnknownModeError, UsageError) as error:
                why, complete = getattr(error, "problem", "") or str(error), False
                continue
            known += bill.known * times
            if bill.total is None:
                why, complete = unsure(bill), False
    return Costed(known if complete else None, known, why)


def check_most(value: Any) -> Decimal:
    """The largest cost that is accepted, as an exact number. Raises `InvalidArgumentError`."""
    from llm_models.counts import amount as exact

    try:
        return exact("max_cost", value)
    except UsageError as error:
        raise wrong_argument("max_cost", error.problem) from None


def is_within(one: Costed, most: Decimal) -> bool | None:
    """Whether a cost is at most so much; None where it is not known."""
    if one.total is None:
        return None if one.known <= most else False
    return one.total <= most
