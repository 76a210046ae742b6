"""Dotted text: the one spelling of a path for people, which is that of TOML, in every output and input."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import catalogues
from support.command import Result, facts, fine, here, refused

import llm_models
from llm_models import edit
from llm_models.errors import ConfigError, UnknownModelError, dotted, printable, split_dotted
from llm_models.integrations.facts import facts as facts_of

SPEC = "acme:m0"
AWKWARD = ["", ".", "a.b", 'a"b', "a'b", "\\", "\\x41", "a b", " ", "=", "+", "a=b", "[0]", "#", "é", "日本", "\u200b"]
AWKWARD += ["\n", "\x00", "\x7f", "\x85", "\xa0", "\U000e0001", "😀", "-", "--", "_", "1", "true", "a\tb", '"a"', "'"]
WRONG = ['extra."a', 'extra."a"b', 'extra."a""b"', "extra.'a", 'extra."\\q"', "extra.", ".extra", "extra..a", ""]
KEYS = st.lists(st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(codec="utf-8"), max_size=4)), min_size=1)
PATHS = st.one_of(KEYS, st.sampled_from(AWKWARD).map(lambda key: [key])).map(tuple)


class TestText:
    """TOML reads the text as the path, so it names one path only."""

    @settings(max_examples=300, deadline=None)
    @given(PATHS)
    @example(tuple(AWKWARD))
    def test_it_is_a_key_of_toml(self, path: tuple[str, ...]) -> None:
        text = dotted(path)
        value: Any = tomllib.loads(f"{text} = 5")
        for key in path:
            assert list(value) == [key]
            value = value[key]
        assert value == 5
        assert split_dotted(text) == path
        assert printable(text) == text, "nothing that a terminal could obey"

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            (("cost", "input"), "cost.input"),
            (("extra", "a.b"), 'extra."a.b"'),
            (("extra", "a", "b"), "extra.a.b"),
            (("extra", "A_1-b"), "extra.A_1-b"),
            (("extra", "é"), 'extra."é"'),
            (("extra", ""), 'extra.""'),
            (("extra", 'a"\\'), 'extra."a\\"\\\\"'),
            (("extra", "\x1b\n\u200b"), 'extra."\\u001b\\n\\u200b"'),
            (("models", 2, "cost", "tiers", 0), "models[2].cost.tiers[0]"),
            ((0, "a"), "[0].a"),
            ((), ""),
        ],
    )
    def test_quotes_stand_only_around_what_is_no_bare_key(self, path: tuple[str | int, ...], text: str) -> None:
        assert dotted(path) == text

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("extra.'a.b'.c", ("extra", "a.b", "c")),
            ('"cost"."input"', ("cost", "input")),
            ("extra.größe", ("extra", "größe")),
            ("extra.a b", ("extra", "a b")),
            ('extra."\\u00e9"', ("extra", "é")),
        ],
    )
    def test_other_spellings_are_read_too(self, text: str, path: tuple[str, ...]) -> None:
        assert split_dotted(text) == path

    @pytest.mark.parametrize("text", [*WRONG, 'extra."a\n"', "extra.'''a'''"])
    def test_what_is_no_path_is_the_name_of_nothing(self, text: str) -> None:
        assert split_dotted(text) == (text,)


@pytest.fixture
def acme(without_history: None) -> None:
    """An application with an activated source of one model."""
    Path("api.json").write_bytes(catalogues.numbered(1))
    fine("activate", "--from", "api.json", "--force")
    Path("llm_models.toml").write_text("")
    fine("activate", "--from", "api.json", "--out", "old.json")


def at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


@pytest.mark.usefixtures("acme")
class TestCommands:
    """What a command writes of a field, the commands that take a field accept as that field."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(PATHS)
    @example(("a.b",))
    @example(("a", "b"))
    @example(tuple(AWKWARD))
    def test_each_reads_what_each_writes(self, keys: tuple[str, ...]) -> None:
        config, path = Path("llm_models.toml"), ("extra", *keys)
        config.unlink(missing_ok=True)
        field = dotted(path)
        fine("set", SPEC, f"{field}=5")
        assert at(tomllib.loads(config.read_text())["models"][0], path) == 5
        [shown] = [line for line in fine("show", SPEC, "--all").out.splitlines() if line.startswith(f"{field}  ")]
        assert shown.endswith("  5")
        explained = [each for each in facts("explain", SPEC)["fields"] if each["value"] == 5]
        assert [each["field"] for each in explained] == [field]
        assert facts("explain", SPEC, field)["fields"] == explained
        assert fine("explain", SPEC, field).out.splitlines()[1].startswith(f"{field}  5")
        change = {"spec": SPEC, "field": field, "kind": "other", "old": None, "new": 5}
        assert facts("diff", "old.json", "active")["changes"] == {"other": [change]}
        assert f"  {field}  " in fine("diff", "old.json", "active").out
        fine("unset", SPEC, field)
        assert "models" not in tomllib.loads(config.read_text())

    def test_a_key_with_a_dot_is_not_two_keys(self) -> None:
        fine("set", SPEC, 'extra."a.b"=1', "extra.a.b=2", "extra.a.c+=3")
        entry = tomllib.loads(Path("llm_models.toml").read_text())["models"][0]
        assert entry["extra"] == {"a.b": 1, "a": {"b": 2, "c": [3]}}
        snapshot = llm_models.load(publish=False)
        for field, values in {"extra.a": [2, [3]], "extra.a.b": [2], 'extra."a.b"': [1]}.items():
            assert [each.value for each in snapshot.explain(SPEC, field).fields] == values
        fine("unset", SPEC, 'extra."a.b"')
        entry = tomllib.loads(Path("llm_models.toml").read_text())["models"][0]
        assert entry["extra"] == {"a": {"b": 2, "c": [3]}}

    def test_a_sign_inside_quotes_ends_no_field(self) -> None:
        fine("set", SPEC, 'extra."x=1"=2', "extra.'y+=1'+=3", 'extra.z="q"=4')
        entry = tomllib.loads(Path("llm_models.toml").read_text())["models"][0]
        assert entry["extra"] == {"x=1": 2, "y+=1": [3], "z": '"q"=4'}

    def test_an_unstated_field_is_told_in_the_one_spelling(self) -> None:
        assert facts("explain", SPEC, "extra.'a.b'")["fields"] == [{"field": 'extra."a.b"', "how": "default"}]

    @pytest.mark.parametrize("field", WRONG)
    def test_what_is_no_path_is_refused(self, field: str) -> None:
        Path("llm_models.toml").write_text('[[models]]\nprovider = "acme"\nid = "m0"\nextra.a = 1\n')
        for command in (("explain", SPEC, field), ("unset", SPEC, field), ("set", SPEC, f"{field}=1")):
            assert_one_line(here(*command), 2)
        with pytest.raises(UnknownModelError):
            llm_models.load(publish=False).explain(SPEC, field)
        Path("llm_models.toml").write_text('[[models]]\nprovider = "acme"\nid = "m0"\n')
        assert here("set", SPEC, f"omit+={field}").code == 1
        assert "omit" not in Path("llm_models.toml").read_text()


def assert_one_line(result: Result, code: int) -> None:
    assert len(refused(result, code).splitlines()) == 1


class TestOmit:
    @pytest.mark.parametrize(
        ("field", "left"),
        [('extra."a.b"', {"a": {"b": 2}}), ("extra.a.b", {"a.b": 1}), ("extra.'a.b'", {"a": {"b": 2}})],
    )
    def test_names_a_key_as_toml_does(self, field: str, left: dict[str, Any]) -> None:
        source = catalogues.provider("acme", catalogues.model("m0", **{"a.b": 1, "a": {"b": 2}}))
        Path("api.json").write_bytes(catalogues.catalogue(source))
        Path("llm_models.toml").write_text(
            f"""[[models]]\nprovider = "acme"\nid = "m0"\nomit = [\'\'\'{field}\'\'\']\n"""
        )
        fine("activate", "--from", "api.json", "--force")
        snapshot = llm_models.load(publish=False)
        assert snapshot.resolve(SPEC).to_dict()["extra"] == left
        omitted = [each.field for each in snapshot.explain(SPEC).fields if each.how == "omitted"]
        assert omitted == [field.replace("'", '"')]

    def test_a_field_in_quotes_is_that_field(self) -> None:
        omit = """omit = ['"limits".input', 'extra."a', 'limits.']\n"""
        Path("llm_models.toml").write_text(f'[[models]]\nprovider = "openai"\nid = "gpt-4o-mini"\n{omit}')
        result = here("validate")
        assert [line.split(": ", 1)[1].split(". ")[0] for line in result.out.splitlines()] == [
            "models.openai:gpt-4o-mini.omit[1]: unknown field 'extra.\"a'",
            "models.openai:gpt-4o-mini.omit[2]: unknown field 'limits.'",
        ]


class TestMessages:
    """A message about a value names it in the same spelling."""

    FIELD = 'models.openai:gpt-4o.extra."a.b"."é".""[0]'

    def test_of_a_file(self) -> None:
        text = '[[models]]\nprovider = "openai"\nid = "gpt-4o"\nextra."a.b".é."" = [nan]\n'.replace("é", '"é"')
        Path("llm_models.toml").write_text(text)
        assert facts_of_problem(here("validate", "--format", "json")) == self.FIELD

    def test_of_a_mapping(self) -> None:
        with pytest.raises(ConfigError) as caught:
            llm_models.load(None, overrides=stated({"é": {"": [None]}}), publish=False)
        assert [problem.path for problem in caught.value.problems] == [self.FIELD]

    @pytest.mark.parametrize(
        ("value", "why"),
        [
            (b"", 'models[0].extra."a.b": found a bytes, which is not plain data'),
            ({1: 2}, 'models[0].extra."a.b": found the key 1, expected text'),
            ("\ud800", 'models[0].extra."a.b": text with half a surrogate pair, which no file can store'),
        ],
    )
    def test_of_what_is_not_plain_data(self, value: object, why: str) -> None:
        with pytest.raises(ConfigError) as caught:
            llm_models.load(None, overrides=stated(value), publish=False)
        assert str(caught.value) == f"load(overrides=...): {why}"

    def test_of_the_whole_there_is_no_field_to_name(self) -> None:
        with pytest.raises(ConfigError, match="expected text") as caught:
            llm_models.load(None, overrides={1: 2}, publish=False)  # type: ignore[dict-item]
        assert str(caught.value) == "load(overrides=...): found the key 1, expected text"

    def test_of_a_filter(self) -> None:
        with pytest.raises(ConfigError) as caught:
            llm_models.load(None, deny={"no.such": ["x"]}, publish=False)
        assert [problem.path for problem in caught.value.problems] == ['deny."no.such"']

    def test_of_an_edit(self) -> None:
        with pytest.raises(edit.EditError) as caught:
            edit.unset("a = [{}]\n", ("a", 0, "b.c"))
        assert str(caught.value) == 'a[0]."b.c": it is not stated in this file'


def stated(value: object) -> dict[str, Any]:
    return {"models": [{"provider": "openai", "id": "gpt-4o", "extra": {"a.b": value}}]}


def facts_of_problem(result: Result) -> str:
    [problem] = json.loads(result.out)
    path: str = problem["path"]
    return path


def test_facts_of_a_model_of_another_catalogue_is_an_error_of_ours(packaged: llm_models.Snapshot) -> None:
    small = llm_models.Snapshot(catalogues.of_source(catalogues.numbered(1))[0])
    with pytest.raises(UnknownModelError, match=r"openai:gpt-4o is not in this catalogue \(listed on 2026-09-30\)"):
        facts_of(small, packaged.get_model("openai", "gpt-4o"))
    other = llm_models.Snapshot(catalogues.of_source(catalogues.numbered(2))[0])
    with pytest.raises(UnknownModelError, match="acme has no model 'm1'"):
        facts_of(small, other.get_model("acme", "m1"))
    assert facts_of(small, other.get_model("acme", "m0"))["id"] == "m0"
