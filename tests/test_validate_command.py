"""The command `validate`: which files it checks, what it does without one, and behaviour modules."""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.command import here

import llm_models
from llm_models import schema
from llm_models.cli.config import validate_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD, WRONG = 'prefer = ["openai"]\n', "perfer = []\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository as the working directory: `a` and `b` have a file each, `empty` has none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    for name, text in (("a", GOOD), ("b", WRONG), ("empty", None)):
        (tmp_path / name).mkdir()
        if text is not None:
            (tmp_path / name / "llm_models.toml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestWhichFiles:
    """A folder means the file in it, and the summary names the files."""

    @pytest.mark.parametrize(
        ("args", "code", "summary"),
        [
            (["a"], 0, "1 file checked (a/llm_models.toml): no problems"),
            (["a/llm_models.toml"], 0, "1 file checked (a/llm_models.toml): no problems"),
            (["a", "b"], 1, "2 files checked (a/llm_models.toml, b/llm_models.toml): 1 error, 0 warnings"),
            (["--if-present", "a", "empty"], 0, "1 file checked (a/llm_models.toml): no problems"),
            (["--if-present", "empty"], 0, "there is no llm_models.toml to check"),
            (["--if-present"], 0, "there is no llm_models.toml to check"),
            (["--if-present", "missing.toml"], 1, "1 file checked (missing.toml): 1 error, 0 warnings"),
        ],
    )
    def test_are_named(self, args: list[str], code: int, summary: str) -> None:
        result = here("validate", *args)
        assert (result.code, result.err) == (code, f"{summary}\n")

    def test_an_application_may_have_a_folder_of_the_name_of_ours(self, folder: Path) -> None:
        """In `overrides/` the curated files define no provider; an `llm_models.toml` there is an application's."""
        (folder / "overrides").mkdir()
        text = '[[providers]]\nid = "house"\nname = "House"\n[[models]]\nprovider = "house"\nid = "m"\n'
        (folder / "overrides" / "llm_models.toml").write_text(text)
        assert here("validate", "overrides").err == "1 file checked (overrides/llm_models.toml): no problems\n"

    def test_a_module_that_was_not_run_is_named(self, folder: Path) -> None:
        (folder / "a" / "llm_models.toml").write_text('overrides_module = "no_such.module"\n')
        note = "note: a/llm_models.toml: the behaviour module 'no_such.module' is not run, so it is not checked"
        result = here("validate", "a")
        assert result.code == 0
        assert result.err.splitlines()[-1] == f"{note} (--behaviour runs it)"
        assert "not run" not in here("validate", "a", "--behaviour").err

    @pytest.mark.parametrize("args", [[], ["empty"], ["a", "empty"], ["--strict"], ["--format", "json"]])
    def test_none_is_no_success(self, args: list[str]) -> None:
        result = here("validate", *args)
        assert (result.code, result.out) == (2, "")
        assert "there is no llm_models.toml" in result.err
        assert "Name the file" in result.err
        assert "--if-present" in result.err

    def test_none_is_an_empty_list_as_data(self) -> None:
        assert here("validate", "--if-present", "--format", "json").out == "[]\n"

    def test_where_a_variable_states_that_there_is_none(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder / "a")
        assert here("validate").code == 0
        monkeypatch.setenv("LLM_MODELS_CONFIG", "")
        assert here("validate").code == 2

    def test_a_folder_below_the_file_finds_it_only_by_search(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "a" / "inner").mkdir()
        monkeypatch.chdir(folder / "a" / "inner")
        assert here("validate").err == "1 file checked (../llm_models.toml): no problems\n"
        assert here("validate", ".").code == 2

    def test_the_help_names_each_option(self) -> None:
        names = {name for option in validate_command.params for name in option.opts}
        assert {"--if-present", "--behaviour", "--strict", "--format"} <= names


MODULE = "made_up_behaviour"
TEXT = f'overrides_module = "{MODULE}"\n'


class TestBehaviour:
    """`--behaviour` runs the module, and checks what it states as it checks the file."""

    @pytest.fixture
    def module(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        monkeypatch.syspath_prepend(str(folder))
        (folder / "a" / "llm_models.toml").write_text(TEXT, encoding="utf-8")
        yield folder / f"{MODULE}.py"
        sys.modules.pop(MODULE, None)

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("raise ValueError('boom')", "ValueError: boom"),
            ("models = 1", "'int' object is not callable"),
            ("def models(): return [1]", "models[0]: expected a table (found integer 1)"),
            (
                "def models(): return [{'provider': 'opnai', 'id': 'x'}]",
                "models.opnai:x.provider: unknown provider 'opnai'. Did you mean 'openai'?",
            ),
            ("def excludes(): return {'opnai': ['x']}", "unknown provider 'opnai'"),
        ],
    )
    def test_an_error_of_the_module_is_one_at_the_line_that_names_it(
        self, module: Path, code: str, expected: str
    ) -> None:
        module.write_text(f"{code}\n", encoding="utf-8")
        assert here("validate", "a").code == 0
        result = here("validate", "--behaviour", "a")
        [line] = result.out.splitlines()
        assert line.startswith(f"a/llm_models.toml:1:20: overrides_module: behaviour module '{MODULE}': ")
        assert expected in line
        assert result.code == 1
        with pytest.raises(llm_models.ConfigError) as caught:
            llm_models.load(module.parent / "a" / "llm_models.toml", publish=False)
        assert str(caught.value) in line

    def test_a_module_that_leaves_no_model(self, module: Path) -> None:
        """The file alone leaves some: only the two together are an error, of `validate` and of `load()`."""
        path = module.parent / "a" / "llm_models.toml"
        path.write_text(TEXT + "[allow]\nopenai = ['gpt-5.2']\n", encoding="utf-8")
        module.write_text("def excludes(): return {'openai': ['*']}\n", encoding="utf-8")
        assert here("validate", "a").code == 0
        result = here("validate", "--behaviour", "a")
        assert result.code == 1
        assert "leave no model" in result.out
        with pytest.raises(llm_models.EmptyCatalogError, match="leave no model"):
            llm_models.load(path, publish=False)

    def test_warnings_of_both_are_about_both(self, module: Path) -> None:
        path = module.parent / "a" / "llm_models.toml"
        path.write_text(f'{TEXT}[[models]]\nprovider = "openai"\nid = "gpt-5.2"\ncost.input = 7\n', encoding="utf-8")
        module.write_text("def excludes(): return {'openai': ['gpt-5.2', 'nothing']}\n", encoding="utf-8")
        lines = here("validate", "--behaviour", "a").out.splitlines()
        assert [line.split(": ", 1)[0] for line in lines] == ["a/llm_models.toml:1:20", "a/llm_models.toml:4:6"]
        assert f"(behaviour module '{MODULE}') removes this model" in lines[1]

    def test_an_unknown_id_of_the_module_is_stated_once(self, module: Path) -> None:
        entry = {"provider": "openai", "id": "gpt5.2", "cost": {"input": 1.4}}
        module.write_text(f"def models(): return [{entry!r}]\n", encoding="utf-8")
        result = here("validate", "--behaviour", "a")
        assert (result.code, result.out.count("\n")) == (1, 1)
        assert "openai:gpt5.2 is not in this data" in result.out

    def test_a_sound_module_is_no_problem(self, module: Path) -> None:
        module.write_text("def models(): yield {'provider': 'openai', 'id': 'gpt-5.2', 'tags': ['x']}\n")
        assert here("validate", "--strict", "--behaviour", "a").code == 0


def test_the_example_of_every_setting_is_right() -> None:
    path = ROOT / "examples" / "every_setting.toml"
    result = here("validate", "--strict", str(path))
    assert (result.code, result.out) == (0, "")
    stated = tomllib.loads(path.read_text(encoding="utf-8"))
    assert stated.keys() == schema.inlined("overrides")["properties"].keys() - {"overrides_module"}
    assert {key for entry in stated["models"] for key in entry} >= {"id", "match", "base"}
