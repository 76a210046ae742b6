"""The law of `validate`: what it passes loads, and every entry takes effect or is a problem at its own lines.

Of the entries without a problem that do not wait (`known`), taking away any one changes what programs see. Taking away
what a problem calls without effect changes nothing. The same configuration as a mapping is the same catalogue.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import given, settings
from support import catalogues
from support.configurations import BASES, PATH, Block, configurations, modules, text_of

from llm_models import checks, paths
from llm_models.errors import ConfigError, EmptyCatalogError, LLMModelsError
from llm_models.in_use import InUse
from llm_models.pipeline import merge_application
from llm_models.snapshot import Snapshot

if TYPE_CHECKING:
    from llm_models.errors import Problem

VOID = ("this entry has no effect", "this entry is left out", "the line has no effect", "so this has no effect")


def loaded(which: str, blocks: list[Block]) -> Snapshot | LLMModelsError:
    """What `load()` makes of a configuration."""
    try:
        return catalogues.loaded(BASES[which], PATH, text_of(blocks).encode())
    except (ConfigError, EmptyCatalogError) as error:
        return error


def with_layers(which: str, text: str | None, *, behaviour: Any = None, overrides: Any = None) -> Any:
    """What `load()` makes of a configuration, a behaviour module and a mapping."""
    current = InUse(BASES[which], paths.find(PATH), None if text is None else text.encode())
    try:
        return Snapshot(merge_application(current, behaviour=behaviour, overrides=overrides)[0])
    except (ConfigError, EmptyCatalogError) as error:
        return error


def shown(catalogue: Snapshot) -> Any:
    """Everything that a program sees of a catalogue."""
    models = [model.to_dict() for model in catalogue.list_models()]
    providers = [catalogue.get_provider(name).to_dict() for name in catalogue.file.blocks]
    ids = {name: catalogue.file.block(name).ids for name in catalogue.file.blocks}
    names = {name: [(at, ids[at][row]) for at, row in found] for name, found in catalogue.view.names().items()}
    return models, providers, catalogue.prefer, names


def errors_of(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems if problem.severity == "error"]


@pytest.mark.parametrize("which", BASES)
@settings(max_examples=120, deadline=None, derandomize=True)
@given(blocks=configurations())
def test_of_generated_configurations(which: str, blocks: list[Block]) -> None:
    text = text_of(blocks)
    problems = checks.check_text(text.encode(), PATH, BASES[which])
    errors = errors_of(problems)
    result = loaded(which, blocks)
    if isinstance(result, LLMModelsError):
        assert errors, result
        refused = getattr(result, "problems", None) or ()
        assert {str(problem) for problem in refused} <= set(errors)
        assert str(result).startswith(f"{PATH}:")
    last = text.count("\n") + 1
    for problem in problems:
        assert problem.file == PATH
        assert 1 <= (problem.line or 0) <= last, problem
        assert problem.column, problem
    if isinstance(result, LLMModelsError):
        return
    _void_is_void(which, blocks, problems, shown(result))
    if errors:
        return
    if "known = " in blocks[0].text:  # what waits is silent
        unknown = re.sub("known = .*", "", text, count=1)
        problems += checks.check_text(unknown.encode(), PATH, BASES[which])
    line, silent = 1, []
    for block in blocks:
        end = line + block.text.count("\n")
        if not block.is_entry or not any(line <= (problem.line or 0) < end for problem in problems):
            silent.append(block)
        line = end
    before = loaded(which, silent)
    for index, block in enumerate(silent):
        without = loaded(which, [*silent[:index], *silent[index + 1 :]]) if block.is_entry else None
        if without is None or isinstance(before, LLMModelsError) or isinstance(without, LLMModelsError):
            continue
        assert shown(without) != shown(before), block.text


def _void_is_void(which: str, blocks: list[Block], problems: list[Problem], before: Any) -> None:
    """An entry or a line of an entry that a problem calls without effect has none."""
    line = 1
    for index, block in enumerate(blocks):
        end = line + block.text.count("\n")
        rest = [*blocks[:index], *blocks[index + 1 :]]
        for problem in problems if block.is_entry else ():
            if not line <= (problem.line or 0) < end or not problem.message.endswith(VOID):
                continue
            if "every model of" in problem.message:  # a provider without a model that is shown is still known
                continue
            if "entry" in problem.message.rpartition(",")[2]:
                kept = rest
            else:
                lines = block.text.splitlines(keepends=True)
                del lines[(problem.line or 0) - line]
                kept = [*blocks[:index], Block("".join(lines)), *blocks[index + 1 :]]
            without = loaded(which, kept)
            if isinstance(without, Snapshot):
                assert shown(without) == before, problem
        line = end


@pytest.mark.parametrize("which", BASES)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(blocks=configurations(), module=modules())
def test_of_behaviour_modules(which: str, blocks: list[Block], module: list[Block]) -> None:
    """With `--behaviour`, the law includes the module."""
    stated = tomllib.loads(text_of([block for block in module if "id = 1" not in block.text]))
    python = SimpleNamespace(
        models=lambda: stated.get("models", []),
        providers=lambda: stated.get("providers", []),
        excludes=lambda: stated.get("exclude", {}),
    )
    text = f'overrides_module = "law_module"\n{text_of(blocks)}'
    with mock.patch.dict(sys.modules, {"law_module": python}):  # type: ignore[dict-item]
        problems = checks.check_text(text.encode(), PATH, BASES[which], behaviour=True)
        result = with_layers(which, text)
        if "\nknown = " in text and not problems:  # what waits is silent
            unknown = re.sub("\nknown = .*", "", text, count=1)
            problems = checks.check_text(unknown.encode(), PATH, BASES[which], behaviour=True)
        if isinstance(result, LLMModelsError):
            assert errors_of(problems), result
        elif not problems:
            models = stated.get("models", [])
            for index in range(len(models)):
                stated["models"] = [*models[:index], *models[index + 1 :]]
                assert shown(with_layers(which, text)) != shown(result), models[index]


@pytest.mark.parametrize("which", BASES)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(blocks=configurations())
def test_of_a_mapping(which: str, blocks: list[Block]) -> None:
    """`overrides=` takes what a file states, refuses what it refuses, and gives the same catalogue."""
    try:
        data = tomllib.loads(text_of(blocks))
    except tomllib.TOMLDecodeError:
        return
    file, mapping = loaded(which, blocks), with_layers(which, None, overrides=json.loads(json.dumps(data)))
    assert type(mapping) is type(file), (file, mapping)
    if isinstance(file, Snapshot):
        assert shown(mapping) == shown(file)
