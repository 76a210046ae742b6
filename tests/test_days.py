"""Dates in the future: what a source states of the past cannot lie after tomorrow; such a date decides nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support import catalogues, flat_source
from support.catalogues import catalogue, day, model, numbered, of_source, provider
from support.clock import on
from support.command import STATE, facts, fine, here

import llm_models
from llm_models import activation, days, ingest, schema, transforms
from llm_models.days import later_than_tomorrow
from llm_models.pipeline import build_base
from llm_models.snapshot_file import SnapshotFile
from llm_models.transforms.specs import Record, Take, date, identity

pytestmark = pytest.mark.usefixtures("without_history")

ACTIVE, MANIFEST = Path(STATE) / "snapshot.json", Path(STATE) / "manifest.json"
TODAY = "2026-11-26"
LATER = "later than tomorrow"


def built(day: str = TODAY, **fields: Any) -> tuple[Any, dict[str, Any], dict[Any, int]]:
    """The header, the record and the counts of a source with one model, which was fetched on that day."""
    file, report = of_source(catalogue(provider("acme", model("m", **fields))), day=day)
    return file.header, file.block("acme").model(0), report.counts


def pulled(source: bytes, fetched: str | None = None) -> None:
    Path("api.json").write_bytes(source)
    fine("pull", "--url", "api.json")
    if fetched is not None:
        MANIFEST.write_text(json.dumps({**json.loads(MANIFEST.read_text()), "fetched": fetched}))


class TestOneDate:
    @pytest.mark.parametrize("field", ingest.PAST)
    @pytest.mark.parametrize(
        "kept", ["2026-11-26", "2026-11-27", "2026-11", "2020-02-29", "2026-11-27T23:59:59Z", "2026/11/27"]
    )
    def test_up_to_tomorrow_is_kept(self, field: str, kept: str) -> None:
        header, record, counts = built(**{field: kept})
        assert record[field] == kept[:10].replace("/", "-")
        assert not [key for key in counts if key[2] == LATER]
        tomorrow = field == "last_updated" and record[field] > TODAY  # which is no date of the catalogue yet
        assert header["sources"][0].get("day") == (TODAY if tomorrow else None)

    @pytest.mark.parametrize("field", ingest.PAST)
    @pytest.mark.parametrize(
        "dropped", ["2026-11-28", "2026-12", "2027-01", "9999-12-31", "9999-12", "2026-11-28T00:00:00Z", "2026/12"]
    )
    def test_later_is_dropped_alone_and_counted(self, field: str, dropped: str) -> None:
        header, record, counts = built(**{field: dropped})
        assert field not in record
        assert record["name"] == "M"
        assert counts["dropped", field, LATER] == 1
        assert header["sources"][0]["day"] == TODAY

    def test_the_header_that_states_the_day_is_described(self) -> None:
        file, _ = of_source(numbered(1, last_updated="9999-12-31"), day=TODAY)
        header = json.loads(file.data.partition(b",\n")[0][1:])
        assert header["sources"][0]["day"] == TODAY
        assert schema.accepts("snapshot", header)

    @pytest.mark.parametrize(("day", "date"), [("2026-12-31", "2027-01-01"), ("2028-02-28", "2028-02-29")])
    def test_tomorrow_is_the_next_day_of_the_calendar(self, day: str, date: str) -> None:
        assert built(day, release_date=date)[1]["release_date"] == date
        assert later_than_tomorrow("2027-01-02", "2026-12-31")
        assert later_than_tomorrow("2028-03-01", "2028-02-28")

    def test_one_that_does_not_exist_is_none_as_before(self) -> None:
        header, _, counts = built(release_date="2027-02-30")
        assert counts == {("dropped", "release_date", "a date that does not exist"): 1}
        assert "day" not in header["sources"][0]

    def test_every_field_that_holds_one(self) -> None:
        """A field with a date is checked, unless it announces something."""
        fields = schema.read_schema("model")["properties"]
        dates = {name for name, node in fields.items() if node.get("format") in ("date", "partial-date")}
        assert dates - {"retires"} == {*ingest.PAST}
        assert "partial-date" not in json.dumps(schema.read_schema("provider"))

    def test_of_any_source(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whichever checks its transform makes."""
        row = transforms.Source("Flat list", "https://flat.example/models", "support.flat_source")
        monkeypatch.setitem(transforms.SOURCES, "flat", row)
        table = {"id": Take("id", flat_source.after_slash), "name": Take("id", identity)}
        for check in (date, identity):
            monkeypatch.setattr(flat_source, "MODEL", Record(**table, knowledge=Take("cut", check)))
            data = json.dumps({"data": [{"id": "acme/m", "cut": "2026-12"}]}).encode()
            record, report = build_base(data, "flat.json", "flat", curated=[], day=TODAY)
            assert "knowledge" not in record.block("acme").model(0)
            assert report.counts == {("dropped", "knowledge", LATER): 1}

    def test_an_application_may_state_what_it_likes(self) -> None:
        Path("llm_models.toml").write_text('[[models]]\nprovider = "acme"\nid = "m0"\nrelease_date = "2099-01-01"\n')
        Path("api.json").write_bytes(numbered(1))
        fine("activate", "--from", "api.json", "--force")
        assert llm_models.load().get_model("acme", "m0").release_date == "2099-01-01"


class TestCatalogue:
    """The date of a catalogue is the newest of the dates that are kept."""

    def test_of_those_that_are_kept(self) -> None:
        models = [model("a", last_updated="2026-11-20"), model("b", last_updated="9999-12-31")]
        models += [model("c", last_updated="2026-12"), model("d", release_date="2026-11-25")]
        header = of_source(catalogue(provider("acme", *models)), day=TODAY)[0].header
        assert header["date"] == "2026-11-20"

    def test_where_every_record_lies_there_is_none(self) -> None:
        """Such a file is older than any that has a date, and what it is forced to replace does not stop the next."""
        pulled(numbered(3, last_updated=day(0)))
        fine("activate", "--force")
        Path("lies.json").write_bytes(numbered(3, last_updated="9999-12-31"))
        told = here("activate", "--from", "lies.json")
        assert told.code == 1
        assert f"the catalogue is older than the active one (no date, active {day(0)})" in told.err
        fine("activate", "--from", "lies.json", "--force")
        assert facts("info", "--json")["sources"]
        assert "date" not in facts("info")
        Path("honest.json").write_bytes(numbered(3, last_updated="2020-01-01"))
        fine("activate", "--from", "honest.json")

    def test_one_bad_record_does_not_stop_the_next_refresh(self) -> None:
        honest = [model("a", last_updated=day(-1)), model("b", last_updated=day(-2))]
        bad = catalogue(provider("acme", honest[0], {**honest[1], "last_updated": "9999-12-31"}))
        pulled(bad)
        told = fine("activate", "--force").out
        assert re.search(rf"^dropped +last_updated +{LATER} +1 +acme:b$", told, re.MULTILINE)
        assert (facts("info")["date"], llm_models.load().date) == (day(-1), day(-1))
        pulled(catalogue(provider("acme", *honest)))
        assert "overridden" not in fine("activate").err

    @pytest.mark.parametrize(("date", "code"), [("9999-12-31", 0), (day(2), 0), (day(1), 1), (day(0), 1)])
    def test_nor_does_one_that_an_older_version_believed(self, date: str, code: int) -> None:
        Path("api.json").write_bytes(numbered(3, last_updated=day(-1)))
        fine("activate", "--from", "api.json", "--force")
        file = SnapshotFile.open(str(ACTIVE))
        blocks = {"acme": (file.raw_block("acme"), 3)}
        ACTIVE.write_bytes(catalogues.assembled({**file.header, "date": date}, blocks).data)
        assert facts("info")["date"] == date
        assert here("activate", "--from", "api.json").code == code


class TestDay:
    """The bytes and the day of the fetch decide what is built, on any day."""

    LIES = numbered(3, last_updated="2026-12-24")

    def test_is_that_of_the_fetch(self) -> None:
        pulled(self.LIES, "2026-11-20T12:00:00Z")
        made = []
        for today in ("2026-11-26", "2026-12-24", "2030-01-01"):
            with on(today):
                fine("activate", "--from", str(Path(STATE) / "upstream.json"), "--out", "made.json", "--force")
                assert fine("diff", "made.json", "pulled", "--exit-code").out == ""
            made.append(Path("made.json").read_bytes())
        assert made[0] == made[1] == made[2]
        [origin] = SnapshotFile.open("made.json").header["sources"]
        assert origin["day"] == "2026-11-20"

    @pytest.mark.parametrize("fetched", ["2026-12-23", "2026-12-24"])
    def test_of_the_fetch_that_makes_it_true(self, fetched: str) -> None:
        """The catalogue's date is never later than the fetch: else the next file would be older."""
        pulled(self.LIES, f"{fetched}T00:00:00Z")
        with on("2027-01-01"):
            assert facts("activate", "--force")["date"] == fetched
        kept = {"day": fetched} if fetched == "2026-12-23" else {}
        origin = SnapshotFile.open(str(ACTIVE)).header["sources"][0]
        assert {key: value for key, value in origin.items() if key == "day"} == kept

    def test_of_tomorrow_blocks_no_later_file(self) -> None:
        second = model("b", last_updated="2026-11-20")
        with on(TODAY):
            pulled(catalogue(provider("acme", model("a", last_updated="2026-11-27"), second)))
            assert facts("activate", "--force")["date"] == "2026-11-20"
            pulled(catalogue(provider("acme", model("a", last_updated=TODAY), second)))
            assert facts("activate")["date"] == TODAY

    @pytest.mark.parametrize(
        "fetched", ["9999-01-01T00:00:00Z", "2026-11-27", "soon", 5, None, "2026-W52-4", "20261224"]
    )
    def test_is_today_where_the_manifest_states_none(self, fetched: Any) -> None:
        """Neither a time in the future nor anything else that `pull` does not write counts."""
        pulled(self.LIES, "2026-11-20T12:00:00Z")
        MANIFEST.write_text(json.dumps({**json.loads(MANIFEST.read_text()), "fetched": fetched}))
        with on(TODAY):
            fine("activate", "--from", str(Path(STATE) / "upstream.json"), "--out", "made.json", "--force")
        assert SnapshotFile.open("made.json").header["sources"][0]["day"] == TODAY

    def test_that_has_not_come_is_not_believed(self) -> None:
        """A file that states it would let any date pass, and the check of it would find the same bytes."""
        Path("api.json").write_bytes(self.LIES)
        forged = ("activate", "--from", "api.json", "--out", "made.json")
        with on("2026-12-23"):
            fine(*forged, "--force")
            fine(*forged, "--check")
        assert SnapshotFile.open("made.json").header["sources"][0]["day"] == "2026-12-23"
        with on(TODAY):
            assert "not what its inputs produce" in here(*forged, "--check").err

    def test_is_today_where_the_manifest_is_of_other_bytes(self) -> None:
        pulled(self.LIES, "2026-12-24T12:00:00Z")
        path = Path(STATE) / "upstream.json"
        path.write_bytes(path.read_bytes() + b"\n")
        with on(TODAY):
            fine("activate", "--from", str(path), "--out", "made.json", "--force")
        assert SnapshotFile.open("made.json").header["sources"][0]["day"] == TODAY

    def test_survives_the_layers_of_an_application(self) -> None:
        """The base of the activated file is the one that the same inputs make."""
        pulled(self.LIES, "2026-11-20T12:00:00Z")
        Path("llm_models.toml").write_text('[[models]]\nprovider = "acme"\nid = "m0"\ntags = ["x"]\n')
        with on(TODAY):
            base = activation.activate(str(Path(STATE) / "upstream.json"), llm_models.paths.find(), force=True).base
        file = SnapshotFile.open(str(ACTIVE))
        assert file.header["sources"][0]["day"] == "2026-11-20"
        assert catalogues.restored(file).data == base.data

    def test_the_packaged_data_has_none(self, packaged: llm_models.Snapshot) -> None:
        assert [{*source} for source in packaged.file.header["sources"]] == [{"name", "sha256"}]


def test_the_clock() -> None:
    with on("2026-11-26"):
        assert days.today() == "2026-11-26"
        assert [days.days_since(text) for text in ("2026-11-26", "2026-11-25", "2026-11", "2027-01-01")] == [
            0,
            1,
            25,
            0,
        ]
    assert [
        text for text in ("2026-02-28", "2026-02-30", "2026-2-3", "20260203", "", 5, None) if days.is_day(text)
    ] == ["2026-02-28"]
