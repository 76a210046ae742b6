"""Where an application's files are found, and what is read where there are none."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from support.command import python

import llm_models
from llm_models import paths

if TYPE_CHECKING:
    from pathlib import Path

DENY = '[deny]\nopenai = ["*"]\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """`outer/repo/app/deep`, none of them a repository yet."""
    deep = tmp_path / "outer" / "repo" / "app" / "deep"
    deep.mkdir(parents=True)
    return tmp_path / "outer"


def found(start: Path) -> tuple[str | None, str | None]:
    """The configuration and the state folder that a search from `start` finds."""
    folder = paths.find(start=str(start))
    return folder.config, folder.state


class TestSearch:
    """The nearest folder upwards that holds `llm_models.toml` or `.llm_models/`, up to the repository's root."""

    def test_the_nearest_upwards(self, tree: Path) -> None:
        repo, app = tree / "repo", tree / "repo" / "app"
        (repo / ".git").mkdir()
        (repo / "llm_models.toml").touch()
        assert found(app / "deep") == (str(repo / "llm_models.toml"), str(repo / ".llm_models"))
        (app / "llm_models.toml").touch()
        assert found(app / "deep") == (str(app / "llm_models.toml"), str(app / ".llm_models"))
        assert found(repo) == (str(repo / "llm_models.toml"), str(repo / ".llm_models"))

    def test_not_beyond_the_repository(self, tree: Path) -> None:
        repo = tree / "repo"
        (tree / "llm_models.toml").touch()
        (repo / ".git").mkdir()
        assert found(repo / "app" / "deep") == (None, None)
        shutil.rmtree(repo / ".git")
        (repo / ".git").write_text("gitdir: elsewhere\n")  # as in a worktree or a submodule
        assert found(repo / "app" / "deep") == (None, None)
        (tree / ".git").mkdir()
        assert found(repo / "app" / "deep") == (None, None)  # the first folder that holds .git counts

    def test_at_the_root_itself(self, tree: Path) -> None:
        (tree / ".git").mkdir()
        (tree / "llm_models.toml").touch()
        assert found(tree) == (str(tree / "llm_models.toml"), str(tree / ".llm_models"))

    def test_outside_a_repository_only_the_working_directory_counts(self, tree: Path) -> None:
        """A file in `/tmp` or a home folder is nobody's configuration but its own folder's."""
        (tree / "llm_models.toml").touch()
        (tree / ".llm_models").mkdir()
        assert found(tree / "repo") == (None, None)
        assert found(tree) == (str(tree / "llm_models.toml"), str(tree / ".llm_models"))

    def test_a_state_folder_alone(self, tree: Path) -> None:
        """It ends the search: what `activate` wrote there belongs to that folder."""
        repo, app = tree / "repo", tree / "repo" / "app"
        (repo / ".git").mkdir()
        (repo / "llm_models.toml").touch()
        (app / ".llm_models").mkdir()
        assert found(app / "deep") == (None, str(app / ".llm_models"))
        (app / ".llm_models").rmdir()
        (app / ".llm_models").touch()  # a file of that name is no state folder
        assert found(app / "deep")[0] == str(repo / "llm_models.toml")

    def test_what_is_there_but_cannot_be_read_is_an_error_and_not_passed_over(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repo, app = tree / "repo", tree / "repo" / "app"
        (repo / ".git").mkdir()
        (repo / "llm_models.toml").write_text(DENY)
        (app / "llm_models.toml").symlink_to(app / "gone.toml")
        monkeypatch.chdir(app)
        with pytest.raises(llm_models.ConfigError, match="No such file"):
            llm_models.load()
        (app / "llm_models.toml").unlink()
        (app / "llm_models.toml").mkdir()
        with pytest.raises(llm_models.ConfigError, match="is a directory"):
            llm_models.load()


class TestPrecedence:
    """The argument, else the variable (empty means none), else the search."""

    @pytest.fixture
    def here(self, tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The working directory: an application whose file hides all of OpenAI."""
        (tree / ".git").mkdir()
        (tree / "llm_models.toml").write_text(DENY)
        monkeypatch.chdir(tree)
        return tree

    @pytest.mark.usefixtures("here")
    def test_the_search(self) -> None:
        assert "openai" not in llm_models.load().list_providers()
        assert "anthropic" in llm_models.list_providers()

    def test_the_argument_beats_all(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        other = here / "other.toml"
        other.write_text('[deny]\nanthropic = ["*"]\n')
        monkeypatch.setenv("LLM_MODELS_CONFIG", str(here / "missing.toml"))
        for given in (other, str(other), "other.toml"):
            catalogue = llm_models.load(given, publish=False)
            assert "openai" in catalogue.list_providers()
            assert "anthropic" not in catalogue.list_providers()

    @pytest.mark.usefixtures("here")
    def test_none_is_no_file_at_all(self) -> None:
        assert "openai" in llm_models.load(None).list_providers()
        assert "openai" in llm_models.reload().list_providers()

    def test_the_variable_beats_the_search(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        other = here / "repo" / "other.toml"
        other.write_text('[deny]\nanthropic = ["*"]\n')
        monkeypatch.setenv("LLM_MODELS_CONFIG", str(other))
        assert "anthropic" not in llm_models.load().list_providers()
        assert paths.find().state == str(here / "repo" / ".llm_models")

    def test_the_empty_variable_means_none(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLM_MODELS_CONFIG", "")
        assert "openai" in llm_models.load().list_providers()
        assert found(here) == (None, None)

    @pytest.mark.usefixtures("here")
    def test_a_named_file_that_is_missing_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(llm_models.ConfigError, match=r"missing\.toml: No such file"):
            llm_models.load("missing.toml")
        monkeypatch.setenv("LLM_MODELS_CONFIG", "missing.toml")
        with pytest.raises(llm_models.ConfigError, match=r"missing\.toml: No such file"):
            llm_models.load()
        assert llm_models.epoch() == 0

    @pytest.mark.parametrize("how", ["search", "argument", "variable"])
    def test_reload_reads_the_same_paths_from_anywhere(
        self, here: Path, how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        if how == "variable":
            monkeypatch.setenv("LLM_MODELS_CONFIG", "llm_models.toml")
        llm_models.load(*["llm_models.toml"] * (how == "argument"))
        monkeypatch.chdir(tmp_path)
        (here / "llm_models.toml").write_text('[deny]\nanthropic = ["*"]\n')
        assert "openai" in llm_models.reload().list_providers()
        assert "anthropic" not in llm_models.list_providers()

    @pytest.mark.usefixtures("here")
    def test_the_first_question_searches_too(self) -> None:
        assert "openai" not in llm_models.list_providers()
        assert llm_models.epoch() == 1


class TestPublish:
    def test_unpublished_catalogues_leave_the_process_alone(self, tmp_path: Path) -> None:
        """Libraries and tests build their own; whoever published keeps what is served, and what `reload` does."""
        (tmp_path / "own.toml").write_text(DENY)
        own = llm_models.load(tmp_path / "own.toml", publish=False)
        assert (own.epoch, llm_models.epoch()) == (0, 0)
        first = llm_models.load(None)
        second = llm_models.load(tmp_path / "own.toml", publish=False)
        assert llm_models.snapshot() is first
        assert (second.epoch, llm_models.epoch()) == (0, 1)
        assert not second.allowed("openai:gpt-4o-mini")
        assert llm_models.allowed("openai:gpt-4o-mini")
        llm_models.reload()
        assert llm_models.allowed("openai:gpt-4o-mini")
        assert llm_models.epoch() == 2

    def test_nor_does_one_that_fails(self, tmp_path: Path) -> None:
        first = llm_models.load(None)
        (tmp_path / "bad.toml").write_text("x = 1\n")
        with pytest.raises(llm_models.ConfigError):
            llm_models.load(tmp_path / "bad.toml", publish=False)
        with pytest.raises(llm_models.ConfigError):
            llm_models.load(tmp_path / "bad.toml")
        assert llm_models.snapshot() is first
        assert llm_models.reload().epoch == 2


class TestFilesRead:
    """What is opened, as the interpreter itself tells it."""

    def opened(self, folder: Path, *, config: bool) -> list[str]:
        code = (
            "import llm_models, json, sys, os; opened = []\n"
            "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event in watched else None)\n"
            "watched = ('open', 'os.listdir', 'os.scandir', 'socket.connect', 'subprocess.Popen')\n"
            "llm_models.load()\n"
            "watched = ()\n"
            "print(json.dumps([name for name in opened if not name.endswith(('.py', '.pyc'))]))"
        )
        names: list[str] = json.loads(python(code, cwd=folder).out)
        assert (str(folder / "llm_models.toml") in names) is config
        return names

    def test_load_that_finds_none_reads_the_packaged_snapshot_and_nothing_else(self, tree: Path) -> None:
        (tree / "repo" / ".git").mkdir()
        assert self.opened(tree / "repo", config=False) == [paths.PACKAGED_SNAPSHOT]

    def test_one_that_finds_a_file_reads_it(self, tree: Path) -> None:
        """The control."""
        (tree / "llm_models.toml").write_text(DENY)
        assert paths.PACKAGED_SNAPSHOT in self.opened(tree, config=True)
