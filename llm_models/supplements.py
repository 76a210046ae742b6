"""Supplements: other lists, which fill what the catalogue's own source does not state. They never add a model.

A source's transform states which fields it may fill (`FILLS`), and of some which other field must be stated with them
(`NEEDS`). What the lists filled when the package was released is
in `data/supplements.json`, one supplement each, and takes part in every build of a base, as a layer between the source
and the curated overrides. So a value is filled only where the source, as it is now, still does not state it.

A price is filled only beside equal ones: where the list has the same price of input and of output as the source, also
in each tier. Otherwise the two mean different prices, or one of them is old, and a class of one beside those of the
other would make a wrong bill. So a mode gets no class whose standard price is another one in the list, either, and it
is filled whole: one that lacks input or output would be billed with the standard price of the other. A value that would
contradict what the source states (`dependents`) is not filled.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import paths
from llm_models.days import is_day, later_than_tomorrow, today
from llm_models.dependents import clashes, consistent
from llm_models.document import Document
from llm_models.enrich import is_deprecated
from llm_models.errors import SourceError, dotted, printable, split_dotted
from llm_models.files import FileError, read_limited
from llm_models.layers import Entry, Layer
from llm_models.manifest import described
from llm_models.meanings import differ, is_rounded, priced
from llm_models.merge import Layered, merge, nest
from llm_models.origins import SUPPLEMENT, leaves
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from llm_models.merge import Path
    from llm_models.normalize import Report

    Record = Mapping[str, Any]
    Fills = Mapping[str, Mapping[str, Record]]
    """Provider -> id -> the fields that a list may fill, and under `BESIDE` the prices beside which it does."""

BESIDE = "beside"
_PRICES = ("input", "output")
FORMAT = 1
_TIMES = 50
"""How many times the budgets of a hand-written layer hold for one that a list fills."""


class Supplement(NamedTuple):
    """What a list may fill: the `name` of its source, the `date` of its data, the SHA-256 of its bytes, the `fills`."""

    name: str
    date: str
    sha256: str
    fills: Fills

    def stated(self) -> dict[str, str]:
        """What a snapshot's header states of it."""
        return {"name": self.name, "date": self.date, "sha256": self.sha256}


def packaged() -> list[Supplement]:
    """The supplements that ship with the package, weakest first."""
    text = paths.packaged_text(paths.PACKAGED_SUPPLEMENTS)
    return [Supplement(**one) for one in json.loads(text)["supplements"]]


def encode(supplements: Sequence[Supplement]) -> bytes:
    """The content of `data/supplements.json`, a model per line."""
    parts = []
    for one in supplements:
        providers = []
        for provider, models in sorted(one.fills.items()):
            lines = [f"{_text(model_id)}:{_text(fill)}" for model_id, fill in sorted(models.items())]
            providers.append(f"{_text(provider)}:{{\n" + ",\n".join(lines) + "}")
        head = _text(one.stated())[:-1]
        parts.append(f'{head},"fills":{{\n' + ",\n".join(providers) + "}}")
    text = f'{{"format":{FORMAT},"supplements":[\n' + ",\n".join(parts) + "]}\n"
    return text.encode()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def of_file(data: bytes, name: str, source: str, date: str) -> tuple[Supplement, Report]:
    """What the bytes of a list may fill, and what was dropped and repaired. `name` stands for the bytes in messages.

    Raises `SourceError` where the bytes are not that list.
    """
    from llm_models import transforms
    from llm_models.ingest import records_of

    records, report = records_of(data, name, source, date)
    transform = transforms.transform(source)
    fillable, needs = transform.FILLS, getattr(transform, "NEEDS", {})
    fills = {
        provider: {
            model_id: fill for model_id, model in part["models"].items() if (fill := _fill(model, fillable, needs))
        }
        for provider, part in records.items()
    }
    digest = hashlib.sha256(data).hexdigest()
    return Supplement(source, date, digest, {name: models for name, models in fills.items() if models}), report


def _fill(model: Record, fills: Iterable[str], needs: Mapping[str, str]) -> dict[str, Any]:
    """The part of a list's record that it may fill, with the prices beside which its own ones stand.

    A field that `needs` another one is filled only where the record states that, too.
    """
    theirs = consistent(model)
    stated = [*leaves(theirs)]
    fillable = [one for one in fills if one not in needs or any(_covers(needs[one], path) for path, _ in stated)]
    parts = [nest(path, value) for path, value in stated if any(_covers(field, path) for field in fillable)]
    fill = merge([*map(Layered, parts)], {}).values
    if "cost" in fill:
        classes = {name for path, value in leaves(fill["cost"]) if path[0] == "modes" for name in _classes(path, value)}
        fill[BESIDE] = _beside(theirs.get("cost", {}), classes)
    return fill


def _classes(path: Path, value: Any) -> list[str]:
    """The classes of prices of a leaf of a mode."""
    return [path[-1]] if path[-1] != "tiers" else [name for tier in value for name in tier if name != "context_over"]


def _covers(field: str, path: Path) -> bool:
    """Whether a dotted field is at a path, or around it."""
    steps = split_dotted(field)
    return path[: len(steps)] == tuple(steps)


def _beside(cost: Record, classes: Iterable[str] = ()) -> dict[str, Any]:
    """The prices beside which others are filled: input and output, also those of tiers, and those of `classes`."""
    found = {dotted(path[1:]): price for path, price in priced(cost)}
    kept = {name: price for name, price in found.items() if name in classes or _decides(name)}
    return kept | {"tiers": len(cost.get("tiers", ()))}


def _decides(name: str) -> bool:
    """Whether no price is filled where this one is another."""
    return name in _PRICES or name == "tiers" or (name.startswith("tiers.") and name.rpartition(".")[2] in _PRICES)


def _priced_alike(values: Mapping[Path, Any], beside: Record, cost: Record) -> dict[Path, Any]:
    """The values, without the prices that stand beside other ones in the list."""
    if {name: price for name, price in beside.items() if _decides(name)} != _beside(cost):
        return {path: value for path, value in values.items() if path[0] != "cost"}
    other = {name for name, price in beside.items() if name in cost and name != "tiers"}
    other = {name for name in other if differ(cost[name], beside[name]) and not is_rounded(cost[name], beside[name])}
    kept: dict[Path, Any] = {}
    for path, value in values.items():
        if path[:2] == ("cost", "modes") and path[-1] == "tiers":
            tiers = [{name: price for name, price in tier.items() if name not in other} for tier in value]
            if left := [tier for tier in tiers if len(tier) > 1]:
                kept[path] = left
        elif path[:2] != ("cost", "modes") or path[-1] not in other:
            kept[path] = value
    return kept


def _without_half_modes(values: Mapping[Path, Any], cost: Record) -> dict[Path, Any]:
    """The values, without those of modes that would lack input or output, where the standard list has a price of it."""
    needed = {name for name in _PRICES if cost.get(name)}
    stated: dict[str, set[str]] = {name: {*mode} for name, mode in cost.get("modes", {}).items()}
    for path in values:
        if path[:2] == ("cost", "modes"):
            stated.setdefault(path[2], set()).add(path[-1])
    return {path: value for path, value in values.items() if path[:2] != ("cost", "modes") or needed <= stated[path[2]]}


def layers(supplements: Sequence[Supplement], ground: Layer, date: str | None) -> list[Layer]:
    """A layer of each supplement, of what the source's layer and the stronger supplements do not state.

    `date` is that of the source's data. A model that it lists then, and not as deprecated, did not retire before.
    """
    models = {(entry.provider, entry.id): entry.fields for entry in ground.models}
    made: list[Layer] = []
    for one in reversed(supplements):
        layer = Layer(f"{SUPPLEMENT}{one.name}", Document(one.name, None, None, [], times=_TIMES), only_patches=True)
        layer.fills = True
        for provider, model_id, fill in _each(one.fills):
            ours = models.get((provider, model_id))
            found = None if ours is None else _filling(fill, ours, provider, models, date or "")
            if found is not None:
                fields, models[provider, model_id] = found
                layer.models.append(Entry(layer, ("models", len(layer.models)), provider, model_id, fields))
        made.insert(0, layer)
    return made


def _each(fills: Fills) -> Iterator[tuple[str, str, Record]]:
    for provider, models in fills.items():
        for model_id, fill in models.items():
            yield provider, model_id, fill


def _filling(
    fill: Record, ours: Record, provider: str, models: Mapping[tuple[str, str], Record], date: str
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What of a fill a record does not state and does not contradict, and the filled record; None for nothing."""
    values = {path: value for path, value in leaves(fill) if path[0] != BESIDE and _is_open(ours, path)}
    values = _without_half_modes(
        _priced_alike(values, fill.get(BESIDE, {}), ours.get("cost", {})), ours.get("cost", {})
    )
    if fill.get("retires", date) < date and not is_deprecated(ours):
        values.pop(("retires",), None)
    if "successor" in fill and tuple(fill["successor"].split(":", 1)) not in models:
        values.pop(("successor",), None)
    if names := values.pop(("served_as",), None):
        free = [name for name in names if (provider, name) not in models]
        values.update({("served_as",): free} if free else {})
    while values:
        fields = merge([Layered(nest(path, value)) for path, value in values.items()], {}).values
        filled = merge([Layered(fields), Layered(ours)], {}).values
        clashing = _clashing(filled, ours, values)
        if not clashing:
            return fields, filled
        for path in clashing:
            del values[path]
    return None


def _clashing(filled: Record, ours: Record, values: Mapping[Path, Any]) -> set[Path]:
    """The filled values that break a rule which the record alone does not break."""
    before = {(rule.field, other) for rule, other in clashes(ours)}
    found: set[Path] = set()
    for rule, other in clashes(filled):
        if (rule.field, other) not in before:
            found |= {path for path in values if _covers(other, path)} or {
                path for path in values if _covers(rule.field, path)
            }
    return found


def _is_open(record: Record, path: Path) -> bool:
    """Whether a record states nothing at a path and nothing around it."""
    value: Any = record
    for step in path:
        if not isinstance(value, dict):
            return False
        if step not in value:
            return True
        value = value[step]
    return False


def taking_part(
    files: Mapping[str, str], stated: Iterable[Mapping[str, str]] = ()
) -> tuple[list[Supplement], dict[str, Report]]:
    """The packaged supplements without those of `files` (source -> path), then these, and the reports about them.

    The date of a file is the day of its fetch, if its manifest states it, else the one that is `stated` of the same
    bytes, as the header of a snapshot does, else today. Raises `SourceError`.
    """
    known = {(one["name"], one["sha256"]): one["date"] for one in stated if _may_be(one["date"])}
    made = {one.name: one for one in packaged() if one.name not in files}
    reports = {}
    for name, path in files.items():
        try:
            data = read_limited(path, MAX_BYTES)
        except FileError as error:
            raise SourceError(str(error)) from None
        date = described(path, data)[1] or known.get((name, hashlib.sha256(data).hexdigest())) or today()
        made[name], reports[name] = of_file(data, path, name, date)
    return [*made.values()], reports


def _may_be(date: str) -> bool:
    """Whether a date can be that of a list. By a forged one, prices of another day would count as reproduced."""
    return is_day(date) and not later_than_tomorrow(date, today())


def named(texts: Sequence[str]) -> dict[str, str]:
    """The files of `NAME=FILE`, by the name of the source. Raises `SourceError`."""
    from llm_models import transforms

    found: dict[str, str] = {}
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not path:
            what = f"'{printable(text)}' is not of the form NAME=FILE, such as litellm=map.json"
            raise SourceError(what, exit_code=2)
        transforms.check_fills(name)
        if name in found:
            raise SourceError(f"two files of '{printable(name)}' are given; give one")
        found[name] = path
    return found
