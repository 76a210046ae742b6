"""Things in one file that cancel each other: the weaker one is a warning that names the line of the stronger one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.catalogues import CURATED, base, small
from support.command import here
from support.docs import blocks, documents

from llm_models import checks, paths
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.errors import Problem

SMALL = base(small(), CURATED, "toy.json")[0]
PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)

GATEWAY = '[[providers]]\nid = "house"\nbase_url = "http://127.0.0.1:8000/v1"\n'


def entry(name: str, line: str, provider: str = "openai", key: str = "id") -> str:
    return f'[[models]]\nprovider = "{provider}"\n{key} = "{name}"\n{line}\n'


def section(name: str, *patterns: str, provider: str = "openai") -> str:
    listed = ", ".join(f'"{pattern}"' for pattern in patterns)
    return f"[{name}]\n{provider} = [{listed}]\n"


def all_of(provider: str) -> str:
    return f'[allow]\n{provider} = "all"\n'


def found(text: str, file: SnapshotFile = SMALL) -> list[Problem]:
    return checks.check_text(text.encode(), "llm_models.toml", file)


PRICE, TAG = "cost.input = 77", 'tags = ["x"]'

# Name -> (text, line of the weaker one, line of the stronger one, the section or entry that is stronger)
PAIRS = {
    "allow of another provider, entry": (all_of("anthropic") + entry("gpt-4o", PRICE), 5, 2, "allow"),
    "allow of another model, entry": (section("allow", "o3*") + entry("gpt-4o", PRICE), 5, 2, "allow"),
    "allow, model of an own provider": (
        section("allow", "gpt-4o") + GATEWAY + entry("house-7b", "limits.context = 8192", "house"),
        8,
        2,
        "allow",
    ),
    "allow, provider": (all_of("anthropic") + '[[providers]]\nid = "openai"\nname = "O"\n', 4, 2, "allow"),
    "deny, entry": (section("deny", "gpt-4o") + entry("gpt-4o", PRICE), 5, 2, "deny"),
    "deny by a glob, entry": (section("deny", "gpt-4o*") + entry("gpt-4o", PRICE), 5, 2, "deny"),
    "deny for all providers, entry": ('[deny]\n"*" = ["gpt-4o"]\n' + entry("gpt-4o", PRICE), 5, 2, "deny"),
    "deny, provider": (section("deny", "*") + '[[providers]]\nid = "openai"\nname = "O"\n', 4, 2, "deny"),
    "exclude, entry": (section("exclude", "gpt-4o") + entry("gpt-4o", PRICE), 5, 2, "exclude"),
    "allow, prefer": ('prefer = ["anthropic"]\n' + all_of("openai"), 1, 3, "allow"),
    "deny, prefer": ('prefer = ["openai", "anthropic"]\n' + section("deny", "*", provider="anthropic"), 1, 3, "deny"),
    "exclude, prefer": (
        'prefer = ["anthropic"]\n' + section("exclude", "claude-*", provider="anthropic"),
        1,
        3,
        "exclude",
    ),
    "exclude, allow": (section("allow", "o3*", "gpt-4o") + section("exclude", "o3-mini"), 2, 4, "exclude"),
    "exclude, allow all": (
        '[allow]\nopenai = "all"\nanthropic = "all"\n' + section("exclude", "*", provider="anthropic"),
        3,
        5,
        "exclude",
    ),
    "deny, allow": (section("allow", "o3*", "gpt-4o") + section("deny", "o3-mini"), 2, 4, "deny"),
    "allow, exclude": (section("allow", "gpt-4o") + section("exclude", "o3-mini"), 4, 2, "allow"),
    "allow of another provider, exclude": (all_of("anthropic") + section("exclude", "o3*"), 4, 2, "allow"),
    "allow, deny": (section("allow", "gpt-4o") + section("deny", "o3-mini"), 4, 2, "allow"),
    "allow of another provider, deny": (all_of("anthropic") + section("deny", "*"), 4, 2, "allow"),
    "exclude, deny": (section("exclude", "o3*") + section("deny", "o3-mini"), 4, 2, "exclude"),
    "exclude, deny by a narrower glob": (section("exclude", "o3*") + section("deny", "o3-*"), 4, 2, "exclude"),
    "exclude, match": (section("exclude", "gpt-4o*") + entry("gpt-4o*", TAG, key="match"), 5, 2, "exclude"),
    "deny, match": (section("deny", "gpt-4o*") + entry("gpt-4o*", TAG, key="match"), 5, 2, "deny"),
    "match, match": (entry("gpt-4o", PRICE, key="match") + entry("gpt-*", PRICE, key="match"), 3, 5, "entry"),
    "match, exact": (entry("o3*", PRICE, key="match") + entry("o3-mini", "cost.input = 78"), 3, 5, "entry"),
    "match, exact, one value of two": (
        entry("o3*", f"{PRICE}\ncost.output = 99", key="match") + entry("o3-mini", "cost.input = 78"),
        4,
        6,
        "entry",
    ),
    "alias, exclude": (section("exclude", "fast") + entry("gpt-4o", 'aliases = ["fast"]'), 5, 2, "exclude"),
    "alias, deny": (section("deny", "fast*") + entry("gpt-4o", 'aliases = ["fast-1"]'), 5, 2, "deny"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_weaker_of_a_pair_is_a_warning_that_names_the_line_of_the_stronger(name: str) -> None:
    text, weaker, stronger, what = PAIRS[name]
    [problem] = [problem for problem in found(text) if "no effect" in str(problem) or "nothing" in str(problem)]
    assert (problem.severity, problem.line) == ("warning", weaker)
    assert re.search(rf"{what}( pattern '.*')? at line {stronger}\b", problem.message)


@pytest.mark.parametrize("name", PAIRS)
def test_each_of_a_pair_alone_is_no_warning(name: str) -> None:
    """So the warning is about the two together."""
    text = PAIRS[name][0]
    parts = re.split(r"(?m)^(?=\[|prefer)", text)[1:]
    if GATEWAY in text:  # an entry needs its provider
        parts = [parts[0], "".join(parts[1:])]
    assert [str(problem) for part in parts for problem in found(part) if " at line " in str(problem)] == []


def test_a_hint_states_what_to_add_to_allow() -> None:
    text = section("allow", "gpt-4o") + entry("gpt-4o-mini", TAG) + entry("claude-old", PRICE, "anthropic")
    hints = [problem.hint for problem in found(text)]
    assert hints == [
        "To show it, add 'gpt-4o-mini' to allow.openai.",
        """To show it, name 'anthropic' under [allow], such as: anthropic = "all".""",
    ]


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ('openai = ["gpt-4o"]\n', '"*" = "all"\n'),
        ('openai = ["gpt-4o", "gpt-4o-*"]\n', '"*" = ["o3", "gpt-*"]\n'),
        ('openai = "all"\n', '"*" = ["*"]\n'),
    ],
)
def test_a_line_of_allow_that_the_one_for_all_providers_includes_is_a_warning(narrow: str, wide: str) -> None:
    """Both lines count, so the narrow one does not narrow. Each of them alone is no warning."""
    for lines, weaker, stronger in (((narrow, wide), 2, 3), ((wide, narrow), 3, 2)):
        [problem] = [one for one in found("[allow]\n" + "".join(lines)) if "no effect" in one.message]
        assert (problem.severity, problem.line) == ("warning", weaker)
        assert f'allow of "*" at line {stronger} already shows' in problem.message
    for alone in (narrow, wide):
        assert [one for one in found(f"[allow]\n{alone}") if "no effect" in one.message] == []


def test_a_hint_states_how_one_provider_shows_less_than_all_others() -> None:
    text = '[allow]\n"*" = "all"\nopenai = ["gpt-4o"]\nanthropic = "all"\n'
    assert [problem.hint for problem in found(text)] == [
        'To show only these of openai, name the other providers in place of "*".',
        "",
    ]


SILENT = {
    "a ban that is a precaution": section("allow", "gpt-4o*") + section("deny", "*-mini-*", "o3*"),
    "a ban that overlaps": section("exclude", "gpt-4o") + section("deny", "gpt-4o*"),
    "a match of which one model is left": section("exclude", "gpt-4o") + entry("gpt-4o*", TAG, key="match"),
    "a match with an exception": entry("gpt-4o*", "cost.cache_read = 9", key="match")
    + entry("gpt-4o", "cost.cache_read = 8"),
    "tags that are united": entry("o3*", 'tags = ["a"]', key="match") + entry("o3-mini", 'tags = ["b"]'),
    "a moving name that takes from an excluded model": section("exclude", "gpt-4o-preview")
    + entry("gpt-4o-preview", PRICE)
    + entry("gpt-latest", 'new = true\nname = "L"\nresolves_to = "gpt-4o-preview"'),
    "a model that another entry copies": section("deny", "gpt-4o")
    + entry("gpt-4o", "limits.output = 99")
    + GATEWAY
    + entry("copy", 'base = "openai:gpt-4o"', "house"),
    "allow with an own provider": '[allow]\nopenai = ["gpt-4o"]\nhouse = "all"\n'
    + GATEWAY
    + entry("h", "limits.context = 8", "house"),
    "a preferred provider of which one model is left": 'prefer = ["openai"]\n' + section("deny", "gpt*"),
    "allow of all providers, and one that allows more": '[allow]\n"*" = ["gpt-*"]\nopenai = ["gpt-4o", "o3*"]\n',
    "allow of all providers by a name that a glob may mean": '[allow]\n"*" = ["gpt-4o"]\nopenai = ["gpt-4o*"]\n',
    "allow all": 'allow = "all"\n' + entry("gpt-4o", PRICE),
}


@pytest.mark.parametrize("name", SILENT)
def test_what_does_not_cancel_each_other_is_no_warning(name: str) -> None:
    told = [str(problem) for problem in found(SILENT[name])]
    assert [text for text in told if "effect" in text or " at line " in text] == []


def test_where_no_model_is_left_that_is_the_only_problem() -> None:
    text = all_of("openai") + section("deny", "*") + entry("gpt-4o", 'name = "x"')
    assert [str(problem) for problem in found(text)] == [
        "llm_models.toml:2:1: allow: allow and deny (line 4) leave no model. "
        "Remove or narrow '*' of openai (line 4), so that a model is left."
    ]


def test_an_entry_or_an_omit_that_states_nothing_is_a_warning() -> None:
    text = (
        entry("gpt-4o", 'omit = ["cost.tiers", "limits.input"]')
        + entry("o3-mini", "")
        + '[[providers]]\nid = "azure"\n'
    )
    assert [(problem.line, problem.message) for problem in found(text)] == [
        (4, "openai:gpt-4o states no cost.tiers, so this has no effect"),
        (7, "states nothing of openai:o3-mini, so this entry has no effect"),
        (10, "states nothing of azure, so this entry has no effect"),
    ]


def test_an_omission_of_what_the_entry_states_itself_is_a_warning() -> None:
    """One of a whole group, or of a list that is united, removes what the catalogue has beside it."""
    omitted = 'omit = ["limits.input", "cost", "tags"]\n'
    text = entry("gpt-4o", omitted + 'limits.input = 5\ncost.input = 1\ntags = ["x"]')
    assert [(problem.column, problem.message) for problem in found(text) if "effect" in problem.message] == [
        (9, "this entry states limits.input itself, so omitting it has no effect")
    ]


def test_an_empty_list_of_a_field_whose_lists_are_united_is_a_warning() -> None:
    text = entry("gpt-4o", "tags = []\naliases = []") + '[[providers]]\nid = "azure"\naliases = []\n'
    assert [(problem.line, problem.message, problem.hint) for problem in found(text)] == [
        (
            4,
            "an empty list adds nothing to tags, so the line has no effect",
            'To remove the tags of the catalogue, write omit = ["tags"].',
        ),
        (5, "an empty list adds nothing to aliases, so the line has no effect", ""),
        (8, "an empty list adds nothing to aliases, so the line has no effect", ""),
    ]
    assert found(entry("gpt-4o", 'tags = []\nomit = ["tags"]')) == []
    assert found(GATEWAY + entry("h", "tags = []", "house")) == []


def test_a_list_that_is_united_with_the_same_items_later_is_a_warning() -> None:
    text = entry("gpt-4o", 'tags = ["x"]') + '[[models]]\nprovider = "openai"\nmatch = "*"\ntags = ["y", "x"]\n'
    assert "everything" not in " ".join(problem.message for problem in found(text))  # an id is merged after a match
    text = text.replace('id = "gpt-4o"', 'match = "gpt-4o"')
    assert [problem.message for problem in found(text) if "states" in problem.message] == [
        "the entry at line 5 states everything that this entry states, so it has no effect"
    ]
    assert not [one for one in found(text.replace('["y", "x"]', '["y"]')) if "states" in one.message]


@pytest.mark.parametrize("field", ["limits", "cost", "extra", "capabilities", "capabilities.tools", "modalities"])
@pytest.mark.parametrize("about", ['provider = "openai"\nid = "gpt-4o"', 'provider = "*"\nmatch = "gpt-4o*"'])
def test_an_empty_table_is_a_warning(field: str, about: str) -> None:
    (problem,) = found(f"[[models]]\n{about}\n{field} = {{}}\n")
    assert (problem.line, problem.message) == (4, f"an empty table adds nothing to {field}, so the line has no effect")


def test_an_empty_list_is_a_warning_where_nothing_is_listed() -> None:
    """One of `efforts` or `env` states that there is none, and any other removes what the catalogue lists."""
    messages = [problem.message for problem in found(entry("gpt-4o", "apis = []\ncost.tiers = []"))]
    assert messages == [
        f"openai:gpt-4o lists nothing under {field}; the line has no effect" for field in ("apis", "cost.tiers")
    ]
    assert found(entry("gpt-4o", "capabilities.reasoning.efforts = []")) == []
    assert found(entry("gpt-4o", "extra.mine = []\nextra.table = {}")) == []
    assert not [one for one in found(entry("gpt-4o", "modalities.input = []")) if "lists nothing" in one.message]


def test_an_allow_without_a_provider_is_a_warning() -> None:
    """It hides nothing, as if it were not there."""
    (problem,) = found("[allow]\n")
    assert (problem.line, problem.message) == (
        1,
        "allow lists no provider, so it hides nothing and every model is shown",
    )
    assert found("") == []


def test_the_same_provider_twice_in_prefer() -> None:
    problems = found('prefer = ["x-ai", "openai", "xai"]\n', PACKAGED)
    assert [str(problem) for problem in problems] == [
        "llm_models.toml:1:29: prefer[2]: the same provider as prefer[0], so this has no effect"
    ]


@pytest.mark.parametrize("provider", ["opnai", "open-ai2", "anthropci"])
def test_a_new_provider_without_models_whose_id_is_nearly_another_is_a_warning(provider: str) -> None:
    text = f'[[providers]]\nid = "{provider}"\nbase_url = "https://x.example/v1"\n'
    [problem] = found(text, PACKAGED)
    assert "no model names this provider" in problem.message
    assert problem.line == 2
    assert found(text + entry("m", "", provider), PACKAGED) == []


class TestRealFiles:
    """Configuration that people would write gives no warning of this kind."""

    @pytest.mark.parametrize("text", [text for path in documents() for text in blocks(path, "toml")])
    def test_of_the_documents(self, text: str) -> None:
        assert [str(problem) for problem in found(text, PACKAGED) if "effect" in str(problem)] == []

    def test_of_the_template_with_every_comment_taken_away(self) -> None:
        lines = (ROOT / "llm_models" / "data" / "template.toml").read_text("utf-8").splitlines()
        stated = [line.removeprefix("# ") for line in lines if re.match(r"# (\[|[\w*\"-]+(\.\w+)? = )", line)]
        assert len(stated) > 10
        assert [str(problem) for problem in found("\n".join(stated), PACKAGED) if "effect" in str(problem)] == []


class TestList:
    """`list PROVIDER` states what keeps its models out."""

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ('allow = { openai = ["gpt-5.2"] }', "allow leaves out house"),
            ('deny = { house = ["*"] }', "denied by pattern '*'"),
            ('exclude = { house = ["h"] }', "excluded by pattern 'h'"),
        ],
    )
    def test_a_provider_of_which_nothing_is_shown(self, tmp_path: Path, settings: str, expected: str) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(f"{settings}\n{GATEWAY}{entry('h', '', 'house')}", encoding="utf-8")
        result = here("list", "house", "--config", path)
        assert (result.code, result.out) == (1, "")
        assert result.err == f"no model of house is shown: {expected} (llm_models.toml:1)\n"

    def test_a_provider_without_models(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(GATEWAY, encoding="utf-8")
        assert here("list", "house", "--config", path).err == "house has no models\n"
