"""Case folders: an `llm_models.toml` and what it makes of a small catalogue, through the API and the command alike.

`expected.json` says under `models` and `providers` which fields a record has (null: none of that name), with
`"record"` the whole of it; a text in place of a record is part of the message that its lookup gives. `shown` are the
models that are listed, `log` parts of what is logged. `errors.txt` is the whole message where the file is refused.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues
from support.command import here as command
from support.work import calls

import llm_models

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = Path(__file__).parent / "cases"
ABOUT = ("derived", "not_stated", "outliers", "requested")
"""What `show --json` states about a record, beside its fields."""
NAMES = sorted(path.name for path in CASES.iterdir())
GOOD = [name for name in NAMES if (CASES / name / "expected.json").exists()]
BAD = [name for name in NAMES if (CASES / name / "errors.txt").exists()]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the small catalogue."""
    return catalogues.write_small(tmp_path_factory.mktemp("toy"))


def agrees(record: dict[str, Any], expected: dict[str, Any]) -> None:
    """Whether a record has the expected fields."""
    if "record" in expected:
        assert record == expected["record"]
        return
    for field, value in expected.items():
        node: Any = record
        for step in field.split("."):
            node = node.get(step) if isinstance(node, dict) else None
        assert node == value, field


def test_every_folder_is_a_case() -> None:
    assert sorted(GOOD + BAD) == NAMES
    assert len(NAMES) > 30


@pytest.mark.parametrize("name", GOOD)
def test_what_a_file_makes_of_the_catalogue(name: str, snapshot: str, caplog: pytest.LogCaptureFixture) -> None:
    path = str(CASES / name / "llm_models.toml")
    expected = json.loads((CASES / name / "expected.json").read_text("utf-8"))
    which = ("--config", path, "--snapshot", snapshot)
    catalogue = llm_models.load(path, snapshot=snapshot, publish=False)
    logged = [record.getMessage() for record in caplog.records]
    assert len(logged) == len(expected.get("log", []))
    for part, line in zip(expected.get("log", []), logged, strict=True):
        assert part in line
    for spec, record in expected.get("models", {}).items():
        code, out, err = command("show", spec, "--json", *which)
        assert catalogue.allowed(spec) is (code == 0) is isinstance(record, dict)
        if isinstance(record, dict):
            model, shown = catalogue.resolve(spec), json.loads(out)
            fields = {name: value for name, value in shown.items() if name not in ABOUT}
            assert fields.pop("spec") == model.spec
            assert model.to_dict() == fields
            agrees(fields, record)
        else:
            with pytest.raises(LookupError) as caught:
                catalogue.resolve(spec)
            told = getattr(caught.value, "problem", str(caught.value))  # without the advice for programmers
            assert f"llm-models: {told}" in [line[: len(f"llm-models: {told}")] for line in err.splitlines()]
            assert (code, out) == (1, "")
            assert record in err
    listed = {one["id"]: one for one in json.loads(command("providers", "--json", *which)[1])}
    assert list(listed) == catalogue.list_providers()
    for provider, record in expected.get("providers", {}).items():
        assert listed[provider].pop("models") == len(catalogue.list_models(provider))
        assert catalogue.get_provider(provider).to_dict() == listed[provider]
        agrees(listed[provider], record)
    shown = [model.spec for model in catalogue.list_models()]
    told = json.loads(command("list", "--json", *which)[1])
    assert shown == [f"{model['provider']}:{model['id']}" for model in told]
    assert all(catalogue.allowed(spec) for spec in shown)
    if "shown" in expected:
        assert shown == expected["shown"]
    if "select" in expected:
        assert catalogue.select().spec == expected["select"]
        assert command("select", *which)[1] == expected["select"] + "\n"


@pytest.mark.parametrize("name", BAD)
def test_what_is_said_of_a_file_that_is_refused(name: str, snapshot: str) -> None:
    """Every problem at once, each with its place; the command says the same, and its exit code is 1."""
    path = str(CASES / name / "llm_models.toml")
    expected = (CASES / name / "errors.txt").read_text("utf-8")
    with pytest.raises((llm_models.ConfigError, llm_models.EmptyCatalogError)) as caught:
        llm_models.load(path, snapshot=snapshot)
    assert str(caught.value).replace(path, "llm_models.toml") + "\n" == expected
    assert llm_models.epoch() == 0
    if isinstance(caught.value, llm_models.ConfigError):
        problems = [str(problem) for problem in caught.value.problems]
        assert problems == [line for line in str(caught.value).split("\n") if not line.startswith("  ")]
        assert all(problem.line for problem in caught.value.problems)
    code, out, err = command("show", "openai:gpt-4o", "--json", "--config", path, "--snapshot", snapshot)
    assert (code, out) == (1, "")
    lines = [line.removeprefix("llm-models: ") for line in err.splitlines()]
    assert "\n".join(lines).replace(path, "llm_models.toml") + "\n" == expected


def _key_of_many_parts(path: Path) -> None:
    path.write_text(".".join(["a"] * 20_000) + " = 1\n")


def _fifo(path: Path) -> None:
    os.mkfifo(path)


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a key of 20,000 parts": (_key_of_many_parts, ":1:1: too many parts in one key (found 20,00"),
    "quoted parts": (
        lambda p: p.write_text('"a" . ' * 20_000 + "b = 1\n"),
        ":1:1: too many parts in one key (found 20,00",
    ),
    "a header of many parts": (
        lambda p: p.write_text(f"\n[{'a.' * 20_000}b]"),
        ":2:1: too many parts in one key (found 20,001",
    ),
    "UTF-16": (lambda p: p.write_bytes("a = 1\n".encode("utf-16")), ":1:1: not UTF-8 (byte 0xff). Save it as UTF-8."),
    "bad UTF-8": (lambda p: p.write_bytes(b'\na = "\xff"'), ":2:6: not UTF-8 (byte 0xff). Save it as UTF-8."),
    "a NUL": (lambda p: p.write_bytes(b"a = 1\0"), ":1:6: not valid TOML"),
    "a FIFO": (_fifo, ": is a FIFO, not a file"),
    "a directory": (Path.mkdir, ": is a directory, not a file"),
    "a device": (lambda p: p.symlink_to("/dev/zero"), ": is a character device, not a file"),
    "nothing": (lambda _: None, ": No such file or directory"),
    "more than 1 MiB": (lambda p: p.write_bytes(b"#" * (1 << 20) + b"\n"), ": is too long (found at least 1,048,577"),
    "a gigabyte": (lambda p: os.truncate(_touched(p), 1 << 30), ": is too long (found at least 1,073,741,824 bytes"),
    "deep arrays": (lambda p: p.write_text(f"a = {'[' * 100_000}"), ":1:1: tables and arrays nested too deeply"),
    "deep tables": (
        lambda p: p.write_text(_entry(f"extra.a = {'{a=' * 60}1{'}' * 60}")),
        "nested too deeply, in levels (found 51",
    ),
    "a number of 5,000 digits": (
        lambda p: p.write_text(f"a = {'9' * 5000}"),
        ":1:1: an integer of thousands of digits",
    ),
    "a huge number": (lambda p: p.write_text(_entry(f"cost.input = 0x{'f' * 20_000}")), "an integer of more than 63"),
    "a large number": (lambda p: p.write_text(_entry(f"extra.a = {1 << 63}")), "an integer of more than 63"),
    "2,000 keys": (
        lambda p: p.write_text("".join(f"k{n} = 1\n" for n in range(2_000))),
        "too many items in one list or table (found 2,000",
    ),
}


def _touched(path: Path) -> Path:
    path.touch()
    return path


def _entry(line: str) -> str:
    return f'[[models]]\nprovider = "openai"\nid = "gpt-4o"\n{line}\n'


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_an_error_after_little_work(name: str, snapshot: str, tmp_path: Path) -> None:
    make, expected = HOSTILE[name]
    path = tmp_path / "llm_models.toml"
    make(path)
    with pytest.raises(llm_models.ConfigError) as caught:
        llm_models.load(path, snapshot=snapshot)
    assert calls(lambda: command("list", "--config", path, "--snapshot", snapshot)) < 1_000_000
    assert str(caught.value).startswith(str(path))
    assert expected in str(caught.value)
    code, out, err = command("list", "--config", str(path), "--snapshot", snapshot)
    assert (code, out) == (1, "")
    assert err.startswith(f"llm-models: {path}")
    assert expected in err
