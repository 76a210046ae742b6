"""An activated snapshot is what its inputs produce, or the first difference is stated."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from support import forging, histories
from support.catalogues import catalogue, model, numbered, provider
from support.command import STATE, facts, files_below, fine, here, pairs, refused

from llm_models import paths, state
from llm_models.block import encode_json
from llm_models.header import CRC
from llm_models.snapshot_file import SnapshotFile, digest

if TYPE_CHECKING:
    from collections.abc import Callable

SNAPSHOT, PREVIOUS = Path(STATE) / state.SNAPSHOT, Path(STATE) / paths.PREVIOUS_NAME
CONFIG = Path(paths.CONFIG_NAME)
SOURCE = catalogue(
    provider("acme", model("a", cost={"input": 0.15, "output": 2}, description="One line."), model("b")),
    provider("other", model("c")),
)


@pytest.fixture(autouse=True)
def application(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An application, and a package that ships a small catalogue without curated overrides."""
    monkeypatch.setattr(os, "fsync", os.fstat)
    real = paths.resources
    (tmp_path / "none").mkdir()
    monkeypatch.setattr(paths, "resources", lambda name: str(tmp_path / "none") if name == "overrides" else real(name))
    histories.shipped(monkeypatch, tmp_path, SOURCE, "2026-01-03")
    CONFIG.write_text('prefer = ["acme"]\n[deny]\nacme = ["b"]\n')
    Path("api.json").write_bytes(SOURCE)


Change = dict[str, Any]


def forge(change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> None:
    """Change the parts of the activated snapshot, and give it checksums that are right."""
    data = SNAPSHOT.read_bytes()
    line, _, body = data.partition(b"\n")
    header = json.loads(line.decode()[1:].rstrip(","))
    spans = {**header["blocks"], **{name: header.get(name) for name in ("columns", "config", "tail")}}
    parts = {name: body[span[0] : span[0] + span[1]] for name, span in spans.items() if span}
    change(header, parts)
    at, whole = 0, b""
    for name, part in parts.items():
        span = [at, len(part), crc32(part)]
        at, whole = at + len(part), whole + part
        if name in header["blocks"]:
            header["blocks"][name] = [*span, header["blocks"][name][3]]
        else:
            header[name] = span
    del header["crc"], header["digest"]
    header["digest"] = digest(header, whole)
    start = b"[" + encode_json(header)[:-1]
    SNAPSHOT.write_bytes(start + CRC % crc32(start) + b",\n" + whole)
    SnapshotFile.open(str(SNAPSHOT)).verify()


def price(_: Change, parts: dict[str, bytes]) -> None:
    parts["acme"] = parts["acme"].replace(b'"input":0.15', b'"input":0.01')


def filters(header: Change, _: dict[str, bytes]) -> None:
    header["filters"] = {"prefer": ["acme"]}


def config(_: Change, parts: dict[str, bytes]) -> None:
    parts["config"] = encode_json('prefer = ["other"]\n') + b",\n"


def origin(_: Change, parts: dict[str, bytes]) -> None:
    parts["tail"] = parts["tail"].replace(b"llm_models.toml:3", b"llm_models.toml:9")


def columns(_: Change, parts: dict[str, bytes]) -> None:
    """The records keep their price, but models are chosen by another."""
    lines = parts["columns"].split(b"\n")
    at = next(at for at, line in enumerate(lines) if line.startswith(b'"input_price":'))
    assert b'"0.15"' in lines[at]
    lines[at] = lines[at].replace(b'"0.15"', b'"0.01"')
    parts["columns"] = b"\n".join(lines)


FORGED = {
    columns: "columns: input_price of acme:a is 0.01, but its inputs give 0.15",
    price: "acme:a: cost.input is 0.01, but its inputs give 0.15",
    filters: "filters is ",
    origin: "the origin of settings deny is ",
    config: "llm_models.toml is not the one that was merged",
}


class TestCheck:
    """`activate --check`: 0 if the bytes are the same, otherwise 1 and the first difference; nothing is written."""

    @pytest.mark.parametrize(
        "source", [(), ("--from", "api.json", "--force"), ("--from", "api.json", "--without-prose")]
    )
    @pytest.mark.parametrize("text", [None, 'prefer = ["acme"]\n[deny]\nacme = ["b"]\n'])
    def test_the_same_inputs(self, source: tuple[str, ...], text: str | None) -> None:
        CONFIG.unlink() if text is None else CONFIG.write_text(text)
        fine("activate", *source, *(("--force",) if source else ()))
        before = files_below(Path())
        told = fine("activate", "--check", *source[:2])
        assert told.out == f"{SNAPSHOT.absolute()}: its inputs produce the same bytes\n"
        assert files_below(Path()) == before
        assert facts("activate", "--check", *source[:2])["reproduced"] is True

    @pytest.mark.parametrize("change", FORGED)
    def test_a_forged_file(self, change: Callable[..., None]) -> None:
        """Its checksums are right, and all else believes it."""
        fine("activate")
        forge(change)
        assert "no problems" in fine("validate", "--strict").err
        before = files_below(Path())
        told = refused(here("activate", "--check"))
        assert told.startswith(f"llm-models: {SNAPSHOT.absolute()}: not what its inputs produce: {FORGED[change]}")
        assert told.endswith("Run 'llm-models activate' to build it again.\n")
        assert files_below(Path()) == before
        with_json = here("activate", "--check", "--json")
        assert with_json.code == 1
        assert json.loads(with_json.out)["difference"].startswith(FORGED[change])
        fine("activate", "--force")
        fine("activate", "--check")

    def test_a_forged_file_of_a_source(self) -> None:
        CONFIG.unlink()
        fine("activate", "--from", "api.json", "--force")
        forge(price)
        assert FORGED[price] in refused(here("activate", "--check", "--from", "api.json"))
        assert "its source has the SHA-256 " not in here("activate", "--check", "--from", "api.json").err

    def test_a_pulled_source(self) -> None:
        fine("pull", "--url", "api.json")
        fine("activate", "--force")
        fine("activate", "--check")
        Path("api.json").write_bytes(numbered(9))
        fine("pull", "--url", "api.json")
        assert "its source has the SHA-256 " in refused(here("activate", "--check"))
        Path("old.json").write_bytes(SOURCE)
        fine("activate", "--check", "--from", "old.json")

    def test_what_is_not_there(self) -> None:
        assert "there is no snapshot to check" in refused(here("activate", "--check"))
        fine("activate", "--from", "api.json", "--force")
        assert "its source is not there (SHA-256 " in refused(here("activate", "--check"))
        assert "give it with --from" in here("activate", "--check").err

    def test_a_change_of_the_configuration_or_the_package(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        fine("activate")
        CONFIG.write_text('prefer = ["other"]\n')
        assert "llm_models.toml is not the one that was merged" in refused(here("activate", "--check"))
        histories.shipped(monkeypatch, tmp_path, numbered(3), "2026-01-04")
        assert "it was made from another packaged snapshot" in refused(here("activate", "--check"))

    def test_a_damaged_file(self) -> None:
        fine("activate")
        SNAPSHOT.write_bytes(SNAPSHOT.read_bytes()[:-1])
        assert str(SNAPSHOT) in refused(here("activate", "--check"))

    def test_a_file_elsewhere(self) -> None:
        fine("activate", "--from", "api.json", "--out", "out.json")
        fine("activate", "--check", "--from", "api.json", "--out", "out.json")

    @pytest.mark.parametrize("option", ["--force", "--strict", "--dry-run"])
    def test_takes_no_option_of_a_writer(self, option: str) -> None:
        assert "--check writes nothing" in refused(here("activate", "--check", option), code=2)


class TestInfo:
    """`info --verify` reports the same of the activation in use."""

    def test_the_same_bytes(self) -> None:
        fine("activate")
        assert facts("info", "--verify")["inputs"] == {"reproduced": True}
        assert pairs("info", "--verify")["inputs"] == "compared: its inputs produce the same bytes"
        assert "inputs" not in facts("info")

    def test_a_forged_file(self) -> None:
        fine("activate")
        forge(price)
        told = here("info", "--verify")
        assert told.code == 1
        assert "not what its inputs produce: acme:a: cost.input is 0.01, but its inputs give 0.15" in told.out
        inputs = json.loads(here("info", "--verify", "--json").out)["inputs"]
        assert inputs == {"reproduced": False, "difference": "acme:a: cost.input is 0.01, but its inputs give 0.15"}

    @pytest.mark.parametrize("gone", [True, False])
    def test_a_change_of_the_configuration_is_due_and_no_forgery(self, gone: bool) -> None:
        fine("activate")
        CONFIG.unlink() if gone else CONFIG.write_text('prefer = ["other"]\n')
        told = facts("info", "--verify")
        assert told["activate"] == {"state": "due", "reasons": ["configuration changed"]}
        assert told["inputs"] == {"reproduced": True}

    def test_a_source_that_is_not_there(self) -> None:
        fine("activate", "--from", "api.json", "--force")
        assert [*facts("info", "--verify")["inputs"]] == ["problem"]
        assert pairs("info", "--verify")["inputs"].startswith("not compared: ")


class TestPulled:
    """Without `--from`, only a file that its manifest describes is put into use."""

    @pytest.mark.parametrize("described", ["not at all", "as another one", "by a damaged manifest"])
    def test_a_file_that_was_not_pulled(self, described: str) -> None:
        fine("pull", "--url", "api.json")
        manifest = Path(STATE) / state.MANIFEST
        if described == "not at all":
            manifest.unlink()
        elif described == "as another one":
            (Path(STATE) / "upstream.json").write_bytes(SOURCE + b"\n")
        else:
            manifest.write_bytes(manifest.read_bytes()[:-9])
        before = files_below(Path())
        for command in (("activate", "--strict"), ("activate", "--force"), ("activate", "--dry-run")):
            told = refused(here(*command))
            assert f"{STATE}/upstream.json: was not pulled, because " in told
            assert told.endswith("; give it with --from\n")
        assert files_below(Path()) == before
        fine("activate", "--force", "--from", f"{STATE}/upstream.json")

    def test_one_that_was_pulled(self) -> None:
        fine("pull", "--url", "api.json")
        assert "upstream.json" in fine("activate", "--force").out


class TestRollback:
    """What `rollback` puts into use may have come with the repository: notable changes are told or refused."""

    def test_notable_changes(self) -> None:
        Path("dear.json").write_bytes(SOURCE.replace(b"0.15", b"7.5"))
        fine("activate", "--from", "dear.json", "--force")
        dear = SNAPSHOT.read_bytes()
        fine("activate", "--from", "api.json", "--force")
        before = SNAPSHOT.read_bytes()
        assert PREVIOUS.read_bytes() == dear
        told = refused(here("rollback", "--strict"))
        assert "acme:a: cost.input changed from 0.15 to 7.5" in told
        assert (SNAPSHOT.read_bytes(), PREVIOUS.read_bytes()) == (before, dear)
        assert "notice: acme:a: cost.input changed from 0.15 to 7.5\n" in fine("rollback").err
        assert SNAPSHOT.read_bytes() == dear

    def test_where_nothing_was_activated_the_packaged_data_is_compared(self) -> None:
        Path("dear.json").write_bytes(SOURCE.replace(b"0.15", b"7.5"))
        fine("activate", "--from", "dear.json", "--force")
        SNAPSHOT.rename(PREVIOUS)
        assert "acme:a: cost.input changed from 0.15 to 7.5" in refused(here("rollback", "--strict"))
        assert not SNAPSHOT.exists()

    @pytest.mark.parametrize("source", [(), ("--from", "api.json")])
    @pytest.mark.parametrize(
        ("part", "value"),
        [
            (("blocks", "acme", "provider", "base_url"), "https://evil.example/v1"),
            (("config",), "prefer = 5"),
            (("header", "filters"), {"prefer": ["other"]}),
        ],
    )
    def test_a_forged_file(self, source: tuple[str, ...], part: forging.Steps, value: object) -> None:
        """Its base is honest, so the notable changes of the base do not tell what was merged onto it."""
        fine("activate", *source, "--force")
        before = SNAPSHOT.read_bytes()
        PREVIOUS.write_bytes(before)
        assert "notice" not in fine("rollback", "--strict").err
        PREVIOUS.write_bytes(forging.put_together(forging.changed(forging.taken_apart(before), part, value)))
        assert f"{PREVIOUS}: not what its own base and configuration produce" in refused(here("rollback", "--strict"))
        assert SNAPSHOT.read_bytes() == before
        assert "notice: " in fine("rollback").err

    def test_no_notable_change(self) -> None:
        fine("activate")
        PREVIOUS.write_bytes(SNAPSHOT.read_bytes())
        assert "notice" not in fine("rollback", "--strict").err
