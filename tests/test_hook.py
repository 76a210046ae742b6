"""The pre-commit hook: pre-commit itself in a temporary repository, and the names of files that it may pass."""

from __future__ import annotations

import os
import re
import shutil
import sys
from importlib.util import find_spec
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.command import SCRIPT, SCRIPTS, Result, program, script
from support.docs import blocks

from llm_models.cli.config import SNIPPET

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OFFERED = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
GOOD, BAD = 'prefer = ["openai"]\n', 'perfer = ["openai"]\n'
HOOK = OFFERED.partition("\n- ")[0].replace("language: python", "language: system")
LOCAL = "repos:\n- repo: local\n  hooks:\n" + indent(HOOK, "  ")
"""The offered hook, with the command that is installed here in place of an environment of its own."""
MESSAGE = "llm_models.toml:1:1: unknown key 'perfer'. Did you mean 'prefer'?"

pytestmark = pytest.mark.skipif(SCRIPT is None, reason="the command is not installed")
needs_pre_commit = pytest.mark.skipif(
    find_spec("pre_commit") is None or shutil.which("git") is None, reason="pre-commit is not installed"
)


def setting(name: str, text: str = OFFERED) -> str:
    """A line of a hook's definition; it is so simple that it needs no YAML reader."""
    match = re.search(rf"^[ -]*{name}: (.*)$", text, re.MULTILINE)
    assert match is not None
    return match[1]


class Repository:
    """A git repository of its own, in an environment without anybody's settings."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "repository"
        self.path.mkdir()
        person = {f"GIT_{who}_{what}": "x@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "LLM_MODELS", "PRE_"))}
        self.env = {
            **kept,
            **person,
            "PATH": os.pathsep.join([SCRIPTS, os.environ["PATH"]]),
            "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PRE_COMMIT_HOME": str(folder / "cache"),
            "PRE_COMMIT_COLOR": "never",
        }
        self.run("git", "init", "-q", ".")

    def run(self, *args: str) -> Result:
        return program(args, self.path, env=self.env)

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        assert self.run("git", "add", "-A").code == 0

    def commit(self) -> Result:
        return self.run("git", "commit", "-q", "-m", "a change")

    def commits(self) -> int:
        return len(self.run("git", "log", "--format=%h").out.split())


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@needs_pre_commit
class TestPreCommit:
    """A bad file is not committed, a corrected one is."""

    @pytest.fixture
    def hooked(self, repository: Repository) -> Repository:
        repository.write(".pre-commit-config.yaml", f"{LOCAL}\n")
        result = repository.run(sys.executable, "-m", "pre_commit", "install")
        assert result.code == 0, result.out + result.err
        return repository

    def test_a_bad_file_is_refused_and_the_mended_one_accepted(self, hooked: Repository) -> None:
        hooked.write("llm_models.toml", BAD)
        result = hooked.commit()
        assert result.code == 1
        assert MESSAGE in result.err + result.out
        assert hooked.commits() == 0
        hooked.write("llm_models.toml", GOOD)
        result = hooked.commit()
        assert result.code == 0, result.err
        assert hooked.commits() == 1

    def test_only_files_of_that_name_are_looked_at_wherever_they_lie(self, hooked: Repository) -> None:
        hooked.write("other.toml", BAD)
        hooked.write("my_llm_models.toml", BAD)
        assert hooked.commit().code == 0
        for name in ("a b/llm_models.toml", "-rf/llm_models.toml", "a\nb/llm_models.toml", "é/llm_models.toml"):
            hooked.write(name, BAD)
        result = hooked.commit()
        assert result.code == 1
        lines = [line for line in (result.out + result.err).splitlines() if line.endswith("Did you mean 'prefer'?")]
        assert sorted(line.partition("llm_models.toml:")[0] for line in lines) == ["-rf/", "a b/", "a\\nb/", "é/"]

    def test_warnings_do_not_stop_a_commit(self, hooked: Repository) -> None:
        hooked.write("llm_models.toml", 'prefer = ["github_models"]\n')
        assert hooked.commit().code == 0


class TestTheOfferedHook:
    """`.pre-commit-hooks.yaml`, docs/checking.md and `init` offer the same hook."""

    def test_it_is_the_same_everywhere(self) -> None:
        assert SNIPPET in blocks(ROOT / "docs" / "checking.md", "yaml")
        assert setting("id", SNIPPET) == setting("id")

    def test_it_runs_in_an_environment_of_its_own(self) -> None:
        """In that of the application, another package with our import name could answer."""
        assert {*re.findall("language: (.*)", OFFERED)} == {"python"}
        assert "language" not in SNIPPET

    def test_the_activated_snapshot_can_be_checked(self) -> None:
        second = OFFERED.split("\n- ")[1]
        assert setting("entry", second) == "llm-models activate --check"
        assert setting("pass_filenames", second) == "false"
        for path in ("llm_models.toml", ".llm_models/snapshot.json", "app/.llm_models/snapshot.json"):
            assert re.search(setting("files", second), path)

    @pytest.mark.parametrize(
        ("path", "taken"),
        [
            ("llm_models.toml", True),
            ("a/b/llm_models.toml", True),
            ("-rf/llm_models.toml", True),
            ("a b/llm_models.toml", True),
            ("my_llm_models.toml", False),
            ("llm_models.toml.bak", False),
            ("llm_models_toml", False),
            ("llm_models.toml/notes.md", False),
            ("LLM_models.toml", False),
            ("pyproject.toml", False),
        ],
    )
    def test_its_pattern_takes_the_right_paths(self, path: str, taken: bool) -> None:
        assert bool(re.search(setting("files"), path)) is taken

    @pytest.mark.parametrize(
        ("path", "taken"),
        [
            ("app.py", True),
            ("src/a b.pyi", True),
            (".github/workflows/ci.yml", True),
            (".env", True),
            ("deploy/.env.local", True),
            ("deploy/prod.env", True),
            ("src/-a.py", True),
            ("--used=/home/me/x.py", False),  # it would be an option that writes a file
            ("-a.py", False),
            ("README.md", False),
            ("envelope", False),
        ],
    )
    def test_the_pattern_for_source_code_takes_no_path_that_would_be_an_option(self, path: str, taken: bool) -> None:
        third = OFFERED.split("\n- ")[2]
        assert setting("id", third) == "llm-models-lint"
        assert setting("args", third) == "[--]"
        assert bool(re.search(setting("files", third), path)) is taken

    def test_our_own_configuration_checks_the_overrides_and_the_examples(self) -> None:
        text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
        ours = text[text.index("id: llm-models-validate") :]
        assert setting("entry", ours) == setting("entry")
        for folder in ("overrides", "examples"):
            for path in (ROOT / folder).glob("*.toml"):
                assert re.search(setting("files", ours), f"{folder}/{path.name}"), path


class TestEntry:
    """The command as pre-commit calls it, with any names of files."""

    @staticmethod
    def call(names: Sequence[str], folder: Path) -> Result:
        command, *args = setting("entry").split()
        assert command == "llm-models"
        return script(*args, *names, cwd=folder)

    @pytest.mark.parametrize("name", ["a b.toml", "-rf", "--strict", "--", "a\nb.toml", "\x1b[31m.toml", "é.toml", "-"])
    def test_any_name_is_a_file_and_no_option(self, name: str, tmp_path: Path) -> None:
        (tmp_path / name).write_text(BAD, encoding="utf-8")
        result = self.call([name], tmp_path)
        assert result.code == 1
        assert len(result.out.splitlines()) == 1
        assert "unknown key 'perfer'" in result.out
        assert "\x1b" not in result.out + result.err
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
        assert self.call([name], tmp_path).code == 0

    @pytest.mark.skipif(sys.platform != "linux", reason="such names are only there")
    def test_a_name_that_is_not_text_is_reported(self, tmp_path: Path) -> None:
        name = os.fsdecode(b"\xff.toml")
        (tmp_path / name).write_text(BAD, encoding="utf-8")
        result = self.call([name], tmp_path)
        assert result.code == 1
        assert "unknown key 'perfer'" in result.out
        assert "Traceback" not in result.err

    def test_no_file_at_all_is_not_a_success(self, tmp_path: Path) -> None:
        """pre-commit does not call it then; a script that calls it in a wrong folder must learn of it."""
        (tmp_path / ".git").mkdir()
        assert self.call([], tmp_path).code == 2

    @pytest.mark.whole
    def test_two_thousand_files(self, tmp_path: Path) -> None:
        """The verdict is right, each bad file is reported once, and a file takes milliseconds."""
        names = [f"{number}.toml" for number in range(2000)]
        for number, name in enumerate(names):
            (tmp_path / name).write_text(BAD if number % 1000 == 7 else GOOD, encoding="utf-8")
        result = self.call(names, tmp_path)
        assert result.code == 1
        assert [line.split(":")[0] for line in result.out.splitlines()] == ["7.toml", "1007.toml"]
        assert result.err.startswith("2000 files checked (0.toml, ")
        assert result.err.endswith(" and 1990 more): 2 errors, 0 warnings\n")
        assert self.call([name for name in names if name not in {"7.toml", "1007.toml"}], tmp_path).code == 0
