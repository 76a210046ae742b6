"""Rows of usage, and what `cost()` answers for each: the cases at which a wrong join or a wrong sum would show."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import LLMModelsError, Model, Usage
from llm_models.classes import CLASSES, COUNTED, TOKEN_CLASSES
from llm_models.counts import FEES, UsageError
from llm_models.items import BELOW
from llm_models.modes import UnknownModeError, named, texts
from llm_models.usage_sql import COUNTS, MOST_DIGITS
from support import usage_types

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from decimal import Decimal
    from random import Random

    from llm_models import Snapshot

MICROSECOND, MINUTE, DAY = timedelta(microseconds=1), timedelta(minutes=1), timedelta(days=1)
FAR = (datetime(1, 1, 1), datetime(1970, 1, 1), datetime(1999, 12, 31, 23, 59, 59, 999999), datetime(2099, 7, 1, 12))
END = datetime(9998, 12, 31, 23, 59, 59, 999999)
STEPS = (timedelta(), timedelta(), MICROSECOND, -MICROSECOND, MINUTE, -MINUTE, DAY, -DAY)
USUAL_MODES = (
    *[None] * 8,
    "",
    "standard",
    "Standard",
    "on_demand",
    " AUTO ",
    "Default+",
    "\tstandard\u2028",
    "no-such-mode",
)
TOO_MANY = 10**MOST_DIGITS
_IMAGE = next(one for one in COUNTED if one.per == 1)


class Case(NamedTuple):
    """A model, what `cost` is asked about, the names of the model, and what its prices depend on."""

    kind: str
    provider: str
    spec: Any
    names: Sequence[str]
    moments: Sequence[datetime]
    minutes: Sequence[int]
    sizes: Sequence[int]
    modes: Sequence[str | None]


class Row(NamedTuple):
    """A row of usage. A count that is None or left out is null, and others have the types of `usage_types`."""

    kind: str
    provider: str
    spec: Any
    model: str
    at: datetime | None
    mode: str | None
    counts: Mapping[str, Any]


def case_of(snapshot: Snapshot, kind: str, model: Model, names: Sequence[str]) -> Case:
    """The case of a model; one that the catalogue does not have is asked for as itself."""
    is_listed = kind != "of a program"
    lists = [model.cost.to_dict()]
    moments = [*_moments(lists[0])]
    try:
        history = snapshot.history(model.spec) if is_listed else None
    except LLMModelsError:
        history = None
    if history is not None:
        days = {day for one in history.intervals for day in one if day is not None}
        for one in history.prices:
            days |= {one.valid_from, one.valid_until or history.date, *(one.changed_between or ())}
            lists.append(one.price or {})
        moments += map(datetime.fromisoformat, sorted(days))
    lists += lists[0].get("dated", [])
    minutes = sorted({minute for one in lists for minute in _minutes(one)})
    sizes = sorted({size for one in lists for size in _sizes(one)})
    return Case(kind, model.provider, None if is_listed else model, names, moments, minutes, sizes, _modes(lists))


def _moments(cost: Mapping[str, Any]) -> Iterator[datetime]:
    for one in (cost, *cost.get("dated", ())):
        if "valid_from" in one:
            yield datetime.fromisoformat(one["valid_from"].removesuffix("Z"))


def _minutes(value: Any) -> Iterator[int]:
    """Every end of a window of hours in a price list."""
    if isinstance(value, dict):
        for text in value.get("utc", ()):
            yield int(text[:2]) * 60 + int(text[3:])
        value = [*value.values()]
    if isinstance(value, list):
        for one in value:
            yield from _minutes(one)


def _sizes(value: Any) -> Iterator[int]:
    """Every size of input above which a tier holds in a price list."""
    if isinstance(value, dict):
        if "context_over" in value:
            yield value["context_over"]
        value = [*value.values()]
    if isinstance(value, list):
        for one in value:
            yield from _sizes(one)


def _modes(lists: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """Texts that name modes, alone and joined. The SQL does not know two texts of one mode that are joined."""
    found = {text for prices in lists for name, mode in prices.get("modes", {}).items()
             for text in (*name.split("+"), *texts(mode.get("request", {})))}  # fmt: skip
    singles = [text for text in sorted(found) if text]
    joined = [
        text
        for one, other in permutations(singles, 2)
        if not any(_same(named(prices, one), named(prices, other)) for prices in lists)
        for text in (f"{one}+{other}", f"{one} + {other}")
    ]
    odd = [text for one in singles for text in (f"standard+{one}", f" {one} +Auto", f"{one}+{one}", f"{one}+nope",
                                                f"\t{one}\n", f"\u3000{one}\x1f+\xa0auto", one.swapcase())]  # fmt: skip
    return [*USUAL_MODES * (1 + len(odd) // 2), *singles * 5, *joined, *odd]


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def rows(
    cases: Sequence[Case], weights: Sequence[float], rng: Random, count: int, known: Collection[str] = COUNTS
) -> Iterator[Row]:
    """So many rows of usage, which state no count that is not `known`."""
    for case in rng.choices(cases, weights, k=count):
        kind, counts = _counts(rng, case.sizes)
        if known is not COUNTS:
            counts = {name: number for name, number in counts.items() if name in known}
        is_odd, values = usage_types.stored(rng, counts)
        kind = "no count" if is_odd else kind
        name = rng.choice(case.names) if rng.random() < 0.2 else case.names[0]
        spec = f"{case.provider}:{name}" if case.spec is None else case.spec
        yield Row(f"{case.kind}, {kind}", case.provider, spec, name, _at(rng, case), rng.choice(case.modes), values)


def _at(rng: Random, case: Case) -> datetime | None:
    """A moment at which, or near which, another price may begin."""
    which = rng.random()
    if which < 0.005:
        return None
    if which < 0.05:
        return rng.choice((*FAR, END))
    if which < 0.35 and case.moments:
        return rng.choice(case.moments) + rng.choice(STEPS)
    day = datetime(2023, 1, 1) + rng.randrange(2000) * DAY
    if which < 0.7 and case.minutes:
        return day + rng.choice(case.minutes) * MINUTE + rng.choice(STEPS)
    if which < 0.8:
        return day + rng.choice(STEPS)
    return day + timedelta(microseconds=rng.randrange(86_400_000_000))


PARTS_OF_INPUT = [one.name for one in CLASSES if one.name in BELOW["input"]]
PARTS_OF_OUTPUT = [one.name for one in CLASSES if one.name in BELOW["output"]]
_WHOLES = {one.name: [*{whole for whole in BELOW if one.name in BELOW[whole]}] for one in CLASSES}


def _counts(rng: Random, sizes: Sequence[int]) -> tuple[str, dict[str, int | None]]:
    """The counts of a request, and what is special about them."""
    which = rng.random()
    if which < 0.01:
        return "nothing counted", {}
    if which < 0.02:
        return "only zeros", dict.fromkeys(rng.sample(COUNTS, rng.randint(1, 5)), 0)
    size = _size(rng, sizes)
    inside = rng.sample(PARTS_OF_INPUT, rng.choice((0, 0, 0, 1, 1, 2, 6)))
    out = rng.choice((0, 1, 17, 500, rng.randrange(200_000)))
    within = rng.sample(PARTS_OF_OUTPUT, rng.choice((0, 0, 0, 1, 2)))
    counts = _added_up(rng, "input", size, inside) | _added_up(rng, "output", out, within)
    if rng.random() < 0.2:
        for name in ("web_search", *rng.sample((*FEES, _IMAGE.counts), rng.choice((0, 1, 2)))):
            counts[name] = rng.choice((0, 0, 1, 3, 1000, rng.randrange(100_000)))
    if rng.random() < 0.05:
        counts["tier_input"] = rng.randint(0, size)
    if which < 0.06:
        return "some not stated", {name: number for name, number in counts.items() if rng.random() < 0.7}
    if which < 0.06 + 0.002 * len(SPOILED):
        kind = rng.choice(SPOILED)
        return kind, {**counts, **_spoiled(kind, rng, counts)}
    return "possible", counts


def _size(rng: Random, sizes: Sequence[int]) -> int:
    """A total input: near a size from which on a tier holds, small, or very large."""
    which = rng.random()
    if which < 0.5 and sizes:
        return rng.choice(sizes) + rng.choice((-1, 0, 1))
    if which < 0.02:
        return rng.choice((10**9, 10**11, TOO_MANY - 1))
    return rng.choice((0, 1, 2, 999, rng.randrange(300_000)))


def _added_up(rng: Random, whole: str, size: int, parts: Sequence[str]) -> dict[str, int]:
    """A total with parts of it: disjoint numbers of tokens, each in every class that contains it."""
    total = dict.fromkeys((whole, *parts), 0)
    total[whole] = size
    left = size
    for name in parts:
        number = rng.randint(0, left) if rng.random() < 0.8 else rng.choice((0, left))
        left -= number
        total[name] += number
        for one in _WHOLES[name]:
            if one != whole:
                total[one] = total.get(one, 0) + number
    return total


SPOILED = (
    "negative",
    "part above whole",
    "parts above whole",
    "cached and audio, not split",
    "cached and image, shared",
    "tier input above input",
    "most digits",
    "more digits",
    "largest",
    "only the tier",
    "a fee alone",
)
"""What makes a usage impossible or extreme, or nearly so."""


def _spoiled(kind: str, rng: Random, counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts that make a usage one of the kind; None leaves one out."""
    whole = counts["input"]
    match kind:
        case "negative":
            return {rng.choice(COUNTS): -rng.choice((1, 1000, TOO_MANY))}
        case "part above whole":
            return {rng.choice(PARTS_OF_INPUT): whole + 1, rng.choice(PARTS_OF_OUTPUT): counts["output"]}
        case "parts above whole":
            return dict.fromkeys(("cache_read", "cache_write"), whole // 2 + 1)
        case "cached and audio, not split":
            return {"cache_read": whole, "input_audio": whole, "cache_read_audio": rng.choice((0, 1))}
        case "cached and image, shared":
            shared: dict[str, int | None] = dict.fromkeys(("cache_read", "input_image", "cache_read_image"), whole)
            return shared | {"cache_read_audio": rng.choice((0, 1))}
        case "tier input above input":
            return {"tier_input": whole + rng.choice((0, 1))}
        case "most digits":
            return {rng.choice((*FEES, _IMAGE.counts, "input", "output")): TOO_MANY - rng.choice((1, 2))}
        case "more digits":
            return {rng.choice(COUNTS): TOO_MANY + rng.choice((0, 1, 10**17))}
        case "largest":
            return dict.fromkeys(rng.sample(COUNTS, 3), rng.choice((2**63 - 1, -(2**63))))
        case "only the tier":
            return dict.fromkeys(COUNTS) | {"tier_input": 0}
        case _:
            return dict.fromkeys(COUNTS) | {rng.choice(FEES): rng.choice((0, 2))}


def answer(snapshot: Snapshot, row: Row) -> tuple[Decimal | None, str | None]:
    """What `cost()` says of a row: the total, or None and the reason in the words of the query.

    Two rules of the query are not those of `cost`: a row without a time has no price, nor has one with a count of too
    many digits. A whole number of any type is a count; `cost` refuses what is none.
    """
    wholes = {name: usage_types.whole(value) for name, value in row.counts.items() if value is not None}
    stated = {name: row.counts[name] if number is None else number for name, number in wholes.items()}
    counts = {name: -1 if number is None else number for name, number in wholes.items()}
    try:
        bill = snapshot.cost(row.spec, Usage(**stated), row.at, row.mode)
    except LLMModelsError as error:
        return None, _reason(snapshot, row, counts, error)
    wrong = _impossible(counts) if max(counts.values(), default=0) >= TOO_MANY else ""
    if row.at is None:
        return None, "no time"
    if wrong:
        return None, f"impossible count: {wrong}"
    if bill.total is not None:
        return bill.total, None
    unpriced = {name.removeprefix("fees.") for name, _ in bill.unpriced}
    return None, f"no price: {', '.join([name for name in NAMES if name in unpriced])}"


NAMES = (*TOKEN_CLASSES, _IMAGE.name, *FEES)
"""The names that the query gives to what is counted, in its order."""


def _reason(snapshot: Snapshot, row: Row, counts: Mapping[str, int], error: LLMModelsError) -> str:
    """The first reason why a row has no price, in the order of the query, which `cost` has not in all cases."""
    if not isinstance(row.spec, Model) and not isinstance(error, UnknownModeError):
        try:
            snapshot.prices(row.spec, FAR[0] if row.at is None else row.at)  # it can only refuse the model
        except LLMModelsError:
            return "unknown model"
    if row.at is None:
        return "no time"
    wrong = _impossible(counts)
    if wrong:
        return f"impossible count: {wrong}"
    if isinstance(error, UnknownModeError):
        return "unknown mode"
    if isinstance(error, UsageError) and not error.field:
        return "nothing counted"
    raise error


def _impossible(counts: Mapping[str, int]) -> str:
    """What is counted that no request can have: less than none, or too much."""
    get = counts.get
    alone: dict[str, int] = {}
    for one in reversed(CLASSES):  # parts before their wholes
        alone[one.name] = (get(one.name) or 0) - sum(alone[part] for part in BELOW[one.name])
    images = get(_IMAGE.counts) or 0
    alone[_IMAGE.name] = 0 if 0 < images < TOO_MANY and (get("output_image") or 0) > 0 else images
    alone |= {name: get(name) or 0 for name in FEES}
    wrong = [name for name in NAMES if not 0 <= alone[name] < TOO_MANY]
    tier = get("tier_input")
    if tier is not None and not 0 <= tier <= (get("input") or 0):
        wrong.append("tier_input")
    return ", ".join(wrong)
