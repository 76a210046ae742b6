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
