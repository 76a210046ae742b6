"""The report of `diff --against`: where other lists state other values than a catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llm_models.cli.output import cell, line, note, print_json, print_table, stage
from llm_models.errors import LLMModelsError
from llm_models.transforms import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from llm_models.accepted import Accepted
    from llm_models.disagreements import Disagreement
    from llm_models.paths import Folder


def report(
    name: str, folder: Folder, files: Sequence[tuple[str, str]], accepted: str | None, *, contradicted: bool, style: str
) -> bool:
    """Print the report about a catalogue and the files of (source, path); whether anything in it is open."""
    from llm_models import accepted as accepting
    from llm_models import disagreements
    from llm_models.days import today
    from llm_models.differences import catalogue
    from llm_models.files import FileError, read_limited
    from llm_models.manifest import described
    from llm_models.upstream import MAX_BYTES

    entries = [] if accepted is None else accepting.read(accepted)
    file, lists = catalogue(name, folder), []
    for source, path in files:
        stage(f"reading {path}")
        try:
            data = read_limited(path, MAX_BYTES)
        except FileError as error:
            raise LLMModelsError(str(error)) from None
        lists.append(disagreements.read(data, path, source, described(path, data)[1])[0])
    stage("comparing")
    lines, small = disagreements.against(file, lists)
    whole = accepting.sort(
        lines, [one for one in entries if one.source in (None, *(each.name for each in lists))], today()
    )
    shown = accepting.sort(disagreements.contradicted(lines, lists) if contradicted else lines, entries, today())
    counts = {"limits that differ by less than 5 %": 0 if contradicted else small, "accepted": shown.accepted}
    over = [f"{_about(entry)} was accepted until {entry.until}: look at it again" for entry in shown.over]
    unused = [f"{_about(entry)} is accepted and does not differ: remove the entry" for entry in whole.unused]
    if style == "json":
        print_json({
            "lists": [{"name": one.name} | ({"date": one.date} if one.date else {}) for one in lists],
            "differences": [one.to_dict() for one in shown.open],
            "small_limits": small, "accepted": shown.accepted, "over": over, "unused": unused,
        })  # fmt: skip
    elif style == "markdown":
        from llm_models.cli.markdown import print_fenced

        print_fenced([*_totals(shown.open, counts), *over, *unused, *map(_item, shown.open)])
    else:
        _print(shown.open)
        line(*(f"{words}: {count:,}" for words, count in counts.items() if count))
        note(*over, *unused)
        if not shown.open:
            note("no difference")
    return bool(shown.open or over)


def pairs(against: Sequence[str], sources: Sequence[str]) -> list[tuple[str, str]]:
    """The source and the path of each list, as the options state them in turn."""
    if len(against) != len(sources):
        raise click.UsageError("each --against FILE needs its --source NAME, in the same order")
    for name in sources:
        named(name)
    return list(zip(sources, against, strict=True))


def _about(entry: Accepted) -> str:
    return f"{entry.place}: {entry.spec} {entry.field}"


def _groups(lines: Sequence[Disagreement]) -> Iterator[tuple[str, list[Disagreement]]]:
    from llm_models.disagreements import GROUPS

    for group in GROUPS:
        if found := [each for each in lines if each.group == group]:
            first = sum(each.is_first_party for each in found)
            yield f"{group}: {len(found):,}{f', {first:,} of first parties' if first else ''}", found


def _totals(lines: Sequence[Disagreement], counts: dict[str, int]) -> list[str]:
    stated = [f"{words}: {count:,}" for words, count in counts.items() if count]
    return [*(title for title, _ in _groups(lines)), *stated] or ["no difference"]


_NARROW = ("source", "newer", "stated by", "times", "explained", "list")
"""The columns that a narrow terminal does without, in this order."""


def _print(lines: Sequence[Disagreement]) -> None:
    for title, found in _groups(lines):
        line(title)
        rows = [(f"  {each.spec}", each.field, *_values(each), each.list, each.source) for each in found]
        columns = ("  model", "field", "ours", "stated by", "theirs", "times", "newer", "explained", "list", "source")
        print_table(
            columns, rows, right=("ours", "theirs", "times"), drop=_NARROW, wrap=("ours", "theirs", "explained")
        )


def _values(each: Disagreement) -> tuple[Any, ...]:
    times = "" if each.factor is None else f"{each.factor:.2f}"
    return cell(each.ours), each.origin, cell(each.theirs), times, each.later or "", each.explained or ""


def _item(each: Disagreement) -> str:
    ours, origin, theirs, times, later, explained = _values(each)
    more = [f"{times} times" if times else "", f"{later} newer" if later else "", explained]
    told = ", ".join(filter(None, more))
    return f"{each.group}: {each.spec}: {each.field}: {ours} ({origin}), {each.list} {theirs} ({each.source}); {told}"
