"""Guards: a bad refresh is refused, and notable changes get a notice; older and newer made-up catalogues for each.

They compare source with source: what curated overrides and `llm_models.toml` state neither hides a change nor is one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.catalogues import catalogue, day, model, numbered, provider
from support.command import STATE, facts, files_below, fine, here

from llm_models import activation, paths
from llm_models.guards import GuardError

pytestmark = pytest.mark.usefixtures("without_history")

ACTIVE = Path(STATE) / "snapshot.json"


def activate(source: bytes, *options: str) -> Any:
    """Activate a made-up source here; what the command told."""
    Path("api.json").write_bytes(source)
    return here("activate", "--from", "api.json", *options)


def begin(source: bytes, config: str | None = None) -> None:
    """Make `source` the active one, whatever the guards say, merged with `config`."""
    if config is not None:
        Path("llm_models.toml").write_text(config, encoding="utf-8")
    told = activate(source, "--force")
    assert told.code == 0, told


def refused(source: bytes, *said: str) -> None:
    """The new source is refused for those reasons, one line each; nothing changes unless `--force` says so."""
    before = files_below(Path())
    before.pop("api.json", None)
    told = activate(source)
    after = files_below(Path())
    after.pop("api.json")
    assert (told.code, told.out) == (1, ""), told
    assert len(told.lines) == len(said) + 1, told.err
    for line, part in zip(told.lines, said, strict=False):
        assert line.startswith("llm-models: ")
        assert part in line
    assert told.lines[-1].endswith("snapshot.json was not changed; --force overrides this")
    assert after == before
    dry = activate(source, "--dry-run")
    assert (dry.code, dry.err) == (1, told.err)
    forced = activate(source, "--force")
    assert forced.code == 0
    assert [line for line in forced.lines if line.startswith("overridden by --force: ")] == [
        line.replace("llm-models: ", "overridden by --force: ") for line in told.lines[:-1]
    ]
    assert ACTIVE.read_bytes() != before.get(str(ACTIVE))


def noticed(source: bytes) -> list[str]:
    """The notices of a source that no guard refuses; `--strict` refuses it exactly where there is one."""
    Path("api.json").write_bytes(source)
    found: list[str] = facts("activate", "--from", "api.json", "--dry-run")["notices"]
    plain = fine("activate", "--from", "api.json", "--dry-run")
    assert [line for line in plain.lines if line.startswith("notice: ")] == [f"notice: {one}" for one in found]
    before = ACTIVE.read_bytes() if ACTIVE.exists() else None
    strict = here("activate", "--from", "api.json", "--strict", "--dry-run")
    assert strict.code == (1 if found else 0)
    if found:
        strict = here("activate", "--from", "api.json", "--strict")
        assert strict.code == 1
        assert strict.lines[:-1] == [f"llm-models: {one}" for one in found]
        assert (ACTIVE.read_bytes() if ACTIVE.exists() else None) == before
        assert fine("activate", "--from", "api.json", "--strict", "--force", "--dry-run")
    return found


def with_invalid(good: int, bad: int) -> bytes:
    """A source of `good` valid records, its provider among them, and `bad` others."""
    broken = [{**model(f"x{number}"), "id": f"y{number}"} for number in range(bad)]
    whole = provider("acme", *(model(f"m{number}") for number in range(good - 1)))
    whole["models"].update({f"x{number}": one for number, one in enumerate(broken)})
    return catalogue(whole)


class TestInvalid:
    """More than 1 % of records invalid is refused."""

    def test_exactly_one_percent_is_let_through(self) -> None:
        begin(numbered(199))
        assert activate(with_invalid(198, 2)).code == 0
        assert activate(with_invalid(99, 1)).code == 1  # half of the models are gone
        begin(numbered(99))
        assert activate(with_invalid(99, 1)).code == 0

    def test_more_is_refused(self) -> None:
        begin(numbered(197))
        refused(with_invalid(197, 2), "2 of 199 records are invalid (1.0 %, expected at most 1 %)")

    def test_a_dropped_provider_counts_with_its_models(self) -> None:
        begin(numbered(100))
        bad = {**provider("bad", model("a"), model("b")), "id": "other"}
        good = provider("acme", *(model(f"m{number}") for number in range(100)))
        source = catalogue(good)[:-1] + b', "bad": ' + catalogue(bad).partition(b": ")[2]
        refused(source, "3 of 104 records are invalid")

    def test_also_where_nothing_was_active(self) -> None:
        Path("api.json").write_bytes(with_invalid(10, 1))
        told = here("activate", "--from", "api.json", "--out", "out.json")
        assert told.code == 1
        assert "1 of 11 records are invalid (9.1 %" in told.lines[0]
        assert not Path("out.json").exists()


class TestShrunk:
    """Half of the active models gone is refused."""

    @pytest.mark.parametrize(("before", "after"), [(10, 5), (10, 1), (11, 5)])
    def test_by_half_or_more(self, before: int, after: int) -> None:
        begin(numbered(before))
        refused(
            numbered(after),
            f"the catalogue shrank: {before - after} of the {before} active models are missing "
            f"(the new catalogue has {after} models)",
        )

    def test_less_is_let_through(self) -> None:
        begin(numbered(10))
        assert activate(numbered(6)).code == 0

    def test_other_models_do_not_make_up_for_those_gone(self) -> None:
        begin(numbered(10))
        others = provider("acme", *(model(f"n{number}") for number in range(10)))
        refused(catalogue(others), "10 of the 10 active models are missing (the new catalogue has 10 models)")

    def test_what_an_application_excludes_is_there(self) -> None:
        """Neither is a model gone that it excludes, nor does one of its own make up for one that is."""
        own = "".join(f'[[models]]\nprovider = "acme"\nid = "own{number}"\nname = "x"\n' for number in range(9))
        begin(numbered(10), f'[exclude]\nacme = ["m1", "m2", "m3", "m4", "m5", "m6"]\n{own}')
        assert activate(numbered(10)).code == 0
        Path("llm_models.toml").write_text(own)
        assert activate(numbered(10)).code == 0
        assert activate(numbered(6)).code == 0
        refused(numbered(3), "3 of the 6 active models are missing (the new catalogue has 3 models)")

    def test_against_the_packaged_where_nothing_was_activated(self) -> None:
        refused(
            catalogue(provider("openai", model("gpt-4o", last_updated=day(0)))),
            "8,336 of the 8,337 active models are missing",
        )


class TestOlder:
    """A catalogue date before the active one's is refused."""

    def test_by_a_day(self) -> None:
        begin(numbered(3, last_updated="2026-03-02"))
        older = numbered(3, last_updated="2026-03-01")
        refused(older, "the catalogue is older than the active one (2026-03-01, active 2026-03-02)")

    @pytest.mark.parametrize("date", ["2026-03-02", "2026-03-03", "2026-04"])
    def test_the_same_day_or_later_is_let_through(self, date: str) -> None:
        begin(numbered(3, last_updated="2026-03-02"))
        assert activate(numbered(2, last_updated=date)).code == 0

    def test_no_date_at_all_is_older(self) -> None:
        begin(numbered(3, last_updated="2026-03-02"))
        refused(numbered(3, last_updated=None), "older than the active one (no date, active 2026-03-02)")

    def test_an_applications_own_dates_are_not_the_sources(self) -> None:
        begin(
            numbered(3, last_updated="2026-03-02"),
            '[[models]]\nprovider = "acme"\nid = "m0"\nlast_updated = "2030-01-01"\n',
        )
        assert activate(numbered(3, last_updated="2026-03-03")).code == 0


def test_every_reason_has_a_line_of_its_own() -> None:
    begin(numbered(100, last_updated="2026-03-02"))
    source = with_invalid(20, 1).replace(b"2026-01-02", b"2025-01-02")
    refused(source, "are invalid", "shrank", "older")


def test_the_error_carries_the_reasons() -> None:
    begin(numbered(10))
    Path("small.json").write_bytes(numbered(1))
    with pytest.raises(GuardError) as caught:
        activation.activate("small.json", paths.find())
    assert len(caught.value.refused) == 1
    assert caught.value.exit_code == 1


class TestNotices:
    """Notable changes get a notice, and are refused by `--strict`."""

    def test_nothing_where_nothing_changed(self) -> None:
        begin(numbered(3))
        assert noticed(numbered(3)) == []

    def test_base_url_and_env_of_a_provider(self) -> None:
        begin(catalogue(provider("acme", model("m")), provider("b", model("m"))))
        new = catalogue(
            provider("acme", model("m"), api="https://evil.example/v1", env=["ACME_KEY", "X"]),
            provider("b", model("m"), name="Renamed", doc="https://b.example/doc"),
        )
        assert noticed(new) == [
            "acme:m: ACME_KEY would go to https://evil.example/v1 (new)",
            "acme:m: X would go to https://evil.example/v1 (new)",
            "acme: base_url changed from https://acme.example/v1 to https://evil.example/v1",
            "acme: env changed from ACME_KEY to ACME_KEY, X",
        ]

    def test_a_base_url_that_comes_or_goes(self) -> None:
        without = provider("acme", model("m"))
        del without["api"]
        begin(catalogue(without))
        assert noticed(catalogue(provider("acme", model("m")))) == [
            "acme:m: ACME_KEY would go to https://acme.example/v1 (new)",
            "acme: base_url changed from nothing to https://acme.example/v1",
        ]
        begin(catalogue(provider("acme", model("m"))))
        assert noticed(catalogue(without)) == [
            "acme:m: ACME_KEY would go to the default address of its client (new)",
            "acme: base_url changed from https://acme.example/v1 to nothing",
        ]

    def test_the_host_of_a_model(self) -> None:
        """A model-level provider block may send a single model elsewhere, and in another form."""
        block = {"npm": "@ai-sdk/openai", "api": "https://one.example/v1"}
        begin(catalogue(provider("acme", model("m", provider=block), model("n"))))
        new = {"npm": "@ai-sdk/anthropic", "api": "https://two.example/v1"}
        assert noticed(catalogue(provider("acme", model("m", provider=new), model("n", provider=new)))) == [
            "acme:m: ACME_KEY would go to https://two.example/v1 (new, 2 models)",
            "acme:m: extra.provider.api changed from https://one.example/v1 to https://two.example/v1",
            "acme:m: extra.provider.npm changed from @ai-sdk/openai to @ai-sdk/anthropic",
            "acme:n: extra.provider.api changed from nothing to https://two.example/v1",
            "acme:n: extra.provider.npm changed from nothing to @ai-sdk/anthropic",
        ]
        assert noticed(catalogue(provider("acme", model("m", provider={**block, "npm": "x"}), model("n")))) == [
            "acme:m: extra.provider.npm changed from @ai-sdk/openai to x"
        ]

    def test_a_key_that_reads_like_the_host_of_a_model_is_not_one(self) -> None:
        begin(catalogue(provider("acme", model("m"))))
        assert noticed(catalogue(provider("acme", model("m", **{"provider.api": "https://two.example/v1"})))) == []

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            (1, 10, True),
            (1, 9.99, False),
            (10, 1, True),
            (9.99, 1, False),
            (0.07, 0.7, True),  # whose tenfold is 0.7000000000000001
            (0, 0.5, True),
            (0.5, 0, True),
            (0, 0, False),
            (1, None, False),
            (None, 1, False),
        ],
    )
    def test_prices_up_or_down_tenfold(self, old: float | None, new: float | None, told: bool) -> None:
        def priced(amount: float | None) -> bytes:
            cost = {"output": 2, **({} if amount is None else {"input": amount})}
            return catalogue(provider("acme", model("m", cost=cost)))

        begin(priced(old))
        assert noticed(priced(new)) == ([f"acme:m: cost.input changed from {old:g} to {new:g}"] if told else [])

    def test_prices_of_tiers(self) -> None:
        def tiered(amount: float) -> bytes:
            tier = {"tier": {"type": "context", "size": 200_000}, "input": amount, "output": 3}
            return catalogue(provider("acme", model("m", cost={"input": 1, "output": 2, "tiers": [tier]})))

        begin(tiered(2))
        assert noticed(tiered(3)) == []
        assert noticed(tiered(20)) == ["acme:m: cost.tiers[200000].input changed from 2 to 20"]

    def test_a_damaged_snapshot_is_not_kept(self) -> None:
        begin(numbered(10))
        good = ACTIVE.read_bytes()
        begin(numbered(9))
        ACTIVE.write_bytes(ACTIVE.read_bytes()[:-1])
        begin(numbered(2))
        assert (Path(STATE) / paths.PREVIOUS_NAME).read_bytes() == good


class TestComparedWith:
    """The guards always compare: with what is replaced, else with what is in use, else with the packaged data."""

    SHRANK = "the catalogue shrank: 8,337 of the 8,337 active models are missing (the new catalogue has 2 models)"

    def told(self, *options: str) -> list[str]:
        told = here("activate", "--from", "api.json", "--dry-run", *options)
        return [line.removeprefix("llm-models: ") for line in told.lines] if told.code else []

    @pytest.mark.parametrize("left", [200, -1])
    def test_the_packaged_where_the_active_is_cut_short(self, left: int) -> None:
        begin(numbered(3))
        ACTIVE.write_bytes(ACTIVE.read_bytes()[:left])
        Path("api.json").write_bytes(numbered(2))
        assert self.SHRANK in self.told()
        assert any("compared with the packaged snapshot instead" in line for line in self.told("--strict"))

    def test_the_packaged_where_a_part_of_the_active_is_altered(self) -> None:
        begin(numbered(3))
        ACTIVE.write_bytes(ACTIVE.read_bytes().replace(b'"input":1', b'"input":9'))
        Path("api.json").write_bytes(numbered(2))
        told = self.told()
        assert self.SHRANK in told
        strict = self.told("--strict")
        assert any("was altered; compared with the packaged snapshot instead" in one for one in strict)

    def test_the_one_in_use_under_out(self) -> None:
        begin(numbered(10))
        Path("api.json").write_bytes(numbered(2))
        assert self.told("--out", "new.json")[0].startswith("the catalogue shrank: 8 of the 10 active models")
        Path("new.json").write_bytes(b"x")
        assert self.told("--out", "new.json")[0].startswith("the catalogue shrank: 8 of the 10 active models")

    def test_the_packaged_under_out_where_nothing_was_activated(self) -> None:
        Path("api.json").write_bytes(numbered(2))
        assert self.told("--out", "new.json")[0] == self.SHRANK

    def test_the_file_that_it_replaces_under_out(self) -> None:
        begin(numbered(30))
        Path("api.json").write_bytes(numbered(10))
        fine("activate", "--from", "api.json", "--out", "new.json", "--force")
        Path("api.json").write_bytes(numbered(9))
        assert self.told("--out", "new.json", "--strict") == []
        Path("api.json").write_bytes(numbered(2))
        assert self.told("--out", "new.json")[0].startswith("the catalogue shrank: 8 of the 10 active models")


class TestGone:
    """Models gone that the configuration names are printed, with the place that names them."""

    OLD = catalogue(
        provider("acme", *(model(name) for name in ("a", "b", "c-1", "c-2", "d-1", "e", *"fghijklmno"))),
        provider("bravo", model("x")),
    )

    def test_named_by_id_glob_allow_and_provider(self) -> None:
        config = (
            'prefer = ["bravo"]\n'
            '[[providers]]\nid = "bravo"\nname = "Bravo!"\n'  # lines 2 to 4
            '[[models]]\nprovider = "acme"\nid = "a"\ntags = ["mine"]\n'  # 5 to 8
            '[[models]]\nprovider = "acme"\nid = "b"\nname = "B"\n'  # 9 to 12: states enough to live on alone
            '[[models]]\nprovider = "acme"\nmatch = "c-*"\ntags = ["mine"]\n'  # 13 to 16: one is left
            '[[models]]\nprovider = "acme"\nmatch = "d-*"\ntags = ["mine"]\n'  # 17 to 20: none is left
            '[allow]\nbravo = "all"\nacme = ["a", "b", "c-*", "d-*", "e", "g"]\n'
        )
        begin(self.OLD, config)
        new = catalogue(provider("acme", *(model(name) for name in ("c-2", *"fghijklmnopq"))))
        assert noticed(new) == [
            "bravo: 1 of its 1 models are missing",
            "bravo is missing, but llm_models.toml:3 names it",
            "bravo is missing, but llm_models.toml:1 names it",
            "acme:a is missing, but llm_models.toml:7 names it",
            "acme:b is missing, but llm_models.toml:11 names it",
            "acme:d-* is missing, but llm_models.toml:19 names it",
            "acme:a is missing, but llm_models.toml:23 names it",
            "acme:d-* is missing, but llm_models.toml:23 names it",
            "acme:e is missing, but llm_models.toml:23 names it",
        ]

    def test_nothing_of_what_nobody_names(self) -> None:
        begin(self.OLD, '[[models]]\nprovider = "acme"\nid = "g"\ntags = ["mine"]\n')
        models = map(model, "abefghijklm")
        assert noticed(catalogue(provider("acme", *models), provider("bravo", model("x")))) == []

    def test_one_that_goes_is_told_with_its_curated_successor(self) -> None:
        """The history of what was listed does not have it yet."""
        names = ("gpt-4o", "gpt-6-luna", *"abcdefgh")
        begin(catalogue(provider("openai", *map(model, names))), '[allow]\nopenai = ["gpt-4o", "a"]\n')
        (told,) = noticed(catalogue(provider("openai", *map(model, names[1:]))))
        assert told.startswith(
            "openai:gpt-4o is missing, but llm_models.toml:2 names it. Its successor is 'openai:gpt-6-luna' (https://"
        )

    def test_one_gone_long_since_is_still_told(self) -> None:
        """It is no change of this refresh, so --strict does not refuse it."""
        begin(self.OLD, '[[models]]\nprovider = "acme"\nid = "old"\ntags = ["mine"]\n')
        Path("api.json").write_bytes(self.OLD)
        strict = fine("activate", "--from", "api.json", "--strict")
        assert strict.lines == ["notice: acme:old is missing, but llm_models.toml:3 names it"]
        told = facts("activate", "--from", "api.json")
        assert told["notices"] == ["acme:old is missing, but llm_models.toml:3 names it"]


class TestSourceWithSource:
    """Guards speak of what upstream changed, whatever curated overrides and `llm_models.toml` put in its place."""

    @pytest.fixture
    def curated(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "overrides"
        folder.mkdir()
        real = paths.resources
        monkeypatch.setattr(paths, "resources", lambda name: str(folder) if name == "overrides" else real(name))
        return folder / "acme.toml"

    BASE_URL = '[[providers]]\nid = "acme"\nbase_url = "https://ours.example"\nenv = ["OURS"]\n'
    PRICE = '[[models]]\nprovider = "acme"\nid = "m0"\ncost.input = 3\n'

    @pytest.mark.parametrize("where", ["curated", "llm_models.toml"])
    def test_a_base_url_of_ours_hides_no_change_of_theirs(self, curated: Path, where: str) -> None:
        (curated if where == "curated" else Path("llm_models.toml")).write_text(self.BASE_URL)
        begin(numbered(3))
        moved = catalogue(provider("acme", *(model(f"m{n}") for n in range(3)), api="https://evil.example", env=["E"]))
        pair = "acme:m0: E would go to https://evil.example (new, 3 models)"
        assert noticed(moved) == [
            *([] if where == "curated" else [pair]),  # where the overrides state an address, it goes nowhere else
            "acme: base_url changed from https://acme.example/v1 to https://evil.example",
            "acme: env changed from ACME_KEY to E",
        ]

    @pytest.mark.parametrize("where", ["curated", "llm_models.toml"])
    def test_ours_alone_is_no_change(self, curated: Path, where: str) -> None:
        begin(numbered(3))
        (curated if where == "curated" else Path("llm_models.toml")).write_text(
            self.BASE_URL + self.PRICE.replace("= 3", "= 300")
        )
        assert noticed(numbered(3)) == []
        assert activate(numbered(3)).code == 0
        (curated if where == "curated" else Path("llm_models.toml")).unlink()
        assert noticed(numbered(3)) == []

    @pytest.mark.parametrize("where", ["curated", "llm_models.toml"])
    def test_a_price_of_ours_hides_no_change_of_theirs(self, curated: Path, where: str) -> None:
        (curated if where == "curated" else Path("llm_models.toml")).write_text(self.PRICE)
        begin(numbered(3))
        assert noticed(numbered(3, cost={"input": 2, "output": 2})) == []
        found = noticed(numbered(3, cost={"input": 20, "output": 2}))
        assert found == [f"acme:m{n}: cost.input changed from 1 to 20" for n in range(3)]

    def test_both_at_once(self, curated: Path) -> None:
        curated.write_text(self.BASE_URL + self.PRICE + 'omit = ["cost.output"]\n')
        begin(numbered(3), self.BASE_URL.replace("ours", "mine") + self.PRICE.replace("= 3", "= 4"))
        assert noticed(numbered(3)) == []
        assert noticed(numbered(3, cost={"input": 1, "output": 30})) == [
            f"acme:m{n}: cost.output changed from 2 to 30" for n in range(3)
        ]

    def test_an_application_that_excludes_everything_changed(self) -> None:
        """It may stop excluding tomorrow."""
        begin(numbered(3), '[exclude]\nacme = ["m1"]\n')
        new = catalogue(provider("acme", model("m0"), model("m1", cost={"input": 50, "output": 2}), model("m2")))
        assert noticed(new) == ["acme:m1: cost.input changed from 1 to 50"]
