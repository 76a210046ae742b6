"""Mentions: the texts in a file that may name a model; nothing of the file is executed or imported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llm_models.mention_rules import LIMIT, Mention, Unreadable, asked
from llm_models.mentions_data import dotenv_mentions, json_mentions, toml_mentions
from llm_models.mentions_python import decode_python, python_mentions
from llm_models.mentions_quoted import quoted_mentions
from llm_models.mentions_yaml import yaml_mentions

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[str, Callable[[str], bool]], list[Mention]]

__all__ = ["LIMIT", "Mention", "Unreadable", "kind", "read"]

READERS: dict[str, Reader] = {
    "python": python_mentions,
    "json": json_mentions,
    "toml": toml_mentions,
    "yaml": yaml_mentions,
    "dotenv": dotenv_mentions,
}
"""The reader of each kind of file."""

KINDS = {".py": "python", ".pyi": "python", ".pyw": "python", ".json": "json", ".toml": "toml"}
KINDS |= {".yaml": "yaml", ".yml": "yaml", ".env": "dotenv"}
"""The kind of file by the end of its name."""


def kind(name: str) -> str | None:
    """The kind of file that a name or a path states, or None.

    >>> kind("src/app.py"), kind(".env.local"), kind("README.md")
    ('python', 'dotenv', None)
    """
    own = re.split(r"[/\\]", name)[-1].lower()
    found = KINDS.get(f".{own.rpartition('.')[2]}") if "." in own else None
    return found or ("dotenv" if own.startswith(".env.") else None)


def read(name: str, data: bytes, may: Callable[[str], bool], *, quoted: bool = False) -> list[Mention]:
    """The mentions in a file, by the kind of file that its name states, in the order of their places.

    `may` states whether a text can name a model at all; it is asked about each text once. With `quoted`, a file of
    another kind is read by its words in quotes. Raises `Unreadable`.

    >>> read("app.py", b'ask(model="gpt-4o")', lambda text: "-" in text)
    [Mention(line=1, column=12, text='gpt-4o', position=True, beside=('ask', 'model'), is_key=False)]
    """
    own = kind(name)
    if own is None and not quoted:
        raise Unreadable("it is not a file of Python, YAML, JSON, TOML or dotenv")
    if len(data) > LIMIT:
        raise Unreadable(f"it is too long (found {len(data):,} bytes, expected at most {LIMIT:,})")
    if b"\0" in data:
        raise Unreadable("it is not text (found a NUL byte)")
    text = decode_python(data) if own == "python" else _decode(data)
    may = asked(may)
    if own is None:
        return sorted(quoted_mentions(text, may, name))
    return sorted(READERS[own](text, may))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"it is not UTF-8 (line {line})") from None
