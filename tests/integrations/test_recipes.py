"""docs/recipes.md and the program that runs it belong together. The recipes themselves run outside of the suite."""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import ROOT

if TYPE_CHECKING:
    from types import ModuleType


def program() -> ModuleType:
    """tests/recipes/run.py, as a module."""
    spec = importlib.util.spec_from_file_location("recipes_run", ROOT / "tests" / "recipes" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RUN = program()
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")


def test_each_recipe_has_a_section_requirements_and_something_to_compare() -> None:
    assert len(RUN.RECIPES) == len(re.findall(r"^## ", RUN.PAGE, re.MULTILINE)) == 10
    assert {path.stem for path in RUN.REQUIREMENTS.iterdir()} == {*RUN.RECIPES}
    for name in RUN.RECIPES:
        assert any(RUN.BLOCKS.get((kind, name)) for kind in ("text", "console"))
        assert all(">=" in line for line in (RUN.REQUIREMENTS / f"{name}.txt").read_text("utf-8").splitlines())
    assert {*RUN.SAYS, *RUN.OFFLINE} <= {*RUN.RECIPES}


@pytest.mark.parametrize("name", RUN.RECIPES)
def test_a_recipe_is_a_program_that_uses_public_names(name: str) -> None:
    tree = ast.parse(RUN.BLOCKS["python", name])
    ours = [
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and "llm_models" in str(node.module)
    ]
    assert {*ours} <= {"llm_models.integrations.openai_sdk"}
    sends = name not in RUN.OFFLINE
    assert ("client_options" in ast.unparse(tree)) is sends


def test_the_lowest_releases_are_those_of_the_extras() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {*RUN.extras()} == {*extras} - {"dev", "docs", "test", "integrations-test"}
    assert all(re.fullmatch(r"[\w-]+(\[[\w-]+\])?>=[\w.]+", line) for lines in RUN.extras().values() for line in lines)


def test_no_test_of_an_adapter_is_missed_with_the_lowest_releases() -> None:
    """Whatever its name: every file beside this one, for every extra. Each adapter of an extra has one."""
    files = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    assert files > RUN.NEWEST
    adapters = re.findall(r"`llm-models-catalog\[[\w-]+\]` \| `integrations\.(\w+)`", PAGE)
    assert len(adapters) == len({*RUN.extras()} - {"duckdb", "parquet", "yaml"}), "these are no client libraries"
    assert {f"test_{name}.py" for name in adapters} <= files - RUN.NEWEST
    assert {*RUN.ELSEWHERE} <= {*RUN.extras()}
    for extra in RUN.extras():
        tried = RUN.tests(extra)
        assert all((ROOT / path).is_file() for path in tried)
        assert {Path(path).name for path in tried} >= files - RUN.NEWEST


def test_a_difference_is_a_failure() -> None:
    with pytest.raises(SystemExit, match="expected:\na\nfound:\nb"):
        RUN.same("llm", "a", "b")
    RUN.same("llm", "a", "a")
