"""What an entry that corrects one field leaves in contradiction in other fields; `dependents` has the table.

Only what the entry causes is reported. What a source states in contradiction to itself is not for the application to
correct.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.advice import as_toml
from llm_models.case import Case, Finding, counted, example
from llm_models.dependents import RULES, clashes, value_at
from llm_models.errors import printable
from llm_models.odd_prices import odd_prices
from llm_models.origins import leaves
from llm_models.outcomes import Outcomes, deciding, omits
from llm_models.words import near, odd_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llm_models.dependents import Clash, Rule
    from llm_models.frozen import ModelKey
    from llm_models.layers import Entry

    Record = dict[str, Any]

CAPS = ("limits.context", "limits.input", "limits.output")
"""The fields that people lower for many models at once, so a model that is raised is worth a word."""

_DERIVED = ("kind", "dimensions")
MANY = 3
"""The most fields that a next step names one by one."""


class _Found(NamedTuple):
    """A clash of one model with the `cause`, the field of the entry that is to blame, and the `other` field."""

    key: ModelKey
    cause: str
    other: str
    clash: Clash
    record: Record


def contradictions(case: Case) -> Iterator[Finding]:
    """A correction after which the record contradicts itself."""
    outcomes = Outcomes(case)
    for entry in case.entries():
        mistyped = {".".join(path) for path, _, word in odd_words(entry) if near(path, word) is not None}
        fields = {".".join(path) for path, _ in leaves(entry.fields)} - mistyped
        rules = [rule for rule in RULES if _concerns(rule, entry, fields)]
        caps = [field for field in CAPS if entry.match is not None and field in fields]
        if not rules and not caps:
            continue
        keys = outcomes.of(entry)
        found = [one for key in keys for one in _clashes(case, outcomes, entry, rules, key)]
        moved = {field: _moved(outcomes, entry, keys, field) for field in caps}
        for cause in dict.fromkeys([*(one.cause for one in found), *(field for field in caps if moved[field])]):
            yield _finding(entry, cause, [one for one in found if one.cause == cause], moved.get(cause, ""))


def _concerns(rule: Rule, entry: Entry, fields: set[str]) -> bool:
    """Whether an entry states or omits a field of a rule."""
    names = {*rule.sources(), *rule.others}
    return not names.isdisjoint(fields) or any(omits(entry, tuple(name.split("."))) for name in names if entry.omitted)


def _clashes(case: Case, outcomes: Outcomes, entry: Entry, rules: Sequence[Rule], key: ModelKey) -> Iterator[_Found]:
    """The clashes of one model that an entry causes, each pair of fields once."""
    derives = any(rule.field == "kind" for rule in rules)  # else derived values only end clashes, and take long
    after = outcomes.after(*key)
    if not derives and not any(clashes(after, rules)):
        return
    record = outcomes.whole(key.provider, after) if after else {}
    present = [*clashes(record, rules)] if after else []
    before = outcomes.before(*key) if present else None
    if before is not None and (derives or any(clashes(before, rules))):
        before = outcomes.whole(key.provider, before)
    old = {(clash.rule.field, clash.other) for clash in clashes(before or {}, rules)}
    if present and _is_mispriced(entry, before or {}):  # the wrong price is the cause, and is reported
        present = [clash for clash in present if not clash.rule.field.startswith("cost.")]
    entries = case.run.changing(*key)
    seen: set[frozenset[str]] = set()
    for clash in present:
        rule, other = clash
        pair = frozenset((rule.field, other))
        if pair not in seen and _is_new(clash, old, before, entries):
            cause = _cause(clash, entry, entries)
            if cause is not None:
                seen.add(pair)
                yield _Found(key, cause, rule.field if cause == other else other, clash, record)


def _is_mispriced(entry: Entry, before: Record) -> bool:
    """Whether a price of an entry is an error."""
    found = odd_prices(entry.fields.get("cost", {}), before.get("cost", {}))
    return any(odd.severity == "error" for odd in found)


def _is_new(clash: Clash, old: set[tuple[str, str]], before: Record | None, entries: Sequence[Entry]) -> bool:
    """Whether a model has a clash because of entries."""
    rule, other = clash
    if rule.only_left and (before is None or any(entry.states(*other.split(".")) for entry in entries)):
        return False
    return (rule.field, other) not in old


def _cause(clash: Clash, entry: Entry, entries: Sequence[Entry]) -> str | None:
    """The field of an entry that causes a clash; None where no entry or a later one does."""
    rule, other = clash
    fields = rule.sources() if rule.only_left else (*rule.sources(), other)
    blamed = [(by, field) for field in fields if (by := deciding(entries, tuple(field.split(".")))) is not None]
    last = next((one for one in reversed(entries) if any(by is one for by, _ in blamed)), None)
    if last is None or not last.is_part_of(entry):
        return None
    return next(field for by, field in blamed if by is last)


def _moved(outcomes: Outcomes, entry: Entry, keys: Sequence[ModelKey], field: str) -> str:
    """How many models an entry for many raises, where it lowers others; empty where it does not do both."""
    new = entry.value(*field.split("."))
    values = {key: value_at(outcomes.before(*key) or {}, field) for key in keys}
    after = {key: value_at(outcomes.after(*key), field) for key in keys}
    raised = {key: value for key, value in values.items() if value is not None and value < new == after[key]}
    if not raised or all(value is None or value <= new for value in values.values()):
        return ""
    least = min(raised, key=lambda key: raised[key])
    return f"{_models(len(raised))} raised, such as {example(entry, least)} from {shown(raised[least])}"


def _models(count: int) -> str:
    return "1 model is" if count == 1 else f"{count:,} models are"


def _finding(entry: Entry, cause: str, found: Sequence[_Found], moved: str) -> Finding:
    """What one field of an entry causes, in one sentence, and what to do."""
    by_other: dict[str, list[_Found]] = {}
    for one in found:
        by_other.setdefault(one.other, []).append(one)
    value = entry.value(*cause.split("."))
    start = f"{cause} is {'omitted' if value is None else shown(value)}"
    derived = {one.clash.rule.field for one in found} - {cause} - by_other.keys()
    if derived == {"kind"}:
        start += f", so kind is {printable(value_at(found[0].record, 'kind'))}"
    if entry.match is None:
        what = _joined(_of_one([ones[0] for ones in by_other.values()]))
    else:
        parts = [_of_many(entry, other, ones) for other, ones in by_other.items()]
        what = "; ".join([*parts, *filter(None, [moved])])
    path = (*entry.path, *cause.split(".")) if value is not None else (*entry.path, "omit")
    return Finding(entry.provider, path, f"{start}, but {what}", _next_step(entry, cause, found))


def _of_one(found: Sequence[_Found]) -> list[str]:
    """The values that do not fit in one model; fields with the same value together."""
    by_value: dict[str, list[str]] = {}
    for one in found:
        rule, text = one.clash.rule, shown(_value(one))
        why = f" ({rule.why})" if rule.why and one.other == one.clash.other else ""
        by_value.setdefault(text + why, []).append(one.other)
    return [f"{_named(fields)} {'is' if len(fields) == 1 else 'are'} {text}" for text, fields in by_value.items()]


def _named(fields: Sequence[str]) -> str:
    """Some fields for people: many of them by their number and their groups."""
    groups = [*dict.fromkeys(field.rpartition(".")[0] for field in fields)]
    return _joined(fields) if len(fields) <= MANY else f"{len(fields)} fields of {_joined(groups)}"


def _of_many(entry: Entry, other: str, ones: Sequence[_Found]) -> str:
    """In how many models a value does not fit, with the example that is worst where values are numbers."""
    values = [_value(one) for one in ones]
    numbers = all(isinstance(value, (int, float)) for value in values)
    worst = max(ones, key=_value) if numbers else ones[0]
    count = counted(entry, [one.key for one in ones])
    return f"{other} does not fit in {count}, such as {example(entry, worst.key)} ({shown(_value(worst))})"


def _value(found: _Found) -> Any:
    """The value of the field that does not fit."""
    return value_at(found.record, found.other)


def _next_step(entry: Entry, cause: str, found: Sequence[_Found]) -> str:
    """What the author of an entry can do."""
    rest = [one for one in found if not entry.states(*one.other.split("."))]
    names = [*dict.fromkeys(one.other for one in rest)]
    if not found:
        return "To keep the value of some models, write an entry for each of them."
    if not rest:
        return "Correct one of them."
    if len(names) > MANY:  # whole groups
        groups = dict.fromkeys(name.rpartition(".")[0] for name in names if name not in _DERIVED)
        return f"State them too, or write omit = {as_toml([*groups])}."
    if any(one.other == one.clash.rule.field for one in rest):
        return f"State {_joined(names)} too, or correct {cause}."
    gone = set(names) <= {*_DERIVED}
    return f"State {_joined(names)} too{'' if gone else f', or write omit = {as_toml(names)}'}."


def _joined(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def shown(value: Any) -> str:
    """A value for people: numbers with separators, a list of tables by its length."""
    if value is None:
        return "not stated"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "1 tier" if len(value) == 1 else f"{len(value)} tiers"
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


CHECKS = (contradictions,)
