"""The packaged history: how it is built from documents of the source, and what it says.

The tests that build it from the real documents skip where these are absent: they are no part of the repository.
"""

from __future__ import annotations

import io
import json
import random
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from support import UPSTREAM, catalogues
from support.histories import fold, seen

from llm_models import paths, timeline_build, validation
from llm_models.listing_parts import Successor
from llm_models.listings import STILL, price_on
from llm_models.observations import observed_file
from llm_models.snapshot_file import SnapshotFile
from llm_models.spellings import Rename
from llm_models.timeline import History
from llm_models.timeline_fold import folded, with_aliases, with_successors, without_prices
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    from llm_models.timeline_fold import Folded, Observation

SHARED = UPSTREAM.parent
FILES = [
    SHARED / "models-dev-daily-2025-07-01--2026-07-01.tar.xz",
    SHARED / "models-dev-2026-07-02.json",
    SHARED / "models-dev-2026-08-18-prices.json",
    SHARED / "models-dev-2026-09-30.json",
]
LITELLM = SHARED.parent / "sources" / "litellm-1.110.2.json"
REBUILT = "2026-08-18"
"""The day whose document was rebuilt from a package; the figures of the source's own documents are without it."""
SOURCE = "82a7aa91a6e7ed6464b1d4afbdd1908a85c71fec3333f0e2aea6574678821968"
"""SHA-256 of the document of the last day of the packaged history."""

FIELDS = ("input", "output", "cache_read", "cache_write", "tiers")


def document(**models: float | None) -> bytes:
    """The document of one provider, by model and input price."""
    listed = [catalogues.model(name, cost=price and {"input": price}) for name, price in models.items()]
    return catalogues.catalogue(catalogues.provider("my-acme", *listed))


def run(*arguments: str | Path, code: int = 0) -> str:
    """What the program prints."""
    done = CliRunner().invoke(timeline_build.main, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    return done.output


class TestProgram:
    def test_it_folds_files_and_archives_in_their_order(self, tmp_path: Path) -> None:
        archive, last = tmp_path / "days.tar.xz", tmp_path / "source-2026-01-03.json"
        with tarfile.open(archive, "w:xz") as file:
            for day, data in (("2026-01-01", document(a=1, b=1)), ("2026-01-02", document(a=1))):
                member = tarfile.TarInfo(f"days/{day}.json")
                member.size = len(data)
                file.addfile(member, io.BytesIO(data))
        last.write_bytes(document(a=2, c=None))
        out = tmp_path / "history.json"
        assert "3 days to 2026-01-03, 1 providers, 3 models, 2 of them listed" in run("--out", out, archive, last)
        expected = fold(
            seen("2026-01-01", {"my_acme": {"a": 1, "b": 1}}),
            seen("2026-01-02", {"my_acme": {"a": 1}}),
            seen("2026-01-03", {"my_acme": {"a": 2, "c": {}}}),
        )
        assert out.read_bytes() == encode(without_prices(expected._replace(source="models_dev")))

    def test_a_packaged_history_goes_on_with_its_snapshot(self, tmp_path: Path) -> None:
        names = [f"2026-01-0{day}.json" for day in (1, 2, 3)]
        for name, data in zip(names, (document(a=1, b=1), document(a=2, b=1), document(a=3)), strict=True):
            (tmp_path / name).write_bytes(data)
        one, two, three = (tmp_path / name for name in names)
        snapshot, out, at_once = tmp_path / "snapshot.json", tmp_path / "history.json", tmp_path / "once.json"
        snapshot.write_bytes(catalogues.of_source(two.read_bytes())[0].data)
        run("--out", out, one, two)
        run("--onto", out, "--snapshot", snapshot, "--out", out, three)
        run("--out", at_once, one, two, three)
        assert out.read_bytes() == at_once.read_bytes()

    @pytest.mark.parametrize(("name", "unseen"), [("2026-01-01.json", ()), ("2026-01-01-prices.json", ("modes",))])
    def test_a_document_of_prices_has_no_modes(self, name: str, unseen: tuple[str, ...], tmp_path: Path) -> None:
        """So the modes of a price stay what they were, whatever the document states."""
        file = tmp_path / name
        file.write_bytes(document(a=1))
        [observation] = timeline_build.observations([str(file)])
        assert observation == seen("2026-01-01", {"my_acme": {"a": 1}}, unseen)

    def test_the_snapshot_must_be_of_the_last_day(self, tmp_path: Path) -> None:
        old, new = tmp_path / "2026-01-01.json", tmp_path / "2026-01-02.json"
        old.write_bytes(document(a=1, b=1))
        new.write_bytes(document(a=1, c=1, d=1))
        snapshot, out = tmp_path / "snapshot.json", tmp_path / "history.json"
        snapshot.write_bytes(catalogues.of_source(old.read_bytes())[0].data)
        run("--out", out, old, new)
        message = run("--onto", out, "--snapshot", snapshot, "--out", out, new, code=1)
        assert "snapshot.json: not the snapshot of 2026-01-02" in message
        assert "it lacks 2 models that were listed, such as my_acme:c" in message

    def test_a_record_that_the_catalogue_refuses_was_not_listed(self, tmp_path: Path) -> None:
        """An id with a space at its edge can be no id of ours."""
        file = tmp_path / "2026-01-01.json"
        file.write_bytes(
            catalogues.catalogue(catalogues.provider("acme", catalogues.model(" a"), catalogues.model("b")))
        )
        [observation] = timeline_build.observations([str(file)])
        assert {provider: list(models) for provider, models in observation.listed.items()} == {"acme": ["b"]}

    def test_faults_are_one_line(self, tmp_path: Path) -> None:
        unnamed, old = tmp_path / "source.json", tmp_path / "2026-01-01.json"
        unnamed.write_bytes(document(a=1))
        old.write_bytes(document(a=1))
        out = tmp_path / "history.json"
        assert "its name has no day (expected YYYY-MM-DD in it)" in run("--out", out, unnamed, code=1)
        new = tmp_path / "2026-01-02.json"
        new.write_bytes(document(a=1))
        assert "the data of 2026-01-01 is older" in run("--out", out, new, old, code=1)
        assert "expected a FILE" in run("--out", out, code=2)
        assert "--onto needs --snapshot" in run("--out", out, "--onto", out, new, code=2)
        assert "history.json: the history cannot be read" in run(
            "--out", out, "--onto", out, "--snapshot", old, new, code=1
        )
        assert not out.exists()


class TestLiteLLM:
    HISTORY = fold(
        seen(
            "2026-01-01",
            {"azure": {"gpt-5-chat": 1, "new": 1, "x": 1}, "openai": {"gpt-5-chat": 1, "gpt-6": 1, "y": 1}},
        ),
        seen("2026-01-02", {"azure": {"new": 1, "x": 1}, "openai": {"gpt-6": 1}}),
    )

    @pytest.mark.parametrize(
        ("name", "entry", "found"),
        [
            ("gpt-5-chat", {"litellm_provider": "openai", "successor_model": "gpt-6"}, "openai:gpt-6"),
            ("azure/gpt-5-chat", {"litellm_provider": "azure", "successor_model": "azure/new"}, "azure:new"),
            (
                "azure_ai/gpt-5-chat",
                {"litellm_provider": "azure_ai", "successor_model": "openai/gpt-6"},
                "openai:gpt-6",
            ),
            ("azure_ai/gpt-5-chat", {"litellm_provider": "azure_ai", "successor_model": "new"}, "azure:new"),
            ("gpt-5-chat", {"litellm_provider": "openai", "successor_model": "no model of ours"}, None),
            ("gpt-5-chat", {"litellm_provider": "openai", "successor_model": "gpt-5-chat"}, None),
            ("azure/x", {"litellm_provider": "azure", "successor_model": "azure/new"}, None),  # it is listed
            ("unknown", {"litellm_provider": "openai", "successor_model": "gpt-6"}, None),
            ("gpt-5-chat", {"litellm_provider": "openai", "successor_model": None}, None),
        ],
    )
    def test_a_successor_of_a_model_that_is_gone(self, name: str, entry: dict[str, Any], found: str | None) -> None:
        link = "https://example.com/deprecations"
        successors = timeline_build.litellm_successors({name: {**entry, "deprecation_source": link}}, self.HISTORY)
        assert list(successors.values()) == ([] if found is None else [Successor(found, "litellm", link)])


class TestCurated:
    """The entries of `overrides/` that name models which are gone."""

    TEXT = """# The page, and another.
# https://acme.example/older
# https://acme.example/deprecations, https://acme.example/other

[[models]]
provider = "acme"
id = "gone"
successor = "acme:b"

[[models]]
provider = "acme"
id = "b"
successor = "acme:c"

[[models]]
provider = "acme"
id = "unknown"
successor = "acme:b"

[[providers]]
id = "acme"
aliases = ["a-c-m-e"]

[[providers]]
id = "bygone"
aliases = ["By-Gone", "b.g"]
"""
    HISTORY = fold(
        seen("2026-01-01", {"acme": {"b": 1, "gone": 1, "old": 1}, "bygone": {"x": 1}}),
        seen("2026-01-02", {"acme": {"b": 1}}),
    )

    @pytest.fixture(autouse=True)
    def shipped(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "overrides").mkdir()
        (tmp_path / "overrides" / "acme.toml").write_text(self.TEXT)
        folders = {"overrides": str(tmp_path / "overrides"), "schemas": paths.resources("schemas")}
        monkeypatch.setattr(paths, "resources", folders.__getitem__)

    def test_of_models_that_are_gone_with_the_nearest_link(self) -> None:
        assert timeline_build.curated_followers(self.HISTORY) == {
            ("acme", "gone"): Successor("acme:b", "curated", "https://acme.example/deprecations")
        }

    def test_the_aliases_of_providers_that_are_gone(self) -> None:
        assert timeline_build.curated_aliases(self.HISTORY) == {"by_gone": "bygone", "b_g": "bygone"}

    def test_the_program_prefers_them_and_forgets_those_that_are_no_longer_stated(self, tmp_path: Path) -> None:
        days = [tmp_path / f"2026-01-0{day}.json" for day in (1, 2)]
        days[0].write_bytes(document(b=1, gone=1, old=1, other=1))
        days[1].write_bytes(document(b=1))
        for file in days:
            file.write_bytes(file.read_bytes().replace(b"my-acme", b"acme"))
        map_file, out, snapshot = tmp_path / "map.json", tmp_path / "history.json", tmp_path / "snapshot.json"
        stated = {"litellm_provider": "acme", "successor_model": "acme/b"}
        map_file.write_text(json.dumps({"acme/gone": stated, "acme/old": stated}))
        snapshot.write_bytes(catalogues.of_source(days[1].read_bytes())[0].data)
        run("--out", out, "--litellm", map_file, *days)
        assert self.stated(out) == {"gone": ("acme:b", "curated"), "old": ("acme:b", "litellm")}
        curated = tmp_path / "overrides" / "acme.toml"
        curated.write_text(self.TEXT.replace('"gone"', '"other"'))
        run("--onto", out, "--snapshot", snapshot, "--out", out)
        assert self.stated(out) == {"old": ("acme:b", "litellm"), "other": ("acme:b", "curated")}

    def stated(self, path: Path) -> dict[str, tuple[str, str]]:
        line = History.open(str(path)).line("acme")
        assert line is not None
        return {name: (one.spec, one.source) for name, one in line.successors.items()}


@pytest.fixture(scope="module")
def history() -> History:
    return History.open(paths.PACKAGED_HISTORY)


def counts(history: Folded) -> dict[str, int]:
    entries = [entry for part in history.providers.values() for entry in part.ids.values()]
    return {
        "models": len(entries),
        "listed": sum(entry.living for entry in entries),
        "with gaps": sum(len(entry.spans) > 1 for entry in entries),
        "providers": len(history.providers),
        "providers gone": sum(part.seen[-1][1] != STILL for part in history.providers.values()),
    }


class TestPackaged:
    """The packaged file. It has the day that was rebuilt too, and 152 models and a provider of that day only."""

    def test_its_size(self) -> None:
        assert Path(paths.PACKAGED_HISTORY).stat().st_size <= 400_000

    def test_its_header_keeps_its_schema(self) -> None:
        first = Path(paths.PACKAGED_HISTORY).read_bytes().split(b"\n")[0]
        assert validation.first_fault("history", json.loads(first)) is None

    def test_all_of_it_can_be_read(self, history: History) -> None:
        assert encode(folded(history)) == Path(paths.PACKAGED_HISTORY).read_bytes()
        assert counts(folded(history)) == {
            "models": 11_667,
            "listed": 8_337,
            "with gaps": 158,
            "providers": 232,
            "providers gone": 7,
        }
        assert (history.days[0], history.date, len(history.days)) == ("2025-07-01", "2026-09-30", 263)

    @pytest.mark.whole
    def test_every_answer_can_be_given(self, history: History) -> None:
        withdrawn = successors = twins = 0
        rules: dict[str, int] = {}
        for provider in history.providers:
            line = history.line(provider)
            assert line is not None
            for name in line.ids:
                model = history.of_model(provider, name)
                assert model is not None
                assert model.intervals
                assert model.prices
                withdrawn += model.withdrawn
                successors += model.successor is not None
                twins += model.twin is not None
                if model.rename:
                    rules[model.rename.rule] = rules.get(model.rename.rule, 0) + 1
        assert (withdrawn, successors) == (330, 85)
        assert rules == {"case": 68, "punctuation": 93, "vendor prefix": 224}
        assert twins == 14

    def test_it_ends_with_what_the_packaged_snapshot_lists(self, history: History) -> None:
        """So the snapshot has the current prices that the history leaves out."""
        file = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
        if file.header["sources"][0]["sha256"] != SOURCE:
            pytest.skip("the packaged snapshot is of another day")
        listed = {provider: set(models) for provider, models in observed_file(file, history.date).listed.items()}
        living = {provider: {*line.living()} for provider in history.providers if (line := history.line(provider))}
        assert {provider: models for provider, models in living.items() if models} == listed

    def test_a_price_that_was_corrected(self, history: History) -> None:
        answer = history.price_on("openai", "gpt-4", "2025-08-01")
        assert answer is not None
        assert (answer.price, answer.exact) == ({"input": 10, "output": 30}, True)
        model = history.of_model("openai", "gpt-4", {"input": 30, "output": 60})
        assert model is not None
        assert [(one.valid_from, one.valid_until) for one in model.prices] == [
            ("2025-07-01", "2025-08-07"),
            ("2025-08-08", None),
        ]

    def test_a_model_that_is_gone(self, history: History) -> None:
        model = history.of_model("anthropic", "claude-3-sonnet-20240229")
        assert model is not None
        assert (model.listed, model.last, model.intervals[-1].gone_by) == (False, "2026-07-02", "2026-08-18")

    def test_a_model_that_was_renamed(self, history: History) -> None:
        model = history.of_model("poe", "openAi/gpt-4o")
        assert model is not None
        assert model.rename == Rename("openai/gpt-4o", "case")

    @pytest.mark.parametrize(
        "provider", ["github-models", "firmware", "io-intelligence", "kiro", "kimi-for-coding", "firepass", "scx"]
    )
    def test_a_provider_that_is_gone(self, provider: str, history: History) -> None:
        gone = history.of_provider(provider)
        assert history.knows(provider)
        assert gone is not None
        assert not gone.listed

    @pytest.mark.parametrize("provider", ["agentrouter", "tencent-token-plan"])
    def test_a_provider_that_came_back(self, provider: str, history: History) -> None:
        back = history.of_provider(provider)
        assert back is not None
        assert len(back.intervals) == 2
        assert back.listed


@pytest.fixture(scope="module")
def observed() -> list[Observation]:
    """What the source listed on each day."""
    if not all(path.exists() for path in (*FILES, LITELLM)):
        pytest.skip("the real documents are not here")
    return list(timeline_build.observations([str(path) for path in FILES]))


@pytest.fixture(scope="module")
def days(observed: list[Observation]) -> list[Observation]:
    """The days of the source's own documents."""
    return [one for one in observed if one.day != REBUILT]


@pytest.fixture(scope="module")
def of_days(days: list[Observation]) -> Folded:
    """The history of these days."""
    return fold(*days)


@pytest.mark.whole
class TestReal:
    def test_the_packaged_history_is_what_the_files_give(self, observed: list[Observation]) -> None:
        history = fold(*observed)._replace(source="models_dev")
        successors = timeline_build.litellm_successors(json.loads(LITELLM.read_bytes()), history)
        successors |= timeline_build.curated_followers(history)
        history = with_aliases(with_successors(history, successors), timeline_build.curated_aliases(history))
        rebuilt = encode(without_prices(history))
        same = rebuilt == Path(paths.PACKAGED_HISTORY).read_bytes()
        assert same, "llm_models/data/history.json is not what the real files give: build it anew"

    def test_the_last_document_and_the_snapshot_of_it_agree(self, observed: list[Observation]) -> None:
        file, _ = catalogues.of_source(FILES[-1].read_bytes())
        assert observed_file(file, observed[-1].day) == observed[-1]

    def test_the_figures_of_the_source(self, of_days: Folded) -> None:
        """Two more ids were listed that have a space at an edge: 11,517 in all, and 3,180 of them gone."""
        assert counts(of_days) == {
            "models": 11_517 - 2,
            "listed": 8_337,
            "with gaps": 154,
            "providers": 231,
            "providers gone": 6,
        }

    def test_what_is_answered_plainly_between_two_documents(self, days: list[Observation], of_days: Folded) -> None:
        """Of 4,193 models that both documents list, the price of 950 changed between 2026-07-02 and 2026-09-30."""
        plain: dict[bool, int] = {True: 0, False: 0}
        for provider, part in of_days.providers.items():
            for name, entry in part.ids.items():
                if all(name in one.listed.get(provider, {}) for one in days[-2:]):
                    answer = price_on(of_days.days, entry, "2026-08-01")
                    plain[answer.exact] += 1
                    assert answer.exact or answer.changed_between == ("2026-07-02", "2026-09-30")
        assert sum(plain.values()) == 4_193
        assert 940 <= plain[False] <= 960

    @pytest.mark.parametrize("seed", [0])  # each takes half a minute; 1 and 2 gave the same figures
    def test_days_that_are_left_out_are_answered(self, seed: int, days: list[Observation]) -> None:
        """Of 28 days, 99.5 % of all price lists are right, 99.85 % of their fields, 99.98 % of those called exact.

        The price that was asked for is that of one of the days around it, with few exceptions.
        """
        out = set(random.Random(seed).sample([one.day for one in days[1:-1]], 28))
        history = fold(*(one for one in days if one.day not in out))
        asked = right = fields = exact = wrong_exact = elsewhere = 0
        for one in days:
            for provider, models in one.listed.items() if one.day in out else ():
                for name, price in models.items():
                    asked += 1
                    part = history.providers.get(provider)
                    if part is None or name not in part.ids:
                        continue  # it was listed on days only that are left out
                    answer = price_on(history.days, part.ids[name], one.day)
                    right += answer.price == price
                    answered, listed = dict(answer.price or {}), dict(price or {})
                    fields += sum(answered.get(field) == listed.get(field) for field in FIELDS)
                    exact += answer.exact
                    wrong_exact += answer.exact and answer.price != price
                    elsewhere += not answer.exact and price not in (answer.prices or ())
        assert asked > 60_000
        assert right / asked >= 0.995
        assert fields / asked / len(FIELDS) >= 0.9985
        assert wrong_exact / exact <= 0.0002
        assert elsewhere / asked <= 0.001
