"""Generations of a catalogue that differ in one number, the mark: every answer states from which of them it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.timeline_writer import encode
from support import catalogues
from support.histories import fold, seen
from support.readers import MARKS, NAMES

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = b"# an application without a wish\n"


def write_generations(folder: Path) -> Path:
    """Write the files of all generations, as `readers` publishes them; the folder.

    For each mark: `snapshot-MARK.json`, which `activate` could have made of `llm_models.toml`; `history-MARK.json`, its
    history; and `config-MARK.toml`, which makes the first generation that of the mark.
    """
    folder.mkdir(exist_ok=True)
    (folder / "llm_models.toml").write_bytes(CONFIG)
    for mark in MARKS:
        (folder / f"snapshot-{mark}.json").write_bytes(_snapshot(mark))
        (folder / f"history-{mark}.json").write_bytes(_history(mark))
        (folder / f"config-{mark}.toml").write_text(_config(mark), encoding="utf-8")
    return folder


def _snapshot(mark: int) -> bytes:
    model: dict[str, Any] = {"cost": {"input": mark, "output": mark}, "capabilities": {"tools": {"enabled": True}}}
    models = {name: {**model, "canonical": f"alpha/{name}"} for name in NAMES}
    providers = {name: {"name": f"{name} {mark}"} for name in ("alpha", "beta")}
    file = catalogues.from_records({"alpha": models, "beta": models}, providers)
    places = {"fields": {"canonical": {"layer": "made_up", "place": f"made_up:{mark}"}}}
    tail = {"models": {f"{provider}:{name}": places for provider in providers for name in NAMES}}
    header = {"sources": [{"name": "made_up", "sha256": "0" * 64}], "date": "2026-01-02", "filters": {}}
    blocks = {provider: (file.raw_block(provider), len(NAMES)) for provider in providers}
    return catalogues.assembled(header, blocks, tail, CONFIG).data


def _history(mark: int) -> bytes:
    """Every model cost 1000 more at first, and `gone` was listed then; the first day has the mark."""
    first, last = dict.fromkeys((*NAMES, "gone"), 1000 + mark), dict.fromkeys(NAMES, mark)
    return encode(fold(seen(f"2025-06-0{mark}", {"alpha": first}), seen("2026-01-02", {"alpha": last})))


def _config(mark: int) -> str:
    return "\n".join(
        f'[[providers]]\nid = "{provider}"\nname = "{provider} {mark}"\n'
        f'[[models]]\nprovider = "{provider}"\nmatch = "*"\ncost = {{input = {mark}, output = {mark}}}\n'
        for provider in ("alpha", "beta")
    )
