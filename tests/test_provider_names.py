"""The names that other tools use for providers: `overrides/names.toml`, and what the packaged catalogue reads."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.tools import NAMES

from llm_models.modelspec import fold_provider

if TYPE_CHECKING:
    from llm_models.snapshot import Snapshot

FILE = ROOT / "overrides" / "names.toml"
STATED = tomllib.loads(FILE.read_text(encoding="utf-8"))["providers"]
SWEEP = [(tool, name, provider) for tool, table in NAMES.items() for provider, its in table.items() for name in its]
GONE = {"github_models"}
"""Providers that the catalogue no longer has: a name of one is told to be gone."""
ALIASES = [(alias, entry["id"]) for entry in STATED for alias in entry["aliases"]]
HERE = [(alias, provider) for alias, provider in ALIASES if provider not in GONE]


class TestTheFile:
    """Each alias is needed, belongs to one provider, and comes from a tool that is named above it."""

    def test_each_alias_is_a_name_of_a_tool_and_differs_from_the_id(self) -> None:
        ours = {(fold_provider(name), provider) for _, name, provider in SWEEP}
        assert [pair for pair in ALIASES if (fold_provider(pair[0]), pair[1]) not in ours] == []
        assert [pair for pair in ALIASES if fold_provider(pair[0]) == pair[1]] == []

    def test_no_two_providers_share_a_name(self, packaged: Snapshot) -> None:
        folded = [fold_provider(alias) for alias, _ in ALIASES]
        assert len({*folded}) == len(folded) > 50
        assert {*folded} & {*packaged.file.blocks} == set()

    def test_above_each_entry_stand_the_tools_that_its_names_come_from(self) -> None:
        text = FILE.read_text(encoding="utf-8")
        pairs = re.findall(r'^# (.*)\n\[\[providers\]\]\nid = "(\w+)"', text, re.MULTILINE)
        above = {provider: note for note, provider in pairs}
        assert above.keys() == {entry["id"] for entry in STATED}
        for entry in STATED:
            folded = {*map(fold_provider, entry["aliases"])}
            tools = [t for t, table in NAMES.items() if folded & {*map(fold_provider, table.get(entry["id"], ()))}]
            assert above[entry["id"]].partition(" (")[0] == ", ".join(tools)

    def test_each_tool_has_a_link(self) -> None:
        text = FILE.read_text(encoding="utf-8")
        assert re.findall(r"^# ([\w-]+): https://\S+$", text, re.MULTILINE) == [*NAMES]


class TestReading:
    """Each name leads to its provider, wherever a provider can be named; the answer has the id."""

    @pytest.mark.parametrize("tool", NAMES)
    def test_each_name_of_a_tool(self, tool: str, packaged: Snapshot) -> None:
        for provider, names in NAMES[tool].items():
            for name in names if provider not in GONE else ():
                for spelling in (name, name.upper(), name.replace("_", "-"), f" {name.replace('-', '.')} "):
                    assert packaged.parse_provider(spelling) == provider

    def test_the_packaged_aliases_are_those_of_the_file(self, packaged: Snapshot) -> None:
        assert dict(packaged.file.aliases) == {fold_provider(alias): provider for alias, provider in HERE}
        for entry in [entry for entry in STATED if entry["id"] not in GONE]:
            assert packaged.get_provider(entry["id"]).aliases == tuple(entry["aliases"])

    def test_models_by_every_alias(self, packaged: Snapshot) -> None:
        for alias, provider in HERE:
            for model in packaged.list_models(alias)[::7]:
                assert model.provider == provider
                assert packaged.get_model(alias, model.id) is model
                assert packaged.resolve(f"{alias.upper()}:{model.id}") is model
                assert packaged.resolve((alias, model.id)) is model
                assert packaged.resolve(model.id, scope=alias) is model
                assert packaged.parse_spec(f"{alias}:{model.id}") == model.key
                assert packaged.format_spec((alias, model.id)) == model.spec
