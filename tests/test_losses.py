"""Losses: one provider that loses its models, and prices of models that the configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.catalogues import base, catalogue, merged, model, of_source, provider

from llm_models import guards
from llm_models.normalize import Report

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.changes import Changes
    from llm_models.snapshot_file import SnapshotFile

KEPT = provider("big", *(model(f"b{number}") for number in range(40)))


def notable(old: SnapshotFile, new: SnapshotFile, run: Changes | None = None) -> list[str]:
    return [*guards.judge(Report(), old, new, run).notable]


def refreshed(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    """The notices where `acme` has other models, beside a provider that stays."""
    files = [of_source(catalogue(KEPT, *([provider("acme", *one)] if one else [])))[0] for one in (old, new)]
    return notable(*files)


def numbered(*numbers: int, **fields: Any) -> list[dict[str, Any]]:
    return [model(f"m{number}", **fields) for number in numbers]


class TestModels:
    @pytest.mark.parametrize(
        ("before", "left", "said"),
        [
            (10, 5, ["acme: 5 of its 10 models are missing"]),
            (10, 1, ["acme: 9 of its 10 models are missing"]),
            (10, 0, ["acme: 10 of its 10 models are missing"]),
            (10, 6, []),
            (11, 6, []),
            (8, 4, []),  # fewer than five
            (5, 0, ["acme: 5 of its 5 models are missing"]),
            (4, 0, ["acme: 4 of its 4 models are missing"]),
            (4, 1, []),
        ],
    )
    def test_half_of_them(self, before: int, left: int, said: list[str]) -> None:
        assert refreshed(numbered(*range(before)), numbered(*range(left))) == said

    def test_others_do_not_make_up_for_them(self) -> None:
        assert refreshed(numbered(*range(10)), numbered(*range(5, 90))) == ["acme: 5 of its 10 models are missing"]

    def test_all_that_are_living(self) -> None:
        said = ["acme: all of its models are deprecated now"]
        old = [*numbered(1, 2), *numbered(3, status="deprecated")]
        assert refreshed(old, numbered(1, 2, 3, status="deprecated")) == said
        assert refreshed(old, numbered(3, status="deprecated")) == said
        assert refreshed(old, numbered(1, 3, status="deprecated") + numbered(2)) == []
        assert refreshed(old, numbered(1, 2, 3, status="beta")) == []
        assert refreshed(numbered(1, 2, status="deprecated"), numbered(1, status="deprecated")) == []

    def test_real_providers(self) -> None:
        """Anthropic's models become deprecated, and OpenAI keeps one."""
        old = [provider(name, *numbered(*range(20))) for name in ("anthropic", "openai")]
        new = [provider("anthropic", *numbered(*range(20), status="deprecated")), provider("openai", *numbered(1))]
        assert notable(*(base(catalogue(KEPT, *one))[0] for one in (old, new))) == [
            "openai: 19 of its 20 models are missing",
            "anthropic: all of its models are deprecated now",
        ]


NAMING = {
    "id": '[[models]]\nprovider = "acme"\nid = "m"\ntags = ["mine"]\n',
    "match": '[[models]]\nprovider = "acme"\nmatch = "m*"\ntags = ["mine"]\n',
    "allow": '[allow]\nbig = "all"\nacme = ["m"]\n',
    "everywhere": '[[models]]\nprovider = "*"\nmatch = "m"\ntags = ["mine"]\n',
}
LINE = {"id": 3, "match": 3, "allow": 3, "everywhere": 3}


class TestPrices:
    """A factor of three is notable for models that the file names; for others it is a factor of ten."""

    def priced(self, tmp_path: Path, text: str, old: Any, new: Any) -> list[str]:
        files = [of_source(catalogue(KEPT, provider("acme", model("m", cost=cost), model("n", cost=cost))))[0]
                 for cost in (old, new)]  # fmt: skip
        path = tmp_path / "llm_models.toml"
        path.write_text(text)
        return notable(*files, merged(files[1], path, text.encode())[1])

    @pytest.mark.parametrize("how", NAMING)
    def test_of_a_named_model(self, tmp_path: Path, how: str) -> None:
        said = f"and llm_models.toml:{LINE[how]} names it"
        text = NAMING[how]
        assert self.priced(tmp_path, text, {"input": 1}, {"input": 3}) == [
            f"acme:m: cost.input changed from 1 to 3, {said}"
        ]
        assert self.priced(tmp_path, text, {"input": 3}, {"input": 1}) == [
            f"acme:m: cost.input changed from 3 to 1, {said}"
        ]
        assert self.priced(tmp_path, text, {"input": 1}, {"input": 2.9}) == []

    @pytest.mark.parametrize("how", NAMING)
    def test_that_disappear(self, tmp_path: Path, how: str) -> None:
        said = f"but llm_models.toml:{LINE[how]} names it"
        text, cost = NAMING[how], {"input": 1, "output": 2}
        assert self.priced(tmp_path, text, cost, None) == [
            f"acme:m: no price any more for cost.input, cost.output, {said}"
        ]
        assert self.priced(tmp_path, text, cost, {"input": 1}) == [f"acme:m: no price any more for cost.output, {said}"]
        assert self.priced(tmp_path, text, None, cost) == []

    @pytest.mark.parametrize("how", ["id", "match", "allow"])
    def test_of_a_model_of_that_name_at_another_provider(self, tmp_path: Path, how: str) -> None:
        """An entry names the models of its own provider: a name or glob of `big` says nothing of `acme`."""
        text = NAMING[how].replace("acme", "x").replace("big", "acme").replace("x", "big")
        assert self.priced(tmp_path, text, {"input": 1}, {"input": 3}) == []
        assert self.priced(tmp_path, text, {"input": 1}, None) == []

    def test_of_others_up_to_ninefold_are_silent(self, tmp_path: Path) -> None:
        text = '[[models]]\nprovider = "acme"\nid = "m"\ntags = ["mine"]\n'.replace('"m"', '"o"')
        assert self.priced(tmp_path, "", {"input": 1}, {"input": 9}) == []
        assert self.priced(tmp_path, "", {"input": 1}, None) == []
        assert [one for one in self.priced(tmp_path, text, {"input": 1}, {"input": 9}) if "cost" in one] == []
        assert self.priced(tmp_path, "", {"input": 1}, {"input": 10}) == [
            "acme:m: cost.input changed from 1 to 10",
            "acme:n: cost.input changed from 1 to 10",
        ]

    def test_what_is_denied_is_not_named(self, tmp_path: Path) -> None:
        assert self.priced(tmp_path, '[deny]\nacme = ["m"]\n', {"input": 1}, {"input": 3}) == []
