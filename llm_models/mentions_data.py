"""Data: the mentions in JSON, TOML and dotenv, by value; and those in any tree of keys, lists and texts."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import tokens
from llm_models.budgets import excess
from llm_models.mention_rules import (
    ALIAS,
    ALIASED,
    BESIDE,
    DEPTH,
    GROUPS,
    INNER_NAMES,
    LONGEST,
    Mention,
    Places,
    Unreadable,
    beside,
    holds_model,
    holds_provider,
    providers,
    silenced,
    within,
)
from llm_models.positions import Span, locate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Above = tuple["Node", Any, str | None]
    """A node, that of the node above it, and its key."""


class Node(NamedTuple):
    """A value of a document: a text, a list, a map, or another value, which has none of the three.

    `start` and `end` are the offsets of the value; `at` is that of the first character of the text, after a quote.
    """

    start: int
    end: int
    at: int = 0
    text: str | None = None
    items: list[Node] | None = None
    pairs: list[tuple[Node, Node]] | None = None


def tree_mentions(text: str, roots: list[Node], may: Callable[[str], bool]) -> list[Mention]:
    """The mentions in the values of a document."""
    places = Places(text)
    inside: list[tuple[int, int]] = []
    if "llm-models:" in text:
        inside = [(node.start, node.end) for node, _, _ in _walk(roots) if node.text is not None]
    is_silenced = silenced(places, within(inside))
    if "=" in text:
        _add_assignments(text, roots)
    aliases = _aliases(roots) if ALIASED in text else frozenset()
    found = []
    stated: dict[int, list[tuple[str, str]]] = {}
    for node, above, is_key in _walk(roots):
        if node.text is None or not may(node.text) or is_silenced(places.line(node.start), places.line(node.at)):
            continue
        if node.text in aliases and not _is_aliased(above):
            continue
        position, around = _around(above, is_key, stated)
        found.append(Mention(*places.place(node.at), node.text, position, around, is_key))
    return found


def _walk(roots: list[Node]) -> Iterator[tuple[Node, Above | None, bool]]:
    """Each node and key: itself, itself and what is above it, and whether it is a key."""
    stack: list[Above] = [(root, None, None) for root in roots]
    while stack:
        above = stack.pop()
        node = above[0]
        yield node, above, False
        stack += [(item, above, None) for item in node.items or ()]
        for key, value in node.pairs or ():
            yield key, (key, above, None), True
            stack.append((value, above, key.text or ""))


_ASSIGNMENT = re.compile(r"(-{0,2}[A-Za-z_][\w.-]*)=(\S+)")


def assigned(word: str) -> str:
    """The value of a `NAME=value` in a list; empty for another text."""
    match = _ASSIGNMENT.fullmatch(word)
    return match[2] if match else ""


def _add_assignments(text: str, roots: list[Node]) -> None:
    """Add to each list the map that its texts `NAME=value` make, as in the environment of a container."""
    for node in [node for node, _, _ in _walk(roots) if node.items]:
        pairs = []
        for item in node.items or ():
            match = (
                _ASSIGNMENT.fullmatch(item.text) if item.text is not None and len(item.text) <= 2 * LONGEST else None
            )
            if match and text.startswith(match[0], item.at):  # written without escapes
                name, at = Node(item.at, item.at, item.at, match[1].lstrip("-")), item.at + match.start(2)
                pairs.append((name, Node(at, at + len(match[2]), at, match[2])))
        if pairs and node.items is not None:
            node.items.append(Node(node.start, node.start, pairs=pairs))


def _aliases(roots: list[Node]) -> frozenset[str]:
    """The names of one's own in a document of LiteLLM's proxy; its lists of fallbacks and groups have them, too."""
    found = set()
    for node, _, _ in _walk(roots):
        named = {key.text: value.text for key, value in node.pairs or ()}
        if ALIASED in named and (alias := named.get(ALIAS)):
            found.add(alias)
        groups = (value.pairs or () for key, value in node.pairs or () if key.text == GROUPS)
        found.update(key.text for pairs in groups for key, _ in pairs if key.text)
    return frozenset(found)


def _is_aliased(above: Above | None) -> bool:
    """Whether a value is what an alias stands for."""
    while above is not None:
        _, above, key = above
        if key == ALIASED:
            return True
    return False


def _around(
    above: Above | None, is_key: bool, stated: dict[int, list[tuple[str, str]]]
) -> tuple[bool, tuple[str, ...]]:
    """Whether a value is in model position, and the texts beside it. `stated` keeps the providers of each map."""
    position: bool | None = False if is_key else None
    inner = listed = False
    label = ""
    beside_it: list[str] = []
    keys: list[str] = []
    while above is not None:
        _, above, key = above
        if above is None:
            break
        if key is None:
            listed |= above[0].items is not None
        else:
            if key == "value" and not keys:  # env: [{name: OPENAI_MODEL, value: o1}]
                named = (one.text for other, one in above[0].pairs or () if other.text == "name")
                key = next(filter(None, named), key)
            label = label or key
            keys.append(key)
            if position is None and not inner and key.lower() in INNER_NAMES:
                inner, listed = True, False
            elif position is None:
                position = holds_model(key, listed=listed)
        if above[0].pairs is not None:
            beside_it += _providers(above[0], label, stated)
    return bool(position), beside(beside_it, keys)


def _providers(node: Node, label: str, stated: dict[int, list[tuple[str, str]]]) -> list[str]:
    pairs = stated.get(id(node))
    if pairs is None:
        found = ((key.text, value.text) for key, value in node.pairs or ())
        pairs = stated[id(node)] = [(key, text) for key, text in found if key and text and holds_provider(key)][:BESIDE]
    return providers(pairs, label)


_JSON_WORD = re.compile(r'"([^\s"]{1,300})(?=")')
_JSON = re.compile(r'"((?:[^"\\]++|\\.)*+)"|([\[{])|([\]}])|[^\s"\[\]{},:]+')


def json_mentions(text: str, may: Callable[[str], bool]) -> list[Mention]:
    """The mentions in a JSON text. Raises `Unreadable`."""
    words = map(_unescaped, set(_JSON_WORD.findall(text)))
    if not any(may(word) or may(assigned(word)) for word in words):
        return []
    import json

    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"it is not valid JSON (line {error.lineno}: {error.msg})") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except ValueError as error:  # an integer with too many digits
        raise Unreadable(f"it is not valid JSON ({error})") from None
    return tree_mentions(text, [_json_tree(text)], may)


def _unescaped(word: str) -> str:
    """A JSON text as it is after unescaping; as it is written where it is no JSON text."""
    if "\\" not in word:
        return word
    import json

    try:
        return str(json.loads(f'"{word}"', strict=False))
    except ValueError:
        return word


def _json_tree(text: str) -> Node:
    """The values of a JSON text that `json` has accepted."""
    root = Node(0, len(text), items=[])
    stack = [root]
    keys: list[Node | None] = [None]
    for match in _JSON.finditer(text):
        start, end = match.span()
        if match[3]:
            stack.pop()
            keys.pop()
            continue
        if match[2]:
            node = Node(start, start, items=[]) if match[2] == "[" else Node(start, start, pairs=[])
        else:
            node = Node(start, end, start + 1, None if match[1] is None else _unescaped(match[1]))
        holder, key = stack[-1], keys[-1]
        if holder.items is not None:
            holder.items.append(node)
        elif key is None:
            keys[-1] = node
            continue
        elif holder.pairs is not None:
            holder.pairs.append((key, node))
            keys[-1] = None
        if match[2]:
            stack.append(node)
            keys.append(None)
            if len(stack) > DEPTH:
                raise Unreadable("it is nested too deeply")
    return root


_TOML_WORD = re.compile(
    r"""["']([^\s"']{1,200})(?=["'])|^[ \t]*([A-Za-z0-9_-]+)[ \t]*=|([A-Za-z0-9_-]+)\]""", re.MULTILINE
)
_TOML_QUOTES = re.compile("\"{3}\\r?\\n?|'{3}\\r?\\n?|[\"']?")


def toml_mentions(text: str, may: Callable[[str], bool]) -> list[Mention]:
    """The mentions in a TOML text. Raises `Unreadable`."""
    found = {word for words in _TOML_WORD.findall(text) for word in words if word}
    if not any(may(word) or may(assigned(word)) for word in found):
        return []
    if excess("values", text.count(",")):
        raise Unreadable(f"it is too long (found {text.count(','):,} commas)")
    if next(tokens.long_keys(text, DEPTH), None) or tokens.deepest(text)[0] > DEPTH // 2:
        raise Unreadable("it is nested too deeply")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"it is not valid TOML ({error})") from None
    return tree_mentions(text, [_toml_tree(text, data, locate(text).root)], may)


def _toml_tree(text: str, data: Any, span: Span) -> Node:
    """The values of a TOML document with their places."""
    start, end = span.value_start or 0, span.value_end or 0
    if isinstance(data, str):
        return Node(start, end, _after_quotes(text, start), data)
    if isinstance(data, list):
        return Node(start, start, items=[_toml_tree(text, one, span.children[at]) for at, one in enumerate(data)])
    if not isinstance(data, dict):
        return Node(start, end)
    pairs = []
    for name, value in data.items():
        child = span.children[name]
        key = Node(child.key_start, child.key_end, _after_quotes(text, child.key_start), name)
        pairs.append((key, _toml_tree(text, value, child)))
    return Node(start, start, pairs=pairs)


def _after_quotes(text: str, start: int) -> int:
    match = _TOML_QUOTES.match(text, start)
    return match.end() if match else start


_DOTENV = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*"""
    r"""(?:"((?:[^"\\\r\n]++|\\.)*+)"|'([^'\r\n]*+)'|([^\r\n]*+))""",
    re.MULTILINE,
)
_UNQUOTED_END = re.compile(r"(?<![ \t])[ \t]++(?:#.*|$)")
_PART = re.compile(r"[^\s,;]+")


def dotenv_mentions(text: str, may: Callable[[str], bool]) -> list[Mention]:
    """The mentions in a dotenv text; a value may be a list with commas. Other lines are passed over."""
    pairs = []
    for match in _DOTENV.finditer(text):
        group = next(number for number in (2, 3, 4) if match[number] is not None)
        value, start = match[group], match.start(group)
        if group == 4:
            value = "" if value.startswith("#") else _UNQUOTED_END.sub("", value)
        key = Node(*match.span(1), match.start(1))
        node = Node(start, start + len(value), start, value)
        parts = [*_PART.finditer(value)]
        if len(parts) > 1 and not re.search(r"[^\s,;]\s+[^\s,;]", value):
            found = [Node(start + one.start(), start + one.end(), start + one.start(), one[0]) for one in parts]
            node = Node(start, start, items=found)
        pairs.append((key._replace(text=match[1]), node))
    return [one for one in tree_mentions(text, [Node(0, 0, pairs=pairs)], may) if not one.is_key]
