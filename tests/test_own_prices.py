"""Own prices: `validate` warns where one class gets the application's price and another one keeps the list price."""

from __future__ import annotations

import pytest
from support import catalogues

from llm_models import checks
from llm_models.own_prices import price_name

SONNET = {"input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75, "cache_write_1h": 6}
FLEX = {"flex": {"input": 1.5, "output": 7.5}, "pro": {"request": {"reasoning": {"mode": "pro"}}}}
MORE = {
    "fees": {"web_search": 10},
    "training": 25,
    "cache_storage": 1,
    "source": "https://acme.example/prices",
    "valid_from": "2026-08-01",
}
BASE = catalogues.made_up(
    {
        "acme": {
            "m": {"cost": {**SONNET, "modes": FLEX, **MORE}},
            "flat": {"cost": {"input": 3, "output": 15}},
            "tiers": {"cost": {"input": 3, "output": 15, "tiers": [{"context_over": 9, "input": 6}]}},
            "free": {"cost": {"input": 0, "output": 0}},
            "unknown": {},
        }
    }
)


def told(*lines: str, model_id: str = "m") -> list[str]:
    """What `validate` says of an entry; its fields begin in line 4."""
    kind = "match" if "*" in model_id else "id"
    text = "\n".join(["[[models]]", 'provider = "acme"', f'{kind} = "{model_id}"', *lines])
    found = checks.check_text(text.encode(), "llm_models.toml", BASE)
    assert all(problem.severity == "warning" for problem in found)
    return [f"{one.line}: {one.path.rpartition(':')[2]}: {one.message}. {one.hint}" for one in found]


FOUR = "cost = { input = 1.5, output = 7.5, cache_read = 0.15, cache_write = 1.875 }"


class TestWarning:
    def test_it_names_what_stays_at_list_price(self) -> None:
        """A mode without a price, fees, training and storage have no list price that a class could share."""
        assert told(FOUR) == [
            "4: m.cost.input: cache_write_1h and modes.flex stay at list price. State them too (the same price "
            'confirms it), or write omit = ["cost"].'
        ]

    def test_lists_that_do_not_apply_can_be_omitted(self) -> None:
        assert told(f"{FOUR[:-2]}, cache_write_1h = 3 }}") == [
            "4: m.cost.input: modes.flex stays at list price. State it too (the same price confirms it), or write "
            'omit = ["cost.modes"].'
        ]
        assert told("cost = { input = 1.5, output = 7.5 }", model_id="tiers") == [
            "4: tiers.cost.input: tiers stays at list price. State it too (the same price confirms it), or write "
            'omit = ["cost.tiers"].'
        ]

    def test_an_own_mode_leaves_the_list_beside_it(self) -> None:
        assert told("cost.modes.flex = { input = 1, output = 5 }")[0].startswith(
            "4: m.cost.modes.flex.input: input, output, cache_read, cache_write and cache_write_1h stay at list price."
        )

    def test_of_many_models(self) -> None:
        found = [one for one in told("cost.input = 2", model_id="*") if "list price" in one]
        assert found == [
            "4: *.cost.input: output, cache_read, cache_write, cache_write_1h, modes.flex and tiers stay at list price "
            "in 4 models of acme, such as flat. State them too (the same price confirms it), or write "
            'omit = ["cost"].'
        ]

    def test_the_entry_whose_price_stands_is_to_blame(self) -> None:
        text = (
            '[[models]]\nprovider = "acme"\nmatch = "f*t"\ncost.input = 2\n'
            '[[models]]\nprovider = "acme"\nid = "flat"\ncost.input = 1\n'
        )
        found = checks.check_text(text.encode(), "llm_models.toml", BASE)
        assert [one.line for one in found if "list price" in one.message] == [8]

    def test_two_entries_that_state_all(self) -> None:
        text = (
            '[[models]]\nprovider = "acme"\nmatch = "f*t"\ncost.input = 2\n'
            '[[models]]\nprovider = "acme"\nid = "flat"\ncost.output = 9\n'
        )
        assert checks.check_text(text.encode(), "llm_models.toml", BASE) == []


class TestSilence:
    @pytest.mark.parametrize(
        ("model_id", "lines"),
        [
            ("m", ['omit = ["cost"]', "cost.input = 1.5"]),
            ("m", ['omit = ["cost.modes"]', f"{FOUR[:-2]}, cache_write_1h = 3 }}"]),
            ("flat", ["cost = { input = 2, output = 9 }"]),
            ("tiers", ['omit = ["cost.tiers"]', "cost = { input = 2, output = 9 }"]),
            ("m", ["cost.fees.web_search = 8"]),
            ("m", ["cost.training = 20"]),
            ("m", ['cost.source = "our contract"']),
        ],
    )
    def test_where_every_price_is_stated_or_omitted(self, model_id: str, lines: list[str]) -> None:
        assert told(*lines, model_id=model_id) == []

    @pytest.mark.parametrize(
        ("model_id", "line"),
        [("flat", "cost.cache_read = 0.3"), ("unknown", "cost.input = 1"), ("m", "cost.modes.batch.input = 1")],
    )
    def test_where_a_class_is_only_added(self, model_id: str, line: str) -> None:
        """Nothing was replaced, so all other prices are those of one list."""
        assert told(line, model_id=model_id) == []

    def test_beside_a_curated_price(self) -> None:
        """A curated correction is a list price, so an added class stands beside one list."""
        source = catalogues.catalogue(
            catalogues.provider("acme", catalogues.model("m", cost={"input": 3, "output": 15}))
        )
        entry = b'[[models]]\nprovider = "acme"\nid = "m"\ncost.'
        base, _ = catalogues.base(source, entry + b"input = 2\n")
        assert base.stated("acme", "m")["cost"] == {"input": 2, "output": 15}  # type: ignore[index]
        assert checks.check_text(entry + b"cache_read = 0.2\n", "llm_models.toml", base) == []


class TestNearNames:
    @pytest.mark.parametrize(
        ("kind", "name", "meant"),
        [
            ("mode", "Flex", "flex"),
            ("mode", "bacth", "batch"),
            ("fee", "web_serach", "web_search"),
            ("fee", "requests", "request"),
        ],
    )
    def test_a_mode_or_fee_that_is_nearly_a_known_one(self, kind: str, name: str, meant: str) -> None:
        (found,) = told(f"cost.{kind}s.{name}{'.input' if kind == 'mode' else ''} = 1", model_id="flat")
        assert found.endswith(
            f"{name}: unknown {kind} '{name}'; it changes no price of a known {kind}. Did you mean '{meant}'?"
        )

    @pytest.mark.parametrize(
        "name", ["modes.thinking", "modes.'batch+thinking'", "modes.uk", "fees.web_search_low", "fees.ocr"]
    )
    def test_free_names_are_no_mistake(self, name: str) -> None:
        assert told(f"cost.{name}{'.input' if 'mode' in name else ''} = 1", model_id="flat") == []


class TestCopies:
    """What a copy takes is a list price, except what the application states of the model that it copies."""

    @staticmethod
    def of_copies(*lines: str) -> list[str]:
        """What `validate` says of `acme:mid`, a copy of `acme:flat` with `lines`, and of a copy of that."""
        text = '[[models]]\nprovider = "acme"\nnew = true\nid = "mid"\nbase = "acme:flat"\n' + "\n".join(lines)
        text += '\n[[models]]\nprovider = "acme"\nnew = true\nid = "top"\nbase = "acme:mid"\ncost.output = 7\n'
        found = checks.check_text(text.encode(), "llm_models.toml", BASE)
        return [f"{one.path.rpartition(':')[2]}: {one.message}" for one in found]

    def test_what_stays_as_it_is_copied_is_named(self) -> None:
        assert self.of_copies("cost.input = 2") == ["mid.cost.input: output stays at list price"]
        assert self.of_copies() == ["top.cost.output: input stays at list price"]

    def test_what_is_stated_of_the_base_is_an_own_price(self) -> None:
        assert self.of_copies("cost = { input = 2, output = 9 }") == []
        assert self.of_copies('omit = ["cost"]', "cost.input = 2") == []


class TestConfirming:
    """A price that is stated at its list value beside an own price says that it stays."""

    def test_is_no_line_without_effect(self) -> None:
        assert told("cost = { input = 2, output = 15 }", model_id="flat") == []

    def test_alone_it_is_one(self) -> None:
        assert told("cost.output = 15", model_id="flat") == [
            "4: flat.cost.output: acme:flat already has this value; the line has no effect. "
        ]

    def test_another_field_beside_it_is_one(self) -> None:
        """Only a price confirms; a source, a fee and a limit do not."""
        lines = ("cost = { input = 2, output = 9 }", 'omit = ["cost.tiers"]', 'name = "tiers"')
        assert told(*lines, model_id="tiers") == [
            "6: tiers.name: acme:tiers already has this value; the line has no effect. "
        ]


def test_names_of_prices() -> None:
    assert price_name(("cost", "modes", "flex", "tiers")) == "modes.flex"
    assert price_name(("cost", "image")) == "image"
    for path in (("cost", "fees", "maps"), ("cost", "modes", "flex", "request", "input"), ("limits", "input")):
        assert price_name(path) is None
