"""Choosing by cost: the order is that of `cost` at each model, and retired models are last in every order."""

from __future__ import annotations

import datetime as dt
import pickle
import re
from decimal import Decimal
from typing import Any

import pytest
from support import catalogues
from support.command import process

from llm_models import Model, NoMatchError, Snapshot, Usage, validity
from llm_models.errors import InvalidArgumentError
from llm_models.outliers import outliers_in
from llm_models.workloads import costed, workload_of

AT = "2026-11-25"
LAST = {"guard", "moving", "special"}
WORKLOADS: list[Any] = [
    {"input": 192_000, "cache_read": 180_000, "output": 900},
    {"input": 8000, "output": 500, "mode": "batch"},
    [{"input": 8000, "output": 500, "x": 3}, {"input": 250_000, "output": 10, "x": 2}],
]


def total(catalogue: Snapshot, model: Model, workload: Any) -> Decimal | None:
    """The sum of the bills, None where one is not known or the input does not fit."""
    found = Decimal(0)
    largest = model.limits.input or model.limits.context
    for item in workload if isinstance(workload, list) else [workload]:
        usage = {name: value for name, value in item.items() if name != "x"}
        try:
            bill = catalogue.cost(model, usage, at=AT)
        except ValueError:
            return None
        if bill.total is None or (largest is not None and usage["input"] > largest):
            return None
        found += bill.total * item.get("x", 1)
    return found


def place(planned: bool, cost: Decimal | None) -> tuple[int, Decimal]:
    zero = Decimal(0)
    return (3, zero) if cost is None else (2, cost) if planned else (1, zero) if not cost else (0, cost)


@pytest.mark.parametrize("workload", WORKLOADS, ids=str)
@pytest.mark.parametrize("scope", [["openai", "anthropic", "google"], ["openrouter", "xai", "nvidia", "deepseek"]])
def test_the_order_is_that_of_the_bills(packaged: Snapshot, scope: list[str], workload: Any) -> None:
    """CH22: the lowest first, then 0, then what no request costs (a plan, a trial), then what is not known."""
    found = packaged.candidates(scope=scope, order_by="cost", workload=workload, at=AT, lifecycle="ga")
    odd = outliers_in(packaged.file, {one.canonical for one in found})
    far = {key for key, fields in odd.items() if any(field.startswith("cost.") for field in fields)}
    usual = [one for one in found if not {*one.tags} & LAST and not one.resolves_to and one.key not in far]
    plans = {one for one in scope if packaged.get_provider(one).billing != "usage"}
    totals = [(one.provider in plans, total(packaged, one, workload)) for one in usual]
    assert totals == sorted(totals, key=lambda pair: place(*pair))
    assert totals[0][1]


def test_an_impossible_price_is_not_the_cheapest() -> None:
    """A price that is far from that of the same model elsewhere is not believed, in both orders."""
    usual: dict[str, Any] = {"canonical": "openai/m", "cost": {"input": 2, "output": 4}}
    odd = {**usual, "cost": {"input": 0.002, "output": 0.004}}
    records = {name: {"m": usual} for name in "abcd"} | {"e": {"m": odd}}
    dear = {"x": {"cost": {"input": 50, "output": 50}}}
    catalogue = Snapshot(catalogues.made_up({**records, "f": dear}))
    work: Any = {"input": 1000, "output": 100}
    for order in ("cost", "price"):
        found = catalogue.candidates(order_by=order, workload=work, at=AT)
        assert [one.provider for one in found] == ["a", "b", "c", "d", "f", "e"]


@pytest.mark.parametrize("order", [None, "release", "price", "context"])
def test_a_retired_model_is_last(order: Any) -> None:
    """Also one that no source calls deprecated, and that is newer, cheaper and larger."""
    gone: dict[str, Any] = {"retires": "2026-11-01", "release_date": "2026-10-01", "cost": {"input": 1, "output": 1},
                            "limits": {"context": 9000}}  # fmt: skip
    old: dict[str, Any] = {"release_date": "2026-01-01", "cost": {"input": 2, "output": 2}, "limits": {"context": 8000},
                           "deprecated": True}  # fmt: skip
    catalogue = Snapshot(catalogues.made_up({"a": {"gone": gone, "old": old}}))
    every: Any = ["current", "retired"]
    assert [one.id for one in catalogue.candidates(order_by=order, lifecycle=every, at=AT)] == ["old", "gone"]
    assert [one.id for one in catalogue.candidates(order_by=order, lifecycle=every, at="2026-10-31")] == ["gone", "old"]
    if order is not None:
        assert [one.id for one in catalogue.list_models(order_by=order, at=AT)] == ["old", "gone"]


def test_a_cost_of_this_hour_is_not_kept_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """A running program asks again, and other prices hold."""
    night = {"input": 1, "output": 1, "hours": [{"utc": ["00:00", "06:00"], "input": 9, "output": 9}]}
    records: dict[str, Any] = {"a": {"by-hour": {"cost": night}}, "b": {"always": {"cost": {"input": 5, "output": 5}}}}
    catalogue = Snapshot(catalogues.made_up(records))
    moments = [dt.datetime(2026, 11, 25, hour, tzinfo=dt.UTC) for hour in (3, 12)]
    chosen = []

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return moments[len(chosen)].astimezone(tz)

    monkeypatch.setattr(validity, "datetime", Clock)
    work: Any = {"input": 1000, "output": 100}
    for _ in moments:
        first = catalogue.candidates(order_by="cost", workload=work)[0]
        assert catalogue.select(order_by="cost", workload=work) == first
        chosen.append(first.id)
    assert chosen == ["always", "by-hour"]


def test_a_best_model_whose_cost_is_not_known_is_reported() -> None:
    """The answer looks like the cheapest model, so stderr states that nothing is known of its cost."""
    usual = ("select", "--scope", "google", "--order-by", "cost", "--workload")
    result = process(*usual, "input=9k", "--match", "*gemma*")
    assert result.code == 0
    assert re.search(rf"^notice: {re.escape(result.out.strip())}: what the workload costs .*: .*input", result.err)
    assert "workload" not in process(*usual, "input=9k").err


SIZES: dict[str, Any] = {
    "by-input": {"limits": {"context": 9000, "input": 8000}},
    "by-context": {"limits": {"context": 8500, "output": 400}},
    "large": {"limits": {"context": 90_000, "output": 9000}, "modalities": {"input": ["text"], "output": ["text"]}},
    "sees": {"modalities": {"input": ["text", "Image"], "output": ["text", "audio"]}},
    "unstated": {},
}


@pytest.mark.parametrize(
    ("work", "unfit"),
    [
        ({"input": 8000}, ""),
        ({"input": 8001}, "by-input"),
        ([{"input": 10}, {"input": 8501, "x": 2}], "by-input by-context"),
        ([{"input": 10}, {"input": 8501, "x": 0}], ""),
        ({"input": 10, "output": 400}, ""),
        ({"input": 10, "output": 401}, "by-context"),
        ("input=91k,output=9001", "by-input by-context large"),
        ({"input": 10, "input_image": 5}, "large"),
        ({"input": 10, "input_video": 5}, "large sees"),
        ({"output": 10, "output_audio": 5}, "large"),
        ({"images": 1}, "large sees"),
        ({"input": 10, "input_image": 0, "output_audio": 0}, ""),
    ],
    ids=str,
)
def test_what_cannot_take_a_workload_is_no_answer(work: Any, unfit: str) -> None:
    """By any order, and in a list; what a model does not state is taken as enough."""
    catalogue = Snapshot(catalogues.made_up({"a": SIZES}))
    expected = SIZES.keys() - {*unfit.split()}
    for order in (None, "cost", "release", "id"):
        for ask in (catalogue.candidates, catalogue.list_models):
            assert {one.id for one in ask(workload=work, order_by=order)} == expected
        assert catalogue.select(workload=work, order_by=order).id in expected


def test_a_workload_that_no_model_can_take_is_no_match(packaged: Snapshot) -> None:
    """The error counts the models that are too small, and names the largest limit."""
    every = packaged.list_models(scope="google")
    sizes = [found for one in every if (found := one.limits.input or one.limits.context)]
    makes = [one.limits.output for one in every if one.limits.output]
    with pytest.raises(NoMatchError) as caught:
        packaged.select(scope="google", workload={"input": 90_000_000, "output": 80_000_000})
    error, says = caught.value, "that take fewer than 90,000,000 tokens of input"
    assert error.removed[says] == (len(sizes), 0)
    assert error.largest == {says: max(sizes), "that return fewer than 80,000,000 tokens of output": max(makes)}
    for size, most in ((len(sizes), max(sizes)), (len(makes), max(makes))):
        assert re.search(rf", {size} that [a-z0-9, ]* \(the largest limit is {most:,}\)", str(error))
    assert packaged.list_models(scope="google", workload={"input": 90_000_000}, kind="chat") == []
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.__dict__) == (str(error), error.__dict__)


@pytest.mark.parametrize(
    "work",
    [
        {}, [], "", {"input": 0}, {"input": 0, "output": 0}, "input=0,output=0,x=5", Usage(), Usage(input=0, output=0),
        [{"input": 5}, {"input": 0}], {"input": 5, "x": 0}, {"web_search": 0}, {"fees": {"page": 0}}, {"images": 0},
        [{"input": 5, "x": 0}, {"output": 5, "x": 0}],
    ],
    ids=str,
)  # fmt: skip
def test_a_workload_that_counts_nothing_is_a_wrong_argument(packaged: Snapshot, work: Any) -> None:
    for ask in (packaged.select, packaged.candidates, packaged.list_models):
        with pytest.raises(InvalidArgumentError, match=r"^workload: .*\(expected a usage, such as input=8000"):
            ask(workload=work)


@pytest.mark.parametrize("work", [{"images": 2}, {"web_search": 1}, {"fees": {"page": 1}}, {"requests": 9}], ids=str)
def test_a_workload_without_tokens(work: Any) -> None:
    """Fees and images count, too."""
    catalogue = Snapshot(catalogues.made_up({"a": {"m": {}}}))
    assert catalogue.select(workload=work).id == "m"


def test_a_mode_that_a_model_lacks_is_the_reason(packaged: Snapshot) -> None:
    """A price of the list itself is none of the mode, and the reason does not deny the former."""
    model = packaged.select(scope="deepseek")
    assert model.cost.input
    assert "batch" not in model.cost.modes
    for name in ("batch", "nix"):
        found = costed(packaged.view, model, workload_of(f"input=10k,mode={name}"), None)
        assert (found.total, found.why) == (None, f"no price of input (10,000) in the mode '{name}'")
    plain = costed(packaged.view, model, workload_of("input=10k,web_search=3"), None)
    assert plain.why == "no price of fees.web_search (3)"
