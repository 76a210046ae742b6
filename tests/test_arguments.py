"""Arguments of public functions that are nothing they take: an error of the package, never one of Python."""

from __future__ import annotations

import inspect
import os
from types import FunctionType
from typing import TYPE_CHECKING, Any

import pytest
from support.command import here

import llm_models
from llm_models import LLMModelsError
from llm_models.choices import CONDITIONS

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "openai:gpt-5.4-mini"
FUNCTIONS = {name: one for name in llm_models.__all__ if isinstance(one := getattr(llm_models, name), FunctionType)}


class Nameless:
    """An object of somebody else's class, which has no text."""

    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


ODD: dict[str, Any] = {
    "number": 5, "nothing": None, "yes": True, "nameless": Nameless(), "half a pair": "\ud800", "zero": "a\0",
    "bytes": b"x", "list": [[]], "mapping": {5: 5}, "set": {1, "a"}, "no number": float("nan"),
    "infinite": float("inf"), "digits": 10**5000, "class": int, "function": len, "long": "x" * 100_000,
    "single": ("a",), "pair": ("openai", 5),
}  # fmt: skip
GOOD = {"key": ("openai", "gpt-5.4-mini"), "model_id": "gpt-5.4-mini", "usage": {"input": 5}, "obj": {"input": 5}}
GOOD |= {"spec": SPEC, "text": SPEC, "words": "gpt", "model": "gpt-5.4-mini", "provider": "openai", "amount": 1}


def arguments(function: FunctionType) -> tuple[dict[str, Any], list[str]]:
    """Right values of the arguments that must be given, and the names of all."""
    listed = inspect.signature(function).parameters.values()
    named = [one.name for one in listed if one.kind is not one.VAR_KEYWORD]
    choice = [*CONDITIONS, "prefer", "order_by", "workload", "max_cost"] if len(named) < len(listed) else []
    return {one.name: GOOD.get(one.name) for one in listed if one.name in named and one.default is one.empty}, [
        *named, *choice,
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_no_value_is_an_error_of_python(name: str) -> None:
    """One argument at a time; the others are right. A value may also be taken."""
    good, names = arguments(FUNCTIONS[name])
    refusals, texts = 0, list[str]()
    for argument in names:
        for title, value in ODD.items():
            try:
                FUNCTIONS[name](**{**good, argument: value})
            except LLMModelsError as error:
                refusals += 1
                texts.append(str(error))
            except Exception as error:
                pytest.fail(f"{name}({argument}={title}): {type(error).__name__}: {error}")
    assert all(map(str.isprintable, texts))
    assert refusals or not names or name in ("allowed", "epoch", "reload", "snapshot", "usd")


@pytest.mark.parametrize("where", ["when it is imported", "in a function", "after a value"])
def test_an_error_of_a_behaviour_module_may_have_no_text(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = {
        "when it is imported": "raise Bad()",
        "in a function": "def models():\n    raise Bad()",
        "after a value": "def models():\n    yield {}\n    raise Bad()",
    }[where]
    name = f"without_a_text_{where[0]}{len(where)}"
    bad = "class Bad(Exception):\n    def __str__(self):\n        raise ValueError()\n"
    (tmp_path / f"{name}.py").write_text(bad + text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(llm_models.ConfigError, match=f"behaviour module '{name}': Bad"):
        llm_models.load(config=None, overrides_module=name)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """Nor is more of it read than a workload may have."""
    os.mkfifo(tmp_path / "fifo")
    with (tmp_path / "long").open("wb") as file:
        file.truncate(1 << 30)
    for path, why in (("fifo", "is a FIFO, not a file"), ("long", "the file has more than"), (".", "is a directory")):
        assert why in here("select", "--workload", tmp_path / path, "--order-by", "cost").err
