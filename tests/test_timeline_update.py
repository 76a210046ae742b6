"""An application's own history: what was activated stays known, whatever happens in between."""

from __future__ import annotations

import errno
import json
import os
from itertools import pairwise, permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import catalogues, histories
from support.catalogues import catalogue, model, numbered, provider
from support.command import STATE, facts, fine, here, process, refused
from support.crash import ended, in_child
from support.histories import fold, seen

import llm_models
from llm_models import paths, replacement, timeline_update, transforms, validation
from llm_models.files import FileError
from llm_models.header import CRC
from llm_models.listing_parts import Successor
from llm_models.observations import observed_file
from llm_models.timeline import History
from llm_models.timeline_fold import folded, inserted, united, with_successors, without_prices
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    from llm_models.timeline_fold import Observation

OWN = Path(STATE) / paths.HISTORY_NAME
GROUND = seen("2026-01-01", {"acme": {"m0": 1, "oldest": 1}})


@pytest.fixture(autouse=True)
def application(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An application, and a package whose history has two days: the last one is 2026-01-02."""
    monkeypatch.setattr(os, "fsync", os.fstat)
    monkeypatch.setattr("llm_models.pipeline.curated_layers", list)
    ship(monkeypatch, tmp_path)
    Path(".git").mkdir()
    Path(paths.CONFIG_NAME).write_text('prefer = ["acme"]\n')


def ship(patch: pytest.MonkeyPatch, folder: Path, *more: Observation, day: str = "2026-01-02", count: int = 2) -> None:
    histories.shipped(patch, folder, numbered(count, last_updated=day), day, GROUND, *more)


def listing(day: str, *names: str, **fields: Any) -> bytes:
    """A source whose catalogue is of that day."""
    return catalogue(provider("acme", *(model(name, last_updated=day, **fields) for name in names)))


def activate(source: bytes, *more: str) -> list[str]:
    """Activate the source; the notices about the history."""
    Path("api.json").write_bytes(source)
    told = facts("activate", "--from", "api.json", "--force", *more)
    return [one for one in told["notices"] if "history" in one]


def own() -> History:
    history = History(OWN.read_bytes(), "own")
    history.verify()
    return history


def as_seen(source: bytes, day: str) -> Observation:
    return observed_file(catalogues.of_source(source)[0], day)


PACKAGED = as_seen(numbered(2, last_updated="2026-01-02"), "2026-01-02")


def holds(*observations: Observation) -> bool:
    """Whether the own history is that of these observations, in this order."""
    return encode(folded(own())) == encode(fold(*observations)._replace(source="models_dev"))


class TestActivate:
    """Each activation of a source is one more day."""

    def test_it_goes_on_from_the_packaged_history_then_from_its_own(self) -> None:
        days = ["2026-01-05", "2026-01-07", "2026-01-07"]
        sources = [listing(days[0], "m0", "a"), listing(days[1], "m0", cost={"input": 9}), listing(days[2], "b")]
        expected = [GROUND, PACKAGED]
        for day, source in zip(days, sources, strict=True):
            assert activate(source) == []
            expected.append(as_seen(source, day))
            assert holds(*expected)

    def test_rollback_loses_nothing_and_activating_again_changes_nothing(self) -> None:
        activate(listing("2026-01-05", "a", "both"))
        activate(listing("2026-01-06", "b", "both"))
        before = OWN.read_bytes()
        fine("rollback")
        assert OWN.read_bytes() == before
        assert all(own().knows("acme", name) for name in ("a", "b", "both", "m0", "m1", "oldest"))
        assert activate(listing("2026-01-06", "b", "both")) == []
        assert OWN.read_bytes() == before

    def test_activating_again_decodes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        source = listing("2026-01-05", "a")
        activate(source)
        calls: list[History] = []
        monkeypatch.setattr(timeline_update, "folded", lambda history: calls.append(history) or folded(history))
        Path(paths.CONFIG_NAME).write_text('exclude = { acme = ["b"] }\n')  # as after an edit
        assert activate(source) == []
        assert calls == []
        activate(listing("2026-01-06", "a"))
        assert len(calls) == 1

    def test_an_older_source_is_put_in_between(self) -> None:
        first = listing("2026-01-05", "a", "both")
        activate(first)
        expected = {"2026-01-01": GROUND, "2026-01-02": PACKAGED, "2026-01-05": as_seen(first, "2026-01-05")}
        for day in ("2026-01-04", "2025-12-31"):
            source = listing(day, "older", f"only-{day}", "both", cost={"input": 7})
            assert activate(source) == []
            expected[day] = as_seen(source, day)
            assert holds(*(expected[each] for each in sorted(expected)))
            before = OWN.read_bytes()
            for again in (source, first, source):
                assert activate(again) == []
                assert OWN.read_bytes() == before

    def test_of_an_older_day_that_was_recorded_neither_name_is_lost(self) -> None:
        activate(listing("2026-01-05", "a", "mine"))
        activate(listing("2026-01-07", "a"))
        assert activate(listing("2026-01-05", "a", "theirs", cost={"input": 9})) == []
        assert own().days == ["2026-01-01", "2026-01-02", "2026-01-05", "2026-01-07"]
        for name in ("mine", "theirs"):
            model = own().of_model("acme", name)
            assert model is not None
            assert [(one.first, one.last) for one in model.intervals] == [("2026-01-05", "2026-01-05")]
        price = own().price_on("acme", "a", "2026-01-05")
        assert price is not None
        assert price.price == as_seen(listing("2026-01-05", "a"), "2026-01-05").listed["acme"]["a"]

    def test_a_source_older_than_the_package_begins_a_history(self) -> None:
        source = listing("2025-12-31", "a")
        assert activate(source) == []
        assert holds(as_seen(source, "2025-12-31"), GROUND, PACKAGED)
        newest = listing("2026-01-05", "b")
        assert activate(newest) == []
        assert holds(as_seen(source, "2025-12-31"), GROUND, PACKAGED, as_seen(newest, "2026-01-05"))

    def test_an_older_source_that_the_package_saw_begins_none(self) -> None:
        assert activate(listing("2026-01-01", "m0", "oldest")) == []
        assert not OWN.exists()
        assert activate(listing("2026-01-01", "m0", "other")) == []
        assert own().knows("acme", "other")

    @pytest.mark.parametrize("order", [*permutations(range(3))])
    def test_every_id_of_every_source_stays_known_in_any_order(self, order: tuple[int, ...]) -> None:
        """By the day on which it was fetched, or without one."""
        days = [("2026-01-06", "2026-01-05"), ("2026-01-05", None), ("2026-01-07", "2026-01-04")]
        known = {"m0", "m1", "oldest"}
        for number in order:
            fetched, day = days[number][0], days[number][1] or days[number][0]
            source = listing(day, f"only{number}", "all")
            if days[number][1]:
                Path("source.json").write_bytes(source)
                fine("pull", "--url", "source.json")
                file = Path(STATE) / "manifest.json"
                file.write_text(json.dumps({**json.loads(file.read_bytes()), "fetched": f"{fetched}T08:00:00Z"}))
                fine("activate", "--force")
                before = OWN.read_bytes()
                fine("activate", "--force")
                assert OWN.read_bytes() == before
            else:
                assert activate(source) == []
            known |= {f"only{number}", "all"}
            assert all(own().knows("acme", name) for name in known)

    def test_a_source_without_a_date_adds_nothing(self) -> None:
        (notice,) = activate(catalogue(provider("acme", model("a", last_updated=None))))
        assert notice.endswith("it states no day; the history was not continued")
        assert not OWN.exists()

    @pytest.mark.parametrize(
        "args", [["--from", "api.json", "--out", "made.json"], ["--from", "api.json", "--dry-run"], []]
    )
    def test_what_does_not_replace_the_base_with_a_source_is_not_recorded(self, args: list[str]) -> None:
        Path("api.json").write_bytes(listing("2026-01-05", "a"))
        fine("activate", "--force", *args)
        assert not OWN.exists()

    def test_the_application_s_layers_are_no_part_of_it(self) -> None:
        source = listing("2026-01-05", "a", "b")
        Path(paths.CONFIG_NAME).write_text(
            'exclude = { acme = ["b"] }\n[[providers]]\nid = "mine"\n[[models]]\nprovider = "mine"\nid = "x"\n'
            '[[models]]\nprovider = "acme"\nid = "a"\ncost.input = 7\n'
        )
        activate(source)
        assert holds(GROUND, PACKAGED, as_seen(source, "2026-01-05"))

    def test_curated_corrections_are_no_part_of_it(self) -> None:
        source = listing("2026-01-05", "a", "b")
        text = b'exclude = { acme = ["b"] }\n[[models]]\nprovider = "acme"\nid = "a"\ncost.input = 7\n'
        with catalogues.shipping(text):
            activate(source)
        listed = as_seen(source, "2026-01-05").listed["acme"]
        assert holds(GROUND, PACKAGED, seen("2026-01-05", {"acme": {"a": dict(listed["a"] or {}), "b": None}}))

    def test_another_source_is_not_mixed_with_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        source = listing("2026-01-05", "a")
        monkeypatch.setitem(transforms.SOURCES, "other", transforms.SOURCES["models_dev"])
        assert activate(source, "--source", "other") == []
        assert not OWN.exists()

    def test_its_header_keeps_its_schema(self) -> None:
        activate(listing("2026-01-05", "a"))
        first = OWN.read_bytes().split(b"\n")[0]
        assert validation.first_fault("history", json.loads(first)) is None

    def test_a_new_file_has_the_permissions_of_the_snapshot(self) -> None:
        old = os.umask(0o027)
        try:
            activate(listing("2026-01-05", "a"))
        finally:
            os.umask(old)
        assert OWN.stat().st_mode == (OWN.parent / "snapshot.json").stat().st_mode


class TestDay:
    """The day on which the source was fetched, if the manifest beside the file states it."""

    @pytest.mark.parametrize(
        ("fetched", "day"),
        [
            ("2026-01-09T08:00:00Z", "2026-01-09"),
            ("2026-01-01T08:00:00Z", None),  # the packaged data is newer, and is activated
            ("9999-01-01T08:00:00Z", "2026-01-05"),
            ("some day", "2026-01-05"),
            (None, "2026-01-05"),
        ],
    )
    def test_of_a_pulled_file(self, fetched: str | None, day: str | None) -> None:
        Path("source.json").write_bytes(listing("2026-01-05", "a"))
        fine("pull", "--url", "source.json")
        file = Path(STATE) / "manifest.json"
        manifest = {**json.loads(file.read_bytes()), "fetched": fetched}
        file.write_text(json.dumps(manifest))
        fine("activate", "--force")
        assert (own().date if OWN.exists() else None) == day

    def test_an_old_catalogue_that_was_fetched_today_counts_for_its_own_date(self) -> None:
        first = listing("2026-01-05", "a")
        activate(first)
        Path("source.json").write_bytes(listing("2026-01-04", "a", "older"))
        fine("pull", "--url", "source.json")
        fine("activate", "--force")
        older = as_seen(listing("2026-01-04", "a", "older"), "2026-01-04")
        assert holds(GROUND, PACKAGED, older, as_seen(first, "2026-01-05"))


def resealed(text: bytes) -> bytes:
    """A history file with this line for its only provider, and correct checksums."""
    header = json.loads(OWN.read_bytes().split(b"\n")[0])
    del header["crc"]
    start = json.dumps({**header, "providers": {"acme": [0, len(text), crc32(text)]}}).encode()[:-1]
    return start + CRC % crc32(start) + b"\n" + text


class TestDamaged:
    """An own history that cannot be used is no reason to refuse anything: it begins again, and a notice states why."""

    @pytest.mark.parametrize("how", ["empty", "cut", "altered", "undecodable", "packaged", "memory", "other", "long"])
    def test_it_begins_again_from_the_packaged_one(self, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
        activate(listing("2026-01-05", "a"))
        data = OWN.read_bytes()
        text = {
            "empty": b"", "cut": data[:-9], "altered": data.replace(b'"0a"', b'"0b"'), "undecodable": resealed(b"{}\n"),
            "packaged": Path(paths.PACKAGED_HISTORY).read_bytes(), "memory": encode(folded(own()), {"date": 5}),
            "other": encode(folded(own())._replace(source="other"), own().own), "long": data,
        }  # fmt: skip
        OWN.write_bytes(text[how])
        source = listing("2026-01-07", "b")
        with monkeypatch.context() as patch:
            if how == "long":
                patch.setattr(timeline_update, "MAX_HISTORY", len(data) - 1)
            (notice,) = activate(source)
        assert notice.startswith(str(OWN.absolute()))
        assert notice.endswith("; the history continues from the packaged one")
        assert holds(GROUND, PACKAGED, as_seen(source, "2026-01-07"))
        assert activate(source) == []

    @pytest.mark.parametrize("name", ["open", "read", "fstat"])
    def test_one_that_cannot_be_read_stays(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """It may be whole: an error of the system is no damage, and the next activation goes on with it."""
        activate(listing("2026-01-05", "a"))
        before, real, opened = OWN.read_bytes(), getattr(os, name), os.open
        fds: list[int] = []

        def remembering(path: Any, *args: Any, **named: Any) -> int:
            fd = opened(path, *args, **named)
            fds[:] = [fd] if str(path) == str(OWN.absolute()) else []
            return fd

        def failing(file: Any, *args: Any, **named: Any) -> Any:
            if file in fds or str(file) == str(OWN.absolute()):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return real(file, *args, **named)

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", remembering)
            patch.setattr(os, name, failing)
            (notice,) = activate(listing("2026-01-07", "b"))
        assert notice == f"{OWN.absolute()}: Input/output error; the history was not continued"
        assert OWN.read_bytes() == before
        assert activate(listing("2026-01-09", "c")) == []
        assert own().knows("acme", "a")

    def test_the_same_source_repairs_it(self) -> None:
        source = listing("2026-01-05", "a")
        activate(source)
        whole = OWN.read_bytes()
        OWN.write_bytes(whole.replace(b'"0a"', b'"0b"'))
        assert len(activate(source)) == 1
        assert OWN.read_bytes() == whole

    def test_one_without_current_prices_goes_on(self) -> None:
        """It is no file of this package, but its checksums are right."""
        activate(listing("2026-01-05", "a"))
        OWN.write_bytes(encode(without_prices(folded(own())), own().own))
        assert activate(listing("2026-01-07", "a", "b")) == []
        assert own().knows("acme", "b")

    def test_a_strict_activation_is_not_refused(self) -> None:
        source = listing("2026-01-05", "a")
        activate(source)
        OWN.write_bytes(b"")
        assert "the history continues from the packaged one" in fine("activate", "--from", "api.json", "--strict").err
        assert holds(GROUND, PACKAGED, as_seen(source, "2026-01-05"))

    def test_what_is_not_ours_is_an_error(self) -> None:
        """A link, a FIFO or a file of somebody else: it stays, and nothing is activated."""
        Path("api.json").write_bytes(listing("2026-01-05", "a"))
        OWN.parent.mkdir()
        for make in (lambda: OWN.symlink_to("../elsewhere.json"), lambda: os.mkfifo(OWN), lambda: OWN.write_text("{}")):
            make()
            assert str(OWN.absolute()) in refused(here("activate", "--from", "api.json", "--force"))
            assert os.listdir(OWN.parent) == [OWN.name]
            OWN.unlink()
        assert not Path("elsewhere.json").exists()

    @pytest.mark.parametrize("content", [None, b"{}"])
    def test_a_package_without_its_history(self, content: bytes | None) -> None:
        shipped = Path(paths.PACKAGED_HISTORY)
        shipped.unlink()
        if content:
            shipped.write_bytes(content)
        (notice,) = activate(listing("2026-01-05", "a"))
        assert notice.startswith(str(shipped))
        assert notice.endswith("; the history was not continued")
        assert not OWN.exists()
        assert fine("show", "acme:a")

    def test_a_folder_that_takes_no_history(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = replacement.write_atomically

        def refuses(path: str, *args: Any, **named: Any) -> None:
            if path.endswith(paths.HISTORY_NAME):
                raise FileError(28, "No space left on device", path)
            real(path, *args, **named)

        monkeypatch.setattr(replacement, "write_atomically", refuses)
        assert activate(listing("2026-01-05", "a")) == [
            f"{OWN.absolute()}: No space left on device; the history was not continued"
        ]
        assert fine("show", "acme:a")


@pytest.mark.skipif(os.name == "nt", reason="owners and modes as POSIX knows them")
class TestBelieved:
    """Beside a configuration that was named, under the conditions of the activation."""

    @pytest.mark.parametrize("named", [True, False])
    def test_a_file_that_everybody_may_write(self, named: bool) -> None:
        activate(listing("2026-01-05", "stranger"))
        OWN.chmod(0o666)
        more = ["--config", str(Path(paths.CONFIG_NAME).absolute())] if named else []
        notices = activate(listing("2026-01-07", "b"), *more)
        assert own().knows("acme", "stranger") is not named
        assert ["it can be written by every user; the history continues" in one for one in notices] == [True] * named

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give a file away")
    def test_a_file_of_another_user(self) -> None:
        activate(listing("2026-01-05", "stranger"))
        os.chown(OWN, 12345, 12345)
        (notice,) = activate(listing("2026-01-07", "b"), "--config", str(Path(paths.CONFIG_NAME).absolute()))
        assert "it belongs to another user; the history continues" in notice
        assert not own().knows("acme", "stranger")


class TestUpgrade:
    """The package has another history: both are united."""

    def test_what_only_one_of_them_saw_stays_known(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        activate(listing("2026-01-05", "m0", "mine"))
        between = seen("2026-01-06", {"acme": {"m0": 1, "theirs": 1}, "gone": {"x": 1}})
        ship(monkeypatch, tmp_path, PACKAGED, between, day="2026-01-08")
        last = listing("2026-01-09", "m0", "new")
        assert activate(last) == []
        assert [own().knows("acme", name) for name in ("mine", "theirs", "new", "oldest", "typo")] == [True] * 4 + [
            False
        ]
        assert own().knows("gone")
        newer = as_seen(numbered(2, last_updated="2026-01-08"), "2026-01-08")
        mine = as_seen(listing("2026-01-05", "m0", "mine"), "2026-01-05")
        assert holds(GROUND, PACKAGED, mine, between, newer, as_seen(last, "2026-01-09"))

    def test_a_question_unites_them_before_the_next_activation_does(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """`mine` came and went while only the own history looked, `theirs` while only the package did.

        The prices of `m0` were other ones on a day that only the own history has.
        """
        activate(listing("2026-01-04", "m0", "mine", cost={"input": 7}))
        activate(listing("2026-01-05", "m0"))
        between = seen("2026-01-06", {"acme": {"m0": 1, "theirs": 1}, "gone": {"x": 1}})
        ship(monkeypatch, tmp_path, PACKAGED, between, day="2026-01-08")
        seen_in_order = (
            GROUND,
            PACKAGED,
            as_seen(listing("2026-01-04", "m0", "mine", cost={"input": 7}), "2026-01-04"),
            as_seen(listing("2026-01-05", "m0"), "2026-01-05"),
            between,
            as_seen(numbered(2, last_updated="2026-01-08"), "2026-01-08"),
        )
        whole = histories.read(fold(*seen_in_order))
        catalogue = llm_models.load(publish=False)
        past = catalogue.view.past
        for name in ("m0", "m1", "mine", "oldest", "theirs", "typo"):
            assert past.is_gone("acme", name) is (name in ("mine", "oldest", "theirs"))
            if name != "typo":
                assert catalogue.history(f"acme:{name}") == whole.of_model("acme", name)
        assert past.provider("acme") == whole.of_provider("acme")
        assert past.provider("gone") == whole.of_provider("gone")
        (day,) = (one for one in catalogue.history("acme:m0").prices if one.valid_from == "2026-01-04")
        assert day.price == {"input": 7}

    def test_a_source_that_is_older_than_the_new_package(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        activate(listing("2026-01-05", "m0", "mine"))
        ship(monkeypatch, tmp_path, PACKAGED, day="2026-01-08")
        assert activate(listing("2026-01-07", "m0", "between")) == []
        assert [own().knows("acme", name) for name in ("mine", "between", "m1")] == [True] * 3
        assert own().days == ["2026-01-01", "2026-01-02", "2026-01-05", "2026-01-07", "2026-01-08"]

    def test_the_new_one_is_united_once(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        activate(listing("2026-01-05", "mine"))
        ship(monkeypatch, tmp_path, PACKAGED, day="2026-01-08")
        calls: list[int] = []
        monkeypatch.setattr(timeline_update, "united", lambda *both: calls.append(1) or united(*both))
        for day in ("2026-01-09", "2026-01-10"):
            activate(listing(day, "mine"))
        assert calls == [1]


NAMES = st.dictionaries(st.sampled_from("abc"), st.sampled_from([1, 2]))


@given(st.lists(st.tuples(NAMES, st.sampled_from(["one", "other", "both"])), min_size=1))
def test_two_histories_are_united_as_if_one_had_seen_all(days: list[tuple[dict[str, int], str]]) -> None:
    observations = [
        (seen(f"2026-{1 + at // 28:02}-{1 + at % 28:02}", {"acme": {"always": 1, **names}}), by)
        for at, (names, by) in enumerate(days)
    ]
    one, other = (fold(*(each for each, by in observations if by in (name, "both"))) for name in ("one", "other"))
    if not one.days or not other.days:
        return
    assert united(one, other) == united(other, one) == fold(*(each for each, _ in observations))


@given(st.lists(NAMES, min_size=2), st.data())
def test_what_is_inserted_counts_as_if_it_had_been_seen_in_order(
    days: list[dict[str, int]], data: st.DataObject
) -> None:
    observations = [
        seen(f"2026-{1 + at // 28:02}-{1 + at % 28:02}", {"acme": {"always": 1, **names}})
        for at, names in enumerate(days)
    ]
    at = data.draw(st.integers(0, len(days) - 1))
    history = fold(*observations[:at], *observations[at + 1 :])
    assert inserted(history, observations[at]) == fold(*observations)
    assert inserted(fold(*observations), observations[at]) == fold(*observations)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6))
def test_of_a_day_that_both_saw_neither_name_is_lost(days: list[tuple[dict[str, int], dict[str, int]]]) -> None:
    one, other = (
        fold(*(seen(f"2026-01-0{at + 1}", {"acme": {"always": 1, **pair[side]}}) for at, pair in enumerate(days)))
        for side in (0, 1)
    )
    both = united(one, other)
    assert both.providers["acme"].ids.keys() == one.providers["acme"].ids.keys() | other.providers["acme"].ids.keys()
    assert both.days == one.days


def test_the_successors_of_both_are_kept_and_the_first_decides() -> None:
    history = fold(seen("2026-01-01", {"acme": {"a": 1, "b": 1, "c": 1}}))
    one, other = (
        with_successors(history, {("acme", name): Successor(f"acme:{side}", side, None) for name in names})
        for side, names in (("one", "ab"), ("other", "bc"))
    )
    stated = united(one, other).providers["acme"].successors
    assert {name: successor.source for name, successor in stated.items()} == {"a": "one", "b": "one", "c": "other"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_sixteen_at_once_lose_nothing() -> None:
    """The sources are of one day, so each counts whatever the order."""
    for number in range(16):
        Path(f"{number}.json").write_bytes(listing("2026-01-05", f"only{number}", "all"))
    children = [
        in_child(lambda name=f"{number}.json": here("activate", "--from", name, "--force").code) for number in range(16)
    ]
    assert [ended(pid) for pid in children] == [0] * 16
    assert all(own().knows("acme", f"only{number}") for number in range(16))
    assert own().days == ["2026-01-01", "2026-01-02", "2026-01-05"]


@pytest.mark.whole
class TestReal:
    def test_the_newest_source_goes_on_from_the_packaged_data(
        self, upstream: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In a process of its own: the packaged files are those of the package. Nothing that was known is lost."""
        Path("api-2026-09-30.json").write_bytes(upstream)
        Path(paths.CONFIG_NAME).write_text('prefer = ["openai"]\n')
        done = process("activate", "--from", "api-2026-09-30.json")
        assert done.code == 0, done
        cwd = Path.cwd()
        monkeypatch.undo()
        monkeypatch.chdir(cwd)
        shipped = History.open(paths.PACKAGED_HISTORY)
        assert own().days == shipped.days
        mine, theirs = folded(own()), folded(shipped)
        assert all(mine.providers[name].ids.keys() == part.ids.keys() for name, part in theirs.providers.items())
        assert all(one < two for one, two in pairwise(own().days))


def test_a_model_that_goes_leaves_its_curated_successor() -> None:
    """The day on which it goes, with the page that names it; also where it went before the package knew."""
    names = ("gpt-4o-mini", "gpt-5.2")
    with_it, without = (
        catalogue(provider("openai", *(model(name, last_updated=day) for name in listed)))
        for day, listed in (("2026-02-01", names), ("2026-02-02", names[1:]))
    )
    activate(with_it)
    assert own().of_model("openai", "gpt-4o-mini").successor is None  # type: ignore[union-attr]
    activate(without)
    gone = own().of_model("openai", "gpt-4o-mini")
    assert gone is not None
    assert gone.successor is not None
    assert (gone.successor.source, gone.last) == ("curated", "2026-02-01")
    assert gone.successor.link is not None
    assert "openai.com" in gone.successor.link
    error = here("resolve", "openai:gpt-4o-mini").err
    assert (
        "openai:gpt-4o-mini is no longer listed: last listed on 2026-02-01, gone by 2026-02-02. Its successor " in error
    )
