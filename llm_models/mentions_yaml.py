"""YAML: the mentions in a YAML text, by value.

It reads the events of PyYAML's parser, which makes no objects, follows no alias, and does not call itself for nesting.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from llm_models.mention_rules import DEPTH, LONGEST, Mention, Unreadable
from llm_models.mentions_data import Node, assigned, tree_mentions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SLOW = 100_000
"""The most characters that are read by the parser in Python, where PyYAML has been built without that in C."""

_WORD = re.compile(r"[^\s\"'\[\]{},]+")
_BEFORE = re.compile(r"(?:[&!]\S*\s+)*")


def yaml_mentions(text: str, may: Callable[[str], bool]) -> list[Mention]:
    """The mentions in a YAML text. Raises `Unreadable`."""
    words = {word for word in _WORD.findall(text) if len(word) <= 2 * LONGEST}
    if not any(may(word) or may(word.rstrip(":")) or may(assigned(word)) for word in words):
        return []
    try:
        import yaml
    except ImportError:
        raise Unreadable("YAML needs PyYAML: pip install 'llm-models-catalog[yaml]'") from None
    loader: Any = getattr(yaml, "CSafeLoader", None)
    if loader is None:
        loader = yaml.SafeLoader
        if len(text) > SLOW:
            raise Unreadable(f"it is too long for PyYAML without its parser in C (more than {SLOW:,} characters)")
    try:
        roots = _roots(text, yaml.parse(text, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "a character that YAML does not allow"
        line = f"line {mark.line + 1}: " if mark else ""
        hint = "; templates are not read" if "{{" in text or "{%" in text else ""
        raise Unreadable(f"it is not valid YAML ({line}{problem}{hint})") from None
    return tree_mentions(text, roots, may)


def _roots(text: str, events: Iterable[Any]) -> list[Node]:
    """The root of each document."""
    root = Node(0, 0, items=[])
    stack = [root]
    keys: list[Node | None] = [None]
    for event in events:
        name = type(event).__name__
        if name in ("SequenceEndEvent", "MappingEndEvent"):
            stack.pop()
            keys.pop()
            continue
        start, end = event.start_mark.index, event.end_mark.index
        if name == "ScalarEvent":
            node = Node(start, end, _after_marks(text, start, end, event), event.value)
        elif name == "SequenceStartEvent":
            node = Node(start, start, items=[])
        elif name == "MappingStartEvent":
            node = Node(start, start, pairs=[])
        elif name == "AliasEvent":
            node = Node(start, end)
        else:
            continue
        holder, key = stack[-1], keys[-1]
        if holder.items is not None:
            holder.items.append(node)
        elif key is None:
            keys[-1] = node
        elif holder.pairs is not None:
            holder.pairs.append((key, node))
            keys[-1] = None
        if node.items is not None or node.pairs is not None:
            stack.append(node)
            keys.append(None)
            if len(stack) > DEPTH:
                raise Unreadable("it is nested too deeply")
    return root.items or []


def _after_marks(text: str, start: int, end: int, event: Any) -> int:
    """The offset of the first character of a scalar, after its anchor, its tag and its quote."""
    if event.anchor or event.tag:
        match = _BEFORE.match(text, start, end)
        start = match.end() if match else start
    if event.style in ("'", '"'):
        return start + 1
    if event.style in ("|", ">"):
        found = text.find(event.value.strip(), start, end)
        return start if found < 0 else found
    return start
