"""Dependents: the fields of a model that can contradict each other, as a table; standard library only.

The table reads a record with its derived values, as `block.effective` gives it. It does not know where a value comes
from: `dependent_checks` reports what a correction left behind, `integrations.facts` never passes it on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.classes import parts_of
from llm_models.kinds import CHAT
from llm_models.merge import OMIT, Layered, merge, nest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Literal

    Remedy = Literal["keep", "lower", "drop"]
    Test = Callable[[Any, Any], bool]
    """Whether the value of a field is one with which another field can clash. The second argument is the value of the
    rule's `field`. A value is None where it is not stated."""


def stated(value: Any, _other: Any = None) -> bool:
    """There is a value."""
    return value not in (None, [])


def on(value: Any, _other: Any = None) -> bool:
    """A flag that is true, or a setting of a capability that has a value."""
    return value is not False and stated(value)


def some(value: Any, _other: Any = None) -> bool:
    """A number of tokens that is not 0: a budget of 0 agrees with thinking that takes none."""
    return stated(value) and value != 0


def off(value: Any, _other: Any = None) -> bool:
    """A flag that is false. One that is not stated is false, too."""
    return not value


def denied(value: Any, _other: Any = None) -> bool:
    """A flag that is stated to be false."""
    return value is False


def free(value: Any, _other: Any = None) -> bool:
    """A price of 0."""
    return bool(value is not False and value == 0)


def priced(value: Any, _other: Any = None) -> bool:
    """A price above 0, or a list of tiers."""
    return bool(value)


def above(value: Any, other: Any) -> bool:
    """A number above another one, or a date after another one. A month is not after a day in it."""
    if value is None or other is None:
        return False
    if isinstance(value, str):
        size = min(len(value), len(other))
        return bool(value[:size] > other[:size])
    return bool(value > other)


def below(value: Any, other: Any) -> bool:
    """The reverse of `above`."""
    return above(other, value)


def equal(value: Any, other: Any) -> bool:
    """The same number."""
    return value is not None and bool(value == other)


def without_text(value: Any, _other: Any = None) -> bool:
    """Modalities without text."""
    return bool(value) and "text" not in value


def only_text(value: Any, _other: Any = None) -> bool:
    """Modalities that are text alone."""
    return bool(value == ["text"])


def with_files(value: Any, _other: Any = None) -> bool:
    """Modalities of which a message takes files."""
    return bool({"image", "pdf"} & set(value or ()))


def lacks(modality: str) -> Test:
    """The test for modalities that are stated, without this one."""

    def test(value: Any, _other: Any = None) -> bool:
        return bool(value) and modality not in value

    return test


def one_of(*values: str) -> Test:
    """The test for these values."""

    def test(value: Any, _other: Any = None) -> bool:
        return value in values

    return test


def none_of(*values: str) -> Test:
    """The test for every value except these."""

    def test(value: Any, _other: Any = None) -> bool:
        return value not in values

    return test


def holds(*items: str) -> Test:
    """The test for a list that has one of these items."""

    def test(value: Any, _other: Any = None) -> bool:
        return not set(items).isdisjoint(value or ())

    return test


class Rule(NamedTuple):
    """A `field` whose value is `when`, and `others` of which none may then be `then`.

    `causes` are the fields from which a derived value of `field` follows. A rule with `only_left` holds only for others
    that the correction does not state; `why` is added to the message. `remedy` is what `consistent` does with the
    others: it keeps them, lowers them to the value of `field`, or drops them.
    """

    field: str
    when: Test
    others: tuple[str, ...]
    then: Test
    causes: tuple[str, ...] = ()
    only_left: bool = False
    why: str = ""
    remedy: Remedy = "keep"

    def sources(self) -> tuple[str, ...]:
        """The fields that decide the value of `field`."""
        return (self.field, *self.causes)


_KIND = ("capabilities.chat", "capabilities.embeddings", "modalities.output", "modalities.input", "family")
_TOOLS = ("capabilities.tools.streaming", "capabilities.tools.strict", "capabilities.tools.parallel",
          "capabilities.streaming.tool_calls")  # fmt: skip
_REASONING = tuple(f"capabilities.reasoning.{name}"
                   for name in ("toggle", "efforts", "budget", "token_budget", "token_budget_min"))  # fmt: skip
_TALK = ("capabilities.tools.enabled", *_TOOLS, "capabilities.reasoning.enabled", "capabilities.json.native",
         "capabilities.json.schema", "capabilities.json.strict")  # fmt: skip

DETAILS: dict[str, tuple[str, ...]] = {
    "capabilities.tools.enabled": _TOOLS,
    "capabilities.reasoning.enabled": _REASONING,
    "capabilities.json.schema": ("capabilities.json.strict",),
}
"""A capability -> its details, which mean nothing while the capability is off."""

RULES: tuple[Rule, ...] = (
    Rule("limits.context", stated, ("limits.input", "limits.output", "capabilities.reasoning.token_budget"), above,
         remedy="lower"),
    Rule("limits.context", stated, ("limits.output",), equal, only_left=True, why="no room is left for input"),
    Rule("limits.output", stated, ("capabilities.reasoning.token_budget",), above),
    Rule("cost.input", free, tuple(f"cost.{name}" for name in (*parts_of("input"), "tiers")), priced),
    Rule("cost.output", free, tuple(f"cost.{name}" for name in (*parts_of("output"), "tiers")), priced),
    Rule("cost.input", stated, ("cost.cache_read",), above),
    *(Rule(field, off, details, on, remedy="drop") for field, details in DETAILS.items()),
    Rule("capabilities.reasoning.budget", denied,
         ("capabilities.reasoning.token_budget", "capabilities.reasoning.token_budget_min"), some),
    Rule("capabilities.reasoning.token_budget", stated, ("capabilities.reasoning.token_budget_min",), above),
    Rule("capabilities.json.native", denied, ("capabilities.json.schema",), on),
    Rule("kind", none_of("chat", "realtime"), _TALK, on, causes=_KIND, remedy="drop"),
    Rule("kind", one_of("chat"), ("capabilities.chat",), denied),
    Rule("kind", none_of("chat", "completion", "realtime"), ("capabilities.chat",), on, only_left=True),
    Rule("kind", one_of("embedding"), ("capabilities.embeddings",), denied),
    Rule("kind", none_of("embedding"), ("capabilities.embeddings",), on, causes=_KIND[:1], only_left=True),
    Rule("kind", none_of("embedding"), ("dimensions",), stated, causes=_KIND),
    Rule("kind", one_of("embedding"), ("dimensions",), stated, causes=_KIND, only_left=True,
         why="the old limits.output"),
    Rule("kind", one_of("embedding", "rerank", "moderation"), ("apis",), holds("chat", "responses", "messages"),
         causes=_KIND),
    Rule("kind", one_of("chat"), ("modalities.output", "modalities.input"), without_text, causes=_KIND[:2]),
    Rule("kind", one_of("chat"), ("apis",), holds("embeddings"), causes=_KIND),
    *(Rule("kind", one_of(kind), (f"modalities.{side}",), lacks(modality), causes=_KIND)
      for kind, side, modality in (("image", "output", "image"), ("video", "output", "video"),
                                   ("speech", "output", "audio"), ("music", "output", "audio"),
                                   ("transcription", "input", "audio"))),
    Rule("modalities.input", only_text, ("capabilities.attachments",), on),
    Rule("modalities.input", with_files, ("capabilities.attachments",), denied),
    Rule("release_date", stated, ("last_updated", "retires"), below),
    Rule("release_date", stated, ("knowledge",), above),
)  # fmt: skip
"""The rules. A value that a source states in spite of a rule is left alone; a correction that does is reported."""


class Clash(NamedTuple):
    """A rule that a record breaks, and the field among `rule.others` that breaks it."""

    rule: Rule
    other: str


def value_at(record: Mapping[str, Any], field: str) -> Any:
    """The value of a dotted field of a record as plain data, None where there is none. The kind is chat by default."""
    value: Any = record
    for step in field.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return CHAT if value is None and field == "kind" else value


def clashes(record: Mapping[str, Any], rules: Iterable[Rule] = RULES) -> Iterator[Clash]:
    """Every clash in a record that has its derived values."""
    for rule in rules:
        value = value_at(record, rule.field)
        if rule.when(value, None):
            for other in rule.others:
                if rule.then(value_at(record, other), value):
                    yield Clash(rule, other)


def consistent(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record without contradictions that a client could act on: see `Rule.remedy`. The record is not changed.

    >>> consistent({"limits": {"context": 100_000, "input": 272_000}})
    {'limits': {'context': 100000, 'input': 100000}}
    """
    while found := [clash for clash in clashes(record) if clash.rule.remedy != "keep"]:
        parts = [Layered(record)]
        for rule, other in found:
            value = value_at(record, rule.field) if rule.remedy == "lower" else OMIT
            parts.append(Layered(nest(tuple(other.split(".")), value)))
        record = merge(parts, {}).values
    return record
