"""What defines a model: `new`, `base`, entries of one's own provider; and `known`, which lists what may be missing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues
from support.catalogues import catalogue, model, of_source, provider

import llm_models
from llm_models import checks
from llm_models.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.errors import Problem
    from llm_models.snapshot_file import SnapshotFile

HOUSE = '[[providers]]\nid = "house"\nbase_url = "https://house.example/v1"\n'


@pytest.fixture(scope="module")
def base() -> SnapshotFile:
    acme = [model("a-1", aliases=["first"]), model("a-2", limit={"context": 2000, "output": 500}), model("b-1")]
    zeta = [model("a-1", cost={"input": 3, "output": 4}), model("z-9")]
    return of_source(catalogue(provider("acme", *acme), provider("zeta", *zeta)))[0]


def told(file: SnapshotFile, text: str) -> list[Problem]:
    """The problems that `validate` reports for a text."""
    return checks.check_text(text.encode(), "llm_models.toml", file)


def lines(file: SnapshotFile, text: str) -> list[str]:
    """The same as text; warnings are marked."""
    return [f"{one}{'' if one.severity == 'error' else ' [warning]'}" for one in told(file, text)]


def served(file: SnapshotFile, tmp_path: Path, text: str) -> llm_models.Snapshot:
    """What `load()` of a text serves."""
    return llm_models.Snapshot(catalogues.merged(file, tmp_path / "llm_models.toml", text.encode())[0])


class TestKnown:
    """What `known` covers may match nothing today."""

    @pytest.mark.parametrize(
        ("item", "pattern", "covered"),
        [
            ("acme:a-9", "a-9", True),
            ("ACME:a-9", "a-9", True),
            ("a-9@acme", "a-9", True),
            ("acme/a-9", "a-9", True),
            ("acme:*-preview-9*", "*-preview-9*", True),
            ("acme:*-9*", "a-9-mini", True),
            ("acme:a-9*", "a-9-*", True),
            ("acme:a-9", "a-8", False),
            ("zeta:a-9", "a-9", False),
            ("acme:A-9", "a-9", False),
        ],
    )
    @pytest.mark.parametrize("section", ["deny", "exclude", "allow", "match", "id"])
    def test_it_covers_a_pattern_of_each_section_and_an_entry(
        self, base: SnapshotFile, item: str, pattern: str, covered: bool, section: str
    ) -> None:
        text = f'known = ["{item}"]\n'
        if section in ("match", "id"):
            text += f'[[models]]\nprovider = "acme"\n{section} = "{pattern}"\ncost.input = 9\n'
        else:
            text += f'[{section}]\nacme = ["{pattern}", "a-1"]\n'
        assert bool(lines(base, text)) is not covered

    def test_a_pattern_that_nothing_covers_is_told_how_to_be(self, base: SnapshotFile) -> None:
        (problem,) = told(base, '[deny]\nacme = ["*-preview-9*"]\n')
        assert problem.severity == "warning"
        assert 'write known = ["acme:*-preview-9*"] at the top' in problem.hint

    def test_allow_that_leaves_no_model_stays_an_error(self, base: SnapshotFile) -> None:
        (problem,) = told(base, 'known = ["acme:a-9"]\n[allow]\nacme = ["a-9"]\n')
        assert problem.severity == "error"

    def test_an_entry_waits_until_its_model_is_listed(
        self, base: SnapshotFile, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        text = 'known = ["acme:a-9"]\n[[models]]\nprovider = "acme"\nid = "a-9"\nlimits.context = 9\nname = "Nine"\n'
        with caplog.at_level(logging.INFO):
            catalogue_now = served(base, tmp_path, text)
        assert not caplog.records
        assert not catalogue_now.allowed("acme:a-9")
        later = of_source(catalogue(provider("acme", model("a-9"))))[0]
        assert served(later, tmp_path, text).get_model("acme", "a-9").limits.context == 9

    def test_the_lists_of_all_layers_count(self, base: SnapshotFile, caplog: pytest.LogCaptureFixture) -> None:
        entry = {"provider": "acme", "id": "a-9", "cost": {"input": 1}}
        for known in ({"known": ["acme:a-9"]}, {"known": ["acme:b-9"]}):
            layers: list[dict[str, Any]] = [{"known": ["zeta:q"]}, {"models": [entry]}, known]
            assert not llm_models.Snapshot(catalogues.layered(base, *layers)).allowed("acme:a-9")
        assert not caplog.records

    @pytest.mark.parametrize("item", ["gpt-9", "", ":", "acme:", ":a-1", " : ", "acme/"])
    def test_an_item_of_a_wrong_form_is_an_error(self, base: SnapshotFile, item: str) -> None:
        (problem,) = told(base, f'known = ["{item}"]\n')
        assert problem.severity == "error"
        assert problem.message.startswith("expected a provider and a name or glob, such as openai:gpt-9")
        with pytest.raises(ConfigError, match="expected a provider and a name or glob"):
            catalogues.layered(base, {"known": [item]})

    def test_an_item_of_an_unknown_provider_covers_nothing(self, base: SnapshotFile) -> None:
        assert lines(base, 'known = ["acne:a-9", "a-9@acne", "acne/a-9", "openai:gpt-9"]\n') == [
            f"llm_models.toml:1:{column}: known[{index}]: unknown provider 'acne'. Did you mean 'acme'?"
            for index, column in enumerate((10, 22, 34))
        ]


ENTRY = '[[models]]\nprovider = "acme"\nid = "{}"\n{}\n'
UNKNOWN = "is not in this data (of 2026-01-02). To define it, add new = true, or base = "


class TestUnknownIds:
    """Under a provider of the catalogue, an id that was never listed is an error, unless the entry defines a model."""

    @pytest.mark.parametrize(
        ("fields", "defined"),
        [
            ("cost.input = 1", False),
            ("", False),
            ("limits.context = 9", True),
            ('name = "Nine"', True),
            ('modalities.input = ["text"]', True),
        ],
    )
    def test_validate_names_both_ways_and_load_does_what_it_did(
        self, base: SnapshotFile, tmp_path: Path, fields: str, defined: bool, caplog: pytest.LogCaptureFixture
    ) -> None:
        text = ENTRY.format("a-11", fields)
        (line,) = lines(base, text)
        assert line.startswith(f"llm_models.toml:3:6: models.acme:a-11.id: acme:a-11 {UNKNOWN}")
        assert line.endswith("Did you mean 'a-1'?")
        assert served(base, tmp_path, text).allowed("acme:a-11") is defined
        (logged,) = [record.getMessage() for record in caplog.records]
        assert ("do not state new = true" in logged) is defined
        assert "acme:a-11" in logged

    @pytest.mark.parametrize("fields", ["", "cost.input = 1", "limits.context = 9", 'name = "Nine"'])
    def test_new_defines_a_model_with_any_fields(
        self, base: SnapshotFile, tmp_path: Path, fields: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        text = ENTRY.format("a-11", f"new = true\n{fields}")
        assert lines(base, text) == []
        record = served(base, tmp_path, text).get_model("acme", "a-11")
        assert "new" not in record.extra
        assert not caplog.records

    def test_new_that_is_false_states_nothing(self, base: SnapshotFile) -> None:
        (line,) = lines(base, ENTRY.format("a-11", "new = false"))
        assert UNKNOWN in line

    def test_new_of_a_listed_model_is_warned_of_and_the_entry_corrects_it(
        self, base: SnapshotFile, tmp_path: Path
    ) -> None:
        text = ENTRY.format("a-1", "new = true\ncost.input = 9")
        (line,) = lines(base, text)
        assert "acme:a-1 is listed now, so this has no effect" in line
        assert line.startswith("llm_models.toml:4:")
        cost = served(base, tmp_path, text).get_model("acme", "a-1").cost
        assert (cost.input, cost.output) == (9, 2)

    def test_new_defines_a_model_that_is_gone(self, tmp_path: Path) -> None:
        small = catalogues.made_up({"openai": {"gpt-4o": {}}})
        text = '[[models]]\nprovider = "openai"\nid = "gpt-5-codex"\ncost.input = 1\n'
        (line,) = lines(small, text)
        assert "openai:gpt-5-codex is no longer listed" in line
        assert line.endswith("To define it, add new = true. [warning]")
        text += "new = true\n"
        assert lines(small, text) == []
        assert served(small, tmp_path, text).get_model("openai", "gpt-5-codex").cost.input == 1

    def test_entries_of_an_own_provider_need_no_new(self, base: SnapshotFile, tmp_path: Path) -> None:
        text = HOUSE + '[[models]]\nprovider = "house"\nid = "m"\n'
        assert lines(base, text) == []
        assert served(base, tmp_path, text).allowed("house:m")

    def test_a_whole_spec_as_the_id_is_told_to_be_shortened(self, base: SnapshotFile) -> None:
        for spec in ("acme:a-1", "acme/a-1", "a-1@acme"):
            (line,) = lines(base, ENTRY.format(spec, "cost.input = 9"))
            assert line.endswith("(of 2026-01-02). Write the id alone: 'a-1'.")

    def test_a_model_of_the_same_name_elsewhere_is_named_as_a_base(self, base: SnapshotFile) -> None:
        (line,) = lines(base, ENTRY.format("z-9", "cost.input = 9"))
        assert 'base = "zeta:z-9" to start from a copy of it' in line

    @pytest.mark.parametrize("key", ["new = true"])
    def test_a_match_defines_nothing(self, base: SnapshotFile, key: str) -> None:
        text = f'[[models]]\nprovider = "acme"\nmatch = "a-*"\n{key}\n'
        (problem,) = told(base, text)
        assert (problem.severity, problem.line) == ("error", 4)
        assert "defines one model, so it cannot stand beside 'match'" in problem.message

    def test_another_fault_of_the_entry_hides_neither(self, base: SnapshotFile) -> None:
        """A new model with a wrong value is no unknown id; an unknown id with a wrong value is one, too."""
        wrong = 'limits.context = "many"'
        assert len(lines(base, ENTRY.format("a-11", f"new = true\n{wrong}"))) == 1
        assert len(lines(base, ENTRY.format("a-11", "new = 1"))) == 1
        assert len(lines(base, ENTRY.format("a-11", wrong))) == 2
