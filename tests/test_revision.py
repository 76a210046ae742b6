"""`init`, `set`, `unset` and `exclude`: what is named changes and nothing else, or nothing is written."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT
from support.command import fine
from support.command import here as run
from support.toml_texts import BOM, parsed

import llm_models
from llm_models import checks, paths, schema
from llm_models.errors import ConfigError
from llm_models.positions import locate
from llm_models.revision import Revision

SPEC = "openai:gpt-4o-mini"
FILE = """\
# ours
prefer = ["openai"]   # first

[[models]]
provider = "openai"
id = "gpt-4o-mini" # small
  cost.input = 0.12   # negotiated
tags = [
  "approved",  # by us
]

[exclude]   # never
openai = [ "o3-*" ]

[[providers]]
id = "my-gateway"

[[models]]
provider = "my-gateway"
id = "house-7b"
aliases = ["house"]
limits = { context = 8192 }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the file above, entered."""
    write(tmp_path, FILE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "llm_models.toml").write_bytes(text.encode())


def read(folder: Path) -> str:
    return (folder / "llm_models.toml").read_bytes().decode()


def changed(*args: str) -> str:
    """The text of the file after a command that is well."""
    fine(*args)
    with open("llm_models.toml", "rb") as file:
        return file.read().decode()


NEVER = ("nmae=x", "cost.inptu=1", "zz=1", "id=x", "provider=x", "name", "=5")
"""Changes that are no change of any entry, whatever the file has: the command line is wrong."""


def refused(*args: str, code: int = 1) -> str:
    """The message of a command that failed, the file being as it was."""
    with open("llm_models.toml", "rb") as file:
        before = file.read()
    result = run(*args)
    assert result.code == code, result
    with open("llm_models.toml", "rb") as file:
        assert file.read() == before
    return "\n".join(line.removeprefix("llm-models: ") for line in result.lines)


@pytest.mark.usefixtures("folder")
class TestSet:
    """`set SPEC FIELD=VALUE...`: comments, order and layout stay."""

    def test_a_value_is_replaced_where_it_stands(self) -> None:
        assert changed("set", SPEC, "cost.input=0.11") == FILE.replace("0.12", "0.11")

    def test_a_new_one_goes_beside_its_kin(self) -> None:
        line = "  cost.input = 0.12   # negotiated\n"
        assert changed("set", SPEC, "cost.output=0.5") == FILE.replace(line, f"{line}  cost.output = 0.5\n")
        inline = "limits = { context = 8192 }"
        expected = FILE.replace(line, f"{line}  cost.output = 0.5\n")
        expected = expected.replace(inline, "limits = { context = 8192, output = 1024 }")
        assert changed("set", "my-gateway:house-7b", "limits.output=1024") == expected

    def test_a_list_grows_and_holds_nothing_twice(self) -> None:
        expected = FILE.replace('"approved",  # by us\n', '"approved",  # by us\n  "cheap",\n')
        assert changed("set", SPEC, "tags+=cheap") == expected
        assert changed("set", SPEC, "tags+=cheap", 'tags+=["approved", "cheap"]') == expected

    def test_a_model_that_the_file_does_not_name_gets_an_entry(self) -> None:
        entry = '\n[[models]]\nprovider = "openai"\nid = "gpt-4o"\ncost.input = 2\ntags = ["x"]\n'
        assert changed("set", "gpt-4o@OpenAI", "cost.input=2", "tags+=x") == FILE + entry

    def test_a_served_id_is_the_model_s(self, packaged: llm_models.Snapshot) -> None:
        served = packaged.resolve(SPEC).served_as[0]
        assert changed("set", f"openai:{served}", "cost.input=0.11") == FILE.replace("0.12", "0.11")

    def test_an_alias_of_the_file_s_own_too(self) -> None:
        assert changed("set", "my-gateway:house", "limits.context=1024") == FILE.replace("8192", "1024")

    def test_a_private_provider_is_spelled_as_in_the_file(self) -> None:
        entry = '\n[[models]]\nprovider = "my-gateway"\nid = "house-70b"\nlimits.context = 4096\n'
        assert changed("set", "My.Gateway:house-70b", "limits.context=4096") == FILE + entry

    @pytest.mark.parametrize(
        ("change", "path", "value"),
        [
            ("name=GPT four", "name", "GPT four"),
            ('name="quoted"', "name", "quoted"),
            ("name=5", "name", "5"),
            ("name=true", "name", "true"),
            ('name=a "b" \\c', "name", 'a "b" \\c'),
            ("name=a\nb = 1", "name", "a\nb = 1"),
            ("release_date=2024-05-01", "release_date", "2024-05-01"),
            ("knowledge=2024-05", "knowledge", "2024-05"),
            ("limits.context=128_000", "limits.context", 128000),
            ("cost.input=.5", None, "expected a number"),
            ("cost.input=1", "cost.input", 1),
            ("cost.input=0", "cost.input", 0),
            ("deprecated=true", "deprecated", True),
            ("deprecated=yes", None, "expected a boolean"),
            ("tags=one", "tags", ["one"]),
            ('tags=["a", "b"]', "tags", ["a", "b"]),
            ("modalities.input=text", "modalities.input", ["text"]),
            ("omit+=knowledge", "omit", ["knowledge"]),
            ("capabilities.tools={ enabled = true }", "capabilities.tools", {"enabled": True}),
            ("cost.tiers=[{ context_over = 1, input = 2 }]", "cost.tiers", [{"context_over": 1, "input": 2}]),
            ("extra.team=search", "extra.team", "search"),
            ("extra.team=5", "extra.team", 5),
            ("extra.since=2024-05-01", None, "a date must be a string"),
            ("limits.context=5\nb = 1", None, "expected an integer"),
            ("limits.context=0", None, "at least 1"),
            ("limits.context=128k", None, "expected an integer"),
            ("cost.inptu=1", None, "Did you mean 'cost.input'"),
            ("limits=5", None, "expected a table"),
            ("nmae=x", None, "Did you mean 'name'"),
            ("zz=1", None, "Known fields are "),
            ("id=x", None, "'id' cannot be set"),
            ("provider=x", None, "'provider' cannot be set"),
            ("name", None, "states no value. Write FIELD=VALUE"),
            ("=5", None, "states no value. Write FIELD=VALUE"),
        ],
    )
    def test_values_are_what_the_schema_says(self, change: str, path: str | None, value: object) -> None:
        """A bare word is a string, and so is whatever stands for a string field; a wrong one is refused."""
        if path is None:
            code = 2 if change in NEVER else 1
            assert str(value) in refused("set", "openai:gpt-4o", change, code=code)
            return
        found: Any = tomllib.loads(changed("set", "openai:gpt-4o", change))["models"][-1]
        for step in path.split("."):
            found = found[step]
        assert (type(found), found) == (type(value), value)

    def test_an_error_states_no_line_of_the_text_that_is_not_written(self, folder: Path) -> None:
        """Its path tells where it is. An error that was in the file before has its line there."""
        told = refused("set", "openai:gpt-4o", "cost.input=cheap")
        assert told.startswith(f"{folder / 'llm_models.toml'}: models.openai:gpt-4o.cost.input: expected a number")
        write(folder, FILE.replace("[exclude]", "cost.inptu = 1\n\n[exclude]"))
        line = read(folder).splitlines().index("cost.inptu = 1") + 1
        assert f"llm_models.toml:{line}:6: models.{SPEC}.cost: unknown key" in refused("set", SPEC, "knowledge=2025-01")

    def test_a_warning_that_advises_to_omit_has_the_command_for_it(self, folder: Path) -> None:
        """Which does what the warning states: after it, the warning is gone."""
        warned = run("set", "openai:gpt-5.2", "cost.input=3").err
        command = re.search(r'or\s+write\s+omit = \["cost"\]\s+\(llm-models (set [^)]*)\)\. \[warning\]', warned)
        assert command is not None
        assert command[1] == "set openai:gpt-5.2 omit+=cost"
        assert "openai:gpt-5.2" not in run(*command[1].split()).err
        assert parsed(read(folder))["models"][-1]["omit"] == ["cost"]

    def test_one_wrong_change_of_several_writes_none(self) -> None:
        assert "nothing was written" in refused("set", SPEC, "cost.output=1", "cost.input=-2")
        assert "Did you mean 'cost.input'?" in refused("set", SPEC, "cost.output=1", "cost.inptu=2", code=2)

    @pytest.mark.parametrize("spec", ["opnai:gpt-4o-mini", "o3-mini", "no-such-model", ""])
    def test_a_spec_that_names_no_provider_is_refused(self, spec: str) -> None:
        write(Path(), "")
        """A provider that is not in the catalogue comes first, then how to define it, then what is similar."""
        told = refused("set", spec, "cost.input=1", code=1 if spec else 2)
        assert told.startswith("the catalogue has no provider 'opnai'") == (":" in spec)
        assert ("first write [[providers]]" in told) == (":" in spec)

    @pytest.mark.parametrize(
        ("spec", "provider", "model_id"),
        [
            ("gemini/models/gemini-3.5-flash", "google", "gemini-3.5-flash"),
            ("google:models/gemini-3.5-flash", "google", "gemini-3.5-flash"),
            ("models/gemini-3.5-flash", "google", "gemini-3.5-flash"),
            ("vertex_ai/publishers/google/models/gemini-3.5-flash", "google_vertex", "gemini-3.5-flash"),
            ("gpt-5.4-mini-2026-03-17", "openai", "gpt-5.4-mini"),
            ("gpt-4o-mini", "openai", "gpt-4o-mini"),  # the file prefers it
            ("house", "my-gateway", "house-7b"),
            ("my_gateway/house", "my-gateway", "house-7b"),
        ],
    )
    def test_a_text_is_read_as_lookups_read_it(self, spec: str, provider: str, model_id: str) -> None:
        after = tomllib.loads(changed("set", spec, "tags+=new"))
        (entry,) = [one for one in after["models"] if "new" in one.get("tags", ())]
        assert (entry["provider"], entry["id"]) == (provider, model_id)
        assert "new" not in changed("unset", spec, "tags")

    @pytest.mark.parametrize(
        "spec", ["openai/gpt-5.4-mni", "vllm:foo", "ollama/foo", "foo", "nvidia/nemotron", "grok:grok-4.3"]
    )
    def test_a_text_that_leads_nowhere_gets_the_error_of_lookups(
        self, spec: str, packaged: llm_models.Snapshot
    ) -> None:
        with pytest.raises(llm_models.UnknownModelError) as caught:
            packaged.resolve(spec)
        message = refused("set", spec, "tags+=x")
        assert str(caught.value) in message
        assert message.count("[[providers]]") <= 1
        assert ("To define a new model, write" in message) is spec.startswith(("openai/", "nvidia/"))

    @pytest.mark.parametrize(
        ("spec", "listed"),
        [
            ("bedrock/apac.amazon.nova-2-lite-v1:0", "amazon_bedrock:amazon.nova-2-lite-v1:0"),
            ("apac.amazon.nova-2-lite-v1:0", "amazon_bedrock:amazon.nova-2-lite-v1:0"),
            ("openrouter/openai/o3:online", "openrouter:openai/o3"),
            ("openrouter:openai/o3:online", "openrouter:openai/o3"),
        ],
    )
    def test_a_form_with_its_own_price_is_not_taken_for_the_listed_model(self, spec: str, listed: str) -> None:
        assert f"write '{listed}'. To define this one, use --new." in refused("set", spec, "tags+=x")
        fine("set", spec, "name=Mine", "--new")
        fine("set", spec, "tags+=x")

    def test_a_name_that_several_providers_have_is_refused_with_them(self, folder: Path) -> None:
        write(folder, FILE.replace('prefer = ["openai"]', "").replace('id = "house-7b"', 'id = "gpt-5.4-mini"'))
        message = refused("set", "gpt-5.4-mini", "tags+=x")
        assert "openai:gpt-5.4-mini" in message
        assert "my_gateway:gpt-5.4-mini" in message
        assert message.count("Choose one of these") == 1
        assert "prefer=" not in message

    @pytest.mark.parametrize("change", ["cost.input=1", "limits.context=9", "name=Mine"])
    def test_a_model_that_nobody_has_is_refused_with_the_nearest(self, change: str) -> None:
        assert "nothing was written. Did you mean 'gpt-4o-mini'?" in refused("set", "openai:gpt-4o-mni", change)

    def test_a_new_model(self) -> None:
        wanted = '\n[[models]]\nprovider = "openai"\nid = "gpt-4o-mni"\nnew = true\ncost.input = 1\n'
        assert changed("set", "openai:gpt-4o-mni", "cost.input=1", "--new").endswith(wanted)
        fine("set", "openai:gpt-4o-mni", "cost.output=2", "--new")
        fine("set", "openai:gpt-4o-mni", "cost.output=3")
        assert "the catalogue has openai:gpt-4o-mini; nothing" in refused(
            "set", "openai:gpt-4o-mini", "tags+=x", "--new"
        )


@pytest.mark.usefixtures("folder")
class TestUnset:
    """`unset SPEC [FIELD...]`: fields, or all that is said of a model."""

    def test_a_field_goes_with_its_line(self) -> None:
        assert changed("unset", SPEC, "cost.input") == FILE.replace("  cost.input = 0.12   # negotiated\n", "")

    def test_an_entry_that_says_nothing_more_goes_too(self) -> None:
        entry = FILE[FILE.index("[[models]]") : FILE.index("[exclude]")]
        assert changed("unset", SPEC, "cost", "tags") == FILE.replace(entry, "")

    def test_all_of_a_model(self) -> None:
        entry = FILE[FILE.index("[[models]]") : FILE.index("[exclude]")]
        assert changed("unset", SPEC) == FILE.replace(entry, "")

    def test_what_is_not_there_is_refused_with_the_nearest(self) -> None:
        assert "does not state limits of openai:gpt-4o-mini" in refused("unset", SPEC, "limits")
        assert "unknown field 'tgas'. Did you mean 'tags'?" in refused("unset", SPEC, "tgas", code=2)
        assert "has no entry for openai:gpt-4o" in refused("unset", "openai:gpt-4o")


NOT_LISTED = (
    "the catalogue has no provider '{0}'; nothing was written. To define '{0}', "
    "first write [[providers]] in {{file}}, and "
    'below it id = "{0}" and base_url = "https://...".'
)


@pytest.mark.usefixtures("folder")
class TestAdd:
    """`add PROVIDER:ID` says first what is missing, then what to write, then what is similar."""

    @pytest.mark.parametrize(
        ("spec", "message"),
        [
            ("house:x", NOT_LISTED.format("house")),
            ("opneai:x", f"{NOT_LISTED.format('opneai')} Did you mean 'openai'?"),
            ("house-70b", "'house-70b' names no provider; nothing was written. Write PROVIDER:house-70b."),
            ("openai:gpt-5.2", "the catalogue has openai:gpt-5.2 already; nothing was written. "
                               "To change it, use 'llm-models set openai:gpt-5.2'."),
        ],
    )  # fmt: skip
    def test_what_cannot_be_added(self, folder: Path, spec: str, message: str) -> None:
        told = refused("add", spec, code=1 if ":" in spec else 2)
        assert told == message.replace("{file}", str(folder / "llm_models.toml"))


@pytest.mark.usefixtures("folder")
class TestExclude:
    """`exclude PROVIDER GLOB` adds a pattern where the patterns of that provider stand."""

    def test_in_the_provider_s_array_once(self) -> None:
        expected = FILE.replace('[ "o3-*" ]', '[ "o3-*", "o1*" ]')
        assert changed("exclude", "OpenAI", "o1*") == expected
        assert changed("exclude", "openai", "o1*") == expected

    def test_of_another_provider_and_in_a_file_without_the_section(self, folder: Path) -> None:
        line = 'openai = [ "o3-*" ]\n'
        assert changed("exclude", "google", "gemini-2*") == FILE.replace(line, f'{line}google = ["gemini-2*"]\n')
        write(folder, "# nothing yet\n")
        assert changed("exclude", "google-vertex", "gemini-2*") == (
            '# nothing yet\n\n[exclude]\ngoogle_vertex = ["gemini-2*"]\n'
        )
        write(folder, 'exclude = { Google-Vertex = ["a"] }\n')
        assert changed("exclude", "google_vertex", "gemini-2*") == 'exclude = { Google-Vertex = ["a", "gemini-2*"] }\n'

    def test_an_unknown_provider_is_refused_and_a_pattern_without_a_model_warned_of(self) -> None:
        assert "Did you mean 'openai'" in refused("exclude", "opnai", "o1*", code=2)
        refused("exclude", "openai", "")
        assert "matches no model of openai" in run("exclude", "openai", "zzz*", "--dry-run").err

    def test_a_name_that_no_model_has_is_refused_unless_it_is_stated_as_known(self, folder: Path) -> None:
        told = refused("exclude", "openai", "gpt-4oo")
        assert told.startswith("openai has no model 'gpt-4oo'; nothing was written. Did you mean 'gpt-4o'?")
        assert told.endswith("To exclude it before it is listed, use --known.")
        assert "no provider has a model 'gpt-4oo'" in refused("exclude", "*", "gpt-4oo")
        write(folder, "")
        text = changed("exclude", "openai", "gpt-4oo", "--known")
        assert text == 'known = ["openai:gpt-4oo"]\n\n[exclude]\nopenai = ["gpt-4oo"]\n'
        assert changed("exclude", "openai", "gpt-4oo", "--known") == text
        write(folder, 'known = ["openai:gpt-9*"]\n')
        assert 'openai = ["gpt-9-mini"]' in changed("exclude", "openai", "gpt-9-mini")

    def test_a_name_that_is_gone_is_written_with_a_warning(self) -> None:
        assert "is no longer listed" in run("exclude", "openai", "gpt-5-codex", "--dry-run").err


@pytest.mark.usefixtures("folder")
class TestWriting:
    """The result is checked before anything is written, shown as a diff, and written whole or not at all."""

    def test_the_diff_is_on_stdout_and_a_dry_run_writes_nothing(self, folder: Path) -> None:
        diff = [
            "--- llm_models.toml",
            "+++ llm_models.toml",
            "@@ -5,5 +5,5 @@",
            ' provider = "openai"',
            ' id = "gpt-4o-mini" # small',
            "-  cost.input = 0.12   # negotiated",
            "+  cost.input = 0.11   # negotiated",
            " tags = [",
            '   "approved",  # by us',
        ]
        result = run("set", SPEC, "cost.input=0.11", "--dry-run")
        assert result.out.splitlines() == diff
        assert result.err.endswith("llm_models.toml: not written (--dry-run)\n")
        assert read(folder) == FILE
        result = run("set", SPEC, "cost.input=0.11")
        assert result.out.splitlines() == diff
        assert result.err.endswith("llm_models.toml: written\n")

    def test_no_change_writes_nothing(self, folder: Path) -> None:
        path = folder / "llm_models.toml"
        before = path.stat()
        result = run("set", SPEC, "cost.input=0.12")
        assert result.err.endswith("llm_models.toml: nothing to change\n")
        assert result.out == ""
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    @pytest.mark.parametrize("text", [FILE.replace("\n", "\r\n"), BOM + FILE, BOM + FILE.replace("\n", "\r\n")])
    def test_line_ends_and_a_mark_stay(self, folder: Path, text: str) -> None:
        end = "\r\n" if "\r\n" in text else "\n"
        write(folder, text)
        added = changed("set", "openai:gpt-4o", "cost.input=1")
        assert added == text + end.join(
            ["", "[[models]]", 'provider = "openai"', 'id = "gpt-4o"', "cost.input = 1", ""]
        )
        assert changed("unset", "openai:gpt-4o") == text
        assert changed("set", SPEC, "cost.input=0.11") == text.replace("0.12", "0.11")

    def test_a_file_that_is_no_toml_is_told_with_its_place(self, folder: Path) -> None:
        write(folder, "prefer = [\n")
        assert re.search(r"llm_models\.toml:2:1: not valid TOML", refused("set", SPEC, "cost.input=1"))
        write(folder, 'perfer = ["openai"]\n')
        assert "unknown key 'perfer'" in refused("set", SPEC, "cost.input=1")

    def test_a_missing_file_is_made(self, folder: Path) -> None:
        (folder / "llm_models.toml").unlink()
        assert changed("exclude", "openai", "o3-*") == '[exclude]\nopenai = ["o3-*"]\n'
        assert [path.name for path in folder.iterdir()] == ["llm_models.toml"]

    def test_another_file_by_option_or_variable_or_none(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        other = folder / "other.toml"
        assert run("exclude", "openai", "o3-*", "--config", str(other)).code == 0
        monkeypatch.setenv("LLM_MODELS_CONFIG", str(other))
        assert run("exclude", "openai", "o1*").code == 0
        assert other.read_text(encoding="utf-8") == '[exclude]\nopenai = ["o3-*", "o1*"]\n'
        monkeypatch.setenv("LLM_MODELS_CONFIG", "")
        assert "there is no file to change" in refused("exclude", "openai", "o1*")
        assert "there is no file to change" in refused("exclude", "openai", "o1*", "--config", "none")
        assert read(folder) == FILE

    def test_the_file_of_the_repository_is_changed_from_a_folder_inside(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / ".git").mkdir()
        (folder / "a").mkdir()
        monkeypatch.chdir(folder / "a")
        assert run("set", SPEC, "cost.input=0.11").code == 0
        assert read(folder) == FILE.replace("0.12", "0.11")

    def test_a_link_stays_one_and_a_failure_leaves_no_litter(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "llm_models.toml").rename(folder / "real.toml")
        (folder / "llm_models.toml").symlink_to("real.toml")
        named = ("--config", "llm_models.toml")
        changed("set", SPEC, "cost.input=0.11", *named)
        assert (folder / "llm_models.toml").is_symlink()
        before = sorted(path.name for path in folder.iterdir())

        def full(*_args: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        assert "No space left on device" in refused("set", SPEC, "cost.input=0.10", *named)
        assert sorted(path.name for path in folder.iterdir()) == before

    def test_control_characters_do_not_reach_the_terminal(self, folder: Path) -> None:
        write(folder, FILE.replace("# ours", "# ours \N{RIGHT-TO-LEFT OVERRIDE}\tx"))
        result = run("set", SPEC, "name=\x1b[31mred", "--dry-run")
        assert not re.search(r"[^\x20-\x7e\n]", result.out + result.err)


class TestInit:
    """`init` writes a file to begin with, and the schema that its first line names."""

    @pytest.fixture(autouse=True)
    def begun(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_what_it_writes_is_valid_and_says_nothing_yet(self, begun: Path) -> None:
        result = run("init")
        assert result.code == 0
        assert parsed(read(begun)) == {}
        assert checks.check_file(str(begun / "llm_models.toml")) == []
        assert max(map(len, read(begun).splitlines())) <= 80
        assert "id: llm-models-validate" in result.err
        assert re.search(r"- id: llm-models-validate$", result.err, re.MULTILINE)

    def test_its_examples_are_valid_once_they_are_no_comments(self, begun: Path) -> None:
        run("init")
        lines = read(begun).splitlines()
        live = [re.sub(r'^# (?=[\[a-z_."*-]+( = |\]|\[))', "", line) for line in lines]
        write(begun, "\n".join("" if line == "#" else line for line in live))
        sections = {"prefer", "known", "exclude", "deny", "allow", "providers", "models", "lint"}
        assert {*parsed(read(begun))} == sections
        assert checks.check_file(str(begun / "llm_models.toml")) == []

    def test_its_first_line_names_a_schema_that_takes_the_example_and_refuses_a_typo(self, begun: Path) -> None:
        from jsonschema import Draft7Validator

        run("init")
        match = re.fullmatch(r"#:schema (\S+)", read(begun).splitlines()[0])
        assert match is not None
        written = json.loads((begun / match[1]).read_text(encoding="utf-8"))
        assert written == schema.published("overrides")
        Draft7Validator.check_schema(written)
        example = tomllib.loads((ROOT / "examples" / "llm_models.toml").read_text(encoding="utf-8"))
        Draft7Validator(written).validate(example)
        assert not Draft7Validator(written).is_valid({"perfer": []})
        assert not Draft7Validator(written).is_valid(
            {"models": [{"provider": "openai", "id": "x", "cost": {"inptu": 1}}]}
        )

    def test_an_existing_file_is_left_alone(self, begun: Path) -> None:
        write(begun, FILE)
        assert run("init").code == 0
        assert read(begun) == FILE
        assert sorted(path.name for path in begun.iterdir()) == [".llm_models", "llm_models.toml"]
        assert "this file exists already" in refused("init")

    def test_in_another_folder(self, begun: Path) -> None:
        assert run("init", "sub/app").code == 0
        assert (begun / "sub" / "app" / "llm_models.toml").exists()

    def test_set_and_exclude_go_on_from_it(self, begun: Path) -> None:
        run("init")
        first = read(begun)
        changed("set", SPEC, "cost.input=0.12")
        changed("exclude", "openai", "o3-*")
        assert read(begun).startswith(first)


# Random valid files


OWN = dict.fromkeys(["own/x:1", "own.2"], "new = true")
"""The ids that no source has, with what an entry must state of them."""


class FileWriter:
    """Writes valid `llm_models.toml` texts in many layouts."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def text(self) -> str:
        ids = self.random.sample(
            ["gpt-4o", "gpt-4o-mini", "gpt-5.2", "o1", "own/x:1", "own.2"], self.random.randint(0, 4)
        )
        blocks = [self.entry(one) for one in ids]
        if self.maybe():
            blocks.append(["[[providers]]", 'id = "mine"', *self.note("env = ['X_KEY']")])
        if self.maybe():
            blocks.append(["[exclude]", *self.note('openai = ["o3-*"]')])
        self.random.shuffle(blocks)
        head = [*self.note('prefer = ["openai"]')] if self.maybe() else []
        if self.maybe(0.3):
            head.append("deny.openai = [ # no\n  'o1-pro',\n  ]")
        if ids and self.maybe(0.15):  # everything in one array
            blocks = [block for block in blocks if block[0] != "[[models]]"]
            own = [(one, OWN.get(one, "name = 'N'")) for one in ids]
            rows = [f"  {{ provider = 'openai', id = '{one}', {more}, cost = {{ input = 1 }} }}" for one, more in own]
            head.append("models = [\n" + ",\n".join(rows) + self.pick([",\n]", "\n]", " ]"]))
        lines = head
        for block in blocks:
            lines += [
                *[""] * self.pick([0, 1, 1, 2]),
                *([self.pick(["# a note", "#"])] if self.maybe(0.3) else []),
                *block,
            ]
        text = "\n".join(lines) + ("\n" if self.maybe(0.8) else "")
        if self.maybe(0.3):
            text = text.replace("\n", "\r\n")
        return BOM + text if self.maybe(0.15) else text

    def entry(self, model_id: str) -> list[str]:
        fields = [OWN.get(model_id, "name = 'N'")]
        headers: list[str] = []
        layout = self.pick(["dotted", "inline", "header", "none"])
        prices = {"input": self.pick(["1", "0.5", "2e0"]), "output": "3"}
        if layout == "dotted":
            fields += [f"cost . {key} = {value}" for key, value in prices.items()]
        if layout == "inline":
            fields.append("cost = {" + ", ".join(f"{key}={value}" for key, value in prices.items()) + "}")
        if layout == "header":
            headers += ["", "  [models.cost]", *(f"  {key} = {value}" for key, value in prices.items())]
        if self.maybe():
            fields.append(self.pick(["tags = ['a']", 'tags = [\n  "a", # one\n  "b"\n]', "tags=['a',]"]))
        if self.maybe(0.3):
            headers += ["[models.extra]", "team = '''\n[[models]]\n'''"]
        self.random.shuffle(fields)
        lines = [line for field in fields for line in self.note(field)]
        identity = self.pick([['provider = "openai"', f"id = '{model_id}'"], [f'id="{model_id}"', "provider='OpenAI'"]])
        return ["[[models]]", *identity, *lines, *headers]

    def note(self, line: str) -> list[str]:
        return [line + self.pick(["", "", "", " # why", "  "])]

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def pick(self, choices: list[Any]) -> Any:
        return self.random.choice(choices)


CHANGES = [
    ("cost.input=7.5", ("cost", "input"), 7.5),
    ("cost.cache_read=0.25", ("cost", "cache_read"), 0.25),
    ("limits.context=4096", ("limits", "context"), 4096),
    ("name=New name", ("name",), "New name"),
    ("tags=x", ("tags",), ["x"]),
    ("capabilities.tools.strict=false", ("capabilities", "tools", "strict"), False),
    ("extra.owner=us", ("extra", "owner"), "us"),
    ("release_date=2024-05-01", ("release_date",), "2024-05-01"),
]


def revised(text: str, folder: Path) -> Revision:
    return Revision(str(folder / "llm_models.toml"), text, exists=True)


def number_of(data: dict[str, Any], model_id: str) -> int | None:
    return next((n for n, one in enumerate(data.get("models", [])) if one["id"] == model_id), None)


def stated(data: Any, path: tuple[str, ...]) -> bool:
    for step in path:
        if not isinstance(data, dict) or step not in data:
            return False
        data = data[step]
    return True


def check_set(seed: int, folder: Path) -> str:
    """One random edit of one random file keeps the laws; tells what kind of edit it was."""
    random = Random(seed)
    text = FileWriter(random).text()
    model_id = random.choice(["gpt-4o", "gpt-4o-mini", "gpt-5.2", "o1", "own/x:1", "own.2"])
    change, path, value = random.choice(CHANGES)
    data = parsed(text)
    place = number_of(data, model_id)
    revision = revised(text, folder)
    defines = place is None and model_id in OWN
    revision.set_fields(f"openai:{model_id}", [change], new=defines)

    wanted = parsed(text)  # the same, changed without the code under test
    if place is None:
        begun = {"provider": "openai", "id": model_id} | ({"new": True} if defines else {})
        wanted.setdefault("models", []).append(begun)
    holder = wanted["models"][len(wanted["models"]) - 1 if place is None else place]
    for step in path[:-1]:
        holder = holder.setdefault(step, {})
    holder[path[-1]] = value
    assert parsed(revision.new) == wanted
    assert not [problem for problem in revision.check() if problem.severity == "error"]

    new = place is None or not stated(data["models"][place], path)
    start = next((n for n, (a, b) in enumerate(zip(text, revision.new, strict=False)) if a != b), len(text))
    if new:  # one piece is put in, and `unset` takes it out again
        assert any(revision.new.endswith(text[cut:]) for cut in range(start + 1))
        revision.unset_fields(f"openai:{model_id}", [".".join(path), *(["new"] if defines else [])])
        assert revision.new == text
        return "new entry" if place is None else "new field"
    assert place is not None
    spot = locate(text)["models", place, *path]
    assert spot.value_start is not None
    assert spot.value_end is not None
    assert revision.new.startswith(text[: spot.value_start])
    assert revision.new.endswith(text[spot.value_end :])
    return "replaced"


class TestLaws:
    """`set` changes the named values and nothing else, byte for byte; `unset` after `set` gives the old file."""

    @pytest.mark.parametrize(
        ("seeds", "least"), [(range(60), 0), pytest.param(range(60, 260), 12, marks=pytest.mark.whole)], ids=str
    )
    def test_of_hundreds_of_files(self, tmp_path: Path, seeds: range, least: int) -> None:
        kinds = [check_set(seed, tmp_path) for seed in seeds]
        assert min(kinds.count(kind) for kind in ("new entry", "new field", "replaced")) > least

    @settings(max_examples=60, deadline=None)
    @given(seed=st.integers(min_value=1000))
    def test_of_any_file(self, tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
        check_set(seed, tmp_path_factory.getbasetemp())

    @pytest.mark.parametrize("seeds", [range(40), pytest.param(range(40, 200), marks=pytest.mark.whole)], ids=str)
    def test_unset_and_exclude_leave_all_else(self, tmp_path: Path, seeds: range) -> None:
        """What is left out is nothing but whole lines or one item; what `exclude` adds is in one place."""
        for seed in seeds:
            text = FileWriter(Random(seed)).text()
            data = parsed(text)
            for number, entry in enumerate(data.get("models", [])):
                revision = revised(text, tmp_path)
                revision.unset_fields(f"openai:{entry['id']}", [])
                left = parsed(text)
                del left["models"][number]
                assert parsed(revision.new) in (left, {key: one for key, one in left.items() if one != []})
                others = [line.rstrip("\r") for line in revision.new.removeprefix(BOM).split("\n") if line.strip()]
                rest = iter([line.rstrip("\r") for line in text.removeprefix(BOM).split("\n")])
                if "models = [" not in text:
                    assert all(line in rest for line in others)
            revision = revised(text, tmp_path)
            revision.exclude("openai", "gpt-3*")
            wanted = parsed(text)
            wanted.setdefault("exclude", {}).setdefault("openai", []).append("gpt-3*")
            assert parsed(revision.new) == wanted

    def test_the_files_are_of_many_kinds(self) -> None:
        """The writer's files are valid, and each layout is among them."""
        texts = [FileWriter(Random(seed)).text() for seed in range(200)]
        for text in texts[:60]:
            found = checks.check_text(text.encode(), "llm_models.toml", checks.base_for(paths.PACKAGED_SNAPSHOT))
            assert [problem for problem in found if problem.severity == "error"] == []
        for sign in ("\r\n", BOM, "cost . input", "cost = {", "[models.cost]", "models = [", "'''", "# why"):
            assert 3 < sum(sign in text for text in texts) < 200


def test_the_error_of_a_refused_change_carries_its_problems(folder: Path) -> None:
    revision = Revision.open(paths.find(str(folder / "llm_models.toml")))
    assert [problem.severity for problem in revision.check()] == ["warning", "warning"]  # deprecated, list prices
    revision.set_fields(SPEC, ["cost.input=-1", "limits.context=0"])
    with pytest.raises(ConfigError) as caught:
        revision.check()
    assert [problem.severity for problem in caught.value.problems] == ["error", "error"]


class TestWrongShapes:
    """A file whose sections have wrong types is refused with its problems, and nothing is written."""

    @pytest.mark.parametrize(
        "text",
        [
            "models = [1]\n",
            "models = [[1]]\n",
            "[models]\nrelease_date = 2026-01-01\n",
            "providers = {a = 1}\n",
            "providers = 5\n",
            'exclude = ["o3-*"]\n',
            "exclude = {openai = 5}\n",
        ],
    )
    @pytest.mark.parametrize(
        "command", ["set openai:gpt-5.2 cost.input=3", "unset openai:gpt-5.2", "exclude openai o1*"]
    )
    def test_one_line_for_each_problem(
        self, text: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "llm_models.toml").write_text(text)
        result = run(*command.split())
        assert (result.code, result.out) == (1, "")
        assert "llm_models.toml:1:" in result.err
        assert (tmp_path / "llm_models.toml").read_text() == text

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            (f"[[models]]\nprovider = 0x{'F' * 300_000}\n", "models[0].provider: an integer of more than 63 bits"),
            (
                '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\ncost = 5\n',
                "models.openai:gpt-5.2.cost: expected a table",
            ),
        ],
    )
    def test_what_makes_a_change_impossible_is_reported(
        self, text: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The editor cannot change such a text; people need to know why."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "llm_models.toml").write_text(text)
        result = run("set", "openai:gpt-5.2", "cost.input=3")
        assert (result.code, result.out) == (1, "")
        assert problem in result.err
        assert (tmp_path / "llm_models.toml").read_text() == text
