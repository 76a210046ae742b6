"""Counts: `Usage`, the counted parts of a request, and what makes them impossible; standard library only.

Laws. A total includes its parts. A part is never larger than its whole. Unknown (None) is not 0. Numbers that are not
integers are `Decimal`, and are added exactly, whatever the decimal context of the caller is.
"""

from __future__ import annotations

from operator import index

from llm_models.classes import CLASSES
from llm_models.errors import LLMModelsError, did_you_mean, printable, quoted
from llm_models.frozen import FrozenDict, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from decimal import Decimal
    from typing import Any


class UsageError(LLMModelsError, ValueError):
    """An object states no usage that is possible, or several protocols read it differently: nothing is guessed.

    `field` is the name of the field, in the words of the object that was read, or of `Usage`; it is empty where the
    object as a whole is meant. `problem` is the message without the place. `protocols` are those that fit.
    """

    exit_code = 2
    field: str = ""
    problem: str = ""
    protocols: tuple[str, ...] = ()


PARTS = {
    one.name: parts
    for one in CLASSES
    if (parts := tuple([part.name for part in CLASSES if part.part_of[:1] == (one.name,)]))
}
"""Whole -> its parts. They do not overlap, except as `SHARED` states."""

SHARED = {one.name: whole for one in CLASSES for whole in one.part_of[1:]}
"""Parts of `cache_read` that are also parts of another part of `input`."""

FEES = ("web_search", "web_fetch", "file_search", "maps", "code_execution")
"""Fields that count uses with a price of their own. Uses with other names stand in `fees`."""

MOST = 10**15
"""The largest number that is taken for a count."""

TEXTS = ("mode", "model")
EXACT = ("audio_seconds", "reported")
"""Fields that may be fractional."""


class Usage(Record):
    """What was counted of one request, or of several.

    Tokens are integers. A field is None where it was not stated, and 0 where it was stated that there is none. A total
    includes its parts, and a part is never larger than its whole.

    `a + b` adds field by field. A count that only one of them states is 0 in the other. `mode` must be equal in both,
    because requests in different modes have different prices. `model` is None where they differ. Adding bills is
    better than adding usages: a sum of requests has no tier.

    Raises `UsageError` for negative numbers, numbers that are not integers, and parts that are larger than their whole.

    >>> one = llm_models.Usage(input=1000, cache_read=400, output=50)
    >>> (one + one).cache_read
    800
    >>> llm_models.Usage(input=10, cache_read=11)
    Traceback (most recent call last):
    ...
    llm_models.counts.UsageError: usage: cache_read: larger than input, of which it is a part (found 11, ...)
    """

    input: int | None = None
    """All input tokens: fresh, cached and written, of every modality, and results of tools."""
    output: int | None = None
    """All output tokens, with reasoning."""
    cache_read: int | None = None
    """Input tokens that were read from a cache; a part of `input`."""
    cache_write: int | None = None
    """Input tokens that were written to a cache; a part of `input`. What no lifetime below has, has the default one."""
    cache_write_30m: int | None = None
    """Those written for 30 minutes; a part of `cache_write`."""
    cache_write_1h: int | None = None
    """Those written for an hour; a part of `cache_write`."""
    cache_write_12h: int | None = None
    """Those written for 12 hours; a part of `cache_write`."""
    input_audio: int | None = None
    """Input tokens of audio; a part of `input`."""
    input_image: int | None = None
    """Input tokens of images; a part of `input`."""
    input_video: int | None = None
    """Input tokens of video; a part of `input`."""
    cache_read_audio: int | None = None
    """Tokens of audio that were read from a cache; a part of `cache_read` and of `input_audio`."""
    cache_read_image: int | None = None
    """Tokens of images that were read from a cache; a part of `cache_read` and of `input_image`."""
    reasoning: int | None = None
    """Tokens of reasoning; a part of `output`."""
    output_audio: int | None = None
    """Output tokens of audio; a part of `output`."""
    output_image: int | None = None
    """Output tokens of images; a part of `output`."""
    output_video: int | None = None
    """Output tokens of video; a part of `output`."""
    output_citation: int | None = None
    """Output tokens of citations; a part of `output`."""
    requests: int = 1
    """The number of requests."""
    web_search: int | None = None
    """Uses of web search."""
    web_fetch: int | None = None
    """Uses of fetching pages."""
    file_search: int | None = None
    """Uses of searching files."""
    maps: int | None = None
    """Uses of maps."""
    code_execution: int | None = None
    """Uses of running code."""
    fees: Mapping[str, int] = FrozenDict()
    """Uses with other names: name -> number."""
    images: int | None = None
    """The number of generated images."""
    audio_seconds: Decimal | None = None
    """The length of audio that is billed by length, in seconds."""
    tier_input: int | None = None
    """The input tokens that decide the tier, where that is not `input`: those of the first request of an answer which
    the provider continued."""
    unmeasured_requests: int | None = None
    """How many of the requests stated no usage."""
    mode: str | None = None
    """The way to be served that the response states, such as `batch`."""
    model: str | None = None
    """The model that the response states."""
    reported: Decimal | None = None
    """The cost that the provider states, in USD."""

    def _fill(self, data: Mapping[str, Any]) -> None:
        super()._fill(_checked({name: value for name, value in data.items() if value is not None}))

    def fee_counts(self) -> dict[str, int]:
        """Name of a fee -> how often it is due, of all that are stated; `request` is due for each request.

        >>> llm_models.Usage(web_search=2, fees={"ocr_page": 3}).fee_counts()
        {'request': 1, 'web_search': 2, 'ocr_page': 3}
        """
        counted = {"request": self.requests}
        for name in FEES:
            if (number := getattr(self, name)) is not None:
                counted[name] = number
        counted.update(self.fees)
        return counted

    def __add__(self, other: object) -> Usage:
        if not isinstance(other, Usage):
            return NotImplemented
        if self.mode != other.mode:
            found = f"found {_said(self.mode)} and {_said(other.mode)}"
            raise refusal(
                "mode", f"usages of different modes cannot be added ({found}). Price each of them, and add the bills"
            )
        total: dict[str, Any] = {name: _sum(getattr(self, name), getattr(other, name)) for name in NUMBERS}
        counted = {*self.fees, *other.fees}
        total["fees"] = {name: self.fees.get(name, 0) + other.fees.get(name, 0) for name in sorted(counted)}
        return Usage(**total, mode=self.mode, model=self.model if self.model == other.model else None)

    def __radd__(self, other: object) -> Usage:
        return self if isinstance(other, int) and other == 0 else NotImplemented


FIELDS: tuple[str, ...] = Usage._fields
NUMBERS = tuple(name for name in FIELDS if name not in (*TEXTS, "fees", "tier_input"))
"""The fields that are added. A sum has no `tier_input`: it belongs to one request."""


def refusal(field: str, problem: str, place: str = "usage", protocols: tuple[str, ...] = ()) -> UsageError:
    """The error about a field of what `place` names."""
    message = ": ".join(filter(None, (place, field, problem)))
    return UsageError(printable(message), field=field, problem=problem, protocols=protocols)


def count(field: str, value: Any) -> int:
    """A value that must be a number of something: an integer that is not negative."""
    try:
        number = None if isinstance(value, (bool, str)) else index(value)
    except TypeError:
        number = None
    if number is None or number < 0:
        raise refusal(field, f"not a count (found {_said(value)}, expected an integer of at least 0)")
    if number > MOST:
        raise refusal(field, f"too large for a count (found {_said(value)}, expected at most {MOST})")
    return number


def amount(field: str, value: Any) -> Decimal:
    """A value that must be a number of at least 0, as a decimal. A float is the number that it is printed as."""
    from decimal import Decimal, InvalidOperation

    try:
        number = None if isinstance(value, bool) else Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, TypeError, ValueError):
        number = None
    if number is None or not number.is_finite() or number < 0:
        raise refusal(field, f"not an amount (found {_said(value)}, expected a number of at least 0)")
    if number > MOST:
        raise refusal(field, f"too large for an amount (found {_said(value)}, expected at most {MOST})")
    return number


def known_names(names: Iterable[str], known: Collection[str]) -> None:
    """Refuse the first name that is not among the known ones."""
    for name in names:
        if name not in known:
            raise refusal(name, f"unknown field.{did_you_mean(name, known)}".removesuffix("."))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a usage in their types. Raises `UsageError` for what is impossible."""
    done: dict[str, Any] = {}
    for name, value in values.items():
        if name in TEXTS:
            if not isinstance(value, str):
                raise refusal(name, f"not text (found {_said(value)})")
            done[name] = value
        elif name == "fees":
            done[name] = _fees(value)
        elif name in FIELDS:
            done[name] = amount(name, value) if name in EXACT else count(name, value)
    _check_parts(done)
    return done


def _fees(fees: Any) -> dict[str, int]:
    """The counts of `fees`. A fee that has a field of its own is refused: it would be counted in two places."""
    if not hasattr(fees, "items"):
        raise refusal("fees", f"not a map of names to counts (found {_said(fees)})")
    for name in fees:
        if name in FEES or name == "request":
            field = "requests" if name == "request" else name
            raise refusal(f"fees.{name}", f"this count has a field of its own. State {field}")
    return {str(name): count(f"fees.{name}", value) for name, value in fees.items()}


def _check_parts(values: Mapping[str, Any]) -> None:
    """Refuse parts that are larger than their whole, one by one and together.

    Of cached audio and images that are not stated, as much is assumed as makes the usage possible.
    """
    get = values.get
    for whole, parts in PARTS.items():
        most, total = get(whole), 0
        for part in parts:
            if found := get(part):
                total += found
                if found > (most or 0):
                    raise _too_large(part, whole, found, most)
        if whole == "input" and total > (most or 0):
            total -= _shared(values)
        if total > (most or 0):
            raise refusal(whole, f"its parts add up to more than {whole} (found {total}, expected at most {most})")
    for part, whole in SHARED.items():
        if (get(part) or 0) > (get(whole) or 0):
            raise _too_large(part, whole, values[part], get(whole))
    if (get("tier_input") or 0) > (get("input") or 0):
        raise _too_large("tier_input", "input", values["tier_input"], get("input"))


def _shared(values: Mapping[str, Any]) -> int:
    """How many tokens of `input` may be counted twice by its parts: cached ones that are audio or images."""
    stated = sum(values.get(part) or 0 for part in SHARED)
    unstated = sum(values.get(whole) or 0 for part, whole in SHARED.items() if values.get(part) is None)
    free = max(0, (values.get("cache_read") or 0) - stated)
    return stated + min(unstated, free)


def _too_large(part: str, whole: str, found: int, most: int | None) -> UsageError:
    """The error about a part that is larger than its whole."""
    if most is None:
        return refusal(part, f"a part of {whole}, which is not stated (found {found}). State {whole}, too")
    return refusal(part, f"larger than {whole}, of which it is a part (found {found}, expected at most {most})")


def _sum(one: Any, other: Any) -> Any:
    """The sum of two numbers, of which one may be unknown; None where both are."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, int):
        return one + other
    from decimal import Context

    return Context(prec=60).add(one, other)


def _said(value: object) -> str:
    """A value, for a message: text in quotes, and the type of what is neither text nor a number of some digits."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    is_number = value is None or isinstance(value, (int, float)) or hasattr(value, "is_finite")
    return str(value)[:80] if is_number else type(value).__name__
