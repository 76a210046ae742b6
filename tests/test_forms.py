"""A value that a schema refuses is answered with the form that must be written, with the user's own value.

What a message proposes is accepted: this is a law, tried with odd values at every field.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from support.catalogues import from_records

from llm_models import checks, schema
from llm_models.amounts import amount

if TYPE_CHECKING:
    from llm_models.errors import Problem

BASE = from_records({"openai": {"gpt-5.2": {"limits": {"context": 400_000}}, "gpt-4o": {}}})
MODEL = '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\n'
PROVIDER = '[[providers]]\nid = "house"\nbase_url = "https://llm.example.com/v1"\n'


def told(text: str) -> list[Problem]:
    return checks.check_text(text.encode(), "llm_models.toml", BASE)


SETTINGS = {
    'deny.openai = "*"': 'Write openai = ["*"].',
    'deny.openai = "all"': 'Write openai = ["*"].',
    "deny.openai = 1": 'Write, for example, openai = ["*-preview"].',
    "allow.openai = true": 'Write openai = "all".',
    'allow.openai = "gpt-4o"': 'Write openai = ["gpt-4o"].',
    'allow = "ALL"': 'Write allow = "all".',
    'allow = "openai"': 'Write [allow], and below it openai = "all".',
    'exclude = ["house"]': 'and below it house = ["*"] (a provider) or PROVIDER = ["house"] (a model).',
    'known = [{ provider = "openai", id = "gpt-9" }]': 'Write "openai:gpt-9".',
    "known = [1.5]": 'Write, for example, "openai:gpt-9".',
    'prefer = [{ provider = "openai" }]': 'Write "openai".',
    'deny.openai = [{ provider = "openai", id = "gpt-4o" }]': 'Write "gpt-4o".',
    '[deny.openai]\nmodels = ["gpt-4o"]': 'Write openai = ["gpt-4o"].',
    '[allow]\n"openai:gpt-5.2" = true': 'Write openai = ["gpt-5.2"].',
    '[[Models]]\nprovider = "openai"\nid = "gpt-4o"': "Did you mean 'models'?",
    f"{MODEL}base = false": "Leave the key out.",
    f'{MODEL}apis = ["chat_completions"]': 'Write "chat".',
    f'{MODEL}apis = ["/v1/chat/completions"]': 'Write "chat".',
    f"{MODEL}cost.input = 1750000": "State it in USD per million tokens, such as cost.input = 1.75.",
    f"{MODEL}extra.x = 12345678901234567890": "Write a number of at most 18 digits.",
    'allow = ["openai:gpt-4o", "openai:gpt-5.2"]': 'Write [allow], and below it openai = ["gpt-4o", "gpt-5.2"].',
    "allow = true": 'Write [allow], and below it openai = "all".',
    'deny = ["o3*"]': 'Write [deny], and below it PROVIDER = ["o3*"].',
    'exclude = "302.ai:x"': 'Write [exclude], and below it "302.ai" = ["x"].',
    '[[deny]]\nopenai = ["x"]': "Write [deny], in single brackets.",
    'prefer = "openai, groq"': 'Write prefer = ["openai", "groq"].',
    'known = "openai:gpt-9"': 'Write known = ["openai:gpt-9"].',
    'models = ["openai:gpt-5.2"]': 'and below it provider = "openai" and id = "gpt-5.2".',
    'providers = "house"': 'Start each entry with [[providers]], in double brackets, and below it id = "house".',
    '[models]\nid = "x"': "Start each entry with [[models]], in double brackets.",
    '[[models]]\nid = "gpt-4o"': 'Add a line below [[models]], such as provider = "openai".',
    '[[models]]\nid = "openai:gpt-4o"': 'Write provider = "openai" and id = "gpt-4o".',
    '[[models]]\nprovider = "openai"': 'Add id = "gpt-5.4-mini" for one model, or match = "gpt-5.4*" for many.',
    '[models."openai:gpt-5.2"]\ntags = ["x"]': 'and below it provider = "openai" and id = "gpt-5.2".',
    '[models.openai.gpt-5]\ntags = ["x"]': 'and below it provider = "openai" and id = "gpt-5".',
    '[providers.openai]\nname = "x"': 'and below it id = "openai".',
    '[exclude.openai]\n"gpt-5.2" = true': 'Write openai = ["gpt-5.2"].',
    '[deny]\n302.ai = ["x"]': 'Put the provider in quotes: "302.ai".',
    '[allow]\nmodels = ["gpt-5.2"]': 'Write one in its place, such as openai = ["gpt-4o"].',
    'prefer = ["openai:gpt-5.2"]': 'Write "openai".',
    'openai = ["gpt-4o"]': "A list of models stands below [allow] or [deny] or [exclude].",
    "[limits]\ncontext = 5": "It is a field of an entry: write [[models]] above it.",
    'base_url = "https://x"': "It is a field of an entry: write [[providers]] above it.",
    '[[models]]\nprovider = "openai"\nid = ["a", "b"]': "Write an entry for each of them.",
    '[[models]]\nprovider = "openai"\nmodel = "gpt-4o"': 'or provider_model_id = "gpt-4o" (the id that is sent).',
    '[[models]]\nlitellm_provider = "openai"\nid = "gpt-4o"': 'Write provider = "openai".',
    '[[providers]]\nslug = "house"': 'Write id = "house".',
    '[[providers]]\nname = "x"': 'Add a line below [[providers]], such as id = "my_gateway".',
}
FIELDS = {
    "cost = 1.75": "State which it is: cost.input = 1.75 (USD per million tokens), cost.output or another field.",
    "limits = 400000": "State which it is: limits.context = 400000 (tokens), limits.input or limits.output.",
    'limits.context = "128k"': "Write limits.context = 128000.",
    "limits.context = 1e6": "Write limits.context = 1000000.",
    'cost.input = "$1.5"': "Write cost.input = 1.5.",
    "cost.tiers = { context_over = 9, input = 2.5 }": "Write cost.tiers = [{ context_over = 9, input = 2.5 }].",
    "cost.tiers = [{ input = 2.5 }]": "Add a line, such as context_over = 200000.",
    "[[models.cost]]\ninput = 1": "Write [models.cost], in single brackets.",
    'capabilities = ["tools", "vision"]': "Write capabilities.tools.enabled = true and put "
    '"image" into the list modalities.input.',
    'capabilities = "vision"': 'Put "image" into the list modalities.input.',
    'capabilities.json = "schema"': "Write capabilities.json.schema = true.",
    "cost.input = [1.75]": "Write cost.input = 1.75.",
    "cost.input = -1": 'Leave the key out where it is unknown. To remove a value, write omit = ["cost.input"].',
    'cost.tiers = [{ context_over = "200k" }]': "Write context_over = 200000.",
    'successor = "openai/gpt-4o"': 'Write successor = "openai:gpt-4o".',
    "retires = 2027-01-01T00:00:00": 'Put it in quotes: "2027-01-01".',
    'new = "maybe"': "Write true or false.",
    'extra = "x"': 'Write extra.NAME = "x".',
    "dimensions = 10.5": "Write a whole number.",
    'tags = ["a", "b", "a"]': "Write it once.",
    "capabilities.tools = true": "Write capabilities.tools.enabled = true.",
    'open_weights = "yes"': "Write open_weights = true.",
    'tags = "approved"': 'Write tags = ["approved"].',
    'modalities = ["text"]': 'State which it is: modalities.input = ["text"] or modalities.output.',
    'release_date = "2025/1/5"': 'Write release_date = "2025-01-05".',
    "knowledge = 2024": 'Write, for example, knowledge = "2023-09".',
    'kind = "Embedding"': 'Write kind = "embedding".',
    'name = ["GPT"]': 'Write name = "GPT".',
    'omit = "limits.input"': 'Write omit = ["limits.input"].',
    'apis = ["respones"]': "Did you mean 'responses'?",
}
OF_PROVIDER = {
    'env = "HOUSE_KEY"': 'Write env = ["HOUSE_KEY"].',
    'env = "$HOUSE_KEY"': 'Write env = ["HOUSE_KEY"].',
    "billing = true": 'Write one of "usage", "plan", "trial", "local".',
    'billing = "Usage"': 'Write billing = "usage".',
    'billing = "usge"': "Did you mean 'usage'?",
}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        *SETTINGS.items(),
        *((MODEL + line, hint) for line, hint in FIELDS.items()),
        *((PROVIDER + line, hint) for line, hint in OF_PROVIDER.items()),
    ],
)
def test_a_wrong_shape_is_answered_with_the_right_one(text: str, hint: str) -> None:
    [problem] = [problem for problem in told(f"{text}\n") if problem.severity == "error"]
    assert problem.hint.endswith(hint)


def paths(node: dict[str, Any], above: str = "") -> list[str]:
    """Every field of a table of the schema, as a dotted key."""
    below = [path for key, part in node.get("properties", {}).items() for path in paths(part, f"{above}{key}.")]
    return [above.rstrip("."), *below] if above else below


ODD = (
    *('"true"', '"128k"', '"$1.75"', '"x"', '" x "', '"a, b"', '"X"', '"2025/01/05"', '"20250105"', '""', "1", "0"),
    *("1.0", "1.75", "-1", "true", '["x"]', "[1]", "[true]", "[[1]]", '["x", "x"]', "{ a = 1 }", "[{ a = 1 }]"),
)


@pytest.mark.parametrize("section", ["models", "providers"])
def test_what_a_message_proposes_is_accepted(section: str) -> None:
    """The line that a message tells to write, in place of the line that it is about, ends that problem."""
    head = MODEL if section == "models" else PROVIDER
    entry = schema.inlined("overrides")["properties"][section]["items"]
    tried = set()
    for key, value in product(set(paths(entry)) - {"provider", "id", "match", "base_url"}, ODD):
        for problem in told(f"{head}{key} = {value}\n"):
            proposed = re.fullmatch(r"Write (?:, for example, )?([\w.]+ = .+)\.", problem.hint)
            if problem.line == head.count("\n") + 1 and problem.severity == "error" and proposed:
                tried.add(key)
                left = [one.message for one in told(f"{head}{proposed[1]}\n") if one.severity == "error"]
                assert not [message for message in left if "expected" in message], (key, value, proposed[1])
    assert len(tried) > (15 if section == "models" else 4)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("128k", 128_000), ("128K tokens", 128_000), ("128_000 tokens", 128_000), ("1M", 1_000_000),
        ("1.5m", 1_500_000), ("1 million", 1_000_000), ("128,000", 128_000), ("1'000'000", 1_000_000),
        ("$1.75", 1.75), ("US$3", 3), ("1.75 USD", 1.75), (".5", 0.5), ("1e6", 1_000_000),
        ("", None), ("k", None), ("12,34", None), ("€5", None), ("-1", None), ("1" * 50, None), ("5 apples", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: float | None) -> None:
    assert amount(text) == number


def test_a_key_is_not_repeated() -> None:
    """Neither in the form to write nor anywhere else."""
    [problem] = told(f'{PROVIDER}env = "sk-proj-EXAMPLEEXAMPLE0000"\n')
    assert "EXAMPLE" not in str(problem)


@pytest.mark.parametrize("address", ["http:// x", " https://x ", "https://x/ y", "https://x\\ty"])
def test_an_address_with_a_space_has_one_message(address: str) -> None:
    [problem] = [one for one in told(f'[[providers]]\nid = "house"\nbase_url = "{address}"\n') if one.line == 3]
    assert "a base URL has no spaces" in problem.message
    assert problem.hint.startswith('Write "http')


OMITTED = {
    "id": "'id' cannot be omitted, because it tells what the entry is about. Take it out of omit.",
    "match": "'match' cannot be omitted, because it tells what the entry is about. Take it out of omit.",
    "new": "'new' is a key of the entry, not a field of its record. Delete the line of new in place.",
    "cost.inptu": "unknown field 'cost.inptu'. Did you mean 'cost.input'?",
    "context": "unknown field 'context'. Write \"limits.context\".",
    "tool_call": "unknown field 'tool_call'. Write \"capabilities.tools.enabled\".",
    "output": "unknown field 'output'. Did you mean 'limits.output' or 'cost.output' or 'modalities.output'?",
    "zzz": "unknown field 'zzz'. Write fields as dotted paths, such as limits.input.",
}


@pytest.mark.parametrize(("field", "message"), OMITTED.items())
def test_what_cannot_be_omitted(field: str, message: str) -> None:
    [problem] = [one for one in told(f'{MODEL}omit = ["{field}"]\n') if one.severity == "error"]
    assert f"{problem.message}. {problem.hint}" == message
