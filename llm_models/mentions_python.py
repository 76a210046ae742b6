"""Python: the mentions in a source text, by its syntax tree; it is never compiled or executed."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

from llm_models.mention_rules import ALIAS, ALIASED, Mention, Places, Unreadable, silenced, within
from llm_models.python_context import COPIES, KEY, Context, names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Above = tuple[ast.AST, Any, Any, Any]
    """A node; that of the node above it; the key of the dict whose value or key it is; the statement around it."""

TOKENS = 200_000
"""The most names and signs of a text that is parsed; each can take two kilobytes of memory."""

ENCODINGS = frozenset(
    [
        *("ascii", "us_ascii", "utf_8", "utf8", "utf_8_sig", "latin_1", "latin1", "iso_8859_1", "iso_8859_15"),
        *("cp1250", "cp1251", "cp1252", "koi8_r", "gbk", "gb2312", "big5", "euc_jp", "euc_kr", "shift_jis"),
    ]
)
"""The encodings of source texts that are read. A program can register others, which are code."""

TEXT_CALLS = frozenset(
    [
        *("startswith", "endswith", "removeprefix", "removesuffix", "split", "rsplit", "partition", "rpartition"),
        *("replace", "strip", "lstrip", "rstrip", "find", "rfind", "index", "rindex", "count", "join", "format"),
        *("compile", "match", "search", "fullmatch", "sub", "subn", "findall", "finditer", "fnmatch", "fnmatchcase"),
    ]
)
"""Functions and methods that compare a text or take it apart: a name in their arguments is no use of a model."""

ASSERTIONS = frozenset(
    [
        *("assertEqual", "assertNotEqual", "assertIn", "assertNotIn", "assertEquals", "assertIs", "assertCountEqual"),
        *("assertDictEqual", "assertListEqual", "assertSetEqual", "assertTupleEqual", "assert_any_call", "eq"),
        *("assert_called_with", "assert_called_once_with", "assert_awaited_with", "assert_awaited_once_with"),
    ]
)
"""Functions and methods of tests that compare all their arguments."""

PREFIXES = frozenset(["startswith", "endswith", "removeprefix", "removesuffix", "fnmatch", "fnmatchcase"])
"""Those whose argument is a part of another text; a loop over texts for it compares them."""

CONTAINERS = (ast.Tuple, ast.List, ast.Set)
_STEPS = 60
_NODES = 2_000
"""The most nodes of a loop that are looked at, the outer ones first: loops in loops would read the same nodes again."""
_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_QUOTED = re.compile(r"""["']([^\s"'\\]{1,200})(?=["'])""")
_JOINED = re.compile(
    r"""["']([^\s"'\\]{1,200})["'](?=[\s\\])(?:[ \t\r\n]|\\\r?\n){1,200}[rRuUfF]?["']([^\s"'\\]{1,200})(?=["'])"""
)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PREFIX = re.compile(r"""[A-Za-z]{0,2}("{3}|'{3}|"|')""")
_COMMENT_OR_TEXT = re.compile(  # possessive, so that a text without a closing quote is read once
    r'''(?s)"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?|\'\'\'(?:[^'\\]++|\\.|'(?!''))*+(?:\'\'\')?'''
    r"""|"(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?|#[^\r\n]*+"""
)


def decode_python(data: bytes) -> str:
    """A source text, by the encoding that its first two lines state (PEP 263). Raises `Unreadable`."""
    name = "utf-8-sig"
    for line in data.split(b"\n", 2)[:2]:
        if stated := _CODING.match(line):
            name = stated[1].decode("ascii", "replace")
            break
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    if name.lower().replace("-", "_") not in ENCODINGS:
        raise Unreadable(f"it states an encoding that is not read (found {name[:40]!r})")
    if data.startswith(b"\xef\xbb\xbf") or name.lower() in ("utf-8", "utf8", "ascii"):
        name = "utf-8-sig"
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line_number = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"it is not {name.removesuffix('-sig').upper()} (line {line_number})") from None


def python_mentions(text: str, may: Callable[[str], bool]) -> list[Mention]:
    """The mentions in a source text. Raises `Unreadable`."""
    if not any(map(may, set(_QUOTED.findall(text)))) and not any(may(a + b) for a, b in set(_JOINED.findall(text))):
        return []
    tree = _parsed(text)
    places = Places(text)
    inside: list[tuple[int, int]] = []
    if "llm-models:" in text:
        inside = [match.span() for match in _COMMENT_OR_TEXT.finditer(text) if match[0][0] != "#"]
    is_silenced = silenced(places, within(inside))
    found = []
    known: dict[Any, Any] = {}
    widths: dict[int, list[int]] = {}
    for node, value, above, key in _texts(tree, may):
        statement = above[3]
        first = statement.lineno if statement else node.lineno
        last = node.end_lineno or node.lineno
        if not _is_use(node, above, known) or _is_alias(above[0], key):
            continue
        if is_silenced(node.lineno, last) or is_silenced(first, first):
            continue
        position, around, is_key = Context(node, key, known).climb(above)
        found.append(Mention(*_place(places, node, widths), value, position, around, is_key))
    return found


def _parsed(text: str) -> ast.Module:
    if len(text) > TOKENS and sum(1 for _ in _TOKEN.finditer(text)) > TOKENS:
        raise Unreadable(f"it is too long (more than {TOKENS:,} names and signs)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise Unreadable(f"it is not valid Python (line {error.lineno or 1}: {error.msg})") from None
    except (RecursionError, MemoryError):
        raise Unreadable("it is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"it is not valid Python ({error})") from None


_LEAVES = frozenset([ast.Name, ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue, ast.alias])


def _texts(tree: ast.Module, may: Callable[[str], bool]) -> Iterator[tuple[Any, str, Above, Any]]:
    """Each text of a tree that may name a model: its node, value, the nodes above, and its key as in `Above`."""
    stack: list[Above] = [(tree, None, None, None)]
    while stack:
        above = stack.pop()
        node = above[0]
        statement = node if isinstance(node, ast.stmt) else above[3]
        if statement is not above[3]:
            above = (node, above[1], above[2], statement)
        items: list[tuple[Any, Any]]
        if type(node) is ast.Dict:
            items = [*zip(node.values, node.keys, strict=True), *((key, KEY) for key in node.keys)]
        elif type(node) is ast.JoinedStr:  # the constant parts of a text that is not whole name nothing
            items = [(part, None) for part in node.values if type(part) is not ast.Constant]
        else:
            items = [
                (item, None)
                for value in node.__dict__.values()
                for item in (value if type(value) is list else (value,))
                if isinstance(item, ast.AST)
            ]
        for child, key in items:
            kind = type(child)
            if kind is ast.Constant:
                if type(child.value) is str and may(child.value):
                    yield child, child.value, above, key
            elif kind is ast.JoinedStr and all(type(part) is ast.Constant for part in child.values):
                value = "".join(part.value for part in child.values)
                if may(value):
                    yield child, value, above, key
            elif child is not None and kind not in _LEAVES:
                stack.append((child, above, key, statement))


def _place(places: Places, node: Any, widths: dict[int, list[int]]) -> tuple[int, int]:
    """The line and the column of the first character after the quote; ast gives the place of the prefix, in bytes.

    `widths` keeps, for each line that is not ASCII, the bytes before each character, so that a line is read once.
    """
    start = places.starts[node.lineno - 1]
    at = node.col_offset
    if not places.text.isascii():
        if (before := widths.get(node.lineno)) is None:
            end = places.starts[node.lineno] if node.lineno < len(places.starts) else len(places.text)
            sizes = (len(c.encode(errors="replace")) for c in places.text[start:end])
            before = widths[node.lineno] = [*accumulate(sizes, initial=0)]
        at = bisect_left(before, at)
    prefix = _PREFIX.match(places.text, start + at)
    return node.lineno, (prefix.end() - start if prefix else at) + 1


def _is_alias(parent: Any, key: Any) -> bool:
    """Whether a text is a name of one's own in the list of models of LiteLLM's router."""
    if not isinstance(parent, ast.Dict) or getattr(key, "value", None) != ALIAS:
        return False
    return any(isinstance(one, ast.Constant) and one.value == ALIASED for one in parent.keys)


def _is_use(node: ast.AST, above: Above, known: dict[Any, Any]) -> bool:
    """Whether a text is used as a value: no docstring, comparison, pattern, or part of another text.

    `known` keeps which loops only compare what they run over.
    """
    parent: Any = above[0]
    if isinstance(parent, ast.Expr | ast.BinOp | ast.MatchValue | ast.MatchMapping) or (
        type(parent).__name__ == "TemplateStr"
    ):
        return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.BitOr)
    if isinstance(parent, ast.Attribute):
        return parent.attr not in TEXT_CALLS
    child: Any = node
    for _ in range(_STEPS):
        if isinstance(parent, ast.Compare):
            return False
        if isinstance(parent, ast.Call):
            called = next(iter(names(parent.func)), "")
            is_keyword = isinstance(child, ast.keyword)
            if child is not parent.func and (called in ASSERTIONS or (called in TEXT_CALLS and not is_keyword)):
                return False
            if called not in COPIES:
                return True
        elif isinstance(parent, ast.comprehension | ast.For | ast.AsyncFor):
            loop = above[1][0] if isinstance(parent, ast.comprehension) else parent
            return child is not parent.iter or not _compares(loop, parent.target, known)
        elif not isinstance(parent, (*CONTAINERS, ast.Dict, ast.Starred, ast.keyword)):
            return True
        child, above = parent, above[1]
        if above is None:
            return True
        parent = above[0]
    return True


def _compares(loop: Any, target: Any, known: dict[Any, Any]) -> bool:
    """Whether a loop looks for its items in other texts: `any(name.startswith(one) for one in ("gpt-4", "o1"))`.

    Not for those of a list: `[one for one in ("gpt-4", "o1") if one in available]`.
    """
    key = "sought", id(loop)
    if key not in known:
        calls = (node for node in islice(ast.walk(loop), _NODES) if isinstance(node, ast.Call))
        sought = [one for call in calls if next(iter(names(call.func)), "") in PREFIXES for one in call.args]
        made = getattr(loop, "elt", None)
        if isinstance(made, ast.Compare) and isinstance(made.ops[0], ast.In | ast.NotIn):
            sought.append(made.left)
        known[key] = {one.id for one in sought if isinstance(one, ast.Name)}
    return getattr(target, "id", None) in known[key]
