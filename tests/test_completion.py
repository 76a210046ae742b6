"""Completion at TAB: what is offered for each parameter, what that imports, and three real shells."""

from __future__ import annotations

import errno
import os
import re
import shutil
from typing import TYPE_CHECKING

import click
import pytest
from support import shells
from support.command import COMMAND, Result, here, process, program, refused

import llm_models
from llm_models import kinds, modelspec, paths, records, schema, transforms
from llm_models.cli import FAMILIES, cli
from llm_models.cli.completion import SHELLS, Typed, offered, typed
from llm_models.cli.vocabularies import OWN_TYPES, VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SPEC = "openai:gpt-5.4-nano"
needs_a_terminal = pytest.mark.skipif(not hasattr(os, "forkpty"), reason="there is no terminal here")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str, **variables: str) -> Result:
    return process(*words, **variables)


def fine(*words: str, **variables: str) -> Result:
    done = run(*words, **variables)
    assert done.code == 0, done
    return done


def offers(line: str) -> list[str]:
    """The words that are offered at the end of a line."""
    before = typed(f"llm-models {line}")
    return [word for word, _ in offered(cli, before.words[1:], before.word).words]


def files(line: str) -> str:
    before = typed(f"llm-models {line}")
    return offered(cli, before.words[1:], before.word).files


def parameters() -> Iterable[tuple[str, click.Parameter]]:
    for name, command in cli.commands.items():
        for param in command.params:
            if not (isinstance(param, click.Option) and (param.is_flag or param.count)):
                yield name, param


class TestTables:
    def test_every_parameter_has_a_vocabulary_or_a_type_that_tells(self) -> None:
        lacking = [
            (name, param.name)
            for name, param in parameters()
            if param.type.name not in OWN_TYPES and param.name not in VOCABULARIES
        ]
        assert lacking == []

    def test_every_vocabulary_is_that_of_a_parameter(self) -> None:
        assert set(VOCABULARIES) == {param.name for _, param in parameters() if param.type.name not in OWN_TYPES}

    def test_a_parameter_that_is_a_file_completes_files(self) -> None:
        of_files = {param.name for _, param in parameters() if param.type.name == "file"}
        assert {name for name in of_files if not VOCABULARIES[str(name)].files} == set()

    def test_the_table_of_commands_has_each_in_its_module_with_its_summary(self) -> None:
        for module, commands in FAMILIES.items():
            family = __import__(f"llm_models.cli.{module}", fromlist=["COMMANDS"])
            found = {command.name: command.short_help for command in family.COMMANDS}
            assert {name: found.get(name) for name in commands} == commands
            assert list(found) == list(commands) or set(found) == set(commands)


PROVIDERS = [*llm_models.load(config=None, publish=False).list_providers()]
CASES = {
    "": [*cli.commands],
    "li": ["list", "lint"],
    "list ": PROVIDERS,
    "list --scope ": PROVIDERS,
    "select --prefer ": PROVIDERS,
    "resolve gpt-5.4 --prefer ": PROVIDERS,
    "diff --provider ": PROVIDERS,
    "exclude ": PROVIDERS,
    "list --require ": [*records.CAPABILITIES],
    "list --forbid=": [f"--forbid={name}" for name in records.CAPABILITIES],
    "list --kind ": [*kinds.KINDS],
    "schema ": [*schema.SCHEMAS],
    "resolve x --style ": [*modelspec.STYLES],
    "pull --source ": [*transforms.SOURCES],
    "activate --supplement ": [f"{name}=" for name in transforms.SOURCES],
    "diff a": ["active"],
    "diff active pu": ["pulled"],
    "completion ": [*SHELLS],
    "list --order-by re": ["release"],
    "validate --format ": ["text", "json", "github"],
    "list --lifecycle ": ["ga", "preview", "deprecated", "retired", "current"],
    "list --billing pl": ["plan"],
    "list --input ": ["audio", "image", "pdf", "text", "video"],
    "list --family claude-h": ["claude-haiku"],
    "list --tags gu": ["guard"],
    f"explain {SPEC} limits": ["limits", "limits.context", "limits.input", "limits.output"],
    f"unset {SPEC} family": ["family"],
    "list --fields spec,limits.con": ["spec,limits.context"],
    "providers --fields base": ["base_url"],
    "schema --command off": ["offers"],
    "list openai anth": ["anthropic"],
    f"set {SPEC} limits.con": ["limits.context="],
    f"set {SPEC} limi": ["limits."],
    f"set {SPEC} open_weights=": ["open_weights=true", "open_weights=false"],
    f"set {SPEC} kind=emb": ["kind=embedding"],
    "exclude openai gpt-5.4-": ["gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.4-pro"],
    f"cost {SPEC} --mode ba": ["batch"],
    f"cost {SPEC} --protocol anth": ["anthropic"],
    f"cost {SPEC} --fee web_s": ["web_search="],
    "select --workload input=5,out": [
        f"input=5,output{rest}=" for rest in ("", "_audio", "_image", "_video", "_citation")
    ],
    "list --closed": ["--closed-weights"],
    "list --json --js": [],  # given already
    "list --kind chat --kin": ["--kind"],  # may be given again
    "show nobody:": [],
    "nonsense x": [],
    "list --limit ": [],
    **{f"{name} openai:gpt-5.4-n": [SPEC] for name in ("show", "resolve", "explain", "history", "offers", "cost")},
    **{f"{name} openai:gpt-5.4-n": [SPEC] for name in ("export litellm", "set", "unset", "add a:b --base", "add")},
    "export litellm-": ["litellm-proxy"],
}


@pytest.mark.parametrize("line", CASES)
def test_what_is_offered(line: str) -> None:
    assert sorted(offers(line)) == sorted(CASES[line])


def test_options_of_a_command_are_offered_with_their_help() -> None:
    before = typed("llm-models select --")
    found = dict(offered(cli, before.words[1:], before.word).words)
    assert set(found) == {
        name for one in cli.commands["select"].params for name in (*one.opts, *one.secondary_opts) if name[0] == "-"
    } | {"-h", "--help"} - {"-h"}
    assert all(found.values())


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("list --config ", "file"),
        ("list --snapshot=", "file"),
        ("activate --from x", "file"),
        ("activate --out ", "file"),
        ("activate --supplement litellm=", "file"),
        ("export litellm --onto ", "file"),
        ("list --workload wo", "file"),
        ("validate ", "file"),
        ("diff ", "file"),
        ("pull --url ", "file"),
        ("init ", "dir"),
        ("list ", ""),
    ],
)
def test_where_files_are_offered(line: str, kind: str) -> None:
    assert files(line) == kind


def test_words_of_the_application_are_offered(tmp_path: Path) -> None:
    """From the configuration that the line names: its providers, models, families and tags."""
    text = '[[providers]]\nid = "mine"\nbase_url = "https://mine.example/v1"\n'
    text += '[[models]]\nprovider = "mine"\nid = "house"\nlimits.context = 9\n'
    text += 'family = "own-family"\ntags = ["own-tag"]\n'
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    assert offers("list min") == ["minimax", "minimax_cn", "minimax_cn_coding_plan", "minimax_coding_plan"]
    assert "mine" in offers("list --config other.toml min")
    assert offers("show --config other.toml mine:") == ["mine:house"]
    assert offers("list --config other.toml --family own") == ["own-family"]
    assert offers("list --config other.toml --tags own") == ["own-tag"]
    (tmp_path / "other.toml").write_text("preferr = 1\n", encoding="utf-8")
    with pytest.raises(llm_models.ConfigError):
        offers("list --config other.toml min")
    asked = run(_LLM_MODELS_COMPLETE="bash_complete", COMP_WORDS="llm-models list --config other.toml min")
    assert (asked.out, asked.err) == ("", "")  # somebody is typing


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a b", Typed(["a"], "b", "b", "")),
        ("a b ", Typed(["a", "b"], "", "", "")),
        (r"a b\ c", Typed(["a"], "b c", r"b\ c", "")),
        ("a 'b c", Typed(["a"], "b c", "'b c", "'")),
        ('a x"b c', Typed(["a"], "xb c", 'x"b c', '"')),
        ('a "b\\"c" \'d', Typed(["a", 'b"c'], "d", "'d", "'")),
        ("a ''", Typed(["a"], "", "''", "")),
        ("a b\\", Typed(["a"], "b", "b\\", "")),
    ],
)
def test_a_line_is_read_as_shells_read_it(line: str, expected: Typed) -> None:
    assert typed(line) == expected


HEAVY = {"jsonschema", "glom", "rich", "httpx", "tomlkit", "asyncio"}
WATCH = """
import sys
from llm_models.cli import main
try:
    main()
except SystemExit:
    pass
print(*sorted(sys.modules), file=sys.stderr)
"""
KINDS = {
    "command": ("li", set()),
    "option": ("select --re", {"choose", "fields", "query"}),
    "provider": ("list op", {"choose", "fields", "query"}),
    "spec": ("show openai:gpt-5.4-n", {"fields", "query", "show"}),
    "capability": ("select --require t", {"choose", "fields", "query"}),
    "field": (f"explain {SPEC} co", {"config", "problems"}),
    "family": ("list --family cl", {"choose", "fields", "query"}),
    "value": (f"set {SPEC} kind=", {"edits", "problems"}),
    "catalogue": ("diff ac", {"data", "diff", "fields", "info"}),
    "file": ("activate --from x", {"data", "diff", "fields", "info"}),
}
"""Kind of a word -> a line, and the families of commands that a TAB at its end may import."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_tab_imports_no_library_and_one_family(kind: str) -> None:
    line, families = KINDS[kind]
    words = {"_LLM_MODELS_COMPLETE": "zsh_complete", "COMP_WORDS": f"llm-models {line}"}
    done = program([COMMAND[0], "-P", "-c", WATCH], **words)
    assert done.code == 0
    assert done.out
    modules = set(done.err.split())
    assert not modules & HEAVY
    shared = {"completion", "conditions", "layout", "options", "output", "pager", "vocabularies"}
    assert {name.rpartition(".")[2] for name in modules if name.startswith("llm_models.cli.")} - shared <= families


# In `.ci/run` every shell is there. A machine that lacks one skips its tests.
@needs_a_terminal
@pytest.mark.parametrize("shell", SHELLS)
class TestShell:
    """What a person gets who types a line and TAB."""

    @pytest.fixture(autouse=True)
    def _installed(self, shell: str, tmp_path: Path) -> None:
        if not shells.has(shell):
            pytest.skip(f"{shell} is not installed")
        shutil.copy(os.path.join(paths.COMPLETION, f"llm-models.{shell}"), tmp_path / f"script.{shell}")
        (tmp_path / "fi le$(x).json").write_text("", encoding="utf-8")

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("sel", "select"),
            ("show openai:gpt-5.4-n", f"show {SPEC}"),
            ("show 'openai:gpt-5.4-n", f"show {SPEC}"),
            ("list --scope='openrou", "list --scope=openrouter"),
            ('show openai:"gpt-5.4-n', f"show {SPEC}"),
            ("show google_vertex:claude-haiku-4-5@2025", "show google_vertex:claude-haiku-4-5@20251001"),
            ("list --require=embed", "list --require=embeddings"),
            ("set openai:gpt-5.4-nano open_weights=tr", f"set {SPEC} open_weights=true"),
            ("diff ac", "diff active"),
        ],
        ids=[
            "command",
            "spec",
            "quoted",
            "a quoted value",
            "quoted in part",
            "with an at",
            "with an equals sign",
            "value",
            "or a file",
        ],
    )
    def test_words(self, shell: str, line: str, words: str, tmp_path: Path) -> None:
        assert shells.completed(shell, tmp_path, line) == words.split()

    @pytest.mark.parametrize("line", ["diff --config fi", "diff --config=fi", "activate --supplement litellm=fi"])
    def test_files(self, shell: str, line: str, tmp_path: Path) -> None:
        expected = [*line.split()[:-1], f"{line.rsplit(maxsplit=1)[-1]} le$(x).json"]
        assert shells.completed(shell, tmp_path, line) == expected

    def test_a_provider_and_then_its_model(self, shell: str, tmp_path: Path) -> None:
        """After the colon there is no space, so the next TAB goes on."""
        assert shells.completed(shell, tmp_path, "show cerebras:gp", tabs=1) == ["show", "cerebras:gpt-oss-120b"]

    def test_a_command_that_is_typed_as_a_path(self, shell: str, tmp_path: Path) -> None:
        """As that of an environment which is not activated."""
        words = shells.completed(shell, tmp_path, "show openai:gpt-5.4-n", command="programs/llm-models")
        assert words == ["show", SPEC]

    def test_it_works_once_it_is_installed(self, shell: str, tmp_path: Path) -> None:
        home = {**NO_OTHER_FOLDERS, "HOME": str(tmp_path)}
        fine("completion", shell, "--install", **home)
        assert shells.completed(shell, tmp_path, "resolve openai:gpt-5.4-n", installed=True) == ["resolve", SPEC]


NO_OTHER_FOLDERS = {"XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "ZDOTDIR": ""}


class TestInstalling:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_it_prints_its_script(self, shell: str) -> None:
        with open(os.path.join(paths.COMPLETION, f"llm-models.{shell}"), encoding="utf-8") as file:
            assert fine("completion", shell).out == file.read()

    @pytest.mark.parametrize("shell", SHELLS)
    def test_it_states_what_it_writes_and_writes_it_once(self, shell: str, tmp_path: Path) -> None:
        home = {**NO_OTHER_FOLDERS, "HOME": str(tmp_path)}
        rc = tmp_path / f".{shell}rc"
        rc.write_text("alias x=y", encoding="utf-8")  # without a line feed at its end
        first = fine("completion", shell, "--install", **home).out
        written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        assert re.search(r"^(\S+): written$", first, re.MULTILINE)
        assert [str(path) in first for path in written if path != rc] == [True]
        again = fine("completion", shell, "--install", **home).out
        assert {line.rpartition(": ")[2] for line in again.splitlines()} == {"unchanged"}
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == written
        lines = rc.read_text("utf-8").splitlines()
        assert lines[0] == "alias x=y"
        assert len(lines) == (1 if shell == "fish" else 2)

    def test_the_start_file_of_the_shell_is_replaced_as_a_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A link to it stays one, and a full disk costs no line of it."""
        for name, value in {**NO_OTHER_FOLDERS, "HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "dotfiles").write_text("alias x=y\n", encoding="utf-8")
        (tmp_path / ".bashrc").symlink_to("dotfiles")
        write = os.write

        def full(fd: int, data: bytes) -> int:
            if bytes(data[:5]) == b"alias":
                write(fd, data[:20])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(fd, data)

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            told = here("completion", "bash", "--install")
        assert told.code == 1
        assert told.err == f"llm-models: {tmp_path / '.bashrc'}: No space left on device\n"
        assert (tmp_path / "dotfiles").read_text("utf-8") == "alias x=y\n"
        assert here("completion", "bash", "--install").code == 0
        assert (tmp_path / ".bashrc").is_symlink()
        assert (tmp_path / "dotfiles").read_text("utf-8").startswith("alias x=y\n[ ! -r ")
        assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]

    def test_it_renews_a_script_of_an_older_version(self, tmp_path: Path) -> None:
        home = {**NO_OTHER_FOLDERS, "HOME": str(tmp_path)}
        fine("completion", "fish", "--install", **home)
        [script] = tmp_path.rglob("*.fish")
        text = script.read_bytes()
        script.write_bytes(text + b"# an old line\n")
        assert "written" in fine("completion", "fish", "--install", **home).out
        assert script.read_bytes() == text

    def test_it_replaces_no_file_of_another_program(self, tmp_path: Path) -> None:
        folder = tmp_path / ".config" / "fish" / "completions"
        folder.mkdir(parents=True)
        (folder / "llm-models.fish").write_text("mine\n", encoding="utf-8")
        home = {**NO_OTHER_FOLDERS, "HOME": str(tmp_path)}
        assert "so it is not replaced" in refused(run("completion", "fish", "--install", **home))
        assert (folder / "llm-models.fish").read_text("utf-8") == "mine\n"

    def test_the_folders_of_the_user_are_respected(self, tmp_path: Path) -> None:
        folders = {"XDG_DATA_HOME": str(tmp_path / "d"), "ZDOTDIR": str(tmp_path), "HOME": str(tmp_path / "none")}
        fine("completion", "zsh", "--install", **folders)
        assert (tmp_path / "d" / "llm-models" / "completion.zsh").exists()
        assert (tmp_path / ".zshrc").exists()
