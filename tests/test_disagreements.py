"""Where another list states another value, the report shows it, in order, with both origins, unless it is accepted."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import LITELLM, ROOT, catalogues
from support.catalogues import catalogue, model, provider
from support.command import fine, here, refused

import llm_models
from llm_models import accepted, genai_document, transforms
from llm_models.disagreements import GROUPS, Disagreement, List, against, contradicted, read
from llm_models.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from llm_models.snapshot_file import SnapshotFile

DAY = "2026-09-01"


def file_of(*models: dict[str, Any]) -> SnapshotFile:
    return catalogues.of_source(catalogue(provider("openai", *models)))[0]


def other(name: str = "flat", **models: dict[str, Any]) -> List:
    return List(name, "2026-09-30", {"openai": models})


@pytest.fixture(autouse=True)
def flat(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("flat", "second"):
        row = transforms.Source("Flat list", "https://flat.example/models", "support.flat_source", lists=False)
        monkeypatch.setitem(transforms.SOURCES, name, row)


def lines(file: SnapshotFile, *lists: List) -> list[Disagreement]:
    return against(file, lists, DAY)[0]


def short(found: list[Disagreement]) -> list[tuple[str, str, Any, Any]]:
    return [(line.group, line.field, line.ours, line.theirs) for line in found]


class TestGroups:
    @pytest.mark.parametrize(
        ("ours", "theirs", "line"),
        [
            ({"cost": {"input": 1, "output": 2}}, {"cost": {"input": 3, "output": 2}}, ("price", "cost.input", 1, 3)),
            (
                {"cost": {"input": 1, "output": 2, "tiers": [{"tier": {"type": "context", "size": 9}, "input": 4}]}},
                {"cost": {"tiers": [{"context_over": 9, "input": 5}]}},
                ("price", "cost.tiers.9.input", 4, 5),
            ),
            (
                {"cost": {"input": 1, "output": 2, "tiers": [{"tier": {"type": "context", "size": 9}, "input": 4}]}},
                {"cost": {"tiers": [{"context_over": 8, "input": 4}]}},
                ("price", "cost.tiers", [9], [8]),
            ),
            ({"tool_call": True}, {"capabilities": {"tools": {"enabled": False}}},
             ("capability", "capabilities.tools.enabled", True, False)),
            ({"limit": {"context": 1000}}, {"limits": {"context": 2000}}, ("limit", "limits.context", 1000, 2000)),
            ({}, {"retires": "2026-08-31"}, ("retirement", "retires", None, "2026-08-31")),
            ({}, {"retires": "2026-11-30"}, ("retirement", "retires", None, "2026-11-30")),
        ],
    )  # fmt: skip
    def test_a_difference_is_a_line(self, ours: dict[str, Any], theirs: dict[str, Any], line: Any) -> None:
        assert short(lines(file_of(model("m", **ours)), other(m=theirs))) == [line]

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            ({"cost": {"input": 0.3, "output": 2}}, {"cost": {"input": 0.1 + 0.2, "output": 2}}),
            ({"cost": None}, {"cost": {"input": 1}}),
            ({"tool_call": True}, {"capabilities": {"json": {"schema": True}}}),
            ({"status": "deprecated"}, {"retires": "2026-08-31"}),
            ({}, {"retires": "2026-12-01"}),
            ({}, {"retires": "2026-09"}),
            ({}, {"name": "another"}),
        ],
    )
    def test_what_is_no_difference(self, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
        assert lines(file_of(model("m", **ours)), other(m=theirs)) == []

    def test_a_moving_name_with_other_values_than_its_target(self) -> None:
        file = file_of(model("m-latest", cost={"input": 1, "output": 2}), model("m-2", cost={"input": 5, "output": 2}))
        found = lines(file, other(**{"m-latest": {"resolves_to": "m-2"}}))
        assert short(found) == [("moving name", "cost.input", 1, 5)]

    def test_an_unusual_value(self) -> None:
        models = [provider(name, model("m", canonical_model_id="openai/m")) for name in ("openai", "b", "c", "d")]
        odd = provider("odd", model("m", canonical_model_id="openai/m", limit={"context": 90_000}))
        file = catalogues.of_source(catalogue(*models, odd))[0]
        (line,) = lines(file, other())
        assert (line.group, line.spec, line.field, line.ours, line.theirs) == (
            "unusual",
            "odd:m",
            "limits.context",
            90_000,
            1000,
        )

    def test_a_small_difference_of_limits_is_counted(self) -> None:
        file = file_of(model("m", limit={"context": 1000, "output": 100}))
        found, small = against(file, [other(m={"limits": {"context": 1049, "output": 105}})], DAY)
        assert (short(found), small) == ([("limit", "limits.output", 100, 105)], 1)

    def test_models_of_the_list_that_we_do_not_have_are_no_lines(self) -> None:
        assert lines(file_of(model("m")), other(n={"limits": {"context": 5}})) == []

    @given(st.permutations(["price", "retirement", "capability", "limit"]), st.booleans())
    def test_law_groups_first_parties_and_factors_in_order(self, names: list[str], larger_first: bool) -> None:
        parts = {
            "price": {"cost": {"input": 2}},
            "retirement": {"retires": "2026-09-09"},
            "capability": {"capabilities": {"tools": {"enabled": False}}},
            "limit": {"limits": {"context": 3000 if larger_first else 2000}},
        }
        one = model("a", tool_call=True)
        two = model("b", tool_call=True, canonical_model_id="openai/b")
        theirs = {key: {k: v for name in names for k, v in parts[name].items()} for key in ("a", "b")}
        theirs["a"] = {**theirs["a"], "limits": {"context": 5000}}
        found = lines(file_of(one, two), other(**theirs))
        rank = [(GROUPS.index(line.group), not line.is_first_party, -(line.factor or 0)) for line in found]
        assert rank == sorted(rank)
        assert len(found) == 8


class TestLine:
    def test_it_names_both_origins(self) -> None:
        toml = b'[[models]]\nprovider = "openai"\nid = "m"\ncost.input = 7\n'
        file = catalogues.base(catalogue(provider("openai", model("m"), model("n"))), toml)[0]
        theirs = {"cost": {"input": 3, "source": "https://prices.example"}, "limits": {"context": 5}}
        price, *limits = lines(file, other(m=theirs, n={"limits": {"context": 5}}))
        assert (price.origin, price.source, price.list) == ("overrides/toy.toml:4", "https://prices.example", "flat")
        assert {(line.origin, line.source) for line in limits} == {("models_dev", "https://flat.example/models")}

    @pytest.mark.parametrize(
        ("updated", "theirs", "later"),
        [
            ("2026-01-02", {}, "theirs"),
            ("2026-10-01", {}, "ours"),
            ("2026-09-30", {}, None),
            ("2026-10-01", {"valid_from": "2026-10-02"}, "theirs"),
            ("2026-10-01", {"valid_from": "2026-01-01"}, "ours"),
        ],
    )
    def test_it_names_the_side_with_the_later_date(
        self, updated: str, theirs: dict[str, Any], later: str | None
    ) -> None:
        (line,) = lines(file_of(model("m", last_updated=updated)), other(m={"cost": {"input": 3, **theirs}}))
        assert line.later == later

    @pytest.mark.parametrize(
        ("ours", "theirs", "word"),
        [
            ({"cost": {"input": 1, "output": 2}}, {"cost": {"input": 1.1, "output": 2.2}}, "a surcharge of a region"),
            ({"cost": {"input": 1, "output": 2}}, {"cost": {"input": 1.1, "output": 2}}, None),
            ({"cost": {"input": 1, "output": 30}}, {"cost": {"output": 2.5, "output_image": 30}}, "image tokens"),
            ({"cost": {"input": 1, "output": 2}},
             {"cost": {"input": 2, "hours": [{"utc": ["00:00", "08:00"], "input": 1}]}}, "peak and off-peak"),
            ({"cost": {"input": 0.125, "output": 2}}, {"cost": {"input": 0.13}}, "rounded"),
            ({"cost": {"input": 0.125, "output": 2}}, {"cost": {"input": 0.14}}, None),
            ({"cost": {"input": 12, "output": 20}}, {"cost": {"input": 12.5}}, None),
            ({"cost": {"input": 1.3, "output": 2}}, {"cost": {"input": 1.25}}, None),
            ({"cost": {"input": 15, "output": 20}}, {"cost": {"input": 15.00002}}, "rounded"),
            ({"cost": {"input": 1, "output": 2.2}}, {"cost": {"input": 1.1, "output": 2}}, None),
            ({"cost": {"input": 0.001, "output": 2}}, {"cost": {"input": 0}}, None),
            ({"limit": {"context": 1000, "output": 200}}, {"limits": {"context": 800}}, "the largest input"),
            ({"limit": {"context": 1000, "input": 700}}, {"limits": {"context": 700}}, "the largest input"),
            ({"limit": {"context": 1000, "output": 200}}, {"limits": {"context": 900}}, None),
        ],
    )  # fmt: skip
    def test_a_known_difference_of_meaning_is_explained(
        self, ours: dict[str, Any], theirs: dict[str, Any], word: str | None
    ) -> None:
        assert {line.explained for line in lines(file_of(model("m", **ours)), other(m=theirs))} == {word}

    def test_a_tenth_more_at_a_provider_without_such_regions_is_another_price(self) -> None:
        file = catalogues.of_source(catalogue(provider("mistral", model("m"))))[0]
        theirs = List("flat", "2026-09-30", {"mistral": {"m": {"cost": {"input": 1.1, "output": 2.2}}}})
        assert [line.explained for line in lines(file, theirs)] == [None, None]

    def test_a_list_of_an_unknown_date_is_not_the_later_one(self) -> None:
        file = file_of(model("m", last_updated="2026-01-02"))
        (line,) = lines(file, List("flat", None, {"openai": {"m": {"cost": {"input": 3}}}}))
        assert line.later is None

    def test_the_variant_for_a_longer_context(self) -> None:
        file = file_of(model("gpt", cost={"input": 60, "output": 120}))
        found = lines(file, other(gpt={"cost": {"input": 30}}, **{"gpt-32k": {"cost": {"input": 60}}}))
        assert [line.explained for line in found] == ["the variant for 32k"]

    def test_our_prices_are_those_of_the_day(self) -> None:
        dated = 'cost.dated = [{ valid_from = "2026-08-01", input = 3, output = 2 }]\n'
        toml = f'[[models]]\nprovider = "openai"\nid = "m"\n{dated}'.encode()
        file = catalogues.base(catalogue(provider("openai", model("m"))), toml)[0]
        assert lines(file, other(m={"cost": {"input": 3, "output": 2}})) == []
        assert short(lines(file, other(m={"cost": {"input": 1}}))) == [("price", "cost.input", 3, 1)]
        assert short(against(file, [other(m={"cost": {"input": 3}})], "2026-07-31")[0]) == [
            ("price", "cost.input", 1, 3)
        ]


class TestContradicted:
    """A value that two lists contradict and none supports."""

    OURS = model("m")

    @pytest.mark.parametrize(
        ("first", "second", "third", "specs"),
        [
            ({"input": 3}, {"input": 3}, {}, 2),
            ({"input": 3}, {"input": 4}, {}, 2),
            ({"input": 3}, {"output": 3}, {}, 0),
            ({"input": 3}, {}, {}, 0),
            ({"input": 3}, {"input": 3}, {"input": 1}, 0),
        ],
    )
    def test_two_lists(self, first: dict[str, Any], second: dict[str, Any], third: dict[str, Any], specs: int) -> None:
        file = file_of(self.OURS)
        lists = [
            other("flat", m={"cost": first}),
            other("second", m={"cost": second}),
            other("models_dev", m={"cost": third}),
        ]
        assert len(contradicted(lines(file, *lists), lists)) == specs

    def test_an_older_list_contradicts_nothing(self) -> None:
        file = file_of(model("m", last_updated="2026-10-01"))
        lists = [other(name, m={"cost": {"input": 3}}) for name in ("flat", "second")]
        assert len(lines(file, *lists)) == 2
        assert contradicted(lines(file, *lists), lists) == []


ENTRY = '[[accepted]]\nspec = "openai:m"\n'


class TestAccepted:
    TEXT = """
[[accepted]]
spec = "openai:m*"
field = "limits.*"
source = "flat"
reason = "The list states the input."
until = "2027-03-01"

[[accepted]]
spec = "openai:m"
field = "cost.input"
theirs = 3.0
reason = "A promotion."
until = "2026-08-31"
"""

    def read(self, tmp_path: Path, text: str) -> list[accepted.Accepted]:
        path = tmp_path / "accepted.toml"
        path.write_text(text)
        return accepted.read(str(path))

    def test_a_line_is_left_out_while_its_entry_holds(self, tmp_path: Path) -> None:
        entries = self.read(tmp_path, self.TEXT)
        found = lines(file_of(model("m")), other(m={"cost": {"input": 3}, "limits": {"context": 9000}}))
        sorted_ = accepted.sort(found, entries, "2026-08-31")
        assert (sorted_.open, sorted_.accepted, sorted_.over, sorted_.unused) == ([], 2, [], [])
        later = accepted.sort(found, entries, "2026-09-01")
        assert (short(later.open), later.accepted) == ([("price", "cost.input", 1, 3)], 1)
        assert [entry.reason for entry in later.over] == ["A promotion."]
        assert later.over[0].place.endswith("accepted.toml:9")
        none = accepted.sort([], entries, "2026-09-01")
        assert [entry.field for entry in none.unused] == ["limits.*"]

    @pytest.mark.parametrize(
        ("field", "value", "accepts"),
        [
            ("ours", "1", True),
            ("ours", "2", False),
            ("theirs", "3.0", True),
            ("theirs", "4", False),
            ("source", '"genai_prices"', False),
        ],
    )
    def test_an_entry_holds_for_its_values_only(self, tmp_path: Path, field: str, value: str, *, accepts: bool) -> None:
        text = f'{ENTRY}field = "cost.input"\n{field} = {value}\nreason = "x"\nuntil = "2027-01-01"\n'
        found = lines(file_of(model("m")), other(m={"cost": {"input": 3}}))
        assert accepted.sort(found, self.read(tmp_path, text), DAY).accepted == accepts

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('field = "b"\nuntil = "2027-01-01"\n', "accepted.toml:1:3: accepted[0]: 'reason' is missing"),
            ('field = "b"\nreason = "c"\nuntil = "2027-02-30"\n', "accepted.toml:5:9: accepted[0].until: "),
            ('field = "b"\nreason = "c"\nuntil = "2027-01-01"\nwhy = 1\n', "unknown key 'why'"),
            ('field = 3\nreason = "c"\nuntil = "2027-01-01"\n', "expected a string (found integer 3)"),
            (
                'field = "b"\nsource = "litelm"\nreason = "c"\nuntil = "2027-01-01"\n',
                "accepted.toml:4:10: accepted[0].source: unknown source 'litelm'. Did you mean 'litellm'?",
            ),
        ],
    )
    def test_what_is_wrong_in_an_entry_is_named(self, tmp_path: Path, text: str, message: str) -> None:
        with pytest.raises(ConfigError) as error:
            self.read(tmp_path, f"{ENTRY}{text}")
        assert message in str(error.value)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("accepted = 3\n", "expected an array (found integer 3)"),
            ("x", "not valid TOML"),
        ],
    )
    def test_what_is_wrong_is_named(self, tmp_path: Path, text: str, message: str) -> None:
        with pytest.raises(ConfigError) as error:
            self.read(tmp_path, text)
        assert message in str(error.value)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "api.json").write_bytes(catalogue(provider("openai", model("m"))))
    pricing = {"prompt": "0.000003", "completion": "0.000002"}
    rows = [{"id": "openai/m", "context_length": 1001, "pricing": pricing}]
    (tmp_path / "flat.json").write_text(json.dumps({"data": rows}))
    with catalogues.shipping(b""):
        yield tmp_path


class Terminal(io.StringIO):
    """An output that is a terminal."""

    def isatty(self) -> bool:
        return True


WORDS = ("diff", "api.json", "--against", "flat.json", "--source", "flat")


@pytest.mark.usefixtures("files")
class TestCommand:
    def test_a_narrow_terminal_leaves_out_columns_and_cuts_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "40")
        monkeypatch.setattr(io, "StringIO", Terminal)
        run = here(*WORDS)
        row = next(line for line in run.out.splitlines() if "openai:m" in line)
        assert row.split() == ["openai:m", "cost.input", "1", "3"]
        assert "too narrow for these columns: source, stated by" in " ".join(run.err.split())

    def test_the_report(self) -> None:
        text = fine(*WORDS).out
        assert "price: 1" in text
        assert "limits that differ by less than 5 %: 1" in text
        row = next(line for line in text.splitlines() if "openai:m" in line)
        assert [word for word in row.split() if word != "theirs"][:6] == [
            "openai:m",
            "cost.input",
            "1",
            "models_dev",
            "3",
            "3.00",
        ]

    def test_json(self) -> None:
        found = json.loads(fine(*WORDS, "--json").out)
        (line,) = found["differences"]
        assert (line["spec"], line["field"], line["ours"], line["theirs"], line["factor"]) == (
            "openai:m",
            "cost.input",
            1,
            3,
            3,
        )
        assert (found["small_limits"], [one["name"] for one in found["lists"]]) == (1, ["flat"])

    def test_markdown_begins_with_the_counts(self) -> None:
        fence, first, second, item, _ = fine(*WORDS, "--format", "markdown").out.splitlines()
        assert (fence, first, second) == ("```", "price: 1", "limits that differ by less than 5 %: 1")
        assert item.startswith(
            "price: openai:m: cost.input: 1 (models_dev), flat 3 (https://flat.example/models); 3.00 times"
        )

    def test_the_exit_code(self, files: Path) -> None:
        assert here(*WORDS).code == 0
        assert here(*WORDS, "--exit-code").code == 1
        entry = '[[accepted]]\nspec = "openai:m"\nfield = "cost.input"\nreason = "r"\nuntil = "2999-01-01"\n'
        (files / "accepted.toml").write_text(entry)
        result = here(*WORDS, "--exit-code", "--accepted", "accepted.toml")
        assert (result.code, "accepted: 1" in result.out, "no difference" in result.err) == (0, True, True)
        (files / "accepted.toml").write_text(entry.replace("2999", "2026"))
        assert here(*WORDS, "--exit-code", "--accepted", "accepted.toml").code == 1

    @pytest.mark.parametrize(
        ("more", "words", "unused"),
        [
            ("", (), False),
            ("", ("--contradicted",), False),
            ('source = "second"\n', (), False),
            ('source = "second"\n', ("--against", "flat.json", "--source", "second"), False),
            ("theirs = 4\n", (), True),
            ("theirs = 4\n", ("--contradicted",), True),
        ],
    )
    def test_an_entry_is_unused_where_the_lists_do_not_differ(
        self, files: Path, more: str, words: tuple[str, ...], *, unused: bool
    ) -> None:
        """Not where its list is not compared, or where the report leaves its line out."""
        entry = f'[[accepted]]\nspec = "openai:m"\nfield = "cost.input"\nreason = "r"\nuntil = "2999-01-01"\n{more}'
        (files / "accepted.toml").write_text(entry)
        assert ("remove the entry" in here(*WORDS, *words, "--accepted", "accepted.toml").err) is unused

    def test_two_lists(self) -> None:
        both = (*WORDS, "--against", "flat.json", "--source", "second", "--contradicted")
        assert here(*both, "--exit-code").code == 1
        assert len(json.loads(fine(*both, "--json").out)["differences"]) == 2
        assert here(*WORDS, "--contradicted", "--exit-code").code == 0

    @pytest.mark.parametrize(
        ("words", "text"),
        [
            (("diff", "--source", "flat"), "need --against FILE"),
            (("diff", "api.json", "api.json", "--against", "flat.json", "--source", "flat"), "takes one OLD"),
            ((*WORDS, "--provider", "openai"), "leave out --provider"),
            ((*WORDS, "--only-used"), "leave out --only-used"),
            (("diff", "api.json", "--against", "flat.json", "--source", "zzz"), "Known are: models_dev, "),
            (("diff", "--against", "flat.json"), "each --against FILE needs its --source NAME"),
            (("diff", "api.json", "--against", "flat.json", "--source", "flatt"), "Did you mean 'flat'?"),
            (("diff", "api.json", "--against", "none.json", "--source", "flat"), "none.json"),
            (("diff", "api.json", "--against", "api.json", "--source", "litellm"), "api.json: is not LiteLLM's map"),
        ],
    )
    def test_what_is_wrong_is_said(self, words: tuple[str, ...], text: str) -> None:
        result = here(*words)
        assert text in refused(result, result.code)
        assert result.code in (1, 2)


@pytest.fixture(scope="module")
def lists() -> list[List]:
    pytest.importorskip("genai_prices", reason="the list comes with that package")
    if not LITELLM.exists():
        pytest.skip("the real map is not here")
    theirs = {"litellm": LITELLM.read_bytes(), "genai_prices": genai_document.document()}
    return [read(data, name, name)[0] for name, data in theirs.items()]


@pytest.mark.whole
class TestPackaged:
    """Over the real lists: LiteLLM's map and genai-prices, which nobody made from models.dev."""

    def test_no_value_is_contradicted_by_both_and_neither_corrected_nor_accepted(
        self, packaged: llm_models.Snapshot, lists: list[List]
    ) -> None:
        found = contradicted(against(packaged.file, lists)[0], lists)
        sorted_ = accepted.sort(found, accepted.read(str(ROOT / ".github" / "accepted.toml")), "2026-11-27")
        assert sorted_.open == []
        assert sorted_.unused == []
        assert sorted_.accepted >= 40

    def test_a_value_that_nobody_else_has_would_be_found(
        self, packaged: llm_models.Snapshot, lists: list[List]
    ) -> None:
        """The control: a price of which both lists agree with ours is changed in ours."""
        changed = {"models": [{"provider": "openai", "id": "gpt-5.4", "cost": {"input": 7}}]}
        file = catalogues.layered(packaged.file, changed)
        found = [line for line in contradicted(against(file, lists)[0], lists) if line.spec == "openai:gpt-5.4"]
        assert {(line.field, line.ours, line.theirs, line.list) for line in found} == {
            ("cost.input", 7, 2.5, "litellm"),
            ("cost.input", 7, 2.5, "genai_prices"),
        }

    def test_every_group_has_lines(self, packaged: llm_models.Snapshot, lists: list[List]) -> None:
        found, small = against(packaged.file, lists[:1])
        assert {line.group for line in found} == {*GROUPS} - {"moving name"}
        assert small > 100
        assert sum(line.explained == "peak and off-peak" for line in found) >= 9
