"""Changes: one input becomes another that is wrong in some way, as plain data, as a text of JSON or TOML, or as bytes.

All choices are made by a `random.Random`, so a seed gives the same inputs again.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    Path = tuple[str | int, ...]

LONG = 2_000
"""The length of a long text, in characters. Sizes at the limits of the package have tests of their own."""
TEXTS = (
    *("", " ", "\0", "a\0b", "\ud800", "a\udfff", "\ud83d\ude00", "\ufeff", "\u202eabc", "\x1b[31m", "a\r\nb", "\n"),
    *("\u00e9", "e\u0301", "\U0001f600", "\u0130", "\u00df", "\u017f", "\u2028", "\u0663", "\u3000", "\u200b", "\x85"),
    *("*", "?", "[", "]", "[!", "[z-a]", "**", "a*b?c", "=1+1", "@x", "-1", "+1", "'", '"', "\\", "'; DROP TABLE x--"),
    *(":", "/", "@", "a:b", "a/b", "a@b", "a:b:c", "/a", "a/", "../../x", ".", "..", "-", "_", "%00", "%zz", "{0}"),
    *("null", "true", "NaN", "inf", "1e999", "-0", "0x10", "1_000", "1e400", "all", "none", "default", "latest"),
    *("2026-01-01", "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2026-13", "2026", "2026-01-01T25:00:00Z"),
    *("2026-01-01T00:00:00Z", "24:00", "23:59", "__class__", "__init__", "constructor", "id", "models", "provider"),
    *("https://a.example/v1", "http://a b", "file:///etc/passwd", "https://u:p@a.example", "sk-" + "a1B2" * 12),
    *("x" * 300, "x" * LONG, "a-" * 200, "a." * 200, "(" * 300, "\u00e9" * 300, "GPT-4O", "gpt-4o ", "gpt_4o"),
)  # fmt: skip
NUMBERS = (
    *(0, 1, -1, 2, 7, 100, 127, 128, 255, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**15, 10**16, 10**30, 10**99),
    *(-0.0, 0.1, 0.30000000000000004, 1.0, 1.5, 1e-9, 1e-10, 5e-324, 1e15, 1e16, 1e22, 1e300, 1.7e308, -1e-9, 1e-320),
)  # fmt: skip
RAW = (
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "-Infinity",
    "9" * 150,
    "0." + "3" * 150,
    "9" * 5000,
    "01",
    "1.",
    "+1",
    "nan",
)
"""Numbers that are written as they are: JSON or TOML may refuse them, or Python reads another number."""
_MARK = "\ue000"
_RAW = re.compile(f'"{_MARK}([^"]*){_MARK}"')
DAYS = (date(2026, 1, 1), date(1, 1, 1), date(9999, 12, 31), datetime(2026, 1, 1), time(12, 30))


def odd(rng: Random, *, deep: int = 60, raw: bool = False) -> Any:
    """A value that hardly any place expects; with `raw`, also a number that JSON or TOML may refuse."""
    kind = rng.random()
    if kind < 0.45:
        return rng.choice(TEXTS)
    if kind < 0.75:
        return rng.choice(NUMBERS)
    if kind < 0.8 and raw:
        return f"{_MARK}{rng.choice(RAW)}{_MARK}"
    if kind < 0.78:
        return rng.choice((float("inf"), float("-inf"), float("nan")))
    if kind < 0.92:
        return rng.choice((None, True, False, [], {}, [[]], [{}], [None], {"": {}}, {"a": [1]}, [1, "a"], ["a", "a"]))
    value: Any = rng.choice((1, "x", None))
    for _ in range(rng.choice((2, 7, deep))):
        value = [value] if kind < 0.96 else {"a": value}
    return value


def copied(value: Any) -> Any:
    """A copy of plain data, which may then be changed."""
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if type(value) is list else value


def places(value: Any, above: Path = ()) -> list[Path]:
    """The paths of everything in plain data, the data itself excepted."""
    found: list[Path] = []
    steps = value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
    for step, item in steps:
        found.append((*above, step))
        if type(item) in (dict, list):
            found += places(item, (*above, step))
    return found


def at(value: Any, path: Path) -> Any:
    """What is at a path of plain data; None where there is nothing."""
    for step in path:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value


def tweaked(rng: Random, value: Any) -> Any:
    """A value that is nearly the same: of the same type, or what looks like it in another."""
    if isinstance(value, bool) or value is None:
        return rng.choice((not value, str(value).lower(), int(value or 0)))
    if isinstance(value, (int, float)):
        near = (value + 1, value - 1, -value, value * 10, value / 1000, value * 1e6, str(value), float(value), [value])
        return rng.choice((*near, rng.choice(NUMBERS)))
    if isinstance(value, str):
        middle = rng.randint(0, len(value))
        put = rng.choice(TEXTS)[:20]
        near = (value[:middle] + put + value[middle:], value[:middle], value[middle:], value + value, value.swapcase())
        return rng.choice((*near, f" {value} ", value.replace("-", "_"), [value], {value: value}, put + value))
    if isinstance(value, list):
        return rng.choice(
            (value + value, value[::-1], value[:1], [value], {str(n): one for n, one in enumerate(value)})
        )
    if isinstance(value, dict):
        return rng.choice(([value], [*value], [*value.values()], dict(reversed(value.items())), {"x": value}))
    return odd(rng)


def changed(rng: Random, tree: Any, others: Sequence[Any] = (), *, most: int = 4, raw: bool = False) -> Any:
    """A copy of plain data in which some things are changed; parts of the `others` may come into it."""
    tree = copied(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, most))):
        every = places(tree)
        if not every:
            return odd(rng, raw=raw)
        path = rng.choice(every)
        holder, last = at(tree, path[:-1]), path[-1]
        _change(rng, tree, every, holder, last, others, raw=raw)
    return tree


def _change(
    rng: Random, tree: Any, every: Sequence[Path], holder: Any, last: Any, others: Sequence[Any], *, raw: bool
) -> None:
    """Change what `holder` has at `last`."""
    which = rng.random()
    if which < 0.3:
        holder[last] = odd(rng, raw=raw)
    elif which < 0.5:
        holder[last] = tweaked(rng, holder[last])
    elif which < 0.6:
        del holder[last]
    elif which < 0.7:  # two values are exchanged
        path = rng.choice(every)
        other = at(tree, path[:-1])
        if type(other) in (dict, list):
            one, two = copied(holder[last]), copied(other[path[-1]])
            holder[last], other[path[-1]] = two, one
    elif which < 0.8:  # a value comes from elsewhere, also from another input
        source = rng.choice([*others, tree]) if others else tree
        found = places(source)
        holder[last] = copied(at(source, rng.choice(found))) if found else odd(rng, raw=raw)
    elif which < 0.9 and type(holder) is dict:  # a key is renamed, or is there twice with another name
        names = [step for path in every for step in path if isinstance(step, str)]
        name = rng.choice((rng.choice(TEXTS), rng.choice(names or [""]), str(tweaked(rng, last))))
        holder[name] = copied(holder[last])
        if rng.random() < 0.7 and name != last:
            del holder[last]
    elif type(holder) is list:
        holder.insert(rng.randint(0, len(holder)), copied(rng.choice((holder[last], odd(rng, raw=raw)))))
    else:
        holder[rng.choice(TEXTS)] = odd(rng, raw=raw)


def as_json(value: Any, **how: Any) -> str:
    """JSON in ASCII; numbers of `RAW` stand as they are."""
    return _RAW.sub(r"\1", json.dumps(value, default=str, **how).replace(f"\\u{ord(_MARK):04x}", _MARK))


def json_bytes(rng: Random, value: Any) -> bytes:
    """A text of JSON: nearly always in ASCII, sometimes in UTF-8 or with a key that is there twice."""
    text = as_json(value)
    which = rng.random()
    if which < 0.02:
        keys = re.findall(r'"[^"\\]*"(?=:)', text)
        if keys:
            return text.replace(rng.choice(keys), rng.choice(keys)).encode()
    if which < 0.15:
        try:
            return _RAW.sub(r"\1", json.dumps(value, default=str, ensure_ascii=False)).encode()
        except UnicodeEncodeError:
            pass
    return text.encode()


def toml_value(value: Any) -> str:
    """A value as TOML writes it inline; None, which TOML does not have, is a text."""
    if type(value) is dict:
        return "{ " + ", ".join(f"{toml_key(key)} = {toml_value(item)}" for key, item in value.items()) + " }"
    if type(value) is list:
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, str):
        return _RAW.sub(r"\1", json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f"))
    return json.dumps(value).replace("Infinity", "inf").replace("NaN", "nan")


def toml_key(key: str) -> str:
    """A key as TOML writes it."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def toml_bytes(value: Any) -> bytes:
    """A text of TOML: arrays of tables and tables with headers, everything below them inline."""
    if type(value) is not dict:
        return toml_value(value).encode(errors="surrogatepass")
    parts: list[str] = []
    for key, item in value.items():
        name = toml_key(key)
        if type(item) is list and item and all(type(one) is dict for one in item):
            for one in item:
                parts += [f"[[{name}]]", *(f"{toml_key(inner)} = {toml_value(part)}" for inner, part in one.items())]
        elif type(item) is dict:
            parts += [f"[{name}]", *(f"{toml_key(inner)} = {toml_value(part)}" for inner, part in item.items())]
        else:
            parts.insert(0, f"{name} = {toml_value(item)}")
    return ("\n".join(parts) + "\n").encode(errors="surrogatepass")


_PIECES = (b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r\n", b"\n", b'"', b"\\", b"{", b"}", b"[",
           b",", b":", b"=", b"#", b"'''", b'"""', b"1e999", b"NaN", b"null", b"9" * 400, b"[" * 400, b"\\ud800",
           b"\x1b[31m", b"a.", b"inf", b"2026-02-30", b"e", b"-", b".", b" " * 50)  # fmt: skip


def edits_of(rng: Random, data: bytes, others: Sequence[bytes] = ()) -> list[tuple[int, int, bytes]]:
    """Changes of bytes: at which place how many are replaced, and by what."""
    edits: list[tuple[int, int, bytes]] = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        start = rng.randint(0, len(data))
        size = rng.choice((1, 1, 2, 5, 20, 200, len(data)))
        which = rng.random()
        if which < 0.3 and start < len(data):
            edits.append((start, 1, bytes([data[start] ^ (1 << rng.randrange(8))])))
        elif which < 0.45:
            edits.append((start, size, b""))
        elif which < 0.65:
            edits.append((start, 0, rng.choice(_PIECES)))
        elif which < 0.75:
            edits.append((start, 1, rng.choice(_PIECES)))
        elif which < 0.85:
            edits.append((start, 0, data[start : start + size]))
        elif which < 0.92:
            edits.append((start, size, bytes(rng.randrange(256) for _ in range(min(size, 20)))))
        else:
            other = rng.choice([*others, data])
            begin = rng.randint(0, len(other))
            edits.append((start, size, other[begin : begin + size]))
    return edits


def edited(data: bytes, edits: Sequence[tuple[int, int, bytes]]) -> bytes:
    """The bytes after changes, one after the other."""
    for start, size, put in edits:
        data = data[:start] + put + data[start + size :]
    return data


def changed_bytes(rng: Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """The bytes with some changes."""
    return edited(data, edits_of(rng, data, others))


def changed_text(rng: Random, text: str, others: Sequence[str] = ()) -> str:
    """A text that is nearly another one, or is made of parts of several."""
    which = rng.random()
    if which < 0.15:
        return rng.choice(TEXTS)
    if which < 0.3 and others:
        other = rng.choice(others)
        return (
            text[: rng.randint(0, len(text))]
            + rng.choice(("", ":", "/", "@", "-", " "))
            + other[rng.randint(0, len(other)) :]
        )
    for _ in range(rng.choice((1, 1, 2, 3))):
        start = rng.randint(0, len(text))
        size = rng.choice((0, 0, 1, 1, 3, 10))
        put = rng.choice(
            (
                "",
                rng.choice(TEXTS),
                rng.choice(":/@-_. *?[]%~"),
                chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0x110000)))),
            )
        )
        text = text[:start] + put + text[start + size :]
    return text[: 2 * LONG]
