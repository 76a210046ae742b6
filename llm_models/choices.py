"""Questions about models: the conditions and orders of a choice, checked; standard library only."""

from __future__ import annotations

from llm_models.conditions import (
    CONDITIONS,
    CURRENT,
    OTHERS,
    asked_of,
    capability_masks,
    check_unknown,
    day_of,
    states_of,
    texts_of,
)
from llm_models.errors import did_you_mean, quoted, wrong_argument
from llm_models.lookup import parse_provider
from llm_models.ranking import orders_of
from llm_models.records import BIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from llm_models.conditions import Conditions
    from llm_models.ranking import Order
    from llm_models.view import View
    from llm_models.workloads import Workload

    class Choice(Conditions, total=False):
        """Conditions, and which of the models that fit comes first."""

        prefer: Iterable[str] | None
        order_by: Order | Iterable[Order]
        workload: object
        max_cost: float | None


_NAMES = (*CONDITIONS, *OTHERS, "prefer", "order_by", "workload", "max_cost")


class Question:
    """A checked question. Equal questions have equal keys."""

    __slots__ = ("asked", "at", "dated", "flags", "key", "match", "most", "orders", "prefer", "scope", "states",
                 "unknown", "workload")  # fmt: skip

    def __init__(self, view: View, given: Mapping[str, Any]) -> None:
        """The conditions in `given`.

        Raises `TypeError` for another name, `UnknownCapabilityError`, `UnknownProviderError`, and
        `InvalidArgumentError` for a value that the condition does not take.
        """
        for name in given:
            if name not in _NAMES:
                raise TypeError(f"unknown condition {name!r}.{did_you_mean(name, _NAMES)}")
        self.unknown = "no" if given.get("unknown") is None else given["unknown"]
        check_unknown(self.unknown)
        self.flags = capability_masks(given.get("require"), given.get("forbid"))
        self.scope = scope_of(view, given.get("scope"))
        self.asked = asked_of(given)
        self.match = () if given.get("match") is None else texts_of("match", given["match"])
        self.states = None if given.get("lifecycle") is None else states_of("lifecycle", given["lifecycle"])
        from llm_models import days

        self.dated = given.get("at") is not None
        self.at = day_of("at", given["at"]) if self.dated else days.today()
        self.prefer: tuple[str, ...] = ()
        self.orders: tuple[Order, ...] = ()
        self.workload: Workload | None = None
        self.most: Any = None
        self.key: tuple[Any, ...] = ()

    def settle(self) -> None:
        """Make the key, once everything is set."""
        self.key = (self.flags, self.unknown, self.scope, tuple(self.asked), self.match, self.states, self.at,
                    self.dated, self.prefer, self.orders, self.workload, self.most)  # fmt: skip


def choice_of(view: View, given: Mapping[str, Any], prefer: Sequence[str], *, defaults: bool = True) -> Question:
    """The question of a choice: with `defaults` it means chat models that are not retired, unless it states otherwise.

    Raises what `Question` raises, and `UsageError` for a workload that is impossible.
    """
    question = Question(view, given)
    if defaults:
        if not {"kind", "output"} & {name for name, _ in question.asked} and not question.flags[0] & BIT["embeddings"]:
            question.asked.append(("kind", ("chat",)))
        if question.states is None:
            question.states = CURRENT
    question.prefer = tuple(prefer)
    question.orders = () if given.get("order_by") is None else orders_of(given["order_by"])
    most = given.get("max_cost")
    if given.get("workload") is None:
        example = "a workload, such as input=8000,output=500"
        if "cost" in question.orders:
            raise wrong_argument("order_by", f"cost needs {example}")
        if most is not None:
            raise wrong_argument("max_cost", f"it needs {example}")
    if given.get("workload") is not None:
        from llm_models.workloads import check_most, workload_of

        question.workload = workload_of(given["workload"])
        question.most = None if most is None else check_most(most)
    question.settle()
    return question


def scope_of(view: View, scope: Any) -> tuple[str, ...] | None:
    """The providers of a scope, sorted; None for all. Raises `UnknownProviderError`, and for none at all
    `InvalidArgumentError`.
    """
    if scope is None:
        return None
    named = (scope,) if isinstance(scope, str) or not hasattr(scope, "__iter__") else tuple(scope)
    if not named:
        raise wrong_argument("scope", f"expected a provider, or several (found {quoted(scope)})")
    return None if "all" in named else tuple(sorted({parse_provider(name, view) for name in named}))
