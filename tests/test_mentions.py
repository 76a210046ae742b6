"""Mentions: which texts of a file are found, where, and what stands around them (the cases LN of lint)."""

from __future__ import annotations

import json
import re
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_models.mention_rules import LIMIT
from llm_models.mentions import Mention, Unreadable, kind, read

SHORT = {"o1", "o3"}


def may(text: str) -> bool:
    return text in SHORT or re.fullmatch(r"[\w:/@.]*(gpt|gemini)-[\w.:/@-]+", text) is not None


def found(text: str, name: str = "app.py", *, quoted: bool = False) -> list[Mention]:
    return read(name, text.encode(), may, quoted=quoted)


def texts(text: str, name: str = "app.py", *, quoted: bool = False) -> list[str]:
    return [one.text for one in found(text, name, quoted=quoted)]


def in_position(text: str, name: str = "app.py", *, quoted: bool = False) -> list[str]:
    return [one.text for one in found(text, name, quoted=quoted) if one.position]


class TestPythonUses:
    @pytest.mark.parametrize(
        "text",
        [
            'ChatOpenAI(model="gpt-4o")',
            'x: Literal["gpt-4o"]',
            'def f(model="gpt-4o"): ...',
            'os.environ.get("MODEL", "gpt-4o")',
            'x = f"gpt-4o"',
            'x = ("gpt-"\n  "4o")',
            'x = a or "gpt-4o"',
            'x = {"gpt-4o": 0.15}',
            'f(*["gpt-4o"])',
            'x = y == f("gpt-4o")',
            'x = r"gpt-4o"',
            'x = """gpt-4o"""',
            "f\"{ask(model='gpt-4o')}\"",
            'lambda model="gpt-4o": model',
            'if f("gpt-4o"): pass',
            'search(model="gpt-4o")',
            'x = [one for one in ["gpt-4o"] if one in available]',
            'for one in ["gpt-4o"]:\n    if one in available: y = one',
            'any(ask(one) for one in ["gpt-4o"])',
            'any(x.startswith(y) for one in ["gpt-4o"])',
        ],
    )
    def test_a_value_is_a_use(self, text: str) -> None:
        assert texts(text) == ["gpt-4o"]

    @pytest.mark.parametrize(
        "text",
        [
            'x.startswith("gpt-4o")',
            'x.startswith(("gpt-4o", "gpt-4"))',
            'x == "gpt-4o"',
            '"gpt-4o" != x',
            'x in ("gpt-4o", "gpt-4")',
            'x not in frozenset({"gpt-4o"})',
            'match x:\n    case "gpt-4o" | "gpt-4": pass',
            're.compile("gpt-4o")',
            'self.assertEqual(x, "gpt-4o")',
            'def f():\n    "gpt-4o"',
            'class A:\n    """gpt-4o"""',
            "x = 1  # 'gpt-4o'",
            'x = f"gpt-4o{y}"',
            'x = f"openai/{y}"',
            'x = "gpt-4o" + y',
            'x = "the model gpt-4o"',
            'x = b"gpt-4o"',
            'x = "gpt-4o".removeprefix(y)',
            'any(x.startswith(one) for one in ("gpt-4o", "gpt-4"))',
            'any(one in x.lower() for one in ["gpt-4o", "gpt-4"])',
            'for one in ("gpt-4o", "gpt-4"):\n    if x.startswith(one): y = 1',
            'x.assert_called_once_with(1, model="gpt-4o")',
            'self.assertEqual(x, {"model": ["gpt-4o"]})',
            'assert x == dict(model="gpt-4o")',
        ],
    )
    def test_a_comparison_a_docstring_a_comment_and_a_part_are_none(self, text: str) -> None:
        assert texts(text) == []


class TestPythonPosition:
    @pytest.mark.parametrize(
        "text",
        [
            'f(model="o1")',
            'f(model_name="o1")',
            'OPENAI_MODEL = "o1"',
            'self.model = "o1"',
            'config["model"] = "o1"',
            'x = {"modelName": "o1"}',
            'model: Literal["o1"]',
            'fallback_models = ["o1"]',
            'def f(model: str = "o1"): ...',
            'def f(*, model="o1"): ...',
            'Agent("o1")',
            'OpenAIChatModel("o1")',
            'init_chat_model("o1")',
            'model = os.getenv("X", "o1")',
            'os.getenv("OPENAI_MODEL", "o1")',
            'parser.add_argument("--model", default="o1")',
            'model: str = Field(default="o1")',
            'x = {"models": [{"name": "o1"}]}',
            'for model in ["o1"]: ...',
            'class Model(StrEnum):\n    O = "o1"',
            'f(model=a if b else "o1")',
        ],
    )
    def test_a_name_or_a_model_class_makes_it(self, text: str) -> None:
        assert in_position(text) == ["o1"]

    @pytest.mark.parametrize(
        "text",
        [
            'x = {"openai": ["o1"]}',
            'models = {"openai": ["o1"]}',
            'model = f("o1")',
            'f(1, "o1", model=2)',
            'ModelError("o1")',
            'remodel = "o1"',
            'models = "o1"',
            'x = {"o1": 1}',
            'model = x["o1"]',
            'getenv("MODE", "o1")',
        ],
    )
    def test_other_names_do_not(self, text: str) -> None:
        assert texts(text) == ["o1"]
        assert in_position(text) == []


ROUTER = """
model_list:
  - model_name: gpt-4
    litellm_params: {model: azure/mine}
  - {model_name: gpt-5, litellm_params: {model: gpt-5}}
router_settings: {model_group_alias: {gpt-6: gpt-4}, fallbacks: [{gpt-4: [gpt-5]}], x: gpt-7}
"""


class TestAliases:
    def test_a_name_of_ones_own_in_a_proxy_is_silent_and_what_it_stands_for_counts(self) -> None:
        assert texts(ROUTER, "a.yaml") == ["gpt-5", "gpt-7"]
        assert [one.line for one in found(ROUTER, "a.yaml")] == [5, 6]

    def test_the_list_of_a_router(self) -> None:
        assert texts('x = [{"model_name": "gpt-4", "litellm_params": {"model": "gpt-5"}}]') == ["gpt-5"]
        assert texts('x = {"model_name": "gpt-4", "temperature": 0}') == ["gpt-4"]


@pytest.mark.parametrize(
    ("text", "name", "first"),
    [
        ('f(model="gpt-4o", provider="azure")', "a.py", ["azure", "f", "model"]),
        ('f("gpt-4o", provider=Provider.AZURE)', "a.py", ["AZURE", "f"]),
        ('M("gpt-4o", provider=AzureProvider(1))', "a.py", ["AzureProvider", "M"]),
        ('openai.chat.create(model="gpt-4o")', "a.py", ["create", "openai", "chat", "model"]),
        ('X = {"openai": {"big": ["gpt-4o"]}}', "a.py", ["big", "openai", "X"]),
        ('{"provider": "azure", "config": {"model": "gpt-4o"}}', "a.json", ["azure", "model", "config"]),
        ("provider: azure\nmodel: gpt-4o\n", "a.yaml", ["azure", "model"]),
        ('[a]\nmodel = "gpt-4o"\nprovider = "azure"\n', "a.toml", ["azure", "model", "a"]),
        ("B_PROVIDER=x\nA_PROVIDER=azure\nA_MODEL=gpt-4o\n", ".env", ["azure", "A_MODEL"]),
        ("B_PROVIDER=x\nLLM_PROVIDER=azure\nMODELS=gpt-4o\n", ".env", ["azure", "MODELS"]),
        ("OPENAI_API_TYPE=azure\nMODEL=gpt-4o\n", ".env", ["azure", "MODEL"]),
        ('A_SPEECH_PROVIDER = "x"\nVIDEO_MODEL = "gpt-4o"', "a.py", ["VIDEO_MODEL"]),
        ('f(embed_provider="x", chat_provider="azure", chat_models=["gpt-4o"])', "a.py", ["azure", "f", "chat_models"]),
        ('azure("gpt-4o")', "a.ts", ["azure"]),
    ],
)
def test_what_stands_beside_the_most_direct_first(text: str, name: str, first: list[str]) -> None:
    one = next(one for one in found(text, name, quoted=True) if one.text == "gpt-4o")
    assert list(one.beside) == first


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ('é = "ß😀"; x = f("gpt-4o")', "a.py"),
            ("if x:\r\n\ty = 1\r\n\tz = rb'x', r'''gpt-4o'''", "a.py"),
            ('\ufeffx = ("gpt-4o")', "a.py"),
            ('{"é😀": [1, "gpt-4o"]}', "a.json"),
            ('# é\r\n"ä 😀" = [1,\r\n\t"gpt-4o"]', "a.toml"),
            ("# é\r\nä 😀:\r\n  - &a gpt-4o\r\n", "a.yaml"),
            ("a: {b: 'é', c: !x 'gpt-4o'}", "a.yaml"),
            ("a: >-\n  gpt-4o\n", "a.yaml"),
            ("A='é'\r\nexport B = 'gpt-4o' # c", ".env"),
            ("const é = '😀', x = 'gpt-4o'", "a.js"),
        ],
    )
    def test_line_and_column_are_those_of_the_text(self, text: str, name: str) -> None:
        (one,) = found(text, name, quoted=True)
        line = re.split(r"\r\n|\n", text.removeprefix("\ufeff"))[one.line - 1]
        assert line[one.column - 1 :].startswith("gpt-4o")

    @given(st.dictionaries(st.text(max_size=8), st.sampled_from(["gpt-4o", "x", "é"]) | st.lists(st.just("gpt-4o"))))
    def test_what_json_writes_is_found(self, data: dict[str, object]) -> None:
        lines = json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace").decode()
        count = sum(value.count("gpt-4o") for value in data.values() if isinstance(value, str | list))
        self.check(lines, "a.json", count)

    @given(st.dictionaries(st.text(max_size=8), st.sampled_from(["gpt-4o", "x", "é"]) | st.lists(st.just("gpt-4o"))))
    def test_what_yaml_writes_is_found(self, data: dict[str, object]) -> None:
        yaml = pytest.importorskip("yaml")
        count = sum(value.count("gpt-4o") for value in data.values() if isinstance(value, str | list))
        self.check(yaml.safe_dump(data, allow_unicode=True), "a.yaml", count)

    @given(st.dictionaries(st.text("ab.é \"'\\#", max_size=8), st.sampled_from(["gpt-4o", "é"]), min_size=1))
    def test_what_toml_writes_is_found(self, data: dict[str, str]) -> None:
        import tomlkit

        self.check(tomlkit.dumps(data), "a.toml", [*data.values()].count("gpt-4o"))

    def check(self, text: str, name: str, count: int) -> None:
        mentions = found(text, name)
        assert len(mentions) == count
        lines = text.split("\n")
        assert all(lines[one.line - 1][one.column - 1 :].startswith("gpt-4o") for one in mentions)


class TestData:
    def test_keys_values_and_items(self) -> None:
        mentions = found('{"model": "o1", "x": {"gpt-4o": 1}, "models": ["o3"], "openai": ["o1"]}', "a.json")
        assert [(one.text, one.position, one.is_key) for one in mentions] == [
            ("o1", True, False),
            ("gpt-4o", False, True),
            ("o3", True, False),
            ("o1", False, False),
        ]

    def test_an_escaped_slash(self) -> None:
        assert texts('["openai\\/gpt-4o"]', "a.json") == ["openai/gpt-4o"]

    def test_yaml_comments_and_prose_are_silent(self) -> None:
        assert texts("a: b # gpt-4o\nb: |\n  use gpt-4o\n# gpt-4o\n", "a.yaml") == []

    def test_yaml_documents_aliases_and_duplicate_keys(self) -> None:
        assert texts("a: &m gpt-4o\na: *m\n---\nb: [gpt-4.1]\n", "a.yaml") == ["gpt-4o", "gpt-4.1"]

    def test_dotenv(self) -> None:
        text = "LLM=google:gemini-1.5-pro\n#X=gpt-4o\nMODELS=gpt-4o,o1\nY=see gpt-4o\n"
        assert texts(text, ".env.example") == ["google:gemini-1.5-pro", "gpt-4o", "o1"]

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("environment:\n  - OPENAI_MODEL=o1\n  - X=gpt-4", "compose.yaml"),
            ("args: ['--model=o1', --x=gpt-4]", "a.yaml"),
            ("env:\n- name: OPENAI_MODEL\n  value: o1\n- {name: X, value: gpt-4}", "a.yaml"),
            ('{"args": ["--model=o1", "-x=gpt-4"]}', "a.json"),
            ('args = ["MODEL=o1", "X=gpt-4"]', "a.toml"),
        ],
    )
    def test_assignments_in_a_list(self, text: str, name: str) -> None:
        mentions = found(text, name)
        assert [one.text for one in mentions] == ["o1", "gpt-4"]
        assert [one.position for one in mentions] == [True, False]
        for one in mentions:
            assert text.splitlines()[one.line - 1][one.column - 1 :].startswith(one.text)

    def test_the_provider_beside_an_assignment(self) -> None:
        (one,) = found("- LLM_PROVIDER=azure\n- MODEL=gpt-4", "a.yaml")
        assert one.beside[0] == "azure"

    def test_toml_headers(self) -> None:
        assert [(one.text, one.is_key) for one in found('[models."gpt-4o"]\nx = 1\n', "a.toml")] == [("gpt-4o", True)]


class TestQuoted:
    def test_only_on_request(self) -> None:
        with pytest.raises(Unreadable):
            found("'gpt-4o'", "a.ts")

    @pytest.mark.parametrize(
        "text",
        ['if (x === "gpt-4o") {}', '// "gpt-4o"', 'x.startsWith("gpt-4o")', 'case "gpt-4o":', 'x = "gpt-4o" + y'],
    )
    def test_comparisons_and_comments_are_silent(self, text: str) -> None:
        assert texts(text, "a.ts", quoted=True) == []

    def test_position(self) -> None:
        assert in_position("f({ model: 'o1', x: 'o3' })", "a.ts", quoted=True) == ["o1"]

    def test_prose(self) -> None:
        assert texts("# Use `gpt-4o`", "a.md", quoted=True) == ["gpt-4o"]


class TestSilenced:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ('x = "gpt-4o"  # llm-models: ignore', "a.py"),
            ('x = "#", "gpt-4o"  # noqa, llm-models: ignore (old)', "a.py"),
            ('x = [  # llm-models: ignore\n    "gpt-4o",\n]', "a.py"),
            ('# llm-models: ignore-file\nx = "gpt-4o"', "a.py"),
            ('x = "gpt-4o" # llm-models: ignore', "a.toml"),
            ("x: [gpt-4o] # llm-models: ignore", "a.yaml"),
            ("X=gpt-4o # llm-models: ignore", ".env"),
            ("x = 'gpt-4o' // llm-models: ignore", "a.ts"),
        ],
    )
    def test_by_a_comment(self, text: str, name: str) -> None:
        assert found(text, name, quoted=True) == []
        assert found(text.replace("llm-models", "other"), name, quoted=True)

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ('x = "gpt-4o", "# llm-models: ignore"', "a.py"),
            ('x = "gpt-4o"  # llm-models: ignored', "a.py"),
            ('# llm-models: ignore\nx = "gpt-4o"', "a.py"),
            ('x = ["gpt-4o", "# llm-models: ignore"]', "a.toml"),
            ("x: [gpt-4o, '# llm-models: ignore']", "a.yaml"),
            ("\n" * 10 + '# llm-models: ignore-file\nx = "gpt-4o"', "a.py"),
        ],
    )
    def test_not_by_a_text_another_word_or_another_line(self, text: str, name: str) -> None:
        assert texts(text, name) == ["gpt-4o"]


class TestUnreadable:
    @pytest.mark.parametrize(
        ("data", "name", "reason"),
        [
            (b'x = "gpt-4o"\ny = (', "a.py", "line 2"),
            (b'x = "gpt-4o" # \xff', "a.py", "not UTF-8"),
            (b'# coding: rot13\nx = "gpt-4o"', "a.py", "'rot13'"),
            (b'x = "gpt-4o"\0', "a.py", "NUL"),
            (b" " * (LIMIT + 1), "a.py", "too long"),
            (b'x = "gpt-4o"\n' + b"a\n" * 250_000, "a.py", "too long"),
            (b'["gpt-4o"' + b',"gpt-4o"' * 60_000 + b"]", "a.json", "too many"),
            (b"A=" + b"gpt-4o," * 60_000, ".env", "too many"),
            (b"x = [" + b'"gpt-4o",' * 201_000 + b"]", "a.toml", "commas"),
            (b'x = "gpt-4o"\ny = ' + b"-" * 100_000 + b"1", "a.py", "nested"),
            (b'{"a": "gpt-4o", // x\n}', "a.json", "line 1"),
            (b'["gpt-4o", ' + b"[" * 100_000, "a.json", "nested"),
            (b'["gpt-4o", ' + b"[" * 500 + b"]" * 501, "a.json", "nested"),
            (b'x = "gpt-4o"\nx = 1', "a.toml", "TOML"),
            (b'x = "gpt-4o"\ny = ' + b"[" * 1000, "a.toml", "nested"),
            (b"a: gpt-4o\nb: {% if x %}", "a.yaml", "templates"),
            (b"a: gpt-4o\nb: " + b"[" * 100_000, "a.yaml", ""),
            (b"a: gpt-4o\nb:\n  " + b"- " * 100_000, "a.yaml", ""),
        ],
    )
    def test_the_reason(self, data: bytes, name: str, reason: str) -> None:
        if name.endswith("yaml"):
            pytest.importorskip("yaml")
        with pytest.raises(Unreadable) as caught:
            read(name, data, may)
        assert reason in caught.value.reason
        assert len(caught.value.reason) < 300

    def test_a_stated_encoding(self) -> None:
        (one,) = read("a.py", '# -*- coding: latin-1 -*-\né = "gpt-4o"'.encode("latin-1"), may)
        assert (one.line, one.column) == (2, 6)

    def test_an_alias_bomb_is_read_as_it_is_written(self) -> None:
        pytest.importorskip("yaml")
        rows = [f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join([f'*{chr(97 + at)}'] * 9)}]" for at in range(20)]
        assert texts("\n".join(["a: &a [gpt-4o]", *rows]), "a.yaml") == ["gpt-4o"]


def test_kinds() -> None:
    names = ["a.PY", "a.pyi", "b/.env", ".env.local", "x.env", "a.yml", "a.json5", "Makefile", ".env.py"]
    assert [kind(name) for name in names] == [
        "python",
        "python",
        "dotenv",
        "dotenv",
        "dotenv",
        "yaml",
        None,
        None,
        "python",
    ]


def test_the_standard_library_is_read() -> None:
    """Whatever stands in a real file, it is read, or skipped with a reason."""
    count = 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("[a-j]*.py")):
        data = path.read_bytes()
        lines = data.decode().splitlines()
        for one in read(path.name, data, lambda text: text.isidentifier() and text.islower()):
            assert lines[one.line - 1][one.column - 1 :].startswith(one.text[:1]) or "\\" in lines[one.line - 1]
            count += 1
    assert count > 1000
