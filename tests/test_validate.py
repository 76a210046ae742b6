"""`validate`: every problem of every file, at its true place, by API and command alike; and nothing else happens."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from support import ROOT, catalogues
from support.catalogues import merged
from support.command import SCRIPT, Result, fine, here, process, program, python, script
from support.toml_texts import BOM, Writer, is_valid
from support.work import calls

from llm_models import checks, config, paths, schema, validation
from llm_models.behaviour import layer_of_mapping
from llm_models.cli.problems import print_annotations
from llm_models.errors import ConfigError, Problem
from llm_models.modelspec import finder, fold_provider, split_spec
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Iterable

BAD = ROOT / "tests" / "bad"
CASES = sorted(path.parent for path in BAD.glob("*/expected.txt"))
PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)


def run(*args: str | Path, **how: Any) -> Result:
    """Run the installed command, or the module where it is not installed."""
    return process(*args, **how) if SCRIPT is None else script(*args, **how)


def file_of(case: Path) -> Path:
    """The bad file of a case."""
    return next(case.rglob("*.toml"))


def expected(case: Path) -> list[str]:
    """What is to be said of a case's file, as it is said in the case's folder."""
    return (case / "expected.txt").read_text(encoding="utf-8").splitlines()


def shown(problems: Iterable[Problem]) -> list[str]:
    """The lines that `validate` prints."""
    lines = []
    for problem in problems:
        lines += [
            str(problem) if problem.severity == "error" else f"{problem} [warning]",
            *problem.excerpt.splitlines(),
        ]
    return lines


def told(text: str, name: str = "llm_models.toml") -> list[Problem]:
    """The problems of a text, as a correction of the packaged snapshot."""
    return checks.check_text(text.encode(), name, PACKAGED)


def messages(text: str) -> list[str]:
    return [problem.message for problem in told(text)]


class TestCases:
    """Each case folder holds a file and what is to be said of it."""

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
    def test_the_api_says_it(self, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(case)
        assert shown(checks.check_file(str(file_of(case).relative_to(case)))) == expected(case)

    @pytest.mark.parametrize("layout", ["CRLF", "BOM", "CRLF and BOM"])
    def test_the_same_places_with_other_line_ends_and_a_mark(self, layout: str) -> None:
        for case in CASES:
            path = file_of(case)
            text = path.read_text(encoding="utf-8")
            if "CRLF" in layout:
                text = text.replace("\n", "\r\n")
            raw = ((BOM if "BOM" in layout else "") + text).encode()
            name = str(path.relative_to(case))
            if path.parent.name == "overrides":
                name = str(path)
            found = shown(checks.check_text(raw, name, PACKAGED))
            assert [line.replace(name, str(path.relative_to(case))) for line in found] == expected(case), case.name

    def test_one_run_says_all_of_all_files_on_stdout_and_counts_on_stderr(self) -> None:
        files = [file_of(case).relative_to(BAD) for case in CASES]
        lines = [
            line
            if line.startswith("  ")  # of an excerpt
            else f"{case.name}/{line}".replace(f"{case.name}/{file_of(case).relative_to(case)}", str(path), 1)
            for case, path in zip(CASES, files, strict=True)
            for line in expected(case)
        ]
        result = run("validate", *files, cwd=BAD)
        assert result.out.splitlines() == lines
        warnings = sum(line.endswith(" [warning]") for line in lines)
        problems = sum(not line.startswith("  ") for line in lines)
        assert result.err.startswith(f"{len(files)} files checked ({files[0]}, {files[1]}, ")
        assert result.err.endswith(f" and {len(files) - 10} more): {problems - warnings} errors, {warnings} warnings\n")
        assert result.code == 1
        assert [ascii(line) for line in lines if not line.isprintable()] == []

    def test_every_keyword_of_the_schema_is_spoken_of_in_people_s_words(self) -> None:
        """No case is answered in JSON Schema's words, and each keyword that the schema holds is in some case."""
        keywords = set()
        nodes = [schema.inlined("overrides")]
        while nodes:
            node = nodes.pop()
            keywords |= set(node)
            for key in ("properties", "additionalProperties", "items", "anyOf", "oneOf"):
                below = node.get(key, [])
                inner = below.values() if key == "properties" and isinstance(below, dict) else [below]
                for one in inner:
                    nodes += one if isinstance(one, list) else [one] if isinstance(one, dict) else []
        checked = keywords - {"$schema", "$id", "title", "description", "examples", "properties", "items"}
        met = set()
        for case in CASES:
            text = file_of(case).read_text(encoding="utf-8")
            if is_valid(text) and case.name != "long_key":
                errors = list(validation.validator("overrides").iter_errors(tomllib.loads(text)))
                met |= {error.validator for error in errors}
                met |= {inner.validator for error in errors for inner in error.context}
        assert checked - met - {"default"} == set()
        words = " ".join(line for case in CASES for line in expected(case))
        assert not re.search(r"is not of type|does not match|Additional properties|required property|instance", words)


ENTRY = "[[models]]\nprovider='openai'\nid='gpt-5.2'\n"
LAYOUTS = {
    "dotted keys": ENTRY + "capabilities . tools.§enabeld = true",
    "inline table": ENTRY + "capabilities = { chat = true, tools = { §'enabeld' = true } }",
    "dotted in inline": "models = [\n { provider='openai', id='gpt-5.2', capabilities.tools.§enabeld = true },\n]",
    "sub-table": ENTRY + "# [models.capabilities.tools]\n  [models.capabilities.tools]\n\t§enabeld=1",
    "array of tables": ENTRY
    + "[[models.cost.tiers]]\ncontext_over=1\n[[models.cost.tiers]]\ncontext_over=2\n§enabeld=1",
    "interleaved arrays": ENTRY
    + "[[providers]]\nid='p'\n[[models]]\nprovider='p'\nid='o'\n[[providers]]\nid='q'\n[models.limits]\n§enabeld=1",
    "out-of-order tables": ENTRY
    + "[models.capabilities.tools]\nenabled=true\n[exclude]\nopenai=['o1*']\n[models.capabilities.json]\n§enabeld=1",
    "header alone": ENTRY + "[models.cost.§enabeld]\n",
    "after a multi-line string": ENTRY + "name='''\n[models]\n\"\"\"\n'''\ncost.§enabeld=1",
    "quoted with an escape": ENTRY + 'cost.§"enab\\u0065ld" = 1',
    "after wide characters": ENTRY + "extra.'é😀' = 1\nlimits = { §enabeld = '😀' }",
}


class TestPlaces:
    """Line and column are those of the offending key or value, in every layout."""

    @pytest.mark.parametrize("mark", ["", BOM], ids=["", "BOM"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_of_a_key(self, layout: str, line_end: str, mark: str) -> None:
        before, after = LAYOUTS[layout].split("§")
        found = [p for p in told(mark + (before + after).replace("\n", line_end)) if p.severity == "error"]
        assert [(p.line, p.column) for p in found] == [(before.count("\n") + 1, len(before.split("\n")[-1]) + 1)]
        assert "unknown key 'enabeld'" in found[0].message

    @pytest.mark.parametrize("mark", ["", BOM], ids=["", "BOM"])
    @pytest.mark.parametrize("before", ["", "# é\n"], ids=["first line", "second line"])
    def test_of_text_without_quotes(self, before: str, mark: str) -> None:
        [problem] = told(f"{mark}{before}id = m\n")
        assert (problem.line, problem.column) == (1 + before.count("\n"), 6)
        assert problem.hint == 'Put text in quotes: "m".'

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_of_a_value(self, layout: str) -> None:
        """The same layouts with the value at fault: a text in the place of a number or flag."""
        text = LAYOUTS[layout]
        if layout == "header alone":
            text = text.replace("enabeld", "input").replace("§", "") + "x = §1"
        known = "output" if re.search(r"limits|cost|tiers", text) else "enabled"
        known = "schema" if "capabilities.json" in text else known
        text = re.sub(r"§?(['\"]?)enab(?:e|\\u0065)ld\1( *)= *(?:true|1|'😀')", rf"{known}\2= §'no'", text)
        before, after = text.split("§")
        found = [p for p in told(before + after) if p.severity == "error"]
        assert len(found) == 1
        line, column = before.count("\n") + 1, len(before.split("\n")[-1]) + 1
        if layout == "header alone":  # the table is the value, and its header the place
            assert (found[0].line, found[0].message[:17]) == (line - 1, "expected a number")
        else:
            assert (found[0].line, found[0].column) == (line, column)

    def test_of_every_top_level_key_of_random_documents(self) -> None:
        """All of them are unknown: each is told once, and what stands at the place told is that key."""
        known = set(schema.read_schema("overrides")["properties"])
        said = 0
        for seed in range(400):
            text = Writer(Random(seed)).document()
            if not is_valid(text):
                continue
            names = set(tomllib.loads(text.removeprefix(BOM))) - known
            lines = text.removeprefix(BOM).split("\n")
            at = []
            for problem in told(text):
                if problem.path == "" and "unknown key" in problem.message:
                    rest = lines[(problem.line or 0) - 1][(problem.column or 0) - 1 :]
                    token = re.match(r"""[\w-]+|"(?:\\.|[^"\\])*"|'[^']*'""", rest)
                    assert token is not None
                    at += tomllib.loads(f"{token[0]} = 1")
            assert sorted(at) == sorted(names)
            said += len(at)
        assert said > 500

    @pytest.mark.parametrize(
        ("raw", "place", "message"),
        [
            (b"a = 1\nb = \xff\n", (2, 5), "not UTF-8 (byte 0xff). Save it as UTF-8."),
            ("# é".encode() + b"\xe9", (1, 4), "Save it as UTF-8."),
            ("prefer = []".encode("utf-16"), (1, 1), "Save it as UTF-8."),
            (b"a = 1\r\nb = 2\r\nc = [1,\r\n", (4, 1), "not valid TOML"),
            (b"\xef\xbb\xbfa b = 1", (1, 3), "not valid TOML"),
            (b"\xef\xbb\xbf\xef\xbb\xbfa = 1", (1, 1), "not valid TOML"),
            (
                b"x = " + b"[" * 5000,
                (1, 1),
                "tables and arrays nested too deeply, in levels (found 5,000, expected at most 50)",
            ),
            (
                b"prefer" + b".a" * 20_000 + b" = 1",
                (1, 1),
                "too many parts in one key (found 20,001, expected at most 100)",
            ),
        ],
        ids=["a bad byte", "Latin-1", "UTF-16", "cut short", "BOM", "two BOMs", "deep", "long key"],
    )
    def test_of_what_is_no_toml(self, raw: bytes, place: tuple[int, int], message: str) -> None:
        (problem,) = checks.check_text(raw, "llm_models.toml", PACKAGED)
        assert calls(lambda: checks.check_text(raw, "llm_models.toml", PACKAGED)) < 10_000
        assert (problem.line, problem.column) == place
        assert message in str(problem)
        assert problem.severity == "error"


RELATED = """prefer = ["house", "openai"]

[exclude]
openai = ["o3-*"]
house = ["old-*"]

[deny]
house = ["*-preview"]

[[providers]]
id = "house"
base_url = "https://llm.example.com/v1"
env = ["HOUSE_KEY"]

[[models]]
provider = "house"
id = "house-7b"
limits.context = 8192
aliases = ["seven"]

[[models]]
provider = "House"
id = "house-preview"
limits = { context = 8192, output = 100 }
aliases = ["old-7b"]

[[models]]
provider = "house"
match = "house-*"
tags = ["own"]

[[models]]
provider = "house"
id = "old-7b"
limits.context = 10

[[models]]
provider = "google"
id = "gemini-2.5-pro"
cost.input = 99
omit = ["cost.tiers"]

[[models]]
provider = "google"
match = "gemini-2.5*"
cost.output = 77
cost.tiers = [{ context_over = 100, input = 1 }]
"""
"""Entries that rest on each other. Its only problems: entries for models that the file excludes or denies."""

ONLY_HERE = ("is not in this data",)
"""Parts of the errors that only `validate` reports. `load` logs them, because a refresh may have caused them."""
WRONG_VALUES = (
    *("5", "nan", '""', '" "', "[1]", '["x", "x"]', "{}", "{ x = 1 }", "2024-01-01", "99999999999999999999"),
    *('["limit.input"]', f"{'[' * 60}{']' * 60}"),
)


class TestFaultyEntries:
    """A faulty entry is set aside, and no message about another entry rests on its absence."""

    @pytest.mark.whole
    def test_one_wrong_value_is_only_told_where_it_is(self) -> None:
        lines = RELATED.splitlines()
        before = told(RELATED)
        assert {problem.severity for problem in before} == {"warning"}
        seen = 0
        for index, line in enumerate(lines):
            key, equals, _ = line.partition(" = ")
            for value in WRONG_VALUES if equals else ():
                text = "\n".join([*lines[:index], f"{key} = {value}", *lines[index + 1 :]])
                if not config.parse(text.encode(), "x").problems:
                    continue
                seen += 1
                start, end = index, index + 1
                while start and lines[start]:
                    start -= 1
                while end < len(lines) and lines[end]:
                    end += 1
                others = [problem for problem in told(text) if not start < (problem.line or 0) <= end]
                assert [problem for problem in others if problem not in before] == [], text
        assert seen > 200

    @pytest.mark.parametrize("section", ["models", "providers", "deny", "prefer", "other"])
    @pytest.mark.parametrize("value", ["{ x = %s }", "[%s]", "[{ id = %s }]", "[{ x = %s }]", "{ x = [%s] }", "%s"])
    def test_a_value_too_large_in_any_shape(self, section: str, value: str) -> None:
        found = messages(f"{section} = {value % 2**64}")
        assert any("63 bits" in message for message in found)

    @pytest.mark.parametrize(
        ("value", "found"),
        [
            ("5", "expected a table (found integer 5)"),
            ("true", "expected a table (found boolean true)"),
            ('"id"', 'expected a table (found string "id")'),
            ("[1]", "expected a table (found array [1])"),
            ("1979-01-01", "a date must be a string (found 1979-01-01)"),
        ],
    )
    @pytest.mark.parametrize("section", ["models", "providers"])
    def test_an_entry_that_is_not_a_table_has_one_problem(self, section: str, value: str, found: str) -> None:
        assert messages(f"{section} = [{value}]") == [found]

    def test_null_is_refused_wherever_it_is(self) -> None:
        for data in (
            {"models": None},
            {"models": [None]},
            {"deny": {"openai": None}},
            {"deny": None},
            {"prefer": None},
        ):
            with pytest.raises(ConfigError, match="null is not allowed"):
                layer_of_mapping(data)


STRICTER = {
    "aliases": "an alias that cannot stand is dropped by load: a refresh may have brought the id",
    "addresses": "it is logged: clients may know another way to read the address",
    "foreign_names": "it is logged, and stored in extra",
    "to_extra": "it is logged, and stored in extra",
    "specs_as_ids": "a ban that matches nothing has no effect, also where it was meant to have one",
}
"""The cases with errors of `validate` that `load` lets pass, and why."""


class TestVerdicts:
    """What `load` refuses is an error of `validate`, and the other way round except for `STRICTER` and `ONLY_HERE`."""

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
    def test_load_agrees(self, case: Path, tmp_path: Path) -> None:
        if case.name == "curated":
            pytest.skip("an application's load does not read it")
        path = tmp_path / "llm_models.toml"
        path.write_bytes(file_of(case).read_bytes())
        errors = [problem for problem in checks.check_file(str(path)) if problem.severity == "error"]
        errors = [problem for problem in errors if not any(part in problem.message for part in ONLY_HERE)]
        refused: tuple[Problem, ...] = ()
        try:
            merged(PACKAGED, path, path.read_bytes())
        except ConfigError as error:
            refused = error.problems
        assert bool(errors) == (bool(refused) or case.name in STRICTER)
        assert {str(problem) for problem in refused} <= {str(problem) for problem in errors}

    def test_an_alias_is_an_error_exactly_where_load_drops_it(self, tmp_path: Path) -> None:
        """Over random small files of one provider, which is not in the base."""
        base = catalogues.made_up({"acme": {"m": {}}})
        random = Random(4)
        seen = set()
        for _ in range(120):
            names = ["a", "b", "c", "d"]
            lines = ['[[providers]]\nid = "own"\n']
            for name in random.sample(names, 3):
                given = random.sample([*names, "x", "y"], random.randint(0, 2))
                lines.append(f'[[models]]\nprovider = "own"\nid = "{name}"\naliases = {json.dumps(given)}\n')
            if random.random() < 0.5:
                lines.append(f'[[models]]\nprovider = "own"\nmatch = "[ab]"\naliases = ["{random.choice("xyz")}"]\n')
            if random.random() < 0.5:
                lines.append(f'[exclude]\nown = ["{random.choice(names)}"]\n')
            text = "\n".join(lines)
            path = tmp_path / "llm_models.toml"
            path.write_text(text, encoding="utf-8")
            problems = checks.check_text(text.encode(), str(path), base)
            errors = {problem.message.split("'")[1] for problem in problems if problem.severity == "error"}
            _, run_ = merged(base, path, text.encode())
            assert errors == {fallen.name for fallen in run_.fallen}, text
            seen.add(bool(errors))
        assert seen == {True, False}

    def test_a_value_that_is_told_to_be_so_already_changes_nothing(self, tmp_path: Path) -> None:
        """Taking out a line that is warned of leaves the catalogue as it was."""
        head = '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\n'
        for line in ("cost.input = 1.75", 'modalities.output = ["text"]', "capabilities.tools.enabled = true"):
            with_it, without = (self.catalogue(tmp_path, text) for text in (f"{head}{line}\n", head))
            assert "already has this value" in messages(f"{head}{line}\n")[0]
            assert with_it == without

    @staticmethod
    def catalogue(folder: Path, text: str) -> object:
        path = folder / "llm_models.toml"
        path.write_text(text, encoding="utf-8")
        file, _ = merged(PACKAGED, path, text.encode())
        return file.block("openai").model(file.block("openai").rows["gpt-5.2"])

    def test_the_base_is_that_of_the_activation_beside_the_file(self, tmp_path: Path) -> None:
        """What the file itself has put into an activated snapshot is not told to be so already."""
        text = '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\nlimits.output = 100000\n'
        (tmp_path / "llm_models.toml").write_text(text, encoding="utf-8")
        assert run("activate", cwd=tmp_path).code == 0
        result = run("validate", cwd=tmp_path)
        assert (result.code, result.out, result.err) == (0, "", "1 file checked (llm_models.toml): no problems\n")

    def test_a_damaged_snapshot_beside_one_file_leaves_the_others_their_say(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "llm_models.toml").write_text("perfer = []\n", encoding="utf-8")
        (tmp_path / "a" / ".llm_models").mkdir()
        (tmp_path / "a" / ".llm_models" / "snapshot.json").write_text("{}", encoding="utf-8")
        lines = run("validate", "a/llm_models.toml", "b/llm_models.toml", cwd=tmp_path).out.splitlines()
        assert [re.sub(r":.*", "", line) for line in lines] == ["a/llm_models.toml"] * 2 + ["b/llm_models.toml"]
        assert "snapshot.json" in lines[0]
        assert lines[0].endswith("Run 'llm-models activate' to build it again, or 'llm-models rollback'.")


GOOD, WARNED, WRONG = '# nothing\nprefer = ["openai"]\n', 'prefer = ["github_models"]\n', "perfer = []\n"


class TestTakesOver:
    """A new provider changes what a text means whose beginning or end is the provider's id."""

    @staticmethod
    def provider(provider: str) -> str:
        return f'[[providers]]\nid = "{provider}"\nbase_url = "https://mine.example/v1"\n'

    @pytest.mark.parametrize(
        ("provider", "text", "spec"),
        [
            ("20251001", "claude-haiku-4-5@20251001", "google_vertex:claude-haiku-4-5@20251001"),
            ("gpt-oss", "gpt-oss:120b", "ollama_cloud:gpt-oss:120b"),
            ("GPT.OSS", "gpt-oss:120b", "ollama_cloud:gpt-oss:120b"),
        ],
    )
    def test_is_a_warning(self, provider: str, text: str, spec: str) -> None:
        [problem] = told(self.provider(provider))
        folded = provider.lower().replace("-", "_").replace(".", "_")
        assert problem.message == f"provider '{folded}' takes over texts such as '{text}', which name {spec}"
        assert (problem.severity, problem.line) == ("warning", 2)

    def test_each_provider_is_reported_once(self) -> None:
        three = self.provider("20251001") + self.provider("house") + self.provider("gpt_oss")
        lines = [problem.line for problem in told(three) if "takes over" in problem.message]
        assert lines == [2, 8]

    @pytest.mark.whole
    def test_it_is_how_a_model_spec_is_read(self) -> None:
        """For each text that is an id or alias of the base: it is read differently exactly where there is a warning."""
        names = {name for block in map(PACKAGED.block, PACKAGED.blocks) for name in (*block.ids, *block.aliases)}
        ends = {end for name in names for end in (name.partition(":")[0], name.rpartition("@")[2])}
        known = {*PACKAGED.blocks}
        new = sorted({fold_provider(end) for end in ends if re.fullmatch(r"[A-Za-z0-9][\w.-]*", end)} - known)
        before = {name: split_spec(name, finder(known)) for name in names if ":" in name or "@" in name}
        taken = set()
        for index, provider in enumerate(new):
            find = finder({*known, provider})
            changed = {f"'{name}'" for name, key in before.items() if split_spec(name, find) != key}
            if not changed and index % 25:  # a few of the others are enough
                continue
            warned = re.findall("takes over texts such as ('.*'), which", "".join(messages(self.provider(provider))))
            assert len(warned) == bool(changed)
            assert {*warned} <= changed
            taken |= changed
        assert len(taken) >= 3

    def test_aliases_count(self) -> None:
        toml = b'[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\naliases = ["small:one", "it@Small.Two"]\n'
        base, _ = merged(PACKAGED, "x.toml", toml)
        texts = [self.provider(provider) for provider in ("small", "small-two", "one", "it")]
        found = [[each.message for each in checks.check_text(text.encode(), "x.toml", base)] for text in texts]
        assert [bool(each) for each in found] == [True, True, False, False]
        assert "'it@Small.Two', which name openai:gpt-4o-mini" in found[1][0]

    def test_providers_of_the_catalogue_give_no_warning(self) -> None:
        known = "".join(f'[[providers]]\nid = "{provider}"\ntags = ["x"]\n' for provider in PACKAGED.blocks)
        assert not [each for each in messages(known) if "takes over" in each]

    @pytest.mark.parametrize("provider", ["my-gateway", "house", "a", "ids", "gpt", "oss", "claude-haiku-4-5"])
    def test_nor_do_others(self, provider: str) -> None:
        assert messages(self.provider(provider)) == []

    def test_it_reads_no_block_for_a_file_without_a_provider_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        PACKAGED.block("groq")  # what the entry is merged onto; whichever test comes first reads it
        raw, decoded = mock.Mock(side_effect=PACKAGED.raw_block), mock.Mock(side_effect=PACKAGED.block)
        monkeypatch.setattr(SnapshotFile, "raw_block", lambda _, provider: raw(provider))
        monkeypatch.setattr(SnapshotFile, "block", lambda _, provider: decoded(provider))
        base = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
        text = b'prefer = ["openai"]\n[[providers]]\nid = "groq"\nname = "G"\n'
        checks.check_text(text, "x.toml", base)
        assert raw.call_count == 0
        checks.check_text(text + self.provider("house").encode(), "x.toml", base)
        assert raw.call_count == len(PACKAGED.blocks)
        assert {call.args for call in decoded.call_args_list} == {("groq",)}


class TestCommand:
    """Exit codes and formats."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name, text in (("good", GOOD), ("warned", WARNED), ("wrong", WRONG)):
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    @pytest.mark.parametrize(
        ("args", "code"),
        [
            (["good.toml"], 0),
            (["warned.toml"], 0),
            (["wrong.toml"], 1),
            (["good.toml", "wrong.toml", "good.toml"], 1),
            (["--strict", "good.toml"], 0),
            (["--strict", "warned.toml"], 1),
            (["missing.toml"], 1),
            (["."], 2),
            (["--format", "xml", "good.toml"], 2),
        ],
    )
    @pytest.mark.parametrize("style", ["text", "json", "github"])
    def test_exit_codes(self, folder: Path, args: list[str], code: int, style: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            assert here("validate", "--format", style, *args).code == code

    def test_json_is_the_problems_as_data(self, folder: Path) -> None:
        result = run("validate", "--format", "json", "good.toml", "wrong.toml", "warned.toml", cwd=folder)
        first, second = json.loads(result.out)
        assert first == {
            "severity": "error",
            "file": "wrong.toml",
            "line": 1,
            "column": 1,
            "path": "",
            "message": "unknown key 'perfer'",
            "hint": "Did you mean 'prefer'?",
        }
        assert (second["severity"], second["line"], second["column"]) == ("warning", 1, 11)
        assert json.loads(run("validate", "--format", "json", "good.toml", cwd=folder).out) == []

    def test_github_annotations(self, folder: Path) -> None:
        result = run("validate", "--format", "github", "wrong.toml", "warned.toml", cwd=folder)
        assert result.out.splitlines() == [
            "::error file=wrong.toml,line=1,col=1::unknown key 'perfer'. Did you mean 'prefer'?",
            "::warning file=warned.toml,line=1,col=11::prefer[0]: github_models is no longer listed (last listed on "
            "2026-07-02, gone by 2026-08-18), so this has no effect",
        ]

    @pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
    def test_no_name_and_no_text_can_say_a_command_of_its_own(self, tmp_path: Path) -> None:
        hostile = tmp_path / "50%,a::b\n::error::c:d"
        hostile.mkdir()
        (hostile / "llm_models.toml").write_bytes((BAD / "hostile_text" / "llm_models.toml").read_bytes())
        result = run("validate", "--format", "github", f"{hostile.name}/llm_models.toml", cwd=tmp_path)
        lines = result.out.splitlines()
        assert len(lines) == 2
        name = "50%25%2Ca%3A%3Ab%0A%3A%3Aerror%3A%3Ac%3Ad/llm_models.toml"
        assert all(line.startswith(f"::error file={name},line=") for line in lines)
        assert "100%25" in lines[1]
        text = run("validate", f"{hostile.name}/llm_models.toml", cwd=tmp_path).out
        assert len(text.splitlines()) == 2
        assert not re.search(r"[^\x20-\x7e\n]", result.out + text)

    def test_an_annotation_escapes_what_github_would_read(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_annotations([Problem("100% a\nb\r::c\x1b", file="a:b,c", line=1, hint="x%")])
        assert capsys.readouterr().out == "::error file=a%3Ab%2Cc,line=1::100%25 a%0Ab%0D::c\\x1b. x%25\n"

    def test_without_files_the_one_that_load_takes_is_checked(self, tmp_path: Path) -> None:
        (tmp_path / ".git").mkdir()
        inner = tmp_path / "a" / "b"
        inner.mkdir(parents=True)
        assert run("validate", cwd=inner).code == 2
        (tmp_path / "llm_models.toml").write_text(WRONG, encoding="utf-8")
        assert run("validate", cwd=inner).out.startswith(f"{Path('..', '..', 'llm_models.toml')}:1:1: ")
        other = tmp_path / "other.toml"
        other.write_text(WRONG, encoding="utf-8")
        assert "other.toml:1:1: " in run("validate", cwd=inner, LLM_MODELS_CONFIG=str(other)).out

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs there")
    def test_what_is_no_file_is_refused_at_once(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "fifo")
        (tmp_path / "huge.toml").write_bytes(b"#" * (paths.MAX_CONFIG_BYTES + 1))
        (tmp_path / "latin.toml").write_bytes('name = "é"'.encode("latin-1"))
        result = run("validate", "fifo", "/dev/zero", "huge.toml", "latin.toml", "missing.toml", cwd=tmp_path)
        assert result.code == 1
        assert [line.split(":")[0] for line in result.out.splitlines()] == [
            "fifo",
            "/dev/zero",
            "huge.toml",
            "latin.toml",
            "missing.toml",
        ]


HOSTILE = ("json", "tomllib", "httpx", "jsonschema", "glom", "click", "llm_models", "sitecustomize", "my_app")


class TestNothingElseHappens:
    """It runs no code that the file or its folder holds, opens no socket and writes nothing."""

    @pytest.fixture
    def trap(self, tmp_path: Path) -> Path:
        """A folder whose modules leave a mark when they are run, with a file that names one."""
        for name in HOSTILE:
            mark = tmp_path / "ran"
            (tmp_path / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write({name!r})\n", encoding="utf-8")
        (tmp_path / "llm_models.toml").write_text('overrides_module = "my_app"\nperfer = []\n', encoding="utf-8")
        return tmp_path

    @pytest.mark.skipif(SCRIPT is None, reason="the command is not installed")
    @pytest.mark.parametrize("args", [["validate"], ["validate", "llm_models.toml"], ["--help"], ["init", "sub"]])
    def test_no_module_beside_the_file_is_run_by_the_command(self, trap: Path, args: list[str]) -> None:
        before = sorted(trap.iterdir())
        result = run(*args, cwd=trap)
        assert result.code == (1 if args[0] == "validate" else 0)
        assert "Traceback" not in result.err
        assert sorted(path for path in trap.iterdir() if path.name != "sub") == before

    def test_nor_by_a_python_that_leaves_the_folder_out_of_its_path(self, trap: Path) -> None:
        result = process("validate", cwd=trap)
        assert result.out == "llm_models.toml:2:1: unknown key 'perfer'. Did you mean 'prefer'?\n"
        assert not (trap / "ran").exists()

    def test_the_trap_works(self, trap: Path) -> None:
        """A Python that takes modules from the folder does run them, so that the tests above can fail."""
        program([sys.executable, "-c", "import json, my_app"], trap)
        assert (trap / "ran").exists()

    def test_no_socket_no_process_no_write_and_no_httpx(self, trap: Path) -> None:
        code = """
import sys
sys.dont_write_bytecode = True
def watch(event, args):
    if event == "socket.gethostname":  # glom's boltons looks it up as it is imported; nothing goes out
        return
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix", "os.remove", "os.rename")):
        print("WATCHED", event, args, file=sys.stderr)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        print("WATCHED", event, args, file=sys.stderr)
sys.addaudithook(watch)
from llm_models.cli import main
try:
    main()
except SystemExit as stop:
    assert stop.code == 1, stop
unwanted = {"httpx", "httpcore", "ssl", "tomlkit", "my_app"}
print("MODULES", *sorted(unwanted & set(sys.modules)), file=sys.stderr)
"""
        result = python(code, "validate", cwd=trap)
        assert result.err.splitlines() == ["1 file checked (llm_models.toml): 1 error, 0 warnings", "MODULES"]

    def test_its_work_grows_with_the_file_alone(self, tmp_path: Path) -> None:
        """Twice the overrides take twice the work, and twenty take little: it runs at every commit."""
        path = tmp_path / "llm_models.toml"

        def work(count: int) -> int:
            ids = PACKAGED.block("openai").ids[:count]
            entries = [f'[[models]]\nprovider = "openai"\nid = "{one}"\ncost.input = 0.1234\n' for one in ids]
            path.write_text("\n".join(entries), encoding="utf-8")
            return calls(lambda: fine("validate", path))

        work(40)  # what a first run imports and decodes
        assert work(40) < 2.5 * work(20)
        assert work(20) < 70_000  # each is about an own price beside list prices, which is a warning
