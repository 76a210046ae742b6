"""Lifecycle: what people must know of a model before they use it: deprecated, retiring, retired.

A file states the date on which a model retires. Whether that date has come is decided when someone asks. Standard
library only.
"""

from __future__ import annotations

from llm_models.errors import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llm_models.days import Day
    from llm_models.records import Model


def state(model: Model, at: Day | None = None) -> str | None:
    """What people must know of a model on the day `at`, by default today (UTC); None for nothing.

    >>> model = llm_models.Model(provider="x", id="m", provider_model_id="m", deprecated=True, retires="2027-01-01")
    >>> state(model, at="2026-12-31")
    'deprecated, retires on 2027-01-01'
    """
    if model.is_retired(at):
        return f"retired on {model.retires}"
    parts = ["deprecated"] if model.deprecated else []
    parts += [f"retires on {model.retires}"] if model.retires is not None else []
    return ", ".join(parts) or None


def notice(model: Model, at: Day | None = None) -> str | None:
    """`state` with the successor, as a message about the model; None for nothing.

    >>> notice(llm_models.Model(provider="x", id="m", provider_model_id="m", deprecated=True, successor="x:n"))
    'x:m: deprecated; its successor is x:n'
    """
    known = state(model, at)
    return known and f"{printable(model.spec)}: {known}{successor_of(model)}"


def successor_of(model: Model) -> str:
    """The successor of a model as the end of a sentence; empty where none is known."""
    return f"; its successor is {printable(model.successor)}" if model.successor is not None else ""
