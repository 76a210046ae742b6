"""Lifecycle: deprecated, retiring and retired models, as the day of the question decides."""

from __future__ import annotations

import datetime
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import catalogues
from support.clock import on
from support.command import here

import llm_models
from llm_models import checks, lifecycle
from llm_models.errors import InvalidArgumentError
from llm_models.records import Model
from llm_models.selection import NoMatchError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from llm_models.snapshot import Snapshot
    from llm_models.snapshot_file import SnapshotFile

DAYS = st.dates(min_value=datetime.date(2024, 1, 1), max_value=datetime.date(2030, 1, 1))
TODAY = "2026-11-26"
DATES = {"old": "2026-11-25", "last": TODAY, "next": "2026-11-27", "open": None}
"""The model's id -> the day on which it retires."""


def toml(dates: dict[str, str | None], **more: str) -> str:
    text = '[[providers]]\nid = "acme"\n'
    for model_id, day in dates.items():
        text += f'[[models]]\nprovider = "acme"\nid = "{model_id}"\nname = "x"\n'
        text += f'retires = "{day}"\n' if day else ""
        text += more.get(model_id, "")
    return text


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on(TODAY):
        yield


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A snapshot file with few models."""
    return catalogues.write_small(tmp_path_factory.mktemp("small"))


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return loaded(tmp_path, toml(DATES))


def loaded(folder: Path, text: str) -> Snapshot:
    (folder / "llm_models.toml").write_text(text)
    return llm_models.load(config=folder / "llm_models.toml", publish=False)


def dates(file: SnapshotFile) -> dict[str, str]:
    block = file.block("acme")
    return {block.ids[row]: day for day, rows in block.retires.items() for row in rows}


def ids(models: list[Model]) -> list[str]:
    return [model.id for model in models]


class TestTheQuestion:
    @given(DAYS, DAYS)
    def test_a_model_is_retired_from_its_day_on(self, day: datetime.date, at: datetime.date) -> None:
        model = Model(provider="x", id="m", provider_model_id="m", retires=day.isoformat())
        assert model.is_retired(at) is model.is_retired(at.isoformat()) is (at >= day)
        assert Model(provider="x", id="m", provider_model_id="m").is_retired(at) is False

    def test_by_default_today_decides(self, snapshot: Snapshot) -> None:
        assert {model.id: model.is_retired() for model in snapshot.list_models("acme")} == {
            "last": True,
            "next": False,
            "old": True,
            "open": False,
        }

    @pytest.mark.parametrize("day", ["2026-11", "26.11.2026", "2026-02-30", "", "2026-11-26T00:00", 5])
    def test_what_is_not_a_day(self, snapshot: Snapshot, day: Any) -> None:
        for ask in (snapshot.select, snapshot.candidates, snapshot.get_model("acme", "old").is_retired):
            with pytest.raises(InvalidArgumentError, match=r"not a day: .* \(expected YYYY-MM-DD\)"):
                ask(at=day)


class TestChoosing:
    @settings(deadline=None, max_examples=50)
    @given(st.lists(st.none() | DAYS, min_size=1, max_size=5), DAYS)
    def test_no_retired_model_is_chosen(self, small: str, dates: list[datetime.date | None], at: datetime.date) -> None:
        """And every other one still is, in the same order."""
        models = [
            {"provider": "acme", "id": f"m{number}", "name": "x", **({"retires": day.isoformat()} if day else {})}
            for number, day in enumerate(dates)
        ]
        document: Any = {"providers": [{"id": "acme"}], "models": models}
        snapshot = llm_models.load(config=None, snapshot=small, overrides=document, publish=False)
        alive = [model.id for model in snapshot.list_models("acme") if not model.is_retired(at)]
        assert ids(snapshot.candidates(scope="acme", at=at)) == alive
        if alive:
            assert snapshot.select(scope="acme", at=at).id == alive[0]
        else:
            with pytest.raises(NoMatchError) as caught:
                snapshot.select(scope="acme", at=at)
            assert caught.value.removed == {f"retired by {at}": (len(dates), 0)}

    def test_the_reasons_count_them(self, snapshot: Snapshot) -> None:
        with pytest.raises(NoMatchError, match=r"of 4 models of acme: 4 without tools .*, 2 retired by 2026-11-26"):
            snapshot.select(scope="acme", require=["tools"])

    def test_hidden_models_are_not_counted(self, tmp_path: Path) -> None:
        snapshot = loaded(tmp_path, '[deny]\nacme = ["old"]\n' + toml(DATES))
        with pytest.raises(NoMatchError, match="1 retired by 2026-11-26"):
            snapshot.select(scope="acme", require=["tools"])

    def test_an_answer_of_one_day_is_not_that_of_another(self, snapshot: Snapshot) -> None:
        with pytest.raises(NoMatchError):
            snapshot.select(scope="acme", forbid=["chat"], at="2026-01-01")
        assert snapshot.select(scope="acme", at="2026-01-01").id == "last"
        assert snapshot.select(scope="acme").id == "next"

    def test_a_preferred_provider_that_has_only_retired_models(self, tmp_path: Path) -> None:
        snapshot = loaded(tmp_path, toml({"old": "2026-11-25"}))
        assert snapshot.select(prefer=["acme"], require=["tools"]).provider != "acme"

    def test_lists_show_them(self, snapshot: Snapshot) -> None:
        assert ids(snapshot.list_models("acme")) == sorted(DATES)


class TestTheFile:
    """The dates are in the index of a block, so choosing decodes no model for them."""

    def test_they_follow_the_layers(self, tmp_path: Path) -> None:
        base = loaded(tmp_path, toml(DATES)).file
        assert dates(base) == {key: day for key, day in DATES.items() if day}
        text = toml(DATES | {"open": "2027-01-01"}) + '[exclude]\nacme = ["next"]\n'
        text = text.replace('retires = "2026-11-25"', 'omit = ["retires"]')
        assert dates(loaded(tmp_path, text).file) == {"last": TODAY, "open": "2027-01-01"}

    def test_activated_and_packaged(self, tmp_path: Path) -> None:
        (tmp_path / "llm_models.toml").write_text(toml(DATES))
        config = str(tmp_path / "llm_models.toml")
        assert here("activate", "--config", config).code == 0
        assert ids(llm_models.load(config=config, publish=False).candidates(scope="acme")) == ["next", "open"]

    def test_a_layer_keeps_the_dates_of_models_that_it_does_not_touch(self, tmp_path: Path) -> None:
        source = catalogues.catalogue(catalogues.provider("acme", catalogues.model("a"), catalogues.model("b")))
        curated = b'[[models]]\nprovider = "acme"\nid = "a"\nretires = "2026-11-25"\n'
        (tmp_path / "base.json").write_bytes(catalogues.base(source, curated)[0].data)
        (tmp_path / "llm_models.toml").write_text('[[models]]\nprovider = "acme"\nid = "b"\nname = "B"\n')
        snapshot = llm_models.load(
            config=tmp_path / "llm_models.toml", snapshot=tmp_path / "base.json", publish=False
        )  # fmt: skip
        assert ids(snapshot.candidates()) == ["b"]


class TestMessages:
    STATES = (
        ({}, None),
        ({"deprecated": True}, "deprecated"),
        ({"retires": "2026-12-01"}, "retires on 2026-12-01"),
        ({"retires": "2026-12-01", "deprecated": True}, "deprecated, retires on 2026-12-01"),
        ({"retires": TODAY, "deprecated": True}, f"retired on {TODAY}"),
    )

    @pytest.mark.parametrize(("fields", "state"), STATES)
    def test_of_a_model(self, fields: dict[str, Any], state: str | None) -> None:
        model = Model(provider="x", id="m", provider_model_id="m", **fields)
        assert lifecycle.state(model) == state
        assert lifecycle.notice(model) == (state and f"x:m: {state}")
        followed = Model(provider="x", id="m", provider_model_id="m", successor="y:\x1bn", **fields)
        assert lifecycle.notice(followed) == (state and f"x:m: {state}; its successor is y:\\x1bn")

    @pytest.mark.parametrize(("fields", "state"), STATES)
    def test_of_commands(self, tmp_path: Path, fields: dict[str, Any], state: str | None) -> None:
        lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items())
        text = toml({"m": None}, m=f'successor = "openai:gpt-5.2"\n{lines}')
        (tmp_path / "llm_models.toml").write_text(text)
        config = ("--config", str(tmp_path / "llm_models.toml"))
        successor = "; its successor is openai:gpt-5.2"
        shown = here("show", "acme:m", "--all", *config)
        assert shown.out.splitlines()[1].split(maxsplit=1) == (
            ["state", f"{state}{successor}"] if state else ["provider_model_id", "m"]
        )
        listed = re.split(" {2,}", here("list", "acme", *config).out.splitlines()[1])
        assert listed[-2:] == ([state, "openai:gpt-5.2"] if state else ["-", "-"]), listed
        noted = f"notice: acme:m: {state}{successor}\n" if state else ""
        for extra in ((), ("--json",)):
            assert here("resolve", "acme:m", *config, *extra).err == noted
        if not (state or "").startswith("retired"):
            for extra in ((), ("--json",), ("--all",)):
                assert here("select", "--scope", "acme", *config, *extra).err == noted


class TestNamedModels:
    """What a configuration names: `validate` warns at the line, `activate` reports it."""

    TEXT = """\
[allow]
acme = ["old", "open", "n*", "alias"]

[deny]
acme = ["last"]

[[models]]
provider = "acme"
id = "next"
name = "Mine"

[[models]]
provider = "acme"
id = "last"
deprecated = false
"""

    def test_validate_warns_of_what_the_data_states(self) -> None:
        models = [catalogues.model(model_id) for model_id in DATES]
        source = catalogues.catalogue(catalogues.provider("acme", *models))
        curated = toml(DATES, next='successor = "acme:open"\n', last='aliases = ["alias"]\n')
        curated = curated.replace('name = "x"\n', "")
        base, _ = catalogues.base(source, curated.encode())
        found = checks.check_text(self.TEXT.encode(), "llm_models.toml", base)
        states = [problem for problem in found if "hides this model" not in problem.message]  # `last` is denied
        assert [(str(problem), problem.severity) for problem in states] == [
            ("llm_models.toml:2:9: allow.acme[0]: acme:old: retired on 2026-11-25", "warning"),
            (f"llm_models.toml:2:30: allow.acme[3]: acme:last: retired on {TODAY}", "warning"),
            (
                "llm_models.toml:9:6: models.acme:next.id: acme:next: retires on 2026-11-27; "
                "its successor is acme:open",
                "warning",
            ),
        ]

    def test_activate_reports_what_the_merged_data_states(self, tmp_path: Path) -> None:
        """Also with --strict, which refuses other notices: a date that was announced is no fault of a refresh."""
        config = tmp_path / "llm_models.toml"
        config.write_text(
            '[[models]]\nprovider = "openai"\nmatch = "gpt-5.2"\nretires = "2026-12-01"\n'
            '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\nname = "Mine"\n'
        )
        result = here("activate", "--strict", "--config", config)
        assert (result.code, result.err) == (0, "notice: llm_models.toml:7: openai:gpt-5.2: retires on 2026-12-01\n")
        shown = json.loads(here("activate", "--config", config, "--json").out)
        assert shown["notices"] == ["llm_models.toml:7: openai:gpt-5.2: retires on 2026-12-01"]

    @pytest.mark.parametrize(
        ("fields", "state"),
        [
            ('retires = "2026-12-01"', "retires on 2026-12-01"),
            ("deprecated = true", "deprecated"),
            ('status = "deprecated"', "deprecated"),
            ('status = "deprecated"\ndeprecated = false', None),
            (
                'retires = "2026-12-01"\nsuccessor = "openai:gpt-5.5"',
                "retires on 2026-12-01; its successor is openai:gpt-5.5",
            ),
        ],
    )
    def test_a_rule_of_the_same_file_counts_for_both(self, tmp_path: Path, fields: str, state: str | None) -> None:
        """The rule itself names no model, so it is not noted; the entry and the pattern beside it are."""
        config = tmp_path / "llm_models.toml"
        config.write_text(
            f'[allow]\nopenai = ["gpt-5.2", "my-own"]\n'
            f'[[models]]\nprovider = "openai"\nmatch = "*"\n{fields}\n'
            '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\nname = "Mine"\n'
            '[[models]]\nprovider = "openai"\nid = "my-own"\nname = "x"\nnew = true\n'
        )
        lines = (
            []
            if state is None
            else [
                f"2: openai:gpt-5.2: {state}",
                f"2: openai:my-own: {state}",
                f"{9 + fields.count(chr(10))}: openai:gpt-5.2: {state}",
                f"{13 + fields.count(chr(10))}: openai:my-own: {state}",
            ]
        )
        assert [f"{one.line}: {one.message}" for one in checks.check_file(str(config))] == lines
        told = json.loads(here("activate", "--config", config, "--json").out)["notices"]
        assert told == [f"llm_models.toml:{line}" for line in lines]

    def test_any_name_of_a_model_counts_for_both(self, tmp_path: Path) -> None:
        """An alias that the same file states, and a `match` that is a name."""
        config = tmp_path / "llm_models.toml"
        config.write_text(
            '[allow]\nopenai = ["mine"]\n'
            '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\naliases = ["mine"]\nretires = "2026-12-01"\n'
            '[[models]]\nprovider = "openai"\nmatch = "mine"\nname = "Mine"\n'
        )
        lines = [f"{line}: openai:gpt-5.2: retires on 2026-12-01" for line in (2, 10)]
        assert [f"{one.line}: {one.message}" for one in checks.check_file(str(config))] == lines
        told = json.loads(here("activate", "--config", config, "--json").out)["notices"]
        assert told == [f"llm_models.toml:{line}" for line in lines]

    def test_validate_of_successors(self) -> None:
        """A successor is another model of the catalogue; an entry that states one or omits a date is heard."""
        base = catalogues.of_source(catalogues.catalogue(catalogues.provider("acme", *map(catalogues.model, "ab"))))[0]
        curated = (
            b'[[models]]\nprovider = "acme"\nid = "a"\nretires = "2026-12-01"\nsuccessor = "acme:b"\naliases = ["aa"]\n'
        )
        base = catalogues.base(
            catalogues.catalogue(catalogues.provider("acme", *map(catalogues.model, "ab"))), curated
        )[0]

        def found(lines: str) -> list[str]:
            text = f'[[models]]\nprovider = "acme"\n{lines}'
            return [problem.message for problem in checks.check_text(text.encode(), "x.toml", base)]

        retires = "acme:a: retires on 2026-12-01; its successor is"
        assert found('id = "a"\ntags = ["x"]\n') == [f"{retires} acme:b"]
        assert found('id = "a"\nomit = ["retires"]\n') == []
        assert found('id = "a"\nsuccessor = "ACME:aa"\n') == [f"{retires} acme:aa"]
        assert found('id = "a"\nsuccessor = "nosuch:x"\n') == [
            f"{retires} nosuch:x",
            "'nosuch:x' is not in this catalogue",
        ]
        assert found('id = "b"\nsuccessor = "acme:b"\n') == ["a model is not its own successor"]
