"""Outliers: values that are far from those of the same model at other providers; standard library only.

Hosts set their own limits and prices, so such a value may be right: it is marked, and never changed. It is compared
with the median of its canonical group, in which it counts itself; where two values are in the middle, it must be far
from both, because it is not known which half is right. A price of 0 counts as none: it is no outlier either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models.columns import FAR
from llm_models.groups import far_from, group_in
from llm_models.siblings import members

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from llm_models.snapshot_file import SnapshotFile

    Key = tuple[str, str]
    """The provider and the id of a model."""


class Outlier(NamedTuple):
    """A value of a record that is far from those of the same model at other providers."""

    value: float
    """The value: tokens, or USD per million tokens."""
    median: float
    """The median of the model, in the same unit."""

    def text(self) -> str:
        """What people read behind the value."""
        return f"unusual: the median of this model is {self.median:,.10g}"


class Compared(NamedTuple):
    """A field that is compared: its path in a record, how many times off is too far, and its name in a list."""

    path: tuple[str, str]
    times: float
    label: str


COMPARED = {
    ".".join(one.path): one
    for one in (
        Compared(("limits", "context"), FAR["context"], "context"),
        Compared(("cost", "input"), FAR["input_price"], "$ in"),
        Compared(("cost", "output"), FAR["output_price"], "$ out"),
    )
}
"""Field, as dotted text -> how it is compared."""


def outliers(records: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[Key, dict[str, Outlier]]:
    """Provider and id -> field -> the outlier, of the records that have one.

    Each record is its provider and its line in a snapshot file (`block.Line`). The order changes nothing, and neither
    do records of other groups.

    >>> stated = {"canonical": "openai/gpt-oss-20b", "id": "openai/gpt-oss-20b", "limits": {"context": 131072}}
    >>> records = [(provider, stated) for provider in ["groq", "vercel", "openrouter"]]
    >>> outliers([*records, ("mirror", {**stated, "limits": {"context": 1310720}})])
    {('mirror', 'openai/gpt-oss-20b'): {'limits.context': Outlier(value=1310720, median=131072)}}
    """
    values: dict[tuple[str, str], list[tuple[float, Key]]] = {}
    for provider, line in records:
        group = group_in(provider, line)
        if group is not None:
            for field, compared in COMPARED.items():
                value = line.get(compared.path[0], {}).get(compared.path[1])
                if value:
                    values.setdefault((field, group.canonical), []).append((value, (provider, line["id"])))
    found: dict[Key, dict[str, Outlier]] = {}
    for (field, _), stated in values.items():
        limits = far_from([value for value, _ in stated], COMPARED[field].times)
        if limits is not None:
            low, high, middle = limits
            for value, key in stated:
                if not low < value < high:
                    found.setdefault(key, {})[field] = Outlier(value, middle)
    return found


def outliers_in(file: SnapshotFile, canonicals: Collection[str | None]) -> dict[Key, dict[str, Outlier]]:
    """The outliers of these groups in a file, which are judged by all of its records, also by those that are hidden."""
    named = {canonical for canonical in canonicals if canonical is not None}
    return outliers((provider, line) for provider, _, line in members(file, named))


def farthest_first(found: Mapping[Key, Mapping[str, Outlier]]) -> Iterator[tuple[Key, str, Outlier]]:
    """Each outlier with its key and field, the one that is the most times too far first."""
    every = [(key, field, one) for key, fields in found.items() for field, one in fields.items()]

    def distance(item: tuple[Key, str, Outlier]) -> tuple[float, Key, str]:
        key, field, (value, median) = item
        return -max(value / median, median / value) / COMPARED[field].times, key, field

    yield from sorted(every, key=distance)
