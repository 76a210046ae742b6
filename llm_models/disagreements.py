"""Disagreements: where another list states another value than a catalogue; a report, which changes nothing.

A person turns a line into a correction with a link (`overrides/`), or accepts it for some time (`accepted`). The lines
are in the order of `GROUPS`. Small differences of limits are only counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from llm_models import transforms
from llm_models.current_prices import of_day
from llm_models.days import days_between, today
from llm_models.errors import dotted
from llm_models.ingest import PAST, records_of
from llm_models.meanings import EXPLAINED, Both, differ, factor_of, priced
from llm_models.modelspec import fold_provider
from llm_models.origins import SUPPLEMENT, fields_of, leaves
from llm_models.outliers import COMPARED, farthest_first, outliers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from llm_models.normalize import Report
    from llm_models.origins import Tail
    from llm_models.snapshot_file import SnapshotFile

    Path = tuple[str, ...]
    Record = Mapping[str, Any]

Group = Literal["price", "retirement", "capability", "moving name", "unusual", "limit"]
GROUPS: tuple[Group, ...] = get_args(Group)
SMALL = 1.05
"""Limits that differ by less than this factor are only counted."""
SOON = 90
"""How many days ahead a retirement is reported."""
_MOVING = (("cost", "input"), ("cost", "output"), ("limits", "context"), ("limits", "output"))
"""In what a moving name is compared with the model that it means."""


class List(NamedTuple):
    """Another list as it was read: the `name` of its source, the `date` of its data where it is known, and provider ->
    id -> record."""

    name: str
    date: str | None
    models: Mapping[str, Mapping[str, Record]]


class Disagreement(NamedTuple):
    """One field of one model of which a list states another value than the catalogue.

    `origin` is who states ours (`layer`, or `layer:line`), `source` the address at which theirs can be read. `later` is
    the side whose data is newer, None where neither is known to be. `factor` is the larger value over the smaller one.
    `explained` names a known difference of meaning. Of an `unusual` value, theirs is the median of the same model at
    other providers.
    """

    group: Group
    spec: str
    field: str
    ours: Any
    origin: str
    theirs: Any
    source: str
    list: str
    later: Literal["ours", "theirs"] | None = None
    factor: float | None = None
    explained: str | None = None
    is_first_party: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain data, without what is None."""
        return {name: value for name, value in self._asdict().items() if value is not None}


def read(data: bytes, name: str, source: str, date: str | None = None) -> tuple[List, Report]:
    """The records of a list's bytes, and what was dropped and repaired. `date` is the day of its data.

    Where it is not known, that is the newest day in the records; where they state none, no line tells which side is
    later. Without `date`, the prices are those of today.

    Raises `SourceError` where the bytes are not that list.
    """
    records, report = records_of(data, name, source, date or today())
    models = {provider: part["models"] for provider, part in records.items()}
    stated = (one.get(field) for part in models.values() for one in part.values() for field in PAST)
    newest = max((day for day in stated if day and day <= today()), default=None)
    return List(source, date or newest, models), report


def against(file: SnapshotFile, lists: Sequence[List], day: str | None = None) -> tuple[list[Disagreement], int]:
    """The lines about a catalogue and other lists, in order, and how many limits differ by less than `SMALL`.

    `day` is the day on which retirements are judged, today by default.
    """
    found, small = [*_unusual(file)], 0
    for other in lists:
        lines, few = _against(file, other, day or today())
        found, small = found + lines, small + few
    return sorted(found, key=_rank), small


def _against(file: SnapshotFile, other: List, day: str) -> tuple[list[Disagreement], int]:
    tail, address = file.tail(), transforms.named(other.name).url
    found: list[Disagreement] = []
    small = 0
    for provider in sorted(other.models.keys() & file.blocks.keys()):
        ours = {line["id"]: _on(line, day) for line in file.block(provider).models()}
        for model_id in sorted(other.models[provider].keys() & ours.keys()):
            both = Both(
                provider, model_id, ours[model_id], other.models[provider][model_id], ours, other.models[provider]
            )
            shown = _Shown(file, tail, provider, both, other, address)
            for line in (
                *_prices(shown),
                *_retirement(shown, day),
                *_capabilities(shown),
                *_moving(shown),
                *_limits(shown),
            ):
                if line.group == "limit" and (line.factor or 1) < SMALL:
                    small += 1
                else:
                    found.append(line)
    return found, small


def _on(record: Record, day: str) -> Record:
    """A record with the prices of a day: its flat prices are those of the source's day."""
    return {**record, "cost": of_day(record["cost"], day)} if "dated" in record.get("cost", {}) else record


def _rank(line: Disagreement) -> tuple[Any, ...]:
    return GROUPS.index(line.group), not line.is_first_party, -(line.factor or 0), line.spec, line.field


class _Shown(NamedTuple):
    """What the lines about one model have in common."""

    file: SnapshotFile
    tail: Tail
    provider: str
    both: Both
    other: List
    address: str

    @property
    def spec(self) -> str:
        return f"{self.provider}:{self.both.model_id}"

    def line(self, group: Group, path: Path, ours: Any, theirs: Any, **more: Any) -> Iterator[Disagreement]:
        """The line about a field, unless the catalogue has its value from that list."""
        origins = fields_of(self.tail, self.spec)
        origin = next((origins[path[:size]] for size in range(len(path), 0, -1) if path[:size] in origins), None)
        if origin is not None and origin["layer"] == f"{SUPPLEMENT}{self.other.name}":
            return
        who = self.file.header["sources"][0]["name"] if origin is None else origin.get("place") or origin["layer"]
        source = self.both.theirs.get("cost", {}).get("source") if group == "price" else None
        explained = next((word for word, holds in EXPLAINED.items() if holds(self.both, path, ours, theirs)), None)
        canonical = self.both.ours.get("canonical") or self.both.ours.get("derived", {}).get("canonical") or ""
        yield Disagreement(
            group, self.spec, dotted(path), ours, who, theirs, source or self.address, self.other.name,
            later=self._later(group), factor=factor_of(ours, theirs), explained=explained,
            is_first_party=fold_provider(canonical.partition("/")[0]) == self.provider, **more,
        )  # fmt: skip

    def _later(self, group: Group) -> Literal["ours", "theirs"] | None:
        """By the days of both data, or the day from which a price holds, if that is later."""
        since = [one.get("cost", {}).get("valid_from", "") if group == "price" else "" for one in self.both[2:4]]
        ours, theirs = max(since[0], self.file.header.get("date") or ""), max(since[1], self.other.date or "")
        if not ours or not theirs or ours.startswith(theirs) or theirs.startswith(ours):  # a month has no later day
            return None
        return "ours" if ours > theirs else "theirs"


def _prices(shown: _Shown) -> Iterator[Disagreement]:
    ours, theirs = (dict(priced(one.get("cost", {}))) for one in (shown.both.ours, shown.both.theirs))
    for path in ours:
        if path in theirs and differ(ours[path], theirs[path]):
            yield from shown.line("price", path, ours[path], theirs[path])
    sizes = [
        [tier["context_over"] for tier in one.get("cost", {}).get("tiers", ())]
        for one in (shown.both.ours, shown.both.theirs)
    ]
    if all(sizes) and sizes[0] != sizes[1]:
        yield from shown.line("price", ("cost", "tiers"), sizes[0], sizes[1])


def _retirement(shown: _Shown, day: str) -> Iterator[Disagreement]:
    ours, theirs = shown.both.ours, shown.both.theirs.get("retires")
    if theirs is None or len(theirs) < len(day):
        return
    known = ours.get("retires")
    deprecated = (
        ours.get("deprecated") or ours.get("derived", {}).get("deprecated") or ours.get("status") == "deprecated"
    )
    if theirs <= day:
        if not deprecated and not (known and known <= day):
            yield from shown.line("retirement", ("retires",), known, theirs)
    elif theirs != known and days_between(day, theirs) <= SOON:
        yield from shown.line("retirement", ("retires",), known, theirs)


def _capabilities(shown: _Shown) -> Iterator[Disagreement]:
    ours, theirs = (
        dict(leaves({"capabilities": one.get("capabilities", {})})) for one in (shown.both.ours, shown.both.theirs)
    )
    for path, value in ours.items():
        if isinstance(value, bool) and isinstance(theirs.get(path), bool) and value is not theirs[path]:
            yield from shown.line("capability", path, value, theirs[path])


def _moving(shown: _Shown) -> Iterator[Disagreement]:
    target = shown.both.theirs.get("resolves_to")
    record = shown.both.siblings.get(str(target), {}) if target != shown.both.ours.get("resolves_to") else {}
    for group, name in _MOVING:
        ours, theirs = (one.get(group, {}).get(name) for one in (shown.both.ours, record))
        if None not in (ours, theirs) and differ(ours, theirs):
            yield from shown.line("moving name", (group, name), ours, theirs)


def _limits(shown: _Shown) -> Iterator[Disagreement]:
    for name, ours in shown.both.ours.get("limits", {}).items():
        theirs = shown.both.theirs.get("limits", {}).get(name)
        if theirs is not None and differ(ours, theirs):
            yield from shown.line("limit", ("limits", name), ours, theirs)


def _unusual(file: SnapshotFile) -> Iterator[Disagreement]:
    lines = ((provider, line) for provider in file.blocks for line in file.block(provider).models())
    source = file.header["sources"][0]["name"]
    for (provider, model_id), field, (value, median) in farthest_first(outliers(lines)):
        where = f"the median of {COMPARED[field].label} at other providers"
        spec = f"{provider}:{model_id}"
        yield Disagreement(
            "unusual", spec, field, value, source, median, where, source, factor=factor_of(value, median)
        )


def contradicted(lines: Iterable[Disagreement], lists: Sequence[List]) -> list[Disagreement]:
    """The lines about values that two of the `lists` contradict and none supports, of those that are not explained.

    A list with older data than ours contradicts nothing. Give independent lists only: two of which one was made from
    the other are one.
    """
    by_value: dict[tuple[str, str], list[Disagreement]] = {}
    for line in lines:
        if line.group in ("price", "capability", "limit") and line.explained is None and line.later != "ours":
            by_value.setdefault((line.spec, line.field), []).append(line)
    return [
        line
        for each in by_value.values()
        if len({line.list for line in each}) > 1 and not _supported(each[0], lists)
        for line in each
    ]


def _supported(line: Disagreement, lists: Sequence[List]) -> bool:
    provider, _, model_id = line.spec.partition(":")
    for one in lists:
        record = one.models.get(provider, {}).get(model_id, {})
        values = {dotted(path): value for path, value in (*priced(record.get("cost", {})), *leaves(record))}
        if line.field in values and not differ(values[line.field], line.ours):
            return True
    return False
