"""Python context: what stands around a text in a syntax tree: its name, the call that takes it, and providers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from llm_models.mention_rules import (
    BESIDE,
    INNER_NAMES,
    beside,
    holds_model,
    holds_provider,
    providers,
    takes_model,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = object()
"""In place of the key of a node in a dict: the node is a key itself."""

COPIES = frozenset(["set", "frozenset", "tuple", "list", "sorted", "dict"])
TYPES = frozenset(["Literal", "Optional", "Union", "Annotated", "Final", "ClassVar", "Required", "NotRequired"])
THROUGH = COPIES | frozenset(
    [
        *("get", "getenv", "pop", "setdefault", "Field", "field", "Query", "Option", "Argument", "Param", "Depends"),
        *("cast", "str", "SecretStr", "config", "env", "ContextVar"),
    ]
)
"""Calls that give a text on: the name of what they are assigned to is that of the text."""

_STEPS = 60
"""The most nodes above a text that are looked at."""


def names(node: Any) -> list[str]:
    """The names in `a.b.C`: the last one, then the others from the first; of a call in it, what is called.

    >>> names(ast.parse("openai.chat.create", mode="eval").body)
    ['create', 'openai', 'chat']
    """
    found: list[str] = []
    while len(found) < BESIDE:
        if isinstance(node, ast.Attribute):
            found.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript | ast.Await):
            node = node.value
        else:
            if isinstance(node, ast.Name):
                found.append(node.id)
            break
    return [*found[:1], *reversed(found[1:])]


def _written(node: Any) -> str:
    """A text, or the last name of an expression: `provider=Provider.OPENAI`, `provider=OpenAIProvider()`."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return next(iter(names(node)), "")


def _targets(node: Any) -> list[str]:
    """The names that an assignment, a loop or `:=` gives to its value, the one of the value itself first."""
    found: list[str] = []
    for target in (node.targets if isinstance(node, ast.Assign) else [node.target])[:BESIDE]:
        if isinstance(target, ast.Subscript):
            found += [_written(target.slice), *names(target.value)]
        else:
            found += names(target)
    return found


def _named(node: Any) -> Iterator[tuple[str, Any]]:
    """The names and values in a dict, a call, parameters, or the body of a class or module."""
    if isinstance(node, ast.Dict):
        yield from ((_written(key), value) for key, value in zip(node.keys, node.values, strict=True) if key)
    elif isinstance(node, ast.Call):
        yield from ((one.arg, one.value) for one in node.keywords if one.arg)
    elif isinstance(node, ast.arguments):
        plain = [*node.posonlyargs, *node.args]
        defaults = [*zip(plain[len(plain) - len(node.defaults) :], node.defaults, strict=True)]
        yield from (
            (one.arg, value) for one, value in [*defaults, *zip(node.kwonlyargs, node.kw_defaults, strict=True)]
        )
    else:
        assignments = (one for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign))
        yield from ((next(iter(_targets(one)), ""), one.value) for one in assignments)


class Context:
    """What stands around one text, found by climbing from it towards the module.

    The first name that holds the text decides whether it is in model position. `known` keeps what was found in the
    nodes of a tree, so that a node with many texts is read once.
    """

    def __init__(self, node: ast.AST, key: Any, known: dict[Any, Any]) -> None:
        self.node, self.key, self.known = node, key, known
        self.is_key = key is KEY
        self.position: bool | None = False if self.is_key else None  # None: not decided yet
        self.inner = self.listed = self.returned = False
        self.label = ""
        self.stated: list[str] = []
        self.called: list[str] = []
        self.around: list[str] = []

    def climb(self, above: Any) -> tuple[bool, tuple[str, ...], bool]:
        """Whether the text is in model position, the texts beside it, and whether it is a key."""
        child, key = self.node, self.key
        for _ in range(_STEPS):
            if above is None:
                break
            parent, upper, upper_key, _ = above
            step = _STEPS_BY_KIND.get(type(parent))
            if step is not None:
                step(self, parent, child, key)
                if isinstance(parent, ast.Assign | ast.AnnAssign) and isinstance(upper[0], ast.ClassDef | ast.Module):
                    self.around += self._providers(upper[0])
            elif not isinstance(parent, _PLAIN):
                self._settle()
            if child is getattr(parent, "func", None) or isinstance(parent, ast.Attribute):
                break  # what is done with the result of a call is no name of its arguments
            child, key, above = parent, upper_key, upper
        return bool(self.position), beside(self.stated, self.called, self.around), self.is_key

    def _settle(self) -> None:
        """No name further above is that of the text."""
        if self.position is None:
            self.position = False

    def _name(self, name: str, *, deciding: bool = True) -> None:
        """A name that holds the text or what is around it."""
        self.label = self.label or name
        self.around.append(name)
        if not deciding or self.position is not None or not name:
            return
        if name.lower() in INNER_NAMES and not self.inner:
            self.inner, self.listed = True, False
        else:
            self.position = holds_model(name, listed=self.listed)

    def _providers(self, node: Any) -> list[str]:
        """The providers that are stated in a node."""
        pairs = self.known.get(id(node))
        if pairs is None:
            found = ((name, _written(value)) for name, value in _named(node) if name and holds_provider(name))
            pairs = self.known[id(node)] = [pair for pair in found if pair[1]][:BESIDE]
        return providers(pairs, self.label)

    def _list(self, *_: Any) -> None:
        self.listed = True

    def _dict(self, node: ast.Dict, _: Any, key: Any) -> None:
        if key is not KEY:
            self._name(_written(key) if key else "")
        self.stated += self._providers(node)

    def _keyword(self, node: ast.keyword, *_: Any) -> None:
        if node.arg in {"default", "choices"}:  # add_argument("--model", default=...): the call has the name
            self.listed |= node.arg == "choices"
        elif node.arg:
            self._name(node.arg)

    def _call(self, node: ast.Call, child: Any, _: Any) -> None:
        called = names(node.func)
        last = called[0] if called else ""
        if self.position is None:
            if self.inner or (node.args and child is node.args[0]):
                self.position = True if takes_model(last) else None
            if self.position is None and not self.inner:
                self._argument(node, child)
        self.stated += self._providers(node)
        self.called += called
        if last not in THROUGH:
            self._settle()

    def _argument(self, node: ast.Call, child: Any) -> None:
        """A text behind another that names it: `getenv("MODEL", "o1")`, `add_argument("--model", default="o1")`."""
        first = node.args[:3]
        before = first[: next((at for at, one in enumerate(first) if one is child), len(first))]
        if len(before) == len(first) and not isinstance(child, ast.keyword):
            return
        for one in before:
            name = _written(one) if isinstance(one, ast.Constant) else ""
            if name:
                self.around.append(name.lstrip("-"))
                if holds_model(name, listed=self.listed):
                    self.position = True

    def _subscript(self, node: ast.Subscript, child: Any, _: Any) -> None:
        holder = names(node.value)
        if child is not node.slice:
            return
        if holder and holder[0] in TYPES:
            return
        self.is_key |= child is self.node
        self._settle()
        self.around += holder

    def _assignment(self, node: Any, child: Any, _: Any) -> None:
        if child in (node.value, getattr(node, "annotation", None)):
            targets = _targets(node)
            for at, name in enumerate(targets):
                self._name(name, deciding=at == 0)

    def _loop(self, node: Any, child: Any, _: Any) -> None:
        if child is node.iter:
            self._name(next(iter(_targets(node)), ""))
        self._settle()

    def _arguments(self, node: ast.arguments, child: Any, _: Any) -> None:
        known = self.known.get(-id(node))
        if known is None:
            known = self.known[-id(node)] = {id(value): name for name, value in _named(node)}
        self._name(known.get(id(child), ""))
        self.stated += self._providers(node)

    def _parameter(self, node: ast.arg, *_: Any) -> None:
        self._name(node.arg)

    def _return(self, *_: Any) -> None:
        self.returned = True

    def _function(self, node: Any, *_: Any) -> None:
        self._name(node.name, deciding=self.returned)
        self._settle()

    def _class(self, node: ast.ClassDef, *_: Any) -> None:
        bases = [name for base in node.bases for name in names(base)[:1]]
        if self.node_is_member and any(name.endswith("Enum") for name in bases):
            self.position = holds_model(node.name, listed=True)
        self._name(node.name, deciding=False)
        self._settle()

    @property
    def node_is_member(self) -> bool:
        """Whether the text is the value of a name in the body of a class itself."""
        return len(self.around) == 1 and not self.listed and not self.called


_PLAIN = (ast.IfExp, ast.BoolOp, ast.Starred, ast.Await, ast.BinOp, ast.Attribute, ast.stmt)

_STEPS_BY_KIND: dict[type[ast.AST], Callable[..., None]] = {
    ast.Tuple: Context._list,
    ast.List: Context._list,
    ast.Set: Context._list,
    ast.Dict: Context._dict,
    ast.keyword: Context._keyword,
    ast.Call: Context._call,
    ast.Subscript: Context._subscript,
    ast.Assign: Context._assignment,
    ast.AnnAssign: Context._assignment,
    ast.NamedExpr: Context._assignment,
    ast.For: Context._loop,
    ast.AsyncFor: Context._loop,
    ast.comprehension: Context._loop,
    ast.arguments: Context._arguments,
    ast.arg: Context._parameter,
    ast.Return: Context._return,
    ast.FunctionDef: Context._function,
    ast.AsyncFunctionDef: Context._function,
    ast.ClassDef: Context._class,
}
