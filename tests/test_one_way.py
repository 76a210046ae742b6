"""One way from a model to an address: only `endpoints` reads base URLs, variables for keys and ids to send.

The tests read the syntax trees of the package and of every Python block in the documents. A name counts where it is
read: as an attribute, as a text (of an index, `get`, `getattr`, a glom path, a pattern), or as `own_address`. It does
not count where it is stated: as a key of a dict in the text, as a keyword, or as a field of a class.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.docs import documents, trees

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {"base_url", "openai_base_url", "env", "provider_model_id", "api", "own_address", "endpoint_of"}
"""What decides where a request goes: fields of a provider, of a model, and of its `extra["provider"]`."""

ALLOWED = {
    "cli/query.py": ({"base_url", "env"}, "the command `providers` shows them"),
    "cli/show.py": ({"provider_model_id"}, "the command `show` shows it"),
    "copies.py": ({"provider_model_id"}, "it leaves it out of a copy"),
    "credentials.py": ({"env", "provider_model_id"}, "fields that hold names; how tools write variables"),
    "foreign.py": ({"base_url", "env"}, "names of fields, for messages"),
    "hosts.py": ({"base_url", "openai_base_url"}, "from the address of a request to its provider, not the other way"),
    "integrations/litellm_documents.py": ({"openai_base_url"}, "who states none for OpenAI's clients"),
    "integrations/litellm_entries.py": ({"base_url", "openai_base_url"}, "who states them; LiteLLM has its own"),
    "integrations/otel.py": ({"base_url"}, "the attribute of a span, for `match_names`"),
    "integrations/openai_sdk.py": (
        {"openai_base_url", "own_address"},
        "a provider that states one uses OpenAI's protocol; advice names what is missing",
    ),
    "layers.py": ({"base_url", "env", "openai_base_url"}, "a new base URL omits the other one; `env` holds names only"),
    "ingest.py": ({"api"}, "drops one that cannot be an address"),
    "provenance.py": ({"provider_model_id"}, "`explain` states that its default is derived"),
    "remarks.py": ({"api", "base_url", "env", "openai_base_url"}, "`validate` reports their faults"),
    "shape.py": ({"base_url", "env", "openai_base_url", "provider_model_id"}, "those of a snapshot file are checked"),
    "routes.py": (NAMES - {"own_address", "endpoint_of"}, "a refresh that changes them is a notable change"),
    "schema.py": ({"base_url", "env", "openai_base_url"}, "patterns for editors, in the published schema"),
    "snapshot.py": ({"endpoint_of"}, "`Snapshot.endpoint` itself"),
    "block.py": ({"provider_model_id"}, "its default in a record is the id"),
    "mentions.py": ({"env"}, "the ending of a file of variables"),
    "python_context.py": ({"env"}, "a function of other libraries that reads a variable"),
    "order.py": ({"env"}, "keeps an empty one: no key is needed"),
    "superseded.py": ({"env"}, "an empty one is no line without effect"),
    "page_models.py": (
        {"env", "provider_model_id"},
        "a card shows the names of variables, and an id that is sent instead",
    ),
    "record_tables.py": ({"env"}, "a table shows the fields of a provider; an empty `env` is no unknown one"),
    "takeovers.py": ({"base_url"}, "an entry that states one under an alias is reported"),
    "touched.py": ({"base_url"}, "an entry that states one may define a provider that is gone"),
    "transforms/models_dev.py": ({"api", "env"}, "reads the source's document"),
    "transforms/openrouter.py": ({"api", "env"}, "states those of its one provider"),
}
"""Modules that merge or describe data and may read some of these names, and why."""


def uses(tree: ast.Module) -> list[tuple[int, str]]:
    """The line and the name of each use. The attributes of what `endpoint()` returned, and one's own, are none."""
    stated = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    allowed = {id(node) for node in _own_attributes(tree)} | {id(node) for node in _of_endpoints(tree)}
    found = []
    for node in ast.walk(tree):
        if id(node) in stated | allowed:
            continue
        names: set[str] = set()
        if isinstance(node, ast.Attribute):
            names = {node.attr}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = set(re.split(r"[.\[\]'\"]+", node.value))  # a path, too
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.MatchClass):
            names = set(node.kwd_attrs)
        found += [(node.lineno, name) for name in sorted(names & NAMES)]
    return sorted(found)


def _own_attributes(tree: ast.Module) -> Iterator[ast.Attribute]:
    """`self.NAME` in a class that states the field NAME itself."""
    for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        fields = {
            item.target.id for item in cls.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        }
        for node in ast.walk(cls):
            if isinstance(node, ast.Attribute) and node.attr in fields and ast.unparse(node.value) == "self":
                yield node


def _of_endpoints(tree: ast.Module) -> Iterator[ast.Attribute]:
    """`X.base_url` where X is `endpoint(...)`, or is assigned that and nothing else, or is an `Endpoint` argument.

    A name counts in its own function, `self.NAME` in its own class.
    """
    for scope in (node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)):
        nodes = [*_nodes_of(scope)]
        kinds: dict[str, set[bool]] = {}
        assigned = {id(target) for node in nodes if isinstance(node, ast.Assign) for target in node.targets}
        for node in nodes:
            if isinstance(node, ast.arg):
                annotation = "" if node.annotation is None else ast.unparse(node.annotation)
                kinds.setdefault(node.arg, set()).add(annotation == "Endpoint")
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    kinds.setdefault(ast.unparse(target), set()).add(_asks(node.value))
            elif isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load):
                kinds.setdefault(ast.unparse(node), set()).update([] if id(node) in assigned else [False])
        for node in nodes:
            if isinstance(node, ast.Attribute) and node.attr in ("base_url", "openai_base_url"):
                holder, is_self = ast.unparse(node.value), ast.unparse(node.value).startswith("self.")
                known = kinds.get(holder) == {True} and is_self is isinstance(scope, ast.ClassDef)
                if known or _asks(node.value):
                    yield node


def _nodes_of(scope: ast.AST) -> Iterator[ast.AST]:
    """What is in a scope; of a class everything, of a function or a module all but its functions and classes."""
    for node in ast.iter_child_nodes(scope):
        inner = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef)
        if not inner or isinstance(scope, ast.ClassDef):
            yield node
            yield from ast.walk(node) if isinstance(scope, ast.ClassDef) else _nodes_of(node)


def _asks(node: ast.AST) -> bool:
    """Whether an expression is a call of `endpoint`, or of `client_options`, which has all it returns from there."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"endpoint", "client_options"}


@cache
def modules() -> dict[str, ast.Module]:
    package = ROOT / "llm_models"
    paths = sorted(package.rglob("*.py"))
    return {path.relative_to(package).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@pytest.mark.parametrize("name", sorted(set(modules()) - {"endpoints.py"}))
def test_no_other_module_reads_an_address(name: str) -> None:
    allowed = ALLOWED.get(name, (set(), ""))[0]
    assert [f"{name}:{line}: {what}" for line, what in uses(modules()[name]) if what not in allowed] == []


@pytest.mark.parametrize("name", ALLOWED)
def test_every_exception_is_needed(name: str) -> None:
    assert ALLOWED[name][0] == {what for _, what in uses(modules()[name])}


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_no_example_in_the_documents_does(path: object) -> None:
    assert [use for tree in trees(path) for use in uses(tree)] == []  # type: ignore[arg-type]


def test_the_documents_have_examples() -> None:
    counts = {path.name: len([*trees(path)]) for path in documents()}
    assert counts["asking.md"] >= 5
    assert counts["README.md"] >= 3
    assert counts["building-a-client.md"] >= 5
    assert counts["integrations.md"] >= 5


class TestControls:
    """The check sees what it is to see."""

    @pytest.mark.parametrize(
        "text",
        [
            "provider.base_url",
            "get_provider(x).env",
            "f(model.provider_model_id)",
            "self.provider.base_url.rstrip('/')",
            "record['base_url']",
            "record.get('provider_model_id')",
            "model.extra['provider']['api']",
            "model.extra.get('provider', {}).get('api')",
            "getattr(provider, 'env')",
            "attrgetter('provider.base_url')",
            "glom(data, 'provider.base_url')",
            "T['model']['extra']['provider']['api']",
            "glom(data, \"extra['provider']['api']\")",
            "FIELDS = ('base_url', 'env')",
            "match record:\n    case {'base_url': url}: pass",
            "match record:\n    case Provider(base_url=url): pass",
            "from llm_models.endpoints import own_address",
            "endpoints.own_address(record)",
            "from llm_models.endpoints import endpoint_of",
            "endpoints.endpoint_of(model)",
            "endpoint = provider\nendpoint.base_url",
            "def f(endpoint): return endpoint.base_url",
            "def f(endpoint: Provider): return endpoint.base_url",
            "e = s.endpoint(m)\ne = p\ne.base_url",
            "e = s.endpoint(m)\nfor e in providers: e.base_url",
            "def f():\n    e = s.endpoint(m)\ndef g(e):\n    return e.base_url",
            "e = s.endpoint(m)\ndef g(e):\n    return e.base_url",
            "e = s.endpoint(m)\ne.env",
            "o = client_options(spec)\no = provider\no.base_url",
            "class A:\n    def f(self): self.e = provider\n    def g(self): return self.e.base_url",
            "class A:\n    def f(self): self.e = s.endpoint(m)\nclass B:\n    def g(self): return self.e.base_url",
            "class A:\n    base_url: str\n    def f(self, other): return other.base_url",
            "class A:\n    def f(self): return self.base_url",
        ],
    )
    def test_a_use(self, text: str) -> None:
        assert uses(ast.parse(text))

    @pytest.mark.parametrize(
        "text",
        [
            "snapshot.endpoint(model).base_url",
            "e = snapshot.endpoint(model, base_url=url)\ne.base_url, e.key_variables, e.model_id",
            "def f(e: Endpoint): return e.base_url",
            "o = client_options(spec)\no.base_url",
            "class A:\n    def f(self): self.e = s.endpoint(m)\n    def g(self): return self.e.base_url",
            "class A:\n    base_url: str\n    def f(self): return {'base_url': self.base_url}",
            "load(overrides={'providers': [{'id': 'x', 'base_url': url, 'env': ['X']}]})",
            "os.environ['X']",
            "'its base_url is not known. Pass base_url=.'",
        ],
    )
    def test_no_use(self, text: str) -> None:
        assert uses(ast.parse(text)) == []
