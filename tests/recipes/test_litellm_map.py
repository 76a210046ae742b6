"""The recipe "LiteLLM's price map in other tools": LiteLLM, DSPy and Aider read the file, and charge the same.

Each tool runs in an environment of its own, because their requirements exclude each other. Without it a test skips:

    for tool in litellm dspy aider-chat; do python3 -m venv $tool && $tool/bin/pip install $tool; done
    LITELLM_PYTHON=$PWD/litellm/bin/python DSPY_PYTHON=$PWD/dspy/bin/python \\
        AIDER_PYTHON=$PWD/aider-chat/bin/python python -m pytest tests/recipes
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from support.command import fine

import llm_models

if TYPE_CHECKING:
    from pathlib import Path

OWN = """
[[models]]
provider = "openai"
id = "gpt-5.2"
omit = ["cost"]
cost = { input = 1.25, output = 9.5 }
"""
REQUESTS = [
    ("openai", "gpt-5.2", 1000, 100),
    ("openai", "gpt-5.4", 300_000, 100),
    ("openai", "gpt-5.4", 2000, 700),
    ("openai", "gpt-5-mini", 5000, 50),
    ("openai", "gpt-4o-mini", 12_000, 1),
    ("anthropic", "claude-sonnet-4-6", 1000, 2000),
    ("anthropic", "claude-haiku-4-5", 777, 333),
    ("groq", "openai/gpt-oss-20b", 4096, 512),
    ("mistral", "mistral-medium-2505", 90_000, 10),
    ("xai", "grok-4.3", 1000, 1000),
    ("openai", "gpt-4o", 10, 20),
]
"""Requests, ten of them below all thresholds: the provider (LiteLLM's name and ours), the id, and tokens of input and
output."""

LITELLM = """
import json, os, sys
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
litellm.register_model(json.load(open(sys.argv[1])))
costs = []
for provider, model, prompt, completion in json.loads(sys.argv[2]):
    costs.append(sum(litellm.cost_per_token(f"{provider}/{model}", prompt, completion)))
print(json.dumps(costs))
"""

DSPY = """
import json, sys
from types import SimpleNamespace as Plain
from dspy.clients.costs import estimate_cost
from dspy.clients.model_metadata import source_info
assert source_info()["source"] == "remote", source_info()
costs = []
for provider, model, prompt, completion in json.loads(sys.argv[2]):
    counted = {"input_tokens": prompt, "output_tokens": completion}
    more = ("cache_read", "cache_write", "reasoning", "input_audio", "output_audio")
    usage = Plain(**counted, **{f"{name}_tokens": None for name in more})
    response = Plain(model=model, usage=usage, provider_data={}, message=Plain(parts=[]))
    cost, about = estimate_cost(response, provider=provider, requested_model=model)
    assert cost is not None, about
    costs.append(cost)
print(json.dumps(costs))
"""

AIDER = """
import json, os, sys
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
from types import SimpleNamespace as Plain
from aider import models
from aider.coders.base_coder import Coder
assert models.register_litellm_models([sys.argv[1]]) == [sys.argv[1]]
costs = []
for provider, model, prompt, completion in json.loads(sys.argv[2]):
    coder = Plain(main_model=Plain(info=models.model_info_manager.get_model_info(f"{provider}/{model}")))
    costs.append(Coder.compute_costs_from_tokens(coder, prompt, completion, 0, 0))
print(json.dumps(costs))
"""


@pytest.fixture
def price_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the recipe, with an own price in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "llm_models.toml").write_text(OWN, encoding="utf-8")
    file = tmp_path / ".aider.model.metadata.json"
    fine("export", "litellm", *(f"{provider}:{model}" for provider, model, *_ in REQUESTS), "--out", file)
    return file


@pytest.fixture
def bills(price_map: Path) -> list[float]:
    """What the catalogue charges."""
    catalogue = llm_models.load(config=price_map.parent / "llm_models.toml", publish=False)
    found = []
    for provider, model, prompt, completion in REQUESTS:
        total = catalogue.cost((provider, model), {"input": prompt, "output": completion}).total
        assert total is not None
        found.append(float(total))
    return found


def charged(interpreter: str, code: str, file: Path, requests: list[Any] = REQUESTS, **variables: str) -> list[float]:
    """What a tool charges, in its own environment."""
    words = [interpreter, "-c", code, str(file), json.dumps(requests)]
    done = subprocess.run(
        words, cwd=file.parent, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    costs: list[float] = json.loads(done.stdout.splitlines()[-1])
    return costs


def of(variable: str) -> str:
    """The Python of a tool, or skip."""
    found = os.environ.get(variable)
    if not found:
        pytest.skip(f"{variable} is not set")
    return found


def test_litellm(price_map: Path, bills: list[float]) -> None:
    assert charged(of("LITELLM_PYTHON"), LITELLM, price_map) == pytest.approx(bills)


def test_dspy(price_map: Path, bills: list[float]) -> None:
    """DSPy takes a map in place of its own, if it has at least half as many entries: so it is written onto one."""
    interpreter = of("DSPY_PYTHON")
    code = "import json; from dspy.clients.model_metadata import _snapshot; print(json.dumps(_snapshot()))"
    own = subprocess.run([interpreter, "-c", code], capture_output=True, text=True, check=True).stdout
    (price_map.parent / "own.json").write_text(own, encoding="utf-8")
    specs = [f"{provider}:{model}" for provider, model, *_ in REQUESTS]
    whole = price_map.parent / "map.json"
    fine("export", "litellm", *specs, "--onto", price_map.parent / "own.json", "--out", whole)
    assert charged(interpreter, DSPY, whole, LITELLM_MODEL_COST_MAP_URL=whole.as_uri()) == pytest.approx(bills)


def test_aider(price_map: Path, bills: list[float]) -> None:
    """Aider counts the plain price of input and output, so the request above a threshold is left out."""
    plain = [number for number, (*_, prompt, _) in enumerate(REQUESTS) if prompt < 200_000]
    requests = [REQUESTS[number] for number in plain]
    got = charged(of("AIDER_PYTHON"), AIDER, price_map, requests, HOME=str(price_map.parent))
    assert got == pytest.approx([bills[number] for number in plain])
