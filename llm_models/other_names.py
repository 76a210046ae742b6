"""Other names: the names of models that only another list knows, with the dates of retirement that it states.

`data/names.json` has them, less what the packaged catalogue and its history knew when the package was released. They
add no model to the catalogue. `lint` reads them, so that a valid name does not count as unknown.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_models import paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMAT = 1


class OtherNames(NamedTuple):
    """The `names` of a list: provider -> id -> date of retirement, None where none is stated.

    `name` is that of the source, `date` the day of its data, `sha256` that of its bytes.
    """

    name: str
    date: str
    sha256: str
    names: Mapping[str, Mapping[str, str | None]]


@cache
def packaged() -> tuple[OtherNames, ...]:
    """The lists of names that ship with the package, the strongest first."""
    return tuple(OtherNames(**one) for one in json.loads(paths.packaged_text(paths.PACKAGED_NAMES))["lists"])


def encode(lists: Sequence[OtherNames]) -> bytes:
    """The content of `data/names.json`, a provider per line, sorted."""
    parts = []
    for one in lists:
        head = _text({"name": one.name, "date": one.date, "sha256": one.sha256})[:-1]
        lines = [
            f"{_text(provider)}:{_text(dict(sorted(names.items())))}" for provider, names in sorted(one.names.items())
        ]
        parts.append(f'{head},"names":{{\n' + ",\n".join(lines) + "}}")
    return (f'{{"format":{FORMAT},"lists":[\n' + ",\n".join(parts) + "]}\n").encode()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
