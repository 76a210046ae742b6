"""What SECURITY.md promises about sockets, files, code and keys; other promises are tested where they are kept."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.catalogues import numbered
from support.command import COMMAND, SCRIPT, Result, fine, process, program, python
from support.loopback import serving

from llm_models.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "openai:gpt-4o-mini"
READING = {
    "list": ["openai"],
    "providers": [],
    "show": [SPEC],
    "offers": [SPEC],
    "select": ["--require", "tools"],
    "resolve": ["gpt-4o-mini@openai"],
    "search": ["openai:gpt-5-codex"],
    "history": [SPEC],
    "explain": [SPEC],
    "cost": [SPEC, "--input", "9", "--at", "2026-07-20"],
    "export": ["litellm-proxy", SPEC],
    "validate": [],
    "info": ["--verify"],
    "lint": ["."],
    "diff": [],
    "schema": ["overrides"],
    "completion": ["zsh"],
}
WRITING = {
    "browse": ["--snapshot", "few.json"],
    "init": ["sub"],
    "set": [SPEC, "cost.input=0.5"],
    "add": ["openai:mine", "--base", SPEC],
    "unset": [SPEC],
    "exclude": ["openai", "gpt-4o"],
    "activate": [],
    "rollback": [],
    "pull": ["--url", "api.json"],
}
COMMANDS = {**READING, **WRITING}
HOSTILE = ("json", "click", "glom", "tomllib", "tomlkit", "httpx", "sitecustomize", "usercustomize", "my_app")

HOOK = """
import sys
sys.dont_write_bytecode = True
CHANGES = ("chmod", "chown", "link", "mkdir", "remove", "rename", "rmdir", "symlink", "truncate", "utime")
def hook(event, args):
    family, _, call = event.partition(".")
    if family == "socket" and call != "gethostname":  # a library looks it up as it is imported; nothing goes out
        print("ONLINE", event, args, file=sys.stderr)
    elif family in ("subprocess", "ctypes") or event in ("os.system", "os.exec", "os.posix_spawn", "os.fork"):
        print("STARTED", event, args, file=sys.stderr)
    elif family == "os" and call in CHANGES:
        print("WROTE", event, args, file=sys.stderr)
    elif event == "open" and (isinstance(args[1], str) and set(args[1]) & set("wax+") or args[2] & 3):
        print("WROTE", event, args, file=sys.stderr)
sys.addaudithook(hook)
"""
RUN = f"{HOOK}\nfrom llm_models.cli import main\nmain()\n"
READ = f"""{HOOK}
import copy, llm_models as m
for catalogue in (m.load(), m.load(config=None), m.load(overrides={{"deny": {{"openai": ["o1*"]}}}}), m.reload()):
    for model in catalogue.list_models("openai"):
        catalogue.explain(model), catalogue.endpoint(model), catalogue.format_spec(model, "filename")
        catalogue.cost(model, {{"input": 9}}), catalogue.prices(model, "2026-07-20")
        catalogue.allowed(model), catalogue.capabilities(model), catalogue.resolve(model.id, prefer=["openai"])
    catalogue.select(require=["tools"]), catalogue.candidates(scope="openai", order_by="price")
    [catalogue.get_provider(provider).to_dict() for provider in catalogue.list_providers()]
    catalogue.search("claude sonet"), catalogue.search("openai:gpt-5-codex")
    catalogue.get_model("openai", "gpt-4o-mini"), catalogue.parse_spec("{SPEC}"), catalogue.parse_provider("OpenAI")
    catalogue.offers("{SPEC}")
    copy.deepcopy(catalogue), m.diff(catalogue, m.snapshot()), m.snapshot(), m.epoch()
for name in ("nobody:nothing", "openai:nothing"):
    try:
        m.resolve(name)
    except m.LLMModelsError:
        print(name)
"""


@pytest.fixture(scope="module")
def activated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application whose catalogue was activated twice; tests work in copies of it."""
    path = tmp_path_factory.mktemp("activated")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        for tag in ("one", "two"):
            text = f'[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\ntags = ["{tag}"]\n'
            (path / "llm_models.toml").write_text(text, encoding="utf-8")
            fine("activate")
        (path / "api.json").write_bytes(numbered(3))
        fine("activate", "--from", "api.json", "--out", "few.json", "--force", "--config", "none")
    return path


@pytest.fixture
def folder(activated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `activated`, as the working directory."""
    path = tmp_path / "application"
    shutil.copytree(activated, path)
    monkeypatch.chdir(path)
    return path


@pytest.fixture
def trap(folder: Path) -> Path:
    """`folder`, where modules of the folder leave a mark when they are run, and the configuration names one."""
    for name in HOSTILE:
        mark = folder / "ran"
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write({name!r})\n", encoding="utf-8")
    config = folder / "llm_models.toml"
    config.write_text(f'overrides_module = "my_app"\n{config.read_text(encoding="utf-8")}', encoding="utf-8")
    return folder


def test_every_command_is_tried() -> None:
    assert {*COMMANDS} == {*cli.commands}
    assert not {*READING} & {*WRITING}


def test_reading_in_python_opens_no_socket_and_writes_no_file(folder: Path) -> None:
    """With a configuration that was found, and without one; with an activation, and merged by `load()`."""
    for _ in range(2):
        done = python(READ, cwd=folder)
        assert (done.out, done.err) == ("nobody:nothing\nopenai:nothing\n", "")
        with (folder / "llm_models.toml").open("a", encoding="utf-8") as config:  # now the activation is not up to date
            config.write("cost.input = 0.3\n")


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "pull"])
def test_no_command_goes_online_and_those_that_read_write_nothing(folder: Path, command: str) -> None:
    words = [sys.executable, "-P", "-c", RUN, command, *COMMANDS[command]]
    done = program(words, folder)
    assert done.code in (0, 1), done
    assert "ONLINE" not in done.err
    assert "STARTED" not in done.err
    assert ("WROTE" in done.err) is (command in WRITING), done.err


def test_the_watch_sees_sockets_processes_and_writes(folder: Path) -> None:
    """A control."""
    with serving(numbered(3)) as (url, _):
        done = program([sys.executable, "-P", "-c", RUN, "pull", "--url", url], folder)
    assert done.code == 0, done
    assert "ONLINE" in done.err
    assert "WROTE" in done.err
    started = python(f"{HOOK}\nimport subprocess\nsubprocess.run([sys.executable, '-c', ''])")
    assert "STARTED" in started.err


def run(folder: Path, *args: str, **variables: str) -> Result:
    """The command as users start it. (With `python -m` and no `-P`, Python itself takes modules from the folder.)"""
    return program([*((SCRIPT,) if SCRIPT is not None else COMMAND), *args], folder, **variables)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_runs_code_from_the_folder(trap: Path, command: str) -> None:
    done = run(trap, command, *COMMANDS[command])
    assert done.code in (0, 1), done
    assert "Traceback" not in done.err
    assert not (trap / "ran").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_no_completion_runs_code_from_the_folder(trap: Path, shell: str) -> None:
    word = "2" if shell != "fish" else "openai:gpt-4o-m"
    words = {"COMP_WORDS": "llm-models show openai:gpt-4o-m", "COMP_CWORD": word}
    done = run(trap, _LLM_MODELS_COMPLETE=f"{shell}_complete", **words)
    assert "openai:gpt-4o-mini" in done.out.replace("\\", ""), done
    assert not (trap / "ran").exists()


def test_the_trap_works(trap: Path) -> None:
    """A control: a Python that takes modules from the folder runs them."""
    program([sys.executable, "-c", "import my_app"], trap)
    assert (trap / "ran").exists()


def test_pull_sends_no_key(folder: Path) -> None:
    """Whatever the environment holds: no variable of any provider, and no password file of the user."""
    listed = python("import llm_models as m\nfor one in m.list_providers(): print(*m.get_provider(one).env)").out
    names = {*listed.split()}
    assert len(names) > 100
    home = folder / "home"
    home.mkdir()
    (home / ".netrc").write_text("default login me password the-key\n", encoding="utf-8")
    (home / ".netrc").chmod(0o600)
    keys = {**dict.fromkeys(names, "the-key"), "HOME": str(home)}
    with serving(numbered(3)) as (url, requests):
        done = process("pull", "--url", url, cwd=folder, **keys)
    assert done.code == 0, done
    assert len(requests) == 1
    assert "the-key" not in str(requests)
    assert "Authorization" not in requests[0]


def test_each_test_that_is_named_exists() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = re.split(r"^\d+\. ", text.partition("## We promise")[2].partition("\n## ")[0], flags=re.MULTILINE)[1:]
    assert len(promises) >= 4
    for promise in promises:
        named = re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", promise)
        assert named, promise
        for path, names in named:
            node: ast.AST = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            for name in names.split("::"):
                inside = [each for each in ast.iter_child_nodes(node) if getattr(each, "name", None) == name]
                assert inside, f"{path} has no {name}"
                node = inside[0]


def test_no_test_is_named_in_another_form() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert len(re.findall(r"tests/", text)) == len(re.findall(r"`tests/[\w/]+\.py::[\w:]+`", text))
