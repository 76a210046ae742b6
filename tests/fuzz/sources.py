"""Entries: what comes from others as a source or as a list that fills, and a configuration over it."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from fuzz import world
from fuzz.changes import changed, changed_bytes, json_bytes
from fuzz.harness import Entry, holds
from fuzz.records import check_catalogue
from llm_models import guards, paths, pipeline, supplements, transforms
from llm_models.errors import EmptyCatalogError, SourceError
from llm_models.in_use import InUse, base_of
from llm_models.observations import observed_file
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile
from llm_models.timeline import History
from llm_models.timeline_fold import extended, folded, inserted, nothing, without_prices
from llm_models.timeline_writer import encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from llm_models.normalize import Report

NAME = "fuzz.json"
CONFIG = b"""
[deny]
openai = ["o3-*"]
[[models]]
provider = "openai"
id = "gpt-4o"
cost = { input = 2.6 }
[[models]]
provider = "openai"
match = "*"
tags = ["mine"]
"""
"""What an application states over a source."""


class Built(NamedTuple):
    """What `activate --from` makes of a source: the base, what was dropped, the file, and the verdict of the guards."""

    base: SnapshotFile
    report: Report
    file: SnapshotFile
    verdict: guards.Verdict


def built(source: str, data: bytes) -> Built:
    """As `activate --from FILE`, or `--supplement NAME=FILE` for a list that only fills, without writing a file."""
    lists = []
    main, given = source, data
    if not transforms.named(source).lists:
        lists = [supplements.of_file(data, NAME, source, world.DAY)[0]]
        main, given = transforms.DEFAULT, _filled()
    base, report = pipeline.build_base(
        given, NAME, main, day=world.DAY, curated=world.curated(), supplements=lists, without_prose=crc32(data) % 2 == 0
    )
    folder = paths.Folder(world.CONFIG, None)
    file, changes = pipeline.merge_application(InUse(base, folder, CONFIG), code="none")
    Snapshot(file)
    return Built(base, report, file, guards.judge(report, world.base(), base, changes))


@cache
def _filled() -> bytes:
    """The source that a list fills."""
    return json.dumps(world.seed_document(transforms.DEFAULT)).encode()


def check_base(data: bytes, one: Built) -> None:
    """The file is whole, holds its base, and can be read entirely; of some, every record is asked for."""
    one.base.verify()
    one.file.verify()
    holds(base_of(one.file).digest == one.base.digest, "the file does not hold its base")
    if crc32(data) % 3 == 0:
        check_catalogue(SnapshotFile(one.file.data, NAME))
    count = sum(span[3] for span in one.base.blocks.values())
    holds(one.base.header["counts"]["models"] == count, "the header counts other models")
    holds(one.report.records_dropped <= one.report.records_seen, "more records are dropped than were seen")
    json.dumps(one.report.rows())
    for texts in one.verdict:
        holds(all(map(str.isprintable, texts)), "a notice has characters that are not printable")


def check_again(source: str, data: bytes, one: Built) -> None:
    """The same bytes make the same file, and so does the document in another layout, except for its checksum."""
    if crc32(data) % 7:
        return
    holds(built(source, data).file.data == one.file.data, "the same bytes make another file")
    if transforms.named(source).lists:
        other, _ = pipeline.build_base(
            json.dumps(json.loads(data), indent=1).encode(), NAME, source, day=world.DAY, curated=world.curated(),
            supplements=[], without_prose=crc32(data) % 2 == 0,
        )  # fmt: skip
        same = {name: one.base.raw_block(name) for name in one.base.blocks}
        holds({name: other.raw_block(name) for name in other.blocks} == same, "another layout makes other records")


def check_history(data: bytes, one: Built) -> None:
    """What the source listed goes into a history, from which it is read as it was."""
    if crc32(data) % 3:
        return
    seen = observed_file(one.base, world.DAY)
    history = extended(nothing("models_dev"), seen)
    if crc32(data) % 2:
        history = inserted(history, seen._replace(day="2025-12-31"))
    file = History(encode(history), NAME)
    holds(folded(file) == history, "a history is read as another one")
    History(encode(without_prices(history)), NAME).verify()
    for provider, models in seen.listed.items():
        for name in models:
            answer = file.price_on(provider, name, world.DAY)
            holds(
                answer is not None and answer.price == models[name], "a listed model has another price in the history"
            )


def real_parts(source: str) -> list[Any]:
    """Parts of the real file of a source, where it is: documents of its shape with few records."""
    places = {
        "models_dev": world.SHARED / "upstream" / "models-dev-2026-09-30.json",
        "openrouter": world.SHARED / "sources" / "openrouter-2026-08-17.json",
        "litellm": world.SHARED / "sources" / "litellm-1.110.2.json",
    }
    if source not in places or not places[source].exists():
        return []
    whole = json.loads(places[source].read_bytes())
    if source == "openrouter":
        rows = whole["data"]
        return [{"data": rows[start : start + 4]} for start in range(0, len(rows), max(1, len(rows) // 12))]
    if source == "litellm":
        rows = [*whole.items()]
        return [dict(rows[start : start + 4]) for start in range(0, len(rows), max(1, len(rows) // 12))]
    few = []
    for name in [*whole][:: max(1, len(whole) // 12)]:
        models = dict([*whole[name]["models"].items()][:3])
        few.append({name: {**whole[name], "models": models}})
    return few


REAL = True
"""Whether real files are read, where they are: the tests make the same inputs everywhere."""


def _seeds(source: str) -> list[Any]:
    return [world.seed_document(source), *(real_parts(source) if REAL else [])]


def _change_source(rng: Random, seeds: Sequence[Any]) -> bytes:
    which = rng.random()
    first = seeds[0] if which < 0.6 else rng.choice(seeds)
    if which < 0.85:
        return json_bytes(rng, changed(rng, first, seeds, raw=True))
    return changed_bytes(rng, json.dumps(first).encode(), [b'{"data":[]}', b"<html>", b"[[[["])


def _source(name: str, planted: str) -> Entry:
    return Entry(
        seeds=partial(_seeds, name),
        change=_change_source,
        call=partial(built, name),
        errors=(SourceError, EmptyCatalogError),
        laws=(check_base, partial(check_again, name), check_history),
        planted=planted,
    )


ENTRIES = {
    "models_dev": _source("models_dev", "llm_models.ingest.settle"),
    "openrouter": _source("openrouter", "llm_models.ingest.settle"),
    "litellm": _source("litellm", "llm_models.supplements.consistent"),
    "genai_prices": _source("genai_prices", "llm_models.supplements.consistent"),
}
