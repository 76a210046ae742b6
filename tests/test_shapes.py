"""No configuration of any shape ends in a traceback or an internal error, and nothing is written into a faulty file.

Each shape is a whole file. Every command that reads or changes a configuration gets it, and so do `load()` with
`overrides=` and behaviour modules.
"""

from __future__ import annotations

import tomllib
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues
from support.command import here

import llm_models
from llm_models import checks, paths
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
ENTRY = '[[models]]\nprovider = "openai"\nid = "gpt-5.2"\n'

KEYS = (
    "models",
    "providers",
    "allow",
    "deny",
    "exclude",
    "prefer",
    "known",
    "overrides_module",
    "other",
    '""',
    '"a\\nb"',
)
VALUES = (
    *('"x"', "1", "1.5", "true", "nan", "-inf", "1979-05-27", "07:32:00", "9223372036854775808", f"0x{'f' * 40}", '""'),
    *("[]", "[[]]", "[[1]]", "[1]", "[nan]", "[1979-05-27]", '["x"]', "[{}]", "[{ a = 1 }]", "{}", "{ a = 1 }"),
    *("{ openai = 1 }", '{ openai = "x" }', "{ openai = [1] }", '{ "" = 1 }', '{ "a.b" = ["x"] }', '{ "a\\nb" = [] }'),
    *('"\\u0000"', f"{'[' * 60}{']' * 60}", f"{'{a=' * 60}1{'}' * 60}"),
)
FIELDS = (
    *("name", "kind", "apis", "retires", "successor", "limits", "limits.context", "cost", "cost.input", "cost.tiers"),
    *("modalities", "modalities.input", "capabilities", "capabilities.tools", "capabilities.reasoning.efforts"),
    *("tags", "aliases", "served_as", "resolves_to", "base", "extra", "omit", "match", "new"),
)
WRONG = ('"x"', "1", "true", "nan", "[1]", "[[1]]", "{}", "[{}]", "1979-05-27", '""')
OTHERS = (
    *("[models]\n", "[models.a]\n", "[[models.a]]\nb = 1\n", "[[models]]\n", "[[providers]]\n", "[[exclude]]\n"),
    *("[[exclude.openai]]\n", "[[deny]]\nopenai = ['x']\n", "[[allow]]\n", "[[prefer]]\n", "[prefer]\nopenai = 1\n"),
    *("[providers]\nid = 'x'\n", "[[providers.openai]]\nid = 'x'\n", "[[models]]\nprovider.a = 1\n"),
    *("[[models]]\nprovider = ['openai']\nid = ['x']\n", "[[providers]]\nid = []\n", "[[models]]\nid.a = 1\n"),
    *("\ufeff[models]\n", "\ufeff\ufeff[models]\n", "a = 1\0", "a = 1\rb = 2", "[", "a b", "\u0001", "'' = 1\n"),
)
SHAPES = [
    *(f"{key} = {value}\n" for key, value in product(KEYS, VALUES)),
    *(f"{ENTRY}{field} = {value}\n" for field, value in product(FIELDS, WRONG)),
    *OTHERS,
]
"""Whole files, nearly all of them wrong."""

COMMANDS = {
    "set": ["set", "openai:gpt-5.2", "tags+=x", "--config"],
    "unset": ["unset", "openai:gpt-5.2", "tags", "--config"],
    "exclude": ["exclude", "openai", "o3*", "--config"],
    "add": ["add", "house:x", "--base", "openai:gpt-5.2", "--config"],
    "explain": ["explain", "openai:gpt-5.2", "--config"],
    "info": ["info", "--config"],
    "activate": ["activate", "--config"],
}
"""Commands that read or change a configuration; `validate` and `list` get every shape, these a part of them each."""


def refusal(path: Path, text: str) -> str | None:
    """The message with which `load()` refuses a configuration."""
    try:
        catalogues.loaded(PACKAGED, path, text.encode())
    except llm_models.LLMModelsError as error:
        return str(error)
    return None


@pytest.mark.parametrize("part", range(4))
def test_every_shape_has_a_verdict_that_load_shares(part: int, tmp_path: Path) -> None:
    """A fault has one problem, at a line within the file. What `load()` refuses, `validate` calls an error."""
    path = tmp_path / "llm_models.toml"
    for text in SHAPES[part::4]:
        path.write_bytes(text.encode())
        problems = checks.check_text(text.encode(), str(path), PACKAGED)
        errors = [problem for problem in problems if problem.severity == "error"]
        for problem in problems:
            assert 1 <= (problem.line or 0) <= text.count("\n") + 1, text
            assert problem.column, text
        places = [(problem.line, problem.column, problem.path, problem.message) for problem in errors]
        assert len(places) == len(set(places)), text
        message = refusal(path, text)
        assert message is None or (errors and message.startswith(str(path))), (text, message)


ONE_FAULT = (
    *(f"{key} = [nan]\n" for key in ("models", "providers", "allow", "deny", "exclude", "overrides_module", "other")),
    *(f"{key} = 1979-05-27\n" for key in KEYS),
    *(f"{key} = [1]\n" for key in KEYS),
    *(f"{key} = true\n" for key in KEYS),
    *('models = ["id"]\n', "models = [[1]]\n", "models = [[nan]]\n", "models = { a = nan }\n", '"" = inf\n'),
    *(
        f"{ENTRY}{field} = {value}\n"
        for field in ("apis", "tags", "aliases")
        for value in ("[1]", "[{}]", "{ a = nan }")
    ),
    *(f"{ENTRY}successor = {value}\n" for value in ('"x"', '""', "1", "nan")),
    *(f"{ENTRY}cost = {value}\n" for value in ("nan", "[nan]", '"x"')),
)


@pytest.mark.parametrize("text", ONE_FAULT)
def test_one_fault_is_one_error(text: str) -> None:
    problems = checks.check_text(text.encode(), "llm_models.toml", PACKAGED)
    assert len([problem for problem in problems if problem.severity == "error"]) == 1, [*map(str, problems)]


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_fails_otherwise_than_by_a_message(name: str, tmp_path: Path) -> None:
    """A file with an error stays as it was."""
    path = tmp_path / "llm_models.toml"
    start, step = [*COMMANDS].index(name), 11 if name in ("set", "exclude", "unset") else 29
    for text in (*SHAPES[start::step], *OTHERS):
        raw = text.encode()
        path.write_bytes(raw)
        faulty = here("validate", path).code
        result = here(*COMMANDS[name], path)
        assert result.code in (0, 1, 2), (text, result)
        assert "Traceback" not in result.err, text
        assert "internal error" not in result.err, text
        if faulty and result.code:
            assert path.read_bytes() == raw, text


def test_the_list_of_a_file_of_any_shape(tmp_path: Path) -> None:
    path, snapshot = tmp_path / "llm_models.toml", catalogues.write_small(tmp_path)
    for text in SHAPES[::5]:
        path.write_bytes(text.encode())
        result = here("list", "openai", "--config", path, "--snapshot", snapshot)
        assert result.code in (0, 1), (text, result)
        assert "internal error" not in result.err, text


def test_adding_to_what_is_no_list_states_the_problem_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "llm_models.toml"
    path.write_text(f"{ENTRY}tags = 1\n", encoding="utf-8")
    result = here("set", "openai:gpt-5.2", "tags+=x", "--config", path)
    assert result.code == 1
    assert "tags: expected an array (found integer 1)" in result.err
    assert here("set", "openai:gpt-5.2", 'tags=["x"]', "--config", path).code == 0


class _Raises:
    def __iter__(self) -> Iterator[Any]:
        raise KeyError("on purpose")


def _endless() -> Iterator[Any]:
    while True:
        yield {"provider": "openai", "id": "gpt-5.2"}


ITSELF: list[Any] = []
ITSELF.append(ITSELF)
OBJECTS: tuple[Any, ...] = (
    *(1, 1.5, True, "x", b"x", object(), object, [1], [None], [[]], [{}], {"a": 1}, {1: 2}, [{1: 2}], ITSELF),
    *(float("nan"), [float("inf")], [{"provider": 1, "id": 2}], [{"provider": "openai", "id": b"x"}], _Raises()),
    *([_Raises()], {"openai": None}, {"openai": [None]}, {"openai": ["\ud800"]}, range(3), 10**400, [10**400]),
    *(
        lambda: 1,
        Exception("x"),
        (one for one in (1,)),
        {"openai": _Raises()},
        "x" * 10_000,
        [{"provider": "x" * 9_999}],
    ),
)


@pytest.mark.parametrize("section", ["models", "providers", "exclude", "allow", "deny", "prefer", "known"])
def test_overrides_and_modules_of_any_shape_are_a_config_error(section: str) -> None:
    for value in OBJECTS:
        with suppress(llm_models.ConfigError):
            llm_models.load(config=None, overrides={section: value}, publish=False)
        with suppress(llm_models.ConfigError):
            llm_models.load(config=None, overrides=value, publish=False)
        name = "excludes" if section == "exclude" else section
        for returned in (lambda _self, value=value: value, value):
            module = type("Odd", (), {name: returned})
            with suppress(llm_models.ConfigError):
                llm_models.load(config=None, overrides_module=module, publish=False)


@pytest.mark.parametrize("argument", ["config", "snapshot", "prefer"])
@pytest.mark.parametrize("value", [1, 1.5, True, object(), object, lambda: 1])
def test_an_argument_of_load_of_a_wrong_type_is_an_error_of_ours(argument: str, value: Any) -> None:
    arguments = {"config": None, argument: value}
    with pytest.raises(llm_models.LLMModelsError, match="expected"):
        llm_models.load(**arguments, publish=False)


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1), RecursionError(), StopIteration(), KeyError("k")])
def test_a_module_that_raises_is_a_config_error_that_names_it(error: BaseException) -> None:
    class Raises:
        def models(self) -> Any:
            raise error

    with pytest.raises(llm_models.ConfigError, match="behaviour module 'test_a_module_that_raises"):
        llm_models.load(config=None, overrides_module=Raises, publish=False)


def test_the_shapes_are_many_and_most_of_them_wrong() -> None:
    valid = 0
    for text in SHAPES:
        with suppress(tomllib.TOMLDecodeError):
            tomllib.loads(text.removeprefix("\ufeff"))
            valid += 1
    assert len(SHAPES) > 500
    assert valid > 450
