"""The reference pages say what the schemas say."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING, Any

import pytest
from support import ROOT

from llm_models import schema
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

    wanted = [name for name in whole if name not in ("providers", "models")]
    wanted += [one for name in ("providers", "models") for one in names(whole[name]["items"])]
    assert [name for name in listed if "[]" not in name and ".NAME" not in name] == wanted
    assert {"cost.tiers[].context_over", "cost.hours[].utc", "cost.modes.NAME.request", "cost.dated[]"} <= {*listed}


def test_every_capability_has_a_row_and_its_default() -> None:
    page = REFERENCE.capabilities()
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \| .+ \| `capabilities\.([\w.]+)` \|$", page, re.MULTILINE)
    assert {name: path for name, _, path in rows} == {name: ".".join(path) for name, path in CAPABILITIES.items()}
    assert {name for name, default, _ in rows if default == "yes"} == {"chat", "temperature", "streaming_text"}
