"""What the tests share: catalogues, the command, crashes, an independent reader, and texts in TOML."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"
UPSTREAM = ROOT.parent / "shared" / "upstream" / "models-dev-2026-09-30.json"
"""The real upstream file, which is no part of the repository; tests that need it skip where it is absent."""
LITELLM = ROOT.parent / "shared" / "sources" / "litellm-1.110.2.json"
OPENROUTER = ROOT.parent / "shared" / "sources" / "openrouter-2026-08-17.json"
"""A real answer of OpenRouter, which is no part of the repository either."""
STORED = ROOT / "tests" / "stored"
"""An application's file and what 0.1.0 made of it: two activations, and the base of the one from a source."""
