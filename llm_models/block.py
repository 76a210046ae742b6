"""One provider's part of a snapshot file: its index, and the lines of its models; standard library only."""

from __future__ import annotations

from llm_models.frozen import Record, defaults
from llm_models.header import WRONG, damaged
from llm_models.jsontext import dumps, loads
from llm_models.records import Capabilities

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Required, TypedDict

    Row = tuple[str, bytes, int]
    """A model's id, its line, and its capability set."""

    class Line(TypedDict, total=False):
        """A model's line: its record without `provider`, less what is not stated; rules filled in what is `derived`.
        `likely` are capabilities that it does not state, and that other records of the model agree on.

        Only the keys that code names are listed here; the other fields of `Model` are there too.
        """

        id: Required[str]
        aliases: list[str]
        capabilities: dict[str, Any]
        derived: dict[str, Any]
        family: str
        likely: list[str]
        served_as: list[str]


def encode_json(value: object) -> bytes:
    """One line of JSON in UTF-8, without spaces, keys in the order of the dict."""
    return dumps(value).encode()


_OPEN_MODELS = b',"models":['

NAMES = ("served_as", "aliases")
"""The fields of a model that hold other names than its id, the strongest first."""


class Block:
    """One provider's part of a snapshot file: its index is decoded, its models are still text.

    `ids`, `bits` (capability sets, see `records.capability_bits`) and the models' lines are in the same order: by id.
    A row is an index into them. `served` maps other ids that the provider's API accepts to ids, `aliases` names of
    ours. `retires` has the rows of the models that state such a date, by date.
    """

    __slots__ = (
        "_data",
        "_file",
        "_rows",
        "_starts",
        "aliases",
        "bits",
        "ids",
        "lengths",
        "provider",
        "retires",
        "served",
    )

    def __init__(self, data: bytes, file: str | None = None) -> None:
        """The block with these bytes, as `encode_block` gives them.

        `file` is the name of the file where its parts are checked when they are decoded; None where they are trusted.
        """
        end = data.index(b"\n")
        index = loads(data[:end].decode() + "]}")
        if file is not None:
            from llm_models.shape import check_index

            check_index(index, len(data))
        self._data = data
        self._file = file
        self._rows: dict[str, int] | None = None
        self.provider: dict[str, Any] = index["provider"]
        self.ids: list[str] = index["ids"]
        self.lengths: list[int] = index["lengths"]
        self.bits: list[int] = index["bits"]
        self.aliases: dict[str, str] = index["aliases"]
        self.served: dict[str, str] = index.get("served", {})
        self.retires: dict[str, list[int]] = index.get("retires", {})
        self._starts = [start := end + 1, *[start := start + length + 2 for length in self.lengths]]

    @property
    def rows(self) -> dict[str, int]:
        """Model id -> row."""
        if self._rows is None:
            self._rows = {model_id: row for row, model_id in enumerate(self.ids)}
        return self._rows

    def names(self, row: int) -> list[str]:
        """The id, the served ids and the aliases of the model in `row`."""
        model_id = self.ids[row]
        others = [name for table in self.tables().values() for name, target in table.items() if target == model_id]
        return [model_id, *dict.fromkeys(others)]

    def id_of(self, name: str) -> str | None:
        """The id of the model that has that name: an id beats a served id, which beats an alias. None for no model."""
        return name if name in self.rows else self.served.get(name) or self.aliases.get(name)

    def tables(self) -> dict[str, dict[str, str]]:
        """The names beside the ids: for each field of a model that states some, name -> id; the strongest first."""
        return {"served_as": self.served, "aliases": self.aliases}

    def others(self) -> dict[str, dict[str, list[str]]]:
        """The names beside the ids, by model: field -> id -> names, the strongest field first."""
        by_model: dict[str, dict[str, list[str]]] = {}
        for field, table in self.tables().items():
            names = by_model[field] = {}
            for name, model_id in table.items():
                names.setdefault(model_id, []).append(name)
        return by_model

    def serves(self, name: object) -> bool:
        """Whether a model has that id, served id or alias."""
        return name in self.rows or name in self.served or name in self.aliases

    def line(self, row: int) -> bytes:
        """The JSON text of the model in `row`."""
        start = self._starts[row]
        return self._data[start : start + self.lengths[row]]

    def rows_with(self, text: bytes) -> list[int]:
        """The rows of the models whose JSON text holds this one; no model is decoded."""
        from bisect import bisect_right

        rows: list[int] = []
        at = self._data.find(text, self._starts[0])
        while at >= 0:
            rows.append(bisect_right(self._starts, at) - 1)
            at = self._data.find(text, self._starts[rows[-1] + 1])
        return rows

    def model(self, row: int) -> Line:
        """The line of the model in `row`, decoded."""
        if self._file is not None:
            return self._checked(self.line(row), [row])[0]
        line: Line = loads(self.line(row).decode())
        return line

    def models(self) -> list[Line]:
        """The lines of all rows, decoded at once."""
        data = self._data[self._starts[0] : self._starts[-1] - 2] if self.ids else b""
        if self._file is not None:
            return self._checked(data, range(len(self.ids)))
        lines: list[Line] = loads(f"[{data.decode()}]")
        return lines

    def _checked(self, data: bytes, rows: Sequence[int]) -> list[Line]:
        """The decoded lines of these rows, from their bytes. Raises `SnapshotError` unless they are models' lines."""
        from llm_models.shape import check_line

        try:
            lines: list[Line] = loads(f"[{data.decode()}]")
            for line, row in zip(lines, rows, strict=True):
                check_line(line)
                stated: Mapping[str, Any] = line
                names = [name for field in NAMES for name in stated.get(field, ())]
                if line["id"] != self.ids[row] or any(self.id_of(name) != line["id"] for name in names):
                    raise ValueError
        except WRONG:
            raise damaged(str(self._file), f"a model of {self.provider['id']} cannot be read") from None
        return lines


def encode_block(
    provider: Mapping[str, Any],
    models: Sequence[Row],
    tables: Mapping[str, Mapping[str, str]],
    retires: Mapping[str, Sequence[int]] | None = None,
) -> bytes:
    """The block of one provider from its record and its models, in order of id.

    `tables` are those of `Block.tables`; `retires` maps dates to rows.
    """
    served = tables.get("served_as")
    index = {
        "provider": provider,
        "ids": [model_id for model_id, _, _ in models],
        "lengths": [len(line) for _, line, _ in models],
        "bits": [bits for _, _, bits in models],
        "aliases": tables.get("aliases", {}),
        **({"served": served} if served else {}),
        **({"retires": retires} if retires else {}),
    }
    lines = b",\n".join([line for _, line, _ in models])
    return encode_json(index)[:-1] + _OPEN_MODELS + b"\n" + lines + b"\n]},\n"


BESIDE = ("derived", "likely")
"""The keys of a line that hold what is not stated."""


def effective(line: Line, provider: str) -> dict[str, Any]:
    """The data of a model's record from its line: derived values fill those that are not stated."""
    data: dict[str, Any] = {**line, "provider": provider}
    data.pop("likely", None)
    derived = data.pop("derived", None)
    if derived:
        data = filled(data, derived)
    data.setdefault("provider_model_id", data["id"])
    return data


def filled(stated: Mapping[str, Any], derived: Mapping[str, Any]) -> dict[str, Any]:
    """Stated values with derived ones where there are none; derived items follow those of a stated list.

    A derived None withholds a stated value.

    >>> filled({"limits": {"context": 512, "output": 768}}, {"limits": {"output": None}, "dimensions": 768})
    {'limits': {'context': 512}, 'dimensions': 768}
    """
    data = dict(stated)
    for name, value in derived.items():
        have = data.get(name)
        if value is None:
            data.pop(name, None)
        elif isinstance(value, dict):
            data[name] = filled(have or {}, value)
        elif isinstance(value, list) and have:
            data[name] = [*have, *[item for item in value if item not in have]]
        else:
            data.setdefault(name, value)
    return data


def known_capabilities(stated: Mapping[str, Any], kind: type[Record] = Capabilities) -> dict[str, Any]:
    """The part of stated capabilities that this version knows; a file of another version may state more."""
    known = defaults(kind)
    shared = {name: value for name, value in stated.items() if name in known}
    groups = [name for name, value in shared.items() if isinstance(value, dict) and isinstance(known[name], Record)]
    return {**shared, **{name: known_capabilities(shared[name], type(known[name])) for name in groups}}
