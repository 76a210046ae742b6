"""The page that `llm-models browse` writes, in a browser: it agrees with `cost()`, and its data cannot run."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from support import catalogues
from support.browser import PHONE, SCREEN, Tab, chromium
from support.command import facts, fine, here, refused
from support.prices import COSTS, usages

import llm_models
from llm_models import Snapshot, Usage
from llm_models.bills import written
from llm_models.classes import CLASSES, COUNTED, MODES
from llm_models.counts import FEES, UsageError
from llm_models.modes import UnknownModeError
from llm_models.page import MARKS, TERMS, WHY, document, libraries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.browser import Browser

    from llm_models import Bill

Case = tuple[str, dict[str, Any], str, str | None]
"""A spec, the fields of a usage, a moment, and a mode."""


WHOLE = pytest.mark.whole
"""The tests of the packaged data; those of small catalogues run the same lines."""


@cache
def packaged() -> Snapshot:
    return llm_models.load(config=None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the packaged data."""
    path = tmp_path_factory.mktemp("page") / "models.html"
    path.write_bytes(document(packaged(), "0"))
    return path


@pytest.fixture(scope="module")
def packaged_tab(browser: Browser, page: Path) -> Tab:
    """The page of the packaged data, opened."""
    one = browser.tab()
    one.open(page)
    return one


@pytest.fixture
def tab(packaged_tab: Tab) -> Tab:
    """The page of the packaged data, opened, with no card and no filter."""
    packaged_tab.front()
    packaged_tab.run("document.querySelectorAll('dialog').forEach((one) => one.close())")
    packaged_tab.run("document.getElementById('filters').reset()")
    packaged_tab.run("document.getElementById('show-table').click()")
    packaged_tab.run(NEXT)
    return packaged_tab


def opened(browser: Browser, folder: Path, snapshot: Snapshot) -> Tab:
    """The page of a catalogue, opened."""
    path = folder / "page.html"
    path.write_bytes(document(snapshot, "0"))
    tab = browser.tab()
    tab.open(path)
    return tab


NEXT = "new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done))))"
"""The page has done what follows from an event."""


def fill(tab: Tab, **fields: Any) -> set[str]:
    """The specs that the table shows once these fields of the form are filled; a list is for boxes to check."""
    tab.run("document.getElementById('filters').reset()")
    for name, value in fields.items():
        if isinstance(value, list):
            chosen = json.dumps(value)
            tab.run(
                f"document.querySelectorAll('[name={name}]').forEach((b) => b.checked = {chosen}.includes(b.value))"
            )
        else:
            tab.run(f"document.getElementById('filters').elements[{json.dumps(name)}].value = {json.dumps(value)}")
    tab.run("document.getElementById('q').dispatchEvent(new Event('input', { bubbles: true }))")
    tab.run(NEXT)
    return {*tab.run("Table.fitting().map((one) => one.spec)")}


def show(tab: Tab, spec: str) -> str:
    """Open the card of a model. The text in it."""
    tab.run(f"Card.show(Data.list.findIndex((one) => one.spec === {json.dumps(spec)}), () => {{}})")
    text: str = tab.run("document.getElementById('card').innerText")
    return text


# The calculator


def ours(snapshot: Snapshot, case: Case) -> dict[str, Any] | str:
    """The answer of `cost()`, or the class of its error."""
    spec, fields, at, mode = case
    try:
        return plain(snapshot.cost(spec, Usage(**fields), at, mode))
    except (UsageError, UnknownModeError) as error:
        return type(error).__name__


def plain(bill: Bill) -> dict[str, Any]:
    lines = [
        [line.cls, str(line.quantity), written(line.rate), line.per, written(line.amount), line.tier, line.why]
        for line in bill.lines
    ]
    return {
        "total": None if bill.total is None else written(bill.total),
        "known": written(bill.known),
        "lines": lines,
        "unpriced": [[name, str(number)] for name, number in bill.unpriced],
        "assumed": [*bill.assumed],
        "exact": bill.exact,
    }


THEIRS = """(async () => {
  await Data.cards();
  const cards = await Data.cards();
  const rows = new Map(Data.list.map((one) => [one.spec, one.row]));
  return %s.map(([spec, usage, at, mode]) => {
    try {
      const bill = Calculator.bill(cards.models[rows.get(spec)].times, usage, Date.parse(at), mode ?? "standard");
      const lines = bill.lines.map((one) => [one.cls, one.quantity, one.rate, one.per, one.amount, one.tier, one.why]);
      const { total, known, unpriced, assumed, exact } = bill;
      return { total, known, lines, unpriced, assumed, exact };
    } catch (error) {
      if (!(error instanceof Calculator.Refused)) throw error;
      return error.field === "mode" ? "UnknownModeError" : "UsageError";
    }
  });
})()"""


def theirs(tab: Tab, cases: list[Case]) -> list[Any]:
    """The answers of the page."""
    sent = []
    for spec, fields, at, mode in cases:
        fees = {name: number for name, number in fields.items() if name in FEES} | fields.get("fees", {})
        usage = {name: value for name, value in fields.items() if name not in (*FEES, "fees")}
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC).isoformat()
        sent.append((spec, {**usage, "fees": fees}, moment, mode))
    found: list[Any] = tab.run(THEIRS % json.dumps(sent))
    return found


def differing(snapshot: Snapshot, tab: Tab, cases: list[Case]) -> tuple[list[Any], list[Any]]:
    """The cases of which the page has another answer, and all answers."""
    answers = [ours(snapshot, case) for case in cases]
    pairs = zip(cases, answers, theirs(tab, cases), strict=True)
    return [one for one in pairs if one[1] != one[2]], answers


def reasons(answers: list[Any]) -> set[str | None]:
    """Why the prices of all lines are assumed."""
    return {line[-1] for one in answers if isinstance(one, dict) for line in one["lines"]}


def made_up(chance: random.Random, spec: str, sizes: list[int], modes: list[str], fees: list[str]) -> Case:
    """A request of a model: sizes at and around its thresholds, any part, and now and then what is impossible."""
    near = [size + step for size in sizes for step in (-1, 0, 1)]
    total = chance.choice([*near, *near, 0, 1, 977, 120_000, 10**6 + 1])
    fields: dict[str, Any] = {"input": total, "output": chance.choice([0, 1, 333, 7919])}
    for one in chance.sample(CLASSES, chance.choice([0, 1, 2, 4])):
        whole = fields.get(one.part_of[0], 0) if one.part_of else total
        fields[one.name] = chance.choice([0, whole // 3, whole // 7, whole, whole + 1 if chance.random() < 0.1 else 1])
    for name in [name for name in chance.sample([*fields], 1) if chance.random() < 0.2]:
        del fields[name]
    if fees and chance.random() < 0.4:
        name = chance.choice(fees)
        fields.update({name: 3} if name in FEES else {"fees": {name: 3}})
    if chance.random() < 0.1:
        fields["audio_seconds"] = chance.choice(["0", "1", "61.5", "100.000001"])
    if chance.random() < 0.1:
        fields["images"] = chance.choice([0, 2])
    if chance.random() < 0.1:
        fields["requests"] = chance.choice([1, 2, 5])
    if chance.random() < 0.05:
        fields["tier_input"] = total // 2
    at = datetime(2025, 6, 1) + timedelta(minutes=chance.randrange(60 * 24 * 700))
    return spec, fields, at.isoformat(timespec="minutes"), chance.choice([None, None, *modes, "no-such-mode"])


def cases_of(snapshot: Snapshot, models: list[llm_models.Model], chance: random.Random, each: int) -> list[Case]:
    found = []
    for model in models:
        cost = model.cost
        lists = (cost, *cost.modes.values(), *cost.hours)
        sizes = [tier.context_over for one in lists for tier in one.tiers]
        fees = [*cost.fees, *(["file_search"] if chance.random() < 0.1 else [])]
        fees = [name for name in fees if name != "request"]
        found += [made_up(chance, model.spec, sizes, [*cost.modes], fees) for _ in range(each)]
    return found


@WHOLE
def test_the_calculator_agrees_with_cost_on_real_models(tab: Tab) -> None:
    """Each model with tiers, hours, modes, dates or fees, and some of the others; past and future."""
    chance = random.Random(23)
    models = packaged().list_models()
    special = [
        one for one in models if one.cost.tiers or one.cost.hours or one.cost.modes or one.cost.dated or one.cost.fees
    ]
    rare = [one for one in models if one.cost.hours or one.cost.dated or one.cost.audio or one.cost.image]
    cases = [
        *cases_of(packaged(), special, chance, 2),
        *cases_of(packaged(), rare, chance, 20),
        *cases_of(packaged(), chance.sample(models, 1500), chance, 1),
    ]
    wrong, answers = differing(packaged(), tab, cases)
    assert not wrong, (len(wrong), wrong[0])
    bills = [one for one in answers if isinstance(one, dict)]
    assert len(cases) > 3000
    assert {"UsageError", "UnknownModeError"} <= {one for one in answers if isinstance(one, str)}
    assert sum(one["exact"] for one in bills) > 300
    assert sum(one["total"] is None for one in bills) > 300
    assert {None, "as_input", "not_split"} <= reasons(answers) <= {None, *WHY}


@WHOLE
def test_it_agrees_on_made_up_prices(browser: Browser, tmp_path: Path) -> None:
    """Random lists with dates, hours over midnight, modes with tiers and fees; each with a usage that is possible."""
    drawn: list[tuple[dict[str, Any], Usage]] = []

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(COSTS, usages())
    def draw(cost: dict[str, Any], usage: Usage) -> None:
        drawn.append((cost, usage))

    draw()
    records = {f"m{number}": {"cost": cost} for number, (cost, _) in enumerate(drawn)}
    snapshot = Snapshot(catalogues.made_up({"acme": records}))
    cases: list[Case] = [
        (
            f"acme:m{number}",
            {name: value for name, value in usage.to_dict().items() if value not in (None, {})},
            at,
            mode,
        )
        for number, (_, usage) in enumerate(drawn)
        for at in ("2025-12-31", "2026-03-01T20:00", "2026-06-01", "2026-11-26T23:59")
        for mode in (None, "batch", "flex", "batch+thinking")
    ]
    wrong, answers = differing(snapshot, opened(browser, tmp_path, snapshot), cases)
    assert not wrong, (len(wrong), wrong[0])
    assert len([one for one in answers if isinstance(one, dict)]) > 300
    assert {"lower_price", "base_of_tier", "as_cache_read"} <= reasons(answers) <= {None, *WHY}


@WHOLE
def test_the_form_of_a_card_prices_what_is_typed(tab: Tab) -> None:
    """A field that is empty is not stated; the moment is UTC; the modes are those of the list."""
    show(tab, "openai:gpt-5.4")
    typed = {"input": "300k", "cache_read": "1,000", "output": "12_345", "web_search": "3"}
    for name, text in typed.items():
        field = f"document.querySelector('.calculator [name={name}]')"
        tab.run(f"{field}.value = {json.dumps(text)}; {field}.dispatchEvent(new Event('input', {{ bubbles: true }}))")
    modes = tab.run("[...document.querySelector('.calculator select').options].map((one) => one.value)")
    assert {*modes} >= {"standard", "batch", "flex"}
    usage = Usage(input=300_000, cache_read=1000, output=12345, web_search=3)
    for mode in ("standard", "batch"):
        choose = "document.querySelector('.calculator select')"
        tab.run(f"{choose}.value = {mode!r}; {choose}.dispatchEvent(new Event('change', {{ bubbles: true }}))")
        bill = packaged().cost("openai:gpt-5.4", usage, mode=mode)
        assert bill.total is not None
        assert tab.run("document.querySelector('.bill .total').textContent") == written(bill.total)
    tab.run("const i = document.querySelector('.calculator [name=input]'); i.value = 'many'; "
            "i.dispatchEvent(new Event('input', { bubbles: true }))")  # fmt: skip
    assert "input: not a number" in tab.run("document.querySelector('.bill').innerText")


def typed(tab: Tab, **fields: str) -> None:
    """Type into the calculator of the card that is open."""
    for name, text in fields.items():
        field = f"document.querySelector('.calculator [name={name.replace('_a_', '-a-')}]')"
        tab.run(f"{field}.value = {json.dumps(text)}; {field}.dispatchEvent(new Event('input', {{ bubbles: true }}))")


@WHOLE
def test_a_month_costs_one_request_so_many_times_to_the_last_digit(tab: Tab) -> None:
    """Also where a double would lose digits: amounts of real models, and counts with as many digits as are taken."""
    chance = random.Random(7)
    models = [one for one in packaged().list_models() if one.cost.input]
    bills = [
        packaged().cost(one.spec, Usage(input=chance.randrange(10**15), output=chance.randrange(10**15), requests=1))
        for one in chance.sample(models, 300)
    ]
    pairs = [(written(bill.known), chance.choice([0, 1, 30_000, 10**15 - 1, 999_999_937])) for bill in bills]
    with localcontext(prec=120):
        products = [written(Decimal(amount) * number) for amount, number in pairs]
    sent = json.dumps(pairs)
    assert tab.run(f"{sent}.map(([amount, number]) => Calculator.times(amount, number))") == products
    assert max(map(len, products)) > 30

    show(tab, "openai:gpt-5.4-mini")
    shown = "document.querySelector('.totals .month')?.textContent ?? ''"
    assert tab.run(shown) == ""
    typed(tab, input="3k", output="500", requests_a_month="30k")
    bill = packaged().cost("openai:gpt-5.4-mini", {"input": 3000, "output": 500})
    assert bill.total is not None
    assert tab.run("document.querySelector('.totals .total').textContent") == written(bill.total)
    month = (bill * 30_000).total
    assert month is not None
    assert tab.run(shown) == written(month)
    for wrong in ("1.5", "some", "9999999999999999"):
        typed(tab, requests_a_month=wrong)
        assert "requests a month: not a " in tab.run("document.querySelector('.totals').innerText")
    typed(tab, requests_a_month="12,345,678", input="")
    assert tab.run(shown).replace(",", "") == written(
        packaged().cost("openai:gpt-5.4-mini", {"output": 500}).known * 12_345_678
    )
    typed(tab, input="90M")
    assert "takes at most" in tab.run("document.querySelector('.totals').innerText")


@WHOLE
def test_a_total_that_is_not_known_is_not_known_for_a_month(tab: Tab) -> None:
    unpriced = next(one for one in packaged().list_models() if one.cost.input and one.cost.output is None)
    show(tab, unpriced.spec)
    typed(tab, input="1000", output="10", requests_a_month="3")
    text = tab.run("document.querySelector('.totals').innerText")
    known = packaged().cost(unpriced.spec, {"input": 1000, "output": 10}).known
    assert text.startswith("unknown USD a request")
    assert f"{written(known * 3)} USD for 3 requests a month" in text


# The words


def test_the_words_of_the_page_are_explained_on_the_page(hostile: Tab) -> None:
    """Each class with what it counts, each mode and each mark: above the table, and beside the calculator."""
    show(hostile, "acme:m0 </script><script>window.ran = 1</script>")
    for place in ("main .words", "#card .words"):
        assert not hostile.run(f"document.querySelector({place!r}).open")
        text = hostile.run(f"document.querySelector({place!r}).textContent")
        for one in (*CLASSES, *COUNTED):
            assert one.label in text
            assert one.meaning in text
        for name, meaning in (*MODES.items(), *MARKS.items(), *TERMS.items()):
            assert f"{name}{meaning}" in text
    labels = [one.label for one in (*CLASSES, *COUNTED)]
    assert len(labels) == len({*labels})


@WHOLE
def test_the_mode_that_is_chosen_is_explained(tab: Tab) -> None:
    show(tab, "anthropic:claude-sonnet-4-6")
    choose = "document.querySelector('.calculator select')"
    names = tab.run(f"[...{choose}.options].map((one) => one.value)")
    assert any("+" in name for name in names)
    for name in names:
        tab.run(f"{choose}.value = {name!r}; {choose}.dispatchEvent(new Event('change', {{ bubbles: true }}))")
        told = tab.run(f"document.getElementById({choose}.getAttribute('aria-describedby')).textContent")
        assert told == "; ".join(MODES[one] for one in name.split("+"))


def test_the_words_can_be_opened_with_the_keyboard(hostile: Tab) -> None:
    summary = "document.querySelector('main .words summary')"
    hostile.run("document.getElementById('q').focus()")
    for _ in range(60):
        hostile.press("Tab")
        if hostile.run(f"document.activeElement === {summary}"):
            break
    hostile.press("Enter")
    hostile.wait("document.querySelector('main .words').open")
    nodes = [one for one in hostile.call("Accessibility.getFullAXTree")["nodes"] if not one["ignored"]]
    named = {(one["role"]["value"], one["name"]["value"]) for one in nodes if "name" in one}
    assert ("DisclosureTriangle", "What the words mean") in named
    assert {MARKS["?"], MODES["batch"], CLASSES[2].label} <= {name for _, name in named}
    hostile.press("Enter")
    hostile.wait("!document.querySelector('main .words').open")


# The table and its filters

AGREE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"provider": "openai"}, {"scope": "openai"}),
    ({"kind": "embedding"}, {"kind": "embedding"}),
    ({"state": "current"}, {"lifecycle": "current"}),
    ({"state": "deprecated"}, {"lifecycle": "deprecated"}),
    ({"state": "retired"}, {"lifecycle": "retired"}),
    ({"state": "ga"}, {"lifecycle": "ga"}),
    ({"state": "preview"}, {"lifecycle": "preview"}),
    ({"charge": "free"}, {"free": True}),
    ({"charge": "plan"}, {"billing": "plan"}),
    ({"context": "200k"}, {"min_context": 200_000}),
    ({"input": "0.5", "output": "$2"}, {"max_price_input": 0.5, "max_price_output": 2}),
    ({"weights": "open"}, {"open_weights": True}),
    ({"weights": "closed"}, {"open_weights": False}),
    ({"takes": ["image"]}, {"input": ["image"]}),
    ({"takes": ["audio", "video"], "provider": "google"}, {"input": ["audio", "video"], "scope": "google"}),
    ({"require": ["tools", "json_schema"]}, {"require": ["tools", "json_schema"]}),
    ({"require": ["tools_strict"], "unknown": "yes"}, {"require": ["tools_strict"], "unknown": "yes"}),
    ({"require": ["json_schema"], "unknown": "likely"}, {"require": ["json_schema"], "unknown": "likely"}),
    ({"require": ["temperature"]}, {"require": ["temperature"]}),
]
"""Fields of the form, and the same conditions for `list_models`."""


@WHOLE
@pytest.mark.parametrize(("fields", "conditions"), AGREE, ids=[str(one[0]) for one in AGREE])
def test_a_filter_shows_what_list_models_gives(tab: Tab, fields: Any, conditions: Any) -> None:
    listed = {model.spec for model in packaged().list_models(**conditions)}
    assert fill(tab, **fields) == listed
    count = f"{len(listed):,}" + ("" if len(listed) == len(packaged()) else f" of {len(packaged()):,}")
    assert tab.run("document.getElementById('status').textContent") == f"{count} models"


@WHOLE
def test_a_search_needs_each_word_and_what_is_not_a_number_is_marked(tab: Tab) -> None:
    found = fill(tab, q="OPENAI mini 5.4")
    assert "openai:gpt-5.4-mini" in found
    assert len(found) < 100
    assert fill(tab, q="gpt-5.4-mini-2026-03-17") >= {"openai:gpt-5.4-mini"}  # a served id
    assert fill(tab, q="no such model anywhere") == set()
    assert "No model fits" in tab.run("document.getElementById('grid').innerText")
    assert len(fill(tab, context="many")) == len(packaged())
    assert tab.run("document.querySelector('[name=context]').matches('[aria-invalid]:invalid')")


@WHOLE
def test_the_table_starts_with_the_newest_models_of_makers_and_prices_that_are_known(
    browser: Browser, page: Path
) -> None:
    """Models that chat stand as `candidates` has them, then the others; a third click on a heading brings this back."""
    tab = browser.tab()
    tab.open(page)
    order = tab.run("Table.fitting().map((one) => one.spec)")
    today = tab.run("Data.today()")
    models = {one.spec: one for one in packaged().list_models()}
    assert sorted(order) == sorted(models)

    def group(spec: str) -> int:
        one = models[spec]
        is_gone = one.retires is not None and one.retires <= today
        is_unpriced = one.cost.input is None or (one.cost.output is None and one.kind != "embedding")
        return 2 if is_gone else int(is_unpriced)

    groups = [group(spec) for spec in order]
    assert groups == sorted(groups)
    assert {*groups} == {0, 1, 2}
    ranked = [one.spec for one in packaged().candidates(at=today)]
    for number in (0, 1):
        listed = [spec for spec in order if group(spec) == number]
        chatting = [spec for spec in ranked if group(spec) == number]
        assert listed[: len(chatting)] == chatting
        days = [models[spec].release_date or "" for spec in listed[len(chatting) :]]
        assert days == sorted(days, reverse=True)
    told = "document.getElementById('order').textContent"
    assert tab.run(told) == "Order: the newest of their makers first"
    for text in ("from low to high", "from high to low", "the newest of their makers first"):
        tab.run("document.querySelector('[tabulator-field=input] button').click()")
        tab.run(NEXT)
        assert tab.run(told).endswith(text)
    assert tab.run("Table.fitting().map((one) => one.spec)") == order


@WHOLE
def test_a_heading_sorts_and_what_is_unknown_is_last(tab: Tab) -> None:
    for field in ("input", "context", "released"):
        for _ in range(2):
            tab.run(f"document.querySelector('[tabulator-field={field}] button').click()")
            tab.run(NEXT)
            values = tab.run(f"Table.fitting().map((one) => one.{field})")
            known = [value for value in values if value is not None]
            assert values == [*known, *[None] * (len(values) - len(known))]
            ascending = tab.run(f"document.querySelector('[tabulator-field={field}]').ariaSort") == "ascending"
            assert known == sorted(known, reverse=not ascending)


@WHOLE
def test_unknown_is_told_apart_from_0_and_no_and_a_plan_from_free(tab: Tab) -> None:
    models = packaged().list_models()
    unpriced = next(one for one in models if one.cost.input is None and one.kind == "chat")
    plan = next(one for one in packaged().list_models(billing="plan") if one.cost.input == 0)
    free = next(one for one in packaged().list_models(free=True))
    cells = """[...document.querySelectorAll("#grid .tabulator-row")].map((row) => [
      "small", "[tabulator-field=input]", "[tabulator-field=yes]",
    ].map((one) => row.querySelector(one).textContent))"""
    for model, word in ((unpriced, "?unknown"), (plan, "plan"), (free, "free")):
        fill(tab, q=model.spec)
        shown = {spec: price for spec, price, _ in tab.run(cells)}
        assert shown[model.spec] == word
    unstated = next(one for one in models if one.stated("json_schema") is None and one.stated("tools"))
    fill(tab, q=unstated.spec)
    assert "JSON?not stated" in {spec: can for spec, _, can in tab.run(cells)}[unstated.spec]


# Cards


@WHOLE
@pytest.mark.parametrize("spec", ["openai:gpt-5.4", "groq:openai/gpt-oss-120b", "mistral:mistral-medium-latest"])
def test_a_card_has_offers_history_and_prices(tab: Tab, spec: str) -> None:
    text = show(tab, spec)
    model = packaged().resolve(spec)
    offers = [one.spec for one in packaged().offers(spec) if one.spec != spec]
    listed = tab.run("[...document.querySelectorAll('#card table button')].map((one) => one.textContent)")
    assert listed == offers
    for one in packaged().history(spec).prices:
        assert one.valid_from in text
    assert f"Other offers ({len(offers)})" in text
    for name in ("provider", "limits", "Prices, USD per million tokens", "Capabilities", "History"):
        assert name in text
    assert f"{model.cost.input:g}" in text


@WHOLE
def test_an_offer_opens_its_card_and_the_address_names_it(tab: Tab) -> None:
    tab.run("document.querySelector('#grid .tabulator-row .tabulator-cell').click()")
    tab.wait("document.getElementById('card').open")
    show(tab, "openai:gpt-5.4")
    tab.run("document.querySelector('#card table button').click()")
    tab.wait("!document.querySelector('#card code').textContent.startsWith('openai:')")


# Texts that would run


HOSTILE = ["</script><script>window.ran = 1</script>", "<img src=x onerror='window.ran = 2'>", "{data}{scripts}",
           "\u202egnp.exe", "a\u0000\u001b[31m", "javascript:window.ran=3", "=1+1",
           "<!--<script>", "&lt;b&gt;"]  # fmt: skip


def hostile_id(number: int) -> str:
    """An id with a hostile text; what cannot be printed is in no id."""
    return f"m{number} {HOSTILE[number] if HOSTILE[number].isprintable() else ''}".strip()


@pytest.fixture(scope="module")
def hostile_tab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Tab:
    """The page of a catalogue in which every text is hostile."""
    records = {
        hostile_id(number): {
            "name": text, "kind": text, "family": text, "tags": [text], "status": text, "aliases": [f"a{number}"],
            "successor": f"acme:{text}", "modalities": {"input": [text]}, "release_date": "2026-01-01",
            "cost": {"input": 1, "source": text, "fees": {"web_search": 1}},
            "capabilities": {"reasoning": {"efforts": [text]}},
        }
        for number, text in enumerate(HOSTILE)
    }  # fmt: skip
    seller = {"id": "acme", "name": HOSTILE[0], "doc": "javascript:window.ran=6"}
    made = catalogues.made_up({"acme": records}, providers={"acme": seller})
    return opened(browser, tmp_path_factory.mktemp("hostile"), Snapshot(made))


@pytest.fixture
def hostile(hostile_tab: Tab) -> Tab:
    """The same page, in front, with no card."""
    hostile_tab.front()
    hostile_tab.run("document.querySelectorAll('dialog').forEach((one) => one.close())")
    return hostile_tab


def test_data_cannot_run(hostile: Tab) -> None:
    for number in range(len(HOSTILE)):
        text = show(hostile, f"acme:{hostile_id(number)}")
        assert "what a request costs" in text.lower()
    assert hostile.run("window.ran") is None
    assert hostile.run("document.querySelectorAll('img, iframe, object, #card script').length") == 0
    links = hostile.run("[...document.querySelectorAll('a[href]')].map((one) => one.href)")
    assert all(link.startswith(("https:", "file:")) for link in links)
    assert hostile.complaints == []
    shown = hostile.run("document.getElementById('grid').innerText")
    assert HOSTILE[0] in shown
    assert HOSTILE[1] in shown
    assert not {*shown} & {"\u202e", "\u001b", "\u0000"}


def test_the_policy_stops_what_would_run(hostile: Tab) -> None:
    """Without the policy these would run, so that the test above has a second reason to hold."""
    hostile.run(
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 4' }))"
    )
    hostile.run("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 5\">')")
    hostile.run(NEXT)
    assert hostile.run("window.ran") is None
    assert any("Content Security Policy" in one for one in hostile.complaints)
    hostile.complaints.clear()


# A page that is complete, on any screen, for everybody


@WHOLE
def test_it_asks_for_nothing_and_complains_of_nothing(tab: Tab, page: Path) -> None:
    show(tab, "openai:gpt-5.4")
    tab.run("document.getElementById('card').close()")
    tab.run("document.getElementById('show-plot').click()")
    tab.wait("document.getElementById('plot-note').textContent !== ''")
    assert tab.complaints == []
    asked = [one.partition("#")[0] for one in tab.requests if not one.startswith("data:")]  # the browser's own icons
    assert {*asked} <= {page.as_uri(), "about:blank"}
    assert len(page.read_bytes()) < 6_000_000
    text = page.read_text("utf-8")
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", text.partition("<script")[0])


@WHOLE
def test_the_plot_has_each_model_with_a_price_and_a_context(tab: Tab) -> None:
    tab.run("document.getElementById('show-plot').click()")
    tab.wait("document.getElementById('plot-note').textContent !== ''")
    chosen = packaged().list_models()
    points = [one for one in chosen if one.limits.context and one.cost.input]
    zero = [one for one in chosen if one.limits.context and one.cost.input == 0]
    note = tab.run("document.getElementById('plot-note').textContent")
    assert f"{len(points):,} models are points" in note
    assert f"{len(zero):,} have a price of 0" in note
    drawn = tab.run("Chart.getChart('plot').data.datasets.flatMap((set) => set.data.map((one) => [one.x, one.y]))")
    assert sorted(x for x, _ in drawn) == sorted(one.limits.context or 0 for one in points)
    assert sorted(y for _, y in drawn) == pytest.approx(sorted(one.cost.input or 0 for one in points))
    shown = tab.run("Object.values(Chart.getChart('plot').scales).map((one) => [one.min, one.max])")
    for at, (low, high) in enumerate(shown):
        assert low <= min(one[at] for one in drawn)
        assert high >= max(one[at] for one in drawn)
    spot = tab.run("""(() => {
      const point = Chart.getChart("plot").getDatasetMeta(0).data[0];
      const box = document.getElementById("plot").getBoundingClientRect();
      return [box.x + point.x, box.y + point.y];
    })()""")
    for kind in ("mousePressed", "mouseReleased"):
        tab.call("Input.dispatchMouseEvent", type=kind, x=spot[0], y=spot[1], button="left", clickCount=1)
    tab.wait("document.getElementById('card').open")


@WHOLE
def test_it_works_with_the_keyboard_alone(tab: Tab) -> None:
    fill(tab, q="gpt-5.4 openai")
    tab.press("/")
    assert (
        tab.run("document.activeElement.id") != "q" or tab.run("document.getElementById('q').value") == "gpt-5.4 openai"
    )
    tab.run("document.getElementById('q').focus()")
    for _ in range(80):
        tab.press("Tab")
        if tab.run("document.activeElement.id") == "grid":
            break
    assert tab.run("document.activeElement.id") == "grid"
    tab.press("ArrowDown", "ArrowDown", "ArrowUp")
    tab.wait("document.getElementById('grid').getAttribute('aria-activedescendant') !== null")
    active = "document.getElementById(document.getElementById('grid').getAttribute('aria-activedescendant'))"
    tab.wait(f"{active}.getAttribute('aria-selected') === 'true'")
    spec = tab.run(f"{active}.querySelector('small').textContent")
    tab.press("Enter")
    tab.wait("document.getElementById('card').open")
    assert tab.run("document.querySelector('#card code').textContent") == spec
    assert tab.run("document.getElementById('card').contains(document.activeElement)")
    for _ in range(60):  # no way out but Escape and the button, and no trap
        tab.press("Tab")
    tab.press("Escape")
    tab.wait("!document.getElementById('card').open")
    assert tab.run("document.activeElement.id") == "grid"
    tab.press("End")
    tab.wait(f"{active} !== null && {active}.getAttribute('aria-rowindex') === "
             "document.getElementById('grid').getAttribute('aria-rowcount')")  # fmt: skip
    inside = "document.activeElement.id !== 'grid' && document.getElementById('grid').contains(document.activeElement)"
    for _ in range(12):  # its headings take the focus, but not the box that holds its rows
        tab.press("Tab")
        assert not tab.run(f"{inside} && document.activeElement.matches('.tabulator-tableholder')")


NAMED = {"button", "checkbox", "combobox", "textbox", "searchbox", "link", "grid", "dialog", "image", "spinbutton"}
ROLES = {"grid", "row", "columnheader", "gridcell", "search", "main", "status"}


@WHOLE
def test_everything_has_a_role_and_a_name(tab: Tab) -> None:
    """As screen readers see it: the table is a grid with headings, and no field is without a name."""
    for step in ("0", "document.getElementById('show-plot').click()", "Card.show(7, () => {})"):
        tab.run(step)
        tab.run(NEXT)
        nodes = [one for one in tab.call("Accessibility.getFullAXTree")["nodes"] if not one["ignored"]]
        roles = {one["role"]["value"] for one in nodes}
        nameless = [one["role"]["value"] for one in nodes if one["role"]["value"] in NAMED and not one["name"]["value"]]
        assert nameless == []
        assert step != "0" or roles >= ROLES, ROLES - roles


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, `#rrggbb`, as WCAG computes it."""

    def light(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, SCREEN], ids=["phone", "screen"])
def test_it_fits_a_phone_and_can_be_read_in_dark_and_light(hostile: Tab, scheme: str, size: tuple[int, int]) -> None:
    hostile.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    hostile.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False)
    names = ("back", "raised", "hover", "text", "muted", "accent", "open", "closed", "warn", "bad")
    colors = {
        name: hostile.run(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}').trim()")
        for name in names
    }
    for back in ("back", "raised", "hover"):
        for text in names[3:]:
            assert contrast(colors[text], colors[back]) >= 4.5, (text, back)
    for step in (
        "document.getElementById('show-plot').click()",
        "document.getElementById('show-table').click()",
        "Card.show(0, () => {})",
    ):
        hostile.run(step)
        hostile.run(NEXT)
        assert hostile.run("document.documentElement.scrollWidth") <= size[0]
        assert hostile.run("document.getElementById('card').scrollWidth") <= size[0]
    hostile.run("document.getElementById('card').close()")


WIDE = """[...document.querySelectorAll("#card, #card *")].filter((one) =>
  one.clientWidth > 1 && getComputedStyle(one).display !== "inline" && one.scrollWidth > one.clientWidth + 1
).map((one) => [one.tagName, one.className, one.scrollWidth, one.clientWidth])"""


NAMELESS = """[...document.querySelectorAll("#card .stack td, #card .stack th[scope=row]")].filter((one) => {
  const names = [...one.closest("table").querySelectorAll("th[scope=col]")].map((head) => head.textContent);
  const name = names[[...one.parentElement.children].indexOf(one)];
  const shown = getComputedStyle(one, "::before").content.includes(name);
  return one.textContent !== "" && !one.querySelector("button") && !shown;
}).map((one) => one.textContent)"""
"""What stands in a list on a phone without the name of its column; a button names itself."""


@WHOLE
@pytest.mark.parametrize("spec", ["openai:gpt-5.4", "anthropic:claude-sonnet-4-6", "deepseek:deepseek-v4-pro"])
def test_a_card_has_nothing_outside_of_a_phone_and_the_total_above_the_bill(
    browser: Browser, page: Path, spec: str
) -> None:
    tab = browser.tab()
    tab.open(page, size=PHONE)
    show(tab, spec)
    tab.run("document.querySelectorAll('#card details').forEach((one) => one.open = true)")
    typed(tab, input="987654321", output="333", cache_read="1", requests_a_month="123456789")
    assert tab.run(WIDE) == []
    for name in ("total", "month"):
        box = f"document.querySelector('.totals .{name}').getBoundingClientRect()"
        assert tab.run(f"{box}.left >= 0 && {box}.right <= innerWidth && {box}.height >= 20")
        assert tab.run(f"{box}.bottom <= document.querySelector('.bill table').getBoundingClientRect().top")
    assert tab.run(NAMELESS) == []
    tables = [
        one for one in tab.call("Accessibility.getFullAXTree")["nodes"] if one.get("role", {}).get("value") == "table"
    ]
    assert {"Prices in USD per million tokens", "Prices over time"} <= {one["name"]["value"] for one in tables}


@WHOLE
def test_the_address_restores_filters_and_the_card(browser: Browser, page: Path) -> None:
    tab = browser.tab()
    tab.open(page, "#provider=openai&takes=image&require=tools&model=openai%3Agpt-5.4")
    tab.wait("document.querySelector('#card code')?.textContent === 'openai:gpt-5.4'")
    listed = {model.spec for model in packaged().list_models("openai", input=["image"], require=["tools"])}
    assert {*tab.run("Table.fitting().map((one) => one.spec)")} == listed
    tab = browser.tab()
    tab.open(page, "#model=openai%3Anope")
    tab.wait("document.getElementById('status').textContent.endsWith('a model that this page does not have.')")
    assert not tab.run("document.getElementById('card').open")


@WHOLE
def test_licences_are_shown(tab: Tab) -> None:
    tab.run("document.getElementById('show-licences').click()")
    text = tab.run("document.getElementById('licences').innerText")
    for one in libraries():
        assert f"{one['name']} {one['version']} (MIT)" in text
    assert text.count("Permission is hereby granted") == len(libraries())


# The command


SMALL = {"acme": {"m": {"cost": {"input": 1}}, "n": {"retires": "2026-10-01"}}}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    return Snapshot(catalogues.made_up(SMALL))


def test_equal_catalogues_give_equal_pages_on_every_day(small: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    first = document(small, "1")
    monkeypatch.setattr("llm_models.days.today", lambda: "2030-01-01")
    assert document(Snapshot(catalogues.made_up(SMALL)), "1") == first


def test_only_a_page_of_ours_is_replaced_where_no_file_is_named(small: Snapshot, tmp_path: Path) -> None:
    place = Path("llm-models.html")
    place.write_text("mine", "utf-8")
    assert "llm-models.html: is not a page of llm-models browse" in refused(here("browse"))
    assert place.read_text("utf-8") == "mine"
    place.unlink()
    other = tmp_path / "other.html"
    place.symlink_to(other)
    assert "is a link" in refused(here("browse"))
    assert not other.exists()
    place.unlink()
    place.write_bytes(document(small, "0"))
    Path("llm_models.toml").write_text('[allow]\ngroq = "all"\n', "utf-8")
    printed = fine("browse", "--config", "llm_models.toml").out
    assert printed.startswith("llm-models.html: ")
    assert "of 1 provider, " in printed
    told = facts("browse", "--config", "llm_models.toml", "--out", "page.html")
    assert told["path"] == "page.html"
    assert told["size"] == Path("page.html").stat().st_size
    assert place.read_bytes() == Path("page.html").read_bytes()
    assert "--out: missing/page.html" in refused(
        here("browse", "--config", "llm_models.toml", "--out", "missing/page.html")
    )
