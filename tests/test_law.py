"""The law of `validate`: what it passes loads, and every entry takes effect or is a problem at its own lines.

Of the entries without a problem, taking away any one changes what programs see.

The configurations are generated: sound, broken and odd, over a small catalogue and over a newer one, in which models
and a provider of the first are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import catalogues
from support.catalogues import CURATED, base, small

from llm_models import checks
from llm_models.errors import ConfigError, EmptyCatalogError, LLMModelsError

if TYPE_CHECKING:
    from llm_models.snapshot import Snapshot

PATH = "/nowhere/llm_models.toml"
BASES = {
    "packaged": base(small(), CURATED, "toy.json")[0],
    "refreshed": base(small(newer=True), CURATED.replace(b"[deny]\nazure = ", b"[deny]\nopenai = "), "newer.json")[0],
}

PROVIDERS = ("openai", "OpenAI", "anthropic", "google-vertex", "wafer.ai", "azure", "house")
STRANGE = ("opnai", "github-models", "*", "", "a b")
PATTERNS = (
    "*",
    "gpt-4o",
    "gpt-4o*",
    "o3-mini",
    "*-preview",
    "claude-*",
    "glm/glm-5:free",
    "house-7b",
    "house-*",
    "fast",
)
ODD = ("gpt-4o-mini-2024-07-18", "gpt-44", "gpt-4-32k", "openai:gpt-4o", "[", "[z-a]", "gpt-4o[eu]", "GPT-4o", "")
IDS = (
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-5",
    "o3-mini",
    "claude-old",
    "house-7b",
    "gpt-4o-mini-2024-07-18",
    "gpt-44",
    "gpt4o",
)
FIELDS = (
    *("cost.input = 77", "cost.output = 99", "cost.input = 2.5", "limits.context = 128000", "limits.context = 64000"),
    *('tags = ["x"]', 'tags = ["curated"]', 'aliases = ["fast"]', 'aliases = ["gpt-4o"]', 'served_as = ["pin"]'),
    *(
        'name = "N"',
        'resolves_to = "gpt-4o-mini"',
        'resolves_to = "nope"',
        'omit = ["limits.input"]',
        'omit = ["family"]',
    ),
    *('successor = "openai:gpt-4o"', "deprecated = true", 'omit = ["tags"]', 'kind = "embedding"', "extra.a = 1"),
)
WRONG = ("cost.input = -1", "tags = 1", 'omit = ["nope"]', "cost = []", "limits.context = nan", "price = 1", "id = 1")
BROKEN = ("models = 1", "prefer = {}", "allow = 1", "deny = []", "other = 1", "exclude.openai = 1", "a b", 'x = "')


def one_of(usual: tuple[str, ...], rare: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Mostly a usual text, sometimes a rare one."""
    return st.integers(0, 11).flatmap(lambda number: st.sampled_from(usual if number else rare))


def quoted(texts: list[str]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


patterns = st.lists(one_of(PATTERNS, ODD), max_size=3).map(quoted)
tables = st.dictionaries(one_of(PROVIDERS, STRANGE), patterns, max_size=2)
allows = st.dictionaries(one_of(PROVIDERS, STRANGE), st.one_of(st.just('"all"'), patterns), min_size=1, max_size=3)
lines = st.lists(one_of(FIELDS, WRONG), max_size=3, unique_by=lambda text: text.partition(" ")[0].partition(".")[0])


class Block(NamedTuple):
    """A part of a configuration: an entry, or a section."""

    text: str
    is_entry: bool = False


@st.composite
def entries(draw: st.DrawFn) -> Block:
    provider = draw(one_of(PROVIDERS, STRANGE))
    stated = draw(lines)
    if draw(st.integers(0, 4)) == 0:
        usual = [line for line in stated if line.startswith(("name", "extra", "tags"))]
        return Block(f'[[providers]]\nid = "{provider}"\n' + "".join(f"{line}\n" for line in usual), is_entry=True)
    exact = draw(st.booleans())
    which = f'id = "{draw(st.sampled_from(IDS))}"' if exact else f'match = "{draw(one_of(PATTERNS, ODD))}"'
    text = f'[[models]]\nprovider = "{provider}"\n{which}\n' + "".join(f"{line}\n" for line in stated)
    return Block(text, is_entry=True)


@st.composite
def configurations(draw: st.DrawFn) -> list[Block]:
    top = ""
    if draw(st.booleans()):
        top += f"prefer = {quoted(draw(st.lists(one_of(PROVIDERS, STRANGE), max_size=2)))}\n"
    if draw(st.integers(0, 9)) == 0:
        top += draw(st.sampled_from(BROKEN)) + "\n"
    blocks = [Block(top)]
    for name, strategy in (("allow", allows), ("deny", tables), ("exclude", tables)):
        if draw(st.integers(0, 2)) == 0:
            table = draw(strategy)
            blocks.append(Block(f"[{name}]\n" + "".join(f'"{key}" = {value}\n' for key, value in table.items())))
    if draw(st.booleans()):
        blocks.append(Block('[[providers]]\nid = "house"\nbase_url = "http://127.0.0.1:8000/v1"\n'))
    return blocks + draw(st.lists(entries(), max_size=4))


def text_of(blocks: list[Block]) -> str:
    return "".join(block.text for block in blocks)


def loaded(which: str, blocks: list[Block]) -> Snapshot | LLMModelsError:
    """What `load()` makes of a configuration."""
    try:
        return catalogues.loaded(BASES[which], PATH, text_of(blocks).encode())
    except (ConfigError, EmptyCatalogError) as error:
        return error


def shown(catalogue: Snapshot) -> Any:
    """Everything that a program sees of a catalogue."""
    models = [model.to_dict() for model in catalogue.list_models()]
    providers = [catalogue.get_provider(name).to_dict() for name in catalogue.file.blocks]
    return models, providers, catalogue.prefer, catalogue.view.names()


@pytest.mark.parametrize("which", BASES)
@settings(max_examples=200, deadline=None)
@given(blocks=configurations())
def test_of_generated_configurations(which: str, blocks: list[Block]) -> None:
    text = text_of(blocks)
    problems = checks.check_text(text.encode(), PATH, BASES[which])
    errors = [str(problem) for problem in problems if problem.severity == "error"]
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
    if errors or isinstance(result, LLMModelsError):
        return
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
