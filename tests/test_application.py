"""A sample application: a private gateway, a corrected price, an excluded family and a behaviour module.

It is a repository of its own on disk, and all that is asked here is asked by programs that start in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TOML = """\
# The models that this shop may use.
prefer = ["my-gateway", "anthropic"]
overrides_module = "shop.models:Nightly"

[exclude]                                   # the whole o-series
openai = ["o1*", "o3*", "o4*"]

[deny]
openai = ["gpt-4.1*"]

[[providers]]
id = "my-gateway"
name = "Our gateway"
base_url = "https://llm.shop.example/v1"
env = ["SHOP_LLM_KEY"]

[[models]]
provider = "my-gateway"
id = "house-7b"
name = "House 7B"
limits = { context = 8192, output = 1024 }
capabilities = { tools = { enabled = true }, json = { native = true } }
cost = { input = 0, output = 0 }

[[models]]                                  # the price in our contract
provider = "openai"
id = "gpt-4o-mini"
cost.input = 0.12
aliases = ["cheap"]
"""

MODULE = """\
import llm_models


class Nightly(llm_models.Overrides):
    '''What the load balancer tells: one more model, and one that is down.'''

    def models(self):
        yield {"provider": "my_gateway", "id": "house-70b", "tags": {"nightly"}, "limits": {"context": 32768}}
        yield {"provider": "openai", "id": "gpt-4o-mini", "tags": ["nightly"]}

    def excludes(self):
        return {"anthropic": ["claude-opus-*"]}
"""

PROGRAM = """\
import json, sys
import llm_models

def kind(spec):
    try:
        return llm_models.resolve(spec).spec
    except LookupError as error:
        return type(error).__name__

house = llm_models.resolve("house-7b")
mini = llm_models.get_model("openai", "cheap")
base = llm_models.load(config=None, publish=False).get_model("openai", "gpt-4o-mini")
print(json.dumps({
    "house": [house.spec, house.limits.context, house.cost.input, house.capabilities.tools.enabled],
    "key": llm_models.get_provider(house.provider).env,
    "mini": [mini.id, mini.cost.input, mini.cost.output == base.cost.output, mini.limits == base.limits, mini.tags],
    "selected": llm_models.select(require=["tools", "json_native"]).spec,
    "nightly": llm_models.get_model("my_gateway", "house-70b").tags,
    "o-series": kind("openai:o3-mini"),
    "denied": kind("openai:gpt-4.1-mini"),
    "opus": kind("anthropic:claude-opus-4-5"),
    "haiku": kind("anthropic:claude-haiku-4-5"),
    "elsewhere": kind("azure:o3-mini"),
    "epoch": llm_models.epoch(),
    "merged": "llm_models.merge" in sys.modules,
}))
"""

EXPECTED = {
    "house": ["my_gateway:house-7b", 8192, 0, True],
    "key": ["SHOP_LLM_KEY"],
    "mini": ["gpt-4o-mini", 0.12, True, True, ["nightly"]],
    "selected": "my_gateway:house-7b",
    "nightly": ["nightly"],
    "o-series": "UnknownModelError",
    "denied": "ModelNotAllowedError",
    "opus": "UnknownModelError",
    "haiku": "anthropic:claude-haiku-4-5",
    "elsewhere": "azure:o3-mini",
    "epoch": 1,
    "merged": True,
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The application's checkout."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "llm_models.toml").write_text(TOML)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "models.py").write_text(MODULE)
    (tmp_path / "shop" / "ask.py").write_text(PROGRAM)
    return tmp_path


def program(shop: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "LLM_MODELS_CONFIG"}
    return subprocess.run(
        [sys.executable, *command], cwd=shop, env=env, capture_output=True, text=True, check=False, timeout=60
    )


def ask(shop: Path) -> dict[str, Any]:
    """What the application's own program is told."""
    result = program(shop, "-m", "shop.ask")
    assert result.returncode == 0, result.stderr
    answers: dict[str, Any] = json.loads(result.stdout)
    return answers


def command(shop: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return program(shop, "-P", "-c", "from llm_models.cli import main; main()", *args)


def test_the_catalogue_is_the_applications(shop: Path) -> None:
    assert ask(shop) == EXPECTED


def test_it_is_the_same_once_activated_and_after_an_edit(shop: Path) -> None:
    made = command(shop, "activate")
    assert made.returncode == 0, made.stderr
    assert (shop / ".llm_models" / "snapshot.json").is_file()
    assert ask(shop) == EXPECTED  # the behaviour module speaks at each load, so this merges too
    (shop / "llm_models.toml").write_text(TOML.replace("0.12", "0.11").replace('"o3*", ', ""))
    edited = ask(shop)
    assert edited.pop("mini") == ["gpt-4o-mini", 0.11, True, True, ["nightly"]]
    assert edited.pop("o-series") == "openai:o3-mini"
    assert edited == {key: value for key, value in EXPECTED.items() if key not in ("mini", "o-series")}


def test_commands_show_it_without_the_module_and_say_so(shop: Path) -> None:
    shown = command(shop, "show", "cheap", "--json")
    assert json.loads(shown.stdout)["cost"]["input"] == 0.12
    assert "tags" not in json.loads(shown.stdout)
    assert "'shop.models:Nightly' is not run" in shown.stderr
    assert command(shop, "select", "--require", "tools").stdout == "my_gateway:house-7b\n"
    excluded = command(shop, "show", "openai:o3-mini")
    assert excluded.returncode == 1
    assert "is excluded by pattern 'o3*' (llm_models.toml:6)" in excluded.stderr


def test_a_mistake_is_told_with_its_place_and_nothing_is_served(shop: Path) -> None:
    (shop / "llm_models.toml").write_text(TOML.replace("cost.input = 0.12", 'cost.inptu = "0.12"'))
    result = program(shop, "-m", "shop.ask")
    assert result.returncode == 1
    assert result.stdout == ""
    place = f"{shop / 'llm_models.toml'}:28:6: models.openai:gpt-4o-mini.cost"
    assert f"{place}: unknown key 'inptu'. Did you mean 'input'?" in result.stderr
