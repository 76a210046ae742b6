"""Records: what holds of every catalogue that can be read: each record is what its file states, in every way to ask."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from fuzz.harness import holds
from llm_models import Snapshot

if TYPE_CHECKING:
    from llm_models import Bill
    from llm_models.snapshot_file import SnapshotFile

MOST = 5
"""How many models of a file are asked about one by one."""


def check_catalogue(file: SnapshotFile) -> None:
    """Every record can be read, printed, pickled, priced and found again by its name."""
    snapshot = Snapshot(file)
    models = snapshot.list_models()
    holds(len(models) == len(snapshot), "the list has another length than the catalogue")
    holds(pickle.loads(pickle.dumps(models)) == models, "records are others after pickling")
    for provider in snapshot.list_providers():
        json.dumps(snapshot.get_provider(provider).to_dict())
    for one in islice(models, MOST):
        json.dumps(one.to_dict())
        repr(one)
        hash(one)
        holds(snapshot.resolve(one.spec) == one, "a model spec means another model")
        holds(snapshot.resolve(one.key) == one, "a key means another model")
        holds(
            snapshot.get_model(one.provider, one.id) is snapshot.get_model(one.provider, one.id), "two records of one"
        )
        holds(snapshot.allowed(one.spec), "a model that is listed is not allowed")
        one.is_retired()
        check_bill(snapshot.cost(one.spec, {"input": 1200, "output": 70, "cache_read": 100}, "2026-01-01"))
        snapshot.prices(one.spec).to_dict()
        json.dumps(snapshot.explain(one.spec).to_dict())
    orders = ("price", "context", "release", "id")
    for order in orders:
        found = snapshot.candidates(order_by=order, kind="any") if models else []
        holds({*map(str, (one.key for one in found))} <= {str(one.key) for one in models}, "a candidate is not listed")


def check_bill(bill: Bill) -> None:
    """The lines add up to what is known, in decimals; the total is that, or unknown where a part has no price."""
    holds(isinstance(bill.known, Decimal) and bill.known.is_finite(), "an amount is no decimal")
    holds(
        all(type(line.amount) is Decimal and type(line.rate) is Decimal for line in bill.lines), "a line is no decimal"
    )
    exact = sum(Fraction(line.amount) for line in bill.lines)
    holds(Fraction(bill.known) == exact, "the lines do not add up")
    holds((bill.total is None) == bool(bill.unpriced), "the total is known though a part has no price, or the reverse")
    holds(bill.total is None or bill.total == bill.known, "the total is not the sum of the lines")
    holds(all(line.amount >= 0 for line in bill.lines), "a line is negative")
    json.dumps(bill.to_dict())
