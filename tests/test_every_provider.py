"""Entries and settings for all providers are checked as what they expand to, with one message for each."""

from __future__ import annotations

import pytest
from support import catalogues
from support.catalogues import model, provider

from llm_models import checks

MODELS = (
    model(
        "a-1", cost={"input": 3, "output": 15, "cache_read": 1}, limit={"context": 9000, "input": 8000, "output": 100}
    ),
    model("a-2", cost={"input": 3, "output": 15}, limit={"context": 9000, "input": 8000, "output": 100}),
    model("a-old", status="deprecated"),
    model("b-1x", tool_call=True, reasoning=True),
)
BASE = catalogues.base(catalogues.catalogue(provider("acme", *MODELS), provider("zeta", *MODELS)), b"")[0]


def entry(match: str, fields: str = "", *, also: str = "") -> str:
    return f'[[models]]\nprovider = "PROVIDER"\nmatch = "{match}"\n{fields}\n{also}'


ALIKE = {
    "a price per token": entry("a-*", "cost.input = 0.000003"),
    "a price ten times off": entry("a-*", "cost.input = 30"),
    "a smaller context": entry("a-*", "limits.context = 500"),
    "a context that raises some": entry("*", "limits.context = 5000"),
    "no input price, but one of the cache": entry("a-1", "cost = { input = 0, output = 0 }"),
    "another kind": entry("b-*", 'kind = "embedding"'),
    "one alias for two models": entry("a-*", 'aliases = ["x"]'),
    "an alias that is an id": entry("a-1", 'aliases = ["a-2"]'),
    "a name of another tool": entry("a-*", "contextLength = 5"),
    "a value that is stated": entry("a-[12]", "limits.output = 100"),
    "a value that some have": entry("*", "limits.output = 100"),
    "a tag that is repeated": entry("a-1", 'tags = ["x"]', also=entry("a-1", 'tags = ["x"]')),
    "nothing": entry("a-1"),
    "an omission of what is not stated": entry("a-*", 'omit = ["knowledge"]'),
    "what later entries replace": entry("a-1", "cost.input = 4", also=entry("a-*", "cost.input = 5")),
    "one value that later entries replace": entry(
        "a-1", 'cost.input = 4\ntags = ["x"]', also=entry("a-*", "cost.input = 5")
    ),
    "a deprecated model": entry("a-old", 'tags = ["x"]'),
    "deprecated models by a glob": entry("a-ol*", 'tags = ["x"]'),
    "no model": entry("c-*", 'tags = ["x"]'),
    "a spec as a match": entry("acme:a-1", 'tags = ["x"]'),
    "brackets": entry("b-1[xy]", 'tags = ["x"]'),
    "denied models": '[deny]\nPROVIDER = ["a-*"]\n' + entry("a-*", 'tags = ["x"]'),
    "excluded models": '[exclude]\nPROVIDER = ["a-*"]\n' + entry("a-1", 'tags = ["x"]'),
    "models that allow leaves out": '[allow]\nPROVIDER = ["b-*"]\n' + entry("a-*", 'tags = ["x"]'),
    "a ban of what is excluded": '[exclude]\nPROVIDER = ["a-*"]\n[deny]\nPROVIDER = ["a-1*"]\n',
    "a ban of what allow leaves out": '[allow]\nPROVIDER = ["b-1x"]\n[deny]\nPROVIDER = ["a-*"]\n',
    "an allowed model that is denied": '[allow]\nPROVIDER = ["a-1", "a-2"]\n[deny]\nPROVIDER = ["a-1"]\n',
    "a typo in allow": '[allow]\nPROVIDER = ["a-1", "a_2"]\n',
    "a typo in the only allow": '[allow]\nPROVIDER = ["a_2"]\n',
    "a typo in deny": '[deny]\nPROVIDER = ["a_2"]\n',
    "a typo that is known": 'known = ["PROVIDER:a_2"]\n[deny]\nPROVIDER = ["a_2"]\n',
    "specs as ids": '[deny]\nPROVIDER = ["acme:a-1", "acme/a-1", "a-1@acme"]\n',
    "a deprecated model in allow": '[allow]\nPROVIDER = ["a-1", "a-old"]\n',
}


NONE = ("a value that some have", "a typo that is known", "deprecated models by a glob")
"""What is right."""


def problems(text: str, of: str) -> list[tuple[int | None, str]]:
    """Line and severity of each problem of a text about one provider, or all."""
    written = text.replace('"PROVIDER', f'"{of}').replace("PROVIDER", f'"{of}"')
    found = checks.check_text(written.encode(), "/nowhere/llm_models.toml", BASE)
    return [(one.line, one.severity) for one in found]


@pytest.mark.parametrize("what", ALIKE)
def test_all_providers_are_checked_as_one(what: str) -> None:
    """Where two providers have the same models, what is stated for all has the problems of what is stated for one."""
    one = problems(ALIKE[what], "acme")
    assert problems(ALIKE[what], "*") == one
    assert bool(one) is (what not in NONE)


def messages(text: str) -> list[str]:
    found = checks.check_text(text.encode(), "/nowhere/llm_models.toml", BASE)
    return [one.message for one in found]


def test_messages_count_the_models_and_name_one_with_its_provider() -> None:
    of_many, of_one = entry("a-*", "limits.context = 500"), entry("a-1", "limits.context = 500")
    (text,) = messages(of_many.replace("PROVIDER", "*"))
    assert "limits.input does not fit in 4 models of 2 providers, such as acme:a-1 (8,000)" in text
    (text,) = messages(of_one.replace("PROVIDER", "*") + '[exclude]\nacme = ["a-1"]\n')
    assert "limits.input does not fit in 1 model of zeta, such as zeta:a-1 (8,000)" in text


def test_an_entry_for_one_provider_may_repeat_one_for_all() -> None:
    of_one, of_all = (entry("a-1", 'tags = ["x"]').replace("PROVIDER", name) for name in ("acme", "*"))
    text = "the entry at line 5 states everything that this entry states, so it has no effect"
    assert messages(of_one + of_all) == [text]
    assert messages(of_all + of_one) == ["acme:a-1 already has this value; the line has no effect"]


def test_a_ban_for_all_of_a_model_that_one_provider_hides_is_no_mistake() -> None:
    assert messages('[exclude]\nacme = ["a-1"]\n[deny]\n"*" = ["a-1"]\n') == []
    (text,) = messages('[exclude]\nacme = ["a-1"]\nzeta = ["a-*"]\n[deny]\n"*" = ["a-1"]\n')
    assert "already" in text


def test_known_for_all_is_known_for_each() -> None:
    assert messages('known = ["*:c-*"]\n[deny]\nacme = ["c-1"]\n') == []
    assert messages('known = ["*:c-*"]\n[[models]]\nprovider = "acme"\nid = "c-1"\ncost.input = 1\n') == []
