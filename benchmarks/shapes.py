"""Configuration files of up to 1 MiB that ask for much work, and an honest large one with which they are compared.

`python benchmarks/shapes.py FOLDER` writes each as FOLDER/NAME.toml.
"""

from __future__ import annotations

import os
import sys

CONTROL = "honest"


def _entries(count: int, line: str, provider: str = "openai") -> str:
    """So many entries under [[models]]; `line` is the rest of each, with its number in place of `{}`."""
    return "".join(f'[[models]]\nprovider = "{provider}"\n{line}\n'.replace("{}", str(n)) for n in range(count))


def _texts(count: int, text: str) -> str:
    return "[" + ", ".join(f'"{text}"'.replace("{}", str(n)) for n in range(count)) + "]"


SHAPES = {
    CONTROL: _entries(2_000, 'id = "own-{}"\nnew = true\nlimits.context = 128000'),
    "tables as tags": '[[models]]\nprovider = "openai"\nid = "gpt-4o"\ntags = ['
    + ", ".join(f"{{ a = {n} }}" for n in range(5_000))
    + "]\n",
    "a key of 20,000 parts": '"/"' + '."/"' * 20_000 + " = 1\n",
    "2,000 matches of all": _entries(2_000, 'match = "*"\ntags = ["t{}"]'),
    "20,000 globs": f"[exclude]\nopenai = {_texts(20_000, 'x{}*')}\n",
    "900 KB for each model": f'[[models]]\nprovider = "openrouter"\nmatch = "*"\nextra.x = "{"x" * 900_000}"\n',
    "2,000 globs of all": f'[exclude]\n"*" = {_texts(999, "x{}*")}\n[deny]\n"*" = {_texts(999, "y{}*")}\n',
    "2,000 unknown names": f"[exclude]\nopenrouter = {_texts(990, 'openai/gpt-4o-{}x')}\n"
    f"[deny]\nopenrouter = {_texts(990, 'openai/gpt-4o-{}z')}\n",
    "4,900 unknown ids": _entries(4_900, 'id = "openai/gpt-4o-{}x"\ntags = ["a"]', "openrouter"),
    "4,900 unknown bases": _entries(4_900, 'id = "m{}"\nbase = "openai:gpt-4oo{}"'),
    "4,900 wrong types": _entries(4_900, 'id = "m{}"\nnew = true\nlimits = 5'),
    "40,000 unknown keys": "".join(f"unknown{n} = 1\n" for n in range(40_000)),
    "all models of all": '[[models]]\nprovider = "*"\nmatch = "*"\nlimits.context = 5\n',
    "two values of all models": '[[models]]\nprovider = "*"\nmatch = "*"\nlimits.context = 5\ncost.input = 1\n',
}
"""Name -> the text of the file."""


def file_of(name: str) -> str:
    """The name of a shape's file."""
    return f"{name.replace(' ', '-').replace(',', '')}.toml"


def write(folder: str) -> None:
    for name, text in SHAPES.items():
        with open(os.path.join(folder, file_of(name)), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    write(sys.argv[1])
