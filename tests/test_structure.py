"""The structure of the package: imports go down only, private names stay at home, modules are small."""

from __future__ import annotations

import ast
from functools import cache
from typing import NamedTuple

import pytest
from support import ROOT

PACKAGE = "llm_models"

RANKS = (
    ("budgets", "classes", "current_prices", "image_prices", "memory", "wishes"),
    (
        "errors",
        "frozen",
        "jsontext",
        "mention_rules",
        "positions",
        "rules",
        "kinds",
        "integrations",
        "name_forms",
        "spellings",
    ),
    ("costs", "logs", "order", "python_context", "tokens"),
    (
        "amounts",
        "counts",
        "credentials",
        "files",
        "findings",
        "foreign",
        "mentions_data",
        "mentions_python",
        "mentions_quoted",
        "modes",
        "tariff",
    ),
    (
        "addresses",
        "bills",
        "known_names",
        "mentions_yaml",
        "objects",
        "open_folder",
        "paths",
        "patterns",
        "protocols",
        "syntax",
    ),
    ("advice", "days", "items", "listing_parts", "mentions", "other_names", "provider_usage", "similarity", "streams"),
    ("codebase", "tool_usage"),
    ("enrich", "records", "open_file", "document", "edit", "merge", "normalize", "recognition", "upstream"),
    ("capability_sets", "meters", "shape", "vocabulary"),
    ("attributes", "header", "phrases", "transforms.parts"),
    (
        "block",
        "lifecycle",
        "listings",
        "modelspec",
        "origins",
        "replacement",
        "transfer",
        "transforms",
        "transforms.litellm_keys",
        "transforms.specs",
    ),
    ("dependents", "groups", "lines", "model_classes", "odd_prices", "schema", "scratch"),
    ("answers", "table_columns"),
    ("columns", "meanings", "transforms.units"),
    (
        "agreement",
        "conditions",
        "filters",
        "layers",
        "locks",
        "ranking",
        "snapshot_file",
        "state",
        "timeline",
        "transforms.genai_prices_lists",
        "transforms.models_dev_prices",
        "transforms.openrouter_prices",
    ),
    ("transforms.genai_prices", "transforms.litellm_prices", "transforms.models_dev", "transforms.openrouter"),
    (
        "examples",
        "name_table",
        "notices",
        "remarks",
        "siblings",
        "timeline_fold",
        "transforms.litellm_entries",
        "workload",
    ),
    ("bans", "forms", "outliers", "timeline_writer", "transforms.litellm"),
    ("past",),
    ("bases", "canonical", "manifest", "view"),
    ("entries", "hosts", "name_rules", "price_lists", "readings", "standing"),
    ("assignments", "gone_names", "identity", "suggestions", "touched", "validation", "variants"),
    ("offering", "retired"),
    ("misses", "moving", "settings"),
    ("copies",),
    ("case", "changes", "own_prices", "grammar", "ingest", "lookup", "sources"),
    ("config", "supplements", "matches", "misread", "price_origins", "snapshot_writer", "takeovers", "targets"),
    (
        "behaviour",
        "cancelled",
        "definition_checks",
        "entry_checks",
        "lint_settings",
        "observations",
        "outcomes",
        "setting_checks",
        "stored",
        "superseded",
        "words",
    ),
    ("dependent_checks", "price_checks", "used"),
    ("in_use",),
    ("checks", "trust", "unwritten"),
    ("endpoints",),
    ("chronicle", "hits", "pipeline", "provenance", "status"),
    ("validity",),
    ("verdicts",),
    ("lint", "pricing"),
    ("rates", "workloads"),
    ("choices", "price_tables", "usage_dialects"),
    ("selection", "usage_sql"),
    ("snapshot", "successors"),
    (
        "differences",
        "disagreements",
        "supplements_build",
        "genai_document",
        "names_build",
        "timeline_build",
        "timeline_update",
        "integrations.facts",
        "integrations.genai_rows",
        "integrations.litellm_fields",
        "integrations.litellm_prices",
        "request",
        "record_tables",
        "revision",
    ),
    ("accepted", "ground", "integrations.litellm_entries", "store", "table_formats", "tables"),
    ("database_files", "losses", "page_prices", "routes"),
    ("page_models",),
    (
        "guards",
        "integrations.click",
        "integrations.openai_sdk",
        "integrations.otel",
        "billing",
        "naming",
        "page",
        "questions",
    ),
    (
        "integrations.genai_prices",
        "integrations.langchain",
        "integrations.litellm_documents",
        "integrations.openai_agents",
        "integrations.pydantic",
        "activation",
        "",
    ),
    ("integrations.litellm", "integrations.pydantic_ai", "reproduction"),
    ("cli.layout", "cli.pager"),
    ("cli.output",),
    ("cli.conditions", "cli.documents", "cli.markdown", "cli.options", "cli.problems", "cli.table_files"),
    ("cli.fields",),
    ("cli.against", "cli.info"),
    ("cli.diff",),
    (
        "cli.browse",
        "cli.config",
        "cli.cost",
        "cli.data",
        "cli.edits",
        "cli.export",
        "cli.history",
        "cli.lint",
        "cli.query",
        "cli.search",
    ),
    ("cli.choose", "cli.show", "cli.vocabularies"),
    ("cli.completion",),
    ("cli",),
    ("__main__",),
)
"""The modules, lowest first; `""` is the package itself. A module imports only modules of the ranks before its own."""

EXCEPTIONS = {
    "_fields": "the names of the fields of a record class, as NamedTuple has them",
    "_asdict": "a public method of NamedTuple, whose names begin so",
    "_replace": "another",
}
"""Names with an underscore that another module may use, and why."""

LINES = 330
"""The most lines of a module."""


class Module(NamedTuple):
    """A module's name without that of the package, its text, and its syntax tree."""

    name: str
    text: str
    tree: ast.Module


@cache
def modules() -> dict[str, Module]:
    named = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        named[name] = Module(name, text, ast.parse(text))
    return named


def ours(full: str) -> str | None:
    """The name of a module of the package without the package's; None for any other."""
    name = full.removeprefix(PACKAGE).removeprefix(".")
    return name if full.partition(".")[0] == PACKAGE and name in modules() else None


def imports(tree: ast.AST) -> list[tuple[ast.stmt, str, str, str]]:
    """Each name that is imported from the package: the statement, the module, its name there and its name here.

    The name there is empty where the module itself is imported.
    """
    found: list[tuple[ast.stmt, str, str, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (module := ours(alias.name)) is not None:
                    found += [(node, module, "", alias.asname or alias.name)]
        elif isinstance(node, ast.ImportFrom):  # ruff refuses relative imports
            for alias in node.names:
                here = alias.asname or alias.name
                if (module := ours(f"{node.module}.{alias.name}")) is not None:
                    found.append((node, module, "", here))
                elif (module := ours(str(node.module))) is not None:
                    found.append((node, module, alias.name, here))
    return found


def private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__")) and name not in EXCEPTIONS


def own_names(tree: ast.Module) -> set[str]:
    """The attributes that the classes of a module define: methods, fields, slots, and what methods assign to `self`."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                    names.add(item.name)
                elif isinstance(item, ast.Assign | ast.AnnAssign):
                    targets = item.targets if isinstance(item, ast.Assign) else [item.target]
                    names |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
                    if any(isinstance(one, ast.Name) and one.id == "__slots__" for one in targets) and item.value:
                        names |= {str(one.value) for one in ast.walk(item.value) if isinstance(one, ast.Constant)}
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            names.add(node.attr)
    return names


def private_uses(module: Module) -> list[str]:
    """The private names of other modules that a module uses, with their lines."""
    found = []
    bound = {here for _, _, name, here in imports(module.tree) if not name}
    for node, other, name, _ in imports(module.tree):
        if private(name):
            found.append(f"{module.name}:{node.lineno}: {other}.{name}")
    own = own_names(module.tree)
    libraries = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if ours(alias.name) is None
    }
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute) or not private(node.attr):
            continue
        holder = ast.unparse(node.value)
        if holder in libraries:  # a name of another package, such as `os._exit`, is theirs to publish
            continue
        if holder in bound or node.attr not in own:
            found.append(f"{module.name}:{node.lineno}: {holder}.{node.attr}")
    return found


def upward(module: Module) -> list[str]:
    """The imports of a module, inside functions and for types too, that do not go down."""
    ranks = {name: rank for rank, names in enumerate(RANKS) for name in names}
    found = {
        f"{module.name}:{node.lineno}: imports {other or PACKAGE}": None
        for node, other, _, _ in imports(module.tree)
        if other != module.name and ranks[other] >= ranks[module.name]
    }
    return list(found)


def test_every_module_has_one_rank() -> None:
    named = [name for names in RANKS for name in names]
    assert sorted(named) == sorted(modules())


@pytest.mark.parametrize("name", modules())
class TestModule:
    def test_it_imports_only_modules_of_lower_ranks(self, name: str) -> None:
        assert upward(modules()[name]) == []

    def test_it_uses_no_private_name_of_another(self, name: str) -> None:
        assert private_uses(modules()[name]) == []

    def test_it_is_small(self, name: str) -> None:
        lines = modules()[name].text.count("\n")
        assert lines <= LINES


def test_every_exception_is_needed() -> None:
    used = {node.attr for one in modules().values() for node in ast.walk(one.tree) if isinstance(node, ast.Attribute)}
    assert set(EXCEPTIONS) <= used


class TestControls:
    """The checks see what they are to see."""

    @pytest.mark.parametrize(
        ("text", "use"),
        [
            ("from llm_models.records import _plan_of", "records._plan_of"),
            ("from llm_models import records\nrecords._made()", "records._made"),
            ("import llm_models.records\nllm_models.records._made()", "llm_models.records._made"),
            ("def f(other):\n    return other._hidden", "other._hidden"),
            ("def f():\n    from llm_models import store\n    store._request = {}", "store._request"),
            ("import os\nos._exit(0)", None),
            ("class A:\n    __slots__ = ('_a',)\n\ndef f(one):\n    return one._a", None),
            ("class A:\n    def __init__(self): self._a = 1\n\ndef f(one):\n    return one._a", None),
            ("class A:\n    def _a(self): ...\n\ndef f(one):\n    return one._a, one.__dict__, one._replace()", None),
        ],
    )
    def test_private_names(self, text: str, use: str | None) -> None:
        uses = [one.partition(": ")[2] for one in private_uses(Module("cli", text, ast.parse(text)))]
        assert uses == ([] if use is None else [use])

    @pytest.mark.parametrize(
        ("text", "up"),
        [
            ("from llm_models import store", True),
            ("import llm_models.store", True),
            ("def f():\n    from llm_models.store import load", True),
            ("if TYPE_CHECKING:\n    from llm_models.snapshot import Snapshot", True),
            ("from llm_models import load", True),
            ("from llm_models.errors import printable", False),
            ("import json", False),
        ],
    )
    def test_imports(self, text: str, up: bool) -> None:
        assert bool(upward(Module("snapshot_file", text, ast.parse(text)))) is up
