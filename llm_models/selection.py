"""Choosing models: from a question to the models that fit, best first; standard library only.

Conditions and orders are tried on `columns`, so only what is returned is decoded. The answer to a question is kept: a
program that asks the same again does no work twice.
"""

from __future__ import annotations

from bisect import bisect_right

from llm_models.conditions import (
    CONDITIONS,
    CURRENT,
    flag_test,
    sentence,
    state_of,
)
from llm_models.errors import LLMModelsError, printable
from llm_models.frozen import FrozenDict
from llm_models.ranking import best, has_odd_price, is_planned, levels, ordered
from llm_models.records import BIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from llm_models.choices import Question
    from llm_models.columns import Columns
    from llm_models.conditions import Test
    from llm_models.ranking import Order, Rank
    from llm_models.records import Model
    from llm_models.view import Unmatched, View
    from llm_models.workloads import Costed


class NoMatchError(LLMModelsError, LookupError):
    """No model fits the conditions.

    `considered` is the number of models, those of the providers in `scope` (None: of all). `removed` maps each
    condition, as the message states it, to (models that it removed, how many of these only because no source states the
    fact); `largest` to the largest limit of these models, in tokens, where they are too small for the workload; and
    `asked` to the name of the argument and its value.
    """

    considered: int
    scope: tuple[str, ...] | None
    removed: Mapping[str, tuple[int, int]]
    largest: Mapping[str, int]
    asked: Mapping[str, tuple[str, Any]]


MOST = 1000
"""How many questions are kept: a program may ask endless different ones."""


def _considered(view: View, question: Question) -> Sequence[int]:
    """The numbers of the models that are shown, of the providers in the scope."""
    columns = view.file.columns()
    if view.filters is None and question.scope is None:
        return range(len(columns))
    rows: list[int] = []
    for provider in columns.starts if question.scope is None else question.scope:
        first = columns.starts[provider]
        rows += [first + row for row in view.shown(provider)]
    return rows


def _tests(question: Question) -> Iterable[tuple[str, tuple[str, Any], tuple[str, ...], Test]]:
    """What a message says of the models that a condition leaves out, its argument and value, its columns, its test."""
    for mask, word, wanted in zip(question.flags, ("without", "with"), (True, False), strict=True):
        argument = "require" if wanted else "forbid"
        for name, bit in BIT.items():
            if mask & bit:
                columns = ("bits", "likely") if question.unknown == "likely" else ("bits",)
                yield f"{word} {name}", (argument, name), columns, flag_test(name, wanted, question.unknown)
    for one in question.asked:
        name, value = one
        yield sentence(name, value), one, CONDITIONS[name].columns, CONDITIONS[name].test(value)
    if question.workload is not None:
        from llm_models.workloads import demands

        for demand in demands(question.workload):
            yield demand.says, ("workload", question.workload), demand.columns, demand.test
    states, at = question.states, question.at
    if states == CURRENT:
        yield f"retired by {at}", ("lifecycle", states), ("retires",), lambda retires: retires is None or retires > at
    elif states is not None:
        yield (
            f"not {' or '.join(states)} on {at}",
            ("lifecycle", states),
            ("bits", "retires", "preview"),
            lambda bits, retires, preview: state_of(bits, retires, preview, at) in states,
        )


def _passing(columns: Columns, names: Sequence[str], test: Test) -> tuple[dict[str, bool | None], str]:
    """What a test says of each combination of values, by its letter, and the letter of each model."""
    meaning, text = columns.column(*names)
    return {letter: test(*values) for letter, values in meaning.items()}, text


def fitting(view: View, question: Question) -> list[int]:
    """The numbers of the models that fit, in order of key."""
    columns = view.file.columns()
    rows = [*_considered(view, question)]
    for _, _, names, test in _tests(question):
        passing, text = _passing(columns, names, test)
        rows = [row for row in rows if passing[text[row]]]
    if question.match:
        rows = [row for row in rows if _is_named(view, row, question.match)]
    return rows


def costs_of(view: View, rows: Sequence[int], question: Question) -> dict[int, Costed]:
    """What the workload costs at each of these models, which are decoded for that; empty without a workload."""
    if question.workload is None:
        return {}
    from llm_models.workloads import costed

    at = question.at if question.dated else None
    return {
        row: costed(view, model, question.workload, at) for row, model in zip(rows, _models(view, rows), strict=True)
    }


def within(view: View, question: Question) -> tuple[list[int], dict[int, Costed]]:
    """The numbers of the models that fit, in order of key, and what the workload costs at each."""
    rows = fitting(view, question)
    costs = costs_of(view, rows, question)
    if question.most is not None:
        from llm_models.workloads import is_within

        rows = [row for row in rows if is_within(costs[row], question.most)]
    return rows, costs


def listed(view: View, question: Question) -> dict[str, list[int]]:
    """The rows of the models that fit, by provider; without a condition, nothing is decoded for that."""
    if not (any(question.flags) or question.asked or question.match or question.states or question.workload):
        return {name: [*view.shown(name)] for name in question.scope or view.known}
    rows: dict[str, list[int]] = {}
    for number in within(view, question)[0]:
        provider, row = place_of(view, number)
        rows.setdefault(provider, []).append(row)
    return rows


def _models(view: View, rows: Sequence[int]) -> list[Model]:
    """The records of models; those of one provider are decoded together."""
    places = [place_of(view, row) for row in rows]
    by_provider: dict[str, list[int]] = {}
    for provider, row in places:
        by_provider.setdefault(provider, []).append(row)
    for provider, its in by_provider.items():
        view.models_in(provider, sorted(its))
    return [view.model(provider, row) for provider, row in places]


def _is_named(view: View, row: int, patterns: Sequence[str]) -> bool:
    from fnmatch import fnmatchcase

    provider, place = place_of(view, row)
    spec = f"{provider}:{view.file.block(provider).ids[place]}".lower()
    return any(fnmatchcase(spec, pattern) for pattern in patterns)


def place_of(view: View, row: int) -> tuple[str, int]:
    """The provider of a model, and its row there."""
    columns = view.file.columns()
    firsts = columns.firsts
    at = bisect_right(firsts, row) - 1
    provider = columns.providers[at]
    return provider, row - firsts[at]


def _resold(view: View) -> Callable[[int], bool]:
    """Whether the provider of a model is not the one that its canonical name states as its maker."""
    columns = view.file.columns()
    canonical = columns.reader("canonical")
    makers: dict[str | None, str | None] = {None: None}

    def resold(row: int) -> bool:
        name = canonical(row)
        if name not in makers:
            makers[name] = view.file.provider_id(name.partition("/")[0])
        return makers[name] != place_of(view, row)[0]

    return resold


def _levels(view: View, question: Question, costs: Mapping[int, Costed]) -> Sequence[Rank]:
    """What a question ranks by, the most important first."""
    asked = dict(question.asked)
    first = {provider: at for at, provider in enumerate(question.prefer)}
    resold = _resold(view)

    def preferred(row: int) -> int:
        return first.get(place_of(view, row)[0], len(first)) if first else 0

    group = preferred if first or question.orders or question.scope else resold
    orders: tuple[Order, ...] = question.orders or ("release",)
    tags, free = asked.get("tags", ()), asked.get("free") is True
    if {*asked.get("output", ())} - {"text"}:
        tags = (*tags, "special")  # who asks for pictures or sound asks for the models that make them
    columns = view.file.columns()
    ranks: dict[int, Any] = {}
    if costs:
        odd, planned = has_odd_price(columns), is_planned(columns)
        ranks = {row: one.rank(free, odd(row), planned(row)) for row, one in costs.items()}
    at = question.at if question.states is None or "retired" in question.states else None
    return levels(columns, orders, group, resold, tags, ranks, free, at)


def _kept(cache: dict[tuple[Any, ...], Any], question: Question, answer: Callable[[], Any]) -> Any:
    """The answer to a question, which is kept, unless it holds only now: a cost may depend on the hour."""
    if question.workload is not None and not question.dated:
        return answer()
    found = cache.get(question.key)  # once: another thread may clear the cache
    if found is None:
        if len(cache) >= MOST:
            cache.clear()
        found = cache.setdefault(question.key, answer())
    return found


def candidates(view: View, question: Question) -> list[Model]:
    """The models that fit, best first."""

    def answer() -> tuple[Model, ...]:
        rows, costs = within(view, question)
        return tuple(_models(view, ordered(rows, _levels(view, question, costs))))

    return list(_kept(view.fitting, question, answer))


def select(view: View, question: Question) -> Model:
    """The first model that fits. Raises `NoMatchError` with the number of models that each condition removed."""

    def answer() -> Model | Unmatched:
        rows, costs = within(view, question)
        if rows:
            return view.model(*place_of(view, best(rows, _levels(view, question, costs))))
        return _unmatched(view, question)

    found = _kept(view.chosen, question, answer)
    if type(found) is FrozenDict:
        raise NoMatchError(printable(reasons(found)), **found)
    model: Model = found
    return model


def _unmatched(view: View, question: Question) -> Unmatched:
    """The fields of a `NoMatchError`."""
    columns = view.file.columns()
    rows = _considered(view, question)
    removed: dict[str, tuple[int, int]] = {}
    asked: dict[str, tuple[str, Any]] = {}
    for says, condition, names, test in _tests(question):
        passing, text = _passing(columns, names, test)
        found = [passing[text[row]] for row in rows]
        out = sum(not fits for fits in found)
        if out or condition[0] in ("require", "forbid"):
            removed[says], asked[says] = (out, found.count(None)), condition
    if question.match:
        out = sum(not _is_named(view, row, question.match) for row in rows)
        if out:
            says = f"that {' or '.join(question.match)} does not match"
            removed[says], asked[says] = (out, 0), ("match", question.match)
    if question.most is not None:
        from llm_models.workloads import is_within

        fits = [is_within(one, question.most) for one in costs_of(view, rows, question).values()]
        says = f"with a higher cost than {question.most}"
        removed[says] = (sum(not one for one in fits), fits.count(None))
        asked[says] = ("max_cost", question.most)
    largest: dict[str, int] = {}
    if question.workload is not None:
        from llm_models.workloads import demands

        for demand in demands(question.workload):
            if demand.limit is not None and demand.says in removed:
                meaning, text = columns.column(*demand.columns)
                limits = [demand.limit(*meaning[letter]) for letter in {text[row] for row in rows}]
                largest[demand.says] = max(limit for limit in limits if limit is not None)
    given = {"considered": len(rows), "scope": question.scope}
    return FrozenDict(given, removed=FrozenDict(removed), largest=FrozenDict(largest), asked=FrozenDict(asked))


HINT = "What is not stated counts as no, unless the question states unknown 'likely' or 'yes'"


def reasons(fields: Mapping[str, Any], words: Mapping[str, str] = FrozenDict(), hint: str = HINT) -> str:
    """The message of a `NoMatchError` with these fields.

    `words` replaces what the message says of the models that a condition left out; `hint` states how to count flags
    that no source states.
    """
    removed, scope, asked = fields["removed"], fields["scope"], fields["asked"]
    parts = []
    for says, (out, unstated) in removed.items():
        notes = [f"{unstated} not stated"] if unstated else []
        notes += [f"the largest limit is {fields['largest'][says]:,}"] if says in fields["largest"] else []
        parts.append(f"{out} {words.get(says, says)}" + (f" ({', '.join(notes)})" if notes else ""))
    of = f"{fields['considered']} models" + (f" of {' and '.join(scope)}" if scope else "")
    flags = any(unstated for says, (_, unstated) in removed.items() if asked[says][0] == "require")
    if not fields["considered"]:  # no condition removed a model, so none of them is the reason
        return f"no model fits; of {of} that allow, deny and exclude leave"
    return f"no model fits; of {of}{': ' if parts else ''}{', '.join(parts)}{'. ' + hint if flags else ''}"
