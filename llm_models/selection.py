"""Choosing models by capabilities, best first; standard library only.

A model's capability set is one integer, computed when a snapshot is built (`records.capability_bits`). A condition
is then one `&` for each model, and no model is decoded.
"""

from __future__ import annotations

from llm_models.errors import InvalidArgumentError, LLMModelsError, did_you_mean, quoted
from llm_models.frozen import FrozenDict
from llm_models.records import BIT, DEPRECATED, STATED, unknown_capability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, Literal

    from llm_models.records import Model
    from llm_models.view import Unmatched, View

    Names = Iterable[str] | Mapping[str, bool] | None
    """Names of capabilities, or a mapping from name to yes or no."""
    Order = Literal["id", "price", "context", "release"]


class NoMatchError(LLMModelsError, LookupError):
    """No model fits the conditions.

    `considered` is the number of models, `removed` maps each condition to (models that it removed, how many of these
    only because of a default).
    """

    considered: int
    removed: Mapping[str, tuple[int, int]]


def capability_masks(require: Names, forbid: Names) -> tuple[int, int]:
    """The bits that must be set, and the bits that must not. Raises `UnknownCapabilityError` with the nearest name."""
    must = must_not = 0
    for names, wanted in ((require, True), (forbid, False)):
        if names is None:
            continue
        for name, value in _pairs(names):
            try:
                bit = BIT[name]
            except (KeyError, TypeError):
                raise unknown_capability(name) from None
            if bool(value) is wanted:
                must |= bit
            else:
                must_not |= bit
    return must, must_not


def _pairs(names: Any) -> Iterable[tuple[Any, bool]]:
    """The names in a `require` or `forbid`, each with yes or no."""
    if isinstance(names, str) or not hasattr(names, "__iter__"):
        return ((names, True),)
    return names.items() if hasattr(names, "items") else [(name, True) for name in names]


def _price(model: Model) -> float:
    cost = model.cost
    return float("inf") if cost.input is None or cost.output is None else cost.input + cost.output


def _context(model: Model) -> int:
    return -(model.limits.context or 0)


def _release(model: Model) -> str:
    return model.release_date or ""


ORDERS: dict[Order, tuple[Callable[[Model], Any] | None, bool]] = {
    "id": (None, False),
    "price": (_price, False),
    "context": (_context, False),
    "release": (_release, True),
}
"""Order -> the value to sort models by (None: they are sorted already), and whether the largest comes first."""


def check_order(order_by: str) -> None:
    """Raise `InvalidArgumentError` when there is no such order."""
    if order_by not in tuple(ORDERS):
        hint = did_you_mean(str(order_by), ORDERS)
        raise InvalidArgumentError(f"unknown order {quoted(order_by)} (expected {', '.join(ORDERS)}).{hint}")


def matching(view: View, provider: str, must: int, must_not: int, at: str | None = None) -> list[int]:
    """The rows of a provider's shown models that have all bits of `must` and none of `must_not`.

    With a day `at`, only those that are not retired then.
    """
    shown = view.shown(provider)
    if at is not None and view.file.block(provider).retires:
        retired = _retired(view, provider, at)
        shown = [row for row in shown if row not in retired]
    if not must | must_not:
        return list(shown)
    bits = view.file.block(provider).bits
    return [row for row in shown if bits[row] & must == must and not bits[row] & must_not]


def _retired(view: View, provider: str, at: str) -> set[int]:
    """The rows of a provider's shown models that are retired on a day."""
    shown, retires = view.shown(provider), view.file.block(provider).retires
    return {row for day, rows in retires.items() if day <= at for row in rows if row in shown}


def ordered(
    view: View, masks: tuple[int, int], first: Sequence[str], within: str | None, order_by: Order, at: str
) -> Iterator[Model]:
    """The models that fit, best first: `first` are the preferred providers, `within` is the only provider if given.

    Models that are retired on the day `at` are left out.
    """
    must, must_not = masks
    counts = view.counts.get(within)
    if counts is not None and not any(bits & must == must and not bits & must_not for bits in counts):
        return
    rank, descending = ORDERS[order_by]
    for group in _groups(view, first) if within is None else [[within]]:
        for also, never in ((0, DEPRECATED), (DEPRECATED, 0)):
            rows = ((name, row) for name in group for row in matching(view, name, must | also, must_not | never, at))
            models = (view.model(name, row) for name, row in rows)
            # Sorting is stable in both directions, so equal models stay in order of key.
            yield from models if rank is None else sorted(models, key=rank, reverse=descending)


def _groups(view: View, first: Sequence[str]) -> Iterator[list[str]]:
    yield from ([name] for name in first)
    yield [name for name in view.known if name not in first]  # reads the whole block table


def select(
    view: View, masks: tuple[int, int], first: Sequence[str], within: str | None, order_by: Order, at: str
) -> Model:
    """The first of `ordered`. Raises `NoMatchError` with the number of models that each condition removed."""
    query = (*masks, within, at)
    unmatched = view.unmatched.get(query)
    if unmatched is None:
        for model in ordered(view, masks, first, within, order_by, at):
            return model
        if len(view.unmatched) >= 1000:  # a program may ask for endless different conditions
            view.unmatched.clear()
        unmatched = view.unmatched[query] = _unmatched(view, masks, within, at)
    message, considered, removed = unmatched
    raise NoMatchError(message, considered=considered, removed=removed)


def _unmatched(view: View, masks: tuple[int, int], within: str | None, at: str) -> Unmatched:
    """The message of a `NoMatchError`, how many models there are, and how many each condition removed."""
    counts = _counts(view, within)
    removed: dict[str, tuple[int, int]] = {}
    for mask, word, wanted in ((masks[0], "without", False), (masks[1], "with", True)):
        for name, bit in BIT.items():
            if mask & bit:
                failing = [(bits, count) for bits, count in counts.items() if bool(bits & bit) is wanted]
                by_default = sum(count for bits, count in failing if not bits & (bit << STATED))
                removed[f"{word} {name}"] = (sum(count for _, count in failing), by_default)
    total = sum(counts.values())
    retired = sum(len(_retired(view, provider, at)) for provider in (view.known if within is None else (within,)))
    if retired:
        removed[f"retired by {at}"] = (retired, 0)
    parts = [f"{n} {why}" + (f" ({d} only by default)" if d else "") for why, (n, d) in removed.items()]
    of = f"{total} models" + (f" of {within}" if within else "")
    return f"no model fits; of {of}{': ' if parts else ''}{', '.join(parts)}", total, FrozenDict(removed)


def _counts(view: View, within: str | None) -> dict[int, int]:
    """Capability set -> how many shown models have it, of one provider or of all."""
    if within not in view.counts:
        counts: dict[int, int] = {}
        for provider in view.known if within is None else (within,):
            bits = view.file.block(provider).bits
            for row in view.shown(provider):
                counts[bits[row]] = counts.get(bits[row], 0) + 1
        view.counts[within] = counts
    return view.counts[within]
