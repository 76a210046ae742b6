"""Fields that depend on each other: a correction that leaves a contradiction is reported, and no client gets it."""

from __future__ import annotations

import copy
import os
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT, catalogues

from llm_models import checks, outcomes
from llm_models.block import effective, filled
from llm_models.classes import parts_of
from llm_models.dependents import RULES, clashes, consistent, value_at
from llm_models.enrich import derive
from llm_models.merge import OMIT, Layered, merge, nest
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Record = dict[str, Any]

TALKER: Record = {
    "limits": {"context": 400_000, "input": 272_000, "output": 128_000},
    "cost": {"input": 2, "output": 16, "cache_read": 0.5, "cache_write": 3, "reasoning": 16, "input_audio": 4,
             "output_audio": 8, "tiers": [{"context_over": 200_000, "input": 4}]},
    "modalities": {"input": ["text", "image", "pdf"], "output": ["text"]},
    "release_date": "2026-01-15", "last_updated": "2026-02", "knowledge": "2025-06", "apis": ["chat", "responses"],
    "capabilities": {
        "attachments": True,
        "tools": {"enabled": True, "streaming": True, "strict": True, "parallel": True},
        "json": {"native": True, "schema": True, "strict": True},
        "reasoning": {"enabled": True, "toggle": True, "efforts": ["low", "high"], "budget": True,
                      "token_budget": 32_000, "token_budget_min": 1024},
    },
}  # fmt: skip
"""What a chat model of the base states, without a contradiction."""

PLAIN: Record = {"limits": {"context": 8000}, "modalities": {"input": ["text"], "output": ["text"]}, "cost": {}}

BASE = catalogues.from_records(
    {
        "acme": {"talker": TALKER, "plain": PLAIN, "text-embedding-1": {"limits": {"context": 512, "output": 768}}},
        "many": {
            "big": {"limits": {"context": 400_000, "input": 300_000, "output": 64_000}},
            "small": {"limits": {"context": 8192}},
            "wide": {"limits": {"context": 1_000_000, "output": 200_000}},
        },
        "odd": {"itself": {"limits": {"context": 1000, "input": 2000}}},
    }
)


def told(text: str, base: SnapshotFile = BASE) -> list[str]:
    """What `validate` says of a text: line, message and next step."""
    found = checks.check_text(text.encode(), "llm_models.toml", base)
    others = ("already has this value", "at list price")
    return [f"{p.line}: {p.message}. {p.hint}" for p in found if not any(text in p.message for text in others)]


def of(model_id: str, *lines: str, provider: str = "acme") -> list[str]:
    """The same of one entry, whose fields begin in line 4."""
    kind = "match" if "*" in model_id else "id"
    return told("\n".join(["[[models]]", f'provider = "{provider}"', f'{kind} = "{model_id}"', *lines]))


PAIRS = [
    ("limits.context = 100_000", ["limits.input is 272,000", "limits.output is 128,000"]),
    ("limits.context = 128_000", ["limits.input is 272,000", "limits.output is 128,000 (no room is left for input)"]),
    ("limits.context = 16_000", ["limits.input", "capabilities.reasoning.token_budget is 32,000"]),
    ("limits.input = 500_000", ["limits.context is 400,000"]),
    ("limits.output = 500_000", ["limits.context is 400,000"]),
    ("limits.output = 16_000", ["capabilities.reasoning.token_budget is 32,000"]),
    ("cost.input = 0", ["cost.cache_read is 0.5", "cost.cache_write is 3", "cost.input_audio is 4",
                        "cost.tiers is 1 tier"]),
    ("cost.output = 0", ["cost.reasoning is 16", "cost.output_audio is 8"]),
    ("cost.cache_read = 2.5", ["cost.input is 2"]),
    ("capabilities.reasoning.enabled = false",
     [f"capabilities.reasoning.{name}" for name in ("toggle", "efforts", "budget", "token_budget")]),
    ("omit = ['capabilities.reasoning.enabled']", ["capabilities.reasoning.efforts"]),
    ("capabilities.reasoning.budget = false", ["capabilities.reasoning.token_budget is 32,000"]),
    ("capabilities.reasoning.token_budget_min = 64_000", ["capabilities.reasoning.token_budget is 32,000"]),
    ("capabilities.tools.enabled = false",
     [f"capabilities.tools.{name}" for name in ("streaming", "strict", "parallel")]),
    ("capabilities.json.schema = false", ["capabilities.json.strict is true"]),
    ("capabilities.json.native = false", ["capabilities.json.schema is true"]),
    ("capabilities.chat = false", ["so kind is other", "8 fields of capabilities.tools, capabilities.reasoning",
                                   "and capabilities.json are true"]),
    ("capabilities.embeddings = true", ["so kind is embedding", "8 fields of capabilities.tools",
                                        "dimensions is 128,000", "apis is"]),
    ("kind = 'image'", ["8 fields of capabilities.tools", 'modalities.output is ["text"]']),
    ("kind = 'transcription'", ['modalities.input is ["text", "image", "pdf"]']),
    ("kind = 'rerank'", ['apis is ["chat", "responses"]']),
    ("modalities.output = ['image']", ["so kind is image", "8 fields of capabilities.tools"]),
    ("modalities.input = ['text']", ["capabilities.attachments is true"]),
    ("capabilities.attachments = false", ['modalities.input is ["text", "image", "pdf"]']),
    ("dimensions = 512", ["kind is chat"]),
    ("release_date = '2026-03-01'", ["last_updated is 2026-02"]),
    ("last_updated = '2025-12'", ["release_date is 2026-01-15"]),
    ("retires = '2025-12-31'", ["release_date is 2026-01-15"]),
    ("knowledge = '2026-02'", ["release_date is 2026-01-15"]),
]  # fmt: skip
"""A correction of the talker, and parts of what is said of it."""


class TestOneModel:
    @pytest.mark.parametrize(("line", "parts"), PAIRS, ids=[line for line, _ in PAIRS])
    def test_a_correction_that_leaves_a_contradiction(self, line: str, parts: list[str]) -> None:
        """One warning at that line. It names the field, each other field and its value, and the next step."""
        (message,) = of("talker", line)
        assert message.startswith("4: ")
        for part in parts:
            assert part in message
        assert message.endswith(".")
        assert message.split(". ")[-1] != ""

    def test_what_the_author_states_too_is_enough(self) -> None:
        assert of("talker", "limits = { context = 100_000, input = 90_000, output = 16_000 }",
                  "omit = ['capabilities.reasoning.token_budget']") == []  # fmt: skip
        assert of("talker", "limits.context = 100_000", "omit = ['limits.input', 'limits.output']") == []
        assert of("talker", "cost = { input = 0, output = 0 }", "omit = ['cost']") == []
        assert of("talker", "capabilities.reasoning.enabled = false", "omit = ['capabilities.reasoning']") == []

    def test_a_contradiction_inside_one_entry(self) -> None:
        (message,) = of("plain", "limits.input = 9000", "limits.context = 8001")
        assert message == "5: limits.context is 8,001, but limits.input is 9,000. Correct one of them."

    def test_a_detail_without_its_capability(self) -> None:
        (message,) = of("plain", "capabilities.reasoning.efforts = ['low']")
        assert 'efforts is ["low"], but capabilities.reasoning.enabled is not stated.' in message
        assert "State capabilities.reasoning.enabled too" in message

    def test_of_an_own_model_too(self) -> None:
        own = '[[providers]]\nid = "mine"\n[[models]]\nprovider = "mine"\nid = "m"\n'
        assert len(told(f"{own}limits = {{ context = 1000, output = 2000 }}")) == 1
        assert told(f"{own}limits = {{ context = 1000, output = 1000 }}") == []
        assert told(f'{own}kind = "embedding"\ndimensions = 768\nlimits = {{ context = 512, output = 768 }}') == []

    def test_what_the_source_states_in_contradiction_is_left_alone(self) -> None:
        assert of("itself", "limits.context = 1500", provider="odd") == []
        assert of("talker", "tags = ['x']") == []

    def test_an_embedding_model_has_no_output(self) -> None:
        """The source's output limit is the size of a vector, which may be above the context."""
        assert of("text-embedding-1", "limits.context = 256") == []

    def test_the_last_entry_is_to_blame(self) -> None:
        """Of a match and an entry by id, the one whose value stands."""
        text = (
            '[[models]]\nprovider = "many"\nmatch = "b*"\nlimits.context = 350_000\n'
            '[[models]]\nprovider = "many"\nid = "big"\nlimits.input = 380_000\n'
        )
        assert told(text) == [
            "8: limits.input is 380,000, but limits.context is 350,000. "
            "State limits.context too, or correct limits.input."
        ]
        over = told(text.replace("input = 380_000", "context = 390_000"))
        assert [message for message in over if "limits.input" in message] == []

    def test_an_excluded_model_is_not_judged(self) -> None:
        text = '[exclude]\nmany = ["big"]\n[[models]]\nprovider = "many"\nmatch = "b*"\nlimits.context = 100\n'
        assert [message for message in told(text) if "limits" in message] == []

    def test_of_every_rule_something_is_said(self) -> None:
        """No row of the table can go unnoticed: each is broken by a correction above, or by one of these."""
        more = [("kind = 'chat'", "capabilities.chat = false"), ("kind = 'video'",), ("kind = 'speech'",),
                ("kind = 'music'",), ("kind = 'embedding'", "capabilities.embeddings = false"),
                ("kind = 'chat'", "modalities.output = ['image']", "modalities.input = ['audio']"),
                ("kind = 'image'", "capabilities.embeddings = true"), ("kind = 'image'", "capabilities.chat = true"),
                ("kind = 'image'", "capabilities.streaming.tool_calls = true"),
                ("capabilities.tools.enabled = false", "capabilities.streaming.tool_calls = true"),
                ("apis = ['embeddings']",),
                *((f"cost.{whole} = 0", *(f"cost.{part} = 1" for part in parts_of(whole)))
                  for whole in ("input", "output"))]  # fmt: skip
        broken = {
            (clash.rule.field, clash.other)
            for lines in [*more, *((line,) for line, _ in PAIRS)]
            for clash in clashes(corrected(*lines))
        }
        assert {rule.field for rule in RULES} == {field for field, _ in broken}
        for rule in RULES:
            assert [other for other in rule.others if (rule.field, other) not in broken] == [], rule.field


def test_an_entry_for_all_merges_each_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    merged: list[Any] = []
    monkeypatch.setattr(outcomes, "merge", lambda *args: merged.append(1) or merge(*args))
    found = told('[[models]]\nprovider = "*"\nmatch = "*"\nlimits.context = 5\ncost.input = 1\n')
    assert any("limits.output does not fit in" in one for one in found)
    assert len(merged) == BASE.header["counts"]["models"]


def corrected(*lines: str) -> Record:
    """The whole record of the talker with a correction."""
    entry = tomllib.loads("\n".join(lines))
    parts = [nest(tuple(field.split(".")), OMIT) for field in entry.pop("omit", ())]
    stated = merge([Layered({"id": "talker", **TALKER}), *map(Layered, [*parts, entry])], {}).values
    return filled(stated, derive(stated, {}))


class TestManyModels:
    def test_one_warning_with_counts_and_the_worst_example(self) -> None:
        assert of("*", "limits.context = 128_000", provider="many") == [
            "4: limits.context is 128,000, but limits.input does not fit in 1 model of many, such as big (300,000); "
            "limits.output does not fit in 1 model of many, such as wide (200,000); "
            "1 model is raised, such as small from 8,192. "
            'State limits.input and limits.output too, or write omit = ["limits.input", "limits.output"].'
        ]

    def test_a_cap_that_raises_models_is_told(self) -> None:
        (message,) = of("*", "limits.context = 399_999", provider="many")
        assert "1 model is raised, such as small from 8,192" in message
        assert of("small*", "limits.context = 16_000", provider="many") == []


@pytest.mark.whole
class TestRealFiles:
    def test_no_curated_correction_is_reported(self) -> None:
        """They are about the packaged data, and state what belongs together."""
        packaged = SnapshotFile.open(PACKAGED_SNAPSHOT)
        fields = {rule.field for rule in RULES}
        for path in sorted((ROOT / "overrides").glob("*.toml")):
            found = checks.check_text(path.read_bytes(), os.fspath(path), packaged)
            wrong = [problem for problem in found if any(f"{field} is " in problem.message for field in fields)]
            assert wrong == []


def rows() -> Iterator[Record]:
    """The whole record of every packaged model."""
    packaged = SnapshotFile.open(PACKAGED_SNAPSHOT)
    for provider in packaged.blocks:
        yield from (effective(line, provider) for line in packaged.block(provider).models())


PATHS = sorted({field for rule in RULES for field in (rule.field, *rule.others)})
FLAGS, NUMBERS = st.booleans(), st.integers(0, 5)


def value_of(field: str) -> st.SearchStrategy[Any]:
    """Values of a field of the table, many of which contradict each other."""
    if field == "kind":
        return st.sampled_from(["chat", "embedding", "image", "realtime", "other"])
    if field in ("apis", "capabilities.reasoning.efforts"):
        return st.lists(st.sampled_from(["chat", "low"]), unique=True)
    if field.startswith("modalities"):
        return st.lists(st.sampled_from(["text", "image", "audio"]), unique=True)
    if field == "cost.tiers":
        return st.just([{"context_over": 1, "input": 1}])
    if field.endswith(("date", "updated", "knowledge", "retires")):
        return st.sampled_from(["2026-01-01", "2026-01", "2025-12-31"])
    numeric = field.startswith(("limits", "cost")) or "budget" in field.rpartition(".")[2].partition("_")[2]
    return NUMBERS if numeric or field == "dimensions" else FLAGS


RECORDS = st.fixed_dictionaries({}, optional={field: value_of(field) for field in PATHS})


def nested(flat: Mapping[str, Any]) -> Record:
    record: Record = {}
    for field, value in flat.items():
        node = record
        *groups, name = field.split(".")
        for group in groups:
            node = node.setdefault(group, {})
        node[name] = value
    return record


def contradicts(record: Mapping[str, Any]) -> bool:
    """Whether a client could act on a contradiction."""
    limits = record.get("limits", {})
    tools, reasoning = (record.get("capabilities", {}).get(name, {}) for name in ("tools", "reasoning"))
    window = limits.get("context")
    over = window is not None and any(limits.get(name, 0) > window for name in ("input", "output"))
    details = [
        name for group in (tools, reasoning) if not group.get("enabled") for name, value in group.items() if value
    ]
    return over or details != []


class TestWhatClientsGet:
    @pytest.mark.whole
    @given(RECORDS)
    @settings(max_examples=300)
    def test_never_has_a_contradiction(self, flat: dict[str, Any]) -> None:
        """And nothing is added or raised, and the record itself is not changed."""
        record = nested(flat)
        before = copy.deepcopy(record)
        made = consistent(record)
        assert record == before
        assert not contradicts(made)
        assert consistent(made) == made
        for field in PATHS:
            new, old = value_at(made, field), value_at(record, field)
            assert new in (old, None) or new < old

    @pytest.mark.whole
    def test_of_all_packaged_models(self) -> None:
        changed = 0
        for record in rows():
            made = consistent(record)
            assert not contradicts(made)
            changed += made != record
        assert 0 < changed < 200, changed

    def test_a_record_without_a_contradiction_is_passed_on(self) -> None:
        assert consistent(TALKER) is TALKER
        assert consistent(nest(("limits", "input"), 5)) == {"limits": {"input": 5}}
