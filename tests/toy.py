"""A catalogue small enough to merge a thousand times, built by our own pipeline from made-up upstream bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from llm_models import config, pipeline

if TYPE_CHECKING:
    from pathlib import Path

    from llm_models.layers import Layer


def _model(model_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": model_id,
        "name": model_id.upper(),
        "attachment": False,
        "reasoning": False,
        "tool_call": True,
        "modalities": {"input": ["text"], "output": ["text"]},
        "limit": {"context": 1000, "output": 100},
        "last_updated": "2026-01-02",
        **more,
    }


def _provider(provider_id: str, *models: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": provider_id,
        "name": provider_id.title(),
        "env": [f"{provider_id.upper()}_KEY"],
        "doc": f"https://{provider_id}.example/docs",
        "models": {model["id"]: model for model in models},
        **more,
    }


PROVIDERS = [
    _provider(
        "openai",
        _model(
            "gpt-4o",
            family="gpt",
            cost={"input": 2.5, "output": 10, "cache_read": 1.25},
            limit={"context": 128000, "input": 120000, "output": 16384},
            knowledge="2023-09",
        ),
        _model(
            "gpt-4o-mini",
            family="gpt-mini",
            cost={
                "input": 0.15,
                "output": 0.6,
                "tiers": [{"input": 0.3, "output": 1.2, "tier": {"type": "context", "size": 200000}}],
            },
            limit={"context": 128000, "output": 16384},
            modalities={"input": ["text", "image"], "output": ["text"]},
        ),
        _model("gpt-4o-preview"),
        _model("gpt-4o-retired"),
        _model("o3-mini", reasoning=True, cost={"input": 1.1, "output": 4.4}),
        _model("text-embedding-3", family="text-embedding"),
    ),
    _provider("anthropic", _model("claude-haiku-4-5", cost={"input": 1, "output": 5}), _model("claude-old")),
    _provider("google-vertex", _model("claude-haiku-4-5@20251001"), _model("gpt-4o-mini")),
    _provider("wafer.ai", _model("glm/glm-5:free", interleaved={"field": "reasoning"})),
    _provider("azure", _model("o3-mini"), _model("o3-secret")),
]

CURATED = b"""
[exclude]
openai = ["gpt-4o-retired"]

[deny]
azure = ["*-secret"]

[[providers]]
id = "openai"
base_url = "https://api.openai.example/v1"

[[models]]
provider = "openai"
match = "gpt-4o*"
capabilities.tools.strict = true
tags = ["curated"]

[[models]]
provider = "openai"
id = "gpt-4o-mini"
aliases = ["gpt-4o-mini-2024-07-18"]
"""


def curated_layers() -> list[Layer]:
    """In place of the overrides that ship with the package."""
    return [config.layer_of(config.parse(CURATED, "toy.toml"), "overrides/toy.toml", only_patches=True)]


def upstream(*, newer: bool = False) -> bytes:
    """The catalogue in the shape of models.dev; `newer` is a later day of it, with other models and prices."""
    catalogue = {provider["id"]: json.loads(json.dumps(provider)) for provider in PROVIDERS}
    if newer:
        del catalogue["azure"]
        del catalogue["openai"]["models"]["o3-mini"]
        catalogue["openai"]["models"]["gpt-4o"]["cost"]["input"] = 2.25
        catalogue["openai"]["models"]["gpt-5"] = _model("gpt-5", last_updated="2026-02-03", family="gpt")
        catalogue["groq"] = _provider("groq", _model("gpt-oss-20b"))
    return json.dumps(catalogue).encode()


def write_snapshot(folder: Path, *, newer: bool = False) -> str:
    """The catalogue as a snapshot file in `folder`; its path."""
    base, report = pipeline.build_base(upstream(newer=newer), "toy.json", curated=curated_layers())
    assert report.records_dropped == 0
    path = folder / f"toy{'-newer' if newer else ''}.json"
    path.write_bytes(base.data)
    return str(path)
