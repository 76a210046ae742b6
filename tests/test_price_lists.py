"""The price lists inside a cost: what the schema cannot refuse, how layers are merged, and how a file holds them."""

from __future__ import annotations

import json
import random
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT, catalogues

from llm_models import checks
from llm_models.classes import CLASSES, COUNTED, TOKEN_CLASSES, mode_fault
from llm_models.costs import Cost, CostMode, Prices
from llm_models.counts import FIELDS, PARTS, SHARED
from llm_models.differences import Served, compare
from llm_models.edit import set_value
from llm_models.frozen import defaults, field_kinds
from llm_models.order import ordered
from llm_models.price_lists import moment, price_faults, spans
from llm_models.shape import check_record
from llm_models.validation import first_fault

if TYPE_CHECKING:
    from llm_models.snapshot import Snapshot

LIST = {
    "input": 3,
    "output": 15,
    "cache_write": 3.75,
    "fees": {"web_search": 10},
    "tiers": [{"context_over": 200_000, "input": 6}],
    "hours": [{"utc": ["16:30", "00:30"], "input": 1.5}],
    "modes": {
        "batch": {"input": 1.5, "output": 7.5},
        "fast": {"input": 30, "request": {"speed": "fast"}, "tiers": [{"context_over": 200_000, "input": 60}]},
    },
    "valid_from": "2026-08-01",
    "dated": [{"input": 2, "valid_from": "2026-07-01"}],
}
BASE = catalogues.made_up({"acme": {"m": {"cost": LIST}, "plain": {"cost": {"input": 3, "output": 15}}}})


def entry(*lines: str, model_id: str = "m") -> bytes:
    return "\n".join(["[[models]]", 'provider = "acme"', f'id = "{model_id}"', *lines]).encode()


def told(*lines: str, model_id: str = "m") -> list[str]:
    """What is wrong with the prices of an entry."""
    found = checks.check_text(entry(*lines, model_id=model_id), "llm_models.toml", BASE)
    return [f"{one.line}: {one.path.rpartition(':')[2]}: {one.message}. {one.hint}".strip() for one in found]


def loaded(*lines: str, model_id: str = "m") -> Snapshot:
    return catalogues.loaded(BASE, "llm_models.toml", entry(*lines, model_id=model_id))


class TestFaults:
    """Each line has one fault, in the words of its author's file."""

    @pytest.mark.parametrize(
        ("line", "fault"),
        [
            (
                'hours = [{ utc = ["08:00", "08:00"], input = 1 }]',
                'hours[0].utc: the window ends when it starts (found 08:00). For the whole day write utc = ["00:00", '
                '"24:00"].',
            ),
            (
                'hours = [{ utc = ["24:00", "08:00"], input = 1 }]',
                'hours[0].utc[0]: a window cannot start at 24:00. Write "00:00".',
            ),
            (
                'hours = [{ utc = ["8:00", "10:00"], input = 1 }]',
                'hours[0].utc[0]: expected a time of day in UTC, HH:MM (found "8:00"). Write "08:00".',
            ),
            (
                'hours = [{ utc = ["08:00"], input = 1 }]',
                "hours[0].utc: expected a list of 2 or more (found 1). Write, for example, "
                'utc = ["16:30", "00:30"].',
            ),
            (
                'hours = [{ utc = ["08:00", "10:00"], days = ["monday"], input = 1 }]',
                'hours[0].days[0]: expected one of "mon", "tue", "wed", "thu", "fri", "sat", "sun" (found "monday"). '
                "Did you mean 'mon'?",
            ),
            (
                'hours = [{ utc = ["08:00", "10:00"], input = 1 }, { utc = ["09:00", "11:00"], input = 2 }]',
                "hours[1].utc: overlaps hours[0]. A request must be in one of them only.",
            ),
            (
                'modes.batch.hours = [{ utc = ["08:00", "08:00"], input = 1 }]',
                "modes.batch.hours[0].utc: the window ends when it starts (found 08:00). For the whole day write "
                'utc = ["00:00", "24:00"].',
            ),
            (
                "tiers = [{ context_over = 9, input = 1 }, { context_over = 9, output = 1 }]",
                "tiers[1].context_over: duplicate tier over 9 tokens. Merge the two.",
            ),
            (
                "modes.batch.tiers = [{ context_over = 9, input = 1 }, { context_over = 9, output = 1 }]",
                "modes.batch.tiers[1].context_over: duplicate tier over 9 tokens. Merge the two.",
            ),
            (
                'hours = [{ utc = ["08:00", "10:00"], tiers = [{ context_over = 9 }, { context_over = 9 }] }]',
                "hours[0].tiers[1].context_over: duplicate tier over 9 tokens. Merge the two.",
            ),
            (
                'dated = [{ valid_from = "2026-10-01" }, { input = 2, valid_from = "2026-10-01T00:00:00Z" }]',
                "dated[1].valid_from: duplicate price list from 2026-10-01T00:00:00Z. Merge the two.",
            ),
            (
                'dated = [{ valid_from = "2026-10-01", tiers = [{ context_over = 9 }, { context_over = 9 }] }]',
                "dated[0].tiers[1].context_over: duplicate tier over 9 tokens. Merge the two.",
            ),
            (
                "modes.standard.input = 1",
                "modes: 'standard' cannot be a mode: this name means the price list itself.",
            ),
            (
                'fees."web search" = 1',
                "fees: 'web search' cannot be a fee: a name has letters, digits and '_'.",
            ),
            (
                "modes.batch.input = -1",
                "modes.batch.input: expected at least 0 (found -1). Leave the key out where it is unknown. To remove a "
                'value, write omit = ["cost.modes.batch.input"].',
            ),
            (
                'dated = [{ input = -1, valid_from = "2026-10-01" }]',
                "dated[0].input: expected at least 0 (found -1). Leave the key out where it is unknown.",
            ),
            (
                'valid_from = "2026-10-1"',
                "valid_from: expected a moment that exists, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ (found \"2026-10-1\"). "
                'Write cost.valid_from = "2026-10-01".',
            ),
            (
                'valid_from = "2026-10-01T02:00:00+05:00"',
                "valid_from: expected a moment that exists, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ (found "
                '"2026-10-01T02:00:00+05:00"). Write cost.valid_from = "2026-09-30T21:00:00Z".',
            ),
            (
                "valid_from = 2026-10-01T12:00:00Z",
                "valid_from: a date must be a string (found 2026-10-01 12:00:00+00:00). Put it in quotes: "
                '"2026-10-01T12:00:00Z".',
            ),
        ],
    )  # fmt: skip
    def test_a_fault(self, line: str, fault: str) -> None:
        assert told(f"cost.{line}", model_id="plain") == [f"4: plain.cost.{fault}"]

    def test_two_lists_from_one_moment(self) -> None:
        """The prices outside of `dated` are a list, too."""
        lines = ('cost.valid_from = "2026-10-01"', 'cost.dated = [{ input = 1, valid_from = "2026-10-01" }]')
        assert told(*lines, model_id="plain") == [
            "5: plain.cost.dated[0].valid_from: the prices outside of dated hold from 2026-10-01, too. Keep one of the "
            "two lists."
        ]

    @pytest.mark.parametrize(
        "hours",
        [
            '{ utc = ["08:00", "10:00"], input = 1 }, { utc = ["10:00", "08:00"], input = 2 }',
            '{ utc = ["22:00", "06:00"], days = ["mon"], input = 1 }, { utc = ["05:00", "07:00"], days = ["tue"] }',
            '{ utc = ["00:00", "24:00"], days = ["sat", "sun"] }, { utc = ["16:30", "00:30"], days = ["fri"] }',
        ],
    )
    def test_windows_that_do_not_overlap(self, hours: str) -> None:
        assert told(f"cost.hours = [{hours}]", model_id="plain") == []

    @pytest.mark.parametrize(
        "hours",
        [
            '{ utc = ["22:00", "06:00"], days = ["mon"], input = 1 }, { utc = ["05:00", "07:00"], days = ["mon"] }',
            '{ utc = ["00:00", "24:00"], days = ["sat"], input = 1 }, { utc = ["16:30", "00:30"], input = 2 }',
        ],
    )
    def test_the_days_of_a_window_over_midnight_are_those_of_the_moment(self, hours: str) -> None:
        """So the part before 06:00 is on Monday, too."""
        assert [one.partition("utc: ")[2] for one in told(f"cost.hours = [{hours}]", model_id="plain")] == [
            "overlaps hours[0]. A request must be in one of them only."
        ]

    def test_a_field_of_a_mode_can_be_omitted(self) -> None:
        assert told('omit = ["cost.modes.fast.request", "cost.fees.web_search"]') == []
        assert told('omit = ["cost.modes.fast.inptu"]')[0].startswith("4: m.omit[0]: unknown field")


class TestNames:
    @pytest.mark.parametrize("name", ["batch", "fast", "batch+thinking", "us", "off_peak", "us-east-1", "my.contract"])
    def test_of_a_mode(self, name: str) -> None:
        assert mode_fault(name) is None

    @pytest.mark.parametrize("name", ["", "AUTO", "on_demand", "thinking+batch", "a++b", "+a", "a+a", "a b", "a\n"])
    def test_of_no_mode(self, name: str) -> None:
        assert mode_fault(name)


class TestMoments:
    def test_a_window_over_midnight_is_two_spans(self) -> None:
        assert spans("16:30", "00:30") == [(990, 1440), (0, 30)]
        assert spans("16:30", "00:00") == [(990, 1440)]
        assert spans("00:00", "24:00") == [(0, 1440)]

    def test_a_day_begins_at_midnight(self) -> None:
        assert moment("2026-10-01") == moment("2026-10-01T00:00:00Z")


class TestMerging:
    """`modes` and `fees` merge deeply; `tiers`, `hours` and `dated` are replaced as a whole."""

    def test_a_mode_gets_a_class(self) -> None:
        cost = loaded("cost.modes.batch.cache_read = 0.15").get_model("acme", "m").cost
        assert cost.modes["batch"] == CostMode(input=1.5, output=7.5, cache_read=0.15)
        assert cost.modes["fast"].request == {"speed": "fast"}

    def test_a_fee_is_added(self) -> None:
        assert loaded("cost.fees.maps = 14").get_model("acme", "m").cost.fees == {"maps": 14, "web_search": 10}

    def test_lists_are_replaced(self) -> None:
        lines = (
            "cost.tiers = [{ context_over = 90, input = 2 }, { context_over = 9, input = 1 }]",
            'cost.hours = [{ utc = ["00:00", "06:00"], output = 1 }]',
            'cost.dated = [{ valid_from = "2027-01-01", input = 9 }, { valid_from = "2026-01-01", input = 8 }]',
        )
        cost = loaded(*lines).get_model("acme", "m").cost
        assert [tier.context_over for tier in cost.tiers] == [9, 90]
        assert [(window.utc, window.input, window.output) for window in cost.hours] == [(("00:00", "06:00"), None, 1)]
        assert [one.valid_from for one in cost.dated] == ["2026-01-01", "2027-01-01"]
        assert cost.modes["fast"].tiers[0].input == 60

    def test_prices_that_do_not_apply_are_omitted(self) -> None:
        cost = loaded('omit = ["cost.modes", "cost.tiers"]', "cost.input = 2").get_model("acme", "m").cost
        assert (cost.input, cost.output, cost.modes, cost.tiers) == (2, 15, {}, ())
        assert cost.hours

    def test_the_stated_prices_are_the_whole_list(self) -> None:
        """With `omit = ["cost"]` in the same entry."""
        cost = loaded('omit = ["cost"]', "cost.input = 2", "cost.modes.batch.input = 1").get_model("acme", "m").cost
        assert cost == Cost(input=2, modes={"batch": CostMode(input=1)})

    def test_explain_names_the_place_of_each_price(self) -> None:
        explained = loaded("cost.modes.batch.input = 1").explain("acme:m", "cost.modes")
        assert [(one.field, one.value, one.place, one.replaced) for one in explained.fields][:2] == [
            ("cost.modes.batch.input", 1, "llm_models.toml:4", 1.5),
            ("cost.modes.batch.output", 7.5, None, None),
        ]

    def test_a_difference_names_the_price(self) -> None:
        changed = loaded(
            "cost.modes.batch.input = 1",
            'cost.valid_from = "2026-09-01"',
            'cost.modes.fast = { request.speed = "faster", tiers = [{ context_over = 200000, input = 50 }] }',
        )
        found = compare(Served(BASE), Served(changed.file))
        assert [(one.field, one.kind, one.old, one.new) for one in found.changes] == [
            ("cost.modes.batch.input", "price", 1.5, 1),
            ("cost.modes.fast.request.speed", "other", "fast", "faster"),
            ("cost.modes.fast.tiers[200000].input", "price", 60, 50),
            ("cost.valid_from", "other", "2026-08-01", "2026-09-01"),
        ]


def shuffled(value: Any, rng: random.Random) -> Any:
    """The same data with other orders of keys, tiers and dated lists."""
    if isinstance(value, dict):
        keys = rng.sample([*value], len(value))
        parts = {key: shuffled(value[key], rng) for key in keys}
        return {key: rng.sample(part, len(part)) if key in ("tiers", "dated") else part for key, part in parts.items()}
    return [shuffled(item, rng) for item in value] if isinstance(value, list) else value


def random_list(rng: random.Random, *, inner: bool = False) -> dict[str, Any]:
    """A made-up price list with everything that one can hold."""

    def prices() -> dict[str, Any]:
        return {name: rng.choice([0, 0.5, 3, 1.25e-3]) for name in rng.sample(TOKEN_CLASSES, rng.randrange(5))}

    def tiers() -> list[dict[str, Any]]:
        return [{"context_over": size, **prices(), "input": 1} for size in sorted(rng.sample(range(1, 9), 2))]

    hours = [{"utc": ["16:30", "00:30"], "days": ["mon", "tue"], "tiers": tiers(), **prices()}]
    mode = {"input": 1, **prices(), "fees": {"request": 1}, "tiers": tiers(), "hours": hours}
    modes = {"batch": mode, "fast": {"request": {"speed": "fast", "deep": [{"a": 1}]}}}
    made = {**prices(), "input": 1, "image": 0.1, "fees": {"web_search": 10, "maps": 0}, "tiers": tiers()}
    made |= {"hours": hours, "modes": modes, "valid_from": "2026-08-01", "valid_from_basis": "documented"}
    if inner:
        return made
    days = [f"2026-0{month}-01T12:00:00Z" for month in rng.sample(range(1, 8), 3)]
    return {**made, "dated": [{**random_list(rng, inner=True), "valid_from": day} for day in sorted(days)]}


class TestOneOrder:
    """Equal prices make equal bytes, whatever the order in which they were stated; nothing is lost."""

    @pytest.mark.parametrize("seed", range(20))
    def test_of_keys_tiers_and_dated_lists(self, seed: int) -> None:
        rng = random.Random(seed)
        cost = random_list(rng)
        kept = ordered(cost, Cost)
        assert json.dumps(ordered(shuffled(cost, rng), Cost)) == json.dumps(kept)
        assert Cost.from_dict(kept).to_dict() == kept == cost
        assert list(kept) == [name for name in defaults(Cost) if name in cost]

    def test_an_empty_mode_states_nothing(self) -> None:
        assert ordered({"input": 1, "modes": {"batch": {"tiers": []}}, "fees": {}}, Cost) == {"input": 1}


EXAMPLES = ROOT.parent / "shared" / "cost" / "examples.json"


class TestWritten:
    @pytest.mark.parametrize("seed", range(10))
    def test_in_a_configuration_and_read_again(self, seed: int) -> None:
        """A list that `set` writes into `llm_models.toml` is the list of the model, and nothing else."""
        cost = random_list(random.Random(seed))
        text = set_value(entry(model_id="plain").decode() + "\n", ("models", 0, "cost"), cost)
        assert tomllib.loads(text)["models"][0]["cost"] == cost
        changed = catalogues.loaded(BASE, "llm_models.toml", text.encode()).get_model("acme", "plain")
        assert changed.cost.to_dict() == {"input": 3, "output": 15, **cost}

    @pytest.mark.skipif(not EXAMPLES.is_file(), reason="the worked examples are absent")
    def test_the_prices_of_the_worked_examples_are_lists(self) -> None:
        found = json.loads(EXAMPLES.read_bytes())
        for example in found["examples"] + found["more"]:
            assert first_fault("cost", example["prices"]) is None, example["id"]
            assert [*price_faults(("cost",), example["prices"])] == [], example["id"]
            assert Cost.from_dict(example["prices"]).to_dict() == ordered(example["prices"], Cost)


class TestClasses:
    def test_every_class_of_tokens_is_a_price(self) -> None:
        assert tuple(field_kinds(Prices)) == TOKEN_CLASSES

    def test_everything_that_is_counted_is_a_price(self) -> None:
        assert {one.name for one in COUNTED} < field_kinds(Cost).keys() - set(TOKEN_CLASSES)

    def test_a_class_stands_after_those_that_contain_it(self) -> None:
        for at, one in enumerate(CLASSES):
            assert {*one.part_of, *filter(None, [one.as_class])} <= set(TOKEN_CLASSES[:at])

    def test_a_class_is_priced_as_a_class_that_contains_it(self) -> None:
        assert all(one.as_class in (None, *one.part_of) for one in CLASSES)
        assert not any(one.assumed for one in CLASSES if one.as_class is None)


class TestShape:
    """A snapshot file with right checksums and wrong prices is refused when it is read."""

    @pytest.mark.parametrize(
        "cost",
        [
            {"fees": {"web_search": "10"}},
            {"fees": [10]},
            {"fees": {"web_search": True}},
            {"modes": []},
            {"modes": {"batch": 0.5}},
            {"modes": {"batch": {"input": "1"}}},
            {"modes": {"batch": {"tiers": [{"context_over": 1, "input": "1"}]}}},
            {"modes": {"batch": {"request": []}}},
            {"hours": [{"utc": [16, 0]}]},
            {"hours": {"utc": ["16:30", "00:30"]}},
            {"dated": [{"valid_from": 2026}]},
            {"dated": [{"modes": {"batch": []}}]},
        ],
    )
    def test_of_a_wrong_price(self, cost: dict[str, Any]) -> None:
        with pytest.raises(TypeError):
            check_record(cost, Cost)

    def test_of_a_whole_list(self) -> None:
        check_record(random_list(random.Random(1)), Cost)

    def test_what_a_usage_counts_and_what_has_a_price_are_the_same(self) -> None:
        """The parts of a usage are the classes of prices, in the same wholes."""
        counted = {(whole, part) for whole, parts in PARTS.items() for part in parts}
        counted |= {(whole, part) for part, whole in SHARED.items()}
        assert {(whole, one.name) for one in CLASSES for whole in one.part_of} == counted
        assert {*TOKEN_CLASSES, *(one.counts for one in COUNTED)} < {*FIELDS}
