"""Random TOML documents as text, in every layout that TOML has, for the laws of positions and edit.

A `Writer` makes all of its choices through a `random.Random`. Hypothesis supplies one that it can shrink
(`documents()`), and a seeded one of Python's own writes thousands of documents a second (`Writer(Random(seed))`).
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

BOM = "\ufeff"
NAMES = (
    *("a", "b", "id", "cost", "0", "-", "a-b_1", "1979-05-27"),
    *("", "a.b", "x y", "é", 'q"', "it's", "t\t", "\\", "#", "]"),
)
BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
SCALARS = (
    *("1", "-17", "+0", "0xDEAD_beef", "0o17", "0b1", "1_000", "3.14", "-0.0", "1e3", "6.02E+23", "inf", "-inf", "nan"),
    *("true", "false", "1979-05-27", "07:32:00", "00:32:00.999999", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00"),
    *("1979-05-27 00:32:00.5-07:00", "1979-05-27t07:32:00+01:30"),
)
STRINGS = (
    *('""', '"plain"', '"#"', '"]"', '"}"', '"a = 1"', '"\\""', '"\\\\"', '"é 😀"', '"\'"', '"\t"', '"a, b"'),
    *("''", "'\"'", "'\\'", "'#]}'", "'[[a]]'", '"\\u00e9\\U0001F600"'),
    *('""""""', '"""a"""', '""""a"""', '"""a""""', '"""a"""""', '"""a""b"c"""', '"""\\""""', '"""\\\\"""'),
    *('"""\\""" """', '"""\'\'\'"""', '"""\na\n[b]\nc = 1\n"""', '"""a \\\n   b"""', '"""a \\  \n\n  b"""'),
    *("''''''", "'''a'''", "''''a'''", "'''a''''", "'''a'''''", "'''a''b'c'''", "'''\\'''"),
    *("'''\na\n[b]\n'''", "'''\"\"\"'''", "'''\n# no\n'''"),
)
COMMENTS = ("#", "# a note", "# x = 1", '# "', "# '''", "# [a]", "# ]}", "#é😀", "#\ttab")


class Writer:
    """Writes one document: a tree of tables, each laid out as one of the ways to write a table."""

    def __init__(self, random: Random, *, depth: int = 3, width: int = 4) -> None:
        self.random = random
        self.depth = depth
        self.width = width

    def document(self) -> str:
        """A document with comments, blank lines, line ends and perhaps a BOM; nearly always a valid one."""
        head, sequences = self.table(self.depth, ())
        blocks = [head, *self.interleaved(sequences)]
        lines = [line for block in blocks for line in block]
        text = "\n".join(lines)
        if self.maybe(0.8) and text:
            text += "\n"
        if self.maybe(0.25):
            text = text.replace("\n", "\r\n")
        return BOM + text if self.maybe(0.1) else text

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def count(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def pick(self, choices: tuple[Any, ...]) -> Any:
        return self.random.choice(choices)

    def names(self, least: int) -> list[str]:
        return self.random.sample(NAMES, self.count(least, self.width))

    # Tables: the lines of a body, and the sequences of blocks (a header with its lines) that belong below it.

    def table(self, depth: int, path: tuple[str, ...]) -> tuple[list[str], list[list[list[str]]]]:
        """The lines of a table's own section, and the sequences of blocks of the tables inside it."""
        lines: list[str] = []
        sequences: list[list[list[str]]] = []
        for name in self.names(0):
            layout = self.pick(("value", "value", "dotted", "dotted", "header", "array", "both")) if depth else "value"
            if layout == "value":
                lines += self.statement((name,), self.value(depth))
            if layout in ("dotted", "both"):
                for below in self.names(1):
                    deeper = (below,) if self.maybe(0.7) else (below, self.pick(NAMES))
                    if layout == "dotted" or below != "a":
                        lines += self.statement((name, *deeper), self.value(depth - 1))
            if layout == "both":  # a sub-table of a table that dotted keys define
                sequences.append(self.section(depth - 1, (*path, name, "a")))
            if layout == "header":
                sequences.append(self.section(depth - 1, (*path, name)))
            if layout == "array":
                sequences.append(
                    [block for _ in range(self.count(1, 3)) for block in self.element(depth - 1, (*path, name))]
                )
        return self.scattered(lines), sequences

    def section(self, depth: int, path: tuple[str, ...]) -> list[list[str]]:
        """The blocks of a table with a header, in any order; the header may be left out where sub-tables imply it."""
        lines, sequences = self.table(depth, path)
        if sequences and self.maybe(0.3):
            return self.interleaved(sequences)
        return self.interleaved([[[self.header(path, 1), *lines]], *sequences])

    def element(self, depth: int, path: tuple[str, ...]) -> list[list[str]]:
        """The blocks of one element of an array of tables: what is in it comes after its own header."""
        lines, sequences = self.table(depth, path)
        return [[self.header(path, 2), *lines], *self.interleaved(sequences)]

    def interleaved(self, sequences: list[list[list[str]]]) -> list[list[str]]:
        """All the blocks, each sequence in its own order, sometimes mixed with the others."""
        if self.maybe(0.6):
            self.random.shuffle(sequences)
            return [block for sequence in sequences for block in sequence]
        left = [list(sequence) for sequence in sequences if sequence]
        mixed = []
        while left:
            sequence = left[self.count(0, len(left) - 1)]
            mixed.append(sequence.pop(0))
            left = [sequence for sequence in left if sequence]
        return mixed

    # Lines

    def header(self, path: tuple[str, ...], brackets: int) -> str:
        return (
            f"{self.indent()}{'[' * brackets}{self.gap()}{self.key(path)}{self.gap()}{']' * brackets}{self.line_end()}"
        )

    def statement(self, path: tuple[str, ...], value: str) -> list[str]:
        return [f"{self.indent()}{self.key(path)}{self.equals()}{value}{self.line_end()}"]

    def scattered(self, lines: list[str]) -> list[str]:
        """The lines with blank and comment lines strewn in."""
        strewn = []
        for line in [*lines, None]:
            if self.maybe(0.2):
                strewn.append(self.pick(("", "", "  ", *COMMENTS)))
            if line is not None:
                strewn.append(line)
        return strewn

    def indent(self) -> str:
        return self.pick(("  ", "\t")) if self.maybe(0.1) else ""

    def gap(self) -> str:
        return self.pick((" ", "\t", "  ")) if self.maybe(0.1) else ""

    def equals(self) -> str:
        return self.pick(("=", " =", "= ", "\t=  ")) if self.maybe(0.2) else " = "

    def line_end(self) -> str:
        return self.gap() + (self.pick(COMMENTS) if self.maybe(0.15) else "")

    # Keys and values

    def key(self, path: tuple[str, ...]) -> str:
        return f"{self.gap()}.{self.gap()}".join(self.key_part(name) for name in path)

    def key_part(self, name: str) -> str:
        if name and BARE.issuperset(name) and self.maybe(0.8):
            return name
        if "'" not in name and name.isprintable() and self.maybe(0.4):
            return f"'{name}'"
        if self.maybe(0.3):
            return '"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"'
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'

    def value(self, depth: int) -> str:
        kind = self.random.random()
        if depth <= 0 or kind < 0.6:
            return self.pick(SCALARS if kind < 0.3 else STRINGS)
        return self.array(depth - 1) if kind < 0.8 else self.inline_table(depth - 1)

    def inline_table(self, depth: int) -> str:
        pairs = []
        for name in self.names(0):
            if self.maybe(0.3):
                pairs += [((name, below), self.value(depth)) for below in self.names(1)]
            else:
                pairs.append(((name,), self.value(depth)))
        if self.maybe(0.3):
            self.random.shuffle(pairs)
        items = [f"{self.key(path)}{self.equals()}{value}" for path, value in pairs]
        inner = self.pick(("", " ", " "))
        return f"{{{inner}{self.pick((', ', ', ', ',', ' , ')).join(items)}{inner}}}"

    def array(self, depth: int) -> str:
        items = [self.value(depth) for _ in range(self.count(0, self.width))]
        if self.maybe(0.5):
            inner, comma = self.pick(("", "", " ")), self.pick((", ", ", ", ",", " , "))
            return (
                f"[{inner}{comma.join(items)}{self.pick(('', ',', ' , ')) if items and self.maybe(0.3) else ''}{inner}]"
            )
        return "[" + "".join(self.array_lines(items)) + "]"

    def array_lines(self, items: list[str]) -> Iterator[str]:
        """The items of an array, one or more a line, with comments, and with commas at either end of a line."""
        leading, trailing = self.maybe(0.1), self.maybe(0.6)
        yield self.line_end() + "\n"
        for index, item in enumerate(items):
            last = index == len(items) - 1
            if self.maybe(0.1):
                yield self.pick(("", *COMMENTS)) + "\n"
            yield "  " + (", " if leading and index else "") + item
            yield "" if leading or (last and not trailing) else self.gap() + ","
            yield self.line_end() + "\n" if last or self.maybe(0.8) else " "


def parsed(text: str) -> dict[str, Any]:
    """What tomllib makes of `text`, a leading BOM apart."""
    return tomllib.loads(text.removeprefix(BOM))


def is_valid(text: str) -> bool:
    try:
        parsed(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def values(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every path in `data` with what stands there, the whole document apart."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in items:
        yield (*path, name), value
        yield from values(value, (*path, name))


def same(one: Any, other: Any) -> bool:
    """Equality that tells 1 from true and 1.0, 0.0 from -0.0, offsets of one instant, and knows NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return repr(one) == repr(other)


def documents(**options: int) -> st.SearchStrategy[str]:
    """Valid documents that hypothesis can shrink."""
    randoms = st.randoms(use_true_random=False, note_method_calls=False)
    return randoms.map(lambda random: Writer(random, **options).document()).filter(is_valid)
