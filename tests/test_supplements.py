"""Other lists fill what the source does not state, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import catalogues
from support.catalogues import catalogue, model, provider
from support.command import fine, here, refused

from llm_models import paths, pipeline, supplements, transforms
from llm_models.errors import SourceError
from llm_models.ground import Ground
from llm_models.observations import listed_price
from llm_models.snapshot import Snapshot
from llm_models.supplements import BESIDE, Supplement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


USUAL = {"input": 1, "output": 2, "tiers": 0}
"""The prices of `catalogues.model`."""


def filled(source: bytes, *lists: Supplement, curated: bytes = b"") -> Snapshot:
    layers = [catalogues._curated(curated)] if curated else []
    return Snapshot(pipeline.build_base(source, "made-up.json", curated=layers, supplements=lists)[0])


def of(fills: dict[str, Any], name: str = "litellm") -> Supplement:
    return Supplement(name, "2026-10-01", "0" * 64, fills)


def one(fields: dict[str, Any], fill: dict[str, Any], curated: bytes = b"") -> Snapshot:
    """The catalogue of `openai:m` with these fields, which a list fills."""
    return filled(catalogue(provider("openai", model("m", **fields))), of({"openai": {"m": fill}}), curated=curated)


def plain(snapshot: Snapshot, spec: str = "openai:m") -> Any:
    return snapshot.file.stated(*spec.split(":", 1))


class TestFill:
    def test_what_the_source_does_not_state(self) -> None:
        snapshot = one({}, {"retires": "2027-01-01", "capabilities": {"tools": {"enabled": True, "parallel": True}}})
        assert snapshot.resolve("openai:m").retires == "2027-01-01"
        assert snapshot.resolve("openai:m").stated("tools_parallel") is True
        found = {each.field: (each.value, each.layer) for each in snapshot.explain("openai:m").fields}
        assert found["retires"] == ("2027-01-01", "supplements/litellm")
        assert found["limits.context"] == (1000, "models_dev")

    def test_a_value_of_the_source_stays(self) -> None:
        snapshot = one({"tool_call": False}, {"capabilities": {"tools": {"enabled": True, "parallel": True}}})
        assert plain(snapshot)["capabilities"]["tools"] == {"enabled": False}  # `parallel` would contradict it

    def test_no_model_and_no_provider_is_added(self) -> None:
        fills = {"openai": {"other": {"retires": "2027-01-01"}}, "nobody": {"m": {"retires": "2027-01-01"}}}
        snapshot = filled(catalogue(provider("openai", model("m"))), of(fills))
        assert [each.spec for each in snapshot.list_models()] == ["openai:m"]

    def test_a_stronger_list_wins(self) -> None:
        weak, strong = (
            of({"openai": {"m": {"retires": "2027-01-01"}}}),
            of({"openai": {"m": {"retires": "2027-02-02"}}}, "x"),
        )
        snapshot = filled(catalogue(provider("openai", model("m"))), weak, strong)
        assert snapshot.resolve("openai:m").retires == "2027-02-02"

    @given(st.dictionaries(st.sampled_from(["knowledge", "family", "retires", "open_weights"]), st.booleans()))
    def test_law_a_field_is_the_sources_if_it_states_it_and_else_the_lists(self, states: dict[str, bool]) -> None:
        theirs = {"knowledge": "2025-01-01", "family": "theirs", "retires": "2030-01-01", "open_weights": False}
        ours = {"knowledge": "2024-01-01", "family": "ours", "open_weights": True}
        stated = {name: ours[name] for name, states_it in states.items() if states_it and name in ours}
        wanted = {**{name: theirs[name] for name in states}, **stated}
        held = plain(one(stated, {name: theirs[name] for name in states}))
        assert {name: held[name] for name in states} == wanted


FILL: dict[str, Any] = {"cost": {"cache_write_1h": 5, "modes": {"batch": {"input": 0.5, "output": 1}}}}


class TestPrices:
    """A class is filled beside equal prices only: of two lists that differ, one is wrong or means something else."""

    def test_beside_equal_prices(self) -> None:
        cost = one({}, {**FILL, BESIDE: USUAL}).resolve("openai:m").cost
        assert (cost.cache_write_1h, cost.modes["batch"].input, cost.input) == (5, 0.5, 1)

    @pytest.mark.parametrize("other", [{"input": 3}, {"output": 3}, {"tiers": 1}])
    def test_not_beside_others(self, other: dict[str, Any]) -> None:
        snapshot = one({}, {**FILL, "retires": "2027-01-01", BESIDE: {**USUAL, **other}})
        assert plain(snapshot)["cost"] == {"input": 1, "output": 2}
        assert plain(snapshot)["retires"] == "2027-01-01"

    def test_not_beside_another_price_of_a_tier(self) -> None:
        tiers = [{"tier": {"type": "context", "size": 1000}, "input": 3, "output": 4}]
        for price, filled_in in ((3, True), (2, False)):
            beside = {**USUAL, "tiers": 1, "tiers.1000.input": price, "tiers.1000.output": 4}
            cost = plain(one({"cost": {"input": 1, "output": 2, "tiers": tiers}}, {**FILL, BESIDE: beside}))["cost"]
            assert [one["context_over"] for one in cost["tiers"]] == [1000]
            assert ("modes" in cost) is filled_in

    @pytest.mark.parametrize(
        ("stated", "mode", "is_filled"),
        [
            ({}, {"input": 0.5}, False),
            ({}, {"output": 1, "cache_read": 0.05}, False),
            ({}, {"input": 0.5, "tiers": [{"context_over": 5, "input": 1, "output": 2}]}, False),
            ({}, {"input": 0.5, "output": 1}, True),
            ({"output": 0}, {"input": 0.5}, True),  # of embeddings
        ],
    )
    def test_a_mode_is_filled_whole(self, stated: dict[str, Any], mode: dict[str, Any], is_filled: bool) -> None:
        """Of GPT-5.5 at Azure, LiteLLM has no `flex` price of output: it would be billed at the standard one."""
        prices = {"input": 1, "output": 2, **stated}
        fill = {"cost": {"modes": {"batch": mode}}, BESIDE: {**prices, "tiers": 0}}
        assert ("modes" in plain(one({"cost": prices}, fill))["cost"]) is is_filled

    @pytest.mark.parametrize(
        ("listed", "classes"),
        [
            (0.13, {"input", "output", "cache_read"}),
            (0.125, {"input", "output", "cache_read"}),
            (0.1, {"input", "output"}),
        ],
    )
    def test_a_mode_gets_no_class_with_another_standard_price(self, listed: float, classes: set[str]) -> None:
        """Of Claude Sonnet 5.5, LiteLLM's batch price of cached input is half of a price that is not the maker's."""
        tiers = [{"context_over": 5, "cache_read": 0.1}]
        fill = {"cost": {"modes": {"batch": {"input": 0.5, "output": 1, "cache_read": 0.05, "tiers": tiers}}}}
        ours = {"cost": {"input": 1, "output": 2, "cache_read": 0.13}}
        batch = plain(one(ours, {**fill, BESIDE: {**USUAL, "cache_read": listed}}))["cost"]["modes"]["batch"]
        assert {*batch} - {"tiers"} == classes
        assert ("tiers" in batch) is ("cache_read" in classes)

    def test_not_where_the_source_has_no_price(self) -> None:
        assert "cost" not in plain(one({"cost": None}, {**FILL, BESIDE: USUAL}))

    @pytest.mark.parametrize(("own", "why"), [("", None), ("cost.input = 5", "list_price")])
    def test_they_are_list_prices_and_not_the_applications(self, tmp_path: Path, own: str, why: str | None) -> None:
        base = one({}, {**FILL, BESIDE: USUAL}).file
        text = f'[[models]]\nprovider = "openai"\nid = "m"\nname = "x"\n{own}\n'
        snapshot = catalogues.loaded(base, tmp_path / "llm_models.toml", text.encode())
        bill = snapshot.cost("openai:m", {"input": 1000, "cache_write": 1000, "cache_write_1h": 1000, "output": 1})
        (line,) = [line for line in bill.lines if line.cls == "cache_write_1h"]
        assert (line.rate, line.why, line.origin.layer) == (5, why, "supplements/litellm")

    def test_no_price_of_a_list_is_taken_for_the_sources(self) -> None:
        file = one({}, {**FILL, BESIDE: USUAL}).file
        assert listed_price(file, file.tail(), "openai", "m") == {"input": 1, "output": 2}
        assert ("cost", "cache_write_1h") not in Ground(file).values("openai", "m")


class TestCurated:
    TEXT = b'[[models]]\nprovider = "openai"\nmatch = "*"\ncost.cache_write_1h = 9\nretires = "2029-09-09"\n'

    def test_a_correction_stands_alone(self) -> None:
        """Where it states a value, nothing is filled, so it replaces none: a refresh compares source with source."""
        fill = {"cost": {"cache_write_1h": 5}, "retires": "2027-01-01", "family": "f", BESIDE: USUAL}
        snapshot = one({}, fill, self.TEXT)
        assert plain(snapshot)["retires"] == "2029-09-09"
        assert plain(snapshot)["family"] == "f"
        assert snapshot.resolve("openai:m").cost.cache_write_1h == 9
        assert ("retires",) not in Ground(snapshot.file).values("openai", "m")
        assert listed_price(snapshot.file, snapshot.file.tail(), "openai", "m") == {"input": 1, "output": 2}

    def test_what_a_correction_omits_is_not_filled(self) -> None:
        text = b'[[models]]\nprovider = "openai"\nid = "m"\nomit = ["capabilities.tools"]\n'
        snapshot = one({}, {"capabilities": {"tools": {"enabled": True}}}, text)
        assert "capabilities" not in plain(snapshot)


class TestNames:
    def test_a_served_id_that_is_a_model_is_left_out(self) -> None:
        fills = {"openai": {"m": {"served_as": ["m-2026-01-01", "n"]}}}
        snapshot = filled(catalogue(provider("openai", model("m"), model("n"))), of(fills))
        assert snapshot.resolve("openai:m").served_as == ("m-2026-01-01",)
        assert snapshot.resolve("openai:m-2026-01-01").id == "m"

    @pytest.mark.parametrize(("successor", "kept"), [("openai:n", True), ("openai:gone", False), ("n", False)])
    def test_a_successor_is_a_model_that_is_listed(self, successor: str, *, kept: bool) -> None:
        fills = {"openai": {"m": {"successor": successor}}}
        snapshot = filled(catalogue(provider("openai", model("m"), model("n"))), of(fills))
        assert (snapshot.resolve("openai:m").successor == successor) is kept


class TestFile:
    def test_what_is_written_is_what_is_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lists = [of({"openai": {"m": {"retires": "2027-01-01"}, "ü": {"family": "f"}}}), of({}, "other")]
        path = tmp_path / "supplements.json"
        path.write_bytes(supplements.encode(lists))
        monkeypatch.setattr(paths, "PACKAGED_SUPPLEMENTS", str(path))
        assert supplements.packaged() == lists
        assert supplements.encode(supplements.packaged()) == path.read_bytes()

    def test_the_header_names_each_list(self) -> None:
        header = one({}, {"family": "f"}).file.header
        assert header["supplements"] == [{"name": "litellm", "date": "2026-10-01", "sha256": "0" * 64}]
        assert [source["name"] for source in header["sources"]] == ["models_dev"]
        assert "supplements" not in catalogues.of_source(catalogue(provider("openai", model("m"))))[0].header

    def test_a_list_does_not_fill_itself(self) -> None:
        snapshot = filled(
            catalogue(provider("openai", model("m"))), of({"openai": {"m": {"family": "f"}}}, "models_dev")
        )
        assert "supplements" not in snapshot.file.header
        assert "family" not in plain(snapshot)


FLAT = transforms.Source("Flat list", "https://flat.example/models", "support.flat_source", lists=False)


def flat(price: str = "0.000001", context: int = 1000) -> bytes:
    pricing = {"prompt": price, "completion": "0.000002", "cache_write_1h": "0.000004"}
    return json.dumps(
        {"data": [{"id": "openai/m", "context_length": context, "retires": "2027-01-01", "pricing": pricing}]}
    ).encode()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Path]]:
    """A source, another list, and a folder of an application to work in."""
    monkeypatch.setitem(transforms.SOURCES, "flat", FLAT)
    monkeypatch.chdir(tmp_path)
    made = {name: tmp_path / name for name in ("api.json", "flat.json", "llm_models.toml", "out.json")}
    made["api.json"].write_bytes(catalogue(provider("openai", model("m"))))
    made["flat.json"].write_bytes(flat())
    made["llm_models.toml"].write_text('prefer = ["openai"]\n')
    with catalogues.shipping(b""):
        yield made


class TestCommand:
    """`activate --supplement NAME=FILE`."""

    def test_the_file_fills(self, files: dict[str, Path]) -> None:
        assert files["flat.json"].exists()
        text = fine("activate", "--from", "api.json", "--supplement", "flat=flat.json", "--force").out
        assert "1 model of 1 provider" in text
        shown = json.loads(fine("show", "openai:m", "--json").out)
        assert (shown["retires"], shown["cost"]["cache_write_1h"], shown["cost"]["input"]) == ("2027-01-01", 4, 1)
        assert "flat of " in fine("info").out

    def test_it_is_checked_with_the_same_file(self, files: dict[str, Path]) -> None:
        fine("activate", "--from", "api.json", "--supplement", "flat=flat.json", "--force")
        fine("activate", "--from", "api.json", "--supplement", "flat=flat.json", "--check")
        assert "made with another list of flat" in refused(here("activate", "--from", "api.json", "--check"))
        files["flat.json"].write_bytes(flat(context=5))
        text = refused(here("activate", "--from", "api.json", "--supplement", "flat=flat.json", "--check"))
        assert "made with another list of flat" in text

    @pytest.mark.parametrize(
        ("words", "text"),
        [
            (["--supplement", "flat=flat.json"], "Give a source with --from FILE"),
            (["--from", "api.json", "--supplement", "flat"], "'flat' is not of the form NAME=FILE"),
            (["--from", "api.json", "--supplement", "flatt=flat.json"], "unknown source 'flatt'. Did you mean 'flat'?"),
            (["--from", "api.json", "--supplement", "flat=none.json"], "none.json: "),
            (["--from", "api.json", "--supplement", "flat=api.json"], "api.json: is not a catalogue of Flat list"),
            (["--from", "api.json", "--supplement", "litellm=api.json"], "api.json: is not LiteLLM's map"),
            (["--from", "api.json", "--supplement", "models_dev=api.json"], "use it with --from FILE"),
            (["--from", "api.json", "--supplement", "flat=a", "--supplement", "flat=b"], "two files of 'flat'"),
            (["--from", "flat.json", "--source", "flat"], "use it with --supplement flat=FILE"),
        ],
    )
    def test_what_is_wrong_is_said(self, files: dict[str, Path], words: list[str], text: str) -> None:
        assert text in refused(here("activate", *words), here("activate", *words).code)
        assert not (files["api.json"].parent / ".llm_models").exists()

    def test_what_is_dropped_of_it_is_counted(self, files: dict[str, Path]) -> None:
        files["flat.json"].write_bytes(flat(context=0))
        text = fine("activate", "--from", "api.json", "--supplement", "flat=flat.json", "--force").out
        assert "flat: context_length" in text


class TestSeveral:
    """`--supplement` for several lists: a later one is stronger, also than one that replaces a packaged list."""

    @pytest.fixture
    def both(self, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
        monkeypatch.setitem(transforms.SOURCES, "other", FLAT._replace(title="Other list"))
        monkeypatch.setattr(supplements, "packaged", lambda: [of({}, "flat")])
        files["out.json"].write_bytes(flat().replace(b"2027-01-01", b"2027-02-02"))
        return "flat=flat.json", "other=out.json"

    @pytest.mark.parametrize("turned", [False, True])
    def test_a_later_one_is_stronger(self, both: tuple[str, str], turned: bool) -> None:
        given = both[::-1] if turned else both
        words = [word for one in given for word in ("--supplement", one)]
        fine("activate", "--from", "api.json", "--force", *words)
        assert json.loads(fine("show", "openai:m", "--json").out)["retires"] == (
            "2027-01-01" if turned else "2027-02-02"
        )
        fine("activate", "--from", "api.json", "--check", *words)
        other = [word for one in given[::-1] for word in ("--supplement", one)]
        assert "in another order" in refused(here("activate", "--from", "api.json", "--check", *other))

    def test_one_that_was_not_given_is_named(self, files: dict[str, Path]) -> None:
        assert files["api.json"].exists()
        fine("activate", "--from", "api.json", "--force")
        text = refused(here("activate", "--from", "api.json", "--check", "--supplement", "flat=flat.json"))
        assert "it was made without a list of flat" in text


class TestPull:
    """What is pulled of another list does not take the place of the source that `activate` reads."""

    def test_it_has_a_folder_of_its_own(self, files: dict[str, Path], tmp_path: Path) -> None:
        fine("pull", "--url", "api.json")
        fine("pull", "--source", "flat", "--url", "flat.json")
        assert (tmp_path / ".llm_models/upstream.json").read_bytes() == files["api.json"].read_bytes()
        assert (tmp_path / ".llm_models/flat/upstream.json").read_bytes() == files["flat.json"].read_bytes()
        fine(
            "activate",
            "--force",
            "--from",
            ".llm_models/upstream.json",
            "--supplement",
            "flat=.llm_models/flat/upstream.json",
        )
        assert f"flat of {catalogues.day(0)} " in fine("info").out

    def test_no_link_is_followed(self, files: dict[str, Path], tmp_path: Path) -> None:
        (tmp_path / "away").mkdir()
        (tmp_path / ".llm_models").mkdir()
        (tmp_path / ".llm_models/flat").symlink_to(tmp_path / "away")
        text = refused(here("pull", "--source", "flat", "--url", str(files["flat.json"])))
        assert "link" in text
        assert not [*(tmp_path / "away").iterdir()]


@pytest.mark.parametrize("forged", ["2099-01-01", "not a day", "2026-1-5", ""])
def test_a_forged_date_of_a_list_does_not_count(files: dict[str, Path], forged: str) -> None:
    assert files["flat.json"].exists()
    made, _ = supplements.taking_part({"flat": "flat.json"})
    stated = [{"name": "flat", "date": forged, "sha256": made[-1].sha256}]
    assert supplements.taking_part({"flat": "flat.json"}, stated)[0][-1].date == catalogues.day(0)


def test_a_file_is_dated_by_its_fetch_or_as_before(files: dict[str, Path], tmp_path: Path) -> None:
    made, _ = supplements.taking_part({"flat": "flat.json"})
    assert made[-1].date == catalogues.day(0)
    stated = [{"name": "flat", "date": "2026-01-05", "sha256": made[-1].sha256}]
    assert supplements.taking_part({"flat": "flat.json"}, stated)[0][-1].date == "2026-01-05"
    assert supplements.taking_part({"flat": "flat.json"}, [{**stated[0], "sha256": "1"}])[0][-1].date == catalogues.day(
        0
    )
    fine("pull", "--source", "flat", "--url", "flat.json", "--out", str(tmp_path / "here" / "flat.json"))
    stored = str(tmp_path / "here" / "flat.json")
    assert supplements.taking_part({"flat": stored}, stated)[0][-1].date == catalogues.day(0)
    with pytest.raises(SourceError, match="none"):
        supplements.taking_part({"flat": "none"})
