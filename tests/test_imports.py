"""Reading imports little, opens one file and no socket; importing opens nothing at all.

Every module here costs each program that starts; one that is missing from these lists is a decision to take.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from support import ROOT
from support.command import python

IMPORT = {
    "__future__",
    "_json",
    "llm_models",
    "llm_models.costs",
    "llm_models.frozen",
    "llm_models.header",
    "llm_models.in_use",
    "llm_models.jsontext",
    "llm_models.lookup",
    "llm_models.modelspec",
    "llm_models.open_file",
    "llm_models.request",
    "llm_models.paths",
    "llm_models.records",
    "llm_models.snapshot",
    "llm_models.block",
    "llm_models.snapshot_file",
    "llm_models.store",
    "llm_models.view",
}
"""All modules that `import llm_models` and a lookup load, besides `os` and `zlib`."""

NEVER = {
    "asyncio",
    "click",
    "collections",
    "dataclasses",
    "difflib",
    "enum",
    "fnmatch",
    "functools",
    "glom",
    "hashlib",
    "httpx",
    "importlib.metadata",
    "importlib.resources",
    "inspect",
    "json",
    "jsonschema",
    "logging",
    "pathlib",
    "re",
    "rich",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "tomlkit",
    "tomllib",
    "typing",
    "urllib.parse",
}
"""What no question that finds its answer may load, filters and file names aside."""

REGEX = {"collections", "enum", "functools", "re"}
"""What `re` brings along, and so `fnmatch` for a glob: it takes longer than all the rest."""

_CHOICE = {f"llm_models.{name}" for name in ("choices", "columns", "conditions", "days", "ranking", "selection")}
_CHOICE |= {"llm_models.errors", "bisect", "_bisect"}
CHOOSING = {
    "allowed": {"llm_models.errors", "llm_models.name_forms", "llm_models.name_rules"},
    "list_models": _CHOICE,
    "select": _CHOICE,
    "no match": _CHOICE,
}
"""Questions about capabilities load these modules too."""

QUESTIONS = {
    "get_model": "llm_models.get_model('openai', 'gpt-4o-mini').limits.context",
    "resolve": "llm_models.resolve('gpt-4o-mini@openai').spec",
    "bare id": "llm_models.resolve('gpt-4o-mini', prefer=['openai']).spec",
    "capabilities": "llm_models.capabilities('openai:gpt-4o-mini').tools.enabled",
    "allowed": "llm_models.allowed('openai:no-such-model')",
    "list_providers": "len(llm_models.list_providers())",
    "list_models": "len(llm_models.list_models())",
    "select": "llm_models.select(require=['tools'], prefer=['openai'], order_by='price').provider",
    "get_provider": "llm_models.get_provider('openai').env",
    "hash": "hash(llm_models.get_model('openai', 'gpt-4o-mini'))",
    "to_dict": "llm_models.get_model('openai', 'gpt-4o-mini').to_dict()['id']",
    "config=None": "llm_models.load(config=None).epoch",
    "no match": "llm_models.candidates(require=['chat', 'embeddings'])",
}

WATCH = """
import os, sys, zlib
sys.path.insert(0, sys.argv[1])
bare, opened, other = set(sys.modules), [], []
families = {"ctypes", "ftplib", "http", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "urllib"}
calls = {"exec", "fork", "listdir", "mkdir", "posix_spawn", "putenv", "remove", "rename", "rmdir", "system"}
def hook(event, args):
    family, _, call = event.partition(".")
    if event == "open":
        opened.append(str(args[0]))
    elif family in families or (family == "os" and call in calls):
        other.append(event)
sys.addaudithook(hook)
import llm_models
at_import = {"modules": sorted(set(sys.modules) - bare), "opened": opened[:]}
del opened[:], other[:]
eval(sys.argv[2])
print(repr({**at_import, "then": sorted(set(sys.modules) - bare), "read": opened, "other": other}))
"""


def watch(question: str, cwd: Path, *options: str) -> dict[str, Any]:
    """What a new process imports and opens for `import llm_models`, and then for that question."""
    done = python(WATCH, ROOT, question, options=["-B", *options], cwd=cwd)
    seen: dict[str, Any] = ast.literal_eval(done.out)
    return seen


@pytest.mark.parametrize("options", [["-I", "-S"], ["-I"], ["-I", "-S", "-O"]], ids=" ".join)
def test_importing_loads_these_modules_and_opens_nothing_else(tmp_path: Path, options: list[str]) -> None:
    seen = watch("None", tmp_path, *options)
    assert set(seen["modules"]) == IMPORT
    assert {Path(name).suffix for name in seen["opened"]} <= {".py", ".pyc"}
    assert seen["read"] == []
    assert seen["other"] == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_loads_nothing_more_and_opens_one_file(tmp_path: Path, name: str) -> None:
    seen = watch(QUESTIONS[name], tmp_path, "-I", "-S")
    loaded = set(seen["then"])
    assert loaded == IMPORT | CHOOSING.get(name, set())
    assert not loaded & NEVER
    data = [name for name in seen["read"] if not name.endswith((".py", ".pyc")) and "lib-dynload" not in name]
    assert data == [str(ROOT / "llm_models" / "data" / "snapshot.json")]
    assert seen["other"] == []


def test_filters_load_what_they_need(tmp_path: Path) -> None:
    """Globs need `fnmatch`; plain names do not."""
    plain = watch(
        "llm_models.load(config=None, deny={'openai': ['gpt-4o']}).get_model('openai', 'gpt-4o-mini')", tmp_path
    )
    assert set(plain["then"]) - IMPORT == {
        f"llm_models.{name}" for name in ("errors", "filters", "gone_names", "patterns")
    }
    globs = watch("llm_models.load(config=None, deny={'openai': ['*-x']}).get_model('openai', 'gpt-4o')", tmp_path)
    assert {"llm_models.filters", "fnmatch"} <= set(globs["then"])
    assert not set(globs["then"]) & (NEVER - REGEX - {"fnmatch"})


LIBRARIES = {"click", "glom", "httpx", "jsonschema", "tomlkit", "llm_models.past", "llm_models.timeline"}
ENTRY = '[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\n'


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ((ROOT / "benchmarks" / "overrides.toml").read_text("utf-8"), set()),
        ((ROOT / "examples" / "llm_models.toml").read_text("utf-8"), set()),
        (f'{ENTRY}tags = ["a"]\n[[models]]\nprovider = "openai"\nmatch = "gpt-4o*"\ntags = ["b"]\n', set()),
        (f'{ENTRY}tags = ["a"]\n[[models]]\nprovider = "openai"\nmatch = "gpt-4o*"\ntags = ["a"]\n', {"glom"}),
        (f"{ENTRY}cost.inptu = 1\n", {"jsonschema"}),
    ],
    ids=["20 overrides", "example", "two entries with tags", "two with the same tag", "refused"],
)
def test_a_right_configuration_loads_without_a_library(tmp_path: Path, text: str, needed: set[str]) -> None:
    """glom comes only where two layers state a field that has a rule, jsonschema only to explain a refusal."""
    (tmp_path / "llm_models.toml").write_text(text, "utf-8")
    load = "llm_models.load('llm_models.toml')"
    if needed == {"jsonschema"}:  # `load` would raise
        load = "__import__('llm_models.config').config.parse(open('llm_models.toml', 'rb').read(), 'x').problems"
    seen = watch(load, tmp_path)
    assert set(seen["then"]) & LIBRARIES == needed
    assert needed or not {"dataclasses", "inspect"} & set(seen["then"])


def test_a_bill_loads_no_library_and_neither_tables_of_usage_nor_a_history(tmp_path: Path) -> None:
    """Those come with a usage of another library, and with a day before the catalogue's."""
    usage = "llm_models.Usage(input=5)"
    seen = watch(f"llm_models.cost('openai:gpt-5.2', {usage})", tmp_path, "-I", "-S")
    assert not set(seen["then"]) & {*LIBRARIES, "llm_models.meters", "llm_models.chronicle", "dataclasses", "hashlib"}
    assert [name for name in seen["read"] if not name.endswith((".py", ".pyc", ".so"))] == [
        str(ROOT / "llm_models" / "data" / "snapshot.json")
    ]


def test_a_control(tmp_path: Path) -> None:
    """The watch sees a module, a file and a socket."""
    seen = watch("(__import__('logging'), __import__('socket').socket().close(), open('x', 'w').close())", tmp_path)
    assert {"logging", "socket"} <= set(seen["then"])
    assert seen["read"][-1] == "x"
    assert "socket.__new__" in seen["other"]


def test_public_names_are_there() -> None:
    import llm_models

    assert len(set(llm_models.__all__)) == len(llm_models.__all__)
    assert all(hasattr(llm_models, name) for name in llm_models.__all__)
