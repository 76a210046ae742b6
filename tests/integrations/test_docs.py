"""docs/integrations.md is run, each section with the library that it is about; and its figures are measured."""

from __future__ import annotations

import doctest
import os
import re
import tomllib

import pytest
from support import ROOT

import llm_models
from llm_models.integrations import client_library
from llm_models.integrations.litellm import PROVIDERS
from llm_models.integrations.openai_sdk import ClientOptionsError, client_options

DOCS = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, str] = {}
for _word, _code in re.findall(r"^```python (\w+)\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL):
    EXAMPLES[_word] = EXAMPLES.get(_word, "") + _code
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("library", EXAMPLES)
@pytest.mark.filterwarnings("ignore")  # the libraries' own
def test_an_example_gives_what_it_says(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(library)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    test = doctest.DocTestParser().get_doctest(EXAMPLES[library], {}, library, "integrations.md", 0)
    runner = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False)
    told: list[str] = []
    runner.run(test, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)


@pytest.mark.parametrize(
    "name",
    [
        "openai_sdk",
        "openai_agents",
        "langchain",
        "litellm",
        "genai_prices",
        "pydantic_ai",
        "otel",
        "litellm_fields",
        "litellm_documents",
        "pydantic",
        "click",
        "facts",
        "",
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_docstrings_give_what_they_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    libraries = {"langchain": "langchain_core", "openai_agents": "agents", "pydantic": "pydantic"}
    libraries |= {"genai_prices": "genai_prices", "pydantic_ai": "pydantic_ai"}
    pytest.importorskip(libraries.get(name, "llm_models"))
    monkeypatch.setattr(os, "environ", dict(os.environ))
    module = importlib.import_module(f"llm_models.integrations.{name}".rstrip("."))
    result = doctest.testmod(module, extraglobs={"llm_models": llm_models}, optionflags=OPTIONS)
    assert result.failed == 0
    assert result.attempted or name == "litellm"


def test_each_client_has_a_section_an_extra_and_an_example() -> None:
    rows = re.findall(
        r"^\| [^|]+ \| (?:`llm-models-catalog\[([\w-]+)\]`|none) \| `integrations\.(\w+)` \| `(\w+)", DOCS, re.MULTILINE
    )
    assert len(rows) == 9
    sections = re.findall(r"^## (.+)$", DOCS, re.MULTILINE)
    assert len(sections) == len(EXAMPLES) == len(rows)
    for extra, module, name in rows:
        assert not extra or EXTRAS[extra]
        assert hasattr(client_library(f"llm_models.integrations.{module}", extra), name)
        assert any(
            re.search(rf"integrations\.{module} import [\w, ]*\b{name}\b", example) for example in EXAMPLES.values()
        )
    assert {extra for extra, _, _ in rows if extra} <= set(re.findall(r"[\w-]+", EXTRAS["integrations-test"][0]))


LIBRARIES = {
    "openai": "openai", "agents": "openai-agents", "langchain_openai": "langchain", "litellm": "litellm",
    "genai_prices": "genai-prices", "pydantic_ai": "pydantic-ai", "click": "click",
}  # fmt: skip
"""What examples import -> the extra that the page names for it. The application chooses `pydantic_settings` itself."""


def test_an_extra_installs_what_the_example_of_its_section_imports() -> None:
    """The name of a package is that of its module, with `-`."""
    imported = {name for text in EXAMPLES.values() for name in re.findall(r">>> (?:import|from) (\w+)", text)}
    assert LIBRARIES.keys() <= imported
    others = {"llm_models", "os", "typing", "pydantic_settings"}
    assert imported - LIBRARIES.keys() == others
    for module, extra in LIBRARIES.items():
        packages = {re.match(r"[\w-]+", one)[0].removesuffix("-slim") for one in EXTRAS[extra]}  # type: ignore[index]
        assert {module.replace("_", "-"), f"openai-{module}"} & packages, (module, extra)


@pytest.mark.whole
def test_the_figures_are_those_of_the_packaged_catalogue(packaged: llm_models.Snapshot) -> None:
    """The others are printed by the tests that measure them (`pytest -s`)."""
    verdicts = {(model.provider, _speaks(model, packaged)) for model in packaged.list_models()}
    reached = {provider for provider, verdict in verdicts if verdict is True}
    filled_in = {provider for provider, verdict in verdicts if verdict is None} - reached
    total = len(packaged.list_providers())
    assert f"{len(reached)} of the {total} in the packaged catalogue, and {len(filled_in)} more" in DOCS
    assert f"the {len(PROVIDERS)}\n  providers in `PROVIDERS`" in DOCS


def _speaks(model: llm_models.Model, packaged: llm_models.Snapshot) -> bool | None:
    """None: with a base URL whose variables are filled in."""
    try:
        return bool(client_options(model, api_key="any", snapshot=packaged))
    except ClientOptionsError as error:
        return None if error.variables else False


def test_a_missing_client_is_an_error_that_names_the_extra() -> None:
    with pytest.raises(ImportError, match=r"pip install 'llm-models-catalog\[langchain\]'"):
        client_library("langchain_core_that_is_not_there", "langchain")
