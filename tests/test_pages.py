"""The pages of the documentation: what they show is run, their links lead somewhere, and the site lists each page."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT
from support.command import here
from support.docs import documents, fences, run_console, run_python

import llm_models
from llm_models import accepted
from llm_models.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {str(path.relative_to(ROOT)): path for path in documents()}
ELSEWHERE = {
    "docs/integrations.md": "tests/integrations/test_docs.py, each section with its library",
    "docs/building-a-client.md": "tests/integrations/test_client_contract.py, with a server",
    "docs/recipes.md": "tests/recipes/run.py, each recipe with its library",
    "docs/tables.md": "tests/test_tables.py, as far as its library is there",
    "docs/warehouse.md": "the same",
    "CONTRIBUTING.md": "tests/test_new_source.py",
}
"""Pages whose Python and commands another test runs."""
RUN = {"python", "console"}
READ = {"toml", "yaml", "json", "bash", "sh", "dockerfile", "text", "sql", "pycon"}
"""Languages of which no block is run here: data is read, and commands are compared with those that exist. `pycon` is
the example of a docstring, which is run where it stands.
"""
CONFIGURATION, ACCEPTED = "# llm_models.toml\n", "[[accepted]]\n"
"""How a block begins that is the whole file of the examples that follow it; and one of accepted differences."""
FILE = re.compile(r"# (\w+\.py)\n")
"""How a block of Python begins that is a file, which the examples that follow it import."""


@pytest.mark.parametrize("name", sorted(PAGES.keys() - ELSEWHERE.keys()))
def test_every_example_gives_what_the_page_shows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python, commands and files, in the order in which they stand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names: dict[str, Any] = {}
    for language, _, text in fences(PAGES[name]):
        if language == "python" and (file := FILE.match(text)):
            (tmp_path / file[1]).write_text(text, encoding="utf-8")
            monkeypatch.delitem(sys.modules, file[1].removesuffix(".py"), raising=False)
        elif language == "python":
            run_python(text, names, name)
        elif language == "console":
            run_console(text, tmp_path)
        elif language == "toml" and text.startswith(CONFIGURATION):
            (tmp_path / "llm_models.toml").write_text(text, encoding="utf-8")
            assert here("validate", "--strict").code == 0
        elif language == "toml" and not text.startswith(ACCEPTED):  # a part, of the file above if there is one
            llm_models.load(overrides=tomllib.loads(text), publish=False)
        elif language == "toml":
            (tmp_path / "accepted.toml").write_text(text, encoding="utf-8")
            assert accepted.read("accepted.toml")


@pytest.mark.parametrize("name", PAGES)
def test_every_block_is_of_a_language_that_is_checked(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    found = fences(PAGES[name])
    assert {language for language, _, _ in found} <= RUN | READ
    assert len(re.findall(r"^ *```", text, re.MULTILINE)) == 2 * len(found)
    for language, _, block in found:
        assert language != "python" or name in ELSEWHERE or block.startswith(">>>") or FILE.match(block)
        assert language != "console" or block.startswith("$ ")


def test_the_pages_have_examples_of_all_kinds() -> None:
    run = [language for name in PAGES.keys() - ELSEWHERE.keys() for language, _, _ in fences(PAGES[name])]
    assert run.count("python") > 40
    assert run.count("console") > 15
    assert sum(block.startswith(CONFIGURATION) for path in PAGES.values() for _, _, block in fences(path)) > 5


@pytest.mark.parametrize("name", PAGES)
def test_every_command_and_option_exists(name: str) -> None:
    """Those in blocks that no test runs, such as `pull`, which goes online."""
    for language, _, text in fences(PAGES[name]):
        if language not in {"bash", "sh", "dockerfile", "yaml"}:
            continue
        for command, rest in re.findall(r"(?<![\w/'\"-])llm-models ([a-z]+)\b([^&|;\n]*)", text):
            assert command in cli.commands, (command, rest)
            options = {flag for one in cli.commands[command].params for flag in one.opts} | {"--help", "--"}
            words = rest.partition(" #")[0].split()
            assert [word for word in words if word.startswith("--") and word not in options] == [], (command, rest)


def anchor(heading: str) -> str:
    """The name by which a link finds a heading, as code hosts and the site make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    text = re.sub(r"^ *```.*?^ *```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(name: str) -> None:
    """As a code host follows it: from file to file."""
    for target in re.findall(r"\]\((?![a-z]+:)([^)\s]+)\)", PAGES[name].read_text(encoding="utf-8")):
        path, _, heading = target.partition("#")
        there = (PAGES[name].parent / path).resolve() if path else PAGES[name]
        assert there.is_file(), target
        assert there.is_relative_to(ROOT), target
        assert not heading or heading in anchors(there), target


@pytest.mark.parametrize("name", PAGES)
def test_a_list_and_a_table_begin_after_an_empty_line(name: str) -> None:
    """Code hosts do not need it, but the site shows a text with dashes and bars without it."""
    text = re.sub(r"^ *```.*?^ *```$", "\n", PAGES[name].read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"^(?!- |\d+\. |\||#|>|<!--| |$).*\n(?:- |\d+\. |\|).*$", text, re.MULTILINE) == []


def test_the_site_lists_every_page_once() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    listed = re.findall(r"^ +- (?:[^:#\n]+: )?([\w-]+\.md)$", nav, re.MULTILINE)
    outside = {"index.md", "changelog.md", "security.md", "contributing.md", "benchmarks.md"}
    assert sorted(listed) == sorted({*outside, *[path.name for path in (ROOT / "docs").glob("*.md")]})


def test_the_readme_is_about_one_page() -> None:
    """What is longer belongs on a page of its own, which the README links."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 220


def test_the_readme_links_every_page_but_those_that_another_one_links() -> None:
    """Each page of docs/ is one or two links away."""
    readme = linked(PAGES["README.md"])
    further = {page for path in readme for page in linked(path)}
    assert {path for name, path in PAGES.items() if name.startswith("docs/")} <= readme | further


def linked(path: Path) -> set[Path]:
    text = path.read_text(encoding="utf-8")
    return {(path.parent / target).resolve() for target in re.findall(r"\]\(([\w./-]+\.md)", text)}


@pytest.mark.parametrize(
    ("provider", "since"), [("openai", None), ("openai", "2027-01-01"), ("anthropic", "2026-10-03")]
)
def test_the_percentage_of_the_recipe_holds_for_every_model(
    provider: str, since: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file, with other values: caches, tiers and fees cost the factor from the day on, and until then the list.

    Anthropic has a list that begins on 2026-10-07.
    """
    text = next(text for _, _, text in fences(PAGES["docs/negotiated-prices.md"]) if FILE.match(text))
    (tmp_path / "of_the_recipe.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    recipe = importlib.import_module("of_the_recipe")
    monkeypatch.delitem(sys.modules, "of_the_recipe")
    monkeypatch.setattr(recipe, "PROVIDER", provider)
    monkeypatch.setattr(recipe, "FROM", since)
    listed = llm_models.load(config=None, publish=False)
    mine = llm_models.load(config=None, overrides_module=recipe.Discount, publish=False)
    used = {"input": 300_000, "cache_read": 100_000, "output": 2000, "web_search": 3}
    days = {"2026-10-02": since is None, "2026-10-04": since != "2027-01-01", "2027-01-01": True}
    priced = 0
    for model in listed.list_models(provider):
        for day, is_less in days.items():
            before = listed.cost(model.spec, used, at=day).total
            after = mine.cost(model.spec, used, at=day).total
            assert after == (before and before * (recipe.FACTOR if is_less else 1)), (model.spec, day)
            priced += before is not None
    assert priced > 20
