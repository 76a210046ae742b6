"""Laws of bills, on random price lists and usages: each token is priced once, and nothing that means nothing counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import tomlkit
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import catalogues
from support.prices import COSTS, FULL, SMALLEST, SPEC, TOKENS, small, usages

from llm_models import Bill, Cost, LLMModelsError, Model, Usage
from llm_models.classes import CLASSES
from llm_models.items import quantities
from llm_models.order import ordered

ATS = ("2025-12-31", "2026-03-01T20:00:00Z", "2026-06-01", "2026-11-26T23:59:00Z")
MODES = (None, "batch", "flex", "thinking+batch")
LAW = settings(max_examples=80, deadline=None, derandomize=True)


def priced(cost: dict[str, Any], usage: Usage, at: str, mode: str | None) -> Bill | str:
    """The bill, or the name of the error."""
    try:
        return small().cost(Model.from_dict({"provider": "acme", "id": "made", "cost": cost}), usage, at, mode)
    except LLMModelsError as error:
        return type(error).__name__


def tokens(made: Bill) -> int:
    """All tokens of a bill, priced or not."""
    counted = [*((line.cls, line.quantity) for line in made.lines), *made.unpriced]
    return sum(int(number) for name, number in counted if name in TOKENS)


@LAW
@given(COSTS, usages(), st.sampled_from(ATS), st.sampled_from(MODES))
def test_each_token_is_in_one_line(cost: dict[str, Any], usage: Usage, at: str, mode: str | None) -> None:
    made = priced(cost, usage, at, mode)
    if isinstance(made, Bill):
        assert tokens(made) == (usage.input or 0) + (usage.output or 0)
        assert made.known == sum([line.amount for line in made.lines], Decimal(0))
        assert (made.total is None) == bool(made.unpriced)
        assert {line.cls for line in made.lines if line.why} <= {*made.assumed} | {
            whole for one in CLASSES if one.name in made.assumed for whole in one.part_of
        }


@LAW
@given(usages())
def test_quantities_add_up_to_each_whole(usage: Usage) -> None:
    alone = quantities(usage)
    for one in CLASSES:
        parts = {one.name}
        for part in CLASSES:  # wholes come before their parts
            parts |= {part.name} if parts & {*part.part_of} else set()
        assert sum(alone.get(name, 0) for name in parts) == (getattr(usage, one.name) or 0)


@LAW
@given(st.sampled_from([one for one in CLASSES if len(one.part_of) == 1]), usages(), st.integers(1, 50),
       st.sampled_from([0, 1, 5]))  # fmt: skip
def test_a_part_at_the_price_of_its_whole_or_more_never_makes_it_cheaper(
    one: Any, usage: Usage, more: int, above: int
) -> None:
    """Of a whole's own tokens, some become those of a part."""
    (whole,) = one.part_of
    outer = {whole, "input"} if whole.startswith("cache") else {whole}
    usage += Usage(**dict.fromkeys(outer, more))
    cost = {name: 1 + at % 3 for at, name in enumerate(TOKENS)}
    cost[one.name] = cost[whole] + above
    moved = Usage(**{**usage.to_dict(), one.name: (getattr(usage, one.name) or 0) + more})
    before, after = (priced(cost, each, "2026-06-01", None) for each in (usage, moved))
    assert isinstance(before, Bill)
    assert isinstance(after, Bill)
    assert after.known - before.known == Decimal(more * above) / 1_000_000


@LAW
@given(COSTS, usages(40), usages(40), st.sampled_from(ATS), st.sampled_from(MODES))
def test_cutting_a_usage_in_two_changes_nothing_below_all_tiers(
    cost: dict[str, Any], one: Usage, other: Usage, at: str, mode: str | None
) -> None:
    both = one + other
    assert (both.input or 0) < SMALLEST
    # What both state, each of them states: of what one leaves out, the other may have some.
    zeros = {name: 0 for name in (*TOKENS, "web_search") if getattr(both, name) is not None}
    halves = [Usage(**{**zeros, **half.to_dict()}) for half in (one, other)]
    whole, first, second = (priced(cost, usage, at, mode) for usage in (both, *halves))
    if not isinstance(whole, Bill) or not isinstance(first, Bill) or not isinstance(second, Bill):
        assert whole == first == second
        return
    total = first + second
    assert (total.total, total.known, dict(total.unpriced)) == (whole.total, whole.known, dict(whole.unpriced))
    assert total.assumed == whole.assumed


def turned(value: Any) -> Any:
    """The same data with keys, tiers and dated lists in the opposite order."""
    if isinstance(value, dict):
        items = [(name, turned(item)) for name, item in reversed([*value.items()])]
        return {name: item[::-1] if name in ("tiers", "dated") else item for name, item in items}
    return [turned(item) for item in value] if isinstance(value, list) else value


@LAW
@given(COSTS, usages(300_000), st.sampled_from(ATS), st.sampled_from(MODES))
def test_the_order_of_lists_and_keys_means_nothing(
    cost: dict[str, Any], usage: Usage, at: str, mode: str | None
) -> None:
    made, again = (priced(one, usage, at, mode) for one in (cost, turned(cost)))
    assert made == again


BASE = catalogues.made_up({"acme": {"m": {}}})


@settings(max_examples=30, deadline=None, derandomize=True)
@given(COSTS)
@example(FULL)
def test_prices_written_as_toml_are_read_as_they_were(cost: dict[str, Any]) -> None:
    plain = Cost.from_dict(cost).to_dict()
    text = tomlkit.dumps({"models": [{"provider": "acme", "id": "m", "cost": plain}]})
    assert catalogues.loaded(BASE, "/x/llm_models.toml", text.encode()).resolve(SPEC).cost.to_dict() == in_order(plain)


def in_order(cost: dict[str, Any]) -> dict[str, Any]:
    """Prices as a file holds them: lists that have an order of their own in it, and no empty map."""
    return ordered(cost, Cost)


@LAW
@given(COSTS, usages(), st.sampled_from(MODES))
def test_a_record_of_the_old_fields_gives_the_same_answers_through_them(
    cost: dict[str, Any], usage: Usage, mode: str | None
) -> None:
    """`model.cost.input` and the like are the rates of a bill, as long as no list inside the list holds."""
    plain = {name: value for name, value in cost.items() if name in TOKENS}
    made = priced(plain, usage, "2026-06-01", mode)
    if mode is not None:
        assert made == "UnknownModeError"
        return
    assert isinstance(made, Bill)
    record = Cost.from_dict(plain)
    for line in made.lines:
        if (stated := getattr(record, line.cls)) is not None:
            assert float(line.rate) == round(stated, 9)
            assert line.why in (None, "not_split")
        else:
            assert line.cls not in {"input", "output", "input_audio", "cache_write_1h"}


@LAW
@given(COSTS, usages(300_000), st.sampled_from(ATS), st.sampled_from(MODES))
def test_the_rows_of_prices_are_the_rates_of_the_lines(
    cost: dict[str, Any], usage: Usage, at: str, mode: str | None
) -> None:
    made = priced(cost, usage, at, mode)
    if not isinstance(made, Bill):
        return
    model = Model.from_dict({"provider": "acme", "id": "made", "cost": cost})
    rows = small().prices(model, at, mode).rows
    sizes = [row.context_over for row in rows if row.context_over is not None]
    over = max([size for size in sizes if size < (usage.input or 0)], default=None)
    rates = {row.cls: row for row in rows if row.context_over == over}
    for line in made.lines:
        row = rates[line.cls]
        assert (line.rate, line.per, line.origin) == (row.rate, row.per, row.origin)
        assert line.why in (row.why, "not_split")
    assert not {name for name, _ in made.unpriced} & {*rates}
