"""Entries: the text of an `llm_models.toml`, which is validated, merged, and edited."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from support import ROOT

from fuzz import world
from fuzz.changes import changed, changed_bytes, toml_bytes
from fuzz.harness import Entry, holds
from fuzz.records import check_catalogue
from fuzz.sources import CONFIG, NAME
from llm_models import checks, edit, paths, pipeline
from llm_models.edit import EditError
from llm_models.errors import ConfigError, EmptyCatalogError
from llm_models.in_use import InUse, base_of
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


class Configured(NamedTuple):
    """The catalogue with a configuration, and what `validate` finds in it."""

    file: SnapshotFile
    problems: Sequence[Any]


def configured(data: bytes) -> Configured:
    """As `validate` and then `load()` with this text as `llm_models.toml`, over the small catalogue."""
    problems = checks.check_text(data, world.CONFIG, world.base())
    lines = data.count(b"\n") + 1
    for one in problems:
        holds(str(one).isprintable(), "a problem has characters that are not printable")
        holds(one.line is None or 1 <= one.line <= lines, "a problem is at a line that the text does not have")
        holds(len(str(one)) < 2_500, "a problem is too long")
    json.dumps([one.to_dict() for one in problems])
    errors = [one for one in problems if one.severity == "error"]
    folder = paths.Folder(world.CONFIG, None)
    try:
        file, _ = pipeline.merge_application(InUse(world.base(), folder, data), code="none")
        Snapshot(file)
    except ConfigError:
        holds(errors, "validate finds no error in a text that cannot be loaded")
        raise
    except EmptyCatalogError:
        raise
    return Configured(file, problems)


def check_configured(data: bytes, one: Configured) -> None:
    """The file is whole, remembers the text, and holds the base without it."""
    one.file.verify()
    again = SnapshotFile(one.file.data, NAME)
    check_catalogue(again)
    holds(again.config() == data and again.holds_config(data), "the file has another configuration than was merged")
    holds(base_of(again).digest == world.base().digest, "the file does not hold its base")
    holds(world.merged(world.base(), data).data == one.file.data, "the same text makes another file")


def check_edits(data: bytes, _one: Configured) -> None:
    """An edit that changes nothing gives the same text, and one that is taken back gives it again."""
    if crc32(data) % 5:
        return
    text = data.decode()
    tree = tomllib.loads(text.removeprefix("\ufeff"))
    plain = [(path, value) for path, value in _leaves(tree) if not isinstance(value, (dict, list))]
    if plain:
        path, value = plain[crc32(data) % len(plain)]
        holds(edit.set_value(text, path, value) == text, "setting a value that is stated changes the text")
    try:
        longer = edit.set_value(text, ("zz", "a.b"), [1, "x"])
        longest = edit.append(longer, ("models",), {"provider": "openai", "id": "gpt-4o"})
    except EditError:
        return
    holds(
        tomllib.loads(longer.removeprefix("\ufeff")) == tree | {"zz": {"a.b": [1, "x"]}},
        "an edit states something else",
    )
    last = len(tomllib.loads(longest.removeprefix("\ufeff"))["models"]) - 1
    holds(edit.unset(longest, ("models", last)) == longer or last == 0, "an edit that is taken back leaves a trace")
    holds(edit.unset(longer, ("zz", "a.b")) == text, "an edit that is taken back leaves a trace")


def _leaves(tree: Any, above: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = []
    for step, value in steps:
        found.append(((*above, step), value))
        found += _leaves(value, (*above, step))
    return found


MORE = b"""
allow = "all"
[[providers]]
id = "openai"
omit = ["doc"]
env = ["A_KEY", "B_KEY"]
apis = ["responses", "chat"]
[[providers]]
id = "gateway"
base_url = "http://localhost:4000/v1"
[[models]]
provider = "openai"
id = "o3-mini"
omit = ["cost.tiers", "capabilities.reasoning"]
kind = "chat"
successor = "openai:gpt-4o"
deprecated = true
release_date = "2025-01"
capabilities = { tools = { enabled = true, parallel = false }, reasoning = { enabled = true, efforts = ["low"] } }
limits.context = 200000
[[models]]
provider = "gateway"
id = "chat"
base = "openai:gpt-4o"
cost.modes.batch = { input = 1, output = 2 }
cost.dated = [{ valid_from = "2026-06-01", input = 1, output = 2 }]
cost.hours = [{ utc = ["16:30", "00:30"], input = 0.5, output = 1 }]
[[models]]
provider = "anthropic"
id = "claude-latest"
new = true
resolves_to = "claude-haiku-4-5"
[[models]]
provider = "*"
match = "claude-*"
tags = ["house"]
[lint]
exclude = ["tests/**"]
ignore = ["gpt-9"]
"""


def _toml_seeds() -> list[Any]:
    """Texts, and what they state as plain data."""
    found = [world.APPLICATION, CONFIG, MORE]
    tests = ROOT / "tests"
    for folder in (tests / "stored", ROOT / "examples", *sorted(tests.glob("bad/*")), *sorted(tests.glob("cases/*"))):
        found += [path.read_bytes() for path in sorted(folder.glob("*.toml")) if path.stat().st_size < 8_000]
    trees = []
    for text in found:
        try:
            trees.append(tomllib.loads(text.decode().removeprefix("\ufeff")))
        except ValueError:
            trees.append(None)
    return [*zip(found, trees, strict=True)]


def _change_toml(rng: Random, seeds: Sequence[Any]) -> bytes:
    which = rng.random()
    text, tree = rng.choice(seeds[:3]) if which < 0.7 else rng.choice(seeds)
    if tree is not None and rng.random() < 0.6:
        others = [each for _, each in rng.sample(seeds, 3) if each is not None]
        return toml_bytes(changed(rng, tree, others, raw=True))
    if rng.random() < 0.5:  # whole lines
        lines, other = text.split(b"\n"), rng.choice(seeds)[0].split(b"\n")
        at = rng.randint(0, len(lines))
        start = rng.randint(0, len(other))
        return b"\n".join([*lines[:at], *other[start : start + rng.randint(0, 6)], *lines[at + rng.randint(0, 2) :]])
    return changed_bytes(rng, text, [other for other, _ in rng.sample(seeds, 2)])


ENTRIES = {
    "toml": Entry(
        seeds=_toml_seeds,
        change=_change_toml,
        call=configured,
        errors=(ConfigError, EmptyCatalogError),
        laws=(check_configured, check_edits),
        planted="llm_models.config.remarks",
    ),
}
