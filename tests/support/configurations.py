"""Generated configurations: sound, broken and odd, as blocks of lines over the small catalogue of `catalogues`."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from support.catalogues import CURATED, base, small

PATH = "/nowhere/llm_models.toml"
BASES = {
    "packaged": base(small(), CURATED, "toy.json")[0],
    "refreshed": base(small(newer=True), CURATED.replace(b"[deny]\nazure = ", b"[deny]\nopenai = "), "newer.json")[0],
}
"""The catalogue, and a newer one in which models and a provider of the first are gone."""

PROVIDERS = ("openai", "OpenAI", "anthropic", "google-vertex", "wafer.ai", "azure", "house", "*")
STRANGE = ("opnai", "github-models", "", "a b")
PATTERNS = (
    *("*", "gpt-4o", "gpt-4o*", "o3-mini", "*-preview", "claude-*", "glm/glm-5:free"),
    *("house-7b", "house-*", "fast", "gpt-44*"),
)
ODD = (
    *("gpt-4o-mini-2024-07-18", "gpt-44", "gpt-4-32k", "openai:gpt-4o", "[", "[z-a]", "gpt-4o[eu]", "GPT-4o", ""),
    *("openai/gpt-4o", "gpt-4o@openai", "models/gpt-4o"),
)
IDS = (
    *("gpt-4o", "gpt-4o-mini", "gpt-5", "o3-mini", "claude-old", "house-7b"),
    *("gpt-4o-mini-2024-07-18", "gpt-44", "gpt4o", "openai:gpt-4o"),
)
FIELDS = (
    *("cost.input = 77", "cost.output = 99", "cost.input = 2.5", "limits.context = 128000", "limits.context = 64000"),
    *('tags = ["x"]', 'tags = ["curated"]', "tags = []", 'aliases = ["fast"]', 'aliases = ["gpt-4o"]'),
    *('name = "N"', 'resolves_to = "gpt-4o-mini"', 'resolves_to = "nope"', 'served_as = ["pin"]', "extra.a = 1"),
    *('successor = "openai:gpt-4o"', "deprecated = true", 'kind = "embedding"', "limits.input = 5000"),
    *('omit = ["limits.input"]', 'omit = ["family"]', 'omit = ["tags"]', 'omit = ["limits"]'),
)
DEFINING = (
    *("new = true", 'base = "openai:gpt-4o"', 'base = "house:house-7b"', 'base = "openai:gpt-44"'),
    *('base = "gpt-4o-mini@openai"', 'base = "azure:o3-mini"', "new = false"),
)
WRONG = ("cost.input = -1", "tags = 1", 'omit = ["nope"]', "cost = []", "limits.context = nan", "price = 1", "id = 1")
BROKEN = ("models = 1", "prefer = {}", "allow = 1", "deny = []", "other = 1", "exclude.openai = 1", "a b", 'x = "')
KNOWN = ("openai:gpt-44", "openai:gpt-44*", "*:gpt-44", "house:*", "azure:o3-mini", "openai:gpt-4-32k", "opnai:x")


class Block(NamedTuple):
    """A part of a configuration: an entry, or a section."""

    text: str
    is_entry: bool = False


def text_of(blocks: list[Block]) -> str:
    return "".join(block.text for block in blocks)


def one_of(usual: tuple[str, ...], rare: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Mostly a usual text, sometimes a rare one."""
    return st.integers(0, 11).flatmap(lambda number: st.sampled_from(usual if number else rare))


def quoted(texts: list[str]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


patterns = st.lists(one_of(PATTERNS, ODD), max_size=3).map(quoted)
tables = st.dictionaries(one_of(PROVIDERS, STRANGE), patterns, max_size=2)
allows = st.dictionaries(one_of(PROVIDERS, STRANGE), st.one_of(st.just('"all"'), patterns), min_size=1, max_size=3)
lines = st.lists(one_of(FIELDS, WRONG), max_size=3, unique_by=lambda text: text.partition(" ")[0].partition(".")[0])


@st.composite
def entries(draw: st.DrawFn) -> Block:
    provider = draw(one_of(PROVIDERS, STRANGE))
    stated = draw(lines)
    if draw(st.integers(0, 4)) == 0:
        usual = [line for line in stated if line.startswith(("name", "extra", "tags", "aliases"))]
        return Block(f'[[providers]]\nid = "{provider}"\n' + "".join(f"{line}\n" for line in usual), is_entry=True)
    exact = draw(st.booleans()) and provider != "*"
    which = f'id = "{draw(st.sampled_from(IDS))}"' if exact else f'match = "{draw(one_of(PATTERNS, ODD))}"'
    if draw(st.integers(0, 2 if exact else 20)) == 0:
        stated = [draw(st.sampled_from(DEFINING)), *stated]
    text = f'[[models]]\nprovider = "{provider}"\n{which}\n' + "".join(f"{line}\n" for line in stated)
    return Block(text, is_entry=True)


@st.composite
def sections(draw: st.DrawFn, names: tuple[str, ...] = ("allow", "deny", "exclude")) -> list[Block]:
    blocks = []
    for name in names:
        if draw(st.integers(0, 2)) == 0:
            table = draw(allows if name == "allow" else tables)
            blocks.append(Block(f"[{name}]\n" + "".join(f'"{key}" = {value}\n' for key, value in table.items())))
    return blocks


@st.composite
def configurations(draw: st.DrawFn) -> list[Block]:
    top = ""
    if draw(st.booleans()):
        top += f"prefer = {quoted(draw(st.lists(one_of(PROVIDERS[:-1], STRANGE), max_size=2)))}\n"
    if draw(st.integers(0, 2)) == 0:
        top += f"known = {quoted(draw(st.lists(one_of(KNOWN[:-1], KNOWN[-1:]), max_size=2, unique=True)))}\n"
    if draw(st.integers(0, 9)) == 0:
        top += draw(st.sampled_from(BROKEN)) + "\n"
    blocks = [Block(top), *draw(sections())]
    if draw(st.booleans()):
        blocks.append(Block('[[providers]]\nid = "house"\nbase_url = "http://127.0.0.1:8000/v1"\n'))
    return blocks + draw(st.lists(entries(), max_size=4))


@st.composite
def modules(draw: st.DrawFn) -> list[Block]:
    """What a behaviour module states, as the same text."""
    return [*draw(sections(("exclude",))), *draw(st.lists(entries(), min_size=1, max_size=2))]
