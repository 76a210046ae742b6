"""Figures of the packaged data, for the description of a refresh: `python tests/support/figures.py [OLD_HISTORY]`.

With the history before the refresh, it also compares the answers of both about days that both know.
"""

from __future__ import annotations

import os
import sys
from collections import Counter

import llm_models
from llm_models import paths
from llm_models.errors import RetiredModelError
from llm_models.groups import group_in
from llm_models.timeline import History

DAYS = 8
"""How many days of an old history are compared."""


def kinds(snapshot: llm_models.Snapshot) -> None:
    models = snapshot.list_models()
    lines = [snapshot.file.line(*model.key) or {"id": model.id} for model in models]
    print(f"models: {len(models):,}; providers: {len(snapshot.list_providers()):,}")
    print("kinds:", ", ".join(f"{kind} {count:,}" for kind, count in Counter(m.kind for m in models).most_common()))
    groups = [group_in(model.provider, line) for model, line in zip(models, lines, strict=True)]
    rules = Counter("none" if one is None else one.rule for one in groups)
    print("canonical groups, by rule:", ", ".join(f"{rule} {count:,}" for rule, count in rules.most_common()))
    for field in ("canonical", "family", "knowledge", "open_weights"):
        stated = sum(field in line for line in lines)
        derived = sum(field in line.get("derived", {}) for line in lines)
        print(f"{field}: stated {stated:,}, derived {derived:,}, none {len(lines) - stated - derived:,}")
    dated, retired = sum(m.retires is not None for m in models), sum(m.is_retired() for m in models)
    print(
        f"deprecated: {sum(m.deprecated for m in models):,}; with a date of retirement: {dated:,}, retired: {retired:,}"
    )


def history(snapshot: llm_models.Snapshot) -> list[tuple[str, str]]:
    """The history's size; the keys of the gone."""
    new = History.open(paths.PACKAGED_HISTORY)
    keys = [(provider, i) for provider in new.providers for line in [new.line(provider)] if line for i in line.ids]
    gone = [key for key in keys if not (entry := new.entry(*key)) or not entry.living]
    size = os.path.getsize(paths.PACKAGED_HISTORY)
    print(f"history: {size:,} bytes, {len(new.days)} days from {new.days[0]} to {new.date}, {len(gone):,} ids gone")
    answers = Counter[str]()
    for provider, model_id in gone[:: max(len(gone) // 20, 1)][:20]:
        try:
            snapshot.resolve((provider, model_id))
            answers["is in the catalogue"] += 1
        except RetiredModelError as error:
            answers["retired, with a rename or successor" if error.rename or error.successor else "retired"] += 1
    print("20 lookups of gone ids:", ", ".join(f"{answer} {count}" for answer, count in answers.items()))
    return keys


def compared(path: str) -> int:
    """How many answers about days of the old history changed; prints the count."""
    old, new = History.open(path), History.open(paths.PACKAGED_HISTORY)
    days = old.days[:: max(len(old.days) // DAYS, 1)]
    asked = changed = 0
    for provider in old.providers:
        line = old.line(provider)
        for model_id in line.ids if line else ():
            entries = old.entry(provider, model_id), new.entry(provider, model_id)
            for day in days:
                asked += 1
                listed = [entry is not None and entry.listed(one.days.index(day))
                          for entry, one in zip(entries, (old, new), strict=True)]  # fmt: skip
                changed += listed[0] is not listed[1]
    print(f"the history before: {asked:,} answers about {len(days)} of its days, {changed:,} changed")
    return changed


def main() -> int:
    snapshot = llm_models.load(config=None, publish=False)
    kinds(snapshot)
    history(snapshot)
    return 1 if len(sys.argv) > 1 and compared(sys.argv[1]) else 0


if __name__ == "__main__":
    sys.exit(main())
