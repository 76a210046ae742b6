"""Columns: what models are chosen and ordered by, of all models of a snapshot file; standard library only.

A column holds one value of each model: its different values once, and for each model, in the order of the file, a
letter that stands for one of them. So a condition is tried on a few hundred values instead of on all models, and no
model is decoded that is not chosen. A file that was written without columns gets them from its models.
"""

from __future__ import annotations

from llm_models.block import effective, encode_json
from llm_models.header import WRONG, damaged
from llm_models.jsontext import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from llm_models.block import Block
    from llm_models.errors import SnapshotError
    from llm_models.header import Span

    Value = str | int | float | bool | None
    Row = tuple[Value, ...]
    """The values of a model, in the order of `NAMES`."""
    Names = tuple[str, ...]
    Column = tuple[dict[str, tuple[Value, ...]], str]
    """Letter -> the values that it stands for; and the letter of each model."""

PATHS: dict[str, tuple[str, ...]] = {
    "context": ("limits", "context"),
    "max_input": ("limits", "input"),
    "max_output": ("limits", "output"),
    "input_price": ("cost", "input"),
    "output_price": ("cost", "output"),
    "released": ("release_date",),
    "kind": ("kind",),
    "family": ("family",),
    "canonical": ("canonical",),
    "retires": ("retires",),
    "open_weights": ("open_weights",),
    "takes": ("modalities", "input"),
    "gives": ("modalities", "output"),
    "tags": ("tags",),
    "target": ("resolves_to",),
}
"""Column -> where its value is in the data of a model. The items of a list are joined by spaces; see `word`."""
_STEPS = [(path[0], path[1] if len(path) > 1 else None) for path in PATHS.values()]
FAR = {"context": 4, "input_price": 8, "output_price": 8}
"""How many times off the median of the same model at all providers a value is far from it: not believed in an order."""
ODD = "odd"
"""The column that tells which values of a model are not believed."""
NAMES = (*PATHS, "preview", "likely", "billing", "bits")
"""All columns. `preview` tells whether a model is a preview, `likely` are capabilities, `billing` is that of the
provider, `bits` is the capability set.
"""
_COUNTS = "providers"
STORED = (*NAMES, ODD)
"""The columns of a file, in its order."""
_FIRST = ord("]")
"""The letter of the first value: from here on, JSON needs no escapes."""
_GAP = 0xD800 - _FIRST
"""From this number on, letters are 2,048 further: those between are no letters."""


class Columns:
    """The columns of the models of some providers; `starts` maps each provider to the number of its first model.

    A column of a file is decoded when it is first asked for.
    """

    __slots__ = ("_known", "_read", "_total", "firsts", "providers", "starts")

    def __init__(self, known: dict[Names, Column], counts: Mapping[str, int], read: Callable[[str], Column]) -> None:
        self._known = known
        self._read = read
        self.starts: dict[str, int] = {}
        first = 0
        for provider, count in counts.items():
            self.starts[provider] = first
            first += count
        self._total = first
        self.providers = [*self.starts]
        self.firsts = [*self.starts.values()]

    def __len__(self) -> int:
        """How many models they have."""
        return self._total

    def column(self, *names: str) -> Column:
        """The values of these columns by letter, and the letter of each model."""
        found = self._known.get(names)
        if found is None:
            found = self._read(names[0]) if len(names) == 1 else self._joined(names)
            self._known[names] = found
        return found

    def _joined(self, names: Names) -> Column:
        """Several columns as one: a letter for each combination of values that a model has."""
        columns = [self.column(name) for name in names]
        keys = [*zip(*[text for _, text in columns], strict=True)]
        letters = {key: _letter(number) for number, key in enumerate({*keys})}
        meaning = {}
        for key, letter in letters.items():
            meaning[letter] = tuple([values[one][0] for (values, _), one in zip(columns, key, strict=True)])
        return meaning, "".join(map(letters.__getitem__, keys))

    def reader(self, name: str) -> Callable[[int], Any]:
        """A function from the number of a model to its value in a column."""
        meaning, text = self.column(name)
        values = {letter: value for letter, (value,) in meaning.items()}
        return lambda number: values[text[number]]

    def values(self, name: str) -> list[Any]:
        """The different values of a column."""
        return [value for (value,) in self.column(name)[0].values()]

    def rows(self, provider: str, count: int) -> list[Row]:
        """The values of the models of a provider that has so many."""
        first = self.starts[provider]
        parts = []
        for name in NAMES:
            meaning, text = self.column(name)
            parts.append([meaning[letter][0] for letter in text[first : first + count]])
        return [*zip(*parts, strict=True)]


def word(item: str) -> str:
    """An item of a list as one word: a character that no item has takes the place of its spaces."""
    return item.replace(" ", "\x1f")


def row_of(data: Mapping[str, Any], likely: Sequence[str], billing: str, bits: int) -> Row:
    """The values of a model from the data of its record."""
    from llm_models.kinds import is_preview

    values: list[Value] = []
    for group, field in _STEPS:
        value: Any = data.get(group)
        if field is not None:
            value = value.get(field) if value.__class__ is dict else None
        values.append(" ".join(map(word, value)) or None if isinstance(value, (list, tuple)) else value)
    return (*values, is_preview(data["id"], data.get("status")), " ".join(likely) or None, billing, bits)


def rows_of(block: Block, known: Mapping[str, Row]) -> list[Row]:
    """The values of the models of a block; those that are not `known`, by id, are decoded."""
    provider, billing = block.provider["id"], block.provider.get("billing", "usage")
    lines = {} if known else dict(enumerate(block.models()))
    rows = []
    for number, (model_id, bits) in enumerate(zip(block.ids, block.bits, strict=True)):
        row = known.get(model_id)
        if row is None:
            line = lines[number] if lines else block.model(number)
            row = row_of(effective(line, provider), line.get("likely", ()), billing, bits)
        rows.append(row)
    return rows


def of_rows(rows: Mapping[str, Sequence[Row]]) -> Columns:
    """The columns of the models with these values, by provider."""
    every = [row for its in rows.values() for row in its]
    known: dict[Names, Column] = {}
    for name, column in zip(NAMES, zip(*every, strict=True) if every else [()] * len(NAMES), strict=True):
        known[name,] = _lettered(column)
    columns = Columns(known, {provider: len(its) for provider, its in rows.items()}, lambda name: known[name,])
    odd: list[list[str]] = [[] for _ in every]
    for name, times in FAR.items():
        for number in _far(columns, name, times):
            odd[number].append(name)
    known[ODD,] = _lettered([" ".join(names) or None for names in odd])
    return columns


def _lettered(column: Sequence[Value]) -> Column:
    keys = [*zip(map(type, column), column, strict=True)]  # with their types: True equals 1
    letters = {key: _letter(number) for number, key in enumerate(dict.fromkeys(keys))}
    return {letter: (value,) for (_, value), letter in letters.items()}, "".join(map(letters.__getitem__, keys))


def _far(columns: Columns, name: str, times: int) -> list[int]:
    """The models whose value is far from those of the same model, by its canonical name, at all providers."""
    from llm_models.groups import far_from

    meaning, text = columns.column("canonical", name)
    groups: dict[str, list[Any]] = {}
    for letter in text:
        model, value = meaning[letter]
        if value and model is not None:  # 0 is no price
            groups.setdefault(str(model), []).append(value)
    limits = {group: far_from(its, times) for group, its in groups.items()}
    far = set()
    for letter, (model, value) in meaning.items():
        low, high, _ = limits.get(str(model)) or (0.0, float("inf"), 0)
        found: Any = value
        if found and not low < found < high:
            far.add(letter)
    return [number for number, letter in enumerate(text) if letter in far]


def encoded(columns: Columns) -> bytes:
    """The part of a snapshot file that holds the columns, all as text.

    It has the providers, each with the number of its models, and of each column the letters of the models, then its
    values. So a line is read without `json`: every second piece between quotes is one of them.
    """
    ends = [*columns.firsts[1:], len(columns)]
    counts = [str(end - first) for first, end in zip(columns.firsts, ends, strict=True)]
    lists = {_COUNTS: [word for pair in zip(columns.providers, counts, strict=True) for word in pair]}
    for name in STORED:
        meaning, text = columns.column(name)
        lists[name] = [text, *[_text(value) for (value,) in meaning.values()]]
    return b"{" + b",\n".join([encode_json(name) + b":" + encode_json(its) for name, its in lists.items()]) + b"},\n"


def _text(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else repr(value)


def decoded(data: bytes, file: str, flags: Sequence[str] | None, blocks: Mapping[str, Span] | None) -> Columns:
    """The columns in a part of the file of that name.

    `flags` are its capability flags where they are not those of this version, `blocks` its block table; None for the
    file of the package, which is believed. Raises `SnapshotError` unless all columns are there, and so does a column
    that holds what columns cannot hold.
    """
    try:
        lines = data.decode().removeprefix("{").removesuffix("},\n").split(",\n")
        texts = dict(zip((_COUNTS, *STORED), lines, strict=True))
        words = _words(texts[_COUNTS], _COUNTS)
        counts = dict(zip(words[::2], map(int, words[1::2]), strict=True))
        total = sum(counts.values())
        if blocks is not None and counts != {provider: span[3] for provider, span in blocks.items()}:
            raise ValueError
    except WRONG:
        raise _wrong(file) from None

    def read(name: str) -> Column:
        try:
            text, *different = _words(texts[name], name)
            letters = [*map(_letter, range(len(different)))]
            if blocks is not None:
                if len(different) > total or {*text} != {*letters}:
                    raise ValueError  # each value stands for a model, and each letter for a value
                "".join(different).encode()  # half a surrogate pair is a ValueError
            if len(text) != total:
                raise ValueError
            values: list[Any] = [_READ.get(name, _word)(value) for value in different]
            if name == "bits" and flags is not None:
                from llm_models.capability_sets import translate_bits

                values = [*translate_bits(values, flags)]
        except WRONG:
            raise _wrong(file) from None
        return {letter: (value,) for letter, value in zip(letters, values, strict=True)}, text

    return Columns({}, counts, read)


def _words(line: str, name: str) -> list[str]:
    """The texts in the line of a list."""
    start = f'"{name}":'
    if not line.startswith(start + '["'):
        raise ValueError
    body = line.removeprefix(start)
    words: list[str] = loads(body) if "\\" in body else body.split('"')[1::2]
    return words


def _wrong(file: str) -> SnapshotError:
    return damaged(file, "the part about columns cannot be read")


MAX_NUMBER = 1 << 63


def _word(text: str) -> str | None:
    return text or None


def _number_of(text: str) -> float | None:
    if not text:
        return None
    value = int(text) if text.isdigit() else float(text)
    if not 0 <= value < MAX_NUMBER or not text.isascii() or "_" in text or text != text.strip():
        raise ValueError
    return value


def _bits_of(text: str) -> int:
    value = _number_of(text)
    if not isinstance(value, int):
        raise TypeError
    return value


_READ: dict[str, Any] = {
    **dict.fromkeys(("context", "max_input", "max_output", "input_price", "output_price"), _number_of),
    "open_weights": {"": None, "True": True, "False": False}.__getitem__,
    "preview": {"True": True, "False": False}.__getitem__,
    "bits": _bits_of,
}
"""How the text of a value is read; others are words."""


def _letter(number: int) -> str:
    return chr(_FIRST + number + (0x800 if number >= _GAP else 0))
