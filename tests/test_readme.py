"""What the README and the pages promise: set-up lines, commands, the rule of trust, names of models."""

from __future__ import annotations

import ast
import doctest
import json
import re
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.docs import blocks, run_console
from support.loopback import serving

import llm_models
from llm_models import paths
from llm_models.modelspec import fold_provider
from llm_models.timeline import History

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("page", "manifest"), [("refreshing.md", ".llm_models/manifest.json"), ("air-gap.md", "manifest.json")]
)
def test_the_refresh_works_as_written(tmp_path: Path, upstream: bytes, page: str, manifest: str) -> None:
    """Its lines, with the real source on loopback in place of its own address."""
    (tmp_path / "llm_models.toml").write_text('[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\ntags = ["mine"]\n')
    lines = "".join(blocks(ROOT / "docs" / page, "bash")).splitlines()
    with serving(upstream) as (url, _):
        if any("rollback" in line for line in lines):
            run_console("$ llm-models activate\n...\n", tmp_path)
        for line in lines:
            command = line.partition("#")[0].strip()
            if command.startswith("llm-models pull"):
                command += f" --url {url}"
            run_console(f"$ {command}\n...\n", tmp_path)
    assert json.loads((tmp_path / manifest).read_text())["models"] == 8337
    assert (tmp_path / ".llm_models" / "snapshot.json").exists()


def test_docstring_examples_hold() -> None:
    """The examples in the docstrings of every public module give what they say."""
    import importlib
    import pkgutil

    failed, attempted = 0, 0
    for module_info in pkgutil.walk_packages(llm_models.__path__, "llm_models."):
        if module_info.name.startswith(("llm_models.integrations", "llm_models.cli")):
            continue
        module = importlib.import_module(module_info.name)
        result = doctest.testmod(
            module, extraglobs={"llm_models": llm_models}, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
        )
        failed += result.failed
        attempted += result.attempted
    assert failed == 0
    assert attempted > 20


def test_the_set_up_lines_are_one_line_each_and_name_no_other_tool() -> None:
    lines = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
    assert len(lines) == 2
    assert all(line.startswith("python3 -m venv .venv && .venv/bin/pip install -q ") for line in lines)


def test_a_guide_tells_every_command() -> None:
    from llm_models.cli import cli

    guides = [text for place, text in SHOWN.items() if place.startswith("docs/") and place not in REFERENCE]
    told = "\n".join([README, *guides])
    assert [name for name in cli.commands if f"`{name}`" not in told and f"llm-models {name}" not in told] == []


def test_the_documents_have_the_date_and_the_figures_of_the_data(packaged: llm_models.Snapshot) -> None:
    history = History.open(paths.PACKAGED_HISTORY)
    days, successors = history.days, sum(len(line.successors) for line in map(history.line, history.providers) if line)
    sources = " ".join((ROOT / "docs" / "sources.md").read_text(encoding="utf-8").split())
    for text in (README, sources):
        assert f"as of **{packaged.date}**" in text
    assert f"listed on {len(days)} days, from {days[0]} to {days[-1]}," in sources
    assert f"successors of {successors} models that are gone" in sources


def test_the_example_file_is_the_one_of_the_readme() -> None:
    told = next(text for language, text in BLOCKS if language == "toml")
    assert (ROOT / "examples" / "llm_models.toml").read_text(encoding="utf-8") == told


def test_the_rule_of_trust_is_stated_in_the_same_words_everywhere() -> None:
    """Named, found, trusted: seven short sentences, and how a container names its file."""

    def words(*path: str) -> str:
        text = ROOT.joinpath(*path).read_text(encoding="utf-8")
        return " ".join(re.sub(r"^ *#|\*\*", "", text, flags=re.MULTILINE).split())

    told = re.search(r"(A file is named .*?\(`overrides_module` is a `ConfigError`\)\.)", words("docs", "trust.md"))
    assert told is not None
    assert len(re.findall(r"\.(?= |$)", told[1])) == 7
    template, recipe = ("llm_models", "data", "template.toml"), "ENV LLM_MODELS_CONFIG=/app/llm_models.toml"
    behaviour = ("llm_models", "behaviour.py")
    for path in (template, behaviour, ("docs", "integrations.md"), ("docs", "building-a-client.md")):
        assert told[1] in words(*path), path
    for path in (("docs", "containers.md"), ("docs", "trust.md"), template, behaviour, ("docs", "integrations.md")):
        assert recipe in words(*path), path


def _docstrings(path: Path) -> str:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return "\n".join(ast.get_docstring(node) or "" for node in nodes if isinstance(node, documented))


def _help() -> str:
    from llm_models.cli import cli

    options = (getattr(option, "help", None) or "" for command in cli.commands.values() for option in command.params)
    return "\n".join([*(command.help or "" for command in cli.commands.values()), *options])


SHOWN = {
    "README.md": README,
    **{f"docs/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")},
    "template.toml": (ROOT / "llm_models" / "data" / "template.toml").read_text(encoding="utf-8").replace("# ", ""),
    "--help": _help(),
    "docstrings": "\n".join(map(_docstrings, sorted((ROOT / "llm_models").rglob("*.py")))),
}
"""Every text in which users find examples."""
NAMED = (
    r"(?<![\w/.-])(?P<p>[A-Za-z][\w-]*):(?P<m>\w[\w./:@-]*)",
    r"(?<![\w/.:@%-])(?P<m>\w[\w./:@%-]*)@(?P<p>[A-Za-z][\w-]*)",
    r'(?<=\()"(?P<p>[\w-]+)", "(?P<m>[^"]+)"',
    r'provider"?[ :=]+"(?P<p>[\w-]+)",?\s+"?id"?[ :=]+"(?P<m>[^"]+)"',
)
"""How a text names a model: `p:m`, `m@p`, a pair of arguments, a record as data or as TOML."""
MISSPELT = {"gpt-5.4-mni", "no-such-model"}
"""The names in examples of errors."""
NOT_YET = {"gpt-9"}
"""The names in examples about models that are not listed yet."""
GONE = {"openai:gpt-5-codex", "anthropic:claude-3-opus-20240229"}
"""The models in examples about models that are gone."""
OLD = {"openai:gpt-4"}
"""The models in examples about old names: they are listed, deprecated, and have a successor."""
BEFORE = {"openai:gpt-4-0314"}
"""The models in examples about names that were gone before the history begins."""


SOON = "2027-03-31"
"""A model that retires up to half a year after the date of the data is about to retire."""
REFERENCE = {"docs/configuration.md", "docs/capabilities.md", "docs/columns.md", "docs/json.md"}
"""The pages that are written from the schemas; their example is template.toml."""


@pytest.mark.parametrize("place", sorted(SHOWN.keys() - REFERENCE))
def test_examples_name_models_that_are_current(place: str, packaged: llm_models.Snapshot) -> None:
    """Every model that is named exists in the packaged data, and is neither deprecated nor about to retire."""
    found = [(each["p"], each["m"].rstrip(".,:")) for form in NAMED for each in re.finditer(form, SHOWN[place])]
    providers = {*packaged.list_providers()}
    specs = {(p, m) for p, m in found if fold_provider(p) in providers and m not in MISSPELT | NOT_YET}
    assert specs, "no example names a model"
    for provider, model_id in sorted(specs):
        if f"{provider}:{model_id}" in GONE:
            with pytest.raises(llm_models.RetiredModelError):
                packaged.get_model(provider, model_id)
            continue
        if f"{provider}:{model_id}" in BEFORE:
            with pytest.raises(llm_models.UnknownModelError):
                packaged.history((provider, model_id))
            continue
        model = packaged.resolve(f"{model_id}@{provider}")
        if model.spec in OLD:
            assert (model.deprecated, bool(model.successor)) == (True, True)
            continue
        assert not model.deprecated, model.spec
        assert model.retires is None or model.retires > SOON, model.spec
