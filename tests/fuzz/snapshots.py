"""Entries: snapshot files that are damaged, or changed and signed again."""

from __future__ import annotations

from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from zlib import crc32

from support import forging

from fuzz import world
from fuzz.changes import as_json
from fuzz.forged import NAME, answers, change_bytes, damaged_of, is_any, names_of, put_into, puts_of
from fuzz.harness import Entry, holds
from fuzz.records import check_catalogue
from llm_models import LLMModelsError, pipeline
from llm_models.errors import SnapshotError
from llm_models.in_use import InUse, base_of
from llm_models.paths import Folder
from llm_models.snapshot import Snapshot
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from fuzz.forged import Questions


def _asked(*names: str) -> dict[str, Callable[[Any], object]]:
    """Questions about a model, by each of these names."""
    asked: dict[str, Callable[[Any], object]] = {}
    for name in names:
        for title, ask in (
            ("resolve", lambda file, name: Snapshot(file).resolve(name).to_dict()),
            ("explain", lambda file, name: Snapshot(file).explain(name).to_dict()),
            ("endpoint", lambda file, name: Snapshot(file).endpoint(name)),
            (
                "cost",
                lambda file, name: Snapshot(file).cost(name, {"input": 70_000, "output": 5}, "2026-01-01").to_dict(),
            ),
            ("offers", lambda file, name: Snapshot(file).offers(name)),
            ("history", lambda file, name: Snapshot(file).history(name)),
            ("match", lambda file, name: Snapshot(file).match_names("openai", name, "https://own.example/v1")),
            ("retired", lambda file, name: Snapshot(file).resolve(name).is_retired()),
        ):
            asked[f"{title} {name}"] = partial(ask, name=name)
    return asked


CHOICES: tuple[dict[str, Any], ...] = (
    {"order_by": "price"},
    {"order_by": "context"},
    {"order_by": "release"},
    {"require": ["tools"], "unknown": "likely", "prefer": ["openai"]},
    {"input": "image", "output": ["text"], "free": False},
    {"min_context": 1, "min_output": 1, "max_price_input": 9, "max_price_output": 9},
    {"released_after": "2020-01-01", "open_weights": True, "family": "gpt"},
    {"tags": ["curated"], "match": "*:gpt*", "lifecycle": "current", "at": "2027-01-01"},
    {"order_by": "cost", "workload": {"input": 5, "output": 1}},
)
OF_SNAPSHOT: Questions = {
    "providers": lambda file: Snapshot(file).list_providers(),
    "models": lambda file: [one.to_dict() for one in Snapshot(file).list_models()],
    "length": lambda file: len(Snapshot(file)),
    "tail": lambda file: file.tail(),
    "config": lambda file: file.config(),
    "base": lambda file: base_of(file).digest,
    "base tail": lambda file: base_of(file).tail(),
    **{f"provider {one}": lambda file, one=one: Snapshot(file).get_provider(one) for one in ("own", "openai", "azure")},
    **{f"select {one}": lambda file, one=one: Snapshot(file).select(**one) for one in CHOICES},
    **{f"list {one}": lambda file, one=one: Snapshot(file).list_models(**one) for one in CHOICES[3:-1]},
    **{f"search {one}": lambda file, one=one: Snapshot(file).search(one).to_dict() for one in ("gpt", "cheap vision")},
    **_asked("own:mine", "mine-1", "openai:gpt-4o-mini", "openai:gpt-4o-preview", "openai:o3-mini", "x"),
}  # fmt: skip


@cache
def _whole_snapshot(name: str) -> dict[str, object]:
    """What a whole file answers to all questions."""
    found: dict[str, object] = {}
    for title, ask in OF_SNAPSHOT.items():
        try:
            found[title] = repr(ask(SnapshotFile(world.snapshot_files()[name], NAME)))
        except LLMModelsError as error:
            found[title] = type(error)
    return found


def damaged_snapshot(data: bytes) -> bool:
    """Whether a damaged file answers everything that it is asked: each answer is that of the whole file, or refused."""
    name, damaged = damaged_of(world.snapshot_files(), data)
    whole = damaged == world.snapshot_files()[name]
    file = SnapshotFile(damaged, NAME)
    for question, found in answers(OF_SNAPSHOT, file, data).items():
        holds(
            found in (SnapshotError, _whole_snapshot(name)[question]),
            f"a damaged file gives another answer ({question})",
        )
    if crc32(data) % 3 == 0:
        try:
            SnapshotFile(damaged, NAME).verify()
        except SnapshotError:
            holds(not whole, "a whole file is refused")
            raise
        holds(whole, "a damaged file passes for whole")
    return True


def _change_signed(rng: Random, seeds: Sequence[Any]) -> bytes:
    name = "activated" if rng.random() < 0.6 else rng.choice(seeds)
    return as_json({"of": name, "put": puts_of(rng, world.apart(name), is_any, keeps_type=rng.random() < 0.4)}).encode()


def signed_snapshot(data: bytes) -> SnapshotFile:
    """The file with other content and right checksums; it answers with records, or with errors of the package."""
    file = SnapshotFile(forging.put_together(put_into(world.apart, [*world.snapshot_files()], data)), NAME)
    answers(OF_SNAPSHOT, file, data)
    if crc32(data) % 3 == 0:
        tag = {"models": [{"provider": "openai", "match": "*", "tags": ["t"]}]}
        with suppress(LLMModelsError):
            pipeline.merge_application(InUse(file, Folder(None, None), None), overrides=tag)[0].verify()
    again = SnapshotFile(file.data, NAME)
    again.verify()
    return again


def check_signed(_data: bytes, file: SnapshotFile) -> None:
    """What passes for whole can be read entirely."""
    try:
        Snapshot(file)
    except LLMModelsError:
        return
    check_catalogue(file)


ENTRIES = {
    "snapshot_damaged": Entry(
        seeds=partial(names_of, world.snapshot_files),
        change=partial(change_bytes, world.snapshot_files),
        call=damaged_snapshot,
        errors=(SnapshotError,),
        laws=(),
        planted="llm_models.snapshot_file.parse_header",
    ),
    "snapshot_signed": Entry(
        seeds=partial(names_of, world.snapshot_files),
        change=_change_signed,
        call=signed_snapshot,
        errors=(SnapshotError,),
        laws=(check_signed,),
        planted="llm_models.shape.check_tail",
    ),
}
