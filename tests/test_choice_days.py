"""How often typical selections change from day to day, and why: over the real upstream files of a year.

An answer may change only because facts changed: of the model that was chosen, of the one that is chosen now, or, for
an order by price or context, of other records of the same model, by which values are believed or not.
"""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from llm_models import NoMatchError, Snapshot
from llm_models.pipeline import build_base

SHARED = Path(__file__).parents[2] / "shared" / "upstream"
DAYS = SHARED / "models-dev-daily-2025-07-01--2026-07-01.tar.xz"
LATER = ("2026-07-02", "2026-09-30")
EVERY = 40
"""Every fortieth day is built, because a build takes a second."""

QUESTIONS: dict[str, dict[str, Any]] = {
    "the best": {},
    "tools": {"require": ["tools"]},
    "tools at OpenAI": {"require": ["tools"], "scope": "openai"},
    "tools at Anthropic": {"require": ["tools"], "scope": "anthropic"},
    "tools at Google": {"require": ["tools"], "scope": "google"},
    "tools and images": {"require": ["tools"], "input": "image", "prefer": ["anthropic"]},
    "cheapest with tools": {"require": ["tools"], "order_by": "price"},
    "cheapest of three": {"scope": ["openai", "anthropic", "google"], "order_by": "price", "min_context": 100_000},
    "cheapest of the new": {"released_after": "2025-05-01", "order_by": ["price", "release"]},
    "largest context": {"order_by": "context"},
    "open weights": {"open_weights": True, "require": ["tools", "reasoning"]},
    "embeddings": {"require": ["embeddings"], "order_by": "price"},
    "for a workload": {
        "scope": ["openai", "anthropic", "google"],
        "order_by": "cost",
        "workload": {"input": 12_000, "cache_read": 9_000, "output": 600},
    },
}

pytestmark = [pytest.mark.whole, pytest.mark.skipif(not DAYS.exists(), reason="the upstream files are absent")]


def catalogues() -> list[tuple[str, Snapshot]]:
    """A catalogue of some days, built as the packaged one is."""
    days: list[tuple[str, bytes]] = []
    with tarfile.open(DAYS) as archive:
        members = sorted((one for one in archive if one.name.endswith(".json")), key=lambda one: one.name)
        for member in members[::EVERY]:
            file = archive.extractfile(member)
            assert file is not None
            days.append((Path(member.name).stem, file.read()))
    days += [(day, (SHARED / f"models-dev-{day}.json").read_bytes()) for day in LATER]
    return [(day, Snapshot(build_base(data, f"{day}.json", day=day, without_prose=True)[0])) for day, data in days]


def answer(catalogue: Snapshot, question: dict[str, Any], day: str) -> str | None:
    providers = {*catalogue.list_providers()}
    known = {key: value for key, value in question.items() if key not in ("scope", "prefer")}
    for key in ("scope", "prefer"):
        if key in question:
            names = [question[key]] if isinstance(question[key], str) else question[key]
            known[key] = [name for name in names if name in providers]
    try:
        return catalogue.select(**known, at=day).spec
    except NoMatchError:
        return None


def facts(catalogue: Snapshot, spec: str | None) -> str | None:
    """All that is known of a model; None where it is not listed."""
    provider, _, model_id = (spec or "").partition(":")
    if not spec or not catalogue.file.holds(provider, model_id):
        return None
    model = catalogue.get_model(provider, model_id)
    return json.dumps([model.to_dict(), catalogue.get_provider(provider).to_dict()], sort_keys=True)


def reason(before: Snapshot, now: Snapshot, old: str | None, new: str | None, days: tuple[str, str]) -> str:
    """Why an answer changed; empty where no fact explains it."""
    if old is not None and facts(now, old) is None:
        return "the old one is gone"
    if new is not None and facts(before, new) is None:
        return "a new model"
    if old is not None:
        model = now.resolve(old.partition(":")[2] + "@" + old.partition(":")[0])
        if model.is_retired(days[1]) and not model.is_retired(days[0]):
            return "the old one has retired"
    if old is not None and facts(before, old) != facts(now, old):
        return "a fact of the old one"
    if new is not None and facts(before, new) != facts(now, new):
        return "a fact of the new one"
    return "a fact of the same model elsewhere" if siblings(before, old, new) != siblings(now, old, new) else ""


def siblings(catalogue: Snapshot, *specs: str | None) -> set[tuple[Any, ...]]:
    """What all records of these models state of prices and context."""
    names = {
        catalogue.get_model(*spec.split(":", 1)).canonical
        for spec in specs
        if spec is not None and facts(catalogue, spec) is not None
    } - {None}
    return {
        (model.spec, model.cost.input, model.cost.output, model.limits.context)
        for model in catalogue.list_models()
        if model.canonical in names
    }


def test_an_answer_changes_only_when_facts_change(record_property: Any) -> None:
    built = catalogues()
    why: Counter[str] = Counter()
    per_question: Counter[str] = Counter()
    unexplained = []
    for (before_day, before), (day, now) in pairwise(built):
        for name, question in QUESTIONS.items():
            old, new = answer(before, question, before_day), answer(now, question, day)
            if old == new:
                continue
            found = reason(before, now, old, new, (before_day, day))
            per_question[name] += 1
            why[found] += 1
            if not found:
                unexplained.append((name, before_day, day, old, new))
    record_property("changes", dict(per_question))
    record_property("reasons", dict(why))
    print(f"{len(built)} days; changes by question {dict(per_question)}; reasons {dict(why)}")
    assert not unexplained
    assert sum(why.values()) > 10, "the files show how answers change"


def test_equal_facts_give_equal_answers() -> None:
    """Built twice from the same bytes, and after a day of no change, every answer is the same."""
    data = (SHARED / f"models-dev-{LATER[0]}.json").read_bytes()
    one, other = (Snapshot(build_base(data, "a.json", day="2026-07-03", without_prose=True)[0]) for _ in range(2))
    for question in QUESTIONS.values():
        assert answer(one, question, "2026-07-02") == answer(other, question, "2026-07-03")
