"""Info: which snapshot is in use and why, how old it is, whether something is due; it changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues
from support.catalogues import day, numbered
from support.clock import on
from support.command import STATE, facts, files_below, fine, here, pairs, process
from support.loopback import serving

import llm_models
from llm_models import paths
from llm_models.cli.output import cell
from llm_models.snapshot_file import SnapshotFile
from llm_models.status import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTIVE = Path(STATE) / "snapshot.json"
UP_TO_DATE = {"state": "up to date", "reasons": []}
PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT).header


def activate(count: int = 3, **fields: Any) -> None:
    Path("api.json").write_bytes(numbered(count, **fields))
    fine("activate", "--from", "api.json", "--force")


@pytest.fixture(autouse=True)
def changes_nothing() -> Iterator[None]:
    """What `info` is for: it tells, and writes nothing."""
    yield
    before = files_below(Path())
    here("info")
    assert files_below(Path()) == before


class TestWhich:
    """packaged, activated or given, and why."""

    def test_packaged(self) -> None:
        told = facts("info")
        assert (told["snapshot"], told["kind"]) == (paths.PACKAGED_SNAPSHOT, "packaged")
        assert (told["providers"], told["models"], told["digest"]) == (225, 8337, PACKAGED["digest"])
        assert told["date"] == PACKAGED["date"]
        assert told["sources"] == [{"name": "models_dev", "sha256": PACKAGED["sources"][0]["sha256"]}]
        assert f"models_dev (SHA-256 {PACKAGED['sources'][0]['sha256']})" in fine("info").out
        assert "configuration" not in told
        assert "activate" not in told
        assert "pulled" not in told

    @pytest.mark.usefixtures("without_history")
    def test_activated_from_a_source(self) -> None:
        activate()
        told = facts("info")
        assert (told["snapshot"], told["kind"], told["base"]) == (str(ACTIVE.absolute()), "activated", "source")
        assert pairs("info")["kind"] == "activated, from a source"
        digest = hashlib.sha256(Path("api.json").read_bytes()).hexdigest()
        assert told["sources"] == [{"name": "models_dev", "sha256": digest}]
        assert (told["providers"], told["models"], told["date"]) == (1, 3, "2026-01-02")
        assert told["digest"] == llm_models.load().digest

    def test_histories(self) -> None:
        """Those that are believed: the packaged one, and the application's own where it activated a newer source."""
        (only,) = facts("info")["histories"]
        days = only["days"]
        assert only == {
            "path": paths.PACKAGED_HISTORY, "first": "2025-07-01", "last": "2026-09-30", "days": days,
        }  # fmt: skip
        text = f"{paths.PACKAGED_HISTORY} (2025-07-01 to 2026-09-30, seen on {days} days)"
        assert pairs("info")["histories"] == text
        activate(last_updated="2026-10-05")
        own, other = facts("info")["histories"]
        expected = {"path": str(ACTIVE.absolute().parent / "history.json"), "last": "2026-10-05", "days": days + 1}
        assert own == {**only, **expected}
        assert other == only
        assert facts("info", "--snapshot", str(ACTIVE))["histories"] == [only]

    def test_activated_from_the_packaged(self) -> None:
        fine("activate")
        assert (facts("info")["kind"], facts("info")["base"]) == ("activated", "packaged")
        assert facts("info")["activate"] == UP_TO_DATE
        assert pairs("info")["kind"] == "activated, from the packaged snapshot"
        assert pairs("info")["activate"] == "up to date"

    @pytest.mark.usefixtures("without_history")
    def test_given(self) -> None:
        activate()
        Path("api.json").write_bytes(numbered(4))
        fine("activate", "--from", "api.json", "--out", "other.json", "--force")
        told = facts("info", "--snapshot", "other.json")
        assert (told["snapshot"], told["kind"], told["models"]) == ("other.json", "given", 4)
        assert "activate" not in told

    def test_an_activated_one_that_is_not_used(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It was made from another packaged snapshot than the one that is there."""
        Path("llm_models.toml").write_text('prefer = ["openai"]\n')
        fine("activate")
        other = tmp_path / "packaged.json"
        Path("api.json").write_bytes(numbered(4))
        fine("activate", "--from", "api.json", "--config", "none", "--out", str(other), "--force")
        with monkeypatch.context() as patched:  # `undo` would also leave the folder of the test
            patched.setattr(paths, "PACKAGED_SNAPSHOT", str(other))
            told, text = facts("info"), pairs("info")
        assert (told["kind"], told["unused"]) == ("packaged", "stale")
        assert told["activate"] == {"state": "due", "reasons": ["packaged changed"]}
        assert text["kind"] == "packaged; the activated one was made from another packaged snapshot and is not used"
        assert text["activate"] == "due: the packaged snapshot changed"
        assert told["models"] == 4

    @pytest.mark.usefixtures("without_history")
    def test_a_damaged_one_is_an_error(self) -> None:
        activate()
        ACTIVE.write_bytes(ACTIVE.read_bytes()[:-1])
        told = here("info")
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith(f"llm-models: {ACTIVE.absolute()}: not a whole snapshot: ")


@pytest.mark.usefixtures("without_history")
class TestAge:
    """From the day of the fetch; where that is not known, from the date of the catalogue."""

    def pulled(self, count: int = 3, **fields: Any) -> None:
        """A catalogue that is pulled and activated."""
        Path("api.json").write_bytes(numbered(count, **fields))
        fine("pull", "--url", "api.json")
        fine("activate", "--force")

    def fetched(self, value: object) -> None:
        path = Path(STATE) / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "fetched": value}))

    @pytest.mark.parametrize("days", [-1, 0, 1, 2, 400])
    def test_of_what_was_not_pulled(self, days: int) -> None:
        """It is a number, and never below 0. Tomorrow can be a date of today elsewhere, but is no date of the data."""
        activate(last_updated=day(-days))
        assert facts("info")["date"] == day(min(-days, 0))
        assert facts("info")["age_days"] == max(days, 0)

    def test_of_the_packaged(self) -> None:
        with on("2026-10-30"):
            assert facts("info")["age_days"] == 30
            Path("llm_models.toml").write_text('prefer = ["openai"]\n')
            fine("activate")
            assert facts("info")["age_days"] == 30

    def test_of_a_clock_that_is_behind(self) -> None:
        with on("2020-01-01"):
            assert facts("info", "--max-age", "0")["age_days"] == 0

    def test_of_a_month(self) -> None:
        activate(last_updated="2024-02")
        assert facts("info")["date"] == "2024-02"
        with on("2024-03-01"):
            assert facts("info")["age_days"] == 29

    def test_of_no_date(self) -> None:
        activate(last_updated=None)
        assert "age_days" not in facts("info")
        assert "date" not in facts("info")

    def test_of_what_was_pulled(self) -> None:
        """As old as the fetch, whatever the source's dates are, as long as it is in use and its manifest fits."""
        self.pulled(last_updated="2026-10-01")
        assert (facts("info")["date"], facts("info")["age_days"]) == ("2026-10-01", 0)
        self.fetched(f"{day(-7)}T23:59:59Z")
        assert facts("info")["age_days"] == 7
        self.fetched(f"{day(-7)}T00:00:00Z")
        assert facts("info")["age_days"] == 7
        from_date = (datetime.now(tz=UTC).date() - date(2026, 10, 1)).days
        for odd in ("soon", 5, None, day(1), "9999-12-31T00:00:00Z", "2026-W40-4", "20261001"):
            self.fetched(odd)
            assert facts("info")["age_days"] == from_date, odd
        self.fetched(f"{day(-7)}T00:00:00Z")
        assert facts("info", "--snapshot", str(ACTIVE))["age_days"] == from_date
        Path("api.json").write_bytes(numbered(4, last_updated="2026-10-01"))
        fine("pull", "--url", "api.json")
        assert facts("info")["age_days"] == from_date
        fine("activate", "--force")
        assert facts("info")["age_days"] == 0

    def test_a_pull_without_news_makes_it_new(self) -> None:
        with serving(numbered(3, last_updated="2026-10-01"), etag='"one"') as (url, _):
            fine("pull", "--url", url)
            fine("activate", "--force")
            self.fetched("2026-10-02T00:00:00Z")
            assert here("info", "--max-age", "7").code == 1
            assert ": unchanged, " in fine("pull", "--url", url).out
        assert fine("info", "--max-age", "0").err == ""


@pytest.mark.usefixtures("without_history")
class TestMaxAge:
    """Data that is older is an answer of "no": exit code 1, and a line that says what, how old, and what to do."""

    def test_by_a_day(self) -> None:
        activate(last_updated="2026-03-01")
        with on("2026-03-08"):
            assert here("info", "--max-age", "7").code == 0
            assert here("info", "--max-age", "7").err == ""
            told = here("info", "--max-age", "6")
            assert (told.code, told.out) == (1, here("info").out)
            assert told.err == (
                f"llm-models: {ACTIVE.absolute()}: the data is too old (found 7 days, dated 2026-03-01; expected at "
                "most 6 days). Run 'llm-models pull' and then 'llm-models activate'.\n"
            )
            assert "(found 7 days, dated 2026-03-01; expected at most 1 day)" in here("info", "--max-age", "1").err

    def test_of_what_was_pulled(self) -> None:
        TestAge().pulled(last_updated="2026-10-01")
        TestAge().fetched("2026-10-02T00:00:00Z")
        assert ", fetched 2026-10-02; expected at most 30 days)" in here("info", "--max-age", "30").err

    def test_of_the_packaged(self) -> None:
        with on("2026-11-26"):
            told = here("info", "--max-age", "56")
            assert told.code == 1
            assert told.err.endswith(
                ": the data is too old (found 57 days, dated 2026-09-30; expected at most 56 days). Upgrade "
                "llm-models-catalog, or run 'llm-models pull' and then 'llm-models activate'.\n"
            )
            assert here("info", "--max-age", "57").code == 0

    def test_of_a_given_one(self) -> None:
        activate(last_updated="2026-03-01")
        told = here("info", "--snapshot", str(ACTIVE), "--max-age", "0")
        assert told.code == 1
        assert told.err.endswith(f"'llm-models activate --from FILE --out {ACTIVE}'.\n")

    def test_of_no_date(self) -> None:
        activate(last_updated=None)
        told = here("info", "--max-age", "1000000")
        assert (told.code, len(told.lines)) == (1, 1)
        assert "the data is too old (found it is not dated; expected at most 1,000,000 days)" in told.err

    def test_is_printed_as_data_first(self) -> None:
        activate(last_updated="2026-03-01")
        told = here("info", "--max-age", "0", "--json")
        assert told.code == 1
        assert json.loads(told.out) == facts("info")
        assert len(told.lines) == 1

    @pytest.mark.parametrize("days", ["-1", "1.5", "seven", "", "7d", "nan"])
    def test_another_value_is_a_wrong_command_line(self, days: str) -> None:
        told = here("info", "--max-age", days)
        assert (told.code, told.out) == (2, "")
        assert "--max-age" in told.err


@pytest.mark.usefixtures("without_history")
class TestConfiguration:
    """Which one, and whether `activate` is due because of it."""

    def test_found(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / "deep").mkdir()
        (tmp_path / "llm_models.toml").write_text('prefer = ["openai"]\n')
        monkeypatch.chdir(tmp_path / "deep")
        told = facts("info")["configuration"]
        assert told == {"path": str(tmp_path / "llm_models.toml"), "found": True}
        assert f"{tmp_path / 'llm_models.toml'} (found, not named)" in fine("info").out

    def test_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("mine.toml").write_text("")
        expected = {"path": str(Path("mine.toml").absolute()), "found": False}
        assert f"{Path('mine.toml').absolute()} (named)" in fine("info", "--config", "mine.toml").out
        assert facts("info", "--config", "mine.toml")["configuration"] == expected
        assert "found" not in facts("info", "--config", "mine.toml")
        monkeypatch.setenv("LLM_MODELS_CONFIG", str(Path("mine.toml").absolute()))
        assert facts("info")["configuration"] == expected
        assert "configuration" not in facts("info", "--config", "none")

    def test_a_relative_path_in_the_variable_does_not_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("mine.toml").write_text("")
        monkeypatch.setenv("LLM_MODELS_CONFIG", "mine.toml")
        assert facts("info")["configuration"] == {"path": str(Path("mine.toml").absolute()), "found": True}

    def test_due_or_not(self) -> None:
        config = Path("llm_models.toml")
        config.write_text('prefer = ["openai"]\n')
        assert facts("info")["activate"] == {"state": "not done", "reasons": []}
        assert pairs("info")["activate"] == "not done; load() merges llm_models.toml each time"
        fine("activate")
        assert facts("info")["activate"] == UP_TO_DATE
        config.write_text('prefer = ["anthropic"]\n')
        assert facts("info")["activate"] == {"state": "due", "reasons": ["configuration changed"]}
        assert pairs("info")["activate"] == "due: llm_models.toml changed since"
        config.write_text('prefer = ["openai"]\n')
        assert facts("info")["activate"] == UP_TO_DATE
        config.unlink()
        assert facts("info")["activate"]["state"] == "due"
        fine("activate")
        assert facts("info")["activate"] == UP_TO_DATE

    def test_the_packaged_is_newer(self) -> None:
        activate(last_updated="2020-01-01")
        told, day_of_it = facts("info")["activate"], PACKAGED["date"]
        assert told == {"state": "older", "reasons": ["packaged newer"], "packaged_date": day_of_it}
        assert pairs("info")["activate"] == f"the packaged snapshot is newer ({day_of_it})"
        Path("llm_models.toml").write_text("")
        both = ["configuration changed", "packaged newer"]
        assert facts("info")["activate"] == {"state": "due", "reasons": both, "packaged_date": day_of_it}
        assert pairs("info")["activate"] == (
            f"due: llm_models.toml changed since; the packaged snapshot is newer ({day_of_it})"
        )
        activate(last_updated=day(0))
        assert facts("info")["activate"] == UP_TO_DATE


@pytest.mark.usefixtures("without_history")
class TestServed:
    """The counts and the digest are those of what `load()` serves, whatever of `llm_models.toml` is in the file."""

    OWN = '[[providers]]\nid = "mine"\n[[models]]\nprovider = "mine"\nid = "m"\nlimits.context = 9\n'
    OWN += '[exclude]\nopenai = ["*"]\nacme = ["m1"]\n'

    def agree(self, *options: str) -> tuple[int, int]:
        told, served = facts("info", *options), llm_models.load(publish=False)
        assert (told["providers"], told["models"]) == (len(served.list_providers()), len(served.list_models()))
        assert told["digest"] == served.digest
        assert "problem" not in told
        return told["providers"], told["models"]

    def test_merged_each_time_or_once(self) -> None:
        config = Path("llm_models.toml")
        config.write_text(self.OWN.replace('acme = ["m1"]\n', ""))
        openai = len(llm_models.load(None, publish=False).list_models("openai"))
        assert self.agree() == (225, 8338 - openai)
        fine("activate")
        assert facts("info")["activate"] == UP_TO_DATE
        assert self.agree() == (225, 8338 - openai)

    def test_edited_after_the_activation(self) -> None:
        config = Path("llm_models.toml")
        config.write_text(self.OWN.replace('openai = ["*"]\n', ""))
        activate()
        assert self.agree() == (2, 3)
        config.write_text('[[models]]\nprovider = "acme"\nid = "m9"\nname = "M"\n')
        assert facts("info")["activate"]["state"] == "due"
        assert self.agree() == (1, 4)
        config.unlink()
        assert self.agree() == (1, 3)

    def test_hidden_models_do_not_count(self) -> None:
        Path("llm_models.toml").write_text('deny = { acme = ["m1"] }\n')
        activate()
        assert self.agree() == (1, 2)

    def test_of_a_given_one(self) -> None:
        Path("llm_models.toml").write_text('exclude = { acme = ["m1"] }\n')
        Path("api.json").write_bytes(numbered(5))
        fine("activate", "--from", "api.json", "--config", "none", "--out", "other.json", "--force")
        assert facts("info", "--snapshot", "other.json")["models"] == 4
        assert facts("info", "--snapshot", "other.json", "--config", "none")["models"] == 5

    def test_behaviour_counts_if_it_is_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "toy_info.py").write_text('def excludes(): return {"acme": ["m1"]}\n')
        monkeypatch.syspath_prepend(str(tmp_path))
        activate()
        Path("llm_models.toml").write_text('overrides_module = "toy_info"\n')
        # Named, because load() runs no code that a found file names.
        monkeypatch.setenv("LLM_MODELS_CONFIG", str(Path("llm_models.toml").absolute()))
        assert self.agree("--behaviour") == (1, 2)
        told = fine("info")
        assert re.search(r"^models +3$", told.out, re.MULTILINE)
        assert told.err.startswith("note: the behaviour module 'toy_info' is not run")

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("[[models\n", ":1:9: not valid TOML: "),
            ("nonsense = 1\nmore = 2\n", ":1:1: unknown key 'nonsense'"),
            (
                '[[models]]\nprovider = "acmee"\nid = "x"\nname = "x"\n',
                ":2:12: models.acmee:x.provider: unknown provider",
            ),
            ('[deny]\nacme = ["*"]\n', ":2:1: deny: deny leaves no model"),
            (None, ": is a directory, not a file"),
        ],
    )
    def test_a_broken_configuration_is_told_and_the_file_reported(self, text: str | None, why: str) -> None:
        activate()
        before, config = facts("info"), Path("llm_models.toml")
        config.mkdir() if text is None else config.write_text(text)
        result = here("info", "--json")
        assert result.code == 1  # a problem was found
        told = json.loads(result.out)
        assert told["problem"].startswith("load() fails, so counts and digest are the snapshot's own: ")
        assert why in told["problem"]
        assert "\n" not in told["problem"]
        for name in ("snapshot", "kind", "sources", "providers", "models", "digest"):
            assert told[name] == before[name]
        assert told["configuration"]["path"] == str(config.absolute())
        with pytest.raises(llm_models.LLMModelsError):
            llm_models.load(publish=False)


@pytest.mark.usefixtures("without_history")
class TestOwners:
    """Who owns the files that were found, not named."""

    @pytest.fixture
    def files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        """A configuration and an activation of it, as `info` finds them."""
        (tmp_path / "found").mkdir()
        monkeypatch.chdir(tmp_path / "found")
        Path("llm_models.toml").write_text('prefer = ["openai"]\n')
        fine("activate")
        return [Path("llm_models.toml").absolute(), ACTIVE.absolute()]

    def test_are_named_in_data_and_in_text(self, files: list[Path]) -> None:
        pwd = pytest.importorskip("pwd")
        owner = pwd.getpwuid(files[0].stat().st_uid).pw_name
        assert facts("info")["found"] == [{"path": str(path), "owner": owner} for path in files]
        text = fine("info").out
        assert ", ".join([f"{path} (owner: {owner})" for path in files]) in text
        assert "(found, not named)" in text
        assert "trusted" not in text.lower()

    def test_an_activation_alone(self, files: list[Path]) -> None:
        files[0].unlink()
        [only] = facts("info")["found"]
        assert only["path"] == str(files[1])

    def test_a_user_without_a_name_has_a_number(self, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
        pwd = pytest.importorskip("pwd")

        def unknown(number: int) -> None:
            raise KeyError(f"getpwuid(): uid not found: {number}")

        monkeypatch.setattr(pwd, "getpwuid", unknown)
        number = files[0].stat().st_uid
        assert facts("info")["found"] == [{"path": str(path), "owner": str(number)} for path in files]

    def test_windows_states_no_owners(self, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("llm_models.status.os", SimpleNamespace(name="nt"))
        assert facts("info")["found"] == [{"path": str(path)} for path in files]
        assert pairs("info")["found"] == ", ".join(map(str, files))

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
    def test_of_other_users(self, files: list[Path]) -> None:
        config, active = files
        os.chown(config, 54321, 0)
        os.chown(active.parent, 54322, 0)
        ours = [{"path": str(path), "owner": "root"} for path in (config.parent, active)]
        theirs = [{"path": str(config), "owner": "54321"}, {"path": str(active.parent), "owner": "54322"}]
        assert facts("info")["found"] == [theirs[0], *ours, theirs[1]]


@pytest.mark.usefixtures("without_history")
class TestPulled:
    """What was pulled and when, as far as its manifest is to be believed."""

    def test_in_use_or_not(self) -> None:
        Path("api.json").write_bytes(numbered(3, last_updated=day(0)))
        fine("pull", "--url", "api.json")
        fetched = json.loads((Path(STATE) / "manifest.json").read_text())["fetched"]
        place = (Path(STATE) / "upstream.json").absolute()
        assert facts("info")["pulled"] == {"path": str(place), "fetched": fetched, "in_use": False}
        assert f"{place}, fetched {fetched}, not activated" in fine("info").out
        fine("activate", "--force")
        assert facts("info")["pulled"] == {"path": str(place), "fetched": fetched, "in_use": True}
        assert f"{place}, fetched {fetched}, in use" in fine("info").out
        assert datetime.fromisoformat(fetched).tzinfo is not None

    @pytest.mark.parametrize("fault", ["changed", "no manifest", "no JSON", "another shape"])
    def test_a_manifest_that_does_not_fit_is_not_believed(self, fault: str) -> None:
        Path("api.json").write_bytes(numbered(3))
        fine("pull", "--url", "api.json")
        upstream, manifest = Path(STATE) / "upstream.json", Path(STATE) / "manifest.json"
        if fault == "changed":
            upstream.write_bytes(numbered(4))
        elif fault == "no manifest":
            manifest.unlink()
        else:
            manifest.write_text("{" if fault == "no JSON" else '{"sha256": 1}')
        assert facts("info")["pulled"] == {"path": str(upstream.absolute())}
        assert f"{upstream.absolute()}, which no manifest describes" in fine("info").out


@pytest.mark.usefixtures("without_history")
class TestVerify:
    def test_all_is_well(self) -> None:
        assert facts("info", "--verify")["verified"] is True
        assert pairs("info", "--verify")["verified"] == "no damage found"
        assert "verified" not in facts("info")

    @pytest.mark.whole
    def test_a_byte_flipped_anywhere_is_found(self) -> None:
        """Some all over a small snapshot, header, records, configuration and origins; some of the packaged one."""
        config = '[[models]]\nprovider = "acme"\nid = "m0"\ncost.input = 7\n[exclude]\nacme = ["m1"]\n'
        Path("llm_models.toml").write_text(config)
        activate()
        whole = ACTIVE.read_bytes()
        for at in {*range(0, len(whole), 7), len(whole) - 1}:
            damaged = bytearray(whole)
            damaged[at] ^= 1
            ACTIVE.write_bytes(damaged)
            told = here("info", "--verify")
            assert (told.code, told.out) == (1, ""), at
            assert told.err.startswith(f"llm-models: {ACTIVE.absolute()}: "), at
            assert len(told.lines) == 1
        whole = Path(paths.PACKAGED_SNAPSHOT).read_bytes()
        chance = random.Random(5)
        for at in [chance.randrange(len(whole)) for _ in range(5)]:
            damaged = bytearray(whole)
            damaged[at] ^= 0x20
            Path("damaged.json").write_bytes(damaged)
            told = here("info", "--verify", "--snapshot", "damaged.json")
            assert (told.code, told.out) == (1, ""), at

    def test_one_that_only_the_digest_tells(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody changed a price and put every checksum right."""
        activate()
        file = SnapshotFile.open(str(ACTIVE))
        model = file.block("acme").model(0) | {"cost": {"input": 0.01}}
        block = catalogues.block("acme", {"m0": model})
        with monkeypatch.context() as patch:
            patch.setattr("llm_models.snapshot_writer.digest", lambda *_: file.header["digest"])
            forged = catalogues.assembled(file.header, {"acme": block})
        ACTIVE.write_bytes(forged.data)
        assert here("info").code == 0
        told = here("info", "--verify")
        assert (told.code, told.out) == (1, "")
        assert "its digest does not fit" in told.err


@pytest.mark.usefixtures("without_history")
class TestTheOtherDistribution:
    """`llm-models` on the package index is an unrelated project with our import name."""

    def install(self, folder: Path, name: str) -> None:
        info = folder / f"{name}-9.8.7.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 9.8.7\n")

    def test_is_warned_of(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert here("info").err == ""
        self.install(tmp_path, "llm_models")
        monkeypatch.syspath_prepend(str(tmp_path))
        told = fine("info")
        assert len(told.lines) == 1
        assert told.err.startswith("warning: the unrelated package llm-models 9.8.7 is installed too; ")
        assert facts("info")["version"] != "9.8.7"

    def test_others_are_not(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.install(tmp_path, "llm_models_extra")
        monkeypatch.syspath_prepend(str(tmp_path))
        assert fine("info").err == ""


def test_text_is_one_fact_a_line_and_json_the_same(tmp_path: Path) -> None:
    told = process("info", "--verify", cwd=tmp_path)
    assert (told.code, told.err) == (0, "")
    rows = dict(re.split(r"  +", line, maxsplit=1) for line in told.out.splitlines())
    plain = json.loads(process("info", "--verify", "--json", cwd=tmp_path).out)
    assert rows == {name: cell(value) for name, value in in_words(plain).items() if value not in (None, [])}


@pytest.mark.usefixtures("without_history")
def test_nothing_refreshes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """However old the catalogue is, reading it opens no socket, starts no thread and writes no file."""
    import socket
    import threading

    activate(last_updated="2001-01-01")
    before = files_below(Path())
    threads = threading.active_count()

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", forbidden)
    llm_models.load().list_models()
    for args in (["info"], ["list"], ["show", "acme:m0"], ["diff"], ["validate", "--if-present"]):
        assert here(*args).code in (0, 1)
    assert threading.active_count() == threads
    assert files_below(Path()) == before
    assert paths.PREVIOUS_NAME not in before
