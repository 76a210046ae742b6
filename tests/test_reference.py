"""The reference pages say what the schemas say."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING, Any

import click
import pytest
from support import ROOT
from support.command import fine

from llm_models import answers, schema
from llm_models.cli import cli
from llm_models.records import CAPABILITIES

if TYPE_CHECKING:
    from types import ModuleType


def generator() -> ModuleType:
    """The script that writes the pages."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFERENCE = generator()


@pytest.mark.parametrize("name", sorted(REFERENCE.PAGES))
def test_a_page_is_what_the_script_writes(name: str) -> None:
    """Else run `python docs/reference.py`."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == REFERENCE.PAGES[name]()


def test_every_key_of_the_schema_has_a_row() -> None:
    page = REFERENCE.configuration()
    listed = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    whole = schema.inlined("overrides")["properties"]

    def names(node: Any, prefix: str = "") -> list[str]:
        below = node.get("properties") or {}
        if not below:
            return [prefix]
        return [one for key, inner in below.items() for one in names(inner, f"{prefix}.{key}".strip("."))]

    wanted = [one for name in whole if name not in ("providers", "models") for one in names(whole[name], name)]
    wanted += [one for name in ("providers", "models") for one in names(whole[name]["items"])]
    assert [name for name in listed if "[]" not in name and ".NAME" not in name] == wanted
    assert {"cost.tiers[].context_over", "cost.hours[].utc", "cost.modes.NAME.request", "cost.dated[]"} <= {*listed}


def test_every_command_and_option_has_a_row() -> None:
    """An option is in the section of its command, or in a table that the section names."""
    page = REFERENCE.commands()
    shared = page.partition("## Options of several commands")[2].partition("\n## ")[0]
    for name, command in cli.commands.items():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        rows = re.findall(r"^\| (`.+?) \| \S", section, re.MULTILINE)
        own = {option for row in rows for option in re.findall(r"`(--[a-z0-9-]+)", row)}
        missing = {option for one in command.params if isinstance(one, click.Option) for option in one.opts} - own
        if missing - {"--no-pager"}:
            assert "(#options-of-several-commands)" in section, name
        assert missing <= {*re.findall(r"`(--[a-z0-9-]+)", shared)}, name
        for one in command.params:
            assert isinstance(one, click.Option) or (one.metavar or str(one.name).upper()) in section
    assert {f"[`{name}`](#{name})" for name in cli.commands} <= {*re.findall(r"\[`\w+`\]\(#\w+\)", page)}


@pytest.mark.parametrize("command", answers.ANSWERS)
def test_every_key_of_an_answer_is_named(command: str) -> None:
    """By its path, or as a key that is described above."""
    section = REFERENCE.json_page().partition(f"\n## {command}\n")[2].partition("\n## ")[0]
    whole = answers.published(command)
    for one in whole.get("anyOf", [whole]):
        record = one.get("items", one)
        assert record["properties"]
        for name in record["properties"]:
            assert f"`{name}`" in section, name


def test_the_help_names_a_page_that_exists() -> None:
    named = re.findall(r"\b([a-z]+\.md)\b", fine("--help").out.rpartition("Documentation:")[2])
    assert named
    assert all((ROOT / "docs" / name).is_file() for name in named)


def test_every_capability_has_a_row_and_its_default() -> None:
    page = REFERENCE.capabilities()
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \| .+ \| `capabilities\.([\w.]+)` \|$", page, re.MULTILINE)
    assert {name: path for name, _, path in rows} == {name: ".".join(path) for name, path in CAPABILITIES.items()}
    assert {name for name, default, _ in rows if default == "yes"} == {"chat", "temperature", "streaming_text"}
